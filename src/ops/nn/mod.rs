//! What neural networks are made of.

pub mod attention;
pub mod bag;
pub mod bilinear;
pub mod cdist;
pub mod convolution;
pub mod distance;
pub mod dropout;
pub mod embedding;
pub mod grid;
pub mod linear;
pub mod loss;
pub mod normalization;
pub mod padding;
pub mod pool;
pub mod rearrange;
pub mod recurrent;
pub mod upsample;
pub mod weight_norm;

use super::{Op, Overload};
use crate::array::{Array, Dtype, Result, error};
use crate::autograd::Tensor;
use crate::ops::formula::Args;

pub(super) static FAMILIES: &[&[&Op]] = &[
    attention::OPS,
    bag::OPS,
    bilinear::OPS,
    cdist::OPS,
    convolution::OPS,
    convolution::layers::OPS,
    distance::OPS,
    dropout::OPS,
    embedding::OPS,
    grid::OPS,
    linear::OPS,
    loss::class::OPS,
    loss::entropy::OPS,
    loss::margin::OPS,
    loss::pair::OPS,
    loss::pointwise::OPS,
    loss::sequence::OPS,
    normalization::batch::OPS,
    normalization::group::OPS,
    normalization::layer::OPS,
    padding::OPS,
    padding::MIRRORED,
    padding::REPEATED,
    pool::adaptive::OPS,
    pool::average::OPS,
    pool::fractional::OPS,
    pool::max::OPS,
    pool::unpool::OPS,
    rearrange::OPS,
    recurrent::cell::OPS,
    recurrent::fused::OPS,
    recurrent::layer::OPS,
    recurrent::packed::OPS,
    recurrent::padded::OPS,
    upsample::OPS,
    weight_norm::OPS,
];

/// Calls the first overload of an op of another family by its name.
fn named(name: &str, args: Args) -> Result<Tensor> {
    match crate::ops::find(name).and_then(|op| op.overloads.first()) {
        Some(overload) => overload.call_one(args),
        None => error::not_implemented(format!("gradshell does not support {name} yet")),
    }
}

/// The overload of an op of another family whose schema starts like this.
fn overload(name: &str, start: &str) -> Result<&'static Overload> {
    let found = crate::ops::find(name).and_then(|op| op.overloads.iter().find(|o| o.schema.starts_with(start)));
    match found {
        Some(overload) => Ok(overload),
        None => error::not_implemented(format!("gradshell does not support {name} yet")),
    }
}

/// Checks that an argument has one of these dtypes, with PyTorch's message.
fn one_of(array: &Array, dtypes: &[Dtype], position: usize, name: &str, op: &str) -> Result<()> {
    if dtypes.contains(&array.dtype()) {
        return Ok(());
    }
    let names: Vec<&str> = dtypes.iter().map(|dtype| dtype.scalar_type()).collect();
    error::runtime(format!(
        "Expected tensor for argument #{position} '{name}' to have one of the following scalar types: {}; but got torch.{}Tensor instead (while checking arguments for {op})",
        names.join(", "),
        array.dtype().scalar_type()
    ))
}
