//! Limits, blends and choices between elements.

use crate::array::{Operand, Result, Scalar, ternary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::backward::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// Each element, moved to min or max where it lies outside.
    CLAMP = "clamp" / "clip", "torch.clamp(torch.tensor([-1.0, 0.5, 2.0]), 0, 1)", [
        Overload::new(
            "clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor",
            POINTWISE,
            clamp_tensors,
            Node("ClampBackward0", &[
                grad("self", "self, min, max", |b| {
                    let (this, grad) = (b.tensor(0)?, b.grad()?);
                    let bounds = (bound(b, 1)?, bound(b, 2)?);
                    let either = |low: Option<Tensor>, high: Option<Tensor>| match (low, high) {
                        (Some(low), Some(high)) => logical_or(&low, &high).map(Some),
                        (low, high) => Ok(low.or(high)),
                    };
                    let with = |bound: &Option<Tensor>, compare: fn(Arg, Arg) -> Result<Tensor>| {
                        bound.as_ref().map(|bound| compare((&this).into(), bound.into())).transpose()
                    };
                    let tied = either(with(&bounds.0, eq)?, with(&bounds.1, eq)?)?;
                    let outside = either(with(&bounds.0, lt)?, with(&bounds.1, gt)?)?;
                    match (tied, outside) {
                        (Some(tied), Some(outside)) => {
                            masked_fill(&where_(&tied, div(grad, 2)?, grad)?, &outside, 0)
                        }
                        _ => Ok(grad.clone()),
                    }
                }),
                joint("min, max", "self, min, max", |b| {
                    let (this, grad) = (b.tensor(0)?, b.grad()?);
                    let (min, max) = (bound(b, 1)?, bound(b, 2)?);
                    let part = |tied: &Tensor, unused: &Tensor| {
                        masked_fill(&where_(tied, div(grad, 2)?, grad)?, unused, 0).map(Some)
                    };
                    let low = match (&min, &max) {
                        (Some(min), Some(max)) => {
                            let unused = logical_or(&gt(&this, min)?, &gt(min, max)?)?;
                            part(&eq(&this, min)?, &unused)?
                        }
                        (Some(min), None) => part(&eq(&this, min)?, &gt(&this, min)?)?,
                        _ => None,
                    };
                    let high = match &max {
                        Some(max) => {
                            let raised = match &min {
                                Some(min) => maximum(&this, min)?,
                                None => this.clone(),
                            };
                            part(&eq(&raised, max)?, &lt(&raised, max)?)?
                        }
                        None => None,
                    };
                    Ok(vec![low, high])
                }),
            ]),
        ).out_dtype(crate::ops::out::found),
        Overload::new(
            "clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor",
            POINTWISE,
            |a| {
                let (min, max) = (a.optional_scalar(1), a.optional_scalar(2));
                a.unary(|x| ternary::clamp(x, min.map(Operand::Number), max.map(Operand::Number)))
            },
            Node("ClampBackward1", &[grad("self", "self, min, max", |b| {
                let number = |at: usize| b.args().map(|args| args.optional_scalar(at).map(Arg::Scalar));
                clamp_backward(b, number(1)?, number(2)?)
            })]),
        ).out_dtype(crate::ops::out::found),
    ];
    /// Each element, or min if that is larger.
    CLAMP_MIN = "clamp_min", "torch.clamp_min(torch.tensor([-1.0, 0.5]), 0)", [
        Overload::new(
            "clamp_min(Tensor self, Scalar min) -> Tensor",
            POINTWISE,
            |a| {
                let min = a.scalar(1)?;
                a.unary(|x| ternary::clamp(x, Some(Operand::Number(min)), None))
            },
            Node("ClampMinBackward0", &[grad("self", "self, min", |b| {
                where_(&gt(b.tensor(0)?, b.scalar(1)?)?, b.grad()?, scalar_like(0.0, b.grad()?)?)
            })]),
        ).out_dtype(crate::ops::out::found),
        Overload::new(
            "clamp_min.Tensor(Tensor self, Tensor min) -> Tensor",
            POINTWISE,
            |a| one(ternary::clamp(&*a.array(0)?, Some((&*a.array(1)?).into()), None)?),
            Node("ClampMinBackward1", &[
                grad("self", "self, min", |b| shared(b, lt)),
                grad("min", "self, min", |b| shared(b, gt)),
            ]),
        ).out_dtype(crate::ops::out::found),
    ];
    /// Each element, or max if that is smaller.
    CLAMP_MAX = "clamp_max", "torch.clamp_max(torch.tensor([0.5, 2.0]), 1)", [
        Overload::new(
            "clamp_max(Tensor self, Scalar max) -> Tensor",
            POINTWISE,
            |a| {
                let max = a.scalar(1)?;
                a.unary(|x| ternary::clamp(x, None, Some(Operand::Number(max))))
            },
            Node("ClampMaxBackward0", &[grad("self", "self, max", |b| {
                where_(&lt(b.tensor(0)?, b.scalar(1)?)?, b.grad()?, scalar_like(0.0, b.grad()?)?)
            })]),
        ).out_dtype(crate::ops::out::found),
        Overload::new(
            "clamp_max.Tensor(Tensor self, Tensor max) -> Tensor",
            POINTWISE,
            |a| one(ternary::clamp(&*a.array(0)?, None, Some((&*a.array(1)?).into()))?),
            Node("ClampMaxBackward1", &[
                grad("self", "self, max", |b| shared(b, gt)),
                grad("max", "self, max", |b| shared(b, lt)),
            ]),
        ).out_dtype(crate::ops::out::found),
    ];
    /// start + weight * (end - start).
    LERP = "lerp", "torch.lerp(torch.tensor([1.0]), torch.tensor([3.0]), 0.5)", [
        Overload::new(
            "lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor",
            POINTWISE,
            |a| one(ternary::lerp(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?)?),
            Node("LerpBackward1", &[
                grad("self", "weight", |b| mul(b.grad()?, conj(&sub(1, b.tensor(2)?)?)?)),
                grad("end", "weight", |b| mul(b.grad()?, conj(&b.tensor(2)?)?)),
                grad("weight", "self, end", |b| mul(b.grad()?, conj(&sub(b.value(1)?, b.value(0)?)?)?)),
            ]),
        ),
        Overload::new(
            "lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor",
            POINTWISE,
            |a| one(ternary::lerp(&*a.array(0)?, &*a.array(1)?, a.scalar(2)?)?),
            Node("LerpBackward0", &[
                grad("self", "weight", |b| match b.scalar(2)? {
                    Scalar::Complex(re, im) => mul(b.grad()?, Scalar::Complex(1.0 - re, im)),
                    weight => mul(b.grad()?, 1.0 - weight.to_f64()),
                }),
                grad("end", "weight", |b| mul(b.grad()?, conj_of(b.scalar(2)?.into())?)),
            ]),
        ),
    ];
    /// input + value * tensor1 * tensor2.
    ADDCMUL = "addcmul", "torch.addcmul(torch.ones(2), torch.ones(2), torch.ones(2), value=0.5)", [Overload::new(
        "addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
        POINTWISE,
        |a| {
            let value = a.scalar(3)?;
            one(ternary::addcmul(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?, value)?)
        },
        Node("AddcmulBackward0", &[
            grad("self", "", |b| Ok(b.grad()?.clone())),
            grad("tensor1", "tensor2, value", |b| mul(b.grad()?, conj(&mul(b.tensor(2)?, b.scalar(3)?)?)?)),
            grad("tensor2", "tensor1, value", |b| mul(b.grad()?, conj(&mul(b.tensor(1)?, b.scalar(3)?)?)?)),
        ]),
    )];
    /// input + value * tensor1 / tensor2.
    ADDCDIV = "addcdiv", "torch.addcdiv(torch.ones(2), torch.ones(2), torch.ones(2), value=0.5)", [Overload::new(
        "addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
        POINTWISE,
        |a| {
            let value = a.scalar(3)?;
            one(ternary::addcdiv(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?, value)?)
        },
        Node("AddcdivBackward0", &[
            grad("self", "", |b| Ok(b.grad()?.clone())),
            grad("tensor1", "tensor2, value", |b| mul(b.grad()?, conj(&div(b.scalar(3)?, b.tensor(2)?)?)?)),
            grad("tensor2", "tensor1, tensor2, value", |b| {
                let other = b.tensor(2)?;
                let slope = div(mul(b.tensor(1)?, b.scalar(3)?)?, mul(&other, &other)?)?;
                mul(neg(b.grad()?)?, conj(&slope)?)
            }),
        ]),
    )];
    /// nan and infinities replaced by numbers.
    NAN_TO_NUM = "nan_to_num", "torch.nan_to_num(torch.tensor([float('nan'), 1.0]))", [Overload::new(
        "nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor",
        POINTWISE,
        |a| a.unary(|x| ternary::nan_to_num(x, a.optional_float(1), a.optional_float(2), a.optional_float(3))),
        Node("NanToNumBackward0", &[grad("self", "self", |b| mul(b.grad()?, isfinite(&b.tensor(0)?)?))]),
    )];
}

fn clamp_tensors(a: &Args) -> Result<Outs> {
    let min = a.optional_tensor(1).map(|min| min.array().clone());
    let max = a.optional_tensor(2).map(|max| max.array().clone());
    a.unary(|x| ternary::clamp(x, min.as_ref().map(Operand::from), max.as_ref().map(Operand::from)))
}

fn bound(b: &Backward, at: usize) -> Result<Option<Tensor>> {
    Ok(match b.value(at)? {
        Arg::Tensor(tensor) => Some(tensor),
        _ => None,
    })
}

/// The gradient passes where the element lies within both bounds.
fn clamp_backward(b: &Backward, min: Option<Arg>, max: Option<Arg>) -> Result<Tensor> {
    let (this, grad) = (b.tensor(0)?, b.grad()?);
    let inside = match (min, max) {
        (Some(min), Some(max)) => logical_and(&ge(&this, min)?, &le(&this, max)?)?,
        (Some(min), None) => ge(&this, min)?,
        (None, Some(max)) => le(&this, max)?,
        (None, None) => return Ok(grad.clone()),
    };
    where_(&inside, grad, scalar_like(0.0, grad)?)
}

/// The gradient of the larger or smaller of the first two arguments: halved where they are equal, 0 where this one was
/// not taken.
pub(crate) fn shared(b: &Backward, is_other: fn(Arg, Arg) -> Result<Tensor>) -> Result<Tensor> {
    let (this, other, grad) = (b.tensor(0)?, b.tensor(1)?, b.grad()?);
    let halved = where_(&eq(&this, &other)?, div(grad, 2)?, grad)?;
    masked_fill(&halved, &is_other(this.into(), other.into())?, 0)
}

pub fn clamp_min(tensor: &Tensor, min: impl Into<Scalar>) -> Result<Tensor> {
    CLAMP_MIN.overloads[0].call_one(args![tensor, min.into()])
}

pub fn clamp_max(tensor: &Tensor, max: impl Into<Scalar>) -> Result<Tensor> {
    CLAMP_MAX.overloads[0].call_one(args![tensor, max.into()])
}

pub fn lerp(start: &Tensor, end: &Tensor, weight: &Tensor) -> Result<Tensor> {
    LERP.overloads[0].call_one(args![start, end, weight])
}
