//! Syntax errors, and how CPython prints them.

use super::source::Source;
use super::tree::Refusal;

/// The class of the exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    Syntax,
    Indentation,
    Tab,
    /// `RecursionError`: the tree is too high for the compiler. It has no place.
    Recursion,
    /// `MemoryError`: the text nests too deep for the parser. It has neither place nor message.
    Memory,
}

impl SyntaxErrorKind {
    /// The name of the exception class.
    pub fn class_name(self) -> &'static str {
        match self {
            SyntaxErrorKind::Syntax => "SyntaxError",
            SyntaxErrorKind::Indentation => "IndentationError",
            SyntaxErrorKind::Tab => "TabError",
            SyntaxErrorKind::Recursion => "RecursionError",
            SyntaxErrorKind::Memory => "MemoryError",
        }
    }
}

/// A source that Python refuses, with the attributes that its exception has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: SyntaxErrorKind,
    pub message: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1; 0 is before the line.
    pub column: u32,
    pub end_line: u32,
    /// In characters, from 1, behind the last one; 0 if unknown.
    pub end_column: u32,
    /// The line, or what CPython keeps instead of it.
    pub text: Option<String>,
}

impl SyntaxError {
    pub(super) fn rough(source: &Source, refusal: Refusal) -> SyntaxError {
        let (kind, message) = match refusal {
            Refusal::Syntax => (SyntaxErrorKind::Syntax, "invalid syntax"),
            Refusal::Recursion => (
                SyntaxErrorKind::Recursion,
                "maximum recursion depth exceeded during compilation",
            ),
        };
        let text = source.line_text(1).map(str::to_owned);
        SyntaxError {
            kind,
            message: message.into(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 0,
            text,
        }
    }

    /// The last lines of the traceback, as the prompt prints them.
    pub fn render(&self, filename: &str) -> String {
        format!(
            "  File \"{filename}\", line {}\n{}: {}",
            self.line,
            self.kind.class_name(),
            self.message
        )
    }
}
