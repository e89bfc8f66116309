//! String and bytes literals: where one ends, and what it holds.

/// What a literal's prefix letters ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefix {
    pub raw: bool,
    pub bytes: bool,
    pub format: bool,
}

/// A literal cut into prefix and body.
#[derive(Clone, Copy, Debug)]
pub struct Literal<'a> {
    pub prefix: Prefix,
    pub body: &'a str,
    /// Where the body starts in the literal.
    pub offset: usize,
}

/// A literal that CPython refuses to decode.
#[derive(Debug, PartialEq, Eq)]
pub struct StringError {
    pub message: String,
}

/// Whether `word` before a quote is part of the literal.
pub fn is_prefix(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "r" | "b" | "u" | "f" | "rb" | "br" | "rf" | "fr"
    )
}

/// Length in bytes of the literal that `bytes` begins with, prefix included; None if it doesn't end.
pub fn literal_length(bytes: &[u8], prefix: usize) -> Option<usize> {
    let quote = *bytes.get(prefix)?;
    let body = bytes.get(prefix..)?;
    let triple = body.get(1) == Some(&quote) && body.get(2) == Some(&quote);
    let mut at = if triple { 3 } else { 1 };
    loop {
        match *body.get(at)? {
            b'\\' => at += 2,
            b'\n' if !triple => return None,
            byte if byte == quote => {
                if !triple {
                    return Some(prefix + at + 1);
                }
                if body.get(at + 1) == Some(&quote) && body.get(at + 2) == Some(&quote) {
                    return Some(prefix + at + 3);
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Takes a whole literal apart.
pub fn split(literal: &str) -> Option<Literal<'_>> {
    let letters = literal.find(['"', '\''])?;
    let mut prefix = Prefix::default();
    for letter in literal.get(..letters)?.bytes() {
        match letter.to_ascii_lowercase() {
            b'r' => prefix.raw = true,
            b'b' => prefix.bytes = true,
            b'f' => prefix.format = true,
            _ => {}
        }
    }
    let quoted = literal.get(letters..)?;
    let quotes = if quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''")) {
        3
    } else {
        1
    };
    let body = quoted.get(quotes..quoted.len().checked_sub(quotes)?)?;
    Some(Literal {
        prefix,
        body,
        offset: letters + quotes,
    })
}

/// The bytes of a bytes literal's body.
pub fn decode_bytes(body: &str, raw: bool) -> Result<Vec<u8>, StringError> {
    if !body.is_ascii() {
        return Err(StringError {
            message: "bytes can only contain ASCII literal characters".into(),
        });
    }
    let source = body.as_bytes();
    if raw || !body.contains('\\') {
        return Ok(source.to_vec());
    }
    let mut decoded = Vec::with_capacity(source.len());
    let mut at = 0;
    while let Some(&byte) = source.get(at) {
        at += 1;
        if byte != b'\\' {
            decoded.push(byte);
            continue;
        }
        let Some(&escape) = source.get(at) else { break };
        at += 1;
        match escape {
            b'x' => {
                let digits = source
                    .get(at..at + 2)
                    .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
                let Some(digits) = digits else {
                    let message = format!("(value error) invalid \\x escape at position {}", at - 2);
                    return Err(StringError { message });
                };
                decoded.push(digits.iter().fold(0, |value, digit| value << 4 | hex(*digit) as u8));
                at += 2;
            }
            b'0'..=b'7' => {
                let (value, length) = octal(source.get(at - 1..).unwrap_or(&[]));
                at += length - 1;
                decoded.push(value as u8);
            }
            _ => match simple_escape(escape) {
                Some(Some(byte)) => decoded.push(byte),
                Some(None) => {}
                None => decoded.extend([b'\\', escape]),
            },
        }
    }
    Ok(decoded)
}

/// The text of a string literal's body. A lone surrogate becomes U+FFFD.
pub fn decode_text(body: &str, raw: bool) -> Result<String, StringError> {
    if raw || !body.contains('\\') {
        return Ok(body.to_owned());
    }
    let mut decoded = String::with_capacity(body.len());
    let mut rest = body;
    // CPython counts positions in a text where each character beyond ASCII takes ten bytes.
    let mut position = 0;
    while let Some(backslash) = rest.find('\\') {
        let (plain, escaped) = rest.split_at(backslash);
        decoded.push_str(plain);
        position += plain
            .chars()
            .map(|character| if character.is_ascii() { 1 } else { 10 })
            .sum::<usize>();
        let bytes = escaped.as_bytes();
        let fail = |read: usize, reason: &str| {
            let message = format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {position}-{}: {reason}",
                position + read - 1
            );
            Err(StringError { message })
        };
        let length = match bytes.get(1) {
            None => break,
            Some(b'x') => match hex_escape(bytes, 2) {
                Ok(value) => push_code_point(&mut decoded, value, 4),
                Err(read) => return fail(read, "truncated \\xXX escape"),
            },
            Some(b'u') => match hex_escape(bytes, 4) {
                Ok(value) => push_code_point(&mut decoded, value, 6),
                Err(read) => return fail(read, "truncated \\uXXXX escape"),
            },
            Some(b'U') => match hex_escape(bytes, 8) {
                Ok(value) if value > 0x10FFFF => return fail(10, "illegal Unicode character"),
                Ok(value) => push_code_point(&mut decoded, value, 10),
                Err(read) => return fail(read, "truncated \\UXXXXXXXX escape"),
            },
            Some(b'N') => {
                if bytes.get(2) != Some(&b'{') {
                    return fail(2, "malformed \\N character escape");
                }
                let Some(close) = escaped.find('}') else {
                    return fail(escaped.len(), "malformed \\N character escape");
                };
                if close == 3 {
                    return fail(close, "malformed \\N character escape");
                }
                match escaped.get(3..close).and_then(unicode_names2::character) {
                    Some(character) => decoded.push(character),
                    None => return fail(close + 1, "unknown Unicode character name"),
                }
                close + 1
            }
            Some(b'0'..=b'7') => {
                let (value, length) = octal(bytes.get(1..).unwrap_or(&[]));
                push_code_point(&mut decoded, value, length + 1)
            }
            Some(&escape) => match simple_escape(escape) {
                Some(Some(byte)) => {
                    decoded.push(byte as char);
                    2
                }
                Some(None) => 2,
                None => {
                    decoded.push('\\');
                    1
                }
            },
        };
        position += length;
        rest = escaped.get(length..).unwrap_or("");
        if length == 1 {
            // an unknown escape stays as it is, its second character too
            let mut characters = rest.chars();
            if let Some(character) = characters.next() {
                decoded.push(character);
                position += if character.is_ascii() { 1 } else { 10 };
            }
            rest = characters.as_str();
        }
    }
    decoded.push_str(rest);
    Ok(decoded)
}

/// The one-letter escapes: the byte, or None for a joined line; None outside if it is no escape.
fn simple_escape(letter: u8) -> Option<Option<u8>> {
    Some(Some(match letter {
        b'\n' => return Some(None),
        b'\\' | b'\'' | b'"' => letter,
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0B,
        _ => return None,
    }))
}

fn hex(digit: u8) -> u32 {
    (digit as char).to_digit(16).unwrap_or(0)
}

/// Up to three octal digits: value and how many there were.
fn octal(digits: &[u8]) -> (u32, usize) {
    let length = digits
        .iter()
        .take(3)
        .take_while(|digit| (b'0'..b'8').contains(digit))
        .count();
    let value = digits
        .iter()
        .take(length)
        .fold(0, |value, digit| value * 8 + u32::from(digit - b'0'));
    (value, length)
}

/// The value of `\x`, `\u`, `\U` with `count` digits, or how many bytes were read when one was missing.
fn hex_escape(bytes: &[u8], count: usize) -> Result<u32, usize> {
    let digits = bytes.get(2..).unwrap_or(&[]);
    let present = digits
        .iter()
        .take(count)
        .take_while(|digit| digit.is_ascii_hexdigit())
        .count();
    if present < count {
        return Err(2 + present);
    }
    Ok(digits
        .iter()
        .take(count)
        .fold(0, |value, digit| value << 4 | hex(*digit)))
}

fn push_code_point(decoded: &mut String, value: u32, length: usize) -> usize {
    decoded.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert_eq!(literal_length(b"'a' b", 0), Some(3));
        assert_eq!(literal_length(b"rb'a\\''", 2), Some(7));
        assert_eq!(literal_length(b"'''a'b\n''' c", 0), Some(10));
        assert_eq!(literal_length(b"'a\n'", 0), None);
        assert_eq!(literal_length(b"''", 0), Some(2));
    }

    #[test]
    fn escapes() {
        assert_eq!(
            decode_text(r"\x41\101\u03bb\N{greek small letter lamda}\d\n", false).unwrap(),
            "AAλλ\\d\n"
        );
        assert_eq!(decode_text(r"\x41", true).unwrap(), r"\x41");
        assert_eq!(decode_bytes(r"\x00\377\q", false).unwrap(), b"\x00\xff\\q");
        assert_eq!(
            decode_text("é\\x1", false).unwrap_err().message,
            "(unicode error) 'unicodeescape' codec can't decode bytes in position 10-12: truncated \\xXX escape"
        );
    }
}
