//! Entering and leaving frames. Together with `run` the only place that touches registers by address.

use super::frame::{Frame, FrameKind};
use super::{TICKS, Vm};
use crate::python::code::{Code, CodeKind};
use crate::python::object::generator::GeneratorState;
use crate::python::object::{CallArgs, Function, Generator, GeneratorKind, Object};
use crate::python::value::{R, Raised, Value, release};
use crate::syntax::symbol::Symbol;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

impl Vm {
    /// Pushes a frame whose parameters are in place from `base` on (`given` values). The function moves into it at the
    /// very end: until then it stays where it is, so that errors need no room on the native stack for it.
    #[inline(always)]
    pub(super) fn push_frame(
        &mut self,
        function: &mut Value,
        base: *mut Value,
        given: usize,
        target: u16,
        kind: FrameKind,
    ) -> R<()> {
        let Some(Object::Function(inner)) = function.obj() else {
            return Err(Raised);
        };
        let code: *const Code = Rc::as_ptr(&inner.code);
        let registers = inner.code.registers as usize;
        let mut base = base;
        let mut fresh_segment = false;
        if self.depth >= self.recursion_limit {
            return Err(self.too_deep(base, given));
        }
        self.clear_stale(base, given);
        if !self.stack.fits(base, registers + 8) {
            base = self.stack.overflow(base, given, registers + 8);
            fresh_segment = true;
        }
        self.depth += 1;
        if let Some(closure) = &inner.closure {
            for ((_, register), cell) in inner.code.free.iter().zip(closure.iter()) {
                // SAFETY: free variables have registers below `registers`
                unsafe { *base.add(*register as usize) = cell.clone() };
            }
        }
        let ip = inner.code.instructions.as_ptr();
        // SAFETY: the window was checked to fit
        let top = unsafe { base.add(registers) };
        self.stack.top = top;
        if self.frames.len() == self.frames.capacity() {
            self.grow_frames();
        }
        let count = self.frames.len();
        // SAFETY: there is room for one more; written in place, as calls are frequent
        unsafe {
            let frame = self.frames.as_mut_ptr().add(count);
            (&raw mut (*frame).function).write(std::mem::take(function));
            (&raw mut (*frame).base).write(base);
            (&raw mut (*frame).code).write(code);
            (&raw mut (*frame).ip).write(ip);
            (&raw mut (*frame).target).write(target);
            (&raw mut (*frame).kind).write(kind);
            (&raw mut (*frame).fresh_segment).write(fresh_segment);
            (&raw mut (*frame).held).write(Value::Unset);
            self.frames.set_len(count + 1);
        }
        Ok(())
    }

    /// Gives the frame just pushed what it holds: the instance under construction.
    #[inline]
    pub(super) fn hold(&mut self, held: Value) {
        if let Some(frame) = self.frames.last_mut() {
            frame.held = held;
        }
    }

    #[cold]
    #[inline(never)]
    fn grow_frames(&mut self) {
        self.frames.reserve(self.frames.len().max(256));
    }

    #[cold]
    fn too_deep(&mut self, base: *mut Value, given: usize) -> Raised {
        self.clear_window(base, given);
        self.recursion_error("")
    }

    /// Empties what the caller left in its own temporaries behind the `given` first registers of a window.
    #[inline(always)]
    pub(super) fn clear_stale(&mut self, base: *mut Value, given: usize) {
        for at in given..self.stack.used_from(base) {
            // SAFETY: below the caller's top
            release(unsafe { std::mem::take(&mut *base.add(at)) });
        }
    }

    /// Drops the values of a window.
    #[inline(always)]
    pub(super) fn clear_window(&mut self, base: *mut Value, count: usize) {
        // SAFETY: the caller owns `count` registers from `base` on; each is replaced before its value is dropped
        unsafe {
            let (mut at, end) = (base, base.add(count));
            while at != end {
                if let Value::Obj(_) = &*at {
                    release(std::mem::take(&mut *at));
                } else {
                    at.write(Value::Unset);
                }
                at = at.add(1);
            }
        }
    }

    /// Takes the current frame off and empties its registers.
    #[inline(always)]
    pub(super) fn pop_frame(&mut self) -> Option<Frame> {
        let frame = self.frames.pop()?;
        let registers = frame.registers();
        self.clear_window(frame.base, registers);
        self.leave(&frame);
        Some(frame)
    }

    #[inline(always)]
    fn leave(&mut self, frame: &Frame) {
        self.depth -= 1;
        if frame.fresh_segment {
            self.stack.retreat();
        }
        self.stack.top = match self.frames.last() {
            Some(caller) => caller.top(),
            None => self.stack.bottom(),
        };
    }

    /// Takes the current frame off, keeping its registers and place in its generator. Answers the register of
    /// the caller's `for` loop that waits for the value; None when Rust code does.
    pub(super) fn suspend_generator(&mut self) -> Option<u16> {
        let frame = self.frames.pop()?;
        let position = frame.position();
        if let Some(Object::Generator(generator)) = frame.held.obj() {
            {
                let mut kept = generator.registers.borrow_mut();
                kept.clear();
                for at in 0..frame.registers() {
                    // SAFETY: the frame's own registers
                    kept.push(unsafe { std::mem::take(&mut *frame.base.add(at)) });
                }
            }
            generator.position.set(position);
            generator.state.set(GeneratorState::Suspended);
        }
        self.leave(&frame);
        if let Some(Object::Generator(generator)) = frame.held.obj() {
            self.end_handled(generator);
        }
        (frame.kind == FrameKind::GeneratorFor).then_some(frame.target)
    }

    /// The current frame returns: takes it off. Its value is answered when Rust code waits for it, else put where
    /// the caller wants it.
    pub(super) fn answer_frame(&mut self, value: Value) -> R<Option<Value>> {
        let Some(frame) = self.pop_frame() else {
            return Err(Raised);
        };
        if let Some(Object::Generator(generator)) = frame.held.obj() {
            self.end_handled(generator);
            generator.state.set(GeneratorState::Closed);
        }
        let value = match frame.kind {
            FrameKind::Entry => return Ok(Some(value)),
            FrameKind::GeneratorEntry => {
                self.yielded = false;
                return Ok(Some(value));
            }
            FrameKind::GeneratorFor => {
                if let Some(caller) = self.frames.last_mut() {
                    // SAFETY: back to the `Jump` behind `For`, which leads to the end of the loop
                    caller.ip = unsafe { caller.ip.sub(1) };
                }
                return Ok(None);
            }
            FrameKind::Plain => value,
            FrameKind::Init => {
                if !value.is_none() {
                    let kind = self.type_name(&value);
                    return Err(self.type_error(format!("__init__() should return None, not '{kind}'")));
                }
                frame.held.clone()
            }
            FrameKind::Binary => match value {
                Value::NotImplemented => self.binary_again()?,
                value => value,
            },
        };
        self.deliver(frame.target, value);
        Ok(None)
    }

    /// A free window above the current frame.
    fn free_window(&mut self, count: usize) -> (*mut Value, bool) {
        let base = self.stack.top;
        if self.stack.fits(base, count + 8) {
            (base, false)
        } else {
            (self.stack.overflow(base, 0, count + 8), true)
        }
    }

    /// Puts a generator's registers back and pushes its frame.
    pub(super) fn resume_frame(&mut self, generator: &Value, target: u16, kind: FrameKind) -> R<()> {
        let Some(Object::Generator(inner)) = generator.obj() else {
            return Err(Raised);
        };
        if self.depth >= self.recursion_limit {
            return Err(self.recursion_error(""));
        }
        let kept = std::mem::take(&mut *inner.registers.borrow_mut());
        let (base, fresh_segment) = self.free_window(kept.len());
        let count = kept.len();
        for (at, value) in kept.into_iter().enumerate() {
            // SAFETY: the window holds `count` registers
            unsafe { *base.add(at) = value };
        }
        let Some(Object::Function(function)) = inner.function.obj() else {
            return Err(Raised);
        };
        // SAFETY: as above; positions are within the instructions
        let (top, ip) = unsafe {
            let start = function.code.instructions.as_ptr();
            (base.add(count), start.add(inner.position.get() as usize))
        };
        self.stack.top = top;
        self.depth += 1;
        self.frames.push(Frame {
            function: inner.function.clone(),
            base,
            code: Rc::as_ptr(&function.code),
            ip,
            target,
            kind,
            fresh_segment,
            held: generator.clone(),
        });
        Ok(())
    }

    /// Writes what a resumed generator's `yield` answers.
    pub(super) fn deliver(&mut self, register: u16, value: Value) {
        if let Some(frame) = self.frames.last() {
            // SAFETY: `register` was taken from the frame's own code
            drop(unsafe { std::mem::replace(&mut *frame.base.add(register as usize), value) });
        }
    }

    /// A copy of a register of the current frame (counted from the last).
    pub(crate) fn register_of(&self, frame: &Frame, register: u16) -> Value {
        let registers = frame.code().map_or(0, |code| code.registers);
        if register >= registers {
            return Value::Unset;
        }
        // SAFETY: a live frame's own register
        unsafe { (*frame.base.add(register as usize)).clone() }
    }

    /// Puts arguments into a window in the order of the parameters, or raises as CPython does.
    /// The window's registers must be unset.
    pub(super) fn bind_window(
        &mut self,
        function: &Function,
        positional: impl ExactSizeIterator<Item = Value>,
        names: &[Symbol],
        keywords: Vec<Value>,
        base: *mut Value,
    ) -> R<()> {
        let count = function.code.parameters.count();
        // SAFETY: the window has at least `registers >= count` registers and nobody else uses it
        let window = unsafe { std::slice::from_raw_parts_mut(base, count) };
        let bound = self.bind_arguments(function, positional, names, keywords, window);
        if bound.is_err() {
            self.clear_window(base, count);
        }
        bound
    }

    /// What a call of a function with arguments in place makes of it: a frame for an ordinary function,
    /// a generator object for the others (then the value is answered).
    pub(super) fn enter(
        &mut self,
        function: Value,
        base: *mut Value,
        given: usize,
        target: u16,
        kind: FrameKind,
        held: Value,
    ) -> R<Option<Value>> {
        let code_kind = match function.obj() {
            Some(Object::Function(inner)) => inner.code.kind,
            _ => CodeKind::Function,
        };
        if matches!(
            code_kind,
            CodeKind::Generator | CodeKind::Coroutine | CodeKind::AsyncGenerator
        ) {
            return self.make_generator(function, base, given, code_kind).map(Some);
        }
        let mut function = function;
        self.push_frame(&mut function, base, given, target, kind)?;
        self.hold(held);
        Ok(None)
    }

    fn make_generator(&mut self, function: Value, base: *mut Value, given: usize, kind: CodeKind) -> R<Value> {
        let Some(Object::Function(inner)) = function.obj() else {
            return Err(Raised);
        };
        let mut registers: Vec<Value> = Vec::with_capacity(inner.code.registers as usize);
        for at in 0..given {
            // SAFETY: the arguments are in place
            registers.push(unsafe { std::mem::take(&mut *base.add(at)) });
        }
        registers.resize(inner.code.registers as usize, Value::Unset);
        if let Some(closure) = &inner.closure {
            for ((_, register), cell) in inner.code.free.iter().zip(closure.iter()) {
                if let Some(place) = registers.get_mut(*register as usize) {
                    *place = cell.clone();
                }
            }
        }
        let (name, qualname) = (inner.data.name.borrow().clone(), inner.data.qualname.borrow().clone());
        Ok(Value::object(Object::Generator(Box::new(Generator {
            kind: match kind {
                CodeKind::Coroutine => GeneratorKind::Coroutine,
                CodeKind::AsyncGenerator => GeneratorKind::AsyncGenerator,
                _ => GeneratorKind::Generator,
            },
            state: Cell::new(GeneratorState::Created),
            function: function.clone(),
            registers: RefCell::new(registers),
            position: Cell::new(0),
            handled: RefCell::new(Value::None),
            name: RefCell::new(name),
            qualname: RefCell::new(qualname),
        }))))
    }

    /// Calls a function made by `def` from Rust code.
    pub(crate) fn call_function(&mut self, function: &Value, args: CallArgs<'_>) -> R<Value> {
        let Some(Object::Function(inner)) = function.obj() else {
            return Err(self.not_callable(function));
        };
        let registers = inner.code.registers as usize;
        let (base, fresh) = self.free_window(registers);
        let bound = if inner.code.simple
            && args.names.is_empty()
            && args.positional.len() == inner.code.parameters.positional as usize
        {
            for (at, value) in args.positional.iter().enumerate() {
                // SAFETY: the window holds `registers` values
                unsafe { *base.add(at) = value.clone() };
            }
            Ok(())
        } else {
            self.bind_window(
                inner,
                args.positional.iter().cloned(),
                args.names,
                args.keywords.to_vec(),
                base,
            )
        };
        let given = inner.code.parameters.count();
        let entered = match bound {
            Ok(()) => self.enter(function.clone(), base, given, 0, FrameKind::Entry, Value::Unset),
            Err(raised) => Err(raised),
        };
        let entered = match entered {
            Ok(entered) => entered,
            Err(raised) => {
                if fresh {
                    self.stack.retreat();
                }
                return Err(raised);
            }
        };
        match entered {
            Some(generator) => {
                if fresh {
                    self.stack.retreat();
                }
                Ok(generator)
            }
            None => {
                if let (Some(frame), true) = (self.frames.last_mut(), fresh) {
                    frame.fresh_segment = true;
                }
                self.run_nested()
            }
        }
    }

    /// Runs code as a function without parameters; `locals` goes into register 0 of bodies that have a namespace.
    pub(crate) fn run_body(&mut self, function: Value, locals: Value) -> R<Value> {
        let Some(Object::Function(inner)) = function.obj() else {
            return Err(Raised);
        };
        let registers = inner.code.registers as usize;
        let given = usize::from(!locals.is_unset());
        let (base, fresh) = self.free_window(registers.max(1));
        // SAFETY: the window holds at least one value
        unsafe { *base = locals };
        let mut function = function;
        self.push_frame(&mut function, base, given, 0, FrameKind::Entry)?;
        if let (Some(frame), true) = (self.frames.last_mut(), fresh) {
            frame.fresh_segment = true;
        }
        self.run_nested()
    }

    /// Runs the frame just pushed, one level of Rust deeper.
    pub(super) fn run_nested(&mut self) -> R<Value> {
        if self.native_depth >= super::NATIVE_DEPTH || self.stack_is_full() {
            self.pop_frame();
            return Err(self.recursion_error(""));
        }
        self.native_depth += 1;
        let answer = self.run();
        self.native_depth -= 1;
        answer
    }

    /// Back edges and calls come here every now and then.
    #[cold]
    pub(crate) fn tick(&mut self) -> R<()> {
        self.ticks = TICKS;
        self.poll()
    }

    /// The code of the current frame.
    pub(crate) fn current_code(&self) -> Option<std::rc::Rc<Code>> {
        self.frames.last().and_then(|frame| frame.code().cloned())
    }

    /// Finds the handler of the pending exception, leaving frames on the way; false when Rust code gets it.
    #[cold]
    pub(super) fn unwind(&mut self) -> bool {
        loop {
            let Some(frame) = self.frames.last_mut() else {
                return false;
            };
            let at = frame.position().saturating_sub(1);
            let Some(code) = frame.code().cloned() else {
                return false;
            };
            if std::mem::take(&mut self.reraising) {
                // its traceback knows this frame already
            } else {
                self.add_traceback(&code, at);
            }
            let handler = code
                .handlers
                .iter()
                .find(|handler| (handler.start..handler.end).contains(&at))
                .copied();
            if let Some(handler) = handler {
                let exception = std::mem::take(&mut self.pending);
                if let Some(frame) = self.frames.last_mut() {
                    // SAFETY: handlers are within the instructions
                    frame.ip = unsafe { code.instructions.as_ptr().add(handler.target as usize) };
                }
                self.deliver(handler.register, exception);
                return true;
            }
            let Some(frame) = self.pop_frame() else { return false };
            if let Some(Object::Generator(generator)) = frame.held.obj()
                && matches!(frame.kind, FrameKind::GeneratorEntry | FrameKind::GeneratorFor)
            {
                self.end_handled(generator);
                self.leave_generator_raising(generator);
            }
            if matches!(frame.kind, FrameKind::Entry | FrameKind::GeneratorEntry) {
                self.yielded = false;
                return false;
            }
        }
    }
}
