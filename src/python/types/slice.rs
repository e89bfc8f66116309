//! `slice`.

use super::sequence;
use crate::python::class::Compare;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Object, Slice};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, start, stop=None, step=None, /)",
        Parser::Unpack,
        new,
        "",
    )),
    ClassItem::method(
        "indices",
        "(self, len, /)",
        Parser::One,
        indices,
        "S.indices(len) -> (start, stop, stride)",
    ),
    ClassItem::Property {
        name: "start",
        get: |_, this| Ok(slice(this).map_or(Value::None, |s| s.start.clone())),
        set: Some(super::read_only),
        help: "",
    },
    ClassItem::Property {
        name: "stop",
        get: |_, this| Ok(slice(this).map_or(Value::None, |s| s.stop.clone())),
        set: Some(super::read_only),
        help: "",
    },
    ClassItem::Property {
        name: "step",
        get: |_, this| Ok(slice(this).map_or(Value::None, |s| s.step.clone())),
        set: Some(super::read_only),
        help: "",
    },
    ClassItem::special(Slot::Repr, repr),
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

fn slice(value: &Value) -> Option<&Slice> {
    match value.obj() {
        Some(Object::Slice(slice)) => Some(slice),
        _ => None,
    }
}

fn new(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => _class, first, second, step);
    let (start, stop) = if second.is_unset() {
        (Value::None, first.clone())
    } else {
        (first.clone(), second.clone())
    };
    Ok(Value::object(Object::Slice(Box::new(Slice {
        start,
        stop,
        step: step.or(Value::None),
    }))))
}

fn indices(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, length);
    let Some(slice) = slice(this) else {
        return Ok(Value::NotImplemented);
    };
    let Ok(length) = usize::try_from(vm.index(length)?) else {
        return Err(vm.value_error("length should not be negative"));
    };
    let bounds = sequence::bounds(vm, slice, length)?;
    Ok(Value::tuple([
        Value::Int(bounds.start),
        Value::Int(bounds.stop),
        Value::Int(bounds.step),
    ]))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(slice) = slice(this) else {
        return Ok(Value::NotImplemented);
    };
    let (start, stop, step) = (vm.repr(&slice.start)?, vm.repr(&slice.stop)?, vm.repr(&slice.step)?);
    Ok(Value::str(format!("slice({start}, {stop}, {step})")))
}

/// Compares as tuples of the three parts.
fn compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => this, other);
    let (Some(a), Some(b)) = (slice(this), slice(other)) else {
        return Ok(Value::NotImplemented);
    };
    let parts = |s: &Slice| Value::tuple([s.start.clone(), s.stop.clone(), s.step.clone()]);
    vm.compare(how, &parts(a), &parts(b))
}
