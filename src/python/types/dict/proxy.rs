//! `mappingproxy`: a read-only view of a mapping, or of a class's dict.

use crate::python::class::slot::Slot;
use crate::python::class::{ClassRef, Compare};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Dict, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new("__new__", "(cls, mapping)", Parser::Clinic, new, "")),
    ClassItem::method(
        "get",
        "(self, key, default=None, /)",
        Parser::Unpack,
        get,
        "Return the value for key if key is in the mapping, else default.",
    ),
    ClassItem::method(
        "keys",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| forward(vm, args, "keys"),
        "a set-like object providing a view on D's keys",
    ),
    ClassItem::method(
        "values",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| forward(vm, args, "values"),
        "an object providing a view on D's values",
    ),
    ClassItem::method(
        "items",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| forward(vm, args, "items"),
        "a set-like object providing a view on D's items",
    ),
    ClassItem::method(
        "copy",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| forward(vm, args, "copy"),
        "a shallow copy of D",
    ),
    ClassItem::method(
        "__reversed__",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| forward(vm, args, "__reversed__"),
        "",
    ),
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::special(Slot::Contains, contains),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Iter, |vm, args| forward(vm, args, "__iter__")),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Str, str),
    ClassItem::special(Slot::Eq, |vm, args| compare(vm, args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |vm, args| compare(vm, args, Compare::Ne)),
    ClassItem::special(Slot::Or, or),
    ClassItem::special(Slot::ROr, ror),
    ClassItem::Constant {
        name: "__hash__",
        make: |_| Value::None,
    },
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => _class, mapping);
    let class = vm.class_of(mapping);
    let is_sequence = mapping.as_list().is_some() || mapping.as_tuple().is_some();
    if is_sequence || class.lookup(Symbol::new("__getitem__")).is_none() {
        return Err(vm.type_error(format!(
            "mappingproxy() argument must be a mapping, not {}",
            class.name()
        )));
    }
    Ok(Value::object(Object::MappingProxy(mapping.clone())))
}

/// The mapping itself; of a class, a dict of what stands in it now.
fn mapping(vm: &mut Vm, value: &Value) -> R<Value> {
    let Some(Object::MappingProxy(inner)) = value.obj() else {
        return Ok(value.clone());
    };
    match inner.as_class() {
        Some(class) => class_dict(vm, &class.clone()),
        None => Ok(inner.clone()),
    }
}

fn class_dict(vm: &mut Vm, class: &ClassRef) -> R<Value> {
    let entries: Vec<(Symbol, Value)> = class.dict.borrow().iter().cloned().collect();
    let dict = Dict::with_capacity(entries.len());
    for (name, value) in entries {
        dict.set_symbol(name, value);
    }
    let resolver = class.resolver.borrow().clone();
    if let Some(resolver) = resolver {
        for name in resolver.names() {
            if dict.get_symbol(name).is_none()
                && let Some(value) = resolver.resolve(name)
            {
                dict.set_symbol(name, value);
            }
        }
    }
    let _ = vm;
    Ok(Value::dict(dict))
}

fn forward(vm: &mut Vm, args: &[Value], name: &str) -> R<Value> {
    take!(args => this);
    let mapping = mapping(vm, this)?;
    vm.call_method(&mapping, Symbol::new(name), &[])
}

fn get(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key, default);
    let mapping = mapping(vm, this)?;
    vm.call_method(&mapping, Symbol::new("get"), &[key.clone(), default.or(Value::None)])
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let mapping = mapping(vm, this)?;
    vm.get_item(&mapping, key)
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let mapping = mapping(vm, this)?;
    Ok(Value::bool(vm.contains(&mapping, key)?))
}

fn len(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let mapping = mapping(vm, this)?;
    Ok(Value::size(vm.len(&mapping)?))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let mapping = mapping(vm, this)?;
    let inner = vm.repr(&mapping)?;
    Ok(Value::str(format!("mappingproxy({inner})")))
}

fn str(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let mapping = mapping(vm, this)?;
    let text = vm.str(&mapping)?;
    Ok(Value::str(text.to_string()))
}

fn compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => this, other);
    let (left, right) = (mapping(vm, this)?, mapping(vm, other)?);
    vm.compare(how, &left, &right)
}

fn or(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let (left, right) = (mapping(vm, this)?, mapping(vm, other)?);
    vm.binary(crate::python::class::Binary::Or, &left, &right)
}

fn ror(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let (left, right) = (mapping(vm, other)?, mapping(vm, this)?);
    vm.binary(crate::python::class::Binary::Or, &left, &right)
}
