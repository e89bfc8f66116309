//! Trigonometric functions and their inverses.

use std::f64::consts::FRAC_2_PI;

/// Up to here the reduction by a three-part pi/2 is good for float32.
const REDUCIBLE: f64 = 1e6;

/// sin(r), cos(r) for |r| <= pi/4 with an error of about 1e-13.
#[inline(always)]
fn sin_cos_core(r: f64) -> (f64, f64) {
    let z = r * r;
    let s: f64 = -2.505_210_838_544_172e-8;
    let s = s.mul_add(z, 2.755_731_922_398_589e-6);
    let s = s.mul_add(z, -1.984_126_984_126_984e-4);
    let s = s.mul_add(z, 8.333_333_333_333_333e-3);
    let s = s.mul_add(z, -1.666_666_666_666_666_6e-1);
    let s = (s * z).mul_add(r, r);
    let c: f64 = 2.087_675_698_786_81e-9;
    let c = c.mul_add(z, -2.755_731_922_398_589e-7);
    let c = c.mul_add(z, 2.480_158_730_158_73e-5);
    let c = c.mul_add(z, -1.388_888_888_888_889e-3);
    let c = c.mul_add(z, 4.166_666_666_666_666_4e-2);
    let c = c.mul_add(z, -0.5);
    let c = c.mul_add(z, 1.0);
    (s, c)
}

/// The quadrant (in the low bits) and the rest of x by pi/2.
#[inline(always)]
fn reduce(x: f64) -> (u64, f64) {
    let n = (x * FRAC_2_PI).round_ties_even();
    let r = n.mul_add(-1.570_796_326_734_125_6, x);
    let r = n.mul_add(-6.077_100_506_303_966e-11, r);
    let r = n.mul_add(-2.022_266_248_795_950_7e-21, r);
    ((n + 6_755_399_441_055_744.0).to_bits(), r)
}

#[inline(always)]
fn quadrant_sin(q: u64, s: f64, c: f64) -> f64 {
    let y = if q & 1 == 0 { s } else { c };
    f64::from_bits(y.to_bits() ^ ((q & 2) << 62))
}

#[inline(always)]
fn fast_sin(x: f32) -> f32 {
    let (q, r) = reduce(x as f64);
    let (s, c) = sin_cos_core(r);
    quadrant_sin(q, s, c) as f32
}

#[inline(always)]
fn fast_cos(x: f32) -> f32 {
    let (q, r) = reduce(x as f64);
    let (s, c) = sin_cos_core(r);
    quadrant_sin(q.wrapping_add(1), s, c) as f32
}

/// sin over slices: a vectorised pass, then a scalar one over arguments that are too large for it.
pub fn sin_slice_f32(out: &mut [f32], x: &[f32]) {
    super::map1(out, x, fast_sin);
    mend(out, x, f64::sin);
}

/// cos over slices, as `sin_slice_f32`.
pub fn cos_slice_f32(out: &mut [f32], x: &[f32]) {
    super::map1(out, x, fast_cos);
    mend(out, x, f64::cos);
}

fn mend(out: &mut [f32], x: &[f32], exact: fn(f64) -> f64) {
    for (out, &x) in out.iter_mut().zip(x) {
        if !(x.abs() < REDUCIBLE as f32) || x == 0.0 {
            *out = exact(x as f64) as f32;
        }
    }
}

#[inline(always)]
pub fn sin_f64(x: f64) -> f64 {
    x.sin()
}

#[inline(always)]
pub fn cos_f64(x: f64) -> f64 {
    x.cos()
}

#[inline(always)]
pub fn tan_f32(x: f32) -> f32 {
    (x as f64).tan() as f32
}

#[inline(always)]
pub fn tan_f64(x: f64) -> f64 {
    x.tan()
}

#[inline(always)]
pub fn asin_f32(x: f32) -> f32 {
    (x as f64).asin() as f32
}

#[inline(always)]
pub fn asin_f64(x: f64) -> f64 {
    x.asin()
}

#[inline(always)]
pub fn acos_f32(x: f32) -> f32 {
    (x as f64).acos() as f32
}

#[inline(always)]
pub fn acos_f64(x: f64) -> f64 {
    x.acos()
}

#[inline(always)]
pub fn atan_f32(x: f32) -> f32 {
    (x as f64).atan() as f32
}

#[inline(always)]
pub fn atan_f64(x: f64) -> f64 {
    x.atan()
}

#[inline(always)]
pub fn atan2_f32(y: f32, x: f32) -> f32 {
    (y as f64).atan2(x as f64) as f32
}

#[inline(always)]
pub fn atan2_f64(y: f64, x: f64) -> f64 {
    y.atan2(x)
}
