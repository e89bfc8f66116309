//! Signs and magnitudes.

use crate::array::{Result, binary, error, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::backward::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The absolute value of each element.
    ABS = "abs" / "absolute", "torch.abs(torch.tensor([0.5, -1.0]))", [Overload::new(
        "abs(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::abs),
        Node("AbsBackward0", &[grad("self", "self", |b| mul(b.grad()?, sgn(b.tensor(0)?)?))]),
    ).out_dtype(crate::ops::out::found)];
    /// The negative of each element.
    NEG = "neg" / "negative", "torch.neg(torch.tensor([0.5, -1.0]))", [Overload::new(
        "neg(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::neg),
        Node("NegBackward0", &[grad("self", "", |b| neg(b.grad()?))]),
    ).out_dtype(crate::ops::out::found).linear()];
    /// -1, 0 or 1 as each element's sign says.
    SIGN = "sign", "torch.sign(torch.tensor([0.5, -1.0]))", [Overload::new(
        "sign(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::sign),
        Node("SignBackward0", &[zero("self")]),
    ).out_dtype(crate::ops::out::found)];
    /// Each complex element divided by its magnitude; the sign of real ones.
    SGN = "sgn", "torch.sgn(torch.tensor([3 + 4j]))", [Overload::new(
        "sgn(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::sgn),
        Node("SgnBackward0", &[grad("self", "self, result", |b| {
            let (this, grad, result) = (b.tensor(0)?, b.grad()?, b.result(0)?);
            if !this.dtype().is_complex() {
                return zeros_like(&result);
            }
            let size = abs(&this)?;
            let along = mul(real(&div(grad, &result)?)?, &result)?;
            masked_fill(&div(sub(grad, along)?, &size)?, &eq(&size, 0.0)?, 0.0)
        })]),
    ).out_dtype(crate::ops::out::found)];
    /// True where the sign bit is set.
    SIGNBIT = "signbit", "torch.signbit(torch.tensor([0.5, -0.0]))", [Overload::new(
        "signbit(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.unary(unary::signbit),
        NotDifferentiable,
    ).out_dtype(|_, _| "signbit does not support non-boolean outputs.".into())];
    /// The magnitude of input with the sign of other.
    COPYSIGN = "copysign", "torch.copysign(torch.tensor([1.0, 2.0]), -1)", [
        Overload::new(
            "copysign.Tensor(Tensor self, Tensor other) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::copysign(x, y)),
            Node("CopysignBackward0", &[grad("self", "self, result", copysign_backward), zero("other")]),
        ),
        Overload::new(
            "copysign.Scalar(Tensor self, Scalar other) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::copysign(x, y)),
            Node("CopysignBackward1", &[grad("self", "self, result", copysign_backward)]),
        ),
    ];
    /// 0 where input is negative, values where it is 0, 1 where it is positive.
    HEAVISIDE = "heaviside", "torch.heaviside(torch.tensor([-1.5, 0.0, 2.0]), torch.tensor([0.5]))", [Overload::new(
        "heaviside(Tensor self, Tensor values) -> Tensor",
        POINTWISE,
        |a| {
            let (this, values) = (a.tensor(0)?.dtype(), a.tensor(1)?.dtype());
            if this.is_complex() || values.is_complex() {
                return error::runtime("heaviside is not yet implemented for complex tensors.");
            }
            if this != values {
                return error::runtime("heaviside is not yet implemented for tensors with different dtypes.");
            }
            a.binary(|x, y| binary::heaviside(x, y))
        },
        NotImplemented,
    )];
    /// The next representable number after input in the direction of other.
    NEXTAFTER = "nextafter", "torch.nextafter(torch.tensor([1.0]), torch.tensor([2.0]))", [Overload::new(
        "nextafter(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| binary::nextafter(x, y)),
        Node("NextafterBackward0", &[
            grad("self", "self, other", |b| where_(&ne(b.tensor(0)?, b.tensor(1)?)?, b.grad()?, 0)),
            zero("other"),
        ]),
    )];
}

fn copysign_backward(b: &Backward) -> Result<Tensor> {
    let (this, result) = (b.tensor(0)?, b.result(0)?);
    let ratio = masked_fill(&div(&result, &this)?, &eq(&this, 0.0)?, 0)?;
    mul(b.grad()?, ratio)
}

functions! { abs = ABS; neg = NEG; sgn = SGN; sign = SIGN; }
