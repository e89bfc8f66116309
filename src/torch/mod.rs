//! The `torch` module as Python sees it: argument matching, classes, messages of calls.

use crate::python::Vm;

/// Puts `torch` into the namespace.
pub fn install(_vm: &mut Vm) {
    crate::ops::install();
}
