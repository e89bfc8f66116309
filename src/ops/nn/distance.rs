//! Distances and angles between vectors.

use crate::array::{Result, copy, error, layout, promote};
use crate::autograd::{Tensor, modes};
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// The length of vectors along a dimension, that kept; held from below by `least` without a gradient.
fn length(x: &Tensor, dim: i64, least: f64) -> Result<Tensor> {
    let norm = super::named(
        "linalg_vector_norm",
        args![x, 2.0, &[dim][..], true, None::<crate::array::Dtype>],
    )?;
    let norm = crate::ops::shape::clone(&norm)?;
    let _off = modes::GradMode::set(false);
    let held = clamp_min(&norm.detach(), least)?;
    copy::copy_into(&norm.array(), &held.array())?;
    Ok(norm)
}

ops! {
    /// The length of the difference of two batches of vectors.
    PAIRWISE_DISTANCE = "pairwise_distance", "torch.pairwise_distance(torch.ones(1, 2), torch.zeros(1, 2))", [Overload::new(
        "pairwise_distance(Tensor x1, Tensor x2, float p=2, float eps=1e-06, bool keepdim=False) -> Tensor",
        FUNCTION,
        |a| {
            let (x, y) = (a.tensor(0)?, a.tensor(1)?);
            let innermost = [x.dim().max(y.dim()) as i64 - 1];
            let apart = add(sub(x, y)?, a.float(3)?)?;
            let norm = super::overload("norm", "norm.ScalarOpt_dim(")?;
            one(norm.call_one(args![&apart, Arg::Scalar(a.float(2)?.into()), &innermost[..], a.bool(4)?])?)
        },
        Derivative::Composite,
    )];
    /// The cosine of the angle between vectors along a dimension.
    COSINE_SIMILARITY = "cosine_similarity", "torch.cosine_similarity(torch.ones(1, 2), torch.ones(1, 2))", [Overload::new(
        "cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor",
        FUNCTION,
        |a| {
            let (x, y, dim, eps) = (a.tensor(0)?, a.tensor(1)?, a.int(2)?, a.float(3)?);
            let sizes = layout::broadcast_sizes(&x.sizes(), &y.sizes())?;
            let dtype = promote::result_type(&[(&*x.array()).into(), (&*y.array()).into()]);
            if !dtype.is_floating_point() {
                return error::runtime(format!(
                    "expected common dtype to be floating point, yet common dtype is {}",
                    dtype.scalar_type()
                ));
            }
            let ready = |x: &Tensor| {
                let x = match x.dtype().is_integral() {
                    true => to_dtype(x, dtype)?,
                    false => x.clone(),
                };
                match x.sizes() == sizes {
                    true => Ok(x),
                    false => expand(&x, &sizes),
                }
            };
            let (x, y) = (ready(x)?, ready(y)?);
            let (x_length, y_length) = (length(&x, dim, eps)?, length(&y, dim, eps)?);
            let product = mul(div(&x, &x_length)?, div(&y, &y_length)?)?;
            one(sum_dims(&product, &[dim], false)?)
        },
        Derivative::Composite,
    )];
}
