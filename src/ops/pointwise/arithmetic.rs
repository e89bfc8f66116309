//! add, sub, mul, div and their kin.

use crate::array::{Result, Scalar, binary, error};
use crate::autograd::Tensor;
use crate::ops::Backward;
use crate::ops::argument::{Arg, Args};
use crate::ops::arithmetic::{conj, zeros_like};
use crate::ops::op::*;
use crate::ops::pointwise::sign::neg;
use crate::overloads;
use smallvec::smallvec;

pub static OPS: &[&Op] = &[&ADD, &SUB, &RSUB, &MUL, &DIV];

pub(crate) static ADD: Op = Op {
    name: "add",
    aliases: &[],
    help: "Adds other, multiplied by alpha, to input.",
    example: "torch.add(torch.tensor([1.0, 2.0]), 3)",
    overloads: overloads![
        Overload::new(
            "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT | NUMBERS,
            |a| {
                let alpha = a.scalar(2)?;
                a.binary(|x, y| {
                    if alpha.is_one() {
                        binary::add(x, y)
                    } else {
                        binary::add_scaled(x, y, alpha)
                    }
                })
            },
            Derivative::Node(
                "AddBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "",
                        by: By::Formula(|b| Ok(b.grad()?.clone()))
                    },
                    Grad {
                        inputs: "other",
                        uses: "alpha",
                        by: By::Formula(|b| scaled(b, false))
                    },
                ],
            ),
        )
        .linear(),
        Overload::new(
            "add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
            0,
            |a| a.binary(|x, y| binary::add(x, y)),
            Derivative::Node(
                "AddBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| Ok(b.grad()?.clone())),
                }],
            ),
        ),
    ],
};

pub(crate) static SUB: Op = Op {
    name: "sub",
    aliases: &["subtract"],
    help: "Subtracts other, multiplied by alpha, from input.",
    example: "torch.sub(torch.tensor([1.0, 2.0]), 3)",
    overloads: overloads![
        Overload::new(
            "sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT | NUMBERS,
            |a| {
                let alpha = a.scalar(2)?;
                a.binary(|x, y| {
                    if alpha.is_one() {
                        binary::sub(x, y)
                    } else {
                        binary::sub_scaled(x, y, alpha)
                    }
                })
            },
            Derivative::Node(
                "SubBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "",
                        by: By::Formula(|b| Ok(b.grad()?.clone()))
                    },
                    Grad {
                        inputs: "other",
                        uses: "alpha",
                        by: By::Formula(|b| scaled(b, true))
                    },
                ],
            ),
        )
        .linear(),
        Overload::new(
            "sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
            0,
            |a| a.binary(|x, y| binary::sub(x, y)),
            Derivative::Node(
                "SubBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| Ok(b.grad()?.clone())),
                }],
            ),
        ),
    ],
};

pub(crate) static RSUB: Op = Op {
    name: "rsub",
    aliases: &[],
    help: "Subtracts input, multiplied by alpha, from other.",
    example: "torch.rsub(torch.tensor([1.0, 2.0]), 3)",
    overloads: overloads![
        Overload::new(
            "rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
            FUNCTION,
            |a| a.binary(|x, y| binary::sub_scaled(y, x, a.scalar(2)?)),
            Derivative::Node(
                "RsubBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "alpha",
                        by: By::Formula(|b| scaled(b, true))
                    },
                    Grad {
                        inputs: "other",
                        uses: "",
                        by: By::Formula(|b| Ok(b.grad()?.clone()))
                    },
                ],
            ),
        ),
        Overload::new(
            "rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
            FUNCTION,
            |a| a.binary(|x, y| binary::sub_scaled(y, x, a.scalar(2)?)),
            Derivative::Node(
                "RsubBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "alpha",
                    by: By::Formula(|b| scaled(b, true))
                }],
            ),
        ),
    ],
};

pub(crate) static MUL: Op = Op {
    name: "mul",
    aliases: &["multiply"],
    help: "Multiplies input by other.",
    example: "torch.mul(torch.tensor([1.0, 2.0]), 3)",
    overloads: overloads![
        Overload::new(
            "mul.Tensor(Tensor self, Tensor other) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT | NUMBERS,
            |a| a.binary(|x, y| binary::mul(x, y)),
            Derivative::Node(
                "MulBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "other",
                        by: By::Formula(|b| mul_tensor(b.grad()?, conj_of(b.value(1)?)?))
                    },
                    Grad {
                        inputs: "other",
                        uses: "self",
                        by: By::Formula(|b| mul_tensor(b.grad()?, conj_of(b.value(0)?)?))
                    },
                ],
            ),
        ),
        Overload::new(
            "mul.Scalar(Tensor self, Scalar other) -> Tensor",
            0,
            |a| a.binary(|x, y| binary::mul(x, y)),
            Derivative::Node(
                "MulBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "other",
                    by: By::Formula(|b| mul(b.grad()?, conj_of(b.scalar(1)?.into())?)),
                }],
            ),
        ),
    ],
};

pub(crate) static DIV: Op = Op {
    name: "div",
    aliases: &["divide", "true_divide"],
    help: "Divides input by other; rounding_mode 'trunc' or 'floor' rounds the quotient.",
    example: "torch.div(torch.tensor([1.0, 3.0]), 2)",
    overloads: overloads![
        Overload::new(
            "div.Tensor(Tensor self, Tensor other) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT | NUMBERS,
            |a| a.binary(|x, y| binary::div(x, y)),
            Derivative::Node(
                "DivBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "other",
                        by: By::Formula(|b| div_tensor(b.grad()?, conj_of(b.value(1)?)?))
                    },
                    Grad {
                        inputs: "other",
                        uses: "self, other",
                        by: By::Formula(|b| {
                            let other = b.tensor(1)?;
                            let quotient = div(&div(b.value(0)?, &other)?, &other)?;
                            mul(&neg(b.grad()?)?, &conj(&quotient)?)
                        }),
                    },
                ],
            ),
        ),
        Overload::new(
            "div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT | NUMBERS,
            |a| match a.optional_str(2) {
                None => a.binary(|x, y| binary::div(x, y)),
                Some("trunc") => a.binary(|x, y| binary::trunc_divide(x, y)),
                Some("floor") => a.binary(|x, y| binary::floor_divide(x, y)),
                Some(other) => error::runtime(format!(
                    "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{other}'"
                )),
            },
            Derivative::Node(
                "DivBackward2",
                &[
                    Grad {
                        inputs: "self",
                        uses: "other, rounding_mode",
                        by: By::Formula(|b| match b.args()?.optional_str(2) {
                            None => div_tensor(b.grad()?, conj_of(b.value(1)?)?),
                            Some(_) => zeros_like(b.grad()?),
                        }),
                    },
                    Grad {
                        inputs: "other",
                        uses: "self, other, rounding_mode",
                        by: By::Formula(|b| match b.args()?.optional_str(2) {
                            None => {
                                let other = b.tensor(1)?;
                                let quotient = div(&div(b.value(0)?, &other)?, &other)?;
                                mul(&neg(b.grad()?)?, &conj(&quotient)?)
                            }
                            Some(_) => zeros_like(b.grad()?),
                        }),
                    },
                ],
            ),
        ),
        Overload::new(
            "div.Scalar(Tensor self, Scalar other) -> Tensor",
            0,
            |a| a.binary(|x, y| binary::div(x, y)),
            Derivative::Node(
                "DivBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "other",
                    by: By::Formula(|b| div(b.grad()?, conj_of(b.scalar(1)?.into())?)),
                }],
            ),
        ),
    ],
};

/// The gradient times alpha (position 2), negated if asked.
fn scaled(b: &Backward, negate: bool) -> Result<Tensor> {
    let grad = if negate { neg(b.grad()?)? } else { b.grad()?.clone() };
    match b.scalar(2)? {
        alpha if alpha.is_one() => Ok(grad),
        Scalar::Complex(re, im) => mul(&grad, Scalar::Complex(re, -im)),
        alpha => mul(&grad, alpha),
    }
}

/// The conjugate of a tensor or number.
pub fn conj_of(value: Arg) -> Result<Arg> {
    Ok(match value {
        Arg::Tensor(tensor) => Arg::Tensor(conj(&tensor)?),
        Arg::Scalar(Scalar::Complex(re, im)) => Arg::Scalar(Scalar::Complex(re, -im)),
        other => other,
    })
}

/// The overload of a tensor and a number stands last; Python's numbers go to the first as 0-d tensors.
fn is_number(arg: &Arg) -> bool {
    !matches!(arg, Arg::Tensor(_))
}

pub fn add(a: impl Into<Arg>, b: impl Into<Arg>) -> Result<Tensor> {
    let (a, b) = (a.into(), b.into());
    if is_number(&b) {
        return ADD.overloads[1].call_one(Args(smallvec![a, b, Arg::Int(1)]));
    }
    ADD.overloads[0].call_one(Args(smallvec![a, b, Arg::Int(1)]))
}

pub fn sub(a: impl Into<Arg>, b: impl Into<Arg>) -> Result<Tensor> {
    let (a, b) = (a.into(), b.into());
    if is_number(&b) {
        return SUB.overloads[1].call_one(Args(smallvec![a, b, Arg::Int(1)]));
    }
    SUB.overloads[0].call_one(Args(smallvec![a, b, Arg::Int(1)]))
}

pub fn mul(a: impl Into<Arg>, b: impl Into<Arg>) -> Result<Tensor> {
    let (a, b) = (a.into(), b.into());
    if is_number(&b) {
        return MUL.overloads[1].call_one(Args(smallvec![a, b]));
    }
    MUL.overloads[0].call_one(Args(smallvec![a, b]))
}

pub fn div(a: impl Into<Arg>, b: impl Into<Arg>) -> Result<Tensor> {
    let (a, b) = (a.into(), b.into());
    if is_number(&b) {
        return DIV.overloads[2].call_one(Args(smallvec![a, b]));
    }
    DIV.overloads[0].call_one(Args(smallvec![a, b]))
}

/// By the overload for tensors, which a Python number joins as a 0-d tensor.
fn mul_tensor(a: &Tensor, b: Arg) -> Result<Tensor> {
    MUL.overloads[0].call_one(Args(smallvec![a.into(), b]))
}

fn div_tensor(a: &Tensor, b: Arg) -> Result<Tensor> {
    DIV.overloads[0].call_one(Args(smallvec![a.into(), b]))
}

/// The quotient, rounded as `mode` says: `trunc` or `floor`.
pub fn div_mode(a: impl Into<Arg>, b: impl Into<Arg>, mode: &str) -> Result<Tensor> {
    DIV.overloads[1].call_one(Args(smallvec![a.into(), b.into(), mode.into()]))
}
