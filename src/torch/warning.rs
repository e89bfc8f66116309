//! Warnings as `warnings.warn` issues them.

use crate::python::class::ClassRef;
use crate::python::object::CallArgs;
use crate::python::value::{R, Value};
use crate::python::vm::{Vm, WarningText};
use crate::syntax::symbol::Symbol;

/// A UserWarning.
pub fn warn(vm: &mut Vm, message: &str) -> R<()> {
    let class = vm.exceptions.user_warning.clone();
    warn_class(vm, &class, message)
}

/// A warning of a class, through the `warnings` module if the session has one (filters and `catch_warnings` see it).
pub fn warn_class(vm: &mut Vm, class: &ClassRef, message: &str) -> R<()> {
    if let Some(module) = vm.modules.get_str("warnings") {
        let function = vm.get_attr(&module, Symbol::new("warn"))?;
        let args = [Value::str(message), Value::class(class)];
        vm.call_args(&function, CallArgs::positional(&args))?;
        return Ok(());
    }
    let category = class.name();
    vm.host.warning(&WarningText {
        filename: "<stdin>",
        line: 1,
        category: &category,
        message,
        first: true,
    });
    Ok(())
}

/// A UserWarning that a session issues once for its text.
pub fn warn_once(vm: &mut Vm, message: &str) -> R<()> {
    let torch = super::object::torch(vm);
    if torch.warned.borrow_mut().insert(message.to_string()) {
        warn(vm, message)?;
    }
    Ok(())
}
