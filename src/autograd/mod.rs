//! Tensors that remember how they were made: graph nodes, engine, modes, hooks, versions.
//! Knows no Python: hooks and custom functions reach it as trait objects.

pub mod accumulate;
pub mod arithmetic;
pub mod engine;
pub mod hook;
pub mod modes;
pub mod node;
pub mod saved;
pub mod tensor;
pub mod view;

pub use node::{Edge, Function, Node, NodeRef};
pub use saved::SavedTensor;
pub use tensor::Tensor;
