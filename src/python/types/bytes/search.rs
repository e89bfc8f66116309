//! Searching in bytes.

use super::{byte, bytes_like, required};
use crate::python::types::sequence;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

/// The first place of `part` in `bytes`.
pub(super) fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    bytes.windows(part.len()).position(|window| window == part)
}

/// The last place of `part` in `bytes`.
pub(super) fn last_position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(bytes.len());
    }
    bytes.windows(part.len()).rposition(|window| window == part)
}

/// The searched bytes with their offset, and what is searched for.
struct Window {
    offset: usize,
    inside: Vec<u8>,
    part: Vec<u8>,
}

fn window(vm: &mut Vm, args: &[Value]) -> R<Option<Window>> {
    let [this, part, start, stop] = args else {
        return Ok(None);
    };
    let bytes = required(vm, this)?;
    let part = match bytes_like(part) {
        Some(part) => part,
        None if part.as_str().is_some() || vm.try_index(part)?.is_none() => {
            let class = vm.type_name(part);
            return Err(vm.type_error(format!(
                "argument should be integer or bytes-like object, not '{class}'"
            )));
        }
        None => vec![byte(vm, part, "byte must be in range(0, 256)")?],
    };
    let (start, stop) = sequence::search_range(vm, start, stop, bytes.len())?;
    Ok(bytes.get(start..stop).map(|inside| Window {
        offset: start,
        inside: inside.to_vec(),
        part,
    }))
}

fn locate(vm: &mut Vm, args: &[Value], from_right: bool) -> R<Option<usize>> {
    let Some(Window { offset, inside, part }) = window(vm, args)? else {
        return Ok(None);
    };
    let found = if from_right {
        last_position(&inside, &part)
    } else {
        position(&inside, &part)
    };
    Ok(found.map(|at| offset + at))
}

pub(super) fn find(vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(locate(vm, args, false)?.map_or(Value::Int(-1), Value::size))
}

pub(super) fn rfind(vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(locate(vm, args, true)?.map_or(Value::Int(-1), Value::size))
}

fn or_error(vm: &mut Vm, found: Option<usize>) -> R<Value> {
    match found {
        Some(at) => Ok(Value::size(at)),
        None => Err(vm.value_error("subsection not found")),
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
    let Some(Window { inside, part, .. }) = window(vm, args)? else {
        return Ok(Value::Int(0));
    };
    if part.is_empty() {
        return Ok(Value::size(inside.len() + 1));
    }
    let (mut count, mut rest) = (0, inside.as_slice());
    while let Some(at) = position(rest, &part) {
        count += 1;
        rest = &rest[at + part.len()..];
    }
    Ok(Value::Int(count))
}

fn affix(vm: &mut Vm, args: &[Value], name: &str, matches: fn(&[u8], &[u8]) -> bool) -> R<Value> {
    take!(args => this, affixes, start, stop);
    let bytes = required(vm, this)?;
    let candidates: Vec<Value> = match affixes.as_tuple() {
        Some(items) => items.to_vec(),
        None if bytes_like(affixes).is_some() => vec![affixes.clone()],
        None => {
            let class = vm.type_name(affixes);
            return Err(vm.type_error(format!(
                "{name} first arg must be bytes or a tuple of bytes, not {class}"
            )));
        }
    };
    let (start, stop) = sequence::search_range(vm, start, stop, bytes.len())?;
    for candidate in candidates {
        let affix = required(vm, &candidate)?;
        if bytes.get(start..stop).is_some_and(|inside| matches(inside, &affix)) {
            return Ok(Value::True);
        }
    }
    Ok(Value::False)
}

pub(super) fn starts_with(vm: &mut Vm, args: &[Value]) -> R<Value> {
    affix(vm, args, "startswith", |bytes, prefix| bytes.starts_with(prefix))
}

pub(super) fn ends_with(vm: &mut Vm, args: &[Value]) -> R<Value> {
    affix(vm, args, "endswith", |bytes, suffix| bytes.ends_with(suffix))
}
