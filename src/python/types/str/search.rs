//! Searching in text: positions count characters.

use super::must_be_str;
use crate::python::object::Str;
use crate::python::types::sequence;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

/// The part of `text` to search: its byte offset and the text; None when the start lies beyond the end.
fn window<'a>(vm: &mut Vm, text: &'a Str, start: &Value, stop: &Value) -> R<Option<(usize, &'a str)>> {
    let (start, stop) = sequence::search_range(vm, start, stop, text.len())?;
    if start > stop || start > text.len() {
        return Ok(None);
    }
    let offset = text.offset(start);
    Ok(text.as_str().get(offset..text.offset(stop)).map(|part| (offset, part)))
}

/// The position in characters of a byte offset.
fn position(text: &Str, offset: usize) -> usize {
    if text.is_ascii() {
        offset
    } else {
        text.as_str().get(..offset).map_or(0, |before| before.chars().count())
    }
}

fn locate(vm: &mut Vm, args: &[Value], from_right: bool) -> R<Option<usize>> {
    let [this, part, start, stop] = args else {
        return Ok(None);
    };
    let Some(text) = this.as_string() else { return Ok(None) };
    let Some(part) = part.as_str() else {
        return Err(must_be_str(vm, part));
    };
    let Some((offset, inside)) = window(vm, text, start, stop)? else {
        return Ok(None);
    };
    let found = if from_right {
        inside.rfind(part)
    } else {
        inside.find(part)
    };
    Ok(found.map(|at| position(text, offset + at)))
}

fn or_minus_one(found: Option<usize>) -> Value {
    found.map_or(Value::Int(-1), Value::size)
}

pub(super) fn find(vm: &mut Vm, args: &[Value]) -> R<Value> {
    locate(vm, args, false).map(or_minus_one)
}

pub(super) fn rfind(vm: &mut Vm, args: &[Value]) -> R<Value> {
    locate(vm, args, true).map(or_minus_one)
}

fn or_error(vm: &mut Vm, found: Option<usize>) -> R<Value> {
    match found {
        Some(at) => Ok(Value::size(at)),
        None => Err(vm.value_error("substring not found")),
    }
}

pub(super) fn index(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let found = locate(vm, args, false)?;
    or_error(vm, found)
}

pub(super) fn rindex(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let found = locate(vm, args, true)?;
    or_error(vm, found)
}

pub(super) fn count(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_string, part, start, stop);
    let Some(part) = part.as_str() else {
        return Err(must_be_str(vm, part));
    };
    let Some((_, inside)) = window(vm, text, start, stop)? else {
        return Ok(Value::Int(0));
    };
    let count = if part.is_empty() {
        inside.chars().count() + 1
    } else {
        inside.matches(part).count()
    };
    Ok(Value::size(count))
}

fn affix(vm: &mut Vm, args: &[Value], name: &str, matches: fn(&str, &str) -> bool) -> R<Value> {
    take!(args => text: as_string, affixes, start, stop);
    let single = affixes.as_str();
    let several = affixes.as_tuple();
    if single.is_none() && several.is_none() {
        let class = vm.type_name(affixes);
        return Err(vm.type_error(format!("{name} first arg must be str or a tuple of str, not {class}")));
    }
    let inside = window(vm, text, start, stop)?;
    if let Some(affix) = single {
        return Ok(Value::bool(inside.is_some_and(|(_, inside)| matches(inside, affix))));
    }
    for affix in several.unwrap_or(&[]) {
        let Some(affix) = affix.as_str() else {
            let class = vm.type_name(affix);
            return Err(vm.type_error(format!("tuple for {name} must only contain str, not {class}")));
        };
        if inside.is_some_and(|(_, inside)| matches(inside, affix)) {
            return Ok(Value::True);
        }
    }
    Ok(Value::False)
}

pub(super) fn starts_with(vm: &mut Vm, args: &[Value]) -> R<Value> {
    affix(vm, args, "startswith", |text, prefix| text.starts_with(prefix))
}

pub(super) fn ends_with(vm: &mut Vm, args: &[Value]) -> R<Value> {
    affix(vm, args, "endswith", |text, suffix| text.ends_with(suffix))
}
