//! Angles: trigonometric and hyperbolic functions and their inverses.

use crate::array::{Result, Scalar, binary, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use std::f64::consts::PI;

ops! {
    /// The sine of each element.
    SIN = "sin", "torch.sin(torch.tensor([0.0, 1.0]))", [Overload::new(
        "sin(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::sin),
        Node("SinBackward0", &[grad("self", "self", |b| mul(b.grad()?, conj(&cos(b.tensor(0)?)?)?))]),
    )];
    /// The cosine of each element.
    COS = "cos", "torch.cos(torch.tensor([0.0, 1.0]))", [Overload::new(
        "cos(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::cos),
        Node("CosBackward0", &[grad("self", "self", |b| mul(b.grad()?, neg(conj(&sin(b.tensor(0)?)?)?)?))]),
    )];
    /// The tangent of each element.
    TAN = "tan", "torch.tan(torch.tensor([0.0, 1.0]))", [Overload::new(
        "tan(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::tan),
        Node("TanBackward0", &[grad("self", "result", |b| {
            mul(b.grad()?, conj(&add(pow(b.result(0)?, 2)?, 1)?)?)
        })]),
    )];
    /// The arcsine of each element.
    ASIN = "asin" / "arcsin", "torch.asin(torch.tensor([0.0, 1.0]))", [Overload::new(
        "asin(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::asin),
        Node("AsinBackward0", &[grad("self", "self", |b| {
            let this = b.tensor(0)?;
            mul(b.grad()?, conj(&rsqrt(add(mul(neg(&this)?, &this)?, 1)?)?)?)
        })]),
    )];
    /// The arccosine of each element.
    ACOS = "acos" / "arccos", "torch.acos(torch.tensor([0.0, 1.0]))", [Overload::new(
        "acos(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::acos),
        Node("AcosBackward0", &[grad("self", "self", |b| {
            let this = b.tensor(0)?;
            mul(b.grad()?, conj(&neg(rsqrt(add(mul(neg(&this)?, &this)?, 1)?)?)?)?)
        })]),
    )];
    /// The arctangent of each element.
    ATAN = "atan" / "arctan", "torch.atan(torch.tensor([0.0, 1.0]))", [Overload::new(
        "atan(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::atan),
        Node("AtanBackward0", &[grad("self", "self", |b| {
            let this = b.tensor(0)?;
            div(b.grad()?, conj(&add(mul(&this, &this)?, 1)?)?)
        })]),
    )];
    /// The angle of the point (other, input), by quadrant.
    ATAN2 = "atan2" / "arctan2", "torch.atan2(torch.tensor([1.0]), torch.tensor([-1.0]))", [Overload::new(
        "atan2(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| binary::atan2(x, y)),
        Node("Atan2Backward0", &[joint("self, other", "self, other", |b| {
            let (this, other, grad) = (b.tensor(0)?, b.tensor(1)?, b.grad()?);
            let scale = reciprocal(add(mul(&this, &this)?, mul(&other, &other)?)?)?;
            Ok(vec![
                b.needs(0).then(|| mul(mul(grad, &other)?, &scale)).transpose()?,
                b.needs(1).then(|| mul(mul(grad, neg(&this)?)?, &scale)).transpose()?,
            ])
        })]),
    )];
    /// The hyperbolic sine of each element.
    SINH = "sinh", "torch.sinh(torch.tensor([0.0, 1.0]))", [Overload::new(
        "sinh(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::sinh),
        Node("SinhBackward0", &[grad("self", "self", |b| mul(b.grad()?, conj(&cosh(b.tensor(0)?)?)?))]),
    )];
    /// The hyperbolic cosine of each element.
    COSH = "cosh", "torch.cosh(torch.tensor([0.0, 1.0]))", [Overload::new(
        "cosh(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::cosh),
        Node("CoshBackward0", &[grad("self", "self", |b| mul(b.grad()?, conj(&sinh(b.tensor(0)?)?)?))]),
    )];
    /// The hyperbolic tangent of each element.
    TANH = "tanh", "torch.tanh(torch.tensor([0.0, 1.0]))", [Overload::new(
        "tanh(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::tanh),
        Node("TanhBackward0", &[grad("self", "result", |b| tanh_backward(b.grad()?, &b.result(0)?))]),
    )];
    /// The gradient of tanh at its result.
    TANH_BACKWARD = "tanh_backward", "torch.tanh(torch.tensor([0.0, 1.0]))", [Overload::new(
        "tanh_backward(Tensor grad_output, Tensor output) -> Tensor",
        0,
        |a| {
            let output = unary::conj(&*a.array(1)?)?;
            let slope = binary::sub(Scalar::Int(1), &binary::mul(&output, &output)?)?;
            one(binary::mul(&*a.array(0)?, &slope)?)
        },
        Node("TanhBackwardBackward0", &[
            grad("grad_output", "output", |b| tanh_backward(b.grad()?, &conj(&b.tensor(1)?)?)),
            grad("output", "output, grad_output", |b| {
                mul(conj(b.grad()?)?, mul(mul(conj(&b.tensor(1)?)?, -2)?, b.tensor(0)?)?)
            }),
        ]),
    )];
    /// The inverse hyperbolic sine of each element.
    ASINH = "asinh" / "arcsinh", "torch.asinh(torch.tensor([0.0, 1.0]))", [Overload::new(
        "asinh(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.unary(unary::asinh),
        Node("AsinhBackward0", &[grad("self", "self", |b| {
            mul(b.grad()?, conj(&rsqrt(add(pow(b.tensor(0)?, 2)?, 1)?)?)?)
        })]),
    )];
    /// asinh of each element in place; PyTorch has no derivative of this form.
    ASINH_IN_PLACE = "asinh_" / "arcsinh_", "torch.tensor([0.5]).asinh_()", [Overload::new(
        "asinh_(Tensor(a!) self) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION,
        |a| a.unary(unary::asinh),
        Node("AsinhBackward1", &[missing("self", "inplace version of asinh")]),
    )];
    /// The inverse hyperbolic cosine of each element.
    ACOSH = "acosh" / "arccosh", "torch.acosh(torch.tensor([1.0, 2.0]))", [Overload::new(
        "acosh(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.unary(unary::acosh),
        Node("AcoshBackward0", &[grad("self", "self", |b| {
            let this = b.tensor(0)?;
            if this.dtype().is_complex() {
                let slope = mul(rsqrt(add(&this, 1)?)?, rsqrt(sub(&this, 1)?)?)?;
                return mul(b.grad()?, conj(&slope)?);
            }
            mul(b.grad()?, rsqrt(sub(mul(&this, &this)?, 1)?)?)
        })]),
    )];
    /// acosh of each element in place; PyTorch has no derivative of this form.
    ACOSH_IN_PLACE = "acosh_" / "arccosh_", "torch.tensor([1.5]).acosh_()", [Overload::new(
        "acosh_(Tensor(a!) self) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION,
        |a| a.unary(unary::acosh),
        Node("AcoshBackward1", &[missing("self", "inplace version of acosh")]),
    )];
    /// The inverse hyperbolic tangent of each element.
    ATANH = "atanh" / "arctanh", "torch.atanh(torch.tensor([0.0, 0.5]))", [Overload::new(
        "atanh(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.unary(unary::atanh),
        Node("AtanhBackward0", &[grad("self", "self", |b| {
            div(mul(b.grad()?, 1)?, conj(&sub(1, pow(b.tensor(0)?, 2)?)?)?)
        })]),
    )];
    /// atanh of each element in place; PyTorch has no derivative of this form.
    ATANH_IN_PLACE = "atanh_" / "arctanh_", "torch.tensor([0.5]).atanh_()", [Overload::new(
        "atanh_(Tensor(a!) self) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION,
        |a| a.unary(unary::atanh),
        Node("AtanhBackward1", &[missing("self", "inplace version of atanh")]),
    )];
    /// sin(pi x) / (pi x) of each element, 1 at 0.
    SINC = "sinc" / "special_sinc", "torch.sinc(torch.tensor([0.0, 0.5]))", [Overload::new(
        "sinc(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::sinc),
        Node("SincBackward0", &[grad("self", "self", |b| {
            let this = b.tensor(0)?;
            let scaled = mul(&this, PI)?;
            let squared = mul(mul(&this, &this)?, PI)?;
            let slope = div(sub(mul(&scaled, cos(&scaled)?)?, sin(&scaled)?)?, &squared)?;
            let result = mul(b.grad()?, conj(&slope)?)?;
            where_(&eq(&squared, 0.0)?, scalar_like(0.0, b.grad()?)?, result)
        })]),
    )];
    /// Degrees to radians.
    DEG2RAD = "deg2rad", "torch.deg2rad(torch.tensor([180.0]))", [Overload::new(
        "deg2rad(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::deg2rad),
        Node("Deg2RadBackward0", &[grad("self", "", |b| mul(b.grad()?, 0.017_453_292_519_943_295))]),
    )];
    /// Radians to degrees.
    RAD2DEG = "rad2deg", "torch.rad2deg(torch.tensor([3.1416]))", [Overload::new(
        "rad2deg(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::rad2deg),
        Node("Rad2DegBackward0", &[grad("self", "", |b| mul(b.grad()?, 57.295_779_513_082_32))]),
    )];
}

pub fn tanh_backward(grad: &Tensor, output: &Tensor) -> Result<Tensor> {
    call1(&TANH_BACKWARD, args![grad, output])
}

functions! { sin = SIN; cos = COS; sinh = SINH; cosh = COSH; tanh = TANH; atan = ATAN; }
