//! Elementwise functions of three operands.

use super::array::Array;
use super::dtype::Dtype;
use super::elementwise::{self, run1, run3};
use super::error::{self, Result};
use super::kernels::{map1, map3};
use super::lane::Lane;
use super::matmul::cpp_name;
use super::promote::{self, Operand};
use super::scalar::Scalar;
use super::unary::unsupported;
use num_complex::Complex;

type C64 = Complex<f32>;
type C128 = Complex<f64>;

fn select<T: Copy>(out: &mut [T], condition: &[bool], x: &[T], y: &[T]) {
    map3(out, condition, x, y, |c, x, y| if c { x } else { y });
}

/// x where the condition holds, else y.
pub fn where_<'a>(condition: &Array, a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Array> {
    if !matches!(condition.dtype(), Dtype::Bool | Dtype::Uint8) {
        return error::runtime(format!(
            "where expected condition to be a boolean tensor, but got a tensor with dtype {}",
            condition.dtype().scalar_type()
        ));
    }
    let (a, b) = (a.into(), b.into());
    let dtype = promote::result_type(&[a, b]);
    let out = elementwise::result(&[condition.into(), a, b], dtype)?;
    fn run<T: Lane>(out: &Array, condition: &Array, a: Operand, b: Operand) {
        run3::<bool, T, T, T>(out, condition.into(), a, b, &select);
    }
    match dtype {
        Dtype::Float64 => run::<f64>(&out, condition, a, b),
        Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => run::<f32>(&out, condition, a, b),
        Dtype::Complex64 => run::<C64>(&out, condition, a, b),
        Dtype::Complex128 => run::<C128>(&out, condition, a, b),
        _ => run::<i64>(&out, condition, a, b),
    }
    Ok(out)
}

/// x within [min, max]; a missing bound is no bound. nan stays nan, and a nan bound gives nan.
pub fn clamp<'a>(a: &'a Array, min: Option<Operand<'a>>, max: Option<Operand<'a>>) -> Result<Array> {
    if min.is_none() && max.is_none() {
        return error::runtime("torch.clamp: At least one of 'min' or 'max' must not be None");
    }
    let mut operands: smallvec::SmallVec<[Operand; 3]> = smallvec::smallvec![a.into()];
    operands.extend(min);
    operands.extend(max);
    let dtype = promote::result_type(&operands);
    if dtype.is_complex() {
        return error::not_implemented("clamp is not supported for complex types");
    }
    let out = elementwise::result(&operands, dtype)?;
    macro_rules! run {
        ($t:ty, $low:expr, $high:expr) => {{
            let low = min.unwrap_or(Operand::Number($low));
            let high = max.unwrap_or(Operand::Number($high));
            run3::<$t, $t, $t, $t>(&out, a.into(), low, high, &|out, x, low, high| {
                map3(out, x, low, high, |x, low, high| {
                    let x = if x < low || low != low { low } else { x };
                    if x > high || high != high { high } else { x }
                })
            })
        }};
    }
    match dtype {
        Dtype::Float64 => run!(f64, Scalar::Float(f64::NEG_INFINITY), Scalar::Float(f64::INFINITY)),
        dtype if dtype.is_floating_point() => run!(f32, Scalar::Float(f64::NEG_INFINITY), Scalar::Float(f64::INFINITY)),
        _ => run!(i64, Scalar::Int(i64::MIN), Scalar::Int(i64::MAX)),
    }
    Ok(out)
}

/// start + weight * (end - start), from the nearer end; all of one dtype.
pub fn lerp<'a>(start: &'a Array, end: &'a Array, weight: impl Into<Operand<'a>>) -> Result<Array> {
    if start.dtype() != end.dtype() {
        return error::runtime(format!(
            "expected dtype {} for `end` but got dtype {}",
            cpp_name(start.dtype()),
            cpp_name(end.dtype())
        ));
    }
    let weight = weight.into();
    if let Operand::Array(weight) = weight
        && weight.dtype() != start.dtype()
    {
        return error::runtime(format!(
            "expected dtype {} for `weight` but got dtype {}",
            cpp_name(start.dtype()),
            cpp_name(weight.dtype())
        ));
    }
    let dtype = start.dtype();
    let (a, b) = (Operand::Array(start), Operand::Array(end));
    let out = elementwise::result(&[a, b, weight], dtype)?;
    macro_rules! run {
        ($t:ty) => {
            run3::<$t, $t, $t, $t>(&out, a, b, weight, &|out, x, y, w| {
                map3(out, x, y, w, |x, y, w| {
                    if w.abs() < 0.5 {
                        w.mul_add(y - x, x)
                    } else {
                        (w - 1.0).mul_add(y - x, y)
                    }
                })
            })
        };
    }
    match dtype {
        Dtype::Float64 => run!(f64),
        Dtype::Complex64 | Dtype::Complex128 => run3::<C128, C128, C128, C128>(&out, a, b, weight, &|out, x, y, w| {
            map3(out, x, y, w, |x, y, w| {
                if w.norm() < 0.5 {
                    x + w * (y - x)
                } else {
                    y - (y - x) * (C128::new(1.0, 0.0) - w)
                }
            })
        }),
        dtype if dtype.is_floating_point() => run!(f32),
        _ if matches!(weight, Operand::Array(_)) => return unsupported("lerp_kernel_tensor", dtype),
        _ => return unsupported("lerp_kernel_scalar", dtype),
    }
    Ok(out)
}

/// input + value * a * b.
pub fn addcmul<'a>(
    input: impl Into<Operand<'a>>,
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
    value: Scalar,
) -> Result<Array> {
    let (input, a, b) = (input.into(), a.into(), b.into());
    let dtype = promote::result_type(&[input, a, b]);
    if dtype == Dtype::Bool {
        return unsupported("addcmul_cpu_out", dtype);
    }
    let out = elementwise::result(&[input, a, b], dtype)?;
    match dtype {
        Dtype::Float64 => {
            let k = value.to_f64();
            run3::<f64, f64, f64, f64>(&out, input, a, b, &|out, x, y, z| {
                map3(out, x, y, z, |x, y, z| (k * y).mul_add(z, x))
            })
        }
        Dtype::Complex64 | Dtype::Complex128 => {
            let (re, im) = value.to_complex();
            let k = C128::new(re, im);
            run3::<C128, C128, C128, C128>(&out, input, a, b, &|out, x, y, z| {
                map3(out, x, y, z, |x, y, z| x + k * y * z)
            })
        }
        dtype if dtype.is_floating_point() => {
            let k = value.to_f64() as f32;
            run3::<f32, f32, f32, f32>(&out, input, a, b, &|out, x, y, z| {
                map3(out, x, y, z, |x, y, z| (k * y).mul_add(z, x))
            })
        }
        _ => {
            let k = value.to_i64();
            run3::<i64, i64, i64, i64>(&out, input, a, b, &|out, x, y, z| {
                map3(out, x, y, z, |x, y, z| {
                    x.wrapping_add(k.wrapping_mul(y).wrapping_mul(z))
                })
            })
        }
    }
    Ok(out)
}

/// input + value * a / b.
pub fn addcdiv<'a>(
    input: impl Into<Operand<'a>>,
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
    value: Scalar,
) -> Result<Array> {
    let (input, a, b) = (input.into(), a.into(), b.into());
    if a.dtype().is_integral() && b.dtype().is_integral() {
        return error::runtime(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.",
        );
    }
    let dtype = promote::result_type(&[input, a, b]);
    let out = elementwise::result(&[input, a, b], dtype)?;
    match dtype {
        Dtype::Float64 => {
            let k = value.to_f64();
            run3::<f64, f64, f64, f64>(&out, input, a, b, &|out, x, y, z| {
                map3(out, x, y, z, |x, y, z| x + k * y / z)
            })
        }
        Dtype::Complex64 | Dtype::Complex128 => {
            let (re, im) = value.to_complex();
            let k = C128::new(re, im);
            run3::<C128, C128, C128, C128>(&out, input, a, b, &|out, x, y, z| {
                map3(out, x, y, z, |x, y, z| x + k * y / z)
            })
        }
        _ => {
            let k = value.to_f64() as f32;
            run3::<f32, f32, f32, f32>(&out, input, a, b, &|out, x, y, z| {
                map3(out, x, y, z, |x, y, z| x + k * y / z)
            })
        }
    }
    Ok(out)
}

/// Replaces nan, +inf and -inf; missing numbers are 0, the largest and the smallest finite number.
pub fn nan_to_num(a: &Array, nan: Option<f64>, posinf: Option<f64>, neginf: Option<f64>) -> Result<Array> {
    let dtype = a.dtype();
    if dtype.is_integral() {
        return super::copy::clone(a);
    }
    let largest = match dtype.to_real() {
        Dtype::Float64 => f64::MAX,
        Dtype::Float32 => f32::MAX as f64,
        Dtype::Float16 => 65504.0,
        _ => half::bf16::MAX.to_f64(),
    };
    let (nan, posinf, neginf) = (
        nan.unwrap_or(0.0),
        posinf.unwrap_or(largest),
        neginf.unwrap_or(-largest),
    );
    let replace = |x: f64| {
        if x.is_nan() {
            nan
        } else if x == f64::INFINITY {
            posinf
        } else if x == f64::NEG_INFINITY {
            neginf
        } else {
            x
        }
    };
    let out = elementwise::result(&[a.into()], dtype)?;
    if dtype.is_complex() {
        run1::<C128, C128>(&out, a.into(), &|out, x| {
            map1(out, x, |z| C128::new(replace(z.re), replace(z.im)))
        });
    } else {
        run1::<f64, f64>(&out, a.into(), &|out, x| map1(out, x, replace));
    }
    Ok(out)
}

/// A complex array from real and imaginary parts of one floating point dtype.
pub fn complex(real: &Array, imag: &Array) -> Result<Array> {
    let (a, b) = (Operand::Array(real), Operand::Array(imag));
    let dtype = real.dtype().to_complex();
    let out = elementwise::result(&[a, b], dtype)?;
    elementwise::run2::<f64, f64, C128>(&out, a, b, &|out, x, y| super::kernels::map2(out, x, y, C128::new));
    Ok(out)
}

/// A complex array from absolute values and angles of one floating point dtype.
pub fn polar(abs: &Array, angle: &Array) -> Result<Array> {
    let (a, b) = (Operand::Array(abs), Operand::Array(angle));
    let out = elementwise::result(&[a, b], abs.dtype().to_complex())?;
    elementwise::run2::<f64, f64, C128>(&out, a, b, &|out, x, y| {
        super::kernels::map2(out, x, y, |r, t| C128::new(r * t.cos(), r * t.sin()))
    });
    Ok(out)
}
