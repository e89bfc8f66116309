//! The string literals of a Python file: each is a region with a namespace of its own.

use std::ops::Range;

/// `(name of the def or class around it, bytes of its text, number of its first line)` of every triple-quoted string.
pub(super) fn regions(text: &str) -> Vec<(String, Range<usize>, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut around: Vec<(usize, String)> = Vec::new();
    let (mut at, mut line, mut line_start) = (0, 1, true);
    while let Some(&byte) = bytes.get(at) {
        if line_start {
            note_scope(text, at, &mut around);
            line_start = false;
        }
        match byte {
            b'\n' => (line, line_start) = (line + 1, true),
            b'#' => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                continue;
            }
            b'\'' | b'"' => {
                let triple = bytes[at..].starts_with(&[byte; 3]);
                let start = at + if triple { 3 } else { 1 };
                let end = string_end(bytes, start, byte, triple);
                if triple && memchr::memmem::find(&bytes[start..end], b">>>").is_some() {
                    let names: Vec<&str> = around.iter().map(|(_, name)| name.as_str()).collect();
                    found.push((names.join("."), start..end, line));
                }
                line += bytes[at..end].iter().filter(|byte| **byte == b'\n').count();
                at = (end + if triple { 3 } else { 1 }).min(bytes.len());
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The position of the closing quote, or the end of the text or, for a plain string, of the line.
fn string_end(bytes: &[u8], start: usize, quote: u8, triple: bool) -> usize {
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            _ if byte == quote && (!triple || bytes[at..].starts_with(&[quote; 3])) => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Keeps the stack of `def` and `class` names by their indents.
fn note_scope(text: &str, at: usize, around: &mut Vec<(usize, String)>) {
    let line = text[at..].lines().next().unwrap_or_default();
    let bare = line.trim_start();
    if bare.is_empty() || bare.starts_with(['#', ')', ']', '}']) {
        return;
    }
    let indent = line.len() - bare.len();
    while around.last().is_some_and(|(own, _)| *own >= indent) {
        around.pop();
    }
    let bare = bare.strip_prefix("async ").unwrap_or(bare);
    if let Some(rest) = bare.strip_prefix("def ").or_else(|| bare.strip_prefix("class ")) {
        let name: String = rest
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        around.push((indent, name));
    }
}
