//! Dense linear algebra: factorisations of small matrices with the sign conventions of LAPACK.
//!
//! Matrices compute in float64 or complex128 and round to their dtype at the end.

pub mod cholesky;
pub mod eigen;
pub mod hessenberg;
pub mod ldl;
pub mod lu;
pub mod matrix;
pub mod qr;
pub mod rotation;
pub mod svd;
pub mod symmetric;

pub use matrix::{Field, Matrix};

use super::array::{Array, Dims};
use super::copy;
use super::dtype::{Dtype, Element};
use super::error::Result;

/// The sizes without the last `count` dimensions.
pub fn batch_sizes(a: &Array, count: usize) -> Dims {
    a.sizes().iter().take(a.dim().saturating_sub(count)).copied().collect()
}

/// The last two sizes.
pub fn shape_of(a: &Array) -> (usize, usize) {
    match a.sizes() {
        [.., rows, columns] => (*rows as usize, *columns as usize),
        _ => (0, 0),
    }
}

/// The matrices of a batch, each copied.
pub fn matrices<T: Field>(a: &Array) -> Result<Vec<Matrix<T>>> {
    let (rows, columns) = shape_of(a);
    let lanes = copy::lanes::<T>(a)?;
    let count = batch_sizes(a, 2).iter().product::<i64>() as usize;
    Ok((0..count)
        .map(|at| Matrix {
            rows,
            columns,
            data: lanes
                .get(at * rows * columns..(at + 1) * rows * columns)
                .unwrap_or_default()
                .to_vec(),
        })
        .collect())
}

/// The vectors along the last dimension, each copied.
pub fn vectors<T: Field>(a: &Array) -> Result<Vec<Vec<T>>> {
    let length = a.sizes().last().copied().unwrap_or(1) as usize;
    let lanes = copy::lanes::<T>(a)?;
    let count = batch_sizes(a, 1).iter().product::<i64>() as usize;
    Ok((0..count)
        .map(|at| lanes.get(at * length..(at + 1) * length).unwrap_or_default().to_vec())
        .collect())
}

/// Results of a batch as one array: the batch's sizes, then those of each result.
pub fn assemble<T: Element>(
    batch: &[i64],
    each: &[usize],
    parts: impl IntoIterator<Item = Vec<T>>,
    dtype: Dtype,
) -> Result<Array> {
    let mut sizes: Dims = batch.into();
    sizes.extend(each.iter().map(|size| *size as i64));
    let data: Vec<T> = parts.into_iter().flatten().collect();
    copy::cast(&Array::from_vec(&sizes, &data)?, dtype)
}

/// Runs a body with `$T` standing for the type that matrices of the array's dtype compute in.
#[macro_export]
macro_rules! for_field {
    ($dtype:expr, $T:ident => $body:expr) => {
        if $dtype.is_complex() {
            type $T = num_complex::Complex<f64>;
            $body
        } else {
            type $T = f64;
            $body
        }
    };
}
