//! The uniform distribution.

use super::super::array::Array;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::print::python_float;
use super::super::unary::unsupported;
use super::{Generator, fill_serially};

/// Fills with uniform numbers in [from, to).
pub fn uniform_(target: &Array, from: f64, to: f64, generator: &mut Generator) -> Result<()> {
    if target.dtype().is_complex() {
        return uniform_(&super::super::unary::view_as_real(target), from, to, generator);
    }
    if !target.dtype().is_floating_point() {
        return unsupported("check_uniform_bounds", target.dtype());
    }
    if from > to {
        return error::runtime(format!(
            "uniform_ expects to return a [from, to) range, but found from={} > to={}",
            python_float(from).trim_end_matches(".0"),
            python_float(to).trim_end_matches(".0")
        ));
    }
    if target.dtype() == Dtype::Float64 {
        let range = to - from;
        return fill_serially::<f64>(target, || generator.uniform_f64().mul_add(range, from));
    }
    let (from, range) = (from as f32, to as f32 - from as f32);
    if target.dtype() == Dtype::Float32 && target.is_contiguous() {
        const BLOCK: usize = 4096;
        let mut bits = [0u32; BLOCK];
        for block in target.fresh_slice_mut::<f32>().chunks_mut(BLOCK) {
            let bits = &mut bits[..block.len()];
            generator.engine.fill(bits);
            super::super::kernels::map1(block, bits, |x: u32| {
                ((x & 0xff_ffff) as i32 as f32 * (1.0 / 16_777_216.0)).mul_add(range, from)
            });
        }
        return Ok(());
    }
    // A half precision number that rounds up to the open end becomes the closed one.
    let round: fn(f32) -> f32 = match target.dtype() {
        Dtype::Float16 => |x| half::f16::from_f32(x).to_f32(),
        Dtype::BFloat16 => |x| half::bf16::from_f32(x).to_f32(),
        _ => |x| x,
    };
    let end = round(from + range);
    fill_serially::<f32>(target, || {
        let x = generator.uniform_f32().mul_add(range, from);
        if round(x) == end && target.dtype() != Dtype::Float32 {
            from
        } else {
            x
        }
    })
}
