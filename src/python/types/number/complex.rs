//! Arithmetic of complex numbers, by the algorithms whose rounding CPython shows.

/// Real and imaginary part.
pub type Pair = (f64, f64);

/// Why a power or a quotient has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Division by zero, or zero to a negative or complex power.
    Zero,
    Overflow,
}

pub fn multiply((a, b): Pair, (c, d): Pair) -> Pair {
    (a * c - b * d, a * d + b * c)
}

/// Smith's quotient: scaled by the larger part of the divisor. None for zero.
pub fn divide((a, b): Pair, (c, d): Pair) -> Option<Pair> {
    if c.abs() >= d.abs() {
        if c == 0.0 {
            return None;
        }
        let ratio = d / c;
        let denominator = c + d * ratio;
        Some(((a + b * ratio) / denominator, (b - a * ratio) / denominator))
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        Some(((a * ratio + b) / denominator, (b * ratio - a) / denominator))
    } else {
        Some((f64::NAN, f64::NAN))
    }
}

/// `x ** y`: repeated squaring for small whole exponents, polar form otherwise.
pub fn power(x: Pair, y: Pair) -> Result<Pair, Fault> {
    let result = if y.1 == 0.0 && y.0 == y.0.floor() && y.0.abs() <= 100.0 {
        let positive = whole_power(x, y.0.abs() as u64);
        if y.0 >= 0.0 {
            positive
        } else {
            divide((1.0, 0.0), positive).ok_or(Fault::Zero)?
        }
    } else if x == (0.0, 0.0) {
        if y.1 != 0.0 || y.0 < 0.0 {
            return Err(Fault::Zero);
        }
        (0.0, 0.0)
    } else {
        let size = x.0.hypot(x.1);
        let angle = x.1.atan2(x.0);
        let mut length = size.powf(y.0);
        let mut phase = angle * y.0;
        if y.1 != 0.0 {
            length /= (angle * y.1).exp();
            phase += y.1 * size.ln();
        }
        (length * phase.cos(), length * phase.sin())
    };
    let finite = |p: Pair| p.0.is_finite() && p.1.is_finite();
    if !finite(result) && finite(x) && finite(y) && (result.0.is_infinite() || result.1.is_infinite()) {
        return Err(Fault::Overflow);
    }
    Ok(result)
}

fn whole_power(x: Pair, times: u64) -> Pair {
    let (mut result, mut square, mut rest) = ((1.0, 0.0), x, times);
    while rest > 0 {
        if rest & 1 == 1 {
            result = multiply(result, square);
        }
        square = multiply(square, square);
        rest >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_and_powers() {
        assert_eq!(divide((1.0, 2.0), (3.0, 4.0)), Some((0.44, 0.08)));
        assert_eq!(divide((1.0, 2.0), (0.0, 0.0)), None);
        assert_eq!(power((0.0, 1.0), (2.0, 0.0)), Ok((-1.0, 0.0)));
        assert_eq!(power((0.0, 0.0), (-1.0, 0.0)), Err(Fault::Zero));
    }
}
