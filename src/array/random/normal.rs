//! The normal distribution, by PyTorch's two recipes.
//!
//! Fewer than 16 elements, or strided ones, are drawn one by one in double precision. Contiguous arrays from 16 on are
//! filled with uniform numbers first, then each 16 of them become normals: the first eight give radii, the last eight
//! angles. A last incomplete group is avoided by drawing the last 16 elements again.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::kernels::per_level;
use super::super::print::python_float;
use super::super::unary::unsupported;
use super::{Generator, fill_serially};

const GROUP: usize = 16;

/// Fills with normal numbers.
pub fn normal_(target: &Array, mean: f64, std: f64, generator: &mut Generator) -> Result<()> {
    if std < 0.0 || std.is_nan() {
        return error::runtime(format!(
            "normal expects std >= 0.0, but found std {}",
            python_float(std).trim_end_matches(".0")
        ));
    }
    if target.dtype().is_complex() {
        let parts = super::super::unary::view_as_real(target);
        return normal_(&parts, mean, std / std::f64::consts::SQRT_2, generator);
    }
    if !target.dtype().is_floating_point() {
        return unsupported("normal_kernel_cpu", target.dtype());
    }
    if target.numel() < GROUP || !target.is_contiguous() {
        return fill_serially::<f64>(target, || generator.normal_f64().mul_add(std, mean));
    }
    match target.dtype() {
        Dtype::Float64 => fill_f64(target.fresh_slice_mut::<f64>(), mean, std, generator),
        Dtype::Float32 => fill_f32(target.fresh_slice_mut::<f32>(), mean as f32, std as f32, generator),
        _ => {
            let values = Array::unfilled(target.sizes(), Dtype::Float32)?;
            fill_half(values.fresh_slice_mut::<f32>(), mean as f32, std as f32, generator);
            copy::copy_into(target, &values)?;
        }
    }
    Ok(())
}

fn fill_f64(out: &mut [f64], mean: f64, std: f64, generator: &mut Generator) {
    for x in out.iter_mut() {
        *x = generator.uniform_f64();
    }
    let normals = |group: &mut [f64]| {
        for i in 0..GROUP / 2 {
            let (u1, u2) = (1.0 - group[i], group[i + GROUP / 2]);
            let radius = (-2.0 * u1.ln()).sqrt();
            let theta = 2.0 * std::f64::consts::PI * u2;
            group[i] = (radius * theta.cos()).mul_add(std, mean);
            group[i + GROUP / 2] = (radius * theta.sin()).mul_add(std, mean);
        }
    };
    out.chunks_exact_mut(GROUP).for_each(normals);
    if !out.len().is_multiple_of(GROUP) {
        let start = out.len() - GROUP;
        for x in &mut out[start..] {
            *x = generator.uniform_f64();
        }
        normals(&mut out[start..]);
    }
}

fn uniforms(out: &mut [f32], generator: &mut Generator) {
    const BLOCK: usize = 1024;
    let mut bits = [0u32; BLOCK];
    for block in out.chunks_mut(BLOCK) {
        let bits = &mut bits[..block.len()];
        generator.engine.fill(bits);
        super::super::kernels::map1(block, bits, |x: u32| {
            (x & 0xff_ffff) as i32 as f32 * (1.0 / 16_777_216.0)
        });
    }
}

fn fill_f32(out: &mut [f32], mean: f32, std: f32, generator: &mut Generator) {
    uniforms(out, generator);
    let whole = out.len() / GROUP * GROUP;
    normals_f32(&mut out[..whole], mean, std);
    if whole < out.len() {
        let start = out.len() - GROUP;
        uniforms(&mut out[start..], generator);
        normals_f32(&mut out[start..], mean, std);
    }
}

/// Half precision draws group by group, the last 16 elements again only in place of an incomplete group.
fn fill_half(out: &mut [f32], mean: f32, std: f32, generator: &mut Generator) {
    let whole = out.len() / GROUP * GROUP;
    uniforms(&mut out[..whole], generator);
    normals_f32(&mut out[..whole], mean, std);
    if whole < out.len() {
        let start = out.len() - GROUP;
        uniforms(&mut out[start..], generator);
        normals_f32(&mut out[start..], mean, std);
    }
}

per_level! { fn normals_f32[](out: &mut [f32], mean: f32, std: f32) = groups_f32 }

#[inline(always)]
fn groups_f32(out: &mut [f32], mean: f32, std: f32) {
    for group in out.chunks_exact_mut(GROUP) {
        let (first, second) = group.split_at_mut(GROUP / 2);
        for i in 0..GROUP / 2 {
            let radius = (-2.0 * cephes_ln(1.0 - first[i])).sqrt();
            let (sin, cos) = cephes_sin_cos(2.0 * std::f32::consts::PI * second[i]);
            first[i] = (radius * cos).mul_add(std, mean);
            second[i] = (radius * sin).mul_add(std, mean);
        }
    }
}

/// The natural logarithm of a positive normal float32 by the polynomial of the Cephes library, with the fused steps
/// that PyTorch's vector code takes; normals then agree to the last bit.
#[inline(always)]
fn cephes_ln(x: f32) -> f32 {
    let bits = x.to_bits();
    let m = f32::from_bits(bits & 0x007f_ffff | 0x3f00_0000);
    let e = ((bits >> 23) as i32 - 0x7f) as f32 + 1.0;
    let low = m < std::f32::consts::FRAC_1_SQRT_2;
    let e = if low { e - 1.0 } else { e };
    let x = if low { (m - 1.0) + m } else { m - 1.0 };
    let z = x * x;
    let y = 7.037_683_6e-2f32;
    let y = y.mul_add(x, -1.151_461e-1);
    let y = y.mul_add(x, 1.167_699_9e-1);
    let y = y.mul_add(x, -1.242_014_1e-1);
    let y = y.mul_add(x, 1.424_932_3e-1);
    let y = y.mul_add(x, -1.666_805_8e-1);
    let y = y.mul_add(x, 2.000_071_5e-1);
    let y = y.mul_add(x, -2.499_999_4e-1);
    let y = y.mul_add(x, 3.333_333e-1);
    let y = (y * x).mul_add(z, e * -2.121_944_4e-4);
    let y = z.mul_add(-0.5, y);
    e.mul_add(0.693_359_4, x + y)
}

/// sin and cos of a float32 in [0, 2 pi], as `cephes_ln`.
#[inline(always)]
fn cephes_sin_cos(x: f32) -> (f32, f32) {
    let j = (x * 1.273_239_5) as u32;
    let j = (j + 1) & !1;
    let y = j as i32 as f32;
    let x = y.mul_add(-0.785_156_25, x);
    let x = y.mul_add(-2.418_756_5e-4, x);
    let x = y.mul_add(-3.774_895e-8, x);
    let z = x * x;
    let c = 2.443_315_7e-5f32;
    let c = c.mul_add(z, -1.388_731_6e-3);
    let c = c.mul_add(z, 4.166_664_6e-2);
    let c = (c * z).mul_add(z, -(0.5 * z)) + 1.0;
    let s = -1.951_529_6e-4f32;
    let s = s.mul_add(z, 8.332_161e-3);
    let s = s.mul_add(z, -1.666_665_5e-1);
    let s = (s * z).mul_add(x, x);
    let swap = j & 2 != 0;
    let (sin, cos) = if swap { (c, s) } else { (s, c) };
    let sign_sin = (j & 4) << 29;
    let sign_cos = (!j.wrapping_sub(2) & 4) << 29;
    (
        f32::from_bits(sin.to_bits() ^ sign_sin),
        f32::from_bits(cos.to_bits() ^ sign_cos),
    )
}

/// Fills with e to the power of normal numbers.
pub fn log_normal_(target: &Array, mean: f64, std: f64, generator: &mut Generator) -> Result<()> {
    if std <= 0.0 || std.is_nan() {
        return error::runtime(format!(
            "log_normal_ expects std > 0.0, but found std={}",
            python_float(std).trim_end_matches(".0")
        ));
    }
    if !target.dtype().is_floating_point() {
        return unsupported("log_normal_cpu", target.dtype());
    }
    fill_serially::<f64>(target, || (generator.normal_f64().mul_add(std, mean)).exp())
}
