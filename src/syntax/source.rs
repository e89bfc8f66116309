//! A text that was handed in, and the way from byte offsets to lines and columns.

use std::rc::Rc;

/// A source text under the name that tracebacks show. Line ends are `\n` whatever they were.
#[derive(Clone, Debug)]
pub struct Source {
    /// `<stdin>`, `<string>` or a path.
    pub name: Rc<str>,
    pub text: Rc<str>,
    /// Byte offset of each line's first character.
    line_starts: Rc<[u32]>,
}

impl Source {
    pub fn new(name: &str, text: &str) -> Source {
        let text: Rc<str> = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n").into()
        } else {
            text.into()
        };
        let ends = memchr_lines(text.as_bytes());
        let line_starts = std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect();
        Source {
            name: name.into(),
            text,
            line_starts,
        }
    }

    /// Line (from 1) and column (in characters, from 0) of a byte offset; an offset beyond the text is its end.
    pub fn line_and_column(&self, offset: u32) -> (u32, u32) {
        let offset = (offset as usize).min(self.text.len());
        let line = self
            .line_starts
            .partition_point(|&start| start as usize <= offset)
            .max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let column = self.text.as_bytes().get(start..offset).map_or(0, count_chars);
        (line as u32, column as u32)
    }

    /// The line (from 1) of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|&start| start <= offset).max(1) as u32
    }

    /// The text of a line (from 1) without its end, or None beyond the last.
    pub fn line_text(&self, line: u32) -> Option<&str> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.line_starts.get(index)? as usize;
        let end = self
            .line_starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize - 1);
        self.text.get(start..end)
    }

    /// The text of `start..end`, empty where the offsets fit no text.
    pub fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }
}

fn memchr_lines(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at)
}

/// Characters in a piece of UTF-8: bytes that don't continue one.
fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}
