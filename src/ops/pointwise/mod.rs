//! Element by element.

pub mod arithmetic;
pub mod bessel;
pub mod clamp;
pub mod complex;
pub mod exponential;
pub mod logical;
pub mod polynomial;
pub mod power;
pub mod rounding;
pub mod sign;
pub mod special;
pub mod trigonometric;

use super::Op;

pub(super) static FAMILIES: &[&[&Op]] = &[
    arithmetic::OPS,
    bessel::OPS,
    clamp::OPS,
    complex::OPS,
    exponential::OPS,
    logical::OPS,
    polynomial::OPS,
    power::OPS,
    rounding::OPS,
    sign::OPS,
    special::OPS,
    trigonometric::OPS,
];
