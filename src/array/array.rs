//! A strided view of a storage: sizes, strides, offset and dtype. Knows no gradients.

use super::dtype::{Dtype, Element};
use super::error::{self, Result};
use super::storage::Storage;
use smallvec::SmallVec;
use std::rc::Rc;

/// Sizes, strides or dimension numbers; up to four live without an allocation.
pub type Dims = SmallVec<[i64; 4]>;

/// Cloning shares the storage.
pub struct Array {
    storage: Rc<Storage>,
    sizes: Dims,
    strides: Dims,
    /// In elements.
    offset: i64,
    numel: usize,
    dtype: Dtype,
    contiguous: bool,
    seen_as: SeenAs,
}

/// How a view came about, where users can ask for it. Elements are conjugated or negated at once, not when they are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SeenAs {
    #[default]
    Itself,
    /// `is_conj()`.
    Conjugate,
    /// `is_neg()`.
    Negative,
}

impl Clone for Array {
    #[inline]
    fn clone(&self) -> Array {
        Array {
            storage: self.storage.clone(),
            sizes: dims_of(&self.sizes),
            strides: dims_of(&self.strides),
            ..*self
        }
    }
}

/// The strides of a row-major array of these sizes; a size of 0 counts as 1, as in PyTorch.
pub fn contiguous_strides(sizes: &[i64]) -> Dims {
    let mut step = 1i64;
    let mut few = [1i64; 4];
    if sizes.len() <= few.len() {
        for (stride, &size) in few[..sizes.len()].iter_mut().zip(sizes).rev() {
            *stride = step;
            step = step.saturating_mul(size.max(1));
        }
        return SmallVec::from_buf_and_len(few, sizes.len());
    }
    let mut strides: Dims = SmallVec::from_elem(1, sizes.len());
    for (stride, &size) in strides.iter_mut().zip(sizes).rev() {
        *stride = step;
        step = step.saturating_mul(size.max(1));
    }
    strides
}

/// Whether two lists of sizes are equal: they are short, a call of `memcmp` costs more than the comparison.
#[inline]
pub fn same_sizes(a: &[i64], b: &[i64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x == y)
}

/// Sizes as `Dims`, without a call for the usual few.
#[inline]
pub fn dims_of(sizes: &[i64]) -> Dims {
    let mut few = [0i64; 4];
    if sizes.len() > few.len() {
        return sizes.into();
    }
    for (place, &size) in few.iter_mut().zip(sizes) {
        *place = size;
    }
    SmallVec::from_buf_and_len(few, sizes.len())
}

fn is_contiguous(sizes: &[i64], strides: &[i64], numel: usize) -> bool {
    let mut expected = 1;
    numel == 0
        || sizes.iter().zip(strides).rev().all(|(&size, &stride)| {
            let fits = size == 1 || stride == expected;
            expected *= size;
            fits
        })
}

/// The number of elements, or PyTorch's error where it does not fit or a size is negative.
pub fn numel_of(sizes: &[i64]) -> Result<usize> {
    let mut numel = 1i64;
    for &size in sizes {
        if size < 0 {
            return error::runtime(format!(
                "Trying to create tensor with negative dimension {size}: {}",
                format_sizes(sizes)
            ));
        }
        match numel.checked_mul(size) {
            Some(product) => numel = product,
            None if sizes.contains(&0) => return Ok(0),
            None => {
                return error::runtime(format!(
                    "Storage size calculation overflowed with sizes={}",
                    format_sizes(sizes)
                ));
            }
        }
    }
    Ok(numel as usize)
}

/// `[2, 3]`, as messages show sizes.
pub fn format_sizes(sizes: &[i64]) -> String {
    let items: Vec<String> = sizes.iter().map(i64::to_string).collect();
    format!("[{}]", items.join(", "))
}

impl Array {
    /// A new contiguous array of zeros.
    pub fn zeros(sizes: &[i64], dtype: Dtype) -> Result<Array> {
        Array::allocate(sizes, dtype, Storage::new)
    }

    /// A new contiguous array for a caller that fills it whole at once. Its elements are 0 until then, except in large
    /// arrays, where they may be anything.
    pub fn empty(sizes: &[i64], dtype: Dtype) -> Result<Array> {
        Array::unfilled(sizes, dtype)
    }

    /// A new contiguous array whose elements are whatever the allocator left; kernels fill it whole before it is read.
    pub(in crate::array) fn unfilled(sizes: &[i64], dtype: Dtype) -> Result<Array> {
        Array::allocate(sizes, dtype, Storage::unfilled)
    }

    #[inline]
    fn allocate(sizes: &[i64], dtype: Dtype, storage: impl FnOnce(usize) -> Result<Storage>) -> Result<Array> {
        let numel = numel_of(sizes)?;
        let Some(bytes) = numel.checked_mul(dtype.size()) else {
            return error::runtime(format!(
                "Storage size calculation overflowed with sizes={}",
                format_sizes(sizes)
            ));
        };
        Ok(Array {
            storage: Rc::new(storage(bytes)?),
            strides: contiguous_strides(sizes),
            sizes: dims_of(sizes),
            offset: 0,
            numel,
            dtype,
            contiguous: true,
            seen_as: SeenAs::Itself,
        })
    }

    /// A new contiguous array of these elements in row-major order; their number must be the product of the sizes.
    pub fn from_vec<T: Element>(sizes: &[i64], elements: &[T]) -> Result<Array> {
        let array = Array::zeros(sizes, T::DTYPE)?;
        if array.numel != elements.len() {
            return error::runtime(format!(
                "shape '{}' is invalid for input of size {}",
                format_sizes(sizes),
                elements.len()
            ));
        }
        array.fresh_slice_mut::<T>().copy_from_slice(elements);
        Ok(array)
    }

    /// A 0-d array.
    pub fn from_element<T: Element>(element: T) -> Result<Array> {
        Array::from_vec(&[], &[element])
    }

    /// Another view of the same storage. The caller answers for its bounds: every index stays inside the storage
    /// (`as_strided` checks what users ask for).
    pub fn view(&self, sizes: Dims, strides: Dims, offset: i64) -> Array {
        let numel = sizes.iter().product::<i64>() as usize;
        Array {
            storage: self.storage.clone(),
            contiguous: is_contiguous(&sizes, &strides, numel),
            sizes,
            strides,
            offset,
            numel,
            dtype: self.dtype,
            seen_as: self.seen_as,
        }
    }

    /// Seen as it is not: a conjugate becomes itself, itself what `other` says.
    pub fn seen_as(mut self, before: &Array, other: SeenAs) -> Array {
        self.seen_as = if before.seen_as == other { SeenAs::Itself } else { other };
        self
    }

    pub fn is_conj(&self) -> bool {
        self.seen_as == SeenAs::Conjugate
    }

    pub fn is_neg(&self) -> bool {
        self.seen_as == SeenAs::Negative
    }

    /// The same bytes as another dtype of the same size, or with sizes, strides and offset given in its elements.
    pub fn reinterpret(&self, dtype: Dtype, sizes: Dims, strides: Dims, offset: i64) -> Array {
        let mut array = self.view(sizes, strides, offset);
        array.dtype = dtype;
        array.seen_as = SeenAs::Itself;
        array
    }

    pub fn storage(&self) -> &Rc<Storage> {
        &self.storage
    }

    pub fn sizes(&self) -> &[i64] {
        &self.sizes
    }

    /// In elements.
    pub fn strides(&self) -> &[i64] {
        &self.strides
    }

    /// In elements from the storage's start.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    pub fn dim(&self) -> usize {
        self.sizes.len()
    }

    pub fn numel(&self) -> usize {
        self.numel
    }

    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Row-major without gaps.
    pub fn is_contiguous(&self) -> bool {
        self.contiguous
    }

    /// True when both see the same elements in the same way.
    pub fn is_same_view(&self, other: &Array) -> bool {
        Rc::ptr_eq(&self.storage, &other.storage)
            && self.dtype == other.dtype
            && self.offset == other.offset
            && self.sizes == other.sizes
            && self.strides == other.strides
    }

    /// The address of element [0, 0, ...].
    pub fn data_pointer(&self) -> *mut u8 {
        self.storage
            .pointer()
            .wrapping_add(self.offset as usize * self.dtype.size())
    }

    /// The elements of a contiguous array of this type; None otherwise.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        if T::DTYPE != self.dtype || !self.contiguous {
            return None;
        }
        // SAFETY: dtype and contiguity were checked, bounds are the constructor's invariant, memory is initialised and
        // aligned to 8 (elements are at most 8-aligned), and storages stay on one thread.
        Some(unsafe { std::slice::from_raw_parts(self.data_pointer().cast::<T>(), self.numel) })
    }

    /// The elements of an array that the caller has just made and nobody else reads yet.
    /// Empty if the dtype differs or the array is not contiguous.
    #[allow(clippy::mut_from_ref)]
    pub(in crate::array) fn fresh_slice_mut<T: Element>(&self) -> &mut [T] {
        if T::DTYPE != self.dtype || !self.contiguous {
            return &mut [];
        }
        // SAFETY: as `as_slice`; kernels write only through the one slice of an output that they made, or after they
        // found that input and output don't overlap.
        unsafe { std::slice::from_raw_parts_mut(self.data_pointer().cast::<T>(), self.numel) }
    }
}
