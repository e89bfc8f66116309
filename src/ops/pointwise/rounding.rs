//! To whole numbers.

use crate::array::{binary, unary};
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The next whole number at or above each element.
    CEIL = "ceil", "torch.ceil(torch.tensor([0.5, -0.5]))", [Overload::new(
        "ceil(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::ceil),
        Node("CeilBackward0", &[zero("self")]),
    ).out_dtype(crate::ops::out::found)];
    /// The next whole number at or below each element.
    FLOOR = "floor", "torch.floor(torch.tensor([0.5, -0.5]))", [Overload::new(
        "floor(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::floor),
        Node("FloorBackward0", &[zero("self")]),
    ).out_dtype(crate::ops::out::found)];
    /// The nearest whole number, the even one of two; or as many decimals as given.
    ROUND = "round" / "special_round", "torch.round(torch.tensor([0.5, 1.5]))", [
        Overload::new(
            "round(Tensor self) -> Tensor",
            POINTWISE,
            |a| a.unary(unary::round),
            Node("RoundBackward0", &[zero("self")]),
        ).out_dtype(crate::ops::out::found),
        Overload::new(
            "round.decimals(Tensor self, *, int decimals) -> Tensor",
            POINTWISE,
            |a| a.unary(|x| unary::round_decimals(x, a.int(1)?)),
            Node("RoundBackward1", &[zero("self")]),
        ).out_dtype(crate::ops::out::found),
    ];
    /// Each element without its fraction.
    TRUNC = "trunc" / "fix", "torch.trunc(torch.tensor([1.5, -1.5]))", [Overload::new(
        "trunc(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::trunc),
        Node("TruncBackward0", &[zero("self")]),
    ).out_dtype(crate::ops::out::found)];
    /// The fraction of each element.
    FRAC = "frac", "torch.frac(torch.tensor([1.5, -2.25]))", [Overload::new(
        "frac(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::frac),
        Node("FracBackward0", &[grad("self", "", |b| Ok(b.grad()?.clone()))]),
    ).out_dtype(crate::ops::out::found)];
    /// The quotient, rounded down.
    FLOOR_DIVIDE = "floor_divide", "torch.floor_divide(torch.tensor([5, -5]), 2)", [
        Overload::new(
            "floor_divide(Tensor self, Tensor other) -> Tensor",
            POINTWISE | NUMBERS,
            |a| a.binary(|x, y| binary::floor_divide(x, y)),
            NotImplemented,
        ),
    ];
    /// The rest of a division rounded down; it has the divisor's sign.
    REMAINDER = "remainder", "torch.remainder(torch.tensor([5, -5]), 3)", [
        Overload::new(
            "remainder.Tensor(Tensor self, Tensor other) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::remainder(x, y)),
            Node("RemainderBackward1", &[
                grad("self", "", |b| Ok(b.grad()?.clone())),
                grad("other", "self, other", |b| {
                    mul(neg(b.grad()?)?, div_mode(b.value(0)?, b.value(1)?, "floor")?)
                }),
            ]),
        ),
        Overload::new(
            "remainder.Scalar(Tensor self, Scalar other) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::remainder(x, y)),
            Node("RemainderBackward0", &[grad("self", "", |b| Ok(b.grad()?.clone()))]),
        ),
        Overload::new(
            "remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
            FUNCTION,
            |a| a.binary(|x, y| binary::remainder(x, y)),
            Node("RemainderBackward1", &[
                grad("other", "self, other", |b| {
                    mul(neg(b.grad()?)?, div_mode(b.scalar(0)?, b.value(1)?, "floor")?)
                }),
            ]),
        ),
    ];
    /// The rest of a division rounded toward 0; it has the dividend's sign.
    FMOD = "fmod", "torch.fmod(torch.tensor([5, -5]), 3)", [
        Overload::new(
            "fmod.Tensor(Tensor self, Tensor other) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::fmod(x, y)),
            Node("FmodBackward1", &[
                grad("self", "", |b| Ok(b.grad()?.clone())),
                grad("other", "self, other", |b| {
                    mul(neg(b.grad()?)?, div_mode(b.value(0)?, b.value(1)?, "trunc")?)
                }),
            ]),
        ),
        Overload::new(
            "fmod.Scalar(Tensor self, Scalar other) -> Tensor",
            POINTWISE,
            |a| a.binary(|x, y| binary::fmod(x, y)),
            Node("FmodBackward0", &[grad("self", "", |b| Ok(b.grad()?.clone()))]),
        ),
    ];
}
