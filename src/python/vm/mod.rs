//! The machine: everything one session of Python holds.

pub mod arguments;
pub mod attribute;
pub mod build_class;
pub mod call;
pub mod compare;
pub mod context;
pub mod define;
pub mod display;
pub mod finalize;
mod frame;
pub mod generator;
pub mod group;
pub mod host;
pub mod import;
pub mod matching;
pub mod operator;
pub mod protocol;
pub mod raise;
mod run;
mod run_call;
mod run_enter;
mod run_other;
mod run_stack;
pub mod session;
pub mod spread;
pub mod text;
pub mod unpack;
pub mod variables;

pub(crate) use frame::{Frame, FrameKind};
pub(crate) use run_stack::Stack;

pub use define::ClassSpec;
pub use host::{Host, Limits, WarningText};

use super::class::{Exceptions, Types};
use super::names::{Names, names};
use super::object::{Dict, Module, Object, Str};
use super::value::Value;
use crate::syntax::symbol::Symbol;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How deep Rust code may call back into Python, whatever `sys.setrecursionlimit` says:
/// the native stack is finite. A session should run on a thread with at least 256 MB of stack.
pub const NATIVE_DEPTH: usize = 10_000;

/// Bytes of native stack that recursion may use, of the 256 MB that a session's thread should have.
pub(crate) const NATIVE_STACK: usize = 200 << 20;

/// Frames in progress, whatever `sys.setrecursionlimit` says: they take memory.
pub const MOST_FRAMES: usize = 4_000_000;

/// Back edges and calls between two looks at the limits.
pub(crate) const TICKS: u32 = 500;

/// The machine.
pub struct Vm {
    pub types: Rc<Types>,
    pub exceptions: Rc<Exceptions>,
    pub names: &'static Names,
    /// The `builtins` module; its dict is searched after a module's globals.
    pub builtins: Rc<Module>,
    /// `__main__`
    pub main: Rc<Module>,
    /// `sys.modules`
    pub modules: Rc<Dict>,
    pub host: Box<dyn Host>,
    pub limits: Limits,
    /// Set from outside (Ctrl-C) to raise KeyboardInterrupt at the next poll.
    pub interrupt: Arc<AtomicBool>,
    /// The exception on its way up; Unset when none.
    pub(crate) pending: Value,
    /// The exception being handled (`sys.exc_info`); None when none.
    pub(crate) handled: Value,
    /// Calls in progress: Python frames and recursive Rust functions.
    pub(crate) depth: usize,
    /// Rust-level runs of the evaluator in progress.
    pub(crate) native_depth: usize,
    pub recursion_limit: usize,
    /// Where the native stack stood when it was shallowest.
    pub(crate) stack_top: usize,
    /// `sys.argv`
    pub argv: Vec<String>,
    /// Decimal digits an `int` may have in conversions from and to text; 0 is no limit.
    pub int_max_digits: usize,
    /// Objects whose `repr` is being written, by identity.
    pub(crate) repr_stack: Vec<usize>,
    /// String objects of interned names, by symbol number.
    strings: Vec<Option<Value>>,
    /// The frames in progress, the current one last.
    pub(crate) frames: Vec<Frame>,
    pub(crate) stack: Stack,
    /// Last words are being heard.
    pub(crate) finalizing: bool,
    /// What `run` answered came from a `yield`.
    pub(crate) yielded: bool,
    /// The exception on its way needs no traceback line here.
    pub(crate) reraising: bool,
    /// The frame about to run begins by raising what is pending.
    pub(crate) throw_on_entry: bool,
    /// Back edges and calls until the limits are looked at.
    pub(crate) ticks: u32,
    pub(crate) builders: FxHashMap<Symbol, define::Builder>,
    /// Annotations at the prompt are kept as text from now on (`from __future__ import annotations`).
    pub(crate) postponed: bool,
    /// What a floor above keeps with the machine.
    pub above: Option<Rc<dyn std::any::Any>>,
}

impl Vm {
    /// A machine with bare builtin classes; `types::install` and others fill them.
    pub fn new(host: Box<dyn Host>) -> Vm {
        let types = Rc::new(Types::new());
        let exceptions = Rc::new(Exceptions::new(&types));
        let mut vm = Vm {
            types,
            exceptions,
            names: names(),
            builtins: Module::new("builtins"),
            main: Module::new("__main__"),
            modules: Rc::new(Dict::new()),
            host,
            limits: Limits::default(),
            interrupt: Arc::new(AtomicBool::new(false)),
            pending: Value::Unset,
            handled: Value::None,
            depth: 0,
            native_depth: 0,
            recursion_limit: 1000,
            stack_top: 0,
            argv: Vec::new(),
            int_max_digits: super::format::int::DEFAULT_MAX_DIGITS,
            repr_stack: Vec::new(),
            strings: Vec::new(),
            frames: Vec::new(),
            stack: Stack::new(),
            finalizing: false,
            yielded: false,
            reraising: false,
            throw_on_entry: false,
            ticks: TICKS,
            builders: FxHashMap::default(),
            postponed: false,
            above: None,
        };
        vm.install_engine();
        vm
    }

    /// The string object of a name, always the same one.
    pub fn string(&mut self, name: Symbol) -> Value {
        let at = name.number() as usize;
        if let Some(Some(value)) = self.strings.get(at) {
            return value.clone();
        }
        if self.strings.len() <= at {
            self.strings.resize(at + 64, None);
        }
        let made = Value::object(Object::Str(Str::of_symbol(name)));
        if let Some(place) = self.strings.get_mut(at) {
            *place = Some(made.clone());
        }
        made
    }
}

impl Vm {
    /// Names the engine itself provides.
    fn install_engine(&mut self) {
        let (builtins, main) = (self.builtins.clone(), self.main.clone());
        for class in self.types.all().into_iter().chain(self.exceptions.all()) {
            if !class.has(super::class::Flags::NO_NEW) {
                builtins.set(&class.name(), Value::class(class));
            }
        }
        builtins.set("__name__", Value::str("builtins"));
        main.set("__name__", Value::str("__main__"));
        main.set("__doc__", Value::None);
        super::model::install(self);
        self.modules
            .set_str("builtins", Value::object(Object::Module(builtins)));
        self.modules.set_str("__main__", Value::object(Object::Module(main)));
    }
}
