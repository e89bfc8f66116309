//! The parameters of functions and lambdas.

use super::nodes::Child;
use super::{Builder, Built, Refusal};
use crate::syntax::ast::{ExprKind, Parameter, Parameters};
use crate::syntax::grammar::Rule;

impl<'a> Builder<'a> {
    /// Sorts the parameters into their kinds; how high their highest expression is.
    pub(super) fn parameters(&self, node: Child<'a>) -> Built<(Parameters, u32)> {
        let mut sorted = Parameters::default();
        let mut height = 0;
        let (mut slash, mut star, mut bare) = (false, false, false);
        let mut defaults = false;
        for mut parameter in node.children {
            if sorted.kwarg.is_some() {
                return Err(Refusal::Syntax);
            }
            let marker = match parameter.children.peek() {
                Some(rule @ (Rule::star | Rule::double_star | Rule::slash)) => {
                    parameter.children.next();
                    Some(rule)
                }
                _ => None,
            };
            if marker == Some(Rule::slash) {
                if slash || star || sorted.positional.is_empty() {
                    return Err(Refusal::Syntax);
                }
                slash = true;
                sorted.positional_only = std::mem::take(&mut sorted.positional);
                continue;
            }
            if marker == Some(Rule::star) {
                if star {
                    return Err(Refusal::Syntax);
                }
                star = true;
                if parameter.children.peek().is_none() {
                    bare = true;
                    continue;
                }
            }
            let one = self.parameter(parameter, marker == Some(Rule::star), &mut height)?;
            match marker {
                Some(Rule::star) => sorted.vararg = Some(one),
                Some(_) => {
                    if bare && sorted.keyword_only.is_empty() {
                        return Err(Refusal::Syntax);
                    }
                    sorted.kwarg = Some(one);
                }
                None if star => sorted.keyword_only.push(one),
                None => {
                    if defaults && one.default.is_none() {
                        return Err(Refusal::Syntax);
                    }
                    defaults |= one.default.is_some();
                    sorted.positional.push(one);
                }
            }
        }
        if bare && sorted.keyword_only.is_empty() {
            return Err(Refusal::Syntax);
        }
        Ok((sorted, height))
    }

    fn parameter(&self, mut node: Child<'a>, star: bool, height: &mut u32) -> Built<Parameter> {
        let name = node.children.require()?;
        let mut parameter = Parameter {
            name: self.symbol(&name),
            annotation: None,
            default: None,
            span: self.span(&name),
        };
        if let Some(mut annotation) = node.children.take_if(Rule::annotation) {
            let item = self.one_item(&mut annotation.children)?;
            if matches!(item.expr.kind, ExprKind::Starred(_)) && !star {
                return Err(Refusal::Syntax);
            }
            parameter.span.end = item.outer.end;
            *height = (*height).max(item.height);
            parameter.annotation = Some(item.expr);
        }
        if node.children.peek().is_some() {
            let item = self.node_expression(&mut node.children)?;
            *height = (*height).max(item.height);
            parameter.default = Some(item.expr);
        }
        Ok(parameter)
    }
}
