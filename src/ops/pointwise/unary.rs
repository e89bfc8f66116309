//! Functions of one tensor, element by element.

use super::arithmetic::mul;
use crate::array::{Result, unary};
use crate::autograd::Tensor;
use crate::ops::arithmetic::conj;
use crate::ops::op::*;
use crate::{args, overloads};

pub static OPS: &[&Op] = &[&EXP, &NEG, &SIGN, &CONJ_PHYSICAL];

pub(crate) static EXP: Op = Op {
    name: "exp",
    aliases: &[],
    help: "e to the power of each element.",
    example: "torch.exp(torch.tensor([0.0, 1.0]))",
    overloads: overloads![Overload::new(
        "exp(Tensor self) -> Tensor",
        FUNCTION | METHOD | INPLACE | OUT,
        |a| a.unary(unary::exp),
        Derivative::Node(
            "ExpBackward0",
            &[Grad {
                inputs: "self",
                uses: "result",
                by: By::Formula(|b| mul(b.grad()?, &conj(&b.result(0)?)?))
            }],
        ),
    )],
};

pub(crate) static NEG: Op = Op {
    name: "neg",
    aliases: &["negative"],
    help: "The negative of each element.",
    example: "torch.neg(torch.tensor([0.5, -1.0]))",
    overloads: overloads![
        Overload::new(
            "neg(Tensor self) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| a.unary(unary::neg),
            Derivative::Node(
                "NegBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| neg(b.grad()?))
                }]
            ),
        )
        .linear()
    ],
};

pub(crate) static SIGN: Op = Op {
    name: "sign",
    aliases: &[],
    help: "-1, 0 or 1 as each element's sign says.",
    example: "torch.sign(torch.tensor([0.5, -1.0]))",
    overloads: overloads![Overload::new(
        "sign(Tensor self) -> Tensor",
        FUNCTION | METHOD | INPLACE | OUT,
        |a| a.unary(unary::sign),
        Derivative::Node(
            "SignBackward0",
            &[Grad {
                inputs: "self",
                uses: "",
                by: By::Zero
            }]
        ),
    )],
};

pub(crate) static CONJ_PHYSICAL: Op = Op {
    name: "conj_physical",
    aliases: &[],
    help: "The complex conjugate of each element, computed at once.",
    example: "torch.conj_physical(torch.tensor([1 + 2j]))",
    overloads: overloads![Overload::new(
        "conj_physical(Tensor self) -> Tensor",
        FUNCTION | METHOD | INPLACE | OUT,
        |a| a.unary(unary::conj),
        Derivative::Node(
            "ConjPhysicalBackward0",
            &[Grad {
                inputs: "self",
                uses: "",
                by: By::Formula(|b| conj_physical(b.grad()?))
            }],
        ),
    )],
};

pub fn exp(tensor: &Tensor) -> Result<Tensor> {
    EXP.overloads[0].call_one(args![tensor])
}

pub fn neg(tensor: &Tensor) -> Result<Tensor> {
    NEG.overloads[0].call_one(args![tensor])
}

pub fn conj_physical(tensor: &Tensor) -> Result<Tensor> {
    CONJ_PHYSICAL.overloads[0].call_one(args![tensor])
}
