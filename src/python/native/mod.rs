//! Builtin functions as rows: name, signature, help, and which of CPython's argument
//! parsers the function uses, because that choice fixes the wording of its argument errors.

pub mod bind;
pub mod signature;

pub use signature::{Parameter, ParameterKind, Signature};

use super::class::Class;
use super::value::{R, Value};
use super::vm::Vm;
use crate::python::class::slot::Slot;
use std::cell::OnceCell;
use std::rc::Weak;

/// The Rust function behind a builtin. It gets one value a parameter of its signature, in
/// order: Unset for an omitted one, a tuple for `*args`, a dict for `**kwargs`.
pub type NativeFn = fn(&mut Vm, &[Value]) -> R<Value>;

/// Reads a native property.
pub type Getter = fn(&mut Vm, &Value) -> R<Value>;

/// Writes a native property; Unset deletes it.
pub type Setter = fn(&mut Vm, &Value, Value) -> R<()>;

/// CPython's families of argument parsers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parser {
    /// As a function written in Python.
    Def,
    /// A builtin that takes `*args` and `**kwargs` and matches them itself.
    Free,
    /// Argument Clinic, with keywords or without (by the signature's `/`).
    Clinic,
    /// `PyArg_ParseTupleAndKeywords`
    Keywords,
    /// `PyArg_ParseTuple`: no keywords, `f() takes at most 2 arguments (3 given)`.
    Tuple,
    /// `PyArg_UnpackTuple`: no keywords, `f expected at most 2 arguments, got 3`.
    Unpack,
    /// `METH_NOARGS`
    NoArgs,
    /// `METH_O`
    One,
    /// A dunder method in a type's slot: `expected 1 argument, got 2`.
    Wrapper,
}

/// A row.
pub struct NativeDef {
    pub name: &'static str,
    /// As `inspect` writes it: `(self, iterable=(), /)`. Methods name `self` first (class methods
    /// and `__new__` their class).
    pub signature: &'static str,
    pub help: &'static str,
    pub parser: Parser,
    pub function: NativeFn,
}

impl NativeDef {
    pub const fn new(
        name: &'static str,
        signature: &'static str,
        parser: Parser,
        function: NativeFn,
        help: &'static str,
    ) -> NativeDef {
        NativeDef {
            name,
            signature,
            help,
            parser,
            function,
        }
    }
}

/// What stands in a builtin class: a table of these is given to `Vm::define`.
pub enum ClassItem {
    /// Method; the first parameter is `self`.
    Method(NativeDef),
    /// The first parameter is the class.
    ClassMethod(NativeDef),
    StaticMethod(NativeDef),
    /// `__new__`; the first parameter is the class to make an instance of.
    New(NativeDef),
    Property {
        name: &'static str,
        get: Getter,
        set: Option<Setter>,
        help: &'static str,
    },
    /// A read-only field (a `member_descriptor`, whose refusal is worded differently).
    Field {
        name: &'static str,
        get: Getter,
        help: &'static str,
    },
    /// A value made once.
    Constant {
        name: &'static str,
        make: fn(&mut Vm) -> Value,
    },
}

impl ClassItem {
    /// A method row.
    pub const fn method(
        name: &'static str,
        signature: &'static str,
        parser: Parser,
        function: NativeFn,
        help: &'static str,
    ) -> ClassItem {
        ClassItem::Method(NativeDef::new(name, signature, parser, function, help))
    }

    /// A dunder method in a slot, `Parser::Wrapper`.
    pub const fn slot(
        name: &'static str,
        signature: &'static str,
        function: NativeFn,
        help: &'static str,
    ) -> ClassItem {
        ClassItem::Method(NativeDef::new(name, signature, Parser::Wrapper, function, help))
    }

    /// A dunder method that has the signature and the help of its slot.
    pub const fn special(slot: Slot, function: NativeFn) -> ClassItem {
        ClassItem::slot(slot.text(), slot.signature(), function, slot.help())
    }

    /// A read-only field: writing it says `readonly attribute`.
    pub const fn field(name: &'static str, get: Getter, help: &'static str) -> ClassItem {
        ClassItem::Field { name, get, help }
    }

    /// A read-only property.
    pub const fn getter(name: &'static str, get: Getter, help: &'static str) -> ClassItem {
        ClassItem::Property {
            name,
            get,
            set: None,
            help,
        }
    }
}

/// How a native function was found and what its first parameter is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NativeKind {
    /// A function of a module.
    Function,
    /// In a class: becomes a bound method on instances.
    Method,
    /// In a class: bound to the class.
    ClassMethod,
    /// In a class: not bound.
    Static,
    /// `__new__`: not bound.
    New,
}

/// A native function as an object.
pub struct NativeFunction {
    pub def: &'static NativeDef,
    pub kind: NativeKind,
    /// The class it was defined in.
    pub owner: Weak<Class>,
    pub module: &'static str,
    prepared: OnceCell<Box<Prepared>>,
}

/// What a native function needs when it is called.
struct Prepared {
    signature: Signature,
    /// The function written in Python that does the work.
    body: Option<Value>,
}

impl NativeFunction {
    pub fn new(def: &'static NativeDef, kind: NativeKind, owner: Weak<Class>, module: &'static str) -> NativeFunction {
        NativeFunction {
            def,
            kind,
            owner,
            module,
            prepared: OnceCell::new(),
        }
    }

    /// A function whose work is done by one written in Python, with the same parameters.
    pub fn with_body(self, body: Value) -> NativeFunction {
        let mut signature = Signature::parse(self.def.signature);
        // the short way around the binder calls `def.function`
        signature.simple = false;
        NativeFunction {
            prepared: OnceCell::from(Box::new(Prepared {
                signature,
                body: Some(body),
            })),
            ..self
        }
    }

    fn prepared(&self) -> &Prepared {
        self.prepared.get_or_init(|| {
            Box::new(Prepared {
                signature: Signature::parse(self.def.signature),
                body: None,
            })
        })
    }

    /// The parsed signature.
    #[inline]
    pub fn signature(&self) -> &Signature {
        &self.prepared().signature
    }

    /// The function written in Python behind this one.
    #[inline]
    pub fn body(&self) -> Option<&Value> {
        self.prepared().body.as_ref()
    }

    /// `list.append`, as `__qualname__` shows it.
    pub fn qualname(&self) -> String {
        match self.owner.upgrade() {
            Some(owner) => format!("{}.{}", owner.qualname.borrow(), self.def.name),
            None => self.def.name.to_string(),
        }
    }
}
