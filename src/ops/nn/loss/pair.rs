//! Losses of pairs and triplets.

use super::{Reduction, less};
use crate::array::array::format_sizes;
use crate::array::error;
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// How far apart pairs must be: max(0, -target (input1 - input2) + margin).
    MARGIN_RANKING_LOSS = "margin_ranking_loss", "torch.margin_ranking_loss(torch.ones(2), torch.zeros(2), torch.ones(2))", [Overload::new(
        "margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0.0, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let lead = mul(neg(a.tensor(2)?)?, sub(a.tensor(0)?, a.tensor(1)?)?)?;
            one(Reduction::of(a.int(4)?).apply(clamp_min(&add(&lead, a.float(3)?)?, 0)?)?)
        },
        Derivative::Composite,
    )];
    /// The input where the target is 1, max(0, margin - input) where it is -1.
    HINGE_EMBEDDING_LOSS = "hinge_embedding_loss", "torch.hinge_embedding_loss(torch.ones(2), torch.ones(2))", [Overload::new(
        "hinge_embedding_loss(Tensor self, Tensor target, float margin=1.0, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let (input, target) = (a.tensor(0)?, a.tensor(1)?);
            let nothing = zeros_like(&input.detach())?;
            let short = clamp_min(&less(a.float(2)?, input)?, 0)?;
            let margin = where_(&ne(target, 1)?, &short, &nothing)?;
            let own = where_(&ne(target, -1)?, input, &nothing)?;
            one(Reduction::of(a.int(3)?).apply(add(&margin, &own)?)?)
        },
        Derivative::Composite,
    )];
    /// max(0, d(anchor, positive) - d(anchor, negative) + margin).
    TRIPLET_MARGIN_LOSS = "triplet_margin_loss", "torch.triplet_margin_loss(torch.ones(1, 2), torch.ones(1, 2), torch.zeros(1, 2))", [Overload::new(
        "triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1.0, float p=2, float eps=1e-06, bool swap=False, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            let distance = |x: &Tensor, y: &Tensor| {
                super::super::named("pairwise_distance", args![x, y, a.float(4)?, a.float(5)?, false])
            };
            let (anchor, positive, negative) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
            if anchor.dim() != positive.dim() || positive.dim() != negative.dim() {
                return error::runtime(format!(
                    "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor {}D, positive {}D, and negative {}D inputs",
                    anchor.dim(),
                    positive.dim(),
                    negative.dim()
                ));
            }
            let near = distance(anchor, positive)?;
            let mut far = distance(anchor, negative)?;
            if a.bool(6)? {
                far = minimum(&far, &distance(positive, negative)?)?;
            }
            let lead = sub(add(&near, a.float(3)?)?, &far)?;
            one(Reduction::of(a.int(7)?).apply(clamp_min(&lead, 0)?)?)
        },
        Derivative::Composite,
    )];
    /// 1 - cosine for pairs that belong together, max(0, cosine - margin) for those that do not.
    COSINE_EMBEDDING_LOSS = "cosine_embedding_loss", "torch.cosine_embedding_loss(torch.ones(1, 2), torch.ones(1, 2), torch.ones(1))", [Overload::new(
        "cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0.0, int reduction=Mean) -> Tensor",
        FUNCTION,
        |a| {
            const EPSILON: f64 = 1e-12;
            let (x, y, target) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
            let dims = target.dim();
            if dims > 1 {
                return error::runtime("0D or 1D target tensor expected, multi-target not supported");
            }
            let wrong = match dims {
                1 => x.dim() != 2,
                _ => x.dim() != 1 || y.dim() != 1,
            };
            if wrong {
                return error::runtime(format!(
                    "{dims}D target tensor expects {}D input tensors, but found inputs with sizes {} and {}.",
                    dims + 1,
                    format_sizes(&x.sizes()),
                    format_sizes(&y.sizes())
                ));
            }
            let dim = [dims as i64];
            let inner = sum_dims(&mul(x, y)?, &dim, false)?;
            let xx = add(sum_dims(&mul(x, x)?, &dim, false)?, EPSILON)?;
            let yy = add(sum_dims(&mul(y, y)?, &dim, false)?, EPSILON)?;
            let cosine = div(&inner, sqrt(mul(&xx, &yy)?)?)?;
            let nothing = zeros_like(&cosine.detach())?;
            let alike = where_(&eq(target, 1)?, less(1.0, &cosine)?, &nothing)?;
            let unlike = where_(&eq(target, -1)?, clamp_min(&sub(&cosine, a.float(3)?)?, 0)?, &nothing)?;
            one(Reduction::of(a.int(4)?).apply(add(&alike, &unlike)?)?)
        },
        Derivative::Composite,
    )];
}
