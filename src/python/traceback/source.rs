//! The source line of a traceback entry and the marks below it.

use crate::python::object::Traceback;

/// Adds the line and its marks, if the source may be shown.
pub(super) fn render_line(entry: &Traceback, text: &mut String) {
    let source = &entry.code.source;
    if !source.shown {
        return;
    }
    let line = entry.code.line(entry.position);
    let Some(row) = source.line_text(line) else { return };
    let bare = row.trim();
    if bare.is_empty() {
        return;
    }
    text.push_str(&format!("    {bare}\n"));
    let Some(span) = entry.code.spans.get(entry.position as usize) else {
        return;
    };
    let begin = source.line_start(line);
    let indent = (row.len() - row.trim_start().len()) as u32;
    let from = span.start.saturating_sub(begin).max(indent);
    let to = span.end.saturating_sub(begin).min(indent + bare.len() as u32);
    if to <= from {
        return;
    }
    let piece = |a: u32, b: u32| row.get(a as usize..b as usize).unwrap_or("").chars().count();
    let whole = row.get(from as usize..to as usize).unwrap_or("");
    // an expression over several lines has its operator who knows where
    let inside = span.end.saturating_sub(begin) <= indent + bare.len() as u32;
    let found = if inside { operator(whole) } else { None };
    // marks that would cover the whole line say nothing
    if found.is_none() && from == indent && to == indent + bare.len() as u32 {
        return;
    }
    let marks = match found {
        Some((at, length)) => {
            let before = whole.get(..at).unwrap_or("").chars().count();
            let after = whole.get(at + length..).unwrap_or("").chars().count();
            format!("{}{}{}", "~".repeat(before), "^".repeat(length), "~".repeat(after))
        }
        None => "^".repeat(whole.chars().count()),
    };
    text.push_str(&format!("    {}{marks}\n", " ".repeat(piece(indent, from))));
}

/// The place of the operator (or subscript) that the failing expression is about, when it is one.
fn operator(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut depth, mut quote, mut found) = (0i32, None, None);
    let mut subscript = None;
    let mut at = 0;
    let mut last_operand = false;
    while let Some(&byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(open), _) if byte == open => {
                quote = None;
            }
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                last_operand = true;
            }
            (None, b'(' | b'[' | b'{') => {
                if depth == 0 && byte == b'[' && last_operand {
                    subscript = Some(at);
                }
                depth += 1;
            }
            (None, b')' | b']' | b'}') => {
                depth -= 1;
                last_operand = true;
                if depth == 0 && at + 1 == bytes.len() && byte == b']' && found.is_none() {
                    return subscript.map(|from| (from, at + 1 - from));
                }
            }
            (None, b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'<' | b'>')
                if depth == 0 && last_operand =>
            {
                let next = bytes.get(at + 1).copied();
                let double = matches!(byte, b'*' | b'/' | b'<' | b'>') && next == Some(byte);
                if matches!(byte, b'<' | b'>') && !double {
                    return None;
                }
                let length = if double { 2 } else { 1 };
                found = Some((at, length));
                at += length - 1;
                last_operand = false;
            }
            (None, b',' | b'=' | b':') if depth == 0 => return None,
            (None, byte) if !byte.is_ascii_whitespace() => last_operand = true,
            _ => {}
        }
        at += 1;
    }
    // a call after all operators is the thing itself
    found
}
