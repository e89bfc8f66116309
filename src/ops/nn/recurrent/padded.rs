//! Sequences of different lengths side by side, the shorter ones padded.

use crate::array::{Dims, Result, Scalar, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::shape::copying::copy_in_place;

fn side_by_side(sequences: &[Tensor], batch_first: bool, value: f64, side: &str) -> Result<Tensor> {
    let Some(first) = sequences.first() else {
        return error::runtime("received an empty list of sequences");
    };
    if side != "left" && side != "right" {
        return error::runtime(format!(
            "Expected padding_side to be one of left or right, but got {side}."
        ));
    }
    let length = |sequence: &Tensor| sequence.sizes().first().copied();
    let Some(longest) = sequences.iter().filter_map(length).max() else {
        return error::runtime("ArrayRef: invalid slice, N = 1; size = 0");
    };
    let count = sequences.len() as i64;
    let mut sizes: Dims = if batch_first {
        smallvec![count, longest]
    } else {
        smallvec![longest, count]
    };
    sizes.extend_from_slice(first.sizes().get(1..).unwrap_or_default());
    let out = Tensor::from(copy::full(&sizes, Scalar::Float(value), first.dtype())?);
    for (at, sequence) in sequences.iter().enumerate() {
        let size = length(sequence).unwrap_or(0);
        let start = if side == "left" { longest - size } else { 0 };
        let place = if batch_first {
            narrow(&select(&out, 0, at as i64)?, 0, start, size)?
        } else {
            select(&narrow(&out, 0, start, size)?, 1, at as i64)?
        };
        copy_in_place(&place, sequence)?;
    }
    Ok(out)
}

ops! {
    /// Sequences of different lengths side by side, the shorter ones padded.
    PAD_SEQUENCE = "pad_sequence", "torch._C._nn.pad_sequence([torch.ones(2), torch.ones(3)])", [Overload::new(
        "pad_sequence(Tensor[] sequences, bool batch_first=False, float padding_value=0.0, str padding_side=\"right\") -> Tensor",
        FUNCTION | NAMESPACED,
        |a| one(side_by_side(&a.tensors(0)?, a.bool(1)?, a.float(2)?, a.str(3)?)?),
        Derivative::Composite,
    )];
}
