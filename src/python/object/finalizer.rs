//! Objects that want a last word: what is left of them waits here until the machine can
//! call `__del__`, or close the generator.

use super::{Attributes, Generator};
use crate::python::class::ClassRef;
use std::cell::{Cell, RefCell};

/// What is left of an object without references.
pub enum Dead {
    /// Of a class with `__del__`.
    Instance(ClassRef, Attributes),
    /// Suspended inside a `try`.
    Generator(Box<Generator>),
}

thread_local! {
    static WAITING: Cell<bool> = const { Cell::new(false) };
    static DEAD: RefCell<Vec<Dead>> = const { RefCell::new(Vec::new()) };
}

/// Keeps an object for its last word.
#[cold]
pub fn bury(dead: Dead) {
    // at the end of the thread there is nobody left to listen
    let kept = DEAD.try_with(|list| match list.try_borrow_mut() {
        Ok(mut list) => list.push(dead),
        Err(_) => drop(dead),
    });
    if kept.is_ok() {
        let _ = WAITING.try_with(|waiting| waiting.set(true));
    }
}

/// Whether any object waits.
#[inline(always)]
pub fn waiting() -> bool {
    WAITING.with(Cell::get)
}

/// Takes all that wait.
pub fn take() -> Vec<Dead> {
    WAITING.with(|waiting| waiting.set(false));
    DEAD.with(|list| std::mem::take(&mut *list.borrow_mut()))
}
