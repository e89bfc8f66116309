//! Random tensors, drawn as PyTorch's CPU generator draws them.

pub mod distribution;
pub mod factory;
pub mod in_place;
