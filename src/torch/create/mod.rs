//! Tensors from Python data.

pub mod construct;
pub mod data;
pub mod legacy;
