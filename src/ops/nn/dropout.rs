//! Dropout: elements or whole features set to zero at random, the others scaled up.

use crate::array::{Array, Result, error, random};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// Ones and zeros, a one with probability 1 - p, divided by that.
fn noise(like: &Tensor, sizes: &[i64], p: f64) -> Result<Tensor> {
    let mask = Array::zeros(sizes, like.dtype())?;
    let generator = crate::ops::generator::default_generator();
    random::bernoulli_(&mask, 1.0 - p, &mut generator.borrow_mut())?;
    div(Tensor::from(mask), 1.0 - p)
}

fn check(p: f64) -> Result<()> {
    if (0.0..=1.0).contains(&p) {
        return Ok(());
    }
    error::runtime(format!("dropout probability has to be between 0 and 1, but got {p}"))
}

/// Dropout of elements, or of features (the first two dimensions).
fn dropped(input: &Tensor, p: f64, train: bool, features: bool) -> Result<Tensor> {
    check(p)?;
    if p == 0.0 || !train || input.numel() == 0 {
        return Ok(input.clone());
    }
    if p == 1.0 {
        return mul(input, &zeros_like(input)?);
    }
    let mut sizes = input.sizes();
    if features {
        sizes.iter_mut().skip(2).for_each(|size| *size = 1);
    }
    mul(input, &noise(input, &sizes, p)?)
}

/// Alpha dropout keeps mean and variance: dropped elements take SELU's negative limit.
fn alpha(input: &Tensor, p: f64, train: bool, features: bool) -> Result<Tensor> {
    check(p)?;
    if p == 0.0 || !train || input.numel() == 0 {
        return Ok(input.clone());
    }
    if p == 1.0 {
        return mul(input, &zeros_like(input)?);
    }
    const ALPHA: f64 = 1.758_099_340_847_376_6;
    let mut sizes = input.sizes();
    if features {
        sizes.iter_mut().skip(2).for_each(|size| *size = 1);
    }
    let mask = Array::zeros(&sizes, input.dtype())?;
    let generator = crate::ops::generator::default_generator();
    random::bernoulli_(&mask, 1.0 - p, &mut generator.borrow_mut())?;
    let mask = Tensor::from(mask);
    let a = 1.0 / ((ALPHA * ALPHA * p + 1.0) * (1.0 - p)).sqrt();
    let shift = add(&mul(&sub(&mask, 1.0)?, ALPHA * a)?, ALPHA * a * p)?;
    add(&mul(input, &mul(&mask, a)?)?, &shift)
}

ops! {
    /// Sets elements to zero with probability p and scales the others by 1 / (1 - p).
    DROPOUT = "dropout", "torch.dropout(torch.ones(2), 0.5, False)", [Overload::new(
        "dropout(Tensor input, float p, bool train) -> Tensor",
        FUNCTION | INPLACE | RANDOM,
        |a| one(dropped(a.tensor(0)?, a.float(1)?, a.bool(2)?, false)?),
        Derivative::Composite,
    )];
    /// Sets whole features to zero with probability p and scales the others by 1 / (1 - p).
    FEATURE_DROPOUT = "feature_dropout", "torch.feature_dropout(torch.ones(1, 2), 0.5, False)", [Overload::new(
        "feature_dropout(Tensor input, float p, bool train) -> Tensor",
        FUNCTION | INPLACE | RANDOM,
        |a| one(dropped(a.tensor(0)?, a.float(1)?, a.bool(2)?, true)?),
        Derivative::Composite,
    )];
    /// Dropout that keeps mean and variance of SELU networks.
    ALPHA_DROPOUT = "alpha_dropout", "torch.alpha_dropout(torch.ones(2), 0.5, False)", [Overload::new(
        "alpha_dropout(Tensor input, float p, bool train) -> Tensor",
        FUNCTION | INPLACE | RANDOM,
        |a| one(alpha(a.tensor(0)?, a.float(1)?, a.bool(2)?, false)?),
        Derivative::Composite,
    )];
    /// Alpha dropout of whole features.
    FEATURE_ALPHA_DROPOUT = "feature_alpha_dropout", "torch.feature_alpha_dropout(torch.ones(1, 2), 0.5, False)", [Overload::new(
        "feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor",
        FUNCTION | INPLACE | RANDOM,
        |a| one(alpha(a.tensor(0)?, a.float(1)?, a.bool(2)?, true)?),
        Derivative::Composite,
    )];
}
