//! Connectionist temporal classification: the likelihood of label sequences under all their alignments.

use super::super::array::Array;
use super::super::copy;
use super::super::error::Result;
use super::{Real, in_precision, indices};

/// Sequences of labels: those of sample b start at `starts[b]` in `labels`.
pub struct Targets<'a> {
    pub labels: &'a Array,
    pub starts: &'a [usize],
    pub lengths: &'a [i64],
    /// How many steps of the input count, a sample.
    pub steps: &'a [i64],
    pub blank: i64,
}

/// ln of a sum of exponentials, each less the largest.
fn log_sum<T: Real>(terms: [T; 3]) -> T {
    let low = T::from_f64(f64::NEG_INFINITY);
    let mut most = terms.into_iter().fold(low, |most, x| if x > most { x } else { most });
    if most == low {
        most = T::default();
    }
    terms
        .into_iter()
        .map(|x| (x - most).exp())
        .fold(T::default(), |sum, x| sum + x)
        .ln()
        + most
}

/// One sample: labels with blanks between, before and after.
struct Path<'a> {
    labels: &'a [i64],
    blank: i64,
}

impl Path<'_> {
    fn label(&self, at: usize) -> usize {
        match at % 2 {
            0 => self.blank as usize,
            _ => self.labels.get(at / 2).copied().unwrap_or(self.blank) as usize,
        }
    }
}

/// The same for forward and backward: log-probabilities [steps, batch, labels].
struct Input<'a, T: Copy> {
    values: std::borrow::Cow<'a, [T]>,
    batch: usize,
    labels: usize,
}

impl<T: Real> Input<'_, T> {
    fn at(&self, step: usize, sample: usize, label: usize) -> T {
        let row = (step * self.batch + sample) * self.labels;
        // a label beyond the range has no place here
        match label < self.labels {
            true => self.values[row + label],
            false => T::from_f64(f64::NEG_INFINITY),
        }
    }
}

fn input<T: Real>(log_probs: &Array) -> Result<(Input<'_, T>, usize)> {
    let size = |at: usize| log_probs.sizes().get(at).copied().unwrap_or(0) as usize;
    let known = Input {
        values: copy::lanes::<T>(log_probs)?,
        batch: size(1),
        labels: size(2),
    };
    Ok((known, size(0)))
}

/// Minus the log-likelihood of each sample, and the forward variables [batch, steps, 2 longest + 1].
pub fn ctc(log_probs: &Array, targets: &Targets) -> Result<(Array, Array)> {
    in_precision!(log_probs, "ctc_loss_cpu", forward(log_probs, targets))
}

fn forward<T: Real>(log_probs: &Array, targets: &Targets) -> Result<(Array, Array)> {
    let low = T::from_f64(f64::NEG_INFINITY);
    let (input, steps) = input::<T>(log_probs)?;
    let labels = indices(targets.labels)?;
    let width = 2 * targets.lengths.iter().copied().max().unwrap_or(0) as usize + 1;
    let alphas = Array::zeros(&[input.batch as i64, steps as i64, width as i64], T::DTYPE)?;
    let table = alphas.fresh_slice_mut::<T>();
    table.fill(low);
    let mut losses = Vec::with_capacity(input.batch);
    for sample in 0..input.batch {
        let (length, count) = (targets.lengths[sample] as usize, targets.steps[sample] as usize);
        let start = targets.starts[sample];
        let path = Path {
            labels: labels.get(start..start + length).unwrap_or(&[]),
            blank: targets.blank,
        };
        let alpha = &mut table[sample * steps * width..(sample + 1) * steps * width];
        if count == 0 {
            losses.push(if length == 0 { T::default() } else { -low });
            continue;
        }
        alpha[0] = input.at(0, sample, path.label(0));
        if length > 0 {
            alpha[1] = input.at(0, sample, path.label(1));
        }
        for step in 1..count {
            for at in 0..2 * length + 1 {
                let label = path.label(at);
                let before = &alpha[(step - 1) * width..step * width];
                let one = if at > 0 { before[at - 1] } else { low };
                let two = if at > 1 && path.label(at - 2) != label {
                    before[at - 2]
                } else {
                    low
                };
                alpha[step * width + at] = log_sum([before[at], one, two]) + input.at(step, sample, label);
            }
        }
        let last = &alpha[(count - 1) * width..count * width];
        losses.push(match length {
            0 => -last[0],
            _ => -log_sum([last[2 * length], last[2 * length - 1], low]),
        });
    }
    Ok((Array::from_vec(&[losses.len() as i64], &losses)?, alphas))
}

/// The gradient of `ctc` for the log-probabilities. With `zero_infinity` impossible samples get none.
pub fn ctc_backward(
    grad: &Array,
    log_probs: &Array,
    targets: &Targets,
    losses: &Array,
    alphas: &Array,
    zero_infinity: bool,
) -> Result<Array> {
    in_precision!(
        log_probs,
        "ctc_loss_backward_cpu",
        backward(grad, log_probs, targets, losses, alphas, zero_infinity)
    )
}

fn backward<T: Real>(
    grad: &Array,
    log_probs: &Array,
    targets: &Targets,
    losses: &Array,
    alphas: &Array,
    zero_infinity: bool,
) -> Result<Array> {
    let low = T::from_f64(f64::NEG_INFINITY);
    let (input, steps) = input::<T>(log_probs)?;
    let labels = indices(targets.labels)?;
    let (grads, losses, alphas) = (
        copy::lanes::<T>(grad)?,
        copy::lanes::<T>(losses)?,
        copy::lanes::<T>(alphas)?,
    );
    let width = alphas.len() / (input.batch * steps).max(1);
    let out = Array::zeros(log_probs.sizes(), T::DTYPE)?;
    let result = out.fresh_slice_mut::<T>();
    for sample in 0..input.batch {
        let (length, count) = (targets.lengths[sample] as usize, targets.steps[sample] as usize);
        let loss = losses[sample];
        if count == 0 || zero_infinity && loss == -low {
            continue;
        }
        let start = targets.starts[sample];
        let path = Path {
            labels: labels.get(start..start + length).unwrap_or(&[]),
            blank: targets.blank,
        };
        let alpha = &alphas[sample * steps * width..(sample + 1) * steps * width];
        let mut after = vec![low; width];
        for step in (0..count).rev() {
            let mut beta = vec![low; width];
            // ln of the probability mass that passes each label at this step
            let mut mass = vec![low; input.labels];
            for at in (0..2 * length + 1).rev() {
                let label = path.label(at);
                let paths = if step + 1 == count {
                    if at + 2 > 2 * length { T::default() } else { low }
                } else {
                    let one = if at < 2 * length { after[at + 1] } else { low };
                    let far = at + 2 <= 2 * length && path.label(at + 2) != label;
                    log_sum([after[at], one, if far { after[at + 2] } else { low }])
                };
                beta[at] = paths + input.at(step, sample, label);
                if let Some(mass) = mass.get_mut(label) {
                    *mass = log_sum([*mass, alpha[step * width + at] + beta[at], low]);
                }
            }
            let row = (step * input.batch + sample) * input.labels;
            for (label, &mass) in mass.iter().enumerate() {
                let log_prob = input.values[row + label];
                result[row + label] = (log_prob.exp() - (mass + loss - log_prob).exp()) * grads[sample];
            }
            after = beta;
        }
    }
    Ok(out)
}
