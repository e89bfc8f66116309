//! `str.translate` and `str.maketrans`.

use super::text_argument;
use crate::python::object::{Dict, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub(super) fn translate(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, table);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let replacement = match vm.get_item(table, &Value::Int(i64::from(c as u32))) {
            Ok(replacement) => replacement,
            Err(raised) => {
                let lookup = vm.exceptions.lookup_error.clone();
                if !vm.caught(&lookup) {
                    return Err(raised);
                }
                out.push(c);
                continue;
            }
        };
        if replacement.is_none() {
            continue;
        }
        if let Some(replacement) = replacement.as_str() {
            out.push_str(replacement);
        } else if replacement.is_int() {
            match replacement
                .as_int()
                .and_then(|code| u32::try_from(code).ok())
                .and_then(char::from_u32)
            {
                Some(replacement) => out.push(replacement),
                None => return Err(vm.value_error("character mapping must be in range(0x110000)")),
            }
        } else {
            return Err(vm.type_error("character mapping must return integer, None or str"));
        }
    }
    Ok(Value::str(out))
}

pub(super) fn make_trans(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x, y, z);
    let table = Dict::new();
    let code = |c: char| Value::Int(i64::from(c as u32));
    if y.is_unset() {
        let Some(Object::Dict(given)) = x.obj() else {
            return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
        };
        for (key, value) in given.pairs() {
            let key = if let Some(text) = key.as_str() {
                let mut chars = text.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => code(c),
                    _ => return Err(vm.value_error("string keys in translate table must be of length 1")),
                }
            } else if key.is_int() {
                key
            } else {
                return Err(vm.type_error("keys in translate table must be strings or integers"));
            };
            table.insert(vm, key, value)?;
        }
        return Ok(Value::dict(table));
    }
    let to = text_argument(vm, y, "maketrans", "argument 2")?;
    let Some(from) = x.as_str() else {
        return Err(vm.type_error("first maketrans argument must be a string if there is a second argument"));
    };
    if from.chars().count() != to.chars().count() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in from.chars().zip(to.chars()) {
        table.insert(vm, code(a), code(b))?;
    }
    if !z.is_unset() {
        for c in text_argument(vm, z, "maketrans", "argument 3")?.chars() {
            table.insert(vm, code(c), Value::None)?;
        }
    }
    Ok(Value::dict(table))
}
