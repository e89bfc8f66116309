//! Indexing with index arrays and masks, as `x[i, :, mask]` means it.

use super::super::array::{Array, Dims, format_sizes};
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::layout;
use super::mask::nonzero_columns;
use super::{Element128, copy_blocks};
use crate::array::elementwise;
use crate::array::reduce::SharedSlice;
use smallvec::SmallVec;

/// Where indexed elements are: three nested lists of offsets (in elements, from the array's first), and the result's sizes.
struct Places {
    before: Vec<i64>,
    indexed: Vec<i64>,
    after: Vec<i64>,
    sizes: Dims,
    /// The strides of the indexed array in the result's dimensions, 0 in those of the index.
    strides: Dims,
    /// Where the index's dimensions begin, and how many they are.
    index_dims: (usize, usize),
}

/// The offsets of all positions of these dimensions, row-major.
fn grid(sizes: &[i64], strides: &[i64]) -> Vec<i64> {
    let mut offsets = vec![0];
    for (&size, &stride) in sizes.iter().zip(strides) {
        offsets = offsets
            .iter()
            .flat_map(|&o| (0..size).map(move |i| o + i * stride))
            .collect();
    }
    offsets
}

/// Masks become one index array for each of their dimensions; None stands for a whole dimension.
fn without_masks(a: &Array, indices: &[Option<Array>]) -> Result<Vec<Option<Array>>> {
    let mut plain = Vec::new();
    for index in indices {
        let Some(index) = index else {
            plain.push(None);
            continue;
        };
        match index.dtype() {
            Dtype::Bool | Dtype::Uint8 => {
                for (d, &size) in index.sizes().iter().enumerate() {
                    let at = plain.len() + d;
                    if a.sizes().get(at) != Some(&size) {
                        return error::index(format!(
                            "The shape of the mask {} at index {d} does not match the shape of the indexed tensor {} at index {at}",
                            format_sizes(index.sizes()),
                            format_sizes(a.sizes())
                        ));
                    }
                }
                plain.extend(nonzero_columns(index)?.into_iter().map(Some));
            }
            Dtype::Int64 | Dtype::Int32 => plain.push(Some(index.clone())),
            _ => return error::index("tensors used as indices must be long, int, byte or bool tensors"),
        }
    }
    Ok(plain)
}

fn places(a: &Array, indices: &[Option<Array>]) -> Result<Places> {
    let indices = without_masks(a, indices)?;
    if indices.len() > a.dim() {
        return error::index(format!(
            "too many indices for tensor of dimension {} (got {})",
            a.dim(),
            indices.len()
        ));
    }
    let given: SmallVec<[(usize, &Array); 4]> = indices
        .iter()
        .enumerate()
        .filter_map(|(d, index)| index.as_ref().map(|index| (d, index)))
        .collect();
    let mut shape = Dims::new();
    for (_, index) in &given {
        shape = match layout::broadcast_sizes(&shape, index.sizes()) {
            Ok(sizes) => sizes,
            Err(_) => {
                let all: Vec<String> = given.iter().map(|(_, index)| format_sizes(index.sizes())).collect();
                return error::index(format!(
                    "shape mismatch: indexing tensors could not be broadcast together with shapes {}",
                    all.join(", ")
                ));
            }
        };
    }
    let count: usize = shape.iter().product::<i64>() as usize;
    let mut offsets = vec![0i64; count];
    for &(d, index) in &given {
        let expanded = layout::expand(index, &shape)?;
        let (size, stride) = (a.sizes()[d], a.strides()[d]);
        let values = copy::lanes::<i64>(&expanded)?;
        for (offset, &i) in offsets.iter_mut().zip(values.iter()) {
            if i < -size || i >= size {
                return error::index(format!("index {i} is out of bounds for dimension {d} with size {size}"));
            }
            *offset += if i < 0 { i + size } else { i } * stride;
        }
    }
    // Neighbouring index arrays leave their dimensions in place; others move to the front.
    let first = given.first().map_or(0, |&(d, _)| d);
    let last = given.last().map_or(0, |&(d, _)| d);
    let together = given.is_empty() || last - first + 1 == given.len();
    let is_given = |d: usize| given.iter().any(|&(g, _)| g == d);
    let kept: SmallVec<[usize; 8]> = (0..a.dim()).filter(|&d| !is_given(d)).collect();
    let split = if together {
        kept.iter().filter(|&&d| d < first).count()
    } else {
        0
    };
    let part = |dims: &[usize]| -> (Dims, Dims) {
        (
            dims.iter().map(|&d| a.sizes()[d]).collect(),
            dims.iter().map(|&d| a.strides()[d]).collect(),
        )
    };
    let (before_sizes, before_strides) = part(&kept[..split]);
    let (after_sizes, after_strides) = part(&kept[split..]);
    let mut sizes = before_sizes.clone();
    sizes.extend_from_slice(&shape);
    sizes.extend_from_slice(&after_sizes);
    let mut strides = before_strides.clone();
    strides.extend(shape.iter().map(|_| 0));
    strides.extend_from_slice(&after_strides);
    Ok(Places {
        strides,
        index_dims: (before_sizes.len(), shape.len()),
        before: grid(&before_sizes, &before_strides),
        indexed: offsets,
        after: grid(&after_sizes, &after_strides),
        sizes,
    })
}

impl Places {
    /// True when the innermost offsets are 0, 1, 2, ...: blocks can be copied whole.
    fn dense(&self) -> bool {
        self.after.iter().enumerate().all(|(i, &o)| o == i as i64)
    }

    /// Offsets in the result's order.
    fn all(&self) -> impl Iterator<Item = i64> + '_ {
        self.before.iter().flat_map(move |&b| {
            self.indexed
                .iter()
                .flat_map(move |&i| self.after.iter().map(move |&o| b + i + o))
        })
    }
}

/// `a[indices]` as a new array; None stands for a whole dimension.
pub fn index(a: &Array, indices: &[Option<Array>]) -> Result<Array> {
    if let [Some(mask)] = indices
        && mask.dtype() == Dtype::Bool
        && mask.sizes() == a.sizes()
    {
        return super::masked_select(a, mask);
    }
    let places = places(a, indices)?;
    let out = Array::unfilled(&places.sizes, a.dtype())?;
    if out.numel() == 0 {
        return Ok(out);
    }
    gather_places(a, &places, &out);
    // The result's memory runs like the operands': a permuted source gives a permuted result.
    let source = a.view(places.sizes.clone(), places.strides.clone(), a.offset());
    let (first, count) = places.index_dims;
    let index_strides = super::super::array::contiguous_strides(&places.sizes[first..first + count]);
    let mut strides: Dims = smallvec::SmallVec::from_elem(0, places.sizes.len());
    strides[first..first + count].copy_from_slice(&index_strides);
    let shape = Array::unfilled(&[], Dtype::Int64)?.view(places.sizes.clone(), strides, 0);
    let like = layout::result_like(&places.sizes, a.dtype(), &[&source, &shape])?;
    if like.is_contiguous() {
        return Ok(out);
    }
    copy::copy_into(&like, &out)?;
    Ok(like)
}

/// Fills a contiguous result.
fn gather_places(a: &Array, places: &Places, out: &Array) {
    let size = a.dtype().size();
    let (from, to) = (a.data_pointer() as usize, out.data_pointer() as usize);
    if places.after.len() == 1 && places.before.len() == 1 {
        let base = places.before[0] + places.after[0];
        match size {
            4 => gather::<u32>(a, out, &places.indexed, base),
            8 => gather::<u64>(a, out, &places.indexed, base),
            1 => gather::<u8>(a, out, &places.indexed, base),
            2 => gather::<u16>(a, out, &places.indexed, base),
            _ => gather::<Element128>(a, out, &places.indexed, base),
        }
        return;
    }
    if places.dense() {
        let block = places.after.len() * size;
        let mut target = to;
        for &b in &places.before {
            for &i in &places.indexed {
                // SAFETY: offsets were checked against the array's sizes; the output holds one block for each.
                unsafe { copy_blocks(from as isize + (b + i) as isize * size as isize, target as isize, block) };
                target += block;
            }
        }
        return;
    }
    for (k, offset) in places.all().enumerate() {
        // SAFETY: as above, an element at a time.
        unsafe {
            copy_blocks(
                from as isize + offset as isize * size as isize,
                (to + k * size) as isize,
                size,
            )
        };
    }
}

fn gather<W: Copy + Send + Sync>(a: &Array, out: &Array, offsets: &[i64], base: i64) {
    let source = super::SharedPointer(a.data_pointer().cast::<W>());
    // SAFETY: the output is fresh and holds as many elements of this width.
    let target = unsafe { std::slice::from_raw_parts_mut(out.data_pointer().cast::<W>(), offsets.len()) };
    let target = SharedSlice::new(target);
    elementwise::split(offsets.len(), elementwise::TASK, &|range| {
        let from = source.get();
        // SAFETY: ranges are disjoint.
        let part = unsafe { target.part(range.start, range.len()) };
        for (x, &offset) in part.iter_mut().zip(&offsets[range]) {
            // SAFETY: offsets were checked against the array's sizes.
            *x = unsafe { *from.offset((base + offset) as isize) };
        }
    });
}

/// `a[indices] = values`, in place; with `accumulate` values of repeated places add up.
pub fn index_put_(a: &Array, indices: &[Option<Array>], values: &Array, accumulate: bool) -> Result<()> {
    layout::assert_no_internal_overlap(a)?;
    if values.dtype() != a.dtype() {
        return error::runtime(format!(
            "Index put requires the source and destination dtypes match, got {} for the destination and {} for the source.",
            a.dtype().scalar_type(),
            values.dtype().scalar_type()
        ));
    }
    let places = places(a, indices)?;
    let fits = layout::broadcast_sizes(values.sizes(), &places.sizes).is_ok_and(|sizes| sizes == places.sizes);
    if !fits {
        return error::runtime(format!(
            "shape mismatch: value tensor of shape {} cannot be broadcast to indexing result of shape {}",
            format_sizes(values.sizes()),
            format_sizes(&places.sizes)
        ));
    }
    let values = copy::contiguous(&layout::expand(values, &places.sizes)?)?;
    // A source on the same storage must not change under our hands.
    let values = if std::rc::Rc::ptr_eq(values.storage(), a.storage()) {
        copy::to_contiguous(&values)?
    } else {
        values
    };
    if accumulate {
        return super::accumulate_at(a, places.all(), &values, super::Combine::Sum);
    }
    let size = a.dtype().size();
    let (from, to) = (values.data_pointer() as isize, a.data_pointer() as isize);
    if places.dense() {
        let block = places.after.len() * size;
        for (k, (b, i)) in places
            .before
            .iter()
            .flat_map(|b| places.indexed.iter().map(move |i| (b, i)))
            .enumerate()
        {
            // SAFETY: as in `index`, the other way round.
            unsafe {
                copy_blocks(
                    from + (k * block) as isize,
                    to + (b + i) as isize * size as isize,
                    block,
                )
            };
        }
        return Ok(());
    }
    for (k, offset) in places.all().enumerate() {
        // SAFETY: as in `index`, the other way round.
        unsafe { copy_blocks(from + (k * size) as isize, to + offset as isize * size as isize, size) };
    }
    Ok(())
}
