//! `torch.autograd` as Python sees it.

pub mod anomaly;
pub mod backward;
pub mod custom;
pub mod forward;
pub mod hook;
pub mod node;
pub mod saved;
