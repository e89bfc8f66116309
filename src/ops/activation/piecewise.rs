//! Activation functions made of straight pieces.

use crate::array::{Dtype, Result, Scalar, activation, copy, error, ternary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

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
        FUNCTION | OUT,
        threshold,
        Node("ThresholdBackward0", &[grad("self", "self, threshold", |b| {
            threshold_backward(b.grad()?, &b.tensor(0)?, b.scalar(1)?.to_f64())
        })]),
    )];
    /// The gradient of threshold and relu.
    THRESHOLD_BACKWARD = "threshold_backward", "torch.relu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "threshold_backward(Tensor grad_output, Tensor self, Scalar threshold) -> Tensor",
        0,
        |a| {
            let below = le(a.tensor(1)?.detach(), a.scalar(2)?)?;
            let mask = below.array();
            one(ternary::where_(&mask, &copy::full(&[], Scalar::Int(0), a.tensor(0)?.dtype())?, &*a.array(0)?)?)
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
    /// x where it is positive, negative_slope * x elsewhere.
    LEAKY_RELU = "leaky_relu", "torch.nn.functional.leaky_relu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor",
        NAMESPACED | OUT,
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
                copy::cast(&held, dtype)
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
        NotImplemented,
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
    ).out_dtype(crate::ops::out::found)];
    /// 0 where |x| is at most lambd, x moved toward 0 by lambd elsewhere.
    SOFTSHRINK = "softshrink", "torch.nn.functional.softshrink(torch.tensor([-0.3, 2.0]))", [Overload::new(
        "softshrink(Tensor self, Scalar lambd=0.5) -> Tensor",
        NAMESPACED | OUT,
        |a| {
            let lambda = a.scalar(1)?.to_f64();
            let (dtype, most, largest) = match a.tensor(0)?.dtype() {
                Dtype::Float64 => ("Double", "1.79769e+308", f64::MAX),
                Dtype::Float16 => ("Half", "65504", 65504.0),
                Dtype::BFloat16 => ("BFloat16", "3.38953e+38", 3.38953e38),
                _ => ("Float", "3.40282e+38", f64::from(f32::MAX)),
            };
            if !(0.0..=largest).contains(&lambda) {
                let found = crate::array::print::python_float(lambda);
                return error::runtime(format!(
                    "lambda must be in range [0, {most}] for input dtype {dtype}, but found {}",
                    found.trim_end_matches(".0")
                ));
            }
            a.unary(|x| activation::softshrink(x, lambda))
        },
        Node("SoftshrinkBackward0", &[grad("self", "self, lambd", |b| {
            SHRINK_BACKWARD.overloads[1].call_one(args![b.grad()?, b.tensor(0)?, b.scalar(1)?])
        })]),
    ).out_dtype(crate::ops::out::found)];
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
            if this.dim() != weight.dim() {
                let mut sizes = vec![1; this.dim()];
                if let Some(size) = sizes.get_mut(1).filter(|_| weight.numel() != 1) {
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
            if !a.tensor(0)?.dtype().is_floating_point() {
                return crate::array::unary::unsupported("prelu_cpu", a.tensor(0)?.dtype());
            }
            let (this, weight) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            one(where_(&gt(&this, 0)?, &this, mul(&this, &weight)?)?)
        },
        Node("PreluKernelBackward0", &[joint("self, weight", "self, weight", |b| {
            let outs = PRELU_KERNEL_BACKWARD.overloads[0].call(args![b.grad()?, b.tensor(0)?, b.tensor(1)?])?;
            let tensor = |out: Arg| match out {
                Arg::Tensor(tensor) => Some(tensor),
                _ => None,
            };
            Ok(outs.into_iter().map(tensor).collect())
        })]),
    )];
    /// The gradients of prelu.
    PRELU_KERNEL_BACKWARD = "_prelu_kernel_backward", "torch.prelu(torch.tensor([-1.0, 2.0]), torch.tensor(0.25))", [Overload::new(
        "_prelu_kernel_backward(Tensor grad_output, Tensor self, Tensor weight) -> (Tensor, Tensor)",
        0,
        |a| {
            let (grad, this, weight) = (a.tensor(0)?.detach(), a.tensor(1)?.detach(), a.tensor(2)?.detach());
            let positive = gt(&this, 0)?;
            let zero = scalar_like(0.0, &this)?;
            two((
                where_(&positive, &grad, mul(&grad, &weight)?)?,
                where_(&positive, zero, mul(&grad, &this)?)?,
            ))
        },
        Node("PreluKernelBackwardBackward0", &[
            grad("grad_output", "self, weight", |b| {
                let (this, weight) = (b.tensor(1)?, b.tensor(2)?);
                let (first, second) = (b.grad_or_zeros(0)?, b.grad_or_zeros(1)?);
                where_(&ge(&this, 0)?, &first, add(mul(&first, weight)?, mul(&second, &this)?)?)
            }),
            grad("self", "grad_output, self", |b| {
                let this = b.tensor(1)?;
                where_(&ge(&this, 0)?, scalar_like(0.0, &this)?, mul(b.tensor(0)?, b.grad_or_zeros(1)?)?)
            }),
            grad("weight", "grad_output, self", |b| {
                let this = b.tensor(1)?;
                where_(&ge(&this, 0)?, scalar_like(0.0, &this)?, mul(b.tensor(0)?, b.grad_or_zeros(0)?)?)
            }),
        ]),
    )];
    /// leaky_relu with a slope drawn for each element while training.
    RRELU = "rrelu", "torch.rrelu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None) -> Tensor",
        FUNCTION | RANDOM,
        |a| RRELU_WITH_NOISE.overloads[0].call(with_noise(a)?),
        Composite,
    )];
    /// rrelu, with the drawn slopes left in noise.
    RRELU_WITH_NOISE = "rrelu_with_noise", "torch.rrelu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "rrelu_with_noise(Tensor self, Tensor(b!) noise, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None) -> Tensor",
        NAMESPACED | RANDOM,
        rrelu,
        Node("RreluWithNoiseBackward0", &[
            grad("self", "self, noise, lower, upper, training", |b| rrelu_backward(b, b.tensor(0)?, false)),
            apart("noise"),
        ]),
    )];
    /// The gradient of rrelu.
    RRELU_BACKWARD = "rrelu_with_noise_backward", "torch.rrelu(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "rrelu_with_noise_backward(Tensor grad_output, Tensor self, Tensor noise, Scalar lower, Scalar upper, bool training, bool self_is_result) -> Tensor",
        0,
        |a| {
            let (grad, this, noise) = (a.tensor(0)?.detach(), a.tensor(1)?.detach(), a.tensor(2)?.detach());
            let (lower, upper) = (a.scalar(3)?.to_f64(), a.scalar(4)?.to_f64());
            if a.bool(5)? && upper - lower > 1e-6 {
                return one(mul(&grad, &noise)?);
            }
            let slope = Scalar::Float((lower + upper) / 2.0);
            one(call1(&LEAKY_RELU_BACKWARD, args![grad, this, slope, a.bool(6)?])?)
        },
        Node("RreluWithNoiseBackwardBackward0", &[
            grad("grad_output", "self, noise, lower, upper, training", |b| {
                call1(&RRELU_BACKWARD, args![
                    b.grad()?, b.tensor(1)?, b.tensor(2)?, b.scalar(3)?, b.scalar(4)?, b.bool(5)?, false
                ])
            }),
            zero("self"),
            apart("noise"),
        ]),
    )];
    /// rrelu in place.
    RRELU_IN_PLACE = "rrelu_", "torch.rrelu_(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "rrelu_(Tensor(a!) self, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION | RANDOM,
        |a| one(RRELU_WITH_NOISE_IN_PLACE.overloads[0].call_in_place(with_noise(a)?)?),
        Composite,
    )];
    /// rrelu_with_noise in place; its gradient sees the result.
    RRELU_WITH_NOISE_IN_PLACE = "rrelu_with_noise_", "torch.rrelu_(torch.tensor([-1.0, 2.0]))", [Overload::new(
        "rrelu_with_noise_(Tensor(a!) self, Tensor(b!) noise, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None) -> Tensor(a!)",
        ONLY_INPLACE | NAMESPACED | RANDOM,
        rrelu,
        Node("RreluWithNoiseBackward1", &[
            grad("self", "result, noise, lower, upper, training", |b| rrelu_backward(b, b.result(0)?, true)),
            apart("noise"),
        ]),
    )];
    /// leaky_relu in place; its gradient sees the result.
    LEAKY_RELU_IN_PLACE = "leaky_relu_", "torch.nn.functional.leaky_relu(torch.tensor([-1.0, 2.0]), inplace=True)", [Overload::new(
        "leaky_relu_(Tensor(a!) self, Scalar negative_slope=0.01) -> Tensor(a!)",
        ONLY_INPLACE | NAMESPACED,
        |a| {
            let slope = a.scalar(1)?.to_f64();
            a.unary(|x| activation::leaky_relu(x, slope))
        },
        Node("LeakyReluBackward1", &[grad("self", "result, negative_slope", |b| {
            call1(&LEAKY_RELU_BACKWARD, args![b.grad()?, b.result(0)?, b.scalar(1)?, true])
        })]),
    )];
    /// threshold in place.
    THRESHOLD_IN_PLACE = "threshold_", "torch.threshold_(torch.tensor([-1.0, 2.0]), 0.5, 0.0)", [Overload::new(
        "threshold_(Tensor(a!) self, Scalar threshold, Scalar value) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION,
        threshold,
        Node("ThresholdBackward1", &[grad("self", "self, threshold", |b| {
            threshold_backward(b.grad()?, &b.tensor(0)?, b.scalar(1)?.to_f64())
        })]),
    )];
}

fn threshold(a: &Args) -> Result<Outs> {
    let below = le(a.tensor(0)?.detach(), a.scalar(1)?)?;
    let value = copy::full(&[], a.scalar(2)?, a.tensor(0)?.dtype())?;
    one(ternary::where_(&below.array(), &value, &*a.array(0)?)?)
}

fn shrink_backward(a: &Args) -> Result<Outs> {
    let (grad, this) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
    let lambda = a.scalar(2)?.to_f64();
    let inside = logical_and(&ge(&this, -lambda)?, &le(&this, lambda)?)?;
    one(masked_fill(&grad, &inside, 0)?)
}

/// The arguments of `rrelu_with_noise` from those of `rrelu`.
fn with_noise(a: &Args) -> Result<Args> {
    if a.scalar(1)?.to_f64() > a.scalar(2)?.to_f64() {
        return error::runtime("Lower bound should be less than or equal to the upper bound");
    }
    let mut args = a.clone();
    args.0.insert(1, zeros_like(&a.tensor(0)?.detach())?.into());
    Ok(args)
}

/// The gradient of rrelu from its input or its result.
fn rrelu_backward(b: &crate::ops::Backward, this: Tensor, is_result: bool) -> Result<Tensor> {
    let (lower, upper) = (b.scalar(2)?.to_f64(), b.scalar(3)?.to_f64());
    let args = args![
        b.grad()?,
        this,
        b.tensor(1)?,
        Scalar::Float(lower),
        Scalar::Float(upper),
        b.bool(4)?,
        is_result
    ];
    call1(&RRELU_BACKWARD, args)
}

/// While training every element at most 0 draws its slope, in order; the others' is 1.
fn rrelu(a: &Args) -> Result<Outs> {
    let (this, noise) = (a.tensor(0)?.detach(), a.tensor(1)?);
    let (lower, upper) = (a.scalar(2)?.to_f64(), a.scalar(3)?.to_f64());
    if !a.bool(4)? {
        return a.unary(|x| activation::leaky_relu(x, (lower + upper) / 2.0));
    }
    if matches!(this.dtype(), Dtype::Float16) || !this.dtype().is_floating_point() {
        return crate::array::unary::unsupported("rrelu_with_noise_out_cpu", this.dtype());
    }
    let elements = copy::elements(&this.array());
    let count = elements.iter().filter(|x| x.to_f64() <= 0.0).count();
    let draws = crate::array::Array::zeros(&[count as i64], Dtype::Float64)?;
    let generator = a.generator(5);
    crate::array::random::uniform_(&draws, lower, upper, &mut generator.borrow_mut())?;
    let mut draws = copy::elements(&draws).into_iter();
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
    copy::copy_into(&noise.array(), &slopes)?;
    // its version stays: the node may hold it already
    one(mul(&this, noise)?)
}

fn threshold_backward(grad: &Tensor, this: &Tensor, threshold: f64) -> Result<Tensor> {
    call1(&THRESHOLD_BACKWARD, args![grad, this, Scalar::Float(threshold)])
}

functions! { relu = RELU; }
