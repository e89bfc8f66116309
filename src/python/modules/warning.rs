//! `_warnings`: where the `warnings` module hands what its filters let through.

use crate::python::native::{NativeDef, Parser};
use crate::python::object::Module;
use crate::python::value::{R, Value};
use crate::python::vm::{Vm, WarningText};
use std::rc::Rc;

static FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "show",
    "(message, category, filename, lineno, first, /)",
    Parser::Clinic,
    show,
    "Show a warning.",
)];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("_warnings");
    vm.define_functions(&module, FUNCTIONS);
    Ok(module)
}

fn show(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [message, category, filename, line, first] = args else {
        return Ok(Value::None);
    };
    let (message, category) = (vm.str(message)?, vm.str(category)?);
    let filename = vm.str(filename)?;
    vm.host.warning(&WarningText {
        filename: &filename,
        line: line.as_int().unwrap_or(1) as u32,
        category: &category,
        message: &message,
        first: matches!(first, Value::True),
    });
    Ok(Value::None)
}
