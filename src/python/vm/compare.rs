//! Comparisons, truth, hashes.

use super::Vm;
use crate::python::class::{Compare, Slot};
use crate::python::object::table::{int_equals_float, plain_hash};
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Value};
use std::cmp::Ordering;

/// The order of two plain numbers; `Some(None)` for NaN, None when they are not both plain.
#[inline]
fn order_numbers(a: &Value, b: &Value) -> Option<Option<Ordering>> {
    Some(match (a, b) {
        (Value::Int(x), Value::Int(y)) => Some(x.cmp(y)),
        (Value::Float(x), Value::Float(y)) => x.get().partial_cmp(&y.get()),
        (Value::Int(x), Value::Float(y)) => order_mixed(*x, y.get()),
        (Value::Float(x), Value::Int(y)) => order_mixed(*y, x.get()).map(Ordering::reverse),
        _ => return None,
    })
}

fn order_mixed(x: i64, y: f64) -> Option<Ordering> {
    if int_equals_float(x, y) {
        return Some(Ordering::Equal);
    }
    if x.unsigned_abs() < 1 << 53 {
        return (x as f64).partial_cmp(&y);
    }
    if y.is_nan() {
        return None;
    }
    if y >= 9.3e18 {
        return Some(Ordering::Less);
    }
    if y <= -9.3e18 {
        return Some(Ordering::Greater);
    }
    // floor keeps the order for integers below, and equality was excluded
    let floor = y.floor() as i128;
    Some(if x as i128 <= floor {
        Ordering::Less
    } else {
        Ordering::Greater
    })
}

impl Vm {
    /// `a < b` and its kin, as a value (a tensor answers a tensor).
    #[inline]
    pub fn compare(&mut self, op: Compare, a: &Value, b: &Value) -> R<Value> {
        if let Some(order) = order_numbers(a, b) {
            return Ok(Value::bool(order.map_or(op == Compare::Ne, |order| op.holds(order))));
        }
        self.compare_slow(op, a, b)
    }

    fn compare_slow(&mut self, op: Compare, a: &Value, b: &Value) -> R<Value> {
        if let (Some(Object::Str(x)), Some(Object::Str(y))) = (a.obj(), b.obj()) {
            return Ok(Value::bool(match op {
                Compare::Eq => x.as_str() == y.as_str(),
                Compare::Ne => x.as_str() != y.as_str(),
                _ => op.holds(x.as_str().cmp(y.as_str())),
            }));
        }
        self.recurse(" in comparison", |vm| vm.compare_slots(op, a, b))
    }

    fn compare_slots(&mut self, op: Compare, a: &Value, b: &Value) -> R<Value> {
        let (left, right) = (self.class_of(a), self.class_of(b));
        let swapped = op.swapped();
        let mut reflected_done = false;
        if right.is_subclass_of(&left)
            && !right.same(&left)
            && let Some(method) = right.slot(swapped.slot())
        {
            reflected_done = true;
            let answer = self.compare_method(&method, b, a)?;
            if !matches!(answer, Value::NotImplemented) {
                return Ok(answer);
            }
        }
        if let Some(method) = left.slot(op.slot()) {
            let answer = self.compare_method(&method, a, b)?;
            if !matches!(answer, Value::NotImplemented) {
                return Ok(answer);
            }
        }
        if !reflected_done && let Some(method) = right.slot(swapped.slot()) {
            let answer = self.compare_method(&method, b, a)?;
            if !matches!(answer, Value::NotImplemented) {
                return Ok(answer);
            }
        }
        match op {
            Compare::Eq => Ok(Value::bool(a.is(b))),
            Compare::Ne => Ok(Value::bool(!a.is(b))),
            _ => {
                let (left, right, sign) = (left.shown_name(), right.shown_name(), op.sign());
                Err(self.type_error(format!(
                    "'{sign}' not supported between instances of '{left}' and '{right}'"
                )))
            }
        }
    }

    fn compare_method(&mut self, method: &Value, a: &Value, b: &Value) -> R<Value> {
        self.call_slot_method(method, a, b)
    }

    /// `a == b` as `bool()` sees it; identical objects are equal (as containers compare).
    #[inline]
    pub fn equal(&mut self, a: &Value, b: &Value) -> R<bool> {
        if let (Value::Int(x), Value::Int(y)) = (a, b) {
            return Ok(x == y);
        }
        if a.is(b) {
            return Ok(true);
        }
        let answer = self.compare(Compare::Eq, a, b)?;
        self.truth(&answer)
    }

    /// `a < b` as `bool()` sees it.
    pub fn less(&mut self, a: &Value, b: &Value) -> R<bool> {
        let answer = self.compare(Compare::Lt, a, b)?;
        self.truth(&answer)
    }

    /// `bool(value)`
    #[inline]
    pub fn truth(&mut self, value: &Value) -> R<bool> {
        match value {
            Value::True => Ok(true),
            Value::False | Value::None => Ok(false),
            Value::Int(number) => Ok(*number != 0),
            Value::Float(bits) => Ok(bits.get() != 0.0),
            _ => self.truth_slow(value),
        }
    }

    fn truth_slow(&mut self, value: &Value) -> R<bool> {
        match value.obj() {
            Some(Object::Str(text)) => return Ok(!text.is_empty()),
            Some(Object::List(list)) => return Ok(!list.is_empty()),
            Some(Object::Tuple(items)) => return Ok(!items.is_empty()),
            Some(Object::Dict(dict)) => return Ok(!dict.is_empty()),
            Some(Object::Set(set) | Object::FrozenSet(set)) => return Ok(!set.is_empty()),
            Some(Object::Bytes(bytes)) => return Ok(!bytes.is_empty()),
            Some(Object::Big(_)) => return Ok(true),
            Some(Object::Function(_) | Object::Native(_)) => return Ok(true),
            _ => {}
        }
        let class = self.class_of(value);
        if let Some(method) = class.slot(Slot::Bool) {
            let answer = self.call_with_receiver(&method, value.clone(), CallArgs::positional(&[]))?;
            return match answer {
                Value::True => Ok(true),
                Value::False => Ok(false),
                other => {
                    let kind = self.type_name(&other);
                    Err(self.type_error(format!("__bool__ should return bool, returned {kind}")))
                }
            };
        }
        if class.slot(Slot::Len).is_some() {
            return Ok(self.len(value)? != 0);
        }
        Ok(true)
    }

    /// `hash(value)`
    pub fn hash(&mut self, value: &Value) -> R<i64> {
        if let Some(hash) = plain_hash(value) {
            return Ok(hash);
        }
        if let Some(Object::Tuple(items)) = value.obj() {
            return self.recurse("", |vm| vm.hash_tuple(items));
        }
        let class = self.class_of(value);
        match class.slot(Slot::Hash) {
            Some(method) if !method.is_none() => {
                let answer = self.call_with_receiver(&method, value.clone(), CallArgs::positional(&[]))?;
                if let Some(number) = answer.as_int() {
                    return Ok(if number == -1 { -2 } else { number });
                }
                match answer.as_bigint() {
                    Some(number) => Ok(crate::python::object::table::hash_bigint(&number)),
                    _ => Err(self.type_error("__hash__ method should return an integer")),
                }
            }
            _ => {
                let kind = class.shown_name();
                Err(self.type_error(format!("unhashable type: '{kind}'")))
            }
        }
    }

    /// CPython's hash of a tuple (xxHash over the items' hashes).
    fn hash_tuple(&mut self, items: &[Value]) -> R<i64> {
        const PRIME_1: u64 = 11_400_714_785_074_694_791;
        const PRIME_2: u64 = 14_029_467_366_897_019_727;
        const PRIME_5: u64 = 2_870_177_450_012_600_261;
        let mut sum = PRIME_5;
        for item in items {
            let lane = self.hash(item)? as u64;
            sum = sum
                .wrapping_add(lane.wrapping_mul(PRIME_2))
                .rotate_left(31)
                .wrapping_mul(PRIME_1);
        }
        sum = sum.wrapping_add(items.len() as u64 ^ (PRIME_5 ^ 3_527_539));
        Ok(if sum == u64::MAX { 1_546_275_796 } else { sum as i64 })
    }

    /// The default hash, by identity.
    pub fn hash_identity(value: &Value) -> i64 {
        let address = value.identity() as u64;
        address.rotate_right(4) as i64
    }

    /// Whether a value can be a dict key without calling Python: for quick checks.
    pub fn is_plain_key(value: &Value) -> bool {
        plain_hash(value).is_some()
    }
}
