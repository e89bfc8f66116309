//! Running sums, products and extrema along a dimension.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::Result;
use super::super::kernels::{complex, per_level};
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

/// Elements of one of the chains that run side by side, so that none waits for its own last addition.
const CHAIN: usize = 4096;

/// Running sums of a row in double precision, rounded as they are stored.
fn running_sums(out: &mut [f32], row: &[f32]) {
    let mut sum = 0.0f64;
    let (mut outs, mut rows) = (out, row);
    while rows.len() >= 4 * CHAIN {
        let (block, rest) = rows.split_at(4 * CHAIN);
        let (target, rest_out) = std::mem::take(&mut outs).split_at_mut(4 * CHAIN);
        sum = four_chains(target, block, sum);
        (rows, outs) = (rest, rest_out);
    }
    for (out, &x) in outs.iter_mut().zip(rows) {
        sum += x as f64;
        *out = sum as f32;
    }
}

/// Running sums of four chains one after the other, starting from `start`; gives the last one.
fn four_chains(out: &mut [f32], block: &[f32], start: f64) -> f64 {
    let (a, rest) = block.split_at(CHAIN);
    let (b, rest) = rest.split_at(CHAIN);
    let (c, d) = rest.split_at(CHAIN);
    let (out_a, rest) = out.split_at_mut(CHAIN);
    let (out_b, rest) = rest.split_at_mut(CHAIN);
    let (out_c, out_d) = rest.split_at_mut(CHAIN);
    let mut sums = [start; 4];
    sums[1] = sums[0] + total(a);
    sums[2] = sums[1] + total(b);
    sums[3] = sums[2] + total(c);
    for i in 0..CHAIN {
        sums[0] += a[i] as f64;
        sums[1] += b[i] as f64;
        sums[2] += c[i] as f64;
        sums[3] += d[i] as f64;
        out_a[i] = sums[0] as f32;
        out_b[i] = sums[1] as f32;
        out_c[i] = sums[2] as f32;
        out_d[i] = sums[3] as f32;
    }
    sums[3]
}

/// The sum of a chain, by 16 lanes.
#[inline(always)]
fn lanes_total(chain: &[f32]) -> f64 {
    let mut sums = [0.0f64; 16];
    for block in chain.chunks_exact(16) {
        for (sum, &x) in sums.iter_mut().zip(block) {
            *sum += x as f64;
        }
    }
    sums.iter().sum()
}

per_level! { fn total[](chain: &[f32]) -> f64 = lanes_total }

/// Running sums along `dim`; integers and bool give int64 unless `dtype` says otherwise.
pub fn cumsum(a: &Array, dim: i64, dtype: Option<Dtype>) -> Result<Array> {
    let flags = one_flag(a.dim(), layout::wrap_dim(dim, a.dim())?);
    let dtype = dtype.unwrap_or(accumulation_dtype(a.dtype()));
    if matches!(dtype, Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16) {
        let result = map_rows::<f32>(&copy::cast(a, dtype)?, &flags, running_sums)?;
        return copy::into_dtype(result, dtype);
    }
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
