//! Reports of a replay: for people, for programs, for CI services.

pub mod github;
pub mod json;
pub mod junit;
pub mod tap;
pub mod tensor_diff;
pub mod text;

use super::compare::Verdict;
use super::replay::{FileReport, Outcome};

/// Counts over many files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub files: usize,
    pub statements: usize,
    pub equal: usize,
    pub within_rounding: usize,
    pub different: usize,
    pub unchecked: usize,
    pub skipped: usize,
    pub problems: usize,
}

impl Totals {
    pub fn of(reports: &[FileReport]) -> Totals {
        let mut totals = Totals {
            files: reports.len(),
            ..Totals::default()
        };
        for report in reports {
            totals.statements += report.outcomes.len();
            totals.problems += report.problems.len();
            for outcome in &report.outcomes {
                *match outcome.judgement.verdict {
                    Verdict::Equal => &mut totals.equal,
                    Verdict::WithinRounding => &mut totals.within_rounding,
                    Verdict::Different => &mut totals.different,
                    Verdict::Unchecked => &mut totals.unchecked,
                    Verdict::Skipped => &mut totals.skipped,
                } += 1;
            }
        }
        totals
    }
}

/// The statements that differ.
pub fn differences(report: &FileReport) -> impl Iterator<Item = &Outcome> {
    report
        .outcomes
        .iter()
        .filter(|outcome| outcome.judgement.verdict == Verdict::Different)
}

/// First line of a statement, for titles.
pub fn title(source: &str) -> &str {
    source.lines().next().unwrap_or_default()
}

/// Text without control characters, for formats that cannot hold them.
pub fn printable(text: &str) -> String {
    super::compare::without_ansi(text)
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}
