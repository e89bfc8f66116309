//! Sizes and strides: broadcasting, dimension numbers, the layout of results, overlap of memory.

use super::array::{Array, Dims, contiguous_strides, dims_of, format_sizes, same_sizes};
use super::dtype::Dtype;
use super::error::{self, Result};
use smallvec::{SmallVec, smallvec};

/// The common sizes of two operands; PyTorch's message where they don't fit.
pub fn broadcast_sizes(a: &[i64], b: &[i64]) -> Result<Dims> {
    if same_sizes(a, b) {
        return Ok(dims_of(a));
    }
    let dim = a.len().max(b.len());
    let mut sizes: Dims = smallvec![1; dim];
    for back in 1..=dim {
        let at = |sizes: &[i64]| {
            if back <= sizes.len() {
                sizes[sizes.len() - back]
            } else {
                1
            }
        };
        let (x, y) = (at(a), at(b));
        if x != y && x != 1 && y != 1 {
            return error::runtime(format!(
                "The size of tensor a ({x}) must match the size of tensor b ({y}) at non-singleton dimension {}",
                dim - back
            ));
        }
        sizes[dim - back] = if x == 1 { y } else { x };
    }
    Ok(sizes)
}

/// The index of dimension `dim`, negative ones counting from the end. A 0-d array has dimensions -1 and 0.
pub fn wrap_dim(dim: i64, count: usize) -> Result<usize> {
    let n = count.max(1) as i64;
    if dim < -n || dim >= n {
        return error::index(format!(
            "Dimension out of range (expected to be in range of [{}, {}], but got {dim})",
            -n,
            n - 1
        ));
    }
    Ok(if dim < 0 { dim + n } else { dim } as usize)
}

/// Wrapped dimension numbers without repetition, as flags.
pub fn wrap_dims(dims: &[i64], count: usize) -> Result<SmallVec<[bool; 8]>> {
    if count > 64 {
        return error::runtime("only tensors with up to 64 dims are supported");
    }
    let mut flags: SmallVec<[bool; 8]> = smallvec![false; count.max(1)];
    for &dim in dims {
        let at = wrap_dim(dim, count)?;
        if std::mem::replace(&mut flags[at], true) {
            return error::runtime(format!("dim {at} appears multiple times in the list of dims"));
        }
    }
    flags.truncate(count);
    Ok(flags)
}

/// The strides that show an array of sizes `from` as one of the broadcast sizes `to`.
pub(in crate::array) fn expanded_strides(from: &[i64], strides: &[i64], to: &[i64]) -> Dims {
    let lead = to.len() - from.len();
    (0..to.len())
        .map(|d| {
            if d < lead || (from[d - lead] == 1 && to[d] != 1) {
                0
            } else {
                strides[d - lead]
            }
        })
        .collect()
}

/// A view broadcast to `sizes`; errors as `torch.broadcast_to` on operands of elementwise operations.
pub fn expand(array: &Array, sizes: &[i64]) -> Result<Array> {
    let common = broadcast_sizes(array.sizes(), sizes)?;
    if common.as_slice() != sizes {
        return error::runtime(format!(
            "output with shape {} doesn't match the broadcast shape {}",
            format_sizes(sizes),
            format_sizes(&common)
        ));
    }
    let strides = expanded_strides(array.sizes(), array.strides(), sizes);
    Ok(array.view(sizes.into(), strides, array.offset()))
}

/// A new unfilled array for the result of an elementwise operation. It takes over the operands' memory order, as
/// PyTorch's iterator arranges it: dimensions sorted by the operands' strides.
pub(in crate::array) fn result_like(sizes: &[i64], dtype: Dtype, operands: &[&Array]) -> Result<Array> {
    if operands
        .iter()
        .all(|a| a.is_contiguous() && same_sizes(a.sizes(), sizes))
        || sizes.len() < 2
    {
        return Array::unfilled(sizes, dtype);
    }
    let dim = sizes.len();
    let strides: SmallVec<[Dims; 3]> = operands
        .iter()
        .map(|a| expanded_strides(a.sizes(), a.strides(), sizes))
        .collect();
    // 1: `inner` should come after `outer` (swap), -1: they are in order, 0: ambiguous.
    let order = |inner: usize, outer: usize| -> i32 {
        for (strides, operand) in strides.iter().zip(operands) {
            let (x, y) = (
                strides[inner] * operand.dtype().size() as i64,
                strides[outer] * operand.dtype().size() as i64,
            );
            if x == 0 || y == 0 {
                continue;
            }
            if x < y {
                return -1;
            }
            if x > y || sizes[inner] > sizes[outer] {
                return 1;
            }
        }
        0
    };
    // Fastest dimension first.
    let mut order_of: SmallVec<[usize; 8]> = (0..dim).rev().collect();
    for i in 1..dim {
        let mut moving = i;
        for other in (0..i).rev() {
            match order(order_of[other], order_of[moving]) {
                1.. => {
                    order_of.swap(other, moving);
                    moving = other;
                }
                0 => {}
                _ => break,
            }
        }
    }
    let fresh = Array::unfilled(sizes, dtype)?;
    if order_of.iter().rev().copied().eq(0..dim) {
        return Ok(fresh);
    }
    let mut result: Dims = smallvec![0; dim];
    let mut step = 1;
    for &d in &order_of {
        result[d] = step;
        step *= sizes[d].max(1);
    }
    Ok(fresh.view(sizes.into(), result, 0))
}

/// A new unfilled array with the sizes and, where they are dense, the strides of another: `empty_like`.
pub(in crate::array) fn unfilled_like(array: &Array, dtype: Dtype) -> Result<Array> {
    if array.is_contiguous() {
        return Array::unfilled(array.sizes(), dtype);
    }
    if is_non_overlapping_and_dense(array) {
        let fresh = Array::unfilled(array.sizes(), dtype)?;
        return Ok(fresh.view(array.sizes().into(), array.strides().into(), 0));
    }
    result_like(array.sizes(), dtype, &[array])
}

/// A new array of zeros with the sizes and, where they are dense, the strides of another.
pub fn zeros_like(array: &Array, dtype: Dtype) -> Result<Array> {
    let fresh = Array::zeros(array.sizes(), dtype)?;
    let strides = unfilled_like(array, Dtype::Bool)?;
    Ok(fresh.view(array.sizes().into(), strides.strides().into(), 0))
}

/// Dense in some order of its dimensions: no gaps, no overlap.
pub fn is_non_overlapping_and_dense(array: &Array) -> bool {
    if array.is_contiguous() {
        return true;
    }
    let mut dims: SmallVec<[(i64, i64); 8]> = array
        .strides()
        .iter()
        .zip(array.sizes())
        .filter(|&(_, &size)| size != 1)
        .map(|(&stride, &size)| (stride, size))
        .collect();
    dims.sort_unstable();
    let mut expected = 1;
    dims.iter().all(|&(stride, size)| {
        let fits = stride == expected;
        expected *= size;
        fits
    })
}

/// Raises where writing to `out` would write some element twice.
pub fn assert_no_internal_overlap(out: &Array) -> Result<()> {
    let overlaps = out
        .sizes()
        .iter()
        .zip(out.strides())
        .any(|(&size, &stride)| size > 1 && stride == 0);
    if overlaps && !is_non_overlapping_and_dense(out) {
        return error::runtime(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
        );
    }
    Ok(())
}

/// Raises where `out` and `input` share part of their memory without being the same view.
pub fn assert_no_partial_overlap(out: &Array, input: &Array) -> Result<()> {
    if !std::rc::Rc::ptr_eq(out.storage(), input.storage()) || out.numel() == 0 || input.numel() == 0 {
        return Ok(());
    }
    if out.is_same_view(input) || !is_non_overlapping_and_dense(out) || !is_non_overlapping_and_dense(input) {
        return Ok(());
    }
    let range = |a: &Array| {
        let start = a.offset() as i128 * a.dtype().size() as i128;
        (start, start + a.numel() as i128 * a.dtype().size() as i128)
    };
    let ((a0, a1), (b0, b1)) = (range(out), range(input));
    if (a0, a1) == (b0, b1) && out.strides() == input.strides() {
        return Ok(());
    }
    if a0 < b1 && b0 < a1 {
        return error::runtime(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.",
        );
    }
    Ok(())
}

/// The sizes and row-major strides of an array viewed by another shape without copying, or None (PyTorch's rule).
pub fn view_strides(sizes: &[i64], strides: &[i64], to: &[i64]) -> Option<Dims> {
    let numel: i64 = sizes.iter().product();
    if numel == 0 {
        return Some(if sizes == to {
            strides.into()
        } else {
            contiguous_strides(to)
        });
    }
    let mut result: Dims = smallvec![0; to.len()];
    let mut at = to.len();
    let mut chunk_base = strides.last().copied().unwrap_or(1);
    let (mut chunk, mut view_numel) = (1, 1);
    for d in (0..sizes.len()).rev() {
        chunk *= sizes[d];
        let ends = d == 0 || (sizes[d - 1] != 1 && strides[d - 1] != chunk * chunk_base);
        if ends {
            while at > 0 && (view_numel < chunk || to[at - 1] == 1) {
                result[at - 1] = view_numel * chunk_base;
                view_numel *= to[at - 1];
                at -= 1;
            }
            if view_numel != chunk {
                return None;
            }
            if d > 0 {
                chunk_base = strides[d - 1];
                chunk = 1;
                view_numel = 1;
            }
        }
    }
    if sizes.is_empty() {
        result.fill(1);
        return Some(result);
    }
    (at == 0).then_some(result)
}
