//! Tensors that a node keeps for its backward pass: PyTorch's `SavedVariable`.

use super::node::NodeRef;
use super::{Edge, Tensor, modes};
use crate::array::{Dtype, Result, array::format_sizes, error};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// `saved_tensors_hooks`: packs a tensor when it is saved, unpacks it when it is needed.
pub trait SavedTensorHooks {
    fn pack(&self, tensor: &Tensor) -> Result<Rc<dyn Any>>;
    fn unpack(&self, packed: &Rc<dyn Any>) -> Result<Tensor>;
}

enum State {
    /// An input, or an output that is a leaf: the tensor itself.
    Original(Tensor),
    /// An output: without its node, which would hold itself.
    Output(Tensor),
    /// What a hook made of it.
    Packed(Box<Packed>),
    /// An argument that was None.
    Nothing,
    Freed,
}

/// A tensor in the hands of hooks, and what the unpacked one gets back of it.
struct Packed {
    hooks: Rc<dyn SavedTensorHooks>,
    packed: Rc<dyn Any>,
    requires_grad: bool,
    edge: Option<Edge>,
}

/// A saved tensor with the version it had.
pub struct SavedTensor {
    state: RefCell<State>,
    version: u32,
    output_nr: u32,
    is_output: bool,
    /// Had a node when it was saved.
    had_node: bool,
}

const FREED: &str = "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.";

/// The wording up to PyTorch 1.8.
const FREED_1_8: &str = "Trying to backward through the graph a second time, but the saved intermediate results have already been freed. Specify retain_graph=True when calling backward the first time.";

/// The message for saved tensors that were freed, in the words of the chosen version.
pub fn freed_message() -> &'static str {
    if crate::array::wording::at_most(1, 8) {
        FREED_1_8
    } else {
        FREED
    }
}

/// What the hook keeps of a tensor, which it must not write to.
fn pack(hooks: &dyn SavedTensorHooks, tensor: &Tensor) -> Result<Rc<dyn Any>> {
    let _mode = modes::GradMode::set(false);
    let before = tensor.version();
    let packed = hooks.pack(tensor)?;
    if tensor.version() != before {
        return error::runtime(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place operations on the input to a pack hook.",
        );
    }
    Ok(packed)
}

impl SavedTensor {
    /// Saves an input, or (with `is_output`) an output of the node that is being made. Calls the pack hook if one is set.
    pub fn new(tensor: Option<&Tensor>, is_output: bool) -> Result<SavedTensor> {
        let Some(tensor) = tensor else {
            return Ok(SavedTensor {
                state: RefCell::new(State::Nothing),
                version: 0,
                output_nr: 0,
                is_output: false,
                had_node: false,
            });
        };
        if tensor.is_inference() && modes::is_grad_enabled() && !modes::is_inference_mode() {
            return error::runtime(
                "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`.",
            );
        }
        let saved = |state| SavedTensor {
            state: RefCell::new(state),
            version: tensor.version(),
            output_nr: tensor.output_nr(),
            is_output,
            had_node: !is_output && tensor.has_grad_fn(),
        };
        if let Some(hooks) = modes::saved_tensor_hooks() {
            let packed = pack(&*hooks, tensor)?;
            let edge = if is_output { None } else { tensor.gradient_edge() };
            return Ok(saved(State::Packed(Box::new(Packed {
                hooks,
                packed,
                requires_grad: tensor.requires_grad(),
                edge,
            }))));
        }
        Ok(saved(if is_output {
            State::Output(tensor.detach())
        } else {
            State::Original(tensor.clone())
        }))
    }

    /// The tensor again; `owner` is the node that saved it. None where the argument was None.
    /// Errors when it was freed or modified in place since.
    pub fn unpack(&self, owner: &NodeRef) -> Result<Option<Tensor>> {
        let tensor = match &*self.state.borrow() {
            State::Nothing => return Ok(None),
            State::Freed => return error::runtime(freed_message()),
            State::Original(tensor) => tensor.clone(),
            State::Output(detached) => {
                self.check_version(detached, Some(owner))?;
                let output = Tensor::from(detached.array().clone());
                output.share_version(detached);
                output.set_gradient_edge(Edge {
                    node: owner.clone(),
                    input: self.output_nr,
                });
                return Ok(Some(output));
            }
            State::Packed(kept) => {
                let (hooks, packed, requires_grad) = (kept.hooks.clone(), kept.packed.clone(), kept.requires_grad);
                let edge = kept.edge.clone().or_else(|| {
                    self.is_output.then(|| Edge {
                        node: owner.clone(),
                        input: self.output_nr,
                    })
                });
                let unpacked = hooks.unpack(&packed)?;
                if !requires_grad {
                    return Ok(Some(unpacked));
                }
                let tensor = unpacked.detach();
                match edge {
                    Some(edge) if edge.node.sequence() != super::node::FIRST => tensor.set_gradient_edge(edge),
                    Some(edge) => {
                        // a leaf's gradients go where those of the leaf itself go
                        tensor.set_requires_grad(true);
                        tensor.set_accumulator(&edge.node);
                    }
                    None => tensor.set_requires_grad(true),
                }
                return Ok(Some(tensor));
            }
        };
        if self.had_node && !tensor.has_grad_fn() {
            return error::runtime(
                "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not supported, please use out-of-place `.detach()` instead",
            );
        }
        if tensor.version() != self.version {
            self.check_version(&tensor, tensor.grad_fn().as_ref())?;
        }
        Ok(Some(tensor))
    }

    fn check_version(&self, tensor: &Tensor, made_by: Option<&NodeRef>) -> Result<()> {
        let now = tensor.version();
        if now == self.version {
            return Ok(());
        }
        let mut message = format!(
            "one of the variables needed for gradient computation has been modified by an inplace operation: [{} {}]",
            cpp_type(tensor.dtype()),
            format_sizes(tensor.array().sizes())
        );
        if let Some(node) = made_by {
            message += &format!(
                ", which is output {} of {},",
                self.output_nr,
                forward_name(&node.name())
            );
        }
        message += &format!(
            " is at version {now}; expected version {} instead. Hint: ",
            self.version
        );
        message += match modes::anomaly() {
            Some(_) => {
                "the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in there or anywhere later. Good luck!"
            }
            None => {
                "enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False)."
            }
        };
        error::runtime(message)
    }

    /// Frees it: later use is an error.
    pub fn release(&self) {
        let old = self.state.replace(State::Freed);
        drop(old);
    }

    /// Moves the saved tensor out, for the iterative freeing of graphs.
    pub fn surrender(&mut self, sink: &mut Vec<Tensor>) {
        if let State::Original(tensor) | State::Output(tensor) = std::mem::replace(self.state.get_mut(), State::Freed) {
            sink.push(tensor);
        }
    }

    /// Replaces it by what `hooks` make of it: `register_hooks` of a raw saved tensor.
    pub fn register_hooks(&self, hooks: Rc<dyn SavedTensorHooks>, owner: &NodeRef) -> Result<()> {
        if matches!(&*self.state.borrow(), State::Freed) {
            return error::runtime(
                "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved variables after calling backward.",
            );
        }
        if matches!(&*self.state.borrow(), State::Packed(_)) {
            return error::runtime(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed at a time.",
            );
        }
        let Some(tensor) = self.unpack(owner)? else {
            return error::runtime("Calling register_hooks on a saved tensor with value None is forbidden");
        };
        let packed = pack(&*hooks, &tensor)?;
        let edge = if self.is_output { None } else { tensor.gradient_edge() };
        let old = self.state.replace(State::Packed(Box::new(Packed {
            hooks,
            packed,
            requires_grad: tensor.requires_grad(),
            edge,
        })));
        drop(old);
        Ok(())
    }
}

/// How C++ names the type of tensors of a dtype where it knows no old name of it.
pub fn cpp_type(dtype: Dtype) -> String {
    match dtype {
        Dtype::Bool | Dtype::BFloat16 | Dtype::Complex64 | Dtype::Complex128 => {
            format!("CPU{}Type", dtype.scalar_type())
        }
        _ => format!("torch.{}Tensor", dtype.scalar_type()),
    }
}

/// `Exp` of `ExpBackward0`: how messages name the operation behind a node.
pub fn forward_name(node: &str) -> &str {
    node.trim_end_matches(|c: char| c.is_ascii_digit())
        .strip_suffix("Backward")
        .unwrap_or(node)
}
