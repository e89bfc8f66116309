//! What is wrong with a source that was refused, in CPython's words and at its place.
//!
//! As CPython does, it parses twice: once without looking for mistakes, to see how far the text makes sense,
//! and once with the rules for mistakes. How the text stopped making sense says whether more lines may help.

mod machine;
mod mistakes;
mod rules;
mod tokens;

use super::error::{SyntaxError, SyntaxErrorKind};
use super::numbers;
use machine::Machine;
use rules::Program;
use std::rc::Rc;
use tokens::{Kind, NO_WORD, Stop, Token, Tokenizer};

/// What a text was meant to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    File,
    Single,
    Eval,
}

/// The answer.
#[derive(Debug)]
pub enum Verdict {
    Error(SyntaxError),
    /// More lines could complete it.
    Incomplete,
    /// CPython takes it; then the grammar of `python.pest` is too narrow.
    Accepted,
}

/// What ends a parse early.
#[derive(Debug)]
pub enum Problem {
    Error(SyntaxError),
    /// The tokenizer stopped without a message; `Tokenizer::stop` says why.
    Stopped,
    /// CPython's parser runs out of its own stack.
    Memory,
}

/// Tokens from `start` up to `end`.
#[derive(Clone, Copy, Default, Debug)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

/// A place in the text: lines from 1, columns in bytes from 0, or -1.
#[derive(Clone, Copy)]
pub struct Extent {
    pub line: u32,
    pub column: i64,
    pub end_line: u32,
    pub end_column: i64,
}

/// One text being read again.
pub struct Diagnosis<'a> {
    text: &'a str,
    tokenizer: Tokenizer<'a>,
    tokens: Vec<Token>,
    program: Rc<Program>,
    /// The line number of the text's first line.
    first_line: u32,
    /// The text is the expression of an f-string's field.
    is_field: bool,
}

/// Why `text` was refused. `partial`: more lines may come.
pub fn diagnose(text: &str, entry: Entry, partial: bool) -> Verdict {
    let single = entry == Entry::Single;
    let rule = match entry {
        Entry::File => "file",
        Entry::Single => "single",
        Entry::Eval => "eval",
    };
    let tokenizer = Tokenizer::new(text, 1, single, partial);
    let mut diagnosis = Diagnosis {
        text,
        tokenizer,
        tokens: Vec::new(),
        program: rules::program(),
        first_line: 1,
        is_field: false,
    };
    diagnosis.verdict(rule, partial)
}

/// A literal that a warning may be about.
pub struct Literal<'a> {
    pub text: &'a str,
    pub line: u32,
    /// The kind of a number that a keyword follows without a blank.
    pub touches_keyword: Option<&'static str>,
}

/// The string literals of a text, and the numbers that touch a keyword.
pub fn literals(text: &str) -> Vec<Literal<'_>> {
    let mut tokenizer = Tokenizer::new(text, 1, false, false);
    let mut found = Vec::new();
    while let Ok(token) = tokenizer.token() {
        let written = text.get(token.start..token.end).unwrap_or("");
        let next = text.as_bytes().get(token.end).copied().unwrap_or(0);
        let touches_keyword = match token.kind {
            Kind::End => break,
            Kind::String => None,
            Kind::Number if next.is_ascii_alphabetic() => Some(numbers::kind(written)),
            _ => continue,
        };
        found.push(Literal {
            text: written,
            line: token.line,
            touches_keyword,
        });
    }
    found
}

impl<'a> Diagnosis<'a> {
    fn verdict(&mut self, rule: &str, partial: bool) -> Verdict {
        let program = Rc::clone(&self.program);
        let mut machine = Machine::new(&program, self, false);
        let first = machine.run(rule, 0);
        let start = machine.last_statement();
        if let Ok(true) = first {
            if rule == "single" && self.has_more() {
                let message = "multiple statements found while compiling a single statement";
                return Verdict::Error(self.error_at_last(SyntaxErrorKind::Syntax, message.into()));
            }
            return Verdict::Accepted;
        }
        if partial && matches!(self.tokenizer.stop, Stop::End | Stop::EndInString) {
            return Verdict::Incomplete;
        }
        let last = self.tokens.last().copied();
        let found = match first {
            Ok(_) => Machine::new(&program, self, true).run(rule, start).err(),
            Err(problem) => Some(problem),
        };
        match found {
            Some(Problem::Memory) => {
                let kind = SyntaxErrorKind::Memory;
                Verdict::Error(SyntaxError::without_place(kind, String::new()))
            }
            Some(Problem::Error(error)) => {
                let readable = self.tokenizer.stop == Stop::None;
                Verdict::Error(if readable {
                    self.later_error().unwrap_or(error)
                } else {
                    error
                })
            }
            Some(Problem::Stopped) | None => {
                let error = match last {
                    Some(Token { kind: Kind::Indent, .. }) => {
                        return Verdict::Error(
                            self.error_at_last(SyntaxErrorKind::Indentation, "unexpected indent".into()),
                        );
                    }
                    Some(Token { kind: Kind::Dedent, .. }) => {
                        return Verdict::Error(
                            self.error_at_last(SyntaxErrorKind::Indentation, "unexpected unindent".into()),
                        );
                    }
                    Some(token) => self.error(SyntaxErrorKind::Syntax, extent(&token), "invalid syntax".into()),
                    None => SyntaxError::without_place(SyntaxErrorKind::Syntax, "invalid syntax".into()),
                };
                Verdict::Error(self.later_error().unwrap_or(error))
            }
        }
    }

    /// Whether anything but blanks and comments follows what was read.
    fn has_more(&self) -> bool {
        let rest = self.text.get(self.tokenizer.at..).unwrap_or("");
        rest.lines().any(|line| {
            let line = line.trim_start_matches([' ', '\t', '\u{c}']);
            !line.is_empty() && !line.starts_with('#')
        })
    }

    /// Reads the rest of the text: an error of the tokenizer there outweighs one of the parser.
    fn later_error(&mut self) -> Option<SyntaxError> {
        let line = self.tokens.last().map_or(0, |token| token.line);
        loop {
            match self.tokenizer.raw() {
                Ok(Kind::End) => return None,
                Ok(_) => {}
                Err(Problem::Error(error)) => return Some(error),
                Err(_) => {
                    let (_, open, _) = self.tokenizer.open_bracket()?;
                    return if line > open { self.never_closed() } else { None };
                }
            }
        }
    }

    fn never_closed(&self) -> Option<SyntaxError> {
        let (bracket, line, column) = self.tokenizer.open_bracket()?;
        let place = Extent {
            line,
            column,
            end_line: line,
            end_column: -1,
        };
        let message = format!("'{}' was never closed", bracket as char);
        let mut error = self.error(SyntaxErrorKind::Syntax, place, message);
        error.end_column = 0;
        Some(error)
    }

    /// The token with this number.
    pub fn token(&mut self, number: u32) -> Result<Token, Problem> {
        while self.tokens.len() <= number as usize {
            match self.tokenizer.token() {
                Ok(mut token) => {
                    if matches!(token.kind, Kind::Operator | Kind::Keyword | Kind::Name) {
                        token.word = self.program.words.get(self.text_of(&token)).copied().unwrap_or(NO_WORD);
                    }
                    self.tokens.push(token);
                }
                Err(problem) => {
                    let line = self.tokenizer.line;
                    let at = self.tokenizer.at;
                    self.tokens.push(Token {
                        kind: Kind::End,
                        start: at,
                        end: at,
                        line,
                        column: -1,
                        end_line: line,
                        end_column: -1,
                        level: 0,
                        word: NO_WORD,
                    });
                    return Err(match problem {
                        Problem::Stopped => Problem::Error(self.stopped()),
                        problem => problem,
                    });
                }
            }
        }
        self.tokens.get(number as usize).copied().ok_or(Problem::Stopped)
    }

    /// The error for a tokenizer that stopped without one.
    fn stopped(&self) -> SyntaxError {
        let line = self.tokenizer.line;
        let mut place = Extent {
            line,
            column: 0,
            end_line: line,
            end_column: -1,
        };
        let (kind, message) = match self.tokenizer.stop {
            Stop::Dedent => {
                let message = "unindent does not match any outer indentation level";
                return self.error_at_last(SyntaxErrorKind::Indentation, message.into());
            }
            Stop::TabSpace => (
                SyntaxErrorKind::Tab,
                "inconsistent use of tabs and spaces in indentation",
            ),
            Stop::TooDeep => (SyntaxErrorKind::Indentation, "too many levels of indentation"),
            Stop::Continuation => {
                place.column = (self.tokenizer.at - self.tokenizer.kept) as i64 - 1;
                (
                    SyntaxErrorKind::Syntax,
                    "unexpected character after line continuation character",
                )
            }
            _ => {
                let unexpected = || self.error_at_last(SyntaxErrorKind::Syntax, "unexpected EOF while parsing".into());
                return self.never_closed().unwrap_or_else(unexpected);
            }
        };
        let mut error = self.error(kind, place, message.into());
        error.end_column = 0;
        error
    }

    /// The text of a token.
    pub fn text_of(&self, token: &Token) -> &'a str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// A token that must be there isn't.
    pub fn expected(&self, token: &Token, text: &str) -> Problem {
        Problem::Error(self.error(SyntaxErrorKind::Syntax, extent(token), format!("expected '{text}'")))
    }

    /// An error at the last token read.
    fn error_at_last(&self, kind: SyntaxErrorKind, message: String) -> SyntaxError {
        let Some(token) = self.tokens.last() else {
            return SyntaxError::without_place(kind, message);
        };
        let mut place = extent(token);
        let mut unknown_end = false;
        if token.column < 0 {
            // CPython counts this one from 1 already
            place.column = (self.tokenizer.at - self.tokenizer.line_start) as i64 - 1;
        }
        if token.end_column < 0 {
            unknown_end = true;
        }
        let mut error = self.error(kind, place, message);
        if unknown_end {
            error.end_column = -1;
        }
        error
    }

    /// An error at a place; columns become characters from 1.
    fn error(&self, kind: SyntaxErrorKind, place: Extent, message: String) -> SyntaxError {
        let text = self.error_text(place.line);
        let column = |column: i64| {
            let column = (column + 1).max(0) as usize;
            let beyond = usize::from(column > text.len());
            let before = text.char_indices().take_while(|(at, _)| *at < column).count();
            before + beyond
        };
        let message = if self.is_field {
            format!("f-string: {message}")
        } else {
            message
        };
        SyntaxError {
            kind,
            message,
            line: place.line,
            column: column(place.column) as u32,
            end_line: place.end_line,
            end_column: column(place.end_column) as i32,
            text: Some(text),
        }
    }

    /// The line that CPython shows for an error in `line`.
    fn error_text(&self, line: u32) -> String {
        let tokenizer = &self.tokenizer;
        if tokenizer.line <= line && tokenizer.read > tokenizer.kept {
            return self.text.get(tokenizer.kept..tokenizer.read).unwrap_or("").to_owned();
        }
        let index = line.saturating_sub(self.first_line) as usize;
        self.text.split('\n').nth(index).unwrap_or("").to_owned()
    }
}

/// Where a token is.
fn extent(token: &Token) -> Extent {
    Extent {
        line: token.line,
        column: token.column,
        end_line: token.end_line,
        end_column: token.end_column,
    }
}
