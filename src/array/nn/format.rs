//! Memory formats: whether an image keeps its channels last.

use super::super::array::{Array, Dims};
use super::super::copy;
use super::super::error::Result;

/// The order of dimensions from the slowest in memory to the fastest where channels come last.
fn channels_last_order(dims: usize) -> Dims {
    let spatial = 2..dims as i64;
    std::iter::once(0).chain(spatial).chain(std::iter::once(1)).collect()
}

/// True if a 4-d or 5-d array has its channels last in memory, and could not be row-major as well.
pub fn is_channels_last(a: &Array) -> bool {
    if !(4..=5).contains(&a.dim()) {
        return false;
    }
    let (sizes, strides) = (a.sizes(), a.strides());
    let mut least = 0;
    if strides[1] == 0 {
        return false;
    }
    for dim in channels_last_order(a.dim()).into_iter().rev().map(|dim| dim as usize) {
        if sizes[dim] == 0 || strides[dim] < least || (dim == 0 && least == strides[1]) {
            return false;
        }
        least = strides[dim] * sizes[dim].max(1);
    }
    true
}

/// The same elements with channels last in memory.
pub fn to_channels_last(a: &Array) -> Result<Array> {
    if !(4..=5).contains(&a.dim()) {
        return copy::contiguous(a);
    }
    let mut strides: Dims = smallvec::smallvec![0; a.dim()];
    let mut step = 1;
    for dim in channels_last_order(a.dim()).into_iter().rev() {
        strides[dim as usize] = step;
        step *= a.sizes()[dim as usize].max(1);
    }
    let out = Array::unfilled(a.sizes(), a.dtype())?.view(a.sizes().into(), strides, 0);
    copy::copy_into(&out, a)?;
    Ok(out)
}

/// The result of a kernel in the format of its input.
pub fn as_in(input: &Array, result: Array) -> Result<Array> {
    if is_channels_last(input) {
        to_channels_last(&result)
    } else {
        Ok(result)
    }
}
