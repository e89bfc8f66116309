//! Sliding blocks as columns, and columns added up again into images.

use super::super::array::{Array, Dims};
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::elementwise;
use super::super::error::Result;
use super::super::lane::Lane;
use super::super::reduce::SharedSlice;
use super::Window;
use super::window::spatial;
use num_complex::Complex;
use std::ops::AddAssign;

/// Writes the columns of one image: row (channel, kernel position), column (output position).
pub(super) fn unfold_image<T: Lane>(
    columns: &mut [T],
    image: &[T],
    channels: usize,
    size: [usize; 3],
    out: [usize; 3],
    window: &Window,
) {
    let (plane, length) = (size.iter().product::<usize>(), out.iter().product::<usize>());
    if length == 0 || plane == 0 {
        columns.fill(T::default());
        return;
    }
    let mut rows = columns.chunks_exact_mut(length);
    for image in image.chunks_exact(plane).take(channels) {
        for_each_tap(window, |k| {
            let Some(row) = rows.next() else { return };
            let (depths, z0) = window.reach(0, k[0], size[0], out[0]);
            let (heights, y0) = window.reach(1, k[1], size[1], out[1]);
            let (widths, x0) = window.reach(2, k[2], size[2], out[2]);
            if depths.len() < out[0] || heights.len() < out[1] || widths.len() < out[2] {
                row.fill(T::default());
            }
            for od in depths {
                let z = (od * window.stride[0]) as isize + z0;
                for oh in heights.clone() {
                    let y = (oh * window.stride[1]) as isize + y0;
                    let from = (z as usize * size[1] + y as usize) * size[2];
                    let to = (od * out[1] + oh) * out[2];
                    let target = &mut row[to + widths.start..to + widths.end];
                    let first = (from as isize + x0 + (widths.start * window.stride[2]) as isize) as usize;
                    if target.is_empty() {
                        continue;
                    }
                    if window.stride[2] == 1 {
                        target.copy_from_slice(&image[first..first + target.len()]);
                    } else {
                        for (slot, &x) in target.iter_mut().zip(image[first..].iter().step_by(window.stride[2])) {
                            *slot = x;
                        }
                    }
                }
            }
        });
    }
}

/// Adds columns, as `unfold_image` makes them, to an image.
pub(super) fn fold_image<T: Lane + AddAssign>(
    image: &mut [T],
    columns: &[T],
    channels: usize,
    size: [usize; 3],
    out: [usize; 3],
    window: &Window,
) {
    let (plane, length) = (size.iter().product::<usize>(), out.iter().product::<usize>());
    if length == 0 || plane == 0 {
        return;
    }
    let mut rows = columns.chunks_exact(length);
    for image in image.chunks_exact_mut(plane).take(channels) {
        for_each_tap(window, |k| {
            let Some(row) = rows.next() else { return };
            let (depths, z0) = window.reach(0, k[0], size[0], out[0]);
            let (heights, y0) = window.reach(1, k[1], size[1], out[1]);
            let (widths, x0) = window.reach(2, k[2], size[2], out[2]);
            for od in depths {
                let z = (od * window.stride[0]) as isize + z0;
                for oh in heights.clone() {
                    let y = (oh * window.stride[1]) as isize + y0;
                    let to = (z as usize * size[1] + y as usize) * size[2];
                    let from = (od * out[1] + oh) * out[2];
                    let source = &row[from + widths.start..from + widths.end];
                    if source.is_empty() {
                        continue;
                    }
                    let first = (to as isize + x0 + (widths.start * window.stride[2]) as isize) as usize;
                    for (slot, &x) in image[first..].iter_mut().step_by(window.stride[2]).zip(source) {
                        *slot += x;
                    }
                }
            }
        });
    }
}

fn for_each_tap(window: &Window, mut visit: impl FnMut([usize; 3])) {
    for kd in 0..window.kernel[0] {
        for kh in 0..window.kernel[1] {
            for kw in 0..window.kernel[2] {
                visit([kd, kh, kw]);
            }
        }
    }
}

/// A kernel over every image of a batch, one lane type for all.
fn images<T: Lane>(a: &Array, sizes: &[i64], batch: usize, kernel: &(dyn Fn(&mut [T], &[T]) + Sync)) -> Result<Array> {
    let source = copy::lanes::<T>(a)?;
    let out = Array::unfilled(sizes, T::DTYPE)?;
    let target = out.fresh_slice_mut::<T>();
    let (from, to) = (source.len() / batch.max(1), target.len() / batch.max(1));
    let shared = SharedSlice::new(target);
    elementwise::split(batch, (elementwise::TASK / to.max(1)).max(1), &|range| {
        for image in range {
            // SAFETY: each image has a part of its own.
            kernel(
                unsafe { shared.part(image * to, to) },
                &source[image * from..(image + 1) * from],
            );
        }
    });
    copy::into_dtype(out, a.dtype())
}

/// `im2col` of [batch, channels, height, width] into [batch, channels * kernel, positions].
pub fn im2col(a: &Array, out: &[i64], window: &Window) -> Result<Array> {
    fn of<T: Lane>(a: &Array, out: &[i64], window: &Window) -> Result<Array> {
        let (batch, channels) = (a.sizes()[0] as usize, a.sizes()[1] as usize);
        let (size, positions) = (spatial(&a.sizes()[2..]), spatial(out));
        let sizes = [
            batch as i64,
            (channels * window.area()) as i64,
            positions.iter().product::<usize>() as i64,
        ];
        images::<T>(a, &sizes, batch, &|columns, image| {
            unfold_image(columns, image, channels, size, positions, window)
        })
    }
    match a.dtype() {
        Dtype::Float64 => of::<f64>(a, out, window),
        Dtype::Complex64 => of::<Complex<f32>>(a, out, window),
        Dtype::Complex128 => of::<Complex<f64>>(a, out, window),
        Dtype::Bool => of::<bool>(a, out, window),
        _ => of::<f32>(a, out, window),
    }
}

/// `col2im` of [batch, channels * kernel, positions] into [batch, channels, *size].
pub fn col2im(a: &Array, size: &[i64], out: &[i64], window: &Window) -> Result<Array> {
    fn of<T: Lane + AddAssign>(a: &Array, size: &[i64], out: &[i64], window: &Window) -> Result<Array> {
        let (batch, channels) = (a.sizes()[0] as usize, a.sizes()[1] as usize / window.area().max(1));
        let mut sizes: Dims = smallvec::smallvec![batch as i64, channels as i64];
        sizes.extend_from_slice(size);
        let (size, positions) = (spatial(size), spatial(out));
        images::<T>(a, &sizes, batch, &|image, columns| {
            image.fill(T::default());
            fold_image(image, columns, channels, size, positions, window)
        })
    }
    match a.dtype() {
        Dtype::Float64 => of::<f64>(a, size, out, window),
        Dtype::Complex64 => of::<Complex<f32>>(a, size, out, window),
        Dtype::Complex128 => of::<Complex<f64>>(a, size, out, window),
        // a sum of truth values is true where one of them is
        Dtype::Bool => of::<f32>(a, size, out, window),
        _ => of::<f32>(a, size, out, window),
    }
}
