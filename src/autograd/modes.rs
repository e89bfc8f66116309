//! What is switched on in this thread: grad mode, inference mode, anomaly mode, hooks for saved tensors.

use super::saved::SavedTensorHooks;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

thread_local! {
    static GRAD: Cell<bool> = const { Cell::new(true) };
    static INFERENCE: Cell<bool> = const { Cell::new(false) };
    static ANOMALY: Cell<Option<bool>> = const { Cell::new(None) };
    static FORWARD_GRAD: Cell<bool> = const { Cell::new(true) };
    /// How many `dual_level`s are open.
    static FORWARD_LEVELS: Cell<u32> = const { Cell::new(0) };
    static DUAL_EPOCH: Cell<u64> = const { Cell::new(0) };
    static MULTITHREADING: Cell<bool> = const { Cell::new(true) };
    static SAVED_HOOKS: RefCell<Vec<Rc<dyn SavedTensorHooks>>> = const { RefCell::new(Vec::new()) };
    static SAVED_HOOKS_DISABLED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Puts every mode back: a new session starts here.
pub fn reset() {
    GRAD.set(true);
    INFERENCE.set(false);
    ANOMALY.set(None);
    super::hook::set_observer(None);
    FORWARD_GRAD.set(true);
    FORWARD_LEVELS.set(0);
    MULTITHREADING.set(true);
    SAVED_HOOKS.with_borrow_mut(Vec::clear);
    SAVED_HOOKS_DISABLED.set(None);
}

pub fn is_grad_enabled() -> bool {
    GRAD.get()
}

/// Sets grad mode and gives the mode before.
pub fn set_grad_enabled(value: bool) -> bool {
    GRAD.replace(value)
}

pub fn is_inference_mode() -> bool {
    INFERENCE.get()
}

pub fn set_inference_mode(value: bool) -> bool {
    INFERENCE.replace(value)
}

/// `Some(check_nan)` while anomaly detection is on.
pub fn anomaly() -> Option<bool> {
    ANOMALY.get()
}

pub fn set_anomaly(value: Option<bool>) -> Option<bool> {
    ANOMALY.replace(value)
}

pub fn is_forward_grad_enabled() -> bool {
    FORWARD_GRAD.get()
}

pub fn set_forward_grad_enabled(value: bool) -> bool {
    FORWARD_GRAD.replace(value)
}

/// How many levels of forward mode are open.
pub fn forward_levels() -> u32 {
    FORWARD_LEVELS.get()
}

pub fn set_forward_levels(levels: u32) -> u32 {
    FORWARD_LEVELS.replace(levels)
}

/// Tangents belong to the level they were made in: its number.
pub fn dual_epoch() -> u64 {
    DUAL_EPOCH.get()
}

/// A level ended: its tangents are no more.
pub fn next_dual_epoch() {
    DUAL_EPOCH.set(DUAL_EPOCH.get() + 1);
}

/// Forward mode is off until this is dropped.
pub struct ForwardPause(u32);

impl ForwardPause {
    #[allow(clippy::new_without_default)]
    pub fn new() -> ForwardPause {
        ForwardPause(set_forward_levels(0))
    }
}

impl Drop for ForwardPause {
    fn drop(&mut self) {
        set_forward_levels(self.0);
    }
}

pub fn is_multithreading_enabled() -> bool {
    MULTITHREADING.get()
}

pub fn set_multithreading_enabled(value: bool) -> bool {
    MULTITHREADING.replace(value)
}

/// The innermost hooks for tensors saved from now on.
pub fn saved_tensor_hooks() -> Option<Rc<dyn SavedTensorHooks>> {
    SAVED_HOOKS.with_borrow(|stack| stack.last().cloned())
}

pub fn push_saved_tensor_hooks(hooks: Rc<dyn SavedTensorHooks>) {
    SAVED_HOOKS.with_borrow_mut(|stack| stack.push(hooks));
}

pub fn pop_saved_tensor_hooks() {
    let hooks = SAVED_HOOKS.with_borrow_mut(Vec::pop);
    drop(hooks);
}

/// The message with which hooks for saved tensors are refused, while they are.
pub fn saved_tensor_hooks_disabled() -> Option<String> {
    SAVED_HOOKS_DISABLED.with_borrow(Clone::clone)
}

pub fn set_saved_tensor_hooks_disabled(message: Option<String>) -> Option<String> {
    SAVED_HOOKS_DISABLED.replace(message)
}

/// Sets grad mode until it is dropped.
pub struct GradMode(bool);

impl GradMode {
    pub fn set(value: bool) -> GradMode {
        GradMode(set_grad_enabled(value))
    }
}

impl Drop for GradMode {
    fn drop(&mut self) {
        set_grad_enabled(self.0);
    }
}
