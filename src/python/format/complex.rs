//! Complex numbers as text.

use super::float::{self, Details, Style};
use super::number::{sign_of, style_of};
use super::spec::Spec;
use super::{FormatError, Result};

fn real_is_hidden(real: f64) -> bool {
    real == 0.0 && real.is_sign_positive()
}

/// `repr(complex(real, imag))`.
pub fn repr(real: f64, imag: f64) -> String {
    let part = |x| float::signed(x, Style::Shortest, Details::default()).unwrap_or_default();
    if real_is_hidden(real) {
        return format!("{}j", part(imag));
    }
    let plus = if imag.is_nan() || imag.is_sign_positive() {
        "+"
    } else {
        ""
    };
    format!("({}{plus}{}j)", part(real), part(imag))
}

/// `format(complex, spec)`.
pub fn format_complex(real: f64, imag: f64, text: &str, class: &str) -> Result<String> {
    if text.is_empty() {
        return Ok(repr(real, imag));
    }
    let mut spec = Spec::parse(text, '>', '\0', class)?;
    if !matches!(spec.kind, '\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n') {
        return Err(spec.unknown_kind(class));
    }
    if spec.fill == '0' {
        return Err(FormatError::value(
            "Zero padding is not allowed in complex format specifier",
        ));
    }
    if spec.align == '=' {
        return Err(FormatError::value(
            "'=' alignment flag is not allowed in complex format specifier",
        ));
    }
    let (style, mut details) = style_of(&spec)?;
    // a complex part is written without `.0`
    details.whole_as_float = false;
    let bare = spec.kind == '\0';
    let width = spec.width.take();
    let part = |x: f64, sign: Option<char>| -> Result<String> {
        let (negative, text) = float::parts(x, style, details)?;
        super::number::laid_out(&spec, sign_of(negative, sign), "", &text)
    };
    let inner = if bare && real_is_hidden(real) {
        format!("{}j", part(imag, spec.sign)?)
    } else {
        let body = format!("{}{}j", part(real, spec.sign)?, part(imag, Some('+'))?);
        if bare { format!("({body})") } else { body }
    };
    spec.width = width;
    let mut out = String::new();
    spec.pad(&inner, inner.chars().count(), &mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_parentheses() {
        assert_eq!(repr(0.0, 1.0), "1j");
        assert_eq!(repr(-0.0, 1.0), "(-0+1j)");
        assert_eq!(repr(1.0, -2.5), "(1-2.5j)");
        assert_eq!(repr(f64::NAN, f64::NAN), "(nan+nanj)");
        assert_eq!(
            format_complex(1.0, 2.0, ">20.3", "complex").unwrap(),
            "              (1+2j)"
        );
        assert_eq!(format_complex(0.0, 1.0, ".2f", "complex").unwrap(), "0.00+1.00j");
        assert_eq!(format_complex(1.0, 2.0, "#", "complex").unwrap(), "(1.+2.j)");
    }
}
