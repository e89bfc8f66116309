//! `str.format` templates: literal text and replacement fields. The caller looks values up.

use super::{FormatError, Result};

/// A replacement field `{name!conversion:spec}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub name: &'a str,
    pub conversion: Option<char>,
    pub spec: &'a str,
    /// The specification holds fields itself.
    pub nested: bool,
}

/// Literal text, then perhaps a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub literal: &'a str,
    pub field: Option<Field<'a>>,
}

/// Reads a template piece by piece.
pub struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    pub fn new(text: &'a str) -> Pieces<'a> {
        Pieces { rest: text }
    }

    fn take(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn field(&mut self) -> Result<Field<'a>> {
        let whole = self.rest;
        let mut end = None;
        while let Some(c) = self.take() {
            match c {
                '{' => return Err(FormatError::value("unexpected '{' in field name")),
                '[' => {
                    let close = self.rest.find(']').unwrap_or(self.rest.len());
                    self.rest = &self.rest[close..];
                }
                '}' | ':' | '!' => {
                    end = Some((c, whole.len() - self.rest.len() - 1));
                    break;
                }
                _ => {}
            }
        }
        let Some((ended_by, length)) = end else {
            return Err(FormatError::value("expected '}' before end of string"));
        };
        let mut field = Field {
            name: &whole[..length],
            conversion: None,
            spec: "",
            nested: false,
        };
        if ended_by == '}' {
            return Ok(field);
        }
        if ended_by == '!' {
            let conversion = self.take();
            if conversion.is_none() {
                return Err(FormatError::value(
                    "end of string while looking for conversion specifier",
                ));
            }
            field.conversion = conversion;
            match self.take() {
                Some('}') => return Ok(field),
                Some(':') | None => {}
                Some(_) => return Err(FormatError::value("expected ':' after conversion specifier")),
            }
        }
        let spec = self.rest;
        let mut depth = 1;
        while let Some(c) = self.take() {
            match c {
                '{' => {
                    field.nested = true;
                    depth += 1;
                }
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = &spec[..spec.len() - self.rest.len() - 1];
                return Ok(field);
            }
        }
        Err(FormatError::value("unmatched '{' in format spec"))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let Some(at) = self.rest.find(['{', '}']) else {
            let literal = std::mem::take(&mut self.rest);
            return Some(Ok(Piece { literal, field: None }));
        };
        let whole = self.rest;
        let brace = whole.as_bytes().get(at).copied();
        let following = whole.as_bytes().get(at + 1).copied();
        if following == brace {
            self.rest = &whole[at + 2..];
            return Some(Ok(Piece {
                literal: &whole[..at + 1],
                field: None,
            }));
        }
        self.rest = &whole[at + 1..];
        if brace == Some(b'}') {
            return Some(Err(FormatError::value("Single '}' encountered in format string")));
        }
        if following.is_none() {
            return Some(Err(FormatError::value("Single '{' encountered in format string")));
        }
        Some(self.field().map(|field| Piece {
            literal: &whole[..at],
            field: Some(field),
        }))
    }
}

/// What a field name starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First<'a> {
    /// Nothing: the next positional argument.
    Auto,
    Index(usize),
    Key(&'a str),
}

/// A look-up after the first name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    Attribute(&'a str),
    Index(usize),
    Key(&'a str),
}

/// The number that the text spells, if it is digits only.
fn index(text: &str) -> Result<Option<usize>> {
    let mut value = 0_usize;
    for c in text.chars() {
        let Some(digit) = super::unicode::decimal(c) else {
            return Ok(None);
        };
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit as usize))
            .filter(|&v| v <= isize::MAX as usize)
            .ok_or_else(|| FormatError::value("Too many decimal digits in format string"))?;
    }
    Ok((!text.is_empty()).then_some(value))
}

/// Splits a field name into its first part and the steps after it.
pub fn split_name(name: &str) -> Result<(First<'_>, Steps<'_>)> {
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (first, rest) = name.split_at(end);
    let first = match index(first)? {
        _ if first.is_empty() => First::Auto,
        Some(i) => First::Index(i),
        None => First::Key(first),
    };
    Ok((first, Steps { rest }))
}

/// The `.name` and `[item]` steps of a field name.
pub struct Steps<'a> {
    rest: &'a str,
}

impl<'a> Steps<'a> {
    fn step(&mut self) -> Result<Step<'a>> {
        let empty = || FormatError::value("Empty attribute in format string");
        if let Some(rest) = self.rest.strip_prefix('.') {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, rest) = rest.split_at(end);
            self.rest = rest;
            return if name.is_empty() {
                Err(empty())
            } else {
                Ok(Step::Attribute(name))
            };
        }
        if let Some(rest) = self.rest.strip_prefix('[') {
            let Some((item, rest)) = rest.split_once(']') else {
                self.rest = "";
                return Err(FormatError::value("Missing ']' in format string"));
            };
            self.rest = rest;
            return match index(item)? {
                _ if item.is_empty() => Err(empty()),
                Some(i) => Ok(Step::Index(i)),
                None => Ok(Step::Key(item)),
            };
        }
        self.rest = "";
        Err(FormatError::value(
            "Only '.' or '[' may follow ']' in format field specifier",
        ))
    }
}

impl<'a> Iterator for Steps<'a> {
    type Item = Result<Step<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() { None } else { Some(self.step()) }
    }
}

/// Whether fields number themselves; mixing both ways is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    automatic: Option<bool>,
    next: usize,
}

impl Numbering {
    /// The positional index that a first part stands for, or None for a key.
    pub fn position(&mut self, first: First<'_>) -> Result<Option<usize>> {
        let automatic = match first {
            First::Key(_) => return Ok(None),
            First::Auto => true,
            First::Index(_) => false,
        };
        match (self.automatic, automatic) {
            (Some(true), false) => {
                return Err(FormatError::value(
                    "cannot switch from automatic field numbering to manual field specification",
                ));
            }
            (Some(false), true) => {
                return Err(FormatError::value(
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            }
            _ => self.automatic = Some(automatic),
        }
        Ok(Some(match first {
            First::Index(i) => i,
            _ => {
                self.next += 1;
                self.next - 1
            }
        }))
    }
}

/// The error for a conversion other than `r`, `s` and `a`.
pub fn unknown_conversion(c: char) -> FormatError {
    if c > ' ' && c.is_ascii() {
        FormatError::value(format!("Unknown conversion specifier {c}"))
    } else {
        FormatError::value(format!("Unknown conversion specifier \\x{:x}", c as u32))
    }
}

/// The error for nested specifications nested again.
pub fn too_deep() -> FormatError {
    FormatError::value("Max string recursion exceeded")
}

/// The error for a position without an argument.
pub fn out_of_range(position: usize) -> FormatError {
    FormatError::kind(
        super::ErrorKind::Index,
        format!("Replacement index {position} out of range for positional args tuple"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Pieces::new(text)
            .find_map(|piece| piece.err())
            .map_or(String::new(), |e| e.message)
    }

    #[test]
    fn pieces_and_errors() {
        let pieces: Vec<_> = Pieces::new("a{{{0!r:>{w}}}}b").map(Result::unwrap).collect();
        assert_eq!(
            pieces[0],
            Piece {
                literal: "a{",
                field: None
            }
        );
        let field = Field {
            name: "0",
            conversion: Some('r'),
            spec: ">{w}",
            nested: true,
        };
        assert_eq!(
            pieces[1],
            Piece {
                literal: "",
                field: Some(field)
            }
        );
        for (text, message) in [
            ("{", "Single '{' encountered in format string"),
            ("{}}", "Single '}' encountered in format string"),
            ("{0", "expected '}' before end of string"),
            ("{0!}", "unmatched '{' in format spec"),
            ("{0!", "end of string while looking for conversion specifier"),
            ("{0!rr}", "expected ':' after conversion specifier"),
            ("{a[x}", "expected '}' before end of string"),
            ("{a{b}}", "unexpected '{' in field name"),
        ] {
            assert_eq!(error(text), message, "{text}");
        }
    }

    #[test]
    fn names() {
        let (first, steps) = split_name("a[0].b[x]").unwrap();
        assert_eq!(first, First::Key("a"));
        let steps: Vec<_> = steps.map(Result::unwrap).collect();
        assert_eq!(steps, [Step::Index(0), Step::Attribute("b"), Step::Key("x")]);
        assert!(split_name("a[]").unwrap().1.next().unwrap().is_err());
        let mut numbering = Numbering::default();
        assert_eq!(numbering.position(First::Auto), Ok(Some(0)));
        assert!(numbering.position(First::Index(1)).is_err());
    }
}
