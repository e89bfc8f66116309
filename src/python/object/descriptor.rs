//! Descriptors and other small objects around classes.

use crate::python::class::ClassRef;
use crate::python::native::{Getter, Setter};
use crate::python::value::Value;
use crate::syntax::symbol::Symbol;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// An attribute computed by Rust code (`getset_descriptor`), or the place of a `__slots__`
/// entry (`member_descriptor`).
pub struct Member {
    pub name: Symbol,
    pub owner: Weak<super::super::class::Class>,
    pub doc: Option<&'static str>,
    pub access: Access,
}

/// How a `Member` reads and writes.
pub enum Access {
    Native {
        get: Getter,
        set: Option<Setter>,
    },
    /// Read-only, as a C struct member is.
    Field {
        get: Getter,
    },
    /// The mark under which the instance keeps the slot's value.
    Slot(Symbol),
}

/// `property`; None stands for a missing function.
pub struct Property {
    pub get: Value,
    pub set: Value,
    pub delete: Value,
    pub doc: RefCell<Value>,
    /// The name it was assigned to in its class, for error messages.
    pub name: RefCell<Value>,
}

/// `super(class, receiver)`: looks up after `class` in the order of `receiver`'s class.
pub struct Super {
    pub class: ClassRef,
    /// Unset for an unbound `super(class)`.
    pub receiver: Value,
    /// The class whose resolution order is searched.
    pub start: Option<ClassRef>,
}

/// `list[int]`
pub struct GenericAlias {
    pub origin: Value,
    pub args: Rc<[Value]>,
}

/// `int | str`
pub struct Union {
    pub args: Rc<[Value]>,
}

/// `weakref.ref`
pub struct WeakReference {
    pub target: Weak<super::Object>,
    pub callback: Value,
    pub hash: std::cell::Cell<Option<i64>>,
}
