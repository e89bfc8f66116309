//! The in-place and `out=` forms, made from the out-of-place one.

use super::argument::{Arg, Args, Outs};
use super::op::{Derivative, Overload, Saved, VIEW};
use super::{forward, record, view};
use crate::array::{Result, array::format_sizes, copy, error, promote, warning};
use crate::autograd::{Tensor, modes};

impl Overload {
    /// Calls the in-place form: writes the result into the first argument and gives that.
    pub fn call_in_place(&'static self, args: Args) -> Result<Tensor> {
        let target = args.tensor(0)?.clone();
        let requires_grad = modes::is_grad_enabled() && args.each_tensor().any(Tensor::requires_grad);
        check_in_place(&target, requires_grad)?;
        let records = record::records(self, &args);
        // what the formula reads of self must be kept from the write
        let original = (records && saves_self(self)).then(|| copy_of(&target)).transpose()?;
        let node = if records {
            Some(record::node(self, &args, original.as_ref())?)
        } else {
            None
        };
        let outs = {
            let below = !matches!(self.derivative, Derivative::Composite) || !requires_grad;
            let _mode = modes::GradMode::set(!below && modes::is_grad_enabled());
            (self.forward)(&args)?
        };
        let Some(Arg::Tensor(result)) = outs.first() else {
            return error::runtime(format!("{}_ gives no tensor", self.parsed().name));
        };
        if result.is(&target) {
            return Ok(target);
        }
        if self.is(VIEW) {
            target.set_array(result.array().clone());
        } else if matches!(self.derivative, Derivative::Composite) && requires_grad {
            super::shape::copy_in_place(&target, result)?;
            return Ok(target);
        } else {
            let tangent = match forward::is_wanted(&args) {
                true => {
                    forward::propagate(self, &args, &outs)?;
                    result.tangent()
                }
                false => None,
            };
            write(&target, result)?;
            if let Some(tangent) = tangent {
                // a view's tangent is a view of its base's
                match target.tangent() {
                    Some(held) if held.sizes() == tangent.sizes() && held.dtype() == tangent.dtype() => {
                        super::shape::copy_in_place(&held, &tangent)?;
                    }
                    // not shared with where it came from: later writes change it
                    _ => target.set_tangent(Some(super::shape::clone(&tangent)?)),
                }
            }
        }
        if let Some(node) = node {
            view::rebase(&target, node.clone())?;
            record::save_results(&node, &smallvec::smallvec![Arg::Tensor(target.clone())])?;
        }
        Ok(target)
    }

    /// Calls the `out=` form: one tensor of `outs` for each result.
    pub fn call_out(&'static self, args: Args, outs: &[Tensor]) -> Result<Outs> {
        if modes::is_grad_enabled()
            && (args.each_tensor().any(Tensor::requires_grad) || outs.iter().any(Tensor::requires_grad))
            && !matches!(self.derivative, Derivative::NotDifferentiable)
        {
            return error::runtime(format!(
                "{}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.",
                self.parsed().name
            ));
        }
        if forward::is_wanted(&args) {
            return error::not_implemented(format!(
                "Trying to use forward AD with {}_out that does not support it because it is an out= function",
                self.parsed().name
            ));
        }
        let _below = modes::GradMode::set(false);
        if let Some(check) = self.out.check {
            check(&args, outs)?;
        }
        let results = (self.forward)(&args)?;
        for (result, out) in results.iter().zip(outs) {
            let Arg::Tensor(result) = result else { continue };
            if let (Some(words), true) = (self.out.words, result.dtype() != out.dtype()) {
                return error::runtime(words(result.dtype(), out.dtype()));
            }
            if !promote::can_cast(result.dtype(), out.dtype()) {
                return error::runtime(format!(
                    "result type {} can't be cast to the desired output type {}",
                    result.dtype().scalar_type(),
                    out.dtype().scalar_type()
                ));
            }
            if out.array().sizes() != result.array().sizes() {
                if out.numel() > 0 {
                    let (had, needed) = (format_sizes(out.array().sizes()), format_sizes(result.array().sizes()));
                    warning::warn(format!(
                        "An output with one or more elements was resized since it had shape {had}, which does not match the required output shape {needed}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0)."
                    ));
                }
                super::shape::resize(out, &result.sizes())?;
            }
            copy::copy_into(&out.array(), &result.array())?;
            count_write(out)?;
        }
        Ok(outs.iter().map(Arg::from).collect())
    }
}

fn saves_self(overload: &Overload) -> bool {
    overload
        .ready()
        .saves
        .iter()
        .any(|save| save.what == Saved::Argument(0))
}

fn copy_of(tensor: &Tensor) -> Result<Tensor> {
    let _mode = modes::GradMode::set(false);
    let copied = Tensor::from(copy::clone(&tensor.array())?);
    if let Some(edge) = tensor.gradient_edge() {
        if tensor.is_leaf() {
            copied.set_requires_grad(true);
        } else {
            copied.set_gradient_edge(edge);
        }
    }
    Ok(copied)
}

/// Counts a write in place. Tensors made in inference mode have no counter: outside of it that is an error, though the
/// write has happened by then.
fn count_write(target: &Tensor) -> Result<()> {
    if target.is_inference() && !modes::is_inference_mode() {
        return error::runtime(
            "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.",
        );
    }
    target.bump_version();
    Ok(())
}

/// Refuses what must not be written in place; `requires_grad` says whether the write would be recorded.
pub fn check_in_place(target: &Tensor, requires_grad: bool) -> Result<()> {
    if !requires_grad || !modes::is_grad_enabled() {
        return Ok(());
    }
    if let Some(base) = target.base() {
        crate::autograd::view::check_write(target, target.stored_grad_fn().as_ref())?;
        if target.requires_grad() && base.is_leaf() {
            return error::runtime(
                "a view of a leaf Variable that requires grad is being used in an in-place operation.",
            );
        }
    }
    if target.requires_grad() && target.is_leaf() {
        return error::runtime("a leaf Variable that requires grad is being used in an in-place operation.");
    }
    Ok(())
}

/// Puts the elements of `result` into `target` and counts the write.
pub(super) fn write(target: &Tensor, result: &Tensor) -> Result<()> {
    if target.array().sizes() != result.array().sizes() {
        return error::runtime(format!(
            "output with shape {} doesn't match the broadcast shape {}",
            format_sizes(target.array().sizes()),
            format_sizes(result.array().sizes())
        ));
    }
    if !promote::can_cast(result.dtype(), target.dtype()) {
        return error::runtime(format!(
            "result type {} can't be cast to the desired output type {}",
            result.dtype().scalar_type(),
            target.dtype().scalar_type()
        ));
    }
    crate::array::layout::assert_no_internal_overlap(&target.array())?;
    copy::copy_into(&target.array(), &result.array())?;
    count_write(target)
}
