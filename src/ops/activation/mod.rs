//! Activation functions, and their gradients as ops of their own so that they differentiate twice.

pub mod piecewise;
pub mod smooth;
pub mod softmax;

use super::Op;

pub(super) static FAMILIES: &[&[&Op]] = &[piecewise::OPS, smooth::OPS, softmax::OPS];
