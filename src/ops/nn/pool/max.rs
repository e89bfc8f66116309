//! The largest element of each sliding window.

use super::{Sliding, check_image, count_word, formatted, kernel, put_back, selected, spread, taken};
use crate::array::{Result, error};
use crate::autograd::modes;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// The settings of `max_pool2d` and `max_pool3d`, arguments 1 to 5.
fn sliding(a: &Args, dims: usize) -> Result<Sliding> {
    let (name, count) = (format!("max_pool{dims}d"), count_word(dims));
    let list = |at: usize, what: &str, or: &str| {
        spread(
            a.ints(at)?,
            dims,
            &format!("{name}: {what} must {or} a single int, or a tuple of {count} ints"),
        )
    };
    let kernel = list(1, "kernel_size", "either be")?;
    let stride = match a.ints(2)? {
        [] => kernel.clone(),
        _ => list(2, "stride", "either be omitted,")?,
    };
    Ok(Sliding {
        padding: list(3, "padding", "either be")?,
        dilation: list(4, "dilation", "be either")?,
        ceil: a.bool(5)?,
        kernel,
        stride,
    })
}

fn with_indices(a: &Args, dims: usize) -> Result<Outs> {
    let input = a.array(0)?;
    let sliding = sliding(a, dims)?;
    check_image(input.sizes(), dims)?;
    let outputs = sliding.outputs(input.sizes(), "max_pool3d_with_indices_out_cpu_template()")?;
    sliding.check_outputs(input.sizes(), &outputs)?;
    let spans = sliding.spans(input.sizes(), &outputs);
    formatted(
        &input,
        kernel::max(&input, dims, &|_| &spans, &format!("max_pool{dims}d"))?,
    )
}

/// The values alone.
fn values(op: &'static Op, a: &Args) -> Result<Outs> {
    let Some(overload) = op.overloads.first() else {
        return error::runtime("no overload");
    };
    match overload.call(a.clone())?.into_iter().next() {
        Some(values) => one(values),
        None => error::runtime("no values"),
    }
}

/// What `max_pool1d` checks before it looks for a way to compute.
fn check_values(a: &Args) -> Result<()> {
    let sizes = a.tensor(0)?.sizes();
    if !(2..=3).contains(&sizes.len()) || sizes[sizes.len() - 2..].contains(&0) {
        return error::runtime(format!(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:{}",
            crate::array::array::format_sizes(&sizes)
        ));
    }
    let single = |at: usize, name: &str, or: &str| match a.ints(at)? {
        [one] => Ok(*one),
        list => error::runtime(format!(
            "max_pool1d() {name} must be {or}an int, list of ints{} or tuple of ints of size 1 but got size {}",
            if or.is_empty() { "" } else { "," },
            list.len()
        )),
    };
    let kernel = single(1, "kernel_size", "")?;
    let stride = match a.ints(2)? {
        [] => kernel,
        _ => single(2, "stride", "None, ")?,
    };
    let (padding, dilation) = (single(3, "padding", "")?, single(4, "dilation", "")?);
    for (name, number) in [("kernel_size", kernel), ("stride", stride)] {
        if number <= 0 {
            return error::runtime(format!(
                "max_pool1d() {name} must be greater than zero, but got {number}"
            ));
        }
    }
    if padding < 0 {
        return error::runtime(format!("max_pool1d() padding must be non-negative, but got {padding}"));
    }
    if padding > kernel / 2 {
        return error::runtime(format!(
            "max_pool1d() padding should be at most half of kernel size, but got padding={padding} and kernel_size={kernel}"
        ));
    }
    if dilation <= 0 {
        return error::runtime(format!(
            "max_pool1d() dilation must be greater than zero, but got {dilation}"
        ));
    }
    let sliding = Sliding {
        kernel: smallvec![kernel],
        stride: smallvec![stride],
        padding: smallvec![padding],
        dilation: smallvec![dilation],
        ceil: a.bool(5)?,
    };
    let output = sliding.output(0, sizes[sizes.len() - 1])?;
    if output <= 0 {
        return error::runtime(format!("max_pool1d() Invalid computed output size: {output}"));
    }
    Ok(())
}

/// One dimension, seen as two.
fn line(a: &Args) -> Result<Outs> {
    super::check_line(a.tensor(0)?, "max_pool1d")?;
    let single = |at: usize, name: &str| super::check_single(a.ints(at)?, "max_pool1d", name);
    let kernel = single(1, "kernel_size")?;
    let stride = if a.ints(2)?.is_empty() {
        kernel
    } else {
        single(2, "stride")?
    };
    let (padding, dilation) = (single(3, "padding")?, single(4, "dilation")?);
    let args = args![
        unsqueeze(a.tensor(0)?, -2)?,
        &[1, kernel][..],
        &[1, stride][..],
        &[0, padding][..],
        &[1, dilation][..],
        a.bool(5)?
    ];
    let Some(overload) = MAX_POOL2D_WITH_INDICES.overloads.first() else {
        return error::runtime("no overload");
    };
    let outs = overload.call(args)?;
    let flat = outs.iter().map(|out| match out {
        Arg::Tensor(tensor) => Ok(Arg::Tensor(squeeze_dim(tensor, -2)?)),
        other => Ok(other.clone()),
    });
    flat.collect()
}

ops! {
    /// The largest element of each window over two dimensions, and where it stands.
    MAX_POOL2D_WITH_INDICES = "max_pool2d_with_indices", "torch._C._nn.max_pool2d_with_indices(torch.arange(16.0).reshape(1, 4, 4), 2)", [Overload::new(
        "max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)",
        FUNCTION | NAMESPACED,
        |a| with_indices(a, 2),
        Derivative::Node("MaxPool2DWithIndicesBackward0", &[
            grad("self", "self, kernel_size, stride, padding, dilation, ceil_mode, result1", |b| {
                selected(b, &MAX_POOL2D_WITH_INDICES_BACKWARD, &b.args()?.0[1..])
            }),
        ]),
    ).outputs(1)];
    /// The gradient of max_pool2d_with_indices.
    MAX_POOL2D_WITH_INDICES_BACKWARD = "max_pool2d_with_indices_backward", "torch._C._nn.max_pool2d_with_indices_backward(torch.ones(1, 1, 1), torch.ones(1, 2, 2), [2, 2], [2, 2], [0, 0], [1, 1], False, torch.tensor([[[3]]]))", [Overload::new(
        "max_pool2d_with_indices_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] padding, int[2] dilation, bool ceil_mode, Tensor indices) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| put_back(a, 7, 2),
        Derivative::Node("MaxPool2DWithIndicesBackwardBackward0", &[
            grad("grad_output", "indices", |b| taken(b, 7, 2)), zero("self"), apart("indices"),
        ]),
    )];
    /// The largest element of each window over three dimensions, and where it stands.
    MAX_POOL3D_WITH_INDICES = "max_pool3d_with_indices", "torch._C._nn.max_pool3d_with_indices(torch.arange(8.0).reshape(1, 2, 2, 2), 2)", [Overload::new(
        "max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)",
        FUNCTION | NAMESPACED,
        |a| with_indices(a, 3),
        Derivative::Node("MaxPool3DWithIndicesBackward0", &[
            grad("self", "self, kernel_size, stride, padding, dilation, ceil_mode, result1", |b| {
                selected(b, &MAX_POOL3D_WITH_INDICES_BACKWARD, &b.args()?.0[1..])
            }),
        ]),
    ).outputs(1)];
    /// The gradient of max_pool3d_with_indices.
    MAX_POOL3D_WITH_INDICES_BACKWARD = "max_pool3d_with_indices_backward", "torch._C._nn.max_pool3d_with_indices_backward(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 2, 2), [1, 2, 2], [1, 2, 2], [0, 0, 0], [1, 1, 1], False, torch.tensor([[[[3]]]]))", [Overload::new(
        "max_pool3d_with_indices_backward(Tensor grad_output, Tensor self, int[3] kernel_size, int[3] stride, int[3] padding, int[3] dilation, bool ceil_mode, Tensor indices) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| put_back(a, 7, 3),
        Derivative::Node("MaxPool3DWithIndicesBackwardBackward0", &[
            grad("grad_output", "indices", |b| taken(b, 7, 3)), zero("self"), apart("indices"),
        ]),
    )];
    /// The largest element of each window over one dimension, and where it stands.
    MAX_POOL1D_WITH_INDICES = "max_pool1d_with_indices", "torch.max_pool1d_with_indices(torch.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)", [Overload::new(
        "max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)",
        FUNCTION,
        line,
        Derivative::Composite,
    )];
    /// The largest element of each window over one dimension.
    MAX_POOL1D = "max_pool1d", "torch.max_pool1d(torch.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)", [Overload::new(
        "max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, bool ceil_mode=False) -> Tensor",
        FUNCTION,
        |a| {
            let input = a.tensor(0)?;
            check_values(a)?;
            let recorded = input.requires_grad() && modes::is_grad_enabled();
            if !recorded && !input.dtype().is_floating_point() {
                return crate::array::unary::unsupported("max_pool1d_impl", input.dtype());
            }
            values(&MAX_POOL1D_WITH_INDICES, a)
        },
        Derivative::Composite,
    )];
    /// The largest element of each window over two dimensions.
    MAX_POOL2D = "max_pool2d", "torch.max_pool2d(torch.arange(16.0).reshape(1, 4, 4), 2)", [Overload::new(
        "max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor",
        FUNCTION,
        |a| values(&MAX_POOL2D_WITH_INDICES, a),
        Derivative::Composite,
    )];
    /// The largest element of each window over three dimensions.
    MAX_POOL3D = "max_pool3d", "torch.max_pool3d(torch.arange(8.0).reshape(1, 2, 2, 2), 2)", [Overload::new(
        "max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor",
        FUNCTION,
        |a| values(&MAX_POOL3D_WITH_INDICES, a),
        Derivative::Composite,
    )];
}
