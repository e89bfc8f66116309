//! The evaluator: one loop, one `match`.
//!
//! Registers, constants and instructions are reached by address. That is sound because
//! the frame on top of `frames` keeps its function, and with it the code, alive; the
//! compiler emits no register, constant or jump beyond what the code object declares; the
//! stack's segments never move; and code called from here uses registers above `stack.top` only.

use super::Vm;
use super::frame::FrameKind;
use super::generator::Step;
use super::run_enter::{Called, join_parts, quick_binary};
use crate::python::class::Binary;
use crate::python::code::{Code, Instruction};
use crate::python::object::finalizer;
use crate::python::object::generator::GeneratorState;
use crate::python::object::{GeneratorKind, Object};
use crate::python::value::{R, Raised, Value, release};
use std::sync::atomic::Ordering;

impl Vm {
    /// Runs the current frame and those it calls until the frame that Rust code pushed answers.
    pub(super) fn run(&mut self) -> R<Value> {
        // few locals, so that they stay in machine registers
        let mut base: *mut Value;
        let mut ip: *const Instruction;
        let mut code: *const Code;

        macro_rules! load_frame {
            () => {{
                let Some(frame) = self.frames.last() else {
                    return Err(Raised);
                };
                // one by one: merged into a vector they would live on the native stack
                // SAFETY: fields of a live frame
                unsafe {
                    base = (&raw const frame.base).read_volatile();
                    ip = (&raw const frame.ip).read_volatile();
                    code = (&raw const frame.code).read_volatile();
                }
            }};
        }
        load_frame!();

        // SAFETY (all register accesses): see the head of this file
        macro_rules! r {
            ($i:expr) => {
                (*unsafe { &mut *base.add($i as usize) })
            };
        }
        macro_rules! k {
            ($i:expr) => {
                (*unsafe { &*(*code).constants.as_ptr().add($i as usize) })
            };
        }
        macro_rules! name {
            ($i:expr) => {
                unsafe { *(*code).names.as_ptr().add($i as usize) }
            };
        }
        macro_rules! set {
            ($d:expr, $v:expr) => {{
                let value = $v;
                // the old value is dropped after the register holds the new one: dropping may run code
                release(std::mem::replace(&mut r!($d), value));
            }};
        }
        // SAFETY: the current frame keeps its code, and the code its globals alive
        macro_rules! globals {
            () => {
                unsafe { &(*code).globals }
            };
        }
        macro_rules! save {
            () => {{
                if let Some(frame) = self.frames.last_mut() {
                    frame.ip = ip;
                }
            }};
        }

        loop {
            // leaves the inner loop when something was raised
            'raised: {
                if self.throw_on_entry {
                    self.throw_on_entry = false;
                    break 'raised;
                }
                macro_rules! tri {
                    ($e:expr) => {
                        match $e {
                            Ok(value) => value,
                            Err(_) => break 'raised,
                        }
                    };
                }
                // the `Jump` behind a test: taken or skipped
                macro_rules! branch {
                    ($taken:expr) => {{
                        if $taken {
                            ip = unsafe { ip.offset(jump_distance(ip) + 1) };
                        } else {
                            ip = unsafe { ip.add(1) };
                        }
                    }};
                }
                // objects that lost their last reference just now have their last word
                macro_rules! settle {
                    () => {{
                        if finalizer::waiting() {
                            save!();
                            self.finalize_dead();
                        }
                    }};
                }
                macro_rules! called {
                    ($d:expr, $e:expr) => {
                        match tri!($e) {
                            Called::Done(value) => set!($d, value),
                            Called::Entered => load_frame!(),
                        }
                    };
                }
                macro_rules! arithmetic {
                    ($op:expr, $int:ident, $sign:tt, $d:expr, $a:expr, $b:expr) => {{
                        match (&$a, &$b) {
                            (Value::Int(x), Value::Int(y)) => match x.$int(*y) {
                                Some(sum) => set!($d, Value::Int(sum)),
                                None => set!($d, tri!(self.binary($op, &$a, &$b))),
                            },
                            (Value::Float(x), Value::Float(y)) => set!($d, Value::float(x.get() $sign y.get())),
                            (Value::Float(x), Value::Int(y)) => set!($d, Value::float(x.get() $sign *y as f64)),
                            (Value::Int(x), Value::Float(y)) => set!($d, Value::float(*x as f64 $sign y.get())),
                            _ => {
                                save!();
                                called!($d, self.binary_frame($op, &$a, &$b, $d))
                            }
                        }
                    }};
                }
                // a generator hands out a value and waits
                macro_rules! give {
                    ($value:expr) => {{
                        save!();
                        match self.suspend_generator() {
                            Some(target) => {
                                load_frame!();
                                set!(target, $value);
                            }
                            None => {
                                self.yielded = true;
                                return Ok($value);
                            }
                        }
                    }};
                }
                // the usual ways back to the caller; all others through `answer_frame`
                macro_rules! leave {
                    ($value:expr) => {{
                        let mut value = $value;
                        let count = self.frames.len();
                        let Some(frame) = self.frames.last_mut() else {
                            return Err(Raised);
                        };
                        let usual = !frame.fresh_segment
                            && match frame.kind {
                                FrameKind::Plain => true,
                                FrameKind::Binary => !matches!(value, Value::NotImplemented),
                                FrameKind::Init if value.is_none() => {
                                    value = std::mem::take(&mut frame.held);
                                    true
                                }
                                _ => false,
                            };
                        if usual {
                            let target = frame.target;
                            let registers = frame.registers();
                            let function = std::mem::take(&mut frame.function);
                            // SAFETY: the last frame's values were taken out (`held` is unset), it needs no drop
                            unsafe { self.frames.set_len(count - 1) };
                            self.depth -= 1;
                            self.clear_window(base, registers);
                            drop(function);
                            load_frame!();
                            if let Some(caller) = self.frames.last() {
                                self.stack.top = caller.top();
                            }
                            set!(target, value);
                            settle!();
                        } else {
                            save!();
                            match self.answer_frame(value) {
                                Ok(Some(answer)) => return Ok(answer),
                                Ok(None) => load_frame!(),
                                Err(_) => {
                                    // raised at the caller's call
                                    if let Some(caller) = self.frames.last() {
                                        ip = caller.ip;
                                    }
                                    break 'raised;
                                }
                            }
                        }
                    }};
                }

                loop {
                    // SAFETY: every body ends in a return, jumps stay within. By reference: each arm reads its own operands
                    let instruction = unsafe { &*ip };
                    ip = unsafe { ip.add(1) };
                    match *instruction {
                        Instruction::Move { d, s } => set!(d, r!(s).clone()),
                        Instruction::Take { d, s } => {
                            let value = std::mem::take(&mut r!(s));
                            set!(d, value)
                        }
                        Instruction::Clear { r } => {
                            set!(r, Value::Unset);
                            settle!();
                        }
                        Instruction::Const { d, k } => set!(d, k!(k).clone()),
                        Instruction::CheckLocal { r } => {
                            if r!(r).is_unset() {
                                self.unbound_local(r);
                                break 'raised;
                            }
                        }
                        Instruction::Global { d, g, b } => {
                            // SAFETY: the code keeps its globals alive
                            let found = globals!().value_at(g as usize);
                            match found {
                                Some(value) => set!(d, value),
                                None => {
                                    let found = if b == u16::MAX {
                                        None
                                    } else {
                                        self.builtins.dict.value_at(b as usize)
                                    };
                                    let value = match found {
                                        Some(value) => value,
                                        None => tri!(self.late_global(globals!(), g as usize)),
                                    };
                                    set!(d, value)
                                }
                            }
                        }
                        Instruction::SetGlobal { s, g } => {
                            let value = std::mem::take(&mut r!(s));
                            let old = globals!().put_at(g as usize, value);
                            drop(old);
                            settle!();
                        }
                        Instruction::Cell { d, r } => {
                            let value = match r!(r).obj() {
                                Some(Object::Cell(cell)) => cell.borrow().clone(),
                                _ => Value::Unset,
                            };
                            if value.is_unset() {
                                self.unbound_cell(r);
                                break 'raised;
                            }
                            set!(d, value)
                        }
                        Instruction::SetCell { s, r } => {
                            let value = std::mem::take(&mut r!(s));
                            if let Some(Object::Cell(cell)) = r!(r).obj() {
                                let old = cell.replace(value);
                                drop(old);
                            }
                        }
                        Instruction::Add { d, a, b } => {
                            arithmetic!(Binary::Add, checked_add, +, d, r!(a), r!(b))
                        }
                        Instruction::Sub { d, a, b } => {
                            arithmetic!(Binary::Sub, checked_sub, -, d, r!(a), r!(b))
                        }
                        Instruction::Mul { d, a, b } => {
                            arithmetic!(Binary::Mul, checked_mul, *, d, r!(a), r!(b))
                        }
                        Instruction::AddK { d, a, k } => {
                            arithmetic!(Binary::Add, checked_add, +, d, r!(a), k!(k))
                        }
                        Instruction::SubK { d, a, k } => {
                            arithmetic!(Binary::Sub, checked_sub, -, d, r!(a), k!(k))
                        }
                        Instruction::MulK { d, a, k } => {
                            arithmetic!(Binary::Mul, checked_mul, *, d, r!(a), k!(k))
                        }
                        Instruction::BinaryK { op, d, a, k } => match quick_binary(op, &r!(a), &k!(k)) {
                            Some(value) => set!(d, value),
                            None => {
                                save!();
                                called!(d, self.binary_frame(op, &r!(a), &k!(k), d))
                            }
                        },
                        Instruction::Binary { op, d, a, b } => match quick_binary(op, &r!(a), &r!(b)) {
                            Some(value) => set!(d, value),
                            None => {
                                save!();
                                called!(d, self.binary_frame(op, &r!(a), &r!(b), d))
                            }
                        },
                        Instruction::InPlaceK { op, d, a, k } => {
                            let quick = match (op, &r!(a), &k!(k)) {
                                (Binary::Add, Value::Int(x), Value::Int(y)) => x.checked_add(*y).map(Value::Int),
                                _ => quick_binary(op, &r!(a), &k!(k)),
                            };
                            match quick {
                                Some(value) => set!(d, value),
                                None => {
                                    save!();
                                    let value = tri!(self.in_place(op, &r!(a), &k!(k)));
                                    set!(d, value)
                                }
                            }
                        }
                        Instruction::InPlace { op, d, a, b } => {
                            let quick = match (op, &r!(a), &r!(b)) {
                                (Binary::Add, Value::Int(x), Value::Int(y)) => x.checked_add(*y).map(Value::Int),
                                (Binary::Sub, Value::Int(x), Value::Int(y)) => x.checked_sub(*y).map(Value::Int),
                                (Binary::Mul, Value::Int(x), Value::Int(y)) => x.checked_mul(*y).map(Value::Int),
                                (_, Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
                                    quick_binary(op, &r!(a), &r!(b))
                                }
                                _ => None,
                            };
                            match quick {
                                Some(value) => set!(d, value),
                                None => {
                                    save!();
                                    let value = tri!(self.in_place(op, &r!(a), &r!(b)));
                                    set!(d, value)
                                }
                            }
                        }
                        Instruction::Not { d, a } => {
                            let truth = tri!(self.truth(&r!(a)));
                            set!(d, Value::bool(!truth))
                        }
                        Instruction::Compare { op, d, a, b } => {
                            let value = match (&r!(a), &r!(b)) {
                                (Value::Int(x), Value::Int(y)) => Value::bool(op.holds(x.cmp(y))),
                                _ => {
                                    save!();
                                    tri!(self.compare(op, &r!(a), &r!(b)))
                                }
                            };
                            set!(d, value)
                        }
                        Instruction::Jump { by } => ip = unsafe { ip.offset(by as isize) },
                        Instruction::Loop { by } => {
                            self.ticks -= 1;
                            if self.ticks == 0 || self.interrupt.load(Ordering::Relaxed) {
                                tri!(self.tick());
                            }
                            ip = unsafe { ip.offset(by as isize) }
                        }
                        Instruction::Test { a } => {
                            let truth = match &r!(a) {
                                Value::True => true,
                                Value::False | Value::None => false,
                                other => {
                                    if !matches!(other, Value::Int(_) | Value::Float(_)) {
                                        save!();
                                    }
                                    tri!(self.truth(&r!(a)))
                                }
                            };
                            branch!(!truth)
                        }
                        Instruction::TestNot { a } => {
                            let truth = match &r!(a) {
                                Value::True => true,
                                Value::False | Value::None => false,
                                _ => {
                                    save!();
                                    tri!(self.truth(&r!(a)))
                                }
                            };
                            branch!(truth)
                        }
                        Instruction::TestCompare { op, a, b } => {
                            let holds = match (&r!(a), &r!(b)) {
                                (Value::Int(x), Value::Int(y)) => op.holds(x.cmp(y)),
                                _ => {
                                    save!();
                                    tri!(self.test_compare(op, &r!(a), &r!(b)))
                                }
                            };
                            branch!(!holds)
                        }
                        Instruction::TestCompareK { op, a, k } => {
                            let holds = match (&r!(a), &k!(k)) {
                                (Value::Int(x), Value::Int(y)) => op.holds(x.cmp(y)),
                                _ => {
                                    save!();
                                    tri!(self.test_compare(op, &r!(a), &k!(k)))
                                }
                            };
                            branch!(!holds)
                        }

                        Instruction::Attr { d, o, n } => {
                            let name = name!(n);
                            let quick = match r!(o).obj() {
                                Some(Object::Instance(instance)) => {
                                    let data = instance.data.borrow();
                                    let traits = data.class.traits();
                                    if traits.no_data() && traits.plain_get() {
                                        data.attributes.get(name)
                                    } else {
                                        None
                                    }
                                }
                                _ => None,
                            };
                            match quick {
                                Some(value) => set!(d, value),
                                None => {
                                    save!();
                                    called!(d, self.attr_frame(&r!(o), name, d))
                                }
                            }
                        }
                        Instruction::SetAttr { o, n, s } => {
                            let name = name!(n);
                            let value = r!(s).clone();
                            let quick = match r!(o).obj() {
                                Some(Object::Instance(instance)) => {
                                    let mut data = instance.data.borrow_mut();
                                    let traits = data.class.traits();
                                    if traits.no_data()
                                        && traits.plain_set()
                                        && !data.class.has(crate::python::class::Flags::NO_DICT)
                                    {
                                        Ok(data.attributes.set(name, value))
                                    } else {
                                        Err(value)
                                    }
                                }
                                _ => Err(value),
                            };
                            match quick {
                                Ok(old) => {
                                    drop(old);
                                    settle!();
                                }
                                Err(value) => {
                                    save!();
                                    tri!(self.set_attr(&r!(o), name, value))
                                }
                            }
                        }
                        Instruction::Method { f, o, n } => {
                            save!();
                            let (function, receiver) = tri!(self.load_method(&r!(o), name!(n)));
                            set!(f, function);
                            set!(f + 1, receiver);
                        }
                        Instruction::Item { d, o, i } => {
                            let quick = match (r!(o).obj(), &r!(i)) {
                                (Some(Object::List(list)), Value::Int(index)) => usize::try_from(*index)
                                    .ok()
                                    .and_then(|at| list.borrow().get(at).cloned()),
                                _ => None,
                            };
                            match quick {
                                Some(value) => set!(d, value),
                                None => {
                                    save!();
                                    called!(d, self.item_frame(&r!(o), &r!(i), d))
                                }
                            }
                        }
                        Instruction::ItemK { d, o, k } => {
                            save!();
                            called!(d, self.item_frame(&r!(o), &k!(k), d))
                        }
                        Instruction::SetItem { o, i, s } => {
                            if let (Some(Object::List(list)), Value::Int(index)) = (r!(o).obj(), &r!(i)) {
                                let mut items = list.borrow_mut();
                                if let Some(place) = usize::try_from(*index).ok().and_then(|at| items.get_mut(at)) {
                                    let old = std::mem::replace(place, r!(s).clone());
                                    drop(items);
                                    if let Value::Obj(_) = old {
                                        release(old);
                                        settle!();
                                    }
                                    continue;
                                }
                            }
                            let value = r!(s).clone();
                            save!();
                            tri!(self.set_item(&r!(o), &r!(i), value));
                            settle!();
                        }
                        Instruction::Call { d, f, n } => {
                            save!();
                            // SAFETY: `f .. f + 2 + n` are registers of this frame
                            called!(d, self.call_frame(unsafe { base.add(f as usize) }, n as usize, d))
                        }
                        Instruction::CallMethod { d, f, n } => {
                            save!();
                            called!(d, self.method_frame(unsafe { base.add(f as usize) }, n as usize, d))
                        }
                        Instruction::CallKeywords { n, d, f, k } => {
                            save!();
                            called!(d, self.keyword_frame(unsafe { base.add(f as usize) }, n as usize, k, d))
                        }
                        Instruction::CallSpread { d, f } => {
                            save!();
                            called!(d, self.spread_frame(unsafe { base.add(f as usize) }))
                        }

                        Instruction::List { d, b, n } => {
                            let items: Vec<Value> = (0..n).map(|at| std::mem::take(&mut r!(b + at))).collect();
                            set!(d, Value::list(items))
                        }
                        Instruction::Tuple { d, b, n } => {
                            let items: Vec<Value> = (0..n).map(|at| std::mem::take(&mut r!(b + at))).collect();
                            set!(d, Value::tuple(items))
                        }
                        Instruction::ListAppend { l, s } => {
                            let item = if s > l {
                                std::mem::take(&mut r!(s))
                            } else {
                                r!(s).clone()
                            };
                            if let Some(Object::List(list)) = r!(l).obj() {
                                list.borrow_mut().push(item);
                            }
                        }
                        Instruction::DictSet { l, k, s } => {
                            let (dict, key, item) = (r!(l).clone(), r!(k).clone(), r!(s).clone());
                            if let Some(Object::Dict(dict)) = dict.obj() {
                                let old = tri!(dict.insert(self, key, item));
                                drop(old);
                            }
                        }
                        Instruction::JoinStr { d, b, n } => {
                            // SAFETY: `b .. b + n` are registers of this frame
                            let parts = unsafe { std::slice::from_raw_parts_mut(base.add(b as usize), n as usize) };
                            let text = join_parts(parts);
                            set!(d, text)
                        }
                        Instruction::Format { conversion, d, s, spec } => {
                            if conversion == 0 && spec == u16::MAX {
                                // small integers and strings are joined as they are
                                let value = &r!(s);
                                if matches!(value, Value::Int(_)) || matches!(value.obj(), Some(Object::Str(_))) {
                                    let value = value.clone();
                                    set!(d, value);
                                    continue;
                                }
                            }
                            save!();
                            let spec = if spec == u16::MAX {
                                Value::Unset
                            } else {
                                r!(spec).clone()
                            };
                            let value = tri!(self.format_field(&r!(s), conversion, &spec));
                            set!(d, value)
                        }
                        Instruction::Iter { d, s } => {
                            save!();
                            let iterator = tri!(self.iter(&r!(s)));
                            set!(d, iterator)
                        }
                        Instruction::For { d, i } => {
                            match r!(i).obj() {
                                Some(Object::RangeIterator(range)) => match range.next() {
                                    Some(number) => {
                                        set!(d, Value::Int(number));
                                        ip = unsafe { ip.add(1) };
                                    }
                                    None => branch!(true),
                                },
                                Some(Object::ListIterator(list)) => match list.next() {
                                    Some(item) => {
                                        set!(d, item);
                                        ip = unsafe { ip.add(1) };
                                    }
                                    None => branch!(true),
                                },
                                Some(Object::Generator(generator))
                                    if generator.kind == GeneratorKind::Generator
                                        && matches!(
                                            generator.state.get(),
                                            GeneratorState::Created | GeneratorState::Suspended
                                        ) =>
                                {
                                    // the loop goes on behind its `Jump`
                                    ip = unsafe { ip.add(1) };
                                    save!();
                                    let waiting = generator.state.get() == GeneratorState::Suspended;
                                    tri!(self.resume_frame(&r!(i), d, FrameKind::GeneratorFor));
                                    self.begin_handled(generator);
                                    generator.state.set(GeneratorState::Running);
                                    if waiting && let Some(register) = self.waiting_register(generator) {
                                        self.deliver(register, Value::None);
                                    }
                                    load_frame!();
                                }
                                _ => {
                                    save!();
                                    let iterator = r!(i).clone();
                                    match tri!(self.next(&iterator)) {
                                        Some(item) => {
                                            set!(d, item);
                                            ip = unsafe { ip.add(1) };
                                        }
                                        None => branch!(true),
                                    }
                                }
                            }
                        }

                        Instruction::ForNext { d, i } => {
                            self.ticks -= 1;
                            if self.ticks == 0 || self.interrupt.load(Ordering::Relaxed) {
                                tri!(self.tick());
                            }
                            let quick = match r!(i).obj() {
                                Some(Object::RangeIterator(range)) => range.next().map(Value::Int),
                                Some(Object::ListIterator(list)) => list.next(),
                                _ => None,
                            };
                            match quick {
                                Some(item) => {
                                    set!(d, item);
                                    ip = unsafe { ip.add(1) };
                                    ip = unsafe { ip.offset(jump_distance(ip.sub(1))) };
                                }
                                // the head of the loop knows the other iterators, and the end
                                None => ip = unsafe { ip.add(1) },
                            }
                        }
                        Instruction::PopHandled { s } => {
                            let before = std::mem::take(&mut r!(s));
                            let old = std::mem::replace(
                                &mut self.handled,
                                if before.is_unset() { Value::None } else { before },
                            );
                            drop(old);
                            settle!();
                        }
                        Instruction::Yield { s, .. } => {
                            let value = std::mem::take(&mut r!(s));
                            give!(value)
                        }
                        Instruction::YieldFrom { d, i } => {
                            save!();
                            let sent = std::mem::take(&mut r!(d));
                            let iterator = r!(i).clone();
                            match tri!(self.step_delegate(&iterator, sent)) {
                                Step::Returned(value) => set!(d, value),
                                Step::Yielded(value) => {
                                    // it goes on with this same instruction
                                    ip = unsafe { ip.sub(1) };
                                    give!(value)
                                }
                            }
                        }
                        Instruction::Return { s } => {
                            let value = std::mem::take(&mut r!(s));
                            leave!(value)
                        }
                        Instruction::ReturnNone => leave!(Value::None),

                        other => {
                            save!();
                            // SAFETY: the frame's own registers, constants, names and globals
                            tri!(unsafe { self.run_other(other, base, &*code) });
                            settle!();
                        }
                    }
                }
            }
            // something was raised at the instruction before `ip`
            save!();
            if !self.unwind() {
                return Err(Raised);
            }
            load_frame!();
        }
    }
}

/// How far the `Jump` at `ip` goes.
///
/// # Safety
/// `ip` points to a `Jump`: the compiler puts one behind every test.
#[inline(always)]
unsafe fn jump_distance(ip: *const Instruction) -> isize {
    // SAFETY: the caller's promise
    match unsafe { *ip } {
        Instruction::Jump { by } => by as isize,
        _ => unsafe { std::hint::unreachable_unchecked() },
    }
}
