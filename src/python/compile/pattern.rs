//! `match`.

use super::Compiler;
use super::unit::Label;
use crate::python::class::Compare;
use crate::python::code::Instruction;
use crate::python::value::R;
use crate::syntax::ast::*;
use crate::syntax::symbol::Symbol;

impl<'a> Compiler<'a> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> R<()> {
        let s = self.temp()?;
        self.expr_to(subject, s)?;
        let end = self.label();
        let before = self.assigned();
        for case in cases {
            let mark = self.mark();
            self.unit().assigned = before.clone();
            let next = self.label();
            // names are bound only when the whole pattern has matched
            let mut captures: Vec<(Symbol, u16)> = Vec::new();
            self.pattern(&case.pattern, s, next, &mut captures)?;
            for (name, r) in captures {
                self.store_name(name, r)?;
            }
            if let Some(guard) = &case.guard {
                self.jump_unless(guard, next)?;
            }
            self.body(&case.body)?;
            self.jump(end);
            self.place(next);
            self.release(mark);
        }
        self.unit().assigned = before;
        self.place(end);
        self.emit(Instruction::Clear { r: s });
        Ok(())
    }

    /// Jumps to `fail` unless `s` matches. Captured values are kept in temporaries.
    fn pattern(&mut self, pattern: &'a Pattern, s: u16, fail: Label, captures: &mut Vec<(Symbol, u16)>) -> R<()> {
        let outer = std::mem::replace(&mut self.unit().span, pattern.span);
        let result = self.nested(|compiler| compiler.pattern_inner(pattern, s, fail, captures));
        self.unit().span = outer;
        result
    }

    fn test(&mut self, a: u16, fail: Label) {
        self.emit(Instruction::Test { a });
        self.jump(fail);
    }

    fn pattern_inner(&mut self, pattern: &'a Pattern, s: u16, fail: Label, captures: &mut Vec<(Symbol, u16)>) -> R<()> {
        match &pattern.kind {
            PatternKind::Value(value) => {
                let mark = self.mark();
                let b = self.expr(value)?;
                self.emit(Instruction::TestCompare {
                    op: Compare::Eq,
                    a: s,
                    b,
                });
                self.jump(fail);
                self.release(mark);
            }
            PatternKind::Singleton(value) => {
                let mark = self.mark();
                let b = self.expr(value)?;
                let d = self.temp()?;
                self.emit(Instruction::Is { d, a: s, b });
                self.test(d, fail);
                self.release(mark);
            }
            PatternKind::As { pattern: inner, name } => {
                if let Some(inner) = inner {
                    self.pattern(inner, s, fail, captures)?;
                }
                if let Some(name) = name {
                    self.capture_value(*name, s, captures)?;
                }
            }
            PatternKind::Star(_) => {}
            PatternKind::Or(choices) => self.or_pattern(choices, s, fail, captures)?,
            PatternKind::Sequence(items) => self.sequence_pattern(items, s, fail, captures)?,
            PatternKind::Mapping { keys, patterns, rest } => {
                let d = self.temp()?;
                self.emit(Instruction::MatchMapping { d, s });
                self.test(d, fail);
                self.emit(Instruction::MatchLenAtLeast {
                    d,
                    s,
                    n: keys.len() as u16,
                });
                self.test(d, fail);
                let k = self.temp()?;
                let mark = self.mark();
                let (b, n) = self.in_row(keys)?;
                self.emit(Instruction::Tuple { d: k, b, n });
                self.release(mark);
                if !keys.is_empty() {
                    self.emit(Instruction::MatchKeys { d, s, k });
                    self.not_none(d, fail)?;
                    let b = self.temps(keys.len() as u16)?;
                    self.emit(Instruction::Unpack {
                        s: d,
                        b,
                        n: keys.len() as u16,
                    });
                    for (at, inner) in patterns.iter().enumerate() {
                        self.pattern(inner, b + at as u16, fail, captures)?;
                    }
                }
                if let Some(name) = rest {
                    let d = self.temp()?;
                    self.emit(Instruction::MatchRest { d, s, k });
                    self.capture_value(*name, d, captures)?;
                }
            }
            PatternKind::Class {
                class,
                patterns,
                keywords,
            } => {
                let d = self.temp()?;
                self.expr_to(class, d)?;
                let names = keywords.iter().map(|(name, _)| *name).collect();
                let k = self.keywords_number(names)?;
                self.emit(Instruction::MatchClass {
                    n: patterns.len() as u8,
                    d,
                    s,
                    k,
                });
                self.not_none(d, fail)?;
                let count = patterns.len() + keywords.len();
                let b = self.temps(count as u16)?;
                self.emit(Instruction::Unpack {
                    s: d,
                    b,
                    n: count as u16,
                });
                for (at, inner) in patterns
                    .iter()
                    .chain(keywords.iter().map(|(_, inner)| inner))
                    .enumerate()
                {
                    self.pattern(inner, b + at as u16, fail, captures)?;
                }
            }
        }
        Ok(())
    }

    fn not_none(&mut self, a: u16, fail: Label) -> R<()> {
        let mark = self.mark();
        let (none, d) = (self.temp()?, self.temp()?);
        self.load_none(none)?;
        self.emit(Instruction::IsNot { d, a, b: none });
        self.test(d, fail);
        self.release(mark);
        Ok(())
    }

    fn capture_value(&mut self, name: Symbol, s: u16, captures: &mut Vec<(Symbol, u16)>) -> R<()> {
        // alternatives of an or-pattern write into the register chosen by the first
        let d = match captures.iter().find(|(known, _)| *known == name) {
            Some((_, r)) => *r,
            None => {
                let r = self.temp()?;
                captures.push((name, r));
                r
            }
        };
        self.emit(Instruction::Move { d, s });
        Ok(())
    }

    fn or_pattern(&mut self, choices: &'a [Pattern], s: u16, fail: Label, captures: &mut Vec<(Symbol, u16)>) -> R<()> {
        let matched = self.label();
        for (at, choice) in choices.iter().enumerate() {
            if at + 1 == choices.len() {
                self.pattern(choice, s, fail, captures)?;
            } else {
                let next = self.label();
                self.pattern(choice, s, next, captures)?;
                self.jump(matched);
                self.place(next);
            }
        }
        self.place(matched);
        Ok(())
    }

    fn sequence_pattern(
        &mut self,
        items: &'a [Pattern],
        s: u16,
        fail: Label,
        captures: &mut Vec<(Symbol, u16)>,
    ) -> R<()> {
        let d = self.temp()?;
        self.emit(Instruction::MatchSequence { d, s });
        self.test(d, fail);
        let star = items.iter().position(|item| matches!(item.kind, PatternKind::Star(_)));
        let n = items.len() as u16;
        match star {
            Some(_) => self.emit(Instruction::MatchLenAtLeast { d, s, n: n - 1 }),
            None => self.emit(Instruction::MatchLen { d, s, n }),
        }
        self.test(d, fail);
        let b = self.temps(n)?;
        match star {
            None => self.emit(Instruction::Unpack { s, b, n }),
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
            match &item.kind {
                PatternKind::Star(Some(name)) => self.capture_value(*name, b + at as u16, captures)?,
                PatternKind::Star(None) => {}
                _ => self.pattern(item, b + at as u16, fail, captures)?,
            }
        }
        Ok(())
    }
}
