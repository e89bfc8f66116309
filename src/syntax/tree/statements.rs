//! Statements.

use super::nodes::{Child, Nodes};
use super::targets::{is_del_target, is_single_target, is_star_target};
use super::{Builder, Built, Item, Refusal};
use crate::syntax::ast::{
    Alias, BinOp, ClassDef, ExceptHandler, Expr, ExprKind, FunctionDef, Parameters, Span, Stmt, StmtKind, WithItem,
};
use crate::syntax::grammar::Rule;
use crate::syntax::symbol::Symbol;

impl<'a> Builder<'a> {
    pub(super) fn statements(&self, nodes: &mut Nodes<'a>) -> Built<Vec<Stmt>> {
        let mut statements = Vec::new();
        for node in nodes {
            statements.push(self.statement(node)?);
        }
        Ok(statements)
    }

    fn statement(&self, node: Child<'a>) -> Built<Stmt> {
        let mut span = self.statement_span(&node);
        let mut parts = node.children;
        let kind = match node.rule {
            Rule::expr_stmt => {
                let (kind, end) = self.expression_statement(&mut parts)?;
                span.end = end;
                kind
            }
            Rule::yield_stmt => StmtKind::Expr(self.yielded(&mut parts)?.expr),
            Rule::return_stmt => StmtKind::Return(if parts.peek().is_some() {
                Some(self.items(&mut parts)?.expr)
            } else {
                None
            }),
            Rule::pass_stmt => StmtKind::Pass,
            Rule::break_stmt => StmtKind::Break,
            Rule::continue_stmt => StmtKind::Continue,
            Rule::raise_stmt => StmtKind::Raise {
                exception: self.optional(&mut parts)?,
                cause: self.optional(&mut parts)?,
            },
            Rule::assert_stmt => {
                let test = self.node_expression(&mut parts)?.expr;
                StmtKind::Assert {
                    test,
                    message: self.optional(&mut parts)?,
                }
            }
            Rule::del_stmt => self.delete(&mut parts)?,
            Rule::global_stmt => StmtKind::Global(parts.map(|name| self.symbol(&name)).collect()),
            Rule::nonlocal_stmt => StmtKind::Nonlocal(parts.map(|name| self.symbol(&name)).collect()),
            Rule::import_stmt => StmtKind::Import(self.imports(parts)?),
            Rule::from_stmt => self.import_from(parts)?,
            Rule::if_stmt => self.if_statement(parts)?,
            Rule::while_stmt => {
                let test = self.one_item(&mut parts)?.expr;
                let body = self.block(&mut parts)?;
                StmtKind::While {
                    test,
                    body,
                    orelse: self.else_part(&mut parts)?,
                }
            }
            Rule::for_stmt => self.for_statement(parts, false)?,
            Rule::with_stmt => self.with_statement(parts, false)?,
            Rule::try_stmt => self.try_statement(parts)?,
            Rule::def_stmt => self.function(parts, Vec::new(), false)?,
            Rule::class_stmt => self.class(parts, Vec::new())?,
            Rule::async_stmt => self.async_statement(parts, Vec::new())?,
            Rule::decorated => {
                let mut decorators = Vec::new();
                while let Some(mut decorator) = parts.take_if(Rule::decorator) {
                    decorators.push(self.one_item(&mut decorator.children)?.expr);
                }
                let definition = parts.require()?;
                // as in CPython, the decorators are not part of the definition's place
                span.start = self.layout.start(definition.start);
                match definition.rule {
                    Rule::def_stmt => self.function(definition.children, decorators, false)?,
                    Rule::class_stmt => self.class(definition.children, decorators)?,
                    _ => self.async_statement(definition.children, decorators)?,
                }
            }
            Rule::match_stmt => self.match_statement(parts)?,
            _ => return Err(Refusal::Syntax),
        };
        if let Some(last) = last_statement(&kind) {
            span.end = last;
        }
        Ok(Stmt { kind, span })
    }

    /// A statement's place without the blank after a keyword, line ends and dedents.
    fn statement_span(&self, node: &Child<'a>) -> Span {
        let text = self.layout.text.get(node.start..node.end).unwrap_or("");
        let trimmed = text.trim_end_matches(['\n', ' ', '\u{1}', '\u{2}']);
        Span {
            start: self.layout.start(node.start),
            end: self.layout.end(node.start + trimmed.len().max(1)),
        }
    }

    fn optional(&self, parts: &mut Nodes<'a>) -> Built<Option<Expr>> {
        Ok(if parts.peek().is_some() {
            Some(self.node_expression(parts)?.expr)
        } else {
            None
        })
    }

    /// The statements of the block that comes next.
    fn block(&self, parts: &mut Nodes<'a>) -> Built<Vec<Stmt>> {
        self.statements(&mut parts.require()?.children)
    }

    fn else_part(&self, parts: &mut Nodes<'a>) -> Built<Vec<Stmt>> {
        match parts.take_if(Rule::else_part) {
            Some(mut part) => self.block(&mut part.children),
            None => Ok(Vec::new()),
        }
    }

    /// The right side of an assignment.
    fn value(&self, parts: &mut Nodes<'a>) -> Built<Item> {
        if parts.peek() == Some(Rule::yield_expr) {
            self.yielded(parts)
        } else {
            self.items(parts)
        }
    }

    /// An expression or an assignment, and where it ends.
    fn expression_statement(&self, parts: &mut Nodes<'a>) -> Built<(StmtKind, u32)> {
        let first = self.items(parts)?;
        match parts.peek() {
            None => Ok((StmtKind::Expr(first.expr), first.outer.end)),
            Some(Rule::assign) => {
                let mut targets = vec![first.expr];
                let mut end = 0;
                for mut assign in parts {
                    let value = self.value(&mut assign.children)?;
                    end = value.outer.end;
                    targets.push(value.expr);
                }
                let value = targets.pop().ok_or(Refusal::Syntax)?;
                if !targets.iter().all(is_star_target) {
                    return Err(Refusal::Syntax);
                }
                Ok((StmtKind::Assign { targets, value }, end))
            }
            Some(Rule::aug_assign) => {
                let mut assign = parts.require()?.children;
                let op = augmented(self.node_text(&assign.require()?))?;
                let value = self.value(&mut assign)?;
                if !is_single_target(&first.expr) {
                    return Err(Refusal::Syntax);
                }
                Ok((
                    StmtKind::AugAssign {
                        target: first.expr,
                        op,
                        value: value.expr,
                    },
                    value.outer.end,
                ))
            }
            _ => {
                let mut assign = parts.require()?.children;
                let simple = !first.parenthesized() && matches!(first.expr.kind, ExprKind::Name(_));
                if !is_single_target(&first.expr) {
                    return Err(Refusal::Syntax);
                }
                let annotation = self.node_expression(&mut assign)?;
                let mut end = annotation.outer.end;
                let mut value = None;
                if assign.peek().is_some() {
                    let item = self.value(&mut assign)?;
                    end = item.outer.end;
                    value = Some(item.expr);
                }
                let (target, annotation) = (first.expr, annotation.expr);
                Ok((
                    StmtKind::AnnAssign {
                        target,
                        annotation,
                        value,
                        simple,
                    },
                    end,
                ))
            }
        }
    }

    fn delete(&self, parts: &mut Nodes<'a>) -> Built<StmtKind> {
        let mut ahead = *parts;
        let several = ahead.any(|node| node.rule == Rule::comma);
        let item = self.items(parts)?;
        let targets = match item.expr.kind {
            ExprKind::Tuple(elements) if several => elements,
            kind => vec![Expr {
                kind,
                span: item.expr.span,
            }],
        };
        if targets.iter().all(is_del_target) {
            Ok(StmtKind::Delete(targets))
        } else {
            Err(Refusal::Syntax)
        }
    }

    fn imports(&self, parts: Nodes<'a>) -> Built<Vec<Alias>> {
        let mut aliases = Vec::new();
        for mut part in parts {
            let name = part.children.require()?;
            let mut span = self.span(&name);
            let symbol = self.symbol(&name);
            let mut asname = None;
            if let Some(renamed) = part.children.next() {
                span.end = self.layout.end(renamed.end);
                asname = Some(self.symbol(&renamed));
            }
            aliases.push(Alias {
                name: symbol,
                asname,
                span,
            });
        }
        Ok(aliases)
    }

    fn import_from(&self, mut parts: Nodes<'a>) -> Built<StmtKind> {
        let level = match parts.take_if(Rule::dots) {
            Some(dots) => self.node_text(&dots).bytes().filter(|&byte| byte == b'.').count() as u32,
            None => 0,
        };
        let module = parts.take_if(Rule::dotted).map(|name| self.symbol(&name));
        if let Some(star) = parts.take_if(Rule::star) {
            let alias = Alias {
                name: Symbol::new("*"),
                asname: None,
                span: self.span(&star),
            };
            return Ok(StmtKind::ImportFrom {
                module,
                names: vec![alias],
                level,
            });
        }
        Ok(StmtKind::ImportFrom {
            module,
            names: self.imports(parts)?,
            level,
        })
    }

    /// `elif` parts become nested `if` statements, the last one innermost.
    fn if_statement(&self, mut parts: Nodes<'a>) -> Built<StmtKind> {
        let test = self.one_item(&mut parts)?.expr;
        let body = self.block(&mut parts)?;
        let mut elifs = Vec::new();
        while let Some(part) = parts.take_if(Rule::elif_part) {
            let span = self.statement_span(&part);
            let mut inner = part.children;
            let test = self.one_item(&mut inner)?.expr;
            elifs.push((span, test, self.block(&mut inner)?));
        }
        if elifs.len() > MAX_ELIFS {
            return Err(Refusal::Recursion);
        }
        let mut orelse = self.else_part(&mut parts)?;
        while let Some((mut span, test, body)) = elifs.pop() {
            if let Some(last) = orelse.last().or(body.last()) {
                span.end = last.span.end;
            }
            orelse = vec![Stmt {
                kind: StmtKind::If { test, body, orelse },
                span,
            }];
        }
        Ok(StmtKind::If { test, body, orelse })
    }

    fn for_statement(&self, mut parts: Nodes<'a>, is_async: bool) -> Built<StmtKind> {
        let target = self.targets(parts.require()?)?;
        let iter = self.items(&mut parts.require()?.children)?.expr;
        let body = self.block(&mut parts)?;
        let orelse = self.else_part(&mut parts)?;
        Ok(StmtKind::For {
            target,
            iter,
            body,
            orelse,
            is_async,
        })
    }

    fn with_statement(&self, mut parts: Nodes<'a>, is_async: bool) -> Built<StmtKind> {
        let mut items = Vec::new();
        while let Some(mut item) = parts.take_if(Rule::with_item) {
            let context = self.node_expression(&mut item.children)?.expr;
            let target = match item.children.next() {
                Some(target) => Some(self.targets(target)?),
                None => None,
            };
            items.push(WithItem { context, target });
        }
        Ok(StmtKind::With {
            items,
            body: self.block(&mut parts)?,
            is_async,
        })
    }

    fn try_statement(&self, mut parts: Nodes<'a>) -> Built<StmtKind> {
        let body = self.block(&mut parts)?;
        let mut handlers = Vec::new();
        let mut stars = 0;
        while let Some(part) = parts.take_if(Rule::except_part) {
            let mut span = self.statement_span(&part);
            let mut inner = part.children;
            stars += usize::from(inner.take_if(Rule::star).is_some());
            let kind = match inner.peek() {
                Some(Rule::expression) => Some(self.node_expression(&mut inner)?.expr),
                _ => None,
            };
            let name = inner.take_if(Rule::name).map(|name| self.symbol(&name));
            let body = self.block(&mut inner)?;
            if let Some(last) = body.last() {
                span.end = last.span.end;
            }
            handlers.push(ExceptHandler { kind, name, body, span });
        }
        let has_else = parts.peek() == Some(Rule::else_part);
        let orelse = self.else_part(&mut parts)?;
        let finalbody = match parts.take_if(Rule::finally_part) {
            Some(mut part) => self.block(&mut part.children)?,
            None => Vec::new(),
        };
        let mixed = stars > 0 && stars < handlers.len();
        if mixed || (handlers.is_empty() && (has_else || finalbody.is_empty())) {
            return Err(Refusal::Syntax);
        }
        Ok(StmtKind::Try {
            body,
            handlers,
            orelse,
            finalbody,
            star: stars > 0,
        })
    }

    fn async_statement(&self, mut parts: Nodes<'a>, decorators: Vec<Expr>) -> Built<StmtKind> {
        let inner = parts.require()?;
        match inner.rule {
            Rule::def_stmt => self.function(inner.children, decorators, true),
            _ if !decorators.is_empty() => Err(Refusal::Syntax),
            Rule::for_stmt => self.for_statement(inner.children, true),
            _ => self.with_statement(inner.children, true),
        }
    }

    fn function(&self, mut parts: Nodes<'a>, decorators: Vec<Expr>, is_async: bool) -> Built<StmtKind> {
        let name = self.symbol(&parts.require()?);
        let params = match parts.take_if(Rule::parameters) {
            Some(list) => self.parameters(list)?.0,
            None => Parameters::default(),
        };
        let returns = match parts.take_if(Rule::returns) {
            Some(mut returns) => Some(self.node_expression(&mut returns.children)?.expr),
            None => None,
        };
        let body = self.block(&mut parts)?;
        Ok(StmtKind::FunctionDef(Box::new(FunctionDef {
            name,
            params,
            body,
            decorators,
            returns,
            is_async,
        })))
    }

    fn class(&self, mut parts: Nodes<'a>, decorators: Vec<Expr>) -> Built<StmtKind> {
        let name = self.symbol(&parts.require()?);
        let arguments = match parts.take_if(Rule::call) {
            Some(call) => self.arguments(call, false)?.0,
            None => Vec::new(),
        };
        let body = self.block(&mut parts)?;
        Ok(StmtKind::ClassDef(Box::new(ClassDef {
            name,
            arguments,
            body,
            decorators,
        })))
    }
}

/// `elif` parts nest in the tree: as many as CPython's compiler recurses through.
const MAX_ELIFS: usize = 2_989;

fn augmented(text: &str) -> Built<BinOp> {
    Ok(match text {
        "+=" => BinOp::Add,
        "-=" => BinOp::Sub,
        "*=" => BinOp::Mult,
        "/=" => BinOp::Div,
        "//=" => BinOp::FloorDiv,
        "%=" => BinOp::Mod,
        "@=" => BinOp::MatMult,
        "&=" => BinOp::BitAnd,
        "|=" => BinOp::BitOr,
        "^=" => BinOp::BitXor,
        "<<=" => BinOp::LShift,
        ">>=" => BinOp::RShift,
        "**=" => BinOp::Pow,
        _ => return Err(Refusal::Syntax),
    })
}

/// Where a compound statement's last statement ends.
fn last_statement(kind: &StmtKind) -> Option<u32> {
    let last = match kind {
        StmtKind::If { body, orelse, .. }
        | StmtKind::While { body, orelse, .. }
        | StmtKind::For { body, orelse, .. } => orelse.last().or(body.last()),
        StmtKind::With { body, .. } => body.last(),
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finalbody,
            ..
        } => finalbody
            .last()
            .or(orelse.last())
            .or(handlers.last().and_then(|handler| handler.body.last()))
            .or(body.last()),
        StmtKind::FunctionDef(function) => function.body.last(),
        StmtKind::ClassDef(class) => class.body.last(),
        StmtKind::Match { cases, .. } => cases.last().and_then(|case| case.body.last()),
        _ => None,
    };
    last.map(|statement| statement.span.end)
}
