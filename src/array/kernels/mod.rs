//! Loops over slices, instantiated per instruction set, and the scalar formulas that they vectorise.
//!
//! A formula is an `#[inline(always)]` function without branches on data; `map1` to `map3` run it over slices under the
//! widest instruction set that the machine has, so that LLVM vectorises it. float32 formulas work in double precision
//! inside: their results are correctly rounded but for about one in ten thousand.

pub mod bessel;
pub mod complex;
pub mod exponential;
pub mod hyperbolic;
pub mod logarithm;
pub mod power;
pub mod special;
pub mod trigonometric;

use std::sync::atomic::{AtomicU8, Ordering};

/// Instruction sets that the loops are compiled for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Level {
    Baseline = 1,
    Avx2 = 2,
    Avx512 = 3,
}

/// The widest instruction set of this machine; looked up once.
#[inline]
pub fn level() -> Level {
    static LEVEL: AtomicU8 = AtomicU8::new(0);
    match LEVEL.load(Ordering::Relaxed) {
        1 => Level::Baseline,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => {
            let found = detect();
            LEVEL.store(found as u8, Ordering::Relaxed);
            found
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[cold]
fn detect() -> Level {
    if is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("fma")
    {
        Level::Avx512
    } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        Level::Avx2
    } else {
        Level::Baseline
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[cold]
fn detect() -> Level {
    Level::Baseline
}

/// Defines `$name`, which runs the loop `$body` (an `#[inline(always)]` function of the same signature) under the
/// machine's instruction set.
macro_rules! per_level {
    ($(#[$doc:meta])* $vis:vis fn $name:ident[$($generics:tt)*]($($arg:ident: $type:ty),*) $(-> $result:ty)? = $body:path) => {
        $(#[$doc])*
        #[inline]
        $vis fn $name<$($generics)*>($($arg: $type),*) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
                fn wide<$($generics)*>($($arg: $type),*) $(-> $result)? {
                    $body($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn middle<$($generics)*>($($arg: $type),*) $(-> $result)? {
                    $body($($arg),*)
                }
                match $crate::array::kernels::level() {
                    // SAFETY: `level` found these instruction sets on this machine.
                    $crate::array::kernels::Level::Avx512 => return unsafe { wide($($arg),*) },
                    // SAFETY: as above.
                    $crate::array::kernels::Level::Avx2 => return unsafe { middle($($arg),*) },
                    $crate::array::kernels::Level::Baseline => {}
                }
            }
            $body($($arg),*)
        }
    };
}
pub(in crate::array) use per_level;

#[inline(always)]
fn loop1<A: Copy, R, F: Fn(A) -> R>(out: &mut [R], a: &[A], f: F) {
    for (out, &a) in out.iter_mut().zip(a) {
        *out = f(a);
    }
}

#[inline(always)]
fn loop2<A: Copy, B: Copy, R, F: Fn(A, B) -> R>(out: &mut [R], a: &[A], b: &[B], f: F) {
    let n = out.len();
    let (a, b) = (&a[..n], &b[..n]);
    for i in 0..n {
        out[i] = f(a[i], b[i]);
    }
}

#[inline(always)]
fn loop3<A: Copy, B: Copy, C: Copy, R, F: Fn(A, B, C) -> R>(out: &mut [R], a: &[A], b: &[B], c: &[C], f: F) {
    let n = out.len();
    let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
    for i in 0..n {
        out[i] = f(a[i], b[i], c[i]);
    }
}

per_level! {
    /// `out[i] = f(a[i])`; slices have the same length.
    pub fn map1[A: Copy, R, F: Fn(A) -> R](out: &mut [R], a: &[A], f: F) = loop1
}
per_level! {
    /// `out[i] = f(a[i], b[i])`; slices have the same length.
    pub fn map2[A: Copy, B: Copy, R, F: Fn(A, B) -> R](out: &mut [R], a: &[A], b: &[B], f: F) = loop2
}
per_level! {
    /// `out[i] = f(a[i], b[i], c[i])`; slices have the same length.
    pub fn map3[A: Copy, B: Copy, C: Copy, R, F: Fn(A, B, C) -> R](out: &mut [R], a: &[A], b: &[B], c: &[C], f: F) = loop3
}
