//! The report as JUnit XML, in the shape that pytest writes (xunit2 with file and line).

use super::super::compare::Verdict;
use super::super::replay::{FileReport, Outcome};
use super::{Totals, printable, title};

/// One test suite a file, one test case a statement.
pub fn document(reports: &[FileReport]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites name=\"gradshell replay\">\n");
    for report in reports {
        let totals = Totals::of(std::slice::from_ref(report));
        let (errors, failures) = (
            report.outcomes.iter().filter(|one| is_error(one)).count(),
            totals.different,
        );
        out.push_str(&format!(
            "  <testsuite name=\"{}\" errors=\"{}\" failures=\"{}\" skipped=\"{}\" tests=\"{}\" time=\"{:.3}\">\n",
            attribute(&report.name),
            errors + totals.problems,
            failures - errors,
            totals.skipped,
            totals.statements + totals.problems,
            report.seconds
        ));
        let class = class(&report.name);
        for problem in &report.problems {
            out.push_str(&format!(
                "    <testcase classname=\"{class}\" name=\"L{0}\" file=\"{1}\" line=\"{0}\" time=\"0.000\">\n      \
                 <error message=\"{2}\" type=\"Unreadable\"/>\n    </testcase>\n",
                problem.line,
                attribute(&report.name),
                attribute(&problem.message)
            ));
        }
        for outcome in &report.outcomes {
            out.push_str(&case(report, &class, outcome));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// An exception where none was recorded, or a limit: an error rather than a failure.
fn is_error(outcome: &Outcome) -> bool {
    let cause = outcome.judgement.cause.as_deref().unwrap_or_default();
    let unexpected = ["raises ", "ran longer", "needs more", "the engine ended"]
        .iter()
        .any(|start| cause.starts_with(start));
    outcome.judgement.verdict == Verdict::Different && unexpected
}

fn case(report: &FileReport, class: &str, outcome: &Outcome) -> String {
    let cause = outcome.judgement.cause.as_deref().unwrap_or_default();
    let body = match outcome.judgement.verdict {
        Verdict::Different => {
            let (tag, kind) = if is_error(outcome) {
                ("error", error_type(cause))
            } else {
                ("failure", "Mismatch")
            };
            let text = format!(
                ">>> {}\nrecorded:\n{}\ncame:\n{}",
                outcome.source, outcome.expected, outcome.actual
            );
            format!(
                "<{tag} message=\"{}\" type=\"{}\">{}</{tag}>",
                attribute(cause),
                attribute(kind),
                escape(&text)
            )
        }
        Verdict::Skipped => format!("<skipped message=\"{}\"/>", attribute(cause)),
        _ => String::new(),
    };
    let open = format!(
        "    <testcase classname=\"{class}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3}\"",
        attribute(&format!("L{} {}", outcome.line, title(&outcome.source))),
        attribute(&report.name),
        outcome.line,
        outcome.seconds
    );
    if body.is_empty() {
        format!("{open}/>\n")
    } else {
        format!("{open}>\n      {body}\n    </testcase>\n")
    }
}

fn error_type(cause: &str) -> &str {
    cause
        .strip_prefix("raises ")
        .and_then(|rest| rest.split([':', ' ']).next())
        .unwrap_or("Limit")
}

/// `docs/intro.md` as `docs.intro_md`.
fn class(name: &str) -> String {
    attribute(
        &name
            .trim_start_matches(['.', '/'])
            .replace('.', "_")
            .replace(['/', '\\'], "."),
    )
}

fn escape(text: &str) -> String {
    printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn attribute(text: &str) -> String {
    escape(text)
        .replace('"', "&quot;")
        .replace('\n', "&#10;")
        .replace('\t', "&#9;")
}
