//! Pooling: the largest element or the mean of each window, and what their gradients need.

use super::super::array::{Array, Dims};
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::elementwise;
use super::super::error::Result;
use super::super::lane::Lane;
use super::super::reduce::SharedSlice;
use super::super::unary::unsupported;
use super::window::spatial;
use std::ops::AddAssign;

/// The elements that one window covers along one dimension: `start`, `start + step`, ... below `end`.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    pub step: usize,
    /// Elements of the window with those of the padding that it counts.
    pub extent: usize,
}

/// The spans of the windows along each of three dimensions.
pub struct Spans([Vec<Span>; 3]);

impl Spans {
    /// Of the spatial dimensions, front first; absent ones have one window of one element.
    pub fn new(lists: Vec<Vec<Span>>) -> Spans {
        let absent = || {
            vec![Span {
                start: 0,
                end: 1,
                step: 1,
                extent: 1,
            }]
        };
        let mut spans = [absent(), absent(), absent()];
        for (slot, list) in spans.iter_mut().rev().zip(lists.into_iter().rev()) {
            *slot = list;
        }
        Spans(spans)
    }

    fn windows(&self) -> usize {
        self.0.iter().map(Vec::len).product()
    }

    fn sizes(&self, input: &Array, spatial: usize) -> Dims {
        let mut sizes: Dims = input.sizes()[..input.dim() - spatial].into();
        sizes.extend(self.0[3 - spatial..].iter().map(|list| list.len() as i64));
        sizes
    }
}

/// The windows of a pool along a dimension of `size`, padded and perhaps dilated.
pub fn sliding(size: i64, out: i64, kernel: i64, stride: i64, padding: i64, dilation: i64) -> Vec<Span> {
    (0..out.max(0))
        .map(|o| {
            let from = o * stride - padding;
            let end = from + (kernel - 1) * dilation + 1;
            let skipped = if from < 0 { (-from + dilation - 1) / dilation } else { 0 };
            Span {
                start: (from + skipped * dilation).max(0) as usize,
                end: end.clamp(0, size) as usize,
                step: dilation.max(1) as usize,
                extent: (end.min(size + padding) - from).max(0) as usize,
            }
        })
        .collect()
}

/// Windows that divide a dimension of `size` as evenly as they can.
pub fn adaptive(size: i64, out: i64) -> Vec<Span> {
    (0..out)
        .map(|o| {
            let (start, end) = (o * size / out, ((o + 1) * size + out - 1) / out);
            Span {
                start: start as usize,
                end: end as usize,
                step: 1,
                extent: (end - start) as usize,
            }
        })
        .collect()
}

/// Windows at given starts.
pub fn at(starts: impl Iterator<Item = i64>, kernel: i64) -> Vec<Span> {
    starts
        .map(|start| Span {
            start: start.max(0) as usize,
            end: (start + kernel).max(0) as usize,
            step: 1,
            extent: kernel as usize,
        })
        .collect()
}

/// How a mean is divided.
#[derive(Clone, Copy, PartialEq)]
pub enum Divisor {
    /// By the elements of the window, those of the padding counted.
    Padded,
    /// By the elements inside.
    Inside,
    /// By one dimension's count after the other.
    EachDimension,
    Fixed(i64),
}

trait Number: Lane + PartialOrd + AddAssign {
    fn is_nan(self) -> bool;
    /// Divided as C++ does.
    fn over(self, count: i64) -> Self;
}

impl Number for f32 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }
    fn over(self, count: i64) -> Self {
        self / count as f32
    }
}

impl Number for f64 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }
    fn over(self, count: i64) -> Self {
        self / count as f64
    }
}

impl Number for i64 {
    fn is_nan(self) -> bool {
        false
    }
    fn over(self, count: i64) -> Self {
        self.checked_div(count).unwrap_or(0)
    }
}

macro_rules! in_lane {
    ($a:expr, $name:expr, $kernel:ident($($arg:expr),*)) => {
        match $a.dtype() {
            Dtype::Float64 => $kernel::<f64>($($arg),*),
            Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => $kernel::<f32>($($arg),*),
            dtype if dtype.is_integer() => $kernel::<i64>($($arg),*),
            dtype => unsupported($name, dtype),
        }
    };
}

/// Calls `visit(plane)` for so many planes, on all cores where there is enough to do.
fn each_plane(planes: usize, work: usize, visit: &(dyn Fn(usize) + Sync)) {
    elementwise::split(planes, (elementwise::TASK / work.max(1)).max(1), &|range| {
        range.for_each(visit)
    });
}

/// The largest element of each window and where in its plane it stands. `last` spatial dimensions; `name` is what
/// messages on dtypes call the kernel. `of` gives the spans of a plane.
pub fn max<'s>(a: &Array, last: usize, of: &(dyn Fn(usize) -> &'s Spans + Sync), name: &str) -> Result<(Array, Array)> {
    in_lane!(a, name, max_in(a, last, of))
}

fn max_in<'s, T: Number>(a: &Array, last: usize, of: &(dyn Fn(usize) -> &'s Spans + Sync)) -> Result<(Array, Array)> {
    let source = copy::lanes::<T>(a)?;
    let size = spatial(&a.sizes()[a.dim() - last..]);
    let plane = size.iter().product::<usize>();
    let (sizes, windows) = (of(0).sizes(a, last), of(0).windows());
    let (values, indices) = (
        Array::unfilled(&sizes, T::DTYPE)?,
        Array::unfilled(&sizes, Dtype::Int64)?,
    );
    let best = SharedSlice::new(values.fresh_slice_mut::<T>());
    let places = SharedSlice::new(indices.fresh_slice_mut::<i64>());
    let planes = values.numel().checked_div(windows).unwrap_or(0);
    each_plane(planes, plane.max(windows), &|at| {
        let image = &source[at * plane..(at + 1) * plane];
        // SAFETY: each plane has a part of its own.
        let (best, places) = unsafe { (best.part(at * windows, windows), places.part(at * windows, windows)) };
        let mut out = best.iter_mut().zip(places);
        let [depths, heights, widths] = &of(at).0;
        for d in depths {
            for h in heights {
                for w in widths {
                    let Some((best, place)) = out.next() else { return };
                    let first = (d.start * size[1] + h.start) * size[2] + w.start;
                    let mut found = first.min(plane - 1);
                    let mut value = image[found];
                    let mut fresh = true;
                    for z in (d.start..d.end).step_by(d.step) {
                        for y in (h.start..h.end).step_by(h.step) {
                            let row = (z * size[1] + y) * size[2];
                            for x in (w.start..w.end).step_by(w.step) {
                                let candidate = image[row + x];
                                if fresh || candidate > value || candidate.is_nan() {
                                    (value, found, fresh) = (candidate, row + x, false);
                                }
                            }
                        }
                    }
                    (*best, *place) = (value, found as i64);
                }
            }
        }
    });
    Ok((copy::into_dtype(values, a.dtype())?, indices))
}

/// Adds each element to the element of a plane of `sizes` that its index names; indices are in bounds or left out.
pub fn scatter(a: &Array, indices: &Array, sizes: &[i64], last: usize) -> Result<Array> {
    in_lane!(a, "max_pool_backward", scatter_in(a, indices, sizes, last))
}

fn scatter_in<T: Number>(a: &Array, indices: &Array, sizes: &[i64], last: usize) -> Result<Array> {
    let (source, places) = (copy::lanes::<T>(a)?, copy::lanes::<i64>(indices)?);
    let out = Array::zeros(sizes, T::DTYPE)?;
    let plane = sizes[sizes.len() - last..].iter().product::<i64>() as usize;
    let planes = out.numel() / plane.max(1);
    let windows = source.len() / planes.max(1);
    let shared = SharedSlice::new(out.fresh_slice_mut::<T>());
    each_plane(planes, plane.max(windows), &|at| {
        // SAFETY: each plane has a part of its own.
        let image = unsafe { shared.part(at * plane, plane) };
        let range = at * windows..(at + 1) * windows;
        for (&x, &place) in source[range.clone()].iter().zip(&places[range]) {
            if let Some(slot) = image.get_mut(place as usize) {
                *slot += x;
            }
        }
    });
    copy::into_dtype(out, a.dtype())
}

/// As `scatter` with each element put, not added: `max_unpool`. The first index out of bounds is the error.
pub fn put(a: &Array, indices: &Array, sizes: &[i64], last: usize, name: &str) -> Result<Result<Array, i64>> {
    if a.dtype().is_integral() {
        return unsupported(name, a.dtype());
    }
    in_lane!(a, name, put_in(a, indices, sizes, last))
}

fn put_in<T: Number>(a: &Array, indices: &Array, sizes: &[i64], last: usize) -> Result<Result<Array, i64>> {
    let (source, places) = (copy::lanes::<T>(a)?, copy::lanes::<i64>(indices)?);
    let out = Array::zeros(sizes, T::DTYPE)?;
    let plane = sizes[sizes.len() - last..].iter().product::<i64>() as usize;
    let planes = out.numel() / plane.max(1);
    let windows = (source.len() / planes.max(1)).max(1);
    let target = out.fresh_slice_mut::<T>();
    for (at, (&x, &place)) in source.iter().zip(places.iter()).enumerate() {
        if place < 0 || place as usize >= plane {
            return Ok(Err(place));
        }
        target[at / windows * plane + place as usize] = x;
    }
    Ok(Ok(copy::into_dtype(out, a.dtype())?))
}

/// The elements of planes that indices name.
pub fn gather(a: &Array, indices: &Array, last: usize) -> Result<Array> {
    in_lane!(a, "max_pool_double_backward", gather_in(a, indices, last))
}

fn gather_in<T: Number>(a: &Array, indices: &Array, last: usize) -> Result<Array> {
    let (source, places) = (copy::lanes::<T>(a)?, copy::lanes::<i64>(indices)?);
    let out = Array::unfilled(indices.sizes(), T::DTYPE)?;
    let plane = a.sizes()[a.dim() - last..].iter().product::<i64>() as usize;
    let planes = source.len() / plane.max(1);
    let windows = (places.len() / planes.max(1)).max(1);
    for (at, (slot, &place)) in out.fresh_slice_mut::<T>().iter_mut().zip(places.iter()).enumerate() {
        let base = at / windows * plane;
        *slot = source.get(base + place.max(0) as usize).copied().unwrap_or_default();
    }
    copy::into_dtype(out, a.dtype())
}

/// What a window's sum is divided by.
fn divide<T: Number>(sum: T, spans: [&Span; 3], divisor: Divisor) -> T {
    let inside = |span: &Span| span.end.saturating_sub(span.start) as i64;
    match divisor {
        Divisor::Fixed(count) => sum.over(count),
        Divisor::Padded => sum.over(spans.iter().map(|span| span.extent as i64).product()),
        Divisor::Inside => sum.over(spans.iter().map(|span| inside(span)).product()),
        Divisor::EachDimension => spans.iter().fold(sum, |sum, span| sum.over(inside(span))),
    }
}

/// The mean of each window.
pub fn mean(a: &Array, last: usize, spans: &Spans, divisor: Divisor, name: &str) -> Result<Array> {
    in_lane!(a, name, mean_in(a, last, spans, divisor))
}

fn mean_in<T: Number>(a: &Array, last: usize, spans: &Spans, divisor: Divisor) -> Result<Array> {
    let source = copy::lanes::<T>(a)?;
    let size = spatial(&a.sizes()[a.dim() - last..]);
    let plane = size.iter().product::<usize>();
    let windows = spans.windows();
    let out = Array::unfilled(&spans.sizes(a, last), T::DTYPE)?;
    let shared = SharedSlice::new(out.fresh_slice_mut::<T>());
    let planes = out.numel().checked_div(windows).unwrap_or(0);
    each_plane(planes, plane.max(windows), &|at| {
        let image = &source[at * plane..(at + 1) * plane];
        // SAFETY: each plane has a part of its own.
        let mut means = unsafe { shared.part(at * windows, windows) }.iter_mut();
        let [depths, heights, widths] = &spans.0;
        for d in depths {
            for h in heights {
                for w in widths {
                    let Some(mean) = means.next() else { return };
                    let mut sum = T::default();
                    let is_empty = d.start >= d.end || h.start >= h.end || w.start >= w.end;
                    if !is_empty {
                        for z in d.start..d.end {
                            for y in h.start..h.end {
                                let row = (z * size[1] + y) * size[2];
                                for &x in &image[row + w.start..row + w.end] {
                                    sum += x;
                                }
                            }
                        }
                        sum = divide(sum, [d, h, w], divisor);
                    }
                    *mean = sum;
                }
            }
        }
    });
    copy::into_dtype(out, a.dtype())
}

/// The gradient of `mean` for an input of `sizes`.
pub fn mean_backward(grad: &Array, sizes: &[i64], last: usize, spans: &Spans, divisor: Divisor) -> Result<Array> {
    in_lane!(
        grad,
        "avg_pool_backward",
        mean_backward_in(grad, sizes, last, spans, divisor)
    )
}

fn mean_backward_in<T: Number>(
    grad: &Array,
    sizes: &[i64],
    last: usize,
    spans: &Spans,
    divisor: Divisor,
) -> Result<Array> {
    let source = copy::lanes::<T>(grad)?;
    let size = spatial(&sizes[sizes.len() - last..]);
    let plane = size.iter().product::<usize>();
    let windows = spans.windows();
    let out = Array::zeros(sizes, T::DTYPE)?;
    let shared = SharedSlice::new(out.fresh_slice_mut::<T>());
    let planes = out.numel().checked_div(plane).unwrap_or(0);
    each_plane(planes, plane.max(windows), &|at| {
        // SAFETY: each plane has a part of its own.
        let image = unsafe { shared.part(at * plane, plane) };
        let mut grads = source[at * windows..(at + 1) * windows].iter();
        let [depths, heights, widths] = &spans.0;
        for d in depths {
            for h in heights {
                for w in widths {
                    let Some(&grad) = grads.next() else { return };
                    if d.start >= d.end || h.start >= h.end || w.start >= w.end {
                        continue;
                    }
                    let share = divide(grad, [d, h, w], divisor);
                    for z in d.start..d.end {
                        for y in h.start..h.end {
                            let row = (z * size[1] + y) * size[2];
                            for slot in &mut image[row + w.start..row + w.end] {
                                *slot += share;
                            }
                        }
                    }
                }
            }
        }
    });
    copy::into_dtype(out, grad.dtype())
}
