//! Parentheses, lists, sets, dicts and comprehensions.

use super::nodes::{Child, Nodes};
use super::{Builder, Built, Item, Refusal};
use crate::syntax::ast::{Comprehension, ComprehensionFor, Expr, ExprKind, Span};
use crate::syntax::grammar::Rule;

impl<'a> Builder<'a> {
    pub(super) fn parentheses(&self, node: Child<'a>) -> Built<Item> {
        let span = self.span(&node);
        let mut children = node.children;
        if children.peek().is_none() {
            return self.item(ExprKind::Tuple(Vec::new()), span, 0);
        }
        self.inside_parentheses(&mut children, span)
    }

    /// A tuple, a generator expression or a group; `span` is that of the parentheses.
    pub(super) fn inside_parentheses(&self, children: &mut Nodes<'a>, span: Span) -> Built<Item> {
        if children.peek() == Some(Rule::yield_expr) {
            let item = self.yielded(children)?;
            return Ok(Item { outer: span, ..item });
        }
        let first = self.one_item(children)?;
        match children.peek() {
            None if matches!(first.expr.kind, ExprKind::Starred(_)) => Err(Refusal::Syntax),
            None => Ok(Item { outer: span, ..first }),
            Some(Rule::comp_for) => {
                let (comprehension, height) = self.comprehension(first, None, children)?;
                self.item(ExprKind::GeneratorExp(comprehension), span, height)
            }
            _ => {
                let mut height = first.height;
                let mut elements = vec![first.expr];
                while children.take_if(Rule::comma).is_some() {
                    if children.peek().is_some() {
                        let next = self.one_item(children)?;
                        height = height.max(next.height);
                        elements.push(next.expr);
                    }
                }
                self.item(ExprKind::Tuple(elements), span, height)
            }
        }
    }

    pub(super) fn list(&self, node: Child<'a>) -> Built<Item> {
        let span = self.span(&node);
        let mut children = node.children;
        let mut height = 0;
        let mut elements = Vec::new();
        while children.peek().is_some() {
            let item = self.one_item(&mut children)?;
            if children.peek() == Some(Rule::comp_for) {
                let (comprehension, height) = self.comprehension(item, None, &mut children)?;
                return self.item(ExprKind::ListComp(comprehension), span, height);
            }
            height = height.max(item.height);
            elements.push(item.expr);
        }
        self.item(ExprKind::List(elements), span, height)
    }

    /// A dict or a set.
    pub(super) fn braces(&self, node: Child<'a>) -> Built<Item> {
        let span = self.span(&node);
        let mut children = node.children;
        let mut height = 0;
        let mut elements: Vec<Expr> = Vec::new();
        let mut entries: Vec<(Option<Expr>, Expr)> = Vec::new();
        while children.peek().is_some() {
            if children.take_if(Rule::double_star).is_some() {
                let value = self.node_expression(&mut children)?;
                if children.peek() == Some(Rule::comp_for) {
                    return Err(Refusal::Syntax);
                }
                height = height.max(value.height);
                entries.push((None, value.expr));
                continue;
            }
            let item = self.one_item(&mut children)?;
            height = height.max(item.height);
            if children.take_if(Rule::colon).is_some() {
                let value = self.node_expression(&mut children)?;
                if matches!(item.expr.kind, ExprKind::NamedExpr { .. }) && !item.parenthesized() {
                    return Err(Refusal::Syntax);
                }
                if children.peek() == Some(Rule::comp_for) {
                    let (comprehension, height) = self.comprehension(item, Some(value), &mut children)?;
                    return self.item(ExprKind::DictComp(comprehension), span, height);
                }
                height = height.max(value.height);
                entries.push((Some(item.expr), value.expr));
            } else if children.peek() == Some(Rule::comp_for) {
                let (comprehension, height) = self.comprehension(item, None, &mut children)?;
                return self.item(ExprKind::SetComp(comprehension), span, height);
            } else {
                elements.push(item.expr);
            }
        }
        match (elements.is_empty(), entries.is_empty()) {
            (true, _) => self.item(ExprKind::Dict(entries), span, height),
            (false, true) => self.item(ExprKind::Set(elements), span, height),
            (false, false) => Err(Refusal::Syntax),
        }
    }

    /// The `for` clauses after an element.
    pub(super) fn comprehension(
        &self,
        element: Item,
        value: Option<Item>,
        children: &mut Nodes<'a>,
    ) -> Built<(Box<Comprehension>, u32)> {
        if matches!(element.expr.kind, ExprKind::Starred(_)) {
            return Err(Refusal::Syntax);
        }
        let mut height = element.height.max(value.as_ref().map_or(0, |value| value.height));
        let mut clauses = Vec::new();
        while let Some(clause) = children.take_if(Rule::comp_for) {
            let mut parts = clause.children;
            let is_async = parts.take_if(Rule::async_mark).is_some();
            let target = self.targets(parts.require()?)?;
            let iter = self.node_expression(&mut parts)?;
            height = height.max(iter.height);
            let mut ifs = Vec::new();
            while parts.peek().is_some() {
                let condition = self.node_expression(&mut parts)?;
                height = height.max(condition.height);
                ifs.push(condition.expr);
            }
            clauses.push(ComprehensionFor {
                target,
                iter: iter.expr,
                ifs,
                is_async,
            });
        }
        if children.peek().is_some() {
            return Err(Refusal::Syntax);
        }
        let value = value.map(|value| value.expr);
        Ok((
            Box::new(Comprehension {
                element: element.expr,
                value,
                clauses,
            }),
            height,
        ))
    }
}
