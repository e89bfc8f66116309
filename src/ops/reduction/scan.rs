//! Running totals along a dimension.

use crate::array::{Dtype, Result, layout, reduce::scan};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::backward::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// Running sums along dim.
    CUMSUM = "cumsum", "torch.cumsum(torch.tensor([1, 2, 3]), 0)", [Overload::new(
        "cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
        POINTWISE,
        |a| one(scan::cumsum(&*a.array(0)?, a.int(1)?, a.dtype(2))?),
        Node("CumsumBackward0", &[grad("self", "self.sizes, dim", |b| {
            let grad = to_dtype(b.grad()?, b.dtype(0)?)?;
            if grad.dim() == 0 || grad.numel() <= 1 {
                return Ok(grad);
            }
            reversed_cumsum(&grad, b.int(1)?)
        })]),
    ).linear()];
    /// Running products along dim.
    CUMPROD = "cumprod", "torch.cumprod(torch.tensor([1, 2, 3]), 0)", [Overload::new(
        "cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
        POINTWISE,
        |a| one(scan::cumprod(&*a.array(0)?, a.int(1)?, a.dtype(2))?),
        Node("CumprodBackward0", &[grad("self", "self, dim, result", cumprod_backward)]),
    )];
    /// Running maxima along dim and their indices.
    CUMMAX = "cummax", "torch.cummax(torch.tensor([1, 3, 2]), 0)", [Overload::new(
        "cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)",
        FUNCTION | METHOD | OUT,
        |a| two(scan::cummax(&*a.array(0)?, a.int(1)?)?),
        Node("CummaxBackward0", &[grad("self", "self, dim, result1", running_backward)]),
    ).out_dtype(crate::ops::out::scalar_type)];
    /// Running minima along dim and their indices.
    CUMMIN = "cummin", "torch.cummin(torch.tensor([3, 1, 2]), 0)", [Overload::new(
        "cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)",
        FUNCTION | METHOD | OUT,
        |a| two(scan::cummin(&*a.array(0)?, a.int(1)?)?),
        Node("CumminBackward0", &[grad("self", "self, dim, result1", running_backward)]),
    ).out_dtype(crate::ops::out::scalar_type)];
    /// The logarithm of running sums of e^x along dim.
    LOGCUMSUMEXP = "logcumsumexp", "torch.logcumsumexp(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "logcumsumexp(Tensor self, int dim) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(scan::logcumsumexp(&*a.array(0)?, a.int(1)?)?),
        Node("LogcumsumexpBackward0", &[grad("self", "self, dim, result", |b| {
            let (grad, this, result, dim) = (b.grad()?, b.tensor(0)?, b.result(0)?, b.int(1)?);
            if grad.dim() == 0 || grad.numel() == 0 {
                return Ok(grad.clone());
            }
            let lowest = if grad.dtype() == Dtype::Float64 { f64::MIN } else { f32::MIN as f64 };
            let lowest = scalar_like(lowest, grad)?;
            let part = |mask: &Tensor, size: &Tensor| {
                let size = where_(mask, log(size)?, &lowest)?;
                let total = flip(&logcumsumexp(&flip(&sub(size, &result)?, &[dim])?, dim)?, &[dim])?;
                exp(add(total, &this)?)
            };
            let rising = part(&gt(grad, 0)?, grad)?;
            sub(rising, part(&lt(grad, 0)?, &neg(grad)?)?)
        })]),
    ).out_dtype(crate::ops::out::scalar_type)];
}

fn reversed_cumsum(tensor: &Tensor, dim: i64) -> Result<Tensor> {
    flip(&cumsum(&flip(tensor, &[dim])?, dim)?, &[dim])
}

fn running_backward(b: &Backward) -> Result<Tensor> {
    let this = b.tensor(0)?;
    if this.numel() == 0 {
        return Ok(this);
    }
    scatter_add(&zeros_like(&this)?, b.int(1)?, &b.result(1)?, b.grad()?)
}

fn cumprod_backward(b: &Backward) -> Result<Tensor> {
    let this = b.tensor(0)?;
    let grad = to_dtype(b.grad()?, this.dtype())?;
    if this.dim() == 0 || this.numel() <= 1 {
        return Ok(grad);
    }
    let dim = layout::wrap_dim(b.int(1)?, this.dim())?;
    let length = this.sizes().get(dim).copied().unwrap_or(1);
    if length == 1 {
        return Ok(grad);
    }
    let along = dim as i64;
    let conjugate = conj(&this)?;
    let weighted = mul(conj(&b.result(0)?)?, &grad)?;
    let has_zero = crate::array::copy::elements(&this.array())
        .iter()
        .any(|element| element.is_zero());
    if !has_zero {
        return div(reversed_cumsum(&weighted, along)?, &conjugate);
    }
    // with zeros: for each element the products of the others up to each place
    let mut slices = Vec::new();
    for k in 0..length {
        let before = match k {
            0 => None,
            k => Some(super::sum::prod_dim(&narrow(&conjugate, dim, 0, k)?, along, true)?),
        };
        let after = match k + 1 < length {
            true => Some(cumprod(&narrow(&conjugate, dim, k + 1, length - k - 1)?, along)?),
            false => None,
        };
        let grads = narrow(&grad, dim, k, length - k)?;
        let first = narrow(&grads, dim, 0, 1)?;
        let mut total = match &before {
            Some(before) => mul(&first, before)?,
            None => first,
        };
        if let Some(after) = after {
            let rest = mul(narrow(&grads, dim, 1, length - k - 1)?, after)?;
            let rest = match &before {
                Some(before) => mul(&rest, before)?,
                None => rest,
            };
            total = add(&total, sum_dims(&rest, &[along], true)?)?;
        }
        slices.push(total);
    }
    cat(&slices, along)
}

pub fn cumsum(tensor: &Tensor, dim: i64) -> Result<Tensor> {
    CUMSUM.overloads[0].call_one(args![tensor, dim, None::<Dtype>])
}

pub fn cumprod(tensor: &Tensor, dim: i64) -> Result<Tensor> {
    CUMPROD.overloads[0].call_one(args![tensor, dim, None::<Dtype>])
}

fn logcumsumexp(tensor: &Tensor, dim: i64) -> Result<Tensor> {
    LOGCUMSUMEXP.overloads[0].call_one(args![tensor, dim])
}
