//! Elements by rank: kthvalue, median, mode, quantile.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::layout;
use super::super::reduce::{SharedSlice, arrange, nonzero_dim, one_flag};
use super::super::unary::unsupported;
use super::super::view;
use super::{Keyed, introsort};

/// One element of every row, chosen from its stable order, and its place.
fn choose(a: &Array, dim: usize, keepdim: bool, f: &(dyn Fn(&mut Ranked) -> usize + Sync)) -> Result<(Array, Array)> {
    fn run<T: Keyed>(
        a: &Array,
        dim: usize,
        keepdim: bool,
        f: &(dyn Fn(&mut Ranked) -> usize + Sync),
    ) -> Result<(Array, Array)> {
        let arranged = arrange::<T>(a, &one_flag(a.dim(), dim), keepdim)?;
        let values = Array::unfilled(&arranged.sizes, T::DTYPE)?;
        let indices = Array::unfilled(&arranged.sizes, Dtype::Int64)?;
        let (v, i) = (
            SharedSlice::new(values.fresh_slice_mut::<T>()),
            SharedSlice::new(indices.fresh_slice_mut::<i64>()),
        );
        arranged.each_row::<T>(&|at, row| {
            let mut items: Vec<(u64, u32)> = row.iter().enumerate().map(|(i, &x)| (x.key(), i as u32)).collect();
            let nans = row.iter().filter(|&&x| is_nan(x)).count();
            let first_nan = row.iter().position(|&x| is_nan(x)).unwrap_or(0);
            let place = f(&mut Ranked {
                items: &mut items,
                nans,
                first_nan,
            });
            // SAFETY: every row writes its own elements.
            unsafe {
                v.write(at, row.get(place).copied().unwrap_or_default());
                i.write(at, place as i64);
            }
        });
        Ok((values, indices))
    }
    let (values, indices) = match a.dtype() {
        Dtype::Float64 => run::<f64>(a, dim, keepdim, f)?,
        dtype if dtype.is_floating_point() => run::<f32>(a, dim, keepdim, f)?,
        _ => run::<i64>(a, dim, keepdim, f)?,
    };
    Ok((copy::into_dtype(values, a.dtype())?, indices))
}

#[allow(clippy::eq_op)]
fn is_nan<T: Keyed>(x: T) -> bool {
    x != x
}

/// A row whose elements are to be ranked.
struct Ranked<'a> {
    items: &'a mut [(u64, u32)],
    nans: usize,
    first_nan: usize,
}

impl Ranked<'_> {
    fn at(&self, rank: usize) -> usize {
        self.items.get(rank).map_or(0, |&(_, i)| i as usize)
    }

    /// Where the element of this rank was.
    fn kth(&mut self, rank: usize) -> usize {
        introsort::quick_select(self.items, rank);
        self.at(rank)
    }

    /// The middle element, the lower of two; the first nan if there is one.
    fn median(&mut self) -> usize {
        if self.nans > 0 {
            self.first_nan
        } else {
            self.nanmedian()
        }
    }

    fn nanmedian(&mut self) -> usize {
        // Equal elements rank by place.
        let rank = (self.items.len() - self.nans).saturating_sub(1) / 2;
        if rank < self.items.len() {
            self.items.select_nth_unstable(rank);
        }
        self.at(rank)
    }

    /// The last of the most frequent elements, the smallest of several.
    fn mode(&mut self) -> usize {
        introsort::sort(self.items);
        let (mut best, mut best_count, mut count) = (0, 0, 0);
        for (rank, &(key, _)) in self.items.iter().enumerate() {
            count += 1;
            if self.items.get(rank + 1).is_none_or(|next| next.0 != key) {
                if count > best_count {
                    (best, best_count) = (rank, count);
                }
                count = 0;
            }
        }
        self.at(best)
    }
}

fn refuse(a: &Array, name: &str, bool_too: bool) -> Result<()> {
    if a.dtype().is_complex() || (bool_too && a.dtype() == Dtype::Bool) {
        return unsupported(name, a.dtype());
    }
    Ok(())
}

/// The `k`-th smallest elements along `dim`, from 1 on, and where they are.
pub fn kthvalue(a: &Array, k: i64, dim: i64, keepdim: bool) -> Result<(Array, Array)> {
    let d = nonzero_dim("kthvalue()", a, dim)?;
    let size = if a.dim() == 0 { 1 } else { a.sizes()[d] };
    if k < 1 || k > size {
        return error::runtime(format!("kthvalue(): selected number k out of range for dimension {d}"));
    }
    refuse(a, "kthvalue_cpu", true)?;
    choose(a, d, keepdim, &|row| row.kth(k as usize - 1))
}

/// Medians along `dim` and where they are.
pub fn median_dim(a: &Array, dim: i64, keepdim: bool) -> Result<(Array, Array)> {
    let d = nonzero_dim("median()", a, dim)?;
    refuse(a, "median_out", true)?;
    choose(a, d, keepdim, &|row| row.median())
}

/// Medians along `dim` of the elements that are not nan, and where they are.
pub fn nanmedian_dim(a: &Array, dim: i64, keepdim: bool) -> Result<(Array, Array)> {
    let d = nonzero_dim("nanmedian()", a, dim)?;
    refuse(a, "median_out", true)?;
    choose(a, d, keepdim, &|row| row.nanmedian())
}

fn whole(a: &Array, f: &(dyn Fn(&mut Ranked) -> usize + Sync)) -> Result<Array> {
    refuse(a, "median_cpu", true)?;
    if a.numel() == 0 {
        return if a.dtype().is_floating_point() {
            copy::full(&[], f64::NAN.into(), a.dtype())
        } else {
            copy::full(&[], i64::MIN.into(), a.dtype())
        };
    }
    let (flat, _) = view::reshape(a, &[-1])?;
    Ok(choose(&flat, 0, false, f)?.0)
}

/// The median of all elements.
pub fn median(a: &Array) -> Result<Array> {
    whole(a, &|row| row.median())
}

/// The median of all elements that are not nan.
pub fn nanmedian(a: &Array) -> Result<Array> {
    whole(a, &|row| row.nanmedian())
}

/// The most frequent elements along `dim`, the smallest of several, and the last place of each.
pub fn mode(a: &Array, dim: i64, keepdim: bool) -> Result<(Array, Array)> {
    let d = nonzero_dim("mode()", a, dim)?;
    refuse(a, "mode_cpu", false)?;
    choose(a, d, keepdim, &|row| row.mode())
}

/// Quantiles `q` (a number or a vector, of the input's dtype) along `dim`, or of all elements. The interpolation is
/// linear, lower, higher, midpoint or nearest. Rows with a nan give nan unless `ignore_nan`.
pub fn quantile(
    a: &Array,
    q: &Array,
    dim: Option<i64>,
    keepdim: bool,
    interpolation: &str,
    ignore_nan: bool,
) -> Result<Array> {
    let name = if ignore_nan { "nanquantile()" } else { "quantile()" };
    let (source, d) = match dim {
        Some(dim) => (a.clone(), layout::wrap_dim(dim, a.dim())?),
        None => (view::reshape(a, &[-1])?.0, 0),
    };
    if a.numel() == 0 {
        return error::runtime(format!("{name} input tensor must be non-empty"));
    }
    if q.dim() > 1 {
        return error::runtime(format!("{name} q must be a scalar or 1D tensor"));
    }
    if !matches!(a.dtype(), Dtype::Float32 | Dtype::Float64) {
        return error::runtime(format!("{name} input tensor must be either float or double dtype"));
    }
    if a.dtype() != q.dtype() {
        return error::runtime(format!("{name} q tensor must be same dtype as the input tensor"));
    }
    if !["linear", "lower", "higher", "midpoint", "nearest"].contains(&interpolation) {
        return error::runtime(format!(
            "{name} interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        ));
    }
    let ranks = copy::lanes::<f64>(q)?;
    if ranks.iter().any(|q| !(0.0..=1.0).contains(q)) {
        return error::runtime(format!("{name} q values must be in the range [0, 1]"));
    }
    let single = a.dtype() == Dtype::Float32;
    let flags = one_flag(source.dim(), d);
    let mut results = Vec::new();
    let mut sizes = super::super::array::Dims::new();
    for &rank in ranks.iter() {
        let arranged = arrange::<f64>(&source, &flags, keepdim && dim.is_some())?;
        sizes = arranged.sizes.clone();
        let values = arranged.rows::<f64, f64>(&|row| {
            let mut sorted = row.to_vec();
            sorted.sort_by(f64::total_cmp);
            sorted.sort_by_key(|x| x.is_nan());
            let nans = sorted.iter().filter(|x| x.is_nan()).count();
            if nans > 0 && (!ignore_nan || nans == sorted.len()) {
                return f64::NAN;
            }
            let last = (sorted.len() - nans - 1) as f64;
            let position = if single {
                (rank as f32 * last as f32) as f64
            } else {
                rank * last
            };
            let position = match interpolation {
                "lower" => position.floor(),
                "higher" => position.ceil(),
                "nearest" => position.round_ties_even(),
                _ => position,
            };
            let low = sorted[position.floor() as usize];
            let high = sorted[position.ceil() as usize];
            let weight = if interpolation == "midpoint" {
                0.5
            } else {
                position - position.floor()
            };
            if single {
                let (low, high, weight) = (low as f32, high as f32, weight as f32);
                (if weight < 0.5 {
                    low + weight * (high - low)
                } else {
                    high - (high - low) * (1.0 - weight)
                }) as f64
            } else if weight < 0.5 {
                low + weight * (high - low)
            } else {
                high - (high - low) * (1.0 - weight)
            }
        })?;
        results.extend_from_slice(values.as_slice::<f64>().unwrap_or(&[]));
    }
    let mut shape = super::super::array::Dims::new();
    if q.dim() == 1 {
        shape.push(q.numel() as i64);
    }
    if dim.is_none() && keepdim {
        shape.extend(a.sizes().iter().map(|_| 1));
    } else {
        shape.extend_from_slice(&sizes);
    }
    copy::into_dtype(Array::from_vec(&shape, &results)?, a.dtype())
}
