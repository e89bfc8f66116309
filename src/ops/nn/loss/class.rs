//! Losses of classes: `nll_loss` and `cross_entropy_loss`.

use super::Reduction;
use crate::array::array::format_sizes;
use crate::array::nn::class::{self, Classes};
use crate::array::{Dtype, Result, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

fn of_dtype(target: &Tensor) -> Result<()> {
    if matches!(target.dtype(), Dtype::Int64 | Dtype::Uint8) {
        return Ok(());
    }
    error::runtime(format!(
        "expected target dtype to be Long or Byte, but got {}",
        target.dtype().scalar_type()
    ))
}

/// Input [N, C] or [C], target [N] or [].
fn of_samples(input: &Tensor, target: &Tensor, weight: Option<&Tensor>, ignore: i64) -> Result<Classes> {
    let (sizes, given) = (input.sizes(), target.sizes());
    if sizes.is_empty() || sizes.len() > 2 {
        return error::runtime("input tensor should be 1D or 2D");
    }
    if given.len() > 1 {
        return error::runtime("0D or 1D target tensor expected, multi-target not supported");
    }
    if !(sizes.len() == 1 && given.is_empty()) && sizes.first() != given.first() {
        if sizes.len() == 1 && given.len() == 1 {
            if given.first() != Some(&1) {
                return error::value(format!(
                    "For 1D input, 1D target must have size 1, but got target size: {}",
                    given.first().copied().unwrap_or(0)
                ));
            }
        } else {
            return error::runtime(format!(
                "size mismatch (got input: {}, target: {})",
                format_sizes(&sizes),
                format_sizes(&given)
            ));
        }
    }
    of_dtype(target)?;
    let classes = sizes.last().copied().unwrap_or(0);
    if let Some(weight) = weight.filter(|weight| weight.dim() != 1 || weight.numel() as i64 != classes) {
        return error::runtime(format!(
            "weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: {}",
            format_sizes(&weight.sizes())
        ));
    }
    Ok(Classes {
        classes: classes as usize,
        inner: 1,
        ignore,
    })
}

/// Input [N, C, H, W], target [N, H, W].
fn of_images(input: &Tensor, target: &Tensor, weight: Option<&Tensor>, ignore: i64) -> Result<Classes> {
    let (sizes, given) = (input.sizes(), target.sizes());
    if given.len() != 3 {
        return error::runtime(format!(
            "only batches of spatial targets supported (3D tensors) but got targets of dimension: {}",
            given.len()
        ));
    }
    let &[batch, classes, height, width] = &sizes[..] else {
        return error::runtime(format!(
            "only batches of spatial inputs supported (4D tensors), but got input of dimension: {}",
            sizes.len()
        ));
    };
    if weight.is_some_and(|weight| weight.numel() as i64 != classes) {
        return error::runtime("weight tensor should be defined either for all or no classes");
    }
    if given[..] != [batch, height, width] {
        // the closing parenthesis is missing in PyTorch's text
        return error::runtime(format!(
            "size mismatch (got input: {} , target: {}",
            format_sizes(&sizes),
            format_sizes(&given)
        ));
    }
    of_dtype(target)?;
    Ok(Classes {
        classes: classes as usize,
        inner: ((height * width) as usize).max(1),
        ignore,
    })
}

type Check = fn(&Tensor, &Tensor, Option<&Tensor>, i64) -> Result<Classes>;

/// A sample without a batch keeps its loss as one number, whatever the reduction.
fn total(reduction: i64, input: &Tensor, target: &Tensor) -> class::Total {
    let single = input.dim() == 1 && target.dim() == 1;
    match Reduction::of(reduction).total() {
        class::Total::Each if single => class::Total::Sum,
        total => total,
    }
}

fn forward(a: &Args, check: Check) -> Result<Outs> {
    let (input, target, weight) = (a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2));
    let classes = check(input, target, weight, a.int(4)?)?;
    let weight = weight.map(|weight| weight.array());
    let (loss, all) = class::nll(
        &input.array(),
        &target.array(),
        weight.as_deref(),
        total(a.int(3)?, input, target),
        classes,
    )?;
    two((loss, all))
}

fn backward(a: &Args, check: Check) -> Result<Outs> {
    let (input, target, weight) = (a.tensor(1)?, a.tensor(2)?, a.optional_tensor(3));
    let classes = check(input, target, weight, a.int(5)?)?;
    let weight = weight.map(|weight| weight.array());
    one(class::nll_backward(
        &*a.array(0)?,
        &input.array(),
        &target.array(),
        weight.as_deref(),
        total(a.int(4)?, input, target),
        classes,
        &*a.array(6)?,
    )?)
}

fn gradient(b: &Backward, op: &'static Op) -> Result<Tensor> {
    let args = args![
        b.grad()?,
        b.tensor(0)?,
        b.tensor(1)?,
        b.optional_tensor(2)?,
        b.int(3)?,
        b.int(4)?,
        b.result(1)?
    ];
    call1(op, args)
}

fn second_gradient(b: &Backward, op: &'static Op) -> Result<Tensor> {
    let args = args![b.grad()?, b.tensor(2)?, b.optional_tensor(3)?, b.int(4)?, b.int(5)?];
    call1(op, args)
}

ops! {
    /// Minus the input at each target's class, and the weight of all targets.
    NLL_LOSS_FORWARD = "nll_loss_forward", "torch.nn.functional.nll_loss(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)",
        0,
        |a| forward(a, of_samples),
        Derivative::Node("NllLossBackward0", &[
            grad("self", "self, target, weight, reduction, ignore_index, result1", |b| gradient(b, &NLL_LOSS_BACKWARD)),
            apart("target"),
        ]),
    ).outputs(1)];
    /// Puts the gradient of `nll_loss` at each target's class.
    NLL_LOSS_BACKWARD = "nll_loss_backward", "torch.nn.functional.nll_loss(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "nll_loss_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index, Tensor total_weight) -> Tensor",
        0,
        |a| backward(a, of_samples),
        Derivative::Node("NllLossBackwardBackward0", &[
            grad("grad_output", "target, weight, reduction, ignore_index", |b| second_gradient(b, &NLL_LOSS)),
            zero("self"),
            apart("target"),
        ]),
    )];
    /// As nll_loss_forward, for images.
    NLL_LOSS2D_FORWARD = "nll_loss2d_forward", "torch.nn.functional.nll_loss(torch.zeros(1, 2, 1, 1), torch.tensor([[[0]]]))", [Overload::new(
        "nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)",
        0,
        |a| forward(a, of_images),
        Derivative::Node("NllLoss2DBackward0", &[
            grad("self", "self, target, weight, reduction, ignore_index, result1", |b| {
                gradient(b, &NLL_LOSS2D_BACKWARD)
            }),
            apart("target"),
        ]),
    ).outputs(1)];
    /// As nll_loss_backward, for images.
    NLL_LOSS2D_BACKWARD = "nll_loss2d_backward", "torch.nn.functional.nll_loss(torch.zeros(1, 2, 1, 1), torch.tensor([[[0]]]))", [Overload::new(
        "nll_loss2d_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index, Tensor total_weight) -> Tensor",
        0,
        |a| backward(a, of_images),
        Derivative::Node("NllLoss2DBackwardBackward0", &[
            grad("grad_output", "target, weight, reduction, ignore_index", |b| second_gradient(b, &NLL_LOSS2D)),
            zero("self"),
            apart("target"),
        ]),
    )];
    /// The negative log-likelihood of classes, of samples.
    NLL_LOSS = "nll_loss", "torch.nn.functional.nll_loss(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean, SymInt ignore_index=-100) -> Tensor",
        NAMESPACED,
        |a| loss_only(a, &NLL_LOSS_FORWARD),
        Derivative::Composite,
    )];
    /// The negative log-likelihood of classes, of images.
    NLL_LOSS2D = "nll_loss2d", "torch.nn.functional.nll_loss(torch.zeros(1, 2, 1, 1), torch.tensor([[[0]]]))", [Overload::new(
        "nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean, SymInt ignore_index=-100) -> Tensor",
        NAMESPACED,
        |a| loss_only(a, &NLL_LOSS2D_FORWARD),
        Derivative::Composite,
    )];
    /// The negative log-likelihood of classes.
    NLL_LOSS_ND = "nll_loss_nd", "torch.nn.functional.nll_loss(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean, SymInt ignore_index=-100) -> Tensor",
        NAMESPACED,
        |a| {
            let (reduction, ignore) = (a.int(3)?, a.int(4)?);
            one(negative_log_likelihood(a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2), reduction, ignore)?)
        },
        Derivative::Composite,
    )];
    /// The cross entropy of logits and classes, or class probabilities.
    CROSS_ENTROPY_LOSS = "cross_entropy_loss", "torch.nn.functional.cross_entropy(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean, SymInt ignore_index=-100, float label_smoothing=0.0) -> Tensor",
        NAMESPACED,
        |a| {
            let (input, target, weight) = (a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2));
            let (reduction, ignore, smoothing) = (a.int(3)?, a.int(4)?, a.float(5)?);
            if input.sizes() == target.sizes() {
                if !target.dtype().is_floating_point() {
                    return error::runtime(format!(
                        "Expected floating point type for target with class probabilities, got {}",
                        target.dtype().scalar_type()
                    ));
                }
                if ignore >= 0 {
                    return error::runtime("ignore_index is not supported for floating point target");
                }
                return one(of_probabilities(input, target, weight, Reduction::of(reduction), smoothing)?);
            }
            check_smoothing(smoothing)?;
            let logs = log_softmax(input)?;
            let nll = negative_log_likelihood(&logs, target, weight, reduction, ignore)?;
            if smoothing <= 0.0 {
                return one(nll);
            }
            one(smoothed(&logs, target, weight, Reduction::of(reduction), ignore, smoothing, &nll)?)
        },
        Derivative::Composite,
    )];
}

fn loss_only(a: &Args, op: &'static Op) -> Result<Outs> {
    let args = args![a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2), a.int(3)?, a.int(4)?];
    one(call1(op, args)?)
}

/// `nll_loss_nd`: samples, images, or what becomes images by a reshape.
fn negative_log_likelihood(
    input: &Tensor,
    target: &Tensor,
    weight: Option<&Tensor>,
    reduction: i64,
    ignore: i64,
) -> Result<Tensor> {
    let (sizes, given) = (input.sizes(), target.sizes());
    let Some((&batch, rest)) = sizes.split_first() else {
        return error::value("Expected 1 or more dimensions (got 0)");
    };
    if rest.is_empty() && given.len() == 1 && given.first() != Some(&1) {
        return error::value(format!(
            "For 1D input, 1D target must have size 1, but got target size: {}",
            given.first().copied().unwrap_or(0)
        ));
    }
    if !rest.is_empty() && given.first() != Some(&batch) {
        return error::value(format!(
            "Expected input batch_size ({batch}) to match target batch_size ({}).",
            given.first().copied().unwrap_or(0)
        ));
    }
    let call = |op, input: &Tensor, target: &Tensor| call1(op, args![input, target, weight, reduction, ignore]);
    match sizes.len() {
        1 | 2 => call(&NLL_LOSS, input, target),
        4 => call(&NLL_LOSS2D, input, target),
        _ => {
            let classes = rest.first().copied().unwrap_or(0);
            let mut expected = vec![batch];
            expected.extend(rest.iter().skip(1));
            if given[..] != expected[..] {
                return error::runtime(format!(
                    "Expected target size {}, got {}",
                    format_sizes(&expected),
                    format_sizes(&given)
                ));
            }
            let (input, target) = (contiguous(input)?, contiguous(target)?);
            let places = expected.iter().skip(1).product::<i64>();
            let input = view(&input, &[batch, classes, 1, places])?;
            let target = view(&target, &[batch, 1, places])?;
            let loss = call(&NLL_LOSS2D, &input, &target)?;
            if Reduction::of(reduction) == Reduction::None {
                return view(&loss, &expected);
            }
            Ok(loss)
        }
    }
}

fn class_dim(input: &Tensor) -> i64 {
    i64::from(input.dim() != 1)
}

fn log_softmax(input: &Tensor) -> Result<Tensor> {
    super::super::named("log_softmax", args![input, class_dim(input), input.dtype()])
}

fn check_smoothing(smoothing: f64) -> Result<()> {
    if smoothing > 1.0 {
        return error::runtime(format!(
            "label_smoothing must be between 0.0 and 1.0. Got: {}",
            smoothing
        ));
    }
    Ok(())
}

/// A weight a class as a tensor that broadcasts over the others' dimensions.
fn spread_weight(input: &Tensor, weight: &Tensor) -> Result<Tensor> {
    let mut sizes = vec![1; input.dim()];
    if let Some(size) = sizes.get_mut(class_dim(input) as usize) {
        *size = weight.numel() as i64;
    }
    view(weight, &sizes)
}

/// Targets are probabilities of each class.
fn of_probabilities(
    input: &Tensor,
    target: &Tensor,
    weight: Option<&Tensor>,
    reduction: Reduction,
    smoothing: f64,
) -> Result<Tensor> {
    let dim = class_dim(input);
    let Some(&classes) = input.sizes().get(dim as usize) else {
        return error::index(format!("Dimension specified as {dim} but tensor has no dimensions"));
    };
    if let Some(weight) = weight.filter(|weight| weight.dim() != 1 || weight.numel() as i64 != classes) {
        return error::runtime(format!(
            "cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: {}",
            format_sizes(&weight.sizes())
        ));
    }
    check_smoothing(smoothing)?;
    let logs = log_softmax(input)?;
    let target = match smoothing > 0.0 {
        true => add(mul(target, 1.0 - smoothing)?, smoothing / classes as f64)?,
        false => target.clone(),
    };
    let mut product = mul(&logs, &target)?;
    if let Some(weight) = weight {
        product = mul(&product, spread_weight(input, weight)?)?;
    }
    match reduction {
        Reduction::Mean if input.numel() == 0 => {
            let nothing = neg(sum(&product)?)?;
            mul(&nothing, f64::NAN)
        }
        Reduction::Mean => div(neg(sum(&product)?)?, input.numel() as i64 / classes),
        Reduction::Sum => neg(sum(&product)?),
        Reduction::None => neg(sum_dims(&product, &[dim], false)?),
    }
}

/// Targets are classes, a part of whose weight all classes share.
fn smoothed(
    logs: &Tensor,
    target: &Tensor,
    weight: Option<&Tensor>,
    reduction: Reduction,
    ignore: i64,
    smoothing: f64,
    nll: &Tensor,
) -> Result<Tensor> {
    let dim = class_dim(logs);
    let classes = logs.sizes().get(dim as usize).copied().unwrap_or(1) as f64;
    let spread = match weight {
        Some(weight) => mul(logs, spread_weight(logs, weight)?)?,
        None => logs.clone(),
    };
    let spread = neg(sum_dims(&spread, &[dim], false)?)?;
    let ignored = eq(target, ignore)?;
    let spread = masked_fill(&spread, &ignored, 0.0)?;
    let smooth = match reduction {
        Reduction::None => spread,
        Reduction::Sum => sum(&spread)?,
        Reduction::Mean => {
            let kept = logical_not(&ignored)?;
            let share = match weight {
                Some(weight) => {
                    let chosen = crate::ops::indexing::advanced::masked_select(target, &kept)?;
                    sum(&gather(weight, 0, &chosen)?)?
                }
                None => sum(&kept)?,
            };
            div(sum(&spread)?, &share)?
        }
    };
    add(mul(nll, 1.0 - smoothing)?, mul(&smooth, smoothing / classes)?)
}
