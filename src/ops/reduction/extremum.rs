//! Largest and smallest elements.

use super::{evenly, restore, selection_backward};
use crate::array::{Result, reduce::extremum};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::backward::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The largest element; along a dimension with its index; or the larger of two tensors.
    MAX = "max", "torch.max(torch.tensor([[1, 5], [7, 2]]), dim=1)", [
        Overload::new(
            "max(Tensor self) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(extremum::max(&*a.array(0)?)?),
            Node("MaxBackward1", &[grad("self", "self, result", |b| {
                evenly(b.grad()?, &b.tensor(0)?, &b.result(0)?)
            })]),
        ),
        Overload::new(
            "max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
            FUNCTION | METHOD | OUT,
            |a| two(extremum::max_dim(&*a.array(0)?, a.int(1)?, a.bool(2)?)?),
            Node("MaxBackward0", &[grad("self", "self.sizes, dim, keepdim, result1", along)]),
        ).out_dtype(crate::ops::out::same),
        Overload::new(
            "max.other(Tensor self, Tensor other) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(maximum(a.tensor(0)?, a.tensor(1)?)?),
            Composite,
        ),
    ];
    /// The smallest element; along a dimension with its index; or the smaller of two tensors.
    MIN = "min", "torch.min(torch.tensor([[1, 5], [7, 2]]), dim=1)", [
        Overload::new(
            "min(Tensor self) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(extremum::min(&*a.array(0)?)?),
            Node("MinBackward1", &[grad("self", "self, result", |b| {
                evenly(b.grad()?, &b.tensor(0)?, &b.result(0)?)
            })]),
        ),
        Overload::new(
            "min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
            FUNCTION | METHOD | OUT,
            |a| two(extremum::min_dim(&*a.array(0)?, a.int(1)?, a.bool(2)?)?),
            Node("MinBackward0", &[grad("self", "self.sizes, dim, keepdim, result1", along)]),
        ).out_dtype(crate::ops::out::same),
        Overload::new(
            "min.other(Tensor self, Tensor other) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(minimum(a.tensor(0)?, a.tensor(1)?)?),
            Composite,
        ),
    ];
    /// The largest elements along dimensions; the gradient is shared among equals.
    AMAX = "amax", "torch.amax(torch.tensor([[1, 5], [7, 2]]), 1)", [Overload::new(
        "amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(extremum::amax(&*a.array(0)?, a.optional_ints(1), a.bool(2)?)?),
        Node("AmaxBackward0", &[grad("self", "self, dim, keepdim, result", |b| {
            shared(b.grad()?, &b.result(0)?, &b.tensor(0)?, b.ints(1)?, b.bool(2)?)
        })]),
    ).out_dtype(crate::ops::out::matches_input)];
    /// The smallest elements along dimensions; the gradient is shared among equals.
    AMIN = "amin", "torch.amin(torch.tensor([[1, 5], [7, 2]]), 1)", [Overload::new(
        "amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(extremum::amin(&*a.array(0)?, a.optional_ints(1), a.bool(2)?)?),
        Node("AminBackward0", &[grad("self", "self, dim, keepdim, result", |b| {
            shared(b.grad()?, &b.result(0)?, &b.tensor(0)?, b.ints(1)?, b.bool(2)?)
        })]),
    ).out_dtype(crate::ops::out::matches_input)];
    /// The smallest and the largest element, of all or along a dimension.
    AMINMAX = "aminmax", "torch.aminmax(torch.tensor([1, 5, 2]))", [Overload::new(
        "aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)",
        FUNCTION | METHOD | OUT,
        |a| two(extremum::aminmax(&*a.array(0)?, a.optional_int(1), a.bool(2)?)?),
        Node("AminmaxBackward0", &[grad("self", "self, dim, keepdim, result0, result1", |b| {
            let (this, dim) = (b.tensor(0)?, b.args()?.optional_int(1));
            let dims: &[i64] = dim.as_slice();
            let part = |output: usize| match b.grad_of(output) {
                Some(grad) => shared(grad, &b.result(output)?, &this, dims, b.bool(2)?).map(Some),
                None => Ok(None),
            };
            match (part(0)?, part(1)?) {
                (Some(low), Some(high)) => add(low, high),
                (Some(part), None) | (None, Some(part)) => Ok(part),
                (None, None) => zeros_like(&this),
            }
        })]),
    ).out_dtype(crate::ops::out::same).out_check(crate::ops::out::two_outputs)];
    /// The index of the largest element, of all or along a dimension.
    ARGMAX = "argmax", "torch.argmax(torch.tensor([1, 5, 2]))", [Overload::new(
        "argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(extremum::argmax(&*a.array(0)?, a.optional_int(1), a.bool(2)?)?),
        NotDifferentiable,
    ).out_dtype(crate::ops::out::same)];
    /// The index of the smallest element, of all or along a dimension.
    ARGMIN = "argmin", "torch.argmin(torch.tensor([1, 5, 2]))", [Overload::new(
        "argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(extremum::argmin(&*a.array(0)?, a.optional_int(1), a.bool(2)?)?),
        NotDifferentiable,
    ).out_dtype(crate::ops::out::same)];
}

fn along(b: &Backward) -> Result<Tensor> {
    selection_backward(b.grad()?, &b.result(1)?, &b.sizes(0)?, b.int(1)?, b.bool(2)?)
}

/// The gradient divided among all elements that equal the result.
fn shared(grad: &Tensor, result: &Tensor, this: &Tensor, dims: &[i64], keepdim: bool) -> Result<Tensor> {
    let mask = eq(restore(result, dims, keepdim)?, this)?;
    mul(div(restore(grad, dims, keepdim)?, sum_dims(&mask, dims, true)?)?, &mask)
}
