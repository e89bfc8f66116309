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
pub(super) fn refresh(tensor: &Tensor, meta: &Meta) -> Result<()> {
    let base = {
        let view = meta.view.borrow();
        let Some(view) = view.as_deref() else { return Ok(()) };
        if !view.tracked || view.version.get() == tensor.version() {
            return Ok(());
        }
        if meta.grad_fn.borrow().is_none() && !view.base.requires_grad() {
            return Ok(());
        }
        view.base.clone()
    };
    check_creation(tensor, meta.grad_fn.borrow().as_ref(), true)?;
    let arithmetic = arithmetic::table()?;
    if let Some(node) = (arithmetic.as_strided_node)(&base, tensor) {
        let old = meta.grad_fn.replace(Some(node));
        drop(old);
        meta.output_nr.set(0);
    }
    if let Some(view) = meta.view.borrow().as_deref() {
        view.version.set(tensor.version());
    }
    Ok(())
}

/// The error for writing in place to a view that came about in a way that forbids it.
pub fn check_write(view: &Tensor, node: Option<&NodeRef>) -> Result<()> {
    check_creation(view, node, false)
}

/// `indirect`: the write went through the base or another view.
fn check_creation(view: &Tensor, node: Option<&NodeRef>, indirect: bool) -> Result<()> {
    let Some(creation) = view.with_view(|info| info.creation.get()) else {
        return Ok(());
    };
    if creation == Creation::Default {
        return Ok(());
    }
    let modified = if indirect {
        "its base or another view of its base has been"
    } else {
        "is being"
    };
    let output = node.map(|node| {
        format!(
            "Output {} of {} is a view",
            view.output_nr(),
            forward_name(&node.name())
        )
    });
    let in_mode = matches!(creation, Creation::NoGrad | Creation::InferenceMode);
    let start = match output {
        Some(output) if !in_mode => format!("{output} and {modified} modified inplace."),
        output => {
            let made = output.map_or("A view was created in".to_string(), |output| {
                format!("{output} of a view which was created in")
            });
            match creation {
                Creation::InferenceMode => {
                    format!("{made} inference mode and {modified} modified inplace in normal mode.")
                }
                _ => format!("{made} no_grad mode and {modified} modified inplace with grad mode enabled."),
            }
        }
    };
    let block = |block: &str| {
        format!(
            "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the {block} block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
        )
    };
    let why = match creation {
        Creation::Default => String::new(),
        Creation::MultiOutput => "This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.".into(),
        Creation::CustomFunction => "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.".into(),
        Creation::NoGrad => block("no_grad"),
        Creation::InferenceMode => block("inference_mode"),
    };
    error::runtime(format!("{start} {why}"))
}
