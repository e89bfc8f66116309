//! Discrete Fourier transforms over dimensions, computed in double precision.

use super::array::Array;
use super::copy;
use super::dtype::Dtype;
use super::error::Result;
use super::reduce::softmax::map_rows;
use super::reduce::{SharedSlice, arrange, one_flag};
use super::view;
use num_complex::Complex;
use std::f64::consts::PI;

type C = Complex<f64>;

/// How results are scaled: PyTorch's `fft_norm_mode`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Normalization {
    None,
    /// By one over the root of the signal's size.
    ByRootN,
    /// By one over the signal's size.
    ByN,
}

impl Normalization {
    /// From the number that schemas carry.
    pub fn from_number(number: i64) -> Normalization {
        match number {
            1 => Normalization::ByRootN,
            2 => Normalization::ByN,
            _ => Normalization::None,
        }
    }

    fn scale(self, count: f64) -> f64 {
        match self {
            Normalization::None => 1.0,
            Normalization::ByRootN => 1.0 / count.sqrt(),
            Normalization::ByN => 1.0 / count,
        }
    }
}

/// e^(-2 pi i k / n), exact where sine and cosine are 0 or 1.
fn twiddle(k: usize, n: usize) -> C {
    let (mut num, mut den) = (k % n, n);
    let below = 2 * num > den;
    if below {
        num = den - num;
    }
    // Reflections bring the angle down to an eighth of a turn.
    let left = 4 * num > den;
    if left {
        (num, den) = (den - 2 * num, 2 * den);
    }
    let steep = 8 * num > den;
    if steep {
        (num, den) = (den - 4 * num, 4 * den);
    }
    let (mut sin, mut cos) = (2.0 * PI * num as f64 / den as f64).sin_cos();
    if steep {
        (sin, cos) = (cos, sin);
    }
    C::new(if left { -cos } else { cos }, if below { sin } else { -sin })
}

fn smallest_factor(n: usize) -> usize {
    (2..)
        .take_while(|p| p * p <= n)
        .find(|p| n.is_multiple_of(*p))
        .unwrap_or(n)
}

/// Primes from here on go through a convolution.
const LARGE_PRIME: usize = 1000;

/// Which transform: its direction, and whether all imaginary parts are 0 from the start (zeros then keep other signs).
#[derive(Clone, Copy)]
struct Kind {
    inverse: bool,
    real: bool,
}

const FORWARD: Kind = Kind {
    inverse: false,
    real: false,
};

impl Kind {
    fn root(self, k: usize, n: usize) -> C {
        if self.inverse {
            twiddle(k, n).conj()
        } else {
            twiddle(k, n)
        }
    }
}

/// The transform of `x` without scaling.
fn transform(x: &[C], kind: Kind) -> Vec<C> {
    let n = x.len();
    if n <= 1 {
        return x.to_vec();
    }
    let p = smallest_factor(n);
    if p == n {
        return if n >= LARGE_PRIME {
            chirp(x, kind)
        } else {
            direct(x, kind)
        };
    }
    // Decimation in time: p transforms of every p-th element, then p-point transforms across them.
    let m = n / p;
    let parts: Vec<Vec<C>> = (0..p)
        .map(|r| transform(&x.iter().skip(r).step_by(p).copied().collect::<Vec<C>>(), kind))
        .collect();
    let across = Kind { real: false, ..kind };
    let mut out = vec![C::default(); n];
    let mut column = vec![C::default(); p];
    for k in 0..m {
        for (r, slot) in column.iter_mut().enumerate() {
            *slot = if r * k == 0 {
                parts[r][k]
            } else {
                parts[r][k] * kind.root(r * k, n)
            };
        }
        for (q, value) in direct(&column, across).into_iter().enumerate() {
            out[q * m + k] = value;
        }
    }
    out
}

/// The transform by its definition, opposite elements paired.
fn direct(x: &[C], kind: Kind) -> Vec<C> {
    let n = x.len();
    if n == 2 {
        return vec![x[0] + x[1], x[0] - x[1]];
    }
    let roots: Vec<C> = (0..n).map(|k| twiddle(k, n)).collect();
    (0..n)
        .map(|k| {
            if k == 0 {
                return x.iter().skip(1).fold(x[0], |sum, value| sum + value);
            }
            let mut even = x[0];
            let mut odd = C::new(0.0, 0.0);
            for j in 1..=(n - 1) / 2 {
                let root = roots[j * k % n];
                even += (x[j] + x[n - j]) * root.re;
                odd += (x[j] - x[n - j]) * -root.im;
            }
            if n.is_multiple_of(2) {
                even += x[n / 2] * roots[n / 2 * k % n].re;
            }
            if kind.inverse {
                // plus i times the odd part
                C::new(even.re - odd.im, even.im + odd.re)
            } else if kind.real && k > 0 {
                C::new(even.re, -odd.re)
            } else {
                C::new(even.re + odd.im, even.im - odd.re)
            }
        })
        .collect()
}

/// Bluestein's way for large primes: a convolution with a chirp, of a power of two in length.
fn chirp(x: &[C], kind: Kind) -> Vec<C> {
    let n = x.len();
    let size = (2 * n - 1).next_power_of_two();
    let wave: Vec<C> = (0..n).map(|k| kind.root((k * k) % (2 * n), 2 * n)).collect();
    let (mut a, mut b) = (vec![C::default(); size], vec![C::default(); size]);
    for k in 0..n {
        a[k] = x[k] * wave[k];
        b[k] = wave[k].conj();
        if k > 0 {
            b[size - k] = wave[k].conj();
        }
    }
    let (a, b) = (transform(&a, FORWARD), transform(&b, FORWARD));
    let product: Vec<C> = a.iter().zip(b).map(|(a, b)| (a * b).conj()).collect();
    let back = transform(&product, FORWARD);
    (0..n).map(|k| back[k].conj() / size as f64 * wave[k]).collect()
}

/// The product of the sizes of these dimensions, as a float.
fn signal_size(a: &Array, dims: &[usize]) -> f64 {
    dims.iter().map(|&d| a.sizes()[d] as f64).product()
}

/// Complex to complex over `dims`, which are valid.
pub fn c2c(a: &Array, dims: &[usize], normalization: Normalization, forward: bool) -> Result<Array> {
    let dtype = a.dtype().to_complex();
    let mut current = copy::cast(a, Dtype::Complex128)?;
    for &d in dims.iter().rev() {
        current = map_rows::<C>(&current, &one_flag(a.dim(), d), |out, row| {
            out.copy_from_slice(&transform(
                row,
                Kind {
                    inverse: !forward,
                    real: false,
                },
            ));
        })?;
    }
    finish(current, normalization.scale(signal_size(a, dims)), dtype)
}

/// Scales and rounds.
fn finish(result: Array, scale: f64, dtype: Dtype) -> Result<Array> {
    let scaled = if scale == 1.0 {
        result
    } else {
        super::binary::mul(&result, scale)?
    };
    copy::cast(&scaled, dtype)
}

/// Real to complex over `dims`, the last of which is halved where `onesided`.
pub fn r2c(a: &Array, dims: &[usize], normalization: Normalization, onesided: bool) -> Result<Array> {
    let Some((&last, others)) = dims.split_last() else {
        return copy::cast(a, a.dtype().to_complex());
    };
    let size = a.sizes()[last];
    let half = size / 2 + 1;
    // Only half of the last dimension is computed; the other half mirrors it.
    let complex = copy::cast(a, Dtype::Complex128)?;
    let full = map_rows::<C>(&complex, &one_flag(a.dim(), last), |out, row| {
        let values = transform(
            row,
            Kind {
                inverse: false,
                real: true,
            },
        );
        for (k, out) in out.iter_mut().enumerate() {
            *out = if k < half as usize {
                values[k]
            } else {
                values[row.len() - k].conj()
            };
        }
    })?;
    let kept = if onesided {
        view::narrow(&full, last as i64, 0, half)?
    } else {
        full
    };
    let mut current = copy::contiguous(&kept)?;
    for &d in others.iter().rev() {
        current = map_rows::<C>(&current, &one_flag(a.dim(), d), |out, row| {
            out.copy_from_slice(&transform(row, FORWARD))
        })?;
    }
    finish(
        current,
        normalization.scale(signal_size(a, dims)),
        a.dtype().to_complex(),
    )
}

/// Complex to real over `dims`: the inverse of a onesided `r2c` whose last dimension had `last_size` elements.
pub fn c2r(a: &Array, dims: &[usize], normalization: Normalization, last_size: i64) -> Result<Array> {
    let Some((&last, others)) = dims.split_last() else {
        return copy::cast(a, a.dtype().to_real());
    };
    let inner = if others.is_empty() {
        copy::cast(a, Dtype::Complex128)?
    } else {
        c2c(&copy::cast(a, Dtype::Complex128)?, others, Normalization::None, false)?
    };
    let n = last_size as usize;
    let arranged = arrange::<C>(&inner, &one_flag(a.dim(), last), true)?;
    let mut sizes: super::array::Dims = a.sizes().into();
    sizes[last] = last_size;
    let out = Array::unfilled(&sizes, Dtype::Float64)?;
    let target = SharedSlice::new(out.fresh_slice_mut::<f64>());
    let inner_count = arranged.inner;
    arranged.each_row::<C>(&|at, row| {
        let element = |k: usize| row.get(k).copied().unwrap_or_default();
        // The whole signal by symmetry; what must be real is taken as real.
        let mut full = vec![C::default(); n];
        full[0] = C::new(element(0).re, 0.0);
        for k in 1..=n / 2 {
            let value = element(k);
            if 2 * k == n {
                full[k] = C::new(value.re, 0.0);
            } else {
                full[k] = value;
                full[n - k] = value.conj();
            }
        }
        let base = at / inner_count * inner_count * n + at % inner_count;
        for (i, value) in transform(
            &full,
            Kind {
                inverse: true,
                real: false,
            },
        )
        .into_iter()
        .enumerate()
        {
            // SAFETY: rows are disjoint.
            unsafe { target.write(base + i * inner_count, value.re) };
        }
    });
    let count = signal_size(a, others) * n as f64;
    finish(out, normalization.scale(count), a.dtype().to_real())
}
