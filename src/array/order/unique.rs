//! Distinct elements.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::layout;
use super::super::unary::unsupported;
use super::super::{index, view};
use super::{Keyed, order};

/// Distinct elements in ascending order, the place of every element among them, and how often each occurs.
pub fn unique(a: &Array) -> Result<(Array, Array, Array)> {
    distinct(a, true)
}

/// Elements that differ from the one before, likewise.
pub fn unique_consecutive(a: &Array) -> Result<(Array, Array, Array)> {
    distinct(a, false)
}

fn distinct(a: &Array, sorted: bool) -> Result<(Array, Array, Array)> {
    if a.dtype().is_complex() {
        return unsupported("unique", a.dtype());
    }
    match a.dtype() {
        Dtype::Float64 => distinct_lanes::<f64>(a, sorted),
        dtype if dtype.is_floating_point() => distinct_lanes::<f32>(a, sorted),
        _ => distinct_lanes::<i64>(a, sorted),
    }
}

fn distinct_lanes<T: Keyed>(a: &Array, sorted: bool) -> Result<(Array, Array, Array)> {
    let values = copy::lanes::<T>(a)?;
    let order: Vec<u32> = if sorted {
        order(&values, false)
    } else {
        (0..values.len() as u32).collect()
    };
    let mut kept: Vec<T> = Vec::new();
    let mut counts: Vec<i64> = Vec::new();
    let mut inverse = vec![0i64; values.len()];
    for &i in &order {
        let x = values[i as usize];
        // nan differs from itself, so each is an element of its own.
        match counts.last_mut() {
            Some(count) if kept.last() == Some(&x) => *count += 1,
            _ => {
                kept.push(x);
                counts.push(1);
            }
        }
        inverse[i as usize] = kept.len() as i64 - 1;
    }
    let n = kept.len() as i64;
    Ok((
        copy::into_dtype(Array::from_vec(&[n], &kept)?, a.dtype())?,
        Array::from_vec(a.sizes(), &inverse)?,
        Array::from_vec(&[n], &counts)?,
    ))
}

/// Distinct slices along `dim` in lexicographic order (or, not `sorted`, those that differ from the one before), the
/// place of every slice among them, and how often each occurs.
pub fn unique_dim(a: &Array, dim: i64, sorted: bool) -> Result<(Array, Array, Array)> {
    let d = layout::wrap_dim(dim, a.dim())?;
    if a.dtype().is_complex() {
        return unsupported("unique_dim", a.dtype());
    }
    if a.numel() == 0 && a.sizes().get(d) != Some(&0) {
        return error::runtime("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
    }
    let count = a.sizes().get(d).copied().unwrap_or(1) as usize;
    // Slices as rows: the chosen dimension first.
    let mut order_of: Vec<i64> = vec![d as i64];
    order_of.extend((0..a.dim() as i64).filter(|&i| i != d as i64));
    let moved = view::permute(a, &order_of)?;
    let flat = view::reshape(&moved, &[moved.numel() as i64])?.0;
    let keys: Vec<u64> = if a.dtype().is_floating_point() {
        copy::lanes::<f64>(&flat)?.iter().map(|x| x.key()).collect()
    } else {
        copy::lanes::<i64>(&flat)?.iter().map(|x| x.key()).collect()
    };
    let width = keys.len().checked_div(count).unwrap_or(0);
    let row = |i: usize| &keys[i * width..(i + 1) * width];
    let mut order: Vec<usize> = (0..count).collect();
    if sorted {
        order.sort_by(|&i, &j| row(i).cmp(row(j)));
    }
    let (mut kept, mut counts, mut inverse) = (Vec::new(), Vec::<i64>::new(), vec![0i64; count]);
    let mut last: Option<usize> = None;
    for &i in &order {
        match (last, counts.last_mut()) {
            (Some(before), Some(count)) if row(before) == row(i) => *count += 1,
            _ => {
                kept.push(i as i64);
                counts.push(1);
            }
        }
        last = Some(i);
        inverse[i] = kept.len() as i64 - 1;
    }
    let picks = Array::from_vec(&[kept.len() as i64], &kept)?;
    Ok((
        index::index_select(a, d as i64, &picks)?,
        Array::from_vec(&[count as i64], &inverse)?,
        Array::from_vec(&[counts.len() as i64], &counts)?,
    ))
}
