//! `chr`, `ord`, `repr`, `ascii`, `format`, `bin`, `oct`, `hex`.

use crate::python::format::int::Int;
use crate::python::format::quote::escape_non_ascii;
use crate::python::native::{NativeDef, Parser};
use crate::python::types::{bytes, str, take};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use num_traits::ToPrimitive;

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "chr",
        "(i, /)",
        Parser::One,
        chr,
        "Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.",
    ),
    NativeDef::new(
        "ord",
        "(c, /)",
        Parser::One,
        ord,
        "Return the Unicode code point for a one-character string.",
    ),
    NativeDef::new(
        "repr",
        "(obj, /)",
        Parser::One,
        repr,
        "Return the canonical string representation of the object.",
    ),
    NativeDef::new(
        "ascii",
        "(obj, /)",
        Parser::One,
        ascii,
        "Return an ASCII-only representation of an object.",
    ),
    NativeDef::new(
        "format",
        "(value, format_spec='', /)",
        Parser::Clinic,
        format,
        "Return type(value).__format__(value, format_spec).",
    ),
    NativeDef::new(
        "bin",
        "(number, /)",
        Parser::One,
        |vm, args| prefixed(vm, args, 2),
        "Return the binary representation of an integer.",
    ),
    NativeDef::new(
        "oct",
        "(number, /)",
        Parser::One,
        |vm, args| prefixed(vm, args, 8),
        "Return the octal representation of an integer.",
    ),
    NativeDef::new(
        "hex",
        "(number, /)",
        Parser::One,
        |vm, args| prefixed(vm, args, 16),
        "Return the hexadecimal representation of an integer.",
    ),
];

fn chr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => number);
    let number = vm.index_big(number)?;
    match number.to_i32() {
        None => Err(vm.overflow_error("Python int too large to convert to C int")),
        Some(code) => match u32::try_from(code).ok().and_then(char::from_u32) {
            Some(c) => Ok(str::char_value(c)),
            None if (0xd800..0xe000).contains(&code) => Err(vm.unsupported("surrogate characters")),
            None => Err(vm.value_error("chr() arg not in range(0x110000)")),
        },
    }
}

fn ord(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => c);
    let length = if let Some(text) = c.as_string() {
        let mut chars = text.as_str().chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return Ok(Value::Int(i64::from(c as u32)));
        }
        text.len()
    } else if let Some(bytes) = bytes::bytes_like(c) {
        if let [byte] = bytes.as_slice() {
            return Ok(Value::Int(i64::from(*byte)));
        }
        bytes.len()
    } else {
        let class = vm.type_name(c);
        return Err(vm.type_error(format!("ord() expected string of length 1, but {class} found")));
    };
    Err(vm.type_error(format!(
        "ord() expected a character, but string of length {length} found"
    )))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object);
    Ok(Value::str(&*vm.repr(object)?))
}

fn ascii(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => object);
    let text = vm.repr(object)?;
    Ok(Value::str(escape_non_ascii(&text)))
}

fn format(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => value, spec);
    let spec = if spec.is_unset() {
        ""
    } else {
        str::text_argument(vm, spec, "format", "argument 2")?
    };
    Ok(Value::str(&*vm.format(value, spec)?))
}

fn prefixed(vm: &mut Vm, args: &[Value], base: u32) -> R<Value> {
    take!(args => number);
    let number = vm.index_big(number)?;
    Ok(Value::str(Int::Big(&number).prefixed(base)))
}
