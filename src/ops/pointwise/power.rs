//! Powers and scaling by powers of two.

use crate::array::{Dtype, Result, Scalar, binary, bivariate, error, promote, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::backward::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;
use std::f64::consts::LN_2;

ops! {
    /// input to the power of exponent.
    POW = "pow", "torch.pow(torch.tensor([2.0, 3.0]), 2)", [
        Overload::new(
            "pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::pow(x, y)),
            Node("PowBackward1", &[
                grad("self", "self, exponent", |b| {
                    let exponent = b.tensor(1)?;
                    let slope = mul(&exponent, pow(b.value(0)?, sub(&exponent, 1)?)?)?;
                    let zero = scalar_like(0.0, b.grad()?)?;
                    where_(&eq(&exponent, 0.0)?, zero, mul(b.grad()?, conj(&slope)?)?)
                }),
                grad("exponent", "self, exponent, result", exponent_backward),
            ]),
        ),
        Overload::new(
            "pow.Scalar(Scalar self, Tensor exponent) -> Tensor",
            FUNCTION | OUT,
            |a| {
                let base = a.scalar(0)?;
                if base.is_one() {
                    let dtype = promote::result_type(&[base.into(), (&*a.array(1)?).into()]);
                    let sizes = a.tensor(1)?.sizes();
                    return one(crate::array::copy::full(&sizes, Scalar::Int(1), dtype)?);
                }
                a.binary(|x, y| binary::pow(x, y))
            },
            Node("PowBackward2", &[grad("exponent", "self, exponent, result", |b| {
                let (base, exponent) = (b.scalar(0)?, b.tensor(1)?);
                let base = match base {
                    base if exponent.dtype().is_complex() && !matches!(base, Scalar::Complex(..)) => {
                        Scalar::Complex(base.to_f64(), 0.0)
                    }
                    base => base,
                };
                let slope = conj(&mul(b.result(0)?, logarithm(base))?)?;
                if !base.is_zero() {
                    return mul(b.grad()?, slope);
                }
                let zero = scalar_like(0.0, b.grad()?)?;
                mul(b.grad()?, where_(&is_non_negative(&exponent)?, zero, slope)?)
            })]),
        ),
        Overload::new(
            "pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor",
            POINTWISE,
            |a| {
                let exponent = a.scalar(1)?;
                let this = a.array(0)?;
                let dtype = promote::result_type(&[(&*this).into(), exponent.into()]);
                if !matches!(exponent, Scalar::Complex(..)) && exponent.is_zero() {
                    return one(crate::array::copy::full(this.sizes(), Scalar::Int(1), dtype)?);
                }
                one(binary::pow(&*this, exponent)?)
            },
            Node("PowBackward0", &[grad("self", "self, exponent", |b| {
                let (this, exponent) = (b.tensor(0)?, b.scalar(1)?);
                if exponent.is_zero() {
                    return zeros_like(&this);
                }
                let lower = match exponent {
                    Scalar::Complex(re, im) => Scalar::Complex(re - 1.0, im),
                    exponent => Scalar::Float(exponent.to_f64() - 1.0),
                };
                let exponent = match exponent {
                    Scalar::Complex(..) => exponent,
                    exponent => Scalar::Float(exponent.to_f64()),
                };
                mul(b.grad()?, conj(&mul(pow(&this, lower)?, exponent)?)?)
            })]),
        ),
    ];
    /// input to the power of exponent, in double precision.
    FLOAT_POWER = "float_power", "torch.float_power(torch.tensor([2, 3]), 2)", [
        Overload::new(
            "float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor",
            POINTWISE,
            |a| {
                let (base, exponent) = (a.tensor(0)?, a.tensor(1)?);
                let dtype = double(base.dtype().is_complex() || exponent.dtype().is_complex());
                one(pow(to_dtype(base, dtype)?, to_dtype(exponent, dtype)?)?)
            },
            Composite,
        ),
        Overload::new(
            "float_power.Scalar(Scalar self, Tensor exponent) -> Tensor",
            FUNCTION | OUT,
            |a| {
                let (base, exponent) = (a.scalar(0)?, a.tensor(1)?);
                let dtype = double(matches!(base, Scalar::Complex(..)) || exponent.dtype().is_complex());
                one(pow(base, to_dtype(exponent, dtype)?)?)
            },
            Composite,
        ),
        Overload::new(
            "float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor",
            POINTWISE,
            |a| {
                let (base, exponent) = (a.tensor(0)?, a.scalar(1)?);
                let dtype = double(base.dtype().is_complex() || matches!(exponent, Scalar::Complex(..)));
                one(pow(to_dtype(base, dtype)?, exponent)?)
            },
            Composite,
        ),
    ];
    /// input * 2^other.
    LDEXP = "ldexp", "torch.ldexp(torch.tensor([1.0]), torch.tensor([3]))", [Overload::new(
        "ldexp.Tensor(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| binary::ldexp(x, y)),
        Node("LdexpBackward0", &[
            grad("self", "other", |b| mul(b.grad()?, conj(&power_of(2.0, &b.tensor(1)?)?)?)),
            grad("other", "other, result", |b| mul(mul(b.grad()?, conj(&b.result(0)?)?)?, LN_2)),
        ]),
    )];
    /// Mantissa in [0.5, 1) and exponent to base 2 of each element.
    FREXP = "frexp", "torch.frexp(torch.tensor([1.0, 6.0]))", [Overload::new(
        "frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)",
        FUNCTION | METHOD | OUT,
        |a| two(unary::frexp(&*a.array(0)?)?),
        Node("FrexpBackward0", &[grad("self", "result1", |b| div(b.grad()?, exp2(b.result(1)?)?))]),
    )];
    /// The greatest common divisor of each pair.
    GCD = "gcd", "torch.gcd(torch.tensor([6, 9]), torch.tensor([4, 6]))", [Overload::new(
        "gcd(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| whole(a, "gcd").and_then(|()| a.binary(|x, y| binary::gcd(x, y))),
        NotDifferentiable,
    )];
    /// The least common multiple of each pair.
    LCM = "lcm", "torch.lcm(torch.tensor([6, 9]), torch.tensor([4, 6]))", [Overload::new(
        "lcm(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| whole(a, "lcm").and_then(|()| a.binary(|x, y| binary::lcm(x, y))),
        NotDifferentiable,
    )];
    /// The length of the hypotenuse of a right triangle with these legs.
    HYPOT = "hypot", "torch.hypot(torch.tensor([3.0]), torch.tensor([4.0]))", [Overload::new(
        "hypot(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| bivariate::hypot(x, y)),
        Derivative::Node("HypotBackward0", &[
            grad("self", "self, result", |b| mul(b.grad()?, &div(b.value(0)?, &b.result(0)?)?)),
            grad("other", "other, result", |b| mul(b.grad()?, &div(b.value(1)?, &b.result(0)?)?)),
        ]),
    )];
}

fn double(complex: bool) -> Dtype {
    if complex { Dtype::Complex128 } else { Dtype::Float64 }
}

/// Refuses what has no divisors.
fn whole(a: &Args, name: &str) -> Result<()> {
    let dtype = promote::result_type(&[(&*a.array(0)?).into(), (&*a.array(1)?).into()]);
    if dtype.is_integer() {
        return Ok(());
    }
    error::not_implemented(format!("\"{name}_cpu\" not implemented for '{}'", dtype.scalar_type()))
}

fn logarithm(base: Scalar) -> Scalar {
    match base {
        Scalar::Complex(re, im) => {
            let log = num_complex::Complex::new(re, im).ln();
            Scalar::Complex(log.re, log.im)
        }
        base => Scalar::Float(base.to_f64().ln()),
    }
}

/// Where 0 to this power is constant: real and at least 0.
fn is_non_negative(exponent: &Tensor) -> Result<Tensor> {
    if !exponent.dtype().is_complex() {
        return ge(exponent, 0);
    }
    logical_and(&eq(imag(exponent)?, 0)?, &ge(real(exponent)?, 0)?)
}

fn exponent_backward(b: &Backward) -> Result<Tensor> {
    let (base, exponent, result) = (b.tensor(0)?, b.tensor(1)?, b.result(0)?);
    let constant = logical_and(&eq(&base, 0)?, &is_non_negative(&exponent)?)?;
    let base = to_dtype(&base, result.dtype())?;
    let slope = conj(&mul(&result, log(&base)?)?)?;
    mul(b.grad()?, where_(&constant, scalar_like(0.0, b.grad()?)?, slope)?)
}

pub fn pow(base: impl Into<Arg>, exponent: impl Into<Arg>) -> Result<Tensor> {
    let (base, exponent) = (base.into(), exponent.into());
    let overload = match (&base, &exponent) {
        (Arg::Tensor(_), Arg::Tensor(_)) => &POW.overloads[0],
        (Arg::Tensor(_), _) => &POW.overloads[2],
        _ => &POW.overloads[1],
    };
    overload.call_one(Args(smallvec![base, exponent]))
}

/// A number to the power of each element.
pub fn power_of(base: impl Into<Scalar>, exponent: &Tensor) -> Result<Tensor> {
    pow(base.into(), exponent)
}
