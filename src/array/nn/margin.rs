//! Margin losses of samples with several classes: input [samples, classes], gradients of the same shape.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::class::Total;
use super::{Real, companion, in_precision, indices};

/// The losses of samples, reduced; `each` are the sizes of a loss that is not reduced.
fn reduced<T: Real>(losses: &[T], total: Total, each: &[i64], dtype: Dtype) -> Result<Array> {
    let out = match total {
        Total::Each => Array::from_vec(each, losses)?,
        _ => {
            let mut sum = losses.iter().fold(T::default(), |sum, &loss| sum + loss);
            if total == Total::Mean {
                sum = sum / T::from_f64(losses.len() as f64);
            }
            Array::from_element(sum)?
        }
    };
    copy::cast(&out, dtype)
}

/// Multiplies every sample's gradient by its incoming one: one for all where the loss was reduced.
fn scaled<T: Real>(result: &mut [T], grad: &Array, classes: usize) -> Result<()> {
    let grads = copy::lanes::<T>(grad)?;
    for (sample, row) in result.chunks_mut(classes.max(1)).enumerate() {
        let own = if grad.dim() == 0 { grads[0] } else { grads[sample] };
        row.iter_mut().for_each(|x| *x *= own);
    }
    Ok(())
}

/// What the multi-class margin is made of.
#[derive(Clone, Copy)]
pub struct Margin<'a> {
    pub classes: usize,
    /// 1 or 2.
    pub power: i64,
    pub margin: f64,
    /// One a class.
    pub weight: Option<&'a Array>,
    pub total: Total,
}

struct Prepared<'a, T: Copy> {
    values: std::borrow::Cow<'a, [T]>,
    targets: std::borrow::Cow<'a, [i64]>,
    weights: Option<std::borrow::Cow<'a, [T]>>,
}

fn prepare<'a, T: Real>(input: &'a Array, target: &'a Array, margin: &Margin<'a>) -> Result<Prepared<'a, T>> {
    let targets = companion::<i64>(target, Dtype::Int64)?;
    if targets
        .iter()
        .any(|&class| class < 0 || class as usize >= margin.classes)
    {
        return error::runtime("target out of range");
    }
    Ok(Prepared {
        values: copy::lanes::<T>(input)?,
        targets,
        weights: margin
            .weight
            .map(|weight| companion::<T>(weight, input.dtype()))
            .transpose()?,
    })
}

/// sum(max(0, margin - x[target] + x[i])^power) / classes over the other classes i.
pub fn multi_margin(input: &Array, target: &Array, margin: Margin, each: &[i64]) -> Result<Array> {
    in_precision!(
        input,
        "multi_margin_loss_cpu_kernel",
        multi_margin_of(input, target, margin, each)
    )
}

fn multi_margin_of<T: Real>(input: &Array, target: &Array, margin: Margin, each: &[i64]) -> Result<Array> {
    let known = prepare::<T>(input, target, &margin)?;
    let limit = T::from_f64(margin.margin);
    let losses: Vec<T> = known
        .values
        .chunks(margin.classes.max(1))
        .zip(known.targets.iter())
        .map(|(row, &class)| {
            let class = class as usize;
            let mut sum = T::default();
            for (at, &x) in row.iter().enumerate() {
                let z = limit - row[class] + x;
                if at != class && z > T::default() {
                    let mut h = if margin.power == 1 { z } else { z * z };
                    if let Some(weights) = &known.weights {
                        h *= weights[class];
                    }
                    sum += h;
                }
            }
            sum / T::from_f64(margin.classes as f64)
        })
        .collect();
    reduced(&losses, margin.total, each, input.dtype())
}

/// The gradient of `multi_margin`.
pub fn multi_margin_backward(grad: &Array, input: &Array, target: &Array, margin: Margin) -> Result<Array> {
    in_precision!(
        input,
        "multi_margin_loss_backward_cpu_kernel",
        multi_margin_gradient(grad, input, target, margin)
    )
}

fn multi_margin_gradient<T: Real>(grad: &Array, input: &Array, target: &Array, margin: Margin) -> Result<Array> {
    let known = prepare::<T>(input, target, &margin)?;
    let samples = known.targets.len() as f64;
    let share = match margin.total {
        Total::Mean => 1.0 / (samples * margin.classes as f64),
        _ => 1.0 / margin.classes as f64,
    };
    let (share, limit) = (T::from_f64(share), T::from_f64(margin.margin));
    let out = Array::zeros(input.sizes(), T::DTYPE)?;
    let result = out.fresh_slice_mut::<T>();
    let classes = margin.classes.max(1);
    for ((row, &class), result) in known
        .values
        .chunks(classes)
        .zip(known.targets.iter())
        .zip(result.chunks_mut(classes))
    {
        let class = class as usize;
        let mut own = T::default();
        for (at, &x) in row.iter().enumerate() {
            let z = limit - row[class] + x;
            if at != class && z > T::default() {
                let mut h = if margin.power == 1 {
                    share
                } else {
                    T::from_f64(2.0) * share * z
                };
                if let Some(weights) = &known.weights {
                    h *= weights[class];
                }
                own -= h;
                result[at] = h;
            }
        }
        result[class] = own;
    }
    scaled(result, grad, classes)?;
    copy::into_dtype(out, input.dtype())
}

/// The classes of one sample's targets: those before the first -1.
fn named(targets: &[i64]) -> impl Iterator<Item = usize> + '_ {
    targets
        .iter()
        .take_while(|&&class| class >= 0)
        .map(|&class| class as usize)
}

/// sum(max(0, 1 - x[j] + x[i])) / classes over targets j and other classes i, and a 1 at every target.
pub fn multilabel_margin(
    input: &Array,
    target: &Array,
    classes: usize,
    total: Total,
    each: &[i64],
) -> Result<(Array, Array)> {
    in_precision!(
        input,
        "multilabel_margin_loss_forward_out_frame",
        multilabel_margin_of(input, target, classes, total, each)
    )
}

fn multilabel_margin_of<T: Real>(
    input: &Array,
    target: &Array,
    classes: usize,
    total: Total,
    each: &[i64],
) -> Result<(Array, Array)> {
    let (values, targets) = (copy::lanes::<T>(input)?, companion::<i64>(target, Dtype::Int64)?);
    let marks = Array::zeros(target.sizes(), T::DTYPE)?;
    let is_target = marks.fresh_slice_mut::<T>();
    let one = T::from_f64(1.0);
    let width = classes.max(1);
    let mut losses = Vec::with_capacity(values.len() / width);
    for ((row, own), marks) in values
        .chunks(width)
        .zip(targets.chunks(width))
        .zip(is_target.chunks_mut(width))
    {
        named(own).for_each(|class| marks[class] = one);
        let mut sum = T::default();
        for class in named(own) {
            for (&x, &mark) in row.iter().zip(marks.iter()) {
                let z = one - row[class] + x;
                if mark == T::default() && z > T::default() {
                    sum += z;
                }
            }
        }
        losses.push(sum / T::from_f64(classes as f64));
    }
    Ok((
        reduced(&losses, total, each, input.dtype())?,
        copy::cast(&marks, input.dtype())?,
    ))
}

/// The gradient of `multilabel_margin`, with the marks that it gave.
pub fn multilabel_margin_backward(
    grad: &Array,
    input: &Array,
    target: &Array,
    marks: &Array,
    classes: usize,
    total: Total,
) -> Result<Array> {
    in_precision!(
        input,
        "multilabel_margin_loss_backward_out_frame",
        multilabel_margin_gradient(grad, input, target, marks, classes, total)
    )
}

fn multilabel_margin_gradient<T: Real>(
    grad: &Array,
    input: &Array,
    target: &Array,
    marks: &Array,
    classes: usize,
    total: Total,
) -> Result<Array> {
    let (values, targets, marks) = (copy::lanes::<T>(input)?, indices(target)?, copy::lanes::<T>(marks)?);
    let width = classes.max(1);
    let share = match total {
        Total::Mean => 1.0 / values.len() as f64,
        _ => 1.0 / classes as f64,
    };
    let (share, one) = (T::from_f64(share), T::from_f64(1.0));
    let out = Array::zeros(input.sizes(), T::DTYPE)?;
    let result = out.fresh_slice_mut::<T>();
    let rows = values.chunks(width).zip(targets.chunks(width)).zip(marks.chunks(width));
    for (((row, own), marks), result) in rows.zip(result.chunks_mut(width)) {
        for class in named(own) {
            for at in 0..row.len() {
                if marks[at] == T::default() && one - row[class] + row[at] > T::default() {
                    result[class] -= share;
                    result[at] += share;
                }
            }
        }
    }
    scaled(result, grad, width)?;
    copy::into_dtype(out, input.dtype())
}
