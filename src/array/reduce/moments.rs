//! Variance, standard deviation and norms. They accumulate in double precision, as PyTorch's kernels do.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::unary;
use super::{arrange, reduced_flags};
use num_complex::Complex;

/// Squared deviations from the mean over (n - correction).
fn variance(row: &[f64], correction: f64) -> f64 {
    let n = row.len() as f64;
    let mean = sum(row) / n;
    let squares: f64 = blocked(row, |x| (x - mean) * (x - mean));
    let divisor = (n - correction).max(0.0);
    if row.is_empty() { f64::NAN } else { squares / divisor }
}

fn sum(row: &[f64]) -> f64 {
    blocked(row, |x| x)
}

/// Sums f(x) in 16 interleaved accumulators.
#[inline]
fn blocked(row: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; 16];
    let blocks = row.chunks_exact(16);
    let rest: f64 = blocks.remainder().iter().map(|&x| f(x)).sum();
    for block in blocks {
        for (sum, &x) in sums.iter_mut().zip(block) {
            *sum += f(x);
        }
    }
    sums.iter().sum::<f64>() + rest
}

fn variance_f32(row: &[f32], correction: f64) -> f64 {
    let n = row.len() as f64;
    let mean = blocked_f32(row, |x| x) / n;
    let squares = blocked_f32(row, |x| (x - mean) * (x - mean));
    if row.is_empty() {
        f64::NAN
    } else {
        squares / (n - correction).max(0.0)
    }
}

#[inline]
fn blocked_f32(row: &[f32], f: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; 16];
    let blocks = row.chunks_exact(16);
    let rest: f64 = blocks.remainder().iter().map(|&x| f(x as f64)).sum();
    for block in blocks {
        for (sum, &x) in sums.iter_mut().zip(block) {
            *sum += f(x as f64);
        }
    }
    sums.iter().sum::<f64>() + rest
}

fn moment(a: &Array, dims: Option<&[i64]>, correction: f64, keepdim: bool, root: bool, name: &str) -> Result<Array> {
    if !a.dtype().is_floating_point() && !a.dtype().is_complex() {
        return error::not_implemented(format!("{name} only support floating point and complex dtypes"));
    }
    let flags = reduced_flags(a, dims)?;
    let finish = move |v: f64| if root { v.sqrt() } else { v };
    let result = if a.dtype().is_complex() {
        arrange::<Complex<f64>>(a, &flags, keepdim)?.rows::<Complex<f64>, f64>(&move |row| {
            let (re, im): (Vec<f64>, Vec<f64>) = row.iter().map(|z| (z.re, z.im)).unzip();
            finish(variance(&re, correction) + variance(&im, correction))
        })?
    } else if a.dtype() == Dtype::Float64 {
        arrange::<f64>(a, &flags, keepdim)?.rows::<f64, f64>(&move |row| finish(variance(row, correction)))?
    } else {
        arrange::<f32>(a, &flags, keepdim)?.rows::<f32, f64>(&move |row| finish(variance_f32(row, correction)))?
    };
    copy::into_dtype(result, a.dtype().to_real())
}

/// The variance over `dims` (all if None or empty), divided by n - correction.
pub fn var(a: &Array, dims: Option<&[i64]>, correction: f64, keepdim: bool) -> Result<Array> {
    let result = moment(a, dims, correction, keepdim, false, "std and var")?;
    warn_of_freedom("var", a, &result, correction);
    Ok(result)
}

/// The warning for more correction than elements.
fn warn_of_freedom(function: &str, a: &Array, result: &Array, correction: f64) {
    let reduced = a.numel().checked_div(result.numel()).unwrap_or(0);
    if reduced as f64 - correction <= 0.0 {
        super::super::warning::warn(format!(
            "{function}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by output numel)."
        ));
    }
}

/// The standard deviation over `dims` (all if None or empty).
pub fn std(a: &Array, dims: Option<&[i64]>, correction: f64, keepdim: bool) -> Result<Array> {
    let result = moment(a, dims, correction, keepdim, true, "std and var")?;
    warn_of_freedom("std", a, &result, correction);
    Ok(result)
}

/// The vector norm of order `p` over `dims` (all if None or empty), of floating point or complex numbers.
/// `p` may be 0 (how many are not 0) and plus or minus infinity.
pub fn norm(a: &Array, p: f64, dims: Option<&[i64]>, keepdim: bool) -> Result<Array> {
    if a.dtype().is_integral() {
        return error::not_implemented(format!(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got {}",
            a.dtype().scalar_type()
        ));
    }
    let flags = reduced_flags(a, dims)?;
    if a.numel() == 0 && (p < 0.0 || p == f64::INFINITY) {
        let order = super::super::print::python_float(p);
        let order = order.strip_suffix(".0").unwrap_or(&order);
        match (0..a.dim()).find(|&d| flags[d] && a.sizes()[d] == 0) {
            Some(d) if !matches!(dims, None | Some([])) => {
                return error::runtime(format!(
                    "linalg.vector_norm cannot compute the {order} norm on the dimension {d}because this dimension is empty and the operation does not have an identity"
                ));
            }
            None => {}
            _ => {
                return error::runtime(format!(
                    "linalg.vector_norm cannot compute the {order} norm on an empty tensor because the operation does not have an identity"
                ));
            }
        }
    }
    let real = if a.dtype().is_complex() {
        unary::abs(&copy::cast(a, Dtype::Complex128)?)?
    } else {
        a.clone()
    };
    let arranged = arrange::<f64>(&real, &flags, keepdim)?;
    let result = arranged.rows::<f64, f64>(&move |row| {
        let nan_max = |best: f64, x: f64| {
            if x > best || x.is_nan() || best.is_nan() {
                if best.is_nan() { best } else { x }
            } else {
                best
            }
        };
        let nan_min = |best: f64, x: f64| {
            if x < best || x.is_nan() || best.is_nan() {
                if best.is_nan() { best } else { x }
            } else {
                best
            }
        };
        if p == f64::INFINITY {
            row.iter().map(|x| x.abs()).fold(0.0, nan_max)
        } else if p == f64::NEG_INFINITY {
            row.iter().map(|x| x.abs()).fold(f64::INFINITY, nan_min)
        } else if p == 0.0 {
            row.iter().filter(|&&x| x != 0.0).count() as f64
        } else if p == 1.0 {
            blocked(row, f64::abs)
        } else if p == 2.0 {
            blocked(row, |x| x * x).sqrt()
        } else {
            row.iter().map(|x| x.abs().powf(p)).sum::<f64>().powf(1.0 / p)
        }
    })?;
    copy::into_dtype(result, a.dtype().to_real())
}
