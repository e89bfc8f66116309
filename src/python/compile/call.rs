//! Calls.

use super::Compiler;
use crate::python::code::Instruction;
use crate::python::value::{R, Value};
use crate::syntax::ast::*;
use crate::syntax::symbol::Symbol;

impl<'a> Compiler<'a> {
    pub(super) fn call(&mut self, function: &'a Expr, arguments: &'a [Argument], d: u16) -> R<()> {
        let spread = arguments.len() > 200
            || arguments
                .iter()
                .any(|a| matches!(a.kind, ArgumentKind::Star | ArgumentKind::DoubleStar));
        let f = self.temps(2)?;
        let method = match (&function.kind, spread) {
            (ExprKind::Attribute { value, name }, false) => {
                let mark = self.mark();
                let o = self.expr(value)?;
                let name = self.mangled(*name);
                let n = self.name_number(name)?;
                let outer = std::mem::replace(&mut self.unit().span, function.span);
                self.emit(Instruction::Method { f, o, n });
                self.unit().span = outer;
                self.release(mark);
                true
            }
            _ => {
                self.expr_to(function, f)?;
                false
            }
        };
        if spread {
            return self.call_spread(f, arguments, d);
        }
        let first = self.temps(arguments.len() as u16)?;
        // keyword arguments may only follow positional ones here, except before a star
        let mut names: Vec<Symbol> = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            self.expr_to(&argument.value, first + at as u16)?;
            if let ArgumentKind::Keyword(name) = argument.kind {
                let name = self.mangled(name);
                names.push(name);
            }
        }
        let n = arguments.len() as u16;
        if !names.is_empty() {
            let k = self.keywords_number(names)?;
            if !method {
                self.emit(Instruction::Clear { r: f + 1 });
            }
            self.emit(Instruction::CallKeywords { n: n as u8, d, f, k });
        } else if method {
            self.emit(Instruction::CallMethod { d, f, n });
        } else {
            self.emit(Instruction::Call { d, f, n });
        }
        Ok(())
    }

    /// `f(*a, **k)`: arguments are gathered in a tuple and a dict.
    fn call_spread(&mut self, f: u16, arguments: &'a [Argument], d: u16) -> R<()> {
        // errors name the function where a star stands alone
        let positional = arguments
            .iter()
            .filter(|a| matches!(a.kind, ArgumentKind::Positional | ArgumentKind::Star));
        let alone = positional.count() == 1;
        self.gather_arguments(f, arguments, alone)?;
        self.emit(Instruction::CallSpread { d, f });
        Ok(())
    }

    /// A tuple of the positional arguments into `f + 2`, a dict of the others (or None) into `f + 3`. `alone`: a star is
    /// the only positional argument.
    pub(super) fn gather_arguments(&mut self, f: u16, arguments: &'a [Argument], alone: bool) -> R<()> {
        let (list, dict) = (f + 2, f + 3);
        while self.mark() < f + 4 {
            self.temps(1)?;
        }
        self.emit(Instruction::List { d: list, b: list, n: 0 });
        let keywords = arguments
            .iter()
            .any(|a| matches!(a.kind, ArgumentKind::Keyword(_) | ArgumentKind::DoubleStar));
        if keywords {
            self.emit(Instruction::Dict { d: dict, b: dict, n: 0 });
        } else {
            self.load_value(dict, Value::None)?;
        }
        for argument in arguments {
            let mark = self.mark();
            let s = self.expr(&argument.value)?;
            match argument.kind {
                ArgumentKind::Positional => self.emit(Instruction::ListAppend { l: list, s }),
                ArgumentKind::Star if !alone => self.emit(Instruction::ListExtend { l: list, s }),
                ArgumentKind::Star => self.emit(Instruction::ArgsExtend { l: list, s, f }),
                ArgumentKind::Keyword(name) => {
                    // through a one-entry dict: a second value for the name must be refused
                    let name = self.mangled(name);
                    let (k, one) = (self.temp()?, self.temp()?);
                    let text = self.vm.string(name);
                    self.load_value(k, text)?;
                    self.emit(Instruction::Dict { d: one, b: one, n: 0 });
                    self.emit(Instruction::DictSet { l: one, k, s });
                    self.emit(Instruction::DictMerge { l: dict, s: one, f });
                }
                ArgumentKind::DoubleStar => self.emit(Instruction::DictMerge { l: dict, s, f }),
            }
            self.release(mark);
        }
        self.emit(Instruction::ListToTuple { r: list });
        Ok(())
    }
}
