//! Standard output and standard error: the one place that writes to them.

use crate::session::{Sink, Stream};
use std::io::{self, Write};

/// Exit code of a run whose reader went away.
pub const BROKEN_PIPE: i32 = 141;

/// Writes to the process's own streams as text comes.
#[derive(Default)]
pub struct Terminal {
    /// Standard output could not be written.
    pub broken: bool,
}

impl Sink for Terminal {
    fn write(&mut self, stream: Stream, text: &str) {
        if stream == Stream::Out {
            let mut out = io::stdout().lock();
            if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
                self.broken = true;
            }
        } else {
            io::stderr().lock().write_all(text.as_bytes()).ok();
        }
    }
}

/// Writes bytes to standard output; the exit code.
pub fn put(bytes: &[u8]) -> i32 {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => 0,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => BROKEN_PIPE,
        Err(error) => complain(&format!("cannot write: {error}"), 2),
    }
}

/// Writes text to one of the streams.
pub fn say(text: &str, to_stderr: bool) {
    if to_stderr {
        io::stderr().lock().write_all(text.as_bytes()).ok();
    } else {
        put(text.as_bytes());
    }
}

/// One line on standard error; the exit code given.
pub fn complain(message: &str, code: i32) -> i32 {
    say(&format!("gradshell: {message}\n"), true);
    code
}
