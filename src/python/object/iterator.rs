//! Iterators. The two of every loop are kinds of their own, all others trait objects.

use crate::python::class::ClassRef;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::{Cell, RefCell};

/// The iterator of a `range`.
pub struct RangeIterator {
    pub current: Cell<i64>,
    pub left: Cell<u64>,
    pub step: i64,
}

impl RangeIterator {
    #[inline(always)]
    pub fn next(&self) -> Option<i64> {
        let left = self.left.get();
        if left == 0 {
            return None;
        }
        let current = self.current.get();
        self.left.set(left - 1);
        self.current.set(current.wrapping_add(self.step));
        Some(current)
    }
}

/// The iterator of a `list` or `tuple`.
pub struct ListIterator {
    pub index: Cell<usize>,
    /// The sequence, Unset once exhausted.
    pub sequence: RefCell<Value>,
}

/// An iterator written in Rust. `next` answers `Ok(None)` at the end; state is in cells.
///
/// ```ignore
/// struct Count { class: ClassRef, next: Cell<i64> }
/// impl NativeIterator for Count {
///     fn class(&self) -> &ClassRef { &self.class }
///     fn next(&self, _vm: &mut Vm) -> R<Option<Value>> {
///         Ok(Some(Value::Int(self.next.replace(self.next.get() + 1))))
///     }
/// }
/// ```
pub trait NativeIterator: std::any::Any {
    fn class(&self) -> &ClassRef;

    /// The next item, None at the end (and ever after).
    fn next(&self, vm: &mut Vm) -> R<Option<Value>>;

    /// `__length_hint__`
    fn length_hint(&self) -> Option<usize> {
        None
    }

    /// For methods of the iterator's class that need its fields.
    fn as_any(&self) -> &dyn std::any::Any;
}
