//! The few differentiable operations that the engine itself needs. The floor of ops
//! installs them: autograd must not know the op table.

use super::{NodeRef, Tensor};
use crate::array::{Dtype, Result, error};
use std::sync::OnceLock;

/// Every function records a node like the op of its name when grad mode is on.
pub struct Arithmetic {
    pub add: fn(&Tensor, &Tensor) -> Result<Tensor>,
    /// `a += b` under no_grad, into `a`'s own memory.
    pub add_in_place: fn(&Tensor, &Tensor) -> Result<()>,
    pub clone: fn(&Tensor) -> Result<Tensor>,
    /// A fresh tensor into which the argument is copied: how a leaf's gradient is kept.
    pub copy: fn(&Tensor) -> Result<Tensor>,
    pub detach: fn(&Tensor) -> Result<Tensor>,
    pub sum_to: fn(&Tensor, &[i64]) -> Result<Tensor>,
    pub to_dtype: fn(&Tensor, Dtype) -> Result<Tensor>,
    pub real: fn(&Tensor) -> Result<Tensor>,
    pub zeros: fn(&[i64], Dtype) -> Result<Tensor>,
    pub ones_like: fn(&Tensor) -> Result<Tensor>,
    /// True if an element is NaN: anomaly mode's check.
    pub has_nan: fn(&Tensor) -> Result<bool>,
    /// The node of a view seen from its base anew, after the base was written in place.
    pub as_strided_node: fn(&Tensor, &Tensor) -> Option<NodeRef>,
}

static TABLE: OnceLock<&'static Arithmetic> = OnceLock::new();

/// Called once by the floor of ops; later calls change nothing.
pub fn install(table: &'static Arithmetic) {
    let _ = TABLE.set(table);
}

pub fn table() -> Result<&'static Arithmetic> {
    match TABLE.get() {
        Some(table) => Ok(table),
        None => error::runtime("autograd has no operations installed"),
    }
}
