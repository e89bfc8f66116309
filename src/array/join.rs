//! Joining arrays, and putting strided pieces back.

use super::array::{Array, Dims};
use super::error::{self, Result};
use super::promote::{Operand, ResultType};
use super::{copy, layout};

/// `cat`: the arrays one after the other along `dim`. 1-d arrays of size 0 are skipped, as in PyTorch.
pub fn cat(arrays: &[&Array], dim: i64) -> Result<Array> {
    let Some(first) = arrays.first() else {
        return error::value("torch.cat(): expected a non-empty list of Tensors");
    };
    if let Some(at) = arrays.iter().position(|array| array.dim() == 0) {
        return error::runtime(format!(
            "zero-dimensional tensor (at position {at}) cannot be concatenated"
        ));
    }
    let mut result = ResultType::default();
    arrays.iter().for_each(|array| result.add(Operand::Array(array)));
    let dtype = result.get();
    let skipped = |array: &Array| array.sizes() == [0];
    let shape = arrays.iter().copied().find(|array| !skipped(array)).unwrap_or(first);
    let dim = layout::wrap_dim(dim, shape.dim())?;
    let mut sizes = Dims::from(shape.sizes());
    let mut total = 0;
    for (number, array) in arrays.iter().enumerate().filter(|(_, array)| !skipped(array)) {
        if array.dim() != shape.dim() {
            return error::runtime(format!(
                "Tensors must have same number of dimensions: got {} and {}",
                shape.dim(),
                array.dim()
            ));
        }
        for (at, (&expected, &size)) in shape.sizes().iter().zip(array.sizes()).enumerate() {
            if at == dim {
                total += size;
            } else if size != expected {
                return error::runtime(format!(
                    "Sizes of tensors must match except in dimension {dim}. Expected size {expected} but got size {size} for tensor number {number} in the list."
                ));
            }
        }
    }
    if let Some(size) = sizes.get_mut(dim) {
        *size = total;
    }
    let out = Array::zeros(&sizes, dtype)?;
    let mut start = 0;
    for array in arrays.iter().filter(|array| !skipped(array)) {
        let length = array.sizes().get(dim).copied().unwrap_or(0);
        let stride = out.strides().get(dim).copied().unwrap_or(1);
        let piece = out.view(
            array.sizes().into(),
            out.strides().into(),
            out.offset() + start * stride,
        );
        copy::copy_into(&piece, array)?;
        start += length;
    }
    Ok(out)
}

/// Adds each element of `source` to the element of the contiguous `flat` that a view with these strides and this offset
/// (in elements from the start of `flat`) shows at its place; elements that several places show collect them all.
/// The caller has checked the bounds.
pub fn add_strided(flat: &Array, strides: &[i64], offset: i64, source: &Array) -> Result<()> {
    let places = flat.view(source.sizes().into(), strides.into(), offset);
    let base = flat.view(Dims::new(), Dims::new(), offset);
    super::index::accumulate(&base, super::index::offsets_of(&places), &copy::contiguous(source)?)
}
