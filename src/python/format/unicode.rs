//! Questions about single characters, answered as CPython 3.11 answers them (Unicode 14).

use super::unicode_tables as tables;

fn within(ranges: &[(u32, u32)], c: char) -> bool {
    let code = c as u32;
    ranges
        .binary_search_by(|&(first, last)| {
            if last < code {
                std::cmp::Ordering::Less
            } else if first > code {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// Whether `repr` shows the character as it is.
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        (' '..='~').contains(&c)
    } else {
        !within(&tables::UNPRINTABLE, c)
    }
}

pub fn is_alpha(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphabetic()
    } else {
        within(&tables::ALPHA, c)
    }
}

/// The value of a decimal digit of any script.
pub fn decimal(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let code = c as u32;
    let after = tables::ZEROS.partition_point(|&zero| zero <= code);
    let zero = *tables::ZEROS.get(after.checked_sub(1)?)?;
    (code - zero < 10).then_some(code - zero)
}

pub fn is_decimal(c: char) -> bool {
    decimal(c).is_some()
}

pub fn is_digit(c: char) -> bool {
    is_decimal(c) || (!c.is_ascii() && within(&tables::DIGIT_ONLY, c))
}

pub fn is_numeric(c: char) -> bool {
    is_digit(c) || (!c.is_ascii() && within(&tables::NUMERIC_ONLY, c))
}

pub fn is_alnum(c: char) -> bool {
    is_alpha(c) || is_numeric(c)
}

pub fn is_title(c: char) -> bool {
    !c.is_ascii() && within(&tables::TITLE, c)
}

/// Whitespace as `str.isspace` and `str.split` have it: Unicode's, and the four information separators.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// Whether `str.splitlines` ends a line here.
pub fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Characters that have case: those for which upper, lower and title mean something.
pub fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || is_title(c)
}

fn mapped(map: &[(u32, &'static str)], c: char) -> Option<&'static str> {
    map.binary_search_by_key(&(c as u32), |&(code, _)| code)
        .ok()
        .and_then(|at| map.get(at))
        .map(|&(_, text)| text)
}

pub fn push_title(c: char, out: &mut String) {
    match if c.is_ascii() {
        None
    } else {
        mapped(&tables::TITLE_MAP, c)
    } {
        Some(text) => out.push_str(text),
        None => out.extend(c.to_uppercase()),
    }
}

pub fn push_folded(c: char, out: &mut String) {
    match if c.is_ascii() {
        None
    } else {
        mapped(&tables::FOLD_MAP, c)
    } {
        Some(text) => out.push_str(text),
        None => out.extend(c.to_lowercase()),
    }
}

/// Appends `text` in lower case. The capital sigma has a final form at the end of a word.
pub fn push_lower(text: &str, out: &mut String) {
    out.push_str(&text.to_lowercase());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_python() {
        assert!(is_printable('é') && is_printable('😀') && is_printable(' '));
        assert!(
            !is_printable('\u{a0}') && !is_printable('\u{ad}') && !is_printable('\u{378}') && !is_printable('\u{e000}')
        );
        assert_eq!(decimal('٣'), Some(3));
        assert!(is_digit('²') && !is_decimal('²') && is_numeric('½') && !is_digit('½'));
        let mut text = String::new();
        push_title('ǆ', &mut text);
        push_folded('ß', &mut text);
        assert_eq!(text, "ǅss");
    }
}
