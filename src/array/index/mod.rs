//! Picking and placing elements by index.

pub mod advanced;
pub mod assemble;
pub mod gather;
pub mod mask;

pub use advanced::{index, index_put_};
pub use assemble::{flip, repeat, roll};
pub use gather::{
    gather, index_add_, index_copy_, index_fill_, index_reduce_, index_select, put_, scatter_, scatter_fill_,
    scatter_reduce_, take,
};
pub use mask::{masked_fill, masked_scatter, masked_select, nonzero};

use super::array::Array;
use super::copy;
use super::dtype::Dtype;
use super::error::{self, Result};
use super::lane::{Convert, Lane};
use num_complex::Complex;

/// 16 bytes with the alignment that storages have.
type Element128 = [u64; 2];

/// An address that tasks read from.
#[derive(Clone, Copy)]
struct SharedPointer<T>(*mut T);

// SAFETY: tasks only read through it while the storage stays alive.
unsafe impl<T> Sync for SharedPointer<T> {}
// SAFETY: as above.
unsafe impl<T> Send for SharedPointer<T> {}

impl<T> SharedPointer<T> {
    fn get(self) -> *mut T {
        self.0
    }
}

/// Copies bytes between addresses that don't overlap.
///
/// # Safety
/// Both addresses lie in live storages with that many bytes.
#[inline]
unsafe fn copy_blocks(from: isize, to: isize, bytes: usize) {
    // SAFETY: the caller vouches.
    unsafe { std::ptr::copy_nonoverlapping(from as *const u8, to as *mut u8, bytes) }
}

/// A new vector of the elements at these offsets (in elements, from the array's first).
pub(in crate::array) fn gather_offsets(array: &Array, offsets: &[i64]) -> Result<Array> {
    let out = Array::unfilled(&[offsets.len() as i64], array.dtype())?;
    let size = array.dtype().size();
    let (from, to) = (array.data_pointer() as isize, out.data_pointer() as isize);
    for (i, &offset) in offsets.iter().enumerate() {
        // SAFETY: callers pass offsets of elements of the array; the output has one element for each.
        unsafe { copy_blocks(from + offset as isize * size as isize, to + (i * size) as isize, size) };
    }
    Ok(out)
}

/// How a value joins the element that is there already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Combine {
    Sum,
    Prod,
    Amax,
    Amin,
}

/// Joins `values` (contiguous, of the array's dtype) to the elements at these offsets, one after the other.
fn accumulate_at(array: &Array, offsets: impl Iterator<Item = i64>, values: &Array, combine: Combine) -> Result<()> {
    fn run<E: Convert, T: Lane>(
        array: &Array,
        offsets: impl Iterator<Item = i64>,
        values: &Array,
        join: impl Fn(T, T) -> T,
    ) {
        let base = array.data_pointer().cast::<E>();
        for (offset, &value) in offsets.zip(values.as_slice::<E>().unwrap_or(&[])) {
            // SAFETY: callers pass offsets of elements of the array.
            unsafe {
                let place = base.offset(offset as isize);
                *place = join(T::take(*place), T::take(value)).give();
            }
        }
    }
    macro_rules! real {
        ($e:ty, $t:ty, $sum:expr, $prod:expr) => {
            match combine {
                Combine::Sum => run::<$e, $t>(array, offsets, values, $sum),
                Combine::Prod => run::<$e, $t>(array, offsets, values, $prod),
                #[allow(clippy::eq_op)]
                Combine::Amax => run::<$e, $t>(array, offsets, values, |x, y| if y > x || y != y { y } else { x }),
                #[allow(clippy::eq_op)]
                Combine::Amin => run::<$e, $t>(array, offsets, values, |x, y| if y < x || y != y { y } else { x }),
            }
        };
    }
    macro_rules! complex {
        ($e:ty) => {
            match combine {
                Combine::Sum => run::<$e, $e>(array, offsets, values, |x, y| x + y),
                Combine::Prod => run::<$e, $e>(array, offsets, values, |x, y| x * y),
                _ => return error::not_implemented("complex numbers have no order"),
            }
        };
    }
    fn add(x: i64, y: i64) -> i64 {
        x.wrapping_add(y)
    }
    fn mul(x: i64, y: i64) -> i64 {
        x.wrapping_mul(y)
    }
    match array.dtype() {
        Dtype::Bool => real!(bool, i64, add, mul),
        Dtype::Uint8 => real!(u8, i64, add, mul),
        Dtype::Int8 => real!(i8, i64, add, mul),
        Dtype::Int16 => real!(i16, i64, add, mul),
        Dtype::Int32 => real!(i32, i64, add, mul),
        Dtype::Int64 => real!(i64, i64, add, mul),
        Dtype::Float16 => real!(half::f16, f32, |x, y| x + y, |x, y| x * y),
        Dtype::BFloat16 => real!(half::bf16, f32, |x, y| x + y, |x, y| x * y),
        Dtype::Float32 => real!(f32, f32, |x, y| x + y, |x, y| x * y),
        Dtype::Float64 => real!(f64, f64, |x, y| x + y, |x, y| x * y),
        Dtype::Complex64 => complex!(Complex<f32>),
        Dtype::Complex128 => complex!(Complex<f64>),
    }
    Ok(())
}

/// Offsets (in elements, from the first) of all elements, row-major.
pub(in crate::array) fn offsets_of(array: &Array) -> Vec<i64> {
    let mut offsets = vec![0];
    for (&size, &stride) in array.sizes().iter().zip(array.strides()) {
        offsets = offsets
            .iter()
            .flat_map(|&o| (0..size).map(move |i| o + i * stride))
            .collect();
    }
    offsets
}

/// Adds `values` (contiguous, of the array's dtype) to the elements at these offsets, one after the other.
pub(in crate::array) fn accumulate(array: &Array, offsets: Vec<i64>, values: &Array) -> Result<()> {
    accumulate_at(array, offsets.into_iter(), values, Combine::Sum)
}

/// Index values as int64, or an error naming the function: `gather(): Expected dtype int32/int64 for index`.
fn index_values<'a>(name: &str, or: &str, index: &'a Array) -> Result<std::borrow::Cow<'a, [i64]>> {
    if !matches!(index.dtype(), Dtype::Int64 | Dtype::Int32) {
        return error::runtime(format!("{name}: Expected dtype int32{or}int64 for index"));
    }
    copy::lanes::<i64>(index)
}
