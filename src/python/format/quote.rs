//! Strings and bytes between quotes, with escapes.

use super::unicode::is_printable;
use std::fmt::Write;

/// Single quotes, unless the text has some and no double ones.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn push_escaped(c: char, quote: char, ascii_only: bool, out: &mut String) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        c if c == quote => {
            out.push('\\');
            out.push(c);
        }
        ' '..='~' => out.push(c),
        c if !ascii_only && is_printable(c) => out.push(c),
        c => {
            let code = c as u32;
            // writing to a String cannot fail
            let _ = match code {
                0..=0xff => write!(out, "\\x{code:02x}"),
                0x100..=0xffff => write!(out, "\\u{code:04x}"),
                _ => write!(out, "\\U{code:08x}"),
            };
        }
    }
}

fn quoted(text: &str, ascii_only: bool) -> String {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        push_escaped(c, quote, ascii_only, &mut out);
    }
    out.push(quote);
    out
}

/// `repr` of a string.
pub fn str_repr(text: &str) -> String {
    quoted(text, false)
}

/// `ascii` of a string.
pub fn str_ascii(text: &str) -> String {
    quoted(text, true)
}

/// Any `repr`, with what is not ASCII escaped: `ascii` of an object.
pub fn escape_non_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            push_escaped(c, '\0', true, &mut out);
        }
    }
    out
}

/// A character as its escape: `\\xe9`, `\\u1234`, `\\U0001f600`.
pub fn escaped_char(c: char) -> String {
    let mut out = String::new();
    push_escaped(c, '\0', true, &mut out);
    out
}

/// `repr` of bytes, with the `b`.
pub fn bytes_repr(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote);
    for &byte in bytes {
        if byte.is_ascii() && byte != 0x7f {
            push_escaped(byte as char, quote, true, &mut out);
        } else {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push(quote);
    out
}

/// `repr` of a bytearray: its bytes are always quoted with the quote that `bytes` would take.
pub fn bytearray_repr(bytes: &[u8], class: &str) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut out = format!("{class}(b{quote}");
    for &byte in bytes {
        match byte {
            // unlike bytes, a bytearray escapes single quotes whatever surrounds them
            b'\'' => out.push_str("\\'"),
            b'\\' | b'\t' | b'\n' | b'\r' | b' '..=b'~' => push_escaped(byte as char, '\0', true, &mut out),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
    out.push(')');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes() {
        assert_eq!(str_repr("a'b"), "\"a'b\"");
        assert_eq!(str_repr("a'b\"c"), "'a\\'b\"c'");
        assert_eq!(str_repr("\t\n\r\\\0é\u{a0}"), "'\\t\\n\\r\\\\\\x00é\\xa0'");
        assert_eq!(str_ascii("é\u{200b}😀"), "'\\xe9\\u200b\\U0001f600'");
        assert_eq!(bytes_repr(b"a\x00\xff'"), "b\"a\\x00\\xff'\"");
        assert_eq!(bytearray_repr(b"a'b", "bytearray"), "bytearray(b\"a\\'b\")");
    }
}
