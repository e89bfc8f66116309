//! Objects that want a last word: what is left of them waits here until the machine can
//! call `__del__`, or close the generator.

use super::generator::GeneratorState;
use super::{Attributes, Generator, Object};
use crate::python::class::ClassRef;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// What is left of an object without references.
pub enum Dead {
    /// Of a class with `__del__`.
    Instance(ClassRef, Attributes),
    /// Suspended inside a `try`.
    Generator(Box<Generator>),
}

thread_local! {
    static WAITING: Cell<bool> = const { Cell::new(false) };
    static WATCHED: RefCell<Vec<Watch>> = const { RefCell::new(Vec::new()) };
    static DEAD: RefCell<Vec<Dead>> = const { RefCell::new(Vec::new()) };
}

/// A weak reference whose callback waits for its target to go.
struct Watch {
    target: Weak<Object>,
    reference: Weak<Object>,
}

/// Keeps an object for its last word.
#[cold]
pub fn bury(dead: Dead) {
    let mut dead = Some(dead);
    let _ = DEAD.try_with(|list| {
        if let Ok(mut list) = list.try_borrow_mut() {
            list.extend(dead.take());
        }
    });
    match dead {
        None => wake(),
        // at the end of the thread there is nobody left to listen
        Some(Dead::Generator(generator)) => generator.state.set(GeneratorState::Closed),
        Some(Dead::Instance(..)) => {}
    }
}

/// Somebody must look: an object has gone.
#[cold]
pub fn wake() {
    let _ = WAITING.try_with(|waiting| waiting.set(true));
}

/// Keeps in mind that a weak reference has a callback.
pub fn watch(target: &Rc<Object>, reference: &Rc<Object>) {
    let watch = Watch {
        target: Rc::downgrade(target),
        reference: Rc::downgrade(reference),
    };
    WATCHED.with(|list| list.borrow_mut().push(watch));
}

/// The weak references whose targets have gone since the last call.
pub fn fallen() -> Vec<Rc<Object>> {
    WATCHED.with(|list| {
        let mut fallen = Vec::new();
        list.borrow_mut().retain(|watch| {
            let gone = watch.target.strong_count() == 0;
            if gone {
                fallen.extend(watch.reference.upgrade());
            }
            !gone && watch.reference.strong_count() > 0
        });
        fallen.reverse();
        fallen
    })
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
