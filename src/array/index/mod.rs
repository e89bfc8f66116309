//! Picking and placing elements by index.

use super::array::Array;
use super::error::Result;

/// A new vector of the elements at these offsets (in elements, from the array's first).
pub(in crate::array) fn gather_offsets(array: &Array, offsets: &[i64]) -> Result<Array> {
    let out = Array::unfilled(&[offsets.len() as i64], array.dtype())?;
    let size = array.dtype().size();
    for (i, &offset) in offsets.iter().enumerate() {
        // SAFETY: callers pass offsets of elements of the array; the output has one element for each.
        unsafe {
            std::ptr::copy_nonoverlapping(
                array.data_pointer().wrapping_offset(offset as isize * size as isize),
                out.data_pointer().add(i * size),
                size,
            );
        }
    }
    Ok(out)
}
