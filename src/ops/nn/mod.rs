//! What neural networks are made of.

pub mod dropout;
pub mod embedding;
pub mod linear;
pub mod loss;
pub mod nll;
pub mod normalization;

use crate::array::{Result, error};
use crate::autograd::Tensor;
use crate::ops::formula::Args;

/// Calls the first overload of an op of another family by its name.
fn named(name: &str, args: Args) -> Result<Tensor> {
    match crate::ops::find(name).and_then(|op| op.overloads.first()) {
        Some(overload) => overload.call_one(args),
        None => error::not_implemented(format!("gradshell does not support {name} yet")),
    }
}

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
    pub(super) fn apply(self, loss: &Tensor) -> Result<Tensor> {
        match self {
            Reduction::None => Ok(loss.clone()),
            Reduction::Mean => crate::ops::reduction::sum::mean(loss),
            Reduction::Sum => crate::ops::formula::sum(loss),
        }
    }

    /// What the incoming gradient of a reduced loss is multiplied by for each of so many elements.
    pub(super) fn share(self, elements: usize) -> f64 {
        if self == Reduction::Mean {
            1.0 / elements as f64
        } else {
            1.0
        }
    }
}
