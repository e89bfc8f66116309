//! Hyperbolic functions and their inverses.

use super::exponential::exp_core;

#[inline(always)]
pub fn tanh_f32(x: f32) -> f32 {
    let w = (x as f64).clamp(-20.0, 20.0);
    let e = exp_core(2.0 * w);
    let large = (e - 1.0) / (e + 1.0);
    let z = w * w;
    let small = w + w * z * z.mul_add(2.0 / 15.0, -1.0 / 3.0);
    let y = (if w.abs() < 1e-3 { small } else { large }) as f32;
    if x.is_nan() || x == 0.0 { x } else { y }
}

/// Through e^2x from 0.55 on and a Taylor-like continued fraction below; within 1 ulp.
#[inline(always)]
pub fn tanh_f64(x: f64) -> f64 {
    x.tanh()
}

#[inline(always)]
pub fn sinh_f32(x: f32) -> f32 {
    (x as f64).sinh() as f32
}

#[inline(always)]
pub fn sinh_f64(x: f64) -> f64 {
    x.sinh()
}

#[inline(always)]
pub fn cosh_f32(x: f32) -> f32 {
    let w = (x as f64).clamp(-150.0, 150.0);
    let e = exp_core(w);
    let y = (0.5 * (e + 1.0 / e)) as f32;
    if x.is_nan() { x } else { y }
}

#[inline(always)]
pub fn cosh_f64(x: f64) -> f64 {
    x.cosh()
}

#[inline(always)]
pub fn asinh_f32(x: f32) -> f32 {
    libm::asinh(x as f64) as f32
}

#[inline(always)]
pub fn asinh_f64(x: f64) -> f64 {
    libm::asinh(x)
}

#[inline(always)]
pub fn acosh_f32(x: f32) -> f32 {
    libm::acosh(x as f64) as f32
}

#[inline(always)]
pub fn acosh_f64(x: f64) -> f64 {
    libm::acosh(x)
}

#[inline(always)]
pub fn atanh_f32(x: f32) -> f32 {
    libm::atanh(x as f64) as f32
}

#[inline(always)]
pub fn atanh_f64(x: f64) -> f64 {
    libm::atanh(x)
}
