//! Pools whose windows divide the input into so many parts.

use super::{check_line, check_not_empty, check_single, formatted, kernel, put_back, selected, taken};
use crate::array::array::{format_sizes, numel_of};
use crate::array::nn::pool::{Divisor, Spans};
use crate::array::nn::{check_room, format};
use crate::array::{Array, Dims, Dtype, Result, error, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::reduction::sum::mean_dims;

fn spans(input: &[i64], outputs: &[i64]) -> Spans {
    let first = input.len() - outputs.len();
    let along = outputs
        .iter()
        .enumerate()
        .map(|(d, &out)| kernel::adaptive(input[first + d], out));
    Spans::new(along.collect())
}

/// The sizes of the input with others for its last dimensions.
fn result_sizes(input: &[i64], outputs: &[i64]) -> Result<Dims> {
    let mut sizes: Dims = input[..input.len() - outputs.len()].into();
    sizes.extend_from_slice(outputs);
    numel_of(&sizes)?;
    check_room(&sizes, Dtype::Float32)?;
    Ok(sizes)
}

fn average(a: &Args, dims: usize) -> Result<Outs> {
    let (input, outputs) = (a.array(0)?, a.ints(1)?);
    let name = format!("adaptive_avg_pool{dims}d");
    check_image(input.sizes(), dims, &name, "")?;
    check_not_empty(input.sizes(), &name, if dims == 2 { input.dim() - 2 } else { 1 })?;
    let sizes = result_sizes(input.sizes(), outputs)?;
    if dims == 2 && sizes.contains(&0) {
        return one(Array::zeros(&sizes, input.dtype())?);
    }
    if !input.dtype().is_floating_point() {
        let kernel = if dims == 2 {
            "adaptive_avg_pool2d"
        } else {
            "adaptive_avg_pool3d_cpu"
        };
        return unary::unsupported(kernel, input.dtype());
    }
    let out = kernel::mean(
        &input,
        dims,
        &spans(input.sizes(), outputs),
        Divisor::EachDimension,
        &name,
    )?;
    one(format::as_in(&input, out)?)
}

fn check_image(input: &[i64], dims: usize, name: &str, colon: &str) -> Result<()> {
    if input.len() == dims + 1 || input.len() == dims + 2 {
        return Ok(());
    }
    error::runtime(format!(
        "{name}(): Expected {}D or {}D tensor, but got{colon} {}",
        dims + 1,
        dims + 2,
        format_sizes(input)
    ))
}

fn average_backward(a: &Args, dims: usize) -> Result<Outs> {
    let (grad, input) = (a.array(0)?, a.array(1)?);
    let outputs = &grad.sizes()[grad.dim() - dims..];
    let spans = spans(input.sizes(), outputs);
    let out = kernel::mean_backward(&grad, input.sizes(), dims, &spans, Divisor::EachDimension)?;
    one(format::as_in(&input, out)?)
}

/// `adaptive_avg_pool2d` and `adaptive_avg_pool3d`: one window is a mean.
fn average_or_mean(a: &Args, dims: usize, op: &'static Op) -> Result<Outs> {
    let (input, outputs) = (a.tensor(0)?, a.ints(1)?);
    if outputs.len() != dims {
        return error::runtime(format!("adaptive_avg_pool{dims}d: output_size must be {dims}"));
    }
    if outputs.iter().any(|&size| size < 0) {
        let [first, second] = [outputs[0], outputs[1]];
        let shown = match outputs.get(2) {
            Some(third) => format!("{{{first}, {second},{third}}}"),
            None => format!("{{{first}, {second}}}"),
        };
        return error::runtime(format!(
            "adaptive_avg_pool{dims}d: elements of output_size must be greater than or equal to 0 but received {shown}"
        ));
    }
    if outputs.iter().all(|&size| size == 1) && input.dim() >= dims {
        let last: Dims = (1..=dims as i64).rev().map(|back| -back).collect();
        return one(mean_dims(input, &last, true)?);
    }
    one(call1(op, args![input, outputs])?)
}

fn max(a: &Args, dims: usize) -> Result<Outs> {
    let (input, outputs) = (a.array(0)?, a.ints(1)?);
    let name = format!("adaptive_max_pool{dims}d");
    check_image(input.sizes(), dims, &name, ":")?;
    check_not_empty(input.sizes(), &name, 1)?;
    if outputs.len() != dims {
        return error::runtime(format!("{name}(): internal error: output_size.size() must be {dims}"));
    }
    result_sizes(input.sizes(), outputs)?;
    let kernel = if dims == 2 {
        "adaptive_max_pool2d"
    } else {
        "adaptive_max_pool3d_cpu"
    };
    if !input.dtype().is_floating_point() {
        return unary::unsupported(kernel, input.dtype());
    }
    let spans = spans(input.sizes(), outputs);
    formatted(&input, kernel::max(&input, dims, &|_| &spans, kernel)?)
}

fn line(x: &Tensor, name: &str, outputs: &[i64]) -> Result<(Tensor, [i64; 2])> {
    check_line(x, name)?;
    Ok((unsqueeze(x, -2)?, [1, check_single(outputs, name, "output_size")?]))
}

ops! {
    /// The means of so many windows over two dimensions.
    ADAPTIVE_AVG_POOL2D_NODE = "_adaptive_avg_pool2d", "torch._adaptive_avg_pool2d(torch.arange(6.0).reshape(1, 2, 3), (1, 2))", [Overload::new(
        "_adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor",
        FUNCTION,
        |a| average(a, 2),
        Derivative::Node("AdaptiveAvgPool2DBackward0", &[
            grad("self", "self", |b| call1(&ADAPTIVE_AVG_POOL2D_BACKWARD, args![b.grad()?, b.tensor(0)?])),
        ]),
    ).linear()];
    /// The gradient of adaptive_avg_pool2d.
    ADAPTIVE_AVG_POOL2D_BACKWARD = "_adaptive_avg_pool2d_backward", "torch._adaptive_avg_pool2d(torch.ones(1, 2, 2, requires_grad=True), (1, 2)).sum().backward()", [Overload::new(
        "_adaptive_avg_pool2d_backward(Tensor grad_output, Tensor self) -> Tensor",
        0,
        |a| average_backward(a, 2),
        Derivative::Node("AdaptiveAvgPool2DBackwardBackward0", &[
            grad("grad_output", "grad_output.sizes", |b| {
                let sizes = b.sizes(0)?;
                call1(&ADAPTIVE_AVG_POOL2D_NODE, args![b.grad()?, &sizes[sizes.len() - 2..]])
            }),
            zero("self"),
        ]),
    )];
    /// The means of so many windows over three dimensions.
    ADAPTIVE_AVG_POOL3D_NODE = "_adaptive_avg_pool3d", "torch._adaptive_avg_pool3d(torch.arange(6.0).reshape(1, 1, 2, 3), (1, 1, 2))", [Overload::new(
        "_adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor",
        FUNCTION,
        |a| average(a, 3),
        Derivative::Node("AdaptiveAvgPool3DBackward0", &[
            grad("self", "self", |b| call1(&ADAPTIVE_AVG_POOL3D_BACKWARD, args![b.grad()?, b.tensor(0)?])),
        ]),
    ).linear()];
    /// The gradient of adaptive_avg_pool3d.
    ADAPTIVE_AVG_POOL3D_BACKWARD = "_adaptive_avg_pool3d_backward", "torch._adaptive_avg_pool3d(torch.ones(1, 1, 2, 2, requires_grad=True), (1, 1, 2)).sum().backward()", [Overload::new(
        "_adaptive_avg_pool3d_backward(Tensor grad_output, Tensor self) -> Tensor",
        0,
        |a| average_backward(a, 3),
        Derivative::Node("AdaptiveAvgPool3DBackwardBackward0", &[
            grad("grad_output", "grad_output.sizes", |b| {
                let sizes = b.sizes(0)?;
                call1(&ADAPTIVE_AVG_POOL3D_NODE, args![b.grad()?, &sizes[sizes.len() - 3..]])
            }),
            zero("self"),
        ]),
    )];
    /// The means of so many windows over one dimension.
    ADAPTIVE_AVG_POOL1D = "adaptive_avg_pool1d", "torch.adaptive_avg_pool1d(torch.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)", [Overload::new(
        "adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor",
        FUNCTION,
        |a| {
            let (x, outputs) = line(a.tensor(0)?, "adaptive_avg_pool1d", a.ints(1)?)?;
            one(squeeze_dim(&call1(&ADAPTIVE_AVG_POOL2D, args![x, &outputs[..]])?, -2)?)
        },
        Derivative::Composite,
    )];
    /// The means of so many windows over two dimensions.
    ADAPTIVE_AVG_POOL2D = "adaptive_avg_pool2d", "torch._C._nn.adaptive_avg_pool2d(torch.arange(6.0).reshape(1, 2, 3), (1, 2))", [Overload::new(
        "adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| average_or_mean(a, 2, &ADAPTIVE_AVG_POOL2D_NODE),
        Derivative::Composite,
    )];
    /// The means of so many windows over three dimensions.
    ADAPTIVE_AVG_POOL3D = "adaptive_avg_pool3d", "torch._C._nn.adaptive_avg_pool3d(torch.arange(6.0).reshape(1, 1, 2, 3), (1, 1, 2))", [Overload::new(
        "adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| average_or_mean(a, 3, &ADAPTIVE_AVG_POOL3D_NODE),
        Derivative::Composite,
    )];
    /// The largest elements of so many windows over one dimension, and where they stand.
    ADAPTIVE_MAX_POOL1D = "adaptive_max_pool1d", "torch.adaptive_max_pool1d(torch.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)", [Overload::new(
        "adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)",
        FUNCTION,
        |a| {
            let input = a.tensor(0)?;
            check_line(input, "adaptive_max_pool1d")?;
            let sizes = input.sizes();
            let outputs = [1, check_single(a.ints(1)?, "adaptive_max_pool1d", "output_size")?];
            check_not_empty(&sizes, "adaptive_max_pool1d", 1)?;
            let Some(overload) = ADAPTIVE_MAX_POOL2D.overloads.first() else {
                return error::runtime("no overload");
            };
            let outs = overload.call(args![unsqueeze(input, -2)?, &outputs[..]])?;
            let flat = outs.iter().map(|out| match out {
                Arg::Tensor(tensor) => Ok(Arg::Tensor(squeeze_dim(tensor, -2)?)),
                other => Ok(other.clone()),
            });
            flat.collect()
        },
        Derivative::Composite,
    )];
    /// The largest elements of so many windows over two dimensions, and where they stand.
    ADAPTIVE_MAX_POOL2D = "adaptive_max_pool2d", "torch._C._nn.adaptive_max_pool2d(torch.arange(6.0).reshape(1, 2, 3), (1, 2))", [Overload::new(
        "adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)",
        FUNCTION | NAMESPACED,
        |a| max(a, 2),
        Derivative::Node("AdaptiveMaxPool2DBackward0", &[
            grad("self", "self, result1", |b| selected(b, &ADAPTIVE_MAX_POOL2D_BACKWARD, &[])),
        ]),
    ).outputs(1)];
    /// The gradient of adaptive_max_pool2d.
    ADAPTIVE_MAX_POOL2D_BACKWARD = "adaptive_max_pool2d_backward", "torch._C._nn.adaptive_max_pool2d_backward(torch.ones(1, 1, 1), torch.ones(1, 2, 2), torch.tensor([[[3]]]))", [Overload::new(
        "adaptive_max_pool2d_backward(Tensor grad_output, Tensor self, Tensor indices) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| put_back(a, 2, 2),
        Derivative::Node("AdaptiveMaxPool2DBackwardBackward0", &[
            grad("grad_output", "indices", |b| taken(b, 2, 2)), zero("self"), apart("indices"),
        ]),
    )];
    /// The largest elements of so many windows over three dimensions, and where they stand.
    ADAPTIVE_MAX_POOL3D = "adaptive_max_pool3d", "torch._C._nn.adaptive_max_pool3d(torch.arange(6.0).reshape(1, 1, 2, 3), (1, 1, 2))", [Overload::new(
        "adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)",
        FUNCTION | NAMESPACED,
        |a| max(a, 3),
        Derivative::Node("AdaptiveMaxPool3DBackward0", &[
            grad("self", "self, result1", |b| selected(b, &ADAPTIVE_MAX_POOL3D_BACKWARD, &[])),
        ]),
    ).outputs(1)];
    /// The gradient of adaptive_max_pool3d.
    ADAPTIVE_MAX_POOL3D_BACKWARD = "adaptive_max_pool3d_backward", "torch._C._nn.adaptive_max_pool3d_backward(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 2, 2), torch.tensor([[[[3]]]]))", [Overload::new(
        "adaptive_max_pool3d_backward(Tensor grad_output, Tensor self, Tensor indices) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| put_back(a, 2, 3),
        Derivative::Node("AdaptiveMaxPool3DBackwardBackward0", &[
            grad("grad_output", "indices", |b| taken(b, 2, 3)), zero("self"), apart("indices"),
        ]),
    )];
}
