//! Sequences of different lengths, packed step by step, and padded again.

use crate::array::{Array, Dims, Dtype, Result, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::shape::{copying, part};

/// The numbers of a tensor of lengths.
fn lengths(tensor: &Tensor) -> Result<Dims> {
    if tensor.dim() != 1 || tensor.dtype() != Dtype::Int64 {
        return error::runtime(format!(
            "'lengths' argument should be a 1D CPU int64 tensor, but got {}D cpu {} tensor",
            tensor.dim(),
            tensor.dtype().scalar_type()
        ));
    }
    Ok(copy::elements(&tensor.array())
        .iter()
        .map(|length| length.to_i64())
        .collect())
}

fn tensor_of(numbers: &[i64]) -> Result<Tensor> {
    Ok(Array::from_vec(&[numbers.len() as i64], numbers)?.into())
}

/// How many sequences reach each step, longest first.
fn batch_sizes(lengths: &[i64], batch: i64) -> Result<Dims> {
    if lengths.len() as i64 != batch {
        return error::runtime(format!(
            "Expected `len(lengths)` to be equal to batch_size, but got {} (batch_size={batch})",
            lengths.len()
        ));
    }
    if lengths.last().is_none_or(|last| *last <= 0) {
        return error::runtime(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
        );
    }
    if !lengths.is_sorted_by(|a, b| a >= b) {
        return error::runtime(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.",
        );
    }
    let longest = lengths.first().copied().unwrap_or(0);
    Ok((0..longest)
        .map(|step| lengths.iter().filter(|length| **length > step).count() as i64)
        .collect())
}

/// The gradient of packing: rows of each step back where they came from.
fn unpacked(grad: &Tensor, sizes: &[i64], batch_sizes: &[i64], batch_first: bool) -> Result<Tensor> {
    let mut sizes: Dims = sizes.into();
    if batch_first && sizes.len() > 1 {
        sizes.swap(0, 1);
    }
    let steps = sizes.first().copied().unwrap_or(0);
    let whole = Tensor::from(Array::zeros(&sizes, grad.dtype())?);
    let mut start = 0;
    for (step, &size) in batch_sizes.iter().enumerate().take(steps as usize) {
        let target = narrow(&select(&whole, 0, step as i64)?, 0, 0, size)?;
        copying::copy_in_place(&target, &part::slice(grad, 0, Some(start), Some(start + size), 1)?)?;
        start += size;
    }
    match batch_first {
        true => transpose(&whole, 0, 1),
        false => Ok(whole),
    }
}

ops! {
    /// The rows of sequences step by step, without padding, and how many each step has.
    PACK_PADDED_SEQUENCE = "_pack_padded_sequence", "torch._pack_padded_sequence(torch.ones(2, 1, 1), torch.tensor([2]), False)", [Overload::new(
        "_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first) -> (Tensor, Tensor)",
        FUNCTION,
        |a| {
            let (input, batch_first) = (a.tensor(0)?.detach(), a.bool(2)?);
            let input = if batch_first { transpose(&input, 0, 1)? } else { input };
            let lengths = lengths(a.tensor(1)?)?;
            let sizes = input.sizes();
            let &[steps, batch, ..] = &sizes[..] else {
                let dims = sizes.len() as i64;
                return error::index(format!(
                    "Dimension out of range (expected to be in range of [{}, {}], but got 1)",
                    -dims.max(1),
                    dims.max(1) - 1
                ));
            };
            if input.numel() == 0 {
                return error::runtime("Cannot pack empty tensors.");
            }
            let counts = batch_sizes(&lengths, batch)?;
            let rows: Vec<Tensor> = counts
                .iter()
                .enumerate()
                .take(steps as usize)
                .map(|(step, &count)| narrow(&select(&input, 0, step as i64)?, 0, 0, count))
                .collect::<Result<_>>()?;
            two((cat(&rows, 0)?, tensor_of(&counts)?))
        },
        Derivative::Node("PackPaddedSequenceBackward0", &[
            grad("input", "input.sizes, result1, batch_first", |b| {
                let counts: Dims =
                    copy::elements(&b.result(1)?.array()).iter().map(|count| count.to_i64()).collect();
                unpacked(b.grad()?, &b.sizes(0)?, &counts, b.bool(2)?)
            }),
            apart("lengths"),
        ]),
    )];
    /// Sequences of rows step by step, each padded to the longest, and their lengths.
    PAD_PACKED_SEQUENCE = "_pad_packed_sequence", "torch._pad_packed_sequence(torch.ones(2, 1), torch.tensor([1, 1]), False, 0.0, 0)", [Overload::new(
        "_pad_packed_sequence(Tensor data, Tensor batch_sizes, bool batch_first, Scalar padding_value, int total_length) -> (Tensor, Tensor)",
        FUNCTION,
        |a| {
            let (data, counts, batch_first) = (a.tensor(0)?, lengths(a.tensor(1)?)?, a.bool(2)?);
            let (steps, batch) = (counts.len() as i64, counts.first().copied().unwrap_or(0));
            let total = a.int(4)?;
            if total > 0 && total < steps {
                return error::runtime(format!(
                    "Expected total_length to be at least the length of the longest sequence in input, but got total_length={total} and max sequence length being {steps}"
                ));
            }
            let rest: Dims = data.sizes().iter().skip(1).copied().collect();
            let mut sizes: Dims = smallvec![if total > 0 { total } else { steps }, batch];
            sizes.extend_from_slice(&rest);
            let whole = Tensor::from(copy::full(&sizes, a.scalar(3)?, data.dtype())?);
            let mut lengths = vec![0; batch.max(0) as usize];
            let (mut start, mut from, mut last) = (0, 0, batch);
            for step in 0..=steps {
                let count = counts.get(step as usize).copied().unwrap_or(0);
                if count != last {
                    // steps of the same size at once
                    let mut shape: Dims = smallvec![step - from, last];
                    shape.extend_from_slice(&rest);
                    let rows = narrow(data, 0, start, last * (step - from))?;
                    let target = narrow(&narrow(&whole, 0, from, step - from)?, 1, 0, last)?;
                    copying::copy_in_place(&target, &view(&rows, &shape)?)?;
                    start += last * (step - from);
                    from = step;
                }
                if count < last
                    && let Some(ended) = lengths.get_mut(count.max(0) as usize..last.max(0) as usize)
                {
                    ended.fill(step);
                }
                last = count;
            }
            let whole = if batch_first { transpose(&whole, 0, 1)? } else { whole };
            two((whole, tensor_of(&lengths)?))
        },
        Derivative::Composite,
    )];
}
