//! The modules of the standard library that sessions use. What needs speed or the machine is written in Rust, the
//! rest in Python (`text/`), compiled at its first import.

pub mod math;
pub mod random;
pub mod sys;
pub mod time;
pub mod warning;

use super::object::Module;
use super::value::Value;
use super::vm::Vm;

/// Modules written in Python: name and text.
static TEXTS: &[(&str, &str)] = &[
    ("_sys_records", sys::RECORDS),
    ("abc", include_str!("text/abc.py")),
    ("bisect", include_str!("text/bisect.py")),
    ("collections.abc", include_str!("text/collections_abc.py")),
    ("_collections", include_str!("text/collections_internal.py")),
    ("collections", include_str!("text/collections_module.py")),
    ("contextlib", include_str!("text/contextlib.py")),
    ("copy", include_str!("text/copy.py")),
    ("random", include_str!("text/random.py")),
    ("enum", include_str!("text/enum.py")),
    ("dataclasses", include_str!("text/dataclasses.py")),
    ("functools", include_str!("text/functools.py")),
    ("heapq", include_str!("text/heapq.py")),
    ("itertools", include_str!("text/itertools.py")),
    ("keyword", include_str!("text/keyword.py")),
    ("operator", include_str!("text/operator.py")),
    ("string", include_str!("text/string_module.py")),
    ("types", include_str!("text/types_module.py")),
    ("warnings", include_str!("text/warnings.py")),
    ("weakref", include_str!("text/weakref.py")),
];

/// Makes the modules known; each is built when it is first imported.
pub fn install(vm: &mut Vm) {
    vm.add_module("math", math::build);
    vm.add_module("_random", random::build);
    vm.add_module("sys", sys::build);
    vm.add_module("time", time::build);
    vm.add_module("_warnings", warning::build);
    vm.add_module("_weakref", |vm| {
        let module = Module::new("_weakref");
        module.set("ref", Value::class(&vm.types.weakref));
        Ok(module)
    });
    for (name, text) in TEXTS {
        vm.add_source(name, text);
    }
}
