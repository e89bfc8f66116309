//! Calling an op: forward, and the node that remembers it.

use super::argument::{Arg, Args, Outs};
use super::backward::Backward;
use super::op::{By, Derivative, MULTI_VIEW, Overload, Saved, VIEW};
use super::{forward, view};
use crate::array::{Dims, Dtype, Result, Scalar, error};
use crate::autograd::node::{Edge, Function, Grads, Node, NodeRef};
use crate::autograd::{SavedTensor, Tensor, modes};
use smallvec::SmallVec;
use std::any::Any;
use std::cell::RefCell;

impl Overload {
    /// Calls the out-of-place form with arguments that match the schema.
    pub fn call(&'static self, args: Args) -> Result<Outs> {
        self.call_with(&args)
    }

    /// As `call`, the arguments left to the caller.
    pub fn call_with(&'static self, args: &Args) -> Result<Outs> {
        let recording = records(self, args);
        let result = if recording {
            let _below = modes::GradMode::set(false);
            (self.forward)(args)
        } else {
            (self.forward)(args)
        };
        // the result stays where it is: moving it about costs more than looking at it
        if let Ok(outs) = &result
            && (recording || self.is(VIEW) || modes::forward_levels() > 0)
            && let Err(error) = self.finish(args, outs, recording)
        {
            return Err(error);
        }
        result
    }

    /// What is left to do once the results are there.
    fn finish(&'static self, args: &Args, outs: &Outs, recording: bool) -> Result<()> {
        if self.is(VIEW) {
            view::declare_outputs(self, args, outs)?;
        }
        if recording {
            attach(self, args, outs)?;
        }
        if forward::is_wanted(args) {
            forward::propagate(self, args, outs)?;
        }
        Ok(())
    }

    /// As `call`, for an op with one tensor as its result.
    pub fn call_one(&'static self, args: Args) -> Result<Tensor> {
        self.call_one_with(&args)
    }

    /// As `call_one`, the arguments left to the caller.
    pub fn call_one_with(&'static self, args: &Args) -> Result<Tensor> {
        match self.call_with(args) {
            Ok(outs) => match outs.first() {
                Some(Arg::Tensor(tensor)) => Ok(tensor.clone()),
                _ => error::runtime(format!("{} does not give a tensor", self.parsed().name)),
            },
            Err(error) => Err(error),
        }
    }
}

/// True if this call makes a node: grad mode is on and an argument that the derivative covers requires grad.
pub(super) fn records(overload: &'static Overload, args: &Args) -> bool {
    modes::is_grad_enabled()
        && !modes::is_inference_mode()
        && matches!(overload.derivative, Derivative::Node(..) | Derivative::NotImplemented)
        && args.0.iter().any(|arg| match arg {
            Arg::Tensor(tensor) => tensor.requires_grad(),
            Arg::Tensors(list) => list.iter().flatten().any(Tensor::requires_grad),
            _ => false,
        })
}

/// Makes the node of a call and hangs it on the results.
fn attach(overload: &'static Overload, args: &Args, outs: &Outs) -> Result<()> {
    let mut outputs = differentiable(overload, outs).peekable();
    if outputs.peek().is_none() {
        return Ok(());
    }
    let node = node(overload, args, None)?;
    for output in outputs {
        let input = node.add_input(output);
        output.set_gradient_edge(Edge {
            node: node.clone(),
            input,
        });
    }
    match overload.ready().saves_results {
        true => save_results(&node, outs),
        false => Ok(()),
    }
}

/// The node of a call, results not saved yet. `instead` stands for the first argument where the original was overwritten.
pub(super) fn node(overload: &'static Overload, args: &Args, instead: Option<&Tensor>) -> Result<NodeRef> {
    let ready = overload.ready();
    let grads: &[super::op::Grad] = match &overload.derivative {
        Derivative::Node(_, grads) => grads,
        _ => &[],
    };
    let covered = |at: usize| match ready.covered_by.get(at).copied().flatten() {
        Some(number) => grads
            .get(number as usize)
            .filter(|grad| !matches!(grad.by, By::NotDifferentiable))
            .map(|_| number),
        None if matches!(overload.derivative, Derivative::NotImplemented) => Some(0),
        None => None,
    };
    let mut edges: SmallVec<[Option<Edge>; 2]> = SmallVec::new();
    // which gradients are wanted, by number
    let mut wanted = 0u64;
    for (at, arg) in args.0.iter().enumerate() {
        if !ready.schema.params.get(at).is_some_and(|param| param.kind.is_tensor()) {
            continue;
        }
        let Some(number) = covered(at) else {
            let forgotten = ready.covered_by.get(at).copied().flatten().is_none();
            if forgotten && tensors_of(arg).any(Tensor::requires_grad) {
                return error::runtime(format!(
                    "The function '{}' is not differentiable with respect to argument '{}'. This input cannot have requires_grad True.",
                    ready.schema.name,
                    ready.schema.params.get(at).map_or("", |param| param.name)
                ));
            }
            continue;
        };
        let before = edges.len();
        match arg {
            Arg::Tensor(tensor) => edges.push(tensor.try_gradient_edge()?),
            Arg::Tensors(list) => {
                for tensor in list.iter().flatten() {
                    tensor.try_grad_fn()?;
                }
                edges.extend(
                    list.iter()
                        .map(|tensor| tensor.as_ref().and_then(Tensor::gradient_edge)),
                );
            }
            _ => edges.push(None),
        }
        if edges.iter().skip(before).any(Option::is_some) {
            wanted |= 1 << number.min(63);
        }
    }
    let mut saved: SmallVec<[Kept; 2]> = SmallVec::new();
    for save in &ready.saves {
        let needed = save.only_for.is_none_or(|number| wanted & (1 << number.min(63)) != 0);
        let kept = match (save.what, needed) {
            (Saved::Argument(at), true) => match (at, instead, args.get(at as usize)) {
                (0, Some(original), _) => Kept::Tensor(SavedTensor::new(Some(original), false)?),
                (_, _, Arg::Tensor(tensor)) => Kept::Tensor(SavedTensor::new(Some(tensor), false)?),
                (_, _, Arg::Tensors(list)) => Kept::Tensors(
                    list.iter()
                        .map(|tensor| SavedTensor::new(tensor.as_ref(), false))
                        .collect::<Result<_>>()?,
                ),
                _ => match args.optional_scalar(at as usize) {
                    Some(scalar) => Kept::Number(scalar),
                    None => Kept::Tensor(SavedTensor::new(None, false)?),
                },
            },
            _ => Kept::Nothing,
        };
        saved.push(kept);
    }
    let details = ready
        .keeps_arguments
        .then(|| Box::new(Details::new(args, ready.keeps_strides)));
    Ok(Node::new(
        OpNode {
            overload,
            details,
            saved: RefCell::new(saved),
        },
        edges,
    ))
}

/// Saves the results that the formulas use, now that they have their node.
pub(super) fn save_results(node: &NodeRef, outs: &Outs) -> Result<()> {
    let Some(op) = node.downcast::<OpNode>() else {
        return Ok(());
    };
    for (place, save) in op.overload.ready().saves.iter().enumerate() {
        if let Saved::Result(number) = save.what
            && let Some(Arg::Tensor(tensor)) = outs.get(number as usize)
        {
            let is_output = is_output(op.overload, number as usize) && tensor.dtype().is_differentiable();
            let kept = Kept::Tensor(SavedTensor::new(Some(tensor), is_output)?);
            if let Some(slot) = op.saved.borrow_mut().get_mut(place) {
                *slot = kept;
            }
        }
    }
    Ok(())
}

fn is_output(overload: &Overload, number: usize) -> bool {
    overload.outputs & (1 << number.min(7)) != 0
}

/// The results that take part in the graph, lists' elements included.
pub(super) fn differentiable<'a>(overload: &'static Overload, outs: &'a Outs) -> impl Iterator<Item = &'a Tensor> {
    outs.iter()
        .enumerate()
        .filter(|(number, _)| is_output(overload, *number))
        .flat_map(|(_, out)| tensors_of(out))
        .filter(|out| out.dtype().is_differentiable())
}

/// The tensors of one result, a list's elements included.
pub(super) fn tensors_of(out: &Arg) -> impl Iterator<Item = &Tensor> {
    let (single, list): (Option<&Tensor>, &[Option<Tensor>]) = match out {
        Arg::Tensor(tensor) => (Some(tensor), &[]),
        Arg::Tensors(list) => (None, list),
        _ => (None, &[]),
    };
    single.into_iter().chain(list.iter().flatten())
}

/// Something that a node keeps for its formulas.
pub enum Kept {
    Nothing,
    Tensor(SavedTensor),
    Tensors(Vec<SavedTensor>),
    /// A Python number where a tensor may stand.
    Number(Scalar),
    /// Was freed after a backward pass.
    Freed,
}

/// The arguments that are no tensors, and what is known of those that are.
pub(super) struct Details {
    pub args: Args,
    /// Sizes and dtype of each tensor argument, lists one after the other; parallel to `args` through `places`.
    pub tensors: SmallVec<[(u8, Dims, Dtype); 2]>,
    /// Strides of the tensor arguments by place, where a formula reads them.
    pub strides: Vec<(u8, Dims)>,
}

impl Details {
    fn new(args: &Args, keeps_strides: bool) -> Details {
        let mut tensors = SmallVec::new();
        let mut strides = Vec::new();
        let kept = args.0.iter().enumerate().map(|(at, arg)| match arg {
            Arg::Tensor(_) | Arg::Tensors(_) => {
                if keeps_strides {
                    strides.extend(tensors_of(arg).map(|tensor| (at as u8, tensor.array().strides().into())));
                }
                tensors.extend(tensors_of(arg).map(|tensor| (at as u8, tensor.sizes(), tensor.dtype())));
                Arg::None
            }
            other => other.clone(),
        });
        Details {
            args: Args(kept.collect()),
            tensors,
            strides,
        }
    }
}

/// The function of a node that an entry of the table describes.
pub struct OpNode {
    pub overload: &'static Overload,
    pub(super) details: Option<Box<Details>>,
    pub saved: RefCell<SmallVec<[Kept; 2]>>,
}

impl Function for OpNode {
    fn name(&self) -> String {
        match &self.overload.derivative {
            // written by hand in C++, it has a namespace
            Derivative::Node("CopyBackwards", _) => "torch::autograd::CopyBackwards".into(),
            Derivative::Node(name, _) => (*name).into(),
            _ => "torch::autograd::NotImplemented".into(),
        }
    }

    fn apply(&self, node: &NodeRef, grads: Grads) -> Result<Grads> {
        let Derivative::Node(_, rules) = &self.overload.derivative else {
            return error::runtime(format!(
                "derivative for aten::{} is not implemented",
                self.overload.parsed().name
            ));
        };
        let context = Backward {
            node,
            op: self,
            grads: &grads,
        };
        let mut result: Grads = SmallVec::from_elem(None, node.edges().len());
        for (number, rule) in rules.iter().enumerate() {
            let places = context.edges_of(number as u8);
            if !places.clone().any(|edge| node.should_compute(edge)) {
                continue;
            }
            match rule.by {
                By::Formula(formula) => {
                    let grad = formula(&context)?;
                    for edge in places {
                        if let Some(slot) = result.get_mut(edge) {
                            *slot = Some(grad.clone());
                        }
                    }
                }
                By::Joint(formula) => {
                    for (edge, grad) in places.zip(formula(&context)?) {
                        if let Some(slot) = result.get_mut(edge) {
                            *slot = grad;
                        }
                    }
                }
                By::Zero => {
                    for edge in places {
                        if let Some(slot) = result.get_mut(edge) {
                            *slot = Some(context.zero_for(edge)?);
                        }
                    }
                }
                By::NotDifferentiable => {}
                By::NotImplemented => return missing(rule.inputs),
                By::Missing(what) => return missing(what),
            }
        }
        Ok(result)
    }

    fn release(&self) {
        for kept in self.saved.borrow_mut().iter_mut() {
            match kept {
                Kept::Tensor(saved) => saved.release(),
                Kept::Tensors(list) => list.iter().for_each(SavedTensor::release),
                // PyTorch keeps it as a tensor, which is freed like others
                Kept::Number(_) => *kept = Kept::Freed,
                Kept::Nothing | Kept::Freed => {}
            }
        }
    }

    fn surrender(&mut self, sink: &mut Vec<Tensor>) {
        for kept in self.saved.get_mut() {
            match kept {
                Kept::Tensor(saved) => saved.surrender(sink),
                Kept::Tensors(list) => list.iter_mut().for_each(|saved| saved.surrender(sink)),
                Kept::Nothing | Kept::Number(_) | Kept::Freed => {}
            }
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn missing<T>(what: &str) -> Result<T> {
    error::not_implemented(format!("the derivative for '{what}' is not implemented."))
}

/// True for outputs of functions that give several views.
pub(super) fn gives_many(overload: &Overload) -> bool {
    overload.forms & MULTI_VIEW == MULTI_VIEW
}
