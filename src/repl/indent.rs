//! The indent that a continuation line starts with, and what was meant when the user typed
//! an indent, too.

/// The blanks to begin the next line of an unfinished entry with.
pub fn next(entry: &str) -> String {
    let line = entry.lines().last().unwrap_or_default();
    let bare = line.trim_start();
    let own = line.len() - bare.len();
    let code = bare.split('#').next().unwrap_or_default().trim_end();
    let leaves = ["return", "pass", "break", "continue", "raise"].iter().any(|word| {
        code.strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let width = if code.ends_with(':') {
        own + 4
    } else if leaves {
        own.saturating_sub(4)
    } else {
        own
    };
    " ".repeat(width)
}

/// The line that was meant by `line`, which the editor began with `initial`. Whoever types (or
/// sends) the indent as well gets their own indent; `else:` and its kin go back to their `if`.
pub fn joined(entry: &str, initial: &str, line: &str) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    let Some(rest) = line.strip_prefix(initial).filter(|_| !initial.is_empty()) else {
        return line.to_string();
    };
    if rest.starts_with([' ', '\t']) {
        return rest.to_string();
    }
    let openers: &[&str] = match rest.split(|c: char| !c.is_alphanumeric()).next() {
        Some("else") => &["if", "elif", "for", "while", "try", "except"],
        Some("elif") => &["if", "elif"],
        Some("except") => &["try", "except"],
        Some("finally") => &["try", "except", "else"],
        _ => return line.to_string(),
    };
    let opener = entry.lines().rev().find(|line| {
        let bare = line.trim_start();
        let word = bare.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        bare.len() < line.len() + 1 && line.len() - bare.len() < initial.len() && openers.contains(&word)
    });
    match opener {
        Some(opener) => format!("{}{rest}", &opener[..opener.len() - opener.trim_start().len()]),
        None => line.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_line_goes_in_and_out() {
        assert_eq!(next("for i in x:  # all"), "    ");
        assert_eq!(next("def f():\n    return 1"), "");
        assert_eq!(next("f(1,"), "");
        assert_eq!(next("if x:\n    y = 1"), "    ");
    }

    #[test]
    fn a_typed_indent_counts_once() {
        assert_eq!(joined("if x:", "    ", "        y"), "    y");
        assert_eq!(joined("if x:", "    ", "    y"), "    y");
        assert_eq!(joined("if x:", "    ", "y"), "y");
        assert_eq!(joined("if x:", "    ", "    "), "");
        assert_eq!(joined("if x:\n    y", "    ", "    else:"), "else:");
        assert_eq!(
            joined("for i in a:\n    if i:\n        b", "        ", "        else:"),
            "    else:"
        );
    }
}
