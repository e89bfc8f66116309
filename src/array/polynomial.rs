//! Orthogonal polynomials: values of degree n at x, elementwise over both.

use super::array::Array;
use super::dtype::Dtype;
use super::elementwise::{self, run2};
use super::error::Result;
use super::kernels::map2;
use super::promote::{self, Operand};
use super::unary::unsupported;

/// Runs a polynomial over degrees that are truncated to integers; negative ones give 0.
fn evaluate<'a>(x: Operand<'a>, n: Operand<'a>, name: &str, f: fn(f64, i64) -> f64) -> Result<Array> {
    let dtype = promote::to_floating(promote::result_type(&[x, n]));
    let out = elementwise::result(&[x, n], dtype)?;
    // Hermite polynomials of high degree are given up.
    let limit = match dtype {
        _ if !name.starts_with("hermite") => f64::INFINITY,
        Dtype::Float64 => 512.0,
        _ => 128.0,
    };
    let value = |x: f64, n: f64| {
        if n.trunc() < 0.0 {
            0.0
        } else if n > limit {
            f64::NAN
        } else {
            f(x, n as i64)
        }
    };
    match dtype {
        Dtype::Float64 => run2::<f64, f64, f64>(&out, x, n, &|out, x, n| map2(out, x, n, value)),
        Dtype::Float32 => run2::<f32, f32, f32>(&out, x, n, &|out, x, n| {
            map2(out, x, n, |x, n| value(x as f64, n as f64) as f32)
        }),
        dtype => return unsupported(name, dtype),
    }
    Ok(out)
}

/// p0 = 1, p1 = `first`, then `step(k, p_k, p_(k-1))` gives p_(k+1).
fn recur(n: i64, first: f64, step: impl Fn(f64, f64, f64) -> f64) -> f64 {
    if n == 0 {
        return 1.0;
    }
    let (mut before, mut now) = (1.0, first);
    for k in 1..n {
        (before, now) = (now, step(k as f64, now, before));
        if now.is_nan() {
            break;
        }
    }
    now
}

fn alternate(n: i64, value: f64) -> f64 {
    if n % 2 == 0 { value } else { -value }
}

fn t(x: f64, n: i64) -> f64 {
    if x.abs() == 1.0 {
        return if x > 0.0 { 1.0 } else { alternate(n, 1.0) };
    }
    if n > 6 && x.abs() < 1.0 {
        return (n as f64 * x.acos()).cos();
    }
    recur(n, x, |_, now, before| 2.0 * x * now - before)
}

fn u(x: f64, n: i64) -> f64 {
    let degree = n as f64 + 1.0;
    if x.abs() == 1.0 {
        return if x > 0.0 { degree } else { alternate(n, degree) };
    }
    if n > 8 && x.abs() < 1.0 {
        let angle = x.acos();
        return if angle.sin() != 0.0 {
            (degree * angle).sin() / angle.sin()
        } else {
            degree * (degree * angle).cos() / x
        };
    }
    recur(n, 2.0 * x, |_, now, before| 2.0 * x * now - before)
}

fn v(x: f64, n: i64) -> f64 {
    let twice = 2.0 * n as f64 + 1.0;
    if x.abs() == 1.0 {
        return if x > 0.0 { 1.0 } else { alternate(n, twice) };
    }
    if n > 8 && x.abs() < 1.0 {
        let angle = x.acos();
        return if (angle / 2.0).sin() != 1.0 {
            ((n as f64 + 0.5) * angle).cos() / (angle / 2.0).cos()
        } else {
            alternate(n, twice)
        };
    }
    recur(n, 2.0 * x - 1.0, |_, now, before| 2.0 * x * now - before)
}

fn w(x: f64, n: i64) -> f64 {
    let twice = 2.0 * n as f64 + 1.0;
    if x.abs() == 1.0 {
        return if x > 0.0 { twice } else { alternate(n, 1.0) };
    }
    if n > 8 && x.abs() < 1.0 {
        let angle = x.acos();
        return if (angle / 2.0).cos() != 1.0 {
            ((n as f64 + 0.5) * angle).sin() / (angle / 2.0).sin()
        } else if x > 0.0 {
            twice
        } else {
            alternate(n, 1.0)
        };
    }
    recur(n, 2.0 * x + 1.0, |_, now, before| 2.0 * x * now - before)
}

macro_rules! polynomials {
    ($($(#[$doc:meta])* $name:ident: $f:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name<'a>(x: impl Into<Operand<'a>>, n: impl Into<Operand<'a>>) -> Result<Array> {
            evaluate(x.into(), n.into(), concat!(stringify!($name), "_cpu"), $f)
        }
    )*};
}

polynomials! {
    /// Chebyshev's of the first kind.
    chebyshev_polynomial_t: t;
    /// Chebyshev's of the second kind.
    chebyshev_polynomial_u: u;
    /// Chebyshev's of the third kind.
    chebyshev_polynomial_v: v;
    /// Chebyshev's of the fourth kind.
    chebyshev_polynomial_w: w;
    /// Chebyshev's of the first kind on [0, 1].
    shifted_chebyshev_polynomial_t: |x, n| t(2.0 * x - 1.0, n);
    /// Chebyshev's of the second kind on [0, 1].
    shifted_chebyshev_polynomial_u: |x, n| u(2.0 * x - 1.0, n);
    /// Chebyshev's of the third kind on [0, 1].
    shifted_chebyshev_polynomial_v: |x, n| v(2.0 * x - 1.0, n);
    /// Chebyshev's of the fourth kind on [0, 1].
    shifted_chebyshev_polynomial_w: |x, n| w(2.0 * x - 1.0, n);
    /// The physicists' Hermite polynomials.
    hermite_polynomial_h: |x, n| recur(n, 2.0 * x, |k, now, before| 2.0 * x * now - 2.0 * k * before);
    /// The probabilists' Hermite polynomials.
    hermite_polynomial_he: |x, n| recur(n, x, |k, now, before| x * now - k * before);
    /// Laguerre's.
    laguerre_polynomial_l: |x, n| {
        if x == 0.0 { 1.0 } else { recur(n, 1.0 - x, |k, now, before| ((2.0 * k + 1.0 - x) * now - k * before) / (k + 1.0)) }
    };
    /// Legendre's.
    legendre_polynomial_p: |x, n| {
        if x.abs() == 1.0 {
            return if x > 0.0 { 1.0 } else { alternate(n, 1.0) };
        }
        recur(n, x, |k, now, before| ((2.0 * k + 1.0) * x * now - k * before) / (k + 1.0))
    };
}
