//! sort, argsort, topk.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::layout;
use super::super::reduce::{SharedSlice, arrange, one_flag};
use super::{Keyed, introsort, order};

/// Writes the first `count` elements of every row in order, and their places.
fn ordered<T: Keyed>(
    a: &Array,
    dim: usize,
    count: usize,
    pick: &(dyn Fn(&[T]) -> Vec<u32> + Sync),
) -> Result<(Array, Array)> {
    let arranged = arrange::<T>(a, &one_flag(a.dim(), dim), true)?;
    let mut sizes: super::super::array::Dims = a.sizes().into();
    if let Some(size) = sizes.get_mut(dim) {
        *size = count as i64;
    }
    let values = Array::unfilled(&sizes, T::DTYPE)?;
    let indices = Array::unfilled(&sizes, Dtype::Int64)?;
    let (v, i) = (
        SharedSlice::new(values.fresh_slice_mut::<T>()),
        SharedSlice::new(indices.fresh_slice_mut::<i64>()),
    );
    let inner = arranged.inner;
    arranged.each_row::<T>(&|at, row| {
        let base = at / inner * inner * count + at % inner;
        for (k, &place) in pick(row).iter().take(count).enumerate() {
            // SAFETY: rows are disjoint.
            unsafe {
                v.write(base + k * inner, row.get(place as usize).copied().unwrap_or_default());
                i.write(base + k * inner, place as i64);
            }
        }
    });
    Ok((values, indices))
}

fn by_dtype(
    a: &Array,
    dim: usize,
    count: usize,
    f32s: &(dyn Fn(&[f32]) -> Vec<u32> + Sync),
    f64s: &(dyn Fn(&[f64]) -> Vec<u32> + Sync),
    i64s: &(dyn Fn(&[i64]) -> Vec<u32> + Sync),
) -> Result<(Array, Array)> {
    let (values, indices) = match a.dtype() {
        Dtype::Float64 => ordered::<f64>(a, dim, count, f64s)?,
        dtype if dtype.is_floating_point() => ordered::<f32>(a, dim, count, f32s)?,
        _ => ordered::<i64>(a, dim, count, i64s)?,
    };
    Ok((copy::into_dtype(values, a.dtype())?, indices))
}

/// Values in order along `dim` and where they were; stable, nan last (first if descending).
pub fn sort(a: &Array, dim: i64, descending: bool) -> Result<(Array, Array)> {
    let d = layout::wrap_dim(dim, a.dim())?;
    if a.dtype().is_complex() {
        return error::type_error(" Sort does not support complex dtypes on CPU");
    }
    let count = if a.dim() == 0 { 1 } else { a.sizes()[d] as usize };
    let (values, indices) = by_dtype(
        a,
        d,
        count,
        &|row| order(row, descending),
        &|row| order(row, descending),
        &|row| order(row, descending),
    )?;
    if a.is_contiguous() {
        return Ok((values, indices));
    }
    // Results keep the input's strides where they are dense.
    let in_place = |result: &Array| -> Result<Array> {
        let like = layout::unfilled_like(a, result.dtype())?;
        copy::copy_into(&like, result)?;
        Ok(like)
    };
    Ok((in_place(&values)?, in_place(&indices)?))
}

/// Where the sorted values were.
pub fn argsort(a: &Array, dim: i64, descending: bool) -> Result<Array> {
    Ok(sort(a, dim, descending)?.1)
}

/// The first `k` places of the order, found without sorting the rest.
fn select<T: Keyed>(row: &[T], k: usize, largest: bool) -> Vec<u32> {
    let flip = |key: u64| if largest { !key } else { key };
    let mut items: Vec<(u64, u32)> = row
        .iter()
        .enumerate()
        .map(|(i, &x)| (flip(x.key()), i as u32))
        .collect();
    if k > 0 {
        // PyTorch's choice of algorithm; it decides which of equal elements are taken.
        if k * 64 <= items.len() {
            introsort::partial_sort(&mut items, k);
        } else {
            introsort::nth_element(&mut items, k - 1);
            introsort::sort(&mut items[..k - 1]);
        }
    }
    items.into_iter().map(|(_, i)| i).collect()
}

/// The `k` largest (or smallest) elements along `dim`, in order, and where they were.
pub fn topk(a: &Array, k: i64, dim: i64, largest: bool) -> Result<(Array, Array)> {
    let d = layout::wrap_dim(dim, a.dim())?;
    let size = if a.dim() == 0 { 1 } else { a.sizes()[d] };
    if k < 0 || k > size {
        return error::runtime("selected index k out of range");
    }
    if a.dtype().is_complex() {
        return error::type_error(" topk does not support complex dtypes on CPU");
    }
    if a.dtype() == Dtype::Bool {
        return error::not_implemented("topk does not support bool dtypes on CPU");
    }
    let k = k as usize;
    by_dtype(
        a,
        d,
        k,
        &|row| select(row, k, largest),
        &|row| select(row, k, largest),
        &|row| select(row, k, largest),
    )
}
