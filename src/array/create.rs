//! New arrays: ranges, grids, diagonals.

use super::array::Array;
use super::copy;
use super::dtype::Dtype;
use super::error::{self, Result};
use super::scalar::Scalar;
use super::unary::unsupported;

pub use super::copy::full;

/// Numbers from `start` by `step` up to, not including, `end`: `arange`.
pub fn arange(start: Scalar, end: Scalar, step: Scalar, dtype: Dtype) -> Result<Array> {
    let integral = !matches!(
        (start, end, step),
        (Scalar::Float(_), ..) | (_, Scalar::Float(_), _) | (_, _, Scalar::Float(_))
    );
    if dtype == Dtype::Bool {
        return unsupported("arange_cpu", dtype);
    }
    let (a, b, s) = (start.to_f64(), end.to_f64(), step.to_f64());
    if s == 0.0 {
        return error::runtime("step must be nonzero");
    }
    if !a.is_finite() || !b.is_finite() {
        return error::runtime(format!(
            "unsupported range: {} -> {}",
            super::print::python_float(a).trim_end_matches(".0"),
            super::print::python_float(b).trim_end_matches(".0")
        ));
    }
    if (s > 0.0 && b < a) || (s < 0.0 && b > a) {
        return error::runtime("upper bound and lower bound inconsistent with step sign");
    }
    let count = if integral && dtype == Dtype::Int64 {
        let (a, b, s) = (start.to_i64() as i128, end.to_i64() as i128, step.to_i64() as i128);
        let distance = if s > 0 { b - a } else { a - b };
        (distance + s.abs() - 1) / s.abs()
    } else {
        ((b - a) / s).ceil() as i128
    };
    let Ok(count) = i64::try_from(count) else {
        return error::runtime("invalid size, possible overflow?");
    };
    if dtype.is_integral() {
        let (a, s) = (start.to_i64(), step.to_i64());
        let out = Array::unfilled(&[count], Dtype::Int64)?;
        for (i, x) in out.fresh_slice_mut::<i64>().iter_mut().enumerate() {
            *x = a.wrapping_add(s.wrapping_mul(i as i64));
        }
        return copy::into_dtype(out, dtype);
    }
    if dtype == Dtype::Float32 {
        // In float32 numbers themselves accumulate in double precision and round once.
        let out = Array::unfilled(&[count], Dtype::Float32)?;
        for (i, x) in out.fresh_slice_mut::<f32>().iter_mut().enumerate() {
            *x = (a + s * i as f64) as f32;
        }
        return Ok(out);
    }
    let out = Array::unfilled(&[count], Dtype::Float64)?;
    for (i, x) in out.fresh_slice_mut::<f64>().iter_mut().enumerate() {
        *x = a + s * i as f64;
    }
    copy::into_dtype(out, dtype)
}

/// `steps` numbers from `start` to `end`, both included, counted from the nearer end.
pub fn linspace(start: Scalar, end: Scalar, steps: i64, dtype: Dtype) -> Result<Array> {
    if steps < 0 {
        return error::runtime("number of steps must be non-negative");
    }
    if dtype.is_complex() {
        let ((a, ai), (b, bi)) = (start.to_complex(), end.to_complex());
        let re = linspace(Scalar::Float(a), Scalar::Float(b), steps, Dtype::Float64)?;
        let im = linspace(Scalar::Float(ai), Scalar::Float(bi), steps, Dtype::Float64)?;
        return copy::into_dtype(super::ternary::complex(&re, &im)?, dtype);
    }
    if dtype == Dtype::Bool {
        return unsupported("linspace_cpu", dtype);
    }
    if dtype.is_integral() {
        let (a, b) = (start.to_i64(), end.to_i64());
        let step = (b as f64 - a as f64) / (steps - 1) as f64;
        let values: Vec<i64> = (0..steps)
            .map(|i| {
                if steps == 1 {
                    a
                } else if i < steps / 2 {
                    (a as f64 + step * i as f64) as i64
                } else {
                    (b as f64 - step * (steps - i - 1) as f64) as i64
                }
            })
            .collect();
        return copy::into_dtype(Array::from_vec(&[steps], &values)?, dtype);
    }
    let (a, b) = (start.to_f64(), end.to_f64());
    if dtype == Dtype::Float64 {
        let step = (b - a) / (steps - 1) as f64;
        let out = Array::unfilled(&[steps], Dtype::Float64)?;
        for (i, x) in out.fresh_slice_mut::<f64>().iter_mut().enumerate() {
            let i = i as i64;
            *x = if steps == 1 {
                a
            } else if i < steps / 2 {
                step.mul_add(i as f64, a)
            } else {
                (-step).mul_add((steps - i - 1) as f64, b)
            };
        }
        return Ok(out);
    }
    let (a, b) = (a as f32, b as f32);
    let step = (b - a) / (steps - 1) as f32;
    let out = Array::unfilled(&[steps], Dtype::Float32)?;
    for (i, x) in out.fresh_slice_mut::<f32>().iter_mut().enumerate() {
        let i = i as i64;
        *x = if steps == 1 {
            a
        } else if i < steps / 2 {
            step.mul_add(i as f32, a)
        } else {
            (-step).mul_add((steps - i - 1) as f32, b)
        };
    }
    copy::into_dtype(out, dtype)
}

/// Powers of `base` at `steps` exponents from `start` to `end`, both included.
pub fn logspace(start: Scalar, end: Scalar, steps: i64, base: f64, dtype: Dtype) -> Result<Array> {
    if dtype == Dtype::Bool {
        return unsupported("logspace_cpu", dtype);
    }
    let inner = if dtype.is_complex() {
        Dtype::Complex128
    } else {
        Dtype::Float64
    };
    let exponents = linspace(start, end, steps, inner)?;
    let powers = super::binary::pow(Scalar::Float(base), &exponents)?;
    copy::into_dtype(powers, dtype)
}

/// 1 on the diagonal, 0 elsewhere.
pub fn eye(rows: i64, columns: i64, dtype: Dtype) -> Result<Array> {
    for n in [rows, columns] {
        if n < 0 {
            let which = if n == rows { "n" } else { "m" };
            return error::runtime(format!("{which} must be greater or equal to 0, got {n}"));
        }
    }
    let out = Array::zeros(&[rows, columns], dtype)?;
    let diagonal = out.view(
        [rows.min(columns)].as_slice().into(),
        [columns + 1].as_slice().into(),
        0,
    );
    copy::fill_(&diagonal, Scalar::Int(1))?;
    Ok(out)
}

/// The lower (`upper` false) or upper triangle of matrices, 0 elsewhere; `diagonal` shifts the border.
pub fn triangle(a: &Array, diagonal: i64, upper: bool) -> Result<Array> {
    let name = if upper { "triu" } else { "tril" };
    if a.dim() < 2 {
        return error::runtime(format!("{name}: input tensor must have at least 2 dimensions"));
    }
    let (rows, columns) = (a.sizes()[a.dim() - 2], a.sizes()[a.dim() - 1]);
    let out = copy::to_contiguous(a)?;
    let size = out.dtype().size();
    let area = (rows * columns) as usize;
    if area == 0 {
        return Ok(out);
    }
    let base = out.data_pointer();
    for matrix in 0..out.numel() / area {
        for r in 0..rows {
            // Kept columns are c - r <= diagonal (lower) or c - r >= diagonal (upper).
            let (from, to) = if upper {
                (0, (r + diagonal).clamp(0, columns))
            } else {
                ((r + diagonal + 1).clamp(0, columns), columns)
            };
            let start = (matrix * area) as i64 + r * columns + from;
            // SAFETY: a run of one row of the fresh copy; all-zero bytes are 0 in every dtype.
            unsafe { std::ptr::write_bytes(base.add(start as usize * size), 0, (to - from).max(0) as usize * size) };
        }
    }
    Ok(out)
}

/// Row and column numbers of the elements on and below (or above) a diagonal: `tril_indices`, `triu_indices`.
pub fn triangle_indices(rows: i64, columns: i64, offset: i64, upper: bool, dtype: Dtype) -> Result<Array> {
    let keep = |r: i64, c: i64| if upper { c - r >= offset } else { c - r <= offset };
    let places: Vec<(i64, i64)> = (0..rows)
        .flat_map(|r| (0..columns).filter(move |&c| keep(r, c)).map(move |c| (r, c)))
        .collect();
    let mut values: Vec<i64> = places.iter().map(|place| place.0).collect();
    values.extend(places.iter().map(|place| place.1));
    copy::into_dtype(Array::from_vec(&[2, places.len() as i64], &values)?, dtype)
}
