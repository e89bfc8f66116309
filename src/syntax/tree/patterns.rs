//! `match` statements and their patterns.

use super::nodes::{Child, Nodes};
use super::{Builder, Built, Refusal};
use crate::syntax::ast::{BinOp, Expr, ExprKind, MatchCase, Pattern, PatternKind, Span, StmtKind, UnaryOp};
use crate::syntax::grammar::Rule;
use crate::syntax::symbol::Symbol;

impl<'a> Builder<'a> {
    pub(super) fn match_statement(&self, mut parts: Nodes<'a>) -> Built<StmtKind> {
        let mut subject = parts.require()?;
        let item = self.items(&mut subject.children)?;
        if matches!(item.expr.kind, ExprKind::Starred(_)) {
            return Err(Refusal::Syntax);
        }
        let mut cases = Vec::new();
        for case in parts {
            let mut parts = case.children;
            let pattern = self.patterns(parts.require()?)?;
            let guard = match parts.take_if(Rule::guard) {
                Some(mut guard) => Some(self.one_item(&mut guard.children)?.expr),
                None => None,
            };
            let body = self.statements(&mut parts.require()?.children)?;
            cases.push(MatchCase { pattern, guard, body });
        }
        Ok(StmtKind::Match {
            subject: item.expr,
            cases,
        })
    }

    /// What follows `case`: a pattern, or a sequence without brackets.
    fn patterns(&self, node: Child<'a>) -> Built<Pattern> {
        let span = self.span(&node);
        let (mut patterns, is_sequence) = self.pattern_items(node.children)?;
        if is_sequence {
            return Ok(Pattern {
                kind: PatternKind::Sequence(patterns),
                span,
            });
        }
        match patterns.pop() {
            Some(Pattern {
                kind: PatternKind::Star(_),
                ..
            })
            | None => Err(Refusal::Syntax),
            Some(pattern) => Ok(pattern),
        }
    }

    /// The patterns, and whether there was a comma.
    fn pattern_items(&self, nodes: Nodes<'a>) -> Built<(Vec<Pattern>, bool)> {
        let mut patterns = Vec::new();
        let mut comma = false;
        for mut node in nodes {
            match node.rule {
                Rule::comma => comma = true,
                Rule::star_pattern => {
                    node.children.require()?;
                    let name = self.capture(&node.children.require()?);
                    patterns.push(Pattern {
                        kind: PatternKind::Star(name),
                        span: self.span(&node),
                    });
                }
                _ => patterns.push(self.pattern(node)?),
            }
        }
        Ok((patterns, comma))
    }

    /// The name that a pattern binds, None for `_`.
    fn capture(&self, name: &Child<'a>) -> Option<Symbol> {
        if self.node_text(name) == "_" {
            None
        } else {
            Some(self.symbol(name))
        }
    }

    fn pattern(&self, node: Child<'a>) -> Built<Pattern> {
        let mut alternatives = Vec::new();
        let mut target = None;
        for part in node.children {
            if part.rule == Rule::name {
                target = Some(self.capture(&part).ok_or(Refusal::Syntax)?);
            } else {
                alternatives.push(self.closed_pattern(part)?);
            }
        }
        let mut pattern = alternatives.pop().ok_or(Refusal::Syntax)?;
        if !alternatives.is_empty() {
            let span = Span {
                start: self.layout.start(node.start),
                end: pattern.span.end,
            };
            alternatives.push(pattern);
            pattern = Pattern {
                kind: PatternKind::Or(alternatives),
                span,
            };
        }
        if target.is_some() {
            let kind = PatternKind::As {
                pattern: Some(Box::new(pattern)),
                name: target,
            };
            pattern = Pattern {
                kind,
                span: self.span(&node),
            };
        }
        Ok(pattern)
    }

    fn closed_pattern(&self, node: Child<'a>) -> Built<Pattern> {
        let span = self.span(&node);
        let kind = match node.rule {
            Rule::name_pattern => self.name_pattern(node)?,
            Rule::literal_pattern => {
                let value = self.literal_pattern(node)?;
                let span = value.span;
                let kind = match value.kind {
                    ExprKind::None | ExprKind::True | ExprKind::False => PatternKind::Singleton(value),
                    _ => PatternKind::Value(value),
                };
                return Ok(Pattern { kind, span });
            }
            Rule::group_pattern => {
                let (mut patterns, comma) = self.pattern_items(node.children)?;
                if comma || patterns.is_empty() {
                    PatternKind::Sequence(patterns)
                } else {
                    return match patterns.pop() {
                        Some(Pattern {
                            kind: PatternKind::Star(_),
                            ..
                        })
                        | None => Err(Refusal::Syntax),
                        Some(pattern) => Ok(pattern),
                    };
                }
            }
            Rule::list_pattern => PatternKind::Sequence(self.pattern_items(node.children)?.0),
            _ => self.mapping_pattern(node.children)?,
        };
        Ok(Pattern { kind, span })
    }

    /// A capture, a dotted name or a class pattern.
    fn name_pattern(&self, mut node: Child<'a>) -> Built<PatternKind> {
        let dotted = node.children.require()?;
        let Some(arguments) = node.children.take_if(Rule::class_arguments) else {
            let mut names = dotted.children;
            let first = names.require()?;
            if names.peek().is_some() {
                return Ok(PatternKind::Value(self.dotted(dotted)?));
            }
            return Ok(PatternKind::As {
                pattern: None,
                name: self.capture(&first),
            });
        };
        let class = self.dotted(dotted)?;
        let mut patterns = Vec::new();
        let mut keywords: Vec<(Symbol, Pattern)> = Vec::new();
        for mut argument in arguments.children {
            let name = argument.children.take_if(Rule::name);
            argument.children.take_if(Rule::equal);
            let pattern = self.pattern(argument.children.require()?)?;
            match name {
                Some(name) => keywords.push((self.symbol(&name), pattern)),
                None if keywords.is_empty() => patterns.push(pattern),
                None => return Err(Refusal::Syntax),
            }
        }
        Ok(PatternKind::Class {
            class,
            patterns,
            keywords,
        })
    }

    /// `a.b.c` as an expression.
    fn dotted(&self, node: Child<'a>) -> Built<Expr> {
        let mut names = node.children;
        let first = names.require()?;
        let start = self.layout.start(first.start);
        let mut expr = Expr {
            kind: ExprKind::Name(self.symbol(&first)),
            span: self.span(&first),
        };
        let mut height = 1;
        for name in names {
            let kind = ExprKind::Attribute {
                value: Box::new(expr),
                name: self.symbol(&name),
            };
            let item = self.item(
                kind,
                Span {
                    start,
                    end: self.layout.end(name.end),
                },
                height,
            )?;
            height = item.height;
            expr = item.expr;
        }
        Ok(expr)
    }

    fn literal_pattern(&self, mut node: Child<'a>) -> Built<Expr> {
        let first = node.children.require()?;
        let span = self.span(&first);
        let kind = match first.rule {
            Rule::string => return Ok(self.strings(first, &mut node.children)?.expr),
            Rule::none => ExprKind::None,
            Rule::true_ => ExprKind::True,
            Rule::false_ => ExprKind::False,
            _ => return self.number_pattern(first.children),
        };
        Ok(Expr { kind, span })
    }

    /// `-1`, `2+3j`.
    fn number_pattern(&self, mut parts: Nodes<'a>) -> Built<Expr> {
        let minus = parts.take_if(Rule::minus);
        let mut number = self.number(&parts.require()?)?.expr;
        if let Some(minus) = minus {
            let span = Span {
                start: self.layout.start(minus.start),
                end: number.span.end,
            };
            number = Expr {
                kind: ExprKind::UnaryOp {
                    op: UnaryOp::USub,
                    operand: Box::new(number),
                },
                span,
            };
        }
        let Some(sign) = parts.next() else { return Ok(number) };
        let op = if sign.rule == Rule::plus {
            BinOp::Add
        } else {
            BinOp::Sub
        };
        let imaginary = self.number(&parts.require()?)?.expr;
        let real = match &number.kind {
            ExprKind::UnaryOp { operand, .. } => &operand.kind,
            kind => kind,
        };
        if matches!(real, ExprKind::Imaginary(_)) || !matches!(imaginary.kind, ExprKind::Imaginary(_)) {
            return Err(Refusal::Syntax);
        }
        let span = Span {
            start: number.span.start,
            end: imaginary.span.end,
        };
        Ok(Expr {
            kind: ExprKind::BinOp {
                left: Box::new(number),
                op,
                right: Box::new(imaginary),
            },
            span,
        })
    }

    fn mapping_pattern(&self, entries: Nodes<'a>) -> Built<PatternKind> {
        let (mut keys, mut patterns, mut rest) = (Vec::new(), Vec::new(), None);
        for mut entry in entries {
            if rest.is_some() {
                return Err(Refusal::Syntax);
            }
            let first = entry.children.require()?;
            match first.rule {
                Rule::double_star => {
                    let name = entry.children.require()?;
                    rest = Some(self.capture(&name).ok_or(Refusal::Syntax)?);
                    continue;
                }
                Rule::literal_pattern => keys.push(self.literal_pattern(first)?),
                _ => {
                    let key = self.dotted(first)?;
                    if matches!(key.kind, ExprKind::Name(_)) {
                        return Err(Refusal::Syntax);
                    }
                    keys.push(key);
                }
            }
            patterns.push(self.pattern(entry.children.require()?)?);
        }
        Ok(PatternKind::Mapping { keys, patterns, rest })
    }
}
