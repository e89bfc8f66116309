//! What CPython's compiler refuses: statements in the wrong place, stars, repeated keywords.

use super::children::{each, each_annotation, each_default};
use super::{Checked, Misuse, future, patterns};
use crate::syntax::ast::{
    Argument, ArgumentKind, Comprehension, ExceptHandler, Expr, ExprKind, Parameters, Span, Stmt, StmtKind,
};
use crate::syntax::symbol::Symbol;

/// Targets that may stand before a starred one.
const MOST_BEFORE_STAR: usize = 256;

/// Blocks that may be open at once in one function, as in CPython's compiler.
const MAX_BLOCKS: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Module,
    Class,
    Function,
    AsyncFunction,
    Comprehension,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Loop,
    ExceptStar,
    Other,
}

struct Flow {
    scope: Scope,
    blocks: Vec<Block>,
    /// The function yields, and where it first returns a value.
    yields: bool,
    valued_return: Option<Span>,
}

/// Checks a module's body.
pub fn check(body: &[Stmt]) -> Checked {
    Flow::new(Scope::Module).statements(body)
}

/// Checks an expression that stands alone.
pub fn check_expression(expr: &Expr) -> Checked {
    Flow::new(Scope::Module).load(expr)
}

impl Flow {
    fn new(scope: Scope) -> Flow {
        Flow {
            scope,
            blocks: Vec::new(),
            yields: false,
            valued_return: None,
        }
    }

    fn is_function(&self) -> bool {
        !matches!(self.scope, Scope::Module | Scope::Class)
    }

    /// The statements of a block, with `block` around.
    fn within(&mut self, block: Block, span: Span, body: &[Stmt]) -> Checked {
        self.open(block, span)?;
        self.statements(body)?;
        self.blocks.pop();
        Ok(())
    }

    fn open(&mut self, block: Block, span: Span) -> Checked {
        if self.blocks.len() >= MAX_BLOCKS {
            return Misuse::new("too many statically nested blocks", span);
        }
        self.blocks.push(block);
        Ok(())
    }

    fn statements(&mut self, body: &[Stmt]) -> Checked {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Stmt) -> Checked {
        let span = statement.span;
        match &statement.kind {
            StmtKind::Expr(value) => self.load(value),
            StmtKind::Assign { targets, value } => {
                self.load(value)?;
                targets.iter().try_for_each(|target| self.store(target))
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.store(target)?;
                self.load(value)
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                ..
            } => {
                value.iter().try_for_each(|value| self.load(value))?;
                match target.kind {
                    ExprKind::Name(name) if value.is_none() => check_name(name, "assign to", span)?,
                    _ => self.store(target)?,
                }
                self.load(annotation)
            }
            StmtKind::Return(value) => self.returned(value.as_ref(), span),
            StmtKind::Delete(targets) => targets.iter().try_for_each(|target| self.delete(target)),
            StmtKind::Pass | StmtKind::Global(_) | StmtKind::Nonlocal(_) | StmtKind::Import(_) => Ok(()),
            StmtKind::Break => self.leave_loop("'break' outside loop", span),
            StmtKind::Continue => self.leave_loop("'continue' not properly in loop", span),
            StmtKind::Raise { exception, cause } => {
                exception.iter().chain(cause).try_for_each(|value| self.load(value))
            }
            StmtKind::Assert { test, message } => {
                self.load(test)?;
                message.iter().try_for_each(|value| self.load(value))
            }
            StmtKind::ImportFrom {
                module: Some(module),
                level: 0,
                ..
            } if module.text() == "__future__" && self.scope != Scope::Module => future::late(span),
            StmtKind::ImportFrom { .. } => Ok(()),
            StmtKind::If { test, body, orelse } => {
                self.load(test)?;
                self.statements(body)?;
                self.statements(orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.open(Block::Loop, span)?;
                self.load(test)?;
                self.statements(body)?;
                self.blocks.pop();
                self.statements(orelse)
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
                is_async,
            } => {
                self.needs_async(*is_async, "for", span)?;
                // an asynchronous loop evaluates its iterable first, a plain one opens its block first
                if *is_async {
                    self.load(iter)?;
                }
                self.open(Block::Loop, span)?;
                if !is_async {
                    self.load(iter)?;
                }
                self.store(target)?;
                self.statements(body)?;
                self.blocks.pop();
                self.statements(orelse)
            }
            StmtKind::With { items, body, is_async } => {
                self.needs_async(*is_async, "with", span)?;
                for item in items {
                    self.load(&item.context)?;
                    self.open(Block::Other, span)?;
                    item.target.iter().try_for_each(|target| self.store(target))?;
                }
                self.statements(body)?;
                self.blocks.truncate(self.blocks.len().saturating_sub(items.len()));
                Ok(())
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
                star,
            } => {
                if finalbody.is_empty() {
                    return self.handled(body, handlers, orelse, *star, span);
                }
                self.open(Block::Other, span)?;
                self.handled(body, handlers, orelse, *star, span)?;
                self.blocks.pop();
                self.within(Block::Other, span, finalbody)
            }
            StmtKind::FunctionDef(function) => {
                function
                    .decorators
                    .iter()
                    .try_for_each(|decorator| self.load(decorator))?;
                check_names(&function.params, span)?;
                each_default(&function.params, &mut |default| self.load(default))?;
                each_annotation(&function.params, &mut |annotation| match &annotation.kind {
                    // `*args: *Ts`
                    ExprKind::Starred(value) => self.load(value),
                    _ => self.load(annotation),
                })?;
                function.returns.iter().try_for_each(|returns| self.load(returns))?;
                let scope = if function.is_async {
                    Scope::AsyncFunction
                } else {
                    Scope::Function
                };
                let mut inner = Flow::new(scope);
                inner.statements(&function.body)?;
                match inner.valued_return {
                    Some(span) if inner.yields && function.is_async => {
                        Misuse::new("'return' with value in async generator", span)
                    }
                    _ => Ok(()),
                }
            }
            StmtKind::ClassDef(class) => {
                class.decorators.iter().try_for_each(|decorator| self.load(decorator))?;
                Flow::new(Scope::Class).statements(&class.body)?;
                check_keywords(&class.arguments, span)?;
                class
                    .arguments
                    .iter()
                    .try_for_each(|argument| self.load(&argument.value))
            }
            StmtKind::Match { subject, cases } => {
                self.load(subject)?;
                for (index, case) in cases.iter().enumerate() {
                    let last = index + 1 == cases.len();
                    patterns::check(&case.pattern, last || case.guard.is_some())?;
                    case.guard.iter().try_for_each(|guard| self.load(guard))?;
                    self.statements(&case.body)?;
                }
                Ok(())
            }
        }
    }

    fn returned(&mut self, value: Option<&Expr>, span: Span) -> Checked {
        if !self.is_function() {
            return Misuse::new("'return' outside function", span);
        }
        let mut place = span;
        if let Some(value) = value {
            self.valued_return.get_or_insert(span);
            self.load(value)?;
            if is_constant(value) {
                place = value.span;
            }
        }
        if self.blocks.contains(&Block::ExceptStar) {
            return Misuse::new(IN_EXCEPT_STAR, place);
        }
        Ok(())
    }

    fn leave_loop(&self, message: &str, span: Span) -> Checked {
        match self.blocks.iter().rev().find(|block| **block != Block::Other) {
            Some(Block::Loop) => Ok(()),
            Some(_) => Misuse::new(IN_EXCEPT_STAR, span),
            None => Misuse::new(message, span),
        }
    }

    fn needs_async(&self, is_async: bool, what: &str, span: Span) -> Checked {
        if is_async && self.scope != Scope::AsyncFunction {
            return Misuse::new(format!("'async {what}' outside async function"), span);
        }
        Ok(())
    }

    fn handled(
        &mut self,
        body: &[Stmt],
        handlers: &[ExceptHandler],
        orelse: &[Stmt],
        star: bool,
        span: Span,
    ) -> Checked {
        if handlers.is_empty() {
            return self.statements(body);
        }
        self.within(Block::Other, span, body)?;
        if !star {
            self.statements(orelse)?;
        }
        self.open(if star { Block::ExceptStar } else { Block::Other }, span)?;
        for (index, handler) in handlers.iter().enumerate() {
            match &handler.kind {
                Some(kind) => self.load(kind)?,
                None if index + 1 < handlers.len() => {
                    return Misuse::new("default 'except:' must be last", handler.span);
                }
                None => {}
            }
            self.within(Block::Other, handler.span, &handler.body)?;
        }
        self.blocks.pop();
        if star { self.statements(orelse) } else { Ok(()) }
    }

    fn store(&mut self, target: &Expr) -> Checked {
        match &target.kind {
            ExprKind::Name(name) => check_name(*name, "assign to", target.span),
            ExprKind::Attribute { value, name } => {
                self.load(value)?;
                check_name(*name, "assign to", target.span)
            }
            ExprKind::Tuple(elements) | ExprKind::List(elements) => {
                let is_star = |element: &Expr| matches!(element.kind, ExprKind::Starred(_));
                if elements.iter().filter(|element| is_star(element)).count() > 1 {
                    return Misuse::new("multiple starred expressions in assignment", target.span);
                }
                if elements
                    .iter()
                    .position(is_star)
                    .is_some_and(|before| before >= MOST_BEFORE_STAR)
                {
                    return Misuse::new("too many expressions in star-unpacking assignment", target.span);
                }
                elements.iter().try_for_each(|element| match &element.kind {
                    ExprKind::Starred(value) => self.store(value),
                    _ => self.store(element),
                })
            }
            ExprKind::Starred(_) => Misuse::new("starred assignment target must be in a list or tuple", target.span),
            _ => self.load(target),
        }
    }

    fn delete(&mut self, target: &Expr) -> Checked {
        match &target.kind {
            ExprKind::Name(name) => check_name(*name, "delete", target.span),
            ExprKind::Attribute { value, name } => {
                self.load(value)?;
                check_name(*name, "delete", target.span)
            }
            ExprKind::Tuple(elements) | ExprKind::List(elements) => {
                elements.iter().try_for_each(|element| self.delete(element))
            }
            _ => self.load(target),
        }
    }

    fn load(&mut self, expr: &Expr) -> Checked {
        match &expr.kind {
            ExprKind::Name(_) => Ok(()),
            ExprKind::Starred(_) => Misuse::new("can't use starred expression here", expr.span),
            ExprKind::Tuple(elements) | ExprKind::List(elements) | ExprKind::Set(elements) => {
                elements.iter().try_for_each(|element| match &element.kind {
                    ExprKind::Starred(value) => self.load(value),
                    _ => self.load(element),
                })
            }
            ExprKind::Call { arguments, .. } => {
                check_keywords(arguments, expr.span)?;
                each(expr, &mut |child| self.load(child))
            }
            ExprKind::Yield(_) => {
                self.in_function("'yield' outside function", expr.span)?;
                self.yields = true;
                each(expr, &mut |child| self.load(child))
            }
            ExprKind::YieldFrom(_) => {
                self.in_function("'yield' outside function", expr.span)?;
                if self.scope == Scope::AsyncFunction {
                    return Misuse::new("'yield from' inside async function", expr.span);
                }
                each(expr, &mut |child| self.load(child))
            }
            ExprKind::Await(value) => {
                self.in_function("'await' outside function", expr.span)?;
                if !matches!(self.scope, Scope::AsyncFunction | Scope::Comprehension) {
                    return Misuse::new("'await' outside async function", expr.span);
                }
                self.load(value)
            }
            ExprKind::NamedExpr { target, value } => {
                self.load(value)?;
                self.store(target)
            }
            ExprKind::Lambda(lambda) => {
                check_names(&lambda.params, expr.span)?;
                each_default(&lambda.params, &mut |default| self.load(default))?;
                Flow::new(Scope::Function).load(&lambda.body)
            }
            ExprKind::ListComp(inner) | ExprKind::SetComp(inner) | ExprKind::DictComp(inner) => {
                self.comprehension(inner, expr.span, true)
            }
            ExprKind::GeneratorExp(inner) => self.comprehension(inner, expr.span, false),
            _ => each(expr, &mut |child| self.load(child)),
        }
    }

    fn in_function(&self, message: &str, span: Span) -> Checked {
        if self.is_function() {
            Ok(())
        } else {
            Misuse::new(message, span)
        }
    }

    fn comprehension(&mut self, inner: &Comprehension, span: Span, eager: bool) -> Checked {
        let can_wait = matches!(self.scope, Scope::AsyncFunction | Scope::Comprehension);
        if eager && !can_wait && waits(inner) {
            return Misuse::new("asynchronous comprehension outside of an asynchronous function", span);
        }
        let mut own = Flow::new(Scope::Comprehension);
        for (index, clause) in inner.clauses.iter().enumerate() {
            // the first iterable is evaluated outside
            if index == 0 {
                self.load(&clause.iter)?
            } else {
                own.load(&clause.iter)?
            }
            own.store(&clause.target)?;
            clause.ifs.iter().try_for_each(|condition| own.load(condition))?;
        }
        own.load(&inner.element)?;
        inner.value.iter().try_for_each(|value| own.load(value))
    }
}

const IN_EXCEPT_STAR: &str = "'break', 'continue' and 'return' cannot appear in an except* block";

/// Whether a comprehension is asynchronous: `async for`, or an `await` of its own.
fn waits(inner: &Comprehension) -> bool {
    let own =
        inner.clauses.iter().enumerate().any(|(index, clause)| {
            clause.is_async || (index > 0 && awaits(&clause.iter)) || clause.ifs.iter().any(awaits)
        });
    own || awaits(&inner.element) || inner.value.as_ref().is_some_and(awaits)
}

fn awaits(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Await(_) => true,
        ExprKind::Lambda(_) => false,
        ExprKind::ListComp(inner) | ExprKind::SetComp(inner) | ExprKind::DictComp(inner) => {
            waits(inner) || inner.clauses.first().is_some_and(|clause| awaits(&clause.iter))
        }
        ExprKind::GeneratorExp(inner) => inner.clauses.first().is_some_and(|clause| awaits(&clause.iter)),
        _ => each(expr, &mut |child| if awaits(child) { Err(()) } else { Ok(()) }).is_err(),
    }
}

fn is_constant(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::None
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Ellipsis
            | ExprKind::Int(_)
            | ExprKind::BigInt(..)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_)
    )
}

fn check_name(name: Symbol, verb: &str, span: Span) -> Checked {
    if name.text() == "__debug__" {
        Misuse::new(format!("cannot {verb} __debug__"), span)
    } else {
        Ok(())
    }
}

fn check_names(params: &Parameters, span: Span) -> Checked {
    let named = params
        .positional_only
        .iter()
        .chain(&params.positional)
        .chain(&params.vararg);
    named
        .chain(&params.keyword_only)
        .chain(&params.kwarg)
        .try_for_each(|parameter| check_name(parameter.name, "assign to", span))
}

/// No keyword twice.
fn check_keywords(arguments: &[Argument], span: Span) -> Checked {
    for (index, argument) in arguments.iter().enumerate() {
        let ArgumentKind::Keyword(name) = argument.kind else {
            continue;
        };
        check_name(name, "assign to", span)?;
        let later = arguments
            .iter()
            .skip(index + 1)
            .find(|other| other.kind == argument.kind);
        if let Some(other) = later {
            return Misuse::new(format!("keyword argument repeated: {name}"), other.span);
        }
    }
    Ok(())
}
