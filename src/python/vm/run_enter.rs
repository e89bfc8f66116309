//! Calls, operators and attributes that enter Python functions without another level of Rust.

use super::Vm;
use super::frame::FrameKind;
use crate::python::class::{Binary, Class, Compare, Slot};
use crate::python::code::Instruction;
use crate::python::object::{CallArgs, Instance, Object};
use crate::python::value::{R, Raised, Value, release};
use std::rc::Rc;

/// What a call that needed more than the fast path came to.
pub(super) enum Called {
    /// The answer is there.
    Done(Value),
    /// A frame was pushed.
    Entered,
}

impl Vm {
    /// Calls what stands at `f` with `n` arguments from `f + 2` on.
    #[inline(always)]
    pub(super) fn call_frame(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        // SAFETY: `f .. f + 2 + n` are registers of the current frame
        let first = unsafe { f.add(2) };
        let callee = unsafe { &*f };
        match callee.obj() {
            Some(Object::Function(function)) => {
                if function.code.simple && n == function.code.parameters.positional as usize {
                    // SAFETY: `f` is no part of the new frame's window
                    self.push_frame(unsafe { &mut *f }, first, n, d, FrameKind::Plain)?;
                    return Ok(Called::Entered);
                }
                let function = unsafe { std::mem::take(&mut *f) };
                self.bind_frame(function, first, n, &[], d, FrameKind::Plain, Value::Unset)
            }
            Some(Object::Native(native)) => {
                // SAFETY: the arguments stay in place while the function runs; it uses registers above `top`
                let args = unsafe { std::slice::from_raw_parts(first, n) };
                let signature = native.signature();
                let answer = if signature.simple
                    && n == signature.positional
                    && native.kind == crate::python::native::NativeKind::Function
                {
                    (native.def.function)(self, args)
                } else {
                    crate::python::native::bind::call_native(self, native, CallArgs::positional(args))
                };
                self.clear_window(first, n);
                answer.map(Called::Done)
            }
            _ => self.call_other(f, n, d),
        }
    }

    /// Calls what is neither a function nor native.
    #[inline(never)]
    pub(super) fn call_other(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        // SAFETY: as in `call_frame`
        let first = unsafe { f.add(2) };
        let callee = unsafe { &*f };
        match callee.obj() {
            Some(Object::Class(class)) if class.traits().plain_new() => {
                let class = class.clone();
                self.instance_frame(&class, f, n, &[], d)
            }
            Some(Object::Class(class)) if class.same(&self.types.range) && n > 0 && n <= 3 => {
                let args = unsafe { std::slice::from_raw_parts(first, n) };
                let answer = match crate::python::types::range::of_ints(args) {
                    Some(range) => Ok(range),
                    None => {
                        let callee = callee.clone();
                        self.call(&callee, args)
                    }
                };
                self.clear_window(first, n);
                answer.map(Called::Done)
            }
            Some(Object::BoundMethod(method)) => {
                let (function, receiver) = (method.function.clone(), method.receiver.clone());
                unsafe {
                    *f.add(1) = receiver;
                    drop(std::mem::replace(&mut *f, function));
                }
                self.bound_frame(f, n, d)
            }
            _ => {
                let callee = callee.clone();
                let args = unsafe { std::slice::from_raw_parts(first, n) };
                let answer = self.call(&callee, args);
                self.clear_window(first, n);
                answer.map(Called::Done)
            }
        }
    }

    /// `call_frame`, out of line.
    #[inline(never)]
    pub(super) fn unbound_frame(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        self.call_frame(f, n, d)
    }

    /// `method_frame`, out of line.
    #[inline(never)]
    pub(super) fn bound_frame(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        self.method_frame(f, n, d)
    }

    /// Calls `f` with the receiver at `f + 1` (none when unset) and `n` arguments behind it.
    #[inline(always)]
    pub(super) fn method_frame(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        // SAFETY: as in `call_frame`
        let first = unsafe { f.add(1) };
        if unsafe { &*first }.is_unset() {
            return self.unbound_frame(f, n, d);
        }
        match unsafe { &*f }.obj() {
            Some(Object::Function(function)) => {
                let exact = function.code.simple && n + 1 == function.code.parameters.positional as usize;
                if exact {
                    // SAFETY: `f` is no part of the new frame's window
                    self.push_frame(unsafe { &mut *f }, first, n + 1, d, FrameKind::Plain)?;
                    return Ok(Called::Entered);
                }
                let function = unsafe { std::mem::take(&mut *f) };
                self.bind_frame(function, first, n + 1, &[], d, FrameKind::Plain, Value::Unset)
            }
            Some(Object::Native(native)) => {
                let args = unsafe { std::slice::from_raw_parts(first, n + 1) };
                let signature = native.signature();
                let answer = if signature.simple && n + 1 == signature.positional {
                    (native.def.function)(self, args)
                } else {
                    crate::python::native::bind::call_native(self, native, CallArgs::positional(args))
                };
                self.clear_window(first, n + 1);
                answer.map(Called::Done)
            }
            _ => {
                let callee = unsafe { &*f }.clone();
                let args = unsafe { std::slice::from_raw_parts(first, n + 1) };
                let answer = self.call(&callee, args);
                self.clear_window(first, n + 1);
                answer.map(Called::Done)
            }
        }
    }

    /// Makes an instance of a plain class and enters its `__init__`.
    pub(super) fn instance_frame(
        &mut self,
        class: &Rc<Class>,
        f: *mut Value,
        n: usize,
        names: &[crate::syntax::symbol::Symbol],
        d: u16,
    ) -> R<Called> {
        // SAFETY: as in `call_frame`
        let first = unsafe { f.add(1) };
        match class.slot(Slot::Init) {
            Some(mut init) if matches!(init.obj(), Some(Object::Function(_))) => {
                let instance = Value::object(Object::Instance(Instance::new(class.clone())));
                let exact = matches!(init.obj(), Some(Object::Function(function))
                    if names.is_empty() && function.code.simple && n + 1 == function.code.parameters.positional as usize);
                unsafe { *first = instance.clone() };
                if exact {
                    self.push_frame(&mut init, first, n + 1, d, FrameKind::Init)?;
                    self.hold(instance);
                    return Ok(Called::Entered);
                }
                match self.bind_frame(init, first, n + 1, names, d, FrameKind::Init, instance.clone())? {
                    Called::Entered => Ok(Called::Entered),
                    // a generator as `__init__`
                    Called::Done(value) => {
                        let kind = self.type_name(&value);
                        Err(self.type_error(format!("__init__() should return None, not '{kind}'")))
                    }
                }
            }
            _ => {
                let args = unsafe { std::slice::from_raw_parts(f.add(2), n) };
                let (positional, keywords) = args.split_at(n - names.len());
                let answer = self.call_class(
                    class,
                    CallArgs {
                        positional,
                        names,
                        keywords,
                    },
                );
                self.clear_window(unsafe { f.add(2) }, n);
                answer.map(Called::Done)
            }
        }
    }

    /// Binds `n` arguments (the last ones named) that stand from `first` on to a function's parameters, in place.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn bind_frame(
        &mut self,
        function: Value,
        first: *mut Value,
        n: usize,
        names: &[crate::syntax::symbol::Symbol],
        d: u16,
        kind: FrameKind,
        held: Value,
    ) -> R<Called> {
        let Some(Object::Function(inner)) = function.obj() else {
            return Err(Raised);
        };
        let registers = inner.code.registers as usize;
        // SAFETY: the arguments are registers of the current frame
        let mut args: Vec<Value> = (0..n)
            .map(|at| unsafe { std::mem::take(&mut *first.add(at)) })
            .collect();
        let keywords = args.split_off(n - names.len());
        self.clear_stale(first, 0);
        let (mut base, mut fresh) = (first, false);
        if !self.stack.fits(base, registers + 8) {
            base = self.stack.overflow(base, 0, registers + 8);
            fresh = true;
        }
        let bound = self.bind_window(inner, args.into_iter(), names, keywords, base);
        let given = inner.code.parameters.count();
        let entered = match bound {
            Ok(()) => self.enter(function, base, given, d, kind, held),
            Err(raised) => Err(raised),
        };
        match entered {
            Ok(Some(value)) => {
                if fresh {
                    self.stack.retreat();
                }
                Ok(Called::Done(value))
            }
            Ok(None) => {
                if let (Some(frame), true) = (self.frames.last_mut(), fresh) {
                    frame.fresh_segment = true;
                }
                Ok(Called::Entered)
            }
            Err(raised) => {
                if fresh {
                    self.stack.retreat();
                }
                Err(raised)
            }
        }
    }

    pub(super) fn keyword_names(&self, k: u16) -> Vec<crate::syntax::symbol::Symbol> {
        self.current_code()
            .and_then(|code| code.keyword_names.get(k as usize).map(|names| names.to_vec()))
            .unwrap_or_default()
    }

    /// A call with keyword arguments.
    pub(super) fn keyword_frame(&mut self, f: *mut Value, n: usize, k: u16, d: u16) -> R<Called> {
        let names = self.keyword_names(k);
        // SAFETY: as in `call_frame`
        let with_receiver = !unsafe { &*f.add(1) }.is_unset();
        let (first, n) = unsafe {
            if with_receiver {
                (f.add(1), n + 1)
            } else {
                (f.add(2), n)
            }
        };
        match unsafe { &*f }.obj() {
            Some(Object::Function(_)) => {
                let function = unsafe { std::mem::take(&mut *f) };
                return self.bind_frame(function, first, n, &names, d, FrameKind::Plain, Value::Unset);
            }
            Some(Object::Class(class)) if !with_receiver && class.traits().plain_new() => {
                let class = class.clone();
                return self.instance_frame(&class, f, n, &names, d);
            }
            _ => {}
        }
        let callee = unsafe { &*f }.clone();
        let args = unsafe { std::slice::from_raw_parts(first, n) };
        let (positional, keywords) = args.split_at(n - names.len());
        let answer = self.call_args(
            &callee,
            CallArgs {
                positional,
                names: &names,
                keywords,
            },
        );
        self.clear_window(first, n);
        answer.map(Called::Done)
    }

    /// `f(*args, **kwargs)`, the arguments in a tuple at `f + 2` and a dict or None at `f + 3`.
    pub(super) fn spread_frame(&mut self, f: *mut Value) -> R<Called> {
        // SAFETY: `f .. f + 4` are registers of the current frame
        let take = |at: usize| unsafe { std::mem::take(&mut *f.add(at)) };
        let (function, positional, keywords) = (take(0), take(2), take(3));
        self.call_spread(&function, &positional, &keywords).map(Called::Done)
    }

    /// A binary operator: a Python method of the left side is entered without another level of Rust.
    #[inline]
    pub(super) fn binary_frame(&mut self, op: Binary, a: &Value, b: &Value, d: u16) -> R<Called> {
        if let Some(Object::Instance(left)) = a.obj() {
            let plain = match b.obj() {
                Some(Object::Instance(right)) => right.data.borrow().class.same(&left.data.borrow().class),
                _ => false,
            };
            if plain {
                let method = left.data.borrow().class.slot(op.slot());
                if let Some(mut method) = method
                    && let Some(Object::Function(function)) = method.obj()
                    && function.code.simple
                    && function.code.parameters.positional == 2
                {
                    let mut base = self.stack.top;
                    let mut fresh = false;
                    if !self.stack.fits(base, 8) {
                        base = self.stack.overflow(base, 0, 64);
                        fresh = true;
                    }
                    // SAFETY: the window above the current frame is free
                    unsafe {
                        *base = a.clone();
                        *base.add(1) = b.clone();
                    }
                    self.push_frame(&mut method, base, 2, d, FrameKind::Binary)?;
                    if let (Some(frame), true) = (self.frames.last_mut(), fresh) {
                        frame.fresh_segment = true;
                    }
                    return Ok(Called::Entered);
                }
            }
        }
        self.binary(op, a, b).map(Called::Done)
    }

    /// The left side's method answered NotImplemented: same classes on both sides, so nobody else is asked.
    pub(super) fn binary_again(&mut self) -> R<Value> {
        let Some(frame) = self.frames.last() else {
            return Err(Raised);
        };
        let (base, constants) = match frame.code() {
            Some(code) => (frame.base, code.constants.as_ptr()),
            None => return Err(Raised),
        };
        // SAFETY: the instruction in progress and its operands
        let instruction = unsafe { *frame.ip.sub(1) };
        let register = |i: u16| unsafe { (*base.add(i as usize)).clone() };
        let constant = |k: u16| unsafe { (*constants.add(k as usize)).clone() };
        let (op, a, b) = match instruction {
            Instruction::Add { a, b, .. } => (Binary::Add, register(a), register(b)),
            Instruction::Sub { a, b, .. } => (Binary::Sub, register(a), register(b)),
            Instruction::Mul { a, b, .. } => (Binary::Mul, register(a), register(b)),
            Instruction::Binary { op, a, b, .. } => (op, register(a), register(b)),
            Instruction::AddK { a, k, .. } => (Binary::Add, register(a), constant(k)),
            Instruction::SubK { a, k, .. } => (Binary::Sub, register(a), constant(k)),
            Instruction::MulK { a, k, .. } => (Binary::Mul, register(a), constant(k)),
            Instruction::BinaryK { op, a, k, .. } => (op, register(a), constant(k)),
            _ => return Ok(Value::NotImplemented),
        };
        Err(self.unsupported_operands(op.sign(), op, &a, &b))
    }

    /// An attribute: a Python property is entered without another level of Rust.
    pub(super) fn attr_frame(&mut self, object: &Value, name: crate::syntax::symbol::Symbol, d: u16) -> R<Called> {
        if let Some(Object::Instance(instance)) = object.obj() {
            let class = instance.class();
            if class.traits().plain_get() {
                let found = class.lookup(name);
                if let Some(Object::Property(property)) = found.as_ref().and_then(Value::obj)
                    && let Some(Object::Function(function)) = property.get.obj()
                    && function.code.simple
                    && function.code.parameters.positional == 1
                    && class.slot(Slot::GetAttr).is_none()
                {
                    let base = self.stack.top;
                    if self.stack.fits(base, 8) {
                        // SAFETY: the window above the current frame is free
                        unsafe { *base = object.clone() };
                        self.push_frame(&mut property.get.clone(), base, 1, d, FrameKind::Plain)?;
                        return Ok(Called::Entered);
                    }
                }
            }
        }
        self.get_attr(object, name).map(Called::Done)
    }

    /// `object[key]`: a Python `__getitem__` is entered without another level of Rust.
    pub(super) fn item_frame(&mut self, object: &Value, key: &Value, d: u16) -> R<Called> {
        if let Some(Object::Instance(instance)) = object.obj() {
            let method = instance.class().slot(Slot::GetItem);
            if let Some(Object::Function(function)) = method.as_ref().and_then(Value::obj) {
                let base = self.stack.top;
                if function.code.simple && function.code.parameters.positional == 2 && self.stack.fits(base, 8) {
                    // SAFETY: the window above the current frame is free
                    unsafe {
                        *base = object.clone();
                        *base.add(1) = key.clone();
                    }
                    self.push_frame(&mut method.unwrap_or_default(), base, 2, d, FrameKind::Plain)?;
                    return Ok(Called::Entered);
                }
            }
        }
        self.get_item(object, key).map(Called::Done)
    }

    /// Makes a function of an inner body; its cells come from the current frame's registers.
    pub(super) fn make_function(&mut self, c: u16, base: *mut Value, b: u16) -> Value {
        let Some(code) = self.current_code().and_then(|code| code.codes.get(c as usize).cloned()) else {
            return Value::None;
        };
        // SAFETY: `b .. b + 3` and the captured registers belong to the current frame
        let take = |at: u16| unsafe { std::mem::take(&mut *base.add(at as usize)) };
        let (defaults, kwdefaults, annotations) = (take(b), take(b + 1), take(b + 2));
        let closure: Vec<Value> = code
            .captures
            .iter()
            .map(|register| unsafe { (*base.add(*register as usize)).clone() })
            .collect();
        self.function_of(&code, closure, &defaults, &kwdefaults, &annotations)
    }

    #[inline]
    pub(super) fn test_compare(&mut self, op: Compare, a: &Value, b: &Value) -> R<bool> {
        if let (Value::Float(x), Value::Float(y)) = (a, b) {
            return Ok(x
                .get()
                .partial_cmp(&y.get())
                .map_or(op == Compare::Ne, |order| op.holds(order)));
        }
        let answer = self.compare(op, a, b)?;
        self.truth(&answer)
    }
}

/// The text of f-string pieces: strings, and integers as digits.
#[inline(never)]
pub(super) fn join_parts(parts: &mut [Value]) -> Value {
    let mut digits = [0u8; 20];
    let mut length = 0;
    for part in parts.iter() {
        length += match part {
            Value::Int(number) => width(*number),
            other => other.as_str().map_or(0, str::len),
        };
    }
    let mut short = [0u8; 48];
    let mut long = String::new();
    if length > short.len() {
        long.reserve_exact(length);
    }
    let mut at = 0;
    for part in parts {
        let piece = match &*part {
            Value::Int(number) => decimal(*number, &mut digits),
            other => other.as_str().unwrap_or(""),
        };
        match short.get_mut(at..at + piece.len()) {
            Some(place) if length <= 48 => place.copy_from_slice(piece.as_bytes()),
            _ => long.push_str(piece),
        }
        at += piece.len();
        release(std::mem::take(part));
    }
    if length > short.len() {
        return Value::str(long);
    }
    // SAFETY: whole texts, one behind the other
    Value::str(unsafe { std::str::from_utf8_unchecked(short.get(..at).unwrap_or(b"")) })
}

/// How many characters an integer takes.
fn width(number: i64) -> usize {
    usize::from(number < 0) + number.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1
}

/// An integer in decimal digits.
fn decimal(number: i64, digits: &mut [u8; 20]) -> &str {
    let mut rest = number.unsigned_abs();
    let mut at = digits.len();
    for place in digits.iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
        at -= 1;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at = at.saturating_sub(1);
        if let Some(place) = digits.get_mut(at) {
            *place = b'-';
        }
    }
    // SAFETY: only digits and a sign, all ASCII
    unsafe { std::str::from_utf8_unchecked(digits.get(at..).unwrap_or(b"")) }
}

/// Arithmetic of two small numbers that cannot fail.
#[inline]
pub(super) fn quick_binary(op: Binary, a: &Value, b: &Value) -> Option<Value> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => Some(Value::Int(match op {
            Binary::Add => x.checked_add(*y)?,
            Binary::Sub => x.checked_sub(*y)?,
            Binary::Mul => x.checked_mul(*y)?,
            Binary::Mod if *y > 0 => x.rem_euclid(*y),
            Binary::FloorDiv if *y > 0 => x.div_euclid(*y),
            Binary::And => x & y,
            Binary::Or => x | y,
            Binary::Xor => x ^ y,
            Binary::RShift if (0..64).contains(y) => x >> y,
            Binary::TrueDiv if *y != 0 && x.unsigned_abs() < 1 << 53 && y.unsigned_abs() < 1 << 53 => {
                return Some(Value::float(*x as f64 / *y as f64));
            }
            _ => return None,
        })),
        _ => {
            let number = |value: &Value| match value {
                Value::Float(bits) => Some(bits.get()),
                Value::Int(number) => Some(*number as f64),
                _ => None,
            };
            let (x, y) = (number(a)?, number(b)?);
            Some(Value::float(match op {
                Binary::Add => x + y,
                Binary::Sub => x - y,
                Binary::Mul => x * y,
                Binary::TrueDiv if y != 0.0 => x / y,
                _ => return None,
            }))
        }
    }
}
