//! CPython's tokens, read one by one: when a refused source is read again, it matters which token was the
//! last one looked at, and what the tokenizer's state was then.

use super::Problem;
use crate::syntax::error::{SyntaxError, SyntaxErrorKind};
use crate::syntax::layout::{MAX_BRACKETS, MAX_INDENTS, is_keyword};
use crate::syntax::numbers;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Name,
    Keyword,
    Number,
    String,
    Operator,
    Newline,
    Indent,
    Dedent,
    End,
}

/// A token. Columns are in bytes from 0, -1 for a token without text.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    pub line: u32,
    pub column: i64,
    pub end_line: u32,
    pub end_column: i64,
    /// Brackets open behind it.
    pub level: usize,
    /// Which literal of the grammar it is, `NO_WORD` if none.
    pub word: u16,
}

pub const NO_WORD: u16 = u16::MAX;

/// Why there is no next token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    None,
    /// The end of the text was read.
    End,
    /// The text ended in a string.
    EndInString,
    /// An error with a message of its own.
    Error,
    Dedent,
    TabSpace,
    TooDeep,
    Continuation,
}

#[derive(Clone, Copy)]
struct Bracket {
    byte: u8,
    line: u32,
    column: i64,
}

pub struct Tokenizer<'a> {
    pub text: &'a str,
    bytes: &'a [u8],
    pub at: usize,
    /// End of the lines read so far.
    pub read: usize,
    /// Start of the lines kept for error messages.
    pub kept: usize,
    pub line_start: usize,
    pub line: u32,
    first_line: u32,
    string_line_start: usize,
    start: Option<usize>,
    brackets: Vec<Bracket>,
    indents: Vec<(usize, usize)>,
    pending: i32,
    at_line_start: bool,
    pub stop: Stop,
    /// One prompt entry: the end of the text counts as a line end once.
    single: bool,
    /// An unfinished block isn't closed by the end of the text.
    open_ended: bool,
    started: bool,
}

/// A character, or None at the end.
type Next = Option<u8>;

const TWO: [&str; 20] = [
    "!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=", ":=", "<<", "<=", "<>", "==", ">=", ">>", "@=", "^=",
    "|=",
];
const THREE: [&str; 5] = ["**=", "...", "//=", "<<=", ">>="];

impl<'a> Tokenizer<'a> {
    pub fn new(text: &'a str, first_line: u32, single: bool, open_ended: bool) -> Tokenizer<'a> {
        Tokenizer {
            text,
            bytes: text.as_bytes(),
            at: 0,
            read: 0,
            kept: 0,
            line_start: 0,
            line: first_line.saturating_sub(1),
            first_line,
            string_line_start: 0,
            start: None,
            brackets: Vec::new(),
            indents: vec![(0, 0)],
            pending: 0,
            at_line_start: true,
            stop: Stop::None,
            single,
            open_ended,
            started: false,
        }
    }

    fn next(&mut self) -> Next {
        if self.at == self.read {
            if self.stop != Stop::None {
                return None;
            }
            let rest = self.bytes.get(self.read..).unwrap_or(&[]);
            if rest.is_empty() {
                self.stop = Stop::End;
                return None;
            }
            let length = rest
                .iter()
                .position(|&byte| byte == b'\n')
                .map_or(rest.len(), |end| end + 1);
            if self.start.is_none() {
                self.kept = self.at;
            }
            self.line_start = self.at;
            self.line += 1;
            self.read += length;
        }
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn back(&mut self, byte: Next) {
        if byte.is_some() {
            self.at -= 1;
        }
    }

    /// The innermost open bracket, its line and column.
    pub fn open_bracket(&self) -> Option<(u8, u32, i64)> {
        self.brackets
            .last()
            .map(|bracket| (bracket.byte, bracket.line, bracket.column))
    }

    /// The next token, without what one prompt entry needs.
    pub fn raw(&mut self) -> Result<Kind, Problem> {
        Ok(self.scan()?.0)
    }

    /// The next token for the parser.
    pub fn token(&mut self) -> Result<Token, Problem> {
        let (mut kind, mut start, mut end) = self.scan()?;
        if self.single && kind == Kind::End && self.started {
            kind = Kind::Newline;
            (start, end) = (None, None);
            self.started = false;
            if self.indents.len() > 1 && !self.open_ended {
                self.pending = 1 - self.indents.len() as i32;
                self.indents.truncate(1);
            }
        } else {
            self.started = true;
        }
        let line_start = if kind == Kind::String {
            self.string_line_start
        } else {
            self.line_start
        };
        let column = |offset: Option<usize>, line_start: usize| match offset {
            Some(offset) if offset >= line_start => (offset - line_start) as i64,
            _ => -1,
        };
        Ok(Token {
            kind,
            start: start.unwrap_or(self.at),
            end: end.unwrap_or(self.at),
            line: if kind == Kind::String {
                self.first_line
            } else {
                self.line
            },
            column: column(start, line_start),
            end_line: self.line,
            end_column: column(end, self.line_start),
            level: self.brackets.len(),
            word: NO_WORD,
        })
    }

    fn halt<T>(&mut self, stop: Stop) -> Result<T, Problem> {
        self.stop = stop;
        if matches!(stop, Stop::Dedent | Stop::TabSpace | Stop::TooDeep) {
            self.at = self.read;
        }
        Err(Problem::Stopped)
    }

    /// An error at the last byte read, or over `range` (bytes in the line, from 1).
    fn error<T>(&mut self, message: String, range: Option<(u32, u32)>) -> Result<T, Problem> {
        self.stop = Stop::Error;
        let line = self.bytes.get(self.line_start..).unwrap_or(&[]);
        let length = line.iter().position(|&byte| byte == b'\n').unwrap_or(line.len());
        let text = String::from_utf8_lossy(line.get(..length).unwrap_or(line)).into_owned();
        let here = String::from_utf8_lossy(self.bytes.get(self.line_start..self.at).unwrap_or(&[]))
            .chars()
            .count();
        let (column, end_column) = range.unwrap_or((here as u32, here as u32));
        Err(Problem::Error(SyntaxError {
            kind: SyntaxErrorKind::Syntax,
            message,
            line: self.line,
            column,
            end_line: self.line,
            end_column: end_column as i32,
            text: Some(text),
        }))
    }

    #[allow(clippy::type_complexity)]
    fn scan(&mut self) -> Result<(Kind, Option<usize>, Option<usize>), Problem> {
        loop {
            self.start = None;
            let mut blank = false;
            if self.at_line_start {
                self.at_line_start = false;
                blank = self.indentation()?;
            }
            self.start = Some(self.at);
            if self.pending < 0 {
                self.pending += 1;
                return Ok((Kind::Dedent, None, None));
            }
            if self.pending > 0 {
                self.pending -= 1;
                return Ok((Kind::Indent, None, None));
            }
            let byte = self.next();
            self.back(byte);
            if let Some(token) = self.one(blank)? {
                return Ok(token);
            }
        }
    }

    /// Reads the blanks at the start of a line; whether nothing counts in it.
    fn indentation(&mut self) -> Result<bool, Problem> {
        let (mut column, mut alternative, mut continued) = (0usize, 0usize, 0usize);
        let mut byte;
        loop {
            byte = self.next();
            match byte {
                Some(b' ') => {
                    column += 1;
                    alternative += 1;
                }
                Some(b'\t') => {
                    column = (column / 8 + 1) * 8;
                    alternative += 1;
                }
                Some(0x0C) => (column, alternative) = (0, 0),
                Some(b'\\') => {
                    if continued == 0 {
                        continued = column;
                    }
                    self.continuation()?;
                }
                _ => break,
            }
        }
        self.back(byte);
        if matches!(byte, Some(b'#' | b'\n')) {
            return Ok(true);
        }
        if !self.brackets.is_empty() {
            return Ok(false);
        }
        if continued != 0 {
            (column, alternative) = (continued, continued);
        }
        let top = self.indents.last().copied().unwrap_or_default();
        if column > top.0 {
            if self.indents.len() >= MAX_INDENTS {
                return self.halt(Stop::TooDeep);
            }
            if alternative <= top.1 {
                return self.halt(Stop::TabSpace);
            }
            self.pending += 1;
            self.indents.push((column, alternative));
            return Ok(false);
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|top| column < top.0) {
            self.pending -= 1;
            self.indents.pop();
        }
        let top = self.indents.last().copied().unwrap_or_default();
        if column != top.0 {
            return self.halt(Stop::Dedent);
        }
        if alternative != top.1 {
            return self.halt(Stop::TabSpace);
        }
        Ok(false)
    }

    /// After a backslash: the line end, and something behind it.
    fn continuation(&mut self) -> Result<(), Problem> {
        if self.next() != Some(b'\n') {
            return self.halt(Stop::Continuation);
        }
        let byte = self.next();
        if byte.is_none() {
            self.stop = Stop::End;
            self.at = self.read;
            return Err(Problem::Stopped);
        }
        self.back(byte);
        Ok(())
    }

    /// One token, or None at the end of a line that doesn't count.
    #[allow(clippy::type_complexity)]
    fn one(&mut self, blank: bool) -> Result<Option<(Kind, Option<usize>, Option<usize>)>, Problem> {
        loop {
            self.start = None;
            let mut byte = self.next();
            while matches!(byte, Some(b' ' | b'\t' | 0x0C)) {
                byte = self.next();
            }
            let start = if byte.is_some() { self.at - 1 } else { self.at };
            self.start = Some(start);
            if byte == Some(b'#') {
                while !matches!(byte, None | Some(b'\n')) {
                    byte = self.next();
                }
            }
            let Some(byte) = byte else {
                return if self.brackets.is_empty() && self.stop == Stop::End {
                    Ok(Some((Kind::End, None, None)))
                } else {
                    Err(Problem::Stopped)
                };
            };
            let kind = match byte {
                b'\n' => {
                    self.at_line_start = true;
                    if blank || !self.brackets.is_empty() {
                        return Ok(None);
                    }
                    return Ok(Some((Kind::Newline, Some(start), Some(self.at - 1))));
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(start)?,
                b'0'..=b'9' => self.number(start)?,
                b'.' if self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) && self.at < self.read => {
                    self.number(start)?
                }
                b'"' | b'\'' => self.string(start, byte)?,
                b'\\' => {
                    self.continuation()?;
                    continue;
                }
                _ => self.operator(byte)?,
            };
            return Ok(Some((kind, Some(start), Some(self.at))));
        }
    }

    fn word(&mut self, start: usize) -> Result<Kind, Problem> {
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let length = rest
            .iter()
            .take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80)
            .count();
        let word = self.text.get(start..start + length).unwrap_or("");
        let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
        let quote = rest.get(letters).copied();
        if letters <= 2 && letters == length && matches!(quote, Some(b'"' | b'\'')) {
            let prefix = word.get(..letters).unwrap_or("");
            if crate::syntax::strings::is_prefix(prefix) {
                self.at = start + letters + 1;
                return self.string(start, quote.unwrap_or(b'"'));
            }
        }
        self.at = start + length;
        if word.is_ascii() {
            return Ok(if is_keyword(word) { Kind::Keyword } else { Kind::Name });
        }
        let invalid = word.char_indices().find(|&(at, character)| {
            if at == 0 {
                character != '_' && !pest::unicode::XID_START(character)
            } else {
                !pest::unicode::XID_CONTINUE(character)
            }
        });
        let Some((at, character)) = invalid else {
            return Ok(Kind::Name);
        };
        self.at = start + at + character.len_utf8();
        let code = format!("U+{:04X}", character as u32);
        let message = if is_printable(character) {
            format!("invalid character '{character}' ({code})")
        } else {
            format!("invalid non-printable character {code}")
        };
        self.error(message, None)
    }

    fn number(&mut self, start: usize) -> Result<Kind, Problem> {
        match numbers::scan(self.bytes.get(start..).unwrap_or(&[])) {
            Ok(length) => {
                self.at = start + length;
                Ok(Kind::Number)
            }
            Err(error) => {
                self.at = start + error.read;
                let column = (start - self.line_start) as u32;
                let range = error
                    .range
                    .map(|(from, to)| (column + from as u32 + 1, column + to as u32));
                self.error(error.message, range)
            }
        }
    }

    /// A string whose opening quote has been read.
    fn string(&mut self, start: usize, quote: u8) -> Result<Kind, Problem> {
        self.first_line = self.line;
        self.string_line_start = self.line_start;
        let mut size = 1;
        let mut closing = 0;
        let mut byte = self.next();
        if byte == Some(quote) {
            byte = self.next();
            if byte == Some(quote) {
                size = 3;
            } else {
                closing = 1;
            }
        }
        if byte != Some(quote) {
            self.back(byte);
        }
        while closing != size {
            let byte = self.next();
            match byte {
                None | Some(b'\n') if byte.is_none() || size == 1 => {
                    let detected = self.line;
                    self.at = start + 1;
                    self.line_start = self.string_line_start;
                    self.line = self.first_line;
                    let what = if size == 3 {
                        "triple-quoted string literal"
                    } else {
                        "string literal"
                    };
                    let result = self.error(format!("unterminated {what} (detected at line {detected})"), None);
                    if byte.is_none() {
                        self.stop = Stop::EndInString;
                    }
                    return result;
                }
                Some(byte) if byte == quote => closing += 1,
                Some(b'\\') => {
                    closing = 0;
                    self.next();
                }
                _ => closing = 0,
            }
        }
        Ok(Kind::String)
    }

    fn operator(&mut self, byte: u8) -> Result<Kind, Problem> {
        let start = self.at - 1;
        let line = self.bytes.get(start..self.read).unwrap_or(&[]);
        let starts = |operators: &[&str]| operators.iter().any(|operator| line.starts_with(operator.as_bytes()));
        if starts(&THREE) {
            self.at = start + 3;
            return Ok(Kind::Operator);
        }
        if starts(&TWO) {
            self.at = start + 2;
            return Ok(Kind::Operator);
        }
        match byte {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_BRACKETS {
                    return self.error("too many nested parentheses".into(), None);
                }
                let column = (start - self.line_start) as i64;
                self.brackets.push(Bracket {
                    byte,
                    line: self.line,
                    column,
                });
            }
            b')' | b']' | b'}' => {
                let Some(open) = self.brackets.pop() else {
                    return self.error(format!("unmatched '{}'", byte as char), None);
                };
                if !matches!((open.byte, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
                    let (close, opened) = (byte as char, open.byte as char);
                    let mut message =
                        format!("closing parenthesis '{close}' does not match opening parenthesis '{opened}'");
                    if open.line != self.line {
                        message += &format!(" on line {}", open.line);
                    }
                    return self.error(message, None);
                }
            }
            0x00..=0x1F | 0x7F => {
                return self.error(format!("invalid non-printable character U+{byte:04X}"), None);
            }
            _ => {}
        }
        Ok(Kind::Operator)
    }
}

/// As `str.isprintable`, for characters beyond ASCII.
fn is_printable(character: char) -> bool {
    use pest::unicode::{
        CONTROL, FORMAT, LINE_SEPARATOR, PARAGRAPH_SEPARATOR, PRIVATE_USE, SPACE_SEPARATOR, UNASSIGNED,
    };
    let hidden = [
        CONTROL,
        FORMAT,
        LINE_SEPARATOR,
        PARAGRAPH_SEPARATOR,
        PRIVATE_USE,
        SPACE_SEPARATOR,
        UNASSIGNED,
    ];
    !hidden.iter().any(|has| has(character))
}
