//! What all sequences share: indices, slices, repetition, comparison, search bounds.

use crate::python::class::Compare;
use crate::python::object::{Object, Slice};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use num_traits::{Signed, ToPrimitive};

/// Items that a sequence may have: what is longer ends in MemoryError before anything is allocated.
pub const MOST_ITEMS: usize = 1 << 30;

/// A slice applied to a length: `count` items from `start`, `step` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
    pub count: usize,
}

impl Bounds {
    /// The indices it takes, in order.
    pub fn indices(self) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.count as i64).map(move |i| (self.start + i * self.step) as usize)
    }

    /// The contiguous range of a slice with step 1.
    pub fn range(self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + self.count
    }
}

/// A slice's own numbers, clamped to 64 bits; None for a missing one.
fn slice_part(vm: &mut Vm, value: &Value) -> R<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    clamped_index(
        vm,
        value,
        "slice indices must be integers or None or have an __index__ method",
    )
    .map(Some)
}

/// An index clamped to 64 bits, or a TypeError with `message`.
pub fn clamped_index(vm: &mut Vm, value: &Value, message: &str) -> R<i64> {
    if let Some(i) = value.as_int() {
        return Ok(i);
    }
    match vm.try_index(value)? {
        None => Err(vm.type_error(message)),
        Some(big) => Ok(big
            .to_i64()
            .unwrap_or(if big.is_negative() { i64::MIN } else { i64::MAX })),
    }
}

/// `slice.indices` for a length.
pub fn bounds(vm: &mut Vm, slice: &Slice, length: usize) -> R<Bounds> {
    let step = slice_part(vm, &slice.step)?.unwrap_or(1);
    if step == 0 {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let step = step.max(-i64::MAX);
    let length = length as i64;
    let (low, high) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let place = |given: Option<i64>, default: i64| match given {
        None => default,
        Some(i) if i < 0 => i.saturating_add(length).max(low),
        Some(i) => i.min(high),
    };
    let start = slice_part(vm, &slice.start)?;
    let stop = slice_part(vm, &slice.stop)?;
    let start = place(start, if step < 0 { high } else { low });
    let stop = place(stop, if step < 0 { low } else { high });
    let distance = if step < 0 { start - stop } else { stop - start };
    let count = if distance <= 0 {
        0
    } else {
        ((distance - 1) / step.abs() + 1) as usize
    };
    Ok(Bounds {
        start,
        stop,
        step,
        count,
    })
}

/// The place of an index in a sequence, counted from the end when negative; an IndexError with
/// `message` beyond. `index` is known to be an integer.
pub fn place(vm: &mut Vm, index: i64, length: usize, message: &str) -> R<usize> {
    let at = if index < 0 {
        index.saturating_add(length as i64)
    } else {
        index
    };
    if at < 0 || at >= length as i64 {
        Err(vm.index_error(message))
    } else {
        Ok(at as usize)
    }
}

/// A subscript that is an integer, a slice, or neither.
pub enum Subscript<'a> {
    Index(i64),
    Slice(&'a Slice),
}

/// Reads a subscript; `kind` begins the TypeError: `list indices must be integers or slices, not str`.
pub fn subscript<'a>(vm: &mut Vm, value: &'a Value, kind: &str) -> R<Subscript<'a>> {
    if let Some(i) = value.as_int() {
        return Ok(Subscript::Index(i));
    }
    if let Some(Object::Slice(slice)) = value.obj() {
        return Ok(Subscript::Slice(slice));
    }
    match vm.try_index(value)? {
        Some(big) => match big.to_i64() {
            Some(i) => Ok(Subscript::Index(i)),
            None => Err(index_too_large(vm, value)),
        },
        None => {
            let class = vm.type_name(value);
            Err(vm.type_error(format!("{kind} must be integers or slices, not {class}")))
        }
    }
}

/// The error for an index beyond 64 bits.
pub fn index_too_large(vm: &mut Vm, value: &Value) -> crate::python::value::Raised {
    let class = vm.type_name(value);
    vm.index_error(format!("cannot fit '{class}' into an index-sized integer"))
}

/// Start and stop of a search (`list.index`, `str.find`) within a length: omitted, None or integers.
pub fn search_range(vm: &mut Vm, start: &Value, stop: &Value, length: usize) -> R<(usize, usize)> {
    let message = "slice indices must be integers or None or have an __index__ method";
    let mut part = |value: &Value, default: i64| -> R<i64> {
        if value.is_unset() || value.is_none() {
            Ok(default)
        } else {
            clamped_index(vm, value, message)
        }
    };
    let length = length as i64;
    let place = |i: i64| if i < 0 { i.saturating_add(length).max(0) } else { i };
    let start = place(part(start, 0)?);
    let stop = place(part(stop, length)?).min(length);
    Ok((start as usize, stop as usize))
}

/// As [`search_range`], for `list.index` and `tuple.index`, which take no None.
pub fn index_range(vm: &mut Vm, start: &Value, stop: &Value, length: usize) -> R<(usize, usize)> {
    for bound in [start, stop] {
        if !bound.is_unset() {
            clamped_index(vm, bound, "slice indices must be integers or have an __index__ method")?;
        }
    }
    search_range(vm, start, stop, length)
}

/// How often a sequence of `length` items is repeated by `times`; MemoryError when that is too long.
/// None when `times` is no integer: the other side may know better.
pub fn repetition(vm: &mut Vm, times: &Value, length: usize) -> R<Option<usize>> {
    let times = match times.as_int() {
        Some(times) => times,
        None => match vm.try_index(times)?.map(|big| big.to_i64()) {
            None => return Ok(None),
            Some(Some(times)) => times,
            Some(None) => {
                let class = vm.type_name(times);
                return Err(vm.overflow_error(format!("cannot fit '{class}' into an index-sized integer")));
            }
        },
    };
    let times = times.max(0) as usize;
    match times.checked_mul(length) {
        Some(total) if total <= MOST_ITEMS => {
            // between the byte of a text and the sixteen of a list
            vm.afford(total.saturating_mul(4))?;
            Ok(Some(times))
        }
        _ => Err(vm.memory_error("")),
    }
}

/// The TypeError of `sequence * x` for an `x` that is no integer.
pub fn not_a_repetition(vm: &mut Vm, times: &Value) -> crate::python::value::Raised {
    let class = vm.type_name(times);
    vm.type_error(format!("can't multiply sequence by non-int of type '{class}'"))
}

/// Compares two sequences item by item. The items are asked for again each time, since comparing may run
/// Python code that changes them.
pub fn compare(
    vm: &mut Vm,
    how: Compare,
    left: &dyn Fn(usize) -> Option<Value>,
    right: &dyn Fn(usize) -> Option<Value>,
    lengths: &dyn Fn() -> (usize, usize),
) -> R<Value> {
    let (a, b) = lengths();
    if a != b && matches!(how, Compare::Eq | Compare::Ne) {
        return Ok(Value::bool(how == Compare::Ne));
    }
    let mut at = 0;
    while let (Some(x), Some(y)) = (left(at), right(at)) {
        if !x.is(&y) && !vm.equal(&x, &y)? {
            return match how {
                Compare::Eq => Ok(Value::False),
                Compare::Ne => Ok(Value::True),
                _ => vm.compare(how, &x, &y),
            };
        }
        at += 1;
    }
    let (a, b) = lengths();
    Ok(Value::bool(how.holds(a.cmp(&b))))
}

/// Extends by `times - 1` copies of what is there.
pub fn repeat_items(items: &[Value], times: usize) -> Vec<Value> {
    if let [one] = items {
        return vec![one.clone(); times];
    }
    let mut out = Vec::with_capacity(items.len() * times);
    for _ in 0..times {
        out.extend_from_slice(items);
    }
    out
}
