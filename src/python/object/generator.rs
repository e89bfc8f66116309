//! Generators, coroutines, asynchronous generators: a function's registers, kept while it waits.

use crate::python::value::Value;
use std::cell::{Cell, RefCell};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GeneratorKind {
    Generator,
    Coroutine,
    AsyncGenerator,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GeneratorState {
    /// Not started.
    Created,
    Suspended,
    Running,
    Closed,
}

/// A suspended function.
pub struct Generator {
    pub kind: GeneratorKind,
    pub state: Cell<GeneratorState>,
    /// The function; it keeps code, globals and cells alive.
    pub function: Value,
    /// The registers while not running.
    pub registers: RefCell<Vec<Value>>,
    /// Where to go on.
    pub position: Cell<u32>,
    /// The exception it was handling when it yielded.
    pub handled: RefCell<Value>,
    pub name: RefCell<Value>,
    pub qualname: RefCell<Value>,
}
