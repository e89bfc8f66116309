//! The hash of a value without running Python code, and its plain equality: the fast
//! path of dicts and sets.

use super::{Object, string::hash_text};
use crate::python::value::Value;
use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

/// CPython's modulus of numeric hashes, the Mersenne prime 2**61 - 1.
pub const HASH_MODULUS: u64 = (1 << 61) - 1;
const HASH_INFINITY: i64 = 314159;

/// `hash()` of an integer.
#[inline]
pub fn hash_int(number: i64) -> i64 {
    let magnitude = number.unsigned_abs() % HASH_MODULUS;
    let hash = if number < 0 {
        -(magnitude as i64)
    } else {
        magnitude as i64
    };
    if hash == -1 { -2 } else { hash }
}

/// `hash()` of an integer of any size.
pub fn hash_bigint(number: &BigInt) -> i64 {
    let magnitude = (number.magnitude() % HASH_MODULUS).to_i64().unwrap_or(0);
    let hash = if number.sign() == Sign::Minus {
        -magnitude
    } else {
        magnitude
    };
    if hash == -1 { -2 } else { hash }
}

/// `hash()` of a float: equal to the hash of an equal integer or fraction.
pub fn hash_float(number: f64) -> i64 {
    if number.is_nan() {
        return 0;
    }
    if number.is_infinite() {
        return if number > 0.0 { HASH_INFINITY } else { -HASH_INFINITY };
    }
    if number == number.trunc() && number.abs() < 9e18 {
        return hash_int(number as i64);
    }
    // mantissa * 2**exponent modulo the prime, 28 bits at a time
    let bits = number.abs().to_bits();
    let (mut mantissa, mut exponent) = frexp(f64::from_bits(bits));
    let mut hash: u64 = 0;
    while mantissa != 0.0 {
        hash = ((hash << 28) & HASH_MODULUS) | (hash >> 33);
        mantissa *= 268_435_456.0;
        exponent -= 28;
        let digit = mantissa as u64;
        mantissa -= digit as f64;
        hash += digit;
        if hash >= HASH_MODULUS {
            hash -= HASH_MODULUS;
        }
    }
    let turn = if exponent >= 0 {
        exponent % 61
    } else {
        60 - (-1 - exponent) % 61
    } as u64;
    hash = ((hash << turn) & HASH_MODULUS) | (hash >> (61 - turn));
    let signed = if number < 0.0 { -(hash as i64) } else { hash as i64 };
    if signed == -1 { -2 } else { signed }
}

/// `(m, e)` with `number = m * 2**e` and `0.5 <= |m| < 1`.
pub fn frexp(number: f64) -> (f64, i32) {
    if number == 0.0 || !number.is_finite() {
        return (number, 0);
    }
    let bits = number.to_bits();
    let raw = ((bits >> 52) & 0x7ff) as i32;
    if raw == 0 {
        let (mantissa, exponent) = frexp(number * 18_014_398_509_481_984.0);
        return (mantissa, exponent - 54);
    }
    (f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52)), raw - 1022)
}

/// The hash of values whose hash needs no Python code; None for all others.
#[inline]
pub fn plain_hash(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(hash_int(*number)),
        Value::Obj(object) => match &**object {
            Object::Str(text) => Some(text.hash() as i64),
            Object::Big(number) => Some(hash_bigint(number)),
            Object::Bytes(bytes) => Some(hash_text(&String::from_utf8_lossy(bytes)) as i64),
            Object::Complex(re, im) => {
                let hash = hash_float(*re).wrapping_add(hash_float(*im).wrapping_mul(1_000_003));
                Some(if hash == -1 { -2 } else { hash })
            }
            _ => None,
        },
        Value::True => Some(1),
        Value::False => Some(0),
        Value::Float(bits) => Some(if bits.get().is_nan() { 0 } else { hash_float(bits.get()) }),
        Value::None => Some(0x0600_0001),
        Value::Ellipsis => Some(0x0600_0003),
        Value::NotImplemented => Some(0x0600_0005),
        Value::Unset => Some(0),
    }
}

/// Whether two keys are equal, when that needs no Python code; None when it may.
#[inline]
pub fn plain_equal(a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => Some(x == y),
        (Value::Obj(x), Value::Obj(y)) => {
            if std::rc::Rc::ptr_eq(x, y) {
                return Some(true);
            }
            match (&**x, &**y) {
                (Object::Str(x), Object::Str(y)) => Some(x.as_str() == y.as_str()),
                (Object::Bytes(x), Object::Bytes(y)) => Some(x == y),
                (Object::Big(x), Object::Big(y)) => Some(x == y),
                (
                    Object::Str(_) | Object::Bytes(_) | Object::Big(_),
                    Object::Str(_) | Object::Bytes(_) | Object::Big(_),
                ) => Some(false),
                _ if x.identity() == y.identity() => Some(true),
                _ => None,
            }
        }
        (Value::Obj(x), other) | (other, Value::Obj(x)) => match &**x {
            Object::Str(_) | Object::Bytes(_) => Some(false),
            Object::Big(big) => match other {
                Value::Float(bits) => Some(big.to_f64().is_some_and(|n| n == bits.get() && n.is_finite())),
                _ => Some(false),
            },
            Object::Tuple(_) | Object::FrozenSet(_) => Some(false),
            _ => None,
        },
        (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => Some(true),
        (Value::NotImplemented, Value::NotImplemented) => Some(true),
        _ => match (number(a), number(b)) {
            (Some(Number::Int(x)), Some(Number::Int(y))) => Some(x == y),
            (Some(Number::Float(x)), Some(Number::Float(y))) => Some(x == y || (x.is_nan() && a.is(b))),
            (Some(Number::Int(x)), Some(Number::Float(y))) | (Some(Number::Float(y)), Some(Number::Int(x))) => {
                Some(int_equals_float(x, y))
            }
            _ => Some(false),
        },
    }
}

enum Number {
    Int(i64),
    Float(f64),
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Int(number) => Some(Number::Int(*number)),
        Value::True => Some(Number::Int(1)),
        Value::False => Some(Number::Int(0)),
        Value::Float(bits) => Some(Number::Float(bits.get())),
        _ => None,
    }
}

/// Exact comparison: no rounding of the integer.
pub fn int_equals_float(x: i64, y: f64) -> bool {
    y == y.trunc() && (-9.3e18..9.3e18).contains(&y) && y as i128 == x as i128
}
