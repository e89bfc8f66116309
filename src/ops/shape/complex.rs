//! Complex tensors as real ones and back.

use super::*;
use crate::array::array::SeenAs;

pub static OPS: &[&Op] = &[
    &CONJ,
    &NEG_VIEW,
    &CONJUGATE,
    &RESOLVE_CONJ,
    &RESOLVE_NEG,
    &VIEW_AS_REAL,
    &VIEW_AS_COMPLEX,
    &REAL,
    &IMAG,
];

pub(crate) static CONJ: Op = Op {
    name: "_conj",
    aliases: &[],
    help: "The complex conjugate.",
    example: "torch.conj(torch.tensor([1 + 2j]))",
    overloads: overloads![
        Overload::new(
            "_conj(Tensor(a) self) -> Tensor(a)",
            0,
            |a| a.unary(|this| Ok(unary::conj(this)?.seen_as(this, SeenAs::Conjugate))),
            Derivative::Node(
                "ConjBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| conj(b.grad()?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static NEG_VIEW: Op = Op {
    name: "_neg_view",
    aliases: &[],
    help: "The negated elements, as a view.",
    example: "torch._neg_view(torch.tensor([1.0]))",
    overloads: overloads![
        Overload::new(
            "_neg_view(Tensor(a) self) -> Tensor(a)",
            FUNCTION | METHOD,
            |a| a.unary(|this| Ok(unary::neg(this)?.seen_as(this, SeenAs::Negative))),
            Derivative::Node(
                "NegViewBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| crate::ops::pointwise::sign::neg(b.grad()?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static CONJUGATE: Op = Op {
    name: "conj",
    aliases: &[],
    help: "The complex conjugate; a real tensor itself.",
    example: "torch.conj(torch.tensor([1 + 2j]))",
    overloads: overloads![Overload::new(
        "conj(Tensor(a) self) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(conj(a.tensor(0)?)?),
        Derivative::Composite
    )],
};

pub(crate) static RESOLVE_CONJ: Op = Op {
    name: "resolve_conj",
    aliases: &[],
    help: "The tensor with its elements as they are read.",
    example: "torch.resolve_conj(torch.tensor([1 + 2j]))",
    overloads: overloads![Overload::new(
        "resolve_conj(Tensor(a) self) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(resolved(a.tensor(0)?, Array::is_conj)?),
        Derivative::Composite
    )],
};

pub(crate) static RESOLVE_NEG: Op = Op {
    name: "resolve_neg",
    aliases: &[],
    help: "The tensor with its elements as they are read.",
    example: "torch.resolve_neg(torch.tensor([1 + 2j]))",
    overloads: overloads![Overload::new(
        "resolve_neg(Tensor(a) self) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(resolved(a.tensor(0)?, Array::is_neg)?),
        Derivative::Composite
    )],
};

pub(crate) static VIEW_AS_REAL: Op = Op {
    name: "view_as_real",
    aliases: &[],
    help: "A complex tensor seen as real, with a last dimension of real and imaginary part.",
    example: "torch.view_as_real(torch.tensor([1 + 2j]))",
    overloads: overloads![
        Overload::new(
            "view_as_real(Tensor(a) self) -> Tensor(a)",
            FUNCTION | VIEW,
            |a| {
                let array = a.array(0)?;
                if !array.dtype().is_complex() {
                    return error::runtime("view_as_real is only supported for complex tensors");
                }
                if array.is_conj() {
                    return error::runtime(
                        "view_as_real doesn't work on unresolved conjugated tensors.  To resolve the conjugate tensor so you can view it as real, use self.resolve_conj(); however, be warned that the resulting tensor will NOT alias the original.",
                    );
                }
                one(unary::view_as_real(&array))
            },
            Derivative::Node(
                "ViewAsRealBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| view_as_complex(&contiguous(b.grad()?)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static VIEW_AS_COMPLEX: Op = Op {
    name: "view_as_complex",
    aliases: &[],
    help: "A real tensor with a last dimension of size 2 seen as complex.",
    example: "torch.view_as_complex(torch.tensor([[1.0, 2.0]]))",
    overloads: overloads![
        Overload::new(
            "view_as_complex(Tensor(a) self) -> Tensor(a)",
            FUNCTION | VIEW,
            |a| one(array_view::view_as_complex(&*a.array(0)?)?),
            Derivative::Node(
                "ViewAsComplexBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| view_as_real(&contiguous(b.grad()?)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static REAL: Op = Op {
    name: "real",
    aliases: &[],
    help: "The real part: a view of a complex tensor, a real tensor itself.",
    example: "torch.real(torch.tensor([1 + 2j]))",
    overloads: overloads![Overload::new(
        "real(Tensor(a) self) -> Tensor(a)",
        FUNCTION,
        |a| one(real(a.tensor(0)?)?),
        Derivative::Composite
    )],
};

pub(crate) static IMAG: Op = Op {
    name: "imag",
    aliases: &[],
    help: "The imaginary part of a complex tensor, as a view.",
    example: "torch.imag(torch.tensor([1 + 2j]))",
    overloads: overloads![Overload::new(
        "imag(Tensor(a) self) -> Tensor(a)",
        FUNCTION,
        |a| {
            let this = a.tensor(0)?;
            if !this.dtype().is_complex() {
                return error::runtime("imag is not implemented for tensors with non-complex dtypes.");
            }
            if this.array().is_conj() {
                let imaginary = select(&part_of(this)?, -1, 1)?;
                return NEG_VIEW.overloads[0].call(args![imaginary]);
            }
            one(select(&part_of(this)?, -1, 1)?)
        },
        Derivative::Composite
    )],
};

/// The complex conjugate; the tensor itself when it is real.
pub fn conj(tensor: &Tensor) -> Result<Tensor> {
    if tensor.dtype().is_complex() {
        CONJ.overloads[0].call_one(args![tensor])
    } else {
        Ok(tensor.clone())
    }
}

/// A copy where the tensor is a view of that kind.
fn resolved(tensor: &Tensor, is_kind: fn(&Array) -> bool) -> Result<Tensor> {
    if is_kind(&tensor.array()) {
        clone(tensor)
    } else {
        Ok(tensor.clone())
    }
}

/// The real and imaginary parts of a tensor; of the tensor behind a conjugate.
fn part_of(tensor: &Tensor) -> Result<Tensor> {
    if tensor.array().is_conj() {
        VIEW_AS_REAL.overloads[0].call_one(args![conj(tensor)?])
    } else {
        VIEW_AS_REAL.overloads[0].call_one(args![tensor])
    }
}

pub fn view_as_real(tensor: &Tensor) -> Result<Tensor> {
    let tensor = &resolved(tensor, Array::is_conj)?;
    VIEW_AS_REAL.overloads[0].call_one(args![tensor])
}

pub fn view_as_complex(tensor: &Tensor) -> Result<Tensor> {
    VIEW_AS_COMPLEX.overloads[0].call_one(args![tensor])
}

/// The real part; the tensor itself when it is real.
pub fn real(tensor: &Tensor) -> Result<Tensor> {
    if tensor.dtype().is_complex() {
        select(&part_of(tensor)?, -1, 0)
    } else {
        Ok(tensor.clone())
    }
}

pub fn imag(tensor: &Tensor) -> Result<Tensor> {
    IMAG.overloads[0].call_one(args![tensor])
}
