//! Expressions.

use super::Compiler;
use super::unit::Label;
use crate::python::class::{Binary, Compare, Slot};
use crate::python::code::Instruction;
use crate::python::value::{R, Value};
use crate::syntax::ast::*;
use num_bigint::BigInt;

/// The operator as the engine names it.
pub(super) fn binary_of(op: BinOp) -> Binary {
    match op {
        BinOp::Add => Binary::Add,
        BinOp::Sub => Binary::Sub,
        BinOp::Mult => Binary::Mul,
        BinOp::MatMult => Binary::MatMul,
        BinOp::Div => Binary::TrueDiv,
        BinOp::Mod => Binary::Mod,
        BinOp::Pow => Binary::Pow,
        BinOp::LShift => Binary::LShift,
        BinOp::RShift => Binary::RShift,
        BinOp::BitOr => Binary::Or,
        BinOp::BitXor => Binary::Xor,
        BinOp::BitAnd => Binary::And,
        BinOp::FloorDiv => Binary::FloorDiv,
    }
}

fn compare_of(op: CompareOp) -> Option<Compare> {
    Some(match op {
        CompareOp::Eq => Compare::Eq,
        CompareOp::NotEq => Compare::Ne,
        CompareOp::Lt => Compare::Lt,
        CompareOp::LtE => Compare::Le,
        CompareOp::Gt => Compare::Gt,
        CompareOp::GtE => Compare::Ge,
        _ => return None,
    })
}

impl<'a> Compiler<'a> {
    /// The value of an expression that is the same at every execution.
    pub(super) fn constant_value(&mut self, expression: &Expr) -> Option<Value> {
        Some(match &expression.kind {
            ExprKind::None => Value::None,
            ExprKind::True => Value::True,
            ExprKind::False => Value::False,
            ExprKind::Ellipsis => Value::Ellipsis,
            ExprKind::Int(number) => Value::Int(*number),
            ExprKind::BigInt(digits, base) => Value::big(BigInt::parse_bytes(digits.as_bytes(), *base)?),
            ExprKind::Float(number) => Value::float(*number),
            ExprKind::Imaginary(number) => Value::complex(0.0, *number),
            ExprKind::Str(text) => self.string_constant(text),
            ExprKind::Bytes(bytes) => Value::bytes(&**bytes),
            ExprKind::UnaryOp {
                op: UnaryOp::USub,
                operand,
            } => match &operand.kind {
                ExprKind::Int(number) => Value::Int(number.checked_neg()?),
                ExprKind::Float(number) => Value::float(-number),
                ExprKind::BigInt(digits, base) => Value::big(-BigInt::parse_bytes(digits.as_bytes(), *base)?),
                _ => return None,
            },
            ExprKind::Tuple(items) if items.len() <= 64 => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.constant_value(item)?);
                }
                Value::tuple(values)
            }
            _ => return None,
        })
    }

    /// Evaluates into any register: a settled local's own, else a new temporary.
    pub(super) fn expr(&mut self, expression: &'a Expr) -> R<u16> {
        if let ExprKind::Name(name) = &expression.kind
            && !self.unit().copies_operands
        {
            if let Some(r) = self.settled_local(*name) {
                return Ok(r);
            }
            if let Some(r) = self.local_register(*name) {
                let span = std::mem::replace(&mut self.unit().span, expression.span);
                self.emit(Instruction::CheckLocal { r });
                self.unit().span = span;
                return Ok(r);
            }
        }
        let d = self.temp()?;
        self.expr_to(expression, d)?;
        Ok(d)
    }

    /// Evaluates into a register. The register is written last, so it may be a local that the expression reads,
    /// unless `writes_early`.
    pub(super) fn expr_to(&mut self, expression: &'a Expr, d: u16) -> R<()> {
        self.nested(|compiler| {
            let outer = std::mem::replace(&mut compiler.unit().span, expression.span);
            let mark = compiler.mark();
            let result = compiler.expr_inner(expression, d);
            compiler.release(mark);
            compiler.unit().span = outer;
            result
        })
    }

    /// Whether evaluating into a register writes it before the last read of a variable.
    pub(super) fn writes_early(expression: &Expr) -> bool {
        match &expression.kind {
            ExprKind::BoolOp { .. } | ExprKind::IfExp(_) | ExprKind::NamedExpr { .. } | ExprKind::Await(_) => true,
            ExprKind::Compare { rest, .. } => rest.len() > 1,
            ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::Tuple(_) => true,
            ExprKind::Yield(_) | ExprKind::YieldFrom(_) => true,
            _ => false,
        }
    }

    fn expr_inner(&mut self, expression: &'a Expr, d: u16) -> R<()> {
        if let Some(value) = self.constant_value(expression) {
            return self.load_value(d, value);
        }
        match &expression.kind {
            ExprKind::Name(name) => self.load_name(*name, d)?,
            ExprKind::BinOp { .. } => self.bin_op(expression, d)?,
            ExprKind::UnaryOp { op, operand } => {
                let a = self.expr(operand)?;
                self.emit(match op {
                    UnaryOp::Not => Instruction::Not { d, a },
                    UnaryOp::USub => Instruction::Unary { op: Slot::Neg, d, a },
                    UnaryOp::UAdd => Instruction::Unary { op: Slot::Pos, d, a },
                    UnaryOp::Invert => Instruction::Unary { op: Slot::Invert, d, a },
                });
            }
            ExprKind::BoolOp { op, values } => {
                let end = self.label();
                for (at, value) in values.iter().enumerate() {
                    self.expr_to(value, d)?;
                    if at + 1 < values.len() {
                        self.emit(match op {
                            BoolOp::And => Instruction::Test { a: d },
                            BoolOp::Or => Instruction::TestNot { a: d },
                        });
                        self.jump(end);
                    }
                }
                self.place(end);
            }
            ExprKind::Compare { left, rest } => self.compare(left, rest, d)?,
            ExprKind::IfExp(inner) => {
                let (other, end) = (self.label(), self.label());
                self.jump_unless(&inner.test, other)?;
                self.expr_to(&inner.body, d)?;
                self.jump(end);
                self.place(other);
                self.expr_to(&inner.orelse, d)?;
                self.place(end);
            }
            ExprKind::Attribute { value, name } => {
                let o = self.expr(value)?;
                let name = self.mangled(*name);
                let n = self.name_number(name)?;
                self.emit(Instruction::Attr { d, o, n });
            }
            ExprKind::Subscript { value, index } => {
                let o = self.expr(value)?;
                if let Some(constant) = self.constant_value(index) {
                    let k = self.constant(constant)?;
                    self.emit(Instruction::ItemK { d, o, k });
                } else {
                    let i = self.expr(index)?;
                    self.emit(Instruction::Item { d, o, i });
                }
            }
            ExprKind::Slice(slice) => {
                let b = self.temps(3)?;
                for (at, part) in [&slice.lower, &slice.upper, &slice.step].into_iter().enumerate() {
                    match part {
                        Some(part) => self.expr_to(part, b + at as u16)?,
                        None => self.load_value(b + at as u16, Value::None)?,
                    }
                }
                self.emit(Instruction::Slice { d, b });
            }
            ExprKind::Call { function, arguments } => self.call(function, arguments, d)?,
            ExprKind::Tuple(items) => {
                if items.iter().any(|item| matches!(item.kind, ExprKind::Starred(_))) || items.len() > 200 {
                    let list = self.temp()?;
                    self.list_display(items, list)?;
                    self.emit(Instruction::ListToTuple { r: list });
                    self.emit(Instruction::Take { d, s: list });
                } else {
                    let (b, n) = self.in_row(items)?;
                    self.emit(Instruction::Tuple { d, b, n });
                }
            }
            ExprKind::List(items) => self.list_display(items, d)?,
            ExprKind::Set(items) => self.set_display(items, d)?,
            ExprKind::Dict(pairs) => self.dict_display(pairs, d)?,
            ExprKind::ListComp(comp) => self.comprehension(expression, comp, "<listcomp>", d)?,
            ExprKind::SetComp(comp) => self.comprehension(expression, comp, "<setcomp>", d)?,
            ExprKind::DictComp(comp) => self.comprehension(expression, comp, "<dictcomp>", d)?,
            ExprKind::GeneratorExp(comp) => self.comprehension(expression, comp, "<genexpr>", d)?,
            ExprKind::Lambda(lambda) => self.lambda(lambda, d)?,
            ExprKind::JoinedStr(parts) => self.joined_str(parts, d)?,
            ExprKind::NamedExpr { target, value } => {
                self.expr_to(value, d)?;
                if let ExprKind::Name(name) = target.kind {
                    let copy = self.temp()?;
                    self.emit(Instruction::Move { d: copy, s: d });
                    self.store_name(name, copy)?;
                }
            }
            ExprKind::Starred(inner) => self.expr_to(inner, d)?,
            ExprKind::Await(inner) => {
                let s = self.expr(inner)?;
                let i = self.temp()?;
                self.emit(Instruction::Awaitable { d: i, s });
                self.delegate(i, d)?;
            }
            ExprKind::Yield(value) => {
                let s = self.temp()?;
                match value {
                    Some(value) => self.expr_to(value, s)?,
                    None => self.load_value(s, Value::None)?,
                }
                self.emit(Instruction::Yield { d, s });
            }
            ExprKind::YieldFrom(value) => {
                let s = self.expr(value)?;
                let i = self.temp()?;
                self.emit(Instruction::YieldFromIter { d: i, s });
                self.delegate(i, d)?;
            }
            // constants, met above; an unreadable big integer cannot come from the parser
            _ => self.load_value(d, Value::None)?,
        }
        Ok(())
    }

    /// `d = yield from i`
    pub(super) fn delegate(&mut self, i: u16, d: u16) -> R<()> {
        let value = self.temp()?;
        self.load_value(value, Value::None)?;
        self.emit(Instruction::YieldFrom { d: value, i });
        self.emit(Instruction::Take { d, s: value });
        self.emit(Instruction::Clear { r: i });
        Ok(())
    }

    /// Long sums lean to the left: the chain is walked in a loop.
    fn bin_op(&mut self, expression: &'a Expr, d: u16) -> R<()> {
        let mut chain: Vec<(&'a Expr, BinOp, &'a Expr)> = Vec::new();
        let mut first = expression;
        while let ExprKind::BinOp { left, op, right } = &first.kind {
            chain.push((first, *op, right));
            first = left;
        }
        let mut a = self.expr(first)?;
        let mark = self.mark();
        for (at, (whole, op, right)) in chain.iter().rev().enumerate() {
            let last = at + 1 == chain.len();
            let op = binary_of(*op);
            let constant = self
                .constant_value(right)
                .filter(|value| matches!(value, Value::Int(_) | Value::Float(_)));
            let target = if last {
                d
            } else if self.is_temporary(a) {
                a
            } else {
                self.temp()?
            };
            let keep = self.mark();
            let outer = self.unit().span;
            if let Some(constant) = constant {
                let k = self.constant(constant)?;
                self.unit().span = whole.span;
                self.emit(match op {
                    Binary::Add => Instruction::AddK { d: target, a, k },
                    Binary::Sub => Instruction::SubK { d: target, a, k },
                    Binary::Mul => Instruction::MulK { d: target, a, k },
                    op => Instruction::BinaryK { op, d: target, a, k },
                });
            } else {
                let b = self.expr(right)?;
                self.unit().span = whole.span;
                self.emit(match op {
                    Binary::Add => Instruction::Add { d: target, a, b },
                    Binary::Sub => Instruction::Sub { d: target, a, b },
                    Binary::Mul => Instruction::Mul { d: target, a, b },
                    op => Instruction::Binary { op, d: target, a, b },
                });
            }
            self.unit().span = outer;
            a = target;
            self.release(keep);
        }
        self.release(mark);
        Ok(())
    }

    fn comparison(&mut self, op: CompareOp, d: u16, a: u16, b: u16) {
        self.emit(match op {
            CompareOp::Is => Instruction::Is { d, a, b },
            CompareOp::IsNot => Instruction::IsNot { d, a, b },
            CompareOp::In => Instruction::In { d, a, b },
            CompareOp::NotIn => Instruction::NotIn { d, a, b },
            other => Instruction::Compare {
                op: compare_of(other).unwrap_or(Compare::Eq),
                d,
                a,
                b,
            },
        });
    }

    fn compare(&mut self, left: &'a Expr, rest: &'a [(CompareOp, Expr)], d: u16) -> R<()> {
        let mut a = self.expr(left)?;
        let end = self.label();
        for (at, (op, right)) in rest.iter().enumerate() {
            let b = self.expr(right)?;
            self.comparison(*op, d, a, b);
            if at + 1 < rest.len() {
                self.emit(Instruction::Test { a: d });
                self.jump(end);
            }
            a = b;
        }
        self.place(end);
        Ok(())
    }

    /// Jumps when the expression is false, falls through when it is true.
    pub(super) fn jump_unless(&mut self, test: &'a Expr, target: Label) -> R<()> {
        self.nested(|compiler| compiler.jump_on(test, target, false))
    }

    fn jump_on(&mut self, test: &'a Expr, target: Label, when: bool) -> R<()> {
        let mark = self.mark();
        let outer = std::mem::replace(&mut self.unit().span, test.span);
        let result = self.jump_on_inner(test, target, when);
        self.unit().span = outer;
        self.release(mark);
        result
    }

    fn jump_on_inner(&mut self, test: &'a Expr, target: Label, when: bool) -> R<()> {
        match &test.kind {
            ExprKind::UnaryOp {
                op: UnaryOp::Not,
                operand,
            } => {
                return self.nested(|compiler| compiler.jump_on(operand, target, !when));
            }
            ExprKind::BoolOp { op, values } => {
                // `a and b` false: jump at the first false; true: skip over the rest at the first false
                let same = (*op == BoolOp::Or) == when;
                let skip = self.label();
                for (at, value) in values.iter().enumerate() {
                    let last = at + 1 == values.len();
                    self.nested(|compiler| {
                        if last || same {
                            compiler.jump_on(value, target, when)
                        } else {
                            compiler.jump_on(value, skip, !when)
                        }
                    })?;
                }
                self.place(skip);
                return Ok(());
            }
            ExprKind::Compare { left, rest } if !when => {
                if let [(op, right)] = rest.as_slice()
                    && let Some(op) = compare_of(*op)
                {
                    let a = self.expr(left)?;
                    let constant = self
                        .constant_value(right)
                        .filter(|value| matches!(value, Value::Int(_) | Value::Float(_)));
                    if let Some(constant) = constant {
                        let k = self.constant(constant)?;
                        self.emit(Instruction::TestCompareK { op, a, k });
                    } else {
                        let b = self.expr(right)?;
                        self.emit(Instruction::TestCompare { op, a, b });
                    }
                    self.jump(target);
                    return Ok(());
                }
            }
            ExprKind::True if !when => return Ok(()),
            ExprKind::False | ExprKind::None if !when => {
                self.jump(target);
                return Ok(());
            }
            _ => {}
        }
        let a = self.expr(test)?;
        self.emit(if when {
            Instruction::TestNot { a }
        } else {
            Instruction::Test { a }
        });
        self.jump(target);
        Ok(())
    }

    /// Evaluates expressions into registers in a row: the first and how many.
    pub(super) fn in_row(&mut self, items: &'a [Expr]) -> R<(u16, u16)> {
        let first = self.temps(items.len() as u16)?;
        for (at, item) in items.iter().enumerate() {
            self.expr_to(item, first + at as u16)?;
        }
        Ok((first, items.len() as u16))
    }

    /// Parts of a long display are built piecewise.
    fn list_display(&mut self, items: &'a [Expr], d: u16) -> R<()> {
        let plain = items
            .iter()
            .take_while(|item| !matches!(item.kind, ExprKind::Starred(_)))
            .count()
            .min(200);
        let (head, tail) = items.split_at(plain);
        let mark = self.mark();
        let list = self.temp()?;
        let (b, n) = self.in_row(head)?;
        self.emit(Instruction::List { d: list, b, n });
        let inner = self.mark();
        for item in tail {
            match &item.kind {
                ExprKind::Starred(value) => {
                    let s = self.expr(value)?;
                    self.emit(Instruction::ListExtend { l: list, s });
                }
                _ => {
                    let s = self.expr(item)?;
                    self.emit(Instruction::ListAppend { l: list, s });
                }
            }
            self.release(inner);
        }
        if d != list {
            self.emit(Instruction::Take { d, s: list });
        }
        self.release(mark);
        Ok(())
    }

    fn set_display(&mut self, items: &'a [Expr], d: u16) -> R<()> {
        let set = self.temp()?;
        self.emit(Instruction::Set { d: set, b: set, n: 0 });
        let inner = self.mark();
        for item in items {
            match &item.kind {
                ExprKind::Starred(value) => {
                    let s = self.expr(value)?;
                    self.emit(Instruction::SetUpdate { l: set, s });
                }
                _ => {
                    let s = self.expr(item)?;
                    self.emit(Instruction::SetAdd { l: set, s });
                }
            }
            self.release(inner);
        }
        self.emit(Instruction::Take { d, s: set });
        Ok(())
    }

    fn dict_display(&mut self, pairs: &'a [(Option<Expr>, Expr)], d: u16) -> R<()> {
        let dict = self.temp()?;
        self.emit(Instruction::Dict { d: dict, b: dict, n: 0 });
        let inner = self.mark();
        for (key, value) in pairs {
            match key {
                Some(key) => {
                    let k = self.expr(key)?;
                    let s = self.expr(value)?;
                    self.emit(Instruction::DictSet { l: dict, k, s });
                }
                None => {
                    let s = self.expr(value)?;
                    self.emit(Instruction::DictUpdate { l: dict, s });
                }
            }
            self.release(inner);
        }
        self.emit(Instruction::Take { d, s: dict });
        Ok(())
    }
}
