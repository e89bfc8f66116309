//! Functions, lambdas, classes, comprehensions: bodies of their own.

use super::Compiler;
use super::scope::node_key;
use super::stmt::docstring;
use super::unit::Unit;
use crate::python::code::{Code, CodeKind, Instruction, Parameters as Shape};
use crate::python::value::{R, Value};
use crate::syntax::ast::*;
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

impl<'a> Compiler<'a> {
    /// `outer.<locals>.name`
    fn qualify(&mut self, name: Symbol) -> Rc<str> {
        let outer = self.unit();
        let explicit = outer.scope;
        let (kind, prefix) = (outer.kind, outer.qualname.clone());
        let global = self
            .scopes
            .scopes
            .get(explicit)
            .is_some_and(|scope| scope.explicit_global(name));
        match kind {
            CodeKind::Module => name.text().into(),
            _ if global => name.text().into(),
            CodeKind::Class => format!("{prefix}.{name}").into(),
            _ => format!("{prefix}.<locals>.{name}").into(),
        }
    }

    fn open_body(&mut self, name: Symbol, kind: CodeKind, scope: usize, class_name: Option<Symbol>, span: Span) {
        let qualname = self.qualify(name);
        let class_name = class_name.or(self.unit().class_name);
        let mut unit = Unit::new(name, qualname, kind, scope, class_name);
        unit.span = span;
        unit.first_line = self.source.line(span.start);
        self.units.push(unit);
    }

    /// Finishes an inner body and emits what makes a function of it from registers `b..b + 3`.
    fn close_body(&mut self, d: u16, b: u16) -> R<()> {
        let mut code = self.close_unit()?;
        let captures: Vec<u16> = code
            .free
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|name| self.capture(name))
            .collect();
        if let Some(code) = Rc::get_mut(&mut code) {
            code.captures = captures;
        }
        let c = self.code_number(code)?;
        self.emit(Instruction::Function { d, c, b });
        Ok(())
    }

    fn capture(&mut self, name: Symbol) -> u16 {
        let bare = name.text().strip_prefix(".pass.").map(Symbol::new).unwrap_or(name);
        self.cell_register(bare)
    }

    fn code_number(&mut self, code: Rc<Code>) -> R<u16> {
        let unit = self.unit();
        unit.codes.push(code);
        match u16::try_from(unit.codes.len() - 1) {
            Ok(number) => Ok(number),
            Err(_) => Err(self.vm.unsupported("a body with so many functions")),
        }
    }

    fn kind_of(&self, scope: usize, is_async: bool) -> CodeKind {
        let generator = self.scopes.scopes.get(scope).is_some_and(|scope| scope.generator);
        match (is_async, generator) {
            (true, true) => CodeKind::AsyncGenerator,
            (true, false) => CodeKind::Coroutine,
            (false, true) => CodeKind::Generator,
            (false, false) => CodeKind::Function,
        }
    }

    /// The shape of a parameter list and the parameters' names in register order.
    fn shape(&mut self, params: &Parameters) -> (Shape, Vec<Symbol>) {
        let mut names = Vec::new();
        for parameter in params
            .positional_only
            .iter()
            .chain(&params.positional)
            .chain(&params.keyword_only)
            .chain(&params.vararg)
            .chain(&params.kwarg)
        {
            let name = self.mangled(parameter.name);
            names.push(name);
        }
        let shape = Shape {
            positional_only: params.positional_only.len() as u16,
            positional: (params.positional_only.len() + params.positional.len()) as u16,
            keyword_only: params.keyword_only.len() as u16,
            varargs: params.vararg.is_some(),
            varkeywords: params.kwarg.is_some(),
        };
        (shape, names)
    }

    /// Defaults into `b` (tuple or None) and `b + 1` (dict or None).
    fn defaults(&mut self, params: &'a Parameters, b: u16) -> R<()> {
        let defaults: Vec<&'a Expr> = params
            .positional_only
            .iter()
            .chain(&params.positional)
            .filter_map(|p| p.default.as_ref())
            .collect();
        let mark = self.mark();
        if defaults.is_empty() {
            self.load_value(b, Value::None)?;
        } else {
            let first = self.temps(defaults.len() as u16)?;
            for (at, value) in defaults.iter().enumerate() {
                self.expr_to(value, first + at as u16)?;
            }
            self.emit(Instruction::Tuple {
                d: b,
                b: first,
                n: defaults.len() as u16,
            });
        }
        self.release(mark);
        if params.keyword_only.iter().any(|p| p.default.is_some()) {
            self.emit(Instruction::Dict {
                d: b + 1,
                b: b + 1,
                n: 0,
            });
            for parameter in &params.keyword_only {
                if let Some(value) = &parameter.default {
                    let name = self.mangled(parameter.name);
                    self.dict_entry(b + 1, name, value, Self::expr_to)?;
                }
            }
        } else {
            self.load_value(b + 1, Value::None)?;
        }
        Ok(())
    }

    fn dict_entry(
        &mut self,
        l: u16,
        name: Symbol,
        value: &'a Expr,
        evaluate: fn(&mut Self, &'a Expr, u16) -> R<()>,
    ) -> R<()> {
        let mark = self.mark();
        let k = self.temp()?;
        let text = self.vm.string(name);
        self.load_value(k, text)?;
        let s = self.temp()?;
        evaluate(self, value, s)?;
        if matches!(value.kind, ExprKind::Starred(_)) && !self.postponed {
            // `*args: *B`: the only item of `B`
            let b = self.temp()?;
            self.emit(Instruction::Unpack { s, b, n: 1 });
            self.emit(Instruction::DictSet { l, k, s: b });
        } else {
            self.emit(Instruction::DictSet { l, k, s });
        }
        self.release(mark);
        Ok(())
    }

    /// `d = function` of a `def`, without decorators and name.
    fn function(&mut self, function: &'a FunctionDef, span: Span, d: u16) -> R<()> {
        let mark = self.mark();
        let b = self.temps(3)?;
        self.defaults(&function.params, b)?;
        let params = &function.params;
        let annotated: Vec<(Symbol, &'a Expr)> = params
            .positional_only
            .iter()
            .chain(&params.positional)
            .chain(&params.vararg)
            .chain(&params.keyword_only)
            .chain(&params.kwarg)
            .filter_map(|p| p.annotation.as_ref().map(|a| (p.name, a)))
            .chain(function.returns.as_ref().map(|value| (Symbol::new("return"), value)))
            .collect();
        if annotated.is_empty() {
            self.load_value(b + 2, Value::None)?;
        } else {
            self.emit(Instruction::Dict {
                d: b + 2,
                b: b + 2,
                n: 0,
            });
            for (name, annotation) in annotated {
                let name = self.mangled(name);
                self.dict_entry(b + 2, name, annotation, Self::annotation)?;
            }
        }
        let scope = self.scopes.find(node_key(function));
        let kind = self.kind_of(scope, function.is_async);
        let (shape, names) = self.shape(params);
        self.open_body(function.name, kind, scope, None, span);
        self.unit().parameters = shape;
        self.unit().doc = docstring(&function.body);
        self.lay_out_variables(&names)?;
        let skip = usize::from(self.unit().doc.is_some());
        self.body(function.body.get(skip..).unwrap_or(&[]))?;
        self.close_body(d, b)?;
        self.release(mark);
        Ok(())
    }

    pub(super) fn function_def(&mut self, function: &'a FunctionDef, span: Span) -> R<()> {
        self.decorated(&function.decorators, function.name, |compiler, d| {
            compiler.function(function, span, d)
        })
    }

    /// Evaluates decorators, makes the thing, applies them from the innermost, binds the name.
    fn decorated(&mut self, decorators: &'a [Expr], name: Symbol, make: impl FnOnce(&mut Self, u16) -> R<()>) -> R<()> {
        let mark = self.mark();
        let mut calls = Vec::new();
        for decorator in decorators {
            let f = self.temps(2)?;
            self.expr_to(decorator, f)?;
            calls.push((f, decorator.span));
        }
        let d = self.temp()?;
        make(self, d)?;
        let mut made = d;
        for (f, span) in calls.into_iter().rev() {
            let outer = std::mem::replace(&mut self.unit().span, span);
            // the argument must follow the function's two registers
            if made != f + 2 {
                self.emit(Instruction::Take { d: f + 2, s: made });
            }
            self.emit(Instruction::Call { d: f, f, n: 1 });
            self.unit().span = outer;
            made = f;
        }
        self.store_name(name, made)?;
        self.release(mark);
        Ok(())
    }

    pub(super) fn lambda(&mut self, lambda: &'a Lambda, d: u16) -> R<()> {
        let b = self.temps(3)?;
        self.defaults(&lambda.params, b)?;
        self.load_value(b + 2, Value::None)?;
        let scope = self.scopes.find(node_key(lambda));
        let kind = self.kind_of(scope, false);
        let (shape, names) = self.shape(&lambda.params);
        let span = self.unit().span;
        self.open_body(Symbol::new("<lambda>"), kind, scope, None, span);
        self.unit().parameters = shape;
        self.lay_out_variables(&names)?;
        let s = self.temp()?;
        self.expr_to(&lambda.body, s)?;
        self.unit().span = lambda.body.span;
        self.emit(Instruction::Return { s });
        self.close_body(d, b)
    }

    pub(super) fn class_def(&mut self, class: &'a ClassDef, span: Span) -> R<()> {
        self.decorated(&class.decorators, class.name, |compiler, d| {
            compiler.class(class, span, d)
        })
    }

    fn class(&mut self, class: &'a ClassDef, span: Span, d: u16) -> R<()> {
        let mark = self.mark();
        // f, f + 1 unused; the body's function, bases, keywords
        let f = self.temps(4)?;
        let b = self.temps(3)?;
        for at in 0..3 {
            self.load_value(b + at, Value::None)?;
        }
        let scope = self.scopes.find(node_key(class));
        self.open_body(class.name, CodeKind::Class, scope, Some(class.name), span);
        self.lay_out_variables(&[])?;
        self.class_body(class)?;
        self.close_body(f + 1, b)?;
        // errors name the function that makes classes
        self.load_value(f, Value::str("__build_class__"))?;
        let text = self.vm.string(class.name);
        self.gather_arguments(f, &class.arguments, false)?;
        let k = self.constant(text)?;
        self.emit(Instruction::Class { d, b: f + 1, k });
        self.release(mark);
        Ok(())
    }

    fn class_body(&mut self, class: &'a ClassDef) -> R<()> {
        let r = self.temp()?;
        let name = self.vm.names.dunder_name;
        let module = self.vm.names.dunder_module;
        let qualname = self.vm.names.dunder_qualname;
        self.load_name(name, r)?;
        self.store_name(module, r)?;
        let text: Rc<str> = self.unit().qualname.clone();
        self.load_value(r, Value::str(&*text))?;
        self.store_name(qualname, r)?;
        let doc = docstring(&class.body);
        if let Some(doc) = &doc {
            let text = self.string_constant(doc);
            let name = self.vm.names.dunder_doc;
            self.load_value(r, text)?;
            self.store_name(name, r)?;
        }
        self.annotations_if_needed(&class.body)?;
        let skip = usize::from(doc.is_some());
        self.body(class.body.get(skip..).unwrap_or(&[]))?;
        let cell = self.vm.names.dunder_class;
        if self
            .scopes
            .scopes
            .get(self.units.last().map_or(0, |unit| unit.scope))
            .is_some_and(|scope| scope.class_cell)
        {
            let s = self.cell_register(cell);
            self.emit(Instruction::Move { d: r, s });
            let n = self.name_number(self.vm.names.dunder_classcell)?;
            self.emit(Instruction::SetName { s: r, n });
        }
        Ok(())
    }

    pub(super) fn comprehension(&mut self, whole: &'a Expr, comp: &'a Comprehension, name: &str, d: u16) -> R<()> {
        let scope = self.scopes.find(node_key(comp));
        let is_async = self.scopes.scopes.get(scope).is_some_and(|scope| scope.awaits);
        let f = self.temps(3)?;
        let b = self.temps(3)?;
        for at in 0..3 {
            self.load_value(b + at, Value::None)?;
        }
        let kind = self.kind_of(scope, is_async);
        self.open_body(Symbol::new(name), kind, scope, None, whole.span);
        let zero = self.vm.names.zero;
        self.unit().parameters = Shape {
            positional: 1,
            positional_only: 1,
            ..Shape::default()
        };
        self.lay_out_variables(&[zero])?;
        let target = self.temp()?;
        match &whole.kind {
            ExprKind::ListComp(_) => self.emit(Instruction::List {
                d: target,
                b: target,
                n: 0,
            }),
            ExprKind::SetComp(_) => self.emit(Instruction::Set {
                d: target,
                b: target,
                n: 0,
            }),
            ExprKind::DictComp(_) => self.emit(Instruction::Dict {
                d: target,
                b: target,
                n: 0,
            }),
            _ => {}
        }
        self.comprehension_clause(whole, comp, 0, target)?;
        if !matches!(whole.kind, ExprKind::GeneratorExp(_)) {
            self.emit(Instruction::Return { s: target });
        }
        self.close_body(f, b)?;
        if let Some(first) = comp.clauses.first() {
            let mark = self.mark();
            let s = self.expr(&first.iter)?;
            let outer = std::mem::replace(&mut self.unit().span, first.iter.span);
            self.emit(if first.is_async {
                Instruction::AsyncIter { d: f + 2, s }
            } else {
                Instruction::Iter { d: f + 2, s }
            });
            self.unit().span = outer;
            self.release(mark);
        }
        self.emit(Instruction::Call { d, f, n: 1 });
        if is_async && !matches!(whole.kind, ExprKind::GeneratorExp(_)) {
            let i = self.temp()?;
            self.emit(Instruction::Awaitable { d: i, s: d });
            self.delegate(i, d)?;
        }
        Ok(())
    }

    fn comprehension_clause(&mut self, whole: &'a Expr, comp: &'a Comprehension, at: usize, target: u16) -> R<()> {
        let Some(clause) = comp.clauses.get(at) else {
            return self.comprehension_element(whole, comp, target);
        };
        let i = if at == 0 {
            0
        } else {
            let i = self.temp()?;
            let mark = self.mark();
            let s = self.expr(&clause.iter)?;
            self.unit().span = clause.iter.span;
            self.emit(if clause.is_async {
                Instruction::AsyncIter { d: i, s }
            } else {
                Instruction::Iter { d: i, s }
            });
            self.release(mark);
            i
        };
        let (again, done) = (self.label(), self.label());
        self.unit().span = clause.iter.span;
        let before = self.unit().assigned.clone();
        self.place(again);
        self.loop_step(&clause.target, i, done, clause.is_async, |compiler, next| {
            let skip = compiler.label();
            for test in &clause.ifs {
                compiler.jump_unless(test, skip)?;
            }
            compiler.nested(|compiler| compiler.comprehension_clause(whole, comp, at + 1, target))?;
            compiler.unit().span = whole.span;
            compiler.place(skip);
            compiler.loop_end(next, again);
            Ok(())
        })?;
        self.place(done);
        self.unit().assigned = before;
        if at > 0 {
            self.emit(Instruction::Clear { r: i });
        }
        Ok(())
    }

    fn comprehension_element(&mut self, whole: &'a Expr, comp: &'a Comprehension, target: u16) -> R<()> {
        let mark = self.mark();
        match &whole.kind {
            ExprKind::ListComp(_) => {
                let s = self.expr(&comp.element)?;
                self.emit(Instruction::ListAppend { l: target, s });
            }
            ExprKind::SetComp(_) => {
                let s = self.expr(&comp.element)?;
                self.emit(Instruction::SetAdd { l: target, s });
            }
            ExprKind::DictComp(_) => {
                let k = self.expr(&comp.element)?;
                if let Some(value) = &comp.value {
                    let s = self.expr(value)?;
                    self.emit(Instruction::DictSet { l: target, k, s });
                }
            }
            _ => {
                let s = self.temp()?;
                self.expr_to(&comp.element, s)?;
                let d = self.temp()?;
                self.unit().span = comp.element.span;
                self.emit(Instruction::Yield { d, s });
            }
        }
        self.release(mark);
        Ok(())
    }
}
