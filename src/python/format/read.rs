//! Numbers read from text: the arguments of `int`, `float` and `complex`.

use super::unicode::{decimal, is_space};
use num_bigint::BigInt;
use num_traits::{Num, ToPrimitive};

/// An integer read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadInt {
    Small(i64),
    Big(BigInt),
    /// Not a literal in this base.
    Invalid,
    /// Too many digits; how many there are.
    TooLong(usize),
}

/// Blanks around removed, digits of any script made ASCII.
fn ascii_number(text: &str) -> String {
    let trimmed = text.trim_matches(is_space);
    if trimmed.is_ascii() {
        return trimmed.to_string();
    }
    trimmed
        .chars()
        .map(|c| decimal(c).and_then(|d| char::from_digit(d, 10)).unwrap_or(c))
        .collect()
}

/// Digits with single underscores between them removed; None when one stands elsewhere.
fn without_underscores(text: &str) -> Option<String> {
    if !text.contains('_') {
        return Some(text.to_string());
    }
    if text.starts_with('_') || text.ends_with('_') || text.contains("__") {
        return None;
    }
    Some(text.replace('_', ""))
}

/// `int(text, base)`; `base` is 0 or 2 to 36. `max_digits` 0 is no limit.
pub fn int(text: &str, base: u32, max_digits: usize) -> ReadInt {
    let text = ascii_number(text);
    let (negative, body) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, &text[..]),
    };
    let letter = body
        .strip_prefix('0')
        .and_then(|rest| rest.chars().next())
        .map(|c| c.to_ascii_lowercase());
    let prefix_base = match letter {
        Some('x') => 16,
        Some('o') => 8,
        Some('b') => 2,
        _ => 0,
    };
    let has_prefix = prefix_base != 0 && (base == 0 || base == prefix_base);
    let radix = match base {
        0 if has_prefix => prefix_base,
        0 => 10,
        given => given,
    };
    let digits = if has_prefix { body.get(2..).unwrap_or("") } else { body };
    let digits = if has_prefix {
        digits.strip_prefix('_').unwrap_or(digits)
    } else {
        digits
    };
    let Some(digits) = without_underscores(digits) else {
        return ReadInt::Invalid;
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return ReadInt::Invalid;
    }
    if base == 0 && !has_prefix && digits.starts_with('0') && digits.bytes().any(|b| b != b'0') {
        return ReadInt::Invalid;
    }
    if max_digits > 0 && digits.len() > max_digits && !radix.is_power_of_two() {
        return ReadInt::TooLong(digits.len());
    }
    if let Ok(small) = i64::from_str_radix(&digits, radix) {
        return ReadInt::Small(if negative { -small } else { small });
    }
    match BigInt::from_str_radix(&digits, radix) {
        Ok(big) => {
            let big = if negative { -big } else { big };
            big.to_i64().map_or(ReadInt::Big(big), ReadInt::Small)
        }
        Err(_) => ReadInt::Invalid,
    }
}

/// A decimal number or `inf`, `infinity`, `nan` without sign and blanks.
fn unsigned_float(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => return Some(f64::INFINITY),
        "nan" => return Some(f64::NAN),
        _ => {}
    }
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let points = mantissa.bytes().filter(|&b| b == b'.').count();
    if digits == 0 || points > 1 || digits + points != mantissa.len() {
        return None;
    }
    if let Some(exponent) = exponent {
        let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if bare.is_empty() || !bare.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
    }
    text.parse().ok()
}

/// Underscores may stand between digits only.
fn float_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let misplaced =
        (0..bytes.len()).any(|i| bytes[i] == b'_' && !(is_digit(i.checked_sub(1)) && is_digit(Some(i + 1))));
    if misplaced { None } else { Some(text.replace('_', "")) }
}

/// `float(text)`; None when it is not a number.
pub fn float(text: &str) -> Option<f64> {
    let text = float_underscores(&ascii_number(text))?;
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, &text[..]),
    };
    let value = unsigned_float(body)?;
    Some(if negative { -value } else { value })
}

/// Length of the longest float at the start, sign included; 0 if there is none.
fn float_prefix(text: &str) -> usize {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let lower = text[sign..].to_ascii_lowercase();
    for word in ["infinity", "inf", "nan"] {
        if lower.starts_with(word) {
            return sign + word.len();
        }
    }
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let whole = digits(sign);
    let mut end = whole;
    let mut count = whole - sign;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        count += fraction - end - 1;
        end = fraction;
    }
    if count == 0 {
        return 0;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let start = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let stop = digits(start);
        if stop > start {
            end = stop;
        }
    }
    end
}

/// `complex(text)`: real and imaginary part; None when it is malformed.
pub fn complex(text: &str) -> Option<(f64, f64)> {
    let text = float_underscores(&ascii_number(text))?;
    let mut body = text.as_str();
    if let Some(inner) = body.strip_prefix('(') {
        body = inner.strip_suffix(')')?.trim_matches(is_space);
    }
    let is_j = |text: &str| matches!(text, "j" | "J");
    // a lone sign before j stands for one
    let unit = |text: &str| match text {
        "" | "+" => Some(1.0),
        "-" => Some(-1.0),
        number => (float_prefix(number) == number.len()).then(|| float(number)).flatten(),
    };
    let first = float_prefix(body);
    if first == 0 {
        let sign = body.trim_end_matches(['j', 'J']);
        return (is_j(&body[sign.len()..]))
            .then(|| unit(sign))
            .flatten()
            .map(|imag| (0.0, imag));
    }
    let (number, rest) = body.split_at(first);
    let value = float(number)?;
    if rest.is_empty() {
        return Some((value, 0.0));
    }
    if is_j(rest) {
        return Some((0.0, value));
    }
    if !rest.starts_with(['+', '-']) {
        return None;
    }
    let imag = rest.strip_suffix(['j', 'J'])?;
    unit(imag).map(|imag| (value, imag))
}

/// What `float.fromhex` refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexFault {
    Invalid,
    TooLarge,
}

/// `float.fromhex(text)`, correctly rounded half to even.
pub fn float_hex(text: &str) -> Result<f64, HexFault> {
    let text = text.trim_matches(is_space);
    let (negative, body) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = body.to_ascii_lowercase();
    let signed = |x: f64| if negative { -x } else { x };
    match lower.as_str() {
        "inf" | "infinity" => return Ok(signed(f64::INFINITY)),
        "nan" => return Ok(signed(f64::NAN)),
        _ => {}
    }
    let body = lower.strip_prefix("0x").unwrap_or(&lower);
    let (mantissa, exponent) = match body.split_once('p') {
        Some((mantissa, exponent)) => {
            let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if bare.is_empty() || !bare.bytes().all(|b| b.is_ascii_digit()) {
                return Err(HexFault::Invalid);
            }
            // an exponent beyond i64 is out of every range
            let value = bare.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
            (mantissa, if exponent.starts_with('-') { -value } else { value })
        }
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = [whole, fraction].concat();
    let Ok(value) = BigInt::from_str_radix(if digits.is_empty() { "!" } else { &digits }, 16) else {
        return Err(HexFault::Invalid);
    };
    if digits.starts_with(['+', '-']) {
        return Err(HexFault::Invalid);
    }
    let bits = value.bits() as i64;
    if bits == 0 {
        return Ok(signed(0.0));
    }
    let exponent = exponent - 4 * fraction.len() as i64;
    let top = exponent.saturating_add(bits);
    if top > 1024 {
        return Err(HexFault::TooLarge);
    }
    if top < -1080 {
        return Ok(signed(0.0));
    }
    // keep 53 bits, fewer among the subnormals, and round the rest half to even
    let kept = if top >= -1021 { 53 } else { top + 1074 };
    let dropped = (bits - kept).max(0);
    let mut mantissa = (&value >> dropped).to_u64().unwrap_or(0);
    if dropped > 0 {
        let rest = &value - (BigInt::from(mantissa) << dropped);
        let half = BigInt::from(1) << (dropped - 1);
        if rest > half || (rest == half && mantissa & 1 == 1) {
            mantissa += 1;
        }
    }
    let scale = exponent + dropped;
    let result = scaled(mantissa as f64, scale);
    if result.is_infinite() {
        Err(HexFault::TooLarge)
    } else {
        Ok(signed(result))
    }
}

/// `x * 2^exponent`, in steps that neither overflow nor round twice.
fn scaled(mut x: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 {
        x *= 2f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 {
        x *= 2f64.powi(-1000);
        exponent += 1000;
    }
    x * 2f64.powi(exponent as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(int("  12 ", 10, 4300), ReadInt::Small(12));
        assert_eq!(int("-1_000", 10, 4300), ReadInt::Small(-1000));
        assert_eq!(int("0x_1f", 0, 4300), ReadInt::Small(31));
        assert_eq!(int("0x1f", 16, 4300), ReadInt::Small(31));
        assert_eq!(int("0_0", 0, 4300), ReadInt::Small(0));
        assert_eq!(int("٣", 10, 4300), ReadInt::Small(3));
        assert_eq!(int("-9223372036854775808", 10, 4300), ReadInt::Small(i64::MIN));
        for bad in ["", "1__0", "_1", "1_", "+-1", "1e5", "0x1", "é"] {
            assert_eq!(int(bad, 10, 4300), ReadInt::Invalid, "{bad}");
        }
        assert_eq!(int("012", 0, 4300), ReadInt::Invalid);
        assert_eq!(int(&"1".repeat(5000), 10, 4300), ReadInt::TooLong(5000));
    }

    #[test]
    fn floats() {
        assert_eq!(float(" 1_0.5\n"), Some(10.5));
        assert_eq!(float("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!(float(".5"), Some(0.5));
        assert_eq!(float("5."), Some(5.0));
        assert_eq!(float("1e400"), Some(f64::INFINITY));
        for bad in ["", ".", "1e", "1__0", "0x1", "1 2", "e5", "1_e5", "abc"] {
            assert_eq!(float(bad), None, "{bad}");
        }
    }

    #[test]
    fn complexes() {
        assert_eq!(complex(" 1+2j "), Some((1.0, 2.0)));
        assert_eq!(complex("(1-2.5e3J)"), Some((1.0, -2500.0)));
        assert_eq!(complex("j"), Some((0.0, 1.0)));
        assert_eq!(complex("-j"), Some((0.0, -1.0)));
        assert_eq!(complex("3-j"), Some((3.0, -1.0)));
        for bad in ["", "1 + 2j", "abc", "1+2", "1+2j3", "jj"] {
            assert_eq!(complex(bad), None, "{bad}");
        }
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(float_hex("0x1.8p+1"), Ok(3.0));
        assert_eq!(float_hex("-0x1.999999999999ap-4"), Ok(-0.1));
        assert_eq!(float_hex("ff"), Ok(255.0));
        assert_eq!(float_hex("0x1p-1074"), Ok(5e-324));
        assert_eq!(float_hex("0x1p1024"), Err(HexFault::TooLarge));
        assert_eq!(float_hex("0x1.q"), Err(HexFault::Invalid));
    }
}
