//! The report in the Test Anything Protocol, version 14.

use super::super::compare::Verdict;
use super::super::replay::FileReport;
use super::{printable, title};

/// All files as one stream of test points.
pub fn document(reports: &[FileReport]) -> String {
    let count: usize = reports.iter().map(|report| report.outcomes.len()).sum();
    let mut out = format!("TAP version 14\n1..{count}\n");
    let mut number = 0;
    for report in reports {
        for outcome in &report.outcomes {
            number += 1;
            let (word, mark) = match outcome.judgement.verdict {
                Verdict::Different => ("not ok", ""),
                Verdict::Skipped => ("ok", " # SKIP not run"),
                _ => ("ok", ""),
            };
            let heading = title(&outcome.source).replace('\\', "\\\\").replace('#', "\\#");
            out.push_str(&format!(
                "{word} {number} - {}:{} {heading}{mark}\n",
                report.name, outcome.line
            ));
            if outcome.judgement.verdict == Verdict::Different {
                let cause = outcome.judgement.cause.as_deref().unwrap_or("different");
                out.push_str(&format!("  ---\n  message: {}\n", serde_json::Value::from(cause)));
                for (key, text) in [("wanted", &outcome.expected), ("found", &outcome.actual)] {
                    out.push_str(&format!("  {key}: {}\n", serde_json::Value::from(printable(text))));
                }
                out.push_str("  ...\n");
            }
        }
    }
    out
}
