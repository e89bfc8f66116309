//! Sums, products and means.

use super::{reduced_count, spread};
use crate::array::{Dims, Dtype, Result, copy, layout, reduce};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The sum of all elements, or along dimensions.
    SUM = "sum", "torch.sum(torch.tensor([[1, 2], [3, 4]]), dim=0)", [
        Overload::new(
            "sum(Tensor self, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | METHOD,
            |a| one(reduce::sum::sum(&*a.array(0)?, None, false, a.dtype(1))?),
            Node("SumBackward0", &[grad("self", "self.sizes", |b| expand(b.grad()?, &b.sizes(0)?))]),
        ).linear(),
        Overload::new(
            "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(reduce::sum::sum(&*a.array(0)?, a.optional_ints(1), a.bool(2)?, a.dtype(3))?),
            Node("SumBackward1", &[grad("self", "self.sizes, dim, keepdim", |b| {
                let dims = b.args()?.optional_ints(1).unwrap_or_default();
                spread(b.grad()?, &b.sizes(0)?, dims, b.bool(2)?)
            })]),
        ).linear(),
    ];
    /// The sum of all elements, or along dimensions, with nan as 0.
    NANSUM = "nansum", "torch.nansum(torch.tensor([1.0, float('nan')]))", [Overload::new(
        "nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            if a.tensor(0)?.dtype().is_complex() {
                return crate::array::error::runtime("nansum does not support complex inputs");
            }
            one(reduce::sum::nansum(&*a.array(0)?, a.optional_ints(1), a.bool(2)?, a.dtype(3))?)
        },
        Node("NansumBackward0", &[grad("self", "self, dim, keepdim", |b| {
            let this = b.tensor(0)?;
            let dims = b.args()?.optional_ints(1).unwrap_or_default();
            let grad = to_dtype(b.grad()?, this.dtype())?;
            mul(spread(&grad, &this.sizes(), dims, b.bool(2)?)?, logical_not(isnan(&this)?)?)
        })]),
    )];
    /// The mean of all elements, or along dimensions.
    MEAN = "mean", "torch.mean(torch.tensor([1.0, 2.0, 6.0]))", [
        Overload::new(
            "mean(Tensor self, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(reduce::sum::mean(&*a.array(0)?, None, false, a.dtype(1))?),
            Node("MeanBackward0", &[grad("self", "self.sizes", |b| {
                let sizes = b.sizes(0)?;
                div(expand(b.grad()?, &sizes)?, sizes.iter().product::<i64>())
            })]),
        ).linear(),
        Overload::new(
            "mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(reduce::sum::mean(&*a.array(0)?, a.optional_ints(1), a.bool(2)?, a.dtype(3))?),
            Node("MeanBackward1", &[grad("self", "self.sizes, dim, keepdim", |b| {
                let sizes = b.sizes(0)?;
                let dims = b.args()?.optional_ints(1).unwrap_or_default();
                mean_backward(b.grad()?, &sizes, dims, b.bool(2)?)
            })]),
        ).linear(),
    ];
    /// The mean of the elements that are not nan.
    NANMEAN = "nanmean", "torch.nanmean(torch.tensor([1.0, float('nan'), 3.0]))", [Overload::new(
        "nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let this = a.tensor(0)?;
            if !this.dtype().is_floating_point() && !this.dtype().is_complex() {
                return crate::array::error::runtime(format!(
                    "nanmean(): expected input to have floating point or complex dtype but got {}",
                    this.dtype().scalar_type()
                ));
            }
            let (dims, keepdim) = (a.get(1), a.bool(2)?);
            let count = sum_over(&logical_not(isnan(this.detach())?)?, dims, keepdim)?;
            let total = NANSUM.overloads[0].call_one(Args(smallvec![
                this.into(),
                dims.clone(),
                keepdim.into(),
                a.get(3).clone()
            ]))?;
            one(div(total, count)?)
        },
        Composite,
    )];
    /// The product of all elements, or along a dimension.
    PROD = "prod", "torch.prod(torch.tensor([2, 3, 4]))", [
        Overload::new(
            "prod(Tensor self, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(reduce::sum::prod(&*a.array(0)?, None, false, a.dtype(1))?),
            Node("ProdBackward0", &[grad("self", "self, result", |b| {
                let grad = b.grad()?;
                let this = to_dtype(&b.tensor(0)?, grad.dtype())?;
                if this.dim() == 0 {
                    return crate::ops::shape::clone(grad);
                }
                if !has_zero(&this)? {
                    return mul(grad, conj(&div(b.result(0)?, &this)?)?);
                }
                let flat = reshape(&contiguous(&this)?, &[-1])?;
                reshape(&without_each(grad, &flat, 0)?, &this.sizes())
            })]),
        ),
        Overload::new(
            "prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(reduce::sum::prod(&*a.array(0)?, a.optional_int(1), a.bool(2)?, a.dtype(3))?),
            Node("ProdBackward1", &[grad("self", "self, result, dim, keepdim", |b| {
                let (grad, result) = (b.grad()?, b.result(0)?);
                let this = to_dtype(&b.tensor(0)?, grad.dtype())?;
                if this.dim() == 0 {
                    return crate::ops::shape::clone(grad);
                }
                let dim = layout::wrap_dim(b.int(1)?, this.dim())? as i64;
                let (grad, result) = if b.bool(2)? {
                    (grad.clone(), result)
                } else {
                    (unsqueeze(grad, dim)?, unsqueeze(&result, dim)?)
                };
                if has_zero(&this)? {
                    return without_each(&grad, &this, dim);
                }
                mul(&grad, conj(&div(&result, &this)?)?)
            })]),
        ),
    ];
    /// The sum of the elements on the diagonal of a matrix.
    TRACE = "trace", "torch.trace(torch.eye(3))", [Overload::new(
        "trace(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let this = a.array(0)?;
            if this.dim() != 2 {
                return crate::array::error::runtime(format!(
                    "trace: expected a matrix, but got tensor with dim {}",
                    this.dim()
                ));
            }
            one(reduce::sum::sum(&crate::array::view::diagonal(&this, 0, 0, 1)?, None, false, None)?)
        },
        Node("TraceBackward0", &[grad("self", "self.sizes", |b| {
            let sizes = b.sizes(0)?;
            let (rows, columns) = match sizes[..] {
                [rows, columns] => (rows, columns),
                _ => (0, 0),
            };
            let places: Vec<i64> = (0..rows.min(columns)).map(|i| i * (columns + 1)).collect();
            let places: Tensor = crate::array::Array::from_vec(&[places.len() as i64], &places)?.into();
            let flat: Tensor = crate::array::Array::zeros(&[rows * columns], b.grad()?.dtype())?.into();
            view(&index_fill_tensor(&flat, 0, &places, b.grad()?)?, &sizes)
        })]),
    ).linear()];
}

pub(super) fn mean_backward(grad: &Tensor, sizes: &[i64], dims: &[i64], keepdim: bool) -> Result<Tensor> {
    div(spread(grad, sizes, dims, keepdim)?, reduced_count(sizes, dims))
}

/// `sum` with the dimensions as an argument, None for all.
fn sum_over(tensor: &Tensor, dims: &Arg, keepdim: bool) -> Result<Tensor> {
    SUM.overloads[1].call_one(Args(smallvec![tensor.into(), dims.clone(), keepdim.into(), Arg::None]))
}

fn has_zero(this: &Tensor) -> Result<bool> {
    Ok(copy::elements(&this.array()).iter().any(|element| element.is_zero()))
}

/// The products without each element in turn along `dim`, times the gradient.
fn without_each(grad: &Tensor, this: &Tensor, dim: i64) -> Result<Tensor> {
    let sizes = this.sizes();
    let length = sizes.get(dim as usize).copied().unwrap_or(1);
    if this.numel() == 0 {
        return expand(grad, &sizes);
    }
    if length == 1 {
        return Ok(grad.clone());
    }
    let mut first: Dims = sizes.clone();
    if let Some(size) = first.get_mut(dim as usize) {
        *size = 1;
    }
    let ones: Tensor = copy::full(&first, crate::array::Scalar::Int(1), grad.dtype())?.into();
    let before = cat(&[ones.clone(), narrow(this, dim as usize, 0, length - 1)?], dim)?;
    let before = super::scan::cumprod(&before, dim)?;
    let after = flip(&narrow(this, dim as usize, 1, length - 1)?, &[dim])?;
    let after = flip(&super::scan::cumprod(&cat(&[ones, after], dim)?, dim)?, &[dim])?;
    mul(grad, conj(&mul(before, after)?)?)
}

/// The sum over `dims`, in the dtype that sums of these elements have.
pub fn sum_dims(tensor: &Tensor, dims: &[i64], keepdim: bool) -> Result<Tensor> {
    SUM.overloads[1].call_one(args![tensor, dims, keepdim, None::<Dtype>])
}

pub fn sum(tensor: &Tensor) -> Result<Tensor> {
    SUM.overloads[0].call_one(args![tensor, None::<Dtype>])
}

pub fn mean(tensor: &Tensor) -> Result<Tensor> {
    MEAN.overloads[0].call_one(args![tensor, None::<Dtype>])
}

pub fn mean_dims(tensor: &Tensor, dims: &[i64], keepdim: bool) -> Result<Tensor> {
    MEAN.overloads[1].call_one(args![tensor, dims, keepdim, None::<Dtype>])
}

pub fn prod_dim(tensor: &Tensor, dim: i64, keepdim: bool) -> Result<Tensor> {
    PROD.overloads[1].call_one(args![tensor, dim, keepdim, None::<Dtype>])
}
