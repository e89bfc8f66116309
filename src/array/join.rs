//! Joining arrays, and putting strided pieces back.

use super::array::{Array, Dims};
use super::error::{self, Result};
use super::promote::{Operand, ResultType};
use super::{binary, copy, layout};

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
/// (in elements from the start of `flat`) shows at its place. The caller has checked the bounds.
pub fn add_strided(flat: &Array, strides: &[i64], offset: i64, source: &Array) -> Result<()> {
    let overlaps = {
        let view = flat.view(source.sizes().into(), strides.into(), offset);
        !layout::is_non_overlapping_and_dense(&view)
            && strides.iter().zip(source.sizes()).any(|(s, n)| *s == 0 && *n > 1)
    };
    let view = flat.view(source.sizes().into(), strides.into(), offset);
    if !overlaps && layout::assert_no_internal_overlap(&view).is_ok() {
        return copy::copy_into(&view, &binary::add(&view, source)?);
    }
    // elements that several places show: one after the other
    let mut index: Dims = Dims::from_elem(0, source.dim());
    for _ in 0..source.numel() {
        let place = |strides: &[i64]| index.iter().zip(strides).map(|(i, s)| i * s).sum::<i64>();
        let from = source.view(Dims::new(), Dims::new(), source.offset() + place(source.strides()));
        let to = flat.view(Dims::new(), Dims::new(), offset + place(strides));
        copy::copy_into(&to, &binary::add(&to, &from)?)?;
        for (digit, &size) in index.iter_mut().zip(source.sizes()).rev() {
            *digit += 1;
            if *digit < size {
                break;
            }
            *digit = 0;
        }
    }
    Ok(())
}
