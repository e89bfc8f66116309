//! Arithmetic of integers of any size.

use super::float::nearest;
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// Bits that an integer may have. CPython would go on until memory ends; a prompt that promises not to
/// bring the machine down answers MemoryError.
pub const MOST_BITS: u64 = 1 << 33;
/// Bits that a power or a product may have: computing them takes time that nothing can interrupt.
pub const MOST_PRODUCT_BITS: u64 = 1 << 27;
/// Operations on fewer bits end before anyone asks them to.
pub const QUICK_BITS: u64 = 1 << 20;

/// `a / b` as a float, correctly rounded; None when too large. `b` is not zero.
pub fn true_divide(a: &BigInt, b: &BigInt) -> Option<f64> {
    const EXACT: i64 = 1 << 53;
    if let (Some(x), Some(y)) = (a.to_i64(), b.to_i64())
        && (-EXACT..=EXACT).contains(&x)
        && (-EXACT..=EXACT).contains(&y)
    {
        return Some(x as f64 / y as f64);
    }
    // 66 bits of quotient are more than rounding needs, the remainder breaks ties
    let shift = 66 + b.bits() as i64 - a.bits() as i64;
    let (numerator, denominator) = if shift >= 0 {
        (a.abs() << shift, b.abs())
    } else {
        (a.abs(), b.abs() << -shift)
    };
    let (quotient, remainder) = numerator.div_rem(&denominator);
    let magnitude = nearest(&quotient, -shift, !remainder.is_zero());
    if magnitude.is_infinite() {
        return None;
    }
    Some(if a.is_negative() == b.is_negative() {
        magnitude
    } else {
        -magnitude
    })
}

/// `base ** exponent`; None when the result would be larger than [`MOST_PRODUCT_BITS`]. `multiply` may give up.
pub fn power<E>(
    base: &BigInt,
    exponent: &BigInt,
    mut multiply: impl FnMut(BigInt, &BigInt) -> Result<BigInt, E>,
) -> Result<Option<BigInt>, E> {
    if exponent.is_zero() || base.is_one() {
        return Ok(Some(BigInt::one()));
    }
    if base.is_zero() {
        return Ok(Some(BigInt::zero()));
    }
    if *base == BigInt::from(-1) {
        return Ok(Some(if exponent.is_even() {
            BigInt::one()
        } else {
            base.clone()
        }));
    }
    let Some(times) = exponent.to_u32() else {
        return Ok(None);
    };
    let bits = (base.bits() - 1).saturating_mul(u64::from(times));
    if bits > MOST_PRODUCT_BITS {
        return Ok(None);
    }
    if bits < QUICK_BITS {
        return Ok(Some(base.pow(times)));
    }
    let mut result = base.clone();
    for bit in (0..times.ilog2()).rev() {
        let again = result.clone();
        result = multiply(result, &again)?;
        if times >> bit & 1 == 1 {
            result = multiply(result, base)?;
        }
    }
    Ok(Some(result))
}

/// Why `pow(base, exponent, modulus)` has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModularFault {
    ZeroModulus,
    NotInvertible,
}

/// `pow(base, exponent, modulus)`: the sign is the modulus's.
pub fn modular_power(base: &BigInt, exponent: &BigInt, modulus: &BigInt) -> Result<BigInt, ModularFault> {
    if modulus.is_zero() {
        return Err(ModularFault::ZeroModulus);
    }
    let size = modulus.abs();
    let mut base = base.mod_floor(&size);
    let mut exponent = exponent.clone();
    if exponent.is_negative() {
        base = inverse(&base, &size).ok_or(ModularFault::NotInvertible)?;
        exponent = -exponent;
    }
    let result = base.modpow(&exponent, &size).mod_floor(&size);
    Ok(if modulus.is_negative() && !result.is_zero() {
        result + modulus
    } else {
        result
    })
}

fn inverse(a: &BigInt, modulus: &BigInt) -> Option<BigInt> {
    if modulus.is_one() {
        return Some(BigInt::zero());
    }
    let gcd = a.extended_gcd(modulus);
    gcd.gcd.is_one().then(|| gcd.x.mod_floor(modulus))
}

/// `round(a, digits)` for negative digits: half to even. None when there would be too many zeros.
pub fn round(a: &BigInt, zeros: &BigInt) -> Option<BigInt> {
    let zeros = zeros.to_u32().filter(|&z| u64::from(z) * 3 < MOST_BITS)?;
    // beyond the length of the number everything rounds to zero
    if f64::from(zeros) > a.bits() as f64 * std::f64::consts::LOG10_2 + 2.0 {
        return Some(BigInt::zero());
    }
    let unit = BigInt::from(10).pow(zeros);
    let (quotient, remainder) = a.div_mod_floor(&unit);
    let up = match (&remainder * 2u32).cmp(&unit) {
        Ordering::Greater => true,
        Ordering::Equal => quotient.is_odd(),
        Ordering::Less => false,
    };
    Some(if up { (quotient + 1) * unit } else { quotient * unit })
}

/// Why an integer has no such bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesFault {
    Negative,
    TooBig,
}

/// `int.to_bytes`
pub fn to_bytes(a: &BigInt, length: usize, little: bool, signed: bool) -> Result<Vec<u8>, BytesFault> {
    if a.is_negative() && !signed {
        return Err(BytesFault::Negative);
    }
    let mut bytes = if signed {
        a.to_signed_bytes_le()
    } else {
        a.magnitude().to_bytes_le()
    };
    let fill = if a.is_negative() { 0xff } else { 0 };
    // zero and sign bytes that carry nothing may go
    while bytes.len() > length && bytes.last() == Some(&fill) {
        let sign_kept = !signed || length == 0 || bytes.get(length - 1).is_some_and(|b| (b & 0x80 != 0) == (fill != 0));
        if bytes.len() == length + 1 && !sign_kept {
            break;
        }
        bytes.pop();
    }
    if bytes.len() > length {
        return Err(BytesFault::TooBig);
    }
    bytes.resize(length, fill);
    if !little {
        bytes.reverse();
    }
    Ok(bytes)
}

/// `int.from_bytes`
pub fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> BigInt {
    match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(bytes),
        (false, true) => BigInt::from_signed_bytes_be(bytes),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
    }
}

/// `math.isqrt` and friends need the bits of a magnitude.
pub fn bit_length(a: &BigInt) -> u64 {
    a.bits()
}

pub fn bit_count(a: &BigInt) -> u64 {
    a.magnitude()
        .iter_u64_digits()
        .map(|digit| u64::from(digit.count_ones()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_and_quotients() {
        let big = |text: &str| text.parse::<BigInt>().unwrap();
        assert_eq!(
            true_divide(&big("10000000000000000000000"), &big("3")),
            Some(3.3333333333333335e21)
        );
        assert_eq!(
            true_divide(&big("-1"), &big("9007199254740993")),
            Some(-1.1102230246251564e-16)
        );
        assert_eq!(modular_power(&big("3"), &big("-1"), &big("7")), Ok(big("5")));
        assert_eq!(
            modular_power(&big("2"), &big("-1"), &big("4")),
            Err(ModularFault::NotInvertible)
        );
        assert_eq!(modular_power(&big("2"), &big("3"), &big("-5")), Ok(big("-2")));
        assert_eq!(round(&big("25"), &big("1")), Some(big("20")));
        assert_eq!(round(&big("-15"), &big("1")), Some(big("-20")));
        let multiply = |a: BigInt, b: &BigInt| Ok::<_, ()>(a * b);
        assert_eq!(power(&big("10"), &big("10000000000"), multiply), Ok(None));
        let large = power(&big("3"), &big("1000001"), multiply).unwrap().unwrap();
        assert_eq!(large, BigInt::from(3).pow(1000001));
    }

    #[test]
    fn bytes() {
        let int = |i: i64| BigInt::from(i);
        assert_eq!(to_bytes(&int(1024), 2, false, false), Ok(vec![4, 0]));
        assert_eq!(to_bytes(&int(255), 1, true, true), Err(BytesFault::TooBig));
        assert_eq!(to_bytes(&int(-128), 1, true, true), Ok(vec![0x80]));
        assert_eq!(to_bytes(&int(-1), 3, true, true), Ok(vec![255; 3]));
        assert_eq!(to_bytes(&int(0), 0, true, false), Ok(vec![]));
        assert_eq!(to_bytes(&int(-1), 1, true, false), Err(BytesFault::Negative));
        assert_eq!(from_bytes(&[0xff, 0xfe], false, true), int(-2));
    }
}
