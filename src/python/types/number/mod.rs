//! Arithmetic of numbers without values: what operators, `round`, `pow` and conversions compute.

pub mod complex;
pub mod float;
pub mod integer;
pub mod special;
