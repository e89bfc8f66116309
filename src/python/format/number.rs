//! `int.__format__` and `float.__format__`, and the layout of sign, prefix, grouped digits and padding.

use super::float::{self, Details, Style};
use super::int::{Int, prefix_letter, too_large_for_float};
use super::spec::Spec;
use super::{ErrorKind, FormatError, LONGEST, Result};

/// The sign to write: `-`, or what the specification asks for before non-negative numbers.
pub(super) fn sign_of(negative: bool, asked: Option<char>) -> Option<char> {
    match (negative, asked) {
        (true, _) => Some('-'),
        (false, Some('+')) => Some('+'),
        (false, Some(' ')) => Some(' '),
        _ => None,
    }
}

/// Groups `digits` from the right and fills with zeros up to `least` characters, separators counted.
fn grouped(digits: &str, least: usize, separator: Option<char>, size: usize) -> String {
    let Some(separator) = separator else {
        let zeros = least.saturating_sub(digits.len());
        return "0".repeat(zeros) + digits;
    };
    let mut reversed = String::with_capacity(digits.len().max(least) * 4 / 3 + 1);
    let mut rest = digits.bytes().rev().peekable();
    let (mut least, mut remaining) = (least as i64, digits.len() as i64);
    loop {
        let length = (size as i64).min(remaining.max(least).max(1));
        for _ in 0..length {
            reversed.push(rest.next().unwrap_or(b'0') as char);
        }
        remaining = (remaining - length).max(0);
        least -= length;
        if remaining <= 0 && least <= 0 {
            break;
        }
        reversed.push(separator);
        least -= 1;
    }
    reversed.chars().rev().collect()
}

/// Lays out a number: `digits` may go on with a point, an exponent or `%`, which are not grouped.
pub(super) fn laid_out(spec: &Spec, sign: Option<char>, prefix: &str, text: &str) -> Result<String> {
    let width = spec.width.unwrap_or(0);
    if width > LONGEST {
        return Err(FormatError::memory());
    }
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(whole);
    let rest_length = rest.chars().count();
    let around = usize::from(sign.is_some()) + prefix.len() + rest_length;
    let zero_filled = spec.fill == '0' && spec.align == '=';
    let least = if zero_filled { width.saturating_sub(around) } else { 0 };
    let digits = if whole == 0 {
        "0".repeat(least)
    } else {
        grouped(digits, least, spec.grouping, spec.group_size())
    };
    let length = around + digits.len();
    let mut head = String::with_capacity(length);
    head.extend(sign);
    head.push_str(prefix);
    let mut out = String::with_capacity(length.max(width));
    if spec.align == '=' {
        out.push_str(&head);
        out.extend(std::iter::repeat_n(spec.fill, width.saturating_sub(length)));
        out.push_str(&digits);
        out.push_str(rest);
    } else {
        head.push_str(&digits);
        head.push_str(rest);
        spec.pad(&head, length, &mut out)?;
    }
    Ok(out)
}

/// `format(int, spec)`; `class` is the name that error messages give (`int`, `bool`, a subclass).
pub fn format_int(value: Int<'_>, text: &str, class: &str, max_digits: usize) -> Result<String> {
    if text.is_empty() {
        return value.repr(max_digits);
    }
    let spec = Spec::parse(text, '>', 'd', class)?;
    match spec.kind {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => integer(value, &spec, max_digits),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => real(value.to_f64().ok_or_else(too_large_for_float)?, &spec),
        _ => Err(spec.unknown_kind(class)),
    }
}

fn integer(value: Int<'_>, spec: &Spec, max_digits: usize) -> Result<String> {
    if spec.precision.is_some() {
        return Err(FormatError::value("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(FormatError::value(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    let base = match spec.kind {
        'c' => return character(value, spec),
        'b' => 2,
        'o' => 8,
        'x' | 'X' => 16,
        _ => 10,
    };
    let mut digits = if base == 10 {
        value.magnitude(max_digits)?
    } else {
        value.magnitude_in(base)
    };
    let mut prefix = String::new();
    if spec.alternate && base != 10 {
        prefix.push('0');
        prefix.push(prefix_letter(base));
    }
    if spec.kind == 'X' {
        digits.make_ascii_uppercase();
        prefix.make_ascii_uppercase();
    }
    laid_out(spec, sign_of(value.is_negative(), spec.sign), &prefix, &digits)
}

fn character(value: Int<'_>, spec: &Spec) -> Result<String> {
    if spec.sign.is_some() {
        return Err(FormatError::value("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(FormatError::value(
            "Alternate form (#) not allowed with integer format specifier 'c'",
        ));
    }
    let code = value
        .to_i64()
        .ok_or_else(|| FormatError::kind(ErrorKind::Overflow, "Python int too large to convert to C long"))?;
    let c = u32::try_from(code)
        .ok()
        .and_then(char::from_u32)
        .ok_or_else(code_out_of_range)?;
    let mut out = String::new();
    spec.pad(&c.to_string(), 1, &mut out)?;
    Ok(out)
}

pub(super) fn code_out_of_range() -> FormatError {
    FormatError::kind(ErrorKind::Overflow, "%c arg not in range(0x110000)")
}

/// `format(float, spec)`.
pub fn format_float(value: f64, text: &str, class: &str) -> Result<String> {
    if text.is_empty() {
        return Ok(float::repr(value));
    }
    let spec = Spec::parse(text, '>', '\0', class)?;
    match spec.kind {
        '\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%' => real(value, &spec),
        _ => Err(spec.unknown_kind(class)),
    }
}

/// Style and details of a float under a specification; no precision and no kind is `repr`'s.
pub(super) fn style_of(spec: &Spec) -> Result<(Style, Details)> {
    let details = Details {
        alternate: spec.alternate,
        whole_as_float: spec.kind == '\0',
        no_negative_zero: spec.no_negative_zero,
        upper: spec.kind.is_ascii_uppercase(),
    };
    if spec.precision.is_some_and(|p| p > i32::MAX as usize) {
        return Err(FormatError::value("precision too big"));
    }
    let precision = spec.precision.unwrap_or(6);
    let style = match spec.kind.to_ascii_lowercase() {
        '\0' => spec.precision.map_or(Style::Shortest, Style::General),
        'e' => Style::Exponent(precision),
        'f' | '%' => Style::Fixed(precision),
        _ => Style::General(precision),
    };
    Ok((style, details))
}

fn real(value: f64, spec: &Spec) -> Result<String> {
    let (style, details) = style_of(spec)?;
    let value = if spec.kind == '%' { value * 100.0 } else { value };
    let (negative, mut text) = float::parts(value, style, details)?;
    if spec.kind == '%' {
        text.push('%');
    }
    laid_out(spec, sign_of(negative, spec.sign), "", &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(value: i64, spec: &str) -> String {
        format_int(Int::Small(value), spec, "int", 4300).unwrap_or_else(|e| e.message)
    }

    fn float(value: f64, spec: &str) -> String {
        format_float(value, spec, "float").unwrap_or_else(|e| e.message)
    }

    #[test]
    fn integers() {
        for (value, spec, text) in [
            (1234567, "015,", "000,001,234,567"),
            (255, "#010x", "0x000000ff"),
            (255, "#_b", "0b1111_1111"),
            (255, "020_b", "0_0000_0000_1111_1111"),
            (65, "05c", "0000A"),
            (3, "^^5", "^^3^^"),
            (3, "<05", "30000"),
            (-3, "=+5", "-   3"),
            (1, ".2d", "Precision not allowed in integer format specifier"),
            (1, "s", "Unknown format code 's' for object of type 'int'"),
            (1, ",,", "Cannot specify ',' with ','."),
            (1, "q q", "Invalid format specifier 'q q' for object of type 'int'"),
            (1234, ",.1f", "1,234.0"),
            (1234567, "_", "1_234_567"),
        ] {
            assert_eq!(int(value, spec), text, "{spec}");
        }
    }

    #[test]
    fn floats() {
        for (value, spec, text) in [
            (1234567.891, "020,.2f", "0,000,001,234,567.89"),
            (-0.0, "z", "0.0"),
            (-0.0001, "z.2f", "0.00"),
            (f64::NAN, "010", "0000000nan"),
            (f64::INFINITY, "+010,F", "+000000INF"),
            (1.5, "#.0f", "2."),
            (123456.0, ".3", "1.23e+05"),
            (123.0, ".3", "1.23e+02"),
            (100.0, ".4", "100.0"),
            (0.0, ".3", "0.0"),
            (3.7, "05.1%", "370.0%"),
            (1.0, "x", "Unknown format code 'x' for object of type 'float'"),
            (1.5, "10.", "Format specifier missing precision"),
        ] {
            assert_eq!(float(value, spec), text, "{spec}");
        }
    }
}
