//! Iterators over deques.

use super::{Deque, mutated};
use crate::python::class::{ClassRef, Slot};
use crate::python::native::ClassItem;
use crate::python::object::{NativeIterator, Object};
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::cell::Cell;

pub(super) static ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Iter, |_, args| Ok(args.first().cloned().unwrap_or_default())),
    ClassItem::special(Slot::Next, next),
];

/// Walks over a deque from either end.
struct Walk {
    class: ClassRef,
    deque: Value,
    at: Cell<usize>,
    changes: u64,
    backwards: bool,
}

impl NativeIterator for Walk {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let Some(deque) = self.deque.as_foreign::<Deque>() else {
            return Ok(None);
        };
        let at = self.at.get();
        if at == usize::MAX {
            return Ok(None);
        }
        if deque.changes.get() != self.changes {
            self.at.set(usize::MAX);
            return Err(mutated(vm));
        }
        let place = if self.backwards {
            deque.len().checked_sub(at + 1)
        } else {
            Some(at)
        };
        let item = place.and_then(|at| deque.get(at));
        self.at.set(if item.is_some() { at + 1 } else { usize::MAX });
        Ok(item)
    }

    fn length_hint(&self) -> Option<usize> {
        let length = self.deque.as_foreign::<Deque>().map_or(0, Deque::len);
        Some(length.saturating_sub(self.at.get()))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn walk(vm: &mut Vm, args: &[Value], backwards: bool) -> R<Value> {
    take!(args => this);
    let deque = ring!(this);
    let name = if backwards {
        "_deque_reverse_iterator"
    } else {
        "_deque_iterator"
    };
    let module = vm.import_module("_deque")?;
    let class = vm.get_attr(&module, Symbol::new(name))?;
    let Some(class) = class.as_class() else {
        return Ok(Value::None);
    };
    Ok(Value::object(Object::Iterator(Box::new(Walk {
        class: class.clone(),
        deque: this.clone(),
        at: Cell::new(0),
        changes: deque.changes.get(),
        backwards,
    }))))
}

pub(super) fn iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    walk(vm, args, false)
}

pub(super) fn reversed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    walk(vm, args, true)
}

fn next(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    match vm.next(this)? {
        Some(item) => Ok(item),
        None => Err(vm.stop_iteration(Value::None)),
    }
}
