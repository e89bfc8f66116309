//! Norms, distances and the logarithm of a sum of exponentials.

use super::unreduce;
use crate::array::{Dims, Dtype, Result, Scalar, copy, error, layout, reduce};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::backward::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The vector norm of order p.
    NORM = "norm", "torch.norm(torch.tensor([3.0, 4.0]))", [
        Overload::new(
            "norm.ScalarOpt_dtype(Tensor self, Scalar? p, *, ScalarType dtype) -> Tensor",
            NAMESPACED,
            |a| one(norm_forward(a.tensor(0)?, a.optional_scalar(1), None, false, a.dtype(2))?),
            Node("NormBackward2", &[joint("self", "self, p, result", |b| norm_gradient(b, &[], true))]),
        ),
        Overload::new(
            "norm.Scalar(Tensor self, Scalar p=2) -> Tensor",
            NAMESPACED,
            |a| one(norm_forward(a.tensor(0)?, a.optional_scalar(1), None, false, None)?),
            Node("NormBackward0", &[joint("self", "self, p, result", |b| norm_gradient(b, &[], true))]),
        ),
        Overload::new(
            "norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, *, ScalarType dtype) -> Tensor",
            NAMESPACED,
            |a| one(norm_forward(a.tensor(0)?, a.optional_scalar(1), a.optional_ints(2), a.bool(3)?, a.dtype(4))?),
            Node("NormBackward3", &[joint("self", "self, p, dim, keepdim, result", |b| {
                norm_gradient(b, b.ints(2)?, b.bool(3)?)
            })]),
        ),
        Overload::new(
            "norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor",
            NAMESPACED,
            |a| one(norm_forward(a.tensor(0)?, a.optional_scalar(1), a.optional_ints(2), a.bool(3)?, None)?),
            Node("NormBackward1", &[joint("self", "self, p, dim, keepdim, result", |b| {
                norm_gradient(b, b.ints(2)?, b.bool(3)?)
            })]),
        ),
    ];
    /// The norm of order p of the difference.
    DIST = "dist", "torch.dist(torch.tensor([1.0, 2.0]), torch.tensor([4.0, 6.0]))", [Overload::new(
        "dist(Tensor self, Tensor other, Scalar p=2) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let difference = crate::array::binary::sub(&*a.array(0)?, &*a.array(1)?)?;
            one(norm_forward(&difference.into(), a.optional_scalar(2), None, false, None)?)
        },
        Node("DistBackward0", &[
            grad("self", "self, other, p, result", dist_backward),
            grad("other", "self, other, p, result", |b| neg(dist_backward(b)?)),
        ]),
    )];
    /// Slices along dim, scaled down to norm maxnorm where theirs is larger.
    RENORM = "renorm", "torch.renorm(torch.ones(2, 2), 2, 0, 1)", [Overload::new(
        "renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor",
        POINTWISE,
        |a| {
            let (this, p, limit) = (a.tensor(0)?, a.scalar(1)?, a.scalar(3)?.to_f64());
            if p.to_f64() <= 0.0 {
                return error::runtime("renorm: non-positive-norm not supported");
            }
            if limit < 0.0 {
                return error::runtime(format!(
                    "renorm: expected maxnorm to be >= 0 but got {}",
                    crate::array::print::python_float(limit)
                ));
            }
            if this.dim() < 2 {
                return error::runtime(format!(
                    "renorm: input needs at least 2 dimensions, got {} dimensions",
                    this.dim()
                ));
            }
            let norm = norm_forward(this, Some(p), Some(&others(this, a.int(2)?)?), true, None)?;
            let factor = div(limit, add(&norm, 1e-7)?)?;
            one(mul(this, where_(&gt(&norm, limit)?, factor, scalar_like(1.0, &norm)?)?)?)
        },
        Node("RenormBackward0", &[grad("self", "self, p, dim, maxnorm", |b| {
            let (grad, this, p, limit) = (b.grad()?, b.tensor(0)?, b.scalar(1)?, b.scalar(3)?.to_f64());
            let dims = others(&this, b.int(2)?)?;
            let wide = match this.dtype() {
                Dtype::Float32 => Dtype::Float64,
                dtype => dtype.to_real(),
            };
            let norm = call_norm(&this, p, &dims, wide)?;
            let along = sum_as(&mul(conj(&this)?, grad)?, &dims, wide)?;
            let part = norm_backward(&along, &this, p.to_f64(), &norm, &dims, true)?;
            let inverse = reciprocal(add(&norm, 1e-7)?)?;
            let scaled = mul(mul(&inverse, limit)?, sub(grad, mul(&inverse, part)?)?)?;
            where_(&gt(&norm, limit)?, to_dtype(&scaled, grad.dtype())?, grad)
        })]),
    ).out_dtype(crate::ops::out::same)];
    /// The logarithm of the sum of e^x along dimensions.
    LOGSUMEXP = "logsumexp" / "special_logsumexp", "torch.logsumexp(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(reduce::softmax::logsumexp(&*a.array(0)?, a.ints(1)?, a.bool(2)?)?),
        Node("LogsumexpBackward0", &[grad("self", "self, dim, keepdim, result", |b| {
            let (this, dims, keepdim) = (b.tensor(0)?, b.ints(1)?, b.bool(2)?);
            let grad = unreduce(b.grad()?, this.dim(), dims, keepdim)?;
            let result = unreduce(&b.result(0)?, this.dim(), dims, keepdim)?;
            mul(grad, conj(&exp(sub(&this, result)?)?)?)
        })]),
    )];
}

/// All dimensions but one.
fn others(this: &Tensor, dim: i64) -> Result<Dims> {
    let dim = layout::wrap_dim(dim, this.dim())? as i64;
    Ok((0..this.dim() as i64).filter(|other| *other != dim).collect())
}

fn norm_forward(
    this: &Tensor,
    p: Option<Scalar>,
    dims: Option<&[i64]>,
    keepdim: bool,
    dtype: Option<Dtype>,
) -> Result<Tensor> {
    let p = p.map_or(2.0, Scalar::to_f64);
    if !this.dtype().is_floating_point() && !this.dtype().is_complex() && dtype.is_none() {
        return error::runtime(format!(
            "norm(): the desired output dtype should be either floating point or complex. Got {} instead.",
            this.dtype().scalar_type()
        ));
    }
    let source = match dtype {
        Some(dtype) => copy::cast(&this.array(), dtype)?,
        None => this.array().clone(),
    };
    Ok(reduce::moments::norm(&source, p, dims, keepdim)?.into())
}

fn call_norm(this: &Tensor, p: Scalar, dims: &[i64], dtype: Dtype) -> Result<Tensor> {
    match crate::ops::find("linalg_vector_norm").and_then(|op| op.overloads.first()) {
        Some(overload) => overload.call_one(args![this, p, dims, true, dtype]),
        None => NORM.overloads[2].call_one(args![this, p, dims, true, dtype]),
    }
}

fn sum_as(tensor: &Tensor, dims: &[i64], dtype: Dtype) -> Result<Tensor> {
    super::sum::SUM.overloads[1].call_one(args![tensor, dims, true, dtype])
}

fn order_of(b: &Backward, at: usize) -> Result<f64> {
    Ok(b.args()?.optional_scalar(at).map_or(2.0, Scalar::to_f64))
}

/// The gradient of a norm of order p; order 0 has none.
fn norm_gradient(b: &Backward, dims: &[i64], keepdim: bool) -> Result<Vec<Option<Tensor>>> {
    let p = order_of(b, 1)?;
    if p == 0.0 {
        return Ok(vec![None]);
    }
    Ok(vec![Some(norm_backward(
        b.grad()?,
        &b.tensor(0)?,
        p,
        &b.result(0)?,
        dims,
        keepdim,
    )?)])
}

fn dist_backward(b: &Backward) -> Result<Tensor> {
    let difference = sub(b.value(0)?, b.value(1)?)?;
    norm_backward(b.grad()?, &difference, order_of(b, 2)?, &b.result(0)?, &[], true)
}

/// The gradient of a norm of order `p` over `dims` (all if empty), 0 where the norm is 0.
pub(crate) fn norm_backward(
    grad: &Tensor,
    this: &Tensor,
    p: f64,
    norm: &Tensor,
    dims: &[i64],
    keepdim: bool,
) -> Result<Tensor> {
    let grad = unreduce(grad, this.dim(), dims, keepdim)?;
    let norm = unreduce(norm, this.dim(), dims, keepdim)?;
    let at_zero = |x: &Tensor| masked_fill(x, &eq(&norm, 0)?, 0);
    if p == 0.0 {
        zeros_like(this)
    } else if p == 1.0 {
        mul(sgn(this)?, &grad)
    } else if p == 2.0 {
        mul(&grad, at_zero(&div(this, &norm)?)?)
    } else if p.is_infinite() {
        let size = abs(this)?;
        let mask = logical_or(&eq(&size, &norm)?, &isnan(&size)?)?;
        let share = div(&mask, sum_dims(&mask, dims, true)?)?;
        mul(sgn(this)?, mul(share, &grad)?)
    } else if p < 1.0 {
        let scaled = masked_fill(&mul(sgn(this)?, pow(abs(this)?, p - 1.0)?)?, &eq(this, 0)?, 0)?;
        mul(mul(scaled, &grad)?, pow(&norm, 1.0 - p)?)
    } else if p < 2.0 {
        let scaled = mul(sgn(this)?, pow(abs(this)?, p - 1.0)?)?;
        mul(scaled, at_zero(&div(&grad, pow(&norm, p - 1.0)?)?)?)
    } else {
        let scaled = mul(this, pow(abs(this)?, p - 2.0)?)?;
        mul(scaled, at_zero(&div(&grad, pow(&norm, p - 1.0)?)?)?)
    }
}
