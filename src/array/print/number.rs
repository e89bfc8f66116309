//! Numbers as Python's `format` writes them.

use std::fmt::Write;

const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/// `format(x, '.{precision}f')`.
pub fn fixed(out: &mut String, x: f64, precision: usize) {
    if !x.is_finite() {
        return special(out, x);
    }
    // Scaled to an integer where the product's error cannot change the rounding: clear of a tie.
    let magnitude = x.abs();
    if precision < POWERS.len() && magnitude < 1e9 {
        let scaled = magnitude * POWERS[precision];
        let floor = scaled.floor();
        let rest = scaled - floor;
        if scaled < 1e15 && (rest - 0.5).abs() > 1e-3 * (1.0 + scaled * 1e-12) {
            let rounded = floor as u64 + (rest > 0.5) as u64;
            if x.is_sign_negative() {
                out.push('-');
            }
            return digits(out, rounded, precision);
        }
    }
    // Writing to a String cannot fail.
    let _ = write!(out, "{x:.precision$}");
}

/// An integer with a point before its last `precision` digits.
fn digits(out: &mut String, mut value: u64, precision: usize) {
    let mut buffer = [b'0'; 24];
    let mut at = buffer.len();
    let mut count = 0;
    while value > 0 || count <= precision {
        if count == precision && precision > 0 {
            at -= 1;
            buffer[at] = b'.';
        }
        at -= 1;
        buffer[at] = b'0' + (value % 10) as u8;
        value /= 10;
        count += 1;
    }
    out.push_str(std::str::from_utf8(&buffer[at..]).unwrap_or_default());
}

/// `format(x, '.{precision}e')`: the exponent has a sign and at least two digits.
pub fn scientific(out: &mut String, x: f64, precision: usize) {
    if !x.is_finite() {
        return special(out, x);
    }
    let start = out.len();
    let _ = write!(out, "{x:.precision$e}");
    let Some(at) = out[start..].find('e').map(|at| start + at) else {
        return;
    };
    let exponent: i32 = out[at + 1..].parse().unwrap_or(0);
    out.truncate(at + 1);
    out.push(if exponent < 0 { '-' } else { '+' });
    let _ = write!(out, "{:02}", exponent.abs());
}

fn special(out: &mut String, x: f64) {
    out.push_str(if x.is_nan() {
        "nan"
    } else if x > 0.0 {
        "inf"
    } else {
        "-inf"
    });
}

pub fn integer(out: &mut String, x: i64) {
    let _ = write!(out, "{x}");
}

/// Characters of an integer.
pub fn integer_width(x: i64) -> usize {
    let digits = x.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    digits + (x < 0) as usize
}

/// `repr(x)` of a float: the shortest digits that read back, scientific below 1e-4 and from 1e16 on.
pub fn python_float(x: f64) -> String {
    let mut out = String::new();
    if !x.is_finite() {
        special(&mut out, x);
        return out;
    }
    // The shortest form tells how many digits are needed; among those, the exact conversion rounds ties to even.
    let shortest = format!("{x:e}");
    let count = shortest
        .bytes()
        .take_while(|&b| b != b'e')
        .filter(u8::is_ascii_digit)
        .count();
    let text = format!("{x:.*e}", count - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    if x != 0.0 && !(-4..16).contains(&exponent) {
        let direction = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{direction}{:02}", exponent.abs());
    }
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    out.push_str(sign);
    if exponent < 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -exponent as usize - 1));
        out.push_str(&digits);
        return out;
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        out.push_str(&digits);
        out.extend(std::iter::repeat_n('0', whole - digits.len()));
        out.push_str(".0");
    } else {
        out.push_str(&digits[..whole]);
        out.push('.');
        out.push_str(&digits[whole..]);
    }
    out
}
