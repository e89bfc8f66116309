//! Running sums, products and extrema along a dimension.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::Result;
use super::super::kernels::complex;
use super::super::layout;
use super::super::unary::unsupported;
use super::softmax::map_rows;
use super::{SharedSlice, accumulation_dtype, arrange, one_flag};
use num_complex::Complex;

macro_rules! scan {
    ($a:expr, $dtype:expr, $flags:expr, |$sum:ident, $x:ident| $float:expr, $integer:expr, $start_float:expr, $start_int:expr) => {{
        let (a, dtype, flags): (&Array, Dtype, &[bool]) = ($a, $dtype, $flags);
        // Floating point rows accumulate in double precision and are rounded as they are stored.
        let result = if dtype.is_complex() {
            map_rows::<Complex<f64>>(a, flags, |out, row| {
                let mut $sum = Complex::new($start_float, 0.0);
                for (out, &$x) in out.iter_mut().zip(row) {
                    $sum = $float;
                    *out = $sum;
                }
            })?
        } else if dtype == Dtype::Float64 {
            map_rows::<f64>(a, flags, |out, row| {
                let mut $sum: f64 = $start_float;
                for (out, &$x) in out.iter_mut().zip(row) {
                    $sum = $float;
                    *out = $sum;
                }
            })?
        } else if dtype.is_floating_point() {
            map_rows::<f32>(a, flags, |out, row| {
                let mut $sum: f64 = $start_float;
                for (out, &x) in out.iter_mut().zip(row) {
                    let $x = x as f64;
                    $sum = $float;
                    *out = $sum as f32;
                }
            })?
        } else {
            map_rows::<i64>(a, flags, |out, row| {
                let mut $sum: i64 = $start_int;
                for (out, &$x) in out.iter_mut().zip(row) {
                    $sum = $integer;
                    *out = $sum;
                }
            })?
        };
        copy::into_dtype(result, dtype)
    }};
}

/// Running sums along `dim`; integers and bool give int64 unless `dtype` says otherwise.
pub fn cumsum(a: &Array, dim: i64, dtype: Option<Dtype>) -> Result<Array> {
    let flags = one_flag(a.dim(), layout::wrap_dim(dim, a.dim())?);
    let dtype = dtype.unwrap_or(accumulation_dtype(a.dtype()));
    scan!(
        &copy::cast(a, dtype)?,
        dtype,
        &flags,
        |sum, x| sum + x,
        sum.wrapping_add(x),
        0.0,
        0
    )
}

/// Running products along `dim`; integers and bool give int64 unless `dtype` says otherwise.
pub fn cumprod(a: &Array, dim: i64, dtype: Option<Dtype>) -> Result<Array> {
    let flags = one_flag(a.dim(), layout::wrap_dim(dim, a.dim())?);
    let dtype = dtype.unwrap_or(accumulation_dtype(a.dtype()));
    scan!(
        &copy::cast(a, dtype)?,
        dtype,
        &flags,
        |sum, x| sum * x,
        sum.wrapping_mul(x),
        1.0,
        1
    )
}

/// ln of running sums of e^x along `dim`.
pub fn logcumsumexp(a: &Array, dim: i64) -> Result<Array> {
    let flags = one_flag(a.dim(), layout::wrap_dim(dim, a.dim())?);
    if a.dtype().is_complex() {
        let result = map_rows::<Complex<f64>>(a, &flags, |out, row| {
            let mut sum: Option<Complex<f64>> = None;
            for (out, &x) in out.iter_mut().zip(row) {
                let next = match sum {
                    None => x,
                    Some(sum) => {
                        let (low, high) = if sum.re < x.re { (sum, x) } else { (x, sum) };
                        high + complex::log1p((low - high).exp())
                    }
                };
                sum = Some(next);
                *out = next;
            }
        })?;
        return copy::into_dtype(result, a.dtype());
    }
    if !a.dtype().is_floating_point() {
        return unsupported("logcumsumexp_out_cpu", a.dtype());
    }
    let result = map_rows::<f64>(a, &flags, |out, row| {
        let mut sum = f64::NEG_INFINITY;
        for (out, &x) in out.iter_mut().zip(row) {
            let (low, high) = if sum < x { (sum, x) } else { (x, sum) };
            sum = if low == high && high.is_infinite() {
                high
            } else {
                high + (low - high).exp().ln_1p()
            };
            if x.is_nan() {
                sum = x;
            }
            *out = sum;
        }
    })?;
    copy::into_dtype(result, a.dtype())
}

fn running(a: &Array, dim: i64, largest: bool, name: &str) -> Result<(Array, Array)> {
    let flags = one_flag(a.dim(), layout::wrap_dim(dim, a.dim())?);
    if a.dtype().is_complex() {
        return unsupported(name, a.dtype());
    }
    let indices = Array::zeros(a.sizes(), Dtype::Int64)?;
    macro_rules! run {
        ($t:ty) => {{
            let arranged = arrange::<$t>(a, &flags, true)?;
            let values = Array::unfilled(a.sizes(), <$t as super::super::dtype::Element>::DTYPE)?;
            let target = SharedSlice::new(values.fresh_slice_mut::<$t>());
            let places = SharedSlice::new(indices.fresh_slice_mut::<i64>());
            let (reduced, inner) = (arranged.reduced, arranged.inner);
            arranged.each_row::<$t>(&|at, row| {
                let Some(&first) = row.first() else { return };
                let (mut best, mut index) = (first, 0);
                let base = at / inner * inner * reduced + at % inner;
                for (i, &x) in row.iter().enumerate() {
                    // Ties move on to the later element, and nan stays once seen.
                    #[allow(clippy::eq_op)]
                    if x != x || (best == best && if largest { x >= best } else { x <= best }) {
                        (best, index) = (x, i);
                    }
                    // SAFETY: rows are disjoint.
                    unsafe {
                        target.write(base + i * inner, best);
                        places.write(base + i * inner, index as i64);
                    }
                }
            });
            values
        }};
    }
    let values = match a.dtype() {
        Dtype::Float64 => run!(f64),
        dtype if dtype.is_floating_point() => run!(f32),
        _ => run!(i64),
    };
    Ok((copy::into_dtype(values, a.dtype())?, indices))
}

/// Running maxima along `dim` and their indices.
pub fn cummax(a: &Array, dim: i64) -> Result<(Array, Array)> {
    running(a, dim, true, "cummax_cpu")
}

/// Running minima along `dim` and their indices.
pub fn cummin(a: &Array, dim: i64) -> Result<(Array, Array)> {
    running(a, dim, false, "cummin_cpu")
}
