//! `list[int]` and `int | str`: generic aliases and unions of types.

use crate::python::class::Compare;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{CallArgs, GenericAlias, Object, Union};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

pub static ALIAS_ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, origin, args, /)",
        Parser::Unpack,
        new_alias,
        "",
    )),
    ClassItem::getter(
        "__origin__",
        |_, this| Ok(as_alias(this).map_or(Value::None, |a| a.origin.clone())),
        "",
    ),
    ClassItem::getter(
        "__args__",
        |_, this| Ok(Value::tuple(as_alias(this).map_or_else(Vec::new, |a| a.args.to_vec()))),
        "",
    ),
    ClassItem::getter("__parameters__", parameters, "Type variables in the GenericAlias."),
    ClassItem::special(Slot::GetItem, substitute),
    ClassItem::special(Slot::Repr, alias_repr),
    ClassItem::special(Slot::Hash, alias_hash),
    ClassItem::special(Slot::Eq, |vm, args| alias_compare(vm, args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |vm, args| alias_compare(vm, args, Compare::Ne)),
    ClassItem::special(Slot::Or, or),
    ClassItem::special(Slot::ROr, ror),
    ClassItem::Method(NativeDef::new(
        "__call__",
        "(self, /, *args, **kwargs)",
        Parser::Wrapper,
        alias_call,
        "Call self as a function.",
    )),
    ClassItem::slot("__getattr__", "(self, name, /)", alias_attribute, ""),
    ClassItem::method("__mro_entries__", "(self, bases, /)", Parser::One, mro_entries, ""),
    ClassItem::method(
        "__instancecheck__",
        "(self, instance, /)",
        Parser::One,
        no_instance_check,
        "",
    ),
    ClassItem::method(
        "__subclasscheck__",
        "(self, cls, /)",
        Parser::One,
        no_subclass_check,
        "",
    ),
];

pub static UNION_ITEMS: &[ClassItem] = &[
    ClassItem::getter("__args__", |vm, this| Ok(Value::tuple(union_members(vm, this))), ""),
    ClassItem::getter("__parameters__", parameters, "Type variables in the types.UnionType."),
    ClassItem::special(Slot::GetItem, substitute),
    ClassItem::special(Slot::Repr, union_repr),
    ClassItem::special(Slot::Hash, union_hash),
    ClassItem::special(Slot::Eq, |vm, args| union_compare(vm, args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |vm, args| union_compare(vm, args, Compare::Ne)),
    ClassItem::special(Slot::Or, or),
    ClassItem::special(Slot::ROr, ror),
    ClassItem::method(
        "__instancecheck__",
        "(self, instance, /)",
        Parser::One,
        |vm, args| union_check(vm, args, "isinstance"),
        "",
    ),
    ClassItem::method(
        "__subclasscheck__",
        "(self, cls, /)",
        Parser::One,
        |vm, args| union_check(vm, args, "issubclass"),
        "",
    ),
];

fn as_alias(value: &Value) -> Option<&GenericAlias> {
    match value.obj() {
        Some(Object::GenericAlias(alias)) => Some(alias),
        _ => None,
    }
}

/// The parts of a union.
pub fn as_union(value: &Value) -> Option<&Union> {
    match value.obj() {
        Some(Object::Union(union)) => Some(union),
        _ => None,
    }
}

fn make(origin: &Value, args: &Value) -> Value {
    let args = match args.obj() {
        Some(Object::Tuple(items)) => items.to_vec(),
        _ => vec![args.clone()],
    };
    Value::object(Object::GenericAlias(Box::new(GenericAlias {
        origin: origin.clone(),
        args: args.into(),
    })))
}

/// `__class_getitem__` of generic builtin types.
pub fn alias(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, parameters);
    Ok(make(class, parameters))
}

fn new_alias(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => _class, origin, parameters);
    Ok(make(origin, parameters))
}

/// How an alias writes one of its arguments.
fn shown(vm: &mut Vm, value: &Value) -> R<String> {
    match value {
        Value::Ellipsis => return Ok(String::from("...")),
        Value::None => return Ok(String::from("None")),
        _ => {}
    }
    if let Some(class) = value.as_class() {
        let class = class.clone();
        if class.same(&vm.types.none_type) {
            return Ok(String::from("None"));
        }
        let (module, qualname) = (class.module.borrow().clone(), class.qualname.borrow().clone());
        return Ok(if &*module == "builtins" {
            qualname.to_string()
        } else {
            format!("{module}.{qualname}")
        });
    }
    Ok(vm.repr(value)?.to_string())
}

fn alias_repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(alias) = as_alias(this) else {
        return Ok(Value::NotImplemented);
    };
    let mut out = shown(vm, &alias.origin)?;
    out.push('[');
    for (at, arg) in alias.args.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        match arg.obj() {
            Some(Object::List(list)) => {
                let mut inner = Vec::new();
                for item in list.snapshot() {
                    inner.push(shown(vm, &item)?);
                }
                out.push_str(&format!("[{}]", inner.join(", ")));
            }
            _ => out.push_str(&shown(vm, arg)?),
        }
    }
    if alias.args.is_empty() {
        out.push_str("()");
    }
    out.push(']');
    Ok(Value::str(out))
}

fn alias_hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(alias) = as_alias(this) else {
        return Ok(Value::NotImplemented);
    };
    let (origin, parameters) = (vm.hash(&alias.origin)?, vm.hash(&Value::tuple(alias.args.to_vec()))?);
    Ok(Value::Int(origin ^ parameters))
}

fn alias_compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => this, other);
    let (Some(a), Some(b)) = (as_alias(this), as_alias(other)) else {
        return Ok(Value::NotImplemented);
    };
    let equal =
        vm.equal(&a.origin, &b.origin)? && vm.equal(&Value::tuple(a.args.to_vec()), &Value::tuple(b.args.to_vec()))?;
    Ok(Value::bool(equal == (how == Compare::Eq)))
}

fn alias_call(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, positional, keywords);
    let Some(alias) = as_alias(this) else {
        return Ok(Value::NotImplemented);
    };
    let pairs = keywords.as_dict().map_or_else(Vec::new, |dict| dict.pairs());
    let names: Vec<Symbol> = pairs
        .iter()
        .filter_map(|(key, _)| key.as_string().map(|text| text.symbol()))
        .collect();
    let values: Vec<Value> = pairs.into_iter().map(|pair| pair.1).collect();
    let positional = positional.as_tuple().unwrap_or(&[]);
    vm.call_args(
        &alias.origin,
        CallArgs {
            positional,
            names: &names,
            keywords: &values,
        },
    )
}

/// Attributes that an alias has not are its origin's.
fn alias_attribute(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, name);
    let (Some(alias), Some(text)) = (as_alias(this), name.as_string()) else {
        return Ok(Value::NotImplemented);
    };
    vm.get_attr(&alias.origin, text.symbol())
}

/// The types of a union: None as its class.
fn union_members(vm: &Vm, this: &Value) -> Vec<Value> {
    let members = as_union(this).map_or_else(Vec::new, |union| union.args.to_vec());
    let class = |member: Value| {
        if member.is_none() {
            Value::class(&vm.types.none_type)
        } else {
            member
        }
    };
    members.into_iter().map(class).collect()
}

/// Calls a function of `_typing_forms`, which knows type variables.
fn typing_form(vm: &mut Vm, function: &str, args: &[Value]) -> R<Value> {
    let module = vm.import_module("_typing_forms")?;
    let function = vm.get_attr(&module, Symbol::new(function))?;
    vm.call(&function, args)
}

/// The type variables among the arguments. Classes have none, and most aliases only classes.
fn parameters(vm: &mut Vm, this: &Value) -> R<Value> {
    let members = match as_alias(this) {
        Some(alias) => alias.args.to_vec(),
        None => union_members(vm, this),
    };
    if members.iter().all(|member| member.as_class().is_some()) {
        return Ok(Value::tuple(Vec::new()));
    }
    typing_form(vm, "parameters_of", &[Value::tuple(members)])
}

fn substitute(vm: &mut Vm, args: &[Value]) -> R<Value> {
    typing_form(vm, "substituted", args)
}

fn mro_entries(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, _bases);
    Ok(Value::tuple([
        as_alias(this).map_or(Value::None, |alias| alias.origin.clone())
    ]))
}

fn no_instance_check(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn no_subclass_check(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

/// Whether a value may stand in `X | Y`.
fn is_unionable(value: &Value) -> bool {
    value.is_none() || value.as_class().is_some() || as_alias(value).is_some() || as_union(value).is_some()
}

/// `a | b` of types; NotImplemented when one is no type.
pub fn union(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    if !is_unionable(a) || !is_unionable(b) {
        return Ok(Value::NotImplemented);
    }
    let mut members: Vec<Value> = Vec::new();
    for side in [a, b] {
        let parts = match as_union(side) {
            Some(union) => union.args.to_vec(),
            None if side.is_none() => vec![Value::class(&vm.types.none_type)],
            None => vec![side.clone()],
        };
        for part in parts {
            let mut known = false;
            for member in &members {
                known = known || member.is(&part) || (as_alias(&part).is_some() && vm.equal(member, &part)?);
            }
            if !known {
                members.push(part);
            }
        }
    }
    match members.as_slice() {
        [one] => Ok(one.clone()),
        _ => Ok(Value::object(Object::Union(Box::new(Union { args: members.into() })))),
    }
}

fn or(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b);
    union(vm, a, b)
}

fn ror(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b);
    union(vm, b, a)
}

fn union_repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(union) = as_union(this) else {
        return Ok(Value::NotImplemented);
    };
    let mut parts = Vec::with_capacity(union.args.len());
    for arg in union.args.iter() {
        parts.push(shown(vm, arg)?);
    }
    Ok(Value::str(parts.join(" | ")))
}

fn union_hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(union) = as_union(this) else {
        return Ok(Value::NotImplemented);
    };
    let mut mixed = 0;
    for arg in union.args.iter() {
        mixed ^= vm.hash(arg)?;
    }
    Ok(Value::Int(mixed))
}

fn union_compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => this, other);
    let (Some(a), Some(b)) = (as_union(this), as_union(other)) else {
        return Ok(Value::NotImplemented);
    };
    let mut equal = a.args.len() == b.args.len();
    for part in a.args.iter() {
        let mut found = false;
        for other in b.args.iter() {
            found = found || vm.equal(part, other)?;
        }
        equal = equal && found;
    }
    Ok(Value::bool(equal == (how == Compare::Eq)))
}

fn union_check(vm: &mut Vm, args: &[Value], function: &str) -> R<Value> {
    take!(args => this, value);
    let Some(union) = as_union(this) else {
        return Ok(Value::NotImplemented);
    };
    if union.args.iter().any(|arg| as_alias(arg).is_some()) {
        return Err(vm.type_error(format!("{function}() argument 2 cannot be a parameterized generic")));
    }
    for arg in union.args.iter() {
        let holds = if function == "isinstance" {
            crate::python::builtins::classes::is_instance(vm, value, arg)?
        } else {
            crate::python::builtins::classes::is_subclass(vm, value, arg)?
        };
        if holds {
            return Ok(Value::True);
        }
    }
    Ok(Value::False)
}
