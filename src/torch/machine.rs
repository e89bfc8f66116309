//! The way back up: while an op or a backward pass runs, hooks and custom functions written in Python reach the
//! machine through here. And the way errors of the floors below become exceptions.

use super::object;
use crate::array::{Error, ErrorKind, Result, error, warning};
use crate::python::value::{R, Raised};
use crate::python::vm::Vm;
use scoped_tls_hkt::scoped_thread_local;

scoped_thread_local!(static mut MACHINE: Vm);

/// Runs something of the floors below; what it calls back finds this machine. Errors become pending exceptions.
#[inline]
pub fn run<T>(vm: &mut Vm, body: impl FnOnce() -> Result<T>) -> R<T> {
    let result = MACHINE.set(vm, body);
    if warning::any() {
        // what a callback raised waits meanwhile
        let raised = vm.take_exception();
        issue(vm)?;
        if let Some(exception) = raised {
            vm.reraise(exception);
        }
    }
    match result {
        Ok(value) => Ok(value),
        Err(error) => Err(raise(vm, &error)),
    }
}

/// Issues what operations have warned of.
#[cold]
fn issue(vm: &mut Vm) -> R<()> {
    for warning in warning::take() {
        match warning.once {
            true => super::warning::warn_once(vm, &warning.text)?,
            false => super::warning::warn(vm, &warning.text)?,
        }
    }
    Ok(())
}

/// For callbacks: the machine that `run` was called with. A raised exception stays pending in it.
pub fn back<T>(body: impl FnOnce(&mut Vm) -> R<T>) -> Result<T> {
    if !MACHINE.is_set() {
        return error::runtime("no Python is running that could be called back");
    }
    match MACHINE.with(body) {
        Ok(value) => Ok(value),
        Err(Raised) => Err(Error::new(ErrorKind::Raised, "")),
    }
}

/// Raises the exception that an error of the floors below stands for.
#[cold]
pub fn raise(vm: &mut Vm, error: &Error) -> Raised {
    let exceptions = vm.exceptions.clone();
    let class = match error.kind() {
        ErrorKind::Raised => return Raised,
        ErrorKind::RuntimeError => exceptions.runtime_error.clone(),
        ErrorKind::TypeError => exceptions.type_error.clone(),
        ErrorKind::ValueError => exceptions.value_error.clone(),
        ErrorKind::IndexError => exceptions.index_error.clone(),
        ErrorKind::NotImplementedError => exceptions.not_implemented_error.clone(),
        ErrorKind::OverflowError => exceptions.overflow_error.clone(),
        ErrorKind::ZeroDivisionError => exceptions.zero_division_error.clone(),
        ErrorKind::AttributeError => exceptions.attribute_error.clone(),
        ErrorKind::AssertionError => exceptions.assertion_error.clone(),
        ErrorKind::MemoryError => exceptions.memory_error.clone(),
        ErrorKind::KeyboardInterrupt => exceptions.keyboard_interrupt.clone(),
        ErrorKind::LinAlgError => object::torch(vm).classes.lin_alg_error.clone(),
        ErrorKind::OutOfMemoryError => object::torch(vm).classes.out_of_memory_error.clone(),
    };
    vm.raise(&class, error.message())
}

/// As `run`, the error left to the caller.
#[inline]
pub fn quiet<T>(vm: &mut Vm, body: impl FnOnce() -> Result<T>) -> Result<T> {
    let result = MACHINE.set(vm, body);
    if warning::any() && issue(vm).is_err() {
        return Err(Error::new(ErrorKind::Raised, ""));
    }
    result
}
