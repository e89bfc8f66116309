//! Normalisation: over the last dimensions, over the batch, over groups of channels.

pub mod batch;
pub mod group;
pub mod layer;

use crate::array::{Array, Dims, Result, error};
use crate::autograd::engine::{self, Options, Root};
use crate::autograd::{Tensor, modes};
use crate::ops::formula::*;
use crate::ops::reduction::sum::mean_dims;

/// The gradient of (x - mean) rstd for the gradient `g` of its result, mean and rstd taken over these dimensions.
fn backward(g: &Tensor, x: &Tensor, mean: &Tensor, rstd: &Tensor, dims: &[i64]) -> Result<Tensor> {
    let normal = mul(&sub(x, mean)?, rstd)?;
    let level = mean_dims(g, dims, true)?;
    let slope = mul(&normal, &mean_dims(&mul(g, &normal)?, dims, true)?)?;
    mul(&sub(&sub(g, &level)?, &slope)?, rstd)
}

/// Mean and reciprocal standard deviation of `x` as functions of it; `rstd` is the value that the latter has.
fn moments_again(x: &Tensor, rstd: &Tensor, dims: &[i64]) -> Result<(Tensor, Tensor)> {
    let mean = mean_dims(x, dims, true)?;
    let apart = sub(x, &mean)?;
    let variance = mean_dims(&mul(&apart, &apart)?, dims, true)?;
    let eps = sub(&reciprocal(mul(rstd, rstd)?)?, variance.detach())?.detach();
    Ok((mean, rsqrt(&add(&variance, &eps)?)?))
}

/// Pulls cotangents of what differentiable expressions of some inputs give back to these inputs.
fn pulled(
    inputs: &[Option<&Tensor>],
    expressions: impl Fn(&[Option<Tensor>]) -> Result<Vec<Option<Tensor>>>,
    cotangents: &[Option<&Tensor>],
) -> Result<Vec<Option<Tensor>>> {
    let again = modes::is_grad_enabled();
    let _mode = modes::GradMode::set(true);
    let leaf = |input: &Tensor| -> Result<Tensor> {
        if again && input.requires_grad() {
            return crate::ops::shape::copying::clone(input);
        }
        let leaf = input.detach();
        leaf.set_requires_grad(true);
        Ok(leaf)
    };
    let leaves: Vec<Option<Tensor>> = inputs
        .iter()
        .map(|input| input.map(leaf).transpose())
        .collect::<Result<_>>()?;
    let outs = expressions(&leaves)?;
    let roots: Vec<Root> = outs
        .iter()
        .zip(cotangents)
        .filter_map(|(out, cotangent)| {
            let (edge, grad) = (out.as_ref()?.gradient_edge()?, (*cotangent)?.clone());
            Some(Root { edge, grad })
        })
        .collect();
    let wanted: Vec<_> = leaves.iter().flatten().filter_map(Tensor::gradient_edge).collect();
    let options = Options {
        retain_graph: true,
        create_graph: again,
    };
    let mut found = engine::run(roots, &wanted, false, options)?.into_iter();
    Ok(leaves
        .iter()
        .map(|leaf| leaf.as_ref().and_then(|_| found.next().flatten()))
        .collect())
}

/// The results of an op's first overload, those that it left out as None.
fn results(op: &'static Op, args: Args) -> Result<Vec<Option<Tensor>>> {
    let Some(overload) = op.overloads.first() else {
        return error::runtime(format!("{} has no overloads", op.name));
    };
    let outs = overload.call(args)?;
    Ok(outs
        .into_iter()
        .map(|out| match out {
            Arg::Tensor(tensor) => Some(tensor),
            _ => None,
        })
        .collect())
}

/// The first result of an op's first overload.
fn first(op: &'static Op, args: Args) -> Result<Outs> {
    match results(op, args)?.into_iter().next().flatten() {
        Some(out) => one(out),
        None => error::runtime(format!("{} gave nothing", op.name)),
    }
}

/// Which of three gradients are wanted, as an argument.
fn mask(wanted: [bool; 3]) -> Dims {
    wanted.iter().map(|&wanted| i64::from(wanted)).collect()
}

/// The incoming gradients of a backward op's results: those that it did not leave out came one after the other.
fn arrived(b: &crate::ops::Backward, mask: &[i64]) -> [Option<Tensor>; 3] {
    let mut number = 0;
    std::array::from_fn(|at| {
        if mask.get(at).is_some_and(|&made| made == 0) {
            return None;
        }
        number += 1;
        b.grad_of(number - 1).cloned()
    })
}

/// Three results, those that are not wanted left out.
fn masked(parts: [Array; 3], wanted: &[i64]) -> Outs {
    let keep = |at: usize| wanted.get(at).is_none_or(|&wanted| wanted != 0);
    parts
        .into_iter()
        .enumerate()
        .map(|(at, part)| if keep(at) { part.into() } else { Arg::None })
        .collect()
}

/// The array of a tensor that may be absent.
fn array(tensor: Option<&Tensor>) -> Option<Array> {
    tensor.map(|tensor| tensor.array().clone())
}
