//! Losses.

pub mod class;
pub mod entropy;
pub mod margin;
pub mod pair;
pub mod pointwise;
pub mod sequence;

use crate::array::nn::class::Total;
use crate::array::reduce::sum as kernel;
use crate::array::{Array, Result};
use crate::autograd::Tensor;
use crate::ops::formula::{div, mul, sum};
use crate::ops::{Outs, one};

/// PyTorch's numbers of the ways to reduce a loss.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reduction {
    None,
    Mean,
    Sum,
}

impl Reduction {
    pub(super) fn of(number: i64) -> Reduction {
        match number {
            0 => Reduction::None,
            1 => Reduction::Mean,
            _ => Reduction::Sum,
        }
    }

    /// A loss of every element, reduced.
    pub(super) fn apply(self, loss: Tensor) -> Result<Tensor> {
        match self {
            Reduction::None => Ok(loss),
            Reduction::Mean => crate::ops::reduction::sum::mean(&loss),
            Reduction::Sum => sum(&loss),
        }
    }

    /// As `apply`, inside a forward function.
    pub(super) fn finish(self, loss: Array) -> Result<Outs> {
        match self {
            Reduction::None => one(loss),
            Reduction::Mean => one(kernel::mean(&loss, None, false, None)?),
            Reduction::Sum => one(kernel::sum(&loss, None, false, Some(loss.dtype()))?),
        }
    }

    /// What the incoming gradient of a reduced loss is multiplied by for each of so many elements.
    pub(super) fn share(self, elements: usize) -> f64 {
        match self {
            Reduction::Mean => 1.0 / elements as f64,
            _ => 1.0,
        }
    }

    /// As kernels name it.
    pub(super) fn total(self) -> Total {
        match self {
            Reduction::None => Total::Each,
            Reduction::Mean => Total::Mean,
            Reduction::Sum => Total::Sum,
        }
    }

    /// A gradient of every element, divided by their number where the loss was a mean.
    pub(super) fn spread(self, grad: Tensor) -> Result<Tensor> {
        match self {
            Reduction::Mean => div(&grad, grad.numel() as i64),
            _ => Ok(grad),
        }
    }
}

/// The value times a weight, if there is one.
fn weighted(value: Tensor, weight: Option<&Tensor>) -> Result<Tensor> {
    match weight {
        Some(weight) => mul(&value, weight),
        None => Ok(value),
    }
}

/// A result that an output of this dtype cannot hold.
fn cannot_hold<T>(from: crate::array::Dtype, to: crate::array::Dtype) -> Result<T> {
    crate::array::error::runtime(format!(
        "result type {} can't be cast to the desired output type {}",
        from.scalar_type(),
        to.scalar_type()
    ))
}

/// A number less a tensor, in the tensor's dtype.
fn less(number: f64, tensor: &Tensor) -> Result<Tensor> {
    let number = crate::array::copy::full(&tensor.sizes(), number.into(), tensor.dtype())?;
    crate::ops::formula::sub(Tensor::from(number), tensor)
}
