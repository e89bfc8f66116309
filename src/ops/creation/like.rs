//! Tensors shaped like another, or made by one's `new_*` methods.

use super::factory::{check_fill, strided};
use crate::array::array::Dims;
use crate::array::{Array, Dtype, Result, Scalar, copy, layout};
use crate::ops::op::*;
use crate::ops::{Args, one};
use crate::{factory, like, overloads};

pub static OPS: &[&Op] = &[
    &ZEROS_LIKE,
    &ONES_LIKE,
    &EMPTY_LIKE,
    &FULL_LIKE,
    &NEW_ZEROS,
    &NEW_ONES,
    &NEW_FULL,
    &NEW_EMPTY,
    &NEW_EMPTY_STRIDED,
];

/// A fresh array like the first argument: its sizes and, where they are dense, its strides.
pub(crate) fn empty_like(args: &Args, dtype: Option<Dtype>) -> Result<Array> {
    let like = args.array(0)?;
    let dtype = dtype.unwrap_or(like.dtype());
    let out = Array::zeros(like.sizes(), dtype)?;
    if !like.is_contiguous() && layout::is_non_overlapping_and_dense(&like) {
        return Ok(out.view(Dims::from(like.sizes()), Dims::from(like.strides()), 0));
    }
    Ok(out)
}

fn full_like(args: &Args, value: Scalar, dtype: Option<Dtype>) -> Result<Array> {
    let out = empty_like(args, dtype)?;
    check_fill(value, out.dtype())?;
    copy::fill_(&out, value)?;
    Ok(out)
}

pub(crate) static ZEROS_LIKE: Op = Op {
    name: "zeros_like",
    aliases: &[],
    help: "Zeros in the shape and dtype of input.",
    example: "torch.zeros_like(torch.ones(2))",
    overloads: overloads![Overload::new(
        like!("zeros_like(Tensor self"),
        FUNCTION | FACTORY,
        |a| one(empty_like(a, a.dtype(1))?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static ONES_LIKE: Op = Op {
    name: "ones_like",
    aliases: &[],
    help: "Ones in the shape and dtype of input.",
    example: "torch.ones_like(torch.zeros(2))",
    overloads: overloads![Overload::new(
        like!("ones_like(Tensor self"),
        FUNCTION | FACTORY,
        |a| one(full_like(a, Scalar::Int(1), a.dtype(1))?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static EMPTY_LIKE: Op = Op {
    name: "empty_like",
    aliases: &[],
    help: "A tensor in the shape and dtype of input, its elements unset: here zero.",
    example: "torch.empty_like(torch.zeros(2)).shape",
    overloads: overloads![Overload::new(
        like!("empty_like(Tensor self"),
        FUNCTION | FACTORY,
        |a| one(empty_like(a, a.dtype(1))?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static FULL_LIKE: Op = Op {
    name: "full_like",
    aliases: &[],
    help: "One value in the shape and dtype of input.",
    example: "torch.full_like(torch.zeros(2), 3)",
    overloads: overloads![Overload::new(
        like!("full_like(Tensor self, Scalar fill_value"),
        FUNCTION | FACTORY,
        |a| one(full_like(a, a.scalar(1)?, a.dtype(2))?),
        Derivative::NotDifferentiable,
    )],
};

/// The dtype given, else that of the tensor whose method it is.
fn own_dtype(args: &Args, at: usize) -> Result<Dtype> {
    Ok(args.dtype(at).unwrap_or(args.array(0)?.dtype()))
}

pub(crate) static NEW_ZEROS: Op = Op {
    name: "new_zeros",
    aliases: &[],
    help: "Zeros of this tensor's dtype.",
    example: "torch.ones(1).new_zeros(2, 3)",
    overloads: overloads![Overload::new(
        factory!("new_zeros(Tensor self, SymInt[] size"),
        METHOD | FACTORY,
        |a| one(Array::zeros(a.ints(1)?, own_dtype(a, 2)?)?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static NEW_ONES: Op = Op {
    name: "new_ones",
    aliases: &[],
    help: "Ones of this tensor's dtype.",
    example: "torch.zeros(1).new_ones(2, 3)",
    overloads: overloads![Overload::new(
        factory!("new_ones(Tensor self, SymInt[] size"),
        METHOD | FACTORY,
        |a| one(copy::full(a.ints(1)?, Scalar::Int(1), own_dtype(a, 2)?)?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static NEW_FULL: Op = Op {
    name: "new_full",
    aliases: &[],
    help: "One value, in this tensor's dtype.",
    example: "torch.zeros(1).new_full((2,), 3.5)",
    overloads: overloads![Overload::new(
        factory!("new_full(Tensor self, SymInt[] size, Scalar fill_value"),
        METHOD | FACTORY,
        |a| {
            let dtype = own_dtype(a, 3)?;
            check_fill(a.scalar(2)?, dtype)?;
            one(copy::full(a.ints(1)?, a.scalar(2)?, dtype)?)
        },
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static NEW_EMPTY: Op = Op {
    name: "new_empty",
    aliases: &[],
    help: "A tensor of this one's dtype, its elements unset: here zero.",
    example: "torch.zeros(1).new_empty(2, 3).shape",
    overloads: overloads![Overload::new(
        factory!("new_empty(Tensor self, SymInt[] size"),
        METHOD | FACTORY,
        |a| one(Array::zeros(a.ints(1)?, own_dtype(a, 2)?)?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static NEW_EMPTY_STRIDED: Op = Op {
    name: "new_empty_strided",
    aliases: &[],
    help: "A tensor of this one's dtype with these sizes and strides, its elements unset: here zero.",
    example: "torch.zeros(1).new_empty_strided((2, 3), (1, 2)).stride()",
    overloads: overloads![Overload::new(
        factory!("new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride"),
        METHOD | FACTORY,
        |a| one(strided(a.ints(1)?, a.ints(2)?, own_dtype(a, 3)?)?),
        Derivative::NotDifferentiable,
    )],
};
