//! Replacements: `\1`, `\g<name>` and escapes in what `sub` and `expand` put in.

use super::escape;
use super::scanner::{Fault, Parsed, Scanner};
use crate::python::types::str::case::is_identifier;

/// A parsed replacement.
#[derive(Default)]
pub struct Template {
    /// Literal text, each before the group of its position in `groups`; one more than these at the end.
    pub pieces: Vec<Piece>,
}

pub enum Piece {
    Text(String),
    Group(usize),
}

impl Template {
    fn push(&mut self, c: char) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(c),
            _ => self.pieces.push(Piece::Text(c.to_string())),
        }
    }
}

/// Parses a replacement for a pattern with these groups (group 0 counted) and names.
pub fn parse(chars: &[char], is_text: bool, groups: usize, names: &[(String, usize)]) -> Parsed<Template> {
    let mut scanner = Scanner::new(chars, is_text)?;
    let mut template = Template::default();
    while let Some(token) = scanner.get()? {
        if !token.escaped {
            template.push(token.c);
            continue;
        }
        match token.c {
            'g' => {
                let group = named(&mut scanner, names)?;
                add(&scanner, &mut template, groups, group.0, group.1)?;
            }
            '0' => {
                let digits = scanner.take_while(2, |c| matches!(c, '0'..='7'))?;
                let code = u32::from_str_radix(&digits, 8).unwrap_or(0) & 0xff;
                template.push(char::from(code as u8));
            }
            '1'..='9' => numbered(&mut scanner, &mut template, groups, token.c)?,
            c => match escape::control(c) {
                Some(c) => template.push(c),
                None if c.is_ascii_alphabetic() => return Err(scanner.error(format!("bad escape \\{c}"), 2)),
                None => {
                    template.push('\\');
                    template.push(c);
                }
            },
        }
    }
    Ok(template)
}

fn add(scanner: &Scanner<'_>, template: &mut Template, groups: usize, group: usize, before: usize) -> Parsed<()> {
    if group >= groups {
        return Err(scanner.error(format!("invalid group reference {group}"), before));
    }
    template.pieces.push(Piece::Group(group));
    Ok(())
}

fn numbered(scanner: &mut Scanner<'_>, template: &mut Template, groups: usize, first: char) -> Parsed<()> {
    let mut escape = format!("\\{first}");
    let is_octal = |c: char| matches!(c, '0'..='7');
    if let Some(second) = scanner.next_if(|c| c.is_ascii_digit()) {
        escape.push(second);
        scanner.get()?;
        if is_octal(first)
            && is_octal(second)
            && let Some(third) = scanner.next_if(is_octal)
        {
            escape.push(third);
            scanner.get()?;
            template.push(escape::octal(scanner, &escape)?);
            return Ok(());
        }
    }
    let group = escape.get(1..).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    add(scanner, template, groups, group, escape.len() - 1)
}

/// The group of `\g<...>`, and how far back an error about it points.
fn named(scanner: &mut Scanner<'_>, names: &[(String, usize)]) -> Parsed<(usize, usize)> {
    if !scanner.take('<')? {
        return Err(scanner.error("missing <", 0));
    }
    let name = scanner.take_name('>', "group name")?;
    let before = name.chars().count() + 1;
    if is_identifier(&name) {
        return match names.iter().find(|(known, _)| *known == name) {
            Some(&(_, group)) => Ok((group, before)),
            None => {
                let shown = crate::python::format::quote::str_repr(&name);
                Err(Fault::Index(format!("unknown group name {shown}")))
            }
        };
    }
    match name.trim().parse() {
        Ok(group) => Ok((group, before)),
        Err(_) => Err(scanner.bad_name(&name, 1)),
    }
}
