//! Activation functions with parameters. They take floating point arrays only.

use super::array::Array;
use super::dtype::Dtype;
use super::elementwise::{self, run1};
use super::error::Result;
use super::kernels::{exponential, hyperbolic, logarithm, map1, special};
use super::unary::unsupported;

/// Runs one formula in float32 or float64 on a floating point array.
macro_rules! activation {
    ($a:expr, $name:literal, |$x:ident: $T:ident| $body:expr) => {{
        let a: &Array = $a;
        let dtype = a.dtype();
        if !dtype.is_floating_point() {
            return unsupported($name, dtype);
        }
        let out = elementwise::result(&[a.into()], dtype)?;
        if dtype == Dtype::Float64 {
            #[allow(dead_code)]
            type $T = f64;
            run1::<f64, f64>(&out, a.into(), &|out, x| {
                map1(
                    out,
                    x,
                    #[inline(always)]
                    |$x: f64| $body,
                )
            });
        } else {
            #[allow(dead_code)]
            type $T = f32;
            run1::<f32, f32>(&out, a.into(), &|out, x| {
                map1(
                    out,
                    x,
                    #[inline(always)]
                    |$x: f32| $body,
                )
            });
        }
        Ok(out)
    }};
}

/// What formulas in two precisions need beyond std's methods.
trait Real {
    fn fast_exp(self) -> Self;
    fn fast_expm1(self) -> Self;
    fn fast_log1p(self) -> Self;
    fn fast_tanh(self) -> Self;
    fn fast_erf(self) -> Self;
}

impl Real for f32 {
    #[inline(always)]
    fn fast_exp(self) -> f32 {
        exponential::exp_f32(self)
    }
    #[inline(always)]
    fn fast_expm1(self) -> f32 {
        exponential::expm1_f32(self)
    }
    #[inline(always)]
    fn fast_log1p(self) -> f32 {
        logarithm::log1p_f32(self)
    }
    #[inline(always)]
    fn fast_tanh(self) -> f32 {
        hyperbolic::tanh_f32(self)
    }
    #[inline(always)]
    fn fast_erf(self) -> f32 {
        special::erf(self as f64) as f32
    }
}

impl Real for f64 {
    #[inline(always)]
    fn fast_exp(self) -> f64 {
        exponential::exp_f64(self)
    }
    #[inline(always)]
    fn fast_expm1(self) -> f64 {
        self.exp_m1()
    }
    #[inline(always)]
    fn fast_log1p(self) -> f64 {
        self.ln_1p()
    }
    #[inline(always)]
    fn fast_tanh(self) -> f64 {
        self.tanh()
    }
    #[inline(always)]
    fn fast_erf(self) -> f64 {
        special::erf(self)
    }
}

/// x * sigmoid(x).
pub fn silu(a: &Array) -> Result<Array> {
    activation!(a, "silu_cpu", |x: T| x / (1.0 + (-x).fast_exp()))
}

/// x * Phi(x), exactly or (`tanh`) by PyTorch's approximation.
pub fn gelu(a: &Array, tanh: bool) -> Result<Array> {
    if tanh {
        return activation!(a, "GeluKernelImpl", |x: T| {
            const BETA: T = (std::f64::consts::SQRT_2 * std::f64::consts::FRAC_2_SQRT_PI * 0.5) as T;
            let inner = BETA * (x + 0.044715 * (x * x * x));
            0.5 * x * (1.0 + inner.fast_tanh())
        });
    }
    activation!(a, "GeluKernelImpl", |x: T| {
        const ALPHA: T = std::f64::consts::FRAC_1_SQRT_2 as T;
        x * 0.5 * (1.0 + (x * ALPHA).fast_erf())
    })
}

/// scale * x above 0, scale * alpha * (e^(input_scale x) - 1) below: ELU, and with its parameters SELU and CELU.
pub fn elu(a: &Array, alpha: f64, scale: f64, input_scale: f64) -> Result<Array> {
    activation!(a, "elu_cpu", |x: T| {
        let (positive, negative, inner) = (scale as T, alpha as T * scale as T, input_scale as T);
        if x < 0.0 {
            (x * inner).fast_expm1() * negative
        } else {
            x * positive
        }
    })
}

/// x above 0, slope * x below.
pub fn leaky_relu(a: &Array, slope: f64) -> Result<Array> {
    activation!(a, "leaky_relu_cpu", |x: T| if x > 0.0 { x } else { x * slope as T })
}

/// ln(1 + e^(beta x)) / beta; x itself where beta x exceeds the threshold.
pub fn softplus(a: &Array, beta: f64, threshold: f64) -> Result<Array> {
    activation!(a, "softplus_cpu", |x: T| {
        let (beta, threshold) = (beta as T, threshold as T);
        if x * beta > threshold {
            x
        } else {
            (x * beta).fast_exp().fast_log1p() / beta
        }
    })
}

/// ln(sigmoid(x)).
pub fn log_sigmoid(a: &Array) -> Result<Array> {
    activation!(a, "log_sigmoid_cpu", |x: T| {
        let low = if x < 0.0 { x } else { 0.0 };
        if x.is_nan() {
            x
        } else {
            low - (-x.abs()).fast_exp().fast_log1p()
        }
    })
}

/// x * tanh(softplus(x)).
pub fn mish(a: &Array) -> Result<Array> {
    activation!(a, "mish_cpu", |x: T| x * x.fast_exp().fast_log1p().fast_tanh())
}

/// relu6(x + 3) / 6.
pub fn hardsigmoid(a: &Array) -> Result<Array> {
    activation!(a, "hardsigmoid_cpu", |x: T| {
        let y = x + 3.0;
        let y = if y < 0.0 { 0.0 } else { y };
        (if y > 6.0 { 6.0 } else { y }) / 6.0
    })
}

/// x * relu6(x + 3) / 6.
pub fn hardswish(a: &Array) -> Result<Array> {
    activation!(a, "hardswish_cpu", |x: T| {
        let y = x + 3.0;
        let y = if y < 0.0 { 0.0 } else { y };
        x * (if y > 6.0 { 6.0 } else { y }) / 6.0
    })
}

/// x where |x| > lambda, else 0.
pub fn hardshrink(a: &Array, lambda: f64) -> Result<Array> {
    activation!(a, "hardshrink_cpu", |x: T| {
        let lambda = lambda as T;
        if x >= -lambda && x <= lambda { 0.0 } else { x }
    })
}

/// x moved by lambda toward 0, not across it.
pub fn softshrink(a: &Array, lambda: f64) -> Result<Array> {
    activation!(a, "softshrink_check", |x: T| {
        let lambda = lambda as T;
        if x > lambda {
            x - lambda
        } else if x < -lambda {
            x + lambda
        } else {
            // nan stays.
            x * 0.0 + 0.0
        }
    })
}
