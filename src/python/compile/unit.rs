//! The body being compiled: instructions, registers, labels, open blocks.

use super::Compiler;
use crate::python::code::{Code, CodeKind, Handler, Instruction, Parameters};
use crate::python::value::{R, Value};
use crate::syntax::ast::{Span, Stmt};
use crate::syntax::symbol::Symbol;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A place in the code, known later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(usize);

/// The instructions an open block protects.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub start: u32,
    pub target: Label,
    pub register: u16,
}

/// A block that `return`, `break`, `continue` must clean up on their way out.
pub enum Block<'a> {
    Loop {
        again: Label,
        done: Label,
    },
    /// The body of `try .. except`.
    Try {
        range: Range,
    },
    /// The body of `try .. finally`.
    Finally {
        body: &'a [Stmt],
        range: Range,
    },
    With {
        manager: u16,
        asynchronous: bool,
        range: Range,
    },
    /// An exception is being handled; `save` keeps what was handled before.
    Handled {
        save: u16,
        range: Range,
    },
    /// `except .. as name`: the name goes at the end.
    Named {
        name: Symbol,
        range: Range,
    },
}

impl Block<'_> {
    pub fn range(&mut self) -> Option<&mut Range> {
        match self {
            Block::Loop { .. } => None,
            Block::Try { range }
            | Block::Finally { range, .. }
            | Block::With { range, .. }
            | Block::Handled { range, .. }
            | Block::Named { range, .. } => Some(range),
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
enum ConstantKey {
    Immediate(u8),
    Int(i64),
    Float(u64),
    Object(usize),
}

/// Where a variable is, for the code of one body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variable {
    Local(u16),
    Cell(u16),
}

pub struct Unit<'a> {
    pub name: Symbol,
    pub qualname: Rc<str>,
    pub kind: CodeKind,
    pub scope: usize,
    pub class_name: Option<Symbol>,
    pub instructions: Vec<Instruction>,
    pub spans: Vec<Span>,
    pub span: Span,
    pub constants: Vec<Value>,
    constant_index: FxHashMap<ConstantKey, u16>,
    pub names: Vec<Symbol>,
    name_index: FxHashMap<Symbol, u16>,
    pub codes: Vec<Rc<Code>>,
    pub keyword_names: Vec<Box<[Symbol]>>,
    handlers: Vec<(u32, u32, Label, u16)>,
    labels: Vec<Option<u32>>,
    jumps: Vec<(u32, Label)>,
    pub blocks: Vec<Block<'a>>,
    /// The next free register, and the most ever used.
    pub next: u16,
    pub most: u16,
    pub variables: FxHashMap<Symbol, Variable>,
    /// Which local registers are surely assigned here.
    pub assigned: Vec<bool>,
    /// Locals that `del` or `except .. as` may unset anywhere.
    pub volatile: Vec<Symbol>,
    pub copies_operands: bool,
    pub parameters: Parameters,
    pub locals: Vec<Symbol>,
    pub cells: Vec<u16>,
    pub free: Vec<(Symbol, u16)>,
    pub captures: Vec<u16>,
    pub doc: Option<Rc<str>>,
    pub first_line: u32,
}

impl<'a> Unit<'a> {
    pub fn new(name: Symbol, qualname: Rc<str>, kind: CodeKind, scope: usize, class_name: Option<Symbol>) -> Unit<'a> {
        Unit {
            name,
            qualname,
            kind,
            scope,
            class_name,
            instructions: Vec::new(),
            spans: Vec::new(),
            span: Span::default(),
            constants: Vec::new(),
            constant_index: FxHashMap::default(),
            names: Vec::new(),
            name_index: FxHashMap::default(),
            codes: Vec::new(),
            keyword_names: Vec::new(),
            handlers: Vec::new(),
            labels: Vec::new(),
            jumps: Vec::new(),
            blocks: Vec::new(),
            next: 0,
            most: 0,
            variables: FxHashMap::default(),
            assigned: Vec::new(),
            volatile: Vec::new(),
            copies_operands: false,
            parameters: Parameters::default(),
            locals: Vec::new(),
            cells: Vec::new(),
            free: Vec::new(),
            captures: Vec::new(),
            doc: None,
            first_line: 1,
        }
    }
}

impl<'a> Compiler<'a> {
    /// The innermost body. There always is one while compiling.
    #[allow(clippy::indexing_slicing)]
    pub(super) fn unit(&mut self) -> &mut Unit<'a> {
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    pub(super) fn emit(&mut self, instruction: Instruction) {
        let unit = self.unit();
        unit.instructions.push(instruction);
        let span = unit.span;
        unit.spans.push(span);
    }

    pub(super) fn here(&mut self) -> u32 {
        self.unit().instructions.len() as u32
    }

    pub(super) fn label(&mut self) -> Label {
        let unit = self.unit();
        unit.labels.push(None);
        Label(unit.labels.len() - 1)
    }

    /// The label stands here.
    pub(super) fn place(&mut self, label: Label) {
        let here = self.here();
        if let Some(place) = self.unit().labels.get_mut(label.0) {
            *place = Some(here);
        }
    }

    pub(super) fn jump(&mut self, label: Label) {
        let here = self.here();
        self.unit().jumps.push((here, label));
        self.emit(Instruction::Jump { by: 0 });
    }

    /// A jump backwards.
    pub(super) fn jump_back(&mut self, label: Label) {
        let here = self.here();
        self.unit().jumps.push((here, label));
        self.emit(Instruction::Loop { by: 0 });
    }

    pub(super) fn temp(&mut self) -> R<u16> {
        self.temps(1)
    }

    /// Registers in a row.
    pub(super) fn temps(&mut self, count: u16) -> R<u16> {
        let unit = self.unit();
        let first = unit.next;
        match first.checked_add(count) {
            Some(next) if next < u16::MAX - 16 => {
                unit.next = next;
                unit.most = unit.most.max(next);
                Ok(first)
            }
            _ => Err(self.vm.unsupported("a body that needs so many registers")),
        }
    }

    pub(super) fn mark(&mut self) -> u16 {
        self.unit().next
    }

    pub(super) fn release(&mut self, mark: u16) {
        self.unit().next = mark;
    }

    pub(super) fn range(&mut self, register: u16) -> Range {
        let target = self.label();
        Range {
            start: self.here(),
            target,
            register,
        }
    }

    /// Ends what an open range covers so far.
    pub(super) fn end_range(&mut self, range: Range) {
        let here = self.here();
        if range.start < here {
            self.unit()
                .handlers
                .push((range.start, here, range.target, range.register));
        }
    }

    pub(super) fn push_block(&mut self, block: Block<'a>) {
        self.unit().blocks.push(block);
    }

    /// Takes the innermost block off, its range ended.
    pub(super) fn pop_block(&mut self) -> Option<Range> {
        let mut block = self.unit().blocks.pop()?;
        let range = block.range().copied();
        if let Some(range) = range {
            self.end_range(range);
        }
        range
    }

    /// Number of a constant.
    pub(super) fn constant(&mut self, value: Value) -> R<u16> {
        let key = match &value {
            Value::Int(number) => ConstantKey::Int(*number),
            Value::Float(bits) => ConstantKey::Float(bits.get().to_bits()),
            Value::Obj(object) => ConstantKey::Object(Rc::as_ptr(object) as usize),
            Value::None => ConstantKey::Immediate(0),
            Value::True => ConstantKey::Immediate(1),
            Value::False => ConstantKey::Immediate(2),
            Value::Ellipsis => ConstantKey::Immediate(3),
            Value::NotImplemented => ConstantKey::Immediate(4),
            Value::Unset => ConstantKey::Immediate(5),
        };
        let unit = self.unit();
        if let Some(number) = unit.constant_index.get(&key) {
            return Ok(*number);
        }
        match u16::try_from(unit.constants.len()) {
            Ok(number) => {
                unit.constants.push(value);
                unit.constant_index.insert(key, number);
                Ok(number)
            }
            Err(_) => Err(self.vm.unsupported("a body with so many constants")),
        }
    }

    /// Number of a name.
    pub(super) fn name_number(&mut self, name: Symbol) -> R<u16> {
        let unit = self.unit();
        if let Some(number) = unit.name_index.get(&name) {
            return Ok(*number);
        }
        match u16::try_from(unit.names.len()) {
            Ok(number) => {
                unit.names.push(name);
                unit.name_index.insert(name, number);
                Ok(number)
            }
            Err(_) => Err(self.vm.unsupported("a body with so many names")),
        }
    }

    pub(super) fn keywords_number(&mut self, names: Vec<Symbol>) -> R<u16> {
        let unit = self.unit();
        unit.keyword_names.push(names.into());
        match u16::try_from(unit.keyword_names.len() - 1) {
            Ok(number) => Ok(number),
            Err(_) => Err(self.vm.unsupported("a body with so many calls")),
        }
    }

    /// `d = value`
    pub(super) fn load_value(&mut self, d: u16, value: Value) -> R<()> {
        let k = self.constant(value)?;
        self.emit(Instruction::Const { d, k });
        Ok(())
    }

    /// Finishes the innermost body.
    pub(super) fn close_unit(&mut self) -> R<Rc<Code>> {
        self.emit(Instruction::ReturnNone);
        let Some(unit) = self.units.pop() else {
            return Err(self.vm.system_error("no body to finish"));
        };
        let mut instructions = unit.instructions;
        let place = |label: Label| unit.labels.get(label.0).copied().flatten().unwrap_or(0);
        for (at, label) in &unit.jumps {
            let by = place(*label) as i32 - (*at as i32 + 1);
            if let Some(instruction) = instructions.get_mut(*at as usize) {
                *instruction = match instruction {
                    Instruction::Loop { .. } => Instruction::Loop { by },
                    _ => Instruction::Jump { by },
                };
            }
        }
        let handlers = unit
            .handlers
            .iter()
            .map(|(start, end, target, register)| Handler {
                start: *start,
                end: *end,
                target: place(*target),
                register: *register,
            })
            .collect();
        let uses_class_cell = unit.free.iter().any(|(name, _)| *name == self.vm.names.dunder_class);
        Ok(Rc::new(Code {
            name: unit.name,
            qualname: unit.qualname,
            kind: unit.kind,
            instructions,
            constants: unit.constants,
            names: unit.names,
            codes: unit.codes,
            keyword_names: unit.keyword_names,
            handlers,
            spans: unit.spans,
            source: self.source.clone(),
            first_line: unit.first_line,
            registers: unit.most,
            parameters: unit.parameters,
            simple: unit.kind == CodeKind::Function && unit.parameters.plain(),
            locals: unit.locals,
            cells: unit.cells,
            free: unit.free,
            captures: unit.captures,
            globals: self.globals.clone(),
            doc: unit.doc,
            uses_class_cell,
            separate_locals: self.separate_locals && unit.kind == CodeKind::Module,
        }))
    }
}
