//! `try` and `with`.

use super::Compiler;
use super::unit::Block;
use crate::python::code::Instruction;
use crate::python::value::{R, Value};
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    pub(super) fn try_stmt(
        &mut self,
        body: &'a [Stmt],
        handlers: &'a [ExceptHandler],
        orelse: &'a [Stmt],
        finalbody: &'a [Stmt],
        star: bool,
    ) -> R<()> {
        if finalbody.is_empty() {
            return self.try_except(body, handlers, orelse, star);
        }
        let (raised, save, again) = (self.temp()?, self.temp()?, self.temp()?);
        let before = self.assigned();
        let span = self.unit().span;
        let range = self.range(raised);
        self.push_block(Block::Finally { body: finalbody, range });
        if handlers.is_empty() {
            self.body(body)?;
        } else {
            self.nested(|compiler| compiler.try_except(body, handlers, orelse, star))?;
        }
        self.pop_block();
        let end = self.label();
        self.body(finalbody)?;
        self.jump(end);
        // something was raised
        let after = std::mem::replace(&mut self.unit().assigned, before);
        self.place(range.target);
        self.unit().span = span;
        self.emit(Instruction::PushHandled { s: save, r: raised });
        let inner = self.range(again);
        self.push_block(Block::Handled { save, range: inner });
        self.body(finalbody)?;
        self.unit().span = span;
        self.emit(Instruction::Reraise { r: raised });
        self.pop_block();
        self.clean_up_handler(inner.target, save, again);
        self.unit().assigned = after;
        self.place(end);
        Ok(())
    }

    /// Where an exception inside a handler goes: what was handled before is handled again, and on it goes.
    fn clean_up_handler(&mut self, target: super::unit::Label, save: u16, raised: u16) {
        self.place(target);
        self.emit(Instruction::PopHandled { s: save });
        self.emit(Instruction::Reraise { r: raised });
    }

    fn try_except(&mut self, body: &'a [Stmt], handlers: &'a [ExceptHandler], orelse: &'a [Stmt], star: bool) -> R<()> {
        let (raised, save, again) = (self.temp()?, self.temp()?, self.temp()?);
        let span = self.unit().span;
        let before = self.assigned();
        let range = self.range(raised);
        self.push_block(Block::Try { range });
        self.body(body)?;
        self.pop_block();
        let end = self.label();
        self.body(orelse)?;
        self.jump(end);
        let mut after = self.assigned();
        self.place(range.target);
        self.unit().span = span;
        self.emit(Instruction::PushHandled { s: save, r: raised });
        let inner = self.range(again);
        self.push_block(Block::Handled { save, range: inner });
        if star {
            self.unit().assigned = before.clone();
            self.star_handlers(handlers, raised)?;
            self.leave_handler(save, raised, end);
            after = before;
        } else {
            for handler in handlers {
                self.unit().assigned = before.clone();
                self.handler(handler, raised, save, end)?;
                let ends = matches!(
                    handler.body.last().map(|statement| &statement.kind),
                    Some(StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Break | StmtKind::Continue)
                );
                if !ends {
                    let reached = self.assigned();
                    after.iter_mut().zip(&reached).for_each(|(flag, also)| *flag &= *also);
                }
            }
            self.unit().span = span;
            self.emit(Instruction::Reraise { r: raised });
        }
        self.pop_block();
        self.clean_up_handler(inner.target, save, again);
        self.unit().assigned = after;
        self.place(end);
        Ok(())
    }

    /// The normal way out of a handler.
    fn leave_handler(&mut self, save: u16, raised: u16, end: super::unit::Label) {
        // not covered by the handler's own clean-up
        if let Some(Block::Handled { range, .. }) = self.unit().blocks.last() {
            let range = *range;
            self.end_range(range);
        }
        self.emit(Instruction::PopHandled { s: save });
        self.emit(Instruction::Clear { r: raised });
        self.jump(end);
        let here = self.here();
        if let Some(range) = self.unit().blocks.last_mut().and_then(Block::range) {
            range.start = here;
        }
    }

    fn handler(&mut self, handler: &'a ExceptHandler, raised: u16, save: u16, end: super::unit::Label) -> R<()> {
        let next = self.label();
        let mark = self.mark();
        self.unit().span = handler.span;
        if let Some(kind) = &handler.kind {
            let c = self.temp()?;
            self.expr_to(kind, c)?;
            self.unit().span = kind.span;
            self.emit(Instruction::Matches { d: c, r: raised, c });
            self.emit(Instruction::Test { a: c });
            self.jump(next);
            self.release(mark);
            self.unit().span = handler.span;
        }
        match handler.name {
            Some(name) => {
                let again = self.temp()?;
                let copy = self.temp()?;
                self.emit(Instruction::Move { d: copy, s: raised });
                self.store_name(name, copy)?;
                let range = self.range(again);
                self.push_block(Block::Named { name, range });
                self.body(&handler.body)?;
                self.pop_block();
                self.unset_name(name)?;
                self.leave_handler(save, raised, end);
                self.place(range.target);
                self.unset_name(name)?;
                self.emit(Instruction::Reraise { r: again });
            }
            None => {
                self.body(&handler.body)?;
                self.leave_handler(save, raised, end);
            }
        }
        self.release(mark);
        self.place(next);
        Ok(())
    }

    /// The handlers of `except*`: each takes its part of the group, what they raise and what is left is gathered.
    fn star_handlers(&mut self, handlers: &'a [ExceptHandler], raised: u16) -> R<()> {
        let (list, rest, part) = (self.temp()?, self.temp()?, self.temps(2)?);
        self.emit(Instruction::List { d: list, b: list, n: 0 });
        self.emit(Instruction::Move { d: rest, s: raised });
        for handler in handlers {
            let mark = self.mark();
            let next = self.label();
            self.unit().span = handler.span;
            let Some(kind) = &handler.kind else { continue };
            self.emit(Instruction::Test { a: rest });
            self.jump(next);
            let c = self.temp()?;
            self.expr_to(kind, c)?;
            self.emit(Instruction::MatchesGroup { d: part, r: rest, c });
            self.emit(Instruction::Move { d: rest, s: part + 1 });
            self.emit(Instruction::Test { a: part });
            self.jump(next);
            let (again, outer) = (self.temp()?, self.temp()?);
            self.emit(Instruction::PushHandled { s: outer, r: part });
            if let Some(name) = handler.name {
                let copy = self.temp()?;
                self.emit(Instruction::Move { d: copy, s: part });
                self.store_name(name, copy)?;
            }
            let range = self.range(again);
            match handler.name {
                Some(name) => self.push_block(Block::Named { name, range }),
                None => self.push_block(Block::Try { range }),
            }
            self.body(&handler.body)?;
            self.pop_block();
            let over = self.label();
            self.emit(Instruction::PopHandled { s: outer });
            self.jump(over);
            self.place(range.target);
            self.emit(Instruction::PopHandled { s: outer });
            self.emit(Instruction::ListAppend { l: list, s: again });
            self.place(over);
            if let Some(name) = handler.name {
                self.unset_name(name)?;
            }
            self.release(mark);
            self.place(next);
        }
        let done = self.label();
        self.emit(Instruction::Test { a: rest });
        self.jump(done);
        self.emit(Instruction::ListAppend { l: list, s: rest });
        self.place(done);
        self.emit(Instruction::EndGroup {
            d: part,
            r: raised,
            l: list,
        });
        Ok(())
    }

    pub(super) fn with_stmt(&mut self, items: &'a [WithItem], body: &'a [Stmt], asynchronous: bool) -> R<()> {
        let Some((item, rest)) = items.split_first() else {
            return self.body(body);
        };
        let (manager, raised, save, again, answer) =
            (self.temp()?, self.temp()?, self.temp()?, self.temp()?, self.temp()?);
        let span = self.unit().span;
        self.expr_to(&item.context, manager)?;
        if asynchronous {
            self.emit(Instruction::AsyncEnter { d: answer, b: manager });
            let i = self.temp()?;
            self.emit(Instruction::Awaitable { d: i, s: answer });
            self.delegate(i, answer)?;
        } else {
            self.emit(Instruction::Enter { d: answer, b: manager });
        }
        let range = self.range(raised);
        self.push_block(Block::With {
            manager,
            asynchronous,
            range,
        });
        self.unit().span = span;
        match &item.target {
            Some(target) => self.store(target, answer)?,
            None => self.emit(Instruction::Clear { r: answer }),
        }
        if rest.is_empty() {
            self.body(body)?;
        } else {
            self.nested(|compiler| compiler.with_stmt(rest, body, asynchronous))?;
        }
        self.pop_block();
        let end = self.label();
        self.unit().span = item.context.span;
        self.exit_context(answer, manager, u16::MAX, asynchronous)?;
        self.jump(end);
        // something was raised
        self.place(range.target);
        self.emit(Instruction::PushHandled { s: save, r: raised });
        let inner = self.range(again);
        self.push_block(Block::Handled { save, range: inner });
        self.exit_context(answer, manager, raised, asynchronous)?;
        let swallowed = self.label();
        self.emit(Instruction::TestNot { a: answer });
        self.jump(swallowed);
        self.emit(Instruction::Reraise { r: raised });
        self.pop_block();
        self.clean_up_handler(inner.target, save, again);
        self.place(swallowed);
        self.emit(Instruction::PopHandled { s: save });
        self.emit(Instruction::Clear { r: raised });
        self.place(end);
        self.emit(Instruction::Clear { r: manager });
        self.unit().span = span;
        Ok(())
    }

    /// Calls the bound `__exit__` in `manager`.
    pub(super) fn exit_context(&mut self, d: u16, manager: u16, r: u16, asynchronous: bool) -> R<()> {
        if asynchronous {
            self.emit(Instruction::AsyncExit { d, b: manager, r });
            let i = self.temp()?;
            self.emit(Instruction::Awaitable { d: i, s: d });
            self.delegate(i, d)?;
        } else {
            self.emit(Instruction::Exit { d, b: manager, r });
        }
        Ok(())
    }

    /// Loads a constant for tests.
    pub(super) fn load_none(&mut self, d: u16) -> R<()> {
        self.load_value(d, Value::None)
    }
}
