//! Elementwise functions of two operands beyond arithmetic.

use super::array::Array;
use super::binary::{Arithmetic, C128, loops, mul, promoted};
use super::elementwise::{self, run2};
use super::error::{self, Result};
use super::kernels::{complex, map2, special, trigonometric};
use super::power::pow;
use super::promote::Operand;
use super::scalar::Scalar;
use super::unary::unsupported;

macro_rules! extremum {
    ($t:ty, $op:tt) => {
        |x: $t, y: $t| if x $op y || x != x { x } else { y }
    };
}

const MAXIMUM: Arithmetic = Arithmetic {
    name: "maximum_cpu",
    bool: true,
    integer: Some(loops!(|x: i64, y: i64| x.max(y))),
    float32: loops!(extremum!(f32, >)),
    float64: loops!(extremum!(f64, >)),
    complex64: None,
    complex128: None,
};

const MINIMUM: Arithmetic = Arithmetic {
    name: "minimum_cpu",
    bool: true,
    integer: Some(loops!(|x: i64, y: i64| x.min(y))),
    float32: loops!(extremum!(f32, <)),
    float64: loops!(extremum!(f64, <)),
    complex64: None,
    complex128: None,
};

/// The larger; nan wins.
pub fn maximum<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    if promoted(a, b).is_complex() {
        return error::type_error("maximum not implemented for complex tensors.");
    }
    MAXIMUM.apply(a, b)
}

/// The smaller; nan wins.
pub fn minimum<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    if promoted(a, b).is_complex() {
        return error::type_error("minimum not implemented for complex tensors.");
    }
    MINIMUM.apply(a, b)
}

macro_rules! arithmetic {
    ($($(#[$doc:meta])* $vis:vis $name:ident($kernel:literal, $apply:ident): $i64:expr, $f32:expr, $f64:expr;)*) => {$(
        $(#[$doc])*
        $vis fn $name<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
            const FUNCTION: Arithmetic = Arithmetic {
                name: $kernel,
                bool: !matches!($kernel.as_bytes()[0], b'g' | b'l'),
                integer: $i64,
                float32: loops!($f32),
                float64: loops!($f64),
                complex64: None,
                complex128: None,
            };
            FUNCTION.$apply(a.into(), b.into())
        }
    )*};
}

arithmetic! {
    /// The larger; nan loses.
    fmax_real("fmax_cpu", apply): Some(loops!(|x: i64, y: i64| x.max(y))), f32::max, f64::max;
    /// The smaller; nan loses.
    fmin_real("fmin_cpu", apply): Some(loops!(|x: i64, y: i64| x.min(y))), f32::min, f64::min;
    /// The angle of the point (y, x): the first operand is the ordinate.
    pub atan2("atan2_cpu", apply_floating): None, trigonometric::atan2_f32, trigonometric::atan2_f64;
    /// sqrt(x^2 + y^2).
    pub hypot("hypot_cpu", apply): None, |x: f32, y: f32| (x as f64).hypot(y as f64) as f32, f64::hypot;
    /// The magnitude of x with the sign of y.
    pub copysign("copysign_cpu", apply_floating): None, f32::copysign, f64::copysign;
    /// The next representable number from x toward y.
    pub nextafter("nextafter_cpu", apply): None, libm::nextafterf, libm::nextafter;
    /// 0 below 0, the second operand at 0, 1 above.
    heaviside_same("heaviside_cpu", apply): Some(loops!(|x: i64, y: i64| if x == 0 { y } else { (x > 0) as i64 })),
        |x: f32, y: f32| if x == 0.0 { y } else { (x > 0.0) as u8 as f32 },
        |x: f64, y: f64| if x == 0.0 { y } else { (x > 0.0) as u8 as f64 };
    /// x * ln y; 0 where x is 0.
    pub xlogy("xlogy_cpu", apply_floating): None,
        |x: f32, y: f32| if y.is_nan() { y } else if x == 0.0 { 0.0 } else { x * super::kernels::logarithm::ln_f32(y) },
        |x: f64, y: f64| if y.is_nan() { y } else if x == 0.0 { 0.0 } else { x * super::kernels::logarithm::ln_f64(y) };
    /// x * ln(1 + y); 0 where x is 0.
    pub xlog1py("xlog1py_cpu", apply_floating): None,
        |x: f32, y: f32| if y.is_nan() { y } else if x == 0.0 { 0.0 } else { x * super::kernels::logarithm::log1p_f32(y) },
        |x: f64, y: f64| if y.is_nan() { y } else if x == 0.0 { 0.0 } else { x * y.ln_1p() };
    /// The Hurwitz zeta function.
    pub zeta("zeta_cpu", apply_floating): None, |x: f32, y: f32| special::zeta(x as f64, y as f64) as f32, special::zeta;
    /// The regularised lower incomplete gamma function.
    pub igamma("igamma_cpu", apply): None, |x: f32, y: f32| special::igamma(x as f64, y as f64) as f32, special::igamma;
    /// The regularised upper incomplete gamma function.
    pub igammac("igammac_cpu", apply): None, |x: f32, y: f32| special::igammac(x as f64, y as f64) as f32, special::igammac;
    /// ln(e^x + e^y).
    logaddexp_real("logaddexp_cpu", apply): None,
        |x: f32, y: f32| if x.is_infinite() && x == y { x } else { (x.max(y) as f64 + (-((x - y).abs() as f64)).exp().ln_1p()) as f32 },
        |x: f64, y: f64| if x.is_infinite() && x == y { x } else { x.max(y) + (-(x - y).abs()).exp().ln_1p() };
    /// log2(2^x + 2^y).
    pub logaddexp2("logaddexp2_cpu", apply): None,
        |x: f32, y: f32| if x.is_infinite() && x == y { x } else {
            (x.max(y) as f64 + (-((x - y).abs() as f64)).exp2().ln_1p() * std::f64::consts::LOG2_E) as f32
        },
        |x: f64, y: f64| if x.is_infinite() && x == y { x } else {
            x.max(y) + (-(x - y).abs()).exp2().ln_1p() * std::f64::consts::LOG2_E
        };
}

/// The larger; nan loses.
pub fn fmax<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    if promoted(a, b).is_complex() {
        return error::type_error("fmax not implemented for complex tensors.");
    }
    fmax_real(a, b)
}

/// The smaller; nan loses.
pub fn fmin<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    if promoted(a, b).is_complex() {
        return error::type_error("fmin not implemented for complex tensors.");
    }
    fmin_real(a, b)
}

/// 0 below 0, the second operand at 0, 1 above; both of one dtype.
pub fn heaviside<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    if a.dtype().is_complex() || b.dtype().is_complex() {
        return error::not_implemented("heaviside is not yet implemented for complex tensors.");
    }
    if a.dtype() != b.dtype() {
        return error::runtime("heaviside is not yet implemented for tensors with different dtypes.");
    }
    heaviside_same(a, b)
}

/// ln(e^x + e^y).
pub fn logaddexp<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    let dtype = promoted(a, b);
    if !dtype.is_complex() {
        return logaddexp_real(a, b);
    }
    let out = elementwise::result(&[a, b], dtype)?;
    run2::<C128, C128, C128>(&out, a, b, &|out, x, y| {
        map2(out, x, y, |x, y| {
            let (low, high) = if x.re < y.re { (x, y) } else { (y, x) };
            high + complex::log1p((low - high).exp())
        })
    });
    Ok(out)
}

/// A function of integers alone.
fn of_integers(a: Operand, b: Operand, name: &str, f: fn(i64, i64) -> i64) -> Result<Array> {
    let dtype = promoted(a, b);
    let out = elementwise::result(&[a, b], dtype)?;
    if !dtype.is_integer() {
        return unsupported(name, dtype);
    }
    run2::<i64, i64, i64>(&out, a, b, &|out, x, y| map2(out, x, y, f));
    Ok(out)
}

/// The greatest common divisor of integers.
pub fn gcd<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    of_integers(a.into(), b.into(), "gcd_cpu", |x, y| greatest_divisor(x, y) as i64)
}

/// The least common multiple of integers.
pub fn lcm<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    of_integers(a.into(), b.into(), "lcm_cpu", |x, y| match greatest_divisor(x, y) {
        0 => 0,
        g => (x.wrapping_div(g as i64)).wrapping_mul(y).wrapping_abs(),
    })
}

fn greatest_divisor(x: i64, y: i64) -> u64 {
    num_integer::gcd(x.unsigned_abs(), y.unsigned_abs())
}

/// x * 2^y.
pub fn ldexp<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let power = pow(Scalar::Float(2.0), b)?;
    mul(a.into(), &power)
}
