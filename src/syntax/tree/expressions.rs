//! Expressions: operators, conditionals, lambdas, atoms with what trails them.

use super::nodes::Nodes;
use super::{Builder, Built, Item, MAX_WAITING, Refusal};
use crate::syntax::ast::{BinOp, BoolOp, CompareOp, Expr, ExprKind, IfExp, Lambda, Parameters, Slice, Span, UnaryOp};
use crate::syntax::grammar::Rule;

/// An operator waiting for its right operand.
#[derive(Clone, Copy)]
enum Operator {
    Not,
    Sign(UnaryOp),
    Await,
    Bool(BoolOp),
    Compare(CompareOp),
    Binary(BinOp),
}

struct Waiting {
    operator: Operator,
    /// How tightly it binds.
    power: u8,
    /// Where a prefix operator stands.
    start: u32,
}

/// What waits for the rest of an expression.
enum Opened {
    Lambda {
        parameters: Parameters,
        start: u32,
        height: u32,
    },
    Conditional {
        body: Item,
        test: Item,
    },
}

const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const BIT_OR: u8 = 5;
const BIT_XOR: u8 = 6;
const BIT_AND: u8 = 7;
const SHIFT: u8 = 8;
const SUM: u8 = 9;
const TERM: u8 = 10;
const SIGN: u8 = 11;
const POWER: u8 = 12;
const AWAIT: u8 = 13;

fn infix(text: &str) -> Built<(Operator, u8)> {
    use Operator::{Binary, Bool, Compare};
    Ok(match text.trim_end() {
        "+" => (Binary(BinOp::Add), SUM),
        "-" => (Binary(BinOp::Sub), SUM),
        "*" => (Binary(BinOp::Mult), TERM),
        "/" => (Binary(BinOp::Div), TERM),
        "**" => (Binary(BinOp::Pow), POWER),
        "@" => (Binary(BinOp::MatMult), TERM),
        "//" => (Binary(BinOp::FloorDiv), TERM),
        "%" => (Binary(BinOp::Mod), TERM),
        "==" => (Compare(CompareOp::Eq), COMPARE),
        "!=" => (Compare(CompareOp::NotEq), COMPARE),
        "<" => (Compare(CompareOp::Lt), COMPARE),
        "<=" => (Compare(CompareOp::LtE), COMPARE),
        ">" => (Compare(CompareOp::Gt), COMPARE),
        ">=" => (Compare(CompareOp::GtE), COMPARE),
        "$is" => (Compare(CompareOp::Is), COMPARE),
        "$is $not" => (Compare(CompareOp::IsNot), COMPARE),
        "$in" => (Compare(CompareOp::In), COMPARE),
        "$not $in" => (Compare(CompareOp::NotIn), COMPARE),
        "$and" => (Bool(BoolOp::And), AND),
        "$or" => (Bool(BoolOp::Or), OR),
        "|" => (Binary(BinOp::BitOr), BIT_OR),
        "^" => (Binary(BinOp::BitXor), BIT_XOR),
        "&" => (Binary(BinOp::BitAnd), BIT_AND),
        "<<" => (Binary(BinOp::LShift), SHIFT),
        ">>" => (Binary(BinOp::RShift), SHIFT),
        _ => return Err(Refusal::Syntax),
    })
}

fn check_waiting(count: usize) -> Built<()> {
    if count > MAX_WAITING {
        Err(Refusal::Memory)
    } else {
        Ok(())
    }
}

impl<'a> Builder<'a> {
    /// Items with commas between: the only one, or a tuple without parentheses.
    pub(super) fn items(&self, nodes: &mut Nodes<'a>) -> Built<Item> {
        let first = self.one_item(nodes)?;
        if nodes.peek() != Some(Rule::comma) {
            return Ok(first);
        }
        let mut span = first.outer;
        let mut height = first.height;
        let mut elements = vec![first.expr];
        while let Some(comma) = nodes.take_if(Rule::comma) {
            span.end = self.layout.end(comma.end);
            if !matches!(nodes.peek(), Some(Rule::expression | Rule::star | Rule::slice_tail)) {
                break;
            }
            let next = self.one_item(nodes)?;
            span.end = next.outer.end;
            height = height.max(next.height);
            elements.push(next.expr);
        }
        self.item(ExprKind::Tuple(elements), span, height)
    }

    /// One item: `*x`, `x`, `x := y`, a slice.
    pub(super) fn one_item(&self, nodes: &mut Nodes<'a>) -> Built<Item> {
        if let Some(star) = nodes.take_if(Rule::star) {
            let start = self.layout.start(star.start);
            let value = self.node_expression(nodes)?;
            let span = Span {
                start,
                end: value.outer.end,
            };
            return self.item(ExprKind::Starred(Box::new(value.expr)), span, value.height);
        }
        if nodes.peek() == Some(Rule::slice_tail) {
            return self.slice(None, nodes);
        }
        let item = self.node_expression(nodes)?;
        match nodes.peek() {
            Some(Rule::walrus) => {
                nodes.next();
                let value = self.node_expression(nodes)?;
                self.named(item, value)
            }
            Some(Rule::slice_tail) => self.slice(Some(item), nodes),
            _ => Ok(item),
        }
    }

    pub(super) fn named(&self, target: Item, value: Item) -> Built<Item> {
        if target.parenthesized() || !matches!(target.expr.kind, ExprKind::Name(_)) {
            return Err(Refusal::Syntax);
        }
        let span = Span {
            start: target.outer.start,
            end: value.outer.end,
        };
        let kind = ExprKind::NamedExpr {
            target: Box::new(target.expr),
            value: Box::new(value.expr),
        };
        self.item(kind, span, value.height)
    }

    fn slice(&self, lower: Option<Item>, nodes: &mut Nodes<'a>) -> Built<Item> {
        let tail = nodes.require()?;
        let mut span = self.span(&tail);
        let mut height = 0;
        let mut parts = [None, None];
        let mut colons = 0;
        let mut children = tail.children;
        while let Some(rule) = children.peek() {
            if rule == Rule::colon {
                children.next();
                colons += 1;
                continue;
            }
            let part = self.node_expression(&mut children)?;
            height = height.max(part.height);
            if let Some(place) = parts.get_mut(usize::from(colons > 1)) {
                *place = Some(part.expr);
            }
        }
        let [upper, step] = parts;
        if let Some(lower) = &lower {
            span.start = lower.outer.start;
            height = height.max(lower.height);
        }
        let slice = Slice {
            lower: lower.map(|item| item.expr),
            upper,
            step,
        };
        self.item(ExprKind::Slice(Box::new(slice)), span, height)
    }

    /// The next node, an expression (or `bare`, `operand`: one without conditionals or lambdas).
    pub(super) fn node_expression(&self, nodes: &mut Nodes<'a>) -> Built<Item> {
        let mut parts = nodes.require()?.children;
        if !matches!(parts.peek(), Some(Rule::lambda_head)) {
            // by far the most frequent case first
            let item = self.operation(&mut parts)?;
            return if parts.peek().is_none() {
                Ok(item)
            } else {
                self.conditional(item, Vec::new(), &mut parts)
            };
        }
        let mut opened = Vec::new();
        self.lambda_heads(&mut parts, &mut opened)?;
        let item = self.operation(&mut parts)?;
        self.conditional(item, opened, &mut parts)
    }

    fn lambda_heads(&self, parts: &mut Nodes<'a>, opened: &mut Vec<Opened>) -> Built<()> {
        while let Some(head) = parts.take_if(Rule::lambda_head) {
            let start = self.layout.start(head.start);
            let (parameters, height) = match head.children.clone().next() {
                Some(list) => self.parameters(list)?,
                None => (Parameters::default(), 0),
            };
            opened.push(Opened::Lambda {
                parameters,
                start,
                height,
            });
        }
        Ok(())
    }

    /// Folds `a if b else lambda: c if d else e` from its right end.
    fn conditional(&self, first: Item, mut opened: Vec<Opened>, parts: &mut Nodes<'a>) -> Built<Item> {
        let mut last = first;
        while parts.take_if(Rule::if_mark).is_some() {
            let test = self.operation(parts)?;
            parts.require()?;
            opened.push(Opened::Conditional { body: last, test });
            self.lambda_heads(parts, &mut opened)?;
            last = self.operation(parts)?;
        }
        while let Some(waiting) = opened.pop() {
            let end = last.outer.end;
            last = match waiting {
                Opened::Lambda {
                    parameters,
                    start,
                    height,
                } => {
                    let height = height.max(last.height);
                    let lambda = Lambda {
                        params: parameters,
                        body: last.expr,
                    };
                    self.item(ExprKind::Lambda(Box::new(lambda)), Span { start, end }, height)?
                }
                Opened::Conditional { body, test } => {
                    let span = Span {
                        start: body.outer.start,
                        end,
                    };
                    let height = body.height.max(test.height).max(last.height);
                    let whole = IfExp {
                        test: test.expr,
                        body: body.expr,
                        orelse: last.expr,
                    };
                    self.item(ExprKind::IfExp(Box::new(whole)), span, height)?
                }
            };
        }
        Ok(last)
    }

    /// Operands and operators, folded by how tightly they bind.
    fn operation(&self, parts: &mut Nodes<'a>) -> Built<Item> {
        let mut operands: Vec<Item> = Vec::new();
        let mut waiting: Vec<Waiting> = Vec::new();
        loop {
            while matches!(parts.peek(), Some(Rule::prefix | Rule::arithmetic_prefix)) {
                let node = parts.require()?;
                let start = self.layout.start(node.start);
                let before = waiting.last().map(|waiting| waiting.operator);
                let (operator, power) = match self.node_text(&node) {
                    "-" => (Operator::Sign(UnaryOp::USub), SIGN),
                    "+" => (Operator::Sign(UnaryOp::UAdd), SIGN),
                    "~" => (Operator::Sign(UnaryOp::Invert), SIGN),
                    "$not " => (Operator::Not, NOT),
                    _ => (Operator::Await, AWAIT),
                };
                let fits = match (operator, before) {
                    (_, Some(Operator::Await)) => false,
                    (Operator::Not, before) => {
                        matches!(before, None | Some(Operator::Not | Operator::Bool(_)))
                    }
                    _ => true,
                };
                if !fits {
                    return Err(Refusal::Syntax);
                }
                waiting.push(Waiting { operator, power, start });
            }
            check_waiting(waiting.len())?;
            let operand = self.primary(parts)?;
            if waiting.is_empty() && !matches!(parts.peek(), Some(Rule::infix | Rule::arithmetic_infix)) {
                return Ok(operand);
            }
            operands.push(operand);
            if !matches!(parts.peek(), Some(Rule::infix | Rule::arithmetic_infix)) {
                break;
            }
            let node = parts.require()?;
            let (operator, power) = infix(self.node_text(&node))?;
            // `**` binds to the right
            let least = if power == POWER { power + 1 } else { power };
            self.fold(&mut operands, &mut waiting, least)?;
            waiting.push(Waiting {
                operator,
                power,
                start: 0,
            });
        }
        self.fold(&mut operands, &mut waiting, 0)?;
        operands.pop().ok_or(Refusal::Syntax)
    }

    /// Applies the waiting operators that bind at least as tightly as `least`.
    fn fold(&self, operands: &mut Vec<Item>, waiting: &mut Vec<Waiting>, least: u8) -> Built<()> {
        while let Some(top) = waiting.pop_if(|top| top.power >= least) {
            let right = operands.pop().ok_or(Refusal::Syntax)?;
            let folded = match top.operator {
                Operator::Not => self.prefixed(top.start, right, UnaryOp::Not)?,
                Operator::Sign(op) => self.prefixed(top.start, right, op)?,
                Operator::Await => {
                    let span = Span {
                        start: top.start,
                        end: right.outer.end,
                    };
                    self.item(ExprKind::Await(Box::new(right.expr)), span, right.height)?
                }
                operator => {
                    let left = operands.pop().ok_or(Refusal::Syntax)?;
                    self.infixed(left, operator, right)?
                }
            };
            operands.push(folded);
        }
        Ok(())
    }

    fn prefixed(&self, start: u32, operand: Item, op: UnaryOp) -> Built<Item> {
        let span = Span {
            start,
            end: operand.outer.end,
        };
        self.item(
            ExprKind::UnaryOp {
                op,
                operand: Box::new(operand.expr),
            },
            span,
            operand.height,
        )
    }

    fn infixed(&self, left: Item, operator: Operator, right: Item) -> Built<Item> {
        let span = Span {
            start: left.outer.start,
            end: right.outer.end,
        };
        let chained = !left.parenthesized();
        let (left_height, right_height) = (left.height, right.height);
        let height = left_height.max(right_height);
        let kind = match (left.expr.kind, operator) {
            (ExprKind::BoolOp { op, mut values }, Operator::Bool(same)) if chained && op == same => {
                values.push(right.expr);
                return self.item(
                    ExprKind::BoolOp { op, values },
                    span,
                    (left_height - 1).max(right_height),
                );
            }
            (ExprKind::Compare { left, mut rest }, Operator::Compare(op)) if chained => {
                rest.push((op, right.expr));
                return self.item(
                    ExprKind::Compare { left, rest },
                    span,
                    (left_height - 1).max(right_height),
                );
            }
            (kind, operator) => {
                let left = Expr {
                    kind,
                    span: left.expr.span,
                };
                match operator {
                    Operator::Bool(op) => ExprKind::BoolOp {
                        op,
                        values: vec![left, right.expr],
                    },
                    Operator::Compare(op) => ExprKind::Compare {
                        left: Box::new(left),
                        rest: vec![(op, right.expr)],
                    },
                    Operator::Binary(op) => ExprKind::BinOp {
                        left: Box::new(left),
                        op,
                        right: Box::new(right.expr),
                    },
                    _ => return Err(Refusal::Syntax),
                }
            }
        };
        self.item(kind, span, height)
    }

    /// An atom and its attributes, calls and subscripts.
    pub(super) fn primary(&self, parts: &mut Nodes<'a>) -> Built<Item> {
        let mut item = self.atom(parts)?;
        loop {
            match parts.peek() {
                Some(Rule::attribute) => {
                    let mut trailer = parts.require()?;
                    let span = Span {
                        start: item.outer.start,
                        end: self.layout.end(trailer.end),
                    };
                    let name = self.symbol(&trailer.children.require()?);
                    let kind = ExprKind::Attribute {
                        value: Box::new(item.expr),
                        name,
                    };
                    item = self.item(kind, span, item.height)?;
                }
                Some(Rule::call) => {
                    let trailer = parts.require()?;
                    let span = Span {
                        start: item.outer.start,
                        end: self.layout.end(trailer.end),
                    };
                    let (arguments, height) = self.arguments(trailer, true)?;
                    let kind = ExprKind::Call {
                        function: Box::new(item.expr),
                        arguments,
                    };
                    item = self.item(kind, span, item.height.max(height))?;
                }
                Some(Rule::subscript) => {
                    let mut trailer = parts.require()?;
                    let span = Span {
                        start: item.outer.start,
                        end: self.layout.end(trailer.end),
                    };
                    let index = self.items(&mut trailer.children)?;
                    let height = item.height.max(index.height);
                    let mut index = index.expr;
                    if matches!(index.kind, ExprKind::Starred(_)) {
                        // `a[*b]` means `a[(*b,)]`
                        let span = index.span;
                        index = Expr {
                            kind: ExprKind::Tuple(vec![index]),
                            span,
                        };
                    }
                    let kind = ExprKind::Subscript {
                        value: Box::new(item.expr),
                        index: Box::new(index),
                    };
                    item = self.item(kind, span, height)?;
                }
                _ => return Ok(item),
            }
        }
    }

    fn atom(&self, parts: &mut Nodes<'a>) -> Built<Item> {
        let node = parts.require()?;
        match node.rule {
            Rule::name => self.item(ExprKind::Name(self.symbol(&node)), self.span(&node), 0),
            Rule::number => self.number(&node),
            Rule::string => self.strings(node, parts),
            Rule::parentheses => self.parentheses(node),
            Rule::list => self.list(node),
            Rule::braces => self.braces(node),
            Rule::none => self.item(ExprKind::None, self.span(&node), 0),
            Rule::true_ => self.item(ExprKind::True, self.span(&node), 0),
            Rule::false_ => self.item(ExprKind::False, self.span(&node), 0),
            Rule::ellipsis => self.item(ExprKind::Ellipsis, self.span(&node), 0),
            _ => Err(Refusal::Syntax),
        }
    }

    pub(super) fn yielded(&self, parts: &mut Nodes<'a>) -> Built<Item> {
        let mut node = parts.require()?;
        let mut span = self.span(&node);
        if let Some(mut from) = node.children.take_if(Rule::yield_from) {
            let value = self.node_expression(&mut from.children)?;
            span.end = value.outer.end;
            return self.item(ExprKind::YieldFrom(Box::new(value.expr)), span, value.height);
        }
        if node.children.peek().is_none() {
            span.end = self.layout.end(node.end - 1);
            return self.item(ExprKind::Yield(None), span, 0);
        }
        let value = self.items(&mut node.children)?;
        span.end = value.outer.end;
        self.item(ExprKind::Yield(Some(Box::new(value.expr))), span, value.height)
    }
}
