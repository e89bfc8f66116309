//! The mean of each sliding window.

use super::{Sliding, check_image, check_line, check_single, count_word, kernel, spread};
use crate::array::nn::format;
use crate::array::nn::pool::Divisor;
use crate::array::{Result, error};
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// The settings of `avg_pool2d` and `avg_pool3d` from argument `from` on, and how sums are divided.
fn sliding(a: &Args, from: usize, dims: usize) -> Result<(Sliding, Divisor)> {
    let count = count_word(dims);
    let list = |at: usize, what: &str, or: &str| {
        let or = if dims == 2 {
            format!("either {or}")
        } else {
            or.to_string()
        };
        spread(
            a.ints(from + at)?,
            dims,
            &format!("avg_pool{dims}d: {what} must {or} a single int, or a tuple of {count} ints"),
        )
    };
    let kernel = list(0, "kernel_size", "be")?;
    let stride = match a.ints(from + 1)? {
        [] => kernel.clone(),
        _ => list(1, "stride", "be omitted,")?,
    };
    let padding = list(2, "padding", "be")?;
    let divisor = match a.optional_int(from + 5) {
        Some(0) => return error::runtime("divisor must be not zero"),
        Some(count) => Divisor::Fixed(count),
        None if a.bool(from + 4)? => Divisor::Padded,
        None => Divisor::Inside,
    };
    let sliding = Sliding {
        dilation: smallvec![1; dims],
        ceil: a.bool(from + 3)?,
        kernel,
        stride,
        padding,
    };
    Ok((sliding, divisor))
}

fn forward(a: &Args, dims: usize) -> Result<Outs> {
    let input = a.array(0)?;
    let sizes = input.sizes();
    let (sliding, divisor) = sliding(a, 1, dims)?;
    if dims == 2 {
        // the channels are looked up before anything else is checked
        crate::array::layout::wrap_dim(-3, sizes.len())?;
    }
    check_image(sizes, dims)?;
    let outputs = sliding.outputs(sizes, "avg_pool3d()")?;
    let image = &sizes[sizes.len() - dims..];
    if dims == 3 && (0..3).any(|d| image[d] < sliding.kernel[d] - 2 * sliding.padding[d]) {
        let (k, i) = (&sliding.kernel, image);
        return error::runtime(format!(
            "input image (T: {} H: {} W: {}) smaller than kernel size (kT: {} kH: {} kW: {})",
            i[0], i[1], i[2], k[0], k[1], k[2]
        ));
    }
    sliding.check_outputs(sizes, &outputs)?;
    let dtype = input.dtype();
    if dtype.is_integer() && dtype != crate::array::Dtype::Int64
        || dtype.is_complex()
        || !dtype.is_integer() && dtype.is_integral()
    {
        return crate::array::unary::unsupported(kernel_name(dims), dtype);
    }
    let spans = sliding.spans(sizes, &outputs);
    let out = kernel::mean(&input, dims, &spans, divisor, kernel_name(dims))?;
    one(if dims == 2 { format::as_in(&input, out)? } else { out })
}

fn kernel_name(dims: usize) -> &'static str {
    if dims == 2 {
        "avg_pool2d"
    } else {
        "avg_pool3d_out_frame"
    }
}

fn backward(a: &Args, dims: usize) -> Result<Outs> {
    let (grad, input) = (a.array(0)?, a.array(1)?);
    let (sliding, divisor) = sliding(a, 2, dims)?;
    let outputs = sliding.outputs(input.sizes(), "avg_pool3d_backward()")?;
    let spans = sliding.spans(input.sizes(), &outputs);
    let out = kernel::mean_backward(&grad, input.sizes(), dims, &spans, divisor)?;
    one(format::as_in(&input, out)?)
}

/// (grad, self, the others) for the backward op, or (grad, the others) for the op itself.
fn with_others(
    b: &ops::Backward,
    op: &'static Op,
    input: Option<usize>,
    from: usize,
) -> Result<crate::autograd::Tensor> {
    let mut args = args![b.grad()?];
    if let Some(input) = input {
        args.0.push(b.tensor(input)?.into());
    }
    args.0.extend(b.args()?.0[from..].iter().cloned());
    call1(op, args)
}

const USES: &str = "self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override";
const BACKWARD_USES: &str = "kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override";

ops! {
    /// The mean of each window over two dimensions.
    AVG_POOL2D = "avg_pool2d", "torch._C._nn.avg_pool2d(torch.arange(16.0).reshape(1, 4, 4), 2)", [Overload::new(
        "avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| forward(a, 2),
        Derivative::Node("AvgPool2DBackward0", &[grad("self", USES, |b| with_others(b, &AVG_POOL2D_BACKWARD, Some(0), 1))]),
    ).linear()];
    /// The gradient of avg_pool2d.
    AVG_POOL2D_BACKWARD = "avg_pool2d_backward", "torch._C._nn.avg_pool2d_backward(torch.ones(1, 1, 1), torch.ones(1, 2, 2), [2, 2], [2, 2], [0, 0], False, True, None)", [Overload::new(
        "avg_pool2d_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| backward(a, 2),
        Derivative::Node("AvgPool2DBackwardBackward0", &[
            grad("grad_output", BACKWARD_USES, |b| with_others(b, &AVG_POOL2D, None, 2)), zero("self"),
        ]),
    )];
    /// The mean of each window over three dimensions.
    AVG_POOL3D = "avg_pool3d", "torch._C._nn.avg_pool3d(torch.arange(8.0).reshape(1, 2, 2, 2), 2)", [Overload::new(
        "avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| forward(a, 3),
        Derivative::Node("AvgPool3DBackward0", &[grad("self", USES, |b| with_others(b, &AVG_POOL3D_BACKWARD, Some(0), 1))]),
    ).linear()];
    /// The gradient of avg_pool3d.
    AVG_POOL3D_BACKWARD = "avg_pool3d_backward", "torch._C._nn.avg_pool3d_backward(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 2, 2), [1, 2, 2], [1, 2, 2], [0, 0, 0], False, True, None)", [Overload::new(
        "avg_pool3d_backward(Tensor grad_output, Tensor self, int[3] kernel_size, int[3] stride, int[3] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| backward(a, 3),
        Derivative::Node("AvgPool3DBackwardBackward0", &[
            grad("grad_output", BACKWARD_USES, |b| with_others(b, &AVG_POOL3D, None, 2)), zero("self"),
        ]),
    )];
    /// The mean of each window over one dimension.
    AVG_POOL1D = "avg_pool1d", "torch.avg_pool1d(torch.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)", [Overload::new(
        "avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, bool ceil_mode=False, bool count_include_pad=True) -> Tensor",
        FUNCTION,
        |a| {
            let input = a.tensor(0)?;
            let stride = if a.ints(2)?.is_empty() { a.ints(1)? } else { a.ints(2)? };
            check_line(input, "avg_pool1d")?;
            let kernel = check_single(a.ints(1)?, "avg_pool1d", "kernel_size")?;
            let stride = check_single(stride, "avg_pool1d", "stride")?;
            let padding = check_single(a.ints(3)?, "avg_pool1d", "padding")?;
            let args = args![
                unsqueeze(input, -2)?, &[1, kernel][..], &[1, stride][..], &[0, padding][..], a.bool(4)?, a.bool(5)?,
                None::<crate::autograd::Tensor>
            ];
            one(squeeze_dim(&call1(&AVG_POOL2D, args)?, -2)?)
        },
        Derivative::Composite,
    )];
}
