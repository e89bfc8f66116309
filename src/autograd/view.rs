//! Views that autograd knows: which base they see, how they came about, and what that forbids.

use super::node::NodeRef;
use super::saved::forward_name;
use super::tensor::Meta;
use super::{Tensor, arithmetic};
use crate::array::{Result, error};
use std::cell::Cell;

/// How a view came about, where that limits in-place writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Creation {
    Default,
    /// By a function that gives several views.
    MultiOutput,
    NoGrad,
    InferenceMode,
    /// By a custom function.
    CustomFunction,
}

/// What is known of a view.
pub struct ViewInfo {
    /// Never a view itself.
    pub base: Tensor,
    pub creation: Cell<Creation>,
    /// The version at which its node was last right.
    pub version: Cell<u32>,
    /// False for views outside autograd (`.detach()` as seen by forward mode only).
    pub tracked: bool,
}

impl ViewInfo {
    pub fn is_tracked(&self) -> bool {
        self.tracked
    }
}

/// Declares `view` a view of `of` (of its base, if it is a view itself).
pub fn declare(view: &Tensor, of: &Tensor, creation: Creation) {
    let (base, inherited) = match of.with_view(|info| (info.base.clone(), info.creation.get())) {
        Some((base, inherited)) => (base, inherited),
        None => (of.clone(), Creation::Default),
    };
    let creation = if creation == Creation::Default {
        inherited
    } else {
        creation
    };
    view.share_version(&base);
    view.set_view(ViewInfo {
        base,
        creation: Cell::new(creation),
        version: Cell::new(view.version()),
        tracked: true,
    });
}

/// Regenerates the node of a view whose base was written in place since.
pub(super) fn refresh(tensor: &Tensor, meta: &Meta) {
    let base = {
        let view = meta.view.borrow();
        let Some(view) = view.as_deref() else { return };
        if !view.tracked || view.version.get() == tensor.version() {
            return;
        }
        let base_requires_grad = view
            .base
            .existing_meta()
            .is_some_and(|base| base.requires_grad.get() || base.grad_fn.borrow().is_some());
        if meta.grad_fn.borrow().is_none() && !base_requires_grad {
            return;
        }
        view.base.clone()
    };
    let Ok(arithmetic) = arithmetic::table() else { return };
    if let Some(node) = (arithmetic.as_strided_node)(&base, tensor) {
        let old = meta.grad_fn.replace(Some(node));
        drop(old);
        meta.output_nr.set(0);
    }
    if let Some(view) = meta.view.borrow().as_deref() {
        view.version.set(tensor.version());
    }
}

/// The error for writing in place to a view that came about in a way that forbids it.
pub fn check_write(view: &Tensor, node: Option<&NodeRef>) -> Result<()> {
    let Some(creation) = view.with_view(|info| info.creation.get()) else {
        return Ok(());
    };
    let (start, why) = match creation {
        Creation::Default => return Ok(()),
        Creation::MultiOutput => (
            true,
            "This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.",
        ),
        Creation::CustomFunction => (
            true,
            "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.",
        ),
        Creation::NoGrad => (
            false,
            "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
        ),
        Creation::InferenceMode => (
            false,
            "A view was created in inference mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the inference_mode block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
        ),
    };
    if !start {
        return error::runtime(why);
    }
    match node {
        Some(node) => error::runtime(format!(
            "Output {} of {} is a view and is being modified inplace. {why}",
            view.output_nr(),
            forward_name(&node.name())
        )),
        None => error::runtime(format!("A view is being modified inplace. {why}")),
    }
}
