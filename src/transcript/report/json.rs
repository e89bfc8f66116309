//! The report as one JSON document.

use super::super::replay::FileReport;
use super::Totals;
use serde_json::{Value, json};

/// All files with all their statements, and totals.
pub fn document(reports: &[FileReport], seconds: f64) -> Value {
    let totals = Totals::of(reports);
    json!({
        "files": reports.iter().map(file).collect::<Vec<_>>(),
        "totals": {
            "files": totals.files,
            "statements": totals.statements,
            "equal": totals.equal,
            "equal within rounding": totals.within_rounding,
            "different": totals.different,
            "unchecked": totals.unchecked,
            "skipped": totals.skipped,
            "unreadable": totals.problems,
        },
        "seconds": seconds,
    })
}

fn file(report: &FileReport) -> Value {
    let statements = report.outcomes.iter().map(|outcome| {
        json!({
            "id": outcome.id,
            "line": outcome.line,
            "source": outcome.source,
            "expected": outcome.expected,
            "actual": outcome.actual,
            "verdict": outcome.judgement.verdict.name(),
            "cause": outcome.judgement.cause,
            "note": outcome.note,
            "seconds": outcome.seconds,
        })
    });
    let problems = report
        .problems
        .iter()
        .map(|problem| json!({"line": problem.line, "message": problem.message}));
    json!({
        "file": report.name,
        "statements": statements.collect::<Vec<_>>(),
        "problems": problems.collect::<Vec<_>>(),
        "notes": report.notes,
        "seconds": report.seconds,
    })
}
