//! `with`: context managers.

use super::Vm;
use crate::python::class::Slot;
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Value};

impl Vm {
    /// Looks up both methods, calls `__enter__`: what it answered and the bound `__exit__`.
    pub(super) fn enter_context(&mut self, manager: &Value, asynchronous: bool) -> R<(Value, Value)> {
        let (enter, exit) = if asynchronous {
            (Slot::AEnter, Slot::AExit)
        } else {
            (Slot::Enter, Slot::Exit)
        };
        let class = self.class_of(manager);
        let protocol = if asynchronous {
            "asynchronous context manager"
        } else {
            "context manager"
        };
        let Some(entering) = class.slot(enter) else {
            let kind = class.shown_name();
            return Err(self.type_error(format!("'{kind}' object does not support the {protocol} protocol")));
        };
        let Some(exiting) = class.slot(exit) else {
            let (kind, missing) = (class.shown_name(), exit.text());
            return Err(self.type_error(format!(
                "'{kind}' object does not support the {protocol} protocol (missed {missing} method)"
            )));
        };
        let owner = Value::class(&class);
        let exit = self.bind_descriptor(exiting, manager, &owner)?;
        let answer = self.call_with_receiver(&entering, manager.clone(), CallArgs::positional(&[]))?;
        Ok((answer, exit))
    }

    /// Calls a bound `__exit__` with an exception, or three Nones when unset.
    pub(super) fn exit_context(&mut self, exit: &Value, exception: &Value) -> R<Value> {
        if exception.is_unset() {
            return self.call(exit, &[Value::None, Value::None, Value::None]);
        }
        let class = Value::class(&self.class_of(exception));
        let traceback = match exception.obj() {
            Some(Object::Exception(inner)) => match &*inner.traceback.borrow() {
                Some(traceback) => Value::object(Object::Traceback(traceback.clone())),
                None => Value::None,
            },
            _ => Value::None,
        };
        self.call(exit, &[class, exception.clone(), traceback])
    }
}
