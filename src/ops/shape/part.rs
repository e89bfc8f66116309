//! Parts of a tensor as views, their gradients, and copies with a part replaced.

use super::*;

pub static OPS: &[&Op] = &[
    &SELECT,
    &SELECT_BACKWARD,
    &SLICE,
    &SLICE_BACKWARD,
    &NARROW,
    &NARROW_COPY,
    &DIAGONAL,
    &DIAGONAL_BACKWARD,
    &SELECT_SCATTER,
    &SLICE_SCATTER,
    &DIAGONAL_SCATTER,
    &AS_STRIDED_SCATTER,
];

pub(crate) static SELECT: Op = Op {
    name: "select",
    aliases: &[],
    help: "A view of one slice along a dimension, which disappears.",
    example: "torch.select(torch.tensor([[1, 2], [3, 4]]), 0, 1)",
    overloads: overloads![
        Overload::new(
            "select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| one(array_view::select(&*a.array(0)?, a.int(1)?, a.int(2)?)?),
            Derivative::Node(
                "SelectBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim, index",
                    by: By::Formula(|b| SELECT_BACKWARD.overloads[0].call_one(args![
                        b.grad()?,
                        b.sizes(0)?,
                        b.int(1)?,
                        b.int(2)?
                    ]))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static SELECT_BACKWARD: Op = Op {
    name: "select_backward",
    aliases: &[],
    help: "Zeros with the gradient of a selected slice in its place.",
    example: "torch.ones(2)",
    overloads: overloads![
        Overload::new(
            "select_backward(Tensor grad_output, SymInt[] input_sizes, int dim, SymInt index) -> Tensor",
            0,
            |a| {
                let grad = a.array(0)?;
                let result = Array::zeros(a.ints(1)?, grad.dtype())?;
                copy::copy_into(&array_view::select(&result, a.int(2)?, a.int(3)?)?, &grad)?;
                one(result)
            },
            Derivative::Node(
                "SelectBackwardBackward0",
                &[Grad {
                    inputs: "grad_output",
                    uses: "dim, index",
                    by: By::Formula(|b| select(b.grad()?, b.int(2)?, b.int(3)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static SLICE: Op = Op {
    name: "slice",
    aliases: &[],
    help: "Every step-th element from start to end of one dimension, as a view.",
    example: "torch.arange(6)[1:5:2]",
    overloads: overloads![
        Overload::new(
            "slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)",
            VIEW,
            |a| one(array_view::slice(
                &*a.array(0)?,
                a.int(1)?,
                a.optional_int(2),
                a.optional_int(3),
                a.int(4)?
            )?),
            Derivative::Node(
                "SliceBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim, start, end, step",
                    by: By::Formula(|b| {
                        let args = b.args()?;
                        slice_backward(
                            b.grad()?,
                            &b.sizes(0)?,
                            b.int(1)?,
                            args.optional_int(2),
                            args.optional_int(3),
                            b.int(4)?,
                        )
                    })
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static SLICE_BACKWARD: Op = Op {
 name: "slice_backward",
 aliases: &[],
 help: "Zeros with the gradient of a slice in its place.",
 example: "torch.ones(2)",
 overloads: overloads![Overload::new("slice_backward(Tensor grad_output, SymInt[] input_sizes, int dim, SymInt start, SymInt end, SymInt step) -> Tensor", 0, |a| {
    let grad = a.array(0)?;
    let result = Array::zeros(a.ints(1)?, grad.dtype())?;
    let place = array_view::slice(&result, a.int(2)?, a.optional_int(3), a.optional_int(4), a.int(5)?)?;
    copy::copy_into(&place, &grad)?;
    one(result)
 }, Derivative::Node("SliceBackwardBackward0", &[Grad { inputs: "grad_output", uses: "dim, start, end, step", by: By::Formula(|b| slice(b.grad()?, b.int(2)?, Some(b.int(3)?), Some(b.int(4)?), b.int(5)?)) }])).linear()],
};

pub(crate) static NARROW: Op = Op {
    name: "narrow",
    aliases: &[],
    help: "A view of length elements from start along a dimension.",
    example: "torch.narrow(torch.arange(5), 0, 1, 3)",
    overloads: overloads![
        Overload::new(
            "narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)",
            FUNCTION | METHOD,
            |a| one(narrow_dim(a.tensor(0)?, a.int(1)?, a.int(2)?, a.int(3)?)?),
            Derivative::Composite
        ),
        Overload::new(
            "narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)",
            FUNCTION | METHOD,
            |a| {
                let start = a.tensor(2)?;
                if start.dim() != 0 || !start.dtype().is_integer() {
                    return error::runtime("start must be an 0-dim integral Tensor.");
                }
                let start = copy::item(&start.array())?.to_i64();
                one(narrow_dim(a.tensor(0)?, a.int(1)?, start, a.int(3)?)?)
            },
            Derivative::Composite
        )
    ],
};

pub(crate) static NARROW_COPY: Op = Op {
    name: "narrow_copy",
    aliases: &[],
    help: "A copy of length elements from start along a dimension.",
    example: "torch.narrow_copy(torch.arange(5), 0, 1, 3)",
    overloads: overloads![
        Overload::new(
            "narrow_copy(Tensor self, int dim, SymInt start, SymInt length) -> Tensor",
            FUNCTION | METHOD | OUT,
            narrowed_copy,
            Derivative::Node(
                "NarrowCopyBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim, start, length",
                    by: By::Formula(|b| {
                        let (start, length) = (b.int(2)?, b.int(3)?);
                        slice_backward(b.grad()?, &b.sizes(0)?, b.int(1)?, Some(start), Some(start + length), 1)
                    })
                }]
            )
        )
        .linear()
    ],
};

/// A copy of a part; what it refuses it says in other words than `narrow`.
fn narrowed_copy(a: &Args) -> Result<Outs> {
    let (array, dim, start, length) = (a.array(0)?, a.int(1)?, a.int(2)?, a.int(3)?);
    if array.dim() == 0 {
        return error::runtime("narrow() cannot be applied to a 0-dim tensor.");
    }
    let axis = if dim < 0 { dim + array.dim() as i64 } else { dim };
    let Some(&size) = usize::try_from(axis).ok().and_then(|axis| array.sizes().get(axis)) else {
        return error::runtime(
            "Expected dim < static_cast<int64_t>(self_sizes.size()) to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
        );
    };
    if start < -size || start > size {
        return error::index(format!(
            "start out of range (expected to be in range of [-{size}, {size}], but got {start})"
        ));
    }
    let from = if start < 0 { start + size } else { start };
    if length < 0 || from + length > size {
        return error::runtime(format!(
            "start ({from}) + length ({length}) exceeds dimension size ({size})."
        ));
    }
    one(copy::to_contiguous(&array_view::narrow(&array, dim, from, length)?)?)
}

pub(crate) static DIAGONAL: Op = Op {
    name: "diagonal",
    aliases: &[],
    help: "A view of the diagonal of two dimensions, as the last dimension.",
    example: "torch.diagonal(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![
        Overload::new(
            "diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| one(array_view::diagonal(&*a.array(0)?, a.int(1)?, a.int(2)?, a.int(3)?)?),
            Derivative::Node(
                "DiagonalBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, offset, dim1, dim2",
                    by: By::Formula(diagonal_backward)
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static DIAGONAL_BACKWARD: Op = Op {
    name: "diagonal_backward",
    aliases: &[],
    help: "Zeros with the gradient of a diagonal in its place.",
    example: "torch.ones(2)",
    overloads: overloads![
        Overload::new(
            "diagonal_backward(Tensor grad_output, SymInt[] input_sizes, int offset, int dim1, int dim2) -> Tensor",
            0,
            |a| {
                let grad = a.array(0)?;
                let result = Array::zeros(a.ints(1)?, grad.dtype())?;
                copy::copy_into(&array_view::diagonal(&result, a.int(2)?, a.int(3)?, a.int(4)?)?, &grad)?;
                one(result)
            },
            Derivative::Node(
                "DiagonalBackwardBackward0",
                &[Grad {
                    inputs: "grad_output",
                    uses: "offset, dim1, dim2",
                    by: By::Formula(|b| diagonal(b.grad()?, b.int(2)?, b.int(3)?, b.int(4)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static SELECT_SCATTER: Op = Op {
    name: "select_scatter",
    aliases: &[],
    help: "A copy with one slice along a dimension replaced by src.",
    example: "torch.select_scatter(torch.zeros(2, 2), torch.ones(2), 0, 0)",
    overloads: overloads![
        Overload::new(
            "select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor",
            FUNCTION | METHOD,
            |a| replaced(a, |array| array_view::select(array, a.int(2)?, a.int(3)?)),
            Derivative::Node(
                "SelectScatterBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "src.sizes, dim, index",
                        by: By::Formula(|b| SELECT_SCATTER.overloads[0].call_one(args![
                            b.grad()?,
                            zeros_for(b, 1)?,
                            b.int(2)?,
                            b.int(3)?
                        ]))
                    },
                    Grad {
                        inputs: "src",
                        uses: "dim, index",
                        by: By::Formula(|b| select(b.grad()?, b.int(2)?, b.int(3)?))
                    }
                ]
            )
        )
        .linear()
    ],
};

pub(crate) static SLICE_SCATTER: Op = Op {
 name: "slice_scatter",
 aliases: &[],
 help: "A copy with a range along a dimension replaced by src.",
 example: "torch.slice_scatter(torch.zeros(3), torch.ones(2), 0, 1, 3)",
 overloads: overloads![Overload::new("slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor", FUNCTION | METHOD, |a| replaced(a, |array| array_view::slice(array, a.int(2)?, a.optional_int(3), a.optional_int(4), a.int(5)?)), Derivative::Node("SliceScatterBackward0", &[Grad { inputs: "self", uses: "src.sizes, dim, start, end, step", by: By::Formula(|b| SLICE_SCATTER.overloads[0].call_one(args![b.grad()?, zeros_for(b, 1)?, b.int(2)?, b.args()?.get(3).clone(), b.args()?.get(4).clone(), b.int(5)?])) }, Grad { inputs: "src", uses: "dim, start, end, step", by: By::Formula(|b| slice(b.grad()?, b.int(2)?, b.args()?.optional_int(3), b.args()?.optional_int(4), b.int(5)?)) }])).linear()],
};

pub(crate) static DIAGONAL_SCATTER: Op = Op {
    name: "diagonal_scatter",
    aliases: &[],
    help: "A copy with a diagonal replaced by src.",
    example: "torch.diagonal_scatter(torch.zeros(2, 2), torch.ones(2))",
    overloads: overloads![
        Overload::new(
            "diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor",
            FUNCTION | METHOD,
            |a| replaced(a, |array| array_view::diagonal(array, a.int(2)?, a.int(3)?, a.int(4)?)),
            Derivative::Node(
                "DiagonalScatterBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "src.sizes, offset, dim1, dim2",
                        by: By::Formula(|b| DIAGONAL_SCATTER.overloads[0].call_one(args![
                            b.grad()?,
                            zeros_for(b, 1)?,
                            b.int(2)?,
                            b.int(3)?,
                            b.int(4)?
                        ]))
                    },
                    Grad {
                        inputs: "src",
                        uses: "offset, dim1, dim2",
                        by: By::Formula(|b| diagonal(b.grad()?, b.int(2)?, b.int(3)?, b.int(4)?))
                    }
                ]
            )
        )
        .linear()
    ],
};

pub(crate) static AS_STRIDED_SCATTER: Op = Op {
 name: "as_strided_scatter",
 aliases: &[],
 help: "A copy with what a strided view shows replaced by src.",
 example: "torch.as_strided_scatter(torch.zeros(4), torch.ones(2), (2,), (2,))",
 overloads: overloads![Overload::new("as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor", FUNCTION | METHOD, |a| replaced(a, |array| array_view::as_strided(array, a.ints(2)?, a.ints(3)?, Some(a.optional_int(4).unwrap_or(0)))), Derivative::Node("AsStridedScatterBackward0", &[Grad { inputs: "self", uses: "src.sizes, size, stride, storage_offset", by: By::Formula(strided_part) }, Grad { inputs: "src", uses: "size, stride, storage_offset", by: By::Formula(|b| as_strided(&contiguous(b.grad()?)?, b.ints(2)?, b.ints(3)?, b.args()?.optional_int(4).unwrap_or(0))) }])).linear()],
};

/// A contiguous copy of the first argument with the part that `part` shows overwritten by the second.
fn replaced(a: &Args, part: impl FnOnce(&Array) -> Result<Array>) -> Result<Outs> {
    let result = copy::to_contiguous(&*a.array(0)?)?;
    let place = part(&result)?;
    let source = a.array(1)?;
    if place.sizes() != source.sizes() {
        return error::runtime(format!(
            "expected src to have a size equal to the slice of self. src size = {}, slice size = {}",
            format_sizes(source.sizes()),
            format_sizes(place.sizes())
        ));
    }
    copy::copy_into(&place, &source)?;
    one(result)
}

/// The gradient where the strided view shows it, zeros elsewhere: PyTorch's own rule.
fn strided_part(b: &Backward) -> Result<Tensor> {
    let (grad, offset) = (contiguous(b.grad()?)?, b.args()?.optional_int(4).unwrap_or(0));
    let shown = as_strided(&grad, b.ints(2)?, b.ints(3)?, offset)?;
    let zeros = crate::ops::arithmetic::zeros_like(&grad)?;
    AS_STRIDED_SCATTER.overloads[0].call_one(args![zeros, shown, b.ints(2)?, b.ints(3)?, offset])
}

/// Zeros in the shape of an argument and the gradient's dtype.
pub(crate) fn zeros_for(b: &Backward, at: usize) -> Result<Tensor> {
    Ok(Array::zeros(&b.sizes(at)?, b.grad()?.dtype())?.into())
}

pub(super) fn diagonal_backward(b: &Backward) -> Result<Tensor> {
    DIAGONAL_BACKWARD.overloads[0].call_one(args![b.grad()?, b.sizes(0)?, b.int(1)?, b.int(2)?, b.int(3)?])
}

pub(super) fn slice_backward(
    grad: &Tensor,
    sizes: &[i64],
    dim: i64,
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
) -> Result<Tensor> {
    SLICE_BACKWARD.overloads[0].call_one(args![
        grad,
        sizes,
        dim,
        start.unwrap_or(0),
        end.unwrap_or(i64::MAX),
        step
    ])
}

fn narrow_dim(tensor: &Tensor, dim: i64, start: i64, length: i64) -> Result<Tensor> {
    array_view::narrow(&tensor.array(), dim, start, length)?;
    let at = layout::wrap_dim(dim, tensor.dim())?;
    let size = tensor.sizes().get(at).copied().unwrap_or(0);
    let start = if start < 0 { start + size } else { start };
    slice(tensor, at as i64, Some(start), Some(start + length), 1)
}

pub fn select(tensor: &Tensor, dim: i64, index: i64) -> Result<Tensor> {
    SELECT.overloads[0].call_one(args![tensor, dim, index])
}

pub fn slice(tensor: &Tensor, dim: i64, start: Option<i64>, end: Option<i64>, step: i64) -> Result<Tensor> {
    let bound = |bound: Option<i64>| bound.map_or(Arg::None, Arg::Int);
    SLICE.overloads[0].call_one(args![tensor, dim, bound(start), bound(end), step])
}

/// A piece of one dimension, as a view.
pub fn narrow(tensor: &Tensor, dim: usize, start: i64, length: i64) -> Result<Tensor> {
    slice(tensor, dim as i64, Some(start), Some(start + length), 1)
}

pub fn diagonal(tensor: &Tensor, offset: i64, dim1: i64, dim2: i64) -> Result<Tensor> {
    DIAGONAL.overloads[0].call_one(args![tensor, offset, dim1, dim2])
}
