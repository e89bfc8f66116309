//! Bound methods, builtin functions and the descriptors they come from.

use super::object::{attribute_name, spread};
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeFunction, NativeKind, Parser};
use crate::python::object::{BoundMethod, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::python::vm::attribute::bound;

pub static METHOD_ITEMS: &[ClassItem] = &[
    ClassItem::New(crate::python::native::NativeDef::new(
        "__new__",
        "(cls, function, instance, /)",
        Parser::Clinic,
        new_method,
        "Create a bound instance method object.",
    )),
    ClassItem::special(Slot::Repr, repr_method),
    ClassItem::special(Slot::Call, call),
    ClassItem::special(Slot::Eq, eq),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::slot("__getattr__", "(self, name, /)", getattr, "Attributes of the function."),
    ClassItem::field(
        "__func__",
        get_func,
        "the function (or other callable) implementing a method",
    ),
    ClassItem::getter("__self__", get_self, "the instance to which a method is bound"),
    ClassItem::getter("__doc__", get_method_doc, ""),
];

pub static BUILTIN_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr_builtin),
    ClassItem::special(Slot::Call, call),
    ClassItem::special(Slot::Eq, eq),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::getter("__name__", get_name, ""),
    ClassItem::getter("__qualname__", get_qualname, ""),
    ClassItem::getter("__doc__", get_doc, ""),
    ClassItem::getter("__module__", get_module, ""),
    ClassItem::getter("__self__", get_self, ""),
    ClassItem::getter("__text_signature__", get_signature, ""),
];

pub static DESCRIPTOR_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr_descriptor),
    ClassItem::special(Slot::Call, call),
    ClassItem::special(Slot::Get, get),
    ClassItem::getter("__name__", get_name, ""),
    ClassItem::getter("__qualname__", get_qualname, ""),
    ClassItem::getter("__doc__", get_doc, ""),
    ClassItem::getter("__objclass__", get_objclass, ""),
    ClassItem::getter("__text_signature__", get_signature, ""),
];

fn method_of(value: &Value) -> Option<&BoundMethod> {
    match value.obj() {
        Some(Object::BoundMethod(method)) => Some(method),
        _ => None,
    }
}

/// The native function behind a builtin, bound or not.
fn native_of(value: &Value) -> Option<&NativeFunction> {
    match value.obj() {
        Some(Object::Native(native)) => Some(native),
        Some(Object::BoundMethod(method)) => match method.function.obj() {
            Some(Object::Native(native)) => Some(native),
            _ => None,
        },
        _ => None,
    }
}

/// The callable of a floor above behind a builtin, bound or not.
fn callable_of(value: &Value) -> Option<&std::rc::Rc<dyn crate::python::object::Callable>> {
    match value.obj() {
        Some(Object::Callable(callable)) => Some(callable),
        Some(Object::BoundMethod(method)) => match method.function.obj() {
            Some(Object::Callable(callable)) => Some(callable),
            _ => None,
        },
        _ => None,
    }
}

fn new_method(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, function, instance] = args else {
        return Ok(Value::None);
    };
    if instance.is_none() {
        return Err(vm.type_error("instance must not be None"));
    }
    Ok(bound(function.clone(), instance.clone()))
}

fn call(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    spread(vm, rest, keywords, |vm, args| vm.call_args(this, args))
}

fn repr_method(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(method) = method_of(this) else {
        return Ok(Value::str(""));
    };
    let qualname = vm.names.dunder_qualname;
    let name = vm.look_attr(&method.function, qualname)?;
    let name = match name.as_ref().and_then(Value::as_str) {
        Some(text) => text.to_string(),
        None => "?".into(),
    };
    let receiver = vm.repr(&method.receiver)?;
    Ok(Value::str(format!("<bound method {name} of {receiver}>")))
}

fn eq(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, other] = args else { return Ok(Value::None) };
    let (Some(a), Some(b)) = (method_of(this), method_of(other)) else {
        return Ok(if this.is(other) {
            Value::True
        } else {
            Value::NotImplemented
        });
    };
    Ok(Value::bool(
        a.receiver.is(&b.receiver) && vm.equal(&a.function, &b.function)?,
    ))
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(Value::Int(match method_of(this) {
        Some(method) => Vm::hash_identity(&method.receiver) ^ vm.hash(&method.function)?,
        None => Vm::hash_identity(this),
    }))
}

fn getattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name] = args else { return Ok(Value::None) };
    let name = attribute_name(vm, name)?;
    let Some(method) = method_of(this) else {
        return Err(vm.no_attribute(this, name));
    };
    let function = method.function.clone();
    vm.get_attr(&function, name)
}

fn get_func(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(method_of(this).map_or(Value::None, |method| method.function.clone()))
}

fn get_self(vm: &mut Vm, this: &Value) -> R<Value> {
    if let Some(method) = method_of(this) {
        return Ok(method.receiver.clone());
    }
    match native_of(this) {
        Some(native) if native.kind == NativeKind::New => {
            Ok(native.owner.upgrade().map_or(Value::None, |owner| Value::class(&owner)))
        }
        Some(native) => vm.import_module(native.module),
        None => Ok(Value::None),
    }
}

fn get_method_doc(vm: &mut Vm, this: &Value) -> R<Value> {
    match method_of(this) {
        Some(method) => {
            let name = vm.names.dunder_doc;
            Ok(vm.look_attr(&method.function, name)?.unwrap_or(Value::None))
        }
        None => Ok(Value::None),
    }
}

fn repr_builtin(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    if let Some(method) = method_of(this) {
        let (kind, address) = (vm.type_name(&method.receiver), method.receiver.identity());
        let name = match native_of(this) {
            Some(native) => native.def.name,
            None => callable_of(this).map_or("?", |callable| callable.name().text()),
        };
        let wrapper = native_of(this).is_some_and(|native| native.def.parser == Parser::Wrapper);
        return Ok(Value::str(if wrapper {
            format!("<method-wrapper '{name}' of {kind} object at {address:#x}>")
        } else {
            format!("<built-in method {name} of {kind} object at {address:#x}>")
        }));
    }
    if let Some(callable) = callable_of(this) {
        return Ok(Value::str(callable.repr()));
    }
    Ok(Value::str(match native_of(this) {
        Some(native) if native.kind == NativeKind::New => {
            let address = native.owner.as_ptr() as usize;
            format!("<built-in method __new__ of type object at {address:#x}>")
        }
        Some(native) if native.def.parser == Parser::Def => {
            format!("<function {} at {:#x}>", native.def.name, this.identity())
        }
        Some(native) => format!("<built-in function {}>", native.def.name),
        None => String::new(),
    }))
}

fn repr_descriptor(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    if let Some(callable) = callable_of(this) {
        return Ok(Value::str(callable.repr()));
    }
    let Some(native) = native_of(this) else {
        return Ok(Value::str(""));
    };
    if native.def.parser == Parser::Def {
        return Ok(Value::str(format!(
            "<function {} at {:#x}>",
            native.qualname(),
            native as *const _ as usize
        )));
    }
    let owner = native.owner.upgrade().map_or_else(|| "?".into(), |owner| owner.name());
    let kind = if native.def.parser == Parser::Wrapper {
        "slot wrapper"
    } else {
        "method"
    };
    Ok(Value::str(format!(
        "<{kind} '{}' of '{owner}' objects>",
        native.def.name
    )))
}

fn get(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, instance, owner] = args else {
        return Ok(Value::None);
    };
    if instance.is_none() {
        return vm.bind_class_attribute(this.clone(), owner);
    }
    let owner = Value::class(&vm.class_of(instance));
    vm.bind_descriptor(this.clone(), instance, &owner)
}

fn get_name(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(match (native_of(this), callable_of(this)) {
        (Some(native), _) => Value::str(native.def.name),
        (_, Some(callable)) => Value::str(callable.name().text()),
        _ => Value::None,
    })
}

fn get_qualname(vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(match (native_of(this), callable_of(this)) {
        (Some(native), _) => match method_of(this) {
            // bound: the class of the receiver
            Some(method) => {
                let kind = match method.receiver.as_class() {
                    Some(class) => class.name(),
                    None => vm.type_name(&method.receiver),
                };
                Value::str(format!("{kind}.{}", native.def.name))
            }
            None => Value::str(native.qualname()),
        },
        (_, Some(callable)) => Value::str(callable.qualname()),
        _ => Value::None,
    })
}

fn get_doc(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(match (native_of(this), callable_of(this)) {
        (Some(native), _) => Value::str(native.def.help),
        (_, Some(callable)) => callable.doc().map_or(Value::None, Value::str),
        _ => Value::None,
    })
}

fn get_module(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(match (native_of(this), method_of(this)) {
        (Some(native), None) if native.kind == NativeKind::Function => Value::str(native.module),
        _ => Value::None,
    })
}

fn get_objclass(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(native_of(this)
        .and_then(|native| native.owner.upgrade())
        .map_or(Value::None, |owner| Value::class(&owner)))
}

fn get_signature(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(native_of(this).map_or(Value::None, |native| Value::str(native.def.signature)))
}
