//! Finding examples in text: one scanner over lines, and for each format the regions that it
//! is let loose on.

mod docstrings;
mod markdown;
pub mod notebook;

use super::compare::dialect;
use super::directive::{Directives, Flags};
use super::{Block, Document, Example, Format, Problem};
use std::ops::Range;

/// Reads a document. `strict` ends recorded output at the first blank line, as doctest does.
pub fn document(name: &str, text: String, format: Format, strict: bool) -> Document {
    let mut document = Document {
        name: name.to_string(),
        text,
        format,
        blocks: vec![],
        problems: vec![],
        torch: None,
        adopt: false,
    };
    let mut scanner = Scanner {
        text: &document.text,
        problems: vec![],
        skip_next: false,
        standing: Directives::default(),
    };
    let all = 0..document.text.len();
    document.torch = header(&document.text)
        .filter_map(|line| line.strip_prefix("torch:"))
        .find_map(version);
    document.adopt = header(&document.text).any(|line| line == "adopt");
    document.blocks = match format {
        Format::Session => {
            let ends = if strict || has_prose(&document.text) {
                Ends::Paragraph { strict }
            } else {
                Ends::Prompt
            };
            vec![scanner.block("", &[(all, ends, 1)])]
        }
        Format::Rst => vec![scanner.block("", &[(all, Ends::Paragraph { strict }, 1)])],
        Format::Markdown => vec![scanner.block("", &markdown::regions(&document.text, strict))],
        Format::Docstrings => {
            let found = docstrings::regions(&document.text);
            let blocks = found
                .into_iter()
                .map(|(name, range, line)| scanner.block(&name, &[(range, Ends::Paragraph { strict }, line)]));
            blocks.filter(|block| !block.examples.is_empty()).collect()
        }
        Format::Notebook => match notebook::block(&document.text) {
            Ok(block) => vec![block],
            Err(message) => {
                scanner.problems.push(Problem { line: 1, message });
                vec![]
            }
        },
    };
    document.problems = scanner.problems;
    document
}

/// Where recorded output ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// At the next prompt or the end of the region: all between is output.
    Prompt,
    /// At a blank line, too, unless a bracket is open there (a 3-D tensor) and doctest's rules aren't `strict`.
    Paragraph { strict: bool },
}

/// A part of the text: its bytes, how output ends there, and the number of its first line.
type Region = (Range<usize>, Ends, usize);

/// The header's comments: those before the first prompt, without their `#`.
fn header(text: &str) -> impl Iterator<Item = &str> {
    let head = text.lines().take_while(|line| !line.trim_start().starts_with(">>>"));
    head.filter_map(|line| Some(line.strip_prefix('#')?.trim()))
}

/// `1.8` or `1.8.1` as major and minor number.
pub fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().split('.');
    Some((
        parts.next()?.parse().ok()?,
        parts.next().map_or(Some(0), |minor| minor.parse().ok())?,
    ))
}

/// Whether anything but header comments stands before the first prompt, or the first prompt is indented.
fn has_prose(text: &str) -> bool {
    for line in text.trim_start_matches('\u{feff}').lines() {
        if line.starts_with(">>>") || line.starts_with("In [") {
            return false;
        }
        if !line.trim().is_empty() && !line.starts_with('#') {
            return true;
        }
    }
    true
}

/// A line without its margin; a shorter line (a blank one) loses what it has of it.
pub fn without_margin(line: &str, margin: usize) -> &str {
    match line.get(margin..) {
        Some(rest) => rest,
        None => line.trim_start_matches([' ', '\t', '>']),
    }
}

/// A source line without its prompt.
pub fn without_prompt(line: &str) -> &str {
    let rest = line.strip_prefix(">>>").or_else(|| line.strip_prefix("..."));
    let rest = rest
        .or_else(|| in_prompt(line))
        .or_else(|| line.trim_start().strip_prefix("...:"));
    let rest = rest.unwrap_or(line);
    rest.strip_prefix(' ').unwrap_or(rest)
}

/// Output without IPython's `Out[3]:`.
pub fn without_out_mark(text: &str) -> &str {
    let Some((number, rest)) = text.strip_prefix("Out[").and_then(|rest| rest.split_once("]:")) else {
        return text;
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let rest = rest.trim_start_matches(' ');
    rest.strip_prefix('\n').unwrap_or(rest)
}

/// What stands behind IPython's `In [3]:`.
fn in_prompt(line: &str) -> Option<&str> {
    let (number, rest) = line.strip_prefix("In [")?.split_once("]:")?;
    number
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b' ')
        .then_some(rest)
}

/// Bytes of blanks and quote marks (`> `) before the text of a line; a `>>>` is no mark.
fn margin(line: &str) -> usize {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let quote = *byte == b'>' && !line[at..].starts_with(">>>") && matches!(bytes.get(at + 1), Some(b' ' | b'>'));
        if !(matches!(byte, b' ' | b'\t') || quote) {
            break;
        }
        at += 1;
    }
    at
}

/// What a line is at its margin.
enum Line {
    /// `>>> ` or `In [1]:`.
    Prompt,
    /// A prompt without the blank behind it.
    Glued,
    Other,
}

fn line_kind(line: &str) -> Line {
    let Some(rest) = line.strip_prefix(">>>") else {
        return if in_prompt(line).is_some() {
            Line::Prompt
        } else {
            Line::Other
        };
    };
    match rest.as_bytes().first() {
        None | Some(b' ' | b'\t' | b'\r' | b'\n') => Line::Prompt,
        // `>>>>` is a quote in a quote or a rule, no prompt
        Some(b'>') => Line::Other,
        Some(_) => Line::Glued,
    }
}

fn is_continuation(line: &str, ipython: bool) -> bool {
    if ipython {
        return line.trim_start().starts_with("...:");
    }
    line.strip_prefix("...")
        .is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with([' ', '\t']))
}

struct Scanner<'a> {
    text: &'a str,
    problems: Vec<Problem>,
    skip_next: bool,
    /// xdoctest's directives on lines of their own hold for the rest of a block.
    standing: Directives,
}

/// The lines of a text from `at` on: `(start, end, line without its end)`.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.at..self.end).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
        let line = rest[..length].trim_end_matches('\n');
        Some((self.at + length, line.strip_suffix('\r').unwrap_or(line)))
    }
}

impl Scanner<'_> {
    fn block(&mut self, name: &str, regions: &[Region]) -> Block {
        let mut examples: Vec<Example> = Vec::new();
        self.standing = Directives::default();
        for (range, ends, line) in regions {
            self.region(range.clone(), *ends, *line, &mut examples);
        }
        Block {
            name: name.to_string(),
            examples,
        }
    }

    fn region(&mut self, range: Range<usize>, ends: Ends, first_line: usize, found: &mut Vec<Example>) {
        let bom = if range.start == 0 && self.text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        let mut lines = Lines {
            text: self.text,
            at: range.start + bom,
            end: range.end,
        };
        let mut number = first_line;
        while let Some((next, line)) = lines.peek() {
            let margin = margin(line);
            match line_kind(&line[margin..]) {
                Line::Prompt => {
                    let example = self.example(&mut lines, &mut number, margin, ends);
                    match found
                        .last_mut()
                        .filter(|last| ends != Ends::Paragraph { strict: true } && self.goes_on(last, &example))
                    {
                        Some(last) => {
                            last.source.end = example.source.end;
                            last.output = example.output;
                            last.without_remark = example.without_remark;
                        }
                        None => found.push(example),
                    }
                    continue;
                }
                Line::Glued => {
                    let message = "a prompt without a space behind it: not run".to_string();
                    self.problems.push(Problem { line: number, message });
                }
                Line::Other => self.mark(&line[margin..]),
            }
            lines.at = next;
            number += 1;
        }
    }

    /// Whether an example only goes on with the one before: people write `>>> ` before every line
    /// of a bracket or block.
    fn goes_on(&self, last: &Example, next: &Example) -> bool {
        let text = |example: &Example| self.text.get(example.source.clone()).unwrap_or_default();
        let rest = text(next).get(next.margin..).map(without_prompt).unwrap_or_default();
        if last.source.end != next.source.start || last.margin != next.margin {
            return false;
        }
        let strip = |line: &str| without_prompt(line.get(last.margin..).unwrap_or_default()).to_string();
        let source = text(last).lines().map(strip).collect::<Vec<_>>().join("\n");
        let unfinished = || {
            let source = crate::syntax::Source::new("<stdin>", &source);
            matches!(
                crate::syntax::parse_interactive(&source, false),
                crate::syntax::Parsed::Incomplete
            )
        };
        let opens = source.trim_end().ends_with([':', ',', '(', '[', '{', '\\']) || rest.starts_with([' ', '\t']);
        let inside = rest.starts_with([' ', '\t']) || rest.starts_with([')', ']', '}']) || brackets(&source) > 0;
        opens && inside && unfinished()
    }

    /// Marks between examples: `<!-- skip: next -->`, `.. skip: next`, `.. doctest-skip::`.
    fn mark(&mut self, line: &str) {
        let line = line.trim();
        let bare = line.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
        let bare = bare.or_else(|| line.strip_prefix("..")).map(str::trim);
        if matches!(bare, Some("skip: next" | "doctest-skip::")) {
            self.skip_next = true;
        }
    }

    fn example(&mut self, lines: &mut Lines<'_>, number: &mut usize, margin: usize, ends: Ends) -> Example {
        let start = lines.at;
        let mut example = Example {
            line: *number,
            margin,
            whole: ends == Ends::Prompt,
            ..Example::default()
        };
        let prefix = self.text.get(start..start + margin).unwrap_or_default();
        let mut ipython = false;
        while let Some((next, line)) = lines.peek() {
            if lines.at == start {
                ipython = line[margin..].starts_with("In [");
            } else if !line
                .strip_prefix(prefix)
                .is_some_and(|rest| is_continuation(rest, ipython))
            {
                break;
            }
            lines.at = next;
            *number += 1;
        }
        example.source = start..lines.at;
        self.output(lines, number, prefix, ends, &mut example);
        let source: String = {
            let text = self.text.get(example.source.clone()).unwrap_or_default();
            text.lines()
                .map(|line| without_prompt(line.get(margin..).unwrap_or_default()))
                .collect::<Vec<_>>()
                .join("\n")
        };
        example.directives = self.standing;
        if source.contains('#') {
            let (directives, problem) = Directives::of(&source);
            if source.trim_start().starts_with("# xdoctest:") {
                self.standing.join(&directives);
            }
            example.directives.join(&directives);
            self.problems.extend(problem.map(|message| Problem {
                line: example.line,
                message,
            }));
        }
        if std::mem::take(&mut self.skip_next) {
            example.directives.set = example.directives.set.with(Flags::SKIP);
        }
        example
    }

    /// Sets the range of the recorded output that begins at `lines`.
    fn output(&self, lines: &mut Lines<'_>, number: &mut usize, prefix: &str, ends: Ends, example: &mut Example) {
        let (start, lines_end) = (lines.at, lines.end);
        let mut end = start; // behind the last line that is not blank
        let mut depth = 0i64;
        let mut remark = None;
        // a tensor of PyTorch 0.3 begins with a blank line and may hold others
        let older = |at: usize| {
            let text =
                (ends == Ends::Paragraph { strict: false } && prefix.is_empty()).then(|| self.text.get(at..lines_end));
            text.flatten()
                .and_then(dialect::legacy_length)
                .map_or(at, |length| at + length)
        };
        let mut inside_older = older(start);
        while let Some((next, line)) = lines.peek() {
            if lines.at < inside_older {
                lines.at = next;
                *number += 1;
                end = next;
                if lines.at == inside_older {
                    inside_older = older(lines.at);
                }
                continue;
            }
            let own_margin = margin(line);
            let blank = line[own_margin..].is_empty();
            let inside = line.strip_prefix(prefix);
            if !blank {
                let Some(rest) = inside else { break };
                let another = match ends {
                    Ends::Prompt => line_kind(rest),
                    Ends::Paragraph { .. } => line_kind(&line[own_margin..]),
                };
                if !matches!(another, Line::Other) {
                    break;
                }
                if matches!(ends, Ends::Paragraph { strict: false }) {
                    if remark.is_none() && depth <= 0 && is_remark(rest) {
                        remark = Some(end);
                    }
                    depth += brackets(rest);
                }
                end = next;
            } else if let Ends::Paragraph { strict } = ends
                && (strict || depth <= 0 || remark.is_some())
            {
                break;
            }
            lines.at = next;
            *number += 1;
        }
        example.output = start..end;
        example.without_remark = remark;
    }
}

/// Opened less closed brackets of a line of output, texts in quotes aside.
pub fn brackets(line: &str) -> i64 {
    let mut depth = 0;
    let mut quote = None;
    for byte in line.bytes() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth -= 1,
            _ => {}
        }
    }
    depth
}

/// Whether a line under an output reads as an author's remark: a comment, or prose.
fn is_remark(line: &str) -> bool {
    let line = line.trim();
    let marked = ["//", "# ", "<--", "<- ", "←", "--> ", "=> "]
        .iter()
        .any(|mark| line.starts_with(mark));
    let is_message = line.contains("Error") || line.contains("Warning") || line.contains("  File \"");
    let wide = line.chars().filter(|c| ('\u{2e80}'..'\u{ffef}').contains(c)).count();
    let words = line
        .split_whitespace()
        .filter(|word| word.chars().all(|c| c.is_alphabetic() || c == ',' || c == '.'));
    let prose = words.filter(|word| word.len() > 1).count() >= 4 && line.starts_with(char::is_uppercase);
    marked || (!is_message && (wide >= 3 || prose))
}
