//! Sequences of numbers, indices of triangles, powers.

use super::factory::dtype_or_default;
use crate::array::{Dtype, Result, Scalar, copy, create, error, promote};
use crate::ops::op::*;
use crate::ops::{Args, Outs, one};
use crate::{factory, overloads};

pub static OPS: &[&Op] = &[
    &ARANGE,
    &RANGE,
    &LINSPACE,
    &LOGSPACE,
    &TRIL_INDICES,
    &TRIU_INDICES,
    &VANDER,
];

/// int64 when all bounds are integers, else the default dtype.
fn range_dtype(bounds: &[Scalar], given: Option<Dtype>) -> Dtype {
    let whole = bounds
        .iter()
        .all(|bound| matches!(bound, Scalar::Int(_) | Scalar::Bool(_)));
    given.unwrap_or_else(|| if whole { Dtype::Int64 } else { promote::default_dtype() })
}

fn arange(start: Scalar, end: Scalar, step: Scalar, dtype: Option<Dtype>) -> Result<Outs> {
    one(create::arange(
        start,
        end,
        step,
        range_dtype(&[start, end, step], dtype),
    )?)
}

pub(crate) static ARANGE: Op = Op {
    name: "arange",
    aliases: &[],
    help: "Numbers from start (0) up to, without, end in steps.",
    example: "torch.arange(5)",
    overloads: overloads![
        Overload::new(
            factory!("arange(Scalar end"),
            FUNCTION | OUT | FACTORY,
            |a| arange(Scalar::Int(0), a.scalar(0)?, Scalar::Int(1), a.dtype(1)),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("arange.start(Scalar start, Scalar end"),
            FUNCTION | FACTORY,
            |a| arange(a.scalar(0)?, a.scalar(1)?, Scalar::Int(1), a.dtype(2)),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("arange.start_step(Scalar start, Scalar end, Scalar step=1"),
            FUNCTION | OUT | FACTORY,
            |a| arange(a.scalar(0)?, a.scalar(1)?, a.scalar(2)?, a.dtype(3)),
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static RANGE: Op = Op {
    name: "range",
    aliases: &[],
    help: "Numbers from start up to and with end in steps (deprecated: arange leaves end out).",
    example: "torch.range(1, 3)",
    overloads: overloads![Overload::new(
        factory!("range.step(Scalar start, Scalar end, Scalar step=1"),
        FUNCTION | OUT | FACTORY,
        |a| {
            crate::array::warning::warn(
                "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
            );
            let (start, end, step) = (a.scalar(0)?.to_f64(), a.scalar(1)?.to_f64(), a.scalar(2)?.to_f64());
            if step == 0.0 {
                return error::runtime("step must be nonzero");
            }
            if (step > 0.0 && end < start) || (step < 0.0 && end > start) {
                return error::runtime("upper bound and lower bound inconsistent with step sign");
            }
            let count = ((end - start) / step).floor() as i64 + 1;
            let end = start + step * (count as f64 - 0.5);
            one(create::arange(
                start.into(),
                end.into(),
                step.into(),
                dtype_or_default(a, 3),
            )?)
        },
        Derivative::NotDifferentiable,
    )],
};

/// The number at a position: a Python number or a 0-d tensor.
fn bound(args: &Args, at: usize, name: &str) -> Result<Scalar> {
    match args.optional_tensor(at) {
        None => args.scalar(at),
        Some(tensor) if tensor.dim() == 0 => copy::item(&tensor.array()),
        Some(_) => error::runtime(format!(
            "{name} only supports 0-dimensional start and end tensors, but got start with {} dimension(s) and end with {} dimension(s).",
            args.optional_tensor(0).map_or(0, |tensor| tensor.dim()),
            args.optional_tensor(1).map_or(0, |tensor| tensor.dim())
        )),
    }
}

fn spaced_dtype(start: Scalar, end: Scalar, given: Option<Dtype>, name: &str) -> Result<Dtype> {
    let default = promote::default_dtype();
    let complex = matches!(start, Scalar::Complex(..)) || matches!(end, Scalar::Complex(..));
    match given {
        Some(dtype) if complex && !dtype.is_complex() => error::runtime(format!(
            "torch.{name}(): inferred dtype {} can't be safely cast to passed dtype {}",
            default.to_complex().scalar_type(),
            dtype.scalar_type()
        )),
        Some(dtype) => Ok(dtype),
        None => Ok(if complex { default.to_complex() } else { default }),
    }
}

fn linspace(a: &Args) -> Result<Outs> {
    let (start, end) = (bound(a, 0, "linspace")?, bound(a, 1, "linspace")?);
    one(create::linspace(
        start,
        end,
        a.int(2)?,
        spaced_dtype(start, end, a.dtype(3), "linspace")?,
    )?)
}

pub(crate) static LINSPACE: Op = Op {
    name: "linspace",
    aliases: &[],
    help: "steps numbers from start to end, both included, evenly apart.",
    example: "torch.linspace(0, 1, 5)",
    overloads: overloads![
        Overload::new(
            factory!("linspace.Tensor_Tensor(Tensor start, Tensor end, int steps"),
            FUNCTION | OUT | FACTORY,
            linspace,
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("linspace.Tensor_Scalar(Tensor start, Scalar end, int steps"),
            FUNCTION | OUT | FACTORY,
            linspace,
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("linspace.Scalar_Tensor(Scalar start, Tensor end, int steps"),
            FUNCTION | OUT | FACTORY,
            linspace,
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("linspace(Scalar start, Scalar end, int steps"),
            FUNCTION | OUT | FACTORY,
            linspace,
            Derivative::NotDifferentiable,
        ),
    ],
};

fn logspace(a: &Args) -> Result<Outs> {
    let (start, end) = (bound(a, 0, "logspace")?, bound(a, 1, "logspace")?);
    let dtype = spaced_dtype(start, end, a.dtype(4), "logspace")?;
    one(create::logspace(start, end, a.int(2)?, a.float(3)?, dtype)?)
}

pub(crate) static LOGSPACE: Op = Op {
    name: "logspace",
    aliases: &[],
    help: "steps powers of base, their exponents evenly apart from start to end.",
    example: "torch.logspace(0, 2, 3)",
    overloads: overloads![
        Overload::new(
            factory!("logspace.Tensor_Tensor(Tensor start, Tensor end, int steps, float base=10.0"),
            FUNCTION | OUT | FACTORY,
            logspace,
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("logspace.Tensor_Scalar(Tensor start, Scalar end, int steps, float base=10.0"),
            FUNCTION | OUT | FACTORY,
            logspace,
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("logspace.Scalar_Tensor(Scalar start, Tensor end, int steps, float base=10.0"),
            FUNCTION | OUT | FACTORY,
            logspace,
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("logspace(Scalar start, Scalar end, int steps, float base=10.0"),
            FUNCTION | OUT | FACTORY,
            logspace,
            Derivative::NotDifferentiable,
        ),
    ],
};

fn indices(a: &Args, upper: bool) -> Result<Outs> {
    let dtype = a.dtype(3).unwrap_or(Dtype::Int64);
    one(create::triangle_indices(a.int(0)?, a.int(1)?, a.int(2)?, upper, dtype)?)
}

pub(crate) static TRIL_INDICES: Op = Op {
    name: "tril_indices",
    aliases: &[],
    help: "Row and column indices of the lower triangle.",
    example: "torch.tril_indices(3, 3)",
    overloads: overloads![Overload::new(
        factory!("tril_indices(int row, int col, int offset=0", "long"),
        FUNCTION | FACTORY,
        |a| indices(a, false),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static TRIU_INDICES: Op = Op {
    name: "triu_indices",
    aliases: &[],
    help: "Row and column indices of the upper triangle.",
    example: "torch.triu_indices(3, 3)",
    overloads: overloads![Overload::new(
        factory!("triu_indices(int row, int col, int offset=0", "long"),
        FUNCTION | FACTORY,
        |a| indices(a, true),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static VANDER: Op = Op {
    name: "vander",
    aliases: &[],
    help: "The powers of each element of x, highest first unless increasing.",
    example: "torch.vander(torch.tensor([1, 2, 3]), 3)",
    overloads: overloads![Overload::new(
        "vander(Tensor x, int? N=None, bool increasing=False) -> Tensor",
        FUNCTION,
        |a| {
            let x = a.tensor(0)?;
            let count = a.optional_int(1).unwrap_or(x.numel() as i64);
            if count < 0 {
                return error::runtime("N must be non-negative.");
            }
            let columns = (0..count).map(|column| {
                if a.bool(2).unwrap_or(false) {
                    column
                } else {
                    count - 1 - column
                }
            });
            let exponents: Vec<i64> = columns.collect();
            let exponents = crate::array::Array::from_vec(&[count], &exponents)?;
            let base = x.array();
            let base = base.view(
                [base.numel() as i64, 1].into_iter().collect(),
                [base.strides().first().copied().unwrap_or(1), 1].into_iter().collect(),
                base.offset(),
            );
            one(crate::array::binary::pow(&base, &exponents)?)
        },
        Derivative::NotDifferentiable,
    )],
};
