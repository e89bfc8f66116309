//! Covariance and correlation of variables, one a row.

use crate::array::{Dtype, Result, Scalar, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The covariance matrix of the variables in the rows.
    COV = "cov", "torch.cov(torch.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))", [Overload::new(
        "cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor",
        FUNCTION | METHOD,
        |a| one(cov(a.tensor(0)?, a.int(1)?, a.optional_tensor(2), a.optional_tensor(3))?),
        Composite,
    )];
    /// The correlation matrix of the variables in the rows.
    CORRCOEF = "corrcoef", "torch.corrcoef(torch.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))", [Overload::new(
        "corrcoef(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let this = a.tensor(0)?;
            if this.dim() > 2 {
                return error::runtime(format!(
                    "corrcoef(): expected input to have two or fewer dimensions but got an input with {} dimensions",
                    this.dim()
                ));
            }
            let covariance = cov(this, 1, None, None)?;
            if covariance.dim() == 0 {
                return one(div(&covariance, &covariance)?);
            }
            let deviation = sqrt(diagonal(&covariance, 0, 0, 1)?)?;
            let scaled = div(div(&covariance, unsqueeze(&deviation, -1)?)?, unsqueeze(&deviation, 0)?)?;
            if scaled.dtype().is_complex() {
                let part = |part: Tensor| clamp(&part, -1, 1);
                let complex = &crate::ops::pointwise::complex::COMPLEX;
                return one(call1(complex, args![part(real(&scaled)?)?, part(imag(&scaled)?)?])?);
            }
            one(clamp(&scaled, -1, 1)?)
        },
        Composite,
    )];
}

fn cov(this: &Tensor, correction: i64, frequencies: Option<&Tensor>, importances: Option<&Tensor>) -> Result<Tensor> {
    if this.dim() > 2 {
        return error::runtime(format!(
            "cov(): expected input to have two or fewer dimensions but got an input with {} dimensions",
            this.dim()
        ));
    }
    if this.dtype() == Dtype::Bool {
        return error::runtime("cov(): bool dtype is not supported for input");
    }
    let rows = if this.dim() < 2 {
        reshape(this, &[1, -1])?
    } else {
        this.clone()
    };
    let count = rows.sizes().get(1).copied().unwrap_or(0);
    let check = |weights: Option<&Tensor>, name: &str, kind: &str, fits: bool| {
        let Some(weights) = weights else { return Ok(()) };
        if weights.dim() > 1 {
            return error::runtime(format!(
                "cov(): expected {name} to have one or fewer dimensions but got {name} with {} dimensions",
                weights.dim()
            ));
        }
        if !fits {
            return error::runtime(format!(
                "cov(): expected {name} to have {kind} dtype but got {name} with {} dtype",
                weights.dtype().scalar_type()
            ));
        }
        if weights.numel() as i64 != count {
            return error::runtime(format!(
                "cov(): expected {name} to have the same numel as there are observations in the input but got {} != {count}",
                weights.numel()
            ));
        }
        let least = copy::elements(&weights.array())
            .iter()
            .map(|w| w.to_f64())
            .fold(0.0, f64::min);
        if least < 0.0 {
            return error::runtime(format!("cov(): {name} cannot be negative"));
        }
        Ok(())
    };
    check(
        frequencies,
        "fweights",
        "integral",
        frequencies.is_none_or(|w| w.dtype().is_integer()),
    )?;
    check(
        importances,
        "aweights",
        "floating point",
        importances.is_none_or(|w| w.dtype().is_floating_point()),
    )?;
    let weights = match (frequencies, importances) {
        (Some(frequencies), Some(importances)) => Some(mul(frequencies, importances)?),
        (one, other) => one.or(other).cloned(),
    };
    let total = weights.as_ref().map(sum).transpose()?;
    let total_value = match &total {
        Some(total) => copy::item(&total.array())?.to_f64(),
        None => count as f64,
    };
    if weights.is_some() && total_value == 0.0 {
        return error::runtime("cov(): weights sum to zero, can't be normalized");
    }
    let average = match (&weights, &total) {
        (Some(weights), Some(total)) => div(sum_dims(&mul(&rows, weights)?, &[1], false)?, total)?,
        _ => {
            let total = sum_dims(&rows, &[1], false)?;
            div(total, count)?
        }
    };
    let freedom = match (&total, &weights, importances) {
        (Some(total), Some(weights), Some(importances)) if correction != 0 => {
            let spread = mul(sum(&mul(weights, importances)?)?, correction)?;
            sub(total, div(spread, total)?)?
        }
        (Some(total), ..) => sub(total, correction)?,
        _ => copy::full(&[], Scalar::Float(total_value - correction as f64), Dtype::Float64)?.into(),
    };
    let centred = sub(&rows, unsqueeze(&average, 1)?)?;
    let weighted = match &weights {
        Some(weights) => mul(&centred, weights)?,
        None => centred.clone(),
    };
    let products = mm(&centred, &conj(&t(&weighted)?)?)?;
    let left = copy::item(&freedom.array())?.to_f64();
    let freedom = if left > 0.0 {
        freedom
    } else {
        scalar_like(0.0, &freedom)?
    };
    squeeze(&div(products, freedom)?)
}

fn clamp(tensor: &Tensor, min: i64, max: i64) -> Result<Tensor> {
    crate::ops::pointwise::clamp::CLAMP.overloads[1].call_one(args![tensor, min, max])
}
