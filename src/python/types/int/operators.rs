//! Operators of integers.

use super::as_integer;
use crate::python::class::Compare;
use crate::python::format::int::Int;
use crate::python::types::number::integer;
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

/// A binary operation: on 64 bits where it fits, on big integers otherwise. NotImplemented for other types.
fn binary(a: &Value, b: &Value, small: fn(i64, i64) -> Option<i64>, big: fn(&BigInt, &BigInt) -> BigInt) -> Value {
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int())
        && let Some(answer) = small(x, y)
    {
        return Value::Int(answer);
    }
    match (a.as_bigint(), b.as_bigint()) {
        (Some(x), Some(y)) => Value::big(big(&x, &y)),
        _ => Value::NotImplemented,
    }
}

macro_rules! operator {
    ($name:ident, $reflected:ident, $small:expr, $big:expr) => {
        pub(super) fn $name(_vm: &mut Vm, args: &[Value]) -> R<Value> {
            take!(args => a, b);
            Ok(binary(a, b, $small, $big))
        }
        pub(super) fn $reflected(_vm: &mut Vm, args: &[Value]) -> R<Value> {
            take!(args => a, b);
            Ok(binary(b, a, $small, $big))
        }
    };
}

operator!(add, radd, i64::checked_add, |x, y| x + y);
operator!(sub, rsub, i64::checked_sub, |x, y| x - y);
operator!(and, rand, |x, y| Some(x & y), |x, y| x & y);
operator!(or, ror, |x, y| Some(x | y), |x, y| x | y);
operator!(xor, rxor, |x, y| Some(x ^ y), |x, y| x ^ y);

/// Products beyond this many bits end in MemoryError.
fn product(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int())
        && let Some(answer) = x.checked_mul(y)
    {
        return Ok(Value::Int(answer));
    }
    match (a.as_bigint(), b.as_bigint()) {
        (Some(x), Some(y)) if x.bits() + y.bits() > integer::MOST_PRODUCT_BITS => Err(vm.memory_error("")),
        (Some(x), Some(y)) => multiply(vm, x, &y).map(Value::big),
        _ => Ok(Value::NotImplemented),
    }
}

/// A product that Ctrl-C can stop.
fn multiply(vm: &mut Vm, x: BigInt, y: &BigInt) -> R<BigInt> {
    let bits = x.bits() + y.bits();
    if bits < integer::QUICK_BITS {
        return Ok(x * y);
    }
    vm.poll()?;
    // one long and one short factor take little time
    if x.bits().min(y.bits()) < 4096 {
        return Ok(x * y);
    }
    let y = y.clone();
    vm.aside(move || x * y)
}

pub(super) fn mul(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b);
    product(vm, a, b)
}

/// Divides when both are integers; `zero` is the message for a zero divisor.
fn division(
    vm: &mut Vm,
    a: &Value,
    b: &Value,
    zero: &str,
    divide: fn(&mut Vm, &BigInt, &BigInt) -> R<Value>,
) -> R<Value> {
    match (a.as_bigint(), b.as_bigint()) {
        (Some(_), Some(y)) if y.is_zero() => Err(vm.zero_division_error(zero)),
        (Some(x), Some(y)) => divide(vm, &x, &y),
        _ => Ok(Value::NotImplemented),
    }
}

/// Quotient and remainder, rounded down; Ctrl-C can stop long ones.
fn divide_floor(vm: &mut Vm, x: &BigInt, y: &BigInt) -> R<(BigInt, BigInt)> {
    let quotient_bits = x.bits().saturating_sub(y.bits());
    // the work grows with both lengths
    if (quotient_bits / 64).saturating_mul(y.bits() / 64) < 1 << 24 {
        return Ok(x.div_mod_floor(y));
    }
    let (x, y) = (x.clone(), y.clone());
    vm.aside(move || x.div_mod_floor(&y))
}

const ZERO_DIVISION: &str = "integer division or modulo by zero";

fn floor_quotient(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int())
        && y != 0
        && let Some(quotient) = x.checked_div(y)
    {
        return Ok(Value::Int(if (x % y != 0) && ((x < 0) != (y < 0)) {
            quotient - 1
        } else {
            quotient
        }));
    }
    division(vm, a, b, ZERO_DIVISION, |vm, x, y| {
        Ok(Value::big(divide_floor(vm, x, y)?.0))
    })
}

fn modulo(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int())
        && y != 0
        && let Some(rest) = x.checked_rem(y)
    {
        return Ok(Value::Int(if rest != 0 && ((rest < 0) != (y < 0)) {
            rest + y
        } else {
            rest
        }));
    }
    division(vm, a, b, "integer modulo by zero", |vm, x, y| {
        Ok(Value::big(divide_floor(vm, x, y)?.1))
    })
}

fn true_quotient(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    division(vm, a, b, "division by zero", |vm, x, y| {
        match integer::true_divide(x, y) {
            Some(quotient) => Ok(Value::float(quotient)),
            None => Err(vm.overflow_error("integer division result too large for a float")),
        }
    })
}

fn quotient_and_modulo(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    division(vm, a, b, ZERO_DIVISION, |vm, x, y| {
        let (quotient, modulo) = divide_floor(vm, x, y)?;
        Ok(Value::tuple([Value::big(quotient), Value::big(modulo)]))
    })
}

fn shift_left(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    let (Some(x), Some(y)) = (a.as_bigint(), b.as_bigint()) else {
        return Ok(Value::NotImplemented);
    };
    if y.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    if x.is_zero() {
        return Ok(Value::Int(0));
    }
    match y.to_u64() {
        Some(count) if x.bits().saturating_add(count) <= integer::MOST_BITS => Ok(Value::big(x << count)),
        Some(_) => Err(vm.memory_error("")),
        None => Err(vm.overflow_error("too many digits in integer")),
    }
}

fn shift_right(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    let (Some(x), Some(y)) = (a.as_bigint(), b.as_bigint()) else {
        return Ok(Value::NotImplemented);
    };
    if y.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    match y.to_u64() {
        Some(count) => Ok(Value::big(x >> count)),
        None => Ok(Value::Int(if x.is_negative() { -1 } else { 0 })),
    }
}

macro_rules! both_ways {
    ($($name:ident, $reflected:ident = $operation:ident;)*) => {
        $(
            pub(super) fn $name(vm: &mut Vm, args: &[Value]) -> R<Value> {
                take!(args => a, b);
                $operation(vm, a, b)
            }
            pub(super) fn $reflected(vm: &mut Vm, args: &[Value]) -> R<Value> {
                take!(args => a, b);
                $operation(vm, b, a)
            }
        )*
    };
}

both_ways! {
    floor_div, rfloor_div = floor_quotient;
    rem, rrem = modulo;
    true_div, rtrue_div = true_quotient;
    div_mod, rdiv_mod = quotient_and_modulo;
    lshift, rlshift = shift_left;
    rshift, rrshift = shift_right;
}

pub(super) fn pow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b, modulus);
    let (Some(x), Some(y)) = (a.as_bigint(), b.as_bigint()) else {
        return Ok(Value::NotImplemented);
    };
    if modulus.is_unset() || modulus.is_none() {
        return power(vm, &x, &y);
    }
    let Some(modulus) = modulus.as_bigint() else {
        return Ok(Value::NotImplemented);
    };
    let answer = if y.bits().saturating_mul(modulus.bits()) < integer::QUICK_BITS {
        integer::modular_power(&x, &y, &modulus)
    } else {
        vm.aside(move || integer::modular_power(&x, &y, &modulus))?
    };
    match answer {
        Ok(answer) => Ok(Value::big(answer)),
        Err(integer::ModularFault::ZeroModulus) => Err(vm.value_error("pow() 3rd argument cannot be 0")),
        Err(integer::ModularFault::NotInvertible) => {
            Err(vm.value_error("base is not invertible for the given modulus"))
        }
    }
}

pub(super) fn rpow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b, _modulus);
    let (Some(x), Some(y)) = (a.as_bigint(), b.as_bigint()) else {
        return Ok(Value::NotImplemented);
    };
    power(vm, &y, &x)
}

fn power(vm: &mut Vm, x: &BigInt, y: &BigInt) -> R<Value> {
    if y.is_negative() {
        let (Some(base), Some(exponent)) = (Int::Big(x).to_f64(), Int::Big(y).to_f64()) else {
            return Err(too_large_for_float(vm));
        };
        return crate::python::types::float::power(vm, base, exponent);
    }
    match integer::power(x, y, |power, factor| multiply(vm, power, factor))? {
        Some(answer) => Ok(Value::big(answer)),
        None => Err(vm.memory_error("")),
    }
}

pub(crate) fn too_large_for_float(vm: &mut Vm) -> Raised {
    crate::python::format::int::too_large_for_float().raise(vm)
}

pub(super) fn neg(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a);
    Ok(match a.as_int().and_then(i64::checked_neg) {
        Some(i) => Value::Int(i),
        None => Value::big(-a.as_bigint().unwrap_or_default()),
    })
}

pub(super) fn abs(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a);
    Ok(match a.as_int().and_then(i64::checked_abs) {
        Some(i) => Value::Int(i),
        None => Value::big(a.as_bigint().unwrap_or_default().abs()),
    })
}

pub(super) fn invert(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a);
    Ok(match a.as_int() {
        Some(i) => Value::Int(!i),
        None => Value::big(!a.as_bigint().unwrap_or_default()),
    })
}

pub(super) fn compare(args: &[Value], how: Compare) -> R<Value> {
    take!(args => a, b);
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int()) {
        return Ok(Value::bool(how.holds(x.cmp(&y))));
    }
    match (a.as_bigint(), b.as_bigint()) {
        (Some(x), Some(y)) => Ok(Value::bool(how.holds(x.cmp(&y)))),
        _ => Ok(Value::NotImplemented),
    }
}

pub(super) fn to_float(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a);
    match as_integer(a).and_then(Int::to_f64) {
        Some(x) => Ok(Value::float(x)),
        None => Err(too_large_for_float(vm)),
    }
}
