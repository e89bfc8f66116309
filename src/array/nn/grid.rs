//! Images sampled at places that a grid names, in [-1, 1] across the image.

use super::super::array::{Array, Dims};
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::elementwise;
use super::super::error::Result;
use super::super::lane::Lane;
use super::super::reduce::SharedSlice;
use super::super::unary::unsupported;
use super::resample::{cubic_bends, cubic_slopes, cubic_weights};
use super::window::spatial;
use smallvec::SmallVec;
use std::ops::{Add, AddAssign, Mul};

/// How values between elements are found.
#[derive(Clone, Copy, PartialEq)]
pub enum Interpolation {
    Linear,
    Nearest,
    Cubic,
}

/// What lies outside the image.
#[derive(Clone, Copy, PartialEq)]
pub enum Outside {
    Zeros,
    Border,
    Reflection,
}

#[derive(Clone, Copy)]
pub struct Sampling {
    pub interpolation: Interpolation,
    pub outside: Outside,
    pub align_corners: bool,
    /// Places are computed in single precision.
    pub single: bool,
}

/// An element along one dimension that a sample takes part of.
#[derive(Clone, Copy)]
struct Tap {
    /// None outside.
    place: Option<usize>,
    weight: f64,
    /// How the weight changes with the place.
    slope: f64,
    /// And how that changes again.
    bend: f64,
}
type Taps = SmallVec<[Tap; 4]>;

impl Sampling {
    fn round(&self, x: f64) -> f64 {
        if self.single { x as f32 as f64 } else { x }
    }

    /// The place in elements of a number of the grid, and its slope.
    fn place(&self, x: f64, size: usize) -> (f64, f64) {
        let size = size as f64;
        if self.align_corners {
            (self.round((x + 1.0) / 2.0 * (size - 1.0)), (size - 1.0) / 2.0)
        } else {
            let shifted = self.round(self.round(x + 1.0) * size);
            (self.round((shifted - 1.0) / 2.0), size / 2.0)
        }
    }

    /// A place brought inside the image, and the slope of that.
    fn inside(&self, place: f64, size: usize) -> (f64, f64) {
        let last = size as f64 - 1.0;
        match self.outside {
            Outside::Zeros => (place, 1.0),
            Outside::Border => clip(place, last),
            Outside::Reflection => {
                let (low, span) = if self.align_corners {
                    (0.0, last)
                } else {
                    (-0.5, last + 1.0)
                };
                let (place, slope) = reflect(place, low, span);
                let (place, inner) = clip(self.round(place), last);
                (place, slope * inner)
            }
        }
    }

    /// The elements that a number of the grid stands between, their weights as functions of the place, and how the
    /// place changes with the number.
    fn taps(&self, x: f64, size: usize) -> (Taps, f64) {
        let (place, slope) = self.place(x, size);
        let bounded = |place: f64| (place >= 0.0 && place < size as f64).then_some(place as usize);
        if self.interpolation == Interpolation::Cubic {
            let first = place.floor();
            let t = self.round(place - first);
            let parts = cubic_weights(t)
                .into_iter()
                .zip(cubic_slopes(t))
                .zip(cubic_bends(t))
                .enumerate();
            let taps = parts.map(|(k, ((weight, change), bend))| Tap {
                place: bounded(self.inside(first - 1.0 + k as f64, size).0),
                weight,
                slope: change,
                bend,
            });
            return (taps.collect(), slope);
        }
        let tap = |place: f64, weight: f64, slope: f64| Tap {
            place: bounded(place),
            weight,
            slope,
            bend: 0.0,
        };
        let (place, inner) = self.inside(place, size);
        if self.interpolation == Interpolation::Nearest {
            return (smallvec::smallvec![tap(place.round_ties_even(), 1.0, 0.0)], 0.0);
        }
        let first = place.floor();
        let t = self.round(place - first);
        let taps = smallvec::smallvec![tap(first, self.round(1.0 - t), -1.0), tap(first + 1.0, t, 1.0)];
        (taps, slope * inner)
    }
}

fn clip(place: f64, last: f64) -> (f64, f64) {
    if place <= 0.0 {
        (0.0, 0.0)
    } else if place >= last {
        (last, 0.0)
    } else {
        (place, 1.0)
    }
}

/// A place thrown back at `low` and `low + span` until it lies between them.
fn reflect(place: f64, low: f64, span: f64) -> (f64, f64) {
    if span == 0.0 {
        return (0.0, 0.0);
    }
    let (from, sign) = if place < low {
        (low - place, -1.0)
    } else {
        (place - low, 1.0)
    };
    let rest = from % span;
    if (from / span).floor() % 2.0 == 0.0 {
        (rest + low, sign)
    } else {
        (span - rest + low, -sign)
    }
}

/// What all passes share.
struct Shape {
    batch: usize,
    channels: usize,
    dims: usize,
    size: [usize; 3],
    positions: usize,
}

impl Shape {
    fn new(input: &[i64], grid: &[i64]) -> Shape {
        let dims = input.len() - 2;
        Shape {
            batch: input[0] as usize,
            channels: input[1] as usize,
            dims,
            size: spatial(&input[2..]),
            positions: grid[1..grid.len() - 1].iter().product::<i64>() as usize,
        }
    }

    fn plane(&self) -> usize {
        self.size.iter().product()
    }

    /// The taps of each of three dimensions; the grid names the last dimension first.
    fn taps<T: Lane>(&self, by: &Sampling, numbers: &[T]) -> ([Taps; 3], [f64; 3]) {
        let whole = Tap {
            place: Some(0),
            weight: 1.0,
            slope: 0.0,
            bend: 0.0,
        };
        let mut taps: [Taps; 3] = std::array::from_fn(|_| smallvec::smallvec![whole]);
        let mut slopes = [0.0; 3];
        for (at, number) in numbers.iter().enumerate() {
            let axis = 2 - at;
            (taps[axis], slopes[axis]) = by.taps(number.to_f64(), self.size[axis]);
        }
        (taps, slopes)
    }

    /// Calls `visit(element of the plane, taps)` for each combination of taps inside the image.
    fn each(&self, taps: &[Taps; 3], mut visit: impl FnMut(usize, [Tap; 3])) {
        for &depth in &taps[0] {
            let Some(z) = depth.place else { continue };
            for &height in &taps[1] {
                let Some(y) = height.place else { continue };
                for &width in &taps[2] {
                    let Some(x) = width.place else { continue };
                    visit((z * self.size[1] + y) * self.size[2] + x, [depth, height, width]);
                }
            }
        }
    }
}

fn weight(taps: &[Tap; 3]) -> f64 {
    taps[0].weight * taps[1].weight * taps[2].weight
}

/// How the weight of a combination of taps changes with the place along a dimension.
fn slope(taps: &[Tap; 3], axis: usize) -> f64 {
    product(taps, |at, tap| if at == axis { tap.slope } else { tap.weight })
}

/// And how that changes with the place along another dimension, or the same.
fn bend(taps: &[Tap; 3], axis: usize, other: usize) -> f64 {
    product(taps, |at, tap| match (at == axis, at == other) {
        (true, true) => tap.bend,
        (false, false) => tap.weight,
        _ => tap.slope,
    })
}

fn product(taps: &[Tap; 3], of: impl Fn(usize, &Tap) -> f64) -> f64 {
    taps.iter().enumerate().map(|(at, tap)| of(at, tap)).product()
}

macro_rules! in_lane {
    ($a:expr, $name:expr, $pass:ident($($arg:expr),*)) => {
        match $a.dtype() {
            Dtype::Float64 => $pass::<f64>($($arg),*),
            Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => $pass::<f32>($($arg),*),
            dtype => unsupported($name, dtype),
        }
    };
}

/// An image [batch, channels, ...] sampled by a grid [batch, ..., dims].
pub fn forward(input: &Array, grid: &Array, by: &Sampling, name: &str) -> Result<Array> {
    in_lane!(input, name, forward_in(input, grid, by))
}

fn forward_in<T: Lane + AddAssign + Mul<Output = T>>(input: &Array, grid: &Array, by: &Sampling) -> Result<Array> {
    let shape = Shape::new(input.sizes(), grid.sizes());
    let (source, numbers) = (copy::lanes::<T>(input)?, copy::lanes::<T>(grid)?);
    let mut sizes: Dims = input.sizes()[..2].into();
    sizes.extend_from_slice(&grid.sizes()[1..grid.dim() - 1]);
    let out = Array::zeros(&sizes, T::DTYPE)?;
    let (plane, positions, dims) = (shape.plane(), shape.positions, shape.dims);
    let part = shape.channels * positions;
    let shared = SharedSlice::new(out.fresh_slice_mut::<T>());
    elementwise::split(shape.batch, (elementwise::TASK / (part * 8).max(1)).max(1), &|range| {
        for image in range {
            // SAFETY: each image has a part of its own.
            let target = unsafe { shared.part(image * part, part) };
            let source = &source[image * shape.channels * plane..][..shape.channels * plane];
            for at in 0..positions {
                let (taps, _) = shape.taps(by, &numbers[(image * positions + at) * dims..][..dims]);
                shape.each(&taps, |element, taps| {
                    let weight = T::from_f64(weight(&taps));
                    for channel in 0..shape.channels {
                        target[channel * positions + at] += source[channel * plane + element] * weight;
                    }
                });
            }
        }
    });
    copy::into_dtype(out, input.dtype())
}

/// The gradients of input and grid for the gradient of the result.
pub fn backward(grad: &Array, input: &Array, grid: &Array, by: &Sampling, name: &str) -> Result<(Array, Array)> {
    in_lane!(input, name, backward_in(grad, input, grid, by))
}

fn backward_in<T: Lane + AddAssign + Mul<Output = T>>(
    grad: &Array,
    input: &Array,
    grid: &Array,
    by: &Sampling,
) -> Result<(Array, Array)> {
    let shape = Shape::new(input.sizes(), grid.sizes());
    let (source, numbers, grads) = (
        copy::lanes::<T>(input)?,
        copy::lanes::<T>(grid)?,
        copy::lanes::<T>(grad)?,
    );
    let to_input = Array::zeros(input.sizes(), T::DTYPE)?;
    let to_grid = Array::zeros(grid.sizes(), T::DTYPE)?;
    let (plane, positions, dims) = (shape.plane(), shape.positions, shape.dims);
    let (images, grids) = (
        SharedSlice::new(to_input.fresh_slice_mut::<T>()),
        SharedSlice::new(to_grid.fresh_slice_mut::<T>()),
    );
    let whole = shape.channels * plane;
    elementwise::split(shape.batch, 1, &|range| {
        for image in range {
            // SAFETY: each image and its grid have parts of their own.
            let (target, to_grid) = unsafe {
                (
                    images.part(image * whole, whole),
                    grids.part(image * positions * dims, positions * dims),
                )
            };
            let source = &source[image * whole..][..whole];
            let grads = &grads[image * shape.channels * positions..][..shape.channels * positions];
            for at in 0..positions {
                let (taps, slopes) = shape.taps(by, &numbers[(image * positions + at) * dims..][..dims]);
                let mut change = [0.0; 3];
                shape.each(&taps, |element, taps| {
                    let by = T::from_f64(weight(&taps));
                    let mut product = 0.0;
                    for channel in 0..shape.channels {
                        let grad = grads[channel * positions + at];
                        target[channel * plane + element] += grad * by;
                        product += (grad * source[channel * plane + element]).to_f64();
                    }
                    for (axis, change) in change.iter_mut().enumerate() {
                        *change += product * slope(&taps, axis);
                    }
                });
                for (k, slot) in to_grid[at * dims..][..dims].iter_mut().enumerate() {
                    *slot = T::from_f64(change[2 - k] * slopes[2 - k]);
                }
            }
        }
    });
    Ok((
        copy::into_dtype(to_input, input.dtype())?,
        copy::into_dtype(to_grid, grid.dtype())?,
    ))
}

/// The gradients of grad, input and grid for cotangents of what `backward` gives of input and grid.
pub fn double_backward(
    cotangents: [&Array; 2],
    grad: &Array,
    input: &Array,
    grid: &Array,
    by: &Sampling,
    name: &str,
) -> Result<[Array; 3]> {
    in_lane!(input, name, double_backward_in(cotangents, grad, input, grid, by))
}

fn double_backward_in<T: Lane + AddAssign + Add<Output = T> + Mul<Output = T>>(
    cotangents: [&Array; 2],
    grad: &Array,
    input: &Array,
    grid: &Array,
    by: &Sampling,
) -> Result<[Array; 3]> {
    let shape = Shape::new(input.sizes(), grid.sizes());
    let (source, numbers, grads) = (
        copy::lanes::<T>(input)?,
        copy::lanes::<T>(grid)?,
        copy::lanes::<T>(grad)?,
    );
    let (of_input, of_grid) = (copy::lanes::<T>(cotangents[0])?, copy::lanes::<T>(cotangents[1])?);
    let results = [
        Array::zeros(grad.sizes(), T::DTYPE)?,
        Array::zeros(input.sizes(), T::DTYPE)?,
        Array::zeros(grid.sizes(), T::DTYPE)?,
    ];
    let [to_grad, to_input, to_grid] = results.each_ref().map(|array| array.fresh_slice_mut::<T>());
    let (plane, positions, dims) = (shape.plane(), shape.positions, shape.dims);
    for at in 0..shape.batch * positions {
        let (image, position) = (at / positions, at % positions);
        let (taps, slopes) = shape.taps(by, &numbers[at * dims..][..dims]);
        let mut along = [0.0; 3];
        for (k, x) in of_grid[at * dims..][..dims].iter().enumerate() {
            along[2 - k] = x.to_f64() * slopes[2 - k];
        }
        let mut change = [0.0; 3];
        shape.each(&taps, |element, taps| {
            let (whole, turned) = (
                T::from_f64(weight(&taps)),
                (0..3).map(|axis| along[axis] * slope(&taps, axis)).sum::<f64>(),
            );
            let (mut straight, mut bent) = (0.0, 0.0);
            for channel in image * shape.channels..(image + 1) * shape.channels {
                let (out, place) = (channel * positions + position, channel * plane + element);
                let (grad, x, cotangent) = (grads[out], source[place], of_input[place]);
                to_grad[out] += cotangent * whole + x * T::from_f64(turned);
                to_input[place] += grad * T::from_f64(turned);
                straight += (grad * cotangent).to_f64();
                bent += (grad * x).to_f64();
            }
            for (axis, change) in change.iter_mut().enumerate() {
                let curve: f64 = (0..3).map(|other| along[other] * bend(&taps, axis, other)).sum();
                *change += straight * slope(&taps, axis) + bent * curve;
            }
        });
        for (k, slot) in to_grid[at * dims..][..dims].iter_mut().enumerate() {
            *slot = T::from_f64(change[2 - k] * slopes[2 - k]);
        }
    }
    let [to_grad, to_input, to_grid] = results;
    Ok([
        copy::into_dtype(to_grad, grad.dtype())?,
        copy::into_dtype(to_input, input.dtype())?,
        copy::into_dtype(to_grid, grid.dtype())?,
    ])
}
