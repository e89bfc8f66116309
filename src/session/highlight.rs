//! The parts of a line of Python, for colouring as it is typed. Unfinished lines are normal.

use super::role::{Role, Styled};

/// Words that no name may be.
pub const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

const BUILTINS: &[&str] = &[
    "abs",
    "all",
    "any",
    "bool",
    "callable",
    "complex",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "min",
    "next",
    "object",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "str",
    "sum",
    "super",
    "torch",
    "tuple",
    "type",
    "vars",
    "zip",
];

/// The line in parts whose texts together are the line.
pub fn line(text: &str) -> Styled {
    let mut out = Styled::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (role, length) = match first {
            '#' => (Role::Comment, rest.find('\n').unwrap_or(rest.len())),
            '\'' | '"' => (Role::Text, string_length(rest)),
            '0'..='9' => (
                Role::Number,
                while_length(rest, |c| c.is_alphanumeric() || c == '.' || c == '_'),
            ),
            '(' | ')' | '[' | ']' | '{' | '}' => (Role::Bracket, 1),
            c if c.is_alphabetic() || c == '_' => word(rest),
            c => (Role::Plain, c.len_utf8()),
        };
        match out.pieces.last_mut() {
            Some((last, piece)) if *last == role && role == Role::Plain => piece.push_str(&rest[..length]),
            _ => {
                out.push(role, &rest[..length]);
            }
        }
        rest = &rest[length..];
    }
    out
}

fn while_length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn word(text: &str) -> (Role, usize) {
    let length = while_length(text, |c| c.is_alphanumeric() || c == '_');
    let word = &text[..length];
    if text[length..].starts_with(['\'', '"']) && length <= 2 && word.chars().all(|c| "rRbBfFuU".contains(c)) {
        return (Role::Text, length + string_length(&text[length..]));
    }
    let role = if KEYWORDS.contains(&word) {
        Role::Keyword
    } else if BUILTINS.contains(&word) {
        Role::Builtin
    } else {
        Role::Plain
    };
    (role, length)
}

fn string_length(text: &str) -> usize {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    let (open, close) = if text.starts_with(&triple) {
        (3, triple.as_str())
    } else {
        (1, quote)
    };
    let mut at = open;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(close) {
            return at + close.len();
        }
        let c = rest.chars().next().map_or(1, char::len_utf8);
        at += if rest.starts_with('\\') {
            c + rest[c..].chars().next().map_or(0, char::len_utf8)
        } else {
            c
        };
    }
    text.len()
}

/// The bracket that belongs to the one at byte `at`, as its byte offset; texts in quotes aside.
pub fn matching_bracket(text: &str, at: usize) -> Option<usize> {
    let mut open = Vec::new();
    let mut offset = 0;
    for (role, piece) in line(text).pieces {
        if role == Role::Bracket {
            match piece.as_str() {
                "(" | "[" | "{" => open.push((offset, piece.clone())),
                close => {
                    let (start, bracket) = open.pop()?;
                    let pair = matches!((bracket.as_str(), close), ("(", ")") | ("[", "]") | ("{", "}"));
                    if !pair {
                        return None;
                    }
                    if start == at {
                        return Some(offset);
                    }
                    if offset == at {
                        return Some(start);
                    }
                }
            }
        }
        offset += piece.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_line_again() {
        for text in [
            "x = f'a{1}' + 2.5e3  # é",
            "'\\",
            "for i in range(3): print(\"…",
            "α = [1, (2)]",
        ] {
            assert_eq!(line(text).plain(), text);
        }
        assert_eq!(line("not 1").pieces[0], (Role::Keyword, "not".to_string()));
    }

    #[test]
    fn brackets_find_their_partners() {
        assert_eq!(matching_bracket("f(a[1], ')')", 1), Some(11));
        assert_eq!(matching_bracket("f(a[1])", 5), Some(3));
        assert_eq!(matching_bracket("f(a", 1), None);
    }
}
