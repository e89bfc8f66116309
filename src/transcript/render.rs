//! The document written again, with the output really produced in place of the recorded one.

use super::{Document, Example, Format};
use std::ops::Range;

/// Writes a document piece by piece, in the order of its examples.
pub struct Renderer<'d> {
    document: &'d Document,
    at: usize,
}

impl<'d> Renderer<'d> {
    pub fn new(document: &'d Document) -> Renderer<'d> {
        Renderer { document, at: 0 }
    }

    /// Everything up to and with the statement itself, as it was.
    pub fn statement(&mut self, example: &Example) -> String {
        let mut text = self.verbatim(self.at..example.source.end);
        self.at = example.source.end;
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// What the statement printed, in the document's margin and line ends; the recorded output is passed over.
    pub fn output(&mut self, example: &Example, actual: &str) -> String {
        self.at = self.recorded(example, actual).end;
        let source = self.document.text.get(example.source.clone()).unwrap_or_default();
        let margin = source.get(..example.margin).unwrap_or_default();
        let line_end = if source.ends_with("\r\n") { "\r\n" } else { "\n" };
        let doctest = matches!(self.document.format, Format::Docstrings | Format::Rst);
        let mut written = String::with_capacity(actual.len() + 8);
        let mut depth = 0;
        for line in actual.lines() {
            let line = line.trim_end();
            // a blank line would end the output when it is read again
            let line = if line.is_empty() && !example.whole && (doctest || depth <= 0) {
                "<BLANKLINE>"
            } else {
                line
            };
            depth += super::find::brackets(line);
            written.push_str(if line.is_empty() { margin.trim_end() } else { margin });
            written.push_str(line);
            written.push_str(line_end);
        }
        if self
            .document
            .text
            .get(..self.at)
            .is_some_and(|before| !before.ends_with('\n'))
            && self.at > example.source.end
        {
            // the recorded output was the end of a file without a last line end
            written.truncate(written.trim_end_matches(['\r', '\n']).len());
        }
        written
    }

    /// The recorded output as it was: for examples that did not run.
    pub fn kept(&mut self, example: &Example) -> String {
        let text = self.verbatim(self.at..example.output.end.max(self.at));
        self.at = example.output.end.max(self.at);
        text
    }

    /// What stands behind the last example.
    pub fn rest(&mut self) -> String {
        let text = self.verbatim(self.at..self.document.text.len());
        self.at = self.document.text.len();
        text
    }

    fn verbatim(&self, range: Range<usize>) -> String {
        self.document.text.get(range).unwrap_or_default().to_string()
    }

    /// The bytes that the produced output replaces: an author's remark stays unless it is what was printed.
    fn recorded(&self, example: &Example, actual: &str) -> Range<usize> {
        let Some(end) = example.without_remark else {
            return example.output.clone();
        };
        let remark = self.document.text.get(end..example.output.end).unwrap_or_default();
        let mut printed = actual.trim_end().lines().rev();
        let is_output = remark.lines().rev().all(|line| {
            printed
                .next()
                .is_some_and(|own| own.trim_end() == super::find::without_margin(line, example.margin).trim_end())
        });
        example.output.start..if is_output { example.output.end } else { end }
    }
}
