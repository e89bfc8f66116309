//! Variance and standard deviation.

use super::sum::{mean, mean_backward, mean_dims};
use super::{reduced_count, unreduce};
use crate::array::{Result, Scalar, reduce};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::backward::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The variance of all elements, or along dimensions.
    VAR = "var", "torch.var(torch.tensor([1.0, 2.0, 4.0]))", [
        Overload::new(
            "var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| VAR.overloads[1].call(with_dims(a)?),
            Composite,
        ),
        Overload::new(
            "var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(reduce::moments::var(&*a.array(0)?, a.optional_ints(1), correction(a), a.bool(3)?)?),
            Node("VarBackward0", &[grad("self", "self, dim, correction, keepdim", |b| {
                var_backward(b, b.grad()?)
            })]),
        ),
        Overload::new(
            "var(Tensor self, bool unbiased=True) -> Tensor",
            FUNCTION | METHOD,
            |a| VAR.overloads[1].call(whole(a)?),
            Composite,
        ),
    ];
    /// The standard deviation of all elements, or along dimensions.
    STD = "std", "torch.std(torch.tensor([1.0, 2.0, 4.0]))", [
        Overload::new(
            "std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| STD.overloads[1].call(with_dims(a)?),
            Composite,
        ),
        Overload::new(
            "std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(reduce::moments::std(&*a.array(0)?, a.optional_ints(1), correction(a), a.bool(3)?)?),
            Node("StdBackward0", &[grad("self", "self, dim, correction, keepdim, result", |b| {
                std_backward(b, b.grad()?, &b.result(0)?)
            })]),
        ),
        Overload::new(
            "std(Tensor self, bool unbiased=True) -> Tensor",
            FUNCTION | METHOD,
            |a| STD.overloads[1].call(whole(a)?),
            Composite,
        ),
    ];
    /// Variance and mean together.
    VAR_MEAN = "var_mean", "torch.var_mean(torch.tensor([1.0, 2.0, 4.0]))", [
        Overload::new(
            "var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)",
            FUNCTION,
            |a| VAR_MEAN.overloads[1].call(with_dims(a)?),
            Composite,
        ),
        Overload::new(
            "var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)",
            FUNCTION,
            |a| {
                let (this, dims) = (a.array(0)?, a.optional_ints(1));
                two((
                    named("var_mean", reduce::moments::var(&this, dims, correction(a), a.bool(3)?))?,
                    reduce::sum::mean(&this, dims, a.bool(3)?, None)?,
                ))
            },
            Node("VarMeanBackward0", &[grad("self", "self, dim, correction, keepdim", |b| {
                let spread = b.grad_of(0).map(|grad| var_backward(b, grad)).transpose()?;
                with_mean(b, spread)
            })]),
        ),
        Overload::new(
            "var_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)",
            FUNCTION,
            |a| VAR_MEAN.overloads[1].call(whole(a)?),
            Composite,
        ),
    ];
    /// Standard deviation and mean together.
    STD_MEAN = "std_mean", "torch.std_mean(torch.tensor([1.0, 2.0, 4.0]))", [
        Overload::new(
            "std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)",
            FUNCTION,
            |a| STD_MEAN.overloads[1].call(with_dims(a)?),
            Composite,
        ),
        Overload::new(
            "std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)",
            FUNCTION,
            |a| {
                let (this, dims) = (a.array(0)?, a.optional_ints(1));
                two((
                    named("std_mean", reduce::moments::std(&this, dims, correction(a), a.bool(3)?))?,
                    reduce::sum::mean(&this, dims, a.bool(3)?, None)?,
                ))
            },
            Node("StdMeanBackward0", &[grad("self", "self, dim, correction, keepdim, result0", |b| {
                let spread = b.grad_of(0).map(|grad| std_backward(b, grad, &b.result(0)?)).transpose()?;
                with_mean(b, spread)
            })]),
        ),
        Overload::new(
            "std_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)",
            FUNCTION,
            |a| STD_MEAN.overloads[1].call(whole(a)?),
            Composite,
        ),
    ];
}

fn correction(a: &Args) -> f64 {
    a.optional_scalar(2).map_or(1.0, Scalar::to_f64)
}

fn unbiased(value: bool) -> Arg {
    Arg::Scalar(Scalar::Int(value.into()))
}

/// The arguments of the overload with a correction, from those with `unbiased`.
fn with_dims(a: &Args) -> Result<Args> {
    Ok(Args(smallvec![
        a.get(0).clone(),
        a.get(1).clone(),
        unbiased(a.bool(2)?),
        a.get(3).clone()
    ]))
}

fn whole(a: &Args) -> Result<Args> {
    Ok(Args(smallvec![
        a.get(0).clone(),
        Arg::None,
        unbiased(a.bool(1)?),
        Arg::Bool(false)
    ]))
}

/// The refusal of other dtypes names the function.
fn named<T>(name: &str, result: Result<T>) -> Result<T> {
    result.map_err(|refusal| match refusal.message() {
        "std and var only support floating point and complex dtypes" => crate::array::Error::new(
            refusal.kind(),
            format!("{name} only support floating point and complex dtypes"),
        ),
        _ => refusal,
    })
}

fn var_backward(b: &Backward, grad: &Tensor) -> Result<Tensor> {
    let this = b.tensor(0)?;
    let args = b.args()?;
    let correction = correction(args);
    let (sizes, dims) = (this.sizes(), args.optional_ints(1));
    let Some(dims) = dims.filter(|_| this.dim() > 0) else {
        let freedom = this.numel() as f64 - correction;
        if freedom <= 0.0 {
            let limit = where_(&eq(&this, mean(&this)?)?, f64::NAN, f64::INFINITY)?;
            return mul(grad, limit);
        }
        return mul(mul(grad, 2.0 / freedom)?, sub(&this, mean(&this)?)?);
    };
    let grad = if b.bool(3)? || this.dim() <= 1 {
        grad.clone()
    } else {
        unreduce(grad, sizes.len(), dims, false)?
    };
    let count = reduced_count(&sizes, dims) as f64;
    mul(
        mul(&grad, 2.0 / (count - correction))?,
        sub(&this, mean_dims(&this, dims, true)?)?,
    )
}

fn std_backward(b: &Backward, grad: &Tensor, result: &Tensor) -> Result<Tensor> {
    let grad = masked_fill(&div(grad, mul(result, 2)?)?, &eq(result, 0)?, 0)?;
    var_backward(b, &grad)
}

/// Adds the gradient that comes through the mean, the second result.
fn with_mean(b: &Backward, spread: Option<Tensor>) -> Result<Tensor> {
    let this = b.tensor(0)?;
    let Some(grad) = b.grad_of(1) else {
        return spread.map_or_else(|| zeros_like(&this), Ok);
    };
    let dims = b.args()?.optional_ints(1).unwrap_or_default();
    let level = mean_backward(grad, &this.sizes(), dims, b.bool(3)?)?;
    match spread {
        Some(spread) => add(spread, level),
        None => Ok(level),
    }
}
