//! f-strings: literal text and replacement fields. The expression in a field is handed to whoever reads the string.

use super::ast::{Expr, FormatPart};
use super::layout::MAX_BRACKETS;
use super::strings;

/// Why an f-string is refused.
#[derive(Debug)]
pub enum FormatError<E> {
    Message(String),
    /// The expression of a field is refused.
    Field(E),
}

/// Reads the expression between braces: its text and where that starts in the f-string's body.
pub type ReadField<'a, E> = &'a mut dyn FnMut(&str, usize) -> Result<Expr, E>;

struct Reader<'a, 'b, E> {
    body: &'a str,
    at: usize,
    raw: bool,
    read_field: ReadField<'b, E>,
}

/// The parts of an f-string's body.
pub fn parse<E>(body: &str, raw: bool, read_field: ReadField<'_, E>) -> Result<Vec<FormatPart>, FormatError<E>> {
    Reader {
        body,
        at: 0,
        raw,
        read_field,
    }
    .parts(0)
}

fn refuse<T, E>(message: impl Into<String>) -> Result<T, FormatError<E>> {
    Err(FormatError::Message(message.into()))
}

const UNCLOSED: &str = "f-string: expecting '}'";

impl<E> Reader<'_, '_, E> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.body.as_bytes().get(self.at + ahead).copied()
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.body.get(start..end).unwrap_or("")
    }

    /// Text and fields up to the end of the string, or up to the `}` that closes the field around a nested
    /// format specification.
    fn parts(&mut self, level: u32) -> Result<Vec<FormatPart>, FormatError<E>> {
        let mut parts = Vec::new();
        let mut text = String::new();
        loop {
            while self.literal(level, &mut text)? {}
            match self.peek(0) {
                None => break,
                Some(b'}') if level > 0 => break,
                _ => {}
            }
            if !text.is_empty() {
                parts.push(FormatPart::Text(std::mem::take(&mut text).into()));
            }
            parts.push(self.field(level)?);
        }
        if !text.is_empty() {
            parts.push(FormatPart::Text(text.into()));
        }
        Ok(parts)
    }

    /// Reads literal text. True: a doubled brace ended it, and more text may follow.
    fn literal(&mut self, level: u32, text: &mut String) -> Result<bool, FormatError<E>> {
        let start = self.at;
        let mut doubled = false;
        while let Some(mut byte) = self.peek(0) {
            self.at += 1;
            if byte == b'\\' && !self.raw && self.peek(0).is_some() {
                byte = self.peek(0).unwrap_or(0);
                self.at += 1;
                if byte == b'N' {
                    if self.peek(0) == Some(b'{') {
                        let rest = self.slice(self.at, self.body.len());
                        self.at += rest.find('}').map_or(rest.len(), |close| close + 1);
                    }
                    continue;
                }
            }
            if byte != b'{' && byte != b'}' {
                continue;
            }
            if level == 0 {
                if self.peek(0) == Some(byte) {
                    doubled = true;
                    break;
                }
                if byte == b'}' {
                    return refuse("f-string: single '}' is not allowed");
                }
            }
            self.at -= 1;
            break;
        }
        let piece = self.slice(start, self.at);
        match strings::decode_text(piece, self.raw) {
            Ok(decoded) => text.push_str(&decoded),
            Err(error) => return refuse(error.message),
        }
        if doubled {
            self.at += 1;
        }
        Ok(doubled)
    }

    fn field(&mut self, level: u32) -> Result<FormatPart, FormatError<E>> {
        if level >= 2 {
            return refuse("f-string: expressions nested too deeply");
        }
        self.at += 1;
        let start = self.at;
        self.expression_end()?;
        let text = self.slice(start, self.at);
        if self.peek(0).is_none() {
            return refuse(UNCLOSED);
        }
        if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | 0x0C)) {
            return match self.peek(0) {
                Some(byte @ (b'!' | b':' | b'=')) => {
                    refuse(format!("f-string: expression required before '{}'", byte as char))
                }
                _ => refuse("f-string: empty expression not allowed"),
            };
        }
        let text = self.body.get(start..self.at).unwrap_or("");
        let value = Box::new((self.read_field)(text, start).map_err(FormatError::Field)?);
        let mut label = None;
        if self.peek(0) == Some(b'=') {
            self.at += 1;
            while matches!(self.peek(0), Some(b' ' | b'\t' | b'\n' | 0x0B | 0x0C | b'\r')) {
                self.at += 1;
            }
            label = Some(self.slice(start, self.at).into());
        }
        let mut conversion = None;
        if self.peek(0) == Some(b'!') {
            self.at += 1;
            match self.peek(0) {
                None => return refuse(UNCLOSED),
                Some(letter @ (b's' | b'r' | b'a')) => conversion = Some(letter as char),
                Some(_) => {
                    return refuse("f-string: invalid conversion character: expected 's', 'r', or 'a'");
                }
            }
            self.at += 1;
        }
        let mut spec = None;
        if self.peek(0) == Some(b':') {
            self.at += 1;
            if self.peek(0).is_none() {
                return refuse(UNCLOSED);
            }
            spec = Some(self.parts(level + 1)?);
        }
        if self.peek(0) != Some(b'}') {
            return refuse(UNCLOSED);
        }
        self.at += 1;
        if label.is_some() && spec.is_none() && conversion.is_none() {
            conversion = Some('r');
        }
        Ok(FormatPart::Field {
            value,
            label,
            conversion,
            spec,
        })
    }

    /// Goes to the end of a field's expression: `!`, `:`, `=` or `}` outside brackets and strings.
    fn expression_end(&mut self) -> Result<(), FormatError<E>> {
        let mut quote: Option<(u8, usize)> = None;
        let mut brackets: Vec<u8> = Vec::new();
        while let Some(byte) = self.peek(0) {
            let tripled = self.peek(1) == Some(byte) && self.peek(2) == Some(byte);
            match (byte, quote) {
                (b'\\', _) => return refuse("f-string expression part cannot include a backslash"),
                (_, Some((mark, length))) if byte == mark && (length == 1 || tripled) => {
                    self.at += length - 1;
                    quote = None;
                }
                (_, Some(_)) => {}
                (b'"' | b'\'', None) => {
                    let length = if tripled { 3 } else { 1 };
                    self.at += length - 1;
                    quote = Some((byte, length));
                }
                (b'(' | b'[' | b'{', None) => {
                    if brackets.len() >= MAX_BRACKETS {
                        return refuse("f-string: too many nested parenthesis");
                    }
                    brackets.push(byte);
                }
                (b'#', None) => return refuse("f-string expression part cannot include '#'"),
                (b'!' | b':' | b'}' | b'=' | b'<' | b'>', None) if brackets.is_empty() => {
                    let compared = self.peek(1) == Some(b'=') && !matches!(byte, b':' | b'}');
                    if compared {
                        self.at += 1;
                    } else if !matches!(byte, b'<' | b'>') {
                        break;
                    }
                }
                (b')' | b']' | b'}', None) => {
                    let opened = brackets.pop();
                    match (opened, byte) {
                        (None, _) => return refuse(format!("f-string: unmatched '{}'", byte as char)),
                        (Some(b'('), b')') | (Some(b'['), b']') | (Some(b'{'), b'}') => {}
                        (Some(opened), _) => {
                            return refuse(format!(
                                "f-string: closing parenthesis '{}' does not match opening parenthesis '{}'",
                                byte as char, opened as char
                            ));
                        }
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        if quote.is_some() {
            return refuse("f-string: unterminated string");
        }
        match brackets.last() {
            Some(&opened) => refuse(format!("f-string: unmatched '{}'", opened as char)),
            None => Ok(()),
        }
    }
}
