//! Syntax errors, and how CPython prints them.

use std::fmt::Write;

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
    /// From 1; 0 if the error has no place.
    pub line: u32,
    /// In characters, from 1; 0 is before the line.
    pub column: u32,
    pub end_line: u32,
    /// In characters, from 1, behind the last one; 0 or -1 where CPython knows none.
    pub end_column: i32,
    /// The line as CPython keeps it, or None: the compiler's errors have none at a prompt.
    pub text: Option<String>,
}

impl SyntaxError {
    pub(super) fn without_place(kind: SyntaxErrorKind, message: String) -> SyntaxError {
        SyntaxError {
            kind,
            message,
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            text: None,
        }
    }

    /// The last lines of the traceback, as Python prints them: the file and line, the line with its carets,
    /// the exception. No line end after the last.
    pub fn render(&self, filename: &str) -> String {
        let mut shown = String::new();
        if self.line > 0 {
            let _ = writeln!(shown, "  File \"{filename}\", line {}", self.line);
            if let Some(text) = &self.text {
                self.render_text(text, &mut shown);
            }
        }
        shown += self.kind.class_name();
        if !self.message.is_empty() {
            shown += ": ";
            shown += &self.message;
        }
        shown
    }

    fn render_text(&self, text: &str, shown: &mut String) {
        let text = text.trim_end_matches('\n');
        let stripped = text.trim_start_matches([' ', '\n', '\u{c}']);
        let indent = (text.len() - stripped.len()) as i64;
        let _ = writeln!(shown, "    {stripped}");
        let start = i64::from(self.column);
        let mut end = i64::from(self.end_column);
        if end == 0 || end == -1 || end == start {
            end = start + 1;
        }
        let (start, end) = (start - 1 - indent, end - 1 - indent);
        if start >= 0 {
            // blanks like tabs stay, so that the carets stand right
            let before = stripped.chars().take(start as usize);
            let before: String = before
                .map(|kept| if kept.is_whitespace() { kept } else { ' ' })
                .collect();
            let carets = "^".repeat((end - start).max(0) as usize);
            let _ = writeln!(shown, "    {before}{carets}");
        }
    }
}
