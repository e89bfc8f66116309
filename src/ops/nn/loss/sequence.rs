//! The loss of label sequences: connectionist temporal classification.

use super::Reduction;
use crate::array::nn::ctc::{self, Targets};
use crate::array::{Array, Result, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

const CHECKED: &str = "(while checking arguments for ctc_loss_allocate_outputs)";

/// Checks the arguments of `_ctc_loss`; gives where each sample's labels start.
fn starts(log_probs: &Tensor, targets: &Tensor, steps: &[i64], lengths: &[i64], blank: i64) -> Result<Vec<usize>> {
    let &[count, batch, labels] = &log_probs.sizes()[..] else {
        return error::runtime(format!(
            "Expected 3-dimensional tensor, but got {}-dimensional tensor for argument #1 'log_probs' {CHECKED}",
            log_probs.dim()
        ));
    };
    if !(0..labels).contains(&blank) {
        return error::runtime("blank must be in label range");
    }
    for (name, list) in [("input_lengths", steps), ("target_lengths", lengths)] {
        if list.len() as i64 != batch {
            return error::runtime(format!("{name} must be of size batch_size"));
        }
    }
    let negative = |name: &str, list: &[i64]| match list.iter().find(|length| **length < 0) {
        Some(length) => error::runtime(format!(
            "Expected {name} to have value at least 0, but got value {length} {CHECKED}"
        )),
        None => Ok(()),
    };
    negative("target_lengths", lengths)?;
    let size = |wanted: i64, at: usize| {
        let given = targets.sizes().get(at).copied().unwrap_or(0);
        match given == wanted {
            true => Ok(()),
            false => error::runtime(format!(
                "Expected tensor to have size {wanted} at dimension {at}, but got size {given} for argument #2 'targets' {CHECKED}"
            )),
        }
    };
    let mut starts = Vec::with_capacity(lengths.len());
    if targets.dim() == 1 {
        let mut start = 0;
        for length in lengths {
            starts.push(start as usize);
            start += length;
        }
        size(start, 0)?;
    } else {
        size(batch, 0)?;
        let (width, longest) = (
            targets.sizes().get(1).copied().unwrap_or(0),
            lengths.iter().copied().max().unwrap_or(0),
        );
        if width < longest {
            return error::runtime(format!(
                "Expected tensor to have size at least {longest} at dimension 1, but got size {width} for argument #2 'targets' {CHECKED}"
            ));
        }
        starts.extend((0..batch).map(|sample| (sample * width) as usize));
    }
    negative("input_lengths", steps)?;
    if let Some(most) = steps.iter().find(|steps| **steps > count) {
        return error::runtime(format!(
            "Expected input_lengths to have value at most {count}, but got value {most} {CHECKED}"
        ));
    }
    Ok(starts)
}

/// Calls a kernel with the arguments of `_ctc_loss`, which start at `first`.
fn with_targets<R>(
    a: &Args,
    first: usize,
    blank: usize,
    kernel: impl FnOnce(&Array, &Targets) -> Result<R>,
) -> Result<R> {
    let (log_probs, targets) = (a.tensor(first)?, a.tensor(first + 1)?);
    let (steps, lengths, blank) = (a.ints(first + 2)?, a.ints(first + 3)?, a.int(blank)?);
    let starts = starts(log_probs, targets, steps, lengths, blank)?;
    let targets = Targets {
        labels: &targets.array(),
        starts: &starts,
        lengths,
        steps,
        blank,
    };
    kernel(&log_probs.array(), &targets)
}

/// Lengths as numbers.
fn lengths(tensor: &Tensor, name: &str) -> Result<Vec<i64>> {
    if !tensor.dtype().is_integral() {
        return error::runtime(format!("{name} must be integral"));
    }
    Ok(copy::elements(&tensor.array())
        .iter()
        .map(|length| length.to_i64())
        .collect())
}

fn loss(a: &Args, steps: &[i64], lengths: &[i64]) -> Result<Outs> {
    let (log_probs, targets, infinite) = (a.tensor(0)?, a.tensor(1)?, a.bool(6)?);
    let batched = log_probs.dim() == 3;
    let log_probs = if batched {
        log_probs.clone()
    } else {
        unsqueeze(log_probs, 1)?
    };
    let args = args![log_probs, targets, steps, lengths, a.int(4)?, infinite];
    let mut loss = call1(&CTC_LOSS_OF, args)?;
    if infinite {
        let never = eq(&loss, f64::INFINITY)?;
        loss = where_(&never, scalar_like(0.0, &loss)?, &loss)?;
    }
    match Reduction::of(a.int(5)?) {
        Reduction::Mean => {
            let counts: Vec<f64> = lengths.iter().map(|length| (*length).max(1) as f64).collect();
            let counts = copy::cast(&Array::from_vec(&[counts.len() as i64], &counts)?, loss.dtype())?;
            one(crate::ops::reduction::sum::mean(&div(&loss, Tensor::from(counts))?)?)
        }
        Reduction::Sum => one(sum(&loss)?),
        Reduction::None if batched => one(loss),
        Reduction::None => one(squeeze_dim(&loss, 0)?),
    }
}

ops! {
    /// The connectionist temporal classification loss of label sequences.
    CTC_LOSS = "ctc_loss", "torch.ctc_loss(torch.zeros(2, 1, 2), torch.tensor([[1]]), (2,), (1,))", [
        Overload::new(
            "ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, int reduction=Mean, bool zero_infinity=False) -> Tensor",
            FUNCTION,
            |a| loss(a, a.ints(2)?, a.ints(3)?),
            Derivative::Composite,
        ),
        Overload::new(
            "ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, int reduction=Mean, bool zero_infinity=False) -> Tensor",
            FUNCTION,
            |a| {
                let steps = lengths(a.tensor(2)?, "input_lengths")?;
                loss(a, &steps, &lengths(a.tensor(3)?, "target_lengths")?)
            },
            Derivative::Composite,
        ),
    ];
    /// The loss of each sequence, and the forward variables.
    CTC_LOSS_OF = "_ctc_loss", "torch.ctc_loss(torch.zeros(2, 1, 2), torch.tensor([[1]]), (2,), (1,))", [Overload::new(
        "_ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)",
        FUNCTION,
        |a| two(with_targets(a, 0, 4, ctc::ctc)?),
        Derivative::Node("CtcLossBackward0", &[
            grad("log_probs", "log_probs, targets, input_lengths, target_lengths, result0, result1, blank, zero_infinity", |b| {
                call1(&CTC_LOSS_BACKWARD, args![
                    b.grad()?, b.tensor(0)?, b.tensor(1)?, b.ints(2)?, b.ints(3)?, b.result(0)?, b.result(1)?, b.int(4)?,
                    b.bool(5)?
                ])
            }),
            apart("targets"),
        ]),
    ).outputs(1)];
    /// The gradient of ctc_loss.
    CTC_LOSS_BACKWARD = "_ctc_loss_backward", "torch.ctc_loss(torch.zeros(2, 1, 2), torch.tensor([[1]]), (2,), (1,))", [Overload::new(
        "_ctc_loss_backward(Tensor grad, Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, Tensor neg_log_likelihood, Tensor log_alpha, int blank, bool zero_infinity=False) -> Tensor",
        0,
        |a| {
            let (grad, losses, alphas, infinite) = (a.array(0)?, a.array(5)?, a.array(6)?, a.bool(8)?);
            one(with_targets(a, 1, 7, |log_probs, targets| {
                ctc::ctc_backward(&grad, log_probs, targets, &losses, &alphas, infinite)
            })?)
        },
        Derivative::NotImplemented,
    )];
}
