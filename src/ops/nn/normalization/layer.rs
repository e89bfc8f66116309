//! Normalisation over the last dimensions.

use super::{array, arrived, backward, first, mask, masked, moments_again, pulled, results};
use crate::array::array::format_sizes;
use crate::array::nn::normalize::{self, Rows};
use crate::array::{Dims, Dtype, Result, error, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::reduction::sum::mean_dims;

fn last_dims(count: usize) -> Dims {
    (1..=count as i64).map(|dim| -dim).rev().collect()
}

fn rows(input: &[i64], shape: &[i64]) -> Rows {
    let length = shape.iter().product::<i64>().max(0) as usize;
    Rows {
        count: input[..input.len() - shape.len()].iter().product::<i64>().max(0) as usize,
        length,
        groups: 1,
        channels: length,
        block: 1,
    }
}

/// The sizes of means: the normalised dimensions have one element.
fn mean_sizes(input: &[i64], count: usize) -> Dims {
    let kept = input.len() - count;
    input
        .iter()
        .enumerate()
        .map(|(d, &size)| if d < kept { size } else { 1 })
        .collect()
}

/// `star` stands for the leading dimensions in the message.
fn check_shape(
    input: &Tensor,
    shape: &[i64],
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    star: &str,
) -> Result<()> {
    if shape.is_empty() {
        return error::runtime(format!(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = {}",
            format_sizes(shape)
        ));
    }
    for (name, given) in [("weight", weight), ("bias", bias)] {
        if let Some(given) = given.filter(|given| given.sizes()[..] != *shape) {
            return error::runtime(format!(
                "Expected {name} to be of same shape as normalized_shape, but got {name} of shape {} and normalized_shape = {}",
                format_sizes(&given.sizes()),
                format_sizes(shape)
            ));
        }
    }
    let sizes = input.sizes();
    if sizes.len() < shape.len() || sizes[sizes.len() - shape.len()..] != *shape {
        let listed = shape.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        return error::runtime(format!(
            "Given normalized_shape={}, expected input with shape [{star}{listed}], but got input of size{}",
            format_sizes(shape),
            format_sizes(&sizes)
        ));
    }
    Ok(())
}

fn forward(a: &Args) -> Result<Outs> {
    let (input, shape) = (a.array(0)?, a.ints(1)?);
    let (weight, bias) = (a.optional_tensor(2), a.optional_tensor(3));
    check_shape(a.tensor(0)?, shape, weight, bias, "*, ")?;
    let by = rows(input.sizes(), shape);
    let (weight, bias) = (array(weight), array(bias));
    let (out, mean, rstd) = normalize::rows(
        &input,
        by,
        a.float(4)?,
        weight.as_ref(),
        bias.as_ref(),
        "LayerNormKernelImpl",
    )?;
    let sizes = mean_sizes(input.sizes(), shape.len());
    let shaped = |x| crate::array::view::view(&x, &sizes);
    Ok(smallvec![out.into(), shaped(mean)?.into(), shaped(rstd)?.into()])
}

/// Gradients of input, weight and bias as differentiable expressions.
fn expressions(
    g: &Tensor,
    x: &Tensor,
    weight: Option<&Tensor>,
    rstd: &Tensor,
    shape: &[i64],
) -> Result<Vec<Option<Tensor>>> {
    let dims = last_dims(shape.len());
    let (mean, rstd) = moments_again(x, rstd, &dims)?;
    let scaled = match weight {
        Some(weight) => mul(g, weight)?,
        None => g.clone(),
    };
    let normal = mul(&sub(x, &mean)?, &rstd)?;
    Ok(vec![
        Some(backward(&scaled, x, &mean, &rstd, &dims)?),
        Some(sum_to(&mul(g, &normal)?, shape)?),
        Some(sum_to(g, shape)?),
    ])
}

fn double_backward(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (g, x, rstd) = (b.tensor(0)?, b.tensor(1)?, b.tensor(4)?);
    let (weight, shape) = (b.optional_tensor(5)?, b.ints(2)?);
    let cotangents = arrived(b, b.ints(7)?);
    pulled(
        &[Some(&g), Some(&x), weight.as_ref()],
        |inputs| match inputs {
            [Some(g), Some(x), weight] => expressions(g, x, weight.as_ref(), &rstd, shape),
            _ => Ok(Vec::new()),
        },
        &[cotangents[0].as_ref(), cotangents[1].as_ref(), cotangents[2].as_ref()],
    )
}

/// `rms_norm` and the reciprocal of the root mean square.
fn rms(input: &Tensor, shape: &[i64], weight: Option<&Tensor>, eps: Option<f64>) -> Result<(Tensor, Tensor)> {
    check_shape(input, shape, weight, None, "*")?;
    let dtype = input.dtype();
    if !dtype.is_differentiable() {
        return unary::unsupported("rms_norm", dtype);
    }
    let wide = match dtype {
        Dtype::Float16 | Dtype::BFloat16 => to_dtype(input, Dtype::Float32)?,
        _ => input.clone(),
    };
    let eps = eps.unwrap_or(match dtype.to_real() {
        Dtype::Float64 => f64::EPSILON,
        _ => f64::from(f32::EPSILON),
    });
    let square = mean_dims(&pow(&wide, 2)?, &last_dims(shape.len()), true)?;
    let scale = rsqrt(&add(&square, eps)?)?;
    let mut out = mul(&wide, &scale)?;
    if let Some(weight) = weight {
        out = mul(&out, weight)?;
    }
    let out = if out.dtype() == dtype {
        out
    } else {
        to_dtype(&out, dtype)?
    };
    Ok((out, scale))
}

ops! {
    /// Normalises over the last dimensions, with their mean and reciprocal standard deviation.
    NATIVE_LAYER_NORM = "native_layer_norm", "torch.native_layer_norm(torch.tensor([1.0, 3.0]), (2,), None, None, 1e-5)[0]", [Overload::new(
        "native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)",
        FUNCTION,
        forward,
        Derivative::Node("NativeLayerNormBackward0", &[
            joint("input, weight, bias", "input, normalized_shape, result1, result2, weight, bias", |b| {
                let (weight, bias) = (b.optional_tensor(2)?, b.optional_tensor(3)?);
                let wanted = mask([b.needs(0), b.needs(2), b.needs(3)]);
                results(&NATIVE_LAYER_NORM_BACKWARD, args![
                    b.grad()?, b.tensor(0)?, b.ints(1)?, b.result(1)?, b.result(2)?, weight, bias, wanted
                ])
            }),
        ]),
    ).outputs(1)];
    /// The gradients of native_layer_norm.
    NATIVE_LAYER_NORM_BACKWARD = "native_layer_norm_backward", "torch.layer_norm(torch.tensor([1.0, 3.0], requires_grad=True), (2,)).sum().backward()", [Overload::new(
        "native_layer_norm_backward(Tensor grad_out, Tensor input, SymInt[] normalized_shape, Tensor mean, Tensor rstd, Tensor? weight, Tensor? bias, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
        0,
        |a| {
            let (grad, input, shape) = (a.array(0)?, a.array(1)?, a.ints(2)?);
            let (mean, rstd, weight) = (a.array(3)?, a.array(4)?, array(a.optional_tensor(5)));
            let by = rows(input.sizes(), shape);
            let [x, weight, bias] = normalize::rows_backward(&grad, &input, by, &mean, &rstd, weight.as_ref())?;
            let shaped = |x| crate::array::view::view(&x, shape);
            Ok(masked([x, shaped(weight)?, shaped(bias)?], a.ints(7)?))
        },
        Derivative::Node("NativeLayerNormBackwardBackward0", &[
            joint("grad_out, input, weight", "grad_out, input, rstd, weight, normalized_shape, output_mask", double_backward),
            apart("mean"), apart("rstd"), apart("bias"),
        ]),
    )];
    /// Normalises over the last dimensions.
    LAYER_NORM = "layer_norm", "torch.layer_norm(torch.tensor([1.0, 3.0]), (2,))", [Overload::new(
        "layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True) -> Tensor",
        FUNCTION,
        |a| {
            let args = args![a.tensor(0)?, a.ints(1)?, a.optional_tensor(2), a.optional_tensor(3), a.float(4)?];
            first(&NATIVE_LAYER_NORM, args)
        },
        Derivative::Composite,
    )];
    /// Divides by the root mean square over the last dimensions.
    RMS_NORM = "rms_norm", "torch.rms_norm(torch.tensor([1.0, 3.0]), (2,))", [Overload::new(
        "rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
        FUNCTION,
        |a| one(rms(a.tensor(0)?, a.ints(1)?, a.optional_tensor(2), a.optional_float(3))?.0),
        Derivative::Composite,
    )];
    /// As rms_norm, with the reciprocal of the root mean square.
    FUSED_RMS_NORM = "_fused_rms_norm", "torch._fused_rms_norm(torch.tensor([1.0, 3.0]), (2,), None, None)", [Overload::new(
        "_fused_rms_norm(Tensor input, int[] normalized_shape, Tensor? weight, float? eps) -> (Tensor, Tensor)",
        FUNCTION,
        |a| two(rms(a.tensor(0)?, a.ints(1)?, a.optional_tensor(2), a.optional_float(3))?),
        Derivative::Composite,
    )];
}
