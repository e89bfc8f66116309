//! `int`.

pub mod convert;
mod methods;
mod operators;

use crate::python::format::int::Int;
use crate::python::object::Object;
use crate::python::types::number::integer::QUICK_BITS;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub use methods::ITEMS;

/// The integer behind an `int` or `bool`, borrowed.
pub fn as_integer(value: &Value) -> Option<Int<'_>> {
    match value.payload() {
        Value::Obj(object) => match &**object {
            Object::Big(big) => Some(Int::Big(big)),
            _ => None,
        },
        other => other.as_int().map(Int::Small),
    }
}

/// A flag argument that CPython reads as a C int.
pub fn as_c_bool(vm: &mut Vm, value: &Value) -> R<bool> {
    match vm.index_big(value) {
        Ok(number) => Ok(number != num_bigint::BigInt::ZERO),
        Err(raised) => Err(raised),
    }
}

/// `repr(int)` within the session's limit of digits.
pub fn to_text(vm: &mut Vm, number: Int<'_>) -> R<String> {
    let limit = vm.int_max_digits;
    let text = match number {
        // without a limit the conversion may take long
        Int::Big(big) if limit == 0 && big.bits() > QUICK_BITS => {
            let big = big.clone();
            vm.aside(move || Int::Big(&big).repr(limit))?
        }
        _ => number.repr(limit),
    };
    text.map_err(|error| error.raise(vm))
}
