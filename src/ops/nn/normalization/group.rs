//! Normalisation over groups of channels.

use super::{array, backward, first};
use crate::array::array::format_sizes;
use crate::array::nn::normalize::{self, Rows};
use crate::array::{Array, Result, error};
use crate::autograd::{Tensor, modes};
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

/// The arguments N, C, HxW and group from position `from` on.
fn rows(a: &Args, from: usize) -> Result<Rows> {
    let [n, c, hw, groups] = [
        a.int(from)?,
        a.int(from + 1)?,
        a.int(from + 2)?,
        a.int(from + 3)?.max(1),
    ];
    Ok(Rows {
        count: (n * groups).max(0) as usize,
        length: (c / groups * hw).max(0) as usize,
        groups: groups as usize,
        channels: (c / groups).max(0) as usize,
        block: hw.max(1) as usize,
    })
}

fn check(input: &[i64], weight: Option<&Tensor>, bias: Option<&Tensor>, channels: i64, groups: i64) -> Result<()> {
    if groups <= 0 {
        return error::runtime(format!("Expected num groups to be greater than 0, got {groups}"));
    }
    if channels % groups != 0 {
        return error::runtime(format!(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape {} and num_groups={groups}",
            format_sizes(input)
        ));
    }
    for (name, given) in [("weight", weight), ("bias", bias)] {
        if let Some(given) = given.filter(|given| given.sizes()[..] != [channels]) {
            return error::runtime(format!(
                "Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape {} and input of shape {}",
                format_sizes(&given.sizes()),
                format_sizes(input)
            ));
        }
    }
    Ok(())
}

fn forward(a: &Args) -> Result<Outs> {
    let input = a.array(0)?;
    let (weight, bias) = (a.optional_tensor(1), a.optional_tensor(2));
    let [n, c, hw, groups] = [a.int(3)?, a.int(4)?, a.int(5)?, a.int(6)?];
    check(input.sizes(), weight, bias, c, groups)?;
    for (name, size) in [("number of channels", c), ("HxW", hw)] {
        if size <= 0 {
            return error::runtime(format!("Expected {name} to be greater than 0, got {size}"));
        }
    }
    if n.checked_mul(c).and_then(|nc| nc.checked_mul(hw)) != Some(input.numel() as i64) {
        return error::runtime(
            "Expected X.numel() == N * C * HxW to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
        );
    }
    let (weight, bias) = (array(weight), array(bias));
    let by = rows(a, 3)?;
    let (out, mean, rstd) = normalize::rows(
        &input,
        by,
        a.float(7)?,
        weight.as_ref(),
        bias.as_ref(),
        "GroupNormKernelImpl",
    )?;
    let shaped = |x: Array| crate::array::view::view(&x, &[n, groups]);
    Ok(smallvec![out.into(), shaped(mean)?.into(), shaped(rstd)?.into()])
}

/// The gradients by one kernel, where nothing asks for theirs.
fn at_once(b: &Backward, g: &Tensor) -> Result<Vec<Option<Tensor>>> {
    let (x, weight, mean, rstd) = (b.tensor(0)?, b.optional_tensor(1)?, b.result(1)?, b.result(2)?);
    let weight = array(weight.as_ref());
    let by = rows(b.args()?, 3)?;
    let parts = normalize::rows_backward(
        &g.array(),
        &x.array(),
        by,
        &mean.array(),
        &rstd.array(),
        weight.as_ref(),
    )?;
    Ok(parts.into_iter().map(|part| Some(part.into())).collect())
}

/// The gradients as differentiable expressions of input, mean and reciprocal standard deviation.
fn expressions(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (x, weight) = (b.tensor(0)?, b.optional_tensor(1)?);
    let [n, c, hw, groups] = [b.int(3)?, b.int(4)?, b.int(5)?, b.int(6)?];
    let (sizes, length) = (x.sizes(), c / groups.max(1) * hw);
    let rows = |t: &Tensor| reshape(t, &[n, groups, length]);
    let one_each = |t: &Tensor| reshape(t, &[n, groups, 1]);
    let (x, mean, rstd) = (rows(&x)?, one_each(&b.result(1)?)?, one_each(&b.result(2)?)?);
    let apart = sub(&x, &mean)?;
    let (mut own, mut of_weight, mut of_bias): (Option<Tensor>, _, _) = (None, None, None);
    if let Some(g) = b.grad_of(0) {
        let scaled = match &weight {
            Some(weight) => rows(&mul(&reshape(g, &[n, c, hw])?, &reshape(weight, &[1, c, 1])?)?)?,
            None => rows(g)?,
        };
        own = Some(backward(&scaled, &x, &mean, &rstd, &[2])?);
        let normal = reshape(&mul(&apart, &rstd)?, &[n, c, hw])?;
        let g = reshape(g, &[n, c, hw])?;
        of_weight = Some(view(&sum_dims(&mul(&g, &normal)?, &[0, 2], false)?, &[c])?);
        of_bias = Some(view(&sum_dims(&g, &[0, 2], false)?, &[c])?);
    }
    let mut add_to = |term: Tensor| -> Result<()> {
        own = Some(match own.take() {
            Some(own) => add(&own, &term)?,
            None => term,
        });
        Ok(())
    };
    if let Some(g) = b.grad_of(1) {
        add_to(expand(&div(&one_each(g)?, length as f64)?, &[n, groups, length])?)?;
    }
    if let Some(g) = b.grad_of(2) {
        let cube = mul(&mul(&rstd, &rstd)?, &rstd)?;
        add_to(mul(&mul(&one_each(g)?, &div(&cube, -(length as f64))?)?, &apart)?)?;
    }
    Ok(vec![
        own.map(|own| view(&contiguous(&own)?, &sizes)).transpose()?,
        of_weight,
        of_bias,
    ])
}

ops! {
    /// Normalises over groups of channels, with their means and reciprocal standard deviations.
    NATIVE_GROUP_NORM = "native_group_norm", "torch.native_group_norm(torch.tensor([[[1.0, 3.0]]]), None, None, 1, 1, 2, 1, 1e-5)[0]", [Overload::new(
        "native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group, float eps) -> (Tensor, Tensor, Tensor)",
        FUNCTION,
        forward,
        Derivative::Node("NativeGroupNormBackward0", &[
            joint("input, weight, bias", "input, weight, result1, result2, N, C, HxW, group", |b| match b.grad_of(0) {
                Some(g) if !modes::is_grad_enabled() && b.grad_of(1).is_none() && b.grad_of(2).is_none() => at_once(b, g),
                _ => expressions(b),
            }),
        ]),
    )];
    /// Normalises over groups of channels.
    GROUP_NORM = "group_norm", "torch.group_norm(torch.tensor([[[1.0, 3.0]]]), 1)", [Overload::new(
        "group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True) -> Tensor",
        FUNCTION,
        |a| {
            let (input, groups) = (a.tensor(0)?, a.int(1)?);
            let (weight, bias, sizes) = (a.optional_tensor(2), a.optional_tensor(3), input.sizes());
            if sizes.len() < 2 {
                return error::runtime(format!(
                    "Expected at least 2 dimensions for input tensor but received {}",
                    sizes.len()
                ));
            }
            check(&sizes, weight, bias, sizes[1], groups)?;
            let pixels: i64 = sizes[2..].iter().product();
            first(&NATIVE_GROUP_NORM, args![
                contiguous(input)?, weight, bias, sizes[0], sizes[1], pixels, groups, a.float(4)?
            ])
        },
        Derivative::Composite,
    )];
}
