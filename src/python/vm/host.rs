//! What surrounds the machine: where output goes, and what a run may use.

use super::Vm;
use crate::python::value::R;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A warning as it is issued.
pub struct WarningText<'a> {
    /// `<stdin>`
    pub filename: &'a str,
    pub line: u32,
    /// `UserWarning`
    pub category: &'a str,
    pub message: &'a str,
    /// Whether Python's default filters would show it (they show each place once).
    pub first: bool,
}

/// Receives what a session writes. The library itself never prints.
pub trait Host {
    fn stdout(&mut self, text: &str);
    fn stderr(&mut self, text: &str);

    /// A warning was issued; the default writes shown ones to standard error.
    fn warning(&mut self, warning: &WarningText<'_>) {
        if warning.first {
            let text = format!(
                "{}:{}: {}: {}\n",
                warning.filename, warning.line, warning.category, warning.message
            );
            self.stderr(&text);
        }
    }

    /// A line for `input()`, with its end; None at the end of the input.
    fn read_line(&mut self) -> Option<String> {
        None
    }
}

/// What a run may use; None is no bound.
#[derive(Default, Clone, Copy)]
pub struct Limits {
    /// When it must have ended.
    pub deadline: Option<Instant>,
    /// Bytes in use, as `memory_in_use` counts them.
    pub memory: Option<usize>,
    /// Answers how many bytes are in use now.
    pub memory_in_use: Option<fn() -> usize>,
}

impl Vm {
    /// To be called now and then by long native loops: raises KeyboardInterrupt when asked to stop,
    /// TimeoutError or MemoryError when a limit is passed.
    #[inline]
    pub fn poll(&mut self) -> R<()> {
        if self.interrupt.load(Ordering::Relaxed) || self.limits.deadline.is_some() || self.limits.memory.is_some() {
            return self.poll_slow();
        }
        Ok(())
    }

    /// Counts one step of a native loop towards the next look at the limits.
    #[inline(always)]
    pub fn step(&mut self) -> R<()> {
        self.ticks -= 1;
        if self.ticks == 0 { self.tick() } else { Ok(()) }
    }

    /// Long work that cannot look at the limits itself, in a thread of its own: stopped by Ctrl-C, the session goes
    /// on without its answer.
    pub fn aside<T: Send + 'static>(&mut self, work: impl FnOnce() -> T + Send + 'static) -> R<T> {
        let (sender, receiver) = mpsc::channel();
        let started = std::thread::Builder::new().spawn(move || drop(sender.send(work())));
        while started.is_ok() {
            match receiver.recv_timeout(Duration::from_millis(10)) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Timeout) => self.poll()?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Err(self.memory_error(""))
    }

    /// MemoryError when so many bytes at once are more than the session may use: to be asked before
    /// something large is made.
    pub fn afford(&mut self, bytes: usize) -> R<()> {
        match self.limits.memory {
            Some(most) if bytes > most => Err(self.raise(&self.exceptions.memory_error.clone(), "")),
            _ => Ok(()),
        }
    }

    #[cold]
    fn poll_slow(&mut self) -> R<()> {
        if self.interrupt.swap(false, Ordering::Relaxed) {
            return Err(self.raise(&self.exceptions.keyboard_interrupt.clone(), ""));
        }
        if self.limits.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            // once only, so that the exception can be handled and reported
            self.limits.deadline = None;
            return Err(self.raise(&self.exceptions.timeout_error.clone(), "the session's time is up"));
        }
        if let (Some(most), Some(count)) = (self.limits.memory, self.limits.memory_in_use)
            && count() > most
        {
            return Err(self.raise(&self.exceptions.memory_error.clone(), ""));
        }
        Ok(())
    }
}
