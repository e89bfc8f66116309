//! Generators, coroutines, asynchronous generators: a function's registers, kept while it waits.

use super::Object;
use super::finalizer::{self, Dead};
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

impl Drop for Generator {
    /// A generator that waits inside a `try` is handed to the machine, which closes it.
    fn drop(&mut self) {
        if self.state.get() != GeneratorState::Suspended {
            return;
        }
        let guarded =
            matches!(self.function.obj(), Some(Object::Function(function)) if !function.code.handlers.is_empty());
        if guarded {
            self.state.set(GeneratorState::Closed);
            finalizer::bury(Dead::Generator(Box::new(Generator {
                kind: self.kind,
                state: Cell::new(GeneratorState::Suspended),
                function: self.function.clone(),
                registers: RefCell::new(self.registers.take()),
                position: self.position.clone(),
                handled: RefCell::new(self.handled.take()),
                name: RefCell::new(self.name.take()),
                qualname: RefCell::new(self.qualname.take()),
            })));
        }
    }
}
