//! `list`, `range`, `slice`.

use crate::python::value::Value;
use std::cell::RefCell;

/// A list. Never hold the borrow across anything that may run Python code: take `snapshot`,
/// or borrow again for each item.
pub struct List {
    items: RefCell<Vec<Value>>,
}

impl List {
    pub fn new(items: Vec<Value>) -> List {
        List {
            items: RefCell::new(items),
        }
    }

    #[inline(always)]
    pub fn borrow(&self) -> std::cell::Ref<'_, Vec<Value>> {
        self.items.borrow()
    }

    #[inline(always)]
    pub fn borrow_mut(&self) -> std::cell::RefMut<'_, Vec<Value>> {
        self.items.borrow_mut()
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items.borrow().get(index).cloned()
    }

    /// The items as they are now.
    pub fn snapshot(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }

    /// Takes all items out (a sort does, so that a key function sees an empty list).
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.items.borrow_mut())
    }

    /// Replaces all items; the old ones are answered, to be dropped when the borrow is over.
    pub fn replace(&self, items: Vec<Value>) -> Vec<Value> {
        std::mem::replace(&mut *self.items.borrow_mut(), items)
    }
}

/// A `range` whose numbers fit 64 bits. `step` is never 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
}

impl Range {
    pub fn len(&self) -> u64 {
        let (start, stop, step) = (self.start as i128, self.stop as i128, self.step as i128);
        let distance = if step > 0 { stop - start } else { start - stop };
        if distance <= 0 {
            0
        } else {
            ((distance - 1) / step.abs() + 1) as u64
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at an index below `len`.
    pub fn at(&self, index: u64) -> i64 {
        (self.start as i128 + self.step as i128 * index as i128) as i64
    }
}

/// `slice(start, stop, step)`
pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}
