//! `generator` and `coroutine`

use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::object::generator::GeneratorState;
use crate::python::object::{Generator, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::python::vm::generator::Step;

pub static GENERATOR_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Iter, iter),
    ClassItem::special(Slot::Next, next),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method(
        "send",
        "(self, arg, /)",
        Parser::One,
        send,
        "send(arg) -> send 'arg' into generator,\nreturn next yielded value or raise StopIteration.",
    ),
    ClassItem::method(
        "throw",
        "(self, type, value=None, traceback=None, /)",
        Parser::Unpack,
        throw,
        "Raise exception in generator, return next yielded value or raise\nStopIteration.",
    ),
    ClassItem::method(
        "close",
        "(self, /)",
        Parser::NoArgs,
        close,
        "close() -> raise GeneratorExit inside generator.",
    ),
    ClassItem::Property {
        name: "__name__",
        get: get_name,
        set: Some(set_name),
        help: "name of the generator",
    },
    ClassItem::Property {
        name: "__qualname__",
        get: get_qualname,
        set: Some(set_qualname),
        help: "qualified name of the generator",
    },
    ClassItem::getter("gi_running", running, ""),
    ClassItem::getter("gi_suspended", suspended, ""),
    ClassItem::getter("gi_code", code, ""),
    ClassItem::getter("gi_frame", frame, ""),
    ClassItem::getter("gi_yieldfrom", yieldfrom, ""),
];

pub static COROUTINE_ITEMS: &[ClassItem] = &[
    ClassItem::method(
        "__await__",
        "(self, /)",
        Parser::NoArgs,
        await_,
        "Return an iterator to be used in await expression.",
    ),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method(
        "send",
        "(self, arg, /)",
        Parser::One,
        send,
        "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.",
    ),
    ClassItem::method(
        "throw",
        "(self, type, value=None, traceback=None, /)",
        Parser::Unpack,
        throw,
        "Raise exception in coroutine, return next iterated value or raise\nStopIteration.",
    ),
    ClassItem::method(
        "close",
        "(self, /)",
        Parser::NoArgs,
        close,
        "close() -> raise GeneratorExit inside coroutine.",
    ),
    ClassItem::Property {
        name: "__name__",
        get: get_name,
        set: Some(set_name),
        help: "name of the coroutine",
    },
    ClassItem::Property {
        name: "__qualname__",
        get: get_qualname,
        set: Some(set_qualname),
        help: "qualified name of the coroutine",
    },
    ClassItem::getter("cr_running", running, ""),
    ClassItem::getter("cr_suspended", suspended, ""),
    ClassItem::getter("cr_code", code, ""),
    ClassItem::getter("cr_frame", frame, ""),
    ClassItem::getter("cr_await", yieldfrom, ""),
];

pub(super) fn of(value: &Value) -> Option<&Generator> {
    match value.obj() {
        Some(Object::Generator(generator)) => Some(generator),
        _ => None,
    }
}

/// A step's value, or StopIteration with what was returned.
pub(super) fn answer(vm: &mut Vm, step: R<Step>) -> R<Value> {
    match step? {
        Step::Yielded(value) => Ok(value),
        Step::Returned(value) => {
            let class = vm.exceptions.stop_iteration.clone();
            let args = if value.is_none() { vec![] } else { vec![value] };
            Err(vm.raise_args(&class, args))
        }
    }
}

fn iter(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(this.clone())
}

/// A coroutine is its own iterator of awaiting.
fn await_(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(this.clone())
}

fn next(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let step = vm.step_generator(this, Value::None);
    answer(vm, step)
}

fn send(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, value] = args else { return Ok(Value::None) };
    let step = vm.step_generator(this, value.clone());
    answer(vm, step)
}

fn throw(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, kind, value, traceback] = args else {
        return Ok(Value::None);
    };
    if !matches!(traceback, Value::Unset | Value::None) && !matches!(traceback.obj(), Some(Object::Traceback(_))) {
        return Err(vm.type_error("throw() third argument must be a traceback object"));
    }
    let exception = vm.exception_to_throw(kind, value)?;
    let step = vm.throw_generator(this, exception);
    answer(vm, step)
}

fn close(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    vm.close_generator(this)?;
    Ok(Value::None)
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(generator) = of(this) else {
        return Ok(Value::str(""));
    };
    let (kind, name) = (vm.type_name(this), generator.qualname.borrow().clone());
    Ok(Value::str(format!(
        "<{kind} object {} at {:#x}>",
        name.as_str().unwrap_or("?"),
        this.identity()
    )))
}

macro_rules! name_field {
    ($get:ident, $set:ident, $field:ident, $name:literal) => {
        pub(super) fn $get(_vm: &mut Vm, this: &Value) -> R<Value> {
            Ok(of(this)
                .map(|generator| generator.$field.borrow().clone())
                .unwrap_or(Value::None))
        }

        pub(super) fn $set(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
            if value.as_str().is_none() {
                return Err(vm.type_error(concat!($name, " must be set to a string object")));
            }
            if let Some(generator) = of(this) {
                generator.$field.replace(value);
            }
            Ok(())
        }
    };
}

name_field!(get_name, set_name, name, "__name__");
name_field!(get_qualname, set_qualname, qualname, "__qualname__");

pub(super) fn running(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(Value::bool(of(this).is_some_and(|generator| {
        generator.state.get() == GeneratorState::Running
    })))
}

fn suspended(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(Value::bool(of(this).is_some_and(|generator| {
        generator.state.get() == GeneratorState::Suspended
    })))
}

pub(super) fn code(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(match of(this).and_then(|generator| generator.function.obj()) {
        Some(Object::Function(function)) => Value::object(Object::Code(function.code.clone())),
        _ => Value::None,
    })
}

/// None once it has ended; before, the code stands for the frame.
fn frame(vm: &mut Vm, this: &Value) -> R<Value> {
    match of(this) {
        Some(generator) if generator.state.get() != GeneratorState::Closed => code(vm, this),
        _ => Ok(Value::None),
    }
}

fn yieldfrom(vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this)
        .and_then(|generator| vm.delegate_of(generator))
        .unwrap_or(Value::None))
}
