//! Number literals: where one ends, and what it is worth.

use super::ast::ExprKind;

/// What is wrong with a number literal.
#[derive(Debug, PartialEq, Eq)]
pub struct NumberError {
    pub message: String,
    /// How many bytes from the literal's start were read when it was noticed.
    pub read: usize,
    /// The bytes to underline, where they are not just the last one read.
    pub range: Option<(usize, usize)>,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn invalid(&self, message: String) -> NumberError {
        NumberError {
            message,
            read: self.at,
            range: None,
        }
    }

    /// Digits, with single `_` between them.
    fn decimal_tail(&mut self) -> Result<(), NumberError> {
        loop {
            while self.peek().is_ascii_digit() {
                self.at += 1;
            }
            if self.peek() != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !self.peek().is_ascii_digit() {
                return Err(self.invalid("invalid decimal literal".into()));
            }
        }
    }

    /// A literal may touch one of the keywords that can follow a number, but no other name.
    fn end(&mut self, kind: &str) -> Result<(), NumberError> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        // CPython looks behind these words, but not behind the shorter ones
        let longer = ["and", "else", "for", "or", "not"];
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        let ends = |word: &&str| rest.starts_with(word.as_bytes()) && !rest.get(word.len()).is_some_and(is_word);
        if longer.iter().any(ends) || ["if", "in", "is"].iter().any(|word| rest.starts_with(word.as_bytes())) {
            return Ok(());
        }
        let next = self.peek();
        if next.is_ascii_alphanumeric() || next == b'_' {
            return Err(self.invalid(format!("invalid {kind} literal")));
        }
        Ok(())
    }

    fn based(&mut self, kind: &str, digit: fn(u8) -> bool) -> Result<(), NumberError> {
        loop {
            if self.peek() == b'_' {
                self.at += 1;
            }
            if !digit(self.peek()) {
                return Err(self.not_a_digit(kind));
            }
            while digit(self.peek()) {
                self.at += 1;
            }
            if self.peek() != b'_' {
                break;
            }
        }
        if self.peek().is_ascii_digit() {
            return Err(self.not_a_digit(kind));
        }
        self.end(kind)
    }

    fn not_a_digit(&mut self, kind: &str) -> NumberError {
        let next = self.peek();
        if next.is_ascii_digit() {
            self.at += 1;
            return self.invalid(format!("invalid digit '{}' in {kind} literal", next as char));
        }
        self.invalid(format!("invalid {kind} literal"))
    }

    /// After the integer part: fraction, exponent, `j`.
    fn fraction_and_exponent(&mut self) -> Result<(), NumberError> {
        if self.peek() == b'.' {
            self.at += 1;
            if self.peek().is_ascii_digit() {
                self.decimal_tail()?;
            }
        }
        if matches!(self.peek(), b'e' | b'E') {
            let exponent = self.at;
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
                if !self.peek().is_ascii_digit() {
                    return Err(self.invalid("invalid decimal literal".into()));
                }
            } else if !self.peek().is_ascii_digit() {
                self.at = exponent;
                return self.end("decimal");
            }
            self.decimal_tail()?;
        }
        if matches!(self.peek(), b'j' | b'J') {
            self.at += 1;
            return self.end("imaginary");
        }
        self.end("decimal")
    }
}

/// Length in bytes of the number literal that `bytes` begins with (a digit, or a point before a digit).
pub fn scan(bytes: &[u8]) -> Result<usize, NumberError> {
    let mut scanner = Scanner { bytes, at: 0 };
    if scanner.peek() != b'0' {
        if scanner.peek() != b'.' {
            scanner.decimal_tail()?;
        }
        scanner.fraction_and_exponent()?;
        return Ok(scanner.at);
    }
    scanner.at = 1;
    match scanner.peek() {
        b'x' | b'X' => {
            scanner.at = 2;
            scanner.based("hexadecimal", |byte| byte.is_ascii_hexdigit())?;
        }
        b'o' | b'O' => {
            scanner.at = 2;
            scanner.based("octal", |byte| (b'0'..b'8').contains(&byte))?;
        }
        b'b' | b'B' => {
            scanner.at = 2;
            scanner.based("binary", |byte| matches!(byte, b'0' | b'1'))?;
        }
        _ => {
            loop {
                if scanner.peek() == b'_' {
                    scanner.at += 1;
                    if !scanner.peek().is_ascii_digit() {
                        return Err(scanner.invalid("invalid decimal literal".into()));
                    }
                }
                if scanner.peek() != b'0' {
                    break;
                }
                scanner.at += 1;
            }
            let zeros = scanner.at;
            let nonzero = scanner.peek().is_ascii_digit();
            if nonzero {
                scanner.decimal_tail()?;
            }
            if nonzero && !matches!(scanner.peek(), b'.' | b'e' | b'E' | b'j' | b'J') {
                return Err(NumberError {
                    message: "leading zeros in decimal integer literals are not permitted; \
                              use an 0o prefix for octal integers"
                        .into(),
                    read: scanner.at,
                    range: Some((0, zeros + 1)),
                });
            }
            scanner.fraction_and_exponent()?;
        }
    }
    Ok(scanner.at)
}

/// What CPython calls a literal accepted by `scan`.
pub fn kind(literal: &str) -> &'static str {
    let bytes = literal.as_bytes();
    match (bytes.first(), bytes.get(1), bytes.last()) {
        (Some(b'0'), Some(b'x' | b'X'), _) => "hexadecimal",
        (Some(b'0'), Some(b'o' | b'O'), _) => "octal",
        (Some(b'0'), Some(b'b' | b'B'), _) => "binary",
        (_, _, Some(b'j' | b'J')) => "imaginary",
        _ => "decimal",
    }
}

/// The constant that a literal accepted by `scan` stands for.
pub fn value(literal: &str) -> ExprKind {
    if let Ok(small) = literal.parse::<i64>() {
        return ExprKind::Int(small);
    }
    let plain: String = literal.chars().filter(|&character| character != '_').collect();
    let bytes = plain.as_bytes();
    let base = match (bytes.first(), bytes.get(1)) {
        (Some(b'0'), Some(b'x' | b'X')) => 16,
        (Some(b'0'), Some(b'o' | b'O')) => 8,
        (Some(b'0'), Some(b'b' | b'B')) => 2,
        _ => 10,
    };
    if base != 10 {
        let digits = plain.get(2..).unwrap_or("");
        return match i64::from_str_radix(digits, base) {
            Ok(small) => ExprKind::Int(small),
            Err(_) => ExprKind::BigInt(digits.into(), base),
        };
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return match plain.parse::<i64>() {
            Ok(small) => ExprKind::Int(small),
            Err(_) => ExprKind::BigInt(plain.into(), 10),
        };
    }
    match plain.strip_suffix(['j', 'J']) {
        Some(imaginary) => ExprKind::Imaginary(imaginary.parse().unwrap_or(f64::NAN)),
        None => ExprKind::Float(plain.parse().unwrap_or(f64::NAN)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_end_where_python_ends_them() {
        for (text, length) in [
            ("1", 1),
            ("12_000+", 6),
            ("1.5e-3j)", 7),
            ("1.", 2),
            ("1..real", 2),
            ("0x_ff", 5),
            ("0b11 ", 4),
            ("00", 2),
            ("09.5", 4),
            ("1if", 1),
            ("1or", 1),
            (".5", 2),
            ("1else", 1),
        ] {
            assert_eq!(scan(text.as_bytes()), Ok(length), "{text}");
        }
    }

    #[test]
    fn malformed_literals() {
        for (text, message, read) in [
            ("1a", "invalid decimal literal", 1),
            ("1__0", "invalid decimal literal", 2),
            ("0xg", "invalid hexadecimal literal", 2),
            ("0o8", "invalid digit '8' in octal literal", 3),
            ("0b12", "invalid digit '2' in binary literal", 4),
            ("1e+", "invalid decimal literal", 3),
            ("1jx", "invalid imaginary literal", 2),
        ] {
            let error = scan(text.as_bytes()).unwrap_err();
            assert_eq!((error.message.as_str(), error.read), (message, read), "{text}");
        }
        assert_eq!(scan(b"012").unwrap_err().range, Some((0, 2)));
    }

    #[test]
    fn values() {
        assert!(matches!(value("1_000"), ExprKind::Int(1000)));
        assert!(matches!(value("0xFF"), ExprKind::Int(255)));
        assert!(matches!(value("1e3"), ExprKind::Float(x) if x == 1000.0));
        assert!(matches!(value("1.5j"), ExprKind::Imaginary(x) if x == 1.5));
        assert!(matches!(value("9223372036854775808"), ExprKind::BigInt(_, 10)));
    }
}
