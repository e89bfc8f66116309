//! `%`-formatting: reading directives and laying out converted arguments. The caller walks the arguments.

use super::float::{self, Details, Style};
use super::int::{Int, prefix_letter};
use super::{FormatError, LONGEST, Result};

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Given(usize),
    /// `*`: the next argument.
    Star,
}

/// One `%...` directive.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directive<'a> {
    /// The name in parentheses.
    pub key: Option<&'a str>,
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: Option<Amount>,
    pub precision: Option<Amount>,
    pub conversion: char,
    /// Character index of the conversion, for error messages.
    pub index: usize,
}

/// A piece of a format string.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'a> {
    Literal(&'a str),
    /// Also `%%`, whose conversion is `%`.
    Directive(Directive<'a>),
}

/// Reads a format string piece by piece.
pub struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub fn new(text: &'a str) -> Pieces<'a> {
        Pieces { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// A run of ASCII digits or a star.
    fn amount(&mut self, what: &str) -> Result<Option<Amount>> {
        if self.peek() == Some('*') {
            self.take();
            return Ok(Some(Amount::Star));
        }
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let text = &self.rest()[..digits];
        self.at += digits;
        if text.is_empty() {
            return Ok(None);
        }
        let most = if what == "width" {
            isize::MAX as usize
        } else {
            i32::MAX as usize
        };
        match text.parse::<usize>() {
            Ok(n) if n <= most => Ok(Some(Amount::Given(n))),
            _ => Err(FormatError::value(format!("{what} too big"))),
        }
    }

    fn key(&mut self) -> Result<Option<&'a str>> {
        if self.peek() != Some('(') {
            return Ok(None);
        }
        self.take();
        let start = self.at;
        let mut depth = 1;
        while let Some(c) = self.take() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(self.text.get(start..self.at - 1));
            }
        }
        Err(FormatError::value("incomplete format key"))
    }

    fn directive(&mut self) -> Result<Directive<'a>> {
        let mut directive = Directive {
            key: self.key()?,
            ..Directive::default()
        };
        while let Some(flag) = self.peek() {
            match flag {
                '-' => directive.left = true,
                '+' => directive.plus = true,
                ' ' => directive.space = true,
                '#' => directive.alternate = true,
                '0' => directive.zero = true,
                _ => break,
            }
            self.take();
        }
        directive.width = self.amount("width")?;
        if self.peek() == Some('.') {
            self.take();
            directive.precision = Some(self.amount("precision")?.unwrap_or(Amount::Given(0)));
        }
        if matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.take();
        }
        directive.index = self.text.get(..self.at).map_or(0, |before| before.chars().count());
        directive.conversion = self.take().ok_or_else(|| FormatError::value("incomplete format"))?;
        Ok(directive)
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let literal = rest.find('%').unwrap_or(rest.len());
        if literal > 0 {
            self.at += literal;
            return Some(Ok(Piece::Literal(&rest[..literal])));
        }
        self.at += 1;
        Some(self.directive().map(Piece::Directive))
    }
}

impl Directive<'_> {
    /// The error for a conversion that does not exist.
    pub fn unsupported(&self) -> FormatError {
        let c = self.conversion;
        let shown = if (' '..='~').contains(&c) { c } else { '?' };
        FormatError::value(format!(
            "unsupported format character '{shown}' (0x{:x}) at index {}",
            c as u32, self.index
        ))
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        }
    }

    /// Puts sign and prefix before `digits` and fills up to `width`.
    fn number(&self, sign: &str, prefix: &str, digits: &str, width: usize, out: &mut String) -> Result<()> {
        let length = sign.len() + prefix.len() + digits.len();
        let missing = width.saturating_sub(length);
        if missing > LONGEST {
            return Err(FormatError::memory());
        }
        let (before, zeros, after) = match (self.left, self.zero) {
            (true, _) => (0, 0, missing),
            (_, true) => (0, missing, 0),
            _ => (missing, 0, 0),
        };
        out.extend(std::iter::repeat_n(' ', before));
        out.push_str(sign);
        out.push_str(prefix);
        out.extend(std::iter::repeat_n('0', zeros));
        out.push_str(digits);
        out.extend(std::iter::repeat_n(' ', after));
        Ok(())
    }

    /// `d i u o x X`.
    pub fn integer(
        &self,
        value: Int<'_>,
        width: usize,
        precision: Option<usize>,
        max_digits: usize,
        out: &mut String,
    ) -> Result<()> {
        let base = match self.conversion {
            'o' => 8,
            'x' | 'X' => 16,
            _ => 10,
        };
        let mut digits = if base == 10 {
            value.magnitude(max_digits)?
        } else {
            value.magnitude_in(base)
        };
        let zeros = precision.unwrap_or(0).saturating_sub(digits.len());
        if zeros > LONGEST {
            return Err(FormatError::memory());
        }
        digits.insert_str(0, &"0".repeat(zeros));
        let mut prefix = String::new();
        if self.alternate && base != 10 {
            prefix.push('0');
            prefix.push(prefix_letter(base));
        }
        if self.conversion == 'X' {
            digits.make_ascii_uppercase();
            prefix.make_ascii_uppercase();
        }
        self.number(self.sign(value.is_negative()), &prefix, &digits, width, out)
    }

    /// `e E f F g G`.
    pub fn float(&self, value: f64, width: usize, precision: Option<usize>, out: &mut String) -> Result<()> {
        let precision = precision.unwrap_or(6);
        let style = match self.conversion.to_ascii_lowercase() {
            'e' => Style::Exponent(precision),
            'f' => Style::Fixed(precision),
            _ => Style::General(precision),
        };
        let details = Details {
            alternate: self.alternate,
            upper: self.conversion.is_ascii_uppercase(),
            ..Details::default()
        };
        let (negative, text) = float::parts(value, style, details)?;
        self.number(self.sign(negative), "", &text, width, out)
    }

    /// `s r a c`: text, cut to the precision.
    pub fn text(&self, value: &str, width: usize, precision: Option<usize>, out: &mut String) -> Result<()> {
        let mut length = value.chars().count();
        let mut shown = value;
        if let Some(precision) = precision.filter(|&p| p < length) {
            shown = value
                .char_indices()
                .nth(precision)
                .map_or(value, |(at, _)| &value[..at]);
            length = precision;
        }
        let missing = width.saturating_sub(length);
        if missing > LONGEST {
            return Err(FormatError::memory());
        }
        if !self.left {
            out.extend(std::iter::repeat_n(' ', missing));
        }
        out.push_str(shown);
        if self.left {
            out.extend(std::iter::repeat_n(' ', missing));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, value: i64) -> String {
        let mut out = String::new();
        for piece in Pieces::new(text) {
            match piece {
                Ok(Piece::Literal(text)) => out.push_str(text),
                Ok(Piece::Directive(d)) => {
                    let amount = |a: Option<Amount>| match a {
                        Some(Amount::Given(n)) => Some(n),
                        _ => None,
                    };
                    let (width, precision) = (amount(d.width).unwrap_or(0), amount(d.precision));
                    match d.conversion {
                        'd' | 'x' | 'o' | 'X' => d.integer(Int::Small(value), width, precision, 0, &mut out).unwrap(),
                        'f' | 'e' | 'g' => d.float(value as f64, width, precision, &mut out).unwrap(),
                        _ => return d.unsupported().message,
                    }
                }
                Err(error) => return error.message,
            }
        }
        out
    }

    #[test]
    fn directives() {
        for (text, value, expected) in [
            ("%05d", -3, "-0003"),
            ("%-5d|", 3, "3    |"),
            ("%#x", 255, "0xff"),
            ("%#.3x", 5, "0x005"),
            ("%08.3d", -5, "-0000005"),
            ("%x", -255, "-ff"),
            ("%#5x|", 10, "  0xa|"),
            ("%010.2f", -3, "-000003.00"),
            ("%q", 1, "unsupported format character 'q' (0x71) at index 1"),
            ("%", 1, "incomplete format"),
            ("%(a", 1, "incomplete format key"),
            ("%.-5d", 1, "unsupported format character '-' (0x2d) at index 2"),
        ] {
            assert_eq!(one(text, value), expected, "{text}");
        }
    }
}
