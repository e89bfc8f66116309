//! `int(x)` and `int(text, base)`.

use crate::python::class::Slot;
use crate::python::format::read::{self, ReadInt};
use crate::python::types::number::float;
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;

pub(super) fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, x, base);
    let number = match (x.is_unset(), base.is_unset()) {
        (true, true) => Value::Int(0),
        (true, false) => return Err(vm.type_error("int() missing string argument")),
        (false, true) => to_int(vm, x)?,
        (false, false) => with_base(vm, x, base)?,
    };
    Ok(vm.instance_of(class, number))
}

fn with_base(vm: &mut Vm, x: &Value, base: &Value) -> R<Value> {
    let base = vm.index_clamped(base)?;
    if base != 0 && !(2..=36).contains(&base) {
        return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    match text_of(x) {
        Some(text) => parse(vm, x, &text, base as u32),
        None => Err(vm.type_error("int() can't convert non-string with explicit base")),
    }
}

/// The text of a str, bytes or bytearray.
pub(crate) fn text_of(x: &Value) -> Option<String> {
    if let Some(text) = x.as_str() {
        return Some(text.to_string());
    }
    let latin = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|&b| if b.is_ascii() { b as char } else { '\u{fffd}' })
            .collect()
    };
    if let Some(bytes) = x.as_bytes() {
        return Some(latin(bytes));
    }
    x.as_bytearray().map(|bytes| latin(&bytes.borrow()))
}

fn parse(vm: &mut Vm, x: &Value, text: &str, base: u32) -> R<Value> {
    let limit = vm.int_max_digits;
    let number = if limit == 0 && text.len() > 100_000 {
        let text = text.to_string();
        vm.aside(move || read::int(&text, base, limit))?
    } else {
        read::int(text, base, limit)
    };
    match number {
        ReadInt::Small(i) => Ok(Value::Int(i)),
        ReadInt::Big(big) => Ok(Value::big(big)),
        ReadInt::TooLong(digits) => Err(vm.value_error(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; \
                 use sys.set_int_max_str_digits() to increase the limit"
        ))),
        ReadInt::Invalid => {
            let shown = vm.repr(x)?;
            let shown: String = shown.chars().take(200).collect();
            Err(vm.value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
    }
}

/// `int(x)` without a base.
pub fn to_int(vm: &mut Vm, x: &Value) -> R<Value> {
    if x.is_int() && matches!(x.obj(), None | Some(crate::python::object::Object::Big(_))) {
        return Ok(match x {
            Value::True => Value::Int(1),
            Value::False => Value::Int(0),
            other => other.clone(),
        });
    }
    if let Value::Float(bits) = x {
        return from_float(vm, bits.get());
    }
    for slot in [Slot::Int, Slot::Index] {
        if let Some(answer) = vm.call_slot(x, slot, &[])? {
            return match answer.as_bigint() {
                Some(big) if answer.is_int() => Ok(Value::big(big)),
                _ => {
                    let (name, class) = (slot.text(), vm.type_name(&answer));
                    Err(vm.type_error(format!("{name} returned non-int (type {class})")))
                }
            };
        }
    }
    if let Some(answer) = vm.call_slot(x, Slot::Trunc, &[])? {
        return match vm.try_index(&answer)? {
            Some(big) => Ok(Value::big(big)),
            None => {
                let class = vm.type_name(&answer);
                Err(vm.type_error(format!("__trunc__ returned non-Integral (type {class})")))
            }
        };
    }
    match text_of(x) {
        Some(text) => parse(vm, x, &text, 10),
        None => {
            let class = vm.type_name(x);
            Err(vm.type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{class}'"
            )))
        }
    }
}

/// The integer part of a float.
pub fn from_float(vm: &mut Vm, x: f64) -> R<Value> {
    if x.abs() < 9e18 {
        return Ok(Value::Int(x as i64));
    }
    match float::to_integer(x) {
        Some(big) => Ok(Value::big(big)),
        None => Err(no_integer(vm, x)),
    }
}

/// The error for NaN and infinities.
pub fn no_integer(vm: &mut Vm, x: f64) -> Raised {
    if x.is_nan() {
        vm.value_error("cannot convert float NaN to integer")
    } else {
        vm.overflow_error("cannot convert float infinity to integer")
    }
}
