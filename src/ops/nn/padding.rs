//! Padding: constants, mirrored or repeated elements, and the other end of the image.

use crate::array::array::{format_sizes, numel_of};
use crate::array::nn::resample::{self, Resampling, Taps};
use crate::array::nn::{check_room, format};
use crate::array::{Array, Dims, Dtype, Result, Scalar, copy, error, unary, view as array_view};
use crate::autograd::Tensor;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::shape::copying::copy_in_place;
use crate::ops::shape::slice;
use crate::overloads;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Reflection,
    Replication,
}

/// The padding before and after spatial dimension `d` of `dims`; lists start with the last dimension.
fn around(padding: &[i64], d: usize, dims: usize) -> (i64, i64) {
    let at = 2 * (dims - 1 - d);
    (padding[at], padding[at + 1])
}

fn resampling(kind: Kind, image: &[i64], padding: &[i64]) -> Resampling {
    let dims = image.len();
    let along = |d: usize| {
        let (size, (before, after)) = (image[d], around(padding, d, dims));
        Taps::of_places((0..size + before + after).map(|o| match (kind, o - before) {
            (Kind::Replication, at) => at.clamp(0, size - 1),
            (Kind::Reflection, at) if at < 0 => -at,
            (Kind::Reflection, at) if at >= size => 2 * (size - 1) - at,
            (Kind::Reflection, at) => at,
        }))
    };
    Resampling::new((0..dims).map(along).collect())
}

/// `H: 4 W: 4`, the last of so many axes.
fn axes(list: &[i64], between: &str) -> String {
    let names = ["D", "H", "W"];
    let items = names[3 - list.len()..]
        .iter()
        .zip(list)
        .map(|(axis, size)| format!("{axis}: {size}"));
    items.collect::<Vec<_>>().join(between)
}

fn check(kind: Kind, input: &[i64], dtype: Dtype, padding: &[i64], dims: usize) -> Result<()> {
    if padding.len() != 2 * dims {
        return error::runtime(format!(
            "padding size is expected to be {}, but got: {}",
            2 * dims,
            padding.len()
        ));
    }
    let fits = input.len() == dims + 1 || input.len() == dims + 2;
    if !fits || input[input.len() - dims - 1..].contains(&0) {
        return error::runtime(format!(
            "Expected {}D or {}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {}",
            dims + 1,
            dims + 2,
            format_sizes(input)
        ));
    }
    let first = input.len() - dims;
    let image = &input[first..];
    if kind == Kind::Reflection {
        for d in (0..dims).rev() {
            let (before, after) = around(padding, d, dims);
            if before >= image[d] || after >= image[d] {
                return error::runtime(format!(
                    "Argument #{}: Padding size should be less than the corresponding input dimension, but got: padding ({before}, {after}) at dimension {} of input {}",
                    2 + 2 * (dims - d),
                    first + d,
                    format_sizes(input)
                ));
            }
        }
    }
    let outputs: Dims = (0..dims)
        .map(|d| {
            let (before, after) = around(padding, d, dims);
            image[d].saturating_add(before).saturating_add(after)
        })
        .collect();
    if outputs.iter().all(|&size| size >= 1) {
        let mut sizes: Dims = input[..first].into();
        sizes.extend_from_slice(&outputs);
        return check_room(&sizes, dtype);
    }
    error::runtime(if kind == Kind::Replication && dims > 1 {
        format!(
            "Calculated output {} must be >= 1 in every dimension (input {})",
            axes(&outputs, " "),
            axes(image, ", ")
        )
    } else {
        format!(
            "input ({}) is too small. Calculated output {}",
            axes(image, ", "),
            axes(&outputs, " ")
        )
    })
}

fn kernel_name(kind: Kind, dims: usize) -> String {
    match kind {
        Kind::Reflection => format!("reflection_pad{dims}d"),
        Kind::Replication => format!("replication_pad{dims}d"),
    }
}

fn forward(a: &Args, kind: Kind, dims: usize) -> Result<Outs> {
    let (input, padding) = (a.array(0)?, a.ints(1)?);
    check(kind, input.sizes(), input.dtype(), padding, dims)?;
    let name = kernel_name(kind, dims);
    if input.dtype() == Dtype::Bool {
        return unary::unsupported(&name, Dtype::Bool);
    }
    let by = resampling(kind, &input.sizes()[input.dim() - dims..], padding);
    one(format::as_in(&input, resample::forward(&input, dims, &by, &name)?)?)
}

fn backward(a: &Args, kind: Kind, dims: usize) -> Result<Outs> {
    let (grad, input, padding) = (a.array(0)?, a.array(1)?, a.ints(2)?);
    let sizes = input.sizes();
    let by = resampling(kind, &sizes[sizes.len() - dims..], padding);
    one(resample::backward(&grad, sizes, dims, &by, &kernel_name(kind, dims))?)
}

/// Entries of a kind of padding: each number of dimensions is an op, with a second one for its gradient.
macro_rules! mirrored {
    ($($list:ident: $(#[doc = $help:literal] $op:ident, $back:ident = $name:literal, $node:literal, $kind:expr, $dims:literal, $count:literal, $image:literal, $around:literal;)*)*) => {$(
        pub static $list: &[&Op] = &[$(&$op, &$back),*];
        $(
            #[doc = $help]
            pub(crate) static $op: Op = Op {
                name: $name,
                aliases: &[],
                help: $help.trim_ascii(),
                example: concat!("torch._C._nn.", $name, "(", $image, ", ", $around, ")"),
                overloads: overloads![Overload::new(
                    concat!($name, "(Tensor self, SymInt[", $count, "] padding) -> Tensor"),
                    FUNCTION | NAMESPACED | OUT,
                    |a| forward(a, $kind, $dims),
                    Derivative::Node(concat!($node, "Backward0"), &[
                        grad("self", "self, padding", |b| call1(&$back, args![b.grad()?, b.tensor(0)?, b.ints(1)?])),
                    ]),
                ).linear()],
            };
            /// The gradient of that op.
            pub(crate) static $back: Op = Op {
                name: concat!($name, "_backward"),
                aliases: &[],
                help: concat!("The gradient of ", $name, "."),
                example: concat!("torch._C._nn.", $name, "(", $image, ".requires_grad_(), ", $around, ").sum().backward()"),
                overloads: overloads![Overload::new(
                    concat!($name, "_backward(Tensor grad_output, Tensor self, SymInt[", $count, "] padding) -> Tensor"),
                    0,
                    |a| backward(a, $kind, $dims),
                    Derivative::Node(concat!($node, "BackwardBackward0"), &[
                        grad("grad_output", "padding", |b| call1(&$op, args![b.grad()?, b.ints(2)?])),
                        zero("self"),
                    ]),
                )],
            };
        )*
    )*};
}

mirrored! {
    MIRRORED:
    /// Pads the last dimension with the elements mirrored at its ends.
    REFLECTION_PAD1D, REFLECTION_PAD1D_BACKWARD = "reflection_pad1d", "ReflectionPad1D", Kind::Reflection, 1, "2", "torch.tensor([[1.0, 2.0, 3.0]])", "(1, 2)";
    /// Pads the last two dimensions with the elements mirrored at their ends.
    REFLECTION_PAD2D, REFLECTION_PAD2D_BACKWARD = "reflection_pad2d", "ReflectionPad2D", Kind::Reflection, 2, "4", "torch.arange(4.0).reshape(1, 2, 2)", "(1, 0, 1, 1)";
    /// Pads the last three dimensions with the elements mirrored at their ends.
    REFLECTION_PAD3D, REFLECTION_PAD3D_BACKWARD = "reflection_pad3d", "ReflectionPad3D", Kind::Reflection, 3, "6", "torch.arange(8.0).reshape(1, 2, 2, 2)", "(1, 0, 1, 1, 0, 1)";

    REPEATED:
    /// Pads the last dimension with its first and last elements.
    REPLICATION_PAD1D, REPLICATION_PAD1D_BACKWARD = "replication_pad1d", "ReplicationPad1D", Kind::Replication, 1, "2", "torch.tensor([[1.0, 2.0, 3.0]])", "(1, 2)";
    /// Pads the last two dimensions with their first and last elements.
    REPLICATION_PAD2D, REPLICATION_PAD2D_BACKWARD = "replication_pad2d", "ReplicationPad2D", Kind::Replication, 2, "4", "torch.arange(4.0).reshape(1, 2, 2)", "(1, 0, 1, 1)";
    /// Pads the last three dimensions with their first and last elements.
    REPLICATION_PAD3D, REPLICATION_PAD3D_BACKWARD = "replication_pad3d", "ReplicationPad3D", Kind::Replication, 3, "6", "torch.arange(8.0).reshape(1, 2, 2, 2)", "(1, 0, 1, 1, 0, 1)";
}

/// Constants around the last dimensions; negative padding cuts off.
fn constant(input: &Array, padding: &[i64], value: Scalar) -> Result<Array> {
    if !padding.len().is_multiple_of(2) {
        return error::runtime(format!(
            "Length of pad must be even but instead it equals {}",
            padding.len()
        ));
    }
    let (padded, dims) = (padding.len() / 2, input.dim());
    if padded > dims {
        return error::runtime(format!(
            "Length of pad should be no more than twice the number of dimensions of the input. Pad length is {}while the input has {dims}dimensions.",
            padding.len()
        ));
    }
    let first = dims - padded;
    let mut cut = input.clone();
    let mut sizes: Dims = input.sizes().into();
    for d in 0..padded {
        let (before, after) = around(padding, d, padded);
        let size = input.sizes()[first + d];
        let (start, end) = (before.saturating_neg().max(0), after.saturating_neg().max(0));
        sizes[first + d] = size.saturating_add(before).saturating_add(after);
        if sizes[first + d] < 0 {
            return error::runtime(if padding.iter().all(|&number| number <= 0) {
                "narrow(): length must be non-negative.".to_string()
            } else {
                format!(
                    "The input size {size}, plus negative padding {before} and {after}, resulted in a negative output size, which is invalid. Check dimension {} of your input.",
                    first + d
                )
            });
        }
        let kept = size.saturating_sub(start).saturating_sub(end).max(0);
        cut = array_view::narrow(&cut, (first + d) as i64, start.min(size - kept).max(0), kept)?;
    }
    numel_of(&sizes)?;
    if padding.iter().all(|&number| number <= 0) {
        return copy::clone(&cut);
    }
    let out = format::as_in(input, copy::full(&sizes, value, input.dtype())?)?;
    let mut inside = out.clone();
    for d in 0..padded {
        let (before, _) = around(padding, d, padded);
        let at = (first + d) as i64;
        inside = array_view::narrow(&inside, at, before.max(0), cut.sizes()[first + d])?;
    }
    copy::copy_into(&inside, &cut)?;
    Ok(out)
}

fn constant_backward(b: &Backward) -> Result<Tensor> {
    let back: Dims = b.ints(1)?.iter().map(|number| -number).collect();
    call1(&CONSTANT_PAD_ND, args![b.grad()?, back, 0])
}

/// Elements of the other end around the last dimensions.
fn circular(input: &Tensor, padding: &[i64]) -> Result<Tensor> {
    let sizes = input.sizes();
    let padded = padding.len() / 2;
    let first = sizes.len() - padded;
    let mut whole = sizes.clone();
    for d in 0..padded {
        let (before, after) = around(padding, d, padded);
        let size = sizes[first + d];
        if before > size || after > size {
            return error::runtime("Padding value causes wrapping around more than once.");
        }
        whole[first + d] = size.saturating_add(before).saturating_add(after);
        if whole[first + d] < 0 {
            return error::runtime("Negative padding value is resulting in an empty dimension");
        }
    }
    let out = Tensor::from(Array::zeros(&whole, input.dtype())?);
    let cut = |x: &Tensor, dim: usize, start: i64, end: i64| slice(x, dim as i64, Some(start), Some(end), 1);
    let (mut target, mut source) = (out.clone(), input.clone());
    for d in 0..padded {
        let (before, after) = around(padding, d, padded);
        let dim = first + d;
        target = cut(&target, dim, before.max(0), whole[dim] - after.max(0))?;
        source = cut(&source, dim, (-before).max(0), sizes[dim] - (-after).max(0))?;
    }
    copy_in_place(&target, &source)?;
    for d in (0..padded).rev() {
        let (before, after) = around(padding, d, padded);
        let (dim, size) = (first + d, whole[first + d]);
        let (before, after) = (before.max(0), after.max(0));
        if before > 0 {
            let from = cut(&out, dim, size - before - after, size - after)?;
            copy_in_place(&cut(&out, dim, 0, before)?, &from)?;
        }
        if after > 0 {
            let from = cut(&out, dim, before, before + after)?;
            copy_in_place(&cut(&out, dim, size - after, size)?, &from)?;
        }
    }
    Ok(out)
}

/// `pad` with a mode by name.
fn by_mode(input: &Tensor, padding: &[i64], mode: &str, value: Option<f64>) -> Result<Tensor> {
    if !["constant", "reflect", "replicate", "circular"].contains(&mode) {
        return error::not_implemented(format!("Unrecognised padding mode {mode}"));
    }
    if !padding.len().is_multiple_of(2) {
        return error::runtime("Padding length must be divisible by 2");
    }
    let (padded, dims) = (padding.len() / 2, input.dim());
    if padded > dims {
        return error::runtime(format!(
            "Padding length should be less than or equal to two times the input dimension but got padding length {} and input of dimension {dims}",
            padding.len()
        ));
    }
    if mode == "constant" {
        return call1(&CONSTANT_PAD_ND, args![input, padding, value.unwrap_or(0.0)]);
    }
    if value.is_some_and(|value| value != 0.0) {
        return error::runtime(format!("Padding mode \"{mode}\" doesn't take in value argument"));
    }
    let op = match (padded, dims, mode) {
        (1, 2 | 3, "reflect") => &REFLECTION_PAD1D,
        (2, 3 | 4, "reflect") => &REFLECTION_PAD2D,
        (3, 4 | 5, "reflect") => &REFLECTION_PAD3D,
        (1, 2 | 3, "replicate") => &REPLICATION_PAD1D,
        (2, 3 | 4, "replicate") => &REPLICATION_PAD2D,
        (3, 4 | 5, "replicate") => &REPLICATION_PAD3D,
        (1, 2 | 3, _) | (2, 3 | 4, _) | (3, 4 | 5, _) => return circular(input, padding),
        _ => {
            return error::not_implemented(format!(
                "Padding size {} is not supported for {dims}D input tensor.\nSupported combinations for non-constant padding:\n  - 2D or 3D input: padding size = 2 (pads last dimension)\n  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)",
                padding.len()
            ));
        }
    };
    call1(op, args![input, padding])
}

crate::ops! {
    /// Pads the last dimensions with a constant; negative numbers cut elements off.
    CONSTANT_PAD_ND = "constant_pad_nd", "torch.constant_pad_nd(torch.tensor([1.0, 2.0]), (1, 2), 0.5)", [Overload::new(
        "constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor",
        FUNCTION,
        |a| one(constant(&*a.array(0)?, a.ints(1)?, a.scalar(2)?)?),
        Derivative::Node("ConstantPadNdBackward0", &[grad("self", "pad", constant_backward)]),
    )];
    /// Pads the last dimensions: with a constant, mirrored, repeated, or with the elements of the other end.
    PAD = "pad", "torch._C._nn.pad(torch.tensor([[1.0, 2.0, 3.0]]), (1, 1), 'reflect')", [Overload::new(
        "pad(Tensor self, SymInt[] pad, str mode=\"constant\", float? value=None) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| one(by_mode(a.tensor(0)?, a.ints(1)?, a.str(2)?, a.optional_float(3))?),
        Derivative::Composite,
    )];
}
