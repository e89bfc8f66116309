//! Driving generators and coroutines from Rust: `next`, `send`, `throw`, `close`.

use super::{FrameKind, Vm};
use crate::python::class::Slot;
use crate::python::code::Instruction;
use crate::python::object::generator::GeneratorState;
use crate::python::object::{CallArgs, Generator, GeneratorKind, Object};
use crate::python::value::{R, Raised, Value};

impl Generator {
    /// Whether `for` accepts it.
    pub fn iterates(&self) -> bool {
        self.kind == GeneratorKind::Generator
    }

    /// How messages call it.
    fn noun(&self) -> &'static str {
        match self.kind {
            GeneratorKind::Generator => "generator",
            GeneratorKind::Coroutine => "coroutine",
            GeneratorKind::AsyncGenerator => "async generator",
        }
    }
}

/// How a step of a generator or of an iterator delegated to ended.
pub enum Step {
    Yielded(Value),
    Returned(Value),
}

impl Vm {
    /// Goes on with a generator, sending a value; `Ok(None)` when it returns.
    pub(crate) fn resume_generator(&mut self, generator: &Value, sent: Value) -> R<Option<Value>> {
        match self.step_generator(generator, sent)? {
            Step::Yielded(value) => Ok(Some(value)),
            Step::Returned(_) => Ok(None),
        }
    }

    /// As `resume_generator`, with the value it returned.
    pub fn step_generator(&mut self, generator: &Value, sent: Value) -> R<Step> {
        let Some(Object::Generator(inner)) = generator.obj() else {
            return Err(Raised);
        };
        match inner.state.get() {
            GeneratorState::Closed => {
                if inner.kind == GeneratorKind::Coroutine {
                    return Err(self.runtime_error("cannot reuse already awaited coroutine"));
                }
                return Ok(Step::Returned(Value::None));
            }
            GeneratorState::Running => {
                let noun = inner.noun();
                return Err(self.value_error(format!("{noun} already executing")));
            }
            GeneratorState::Created if !sent.is_none() => {
                let noun = inner.noun();
                return Err(self.type_error(format!("can't send non-None value to a just-started {noun}")));
            }
            _ => {}
        }
        self.start_generator(generator, inner, sent)?;
        self.finish_step(inner)
    }

    /// Pushes the frame, delivering `sent` to a waiting `yield`.
    fn start_generator(&mut self, generator: &Value, inner: &Generator, sent: Value) -> R<()> {
        let waiting = inner.state.get() == GeneratorState::Suspended;
        self.resume_frame(generator, 0, FrameKind::GeneratorEntry)?;
        self.begin_handled(inner);
        inner.state.set(GeneratorState::Running);
        if waiting && let Some(register) = self.waiting_register(inner) {
            self.deliver(register, sent);
        }
        Ok(())
    }

    /// The register that the `yield` a generator waits at will write.
    pub(super) fn waiting_register(&self, inner: &Generator) -> Option<u16> {
        let Some(Object::Function(function)) = inner.function.obj() else {
            return None;
        };
        let at = inner.position.get();
        // a `yield` waits behind itself, a delegation at itself
        if let Some(Instruction::Yield { d, .. }) = at
            .checked_sub(1)
            .and_then(|at| function.code.instructions.get(at as usize))
        {
            return Some(*d);
        }
        match function.code.instructions.get(at as usize) {
            Some(Instruction::YieldFrom { d, .. }) => Some(*d),
            _ => None,
        }
    }

    /// The iterator that a suspended generator delegates to.
    pub(crate) fn delegate_of(&self, inner: &Generator) -> Option<Value> {
        if inner.state.get() != GeneratorState::Suspended {
            return None;
        }
        let Some(Object::Function(function)) = inner.function.obj() else {
            return None;
        };
        match function.code.instructions.get(inner.position.get() as usize) {
            Some(Instruction::YieldFrom { i, .. }) => inner.registers.borrow().get(*i as usize).cloned(),
            _ => None,
        }
    }

    fn finish_step(&mut self, inner: &Generator) -> R<Step> {
        let answer = self.run_nested();
        let yielded = std::mem::take(&mut self.yielded);
        match answer {
            Ok(value) if yielded => Ok(Step::Yielded(value)),
            Ok(value) => {
                inner.state.set(GeneratorState::Closed);
                Ok(Step::Returned(value))
            }
            Err(raised) => {
                inner.state.set(GeneratorState::Closed);
                Err(raised)
            }
        }
    }

    /// What the generator was handling is handled again; the caller's is kept in the generator meanwhile.
    pub(super) fn begin_handled(&mut self, inner: &Generator) {
        let own = inner.handled.replace(self.handled.clone());
        if !own.is_none() {
            self.handled = own;
        }
    }

    /// The reverse of `begin_handled`.
    pub(super) fn end_handled(&mut self, inner: &Generator) {
        let callers = inner.handled.replace(Value::None);
        let own = std::mem::replace(&mut self.handled, callers);
        if !own.is(&self.handled) {
            *inner.handled.borrow_mut() = own;
        }
    }

    /// An exception leaves a generator: StopIteration must not look like its end.
    pub(super) fn leave_generator_raising(&mut self, inner: &Generator) {
        inner.state.set(GeneratorState::Closed);
        let stop = self.exceptions.stop_iteration.clone();
        let stop_async = self.exceptions.stop_async_iteration.clone();
        let what = if self.is_pending(&stop) {
            "StopIteration"
        } else if inner.kind == GeneratorKind::AsyncGenerator && self.is_pending(&stop_async) {
            "StopAsyncIteration"
        } else {
            return;
        };
        let noun = inner.noun();
        if let Some(original) = self.take_exception() {
            let class = self.exceptions.runtime_error.clone();
            let wrapped = self.new_exception(&class, vec![Value::str(format!("{noun} raised {what}"))]);
            if let Some(Object::Exception(inner)) = wrapped.obj() {
                *inner.cause.borrow_mut() = original.clone();
                *inner.context.borrow_mut() = original;
                inner.suppress_context.set(true);
            }
            self.pending = wrapped;
        }
    }

    /// `generator.throw(exception)`
    pub fn throw_generator(&mut self, generator: &Value, exception: Value) -> R<Step> {
        let Some(Object::Generator(inner)) = generator.obj() else {
            return Err(Raised);
        };
        if inner.state.get() == GeneratorState::Running {
            let noun = inner.noun();
            return Err(self.value_error(format!("{noun} already executing")));
        }
        if let Some(delegate) = self.delegate_of(inner) {
            return self.throw_through(generator, inner, &delegate, exception);
        }
        match inner.state.get() {
            GeneratorState::Created => {
                inner.state.set(GeneratorState::Closed);
                inner.registers.borrow_mut().clear();
                // the traceback names the generator's first line
                self.pending = exception;
                if let Some(Object::Function(function)) = inner.function.obj() {
                    self.add_traceback(&function.code.clone(), 0);
                }
                return Err(Raised);
            }
            GeneratorState::Closed => {
                if inner.kind == GeneratorKind::Coroutine {
                    return Err(self.runtime_error("cannot reuse already awaited coroutine"));
                }
                return Err(self.raise_exception(exception));
            }
            _ => {}
        }
        self.throw_here(generator, inner, exception)
    }

    /// Raises at the `yield` where the generator waits.
    fn throw_here(&mut self, generator: &Value, inner: &Generator, exception: Value) -> R<Step> {
        self.resume_frame(generator, 0, FrameKind::GeneratorEntry)?;
        self.begin_handled(inner);
        inner.state.set(GeneratorState::Running);
        self.throw_on_entry = true;
        self.raise_exception(exception);
        self.finish_step(inner)
    }

    fn throw_through(&mut self, generator: &Value, inner: &Generator, delegate: &Value, exception: Value) -> R<Step> {
        let exit = self.exceptions.generator_exit.clone();
        inner.state.set(GeneratorState::Running);
        let answer = if self.is_instance(&exception, &exit) {
            // GeneratorExit closes the inner one, then goes on here
            match self.close_iterator(delegate) {
                Ok(()) => Err(self.reraise(exception)),
                Err(raised) => Err(raised),
            }
        } else {
            self.throw_iterator(delegate, exception)
        };
        inner.state.set(GeneratorState::Suspended);
        match answer {
            Ok(Step::Yielded(value)) => Ok(Step::Yielded(value)),
            Ok(Step::Returned(value)) => {
                // the delegation is over: go on behind it
                if let Some(register) = self.waiting_register(inner)
                    && let Some(place) = inner.registers.borrow_mut().get_mut(register as usize)
                {
                    *place = value;
                }
                inner.position.set(inner.position.get() + 1);
                self.resume_frame(generator, 0, FrameKind::GeneratorEntry)?;
                self.begin_handled(inner);
                inner.state.set(GeneratorState::Running);
                self.finish_step(inner)
            }
            Err(_) => match self.take_exception() {
                Some(exception) => {
                    // the place of the delegation counts as the place of the error
                    inner.position.set(inner.position.get() + 1);
                    self.throw_here(generator, inner, exception)
                }
                None => Err(Raised),
            },
        }
    }

    /// `throw` on any iterator delegated to.
    fn throw_iterator(&mut self, iterator: &Value, exception: Value) -> R<Step> {
        if let Some(Object::Generator(_)) = iterator.obj() {
            return self.throw_generator(iterator, exception);
        }
        let throw = self.names.throw;
        match self.look_attr(iterator, throw)? {
            Some(method) => {
                let answer = self.call(&method, &[exception]);
                self.step_of_answer(answer)
            }
            None => Err(self.raise_exception(exception)),
        }
    }

    fn step_of_answer(&mut self, answer: R<Value>) -> R<Step> {
        match answer {
            Ok(value) => Ok(Step::Yielded(value)),
            Err(raised) => {
                let stop = self.exceptions.stop_iteration.clone();
                if !self.is_pending(&stop) {
                    return Err(raised);
                }
                let value = match self.take_exception().as_ref().and_then(Value::obj) {
                    Some(Object::Exception(inner)) => inner.field(self.names.value).unwrap_or(Value::None),
                    _ => Value::None,
                };
                Ok(Step::Returned(value))
            }
        }
    }

    /// One step of `yield from iterator`.
    pub(super) fn step_delegate(&mut self, iterator: &Value, sent: Value) -> R<Step> {
        match iterator.obj() {
            Some(Object::Generator(_)) => return self.step_generator(iterator, sent),
            Some(Object::RangeIterator(_) | Object::ListIterator(_) | Object::Iterator(_)) if sent.is_none() => {
                return Ok(match self.next(iterator)? {
                    Some(value) => Step::Yielded(value),
                    None => Step::Returned(Value::None),
                });
            }
            _ => {}
        }
        let answer = if sent.is_none() {
            match self.class_of(iterator).slot(Slot::Next) {
                Some(method) => self.call_with_receiver(&method, iterator.clone(), CallArgs::positional(&[])),
                None => {
                    let kind = self.type_name(iterator);
                    Err(self.type_error(format!("'{kind}' object is not an iterator")))
                }
            }
        } else {
            let send = self.names.send;
            self.call_method(iterator, send, &[sent])
        };
        self.step_of_answer(answer)
    }

    /// `generator.close()`
    pub fn close_generator(&mut self, generator: &Value) -> R<()> {
        let Some(Object::Generator(inner)) = generator.obj() else {
            return Ok(());
        };
        match inner.state.get() {
            GeneratorState::Created => {
                inner.state.set(GeneratorState::Closed);
                let registers = std::mem::take(&mut *inner.registers.borrow_mut());
                drop(registers);
                return Ok(());
            }
            GeneratorState::Closed => return Ok(()),
            _ => {}
        }
        let class = self.exceptions.generator_exit.clone();
        let exception = self.new_exception(&class, vec![]);
        match self.throw_generator(generator, exception) {
            Ok(Step::Yielded(_)) => {
                let noun = inner.noun();
                Err(self.runtime_error(format!("{noun} ignored GeneratorExit")))
            }
            Ok(Step::Returned(_)) => Ok(()),
            Err(raised) => {
                let stop = self.exceptions.stop_iteration.clone();
                if self.caught(&class) || self.caught(&stop) {
                    Ok(())
                } else {
                    Err(raised)
                }
            }
        }
    }

    fn close_iterator(&mut self, iterator: &Value) -> R<()> {
        if let Some(Object::Generator(_)) = iterator.obj() {
            return self.close_generator(iterator);
        }
        let close = self.names.close;
        if let Some(method) = self.look_attr(iterator, close)? {
            self.call(&method, &[])?;
        }
        Ok(())
    }

    /// The exception that `throw(type, value)` or `throw(exception)` names.
    pub fn exception_to_throw(&mut self, kind: &Value, value: &Value) -> R<Value> {
        if let Some(class) = kind.as_class().cloned()
            && class.is_subclass_of(&self.exceptions.base_exception.clone())
        {
            if value.is_unset() || value.is_none() {
                return self.call_class(&class, CallArgs::positional(&[]));
            }
            if self.is_instance(value, &class) {
                return Ok(value.clone());
            }
            return match value.as_tuple() {
                Some(args) => self.call_class(&class, CallArgs::positional(args)),
                None => self.call_class(&class, CallArgs::positional(std::slice::from_ref(value))),
            };
        }
        if let Some(Object::Exception(_)) = kind.obj() {
            if !(value.is_unset() || value.is_none()) {
                return Err(self.type_error("instance exception may not have a separate value"));
            }
            return Ok(kind.clone());
        }
        let name = self.type_name(kind);
        Err(self.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {name}"
        )))
    }

    /// The iterator that `yield from value` delegates to.
    pub(super) fn yield_from_iter(&mut self, value: &Value) -> R<Value> {
        if let Some(Object::Generator(inner)) = value.obj()
            && inner.kind == GeneratorKind::Coroutine
        {
            return Err(self.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
        }
        self.iter(value)
    }

    /// The iterator that `await value` delegates to.
    pub fn awaitable(&mut self, value: &Value) -> R<Value> {
        if let Some(Object::Generator(inner)) = value.obj()
            && inner.kind == GeneratorKind::Coroutine
        {
            if inner.state.get() == GeneratorState::Suspended {
                return Err(self.runtime_error("coroutine is being awaited already"));
            }
            return Ok(value.clone());
        }
        let class = self.class_of(value);
        match class.slot(Slot::Await) {
            Some(method) => {
                let iterator = self.call_with_receiver(&method, value.clone(), CallArgs::positional(&[]))?;
                if let Some(Object::Generator(inner)) = iterator.obj()
                    && inner.kind == GeneratorKind::Coroutine
                {
                    return Err(self.type_error("__await__() returned a coroutine"));
                }
                if !self.is_iterator(&iterator) {
                    let kind = self.type_name(&iterator);
                    return Err(self.type_error(format!("__await__() returned non-iterator of type '{kind}'")));
                }
                Ok(iterator)
            }
            None => {
                let kind = class.shown_name();
                Err(self.type_error(format!("object {kind} can't be used in 'await' expression")))
            }
        }
    }

    /// `aiter(value)`
    pub fn async_iter(&mut self, value: &Value) -> R<Value> {
        let class = self.class_of(value);
        let Some(method) = class.slot(Slot::AIter) else {
            let kind = class.shown_name();
            return Err(self.type_error(format!(
                "'async for' requires an object with __aiter__ method, got {kind}"
            )));
        };
        let iterator = self.call_with_receiver(&method, value.clone(), CallArgs::positional(&[]))?;
        let kind = self.class_of(&iterator);
        if kind.slot(Slot::ANext).is_none() {
            let kind = kind.shown_name();
            return Err(self.type_error(format!(
                "'async for' received an object from __aiter__ that does not implement __anext__: {kind}"
            )));
        }
        Ok(iterator)
    }

    /// The iterator that awaits the next item of an asynchronous iterator.
    pub(super) fn async_next(&mut self, iterator: &Value) -> R<Value> {
        let class = self.class_of(iterator);
        let Some(method) = class.slot(Slot::ANext) else {
            let kind = class.shown_name();
            return Err(self.type_error(format!(
                "'async for' requires an iterator with __anext__ method, got {kind}"
            )));
        };
        let awaited = self.call_with_receiver(&method, iterator.clone(), CallArgs::positional(&[]))?;
        self.awaitable(&awaited)
    }
}
