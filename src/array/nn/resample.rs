//! Images whose elements are weighted sums of elements of another, dimension by dimension: enlarging, shrinking, mirroring.

use super::super::array::{Array, Dims};
use super::super::copy;
use super::super::dtype::{Dtype, Element};
use super::super::elementwise;
use super::super::error::Result;
use super::super::lane::Lane;
use super::super::reduce::SharedSlice;
use super::super::unary::unsupported;
use super::window::spatial;
use crate::for_dtype;
use num_complex::Complex;
use std::ops::{AddAssign, Mul};

/// For each element of the result along one dimension, which elements it is made of and their weights.
#[derive(Clone, Debug)]
pub struct Taps {
    /// Where the taps of each element start, and the end of the last.
    starts: Vec<usize>,
    places: Vec<usize>,
    weights: Vec<f64>,
}

impl Taps {
    /// Every element is one element of the source.
    pub fn of_places(places: impl Iterator<Item = i64>) -> Taps {
        let places: Vec<usize> = places.map(|place| place.max(0) as usize).collect();
        Taps {
            starts: (0..=places.len()).collect(),
            weights: vec![1.0; places.len()],
            places,
        }
    }

    fn build(out: i64, mut of: impl FnMut(i64, &mut dyn FnMut(i64, f64))) -> Taps {
        let mut taps = Taps {
            starts: vec![0],
            places: Vec::new(),
            weights: Vec::new(),
        };
        for o in 0..out {
            of(o, &mut |place, weight| {
                taps.places.push(place.max(0) as usize);
                taps.weights.push(weight);
            });
            taps.starts.push(taps.places.len());
        }
        taps
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn of(&self, out: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[out]..self.starts[out + 1];
        self.places[range.clone()]
            .iter()
            .copied()
            .zip(self.weights[range].iter().copied())
    }

    fn is_single(&self) -> bool {
        self.places.len() == self.len()
    }
}

/// How elements between those of the source are found.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Mode {
    Nearest,
    NearestExact,
    Linear,
    Cubic,
    /// Weighted over all that an element of a smaller result covers.
    Antialiased(Filter),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Filter {
    Linear,
    Cubic,
    Lanczos,
}

impl Filter {
    /// Half the width of the filter.
    fn reach(self) -> f64 {
        match self {
            Filter::Linear => 1.0,
            Filter::Cubic => 2.0,
            Filter::Lanczos => 3.0,
        }
    }

    fn weight(self, x: f64) -> f64 {
        let x = x.abs();
        let sinc = |x: f64| {
            let x = x * std::f64::consts::PI;
            if x == 0.0 { 1.0 } else { x.sin() / x }
        };
        match self {
            Filter::Linear => (1.0 - x).max(0.0),
            Filter::Cubic if x < 1.0 => near(x, -0.5),
            Filter::Cubic if x < 2.0 => far(x, -0.5),
            Filter::Lanczos if x < 3.0 => sinc(x) * sinc(x / 3.0),
            _ => 0.0,
        }
    }
}

/// Cubic convolution within one element of the centre (R. Keys, 1981).
fn near(x: f64, a: f64) -> f64 {
    ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
}

/// Cubic convolution between one and two elements of the centre.
fn far(x: f64, a: f64) -> f64 {
    ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a
}

/// The weights of the four elements around a place `t` after the second.
pub(super) fn cubic_weights(t: f64) -> [f64; 4] {
    const A: f64 = -0.75;
    [far(t + 1.0, A), near(t, A), near(1.0 - t, A), far(2.0 - t, A)]
}

/// How those weights change with `t`.
pub(super) fn cubic_slopes(t: f64) -> [f64; 4] {
    const A: f64 = -0.75;
    let near = |x: f64| (3.0 * (A + 2.0) * x - 2.0 * (A + 3.0)) * x;
    let far = |x: f64| (3.0 * A * x - 10.0 * A) * x + 8.0 * A;
    [far(t + 1.0), near(t), -near(1.0 - t), -far(2.0 - t)]
}

/// How those slopes change with `t`.
pub(super) fn cubic_bends(t: f64) -> [f64; 4] {
    const A: f64 = -0.75;
    let near = |x: f64| 6.0 * (A + 2.0) * x - 2.0 * (A + 3.0);
    let far = |x: f64| 6.0 * A * x - 10.0 * A;
    [far(t + 1.0), near(t), near(1.0 - t), far(2.0 - t)]
}

/// The taps of a dimension of `size` resampled to `out`; `scale` is the factor that was asked for, if one was. Positions
/// are computed in the precision of `dtype`.
pub fn taps(mode: Mode, size: i64, out: i64, align_corners: bool, scale: Option<f64>, dtype: Dtype) -> Taps {
    let single = dtype != Dtype::Float64;
    let round = |x: f64| if single { x as f32 as f64 } else { x };
    let scale = match scale {
        _ if align_corners => {
            if out > 1 {
                round((size - 1) as f64 / (out - 1) as f64)
            } else {
                0.0
            }
        }
        Some(factor) if factor > 0.0 => round(1.0 / factor),
        _ => round(size as f64 / out as f64),
    };
    let source = |o: i64| {
        if align_corners {
            round(scale * o as f64)
        } else {
            round(round(scale * (o as f64 + 0.5)) - 0.5)
        }
    };
    let last = size - 1;
    match mode {
        Mode::Nearest => Taps::of_places((0..out).map(|o| (round(scale * o as f64).floor() as i64).min(last))),
        Mode::NearestExact => Taps::of_places((0..out).map(|o| (round(source(o) + 0.5).floor() as i64).clamp(0, last))),
        Mode::Linear if size == out => Taps::build(out, |o, tap| tap(o, 1.0)),
        Mode::Linear => Taps::build(out, |o, tap| {
            let at = source(o).max(0.0);
            let first = (at.floor() as i64).min(last);
            let part = round(at - first as f64).clamp(0.0, 1.0);
            tap(first, round(1.0 - part));
            tap((first + 1).min(last), part);
        }),
        Mode::Cubic => Taps::build(out, |o, tap| {
            let at = source(o);
            let first = (at.floor() as i64).min(last);
            let weights = cubic_weights(round(at - first as f64).clamp(0.0, 1.0));
            for (k, weight) in weights.into_iter().enumerate() {
                tap((first - 1 + k as i64).clamp(0, last), round(weight));
            }
        }),
        Mode::Antialiased(filter) => Taps::build(out, |o, tap| {
            let wide = scale.max(1.0);
            let (centre, reach) = (scale * (o as f64 + 0.5), filter.reach() * wide);
            let start = ((centre - reach + 0.5) as i64).max(0);
            let end = ((centre + reach + 0.5) as i64).min(size);
            let weights: Vec<f64> = (start..end)
                .map(|x| filter.weight((x as f64 - centre + 0.5) / wide))
                .collect();
            let total: f64 = weights.iter().sum();
            for (x, weight) in (start..end).zip(weights) {
                tap(x, round(if total == 0.0 { weight } else { weight / total }));
            }
        }),
    }
}

/// Taps of up to three dimensions, front first.
pub struct Resampling([Taps; 3]);

impl Resampling {
    pub fn new(lists: Vec<Taps>) -> Resampling {
        let absent = || Taps::of_places(0..1);
        let mut all = [absent(), absent(), absent()];
        for (slot, list) in all.iter_mut().rev().zip(lists.into_iter().rev()) {
            *slot = list;
        }
        Resampling(all)
    }

    fn positions(&self) -> usize {
        self.0.iter().map(Taps::len).product()
    }

    fn sizes(&self, input: &[i64], last: usize) -> Dims {
        let mut sizes: Dims = input[..input.len() - last].into();
        sizes.extend(self.0[3 - last..].iter().map(|taps| taps.len() as i64));
        sizes
    }
}

/// Calls `visit(plane)` for so many planes, on all cores where there is enough to do.
fn each_plane(planes: usize, work: usize, visit: &(dyn Fn(usize) + Sync)) {
    elementwise::split(planes, (elementwise::TASK / work.max(1)).max(1), &|range| {
        range.for_each(visit)
    });
}

/// The `last` dimensions resampled. `name` is what messages on dtypes call the kernel.
pub fn forward(a: &Array, last: usize, by: &Resampling, name: &str) -> Result<Array> {
    if by.0.iter().all(Taps::is_single) {
        return for_dtype!(a.dtype(), T => picked::<T>(a, last, by));
    }
    match a.dtype() {
        Dtype::Float64 => weighted::<f64>(a, last, by),
        Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => copy::into_dtype(weighted::<f32>(a, last, by)?, a.dtype()),
        Dtype::Uint8 => bytes(a, last, by),
        dtype => unsupported(name, dtype),
    }
}

/// Every element is one of the source's.
fn picked<T: Element>(a: &Array, last: usize, by: &Resampling) -> Result<Array> {
    let a = copy::contiguous(a)?;
    let source = a.as_slice::<T>().unwrap_or(&[]);
    let size = spatial(&a.sizes()[a.dim() - last..]);
    let plane = size.iter().product::<usize>();
    let out = Array::unfilled(&by.sizes(a.sizes(), last), a.dtype())?;
    let positions = by.positions();
    let shared = SharedSlice::new(out.fresh_slice_mut::<T>());
    let planes = out.numel() / positions.max(1);
    let [depths, heights, widths] = &by.0;
    each_plane(planes, positions, &|at| {
        let image = &source[at * plane..(at + 1) * plane];
        // SAFETY: each plane has a part of its own.
        let mut rows = unsafe { shared.part(at * positions, positions) }.chunks_exact_mut(widths.len().max(1));
        for z in &depths.places {
            for y in &heights.places {
                let Some(row) = rows.next() else { return };
                let from = &image[(z * size[1] + y) * size[2]..][..size[2]];
                for (slot, &x) in row.iter_mut().zip(&widths.places) {
                    *slot = from[x];
                }
            }
        }
    });
    Ok(out)
}

/// Images of bytes: one dimension after the other, the last first, each rounded to bytes again. Weights are integers of as
/// many bits as 16 hold, as image libraries have them.
fn bytes(a: &Array, last: usize, by: &Resampling) -> Result<Array> {
    let mut sizes: Dims = a.sizes().into();
    let mut source: Vec<u8> = copy::contiguous(a)?.as_slice::<u8>().unwrap_or(&[]).to_vec();
    for (d, taps) in by.0[3 - last..].iter().enumerate().rev() {
        let dim = sizes.len() - last + d;
        let (size, inner) = (sizes[dim] as usize, sizes[dim + 1..].iter().product::<i64>() as usize);
        let largest = taps.weights.iter().copied().fold(0.0, f64::max);
        let fits = |bits: u32| ((largest * f64::from(1 << bits) + 0.5) as i64) < 1 << 15;
        let bits = (0..22).take_while(|&bits| fits(bits + 1)).count() as u32;
        let whole = |weight: f64| (weight * f64::from(1 << bits)).round() as i64;
        let outer = source.len() / (size * inner).max(1);
        let mut out = Vec::with_capacity(outer * taps.len() * inner);
        for block in source.chunks_exact((size * inner).max(1)) {
            for o in 0..taps.len() {
                for i in 0..inner {
                    let half = 1i64 << bits >> 1;
                    let sum = taps.of(o).fold(half, |sum, (x, weight)| {
                        sum + i64::from(block[x * inner + i]) * whole(weight)
                    });
                    out.push((sum >> bits).clamp(0, 255) as u8);
                }
            }
        }
        source = out;
        sizes[dim] = taps.len() as i64;
    }
    Array::from_vec(&sizes, &source)
}

/// In the lane that computes.
fn weighted<T: Lane + AddAssign + Mul<Output = T>>(a: &Array, last: usize, by: &Resampling) -> Result<Array> {
    let source = copy::lanes::<T>(a)?;
    let size = spatial(&a.sizes()[a.dim() - last..]);
    let plane = size.iter().product::<usize>();
    let out = Array::unfilled(&by.sizes(a.sizes(), last), T::DTYPE)?;
    let positions = by.positions();
    let shared = SharedSlice::new(out.fresh_slice_mut::<T>());
    let planes = out.numel() / positions.max(1);
    let [depths, heights, widths] = &by.0;
    each_plane(planes, positions * 4, &|at| {
        let image = &source[at * plane..(at + 1) * plane];
        // SAFETY: each plane has a part of its own.
        let mut target = unsafe { shared.part(at * positions, positions) }.iter_mut();
        for d in 0..depths.len() {
            for h in 0..heights.len() {
                for w in 0..widths.len() {
                    let mut sum = T::default();
                    for (z, by_depth) in depths.of(d) {
                        let mut slice = T::default();
                        for (y, by_height) in heights.of(h) {
                            let row = &image[(z * size[1] + y) * size[2]..][..size[2]];
                            let mut line = T::default();
                            for (x, by_width) in widths.of(w) {
                                line += row[x] * T::from_f64(by_width);
                            }
                            slice += line * T::from_f64(by_height);
                        }
                        sum += slice * T::from_f64(by_depth);
                    }
                    let Some(slot) = target.next() else { return };
                    *slot = sum;
                }
            }
        }
    });
    Ok(out)
}

/// The gradient of `forward` for an input of `sizes`.
pub fn backward(grad: &Array, sizes: &[i64], last: usize, by: &Resampling, name: &str) -> Result<Array> {
    match grad.dtype() {
        Dtype::Float64 => spread::<f64>(grad, sizes, last, by),
        Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => spread::<f32>(grad, sizes, last, by),
        Dtype::Complex64 => spread::<Complex<f32>>(grad, sizes, last, by),
        Dtype::Complex128 => spread::<Complex<f64>>(grad, sizes, last, by),
        dtype => unsupported(name, dtype),
    }
}

fn spread<T: Lane + AddAssign + Mul<Output = T>>(
    grad: &Array,
    sizes: &[i64],
    last: usize,
    by: &Resampling,
) -> Result<Array> {
    let source = copy::lanes::<T>(grad)?;
    let size = spatial(&sizes[sizes.len() - last..]);
    let plane = size.iter().product::<usize>();
    let out = Array::zeros(sizes, T::DTYPE)?;
    let positions = by.positions();
    let shared = SharedSlice::new(out.fresh_slice_mut::<T>());
    let planes = out.numel() / plane.max(1);
    let [depths, heights, widths] = &by.0;
    each_plane(planes, positions * 4, &|at| {
        // SAFETY: each plane has a part of its own.
        let image = unsafe { shared.part(at * plane, plane) };
        let mut grads = source[at * positions..(at + 1) * positions].iter();
        for d in 0..depths.len() {
            for h in 0..heights.len() {
                for w in 0..widths.len() {
                    let Some(&grad) = grads.next() else { return };
                    for (z, by_depth) in depths.of(d) {
                        for (y, by_height) in heights.of(h) {
                            let part = grad * T::from_f64(by_depth * by_height);
                            let row = &mut image[(z * size[1] + y) * size[2]..][..size[2]];
                            for (x, by_width) in widths.of(w) {
                                row[x] += part * T::from_f64(by_width);
                            }
                        }
                    }
                }
            }
        }
    });
    copy::into_dtype(out, grad.dtype())
}
