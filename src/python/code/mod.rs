//! Compiled code.

pub mod instruction;

pub use instruction::Instruction;

use super::object::Dict;
use super::value::Value;
use crate::syntax::ast::Span;
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

/// What kind of body a code object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeKind {
    Module,
    Class,
    Function,
    Generator,
    Coroutine,
    AsyncGenerator,
}

/// Where control goes when an instruction raises.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// Instructions `start..end` are covered; of nested ranges the later entry is the inner one.
    pub start: u32,
    pub end: u32,
    pub target: u32,
    /// The register that receives the exception.
    pub register: u16,
}

/// A compiled body. It belongs to the dict of globals it was compiled for: global names
/// are entry numbers of that dict.
pub struct Code {
    pub name: Symbol,
    pub qualname: Rc<str>,
    pub kind: CodeKind,
    pub instructions: Vec<Instruction>,
    pub constants: Vec<Value>,
    pub names: Vec<Symbol>,
    pub codes: Vec<Rc<Code>>,
    /// Names of keyword arguments of calls.
    pub keyword_names: Vec<Box<[Symbol]>>,
    pub handlers: Vec<Handler>,
    /// Where each instruction comes from.
    pub spans: Vec<Span>,
    pub source: Rc<SourceText>,
    /// The line of the `def`.
    pub first_line: u32,
    /// Registers in all; the first ones are the local variables.
    pub registers: u16,
    pub parameters: Parameters,
    /// An ordinary function with only positional parameters: exactly counted arguments need no binding.
    pub simple: bool,
    /// The local variables in register order.
    pub locals: Vec<Symbol>,
    /// Registers of locals that live in cells.
    pub cells: Vec<u16>,
    /// Free variables: name and the register their cell is put into.
    pub free: Vec<(Symbol, u16)>,
    /// The enclosing body's registers that hold those cells.
    pub captures: Vec<u16>,
    pub globals: Rc<Dict>,
    pub doc: Option<Rc<str>>,
    /// A method body mentions `super` or `__class__`.
    pub uses_class_cell: bool,
    /// Names are looked up in a mapping in register 0 first (`exec` with separate locals).
    pub separate_locals: bool,
}

/// The shape of a parameter list; parameters are the first registers, in the order
/// positional, keyword-only, `*args`, `**kwargs`.
#[derive(Clone, Copy, Default, Debug)]
pub struct Parameters {
    pub positional_only: u16,
    /// Positional ones in all.
    pub positional: u16,
    pub keyword_only: u16,
    pub varargs: bool,
    pub varkeywords: bool,
}

impl Parameters {
    /// Registers the parameters take.
    pub fn count(&self) -> usize {
        self.positional as usize
            + self.keyword_only as usize
            + usize::from(self.varargs)
            + usize::from(self.varkeywords)
    }

    /// Only positional parameters.
    pub fn plain(&self) -> bool {
        self.keyword_only == 0 && !self.varargs && !self.varkeywords
    }
}

/// The text code was compiled from, for line numbers and tracebacks.
pub struct SourceText {
    pub name: Rc<str>,
    pub text: Rc<str>,
    /// Whether a traceback may show lines of it (a file; not the prompt).
    pub shown: bool,
    /// A module that is part of this program.
    pub embedded: bool,
    line_starts: Vec<u32>,
}

/// What the names of embedded modules' sources begin with.
pub const EMBEDDED: &str = "<frozen ";

impl SourceText {
    pub fn new(name: &str, text: &str, shown: bool) -> Rc<SourceText> {
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| at as u32 + 1),
        );
        Rc::new(SourceText {
            name: name.into(),
            text: text.into(),
            shown,
            embedded: name.starts_with(EMBEDDED),
            line_starts,
        })
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|start| *start <= offset) as u32
    }

    /// The text of a line without its end.
    pub fn line_text(&self, line: u32) -> Option<&str> {
        let start = *self.line_starts.get(line.checked_sub(1)? as usize)? as usize;
        let rest = self.text.get(start..)?;
        Some(rest.split('\n').next().unwrap_or(rest).trim_end_matches('\r'))
    }

    /// Where a line starts.
    pub fn line_start(&self, line: u32) -> u32 {
        self.line_starts
            .get((line.saturating_sub(1)) as usize)
            .copied()
            .unwrap_or(0)
    }
}

impl Code {
    /// The line of an instruction.
    pub fn line(&self, position: u32) -> u32 {
        self.spans
            .get(position as usize)
            .map_or(self.first_line, |span| self.source.line(span.start))
    }
}
