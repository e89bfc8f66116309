//! Names and scopes: what CPython's symbol table refuses.

use super::children::{each, each_annotation, each_default};
use super::{Checked, Misuse};
use crate::syntax::ast::{
    Comprehension, ComprehensionFor, Expr, ExprKind, Parameters, Pattern, PatternKind, Span, Stmt, StmtKind,
};
use crate::syntax::symbol::Symbol;
use rustc_hash::FxHashMap;

const GLOBAL: u8 = 1;
const LOCAL: u8 = 2;
const PARAM: u8 = 4;
const NONLOCAL: u8 = 8;
const USE: u8 = 16;
const ANNOT: u8 = 32;
/// The loop variable of a comprehension.
const ITERATION: u8 = 64;
const IMPORT: u8 = 128;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Module,
    Function,
    Class,
    /// What `'yield' inside ...` calls it.
    Comprehension(&'static str),
}

struct Scope {
    kind: Kind,
    parent: usize,
    symbols: FxHashMap<Symbol, u8>,
    /// `global` and `nonlocal` declarations, the first one of each name.
    directives: Vec<(Symbol, Span)>,
    /// Inside the target of a comprehension's `for`.
    in_target: bool,
    /// How many iterables of comprehensions are being visited.
    in_iterable: u32,
}

struct Table {
    scopes: Vec<Scope>,
    current: usize,
    /// The innermost class around, whose name its private names get.
    class: Option<Symbol>,
}

/// Checks a module's body.
pub fn check(body: &[Stmt]) -> Checked {
    let mut table = Table::new();
    table.statements(body)?;
    table.resolve()
}

/// Checks an expression that stands alone.
pub fn check_expression(expr: &Expr) -> Checked {
    let mut table = Table::new();
    table.load(expr)?;
    table.resolve()
}

impl Table {
    fn new() -> Table {
        let mut table = Table {
            scopes: Vec::new(),
            current: 0,
            class: None,
        };
        table.enter(Kind::Module);
        table
    }

    fn enter(&mut self, kind: Kind) -> usize {
        let parent = self.current;
        let in_iterable = self.scopes.get(parent).map_or(0, |scope| scope.in_iterable);
        self.current = self.scopes.len();
        self.scopes.push(Scope {
            kind,
            parent,
            symbols: FxHashMap::default(),
            directives: Vec::new(),
            in_target: false,
            in_iterable,
        });
        parent
    }

    fn flags(&self, scope: usize, name: Symbol) -> u8 {
        self.scopes
            .get(scope)
            .and_then(|scope| scope.symbols.get(&name))
            .copied()
            .unwrap_or(0)
    }

    fn here(&self, name: Symbol) -> u8 {
        self.flags(self.current, name)
    }

    fn kind(&self, scope: usize) -> Kind {
        self.scopes.get(scope).map_or(Kind::Module, |scope| scope.kind)
    }

    fn define(&mut self, name: Symbol, flag: u8, span: Span) -> Checked {
        self.define_in(self.current, name, flag, span)
    }

    fn define_in(&mut self, scope: usize, name: Symbol, flag: u8, span: Span) -> Checked {
        let in_target = self.scopes.get(self.current).is_some_and(|scope| scope.in_target);
        let key = self.mangled(name);
        let Some(scope) = self.scopes.get_mut(scope) else {
            return Ok(());
        };
        let flags = scope.symbols.entry(key).or_insert(0);
        if flag & *flags & PARAM != 0 {
            return Misuse::new(format!("duplicate argument '{name}' in function definition"), span);
        }
        *flags |= flag;
        if in_target {
            if *flags & (GLOBAL | NONLOCAL) != 0 {
                let message = format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                return Misuse::new(message, span);
            }
            *flags |= ITERATION;
        }
        Ok(())
    }

    /// A private name (`__x`) of a class is known by the class's name.
    fn mangled(&self, name: Symbol) -> Symbol {
        let (Some(class), true) = (self.class, name.text().starts_with("__")) else {
            return name;
        };
        let class = class.text().trim_start_matches('_');
        if name.text().ends_with("__") || class.is_empty() {
            return name;
        }
        Symbol::new(&format!("_{class}{name}"))
    }

    fn direct(&mut self, name: Symbol, span: Span) {
        let name = self.mangled(name);
        if let Some(scope) = self.scopes.get_mut(self.current) {
            scope.directives.push((name, span));
        }
    }

    /// Looks the declared names up in the scopes around, when all are known.
    fn resolve(&self) -> Checked {
        for (index, scope) in self.scopes.iter().enumerate() {
            for &(name, span) in &scope.directives {
                let flags = self.flags(index, name);
                if flags & NONLOCAL == 0 {
                    continue;
                }
                if flags & GLOBAL != 0 {
                    return Misuse::new(format!("name '{name}' is nonlocal and global"), span);
                }
                if scope.kind == Kind::Module {
                    return Misuse::new("nonlocal declaration not allowed at module level", span);
                }
                if !self.is_bound_around(index, name) {
                    return Misuse::new(format!("no binding for nonlocal '{name}' found"), span);
                }
            }
        }
        Ok(())
    }

    fn is_bound_around(&self, scope: usize, name: Symbol) -> bool {
        let mut scope = scope;
        while scope != 0 {
            scope = self.scopes.get(scope).map_or(0, |scope| scope.parent);
            let flags = self.flags(scope, name);
            match self.kind(scope) {
                Kind::Module => return false,
                Kind::Class if name.text() == "__class__" => return true,
                Kind::Class => {}
                _ if flags & GLOBAL != 0 => return false,
                _ if flags & NONLOCAL != 0 => {}
                _ if flags & (LOCAL | PARAM | IMPORT | ITERATION) != 0 => return true,
                _ => {}
            }
        }
        false
    }

    fn statements(&mut self, body: &[Stmt]) -> Checked {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Stmt) -> Checked {
        let span = statement.span;
        match &statement.kind {
            StmtKind::Expr(value) => self.load(value),
            StmtKind::Assign { targets, value } => {
                targets.iter().try_for_each(|target| self.store(target))?;
                self.load(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.store(target)?;
                self.load(value)
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => {
                if let ExprKind::Name(name) = target.kind {
                    let flags = self.here(name);
                    if flags & (GLOBAL | NONLOCAL) != 0 && self.current != 0 && *simple {
                        let what = if flags & GLOBAL != 0 { "global" } else { "nonlocal" };
                        return Misuse::new(format!("annotated name '{name}' can't be {what}"), span);
                    }
                    if *simple {
                        self.define(name, ANNOT | LOCAL, target.span)?;
                    } else if value.is_some() {
                        self.define(name, LOCAL, target.span)?;
                    }
                } else {
                    self.store(target)?;
                }
                self.load(annotation)?;
                value.iter().try_for_each(|value| self.load(value))
            }
            StmtKind::Return(value) => value.iter().try_for_each(|value| self.load(value)),
            StmtKind::Delete(targets) => targets.iter().try_for_each(|target| self.store(target)),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
            StmtKind::Raise { exception, cause } => {
                exception.iter().chain(cause).try_for_each(|value| self.load(value))
            }
            StmtKind::Assert { test, message } => {
                self.load(test)?;
                message.iter().try_for_each(|value| self.load(value))
            }
            StmtKind::Global(names) => self.declare(names, GLOBAL, "global", span),
            StmtKind::Nonlocal(names) => self.declare(names, NONLOCAL, "nonlocal", span),
            StmtKind::Import(aliases) => aliases.iter().try_for_each(|alias| {
                let top = alias.name.text().split('.').next().unwrap_or("");
                self.define(alias.asname.unwrap_or_else(|| Symbol::new(top)), IMPORT, alias.span)
            }),
            StmtKind::ImportFrom { names, .. } => names.iter().try_for_each(|alias| {
                if alias.name.text() != "*" {
                    return self.define(alias.asname.unwrap_or(alias.name), IMPORT, alias.span);
                }
                if self.current != 0 {
                    return Misuse::new("import * only allowed at module level", alias.span);
                }
                Ok(())
            }),
            StmtKind::If { test, body, orelse } | StmtKind::While { test, body, orelse } => {
                self.load(test)?;
                self.statements(body)?;
                self.statements(orelse)
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
                ..
            } => {
                self.store(target)?;
                self.load(iter)?;
                self.statements(body)?;
                self.statements(orelse)
            }
            StmtKind::With { items, body, .. } => {
                for item in items {
                    self.load(&item.context)?;
                    item.target.iter().try_for_each(|target| self.store(target))?;
                }
                self.statements(body)
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
                ..
            } => {
                self.statements(body)?;
                for handler in handlers {
                    handler.kind.iter().try_for_each(|kind| self.load(kind))?;
                    handler
                        .name
                        .iter()
                        .try_for_each(|&name| self.define(name, LOCAL, handler.span))?;
                    self.statements(&handler.body)?;
                }
                self.statements(orelse)?;
                self.statements(finalbody)
            }
            StmtKind::FunctionDef(function) => {
                self.define(function.name, LOCAL, span)?;
                each_default(&function.params, &mut |default| self.load(default))?;
                each_annotation(&function.params, &mut |annotation| self.load(annotation))?;
                function.returns.iter().try_for_each(|returns| self.load(returns))?;
                function
                    .decorators
                    .iter()
                    .try_for_each(|decorator| self.load(decorator))?;
                let outer = self.enter(Kind::Function);
                self.parameters(&function.params)?;
                self.statements(&function.body)?;
                self.current = outer;
                Ok(())
            }
            StmtKind::ClassDef(class) => {
                self.define(class.name, LOCAL, span)?;
                class
                    .arguments
                    .iter()
                    .try_for_each(|argument| self.load(&argument.value))?;
                class.decorators.iter().try_for_each(|decorator| self.load(decorator))?;
                let outer = self.enter(Kind::Class);
                let around = self.class.replace(class.name);
                self.statements(&class.body)?;
                self.class = around;
                self.current = outer;
                Ok(())
            }
            StmtKind::Match { subject, cases } => {
                self.load(subject)?;
                for case in cases {
                    self.pattern(&case.pattern)?;
                    case.guard.iter().try_for_each(|guard| self.load(guard))?;
                    self.statements(&case.body)?;
                }
                Ok(())
            }
        }
    }

    fn declare(&mut self, names: &[Symbol], flag: u8, what: &str, span: Span) -> Checked {
        for &name in names {
            let flags = self.here(name);
            if flags & PARAM != 0 {
                return Misuse::new(format!("name '{name}' is parameter and {what}"), span);
            }
            if flags & USE != 0 {
                return Misuse::new(format!("name '{name}' is used prior to {what} declaration"), span);
            }
            if flags & ANNOT != 0 {
                return Misuse::new(format!("annotated name '{name}' can't be {what}"), span);
            }
            if flags & LOCAL != 0 {
                return Misuse::new(format!("name '{name}' is assigned to before {what} declaration"), span);
            }
            self.define(name, flag, span)?;
            self.direct(name, span);
        }
        Ok(())
    }

    fn parameters(&mut self, params: &Parameters) -> Checked {
        let named = params
            .positional_only
            .iter()
            .chain(&params.positional)
            .chain(&params.keyword_only);
        for parameter in named.chain(&params.vararg).chain(&params.kwarg) {
            self.define(parameter.name, PARAM, parameter.span)?;
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &Pattern) -> Checked {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::Value(value) => self.load(value),
            PatternKind::Singleton(_) => Ok(()),
            PatternKind::Sequence(patterns) | PatternKind::Or(patterns) => {
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))
            }
            PatternKind::Mapping { keys, patterns, rest } => {
                keys.iter().try_for_each(|key| self.load(key))?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                rest.iter().try_for_each(|&name| self.define(name, LOCAL, span))
            }
            PatternKind::Class {
                class,
                patterns,
                keywords,
            } => {
                self.load(class)?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                keywords.iter().try_for_each(|(_, pattern)| self.pattern(pattern))
            }
            PatternKind::Star(name) => name.iter().try_for_each(|&name| self.define(name, LOCAL, span)),
            PatternKind::As { pattern, name } => {
                pattern.iter().try_for_each(|pattern| self.pattern(pattern))?;
                name.iter().try_for_each(|&name| self.define(name, LOCAL, span))
            }
        }
    }

    /// An expression that is assigned to or deleted.
    fn store(&mut self, target: &Expr) -> Checked {
        match &target.kind {
            ExprKind::Name(name) => self.define(*name, LOCAL, target.span),
            ExprKind::Tuple(elements) | ExprKind::List(elements) => {
                elements.iter().try_for_each(|element| self.store(element))
            }
            ExprKind::Starred(value) => self.store(value),
            _ => self.load(target),
        }
    }

    fn load(&mut self, expr: &Expr) -> Checked {
        match &expr.kind {
            ExprKind::Name(name) => self.define(*name, USE, expr.span),
            ExprKind::ListComp(inner) => self.comprehension(inner, "list comprehension"),
            ExprKind::SetComp(inner) => self.comprehension(inner, "set comprehension"),
            ExprKind::DictComp(inner) => self.comprehension(inner, "dict comprehension"),
            ExprKind::GeneratorExp(inner) => self.comprehension(inner, "generator expression"),
            ExprKind::Lambda(lambda) => {
                each_default(&lambda.params, &mut |default| self.load(default))?;
                let outer = self.enter(Kind::Function);
                self.parameters(&lambda.params)?;
                self.load(&lambda.body)?;
                self.current = outer;
                Ok(())
            }
            ExprKind::NamedExpr { target, value } => {
                self.named(expr, target)?;
                self.load(value)?;
                self.store(target)
            }
            ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {
                each(expr, &mut |child| self.load(child))?;
                match self.kind(self.current) {
                    Kind::Comprehension(what) => Misuse::new(format!("'yield' inside {what}"), expr.span),
                    _ => Ok(()),
                }
            }
            _ => each(expr, &mut |child| self.load(child)),
        }
    }

    fn comprehension(&mut self, inner: &Comprehension, what: &'static str) -> Checked {
        let Some((first, rest)) = inner.clauses.split_first() else {
            return Ok(());
        };
        self.iterable(&first.iter)?;
        let outer = self.enter(Kind::Comprehension(what));
        self.iteration_target(first)?;
        first.ifs.iter().try_for_each(|condition| self.load(condition))?;
        for clause in rest {
            self.iteration_target(clause)?;
            self.iterable(&clause.iter)?;
            clause.ifs.iter().try_for_each(|condition| self.load(condition))?;
        }
        inner.value.iter().try_for_each(|value| self.load(value))?;
        self.load(&inner.element)?;
        self.current = outer;
        Ok(())
    }

    fn iterable(&mut self, iter: &Expr) -> Checked {
        let current = self.current;
        if let Some(scope) = self.scopes.get_mut(current) {
            scope.in_iterable += 1;
        }
        self.load(iter)?;
        if let Some(scope) = self.scopes.get_mut(current) {
            scope.in_iterable -= 1;
        }
        Ok(())
    }

    fn iteration_target(&mut self, clause: &ComprehensionFor) -> Checked {
        let current = self.current;
        if let Some(scope) = self.scopes.get_mut(current) {
            scope.in_target = true;
        }
        self.store(&clause.target)?;
        if let Some(scope) = self.scopes.get_mut(current) {
            scope.in_target = false;
        }
        Ok(())
    }

    /// `target := ...` binds in the nearest scope that is no comprehension.
    fn named(&mut self, expr: &Expr, target: &Expr) -> Checked {
        if self.scopes.get(self.current).is_some_and(|scope| scope.in_iterable > 0) {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            return Misuse::new(message, expr.span);
        }
        let ExprKind::Name(name) = target.kind else {
            return Ok(());
        };
        let span = target.span;
        let mut scope = self.current;
        while let Kind::Comprehension(_) = self.kind(scope) {
            if self.flags(scope, name) & ITERATION != 0 {
                let message = format!("assignment expression cannot rebind comprehension iteration variable '{name}'");
                return Misuse::new(message, span);
            }
            scope = self.scopes.get(scope).map_or(0, |scope| scope.parent);
        }
        if scope == self.current {
            return Ok(());
        }
        match self.kind(scope) {
            Kind::Class => Misuse::new(
                "assignment expression within a comprehension cannot be used in a class body",
                span,
            ),
            Kind::Module => {
                self.define(name, GLOBAL, span)?;
                self.define_in(scope, name, GLOBAL, span)
            }
            _ => {
                let global = self.flags(scope, name) & GLOBAL != 0;
                self.define(name, if global { GLOBAL } else { NONLOCAL }, span)?;
                self.direct(name, span);
                self.define_in(scope, name, LOCAL, span)
            }
        }
    }
}
