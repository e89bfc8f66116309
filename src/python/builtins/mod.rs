//! The `builtins` module: functions that every program sees without an import.

pub mod attributes;
pub mod characters;
pub mod classes;
pub mod evaluation;
pub mod help;
pub mod iteration;
pub mod numbers;
pub mod output;

use super::native::NativeDef;
use super::value::Value;
use super::vm::Vm;

/// Gives the builtin classes their methods and the `builtins` module its functions.
pub fn install(vm: &mut Vm) {
    super::types::install(vm);
    let (builtins, types) = (vm.builtins.clone(), vm.types.clone());
    let tables: [&'static [NativeDef]; 7] = [
        attributes::FUNCTIONS,
        characters::FUNCTIONS,
        classes::FUNCTIONS,
        evaluation::FUNCTIONS,
        iteration::FUNCTIONS,
        numbers::FUNCTIONS,
        output::FUNCTIONS,
    ];
    for table in tables {
        vm.define_functions(&builtins, table);
    }
    help::install(vm);
    // classes of the language that are no names: `type(None)` has no other way to it
    for hidden in [
        &types.none_type,
        &types.not_implemented_type,
        &types.ellipsis,
        &types.function,
        &types.method,
        &types.module,
        &types.cell,
        &types.code,
        &types.traceback,
        &types.mappingproxy,
        &types.generic_alias,
        &types.union_type,
        &types.weakref,
    ] {
        builtins.dict.remove_str(&hidden.name());
    }
    builtins.set("None", Value::None);
    builtins.set("True", Value::True);
    builtins.set("False", Value::False);
    builtins.set("Ellipsis", Value::Ellipsis);
    builtins.set("NotImplemented", Value::NotImplemented);
    builtins.set("__debug__", Value::True);
}
