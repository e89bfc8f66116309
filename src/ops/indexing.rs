//! Parts of tensors: select, slice, gather and their kin.

use super::one;
use super::op::*;
use crate::array::{Array, Dims, Result, copy, error, layout};
use crate::autograd::Tensor;
use crate::{args, overloads};

pub static OPS: &[&Op] = &[&SLICE, &SLICE_BACKWARD];

pub(crate) static SLICE: Op =
    Op {
        name: "slice",
        aliases: &[],
        help: "Every step-th element from start to end of one dimension, as a view.",
        example: "torch.arange(6)[1:5:2]",
        overloads: overloads![Overload::new(
        "slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)",
        VIEW,
        |a| {
            let array = a.array(0)?;
            if array.dim() == 0 {
                return error::runtime("slice() cannot be applied to a 0-dim tensor.");
            }
            let dim = layout::wrap_dim(a.int(1)?, array.dim())?;
            one(sliced(&array, dim, a.optional_int(2), a.optional_int(3), a.int(4)?)?)
        },
        Derivative::Node(
            "SliceBackward0",
            &[Grad {
                inputs: "self",
                uses: "self.sizes, dim, start, end, step",
                by: By::Formula(|b| {
                    let args = b.args()?;
                    SLICE_BACKWARD.overloads[0].call_one(args![
                        b.grad()?,
                        b.sizes(0)?,
                        b.int(1)?,
                        args.optional_int(2).unwrap_or(0),
                        args.optional_int(3).unwrap_or(i64::MAX),
                        b.int(4)?
                    ])
                }),
            }],
        ),
    )
    .linear()],
    };

pub(crate) static SLICE_BACKWARD: Op = Op {
    name: "slice_backward",
    aliases: &[],
    help: "Zeros with the gradient of a slice in its place.",
    example: "torch.ones(2)",
    overloads: overloads![Overload::new(
        "slice_backward(Tensor grad_output, SymInt[] input_sizes, int dim, SymInt start, SymInt end, SymInt step) -> Tensor",
        0,
        |a| {
            let grad = a.array(0)?;
            let result = Array::zeros(a.ints(1)?, grad.dtype())?;
            let dim = layout::wrap_dim(a.int(2)?, result.dim())?;
            let place = sliced(&result, dim, a.optional_int(3), a.optional_int(4), a.int(5)?)?;
            copy::copy_into(&place, &grad)?;
            one(result)
        },
        Derivative::Node(
            "SliceBackwardBackward0",
            &[Grad {
                inputs: "grad_output",
                uses: "dim, start, end, step",
                by: By::Formula(|b| slice(b.grad()?, b.int(2)?, Some(b.int(3)?), Some(b.int(4)?), b.int(5)?)),
            }],
        ),
    )
    .linear()],
};

/// Bounds wrap and clamp as Python's do.
fn sliced(array: &Array, dim: usize, start: Option<i64>, end: Option<i64>, step: i64) -> Result<Array> {
    if step <= 0 {
        return error::runtime("slice step must be positive");
    }
    let (mut sizes, mut strides) = (Dims::from(array.sizes()), Dims::from(array.strides()));
    let (Some(size), Some(stride)) = (sizes.get_mut(dim), strides.get_mut(dim)) else {
        return error::index("dimension out of range");
    };
    let wrap = |bound: i64| (if bound < 0 { bound.saturating_add(*size) } else { bound }).clamp(0, *size);
    let start = wrap(start.unwrap_or(0));
    let end = wrap(end.unwrap_or(i64::MAX)).max(start);
    let offset = array.offset() + start * *stride;
    *size = (end - start + step - 1) / step;
    *stride = stride.saturating_mul(step);
    Ok(array.view(sizes, strides, offset))
}

pub fn slice(tensor: &Tensor, dim: i64, start: Option<i64>, end: Option<i64>, step: i64) -> Result<Tensor> {
    let bound = |bound: Option<i64>| bound.map_or(crate::ops::Arg::None, crate::ops::Arg::Int);
    SLICE.overloads[0].call_one(args![tensor, dim, bound(start), bound(end), step])
}
