//! Functions made by `def` and `lambda`, bound methods, and callables of the floors above.

use super::{Attributes, Dict};
use crate::python::class::ClassRef;
use crate::python::code::Code;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::cell::RefCell;
use std::rc::Rc;

/// A Python function. What every call needs stands first, the rest in `data`.
pub struct Function {
    pub code: Rc<Code>,
    pub globals: Rc<Dict>,
    /// The cells of the free variables, in the order of `Code::free`.
    pub closure: Option<Rc<[Value]>>,
    pub data: Box<FunctionData>,
}

/// The parts of a function that a call seldom needs.
pub struct FunctionData {
    /// Defaults of the last positional parameters.
    pub defaults: RefCell<Rc<[Value]>>,
    /// Defaults of keyword-only parameters by name.
    pub kwdefaults: RefCell<Option<Rc<Dict>>>,
    pub name: RefCell<Value>,
    pub qualname: RefCell<Value>,
    pub module: RefCell<Value>,
    pub doc: RefCell<Value>,
    /// The `__annotations__` dict, None until asked for.
    pub annotations: RefCell<Option<Rc<Dict>>>,
    pub attributes: RefCell<Attributes>,
}

/// A function with its first argument: `function` may be any callable.
pub struct BoundMethod {
    pub function: Value,
    pub receiver: Value,
}

/// The arguments of a call: positional ones, then the keyword ones in the order of `names`.
#[derive(Clone, Copy)]
pub struct CallArgs<'a> {
    pub positional: &'a [Value],
    pub names: &'a [Symbol],
    pub keywords: &'a [Value],
}

impl<'a> CallArgs<'a> {
    pub fn positional(positional: &'a [Value]) -> CallArgs<'a> {
        CallArgs {
            positional,
            names: &[],
            keywords: &[],
        }
    }

    /// The value given by keyword.
    pub fn keyword(&self, name: Symbol) -> Option<&'a Value> {
        self.names
            .iter()
            .position(|given| *given == name)
            .and_then(|at| self.keywords.get(at))
    }
}

/// A callable of a floor above that does its own argument matching (torch's functions do).
pub trait Callable {
    fn call(&self, vm: &mut Vm, args: CallArgs<'_>) -> R<Value>;

    fn name(&self) -> Symbol;

    /// What `repr` shows.
    fn repr(&self) -> String {
        format!("<built-in function {}>", self.name())
    }

    /// Whether it becomes a bound method when looked up on an instance (its class holds it).
    fn binds(&self) -> bool {
        false
    }

    /// `type(f)`; None is `builtin_function_or_method` (`method_descriptor` when it binds).
    fn class(&self) -> Option<&ClassRef> {
        None
    }

    /// The documentation, also what `help` shows.
    fn doc(&self) -> Option<String> {
        None
    }

    /// The class or module it belongs to, as `__qualname__` shows it: `Tensor.add`.
    fn qualname(&self) -> String {
        self.name().text().to_string()
    }

    /// Where attributes set from Python live; None refuses them.
    fn attributes(&self) -> Option<&RefCell<Attributes>> {
        None
    }

    /// For the floor above to know its own again.
    fn as_any(&self) -> &dyn std::any::Any;
}
