//! Forward mode: the tangents of results from those of arguments.

use super::argument::{Arg, Args, Outs};
use super::op::{By, Derivative, Jvp, Overload};
use super::pointwise::arithmetic::add;
use super::record::{differentiable, tensors_of};
use crate::array::{Array, Result, error};
use crate::autograd::engine::{self, Options, Root};
use crate::autograd::{Tensor, modes};
use std::rc::Rc;

/// True if forward mode is on and an argument carries a tangent.
pub(super) fn is_wanted(args: &Args) -> bool {
    modes::forward_levels() > 0
        && modes::is_forward_grad_enabled()
        && args.each_tensor().any(|tensor| tensor.tangent().is_some())
}

/// Sets the tangents of `outs`, the results of this call.
pub(super) fn propagate(overload: &'static Overload, args: &Args, outs: &Outs) -> Result<()> {
    let rules = match &overload.derivative {
        Derivative::Node(_, rules) => rules,
        Derivative::Composite | Derivative::NotDifferentiable => return Ok(()),
        Derivative::NotImplemented => &[][..],
    };
    if matches!(overload.derivative, Derivative::NotImplemented) {
        return error::not_implemented(format!(
            "Trying to use forward AD with aten::{} that does not support it.",
            overload.parsed().name
        ));
    }
    let unknown = rules.iter().any(|rule| {
        matches!(rule.by, By::NotImplemented)
            && overload
                .parsed()
                .params
                .iter()
                .zip(&args.0)
                .any(|(param, arg)| rule.inputs == param.name && tensors_of(arg).any(|t| t.tangent().is_some()))
    });
    if rules.is_empty() || unknown {
        return error::not_implemented(format!(
            "Trying to use forward AD with {} that does not support it because it has not been implemented yet.\nPlease file an issue to PyTorch at https://github.com/pytorch/pytorch/issues/new?template=feature-request.yml so that we can prioritize its implementation.",
            overload.parsed().name
        ));
    }
    let tangents = match overload.jvp {
        Jvp::Linear => linear(overload, args)?,
        Jvp::Auto => {
            let tracked = args.each_tensor().any(|tensor| {
                tensor.requires_grad() || tensor.tangent().is_some_and(|tangent| tangent.requires_grad())
            });
            let tangents = through_backward(overload, args)?;
            match tracked && modes::is_grad_enabled() {
                true => tangents,
                false => tangents.iter().map(Tensor::detach).collect(),
            }
        }
    };
    let outputs = differentiable(overload, outs);
    for (out, tangent) in outputs.zip(tangents) {
        out.set_tangent(Some(tangent));
    }
    Ok(())
}

/// Every tensor argument by its tangent, zeros where it has none.
fn linear(overload: &'static Overload, args: &Args) -> Result<Vec<Tensor>> {
    let tangent = |tensor: &Tensor| match tensor.tangent() {
        Some(tangent) => Ok(tangent),
        None => Ok(Tensor::from(Array::zeros(tensor.array().sizes(), tensor.dtype())?)),
    };
    let mut tangents = Args(Default::default());
    for arg in &args.0 {
        tangents.0.push(match arg {
            Arg::Tensor(tensor) => Arg::Tensor(tangent(tensor)?),
            Arg::Tensors(list) => {
                let list = list.iter().map(|tensor| tensor.as_ref().map(&tangent).transpose());
                Arg::Tensors(list.collect::<Result<Rc<[_]>>>()?)
            }
            // a number where a tensor may stand does not vary
            Arg::Scalar(_)
                if overload
                    .parsed()
                    .params
                    .get(tangents.0.len())
                    .is_some_and(|p| p.kind.is_tensor()) =>
            {
                Arg::Scalar(crate::array::Scalar::Int(0))
            }
            other => other.clone(),
        });
    }
    let outs = overload.call(tangents)?;
    Ok(differentiable(overload, &outs).cloned().collect())
}

/// The tangent as the derivative of the backward pass: the gradient `g(v)` is linear in the cotangent `v`, and its
/// transpose applied to the arguments' tangents is the tangent of the result.
fn through_backward(overload: &'static Overload, args: &Args) -> Result<Vec<Tensor>> {
    let _mode = modes::GradMode::set(true);
    let _level = modes::ForwardPause::new();
    let mut varied: Vec<(Tensor, Tensor)> = Vec::new();
    let mut substitute = |tensor: &Tensor| match tensor.tangent() {
        None => Ok(tensor.clone()),
        Some(tangent) => {
            let input = if tensor.requires_grad() {
                super::shape::clone(tensor)?
            } else {
                let leaf = tensor.detach();
                leaf.set_requires_grad(true);
                leaf
            };
            varied.push((input.clone(), tangent));
            Ok(input)
        }
    };
    let mut fresh = Args(Default::default());
    for arg in &args.0 {
        fresh.0.push(match arg {
            Arg::Tensor(tensor) => Arg::Tensor(substitute(tensor)?),
            Arg::Tensors(list) => {
                let list = list
                    .iter()
                    .map(|tensor| tensor.as_ref().map(&mut substitute).transpose());
                Arg::Tensors(list.collect::<Result<Rc<[_]>>>()?)
            }
            other => other.clone(),
        });
    }
    let outs = overload.call(fresh)?;
    let wanted: Vec<_> = varied.iter().filter_map(|(input, _)| input.gradient_edge()).collect();
    let keep = Options {
        retain_graph: true,
        create_graph: true,
    };
    let mut tangents = Vec::new();
    for out in differentiable(overload, &outs) {
        let zero = || Ok(Tensor::from(Array::zeros(out.array().sizes(), out.dtype())?));
        let Some(edge) = out.gradient_edge() else {
            tangents.push(zero()?);
            continue;
        };
        let cotangent: Tensor = zero()?;
        cotangent.set_requires_grad(true);
        let gradients = engine::run(
            vec![Root {
                edge,
                grad: cotangent.clone(),
            }],
            &wanted,
            false,
            keep,
        )?;
        let mut sum: Option<Tensor> = None;
        for (gradient, (_, tangent)) in gradients.into_iter().zip(&varied) {
            let Some(edge) = gradient.as_ref().and_then(Tensor::gradient_edge) else {
                continue;
            };
            let target = [cotangent.gradient_edge()].into_iter().flatten().collect::<Vec<_>>();
            let part = engine::run(
                vec![Root {
                    edge,
                    grad: tangent.clone(),
                }],
                &target,
                false,
                keep,
            )?;
            if let Some(Some(part)) = part.into_iter().next() {
                sum = Some(match sum {
                    Some(sum) => add(&sum, &part)?,
                    None => part,
                });
            }
        }
        tangents.push(match sum {
            Some(sum) => sum,
            None => zero()?,
        });
    }
    Ok(tangents)
}
