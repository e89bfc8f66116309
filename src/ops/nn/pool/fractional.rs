//! Max pools whose windows start at random places.

use super::{check_image, formatted, kernel, put_back, selected, taken};
use crate::array::array::format_sizes;
use crate::array::nn::pool::Spans;
use crate::array::{Array, Dtype, Result, copy, error, unary};
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// Where the windows of a dimension start: steps of about (size - kernel) / (out - 1), shifted by a sample in [0, 1).
fn starts(sample: f64, size: i64, out: i64, kernel: i64, single: bool) -> Vec<i64> {
    let last = size - kernel;
    let at = |i: i64| {
        if single {
            let (sample, alpha) = (sample as f32, last as f32 / (out - 1) as f32);
            ((i as f32 + sample) * alpha) as i64 - (sample * alpha) as i64
        } else {
            let alpha = last as f64 / (out - 1) as f64;
            ((i as f64 + sample) * alpha) as i64 - (sample * alpha) as i64
        }
    };
    let mut list: Vec<i64> = (0..out - 1).map(at).collect();
    if out > 0 {
        list.push(last);
    }
    list
}

fn check(a: &Args, input: &Array, samples: &Array, dims: usize) -> Result<()> {
    let (kernel, outputs) = (a.ints(1)?, a.ints(2)?);
    let (name, inner) = (
        format!("fractional_max_pool{dims}d"),
        if dims == 2 {
            "fractional_max_pool2d()"
        } else {
            "fractional_max_pool3d_out()"
        },
    );
    let three = if dims == 2 { "" } else { "three " };
    for (what, list) in [("kernel_size", kernel), ("output_size", outputs)] {
        if list.len() != dims {
            return error::runtime(format!(
                "{name}: {what} must either be a single Int or tuple of {three}Ints"
            ));
        }
    }
    let sizes = input.sizes();
    if check_image(sizes, dims).is_err() {
        return error::runtime(format!(
            "{inner}: Expected {}D or {}D tensor, but got: {}",
            dims + 1,
            dims + 2,
            format_sizes(sizes)
        ));
    }
    let first = sizes.len() - dims;
    if let Some(empty) = (first - 1..sizes.len()).find(|&dim| sizes[dim] == 0) {
        return error::runtime(format!(
            "{inner}: Expected input to have non-zero size for non-batch dimensions, but got{} with dimension {empty} being empty.",
            format_sizes(sizes)
        ));
    }
    let axes = ["time", "height", "width"];
    for (d, axis) in axes[3 - dims..].iter().enumerate() {
        if outputs[d] + kernel[d] - 1 > sizes[first + d] {
            return error::runtime(format!(
                "{inner}: pool {axis} {} too large relative to input {axis} {}",
                kernel[d],
                sizes[first + d]
            ));
        }
    }
    if samples.dtype() != input.dtype() {
        return error::runtime("Expect _random_samples to have the same dtype as input");
    }
    if samples.dim() != 3 {
        return error::runtime(format!(
            "Expect _random_samples to have 3 dimensions, got {}",
            samples.dim()
        ));
    }
    let (batch, channels) = (if first == 2 { sizes[0] } else { 1 }, sizes[first - 1]);
    if samples.sizes()[0] < batch {
        return error::runtime("Expect _random_samples.size(0) no less then input batch size.");
    }
    if samples.sizes()[1] != channels {
        return error::runtime("Expect _random_samples.size(1) equals to input channel size.");
    }
    if samples.sizes()[2] != dims as i64 {
        return error::runtime(format!(
            "Expect _random_samples.size(2) equals to {dims}; got {}.",
            samples.sizes()[2]
        ));
    }
    Ok(())
}

fn forward(a: &Args, dims: usize) -> Result<Outs> {
    let (input, samples) = (a.array(0)?, a.array(3)?);
    check(a, &input, &samples, dims)?;
    let name = format!("fractional_max_pool{dims}d_out_frame");
    if !input.dtype().is_floating_point() {
        return unary::unsupported(&name, input.dtype());
    }
    let (kernel_size, outputs) = (a.ints(1)?, a.ints(2)?);
    let first = input.dim() - dims;
    let image = &input.sizes()[first..];
    let single = input.dtype() != Dtype::Float64;
    let samples: Vec<f64> = copy::elements(&samples).iter().map(|sample| sample.to_f64()).collect();
    // in two dimensions the first sample is the width's
    let sample_of = |d: usize| if dims == 2 { 1 - d } else { d };
    let spans_of = |samples: &[f64]| {
        let along = |d: usize| {
            let sample = samples.get(sample_of(d)).copied().unwrap_or(0.0);
            let starts = starts(sample, image[d], outputs[d], kernel_size[d], single);
            kernel::at(starts.into_iter(), kernel_size[d])
        };
        Spans::new((0..dims).map(along).collect())
    };
    let mut spans: Vec<Spans> = samples.chunks(dims).map(spans_of).collect();
    if spans.is_empty() {
        // an empty batch has sizes all the same
        spans.push(spans_of(&[]));
    }
    formatted(&input, kernel::max(&input, dims, &|plane| &spans[plane], &name)?)
}

ops! {
    /// The largest elements of windows over two dimensions that start at random places, and where they stand.
    FRACTIONAL_MAX_POOL2D = "fractional_max_pool2d", "torch._C._nn.fractional_max_pool2d(torch.arange(16.0).reshape(1, 4, 4), 2, (2, 2), torch.zeros(1, 1, 2))", [Overload::new(
        "fractional_max_pool2d(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples) -> (Tensor, Tensor)",
        FUNCTION | NAMESPACED,
        |a| forward(a, 2),
        Derivative::Node("FractionalMaxPool2DBackward0", &[
            grad("self", "self, kernel_size, output_size, result1", |b| {
                selected(b, &FRACTIONAL_MAX_POOL2D_BACKWARD, &b.args()?.0[1..3])
            }),
            apart("random_samples"),
        ]),
    ).outputs(1)];
    /// The gradient of fractional_max_pool2d.
    FRACTIONAL_MAX_POOL2D_BACKWARD = "fractional_max_pool2d_backward", "torch._C._nn.fractional_max_pool2d_backward(torch.ones(1, 1, 1), torch.ones(1, 2, 2), [2, 2], [1, 1], torch.tensor([[[3]]]))", [Overload::new(
        "fractional_max_pool2d_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] output_size, Tensor indices) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| put_back(a, 4, 2),
        Derivative::Node("FractionalMaxPool2DBackwardBackward0", &[
            grad("grad_output", "indices", |b| taken(b, 4, 2)), zero("self"), apart("indices"),
        ]),
    )];
    /// The largest elements of windows over three dimensions that start at random places, and where they stand.
    FRACTIONAL_MAX_POOL3D = "fractional_max_pool3d", "torch._C._nn.fractional_max_pool3d(torch.arange(8.0).reshape(1, 2, 2, 2), 2, (1, 1, 1), torch.zeros(1, 1, 3))", [Overload::new(
        "fractional_max_pool3d(Tensor self, int[3] kernel_size, int[3] output_size, Tensor random_samples) -> (Tensor, Tensor)",
        FUNCTION | NAMESPACED,
        |a| forward(a, 3),
        Derivative::Node("FractionalMaxPool3DBackward0", &[
            grad("self", "self, kernel_size, output_size, result1", |b| {
                selected(b, &FRACTIONAL_MAX_POOL3D_BACKWARD, &b.args()?.0[1..3])
            }),
            apart("random_samples"),
        ]),
    ).outputs(1)];
    /// The gradient of fractional_max_pool3d.
    FRACTIONAL_MAX_POOL3D_BACKWARD = "fractional_max_pool3d_backward", "torch._C._nn.fractional_max_pool3d_backward(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 2, 2), [1, 2, 2], [1, 1, 1], torch.tensor([[[[3]]]]))", [Overload::new(
        "fractional_max_pool3d_backward(Tensor grad_output, Tensor self, int[3] kernel_size, int[3] output_size, Tensor indices) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| put_back(a, 4, 3),
        Derivative::Node("FractionalMaxPool3DBackwardBackward0", &[
            grad("grad_output", "indices", |b| taken(b, 4, 3)), zero("self"), apart("indices"),
        ]),
    )];
}
