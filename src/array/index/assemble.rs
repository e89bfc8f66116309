//! Arrays put together or rearranged whole.

use super::super::array::{Array, Dims};
use super::super::copy;
use super::super::error::{self, Result};
use super::super::join::cat;
use super::super::layout;
use super::super::view;

/// A copy with the order along `dims` reversed.
pub fn flip(a: &Array, dims: &[i64]) -> Result<Array> {
    let flags = layout::wrap_dims(dims, a.dim())?;
    // The output's view runs backward over the flipped dimensions.
    let out = layout::unfilled_like(a, a.dtype())?;
    if a.numel() == 0 {
        return Ok(out);
    }
    let mut offset = 0;
    let strides: Dims = out
        .strides()
        .iter()
        .zip(a.sizes())
        .zip(&flags)
        .map(|((&stride, &size), &flip)| {
            if flip {
                offset += (size - 1) * stride;
                -stride
            } else {
                stride
            }
        })
        .collect();
    let backward = out.view(a.sizes().into(), strides, offset);
    copy::copy_into(&backward, a)?;
    Ok(out)
}

/// A copy moved by `shifts` along `dims`, what falls off one end coming in at the other; without dims flattened.
pub fn roll(a: &Array, shifts: &[i64], dims: &[i64]) -> Result<Array> {
    if shifts.is_empty() {
        return error::runtime("`shifts` required");
    }
    if dims.is_empty() && shifts.len() == 1 {
        let flat = view::view(&copy::contiguous(a)?, &[-1])?;
        return view::view(&roll(&flat, shifts, &[0])?, a.sizes());
    }
    if dims.len() != shifts.len() {
        return error::runtime(format!(
            "shifts and dimensions must align. shifts: {}, dims:{}",
            shifts.len(),
            dims.len()
        ));
    }
    if a.dim() == 0 {
        return error::index(format!(
            "Dimension specified as {} but tensor has no dimensions",
            dims[0]
        ));
    }
    let mut result = a.clone();
    for (&shift, &dim) in shifts.iter().zip(dims) {
        let d = layout::wrap_dim(dim, a.dim())?;
        if a.numel() == 0 {
            return copy::clone(a);
        }
        let size = a.sizes()[d];
        let start = (size - shift.rem_euclid(size)) % size;
        let dim = d as i64;
        let (tail, head) = (
            view::slice(&result, dim, Some(start), None, 1)?,
            view::slice(&result, dim, None, Some(start), 1)?,
        );
        result = cat(&[&tail, &head], dim)?;
    }
    Ok(result)
}

/// `repeats` copies side by side in every dimension.
pub fn repeat(a: &Array, repeats: &[i64]) -> Result<Array> {
    if repeats.len() < a.dim() {
        return error::runtime(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
        );
    }
    let lead = repeats.len() - a.dim();
    let mut sizes = Dims::new();
    let (mut spread, mut strides) = (Dims::new(), Dims::new());
    for (d, &count) in repeats.iter().enumerate() {
        if count < 0 {
            return error::runtime(format!(
                "Trying to create tensor with negative dimension {count}: {}",
                super::super::array::format_sizes(repeats)
            ));
        }
        let (size, stride) = if d < lead {
            (1, 0)
        } else {
            (a.sizes()[d - lead], a.strides()[d - lead])
        };
        sizes.push(count.saturating_mul(size));
        spread.extend([count, size]);
        strides.extend([0, stride]);
    }
    super::super::array::numel_of(&sizes)?;
    let expanded = a.view(spread, strides, a.offset());
    let copy = copy::to_contiguous(&expanded)?;
    let contiguous = super::super::array::contiguous_strides(&sizes);
    Ok(copy.view(sizes, contiguous, 0))
}
