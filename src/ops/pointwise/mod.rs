//! Element by element.

pub mod arithmetic;
pub mod unary;
