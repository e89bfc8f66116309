//! Regular expressions: `_sre`, under the module `re` written in Python. Patterns are parsed (`parse`) to a tree
//! (`tree`), compiled to steps (`program`) and matched by a backtracking machine (`matcher`).

mod charset;
mod escape;
mod flags;
mod match_object;
mod matcher;
mod parse;
mod pattern;
mod program;
mod scanner;
mod subject;
mod template;
mod tree;

use crate::python::class::{ClassRef, Flags, Layout};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Module, Object};
use crate::python::types::take;
use crate::python::value::{R, Raised, Value};
use crate::python::vm::{ClassSpec, Vm};
use crate::syntax::symbol::Symbol;
use pattern::Pattern;
use scanner::Fault;
use std::rc::Rc;

static FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "compile",
    "(pattern, flags, /)",
    Parser::Clinic,
    compile,
    "The pattern, and the warnings about it.",
)];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("_sre");
    vm.define_functions(&module, FUNCTIONS);
    class(
        vm,
        &module,
        "Pattern",
        pattern::ITEMS,
        "Compiled regular expression object.",
    )?;
    class(
        vm,
        &module,
        "Match",
        match_object::ITEMS,
        "The result of re.match() and re.search().",
    )?;
    Ok(module)
}

fn class(vm: &mut Vm, module: &Rc<Module>, name: &'static str, items: &'static [ClassItem], doc: &str) -> R<()> {
    let flags = Flags::FINAL
        .with(Flags::NO_DICT)
        .with(Flags::NO_NEW)
        .with(Flags::DOTTED);
    let made = vm.new_class(ClassSpec {
        name,
        module: "re",
        bases: &[],
        layout: Some(Layout::Foreign(name)),
        flags,
        doc,
    })?;
    vm.define(&made, items);
    module.set(name, Value::class(&made));
    Ok(())
}

/// A class of this module.
fn own_class(vm: &mut Vm, name: &str) -> R<ClassRef> {
    let module = vm.import_module("_sre")?;
    let class = vm.get_attr(&module, Symbol::new(name))?;
    match class.as_class() {
        Some(class) => Ok(class.clone()),
        None => Err(vm.type_error(format!("{name} is no class"))),
    }
}

fn compile(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => source, given);
    let Some(chars) = pattern::characters(source) else {
        return Err(vm.type_error("first argument must be string or compiled pattern"));
    };
    let given = vm.index(given)?;
    let parsed = parse::parse(&chars, source.as_str().is_some(), given)
        .and_then(|tree| program::compile(&tree).map(|program| (tree, program)));
    let (tree, program) = match parsed {
        Ok(parsed) => parsed,
        Err(fault) => return Err(raise(vm, fault, source)),
    };
    let made = Pattern {
        class: own_class(vm, "Pattern")?,
        match_class: own_class(vm, "Match")?,
        source: source.clone(),
        flags: tree.flags,
        program: Rc::new(program),
        names: tree.groups.names.into(),
    };
    let warnings: Vec<Value> = tree.warnings.into_iter().map(Value::str).collect();
    Ok(Value::tuple([
        Value::object(Object::Foreign(Box::new(made))),
        Value::list(warnings),
    ]))
}

/// Raises why a pattern or template cannot be used.
fn raise(vm: &mut Vm, fault: Fault, source: &Value) -> Raised {
    match fault {
        Fault::Error(message, at) => match error(vm, message, source, at) {
            Ok(exception) => vm.raise_exception(exception),
            Err(raised) => raised,
        },
        Fault::Overflow(message) => vm.overflow_error(message),
        Fault::Value(message) => vm.value_error(message),
        Fault::Index(message) => vm.raise(&vm.exceptions.index_error.clone(), message),
        Fault::Recursion => vm.recursion_error(" while calling a Python object"),
    }
}

/// An instance of `re.error`.
fn error(vm: &mut Vm, message: String, source: &Value, at: Option<usize>) -> R<Value> {
    let module = vm.import_module("re")?;
    let class = vm.get_attr(&module, Symbol::new("error"))?;
    let at = at.map_or(Value::None, Value::size);
    vm.call(&class, &[Value::str(message), source.clone(), at])
}
