//! Hooks on tensors and nodes, as the language above supplies them.

use super::node::Grads;
use super::tensor::WeakTensor;
use super::{NodeRef, Tensor, arithmetic};
use crate::array::Result;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A hook that sees, and may replace, one gradient.
pub trait TensorHook {
    /// For those who know the concrete type.
    fn as_any(&self) -> &dyn Any;

    fn call(&self, grad: &Tensor) -> Result<Option<Tensor>>;
}

/// A hook after a leaf's grad was accumulated.
pub trait AccumulateHook {
    fn call(&self, leaf: &Tensor) -> Result<()>;
}

/// A hook before a node runs: sees, and may replace, the gradients of its outputs.
pub trait PreHook {
    fn call(&self, grads: &Grads) -> Result<Option<Grads>>;
}

/// A hook after a node ran: sees both sides, may replace the gradients of its inputs.
pub trait PostHook {
    fn call(&self, inputs: &Grads, outputs: &Grads) -> Result<Option<Grads>>;
}

/// Identifies a hook for its removal.
pub type HookId = u64;

thread_local! {
    static NEXT: Cell<HookId> = const { Cell::new(0) };
    static OBSERVER: RefCell<Option<Rc<dyn Observer>>> = const { RefCell::new(None) };
    /// Nodes under evaluation while anomaly mode is on, outermost first.
    static EVALUATED: RefCell<Vec<NodeRef>> = const { RefCell::new(Vec::new()) };
}

/// A number for the next hook of this thread.
pub fn next_id() -> HookId {
    NEXT.replace(NEXT.get() + 1)
}

/// What anomaly mode tells of nodes.
pub trait Observer {
    /// A node was made; `parent` is the node that was being evaluated then.
    fn created(&self, node: &NodeRef, parent: Option<&NodeRef>);
    /// The evaluation of a node failed.
    fn failed(&self, node: &NodeRef);
}

/// Sets what anomaly mode tells of nodes (to keep the traceback of their forward calls).
pub fn set_observer(observer: Option<Rc<dyn Observer>>) {
    OBSERVER.set(observer);
}

pub(super) fn note_creation(node: &NodeRef) {
    if let Some(observer) = OBSERVER.with_borrow(Clone::clone) {
        let parent = EVALUATED.with_borrow(|nodes| nodes.last().cloned());
        observer.created(node, parent.as_ref());
    }
}

pub(super) fn note_failure(node: &NodeRef) {
    if let Some(observer) = OBSERVER.with_borrow(Clone::clone) {
        observer.failed(node);
    }
}

/// A node is being evaluated until this is dropped.
pub(super) struct Evaluation;

impl Evaluation {
    pub fn of(node: &NodeRef) -> Evaluation {
        EVALUATED.with_borrow_mut(|nodes| nodes.push(node.clone()));
        Evaluation
    }
}

impl Drop for Evaluation {
    fn drop(&mut self) {
        let node = EVALUATED.with_borrow_mut(Vec::pop);
        drop(node);
    }
}

/// The hooks of a tensor. Those of a non-leaf run at its node, those of a leaf at its accumulator.
#[derive(Default)]
pub struct TensorHooks {
    /// True once a hook for gradients was put here, whether or not it still is.
    pub used: bool,
    pub gradient: Vec<(HookId, Rc<dyn TensorHook>)>,
    pub accumulated: Vec<(HookId, Rc<dyn AccumulateHook>)>,
}

impl TensorHooks {
    pub fn is_empty(&self) -> bool {
        self.gradient.is_empty() && self.accumulated.is_empty()
    }
}

/// The hooks of a node, by kind, in the order in which they run.
#[derive(Default)]
pub struct NodeHooks {
    /// Tensor hooks: the output number, and the hook.
    tensor: RefCell<Vec<(HookId, u32, Rc<dyn TensorHook>)>>,
    pre: RefCell<Vec<(HookId, Rc<dyn PreHook>)>>,
    retained: RefCell<Vec<(u32, WeakTensor)>>,
    post: RefCell<Vec<(HookId, Rc<dyn PostHook>)>>,
}

/// Adds to the grad of a non-leaf that asked to keep it.
fn keep(tensor: &Tensor, grad: &Tensor) -> Result<()> {
    let arithmetic = arithmetic::table()?;
    let kept = match tensor.grad() {
        Some(old) => (arithmetic.add)(&old, grad)?,
        None => (arithmetic.clone)(grad)?,
    };
    tensor.set_grad(Some(kept));
    Ok(())
}

impl NodeHooks {
    pub fn add_tensor_hook(&self, output: u32, hook: Rc<dyn TensorHook>) -> HookId {
        let id = next_id();
        self.tensor.borrow_mut().push((id, output, hook));
        id
    }

    /// The tensor hooks of an output.
    pub fn tensor_hooks(&self, output: u32) -> Vec<(HookId, Rc<dyn TensorHook>)> {
        let hooks = self.tensor.borrow();
        let own = hooks.iter().filter(|(_, number, _)| *number == output);
        own.map(|(id, _, hook)| (*id, hook.clone())).collect()
    }

    pub fn add_pre_hook(&self, hook: Rc<dyn PreHook>) -> HookId {
        let id = next_id();
        self.pre.borrow_mut().push((id, hook));
        id
    }

    pub fn add_post_hook(&self, hook: Rc<dyn PostHook>) -> HookId {
        let id = next_id();
        self.post.borrow_mut().push((id, hook));
        id
    }

    /// Removes a hook of any kind; true if it was there.
    pub fn remove(&self, id: HookId) -> bool {
        let removed = take_where(&self.tensor, |hook| hook.0 == id).is_some();
        let removed = take_where(&self.pre, |hook| hook.0 == id).is_some() || removed;
        take_where(&self.post, |hook| hook.0 == id).is_some() || removed
    }

    /// Keeps the gradient of this output in `tensor.grad`.
    pub fn retain(&self, output: u32, tensor: &Tensor) {
        self.retained.borrow_mut().push((output, tensor.downgrade()));
    }

    /// Takes away the marks of `retain` for an output, to set them at another node.
    pub fn take_retained(&self, output: u32) -> Vec<Tensor> {
        let mut taken = Vec::new();
        self.retained.borrow_mut().retain(|(number, weak)| {
            if *number == output {
                taken.extend(weak.upgrade());
            }
            *number != output
        });
        taken
    }

    /// True when nothing would run.
    pub fn is_empty(&self) -> bool {
        self.tensor.borrow().is_empty()
            && self.pre.borrow().is_empty()
            && self.retained.borrow().is_empty()
            && self.post.borrow().is_empty()
    }

    /// Tensor hooks, then pre-hooks, then retained gradients, as the engine runs them before a node.
    pub fn run_before(&self, mut grads: Grads) -> Result<Grads> {
        let tensor_hooks = self.tensor.borrow().clone();
        for (_, output, hook) in tensor_hooks {
            if let Some(slot) = grads.get_mut(output as usize)
                && let Some(grad) = slot
                && let Some(replaced) = hook.call(grad)?
            {
                *slot = Some(replaced);
            }
        }
        let pre_hooks = self.pre.borrow().clone();
        for (_, hook) in pre_hooks {
            if let Some(replaced) = hook.call(&grads)? {
                grads = replaced;
            }
        }
        let retained = self.retained.borrow().clone();
        for (output, owner) in retained {
            if let (Some(tensor), Some(Some(grad))) = (owner.upgrade(), grads.get(output as usize)) {
                keep(&tensor, grad)?;
            }
        }
        Ok(grads)
    }

    /// Only the tensor hooks of one output: for gradients captured for `inputs=`.
    pub fn run_tensor_hooks(&self, output: u32, grad: Tensor) -> Result<Tensor> {
        let mut grad = grad;
        let hooks = self.tensor.borrow().clone();
        for (_, number, hook) in hooks {
            if number == output
                && let Some(replaced) = hook.call(&grad)?
            {
                grad = replaced;
            }
        }
        Ok(grad)
    }

    /// Post-hooks, after the node ran. `inputs` are the gradients it produced, `outputs` those it was given.
    pub fn run_after(&self, mut inputs: Grads, outputs: &Grads) -> Result<Grads> {
        let hooks = self.post.borrow().clone();
        for (_, hook) in hooks {
            if let Some(replaced) = hook.call(&inputs, outputs)? {
                inputs = replaced;
            }
        }
        Ok(inputs)
    }

    pub fn has_post_hooks(&self) -> bool {
        !self.post.borrow().is_empty()
    }
}

fn take_where<T>(list: &RefCell<Vec<T>>, matches: impl Fn(&T) -> bool) -> Option<T> {
    let mut list = list.borrow_mut();
    let at = list.iter().position(matches)?;
    Some(list.remove(at))
}
