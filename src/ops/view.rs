//! Views and what in-place writes through them do to the graph: `CopySlices`, `AsStridedBackward0`.

use super::argument::{Args, Outs};
use super::op::Overload;
use super::record;
use crate::args;
use crate::array::{Array, Dims, Result, error};
use crate::autograd::node::{Edge, Function, Grads, Node, NodeRef};
use crate::autograd::view::{Creation, check_write, declare};
use crate::autograd::{Tensor, modes};
use smallvec::SmallVec;
use std::any::Any;

/// Declares the outputs of a view op views of its first argument.
pub(super) fn declare_outputs(overload: &'static Overload, args: &Args, outs: &Outs) -> Result<()> {
    let of = args.tensor(0)?;
    let creation = if modes::is_inference_mode() {
        Creation::InferenceMode
    } else if !modes::is_grad_enabled() {
        Creation::NoGrad
    } else if record::gives_many(overload) {
        Creation::MultiOutput
    } else {
        Creation::Default
    };
    for out in outs.iter().flat_map(record::tensors_of) {
        if !out.is(of) {
            out.set_inference(of.is_inference());
            declare(out, of, creation);
        }
    }
    Ok(())
}

/// Makes `node` the history of a tensor that was just written in place. Through a view the base gets a `CopySlices`
/// node around it, and the view a new node of its own.
pub fn rebase(tensor: &Tensor, node: NodeRef) -> Result<()> {
    let old = tensor.stored_grad_fn().zip(Some(tensor.output_nr()));
    let Some(base) = tensor.base() else {
        node.add_input(tensor);
        tensor.set_gradient_edge(Edge {
            node: node.clone(),
            input: 0,
        });
        return move_retained(old, &node);
    };
    check_write(tensor, tensor.stored_grad_fn().as_ref())?;
    node.add_input(tensor);
    let slices = CopySlices::node(&base, tensor, node);
    slices.add_input(&base);
    let old_of_base = base.stored_grad_fn().zip(Some(base.output_nr()));
    base.set_gradient_edge(Edge {
        node: slices.clone(),
        input: 0,
    });
    move_retained(old_of_base, &slices)?;
    match tensor.grad_fn() {
        Some(regenerated) => move_retained(old, &regenerated),
        None => Ok(()),
    }
}

/// A tensor that retains its grad does so at its new node.
fn move_retained(old: Option<(NodeRef, u32)>, new: &NodeRef) -> Result<()> {
    let Some((old, output)) = old else { return Ok(()) };
    if std::rc::Rc::ptr_eq(&old, new) {
        return Ok(());
    }
    if let Some(hooks) = old.existing_hooks() {
        for tensor in hooks.take_retained(output) {
            new.hooks().retain(0, &tensor);
        }
    }
    Ok(())
}

/// The node by which a view sees its base anew.
pub(super) fn as_strided_node(base: &Tensor, view: &Tensor) -> Option<NodeRef> {
    let seen = Geometry::of(&view.array());
    let args = args![base, seen.sizes, seen.strides, seen.offset];
    let node = record::node(super::shape::as_strided_overload()?, &args, None).ok()?;
    node.add_input(view);
    Some(node)
}

/// Sizes, strides and offset.
#[derive(Clone)]
struct Geometry {
    sizes: Dims,
    strides: Dims,
    offset: i64,
}

impl Geometry {
    fn of(array: &Array) -> Geometry {
        Geometry {
            sizes: array.sizes().into(),
            strides: array.strides().into(),
            offset: array.offset(),
        }
    }
}

/// The history of a base of which a view was written in place: outside the view the gradient passes,
/// inside it goes through the written op's own node.
struct CopySlices {
    base: Geometry,
    view: Geometry,
    inner: NodeRef,
}

impl CopySlices {
    fn node(base: &Tensor, view: &Tensor, inner: NodeRef) -> NodeRef {
        let mut edges: SmallVec<[Option<Edge>; 2]> = SmallVec::new();
        edges.push(base.gradient_edge());
        edges.extend(inner.edges().iter().skip(1).cloned());
        let function = CopySlices {
            base: Geometry::of(&base.array()),
            view: Geometry::of(&view.array()),
            inner,
        };
        Node::new(function, edges)
    }
}

impl Function for CopySlices {
    fn name(&self) -> String {
        "torch::autograd::CopySlices".into()
    }

    fn apply(&self, node: &NodeRef, grads: Grads) -> Result<Grads> {
        let Some(Some(grad)) = grads.into_iter().next() else {
            return Ok(SmallVec::from_elem(None, node.edges().len()));
        };
        let result = super::shape::clone_contiguous(&grad)?;
        let offset = self.view.offset - self.base.offset;
        let slice = super::shape::as_strided(&result, &self.view.sizes, &self.view.strides, offset)?;
        let inside = super::shape::clone(&slice)?;
        // the op's first argument takes part if anything before the write wants its gradient
        if self.inner.edges().first().is_none_or(Option::is_none) {
            let mut edges = self.inner.edges().clone();
            if let (Some(slot), Some(edge)) = (edges.first_mut(), node.edges().first()) {
                slot.clone_from(edge);
            }
            self.inner.set_edges(edges);
        }
        let mut grads = self
            .inner
            .function()
            .apply(&self.inner, smallvec::smallvec![Some(inside)])?;
        match grads.first_mut() {
            Some(first) => {
                match first.take() {
                    Some(grad) => {
                        super::shape::copy_in_place(&slice, &super::arithmetic::sum_to(&grad, &self.view.sizes)?)?;
                    }
                    None => {
                        super::shape::zero_in_place(&slice)?;
                    }
                }
                *first = Some(result);
            }
            None => return error::runtime("CopySlices around an operation without gradients"),
        }
        Ok(grads)
    }

    fn release(&self) {
        self.inner.function().release();
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
