//! Ops as Python callables: `torch.add`, `Tensor.add`, `Tensor.add_`, made when somebody looks them up.

use super::bind::{Form, OpParser};
use super::object;
use crate::ops::{self, Op};
use crate::python::object::{CallArgs, Callable, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::cell::OnceCell;
use std::rc::Rc;

/// An op in one form under one name.
pub struct OpFunction {
    op: &'static Op,
    /// What Python calls it.
    name: Symbol,
    /// What its messages call it: `linalg_inv` for `torch.linalg.inv`.
    full_name: &'static str,
    form: Form,
    parser: OnceCell<OpParser>,
}

impl OpFunction {
    fn parser(&self) -> &OpParser {
        self.parser
            .get_or_init(|| OpParser::new(self.op, self.full_name, self.form))
    }
}

impl Callable for OpFunction {
    fn call(&self, vm: &mut Vm, args: CallArgs<'_>) -> R<Value> {
        self.parser().call(vm, args)
    }

    fn name(&self) -> Symbol {
        // `linalg_norm` is the name of `torch.linalg.norm`
        Symbol::new(self.full_name)
    }

    fn repr(&self) -> String {
        let name = self.name;
        match self.form.is_method() {
            true => format!("<method '{name}' of 'torch._C.TensorBase' objects>"),
            false if self.full_name != name.text() => format!("<built-in function {}>", self.full_name),
            false => format!(
                "<built-in method {name} of type object at {:#x}>",
                self.op as *const Op as usize
            ),
        }
    }

    fn binds(&self) -> bool {
        self.form.is_method()
    }

    fn doc(&self) -> Option<String> {
        let mut text = String::new();
        for signature in self.parser().texts() {
            text += &format!("{}{signature}\n", self.name);
        }
        Some(format!(
            "{text}\n{}\n\nExample:\n\n    >>> {}\n",
            self.op.help, self.op.example
        ))
    }

    fn qualname(&self) -> String {
        match self.form.is_method() {
            true => format!("TensorBase.{}", self.name),
            false => format!("_VariableFunctionsClass.{}", self.name),
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn callable(op: &'static Op, name: &str, full_name: &str, form: Form) -> Option<Value> {
    let offered = op
        .overloads
        .iter()
        .any(|overload| super::bind::signature::offers(overload, form));
    offered.then(|| {
        Value::object(Object::Callable(Rc::new(OpFunction {
            op,
            name: Symbol::new(name),
            full_name: Symbol::new(full_name).text(),
            form,
            parser: OnceCell::new(),
        })))
    })
}

/// The op behind the name of an in-place form: `add_` of `add`; and ops that exist in place only.
fn in_place_op(name: &str) -> Option<&'static Op> {
    if let Some(op) = ops::find(name) {
        return Some(op);
    }
    ops::find(name.strip_suffix('_')?)
}

/// `torch.name`
pub fn function(name: &str) -> Option<Value> {
    let is_namespaced = |op: &Op| !op.overloads.iter().any(|overload| overload.is(ops::FUNCTION));
    match in_place_op(name) {
        Some(op) if is_namespaced(op) => None,
        _ => any_function(name),
    }
}

/// As `function`, functions of namespaces included.
pub fn any_function(name: &str) -> Option<Value> {
    if let Some(op) = ops::find(name)
        && let Some(found) = callable(op, name, name, Form::Function)
    {
        return Some(found);
    }
    callable(in_place_op(name)?, name, name, Form::InPlaceFunction)
}

/// A function of a namespace: `inv` with the op `linalg_inv`.
pub fn namespaced(op_name: &str, name: &str) -> Option<Value> {
    callable(ops::find(op_name)?, name, op_name, Form::Function)
}

/// `Tensor.name`
pub fn method(name: &str, form: Form) -> Option<Value> {
    match form {
        Form::InPlaceMethod => callable(in_place_op(name)?, name, name, form),
        _ => callable(ops::find(name)?, name, name, form),
    }
}

/// The method of a tensor class, in place or not.
pub fn any_method(name: &str) -> Option<Value> {
    method(name, Form::Method).or_else(|| name.ends_with('_').then(|| method(name, Form::InPlaceMethod)).flatten())
}

/// Names of all methods that ops give tensors.
pub fn method_names() -> Vec<Symbol> {
    let mut names = Vec::new();
    for op in ops::all() {
        for name in std::iter::once(&op.name).chain(op.aliases) {
            for overload in op.overloads {
                if super::bind::signature::offers(overload, Form::Method) {
                    names.push(Symbol::new(name));
                }
                if super::bind::signature::offers(overload, Form::InPlaceMethod) {
                    let suffix = if name.ends_with('_') { "" } else { "_" };
                    names.push(Symbol::new(&format!("{name}{suffix}")));
                }
            }
        }
    }
    names.sort_by_key(|name| name.text());
    names.dedup();
    names
}

/// Names of all functions of the module that ops give.
pub fn function_names() -> Vec<Symbol> {
    let mut names = Vec::new();
    for op in ops::all() {
        let is_offered =
            |overload| super::bind::signature::offers(overload, Form::Function) && overload.is(ops::FUNCTION);
        if op.overloads.iter().any(is_offered) {
            names.extend(
                std::iter::once(&op.name)
                    .chain(op.aliases)
                    .map(|name| Symbol::new(name)),
            );
        }
    }
    names
}

/// Calls the op method or function of a name with values.
pub fn call(vm: &mut Vm, name: &str, args: &[Value]) -> R<Value> {
    let found = any_method(name).or_else(|| any_function(name));
    match found {
        Some(callable) => vm.call(&callable, args),
        None => Err(vm.unsupported(&format!("'{name}'"))),
    }
}

/// As `call`, giving the tensor.
pub fn call_tensor(vm: &mut Vm, name: &str, args: &[Value]) -> R<crate::autograd::Tensor> {
    let result = call(vm, name, args)?;
    match object::as_tensor(&result) {
        Some(tensor) => Ok(tensor.clone()),
        None => Err(vm.runtime_error(format!("{name} does not give a tensor"))),
    }
}
