//! Arithmetic of floats.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, ToPrimitive};
use std::cmp::Ordering;

/// Why a power of floats has no float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerFault {
    /// Zero to a negative power.
    ZeroToNegative,
    /// A negative number to a broken power: the answer is complex.
    Complex,
    Overflow,
}

/// Quotient rounded down and remainder with the sign of the divisor. The divisor is not zero.
pub fn divmod(x: f64, y: f64) -> (f64, f64) {
    let mut remainder = x % y;
    let mut quotient = (x - remainder) / y;
    if remainder != 0.0 {
        if (y < 0.0) != (remainder < 0.0) {
            remainder += y;
            quotient -= 1.0;
        }
    } else {
        remainder = 0f64.copysign(y);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(x / y)
    };
    (floor, remainder)
}

/// `x ** y`
pub fn power(x: f64, y: f64) -> Result<f64, PowerFault> {
    if y == 0.0 || x == 1.0 {
        return Ok(1.0);
    }
    if x.is_nan() || y.is_nan() {
        return Ok(x + y);
    }
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(PowerFault::ZeroToNegative);
    }
    if x == 0.0 && y == f64::NEG_INFINITY {
        return Ok(f64::INFINITY);
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y != y.floor() {
        return Err(PowerFault::Complex);
    }
    let result = x.powf(y);
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(PowerFault::Overflow);
    }
    Ok(result)
}

/// `round(x, digits)`: correctly rounded, half to even on the exact value. None when the result is no float.
pub fn round(x: f64, digits: i64) -> Option<f64> {
    if !x.is_finite() || x == 0.0 || digits > 323 {
        return Some(x);
    }
    if digits < -308 {
        return Some(0f64.copysign(x));
    }
    if digits >= 0 {
        return format!("{x:.*}", digits as usize).parse().ok();
    }
    let unit = BigInt::from(10).pow((-digits) as u32);
    let whole = BigInt::from_f64(x.abs().trunc())?;
    let (quotient, remainder) = whole.div_rem(&unit);
    let up = match (&remainder * 2u32).cmp(&unit) {
        Ordering::Greater => true,
        Ordering::Equal => x.fract() != 0.0 || quotient.is_odd(),
        Ordering::Less => false,
    };
    let rounded = (quotient + BigInt::from(u8::from(up))) * unit;
    rounded.to_f64().filter(|r| r.is_finite()).map(|r| r.copysign(x))
}

/// The integer part of a finite float, exactly.
pub fn to_integer(x: f64) -> Option<BigInt> {
    BigInt::from_f64(x.trunc())
}

/// Numerator and denominator in lowest terms.
pub fn as_integer_ratio(x: f64) -> Option<(BigInt, BigInt)> {
    if !x.is_finite() {
        return None;
    }
    let mut mantissa = x;
    let mut exponent = 0i32;
    // 1,100 doublings bring every fraction, subnormals too, to an integer
    while mantissa != mantissa.floor() && exponent < 1100 {
        mantissa *= 2.0;
        exponent += 1;
    }
    Some((BigInt::from_f64(mantissa)?, BigInt::from(1) << exponent))
}

/// Compares an integer of any size with a float; None for NaN.
pub fn compare_with_integer(integer: &BigInt, x: f64) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = BigInt::from_f64(x.trunc())?;
    Some(
        integer
            .cmp(&whole)
            .then_with(|| 0f64.partial_cmp(&x.fract()).unwrap_or(Ordering::Equal)),
    )
}

/// The float nearest to `mantissa * 2^exponent`, half to even; `sticky` says that the exact value is a
/// little larger than the mantissa. Infinite when too large.
pub fn nearest(mantissa: &BigInt, exponent: i64, sticky: bool) -> f64 {
    let bits = mantissa.bits() as i64;
    if bits == 0 {
        return 0.0;
    }
    let top = exponent.saturating_add(bits);
    if top > 1024 {
        return f64::INFINITY;
    }
    if top < -1080 {
        return 0.0;
    }
    let kept = if top >= -1021 { 53 } else { top + 1074 };
    let dropped = (bits - kept).max(0);
    let mut head = (mantissa >> dropped).to_u64().unwrap_or(0);
    if dropped > 0 {
        let rest = mantissa - (BigInt::from(head) << dropped);
        let half = BigInt::from(1) << (dropped - 1);
        if rest > half || (rest == half && (sticky || head & 1 == 1)) {
            head += 1;
        }
    }
    scaled(head as f64, exponent + dropped)
}

/// `x * 2^exponent` in steps; exact as long as the result is a float.
pub fn scaled(mut x: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 && x.is_finite() {
        x *= 2f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 && x != 0.0 {
        x *= 2f64.powi(-1000);
        exponent += 1000;
    }
    x * 2f64.powi(exponent.clamp(-1000, 1000) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_and_rounding() {
        assert_eq!(divmod(-7.0, 2.0), (-4.0, 1.0));
        assert_eq!(divmod(7.5, -2.0), (-4.0, -0.5));
        assert_eq!(round(2.675, 2), Some(2.67));
        assert_eq!(round(0.5, 0), Some(0.0));
        assert_eq!(round(1234.5, -2), Some(1200.0));
        assert_eq!(round(25.0, -1), Some(20.0));
        assert_eq!(round(25.1, -1), Some(30.0));
        assert_eq!(round(1.7e308, -308), None);
        assert_eq!(power(-8.0, 1.0 / 3.0), Err(PowerFault::Complex));
        assert_eq!(power(0.0, -1.0), Err(PowerFault::ZeroToNegative));
        assert_eq!(as_integer_ratio(0.75), Some((BigInt::from(3), BigInt::from(4))));
        assert_eq!(nearest(&BigInt::from(3), -1075, false), 1e-323);
    }
}
