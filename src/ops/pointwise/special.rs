//! Error functions, gamma functions, Bessel functions and their kin.

use crate::array::{Array, Dtype, Result, binary, copy, error, promote, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use std::f64::consts::{FRAC_2_SQRT_PI, FRAC_PI_2, FRAC_PI_4, PI, SQRT_2};

ops! {
    /// The error function of each element.
    ERF = "erf" / "special_erf", "torch.erf(torch.tensor([0.0, 1.0]))", [Overload::new(
        "erf(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::erf),
        Node("ErfBackward0", &[grad("self", "self", |b| {
            mul(mul(exp(neg(pow(b.tensor(0)?, 2)?)?)?, FRAC_2_SQRT_PI)?, b.grad()?)
        })]),
    )];
    /// 1 minus the error function of each element.
    ERFC = "erfc" / "special_erfc", "torch.erfc(torch.tensor([0.0, 1.0]))", [Overload::new(
        "erfc(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::erfc),
        Node("ErfcBackward0", &[grad("self", "self", |b| {
            mul(mul(exp(neg(pow(b.tensor(0)?, 2)?)?)?, -FRAC_2_SQRT_PI)?, b.grad()?)
        })]),
    )];
    /// The inverse of the error function.
    ERFINV = "erfinv" / "special_erfinv", "torch.erfinv(torch.tensor([0.0, 0.5]))", [Overload::new(
        "erfinv(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::erfinv),
        Node("ErfinvBackward0", &[grad("self", "self", |b| {
            let slope = mul(exp(pow(erfinv(b.tensor(0)?)?, 2)?)?, FRAC_PI_4 * FRAC_2_SQRT_PI)?;
            mul(slope, b.grad()?)
        })]),
    )];
    /// e^(x^2) * erfc(x) of each element.
    ERFCX = "special_erfcx", "torch.special.erfcx(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_erfcx(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::erfcx),
        Node("SpecialErfcxBackward0", &[grad("self", "self, result", |b| {
            mul(sub(mul(mul(b.tensor(0)?, 2.0)?, b.result(0)?)?, FRAC_2_SQRT_PI)?, b.grad()?)
        })]),
    )];
    /// The logarithm of the magnitude of the gamma function.
    LGAMMA = "lgamma" / "special_gammaln", "torch.lgamma(torch.tensor([0.5, 3.0]))", [Overload::new(
        "lgamma(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::lgamma),
        Node("LgammaBackward0", &[grad("self", "self", |b| mul(b.grad()?, digamma(b.tensor(0)?)?))]),
    )];
    /// The logarithmic derivative of the gamma function.
    DIGAMMA = "digamma" / "special_digamma" / "special_psi", "torch.digamma(torch.tensor([0.5, 1.0]))", [Overload::new(
        "digamma(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::digamma),
        Node("DigammaBackward0", &[grad("self", "self", |b| mul(b.grad()?, polygamma(1, b.tensor(0)?)?))]),
    )];
    /// The n-th derivative of digamma.
    POLYGAMMA = "polygamma" / "special_polygamma", "torch.polygamma(1, torch.tensor([1.0, 0.5]))", [Overload::new(
        "polygamma(int n, Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(unary::polygamma(a.int(0)?, &*a.array(1)?)?),
        Node("PolygammaBackward0", &[
            grad("self", "n, self", |b| mul(b.grad()?, polygamma(b.int(0)? + 1, b.tensor(1)?)?)),
        ]),
    ), Overload::new(
        "polygamma.in_place(Tensor self, int n) -> Tensor",
        INPLACE,
        |a| one(unary::polygamma(a.int(1)?, &*a.array(0)?)?),
        Node("PolygammaBackward1", &[
            grad("self", "self, n", |b| mul(b.grad()?, polygamma(b.int(1)? + 1, b.tensor(0)?)?)),
        ]),
    )];
    /// The logarithm of the multivariate gamma function of dimension p.
    MVLGAMMA = "mvlgamma" / "special_multigammaln", "torch.mvlgamma(torch.tensor([2.0, 3.0]), 2)", [Overload::new(
        "mvlgamma(Tensor self, int p) -> Tensor",
        POINTWISE,
        |a| {
            let (this, p) = (a.tensor(0)?, a.int(1)?);
            if this.dtype() == Dtype::Bool {
                return error::runtime("The input tensor may not be a boolean tensor.");
            }
            if p < 1 {
                return error::runtime("p has to be greater than or equal to 1");
            }
            let shifted = gamma_arguments(this, p)?;
            let constant = (p * (p - 1)) as f64 * PI.ln() / 4.0;
            one(add(sum_dims(&lgamma(&shifted)?, &[-1], false)?, constant)?)
        },
        Node("MvlgammaBackward0", &[grad("self", "self, p", |b| {
            let shifted = gamma_arguments(&b.tensor(0)?, b.int(1)?)?;
            mul(b.grad()?, sum_dims(&digamma(&shifted)?, &[-1], false)?)
        })]),
    )];
    /// The regularised lower incomplete gamma function.
    IGAMMA = "igamma" / "special_gammainc", "torch.igamma(torch.tensor([4.0]), torch.tensor([3.0]))", [Overload::new(
        "igamma(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| binary::igamma(x, y)),
        Node("IgammaBackward0", &[
            missing("self", "igamma: input"),
            grad("other", "self, other", |b| mul(b.grad()?, gamma_density(&b.tensor(0)?, &b.tensor(1)?)?)),
        ]),
    )];
    /// The regularised upper incomplete gamma function.
    IGAMMAC = "igammac" / "special_gammaincc", "torch.igammac(torch.tensor([4.0]), torch.tensor([3.0]))", [Overload::new(
        "igammac(Tensor self, Tensor other) -> Tensor",
        POINTWISE,
        |a| a.binary(|x, y| binary::igammac(x, y)),
        Node("IgammacBackward0", &[
            missing("self", "igammac: input"),
            grad("other", "self, other", |b| {
                mul(neg(b.grad()?)?, gamma_density(&b.tensor(0)?, &b.tensor(1)?)?)
            }),
        ]),
    )];
    /// The modified Bessel function of the first kind of order 0.
    I0 = "i0" / "special_i0", "torch.i0(torch.tensor([0.0, 1.0]))", [Overload::new(
        "i0(Tensor self) -> Tensor",
        POINTWISE,
        |a| a.unary(unary::i0),
        Node("I0Backward0", &[grad("self", "self", |b| mul(b.grad()?, i1(b.tensor(0)?)?))]),
    )];
    /// i0 of each element, times e^-|x|.
    I0E = "special_i0e", "torch.special.i0e(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_i0e(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::i0e),
        Node("SpecialI0EBackward0", &[grad("self", "self, result", |b| {
            let this = b.tensor(0)?;
            mul(b.grad()?, sub(i1e(&this)?, mul(sgn(&this)?, b.result(0)?)?)?)
        })]),
    )];
    /// The modified Bessel function of the first kind of order 1.
    I1 = "special_i1", "torch.special.i1(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_i1(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::i1),
        Node("SpecialI1Backward0", &[grad("self", "self, result", |b| {
            let this = b.tensor(0)?;
            let apart_from_0 = gt(abs(&this)?, epsilon(this.dtype()))?;
            let safe = where_(&apart_from_0, &this, scalar_like(epsilon(this.dtype()), &this)?)?;
            let slope = sub(i0(&safe)?, mul(b.result(0)?, reciprocal(&safe)?)?)?;
            mul(b.grad()?, where_(&apart_from_0, slope, scalar_like(0.5, &this)?)?)
        })]),
    )];
    /// i1 of each element, times e^-|x|.
    I1E = "special_i1e", "torch.special.i1e(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_i1e(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::i1e),
        Node("SpecialI1EBackward0", &[grad("self", "self, result", |b| {
            let this = b.tensor(0)?;
            let apart_from_0 = gt(abs(&this)?, epsilon(this.dtype()))?;
            let safe = where_(&apart_from_0, &this, scalar_like(epsilon(this.dtype()), &this)?)?;
            let slope = sub(i0e(&safe)?, mul(b.result(0)?, add(sgn(&safe)?, reciprocal(&safe)?)?)?)?;
            mul(b.grad()?, where_(&apart_from_0, slope, scalar_like(0.5, &this)?)?)
        })]),
    )];
    /// The entropy -x ln x of each element.
    ENTR = "special_entr", "torch.special.entr(torch.tensor([0.0, 0.5]))", [Overload::new(
        "special_entr(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::entr),
        Node("SpecialEntrBackward0", &[grad("self", "self", |b| {
            mul(b.grad()?, neg(add(log(b.tensor(0)?)?, 1)?)?)
        })]),
    )];
    /// The distribution function of the standard normal.
    NDTR = "special_ndtr", "torch.special.ndtr(torch.tensor([0.0, 1.0]))", [Overload::new(
        "special_ndtr(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| {
            let x = mul(a.tensor(0)?, std::f64::consts::FRAC_1_SQRT_2)?;
            one(mul(add(erf(x)?, 1)?, 0.5)?)
        },
        Composite,
    )];
    /// The inverse of the standard normal's distribution function.
    NDTRI = "special_ndtri", "torch.special.ndtri(torch.tensor([0.5, 0.9]))", [Overload::new(
        "special_ndtri(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::ndtri),
        Node("SpecialNdtriBackward0", &[grad("self", "result", |b| {
            let scaled = mul(b.grad()?, FRAC_PI_2 * SQRT_2 * FRAC_2_SQRT_PI)?;
            mul(scaled, exp(mul(pow(b.result(0)?, 2)?, 0.5)?)?)
        })]),
    )];
    /// The logarithm of the standard normal's distribution function.
    LOG_NDTR = "special_log_ndtr", "torch.special.log_ndtr(torch.tensor([0.0, -9.0]))", [Overload::new(
        "special_log_ndtr(Tensor self) -> Tensor",
        FUNCTION | OUT,
        |a| a.unary(unary::log_ndtr),
        Node("SpecialLogNdtrBackward0", &[grad("self", "self, result", |b| {
            let scaled = mul(b.grad()?, FRAC_2_SQRT_PI * SQRT_2 * 0.25)?;
            mul(scaled, exp(neg(add(b.result(0)?, mul(pow(b.tensor(0)?, 2)?, 0.5)?)?)?)?)
        })]),
    )];
    /// input * ln(1 + other), 0 where input is 0.
    XLOG1PY = "special_xlog1py", "torch.special.xlog1py(torch.tensor([0.0, 2.0]), torch.tensor([-1.0, 3.0]))", [
        Overload::new(
            "special_xlog1py(Tensor self, Tensor other) -> Tensor",
            FUNCTION | OUT,
            |a| a.binary(|x, y| binary::xlog1py(x, y)),
            Node("SpecialXlog1PyBackward0", &[
                grad("self", "self, other", |b| {
                    let other = b.tensor(1)?;
                    let mask = logical_and(&eq(b.tensor(0)?, 0.0)?, &le(&other, -1.0)?)?;
                    masked_fill(&xlog1py(b.grad()?, &other)?, &mask, 0.0)
                }),
                grad("other", "self, other", |b| div(mul(b.grad()?, b.value(0)?)?, add(b.value(1)?, 1)?)),
            ]),
        ),
        Overload::new(
            "special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor",
            FUNCTION | OUT,
            |a| a.binary(|x, y| binary::xlog1py(x, y)),
            Node("SpecialXlog1PyBackward1", &[
                grad("other", "self, other", |b| div(mul(b.grad()?, b.scalar(0)?)?, add(b.value(1)?, 1)?)),
            ]),
        ),
        Overload::new(
            "special_xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor",
            FUNCTION | OUT,
            |a| a.binary(|x, y| binary::xlog1py(x, y)),
            Node("SpecialXlog1PyBackward2", &[grad("self", "self, other", |b| {
                let other = b.scalar(1)?;
                let result = xlog1py(b.grad()?, other)?;
                if other.to_f64() > -1.0 {
                    return Ok(result);
                }
                masked_fill(&result, &eq(b.tensor(0)?, 0.0)?, 0.0)
            })]),
        ),
    ];
    /// The Hurwitz zeta function.
    ZETA = "special_zeta", "torch.special.zeta(torch.tensor([2.0, 4.0]), 1)", [
        Overload::new(
            "special_zeta(Tensor self, Tensor other) -> Tensor",
            FUNCTION | OUT,
            |a| a.binary(|x, y| binary::zeta(x, y)),
            Node("SpecialZetaBackward0", &[
                missing("self", "zeta"),
                grad("other", "self, other", |b| {
                    let this = b.tensor(0)?;
                    let slope = mul(b.grad()?, neg(&this)?)?;
                    mul(slope, call1(&ZETA, args![add(&this, 1.0)?, b.tensor(1)?])?)
                }),
            ]),
        ),
        Overload::new(
            "special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor",
            FUNCTION | OUT,
            |a| a.binary(|x, y| binary::zeta(x, y)),
            Node("SpecialZetaBackward1", &[grad("other", "self, other", |b| {
                let this = b.scalar(0)?.to_f64();
                let next = ZETA.overloads[1].call_one(args![this + 1.0, b.tensor(1)?])?;
                mul(mul(b.grad()?, -this)?, next)
            })]),
        ),
        Overload::new(
            "special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor",
            FUNCTION | OUT,
            |a| a.binary(|x, y| binary::zeta(x, y)),
            Node("SpecialZetaBackward2", &[missing("self", "zeta")]),
        ),
    ];
}

/// self + i/2 for i from 1 - p to 0, in a new last dimension.
fn gamma_arguments(this: &Tensor, p: i64) -> Result<Tensor> {
    let steps: Vec<f64> = (0..p).map(|i| (i + 1 - p) as f64 / 2.0).collect();
    let dtype = promote::to_floating(this.dtype());
    let steps = copy::cast(&Array::from_vec(&[p], &steps)?, dtype)?;
    add(unsqueeze(this, -1)?, Tensor::from(steps))
}

/// e^((a - 1) ln x - x - ln gamma(a)): the density of the gamma distribution.
fn gamma_density(a: &Tensor, x: &Tensor) -> Result<Tensor> {
    exp(sub(sub(mul(sub(a, 1)?, log(x)?)?, x)?, lgamma(a)?)?)
}

pub(super) fn epsilon(dtype: Dtype) -> f64 {
    if dtype == Dtype::Float64 {
        f64::EPSILON
    } else {
        f32::EPSILON as f64
    }
}

pub fn polygamma(n: i64, x: impl Into<Arg>) -> Result<Tensor> {
    POLYGAMMA.overloads[0].call_one(Args(smallvec![n.into(), x.into()]))
}

fn xlog1py(a: impl Into<Arg>, b: impl Into<Arg>) -> Result<Tensor> {
    let b = b.into();
    let overload = if matches!(b, Arg::Tensor(_)) { 0 } else { 2 };
    XLOG1PY.overloads[overload].call_one(Args(smallvec![a.into(), b]))
}

functions! {
    erf = ERF; erfc = ERFC; erfinv = ERFINV; lgamma = LGAMMA; digamma = DIGAMMA;
    i0 = I0; i0e = I0E; i1 = I1; i1e = I1E;
}
