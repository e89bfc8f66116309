//! Counting.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::print::python_float;
use super::super::unary::unsupported;

/// How often each integer occurs, or the sum of its weights, in at least `minlength` bins.
pub fn bincount(a: &Array, weights: Option<&Array>, minlength: i64) -> Result<Array> {
    if minlength < 0 {
        return error::runtime("minlength should be >= 0");
    }
    if !a.dtype().is_integer() {
        return unsupported("bincount_cpu", a.dtype());
    }
    let values = copy::lanes::<i64>(a)?;
    if a.dim() != 1 || values.iter().any(|&x| x < 0) {
        return error::runtime("bincount only supports 1-d non-negative integral inputs.");
    }
    let bins = values.iter().max().map_or(0, |&max| max + 1).max(minlength);
    let Some(weights) = weights else {
        let out = Array::zeros(&[bins], Dtype::Int64)?;
        let counts = out.fresh_slice_mut::<i64>();
        for &x in values.iter() {
            counts[x as usize] += 1;
        }
        return Ok(out);
    };
    if weights.dim() != 1 || weights.numel() != a.numel() {
        return error::runtime("weights should be 1-d and have the same length as input");
    }
    let dtype = if weights.dtype() == Dtype::Float32 {
        Dtype::Float32
    } else {
        Dtype::Float64
    };
    let sums = Array::zeros(&[bins], Dtype::Float64)?;
    let slots = sums.fresh_slice_mut::<f64>();
    for (&x, &w) in values.iter().zip(copy::lanes::<f64>(weights)?.iter()) {
        slots[x as usize] += w;
    }
    copy::into_dtype(sums, dtype)
}

/// Counts in `bins` equal bins between `min` and `max`; equal limits mean those of the data.
pub fn histc(a: &Array, bins: i64, min: f64, max: f64) -> Result<Array> {
    if bins <= 0 {
        return error::runtime(format!(
            "torch.histogram(): bins must be > 0, but got {bins} for dimension 0"
        ));
    }
    if !a.dtype().is_floating_point() {
        let kernel = if a.dtype() == Dtype::Bool {
            "linspace_cpu"
        } else {
            "histogram_cpu"
        };
        return unsupported(kernel, a.dtype());
    }
    if min > max {
        return error::runtime("torch.histc: max must be larger than min");
    }
    let values = copy::lanes::<f64>(a)?;
    let (mut low, mut high) = (min, max);
    if low == high && !values.is_empty() {
        let nan = values.iter().any(|x| x.is_nan());
        low = if nan {
            f64::NAN
        } else {
            values.iter().copied().fold(f64::INFINITY, f64::min)
        };
        high = if nan {
            f64::NAN
        } else {
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        };
    }
    if !low.is_finite() || !high.is_finite() {
        let show = |x: f64| {
            if x.is_nan() {
                "-nan".to_string()
            } else {
                python_float(x).trim_end_matches(".0").to_string()
            }
        };
        return error::runtime(format!(
            "torch.histc: range of [{}, {}] is not finite",
            show(low),
            show(high)
        ));
    }
    if low == high {
        low -= 1.0;
        high += 1.0;
    }
    let out = Array::zeros(&[bins], Dtype::Float64)?;
    let counts = out.fresh_slice_mut::<f64>();
    let single = a.dtype() != Dtype::Float64;
    for &x in values.iter() {
        if !(low..=high).contains(&x) {
            continue;
        }
        let place = if single {
            ((x as f32 - low as f32) * bins as f32 / (high as f32 - low as f32)) as i64
        } else {
            ((x - low) * bins as f64 / (high - low)) as i64
        };
        counts[place.clamp(0, bins - 1) as usize] += 1.0;
    }
    copy::into_dtype(out, a.dtype())
}
