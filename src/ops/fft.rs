//! `torch.fft`: transforms over one or more dimensions, made of three primitives that record nodes.

use crate::array::array::Dims;
use crate::array::fft::{self, Normalization};
use crate::array::{Array, Dtype, Result, copy, error, layout, promote};
use crate::autograd::Tensor;
use crate::ops::formula::{args, cat, conj_physical, mul, narrow, real, to_dtype};
use crate::ops::op::*;
use crate::ops::shape::complex::conj;
use crate::ops::shape::permute::roll;
use crate::ops::{Args, Outs, one};
use crate::{factory, ops};

const FORMS: u32 = FUNCTION | OUT | NAMESPACED;

fn dims(numbers: &[i64]) -> Vec<usize> {
    numbers.iter().map(|&d| d as usize).collect()
}

ops! {
    /// Complex to complex transform over dimensions.
    FFT_C2C = "_fft_c2c", "torch._fft_c2c(torch.tensor([1j, 2]), [0], 0, True)", [
        Overload::new(
            "_fft_c2c(Tensor self, SymInt[] dim, int normalization, bool forward) -> Tensor",
            FUNCTION,
            |a| {
                let scale = Normalization::from_number(a.int(2)?);
                one(fft::c2c(&*a.array(0)?, &dims(a.ints(1)?), scale, a.bool(3)?)?)
            },
            Derivative::Node("FftC2CBackward0", &[grad("self", "dim, normalization, forward", |b| {
                c2c(b.grad()?, b.ints(1)?, b.int(2)?, !b.bool(3)?)
            })]),
        )
        .linear()
    ];
    /// Real to complex transform over dimensions.
    FFT_R2C = "_fft_r2c", "torch._fft_r2c(torch.tensor([1.0, 2.0]), [0], 0, True)", [
        Overload::new(
            "_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor",
            FUNCTION,
            |a| {
                let scale = Normalization::from_number(a.int(2)?);
                one(fft::r2c(&*a.array(0)?, &dims(a.ints(1)?), scale, a.bool(3)?)?)
            },
            Derivative::Node("FftR2CBackward0", &[grad("self", "self.sizes, dim, normalization, onesided", |b| {
                let (over, scale) = (b.ints(1)?, b.int(2)?);
                let mut full = b.grad()?.clone();
                if let (true, Some(&last)) = (b.bool(3)?, over.last()) {
                    let size = b.sizes(0)?.get(last as usize).copied().unwrap_or(1);
                    full = resized(&full, &[last], &[size])?;
                }
                real(&c2c(&full, over, scale, false)?)
            })]),
        )
        .linear()
    ];
    /// Complex to real transform over dimensions: the inverse of a onesided transform of real numbers.
    FFT_C2R = "_fft_c2r", "torch._fft_c2r(torch.tensor([1j, 2]), [0], 0, 2)", [
        Overload::new(
            "_fft_c2r(Tensor self, int[] dim, int normalization, SymInt last_dim_size) -> Tensor",
            FUNCTION,
            |a| {
                let scale = Normalization::from_number(a.int(2)?);
                one(fft::c2r(&*a.array(0)?, &dims(a.ints(1)?), scale, a.int(3)?)?)
            },
            Derivative::Node("FftC2RBackward0", &[grad("self", "dim, normalization", |b| {
                let over = b.ints(1)?;
                let half = r2c(b.grad()?, over, b.int(2)?, true)?;
                let Some(&last) = over.last() else { return Ok(half) };
                let at = last as usize;
                let size = |tensor: &Tensor| tensor.sizes().get(at).copied().unwrap_or(1);
                // Elements that stand for two count twice.
                let double = size(b.grad()?) - size(&half);
                if double <= 0 {
                    return Ok(half);
                }
                let twice = mul(narrow(&half, at, 1, double)?, 2)?;
                let rest = size(&half) - 1 - double;
                let mut parts = vec![narrow(&half, at, 0, 1)?, twice];
                if rest > 0 {
                    parts.push(narrow(&half, at, 1 + double, rest)?);
                }
                cat(&parts, last)
            })]),
        )
        .linear()
    ];
    /// The discrete Fourier transform over one dimension.
    FFT = "fft_fft", "torch.fft.fft(torch.tensor([1.0, 2.0, 3.0]))", [
        Overload::new("fft_fft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", FORMS,
            |a| if a.tensor(0)?.dtype().is_complex() { single_c2c(a, true) } else { single_r2c(a, "fft", true, false) },
            Derivative::Composite)
    ];
    /// The inverse transform over one dimension.
    IFFT = "fft_ifft", "torch.fft.ifft(torch.tensor([1.0, 2.0, 3.0]))", [
        Overload::new("fft_ifft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", FORMS,
            |a| if a.tensor(0)?.dtype().is_complex() { single_c2c(a, false) } else { single_r2c(a, "ifft", false, false) },
            Derivative::Composite)
    ];
    /// The transform of real numbers over one dimension, without the redundant half.
    RFFT = "fft_rfft", "torch.fft.rfft(torch.tensor([1.0, 2.0, 3.0]))", [
        Overload::new("fft_rfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", FORMS,
            |a| single_r2c(a, "rfft", true, true), Derivative::Composite)
    ];
    /// The inverse of rfft.
    IRFFT = "fft_irfft", "torch.fft.irfft(torch.tensor([1.0, 2.0, 3.0]))", [
        Overload::new("fft_irfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", FORMS,
            |a| single_c2r(a, false), Derivative::Composite)
    ];
    /// The transform of a signal that is Hermitian in time: real results.
    HFFT = "fft_hfft", "torch.fft.hfft(torch.tensor([1.0, 2.0, 3.0]))", [
        Overload::new("fft_hfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", FORMS,
            |a| single_c2r(a, true), Derivative::Composite)
    ];
    /// The inverse of hfft.
    IHFFT = "fft_ihfft", "torch.fft.ihfft(torch.tensor([1.0, 2.0, 3.0]))", [
        Overload::new("fft_ihfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", FORMS,
            |a| single_r2c(a, "ihfft", false, true), Derivative::Composite)
    ];
    /// The transform over several dimensions, all by default.
    FFTN = "fft_fftn", "torch.fft.fftn(torch.ones(2, 2))", [
        Overload::new("fft_fftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", FORMS,
            |a| many_c2c(a, true), Derivative::Composite)
    ];
    /// The inverse transform over several dimensions, all by default.
    IFFTN = "fft_ifftn", "torch.fft.ifftn(torch.ones(2, 2))", [
        Overload::new("fft_ifftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", FORMS,
            |a| many_c2c(a, false), Derivative::Composite)
    ];
    /// The transform of real numbers over several dimensions, the last without its redundant half.
    RFFTN = "fft_rfftn", "torch.fft.rfftn(torch.ones(2, 2))", [
        Overload::new("fft_rfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", FORMS,
            many_r2c, Derivative::Composite)
    ];
    /// The inverse of rfftn.
    IRFFTN = "fft_irfftn", "torch.fft.irfftn(torch.ones(2, 2))", [
        Overload::new("fft_irfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", FORMS,
            many_c2r, Derivative::Composite)
    ];
    /// The transform of a signal that is Hermitian in time over several dimensions.
    HFFTN = "fft_hfftn", "torch.fft.hfftn(torch.ones(2, 2))", [
        Overload::new("fft_hfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", FORMS,
            many_hermitian, Derivative::Composite)
    ];
    /// The inverse of hfftn.
    IHFFTN = "fft_ihfftn", "torch.fft.ihfftn(torch.ones(2, 2))", [
        Overload::new("fft_ihfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", FORMS,
            many_inverse_hermitian, Derivative::Composite)
    ];
    /// The transform over the last two dimensions.
    FFT2 = "fft_fft2", "torch.fft.fft2(torch.ones(2, 2))", [
        Overload::new("fft_fft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2,-1], str? norm=None) -> Tensor", FORMS,
            |a| many_c2c(a, true), Derivative::Composite)
    ];
    /// The inverse transform over the last two dimensions.
    IFFT2 = "fft_ifft2", "torch.fft.ifft2(torch.ones(2, 2))", [
        Overload::new("fft_ifft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2,-1], str? norm=None) -> Tensor", FORMS,
            |a| many_c2c(a, false), Derivative::Composite)
    ];
    /// The transform of real numbers over the last two dimensions.
    RFFT2 = "fft_rfft2", "torch.fft.rfft2(torch.ones(2, 2))", [
        Overload::new("fft_rfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2,-1], str? norm=None) -> Tensor", FORMS,
            many_r2c, Derivative::Composite)
    ];
    /// The inverse of rfft2.
    IRFFT2 = "fft_irfft2", "torch.fft.irfft2(torch.ones(2, 2))", [
        Overload::new("fft_irfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2,-1], str? norm=None) -> Tensor", FORMS,
            many_c2r, Derivative::Composite)
    ];
    /// The transform of a signal that is Hermitian in time over the last two dimensions.
    HFFT2 = "fft_hfft2", "torch.fft.hfft2(torch.ones(2, 2))", [
        Overload::new("fft_hfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2,-1], str? norm=None) -> Tensor", FORMS,
            many_hermitian, Derivative::Composite)
    ];
    /// The inverse of hfft2.
    IHFFT2 = "fft_ihfft2", "torch.fft.ihfft2(torch.ones(2, 2))", [
        Overload::new("fft_ihfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2,-1], str? norm=None) -> Tensor", FORMS,
            many_inverse_hermitian, Derivative::Composite)
    ];
    /// Moves the zero frequency to the middle.
    FFTSHIFT = "fft_fftshift", "torch.fft.fftshift(torch.tensor([0, 1, 2]))", [
        Overload::new("fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor", FUNCTION | NAMESPACED,
            |a| shift(a, |size| size / 2), Derivative::Composite)
    ];
    /// Moves the zero frequency back to the front.
    IFFTSHIFT = "fft_ifftshift", "torch.fft.ifftshift(torch.tensor([0, 1, 2]))", [
        Overload::new("fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor", FUNCTION | NAMESPACED,
            |a| shift(a, |size| (size + 1) / 2), Derivative::Composite)
    ];
    /// The frequencies that fft's results stand for.
    FFTFREQ = "fft_fftfreq", "torch.fft.fftfreq(5)", [
        Overload::new(factory!("fft_fftfreq(int n, float d=1.0"), FORMS | FACTORY,
            |a| {
                let n = a.int(0)?;
                frequencies(a, "fftfreq", n, |i| if i < (n + 1) / 2 { i } else { i - n })
            },
            Derivative::NotDifferentiable)
    ];
    /// The frequencies that rfft's results stand for.
    RFFTFREQ = "fft_rfftfreq", "torch.fft.rfftfreq(5)", [
        Overload::new(factory!("fft_rfftfreq(int n, float d=1.0"), FORMS | FACTORY,
            |a| frequencies(a, "rfftfreq", a.int(0)? / 2 + 1, |i| i),
            Derivative::NotDifferentiable)
    ];
}

pub(super) fn c2c(x: &Tensor, dims: &[i64], normalization: i64, forward: bool) -> Result<Tensor> {
    FFT_C2C.overloads[0].call_one(args![x, dims, normalization, forward])
}

pub(super) fn r2c(x: &Tensor, dims: &[i64], normalization: i64, onesided: bool) -> Result<Tensor> {
    FFT_R2C.overloads[0].call_one(args![x, dims, normalization, onesided])
}

pub(super) fn c2r(x: &Tensor, dims: &[i64], normalization: i64, last: i64) -> Result<Tensor> {
    FFT_C2R.overloads[0].call_one(args![x, dims, normalization, last])
}

/// The number of a normalization: 0 none, 1 by the root of the size, 2 by the size.
fn normalization(norm: Option<&str>, forward: bool) -> Result<i64> {
    match norm {
        None | Some("backward") => Ok(if forward { 0 } else { 2 }),
        Some("forward") => Ok(if forward { 2 } else { 0 }),
        Some("ortho") => Ok(1),
        Some(other) => error::runtime(format!("Invalid normalization mode: \"{other}\"")),
    }
}

/// The input in a dtype that transforms take: integers become the default dtype.
fn promoted(x: &Tensor, complex: bool) -> Result<Tensor> {
    let dtype = promote::to_floating(x.dtype());
    if matches!(dtype, Dtype::Float16 | Dtype::BFloat16) {
        return error::not_implemented(format!("Unsupported dtype {}", dtype.scalar_type()));
    }
    to_dtype(x, if complex { dtype.to_complex() } else { dtype })
}

/// A dimension of a tensor that has some.
fn wrapped(x: &Tensor, dim: i64) -> Result<i64> {
    if x.dim() == 0 {
        return error::index(format!("Dimension specified as {dim} but tensor has no dimensions"));
    }
    Ok(layout::wrap_dim(dim, x.dim())? as i64)
}

fn at(x: &Tensor, dim: i64) -> i64 {
    x.sizes().get(dim as usize).copied().unwrap_or(1)
}

/// Dimensions cut or filled up with zeros to these sizes.
fn resized(x: &Tensor, dims: &[i64], sizes: &[i64]) -> Result<Tensor> {
    let mut result = x.clone();
    for (&dim, &size) in dims.iter().zip(sizes) {
        let now = at(&result, dim);
        if now > size {
            result = narrow(&result, dim as usize, 0, size)?;
        } else if now < size {
            let mut shape: Dims = result.sizes().to_vec().into();
            shape[dim as usize] = size - now;
            let zeros = Tensor::from(Array::zeros(&shape, result.dtype())?);
            result = cat(&[result, zeros], dim)?;
        }
    }
    Ok(result)
}

fn check_points(n: i64) -> Result<()> {
    if n < 1 {
        return error::runtime(format!("Invalid number of data points ({n}) specified"));
    }
    Ok(())
}

/// fft and ifft of complex numbers.
fn single_c2c(a: &Args, forward: bool) -> Result<Outs> {
    let x = a.tensor(0)?;
    let dim = wrapped(x, a.int(2)?)?;
    let n = a.optional_int(1).unwrap_or(at(x, dim));
    check_points(n)?;
    let norm = normalization(a.optional_str(3), forward)?;
    one(c2c(&resized(x, &[dim], &[n])?, &[dim], norm, forward)?)
}

/// Transforms of real numbers over one dimension.
fn single_r2c(a: &Args, name: &str, forward: bool, onesided: bool) -> Result<Outs> {
    let x = a.tensor(0)?;
    if x.dtype().is_complex() {
        return error::type_error(format!(
            "{name} expects a real input tensor, but got {}",
            x.dtype().scalar_type()
        ));
    }
    let x = promoted(x, false)?;
    let dim = wrapped(&x, a.int(2)?)?;
    let n = a.optional_int(1).unwrap_or(at(&x, dim));
    check_points(n)?;
    let norm = normalization(a.optional_str(3), forward)?;
    let result = r2c(&resized(&x, &[dim], &[n])?, &[dim], norm, onesided)?;
    one(if forward { result } else { conj(&result)? })
}

/// irfft and hfft.
fn single_c2r(a: &Args, forward: bool) -> Result<Outs> {
    let mut x = promoted(a.tensor(0)?, true)?;
    let dim = wrapped(&x, a.int(2)?)?;
    let n = a.optional_int(1).unwrap_or(2 * (at(&x, dim) - 1));
    check_points(n)?;
    if a.optional_int(1).is_some() {
        x = resized(&x, &[dim], &[n / 2 + 1])?;
    }
    let norm = normalization(a.optional_str(3), forward)?;
    if forward {
        x = conj(&x)?;
    }
    one(c2r(&x, &[dim], norm, n)?)
}

/// The sizes and dimensions that a transform over several dimensions is about.
fn canonical(x: &Tensor, sizes: Option<&[i64]>, over: Option<&[i64]>) -> Result<(Vec<i64>, Vec<i64>)> {
    let mut dims = Vec::new();
    if let Some(over) = over {
        for &dim in over {
            let dim = wrapped(x, dim)?;
            if dims.contains(&dim) {
                return error::runtime("FFT dims must be unique");
            }
            dims.push(dim);
        }
    }
    let count = x.dim() as i64;
    let shape: Vec<i64> = match sizes {
        Some(sizes) => {
            if over.is_some_and(|over| over.len() != sizes.len()) {
                return error::runtime("When given, dim and shape arguments must have the same length");
            }
            if sizes.len() as i64 > count {
                return error::runtime(format!(
                    "Got shape with {} values but input tensor only has {count} dimensions.",
                    sizes.len()
                ));
            }
            if over.is_none() {
                dims = (count - sizes.len() as i64..count).collect();
            }
            let given = sizes.iter().zip(&dims);
            given
                .map(|(&size, &dim)| if size == -1 { at(x, dim) } else { size })
                .collect()
        }
        None => {
            if over.is_none() {
                dims = (0..count).collect();
            }
            dims.iter().map(|&dim| at(x, dim)).collect()
        }
    };
    shape.iter().try_for_each(|&n| check_points(n))?;
    Ok((shape, dims))
}

fn many_c2c(a: &Args, forward: bool) -> Result<Outs> {
    let x = a.tensor(0)?;
    let (shape, dims) = canonical(x, a.optional_ints(1), a.optional_ints(2))?;
    let x = promoted(x, true)?;
    let norm = normalization(a.optional_str(3), forward)?;
    one(c2c(&resized(&x, &dims, &shape)?, &dims, norm, forward)?)
}

fn many_r2c(a: &Args) -> Result<Outs> {
    let x = a.tensor(0)?;
    if x.dtype().is_complex() {
        return error::type_error(format!(
            "rfftn expects a real-valued input tensor, but got {}",
            x.dtype().scalar_type()
        ));
    }
    let (shape, dims) = canonical(x, a.optional_ints(1), a.optional_ints(2))?;
    if shape.is_empty() {
        return error::runtime("rfftn must transform at least one axis");
    }
    let x = promoted(x, false)?;
    let norm = normalization(a.optional_str(3), true)?;
    one(r2c(&resized(&x, &dims, &shape)?, &dims, norm, true)?)
}

/// As `canonical`, and the size of the real result's last transformed dimension; the shape is the half's.
fn canonical_c2r(name: &str, a: &Args) -> Result<(Vec<i64>, Vec<i64>, i64)> {
    let x = a.tensor(0)?;
    let (mut shape, dims) = canonical(x, a.optional_ints(1), a.optional_ints(2))?;
    let (Some(half), Some(&last_dim)) = (shape.last_mut(), dims.last()) else {
        return error::runtime(format!("{name} must transform at least one axis"));
    };
    let given = a
        .optional_ints(1)
        .and_then(|sizes| sizes.last())
        .is_some_and(|&size| size != -1);
    let last = if given { *half } else { 2 * (at(x, last_dim) - 1) };
    check_points(last)?;
    *half = last / 2 + 1;
    Ok((shape, dims, last))
}

fn many_c2r(a: &Args) -> Result<Outs> {
    let (shape, dims, last) = canonical_c2r("irfftn", a)?;
    let x = resized(&promoted(a.tensor(0)?, true)?, &dims, &shape)?;
    let norm = normalization(a.optional_str(3), false)?;
    one(c2r(&x, &dims, norm, last)?)
}

fn many_hermitian(a: &Args) -> Result<Outs> {
    let (shape, dims, last) = canonical_c2r("hfftn", a)?;
    let mut x = resized(&promoted(a.tensor(0)?, true)?, &dims, &shape)?;
    let norm = normalization(a.optional_str(3), true)?;
    let (others, over) = dims.split_at(dims.len() - 1);
    if !others.is_empty() {
        x = c2c(&x, others, norm, true)?;
    }
    one(c2r(&conj(&x)?, over, norm, last)?)
}

fn many_inverse_hermitian(a: &Args) -> Result<Outs> {
    let x = a.tensor(0)?;
    let (shape, dims) = canonical(x, a.optional_ints(1), a.optional_ints(2))?;
    if shape.is_empty() {
        return error::runtime("ihfftn must transform at least one axis");
    }
    if x.dtype().is_complex() {
        return error::type_error(format!(
            "Only supports floating-point dtypes, but found: {}",
            x.dtype().scalar_type()
        ));
    }
    let x = resized(&promoted(x, false)?, &dims, &shape)?;
    let norm = normalization(a.optional_str(3), false)?;
    let (others, over) = dims.split_at(dims.len() - 1);
    let half = r2c(&x, over, norm, true)?;
    if others.is_empty() {
        return one(conj(&half)?);
    }
    one(c2c(&conj_physical(&half)?, others, norm, false)?)
}

fn shift(a: &Args, amount: fn(i64) -> i64) -> Result<Outs> {
    let x = a.tensor(0)?;
    let dims: Vec<i64> = match a.optional_ints(1) {
        Some(dims) => dims.iter().map(|&dim| wrapped(x, dim)).collect::<Result<_>>()?,
        None => (0..x.dim() as i64).collect(),
    };
    if dims.is_empty() {
        return one(roll(x, &[0], &[])?);
    }
    let shifts: Vec<i64> = dims.iter().map(|&dim| amount(at(x, dim))).collect();
    one(roll(x, &shifts, &dims)?)
}

fn frequencies(a: &Args, name: &str, count: i64, index: impl Fn(i64) -> i64) -> Result<Outs> {
    let dtype = a.dtype(2).unwrap_or_else(promote::default_dtype);
    if dtype.is_integral() {
        return error::runtime(format!("{name} requires a floating point or complex dtype"));
    }
    let indices: Vec<i64> = (0..count).map(index).collect();
    let numbers = copy::cast(&Array::from_vec(&[indices.len() as i64], &indices)?, dtype)?;
    one(crate::array::binary::mul(
        &numbers,
        1.0 / (a.int(0)? as f64 * a.float(1)?),
    )?)
}
