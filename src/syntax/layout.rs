//! The layout pass: from source text to what the grammar reads.
//!
//! It goes over the characters once. Comments and blanks fall away, lines join inside brackets and after a
//! backslash, and what the grammar would otherwise have to look ahead for is marked:
//!
//! - a logical line ends with `\n`; a block is between [`INDENT`] and [`DEDENT`];
//! - a keyword is `$word `, so that a name needs no look-ahead;
//! - a string literal is `""` whatever it holds: its text is read from the source when the tree is built;
//! - a blank is left only where two tokens would otherwise become one.
//!
//! What it cannot lay out it refuses without a word: then `diagnosis` reads the source again and says why.

use super::numbers;
use super::strings;
use std::cell::Cell;

pub const INDENT: u8 = 0x01;
pub const DEDENT: u8 = 0x02;

/// Brackets that may be open at once, as in CPython's tokenizer.
pub const MAX_BRACKETS: usize = 200;
/// Indentation levels, as in CPython's tokenizer.
pub const MAX_INDENTS: usize = 100;
/// A tab goes to the next multiple of this column.
const TAB_SIZE: usize = 8;

/// The source cannot be laid out.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused;

/// What is laid out: whole lines, or the expression in the braces of an f-string, where a line end is a blank.
/// A fragment is a field that may hold comments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    Lines,
    Field,
    Fragment,
}

/// The text that the grammar reads, and the way back to the source.
#[derive(Debug)]
pub struct Layout {
    pub text: String,
    /// (offset in `text`, offset in the source) where the distance between both changes.
    map: Vec<(u32, u32)>,
    /// Where the last look-up ended: they mostly go forward.
    hint: Cell<usize>,
}

impl Layout {
    /// The source offset of the token that starts at `at`.
    pub fn start(&self, at: usize) -> u32 {
        let at = at as u32;
        let mut index = self.hint.get();
        let holds = |index: usize| {
            self.map.get(index).is_some_and(|entry| entry.0 <= at)
                && self.map.get(index + 1).is_none_or(|next| at < next.0)
        };
        if !holds(index) {
            index += 1;
            if !holds(index) {
                index = self.map.partition_point(|entry| entry.0 <= at).saturating_sub(1);
            }
            self.hint.set(index);
        }
        self.map
            .get(index)
            .map_or(0, |&(out, source)| source + at.saturating_sub(out))
    }

    /// The source offset behind the token that ends at `at`.
    pub fn end(&self, at: usize) -> u32 {
        self.start(at.saturating_sub(1)) + 1
    }
}

/// Python's keywords, sorted.
pub const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub fn is_keyword(word: &str) -> bool {
    (2..=8).contains(&word.len()) && KEYWORDS.binary_search(&word).is_ok()
}

/// Length in bytes of the name that `text` begins with, 0 if it begins with none.
pub fn name_length(text: &str) -> usize {
    let ascii = text
        .bytes()
        .take_while(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .count();
    if text.as_bytes().get(ascii).is_none_or(|&byte| byte < 0x80) {
        return ascii;
    }
    let mut characters = text.char_indices();
    match characters.next() {
        Some((_, first)) if first == '_' || pest::unicode::XID_START(first) => {}
        _ => return 0,
    }
    characters
        .find(|&(_, next)| !pest::unicode::XID_CONTINUE(next))
        .map_or(text.len(), |(at, _)| at)
}

/// Columns of an indentation: with tabs to multiples of 8, and with tabs as one column. Both must agree
/// about what is deeper.
#[derive(Clone, Copy, Default)]
struct Indentation {
    column: usize,
    alternative: usize,
}

struct Pass<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Source offset of `source`'s first byte.
    base: u32,
    out: Vec<u8>,
    map: Vec<(u32, u32)>,
    /// The last token was a number: a point right behind it would become part of it.
    after_number: bool,
}

/// Lays `source` out; its offsets count from `base`.
pub fn lay_out(source: &str, base: u32, extent: Extent) -> Result<Layout, Refused> {
    let mut pass = Pass {
        source,
        bytes: source.as_bytes(),
        at: 0,
        base,
        out: Vec::with_capacity(source.len() + source.len() / 8 + 8),
        map: Vec::with_capacity(source.len() / 4 + 8),
        after_number: false,
    };
    pass.run(extent)?;
    let text = String::from_utf8(pass.out).map_err(|_| Refused)?;
    Ok(Layout {
        text,
        map: pass.map,
        hint: Cell::new(0),
    })
}

impl Pass<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// From here on, what is written comes from `source` on.
    fn sync(&mut self, source: usize) {
        let source = self.base + source as u32;
        let out = self.out.len() as u32;
        match self.map.last_mut() {
            Some(last) if source.wrapping_sub(last.1) == out.wrapping_sub(last.0) => {}
            Some(last) if last.0 == out => last.1 = source,
            _ => self.map.push((out, source)),
        }
    }

    fn run(&mut self, extent: Extent) -> Result<(), Refused> {
        let mut indents = vec![Indentation::default()];
        let mut brackets: Vec<u8> = Vec::new();
        if extent != Extent::Lines {
            brackets.push(0);
        }
        let mut line_start = extent == Extent::Lines;
        while self.at < self.bytes.len() {
            if line_start {
                line_start = false;
                let Some(indentation) = self.indentation()? else {
                    line_start = true;
                    continue;
                };
                self.indent(indentation, &mut indents)?;
                continue;
            }
            let byte = self.peek(0);
            match byte {
                b' ' | b'\t' | 0x0C => self.at += 1,
                b'\n' => {
                    if brackets.is_empty() {
                        self.sync(self.at);
                        self.out.push(b'\n');
                        self.after_number = false;
                        line_start = true;
                    }
                    self.at += 1;
                }
                b'#' if extent != Extent::Field => self.skip_line(),
                b'\\' if self.peek(1) == b'\n' && self.at + 2 < self.bytes.len() => self.at += 2,
                b'(' | b'[' | b'{' => {
                    if brackets.len() >= MAX_BRACKETS {
                        return Err(Refused);
                    }
                    brackets.push(byte);
                    self.operator(byte);
                }
                b')' | b']' | b'}' => {
                    let open = match byte {
                        b')' => b'(',
                        b']' => b'[',
                        _ => b'{',
                    };
                    if brackets.pop() != Some(open) {
                        return Err(Refused);
                    }
                    self.operator(byte);
                }
                b'"' | b'\'' => self.string(0)?,
                b'0'..=b'9' => self.number()?,
                b'.' if self.peek(1).is_ascii_digit() => self.number()?,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word()?,
                b'=' | b'.' | b',' | b':' | b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'<' | b'>' | b'&' | b'|'
                | b'^' | b'~' | b';' => self.operator(byte),
                b'!' if self.peek(1) == b'=' => {
                    self.operator(byte);
                    self.operator(b'=');
                }
                _ => return Err(Refused),
            }
        }
        if extent != Extent::Lines {
            return if brackets == [0] { Ok(()) } else { Err(Refused) };
        }
        if !brackets.is_empty() {
            return Err(Refused);
        }
        self.sync(self.bytes.len());
        if !line_start && !self.out.is_empty() {
            self.out.push(b'\n');
        }
        self.out.extend(std::iter::repeat_n(DEDENT, indents.len() - 1));
        Ok(())
    }

    fn skip_line(&mut self) {
        while self.at < self.bytes.len() && self.peek(0) != b'\n' {
            self.at += 1;
        }
    }

    /// Reads the blanks at the start of a line; None if nothing but a comment follows.
    fn indentation(&mut self) -> Result<Option<Indentation>, Refused> {
        let mut here = Indentation::default();
        let mut continued = 0;
        loop {
            match self.peek(0) {
                b' ' => {
                    here.column += 1;
                    here.alternative += 1;
                }
                b'\t' => {
                    here.column = (here.column / TAB_SIZE + 1) * TAB_SIZE;
                    here.alternative += 1;
                }
                0x0C => here = Indentation::default(),
                b'\\' => {
                    // the blanks before the first backslash count, if there are some
                    if continued == 0 {
                        continued = here.column;
                    }
                    if self.peek(1) != b'\n' || self.at + 2 >= self.bytes.len() {
                        return Err(Refused);
                    }
                    self.at += 1;
                }
                b'#' => {
                    self.skip_line();
                    self.at += 1;
                    return Ok(None);
                }
                b'\n' => {
                    self.at += 1;
                    return Ok(None);
                }
                _ if self.at >= self.bytes.len() => return Ok(None),
                _ if continued > 0 => {
                    return Ok(Some(Indentation {
                        column: continued,
                        alternative: continued,
                    }));
                }
                _ => return Ok(Some(here)),
            }
            self.at += 1;
        }
    }

    fn indent(&mut self, here: Indentation, indents: &mut Vec<Indentation>) -> Result<(), Refused> {
        let top = indents.last().copied().unwrap_or_default();
        if here.column > top.column {
            if here.alternative <= top.alternative || indents.len() >= MAX_INDENTS {
                return Err(Refused);
            }
            indents.push(here);
            self.sync(self.at);
            self.out.push(INDENT);
            return Ok(());
        }
        while indents.last().is_some_and(|top| here.column < top.column) {
            indents.pop();
            self.sync(self.at);
            self.out.push(DEDENT);
        }
        match indents.last() {
            Some(top) if top.column == here.column && top.alternative == here.alternative => Ok(()),
            _ => Err(Refused),
        }
    }

    /// Before a token that begins with a letter or digit: keep it apart from one before.
    fn separate_word(&mut self) {
        if self
            .out
            .last()
            .is_some_and(|&last| last.is_ascii_alphanumeric() || last == b'_' || last >= 0x80)
        {
            self.out.push(b' ');
        }
    }

    fn operator(&mut self, byte: u8) {
        let last = self.out.last().copied().unwrap_or(b'\n');
        let apart = self.at > 0 && self.touches_no_operator();
        let joins = match byte {
            b'=' => b"=<>!+-*/%&|^@:".contains(&last),
            b'*' | b'/' | b'<' => last == byte,
            b'>' => matches!(last, b'>' | b'-' | b'<'),
            b'.' => last == b'.',
            _ => false,
        };
        if (joins && apart) || (byte == b'.' && self.after_number) {
            self.out.push(b' ');
        }
        self.sync(self.at);
        self.out.push(byte);
        self.at += 1;
        self.after_number = false;
    }

    /// Whether the source has something between the last operator written and this one.
    fn touches_no_operator(&self) -> bool {
        self.bytes.get(self.at - 1) != self.out.last()
    }

    fn number(&mut self) -> Result<(), Refused> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let length = numbers::scan(rest).map_err(|_| Refused)?;
        self.separate_word();
        if self.out.last() == Some(&b'.') {
            // `a. 5`, `.. 5`: never a number behind a point
            self.out.push(b' ');
        }
        self.sync(self.at);
        self.out.extend_from_slice(rest.get(..length).unwrap_or(&[]));
        self.at += length;
        self.after_number = true;
        Ok(())
    }

    fn word(&mut self) -> Result<(), Refused> {
        let rest = self.source.get(self.at..).ok_or(Refused)?;
        let length = name_length(rest);
        let word = rest.get(..length).unwrap_or("");
        if word.is_empty() {
            return Err(Refused);
        }
        if matches!(self.peek(length), b'"' | b'\'') && strings::is_prefix(word) {
            return self.string(length);
        }
        self.after_number = false;
        if is_keyword(word) {
            self.sync(self.at);
            self.out.push(b'$');
            self.sync(self.at);
            self.out.extend_from_slice(word.as_bytes());
            self.out.push(b' ');
        } else {
            self.separate_word();
            self.sync(self.at);
            self.out.extend_from_slice(word.as_bytes());
        }
        self.at += length;
        Ok(())
    }

    /// A string literal whose prefix is `prefix` bytes long.
    fn string(&mut self, prefix: usize) -> Result<(), Refused> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let length = strings::literal_length(rest, prefix).ok_or(Refused)?;
        self.sync(self.at);
        self.out.push(b'"');
        self.sync(self.at + length - 1);
        self.out.push(b'"');
        self.at += length;
        self.after_number = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(source: &str) -> String {
        lay_out(source, 0, Extent::Lines).unwrap().text
    }

    #[test]
    fn blanks_and_comments_fall_away() {
        assert_eq!(laid("x = 1  # one\n"), "x=1\n");
        assert_eq!(laid("\n# nothing\n\n"), "");
        assert_eq!(laid("f(a,\n  b)"), "f(a,b)\n");
        assert_eq!(laid("a = \\\n  b"), "a=b\n");
    }

    #[test]
    fn keywords_and_strings_are_marked() {
        assert_eq!(laid("if not x: pass"), "$if $not x:$pass \n");
        assert_eq!(laid("'a b' rb\"c\" f'''d'''"), "\"\"\"\"\"\"\n");
        assert_eq!(laid("ifx = int"), "ifx=int\n");
    }

    #[test]
    fn tokens_do_not_merge() {
        assert_eq!(laid("a b"), "a b\n");
        assert_eq!(laid("a = = b"), "a= =b\n");
        assert_eq!(laid("a * * b"), "a* *b\n");
        assert_eq!(laid("a ** b"), "a**b\n");
        assert_eq!(laid("1 .real"), "1 .real\n");
        assert_eq!(laid("1if x"), "1$if x\n");
    }

    #[test]
    fn blocks() {
        assert_eq!(laid("if x:\n  y\n\nz"), "$if x:\n\u{1}y\n\u{2}z\n");
        assert_eq!(laid("if x:\n  if y:\n    z"), "$if x:\n\u{1}$if y:\n\u{1}z\n\u{2}\u{2}");
        assert_eq!(lay_out("if x:\n    y\n  z", 0, Extent::Lines).err(), Some(Refused));
        assert_eq!(lay_out("if x:\n\ty\n        z", 0, Extent::Lines).err(), Some(Refused));
    }

    #[test]
    fn offsets_lead_back() {
        let source = "x  =  'é'  + foo";
        let layout = lay_out(source, 0, Extent::Lines).unwrap();
        assert_eq!(layout.text, "x=\"\"+foo\n");
        let name = layout.text.find("foo").unwrap();
        assert_eq!(layout.start(name) as usize, source.find("foo").unwrap());
        assert_eq!(layout.end(name + 3) as usize, source.len());
        let string = layout.text.find('"').unwrap();
        assert_eq!(layout.start(string) as usize, source.find('\'').unwrap());
        assert_eq!(layout.end(string + 2) as usize, source.rfind('\'').unwrap() + 1);
    }

    #[test]
    fn brackets() {
        for refused in ["(", ")", "(]", "f(a b", "'abc", "\"\"\"abc", "a $ b", "x = 1 \\"] {
            assert!(lay_out(refused, 0, Extent::Lines).is_err(), "{refused}");
        }
        let deep = |n: usize| "(".repeat(n) + &")".repeat(n);
        assert!(lay_out(&deep(200), 0, Extent::Lines).is_ok());
        assert!(lay_out(&deep(201), 0, Extent::Lines).is_err());
    }
}
