//! The prompt: lines in, blocks fed to a [`Desk`], output and tracebacks out.

pub mod editor;
pub mod indent;
pub mod paint;
pub mod plain;

use crate::session::desk::Desk;
use crate::session::role::{self, Role};
use crate::session::{Answer, Fed, SharedSink, Stream};
use paint::Painter;
use std::cell::RefCell;
use std::rc::Rc;

/// What a reader gives for one line.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    Line(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the end of the input.
    End,
}

/// Where lines come from: a terminal with an editor, or plain text.
pub trait Reader {
    /// Reads a line behind `prompt`; an editor starts with `initial` in it.
    fn read(&mut self, prompt: &str, initial: &str) -> Read;

    /// Keeps a whole entry for recall.
    fn remember(&mut self, entry: &str);
}

pub const PROMPT: &str = ">>> ";
pub const MORE: &str = "... ";

/// Reads and answers until the end of the input or `exit()`; returns the exit code.
pub fn run(desk: &Rc<RefCell<Desk>>, reader: &mut dyn Reader, sink: &SharedSink, painter: &Painter) -> i32 {
    loop {
        let first = match reader.read(PROMPT, "") {
            Read::Line(line) => line,
            Read::Interrupted => {
                sink.borrow_mut().write(Stream::Err, "KeyboardInterrupt\n");
                continue;
            }
            Read::End => {
                sink.borrow_mut().write(Stream::Err, "\n");
                return 0;
            }
        };
        if let Some(code) = entry(desk, reader, sink, painter, first) {
            return code;
        }
    }
}

/// Completes and answers one entry; the exit code if it ended the session.
fn entry(
    desk: &Rc<RefCell<Desk>>,
    reader: &mut dyn Reader,
    sink: &SharedSink,
    painter: &Painter,
    first: String,
) -> Option<i32> {
    // a recalled or pasted block is whole already
    let mut entry = if first.contains('\n') {
        format!("{}\n", first.trim_end())
    } else {
        first
    };
    let mut ended = false;
    loop {
        let fed = desk.borrow_mut().feed(&entry, ended);
        let answer = match fed {
            Fed::Done(answer) => answer,
            Fed::Incomplete => {
                let initial = indent::next(&entry);
                match reader.read(MORE, &initial) {
                    Read::Line(line) => {
                        let line = indent::joined(&entry, &initial, &line);
                        entry.push('\n');
                        entry.push_str(&line);
                    }
                    Read::Interrupted => {
                        sink.borrow_mut().write(Stream::Err, "KeyboardInterrupt\n");
                        return None;
                    }
                    Read::End => ended = true,
                }
                continue;
            }
        };
        if !entry.trim().is_empty() {
            reader.remember(entry.trim_end());
        }
        return show(&answer, sink, painter);
    }
}

/// Prints an exception; the exit code if the statement asked for the end.
pub fn show(answer: &Answer, sink: &SharedSink, painter: &Painter) -> Option<i32> {
    if let Some(error) = &answer.error {
        sink.borrow_mut()
            .write(Stream::Err, &painter.styled(&role::error(error)));
    }
    if let Some(stopped) = answer.stopped {
        let text = format!("{stopped:?}: the statement was stopped\n");
        sink.borrow_mut().write(Stream::Err, &painter.paint(Role::Error, &text));
    }
    answer.exit
}
