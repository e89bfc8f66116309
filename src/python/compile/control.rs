//! Conditions, loops, and leaving blocks.

use super::Compiler;
use super::unit::{Block, Label};
use crate::python::code::Instruction;
use crate::python::value::{R, Value};
use crate::syntax::ast::*;

/// How a loop gets its next item: into register `d` from iterator `i`, then to `start`.
pub(super) struct Step {
    d: u16,
    i: u16,
    start: Label,
}

impl<'a> Compiler<'a> {
    /// What is surely assigned after two ways meet.
    pub(super) fn merge_assigned(&mut self, other: &[bool]) {
        for (flag, also) in self.unit().assigned.iter_mut().zip(other) {
            *flag &= *also;
        }
    }

    pub(super) fn assigned(&mut self) -> Vec<bool> {
        self.unit().assigned.clone()
    }

    pub(super) fn if_stmt(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> R<()> {
        let (other, end) = (self.label(), self.label());
        self.jump_unless(test, other)?;
        let before = self.assigned();
        self.body(body)?;
        let after = std::mem::replace(&mut self.unit().assigned, before);
        let leaves = |body: &[Stmt]| {
            matches!(
                body.last().map(|statement| &statement.kind),
                Some(StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Break | StmtKind::Continue)
            )
        };
        if !orelse.is_empty() {
            if !leaves(body) {
                self.jump(end);
            }
            self.place(other);
            self.body(orelse)?;
            if leaves(orelse) {
                self.unit().assigned = after;
            } else if !leaves(body) {
                self.merge_assigned(&after);
            }
        } else {
            self.place(other);
            if !leaves(body) {
                self.merge_assigned(&after);
            }
        }
        self.place(end);
        Ok(())
    }

    pub(super) fn while_stmt(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> R<()> {
        let (again, exhausted, done) = (self.label(), self.label(), self.label());
        let span = self.unit().span;
        self.place(again);
        self.jump_unless(test, exhausted)?;
        let before = self.assigned();
        self.push_block(Block::Loop { again, done });
        self.body(body)?;
        self.unit().span = span;
        self.jump_back(again);
        self.pop_block();
        self.place(exhausted);
        self.unit().assigned = before.clone();
        self.body(orelse)?;
        self.unit().assigned = before;
        self.place(done);
        Ok(())
    }

    pub(super) fn for_stmt(
        &mut self,
        target: &'a Expr,
        iter: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        is_async: bool,
    ) -> R<()> {
        let (again, exhausted, done) = (self.label(), self.label(), self.label());
        let i = self.temp()?;
        let mark = self.mark();
        let s = self.expr(iter)?;

        self.emit(if is_async {
            Instruction::AsyncIter { d: i, s }
        } else {
            Instruction::Iter { d: i, s }
        });
        if self.is_temporary(s) {
            self.emit(Instruction::Clear { r: s });
        }
        self.release(mark);
        let before = self.assigned();
        self.place(again);
        let step = self.unit().span;
        self.loop_step(target, i, exhausted, is_async, |compiler, next| {
            compiler.unit().span = step;
            compiler.push_block(Block::Loop { again, done });
            compiler.body(body)?;
            compiler.unit().span = step;
            compiler.loop_end(next, again);
            compiler.pop_block();
            Ok(())
        })?;
        self.unit().span = step;
        self.place(exhausted);
        self.unit().assigned = before.clone();
        self.body(orelse)?;
        self.unit().assigned = before;
        self.place(done);
        self.emit(Instruction::Clear { r: i });
        Ok(())
    }

    /// One step of a loop over iterator `i`: the next item into `target`, then `body`; at the end to `done`.
    pub(super) fn loop_step(
        &mut self,
        target: &'a Expr,
        i: u16,
        done: Label,
        is_async: bool,
        body: impl FnOnce(&mut Self, Option<Step>) -> R<()>,
    ) -> R<()> {
        let mark = self.mark();
        if is_async {
            // `await i.__anext__()`, where StopAsyncIteration ends the loop
            let raised = self.temp()?;
            let item = self.temp()?;
            let range = self.range(raised);
            self.push_block(Block::Try { range });
            let awaited = self.temp()?;
            self.emit(Instruction::AsyncNext { d: awaited, s: i });
            self.delegate(awaited, item)?;
            self.pop_block();
            let start = self.label();
            self.jump(start);
            self.place(range.target);
            self.emit(Instruction::EndAsyncFor { r: raised });
            self.jump(done);
            self.place(start);
            self.store(target, item)?;
            self.release(mark);
            return body(self, None);
        }
        let local = match &target.kind {
            ExprKind::Name(name) => self.local_register(*name),
            _ => None,
        };
        let start = self.label();
        let d = match local {
            Some(d) => d,
            None => self.temp()?,
        };
        self.emit(Instruction::For { d, i });
        self.jump(done);
        self.place(start);
        match local {
            Some(d) => self.note_assigned(d),
            None => self.store(target, d)?,
        }
        self.release(mark);
        body(self, Some(Step { d, i, start }))
    }

    /// The end of a loop's body: straight to its beginning with the next item, or to the loop's head.
    pub(super) fn loop_end(&mut self, step: Option<Step>, again: Label) {
        if let Some(Step { d, i, start }) = step {
            self.emit(Instruction::ForNext { d, i });
            self.jump(start);
        }
        self.jump_back(again);
    }

    pub(super) fn return_stmt(&mut self, value: Option<&'a Expr>) -> R<()> {
        let cleanup = self
            .unit()
            .blocks
            .iter()
            .any(|block| !matches!(block, Block::Loop { .. } | Block::Try { .. }));
        if !cleanup {
            match value {
                Some(value) => {
                    let s = self.temp()?;
                    match (&value.kind, self.unit().copies_operands) {
                        // a local that is no longer needed is taken out
                        (ExprKind::Name(name), false) if self.settled_local(*name).is_some() => {
                            let r = self.settled_local(*name).unwrap_or(s);
                            self.emit(Instruction::Return { s: r });
                            return Ok(());
                        }
                        _ => self.expr_to(value, s)?,
                    }
                    self.emit(Instruction::Return { s });
                }
                None => self.emit(Instruction::ReturnNone),
            }
            return Ok(());
        }
        let s = self.temp()?;
        match value {
            Some(value) => self.expr_to(value, s)?,
            None => self.load_value(s, Value::None)?,
        }
        self.leave_blocks(0)?;
        self.emit(Instruction::Return { s });
        self.reopen_blocks();
        Ok(())
    }

    pub(super) fn break_or_continue(&mut self, leave: bool) -> R<()> {
        let Some(at) = self
            .unit()
            .blocks
            .iter()
            .rposition(|block| matches!(block, Block::Loop { .. }))
        else {
            return Ok(());
        };
        let target = match self.unit().blocks.get(at) {
            Some(Block::Loop { again, done }) => {
                if leave {
                    *done
                } else {
                    *again
                }
            }
            _ => return Ok(()),
        };
        self.leave_blocks(at + 1)?;
        if leave {
            self.jump(target);
        } else {
            self.jump_back(target);
        }
        self.reopen_blocks();
        Ok(())
    }

    /// Emits the clean-up of all blocks above `down_to`, from the inside out. The blocks are set aside
    /// until `reopen_blocks`.
    fn leave_blocks(&mut self, down_to: usize) -> R<()> {
        let mut aside = Vec::new();
        while self.unit().blocks.len() > down_to {
            let Some(mut block) = self.unit().blocks.pop() else {
                break;
            };
            if let Some(range) = block.range().copied() {
                self.end_range(range);
            }
            let mark = self.mark();
            match &block {
                Block::Loop { .. } | Block::Try { .. } => {}
                Block::Finally { body, .. } => {
                    let assigned = self.assigned();
                    let body: &'a [Stmt] = body;
                    self.body(body)?;
                    self.unit().assigned = assigned;
                }
                Block::With {
                    manager, asynchronous, ..
                } => {
                    let (manager, asynchronous) = (*manager, *asynchronous);
                    let d = self.temp()?;
                    self.exit_context(d, manager, u16::MAX, asynchronous)?;
                }
                Block::Handled { save, .. } => {
                    let save = *save;
                    self.emit(Instruction::PopHandled { s: save });
                }
                Block::Named { name, .. } => {
                    let name = *name;
                    self.unset_name(name)?;
                }
            }
            self.release(mark);
            aside.push(block);
        }
        self.aside.push(aside);
        Ok(())
    }

    fn reopen_blocks(&mut self) {
        let Some(mut aside) = self.aside.pop() else { return };
        let here = self.here();
        while let Some(mut block) = aside.pop() {
            if let Some(range) = block.range() {
                range.start = here;
            }
            self.unit().blocks.push(block);
        }
    }

    /// `name = None; del name`, at the end of `except .. as name`.
    pub(super) fn unset_name(&mut self, name: crate::syntax::symbol::Symbol) -> R<()> {
        let mark = self.mark();
        let r = self.temp()?;
        self.load_value(r, Value::None)?;
        self.store_name(name, r)?;
        self.release(mark);
        self.delete_name(name)
    }
}
