//! The types that kernels compute in, and the conversions of all dtypes into and out of them.
//!
//! Kernels are written for `bool`, `i64`, `f32`, `f64` and the two complex types only. Narrow integers compute in `i64`
//! and wrap when stored, half precision numbers compute in `f32` and round when stored, as PyTorch's do.

use super::dtype::{Dtype, Element};
use super::scalar::Scalar;
use half::{bf16, f16};
use num_complex::Complex;

/// Conversions as C++ on x86-64 does them: integers wrap, floats truncate, what does not fit becomes the minimum.
pub trait Convert: Element + Default {
    fn to_bool(self) -> bool;
    fn to_i64(self) -> i64;
    fn to_f32(self) -> f32;
    fn to_f64(self) -> f64;
    fn to_c64(self) -> Complex<f32>;
    fn to_c128(self) -> Complex<f64>;
    fn from_i64(value: i64) -> Self;
    fn from_f32(value: f32) -> Self;
    fn from_f64(value: f64) -> Self;
    fn from_c128(value: Complex<f64>) -> Self;
}

#[inline(always)]
fn f64_to_i64(x: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x) {
        x as i64
    } else {
        i64::MIN
    }
}

#[inline(always)]
fn f64_to_i32(x: f64) -> i32 {
    if x > -2_147_483_649.0 && x < 2_147_483_648.0 {
        x as i32
    } else {
        i32::MIN
    }
}

macro_rules! convert_integer {
    ($($t:ty),*) => {$(
        impl Convert for $t {
            #[inline(always)]
            fn to_bool(self) -> bool { self != 0 }
            #[inline(always)]
            fn to_i64(self) -> i64 { self as i64 }
            #[inline(always)]
            fn to_f32(self) -> f32 { self as f32 }
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn to_c64(self) -> Complex<f32> { Complex::new(self as f32, 0.0) }
            #[inline(always)]
            fn to_c128(self) -> Complex<f64> { Complex::new(self as f64, 0.0) }
            #[inline(always)]
            fn from_i64(value: i64) -> Self { value as $t }
            #[inline(always)]
            fn from_f32(value: f32) -> Self { Self::from_f64(value as f64) }
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                if size_of::<$t>() == 8 { f64_to_i64(value) as $t } else { f64_to_i32(value) as $t }
            }
            #[inline(always)]
            fn from_c128(value: Complex<f64>) -> Self { Self::from_f64(value.re) }
        }
    )*};
}
convert_integer!(u8, i8, i16, i32, i64);

macro_rules! convert_float {
    ($($t:ty: $to32:expr, $to64:expr, $from32:expr, $from64:expr);*) => {$(
        impl Convert for $t {
            #[inline(always)]
            fn to_bool(self) -> bool { $to32(self) != 0.0 }
            #[inline(always)]
            fn to_i64(self) -> i64 { f64_to_i64($to64(self)) }
            #[inline(always)]
            fn to_f32(self) -> f32 { $to32(self) }
            #[inline(always)]
            fn to_f64(self) -> f64 { $to64(self) }
            #[inline(always)]
            fn to_c64(self) -> Complex<f32> { Complex::new($to32(self), 0.0) }
            #[inline(always)]
            fn to_c128(self) -> Complex<f64> { Complex::new($to64(self), 0.0) }
            #[inline(always)]
            fn from_i64(value: i64) -> Self { $from32(value as f32) }
            #[inline(always)]
            fn from_f32(value: f32) -> Self { $from32(value) }
            #[inline(always)]
            fn from_f64(value: f64) -> Self { $from64(value) }
            #[inline(always)]
            fn from_c128(value: Complex<f64>) -> Self { $from64(value.re) }
        }
    )*};
}
convert_float!(
    f32: |x: f32| x, |x: f32| x as f64, |x: f32| x, |x: f64| x as f32;
    f16: f16::to_f32, f16::to_f64, f16::from_f32, |x: f64| f16::from_f32(x as f32);
    bf16: bf16::to_f32, bf16::to_f64, bf16::from_f32, |x: f64| bf16::from_f32(x as f32)
);

impl Convert for f64 {
    #[inline(always)]
    fn to_bool(self) -> bool {
        self != 0.0
    }
    #[inline(always)]
    fn to_i64(self) -> i64 {
        f64_to_i64(self)
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn to_c64(self) -> Complex<f32> {
        Complex::new(self as f32, 0.0)
    }
    #[inline(always)]
    fn to_c128(self) -> Complex<f64> {
        Complex::new(self, 0.0)
    }
    #[inline(always)]
    fn from_i64(value: i64) -> Self {
        value as f64
    }
    #[inline(always)]
    fn from_f32(value: f32) -> Self {
        value as f64
    }
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn from_c128(value: Complex<f64>) -> Self {
        value.re
    }
}

impl Convert for bool {
    #[inline(always)]
    fn to_bool(self) -> bool {
        self
    }
    #[inline(always)]
    fn to_i64(self) -> i64 {
        self as i64
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self as u8 as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self as u8 as f64
    }
    #[inline(always)]
    fn to_c64(self) -> Complex<f32> {
        Complex::new(self.to_f32(), 0.0)
    }
    #[inline(always)]
    fn to_c128(self) -> Complex<f64> {
        Complex::new(self.to_f64(), 0.0)
    }
    #[inline(always)]
    fn from_i64(value: i64) -> Self {
        value != 0
    }
    #[inline(always)]
    fn from_f32(value: f32) -> Self {
        value != 0.0
    }
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value != 0.0
    }
    #[inline(always)]
    fn from_c128(value: Complex<f64>) -> Self {
        value.re != 0.0 || value.im != 0.0
    }
}

macro_rules! convert_complex {
    ($($t:ty),*) => {$(
        impl Convert for Complex<$t> {
            #[inline(always)]
            fn to_bool(self) -> bool { self.re != 0.0 || self.im != 0.0 }
            #[inline(always)]
            fn to_i64(self) -> i64 { f64_to_i64(self.re as f64) }
            #[inline(always)]
            fn to_f32(self) -> f32 { self.re as f32 }
            #[inline(always)]
            fn to_f64(self) -> f64 { self.re as f64 }
            #[inline(always)]
            fn to_c64(self) -> Complex<f32> { Complex::new(self.re as f32, self.im as f32) }
            #[inline(always)]
            fn to_c128(self) -> Complex<f64> { Complex::new(self.re as f64, self.im as f64) }
            #[inline(always)]
            fn from_i64(value: i64) -> Self { Complex::new(value as $t, 0.0) }
            #[inline(always)]
            fn from_f32(value: f32) -> Self { Complex::new(value as $t, 0.0) }
            #[inline(always)]
            fn from_f64(value: f64) -> Self { Complex::new(value as $t, 0.0) }
            #[inline(always)]
            fn from_c128(value: Complex<f64>) -> Self { Complex::new(value.re as $t, value.im as $t) }
        }
    )*};
}
convert_complex!(f32, f64);

/// A type that kernels compute in.
pub trait Lane: Convert {
    fn from_scalar(scalar: Scalar) -> Self;
    /// Any element converted to this lane.
    fn take<S: Convert>(source: S) -> Self;
    /// This lane converted to any element type.
    fn give<D: Convert>(self) -> D;
}

macro_rules! lanes {
    ($($t:ty: |$s:ident| $scalar:expr, $take:ident, |$v:ident| $give:expr);*) => {$(
        impl Lane for $t {
            #[inline]
            fn from_scalar($s: Scalar) -> Self { $scalar }
            #[inline(always)]
            fn take<S: Convert>(source: S) -> Self { source.$take() }
            #[inline(always)]
            fn give<D: Convert>(self) -> D { let $v = self; $give }
        }
    )*};
}
lanes!(
    bool: |s| !s.is_zero(), to_bool, |v| D::from_i64(v as i64);
    i64: |s| s.to_i64(), to_i64, |v| D::from_i64(v);
    f32: |s| s.to_f64() as f32, to_f32, |v| D::from_f32(v);
    f64: |s| s.to_f64(), to_f64, |v| D::from_f64(v);
    Complex<f32>: |s| { let (re, im) = s.to_complex(); Complex::new(re as f32, im as f32) }, to_c64,
        |v| D::from_c128(Complex::new(v.re as f64, v.im as f64));
    Complex<f64>: |s| { let (re, im) = s.to_complex(); Complex::new(re, im) }, to_c128, |v| D::from_c128(v)
);

/// Reads elements of `dtype` at `source`, `stride` bytes apart, into lanes.
///
/// # Safety
/// All of them lie within one live storage.
pub(in crate::array) unsafe fn load<T: Lane>(dtype: Dtype, source: *const u8, stride: isize, out: &mut [T]) {
    crate::for_dtype!(dtype, S => {
        // Contiguous and spread runs are separate loops so that the first vectorises.
        if stride == size_of::<S>() as isize {
            // SAFETY: the caller vouches for the run; storages are aligned to 8 and offsets are whole elements.
            let run = unsafe { std::slice::from_raw_parts(source.cast::<S>(), out.len()) };
            for (out, &x) in out.iter_mut().zip(run) {
                *out = T::take(x);
            }
        } else {
            for (i, out) in out.iter_mut().enumerate() {
                // SAFETY: as above.
                *out = T::take(unsafe { *source.offset(i as isize * stride).cast::<S>() });
            }
        }
    })
}

/// Writes lanes as elements of `dtype` at `target`, `stride` bytes apart.
///
/// # Safety
/// All of them lie within one live storage that nobody else reads meanwhile.
pub(in crate::array) unsafe fn store<T: Lane>(dtype: Dtype, target: *mut u8, stride: isize, values: &[T]) {
    crate::for_dtype!(dtype, D => {
        if stride == size_of::<D>() as isize {
            // SAFETY: the caller vouches for the run.
            let run = unsafe { std::slice::from_raw_parts_mut(target.cast::<D>(), values.len()) };
            for (out, &x) in run.iter_mut().zip(values) {
                *out = x.give();
            }
        } else {
            for (i, &x) in values.iter().enumerate() {
                // SAFETY: as above.
                unsafe { *target.offset(i as isize * stride).cast::<D>() = x.give() };
            }
        }
    })
}
