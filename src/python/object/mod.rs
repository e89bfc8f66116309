//! The shared objects behind `Value::Obj`: one enum, at most 48 bytes a kind, rare kinds boxed.

pub mod descriptor;
pub mod dict;
pub mod exception;
pub mod finalizer;
pub mod foreign;
pub mod function;
pub mod generator;
pub mod instance;
pub mod iterator;
pub mod module;
pub mod sequence;
pub mod set;
pub mod string;
pub mod table;

pub use descriptor::{GenericAlias, Member, Property, Super, Union, WeakReference};
pub use dict::{Dict, DictView, ViewKind};
pub use exception::{Exception, Traceback};
pub use foreign::Foreign;
pub use function::{BoundMethod, CallArgs, Callable, Function, FunctionData};
pub use generator::{Generator, GeneratorKind};
pub use instance::{Attributes, AttributesRef, Derived, Instance};
pub use iterator::{ListIterator, NativeIterator, RangeIterator};
pub use module::{Module, ModuleResolver};
pub use sequence::{List, Range, Slice};
pub use set::Set;
pub use string::Str;

use super::class::ClassRef;
use super::code::Code;
use super::native::NativeFunction;
use super::value::Value;
use num_bigint::BigInt;
use std::cell::RefCell;
use std::rc::Rc;

/// A shared object. Classes, dicts, modules, code and tracebacks are themselves shared
/// inside, so that Rust code can hold a typed reference; `is` and `id` see the inner one.
pub enum Object {
    /// An `int` that does not fit 64 bits.
    Big(BigInt),
    Complex(f64, f64),
    Str(Str),
    Bytes(Box<[u8]>),
    ByteArray(RefCell<Vec<u8>>),
    List(List),
    Tuple(Box<[Value]>),
    Dict(Rc<Dict>),
    Set(Box<Set>),
    FrozenSet(Box<Set>),
    Range(Range),
    Slice(Box<Slice>),
    DictView(DictView),
    RangeIterator(RangeIterator),
    ListIterator(ListIterator),
    Iterator(Box<dyn NativeIterator>),
    Function(Function),
    Native(NativeFunction),
    Callable(Rc<dyn Callable>),
    BoundMethod(BoundMethod),
    Member(Box<Member>),
    Property(Box<Property>),
    ClassMethod(Value),
    StaticMethod(Value),
    Super(Box<Super>),
    Class(ClassRef),
    Instance(Instance),
    /// An instance of a Python subclass of a builtin type.
    Derived(Box<Derived>),
    Exception(Box<Exception>),
    Module(Rc<Module>),
    /// A variable shared with inner functions.
    Cell(RefCell<Value>),
    Code(Rc<Code>),
    Generator(Box<Generator>),
    Traceback(Rc<Traceback>),
    /// A read-only view of a mapping; of a class's dict when it holds a class.
    MappingProxy(Value),
    GenericAlias(Box<GenericAlias>),
    Union(Box<Union>),
    WeakReference(Box<WeakReference>),
    Foreign(Box<dyn Foreign>),
}

impl Object {
    /// The address that stands for this object: `id()`.
    pub fn identity(&self) -> usize {
        match self {
            Object::Class(class) => Rc::as_ptr(class) as usize,
            Object::Dict(dict) => Rc::as_ptr(dict) as usize,
            Object::Module(module) => Rc::as_ptr(module) as usize,
            Object::Code(code) => Rc::as_ptr(code) as usize,
            Object::Traceback(traceback) => Rc::as_ptr(traceback) as usize,
            Object::Callable(callable) => Rc::as_ptr(callable) as *const () as usize,
            Object::Foreign(foreign) => foreign.identity().unwrap_or(self as *const Object as usize),
            Object::Tuple(items) if items.is_empty() => 0x6000_0000_0100,
            _ => self as *const Object as usize,
        }
    }

    /// As `attributes`, for reading: a look makes nothing.
    #[inline]
    pub fn existing_attributes(&self) -> Option<AttributesRef<'_>> {
        match self {
            Object::Foreign(foreign) => foreign.existing_attributes().map(AttributesRef::Cell),
            other => other.attributes(),
        }
    }

    /// The attributes of the object itself, if its kind has any.
    #[inline]
    pub fn attributes(&self) -> Option<AttributesRef<'_>> {
        Some(AttributesRef::Cell(match self {
            Object::Instance(instance) => return Some(AttributesRef::Instance(instance)),
            Object::Derived(derived) => &derived.attributes,
            Object::Exception(exception) => &exception.attributes,
            Object::Function(function) => &function.data.attributes,
            Object::Foreign(foreign) => foreign.attributes()?,
            Object::Callable(callable) => callable.attributes()?,
            _ => return None,
        }))
    }
}
