//! `torch.Tensor`: operators, indexing, properties and methods that are no ops.

pub mod graph;
pub mod indexing;
pub mod methods;
pub mod number;
pub mod operators;
pub mod properties;
pub mod repr;

use super::create::legacy;
use super::{function, object};
use crate::python::class::{Class, ClassResolver};
use crate::python::native::ClassItem;
use crate::python::value::Value;
use crate::syntax::symbol::Symbol;
use std::rc::Weak;

/// The rows of `torch._C.TensorBase`.
static BASE: &[&[ClassItem]] = &[
    operators::ITEMS,
    indexing::ITEMS,
    number::ITEMS,
    properties::ITEMS,
    methods::ITEMS,
    legacy::NEW,
    graph::BASE,
];

/// The rows of `torch.Tensor`: what PyTorch writes in Python.
static OWN: &[&[ClassItem]] = &[graph::ITEMS, repr::ITEMS];

/// Finds the methods of tensors when they are looked up: rows, then ops.
pub struct TensorMethods {
    pub owner: Weak<Class>,
    /// `torch._C.TensorBase`, not `torch.Tensor`.
    pub base: bool,
}

impl ClassResolver for TensorMethods {
    fn resolve(&self, name: Symbol) -> Option<Value> {
        let tables = if self.base { BASE } else { OWN };
        let row = tables
            .iter()
            .find_map(|rows| object::class_attribute(rows, &self.owner, name));
        match (row, self.base) {
            (None, true) => function::any_method(name.text()),
            (row, _) => row,
        }
    }

    fn names(&self) -> Vec<Symbol> {
        let tables = if self.base { BASE } else { OWN };
        let mut names: Vec<Symbol> = tables
            .iter()
            .flat_map(|rows| rows.iter())
            .map(|row| Symbol::new(object::row_name(row)))
            .collect();
        if self.base {
            names.extend(function::method_names());
        }
        names
    }
}
