//! `AccumulateGrad`: where the gradient of a leaf arrives.

use super::node::{FIRST, Function, Grads, Node, NodeRef};
use super::{Tensor, arithmetic, modes};
use crate::array::Result;
use smallvec::SmallVec;
use std::any::Any;

/// Holds its leaf; the leaf holds it weakly.
pub struct AccumulateGrad {
    pub variable: Tensor,
}

/// The accumulator of a leaf, with the leaf's shape and dtype as its only input.
pub(super) fn node(leaf: &Tensor) -> NodeRef {
    let node = Node::with_sequence(AccumulateGrad { variable: leaf.clone() }, SmallVec::new(), FIRST);
    node.add_input(leaf);
    if let Some(dtype) = leaf.grad_dtype() {
        node.set_input_dtype(0, dtype);
    }
    node
}

impl Function for AccumulateGrad {
    fn name(&self) -> String {
        "torch::autograd::AccumulateGrad".into()
    }

    fn apply(&self, _node: &NodeRef, grads: Grads) -> Result<Grads> {
        let Some(Some(mut grad)) = grads.into_iter().next() else {
            return Ok(Grads::new());
        };
        let variable = &self.variable;
        if let Some(hooks) = variable.existing_hooks() {
            let hooks = hooks.borrow().gradient.clone();
            for (_, hook) in hooks {
                if let Some(replaced) = hook.call(&grad)? {
                    grad = replaced;
                }
            }
        }
        // it may have been detached since
        if !variable.requires_grad() {
            return Ok(Grads::new());
        }
        accumulate(variable, grad)?;
        if let Some(hooks) = variable.existing_hooks() {
            let hooks = hooks.borrow().accumulated.clone();
            for (_, hook) in hooks {
                hook.call(variable)?;
            }
        }
        Ok(Grads::new())
    }

    fn surrender(&mut self, _sink: &mut Vec<Tensor>) {}

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Adds a gradient to the leaf's: takes it over, adds in place, or adds out of place, exactly when PyTorch does.
fn accumulate(variable: &Tensor, grad: Tensor) -> Result<()> {
    let arithmetic = arithmetic::table()?;
    let Some(old) = variable.grad() else {
        let own = grad.handles() == 1 && !modes::is_grad_enabled() && grad.array().is_contiguous();
        let kept = if own && std::rc::Rc::strong_count(grad.array().storage()) == 1 {
            if grad.requires_grad() { grad.detach() } else { grad }
        } else {
            let keep = if modes::is_grad_enabled() {
                arithmetic.copy
            } else {
                arithmetic.clone
            };
            keep(&grad)?
        };
        variable.set_grad(Some(kept));
        return Ok(());
    };
    if modes::is_grad_enabled() {
        variable.set_grad(Some((arithmetic.add)(&old, &grad)?));
        return Ok(());
    }
    (arithmetic.add_in_place)(&old, &grad)
}
