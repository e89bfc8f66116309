//! `async_generator`, and the awaitable steps of one.

use super::generator::{answer, code, get_name, get_qualname, of, running, set_name, set_qualname};
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::object::{Foreign, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::python::vm::generator::Step;
use std::cell::{Cell, RefCell};

pub static ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::AIter, aiter),
    ClassItem::special(Slot::ANext, anext),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method(
        "asend",
        "(self, value, /)",
        Parser::One,
        asend,
        "asend(v) -> send 'v' in generator.",
    ),
    ClassItem::method(
        "athrow",
        "(self, type, value=None, traceback=None, /)",
        Parser::Unpack,
        athrow,
        "athrow(typ[,val[,tb]]) -> raise exception in generator.",
    ),
    ClassItem::method(
        "aclose",
        "(self, /)",
        Parser::NoArgs,
        aclose,
        "aclose() -> raise GeneratorExit inside generator.",
    ),
    ClassItem::Property {
        name: "__name__",
        get: get_name,
        set: Some(set_name),
        help: "",
    },
    ClassItem::Property {
        name: "__qualname__",
        get: get_qualname,
        set: Some(set_qualname),
        help: "",
    },
    ClassItem::getter("ag_running", running, ""),
    ClassItem::getter("ag_code", code, ""),
];

pub static STEP_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Await, step_self),
    ClassItem::special(Slot::Iter, step_self),
    ClassItem::special(Slot::Next, step_next),
    ClassItem::method("send", "(self, arg, /)", Parser::One, step_send, ""),
    ClassItem::method(
        "throw",
        "(self, type, value=None, traceback=None, /)",
        Parser::Unpack,
        step_throw,
        "",
    ),
    ClassItem::method("close", "(self, /)", Parser::NoArgs, step_close, ""),
];

enum Task {
    Send(Value),
    Throw(Value),
    Close,
}

/// One awaited step of an asynchronous generator.
struct AsyncStep {
    class: ClassRef,
    generator: Value,
    task: RefCell<Task>,
    started: Cell<bool>,
    done: Cell<bool>,
}

impl Foreign for AsyncStep {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn make(vm: &Vm, generator: &Value, task: Task) -> Value {
    Value::object(Object::Foreign(Box::new(AsyncStep {
        class: vm.types.async_generator_asend.clone(),
        generator: generator.clone(),
        task: RefCell::new(task),
        started: Cell::new(false),
        done: Cell::new(false),
    })))
}

fn aiter(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(this.clone())
}

fn anext(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(make(vm, this, Task::Send(Value::None)))
}

fn asend(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, value] = args else { return Ok(Value::None) };
    Ok(make(vm, this, Task::Send(value.clone())))
}

fn athrow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, kind, value, _] = args else {
        return Ok(Value::None);
    };
    let exception = vm.exception_to_throw(kind, value)?;
    Ok(make(vm, this, Task::Throw(exception)))
}

fn aclose(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(make(vm, this, Task::Close))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let name = of(this)
        .map(|generator| generator.qualname.borrow().clone())
        .unwrap_or_default();
    Ok(Value::str(format!(
        "<async_generator object {} at {:#x}>",
        name.as_str().unwrap_or("?"),
        this.identity()
    )))
}

fn step_self(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(this.clone())
}

/// Drives the generator to its next `yield` (then StopIteration carries the item) or `await` (then its value goes up).
fn drive(vm: &mut Vm, this: &Value, sent: Value) -> R<Value> {
    let Some(step) = this.as_foreign::<AsyncStep>() else {
        return Ok(Value::None);
    };
    if step.done.get() {
        return Err(vm.runtime_error("cannot reuse already awaited __anext__()/asend()"));
    }
    let first = !step.started.replace(true);
    let closing = matches!(&*step.task.borrow(), Task::Close);
    let outcome = if first {
        let task = std::mem::replace(
            &mut *step.task.borrow_mut(),
            if closing { Task::Close } else { Task::Send(Value::None) },
        );
        match task {
            Task::Send(value) => vm.step_generator(&step.generator, value),
            Task::Throw(exception) => vm.throw_generator(&step.generator, exception),
            Task::Close => {
                let class = vm.exceptions.generator_exit.clone();
                let exception = vm.new_exception(&class, vec![]);
                let unstarted = of(&step.generator).is_some_and(|generator| {
                    matches!(
                        generator.state.get(),
                        crate::python::object::generator::GeneratorState::Created
                            | crate::python::object::generator::GeneratorState::Closed
                    )
                });
                if unstarted {
                    vm.close_generator(&step.generator)?;
                    Ok(Step::Returned(Value::None))
                } else {
                    vm.throw_generator(&step.generator, exception)
                }
            }
        }
    } else {
        vm.step_generator(&step.generator, sent)
    };
    finish(vm, step, closing, outcome)
}

fn finish(vm: &mut Vm, step: &AsyncStep, closing: bool, outcome: R<Step>) -> R<Value> {
    match outcome {
        Ok(Step::Yielded(value)) => {
            // inside an `await` the value goes up; at a `yield` it is the item
            let awaiting = of(&step.generator).is_some_and(|generator| vm.delegate_of(generator).is_some());
            if awaiting {
                return Ok(value);
            }
            step.done.set(true);
            if closing {
                return Err(vm.runtime_error("async generator ignored GeneratorExit"));
            }
            let class = vm.exceptions.stop_iteration.clone();
            Err(vm.raise_args(&class, vec![value]))
        }
        Ok(Step::Returned(_)) => {
            step.done.set(true);
            if closing {
                return answer(vm, Ok(Step::Returned(Value::None)));
            }
            let class = vm.exceptions.stop_async_iteration.clone();
            Err(vm.raise_args(&class, vec![]))
        }
        Err(raised) => {
            step.done.set(true);
            let (exit, stop) = (
                vm.exceptions.generator_exit.clone(),
                vm.exceptions.stop_async_iteration.clone(),
            );
            if closing && (vm.caught(&exit) || vm.caught(&stop)) {
                return answer(vm, Ok(Step::Returned(Value::None)));
            }
            Err(raised)
        }
    }
}

fn step_next(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    drive(vm, this, Value::None)
}

fn step_send(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, value] = args else { return Ok(Value::None) };
    drive(vm, this, value.clone())
}

fn step_throw(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, kind, value, _] = args else {
        return Ok(Value::None);
    };
    let exception = vm.exception_to_throw(kind, value)?;
    let Some(step) = this.as_foreign::<AsyncStep>() else {
        return Ok(Value::None);
    };
    let closing = matches!(&*step.task.borrow(), Task::Close);
    let outcome = vm.throw_generator(&step.generator, exception);
    finish(vm, step, closing, outcome)
}

fn step_close(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    if let Some(step) = this.as_foreign::<AsyncStep>() {
        step.done.set(true);
    }
    Ok(Value::None)
}
