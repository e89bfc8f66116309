//! A dense matrix in row-major order, and the numbers in it.

use super::super::dtype::Element;
use super::super::lane::Lane;
use num_complex::Complex;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// Real or complex numbers that matrices compute in.
pub trait Field:
    Lane
    + Element
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
    fn conj(self) -> Self;
    fn abs(self) -> f64;
    /// The cheap norm by which LAPACK chooses pivots: |re| + |im|.
    fn abs1(self) -> f64;
    fn real(value: f64) -> Self;
    fn re(self) -> f64;
    fn im(self) -> f64;
    fn scale(self, by: f64) -> Self;
    fn complex(self) -> Complex<f64>;
    /// From a complex number whose imaginary part does not count for real fields.
    fn from_complex(value: Complex<f64>) -> Self;
}

impl Field for f64 {
    fn conj(self) -> Self {
        self
    }
    fn abs(self) -> f64 {
        f64::abs(self)
    }
    fn abs1(self) -> f64 {
        f64::abs(self)
    }
    fn real(value: f64) -> Self {
        value
    }
    fn re(self) -> f64 {
        self
    }
    fn im(self) -> f64 {
        0.0
    }
    fn scale(self, by: f64) -> Self {
        self * by
    }
    fn complex(self) -> Complex<f64> {
        Complex::new(self, 0.0)
    }
    fn from_complex(value: Complex<f64>) -> Self {
        value.re
    }
}

impl Field for Complex<f64> {
    fn conj(self) -> Self {
        Complex::conj(&self)
    }
    fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }
    fn abs1(self) -> f64 {
        self.re.abs() + self.im.abs()
    }
    fn real(value: f64) -> Self {
        Complex::new(value, 0.0)
    }
    fn re(self) -> f64 {
        self.re
    }
    fn im(self) -> f64 {
        self.im
    }
    fn scale(self, by: f64) -> Self {
        Complex::new(self.re * by, self.im * by)
    }
    fn complex(self) -> Complex<f64> {
        self
    }
    fn from_complex(value: Complex<f64>) -> Self {
        value
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<T> {
    pub rows: usize,
    pub columns: usize,
    pub data: Vec<T>,
}

impl<T: Field> Matrix<T> {
    pub fn zeros(rows: usize, columns: usize) -> Matrix<T> {
        Matrix {
            rows,
            columns,
            data: vec![T::default(); rows * columns],
        }
    }

    pub fn identity(rows: usize, columns: usize) -> Matrix<T> {
        let mut result = Matrix::zeros(rows, columns);
        for i in 0..rows.min(columns) {
            result.set(i, i, T::real(1.0));
        }
        result
    }

    #[inline]
    pub fn at(&self, row: usize, column: usize) -> T {
        self.data[row * self.columns + column]
    }

    #[inline]
    pub fn set(&mut self, row: usize, column: usize, value: T) {
        self.data[row * self.columns + column] = value;
    }

    pub fn adjoint(&self) -> Matrix<T> {
        let mut result = Matrix::zeros(self.columns, self.rows);
        for r in 0..self.rows {
            for c in 0..self.columns {
                result.set(c, r, self.at(r, c).conj());
            }
        }
        result
    }

    pub fn times(&self, other: &Matrix<T>) -> Matrix<T> {
        let mut result = Matrix::zeros(self.rows, other.columns);
        for r in 0..self.rows {
            for k in 0..self.columns.min(other.rows) {
                let factor = self.at(r, k);
                for c in 0..other.columns {
                    let sum = result.at(r, c) + factor * other.at(k, c);
                    result.set(r, c, sum);
                }
            }
        }
        result
    }

    /// The part with the first rows and columns.
    pub fn leading(&self, rows: usize, columns: usize) -> Matrix<T> {
        let mut result = Matrix::zeros(rows, columns);
        for r in 0..rows.min(self.rows) {
            for c in 0..columns.min(self.columns) {
                result.set(r, c, self.at(r, c));
            }
        }
        result
    }

    pub fn swap_rows(&mut self, a: usize, b: usize) {
        if a != b {
            for c in 0..self.columns {
                self.data.swap(a * self.columns + c, b * self.columns + c);
            }
        }
    }

    pub fn swap_columns(&mut self, a: usize, b: usize) {
        if a != b {
            for r in 0..self.rows {
                self.data.swap(r * self.columns + a, r * self.columns + b);
            }
        }
    }

    pub fn is_finite(&self) -> bool {
        self.data.iter().all(|x| x.re().is_finite() && x.im().is_finite())
    }
}
