//! Elements less their mean, over their standard deviation: by rows (layers, groups) and by channels of a batch.

use super::super::array::Array;
use super::super::copy;
use super::super::elementwise::{self, TASK};
use super::super::error::Result;
use super::super::reduce::SharedSlice;
use super::{Real, in_precision};
use std::borrow::Cow;

/// How rows share weights: element `j` of row `r` has the weight `(r % groups) * channels + j / block`.
#[derive(Clone, Copy)]
pub struct Rows {
    pub count: usize,
    pub length: usize,
    pub groups: usize,
    pub channels: usize,
    pub block: usize,
}

/// A batch of images of `channels` planes of `plane` elements.
#[derive(Clone, Copy)]
pub struct Planes {
    pub batch: usize,
    pub channels: usize,
    pub plane: usize,
}

/// Weights as lanes, none where there are none.
fn weights<T: Real>(array: Option<&Array>) -> Result<Option<Cow<'_, [T]>>> {
    array.map(copy::lanes::<T>).transpose()
}

fn at<T: Real>(list: &Option<Cow<'_, [T]>>, index: usize, absent: f64) -> T {
    list.as_ref()
        .and_then(|list| list.get(index).copied())
        .unwrap_or_else(|| T::from_f64(absent))
}

/// Mean and variance, accumulated in double precision.
fn moments<T: Real>(row: impl Iterator<Item = T> + Clone, count: usize) -> (f64, f64) {
    let mean = row.clone().map(|x| x.to_f64()).sum::<f64>() / count as f64;
    let square = row.map(|x| (x.to_f64() - mean) * (x.to_f64() - mean)).sum::<f64>();
    (mean, square / count as f64)
}

/// A result in the dtype of the input.
fn result<T: Real>(values: &[T], sizes: &[i64], like: &Array) -> Result<Array> {
    copy::into_dtype(Array::from_vec(sizes, values)?, like.dtype())
}

/// Rows normalised, with the mean and the reciprocal standard deviation of each. Rows whose weights change every
/// element subtract the mean first; others scale and shift at once, as PyTorch does.
pub fn rows(
    x: &Array,
    by: Rows,
    eps: f64,
    weight: Option<&Array>,
    bias: Option<&Array>,
    name: &str,
) -> Result<(Array, Array, Array)> {
    if !x.dtype().is_floating_point() {
        if x.numel() > 0 {
            return super::super::unary::unsupported(name, x.dtype());
        }
        let list = || Array::zeros(&[by.count as i64], x.dtype());
        return Ok((copy::clone(x)?, list()?, list()?));
    }
    in_precision!(x, "normalize", rows_in(x, by, eps, weight, bias))
}

fn rows_in<T: Real>(
    x: &Array,
    by: Rows,
    eps: f64,
    weight: Option<&Array>,
    bias: Option<&Array>,
) -> Result<(Array, Array, Array)> {
    let source = copy::lanes::<T>(x)?;
    let (weight, bias) = (weights::<T>(weight)?, weights::<T>(bias)?);
    let out = Array::unfilled(x.sizes(), T::DTYPE)?;
    let (mut means, mut scales) = (vec![T::default(); by.count], vec![T::default(); by.count]);
    {
        let target = SharedSlice::new(out.fresh_slice_mut::<T>());
        let (means, scales) = (SharedSlice::new(&mut means), SharedSlice::new(&mut scales));
        elementwise::split(by.count, (TASK / by.length.max(1)).max(1), &|range| {
            for r in range {
                let row = &source[r * by.length..(r + 1) * by.length];
                let (mean, variance) = moments(row.iter().copied(), by.length);
                let (mean, scale) = (
                    T::from_f64(mean),
                    T::from_f64(1.0 / (T::from_f64(variance).to_f64() + eps).sqrt()),
                );
                // SAFETY: each row has a part of its own.
                let target = unsafe {
                    means.write(r, mean);
                    scales.write(r, scale);
                    target.part(r * by.length, by.length)
                };
                let first = r % by.groups * by.channels;
                if by.block == 1 {
                    for (j, (slot, &x)) in target.iter_mut().zip(row).enumerate() {
                        *slot = (x - mean) * scale * at(&weight, first + j, 1.0) + at(&bias, first + j, 0.0);
                    }
                    continue;
                }
                for (channel, (target, row)) in target.chunks_mut(by.block).zip(row.chunks(by.block)).enumerate() {
                    let slope = scale * at(&weight, first + channel, 1.0);
                    let shift = at(&bias, first + channel, 0.0) - slope * mean;
                    for (slot, &x) in target.iter_mut().zip(row) {
                        *slot = x * slope + shift;
                    }
                }
            }
        });
    }
    let sizes = [by.count as i64];
    Ok((
        copy::into_dtype(out, x.dtype())?,
        result(&means, &sizes, x)?,
        result(&scales, &sizes, x)?,
    ))
}

/// The gradients of input, weight and bias of `rows`.
pub fn rows_backward(
    grad: &Array,
    x: &Array,
    by: Rows,
    mean: &Array,
    scale: &Array,
    weight: Option<&Array>,
) -> Result<[Array; 3]> {
    in_precision!(
        x,
        "normalize_backward",
        rows_backward_in(grad, x, by, mean, scale, weight)
    )
}

fn rows_backward_in<T: Real>(
    grad: &Array,
    x: &Array,
    by: Rows,
    mean: &Array,
    scale: &Array,
    weight: Option<&Array>,
) -> Result<[Array; 3]> {
    let (source, grads) = (copy::lanes::<T>(x)?, copy::lanes::<T>(grad)?);
    let (means, scales) = (copy::lanes::<T>(mean)?, copy::lanes::<T>(scale)?);
    let weight = weights::<T>(weight)?;
    let out = Array::unfilled(x.sizes(), T::DTYPE)?;
    let target = SharedSlice::new(out.fresh_slice_mut::<T>());
    elementwise::split(by.count, (TASK / by.length.max(1)).max(1), &|range| {
        for r in range {
            let row = r * by.length..(r + 1) * by.length;
            let (xs, gs) = (&source[row.clone()], &grads[row]);
            let (mean, scale, first) = (means[r], scales[r], r % by.groups * by.channels);
            let weighted = |j: usize| gs[j] * at(&weight, first + j / by.block, 1.0);
            let (mut level, mut slope) = (0.0, 0.0);
            for (j, &x) in xs.iter().enumerate() {
                let g = weighted(j).to_f64();
                level += g;
                slope += g * ((x - mean) * scale).to_f64();
            }
            let count = by.length as f64;
            let (level, slope) = (T::from_f64(level / count), T::from_f64(slope / count));
            // SAFETY: each row has a part of its own.
            let target = unsafe { target.part(r * by.length, by.length) };
            for (j, (slot, &x)) in target.iter_mut().zip(xs).enumerate() {
                *slot = (weighted(j) - level - (x - mean) * scale * slope) * scale;
            }
        }
    });
    let total = by.groups * by.channels;
    let (mut to_weight, mut to_bias) = (vec![0.0f64; total], vec![0.0f64; total]);
    for r in 0..by.count {
        let (mean, scale, first) = (means[r], scales[r], r % by.groups * by.channels);
        for j in 0..by.length {
            let (g, k) = (grads[r * by.length + j], first + j / by.block);
            to_weight[k] += (g * (source[r * by.length + j] - mean) * scale).to_f64();
            to_bias[k] += g.to_f64();
        }
    }
    let list = |sums: Vec<f64>| {
        let sums: Vec<T> = sums.into_iter().map(T::from_f64).collect();
        result(&sums, &[total as i64], x)
    };
    Ok([copy::into_dtype(out, x.dtype())?, list(to_weight)?, list(to_bias)?])
}

/// Means and variances of each channel over a batch of images, in double precision.
pub fn channel_moments(x: &Array, by: Planes) -> Result<Vec<(f64, f64)>> {
    in_precision!(x, "batch_norm", channel_moments_in(x, by))
}

fn channel_moments_in<T: Real>(x: &Array, by: Planes) -> Result<Vec<(f64, f64)>> {
    let source = copy::lanes::<T>(x)?;
    let mut found = vec![(0.0, 0.0); by.channels];
    let target = SharedSlice::new(&mut found);
    let count = by.batch * by.plane;
    elementwise::split(by.channels, (TASK / count.max(1)).max(1), &|range| {
        for c in range {
            let elements =
                (0..by.batch).flat_map(|n| source[(n * by.channels + c) * by.plane..][..by.plane].iter().copied());
            // SAFETY: each channel has an element of its own.
            unsafe { target.write(c, moments(elements, count)) };
        }
    });
    Ok(found)
}

/// Each channel scaled and shifted: (x - mean) scale weight + bias.
pub fn channels(
    x: &Array,
    by: Planes,
    mean: &Array,
    scale: &Array,
    weight: Option<&Array>,
    bias: Option<&Array>,
) -> Result<Array> {
    in_precision!(x, "batch_norm", channels_in(x, by, mean, scale, weight, bias))
}

fn channels_in<T: Real>(
    x: &Array,
    by: Planes,
    mean: &Array,
    scale: &Array,
    weight: Option<&Array>,
    bias: Option<&Array>,
) -> Result<Array> {
    let source = copy::lanes::<T>(x)?;
    let (means, scales) = (copy::lanes::<T>(mean)?, copy::lanes::<T>(scale)?);
    let (weight, bias) = (weights::<T>(weight)?, weights::<T>(bias)?);
    let out = Array::unfilled(x.sizes(), T::DTYPE)?;
    let target = SharedSlice::new(out.fresh_slice_mut::<T>());
    elementwise::split(by.batch * by.channels, (TASK / by.plane.max(1)).max(1), &|range| {
        for plane in range {
            let c = plane % by.channels;
            let slope = scales[c] * at(&weight, c, 1.0);
            let shift = at(&bias, c, 0.0) - means[c] * slope;
            // SAFETY: each plane has a part of its own.
            let target = unsafe { target.part(plane * by.plane, by.plane) };
            for (slot, &x) in target.iter_mut().zip(&source[plane * by.plane..][..by.plane]) {
                *slot = x * slope + shift;
            }
        }
    });
    copy::into_dtype(out, x.dtype())
}

/// The gradients of input, weight and bias of `channels`; `training` if mean and scale come from the input.
pub fn channels_backward(
    grad: &Array,
    x: &Array,
    by: Planes,
    mean: &Array,
    scale: &Array,
    weight: Option<&Array>,
    training: bool,
) -> Result<[Array; 3]> {
    in_precision!(
        x,
        "batch_norm_backward",
        channels_backward_in(grad, x, by, mean, scale, weight, training)
    )
}

fn channels_backward_in<T: Real>(
    grad: &Array,
    x: &Array,
    by: Planes,
    mean: &Array,
    scale: &Array,
    weight: Option<&Array>,
    training: bool,
) -> Result<[Array; 3]> {
    let (source, grads) = (copy::lanes::<T>(x)?, copy::lanes::<T>(grad)?);
    let (means, scales) = (copy::lanes::<T>(mean)?, copy::lanes::<T>(scale)?);
    let weight = weights::<T>(weight)?;
    let out = Array::unfilled(x.sizes(), T::DTYPE)?;
    let (mut to_weight, mut to_bias) = (vec![T::default(); by.channels], vec![T::default(); by.channels]);
    {
        let target = SharedSlice::new(out.fresh_slice_mut::<T>());
        let (to_weight, to_bias) = (SharedSlice::new(&mut to_weight), SharedSlice::new(&mut to_bias));
        let count = by.batch * by.plane;
        elementwise::split(by.channels, (TASK / count.max(1)).max(1), &|range| {
            for c in range {
                let (mean, scale) = (means[c], scales[c]);
                let planes = || (0..by.batch).map(|n| (n * by.channels + c) * by.plane);
                let (mut level, mut product) = (0.0, 0.0);
                for start in planes() {
                    for (&g, &x) in grads[start..start + by.plane].iter().zip(&source[start..]) {
                        level += g.to_f64();
                        product += (g * (x - mean)).to_f64();
                    }
                }
                let slope = product * scale.to_f64();
                let factor = scale * at(&weight, c, 1.0);
                let (even, steep) = if training {
                    (
                        T::from_f64(level / count as f64),
                        T::from_f64(slope * scale.to_f64() / count as f64),
                    )
                } else {
                    (T::default(), T::default())
                };
                for start in planes() {
                    // SAFETY: each channel has planes and elements of its own.
                    let target = unsafe { target.part(start, by.plane) };
                    for ((slot, &g), &x) in target.iter_mut().zip(&grads[start..]).zip(&source[start..]) {
                        *slot = (g - even - (x - mean) * steep) * factor;
                    }
                }
                // SAFETY: as above.
                unsafe {
                    to_weight.write(c, T::from_f64(slope));
                    to_bias.write(c, T::from_f64(level));
                }
            }
        });
    }
    let sizes = [by.channels as i64];
    Ok([
        copy::into_dtype(out, x.dtype())?,
        result(&to_weight, &sizes, x)?,
        result(&to_bias, &sizes, x)?,
    ])
}
