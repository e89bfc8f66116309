//! The report as GitHub's workflow commands: one annotation a difference.

use super::super::replay::FileReport;
use super::{differences, printable, title};

/// Annotations of one file.
pub fn file(report: &FileReport) -> String {
    let mut out = String::new();
    for problem in &report.problems {
        let place = format!("file={},line={}", property(&report.name), problem.line);
        out.push_str(&format!(
            "::error {place},title=unreadable::{}\n",
            data(&problem.message)
        ));
    }
    for outcome in differences(report) {
        let cause = outcome.judgement.cause.as_deref().unwrap_or("different");
        let heading = property(&format!("{}: {cause}", title(&outcome.source)));
        let body = format!("recorded:\n{}\ncame:\n{}", outcome.expected, outcome.actual);
        let place = format!("file={},line={}", property(&report.name), outcome.line);
        out.push_str(&format!(
            "::error {place},title={heading}::{}\n",
            data(&printable(&body))
        ));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
