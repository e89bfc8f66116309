//! Masks: selecting, filling and finding.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::layout;
use super::super::matmul::cpp_name;
use super::super::promote::Operand;
use super::super::scalar::Scalar;
use super::super::{ternary, view};

/// Row-major positions of the elements that are not 0.
fn positions(a: &Array) -> Result<Vec<usize>> {
    let truth = copy::lanes::<bool>(a)?;
    Ok(truth.iter().enumerate().filter(|&(_, &x)| x).map(|(i, _)| i).collect())
}

/// Columns of indices of the elements that are not 0: [dimensions, count].
fn columns(a: &Array) -> Result<Array> {
    let found = positions(a)?;
    let out = Array::unfilled(&[a.dim() as i64, found.len() as i64], Dtype::Int64)?;
    let values = out.fresh_slice_mut::<i64>();
    let mut step = 1;
    for d in (0..a.dim()).rev() {
        let size = a.sizes()[d];
        for (x, &p) in values[d * found.len()..].iter_mut().zip(&found) {
            *x = p as i64 / step % size;
        }
        step *= size;
    }
    Ok(out)
}

/// The index of every element that is not 0, one column array for each dimension.
pub fn nonzero_columns(a: &Array) -> Result<Vec<Array>> {
    let columns = columns(a)?;
    (0..a.dim()).map(|d| view::select(&columns, 0, d as i64)).collect()
}

/// The index of every element that is not 0, one row each: [count, dimensions]. Columns are contiguous in memory.
pub fn nonzero(a: &Array) -> Result<Array> {
    if a.dim() == 0 {
        return Array::zeros(&[positions(a)?.len() as i64, 0], Dtype::Int64);
    }
    view::transpose(&columns(a)?, 0, 1)
}

/// The elements where the mask, broadcast, is true, as a vector.
pub fn masked_select(a: &Array, mask: &Array) -> Result<Array> {
    if mask.dtype() != Dtype::Bool {
        return error::runtime("masked_select: expected BoolTensor for mask");
    }
    let sizes = layout::broadcast_sizes(a.sizes(), mask.sizes())?;
    let (a, mask) = (layout::expand(a, &sizes)?, layout::expand(mask, &sizes)?);
    let truth = copy::lanes::<bool>(&mask)?;
    let source = copy::contiguous(&a)?;
    let count = truth.iter().filter(|&&x| x).count();
    let out = Array::unfilled(&[count as i64], a.dtype())?;
    match a.dtype().size() {
        1 => compress::<u8>(&source, &out, &truth),
        2 => compress::<u16>(&source, &out, &truth),
        4 => compress::<u32>(&source, &out, &truth),
        8 => compress::<u64>(&source, &out, &truth),
        _ => compress::<super::Element128>(&source, &out, &truth),
    }
    Ok(out)
}

/// Copies the elements whose flag is set, without a branch on it.
fn compress<W: Copy>(source: &Array, out: &Array, truth: &[bool]) {
    let count = out.numel();
    if count == 0 {
        return;
    }
    let (from, to) = (source.data_pointer().cast::<W>(), out.data_pointer().cast::<W>());
    let mut filled = 0;
    for (i, &keep) in truth.iter().enumerate() {
        if filled == count {
            return;
        }
        // SAFETY: i is below the source's length, `filled` below the output's.
        unsafe { *to.add(filled) = *from.add(i) };
        filled += keep as usize;
    }
}

/// A copy with `value` where the mask, broadcast, is true; the sizes grow to the mask's, the dtype stays.
pub fn masked_fill<'a>(a: &'a Array, mask: &Array, value: impl Into<Operand<'a>>) -> Result<Array> {
    if mask.dtype() != Dtype::Bool {
        return error::runtime(format!(
            "masked_fill_ only supports boolean masks, but got mask with dtype {}",
            cpp_name(mask.dtype())
        ));
    }
    let filled = match value.into() {
        Operand::Array(value) => {
            check_fits(copy::item(value)?, a.dtype())?;
            let value = copy::cast(value, a.dtype())?;
            ternary::where_(mask, &value, a)?
        }
        Operand::Number(number) => {
            check_fits(number, a.dtype())?;
            let value = copy::full(&[], number, a.dtype())?;
            ternary::where_(mask, &value, a)?
        }
    };
    copy::contiguous(&filled)
}

/// Refuses a value beyond the dtype's range, or complex where the dtype isn't. Negative numbers wrap in unsigned types.
pub fn check_fits(value: Scalar, dtype: Dtype) -> Result<()> {
    let largest = match dtype {
        Dtype::Uint8 => u8::MAX.into(),
        Dtype::Int8 => i8::MAX.into(),
        Dtype::Int16 => i16::MAX.into(),
        Dtype::Int32 => i32::MAX.into(),
        Dtype::Float16 => 65504.0,
        Dtype::BFloat16 => half::bf16::MAX.to_f64(),
        Dtype::Float32 => f32::MAX.into(),
        _ => f64::INFINITY,
    };
    let fits = match value {
        Scalar::Complex(re, im) => (im == 0.0 || dtype.is_complex()) && (re.abs() <= largest || !re.is_finite()),
        value => {
            let value = value.to_f64();
            value <= largest && value >= -largest - 1.0 || dtype.is_floating_point() && !value.is_finite()
        }
    };
    if fits || dtype == Dtype::Bool {
        return Ok(());
    }
    let name = match dtype {
        Dtype::Uint8 => "uint8_t",
        Dtype::Int8 => "int8_t",
        Dtype::Int16 => "int16_t",
        Dtype::Int64 => "int64_t",
        dtype => cpp_name(dtype),
    };
    error::runtime(format!("value cannot be converted to type {name} without overflow"))
}

/// A copy in which the elements where the mask, broadcast, is true are the source's, one after the other.
pub fn masked_scatter(a: &Array, mask: &Array, source: &Array) -> Result<Array> {
    if mask.dtype() != Dtype::Bool {
        return error::runtime(format!(
            "masked_scatter_ only supports boolean masks, but got mask with dtype {}",
            mask.dtype().scalar_type()
        ));
    }
    if a.dtype() != source.dtype() {
        return error::runtime(format!(
            "masked_scatter: expected self and source to have same dtypes but got {} and {}",
            a.dtype().scalar_type(),
            source.dtype().scalar_type()
        ));
    }
    let sizes = layout::broadcast_sizes(a.sizes(), mask.sizes())?;
    let out = copy::to_contiguous(&layout::expand(a, &sizes)?)?;
    let mask = layout::expand(mask, &sizes)?;
    let found = positions(&mask)?;
    if found.len() > source.numel() {
        return error::runtime("Number of elements of source < number of ones in mask");
    }
    let source = copy::contiguous(source)?;
    let size = a.dtype().size();
    for (k, &p) in found.iter().enumerate() {
        // SAFETY: p is below the output's length, k below the source's.
        unsafe {
            super::copy_blocks(
                source.data_pointer() as isize + (k * size) as isize,
                out.data_pointer() as isize + (p * size) as isize,
                size,
            )
        };
    }
    Ok(out)
}
