//! Objects of the floors above: tensors, generators of random numbers, graph nodes.

use super::Attributes;
use crate::python::class::ClassRef;
use std::any::Any;
use std::cell::RefCell;

/// A native object. Everything it can do stands in its class: dunder methods are rows
/// (`NativeDef`) that operators reach through the class's slot cache without a look-up.
pub trait Foreign: Any {
    /// Its class: the native one, or a Python subclass given to `__new__`.
    fn class(&self) -> &ClassRef;

    /// For `Value::as_foreign`.
    fn as_any(&self) -> &dyn Any;

    /// An address shared by all wrappers of one and the same thing: `is`, `id` and the default
    /// hash go by it. None: every wrapper is an object of its own.
    fn identity(&self) -> Option<usize> {
        None
    }

    /// Where attributes set from Python live; None refuses them. Wrappers of one thing must share them.
    fn attributes(&self) -> Option<&RefCell<Attributes>> {
        None
    }

    /// As `attributes`, for reading: None also where none was ever set, so that a look makes nothing.
    fn existing_attributes(&self) -> Option<&RefCell<Attributes>> {
        self.attributes()
    }

    /// Changes the class of the thing behind all wrappers (`x.__class__ = ...`); false refuses.
    fn become_class(&self, _class: ClassRef) -> bool {
        false
    }
}
