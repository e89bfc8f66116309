//! Which names of each body are local, shared with inner functions, or global.

use crate::python::names::names;
use crate::syntax::ast::*;
use crate::syntax::symbol::Symbol;
use rustc_hash::FxHashMap;

/// Where a name lives, seen from one scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Local,
    /// Local, and used by an inner function.
    Cell,
    /// From an enclosing function.
    Free,
    Global,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
}

#[derive(Default, Clone, Copy)]
pub(super) struct Use {
    pub(super) bound: bool,
    pub(super) parameter: bool,
    pub(super) global: bool,
    pub(super) nonlocal: bool,
}

/// One body.
pub struct Scope {
    pub kind: ScopeKind,
    pub(super) parent: Option<usize>,
    pub(super) uses: Vec<(Symbol, Use)>,
    pub(super) index: FxHashMap<Symbol, usize>,
    pub places: FxHashMap<Symbol, Place>,
    /// Contains `yield`.
    pub generator: bool,
    /// Contains `await` (or an async comprehension).
    pub awaits: bool,
    /// Names deleted or bound by `except .. as`: never surely assigned.
    pub volatile: Vec<Symbol>,
    /// Contains `:=`: operands must be copied before later ones are evaluated.
    pub walrus: bool,
    /// Class scope: inner functions use `__class__`.
    pub class_cell: bool,
    class_name: Option<Symbol>,
    is_comprehension: bool,
}

impl Scope {
    /// The local names in the order of their first appearance; parameters first.
    pub fn locals(&self) -> Vec<Symbol> {
        self.uses
            .iter()
            .filter(|(name, _)| matches!(self.places.get(name), Some(Place::Local | Place::Cell)))
            .map(|(name, _)| *name)
            .collect()
    }

    /// The free variables.
    pub fn free(&self) -> Vec<Symbol> {
        let mut free: Vec<Symbol> = self
            .places
            .iter()
            .filter(|(_, place)| **place == Place::Free)
            .map(|(name, _)| *name)
            .collect();
        free.sort_by_key(|name| name.text());
        free
    }
}

/// All scopes of an input; inner ones are found by the address of their node.
pub struct Scopes {
    pub scopes: Vec<Scope>,
    pub(super) by_node: FxHashMap<usize, usize>,
}

/// The key of a node: its address while the tree stands still.
pub fn node_key<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

/// `__x` inside class `C` is `_C__x`.
pub fn mangle(class: Option<Symbol>, name: Symbol) -> Symbol {
    let text = name.text();
    let Some(class) = class else { return name };
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') {
        return name;
    }
    let stripped = class.text().trim_start_matches('_');
    if stripped.is_empty() {
        name
    } else {
        Symbol::new(&format!("_{stripped}{text}"))
    }
}

impl Scopes {
    /// Analyses a module (or an expression, as a module of one statement).
    pub fn of_module(body: &[Stmt]) -> Scopes {
        let mut walk = Walk {
            scopes: Vec::new(),
            by_node: FxHashMap::default(),
            current: 0,
        };
        walk.open(ScopeKind::Module, None, None);
        walk.body(body);
        walk.finish()
    }

    pub fn of_expression(expression: &Expr) -> Scopes {
        let mut walk = Walk {
            scopes: Vec::new(),
            by_node: FxHashMap::default(),
            current: 0,
        };
        walk.open(ScopeKind::Module, None, None);
        walk.expr(expression);
        walk.finish()
    }

    pub fn find(&self, key: usize) -> usize {
        self.by_node.get(&key).copied().unwrap_or(0)
    }
}

pub(super) struct Walk {
    pub(super) scopes: Vec<Scope>,
    pub(super) by_node: FxHashMap<usize, usize>,
    current: usize,
}

impl Walk {
    fn open(&mut self, kind: ScopeKind, key: Option<usize>, class_name: Option<Symbol>) -> usize {
        let parent = if self.scopes.is_empty() {
            None
        } else {
            Some(self.current)
        };
        let inherited = self.scopes.get(self.current).and_then(|scope| scope.class_name);
        self.scopes.push(Scope {
            kind,
            parent,
            uses: Vec::new(),
            index: FxHashMap::default(),
            places: FxHashMap::default(),
            generator: false,
            awaits: false,
            volatile: Vec::new(),
            walrus: false,
            class_cell: false,
            class_name: class_name.or(inherited),
            is_comprehension: false,
        });
        let number = self.scopes.len() - 1;
        if let Some(key) = key {
            self.by_node.insert(key, number);
        }
        self.current = number;
        number
    }

    fn close(&mut self) {
        self.current = self
            .scopes
            .get(self.current)
            .and_then(|scope| scope.parent)
            .unwrap_or(0);
    }

    fn scope(&mut self) -> Option<&mut Scope> {
        self.scopes.get_mut(self.current)
    }

    fn mark_in(&mut self, scope: usize, name: Symbol, change: impl FnOnce(&mut Use)) {
        if let Some(scope) = self.scopes.get_mut(scope) {
            let name = mangle(scope.class_name, name);
            let at = *scope.index.entry(name).or_insert_with(|| {
                scope.uses.push((name, Use::default()));
                scope.uses.len() - 1
            });
            if let Some(entry) = scope.uses.get_mut(at) {
                change(&mut entry.1);
            }
        }
    }

    fn mark(&mut self, name: Symbol, change: impl FnOnce(&mut Use)) {
        self.mark_in(self.current, name, change);
    }

    fn bind(&mut self, name: Symbol) {
        self.mark(name, |used| used.bound = true);
    }

    fn volatile(&mut self, name: Symbol) {
        if let Some(scope) = self.scope() {
            let name = mangle(scope.class_name, name);
            scope.volatile.push(name);
        }
    }

    fn body(&mut self, body: &[Stmt]) {
        for statement in body {
            self.stmt(statement);
        }
    }

    fn stmt(&mut self, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Assign { targets, value } => {
                self.expr(value);
                targets.iter().for_each(|target| self.target(target));
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(value);
                self.expr(target);
                self.target(target);
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => {
                if let Some(value) = value {
                    self.expr(value);
                }
                let in_function = self
                    .scopes
                    .get(self.current)
                    .is_some_and(|scope| scope.kind == ScopeKind::Function);
                if !in_function {
                    self.expr(annotation);
                }
                if *simple || value.is_some() || !matches!(target.kind, ExprKind::Name(_)) {
                    self.target(target);
                }
            }
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            StmtKind::Delete(targets) => {
                for target in targets {
                    self.delete(target);
                }
            }
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Raise { exception, cause } => {
                exception.iter().chain(cause).for_each(|value| self.expr(value));
            }
            StmtKind::Assert { test, message } => {
                self.expr(test);
                message.iter().for_each(|value| self.expr(value));
            }
            StmtKind::Global(list) => list.iter().for_each(|name| self.mark(*name, |used| used.global = true)),
            StmtKind::Nonlocal(list) => list
                .iter()
                .for_each(|name| self.mark(*name, |used| used.nonlocal = true)),
            StmtKind::Import(aliases) => {
                for alias in aliases {
                    let bound = alias.asname.unwrap_or_else(|| first_part(alias.name));
                    self.bind(bound);
                }
            }
            StmtKind::ImportFrom { names, .. } => {
                for alias in names.iter().filter(|alias| alias.name.text() != "*") {
                    self.bind(alias.asname.unwrap_or(alias.name));
                }
            }
            StmtKind::If { test, body, orelse } | StmtKind::While { test, body, orelse } => {
                self.expr(test);
                self.body(body);
                self.body(orelse);
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
                is_async,
            } => {
                if *is_async {
                    self.awaits();
                }
                self.expr(iter);
                self.target(target);
                self.body(body);
                self.body(orelse);
            }
            StmtKind::With { items, body, is_async } => {
                if *is_async {
                    self.awaits();
                }
                for item in items {
                    self.expr(&item.context);
                    item.target.iter().for_each(|target| self.target(target));
                }
                self.body(body);
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
                ..
            } => {
                self.body(body);
                for handler in handlers {
                    handler.kind.iter().for_each(|kind| self.expr(kind));
                    if let Some(name) = handler.name {
                        self.bind(name);
                        self.volatile(name);
                    }
                    self.body(&handler.body);
                }
                self.body(orelse);
                self.body(finalbody);
            }
            StmtKind::FunctionDef(function) => {
                function.decorators.iter().for_each(|value| self.expr(value));
                self.parameter_values(&function.params);
                function.returns.iter().for_each(|value| self.expr(value));
                self.bind(function.name);
                self.open(ScopeKind::Function, Some(node_key(&**function)), None);
                if function.is_async {
                    self.awaits();
                }
                self.parameters(&function.params);
                self.body(&function.body);
                self.close();
            }
            StmtKind::ClassDef(class) => {
                class.decorators.iter().for_each(|value| self.expr(value));
                class.arguments.iter().for_each(|argument| self.expr(&argument.value));
                self.bind(class.name);
                self.open(ScopeKind::Class, Some(node_key(&**class)), Some(class.name));
                self.body(&class.body);
                self.close();
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject);
                for case in cases {
                    self.pattern(&case.pattern);
                    case.guard.iter().for_each(|guard| self.expr(guard));
                    self.body(&case.body);
                }
            }
        }
    }

    fn awaits(&mut self) {
        if let Some(scope) = self.scope() {
            scope.awaits = true;
        }
    }

    fn all_parameters(params: &Parameters) -> impl Iterator<Item = &Parameter> {
        params
            .positional_only
            .iter()
            .chain(&params.positional)
            .chain(&params.keyword_only)
            .chain(&params.vararg)
            .chain(&params.kwarg)
    }

    /// Defaults and annotations, evaluated outside.
    fn parameter_values(&mut self, params: &Parameters) {
        for parameter in Walk::all_parameters(params) {
            parameter
                .default
                .iter()
                .chain(&parameter.annotation)
                .for_each(|value| self.expr(value));
        }
    }

    fn parameters(&mut self, params: &Parameters) {
        for parameter in Walk::all_parameters(params) {
            self.mark(parameter.name, |used| {
                used.bound = true;
                used.parameter = true;
            });
        }
    }

    fn target(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(name) => self.bind(*name),
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| self.target(item)),
            ExprKind::Starred(inner) => self.target(inner),
            _ => self.expr(target),
        }
    }

    fn delete(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(name) => {
                self.bind(*name);
                self.volatile(*name);
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| self.delete(item)),
            _ => self.expr(target),
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Value(value) | PatternKind::Singleton(value) => self.expr(value),
            PatternKind::Sequence(items) | PatternKind::Or(items) => items.iter().for_each(|item| self.pattern(item)),
            PatternKind::Mapping { keys, patterns, rest } => {
                keys.iter().for_each(|key| self.expr(key));
                patterns.iter().for_each(|item| self.pattern(item));
                rest.iter().for_each(|name| self.bind(*name));
            }
            PatternKind::Class {
                class,
                patterns,
                keywords,
            } => {
                self.expr(class);
                patterns.iter().for_each(|item| self.pattern(item));
                keywords.iter().for_each(|(_, item)| self.pattern(item));
            }
            PatternKind::Star(name) => name.iter().for_each(|name| self.bind(*name)),
            PatternKind::As { pattern, name } => {
                pattern.iter().for_each(|inner| self.pattern(inner));
                name.iter().for_each(|name| self.bind(*name));
            }
        }
    }

    fn exprs(&mut self, list: &[Expr]) {
        list.iter().for_each(|value| self.expr(value));
    }

    fn expr(&mut self, expression: &Expr) {
        // long chains lean to the left: walk down them in a loop
        let mut expression = expression;
        loop {
            match &expression.kind {
                ExprKind::BinOp { left, right, .. } => {
                    self.expr(right);
                    expression = left;
                }
                ExprKind::Attribute { value, .. } => expression = value,
                ExprKind::Subscript { value, index } => {
                    self.expr(index);
                    expression = value;
                }
                ExprKind::Call { function, arguments } => {
                    arguments.iter().for_each(|argument| self.expr(&argument.value));
                    expression = function;
                }
                _ => return self.expr_head(expression),
            }
        }
    }

    fn expr_head(&mut self, expression: &Expr) {
        match &expression.kind {
            ExprKind::Name(name) => {
                self.mark(*name, |_| {});
                if name.text() == "super"
                    && self
                        .scopes
                        .get(self.current)
                        .is_some_and(|s| s.kind == ScopeKind::Function)
                {
                    self.mark(names().dunder_class, |_| {});
                }
            }
            ExprKind::JoinedStr(parts) => self.format_parts(parts),
            ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => self.exprs(items),
            ExprKind::Dict(pairs) => {
                for (key, value) in pairs {
                    key.iter().for_each(|key| self.expr(key));
                    self.expr(value);
                }
            }
            ExprKind::ListComp(comp) | ExprKind::SetComp(comp) | ExprKind::DictComp(comp) => {
                self.comprehension(comp, false)
            }
            ExprKind::GeneratorExp(comp) => self.comprehension(comp, true),
            ExprKind::BoolOp { values, .. } => self.exprs(values),
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Compare { left, rest } => {
                self.expr(left);
                rest.iter().for_each(|(_, value)| self.expr(value));
            }
            ExprKind::IfExp(inner) => {
                self.expr(&inner.test);
                self.expr(&inner.body);
                self.expr(&inner.orelse);
            }
            ExprKind::Lambda(lambda) => {
                self.parameter_values(&lambda.params);
                self.open(ScopeKind::Function, Some(node_key(&**lambda)), None);
                self.parameters(&lambda.params);
                self.expr(&lambda.body);
                self.close();
            }
            ExprKind::Slice(slice) => {
                slice
                    .lower
                    .iter()
                    .chain(&slice.upper)
                    .chain(&slice.step)
                    .for_each(|value| self.expr(value));
            }
            ExprKind::Starred(inner) => self.expr(inner),
            ExprKind::NamedExpr { target, value } => {
                self.expr(value);
                let mut scope = self.current;
                if let Some(current) = self.scopes.get_mut(scope) {
                    current.walrus = true;
                }
                // a walrus in a comprehension binds in the enclosing function
                let mut inside = false;
                while let Some(found) = self.scopes.get(scope).filter(|found| found.is_comprehension) {
                    inside = true;
                    match found.parent {
                        Some(parent) => scope = parent,
                        None => break,
                    }
                }
                if let ExprKind::Name(name) = target.kind {
                    if inside {
                        let outer_global = self
                            .scopes
                            .get(scope)
                            .is_none_or(|found| found.kind != ScopeKind::Function)
                            || self.declared_global(scope, name);
                        self.mark_in(scope, name, |used| used.bound = true);
                        if let Some(outer) = self.scopes.get_mut(scope) {
                            outer.walrus = true;
                            outer.volatile.push(name);
                        }
                        self.mark(name, |used| {
                            if outer_global {
                                used.global = true
                            } else {
                                used.nonlocal = true
                            }
                        });
                    } else {
                        self.bind(name);
                        self.volatile(name);
                    }
                }
            }
            ExprKind::Await(inner) => {
                self.awaits();
                self.expr(inner);
            }
            ExprKind::Yield(value) => {
                if let Some(scope) = self.scope() {
                    scope.generator = true;
                }
                value.iter().for_each(|value| self.expr(value));
            }
            ExprKind::YieldFrom(value) => {
                if let Some(scope) = self.scope() {
                    scope.generator = true;
                }
                self.expr(value);
            }
            _ => {}
        }
    }

    fn declared_global(&self, scope: usize, name: Symbol) -> bool {
        self.scopes.get(scope).is_some_and(|scope| {
            scope
                .index
                .get(&name)
                .and_then(|at| scope.uses.get(*at))
                .is_some_and(|(_, used)| used.global)
        })
    }

    fn format_parts(&mut self, parts: &[FormatPart]) {
        for part in parts {
            if let FormatPart::Field { value, spec, .. } = part {
                self.expr(value);
                if let Some(spec) = spec {
                    self.format_parts(spec);
                }
            }
        }
    }

    fn comprehension(&mut self, comp: &Comprehension, generator: bool) {
        if let Some(first) = comp.clauses.first() {
            self.expr(&first.iter);
        }
        let number = self.open(ScopeKind::Function, Some(node_key(comp)), None);
        let asynchronous = comp.clauses.iter().any(|clause| clause.is_async);
        if let Some(scope) = self.scopes.get_mut(number) {
            scope.is_comprehension = true;
            scope.generator = generator;
            scope.awaits = asynchronous;
        }
        self.mark(names().zero, |used| {
            used.bound = true;
            used.parameter = true;
        });
        for (at, clause) in comp.clauses.iter().enumerate() {
            if at > 0 {
                self.expr(&clause.iter);
            }
            self.target(&clause.target);
            self.exprs(&clause.ifs);
        }
        self.expr(&comp.element);
        comp.value.iter().for_each(|value| self.expr(value));
        let awaits = self.scopes.get(number).is_some_and(|scope| scope.awaits);
        self.close();
        if awaits && !generator {
            self.awaits();
        }
    }
}

fn first_part(dotted: Symbol) -> Symbol {
    match dotted.text().split_once('.') {
        Some((first, _)) => Symbol::new(first),
        None => dotted,
    }
}

impl Scope {
    /// Declared by a `global` statement.
    pub fn explicit_global(&self, name: Symbol) -> bool {
        self.index
            .get(&name)
            .and_then(|at| self.uses.get(*at))
            .is_some_and(|(_, used)| used.global)
    }
}
