//! Exceptions and tracebacks.

use super::Attributes;
use crate::python::class::ClassRef;
use crate::python::code::Code;
use crate::python::value::Value;
use crate::syntax::symbol::Symbol;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// An exception of any class.
pub struct Exception {
    pub class: RefCell<ClassRef>,
    pub args: RefCell<Rc<[Value]>>,
    pub attributes: RefCell<Attributes>,
    /// Fields of builtin exceptions that are not in `__dict__`: `value`, `code`, `name`, `obj`, `msg` ...
    pub fields: RefCell<Vec<(Symbol, Value)>>,
    pub cause: RefCell<Value>,
    pub context: RefCell<Value>,
    pub suppress_context: Cell<bool>,
    pub traceback: RefCell<Option<Rc<Traceback>>>,
    /// It passed through modules that are part of this program, whose lines no traceback shows.
    pub inside: Cell<bool>,
}

impl Exception {
    pub fn new(class: ClassRef, args: Vec<Value>) -> Exception {
        Exception {
            class: RefCell::new(class),
            args: RefCell::new(args.into()),
            attributes: RefCell::default(),
            fields: RefCell::default(),
            cause: RefCell::new(Value::None),
            context: RefCell::new(Value::None),
            suppress_context: Cell::new(false),
            traceback: RefCell::new(None),
            inside: Cell::new(false),
        }
    }

    pub fn class(&self) -> ClassRef {
        self.class.borrow().clone()
    }

    /// A builtin field, None when it was never set.
    pub fn field(&self, name: Symbol) -> Option<Value> {
        self.fields
            .borrow()
            .iter()
            .find(|entry| entry.0 == name)
            .map(|entry| entry.1.clone())
    }

    pub fn set_field(&self, name: Symbol, value: Value) {
        let mut fields = self.fields.borrow_mut();
        match fields.iter_mut().find(|entry| entry.0 == name) {
            Some(entry) => entry.1 = value,
            None => fields.push((name, value)),
        }
    }
}

/// One line of a traceback: where a frame stood. Frames themselves are not kept, so a
/// traceback holds no variables alive.
pub struct Traceback {
    pub code: Rc<Code>,
    /// Index of the instruction that raised.
    pub position: u32,
    /// The next line towards the place of the error.
    pub next: RefCell<Option<Rc<Traceback>>>,
}

impl Drop for Traceback {
    /// Long chains are taken apart in a loop.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(entry) = next {
            next = Rc::try_unwrap(entry).ok().and_then(|entry| entry.next.take());
        }
    }
}
