//! Convolutions as layers call them: by the number of dimensions, with or without a batch, of real or complex numbers.

use super::{CONVOLUTION, gradients};
use crate::array::array::format_sizes;
use crate::array::{Dims, Result, copy, error, matmul, warning};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// Runs a convolution on a batch; an input without one is given it for the time being. Complex numbers take three
/// convolutions of real ones.
fn batched(
    a: &Args,
    dims: usize,
    name: &str,
    run: impl Fn(&Tensor, &Tensor, Option<&Tensor>) -> Result<Tensor>,
) -> Result<Outs> {
    let (input, weight, bias) = (a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2));
    let batched = input.dim() == dims + 2;
    if !batched && input.dim() != dims + 1 {
        return error::runtime(format!(
            "Expected {}D (unbatched) or {}D (batched) input to {name}, but got input of size: {}",
            dims + 1,
            dims + 2,
            format_sizes(&input.sizes())
        ));
    }
    let whole = if batched { input.clone() } else { unsqueeze(input, 0)? };
    let out = if input.dtype().is_complex() {
        complex(&whole, weight, bias, run)?
    } else {
        run(&whole, weight, bias)?
    };
    one(if batched { out } else { squeeze_dim(&out, 0)? })
}

fn complex(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    run: impl Fn(&Tensor, &Tensor, Option<&Tensor>) -> Result<Tensor>,
) -> Result<Tensor> {
    if !weight.dtype().is_complex() {
        return error::runtime(format!(
            "Input type (CPU{}Type) and weight type (torch.{}Tensor) should be the same",
            input.dtype().scalar_type(),
            weight.dtype().scalar_type()
        ));
    }
    let parts = |x: &Tensor| -> Result<(Tensor, Tensor)> { Ok((real(x)?, imag(x)?)) };
    let ((xr, xi), (wr, wi)) = (parts(input)?, parts(weight)?);
    let (a, b, c) = match bias {
        Some(bias) => {
            let (br, bi) = parts(bias)?;
            (
                run(&xr, &wr, Some(&br))?,
                run(&xi, &wi, None)?,
                run(&add(&xr, &xi)?, &add(&wr, &wi)?, Some(&add(&br, &bi)?))?,
            )
        }
        None => (
            run(&xr, &wr, None)?,
            run(&xi, &wi, None)?,
            run(&add(&xr, &xi)?, &add(&wr, &wi)?, None)?,
        ),
    };
    let i = crate::array::Scalar::Complex(0.0, 1.0);
    add(&sub(&a, &b)?, &mul(i, &sub(&sub(&c, &a)?, &b)?)?)
}

fn check_bias(a: &Args) -> Result<()> {
    let input = a.tensor(0)?.dtype();
    match a.optional_tensor(2).map(Tensor::dtype) {
        Some(bias) if bias != input => error::runtime(format!(
            "Input type ({}) and bias type ({}) should be the same",
            matmul::cpp_name(input),
            matmul::cpp_name(bias)
        )),
        _ => Ok(()),
    }
}

fn call(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    [stride, padding, dilation]: [&[i64]; 3],
    transposed: bool,
    output_padding: &[i64],
    groups: i64,
) -> Result<Tensor> {
    call1(
        &CONVOLUTION,
        args![
            input,
            weight,
            bias,
            stride,
            padding,
            dilation,
            transposed,
            output_padding,
            groups
        ],
    )
}

/// `conv1d` to `conv3d` with numbers for the padding.
fn conv(a: &Args, dims: usize, name: &str) -> Result<Outs> {
    check_bias(a)?;
    let lists = [a.ints(3)?, a.ints(4)?, a.ints(5)?];
    let (none, groups) = ([0; 3], a.int(6)?);
    batched(a, dims, name, |x, w, bias| {
        call(x, w, bias, lists, false, &none[..dims], groups)
    })
}

/// `conv1d` to `conv3d` with a word for the padding.
fn conv_by_word(a: &Args, dims: usize, name: &str) -> Result<Outs> {
    let (stride, dilation, groups) = (a.ints(3)?, a.ints(5)?, a.int(6)?);
    batched(a, dims, name, |x, w, bias| match a.str(4)? {
        "same" => same(x, w, bias, stride, dilation, groups),
        "valid" => call(x, w, bias, [stride, &[0], dilation], false, &[0], groups),
        other => error::runtime(format!("Invalid padding string: '{other}'")),
    })
}

/// Padded so that the result has the input's sizes; where that takes more at the end, the input is padded for itself.
fn same(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    stride: &[i64],
    dilation: &[i64],
    groups: i64,
) -> Result<Tensor> {
    let kernel = weight.sizes();
    let all = kernel.len();
    if all <= 2 {
        return error::runtime("weight should have at least three dimensions");
    }
    if groups <= 0 {
        return error::runtime("non-positive groups is not supported");
    }
    if all != input.dim() {
        return error::runtime(format!(
            "Expected {all}-dimensional input for {all}-dimensional weight{}, but got {}-dimensional input of size {} instead",
            format_sizes(&kernel),
            input.dim(),
            format_sizes(&input.sizes())
        ));
    }
    let dims = all - 2;
    for (name, list) in [("stride", stride), ("dilation", dilation)] {
        if list.len() != dims && list.len() != 1 {
            return error::runtime(format!("{name} cannot broadcast to {dims} dimensions"));
        }
    }
    if stride.iter().any(|&stride| stride != 1) {
        return error::runtime("padding='same' is not supported for strided convolutions");
    }
    let total: Dims = (0..dims)
        .map(|d| dilation.get(d).or(dilation.first()).copied().unwrap_or(1) * (kernel[d + 2] - 1))
        .collect();
    let padding: Dims = total.iter().map(|total| total / 2).collect();
    let none = [0; 3];
    let output_padding = &none[..dims.min(3)];
    if total.iter().all(|total| total % 2 == 0) {
        return call(
            input,
            weight,
            bias,
            [stride, &padding, dilation],
            false,
            output_padding,
            groups,
        );
    }
    warning::warn_once(
        "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created",
    );
    let pad: Dims = total
        .iter()
        .rev()
        .flat_map(|total| [0, total - total / 2 * 2])
        .collect();
    let padded = super::super::named("constant_pad_nd", args![input, pad, 0])?;
    call(
        &padded,
        weight,
        bias,
        [stride, &padding, dilation],
        false,
        output_padding,
        groups,
    )
}

fn conv_transpose(a: &Args, dims: usize, name: &str) -> Result<Outs> {
    let lists = [a.ints(3)?, a.ints(4)?, a.ints(7)?];
    let (output_padding, groups) = (a.ints(5)?, a.int(6)?);
    batched(a, dims, name, |x, w, bias| {
        call(x, w, bias, lists, true, output_padding, groups)
    })
}

/// Input [time, batch, channels] and weight [kernel, in, out] in the order of `convolution`.
fn from_tbc(input: &Tensor, weight: &Tensor) -> Result<(Tensor, Tensor)> {
    Ok((permute(input, &[1, 2, 0])?, permute(weight, &[2, 1, 0])?))
}
ops! {
    /// A convolution over one dimension: a weighted sum of each window of the input.
    CONV1D = "conv1d", "torch.conv1d(torch.ones(1, 1, 3), torch.tensor([[[1.0, 2.0]]]))", [
        Overload::new(
            "conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, SymInt[1] padding=0, SymInt[1] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv(a, 1, "conv1d"),
            Derivative::Composite,
        ),
        Overload::new(
            "conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, str padding=\"valid\", SymInt[1] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv_by_word(a, 1, "conv1d"),
            Derivative::Composite,
        ),
    ];
    /// A convolution over two dimensions: a weighted sum of each window of the input.
    CONV2D = "conv2d", "torch.conv2d(torch.ones(1, 1, 3, 3), torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))", [
        Overload::new(
            "conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, SymInt[2] padding=0, SymInt[2] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv(a, 2, "conv2d"),
            Derivative::Composite,
        ),
        Overload::new(
            "conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, str padding=\"valid\", SymInt[2] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv_by_word(a, 2, "conv2d"),
            Derivative::Composite,
        ),
    ];
    /// A convolution over three dimensions: a weighted sum of each window of the input.
    CONV3D = "conv3d", "torch.conv3d(torch.ones(1, 1, 2, 2, 2), torch.ones(1, 1, 1, 2, 2))", [
        Overload::new(
            "conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, SymInt[3] padding=0, SymInt[3] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv(a, 3, "conv3d"),
            Derivative::Composite,
        ),
        Overload::new(
            "conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, str padding=\"valid\", SymInt[3] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv_by_word(a, 3, "conv3d"),
            Derivative::Composite,
        ),
    ];
    /// The transpose of a convolution over one dimension.
    CONV_TRANSPOSE1D = "conv_transpose1d", "torch.conv_transpose1d(torch.ones(1, 1, 3), torch.tensor([[[1.0, 2.0]]]))", [Overload::new(
        "conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, SymInt[1] padding=0, SymInt[1] output_padding=0, SymInt groups=1, SymInt[1] dilation=1) -> Tensor",
        FUNCTION,
        |a| conv_transpose(a, 1, "conv_transpose1d"),
        Derivative::Composite,
    )];
    /// The transpose of a convolution over two dimensions.
    CONV_TRANSPOSE2D = "conv_transpose2d", "torch.conv_transpose2d(torch.ones(1, 1, 2, 2), torch.tensor([[[[1.0, 2.0]]]]))", [Overload::new(
        "conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, SymInt[2] padding=0, SymInt[2] output_padding=0, SymInt groups=1, SymInt[2] dilation=1) -> Tensor",
        FUNCTION,
        |a| conv_transpose(a, 2, "conv_transpose2d"),
        Derivative::Composite,
    )];
    /// The transpose of a convolution over three dimensions.
    CONV_TRANSPOSE3D = "conv_transpose3d", "torch.conv_transpose3d(torch.ones(1, 1, 1, 2, 2), torch.ones(1, 1, 1, 1, 2))", [Overload::new(
        "conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, SymInt[3] padding=0, SymInt[3] output_padding=0, SymInt groups=1, SymInt[3] dilation=1) -> Tensor",
        FUNCTION,
        |a| conv_transpose(a, 3, "conv_transpose3d"),
        Derivative::Composite,
    )];
    /// A convolution over time of an input [time, batch, channels].
    CONV_TBC = "conv_tbc", "torch.conv_tbc(torch.ones(3, 1, 1), torch.ones(2, 1, 1), torch.ones(1))", [Overload::new(
        "conv_tbc(Tensor self, Tensor weight, Tensor bias, int pad=0) -> Tensor",
        FUNCTION,
        |a| {
            let (input, weight, bias, pad) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?, a.int(3)?);
            if input.dim() != 3 {
                return error::runtime("Input must have 3 dims: time, batch, in_channel");
            }
            if weight.dim() != 3 {
                return error::runtime("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.");
            }
            if bias.dim() != 1 {
                return error::runtime("Bias must be 1-D");
            }
            let (x, w) = from_tbc(input, weight)?;
            let out = call(&x, &w, Some(bias), [&[1], &[pad], &[1]], false, &[0], 1)?;
            one(copy::to_contiguous(&permute(&out, &[2, 0, 1])?.array())?)
        },
        Derivative::Node("ConvTbcBackward0", &[joint("self, weight, bias", "self, weight, bias, pad", |b| {
            let (x, w) = from_tbc(&b.tensor(0)?, &b.tensor(1)?)?;
            let others = args![&[1i64][..], &[b.int(3)?][..], &[1i64][..], false, &[0i64][..], 1];
            let grads = gradients(&permute(b.grad()?, &[1, 2, 0])?, &x, &w, &others, 0, [true; 3])?;
            let back = [Some(&[2i64, 0, 1]), Some(&[2, 1, 0]), None];
            let moved = grads.into_iter().zip(back).map(|(grad, order)| match (grad, order) {
                (Some(grad), Some(order)) => permute(&grad, order).map(Some),
                (grad, _) => Ok(grad),
            });
            moved.collect()
        })]),
    )];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Array;

    fn tensor(sizes: &[i64], elements: &[f64]) -> Tensor {
        Array::from_vec(sizes, elements).unwrap().into()
    }

    #[test]
    fn slides_and_transposes() {
        let (x, w) = (
            tensor(&[1, 1, 4], &[1.0, 2.0, 3.0, 4.0]),
            tensor(&[1, 1, 2], &[1.0, 10.0]),
        );
        let out = call(&x, &w, None, [&[2], &[1], &[1]], false, &[0], 1).unwrap();
        assert_eq!(out.array().as_slice::<f64>().unwrap(), [10.0, 32.0, 4.0]);
        let back = call(&out, &w, None, [&[2], &[1], &[1]], true, &[0], 1).unwrap();
        assert_eq!(back.array().as_slice::<f64>().unwrap(), [100.0, 32.0, 320.0, 4.0]);
    }
}
