//! Truth values and bits.

use crate::array::{Result, compare, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// True where the element is 0.
    LOGICAL_NOT = "logical_not", "torch.logical_not(torch.tensor([0, 2]))", [
        Overload::new("logical_not(Tensor self) -> Tensor", POINTWISE, |a| a.unary(unary::logical_not), NotDifferentiable)
    ];
    /// True where both elements are nonzero.
    LOGICAL_AND = "logical_and", "torch.logical_and(torch.tensor([0, 2]), torch.tensor([1, 1]))", [Overload::new(
        "logical_and(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| compare::logical_and(x, y)),
        NotDifferentiable,
    )];
    /// True where at least one element is nonzero.
    LOGICAL_OR = "logical_or", "torch.logical_or(torch.tensor([0, 2]), torch.tensor([0, 1]))", [Overload::new(
        "logical_or(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| compare::logical_or(x, y)),
        NotDifferentiable,
    )];
    /// True where exactly one element is nonzero.
    LOGICAL_XOR = "logical_xor", "torch.logical_xor(torch.tensor([0, 2]), torch.tensor([1, 1]))", [Overload::new(
        "logical_xor(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| compare::logical_xor(x, y)),
        NotDifferentiable,
    )];
    /// All bits turned over; the opposite of bools.
    BITWISE_NOT = "bitwise_not", "torch.bitwise_not(torch.tensor([0, 5]))", [
        Overload::new("bitwise_not(Tensor self) -> Tensor", POINTWISE, |a| a.unary(unary::bitwise_not), NotDifferentiable).out_dtype(crate::ops::out::found)
    ];
    /// The bits set in both.
    BITWISE_AND = "bitwise_and", "torch.bitwise_and(torch.tensor([6]), torch.tensor([3]))", [
        Overload::new("bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, and, NotDifferentiable),
        Overload::new("bitwise_and.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", FUNCTION, and, NotDifferentiable),
        Overload::new("bitwise_and.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, and, NotDifferentiable),
    ];
    /// The bits set in either.
    BITWISE_OR = "bitwise_or", "torch.bitwise_or(torch.tensor([6]), torch.tensor([3]))", [
        Overload::new("bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, or, NotDifferentiable),
        Overload::new("bitwise_or.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", FUNCTION, or, NotDifferentiable),
        Overload::new("bitwise_or.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, or, NotDifferentiable),
    ];
    /// The bits set in exactly one.
    BITWISE_XOR = "bitwise_xor", "torch.bitwise_xor(torch.tensor([6]), torch.tensor([3]))", [
        Overload::new("bitwise_xor.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, xor, NotDifferentiable),
        Overload::new("bitwise_xor.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", FUNCTION, xor, NotDifferentiable),
        Overload::new("bitwise_xor.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, xor, NotDifferentiable),
    ];
    /// Bits moved to the left by other.
    BITWISE_LEFT_SHIFT = "bitwise_left_shift", "torch.bitwise_left_shift(torch.tensor([1, 2]), 2)", [
        Overload::new("bitwise_left_shift.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, left, NotDifferentiable),
        Overload::new("bitwise_left_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", FUNCTION, left, NotDifferentiable),
        Overload::new("bitwise_left_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, left, NotDifferentiable),
    ];
    /// Bits moved to the right by other, the sign kept.
    BITWISE_RIGHT_SHIFT = "bitwise_right_shift", "torch.bitwise_right_shift(torch.tensor([8, -8]), 2)", [
        Overload::new("bitwise_right_shift.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, right, NotDifferentiable),
        Overload::new("bitwise_right_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", FUNCTION, right, NotDifferentiable),
        Overload::new("bitwise_right_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, right, NotDifferentiable),
    ];
    /// The operator `&`.
    AND = "__and__", "torch.tensor([6]) & 3", [
        Overload::new("__and__.Tensor(Tensor self, Tensor other) -> Tensor", FUNCTION | METHOD, and, NotDifferentiable),
        Overload::new("__and__.Scalar(Tensor self, Scalar other) -> Tensor", FUNCTION | METHOD, and, NotDifferentiable),
    ];
    /// The operator `|`.
    OR = "__or__", "torch.tensor([6]) | 3", [
        Overload::new("__or__.Tensor(Tensor self, Tensor other) -> Tensor", FUNCTION | METHOD, or, NotDifferentiable),
        Overload::new("__or__.Scalar(Tensor self, Scalar other) -> Tensor", FUNCTION | METHOD, or, NotDifferentiable),
    ];
    /// The operator `^`.
    XOR = "__xor__", "torch.tensor([6]) ^ 3", [
        Overload::new("__xor__.Tensor(Tensor self, Tensor other) -> Tensor", FUNCTION | METHOD, xor, NotDifferentiable),
        Overload::new("__xor__.Scalar(Tensor self, Scalar other) -> Tensor", FUNCTION | METHOD, xor, NotDifferentiable),
    ];
    /// The operator `<<`.
    LSHIFT = "__lshift__", "torch.tensor([6]) << 1", [
        Overload::new("__lshift__.Tensor(Tensor self, Tensor other) -> Tensor", FUNCTION | METHOD, left, NotDifferentiable),
        Overload::new("__lshift__.Scalar(Tensor self, Scalar other) -> Tensor", FUNCTION | METHOD, left, NotDifferentiable),
    ];
    /// The operator `>>`.
    RSHIFT = "__rshift__", "torch.tensor([6]) >> 1", [
        Overload::new("__rshift__.Tensor(Tensor self, Tensor other) -> Tensor", FUNCTION | METHOD, right, NotDifferentiable),
        Overload::new("__rshift__.Scalar(Tensor self, Scalar other) -> Tensor", FUNCTION | METHOD, right, NotDifferentiable),
    ];
}

fn and(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::bitwise_and(x, y))
}

fn or(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::bitwise_or(x, y))
}

fn xor(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::bitwise_xor(x, y))
}

fn left(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::shift_left(x, y))
}

fn right(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::shift_right(x, y))
}

pub fn logical_and(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    LOGICAL_AND.overloads[0].call_one(args![a, b])
}

pub fn logical_or(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    LOGICAL_OR.overloads[0].call_one(args![a, b])
}

functions! { logical_not = LOGICAL_NOT; }
