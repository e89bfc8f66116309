//! Bessel functions and the Airy function.

use crate::array::unary;
use crate::autograd::Tensor;
use crate::functions;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::pointwise::special::{epsilon, i0};

ops! {
    /// The Airy function Ai of each element.
    AIRY_AI = "special_airy_ai", "torch.special.airy_ai(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_airy_ai(Tensor x) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::airy_ai),
        NotDifferentiable,
    )];
    /// The Bessel function of the first kind of order 0.
    BESSEL_J0 = "special_bessel_j0", "torch.special.bessel_j0(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_bessel_j0(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::bessel_j0),
        Node("SpecialBesselJ0Backward0", &[grad("self", "self", |b| mul(b.grad()?, neg(bessel_j1(b.tensor(0)?)?)?))]),
    )];
    /// The Bessel function of the first kind of order 1.
    BESSEL_J1 = "special_bessel_j1", "torch.special.bessel_j1(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_bessel_j1(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::bessel_j1),
        Node("SpecialBesselJ1Backward0", &[grad("self", "self, result", |b| order_one(b, |x| bessel_j0(x)))]),
    )];
    /// The Bessel function of the second kind of order 0.
    BESSEL_Y0 = "special_bessel_y0", "torch.special.bessel_y0(torch.tensor([1.0, 2.0]))", [Overload::new(
        "special_bessel_y0(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::bessel_y0),
        Node("SpecialBesselY0Backward0", &[grad("self", "self", |b| mul(b.grad()?, neg(bessel_y1(b.tensor(0)?)?)?))]),
    )];
    /// The Bessel function of the second kind of order 1.
    BESSEL_Y1 = "special_bessel_y1", "torch.special.bessel_y1(torch.tensor([1.0, 2.0]))", [Overload::new(
        "special_bessel_y1(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::bessel_y1),
        Node("SpecialBesselY1Backward0", &[grad("self", "self, result", |b| {
            let this = b.tensor(0)?;
            mul(b.grad()?, sub(bessel_y0(&this)?, mul(b.result(0)?, reciprocal(&this)?)?)?)
        })]),
    )];
    /// The modified Bessel function of the first kind of order 0.
    MODIFIED_BESSEL_I0 = "special_modified_bessel_i0", "torch.special.modified_bessel_i0(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_modified_bessel_i0(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::modified_bessel_i0),
        Node("SpecialModifiedBesselI0Backward0", &[grad("self", "self", |b| mul(b.grad()?, modified_bessel_i1(b.tensor(0)?)?))]),
    )];
    /// The modified Bessel function of the first kind of order 1.
    MODIFIED_BESSEL_I1 = "special_modified_bessel_i1", "torch.special.modified_bessel_i1(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_modified_bessel_i1(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::modified_bessel_i1),
        Node("SpecialModifiedBesselI1Backward0", &[grad("self", "self, result", |b| order_one(b, |x| i0(x)))]),
    )];
    /// The modified Bessel function of the second kind of order 0.
    MODIFIED_BESSEL_K0 = "special_modified_bessel_k0", "torch.special.modified_bessel_k0(torch.tensor([1.0, 2.0]))", [Overload::new(
        "special_modified_bessel_k0(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::modified_bessel_k0),
        Node("SpecialModifiedBesselK0Backward0", &[grad("self", "self", |b| {
            mul(b.grad()?, neg(modified_bessel_k1(b.tensor(0)?)?)?)
        })]),
    )];
    /// The modified Bessel function of the second kind of order 1.
    MODIFIED_BESSEL_K1 = "special_modified_bessel_k1", "torch.special.modified_bessel_k1(torch.tensor([1.0, 2.0]))", [Overload::new(
        "special_modified_bessel_k1(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::modified_bessel_k1),
        Node("SpecialModifiedBesselK1Backward0", &[grad("self", "self, result", |b| {
            let this = b.tensor(0)?;
            let slope = add(modified_bessel_k0(&this)?, mul(b.result(0)?, reciprocal(&this)?)?)?;
            mul(b.grad()?, neg(slope)?)
        })]),
    )];
    /// The modified Bessel function of the second kind of order 0, times e^x.
    SCALED_MODIFIED_BESSEL_K0 = "special_scaled_modified_bessel_k0", "torch.special.scaled_modified_bessel_k0(torch.tensor([1.0, 2.0]))", [Overload::new(
        "special_scaled_modified_bessel_k0(Tensor x) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::scaled_modified_bessel_k0),
        NotDifferentiable,
    )];
    /// The modified Bessel function of the second kind of order 1, times e^x.
    SCALED_MODIFIED_BESSEL_K1 = "special_scaled_modified_bessel_k1", "torch.special.scaled_modified_bessel_k1(torch.tensor([1.0, 2.0]))", [Overload::new(
        "special_scaled_modified_bessel_k1(Tensor x) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::scaled_modified_bessel_k1),
        NotDifferentiable,
    )];
    /// The spherical Bessel function of order 0: sin(x) / x.
    SPHERICAL_BESSEL_J0 = "special_spherical_bessel_j0", "torch.special.spherical_bessel_j0(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_spherical_bessel_j0(Tensor x) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::spherical_bessel_j0),
        NotDifferentiable,
    )];
}

functions! {
    bessel_j0 = BESSEL_J0;
    bessel_j1 = BESSEL_J1;
    bessel_y0 = BESSEL_Y0;
    bessel_y1 = BESSEL_Y1;
    modified_bessel_i1 = MODIFIED_BESSEL_I1;
    modified_bessel_k0 = MODIFIED_BESSEL_K0;
    modified_bessel_k1 = MODIFIED_BESSEL_K1;
}

/// The gradient of a function of order 1: order 0 minus the result over x, 1/2 at 0.
fn order_one(b: &Backward, order_zero: fn(&Tensor) -> crate::array::Result<Tensor>) -> crate::array::Result<Tensor> {
    let this = b.tensor(0)?;
    let apart_from_0 = gt(abs(&this)?, epsilon(this.dtype()))?;
    let safe = where_(&apart_from_0, &this, scalar_like(epsilon(this.dtype()), &this)?)?;
    let slope = sub(order_zero(&safe)?, mul(b.result(0)?, reciprocal(&safe)?)?)?;
    mul(b.grad()?, where_(&apart_from_0, slope, scalar_like(0.5, &this)?)?)
}
