//! Functions of floats whose last digit depends on the algorithm: CPython's own.

// coefficients as they are published
#![allow(clippy::excessive_precision)]

/// Numerator and denominator of Lanczos' sum for g = 6.0246..., as CPython has them.
const LANCZOS_G: f64 = 6.024680040776729583740234375;
const LANCZOS_G_MINUS_HALF: f64 = 5.524680040776729583740234375;
const LANCZOS_NUMERATOR: [f64; 13] = [
    23531376880.410759,
    42919803642.649099,
    35711959237.355668,
    17921034426.037210,
    6039542586.3520280,
    1439720407.3117217,
    248874557.86205415,
    31426415.585400194,
    2876370.6289353724,
    186056.26539522350,
    8071.6720023658162,
    210.82427775157935,
    2.5066282746310003,
];
const LANCZOS_DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// Lanczos' sum for positive arguments; large ones go in powers of 1/x, so that nothing overflows.
fn lanczos_sum(x: f64) -> f64 {
    let (mut numerator, mut denominator) = (0.0, 0.0);
    let pairs = LANCZOS_NUMERATOR.iter().zip(&LANCZOS_DENOMINATOR);
    if x < 5.0 {
        for (n, d) in pairs.rev() {
            numerator = numerator * x + n;
            denominator = denominator * x + d;
        }
    } else {
        for (n, d) in pairs {
            numerator = numerator / x + n;
            denominator = denominator / x + d;
        }
    }
    numerator / denominator
}

/// `sin(pi * x)` without the rounding of `pi * x` for large x.
fn sin_pi(x: f64) -> f64 {
    use std::f64::consts::PI;
    let y = x.abs() % 2.0;
    let value = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * value
}

/// The gamma function of an argument that is neither a pole nor an integer up to 23.
pub fn gamma(x: f64) -> f64 {
    let size = x.abs();
    if size < 1e-20 {
        return 1.0 / x;
    }
    if size > 200.0 {
        return if x < 0.0 { 0.0 / sin_pi(x) } else { f64::INFINITY };
    }
    let y = size + LANCZOS_G_MINUS_HALF;
    // what the sum lost
    let lost = if size > LANCZOS_G_MINUS_HALF {
        (y - size) - LANCZOS_G_MINUS_HALF
    } else {
        (y - LANCZOS_G_MINUS_HALF) - size
    };
    let lost = lost * LANCZOS_G / y;
    let power = |result: f64, divide: bool| {
        let apply = |result: f64, factor: f64| if divide { result / factor } else { result * factor };
        if size < 140.0 {
            apply(result, y.powf(size - 0.5))
        } else {
            let root = y.powf(size / 2.0 - 0.25);
            apply(apply(result, root), root)
        }
    };
    if x < 0.0 {
        let result = -std::f64::consts::PI / sin_pi(size) / size * y.exp() / lanczos_sum(size);
        power(result - lost * result, true)
    } else {
        let result = lanczos_sum(size) / y.exp();
        power(result + lost * result, false)
    }
}

/// The logarithm of the absolute value of the gamma function, not at a pole.
pub fn lgamma(x: f64) -> f64 {
    if !x.is_finite() {
        return if x.is_nan() { x } else { f64::INFINITY };
    }
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    let size = x.abs();
    if size < 1e-20 {
        return -size.ln();
    }
    let mut result = lanczos_sum(size).ln() - LANCZOS_G;
    result += (size - 0.5) * ((size + LANCZOS_G - 0.5).ln() - 1.0);
    if x < 0.0 {
        const LOG_PI: f64 = 1.144_729_885_849_400_2;
        result = LOG_PI - sin_pi(size).abs().ln() - size.ln() - result;
    }
    result
}

/// The length of a vector, nearly always correctly rounded: squares are summed in twice the precision.
pub fn length(parts: &[f64]) -> f64 {
    if parts.iter().any(|part| part.is_infinite()) {
        return f64::INFINITY;
    }
    let largest = parts.iter().fold(0.0f64, |largest, part| largest.max(part.abs()));
    if parts.iter().any(|part| part.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 {
        return 0.0;
    }
    // a power of two brings the largest near one: scaling is exact
    let (_, exponent) = crate::python::object::table::frexp(largest);
    let scale = |x: f64, e: i32| super::float::scaled(x, i64::from(e));
    let (mut high, mut low) = (0.0f64, 0.0f64);
    for part in parts {
        let x = scale(part.abs(), -exponent);
        let square = x * x;
        let rest = x.mul_add(x, -square);
        let sum = high + square;
        let lost = if high.abs() >= square {
            (high - sum) + square
        } else {
            (square - sum) + high
        };
        high = sum;
        low += lost + rest;
    }
    let root = (high + low).sqrt();
    // one Newton step with the exact residual
    let square = root * root;
    let residual = (high - square) - root.mul_add(root, -square) + low;
    scale(root + residual / (2.0 * root), exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_digits() {
        assert_eq!(lgamma(10.0), 12.801827480081467);
        assert_eq!(lgamma(10.5), 13.940625219403763);
        assert_eq!(gamma(0.5), 1.7724538509055159);
        assert_eq!(length(&[1.0, 2.0, 3.0]), 3.7416573867739413);
        assert_eq!(length(&[3.0, 4.0]), 5.0);
        assert_eq!(length(&[1e300, 1e300]), 1.4142135623730952e300);
    }
}
