//! Differences one by one: which outputs to accept, without a terminal.

use super::compare::Verdict;
use super::render::Renderer;
use super::replay::{FileReport, Options, Outcome, Runner, replay};
use super::{Document, update};
use crate::session::OpenError;
use std::collections::HashMap;
use std::path::Path;

/// What to do with the difference at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Accept,
    Reject,
    Skip,
    /// This one and all others of its cause.
    AcceptCause,
    RejectCause,
}

impl Answer {
    /// The answer of a key.
    pub fn of(key: &str) -> Option<Answer> {
        Some(match key {
            "a" | "y" => Answer::Accept,
            "r" | "n" => Answer::Reject,
            "s" => Answer::Skip,
            "A" => Answer::AcceptCause,
            "R" => Answer::RejectCause,
            _ => return None,
        })
    }
}

/// The differences of one document and what was decided about them.
pub struct Review<'d> {
    document: &'d Document,
    report: FileReport,
    /// By place among the outcomes: accepted or not.
    decided: HashMap<usize, bool>,
}

impl<'d> Review<'d> {
    /// Replays the document.
    pub fn open(document: &'d Document, runner: &mut Runner, options: &Options) -> Result<Review<'d>, OpenError> {
        Ok(Review {
            document,
            report: replay(document, runner, options)?,
            decided: HashMap::new(),
        })
    }

    /// The places of differences that nothing is decided about.
    fn open_places(&self) -> impl Iterator<Item = usize> {
        let asks = |outcome: &Outcome| matches!(outcome.judgement.verdict, Verdict::Different);
        let outcomes = self.report.outcomes.iter().enumerate();
        outcomes
            .filter(move |(at, outcome)| asks(outcome) && !self.decided.contains_key(at))
            .map(|(at, _)| at)
    }

    /// The next difference to decide about, with the document's name.
    pub fn next(&self) -> Option<(&str, &Outcome)> {
        let at = self.open_places().next()?;
        Some((&self.report.name, &self.report.outcomes[at]))
    }

    /// Decides about the next difference.
    pub fn answer(&mut self, answer: Answer) {
        let Some(at) = self.open_places().next() else { return };
        let cause = self.report.outcomes[at].judgement.cause.clone();
        let same: Vec<usize> = match answer {
            Answer::AcceptCause | Answer::RejectCause => self
                .open_places()
                .filter(|at| self.report.outcomes[*at].judgement.cause == cause)
                .collect(),
            _ => vec![at],
        };
        let accepted = matches!(answer, Answer::Accept | Answer::AcceptCause);
        self.decided.extend(same.into_iter().map(|at| (at, accepted)));
    }

    /// How many differences were accepted, and how many are left as they were.
    pub fn counts(&self) -> (usize, usize) {
        let accepted = self.decided.values().filter(|accepted| **accepted).count();
        (accepted, self.report.count(Verdict::Different) - accepted)
    }

    /// The document with the accepted outputs.
    pub fn text(&self) -> String {
        let accepted: HashMap<usize, &Outcome> = {
            let decided = self.decided.iter().filter(|(_, accepted)| **accepted);
            decided
                .filter_map(|(at, _)| self.report.outcomes.get(*at))
                .map(|outcome| (outcome.line, outcome))
                .collect()
        };
        let mut renderer = Renderer::new(self.document);
        let mut text = String::new();
        for example in self.document.examples() {
            text.push_str(&renderer.statement(example));
            match accepted.get(&example.line) {
                Some(outcome) => text.push_str(&renderer.output(example, &outcome.actual)),
                None => text.push_str(&renderer.kept(example)),
            }
        }
        text.push_str(&renderer.rest());
        text
    }

    /// Writes the accepted outputs into the file.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        update::write(path, &self.document.text, &self.text())
    }
}
