//! The evaluator: one loop, one `match`.
//!
//! Registers, constants and instructions are reached by address. That is sound because
//! the frame on top of `frames` keeps its function, and with it the code, alive; the
//! compiler emits no register, constant or jump beyond what the code object declares; the
//! stack's segments never move; and code called from here uses registers above `stack.top` only.

use super::Vm;
use super::frame::FrameKind;
use super::generator::Step;
use crate::python::class::{Binary, Class, Compare, Slot};
use crate::python::code::Instruction;
use crate::python::object::finalizer;
use crate::python::object::generator::GeneratorState;
use crate::python::object::{CallArgs, Dict, GeneratorKind, Instance, Object, Set};
use crate::python::value::{R, Raised, Value};
use std::rc::Rc;
use std::sync::atomic::Ordering;

/// What a call that needed more than the fast path came to.
enum Called {
    /// The answer is there.
    Done(Value),
    /// A frame was pushed.
    Entered,
}

impl Vm {
    /// Runs the current frame and those it calls until the frame that Rust code pushed answers.
    pub(super) fn run(&mut self) -> R<Value> {
        let mut base: *mut Value;
        let mut ip: *const Instruction;
        let mut constants: *const Value;
        let mut names: *const crate::syntax::symbol::Symbol;
        let mut globals: *const Dict;
        let interrupt = self.interrupt.clone();

        macro_rules! load_frame {
            () => {{
                let Some(frame) = self.frames.last() else {
                    return Err(Raised);
                };
                base = frame.base;
                ip = frame.ip;
                // SAFETY: the frame's function keeps its code alive
                let code = unsafe { &*frame.code };
                constants = code.constants.as_ptr();
                names = code.names.as_ptr();
                globals = Rc::as_ptr(&code.globals);
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
                (*unsafe { &*constants.add($i as usize) })
            };
        }
        macro_rules! name {
            ($i:expr) => {
                unsafe { *names.add($i as usize) }
            };
        }
        macro_rules! set {
            ($d:expr, $v:expr) => {{
                let value = $v;
                // the old value is dropped after the register holds the new one: dropping may run code
                drop(std::mem::replace(&mut r!($d), value));
            }};
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
                            if let Instruction::Jump { by } = unsafe { *ip } {
                                ip = unsafe { ip.offset(by as isize + 1) };
                            }
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
                macro_rules! pop_and_answer {
                    ($value:expr) => {{
                        let mut value = $value;
                        let Some(frame) = self.pop_frame() else {
                            return Err(Raised);
                        };
                        match frame.kind {
                            FrameKind::Plain => {
                                let target = frame.target;
                                drop(frame);
                                load_frame!();
                                set!(target, value);
                                settle!();
                            }
                            FrameKind::Entry => return Ok(value),
                            kind => {
                                if let Some(Object::Generator(generator)) = frame.held.obj() {
                                    self.end_handled(generator);
                                    generator.state.set(GeneratorState::Closed);
                                }
                                match kind {
                                    FrameKind::GeneratorEntry => {
                                        self.yielded = false;
                                        return Ok(value);
                                    }
                                    FrameKind::GeneratorFor => {
                                        load_frame!();
                                        // back to the loop's `Jump` to its end
                                        ip = unsafe { ip.sub(1) };
                                    }
                                    FrameKind::Init => {
                                        load_frame!();
                                        if !value.is_none() {
                                            let kind = self.type_name(&value);
                                            self.type_error(format!("__init__() should return None, not '{kind}'"));
                                            break 'raised;
                                        }
                                        value = frame.held.clone();
                                        set!(frame.target, value);
                                    }
                                    _ => {
                                        load_frame!();
                                        if let Value::NotImplemented = value {
                                            value = tri!(self.binary_again(unsafe { *ip.sub(1) }, base, constants));
                                        }
                                        set!(frame.target, value);
                                    }
                                }
                            }
                        }
                    }};
                }

                loop {
                    // SAFETY: every body ends in a return, jumps stay within
                    let instruction = unsafe { *ip };
                    ip = unsafe { ip.add(1) };
                    match instruction {
                        Instruction::Nop => {}
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
                        Instruction::DeleteLocal { r } => {
                            if r!(r).is_unset() {
                                self.unbound_local(r);
                                break 'raised;
                            }
                            set!(r, Value::Unset);
                            settle!();
                        }
                        Instruction::Global { d, g, b } => {
                            // SAFETY: the code keeps its globals alive
                            let found = unsafe { &*globals }.value_at(g as usize);
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
                                        None => tri!(self.late_global(unsafe { &*globals }, g as usize)),
                                    };
                                    set!(d, value)
                                }
                            }
                        }
                        Instruction::SetGlobal { s, g } => {
                            let value = std::mem::take(&mut r!(s));
                            let old = unsafe { &*globals }.put_at(g as usize, value);
                            drop(old);
                            settle!();
                        }
                        Instruction::DeleteGlobal { g } => {
                            let old = unsafe { &*globals }.take_at(g as usize);
                            if old.is_none() {
                                self.missing_global(unsafe { &*globals }, g as usize);
                                break 'raised;
                            }
                            drop(old);
                            settle!();
                        }
                        Instruction::MakeCell { r } => {
                            let value = std::mem::take(&mut r!(r));
                            r!(r) = Value::object(Object::Cell(std::cell::RefCell::new(value)));
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
                        Instruction::DeleteCell { r } => {
                            let old = match r!(r).obj() {
                                Some(Object::Cell(cell)) => cell.replace(Value::Unset),
                                _ => Value::Unset,
                            };
                            if old.is_unset() {
                                self.unbound_cell(r);
                                break 'raised;
                            }
                        }
                        Instruction::Name { d, n } => {
                            let mapping = r!(0).clone();
                            let value = tri!(self.load_mapped(&mapping, name!(n), None));
                            set!(d, value)
                        }
                        Instruction::ClassCell { d, r, n } => {
                            let (mapping, cell) = (r!(0).clone(), r!(r).clone());
                            let value = tri!(self.load_mapped(&mapping, name!(n), Some(&cell)));
                            set!(d, value)
                        }
                        Instruction::SetName { s, n } => {
                            let value = std::mem::take(&mut r!(s));
                            let mapping = r!(0).clone();
                            let key = self.string(name!(n));
                            tri!(self.set_item(&mapping, &key, value));
                        }
                        Instruction::DeleteName { n } => {
                            let mapping = r!(0).clone();
                            tri!(self.delete_mapped(&mapping, name!(n)));
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
                        Instruction::Unary { op, d, a } => {
                            let value = match (op, &r!(a)) {
                                (Slot::Neg, Value::Int(x)) if *x != i64::MIN => Value::Int(-x),
                                (Slot::Neg, Value::Float(x)) => Value::float(-x.get()),
                                _ => {
                                    save!();
                                    tri!(self.unary(op, &r!(a)))
                                }
                            };
                            set!(d, value)
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
                        Instruction::Is { d, a, b } => set!(d, Value::bool(r!(a).is(&r!(b)))),
                        Instruction::IsNot { d, a, b } => set!(d, Value::bool(!r!(a).is(&r!(b)))),
                        Instruction::In { d, a, b } => {
                            save!();
                            let found = tri!(self.contains(&r!(b), &r!(a)));
                            set!(d, Value::bool(found))
                        }
                        Instruction::NotIn { d, a, b } => {
                            save!();
                            let found = tri!(self.contains(&r!(b), &r!(a)));
                            set!(d, Value::bool(!found))
                        }

                        Instruction::Jump { by } => ip = unsafe { ip.offset(by as isize) },
                        Instruction::Loop { by } => {
                            self.ticks -= 1;
                            if self.ticks == 0 || interrupt.load(Ordering::Relaxed) {
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
                        Instruction::DelAttr { o, n } => {
                            save!();
                            tri!(self.del_attr(&r!(o), name!(n)));
                            settle!();
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
                            let value = r!(s).clone();
                            save!();
                            tri!(self.set_item(&r!(o), &r!(i), value));
                            settle!();
                        }
                        Instruction::DelItem { o, i } => {
                            save!();
                            tri!(self.del_item(&r!(o), &r!(i)));
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
                            let function = std::mem::take(&mut r!(f));
                            let positional = std::mem::take(&mut r!(f + 2));
                            let keywords = std::mem::take(&mut r!(f + 3));
                            called!(
                                d,
                                self.spread_frame(function, positional, keywords, unsafe { base.add(f as usize) }, d)
                            )
                        }

                        Instruction::List { d, b, n } => {
                            let items: Vec<Value> = (0..n).map(|at| std::mem::take(&mut r!(b + at))).collect();
                            set!(d, Value::list(items))
                        }
                        Instruction::Tuple { d, b, n } => {
                            let items: Vec<Value> = (0..n).map(|at| std::mem::take(&mut r!(b + at))).collect();
                            set!(d, Value::tuple(items))
                        }
                        Instruction::Set { d, .. } => set!(d, Value::set(Set::new())),
                        Instruction::Dict { d, .. } => set!(d, Value::dict(Dict::new())),
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
                        Instruction::SetAdd { l, s } => {
                            let (set, item) = (r!(l).clone(), r!(s).clone());
                            if let Some(set) = set.as_set() {
                                tri!(set.add(self, item));
                            }
                        }
                        Instruction::DictSet { l, k, s } => {
                            let (dict, key, item) = (r!(l).clone(), r!(k).clone(), r!(s).clone());
                            if let Some(Object::Dict(dict)) = dict.obj() {
                                let old = tri!(dict.insert(self, key, item));
                                drop(old);
                            }
                        }
                        Instruction::ListExtend { l, s } => {
                            save!();
                            tri!(self.list_extend(&r!(l), &r!(s)))
                        }
                        Instruction::ArgsExtend { l, s, f } => {
                            save!();
                            tri!(self.args_extend(&r!(l), &r!(s), &r!(f)))
                        }
                        Instruction::SetUpdate { l, s } => {
                            save!();
                            let (set, items) = (r!(l).clone(), tri!(self.collect(&r!(s))));
                            if let Some(set) = set.as_set() {
                                for item in items {
                                    tri!(set.add(self, item));
                                }
                            }
                        }
                        Instruction::DictUpdate { l, s } => {
                            save!();
                            tri!(self.dict_update(&r!(l), &r!(s)))
                        }
                        Instruction::DictMerge { l, s, f } => {
                            save!();
                            tri!(self.dict_merge(&r!(l), &r!(s), &r!(f)))
                        }
                        Instruction::ListToTuple { r } => {
                            let items = match r!(r).obj() {
                                Some(Object::List(list)) => list.take(),
                                _ => Vec::new(),
                            };
                            set!(r, Value::tuple(items))
                        }
                        Instruction::Slice { d, b } => {
                            let slice = crate::python::object::Slice {
                                start: std::mem::take(&mut r!(b)),
                                stop: std::mem::take(&mut r!(b + 1)),
                                step: std::mem::take(&mut r!(b + 2)),
                            };
                            set!(d, Value::object(Object::Slice(Box::new(slice))))
                        }
                        Instruction::JoinStr { d, b, n } => {
                            // SAFETY: `b .. b + n` are registers of this frame
                            let parts = unsafe { std::slice::from_raw_parts_mut(base.add(b as usize), n as usize) };
                            let text = join_parts(parts);
                            set!(d, Value::str(text))
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
                        Instruction::Unpack { s, b, n } => {
                            save!();
                            let items = tri!(self.unpack(&r!(s), n as usize));
                            for (at, item) in items.into_iter().enumerate() {
                                set!(b as usize + at, item);
                            }
                        }
                        Instruction::UnpackStar { after, s, b, before } => {
                            save!();
                            let items = tri!(self.unpack_star(&r!(s), before as usize, after as usize));
                            for (at, item) in items.into_iter().enumerate() {
                                set!(b as usize + at, item);
                            }
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
                                    if waiting {
                                        if let Some(register) = self.waiting_register(generator) {
                                            self.deliver(register, Value::None);
                                        }
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

                        Instruction::Function { d, c, b } => {
                            let value = self.make_function(c, base, b);
                            set!(d, value)
                        }
                        Instruction::Class { d, b, k } => {
                            save!();
                            let body = std::mem::take(&mut r!(b));
                            let bases = std::mem::take(&mut r!(b + 1));
                            let keywords = std::mem::take(&mut r!(b + 2));
                            let title = k!(k).clone();
                            let value = tri!(self.build_class(&body, &title, &bases, &keywords));
                            set!(d, value)
                        }

                        Instruction::Raise { r } => {
                            save!();
                            let exception = tri!(self.exception_of(&r!(r)));
                            self.raise_exception(exception);
                            break 'raised;
                        }
                        Instruction::RaiseFrom { r, cause } => {
                            save!();
                            self.raise_from(&r!(r), &r!(cause));
                            break 'raised;
                        }
                        Instruction::RaiseAgain => {
                            save!();
                            self.raise_again();
                            break 'raised;
                        }
                        Instruction::Reraise { r } => {
                            let exception = std::mem::take(&mut r!(r));
                            self.reraise(exception);
                            self.reraising = true;
                            break 'raised;
                        }
                        Instruction::PushHandled { s, r } => {
                            let before = std::mem::replace(&mut self.handled, r!(r).clone());
                            set!(s, before)
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
                        Instruction::Matches { d, r, c } => {
                            let matches = tri!(self.exception_matches(&r!(r), &r!(c), false));
                            set!(d, Value::bool(matches))
                        }
                        Instruction::MatchesGroup { d, r, c } => {
                            save!();
                            let (matched, rest) = tri!(self.match_group(&r!(r), &r!(c)));
                            set!(d, matched);
                            set!(d + 1, rest);
                        }
                        Instruction::EndGroup { d, r, l } => {
                            save!();
                            tri!(self.end_group(&r!(r), &r!(l)));
                            set!(d, Value::Unset)
                        }
                        Instruction::AssertFail { r } => {
                            save!();
                            let class = self.exceptions.assertion_error.clone();
                            let args = if r == u16::MAX { vec![] } else { vec![r!(r).clone()] };
                            self.raise_args(&class, args);
                            break 'raised;
                        }

                        Instruction::Enter { d, b } => {
                            save!();
                            let manager = r!(b).clone();
                            let (answer, exit) = tri!(self.enter_context(&manager, false));
                            set!(b, exit);
                            set!(d, answer);
                        }
                        Instruction::AsyncEnter { d, b } => {
                            save!();
                            let manager = r!(b).clone();
                            let (answer, exit) = tri!(self.enter_context(&manager, true));
                            set!(b, exit);
                            set!(d, answer);
                        }
                        Instruction::Exit { d, b, r } | Instruction::AsyncExit { d, b, r } => {
                            save!();
                            let exit = r!(b).clone();
                            let exception = if r == u16::MAX { Value::Unset } else { r!(r).clone() };
                            let answer = tri!(self.exit_context(&exit, &exception));
                            set!(d, answer)
                        }

                        Instruction::Yield { s, .. } => {
                            let value = std::mem::take(&mut r!(s));
                            save!();
                            let position = self.frames.last().map_or(0, |frame| frame.position());
                            let Some(frame) = self.suspend_frame() else {
                                return Err(Raised);
                            };
                            if let Some(Object::Generator(generator)) = frame.held.obj() {
                                generator.position.set(position);
                                generator.state.set(GeneratorState::Suspended);
                                self.end_handled(generator);
                            }
                            if frame.kind == FrameKind::GeneratorFor {
                                let target = frame.target;
                                drop(frame);
                                load_frame!();
                                set!(target, value);
                            } else {
                                self.yielded = true;
                                return Ok(value);
                            }
                        }
                        Instruction::YieldFrom { d, i } => {
                            save!();
                            let sent = std::mem::take(&mut r!(d));
                            let iterator = r!(i).clone();
                            match tri!(self.step_delegate(&iterator, sent)) {
                                Step::Returned(value) => set!(d, value),
                                Step::Yielded(value) => {
                                    let position = self.frames.last().map_or(1, |frame| frame.position()) - 1;
                                    let Some(frame) = self.suspend_frame() else {
                                        return Err(Raised);
                                    };
                                    if let Some(Object::Generator(generator)) = frame.held.obj() {
                                        generator.position.set(position);
                                        generator.state.set(GeneratorState::Suspended);
                                        self.end_handled(generator);
                                    }
                                    if frame.kind == FrameKind::GeneratorFor {
                                        let target = frame.target;
                                        drop(frame);
                                        load_frame!();
                                        set!(target, value);
                                    } else {
                                        self.yielded = true;
                                        return Ok(value);
                                    }
                                }
                            }
                        }
                        Instruction::YieldFromIter { d, s } => {
                            save!();
                            let value = tri!(self.yield_from_iter(&r!(s)));
                            set!(d, value)
                        }
                        Instruction::Awaitable { d, s } => {
                            save!();
                            let value = tri!(self.awaitable(&r!(s)));
                            set!(d, value)
                        }
                        Instruction::AsyncIter { d, s } => {
                            save!();
                            let value = tri!(self.async_iter(&r!(s)));
                            set!(d, value)
                        }
                        Instruction::AsyncNext { d, s } => {
                            save!();
                            let value = tri!(self.async_next(&r!(s)));
                            set!(d, value)
                        }
                        Instruction::EndAsyncFor { r } => {
                            let class = self.exceptions.stop_async_iteration.clone();
                            let exception = std::mem::take(&mut r!(r));
                            if !self.is_instance(&exception, &class) {
                                self.reraise(exception);
                                self.reraising = true;
                                break 'raised;
                            }
                        }

                        Instruction::Return { s } => {
                            let value = std::mem::take(&mut r!(s));
                            pop_and_answer!(value)
                        }
                        Instruction::ReturnNone => pop_and_answer!(Value::None),

                        Instruction::Import { d, n, b } => {
                            save!();
                            let (fromlist, level) = (r!(b).clone(), r!(b + 1).as_int().unwrap_or(0));
                            let value = tri!(self.import_statement(name!(n), &fromlist, level));
                            set!(d, value)
                        }
                        Instruction::ImportFrom { d, m, n } => {
                            save!();
                            let value = tri!(self.import_from(&r!(m), name!(n)));
                            set!(d, value)
                        }
                        Instruction::ImportStar { m } => {
                            save!();
                            let pairs = tri!(self.import_star(&r!(m)));
                            for (name, value) in pairs {
                                unsafe { &*globals }.set_symbol(name, value);
                            }
                        }
                        Instruction::Display { s } => {
                            save!();
                            let value = r!(s).clone();
                            tri!(self.display(&value));
                        }
                        Instruction::MatchSequence { d, s } => {
                            let matches = self.match_sequence(&r!(s));
                            set!(d, Value::bool(matches))
                        }
                        Instruction::MatchMapping { d, s } => {
                            let matches = self.match_mapping(&r!(s));
                            set!(d, Value::bool(matches))
                        }
                        Instruction::MatchLen { d, s, n } => {
                            let length = tri!(self.len(&r!(s)));
                            set!(d, Value::bool(length == n as usize))
                        }
                        Instruction::MatchLenAtLeast { d, s, n } => {
                            let length = tri!(self.len(&r!(s)));
                            set!(d, Value::bool(length >= n as usize))
                        }
                        Instruction::MatchKeys { d, s, k } => {
                            let value = tri!(self.match_keys(&r!(s), &r!(k)));
                            set!(d, value)
                        }
                        Instruction::MatchRest { d, s, k } => {
                            let value = tri!(self.match_rest(&r!(s), &r!(k)));
                            set!(d, value)
                        }
                        Instruction::MatchClass { n, d, s, k } => {
                            let keywords = self.keyword_names(k);
                            let value = tri!(self.match_class(&r!(s), &r!(d), n as usize, &keywords));
                            set!(d, value)
                        }
                        Instruction::Annotations => {
                            let mapping = r!(0).clone();
                            tri!(self.prepare_annotations(unsafe { &*globals }, &mapping));
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

    /// Finds the handler of the pending exception, leaving frames on the way; false when Rust code gets it.
    #[cold]
    fn unwind(&mut self) -> bool {
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
            if let Some(Object::Generator(generator)) = frame.held.obj() {
                if matches!(frame.kind, FrameKind::GeneratorEntry | FrameKind::GeneratorFor) {
                    self.end_handled(generator);
                    self.leave_generator_raising(generator);
                }
            }
            if matches!(frame.kind, FrameKind::Entry | FrameKind::GeneratorEntry) {
                self.yielded = false;
                return false;
            }
        }
    }

    /// Calls what stands at `f` with `n` arguments from `f + 2` on.
    #[inline(always)]
    fn call_frame(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        // SAFETY: `f .. f + 2 + n` are registers of the current frame
        let first = unsafe { f.add(2) };
        let callee = unsafe { &*f };
        match callee.obj() {
            Some(Object::Function(function)) => {
                if function.code.simple && n == function.code.parameters.positional as usize {
                    let function = unsafe { std::mem::take(&mut *f) };
                    self.push_frame(function, first, n, d, FrameKind::Plain, Value::Unset)?;
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
    fn call_other(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        // SAFETY: as in `call_frame`
        let first = unsafe { f.add(2) };
        let callee = unsafe { &*f };
        match callee.obj() {
            Some(Object::Class(class)) if class.traits().plain_new() => {
                let class = class.clone();
                self.instance_frame(&class, f, n, &[], d)
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
    fn unbound_frame(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        self.call_frame(f, n, d)
    }

    /// `method_frame`, out of line.
    #[inline(never)]
    fn bound_frame(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        self.method_frame(f, n, d)
    }

    /// Calls `f` with the receiver at `f + 1` (none when unset) and `n` arguments behind it.
    #[inline(always)]
    fn method_frame(&mut self, f: *mut Value, n: usize, d: u16) -> R<Called> {
        // SAFETY: as in `call_frame`
        let first = unsafe { f.add(1) };
        if unsafe { &*first }.is_unset() {
            return self.unbound_frame(f, n, d);
        }
        match unsafe { &*f }.obj() {
            Some(Object::Function(function)) => {
                let exact = function.code.simple && n + 1 == function.code.parameters.positional as usize;
                let function = unsafe { std::mem::take(&mut *f) };
                if exact {
                    self.push_frame(function, first, n + 1, d, FrameKind::Plain, Value::Unset)?;
                    return Ok(Called::Entered);
                }
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
    fn instance_frame(
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
            Some(init) if matches!(init.obj(), Some(Object::Function(_))) => {
                let instance = Value::object(Object::Instance(Instance::new(class.clone())));
                let exact = matches!(init.obj(), Some(Object::Function(function))
                    if names.is_empty() && function.code.simple && n + 1 == function.code.parameters.positional as usize);
                unsafe { *first = instance.clone() };
                if exact {
                    self.push_frame(init, first, n + 1, d, FrameKind::Init, instance)?;
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
    fn bind_frame(
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

    fn keyword_names(&self, k: u16) -> Vec<crate::syntax::symbol::Symbol> {
        self.current_code()
            .and_then(|code| code.keyword_names.get(k as usize).map(|names| names.to_vec()))
            .unwrap_or_default()
    }

    /// A call with keyword arguments.
    fn keyword_frame(&mut self, f: *mut Value, n: usize, k: u16, d: u16) -> R<Called> {
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

    /// `f(*args, **kwargs)`: Python functions without another level of Rust.
    fn spread_frame(
        &mut self,
        function: Value,
        positional: Value,
        keywords: Value,
        f: *mut Value,
        d: u16,
    ) -> R<Called> {
        let _ = (f, d);
        self.call_spread(&function, &positional, &keywords).map(Called::Done)
    }

    /// A binary operator: a Python method of the left side is entered without another level of Rust.
    #[inline]
    fn binary_frame(&mut self, op: Binary, a: &Value, b: &Value, d: u16) -> R<Called> {
        if let Some(Object::Instance(left)) = a.obj() {
            let class = left.class();
            let plain = match b.obj() {
                Some(Object::Instance(right)) => right.data.borrow().class.same(&class),
                _ => false,
            };
            if plain {
                if let Some(method) = class.slot(op.slot()) {
                    if let Some(Object::Function(function)) = method.obj() {
                        if function.code.simple && function.code.parameters.positional == 2 {
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
                            self.push_frame(method, base, 2, d, FrameKind::Binary, Value::Unset)?;
                            if let (Some(frame), true) = (self.frames.last_mut(), fresh) {
                                frame.fresh_segment = true;
                            }
                            return Ok(Called::Entered);
                        }
                    }
                }
            }
        }
        self.binary(op, a, b).map(Called::Done)
    }

    /// The left side's method answered NotImplemented: same classes on both sides, so nobody else is asked.
    fn binary_again(&mut self, instruction: Instruction, base: *mut Value, constants: *const Value) -> R<Value> {
        // SAFETY: operands of the instruction in progress
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
    fn attr_frame(&mut self, object: &Value, name: crate::syntax::symbol::Symbol, d: u16) -> R<Called> {
        if let Some(Object::Instance(instance)) = object.obj() {
            let class = instance.class();
            if class.traits().plain_get() {
                let found = class.lookup(name);
                if let Some(Object::Property(property)) = found.as_ref().and_then(Value::obj) {
                    if let Some(Object::Function(function)) = property.get.obj() {
                        if function.code.simple
                            && function.code.parameters.positional == 1
                            && class.slot(Slot::GetAttr).is_none()
                        {
                            let base = self.stack.top;
                            if self.stack.fits(base, 8) {
                                // SAFETY: the window above the current frame is free
                                unsafe { *base = object.clone() };
                                self.push_frame(property.get.clone(), base, 1, d, FrameKind::Plain, Value::Unset)?;
                                return Ok(Called::Entered);
                            }
                        }
                    }
                }
            }
        }
        self.get_attr(object, name).map(Called::Done)
    }

    /// `object[key]`: a Python `__getitem__` is entered without another level of Rust.
    fn item_frame(&mut self, object: &Value, key: &Value, d: u16) -> R<Called> {
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
                    self.push_frame(method.unwrap_or_default(), base, 2, d, FrameKind::Plain, Value::Unset)?;
                    return Ok(Called::Entered);
                }
            }
        }
        self.get_item(object, key).map(Called::Done)
    }

    /// Makes a function of an inner body; its cells come from the current frame's registers.
    fn make_function(&mut self, c: u16, base: *mut Value, b: u16) -> Value {
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
    fn test_compare(&mut self, op: Compare, a: &Value, b: &Value) -> R<bool> {
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
fn join_parts(parts: &mut [Value]) -> Box<str> {
    let mut digits = [0u8; 20];
    let mut length = 0;
    for part in parts.iter() {
        length += match part {
            Value::Int(number) => decimal(*number, &mut digits).len(),
            other => other.as_str().map_or(0, str::len),
        };
    }
    let mut text = String::with_capacity(length);
    for part in parts {
        match &*part {
            Value::Int(number) => text.push_str(decimal(*number, &mut digits)),
            other => text.push_str(other.as_str().unwrap_or("")),
        }
        drop(std::mem::take(part));
    }
    text.into_boxed_str()
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
    digits
        .get(at..)
        .and_then(|text| std::str::from_utf8(text).ok())
        .unwrap_or("")
}

/// Arithmetic of two small numbers that cannot fail.
#[inline]
fn quick_binary(op: Binary, a: &Value, b: &Value) -> Option<Value> {
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
