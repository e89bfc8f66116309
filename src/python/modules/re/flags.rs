//! Flags of patterns.

use super::scanner::{Fault, Parsed, Scanner, Token};

pub const TEMPLATE: i64 = 1;
pub const IGNORECASE: i64 = 2;
pub const LOCALE: i64 = 4;
pub const MULTILINE: i64 = 8;
pub const DOTALL: i64 = 16;
pub const UNICODE: i64 = 32;
pub const VERBOSE: i64 = 64;
pub const DEBUG: i64 = 128;
pub const ASCII: i64 = 256;

/// What counts as a letter: one of these.
const TYPES: i64 = ASCII | LOCALE | UNICODE;
/// Not allowed for a part of a pattern.
const GLOBAL: i64 = DEBUG | TEMPLATE;

/// Names by bit, in the order `repr` shows them.
pub const NAMES: [(i64, &str); 9] = [
    (TEMPLATE, "re.TEMPLATE"),
    (IGNORECASE, "re.IGNORECASE"),
    (LOCALE, "re.LOCALE"),
    (MULTILINE, "re.MULTILINE"),
    (DOTALL, "re.DOTALL"),
    (UNICODE, "re.UNICODE"),
    (VERBOSE, "re.VERBOSE"),
    (DEBUG, "re.DEBUG"),
    (ASCII, "re.ASCII"),
];

/// The flag of a letter in `(?...)`.
pub fn letter(c: char) -> Option<i64> {
    Some(match c {
        'i' => IGNORECASE,
        'L' => LOCALE,
        'm' => MULTILINE,
        's' => DOTALL,
        'x' => VERBOSE,
        'a' => ASCII,
        't' => TEMPLATE,
        'u' => UNICODE,
        _ => return None,
    })
}

/// Flags inside a group that adds and removes some.
pub fn combine(flags: i64, add: i64, remove: i64) -> i64 {
    let kept = if add & TYPES != 0 { flags & !TYPES } else { flags };
    (kept | add) & !remove
}

/// The flags of a whole pattern, checked against its kind.
pub fn fix(is_text: bool, flags: i64) -> Parsed<i64> {
    let fault = if is_text {
        match () {
            _ if flags & LOCALE != 0 => "cannot use LOCALE flag with a str pattern",
            _ if flags & ASCII == 0 => return Ok(flags | UNICODE),
            _ if flags & UNICODE != 0 => "ASCII and UNICODE flags are incompatible",
            _ => return Ok(flags),
        }
    } else {
        match () {
            _ if flags & UNICODE != 0 => "cannot use UNICODE flag with a bytes pattern",
            _ if flags & LOCALE != 0 && flags & ASCII != 0 => "ASCII and LOCALE flags are incompatible",
            _ => return Ok(flags),
        }
    };
    Err(Fault::Value(fault))
}

/// The flag of the next letter; `missing` is what else could have stood there.
fn next_letter(scanner: &mut Scanner<'_>, ends: &str, missing: &str) -> Parsed<Token> {
    let Some(token) = scanner.get()? else {
        return Err(scanner.error(format!("missing {missing}"), 0));
    };
    if !token.escaped && (ends.contains(token.c) || letter(token.c).is_some()) {
        return Ok(token);
    }
    let length = token.text().chars().count();
    let message = if !token.escaped && token.c.is_alphabetic() {
        "unknown flag".to_string()
    } else {
        format!("missing {missing}")
    };
    Err(scanner.error(message, length))
}

/// `i`, `i-s:` ... after `(?`, with the first character taken. None: flags of the whole pattern, already set.
pub fn inline(scanner: &mut Scanner<'_>, whole: &mut i64, first: char) -> Parsed<Option<(i64, i64)>> {
    let (mut add, mut remove) = (0, 0);
    let mut c = first;
    while let Some(flag) = letter(c) {
        let wrong = if scanner.is_text { LOCALE } else { UNICODE };
        if flag == wrong {
            let kind = if scanner.is_text { "str" } else { "bytes" };
            let text = format!("bad inline flags: cannot use '{c}' flag with a {kind} pattern");
            return Err(scanner.error(text, 0));
        }
        add |= flag;
        if flag & TYPES != 0 && add & TYPES != flag {
            return Err(scanner.error("bad inline flags: flags 'a', 'u' and 'L' are incompatible", 0));
        }
        c = next_letter(scanner, ")-:", "-, : or )")?.c;
    }
    if c == ')' {
        *whole |= add;
        return Ok(None);
    }
    if add & GLOBAL != 0 {
        return Err(scanner.error("bad inline flags: cannot turn on global flag", 1));
    }
    if c == '-' {
        c = next_letter(scanner, "", "flag")?.c;
        while let Some(flag) = letter(c) {
            if flag & TYPES != 0 {
                let text = "bad inline flags: cannot turn off flags 'a', 'u' and 'L'";
                return Err(scanner.error(text, 0));
            }
            remove |= flag;
            c = next_letter(scanner, ":", ":")?.c;
        }
    }
    if remove & GLOBAL != 0 {
        return Err(scanner.error("bad inline flags: cannot turn off global flag", 1));
    }
    if add & remove != 0 {
        return Err(scanner.error("bad inline flags: flag turned on and off", 1));
    }
    Ok(Some((add, remove)))
}
