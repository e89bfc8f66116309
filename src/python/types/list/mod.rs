//! `list`.

pub mod sort;

use super::sequence::{self, Subscript};
use crate::python::class::Compare;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{List, ListIterator, NativeIterator, Object};
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;
use std::cell::{Cell, RefCell};

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Wrapper,
        new,
        "",
    )),
    ClassItem::Method(NativeDef::new(
        "__init__",
        "(self, iterable=(), /)",
        Parser::Clinic,
        init,
        "",
    )),
    ClassItem::method(
        "append",
        "(self, object, /)",
        Parser::One,
        append,
        "Append object to the end of the list.",
    ),
    ClassItem::method(
        "clear",
        "(self, /)",
        Parser::NoArgs,
        clear,
        "Remove all items from list.",
    ),
    ClassItem::method(
        "copy",
        "(self, /)",
        Parser::NoArgs,
        copy,
        "Return a shallow copy of the list.",
    ),
    ClassItem::method(
        "count",
        "(self, value, /)",
        Parser::One,
        count,
        "Return number of occurrences of value.",
    ),
    ClassItem::method(
        "extend",
        "(self, iterable, /)",
        Parser::One,
        extend,
        "Extend list by appending elements from the iterable.",
    ),
    ClassItem::method(
        "index",
        "(self, value, start=0, stop=9223372036854775807, /)",
        Parser::Clinic,
        index,
        "Return first index of value.",
    ),
    ClassItem::method(
        "insert",
        "(self, index, object, /)",
        Parser::Clinic,
        insert,
        "Insert object before index.",
    ),
    ClassItem::method(
        "pop",
        "(self, index=-1, /)",
        Parser::Clinic,
        pop,
        "Remove and return item at index (default last).",
    ),
    ClassItem::method(
        "remove",
        "(self, value, /)",
        Parser::One,
        remove,
        "Remove first occurrence of value.",
    ),
    ClassItem::method("reverse", "(self, /)", Parser::NoArgs, reverse, "Reverse *IN PLACE*."),
    ClassItem::method(
        "sort",
        "(self, /, *, key=None, reverse=False)",
        Parser::Clinic,
        sort,
        "Sort the list in ascending order and return None.",
    ),
    ClassItem::method(
        "__getitem__",
        "(self, index, /)",
        Parser::One,
        get_item,
        "x.__getitem__(y) <==> x[y]",
    ),
    ClassItem::method(
        "__reversed__",
        "(self, /)",
        Parser::NoArgs,
        reversed,
        "Return a reverse iterator over the list.",
    ),
    ClassItem::special(Slot::SetItem, set_item),
    ClassItem::special(Slot::DelItem, del_item),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Contains, contains),
    ClassItem::special(Slot::Iter, iter),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Add, add),
    ClassItem::special(Slot::Mul, mul),
    ClassItem::special(Slot::RMul, mul),
    ClassItem::special(Slot::IAdd, iadd),
    ClassItem::special(Slot::IMul, imul),
    ClassItem::special(Slot::Eq, |vm, args| compare(vm, args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |vm, args| compare(vm, args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |vm, args| compare(vm, args, Compare::Lt)),
    ClassItem::special(Slot::Le, |vm, args| compare(vm, args, Compare::Le)),
    ClassItem::special(Slot::Gt, |vm, args| compare(vm, args, Compare::Gt)),
    ClassItem::special(Slot::Ge, |vm, args| compare(vm, args, Compare::Ge)),
    ClassItem::Constant {
        name: "__hash__",
        make: |_| Value::None,
    },
    ClassItem::ClassMethod(NativeDef::new(
        "__class_getitem__",
        "(cls, object, /)",
        Parser::One,
        super::generic::alias,
        "See PEP 585",
    )),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, ..] = args else { return Ok(Value::None) };
    Ok(vm.instance_of(class, Value::list(Vec::new())))
}

fn init(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, iterable);
    let items = if iterable.is_unset() {
        Vec::new()
    } else {
        vm.collect(iterable)?
    };
    drop(list.replace(items));
    Ok(Value::None)
}

fn append(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, item);
    list.borrow_mut().push(item.clone());
    Ok(Value::None)
}

fn clear(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list);
    drop(list.take());
    Ok(Value::None)
}

fn copy(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list);
    Ok(Value::list(list.snapshot()))
}

/// The first place from `start` on, below `stop`, whose item is equal to `value`.
fn find(vm: &mut Vm, list: &List, value: &Value, start: usize, stop: usize) -> R<Option<usize>> {
    let mut at = start;
    while at < stop {
        let Some(item) = list.get(at) else { break };
        if item.is(value) || vm.equal(&item, value)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

fn count(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, value);
    let (mut total, mut at) = (0, 0);
    while let Some(found) = find(vm, list, value, at, usize::MAX)? {
        total += 1;
        at = found + 1;
    }
    Ok(Value::Int(total))
}

/// The items of an iterable to put into `list`, which may be the list itself.
fn items_of(vm: &mut Vm, iterable: &Value) -> R<Vec<Value>> {
    match iterable {
        Value::Obj(object) => match &**object {
            Object::List(list) => Ok(list.snapshot()),
            Object::Tuple(items) => Ok(items.to_vec()),
            _ => vm.collect(iterable),
        },
        _ => vm.collect(iterable),
    }
}

fn extend(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, iterable);
    extend_list(vm, list, iterable)?;
    Ok(Value::None)
}

/// Appends the items one by one: what came before an error stays.
fn extend_list(vm: &mut Vm, list: &List, iterable: &Value) -> R<()> {
    if matches!(iterable.obj(), Some(Object::List(_) | Object::Tuple(_))) {
        let items = items_of(vm, iterable)?;
        list.borrow_mut().extend(items);
        return Ok(());
    }
    let iterator = vm.iter(iterable)?;
    while let Some(item) = vm.next(&iterator)? {
        list.borrow_mut().push(item);
    }
    Ok(())
}

fn index(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, value, start, stop);
    let (start, stop) = sequence::index_range(vm, start, stop, list.len())?;
    match find(vm, list, value, start, stop)? {
        Some(at) => Ok(Value::size(at)),
        None => {
            let shown = vm.repr(value)?;
            Err(vm.value_error(format!("{shown} is not in list")))
        }
    }
}

fn insert(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, index, item);
    let index = vm.index(index)?;
    let length = list.len() as i64;
    let at = if index < 0 {
        index.saturating_add(length).max(0)
    } else {
        index.min(length)
    };
    list.borrow_mut().insert(at as usize, item.clone());
    Ok(Value::None)
}

fn pop(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, index);
    let index = if index.is_unset() { -1 } else { vm.index(index)? };
    if list.is_empty() {
        return Err(vm.index_error("pop from empty list"));
    }
    let at = sequence::place(vm, index, list.len(), "pop index out of range")?;
    Ok(list.borrow_mut().remove(at))
}

fn remove(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, value);
    let Some(at) = find(vm, list, value, 0, usize::MAX)? else {
        return Err(vm.value_error("list.remove(x): x not in list"));
    };
    let removed = (at < list.len()).then(|| list.borrow_mut().remove(at));
    drop(removed);
    Ok(Value::None)
}

fn reverse(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list);
    list.borrow_mut().reverse();
    Ok(Value::None)
}

fn sort(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, key, reverse);
    let reverse = !reverse.is_unset() && super::int::as_c_bool(vm, reverse)?;
    let items = list.take();
    let kept = items.clone();
    let sorted = sort::sorted(vm, items, key, reverse);
    let touched = !list.is_empty();
    match sorted {
        Ok(sorted) => {
            drop(list.replace(sorted));
            if touched {
                return Err(vm.value_error("list modified during sort"));
            }
            Ok(Value::None)
        }
        Err(raised) => {
            drop(list.replace(kept));
            Err(raised)
        }
    }
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, key);
    match sequence::subscript(vm, key, "list indices")? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, list.len(), "list index out of range")?;
            Ok(list.get(at).unwrap_or_default())
        }
        Subscript::Slice(slice) => {
            let bounds = sequence::bounds(vm, slice, list.len())?;
            let items = list.borrow();
            Ok(Value::list(
                bounds.indices().filter_map(|at| items.get(at).cloned()).collect(),
            ))
        }
    }
}

fn set_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, key, value);
    match sequence::subscript(vm, key, "list indices")? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, list.len(), "list assignment index out of range")?;
            let old = list
                .borrow_mut()
                .get_mut(at)
                .map(|item| std::mem::replace(item, value.clone()));
            drop(old);
        }
        Subscript::Slice(slice) => {
            let extended = !slice.step.is_none();
            let items = match crate::python::types::iterable_items(vm, value)? {
                Some(items) => items,
                None if extended => return Err(vm.type_error("must assign iterable to extended slice")),
                None => return Err(vm.type_error("can only assign an iterable")),
            };
            let bounds = sequence::bounds(vm, slice, list.len())?;
            if bounds.step == 1 {
                let old: Vec<Value> = list.borrow_mut().splice(bounds.range(), items).collect();
                drop(old);
                return Ok(Value::None);
            }
            if items.len() != bounds.count {
                return Err(vm.value_error(format!(
                    "attempt to assign sequence of size {} to extended slice of size {}",
                    items.len(),
                    bounds.count
                )));
            }
            let mut old = Vec::with_capacity(items.len());
            {
                let mut target = list.borrow_mut();
                for (at, item) in bounds.indices().zip(items) {
                    old.extend(target.get_mut(at).map(|place| std::mem::replace(place, item)));
                }
            }
            drop(old);
        }
    }
    Ok(Value::None)
}

fn del_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, key);
    match sequence::subscript(vm, key, "list indices")? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, list.len(), "list assignment index out of range")?;
            let old = list.borrow_mut().remove(at);
            drop(old);
        }
        Subscript::Slice(slice) => {
            let bounds = sequence::bounds(vm, slice, list.len())?;
            if bounds.step == 1 {
                let old: Vec<Value> = list.borrow_mut().drain(bounds.range()).collect();
                drop(old);
                return Ok(Value::None);
            }
            let mut doomed: Vec<usize> = bounds.indices().collect();
            doomed.sort_unstable();
            let mut old = Vec::new();
            {
                let mut items = list.borrow_mut();
                let all = std::mem::take(&mut *items);
                for (at, item) in all.into_iter().enumerate() {
                    if doomed.binary_search(&at).is_ok() {
                        old.push(item);
                    } else {
                        items.push(item);
                    }
                }
            }
            drop(old);
        }
    }
    Ok(Value::None)
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list);
    Ok(Value::size(list.len()))
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, value);
    Ok(Value::bool(find(vm, list, value, 0, usize::MAX)?.is_some()))
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
    let Some(list) = this.as_list() else {
        return Ok(Value::NotImplemented);
    };
    if list.is_empty() {
        return Ok(Value::str("[]"));
    }
    let text = crate::python::types::guarded_repr(vm, this, "[...]", |vm| {
        let mut out = String::from("[");
        let mut at = 0;
        while let Some(item) = list.get(at) {
            if at > 0 {
                out.push_str(", ");
            }
            out.push_str(&vm.repr(&item)?);
            at += 1;
        }
        out.push(']');
        Ok(out)
    })?;
    Ok(Value::str(text))
}

/// `can only concatenate list (not "int") to list`
pub(super) fn cannot_concatenate(vm: &mut Vm, kind: &str, other: &Value) -> Raised {
    let class = vm.type_name(other);
    vm.type_error(format!("can only concatenate {kind} (not \"{class}\") to {kind}"))
}

fn add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, other);
    let Some(right) = other.as_list() else {
        return Err(cannot_concatenate(vm, "list", other));
    };
    let (left, right) = (list.borrow(), right.borrow());
    let mut items = Vec::with_capacity(left.len() + right.len());
    items.extend_from_slice(&left);
    items.extend_from_slice(&right);
    Ok(Value::list(items))
}

fn mul(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => list: as_list, times);
    let Some(times_given) = sequence::repetition(vm, times, list.len())? else {
        return Err(sequence::not_a_repetition(vm, times));
    };
    let items = sequence::repeat_items(&list.borrow(), times_given);
    Ok(Value::list(items))
}

fn iadd(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let Some(list) = this.as_list() else {
        return Ok(Value::NotImplemented);
    };
    extend_list(vm, list, other)?;
    Ok(this.clone())
}

fn imul(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, times);
    let Some(list) = this.as_list() else {
        return Ok(Value::NotImplemented);
    };
    let Some(times_given) = sequence::repetition(vm, times, list.len())? else {
        return Err(sequence::not_a_repetition(vm, times));
    };
    let items = sequence::repeat_items(&list.borrow(), times_given);
    drop(list.replace(items));
    Ok(this.clone())
}

fn compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => list: as_list, other);
    let Some(other) = other.as_list() else {
        return Ok(Value::NotImplemented);
    };
    sequence::compare(vm, how, &|at| list.get(at), &|at| other.get(at), &|| {
        (list.len(), other.len())
    })
}

/// The iterator of `reversed(list)`.
struct ReverseIterator {
    class: crate::python::class::ClassRef,
    list: RefCell<Value>,
    /// One more than the index of the next item.
    left: Cell<usize>,
}

impl NativeIterator for ReverseIterator {
    fn class(&self) -> &crate::python::class::ClassRef {
        &self.class
    }

    fn next(&self, _vm: &mut Vm) -> R<Option<Value>> {
        let left = self.left.get();
        let item = match (left, self.list.borrow().as_list()) {
            (1.., Some(list)) => list.get(left - 1),
            _ => None,
        };
        if item.is_some() {
            self.left.set(left - 1);
        } else {
            let list = self.list.take();
            self.left.set(0);
            drop(list);
        }
        Ok(item)
    }

    fn length_hint(&self) -> Option<usize> {
        let length = self.list.borrow().as_list().map_or(0, List::len);
        Some(if length < self.left.get() { 0 } else { self.left.get() })
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn reversed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(list) = this.as_list() else {
        return Ok(Value::NotImplemented);
    };
    Ok(Value::object(Object::Iterator(Box::new(ReverseIterator {
        class: vm.types.list_reverseiterator.clone(),
        list: RefCell::new(this.payload().clone()),
        left: Cell::new(list.len()),
    }))))
}
