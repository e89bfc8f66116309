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
use crate::python::object::{CallArgs, Callable, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::rc::{Rc, Weak};

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
            (None, false) if IN_PYTHON.contains(&name.text()) => {
                Some(Value::object(Object::Callable(Rc::new(PythonMethod { name }))))
            }
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
        } else {
            names.extend(IN_PYTHON.iter().map(|name| Symbol::new(name)));
        }
        names
    }
}

/// Methods that stand in `tensor.py`.
static IN_PYTHON: &[&str] = &[
    "norm",
    "lu",
    "stft",
    "istft",
    "split",
    "unique",
    "unique_consecutive",
    "unflatten",
    "resize",
    "resize_as",
    "reinforce",
    "cholesky",
    "solve",
    "lstsq",
    "eig",
    "symeig",
    "qr",
];

/// A method that is imported when it is first called.
struct PythonMethod {
    name: Symbol,
}

impl Callable for PythonMethod {
    fn call(&self, vm: &mut Vm, args: CallArgs<'_>) -> R<Value> {
        let module = vm.import_module("torch._tensor")?;
        let class = vm.get_attr(&module, Symbol::new("Tensor"))?;
        let function = vm.get_attr(&class, self.name)?;
        vm.call_args(&function, args)
    }

    fn name(&self) -> Symbol {
        self.name
    }

    fn repr(&self) -> String {
        format!(
            "<function Tensor.{} at {:#x}>",
            self.name, self as *const PythonMethod as usize
        )
    }

    fn binds(&self) -> bool {
        true
    }

    fn qualname(&self) -> String {
        format!("Tensor.{}", self.name)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
