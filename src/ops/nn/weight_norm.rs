//! Weights as a direction and a length along one dimension.

use crate::array::{Dims, Dtype, Result, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// The norm over all dimensions, or along some.
fn norm(x: &Tensor, power: i64, dims: Option<i64>) -> Result<Tensor> {
    let power = Arg::Scalar(power.into());
    match dims {
        Some(dim) => super::overload("norm", "norm.ScalarOpt_dim(")?.call_one(args![x, power, &[dim][..], false]),
        None => super::overload("norm", "norm.Scalar(")?.call_one(args![x, power]),
    }
}

/// Sizes of 1 but for one dimension.
fn only(x: &Tensor, dim: usize) -> Dims {
    x.sizes()
        .iter()
        .enumerate()
        .map(|(at, &size)| if at == dim { size } else { 1 })
        .collect()
}

fn except_dim(v: &Tensor, power: i64, dim: i64) -> Result<Tensor> {
    if dim == -1 {
        return norm(v, power, None);
    }
    let sizes = v.sizes();
    let Some(&size) = usize::try_from(dim).ok().and_then(|dim| sizes.get(dim)) else {
        crate::array::layout::wrap_dim(dim, v.dim())?;
        return error::runtime("norm_except_dim takes no negative dimension but -1");
    };
    if dim == 0 {
        let rows = view(&contiguous(v)?, &[size, -1])?;
        return view(&norm(&rows, power, Some(1))?, &only(v, 0));
    }
    if dim as usize + 1 == sizes.len() {
        let rows = view(&contiguous(v)?, &[-1, size])?;
        return view(&norm(&rows, power, Some(0))?, &only(v, dim as usize));
    }
    transpose(&except_dim(&transpose(v, 0, dim)?, power, 0)?, 0, dim)
}

/// All dimensions but one.
fn others(x: &Tensor, dim: i64) -> Dims {
    (0..x.dim() as i64).filter(|other| *other != dim).collect()
}

ops! {
    /// The norm of v over all dimensions but dim.
    NORM_EXCEPT_DIM = "norm_except_dim", "torch.norm_except_dim(torch.ones(2, 2), 2, 0)", [Overload::new(
        "norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor",
        FUNCTION,
        |a| one(except_dim(a.tensor(0)?, a.int(1)?, a.int(2)?)?),
        Derivative::Composite,
    )];
    /// v scaled so that its norm over all dimensions but dim is g.
    WEIGHT_NORM = "_weight_norm", "torch._weight_norm(torch.ones(2, 2), torch.ones(2, 1))", [Overload::new(
        "_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor",
        FUNCTION,
        |a| {
            let (v, g, dim) = (contiguous(a.tensor(0)?)?, contiguous(a.tensor(1)?)?, a.int(2)?);
            let half = v.dtype() == Dtype::Float16 || g.dtype() == Dtype::Float16;
            if !half && (dim == 0 || dim == v.dim() as i64 - 1) {
                return one(call1(&WEIGHT_NORM_INTERFACE, args![v, g, dim])?);
            }
            one(mul(&v, div(&g, except_dim(&v, 2, dim)?)?)?)
        },
        Derivative::Composite,
    )];
    /// _weight_norm along the first or last dimension, and the norm of v.
    WEIGHT_NORM_INTERFACE = "_weight_norm_interface", "torch._weight_norm_interface(torch.ones(2, 2), torch.ones(2, 1))[0]", [Overload::new(
        "_weight_norm_interface(Tensor v, Tensor g, int dim=0) -> (Tensor, Tensor)",
        FUNCTION,
        |a| {
            let (v, g, dim) = (a.tensor(0)?.detach(), a.tensor(1)?.detach(), a.int(2)?);
            if dim != 0 && dim != v.dim() as i64 - 1 {
                return error::runtime("fused kernels can only be applied for first or last dim");
            }
            let norms = sqrt(sum_dims(&mul(&v, &v)?, &others(&v, dim), true)?)?;
            let norms = reshape(&norms, &g.sizes())?;
            two((mul(&v, div(&g, &norms)?)?, norms))
        },
        Derivative::Node("WeightNormInterfaceBackward0", &[joint("v, g", "v, g, result1, dim", |b| {
            let (v, g, norms, dim) = (b.tensor(0)?, b.tensor(1)?, b.result(1)?, b.int(2)?);
            // to be differentiated again, the norms must be seen to depend on v
            let norms = match crate::autograd::modes::is_grad_enabled() {
                true => reshape(&sqrt(sum_dims(&mul(&v, &v)?, &others(&v, dim), true)?)?, &g.sizes())?,
                false => norms,
            };
            let grad = contiguous(b.grad()?)?;
            let sums = sum_dims(&mul(&grad, &v)?, &others(&v, dim), true)?;
            let along = mul(&v, div(&sums, mul(&norms, &norms)?)?)?;
            let to_v = mul(div(&g, &norms)?, sub(&grad, &along)?)?;
            Ok(vec![Some(to_v), Some(div(&sums, &norms)?)])
        })]),
    ).outputs(1)];
}
