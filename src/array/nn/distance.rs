//! Distances between the rows of matrices, in any p-norm.

use super::super::array::Array;
use super::super::copy;
use super::super::elementwise;
use super::super::error::Result;
use super::super::reduce::SharedSlice;
use super::{Real, companion, in_precision};

/// Which norm: each has formulas of its own.
#[derive(Clone, Copy, PartialEq)]
pub enum Norm {
    /// How many components differ.
    Zero,
    One,
    /// Below 2, where the slope at 0 is infinite below 1.
    Low(f64),
    Two,
    High(f64),
    Infinity,
}

impl Norm {
    pub fn of(p: f64) -> Norm {
        match p {
            0.0 => Norm::Zero,
            1.0 => Norm::One,
            2.0 => Norm::Two,
            f64::INFINITY => Norm::Infinity,
            p if p < 2.0 => Norm::Low(p),
            p => Norm::High(p),
        }
    }

    fn distance<T: Real>(self, a: &[T], b: &[T]) -> T {
        let apart = a.iter().zip(b).map(|(&x, &y)| (x - y).abs());
        let zero = T::default();
        match self {
            Norm::Zero => T::from_f64(apart.filter(|&d| d != zero).count() as f64),
            Norm::One => apart.fold(zero, |sum, d| sum + d),
            Norm::Two => apart.fold(zero, |sum, d| sum + d * d).sqrt(),
            Norm::Infinity => apart.fold(zero, |most, d| if d > most || d.to_f64().is_nan() { d } else { most }),
            Norm::Low(p) | Norm::High(p) => {
                let power = T::from_f64(p);
                apart
                    .fold(zero, |sum, d| sum + d.powf(power))
                    .powf(T::from_f64(1.0 / p))
            }
        }
    }

    /// The derivative of a distance by one difference of components.
    fn slope<T: Real>(self, apart: T, distance: T) -> T {
        let zero = T::default();
        let sign = |x: T| T::from_f64(f64::from(i8::from(x > zero) - i8::from(x < zero)));
        match self {
            Norm::Zero => zero,
            Norm::One => sign(apart),
            Norm::Infinity if apart.abs() == distance => sign(apart),
            Norm::Infinity => zero,
            _ if distance == zero => zero,
            Norm::Two => apart / distance,
            Norm::Low(p) if apart == zero && p < 1.0 => zero,
            Norm::Low(p) => {
                let power = T::from_f64(p - 1.0);
                sign(apart) * apart.abs().powf(power) / distance.powf(power)
            }
            Norm::High(p) => apart * apart.abs().powf(T::from_f64(p - 2.0)) / distance.powf(T::from_f64(p - 1.0)),
        }
    }
}

/// Distances [batch, n, m] of the rows of [batch, n, width] and [batch, m, width].
pub fn between(a: &Array, b: &Array, norm: Norm) -> Result<Array> {
    in_precision!(full(a)?, "cdist", between_of(a, b, norm))
}

/// Half precision is not computed here.
fn full(a: &Array) -> Result<&Array> {
    if a.dtype().size() == 2 {
        return super::super::unary::unsupported("cdist", a.dtype());
    }
    Ok(a)
}

fn shape(a: &Array, b: &Array) -> [usize; 4] {
    let size = |array: &Array, at: usize| array.sizes().get(at).copied().unwrap_or(1) as usize;
    [size(a, 0), size(a, 1), size(b, 1), size(a, 2)]
}

fn between_of<T: Real>(a: &Array, b: &Array, norm: Norm) -> Result<Array> {
    let [batch, n, m, width] = shape(a, b);
    let (x, y) = (copy::lanes::<T>(a)?, companion::<T>(b, a.dtype())?);
    let out = Array::zeros(&[batch as i64, n as i64, m as i64], T::DTYPE)?;
    let target = SharedSlice::new(out.fresh_slice_mut::<T>());
    let (x, y): (&[T], &[T]) = (&x, &y);
    elementwise::split(batch * n, (elementwise::TASK / (m * width).max(1)).max(1), &|range| {
        for at in range {
            let row = &x[at * width..(at + 1) * width];
            for j in 0..m {
                let other = at / n * m + j;
                // SAFETY: every pair has its own element.
                unsafe { target.write(at * m + j, norm.distance(row, &y[other * width..(other + 1) * width])) }
            }
        }
    });
    Ok(out)
}

/// The gradient of `between` for `a`, at the distances it gave.
pub fn between_backward(grad: &Array, a: &Array, b: &Array, norm: Norm, distances: &Array) -> Result<Array> {
    in_precision!(a, "cdist_backward", between_gradient(grad, a, b, norm, distances))
}

fn between_gradient<T: Real>(grad: &Array, a: &Array, b: &Array, norm: Norm, distances: &Array) -> Result<Array> {
    let [batch, n, m, width] = shape(a, b);
    let (x, y) = (copy::lanes::<T>(a)?, companion::<T>(b, a.dtype())?);
    let (grads, distances) = (copy::lanes::<T>(grad)?, copy::lanes::<T>(distances)?);
    let out = Array::zeros(&[batch as i64, n as i64, width as i64], T::DTYPE)?;
    for (at, result) in out.fresh_slice_mut::<T>().chunks_mut(width.max(1)).enumerate() {
        for j in 0..m {
            let (pair, other) = (at * m + j, at / n * m + j);
            let (row, column) = (&x[at * width..], &y[other * width..]);
            for (k, sum) in result.iter_mut().enumerate() {
                *sum += grads[pair] * norm.slope(row[k] - column[k], distances[pair]);
            }
        }
    }
    Ok(out)
}

/// Distances of all pairs of rows of [n, width], the first with the second, with the third ...
pub fn pairs(a: &Array, norm: Norm) -> Result<Array> {
    in_precision!(a, "pdist", pairs_of(a, norm))
}

fn pairs_of<T: Real>(a: &Array, norm: Norm) -> Result<Array> {
    let &[n, width] = a.sizes() else {
        return Array::zeros(&[0], T::DTYPE);
    };
    let (n, width) = (n as usize, width as usize);
    let x = copy::lanes::<T>(a)?;
    let row = |at: usize| &x[at * width..(at + 1) * width];
    let mut distances = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for i in 0..n {
        distances.extend((i + 1..n).map(|j| norm.distance(row(i), row(j))));
    }
    copy::cast(&Array::from_vec(&[distances.len() as i64], &distances)?, a.dtype())
}

/// The gradient of `pairs`, at the distances it gave.
pub fn pairs_backward(grad: &Array, a: &Array, norm: Norm, distances: &Array) -> Result<Array> {
    in_precision!(a, "pdist_backward", pairs_gradient(grad, a, norm, distances))
}

fn pairs_gradient<T: Real>(grad: &Array, a: &Array, norm: Norm, distances: &Array) -> Result<Array> {
    let out = Array::zeros(a.sizes(), T::DTYPE)?;
    let &[n, width] = a.sizes() else { return Ok(out) };
    let (n, width) = (n as usize, width as usize);
    let (x, grads, distances) = (
        copy::lanes::<T>(a)?,
        copy::lanes::<T>(grad)?,
        copy::lanes::<T>(distances)?,
    );
    let result = out.fresh_slice_mut::<T>();
    let mut pair = 0;
    for i in 0..n {
        for j in i + 1..n {
            for k in 0..width {
                let (first, second) = (i * width + k, j * width + k);
                let part = grads[pair] * norm.slope(x[first] - x[second], distances[pair]);
                result[first] += part;
                result[second] -= part;
            }
            pair += 1;
        }
    }
    copy::into_dtype(out, a.dtype())
}
