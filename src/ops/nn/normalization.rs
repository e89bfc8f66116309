//! Layer, batch and group normalisation.

use crate::array::{Dims, Result, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::reduction::sum::mean_dims;

/// Mean and reciprocal standard deviation over dimensions, these kept.
fn moments(x: &Tensor, dims: &[i64], eps: f64) -> Result<(Tensor, Tensor)> {
    let mean = mean_dims(x, dims, true)?;
    let apart = sub(x, &mean)?;
    let variance = mean_dims(&mul(&apart, &apart)?, dims, true)?;
    Ok((mean, rsqrt(&add(&variance, eps)?)?))
}

/// The gradient of (x - mean) rstd for the gradient `g` of its result.
fn backward(g: &Tensor, x: &Tensor, mean: &Tensor, rstd: &Tensor, dims: &[i64]) -> Result<Tensor> {
    let normal = mul(&sub(x, mean)?, rstd)?;
    let level = mean_dims(g, dims, true)?;
    let slope = mul(&normal, &mean_dims(&mul(g, &normal)?, dims, true)?)?;
    mul(&sub(&sub(g, &level)?, &slope)?, rstd)
}

fn last_dims(count: usize) -> Dims {
    (1..=count as i64).map(|dim| -dim).rev().collect()
}

ops! {
    /// Normalises over the last dimensions, with their mean and reciprocal standard deviation.
    NATIVE_LAYER_NORM = "native_layer_norm", "torch.native_layer_norm(torch.ones(2), (2,), None, None, 1e-5)[0]", [Overload::new(
        "native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)",
        FUNCTION,
        |a| {
            let (input, shape) = (a.tensor(0)?, a.ints(1)?);
            check_shape(input, shape, a.optional_tensor(2), a.optional_tensor(3))?;
            let dims = last_dims(shape.len());
            let (mean, rstd) = moments(input, &dims, a.float(4)?)?;
            let mut out = mul(&sub(input, &mean)?, &rstd)?;
            if let Some(weight) = a.optional_tensor(2) {
                out = mul(&out, weight)?;
            }
            if let Some(bias) = a.optional_tensor(3) {
                out = add(&out, bias)?;
            }
            Ok(smallvec![Arg::Tensor(out), Arg::Tensor(mean), Arg::Tensor(rstd)])
        },
        Derivative::Node("NativeLayerNormBackward0", &[
            joint("input, weight, bias", "input, weight, bias, result1, result2, normalized_shape", |b| {
                let (g, input) = (b.grad()?, b.tensor(0)?);
                let weight = b.optional_tensor(2)?;
                let dims = last_dims(b.ints(1)?.len());
                let (mean, rstd) = moments(&input, &dims, b.float(4)?)?;
                let scaled = match &weight {
                    Some(weight) => mul(g, weight)?,
                    None => g.clone(),
                };
                let shape = b.ints(1)?;
                Ok(vec![
                    Some(backward(&scaled, &input, &mean, &rstd, &dims)?),
                    weight.map(|_| sum_to(&mul(g, &mul(&sub(&input, &mean)?, &rstd)?)?, shape)).transpose()?,
                    Some(sum_to(g, shape)?),
                ])
            }),
        ]),
    )];
    /// Normalises over the last dimensions.
    LAYER_NORM = "layer_norm", "torch.layer_norm(torch.ones(2), (2,))", [Overload::new(
        "layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True) -> Tensor",
        FUNCTION,
        |a| {
            let args = args![a.tensor(0)?, a.ints(1)?, a.optional_tensor(2), a.optional_tensor(3), a.float(4)?];
            first(&NATIVE_LAYER_NORM, args)
        },
        Derivative::Composite,
    )];
    /// Divides by the root mean square over the last dimensions.
    RMS_NORM = "rms_norm", "torch.rms_norm(torch.ones(2), (2,))", [Overload::new(
        "rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
        FUNCTION,
        |a| {
            let (input, shape) = (a.tensor(0)?, a.ints(1)?);
            check_shape(input, shape, a.optional_tensor(2), None)?;
            let eps = a.optional_float(3).unwrap_or(match input.dtype() {
                crate::array::Dtype::Float64 => f64::EPSILON,
                _ => f64::from(f32::EPSILON),
            });
            let square = mean_dims(&mul(input, input)?, &last_dims(shape.len()), true)?;
            let out = mul(input, &rsqrt(&add(&square, eps)?)?)?;
            match a.optional_tensor(2) {
                Some(weight) => one(mul(&out, weight)?),
                None => one(out),
            }
        },
        Derivative::Composite,
    )];
    /// Normalises every feature over the batch, with its mean and reciprocal standard deviation.
    NATIVE_BATCH_NORM = "native_batch_norm", "torch.native_batch_norm(torch.ones(2, 1), None, None, None, None, True, 0.1, 1e-5)[0]", [Overload::new(
        "native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)",
        FUNCTION,
        |a| {
            let (input, training, eps) = (a.tensor(0)?, a.bool(5)?, a.float(7)?);
            let dims = feature_dims(input.dim());
            let across = |t: &Tensor| reshape(t, &feature_sizes(t.numel() as i64, input.dim()));
            let (mean, rstd) = match (training, a.optional_tensor(3), a.optional_tensor(4)) {
                (false, Some(mean), Some(variance)) => (across(mean)?, rsqrt(&add(&across(variance)?, eps)?)?),
                _ => moments(input, &dims, eps)?,
            };
            if training {
                let (momentum, count) = (a.float(6)?, input.numel() as f64 / mean.numel().max(1) as f64);
                let apart = sub(input, &mean)?;
                let variance = mean_dims(&mul(&apart, &apart)?, &dims, true)?;
                let unbiased = mul(&variance, count / (count - 1.0))?;
                for (running, now) in [(a.optional_tensor(3), &mean), (a.optional_tensor(4), &unbiased)] {
                    if let Some(running) = running {
                        let now = reshape(now, &running.sizes())?;
                        let next = add(&mul(running, 1.0 - momentum)?, &mul(&now, momentum)?)?;
                        copy::copy_into(&running.array(), &next.array())?;
                        running.bump_version();
                    }
                }
            }
            let mut out = mul(&sub(input, &mean)?, &rstd)?;
            if let Some(weight) = a.optional_tensor(1) {
                out = mul(&out, &across(weight)?)?;
            }
            if let Some(bias) = a.optional_tensor(2) {
                out = add(&out, &across(bias)?)?;
            }
            let flat = |t: &Tensor| reshape(t, &[-1]);
            Ok(smallvec![Arg::Tensor(out), Arg::Tensor(flat(&mean)?), Arg::Tensor(flat(&rstd)?)])
        },
        Derivative::Node("NativeBatchNormBackward0", &[
            joint("input, weight, bias", "input, weight, running_mean, running_var, training, result1, result2", |b| {
                let (g, input, training, eps) = (b.grad()?, b.tensor(0)?, b.bool(5)?, b.float(7)?);
                let weight = b.optional_tensor(1)?;
                let dims = feature_dims(input.dim());
                let across = |t: &Tensor| reshape(t, &feature_sizes(t.numel() as i64, input.dim()));
                let (mean, rstd) = match (training, b.optional_tensor(3)?, b.optional_tensor(4)?) {
                    (false, Some(mean), Some(variance)) => (across(&mean)?, rsqrt(&add(&across(&variance)?, eps)?)?),
                    _ => moments(&input, &dims, eps)?,
                };
                let scaled = match &weight {
                    Some(weight) => mul(g, &across(weight)?)?,
                    None => g.clone(),
                };
                let own = if training { backward(&scaled, &input, &mean, &rstd, &dims)? } else { mul(&scaled, &rstd)? };
                let to_weight = sum_dims(&mul(g, &mul(&sub(&input, &mean)?, &rstd)?)?, &dims, false)?;
                Ok(vec![Some(own), weight.map(|_| to_weight), Some(sum_dims(g, &dims, false)?)])
            }),
            apart("running_mean"),
            apart("running_var"),
        ]),
    )];
    /// Normalises every feature over the batch.
    BATCH_NORM = "batch_norm", "torch.batch_norm(torch.ones(2, 1), None, None, None, None, True, 0.1, 1e-5, True)", [Overload::new(
        "batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor",
        FUNCTION,
        |a| {
            let input = a.tensor(0)?;
            let features = input.sizes().get(1).copied().unwrap_or(0);
            for (at, name) in [(3, "running_mean"), (4, "running_var"), (1, "weight"), (2, "bias")] {
                if let Some(given) = a.optional_tensor(at).filter(|given| given.numel() as i64 != features) {
                    return error::runtime(format!("{name} should contain {features} elements not {}", given.numel()));
                }
            }
            let args = args![
                input, a.optional_tensor(1), a.optional_tensor(2), a.optional_tensor(3), a.optional_tensor(4), a.bool(5)?,
                a.float(6)?, a.float(7)?
            ];
            first(&NATIVE_BATCH_NORM, args)
        },
        Derivative::Composite,
    )];
}

/// The first result of an op's first overload.
fn first(op: &'static Op, args: Args) -> Result<Outs> {
    let outs = match op.overloads.first() {
        Some(overload) => overload.call(args)?,
        None => return error::runtime(format!("{} has no overloads", op.name)),
    };
    match outs.into_iter().next() {
        Some(out) => one(out),
        None => error::runtime(format!("{} gave nothing", op.name)),
    }
}

/// All dimensions but the second: those that a feature's statistics run over.
fn feature_dims(dims: usize) -> Dims {
    (0..dims as i64).filter(|dim| *dim != 1).collect()
}

fn feature_sizes(features: i64, dims: usize) -> Dims {
    (0..dims).map(|dim| if dim == 1 { features } else { 1 }).collect()
}

fn check_shape(input: &Tensor, shape: &[i64], weight: Option<&Tensor>, bias: Option<&Tensor>) -> Result<()> {
    let format = crate::array::array::format_sizes;
    if shape.is_empty() {
        return error::runtime(format!(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = {}",
            format(shape)
        ));
    }
    for (name, given) in [("weight", weight), ("bias", bias)] {
        if let Some(given) = given.filter(|given| given.sizes()[..] != *shape) {
            return error::runtime(format!(
                "Expected {name} to be of same shape as normalized_shape, but got {name} of shape {} and normalized_shape = {}",
                format(&given.sizes()),
                format(shape)
            ));
        }
    }
    let sizes = input.sizes();
    if !sizes.ends_with(shape) {
        let wanted: Vec<String> = shape.iter().map(i64::to_string).collect();
        return error::runtime(format!(
            "Given normalized_shape={}, expected input with shape [*, {}], but got input of size{}",
            format(shape),
            wanted.join(", "),
            format(&sizes)
        ));
    }
    Ok(())
}
