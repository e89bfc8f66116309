//! Losses of probabilities and rates: cross entropies, divergence, likelihood of counts.

use super::{Reduction, less, weighted};
use crate::array::nn::loss;
use crate::array::{Result, error};
use crate::autograd::{Tensor, modes};
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

/// 1 - x.
fn complement(x: &Tensor) -> Result<Tensor> {
    less(1.0, x)
}

/// Small enough not to matter where it is added, large enough to divide by.
const EPSILON: f64 = 1e-12;

fn probabilities(name: &str, x: &Tensor) -> Result<()> {
    let array = x.array();
    let within = crate::array::nn::within(&array, 0.0, 1.0)?;
    if within {
        return Ok(());
    }
    error::runtime(format!("all elements of {name} should be between 0 and 1"))
}

/// The arguments of `binary_cross_entropy_backward` after the incoming gradient, from the node of the loss (`first` 0) or
/// of its gradient (1).
fn bce_arguments(b: &Backward, grad: &Tensor, first: usize) -> Result<Args> {
    Ok(args![
        grad,
        b.tensor(first)?,
        b.tensor(first + 1)?,
        b.optional_tensor(first + 2)?,
        b.int(first + 3)?
    ])
}

fn bce_of_target(b: &Backward) -> Result<Tensor> {
    let input = b.tensor(0)?;
    let odds = sub(log(complement(&input)?)?, log(&input)?)?;
    let slope = weighted(mul(&odds, b.grad()?)?, b.optional_tensor(2)?.as_ref())?;
    Reduction::of(b.int(3)?).spread(slope)
}

/// Input and 1 - input, both a little more.
fn sides(b: &Backward) -> Result<(Tensor, Tensor)> {
    let input = b.tensor(1)?;
    Ok((add(&input, EPSILON)?, add(complement(&input)?, EPSILON)?))
}

fn logits_slope(b: &Backward) -> Result<Tensor> {
    let (input, target, weight, pos_weight) =
        (b.tensor(0)?, b.tensor(1)?, b.optional_tensor(2)?, b.optional_tensor(3)?);
    let grad = b.grad()?;
    let slope = match pos_weight {
        Some(pos_weight) => {
            let hits = mul(&pos_weight, &target)?;
            let chance = mul(sub(add(&hits, 1)?, &target)?, sigmoid(&input)?)?;
            mul(sub(&chance, &hits)?, grad)?
        }
        None if modes::is_grad_enabled() => mul(sub(sigmoid(&input)?, &target)?, grad)?,
        None => {
            let (grad, input, target) = (grad.array(), input.array(), target.array());
            loss::logit_cross_entropy_backward(&grad, &input, &target)?.into()
        }
    };
    Reduction::of(b.int(4)?).spread(weighted(slope, weight.as_ref())?)
}

fn logits_of_target(b: &Backward) -> Result<Tensor> {
    let (input, grad) = (b.tensor(0)?, b.grad()?);
    let slope = match b.optional_tensor(3)? {
        Some(pos_weight) => {
            let positive = log_sigmoid(neg(&input)?)?;
            let negative = mul(&pos_weight, log_sigmoid(&input)?)?;
            mul(sub(&positive, &negative)?, grad)?
        }
        None => mul(neg(&input)?, grad)?,
    };
    Reduction::of(b.int(4)?).spread(weighted(slope, b.optional_tensor(2)?.as_ref())?)
}

fn log_sigmoid(x: impl Into<Arg>) -> Result<Tensor> {
    super::super::named("log_sigmoid", Args(smallvec![x.into()]))
}

ops! {
    /// The cross entropy of probabilities and targets.
    BINARY_CROSS_ENTROPY = "binary_cross_entropy", "torch.nn.functional.binary_cross_entropy(torch.ones(2), torch.ones(2))", [Overload::new(
        "binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean) -> Tensor",
        OUT | NAMESPACED,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            if input.dtype() != target.dtype() {
                return error::runtime(format!(
                    "Found dtype {} but expected {}",
                    target.dtype().scalar_type(),
                    input.dtype().scalar_type()
                ));
            }
            if input.dtype().is_floating_point() {
                probabilities("input", input)?;
                probabilities("target", target)?;
            }
            let loss = loss::binary_cross_entropy(&input.array(), &target.array())?;
            let loss = match a.optional_tensor(2) {
                Some(weight) => crate::array::binary::mul(&loss, &*weight.array())?,
                None => loss,
            };
            Reduction::of(a.int(3)?).finish(loss)
        },
        Derivative::Node("BinaryCrossEntropyBackward0", &[
            grad("self", "self, target, weight, reduction", |b| {
                call1(&BINARY_CROSS_ENTROPY_BACKWARD, bce_arguments(b, b.grad()?, 0)?)
            }),
            grad("target", "self, target, weight, reduction", bce_of_target),
        ]),
    )];
    /// The gradient of binary_cross_entropy.
    BINARY_CROSS_ENTROPY_BACKWARD = "binary_cross_entropy_backward", "torch.nn.functional.binary_cross_entropy(torch.ones(2), torch.ones(2))", [Overload::new(
        "binary_cross_entropy_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean) -> Tensor",
        0,
        |a| {
            let slope = loss::binary_cross_entropy_backward(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?)?;
            let slope = weighted(slope.into(), a.optional_tensor(3).map(Tensor::detach).as_ref())?;
            one(Reduction::of(a.int(4)?).spread(slope)?)
        },
        Derivative::Node("BinaryCrossEntropyBackwardBackward0", &[
            grad("self", "grad_output, self, target, weight, reduction", |b| {
                let (input, target) = (b.tensor(1)?, b.tensor(2)?);
                let (low, high) = sides(b)?;
                let above = add(sub(mul(&input, &input)?, mul(mul(2, &input)?, &target)?)?, &target)?;
                let below = mul(pow(&low, 2)?, pow(&high, 2)?)?;
                let curvature = mul(div(&above, &below)?, mul(b.grad()?, b.tensor(0)?)?)?;
                Reduction::of(b.int(4)?).spread(weighted(curvature, b.optional_tensor(3)?.as_ref())?)
            }),
            grad("target", "grad_output, self, weight, reduction", |b| {
                let input = b.tensor(1)?;
                let product = weighted(mul(neg(b.grad()?)?, b.tensor(0)?)?, b.optional_tensor(3)?.as_ref())?;
                let spread = clamp_min(&mul(complement(&input)?, &input)?, EPSILON)?;
                Reduction::of(b.int(4)?).spread(div(&product, &spread)?)
            }),
            grad("grad_output", "self, target, weight, reduction", |b| {
                let (input, target) = (b.tensor(1)?, b.tensor(2)?);
                let (low, high) = sides(b)?;
                let slope = mul(div(sub(&input, &target)?, mul(&low, &high)?)?, b.grad()?)?;
                let slope = weighted(slope, b.optional_tensor(3)?.as_ref())?;
                match Reduction::of(b.int(4)?) {
                    Reduction::None => Ok(slope),
                    Reduction::Sum => sum(&slope),
                    Reduction::Mean => div(sum(&slope)?, input.numel() as i64),
                }
            }),
        ]),
    )];
    /// The cross entropy of logits and targets.
    BCE_WITH_LOGITS = "binary_cross_entropy_with_logits", "torch.nn.functional.binary_cross_entropy_with_logits(torch.ones(2), torch.ones(2))", [Overload::new(
        "binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let (input, target) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            let (weight, pos_weight) = (a.optional_tensor(2).map(Tensor::detach), a.optional_tensor(3).map(Tensor::detach));
            let loss = match pos_weight {
                None if target.dtype().is_floating_point() && input.dtype().is_floating_point() => {
                    loss::logit_cross_entropy(&input.array(), &target.array())?.into()
                }
                pos_weight => {
                    let mut log_chance = log_sigmoid(&input)?;
                    if let Some(pos_weight) = pos_weight {
                        let weight = add(mul(sub(&pos_weight, 1)?, &target)?, 1)?;
                        log_chance = mul(&log_chance, &weight)?;
                    }
                    let miss = complement(&target)?;
                    if miss.dtype().is_integral() && input.dtype().is_floating_point() {
                        return super::cannot_hold(input.dtype(), miss.dtype());
                    }
                    sub(mul(&miss, &input)?, &log_chance)?
                }
            };
            one(Reduction::of(a.int(4)?).apply(weighted(loss, weight.as_ref())?)?)
        },
        Derivative::Node("BinaryCrossEntropyWithLogitsBackward0", &[
            grad("self", "self, target, weight, pos_weight, reduction", logits_slope),
            grad("target", "self, target, weight, pos_weight, reduction", logits_of_target),
        ]),
    )];
    /// The Kullback-Leibler divergence of log-probabilities from a target.
    KL_DIV = "kl_div", "torch.kl_div(torch.zeros(2), torch.ones(2))", [Overload::new(
        "kl_div(Tensor self, Tensor target, int reduction=Mean, *, bool log_target=False) -> Tensor",
        FUNCTION,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            for (wrong, kind) in [
                (input.dtype().is_complex() || target.dtype().is_complex(), "Complex"),
                (input.dtype().is_integral() || target.dtype().is_integral(), "Integral"),
            ] {
                if wrong {
                    return error::runtime(format!("kl_div: {kind} inputs not supported."));
                }
            }
            let loss = if a.bool(3)? {
                mul(exp(target)?, sub(target, input)?)?
            } else {
                sub(xlogy(target, target)?, mul(target, input)?)?
            };
            one(Reduction::of(a.int(2)?).apply(loss)?)
        },
        Derivative::Composite,
    )];
    /// The negative log-likelihood of counts under Poisson rates.
    POISSON_NLL_LOSS = "poisson_nll_loss", "torch.poisson_nll_loss(torch.ones(2), torch.ones(2), True, False, 1e-8, 1)", [Overload::new(
        "poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction) -> Tensor",
        FUNCTION,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            let mut loss = if a.bool(2)? {
                sub(exp(input)?, mul(target, input)?)?
            } else {
                sub(input, mul(target, log(add(input, a.float(4)?)?)?)?)?
            };
            if a.bool(3)? {
                let entropy = mul(log(mul(target, 2.0 * std::f64::consts::PI)?)?, 0.5)?;
                let stirling = add(sub(mul(target, log(target)?)?, target)?, &entropy)?;
                loss = add(&loss, masked_fill(&stirling, &le(target, 1)?, 0)?)?;
            }
            one(Reduction::of(a.int(5)?).apply(loss)?)
        },
        Derivative::Composite,
    )];
}
