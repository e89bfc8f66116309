//! The modules of the standard library that sessions use. What needs speed or the machine is written in Rust, the
//! rest in Python (`text/`), compiled at its first import.

pub mod math;

use super::vm::Vm;

/// Modules written in Python: name and text.
static TEXTS: &[(&str, &str)] = &[
    ("_collections", include_str!("text/collections_internal.py")),
    ("collections", include_str!("text/collections_module.py")),
    ("functools", include_str!("text/functools.py")),
    ("itertools", include_str!("text/itertools.py")),
];

/// Makes the modules known; each is built when it is first imported.
pub fn install(vm: &mut Vm) {
    vm.add_module("math", math::build);
    for (name, text) in TEXTS {
        vm.add_source(name, text);
    }
}
