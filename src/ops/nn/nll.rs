//! Losses of classes: `nll_loss` and `cross_entropy_loss`.

use super::Reduction;
use super::loss::check_classes;
use crate::array::{Array, Result, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// What one call works with: classes last but for `inner`, targets as numbers.
struct Classes {
    /// Elements between one class and the next.
    inner: usize,
    classes: usize,
    targets: Vec<i64>,
    ignore: i64,
}

impl Classes {
    /// Input (N, C, ...) or (C), target (N, ...) or ().
    fn new(input: &Tensor, target: &Tensor, ignore: i64) -> Result<Classes> {
        let (sizes, given) = (input.sizes(), target.sizes());
        check_classes(target)?;
        if sizes.is_empty() {
            return error::value("Expected 1 or more dimensions (got 0)");
        }
        if sizes.len() > 1 && sizes.first() != given.first() {
            return error::value(format!(
                "Expected input batch_size ({}) to match target batch_size ({}).",
                sizes.first().copied().unwrap_or(0),
                given.first().copied().unwrap_or(0)
            ));
        }
        let at = usize::from(sizes.len() > 1);
        let expected: Vec<i64> = sizes
            .iter()
            .enumerate()
            .filter(|(dim, _)| *dim != at)
            .map(|(_, size)| *size)
            .collect();
        if expected[..] != given[..] && sizes.len() > 2 {
            return error::runtime(format!(
                "Expected target size {}, got {}",
                crate::array::array::format_sizes(&expected),
                crate::array::array::format_sizes(&given)
            ));
        }
        let classes = sizes.get(at).copied().unwrap_or(0);
        let targets: Vec<i64> = copy::elements(&target.array())
            .iter()
            .map(|class| class.to_i64())
            .collect();
        if let Some(wrong) = targets
            .iter()
            .find(|class| **class != ignore && !(0..classes).contains(*class))
        {
            return error::index(format!("Target {wrong} is out of bounds."));
        }
        let inner = sizes.iter().skip(at + 1).product::<i64>() as usize;
        Ok(Classes {
            inner,
            classes: classes as usize,
            targets,
            ignore,
        })
    }

    /// The place of each target's element in a contiguous input; None where it is ignored.
    fn places(&self) -> impl Iterator<Item = Option<(usize, usize)>> + '_ {
        let inner = self.inner.max(1);
        self.targets.iter().enumerate().map(move |(at, class)| {
            let (batch, rest) = (at / inner, at % inner);
            (*class != self.ignore)
                .then_some(((batch * self.classes + *class as usize) * inner + rest, *class as usize))
        })
    }
}

fn weights(weight: Option<&Tensor>, classes: usize) -> Result<Option<Vec<f64>>> {
    let Some(weight) = weight else { return Ok(None) };
    if weight.numel() != classes {
        return error::runtime(format!(
            "weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: {}",
            crate::array::array::format_sizes(&weight.sizes())
        ));
    }
    Ok(Some(
        copy::elements(&weight.array()).iter().map(|w| w.to_f64()).collect(),
    ))
}

ops! {
    /// Minus the input at each target's class.
    NLL_LOSS_FORWARD = "nll_loss_forward", "torch.nn.functional.nll_loss(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)",
        0,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            let known = Classes::new(input, target, a.int(4)?)?;
            let by_class = weights(a.optional_tensor(2), known.classes)?;
            let values: Vec<f64> = copy::elements(&input.array()).iter().map(|x| x.to_f64()).collect();
            let mut losses = Vec::with_capacity(known.targets.len());
            let mut total = 0.0;
            for place in known.places() {
                let Some((place, class)) = place else {
                    losses.push(0.0);
                    continue;
                };
                let weight = by_class.as_ref().and_then(|list| list.get(class)).copied().unwrap_or(1.0);
                total += weight;
                losses.push(-values.get(place).copied().unwrap_or(0.0) * weight);
            }
            let dtype = input.dtype();
            let total_weight = copy::cast(&Array::from_element(total)?, dtype)?;
            let output = match Reduction::of(a.int(3)?) {
                Reduction::None => Array::from_vec(&target.sizes(), &losses)?,
                Reduction::Mean => Array::from_element(losses.iter().sum::<f64>() / total)?,
                Reduction::Sum => Array::from_element(losses.iter().sum::<f64>())?,
            };
            two((Tensor::from(copy::cast(&output, dtype)?), Tensor::from(total_weight)))
        },
        Derivative::Node("NllLossBackward0", &[
            grad("self", "self, target, weight, reduction, ignore_index, result1", |b| {
                call1(&NLL_LOSS_BACKWARD, args![
                    b.grad()?, b.tensor(0)?, b.tensor(1)?, b.optional_tensor(2)?, b.int(3)?, b.int(4)?, b.result(1)?
                ])
            }),
            apart("target"),
            apart("weight"),
        ]),
    )];
    /// Puts the gradient of `nll_loss` at each target's class.
    NLL_LOSS_BACKWARD = "nll_loss_backward", "torch.nn.functional.nll_loss(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "nll_loss_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index, Tensor total_weight) -> Tensor",
        0,
        |a| {
            let (grad, input, target) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
            let known = Classes::new(input, target, a.int(5)?)?;
            let by_class = weights(a.optional_tensor(3), known.classes)?;
            let grads: Vec<f64> = copy::elements(&grad.array()).iter().map(|x| x.to_f64()).collect();
            let total = copy::item(&a.tensor(6)?.array())?.to_f64();
            let reduction = Reduction::of(a.int(4)?);
            let mut result = vec![0.0; input.numel()];
            for (at, place) in known.places().enumerate() {
                let Some((place, class)) = place else { continue };
                let weight = by_class.as_ref().and_then(|list| list.get(class)).copied().unwrap_or(1.0);
                let own = match reduction {
                    Reduction::None => grads.get(at),
                    _ => grads.first(),
                };
                let share = if reduction == Reduction::Mean { 1.0 / total } else { 1.0 };
                if let Some(slot) = result.get_mut(place) {
                    *slot = -own.copied().unwrap_or(0.0) * weight * share;
                }
            }
            one(copy::cast(&Array::from_vec(&input.sizes(), &result)?, input.dtype())?)
        },
        Derivative::Node("NllLossBackwardBackward0", &[
            grad("grad_output", "target, weight, reduction, ignore_index", |b| {
                call1(&NLL_LOSS_ND, args![b.grad()?, b.tensor(2)?, b.optional_tensor(3)?, b.int(4)?, b.int(5)?])
            }),
            zero("self"),
            apart("target"),
            apart("weight"),
            apart("total_weight"),
        ]),
    )];
    /// The negative log-likelihood of classes.
    NLL_LOSS_ND = "nll_loss_nd", "torch.nn.functional.nll_loss(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean, SymInt ignore_index=-100) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| {
            let args = args![a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2), a.int(3)?, a.int(4)?];
            let outs = match NLL_LOSS_FORWARD.overloads.first() {
                Some(overload) => overload.call(args)?,
                None => return error::runtime("nll_loss_forward has no overloads"),
            };
            match outs.into_iter().next() {
                Some(loss) => one(loss),
                None => error::runtime("nll_loss_forward gave nothing"),
            }
        },
        Derivative::Composite,
    )];
    /// The cross entropy of logits and classes, or class probabilities.
    CROSS_ENTROPY_LOSS = "cross_entropy_loss", "torch.nn.functional.cross_entropy(torch.zeros(1, 2), torch.tensor([0]))", [Overload::new(
        "cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean, SymInt ignore_index=-100, float label_smoothing=0.0) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| {
            let (input, target, weight) = (a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2));
            let (reduction, ignore, smoothing) = (a.int(3)?, a.int(4)?, a.float(5)?);
            if !(0.0..=1.0).contains(&smoothing) {
                return error::runtime(format!("label_smoothing must be between 0.0 and 1.0. Got: {smoothing}"));
            }
            let dim = i64::from(input.dim() > 1);
            let logs = super::named("log_softmax", args![input, dim, None::<crate::array::Dtype>])?;
            if input.sizes() == target.sizes() && target.dtype().is_floating_point() {
                return one(of_probabilities(&logs, target, weight, reduction, smoothing, dim)?);
            }
            let nll = call1(&NLL_LOSS_ND, args![&logs, target, weight, reduction, ignore])?;
            if smoothing == 0.0 {
                return one(nll);
            }
            one(smoothed(&logs, target, weight, reduction, ignore, smoothing, dim, &nll)?)
        },
        Derivative::Composite,
    )];
}

/// Targets are probabilities of each class.
fn of_probabilities(
    logs: &Tensor,
    target: &Tensor,
    weight: Option<&Tensor>,
    reduction: i64,
    smoothing: f64,
    dim: i64,
) -> Result<Tensor> {
    let classes = logs.sizes().get(dim as usize).copied().unwrap_or(1);
    let target = if smoothing > 0.0 {
        add(&mul(target, 1.0 - smoothing)?, smoothing / classes as f64)?
    } else {
        target.clone()
    };
    let mut product = mul(logs, &target)?;
    if let Some(weight) = weight {
        let mut sizes = vec![1; logs.dim()];
        if let Some(size) = sizes.get_mut(dim as usize) {
            *size = weight.numel() as i64;
        }
        product = mul(&product, &view(weight, &sizes)?)?;
    }
    match Reduction::of(reduction) {
        Reduction::Mean => {
            let rows = (logs.numel() as i64 / classes.max(1)).max(1);
            div(&neg(&sum(&product)?)?, rows as f64)
        }
        Reduction::Sum => neg(&sum(&product)?),
        Reduction::None => neg(&sum_dims(&product, &[dim], false)?),
    }
}

/// Targets are classes, a part of whose weight all classes share.
#[allow(clippy::too_many_arguments)]
fn smoothed(
    logs: &Tensor,
    target: &Tensor,
    weight: Option<&Tensor>,
    reduction: i64,
    ignore: i64,
    smoothing: f64,
    dim: i64,
    nll: &Tensor,
) -> Result<Tensor> {
    let classes = logs.sizes().get(dim as usize).copied().unwrap_or(1) as f64;
    let spread = match weight {
        Some(weight) => {
            let mut sizes = vec![1; logs.dim()];
            if let Some(size) = sizes.get_mut(dim as usize) {
                *size = weight.numel() as i64;
            }
            neg(&sum_dims(&mul(logs, &view(weight, &sizes)?)?, &[dim], false)?)?
        }
        None => neg(&sum_dims(logs, &[dim], false)?)?,
    };
    let ignored = eq(target, ignore)?;
    let spread = masked_fill(&spread, &ignored, 0.0)?;
    let smooth = match Reduction::of(reduction) {
        Reduction::None => spread,
        Reduction::Sum => sum(&spread)?,
        Reduction::Mean => {
            let mut total = 0.0;
            let by_class = weights(weight, classes as usize)?;
            for class in copy::elements(&target.array())
                .iter()
                .map(|class| class.to_i64())
                .filter(|class| *class != ignore)
            {
                total += by_class
                    .as_ref()
                    .and_then(|list| list.get(class as usize))
                    .copied()
                    .unwrap_or(1.0);
            }
            div(&sum(&spread)?, total)?
        }
    };
    add(&mul(nll, 1.0 - smoothing)?, &mul(&smooth, smoothing / classes)?)
}
