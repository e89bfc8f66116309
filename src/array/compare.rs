//! Comparisons, logic and bits of two operands.

use super::array::Array;
use super::binary::wrapped;
use super::dtype::Dtype;
use super::elementwise::{self, run2};
use super::error::{self, Result};
use super::kernels::map2;
use super::promote::{self, Operand};
use super::scalar::Scalar;
use super::unary::unsupported;
use num_complex::Complex;

macro_rules! ordering {
    ($($(#[$doc:meta])* $name:ident($kernel:literal): $op:tt $(, $complex:tt)?;)*) => {$(
        $(#[$doc])*
        /// Gives bool.
        pub fn $name<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
            let (a, b) = (a.into(), b.into());
            let dtype = promote::result_type(&[a, b]);
            let out = elementwise::result(&[a, b], Dtype::Bool)?;
            let (first, second);
            let (mut a, mut b) = (a, b);
            if dtype.is_integral() {
                // As in arithmetic: an operand of a lower category wraps to the common dtype first.
                if let Some(wrapped) = wrapped(a, dtype)? {
                    first = wrapped;
                    a = (&first).into();
                }
                if let Some(wrapped) = wrapped(b, dtype)? {
                    second = wrapped;
                    b = (&second).into();
                }
            }
            match dtype {
                Dtype::Float64 => run2::<f64, f64, bool>(&out, a, b, &|out, x, y| map2(out, x, y, |x, y| x $op y)),
                Dtype::Float32 => run2::<f32, f32, bool>(&out, a, b, &|out, x, y| map2(out, x, y, |x, y| x $op y)),
                Dtype::Float16 | Dtype::BFloat16 => {
                    let (a, b) = (rounded(a, dtype), rounded(b, dtype));
                    run2::<f32, f32, bool>(&out, a, b, &|out, x, y| map2(out, x, y, |x, y| x $op y))
                }
                Dtype::Complex64 | Dtype::Complex128 => {
                    $({
                        let (a, b) = if dtype == Dtype::Complex64 { (rounded(a, dtype), rounded(b, dtype)) } else { (a, b) };
                        run2::<Complex<f64>, Complex<f64>, bool>(&out, a, b, &|out, x, y| map2(out, x, y, |x, y| x $complex y));
                        return Ok(out);
                    })?
                    #[allow(unreachable_code)]
                    return unsupported($kernel, dtype);
                }
                _ => run2::<i64, i64, bool>(&out, a, b, &|out, x, y| map2(out, x, y, |x, y| x $op y)),
            }
            Ok(out)
        }
    )*};
}

/// A Python number as the dtype holds it: comparisons don't see more precision than the array has.
fn rounded(operand: Operand, dtype: Dtype) -> Operand {
    match operand {
        Operand::Number(Scalar::Float(x)) => Operand::Number(Scalar::Float(match dtype {
            Dtype::Float16 => half::f16::from_f64(x).to_f64(),
            Dtype::BFloat16 => half::bf16::from_f64(x).to_f64(),
            _ => x as f32 as f64,
        })),
        Operand::Number(Scalar::Complex(re, im)) => {
            Operand::Number(Scalar::Complex(re as f32 as f64, im as f32 as f64))
        }
        other => other,
    }
}

ordering! {
    /// x == y.
    eq("eq_cpu"): ==, ==;
    /// x != y.
    ne("ne_cpu"): !=, !=;
    /// x < y.
    lt("lt_cpu"): <;
    /// x <= y.
    le("le_cpu"): <=;
    /// x > y.
    gt("gt_cpu"): >;
    /// x >= y.
    ge("ge_cpu"): >=;
}

macro_rules! logic {
    ($($(#[$doc:meta])* $name:ident: $f:expr;)*) => {$(
        $(#[$doc])*
        /// Gives bool.
        pub fn $name<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
            let (a, b) = (a.into(), b.into());
            let out = elementwise::result(&[a, b], Dtype::Bool)?;
            run2::<bool, bool, bool>(&out, a, b, &|out, x, y| map2(out, x, y, $f));
            Ok(out)
        }
    )*};
}

logic! {
    /// Both non-zero.
    logical_and: |x: bool, y: bool| x & y;
    /// Any non-zero.
    logical_or: |x: bool, y: bool| x | y;
    /// Exactly one non-zero.
    logical_xor: |x: bool, y: bool| x ^ y;
}

macro_rules! bits {
    ($($(#[$doc:meta])* $name:ident($kernel:literal): $op:tt;)*) => {$(
        $(#[$doc])*
        pub fn $name<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
            let (a, b) = (a.into(), b.into());
            let dtype = promote::result_type(&[a, b]);
            let out = elementwise::result(&[a, b], dtype)?;
            if !dtype.is_integral() {
                return unsupported($kernel, dtype);
            }
            if dtype == Dtype::Bool {
                run2::<bool, bool, bool>(&out, a, b, &|out, x, y| map2(out, x, y, |x, y| x $op y));
            } else {
                run2::<i64, i64, i64>(&out, a, b, &|out, x, y| map2(out, x, y, |x, y| x $op y));
            }
            Ok(out)
        }
    )*};
}

bits! {
    /// x & y of integers or bool.
    bitwise_and("bitwise_and_cpu"): &;
    /// x | y of integers or bool.
    bitwise_or("bitwise_or_cpu"): |;
    /// x ^ y of integers or bool.
    bitwise_xor("bitwise_xor_cpu"): ^;
}

/// x << y; shifting by the width or more, or by less than 0, gives 0.
pub fn shift_left<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    shift(a.into(), b.into(), "lshift_cpu", |x, y, bits| {
        if y < 0 || y >= bits {
            0
        } else {
            ((x as u64) << y) as i64
        }
    })
}

/// x >> y with the sign kept; shifting by the width or more, or by less than 0, leaves only the sign.
pub fn shift_right<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    shift(a.into(), b.into(), "rshift_cpu", |x, y, bits| {
        x >> if y < 0 || y >= bits { bits - 1 } else { y }
    })
}

fn shift<'a>(a: Operand<'a>, b: Operand<'a>, name: &str, f: fn(i64, i64, i64) -> i64) -> Result<Array> {
    let dtype = promote::result_type(&[a, b]);
    let out = elementwise::result(&[a, b], dtype)?;
    if !dtype.is_integer() {
        return unsupported(name, dtype);
    }
    let bits = if dtype == Dtype::Uint8 {
        9
    } else {
        dtype.size() as i64 * 8
    };
    run2::<i64, i64, i64>(&out, a, b, &|out, x, y| map2(out, x, y, |x, y| f(x, y, bits)));
    Ok(out)
}

/// True where |x - y| <= atol + rtol * |y|, or x == y, or (with `equal_nan`) both are nan.
pub fn isclose(a: &Array, b: &Array, rtol: f64, atol: f64, equal_nan: bool) -> Result<Array> {
    if a.dtype() != b.dtype() {
        return error::runtime(format!(
            "{} did not match {}",
            a.dtype().scalar_type(),
            b.dtype().scalar_type()
        ));
    }
    if rtol < 0.0 {
        return error::runtime(format!("rtol must be greater than or equal to zero, but got {rtol}"));
    }
    if atol < 0.0 {
        return error::runtime(format!("atol must be greater than or equal to zero, but got {atol}"));
    }
    let (x, y) = (Operand::Array(a), Operand::Array(b));
    let out = elementwise::result(&[x, y], Dtype::Bool)?;
    if a.dtype().is_complex() {
        run2::<Complex<f64>, Complex<f64>, bool>(&out, x, y, &|out, x, y| {
            map2(out, x, y, |x, y| {
                let nan = |z: Complex<f64>| z.re.is_nan() || z.im.is_nan();
                x == y
                    || (equal_nan && nan(x) && nan(y))
                    || ((x - y).norm().is_finite() && (x - y).norm() <= atol + rtol * y.norm())
            })
        });
    } else if a.dtype() == Dtype::Float64 || a.dtype().is_integral() {
        run2::<f64, f64, bool>(&out, x, y, &|out, x, y| {
            map2(out, x, y, |x, y| {
                x == y
                    || (equal_nan && x.is_nan() && y.is_nan())
                    || ((x - y).is_finite() && (x - y).abs() <= atol + (rtol * y).abs())
            })
        });
    } else {
        let (rtol, atol) = (rtol as f32, atol as f32);
        run2::<f32, f32, bool>(&out, x, y, &|out, x, y| {
            map2(out, x, y, |x, y| {
                x == y
                    || (equal_nan && x.is_nan() && y.is_nan())
                    || ((x - y).is_finite() && (x - y).abs() <= atol + (rtol * y).abs())
            })
        });
    }
    Ok(out)
}

/// Same sizes and all elements equal.
pub fn equal(a: &Array, b: &Array) -> Result<bool> {
    if a.sizes() != b.sizes() {
        return Ok(false);
    }
    let same = eq(a, b)?;
    Ok(super::copy::lanes::<bool>(&same)?.iter().all(|&same| same))
}
