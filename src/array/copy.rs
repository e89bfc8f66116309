//! Copies and casts.

use super::array::{Array, contiguous_strides};
use super::dtype::Dtype;
use super::elementwise;
use super::error::Result;
use super::lane::Lane;
use super::layout;
use super::promote::Operand;
use super::scalar::Scalar;
use num_complex::Complex;

/// Fills `out` with elements of an operand that broadcasts to its sizes, converted to its dtype.
fn fill_from(out: &Array, source: Operand) {
    let from = match source {
        Operand::Number(Scalar::Float(_)) => Dtype::Float64,
        Operand::Number(Scalar::Complex(..)) => Dtype::Complex128,
        other => other.dtype(),
    };
    let to = out.dtype();
    if out.numel() == 0 {
        return;
    }
    if let Operand::Array(array) = source
        && from == to
    {
        if array.is_contiguous() && out.is_contiguous() && array.sizes() == out.sizes() {
            let bytes = out.numel() * to.size();
            let (source, target) = (Address(array.data_pointer()), Address(out.data_pointer()));
            elementwise::split(bytes, elementwise::TASK * 16, &|range| {
                // SAFETY: both runs hold that many bytes; a fresh output does not overlap, and `copy_` into an
                // overlapping view copies the source first.
                unsafe {
                    std::ptr::copy(
                        source.get().add(range.start),
                        target.get().add(range.start),
                        range.len(),
                    )
                }
            });
            return;
        }
        if transpose(out, array) {
            return;
        }
        return elementwise::copy_strided(out, array);
    }
    let kind = |dtype: Dtype| match dtype {
        Dtype::Float64 => Dtype::Float64,
        Dtype::Float16 | Dtype::BFloat16 | Dtype::Float32 => Dtype::Float32,
        Dtype::Complex64 | Dtype::Complex128 => dtype,
        _ => Dtype::Int64,
    };
    // The lane must hold every value of the source (to bool, to integers) or round only once (to floats).
    let lane = if to.is_complex() || (to.is_floating_point() && !from.is_complex()) {
        kind(to)
    } else if to == Dtype::Bool && from == Dtype::Bool {
        Dtype::Bool
    } else {
        kind(from)
    };
    match lane {
        Dtype::Bool => elementwise::convert::<bool>(out, source),
        Dtype::Int64 => elementwise::convert::<i64>(out, source),
        Dtype::Float32 => elementwise::convert::<f32>(out, source),
        Dtype::Float64 => elementwise::convert::<f64>(out, source),
        Dtype::Complex64 => elementwise::convert::<Complex<f32>>(out, source),
        _ => elementwise::convert::<Complex<f64>>(out, source),
    }
}

#[derive(Clone, Copy)]
struct Address(*mut u8);

// SAFETY: used for disjoint byte ranges of buffers that outlive the tasks.
unsafe impl Sync for Address {}
// SAFETY: as above.
unsafe impl Send for Address {}

impl Address {
    fn get(self) -> *mut u8 {
        self.0
    }
}

/// Copies a transposed matrix of 4- or 8-byte elements in tiles; false where that does not apply.
fn transpose(out: &Array, source: &Array) -> bool {
    let [rows, columns] = *source.sizes() else { return false };
    let [row_stride, column_stride] = *source.strides() else {
        return false;
    };
    if !out.is_contiguous() || out.sizes() != source.sizes() || row_stride != 1 || rows < 32 || columns < 32 {
        return false;
    }
    match source.dtype().size() {
        4 => transpose_tiles::<u32>(out, source, rows as usize, columns as usize, column_stride as usize),
        8 => transpose_tiles::<u64>(out, source, rows as usize, columns as usize, column_stride as usize),
        _ => return false,
    }
    true
}

fn transpose_tiles<W: Copy>(out: &Array, source: &Array, rows: usize, columns: usize, stride: usize) {
    const TILE: usize = 16;
    let (from, to) = (Address(source.data_pointer()), Address(out.data_pointer()));
    elementwise::split(
        rows.div_ceil(TILE),
        (elementwise::TASK / (TILE * columns)).max(1),
        &|tiles| {
            let (from, to) = (from.get().cast::<W>(), to.get().cast::<W>());
            for top in tiles.map(|tile| tile * TILE) {
                let bottom = (top + TILE).min(rows);
                for left in (0..columns).step_by(TILE) {
                    let right = (left + TILE).min(columns);
                    for c in left..right {
                        for r in top..bottom {
                            // SAFETY: r < rows and c < columns; the source's element (r, c) is at r + c * stride, the
                            // output's at r * columns + c; tasks write disjoint rows.
                            unsafe { *to.add(r * columns + c) = *from.add(r + c * stride) };
                        }
                    }
                }
            }
        },
    );
}

/// A row-major copy (`clone(memory_format=torch.contiguous_format)`).
pub fn to_contiguous(array: &Array) -> Result<Array> {
    let out = Array::unfilled(array.sizes(), array.dtype())?;
    fill_from(&out, array.into());
    Ok(out)
}

/// The array itself if row-major, else a copy: `contiguous()`.
pub fn contiguous(array: &Array) -> Result<Array> {
    if array.is_contiguous() {
        Ok(array.clone())
    } else {
        to_contiguous(array)
    }
}

/// A copy that keeps the strides where they are dense, as `clone()` does.
pub fn clone(array: &Array) -> Result<Array> {
    cast_copy(array, array.dtype())
}

/// A new array of another dtype, even where the dtype is the same already.
pub fn cast_copy(array: &Array, dtype: Dtype) -> Result<Array> {
    let out = layout::unfilled_like(array, dtype)?;
    fill_from(&out, array.into());
    Ok(out)
}

/// Converted to `dtype`; the array itself where that is its dtype already: `to(dtype)`.
pub fn cast(array: &Array, dtype: Dtype) -> Result<Array> {
    if array.dtype() == dtype {
        Ok(array.clone())
    } else {
        cast_copy(array, dtype)
    }
}

/// Writes `source`, broadcast and converted, into `target` in place. Right under any overlap.
pub fn copy_into(target: &Array, source: &Array) -> Result<()> {
    layout::assert_no_internal_overlap(target)?;
    if target.is_same_view(source) {
        return Ok(());
    }
    if target.sizes() != source.sizes() {
        layout::expand(source, target.sizes())?;
    }
    if std::rc::Rc::ptr_eq(target.storage(), source.storage()) {
        let detached = to_contiguous(source)?;
        fill_from(target, (&detached).into());
    } else {
        fill_from(target, source.into());
    }
    Ok(())
}

/// Fills in place with one number.
pub fn fill_(target: &Array, value: Scalar) -> Result<()> {
    layout::assert_no_internal_overlap(target)?;
    fill_from(target, value.into());
    Ok(())
}

/// A new array full of one number.
pub fn full(sizes: &[i64], value: Scalar, dtype: Dtype) -> Result<Array> {
    if value.is_zero() && !is_negative_zero(value) {
        return Array::zeros(sizes, dtype);
    }
    let out = Array::unfilled(sizes, dtype)?;
    fill_from(&out, value.into());
    Ok(out)
}

fn is_negative_zero(value: Scalar) -> bool {
    let (re, im) = value.to_complex();
    re.is_sign_negative() || im.is_sign_negative()
}

/// The only element of an array, or PyTorch's error.
pub fn item(array: &Array) -> Result<Scalar> {
    if array.numel() != 1 {
        return super::error::runtime(format!(
            "a Tensor with {} elements cannot be converted to Scalar",
            array.numel()
        ));
    }
    Ok(element_at(array, array.data_pointer()))
}

/// All elements in row-major order.
pub fn elements(array: &Array) -> Vec<Scalar> {
    let mut list = Vec::with_capacity(array.numel());
    if array.numel() == 0 {
        return list;
    }
    let element = array.dtype().size() as isize;
    let mut index = vec![0i64; array.dim()];
    let base = array.data_pointer();
    loop {
        let offset: i64 = index.iter().zip(array.strides()).map(|(i, s)| i * s).sum();
        list.push(element_at(array, base.wrapping_offset(offset as isize * element)));
        let mut d = array.dim();
        loop {
            if d == 0 {
                return list;
            }
            d -= 1;
            index[d] += 1;
            if index[d] < array.sizes()[d] {
                break;
            }
            index[d] = 0;
        }
    }
}

/// The scalar at an address inside the array's storage.
fn element_at(array: &Array, pointer: *const u8) -> Scalar {
    // SAFETY: callers pass addresses of elements of the array.
    unsafe {
        match array.dtype() {
            Dtype::Bool => Scalar::Bool(*pointer != 0),
            dtype if dtype.is_integer() => {
                let mut lane = [0i64];
                super::lane::load(dtype, pointer, 0, &mut lane);
                Scalar::Int(lane[0])
            }
            dtype if dtype.is_floating_point() => {
                let mut lane = [0f64];
                super::lane::load(dtype, pointer, 0, &mut lane);
                Scalar::Float(lane[0])
            }
            dtype => {
                let mut lane = [Complex::new(0.0, 0.0)];
                super::lane::load::<Complex<f64>>(dtype, pointer, 0, &mut lane);
                Scalar::Complex(lane[0].re, lane[0].im)
            }
        }
    }
}

/// The elements as lanes in row-major order: the slice itself, or a converted copy.
pub(in crate::array) fn lanes<T: Lane>(array: &Array) -> Result<std::borrow::Cow<'_, [T]>> {
    if let Some(slice) = array.as_slice::<T>() {
        return Ok(std::borrow::Cow::Borrowed(slice));
    }
    let copy =
        Array::unfilled(array.sizes(), T::DTYPE)?.view(array.sizes().into(), contiguous_strides(array.sizes()), 0);
    fill_from(&copy, array.into());
    Ok(std::borrow::Cow::Owned(copy.as_slice::<T>().unwrap_or(&[]).to_vec()))
}

/// A contiguous array of this lane with the array's elements: itself where it is one.
pub(in crate::array) fn as_lane<T: Lane>(array: &Array) -> Result<Array> {
    if array.dtype() == T::DTYPE && array.is_contiguous() {
        return Ok(array.clone());
    }
    let out = Array::unfilled(array.sizes(), T::DTYPE)?;
    fill_from(&out, array.into());
    Ok(out)
}

/// Rounds a computed lane array into `dtype`.
pub(in crate::array) fn into_dtype(array: Array, dtype: Dtype) -> Result<Array> {
    cast(&array, dtype)
}
