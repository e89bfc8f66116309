//! Sums, means, extremes: many elements to one.

use super::argument::two;
use super::op::*;
use super::{one, shape};
use crate::array::{Result, reduce};
use crate::autograd::Tensor;
use crate::{args, overloads};

pub static OPS: &[&Op] = &[&SUM, &MAX];

pub(crate) static SUM: Op = Op {
    name: "sum",
    aliases: &[],
    help: "The sum of all elements, or along dimensions.",
    example: "torch.sum(torch.tensor([[1, 2], [3, 4]]), dim=0)",
    overloads: overloads![
        Overload::new(
            "sum(Tensor self, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | METHOD,
            |a| one(reduce::sum::sum(&*a.array(0)?, None, false, a.dtype(1))?),
            Derivative::Node(
                "SumBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| shape::expand(b.grad()?, &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
        Overload::new(
            "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(reduce::sum::sum(
                &*a.array(0)?,
                a.optional_ints(1),
                a.bool(2)?,
                a.dtype(3)
            )?),
            Derivative::Node(
                "SumBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim, keepdim",
                    by: By::Formula(|b| {
                        let sizes = b.sizes(0)?;
                        let dims = b.args()?.optional_ints(1).unwrap_or_default();
                        shape::expand(&unreduce(b.grad()?, sizes.len(), dims, b.bool(2)?)?, &sizes)
                    }),
                }],
            ),
        )
        .linear(),
    ],
};

pub(crate) static MAX: Op = Op {
    name: "max",
    aliases: &[],
    help: "The largest element; along a dimension with its index; or the larger of two tensors.",
    example: "torch.max(torch.tensor([[1, 5], [7, 2]]), dim=1)",
    overloads: overloads![
        Overload::new(
            "max(Tensor self) -> Tensor",
            FUNCTION | METHOD,
            |a| one(reduce::extremum::max(&*a.array(0)?)?),
            Derivative::Node(
                "MaxBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "self, result",
                    by: By::NotImplemented
                }],
            ),
        ),
        Overload::new(
            "max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
            FUNCTION | METHOD | OUT,
            |a| two(reduce::extremum::max_dim(&*a.array(0)?, a.int(1)?, a.bool(2)?)?),
            Derivative::Node(
                "MaxBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim, keepdim, result1",
                    by: By::NotImplemented
                }],
            ),
        ),
    ],
};

/// Puts the reduced dimensions back as size 1, so that a gradient broadcasts over what was reduced. No dims: all.
pub(crate) fn unreduce(grad: &Tensor, dims_before: usize, dims: &[i64], keepdim: bool) -> Result<Tensor> {
    if keepdim || dims_before == 0 || dims.is_empty() {
        return Ok(grad.clone());
    }
    let count = dims_before as i64;
    let mut wrapped: Vec<i64> = dims
        .iter()
        .map(|dim| if *dim < 0 { dim + count } else { *dim })
        .collect();
    wrapped.sort_unstable();
    wrapped
        .into_iter()
        .try_fold(grad.clone(), |grad, dim| shape::unsqueeze(&grad, dim))
}

pub fn sum_dims(tensor: &Tensor, dims: &[i64], keepdim: bool) -> Result<Tensor> {
    SUM.overloads[1].call_one(args![tensor, dims, keepdim, None::<crate::array::Dtype>])
}

pub fn sum(tensor: &Tensor) -> Result<Tensor> {
    SUM.overloads[0].call_one(args![tensor, None::<crate::array::Dtype>])
}
