//! Python functions as hooks, and the handles that remove them.

use crate::array::Result;
use crate::autograd::hook::{AccumulateHook, HookId, PostHook, PreHook, TensorHook, next_id};
use crate::autograd::node::{Grads, NodeRef};
use crate::autograd::saved::cpp_type;
use crate::autograd::{Node, Tensor};
use crate::python::class::ClassRef;
use crate::python::native::{ClassItem, Parser};
use crate::python::object::{Foreign, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use crate::torch::{machine, object};
use std::any::Any;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// A Python function called as a hook.
struct PythonHook(Value);

/// The name that messages call a hook by.
fn hook_name(vm: &mut Vm, hook: &Value) -> String {
    match vm.look_attr(hook, vm.names.dunder_name) {
        Ok(Some(name)) => name.as_str().unwrap_or_default().to_string(),
        _ => {
            let kind = vm.type_name(hook);
            kind.to_string()
        }
    }
}

/// What a hook gave instead of a gradient must look like it.
fn check_replacement(vm: &mut Vm, hook: &Value, old: Option<&Tensor>, answer: &Value) -> R<Option<Tensor>> {
    let Some(new) = object::as_tensor(answer).cloned() else {
        let kind = vm.type_name(answer);
        return Err(vm.type_error(format!("expected Variable, but hook returned '{kind}'")));
    };
    let Some(old) = old else {
        let name = hook_name(vm, hook);
        return Err(vm.runtime_error(format!(
            "can't replace a None gradient with a non-None value: hook '{name}'"
        )));
    };
    if old.dtype() != new.dtype() {
        let name = hook_name(vm, hook);
        let (was, got) = (cpp_type(old.dtype()), cpp_type(new.dtype()));
        return Err(vm.runtime_error(format!(
            "hook '{name}' has changed the type of value (was {was} got {got})"
        )));
    }
    if old.sizes() != new.sizes() {
        let name = hook_name(vm, hook);
        return Err(vm.runtime_error(format!("hook '{name}' has changed the size of value")));
    }
    Ok(Some(new))
}

impl TensorHook for PythonHook {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn call(&self, grad: &Tensor) -> Result<Option<Tensor>> {
        machine::back(|vm| {
            let given = object::wrap(vm, grad.clone());
            let answer = vm.call(&self.0, &[given])?;
            if answer.is_none() {
                return Ok(None);
            }
            check_replacement(vm, &self.0, Some(grad), &answer)
        })
    }
}

impl AccumulateHook for PythonHook {
    fn call(&self, leaf: &Tensor) -> Result<()> {
        machine::back(|vm| {
            let given = object::wrap(vm, leaf.clone());
            vm.call(&self.0, &[given])?;
            Ok(())
        })
    }
}

fn tuple_of(vm: &mut Vm, grads: &Grads) -> Value {
    let items: Vec<Value> = grads
        .iter()
        .map(|grad| object::wrap_optional(vm, grad.clone()))
        .collect();
    Value::tuple(items)
}

/// Several gradients that a hook gave for several.
fn replacements(vm: &mut Vm, hook: &Value, old: &Grads, answer: &Value) -> R<Option<Grads>> {
    if answer.is_none() {
        return Ok(None);
    }
    let items = match answer.as_tuple() {
        Some(items) => items.to_vec(),
        None => vec![answer.clone()],
    };
    if items.len() != old.len() {
        let name = hook_name(vm, hook);
        let (expected, got) = (old.len(), items.len());
        return Err(vm.runtime_error(format!(
            "hook '{name}' has returned an incorrect number of values (got {got}, but expected {expected})"
        )));
    }
    let mut grads = Grads::new();
    for (old, item) in old.iter().zip(&items) {
        grads.push(if item.is_none() {
            None
        } else {
            check_replacement(vm, hook, old.as_ref(), item)?
        });
    }
    Ok(Some(grads))
}

impl PreHook for PythonHook {
    fn call(&self, grads: &Grads) -> Result<Option<Grads>> {
        machine::back(|vm| {
            let given = tuple_of(vm, grads);
            let answer = vm.call(&self.0, &[given])?;
            replacements(vm, &self.0, grads, &answer)
        })
    }
}

impl PostHook for PythonHook {
    fn call(&self, inputs: &Grads, outputs: &Grads) -> Result<Option<Grads>> {
        machine::back(|vm| {
            let given = [tuple_of(vm, inputs), tuple_of(vm, outputs)];
            let answer = vm.call(&self.0, &given)?;
            replacements(vm, &self.0, inputs, &answer)
        })
    }
}

/// Where a hook sits, so that it can be taken away again.
enum Seat {
    Leaf(crate::autograd::tensor::WeakTensor),
    Node(Weak<Node>),
}

/// `torch.utils.hooks.RemovableHandle`
pub struct Handle {
    class: ClassRef,
    id: HookId,
    seat: RefCell<Option<Seat>>,
}

impl Foreign for Handle {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn handle(vm: &mut Vm, id: HookId, seat: Seat) -> Value {
    let class = object::torch(vm).classes.removable_handle.clone();
    Value::object(Object::Foreign(Box::new(Handle {
        class,
        id,
        seat: RefCell::new(Some(seat)),
    })))
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::method("remove", "(self)", Parser::Def, remove, "Takes the hook away."),
    ClassItem::method(
        "__enter__",
        "(self)",
        Parser::Def,
        |_, args| Ok(args.first().cloned().unwrap_or_default()),
        "",
    ),
    ClassItem::method("__exit__", "(self, type, value, tb)", Parser::Def, remove, ""),
    ClassItem::getter(
        "id",
        |_, this| {
            Ok(this
                .as_foreign::<Handle>()
                .map_or(Value::None, |handle| Value::Int(handle.id as i64)))
        },
        "",
    ),
];

fn remove(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(handle) = args.first().and_then(|this| this.as_foreign::<Handle>()) else {
        return Ok(Value::None);
    };
    match handle.seat.take() {
        Some(Seat::Leaf(weak)) => {
            if let Some(tensor) = weak.upgrade() {
                let mut hooks = tensor.hooks().borrow_mut();
                hooks.gradient.retain(|hook| hook.0 != handle.id);
                hooks.accumulated.retain(|hook| hook.0 != handle.id);
            }
        }
        Some(Seat::Node(weak)) => {
            if let Some(node) = weak.upgrade() {
                node.hooks().remove(handle.id);
            }
        }
        None => {}
    }
    Ok(Value::None)
}

/// `x.register_hook(function)`
pub fn add_tensor_hook(vm: &mut Vm, tensor: &Tensor, function: &Value) -> Value {
    let hook = Rc::new(PythonHook(function.clone()));
    tensor.hooks().borrow_mut().used = true;
    match tensor.grad_fn() {
        Some(node) => {
            let id = node.hooks().add_tensor_hook(tensor.output_nr(), hook);
            handle(vm, id, Seat::Node(Rc::downgrade(&node)))
        }
        None => {
            let id = next_id();
            tensor.hooks().borrow_mut().gradient.push((id, hook));
            handle(vm, id, Seat::Leaf(tensor.downgrade()))
        }
    }
}

/// `x._backward_hooks`: the functions by their handles' numbers, None where there never were any.
pub fn listed(vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    if !tensor.has_hooks_ever() {
        return Ok(Value::None);
    }
    let hooks = match tensor.grad_fn() {
        Some(node) => node.hooks().tensor_hooks(tensor.output_nr()),
        None => tensor.hooks().borrow().gradient.clone(),
    };
    let pairs = hooks.iter().filter_map(|(id, hook)| {
        let function = hook.as_any().downcast_ref::<PythonHook>()?;
        Some(Value::tuple(vec![Value::Int(*id as i64), function.0.clone()]))
    });
    let pairs = Value::list(pairs.collect::<Vec<_>>());
    let module = vm.import_module("collections")?;
    let class = vm.get_attr(&module, Symbol::new("OrderedDict"))?;
    vm.call(&class, &[pairs])
}

/// `x.register_post_accumulate_grad_hook(function)`
pub fn add_accumulate_hook(vm: &mut Vm, tensor: &Tensor, function: &Value) -> Value {
    let id = next_id();
    tensor
        .hooks()
        .borrow_mut()
        .accumulated
        .push((id, Rc::new(PythonHook(function.clone()))));
    handle(vm, id, Seat::Leaf(tensor.downgrade()))
}

/// `node.register_hook(function)`
pub fn add_post_hook(vm: &mut Vm, node: &NodeRef, function: &Value) -> Value {
    let id = node.hooks().add_post_hook(Rc::new(PythonHook(function.clone())));
    handle(vm, id, Seat::Node(Rc::downgrade(node)))
}

/// `node.register_prehook(function)`
pub fn add_pre_hook(vm: &mut Vm, node: &NodeRef, function: &Value) -> Value {
    let id = node.hooks().add_pre_hook(Rc::new(PythonHook(function.clone())));
    handle(vm, id, Seat::Node(Rc::downgrade(node)))
}
