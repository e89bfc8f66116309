//! The arguments of a call or of a class statement.

use super::nodes::Child;
use super::{Builder, Built, Refusal};
use crate::syntax::ast::{Argument, ArgumentKind, ExprKind, Span};
use crate::syntax::grammar::Rule;

impl<'a> Builder<'a> {
    /// `call`: a generator expression may stand alone without parentheses of its own.
    pub(super) fn arguments(&self, node: Child<'a>, call: bool) -> Built<(Vec<Argument>, u32)> {
        let brackets = self.span(&node);
        let mut children = node.children;
        let mut arguments: Vec<Argument> = Vec::new();
        let mut height = 0;
        let (mut keywords, mut mappings) = (false, false);
        while children.peek().is_some() {
            let node = children.require()?;
            let start = self.layout.start(node.start);
            let mut parts = node.children;
            let kind = match parts.peek() {
                Some(Rule::star) => ArgumentKind::Star,
                Some(Rule::double_star) => ArgumentKind::DoubleStar,
                _ => ArgumentKind::Positional,
            };
            if kind != ArgumentKind::Positional {
                parts.next();
            }
            let item = self.node_expression(&mut parts)?;
            height = height.max(item.height);
            let mut span = Span {
                start,
                end: item.outer.end,
            };
            if children.peek() == Some(Rule::comp_for) {
                if !call
                    || kind != ArgumentKind::Positional
                    || !arguments.is_empty()
                    || parts.peek() == Some(Rule::equal)
                {
                    return Err(Refusal::Syntax);
                }
                let item = match parts.take_if(Rule::walrus) {
                    Some(_) => self.named(item, self.node_expression(&mut parts)?)?,
                    None => item,
                };
                let (comprehension, height) = self.comprehension(item, None, &mut children)?;
                let item = self.item(ExprKind::GeneratorExp(comprehension), brackets, height)?;
                arguments.push(Argument {
                    kind,
                    span: item.outer,
                    value: item.expr,
                });
                return Ok((arguments, item.height));
            }
            let argument = match parts.peek() {
                Some(Rule::equal) => {
                    let ExprKind::Name(name) = item.expr.kind else {
                        return Err(Refusal::Syntax);
                    };
                    if item.parenthesized() {
                        return Err(Refusal::Syntax);
                    }
                    parts.next();
                    let value = self.node_expression(&mut parts)?;
                    height = height.max(value.height);
                    span.end = value.outer.end;
                    Argument {
                        kind: ArgumentKind::Keyword(name),
                        value: value.expr,
                        span,
                    }
                }
                Some(Rule::walrus) => {
                    parts.next();
                    let value = self.node_expression(&mut parts)?;
                    height = height.max(value.height + 1);
                    span.end = value.outer.end;
                    Argument {
                        kind,
                        value: self.named(item, value)?.expr,
                        span,
                    }
                }
                _ => Argument {
                    kind,
                    value: item.expr,
                    span,
                },
            };
            match argument.kind {
                ArgumentKind::Positional if keywords || mappings => return Err(Refusal::Syntax),
                ArgumentKind::Star if mappings => return Err(Refusal::Syntax),
                ArgumentKind::Keyword(_) => keywords = true,
                ArgumentKind::DoubleStar => mappings = true,
                _ => {}
            }
            arguments.push(argument);
        }
        Ok((arguments, height))
    }
}
