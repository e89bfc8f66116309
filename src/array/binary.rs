//! Elementwise arithmetic of two operands.

use super::array::Array;
use super::dtype::Dtype;
use super::elementwise::{self, run2};
use super::error::{self, ErrorKind, Result};
use super::kernels::{complex, map2, power, special, trigonometric};
use super::lane::Lane;
use super::promote::{self, Operand};
use super::scalar::Scalar;
use super::unary::unsupported;
use num_complex::Complex;

type Slice<T> = fn(&mut [T], &[T], &[T]);
type C64 = Complex<f32>;
type C128 = Complex<f64>;

/// Loops of an arithmetic function by lane.
struct Arithmetic {
    name: &'static str,
    /// Takes bool (as integers) too.
    bool: bool,
    integer: Option<Slice<i64>>,
    float32: Slice<f32>,
    float64: Slice<f64>,
    complex64: Option<Slice<C64>>,
    complex128: Option<Slice<C128>>,
}

impl Arithmetic {
    /// Into a new array of the promoted dtype.
    fn apply(&self, a: Operand, b: Operand) -> Result<Array> {
        self.apply_in(a, b, promoted(a, b))
    }

    /// Into a new array of the promoted dtype, or of the default dtype where that is no floating point type.
    fn apply_floating(&self, a: Operand, b: Operand) -> Result<Array> {
        self.apply_in(a, b, promote::to_floating(promoted(a, b)))
    }

    fn apply_in(&self, a: Operand, b: Operand, dtype: Dtype) -> Result<Array> {
        let out = match (a, b) {
            (Operand::Array(x), Operand::Array(y))
                if x.is_contiguous() && y.is_contiguous() && x.sizes() == y.sizes() =>
            {
                Array::unfilled(x.sizes(), dtype)?
            }
            _ => elementwise::result(&[a, b], dtype)?,
        };
        self.apply_into(&out, a, b)?;
        Ok(out)
    }

    /// Computes in the output's dtype.
    fn apply_into(&self, out: &Array, a: Operand, b: Operand) -> Result<()> {
        fn run<T: Lane>(name: &str, out: &Array, a: Operand, b: Operand, kernel: &Option<Slice<T>>) -> Result<()> {
            let Some(kernel) = kernel else {
                return unsupported(name, out.dtype());
            };
            run2::<T, T, T>(out, a, b, kernel);
            Ok(())
        }
        match out.dtype() {
            Dtype::Float64 => run2::<f64, f64, f64>(out, a, b, &self.float64),
            Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => run2::<f32, f32, f32>(out, a, b, &self.float32),
            Dtype::Complex64 => return run(self.name, out, a, b, &self.complex64),
            Dtype::Complex128 => return run(self.name, out, a, b, &self.complex128),
            Dtype::Bool if !self.bool => return unsupported(self.name, Dtype::Bool),
            _ => return run(self.name, out, a, b, &self.integer),
        }
        Ok(())
    }
}

fn promoted(a: Operand, b: Operand) -> Dtype {
    if let (Operand::Array(x), Operand::Array(y)) = (a, b)
        && x.dtype() == y.dtype()
    {
        return x.dtype();
    }
    promote::result_type(&[a, b])
}

macro_rules! loops {
    ($f:expr) => {
        |out, x, y| map2(out, x, y, $f)
    };
}

const ADD: Arithmetic = Arithmetic {
    name: "add_stub",
    bool: true,
    integer: Some(loops!(|x: i64, y: i64| x.wrapping_add(y))),
    float32: loops!(|x: f32, y: f32| x + y),
    float64: loops!(|x: f64, y: f64| x + y),
    complex64: Some(loops!(|x: C64, y: C64| x + y)),
    complex128: Some(loops!(|x: C128, y: C128| x + y)),
};

const SUB: Arithmetic = Arithmetic {
    name: "sub_stub",
    bool: true,
    integer: Some(loops!(|x: i64, y: i64| x.wrapping_sub(y))),
    float32: loops!(|x: f32, y: f32| x - y),
    float64: loops!(|x: f64, y: f64| x - y),
    complex64: Some(loops!(|x: C64, y: C64| x - y)),
    complex128: Some(loops!(|x: C128, y: C128| x - y)),
};

const MUL: Arithmetic = Arithmetic {
    name: "mul_cpu",
    bool: true,
    integer: Some(loops!(|x: i64, y: i64| x.wrapping_mul(y))),
    float32: loops!(|x: f32, y: f32| x * y),
    float64: loops!(|x: f64, y: f64| x * y),
    complex64: Some(loops!(|x: C64, y: C64| x * y)),
    complex128: Some(loops!(|x: C128, y: C128| x * y)),
};

const DIV: Arithmetic = Arithmetic {
    name: "div_cpu",
    bool: true,
    integer: None,
    float32: loops!(|x: f32, y: f32| x / y),
    float64: loops!(|x: f64, y: f64| x / y),
    complex64: Some(loops!(|x: C64, y: C64| {
        let q = divide_complex(C128::new(x.re as f64, x.im as f64), C128::new(y.re as f64, y.im as f64));
        C64::new(q.re as f32, q.im as f32)
    })),
    complex128: Some(loops!(divide_complex)),
};

/// Division scaled by the larger part of the divisor.
fn divide_complex(x: C128, y: C128) -> C128 {
    let (c, d) = (y.re.abs(), y.im.abs());
    if c >= d {
        if c == 0.0 && d == 0.0 {
            return C128::new(x.re / c, x.im / d);
        }
        let ratio = y.im / y.re;
        let scale = 1.0 / (y.re + y.im * ratio);
        C128::new((x.re + x.im * ratio) * scale, (x.im - x.re * ratio) * scale)
    } else {
        let ratio = y.re / y.im;
        let scale = 1.0 / (y.re * ratio + y.im);
        C128::new((x.re * ratio + x.im) * scale, (x.im * ratio - x.re) * scale)
    }
}

/// x + y.
pub fn add<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    ADD.apply(a.into(), b.into())
}

/// x - y; two bools have no difference.
pub fn sub<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_subtraction(a.dtype(), b.dtype())?;
    SUB.apply(a, b)
}

fn check_subtraction(a: Dtype, b: Dtype) -> Result<()> {
    if a == Dtype::Bool && b == Dtype::Bool {
        return error::not_implemented(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
        );
    }
    if a == Dtype::Bool || b == Dtype::Bool {
        return error::not_implemented(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
        );
    }
    Ok(())
}

/// x * y.
pub fn mul<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    MUL.apply(a.into(), b.into())
}

/// x / y; integers give the default dtype.
pub fn div<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    DIV.apply_floating(a.into(), b.into())
}

/// x + alpha * y, with PyTorch's checks of `alpha` against the result's dtype.
pub fn add_scaled<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>, alpha: Scalar) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    let dtype = promoted(a, b);
    check_alpha(dtype, alpha)?;
    if alpha.is_one() {
        return ADD.apply(a, b);
    }
    let out = elementwise::result(&[a, b], dtype)?;
    scaled_sum(&out, a, b, alpha);
    Ok(out)
}

/// x - alpha * y, with PyTorch's checks.
pub fn sub_scaled<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>, alpha: Scalar) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_subtraction(a.dtype(), b.dtype())?;
    let dtype = promoted(a, b);
    check_alpha(dtype, alpha)?;
    if alpha.is_one() {
        return SUB.apply(a, b);
    }
    let negative = match alpha {
        Scalar::Bool(b) => Scalar::Int(-(b as i64)),
        Scalar::Int(i) => Scalar::Int(i.wrapping_neg()),
        Scalar::Float(f) => Scalar::Float(-f),
        Scalar::Complex(re, im) => Scalar::Complex(-re, -im),
    };
    let out = elementwise::result(&[a, b], dtype)?;
    scaled_sum(&out, a, b, negative);
    Ok(out)
}

fn scaled_sum(out: &Array, a: Operand, b: Operand, alpha: Scalar) {
    match out.dtype() {
        Dtype::Float64 => {
            let k = alpha.to_f64();
            run2::<f64, f64, f64>(out, a, b, &|out, x, y| map2(out, x, y, |x, y| y.mul_add(k, x)))
        }
        Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => {
            let k = alpha.to_f64() as f32;
            run2::<f32, f32, f32>(out, a, b, &|out, x, y| map2(out, x, y, |x, y| y.mul_add(k, x)))
        }
        Dtype::Complex64 | Dtype::Complex128 => {
            let (re, im) = alpha.to_complex();
            let k = C128::new(re, im);
            run2::<C128, C128, C128>(out, a, b, &|out, x, y| map2(out, x, y, |x, y| x + y * k))
        }
        _ => {
            let k = alpha.to_i64();
            run2::<i64, i64, i64>(out, a, b, &|out, x, y| {
                map2(out, x, y, |x, y| x.wrapping_add(y.wrapping_mul(k)))
            })
        }
    }
}

fn check_alpha(dtype: Dtype, alpha: Scalar) -> Result<()> {
    if matches!(alpha, Scalar::Bool(_)) && dtype != Dtype::Bool {
        return error::runtime("Boolean alpha only supported for Boolean results.");
    }
    if !dtype.is_floating_point() && !dtype.is_complex() && matches!(alpha, Scalar::Float(_) | Scalar::Complex(..)) {
        return error::runtime("For integral input tensors, argument alpha must not be a floating point number.");
    }
    if !dtype.is_complex() && matches!(alpha, Scalar::Complex(..)) {
        return error::runtime("For non-complex input tensors, argument alpha must not be a complex number.");
    }
    Ok(())
}

/// Raises ZeroDivisionError as PyTorch's integer kernels do.
fn check_divisor(dtype: Dtype, b: Operand) -> Result<()> {
    if !dtype.is_integral() {
        return Ok(());
    }
    let zero = match b {
        Operand::Number(number) => number.is_zero(),
        Operand::Array(array) => super::copy::lanes::<i64>(array)?.contains(&0),
    };
    if zero {
        return Err(super::error::Error::new(ErrorKind::RuntimeError, "ZeroDivisionError"));
    }
    Ok(())
}

macro_rules! float_floor_divide {
    ($t:ty) => {
        |a: $t, b: $t| {
            // As Python's float floor division: consistent with the remainder.
            if b == 0.0 {
                return a / b;
            }
            let rest = a % b;
            let mut quotient = (a - rest) / b;
            if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
                quotient -= 1.0;
            }
            if quotient == 0.0 {
                return (0.0 as $t).copysign(a / b);
            }
            let floored = quotient.floor();
            if quotient - floored > 0.5 {
                floored + 1.0
            } else {
                floored
            }
        }
    };
}

const FLOOR_DIVIDE: Arithmetic = Arithmetic {
    name: "div_floor_cpu",
    bool: false,
    integer: Some(loops!(|x: i64, y: i64| {
        let quotient = x.wrapping_div(if y == 0 { 1 } else { y });
        if x.wrapping_rem(if y == 0 { 1 } else { y }) != 0 && (x < 0) != (y < 0) {
            quotient - 1
        } else {
            quotient
        }
    })),
    float32: loops!(float_floor_divide!(f32)),
    float64: loops!(float_floor_divide!(f64)),
    complex64: None,
    complex128: None,
};

/// The quotient rounded down; integers stay integers.
pub fn floor_divide<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_divisor(promoted(a, b), b)?;
    FLOOR_DIVIDE.apply(a, b)
}

const TRUNC_DIVIDE: Arithmetic = Arithmetic {
    name: "div_trunc_cpu",
    bool: false,
    integer: Some(loops!(|x: i64, y: i64| x.wrapping_div(if y == 0 { 1 } else { y }))),
    float32: loops!(|x: f32, y: f32| (x / y).trunc()),
    float64: loops!(|x: f64, y: f64| (x / y).trunc()),
    complex64: None,
    complex128: None,
};

/// The quotient rounded toward zero; integers stay integers.
pub fn trunc_divide<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_divisor(promoted(a, b), b)?;
    TRUNC_DIVIDE.apply(a, b)
}

macro_rules! float_remainder {
    ($t:ty) => {
        |a: $t, b: $t| {
            let rest = a % b;
            if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
                rest + b
            } else {
                rest
            }
        }
    };
}

const REMAINDER: Arithmetic = Arithmetic {
    name: "remainder_cpu",
    bool: false,
    integer: Some(loops!(|x: i64, y: i64| {
        let rest = x.wrapping_rem(if y == 0 { 1 } else { y });
        if rest != 0 && (rest < 0) != (y < 0) {
            rest + y
        } else {
            rest
        }
    })),
    float32: loops!(float_remainder!(f32)),
    float64: loops!(float_remainder!(f64)),
    complex64: None,
    complex128: None,
};

/// Python's modulus: the sign is the divisor's.
pub fn remainder<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_divisor(promoted(a, b), b)?;
    REMAINDER.apply(a, b)
}

const FMOD: Arithmetic = Arithmetic {
    name: "fmod_cpu",
    bool: false,
    integer: Some(loops!(|x: i64, y: i64| x.wrapping_rem(if y == 0 { 1 } else { y }))),
    float32: loops!(|x: f32, y: f32| x % y),
    float64: loops!(|x: f64, y: f64| x % y),
    complex64: None,
    complex128: None,
};

/// C's modulus: the sign is the dividend's.
pub fn fmod<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    check_divisor(promoted(a, b), b)?;
    FMOD.apply(a, b)
}

const POW: Arithmetic = Arithmetic {
    name: "pow",
    bool: false,
    integer: Some(loops!(power::pow_i64)),
    float32: power::pow_slice_f32,
    float64: power::pow_slice_f64,
    complex64: Some(loops!(|x: C64, y: C64| {
        let p = complex::pow(C128::new(x.re as f64, x.im as f64), C128::new(y.re as f64, y.im as f64));
        C64::new(p.re as f32, p.im as f32)
    })),
    complex128: Some(loops!(complex::pow)),
};

/// x^y.
pub fn pow<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    let (a, b) = (a.into(), b.into());
    let dtype = promoted(a, b);
    if let (Operand::Array(base), Operand::Number(exponent)) = (a, b) {
        if dtype.is_integral() {
            if exponent.to_i64() < 0 {
                return error::runtime("Integers to negative integer powers are not allowed.");
            }
        } else if let Some(result) = simple_power(base, exponent, dtype)? {
            return Ok(result);
        }
    }
    POW.apply_in(a, b, dtype)
}

/// The exponents that PyTorch computes without `pow`.
fn simple_power(base: &Array, exponent: Scalar, dtype: Dtype) -> Result<Option<Array>> {
    let (Scalar::Int(_) | Scalar::Float(_)) = exponent else {
        return Ok(None);
    };
    let exponent = exponent.to_f64();
    if dtype.is_complex() && exponent != 2.0 {
        return Ok(None);
    }
    let kernels: (Slice1<f32>, Slice1<f64>) = match exponent {
        2.0 => (|out, x| map1(out, x, |x| x * x), |out, x| map1(out, x, |x| x * x)),
        3.0 => (
            |out, x| map1(out, x, |x| x * x * x),
            |out, x| map1(out, x, |x| x * x * x),
        ),
        0.5 => (|out, x| map1(out, x, f32::sqrt), |out, x| map1(out, x, f64::sqrt)),
        -0.5 => (
            |out, x| map1(out, x, |x| 1.0 / x.sqrt()),
            |out, x| map1(out, x, |x| 1.0 / x.sqrt()),
        ),
        -1.0 => (|out, x| map1(out, x, |x| 1.0 / x), |out, x| map1(out, x, |x| 1.0 / x)),
        -2.0 => (
            |out, x| map1(out, x, |x| 1.0 / (x * x)),
            |out, x| map1(out, x, |x| 1.0 / (x * x)),
        ),
        1.0 => (|out, x| out.copy_from_slice(x), |out, x| out.copy_from_slice(x)),
        _ => return Ok(None),
    };
    let out = elementwise::result(&[base.into()], dtype)?;
    match dtype {
        Dtype::Float64 => elementwise::run1::<f64, f64>(&out, base.into(), &kernels.1),
        Dtype::Complex64 | Dtype::Complex128 => {
            elementwise::run1::<C128, C128>(&out, base.into(), &|out, x| map1(out, x, |x| x * x))
        }
        _ => elementwise::run1::<f32, f32>(&out, base.into(), &kernels.0),
    }
    Ok(Some(out))
}

type Slice1<T> = fn(&mut [T], &[T]);
use super::kernels::map1;

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
    ($($(#[$doc:meta])* $name:ident($kernel:literal, $apply:ident): $i64:expr, $f32:expr, $f64:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
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
    fmax("fmax_cpu", apply): Some(loops!(|x: i64, y: i64| x.max(y))), f32::max, f64::max;
    /// The smaller; nan loses.
    fmin("fmin_cpu", apply): Some(loops!(|x: i64, y: i64| x.min(y))), f32::min, f64::min;
    /// The angle of the point (y, x): the first operand is the ordinate.
    atan2("atan2_cpu", apply_floating): None, trigonometric::atan2_f32, trigonometric::atan2_f64;
    /// sqrt(x^2 + y^2).
    hypot("hypot_cpu", apply): None, |x: f32, y: f32| (x as f64).hypot(y as f64) as f32, f64::hypot;
    /// The magnitude of x with the sign of y.
    copysign("copysign_cpu", apply_floating): None, f32::copysign, f64::copysign;
    /// The next representable number from x toward y.
    nextafter("nextafter_cpu", apply): None, libm::nextafterf, libm::nextafter;
    /// 0 below 0, the second operand at 0, 1 above.
    heaviside("heaviside_cpu", apply): Some(loops!(|x: i64, y: i64| if x == 0 { y } else { (x > 0) as i64 })),
        |x: f32, y: f32| if x == 0.0 { y } else { (x > 0.0) as u8 as f32 },
        |x: f64, y: f64| if x == 0.0 { y } else { (x > 0.0) as u8 as f64 };
    /// x * ln y; 0 where x is 0.
    xlogy("xlogy_cpu", apply_floating): None,
        |x: f32, y: f32| if y.is_nan() { y } else if x == 0.0 { 0.0 } else { x * super::kernels::logarithm::ln_f32(y) },
        |x: f64, y: f64| if y.is_nan() { y } else if x == 0.0 { 0.0 } else { x * super::kernels::logarithm::ln_f64(y) };
    /// x * ln(1 + y); 0 where x is 0.
    xlog1py("xlog1py_cpu", apply_floating): None,
        |x: f32, y: f32| if y.is_nan() { y } else if x == 0.0 { 0.0 } else { x * super::kernels::logarithm::log1p_f32(y) },
        |x: f64, y: f64| if y.is_nan() { y } else if x == 0.0 { 0.0 } else { x * y.ln_1p() };
    /// The Hurwitz zeta function.
    zeta("zeta_cpu", apply_floating): None, |x: f32, y: f32| special::zeta(x as f64, y as f64) as f32, special::zeta;
    /// The regularised lower incomplete gamma function.
    igamma("igamma_cpu", apply): None, |x: f32, y: f32| special::igamma(x as f64, y as f64) as f32, special::igamma;
    /// The regularised upper incomplete gamma function.
    igammac("igammac_cpu", apply): None, |x: f32, y: f32| special::igammac(x as f64, y as f64) as f32, special::igammac;
    /// ln(e^x + e^y).
    logaddexp("logaddexp_cpu", apply): None,
        |x: f32, y: f32| if x.is_infinite() && x == y { x } else { (x.max(y) as f64 + (-((x - y).abs() as f64)).exp().ln_1p()) as f32 },
        |x: f64, y: f64| if x.is_infinite() && x == y { x } else { x.max(y) + (-(x - y).abs()).exp().ln_1p() };
    /// log2(2^x + 2^y).
    logaddexp2("logaddexp2_cpu", apply): None,
        |x: f32, y: f32| if x.is_infinite() && x == y { x } else {
            (x.max(y) as f64 + (-((x - y).abs() as f64)).exp2().ln_1p() * std::f64::consts::LOG2_E) as f32
        },
        |x: f64, y: f64| if x.is_infinite() && x == y { x } else {
            x.max(y) + (-(x - y).abs()).exp2().ln_1p() * std::f64::consts::LOG2_E
        };
}

/// A function of integers alone.
fn of_integers(a: Operand, b: Operand, name: &str, f: fn(i64, i64) -> i64) -> Result<Array> {
    let dtype = promoted(a, b);
    if !dtype.is_integer() {
        return unsupported(name, dtype);
    }
    let out = elementwise::result(&[a, b], dtype)?;
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

/// In-place arithmetic on arrays whose dtype is the result's, without a temporary.
/// False where the fast way does not apply; the caller then computes a new array and copies it.
fn in_place(function: &Arithmetic, target: &Array, other: Operand) -> Result<bool> {
    let simple = match other {
        Operand::Number(number) => {
            !matches!(number, Scalar::Complex(..))
                && (target.dtype().is_floating_point()
                    || (target.dtype().is_integer() && matches!(number, Scalar::Int(_))))
        }
        Operand::Array(array) => {
            array.dtype() == target.dtype()
                && array.sizes() == target.sizes()
                && (!std::rc::Rc::ptr_eq(array.storage(), target.storage()) || array.is_same_view(target))
        }
    };
    if !simple || !super::layout::is_non_overlapping_and_dense(target) {
        return Ok(false);
    }
    // The engine reads a block wholly before it writes it; reading and writing the very same slice through two
    // references is avoided by going through its buffers, which a strided alias of the target forces.
    function.apply_in_place(target, other)
}

impl Arithmetic {
    fn apply_in_place(&self, target: &Array, other: Operand) -> Result<bool> {
        fn run<T: Lane>(target: &Array, other: Operand, kernel: &Slice<T>) -> bool {
            let Some(values) =
                (target.dtype() == T::DTYPE && target.is_contiguous()).then(|| target.fresh_slice_mut::<T>())
            else {
                return false;
            };
            const BLOCK: usize = 1024;
            let mut old = [T::default(); BLOCK];
            match other {
                Operand::Number(number) => {
                    let constant = [T::from_scalar(number); BLOCK];
                    for block in values.chunks_mut(BLOCK) {
                        let n = block.len();
                        old[..n].copy_from_slice(block);
                        kernel(block, &old[..n], &constant[..n]);
                    }
                }
                Operand::Array(array) => {
                    if array.is_same_view(target) {
                        return false;
                    }
                    let Some(others) = array.as_slice::<T>() else {
                        return false;
                    };
                    for (block, others) in values.chunks_mut(BLOCK).zip(others.chunks(BLOCK)) {
                        let n = block.len();
                        old[..n].copy_from_slice(block);
                        kernel(block, &old[..n], others);
                    }
                }
            }
            true
        }
        Ok(match target.dtype() {
            Dtype::Float32 => run(target, other, &self.float32),
            Dtype::Float64 => run(target, other, &self.float64),
            Dtype::Int64 => self.integer.is_some_and(|kernel| run(target, other, &kernel)),
            _ => false,
        })
    }
}

macro_rules! in_place {
    ($($(#[$doc:meta])* $name:ident: $function:ident, $general:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<'a>(target: &'a Array, other: impl Into<Operand<'a>>) -> Result<()> {
            let other = other.into();
            if in_place(&$function, target, other)? {
                return Ok(());
            }
            write_back(target, &$general(target, other)?)
        }
    )*};
}

/// Copies a result into the array that an in-place operation changes, with PyTorch's checks of dtype and sizes.
pub fn write_back(target: &Array, result: &Array) -> Result<()> {
    if !promote::can_cast(result.dtype(), target.dtype()) {
        return error::runtime(format!(
            "result type {} can't be cast to the desired output type {}",
            result.dtype().scalar_type(),
            target.dtype().scalar_type()
        ));
    }
    if result.sizes() != target.sizes() {
        return error::runtime(format!(
            "output with shape {} doesn't match the broadcast shape {}",
            super::array::format_sizes(target.sizes()),
            super::array::format_sizes(result.sizes())
        ));
    }
    super::copy::copy_into(target, result)
}

in_place! {
    /// `target += other`.
    add_: ADD, add;
    /// `target -= other`.
    sub_: SUB, sub;
    /// `target *= other`.
    mul_: MUL, mul;
    /// `target /= other`.
    div_: DIV, div;
}
