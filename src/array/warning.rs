//! Warnings that operations issue; the floor that knows Python takes them and issues them as its own.

use std::cell::{Cell, RefCell};

/// A UserWarning on its way up.
pub struct Warning {
    pub text: String,
    /// Issued once a session, however often it comes.
    pub once: bool,
}

thread_local! {
    static ANY: Cell<bool> = const { Cell::new(false) };
    static PENDING: RefCell<Vec<Warning>> = const { RefCell::new(Vec::new()) };
}

/// Issues a warning each time.
#[cold]
pub fn warn(text: impl Into<String>) {
    push(text.into(), false);
}

/// Issues a warning the first time only.
#[cold]
pub fn warn_once(text: impl Into<String>) {
    push(text.into(), true);
}

fn push(text: String, once: bool) {
    ANY.set(true);
    PENDING.with_borrow_mut(|pending| pending.push(Warning { text, once }));
}

/// True if `take` would give any.
#[inline]
pub fn any() -> bool {
    ANY.get()
}

/// The warnings since the last call.
pub fn take() -> Vec<Warning> {
    ANY.set(false);
    PENDING.with_borrow_mut(std::mem::take)
}
