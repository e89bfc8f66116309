//! Nodes of the graph: what a non-leaf's `grad_fn` is.

use super::hook::NodeHooks;
use super::{Tensor, modes};
use crate::array::{Dims, Dtype, Result};
use smallvec::SmallVec;
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// One gradient per edge; None where nothing flows.
pub type Grads = SmallVec<[Option<Tensor>; 2]>;

/// What a node computes. One object per node, stored inside it.
pub trait Function: Any {
    /// `MulBackward0`.
    fn name(&self) -> String;

    /// From the gradients of the outputs to those of the inputs, one an edge. `grads` has one entry an output;
    /// an undefined one is None.
    fn apply(&self, node: &NodeRef, grads: Grads) -> Result<Grads>;

    /// True if it must run even when no output has a gradient (custom functions that materialise them).
    fn wants_undefined(&self) -> bool {
        false
    }

    /// Lets go of saved tensors: after a backward pass without `retain_graph`.
    fn release(&self) {}

    /// Moves whatever keeps other nodes alive into `sink`, so that a long graph is freed without recursion.
    fn surrender(&mut self, _sink: &mut Vec<Tensor>) {}

    /// For those who know the concrete type.
    fn as_any(&self) -> &dyn Any;
}

/// Where a gradient flows: an input of a node, that is, an output of the operation that made it.
#[derive(Clone)]
pub struct Edge {
    pub node: NodeRef,
    pub input: u32,
}

/// Shape and dtype that a gradient arriving at a node's input must have.
#[derive(Clone, Debug)]
pub struct InputMetadata {
    pub sizes: Dims,
    pub dtype: Dtype,
}

pub type NodeRef = Rc<Node>;

/// A node; the function is the unsized tail, so that node and function are one allocation.
pub struct Node<F: ?Sized + Function = dyn Function> {
    sequence: u64,
    edges: RefCell<SmallVec<[Option<Edge>; 2]>>,
    inputs: RefCell<SmallVec<[InputMetadata; 1]>>,
    /// What few nodes have.
    extras: OnceCell<Box<Extras>>,
    // The engine's own cells, valid while `epoch` is that of a running pass.
    pub(super) epoch: Cell<u32>,
    pub(super) dependencies: Cell<u32>,
    pub(super) buffer: RefCell<Grads>,
    function: F,
}

#[derive(Default)]
struct Extras {
    hooks: OnceCell<Box<NodeHooks>>,
    /// What the language above attaches: the attributes of its object, the traceback of anomaly mode.
    attachment: RefCell<Option<Rc<dyn Any>>>,
}

thread_local! {
    static SEQUENCE: Cell<u64> = const { Cell::new(0) };
    static GRAVEYARD: RefCell<Vec<NodeRef>> = const { RefCell::new(Vec::new()) };
    static DRAINING: Cell<bool> = const { Cell::new(false) };
}

/// The sequence number of accumulators: they run as soon as they can.
pub const FIRST: u64 = u64::MAX;

impl Node {
    /// A node with the next sequence number of this thread.
    pub fn new<F: Function>(function: F, edges: SmallVec<[Option<Edge>; 2]>) -> NodeRef {
        let sequence = SEQUENCE.get();
        SEQUENCE.set(sequence + 1);
        Node::with_sequence(function, edges, sequence)
    }

    pub fn with_sequence<F: Function>(function: F, edges: SmallVec<[Option<Edge>; 2]>, sequence: u64) -> NodeRef {
        let node: NodeRef = Rc::new(Node {
            sequence,
            edges: RefCell::new(edges),
            inputs: RefCell::new(SmallVec::new()),
            extras: OnceCell::new(),
            epoch: Cell::new(0),
            dependencies: Cell::new(0),
            buffer: RefCell::new(SmallVec::new()),
            function,
        });
        if modes::anomaly().is_some() && sequence != FIRST {
            super::hook::note_creation(&node);
        }
        node
    }

    pub fn name(&self) -> String {
        self.function.name()
    }

    pub fn function(&self) -> &dyn Function {
        &self.function
    }

    /// The function as the concrete type it is, if it is that.
    pub fn downcast<T: 'static>(&self) -> Option<&T> {
        self.function.as_any().downcast_ref()
    }

    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    pub fn edges(&self) -> std::cell::Ref<'_, SmallVec<[Option<Edge>; 2]>> {
        self.edges.borrow()
    }

    pub fn set_edges(&self, edges: SmallVec<[Option<Edge>; 2]>) {
        let old = self.edges.replace(edges);
        drop(old);
    }

    /// True if the gradient of this edge is wanted at all.
    pub fn should_compute(&self, edge: usize) -> bool {
        self.edges.borrow().get(edge).is_some_and(Option::is_some)
    }

    /// Adds an output of the operation; gives its number.
    pub fn add_input(&self, tensor: &Tensor) -> u32 {
        let metadata = InputMetadata {
            sizes: tensor.sizes(),
            dtype: tensor.dtype(),
        };
        let mut inputs = self.inputs.borrow_mut();
        inputs.push(metadata);
        inputs.len() as u32 - 1
    }

    pub fn inputs(&self) -> std::cell::Ref<'_, SmallVec<[InputMetadata; 1]>> {
        self.inputs.borrow()
    }

    pub fn set_input(&self, number: u32, tensor: &Tensor) {
        let mut inputs = self.inputs.borrow_mut();
        if let Some(input) = inputs.get_mut(number as usize) {
            *input = InputMetadata {
                sizes: tensor.sizes(),
                dtype: tensor.dtype(),
            };
        }
    }

    /// Makes gradients of an output arrive in another dtype than the output's own.
    pub fn set_input_dtype(&self, number: u32, dtype: Dtype) {
        if let Some(input) = self.inputs.borrow_mut().get_mut(number as usize) {
            input.dtype = dtype;
        }
    }

    /// The hooks, made on first need.
    pub fn hooks(&self) -> &NodeHooks {
        self.extras.get_or_init(Box::default).hooks.get_or_init(Box::default)
    }

    pub fn existing_hooks(&self) -> Option<&NodeHooks> {
        self.extras.get()?.hooks.get().map(|hooks| &**hooks)
    }

    pub fn attachment(&self) -> Option<Rc<dyn Any>> {
        self.extras.get()?.attachment.borrow().clone()
    }

    pub fn attach(&self, attachment: Rc<dyn Any>) {
        *self.extras.get_or_init(Box::default).attachment.borrow_mut() = Some(attachment);
    }
}

impl<F: ?Sized + Function> Drop for Node<F> {
    /// Hands neighbours to a list that one loop empties: a graph of a million nodes is freed without recursion.
    fn drop(&mut self) {
        let mut saved = Vec::new();
        self.function.surrender(&mut saved);
        for tensor in saved {
            if tensor.handles() == 1
                && let Some(node) = tensor.stored_grad_fn()
            {
                bury(node);
            }
        }
        for edge in std::mem::take(self.edges.get_mut()).into_iter().flatten() {
            bury(edge.node);
        }
        if DRAINING.try_with(|draining| draining.replace(true)).unwrap_or(true) {
            return;
        }
        while let Some(node) = GRAVEYARD.try_with(|list| list.borrow_mut().pop()).ok().flatten() {
            drop(node);
        }
        DRAINING.set(false);
    }
}

/// Keeps a node for the loop if this handle is its last; a shared one just loses a handle.
fn bury(node: NodeRef) {
    if Rc::strong_count(&node) == 1 {
        let _ = GRAVEYARD.try_with(|list| list.borrow_mut().push(node));
    }
}
