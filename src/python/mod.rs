//! The Python language: values, classes, compiler, evaluator, builtin types and modules.
//!
//! # How to write things for this engine
//!
//! ## A builtin function or method
//!
//! A row (`native::NativeDef`) and a Rust function. The signature text is what `inspect`
//! would show; it gives the count, order, names and keywords of the arguments. The parser
//! family gives the wording of argument errors. The function gets *one value a parameter*:
//! `Value::Unset` for an omitted one, a tuple for `*args`, a dict for `**kwargs`.
//!
//! ```ignore
//! pub static ITEMS: &[ClassItem] = &[
//!     ClassItem::method("append", "(self, object, /)", Parser::One, append, "Append object to the end of the list."),
//!     ClassItem::special(Slot::Len, len),
//!     ClassItem::New(NativeDef::new("__new__", "(cls, iterable=(), /)", Parser::Clinic, new, "")),
//!     ClassItem::getter("real", real, "the real part of a complex number"),
//! ];
//!
//! fn append(_vm: &mut Vm, args: &[Value]) -> R<Value> {
//!     let [this, item] = args else { return Ok(Value::None) };   // the binder guarantees the count
//!     if let Some(list) = this.as_list() {                       // and that `this` is a list (or a subclass)
//!         list.borrow_mut().push(item.clone());
//!     }
//!     Ok(Value::None)
//! }
//! // at start: vm.define(&vm.types.list.clone(), list::ITEMS);
//! ```
//!
//! `__new__` gets the class to make: answer `vm.instance_of(&args[0], Value::list(items))`, which
//! wraps the value when the class is a Python subclass. Dunder methods that do not know the
//! other side answer `Ok(Value::NotImplemented)`. `+` and `*` of sequences (classes flagged
//! `SEQUENCE`) raise themselves (`can only concatenate ...`): the engine asks the other side first.
//!
//! Never index `args` beyond the signature, never hold a `RefCell` borrow (`list.borrow()`) over a
//! call that may run Python code (`vm.equal`, `vm.call`, `vm.repr` ...): take `list.snapshot()`,
//! or borrow again for each item. Dropping a value may run `__del__`: drop old values after the borrow.
//!
//! ## Raising
//!
//! `return Err(vm.type_error("..."))`, `Err(vm.raise(&vm.exceptions.os_error.clone(), "..."))`,
//! `Err(vm.key_error(&key))`. `R<T>`'s error is empty: the exception waits in the machine.
//! To catch: `match vm.call(..) { Err(raised) if vm.caught(&class) => .. }` takes it off the machine.
//!
//! ## Operating on values
//!
//! `vm.call(&f, &[a])`, `vm.call_args(&f, CallArgs{..})`, `vm.call_method(&v, name, &[..])`,
//! `vm.get_attr`, `vm.find_attr` (None instead of AttributeError), `vm.set_attr`, `vm.binary(Binary::Add, &a, &b)`,
//! `vm.compare(Compare::Lt, &a, &b)`, `vm.equal`, `vm.truth`, `vm.hash`, `vm.len`, `vm.get_item`, `vm.contains`,
//! `vm.iter`, `vm.next` (`Ok(None)` at the end), `vm.collect`, `vm.repr`, `vm.str`, `vm.format`,
//! `vm.index` (`__index__` to i64), `vm.is_instance`, `vm.type_name`. Long loops call `vm.poll()?` now and then.
//!
//! ## A module
//!
//! `vm.add_module("math", build)` with `fn build(vm: &mut Vm) -> R<Rc<Module>>`, called at the first import:
//! `let module = Module::new("math"); vm.define_functions(&module, FUNCTIONS); module.set("pi", ..)`. A module
//! whose names are many sets `module.resolver`. A module written in Python: `vm.add_source("dataclasses", include_str!(..))`.
//!
//! ## A native class of a floor above
//!
//! `vm.new_class(ClassSpec {..})`, then `vm.define(&class, ITEMS)`; instances are
//! `Value::object(Object::Foreign(Box::new(thing)))` with `thing: impl Foreign`, seen again by
//! `value.as_foreign::<Thing>()`. `class.resolver` finds methods on demand. Operators reach the rows
//! `__add__` ... through the class's slot cache. Callables with argument matching of their own implement `Callable`.
//! Iterators in Rust implement `NativeIterator`.

pub mod builtins;
pub mod class;
pub mod code;
pub mod compile;
pub mod format;
mod model;
pub mod modules;
pub mod names;
pub mod native;
pub mod object;
mod traceback;
pub mod types;
pub mod value;
pub mod vm;

pub use class::{Binary, Class, ClassRef, Compare, Exceptions, Flags, Layout, Slot, Types};
pub use native::{ClassItem, NativeDef, Parser};
pub use object::{CallArgs, Callable, Dict, Foreign, List, Module, NativeIterator, Object, Set, Str};
pub use value::{R, Raised, Value};
pub use vm::Vm;

/// Fills a bare machine with the builtin types, functions and modules.
pub fn install(vm: &mut Vm) {
    builtins::install(vm);
    modules::install(vm);
}
