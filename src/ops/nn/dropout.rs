//! Dropout: elements or whole features set to zero at random, the others scaled up.

use crate::array::{Dtype, Result, copy, error, layout, random};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::pointwise::arithmetic::{ADD, MUL};

/// What is dropped: single elements, or features (the first two dimensions).
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Element,
    Feature,
}

/// The sizes of the noise for an input: 1 beyond a feature's dimensions.
fn noise(input: &Tensor, unit: Unit, p: f64) -> Result<Tensor> {
    let noise = match unit {
        Unit::Element => layout::zeros_like(&input.array(), input.dtype())?,
        Unit::Feature => {
            if input.dim() < 2 {
                return error::runtime("Feature dropout requires at least 2 dimensions in the input");
            }
            let mut sizes = input.sizes();
            sizes.iter_mut().skip(2).for_each(|size| *size = 1);
            crate::array::Array::zeros(&sizes, input.dtype())?
        }
    };
    draw(&noise, 1.0 - p)?;
    Ok(noise.into())
}

/// Ones with this probability, else zeros.
fn draw(mask: &crate::array::Array, p: f64) -> Result<()> {
    let generator = crate::ops::generator::default_generator();
    random::bernoulli_(mask, p, &mut generator.borrow_mut())
}

/// The product of an input and its noise, in place or not.
fn times(input: &Tensor, noise: Tensor, in_place: bool) -> Result<Tensor> {
    match in_place {
        true => MUL.overloads[0].call_in_place(args![input, noise]),
        false => mul(input, noise),
    }
}

fn dropped(a: &Args, unit: Unit, alpha: bool, in_place: bool) -> Result<Outs> {
    let (input, p) = (a.tensor(0)?, a.float(1)?);
    if !(0.0..=1.0).contains(&p) {
        return error::runtime(format!("dropout probability has to be between 0 and 1, but got {p}"));
    }
    if p == 0.0 || !a.bool(2)? || input.numel() == 0 {
        return one(input.clone());
    }
    if p == 1.0 {
        return one(times(input, scalar_like(0.0, input)?, in_place)?);
    }
    let noise = noise(input, unit, p)?;
    if input.dtype().is_integral() {
        return error::runtime(format!(
            "result type {} can't be cast to the desired output type {}",
            crate::array::promote::default_dtype().scalar_type(),
            input.dtype().scalar_type()
        ));
    }
    if !alpha {
        return one(times(input, div(&noise, 1.0 - p)?, in_place)?);
    }
    // keeps mean and variance: dropped elements take SELU's negative limit
    const LIMIT: f64 = 1.758_099_340_847_376_6;
    let scale = 1.0 / ((LIMIT * LIMIT * p + 1.0) * (1.0 - p)).sqrt();
    let shift = add(mul(add(&noise, -1)?, LIMIT * scale)?, LIMIT * scale * p)?;
    let product = times(input, mul(&noise, scale)?, in_place)?;
    match in_place {
        true => one(ADD.overloads[0].call_in_place(args![product, shift, 1])?),
        false => one(add(&product, &shift)?),
    }
}

ops! {
    /// Sets elements to zero with probability p and scales the others by 1 / (1 - p).
    DROPOUT = "dropout", "torch.dropout(torch.ones(2), 0.5, False)", [Overload::new(
        "dropout(Tensor input, float p, bool train) -> Tensor",
        FUNCTION | RANDOM,
        |a| dropped(a, Unit::Element, false, false),
        Derivative::Composite,
    )];
    /// Sets whole features to zero with probability p and scales the others by 1 / (1 - p).
    FEATURE_DROPOUT = "feature_dropout", "torch.feature_dropout(torch.ones(1, 2), 0.5, False)", [Overload::new(
        "feature_dropout(Tensor input, float p, bool train) -> Tensor",
        FUNCTION | RANDOM,
        |a| dropped(a, Unit::Feature, false, false),
        Derivative::Composite,
    )];
    /// Dropout that keeps mean and variance of SELU networks.
    ALPHA_DROPOUT = "alpha_dropout", "torch.alpha_dropout(torch.ones(2), 0.5, False)", [Overload::new(
        "alpha_dropout(Tensor input, float p, bool train) -> Tensor",
        FUNCTION | RANDOM,
        |a| dropped(a, Unit::Element, true, false),
        Derivative::Composite,
    )];
    /// Alpha dropout of whole features.
    FEATURE_ALPHA_DROPOUT = "feature_alpha_dropout", "torch.feature_alpha_dropout(torch.ones(1, 2), 0.5, False)", [Overload::new(
        "feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor",
        FUNCTION | RANDOM,
        |a| dropped(a, Unit::Feature, true, false),
        Derivative::Composite,
    )];
    /// dropout in place.
    DROPOUT_IN_PLACE = "dropout_", "torch.dropout_(torch.ones(2), 0.5, False)", [Overload::new(
        "dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION | RANDOM,
        |a| dropped(a, Unit::Element, false, true),
        Derivative::Composite,
    )];
    /// feature_dropout in place.
    FEATURE_DROPOUT_IN_PLACE = "feature_dropout_", "torch.feature_dropout_(torch.ones(1, 2), 0.5, False)", [Overload::new(
        "feature_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION | RANDOM,
        |a| dropped(a, Unit::Feature, false, true),
        Derivative::Composite,
    )];
    /// alpha_dropout in place.
    ALPHA_DROPOUT_IN_PLACE = "alpha_dropout_", "torch.alpha_dropout_(torch.ones(2), 0.5, False)", [Overload::new(
        "alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION | RANDOM,
        |a| dropped(a, Unit::Element, true, true),
        Derivative::Composite,
    )];
    /// feature_alpha_dropout in place.
    FEATURE_ALPHA_DROPOUT_IN_PLACE = "feature_alpha_dropout_", "torch.feature_alpha_dropout_(torch.ones(1, 2), 0.5, False)", [Overload::new(
        "feature_alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION | RANDOM,
        |a| dropped(a, Unit::Feature, true, true),
        Derivative::Composite,
    )];
    /// dropout, with the mask of the elements that stayed.
    NATIVE_DROPOUT = "native_dropout", "torch.native_dropout(torch.ones(2), 0.5, False)[0]", [Overload::new(
        "native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)",
        FUNCTION | RANDOM,
        |a| {
            let (input, p) = (a.tensor(0)?.detach(), a.float(1)?);
            let mask = layout::zeros_like(&input.array(), Dtype::Bool)?;
            if a.optional_bool(2) == Some(false) {
                copy::fill_(&mask, true.into())?;
                return two((crate::ops::shape::clone(&input)?, mask));
            }
            draw(&mask, 1.0 - p)?;
            let mask = Tensor::from(mask);
            two((mul(mul(&input, &mask)?, scale(p))?, mask))
        },
        Derivative::Node("NativeDropoutBackward0", &[grad("input", "result1, p, train", |b| {
            let args = b.args()?;
            let scale = if args.optional_bool(2) == Some(true) { scale(b.float(1)?) } else { 1.0 };
            mul(b.grad()?, mul(b.result(1)?, scale)?)
        })]),
    ).outputs(1)];
}

/// What elements that stay are multiplied by.
fn scale(p: f64) -> f64 {
    if p == 1.0 { 0.0 } else { 1.0 / (1.0 - p) }
}
