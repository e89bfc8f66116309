//! `range`.

use super::sequence::{self, Subscript};
use crate::python::class::Compare;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::iterator::RangeIterator;
use crate::python::object::{Object, Range};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use num_traits::ToPrimitive;
use std::cell::Cell;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, start, stop=None, step=1, /)",
        Parser::Unpack,
        new,
        "",
    )),
    ClassItem::method(
        "count",
        "(self, value, /)",
        Parser::One,
        count,
        "rangeobject.count(value) -> integer -- return number of occurrences of value",
    ),
    ClassItem::method(
        "index",
        "(self, value, /)",
        Parser::One,
        index,
        "rangeobject.index(value) -> integer -- return index of value.",
    ),
    ClassItem::method(
        "__reversed__",
        "(self, /)",
        Parser::NoArgs,
        reversed,
        "Return a reverse iterator.",
    ),
    ClassItem::Property {
        name: "start",
        get: |_, this| Ok(Value::Int(range(this).map_or(0, |r| r.start))),
        set: Some(super::read_only),
        help: "",
    },
    ClassItem::Property {
        name: "stop",
        get: |_, this| Ok(Value::Int(range(this).map_or(0, |r| r.stop))),
        set: Some(super::read_only),
        help: "",
    },
    ClassItem::Property {
        name: "step",
        get: |_, this| Ok(Value::Int(range(this).map_or(0, |r| r.step))),
        set: Some(super::read_only),
        help: "",
    },
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Bool, bool),
    ClassItem::special(Slot::Contains, contains),
    ClassItem::special(Slot::Iter, iter),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Eq, |_, args| compare(args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |_, args| compare(args, Compare::Ne)),
];

fn range(value: &Value) -> Option<Range> {
    match value.obj() {
        Some(Object::Range(range)) => Some(*range),
        _ => None,
    }
}

fn value(range: Range) -> Value {
    Value::object(Object::Range(range))
}

/// A bound of a range: ranges beyond 64 bits are not supported.
fn bound(vm: &mut Vm, value: &Value) -> R<i64> {
    if let Value::Int(bound) = value {
        return Ok(*bound);
    }
    match vm.index_big(value)?.to_i64() {
        Some(bound) => Ok(bound),
        None => Err(vm.unsupported("ranges beyond 64 bits")),
    }
}

/// `range` of one to three plain ints; None for what `new` must look at.
#[inline]
pub(crate) fn of_ints(args: &[Value]) -> Option<Value> {
    let (start, stop, step) = match args {
        [Value::Int(stop)] => (0, *stop, 1),
        [Value::Int(start), Value::Int(stop)] => (*start, *stop, 1),
        [Value::Int(start), Value::Int(stop), Value::Int(step)] if *step != 0 => (*start, *stop, *step),
        _ => return None,
    };
    Some(Value::object(Object::Range(Range { start, stop, step })))
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => _class, start, stop, step);
    if stop.is_unset() {
        return Ok(value(Range {
            start: 0,
            stop: bound(vm, start)?,
            step: 1,
        }));
    }
    let (start, stop) = (bound(vm, start)?, bound(vm, stop)?);
    let step = if step.is_unset() { 1 } else { bound(vm, step)? };
    if step == 0 {
        return Err(vm.value_error("range() arg 3 must not be zero"));
    }
    Ok(value(Range { start, stop, step }))
}

/// The index of an integer in a range.
fn position(range: Range, number: i64) -> Option<u64> {
    let offset = number as i128 - range.start as i128;
    let step = range.step as i128;
    if offset % step != 0 {
        return None;
    }
    u64::try_from(offset / step).ok().filter(|at| *at < range.len())
}

/// The index of any value: integers are computed, other values compared one by one.
fn find(vm: &mut Vm, this: &Value, wanted: &Value) -> R<Option<u64>> {
    let Some(range) = range(this) else { return Ok(None) };
    if matches!(wanted, Value::Int(_) | Value::True | Value::False) {
        return Ok(wanted.as_int().and_then(|number| position(range, number)));
    }
    for at in 0..range.len() {
        if vm.equal(&Value::Int(range.at(at)), wanted)? {
            return Ok(Some(at));
        }
        if at % 4096 == 0 {
            vm.poll()?;
        }
    }
    Ok(None)
}

fn count(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, wanted);
    Ok(Value::Int(i64::from(find(vm, this, wanted)?.is_some())))
}

fn index(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, wanted);
    match find(vm, this, wanted)? {
        Some(at) => Ok(Value::Int(at as i64)),
        None if wanted.is_int() => {
            let shown = vm.repr(wanted)?;
            Err(vm.value_error(format!("{shown} is not in range")))
        }
        None => Err(vm.value_error("sequence.index(x): x not in sequence")),
    }
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, wanted);
    Ok(Value::bool(find(vm, this, wanted)?.is_some()))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let Some(range) = range(this) else {
        return Ok(Value::NotImplemented);
    };
    let length = range.len() as usize;
    match sequence::subscript(vm, key, "range indices")? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, length, "range object index out of range")?;
            Ok(Value::Int(range.at(at as u64)))
        }
        Subscript::Slice(slice) => {
            let bounds = sequence::bounds(vm, slice, length)?;
            let at = |index: i64| (range.start as i128 + range.step as i128 * index as i128) as i64;
            let step = range.step.saturating_mul(bounds.step);
            Ok(value(Range {
                start: at(bounds.start),
                stop: at(bounds.stop),
                step,
            }))
        }
    }
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::size(range(this).map_or(0, |range| range.len() as usize)))
}

fn bool(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::bool(range(this).is_some_and(|range| !range.is_empty())))
}

fn iter(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(range) = range(this) else {
        return Ok(Value::NotImplemented);
    };
    Ok(Value::object(Object::RangeIterator(RangeIterator {
        current: Cell::new(range.start),
        left: Cell::new(range.len()),
        step: range.step,
    })))
}

fn reversed(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(range) = range(this) else {
        return Ok(Value::NotImplemented);
    };
    let last = range.len().checked_sub(1).map_or(range.start, |last| range.at(last));
    Ok(Value::object(Object::RangeIterator(RangeIterator {
        current: Cell::new(last),
        left: Cell::new(range.len()),
        step: range.step.wrapping_neg(),
    })))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(Range { start, stop, step }) = range(this) else {
        return Ok(Value::NotImplemented);
    };
    Ok(Value::str(if step == 1 {
        format!("range({start}, {stop})")
    } else {
        format!("range({start}, {stop}, {step})")
    }))
}

/// Length, first item and step: what two equal ranges share.
fn identity(range: Range) -> [Value; 3] {
    match range.len() {
        0 => [Value::Int(0), Value::None, Value::None],
        1 => [Value::Int(1), Value::Int(range.start), Value::None],
        n => [Value::Int(n as i64), Value::Int(range.start), Value::Int(range.step)],
    }
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(range) = range(this) else {
        return Ok(Value::NotImplemented);
    };
    Ok(Value::Int(vm.hash(&Value::tuple(identity(range)))?))
}

fn compare(args: &[Value], how: Compare) -> R<Value> {
    take!(args => this, other);
    let (Some(left), Some(right)) = (range(this), range(other)) else {
        return Ok(Value::NotImplemented);
    };
    let (n, m) = (left.len(), right.len());
    let equal = n == m && (n == 0 || (left.start == right.start && (n == 1 || left.step == right.step)));
    Ok(Value::bool(equal == (how == Compare::Eq)))
}
