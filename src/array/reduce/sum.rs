//! Sums, means and products.
//!
//! Floating point sums follow PyTorch's cascade, so that they round alike: four interleaved accumulators of vectors, whose
//! partial sums climb through levels of growing step.

use super::super::array::Array;
use super::super::binary;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::elementwise;
use super::super::error::{self, Result};
use super::super::kernels::per_level;
use super::super::lane::Lane;
use super::super::scalar::Scalar;
use super::{Arranged, SharedSlice, accumulation_dtype, arrange, reduced_flags};
use num_complex::Complex;
use std::ops::{Add, Mul};

/// Independent accumulators of one row.
const WAYS: usize = 4;
const LEVELS: usize = 4;
/// From so many elements on, PyTorch sums in two halves on two threads.
const PARALLEL: usize = 32_768;

trait Summand: Lane + Add<Output = Self> + Mul<Output = Self> {
    /// Elements of a vector of PyTorch's kernels.
    const WIDTH: usize;
}

impl Summand for f32 {
    const WIDTH: usize = 8;
}
impl Summand for f64 {
    const WIDTH: usize = 4;
}
impl Summand for Complex<f32> {
    const WIDTH: usize = 4;
}
impl Summand for Complex<f64> {
    const WIDTH: usize = 2;
}

fn level_power(size: usize) -> u32 {
    let log = if size <= 1 {
        0
    } else {
        usize::BITS - (size - 1).leading_zeros()
    };
    (log / LEVELS as u32).max(4)
}

/// Sums `size` steps of N values each; value k of step i is `values[i * pitch + k * spread]`. No closure: it would be
/// compiled without the instruction sets of the caller.
#[inline(always)]
fn cascade<T: Summand, const N: usize>(size: usize, values: &[T], pitch: usize, spread: usize) -> [T; N] {
    let power = level_power(size);
    let (length, mask) = (1usize << power, (1usize << power) - 1);
    let mut levels = [[T::default(); N]; LEVELS];
    let mut i = 0;
    while i + length <= size {
        let mut sums = levels[0];
        for j in i..i + length {
            add_step(&mut sums, values, j * pitch, spread);
        }
        levels[0] = sums;
        i += length;
        for level in 1..LEVELS {
            for k in 0..N {
                levels[level][k] = levels[level][k] + levels[level - 1][k];
                levels[level - 1][k] = T::default();
            }
            if i & (mask << (level as u32 * power)) != 0 {
                break;
            }
        }
    }
    let mut sums = levels[0];
    for j in i..size {
        add_step(&mut sums, values, j * pitch, spread);
    }
    for level in &levels[1..] {
        for k in 0..N {
            sums[k] = sums[k] + level[k];
        }
    }
    sums
}

#[inline(always)]
fn add_step<T: Summand, const N: usize>(sums: &mut [T; N], values: &[T], at: usize, spread: usize) {
    if spread == 1 {
        let x = &values[at..at + N];
        for k in 0..N {
            sums[k] = sums[k] + x[k];
        }
    } else {
        for k in 0..N {
            sums[k] = sums[k] + values[at + k * spread];
        }
    }
}

/// A contiguous row at least one vector long; N is `WAYS` vectors.
#[inline(always)]
fn row_of_vectors<T: Summand, const W: usize, const N: usize>(row: &[T]) -> T {
    let vectors = row.len() / W;
    let steps = vectors / WAYS;
    let mut sums = cascade::<T, N>(steps, row, N, 1);
    for vector in steps * WAYS..vectors {
        for k in 0..W {
            sums[k] = sums[k] + row[vector * W + k];
        }
    }
    for way in 1..WAYS {
        for k in 0..W {
            sums[k] = sums[k] + sums[way * W + k];
        }
    }
    let mut total = T::default();
    for &x in &row[vectors * W..] {
        total = total + x;
    }
    for &lane in &sums[..W] {
        total = total + lane;
    }
    total
}

/// A row shorter than a vector, or strided: value i is `row[i * stride]`.
#[inline(always)]
fn scalar_row<T: Summand>(row: &[T], stride: usize, count: usize) -> T {
    let steps = count / WAYS;
    let mut sums = cascade::<T, WAYS>(steps, row, WAYS * stride, stride);
    for i in steps * WAYS..count {
        sums[0] = sums[0] + row[i * stride];
    }
    sums[0] + sums[1] + sums[2] + sums[3]
}

#[inline(always)]
fn row_f32(row: &[f32]) -> f32 {
    row_of_vectors::<f32, 8, 32>(row)
}
#[inline(always)]
fn row_f64(row: &[f64]) -> f64 {
    row_of_vectors::<f64, 4, 16>(row)
}
fn row_c64(row: &[Complex<f32>]) -> Complex<f32> {
    row_of_vectors::<Complex<f32>, 4, 16>(row)
}
fn row_c128(row: &[Complex<f64>]) -> Complex<f64> {
    row_of_vectors::<Complex<f64>, 2, 8>(row)
}
per_level! { fn long_row_f32[](row: &[f32]) -> f32 = row_f32 }
per_level! { fn long_row_f64[](row: &[f64]) -> f64 = row_f64 }

/// The sum of a contiguous row.
fn row<T: Summand>(long: fn(&[T]) -> T, values: &[T]) -> T {
    if values.len() >= T::WIDTH {
        long(values)
    } else {
        scalar_row(values, 1, values.len())
    }
}

/// Sums of columns `first..first + W` of a [rows, columns] block into `out`.
#[inline(always)]
fn column_block<T: Summand, const W: usize>(block: &[T], rows: usize, columns: usize, first: usize, out: &mut [T]) {
    let sums = cascade::<T, W>(rows, &block[first..], columns, 1);
    out[..W].copy_from_slice(&sums);
}

#[inline(always)]
fn columns_f32(block: &[f32], rows: usize, columns: usize, first: usize, out: &mut [f32]) {
    column_block::<f32, 32>(block, rows, columns, first, out);
}
#[inline(always)]
fn columns_f64(block: &[f64], rows: usize, columns: usize, first: usize, out: &mut [f64]) {
    column_block::<f64, 16>(block, rows, columns, first, out);
}
per_level! { fn wide_columns_f32[](block: &[f32], rows: usize, columns: usize, first: usize, out: &mut [f32]) = columns_f32 }
per_level! { fn wide_columns_f64[](block: &[f64], rows: usize, columns: usize, first: usize, out: &mut [f64]) = columns_f64 }

type Columns<T> = fn(&[T], usize, usize, usize, &mut [T]);

fn floating<T: Summand>(arranged: &Arranged, long: fn(&[T]) -> T, columns: Option<Columns<T>>) -> Result<Array> {
    let out = Array::unfilled(&arranged.sizes, T::DTYPE)?;
    let source = arranged.source.as_slice::<T>().unwrap_or(&[]);
    let (outer, reduced, inner) = (arranged.outer, arranged.reduced, arranged.inner);
    let results = out.fresh_slice_mut::<T>();
    if reduced == 0 {
        results.fill(T::default());
        return Ok(out);
    }
    if outer * inner == 1 && reduced >= PARALLEL {
        let half = reduced.div_ceil(2);
        let mut parts = [T::default(); 2];
        let shared = SharedSlice::new(&mut parts);
        elementwise::split(2, 1, &|range| {
            for i in range {
                let part = &source[i * half..((i + 1) * half).min(reduced)];
                // SAFETY: each task writes its own element.
                unsafe { shared.write(i, row(long, part)) };
            }
        });
        results[0] = parts[0] + parts[1];
        return Ok(out);
    }
    let target = SharedSlice::new(results);
    if inner == 1 {
        elementwise::split(outer, (elementwise::TASK / reduced).max(1), &|range| {
            for i in range {
                // SAFETY: each row writes its own element.
                unsafe { target.write(i, row(long, &source[i * reduced..(i + 1) * reduced])) };
            }
        });
        return Ok(out);
    }
    let wide = T::WIDTH * WAYS;
    for block in 0..outer {
        let values = &source[block * reduced * inner..(block + 1) * reduced * inner];
        let blocks = if columns.is_some() { inner / wide } else { 0 };
        if let Some(columns) = columns {
            elementwise::split(blocks, (elementwise::TASK / (wide * reduced)).max(1), &|range| {
                for i in range {
                    // SAFETY: blocks of columns are disjoint.
                    let part = unsafe { target.part(block * inner + i * wide, wide) };
                    columns(values, reduced, inner, i * wide, part);
                }
            });
        }
        // Groups of four narrow columns sum step by step like wide ones, single ones in four interleaved ways.
        let narrow = inner < T::WIDTH;
        for c in blocks * wide..inner {
            let grouped = if narrow {
                c < inner / WAYS * WAYS
            } else {
                columns.is_none() && c < inner / wide * wide
            };
            let sum = if grouped {
                cascade::<T, 1>(reduced, &values[c..], inner, 1)[0]
            } else {
                scalar_row(&values[c..], inner, reduced)
            };
            // SAFETY: no other task is alive.
            unsafe { target.write(block * inner + c, sum) };
        }
    }
    Ok(out)
}

/// The sum over `dims` (all if None or empty); integers and bool give int64 unless `dtype` says otherwise.
pub fn sum(a: &Array, dims: Option<&[i64]>, keepdim: bool, dtype: Option<Dtype>) -> Result<Array> {
    let flags = reduced_flags(a, dims)?;
    let dtype = dtype.unwrap_or(accumulation_dtype(a.dtype()));
    let result = match dtype {
        Dtype::Float64 => floating::<f64>(
            &arrange::<f64>(a, &flags, keepdim)?,
            long_row_f64,
            Some(wide_columns_f64),
        )?,
        Dtype::Complex64 => floating::<Complex<f32>>(&arrange::<Complex<f32>>(a, &flags, keepdim)?, row_c64, None)?,
        Dtype::Complex128 => floating::<Complex<f64>>(&arrange::<Complex<f64>>(a, &flags, keepdim)?, row_c128, None)?,
        dtype if dtype.is_floating_point() => {
            let source = if a.dtype().is_floating_point() {
                a.clone()
            } else {
                copy::cast(a, dtype)?
            };
            floating::<f32>(
                &arrange::<f32>(&source, &flags, keepdim)?,
                long_row_f32,
                Some(wide_columns_f32),
            )?
        }
        _ => {
            let source = if dtype == Dtype::Int64 || a.dtype() == dtype {
                a.clone()
            } else {
                copy::cast(a, dtype)?
            };
            arrange::<i64>(&source, &flags, keepdim)?
                .rows::<i64, i64>(&|row| row.iter().fold(0, |sum, &x| sum.wrapping_add(x)))?
        }
    };
    copy::into_dtype(result, dtype)
}

/// `sum` with nan as 0.
pub fn nansum(a: &Array, dims: Option<&[i64]>, keepdim: bool, dtype: Option<Dtype>) -> Result<Array> {
    if a.dtype().is_integral() {
        return sum(a, dims, keepdim, dtype);
    }
    if a.dtype().is_complex() {
        return error::not_implemented("nansum on CPU does not support complex inputs");
    }
    let nan = super::super::unary::isnan(a)?;
    let zero = copy::full(&[], Scalar::Int(0), a.dtype())?;
    sum(&super::super::ternary::where_(&nan, &zero, a)?, dims, keepdim, dtype)
}

/// The mean over `dims` (all if None or empty) of floating point or complex numbers.
pub fn mean(a: &Array, dims: Option<&[i64]>, keepdim: bool, dtype: Option<Dtype>) -> Result<Array> {
    let target = dtype.unwrap_or(a.dtype());
    if target.is_integral() {
        let kind = if dtype.is_some() { "Optional" } else { "Input" };
        return error::not_implemented(format!(
            "mean(): could not infer output dtype. {kind} dtype must be either a floating point or complex dtype. Got: {}",
            target.scalar_type()
        ));
    }
    let flags = reduced_flags(a, dims)?;
    let count: i64 = a
        .sizes()
        .iter()
        .zip(&flags)
        .filter(|&(_, &flag)| flag)
        .map(|(&size, _)| size)
        .product();
    let half = matches!(target, Dtype::Float16 | Dtype::BFloat16);
    let total = sum(a, dims, keepdim, Some(if half { Dtype::Float32 } else { target }))?;
    copy::into_dtype(binary::div(&total, Scalar::Int(count))?, target)
}

/// The product over one dimension or all; integers and bool give int64 unless `dtype` says otherwise.
pub fn prod(a: &Array, dim: Option<i64>, keepdim: bool, dtype: Option<Dtype>) -> Result<Array> {
    let dims = dim.map(|dim| [dim]);
    let flags = reduced_flags(a, dims.as_ref().map(|dims| dims.as_slice()))?;
    let dtype = dtype.unwrap_or(accumulation_dtype(a.dtype()));
    fn floats<T: Summand>(a: &Array, flags: &[bool], keepdim: bool, one: T) -> Result<Array> {
        arrange::<T>(a, flags, keepdim)?.rows::<T, T>(&|row| row.iter().fold(one, |product, &x| product * x))
    }
    let result = match dtype {
        Dtype::Float64 => floats::<f64>(a, &flags, keepdim, 1.0)?,
        Dtype::Complex64 => floats::<Complex<f32>>(a, &flags, keepdim, Complex::new(1.0, 0.0))?,
        Dtype::Complex128 => floats::<Complex<f64>>(a, &flags, keepdim, Complex::new(1.0, 0.0))?,
        dtype if dtype.is_floating_point() => floats::<f32>(a, &flags, keepdim, 1.0)?,
        _ => arrange::<i64>(a, &flags, keepdim)?
            .rows::<i64, i64>(&|row| row.iter().fold(1, |product, &x| product.wrapping_mul(x)))?,
    };
    copy::into_dtype(result, dtype)
}
