//! Integers of any size as text.

use super::{FormatError, Result};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

/// A borrowed integer.
#[derive(Clone, Copy, Debug)]
pub enum Int<'a> {
    Small(i64),
    Big(&'a BigInt),
}

/// Digits that an integer may have in conversions between decimal text and integer; 0 is no limit.
/// (`sys.set_int_max_str_digits`: conversion takes quadratic time in CPython.)
pub const DEFAULT_MAX_DIGITS: usize = 4300;

impl Int<'_> {
    pub fn is_negative(self) -> bool {
        match self {
            Int::Small(i) => i < 0,
            Int::Big(b) => b.is_negative(),
        }
    }

    /// Digits of the magnitude in base 2, 8 or 16.
    pub fn magnitude_in(self, base: u32) -> String {
        match self {
            Int::Small(i) => {
                let magnitude = i.unsigned_abs();
                match base {
                    2 => format!("{magnitude:b}"),
                    8 => format!("{magnitude:o}"),
                    16 => format!("{magnitude:x}"),
                    _ => magnitude.to_string(),
                }
            }
            Int::Big(b) => b.magnitude().to_str_radix(base),
        }
    }

    /// Decimal digits of the magnitude, within the session's limit of digits.
    pub fn magnitude(self, max_digits: usize) -> Result<String> {
        let digits = match self {
            Int::Small(i) => return Ok(i.unsigned_abs().to_string()),
            Int::Big(b) => {
                // at least this many digits: refuse before the long conversion
                let least = (b.bits().saturating_sub(1) as f64 * std::f64::consts::LOG10_2) as usize;
                if max_digits > 0 && least > max_digits {
                    String::new()
                } else {
                    b.magnitude().to_string()
                }
            }
        };
        if max_digits > 0 && (digits.is_empty() || digits.len() > max_digits) {
            return Err(too_long_to_write(max_digits));
        }
        Ok(digits)
    }

    /// `repr(int)`.
    pub fn repr(self, max_digits: usize) -> Result<String> {
        match self {
            Int::Small(i) => Ok(i.to_string()),
            Int::Big(b) => {
                let digits = self.magnitude(max_digits)?;
                Ok(if b.is_negative() { format!("-{digits}") } else { digits })
            }
        }
    }

    /// `bin`, `oct`, `hex`: with prefix.
    pub fn prefixed(self, base: u32) -> String {
        let sign = if self.is_negative() { "-" } else { "" };
        format!("{sign}0{}{}", prefix_letter(base), self.magnitude_in(base))
    }

    /// Rounded half to even; None beyond the floats.
    pub fn to_f64(self) -> Option<f64> {
        match self {
            Int::Small(i) => Some(i as f64),
            Int::Big(b) => b.to_f64().filter(|x| x.is_finite()),
        }
    }

    pub fn to_i64(self) -> Option<i64> {
        match self {
            Int::Small(i) => Some(i),
            Int::Big(b) => b.to_i64(),
        }
    }
}

/// `b`, `o`, `x` of `0b`, `0o`, `0x`.
pub fn prefix_letter(base: u32) -> char {
    match base {
        2 => 'b',
        8 => 'o',
        _ => 'x',
    }
}

fn too_long_to_write(limit: usize) -> FormatError {
    FormatError::value(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion; \
         use sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// The error for a float or an integer that has no float.
pub fn too_large_for_float() -> FormatError {
    FormatError::kind(super::ErrorKind::Overflow, "int too large to convert to float")
}
