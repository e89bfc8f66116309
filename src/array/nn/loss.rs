//! Losses of every element, and their slopes, in one pass over the operands.

use super::super::array::Array;
use super::super::dtype::Dtype;
use super::super::elementwise::{self, run2, run3};
use super::super::error::Result;
use super::super::kernels::{exponential, logarithm, map2, map3};
use super::super::promote;
use super::super::unary::unsupported;

/// What the formulas need beyond std's methods, in both precisions.
trait Real {
    fn fast_exp(self) -> Self;
    fn fast_log(self) -> Self;
    fn fast_log1p(self) -> Self;
}

impl Real for f32 {
    #[inline(always)]
    fn fast_exp(self) -> f32 {
        exponential::exp_f32(self)
    }
    #[inline(always)]
    fn fast_log(self) -> f32 {
        logarithm::ln_f32(self)
    }
    #[inline(always)]
    fn fast_log1p(self) -> f32 {
        logarithm::log1p_f32(self)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn fast_exp(self) -> f64 {
        exponential::exp_f64(self)
    }
    #[inline(always)]
    fn fast_log(self) -> f64 {
        logarithm::ln_f64(self)
    }
    #[inline(always)]
    fn fast_log1p(self) -> f64 {
        logarithm::log1p_f64(self)
    }
}

/// One formula of two arrays in float32 or float64; the result has their promoted dtype.
macro_rules! of_two {
    ($a:expr, $b:expr, $name:literal, |$x:ident, $y:ident: $T:ident| $body:expr) => {{
        let (a, b): (&Array, &Array) = ($a, $b);
        let dtype = promote::result_type(&[a.into(), b.into()]);
        if !dtype.is_floating_point() {
            return unsupported($name, if dtype.is_complex() { dtype } else { Dtype::Int64 });
        }
        let out = elementwise::result(&[a.into(), b.into()], dtype)?;
        if dtype == Dtype::Float64 {
            #[allow(dead_code)]
            type $T = f64;
            run2::<f64, f64, f64>(&out, a.into(), b.into(), &|out, x, y| {
                map2(
                    out,
                    x,
                    y,
                    #[inline(always)]
                    |$x: f64, $y: f64| $body,
                )
            });
        } else {
            #[allow(dead_code)]
            type $T = f32;
            run2::<f32, f32, f32>(&out, a.into(), b.into(), &|out, x, y| {
                map2(
                    out,
                    x,
                    y,
                    #[inline(always)]
                    |$x: f32, $y: f32| $body,
                )
            });
        }
        Ok(out)
    }};
}

/// One formula of a gradient and two arrays, as `of_two`.
macro_rules! of_three {
    ($grad:expr, $a:expr, $b:expr, $name:literal, |$g:ident, $x:ident, $y:ident: $T:ident| $body:expr) => {{
        let (grad, a, b): (&Array, &Array, &Array) = ($grad, $a, $b);
        let dtype = promote::result_type(&[grad.into(), a.into(), b.into()]);
        if !dtype.is_floating_point() {
            return unsupported($name, dtype);
        }
        let out = elementwise::result(&[a.into(), b.into(), grad.into()], dtype)?;
        if dtype == Dtype::Float64 {
            #[allow(dead_code)]
            type $T = f64;
            run3::<f64, f64, f64, f64>(&out, grad.into(), a.into(), b.into(), &|out, g, x, y| {
                map3(
                    out,
                    g,
                    x,
                    y,
                    #[inline(always)]
                    |$g: f64, $x: f64, $y: f64| $body,
                )
            });
        } else {
            #[allow(dead_code)]
            type $T = f32;
            run3::<f32, f32, f32, f32>(&out, grad.into(), a.into(), b.into(), &|out, g, x, y| {
                map3(
                    out,
                    g,
                    x,
                    y,
                    #[inline(always)]
                    |$g: f32, $x: f32, $y: f32| $body,
                )
            });
        }
        Ok(out)
    }};
}

/// (x - y)^2.
pub fn mse(a: &Array, b: &Array) -> Result<Array> {
    of_two!(a, b, "mse_cpu", |x, y: T| (x - y) * (x - y))
}

/// scale (x - y) grad.
pub fn mse_backward(grad: &Array, a: &Array, b: &Array, scale: f64) -> Result<Array> {
    of_three!(grad, a, b, "mse_backward_cpu_out", |g, x, y: T| scale as T
        * (x - y)
        * g)
}

/// (x - y)^2 / 2 beta nearer than beta, |x - y| - beta / 2 farther.
pub fn smooth_l1(a: &Array, b: &Array, beta: f64) -> Result<Array> {
    of_two!(a, b, "smooth_l1_cpu", |x, y: T| {
        let (apart, beta) = ((x - y).abs(), beta as T);
        if apart < beta {
            0.5 * apart * apart / beta
        } else {
            apart - 0.5 * beta
        }
    })
}

/// The slope of `smooth_l1` times scale and grad.
pub fn smooth_l1_backward(grad: &Array, a: &Array, b: &Array, scale: f64, beta: f64) -> Result<Array> {
    of_three!(grad, a, b, "smooth_l1_backward_cpu_out", |g, x, y: T| {
        let (apart, beta, scale) = (x - y, beta as T, scale as T);
        if apart <= -beta {
            -scale * g
        } else if apart >= beta {
            scale * g
        } else {
            scale * apart * g / beta
        }
    })
}

/// (x - y)^2 / 2 within delta, delta (|x - y| - delta / 2) beyond.
pub fn huber(a: &Array, b: &Array, delta: f64) -> Result<Array> {
    of_two!(a, b, "huber_cpu", |x, y: T| {
        let (apart, delta) = ((x - y).abs(), delta as T);
        if apart < delta {
            0.5 * apart * apart
        } else {
            delta * (apart - 0.5 * delta)
        }
    })
}

/// The slope of `huber` times scale and grad.
pub fn huber_backward(grad: &Array, a: &Array, b: &Array, scale: f64, delta: f64) -> Result<Array> {
    of_three!(grad, a, b, "huber_backward_cpu_out", |g, x, y: T| {
        let (apart, delta, scale) = (x - y, delta as T, scale as T);
        if apart <= -delta {
            -scale * g * delta
        } else if apart >= delta {
            scale * g * delta
        } else {
            scale * apart * g
        }
    })
}

/// (y - 1) ln(1 - x) - y ln(x), logarithms held above -100: the cross entropy of a probability.
pub fn binary_cross_entropy(a: &Array, b: &Array) -> Result<Array> {
    of_two!(a, b, "binary_cross_entropy", |x, y: T| {
        let (one, zero) = ((-x).fast_log1p(), x.fast_log());
        let one = if one < -100.0 { -100.0 } else { one };
        let zero = if zero < -100.0 { -100.0 } else { zero };
        (y - 1.0) * one - y * zero
    })
}

/// grad (x - y) / max(x (1 - x), 1e-12).
pub fn binary_cross_entropy_backward(grad: &Array, a: &Array, b: &Array) -> Result<Array> {
    of_three!(grad, a, b, "binary_cross_entropy_backward", |g, x, y: T| {
        let spread = (1.0 - x) * x;
        let least = 1e-12;
        g * (x - y) / if spread < least { least } else { spread }
    })
}

/// (1 - y) x - ln(sigmoid(x)): the cross entropy of a logit.
pub fn logit_cross_entropy(a: &Array, b: &Array) -> Result<Array> {
    of_two!(a, b, "log_sigmoid_cpu", |x, y: T| {
        let low = if x < 0.0 { x } else { 0.0 };
        let log_sigmoid = if x.is_nan() {
            x
        } else {
            low - (-x.abs()).fast_exp().fast_log1p()
        };
        (1.0 - y) * x - log_sigmoid
    })
}

/// (sigmoid(x) - y) grad.
pub fn logit_cross_entropy_backward(grad: &Array, a: &Array, b: &Array) -> Result<Array> {
    of_three!(grad, a, b, "sigmoid_cpu", |g, x, y: T| (1.0 / (1.0 + (-x).fast_exp())
        - y)
        * g)
}
