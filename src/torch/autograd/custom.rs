//! Functions of the graph written in Python: what `torch.autograd.Function.apply` does.

use super::node;
use crate::array::{Array, Dtype, Result};
use crate::autograd::node::{Edge, Function, Grads, Node, NodeRef};
use crate::autograd::saved::freed_message;
use crate::autograd::view::{Creation, declare};
use crate::autograd::{SavedTensor, Tensor, modes};
use crate::python::class::ClassRef;
use crate::python::native::{NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use crate::torch::{machine, object};
use smallvec::SmallVec;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The node of one call. Its object is the `ctx` that forward and backward get.
pub struct CustomFunction {
    /// `SquareBackward`, made beside the user's class.
    pub class: ClassRef,
    /// Of each argument of forward whether it was a tensor.
    tensor_inputs: RefCell<Vec<bool>>,
    saved: RefCell<Vec<SavedTensor>>,
    freed: Cell<bool>,
    materialize: Cell<bool>,
    /// Of each output whether it was a tensor.
    tensor_outputs: RefCell<Vec<bool>>,
}

impl Function for CustomFunction {
    fn name(&self) -> String {
        self.class.qualname.borrow().to_string()
    }

    fn apply(&self, node: &NodeRef, grads: Grads) -> Result<Grads> {
        machine::back(|vm| self.backward(vm, node, grads))
    }

    fn wants_undefined(&self) -> bool {
        true
    }

    fn release(&self) {
        self.freed.set(true);
        self.saved.borrow().iter().for_each(SavedTensor::release);
    }

    fn surrender(&mut self, sink: &mut Vec<Tensor>) {
        self.saved.get_mut().iter_mut().for_each(|saved| saved.surrender(sink));
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl CustomFunction {
    fn backward(&self, vm: &mut Vm, node: &NodeRef, grads: Grads) -> R<Grads> {
        let kinds = self.tensor_outputs.borrow().clone();
        let mut args = Vec::with_capacity(kinds.len());
        for (at, is_tensor) in kinds.iter().enumerate() {
            args.push(match grads.get(at).cloned().flatten() {
                Some(grad) => object::wrap(vm, grad),
                None if *is_tensor && self.materialize.get() => {
                    let metadata = node.inputs().get(at).cloned();
                    match metadata {
                        Some(input) => {
                            let zeros = machine::run(vm, || Ok(Array::zeros(&input.sizes, input.dtype)?.into()))?;
                            object::wrap(vm, zeros)
                        }
                        None => Value::None,
                    }
                }
                None => Value::None,
            });
        }
        let ctx = node::wrap(vm, node.clone());
        let answer = vm.call_method(&ctx, Symbol::new("apply"), &args)?;
        self.gradients(vm, node, &answer)
    }

    /// What backward gave, one an edge.
    fn gradients(&self, vm: &mut Vm, node: &NodeRef, answer: &Value) -> R<Grads> {
        let mut items = match answer.as_tuple() {
            Some(items) => items.to_vec(),
            None => vec![answer.clone()],
        };
        let kinds = self.tensor_inputs.borrow().clone();
        if items.len() > kinds.len() && items.iter().skip(kinds.len()).all(Value::is_none) {
            items.truncate(kinds.len());
        }
        let name = self.name();
        if items.len() != kinds.len() {
            let (expected, got) = (kinds.len(), items.len());
            return Err(vm.runtime_error(format!(
                "function {name} returned an incorrect number of gradients (expected {expected}, got {got})"
            )));
        }
        let mut grads = Grads::new();
        for (at, (item, is_tensor)) in items.iter().zip(kinds).enumerate() {
            if !is_tensor {
                if !item.is_none() {
                    return Err(vm.runtime_error(format!(
                        "function {name} returned a gradient different than None at position {}, but the corresponding forward input was not a Variable",
                        at + 1
                    )));
                }
                continue;
            }
            match object::as_tensor(item) {
                Some(grad) => grads.push(Some(grad.clone())),
                None if item.is_none() => grads.push(None),
                None => {
                    let kind = vm.type_name(item);
                    return Err(vm.runtime_error(format!("expected Variable or None (got {kind})")));
                }
            }
        }
        for (grad, edge) in grads.iter().zip(node.edges().iter()) {
            let (Some(grad), Some(edge)) = (grad, edge) else {
                continue;
            };
            let is_complex = edge
                .node
                .inputs()
                .get(edge.input as usize)
                .is_some_and(|input| input.dtype.is_complex());
            if !grad.dtype().is_floating_point() && grad.dtype().is_complex() != is_complex {
                return Err(vm.runtime_error(
                    "Expected isFloatingType(grad.scalar_type()) || (input_is_complex == grad_is_complex) to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
                ));
            }
        }
        Ok(grads)
    }

    fn unpack(&self, vm: &mut Vm, node: &NodeRef) -> R<Value> {
        if self.freed.get() {
            return Err(vm.runtime_error(freed_message()));
        }
        let mut values = Vec::new();
        for saved in self.saved.borrow().iter() {
            let tensor = machine::run(vm, || saved.unpack(node))?;
            values.push(object::wrap_optional(vm, tensor));
        }
        Ok(Value::tuple(values))
    }
}

/// Functions of `torch._C` that the Python side calls.
pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("_function_apply", "(cls, args, has_setup, /)", Parser::Tuple, apply, ""),
    NativeDef::new("_saved_tensors_of", "(ctx, /)", Parser::One, saved_tensors, ""),
    NativeDef::new(
        "_delayed_error",
        "(message, outputs, /)",
        Parser::Tuple,
        delayed_error,
        "",
    ),
];

/// What `ctx.saved_tensors` gives.
fn saved_tensors(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(node) = args.first().and_then(node::as_node).cloned() else {
        return Ok(Value::None);
    };
    match node.downcast::<CustomFunction>() {
        Some(custom) => custom.unpack(vm, &node),
        None => Ok(Value::None),
    }
}

fn attribute(vm: &mut Vm, ctx: &Value, name: &str) -> R<Option<Value>> {
    let found = vm.look_attr(ctx, Symbol::new(name))?;
    Ok(found.filter(|value| !value.is_none()))
}

/// The tensors of a tuple that forward noted on its ctx. `refusal` words an item that is none.
fn noted(vm: &mut Vm, ctx: &Value, name: &str, refusal: fn(usize, &str) -> String) -> R<Vec<Tensor>> {
    let Some(value) = attribute(vm, ctx, name)? else {
        return Ok(Vec::new());
    };
    let mut tensors = Vec::new();
    for (at, item) in vm.collect(&value)?.iter().enumerate() {
        match object::as_tensor(item) {
            Some(tensor) => tensors.push(tensor.clone()),
            None => {
                let kind = vm.type_name(item);
                return Err(vm.runtime_error(refusal(at, &kind)));
            }
        }
    }
    Ok(tensors)
}

fn apply(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, given, has_setup] = args else {
        return Ok(Value::None);
    };
    let inputs = given.as_tuple().unwrap_or(&[]).to_vec();
    let backward_class = vm.get_attr(class, Symbol::new("_backward_cls"))?;
    let Some(backward_class) = backward_class.as_class().cloned() else {
        return Err(vm.type_error("_backward_cls must be a class"));
    };
    let function = CustomFunction {
        class: backward_class,
        tensor_inputs: RefCell::new(inputs.iter().map(|input| object::as_tensor(input).is_some()).collect()),
        saved: RefCell::default(),
        freed: Cell::new(false),
        materialize: Cell::new(true),
        tensor_outputs: RefCell::default(),
    };
    let node = machine::run(vm, || Ok(Node::new(function, SmallVec::new())))?;
    let ctx = node::wrap(vm, node.clone());
    let tensors: Vec<Tensor> = inputs.iter().filter_map(object::as_tensor).cloned().collect();
    let needs: Vec<Value> = inputs
        .iter()
        .map(|input| Value::bool(object::as_tensor(input).is_some_and(Tensor::requires_grad)))
        .collect();
    vm.set_attr(&ctx, Symbol::new("needs_input_grad"), Value::tuple(needs))?;
    let recorded = modes::is_grad_enabled() && tensors.iter().any(Tensor::requires_grad);
    if recorded {
        let mut edges: SmallVec<[Option<Edge>; 2]> = SmallVec::new();
        for tensor in &tensors {
            machine::run(vm, || tensor.try_grad_fn())?;
            edges.push(tensor.gradient_edge());
        }
        node.set_edges(edges);
    }
    let output = {
        let _mode = modes::GradMode::set(false);
        let _level = modes::ForwardPause::new();
        let forward = vm.get_attr(class, Symbol::new("forward"))?;
        if matches!(has_setup, Value::True) {
            let output = vm.call(&forward, &inputs)?;
            let setup = vm.get_attr(class, Symbol::new("setup_context"))?;
            vm.call(&setup, &[ctx.clone(), Value::tuple(inputs.clone()), output.clone()])?;
            output
        } else {
            let mut all = vec![ctx.clone()];
            all.extend(inputs.iter().cloned());
            vm.call(&forward, &all)?
        }
    };
    let call = Call {
        node,
        ctx,
        tensors,
        recorded,
    };
    call.finish(vm, class, output)
}

/// A call whose forward has run.
struct Call {
    node: NodeRef,
    ctx: Value,
    tensors: Vec<Tensor>,
    recorded: bool,
}

impl Call {
    fn finish(&self, vm: &mut Vm, class: &Value, output: Value) -> R<Value> {
        let (single, outputs) = match output.as_tuple() {
            Some(items) => (false, items.to_vec()),
            None => (true, vec![output.clone()]),
        };
        let dirty = noted(vm, &self.ctx, "dirty_tensors", |at, kind| {
            format!("mark_dirty can only accept variables, but argument {at} is of type {kind}")
        })?;
        let fixed = noted(vm, &self.ctx, "non_differentiable", |_, kind| {
            format!("mark_non_differentiable only accepts variable arguments, but got {kind}")
        })?;
        for tensor in &dirty {
            tensor.bump_version();
            if !outputs
                .iter()
                .any(|out| object::as_tensor(out).is_some_and(|out| out.is(tensor)))
            {
                return Err(vm.runtime_error(
                    "Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.",
                ));
            }
        }
        self.check_grad_dtypes(vm, outputs.len())?;
        let mut results = Vec::with_capacity(outputs.len());
        let mut differentiable = Vec::new();
        for value in &outputs {
            let Some(tensor) = object::as_tensor(value) else {
                self.node
                    .add_input(&machine::run(vm, || Ok(Array::zeros(&[0], Dtype::Float32)?.into()))?);
                results.push(value.clone());
                continue;
            };
            let is_dirty = dirty.iter().any(|other| other.is(tensor));
            let is_fixed = fixed.iter().any(|other| other.is(tensor));
            let wanted = self.recorded && !is_fixed && tensor.dtype().is_differentiable();
            let result = self.set_history(vm, tensor, wanted, is_dirty, outputs.len())?;
            if wanted {
                differentiable.push(result.clone());
            }
            results.push(if result.is(tensor) {
                value.clone()
            } else {
                object::wrap(vm, result)
            });
        }
        if differentiable.len() > 1 {
            for tensor in &differentiable {
                tensor.with_view(|view| view.creation.set(Creation::MultiOutput));
            }
        }
        if let Some(custom) = self.node.downcast::<CustomFunction>() {
            *custom.tensor_outputs.borrow_mut() = outputs
                .iter()
                .map(|output| object::as_tensor(output).is_some())
                .collect();
            if let Some(Value::False) = attribute(vm, &self.ctx, "materialize_grads")? {
                custom.materialize.set(false);
            }
            self.save(vm, custom)?;
            self.apply_grad_dtypes(vm)?;
        }
        super::forward::custom_jvp(vm, class, &self.ctx, &self.tensors, &results)?;
        match (single, results.pop()) {
            (true, Some(only)) => Ok(only),
            (_, last) => {
                results.extend(last);
                Ok(Value::tuple(results))
            }
        }
    }

    /// Gives an output its place in the graph, as PyTorch does by what it is: an input, a view, marked dirty or not.
    fn set_history(&self, vm: &mut Vm, tensor: &Tensor, wanted: bool, is_dirty: bool, count: usize) -> R<Tensor> {
        let is_input = self.tensors.iter().any(|input| input.is(tensor));
        let mut result = tensor.clone();
        if !wanted {
            if is_input && !is_dirty && tensor.requires_grad() {
                result = if self.recorded {
                    tensor.detach()
                } else {
                    seen_again(vm, tensor)?
                };
            }
            self.node.add_input(&result);
            self.mark_view(&result, is_input && is_dirty);
            return Ok(result);
        }
        if is_input && is_dirty {
            if tensor.base().is_some() && count > 1 {
                return Err(vm.runtime_error(
                    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. This is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for example) or make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that returns a single Tensor and a second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do this change.",
                ));
            }
            if tensor.is_leaf() && tensor.requires_grad() && tensor.base().is_none() {
                return Err(
                    vm.runtime_error("a leaf Variable that requires grad has been used in an in-place operation.")
                );
            }
            if tensor.base().is_some() {
                let node = self.node.clone();
                machine::run(vm, || crate::ops::view::rebase(tensor, node))?;
                return Ok(result);
            }
        } else if is_input {
            result = seen_again(vm, tensor)?;
        }
        let input = self.node.add_input(&result);
        result.set_gradient_edge(Edge {
            node: self.node.clone(),
            input,
        });
        self.mark_view(&result, is_input && is_dirty);
        Ok(result)
    }

    fn mark_view(&self, result: &Tensor, written: bool) {
        if !written {
            result.with_view(|view| view.creation.set(Creation::CustomFunction));
        }
    }

    fn save(&self, vm: &mut Vm, custom: &CustomFunction) -> R<()> {
        let Some(to_save) = attribute(vm, &self.ctx, "to_save")? else {
            return Ok(());
        };
        let mut saved = Vec::new();
        for (at, item) in vm.collect(&to_save)?.iter().enumerate() {
            let tensor = object::as_tensor(item).cloned();
            if tensor.is_none() && !item.is_none() {
                let kind = vm.type_name(item);
                return Err(vm.type_error(format!(
                    "save_for_backward can only save variables, but argument {at} is of type {kind}"
                )));
            }
            if !self.recorded {
                continue;
            }
            let is_output = tensor
                .as_ref()
                .and_then(Tensor::stored_grad_fn)
                .is_some_and(|made_by| Rc::ptr_eq(&made_by, &self.node));
            saved.push(machine::run(vm, || SavedTensor::new(tensor.as_ref(), is_output))?);
        }
        *custom.saved.borrow_mut() = saved;
        vm.set_attr(&self.ctx, Symbol::new("to_save"), Value::None)
    }

    fn check_grad_dtypes(&self, vm: &mut Vm, count: usize) -> R<()> {
        let Some(dtypes) = attribute(vm, &self.ctx, "output_grad_dtypes")? else {
            return Ok(());
        };
        let declared = vm.collect(&dtypes)?.len();
        if declared != count {
            return Err(vm.runtime_error(format!(
                "set_output_grad_dtype expected the number of declarations to match the number of outputs: the Function returned {count} values but {declared} declarations were provided"
            )));
        }
        Ok(())
    }

    fn apply_grad_dtypes(&self, vm: &mut Vm) -> R<()> {
        let Some(dtypes) = attribute(vm, &self.ctx, "output_grad_dtypes")? else {
            return Ok(());
        };
        for (at, dtype) in vm.collect(&dtypes)?.iter().enumerate() {
            if let Some(dtype) = object::dtype::of_value(vm, dtype) {
                self.node.set_input_dtype(at as u32, dtype);
            }
        }
        Ok(())
    }
}

/// The tensor as a view of itself that carries no history.
fn seen_again(vm: &mut Vm, tensor: &Tensor) -> R<Tensor> {
    machine::run(vm, || {
        let _mode = modes::GradMode::set(false);
        let view = Tensor::from(tensor.array().clone());
        declare(&view, tensor, Creation::NoGrad);
        Ok(view)
    })
}

/// The node of an operation that must not be differentiated again.
struct DelayedError {
    message: String,
}

impl Function for DelayedError {
    fn name(&self) -> String {
        "torch::autograd::Error".into()
    }

    fn apply(&self, _node: &NodeRef, _grads: Grads) -> Result<Grads> {
        crate::array::error::runtime(self.message.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The tensors of a tuple, detached and hung on a node that raises.
fn delayed_error(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [message, outputs] = args else {
        return Ok(Value::None);
    };
    let function = DelayedError {
        message: message.as_str().unwrap_or_default().to_string(),
    };
    let node = Node::new(function, SmallVec::new());
    let mut results = Vec::new();
    for item in vm.collect(outputs)? {
        results.push(match object::as_tensor(&item) {
            Some(tensor) if tensor.dtype().is_differentiable() => {
                let result = tensor.detach();
                let input = node.add_input(&result);
                result.set_gradient_edge(Edge {
                    node: node.clone(),
                    input,
                });
                object::wrap(vm, result)
            }
            _ => item,
        });
    }
    Ok(Value::tuple(results))
}
