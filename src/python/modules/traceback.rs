//! `_traceback`: exceptions and tracebacks as text, as the prompt writes them.

use crate::python::native::{NativeDef, Parser};
use crate::python::object::{Module, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::rc::Rc;

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "whole",
        "(exception, /)",
        Parser::One,
        |vm, args| text(args, |exception| vm.render_exception(exception)),
        "Chained exceptions, traceback and own lines.",
    ),
    NativeDef::new(
        "own",
        "(exception, /)",
        Parser::One,
        |vm, args| text(args, |exception| vm.exception_lines(exception)),
        "The exception's own lines.",
    ),
    NativeDef::new(
        "entries",
        "(traceback, /)",
        Parser::One,
        |vm, args| {
            text(args, |traceback| {
                let mut text = String::new();
                if let Some(Object::Traceback(traceback)) = traceback.obj() {
                    vm.render_traceback(traceback, &mut text);
                }
                text
            })
        },
        "The lines of a traceback.",
    ),
];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("_traceback");
    vm.define_functions(&module, FUNCTIONS);
    Ok(module)
}

fn text(args: &[Value], write: impl FnOnce(&Value) -> String) -> R<Value> {
    Ok(args.first().map_or(Value::None, |value| Value::str(write(value))))
}
