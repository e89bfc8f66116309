//! Activation functions and softmax, and their gradients as ops of their own, so that they differentiate twice.

use super::formula::*;
use super::op::*;
use super::pointwise::exponential::is_differentiated;
use crate::array::{Dtype, Result, Scalar, activation, error, reduce, ternary};
use crate::autograd::Tensor;
use crate::ops;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, SQRT_2};

const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

ops! {
    /// max(0, x) of each element.
    RELU = "relu", "torch.relu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "relu(Tensor self) -> Tensor",
        FUNCTION | METHOD | INPLACE,
        |a| {
            if a.tensor(0)?.dtype() == Dtype::Bool {
                return error::runtime("Boolean inputs not supported for relu");
            }
            a.unary(|x| ternary::clamp(x, Some(Scalar::Int(0).into()), None))
        },
        Node("ReluBackward0", &[grad("self", "result", |b| threshold_backward(b.grad()?, &b.result(0)?, 0.0))]),
    )];
    /// Each element if it is above threshold, else value.
    THRESHOLD = "threshold", "torch.threshold(torch.tensor([-1.0, 2.0]), 0.5, 0.0)", [Overload::new(
        "threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor",
        FUNCTION | INPLACE | OUT,
        |a| {
            let below = le(&a.tensor(0)?.detach(), a.scalar(1)?)?;
            let mask = below.array();
            one(ternary::where_(&mask, &crate::array::copy::full(&[], a.scalar(2)?, a.tensor(0)?.dtype())?, &*a.array(0)?)?)
        },
        Node("ThresholdBackward0", &[grad("self", "self, threshold", |b| {
            threshold_backward(b.grad()?, &b.tensor(0)?, b.scalar(1)?.to_f64())
        })]),
    )];
    /// The gradient of threshold and relu.
    THRESHOLD_BACKWARD = "threshold_backward", "torch.relu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "threshold_backward(Tensor grad_output, Tensor self, Scalar threshold) -> Tensor",
        0,
        |a| {
            let below = le(&a.tensor(1)?.detach(), a.scalar(2)?)?;
            let mask = below.array();
            one(ternary::where_(&mask, &crate::array::copy::full(&[], Scalar::Int(0), a.tensor(0)?.dtype())?, &*a.array(0)?)?)
        },
        Node("ThresholdBackwardBackward0", &[
            grad("grad_output", "self, threshold", |b| {
                threshold_backward(b.grad()?, &b.tensor(1)?, b.scalar(2)?.to_f64())
            }),
            zero("self"),
        ]),
    )];
    /// Each element held between 0 and 6.
    RELU6 = "relu6", "torch.nn.functional.relu6(torch.tensor([-1.0, 8.0]))", [Overload::new(
        "relu6(Tensor self) -> Tensor",
        NAMESPACED,
        |a| HARDTANH.overloads[0].call(args![a.tensor(0)?, 0, 6]),
        Composite,
    )];
    /// e^x divided by the sum of e^x along dim.
    SOFTMAX = "softmax" / "special_softmax", "torch.softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
        FUNCTION | METHOD,
        |a| _SOFTMAX.overloads[0].call(args![in_dtype(a.tensor(0)?, a.dtype(2))?, a.int(1)?, false]),
        Composite,
    )];
    /// The logarithm of softmax along dim.
    LOG_SOFTMAX = "log_softmax" / "special_log_softmax", "torch.log_softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
        FUNCTION | METHOD,
        |a| _LOG_SOFTMAX.overloads[0].call(args![in_dtype(a.tensor(0)?, a.dtype(2))?, a.int(1)?, false]),
        Composite,
    )];
    /// The softmax of floating point numbers.
    _SOFTMAX = "_softmax", "torch.softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
        FUNCTION,
        |a| one(reduce::softmax::softmax(&*a.array(0)?, a.int(1)?)?),
        Node("SoftmaxBackward0", &[grad("self", "result, dim", |b| {
            call1(&SOFTMAX_BACKWARD, args![b.grad()?, b.result(0)?, b.int(1)?])
        })]),
    )];
    /// The log-softmax of floating point numbers.
    _LOG_SOFTMAX = "_log_softmax", "torch.log_softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
        FUNCTION,
        |a| one(reduce::softmax::log_softmax(&*a.array(0)?, a.int(1)?)?),
        Node("LogSoftmaxBackward0", &[grad("self", "result, dim", |b| {
            call1(&LOG_SOFTMAX_BACKWARD, args![b.grad()?, b.result(0)?, b.int(1)?])
        })]),
    )];
    /// The gradient of softmax at its result.
    SOFTMAX_BACKWARD = "_softmax_backward_data", "torch.softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor",
        0,
        |a| one(reduce::softmax::softmax_backward(&*a.array(0)?, &*a.array(1)?, a.int(2)?)?),
        Node("SoftmaxBackwardDataBackward0", &[
            grad("grad_output", "output, dim", |b| {
                call1(&SOFTMAX_BACKWARD, args![b.grad()?, b.tensor(1)?, b.int(2)?])
            }),
            grad("output", "grad_output, output, dim", |b| {
                let (grad, before, output, dim) = (b.grad()?, b.tensor(0)?, b.tensor(1)?, b.int(2)?);
                let total = sum_dims(&mul(&before, &output)?, &[dim], true)?;
                let along = sum_dims(&mul(&output, grad)?, &[dim], true)?;
                sub(sub(mul(&before, grad)?, mul(total, grad)?)?, mul(&before, along)?)
            }),
        ]),
    )];
    /// The gradient of log-softmax at its result.
    LOG_SOFTMAX_BACKWARD = "_log_softmax_backward_data", "torch.log_softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_log_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor",
        0,
        |a| one(reduce::softmax::log_softmax_backward(&*a.array(0)?, &*a.array(1)?, a.int(2)?)?),
        Node("LogSoftmaxBackwardDataBackward0", &[
            grad("grad_output", "output, dim", |b| {
                let weighted = mul(b.grad()?, exp(b.tensor(1)?)?)?;
                sub(b.grad()?, sum_dims(&weighted, &[b.int(2)?], true)?)
            }),
            grad("output", "grad_output, output, dim", |b| {
                let total = neg(sum_dims(&b.tensor(0)?, &[b.int(2)?], true)?)?;
                mul(mul(total, exp(b.tensor(1)?)?)?, b.grad()?)
            }),
        ]),
    )];
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
    )];
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
        NAMESPACED | INPLACE | OUT,
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
            one(mul(&grad, elu_slope(&this, factor(1)?, factor(2)?, factor(3)?)?)?)
        },
        Node("EluBackwardBackward0", &[
            grad("grad_output", "self_or_result, alpha, scale, input_scale, is_result", |b| {
                call1(&ELU_BACKWARD, args![b.grad()?, b.scalar(1)?, b.scalar(2)?, b.scalar(3)?, false, b.tensor(5)?])
            }),
            grad("self_or_result", "grad_output, self_or_result, alpha, scale, input_scale, is_result", |b| {
                let this = b.tensor(5)?;
                let factor = |at: usize| b.scalar(at).map(Scalar::to_f64);
                let (alpha, scale, input) = (factor(1)?, factor(2)?, factor(3)?);
                let curve = mul(exp(mul(&this, input)?)?, alpha * scale * input * input)?;
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
        FUNCTION | INPLACE,
        |a| {
            let alpha = a.scalar(1)?.to_f64();
            if alpha == 0.0 {
                return Err(crate::array::Error::new(
                    crate::array::ErrorKind::RuntimeError,
                    "ZeroDivisionError: alpha cannot be 0 for CELU",
                ));
            }
            a.unary(|x| activation::elu(x, alpha, 1.0, 1.0 / alpha))
        },
        Node("CeluBackward0", &[grad("self", "self, alpha", |b| {
            let alpha = b.scalar(1)?.to_f64();
            call1(&ELU_BACKWARD, args![b.grad()?, alpha, 1.0, 1.0 / alpha, false, b.tensor(0)?])
        })]),
    )];
    /// x where it is positive, negative_slope * x elsewhere.
    LEAKY_RELU = "leaky_relu", "torch.nn.functional.leaky_relu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor",
        NAMESPACED | INPLACE | OUT,
        |a| {
            let slope = a.scalar(1)?.to_f64();
            a.unary(|x| activation::leaky_relu(x, slope))
        },
        Node("LeakyReluBackward0", &[grad("self", "self, negative_slope", |b| {
            call1(&LEAKY_RELU_BACKWARD, args![b.grad()?, b.tensor(0)?, b.scalar(1)?, false])
        })]),
    )];
    /// The gradient of leaky_relu.
    LEAKY_RELU_BACKWARD = "leaky_relu_backward", "torch.nn.functional.leaky_relu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "leaky_relu_backward(Tensor grad_output, Tensor self, Scalar negative_slope, bool self_is_result) -> Tensor",
        0,
        |a| {
            let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            one(where_(&gt(&this, 0)?, &grad, mul(&grad, a.scalar(2)?)?)?)
        },
        Node("LeakyReluBackwardBackward0", &[
            grad("grad_output", "self, negative_slope", |b| {
                call1(&LEAKY_RELU_BACKWARD, args![b.grad()?, b.tensor(1)?, b.scalar(2)?, false])
            }),
            zero("self"),
        ]),
    )];
    /// Each element held between min_val and max_val.
    HARDTANH = "hardtanh", "torch.nn.functional.hardtanh(torch.tensor([-3.0, 0.5]))", [Overload::new(
        "hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor",
        NAMESPACED | INPLACE | OUT,
        |a| {
            if a.tensor(0)?.dtype() == Dtype::Bool {
                return error::runtime("Bool inputs not supported for hardtanh");
            }
            let (min, max) = (a.scalar(1)?, a.scalar(2)?);
            let dtype = a.tensor(0)?.dtype();
            a.unary(|x| {
                let held = ternary::clamp(x, Some(min.into()), Some(max.into()))?;
                crate::array::copy::cast(&held, dtype)
            })
        },
        Node("HardtanhBackward0", &[grad("self", "self, min_val, max_val", |b| {
            call1(&HARDTANH_BACKWARD, args![b.grad()?, b.tensor(0)?, b.scalar(1)?, b.scalar(2)?])
        })]),
    )];
    /// The gradient of hardtanh.
    HARDTANH_BACKWARD = "hardtanh_backward", "torch.nn.functional.hardtanh(torch.tensor([-3.0, 0.5]))", [Overload::new(
        "hardtanh_backward(Tensor grad_output, Tensor self, Scalar min_val, Scalar max_val) -> Tensor",
        0,
        |a| {
            let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            let outside = logical_or(&le(&this, a.scalar(2)?)?, &ge(&this, a.scalar(3)?)?)?;
            one(masked_fill(&grad, &outside, 0)?)
        },
        Node("HardtanhBackwardBackward0", &[
            grad("grad_output", "self, min_val, max_val", |b| {
                call1(&HARDTANH_BACKWARD, args![b.grad()?, b.tensor(1)?, b.scalar(2)?, b.scalar(3)?])
            }),
            zero("self"),
        ]),
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
    )];
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
        |a| a.unary(activation::silu),
        Node("SiluBackward0", &[grad("self", "self", |b| {
            let this = b.tensor(0)?;
            let s = sigmoid(&this)?;
            if is_differentiated() {
                return mul(mul(b.grad()?, &s)?, add(mul(&this, sub(1, &s)?)?, 1)?);
            }
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
    /// relu6(x + 3) / 6.
    HARDSIGMOID = "hardsigmoid", "torch.nn.functional.hardsigmoid(torch.tensor([-1.0, 4.0]))", [Overload::new(
        "hardsigmoid(Tensor self) -> Tensor",
        NAMESPACED | INPLACE | OUT,
        |a| a.unary(activation::hardsigmoid),
        Node("HardsigmoidBackward0", &[grad("self", "self", |b| {
            call1(&HARDSIGMOID_BACKWARD, args![b.grad()?, b.tensor(0)?])
        })]),
    )];
    /// The gradient of hardsigmoid.
    HARDSIGMOID_BACKWARD = "hardsigmoid_backward", "torch.nn.functional.hardsigmoid(torch.tensor([-1.0, 4.0]))", [Overload::new(
        "hardsigmoid_backward(Tensor grad_output, Tensor self) -> Tensor",
        0,
        |a| {
            let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            let inside = logical_and(&gt(&this, -3.0)?, &lt(&this, 3.0)?)?;
            one(where_(&inside, div(&grad, 6.0)?, scalar_like(0.0, &grad)?)?)
        },
        Node("HardsigmoidBackwardBackward0", &[
            grad("grad_output", "self", |b| call1(&HARDSIGMOID_BACKWARD, args![b.grad()?, b.tensor(1)?])),
            zero("self"),
        ]),
    )];
    /// x * relu6(x + 3) / 6.
    HARDSWISH = "hardswish", "torch.nn.functional.hardswish(torch.tensor([-1.0, 4.0]))", [Overload::new(
        "hardswish(Tensor self) -> Tensor",
        NAMESPACED | INPLACE | OUT,
        |a| a.unary(activation::hardswish),
        Node("HardswishBackward0", &[grad("self", "self", |b| {
            call1(&HARDSWISH_BACKWARD, args![b.grad()?, b.tensor(0)?])
        })]),
    )];
    /// The gradient of hardswish.
    HARDSWISH_BACKWARD = "hardswish_backward", "torch.nn.functional.hardswish(torch.tensor([-1.0, 4.0]))", [Overload::new(
        "hardswish_backward(Tensor grad_output, Tensor self) -> Tensor",
        0,
        |a| {
            let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            let inside = mul(&grad, add(div(&this, 3.0)?, 0.5)?)?;
            let held = where_(&lt(&this, 3.0)?, inside, &grad)?;
            one(masked_fill(&held, &le(&this, -3.0)?, 0)?)
        },
        Node("HardswishBackwardBackward0", &[
            grad("grad_output", "self", |b| call1(&HARDSWISH_BACKWARD, args![b.grad()?, b.tensor(1)?])),
            grad("self", "grad_output, self", |b| {
                let this = b.tensor(1)?;
                let inside = logical_and(&gt(&this, -3.0)?, &lt(&this, 3.0)?)?;
                where_(&inside, div(mul(b.grad()?, b.tensor(0)?)?, 3.0)?, scalar_like(0.0, &this)?)
            }),
        ]),
    )];
    /// 0 where |x| is at most lambd, x elsewhere.
    HARDSHRINK = "hardshrink", "torch.hardshrink(torch.tensor([-0.3, 2.0]))", [Overload::new(
        "hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let lambda = a.scalar(1)?.to_f64();
            a.unary(|x| activation::hardshrink(x, lambda))
        },
        Node("HardshrinkBackward0", &[grad("self", "self, lambd", |b| {
            call1(&SHRINK_BACKWARD, args![b.grad()?, b.tensor(0)?, b.scalar(1)?])
        })]),
    )];
    /// 0 where |x| is at most lambd, x moved toward 0 by lambd elsewhere.
    SOFTSHRINK = "softshrink", "torch.nn.functional.softshrink(torch.tensor([-0.3, 2.0]))", [Overload::new(
        "softshrink(Tensor self, Scalar lambd=0.5) -> Tensor",
        NAMESPACED | OUT,
        |a| {
            let lambda = a.scalar(1)?.to_f64();
            if lambda < 0.0 {
                return error::runtime(format!(
                    "lambda must be greater or equal to 0, but found to be {}.",
                    crate::array::print::python_float(lambda)
                ));
            }
            a.unary(|x| activation::softshrink(x, lambda))
        },
        Node("SoftshrinkBackward0", &[grad("self", "self, lambd", |b| {
            SHRINK_BACKWARD.overloads[1].call_one(args![b.grad()?, b.tensor(0)?, b.scalar(1)?])
        })]),
    )];
    /// The gradients of hardshrink and softshrink.
    SHRINK_BACKWARD = "hardshrink_backward", "torch.hardshrink(torch.tensor([-0.3, 2.0]))", [
        Overload::new(
            "hardshrink_backward(Tensor grad_out, Tensor self, Scalar lambd) -> Tensor",
            0,
            shrink_backward,
            Node("HardshrinkBackwardBackward0", &[
                grad("grad_out", "self, lambd", |b| {
                    call1(&SHRINK_BACKWARD, args![b.grad()?, b.tensor(1)?, b.scalar(2)?])
                }),
                zero("self"),
            ]),
        ),
        Overload::new(
            "softshrink_backward(Tensor grad_output, Tensor self, Scalar lambd) -> Tensor",
            0,
            shrink_backward,
            Node("SoftshrinkBackwardBackward0", &[
                grad("grad_output", "self, lambd", |b| {
                    SHRINK_BACKWARD.overloads[1].call_one(args![b.grad()?, b.tensor(1)?, b.scalar(2)?])
                }),
                zero("self"),
            ]),
        ),
    ];
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
            let (first, second) = halves(&this, dim)?;
            one(mul(first, sigmoid(second)?)?)
        },
        Node("GluBackward0", &[grad("self", "self, dim", |b| {
            let (first, second) = halves(&b.tensor(0)?, b.int(1)?)?;
            let s = sigmoid(&second)?;
            let through = mul(b.grad()?, &s)?;
            let gate = mul(mul(&through, sub(1, &s)?)?, first)?;
            cat(&[through, gate], b.int(1)?)
        })]),
    )];
    /// x where it is positive, weight * x elsewhere; one weight or one a channel.
    PRELU = "prelu", "torch.prelu(torch.tensor([-1.0, 2.0]), torch.tensor(0.25))", [Overload::new(
        "prelu(Tensor self, Tensor weight) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let (this, weight) = (a.tensor(0)?, a.tensor(1)?);
            if this.dtype() != weight.dtype() {
                return error::runtime(format!(
                    "prelu: Type promoting not supported. Got {} and {}",
                    this.dtype().scalar_type(),
                    weight.dtype().scalar_type()
                ));
            }
            if weight.dim() > 1 {
                return error::runtime(format!(
                    "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {}",
                    weight.dim()
                ));
            }
            let mut weight = weight.clone();
            if weight.numel() != 1 {
                if this.dim() == 0 {
                    return error::runtime("Not allow zero-dim input tensor.");
                }
                let channels = if this.dim() > 1 { this.sizes().get(1).copied().unwrap_or(1) } else { 1 };
                if channels != weight.numel() as i64 {
                    return error::runtime(format!(
                        "Mismatch of parameter numbers and input channel size. Found parameter numbers = {} and channel size = {channels}.",
                        weight.numel()
                    ));
                }
            }
            if this.dim() == 0 || weight.numel() == 1 {
                weight = reshape(&weight, &vec![1; this.dim()])?;
            } else if this.dim() != 1 {
                let mut sizes = vec![1; this.dim()];
                if let Some(size) = sizes.get_mut(1) {
                    *size = weight.numel() as i64;
                }
                weight = reshape(&weight, &sizes)?;
            }
            PRELU_KERNEL.overloads[0].call(args![this, &weight])
        },
        Composite,
    )];
    /// prelu with a weight that broadcasts.
    PRELU_KERNEL = "_prelu_kernel", "torch.prelu(torch.tensor([-1.0, 2.0]), torch.tensor(0.25))", [Overload::new(
        "_prelu_kernel(Tensor self, Tensor weight) -> Tensor",
        0,
        |a| {
            let (this, weight) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            one(where_(&gt(&this, 0)?, &this, mul(&this, &weight)?)?)
        },
        Node("PreluKernelBackward0", &[
            grad("self", "self, weight", |b| {
                where_(&ge(b.tensor(0)?, 0)?, b.grad()?, mul(b.grad()?, b.tensor(1)?)?)
            }),
            grad("weight", "self", |b| {
                let this = b.tensor(0)?;
                where_(&ge(&this, 0)?, scalar_like(0.0, &this)?, mul(b.grad()?, &this)?)
            }),
        ]),
    )];
    /// leaky_relu with a slope drawn for each element while training.
    RRELU = "rrelu", "torch.rrelu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None) -> Tensor",
        FUNCTION | INPLACE | RANDOM,
        |a| {
            let noise = zeros_like(&a.tensor(0)?.detach())?;
            RRELU_WITH_NOISE.overloads[0].call(Args(smallvec![
                a.get(0).clone(),
                noise.into(),
                a.get(1).clone(),
                a.get(2).clone(),
                a.get(3).clone(),
                a.get(4).clone()
            ]))
        },
        Composite,
    )];
    /// rrelu, with the drawn slopes left in noise.
    RRELU_WITH_NOISE = "rrelu_with_noise", "torch.rrelu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "rrelu_with_noise(Tensor self, Tensor(b!) noise, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None) -> Tensor",
        NAMESPACED | RANDOM,
        rrelu,
        Node("RreluWithNoiseBackward0", &[
            grad("self", "self, noise, lower, upper, training", |b| {
                let (lower, upper) = (b.scalar(2)?.to_f64(), b.scalar(3)?.to_f64());
                if b.bool(4)? && upper - lower > 1e-6 {
                    return mul(b.grad()?, b.tensor(1)?);
                }
                let slope = (lower + upper) / 2.0;
                call1(&LEAKY_RELU_BACKWARD, args![b.grad()?, b.tensor(0)?, Scalar::Float(slope), false])
            }),
            apart("noise"),
        ]),
    )];
}

fn in_dtype(tensor: &Tensor, dtype: Option<Dtype>) -> Result<Tensor> {
    dtype.map_or_else(|| Ok(tensor.clone()), |dtype| to_dtype(tensor, dtype))
}

fn is_tanh(approximate: &str) -> Result<bool> {
    match approximate {
        "none" => Ok(false),
        "tanh" => Ok(true),
        _ => error::runtime("approximate argument must be either none or tanh."),
    }
}

const TANH_SCALE: f64 = SQRT_2 * FRAC_2_SQRT_PI * 0.5;
const TANH_CUBE: f64 = 0.044715;

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

fn shrink_backward(a: &Args) -> Result<Outs> {
    let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
    let lambda = a.scalar(2)?.to_f64();
    let inside = logical_and(&ge(&this, -lambda)?, &le(&this, lambda)?)?;
    one(masked_fill(&grad, &inside, 0)?)
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

/// While training every element at most 0 draws its slope, in order; the others' is 1.
fn rrelu(a: &Args) -> Result<Outs> {
    let (this, noise) = (a.tensor(0)?.detach(), a.tensor(1)?);
    let (lower, upper) = (a.scalar(2)?.to_f64(), a.scalar(3)?.to_f64());
    if !a.bool(4)? {
        return a.unary(|x| activation::leaky_relu(x, (lower + upper) / 2.0));
    }
    let elements = crate::array::copy::elements(&this.array());
    let count = elements.iter().filter(|x| x.to_f64() <= 0.0).count();
    let draws = crate::array::Array::zeros(&[count as i64], Dtype::Float64)?;
    let generator = a.generator(5);
    crate::array::random::uniform_(&draws, lower, upper, &mut generator.borrow_mut())?;
    let mut draws = crate::array::copy::elements(&draws).into_iter();
    let slopes: Vec<f64> = elements
        .iter()
        .map(|x| {
            if x.to_f64() <= 0.0 {
                draws.next().map_or(1.0, Scalar::to_f64)
            } else {
                1.0
            }
        })
        .collect();
    let slopes = crate::array::Array::from_vec(&this.sizes(), &slopes)?;
    crate::array::copy::copy_into(&noise.array(), &slopes)?;
    noise.bump_version();
    one(mul(&this, noise)?)
}

fn threshold_backward(grad: &Tensor, this: &Tensor, threshold: f64) -> Result<Tensor> {
    call1(&THRESHOLD_BACKWARD, args![grad, this, Scalar::Float(threshold)])
}

functions! { relu = RELU; }
