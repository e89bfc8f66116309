//! The tensor handle: an array and, on first need, what autograd knows about it.

use super::accumulate;
use super::hook::TensorHooks;
use super::node::{Edge, NodeRef};
use super::view::ViewInfo;
use super::{arithmetic, modes};
use crate::array::array::{Dims, dims_of};
use crate::array::{Array, Dtype, Result, error};
use std::any::Any;
use std::cell::{Cell, OnceCell, Ref, RefCell};
use std::rc::{Rc, Weak};

/// A handle; cloning it gives the same tensor.
#[derive(Clone)]
pub struct Tensor(Rc<TensorImpl>);

/// A handle that does not keep its tensor alive.
#[derive(Clone)]
pub struct WeakTensor(Weak<TensorImpl>);

impl WeakTensor {
    pub fn upgrade(&self) -> Option<Tensor> {
        self.0.upgrade().map(Tensor)
    }
}

struct TensorImpl {
    array: RefCell<Array>,
    meta: OnceCell<Box<Meta>>,
}

/// What only some tensors have.
#[derive(Default)]
pub struct Meta {
    pub(super) requires_grad: Cell<bool>,
    pub(super) retains_grad: Cell<bool>,
    pub(super) inference: Cell<bool>,
    pub(super) output_nr: Cell<u32>,
    /// The dtype of a leaf's gradient where it is not the leaf's own; the inner None takes any.
    pub(super) grad_dtype: Cell<Option<Option<Dtype>>>,
    pub(super) grad: RefCell<Option<Tensor>>,
    pub(super) grad_fn: RefCell<Option<NodeRef>>,
    pub(super) accumulator: RefCell<Option<Weak<super::Node>>>,
    pub(super) hooks: OnceCell<Box<RefCell<TensorHooks>>>,
    pub(super) view: RefCell<Option<Box<ViewInfo>>>,
    /// A counter of its own where the tensor must not share its storage's (`.data`).
    pub(super) version: RefCell<Option<Rc<Cell<u32>>>>,
    /// The tangents of forward mode, by level.
    pub(super) tangent: RefCell<Option<(u64, Tensor)>>,
    /// What the language above attaches: class and attributes of its object.
    pub(super) attachment: RefCell<Option<Rc<dyn Any>>>,
}

impl From<Array> for Tensor {
    fn from(array: Array) -> Tensor {
        let tensor = Tensor(Rc::new(TensorImpl {
            array: RefCell::new(array),
            meta: OnceCell::new(),
        }));
        if modes::is_inference_mode() {
            tensor.meta().inference.set(true);
        }
        tensor
    }
}

impl Tensor {
    pub fn array(&self) -> Ref<'_, Array> {
        self.0.array.borrow()
    }

    /// Gives the tensor another array: `set_data`, `resize_`, `t_`. The graph is left as it is.
    pub fn set_array(&self, array: Array) {
        *self.0.array.borrow_mut() = array;
    }

    pub fn sizes(&self) -> Dims {
        dims_of(self.array().sizes())
    }

    pub fn dtype(&self) -> Dtype {
        self.array().dtype()
    }

    pub fn dim(&self) -> usize {
        self.array().dim()
    }

    pub fn numel(&self) -> usize {
        self.array().numel()
    }

    /// The same tensor object, not only equal values.
    pub fn is(&self, other: &Tensor) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A number that is this tensor's alone while it lives.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0) as *const u8 as usize
    }

    /// How many handles there are.
    pub fn handles(&self) -> usize {
        Rc::strong_count(&self.0)
    }

    /// A handle that does not keep the tensor alive.
    pub fn downgrade(&self) -> WeakTensor {
        WeakTensor(Rc::downgrade(&self.0))
    }

    pub(super) fn existing_meta(&self) -> Option<&Meta> {
        self.0.meta.get().map(|meta| &**meta)
    }

    pub(super) fn meta(&self) -> &Meta {
        self.0.meta.get_or_init(Box::default)
    }

    // ---- what autograd knows

    /// True for a leaf that was asked to, for every non-leaf, and for views of a base that requires grad.
    #[inline]
    pub fn requires_grad(&self) -> bool {
        let Some(meta) = self.existing_meta() else { return false };
        meta.requires_grad.get()
            || meta.grad_fn.borrow().is_some()
            || meta
                .view
                .borrow()
                .as_ref()
                .is_some_and(|view| view.is_tracked() && view.base.requires_grad())
    }

    /// The raw flag of a leaf; checks are the caller's.
    pub fn set_requires_grad(&self, value: bool) {
        if value || self.existing_meta().is_some() {
            self.meta().requires_grad.set(value);
        }
    }

    pub fn is_leaf(&self) -> bool {
        self.grad_fn().is_none()
    }

    /// The node that made this tensor. A view whose base was written to in place gets a new one
    /// (`AsStridedBackward0` from the base), as PyTorch regenerates it. None also where that is forbidden.
    pub fn grad_fn(&self) -> Option<NodeRef> {
        self.try_grad_fn().unwrap_or_else(|_| self.stored_grad_fn())
    }

    /// As `grad_fn`; an error where the view must not be used after a write through its base or another view.
    pub fn try_grad_fn(&self) -> Result<Option<NodeRef>> {
        let Some(meta) = self.existing_meta() else {
            return Ok(None);
        };
        if meta.view.borrow().is_some() {
            super::view::refresh(self, meta)?;
        }
        Ok(meta.grad_fn.borrow().clone())
    }

    /// The node as it was last set, without looking at the base of a view.
    pub fn stored_grad_fn(&self) -> Option<NodeRef> {
        self.existing_meta()?.grad_fn.borrow().clone()
    }

    /// Whether a node made it (as last set).
    #[inline]
    pub fn has_grad_fn(&self) -> bool {
        self.existing_meta().is_some_and(|meta| meta.grad_fn.borrow().is_some())
    }

    pub fn output_nr(&self) -> u32 {
        self.existing_meta().map_or(0, |meta| meta.output_nr.get())
    }

    /// Makes this the output number `edge.input` of the node.
    pub fn set_gradient_edge(&self, edge: Edge) {
        let meta = self.meta();
        meta.output_nr.set(edge.input);
        *meta.grad_fn.borrow_mut() = Some(edge.node);
        if let Some(view) = &*meta.view.borrow() {
            view.version.set(self.version());
        }
    }

    /// Forgets the node: `detach_`.
    pub fn clear_grad_fn(&self) {
        if let Some(meta) = self.existing_meta() {
            let node = meta.grad_fn.borrow_mut().take();
            meta.output_nr.set(0);
            meta.requires_grad.set(false);
            drop(node);
        }
    }

    /// Where a gradient of this tensor flows: its node, or the accumulator of a leaf that requires grad.
    pub fn gradient_edge(&self) -> Option<Edge> {
        let meta = self.existing_meta()?;
        if let Some(node) = self.grad_fn() {
            return Some(Edge {
                node,
                input: meta.output_nr.get(),
            });
        }
        if !meta.requires_grad.get() {
            return None;
        }
        Some(Edge {
            node: self.accumulator(),
            input: 0,
        })
    }

    /// As `gradient_edge`; an error where the view must not be used after a write through its base or another view.
    pub fn try_gradient_edge(&self) -> Result<Option<Edge>> {
        let Some(meta) = self.existing_meta() else {
            return Ok(None);
        };
        if let Some(node) = self.try_grad_fn()? {
            let input = meta.output_nr.get();
            return Ok(Some(Edge { node, input }));
        }
        Ok(meta.requires_grad.get().then(|| Edge {
            node: self.accumulator(),
            input: 0,
        }))
    }

    /// The `AccumulateGrad` node of a leaf, made on first need and kept while somebody holds it.
    pub fn accumulator(&self) -> NodeRef {
        let meta = self.meta();
        if let Some(node) = meta.accumulator.borrow().as_ref().and_then(Weak::upgrade) {
            return node;
        }
        let node = accumulate::node(self);
        *meta.accumulator.borrow_mut() = Some(Rc::downgrade(&node));
        node
    }

    /// Lets gradients of this leaf go to the accumulator of another.
    pub(super) fn set_accumulator(&self, node: &NodeRef) {
        *self.meta().accumulator.borrow_mut() = Some(Rc::downgrade(node));
    }

    /// The accumulator if somebody holds it.
    pub fn existing_accumulator(&self) -> Option<NodeRef> {
        self.existing_meta()?
            .accumulator
            .borrow()
            .as_ref()
            .and_then(Weak::upgrade)
    }

    /// True if gradients of this tensor flow to other leaves than these.
    pub fn depends_on_others(&self, leaves: &[Tensor]) -> bool {
        let mut seen = rustc_hash::FxHashSet::default();
        let mut waiting: Vec<NodeRef> = self.gradient_edge().map(|edge| edge.node).into_iter().collect();
        while let Some(node) = waiting.pop() {
            if !seen.insert(Rc::as_ptr(&node) as *const u8 as usize) {
                continue;
            }
            if let Some(leaf) = node.downcast::<accumulate::AccumulateGrad>()
                && !leaves.iter().any(|known| known.is(&leaf.variable))
            {
                return true;
            }
            waiting.extend(node.edges().iter().flatten().map(|edge| edge.node.clone()));
        }
        false
    }

    pub fn grad(&self) -> Option<Tensor> {
        self.existing_meta()?.grad.borrow().clone()
    }

    pub fn set_grad(&self, grad: Option<Tensor>) {
        if grad.is_some() || self.existing_meta().is_some() {
            let old = self.meta().grad.replace(grad);
            drop(old);
        }
    }

    /// The dtype that a gradient must have; None for any.
    pub fn grad_dtype(&self) -> Option<Dtype> {
        match self.existing_meta().and_then(|meta| meta.grad_dtype.get()) {
            Some(chosen) => chosen,
            None => Some(self.dtype()),
        }
    }

    /// Chooses another dtype for the gradient of a leaf.
    pub fn set_grad_dtype(&self, dtype: Option<Dtype>) {
        self.meta().grad_dtype.set(Some(dtype));
        if let (Some(node), Some(dtype)) = (self.existing_accumulator(), dtype) {
            node.set_input_dtype(0, dtype);
        }
    }

    /// Takes the grad out, so that its only handle is the caller's.
    pub fn take_grad(&self) -> Option<Tensor> {
        self.existing_meta()?.grad.borrow_mut().take()
    }

    pub fn retains_grad(&self) -> bool {
        self.existing_meta().is_some_and(|meta| meta.retains_grad.get())
    }

    /// Keeps the gradient of a non-leaf: a no-op on leaves and when done already.
    pub fn retain_grad(&self) -> Result<()> {
        if !self.requires_grad() {
            return error::runtime("can't retain_grad on Tensor that has requires_grad=False");
        }
        let Some(node) = self.grad_fn() else { return Ok(()) };
        if !self.retains_grad() {
            self.meta().retains_grad.set(true);
            node.hooks().retain(self.output_nr(), self);
        }
        Ok(())
    }

    /// The hooks, made on first need.
    pub fn hooks(&self) -> &RefCell<TensorHooks> {
        self.meta().hooks.get_or_init(Box::default)
    }

    pub fn existing_hooks(&self) -> Option<&RefCell<TensorHooks>> {
        self.existing_meta()?.hooks.get().map(|hooks| &**hooks)
    }

    pub fn has_hooks(&self) -> bool {
        self.existing_hooks().is_some_and(|hooks| !hooks.borrow().is_empty())
    }

    /// True if hooks for its gradient were put on it at some time.
    pub fn has_hooks_ever(&self) -> bool {
        self.existing_meta()
            .is_some_and(|meta| meta.hooks.get().is_some_and(|hooks| hooks.borrow().used))
    }

    pub fn is_inference(&self) -> bool {
        self.existing_meta().is_some_and(|meta| meta.inference.get())
    }

    pub fn set_inference(&self, value: bool) {
        if value || self.existing_meta().is_some() {
            self.meta().inference.set(value);
        }
    }

    // ---- versions

    /// How often the elements were written in place.
    pub fn version(&self) -> u32 {
        if let Some(meta) = self.existing_meta()
            && let Some(counter) = &*meta.version.borrow()
        {
            return counter.get();
        }
        self.array().storage().version()
    }

    pub fn set_version(&self, version: u32) {
        if let Some(meta) = self.existing_meta()
            && let Some(counter) = &*meta.version.borrow()
        {
            return counter.set(version);
        }
        self.array().storage().set_version(version);
    }

    /// Counts an in-place write.
    pub fn bump_version(&self) {
        self.set_version(self.version().wrapping_add(1));
    }

    /// Counts from 0 for itself from now on: what `.data` gives.
    pub fn separate_version(&self) {
        *self.meta().version.borrow_mut() = Some(Rc::new(Cell::new(0)));
    }

    /// Counts together with `other`: views and `detach()`.
    pub fn share_version(&self, other: &Tensor) {
        if let Some(counter) = other.existing_meta().and_then(|meta| meta.version.borrow().clone()) {
            *self.meta().version.borrow_mut() = Some(counter);
        }
    }

    // ---- views

    pub fn set_view(&self, view: ViewInfo) {
        *self.meta().view.borrow_mut() = Some(Box::new(view));
    }

    pub fn clear_view(&self) {
        if let Some(meta) = self.existing_meta() {
            let view = meta.view.borrow_mut().take();
            drop(view);
        }
    }

    /// Runs `f` on what is known of this view, if it is one.
    pub fn with_view<R>(&self, f: impl FnOnce(&ViewInfo) -> R) -> Option<R> {
        self.existing_meta()?.view.borrow().as_deref().map(f)
    }

    /// The tensor that this is a differentiable view of.
    pub fn base(&self) -> Option<Tensor> {
        self.with_view(|view| view.base.clone())
    }

    // ---- forward mode, attachments

    pub fn tangent(&self) -> Option<Tensor> {
        let held = self.existing_meta()?.tangent.borrow();
        let (epoch, tangent) = held.as_ref()?;
        (*epoch == modes::dual_epoch()).then(|| tangent.clone())
    }

    pub fn set_tangent(&self, tangent: Option<Tensor>) {
        if tangent.is_some() || self.existing_meta().is_some() {
            let old = self
                .meta()
                .tangent
                .replace(tangent.map(|tangent| (modes::dual_epoch(), tangent)));
            drop(old);
        }
    }

    /// What the language above has attached to this tensor.
    pub fn attachment(&self) -> Option<Rc<dyn Any>> {
        self.existing_meta()?.attachment.borrow().clone()
    }

    pub fn attach(&self, attachment: Rc<dyn Any>) {
        *self.meta().attachment.borrow_mut() = Some(attachment);
    }

    /// The same elements without history; shares storage and version counter.
    pub fn detach(&self) -> Tensor {
        let detached = Tensor::from(self.array().clone());
        detached.share_version(self);
        detached
    }

    /// `Float` and so on: how messages name a tensor's type, `torch.FloatTensor`.
    pub fn type_name(&self) -> String {
        format!("torch.{}Tensor", legacy_type(self.dtype()))
    }
}

/// The legacy type's prefix: `Float`, `Long`; complex types drop C++'s word order.
pub fn legacy_type(dtype: Dtype) -> &'static str {
    dtype.scalar_type()
}

/// Sums `grad` down to these sizes where broadcasting had grown it.
pub(super) fn sum_to(grad: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    (arithmetic::table()?.sum_to)(grad, sizes)
}

impl std::fmt::Debug for Tensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tensor({:?}, {:?})", self.dtype(), &self.array().sizes())
    }
}
