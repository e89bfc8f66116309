//! The report for people.

use super::super::compare::Verdict;
use super::super::replay::{FileReport, Outcome};
use super::{Totals, differences, tensor_diff, title};
use crate::session::role::{Role, Styled};
use similar::{ChangeTag, TextDiff};

/// How differences are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Diff {
    #[default]
    Unified,
    /// Recorded and produced output one after the other.
    Side,
    /// Only where tensors differ.
    Tensor,
}

/// One file: its differences, its problems, what was found out. `verbose` lists every statement.
pub fn file(report: &FileReport, diff: Diff, verbose: bool) -> Styled {
    let mut out = Styled::default();
    for problem in &report.problems {
        out.push(Role::Place, format!("{}:{}", report.name, problem.line));
        out.push(Role::Bad, format!(": {}\n", problem.message));
    }
    for note in &report.notes {
        out.push(Role::Place, report.name.clone())
            .push(Role::Dim, format!(": {note}\n"));
    }
    for outcome in &report.outcomes {
        let follows = outcome
            .judgement
            .cause
            .as_deref()
            .is_some_and(|cause| cause.starts_with("follows from"));
        match outcome.judgement.verdict {
            Verdict::Different if follows => line(&mut out, report, outcome, Role::Dim),
            Verdict::Different => difference(&mut out, &report.name, outcome, diff),
            Verdict::Unchecked => line(&mut out, report, outcome, Role::Dim),
            _ if verbose => line(&mut out, report, outcome, Role::Good),
            _ if outcome.note.is_some() => line(&mut out, report, outcome, Role::Dim),
            _ => {}
        }
    }
    out
}

fn line(out: &mut Styled, report: &FileReport, outcome: &Outcome, role: Role) {
    out.push(Role::Place, format!("{}:{}", report.name, outcome.line));
    out.push(role, format!(": {}", outcome.judgement.verdict.name()));
    if let Some(cause) = &outcome.judgement.cause {
        out.push(Role::Dim, format!(" ({cause})"));
    }
    if let Some(note) = &outcome.note {
        out.push(Role::Dim, format!(" ({note})"));
    }
    out.push(Role::Plain, format!("  {}\n", title(&outcome.source)));
}

/// One difference.
pub fn one(name: &str, outcome: &Outcome, diff: Diff) -> Styled {
    let mut out = Styled::default();
    difference(&mut out, name, outcome, diff);
    out
}

fn difference(out: &mut Styled, name: &str, outcome: &Outcome, diff: Diff) {
    out.push(Role::Place, format!("{name}:{}", outcome.line));
    let cause = outcome.judgement.cause.as_deref().unwrap_or("different");
    out.push(Role::Bad, ": different")
        .push(Role::Plain, format!(": {cause}\n"));
    for (index, source) in outcome.source.lines().enumerate() {
        out.push(Role::Prompt, if index == 0 { "  >>> " } else { "  ... " });
        out.push(Role::Plain, format!("{source}\n"));
    }
    let tensors = tensor_diff::of(&outcome.expected, &outcome.actual);
    if diff != Diff::Tensor || tensors.is_none() {
        match diff {
            Diff::Side => {
                for (role, mark, text) in [
                    (Role::Removed, '-', &outcome.expected),
                    (Role::Added, '+', &outcome.actual),
                ] {
                    for line in text.lines() {
                        out.push(role, format!("  {mark} {line}\n"));
                    }
                }
            }
            _ => unified(out, &outcome.expected, &outcome.actual),
        }
    }
    if let Some(tensors) = tensors {
        out.push(Role::Dim, format!("  {tensors}\n"));
    }
}

fn unified(out: &mut Styled, expected: &str, actual: &str) {
    let recorded = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!("{text}\n")
        }
    };
    let (expected, actual) = (recorded(expected), recorded(actual));
    let changes = TextDiff::from_lines(&expected, &actual);
    for change in changes.iter_all_changes() {
        let (role, mark) = match change.tag() {
            ChangeTag::Delete => (Role::Removed, '-'),
            ChangeTag::Insert => (Role::Added, '+'),
            ChangeTag::Equal => (Role::Dim, ' '),
        };
        out.push(role, format!("  {mark} {}\n", change.value().trim_end_matches('\n')));
    }
}

/// The closing lines: counts, and the commonest causes where there are many differences.
pub fn summary(reports: &[FileReport], seconds: f64) -> Styled {
    let totals = Totals::of(reports);
    let mut out = Styled::default();
    let mut causes: Vec<(String, usize, String)> = Vec::new();
    for report in reports {
        for outcome in differences(report) {
            let cause = outcome.judgement.cause.clone().unwrap_or_default();
            let cause = if cause.starts_with("follows from") {
                "follows from an earlier difference".into()
            } else {
                cause
            };
            match causes.iter_mut().find(|(known, ..)| *known == cause) {
                Some((_, count, _)) => *count += 1,
                None => causes.push((cause, 1, format!("{}:{}", report.name, outcome.line))),
            }
        }
    }
    causes.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    if totals.different > 3 {
        out.push(Role::Heading, format!("{} causes:\n", causes.len()));
        for (cause, count, place) in causes.iter().take(20) {
            out.push(Role::Plain, format!("  {count:4} × {cause}"))
                .push(Role::Place, format!("  {place}\n"));
        }
    }
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    out.push(
        Role::Heading,
        format!(
            "{}, {}: ",
            plural(totals.files, "file"),
            plural(totals.statements, "statement")
        ),
    );
    let mut parts = vec![(Role::Good, format!("{} equal", totals.equal))];
    for (count, role, word) in [
        (totals.within_rounding, Role::Good, "equal within rounding"),
        (totals.different, Role::Bad, "different"),
        (totals.unchecked, Role::Dim, "unchecked"),
        (totals.skipped, Role::Dim, "skipped"),
        (totals.problems, Role::Bad, "unreadable"),
    ] {
        if count > 0 {
            parts.push((role, format!("{count} {word}")));
        }
    }
    for (index, (role, text)) in parts.into_iter().enumerate() {
        out.push(Role::Plain, if index == 0 { "" } else { ", " })
            .push(role, text);
    }
    out.push(Role::Dim, format!(" in {seconds:.2} s\n"));
    out
}

/// The slowest statements.
pub fn durations(reports: &[FileReport], count: usize) -> Styled {
    let mut all: Vec<(&FileReport, &Outcome)> = reports
        .iter()
        .flat_map(|report| report.outcomes.iter().map(move |outcome| (report, outcome)))
        .collect();
    all.sort_by(|(_, one), (_, other)| other.seconds.total_cmp(&one.seconds));
    let mut out = Styled::default();
    out.push(Role::Heading, "slowest statements:\n");
    for (report, outcome) in all.into_iter().take(count) {
        out.push(Role::Plain, format!("  {:8.3} s  ", outcome.seconds));
        out.push(Role::Place, format!("{}:{}", report.name, outcome.line));
        out.push(Role::Plain, format!("  {}\n", title(&outcome.source)));
    }
    out
}
