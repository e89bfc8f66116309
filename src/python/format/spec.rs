//! Format specifications: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.

use super::{FormatError, Result};

/// A parsed specification.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    pub fill: char,
    pub align: char,
    /// Whether the alignment was written (`0` before the width does not count).
    pub sign: Option<char>,
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Option<char>,
    pub precision: Option<usize>,
    /// `'\0'`: none was written and the type has no default.
    pub kind: char,
}

fn is_align(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '^')
}

/// A run of decimal digits, or None when there are none.
fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Option<usize>> {
    let mut value: Option<usize> = None;
    while let Some(digit) = chars.peek().copied().and_then(super::unicode::decimal) {
        chars.next();
        value = match value
            .unwrap_or(0)
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit as usize))
        {
            Some(v) if v <= isize::MAX as usize => Some(v),
            _ => return Err(FormatError::value("Too many decimal digits in format string")),
        };
    }
    Ok(value)
}

impl Spec {
    /// Parses `text` for a value of class `class`. `align` and `kind` are what its type takes when nothing is
    /// written: `<` and `s` for strings, `>` and `d` for integers, `>` and `'\0'` for floats.
    pub fn parse(text: &str, align: char, kind: char, class: &str) -> Result<Spec> {
        let mut spec = Spec {
            fill: ' ',
            align,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: None,
            precision: None,
            kind,
        };
        let mut chars = text.chars().peekable();
        let (mut fill_written, mut align_written) = (false, false);
        let mut ahead = text.chars();
        match (ahead.next(), ahead.next()) {
            (Some(fill), Some(a)) if is_align(a) => {
                (spec.fill, spec.align, fill_written, align_written) = (fill, a, true, true);
                chars.next();
                chars.next();
            }
            (Some(a), _) if is_align(a) => {
                (spec.align, align_written) = (a, true);
                chars.next();
            }
            _ => {}
        }
        spec.sign = chars.next_if(|&c| matches!(c, ' ' | '+' | '-'));
        spec.no_negative_zero = chars.next_if_eq(&'z').is_some();
        spec.alternate = chars.next_if_eq(&'#').is_some();
        if !fill_written && chars.next_if_eq(&'0').is_some() {
            spec.fill = '0';
            if !align_written && align == '>' {
                spec.align = '=';
            }
        }
        spec.width = number(&mut chars)?;
        if chars.next_if_eq(&',').is_some() {
            spec.grouping = Some(',');
        }
        if chars.next_if_eq(&'_').is_some() {
            if spec.grouping.is_some() {
                return Err(both_separators());
            }
            spec.grouping = Some('_');
        }
        if spec.grouping == Some('_') && chars.next_if_eq(&',').is_some() {
            return Err(both_separators());
        }
        if chars.next_if_eq(&'.').is_some() {
            spec.precision = number(&mut chars)?;
            if spec.precision.is_none() {
                return Err(FormatError::value("Format specifier missing precision"));
            }
        }
        if let Some(kind) = chars.next() {
            if chars.next().is_some() {
                return Err(FormatError::value(format!(
                    "Invalid format specifier '{text}' for object of type '{class}'"
                )));
            }
            spec.kind = kind;
        }
        match (spec.grouping, spec.kind) {
            (None, _) | (_, 'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0') => {}
            (Some('_'), 'b' | 'o' | 'x' | 'X') => {}
            (Some(separator), kind) => {
                let kind = shown_kind(kind, "\\x");
                return Err(FormatError::value(format!(
                    "Cannot specify '{separator}' with '{kind}'."
                )));
            }
        }
        Ok(spec)
    }

    /// The error for a type character that the class does not know.
    pub fn unknown_kind(&self, class: &str) -> FormatError {
        FormatError::value(format!(
            "Unknown format code '{}' for object of type '{class}'",
            shown_kind(self.kind, "\\x")
        ))
    }

    /// Digits between two separators.
    pub fn group_size(&self) -> usize {
        if matches!(self.kind, 'b' | 'o' | 'x' | 'X') {
            4
        } else {
            3
        }
    }

    /// Fills `text` of `length` characters up to the width. `=` counts as `>`.
    pub fn pad(&self, text: &str, length: usize, out: &mut String) -> Result<()> {
        let missing = self.width.unwrap_or(0).saturating_sub(length);
        if missing > super::LONGEST {
            return Err(FormatError::memory());
        }
        let left = match self.align {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        out.reserve(text.len() + missing);
        out.extend(std::iter::repeat_n(self.fill, left));
        out.push_str(text);
        out.extend(std::iter::repeat_n(self.fill, missing - left));
        Ok(())
    }
}

fn both_separators() -> FormatError {
    FormatError::value("Cannot specify both ',' and '_'.")
}

fn shown_kind(kind: char, escape: &str) -> String {
    if kind > ' ' && kind.is_ascii() {
        kind.to_string()
    } else {
        format!("{escape}{:x}", kind as u32)
    }
}
