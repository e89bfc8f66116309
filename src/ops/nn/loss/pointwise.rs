//! Losses of every element's distance from its target.

use super::Reduction;
use crate::array::nn::loss;
use crate::array::{Result, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

/// The share of one element in the incoming gradient: 1 / count for a mean.
fn share(a: &Args, at: usize) -> Result<f64> {
    let count = crate::array::layout::broadcast_sizes(&a.tensor(1)?.sizes(), &a.tensor(2)?.sizes())?;
    Ok(Reduction::of(a.int(at)?).share(count.iter().product::<i64>() as usize))
}

/// What a constant second derivative makes of the product of both incoming gradients.
fn twice(b: &Backward, curvature: impl FnOnce(Tensor) -> Result<Tensor>) -> Result<Tensor> {
    Reduction::of(b.int(3)?).spread(curvature(mul(b.grad()?, b.tensor(0)?)?)?)
}

/// One over the elements nearer than `limit` to their targets, 0 over the others.
fn near(b: &Backward, grad: &Tensor, limit: f64) -> Result<Tensor> {
    let apart = abs(sub(b.tensor(1)?, b.tensor(2)?)?)?;
    mul(grad, to_dtype(&lt(&apart, limit)?, grad.dtype())?)
}

fn smooth_twice(b: &Backward) -> Result<Tensor> {
    let beta = b.float(4)?;
    twice(b, |grad| match beta {
        0.0 => zeros_like(&grad),
        _ => div(near(b, &grad, beta)?, beta),
    })
}

fn huber_twice(b: &Backward) -> Result<Tensor> {
    twice(b, |grad| near(b, &grad, b.float(4)?))
}

/// z = e^(-target input) of `soft_margin_loss_backward`.
fn soft_margin_power(b: &Backward) -> Result<Tensor> {
    exp(mul(b.tensor(1)?, neg(b.tensor(2)?)?)?)
}

/// The gradient of a loss's backward for its incoming gradient: the loss's slope, summed where the loss was reduced.
fn of_grad_output(b: &Backward, slope: impl FnOnce(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    if Reduction::of(b.int(3)?) == Reduction::None {
        return slope(b.grad()?);
    }
    let ones = add(zeros_like(&b.tensor(0)?)?, 1)?;
    sum(&mul(slope(&ones)?, b.grad()?)?)
}

ops! {
    /// The squared difference of input and target.
    MSE_LOSS = "mse_loss", "torch.nn.functional.mse_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "mse_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor",
        OUT | NAMESPACED,
        |a| Reduction::of(a.int(2)?).finish(loss::mse(&*a.array(0)?, &*a.array(1)?)?),
        Derivative::Node("MseLossBackward0", &[
            grad("self", "self, target, reduction", |b| {
                call1(&MSE_LOSS_BACKWARD, args![b.grad()?, b.tensor(0)?, b.tensor(1)?, b.int(2)?])
            }),
            grad("target", "self, target, reduction", |b| {
                call1(&MSE_LOSS_BACKWARD, args![b.grad()?, b.tensor(1)?, b.tensor(0)?, b.int(2)?])
            }),
        ]),
    )];
    /// The gradient of mse_loss.
    MSE_LOSS_BACKWARD = "mse_loss_backward", "torch.nn.functional.mse_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "mse_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction) -> Tensor",
        0,
        |a| one(loss::mse_backward(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?, 2.0 * share(a, 3)?)?),
        Derivative::Node("MseLossBackwardBackward0", &[
            grad("grad_output", "self, target, reduction", |b| {
                call1(&MSE_LOSS_BACKWARD, args![b.grad()?, b.tensor(1)?, b.tensor(2)?, b.int(3)?])
            }),
            grad("self", "grad_output, reduction", |b| twice(b, |grad| mul(2, &grad))),
            grad("target", "grad_output, reduction", |b| neg(twice(b, |grad| mul(2, &grad))?)),
        ]),
    )];
    /// The absolute difference of input and target.
    L1_LOSS = "l1_loss", "torch.nn.functional.l1_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "l1_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor",
        NAMESPACED,
        |a| one(Reduction::of(a.int(2)?).apply(abs(&sub(a.tensor(0)?, a.tensor(1)?)?)?)?),
        Derivative::Composite,
    )];
    /// Squared within beta of the target, linear beyond.
    SMOOTH_L1_LOSS = "smooth_l1_loss", "torch.nn.functional.smooth_l1_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "smooth_l1_loss(Tensor self, Tensor target, int reduction=Mean, float beta=1.0) -> Tensor",
        OUT | NAMESPACED,
        |a| {
            let beta = a.float(3)?;
            if beta < 0.0 {
                return error::runtime("smooth_l1_loss does not support negative values for beta.");
            }
            if beta == 0.0 {
                return one(Reduction::of(a.int(2)?).apply(abs(&sub(a.tensor(0)?.detach(), a.tensor(1)?.detach())?)?)?);
            }
            Reduction::of(a.int(2)?).finish(loss::smooth_l1(&*a.array(0)?, &*a.array(1)?, beta)?)
        },
        Derivative::Node("SmoothL1LossBackward0", &[
            grad("self", "self, target, reduction, beta", |b| {
                let args = args![b.grad()?, b.tensor(0)?, b.tensor(1)?, b.int(2)?, b.float(3)?];
                call1(&SMOOTH_L1_LOSS_BACKWARD, args)
            }),
            grad("target", "self, target, reduction, beta", |b| {
                let args = args![b.grad()?, b.tensor(1)?, b.tensor(0)?, b.int(2)?, b.float(3)?];
                call1(&SMOOTH_L1_LOSS_BACKWARD, args)
            }),
        ]),
    )];
    /// The gradient of smooth_l1_loss.
    SMOOTH_L1_LOSS_BACKWARD = "smooth_l1_loss_backward", "torch.nn.functional.smooth_l1_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "smooth_l1_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction, float beta) -> Tensor",
        0,
        |a| {
            let (scale, beta) = (share(a, 3)?, a.float(4)?);
            one(loss::smooth_l1_backward(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?, scale, beta)?)
        },
        Derivative::Node("SmoothL1LossBackwardBackward0", &[
            grad("grad_output", "self, target, reduction, beta", |b| {
                let args = args![b.grad()?, b.tensor(1)?, b.tensor(2)?, b.int(3)?, b.float(4)?];
                call1(&SMOOTH_L1_LOSS_BACKWARD, args)
            }),
            grad("self", "grad_output, self, target, reduction, beta", smooth_twice),
            grad("target", "grad_output, self, target, reduction, beta", |b| neg(smooth_twice(b)?)),
        ]),
    )];
    /// Squared within delta of the target, linear beyond.
    HUBER_LOSS = "huber_loss", "torch.nn.functional.huber_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "huber_loss(Tensor self, Tensor target, int reduction=Mean, float delta=1.0) -> Tensor",
        OUT | NAMESPACED,
        |a| {
            let delta = a.float(3)?;
            if delta <= 0.0 {
                return error::runtime("huber_loss does not support non-positive values for delta.");
            }
            let (input, target) = (a.array(0)?, a.array(1)?);
            let loss = loss::huber(&input, &target, delta)?;
            if input.dtype().is_integral() {
                return super::cannot_hold(loss.dtype(), input.dtype());
            }
            Reduction::of(a.int(2)?).finish(crate::array::copy::cast(&loss, input.dtype())?)
        },
        Derivative::Node("HuberLossBackward0", &[
            grad("self", "self, target, reduction, delta", |b| {
                let args = args![b.grad()?, b.tensor(0)?, b.tensor(1)?, b.int(2)?, b.float(3)?];
                call1(&HUBER_LOSS_BACKWARD, args)
            }),
            grad("target", "self, target, reduction, delta", |b| {
                let args = args![b.grad()?, b.tensor(1)?, b.tensor(0)?, b.int(2)?, b.float(3)?];
                call1(&HUBER_LOSS_BACKWARD, args)
            }),
        ]),
    )];
    /// The gradient of huber_loss.
    HUBER_LOSS_BACKWARD = "huber_loss_backward", "torch.nn.functional.huber_loss(torch.ones(2), torch.zeros(2))", [Overload::new(
        "huber_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction, float delta) -> Tensor",
        0,
        |a| {
            let (scale, delta) = (share(a, 3)?, a.float(4)?);
            one(loss::huber_backward(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?, scale, delta)?)
        },
        Derivative::Node("HuberLossBackwardBackward0", &[
            grad("grad_output", "grad_output, self, target, reduction, delta", |b| {
                of_grad_output(b, |grad| {
                    let args = args![grad, b.tensor(1)?, b.tensor(2)?, b.int(3)?, b.float(4)?];
                    call1(&HUBER_LOSS_BACKWARD, args)
                })
            }),
            grad("self", "grad_output, self, target, reduction, delta", huber_twice),
            grad("target", "grad_output, self, target, reduction, delta", |b| neg(huber_twice(b)?)),
        ]),
    )];
    /// log(1 + e^(-target input)).
    SOFT_MARGIN_LOSS = "soft_margin_loss", "torch.nn.functional.soft_margin_loss(torch.ones(2), torch.ones(2))", [Overload::new(
        "soft_margin_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor",
        OUT | NAMESPACED,
        |a| {
            let (input, target) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            let loss = log1p(exp(mul(&input, neg(&target)?)?)?)?;
            if input.dtype().is_integral() {
                return super::cannot_hold(crate::array::promote::to_floating(loss.dtype()), input.dtype());
            }
            one(Reduction::of(a.int(2)?).apply(to_dtype(&loss, input.dtype())?)?)
        },
        Derivative::Node("SoftMarginLossBackward0", &[
            grad("self", "self, target, reduction", |b| {
                call1(&SOFT_MARGIN_LOSS_BACKWARD, args![b.grad()?, b.tensor(0)?, b.tensor(1)?, b.int(2)?])
            }),
        ]),
    )];
    /// The gradient of soft_margin_loss.
    SOFT_MARGIN_LOSS_BACKWARD = "soft_margin_loss_backward", "torch.nn.functional.soft_margin_loss(torch.ones(2), torch.ones(2))", [Overload::new(
        "soft_margin_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction) -> Tensor",
        0,
        |a| {
            let (grad, input, target) = (a.tensor(0)?.detach(), a.tensor(1)?.detach(), a.tensor(2)?.detach());
            let away = neg(&target)?;
            let slope = mul(&away, sigmoid(mul(&away, &input)?)?)?;
            one(mul(mul(&slope, share(a, 3)?)?, &grad)?)
        },
        Derivative::Node("SoftMarginLossBackwardBackward0", &[
            grad("grad_output", "grad_output, self, target, reduction", |b| {
                of_grad_output(b, |grad| {
                    call1(&SOFT_MARGIN_LOSS_BACKWARD, args![grad, b.tensor(1)?, b.tensor(2)?, b.int(3)?])
                })
            }),
            grad("self", "grad_output, self, target, reduction", |b| {
                let (power, target) = (soft_margin_power(b)?, b.tensor(2)?);
                let above = add(&power, 1)?;
                twice(b, |grad| div(mul(mul(&grad, mul(&target, &target)?)?, &power)?, mul(&above, &above)?))
            }),
        ]),
    )];
}
