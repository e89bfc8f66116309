//! Iterators over a dict's keys, values and items, both ways.

use crate::python::class::ClassRef;
use crate::python::object::{Dict, NativeIterator, Object, ViewKind};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

struct DictIterator {
    class: ClassRef,
    /// None once exhausted.
    dict: RefCell<Option<Rc<Dict>>>,
    kind: ViewKind,
    reversed: bool,
    /// Entry to look at next; the one after it when reversed.
    at: Cell<usize>,
    /// The length at the start, None once an error was raised for it.
    length: Cell<Option<usize>>,
    given: Cell<usize>,
}

/// An iterator over `dict`.
pub fn make(vm: &mut Vm, dict: &Rc<Dict>, kind: ViewKind, reversed: bool) -> Value {
    let types = &vm.types;
    let class = match (kind, reversed) {
        (ViewKind::Keys, false) => &types.dict_keyiterator,
        (ViewKind::Values, false) => &types.dict_valueiterator,
        (ViewKind::Items, false) => &types.dict_itemiterator,
        (ViewKind::Keys, true) => &types.dict_reversekeyiterator,
        (ViewKind::Values, true) => &types.dict_reversevalueiterator,
        (ViewKind::Items, true) => &types.dict_reverseitemiterator,
    };
    Value::object(Object::Iterator(Box::new(DictIterator {
        class: class.clone(),
        dict: RefCell::new(Some(dict.clone())),
        kind,
        reversed,
        at: Cell::new(if reversed { dict.entry_count() } else { 0 }),
        length: Cell::new(Some(dict.len())),
        given: Cell::new(0),
    })))
}

impl NativeIterator for DictIterator {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let Some(dict) = self.dict.borrow().clone() else {
            return Ok(None);
        };
        if self.length.get() != Some(dict.len()) {
            self.length.set(None);
            let class = &vm.exceptions.runtime_error.clone();
            return Err(vm.raise(class, "dictionary changed size during iteration"));
        }
        let found = if self.reversed {
            dict.next_back_from(self.at.get())
        } else {
            dict.next_from(self.at.get())
        };
        let Some((at, key, value)) = found else {
            self.dict.replace(None);
            return Ok(None);
        };
        if self.given.get() >= dict.len() {
            self.dict.replace(None);
            let class = &vm.exceptions.runtime_error.clone();
            return Err(vm.raise(class, "dictionary keys changed during iteration"));
        }
        self.given.set(self.given.get() + 1);
        self.at.set(if self.reversed { at } else { at + 1 });
        Ok(Some(match self.kind {
            ViewKind::Keys => key,
            ViewKind::Values => value,
            ViewKind::Items => Value::tuple([key, value]),
        }))
    }

    fn length_hint(&self) -> Option<usize> {
        match &*self.dict.borrow() {
            Some(dict) if self.length.get() == Some(dict.len()) => Some(dict.len().saturating_sub(self.given.get())),
            _ => Some(0),
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
