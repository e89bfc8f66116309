//! `complex`.

use super::float;
use super::int::as_integer;
use super::number::complex::{self as arithmetic, Fault, Pair};
use crate::python::class::{Compare, Slot};
use crate::python::format::int::too_large_for_float;
use crate::python::format::{complex as text, read};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::Object;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, real=0, imag=0)",
        Parser::Clinic,
        new,
        "",
    )),
    ClassItem::method(
        "conjugate",
        "(self, /)",
        Parser::NoArgs,
        conjugate,
        "Return the complex conjugate of its argument.",
    ),
    ClassItem::method(
        "__complex__",
        "(self, /)",
        Parser::NoArgs,
        positive,
        "Convert this value to exact type complex.",
    ),
    ClassItem::method(
        "__format__",
        "(self, format_spec, /)",
        Parser::One,
        format,
        "Convert to a string according to format_spec.",
    ),
    ClassItem::method("__getnewargs__", "(self, /)", Parser::NoArgs, get_new_args, ""),
    ClassItem::Property {
        name: "real",
        get: |_, this| Ok(Value::float(parts(this).map_or(0.0, |pair| pair.0))),
        set: Some(super::read_only),
        help: "the real part of a complex number",
    },
    ClassItem::Property {
        name: "imag",
        get: |_, this| Ok(Value::float(parts(this).map_or(0.0, |pair| pair.1))),
        set: Some(super::read_only),
        help: "the imaginary part of a complex number",
    },
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Bool, bool),
    ClassItem::special(Slot::Neg, negative),
    ClassItem::special(Slot::Pos, positive),
    ClassItem::special(Slot::Abs, abs),
    ClassItem::special(Slot::Add, |vm, args| forward(vm, args, add)),
    ClassItem::special(Slot::RAdd, |vm, args| backward(vm, args, add)),
    ClassItem::special(Slot::Sub, |vm, args| forward(vm, args, sub)),
    ClassItem::special(Slot::RSub, |vm, args| backward(vm, args, sub)),
    ClassItem::special(Slot::Mul, |vm, args| forward(vm, args, mul)),
    ClassItem::special(Slot::RMul, |vm, args| backward(vm, args, mul)),
    ClassItem::special(Slot::TrueDiv, |vm, args| forward(vm, args, div)),
    ClassItem::special(Slot::RTrueDiv, |vm, args| backward(vm, args, div)),
    ClassItem::special(Slot::Pow, pow),
    ClassItem::special(Slot::RPow, rpow),
    ClassItem::special(Slot::Eq, |_, args| compare(args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |_, args| compare(args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |_, _| Ok(Value::NotImplemented)),
    ClassItem::special(Slot::Le, |_, _| Ok(Value::NotImplemented)),
    ClassItem::special(Slot::Gt, |_, _| Ok(Value::NotImplemented)),
    ClassItem::special(Slot::Ge, |_, _| Ok(Value::NotImplemented)),
];

/// The parts of a `complex`.
pub fn parts(value: &Value) -> Option<Pair> {
    match value.payload().obj() {
        Some(Object::Complex(re, im)) => Some((*re, *im)),
        _ => None,
    }
}

fn value((re, im): Pair) -> Value {
    Value::complex(re, im)
}

/// What `__complex__` answers; None without one.
fn by_dunder(vm: &mut Vm, x: &Value) -> R<Option<Pair>> {
    if let Some(pair) = parts(x) {
        return Ok(Some(pair));
    }
    match vm.call_slot(x, Slot::Complex, &[])? {
        None => Ok(None),
        Some(answer) => match parts(&answer) {
            Some(pair) => Ok(Some(pair)),
            None => {
                let class = vm.type_name(&answer);
                Err(vm.type_error(format!("__complex__ returned non-complex (type {class})")))
            }
        },
    }
}

/// Any number as a complex one, for `cmath`; `must be real number, not str` otherwise.
pub fn to_complex(vm: &mut Vm, x: &Value) -> R<Pair> {
    match by_dunder(vm, x)? {
        Some(pair) => Ok(pair),
        None => Ok((float::must_be_real(vm, x)?, 0.0)),
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, real, imag);
    let exact = class.as_class().is_some_and(|class| class.same(&vm.types.complex));
    if exact && imag.is_unset() && matches!(real.obj(), Some(Object::Complex(..))) {
        return Ok(real.clone());
    }
    if let Some(text) = real.as_str() {
        if !imag.is_unset() {
            return Err(vm.type_error("complex() can't take second arg if first is a string"));
        }
        return match read::complex(text) {
            Some(pair) => Ok(vm.instance_of(class, value(pair))),
            None => Err(vm.value_error("complex() arg is a malformed string")),
        };
    }
    if imag.as_str().is_some() {
        return Err(vm.type_error("complex() second arg can't be a string"));
    }
    let left = if real.is_unset() {
        (0.0, 0.0)
    } else if let Some(pair) = by_dunder(vm, real)? {
        pair
    } else {
        match float::real(vm, real)? {
            Some(x) => (x, 0.0),
            None => {
                let given = vm.type_name(real);
                let message = format!("complex() first argument must be a string or a number, not '{given}'");
                return Err(vm.type_error(message));
            }
        }
    };
    let complex_left = parts(real).is_some() || (left.1 != 0.0);
    let imaginary = |y: f64| if complex_left { left.1 + y } else { y };
    let pair = if imag.is_unset() {
        left
    } else if let Some((re, im)) = parts(imag) {
        (left.0 - im, imaginary(re))
    } else {
        match float::real(vm, imag)? {
            Some(y) => (left.0, imaginary(y)),
            None => {
                let given = vm.type_name(imag);
                return Err(vm.type_error(format!("complex() second argument must be a number, not '{given}'")));
            }
        }
    };
    Ok(vm.instance_of(class, value(pair)))
}

type Operation = fn(&mut Vm, Pair, Pair) -> R<Value>;

/// An operand of an operator: complex, float or integer.
fn operand(vm: &mut Vm, x: &Value) -> R<Option<Pair>> {
    if let Some(pair) = parts(x) {
        return Ok(Some(pair));
    }
    match (x.as_float(), as_integer(x)) {
        (Some(re), _) => Ok(Some((re, 0.0))),
        (None, Some(number)) => match number.to_f64() {
            Some(re) => Ok(Some((re, 0.0))),
            None => Err(too_large_for_float().raise(vm)),
        },
        (None, None) => Ok(None),
    }
}

fn forward(vm: &mut Vm, args: &[Value], operation: Operation) -> R<Value> {
    take!(args => a, b);
    match (operand(vm, a)?, operand(vm, b)?) {
        (Some(x), Some(y)) => operation(vm, x, y),
        _ => Ok(Value::NotImplemented),
    }
}

fn backward(vm: &mut Vm, args: &[Value], operation: Operation) -> R<Value> {
    take!(args => a, b);
    match (operand(vm, b)?, operand(vm, a)?) {
        (Some(x), Some(y)) => operation(vm, x, y),
        _ => Ok(Value::NotImplemented),
    }
}

fn add(_vm: &mut Vm, x: Pair, y: Pair) -> R<Value> {
    Ok(value((x.0 + y.0, x.1 + y.1)))
}

fn sub(_vm: &mut Vm, x: Pair, y: Pair) -> R<Value> {
    Ok(value((x.0 - y.0, x.1 - y.1)))
}

fn mul(_vm: &mut Vm, x: Pair, y: Pair) -> R<Value> {
    Ok(value(arithmetic::multiply(x, y)))
}

fn div(vm: &mut Vm, x: Pair, y: Pair) -> R<Value> {
    match arithmetic::divide(x, y) {
        Some(quotient) => Ok(value(quotient)),
        None => Err(vm.zero_division_error("complex division by zero")),
    }
}

fn power(vm: &mut Vm, x: Pair, y: Pair) -> R<Value> {
    match arithmetic::power(x, y) {
        Ok(answer) => Ok(value(answer)),
        Err(Fault::Zero) => Err(vm.zero_division_error("0.0 to a negative or complex power")),
        Err(Fault::Overflow) => Err(vm.overflow_error("complex exponentiation")),
    }
}

fn pow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b, modulus);
    if !(modulus.is_unset() || modulus.is_none()) {
        return Err(vm.value_error("complex modulo"));
    }
    forward(vm, &[a.clone(), b.clone()], power)
}

fn rpow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b, _modulus);
    backward(vm, &[a.clone(), b.clone()], power)
}

fn compare(args: &[Value], how: Compare) -> R<Value> {
    take!(args => a, b);
    let Some((re, im)) = parts(a) else {
        return Ok(Value::NotImplemented);
    };
    let equal = if let Some(other) = parts(b) {
        (re, im) == other
    } else if let Some(x) = b.as_float() {
        im == 0.0 && re == x
    } else if let Some(number) = b.as_bigint() {
        im == 0.0 && super::number::float::compare_with_integer(&number, re) == Some(std::cmp::Ordering::Equal)
    } else {
        return Ok(Value::NotImplemented);
    };
    Ok(Value::bool(equal == (how == Compare::Eq)))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let (re, im) = parts(this).unwrap_or_default();
    Ok(Value::str(text::repr(re, im)))
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::Int(vm.hash(&this.payload().clone())?))
}

fn bool(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::bool(parts(this) != Some((0.0, 0.0))))
}

fn negative(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let (re, im) = parts(this).unwrap_or_default();
    Ok(value((-re, -im)))
}

fn positive(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(value(parts(this).unwrap_or_default()))
}

fn conjugate(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let (re, im) = parts(this).unwrap_or_default();
    Ok(value((re, -im)))
}

fn abs(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let (re, im) = parts(this).unwrap_or_default();
    let size = re.hypot(im);
    if size.is_infinite() && re.is_finite() && im.is_finite() {
        return Err(vm.overflow_error("absolute value too large"));
    }
    Ok(Value::float(size))
}

fn format(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, spec);
    let (Some((re, im)), Some(spec)) = (parts(this), spec.as_str()) else {
        return Err(crate::python::types::str::not_text(vm, spec, "__format__", "argument"));
    };
    if spec.is_empty() {
        let text = vm.str(this)?;
        return Ok(Value::str(&*text));
    }
    let class = vm.type_name(this);
    text::format_complex(re, im, spec, &class)
        .map(Value::str)
        .map_err(|error| error.raise(vm))
}

fn get_new_args(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let (re, im) = parts(this).unwrap_or_default();
    Ok(Value::tuple([Value::float(re), Value::float(im)]))
}
