//! `_builtin`: makes functions and classes of embedded modules look and complain like those that CPython has in C.

use crate::python::class::{ClassRef, Flags};
use crate::python::native::{NativeDef, NativeFunction, NativeKind, Parser};
use crate::python::object::{Function, Module, Object};
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "functions",
        "(namespace, module, /, *names)",
        Parser::Clinic,
        functions,
        "Make functions of a namespace builtin ones of a module.",
    ),
    NativeDef::new(
        "types",
        "(namespace, module, /, *names)",
        Parser::Clinic,
        types,
        "Make classes of a namespace builtin ones of a module.",
    ),
];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("_builtin");
    vm.define_functions(&module, FUNCTIONS);
    Ok(module)
}

thread_local! {
    /// Rows made so far, by their names and signature: a module imported again finds its own.
    static ROWS: RefCell<HashMap<(Symbol, Symbol, Symbol), &'static NativeDef>> = RefCell::default();
}

/// The row of a function written in Python. `hidden` leading parameters are not counted.
fn row(vm: &mut Vm, owner: Symbol, function: &Function, hidden: usize) -> R<&'static NativeDef> {
    let signature = Symbol::new(&signature_text(vm, function)?);
    let key = (owner, function.code.name, signature);
    if let Some(known) = ROWS.with_borrow(|rows| rows.get(&key).copied()) {
        return Ok(known);
    }
    let parameters = function.code.parameters;
    let counted = usize::from(parameters.positional).saturating_sub(hidden);
    let required = counted.saturating_sub(function.data.defaults.borrow().len());
    let only_positional = parameters.positional_only == parameters.positional && parameters.keyword_only == 0;
    let parser = match (counted, required) {
        _ if !parameters.plain() => Parser::Clinic,
        _ if only_positional && function.code.name.text() == "__init__" => Parser::Unpack,
        (0, _) => Parser::NoArgs,
        (1, 1) if only_positional => Parser::One,
        _ if only_positional => Parser::Unpack,
        _ => Parser::Clinic,
    };
    let help = function
        .data
        .doc
        .borrow()
        .as_str()
        .map_or("", |doc| Symbol::new(doc).text());
    let made: &'static NativeDef = Box::leak(Box::new(NativeDef::new(
        function.code.name.text(),
        signature.text(),
        parser,
        |_, _| Ok(Value::None),
        help,
    )));
    ROWS.with_borrow_mut(|rows| rows.insert(key, made));
    Ok(made)
}

/// The parameters as `inspect` writes them.
fn signature_text(vm: &mut Vm, function: &Function) -> R<String> {
    let parameters = function.code.parameters;
    let (positional, keyword_only) = (usize::from(parameters.positional), usize::from(parameters.keyword_only));
    let names: Vec<&str> = function.code.locals.iter().map(|name| name.text()).collect();
    let name = |at: usize| names.get(at).copied().unwrap_or("");
    let defaults = function.data.defaults.borrow().clone();
    let keyword_defaults = function.data.kwdefaults.borrow().clone();
    let mut parts = Vec::new();
    for at in 0..positional {
        let default = (at + defaults.len())
            .checked_sub(positional)
            .and_then(|at| defaults.get(at));
        parts.push(with_default(vm, name(at), default)?);
        if at + 1 == usize::from(parameters.positional_only) {
            parts.push("/".into());
        }
    }
    if parameters.varargs {
        parts.push(format!("*{}", name(positional + keyword_only)));
    } else if keyword_only > 0 {
        parts.push("*".into());
    }
    for at in positional..positional + keyword_only {
        let default = keyword_defaults.as_ref().and_then(|dict| dict.get_str(name(at)));
        parts.push(with_default(vm, name(at), default.as_ref())?);
    }
    if parameters.varkeywords {
        let at = positional + keyword_only + usize::from(parameters.varargs);
        parts.push(format!("**{}", name(at)));
    }
    Ok(format!("({})", parts.join(", ")))
}

fn with_default(vm: &mut Vm, name: &str, default: Option<&Value>) -> R<String> {
    Ok(match default {
        None => name.to_string(),
        Some(Value::Obj(object)) if matches!(&**object, Object::Instance(_)) => format!("{name}=<unrepresentable>"),
        Some(value) => format!("{name}={}", vm.repr(value)?),
    })
}

fn functions(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => namespace, module, names);
    let (Some(namespace), Some(module)) = (namespace.as_dict().cloned(), module.as_str()) else {
        return Ok(Value::None);
    };
    let module = Symbol::new(module);
    for name in names.as_tuple().unwrap_or(&[]).iter().filter_map(Value::as_str) {
        let Some(body) = namespace.get_str(name) else { continue };
        if let Some(Object::Function(function)) = body.obj() {
            let def = row(vm, module, function, 0)?;
            let native = NativeFunction::new(def, NativeKind::Function, Weak::new(), module.text());
            let native = Value::object(Object::Native(native.with_body(body.clone())));
            namespace.set_str(name, native);
        }
    }
    Ok(Value::None)
}

fn types(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => namespace, module, names);
    let (Some(namespace), Some(module)) = (namespace.as_dict().cloned(), module.as_str()) else {
        return Ok(Value::None);
    };
    for name in names.as_tuple().unwrap_or(&[]).iter().filter_map(Value::as_str) {
        let Some(value) = namespace.get_str(name) else { continue };
        if let Some(class) = value.as_class() {
            *class.module.borrow_mut() = module.into();
            class.set(vm.names.dunder_module, Value::str(module));
            builtin_class(vm, class)?;
        }
    }
    Ok(Value::None)
}

fn builtin_class(vm: &mut Vm, class: &ClassRef) -> R<()> {
    let owner = Symbol::new(&class.full_name());
    let methods: Vec<(Symbol, Value)> = class
        .dict
        .borrow()
        .iter()
        .filter(|(name, _)| !name.text().starts_with('_') || name.text() == "__init__")
        .cloned()
        .collect();
    for (name, value) in methods {
        let (kind, body) = match value.obj() {
            Some(Object::ClassMethod(inner)) => (NativeKind::ClassMethod, inner),
            _ => (NativeKind::Method, &value),
        };
        if let Some(Object::Function(function)) = body.obj() {
            let def = row(vm, owner, function, 1)?;
            let native = NativeFunction::new(def, kind, Rc::downgrade(class), "builtins");
            class.set(name, Value::object(Object::Native(native.with_body(body.clone()))));
        }
    }
    class.clear_flag(Flags::HEAP);
    class.set_flag(Flags::IMMUTABLE.with(Flags::DOTTED));
    Ok(())
}
