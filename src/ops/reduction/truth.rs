//! Whether any or all elements are nonzero, and how many.

use crate::array::{Array, Result, reduce::extremum};
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// True if any element is nonzero, of all or along dimensions.
    ANY = "any", "torch.any(torch.tensor([False, True]))", [
        Overload::new("any(Tensor self) -> Tensor", FUNCTION | METHOD | OUT, whole_any, NotDifferentiable).out_dtype(|_, given| format!("any only supports bool tensor for result, got: {}", given.scalar_type())),
        Overload::new(
            "any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(extremum::any(&*a.array(0)?, Some(&[a.int(1)?]), a.bool(2)?)?),
            NotDifferentiable,
        ).out_dtype(|_, given| format!("any only supports bool tensor for result, got: {}", given.scalar_type())),
        Overload::new(
            "any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(extremum::any(&*a.array(0)?, a.optional_ints(1), a.bool(2)?)?),
            NotDifferentiable,
        ).out_dtype(|_, given| format!("any only supports bool tensor for result, got: {}", given.scalar_type())),
    ];
    /// True if all elements are nonzero, of all or along dimensions.
    ALL = "all", "torch.all(torch.tensor([False, True]))", [
        Overload::new(
            "all(Tensor self) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(extremum::all(&*a.array(0)?, None, false)?),
            NotDifferentiable,
        ).out_dtype(|_, given| format!("all only supports bool tensor for result, got: {}", given.scalar_type())),
        Overload::new(
            "all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(extremum::all(&*a.array(0)?, Some(&[a.int(1)?]), a.bool(2)?)?),
            NotDifferentiable,
        ).out_dtype(|_, given| format!("all only supports bool tensor for result, got: {}", given.scalar_type())),
        Overload::new(
            "all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(extremum::all(&*a.array(0)?, a.optional_ints(1), a.bool(2)?)?),
            NotDifferentiable,
        ).out_dtype(|_, given| format!("all only supports bool tensor for result, got: {}", given.scalar_type())),
    ];
    /// How many elements are nonzero, of all or along dimensions.
    COUNT_NONZERO = "count_nonzero", "torch.count_nonzero(torch.tensor([0, 1, 2]))", [
        Overload::new(
            "count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor",
            FUNCTION | METHOD,
            |a| one(extremum::count_nonzero(&*a.array(0)?, a.optional_ints(1))?),
            NotDifferentiable,
        ),
        Overload::new(
            "count_nonzero(Tensor self, int? dim=None) -> Tensor",
            FUNCTION | METHOD,
            |a| {
                let dim = a.optional_int(1);
                one(extremum::count_nonzero(&*a.array(0)?, dim.as_ref().map(std::slice::from_ref))?)
            },
            NotDifferentiable,
        ),
    ];
}

fn whole_any(a: &Args) -> Result<Outs> {
    let any: Array = extremum::any(&*a.array(0)?, None, false)?;
    one(any)
}
