//! The table of `int`'s methods, and those that are no operators.

use super::operators::*;
use super::{as_integer, convert, to_text};
use crate::python::class::Compare;
use crate::python::class::slot::Slot;
use crate::python::format::number::format_int;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::types::iterable_items;
use crate::python::types::number::integer;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use num_traits::Signed;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, x=0, /, base=10)",
        Parser::Keywords,
        convert::new,
        "",
    )),
    ClassItem::method(
        "bit_length",
        "(self, /)",
        Parser::NoArgs,
        bit_length,
        "Number of bits necessary to represent self in binary.",
    ),
    ClassItem::method(
        "bit_count",
        "(self, /)",
        Parser::NoArgs,
        bit_count,
        "Number of ones in the binary representation of the absolute value of self.",
    ),
    ClassItem::method(
        "conjugate",
        "(self, /)",
        Parser::NoArgs,
        int,
        "Returns self, the complex conjugate of any int.",
    ),
    ClassItem::method(
        "as_integer_ratio",
        "(self, /)",
        Parser::NoArgs,
        as_integer_ratio,
        "Return a pair of integers, whose ratio is equal to the original int.",
    ),
    ClassItem::method(
        "to_bytes",
        "(self, /, length=1, byteorder='big', *, signed=False)",
        Parser::Clinic,
        to_bytes,
        "Return an array of bytes representing an integer.",
    ),
    ClassItem::ClassMethod(NativeDef::new(
        "from_bytes",
        "(cls, bytes, byteorder='big', *, signed=False)",
        Parser::Clinic,
        from_bytes,
        "Return the integer represented by the given array of bytes.",
    )),
    ClassItem::method(
        "__format__",
        "(self, format_spec, /)",
        Parser::One,
        format,
        "Convert to a string according to format_spec.",
    ),
    ClassItem::method(
        "__round__",
        "(self, ndigits=None, /)",
        Parser::Unpack,
        round,
        "Rounding an Integral returns itself.",
    ),
    ClassItem::method(
        "__trunc__",
        "(self, /)",
        Parser::NoArgs,
        int,
        "Truncating an Integral returns itself.",
    ),
    ClassItem::method(
        "__floor__",
        "(self, /)",
        Parser::NoArgs,
        int,
        "Flooring an Integral returns itself.",
    ),
    ClassItem::method(
        "__ceil__",
        "(self, /)",
        Parser::NoArgs,
        int,
        "Ceiling of an Integral returns itself.",
    ),
    ClassItem::method("__getnewargs__", "(self, /)", Parser::NoArgs, get_new_args, ""),
    ClassItem::getter(
        "real",
        |vm, this| int(vm, std::slice::from_ref(this)),
        "the real part of a complex number",
    ),
    ClassItem::getter(
        "imag",
        |_, _| Ok(Value::Int(0)),
        "the imaginary part of a complex number",
    ),
    ClassItem::getter(
        "numerator",
        |vm, this| int(vm, std::slice::from_ref(this)),
        "the numerator of a rational number in lowest terms",
    ),
    ClassItem::getter(
        "denominator",
        |_, _| Ok(Value::Int(1)),
        "the denominator of a rational number in lowest terms",
    ),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Bool, bool),
    ClassItem::special(Slot::Int, int),
    ClassItem::special(Slot::Index, int),
    ClassItem::special(Slot::Float, to_float),
    ClassItem::special(Slot::Neg, neg),
    ClassItem::special(Slot::Pos, int),
    ClassItem::special(Slot::Abs, abs),
    ClassItem::special(Slot::Invert, invert),
    ClassItem::special(Slot::Add, add),
    ClassItem::special(Slot::RAdd, radd),
    ClassItem::special(Slot::Sub, sub),
    ClassItem::special(Slot::RSub, rsub),
    ClassItem::special(Slot::Mul, mul),
    ClassItem::special(Slot::RMul, mul),
    ClassItem::special(Slot::FloorDiv, floor_div),
    ClassItem::special(Slot::RFloorDiv, rfloor_div),
    ClassItem::special(Slot::Mod, rem),
    ClassItem::special(Slot::RMod, rrem),
    ClassItem::special(Slot::TrueDiv, true_div),
    ClassItem::special(Slot::RTrueDiv, rtrue_div),
    ClassItem::special(Slot::DivMod, div_mod),
    ClassItem::special(Slot::RDivMod, rdiv_mod),
    ClassItem::special(Slot::Pow, pow),
    ClassItem::special(Slot::RPow, rpow),
    ClassItem::special(Slot::LShift, lshift),
    ClassItem::special(Slot::RLShift, rlshift),
    ClassItem::special(Slot::RShift, rshift),
    ClassItem::special(Slot::RRShift, rrshift),
    ClassItem::special(Slot::And, and),
    ClassItem::special(Slot::RAnd, rand),
    ClassItem::special(Slot::Or, or),
    ClassItem::special(Slot::ROr, ror),
    ClassItem::special(Slot::Xor, xor),
    ClassItem::special(Slot::RXor, rxor),
    ClassItem::special(Slot::Eq, |_, args| compare(args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |_, args| compare(args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |_, args| compare(args, Compare::Lt)),
    ClassItem::special(Slot::Le, |_, args| compare(args, Compare::Le)),
    ClassItem::special(Slot::Gt, |_, args| compare(args, Compare::Gt)),
    ClassItem::special(Slot::Ge, |_, args| compare(args, Compare::Ge)),
];

/// The number as a plain `int`.
fn int(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(match this.as_int() {
        Some(i) => Value::Int(i),
        None => this.payload().clone(),
    })
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(number) = as_integer(this) else {
        return Ok(Value::NotImplemented);
    };
    Ok(Value::str(to_text(vm, number)?))
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let number = int(vm, std::slice::from_ref(this))?;
    Ok(Value::Int(vm.hash(&number)?))
}

fn bool(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::bool(this.as_int() != Some(0)))
}

fn format(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, spec);
    let Some(spec) = spec.as_str() else {
        return Err(crate::python::types::str::not_text(vm, spec, "__format__", "argument"));
    };
    if spec.is_empty() {
        let text = vm.str(this)?;
        return Ok(Value::str(&*text));
    }
    let Some(number) = as_integer(this) else {
        return Ok(Value::NotImplemented);
    };
    let class = vm.type_name(this);
    format_int(number, spec, &class, vm.int_max_digits)
        .map(Value::str)
        .map_err(|error| error.raise(vm))
}

fn round(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, digits);
    if digits.is_unset() {
        return int(vm, std::slice::from_ref(this));
    }
    let digits = vm.index_big(digits)?;
    if !digits.is_negative() {
        return int(vm, std::slice::from_ref(this));
    }
    match integer::round(&this.as_bigint().unwrap_or_default(), &-digits) {
        Some(rounded) => Ok(Value::big(rounded)),
        None => Ok(Value::Int(0)),
    }
}

fn bit_length(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::Int(this.as_bigint().unwrap_or_default().bits() as i64))
}

fn bit_count(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::Int(
        integer::bit_count(&this.as_bigint().unwrap_or_default()) as i64
    ))
}

fn as_integer_ratio(vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(Value::tuple([int(vm, args)?, Value::Int(1)]))
}

fn get_new_args(vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(Value::tuple([int(vm, args)?]))
}

/// Whether the least significant byte comes first.
fn little_endian(vm: &mut Vm, order: &Value, function: &str) -> R<bool> {
    if order.is_unset() {
        return Ok(false);
    }
    match order.as_str() {
        Some("little") => Ok(true),
        Some("big") => Ok(false),
        Some(_) => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
        None => {
            let class = vm.type_name(order);
            Err(vm.type_error(format!("{function}() argument 'byteorder' must be str, not {class}")))
        }
    }
}

fn to_bytes(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, length, order, signed);
    let length = if length.is_unset() { 1 } else { vm.index(length)? };
    let little = little_endian(vm, order, "to_bytes")?;
    let signed = !signed.is_unset() && vm.truth(signed)?;
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.value_error("length argument must be non-negative"));
    };
    if length > crate::python::format::LONGEST {
        return Err(vm.memory_error(""));
    }
    match integer::to_bytes(&this.as_bigint().unwrap_or_default(), length, little, signed) {
        Ok(bytes) => Ok(Value::bytes(bytes)),
        Err(integer::BytesFault::Negative) => Err(vm.overflow_error("can't convert negative int to unsigned")),
        Err(integer::BytesFault::TooBig) => Err(vm.overflow_error("int too big to convert")),
    }
}

fn from_bytes(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, bytes, order, signed);
    let little = little_endian(vm, order, "from_bytes")?;
    let signed = !signed.is_unset() && vm.truth(signed)?;
    let bytes = match crate::python::types::bytes::bytes_like(bytes) {
        Some(bytes) => bytes,
        None => byte_items(vm, bytes)?,
    };
    let number = Value::big(integer::from_bytes(&bytes, little, signed));
    if class.as_class().is_some_and(|class| class.same(&vm.types.int)) {
        return Ok(number);
    }
    vm.call(class, &[number])
}

fn byte_items(vm: &mut Vm, value: &Value) -> R<Vec<u8>> {
    let items = if value.as_str().is_some() {
        None
    } else {
        iterable_items(vm, value)?
    };
    let Some(items) = items else {
        let class = vm.type_name(value);
        return Err(vm.type_error(format!("cannot convert '{class}' object to bytes")));
    };
    items
        .iter()
        .map(|item| crate::python::types::bytes::byte(vm, item, "bytes must be in range(0, 256)"))
        .collect()
}
