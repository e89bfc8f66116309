//! `tuple`.

use super::list::cannot_concatenate;
use super::sequence::{self, Subscript};
use crate::python::class::Compare;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{ListIterator, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::{Cell, RefCell};

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, iterable=(), /)",
        Parser::Clinic,
        new,
        "",
    )),
    ClassItem::method(
        "count",
        "(self, value, /)",
        Parser::One,
        count,
        "Return number of occurrences of value.",
    ),
    ClassItem::method(
        "index",
        "(self, value, start=0, stop=9223372036854775807, /)",
        Parser::Clinic,
        index,
        "Return first index of value.",
    ),
    ClassItem::method("__getnewargs__", "(self, /)", Parser::NoArgs, get_new_args, ""),
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Contains, contains),
    ClassItem::special(Slot::Iter, iter),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Add, add),
    ClassItem::special(Slot::Mul, mul),
    ClassItem::special(Slot::RMul, mul),
    ClassItem::special(Slot::Eq, |vm, args| compare(vm, args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |vm, args| compare(vm, args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |vm, args| compare(vm, args, Compare::Lt)),
    ClassItem::special(Slot::Le, |vm, args| compare(vm, args, Compare::Le)),
    ClassItem::special(Slot::Gt, |vm, args| compare(vm, args, Compare::Gt)),
    ClassItem::special(Slot::Ge, |vm, args| compare(vm, args, Compare::Ge)),
    ClassItem::ClassMethod(NativeDef::new(
        "__class_getitem__",
        "(cls, object, /)",
        Parser::One,
        super::generic::alias,
        "See PEP 585",
    )),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, iterable);
    let exact = class.as_class().is_some_and(|c| c.same(&vm.types.tuple));
    if exact && matches!(iterable.obj(), Some(Object::Tuple(_))) {
        return Ok(iterable.clone());
    }
    let items = if iterable.is_unset() {
        Vec::new()
    } else {
        vm.collect(iterable)?
    };
    Ok(vm.instance_of(class, Value::tuple(items)))
}

fn find(vm: &mut Vm, items: &[Value], value: &Value) -> R<Option<usize>> {
    for (at, item) in items.iter().enumerate() {
        if item.is(value) || vm.equal(item, value)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn count(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => items: as_tuple, value);
    let mut total = 0;
    for item in items {
        total += i64::from(item.is(value) || vm.equal(item, value)?);
    }
    Ok(Value::Int(total))
}

fn index(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => items: as_tuple, value, start, stop);
    let (start, stop) = sequence::index_range(vm, start, stop, items.len())?;
    match find(vm, items.get(start..stop).unwrap_or(&[]), value)? {
        Some(at) => Ok(Value::size(start + at)),
        None => Err(vm.value_error("tuple.index(x): x not in tuple")),
    }
}

fn get_new_args(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => items: as_tuple);
    Ok(Value::tuple(vec![Value::tuple(items.to_vec())]))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let Some(items) = this.as_tuple() else {
        return Ok(Value::NotImplemented);
    };
    match sequence::subscript(vm, key, "tuple indices")? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, items.len(), "tuple index out of range")?;
            Ok(items.get(at).cloned().unwrap_or_default())
        }
        Subscript::Slice(slice) => {
            let bounds = sequence::bounds(vm, slice, items.len())?;
            if bounds.count == items.len() && bounds.step == 1 && matches!(this.obj(), Some(Object::Tuple(_))) {
                return Ok(this.clone());
            }
            let taken: Vec<Value> = bounds.indices().filter_map(|at| items.get(at).cloned()).collect();
            Ok(Value::tuple(taken))
        }
    }
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => items: as_tuple);
    Ok(Value::size(items.len()))
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => items: as_tuple, value);
    Ok(Value::bool(find(vm, items, value)?.is_some()))
}

fn iter(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::object(Object::ListIterator(ListIterator {
        index: Cell::new(0),
        sequence: RefCell::new(this.payload().clone()),
    })))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(items) = this.as_tuple() else {
        return Ok(Value::NotImplemented);
    };
    if items.is_empty() {
        return Ok(Value::str("()"));
    }
    let text = crate::python::types::guarded_repr(vm, this, "(...)", |vm| {
        let mut out = String::from("(");
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            out.push_str(&vm.repr(item)?);
        }
        out.push_str(if items.len() == 1 { ",)" } else { ")" });
        Ok(out)
    })?;
    Ok(Value::str(text))
}

/// xxHash's mixing of the items' hashes, as CPython does it: sets of tuples keep its order.
fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => items: as_tuple);
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mut sum = PRIME_5;
    for item in items {
        let lane = vm.hash(item)? as u64;
        sum = sum
            .wrapping_add(lane.wrapping_mul(PRIME_2))
            .rotate_left(31)
            .wrapping_mul(PRIME_1);
    }
    sum = sum.wrapping_add(items.len() as u64 ^ (PRIME_5 ^ 3_527_539));
    Ok(Value::Int(if sum == u64::MAX { 1_546_275_796 } else { sum as i64 }))
}

fn add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => items: as_tuple, other);
    let Some(right) = other.as_tuple() else {
        return Err(cannot_concatenate(vm, "tuple", other));
    };
    Ok(Value::tuple([items, right].concat()))
}

fn mul(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => items: as_tuple, times);
    match sequence::repetition(vm, times, items.len())? {
        Some(times) => Ok(Value::tuple(sequence::repeat_items(items, times))),
        None => Err(sequence::not_a_repetition(vm, times)),
    }
}

fn compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => items: as_tuple, other);
    let Some(other) = other.as_tuple() else {
        return Ok(Value::NotImplemented);
    };
    sequence::compare(
        vm,
        how,
        &|at| items.get(at).cloned(),
        &|at| other.get(at).cloned(),
        &|| (items.len(), other.len()),
    )
}
