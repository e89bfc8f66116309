//! The negative log-likelihood of classes.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::{Real, companion, in_precision, indices};

/// Which elements of the input count: class c of sample i at place p is element `(i * classes + c) * inner + p`.
#[derive(Clone, Copy)]
pub struct Classes {
    pub classes: usize,
    /// Places a sample has, 1 but for images.
    pub inner: usize,
    pub ignore: i64,
}

/// How a loss of many elements becomes one number.
#[derive(Clone, Copy, PartialEq)]
pub enum Total {
    /// Every element for itself.
    Each,
    Mean,
    Sum,
}

impl Classes {
    /// The element of the input for target number `at`; None where it is ignored.
    #[inline(always)]
    fn element(&self, at: usize, class: i64) -> Result<Option<usize>> {
        if class == self.ignore {
            return Ok(None);
        }
        if class < 0 || class as usize >= self.classes {
            return error::index(format!("Target {class} is out of bounds."));
        }
        let (sample, place) = (at / self.inner, at % self.inner);
        Ok(Some((sample * self.classes + class as usize) * self.inner + place))
    }
}

/// Levels of the cascade in which PyTorch sums these losses.
const LEVELS: usize = 8;

/// Minus the weighted input at each target's class, and the weight of all targets.
pub fn nll(
    input: &Array,
    target: &Array,
    weight: Option<&Array>,
    total: Total,
    classes: Classes,
) -> Result<(Array, Array)> {
    in_precision!(
        input,
        "nll_loss_out_frame",
        forward(input, target, weight, total, classes)
    )
}

fn forward<T: Real>(
    input: &Array,
    target: &Array,
    weight: Option<&Array>,
    total: Total,
    classes: Classes,
) -> Result<(Array, Array)> {
    let dtype = input.dtype();
    let values = copy::lanes::<T>(input)?;
    let targets = indices(target)?;
    let weights = weight.map(|weight| companion::<T>(weight, dtype)).transpose()?;
    if total == Total::Each {
        let out = Array::zeros(target.sizes(), T::DTYPE)?;
        for ((at, &class), loss) in targets.iter().enumerate().zip(out.fresh_slice_mut::<T>()) {
            if let Some(element) = classes.element(at, class)? {
                let value = -values[element];
                *loss = match &weights {
                    Some(weights) => value * weights[class as usize],
                    None => value,
                };
            }
        }
        return Ok((copy::cast(&out, dtype)?, Array::zeros(&[], dtype)?));
    }
    let power = (usize::BITS - targets.len().saturating_sub(1).leading_zeros())
        .div_euclid(LEVELS as u32)
        .max(4);
    let mask = (1usize << power) - 1;
    let (mut losses, mut counted) = ([T::default(); LEVELS], [T::default(); LEVELS]);
    let mut ignored = 0;
    for (at, &class) in targets.iter().enumerate() {
        let Some(element) = classes.element(at, class)? else {
            ignored += 1;
            continue;
        };
        match &weights {
            Some(weights) => {
                let weight = weights[class as usize];
                losses[0] -= values[element] * weight;
                counted[0] += weight;
            }
            None => losses[0] -= values[element],
        }
        for level in 0..LEVELS - 1 {
            if at & (mask << (level as u32 * power)) != 0 {
                break;
            }
            let (loss, count) = (losses[level], counted[level]);
            losses[level + 1] += loss;
            counted[level + 1] += count;
            (losses[level], counted[level]) = (T::default(), T::default());
        }
    }
    let sum = |levels: [T; LEVELS]| levels.into_iter().fold(T::default(), |sum, level| sum + level);
    let all = match weights {
        Some(_) => sum(counted),
        None => T::from_f64((targets.len() - ignored) as f64),
    };
    let mut loss = sum(losses);
    if total == Total::Mean {
        loss = loss / all;
    }
    Ok((
        copy::cast(&Array::from_element(loss)?, dtype)?,
        copy::cast(&Array::from_element(all)?, dtype)?,
    ))
}

/// The gradient of `nll`: minus the weighted incoming gradient at each target's class.
pub fn nll_backward(
    grad: &Array,
    input: &Array,
    target: &Array,
    weight: Option<&Array>,
    total: Total,
    classes: Classes,
    all: &Array,
) -> Result<Array> {
    in_precision!(
        input,
        "nll_loss_backward_out_frame",
        backward(grad, input, target, weight, total, classes, all)
    )
}

fn backward<T: Real>(
    grad: &Array,
    input: &Array,
    target: &Array,
    weight: Option<&Array>,
    total: Total,
    classes: Classes,
    all: &Array,
) -> Result<Array> {
    let out = Array::zeros(input.sizes(), T::DTYPE)?;
    let result = out.fresh_slice_mut::<T>();
    let grads = copy::lanes::<T>(grad)?;
    let weights = weight.map(copy::lanes::<T>).transpose()?;
    let all = T::from_f64(copy::item(all)?.to_f64());
    let one = T::from_f64(1.0);
    for (at, &class) in indices(target)?.iter().enumerate() {
        let Some(element) = classes.element(at, class)? else {
            continue;
        };
        let weight = weights.as_ref().map_or(one, |weights| weights[class as usize]);
        let own = match total {
            Total::Each => grads[at],
            Total::Mean => grads[0] / all,
            Total::Sum => grads[0],
        };
        result[element] = -weight * own;
    }
    copy::into_dtype(
        out,
        if input.dtype() == T::DTYPE {
            T::DTYPE
        } else {
            input.dtype()
        },
    )
}

/// True if every element is at least 0 and below `classes`, or there is none.
pub fn are_classes(target: &Array, classes: i64) -> Result<bool> {
    Ok(target.dtype() == Dtype::Bool || indices(target)?.iter().all(|class| (0..classes).contains(class)))
}
