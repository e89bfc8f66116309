//! A pattern's or template's text, read one character or escape at a time.

use crate::python::format::quote;
use crate::python::types::str::case::is_identifier;

/// Why a pattern cannot be used.
#[derive(Debug)]
pub enum Fault {
    /// `re.error`, with the position it is about.
    Error(String, Option<usize>),
    /// The other classes that a pattern can raise.
    Overflow(&'static str),
    Value(&'static str),
    Index(String),
    Recursion,
}

/// What parsing answers.
pub type Parsed<T> = Result<T, Fault>;

/// A character, or a backslash and a character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub c: char,
    pub escaped: bool,
}

impl Token {
    fn len(self) -> usize {
        1 + usize::from(self.escaped)
    }

    pub fn is(self, c: char) -> bool {
        !self.escaped && self.c == c
    }

    /// As it stands in the pattern.
    pub fn text(self) -> String {
        if self.escaped {
            format!("\\{}", self.c)
        } else {
            self.c.to_string()
        }
    }
}

pub struct Scanner<'a> {
    chars: &'a [char],
    index: usize,
    /// The token that comes next.
    pub next: Option<Token>,
    /// False for a pattern of bytes.
    pub is_text: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(chars: &'a [char], is_text: bool) -> Parsed<Scanner<'a>> {
        let mut made = Scanner {
            chars,
            index: 0,
            next: None,
            is_text,
        };
        made.advance()?;
        Ok(made)
    }

    fn advance(&mut self) -> Parsed<()> {
        let Some(&c) = self.chars.get(self.index) else {
            self.next = None;
            return Ok(());
        };
        self.index += 1;
        self.next = Some(Token { c, escaped: false });
        if c == '\\' {
            let Some(&c) = self.chars.get(self.index) else {
                let at = self.chars.len() - 1;
                return Err(Fault::Error("bad escape (end of pattern)".into(), Some(at)));
            };
            self.index += 1;
            self.next = Some(Token { c, escaped: true });
        }
        Ok(())
    }

    pub fn get(&mut self) -> Parsed<Option<Token>> {
        let this = self.next;
        self.advance()?;
        Ok(this)
    }

    /// Takes the next token if it is this character.
    pub fn take(&mut self, c: char) -> Parsed<bool> {
        let is = self.next.is_some_and(|next| next.is(c));
        if is {
            self.advance()?;
        }
        Ok(is)
    }

    pub fn next_is(&self, c: char) -> bool {
        self.next.is_some_and(|next| next.is(c))
    }

    /// The next character if it is a plain one that passes.
    pub fn next_if(&self, test: impl Fn(char) -> bool) -> Option<char> {
        self.next
            .filter(|next| !next.escaped && test(next.c))
            .map(|next| next.c)
    }

    /// Up to `most` characters that pass.
    pub fn take_while(&mut self, most: usize, test: impl Fn(char) -> bool) -> Parsed<String> {
        let mut taken = String::new();
        for _ in 0..most {
            let Some(c) = self.next_if(&test) else { break };
            taken.push(c);
            self.advance()?;
        }
        Ok(taken)
    }

    /// A name up to `end`, which is taken too.
    pub fn take_name(&mut self, end: char, what: &str) -> Parsed<String> {
        let mut name = String::new();
        let mut length = 0;
        loop {
            let Some(token) = self.get()? else {
                return Err(if length == 0 {
                    self.error(format!("missing {what}"), 0)
                } else {
                    self.error(format!("missing {end}, unterminated name"), length)
                });
            };
            if token.is(end) {
                if length == 0 {
                    return Err(self.error(format!("missing {what}"), 1));
                }
                return Ok(name);
            }
            name.push_str(&token.text());
            length += token.len();
        }
    }

    /// Where the next token stands.
    pub fn tell(&self) -> usize {
        self.index - self.next.map_or(0, Token::len)
    }

    pub fn seek(&mut self, index: usize) -> Parsed<()> {
        self.index = index;
        self.advance()
    }

    /// An error so many characters before the next token.
    pub fn error(&self, message: impl Into<String>, before: usize) -> Fault {
        let mut message = message.into();
        if !self.is_text {
            message = quote::escape_non_ascii(&message);
        }
        Fault::Error(message, Some(self.tell().saturating_sub(before)))
    }

    /// The error about a group's name that ended `after` characters ago.
    pub fn bad_name(&self, name: &str, after: usize) -> Fault {
        let shown = quote::str_repr(name);
        self.error(
            format!("bad character in group name {shown}"),
            name.chars().count() + after,
        )
    }

    pub fn check_name(&self, name: &str) -> Parsed<()> {
        if is_identifier(name) {
            Ok(())
        } else {
            Err(self.bad_name(name, 1))
        }
    }
}
