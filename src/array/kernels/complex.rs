//! Formulas on complex numbers where `num_complex` and C++ differ.

use num_complex::Complex;

type C = Complex<f64>;

pub fn sigmoid(z: C) -> C {
    C::new(1.0, 0.0) / (C::new(1.0, 0.0) + (-z).exp())
}

pub fn exp2(z: C) -> C {
    (z * std::f64::consts::LN_2).exp()
}

pub fn expm1(z: C) -> C {
    let half = (z.im / 2.0).sin();
    C::new(z.re.exp_m1() * z.im.cos() - 2.0 * half * half, z.re.exp() * z.im.sin())
}

pub fn log2(z: C) -> C {
    z.ln() / std::f64::consts::LN_2
}

pub fn log10(z: C) -> C {
    z.ln() / std::f64::consts::LN_10
}

pub fn log1p(z: C) -> C {
    let x = z.re;
    let y = z.im;
    let real = if z.norm() < 0.5 {
        0.5 * (x * (2.0 + x) + y * y).ln_1p()
    } else {
        (x + 1.0).hypot(y).ln()
    };
    C::new(real, y.atan2(x + 1.0))
}

pub fn sqrt(z: C) -> C {
    z.sqrt()
}

/// z^w; 0^0 is 1 and 0^w is 0 for other w with a positive real part.
pub fn pow(z: C, w: C) -> C {
    if w == C::new(0.0, 0.0) {
        return C::new(1.0, 0.0);
    }
    if z == C::new(0.0, 0.0) {
        return if w.im == 0.0 && w.re > 0.0 {
            z
        } else {
            C::new(f64::NAN, f64::NAN)
        };
    }
    if w.im == 0.0 && w.re == w.re.trunc() && w.re.abs() <= 64.0 {
        return z.powi(w.re as i32);
    }
    if z.im == 0.0 && z.re > 0.0 && w.im == 0.0 {
        return C::new(z.re.powf(w.re), 0.0);
    }
    (z.ln() * w).exp()
}

pub fn tanh(z: C) -> C {
    // For large real parts sinh and cosh overflow while their quotient is +-1.
    if z.re.abs() > 20.0 {
        let e = (-2.0 * z.re.abs()).exp();
        return C::new(1.0f64.copysign(z.re), 4.0 * z.im.sin() * z.im.cos() * e);
    }
    z.tanh()
}

/// z / |z|, 0 at 0.
pub fn sgn(z: C) -> C {
    let r = z.norm();
    if r == 0.0 { C::new(0.0, 0.0) } else { z / r }
}
