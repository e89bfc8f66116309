//! Largest and smallest elements, and where they are; any and all.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, ErrorKind, Result};
use super::super::kernels::per_level;
use super::super::lane::Lane;
use super::super::layout;
use super::super::unary::unsupported;
use super::{SharedSlice, arrange, nonzero_dim, one_flag, reduced_flags};

/// Which end of the order to look for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Largest,
    Smallest,
}

trait Ordered: Lane + PartialOrd {
    fn is_nan(self) -> bool;
}
impl Ordered for i64 {
    fn is_nan(self) -> bool {
        false
    }
}
impl Ordered for f32 {
    #[inline(always)]
    fn is_nan(self) -> bool {
        self.is_nan()
    }
}
impl Ordered for f64 {
    #[inline(always)]
    fn is_nan(self) -> bool {
        self.is_nan()
    }
}

/// The first extremal element and its index; the first nan wins. Rows are not empty.
fn find<T: Ordered>(row: &[T], end: End) -> (T, usize) {
    // The value first, in a loop that vectorises; then its block, then its place.
    let value = extremum(row, end == End::Largest);
    let at = position(row, value);
    (row.get(at).copied().unwrap_or_default(), at)
}

const WAYS: usize = 32;

/// The extremal element; nan if there is one. The order's end is `LARGEST`.
#[inline(always)]
fn extremum_loop<T: Ordered, const LARGEST: bool>(row: &[T]) -> T {
    let Some(&first) = row.first() else { return T::default() };
    // A nan stays: no comparison with it holds.
    let pick = |best: T, x: T| {
        let better = if LARGEST { !(x <= best) } else { !(x >= best) };
        if better && !best.is_nan() { x } else { best }
    };
    let mut best = [first; WAYS];
    let blocks = row.chunks_exact(WAYS);
    let rest = blocks.remainder();
    for block in blocks {
        for (best, &x) in best.iter_mut().zip(block) {
            *best = pick(*best, x);
        }
    }
    best.iter().chain(rest).copied().fold(first, pick)
}

per_level! { fn largest[T: Ordered](row: &[T]) -> T = extremum_loop::<T, true> }
per_level! { fn smallest[T: Ordered](row: &[T]) -> T = extremum_loop::<T, false> }

fn extremum<T: Ordered>(row: &[T], largest_end: bool) -> T {
    if largest_end { largest(row) } else { smallest(row) }
}

#[inline(always)]
fn position_loop<T: Ordered>(row: &[T], value: T) -> usize {
    let hit = |x: T| x == value || (x.is_nan() && value.is_nan());
    for (block, values) in row.chunks(WAYS * 8).enumerate() {
        if values.iter().fold(false, |any, &x| any | hit(x)) {
            return block * WAYS * 8 + values.iter().position(|&x| hit(x)).unwrap_or(0);
        }
    }
    0
}

per_level! { fn position[T: Ordered](row: &[T], value: T) -> usize = position_loop }

fn with_index(a: &Array, dim: i64, keepdim: bool, end: End, name: &str) -> Result<(Array, Array)> {
    if a.dtype().is_complex() {
        return error::type_error(format!("{name}(): does not support complex input"));
    }
    let at = nonzero_dim(&format!("{name}()"), a, dim)?;
    let flags = one_flag(a.dim(), at);
    fn run<T: Ordered>(a: &Array, flags: &[bool], keepdim: bool, end: End) -> Result<(Array, Array)> {
        let arranged = arrange::<T>(a, flags, keepdim)?;
        let values = Array::unfilled(&arranged.sizes, T::DTYPE)?;
        let indices = Array::unfilled(&arranged.sizes, Dtype::Int64)?;
        let (v, i) = (
            SharedSlice::new(values.fresh_slice_mut::<T>()),
            SharedSlice::new(indices.fresh_slice_mut::<i64>()),
        );
        arranged.each_row::<T>(&|at, row| {
            let (value, index) = find(row, end);
            // SAFETY: every row writes its own elements.
            unsafe {
                v.write(at, value);
                i.write(at, index as i64);
            }
        });
        Ok((values, indices))
    }
    let (values, indices) = match a.dtype() {
        Dtype::Float64 => run::<f64>(a, &flags, keepdim, end)?,
        dtype if dtype.is_floating_point() => run::<f32>(a, &flags, keepdim, end)?,
        _ => run::<i64>(a, &flags, keepdim, end)?,
    };
    Ok((copy::into_dtype(values, a.dtype())?, indices))
}

/// The largest elements along `dim` and the index of the first of each.
pub fn max_dim(a: &Array, dim: i64, keepdim: bool) -> Result<(Array, Array)> {
    with_index(a, dim, keepdim, End::Largest, "max")
}

/// The smallest elements along `dim` and the index of the first of each.
pub fn min_dim(a: &Array, dim: i64, keepdim: bool) -> Result<(Array, Array)> {
    with_index(a, dim, keepdim, End::Smallest, "min")
}

fn values_only(a: &Array, flags: &[bool], keepdim: bool, end: End, name: &str) -> Result<Array> {
    fn run<T: Ordered>(a: &Array, flags: &[bool], keepdim: bool, f: &(dyn Fn(&[T]) -> T + Sync)) -> Result<Array> {
        arrange::<T>(a, flags, keepdim)?.rows::<T, T>(f)
    }
    let result = match a.dtype() {
        dtype if dtype.is_complex() => return unsupported(name, dtype),
        Dtype::Float64 => run::<f64>(a, flags, keepdim, &|row| extremum(row, end == End::Largest))?,
        dtype if dtype.is_floating_point() => run::<f32>(a, flags, keepdim, &|row| extremum(row, end == End::Largest))?,
        _ => run::<i64>(a, flags, keepdim, &|row| extremum(row, end == End::Largest))?,
    };
    copy::into_dtype(result, a.dtype())
}

fn whole(a: &Array, end: End, name: &str) -> Result<Array> {
    if a.numel() == 0 {
        return error::runtime(format!(
            "{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
        ));
    }
    values_only(a, &reduced_flags(a, None)?, false, end, &format!("{name}_all"))
}

/// The largest element.
pub fn max(a: &Array) -> Result<Array> {
    whole(a, End::Largest, "max")
}

/// The smallest element.
pub fn min(a: &Array) -> Result<Array> {
    whole(a, End::Smallest, "min")
}

fn over_dims(a: &Array, dims: Option<&[i64]>, keepdim: bool, end: End, name: &str) -> Result<Array> {
    let flags = reduced_flags(a, dims)?;
    if a.numel() == 0 {
        match dims {
            None | Some([]) => {
                return error::runtime(format!(
                    "{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
                ));
            }
            Some(_) => {
                if let Some(d) = (0..a.dim()).find(|&d| flags[d] && a.sizes()[d] == 0) {
                    return error::index(format!("{name}(): Expected reduction dim {d} to have non-zero size."));
                }
            }
        }
    }
    let kernel = if end == End::Largest {
        "max_values_cpu"
    } else {
        "min_values_cpu"
    };
    values_only(a, &flags, keepdim, end, kernel)
}

/// The largest elements over `dims` (all if None or empty).
pub fn amax(a: &Array, dims: Option<&[i64]>, keepdim: bool) -> Result<Array> {
    over_dims(a, dims, keepdim, End::Largest, "amax")
}

/// The smallest elements over `dims` (all if None or empty).
pub fn amin(a: &Array, dims: Option<&[i64]>, keepdim: bool) -> Result<Array> {
    over_dims(a, dims, keepdim, End::Smallest, "amin")
}

fn arg(a: &Array, dim: Option<i64>, keepdim: bool, end: End, name: &str) -> Result<Array> {
    if a.dtype() == Dtype::Bool {
        return error::not_implemented(format!("{name}(): does not support bool input"));
    }
    if a.dtype().is_complex() {
        return error::type_error(format!("{name}(): does not support complex input"));
    }
    match dim {
        Some(dim) => {
            if a.dim() > 0 || a.numel() > 0 {
                nonzero_dim(&format!("{name}()"), a, dim)?;
            }
            Ok(with_index(a, dim, keepdim, end, name)?.1)
        }
        None => {
            if a.numel() == 0 {
                return Err(super::super::error::Error::new(
                    ErrorKind::IndexError,
                    format!("{name}(): Expected reduction dim to be specified for input.numel() == 0."),
                ));
            }
            let flat = copy::contiguous(a)?;
            let flat = flat.view(
                [a.numel() as i64].as_slice().into(),
                [1].as_slice().into(),
                flat.offset(),
            );
            let index = with_index(&flat, 0, false, end, name)?.1;
            let sizes: super::super::array::Dims = if keepdim {
                a.sizes().iter().map(|_| 1).collect()
            } else {
                Default::default()
            };
            Ok(super::reshape_fresh(index, &sizes))
        }
    }
}

/// The index of the first largest element along `dim`, or in the flattened array.
pub fn argmax(a: &Array, dim: Option<i64>, keepdim: bool) -> Result<Array> {
    arg(a, dim, keepdim, End::Largest, "argmax")
}

/// The index of the first smallest element along `dim`, or in the flattened array.
pub fn argmin(a: &Array, dim: Option<i64>, keepdim: bool) -> Result<Array> {
    arg(a, dim, keepdim, End::Smallest, "argmin")
}

fn truth(a: &Array, dims: Option<&[i64]>, keepdim: bool, f: &(dyn Fn(&[bool]) -> bool + Sync)) -> Result<Array> {
    let flags = match dims {
        Some([]) => smallvec::SmallVec::from_elem(false, a.dim()),
        dims => reduced_flags(a, dims)?,
    };
    let result = arrange::<bool>(a, &flags, keepdim)?.rows::<bool, bool>(f)?;
    // uint8 keeps its dtype, for old code's sake.
    copy::into_dtype(
        result,
        if a.dtype() == Dtype::Uint8 {
            Dtype::Uint8
        } else {
            Dtype::Bool
        },
    )
}

/// True where any element over `dims` (all if None) is not 0.
pub fn any(a: &Array, dims: Option<&[i64]>, keepdim: bool) -> Result<Array> {
    truth(a, dims, keepdim, &|row| row.iter().any(|&x| x))
}

/// True where all elements over `dims` (all if None) are not 0.
pub fn all(a: &Array, dims: Option<&[i64]>, keepdim: bool) -> Result<Array> {
    truth(a, dims, keepdim, &|row| row.iter().all(|&x| x))
}

/// How many elements are not 0 over `dims` (all if None).
pub fn count_nonzero(a: &Array, dims: Option<&[i64]>) -> Result<Array> {
    let flags = reduced_flags(a, dims)?;
    arrange::<bool>(a, &flags, false)?.rows::<bool, i64>(&|row| row.iter().filter(|&&x| x).count() as i64)
}

/// Smallest and largest over one dimension or all.
pub fn aminmax(a: &Array, dim: Option<i64>, keepdim: bool) -> Result<(Array, Array)> {
    if let Some(dim) = dim {
        layout::wrap_dim(dim, a.dim())?;
        nonzero_dim("aminmax", a, dim)?;
    } else if a.numel() == 0 {
        return error::runtime(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.",
        );
    }
    let dims = dim.map(|dim| [dim]);
    let flags = reduced_flags(a, dims.as_ref().map(|dims| dims.as_slice()))?;
    Ok((
        values_only(a, &flags, keepdim, End::Smallest, "aminmax_cpu")?,
        values_only(a, &flags, keepdim, End::Largest, "aminmax_cpu")?,
    ))
}
