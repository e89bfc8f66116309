//! The modules of the standard library that sessions use. What needs speed or the machine is written in Rust, the
//! rest in Python (`text/`), compiled at its first import.

pub mod builtin;
pub mod cmath;
pub mod deque;
pub mod math;
pub mod operator;
pub mod random;
pub mod re;
pub mod sys;
pub mod time;
pub mod traceback;
pub mod warning;

use super::object::Module;
use super::value::Value;
use super::vm::Vm;

/// Modules written in Python: name and text.
static TEXTS: &[(&str, &str)] = &[
    ("_sys_records", sys::RECORDS),
    ("abc", include_str!("text/abc.py")),
    ("asyncio", include_str!("text/asyncio/package.py")),
    ("asyncio.events", include_str!("text/asyncio/events.py")),
    ("asyncio.exceptions", include_str!("text/asyncio/exceptions.py")),
    ("asyncio.futures", include_str!("text/asyncio/futures.py")),
    ("asyncio.locks", include_str!("text/asyncio/locks.py")),
    ("asyncio.queues", include_str!("text/asyncio/queues.py")),
    ("asyncio.scopes", include_str!("text/asyncio/scopes.py")),
    ("asyncio.tasks", include_str!("text/asyncio/tasks.py")),
    ("bisect", include_str!("text/bisect.py")),
    ("collections.abc", include_str!("text/collections_abc.py")),
    ("_collections", include_str!("text/collections_internal.py")),
    ("collections", include_str!("text/collections_module.py")),
    ("contextlib", include_str!("text/contextlib.py")),
    ("copy", include_str!("text/copy.py")),
    ("random", include_str!("text/random.py")),
    ("_datetime_delta", include_str!("text/datetime_delta.py")),
    ("_datetime_format", include_str!("text/datetime_format.py")),
    ("_datetime_zone", include_str!("text/datetime_zone.py")),
    ("datetime", include_str!("text/datetime_module.py")),
    ("_decimal_context", include_str!("text/decimal_context.py")),
    ("_decimal_format", include_str!("text/decimal_format.py")),
    ("_decimal_functions", include_str!("text/decimal_functions.py")),
    ("_decimal_methods", include_str!("text/decimal_methods.py")),
    ("_decimal_rounding", include_str!("text/decimal_rounding.py")),
    ("decimal", include_str!("text/decimal_module.py")),
    ("enum", include_str!("text/enum.py")),
    ("fractions", include_str!("text/fractions.py")),
    ("dataclasses", include_str!("text/dataclasses.py")),
    ("functools", include_str!("text/functools.py")),
    ("gc", include_str!("text/gc.py")),
    ("heapq", include_str!("text/heapq.py")),
    ("_inspect_signature", include_str!("text/inspect_signature.py")),
    ("inspect", include_str!("text/inspect.py")),
    ("io", include_str!("text/io.py")),
    ("itertools", include_str!("text/itertools.py")),
    ("json", include_str!("text/json_module.py")),
    ("json.decoder", include_str!("text/json_decoder.py")),
    ("json.encoder", include_str!("text/json_encoder.py")),
    ("keyword", include_str!("text/keyword.py")),
    ("numbers", include_str!("text/numbers.py")),
    ("operator", include_str!("text/operator.py")),
    ("_sha512", include_str!("text/sha512.py")),
    ("statistics", include_str!("text/statistics.py")),
    ("re", include_str!("text/re.py")),
    ("string", include_str!("text/string_module.py")),
    ("time", include_str!("text/time_module.py")),
    ("pprint", include_str!("text/pprint.py")),
    ("pydoc", include_str!("text/pydoc.py")),
    ("textwrap", include_str!("text/textwrap.py")),
    ("traceback", include_str!("text/traceback.py")),
    ("types", include_str!("text/types_module.py")),
    ("_typing_aliases", include_str!("text/typing_aliases.py")),
    ("_typing_forms", include_str!("text/typing_forms.py")),
    ("typing", include_str!("text/typing_module.py")),
    ("warnings", include_str!("text/warnings.py")),
    ("weakref", include_str!("text/weakref.py")),
];

/// Makes the modules known; each is built when it is first imported.
pub fn install(vm: &mut Vm) {
    vm.add_module("_builtin", builtin::build);
    vm.add_module("_deque", deque::build);
    vm.add_module("math", math::build);
    vm.add_module("_operator", operator::build);
    vm.add_module("_random", random::build);
    vm.add_module("_sre", re::build);
    vm.add_module("sys", sys::build);
    vm.add_module("_time", time::build);
    vm.add_module("cmath", cmath::build);
    vm.add_module("_traceback", traceback::build);
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
