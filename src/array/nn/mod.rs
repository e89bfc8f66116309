//! Kernels of neural networks.
//!
//! Images have one to three spatial dimensions; kernels see three, missing ones of size 1 in front, and everything before
//! them as so many planes.

pub mod class;
pub mod convolution;
pub mod ctc;
pub mod distance;
pub mod embedding;
pub mod fold;
pub mod format;
pub mod grid;
pub mod loss;
pub mod margin;
pub mod normalize;
pub mod pool;
pub mod resample;
mod window;

pub use window::Window;

use super::array::Array;
use super::copy;
use super::dtype::Dtype;
use super::error::{self, Result};
use super::lane::Lane;
use std::borrow::Cow;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// The error of a result that memory has no room for, before lists as long as its sides are made.
pub fn check_room(sizes: &[i64], dtype: Dtype) -> Result<()> {
    const LONG: i64 = 1 << 24;
    if sizes.iter().any(|&size| size > LONG) {
        Array::empty(sizes, dtype)?;
    }
    Ok(())
}

/// float32 and float64, as kernels with one text for both compute in.
pub(in crate::array) trait Real:
    Lane
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn sqrt(self) -> Self;
    fn abs(self) -> Self;
    fn powf(self, power: Self) -> Self;
}

macro_rules! real {
    ($($t:ty),*) => {$(
        impl Real for $t {
            #[inline(always)]
            fn exp(self) -> Self { <$t>::exp(self) }
            #[inline(always)]
            fn ln(self) -> Self { <$t>::ln(self) }
            #[inline(always)]
            fn sqrt(self) -> Self { <$t>::sqrt(self) }
            #[inline(always)]
            fn abs(self) -> Self { <$t>::abs(self) }
            #[inline(always)]
            fn powf(self, power: Self) -> Self { <$t>::powf(self, power) }
        }
    )*};
}
real!(f32, f64);

/// `in_precision!(array, name, kernel(arguments))`: the kernel in float64 or float32 (half precision too), by the
/// array's dtype; PyTorch's message for other dtypes.
macro_rules! in_precision {
    ($array:expr, $name:literal, $kernel:ident($($argument:expr),* $(,)?)) => {
        match $array.dtype() {
            $crate::array::Dtype::Float64 => $kernel::<f64>($($argument),*),
            dtype if dtype.is_floating_point() => $kernel::<f32>($($argument),*),
            dtype => $crate::array::unary::unsupported($name, dtype),
        }
    };
}
pub(in crate::array) use in_precision;

/// The elements of an array of indices: int64 or narrower.
pub(in crate::array) fn indices(array: &Array) -> Result<Cow<'_, [i64]>> {
    copy::lanes::<i64>(array)
}

/// The elements of a second operand, which must have the dtype of the first.
pub(in crate::array) fn companion<'a, T: Lane>(array: &'a Array, dtype: Dtype) -> Result<Cow<'a, [T]>> {
    if array.dtype() != dtype {
        return error::runtime(format!(
            "expected scalar type {} but found {}",
            dtype.scalar_type(),
            array.dtype().scalar_type()
        ));
    }
    copy::lanes::<T>(array)
}

/// True if every element of a floating point array lies between these bounds, themselves included.
pub fn within(array: &Array, low: f64, high: f64) -> Result<bool> {
    fn all<T: Real>(array: &Array, low: f64, high: f64) -> Result<bool> {
        let (low, high) = (T::from_f64(low), T::from_f64(high));
        Ok(copy::lanes::<T>(array)?.iter().all(|&x| x >= low && x <= high))
    }
    in_precision!(array, "within", all(array, low, high))
}
