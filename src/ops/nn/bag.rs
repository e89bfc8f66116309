//! Rows of a table by index, summed, averaged or maximised in bags.

use super::one_of;
use crate::array::nn::embedding::{self as kernel, Bags, Mode};
use crate::array::{Array, Dtype, Result, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

fn mode(number: i64) -> Mode {
    match number {
        0 => Mode::Sum,
        1 => Mode::Mean,
        _ => Mode::Max,
    }
}

/// Indices and offsets in their common dtype.
fn promoted(indices: &Array, offsets: &Array) -> Result<(Array, Array)> {
    let dtype = crate::array::promote::promote_types(indices.dtype(), offsets.dtype());
    Ok((copy::cast(indices, dtype)?, copy::cast(offsets, dtype)?))
}

fn check(
    weight: &Array,
    indices: &Array,
    offsets: &Array,
    mode: Mode,
    factors: Option<&Array>,
    closed: bool,
) -> Result<()> {
    const NAME: &str = "embedding_bag";
    one_of(indices, &[Dtype::Int64, Dtype::Int32], 1, "indices", NAME)?;
    one_of(offsets, &[Dtype::Int64, Dtype::Int32], 1, "offsets", NAME)?;
    let floats = [Dtype::Float16, Dtype::BFloat16, Dtype::Float32, Dtype::Float64];
    one_of(weight, &floats, 1, "weight", NAME)?;
    let starts = copy::elements(offsets);
    if let (Some(first), Some(last)) = (starts.first(), starts.last()) {
        if first.to_i64() != 0 {
            return error::runtime(format!(
                "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {}\n[ torch.{}Tensor{{}} ]",
                first.to_i64(),
                offsets.dtype().scalar_type()
            ));
        }
        if last.to_i64() > indices.numel() as i64 {
            return error::runtime(format!(
                "offsets[-1] can not be greater than input's length {} but got offsets[-1] of {}",
                indices.numel(),
                last.to_i64()
            ));
        }
    }
    if let Some(factors) = factors {
        if mode != Mode::Sum {
            return error::runtime("embedding_bag: per_sample_weights only supported with mode='sum'");
        }
        if factors.dtype() != weight.dtype() {
            return error::runtime(format!(
                "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 'per_sample_weights'; but type torch.{}Tensor does not equal torch.{}Tensor (while checking arguments for embedding_bag)",
                weight.dtype().scalar_type(),
                factors.dtype().scalar_type()
            ));
        }
        if factors.dim() != 1 || factors.numel() != indices.numel() {
            return error::runtime("embedding_bag: per_sample_weights must have as many elements as indices");
        }
    }
    if closed && starts.is_empty() {
        return error::runtime("include_last_offset: number of offset should be at least 1");
    }
    Ok(())
}

fn bagged(a: &Args) -> Result<Outs> {
    let (weight, mode) = (a.array(0)?, mode(a.int(4)?));
    let (indices, offsets) = promoted(&*a.array(1)?, &*a.array(2)?)?;
    let factors = a.optional_tensor(6).map(|factors| factors.array());
    let closed = a.bool(7)?;
    check(&weight, &indices, &offsets, mode, factors.as_deref(), closed)?;
    let bagged = kernel::bag(
        &weight,
        Bags {
            indices: &indices,
            offsets: &offsets,
            mode,
            weights: factors.as_deref(),
            closed,
            padding: a.int(8)?,
        },
    )?;
    Ok(smallvec![
        bagged.output.into(),
        bagged.bag_of.into(),
        bagged.sizes.into(),
        bagged.maxima.into()
    ])
}

/// The arguments of the backward functions: what the node of `_embedding_bag` kept, results last.
fn kept(b: &ops::Backward, first: &Tensor, rows: i64) -> Result<Args> {
    let factors = match b.optional_tensor(6)? {
        Some(factors) => Arg::Tensor(factors),
        None => Arg::None,
    };
    Ok(args![
        first,
        b.tensor(1)?,
        b.tensor(2)?,
        b.result(3)?,
        rows,
        b.bool(3)?,
        b.int(4)?,
        factors,
        b.bool(7)?,
        b.int(8)?
    ])
}

fn whole(a: &Args, padding_idx: Option<i64>) -> Result<Outs> {
    let rows = a.tensor(0)?.sizes().first().copied().unwrap_or(0);
    let padding = match padding_idx {
        Some(at) if !(-rows..rows).contains(&at) => {
            return error::runtime(format!(
                "padding_idx must be within the number of embeddings, -{rows} through {}, but got {at}",
                rows - 1
            ));
        }
        Some(at) if at < 0 => at + rows,
        Some(at) => at,
        None => -1,
    };
    let args = args![
        a.tensor(0)?,
        a.tensor(1)?,
        a.tensor(2)?,
        a.bool(3)?,
        a.int(4)?,
        a.bool(5)?,
        a.optional_tensor(6),
        a.bool(7)?,
        padding
    ];
    match a.int(4)? {
        2 if a.bool(3)? => {
            error::runtime("embedding_bag: scaling gradients by frequency is not supported with mode='max'")
        }
        _ => EMBEDDING_BAG_OF.overloads[0].call(args),
    }
}

ops! {
    /// The rows of weight that indices name, made one a bag; bags start at offsets.
    EMBEDDING_BAG = "embedding_bag", "torch.embedding_bag(torch.ones(2, 2), torch.tensor([0, 1]), torch.tensor([0]))[0]", [
        Overload::new(
            "embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False) -> (Tensor, Tensor, Tensor, Tensor)",
            FUNCTION,
            |a| whole(a, None),
            Derivative::Composite,
        ),
        Overload::new(
            "embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)",
            FUNCTION,
            |a| whole(a, a.optional_int(8)),
            Derivative::Composite,
        ),
    ];
    /// embedding_bag, with padding_idx a number.
    EMBEDDING_BAG_OF = "_embedding_bag", "torch.embedding_bag(torch.ones(2, 2), torch.tensor([0, 1]), torch.tensor([0]))[0]", [Overload::new(
        "_embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)",
        0,
        bagged,
        Derivative::Node("EmbeddingBagBackward0", &[
            apart("indices"),
            apart("offsets"),
            grad("weight", "indices, offsets, result1, result2, result3, per_sample_weights, weight.sizes, mode", |b| {
                if b.args()?.bool(5)? {
                    return error::not_implemented("gradshell does not support sparse gradients yet");
                }
                let rows = b.sizes(0)?.first().copied().unwrap_or(0);
                call1(&EMBEDDING_BAG_BACKWARD, kept(b, b.grad()?, rows)?)
            }),
            grad("per_sample_weights", "weight, indices, offsets, mode", |b| {
                let args = args![
                    b.grad()?, b.tensor(0)?, b.tensor(1)?, b.tensor(2)?, b.int(4)?, b.bool(7)?, b.int(8)?
                ];
                call1(&WEIGHTS_BACKWARD, args)
            }),
        ]),
    ).outputs(1)];
    /// The gradient of embedding_bag for the factors of indices.
    WEIGHTS_BACKWARD = "_embedding_bag_per_sample_weights_backward", "torch.embedding_bag(torch.ones(2, 2), torch.tensor([0, 1]), torch.tensor([0]))[0]", [Overload::new(
        "_embedding_bag_per_sample_weights_backward(Tensor grad, Tensor weight, Tensor indices, Tensor offsets, int mode, bool include_last_offset, int padding_idx=-1) -> Tensor",
        0,
        |a| {
            let (indices, offsets) = promoted(&*a.array(2)?, &*a.array(3)?)?;
            let bags = Bags {
                indices: &indices,
                offsets: &offsets,
                mode: mode(a.int(4)?),
                weights: None,
                closed: a.bool(5)?,
                padding: a.int(6)?,
            };
            one(kernel::bag_weights_backward(&*a.array(0)?, &*a.array(1)?, bags)?)
        },
        Derivative::NotImplemented,
    )];
    /// The gradient of embedding_bag for its table.
    EMBEDDING_BAG_BACKWARD = "_embedding_bag_backward", "torch.embedding_bag(torch.ones(2, 2), torch.tensor([0, 1]), torch.tensor([0]))[0]", [Overload::new(
        "_embedding_bag_backward(Tensor grad, Tensor indices, Tensor offsets, Tensor maximum_indices, SymInt num_weights, bool scale_grad_by_freq, int mode, Tensor? per_sample_weights, bool include_last_offset, int padding_idx=-1) -> Tensor",
        0,
        |a| {
            let (grad, maxima) = (a.array(0)?, a.array(3)?);
            let (indices, offsets) = promoted(&*a.array(1)?, &*a.array(2)?)?;
            let factors = a.optional_tensor(7).map(|factors| factors.array());
            let bags = Bags {
                indices: &indices,
                offsets: &offsets,
                mode: mode(a.int(6)?),
                weights: factors.as_deref(),
                closed: a.bool(8)?,
                padding: a.int(9)?,
            };
            one(kernel::bag_backward(&grad, bags, &maxima, a.int(4)?.max(0) as usize, a.bool(5)?)?)
        },
        Derivative::Node("EmbeddingBagBackwardBackward0", &[
            missing("grad", "_embedding_bag_backward"),
            missing("per_sample_weights", "_embedding_bag_backward"),
            apart("indices"),
            apart("offsets"),
            apart("maximum_indices"),
        ]),
    )];
}
