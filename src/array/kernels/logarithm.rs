//! Logarithms.

/// Splits a positive, normal double into m * 2^e with m in [sqrt(1/2), sqrt(2)).
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let bits = x.to_bits();
    let shifted = bits.wrapping_sub(0x3fe6_a09e_0000_0000);
    let m = f64::from_bits(bits.wrapping_sub(shifted & 0xfff0_0000_0000_0000));
    // The exponent as a double without an integer conversion, which AVX2 lacks: a biased exponent written into the
    // mantissa of 2^52, minus that.
    let biased = (shifted >> 52).wrapping_add(2048) & 0xfff;
    let e = f64::from_bits(0x4330_0000_0000_0000 | biased) - (4_503_599_627_370_496.0 + 2048.0);
    (m, e)
}

/// ln(x) of a positive normal double, with an error of about 1 ulp.
#[inline(always)]
pub fn ln_core(x: f64) -> f64 {
    let (m, e) = split(x);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    // 2 * artanh(s) - 2 s = s * z * (2/3 + 2/5 z + ...), |s| <= 0.1716
    let p: f64 = 0.105_263_157_894_736_84;
    let p = p.mul_add(z, 0.117_647_058_823_529_41);
    let p = p.mul_add(z, 0.133_333_333_333_333_33);
    let p = p.mul_add(z, 0.153_846_153_846_153_85);
    let p = p.mul_add(z, 0.181_818_181_818_181_82);
    let p = p.mul_add(z, 0.222_222_222_222_222_2);
    let p = p.mul_add(z, 0.285_714_285_714_285_7);
    let p = p.mul_add(z, 0.4);
    let p = p.mul_add(z, 0.666_666_666_666_666_6);
    // ln m = f - s * (f - z * p), which keeps f exact.
    let rest = s * (f - z * p);
    let low = e.mul_add(1.908_214_929_270_587_7e-10, -rest);
    e.mul_add(6.931_471_803_691_238e-1, f + low)
}

#[inline(always)]
pub fn ln_f32(x: f32) -> f32 {
    let y = ln_core(x as f64) as f32;
    edges(x, y)
}

/// What logarithms give at and below 0, at infinity and for nan.
#[inline(always)]
fn edges(x: f32, y: f32) -> f32 {
    if x == 0.0 {
        f32::NEG_INFINITY
    } else if x < 0.0 || x.is_nan() {
        f32::NAN
    } else if x == f32::INFINITY {
        x
    } else {
        y
    }
}

#[inline(always)]
pub fn ln_f64(x: f64) -> f64 {
    let tiny = x < f64::MIN_POSITIVE;
    let scaled = if tiny { x * 18_014_398_509_481_984.0 } else { x };
    let (m, e) = split(scaled);
    let e = if tiny { e - 54.0 } else { e };
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let p: f64 = 0.086_956_521_739_130_43;
    let p = p.mul_add(z, 0.095_238_095_238_095_23);
    let p = p.mul_add(z, 0.105_263_157_894_736_84);
    let p = p.mul_add(z, 0.117_647_058_823_529_41);
    let p = p.mul_add(z, 0.133_333_333_333_333_33);
    let p = p.mul_add(z, 0.153_846_153_846_153_85);
    let p = p.mul_add(z, 0.181_818_181_818_181_82);
    let p = p.mul_add(z, 0.222_222_222_222_222_2);
    let p = p.mul_add(z, 0.285_714_285_714_285_7);
    let p = p.mul_add(z, 0.4);
    let p = p.mul_add(z, 0.666_666_666_666_666_6);
    let half_square = 0.5 * f * f;
    let rest = s * (half_square + z * p);
    let low = e.mul_add(1.908_214_929_270_587_7e-10, rest);
    let y = e.mul_add(6.931_471_803_691_238e-1, f - (half_square - low));
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x < 0.0 || x.is_nan() {
        f64::NAN
    } else if x == f64::INFINITY {
        x
    } else {
        y
    }
}

#[inline(always)]
pub fn log2_f32(x: f32) -> f32 {
    let y = (ln_core(x as f64) * std::f64::consts::LOG2_E) as f32;
    edges(x, y)
}

#[inline(always)]
pub fn log2_f64(x: f64) -> f64 {
    x.log2()
}

#[inline(always)]
pub fn log10_f32(x: f32) -> f32 {
    let y = (ln_core(x as f64) * std::f64::consts::LOG10_E) as f32;
    edges(x, y)
}

#[inline(always)]
pub fn log10_f64(x: f64) -> f64 {
    x.log10()
}

#[inline(always)]
pub fn log1p_f32(x: f32) -> f32 {
    let w = x as f64;
    let large = ln_core(1.0 + w);
    let small = w * (w * (w * (1.0 / 3.0) - 0.5) + 1.0);
    let y = (if w.abs() < 1e-4 { small } else { large }) as f32;
    if x == 0.0 {
        x
    } else {
        edges(1.0 + x, if x < f32::MAX { y } else { x })
    }
}

#[inline(always)]
pub fn log1p_f64(x: f64) -> f64 {
    x.ln_1p()
}
