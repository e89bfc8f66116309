//! Upper, lower, title: changing case and asking about classes of characters.

use crate::python::format::unicode::{self, is_cased, is_title, push_folded, push_title};

pub fn upper(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_uppercase()
    } else {
        text.to_uppercase()
    }
}

pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_lowercase()
    }
}

pub fn casefold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_folded(c, &mut out);
    }
    out
}

pub fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let mut out = String::with_capacity(text.len());
    if let Some(first) = chars.next() {
        push_title(first, &mut out);
        out.push_str(&lower(chars.as_str()));
    }
    out
}

pub fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        if !in_word {
            push_title(c, &mut out);
        } else if c == 'Σ' {
            // its small form depends on what surrounds it
            let word_goes_on = text[at + c.len_utf8()..].chars().next().is_some_and(is_cased);
            out.push(if word_goes_on { 'σ' } else { 'ς' });
        } else {
            out.extend(c.to_lowercase());
        }
        in_word = is_cased(c);
    }
    out
}

pub fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() {
            out.extend(c.to_lowercase());
        } else if c.is_lowercase() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// All of the characters, and at least one.
pub fn all(text: &str, class: fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(class)
}

pub fn is_lower(text: &str) -> bool {
    let mut cased = false;
    for c in text.chars() {
        if c.is_uppercase() || is_title(c) {
            return false;
        }
        cased |= c.is_lowercase();
    }
    cased
}

pub fn is_upper(text: &str) -> bool {
    let mut cased = false;
    for c in text.chars() {
        if c.is_lowercase() || is_title(c) {
            return false;
        }
        cased |= c.is_uppercase();
    }
    cased
}

pub fn is_title_text(text: &str) -> bool {
    let (mut cased, mut in_word) = (false, false);
    for c in text.chars() {
        if c.is_uppercase() || is_title(c) {
            if in_word {
                return false;
            }
            (in_word, cased) = (true, true);
        } else if c.is_lowercase() {
            if !in_word {
                return false;
            }
            cased = true;
        } else {
            in_word = false;
        }
    }
    cased
}

/// Whether the text is a name by its characters (keywords are).
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(unicode_ident::is_xid_continue)
}

pub fn is_printable(text: &str) -> bool {
    text.chars().all(unicode::is_printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes() {
        assert_eq!(title("hello wORLD's ǆ"), "Hello World'S ǅ");
        assert_eq!(capitalize("hELLO"), "Hello");
        assert_eq!(casefold("Straße"), "strasse");
        assert_eq!(upper("straße"), "STRASSE");
        assert_eq!(swapcase("aBc1"), "AbC1");
    }

    #[test]
    fn questions() {
        assert!(is_title_text("Hello World") && !is_title_text("Hello world") && !is_title_text("1"));
        assert!(is_upper("A1") && !is_upper("1") && is_lower("a_") && !is_lower("aB"));
        assert!(is_identifier("_a1") && !is_identifier("1a") && !is_identifier("") && is_identifier("é"));
    }
}
