//! Splitting text. All answers are ranges of bytes or slices of the text given.

use crate::python::format::unicode::{is_line_break, is_space};

/// Words between blanks, at most `most` splits (None: all), from the left.
pub fn words(text: &str, most: Option<usize>) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        if most.is_some_and(|most| out.len() >= most) {
            out.push(rest.trim_end_matches(is_space));
            break;
        }
        let end = rest.find(is_space).unwrap_or(rest.len());
        out.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(is_space);
    }
    out
}

/// Words between blanks, split from the right.
pub fn words_from_right(text: &str, most: Option<usize>) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text.trim_end_matches(is_space);
    while !rest.is_empty() {
        if most.is_some_and(|most| out.len() >= most) {
            out.push(rest.trim_start_matches(is_space));
            break;
        }
        let start = rest
            .rfind(is_space)
            .map_or(0, |at| at + rest[at..].chars().next().map_or(0, char::len_utf8));
        out.push(&rest[start..]);
        rest = rest[..start].trim_end_matches(is_space);
    }
    out.reverse();
    out
}

/// Pieces between separators (not empty), at most `most` splits.
pub fn pieces<'a>(text: &'a str, separator: &str, most: Option<usize>) -> Vec<&'a str> {
    match most {
        None => text.split(separator).collect(),
        Some(most) => text.splitn(most.saturating_add(1), separator).collect(),
    }
}

pub fn pieces_from_right<'a>(text: &'a str, separator: &str, most: Option<usize>) -> Vec<&'a str> {
    let mut out: Vec<&str> = match most {
        None => text.rsplit(separator).collect(),
        Some(most) => text.rsplitn(most.saturating_add(1), separator).collect(),
    };
    out.reverse();
    out
}

/// Lines, with or without what ends them.
pub fn lines(text: &str, keep_ends: bool) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(at) = rest.find(is_line_break) else {
            out.push(rest);
            break;
        };
        let after = if rest[at..].starts_with("\r\n") {
            at + 2
        } else {
            at + rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        out.push(&rest[..if keep_ends { after } else { at }]);
        rest = &rest[after..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits() {
        assert_eq!(words("  a b  c ", None), ["a", "b", "c"]);
        assert_eq!(words("  a b  c ", Some(1)), ["a", "b  c"]);
        assert_eq!(words(" a b ", Some(0)), ["a b"]);
        assert_eq!(words_from_right(" a  b c ", Some(1)), ["a  b", "c"]);
        assert_eq!(pieces("a,b,,c", ",", Some(1)), ["a", "b,,c"]);
        assert_eq!(pieces_from_right("a,b,c", ",", Some(1)), ["a,b", "c"]);
        assert_eq!(lines("a\r\nb\n\nc", false), ["a", "b", "", "c"]);
        assert_eq!(lines("a\r\nb\r", true), ["a\r\n", "b\r"]);
    }
}
