//! What may be assigned to, deleted, or bound by a `for`.

use super::nodes::Child;
use super::{Builder, Built, Refusal};
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::grammar::Rule;

/// A target of `=`, `for` or `with`: names, attributes, subscripts, and tuples and lists of them with stars.
pub fn is_star_target(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Starred(inner) => !matches!(inner.kind, ExprKind::Starred(_)) && is_star_target(inner),
        ExprKind::Tuple(elements) | ExprKind::List(elements) => elements.iter().all(is_star_target),
        _ => is_single_target(expr),
    }
}

/// A target of an augmented or annotated assignment.
pub fn is_single_target(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
    )
}

/// What `del` takes.
pub fn is_del_target(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Tuple(elements) | ExprKind::List(elements) => elements.iter().all(is_del_target),
        _ => is_single_target(expr),
    }
}

impl<'a> Builder<'a> {
    /// The targets of a `for`, or the one of a `with`.
    pub(super) fn targets(&self, node: Child<'a>) -> Built<Expr> {
        let mut span = self.span(&node);
        let mut children = node.children;
        let mut elements = Vec::new();
        let mut is_tuple = false;
        while children.peek().is_some() {
            if let Some(comma) = children.take_if(Rule::comma) {
                is_tuple = true;
                span.end = self.layout.end(comma.end);
                continue;
            }
            let star = children.take_if(Rule::star);
            let item = self.primary(&mut children)?;
            span.end = item.outer.end;
            let mut target = item.expr;
            if let Some(star) = star {
                let mut span = self.span(&star);
                span.end = item.outer.end;
                target = Expr {
                    kind: ExprKind::Starred(Box::new(target)),
                    span,
                };
            }
            if !is_star_target(&target) {
                return Err(Refusal::Syntax);
            }
            elements.push(target);
        }
        if is_tuple {
            return Ok(Expr {
                kind: ExprKind::Tuple(elements),
                span,
            });
        }
        elements.pop().ok_or(Refusal::Syntax)
    }
}
