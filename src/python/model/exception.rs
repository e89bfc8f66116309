//! `BaseException`

use super::object::{get_dict, set_dict};
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Exception, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Clinic,
        new,
        "Create and return a new object.",
    )),
    ClassItem::special(Slot::Init, init),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Str, str),
    ClassItem::method(
        "with_traceback",
        "(self, tb, /)",
        Parser::One,
        with_traceback,
        "Exception.with_traceback(tb) --\n    set self.__traceback__ to tb and return self.",
    ),
    ClassItem::method(
        "add_note",
        "(self, note, /)",
        Parser::One,
        add_note,
        "Exception.add_note(note) --\n    add a note to the exception",
    ),
    ClassItem::method("__reduce__", "(self, /)", Parser::NoArgs, reduce, ""),
    ClassItem::Property {
        name: "args",
        get: get_args,
        set: Some(set_args),
        help: "",
    },
    ClassItem::Property {
        name: "__traceback__",
        get: get_traceback,
        set: Some(set_traceback),
        help: "",
    },
    ClassItem::Property {
        name: "__cause__",
        get: get_cause,
        set: Some(set_cause),
        help: "exception cause",
    },
    ClassItem::Property {
        name: "__context__",
        get: get_context,
        set: Some(set_context),
        help: "exception context",
    },
    ClassItem::Property {
        name: "__suppress_context__",
        get: get_suppress,
        set: Some(set_suppress),
        help: "",
    },
    ClassItem::Property {
        name: "__dict__",
        get: get_dict,
        set: Some(set_dict),
        help: "",
    },
];

pub(super) fn of(value: &Value) -> Option<&Exception> {
    match value.obj() {
        Some(Object::Exception(exception)) => Some(exception),
        _ => None,
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, rest, _] = args else { return Ok(Value::None) };
    let Some(class) = class.as_class().cloned() else {
        return Err(vm.type_error("X is not a type object"));
    };
    let items = rest.as_tuple().unwrap_or(&[]).to_vec();
    let class = os_subclass(vm, class, &items);
    Ok(vm.new_exception(&class, items))
}

/// `OSError(2, ..)` is a FileNotFoundError.
fn os_subclass(vm: &Vm, class: ClassRef, args: &[Value]) -> ClassRef {
    if !class.same(&vm.exceptions.os_error) || !(2..=5).contains(&args.len()) {
        return class;
    }
    let exceptions = &vm.exceptions;
    let mapped = match args.first().and_then(Value::as_int) {
        Some(2) => &exceptions.file_not_found_error,
        Some(1 | 13) => &exceptions.permission_error,
        Some(17) => &exceptions.file_exists_error,
        Some(20) => &exceptions.not_a_directory_error,
        Some(21) => &exceptions.is_a_directory_error,
        Some(4) => &exceptions.interrupted_error,
        Some(3) => &exceptions.process_lookup_error,
        Some(10) => &exceptions.child_process_error,
        Some(11 | 114 | 115) => &exceptions.blocking_io_error,
        Some(32 | 108) => &exceptions.broken_pipe_error,
        Some(103) => &exceptions.connection_aborted_error,
        Some(104) => &exceptions.connection_reset_error,
        Some(111) => &exceptions.connection_refused_error,
        Some(110) => &exceptions.timeout_error,
        _ => return class,
    };
    mapped.clone()
}

/// Refuses keyword arguments, which only some exceptions take.
pub(super) fn no_keywords(vm: &mut Vm, this: &Value, keywords: &Value) -> R<()> {
    if keywords.as_dict().is_some_and(|dict| !dict.is_empty()) {
        let name = vm.type_name(this);
        return Err(vm.type_error(format!("{name}() takes no keyword arguments")));
    }
    Ok(())
}

pub(super) fn init(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    no_keywords(vm, this, keywords)?;
    if let Some(exception) = of(this) {
        exception.args.replace(rest.as_tuple().unwrap_or(&[]).into());
    }
    Ok(Value::None)
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(exception) = of(this) else {
        return Ok(Value::str(""));
    };
    let (name, items) = (exception.class().name(), exception.args.borrow().clone());
    Ok(Value::str(match &*items {
        [one] => format!("{name}({})", vm.repr(one)?),
        _ => format!("{name}{}", vm.repr(&Value::tuple(items.to_vec()))?),
    }))
}

/// What `str` of an exception is from its arguments alone.
pub(super) fn str_of_args(vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(exception) = of(this) else {
        return Ok(Value::str(""));
    };
    let items = exception.args.borrow().clone();
    match &*items {
        [] => Ok(Value::str("")),
        [one] => vm.str_value(one),
        _ => vm.str_value(&Value::tuple(items.to_vec())),
    }
}

fn str(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    str_of_args(vm, this)
}

fn with_traceback(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, traceback] = args else {
        return Ok(Value::None);
    };
    set_traceback(vm, this, traceback.clone())?;
    Ok(this.clone())
}

fn add_note(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, note] = args else { return Ok(Value::None) };
    if note.as_str().is_none() {
        let kind = vm.type_name(note);
        return Err(vm.type_error(format!("note must be a str, not '{kind}'")));
    }
    let name = vm.names.dunder_notes;
    match vm.look_attr(this, name)? {
        Some(notes) => match notes.as_list() {
            Some(list) => list.borrow_mut().push(note.clone()),
            None => return Err(vm.type_error("Cannot add note: __notes__ is not a list")),
        },
        None => vm.set_attr(this, name, Value::list(vec![note.clone()]))?,
    }
    Ok(Value::None)
}

fn reduce(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let class = Value::class(&vm.class_of(this));
    let items = of(this)
        .map(|exception| exception.args.borrow().to_vec())
        .unwrap_or_default();
    Ok(Value::tuple(vec![class, Value::tuple(items)]))
}

fn get_args(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(Value::tuple(
        of(this)
            .map(|exception| exception.args.borrow().to_vec())
            .unwrap_or_default(),
    ))
}

fn set_args(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    if value.is_unset() {
        return Err(vm.type_error("args may not be deleted"));
    }
    let items = vm.collect(&value)?;
    if let Some(exception) = of(this) {
        exception.args.replace(items.into());
    }
    Ok(())
}

fn get_traceback(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(
        match of(this).and_then(|exception| exception.traceback.borrow().clone()) {
            Some(traceback) => Value::object(Object::Traceback(traceback)),
            None => Value::None,
        },
    )
}

fn set_traceback(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    if value.is_unset() {
        return Err(vm.type_error("__traceback__ may not be deleted"));
    }
    let traceback = match value.obj() {
        Some(Object::Traceback(traceback)) => Some(traceback.clone()),
        _ if value.is_none() => None,
        _ => return Err(vm.type_error("__traceback__ must be a traceback or None")),
    };
    if let Some(exception) = of(this) {
        exception.traceback.replace(traceback);
    }
    Ok(())
}

fn checked(vm: &mut Vm, value: Value, what: &str) -> R<Value> {
    if value.is_unset() {
        return Err(vm.type_error(format!("{what} may not be deleted")));
    }
    if !value.is_none() && of(&value).is_none() {
        let what = what.trim_matches('_');
        return Err(vm.type_error(format!("exception {what} must be None or derive from BaseException")));
    }
    Ok(value)
}

fn get_cause(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this).map_or(Value::None, |exception| exception.cause.borrow().clone()))
}

fn set_cause(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let value = checked(vm, value, "__cause__")?;
    if let Some(exception) = of(this) {
        exception.cause.replace(value);
        exception.suppress_context.set(true);
    }
    Ok(())
}

fn get_context(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this).map_or(Value::None, |exception| exception.context.borrow().clone()))
}

fn set_context(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let value = checked(vm, value, "__context__")?;
    if let Some(exception) = of(this) {
        exception.context.replace(value);
    }
    Ok(())
}

fn get_suppress(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(Value::bool(
        of(this).is_some_and(|exception| exception.suppress_context.get()),
    ))
}

fn set_suppress(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let truth = vm.truth(&value)?;
    if let Some(exception) = of(this) {
        exception.suppress_context.set(truth);
    }
    Ok(())
}
