//! `dict.keys()`, `dict.values()`, `dict.items()`.

use super::iterator;
use crate::python::class::Compare;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::object::{Dict, DictView, Object, Set, ViewKind};
use crate::python::types::set;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::rc::Rc;

/// Methods of `dict_keys` and `dict_items`, which are sets.
pub static SET_ITEMS: &[ClassItem] = &[
    ClassItem::method(
        "__reversed__",
        "(self, /)",
        Parser::NoArgs,
        reversed,
        "Return a reverse iterator.",
    ),
    ClassItem::method(
        "isdisjoint",
        "(self, other, /)",
        Parser::One,
        is_disjoint,
        "Return True if the view and the given iterable have a null intersection.",
    ),
    ClassItem::getter("mapping", mapping, "dictionary that this view refers to"),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Contains, contains),
    ClassItem::special(Slot::Iter, iter),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::And, and),
    ClassItem::special(Slot::RAnd, |vm, args| swapped(vm, args, and)),
    ClassItem::special(Slot::Or, or),
    ClassItem::special(Slot::ROr, |vm, args| swapped(vm, args, or)),
    ClassItem::special(Slot::Sub, sub),
    ClassItem::special(Slot::RSub, |vm, args| swapped(vm, args, sub)),
    ClassItem::special(Slot::Xor, xor),
    ClassItem::special(Slot::RXor, |vm, args| swapped(vm, args, xor)),
    ClassItem::special(Slot::Eq, |vm, args| compare(vm, args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |vm, args| compare(vm, args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |vm, args| compare(vm, args, Compare::Lt)),
    ClassItem::special(Slot::Le, |vm, args| compare(vm, args, Compare::Le)),
    ClassItem::special(Slot::Gt, |vm, args| compare(vm, args, Compare::Gt)),
    ClassItem::special(Slot::Ge, |vm, args| compare(vm, args, Compare::Ge)),
    ClassItem::Constant {
        name: "__hash__",
        make: |_| Value::None,
    },
];

/// Methods of `dict_values`.
pub static VALUES_ITEMS: &[ClassItem] = &[
    ClassItem::method(
        "__reversed__",
        "(self, /)",
        Parser::NoArgs,
        reversed,
        "Return a reverse iterator.",
    ),
    ClassItem::getter("mapping", mapping, "dictionary that this view refers to"),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Iter, iter),
    ClassItem::special(Slot::Repr, repr),
];

pub fn make(dict: &Rc<Dict>, kind: ViewKind, is_ordered: bool) -> Value {
    Value::object(Object::DictView(DictView {
        kind,
        is_ordered,
        dict: dict.clone(),
    }))
}

fn view(value: &Value) -> Option<&DictView> {
    match value.obj() {
        Some(Object::DictView(view)) => Some(view),
        _ => None,
    }
}

fn mapping(_vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(view) = view(this) else { return Ok(Value::None) };
    Ok(Value::object(Object::MappingProxy(Value::dict_ref(&view.dict))))
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(Value::size(
        args.first().and_then(view).map_or(0, |view| view.dict.len()),
    ))
}

fn iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(view) = args.first().and_then(view) else {
        return Ok(Value::None);
    };
    Ok(iterator::make(vm, &view.dict, view.kind, false))
}

fn reversed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(view) = args.first().and_then(view) else {
        return Ok(Value::None);
    };
    Ok(iterator::make(vm, &view.dict, view.kind, true))
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let Some(view) = view(this) else { return Ok(Value::None) };
    if view.kind == ViewKind::Keys {
        return Ok(Value::bool(view.dict.contains(vm, key)?));
    }
    let Some([key, value]) = key.as_tuple() else {
        return Ok(Value::False);
    };
    match view.dict.get(vm, key)? {
        Some(found) => Ok(Value::bool(found.is(value) || vm.equal(&found, value)?)),
        None => Ok(Value::False),
    }
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(view) = view(this) else { return Ok(Value::None) };
    let name = vm.type_name(this);
    let text = crate::python::types::guarded_repr(vm, this, "...", |vm| {
        let mut out = format!("{name}([");
        let mut at = 0;
        let mut first = true;
        while let Some((found, key, value)) = view.dict.next_from(at) {
            if !std::mem::take(&mut first) {
                out.push_str(", ");
            }
            match view.kind {
                ViewKind::Keys => out.push_str(&vm.repr(&key)?),
                ViewKind::Values => out.push_str(&vm.repr(&value)?),
                ViewKind::Items => {
                    let (key, value) = (vm.repr(&key)?, vm.repr(&value)?);
                    out.push_str(&format!("({key}, {value})"));
                }
            }
            at = found + 1;
        }
        out.push_str("])");
        Ok(out)
    })?;
    Ok(Value::str(text))
}

/// A set of what an iterable (a view, too) holds.
fn set_of(vm: &mut Vm, iterable: &Value) -> R<Set> {
    let set = Set::new();
    set::update(vm, &set, iterable)?;
    Ok(set)
}

fn swapped(vm: &mut Vm, args: &[Value], operation: fn(&mut Vm, &[Value]) -> R<Value>) -> R<Value> {
    take!(args => this, other);
    operation(vm, &[other.clone(), this.clone()])
}

fn and(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let (mut left, mut right) = (set_of(vm, this)?, set_of(vm, other)?);
    if right.len() > left.len() {
        std::mem::swap(&mut left, &mut right);
    }
    let result = Set::new();
    for (hash, item) in right.hashed_items() {
        if left.contains(vm, &item)? {
            result.add_hashed(vm, hash, item)?;
        }
    }
    Ok(Value::set(result))
}

fn or(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let result = set_of(vm, this)?;
    set::update(vm, &result, other)?;
    Ok(Value::set(result))
}

fn sub(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let result = set_of(vm, this)?;
    let other = vm.iter(other)?;
    while let Some(item) = vm.next(&other)? {
        result.remove(vm, &item)?;
    }
    Ok(Value::set(result))
}

fn xor(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let (result, right) = (set_of(vm, this)?, set_of(vm, other)?);
    for (hash, item) in right.hashed_items() {
        if !result.remove(vm, &item)? {
            result.add_hashed(vm, hash, item)?;
        }
    }
    Ok(Value::set(result))
}

fn is_disjoint(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.contains(this, &item)? {
            return Ok(Value::False);
        }
    }
    Ok(Value::True)
}

fn compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => this, other);
    let is_set = other.as_set().is_some() || view(other).is_some_and(|view| view.kind != ViewKind::Values);
    if !is_set {
        return Ok(Value::NotImplemented);
    }
    let (left, right) = (vm.len(this)?, vm.len(other)?);
    let possible = match how {
        Compare::Eq | Compare::Ne => left == right,
        Compare::Lt => left < right,
        Compare::Le => left <= right,
        Compare::Gt => left > right,
        Compare::Ge => left >= right,
    };
    let (smaller, larger) = if matches!(how, Compare::Gt | Compare::Ge) {
        (other, this)
    } else {
        (this, other)
    };
    let mut holds = possible;
    if possible {
        let iterator = vm.iter(smaller)?;
        while let Some(item) = vm.next(&iterator)? {
            if !vm.contains(larger, &item)? {
                holds = false;
                break;
            }
        }
    }
    Ok(Value::bool(holds == (how != Compare::Ne)))
}
