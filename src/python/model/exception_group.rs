//! `BaseExceptionGroup` and `ExceptionGroup`

use super::exception::of;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, message, exceptions, /)",
        Parser::Tuple,
        new,
        "Create and return a new object.",
    )),
    ClassItem::special(Slot::Init, init),
    ClassItem::special(Slot::Str, str),
    ClassItem::method("derive", "(self, excs, /)", Parser::One, derive, ""),
    ClassItem::method("split", "(self, condition, /)", Parser::One, split, ""),
    ClassItem::method("subgroup", "(self, condition, /)", Parser::One, subgroup, ""),
    ClassItem::getter("message", message, "exception message"),
    ClassItem::getter("exceptions", exceptions, "nested exceptions"),
    ClassItem::ClassMethod(NativeDef::new(
        "__class_getitem__",
        "(cls, item, /)",
        Parser::One,
        class_getitem,
        "See PEP 585",
    )),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, message, members] = args else {
        return Ok(Value::None);
    };
    let Some(mut class) = class.as_class().cloned() else {
        return Err(vm.type_error("X is not a type object"));
    };
    if message.as_str().is_none() {
        let kind = vm.type_name(message);
        return Err(vm.type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {kind}"
        )));
    }
    if members.as_list().is_none()
        && members.as_tuple().is_none()
        && members.as_str().is_none()
        && !vm.match_sequence(members)
    {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let items = vm.collect(members)?;
    if items.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut only_exceptions = true;
    for (at, item) in items.iter().enumerate() {
        if of(item).is_none() {
            return Err(vm.value_error(format!("Item {at} of second argument (exceptions) is not an exception")));
        }
        only_exceptions &= vm.is_instance(item, &vm.exceptions.exception.clone());
    }
    let (base, plain) = (
        vm.exceptions.base_exception_group.clone(),
        vm.exceptions.exception_group.clone(),
    );
    if class.same(&base) {
        if only_exceptions {
            class = plain;
        }
    } else if class.same(&plain) {
        if !only_exceptions {
            return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
    } else if class.is_subclass_of(&vm.exceptions.exception) && !only_exceptions {
        let name = class.name();
        return Err(vm.type_error(format!("Cannot nest BaseExceptions in '{name}'")));
    }
    let made = vm.new_exception(&class, vec![message.clone(), members.clone()]);
    if let Some(exception) = of(&made) {
        exception.set_field(vm.names.message, message.clone());
        exception.set_field(vm.names.exceptions, Value::tuple(items));
    }
    Ok(made)
}

fn init(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, _] = args else { return Ok(Value::None) };
    if let Some(exception) = of(this) {
        exception.args.replace(rest.as_tuple().unwrap_or(&[]).into());
    }
    Ok(Value::None)
}

fn str(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let text = message(vm, this)?;
    let count = vm.group_members(this).len();
    let plural = if count == 1 { "" } else { "s" };
    let text = vm.str(&text)?;
    Ok(Value::str(format!("{text} ({count} sub-exception{plural})")))
}

fn message(vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this)
        .and_then(|exception| exception.field(vm.names.message))
        .unwrap_or(Value::None))
}

fn exceptions(vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this)
        .and_then(|exception| exception.field(vm.names.exceptions))
        .unwrap_or(Value::None))
}

fn derive(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, members] = args else { return Ok(Value::None) };
    let class = Value::class(&vm.exceptions.base_exception_group.clone());
    let text = message(vm, this)?;
    vm.call(&class, &[text, members.clone()])
}

/// Parts of a group by a class, classes or a function.
fn parts(vm: &mut Vm, this: &Value, condition: &Value) -> R<(Value, Value)> {
    let base = vm.exceptions.base_exception.clone();
    let by_class = condition.as_class().is_some_and(|class| class.is_subclass_of(&base))
        || condition.as_tuple().is_some_and(|items| {
            items
                .iter()
                .all(|item| item.as_class().is_some_and(|class| class.is_subclass_of(&base)))
        });
    let callable =
        condition.as_class().is_none() && vm.class_of(condition).slot(crate::python::class::Slot::Call).is_some();
    if !by_class && !callable {
        return Err(vm.type_error("expected a function, exception type or tuple of exception types"));
    }
    let condition = condition.clone();
    let (yes, no) = vm.split_group(this, &mut |vm, member| {
        if by_class {
            vm.isinstance(member, &condition)
        } else {
            let answer = vm.call(&condition, std::slice::from_ref(member))?;
            vm.truth(&answer)
        }
    })?;
    Ok((yes.unwrap_or(Value::None), no.unwrap_or(Value::None)))
}

fn split(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, condition] = args else {
        return Ok(Value::None);
    };
    let (yes, no) = parts(vm, this, condition)?;
    Ok(Value::tuple(vec![yes, no]))
}

fn subgroup(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, condition] = args else {
        return Ok(Value::None);
    };
    Ok(parts(vm, this, condition)?.0)
}

fn class_getitem(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, item] = args else { return Ok(Value::None) };
    let args = match item.as_tuple() {
        Some(items) => items.to_vec(),
        None => vec![item.clone()],
    };
    let alias = crate::python::object::GenericAlias {
        origin: class.clone(),
        args: args.into(),
    };
    Ok(Value::object(crate::python::object::Object::GenericAlias(Box::new(
        alias,
    ))))
}
