//! Backslashes in patterns.

use super::charset::{Category, CategoryKind, Item};
use super::parse::Groups;
use super::scanner::{Fault, Parsed, Scanner, Token};
use super::tree::{Node, Place};

/// The control character of an escape that means the same in sets, outside them and in templates.
pub fn control(c: char) -> Option<char> {
    Some(match c {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' => '\\',
        _ => return None,
    })
}

fn category(c: char) -> Option<Category> {
    let kind = match c.to_ascii_lowercase() {
        'd' => CategoryKind::Digit,
        's' => CategoryKind::Space,
        'w' => CategoryKind::Word,
        _ => return None,
    };
    Some(Category {
        kind,
        negate: c.is_ascii_uppercase(),
    })
}

fn place(c: char) -> Option<Place> {
    Some(match c {
        'A' => Place::TextStart,
        'Z' => Place::TextEnd,
        'b' => Place::Boundary,
        'B' => Place::NoBoundary,
        _ => return None,
    })
}

fn is_octal(c: char) -> bool {
    matches!(c, '0'..='7')
}

/// The value of an escape of digits, which may be too large.
pub fn octal(scanner: &Scanner<'_>, escape: &str) -> Parsed<char> {
    match u32::from_str_radix(escape.get(1..).unwrap_or(""), 8) {
        Ok(code @ 0..=0o377) => Ok(char::from(code as u8)),
        _ => Err(scanner.error(
            format!("octal escape value {escape} outside of range 0-0o377"),
            escape.chars().count(),
        )),
    }
}

fn bad_escape(scanner: &Scanner<'_>, escape: &str) -> Fault {
    scanner.error(format!("bad escape {escape}"), escape.chars().count())
}

/// `\x`, `\u`, `\U` and `\N`; None for all others.
fn coded(scanner: &mut Scanner<'_>, escape: &str, c: char) -> Parsed<Option<char>> {
    let digits = match c {
        'x' => 2,
        'u' if scanner.is_text => 4,
        'U' if scanner.is_text => 8,
        'N' if scanner.is_text => {
            if !scanner.take('{')? {
                return Err(scanner.error("missing {", 0));
            }
            let name = scanner.take_name('}', "character name")?;
            return match unicode_names2::character(&name) {
                Some(c) => Ok(Some(c)),
                None => {
                    let shown = crate::python::format::quote::str_repr(&name);
                    let length = name.chars().count() + 4;
                    Err(scanner.error(format!("undefined character name {shown}"), length))
                }
            };
        }
        _ => return Ok(None),
    };
    let code = scanner.take_while(digits, |c| c.is_ascii_hexdigit())?;
    let escape = format!("{escape}{code}");
    if code.len() != digits {
        return Err(scanner.error(format!("incomplete escape {escape}"), escape.chars().count()));
    }
    let code = u32::from_str_radix(&code, 16).unwrap_or(u32::MAX);
    match char::from_u32(code) {
        Some(c) => Ok(Some(c)),
        None => Err(bad_escape(scanner, &escape)),
    }
}

/// An escape inside brackets.
pub fn in_set(scanner: &mut Scanner<'_>, token: Token) -> Parsed<Item> {
    let c = token.c;
    if let Some(c) = control(c) {
        return Ok(Item::Literal(c));
    }
    if let Some(category) = category(c) {
        return Ok(Item::Category(category));
    }
    let mut escape = token.text();
    if let Some(c) = coded(scanner, &escape, c)? {
        return Ok(Item::Literal(c));
    }
    if is_octal(c) {
        escape.push_str(&scanner.take_while(2, is_octal)?);
        return Ok(Item::Literal(octal(scanner, &escape)?));
    }
    if c.is_ascii_alphanumeric() {
        return Err(bad_escape(scanner, &escape));
    }
    Ok(Item::Literal(c))
}

/// An escape outside brackets.
pub fn outside(scanner: &mut Scanner<'_>, token: Token, groups: &Groups) -> Parsed<Node> {
    let c = token.c;
    if let Some(place) = place(c) {
        return Ok(Node::At(place));
    }
    if let Some(category) = category(c) {
        return Ok(Node::category(category));
    }
    if let Some(c) = control(c) {
        return Ok(Node::Literal(c));
    }
    let mut escape = token.text();
    if let Some(c) = coded(scanner, &escape, c)? {
        return Ok(Node::Literal(c));
    }
    if c == '0' {
        escape.push_str(&scanner.take_while(2, is_octal)?);
        return Ok(Node::Literal(octal(scanner, &escape)?));
    }
    if c.is_ascii_digit() {
        return reference(scanner, c, escape, groups);
    }
    if c.is_ascii_alphabetic() {
        return Err(bad_escape(scanner, &escape));
    }
    Ok(Node::Literal(c))
}

/// A group's number, unless three octal digits say that it is a character.
fn reference(scanner: &mut Scanner<'_>, first: char, mut escape: String, groups: &Groups) -> Parsed<Node> {
    if let Some(second) = scanner.next_if(|c| c.is_ascii_digit()) {
        escape.push(second);
        scanner.get()?;
        if is_octal(first)
            && is_octal(second)
            && let Some(third) = scanner.next_if(is_octal)
        {
            escape.push(third);
            scanner.get()?;
            return Ok(Node::Literal(octal(scanner, &escape)?));
        }
    }
    let group: usize = escape.get(1..).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    if group >= groups.count() {
        return Err(scanner.error(format!("invalid group reference {group}"), escape.len() - 1));
    }
    groups.check_closed(group, scanner, escape.len())?;
    groups.check_look_behind(group, scanner)?;
    Ok(Node::Reference(group))
}
