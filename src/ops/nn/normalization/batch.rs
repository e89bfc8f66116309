//! Normalisation of every channel over the batch, with running statistics, and over each image for itself.

use super::{array, arrived, backward, first, mask, masked, moments_again, pulled, results};
use crate::array::nn::format;
use crate::array::nn::normalize::{self, Planes};
use crate::array::{Array, Dims, Dtype, Result, copy, error, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::reduction::sum::mean_dims;

fn planes(sizes: &[i64]) -> Planes {
    let size = |d: usize| sizes.get(d).copied().unwrap_or(1).max(0) as usize;
    Planes {
        batch: size(0),
        channels: size(1),
        plane: sizes.iter().skip(2).product::<i64>().max(0) as usize,
    }
}

/// All dimensions but the channels'.
fn feature_dims(dims: usize) -> Dims {
    (0..dims as i64).filter(|dim| *dim != 1).collect()
}

/// One number a channel as an array of the dtype of the parameters.
fn list(values: impl Iterator<Item = f64>, dtype: Dtype) -> Result<Array> {
    let values: Vec<f64> = values.collect();
    copy::cast(&Array::from_vec(&[values.len() as i64], &values)?, dtype)
}

/// The running statistics moved towards those of a batch.
fn update(running: Option<&Tensor>, now: impl Iterator<Item = f64>, momentum: f64) -> Result<()> {
    let Some(running) = running else { return Ok(()) };
    let old = copy::elements(&running.array());
    let next = old
        .iter()
        .zip(now)
        .map(|(old, now)| momentum * now + (1.0 - momentum) * old.to_f64());
    copy::copy_into(&running.array(), &list(next, Dtype::Float64)?)?;
    running.bump_version();
    Ok(())
}

/// Means and reciprocal standard deviations of a batch; running statistics follow them.
fn statistics(a: &Args, running: usize, momentum: f64, eps: f64) -> Result<(Array, Array)> {
    let input = a.array(0)?;
    let by = planes(input.sizes());
    let moments = normalize::channel_moments(&input, by)?;
    let count = (by.batch * by.plane) as f64;
    update(
        a.optional_tensor(running),
        moments.iter().map(|(mean, _)| *mean),
        momentum,
    )?;
    let unbiased = moments.iter().map(|(_, variance)| variance * count / (count - 1.0));
    update(a.optional_tensor(running + 1), unbiased, momentum)?;
    // half precision may come with parameters in single precision
    let parameter = [1, 2, running, running + 1]
        .into_iter()
        .find_map(|at| a.optional_tensor(at));
    let dtype = parameter.map_or(input.dtype(), Tensor::dtype);
    Ok((
        list(moments.iter().map(|(mean, _)| *mean), dtype)?,
        list(moments.iter().map(|(_, variance)| 1.0 / (variance + eps).sqrt()), dtype)?,
    ))
}

/// Reciprocal standard deviations of running variances.
fn scales(variance: &Tensor, eps: f64) -> Result<Array> {
    let variances = copy::elements(&variance.array());
    list(
        variances.iter().map(|variance| 1.0 / (variance.to_f64() + eps).sqrt()),
        variance.dtype(),
    )
}

/// Running statistics take no part in gradients.
fn check_running(a: &Args) -> Result<()> {
    for (at, name) in [(3, "running_mean"), (4, "running_var")] {
        if a.optional_tensor(at).is_some_and(Tensor::requires_grad) {
            return error::runtime(format!(
                "The function 'native_batch_norm' is not differentiable with respect to argument '{name}'. This input cannot have requires_grad True."
            ));
        }
    }
    Ok(())
}

fn forward(a: &Args) -> Result<Outs> {
    check_running(a)?;
    let (input, training, eps) = (a.array(0)?, a.bool(5)?, a.float(7)?);
    if !input.dtype().is_floating_point() {
        return unary::unsupported("batch_norm", input.dtype());
    }
    for at in [1, 2, 3, 4] {
        let other = a.optional_tensor(at).map(Tensor::dtype);
        if other.is_some_and(|dtype| dtype != input.dtype() && !(dtype == Dtype::Float32 && input.dtype().size() == 2))
        {
            return error::runtime(format!(
                "mixed dtype (CPU): expect parameter to have scalar type of {}",
                input.dtype().scalar_type()
            ));
        }
    }
    let by = planes(input.sizes());
    let (mean, scale) = match (training, a.optional_tensor(3), a.optional_tensor(4)) {
        (false, Some(mean), Some(variance)) => (mean.array().clone(), scales(variance, eps)?),
        _ => statistics(a, 3, a.float(6)?, eps)?,
    };
    let (weight, bias) = (array(a.optional_tensor(1)), array(a.optional_tensor(2)));
    let out = normalize::channels(&input, by, &mean, &scale, weight.as_ref(), bias.as_ref())?;
    let out = format::as_in(&input, out)?;
    let saved = if training {
        [mean, scale]
    } else {
        [Array::zeros(&[0], mean.dtype())?, Array::zeros(&[0], mean.dtype())?]
    };
    let [mean, scale] = saved;
    Ok(smallvec![out.into(), mean.into(), scale.into()])
}

/// Mean and reciprocal standard deviation that `native_batch_norm_backward` is to use, from argument 3 on.
fn used(a: &Args) -> Result<(Array, Array)> {
    match (a.bool(7)?, a.optional_tensor(3), a.optional_tensor(4)) {
        (false, Some(mean), Some(variance)) => Ok((mean.array().clone(), scales(variance, a.float(8)?)?)),
        _ => Ok((a.array(5)?.clone(), a.array(6)?.clone())),
    }
}

/// Gradients of input, weight and bias as differentiable expressions; mean and scale are given in evaluation.
fn expressions(
    g: &Tensor,
    x: &Tensor,
    weight: Option<&Tensor>,
    mean: &Tensor,
    scale: &Tensor,
    training: bool,
) -> Result<Vec<Option<Tensor>>> {
    let dims = feature_dims(x.dim());
    let across = |t: &Tensor| {
        let sizes: Dims = (0..x.dim())
            .map(|dim| if dim == 1 { t.numel() as i64 } else { 1 })
            .collect();
        reshape(t, &sizes)
    };
    let (mean, scale) = (across(mean)?, across(scale)?);
    let (mean, scale) = if training {
        moments_again(x, &scale, &dims)?
    } else {
        (mean, scale)
    };
    let scaled = match weight {
        Some(weight) => mul(g, &across(weight)?)?,
        None => g.clone(),
    };
    let normal = mul(&sub(x, &mean)?, &scale)?;
    let own = if training {
        backward(&scaled, x, &mean, &scale, &dims)?
    } else {
        mul(&scaled, &scale)?
    };
    Ok(vec![
        Some(own),
        Some(sum_dims(&mul(g, &normal)?, &dims, false)?),
        Some(sum_dims(g, &dims, false)?),
    ])
}

fn double_backward(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (g, x, weight) = (b.tensor(0)?, b.tensor(1)?, b.optional_tensor(2)?);
    let mut args = args![None::<Tensor>, None::<Tensor>, None::<Tensor>];
    for at in 3..7 {
        args.0.push(b.optional_tensor(at)?.into());
    }
    args.0.extend([b.bool(7)?.into(), b.float(8)?.into()]);
    let (mean, scale) = used(&args)?;
    let (mean, scale) = (Tensor::from(mean), Tensor::from(scale));
    let cotangents = arrived(b, b.ints(9)?);
    pulled(
        &[Some(&g), Some(&x), weight.as_ref()],
        |inputs| match inputs {
            [Some(g), Some(x), weight] => expressions(g, x, weight.as_ref(), &mean, &scale, b.bool(7)?),
            _ => Ok(Vec::new()),
        },
        &[cotangents[0].as_ref(), cotangents[1].as_ref(), cotangents[2].as_ref()],
    )
}

/// Running statistics and parameters have one element a channel.
fn check_features(a: &Args) -> Result<()> {
    let sizes = a.tensor(0)?.sizes();
    let features = sizes.get(1).copied().unwrap_or(0);
    let training = a.bool(5)?;
    for (at, name) in [(3, "running_mean"), (4, "running_var"), (1, "weight"), (2, "bias")] {
        match a.optional_tensor(at) {
            Some(given) if given.numel() as i64 != features => {
                return error::runtime(format!(
                    "{name} should contain {features} elements not {}",
                    given.numel()
                ));
            }
            None if at > 2 && !training => {
                return error::runtime(format!("{name} must be defined in evaluation mode"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// An empty batch depends on its parameters all the same.
fn of_nothing(a: &Args) -> Result<Tensor> {
    let mut out = crate::ops::shape::copying::clone(a.tensor(0)?)?;
    if let Some(weight) = a.optional_tensor(1).filter(|weight| weight.numel() > 0) {
        out = mul(&out, &select(weight, 0, 0)?)?;
    }
    if let Some(bias) = a.optional_tensor(2).filter(|bias| bias.numel() > 0) {
        out = add(&out, &select(bias, 0, 0)?)?;
    }
    Ok(out)
}

/// A list of one number a channel, once for each image of a batch.
fn repeated(list: Option<&Tensor>, times: i64) -> Result<Option<Tensor>> {
    list.map(|list| crate::ops::shape::repeat(list, &[times])).transpose()
}

fn instance(a: &Args) -> Result<Outs> {
    let (input, from_input) = (a.tensor(0)?, a.bool(5)?);
    if !from_input && (a.optional_tensor(3).is_none() || a.optional_tensor(4).is_none()) {
        return error::runtime("Expected running_mean and running_var to be defined when use_input_stats is false");
    }
    let sizes = input.sizes();
    let (batch, channels) = (sizes.first().copied().unwrap_or(1), sizes.get(1).copied().unwrap_or(1));
    let mut flat: Dims = smallvec![1, batch * channels];
    flat.extend_from_slice(sizes.get(2..).unwrap_or_default());
    let [weight, bias, mean, variance] = [1, 2, 3, 4].map(|at| repeated(a.optional_tensor(at), batch));
    let (mean, variance) = (mean?, variance?);
    let whole = view(&contiguous(input)?, &flat)?;
    let args = args![
        whole,
        weight?,
        bias?,
        mean.as_ref(),
        variance.as_ref(),
        from_input,
        a.float(6)?,
        a.float(7)?,
        a.bool(8)?
    ];
    let out = call1(&BATCH_NORM, args)?;
    for (at, moved) in [(3, mean), (4, variance)] {
        if let (Some(running), Some(moved)) = (a.optional_tensor(at), moved) {
            let next = mean_dims(&reshape(&moved.detach(), &[batch, channels])?, &[0], false)?;
            copy::copy_into(&running.array(), &next.array())?;
            running.bump_version();
        }
    }
    one(view(&out, &sizes)?)
}

ops! {
    /// Normalises every channel over the batch, with its mean and reciprocal standard deviation.
    NATIVE_BATCH_NORM = "native_batch_norm", "torch.native_batch_norm(torch.tensor([[1.0], [3.0]]), None, None, None, None, True, 0.1, 1e-5)[0]", [Overload::new(
        "native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)",
        FUNCTION,
        forward,
        Derivative::Node("NativeBatchNormBackward0", &[
            joint("input, weight, bias", "input, weight, running_mean, running_var, result1, result2, training, eps", |b| {
                let wanted = mask([b.needs(0), b.needs(1), b.needs(2)]);
                results(&NATIVE_BATCH_NORM_BACKWARD, args![
                    b.grad()?, b.tensor(0)?, b.optional_tensor(1)?, b.optional_tensor(3)?, b.optional_tensor(4)?,
                    b.result(1)?, b.result(2)?, b.bool(5)?, b.float(7)?, wanted
                ])
            }),
            apart("running_mean"),
            apart("running_var"),
        ]),
    ).outputs(1)];
    /// The gradients of native_batch_norm.
    NATIVE_BATCH_NORM_BACKWARD = "native_batch_norm_backward", "torch.native_batch_norm(torch.tensor([[1.0], [3.0]], requires_grad=True), None, None, None, None, True, 0.1, 1e-5)[0].sum().backward()", [Overload::new(
        "native_batch_norm_backward(Tensor grad_out, Tensor input, Tensor? weight, Tensor? running_mean, Tensor? running_var, Tensor? save_mean, Tensor? save_invstd, bool train, float eps, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
        0,
        |a| {
            let (grad, input, weight) = (a.array(0)?, a.array(1)?, array(a.optional_tensor(2)));
            let (mean, scale) = used(a)?;
            let by = planes(input.sizes());
            let parts = normalize::channels_backward(&grad, &input, by, &mean, &scale, weight.as_ref(), a.bool(7)?)?;
            let [x, weight, bias] = parts;
            Ok(masked([format::as_in(&input, x)?, weight, bias], a.ints(9)?))
        },
        Derivative::Node("NativeBatchNormBackwardBackward0", &[
            joint(
                "grad_out, input, weight",
                "grad_out, input, weight, running_mean, running_var, save_mean, save_invstd, train, eps, output_mask",
                double_backward,
            ),
            apart("running_mean"), apart("running_var"), apart("save_mean"), apart("save_invstd"),
        ]),
    )];
    /// Normalises every channel over the batch.
    BATCH_NORM = "batch_norm", "torch.batch_norm(torch.tensor([[1.0], [3.0]]), None, None, None, None, True, 0.1, 1e-5, True)", [Overload::new(
        "batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor",
        FUNCTION,
        |a| {
            check_features(a)?;
            if a.tensor(0)?.numel() == 0 {
                return one(of_nothing(a)?);
            }
            let args = args![
                a.tensor(0)?, a.optional_tensor(1), a.optional_tensor(2), a.optional_tensor(3), a.optional_tensor(4),
                a.bool(5)?, a.float(6)?, a.float(7)?
            ];
            first(&NATIVE_BATCH_NORM, args)
        },
        Derivative::Composite,
    )];
    /// Means and variances of every channel over the batch; running statistics follow them.
    BATCH_NORM_UPDATE_STATS = "batch_norm_update_stats", "torch.batch_norm_update_stats(torch.tensor([[1.0], [3.0]]), None, None, 0.1)", [Overload::new(
        "batch_norm_update_stats(Tensor input, Tensor? running_mean, Tensor? running_var, float momentum) -> (Tensor, Tensor)",
        FUNCTION,
        |a| {
            let input = a.array(0)?;
            let moments = normalize::channel_moments(&input, planes(input.sizes()))?;
            statistics(a, 1, a.float(3)?, 0.0)?;
            two((
                list(moments.iter().map(|(mean, _)| *mean), input.dtype())?,
                list(moments.iter().map(|(_, variance)| *variance), input.dtype())?,
            ))
        },
        Derivative::NotDifferentiable,
    )];
    /// Normalises every channel of every image for itself.
    INSTANCE_NORM = "instance_norm", "torch.instance_norm(torch.tensor([[[1.0, 3.0]]]), None, None, None, None, True, 0.1, 1e-5, True)", [Overload::new(
        "instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor",
        FUNCTION,
        instance,
        Derivative::Composite,
    )];
}
