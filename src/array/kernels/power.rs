//! Powers.

use super::exponential::exp_core;
use super::logarithm::ln_core;

#[inline(always)]
fn fast_pow(x: f32, y: f32) -> f32 {
    let t = ln_core(x as f64) * y as f64;
    exp_core(t.clamp(-300.0, 300.0)) as f32
}

/// x^y over slices: a vectorised pass for positive finite operands, then a scalar one over all others.
pub fn pow_slice_f32(out: &mut [f32], x: &[f32], y: &[f32]) {
    super::map2(out, x, y, fast_pow);
    let plain = |x: f32, y: f32| x > 0.0 && x < f32::INFINITY && y.abs() < f32::INFINITY;
    for ((out, x), y) in out.chunks_mut(64).zip(x.chunks(64)).zip(y.chunks(64)) {
        if x.iter().zip(y).fold(true, |all, (&x, &y)| all & plain(x, y)) {
            continue;
        }
        for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
            if !plain(x, y) {
                *out = (x as f64).powf(y as f64) as f32;
            }
        }
    }
}

pub fn pow_slice_f64(out: &mut [f64], x: &[f64], y: &[f64]) {
    for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
        *out = x.powf(y);
    }
}

/// Integer powers wrap; a negative exponent gives 0 except for bases 1 and -1.
#[inline(always)]
pub fn pow_i64(base: i64, exponent: i64) -> i64 {
    if exponent < 0 {
        return match base {
            1 => 1,
            -1 if exponent % 2 == 0 => 1,
            -1 => -1,
            _ => 0,
        };
    }
    let (mut result, mut base, mut exponent) = (1i64, base, exponent);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        exponent >>= 1;
        base = base.wrapping_mul(base);
    }
    result
}
