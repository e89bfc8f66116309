//! Anomaly mode: where the forward call of a node stood that fails in backward.

use super::node::attached;
use crate::array::warning;
use crate::autograd::hook::{self, Observer};
use crate::autograd::node::NodeRef;
use crate::torch::machine;
use std::rc::Rc;

/// Keeps the traceback of each node that is made, and shows it when the node fails.
struct Tracebacks;

impl Observer for Tracebacks {
    fn created(&self, node: &NodeRef, parent: Option<&NodeRef>) {
        let text = machine::back(|vm| Ok(vm.stack_text()));
        let attached = attached(node);
        if let Ok(text) = text {
            let _set = attached.traceback.set(text);
        }
        if let Some(parent) = parent {
            let _set = attached.parent.set(parent.clone());
        }
    }

    fn failed(&self, node: &NodeRef) {
        let name = node.name();
        let own = attached(node);
        let Some(text) = own.traceback.get() else {
            warning::warn(format!(
                "Error detected in {name}. No forward pass information available. Enable detect anomaly during forward pass for more information."
            ));
            return;
        };
        warning::warn(format!(
            "Error detected in {name}. Traceback of forward call that caused the error:\n{text}"
        ));
        let mut parent = own.parent.get().cloned();
        while let Some(node) = parent {
            let attached = attached(&node);
            let own = node.name();
            let Some(text) = attached.traceback.get() else {
                warning::warn(format!(
                    "\n\nPrevious calculation was induced by {own}. No forward pass information available. Enable detect anomaly during forward pass for more information."
                ));
                return;
            };
            warning::warn(format!(
                "\n\nPrevious calculation was induced by {own}. Traceback of forward call that induced the previous calculation:\n{text}"
            ));
            parent = attached.parent.get().cloned();
        }
    }
}

/// Follows anomaly mode being switched.
pub fn watch(on: bool) {
    let observer: Option<Rc<dyn Observer>> = if on { Some(Rc::new(Tracebacks)) } else { None };
    hook::set_observer(observer);
}
