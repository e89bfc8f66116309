//! Tensors from Python data.

pub mod buffer;
pub mod construct;
pub mod data;
pub mod legacy;
