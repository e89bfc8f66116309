//! Pasting a published session whole: prompts are stripped, recorded output is skipped.

use crate::syntax::{Source, parse_file};

/// The statements of a pasted text, each without its prompts, or None when the text has no
/// prompts and is to be taken as it is. Everything that is not behind a prompt is recorded
/// output and falls away; `In [3]:` and its `   ...:` count as prompts, too.
pub fn statements(text: &str) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let bare = line.trim_start();
        if let Some(first) = first_line(bare) {
            found.push(first.to_string());
            open = true;
        } else if let (true, Some(more), Some(last)) = (open, next_line(bare), found.last_mut()) {
            last.push('\n');
            last.push_str(more);
        } else {
            open = false;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The statements of a program text one by one, comments and decorators with the statement below
/// them, or None when it is one statement or none that Python can read.
pub fn split(text: &str) -> Option<Vec<String>> {
    let module = parse_file(&Source::new("<stdin>", text)).ok()?;
    if module.body.len() < 2 {
        return None;
    }
    let mut found = Vec::new();
    let mut start = 0;
    for statement in &module.body {
        let end = statement.span.end as usize;
        let piece = text.get(start..end)?;
        let same_line = piece.trim_start_matches([' ', '\t', ';']);
        let piece = if same_line.starts_with(['\n', '\r']) {
            same_line.trim_start_matches(['\n', '\r'])
        } else {
            same_line
        };
        found.push(piece.trim_end().to_string());
        start = end;
    }
    Some(found)
}

fn first_line(line: &str) -> Option<&str> {
    if let Some(rest) = line.strip_prefix(">>>") {
        return Some(rest.strip_prefix(' ').unwrap_or(rest));
    }
    let (number, rest) = line.strip_prefix("In [")?.split_once("]:")?;
    number
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

fn next_line(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("...")?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    match rest.strip_prefix(' ') {
        Some(rest) => Some(rest),
        None => rest.is_empty().then_some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::{split, statements};

    #[test]
    fn a_program_falls_into_statements() {
        let text = "x = 1; y = 2\n# note\n@d\ndef f():\n    return 1\n\nf()\n";
        assert_eq!(
            split(text).unwrap(),
            ["x = 1", "y = 2", "# note\n@d\ndef f():\n    return 1", "f()"]
        );
        assert_eq!(split("x = 1\n"), None);
    }

    #[test]
    fn prompts_fall_away_and_output_too() {
        let text = ">>> x = 1\n>>> x\n1\n>>> for i in range(2):\n...     print(i)\n...\n0\n1\n";
        assert_eq!(
            statements(text).unwrap(),
            ["x = 1", "x", "for i in range(2):\n    print(i)\n"]
        );
        assert_eq!(
            statements("In [1]: def f():\n   ...:     return 1\n\nOut[1]: 2\n").unwrap(),
            ["def f():\n    return 1"]
        );
        assert_eq!(statements("x = 1\nx\n"), None);
    }
}
