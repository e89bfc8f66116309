//! exp and its relatives.

const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fefa_3800);
const LN2_LOW: f64 = f64::from_bits(0x3d2e_f357_93c7_6730);

/// 2^n for integral |n| <= 1023, as bits put into the exponent field.
#[inline(always)]
fn power_of_two(n: f64) -> f64 {
    // Adding 1.5 * 2^52 leaves the integer in the low bits of the sum.
    let bits = (n + 6_755_399_441_055_744.0).to_bits();
    f64::from_bits(bits.wrapping_add(1023) << 52)
}

/// e^r - 1 - r for |r| <= ln2 / 2: Taylor terms up to r^11.
#[inline(always)]
fn tail(r: f64) -> f64 {
    let p: f64 = 2.505_210_838_544_172e-8;
    let p = p.mul_add(r, 2.755_731_922_398_589e-7);
    let p = p.mul_add(r, 2.755_731_922_398_589e-6);
    let p = p.mul_add(r, 2.480_158_730_158_73e-5);
    let p = p.mul_add(r, 1.984_126_984_126_984e-4);
    let p = p.mul_add(r, 1.388_888_888_888_889e-3);
    let p = p.mul_add(r, 8.333_333_333_333_333e-3);
    let p = p.mul_add(r, 4.166_666_666_666_666_4e-2);
    let p = p.mul_add(r, 1.666_666_666_666_666_6e-1);
    let p = p.mul_add(r, 0.5);
    p * (r * r)
}

/// e^x within 1 ulp, over the whole range including subnormal results.
#[inline(always)]
pub fn exp_f64(x: f64) -> f64 {
    let clamped = x.clamp(-746.0, 710.0);
    let n = (clamped * std::f64::consts::LOG2_E).round_ties_even();
    let r = n.mul_add(-LN2_HIGH, clamped);
    let r = n.mul_add(-LN2_LOW, r);
    // Two more terms than `tail` has keep the error under 0.51 ulp.
    let r2 = r * r;
    let r4 = r2 * r2;
    let high = r4 * r4 * r4 * r.mul_add(1.605_904_383_682_161_3e-10, 2.087_675_698_786_81e-9);
    let y = 1.0 + (r + (tail(r) + high));
    let half = (n * 0.5).floor();
    let y = y * power_of_two(half) * power_of_two(n - half);
    if x.is_nan() {
        x
    } else if x > 709.782_712_893_384 {
        f64::INFINITY
    } else {
        y
    }
}

/// e^x for |x| < 700 with an error of about 1e-14: the core of the float32 formulas.
#[inline(always)]
pub fn exp_core(x: f64) -> f64 {
    let n = (x * std::f64::consts::LOG2_E).round_ties_even();
    let r = n.mul_add(-std::f64::consts::LN_2, x);
    (1.0 + (r + tail(r))) * power_of_two(n)
}

#[inline(always)]
pub fn exp_f32(x: f32) -> f32 {
    let y = exp_core((x as f64).clamp(-150.0, 150.0)) as f32;
    if x.is_nan() { x } else { y }
}

/// e^x within 1 ulp, in single precision throughout: for sums of many, where speed counts more than the last half ulp.
#[inline(always)]
pub fn fast_exp_f32(x: f32) -> f32 {
    let clamped = x.clamp(-104.0, 89.0);
    let n = (clamped * std::f32::consts::LOG2_E).round_ties_even();
    let r = n.mul_add(-0.693_145_75, clamped);
    let r = n.mul_add(-1.428_606_8e-6, r);
    let p: f32 = 1.984_127e-4;
    let p = p.mul_add(r, 1.388_888_9e-3);
    let p = p.mul_add(r, 8.333_333e-3);
    let p = p.mul_add(r, 4.166_666_8e-2);
    let p = p.mul_add(r, 0.166_666_67);
    let p = p.mul_add(r, 0.5);
    let y = 1.0 + (r * r).mul_add(p, r);
    // In two steps, since 2^n itself may be out of range.
    let half = (n * 0.5).floor();
    let power = |n: f32| f32::from_bits((n + 12_582_912.0).to_bits().wrapping_add(127) << 23);
    let y = y * power(half) * power(n - half);
    if x.is_nan() { x } else { y }
}

#[inline(always)]
pub fn exp2_f32(x: f32) -> f32 {
    let y = exp_core((x as f64).clamp(-200.0, 200.0) * std::f64::consts::LN_2) as f32;
    if x.is_nan() { x } else { y }
}

#[inline(always)]
pub fn exp2_f64(x: f64) -> f64 {
    x.exp2()
}

/// e^x - 1 of a double, with a relative error of about 1e-12: enough for float32.
#[inline(always)]
pub fn expm1_core(x: f64) -> f64 {
    let small = x * (x * (x * (1.0 / 6.0) + 0.5) + 1.0);
    let large = exp_core(x) - 1.0;
    if x.abs() < 1e-4 { small } else { large }
}

#[inline(always)]
pub fn expm1_f32(x: f32) -> f32 {
    let y = expm1_core((x as f64).clamp(-150.0, 150.0)) as f32;
    if x.is_nan() || x == 0.0 { x } else { y }
}

#[inline(always)]
pub fn expm1_f64(x: f64) -> f64 {
    x.exp_m1()
}

/// 1 / (1 + e^-x), each step rounded to float32.
#[inline(always)]
pub fn sigmoid_f32(x: f32) -> f32 {
    1.0 / (1.0 + fast_exp_f32(-x))
}

#[inline(always)]
pub fn sigmoid_f64(x: f64) -> f64 {
    1.0 / (1.0 + exp_f64(-x))
}
