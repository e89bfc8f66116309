//! One namespace that answers statements, and what may answer them: this program's own
//! engine or a real Python with PyTorch.
//!
//! Nothing here prints: whatever a statement writes goes to a [`Sink`], and its exception
//! comes back as text in the [`Answer`].

pub mod advice;
pub mod desk;
pub mod graph;
pub mod highlight;
pub mod paste;
pub mod picture;
pub mod role;
pub mod why;

mod native;
mod real_python;

use crate::array::random::watch;
pub use native::Native;
pub use real_python::RealPython;
pub use watch::{Adoption, Draw, Observed, Origin, Printed};

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Something that answers statements in one namespace.
pub trait Engine {
    /// Starts afresh: an empty namespace (with `torch` in it), a new random state.
    fn reset(&mut self, setup: &Setup) -> Result<(), OpenError>;

    /// Takes one prompt entry, maybe many lines, without prompts. `ended` says that no more
    /// lines will come; [`Fed::Incomplete`] is then never answered. Output goes to the sink.
    fn feed(&mut self, source: &str, ended: bool) -> Fed;

    /// Runs a whole program text, as `python FILE` does; `name` is what tracebacks call it.
    fn run(&mut self, name: &str, source: &str) -> Answer;

    /// Random draws and printed tensors since the last call (empty unless `Setup::observe`).
    fn observed(&mut self) -> Observed;

    /// The names that may follow `text` at a prompt: see [`Completion`].
    fn complete(&mut self, text: &str) -> Completion;

    /// The signature of the callable that the expression `text` names, as one line.
    fn signature(&mut self, text: &str) -> Option<String>;

    /// What stops a running statement with KeyboardInterrupt; may be called from anywhere.
    fn interrupter(&self) -> Interrupter;

    /// What the engine calls itself: `gradshell 0.1.0`, `PyTorch 2.15.0, CPython 3.11.7`.
    fn title(&self) -> String;
}

/// Asks a running statement to stop.
pub type Interrupter = Box<dyn Fn() + Send + Sync>;

/// How a fresh namespace is set up.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Seeds the random generator as `torch.manual_seed` does, but counts as unseeded for adoption.
    pub seed: Option<u64>,
    /// Whose wording messages have, as `(1, 8)`; None is today's.
    pub torch: Option<(u32, u32)>,
    /// Which warnings are written.
    pub warnings: Warnings,
    /// Bounds of one statement.
    pub limits: Limits,
    /// Elements that random tensors take instead of the drawn ones.
    pub adoptions: Vec<Adoption>,
    /// Whether draws and printed tensors are logged.
    pub observe: bool,
    /// `sys.argv`; empty is `['']`.
    pub argv: Vec<String>,
    /// Statements that a reader is taken to have run before.
    pub prelude: Vec<&'static str>,
}

/// Which warnings reach the sink.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Warnings {
    /// As Python's filters have it: one place warns once.
    #[default]
    Default,
    /// Every one, as often as issued.
    Always,
    /// None.
    Never,
}

/// Bounds of one statement.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Limits {
    /// How long a statement may run.
    pub time: Option<Duration>,
    /// How many bytes the session may hold.
    pub memory: Option<u64>,
}

/// What became of an entry.
#[derive(Debug)]
pub enum Fed {
    /// More lines are needed.
    Incomplete,
    Done(Answer),
}

/// How a statement ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The exception as a prompt prints it: traceback and own lines, each line ended by `\n`.
    pub error: Option<String>,
    /// `SystemExit` was raised, with this code.
    pub exit: Option<i32>,
    /// A limit stopped the statement.
    pub stopped: Option<Stopped>,
}

/// Which limit stopped a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    Time,
    Memory,
    /// The engine itself ended: nothing more can be run in it.
    Died,
}

/// Where a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
    /// A warning, as its whole text `<stdin>:1: UserWarning: message`.
    Warning,
}

/// Takes what statements write, in order.
pub trait Sink {
    fn write(&mut self, stream: Stream, text: &str);
}

/// A sink shared between the engine that writes and the front end that reads.
pub type SharedSink = Rc<RefCell<dyn Sink>>;

/// A sink that keeps what it gets, neighbours of one stream joined.
#[derive(Debug, Default)]
pub struct Kept {
    pub pieces: Vec<(Stream, String)>,
}

impl Kept {
    /// What was kept so far; the sink is empty afterwards.
    pub fn take(&mut self) -> Vec<(Stream, String)> {
        std::mem::take(&mut self.pieces)
    }
}

impl Sink for Kept {
    fn write(&mut self, stream: Stream, text: &str) {
        match self.pieces.last_mut() {
            Some((last, kept)) if *last == stream && stream != Stream::Warning => kept.push_str(text),
            _ => self.pieces.push((stream, text.to_string())),
        }
    }
}

/// What may be typed next.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Byte offset in the text where the replaced part begins.
    pub start: usize,
    /// Whole replacements, sorted.
    pub names: Vec<String>,
}

/// Why an engine cannot be had: one line for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenError(pub String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which engine to use: `native`, `python` or `python=PATH`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EngineChoice {
    #[default]
    Native,
    /// A real Python: the program to run.
    Python(String),
}

impl EngineChoice {
    /// Reads `native`, `python` or `python=PATH`.
    pub fn parse(text: &str) -> Result<EngineChoice, String> {
        match text.split_once('=') {
            None if text == "native" => Ok(EngineChoice::Native),
            None if text == "python" => Ok(EngineChoice::Python("python3".into())),
            Some(("python", path)) if !path.is_empty() => Ok(EngineChoice::Python(path.into())),
            _ => Err(format!("no engine '{text}': native, python or python=PATH")),
        }
    }

    /// Opens the engine with a fresh namespace.
    pub fn open(&self, setup: &Setup, sink: SharedSink) -> Result<Box<dyn Engine>, OpenError> {
        match self {
            EngineChoice::Native => Ok(Box::new(Native::open(setup, sink))),
            EngineChoice::Python(program) => Ok(Box::new(RealPython::open(program, setup, sink)?)),
        }
    }
}
