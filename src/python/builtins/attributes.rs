//! `getattr` and its kin, `dir`, `vars`, `id`, `hash`.

use crate::python::class::Slot;
use crate::python::native::{NativeDef, Parser};
use crate::python::object::Object;
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "getattr",
        "(object, name, default=None, /)",
        Parser::Clinic,
        getattr,
        "Get a named attribute from an object.",
    ),
    NativeDef::new(
        "hasattr",
        "(obj, name, /)",
        Parser::Clinic,
        hasattr,
        "Return whether the object has an attribute with the given name.",
    ),
    NativeDef::new(
        "setattr",
        "(obj, name, value, /)",
        Parser::Clinic,
        setattr,
        "Sets the named attribute on the given object to the specified value.",
    ),
    NativeDef::new(
        "delattr",
        "(obj, name, /)",
        Parser::Clinic,
        delattr,
        "Deletes the named attribute from the given object.",
    ),
    NativeDef::new(
        "dir",
        "(object=None, /)",
        Parser::Unpack,
        dir,
        "Show attributes of an object.",
    ),
    NativeDef::new("vars", "(object=None, /)", Parser::Unpack, vars, "Show vars."),
    NativeDef::new("id", "(obj, /)", Parser::One, id, "Return the identity of an object."),
    NativeDef::new(
        "hash",
        "(obj, /)",
        Parser::One,
        hash,
        "Return the hash value for the given object.",
    ),
];

/// The attribute name that an argument spells.
pub(crate) fn attribute_name(vm: &mut Vm, name: &Value) -> R<Symbol> {
    match name.as_string() {
        Some(text) => Ok(text.symbol()),
        None => {
            let class = vm.type_name(name);
            Err(vm.type_error(format!("attribute name must be string, not '{class}'")))
        }
    }
}

fn getattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object, name, default);
    let name = attribute_name(vm, name)?;
    if default.is_unset() {
        return vm.get_attr(object, name);
    }
    Ok(vm.look_attr(object, name)?.unwrap_or_else(|| default.clone()))
}

fn hasattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object, name);
    let name = attribute_name(vm, name)?;
    Ok(Value::bool(vm.look_attr(object, name)?.is_some()))
}

fn setattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object, name, value);
    let name = attribute_name(vm, name)?;
    vm.set_attr(object, name, value.clone())?;
    Ok(Value::None)
}

fn delattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object, name);
    let name = attribute_name(vm, name)?;
    vm.del_attr(object, name)?;
    Ok(Value::None)
}

/// A sorted list of names.
fn sorted_names(mut names: Vec<Symbol>) -> Value {
    names.sort_by_key(|name| name.text());
    names.dedup();
    Value::list(names.into_iter().map(|name| Value::str(name.text())).collect())
}

fn dir(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object);
    if object.is_unset() {
        let scope = vm.current_locals();
        let keys = vm.call_method(&scope, Symbol::new("keys"), &[])?;
        let names = vm.collect(&keys)?;
        let sorted = crate::python::types::list::sort::sorted(vm, names, &Value::None, false)?;
        return Ok(Value::list(sorted));
    }
    let class = vm.class_of(object);
    let user_defined = class
        .slot(Slot::Dir)
        .filter(|m| !matches!(m.obj(), Some(Object::Native(_))));
    if user_defined.is_some()
        && let Some(answer) = vm.call_slot(object, Slot::Dir, &[])?
    {
        let names = vm.collect(&answer)?;
        let sorted = crate::python::types::list::sort::sorted(vm, names, &Value::None, false)?;
        return Ok(Value::list(sorted));
    }
    if let Some(Object::Module(module)) = object.obj()
        && let Some(function) = module.dict.get_str("__dir__")
    {
        let answer = vm.call(&function, &[])?;
        let names = vm.collect(&answer)?;
        return Ok(Value::list(crate::python::types::list::sort::sorted(
            vm,
            names,
            &Value::None,
            false,
        )?));
    }
    Ok(sorted_names(vm.attribute_names(object)))
}

fn vars(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object);
    if object.is_unset() {
        return Ok(vm.current_locals());
    }
    let name = vm.names.dunder_dict;
    match vm.look_attr(object, name)? {
        Some(dict) => Ok(dict),
        None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
    }
}

fn id(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object);
    Ok(Value::Int(object.identity() as i64))
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object);
    Ok(Value::Int(vm.hash(object)?))
}
