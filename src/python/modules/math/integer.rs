//! Whole numbers: factorials, divisors and multiples, combinations, roots.

use crate::python::types::number::integer::QUICK_BITS;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{Signed, ToPrimitive, Zero};

/// An argument as an integer, through `__index__`.
pub(super) fn integer(vm: &mut Vm, value: &Value) -> R<BigInt> {
    match vm.try_index(value)? {
        Some(number) => Ok(number),
        None => {
            let class = vm.type_name(value);
            Err(vm.type_error(format!("'{class}' object cannot be interpreted as an integer")))
        }
    }
}

pub(super) fn factorial(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [n] = args else { return Ok(Value::None) };
    let n = integer(vm, n)?;
    if n.is_negative() {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    let Some(n) = n.to_u32() else {
        return Err(vm.overflow_error("factorial() argument should not exceed 9223372036854775807"));
    };
    product_of(vm, 1, n.into()).map(Value::big)
}

/// The product of all integers in `low + 1 ..= high`, halves first, so that factors stay of one size.
fn product_of(vm: &mut Vm, low: u64, high: u64) -> R<BigInt> {
    vm.poll()?;
    if high <= low {
        return Ok(BigInt::from(1));
    }
    if high - low <= 16 {
        return Ok(BigInt::from(
            (low + 1..=high).fold(BigUint::from(1u32), |product, factor| product * factor),
        ));
    }
    let middle = low + (high - low) / 2;
    Ok(product_of(vm, low, middle)? * product_of(vm, middle, high)?)
}

pub(super) fn fold(vm: &mut Vm, args: &[Value], start: BigInt, combine: fn(&BigInt, &BigInt) -> BigInt) -> R<Value> {
    let [integers] = args else { return Ok(Value::None) };
    let mut result = start;
    for value in integers.as_tuple().unwrap_or_default() {
        let number = integer(vm, value)?;
        result = if result.bits().min(number.bits()) < QUICK_BITS {
            combine(&result, &number)
        } else {
            vm.aside(move || combine(&result, &number))?
        };
    }
    Ok(Value::big(result.abs()))
}

pub(super) fn comb(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [n, k] = args else { return Ok(Value::None) };
    let (n, k) = (integer(vm, n)?, integer(vm, k)?);
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    if k > n {
        return Ok(Value::int(0));
    }
    let k = k.clone().min(&n - k);
    let Some(k) = k.to_u64() else {
        return Err(vm.overflow_error("min(n - k, k) must not exceed 9223372036854775807"));
    };
    let mut result = BigInt::from(1);
    for step in 0..k {
        if step % 256 == 0 {
            vm.poll()?;
        }
        result = result * (&n - step) / (step + 1);
    }
    Ok(Value::big(result))
}

pub(super) fn perm(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [n, k] = args else { return Ok(Value::None) };
    if k.is_unset() || k.is_none() {
        return factorial(vm, std::slice::from_ref(n));
    }
    let (n, k) = (integer(vm, n)?, integer(vm, k)?);
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    if k > n {
        return Ok(Value::int(0));
    }
    let Some(k) = k.to_u64() else {
        return Err(vm.overflow_error("k must not exceed 9223372036854775807"));
    };
    let mut result = BigInt::from(1);
    for step in 0..k {
        if step % 256 == 0 {
            vm.poll()?;
        }
        result *= &n - step;
    }
    Ok(Value::big(result))
}

pub(super) fn isqrt(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [n] = args else { return Ok(Value::None) };
    let n = integer(vm, n)?;
    if n.sign() == Sign::Minus {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    if n.is_zero() {
        return Ok(Value::int(0));
    }
    if n.bits() < QUICK_BITS {
        return Ok(Value::big(n.sqrt()));
    }
    vm.aside(move || n.sqrt()).map(Value::big)
}
