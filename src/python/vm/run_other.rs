//! The instructions that the evaluator's loop does not do itself: none of them changes the
//! flow of control, other than by raising.

use super::Vm;
use crate::python::class::Slot;
use crate::python::code::{Code, Instruction};
use crate::python::object::{Dict, Object, Set};
use crate::python::value::{R, Raised, Value};

impl Vm {
    /// Executes one instruction of the current frame.
    ///
    /// # Safety
    /// `base` and `code` belong to the current frame.
    #[inline(never)]
    pub(super) unsafe fn run_other(&mut self, instruction: Instruction, base: *mut Value, code: &Code) -> R<()> {
        // SAFETY (all register accesses): the caller's promise; the compiler emits no register, constant or
        // name beyond what the code declares
        macro_rules! r {
            ($i:expr) => {
                (*unsafe { &mut *base.add($i as usize) })
            };
        }
        macro_rules! k {
            ($i:expr) => {
                (*unsafe { &*code.constants.as_ptr().add($i as usize) })
            };
        }
        macro_rules! name {
            ($i:expr) => {
                unsafe { *code.names.as_ptr().add($i as usize) }
            };
        }
        macro_rules! set {
            ($d:expr, $v:expr) => {{
                let value = $v;
                drop(std::mem::replace(&mut r!($d), value));
            }};
        }
        match instruction {
            Instruction::Nop => {}
            Instruction::DeleteLocal { r } => {
                if r!(r).is_unset() {
                    self.unbound_local(r);
                    return Err(Raised);
                }
                set!(r, Value::Unset);
            }
            Instruction::DeleteGlobal { g } => {
                let old = code.globals.take_at(g as usize);
                if old.is_none() {
                    self.missing_global(&code.globals, g as usize);
                    return Err(Raised);
                }
                drop(old);
            }
            Instruction::MakeCell { r } => {
                let value = std::mem::take(&mut r!(r));
                r!(r) = Value::object(Object::Cell(std::cell::RefCell::new(value)));
            }
            Instruction::DeleteCell { r } => {
                let old = match r!(r).obj() {
                    Some(Object::Cell(cell)) => cell.replace(Value::Unset),
                    _ => Value::Unset,
                };
                if old.is_unset() {
                    self.unbound_cell(r);
                    return Err(Raised);
                }
            }
            Instruction::Name { d, n } => {
                let mapping = r!(0).clone();
                let value = self.load_mapped(&mapping, name!(n), None)?;
                set!(d, value)
            }
            Instruction::ClassCell { d, r, n } => {
                let (mapping, cell) = (r!(0).clone(), r!(r).clone());
                let value = self.load_mapped(&mapping, name!(n), Some(&cell))?;
                set!(d, value)
            }
            Instruction::SetName { s, n } => {
                let value = std::mem::take(&mut r!(s));
                let mapping = r!(0).clone();
                let key = self.string(name!(n));
                self.set_item(&mapping, &key, value)?;
            }
            Instruction::DeleteName { n } => {
                let mapping = r!(0).clone();
                self.delete_mapped(&mapping, name!(n))?;
            }

            Instruction::Unary { op, d, a } => {
                let value = match (op, &r!(a)) {
                    (Slot::Neg, Value::Int(x)) if *x != i64::MIN => Value::Int(-x),
                    (Slot::Neg, Value::Float(x)) => Value::float(-x.get()),
                    _ => self.unary(op, &r!(a))?,
                };
                set!(d, value)
            }
            Instruction::Is { d, a, b } => set!(d, Value::bool(r!(a).is(&r!(b)))),
            Instruction::IsNot { d, a, b } => set!(d, Value::bool(!r!(a).is(&r!(b)))),
            Instruction::In { d, a, b } => {
                let found = self.contains(&r!(b), &r!(a))?;
                set!(d, Value::bool(found))
            }
            Instruction::NotIn { d, a, b } => {
                let found = self.contains(&r!(b), &r!(a))?;
                set!(d, Value::bool(!found))
            }

            Instruction::DelAttr { o, n } => {
                self.del_attr(&r!(o), name!(n))?;
            }
            Instruction::DelItem { o, i } => {
                self.del_item(&r!(o), &r!(i))?;
            }

            Instruction::Set { d, .. } => set!(d, Value::set(Set::new())),
            Instruction::Dict { d, .. } => set!(d, Value::dict(Dict::new())),
            Instruction::SetAdd { l, s } => {
                let (set, item) = (r!(l).clone(), r!(s).clone());
                if let Some(set) = set.as_set() {
                    set.add(self, item)?;
                }
            }
            Instruction::ListExtend { l, s } => self.list_extend(&r!(l), &r!(s))?,
            Instruction::ArgsExtend { l, s, f } => self.args_extend(&r!(l), &r!(s), &r!(f))?,
            Instruction::SetUpdate { l, s } => {
                let (set, items) = (r!(l).clone(), self.collect(&r!(s))?);
                if let Some(set) = set.as_set() {
                    for item in items {
                        set.add(self, item)?;
                    }
                }
            }
            Instruction::DictUpdate { l, s } => self.dict_update(&r!(l), &r!(s))?,
            Instruction::DictMerge { l, s, f } => self.dict_merge(&r!(l), &r!(s), &r!(f))?,
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
            Instruction::Unpack { s, b, n } => {
                let items = self.unpack(&r!(s), n as usize)?;
                for (at, item) in items.into_iter().enumerate() {
                    set!(b as usize + at, item);
                }
            }
            Instruction::UnpackStar { after, s, b, before } => {
                let items = self.unpack_star(&r!(s), before as usize, after as usize)?;
                for (at, item) in items.into_iter().enumerate() {
                    set!(b as usize + at, item);
                }
            }

            Instruction::Function { d, c, b } => {
                let value = self.make_function(c, base, b);
                set!(d, value)
            }
            Instruction::Class { d, b, k } => {
                let body = std::mem::take(&mut r!(b));
                let bases = std::mem::take(&mut r!(b + 1));
                let keywords = std::mem::take(&mut r!(b + 2));
                let title = k!(k).clone();
                let value = self.build_class(&body, &title, &bases, &keywords)?;
                set!(d, value)
            }

            Instruction::PushHandled { s, r } => {
                let before = std::mem::replace(&mut self.handled, r!(r).clone());
                set!(s, before)
            }
            Instruction::Matches { d, r, c } => {
                let matches = self.exception_matches(&r!(r), &r!(c), false)?;
                set!(d, Value::bool(matches))
            }
            Instruction::MatchesGroup { d, r, c } => {
                let (matched, rest) = self.match_group(&r!(r), &r!(c))?;
                set!(d, matched);
                set!(d + 1, rest);
            }
            Instruction::EndGroup { d, r, l } => {
                self.end_group(&r!(r), &r!(l))?;
                set!(d, Value::Unset)
            }
            Instruction::Enter { d, b } => {
                let manager = r!(b).clone();
                let (answer, exit) = self.enter_context(&manager, false)?;
                set!(b, exit);
                set!(d, answer);
            }
            Instruction::AsyncEnter { d, b } => {
                let manager = r!(b).clone();
                let (answer, exit) = self.enter_context(&manager, true)?;
                set!(b, exit);
                set!(d, answer);
            }
            Instruction::Exit { d, b, r } | Instruction::AsyncExit { d, b, r } => {
                let exit = r!(b).clone();
                let exception = if r == u16::MAX { Value::Unset } else { r!(r).clone() };
                let answer = self.exit_context(&exit, &exception)?;
                set!(d, answer)
            }

            Instruction::YieldFromIter { d, s } => {
                let value = self.yield_from_iter(&r!(s))?;
                set!(d, value)
            }
            Instruction::Awaitable { d, s } => {
                let value = self.awaitable(&r!(s))?;
                set!(d, value)
            }
            Instruction::AsyncIter { d, s } => {
                let value = self.async_iter(&r!(s))?;
                set!(d, value)
            }
            Instruction::AsyncNext { d, s } => {
                let value = self.async_next(&r!(s))?;
                set!(d, value)
            }
            Instruction::Import { d, n, b } => {
                let (fromlist, level) = (r!(b).clone(), r!(b + 1).as_int().unwrap_or(0));
                let value = self.import_statement(name!(n), &fromlist, level)?;
                set!(d, value)
            }
            Instruction::ImportFrom { d, m, n } => {
                let value = self.import_from(&r!(m), name!(n))?;
                set!(d, value)
            }
            Instruction::ImportStar { m } => {
                let pairs = self.import_star(&r!(m))?;
                for (name, value) in pairs {
                    code.globals.set_symbol(name, value);
                }
            }
            Instruction::Display { s } => {
                let value = r!(s).clone();
                self.display(&value)?;
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
                let length = self.len(&r!(s))?;
                set!(d, Value::bool(length == n as usize))
            }
            Instruction::MatchLenAtLeast { d, s, n } => {
                let length = self.len(&r!(s))?;
                set!(d, Value::bool(length >= n as usize))
            }
            Instruction::MatchKeys { d, s, k } => {
                let value = self.match_keys(&r!(s), &r!(k))?;
                set!(d, value)
            }
            Instruction::MatchRest { d, s, k } => {
                let value = self.match_rest(&r!(s), &r!(k))?;
                set!(d, value)
            }
            Instruction::MatchClass { n, d, s, k } => {
                let keywords = self.keyword_names(k);
                let value = self.match_class(&r!(s), &r!(d), n as usize, &keywords)?;
                set!(d, value)
            }
            Instruction::Annotations => {
                let mapping = r!(0).clone();
                self.prepare_annotations(&code.globals, &mapping)?;
            }
            Instruction::Raise { r } => {
                let exception = self.exception_of(&r!(r))?;
                self.raise_exception(exception);
                return Err(Raised);
            }
            Instruction::RaiseFrom { r, cause } => {
                self.raise_from(&r!(r), &r!(cause));
                return Err(Raised);
            }
            Instruction::RaiseAgain => {
                self.raise_again();
                return Err(Raised);
            }
            Instruction::Reraise { r } => {
                let exception = std::mem::take(&mut r!(r));
                self.reraise(exception);
                self.reraising = true;
                return Err(Raised);
            }
            Instruction::AssertFail { r } => {
                let class = self.exceptions.assertion_error.clone();
                let args = if r == u16::MAX { vec![] } else { vec![r!(r).clone()] };
                self.raise_args(&class, args);
                return Err(Raised);
            }

            Instruction::EndAsyncFor { r } => {
                let class = self.exceptions.stop_async_iteration.clone();
                let exception = std::mem::take(&mut r!(r));
                if !self.is_instance(&exception, &class) {
                    self.reraise(exception);
                    self.reraising = true;
                    return Err(Raised);
                }
            }

            // the loop does the others
            _ => return Err(self.system_error("unknown instruction")),
        }
        Ok(())
    }
}
