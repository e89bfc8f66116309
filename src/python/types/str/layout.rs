//! Padding text.

/// Where the text stands in the padded one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Center,
}

/// Fills `text` of `length` characters up to `width`. CPython's centre leans left when both numbers are odd.
pub fn padded(text: &str, length: usize, width: usize, fill: char, side: Side) -> String {
    let missing = width.saturating_sub(length);
    let left = match side {
        Side::Left => 0,
        Side::Right => missing,
        Side::Center => missing / 2 + (missing & width & 1),
    };
    let mut out = String::with_capacity(text.len() + missing * fill.len_utf8());
    out.extend(std::iter::repeat_n(fill, left));
    out.push_str(text);
    out.extend(std::iter::repeat_n(fill, missing - left));
    out
}

/// Zeros after the sign.
pub fn zfill(text: &str, length: usize, width: usize) -> String {
    let missing = width.saturating_sub(length);
    let signed = missing > 0 && text.starts_with(['+', '-']);
    let (sign, rest) = text.split_at(usize::from(signed));
    let mut out = String::with_capacity(text.len() + missing);
    out.push_str(sign);
    out.extend(std::iter::repeat_n('0', missing));
    out.push_str(rest);
    out
}

/// Tabs become blanks up to the next multiple of `size`; None beyond `most` characters.
pub fn expand_tabs(text: &str, size: usize, most: usize) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' if size > 0 => {
                let blanks = size - column % size;
                if out.len().saturating_add(blanks) > most {
                    return None;
                }
                out.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\t' => {}
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads() {
        assert_eq!(padded("ab", 2, 5, '*', Side::Center), "**ab*");
        assert_eq!(padded("a", 1, 4, '*', Side::Center), "*a**");
        assert_eq!(zfill("-42", 3, 5), "-0042");
        assert_eq!(expand_tabs("a\tb\n\tc", 4, 100).unwrap(), "a   b\n    c");
    }
}
