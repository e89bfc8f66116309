//! `isinstance`, `issubclass`, `callable`.

use crate::python::class::Slot;
use crate::python::native::{NativeDef, Parser};
use crate::python::object::Object;
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "isinstance",
        "(obj, class_or_tuple, /)",
        Parser::Clinic,
        isinstance,
        "Return whether an object is an instance of a class or of a subclass thereof.",
    ),
    NativeDef::new(
        "issubclass",
        "(cls, class_or_tuple, /)",
        Parser::Clinic,
        issubclass,
        "Return whether 'cls' is derived from another class or is the same class.",
    ),
    NativeDef::new(
        "callable",
        "(obj, /)",
        Parser::One,
        callable,
        "Return whether the object is callable (i.e., some kind of function).",
    ),
];

fn isinstance(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object, class);
    Ok(Value::bool(is_instance(vm, object, class)?))
}

fn issubclass(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => derived, class);
    Ok(Value::bool(is_subclass(vm, derived, class)?))
}

/// Whether `method` is the one of `type` itself, which [`plain_is_instance`] stands for.
fn is_builtin(method: &Value) -> bool {
    matches!(method.obj(), Some(Object::Native(_)))
}

/// `isinstance(object, class)` with `__instancecheck__`, tuples and unions.
pub fn is_instance(vm: &mut Vm, object: &Value, class: &Value) -> R<bool> {
    if let Some(exact) = class.as_class()
        && vm.class_of(object).same(exact)
    {
        return Ok(true);
    }
    if let Some(Object::Tuple(classes)) = class.obj() {
        for class in classes.iter() {
            if vm.recurse(" in __instancecheck__", |vm| is_instance(vm, object, class))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let checker = vm.class_of(class).slot(Slot::InstanceCheck);
    match checker {
        Some(method) if !(class.as_class().is_some() && is_builtin(&method)) => {
            let answer = vm.call_slot(class, Slot::InstanceCheck, std::slice::from_ref(object))?;
            vm.truth(&answer.unwrap_or(Value::False))
        }
        _ => plain_is_instance(vm, object, class),
    }
}

/// `type.__instancecheck__`
pub fn plain_is_instance(vm: &mut Vm, object: &Value, class: &Value) -> R<bool> {
    if let Some(wanted) = class.as_class() {
        let wanted = wanted.clone();
        if vm.is_instance(object, &wanted) {
            return Ok(true);
        }
        // an object may pretend to be of another class
        if matches!(
            object.obj(),
            Some(Object::Instance(_) | Object::Foreign(_) | Object::Derived(_))
        ) {
            let name = vm.names.dunder_class;
            if let Some(claimed) = vm.look_attr(object, name)?
                && let Some(claimed) = claimed.as_class()
            {
                return Ok(claimed.is_subclass_of(&wanted));
            }
        }
        return Ok(false);
    }
    if !has_bases(vm, class)? {
        return Err(vm.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    let own = Value::class(&vm.class_of(object));
    Ok(own.is(class))
}

fn has_bases(vm: &mut Vm, class: &Value) -> R<bool> {
    let bases = vm.look_attr(class, Symbol::new("__bases__"))?;
    Ok(bases.is_some_and(|bases| bases.as_tuple().is_some()))
}

/// `issubclass(derived, class)` with `__subclasscheck__`, tuples and unions.
pub fn is_subclass(vm: &mut Vm, derived: &Value, class: &Value) -> R<bool> {
    if let Some(Object::Tuple(classes)) = class.obj() {
        for class in classes.iter() {
            if vm.recurse(" in __subclasscheck__", |vm| is_subclass(vm, derived, class))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let checker = vm.class_of(class).slot(Slot::SubclassCheck);
    match checker {
        Some(method) if !(class.as_class().is_some() && is_builtin(&method)) => {
            let answer = vm.call_slot(class, Slot::SubclassCheck, std::slice::from_ref(derived))?;
            vm.truth(&answer.unwrap_or(Value::False))
        }
        _ => plain_is_subclass(vm, derived, class),
    }
}

/// `type.__subclasscheck__`
pub fn plain_is_subclass(vm: &mut Vm, derived: &Value, class: &Value) -> R<bool> {
    let Some(derived) = derived.as_class() else {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    };
    match class.as_class() {
        Some(class) => Ok(derived.is_subclass_of(class)),
        None => Err(vm.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union")),
    }
}

/// Whether a value can be called.
pub fn is_callable(vm: &Vm, value: &Value) -> bool {
    match value.obj() {
        Some(
            Object::Function(_)
            | Object::Native(_)
            | Object::Callable(_)
            | Object::BoundMethod(_)
            | Object::Class(_)
            | Object::StaticMethod(_)
            | Object::GenericAlias(_),
        ) => true,
        Some(_) => vm
            .class_of(value)
            .slot(Slot::Call)
            .is_some_and(|method| !method.is_none()),
        None => false,
    }
}

fn callable(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object);
    Ok(Value::bool(is_callable(vm, object)))
}
