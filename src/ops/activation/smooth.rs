//! Smooth activation functions.

use crate::array::{Result, Scalar, activation, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, SQRT_2};

const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const TANH_SCALE: f64 = SQRT_2 * FRAC_2_SQRT_PI * 0.5;
const TANH_CUBE: f64 = 0.044715;

ops! {
    /// x times the normal distribution function at x.
    GELU = "gelu", "torch.nn.functional.gelu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "gelu(Tensor self, *, str approximate='none') -> Tensor",
        NAMESPACED | OUT,
        |a| {
            let tanh = is_tanh(a.str(1)?)?;
            a.unary(|x| activation::gelu(x, tanh))
        },
        Node("GeluBackward0", &[grad("self", "self, approximate", |b| {
            call1(&GELU_BACKWARD, args![b.grad()?, b.tensor(0)?, b.args()?.str(1)?])
        })]),
    ).out_dtype(crate::ops::out::found)];
    /// The gradient of gelu.
    GELU_BACKWARD = "gelu_backward", "torch.nn.functional.gelu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "gelu_backward(Tensor grad_output, Tensor self, *, str approximate='none') -> Tensor",
        0,
        |a| {
            let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            one(mul(&grad, gelu_slope(&this, is_tanh(a.str(2)?)?)?)?)
        },
        Node("GeluBackwardBackward0", &[
            grad("grad_output", "self, approximate", |b| {
                call1(&GELU_BACKWARD, args![b.grad()?, b.tensor(1)?, b.args()?.str(2)?])
            }),
            grad("self", "grad_output, self, approximate", |b| {
                let curve = gelu_curvature(&b.tensor(1)?, is_tanh(b.args()?.str(2)?)?)?;
                mul(mul(b.grad()?, b.tensor(0)?)?, curve)
            }),
        ]),
    )];
    /// x where it is positive, alpha * (e^x - 1) elsewhere.
    ELU = "elu", "torch.nn.functional.elu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor",
        NAMESPACED | OUT,
        |a| {
            let factor = |at: usize| a.scalar(at).map(Scalar::to_f64);
            let (alpha, scale, input) = (factor(1)?, factor(2)?, factor(3)?);
            a.unary(|x| activation::elu(x, alpha, scale, input))
        },
        Node("EluBackward0", &[grad("self", "self, alpha, scale, input_scale", |b| {
            call1(&ELU_BACKWARD, args![b.grad()?, b.scalar(1)?, b.scalar(2)?, b.scalar(3)?, false, b.tensor(0)?])
        })]),
    )];
    /// The gradient of elu.
    ELU_BACKWARD = "elu_backward", "torch.nn.functional.elu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "elu_backward(Tensor grad_output, Scalar alpha, Scalar scale, Scalar input_scale, bool is_result, Tensor self_or_result) -> Tensor",
        0,
        |a| {
            let (grad, this) = (a.tensor(0)?.detach(), a.tensor(5)?.detach());
            let factor = |at: usize| a.scalar(at).map(Scalar::to_f64);
            let slope = if a.bool(4)? {
                elu_slope_of_result(&this, factor(1)?, factor(2)?, factor(3)?)?
            } else {
                elu_slope(&this, factor(1)?, factor(2)?, factor(3)?)?
            };
            one(mul(&grad, slope)?)
        },
        Node("EluBackwardBackward0", &[
            grad("grad_output", "self_or_result, alpha, scale, input_scale, is_result", |b| {
                call1(&ELU_BACKWARD, args![b.grad()?, b.scalar(1)?, b.scalar(2)?, b.scalar(3)?, b.bool(4)?, b.tensor(5)?])
            }),
            grad("self_or_result", "grad_output, self_or_result, alpha, scale, input_scale, is_result", |b| {
                let this = b.tensor(5)?;
                let factor = |at: usize| b.scalar(at).map(Scalar::to_f64);
                let (alpha, scale, input) = (factor(1)?, factor(2)?, factor(3)?);
                let curve = if b.bool(4)? {
                    scalar_like(input * input * scale, &this)?
                } else {
                    mul(exp(mul(&this, input)?)?, alpha * scale * input * input)?
                };
                let curve = where_(&le(&this, 0)?, curve, scalar_like(0.0, &this)?)?;
                mul(mul(b.grad()?, b.tensor(0)?)?, curve)
            }),
        ]),
    )];
    /// Scaled elu with self-normalising constants.
    SELU = "selu", "torch.selu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "selu(Tensor self) -> Tensor",
        FUNCTION | INPLACE,
        |a| ELU.overloads[0].call(args![a.tensor(0)?, SELU_ALPHA, SELU_SCALE, 1.0]),
        Composite,
    )];
    /// max(0, x) + min(0, alpha * (e^(x / alpha) - 1)).
    CELU = "celu", "torch.celu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "celu(Tensor self, Scalar alpha=1.0) -> Tensor",
        FUNCTION,
        |a| {
            let alpha = a.scalar(1)?.to_f64();
            check_celu(alpha)?;
            a.unary(|x| activation::elu(x, alpha, 1.0, 1.0 / alpha))
        },
        Node("CeluBackward0", &[grad("self", "self, alpha", |b| {
            let alpha = b.scalar(1)?.to_f64();
            call1(&ELU_BACKWARD, args![b.grad()?, alpha, 1.0, 1.0 / alpha, false, b.tensor(0)?])
        })]),
    )];
    /// ln(1 + e^(beta x)) / beta, x itself where beta x is above threshold.
    SOFTPLUS = "softplus", "torch.nn.functional.softplus(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor",
        NAMESPACED | OUT,
        |a| {
            let (beta, threshold) = (a.scalar(1)?.to_f64(), a.scalar(2)?.to_f64());
            a.unary(|x| activation::softplus(x, beta, threshold))
        },
        Node("SoftplusBackward0", &[grad("self", "self, beta, threshold", |b| {
            call1(&SOFTPLUS_BACKWARD, args![b.grad()?, b.tensor(0)?, b.scalar(1)?, b.scalar(2)?])
        })]),
    ).out_dtype(crate::ops::out::found)];
    /// The gradient of softplus.
    SOFTPLUS_BACKWARD = "softplus_backward", "torch.nn.functional.softplus(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "softplus_backward(Tensor grad_output, Tensor self, Scalar beta, Scalar threshold) -> Tensor",
        0,
        |a| {
            let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            let scaled = mul(&this, a.scalar(2)?)?;
            let z = exp(&scaled)?;
            let inside = div(mul(&grad, &z)?, add(&z, 1)?)?;
            one(where_(&gt(&scaled, a.scalar(3)?)?, &grad, inside)?)
        },
        Node("SoftplusBackwardBackward0", &[
            grad("grad_output", "self, beta, threshold", |b| {
                call1(&SOFTPLUS_BACKWARD, args![b.grad()?, b.tensor(1)?, b.scalar(2)?, b.scalar(3)?])
            }),
            grad("self", "grad_output, self, beta, threshold", |b| {
                let scaled = mul(b.tensor(1)?, b.scalar(2)?)?;
                let s = sigmoid(&scaled)?;
                let curve = mul(mul(&s, sub(1, &s)?)?, b.scalar(2)?)?;
                let total = mul(mul(b.grad()?, b.tensor(0)?)?, curve)?;
                masked_fill(&total, &gt(&scaled, b.scalar(3)?)?, 0)
            }),
        ]),
    )];
    /// x * sigmoid(x).
    SILU = "silu", "torch.nn.functional.silu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "silu(Tensor self) -> Tensor",
        NAMESPACED | INPLACE | OUT,
        |a| {
            let this = a.tensor(0)?.detach();
            if this.dtype().is_complex() {
                return one(div(&this, add(exp(neg(&this)?)?, 1)?)?);
            }
            a.unary(activation::silu)
        },
        Node("SiluBackward0", &[grad("self", "self", |b| {
            let this = b.tensor(0)?;
            let s = sigmoid(&this)?;
            mul(mul(b.grad()?, &s)?, add(mul(&this, sub(1, &s)?)?, 1)?)
        })]),
    )];
    /// x * tanh(ln(1 + e^x)).
    MISH = "mish", "torch.nn.functional.mish(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "mish(Tensor self) -> Tensor",
        NAMESPACED | INPLACE | OUT,
        |a| a.unary(activation::mish),
        Node("MishBackward0", &[grad("self", "self", |b| {
            let this = b.tensor(0)?;
            let s = sigmoid(&this)?;
            let held = tanh(SOFTPLUS.overloads[0].call_one(args![&this, 1, 20])?)?;
            let slope = mul(mul(&this, &s)?, sub(1, mul(&held, &held)?)?)?;
            mul(b.grad()?, add(&held, slope)?)
        })]),
    )];
    /// ln(sigmoid(x)).
    LOG_SIGMOID = "log_sigmoid" / "logsigmoid", "torch.nn.functional.logsigmoid(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "log_sigmoid(Tensor self) -> Tensor",
        NAMESPACED | OUT,
        |a| one(LOG_SIGMOID_FORWARD.overloads[0].call_one(args![a.tensor(0)?])?),
        Composite,
    )];
    /// ln(sigmoid(x)), and a buffer for its gradient.
    LOG_SIGMOID_FORWARD = "log_sigmoid_forward", "torch.nn.functional.logsigmoid(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)",
        0,
        |a| one(activation::log_sigmoid(&*a.array(0)?)?),
        Node("LogSigmoidBackward0", &[grad("self", "self", |b| {
            call1(&LOG_SIGMOID_BACKWARD, args![b.grad()?, b.tensor(0)?, None::<&Tensor>])
        })]),
    )];
    /// The gradient of log_sigmoid.
    LOG_SIGMOID_BACKWARD = "log_sigmoid_backward", "torch.nn.functional.logsigmoid(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "log_sigmoid_backward(Tensor grad_output, Tensor self, Tensor? buffer) -> Tensor",
        0,
        |a| {
            let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            one(mul(&grad, sigmoid(neg(&this)?)?)?)
        },
        Node("LogSigmoidBackwardBackward0", &[
            grad("grad_output", "self", |b| {
                call1(&LOG_SIGMOID_BACKWARD, args![b.grad()?, b.tensor(1)?, None::<&Tensor>])
            }),
            grad("self", "grad_output, self", |b| {
                let s = sigmoid(b.tensor(1)?)?;
                mul(mul(mul(b.grad()?, b.tensor(0)?)?, sub(&s, 1)?)?, &s)
            }),
        ]),
    )];
    /// One half of the input times the sigmoid of the other.
    GLU = "glu", "torch.nn.functional.glu(torch.tensor([1.0, 2.0]))", [Overload::new(
        "glu(Tensor self, int dim=-1) -> Tensor",
        NAMESPACED | OUT,
        |a| {
            let (this, dim) = (a.tensor(0)?.detach(), a.int(1)?);
            if this.dim() == 0 {
                return error::runtime("glu does not support 0-dimensional tensors");
            }
            if !this.dtype().is_floating_point() {
                return crate::array::unary::unsupported("glu_cpu", this.dtype());
            }
            let (first, second) = halves(&this, dim)?;
            one(mul(first, sigmoid(second)?)?)
        },
        Node("GluBackward0", &[grad("self", "self, dim", |b| {
            call1(&GLU_BACKWARD, args![b.grad()?, b.tensor(0)?, b.int(1)?])
        })]),
    )];
    /// The gradient of glu.
    GLU_BACKWARD = "glu_backward", "torch.nn.functional.glu(torch.tensor([1.0, 2.0]))", [Overload::new(
        "glu_backward(Tensor grad_output, Tensor self, int dim) -> Tensor",
        0,
        |a| {
            let (grad, dim) = (a.tensor(0)?.detach(), a.int(2)?);
            let (first, second) = halves(&a.tensor(1)?.detach(), dim)?;
            let s = sigmoid(&second)?;
            let through = mul(&grad, &s)?;
            let gate = mul(mul(&through, sub(1, &s)?)?, first)?;
            one(cat(&[through, gate], dim)?)
        },
        Node("GluBackwardBackward0", &[
            grad("grad_output", "self, dim", |b| {
                let dim = b.int(2)?;
                let (first, second) = halves(&b.tensor(1)?, dim)?;
                let s = sigmoid(&second)?;
                let (to_first, to_second) = halves(b.grad()?, dim)?;
                let gate = mul(mul(&s, sub(1, &s)?)?, first)?;
                add(mul(&to_first, &s)?, mul(&to_second, &gate)?)
            }),
            grad("self", "grad_output, self, dim", |b| {
                let (grad, dim) = (b.tensor(0)?, b.int(2)?);
                let (first, second) = halves(&b.tensor(1)?, dim)?;
                let s = sigmoid(&second)?;
                let rest = sub(1, &s)?;
                let slope = mul(&s, &rest)?;
                let (to_first, to_second) = halves(b.grad()?, dim)?;
                let by_first = mul(mul(&to_second, &grad)?, &slope)?;
                let bend = sub(mul(&slope, &rest)?, mul(&s, &slope)?)?;
                let by_second = add(
                    mul(mul(mul(&to_second, first)?, &grad)?, bend)?,
                    mul(mul(&to_first, &grad)?, &slope)?,
                )?;
                cat(&[by_first, by_second], dim)
            }),
        ]),
    )];

    /// elu in place; its gradient sees the result.
    ELU_IN_PLACE = "elu_", "torch.nn.functional.elu(torch.tensor([-1.0, 2.0]), inplace=True)", [Overload::new(
        "elu_(Tensor(a!) self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor(a!)",
        ONLY_INPLACE | NAMESPACED,
        |a| {
            let factor = |at: usize| a.scalar(at).map(Scalar::to_f64);
            let (alpha, scale, input) = (factor(1)?, factor(2)?, factor(3)?);
            a.unary(|x| activation::elu(x, alpha, scale, input))
        },
        Node("EluBackward1", &[grad("self", "result, alpha, scale, input_scale", |b| {
            let alpha = b.scalar(1)?;
            call1(&ELU_BACKWARD, args![b.grad()?, alpha, b.scalar(2)?, b.scalar(3)?, true, b.result(0)?])
        })]),
    )];
    /// celu in place; its gradient sees the result.
    CELU_IN_PLACE = "celu_", "torch.celu_(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "celu_(Tensor(a!) self, Scalar alpha=1.0) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION,
        |a| {
            let alpha = a.scalar(1)?.to_f64();
            check_celu(alpha)?;
            a.unary(|x| activation::elu(x, alpha, 1.0, 1.0 / alpha))
        },
        Node("CeluBackward1", &[grad("self", "result, alpha", |b| {
            let alpha = b.scalar(1)?.to_f64();
            call1(&ELU_BACKWARD, args![b.grad()?, alpha, 1.0, 1.0 / alpha, true, b.result(0)?])
        })]),
    )];
}

fn is_tanh(approximate: &str) -> Result<bool> {
    match approximate {
        "none" => Ok(false),
        "tanh" => Ok(true),
        _ => error::runtime("approximate argument must be either none or tanh."),
    }
}

/// The first derivative of gelu.
fn gelu_slope(x: &Tensor, is_tanh: bool) -> Result<Tensor> {
    if is_tanh {
        let inner = mul(add(x, mul(pow(x, 3)?, TANH_CUBE)?)?, TANH_SCALE)?;
        let held = tanh(&inner)?;
        let left = mul(add(&held, 1)?, 0.5)?;
        let slope = mul(add(mul(pow(x, 2)?, 3.0 * TANH_CUBE)?, 1)?, TANH_SCALE)?;
        let right = mul(mul(mul(x, 0.5)?, sub(1, mul(&held, &held)?)?)?, slope)?;
        return add(left, right);
    }
    let below = mul(add(erf(mul(x, FRAC_1_SQRT_2)?)?, 1)?, 0.5)?;
    let density = mul(exp(mul(mul(x, x)?, -0.5)?)?, FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * 0.5)?;
    add(below, mul(x, density)?)
}

/// The second derivative of gelu.
fn gelu_curvature(x: &Tensor, is_tanh: bool) -> Result<Tensor> {
    if is_tanh {
        let square = pow(x, 2)?;
        let held = tanh(mul(add(x, mul(pow(x, 3)?, TANH_CUBE)?)?, TANH_SCALE)?)?;
        let rest = sub(1, mul(&held, &held)?)?;
        let slope = mul(add(mul(&square, 3.0 * TANH_CUBE)?, 1)?, TANH_SCALE)?;
        let bend = mul(x, 6.0 * TANH_CUBE * TANH_SCALE)?;
        let second = sub(&bend, mul(mul(&held, pow(&slope, 2)?)?, 2)?)?;
        let inner = add(&slope, mul(mul(x, 0.5)?, second)?)?;
        return mul(rest, inner);
    }
    let density = mul(exp(mul(mul(x, x)?, -0.5)?)?, FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * 0.5)?;
    mul(density, sub(2, pow(x, 2)?)?)
}

fn elu_slope(this: &Tensor, alpha: f64, scale: f64, input: f64) -> Result<Tensor> {
    let low = mul(exp(mul(this, input)?)?, alpha * scale * input)?;
    where_(&le(this, 0)?, low, scalar_like(scale, this)?)
}

fn halves(this: &Tensor, dim: i64) -> Result<(Tensor, Tensor)> {
    let axis = crate::array::layout::wrap_dim(dim, this.dim())?;
    let size = this.sizes().get(axis).copied().unwrap_or(0);
    if size % 2 != 0 {
        return error::runtime(format!(
            "Halving dimension must be even, but dimension {axis} is size {size}"
        ));
    }
    Ok((
        narrow(this, axis, 0, size / 2)?,
        narrow(this, axis, size / 2, size / 2)?,
    ))
}

/// As `elu_slope`, from the result.
fn elu_slope_of_result(result: &Tensor, alpha: f64, scale: f64, input: f64) -> Result<Tensor> {
    let low = mul(add(result, alpha * scale)?, input)?;
    where_(&le(result, 0)?, low, scalar_like(scale, result)?)
}

fn check_celu(alpha: f64) -> Result<()> {
    if alpha == 0.0 {
        return Err(crate::array::Error::new(
            crate::array::ErrorKind::ZeroDivisionError,
            "alpha cannot be 0 for CELU",
        ));
    }
    Ok(())
}
