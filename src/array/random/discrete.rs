//! Distributions over integers and categories.

use super::super::array::{Array, Dims};
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::print::python_float;
use super::super::unary::unsupported;
use super::super::{binary, reduce};
use super::{Generator, exponential_, fill_serially};

/// Fills with 1 at probability `p`, else 0.
pub fn bernoulli_(target: &Array, p: f64, generator: &mut Generator) -> Result<()> {
    if !(0.0..=1.0).contains(&p) {
        return error::runtime(format!(
            "bernoulli_ expects p to be in [0, 1], but got p={}",
            python_float(p).trim_end_matches(".0")
        ));
    }
    fill_serially::<f64>(target, || (generator.uniform_f64() < p) as u8 as f64)
}

/// Fills with 1 at the probabilities that `p`, broadcast, holds, else 0.
pub fn bernoulli_from_(target: &Array, p: &Array, generator: &mut Generator) -> Result<()> {
    if !p.dtype().is_floating_point() {
        return unsupported("bernoulli_tensor_cpu_p_", p.dtype());
    }
    let p = super::super::layout::expand(p, target.sizes())?;
    let probabilities = copy::lanes::<f64>(&p)?;
    if probabilities.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return error::runtime(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
        );
    }
    let wide = p.dtype() == Dtype::Float64;
    let values = Array::unfilled(target.sizes(), Dtype::Float32)?;
    for (x, &p) in values.fresh_slice_mut::<f32>().iter_mut().zip(probabilities.iter()) {
        let u = if wide {
            generator.uniform_f64()
        } else {
            generator.uniform_f32() as f64
        };
        *x = (u < p) as u8 as f32;
    }
    copy::copy_into(target, &values)
}

/// Fills with the number of trials up to the first success at probability `p`.
pub fn geometric_(target: &Array, p: f64, generator: &mut Generator) -> Result<()> {
    if !(p > 0.0 && p < 1.0) {
        return error::runtime(format!(
            "geometric_ expects p to be in (0, 1), but got p={}",
            python_float(p).trim_end_matches(".0")
        ));
    }
    let divisor = (-p).ln_1p();
    fill_serially::<f64>(target, || (generator.uniform_f64().ln() / divisor).ceil())
}

/// Fills with integers over the dtype's whole range: `random_()`.
pub fn random_(target: &Array, generator: &mut Generator) -> Result<()> {
    match target.dtype() {
        Dtype::Bool => fill_serially::<i64>(target, || (generator.random() & 1) as i64),
        Dtype::Int64 => fill_serially::<i64>(target, || (generator.random64() & i64::MAX as u64) as i64),
        Dtype::Float64 => fill_serially::<f64>(target, || (generator.random64() % ((1 << 53) + 1)) as f64),
        dtype => {
            let range: u32 = match dtype {
                Dtype::Uint8 => 1 << 8,
                Dtype::Int8 => 1 << 7,
                Dtype::Int16 => 1 << 15,
                Dtype::Int32 => 1 << 31,
                Dtype::Float16 => (1 << 11) + 1,
                Dtype::BFloat16 => (1 << 8) + 1,
                Dtype::Float32 => (1 << 24) + 1,
                _ => return unsupported("random_cpu", dtype),
            };
            fill_serially::<i64>(target, || (generator.random() % range) as i64)
        }
    }
}

/// Fills with integers in [low, high): `random_(from, to)` and `randint`.
pub fn random_between_(target: &Array, low: i64, high: i64, generator: &mut Generator) -> Result<()> {
    if low >= high {
        return error::runtime(format!(
            "random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        ));
    }
    let range = high.wrapping_sub(low) as u64;
    if range >= 1 << 28 {
        fill_serially::<i64>(target, || low.wrapping_add((generator.random64() % range) as i64))
    } else {
        fill_serially::<i64>(target, || low + (generator.random() as u64 % range) as i64)
    }
}

/// `n` category numbers a row, of one or two dimensions of weights.
pub fn multinomial(weights: &Array, n: i64, replacement: bool, generator: &mut Generator) -> Result<Array> {
    if !weights.dtype().is_floating_point() {
        return error::runtime(format!(
            "multinomial only supports floating-point dtypes for input, got: {}",
            weights.dtype().scalar_type()
        ));
    }
    if weights.dim() == 0 || weights.dim() > 2 {
        return error::runtime("prob_dist must be 1 or 2 dim");
    }
    if n <= 0 {
        return error::runtime("cannot sample n_sample <= 0 samples");
    }
    let categories = weights.sizes()[weights.dim() - 1];
    if !replacement && n > categories {
        return error::runtime("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
    }
    if categories > 1 << 24 {
        return error::runtime("number of categories cannot exceed 2^24");
    }
    let rows: i64 = weights.sizes()[..weights.dim() - 1].iter().product();
    let values = copy::lanes::<f64>(weights)?;
    let mut sizes: Dims = weights.sizes().into();
    if let Some(last) = sizes.last_mut() {
        *last = n;
    }
    if values.iter().any(|x| !(0.0..f64::INFINITY).contains(x)) {
        return error::runtime("probability tensor contains either `inf`, `nan` or element < 0");
    }
    let each = categories.max(1) as usize;
    if values.chunks(each).any(|row| row.iter().sum::<f64>() <= 0.0) {
        return error::runtime("invalid multinomial distribution (sum of probabilities <= 0)");
    }
    if !replacement || n == 1 {
        // The weights over exponential numbers: the n largest quotients win.
        let noise = Array::unfilled(weights.sizes(), weights.dtype())?;
        exponential_(&noise, 1.0, generator)?;
        let quotient = binary::div(weights, &noise)?;
        if n == 1 {
            return reduce::extremum::argmax(&quotient, Some(-1), true);
        }
        let quotients = copy::lanes::<f64>(&quotient)?;
        let out = Array::unfilled(&sizes, Dtype::Int64)?;
        for (row, picks) in quotients
            .chunks(each)
            .zip(out.fresh_slice_mut::<i64>().chunks_mut(n as usize))
        {
            let mut order: Vec<usize> = (0..row.len()).collect();
            order.sort_by(|&i, &j| row[j].total_cmp(&row[i]));
            for (pick, at) in picks.iter_mut().zip(order) {
                *pick = at as i64;
            }
        }
        return Ok(out);
    }
    let out = Array::unfilled(&sizes, Dtype::Int64)?;
    let single = weights.dtype() != Dtype::Float64;
    let mut picks = out.fresh_slice_mut::<i64>().iter_mut();
    for row in values.chunks(each).take(rows as usize) {
        let round = |x: f64| if single { x as f32 as f64 } else { x };
        let mut sum = 0.0;
        let mut running: Vec<f64> = row
            .iter()
            .map(|&x| {
                sum = round(sum + x);
                sum
            })
            .collect();
        for x in &mut running {
            *x = round(*x / sum);
        }
        if let Some(last) = running.last_mut() {
            *last = 1.0;
        }
        for pick in picks.by_ref().take(n as usize) {
            let u = generator.uniform_f64();
            *pick = running.partition_point(|&x| x < u) as i64;
        }
    }
    Ok(out)
}

/// Poisson numbers of these rates.
pub fn poisson(rates: &Array, generator: &mut Generator) -> Result<Array> {
    if !rates.dtype().is_floating_point() {
        return unsupported("poisson_cpu", rates.dtype());
    }
    let values = copy::lanes::<f64>(rates)?;
    if values.iter().any(|&rate| rate < 0.0) {
        return error::runtime("invalid Poisson rate, expected rate to be non-negative");
    }
    let drawn: Vec<f64> = values.iter().map(|&rate| poisson_number(rate, generator)).collect();
    copy::into_dtype(Array::from_vec(rates.sizes(), &drawn)?, rates.dtype())
}

fn poisson_number(rate: f64, generator: &mut Generator) -> f64 {
    if rate == 0.0 || !rate.is_finite() {
        return 0.0;
    }
    if rate < 10.0 {
        let limit = (-rate).exp();
        let (mut product, mut count) = (1.0, 0.0);
        loop {
            product *= generator.uniform_f64();
            if product <= limit {
                return count;
            }
            count += 1.0;
        }
    }
    // Hoermann's transformed rejection (1993).
    let b = 0.931 + 2.53 * rate.sqrt();
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let limit = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = generator.uniform_f64() - 0.5;
        let v = generator.uniform_f64();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + rate + 0.43).floor();
        if us >= 0.07 && v <= limit {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        let accept = v.ln() + inverse_alpha.ln() - (a / (us * us) + b).ln();
        if accept <= -rate + k * rate.ln() - libm::lgamma(k + 1.0) {
            return k;
        }
    }
}

/// Binomial numbers of these counts and probabilities, broadcast.
pub fn binomial(counts: &Array, probabilities: &Array, generator: &mut Generator) -> Result<Array> {
    if !matches!(counts.dtype(), Dtype::Float32 | Dtype::Float64) {
        return unsupported("binomial_cpu", counts.dtype());
    }
    let sizes = super::super::layout::broadcast_sizes(counts.sizes(), probabilities.sizes())?;
    let counts_view = super::super::layout::expand(counts, &sizes)?;
    let probabilities = super::super::layout::expand(probabilities, &sizes)?;
    let (n, p) = (copy::lanes::<f64>(&counts_view)?, copy::lanes::<f64>(&probabilities)?);
    let drawn: Vec<f64> = n
        .iter()
        .zip(p.iter())
        .map(|(&n, &p)| binomial_number(n, p, generator))
        .collect();
    copy::into_dtype(Array::from_vec(&sizes, &drawn)?, counts.dtype())
}

fn binomial_number(count: f64, p: f64, generator: &mut Generator) -> f64 {
    if count <= 0.0 || p <= 0.0 {
        0.0
    } else if p >= 1.0 {
        count
    } else if p <= 0.5 {
        if count * p >= 10.0 {
            rejection(count, p, generator)
        } else {
            inversion(count, p, generator)
        }
    } else if p > 0.5 {
        let q = 1.0 - p;
        count
            - if count * q >= 10.0 {
                rejection(count, q, generator)
            } else {
                inversion(count, q, generator)
            }
    } else {
        f64::NAN
    }
}

/// Counts successes by the gaps between them, which are geometric.
fn inversion(count: f64, p: f64, generator: &mut Generator) -> f64 {
    let log = (-p).ln_1p();
    let (mut sum, mut successes) = (0.0, 0.0);
    loop {
        sum += (generator.uniform_f64().ln() / log).ceil();
        if sum > count || sum.is_nan() {
            return successes;
        }
        successes += 1.0;
    }
}

/// Hoermann's BTRS (1993).
fn rejection(count: f64, p: f64, generator: &mut Generator) -> f64 {
    let deviation = (count * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let c = count * p + 0.5;
    let limit = 0.92 - 4.2 / b;
    let r = p / (1.0 - p);
    let alpha = (2.83 + 5.1 / b) * deviation;
    let m = ((count + 1.0) * p).floor();
    loop {
        let u = generator.uniform_f64() - 0.5;
        let v = generator.uniform_f64();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + c).floor();
        if k < 0.0 || k > count {
            continue;
        }
        if us >= 0.07 && v <= limit {
            return k;
        }
        let v = (v * alpha / (a / (us * us) + b)).ln();
        let bound = (m + 0.5) * ((m + 1.0) / (r * (count - m + 1.0))).ln()
            + (count + 1.0) * ((count - m + 1.0) / (count - k + 1.0)).ln()
            + (k + 0.5) * (r * (count - k + 1.0) / (k + 1.0)).ln()
            + stirling_tail(m)
            + stirling_tail(count - m)
            - stirling_tail(k)
            - stirling_tail(count - k);
        if v <= bound {
            return k;
        }
    }
}

/// What Stirling's formula lacks to ln k!.
fn stirling_tail(k: f64) -> f64 {
    const TAILS: [f64; 10] = [
        0.0810614667953272,
        0.0413406959554092,
        0.0276779256849983,
        0.0207906721037650,
        0.0166446911898211,
        0.0138761288230707,
        0.0118967099458917,
        0.0104112652619720,
        0.00925546218271273,
        0.00833056343336287,
    ];
    if k <= 9.0 {
        return TAILS[(k as usize).min(9)];
    }
    let square = (k + 1.0) * (k + 1.0);
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / (k + 1.0)
}
