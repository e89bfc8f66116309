//! Error functions, gamma functions and modified Bessel functions, in double precision; float32 rounds their results.

use std::f64::consts::PI;

#[inline]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

#[inline]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// The inverse of erf: Giles' single precision starting value, then Halley steps.
pub fn erfinv(y: f64) -> f64 {
    if !(-1.0..=1.0).contains(&y) {
        return f64::NAN;
    }
    if y.abs() == 1.0 {
        return y * f64::INFINITY;
    }
    let w = -((1.0 - y) * (1.0 + y)).ln();
    let mut x = y * if w < 5.0 {
        let w = w - 2.5;
        [
            2.810_226_36e-8,
            3.432_739_39e-7,
            -3.523_387_7e-6,
            -4.391_506_54e-6,
            2.185_808_7e-4,
            -1.253_725_03e-3,
            -4.177_681_64e-3,
            2.466_407_27e-1,
            1.501_409_41,
        ]
        .iter()
        .fold(0.0, |p, c| p * w + c)
    } else {
        let w = w.sqrt() - 3.0;
        [
            -2.002_142_57e-4,
            1.009_505_58e-4,
            1.349_343_22e-3,
            -3.673_428_44e-3,
            5.739_507_73e-3,
            -7.622_461_3e-3,
            9.438_870_47e-3,
            1.001_674_06,
            2.832_976_82,
        ]
        .iter()
        .fold(0.0, |p, c| p * w + c)
    };
    for _ in 0..3 {
        // Near the ends erf(x) - y cancels; its complement does not.
        let error = if y.abs() < 0.7 {
            erf(x) - y
        } else {
            ((1.0 - y.abs()) - erfc(x.abs())) * y.signum()
        };
        let step = error / (2.0 / PI.sqrt() * (-x * x).exp());
        x -= step / (1.0 + x * step);
    }
    x
}

/// ln |gamma(x)|.
#[inline]
pub fn lgamma(x: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        f64::INFINITY
    } else {
        libm::lgamma(x)
    }
}

/// As `digamma`, in single precision throughout: PyTorch's own digits, which differ where terms cancel.
pub fn digamma_f32(x: f32) -> f32 {
    if x == 0.0 {
        return f32::INFINITY.copysign(-x);
    }
    let (mut x, mut reflected) = (x, 0.0);
    if x < 0.0 {
        if x == x.trunc() {
            return f32::NAN;
        }
        let fraction = f64::from(x - x.trunc());
        reflected = (PI / (PI * fraction).tan()) as f32;
        x = 1.0 - x;
    }
    let mut result = 0.0f32;
    while x < 10.0 {
        result -= 1.0 / x;
        x += 1.0;
    }
    if x == 10.0 {
        return result + 2.251_752_6 - reflected;
    }
    let tail = if x < 1e17 {
        let z = 1.0 / (x * x);
        let series = [
            8.333_333_6e-2,
            -2.109_279_6e-2,
            7.575_758e-3,
            -4.166_667e-3,
            3.968_254e-3,
            -8.333_334e-3,
            8.333_333_6e-2,
        ];
        z * series.into_iter().fold(0.0f32, |sum, term| sum * z + term)
    } else {
        0.0
    };
    result + x.ln() - 0.5 / x - tail - reflected
}

/// The logarithmic derivative of gamma: recurrence up to 10, then the asymptotic series; reflection below 0.
/// As in PyTorch, digamma(0) is -inf with the sign of zero and negative integers give nan.
pub fn digamma(x: f64) -> f64 {
    if x == 0.0 {
        return (-f64::INFINITY).copysign(-x);
    }
    let (mut x, mut result) = (x, 0.0);
    if x < 0.0 {
        if x == x.floor() {
            return f64::NAN;
        }
        let fraction = x - x.trunc();
        result -= PI / (PI * fraction).tan();
        x = 1.0 - x;
    }
    while x < 10.0 {
        result -= 1.0 / x;
        x += 1.0;
    }
    if x == 10.0 {
        return result + 2.251_752_589_066_721;
    }
    let y = if x < 1e17 {
        let z = 1.0 / (x * x);
        let c = [
            8.333_333_333_333_333e-2,
            -2.109_279_609_279_609_3e-2,
            7.575_757_575_757_576e-3,
            -4.166_666_666_666_667e-3,
            3.968_253_968_253_968e-3,
            -8.333_333_333_333_333e-3,
            8.333_333_333_333_333e-2,
        ];
        z * c.iter().fold(0.0, |p, c| p * z + c)
    } else {
        0.0
    };
    result + x.ln() - 0.5 / x - y
}

/// The Hurwitz zeta function for x > 1, by Euler-Maclaurin summation.
pub fn zeta(x: f64, q: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    if x < 1.0 || x.is_nan() || q.is_nan() {
        return f64::NAN;
    }
    if q <= 0.0 {
        if q == q.floor() {
            return f64::INFINITY;
        }
        if x != x.floor() {
            return f64::NAN;
        }
    }
    let mut sum = q.powf(-x);
    let mut a = q;
    for step in 0.. {
        if step >= 9 && a > 9.0 {
            break;
        }
        a += 1.0;
        let term = a.powf(-x);
        sum += term;
        if (term / sum).abs() < f64::EPSILON / 2.0 {
            return sum;
        }
    }
    let w = a;
    let mut b = a.powf(-x);
    sum += b * w / (x - 1.0) - 0.5 * b;
    // (2k)! / B_2k
    const RATIOS: [f64; 12] = [
        12.0,
        -720.0,
        30240.0,
        -1_209_600.0,
        47_900_160.0,
        -1_892_437_580.318_379_3,
        7.47242496e10,
        -2.950_130_727_918_164e12,
        1.164_678_281_435_006_2e14,
        -4.597_978_722_407_473e15,
        1.815_210_540_194_355_5e17,
        -7.166_165_256_175_667e18,
    ];
    let (mut factor, mut k) = (1.0, 0.0);
    for ratio in RATIOS {
        factor *= x + k;
        b /= w;
        let term = factor * b / ratio;
        sum += term;
        if (term / sum).abs() < f64::EPSILON / 2.0 {
            break;
        }
        k += 1.0;
        factor *= x + k;
        b /= w;
        k += 1.0;
    }
    sum
}

/// The n-th derivative of digamma; n >= 0.
pub fn polygamma(n: i64, x: f64) -> f64 {
    match n {
        0 => digamma(x),
        1 => trigamma(x),
        _ => {
            let sign = if n % 2 == 0 { -1.0 } else { 1.0 };
            sign * libm::tgamma(n as f64 + 1.0) * zeta(n as f64 + 1.0, x)
        }
    }
}

/// The derivative of digamma.
pub fn trigamma(x: f64) -> f64 {
    let (mut x, mut sign, mut result) = (x, 1.0, 0.0);
    if x < 0.5 {
        sign = -1.0;
        let s = (PI * x).sin();
        result -= PI * PI / (s * s);
        x = 1.0 - x;
    }
    for _ in 0..6 {
        result += 1.0 / (x * x);
        x += 1.0;
    }
    let z = 1.0 / (x * x);
    result += (1.0 + 1.0 / (2.0 * x) + z * (1.0 / 6.0 - z * (1.0 / 30.0 - z * (1.0 / 42.0)))) / x;
    sign * result
}

/// Modified Bessel function of the first kind times e^-|x|; order 0 or 1. Power series below 30, asymptotic above.
fn bessel_scaled(order: u32, x: f64) -> f64 {
    let a = x.abs();
    if a <= 30.0 {
        let q = a * a / 4.0;
        let mut term = if order == 0 { 1.0 } else { a / 2.0 };
        let mut sum = term;
        let mut k = 1.0;
        while term > sum * 1e-17 {
            term *= q / (k * (k + order as f64));
            sum += term;
            k += 1.0;
        }
        return sum * (-a).exp();
    }
    let mu = 4.0 * (order * order) as f64;
    let (mut term, mut sum) = (1.0f64, 1.0f64);
    for k in 1..30 {
        let odd = (2 * k - 1) as f64;
        let next = -term * (mu - odd * odd) / (k as f64 * 8.0 * a);
        if next.abs() >= term.abs() || next.abs() < 1e-17 {
            break;
        }
        term = next;
        sum += term;
    }
    sum / (2.0 * PI * a).sqrt()
}

pub fn i0(x: f64) -> f64 {
    if x.is_infinite() {
        f64::NAN
    } else {
        bessel_scaled(0, x) * x.abs().exp()
    }
}

pub fn i0e(x: f64) -> f64 {
    if x.is_infinite() { 0.0 } else { bessel_scaled(0, x) }
}

pub fn i1(x: f64) -> f64 {
    if x.is_infinite() {
        x
    } else {
        (bessel_scaled(1, x) * x.abs().exp()).copysign(x)
    }
}

pub fn i1e(x: f64) -> f64 {
    if x.is_infinite() {
        0.0
    } else {
        bessel_scaled(1, x).copysign(x)
    }
}

/// sin(pi x) / (pi x), 1 at 0.
pub fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// The standard normal distribution function.
pub fn ndtr(x: f64) -> f64 {
    let z = x * std::f64::consts::FRAC_1_SQRT_2;
    if z.abs() < 1.0 {
        0.5 + 0.5 * erf(z)
    } else {
        let y = 0.5 * erfc(z.abs());
        if z > 0.0 { 1.0 - y } else { y }
    }
}

/// ln of `ndtr`, accurate far in the lower tail.
pub fn log_ndtr(x: f64) -> f64 {
    if x < -1.0 {
        let t = x * std::f64::consts::FRAC_1_SQRT_2;
        (erfcx(-t) / 2.0).ln() - t * t
    } else {
        (-erfc(x * std::f64::consts::FRAC_1_SQRT_2) / 2.0).ln_1p()
    }
}

/// e^(x^2) erfc(x): directly where erfc does not underflow, else a continued fraction.
pub fn erfcx(x: f64) -> f64 {
    if x < 8.0 {
        if x < -26.7 {
            return f64::INFINITY;
        }
        // Splitting x^2 keeps the error of the product small.
        let high = (x * 1048576.0).round() / 1048576.0;
        let low = (x - high) * (x + high);
        return (high * high).exp() * low.exp() * erfc(x);
    }
    if x > 1e8 {
        return 1.0 / (PI.sqrt() * x);
    }
    let mut fraction = x;
    for k in (1..60).rev() {
        fraction = x + 0.5 * k as f64 / fraction;
    }
    1.0 / (PI.sqrt() * fraction)
}

/// The inverse of `ndtr`.
pub fn ndtri(p: f64) -> f64 {
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let mut x = std::f64::consts::SQRT_2 * erfinv(2.0 * p - 1.0);
    if !x.is_finite() {
        x = -(-2.0 * p.ln()).sqrt();
    }
    for _ in 0..3 {
        let error = ndtr(x) - p;
        let step = error * (2.0 * PI).sqrt() * (0.5 * x * x).exp();
        if step.is_finite() {
            x -= step / (1.0 + 0.5 * x * step);
        }
    }
    x
}

/// -x ln x; 0 at 0, -inf below.
pub fn entr(x: f64) -> f64 {
    if x.is_nan() {
        x
    } else if x > 0.0 {
        -x * x.ln()
    } else if x == 0.0 {
        0.0
    } else {
        f64::NEG_INFINITY
    }
}

/// The regularised lower incomplete gamma function P(a, x): series, or one minus the continued fraction of Q.
pub fn igamma(a: f64, x: f64) -> f64 {
    if x < 0.0 || a < 0.0 || a.is_nan() || x.is_nan() {
        return f64::NAN;
    }
    if a == 0.0 {
        return if x > 0.0 { 1.0 } else { f64::NAN };
    }
    if x == 0.0 {
        return 0.0;
    }
    if a.is_infinite() {
        return if x.is_infinite() { f64::NAN } else { 0.0 };
    }
    if x.is_infinite() {
        return 1.0;
    }
    if x > 1.0 && x > a {
        1.0 - igammac_fraction(a, x)
    } else {
        igamma_series(a, x)
    }
}

/// The regularised upper incomplete gamma function Q(a, x).
pub fn igammac(a: f64, x: f64) -> f64 {
    if x < 0.0 || a < 0.0 || a.is_nan() || x.is_nan() {
        return f64::NAN;
    }
    if a == 0.0 {
        return if x > 0.0 { 0.0 } else { f64::NAN };
    }
    if x == 0.0 {
        return 1.0;
    }
    if a.is_infinite() {
        return if x.is_infinite() { f64::NAN } else { 1.0 };
    }
    if x.is_infinite() {
        return 0.0;
    }
    if x > 1.0 && x > a {
        igammac_fraction(a, x)
    } else {
        1.0 - igamma_series(a, x)
    }
}

fn igamma_prefactor(a: f64, x: f64) -> f64 {
    (a * x.ln() - x - libm::lgamma(a)).exp()
}

fn igamma_series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0, 1.0, a);
    for _ in 0..2000 {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term <= f64::EPSILON / 2.0 * sum {
            break;
        }
    }
    sum * igamma_prefactor(a, x) / a
}

fn igammac_fraction(a: f64, x: f64) -> f64 {
    // Lentz' method.
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..2000 {
        let an = -(i as f64) * (i as f64 - a);
        b += 2.0;
        d = an * d + b;
        d = if d.abs() < tiny { tiny } else { d };
        c = b + an / c;
        c = if c.abs() < tiny { tiny } else { c };
        d = 1.0 / d;
        let delta = d * c;
        h *= delta;
        if (delta - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    h * igamma_prefactor(a, x)
}
