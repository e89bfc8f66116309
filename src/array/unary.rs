//! Elementwise functions of one array.

use super::array::{Array, Dims};
use super::dtype::Dtype;
use super::elementwise::{self, run1};
use super::error::{self, Result};
use super::kernels::{bessel, complex, exponential, hyperbolic, logarithm, map1, special, trigonometric};
use super::promote;
use num_complex::Complex;

type Slice<T> = fn(&mut [T], &[T]);

/// A function of floating point numbers: its loops by lane. The complex types share one.
pub(in crate::array) struct Floating {
    /// As PyTorch names the kernel where a dtype is missing.
    pub name: &'static str,
    pub float32: Slice<f32>,
    pub float64: Slice<f64>,
    pub complex: Option<Slice<Complex<f64>>>,
    /// Takes float16 and bfloat16 too.
    pub half: bool,
}

/// `"lgamma" not implemented for 'ComplexFloat'`.
pub fn unsupported<T>(name: &str, dtype: Dtype) -> Result<T> {
    error::not_implemented(format!("\"{name}\" not implemented for '{}'", dtype.scalar_type()))
}

impl Floating {
    /// Integers and bool give the default dtype.
    pub fn apply(&self, a: &Array) -> Result<Array> {
        let out = elementwise::result(&[a.into()], promote::to_floating(a.dtype()))?;
        self.apply_into(&out, a)?;
        Ok(out)
    }

    fn apply_into(&self, out: &Array, a: &Array) -> Result<()> {
        let dtype = promote::to_floating(a.dtype());
        match dtype {
            Dtype::Float64 => run1::<f64, f64>(out, a.into(), &self.float64),
            Dtype::Complex64 | Dtype::Complex128 => match &self.complex {
                Some(kernel) => run1::<Complex<f64>, Complex<f64>>(out, a.into(), kernel),
                None if self.name.ends_with("2rad") || self.name.ends_with("2deg") => {
                    return error::not_implemented(format!("{} is not supported for complex tensors.", self.name));
                }
                None => return unsupported(self.name, dtype),
            },
            Dtype::Float16 | Dtype::BFloat16 if !self.half => return unsupported(self.name, dtype),
            _ => run1::<f32, f32>(out, a.into(), &self.float32),
        }
        Ok(())
    }
}

macro_rules! floating {
    ($($(#[$doc:meta])* $name:ident: $f32:expr, $f64:expr $(, $complex:expr)?;)*) => {$(
        $(#[$doc])*
        /// Integers and bool give the default dtype.
        pub fn $name(a: &Array) -> Result<Array> {
            const FUNCTION: Floating = Floating {
                name: stringify!($name),
                float32: |out, x| map1(out, x, $f32),
                float64: |out, x| map1(out, x, $f64),
                complex: floating!(@complex $($complex)?),
                half: true,
            };
            FUNCTION.apply(a)
        }
    )*};
    (@complex $complex:expr) => { Some(|out, x| map1(out, x, $complex)) };
    (@complex) => { None };
}

type C = Complex<f64>;

floating! {
    /// e^x.
    exp: exponential::exp_f32, exponential::exp_f64, |z: C| z.exp();
    /// 2^x.
    exp2: exponential::exp2_f32, exponential::exp2_f64, complex::exp2;
    /// e^x - 1.
    expm1: exponential::expm1_f32, exponential::expm1_f64, complex::expm1;
    /// The natural logarithm.
    log: logarithm::ln_f32, logarithm::ln_f64, |z: C| z.ln();
    /// The logarithm to base 2.
    log2: logarithm::log2_f32, logarithm::log2_f64, complex::log2;
    /// The logarithm to base 10.
    log10: logarithm::log10_f32, logarithm::log10_f64, complex::log10;
    /// ln(1 + x).
    log1p: logarithm::log1p_f32, logarithm::log1p_f64, complex::log1p;
    /// The square root.
    sqrt: |x: f32| x.sqrt(), |x: f64| x.sqrt(), complex::sqrt;
    /// 1 / sqrt(x).
    rsqrt: |x: f32| 1.0 / x.sqrt(), |x: f64| 1.0 / x.sqrt(), |z: C| z.sqrt().inv();
    /// 1 / x.
    reciprocal: |x: f32| 1.0 / x, |x: f64| 1.0 / x, |z: C| C::new(1.0, 0.0) / z;
    /// 1 / (1 + e^-x).
    sigmoid: exponential::sigmoid_f32, exponential::sigmoid_f64, complex::sigmoid;
    /// The hyperbolic tangent.
    tanh: hyperbolic::tanh_f32, hyperbolic::tanh_f64, complex::tanh;
    /// The hyperbolic sine.
    sinh: hyperbolic::sinh_f32, hyperbolic::sinh_f64, |z: C| z.sinh();
    /// The hyperbolic cosine.
    cosh: hyperbolic::cosh_f32, hyperbolic::cosh_f64, |z: C| z.cosh();
    /// The inverse hyperbolic sine.
    asinh: hyperbolic::asinh_f32, hyperbolic::asinh_f64, |z: C| z.asinh();
    /// The inverse hyperbolic cosine.
    acosh: hyperbolic::acosh_f32, hyperbolic::acosh_f64, |z: C| z.acosh();
    /// The inverse hyperbolic tangent.
    atanh: hyperbolic::atanh_f32, hyperbolic::atanh_f64, |z: C| z.atanh();
    /// The tangent.
    tan: trigonometric::tan_f32, trigonometric::tan_f64, |z: C| z.tan();
    /// The arcsine.
    asin: trigonometric::asin_f32, trigonometric::asin_f64, |z: C| z.asin();
    /// The arccosine.
    acos: trigonometric::acos_f32, trigonometric::acos_f64, |z: C| z.acos();
    /// The arctangent.
    atan: trigonometric::atan_f32, trigonometric::atan_f64, |z: C| z.atan();
    /// x * 180 / pi.
    rad2deg: |x: f32| x * (180.0 / std::f64::consts::PI) as f32, |x: f64| x * (180.0 / std::f64::consts::PI);
    /// x * pi / 180.
    deg2rad: |x: f32| x * (std::f32::consts::PI / 180.0), |x: f64| x * (std::f64::consts::PI / 180.0);
}

macro_rules! special {
    (half: $half:literal; $($(#[$doc:meta])* $name:ident: $f64:path;)*) => {
        $(
            $(#[$doc])*
            /// Integers and bool give the default dtype; complex numbers are refused.
            pub fn $name(a: &Array) -> Result<Array> {
                const FUNCTION: Floating = Floating {
                    name: if $half { concat!(stringify!($name), "_vml_cpu") } else { concat!(stringify!($name), "_cpu") },
                    float32: |out, x| map1(out, x, |x: f32| $f64(x as f64) as f32),
                    float64: |out, x| map1(out, x, $f64),
                    complex: None,
                    half: $half,
                };
                FUNCTION.apply(a)
            }
        )*
    };
}

special! {
    half: true;
    /// -x ln x.
    entr: special::entr;
    /// The error function.
    erf: special::erf;
    /// 1 - erf(x).
    erfc: special::erfc;
    /// The inverse of erf.
    erfinv: special::erfinv;
    /// ln |gamma(x)|.
    lgamma: special::lgamma;
    /// The derivative of digamma.
    trigamma: special::trigamma;
    /// The modified Bessel function of the first kind of order 0.
    i0: special::i0;
    /// `i0` times e^-|x|.
    i0e: special::i0e;
    /// The modified Bessel function of the first kind of order 1.
    i1: special::i1;
    /// `i1` times e^-|x|.
    i1e: special::i1e;
    /// The standard normal distribution function.
    ndtr: special::ndtr;
}

special! {
    half: false;
    /// The logarithm of `ndtr`.
    log_ndtr: special::log_ndtr;
    /// The inverse of `ndtr`.
    ndtri: special::ndtri;
    /// e^(x^2) erfc(x).
    erfcx: special::erfcx;
    /// The modified Bessel function of the second kind of order 0.
    modified_bessel_k0: bessel::k0;
    /// The modified Bessel function of the second kind of order 1.
    modified_bessel_k1: bessel::k1;
    /// `modified_bessel_k0` times e^x.
    scaled_modified_bessel_k0: bessel::scaled_k0;
    /// `modified_bessel_k1` times e^x.
    scaled_modified_bessel_k1: bessel::scaled_k1;
    /// The modified Bessel function of the first kind of order 0.
    modified_bessel_i0: special::i0;
    /// The modified Bessel function of the first kind of order 1.
    modified_bessel_i1: special::i1;
    /// The spherical Bessel function of order 0.
    spherical_bessel_j0: bessel::spherical_j0;
    /// The Airy function Ai.
    airy_ai: bessel::airy_ai;
    /// The Bessel function of the first kind of order 0.
    bessel_j0: libm::j0;
    /// The Bessel function of the first kind of order 1.
    bessel_j1: libm::j1;
    /// The Bessel function of the second kind of order 0.
    bessel_y0: libm::y0;
    /// The Bessel function of the second kind of order 1.
    bessel_y1: libm::y1;
}

/// The sine.
pub fn sin(a: &Array) -> Result<Array> {
    const FUNCTION: Floating = Floating {
        name: "sin",
        float32: trigonometric::sin_slice_f32,
        float64: |out, x| map1(out, x, trigonometric::sin_f64),
        complex: Some(|out, x| map1(out, x, |z: C| z.sin())),
        half: true,
    };
    FUNCTION.apply(a)
}

/// The cosine.
pub fn cos(a: &Array) -> Result<Array> {
    const FUNCTION: Floating = Floating {
        name: "cos",
        float32: trigonometric::cos_slice_f32,
        float64: |out, x| map1(out, x, trigonometric::cos_f64),
        complex: Some(|out, x| map1(out, x, |z: C| z.cos())),
        half: true,
    };
    FUNCTION.apply(a)
}

/// sin(pi x) / (pi x), 1 at 0.
pub fn sinc(a: &Array) -> Result<Array> {
    if !a.dtype().is_complex() {
        const FUNCTION: Floating = Floating {
            name: "sinc_cpu",
            float32: |out, x| {
                map1(out, x, |x: f32| {
                    let scaled = x * std::f32::consts::PI;
                    if x == 0.0 {
                        1.0
                    } else {
                        (scaled as f64).sin() as f32 / scaled
                    }
                })
            },
            float64: |out, x| map1(out, x, special::sinc),
            complex: None,
            half: true,
        };
        return FUNCTION.apply(a);
    }
    let out = elementwise::result(&[a.into()], a.dtype())?;
    run1::<C, C>(&out, a.into(), &|out, x| {
        map1(out, x, |z| {
            let scaled = z * std::f64::consts::PI;
            if z == C::new(0.0, 0.0) {
                C::new(1.0, 0.0)
            } else {
                scaled.sin() / scaled
            }
        })
    });
    Ok(out)
}

/// The logarithmic derivative of gamma.
pub fn digamma(a: &Array) -> Result<Array> {
    const FUNCTION: Floating = Floating {
        name: "digamma",
        float32: |out, x| map1(out, x, special::digamma_f32),
        float64: |out, x| map1(out, x, special::digamma),
        complex: None,
        half: true,
    };
    FUNCTION.apply(a)
}

/// The n-th derivative of digamma.
pub fn polygamma(n: i64, a: &Array) -> Result<Array> {
    if n < 0 {
        return error::runtime("polygamma(n, x) does not support negative n.");
    }
    let out = elementwise::result(&[a.into()], promote::to_floating(a.dtype()))?;
    match out.dtype() {
        Dtype::Float64 => run1::<f64, f64>(&out, a.into(), &|out, x| map1(out, x, |x| special::polygamma(n, x))),
        dtype if dtype.is_complex() => return unsupported("polygamma", dtype),
        _ => run1::<f32, f32>(&out, a.into(), &|out, x| {
            map1(out, x, |x| special::polygamma(n, x as f64) as f32)
        }),
    }
    Ok(out)
}

/// ln(x / (1 - x)), x clamped to [eps, 1 - eps] first where `eps` is given.
pub fn logit(a: &Array, eps: Option<f64>) -> Result<Array> {
    let out = elementwise::result(&[a.into()], promote::to_floating(a.dtype()))?;
    let (low, high) = eps.map_or((f64::NEG_INFINITY, f64::INFINITY), |eps| (eps, 1.0 - eps));
    match out.dtype() {
        Dtype::Float64 => run1::<f64, f64>(&out, a.into(), &|out, x| {
            map1(out, x, |x| {
                let x = if x < low {
                    low
                } else if x > high {
                    high
                } else {
                    x
                };
                logarithm::ln_f64(x / (1.0 - x))
            })
        }),
        dtype if dtype.is_complex() => return unsupported("logit_cpu", dtype),
        _ => {
            let (low, high) = (low as f32, if eps.is_some() { 1.0 - low as f32 } else { f32::INFINITY });
            run1::<f32, f32>(&out, a.into(), &|out, x| {
                map1(out, x, |x| {
                    let x = if x < low {
                        low
                    } else if x > high {
                        high
                    } else {
                        x
                    };
                    logarithm::ln_f32(x / (1.0 - x))
                })
            })
        }
    }
    Ok(out)
}

/// What functions of real numbers say to complex ones.
fn no_complex<T>(name: &str, dtype: Dtype) -> Result<T> {
    match name.split('_').next().unwrap_or_default() {
        "relu" => error::not_implemented("clamp is not supported for complex types"),
        "sign" => error::not_implemented(
            "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead.",
        ),
        stem @ ("floor" | "ceil" | "trunc") => {
            error::not_implemented(format!("{stem} is not supported for complex inputs"))
        }
        _ => unsupported(name, dtype),
    }
}

/// Loops of a function that keeps the dtype.
struct Same {
    name: &'static str,
    integer: Option<Slice<i64>>,
    float32: Slice<f32>,
    float64: Slice<f64>,
    complex: Option<Slice<C>>,
    bool: bool,
}

impl Same {
    fn apply(&self, a: &Array) -> Result<Array> {
        let dtype = a.dtype();
        if dtype == Dtype::Bool && !self.bool {
            if self.name == "relu" {
                return error::not_implemented("Boolean inputs not supported for relu");
            }
            return unsupported(self.name, dtype);
        }
        let out = elementwise::result(&[a.into()], dtype)?;
        match dtype {
            Dtype::Float64 => run1::<f64, f64>(&out, a.into(), &self.float64),
            Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => run1::<f32, f32>(&out, a.into(), &self.float32),
            Dtype::Complex64 | Dtype::Complex128 => match &self.complex {
                Some(kernel) => run1::<C, C>(&out, a.into(), kernel),
                None => return no_complex(self.name, dtype),
            },
            _ => match &self.integer {
                Some(kernel) => run1::<i64, i64>(&out, a.into(), kernel),
                None => return unsupported(self.name, dtype),
            },
        }
        Ok(out)
    }
}

macro_rules! same {
    ($($(#[$doc:meta])* $name:ident($kernel:literal, bool: $bool:literal): $i64:expr, $f32:expr, $f64:expr $(, $complex:expr)?;)*) => {$(
        $(#[$doc])*
        pub fn $name(a: &Array) -> Result<Array> {
            const FUNCTION: Same = Same {
                name: $kernel,
                integer: Some(|out, x| map1(out, x, $i64)),
                float32: |out, x| map1(out, x, $f32),
                float64: |out, x| map1(out, x, $f64),
                complex: floating!(@complex $($complex)?),
                bool: $bool,
            };
            FUNCTION.apply(a)
        }
    )*};
}

#[inline(always)]
fn sign_f64(x: f64) -> f64 {
    (x > 0.0) as u8 as f64 - (x < 0.0) as u8 as f64
}

#[inline(always)]
fn sign_f32(x: f32) -> f32 {
    (x > 0.0) as u8 as f32 - (x < 0.0) as u8 as f32
}

same! {
    /// x * x.
    square_same("square", bool: true): |x: i64| x.wrapping_mul(x), |x: f32| x * x, |x: f64| x * x, |z: C| z * z;
    /// -1, 0 or 1 by sign; 0 for nan.
    sign("sign_cpu", bool: true): |x: i64| x.signum(), sign_f32, sign_f64;
    /// `sign` of real numbers, z / |z| of complex ones.
    sgn("sgn_cpu", bool: true): |x: i64| x.signum(), sign_f32, sign_f64, complex::sgn;
    /// The largest integer not above.
    floor("floor_vml_cpu", bool: false): |x: i64| x, |x: f32| x.floor(), |x: f64| x.floor();
    /// The smallest integer not below.
    ceil("ceil_vml_cpu", bool: false): |x: i64| x, |x: f32| x.ceil(), |x: f64| x.ceil();
    /// The integer part.
    trunc("trunc_vml_cpu", bool: false): |x: i64| x, |x: f32| x.trunc(), |x: f64| x.trunc();
    /// The nearest integer, halves to even.
    round("round_vml_cpu", bool: false): |x: i64| x, |x: f32| x.round_ties_even(), |x: f64| x.round_ties_even();
    /// max(x, 0); nan stays.
    relu("relu", bool: false): |x: i64| x.max(0), |x: f32| if x < 0.0 { 0.0 } else { x }, |x: f64| if x < 0.0 { 0.0 } else { x };
}

/// x * x; bool gives int64.
pub fn square(a: &Array) -> Result<Array> {
    if a.dtype() == Dtype::Bool {
        super::copy::cast(a, Dtype::Int64)
    } else {
        square_same(a)
    }
}

/// The part after the point, with the sign of x.
pub fn frac(a: &Array) -> Result<Array> {
    const FUNCTION: Same = Same {
        name: "frac_cpu",
        integer: None,
        float32: |out, x| map1(out, x, |x: f32| x - x.trunc()),
        float64: |out, x| map1(out, x, |x: f64| x - x.trunc()),
        complex: None,
        bool: false,
    };
    FUNCTION.apply(a)
}

/// -x. Bool has none.
pub fn neg(a: &Array) -> Result<Array> {
    if a.dtype() == Dtype::Bool {
        return error::not_implemented(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
        );
    }
    const FUNCTION: Same = Same {
        name: "neg",
        integer: Some(|out, x| map1(out, x, |x: i64| x.wrapping_neg())),
        float32: |out, x| map1(out, x, |x: f32| -x),
        float64: |out, x| map1(out, x, |x: f64| -x),
        complex: Some(|out, x| map1(out, x, |z: C| -z)),
        bool: false,
    };
    FUNCTION.apply(a)
}

/// |x|; the modulus, as a real number, of complex ones.
pub fn abs(a: &Array) -> Result<Array> {
    if a.dtype().is_complex() {
        return to_real(a, |z| z.norm());
    }
    const FUNCTION: Same = Same {
        name: "abs_cpu",
        integer: Some(|out, x| map1(out, x, |x: i64| x.wrapping_abs())),
        float32: |out, x| map1(out, x, |x: f32| x.abs()),
        float64: |out, x| map1(out, x, |x: f64| x.abs()),
        complex: None,
        bool: false,
    };
    FUNCTION.apply(a)
}

fn to_real(a: &Array, f: fn(C) -> f64) -> Result<Array> {
    let out = elementwise::result(&[a.into()], a.dtype().to_real())?;
    run1::<C, f64>(&out, a.into(), &|out, x| map1(out, x, f));
    Ok(out)
}

/// The phase: atan2(im, re); pi for negative real numbers, 0 for others, nan for nan.
pub fn angle(a: &Array) -> Result<Array> {
    if a.dtype().is_complex() {
        return to_real(a, |z| z.arg());
    }
    let out = elementwise::result(&[a.into()], promote::to_floating(a.dtype()))?;
    run1::<f64, f64>(&out, a.into(), &|out, x| {
        map1(out, x, |x| {
            if x.is_nan() {
                x
            } else if x < 0.0 {
                std::f64::consts::PI
            } else {
                0.0
            }
        })
    });
    Ok(out)
}

/// The complex conjugate, as a copy; real arrays are returned as they are.
pub fn conj(a: &Array) -> Result<Array> {
    if !a.dtype().is_complex() {
        return Ok(a.clone());
    }
    let out = elementwise::result(&[a.into()], a.dtype())?;
    run1::<C, C>(&out, a.into(), &|out, x| map1(out, x, |z| z.conj()));
    Ok(out)
}

/// The real (`part` 0) or imaginary (`part` 1) parts of a complex array, as a view.
pub fn complex_part(a: &Array, part: i64) -> Array {
    let strides: Dims = a.strides().iter().map(|s| s * 2).collect();
    a.reinterpret(a.dtype().to_real(), a.sizes().into(), strides, a.offset() * 2 + part)
}

/// A complex array as real pairs in a last dimension of 2, as a view.
pub fn view_as_real(a: &Array) -> Array {
    let mut strides: Dims = a.strides().iter().map(|s| s * 2).collect();
    let mut sizes: Dims = a.sizes().into();
    strides.push(1);
    sizes.push(2);
    a.reinterpret(a.dtype().to_real(), sizes, strides, a.offset() * 2)
}

/// Rounds to so many decimals; negative counts round to tens, hundreds ...
pub fn round_decimals(a: &Array, decimals: i64) -> Result<Array> {
    if decimals == 0 {
        return round(a);
    }
    if !a.dtype().is_floating_point() {
        return unsupported("round_cpu", a.dtype());
    }
    let out = elementwise::result(&[a.into()], a.dtype())?;
    let ten = 10f64.powi(decimals.unsigned_abs().min(400) as i32);
    if a.dtype() == Dtype::Float64 {
        run1::<f64, f64>(&out, a.into(), &|out, x| {
            map1(out, x, |x| {
                if decimals > 0 {
                    (x * ten).round_ties_even() / ten
                } else {
                    (x / ten).round_ties_even() * ten
                }
            })
        });
    } else {
        let ten = ten as f32;
        run1::<f32, f32>(&out, a.into(), &|out, x| {
            map1(out, x, |x| {
                if decimals > 0 {
                    (x * ten).round_ties_even() / ten
                } else {
                    (x / ten).round_ties_even() * ten
                }
            })
        });
    }
    Ok(out)
}

/// `~x`: bits of integers, negation of bool.
pub fn bitwise_not(a: &Array) -> Result<Array> {
    if a.dtype() == Dtype::Bool {
        return logical_not(a);
    }
    if !a.dtype().is_integer() {
        return unsupported("bitwise_not_cpu", a.dtype());
    }
    let out = elementwise::result(&[a.into()], a.dtype())?;
    run1::<i64, i64>(&out, a.into(), &|out, x| map1(out, x, |x| !x));
    Ok(out)
}

/// True where x is 0.
pub fn logical_not(a: &Array) -> Result<Array> {
    let out = elementwise::result(&[a.into()], Dtype::Bool)?;
    run1::<bool, bool>(&out, a.into(), &|out, x| map1(out, x, |x| !x));
    Ok(out)
}

fn predicate(a: &Array, real: fn(f64) -> bool, both: bool) -> Result<Array> {
    let out = elementwise::result(&[a.into()], Dtype::Bool)?;
    if a.dtype().is_complex() {
        run1::<C, bool>(&out, a.into(), &|out, x| {
            map1(out, x, |z| {
                if both {
                    real(z.re) && real(z.im)
                } else {
                    real(z.re) || real(z.im)
                }
            })
        });
    } else {
        run1::<f64, bool>(&out, a.into(), &|out, x| map1(out, x, real));
    }
    Ok(out)
}

/// True for nan.
pub fn isnan(a: &Array) -> Result<Array> {
    predicate(a, f64::is_nan, false)
}

/// True for infinities.
pub fn isinf(a: &Array) -> Result<Array> {
    predicate(a, f64::is_infinite, false)
}

/// True for neither nan nor infinite.
pub fn isfinite(a: &Array) -> Result<Array> {
    predicate(a, f64::is_finite, true)
}

/// True for positive infinity; complex numbers have none.
pub fn isposinf(a: &Array) -> Result<Array> {
    if a.dtype().is_complex() {
        return error::type_error("isposinf does not support complex inputs.");
    }
    predicate(a, |x| x == f64::INFINITY, false)
}

/// True for negative infinity; complex numbers have none.
pub fn isneginf(a: &Array) -> Result<Array> {
    if a.dtype().is_complex() {
        return error::type_error("isneginf does not support complex inputs.");
    }
    predicate(a, |x| x == f64::NEG_INFINITY, false)
}

/// True where the sign bit is set.
pub fn signbit(a: &Array) -> Result<Array> {
    if a.dtype().is_complex() {
        return error::not_implemented("signbit is not implemented for complex tensors.");
    }
    let integral = a.dtype().is_integral();
    predicate(a, if integral { |x| x < 0.0 } else { f64::is_sign_negative }, false)
}

/// Mantissa in [0.5, 1) and exponent to base 2, as int32, of floating point numbers.
pub fn frexp(a: &Array) -> Result<(Array, Array)> {
    if !a.dtype().is_floating_point() {
        return error::runtime("torch.frexp() only supports floating-point dtypes");
    }
    let parts = super::copy::lanes::<f64>(a)?;
    let (mantissas, exponents): (Vec<f64>, Vec<i32>) = parts.iter().map(|&x| libm::frexp(x)).unzip();
    Ok((
        super::copy::cast(&Array::from_vec(a.sizes(), &mantissas)?, a.dtype())?,
        Array::from_vec(a.sizes(), &exponents)?,
    ))
}
