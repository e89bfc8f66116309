//! `iter`, `next`, `len`, `all`, `any`, `sorted`.

use super::classes::is_callable;
use crate::python::class::Slot;
use crate::python::native::{NativeDef, Parser};
use crate::python::object::Object;
use crate::python::types::{int, iterators, list, take};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "iter",
        "(object, sentinel=None, /)",
        Parser::Unpack,
        iter,
        "Get an iterator from an object.",
    ),
    NativeDef::new(
        "next",
        "(iterator, default=None, /)",
        Parser::Unpack,
        next,
        "Return the next item from the iterator.",
    ),
    NativeDef::new(
        "len",
        "(obj, /)",
        Parser::One,
        len,
        "Return the number of items in a container.",
    ),
    NativeDef::new(
        "all",
        "(iterable, /)",
        Parser::One,
        all,
        "Return True if bool(x) is True for all values x in the iterable.",
    ),
    NativeDef::new(
        "any",
        "(iterable, /)",
        Parser::One,
        any,
        "Return True if bool(x) is True for any x in the iterable.",
    ),
    NativeDef::new(
        "sorted",
        "(*args, **kwargs)",
        Parser::Keywords,
        sorted,
        "Return a new list containing all items from the iterable in ascending order.",
    ),
    NativeDef::new(
        "aiter",
        "(async_iterable, /)",
        Parser::One,
        aiter,
        "Return an AsyncIterator for an AsyncIterable object.",
    ),
    NativeDef::new(
        "anext",
        "(aiterator, default=None, /)",
        Parser::Unpack,
        anext,
        "Return the next item from the async iterator.",
    ),
];

fn iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object, sentinel);
    if sentinel.is_unset() {
        return vm.iter(object);
    }
    if !is_callable(vm, object) {
        return Err(vm.type_error("iter(v, w): v must be callable"));
    }
    Ok(iterators::call_iterator(vm, object, sentinel))
}

fn next(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => iterator, default);
    if !vm.is_iterator(iterator) {
        let class = vm.type_name(iterator);
        return Err(vm.type_error(format!("'{class}' object is not an iterator")));
    }
    if default.is_unset() {
        return next_or_stop(vm, iterator);
    }
    Ok(vm.next(iterator)?.unwrap_or_else(|| default.clone()))
}

/// The next item; at the end the StopIteration of `__next__` itself, which may carry a value.
fn next_or_stop(vm: &mut Vm, iterator: &Value) -> R<Value> {
    if matches!(
        iterator.obj(),
        Some(Object::RangeIterator(_) | Object::ListIterator(_) | Object::Iterator(_))
    ) {
        return match vm.next(iterator)? {
            Some(item) => Ok(item),
            None => Err(vm.stop_iteration(Value::None)),
        };
    }
    match vm.call_slot(iterator, Slot::Next, &[])? {
        Some(item) => Ok(item),
        None => Err(vm.stop_iteration(Value::None)),
    }
}

fn len(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object);
    Ok(Value::size(vm.len(object)?))
}

fn all(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => iterable);
    let iterator = vm.iter(iterable)?;
    while let Some(item) = vm.next(&iterator)? {
        if !vm.truth(&item)? {
            return Ok(Value::False);
        }
    }
    Ok(Value::True)
}

fn any(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => iterable);
    let iterator = vm.iter(iterable)?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.truth(&item)? {
            return Ok(Value::True);
        }
    }
    Ok(Value::False)
}

fn sorted(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => positional, keywords);
    let positional = positional.as_tuple().unwrap_or(&[]);
    let [iterable] = positional else {
        let given = positional.len();
        return Err(vm.type_error(format!("sorted expected 1 argument, got {given}")));
    };
    let items = vm.collect(iterable)?;
    let (mut key, mut reverse) = (Value::None, false);
    if let Some(keywords) = keywords.as_dict() {
        for (name, value) in keywords.pairs() {
            match name.as_str() {
                Some("key") => key = value,
                Some("reverse") => reverse = int::as_c_bool(vm, &value)?,
                other => {
                    let name = other.unwrap_or("").to_string();
                    return Err(vm.type_error(format!("'{name}' is an invalid keyword argument for sort()")));
                }
            }
        }
    }
    list::sort::sorted(vm, items, &key, reverse).map(Value::list)
}

fn aiter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => iterable);
    match vm.call_slot(iterable, Slot::AIter, &[])? {
        Some(iterator) => Ok(iterator),
        None => {
            let class = vm.type_name(iterable);
            Err(vm.type_error(format!("'{class}' object is not an async iterable")))
        }
    }
}

fn anext(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => iterator, default);
    if !default.is_unset() {
        return Err(vm.unsupported("anext() with a default"));
    }
    match vm.call_slot(iterator, Slot::ANext, &[])? {
        Some(awaitable) => Ok(awaitable),
        None => {
            let class = vm.type_name(iterator);
            Err(vm.type_error(format!("'{class}' object is not an async iterator")))
        }
    }
}
