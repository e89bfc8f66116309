//! Elementwise arithmetic of two operands.

use super::array::{Array, same_sizes};
use super::dtype::Dtype;
use super::elementwise::{self, run2};
use super::error::{self, Result};
use super::kernels::map2;
use super::lane::Lane;
use super::promote::{self, Operand};
use super::scalar::Scalar;
use super::unary::unsupported;
use num_complex::Complex;

pub use super::bivariate::*;
pub use super::division::{floor_divide, fmod, remainder, trunc_divide};
pub use super::power::pow;

pub(super) type Slice<T> = fn(&mut [T], &[T], &[T]);
pub(super) type C64 = Complex<f32>;
pub(super) type C128 = Complex<f64>;

/// Loops of an arithmetic function by lane.
pub(super) struct Arithmetic {
    pub name: &'static str,
    /// Takes bool (as integers) too.
    pub bool: bool,
    pub integer: Option<Slice<i64>>,
    pub float32: Slice<f32>,
    pub float64: Slice<f64>,
    pub complex64: Option<Slice<C64>>,
    pub complex128: Option<Slice<C128>>,
}

impl Arithmetic {
    /// Into a new array of the promoted dtype.
    pub fn apply(&self, a: Operand, b: Operand) -> Result<Array> {
        self.apply_in(a, b, promoted(a, b))
    }

    /// Into a new array of the promoted dtype, or of the default dtype where that is no floating point type.
    pub fn apply_floating(&self, a: Operand, b: Operand) -> Result<Array> {
        self.apply_in(a, b, promote::to_floating(promoted(a, b)))
    }

    pub fn apply_in(&self, a: Operand, b: Operand, dtype: Dtype) -> Result<Array> {
        let out = match (a, b) {
            (Operand::Array(x), Operand::Array(y))
                if x.is_contiguous() && y.is_contiguous() && same_sizes(x.sizes(), y.sizes()) =>
            {
                Array::unfilled(x.sizes(), dtype)?
            }
            (Operand::Array(x), Operand::Number(_)) | (Operand::Number(_), Operand::Array(x)) if x.is_contiguous() => {
                Array::unfilled(x.sizes(), dtype)?
            }
            _ => elementwise::result(&[a, b], dtype)?,
        };
        self.apply_into(&out, a, b)?;
        Ok(out)
    }

    /// Computes in the output's dtype.
    fn apply_into(&self, out: &Array, a: Operand, b: Operand) -> Result<()> {
        let (first, second);
        let (mut a, mut b) = (a, b);
        if out.dtype().is_integral() {
            // An operand of a lower category may not fit the result's dtype; it wraps first.
            if let Some(wrapped) = wrapped(a, out.dtype())? {
                first = wrapped;
                a = (&first).into();
            }
            if let Some(wrapped) = wrapped(b, out.dtype())? {
                second = wrapped;
                b = (&second).into();
            }
        }
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

/// A number or 0-d array in the integer dtype of the result, where it has another.
pub(in crate::array) fn wrapped(operand: Operand, dtype: Dtype) -> Result<Option<Array>> {
    if operand.dtype() == dtype || dtype == Dtype::Int64 {
        return Ok(None);
    }
    Ok(match operand {
        Operand::Number(number) => Some(super::copy::full(&[], number, dtype)?),
        Operand::Array(array) if array.dim() == 0 => Some(super::copy::cast(array, dtype)?),
        Operand::Array(_) => None,
    })
}

pub(super) fn promoted(a: Operand, b: Operand) -> Dtype {
    match (a, b) {
        (Operand::Array(x), Operand::Array(y)) if x.dtype() == y.dtype() => x.dtype(),
        // a real number never widens a floating point dtype
        (Operand::Array(x), Operand::Number(number)) | (Operand::Number(number), Operand::Array(x))
            if x.dtype().is_floating_point() && !matches!(number, Scalar::Complex(..)) =>
        {
            x.dtype()
        }
        _ => promote::result_type(&[a, b]),
    }
}

macro_rules! loops {
    ($f:expr) => {
        |out, x, y| $crate::array::kernels::map2(out, x, y, $f)
    };
}
pub(super) use loops;

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
