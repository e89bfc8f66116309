//! zeros, ones, full, empty, eye.

use crate::array::array::Dims;
use crate::array::{Array, Dtype, Result, Scalar, copy, create, error, promote};
use crate::ops::op::*;
use crate::ops::{Args, one};
use crate::{factory, overloads};

pub static OPS: &[&Op] = &[
    &ZEROS,
    &ONES,
    &FULL,
    &EMPTY,
    &EMPTY_STRIDED,
    &EMPTY_PERMUTED,
    &EYE,
    &SCALAR_TENSOR,
];

/// The dtype given at a position, else the session's default.
pub(super) fn dtype_or_default(args: &Args, at: usize) -> Dtype {
    args.dtype(at).unwrap_or_else(promote::default_dtype)
}

pub(crate) static ZEROS: Op = Op {
    name: "zeros",
    aliases: &[],
    help: "A tensor of zeros.",
    example: "torch.zeros(2, 3)",
    overloads: overloads![Overload::new(
        factory!("zeros(SymInt[] size"),
        FUNCTION | OUT | FACTORY,
        |a| {
            if a.ints(0)?.iter().any(|size| *size < 0) {
                return error::runtime("zeros: Dimension size must be non-negative.");
            }
            one(Array::zeros(a.ints(0)?, dtype_or_default(a, 1))?)
        },
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static ONES: Op = Op {
    name: "ones",
    aliases: &[],
    help: "A tensor of ones.",
    example: "torch.ones(2, 3)",
    overloads: overloads![Overload::new(
        factory!("ones(SymInt[] size"),
        FUNCTION | OUT | FACTORY,
        |a| one(copy::full(a.ints(0)?, Scalar::Int(1), dtype_or_default(a, 1))?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static FULL: Op = Op {
    name: "full",
    aliases: &[],
    help: "A tensor full of one value, whose type it takes unless dtype says otherwise.",
    example: "torch.full((2, 3), 1.5)",
    overloads: overloads![Overload::new(
        factory!("full(SymInt[] size, Scalar fill_value"),
        FUNCTION | OUT | FACTORY,
        |a| {
            let value = a.scalar(1)?;
            let dtype = a.dtype(2).unwrap_or_else(|| value.dtype(promote::default_dtype()));
            check_fill(value, dtype)?;
            one(copy::full(a.ints(0)?, value, dtype)?)
        },
        Derivative::NotDifferentiable,
    )],
};

/// Refuses a value that the dtype cannot hold.
pub(super) fn check_fill(value: Scalar, dtype: Dtype) -> Result<()> {
    if let (Scalar::Complex(_, im), false) = (value, dtype.is_complex())
        && im != 0.0
    {
        return error::runtime(format!(
            "value cannot be converted to type {} without overflow",
            crate::array::matmul::cpp_name(dtype)
        ));
    }
    Ok(())
}

pub(crate) static EMPTY: Op = Op {
    name: "empty",
    aliases: &[],
    help: "A tensor whose elements nobody has set: here they are zero.",
    example: "torch.empty(2, 3).shape",
    overloads: overloads![Overload::new(
        "empty.memory_format(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        FUNCTION | OUT | FACTORY,
        |a| one(Array::zeros(a.ints(0)?, dtype_or_default(a, 1))?),
        Derivative::NotDifferentiable,
    )],
};

/// An array of these sizes whose strides are given, its storage as long as they need.
pub(super) fn strided(sizes: &[i64], strides: &[i64], dtype: Dtype) -> Result<Array> {
    if sizes.len() != strides.len() {
        return error::runtime(format!(
            "dimensionality of sizes ({}) must match dimensionality of strides ({})",
            sizes.len(),
            strides.len()
        ));
    }
    if crate::array::array::numel_of(sizes)? == 0 {
        return Ok(Array::zeros(&[0], dtype)?.view(sizes.into(), strides.into(), 0));
    }
    let last = sizes
        .iter()
        .zip(strides)
        .map(|(size, stride)| (size - 1).saturating_mul(*stride))
        .sum::<i64>();
    Ok(Array::zeros(&[last.saturating_add(1)], dtype)?.view(sizes.into(), strides.into(), 0))
}

pub(crate) static EMPTY_STRIDED: Op = Op {
    name: "empty_strided",
    aliases: &[],
    help: "A tensor with these sizes and strides, its elements unset: here zero.",
    example: "torch.empty_strided((2, 3), (1, 2)).stride()",
    overloads: overloads![Overload::new(
        factory!("empty_strided(SymInt[] size, SymInt[] stride"),
        FUNCTION | FACTORY,
        |a| one(strided(a.ints(0)?, a.ints(1)?, dtype_or_default(a, 2))?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static EMPTY_PERMUTED: Op = Op {
    name: "empty_permuted",
    aliases: &[],
    help: "A tensor whose dimensions lie in memory in the given order, its elements unset: here zero.",
    example: "torch.empty_permuted((2, 3), (1, 0)).stride()",
    overloads: overloads![Overload::new(
        factory!("empty_permuted(SymInt[] size, int[] physical_layout"),
        FUNCTION | FACTORY,
        |a| {
            let (sizes, order) = (a.ints(0)?, a.ints(1)?);
            if sizes.len() != order.len() {
                return error::runtime(format!(
                    "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = {} is not equal to len(physical_layout) = {}",
                    sizes.len(),
                    order.len()
                ));
            }
            let mut strides: Dims = Dims::from_elem(1, sizes.len());
            let mut step = 1;
            for (at, dim) in order.iter().enumerate() {
                if (0..sizes.len() as i64).contains(dim) && order[..at].contains(dim) {
                    return error::runtime("Duplicate dim not allowed");
                }
            }
            for (at, &dim) in order.iter().enumerate().rev() {
                let (Some(size), Some(stride)) = (sizes.get(dim as usize), strides.get_mut(dim as usize)) else {
                    return error::runtime(format!(
                        "Dimension out of range (expected to be between 0 and {}, but got {dim} at index {at}).  NB: negative dims not currently supported; file an issue if you want it.",
                        sizes.len().saturating_sub(1)
                    ));
                };
                *stride = step;
                step *= (*size).max(1);
            }
            one(strided(sizes, &strides, dtype_or_default(a, 2))?)
        },
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static EYE: Op = Op {
    name: "eye",
    aliases: &[],
    help: "Ones on the diagonal, zeros elsewhere.",
    example: "torch.eye(3)",
    overloads: overloads![
        Overload::new(
            factory!("eye(SymInt n"),
            FUNCTION | OUT | FACTORY,
            |a| {
                let n = a.int(0)?;
                if n < 0 {
                    return error::runtime(format!("n must be greater or equal to 0, got {n}"));
                }
                one(create::eye(n, n, dtype_or_default(a, 1))?)
            },
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("eye.m(SymInt n, SymInt m"),
            FUNCTION | OUT | FACTORY,
            |a| {
                let (n, m) = (a.int(0)?, a.int(1)?);
                if n < 0 {
                    return error::runtime(format!("n must be greater or equal to 0, got {n}"));
                }
                if m < 0 {
                    return error::runtime(format!("m must be greater or equal to 0, got {m}"));
                }
                one(create::eye(n, m, dtype_or_default(a, 2))?)
            },
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static SCALAR_TENSOR: Op = Op {
    name: "scalar_tensor",
    aliases: &[],
    help: "A 0-d tensor of a number, in the default dtype.",
    example: "torch.scalar_tensor(3)",
    overloads: overloads![Overload::new(
        factory!("scalar_tensor(Scalar s"),
        FUNCTION | FACTORY,
        |a| one(copy::full(&[], a.scalar(0)?, dtype_or_default(a, 1))?),
        Derivative::NotDifferentiable,
    )],
};
