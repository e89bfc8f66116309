//! Reductions over dimensions.

pub mod extremum;
pub mod moments;
pub mod scan;
pub mod softmax;
pub mod sum;

use super::array::{Array, Dims, contiguous_strides};
use super::copy;
use super::dtype::Dtype;
use super::elementwise::{self, TASK};
use super::error::{self, Result};
use super::lane::Lane;
use super::layout;
use smallvec::SmallVec;

/// An input arranged for reduction: contiguous as [outer, reduced, inner] in a lane type.
pub(in crate::array) struct Arranged {
    pub source: Array,
    pub outer: usize,
    pub reduced: usize,
    pub inner: usize,
    /// The result's sizes.
    pub sizes: Dims,
}

/// Which dimensions a reduction takes away: all for None or an empty list.
pub(in crate::array) fn reduced_flags(a: &Array, dims: Option<&[i64]>) -> Result<SmallVec<[bool; 8]>> {
    if a.dim() > 64 {
        return error::runtime("only tensors with up to 64 dims are supported");
    }
    match dims {
        None | Some([]) => Ok(SmallVec::from_elem(true, a.dim())),
        Some(dims) => layout::wrap_dims(dims, a.dim()),
    }
}

/// The sizes after reduction.
pub(in crate::array) fn reduced_sizes(sizes: &[i64], flags: &[bool], keepdim: bool) -> Dims {
    sizes
        .iter()
        .zip(flags)
        .filter(|&(_, &reduced)| keepdim || !reduced)
        .map(|(&size, &reduced)| if reduced { 1 } else { size })
        .collect()
}

/// Arranges `a` so that the flagged dimensions become one.
pub(in crate::array) fn arrange<T: Lane>(a: &Array, flags: &[bool], keepdim: bool) -> Result<Arranged> {
    let sizes = reduced_sizes(a.sizes(), flags, keepdim);
    // Runs of neighbouring dimensions of the same kind; those of size 1 belong to any.
    let mut runs: SmallVec<[(usize, bool); 8]> = SmallVec::new();
    for (&size, &reduced) in a.sizes().iter().zip(flags) {
        match runs.last_mut() {
            Some((count, kind)) if *kind == reduced => *count *= size as usize,
            _ if size == 1 => {}
            _ => runs.push((size as usize, reduced)),
        }
    }
    let (outer, reduced, inner) = match *runs.as_slice() {
        [] => (1, 1, 1),
        [(n, false)] => (n, 1, 1),
        [(n, true)] => (1, n, 1),
        [(k, false), (r, true)] => (k, r, 1),
        [(r, true), (k, false)] => (1, r, k),
        [(k, false), (r, true), (i, false)] => (k, r, i),
        _ => {
            let kept = (0..a.dim()).filter(|&d| !flags[d]);
            let order: SmallVec<[usize; 8]> = kept.chain((0..a.dim()).filter(|&d| flags[d])).collect();
            let moved = a.view(
                order.iter().map(|&d| a.sizes()[d]).collect(),
                order.iter().map(|&d| a.strides()[d]).collect(),
                a.offset(),
            );
            let total = |want: bool| -> usize {
                let sizes = a.sizes().iter().zip(flags);
                sizes
                    .filter(|&(_, &flag)| flag == want)
                    .map(|(&size, _)| size as usize)
                    .product()
            };
            return Ok(Arranged {
                source: copy::as_lane::<T>(&moved)?,
                outer: total(false),
                reduced: total(true),
                inner: 1,
                sizes,
            });
        }
    };
    Ok(Arranged {
        source: copy::as_lane::<T>(a)?,
        outer,
        reduced,
        inner,
        sizes,
    })
}

impl Arranged {
    /// Reduces every row with `f`, writing lanes of a new contiguous array of dtype `R`.
    pub fn rows<T: Lane, R: Lane>(&self, f: &(dyn Fn(&[T]) -> R + Sync)) -> Result<Array> {
        let out = Array::unfilled(&self.sizes, R::DTYPE)?;
        let target = SharedSlice::new(out.fresh_slice_mut::<R>());
        self.each_row::<T>(&|at, row| {
            // SAFETY: every row writes its own element.
            unsafe { target.write(at, f(row)) }
        });
        Ok(out)
    }

    /// Calls `visit(index, row)` for every row; columns are gathered first where the reduced dimension is not last.
    pub fn each_row<T: Lane>(&self, visit: &(dyn Fn(usize, &[T]) + Sync)) {
        let source = self.source.as_slice::<T>().unwrap_or(&[]);
        let (reduced, inner) = (self.reduced, self.inner);
        let grain = (TASK / reduced.max(1)).max(1);
        if inner == 1 {
            elementwise::split(self.outer, grain, &|range| {
                for row in range {
                    visit(row, &source[row * reduced..(row + 1) * reduced]);
                }
            });
            return;
        }
        const TILE: usize = 16;
        elementwise::split(self.outer * inner.div_ceil(TILE), grain.div_ceil(TILE), &|range| {
            let mut columns = vec![T::default(); TILE * reduced];
            for tile in range {
                let (block, first) = (tile / inner.div_ceil(TILE), tile % inner.div_ceil(TILE) * TILE);
                let width = TILE.min(inner - first);
                for r in 0..reduced {
                    let start = (block * reduced + r) * inner + first;
                    for (c, &x) in source[start..start + width].iter().enumerate() {
                        columns[c * reduced + r] = x;
                    }
                }
                for c in 0..width {
                    visit(block * inner + first + c, &columns[c * reduced..(c + 1) * reduced]);
                }
            }
        });
    }
}

/// A slice whose elements several tasks write, each its own.
pub(in crate::array) struct SharedSlice<T> {
    pointer: *mut T,
    len: usize,
}

// SAFETY: see `write`: tasks write disjoint elements.
unsafe impl<T: Send> Sync for SharedSlice<T> {}

impl<T: Copy> SharedSlice<T> {
    pub fn new(slice: &mut [T]) -> Self {
        SharedSlice {
            pointer: slice.as_mut_ptr(),
            len: slice.len(),
        }
    }

    /// # Safety
    /// No two tasks write the same element while the slice is shared.
    pub unsafe fn write(&self, at: usize, value: T) {
        if at < self.len {
            // SAFETY: in bounds; the caller answers for disjointness.
            unsafe { *self.pointer.add(at) = value }
        }
    }

    /// # Safety
    /// The range is in bounds and no other task touches it.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn part(&self, start: usize, count: usize) -> &mut [T] {
        debug_assert!(start + count <= self.len);
        // SAFETY: the caller vouches.
        unsafe { std::slice::from_raw_parts_mut(self.pointer.add(start), count) }
    }
}

/// The dimension, or an error for one of size 0: `max(): Expected reduction dim 0 to have non-zero size.`
pub(in crate::array) fn nonzero_dim(name: &str, a: &Array, dim: i64) -> Result<usize> {
    let at = layout::wrap_dim(dim, a.dim())?;
    if a.dim() > 0 && a.sizes()[at] == 0 {
        return error::index(format!("{name}: Expected reduction dim {at} to have non-zero size."));
    }
    Ok(at)
}

/// Flags with only `dim` set.
pub(in crate::array) fn one_flag(count: usize, dim: usize) -> SmallVec<[bool; 8]> {
    (0..count).map(|d| d == dim).collect()
}

/// A 0-d or empty-shaped view of the same elements with other sizes.
pub(in crate::array) fn reshape_fresh(array: Array, sizes: &[i64]) -> Array {
    array.view(sizes.into(), contiguous_strides(sizes), 0)
}

/// The dtype sums and products of integers have.
pub fn accumulation_dtype(dtype: Dtype) -> Dtype {
    if dtype.is_integral() { Dtype::Int64 } else { dtype }
}
