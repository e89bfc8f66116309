//! Statements.

use super::Compiler;
use super::expr::binary_of;
use crate::python::class::Binary;
use crate::python::code::{CodeKind, Instruction};
use crate::python::value::{R, Value};
use crate::syntax::ast::*;
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

/// The documentation a body begins with.
pub(super) fn docstring(body: &[Stmt]) -> Option<Rc<str>> {
    match body.first().map(|statement| &statement.kind) {
        Some(StmtKind::Expr(Expr {
            kind: ExprKind::Str(text),
            ..
        })) => Some(text.clone()),
        _ => None,
    }
}

/// Whether a body annotates names (not looking into inner functions and classes).
fn annotates(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match &statement.kind {
        StmtKind::AnnAssign { .. } => true,
        StmtKind::If { body, orelse, .. }
        | StmtKind::While { body, orelse, .. }
        | StmtKind::For { body, orelse, .. } => annotates(body) || annotates(orelse),
        StmtKind::With { body, .. } => annotates(body),
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finalbody,
            ..
        } => {
            annotates(body)
                || annotates(orelse)
                || annotates(finalbody)
                || handlers.iter().any(|handler| annotates(&handler.body))
        }
        _ => false,
    })
}

impl<'a> Compiler<'a> {
    pub(super) fn annotations_if_needed(&mut self, body: &[Stmt]) -> R<()> {
        if annotates(body) {
            self.emit(Instruction::Annotations);
        }
        Ok(())
    }

    pub(super) fn body(&mut self, body: &'a [Stmt]) -> R<()> {
        for statement in body {
            let mark = self.mark();
            let outer = std::mem::replace(&mut self.unit().span, statement.span);
            let result = self.nested(|compiler| compiler.stmt(statement));
            self.unit().span = outer;
            self.release(mark);
            result?;
        }
        Ok(())
    }

    fn stmt(&mut self, statement: &'a Stmt) -> R<()> {
        match &statement.kind {
            StmtKind::Expr(value) => {
                let echo = self.interactive && self.unit().kind == CodeKind::Module;
                if !echo && self.constant_value(value).is_some() {
                    return Ok(());
                }
                let s = self.expr(value)?;
                if echo {
                    self.emit(Instruction::Display { s });
                } else if self.is_temporary(s) {
                    self.emit(Instruction::Clear { r: s });
                }
            }
            StmtKind::Assign { targets, value } => self.assign(targets, value)?,
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, binary_of(*op), value)?,
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => {
                self.ann_assign(target, annotation, value.as_ref(), *simple)?;
            }
            StmtKind::Return(value) => self.return_stmt(value.as_ref())?,
            StmtKind::Delete(targets) => {
                for target in targets {
                    self.delete(target)?;
                }
            }
            StmtKind::Pass => {}
            StmtKind::Break => self.break_or_continue(true)?,
            StmtKind::Continue => self.break_or_continue(false)?,
            StmtKind::Raise { exception, cause } => match (exception, cause) {
                (None, _) => self.emit(Instruction::RaiseAgain),
                (Some(exception), None) => {
                    let r = self.expr(exception)?;
                    self.emit(Instruction::Raise { r });
                }
                (Some(exception), Some(cause)) => {
                    let r = self.expr(exception)?;
                    let cause = self.expr(cause)?;
                    self.emit(Instruction::RaiseFrom { r, cause });
                }
            },
            StmtKind::Assert { test, message } => {
                let (fail, end) = (self.label(), self.label());
                self.jump_unless(test, fail)?;
                self.jump(end);
                self.place(fail);
                let r = match message {
                    Some(message) => self.expr(message)?,
                    None => u16::MAX,
                };
                self.unit().span = test.span;
                self.emit(Instruction::AssertFail { r });
                self.place(end);
            }
            StmtKind::Global(_) | StmtKind::Nonlocal(_) => {}
            StmtKind::Import(aliases) => {
                for alias in aliases {
                    self.import(alias)?;
                }
            }
            StmtKind::ImportFrom { module, names, level } => self.import_from(*module, names, *level)?,
            StmtKind::If { test, body, orelse } => self.if_stmt(test, body, orelse)?,
            StmtKind::While { test, body, orelse } => self.while_stmt(test, body, orelse)?,
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
                is_async,
            } => {
                self.for_stmt(target, iter, body, orelse, *is_async)?;
            }
            StmtKind::With { items, body, is_async } => self.with_stmt(items, body, *is_async)?,
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
                star,
            } => {
                self.try_stmt(body, handlers, orelse, finalbody, *star)?;
            }
            StmtKind::FunctionDef(function) => self.function_def(function, statement.span)?,
            StmtKind::ClassDef(class) => self.class_def(class, statement.span)?,
            StmtKind::Match { subject, cases } => self.match_stmt(subject, cases)?,
        }
        Ok(())
    }

    fn assign(&mut self, targets: &'a [Expr], value: &'a Expr) -> R<()> {
        if let [target] = targets {
            if let ExprKind::Name(name) = &target.kind {
                // straight into the local
                if let Some(r) = self.local_register(*name)
                    && !Self::writes_early(value)
                {
                    self.expr_to(value, r)?;
                    self.note_assigned(r);
                    return Ok(());
                }
                let s = self.temp()?;
                self.expr_to(value, s)?;
                self.unit().span = target.span;
                return self.store_name(*name, s);
            }
            // `a, b = x, y` without the tuple
            if let (ExprKind::Tuple(places) | ExprKind::List(places), ExprKind::Tuple(values)) =
                (&target.kind, &value.kind)
            {
                let plain = |items: &[Expr]| !items.iter().any(|item| matches!(item.kind, ExprKind::Starred(_)));
                if places.len() == values.len() && plain(places) && plain(values) && places.len() <= 8 {
                    let (first, _) = self.in_row(values)?;
                    for (at, place) in places.iter().enumerate() {
                        self.store(place, first + at as u16)?;
                    }
                    return Ok(());
                }
            }
            let s = self.expr(value)?;
            return self.store(target, s);
        }
        let s = self.temp()?;
        self.expr_to(value, s)?;
        for target in targets {
            let mark = self.mark();
            let copy = self.temp()?;
            self.emit(Instruction::Move { d: copy, s });
            self.store(target, copy)?;
            self.release(mark);
        }
        self.emit(Instruction::Clear { r: s });
        Ok(())
    }

    /// `target = s`; a temporary `s` is used up by names.
    pub(super) fn store(&mut self, target: &'a Expr, s: u16) -> R<()> {
        let outer = std::mem::replace(&mut self.unit().span, target.span);
        let mark = self.mark();
        let result = self.nested(|compiler| compiler.store_inner(target, s));
        self.release(mark);
        self.unit().span = outer;
        result
    }

    fn store_inner(&mut self, target: &'a Expr, s: u16) -> R<()> {
        match &target.kind {
            ExprKind::Name(name) => self.store_name(*name, s)?,
            ExprKind::Attribute { value, name } => {
                let o = self.expr(value)?;
                let name = self.mangled(*name);
                let n = self.name_number(name)?;
                self.emit(Instruction::SetAttr { o, n, s });
            }
            ExprKind::Subscript { value, index } => {
                let o = self.expr(value)?;
                let i = self.expr(index)?;
                self.emit(Instruction::SetItem { o, i, s });
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                let star = items.iter().position(|item| matches!(item.kind, ExprKind::Starred(_)));
                let b = self.temps(items.len() as u16)?;
                match star {
                    None => self.emit(Instruction::Unpack {
                        s,
                        b,
                        n: items.len() as u16,
                    }),
                    Some(before) => {
                        let after = (items.len() - before - 1) as u16;
                        self.emit(Instruction::UnpackStar {
                            after,
                            s,
                            b,
                            before: before as u8,
                        });
                    }
                }
                for (at, item) in items.iter().enumerate() {
                    self.store(item, b + at as u16)?;
                }
            }
            ExprKind::Starred(inner) => self.store(inner, s)?,
            _ => {}
        }
        Ok(())
    }

    fn aug_assign(&mut self, target: &'a Expr, op: Binary, value: &'a Expr) -> R<()> {
        match &target.kind {
            ExprKind::Name(name) => {
                let local = self.local_register(*name);
                if let (Some(r), false) = (local, self.unit().copies_operands) {
                    if self.settled_local(*name).is_none() {
                        self.emit(Instruction::CheckLocal { r });
                    }
                    self.aug_operate(op, r, r, value)?;
                    self.note_assigned(r);
                    return Ok(());
                }
                let a = self.temp()?;
                let outer = std::mem::replace(&mut self.unit().span, target.span);
                self.load_name(*name, a)?;
                self.unit().span = outer;
                self.aug_operate(op, a, a, value)?;
                self.store_name(*name, a)?;
            }
            ExprKind::Attribute { value: object, name } => {
                let o = self.expr(object)?;
                let a = self.temp()?;
                let name = self.mangled(*name);
                let n = self.name_number(name)?;
                self.emit(Instruction::Attr { d: a, o, n });
                self.aug_operate(op, a, a, value)?;
                self.emit(Instruction::SetAttr { o, n, s: a });
            }
            ExprKind::Subscript { value: object, index } => {
                let o = self.expr(object)?;
                let i = self.expr(index)?;
                let a = self.temp()?;
                self.emit(Instruction::Item { d: a, o, i });
                self.aug_operate(op, a, a, value)?;
                self.emit(Instruction::SetItem { o, i, s: a });
            }
            _ => {}
        }
        Ok(())
    }

    /// `d = a op= value`
    fn aug_operate(&mut self, op: Binary, d: u16, a: u16, value: &'a Expr) -> R<()> {
        let constant = self
            .constant_value(value)
            .filter(|value| matches!(value, Value::Int(_) | Value::Float(_)));
        if let Some(constant) = constant {
            let k = self.constant(constant)?;
            self.emit(Instruction::InPlaceK { op, d, a, k });
            return Ok(());
        }
        let b = self.expr(value)?;
        self.emit(Instruction::InPlace { op, d, a, b });
        Ok(())
    }

    fn ann_assign(&mut self, target: &'a Expr, annotation: &'a Expr, value: Option<&'a Expr>, simple: bool) -> R<()> {
        if let Some(value) = value {
            let s = self.temp()?;
            self.expr_to(value, s)?;
            self.store(target, s)?;
        }
        let kind = self.unit().kind;
        if !matches!(kind, CodeKind::Module | CodeKind::Class) {
            return Ok(());
        }
        let mark = self.mark();
        if let (true, ExprKind::Name(name)) = (simple, &target.kind) {
            let s = self.temp()?;
            self.annotation(annotation, s)?;
            let (o, i) = (self.temp()?, self.temp()?);
            let annotations = self.vm.names.dunder_annotations;
            self.load_name(annotations, o)?;
            let name = self.mangled(*name);
            let text = self.vm.string(name);
            self.load_value(i, text)?;
            self.emit(Instruction::SetItem { o, i, s });
        } else if !self.postponed {
            let s = self.temp()?;
            self.expr_to(annotation, s)?;
        }
        self.release(mark);
        Ok(())
    }

    fn delete(&mut self, target: &'a Expr) -> R<()> {
        let outer = std::mem::replace(&mut self.unit().span, target.span);
        let mark = self.mark();
        match &target.kind {
            ExprKind::Name(name) => self.delete_name(*name)?,
            ExprKind::Attribute { value, name } => {
                let o = self.expr(value)?;
                let name = self.mangled(*name);
                let n = self.name_number(name)?;
                self.emit(Instruction::DelAttr { o, n });
            }
            ExprKind::Subscript { value, index } => {
                let o = self.expr(value)?;
                let i = self.expr(index)?;
                self.emit(Instruction::DelItem { o, i });
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                for item in items {
                    self.nested(|compiler| compiler.delete(item))?;
                }
            }
            _ => {}
        }
        self.release(mark);
        self.unit().span = outer;
        Ok(())
    }

    fn import(&mut self, alias: &'a Alias) -> R<()> {
        let d = self.temp()?;
        let b = self.temps(2)?;
        self.load_value(b, Value::None)?;
        self.load_value(b + 1, Value::Int(0))?;
        let n = self.name_number(alias.name)?;
        self.emit(Instruction::Import { d, n, b });
        let dotted = alias.name.text();
        match alias.asname {
            Some(name) => {
                // `import a.b.c as d` binds the innermost module
                for part in dotted.split('.').skip(1) {
                    let n = self.name_number(Symbol::new(part))?;
                    self.emit(Instruction::ImportFrom { d, m: d, n });
                }
                self.store_name(name, d)
            }
            None => {
                let first = dotted.split('.').next().unwrap_or(dotted);
                self.store_name(Symbol::new(first), d)
            }
        }
    }

    fn import_from(&mut self, module: Option<Symbol>, names: &'a [Alias], level: u32) -> R<()> {
        if module.is_some_and(|name| name.text() == "__future__") {
            return self.import_future(names);
        }
        let m = self.temp()?;
        let b = self.temps(2)?;
        let list: Vec<Value> = names.iter().map(|alias| self.vm.string(alias.name)).collect();
        self.load_value(b, Value::tuple(list))?;
        self.load_value(b + 1, Value::Int(i64::from(level)))?;
        let n = self.name_number(module.unwrap_or_else(|| Symbol::new("")))?;
        self.emit(Instruction::Import { d: m, n, b });
        for alias in names {
            if alias.name.text() == "*" {
                self.emit(Instruction::ImportStar { m });
                continue;
            }
            let mark = self.mark();
            let d = self.temp()?;
            let n = self.name_number(alias.name)?;
            self.emit(Instruction::ImportFrom { d, m, n });
            self.store_name(alias.asname.unwrap_or(alias.name), d)?;
            self.release(mark);
        }
        Ok(())
    }

    /// What `__future__` announces is in the language already; the names are bound all the same.
    fn import_future(&mut self, names: &'a [Alias]) -> R<()> {
        for alias in names {
            let d = self.temp()?;
            self.load_value(d, Value::None)?;
            self.store_name(alias.asname.unwrap_or(alias.name), d)?;
        }
        Ok(())
    }
}
