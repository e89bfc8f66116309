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
    let builtins = vm.builtins.clone();
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
    builtins.set("None", Value::None);
    builtins.set("Ellipsis", Value::Ellipsis);
    builtins.set("NotImplemented", Value::NotImplemented);
    builtins.set("__debug__", Value::True);
}
