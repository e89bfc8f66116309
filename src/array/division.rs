//! Division with rounding, and what it leaves.

use super::array::Array;
use super::binary::{Arithmetic, loops, promoted};
use super::dtype::Dtype;
use super::error::{ErrorKind, Result};
use super::promote::Operand;

/// Raises ZeroDivisionError as PyTorch's integer kernels do.
fn check_divisor(dtype: Dtype, b: Operand) -> Result<()> {
    if !dtype.is_integral() {
        return Ok(());
    }
    let zero = match b {
        Operand::Number(number) => number.is_zero(),
        Operand::Array(array) => super::copy::lanes::<i64>(array)?.contains(&0),
    };
    if zero {
        return Err(super::error::Error::new(ErrorKind::RuntimeError, "ZeroDivisionError"));
    }
    Ok(())
}

macro_rules! float_floor_divide {
    ($t:ty) => {
        |a: $t, b: $t| {
            // As Python's float floor division: consistent with the remainder.
            if b == 0.0 {
                return a / b;
            }
            let rest = a % b;
            let mut quotient = (a - rest) / b;
            if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
                quotient -= 1.0;
            }
            if quotient == 0.0 {
                return (0.0 as $t).copysign(a / b);
            }
            let floored = quotient.floor();
            if quotient - floored > 0.5 {
                floored + 1.0
            } else {
                floored
            }
        }
    };
}

const FLOOR_DIVIDE: Arithmetic = Arithmetic {
    name: "div_floor_cpu",
    bool: false,
    integer: Some(loops!(|x: i64, y: i64| {
        let quotient = x.wrapping_div(if y == 0 { 1 } else { y });
        if x.wrapping_rem(if y == 0 { 1 } else { y }) != 0 && (x < 0) != (y < 0) {
            quotient - 1
        } else {
            quotient
        }
    })),
    float32: loops!(float_floor_divide!(f32)),
    float64: loops!(float_floor_divide!(f64)),
    complex64: None,
    complex128: None,
};

/// The quotient rounded down; integers stay integers.
pub fn floor_divide<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_divisor(promoted(a, b), b)?;
    FLOOR_DIVIDE.apply(a, b)
}

const TRUNC_DIVIDE: Arithmetic = Arithmetic {
    name: "div_trunc_cpu",
    bool: false,
    integer: Some(loops!(|x: i64, y: i64| x.wrapping_div(if y == 0 { 1 } else { y }))),
    float32: loops!(|x: f32, y: f32| (x / y).trunc()),
    float64: loops!(|x: f64, y: f64| (x / y).trunc()),
    complex64: None,
    complex128: None,
};

/// The quotient rounded toward zero; integers stay integers.
pub fn trunc_divide<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_divisor(promoted(a, b), b)?;
    TRUNC_DIVIDE.apply(a, b)
}

macro_rules! float_remainder {
    ($t:ty) => {
        |a: $t, b: $t| {
            let rest = a % b;
            if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
                rest + b
            } else {
                rest
            }
        }
    };
}

const REMAINDER: Arithmetic = Arithmetic {
    name: "remainder_cpu",
    bool: false,
    integer: Some(loops!(|x: i64, y: i64| {
        let rest = x.wrapping_rem(if y == 0 { 1 } else { y });
        if rest != 0 && (rest < 0) != (y < 0) {
            rest + y
        } else {
            rest
        }
    })),
    float32: loops!(float_remainder!(f32)),
    float64: loops!(float_remainder!(f64)),
    complex64: None,
    complex128: None,
};

/// Python's modulus: the sign is the divisor's.
pub fn remainder<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_divisor(promoted(a, b), b)?;
    REMAINDER.apply(a, b)
}

const FMOD: Arithmetic = Arithmetic {
    name: "fmod_cpu",
    bool: false,
    integer: Some(loops!(|x: i64, y: i64| x.wrapping_rem(if y == 0 { 1 } else { y }))),
    float32: loops!(|x: f32, y: f32| x % y),
    float64: loops!(|x: f64, y: f64| x % y),
    complex64: None,
    complex128: None,
};

/// C's modulus: the sign is the dividend's.
pub fn fmod<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_divisor(promoted(a, b), b)?;
    FMOD.apply(a, b)
}
