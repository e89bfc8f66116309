//! Weights given by a length and a direction.

use crate::array::{Dims, Result, Scalar};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::reduction::norm::NORM;
use crate::ops::shape::permute::transpose;
use crate::ops::shape::reshape::view;

/// All dimensions but one.
fn others(tensor: &Tensor, dim: i64) -> Dims {
    (0..tensor.dim() as i64).filter(|&other| other != dim).collect()
}

/// The norm of every slice along a dimension, this kept; of the whole tensor for -1.
fn norm_except(v: &Tensor, power: Scalar, dim: i64) -> Result<Tensor> {
    let last = v.dim() as i64 - 1;
    if dim == -1 {
        return NORM.overloads[1].call_one(args![v, power]);
    }
    if dim != 0 && dim != last {
        return transpose(&norm_except(&transpose(v, 0, dim)?, power, 0)?, 0, dim);
    }
    let length = v.sizes().get(dim as usize).copied().unwrap_or(1) as i64;
    let mut kept: Dims = std::iter::repeat_n(1, v.dim()).collect();
    if let Some(size) = kept.get_mut(dim as usize) {
        *size = length;
    }
    let (sizes, over): ([i64; 2], i64) = if dim == 0 { ([length, -1], 1) } else { ([-1, length], 0) };
    let over: Dims = std::iter::once(over).collect();
    view(
        &NORM.overloads[3].call_one(args![&view(v, &sizes)?, power, over, false])?,
        &kept,
    )
}

ops! {
    /// The norm of every slice along dim.
    NORM_EXCEPT_DIM = "norm_except_dim", "torch.norm_except_dim(torch.ones(2, 3))", [Overload::new(
        "norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor",
        FUNCTION,
        |a| one(norm_except(a.tensor(0)?, Scalar::Int(a.int(1)?), a.int(2)?)?),
        Derivative::Composite,
    )];
    /// Slices of v along dim, of the lengths g; and the lengths that they had.
    WEIGHT_NORM_INTERFACE = "_weight_norm_interface", "torch._weight_norm_interface(torch.ones(2, 3), torch.ones(2, 1))[0]", [Overload::new(
        "_weight_norm_interface(Tensor v, Tensor g, int dim=0) -> (Tensor, Tensor)",
        FUNCTION,
        |a| {
            let norms = norm_except(a.tensor(0)?, Scalar::Int(2), a.int(2)?)?;
            let weight = mul(a.tensor(0)?, &div(a.tensor(1)?, &norms)?)?;
            Ok(smallvec![Arg::Tensor(weight), Arg::Tensor(norms)])
        },
        Derivative::Node("WeightNormInterfaceBackward0", &[joint("v, g", "v, g, dim, result1", |b| {
            let (grad, v, g) = (b.grad()?, b.tensor(0)?, b.tensor(1)?);
            let dims = others(&v, b.int(2)?);
            let norms = sqrt(&sum_dims(&mul(&v, &v)?, &dims, true)?)?;
            let along = div(&sum_dims(&mul(grad, &v)?, &dims, true)?, &norms)?;
            let turned = sub(grad, &mul(&v, &div(&along, &norms)?)?)?;
            Ok(vec![Some(mul(&turned, &div(&g, &norms)?)?), Some(along)])
        })]),
    )];
    /// Slices of v along dim, of the lengths g.
    WEIGHT_NORM = "_weight_norm", "torch._weight_norm(torch.ones(2, 3), torch.ones(2, 1))", [Overload::new(
        "_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor",
        FUNCTION,
        |a| {
            let (v, g, dim) = (a.tensor(0)?, a.tensor(1)?, a.int(2)?);
            if dim == 0 || dim == v.dim() as i64 - 1 {
                let mut outs = WEIGHT_NORM_INTERFACE.overloads[0].call(args![v, g, dim])?;
                outs.truncate(1);
                return Ok(outs);
            }
            one(mul(v, &div(g, &norm_except(v, Scalar::Int(2), dim)?)?)?)
        },
        Derivative::Composite,
    )];
}
