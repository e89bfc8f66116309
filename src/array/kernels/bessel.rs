//! Bessel functions of the second kind, spherical ones, and the Airy function.

use std::f64::consts::PI;

/// e^x K_mu(x) and e^x K_(mu+1)(x) for x >= 2 and |mu| <= 1/2: Steed's continued fraction as Temme uses it.
fn steed(mu: f64, x: f64) -> (f64, f64) {
    let mut b = 2.0 * (1.0 + x);
    let mut d = 1.0 / b;
    let (mut h, mut step) = (d, d);
    let (mut q1, mut q2) = (0.0, 1.0);
    let a1 = 0.25 - mu * mu;
    let (mut q, mut c, mut a) = (a1, a1, -a1);
    let mut s = 1.0 + q * step;
    for i in 2..10_000 {
        a -= 2.0 * (i - 1) as f64;
        c = -a * c / i as f64;
        let next = (q1 - b * q2) / a;
        (q1, q2) = (q2, next);
        q += c * next;
        b += 2.0;
        d = 1.0 / (b + a * d);
        step *= b * d - 1.0;
        h += step;
        let term = q * step;
        s += term;
        if (term / s).abs() < f64::EPSILON / 2.0 {
            break;
        }
    }
    let first = (PI / (2.0 * x)).sqrt() / s;
    (first, first * (mu + x + 0.5 - a1 * h) / x)
}

const EULER: f64 = 0.577_215_664_901_532_9;

/// K_0 for 0 < x <= 2 by its power series.
fn k0_series(x: f64) -> f64 {
    let q = x * x / 4.0;
    let log = (x / 2.0).ln() + EULER;
    let (mut term, mut harmonic, mut sum) = (1.0, 0.0, -log);
    for k in 1..60 {
        let k = k as f64;
        term *= q / (k * k);
        harmonic += 1.0 / k;
        let add = term * (harmonic - log);
        sum += add;
        if add.abs() < sum.abs() * 1e-17 {
            break;
        }
    }
    sum
}

/// K_1 for 0 < x <= 2 by its power series.
fn k1_series(x: f64) -> f64 {
    let q = x * x / 4.0;
    let log = (x / 2.0).ln() + EULER;
    let (mut term, mut h0, mut h1) = (x / 2.0, 0.0, 1.0);
    let mut sum = 1.0 / x;
    for k in 0..60 {
        let add = term * (log - 0.5 * (h0 + h1));
        sum += add;
        if add.abs() < sum.abs() * 1e-17 {
            break;
        }
        let next = (k + 1) as f64;
        term *= q / (next * (next + 1.0));
        h0 += 1.0 / next;
        h1 += 1.0 / (next + 1.0);
    }
    sum
}

fn second_kind(order: u32, x: f64, scaled: bool) -> f64 {
    if x == 0.0 {
        return f64::INFINITY;
    }
    if x < 0.0 || x.is_nan() {
        return f64::NAN;
    }
    if x <= 2.0 {
        let k = if order == 0 { k0_series(x) } else { k1_series(x) };
        return if scaled { k * x.exp() } else { k };
    }
    let (k0, k1) = steed(0.0, x);
    let k = if order == 0 { k0 } else { k1 };
    if scaled { k } else { k * (-x).exp() }
}

/// The modified Bessel function of the second kind of order 0.
pub fn k0(x: f64) -> f64 {
    second_kind(0, x, false)
}

/// The modified Bessel function of the second kind of order 1.
pub fn k1(x: f64) -> f64 {
    second_kind(1, x, false)
}

/// `k0` times e^x.
pub fn scaled_k0(x: f64) -> f64 {
    second_kind(0, x, true)
}

/// `k1` times e^x.
pub fn scaled_k1(x: f64) -> f64 {
    second_kind(1, x, true)
}

/// The spherical Bessel function of order 0: sin(x) / x.
pub fn spherical_j0(x: f64) -> f64 {
    if x.is_infinite() {
        return 0.0;
    }
    if x.abs() < 0.5 {
        let z = x * x;
        return 1.0
            - z / 6.0 * (1.0 - z / 20.0 * (1.0 - z / 42.0 * (1.0 - z / 72.0 * (1.0 - z / 110.0 * (1.0 - z / 156.0)))));
    }
    x.sin() / x
}

/// The Airy function Ai: power series in the middle, K_(1/3) above, asymptotic series far below.
pub fn airy_ai(x: f64) -> f64 {
    if x.is_infinite() {
        return f64::NAN;
    }
    if x.is_nan() || x > 103.892 {
        return if x.is_nan() { x } else { 0.0 };
    }
    let zeta = 2.0 / 3.0 * x.abs().powf(1.5);
    if x > 2.1 {
        return (x / 3.0).sqrt() / PI * steed(1.0 / 3.0, zeta).0 * (-zeta).exp();
    }
    if x < -8.0 {
        // Ai(-x) = (sin(zeta + pi/4) P - cos(zeta + pi/4) Q) / (sqrt(pi) x^(1/4))
        let (mut p, mut q, mut term) = (1.0, 0.0, 1.0);
        for k in 1..20 {
            let k = k as f64;
            let next =
                term * (6.0 * k - 5.0) * (6.0 * k - 3.0) * (6.0 * k - 1.0) / (216.0 * k * (2.0 * k - 1.0)) / zeta;
            if next.abs() >= term.abs() {
                break;
            }
            term = next;
            match k as u32 % 4 {
                0 => p += term,
                1 => q += term,
                2 => p -= term,
                _ => q -= term,
            }
        }
        let (sin, cos) = (zeta + PI / 4.0).sin_cos();
        return (sin * p - cos * q) / (PI.sqrt() * x.abs().powf(0.25));
    }
    let cube = x * x * x;
    let (mut f, mut g) = (1.0, x);
    let (mut f_term, mut g_term) = (1.0, x);
    for k in 1..80 {
        let k = 3.0 * k as f64;
        f_term *= cube / (k * (k - 1.0));
        g_term *= cube / (k * (k + 1.0));
        f += f_term;
        g += g_term;
        if f_term.abs() < 1e-18 * f.abs() && g_term.abs() < 1e-18 * g.abs() {
            break;
        }
    }
    0.355_028_053_887_817_2 * f - 0.258_819_403_792_806_8 * g
}
