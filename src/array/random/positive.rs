//! Exponential, Cauchy, gamma and Dirichlet distributions.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::print::python_float;
use super::super::unary::unsupported;
use super::super::{binary, reduce, ternary};
use super::{Generator, fill_serially};

/// Fills with exponential numbers of rate `lambda`.
pub fn exponential_(target: &Array, lambda: f64, generator: &mut Generator) -> Result<()> {
    if lambda <= 0.0 || lambda.is_nan() {
        return error::runtime(format!(
            "exponential_ expects lambda > 0.0, but found lambda={}",
            python_float(lambda).trim_end_matches(".0")
        ));
    }
    if !target.dtype().is_floating_point() {
        return error::runtime("Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified "
            .to_string()
            + target.dtype().scalar_type());
    }
    fill_serially::<f64>(target, || -1.0 / lambda * (-generator.uniform_f64()).ln_1p())
}

/// Fills with Cauchy numbers.
pub fn cauchy_(target: &Array, median: f64, sigma: f64, generator: &mut Generator) -> Result<()> {
    if sigma <= 0.0 || sigma.is_nan() {
        return error::runtime(format!(
            "cauchy_ expects sigma > 0.0, but found sigma={}",
            python_float(sigma).trim_end_matches(".0")
        ));
    }
    if !target.dtype().is_floating_point() {
        return error::runtime("Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you specified "
            .to_string()
            + super::super::matmul::cpp_name(target.dtype()));
    }
    fill_serially::<f64>(target, || {
        median + sigma * (std::f64::consts::PI * (generator.uniform_f64() - 0.5)).tan()
    })
}

/// One gamma number of shape `alpha` and scale 1: Marsaglia and Tsang's rejection method (2000).
fn gamma(mut alpha: f64, single: bool, generator: &mut Generator) -> f64 {
    let mut scale = 1.0;
    if alpha < 1.0 {
        if alpha == 0.0 {
            return 0.0;
        }
        scale = (1.0 - generator.uniform_f64()).powf(1.0 / alpha);
        alpha += 1.0;
    }
    // A third of single precision, as PyTorch has it.
    let third = 1.0f32 / 3.0;
    let d = if single {
        (alpha as f32 - third) as f64
    } else {
        alpha - third as f64
    };
    let c = 1.0 / (9.0 * d).sqrt();
    if !(d.is_finite() && c.is_finite()) {
        return f64::NAN;
    }
    loop {
        let (x, y) = loop {
            let x = generator.normal_f64();
            let y = 1.0 + c * x;
            if y > 0.0 {
                break (x, y);
            }
        };
        let v = y * y * y;
        let u = 1.0 - generator.uniform_f64();
        let xx = x * x;
        if u < 1.0 - 0.0331 * xx * xx || u.ln() < 0.5 * xx + d * (1.0 - v + v.ln()) {
            return scale * d * v;
        }
    }
}

/// Gamma numbers of these shapes: `torch._standard_gamma`.
pub fn standard_gamma(alpha: &Array, generator: &mut Generator) -> Result<Array> {
    let out = Array::unfilled(alpha.sizes(), alpha.dtype())?;
    let shapes = copy::lanes::<f64>(alpha)?;
    match alpha.dtype() {
        Dtype::Float64 => {
            for (x, &shape) in out.fresh_slice_mut::<f64>().iter_mut().zip(shapes.iter()) {
                *x = gamma(shape, false, generator).max(f64::MIN_POSITIVE);
            }
        }
        Dtype::Float32 => {
            for (x, &shape) in out.fresh_slice_mut::<f32>().iter_mut().zip(shapes.iter()) {
                *x = (gamma(shape, true, generator) as f32).max(f32::MIN_POSITIVE);
            }
        }
        dtype => return unsupported("gamma_cpu", dtype),
    }
    Ok(out)
}

/// Dirichlet numbers of these concentrations along the last dimension: `torch._sample_dirichlet`.
pub fn dirichlet(alpha: &Array, generator: &mut Generator) -> Result<Array> {
    if !matches!(alpha.dtype(), Dtype::Float32 | Dtype::Float64) {
        return unsupported("dirichlet", alpha.dtype());
    }
    // Shares are drawn and divided in double precision whatever the dtype.
    let shares = standard_gamma(&copy::cast(alpha, Dtype::Float64)?, generator)?;
    let total = reduce::sum::sum(&shares, Some(&[-1]), true, None)?;
    let result = binary::div(&shares, &total)?;
    let smallest = if alpha.dtype() == Dtype::Float64 {
        f64::MIN_POSITIVE
    } else {
        f32::MIN_POSITIVE as f64
    };
    copy::cast(&ternary::clamp(&result, Some(smallest.into()), None)?, alpha.dtype())
}
