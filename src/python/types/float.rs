//! `float`.

use super::int::{as_integer, convert};
use super::number::complex as complex_arithmetic;
use super::number::float::{self as arithmetic, PowerFault};
use crate::python::class::{Compare, Slot};
use crate::python::format::int::{Int, too_large_for_float};
use crate::python::format::number::format_float;
use crate::python::format::{float as text, read};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use num_traits::ToPrimitive;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new("__new__", "(cls, x=0, /)", Parser::Clinic, new, "")),
    ClassItem::method(
        "as_integer_ratio",
        "(self, /)",
        Parser::NoArgs,
        as_integer_ratio,
        "Return a pair of integers, whose ratio is equal to the original float.",
    ),
    ClassItem::method(
        "conjugate",
        "(self, /)",
        Parser::NoArgs,
        float,
        "Return self, the complex conjugate of any float.",
    ),
    ClassItem::method(
        "hex",
        "(self, /)",
        Parser::NoArgs,
        hex,
        "Return a hexadecimal representation of a floating-point number.",
    ),
    ClassItem::ClassMethod(NativeDef::new(
        "fromhex",
        "(cls, string, /)",
        Parser::One,
        from_hex,
        "Create a floating-point number from a hexadecimal string.",
    )),
    ClassItem::method(
        "is_integer",
        "(self, /)",
        Parser::NoArgs,
        is_integer,
        "Return True if the float is an integer.",
    ),
    ClassItem::method(
        "__format__",
        "(self, format_spec, /)",
        Parser::One,
        format,
        "Formats the float according to format_spec.",
    ),
    ClassItem::method(
        "__round__",
        "(self, ndigits=None, /)",
        Parser::Clinic,
        round,
        "Return the Integral closest to x, rounding half toward even.",
    ),
    ClassItem::method(
        "__trunc__",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| whole(vm, args, f64::trunc),
        "Return the Integral closest to x between 0 and x.",
    ),
    ClassItem::method(
        "__floor__",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| whole(vm, args, f64::floor),
        "Return the floor as an Integral.",
    ),
    ClassItem::method(
        "__ceil__",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| whole(vm, args, f64::ceil),
        "Return the ceiling as an Integral.",
    ),
    ClassItem::method("__getnewargs__", "(self, /)", Parser::NoArgs, get_new_args, ""),
    ClassItem::getter(
        "real",
        |vm, this| float(vm, std::slice::from_ref(this)),
        "the real part of a complex number",
    ),
    ClassItem::getter(
        "imag",
        |_, _| Ok(Value::float(0.0)),
        "the imaginary part of a complex number",
    ),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Bool, bool),
    ClassItem::special(Slot::Int, |vm, args| whole(vm, args, f64::trunc)),
    ClassItem::special(Slot::Float, float),
    ClassItem::special(Slot::Neg, |_, args| unary(args, |x| -x)),
    ClassItem::special(Slot::Pos, float),
    ClassItem::special(Slot::Abs, |_, args| unary(args, f64::abs)),
    ClassItem::special(Slot::Add, |vm, args| {
        forward(vm, args, |_, x, y| Ok(Value::float(x + y)))
    }),
    ClassItem::special(Slot::RAdd, |vm, args| {
        backward(vm, args, |_, x, y| Ok(Value::float(x + y)))
    }),
    ClassItem::special(Slot::Sub, |vm, args| {
        forward(vm, args, |_, x, y| Ok(Value::float(x - y)))
    }),
    ClassItem::special(Slot::RSub, |vm, args| {
        backward(vm, args, |_, x, y| Ok(Value::float(x - y)))
    }),
    ClassItem::special(Slot::Mul, |vm, args| {
        forward(vm, args, |_, x, y| Ok(Value::float(x * y)))
    }),
    ClassItem::special(Slot::RMul, |vm, args| {
        backward(vm, args, |_, x, y| Ok(Value::float(x * y)))
    }),
    ClassItem::special(Slot::TrueDiv, |vm, args| forward(vm, args, true_div)),
    ClassItem::special(Slot::RTrueDiv, |vm, args| backward(vm, args, true_div)),
    ClassItem::special(Slot::FloorDiv, |vm, args| forward(vm, args, floor_div)),
    ClassItem::special(Slot::RFloorDiv, |vm, args| backward(vm, args, floor_div)),
    ClassItem::special(Slot::Mod, |vm, args| forward(vm, args, modulo)),
    ClassItem::special(Slot::RMod, |vm, args| backward(vm, args, modulo)),
    ClassItem::special(Slot::DivMod, |vm, args| forward(vm, args, div_mod)),
    ClassItem::special(Slot::RDivMod, |vm, args| backward(vm, args, div_mod)),
    ClassItem::special(Slot::Pow, pow),
    ClassItem::special(Slot::RPow, rpow),
    ClassItem::special(Slot::Eq, |_, args| compare(args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |_, args| compare(args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |_, args| compare(args, Compare::Lt)),
    ClassItem::special(Slot::Le, |_, args| compare(args, Compare::Le)),
    ClassItem::special(Slot::Gt, |_, args| compare(args, Compare::Gt)),
    ClassItem::special(Slot::Ge, |_, args| compare(args, Compare::Ge)),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, x);
    let number = if x.is_unset() { 0.0 } else { to_float(vm, x)? };
    Ok(vm.instance_of(class, Value::float(number)))
}

/// `float(x)`
pub fn to_float(vm: &mut Vm, x: &Value) -> R<f64> {
    if let Value::Float(bits) = x {
        return Ok(bits.get());
    }
    if let Some(text) = convert::text_of(x) {
        return match read::float(&text) {
            Some(number) => Ok(number),
            None => {
                let shown = vm.repr(x)?;
                Err(vm.value_error(format!("could not convert string to float: {shown}")))
            }
        };
    }
    match real(vm, x)? {
        Some(number) => Ok(number),
        None => {
            let class = vm.type_name(x);
            Err(vm.type_error(format!(
                "float() argument must be a string or a real number, not '{class}'"
            )))
        }
    }
}

/// A real number as a float: through `__float__` or `__index__`; None when it has neither.
pub fn real(vm: &mut Vm, x: &Value) -> R<Option<f64>> {
    if let Some(number) = x.as_float() {
        return Ok(Some(number));
    }
    if let Some(number) = as_integer(x) {
        return match number.to_f64() {
            Some(number) => Ok(Some(number)),
            None => Err(too_large_for_float().raise(vm)),
        };
    }
    if let Some(answer) = vm.call_slot(x, Slot::Float, &[])? {
        return match answer.as_float() {
            Some(number) => Ok(Some(number)),
            None => {
                let (class, given) = (vm.type_name(x), vm.type_name(&answer));
                Err(vm.type_error(format!("{class}.__float__ returned non-float (type {given})")))
            }
        };
    }
    match vm.try_index(x)? {
        Some(big) => match Int::Big(&big).to_f64() {
            Some(number) => Ok(Some(number)),
            None => Err(too_large_for_float().raise(vm)),
        },
        None => Ok(None),
    }
}

/// A real number, or `must be real number, not str`: what C functions that take a double say.
pub fn must_be_real(vm: &mut Vm, x: &Value) -> R<f64> {
    match real(vm, x)? {
        Some(number) => Ok(number),
        None => {
            let class = vm.type_name(x);
            Err(vm.type_error(format!("must be real number, not {class}")))
        }
    }
}

fn float(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float);
    Ok(Value::float(x))
}

fn unary(args: &[Value], operation: fn(f64) -> f64) -> R<Value> {
    take!(args => x: as_float);
    Ok(Value::float(operation(x)))
}

type Operation = fn(&mut Vm, f64, f64) -> R<Value>;

/// The other operand of an operator: a float or an integer.
fn operand(vm: &mut Vm, value: &Value) -> R<Option<f64>> {
    match (value.as_float(), as_integer(value)) {
        (Some(x), _) => Ok(Some(x)),
        (None, Some(number)) => match number.to_f64() {
            Some(x) => Ok(Some(x)),
            None => Err(too_large_for_float().raise(vm)),
        },
        (None, None) => Ok(None),
    }
}

fn forward(vm: &mut Vm, args: &[Value], operation: Operation) -> R<Value> {
    take!(args => x: as_float, other);
    match operand(vm, other)? {
        Some(y) => operation(vm, x, y),
        None => Ok(Value::NotImplemented),
    }
}

fn backward(vm: &mut Vm, args: &[Value], operation: Operation) -> R<Value> {
    take!(args => x: as_float, other);
    match operand(vm, other)? {
        Some(y) => operation(vm, y, x),
        None => Ok(Value::NotImplemented),
    }
}

fn true_div(vm: &mut Vm, x: f64, y: f64) -> R<Value> {
    if y == 0.0 {
        return Err(vm.zero_division_error("float division by zero"));
    }
    Ok(Value::float(x / y))
}

fn floor_div(vm: &mut Vm, x: f64, y: f64) -> R<Value> {
    if y == 0.0 {
        return Err(vm.zero_division_error("float floor division by zero"));
    }
    Ok(Value::float(arithmetic::divmod(x, y).0))
}

fn modulo(vm: &mut Vm, x: f64, y: f64) -> R<Value> {
    if y == 0.0 {
        return Err(vm.zero_division_error("float modulo"));
    }
    Ok(Value::float(arithmetic::divmod(x, y).1))
}

fn div_mod(vm: &mut Vm, x: f64, y: f64) -> R<Value> {
    if y == 0.0 {
        return Err(vm.zero_division_error("float divmod()"));
    }
    let (quotient, rest) = arithmetic::divmod(x, y);
    Ok(Value::tuple([Value::float(quotient), Value::float(rest)]))
}

/// `x ** y`
pub fn power(vm: &mut Vm, x: f64, y: f64) -> R<Value> {
    match arithmetic::power(x, y) {
        Ok(answer) => Ok(Value::float(answer)),
        Err(PowerFault::ZeroToNegative) => Err(vm.zero_division_error("0.0 cannot be raised to a negative power")),
        Err(PowerFault::Complex) => match complex_arithmetic::power((x, 0.0), (y, 0.0)) {
            Ok((re, im)) => Ok(Value::complex(re, im)),
            Err(_) => Err(vm.overflow_error("complex exponentiation")),
        },
        Err(PowerFault::Overflow) => {
            let class = vm.exceptions.overflow_error.clone();
            Err(vm.raise_args(
                &class,
                vec![Value::Int(34), Value::str("Numerical result out of range")],
            ))
        }
    }
}

fn pow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float, other, modulus);
    if !(modulus.is_unset() || modulus.is_none()) {
        return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    match operand(vm, other)? {
        Some(y) => power(vm, x, y),
        None => Ok(Value::NotImplemented),
    }
}

fn rpow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float, other, _modulus);
    match operand(vm, other)? {
        Some(y) => power(vm, y, x),
        None => Ok(Value::NotImplemented),
    }
}

fn compare(args: &[Value], how: Compare) -> R<Value> {
    take!(args => x: as_float, other);
    let order = match (other.as_float(), other.as_bigint()) {
        (Some(y), _) => x.partial_cmp(&y),
        (None, Some(y)) => arithmetic::compare_with_integer(&y, x).map(std::cmp::Ordering::reverse),
        (None, None) => return Ok(Value::NotImplemented),
    };
    Ok(Value::bool(order.map_or(how == Compare::Ne, |order| how.holds(order))))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float);
    Ok(Value::str(text::repr(x)))
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    if this.as_float().is_some_and(f64::is_nan) {
        return Ok(Value::Int(Vm::hash_identity(this)));
    }
    Ok(Value::Int(vm.hash(&this.payload().clone())?))
}

fn bool(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float);
    Ok(Value::bool(x != 0.0))
}

fn format(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, spec);
    let (Some(x), Some(spec)) = (this.as_float(), spec.as_str()) else {
        return Err(crate::python::types::str::not_text(vm, spec, "__format__", "argument"));
    };
    if spec.is_empty() {
        let text = vm.str(this)?;
        return Ok(Value::str(&*text));
    }
    let class = vm.type_name(this);
    format_float(x, spec, &class)
        .map(Value::str)
        .map_err(|error| error.raise(vm))
}

fn whole(vm: &mut Vm, args: &[Value], rounding: fn(f64) -> f64) -> R<Value> {
    take!(args => x: as_float);
    convert::from_float(vm, rounding(x))
}

fn round(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float, digits);
    if digits.is_unset() || digits.is_none() {
        return convert::from_float(vm, x.round_ties_even());
    }
    let digits = vm.index_big(digits)?;
    let clamped = digits.to_i64().unwrap_or(if digits > num_bigint::BigInt::ZERO {
        i64::MAX
    } else {
        i64::MIN
    });
    match arithmetic::round(x, clamped) {
        Some(rounded) => Ok(Value::float(rounded)),
        None => Err(vm.overflow_error("rounded value too large to represent")),
    }
}

fn as_integer_ratio(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float);
    match arithmetic::as_integer_ratio(x) {
        Some((numerator, denominator)) => Ok(Value::tuple([Value::big(numerator), Value::big(denominator)])),
        None if x.is_nan() => Err(vm.value_error("cannot convert NaN to integer ratio")),
        None => Err(vm.overflow_error("cannot convert Infinity to integer ratio")),
    }
}

fn is_integer(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float);
    Ok(Value::bool(x.is_finite() && x == x.floor()))
}

fn hex(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x: as_float);
    Ok(Value::str(text::hex(x)))
}

fn from_hex(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, string);
    let Some(text) = string.as_str() else {
        return Err(vm.type_error("bad argument type for built-in operation"));
    };
    let number = match read::float_hex(text) {
        Ok(number) => Value::float(number),
        Err(read::HexFault::Invalid) => {
            return Err(vm.value_error("invalid hexadecimal floating-point string"));
        }
        Err(read::HexFault::TooLarge) => {
            return Err(vm.overflow_error("hexadecimal value too large to represent as a float"));
        }
    };
    if class.as_class().is_some_and(|class| class.same(&vm.types.float)) {
        return Ok(number);
    }
    vm.call(class, &[number])
}

fn get_new_args(vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(Value::tuple([float(vm, args)?]))
}
