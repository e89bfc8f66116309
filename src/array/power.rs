//! Powers of two operands.

use super::array::Array;
use super::binary::{Arithmetic, C64, C128, loops, promoted};
use super::dtype::Dtype;
use super::elementwise;
use super::error::{self, Result};
use super::kernels::{complex, map1, power};
use super::promote::Operand;
use super::scalar::Scalar;

type Slice1<T> = fn(&mut [T], &[T]);

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
        if exponent.is_zero() {
            return super::copy::full(base.sizes(), Scalar::Int(1), dtype);
        }
        if exponent.is_one() {
            return super::copy::cast_copy(base, dtype);
        }
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
