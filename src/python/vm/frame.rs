//! A frame: where a function in progress stands.

use crate::python::code::{Code, Instruction};
use crate::python::object::{Function, Object};
use crate::python::value::Value;

/// What happens to the value a frame answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FrameKind {
    /// Goes into the caller's register.
    Plain,
    /// The caller is Rust code: `run` ends.
    Entry,
    /// `__init__`: must be None, the instance goes into the caller's register.
    Init,
    /// A binary operator's method: NotImplemented tries the other side.
    Binary,
    /// A generator driven by a `for` loop of the caller.
    GeneratorFor,
    /// A generator driven by Rust code.
    GeneratorEntry,
}

/// One frame.
pub(crate) struct Frame {
    /// The function; it keeps code, globals and cells alive.
    pub function: Value,
    /// Register 0.
    pub base: *mut Value,
    /// Its code; kept alive by the function.
    pub code: *const Code,
    /// The instruction after the one in progress, while the frame is not the current one (or calls Rust code).
    pub ip: *const Instruction,
    /// The caller's register for the answer.
    pub target: u16,
    pub kind: FrameKind,
    /// The frame began a new piece of stack.
    pub fresh_segment: bool,
    /// The instance under construction, or the generator.
    pub held: Value,
}

impl Frame {
    /// Registers in all.
    #[inline(always)]
    pub fn registers(&self) -> usize {
        // SAFETY: the function keeps its code alive
        unsafe { (*self.code).registers as usize }
    }

    /// Behind its last register.
    #[inline(always)]
    pub fn top(&self) -> *mut Value {
        // SAFETY: the end of the frame's window
        unsafe { self.base.add(self.registers()) }
    }

    pub fn function(&self) -> Option<&Function> {
        match self.function.obj() {
            Some(Object::Function(function)) => Some(function),
            _ => None,
        }
    }

    /// Number of the instruction after the one in progress.
    pub fn position(&self) -> u32 {
        match self.code() {
            Some(code) => ((self.ip as usize - code.instructions.as_ptr() as usize) / size_of::<Instruction>()) as u32,
            None => 0,
        }
    }

    pub fn code(&self) -> Option<&std::rc::Rc<Code>> {
        self.function().map(|function| &function.code)
    }
}
