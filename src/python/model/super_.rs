//! `super`

use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Object, Super};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, type=None, object=None, /)",
        Parser::Unpack,
        new,
        "super() -> same as super(__class__, <first argument>)",
    )),
    ClassItem::special(Slot::Init, init),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Get, get),
    ClassItem::getter("__thisclass__", this_class, "the class invoking super()"),
    ClassItem::getter("__self__", this_self, "the instance invoking super(); may be None"),
    ClassItem::getter(
        "__self_class__",
        self_class,
        "the type of the instance invoking super(); may be None",
    ),
];

fn of(value: &Value) -> Option<&Super> {
    match value.obj() {
        Some(Object::Super(inner)) => Some(inner),
        _ => None,
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, class, receiver] = args else {
        return Ok(Value::None);
    };
    let (class, receiver) = if class.is_unset() {
        vm.super_context()?
    } else {
        (class.clone(), receiver.clone())
    };
    make(vm, &class, receiver)
}

fn make(vm: &mut Vm, class: &Value, receiver: Value) -> R<Value> {
    let Some(class) = class.as_class().cloned() else {
        let kind = vm.type_name(class);
        return Err(vm.type_error(format!("super() argument 1 must be a type, not {kind}")));
    };
    let (receiver, start) = if receiver.is_unset() || receiver.is_none() {
        (Value::Unset, None)
    } else if let Some(given) = receiver
        .as_class()
        .filter(|given| given.is_subclass_of(&class))
        .cloned()
    {
        (receiver, Some(given))
    } else {
        let kind = vm.class_of(&receiver);
        if !kind.is_subclass_of(&class) {
            return Err(vm.type_error("super(type, obj): obj must be an instance or subtype of type"));
        }
        (receiver, Some(kind))
    };
    Ok(Value::object(Object::Super(Box::new(Super { class, receiver, start }))))
}

fn init(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::None)
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(inner) = of(this) else {
        return Ok(Value::str(""));
    };
    let class = inner.class.name();
    Ok(Value::str(match &inner.start {
        Some(start) => format!("<super: <class '{class}'>, <{} object>>", start.name()),
        None => format!("<super: <class '{class}'>, NULL>"),
    }))
}

fn get(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, instance, _] = args else {
        return Ok(Value::None);
    };
    match of(this) {
        Some(inner) if inner.start.is_none() && !instance.is_none() => {
            let class = Value::class(&inner.class);
            make(vm, &class, instance.clone())
        }
        _ => Ok(this.clone()),
    }
}

fn this_class(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this).map_or(Value::None, |inner| Value::class(&inner.class)))
}

fn this_self(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this).map_or(Value::None, |inner| inner.receiver.or(Value::None)))
}

fn self_class(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this)
        .and_then(|inner| inner.start.clone())
        .map_or(Value::None, |start| Value::class(&start)))
}
