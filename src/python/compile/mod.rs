//! From syntax tree to register code.
//!
//! Locals are the first registers of a frame, temporaries follow like a stack. Jumps name
//! labels that are resolved when a body is finished. `try` costs nothing until something is
//! raised: handlers are ranges of instructions. Leaving a block by `return`, `break` or
//! `continue` emits its clean-up in place, outside its own range.

mod call;
mod control;
mod expr;
mod format;
mod function;
mod name;
mod pattern;
mod resolve;
pub mod scope;
mod stmt;
mod trying;
mod unit;

use super::code::{Code, CodeKind, SourceText};
use super::object::Dict;
use super::value::{R, Value};
use super::vm::Vm;
use crate::syntax;
use crate::syntax::ast::*;
use crate::syntax::symbol::Symbol;
use rustc_hash::FxHashMap;
use scope::Scopes;
use std::rc::Rc;
use unit::Unit;

/// How an input is to be compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// A file or `exec`.
    Exec,
    /// A prompt entry: expression statements are echoed.
    Single,
}

/// Nesting of expressions and statements the compiler follows before it gives up as CPython does.
const MAX_DEPTH: usize = 3_000;

/// One compilation.
pub struct Compiler<'a> {
    vm: &'a mut Vm,
    source: Rc<SourceText>,
    globals: Rc<Dict>,
    scopes: Scopes,
    /// The bodies being compiled, the innermost last.
    units: Vec<Unit<'a>>,
    /// Blocks set aside while the way out of them is compiled.
    aside: Vec<Vec<unit::Block<'a>>>,
    interactive: bool,
    /// Annotations are kept as text (`from __future__ import annotations`).
    postponed: bool,
    /// Names are looked up in a mapping of locals first (`exec` with two dicts).
    separate_locals: bool,
    depth: usize,
    /// String constants that are no interned names: equal ones are one object.
    strings: FxHashMap<Rc<str>, Value>,
}

/// Compiles a module for a dict of globals.
pub fn compile_module<'a>(
    vm: &'a mut Vm,
    module: &'a Module,
    source: &Rc<SourceText>,
    globals: &Rc<Dict>,
    mode: Mode,
    separate_locals: bool,
) -> R<Rc<Code>> {
    let scopes = Scopes::of_module(&module.body);
    let mut compiler = Compiler::new(vm, source, globals, scopes, mode == Mode::Single, separate_locals);
    compiler.postponed = syntax::postpones_annotations(&module.body) || mode == Mode::Single && compiler.vm.postponed;
    if mode == Mode::Single {
        compiler.vm.postponed = compiler.postponed;
    }
    compiler.open_module();
    if mode == Mode::Exec
        && !separate_locals
        && let Some(doc) = stmt::docstring(&module.body)
    {
        let doc = compiler.string_constant(&doc);
        let register = compiler.temp()?;
        compiler.load_value(register, doc)?;
        compiler.store_name(Symbol::new("__doc__"), register)?;
    }
    compiler.annotations_if_needed(&module.body)?;
    compiler.body(&module.body)?;
    compiler.close_unit()
}

/// Compiles an expression whose value the code returns.
pub fn compile_expression<'a>(
    vm: &'a mut Vm,
    expression: &'a Expr,
    source: &Rc<SourceText>,
    globals: &Rc<Dict>,
    separate_locals: bool,
) -> R<Rc<Code>> {
    let scopes = Scopes::of_expression(expression);
    let mut compiler = Compiler::new(vm, source, globals, scopes, false, separate_locals);
    compiler.open_module();
    let register = compiler.temp()?;
    compiler.expr_to(expression, register)?;
    compiler.emit(super::code::Instruction::Return { s: register });
    compiler.close_unit()
}

impl<'a> Compiler<'a> {
    fn new(
        vm: &'a mut Vm,
        source: &Rc<SourceText>,
        globals: &Rc<Dict>,
        scopes: Scopes,
        interactive: bool,
        separate_locals: bool,
    ) -> Compiler<'a> {
        Compiler {
            vm,
            source: source.clone(),
            globals: globals.clone(),
            scopes,
            units: Vec::new(),
            aside: Vec::new(),
            interactive,
            postponed: false,
            separate_locals,
            depth: 0,
            strings: FxHashMap::default(),
        }
    }

    fn open_module(&mut self) {
        let mut unit = Unit::new(Symbol::new("<module>"), "<module>".into(), CodeKind::Module, 0, None);
        if self.separate_locals {
            unit.next = 1;
            unit.most = 1;
        }
        self.units.push(unit);
    }

    /// Follows one level of nesting.
    fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.vm.recursion_error(" during compilation"));
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    /// The value of a string constant; identifiers are interned, others shared within this compilation.
    /// The value of an annotation, or its text.
    fn annotation(&mut self, annotation: &'a Expr, d: u16) -> R<()> {
        if !self.postponed {
            return self.expr_to(annotation, d);
        }
        let text = match &annotation.kind {
            ExprKind::Str(text) => {
                let text = Value::str(&**text);
                self.vm.repr(&text)?.to_string()
            }
            _ => {
                let (start, end) = (annotation.span.start as usize, annotation.span.end as usize);
                let source = self.source.text.get(start..end).unwrap_or("");
                source.split_whitespace().collect::<Vec<_>>().join(" ")
            }
        };
        let text = self.string_constant(&text.into());
        self.load_value(d, text)
    }

    fn string_constant(&mut self, text: &Rc<str>) -> Value {
        let name_like = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if name_like && text.len() <= 64 {
            return self.vm.string(Symbol::new(text));
        }
        if let Some(known) = self.strings.get(text) {
            return known.clone();
        }
        let made = Value::str(&**text);
        self.strings.insert(text.clone(), made.clone());
        made
    }
}
