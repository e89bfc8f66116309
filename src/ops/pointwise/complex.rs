//! Complex numbers: parts, angles, conjugates.

use crate::array::Scalar;
use crate::array::{Dtype, Result, error, ternary, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

const I: Scalar = Scalar::Complex(0.0, 1.0);

ops! {
    /// The complex conjugate of each element, computed at once.
    CONJ_PHYSICAL = "conj_physical", "torch.conj_physical(torch.tensor([1 + 2j]))", [Overload::new(
        "conj_physical(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| match a.tensor(0)? {
            this if this.dtype().is_complex() => CONJ.overloads[0].call(args![this]),
            this => one(this),
        },
        Composite,
    ).out_dtype(crate::ops::out::found)];
    /// The complex conjugate of each element of a complex tensor.
    CONJ = "_conj_physical", "torch.conj_physical(torch.tensor([1 + 2j]))", [Overload::new(
        "_conj_physical(Tensor self) -> Tensor",
        FUNCTION,
        |a| a.unary(unary::conj),
        Node("ConjPhysicalBackward0", &[grad("self", "", |b| conj_physical(b.grad()?))]),
    )];
    /// Conjugates each element in place.
    CONJ_IN_PLACE = "conj_physical_", "torch.tensor([1 + 2j]).conj_physical_()", [Overload::new(
        "conj_physical_(Tensor(a!) self) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION,
        |a| a.unary(unary::conj),
        Node("ConjPhysicalBackward1", &[grad("self", "", |b| conj_physical(b.grad()?))]),
    )];
    /// The angle of each element in the complex plane, in radians.
    ANGLE = "angle", "torch.angle(torch.tensor([1 + 1j]))", [Overload::new(
        "angle(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.unary(unary::angle),
        Node("AngleBackward0", &[grad("self", "self", |b| {
            let (this, grad) = (b.tensor(0)?, b.grad()?);
            if !this.dtype().is_complex() {
                return zeros_like(&this);
            }
            let turned = mul(div(mul(grad, &this)?, pow(abs(&this)?, 2)?)?, I)?;
            where_(&eq(&this, 0.0)?, scalar_like(0.0, &this)?, turned)
        })]),
    )];
    /// A complex tensor of these real and imaginary parts.
    COMPLEX = "complex", "torch.complex(torch.tensor([1.0]), torch.tensor([2.0]))", [Overload::new(
        "complex(Tensor real, Tensor imag) -> Tensor",
        FUNCTION | OUT,
        |a| {
            check_parts(a.tensor(0)?.dtype(), a.tensor(1)?.dtype())?;
            one(ternary::complex(&*a.array(0)?, &*a.array(1)?)?)
        },
        Node("ComplexBackward0", &[
            grad("real", "", |b| real(b.grad()?)),
            grad("imag", "", |b| imag(b.grad()?)),
        ]),
    ).out_dtype(crate::ops::out::argument)];
    /// A complex tensor of these magnitudes and angles.
    POLAR = "polar", "torch.polar(torch.tensor([1.0]), torch.tensor([1.5]))", [Overload::new(
        "polar(Tensor abs, Tensor angle) -> Tensor",
        FUNCTION | OUT,
        |a| {
            check_parts(a.tensor(0)?.dtype(), a.tensor(1)?.dtype())?;
            one(ternary::polar(&*a.array(0)?, &*a.array(1)?)?)
        },
        Node("PolarBackward0", &[joint("abs, angle", "result", |b| {
            let (grad, result) = (conj(b.grad()?)?, b.result(0)?);
            Ok(vec![
                Some(real(&mul(&grad, sgn(&result)?)?)?),
                Some(real(&mul(&grad, mul(&result, I)?)?)?),
            ])
        })]),
    ).out_dtype(crate::ops::out::argument)];
    /// True where the imaginary part is 0.
    ISREAL = "isreal", "torch.isreal(torch.tensor([1 + 0j, 1 + 1j]))", [Overload::new(
        "isreal(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| match a.tensor(0)? {
            this if this.dtype().is_complex() => one(eq(imag(this)?, 0)?),
            this => one(ones_of(this, Dtype::Bool)?),
        },
        Composite,
    )];
}

fn check_parts(first: Dtype, second: Dtype) -> Result<()> {
    let fits = |dtype| matches!(dtype, Dtype::Float16 | Dtype::Float32 | Dtype::Float64);
    if !fits(first) || !fits(second) {
        return error::not_implemented(format!(
            "Expected both inputs to be Half, Float or Double tensors but got {} and {}",
            first.scalar_type(),
            second.scalar_type()
        ));
    }
    if first != second {
        return error::runtime(format!(
            "Expected object of scalar type {} but got scalar type {} for second argument",
            first.scalar_type(),
            second.scalar_type()
        ));
    }
    Ok(())
}

fn ones_of(this: &Tensor, dtype: Dtype) -> Result<Tensor> {
    Ok(crate::array::copy::full(this.array().sizes(), Scalar::Int(1), dtype)?.into())
}

functions! { conj_physical = CONJ_PHYSICAL; angle = ANGLE; }
