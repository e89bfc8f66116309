//! Convolution: images unfolded into columns and multiplied by the weight.

use super::super::array::{Array, Dims};
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::elementwise;
use super::super::error::Result;
use super::super::lane::Lane;
use super::super::matmul::{Matrix, Product};
use super::super::reduce::SharedSlice;
use super::super::unary::unsupported;
use super::Window;
use super::fold::{fold_image, unfold_image};
use super::window::spatial;
use std::borrow::Cow;
use std::ops::AddAssign;

/// A batch that is summed over is cut into so many parts at the most, whatever the number of threads: sums stay the same.
const PARTS: usize = 8;

/// What all three passes share. `wide` is the image that windows slide over, `narrow` has one element a window.
struct Shape {
    batch: usize,
    groups: usize,
    /// Channels of a group.
    wide: usize,
    narrow: usize,
    size: [usize; 3],
    out: [usize; 3],
}

impl Shape {
    /// Of the wide image's and the narrow image's sizes.
    fn new(wide: &[i64], narrow: &[i64], groups: i64) -> Shape {
        let groups = groups.max(1) as usize;
        Shape {
            batch: wide[0] as usize,
            groups,
            wide: wide[1] as usize / groups,
            narrow: narrow[1] as usize / groups,
            size: spatial(&wide[2..]),
            out: spatial(&narrow[2..]),
        }
    }

    fn plane(&self) -> usize {
        self.size.iter().product()
    }

    fn positions(&self) -> usize {
        self.out.iter().product()
    }

    /// Rows of the columns of one group.
    fn rows(&self, window: &Window) -> usize {
        self.wide * window.area()
    }

    /// Elements of a group in the wide image, the narrow image and the weight.
    fn steps(&self, window: &Window) -> [usize; 3] {
        [
            self.wide * self.plane(),
            self.narrow * self.positions(),
            self.narrow * self.rows(window),
        ]
    }
}

fn row_major<T>(slice: &[T], columns: usize) -> Matrix<T> {
    Matrix {
        pointer: slice.as_ptr(),
        row_stride: columns as isize,
        column_stride: 1,
    }
}

fn transposed<T>(slice: &[T], rows: usize) -> Matrix<T> {
    Matrix {
        pointer: slice.as_ptr(),
        row_stride: 1,
        column_stride: rows as isize,
    }
}

/// Runs a pass in the lane of the dtype; `name` is what messages call it.
macro_rules! in_lane {
    ($a:expr, $name:expr, $pass:ident($($arg:expr),*)) => {
        match $a.dtype() {
            Dtype::Float64 => $pass::<f64>($($arg),*),
            Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => $pass::<f32>($($arg),*),
            dtype if dtype.is_integer() => $pass::<i64>($($arg),*),
            dtype => unsupported($name, dtype),
        }
    };
}

/// The narrow image of a wide one [batch, channels, ...]: `weight` is [narrow channels, wide channels / groups, ...].
/// `name` is what messages on dtypes call the kernel.
pub fn narrow(
    wide: &Array,
    weight: &Array,
    bias: Option<&Array>,
    sizes: &[i64],
    window: &Window,
    groups: i64,
    name: &str,
) -> Result<Array> {
    in_lane!(wide, name, narrow_in(wide, weight, bias, sizes, window, groups))
}

fn narrow_in<T: Product + AddAssign>(
    wide: &Array,
    weight: &Array,
    bias: Option<&Array>,
    sizes: &[i64],
    window: &Window,
    groups: i64,
) -> Result<Array> {
    let shape = Shape::new(wide.sizes(), sizes, groups);
    let (source, weights) = (copy::lanes::<T>(wide)?, copy::lanes::<T>(weight)?);
    let out = Array::unfilled(sizes, T::DTYPE)?;
    let target = out.fresh_slice_mut::<T>();
    let (rows, positions) = (shape.rows(window), shape.positions());
    if rows == 0 || target.is_empty() {
        target.fill(T::default());
        add_bias::<T>(&out, bias)?;
        return copy::into_dtype(out, wide.dtype());
    }
    let [from, to, by] = shape.steps(window);
    let shared = SharedSlice::new(target);
    let work = (shape.groups * to * rows).max(1);
    elementwise::split(shape.batch, (elementwise::TASK * 4 / work).max(1), &|images| {
        let mut scratch = vec![T::default(); if window.is_identity() { 0 } else { rows * positions }];
        for at in images.flat_map(|image| image * shape.groups..(image + 1) * shape.groups) {
            let columns = columns_of(&source[at * from..(at + 1) * from], &mut scratch, &shape, window);
            let weights = &weights[at % shape.groups * by..][..by];
            // SAFETY: each group of an image has a part of its own; the matrices are whole slices.
            unsafe {
                T::multiply(
                    shared.part(at * to, to),
                    row_major(weights, rows),
                    row_major(columns, positions),
                    [shape.narrow, rows, positions],
                    false,
                );
            }
        }
    });
    add_bias::<T>(&out, bias)?;
    copy::into_dtype(out, wide.dtype())
}

/// Adds each channel's bias.
fn add_bias<T: Lane + AddAssign>(out: &Array, bias: Option<&Array>) -> Result<()> {
    let Some(bias) = bias else { return Ok(()) };
    let bias = copy::lanes::<T>(bias)?;
    let plane = out.sizes()[2..].iter().product::<i64>() as usize;
    if plane == 0 {
        return Ok(());
    }
    for (plane, &bias) in out
        .fresh_slice_mut::<T>()
        .chunks_exact_mut(plane)
        .zip(bias.iter().cycle())
    {
        for x in plane {
            *x += bias;
        }
    }
    Ok(())
}

/// The columns of a group of an image: the image itself where every window is one element.
fn columns_of<'a, T: Lane>(group: &'a [T], scratch: &'a mut [T], shape: &Shape, window: &Window) -> &'a [T] {
    if window.is_identity() {
        return group;
    }
    unfold_image(scratch, group, shape.wide, shape.size, shape.out, window);
    scratch
}

/// The wide image of a narrow one, as the gradient of `narrow` and as transposed convolution.
pub fn wide(
    narrow: &Array,
    weight: &Array,
    bias: Option<&Array>,
    sizes: &[i64],
    window: &Window,
    groups: i64,
    name: &str,
) -> Result<Array> {
    in_lane!(narrow, name, wide_in(narrow, weight, bias, sizes, window, groups))
}

fn wide_in<T: Product + AddAssign>(
    narrow: &Array,
    weight: &Array,
    bias: Option<&Array>,
    sizes: &[i64],
    window: &Window,
    groups: i64,
) -> Result<Array> {
    let shape = Shape::new(sizes, narrow.sizes(), groups);
    let (source, weights) = (copy::lanes::<T>(narrow)?, copy::lanes::<T>(weight)?);
    let out = Array::unfilled(sizes, T::DTYPE)?;
    let target = out.fresh_slice_mut::<T>();
    let (rows, positions) = (shape.rows(window), shape.positions());
    if shape.narrow == 0 || positions == 0 || target.is_empty() {
        target.fill(T::default());
        add_bias::<T>(&out, bias)?;
        return copy::into_dtype(out, narrow.dtype());
    }
    let [to, from, by] = shape.steps(window);
    let shared = SharedSlice::new(target);
    let work = (shape.groups * from * rows).max(1);
    elementwise::split(shape.batch, (elementwise::TASK * 4 / work).max(1), &|images| {
        let identity = window.is_identity();
        let mut scratch = vec![T::default(); if identity { 0 } else { rows * positions }];
        for at in images.flat_map(|image| image * shape.groups..(image + 1) * shape.groups) {
            let weights = &weights[at % shape.groups * by..][..by];
            let group = &source[at * from..(at + 1) * from];
            // SAFETY: each group of an image has a part of its own.
            let image = unsafe { shared.part(at * to, to) };
            let product = if identity { &mut *image } else { &mut scratch[..] };
            // SAFETY: the matrices are whole slices.
            unsafe {
                T::multiply(
                    product,
                    transposed(weights, rows),
                    row_major(group, positions),
                    [rows, shape.narrow, positions],
                    false,
                );
            }
            if !identity {
                image.fill(T::default());
                fold_image(image, &scratch, shape.wide, shape.size, shape.out, window);
            }
        }
    });
    add_bias::<T>(&out, bias)?;
    copy::into_dtype(out, narrow.dtype())
}

/// The gradient of the weight: the product of the narrow image and the columns of the wide one, summed over the batch.
pub fn weight(wide: &Array, narrow: &Array, sizes: &[i64], window: &Window, groups: i64, name: &str) -> Result<Array> {
    in_lane!(wide, name, weight_in(wide, narrow, sizes, window, groups))
}

fn weight_in<T: Product + AddAssign>(
    wide: &Array,
    narrow: &Array,
    sizes: &[i64],
    window: &Window,
    groups: i64,
) -> Result<Array> {
    let shape = Shape::new(wide.sizes(), narrow.sizes(), groups);
    let (images, grads): (Cow<[T]>, Cow<[T]>) = (copy::lanes(wide)?, copy::lanes(narrow)?);
    let out = Array::zeros(sizes, T::DTYPE)?;
    let target = out.fresh_slice_mut::<T>();
    let (rows, positions) = (shape.rows(window), shape.positions());
    if target.is_empty() || positions == 0 || shape.batch == 0 {
        return copy::into_dtype(out, wide.dtype());
    }
    let [from, of, to] = shape.steps(window);
    let work = shape.batch * shape.groups * of * rows;
    let parts = (work / (elementwise::TASK * 4)).clamp(1, PARTS.min(shape.batch));
    let total = target.len();
    let mut sums = vec![T::default(); total * parts];
    let shared = SharedSlice::new(&mut sums);
    elementwise::split(parts, 1, &|range| {
        let mut scratch = vec![T::default(); if window.is_identity() { 0 } else { rows * positions }];
        for part in range {
            // SAFETY: each part of the batch has a sum of its own.
            let sum = unsafe { shared.part(part * total, total) };
            for image in part * shape.batch / parts..(part + 1) * shape.batch / parts {
                for group in 0..shape.groups {
                    let at = image * shape.groups + group;
                    let columns = columns_of(&images[at * from..(at + 1) * from], &mut scratch, &shape, window);
                    // SAFETY: the matrices are whole slices.
                    unsafe {
                        T::multiply(
                            &mut sum[group * to..(group + 1) * to],
                            row_major(&grads[at * of..(at + 1) * of], positions),
                            transposed(columns, positions),
                            [shape.narrow, positions, rows],
                            true,
                        );
                    }
                }
            }
        }
    });
    for part in sums.chunks_exact(total) {
        for (sum, &x) in target.iter_mut().zip(part) {
            *sum += x;
        }
    }
    copy::into_dtype(out, wide.dtype())
}

/// The sizes of the narrow image's spatial dimensions; they may be negative.
pub fn narrow_sizes(wide: &[i64], kernel: &[i64], stride: &[i64], padding: &[i64], dilation: &[i64]) -> Dims {
    (0..wide.len())
        .map(|d| {
            let reach = dilation[d].saturating_mul(kernel[d] - 1).saturating_add(1);
            let room = wide[d]
                .saturating_add(padding[d].saturating_mul(2))
                .saturating_sub(reach);
            room.div_euclid(stride[d].max(1)).saturating_add(1)
        })
        .collect()
}
