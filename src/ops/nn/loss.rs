//! Losses of every element against its target.

use super::Reduction;
use crate::array::{Dtype, Result, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

/// Self less target, or the other way round for the target's gradient.
fn difference(b: &Backward, of_target: bool) -> Result<Tensor> {
    let (input, target) = (b.tensor(0)?, b.tensor(1)?);
    if of_target {
        sub(&target, &input)
    } else {
        sub(&input, &target)
    }
}

/// The incoming gradient times a slope, shared out as the loss was reduced (argument `at`).
fn shared(b: &Backward, slope: &Tensor, at: usize) -> Result<Tensor> {
    let share = Reduction::of(b.int(at)?).share(slope.numel());
    let slope = if share == 1.0 {
        slope.clone()
    } else {
        mul(slope, share)?
    };
    mul(&slope, b.grad()?)
}

fn mse(b: &Backward, of_target: bool) -> Result<Tensor> {
    shared(b, &mul(&difference(b, of_target)?, 2.0)?, 2)
}

/// Slope of the smooth L1 loss: linear within beta of the target, then constant.
fn smooth(b: &Backward, of_target: bool) -> Result<Tensor> {
    let beta = b.float(3)?;
    let apart = difference(b, of_target)?;
    let slope = where_(&lt(&abs(&apart)?, beta)?, div(&apart, beta)?, sign(&apart)?)?;
    shared(b, &slope, 2)
}

fn huber(b: &Backward, of_target: bool) -> Result<Tensor> {
    let delta = b.float(3)?;
    let apart = difference(b, of_target)?;
    let slope = where_(&le(&abs(&apart)?, delta)?, &apart, mul(&sign(&apart)?, delta)?)?;
    shared(b, &slope, 2)
}

fn weighted(loss: Tensor, weight: Option<&Tensor>) -> Result<Tensor> {
    match weight {
        Some(weight) => mul(&loss, weight),
        None => Ok(loss),
    }
}

/// The logarithm, not below -100.
fn bounded_log(x: &Tensor) -> Result<Tensor> {
    clamp_min(&log(x)?, -100.0)
}

/// log(1 + e^-|x|) and max(-x, 0): what the loss with logits is made of.
fn soft(x: &Tensor) -> Result<(Tensor, Tensor)> {
    Ok((log1p(&exp(&neg(&abs(x)?)?)?)?, clamp_min(&neg(x)?, 0.0)?))
}

ops! {
    /// The squared difference of input and target.
    MSE_LOSS = "mse_loss", "torch.nn.functional.mse_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "mse_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let apart = sub(a.tensor(0)?, a.tensor(1)?)?;
            one(Reduction::of(a.int(2)?).apply(&mul(&apart, &apart)?)?)
        },
        Derivative::Node("MseLossBackward0", &[
            grad("self", "self, target, reduction", |b| mse(b, false)),
            grad("target", "self, target, reduction", |b| mse(b, true)),
        ]),
    )];
    /// The absolute difference of input and target.
    L1_LOSS = "l1_loss", "torch.nn.functional.l1_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "l1_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| one(Reduction::of(a.int(2)?).apply(&abs(&sub(a.tensor(0)?, a.tensor(1)?)?)?)?),
        Derivative::Composite,
    )];
    /// Squared within beta of the target, linear beyond.
    SMOOTH_L1_LOSS = "smooth_l1_loss", "torch.nn.functional.smooth_l1_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "smooth_l1_loss(Tensor self, Tensor target, int reduction=Mean, float beta=1.0) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let beta = a.float(3)?;
            if beta < 0.0 {
                return error::runtime("smooth_l1_loss does not support negative values for beta.");
            }
            let apart = abs(&sub(a.tensor(0)?, a.tensor(1)?)?)?;
            let near = div(&mul(&mul(&apart, &apart)?, 0.5)?, beta)?;
            one(Reduction::of(a.int(2)?).apply(&where_(&lt(&apart, beta)?, &near, sub(&apart, 0.5 * beta)?)?)?)
        },
        Derivative::Node("SmoothL1LossBackward0", &[
            grad("self", "self, target, reduction, beta", |b| smooth(b, false)),
            grad("target", "self, target, reduction, beta", |b| smooth(b, true)),
        ]),
    )];
    /// Squared within delta of the target, linear beyond.
    HUBER_LOSS = "huber_loss", "torch.nn.functional.huber_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "huber_loss(Tensor self, Tensor target, int reduction=Mean, float delta=1.0) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let delta = a.float(3)?;
            if delta <= 0.0 {
                return error::runtime("huber_loss does not support non-positive values for delta.");
            }
            let apart = abs(&sub(a.tensor(0)?, a.tensor(1)?)?)?;
            let near = mul(&mul(&apart, &apart)?, 0.5)?;
            let far = mul(&sub(&apart, 0.5 * delta)?, delta)?;
            one(Reduction::of(a.int(2)?).apply(&where_(&le(&apart, delta)?, &near, &far)?)?)
        },
        Derivative::Node("HuberLossBackward0", &[
            grad("self", "self, target, reduction, delta", |b| huber(b, false)),
            grad("target", "self, target, reduction, delta", |b| huber(b, true)),
        ]),
    )];
    /// log(1 + e^(-target input)).
    SOFT_MARGIN_LOSS = "soft_margin_loss", "torch.nn.functional.soft_margin_loss(torch.ones(2), torch.ones(2))", [Overload::new(
        "soft_margin_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let product = mul(&neg(a.tensor(1)?)?, a.tensor(0)?)?;
            one(Reduction::of(a.int(2)?).apply(&log1p(&exp(&product)?)?)?)
        },
        Derivative::Node("SoftMarginLossBackward0", &[
            grad("self", "self, target, reduction", |b| {
                let (input, target) = (b.tensor(0)?, b.tensor(1)?);
                let slope = mul(&neg(&target)?, &sigmoid(&mul(&neg(&target)?, &input)?)?)?;
                shared(b, &slope, 2)
            }),
            missing("target", "target"),
        ]),
    )];
    /// The cross entropy of probabilities and targets.
    BINARY_CROSS_ENTROPY = "binary_cross_entropy", "torch.nn.functional.binary_cross_entropy(torch.ones(2), torch.ones(2))", [Overload::new(
        "binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            if input.dtype() != target.dtype() {
                return error::runtime(format!(
                    "Found dtype {} but expected {}",
                    target.dtype().scalar_type(),
                    input.dtype().scalar_type()
                ));
            }
            if copy::elements(&input.array()).iter().any(|x| !(0.0..=1.0).contains(&x.to_f64())) {
                return error::runtime("all elements of input should be between 0 and 1");
            }
            let rest = sub(target, 1.0)?;
            let complement = log1p(&neg(input)?)?;
            let loss = sub(&mul(&rest, &clamp_min(&complement, -100.0)?)?, &mul(target, &bounded_log(input)?)?)?;
            one(Reduction::of(a.int(3)?).apply(&weighted(loss, a.optional_tensor(2))?)?)
        },
        Derivative::Node("BinaryCrossEntropyBackward0", &[
            grad("self", "self, target, weight, reduction", |b| {
                let (input, target) = (b.tensor(0)?, b.tensor(1)?);
                let spread = clamp_min(&mul(&rsub_one(&input)?, &input)?, 1e-12)?;
                let slope = div(&sub(&input, &target)?, &spread)?;
                shared(b, &weighted(slope, b.optional_tensor(2)?.as_ref())?, 3)
            }),
            grad("target", "self, target, weight, reduction", |b| {
                let input = b.tensor(0)?;
                let slope = sub(&bounded_log(&rsub_one(&input)?)?, &bounded_log(&input)?)?;
                shared(b, &weighted(slope, b.optional_tensor(2)?.as_ref())?, 3)
            }),
            apart("weight"),
        ]),
    )];
    /// The cross entropy of logits and targets.
    BCE_WITH_LOGITS = "binary_cross_entropy_with_logits", "torch.nn.functional.binary_cross_entropy_with_logits(torch.ones(2), torch.ones(2))", [Overload::new(
        "binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            let (log_part, max_part) = soft(input)?;
            let softplus = add(&log_part, &max_part)?;
            let scaled = match a.optional_tensor(3) {
                Some(pos_weight) => {
                    let weight = add(&mul(&sub(pos_weight, 1.0)?, target)?, 1.0)?;
                    mul(&softplus, &weight)?
                }
                None => softplus,
            };
            let loss = add(&mul(&rsub_one(target)?, input)?, &scaled)?;
            one(Reduction::of(a.int(4)?).apply(&weighted(loss, a.optional_tensor(2))?)?)
        },
        Derivative::Node("BinaryCrossEntropyWithLogitsBackward0", &[
            grad("self", "self, target, weight, pos_weight, reduction", |b| {
                let (input, target) = (b.tensor(0)?, b.tensor(1)?);
                let chance = sigmoid(&input)?;
                let slope = match b.optional_tensor(3)? {
                    Some(pos_weight) => {
                        let hits = mul(&pos_weight, &target)?;
                        sub(&mul(&sub(&add(&hits, 1.0)?, &target)?, &chance)?, &hits)?
                    }
                    None => sub(&chance, &target)?,
                };
                shared(b, &weighted(slope, b.optional_tensor(2)?.as_ref())?, 4)
            }),
            grad("target", "self, target, weight, pos_weight, reduction", |b| {
                let input = b.tensor(0)?;
                let slope = match b.optional_tensor(3)? {
                    Some(pos_weight) => {
                        let (log_part, max_part) = soft(&input)?;
                        let softplus = add(&log_part, &max_part)?;
                        sub(&mul(&softplus, &sub(&pos_weight, 1.0)?)?, &input)?
                    }
                    None => neg(&input)?,
                };
                shared(b, &weighted(slope, b.optional_tensor(2)?.as_ref())?, 4)
            }),
            apart("weight"),
            apart("pos_weight"),
        ]),
    )];
    /// The Kullback-Leibler divergence of log-probabilities from a target.
    KL_DIV = "kl_div", "torch.kl_div(torch.zeros(2), torch.ones(2))", [Overload::new(
        "kl_div(Tensor self, Tensor target, int reduction=Mean, *, bool log_target=False) -> Tensor",
        FUNCTION,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            let loss = if a.bool(3)? {
                mul(&exp(target)?, &sub(target, input)?)?
            } else {
                sub(&xlogy(target, target)?, &mul(target, input)?)?
            };
            one(Reduction::of(a.int(2)?).apply(&loss)?)
        },
        Derivative::Composite,
    )];
    /// How far apart pairs must be: max(0, -target (input1 - input2) + margin).
    MARGIN_RANKING_LOSS = "margin_ranking_loss", "torch.margin_ranking_loss(torch.ones(2), torch.zeros(2), torch.ones(2))", [Overload::new(
        "margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0.0, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let lead = mul(&neg(a.tensor(2)?)?, &sub(a.tensor(0)?, a.tensor(1)?)?)?;
            one(Reduction::of(a.int(4)?).apply(&clamp_min(&add(&lead, a.float(3)?)?, 0.0)?)?)
        },
        Derivative::Composite,
    )];
    /// The input where the target is 1, max(0, margin - input) where it is -1.
    HINGE_EMBEDDING_LOSS = "hinge_embedding_loss", "torch.hinge_embedding_loss(torch.ones(2), torch.ones(2))", [Overload::new(
        "hinge_embedding_loss(Tensor self, Tensor target, float margin=1.0, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            let nothing = zeros_like(input)?;
            let short = clamp_min(&neg(&sub(input, a.float(2)?)?)?, 0.0)?;
            let margin = where_(&ne(target, 1)?, &short, &nothing)?;
            let own = where_(&ne(target, -1)?, input, &nothing)?;
            one(Reduction::of(a.int(3)?).apply(&add(&margin, &own)?)?)
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
                sub(&exp(input)?, &mul(target, input)?)?
            } else {
                sub(input, &mul(target, &log(&add(input, a.float(4)?)?)?)?)?
            };
            if a.bool(3)? {
                let logarithm = log(target)?;
                let entropy = mul(&log(&mul(target, 2.0 * std::f64::consts::PI)?)?, 0.5)?;
                let stirling = add(&sub(&mul(target, &logarithm)?, target)?, &entropy)?;
                loss = add(&loss, &masked_fill(&stirling, &le(target, 1)?, 0.0)?)?;
            }
            one(Reduction::of(a.int(5)?).apply(&loss)?)
        },
        Derivative::Composite,
    )];
    /// max(0, d(anchor, positive) - d(anchor, negative) + margin).
    TRIPLET_MARGIN_LOSS = "triplet_margin_loss", "torch.triplet_margin_loss(torch.ones(1, 2), torch.ones(1, 2), torch.zeros(1, 2))", [Overload::new(
        "triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1.0, float p=2, float eps=1e-06, bool swap=False, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let distance = |x: &Tensor, y: &Tensor| {
                super::named("pairwise_distance", args![x, y, a.float(4)?, a.float(5)?, false])
            };
            let (anchor, positive, negative) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
            let near = distance(anchor, positive)?;
            let mut far = distance(anchor, negative)?;
            if a.bool(6)? {
                far = minimum(&far, &distance(positive, negative)?)?;
            }
            let lead = sub(&add(&near, a.float(3)?)?, &far)?;
            one(Reduction::of(a.int(7)?).apply(&clamp_min(&lead, 0.0)?)?)
        },
        Derivative::Composite,
    )];
    /// The length of the difference of two batches of vectors.
    PAIRWISE_DISTANCE = "pairwise_distance", "torch.pairwise_distance(torch.ones(1, 2), torch.zeros(1, 2))", [Overload::new(
        "pairwise_distance(Tensor x1, Tensor x2, float p=2, float eps=1e-06, bool keepdim=False) -> Tensor",
        FUNCTION,
        |a| {
            let apart = add(&sub(a.tensor(0)?, a.tensor(1)?)?, a.float(3)?)?;
            let dims: [i64; 1] = [-1];
            match crate::ops::find("norm").and_then(|op| op.overloads.iter().find(|o| o.schema.starts_with("norm.ScalarOpt_dim("))) {
                Some(norm) => one(norm.call_one(args![&apart, Arg::Scalar(a.float(2)?.into()), &dims[..], a.bool(4)?])?),
                None => error::not_implemented("gradshell does not support norms along dimensions yet"),
            }
        },
        Derivative::Composite,
    )];
    /// The cosine of the angle between vectors along a dimension.
    COSINE_SIMILARITY = "cosine_similarity", "torch.cosine_similarity(torch.ones(1, 2), torch.ones(1, 2))", [Overload::new(
        "cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor",
        FUNCTION,
        |a| {
            let (x, y, dim, eps) = (a.tensor(0)?, a.tensor(1)?, a.int(2)?, a.float(3)?);
            let unit = |v: &Tensor| {
                let length = sqrt(&sum_dims(&mul(v, v)?, &[dim], true)?)?;
                div(v, &clamp_min(&length, eps)?)
            };
            one(sum_dims(&mul(&unit(x)?, &unit(y)?)?, &[dim], false)?)
        },
        Derivative::Composite,
    )];
    /// 1 - cosine for pairs that belong together, max(0, cosine - margin) for those that do not.
    COSINE_EMBEDDING_LOSS = "cosine_embedding_loss", "torch.cosine_embedding_loss(torch.ones(1, 2), torch.ones(1, 2), torch.ones(1))", [Overload::new(
        "cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0.0, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let (x, y, target) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
            let dim = target.dim() as i64;
            let inner = sum_dims(&mul(x, y)?, &[dim], false)?;
            let (xx, yy) = (sum_dims(&mul(x, x)?, &[dim], false)?, sum_dims(&mul(y, y)?, &[dim], false)?);
            let size = sqrt(&mul(&add(&xx, 1e-12)?, &add(&yy, 1e-12)?)?)?;
            let cosine = div(&inner, &size)?;
            let nothing = zeros_like(&cosine)?;
            let alike = where_(&eq(target, 1)?, rsub_one(&cosine)?, &nothing)?;
            let unlike = where_(&eq(target, -1)?, clamp_min(&sub(&cosine, a.float(3)?)?, 0.0)?, &nothing)?;
            one(Reduction::of(a.int(4)?).apply(&add(&alike, &unlike)?)?)
        },
        Derivative::Composite,
    )];
}

/// 1 - x.
fn rsub_one(x: &Tensor) -> Result<Tensor> {
    add(&neg(x)?, 1.0)
}

/// Targets of class losses are int64 or uint8.
pub(super) fn check_classes(target: &Tensor) -> Result<()> {
    if matches!(target.dtype(), Dtype::Int64 | Dtype::Uint8) {
        return Ok(());
    }
    error::runtime(format!(
        "expected target dtype to be Long or Byte, but got {}",
        target.dtype().scalar_type()
    ))
}
