//! Softmax, its logarithm, and logsumexp.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::Result;
use super::super::kernels::{exponential, map1, per_level};
use super::super::layout;
use super::super::unary::unsupported;
use super::super::{binary, promote};
use super::{SharedSlice, arrange, one_flag, reduced_flags};

/// e^x / sum(e^x) along `dim`, of a floating point array.
pub fn softmax(a: &Array, dim: i64) -> Result<Array> {
    along(a, dim, "softmax", row_f32, row_f64)
}

/// ln(softmax(x)) along `dim`, of a floating point array.
pub fn log_softmax(a: &Array, dim: i64) -> Result<Array> {
    along(a, dim, "log_softmax", log_row_f32, log_row_f64)
}

/// The largest element; nan if there is one.
#[inline(always)]
fn largest_f32(row: &[f32]) -> f32 {
    const WAYS: usize = 32;
    let mut best = [f32::NEG_INFINITY; WAYS];
    let blocks = row.chunks_exact(WAYS);
    let rest = blocks.remainder();
    for block in blocks {
        for (best, &x) in best.iter_mut().zip(block) {
            *best = if x > *best || x.is_nan() { x } else { *best };
        }
    }
    best.iter()
        .chain(rest)
        .copied()
        .fold(f32::NEG_INFINITY, |m, x| if m.is_nan() || m >= x { m } else { x })
}

fn largest_f64(row: &[f64]) -> f64 {
    row.iter()
        .copied()
        .fold(f64::NEG_INFINITY, |m, x| if m.is_nan() || m >= x { m } else { x })
}

#[inline(always)]
fn sum_f32(row: &[f32]) -> f32 {
    let mut sums = [0.0f64; 32];
    let blocks = row.chunks_exact(32);
    let rest: f64 = blocks.remainder().iter().map(|&x| x as f64).sum();
    for block in blocks {
        for (sum, &x) in sums.iter_mut().zip(block) {
            *sum += x as f64;
        }
    }
    (sums.iter().sum::<f64>() + rest) as f32
}

#[inline(always)]
fn softmax_f32(out: &mut [f32], row: &[f32]) {
    let max = largest_f32(row);
    for (out, &x) in out.iter_mut().zip(row) {
        *out = exponential::fast_exp_f32(x - max);
    }
    let total = sum_f32(out);
    for x in out {
        *x /= total;
    }
}

#[inline(always)]
fn log_softmax_f32(out: &mut [f32], row: &[f32]) {
    let max = largest_f32(row);
    for (out, &x) in out.iter_mut().zip(row) {
        *out = exponential::fast_exp_f32(x - max);
    }
    let total = (sum_f32(out) as f64).ln() as f32;
    for (out, &x) in out.iter_mut().zip(row) {
        *out = x - max - total;
    }
}

per_level! { fn row_f32[](out: &mut [f32], row: &[f32]) = softmax_f32 }
per_level! { fn log_row_f32[](out: &mut [f32], row: &[f32]) = log_softmax_f32 }

fn row_f64(out: &mut [f64], row: &[f64]) {
    let max = largest_f64(row);
    map1(out, row, |x| exponential::exp_f64(x - max));
    let total: f64 = out.iter().sum();
    for x in out {
        *x /= total;
    }
}

fn log_row_f64(out: &mut [f64], row: &[f64]) {
    let max = largest_f64(row);
    map1(out, row, |x| exponential::exp_f64(x - max));
    let total = out.iter().sum::<f64>().ln();
    map1(out, row, |x| x - max - total);
}

fn along(a: &Array, dim: i64, name: &str, f32s: fn(&mut [f32], &[f32]), f64s: fn(&mut [f64], &[f64])) -> Result<Array> {
    let dim = layout::wrap_dim(dim, a.dim())?;
    if a.numel() == 0 {
        return Array::zeros(a.sizes(), a.dtype());
    }
    if !a.dtype().is_floating_point() {
        let last = if dim + 1 == a.dim().max(1) { "_lastdim" } else { "" };
        return unsupported(&format!("{name}{last}_kernel_impl"), a.dtype());
    }
    let flags = one_flag(a.dim(), dim);
    let result = if a.dtype() == Dtype::Float64 {
        map_rows::<f64>(a, &flags, f64s)?
    } else {
        map_rows::<f32>(a, &flags, f32s)?
    };
    copy::into_dtype(result, a.dtype())
}

/// A new contiguous array in which every row along the flagged dimension is `f` of the old row.
pub(in crate::array) fn map_rows<T: super::super::lane::Lane>(
    a: &Array,
    flags: &[bool],
    f: impl Fn(&mut [T], &[T]) + Sync,
) -> Result<Array> {
    let arranged = arrange::<T>(a, flags, true)?;
    let out = Array::unfilled(a.sizes(), T::DTYPE)?;
    let target = SharedSlice::new(out.fresh_slice_mut::<T>());
    let (reduced, inner) = (arranged.reduced, arranged.inner);
    arranged.each_row::<T>(&|at, row| {
        if inner == 1 {
            // SAFETY: rows are disjoint.
            f(unsafe { target.part(at * reduced, reduced) }, row);
            return;
        }
        let mut result = vec![T::default(); reduced];
        f(&mut result, row);
        let base = at / inner * inner * reduced + at % inner;
        for (i, &x) in result.iter().enumerate() {
            // SAFETY: columns are disjoint.
            unsafe { target.write(base + i * inner, x) };
        }
    });
    Ok(out)
}

/// ln(sum(e^x)) over `dims`; integers give the default dtype.
pub fn logsumexp(a: &Array, dims: &[i64], keepdim: bool) -> Result<Array> {
    let dtype = promote::to_floating(a.dtype());
    let source = copy::cast(a, dtype)?;
    if dtype.is_complex() {
        let total = super::sum::sum(&super::super::unary::exp(&source)?, Some(dims), keepdim, None)?;
        return super::super::unary::log(&total);
    }
    let flags = reduced_flags(&source, Some(dims))?;
    let result = arrange::<f64>(&source, &flags, keepdim)?.rows::<f64, f64>(&|row| {
        let max = row
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, |m, x| if x > m || x.is_nan() { x } else { m });
        let shift = if max.is_infinite() { 0.0 } else { max };
        row.iter().map(|&x| (x - shift).exp()).sum::<f64>().ln() + shift
    })?;
    copy::into_dtype(result, dtype)
}

/// grad * y - y * sum(grad * y): the gradient of softmax at its result y.
pub fn softmax_backward(grad: &Array, output: &Array, dim: i64) -> Result<Array> {
    let weighted = binary::mul(grad, output)?;
    let total = super::sum::sum(&weighted, Some(&[dim]), true, None)?;
    binary::sub(&weighted, &binary::mul(output, &total)?)
}

/// grad - e^y * sum(grad): the gradient of log_softmax at its result y.
pub fn log_softmax_backward(grad: &Array, output: &Array, dim: i64) -> Result<Array> {
    let total = super::sum::sum(grad, Some(&[dim]), true, None)?;
    let share = binary::mul(&super::super::unary::exp(output)?, &total)?;
    binary::sub(grad, &share)
}
