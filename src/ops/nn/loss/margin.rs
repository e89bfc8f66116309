//! Losses that want a margin between classes.

use super::Reduction;
use crate::array::array::format_sizes;
use crate::array::nn::class::{Total, are_classes};
use crate::array::nn::margin::{self, Margin};
use crate::array::{Array, Dims, Result, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// Samples and classes of an input [N, C], [C] or [].
fn frame(input: &Tensor) -> Result<(i64, i64)> {
    match input.sizes()[..] {
        [samples, classes] if classes != 0 => Ok((samples, classes)),
        [classes] if classes != 0 => Ok((1, classes)),
        [] => Ok((1, 1)),
        ref sizes => error::runtime(format!(
            "Expected non-empty vector or matrix with optional 0-dim batch size, but got: {}",
            format_sizes(sizes)
        )),
    }
}

/// Checks the arguments of `multi_margin_loss` and its gradient, calls a kernel with them.
fn multi_margin<R>(
    a: &Args,
    first: usize,
    kernel: impl FnOnce(&Array, &Array, Margin, &[i64]) -> Result<R>,
) -> Result<R> {
    let (input, target, weight) = (a.tensor(first)?, a.tensor(first + 1)?, a.optional_tensor(first + 4));
    let (samples, classes) = frame(input)?;
    let power = a.scalar(first + 2)?.to_i64();
    if power != 1 && power != 2 {
        return error::runtime("only p == 1 and p == 2 supported");
    }
    if target.dim() > 1 || target.numel() as i64 != samples {
        return error::runtime(format!(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). Expected target size [{samples}], but got {}. Input has shape {}.",
            format_sizes(&target.sizes()),
            format_sizes(&input.sizes())
        ));
    }
    if let Some(weight) = weight.filter(|weight| weight.dim() > 1 || weight.numel() as i64 != classes) {
        return error::runtime(format!(
            "inconsistent weight size, expected {classes} but got {}",
            format_sizes(&weight.sizes())
        ));
    }
    let weight = weight.map(|weight| weight.array());
    let each: Dims = target.sizes();
    let total = match Reduction::of(a.int(first + 5)?).total() {
        Total::Each if target.dim() == 0 => Total::Sum,
        total => total,
    };
    let margin = Margin {
        classes: classes as usize,
        power,
        margin: a.scalar(first + 3)?.to_f64(),
        weight: weight.as_deref(),
        total,
    };
    kernel(&input.array(), &target.array(), margin, &each)
}

/// Checks the arguments of `multilabel_margin_loss`; gives the classes and how samples add up.
fn multilabel(input: &Tensor, target: &Tensor, reduction: i64) -> Result<(usize, Total, Dims)> {
    let (samples, classes) = frame(input)?;
    if target.sizes() != input.sizes() && !(input.dim() <= 1 && target.dim() <= 1 && target.numel() as i64 == classes) {
        return error::runtime(format!(
            "inconsistent target size: {} for input of size: {}",
            format_sizes(&target.sizes()),
            format_sizes(&input.sizes())
        ));
    }
    let shifted = crate::array::binary::add(&*target.array(), crate::array::Scalar::Int(1))?;
    if !are_classes(&shifted, classes + 1)? {
        return error::runtime("argument #2 'target' is out of range");
    }
    let each: Dims = if input.dim() > 1 {
        smallvec![samples]
    } else {
        Dims::new()
    };
    let total = match Reduction::of(reduction).total() {
        Total::Each if each.is_empty() => Total::Sum,
        total => total,
    };
    Ok((classes as usize, total, each))
}

ops! {
    /// The mean of max(0, margin - x[target] + x[i])^p over other classes i.
    MULTI_MARGIN_LOSS = "multi_margin_loss", "torch.nn.functional.multi_margin_loss(torch.ones(1, 2), torch.tensor([1]))", [Overload::new(
        "multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=Mean) -> Tensor",
        OUT | NAMESPACED,
        |a| one(multi_margin(a, 0, margin::multi_margin)?),
        Derivative::Node("MultiMarginLossBackward0", &[
            grad("self", "self, target, p, margin, weight, reduction", |b| {
                call1(&MULTI_MARGIN_LOSS_BACKWARD, args![
                    b.grad()?, b.tensor(0)?, b.tensor(1)?, b.scalar(2)?, b.scalar(3)?, b.optional_tensor(4)?, b.int(5)?
                ])
            }),
            apart("target"),
        ]),
    )];
    /// The gradient of multi_margin_loss.
    MULTI_MARGIN_LOSS_BACKWARD = "multi_margin_loss_backward", "torch.nn.functional.multi_margin_loss(torch.ones(1, 2), torch.tensor([1]))", [Overload::new(
        "multi_margin_loss_backward(Tensor grad_output, Tensor self, Tensor target, Scalar p, Scalar margin, Tensor? weight=None, int reduction=Mean) -> Tensor",
        0,
        |a| {
            let grad = a.array(0)?;
            one(multi_margin(a, 1, |input, target, margin, _| {
                margin::multi_margin_backward(&grad, input, target, margin)
            })?)
        },
        Derivative::NotImplemented,
    )];
    /// The mean of max(0, 1 - x[j] + x[i]) over targets j and other classes i.
    MULTILABEL_MARGIN_LOSS = "multilabel_margin_loss", "torch.nn.functional.multilabel_margin_loss(torch.ones(2), torch.tensor([1, -1]))", [Overload::new(
        "multilabel_margin_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor",
        OUT | NAMESPACED,
        |a| one(call1(&MULTILABEL_MARGIN_LOSS_FORWARD, args![a.tensor(0)?, a.tensor(1)?, a.int(2)?])?),
        Derivative::Composite,
    )];
    /// multilabel_margin_loss, and which classes are targets.
    MULTILABEL_MARGIN_LOSS_FORWARD = "multilabel_margin_loss_forward", "torch.nn.functional.multilabel_margin_loss(torch.ones(2), torch.tensor([1, -1]))", [Overload::new(
        "multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor output, Tensor is_target)",
        0,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            let (classes, total, each) = multilabel(input, target, a.int(2)?)?;
            two(margin::multilabel_margin(&input.array(), &target.array(), classes, total, &each)?)
        },
        Derivative::Node("MultilabelMarginLossBackward0", &[
            grad("self", "self, target, reduction, result1", |b| {
                call1(&MULTILABEL_MARGIN_LOSS_BACKWARD, args![
                    b.grad()?, b.tensor(0)?, b.tensor(1)?, b.int(2)?, b.result(1)?
                ])
            }),
            apart("target"),
        ]),
    ).outputs(1)];
    /// The gradient of multilabel_margin_loss.
    MULTILABEL_MARGIN_LOSS_BACKWARD = "multilabel_margin_loss_backward", "torch.nn.functional.multilabel_margin_loss(torch.ones(2), torch.tensor([1, -1]))", [Overload::new(
        "multilabel_margin_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction, Tensor is_target) -> Tensor",
        0,
        |a| {
            let (input, target) = (a.tensor(1)?, a.tensor(2)?);
            let (classes, total, _) = multilabel(input, target, a.int(3)?)?;
            let (grad, marks) = (a.array(0)?, a.array(4)?);
            let result =
                margin::multilabel_margin_backward(&grad, &input.array(), &target.array(), &marks, classes, total)?;
            one(result)
        },
        Derivative::NotImplemented,
    )];
}
