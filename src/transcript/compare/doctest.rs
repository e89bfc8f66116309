//! doctest's rules for comparing an example, as Python 3.11's `doctest` module has them.

use super::super::Format;
use super::super::directive::Flags;
use super::{Ran, TRACEBACK, tolerance};
use crate::session::Stream;

/// Whether documents of that format follow doctest's rules by themselves.
pub fn applies(format: Format) -> bool {
    matches!(format, Format::Docstrings | Format::Rst)
}

/// Whether an example passes.
pub fn check(expected: &str, ran: &Ran, flags: Flags) -> bool {
    let out: String = ran
        .pieces
        .iter()
        .filter(|(stream, _)| *stream == Stream::Out)
        .map(|(_, text)| text.as_str())
        .collect();
    match (&ran.answer.error, wanted_exception(expected)) {
        (None, None) => output(&ended(expected), &out, flags),
        (None, Some(_)) | (Some(_), None) => false,
        (Some(error), Some(wanted)) => {
            let got = own_lines(error);
            output(&wanted, &got, flags)
                || (flags.has(Flags::IGNORE_EXCEPTION_DETAIL) && output(&class_name(&wanted), &class_name(&got), flags))
        }
    }
}

/// doctest's expected texts are empty or end with a line end.
fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') {
        text.to_string()
    } else {
        format!("{text}\n")
    }
}

/// The message of an expected traceback: from the first line on that begins with a word at the margin.
fn wanted_exception(expected: &str) -> Option<String> {
    let first = expected.lines().next()?.trim_end();
    if first != TRACEBACK && first != "Traceback (innermost last):" {
        return None;
    }
    let lines: Vec<&str> = expected.lines().skip(1).collect();
    let own = lines
        .iter()
        .position(|line| line.starts_with(|c: char| c.is_alphanumeric() || c == '_'))?;
    Some(ended(&lines[own..].join("\n")))
}

/// The exception's own lines out of what a prompt prints of it.
pub fn own_lines(error: &str) -> String {
    let lines: Vec<&str> = error.lines().collect();
    let start = lines.iter().rposition(|line| *line == TRACEBACK).map_or(0, |at| at + 1);
    let own = (start..lines.len()).find(|at| !lines[*at].starts_with([' ', '\t']) && !lines[*at].is_empty());
    ended(&lines[own.unwrap_or(start).min(lines.len())..].join("\n"))
}

/// An exception's class without its module and message.
fn class_name(own: &str) -> String {
    let line = own.lines().next().unwrap_or_default();
    let path = line.split(':').next().unwrap_or_default();
    path.rsplit('.').next().unwrap_or_default().to_string()
}

/// doctest's output checker; texts are empty or end with a line end.
pub fn output(want: &str, got: &str, flags: Flags) -> bool {
    let (want, got) = (escaped(want), escaped(got));
    if want == got {
        return true;
    }
    if !flags.has(Flags::DONT_ACCEPT_TRUE_FOR_1) {
        let pair = (got.as_str(), want.as_str());
        if pair == ("True\n", "1\n") || pair == ("False\n", "0\n") {
            return true;
        }
    }
    let (mut want, mut got) = (want, got);
    if !flags.has(Flags::DONT_ACCEPT_BLANKLINE) {
        want = per_line(&want, |line| if line.trim_end() == "<BLANKLINE>" { "" } else { line });
        got = per_line(&got, |line| if line.trim().is_empty() { "" } else { line });
        if want == got {
            return true;
        }
    }
    if flags.has(Flags::FLOAT_CMP) {
        return tolerance::float_cmp(&want, &got, |want, got| alike(want, got, flags));
    }
    if flags.has(Flags::NUMBER) {
        got = tolerance::number(&want, &got);
    }
    alike(&want, &got, flags)
}

fn alike(want: &str, got: &str, flags: Flags) -> bool {
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (want, got) = match flags.has(Flags::NORMALIZE_WHITESPACE) {
        true => (joined(want), joined(got)),
        false => (want.to_string(), got.to_string()),
    };
    want == got || (flags.has(Flags::ELLIPSIS) && ellipsis(&want, &got))
}

fn per_line(text: &str, change: impl Fn(&str) -> &str) -> String {
    text.split('\n').map(change).collect::<Vec<_>>().join("\n")
}

/// Both sides are compared as ASCII, other characters as backslash escapes.
fn escaped(text: &str) -> String {
    if text.is_ascii() {
        return text.to_string();
    }
    let mut plain = String::new();
    for c in text.chars() {
        match c as u32 {
            0..0x80 => plain.push(c),
            code @ 0x80..0x100 => plain.push_str(&format!("\\x{code:02x}")),
            code @ 0x100..0x1_0000 => plain.push_str(&format!("\\u{code:04x}")),
            code => plain.push_str(&format!("\\U{code:08x}")),
        }
    }
    plain
}

/// Whether `got` fits `want`, in which `...` stands for any text.
fn ellipsis(want: &str, got: &str) -> bool {
    let pieces: Vec<&str> = want.split("...").collect();
    let [first, middle @ .., last] = pieces.as_slice() else {
        return false;
    };
    let Some(rest) = got.strip_prefix(first) else {
        return false;
    };
    // the last piece must not overlap the first: `aa...aa` does not fit `aaa`
    let Some(mut rest) = rest.strip_suffix(last) else {
        return false;
    };
    for piece in middle {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(want: &str, got: &str, flags: Flags) -> bool {
        output(&format!("{want}\n"), &format!("{got}\n"), flags)
    }

    #[test]
    fn ellipsis_does_not_overlap() {
        assert!(!passes("aa...aa", "aaa", Flags::ELLIPSIS));
        assert!(passes("a...c", "a\nb\nc", Flags::ELLIPSIS));
        assert!(!passes("AB ... CD", "AB CD", Flags::ELLIPSIS));
        assert!(!passes("a...c", "abc", Flags::default()));
    }

    #[test]
    fn true_for_one_and_blank_lines() {
        assert!(passes("1", "True", Flags::default()));
        assert!(!passes("1", "True", Flags::DONT_ACCEPT_TRUE_FOR_1));
        assert!(passes("a\n<BLANKLINE>\nb", "a\n\nb", Flags::default()));
        assert!(!passes("a\n<BLANKLINE>\nb", "a\n\nb", Flags::DONT_ACCEPT_BLANKLINE));
        assert!(!passes("a", "a ", Flags::default()));
        assert!(passes("[1,  2]", "[1,\n 2]", Flags::NORMALIZE_WHITESPACE));
    }

    #[test]
    fn tracebacks_compare_their_message() {
        let mut ran = Ran::default();
        ran.answer.error = Some("Traceback (most recent call last):\n  File\na.b.Error: x\n".into());
        assert!(check(
            "Traceback (most recent call last):\n    ...\na.b.Error: x",
            &ran,
            Flags::default()
        ));
        assert!(!check(
            "Traceback (most recent call last):\n    ...\nError: y",
            &ran,
            Flags::default()
        ));
        assert!(check(
            "Traceback (most recent call last):\n    ...\nError: y",
            &ran,
            Flags::IGNORE_EXCEPTION_DETAIL
        ));
        assert!(!check(
            "out\nTraceback (most recent call last):\n    ...\na.b.Error: x",
            &ran,
            Flags::default()
        ));
    }
}
