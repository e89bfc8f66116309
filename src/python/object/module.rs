//! Modules: a dict of names, and names resolved on demand.

use super::Dict;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::cell::RefCell;
use std::rc::Rc;

/// Finds a module's missing names on demand, so that registering 1,500 functions costs nothing at start.
pub trait ModuleResolver {
    /// The attribute, which the module then keeps; None raises AttributeError.
    fn resolve(&self, vm: &mut Vm, name: Symbol) -> R<Option<Value>>;
    /// All names it knows, for `dir` and `Did you mean`.
    fn names(&self) -> Vec<Symbol>;
}

/// A module. Its dict is the globals of the code that runs in it.
pub struct Module {
    pub name: Symbol,
    pub dict: Rc<Dict>,
    pub resolver: RefCell<Option<Rc<dyn ModuleResolver>>>,
}

impl Module {
    pub fn new(name: &str) -> Rc<Module> {
        Rc::new(Module {
            name: Symbol::new(name),
            dict: Rc::new(Dict::new()),
            resolver: RefCell::new(None),
        })
    }

    pub fn get(&self, name: Symbol) -> Option<Value> {
        self.dict.get_symbol(name)
    }

    pub fn set(&self, name: &str, value: Value) {
        self.dict.set_symbol(Symbol::new(name), value);
    }
}
