//! Many elements to one, and running totals.

pub mod covariance;
pub mod difference;
pub mod extremum;
pub mod moments;
pub mod norm;
pub mod order;
pub mod quantile;
pub mod scan;
pub mod sum;
pub mod truth;
pub mod unique;

use super::Op;
use super::formula::*;
use crate::array::{Dims, Result, layout};
use crate::autograd::Tensor;

pub use sum::{sum, sum_dims};

pub(super) static FAMILIES: &[&[&Op]] = &[
    covariance::OPS,
    difference::OPS,
    extremum::OPS,
    moments::OPS,
    norm::OPS,
    order::OPS,
    quantile::OPS,
    scan::OPS,
    sum::OPS,
    truth::OPS,
    unique::OPS,
];

/// Puts the reduced dimensions back as size 1, so that a gradient broadcasts over what was reduced. No dims: all.
pub(crate) fn unreduce(grad: &Tensor, dims_before: usize, dims: &[i64], keepdim: bool) -> Result<Tensor> {
    if keepdim || dims_before == 0 || dims.is_empty() {
        return Ok(grad.clone());
    }
    let count = dims_before as i64;
    let mut wrapped: Vec<i64> = dims
        .iter()
        .map(|dim| if *dim < 0 { dim + count } else { *dim })
        .collect();
    wrapped.sort_unstable();
    wrapped
        .into_iter()
        .try_fold(grad.clone(), |grad, dim| unsqueeze(&grad, dim))
}

/// As `unreduce`, by one reshape.
fn restore(reduced: &Tensor, dims: &[i64], keepdim: bool) -> Result<Tensor> {
    if keepdim {
        return Ok(reduced.clone());
    }
    let count = reduced.dim() + dims.len();
    let flags = layout::wrap_dims(dims, count)?;
    let mut rest = reduced.sizes().into_iter();
    let sizes: Dims = flags
        .iter()
        .map(|&flag| if flag { 1 } else { rest.next().unwrap_or(1) })
        .collect();
    reshape(reduced, &sizes)
}

/// How many elements are reduced to one.
fn reduced_count(sizes: &[i64], dims: &[i64]) -> i64 {
    if dims.is_empty() {
        return sizes.iter().product();
    }
    let count = sizes.len() as i64;
    dims.iter()
        .map(|dim| if *dim < 0 { dim + count } else { *dim })
        .map(|dim| sizes.get(dim as usize).copied().unwrap_or(1))
        .product()
}

/// Spreads a gradient over the dimensions that were reduced.
fn spread(grad: &Tensor, sizes: &[i64], dims: &[i64], keepdim: bool) -> Result<Tensor> {
    expand(&unreduce(grad, sizes.len(), dims, keepdim)?, sizes)
}

/// The gradient of results that are elements of the input: put where they came from.
pub(crate) fn selection_backward(
    grad: &Tensor,
    indices: &Tensor,
    sizes: &[i64],
    dim: i64,
    keepdim: bool,
) -> Result<Tensor> {
    let zeros: Tensor = crate::array::Array::zeros(sizes, grad.dtype())?.into();
    if keepdim || sizes.is_empty() {
        return scatter(&zeros, dim, indices, grad);
    }
    scatter(&zeros, dim, &unsqueeze(indices, dim)?, &unsqueeze(grad, dim)?)
}

/// The gradient of one value chosen among equals: shared evenly among them.
fn evenly(grad: &Tensor, this: &Tensor, value: &Tensor) -> Result<Tensor> {
    let nan = crate::array::copy::item(&isnan(value)?.array())?;
    let mask = if nan.is_zero() { eq(this, value)? } else { isnan(this)? };
    let share = div(grad, sum(&mask)?)?;
    masked_fill_tensor(&zeros_like(this)?, &mask, &share)
}
