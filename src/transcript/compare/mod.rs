//! Comparing recorded output with what a run really produced.

pub mod cause;
pub mod dialect;
pub mod doctest;
pub mod printed;
pub mod tolerance;

use super::directive::{Directives, Flags};
use super::{Document, Example};
use crate::session::{Answer, Stopped, Stream};
use std::borrow::Cow;

/// The line that begins a traceback.
pub const TRACEBACK: &str = "Traceback (most recent call last):";

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Equal,
    /// Equal but for digits that rounding explains.
    WithinRounding,
    Different,
    /// Ran, but nothing was recorded that could be compared.
    Unchecked,
    /// Not run.
    Skipped,
}

impl Verdict {
    /// The words of reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Equal => "equal",
            Verdict::WithinRounding => "equal within rounding",
            Verdict::Different => "different",
            Verdict::Unchecked => "unchecked",
            Verdict::Skipped => "skipped",
        }
    }
}

/// A verdict and, unless it is [`Verdict::Equal`], why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub cause: Option<String>,
}

impl Judgement {
    pub fn equal() -> Judgement {
        Judgement {
            verdict: Verdict::Equal,
            cause: None,
        }
    }

    pub fn because(verdict: Verdict, cause: impl Into<String>) -> Judgement {
        Judgement {
            verdict,
            cause: Some(cause.into()),
        }
    }
}

/// What a statement produced.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ran {
    pub pieces: Vec<(Stream, String)>,
    pub answer: Answer,
}

impl Ran {
    /// Standard output (and warnings if asked for) followed by the exception, as a prompt shows them.
    pub fn text(&self, with_warnings: bool) -> String {
        let mut text = String::new();
        for (stream, piece) in &self.pieces {
            if *stream == Stream::Out || (*stream == Stream::Warning && with_warnings) {
                text.push_str(piece);
            }
        }
        if let Some(error) = &self.answer.error {
            text.push_str(error);
        }
        text
    }
}

/// Whose rules hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// doctest's in docstrings and `.rst`, a session's elsewhere.
    #[default]
    Auto,
    /// doctest's, to the letter.
    Doctest,
    /// A session's.
    Session,
}

/// What a comparison goes by, beside the example's own directives.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub mode: Mode,
    pub flags: Flags,
    /// Bounds that the user gave for all numbers.
    pub bounds: tolerance::Bounds,
}

/// Compares one example.
pub fn judge(document: &Document, example: &Example, ran: &Ran, rules: &Rules) -> Judgement {
    if let Some(stopped) = ran.answer.stopped {
        let why = match stopped {
            Stopped::Time => "ran longer than --timeout allows",
            Stopped::Memory => "needs more than --max-memory allows",
            Stopped::Died => "the engine ended",
        };
        return Judgement::because(Verdict::Different, why);
    }
    let flags = example.directives.flags(rules.flags);
    if flags.has(Flags::IGNORE_OUTPUT) {
        return Judgement::because(Verdict::Unchecked, "marked as random or not to be compared");
    }
    let expected = document.expected(example);
    let first = judge_text(document, example, &expected, ran, rules, flags);
    if first.verdict != Verdict::Different {
        return first;
    }
    if rules.mode != Mode::Doctest
        && let Some(older) = other_dialect(document, example, ran)
    {
        return older;
    }
    match document.expected_without_remark(example) {
        Some(shorter) => {
            let second = judge_text(document, example, &shorter, ran, rules, flags);
            if second.verdict == Verdict::Different {
                first
            } else {
                second
            }
        }
        None => first,
    }
}

/// The judgement of a text that an older PyTorch or IPython printed and that is today's otherwise, or None.
fn other_dialect(document: &Document, example: &Example, ran: &Ran) -> Option<Judgement> {
    let recorded = document.expected(example);
    let actual = ran.text(mentions_warning(&recorded));
    let forms = dialect::forms(&recorded, document.by_ipython(example));
    let same = |want: &printed::Number<'_>, got: &printed::Number<'_>| want.value == got.value;
    let form = forms.iter().find(|form| dialect::agree(form, &actual, same))?;
    Some(Judgement::because(Verdict::WithinRounding, form.name))
}

fn judge_text(
    document: &Document,
    example: &Example,
    expected: &str,
    ran: &Ran,
    rules: &Rules,
    flags: Flags,
) -> Judgement {
    let actual = ran.text(mentions_warning(expected));
    if rules.mode == Mode::Doctest {
        let right = doctest::check(expected, ran, flags);
        return if right {
            Judgement::equal()
        } else {
            Judgement::because(Verdict::Different, cause::of(expected, &actual))
        };
    }
    if same_session_text(expected, &actual) {
        return Judgement::equal();
    }
    let by_doctest = rules.mode == Mode::Auto && doctest::applies(document.format);
    if (by_doctest || flags != Flags::default()) && doctest::check(expected, ran, flags) {
        return Judgement::equal();
    }
    if expected.trim().is_empty() && ran.answer.error.is_none() && !by_doctest {
        let recorded = example.whole && document.examples().any(|other| !other.output.is_empty());
        if !recorded {
            return Judgement::because(Verdict::Unchecked, "nothing is recorded (replay --update fills it in)");
        }
    }
    let bounds = rules.bounds.with(&example.directives);
    if bounds.any() && within(expected, &actual, |_, want, got| bounds.allow(want, got)) {
        return Judgement::because(Verdict::WithinRounding, "within the given tolerance");
    }
    Judgement::because(Verdict::Different, cause::of(expected, &actual))
}

/// Whether a recorded text shows warnings.
pub fn mentions_warning(text: &str) -> bool {
    text.contains("Warning: ")
}

/// A session's rules: char for char, but for blanks at the ends of lines, empty lines at the
/// end, addresses, and the frames of tracebacks.
pub fn same_session_text(expected: &str, actual: &str) -> bool {
    let (expected, actual) = (normal(expected), normal(actual));
    // people leave the traceback's head out, too
    expected == actual
        || (!expected.contains(TRACEBACK) && actual.strip_prefix(TRACEBACK) == Some(&format!("\n{expected}")))
}

/// A text as [`same_session_text`] compares it.
pub fn normal(text: &str) -> String {
    let text = without_ansi(text);
    let mut lines: Vec<Cow<'_, str>> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        if line == "<BLANKLINE>" {
            lines.push("".into());
        } else if let Some(warning) = warning_line(line) {
            lines.push(warning.into());
        } else {
            lines.push(mask_addresses(line));
        }
    }
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    without_frames(&lines).join("\n")
}

/// A warning without the place it came from: `UserWarning: message`.
fn warning_line(line: &str) -> Option<String> {
    let at = line.find("Warning: ")?;
    let start = line[..at].rfind(": ").map(|colon| colon + 2)?;
    let place = &line[..start];
    let is_place = place
        .trim_end_matches(": ")
        .rsplit_once(':')
        .is_some_and(|(_, n)| n.parse::<u32>().is_ok());
    if !is_place {
        return None;
    }
    let message = &line[start..];
    let message = message.split(" (Triggered internally").next().unwrap_or(message);
    Some(message.to_string())
}

/// The lines with every traceback cut down to its first line and the exception's own lines.
fn without_frames<'a>(lines: &'a [Cow<'a, str>]) -> Vec<&'a str> {
    // IPython writes the class before it
    let is_head = |line: &str| line.ends_with(TRACEBACK.trim_end_matches(':')) || line == TRACEBACK;
    let syntax = |line: &str| line.starts_with("  File \"");
    let Some(first) = lines
        .iter()
        .position(|line| is_head(line))
        .or_else(|| lines.iter().position(|line| syntax(line)))
    else {
        return lines.iter().map(AsRef::as_ref).collect();
    };
    // of chained exceptions only the last is compared: what raised it is told by its frames, too
    let last = lines.iter().rposition(|line| is_head(line)).unwrap_or(first);
    let by_ipython = lines[last] != TRACEBACK && lines[last].trim_end().ends_with("(most recent call last)");
    let is_own = |line: &str| match by_ipython {
        true => line.split(':').next().is_some_and(|class| {
            class.ends_with("Error") && class.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '_')
        }),
        false => line.chars().next().is_some_and(|c| c != ' ' && c != '\t'),
    };
    let own = (last + 1..lines.len()).find(|at| is_own(&lines[*at]));
    let own = own.unwrap_or(lines.len());
    let first = first - usize::from(first > 0 && by_ipython && lines[first - 1].starts_with("-----"));
    let head = lines[..first].iter().map(AsRef::as_ref);
    head.chain([TRACEBACK])
        .chain(lines[own..].iter().map(AsRef::as_ref))
        .collect()
}

/// `0x7f12ab` as `0x...`.
fn mask_addresses(line: &str) -> Cow<'_, str> {
    if !line.contains("0x") {
        return line.into();
    }
    let mut masked = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_hexdigit).count();
        masked.push_str(&rest[..at + 2]);
        // short ones are numbers that a program printed, not addresses
        masked.push_str(if digits >= 6 {
            "..."
        } else {
            &rest[at + 2..at + 2 + digits]
        });
        rest = &rest[at + 2 + digits..];
    }
    masked.push_str(rest);
    masked.into()
}

/// Text without colour codes.
pub fn without_ansi(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        if chars.next() == Some('[') {
            for c in chars.by_ref() {
                if ('\u{40}'..='\u{7e}').contains(&c) {
                    break;
                }
            }
        }
    }
    plain.into()
}

/// Whether two texts agree token by token, numbers where `near(number's place, wanted, got)` says so.
pub fn within(
    expected: &str,
    actual: &str,
    mut near: impl FnMut(usize, &printed::Number<'_>, &printed::Number<'_>) -> bool,
) -> bool {
    let (expected, actual) = (normal(expected), normal(actual));
    let (wanted, got) = (printed::tokens(&expected), printed::tokens(&actual));
    let mut place = 0;
    wanted.len() == got.len()
        && wanted.iter().zip(&got).all(|pair| match pair {
            (printed::Token::Number(wanted), printed::Token::Number(got)) => {
                place += 1;
                wanted.text == got.text || near(place - 1, wanted, got)
            }
            (wanted, got) => wanted.same_text(got),
        })
}

/// Directives that bound numbers, joined with bounds given for all.
impl tolerance::Bounds {
    fn with(&self, directives: &Directives) -> tolerance::Bounds {
        tolerance::Bounds {
            absolute: directives.absolute.or(self.absolute),
            relative: directives.relative.or(self.relative),
            ulps: self.ulps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_addresses_and_blanks_do_not_count() {
        let recorded = "Traceback (most recent call last):\n  ...\nValueError: a";
        let real = "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nValueError: a\n";
        assert!(same_session_text(recorded, real));
        assert!(!same_session_text(
            recorded,
            "Traceback (most recent call last):\nValueError: b\n"
        ));
        assert!(same_session_text(
            "<object at 0x7f00aabb>",
            "<object at 0x7fffff001122>\n\n"
        ));
        assert!(!same_session_text("'0x1f'", "'0x2f'"));
        assert!(same_session_text("a\n\nb", "a  \n\nb\n"));
    }

    #[test]
    fn warnings_are_compared_without_their_place() {
        let recorded = "__main__:1: UserWarning: The .grad (Triggered internally at x.cpp:1.)";
        assert!(same_session_text(recorded, "<stdin>:1: UserWarning: The .grad\n"));
    }
}
