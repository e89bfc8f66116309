//! Exponentials, logarithms and roots.

use crate::array::{Result, Scalar, binary, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use std::f64::consts::{LN_2, LN_10};

ops! {
    /// e to the power of each element.
    EXP = "exp", "torch.exp(torch.tensor([0.0, 1.0]))", [Overload::new(
        "exp(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::exp),
        Node("ExpBackward0", &[grad("self", "result", |b| mul(b.grad()?, conj(&b.result(0)?)?))]),
    )];
    /// 2 to the power of each element.
    EXP2 = "exp2" / "special_exp2", "torch.exp2(torch.tensor([0.0, 3.0]))", [Overload::new(
        "exp2(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::exp2),
        Node("Exp2Backward0", &[grad("self", "result", |b| mul(mul(b.grad()?, conj(&b.result(0)?)?)?, LN_2))]),
    )];
    /// e to the power of each element, minus 1, exact near 0.
    EXPM1 = "expm1" / "special_expm1", "torch.expm1(torch.tensor([0.0, 1e-5]))", [Overload::new(
        "expm1(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::expm1),
        Node("Expm1Backward0", &[grad("self", "result", |b| mul(b.grad()?, add(conj(&b.result(0)?)?, 1)?))]),
    )];
    /// The natural logarithm of each element.
    LOG = "log", "torch.log(torch.tensor([1.0, 2.0]))", [Overload::new(
        "log(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::log),
        Node("LogBackward0", &[grad("self", "self", |b| div(b.grad()?, conj(&b.tensor(0)?)?))]),
    )];
    /// The logarithm of each element to base 2.
    LOG2 = "log2", "torch.log2(torch.tensor([1.0, 8.0]))", [Overload::new(
        "log2(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::log2),
        Node("Log2Backward0", &[grad("self", "self", |b| div(b.grad()?, mul(conj(&b.tensor(0)?)?, LN_2)?))]),
    )];
    /// The logarithm of each element to base 10.
    LOG10 = "log10", "torch.log10(torch.tensor([1.0, 100.0]))", [Overload::new(
        "log10(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::log10),
        Node("Log10Backward0", &[grad("self", "self", |b| div(b.grad()?, mul(conj(&b.tensor(0)?)?, LN_10)?))]),
    )];
    /// The natural logarithm of 1 plus each element, exact near 0.
    LOG1P = "log1p" / "special_log1p", "torch.log1p(torch.tensor([0.0, 1e-5]))", [Overload::new(
        "log1p(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::log1p),
        Node("Log1PBackward0", &[grad("self", "self", |b| div(b.grad()?, conj(&add(b.tensor(0)?, 1)?)?))]),
    )];
    /// The square root of each element.
    SQRT = "sqrt", "torch.sqrt(torch.tensor([4.0, 9.0]))", [Overload::new(
        "sqrt(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::sqrt),
        Node("SqrtBackward0", &[grad("self", "result", |b| div(b.grad()?, mul(conj(&b.result(0)?)?, 2)?))]),
    )];
    /// The reciprocal of the square root of each element.
    RSQRT = "rsqrt", "torch.rsqrt(torch.tensor([4.0, 16.0]))", [Overload::new(
        "rsqrt(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::rsqrt),
        Node("RsqrtBackward0", &[grad("self", "result", |b| {
            mul(mul(b.grad()?, -0.5)?, conj(&pow(b.result(0)?, 3)?)?)
        })]),
    )];
    /// The square of each element.
    SQUARE = "square", "torch.square(torch.tensor([2.0, -3.0]))", [Overload::new(
        "square(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(pow(a.tensor(0)?, 2)?),
        Composite,
    ), Overload::new(
        "square.in_place(Tensor self) -> Tensor",
        INPLACE,
        |a| one(pow(a.tensor(0)?, 2)?),
        Node("PowBackward0", &[grad("self", "self", |b| mul(b.grad()?, mul(b.tensor(0)?, 2)?))]),
    )];
    /// 1 divided by each element.
    RECIPROCAL = "reciprocal", "torch.reciprocal(torch.tensor([2.0, 4.0]))", [Overload::new(
        "reciprocal(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::reciprocal),
        Node("ReciprocalBackward0", &[grad("self", "result", |b| {
            let result = b.result(0)?;
            mul(neg(b.grad()?)?, conj(&mul(&result, &result)?)?)
        })]),
    )];
    /// 1 / (1 + e^-x) of each element.
    SIGMOID = "sigmoid" / "special_expit", "torch.sigmoid(torch.tensor([0.0, 2.0]))", [Overload::new(
        "sigmoid(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::sigmoid),
        Node("SigmoidBackward0", &[grad("self", "result", |b| sigmoid_backward(b.grad()?, &b.result(0)?))]),
    )];
    /// The gradient of sigmoid at its result.
    SIGMOID_BACKWARD = "sigmoid_backward", "torch.sigmoid(torch.tensor([0.0, 2.0]))", [Overload::new(
        "sigmoid_backward(Tensor grad_output, Tensor output) -> Tensor",
        0,
        |a| {
            let output = unary::conj(&*a.array(1)?)?;
            let slope = binary::mul(&binary::sub(Scalar::Int(1), &output)?, &output)?;
            one(binary::mul(&*a.array(0)?, &slope)?)
        },
        Node("SigmoidBackwardBackward0", &[
            grad("grad_output", "output", |b| sigmoid_backward(b.grad()?, &conj(&b.tensor(1)?)?)),
            grad("output", "output, grad_output", |b| {
                let slope = add(mul(conj(&b.tensor(1)?)?, -2)?, 1)?;
                mul(mul(conj(b.grad()?)?, b.tensor(0)?)?, slope)
            }),
        ]),
    )];
    /// The inverse of sigmoid: ln(x / (1 - x)), with x clamped to [eps, 1 - eps] if eps is given.
    LOGIT = "logit" / "special_logit", "torch.logit(torch.tensor([0.25, 0.5]))", [Overload::new(
        "logit(Tensor self, float? eps=None) -> Tensor",
        POINTWISE,
        |a| a.unary(|x| unary::logit(x, a.optional_float(1))),
        Node("LogitBackward0", &[grad("self", "self, eps", |b| {
            let this = b.tensor(0)?;
            let eps = b.args()?.optional_float(1);
            let (low, high) = eps.map_or((0.0, 1.0), |eps| (eps, 1.0 - eps));
            let inside = logical_and(&ge(&this, low)?, &le(&this, high)?)?;
            let slope = div(b.grad()?, mul(&this, sub(1.0, &this)?)?)?;
            where_(&inside, slope, scalar_like(if eps.is_some() { 0.0 } else { f64::NAN }, &this)?)
        })]),
    )];
    /// input * ln(other), 0 where input is 0.
    XLOGY = "xlogy" / "special_xlogy", "torch.xlogy(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 3.0]))", [
        Overload::new(
            "xlogy.Tensor(Tensor self, Tensor other) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::xlogy(x, y)),
            Node("XlogyBackward0", &[
                grad("self", "self, other", |b| {
                    let other = b.tensor(1)?;
                    let mask = logical_and(&eq(b.tensor(0)?, 0.0)?, &le(&other, 0.0)?)?;
                    masked_fill(&xlogy(b.grad()?, &other)?, &mask, 0.0)
                }),
                grad("other", "self, other", |b| div(mul(b.grad()?, b.value(0)?)?, b.value(1)?)),
            ]),
        ),
        Overload::new(
            "xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor",
            FUNCTION | OUT,
            |a| a.binary(|x, y| binary::xlogy(x, y)),
            Node("XlogyBackward1", &[
                grad("other", "self, other", |b| div(mul(b.grad()?, b.scalar(0)?)?, b.value(1)?)),
            ]),
        ),
        Overload::new(
            "xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::xlogy(x, y)),
            Node("XlogyBackward2", &[grad("self", "self, other", |b| {
                let other = b.scalar(1)?;
                let result = xlogy(b.grad()?, other)?;
                if other.to_f64() > 0.0 {
                    return Ok(result);
                }
                masked_fill(&result, &eq(b.tensor(0)?, 0.0)?, 0.0)
            })]),
        ),
    ];
    /// ln(e^input + e^other) of each element.
    LOGADDEXP = "logaddexp", "torch.logaddexp(torch.tensor([0.0]), torch.tensor([1.0]))", [Overload::new(
        "logaddexp(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.binary(|x, y| binary::logaddexp(x, y)),
        Node("LogaddexpBackward0", &[
            grad("self", "self, other", |b| {
                let ratio = add(exp(&sub(b.value(1)?, b.value(0)?)?)?, 1)?;
                div(b.grad()?, conj(&ratio)?)
            }),
            grad("other", "self, other", |b| {
                let ratio = add(exp(&sub(b.value(0)?, b.value(1)?)?)?, 1)?;
                div(b.grad()?, conj(&ratio)?)
            }),
        ]),
    )];
    /// log2(2^input + 2^other) of each element.
    LOGADDEXP2 = "logaddexp2", "torch.logaddexp2(torch.tensor([0.0]), torch.tensor([1.0]))", [Overload::new(
        "logaddexp2(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.binary(|x, y| binary::logaddexp2(x, y)),
        Node("Logaddexp2Backward0", &[
            grad("self", "self, other", |b| {
                div(b.grad()?, add(power_of(2, &sub(b.value(1)?, b.value(0)?)?)?, 1)?)
            }),
            grad("other", "self, other", |b| {
                div(b.grad()?, add(power_of(2, &sub(b.value(0)?, b.value(1)?)?)?, 1)?)
            }),
        ]),
    )];
}

pub fn sigmoid_backward(grad: &Tensor, output: &Tensor) -> Result<Tensor> {
    call1(&SIGMOID_BACKWARD, args![grad, output])
}

pub fn xlogy(a: impl Into<Arg>, b: impl Into<Arg>) -> Result<Tensor> {
    let (a, b) = (a.into(), b.into());
    let overload = match (&a, &b) {
        (Arg::Tensor(_), Arg::Tensor(_)) => 0,
        (Arg::Tensor(_), _) => 2,
        _ => 1,
    };
    XLOGY.overloads[overload].call_one(Args(smallvec![a, b]))
}

functions! { exp = EXP; log = LOG; log1p = LOG1P; sqrt = SQRT; rsqrt = RSQRT; reciprocal = RECIPROCAL; sigmoid = SIGMOID; exp2 = EXP2; }
