//! `weakref.ref`

use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Object, WeakReference, finalizer};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::Cell;
use std::rc::Rc;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, object, callback=None, /, **kwargs)",
        Parser::Unpack,
        new,
        "",
    )),
    ClassItem::special(Slot::Init, init),
    ClassItem::slot("__call__", "(self, /)", call, "Call self as a function."),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Eq, eq),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::getter("__callback__", callback, ""),
];

fn of(value: &Value) -> Option<&WeakReference> {
    match value.payload().obj() {
        Some(Object::WeakReference(reference)) => Some(reference),
        _ => None,
    }
}

fn target(value: &Value) -> Option<Value> {
    of(value)
        .and_then(|reference| reference.target.upgrade())
        .map(Value::Obj)
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, object, callback, keywords] = args else {
        return Ok(Value::None);
    };
    // a subclass may take keywords, and read them in its `__init__`
    let plain = class.as_class().is_none_or(|class| class.same(&vm.types.weakref));
    if plain && keywords.as_dict().is_some_and(|dict| !dict.is_empty()) {
        return Err(vm.type_error("ref() takes no keyword arguments"));
    }
    let allowed = matches!(
        object.obj(),
        Some(
            Object::Instance(_)
                | Object::Foreign(_)
                | Object::Function(_)
                | Object::Class(_)
                | Object::Derived(_)
                | Object::Module(_)
                | Object::Set(_)
                | Object::FrozenSet(_)
                | Object::Generator(_)
                | Object::BoundMethod(_)
                | Object::Exception(_),
        )
    );
    let (Value::Obj(shared), true) = (object, allowed) else {
        let kind = vm.type_name(object);
        return Err(vm.type_error(format!("cannot create weak reference to '{kind}' object")));
    };
    let reference = WeakReference {
        target: Rc::downgrade(shared),
        callback: callback.or(Value::None),
        hash: Cell::new(None),
    };
    let watched = !reference.callback.is_none();
    let made = vm.instance_of(class, Value::object(Object::WeakReference(Box::new(reference))));
    if let (true, Value::Obj(made)) = (watched, &made) {
        vm.class_of(object).watch();
        finalizer::watch(shared, made);
    }
    Ok(made)
}

fn init(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::None)
}

fn call(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(target(this).unwrap_or(Value::None))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let address = this.identity();
    Ok(Value::str(match target(this) {
        Some(object) => {
            let (kind, place) = (vm.type_name(&object), object.identity());
            format!("<weakref at {address:#x}; to '{kind}' at {place:#x}>")
        }
        None => format!("<weakref at {address:#x}; dead>"),
    }))
}

fn eq(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, other] = args else { return Ok(Value::None) };
    match (target(this), target(other)) {
        (Some(a), Some(b)) => Ok(Value::bool(vm.equal(&a, &b)?)),
        _ => Ok(Value::bool(this.is(other))),
    }
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(reference) = of(this) else {
        return Ok(Value::None);
    };
    if let Some(hash) = reference.hash.get() {
        return Ok(Value::Int(hash));
    }
    let Some(object) = target(this) else {
        return Err(vm.type_error("weak object has gone away"));
    };
    let hash = vm.hash(&object)?;
    reference.hash.set(Some(hash));
    Ok(Value::Int(hash))
}

fn callback(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this).map_or(Value::None, |reference| reference.callback.clone()))
}
