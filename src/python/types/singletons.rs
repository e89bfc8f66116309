//! `None`, `...` and `NotImplemented`.

use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static NONE_ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Wrapper,
        new_none,
        "",
    )),
    ClassItem::special(Slot::Repr, |_, _| Ok(Value::str("None"))),
    ClassItem::special(Slot::Bool, |_, _| Ok(Value::False)),
];

pub static ELLIPSIS_ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Wrapper,
        new_ellipsis,
        "",
    )),
    ClassItem::special(Slot::Repr, |_, _| Ok(Value::str("Ellipsis"))),
];

pub static NOT_IMPLEMENTED_ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Wrapper,
        new_not_implemented,
        "",
    )),
    ClassItem::special(Slot::Repr, |_, _| Ok(Value::str("NotImplemented"))),
];

/// The one value of a type that takes no arguments.
fn single(vm: &mut Vm, args: &[Value], name: &str, value: Value) -> R<Value> {
    let given = |value: Option<&Value>| match value {
        Some(value) => value.as_tuple().map_or(0, <[Value]>::len) + value.as_dict().map_or(0, |dict| dict.len()),
        None => 0,
    };
    if given(args.get(1)) + given(args.get(2)) > 0 {
        return Err(vm.type_error(format!("{name} takes no arguments")));
    }
    Ok(value)
}

fn new_none(vm: &mut Vm, args: &[Value]) -> R<Value> {
    single(vm, args, "NoneType", Value::None)
}

fn new_ellipsis(vm: &mut Vm, args: &[Value]) -> R<Value> {
    single(vm, args, "EllipsisType", Value::Ellipsis)
}

fn new_not_implemented(vm: &mut Vm, args: &[Value]) -> R<Value> {
    single(vm, args, "NotImplementedType", Value::NotImplemented)
}
