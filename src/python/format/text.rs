//! `str.__format__`.

use super::spec::Spec;
use super::{FormatError, Result};

/// `format(str, spec)`.
pub fn format_str(value: &str, text: &str, class: &str) -> Result<String> {
    if text.is_empty() {
        return Ok(value.to_string());
    }
    let spec = Spec::parse(text, '<', 's', class)?;
    if spec.kind != 's' {
        return Err(spec.unknown_kind(class));
    }
    if let Some(sign) = spec.sign {
        let what = if sign == ' ' { "Space" } else { "Sign" };
        return Err(FormatError::value(format!(
            "{what} not allowed in string format specifier"
        )));
    }
    if spec.no_negative_zero {
        return Err(FormatError::value(
            "Negative zero coercion (z) not allowed in string format specifier",
        ));
    }
    if spec.alternate {
        return Err(FormatError::value(
            "Alternate form (#) not allowed in string format specifier",
        ));
    }
    if spec.align == '=' {
        return Err(FormatError::value(
            "'=' alignment not allowed in string format specifier",
        ));
    }
    let mut length = value.chars().count();
    let mut shown = value;
    if let Some(precision) = spec.precision.filter(|&p| p < length) {
        shown = value
            .char_indices()
            .nth(precision)
            .map_or(value, |(at, _)| &value[..at]);
        length = precision;
    }
    let mut out = String::new();
    spec.pad(shown, length, &mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::format_str;

    #[test]
    fn widths_and_refusals() {
        for (spec, text) in [
            ("^10.2s", "    ab    "),
            ("05", "abc00"),
            ("*^8", "**abc***"),
            ("+", "Sign not allowed in string format specifier"),
            ("d", "Unknown format code 'd' for object of type 'str'"),
            (",", "Cannot specify ',' with 's'."),
        ] {
            assert_eq!(format_str("abc", spec, "str").unwrap_or_else(|e| e.message), text);
        }
    }
}
