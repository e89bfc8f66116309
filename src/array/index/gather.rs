//! gather, scatter, and selections along one dimension.

use super::super::array::{Array, Dims, format_sizes};
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::layout;
use super::super::scalar::Scalar;
use super::super::view;
use super::{Combine, accumulate_at, copy_blocks, gather_offsets, index_values};

/// Offsets into `a` of the elements that `index` names along `dim`, in the index's row-major order.
fn offsets(a: &Array, dim: usize, index: &Array, values: &[i64]) -> Result<Vec<i64>> {
    let (size, along) = if a.dim() == 0 {
        (1, 1)
    } else {
        (a.sizes()[dim], a.strides()[dim])
    };
    let mut position: Dims = smallvec::SmallVec::from_elem(0, index.dim());
    let mut result = Vec::with_capacity(values.len());
    for &i in values {
        if i < -size || i >= size || i < 0 {
            return error::runtime(format!(
                "index {i} is out of bounds for dimension {dim} with size {size}"
            ));
        }
        let mut offset = i * along;
        for (d, &p) in position.iter().enumerate() {
            if d != dim {
                offset += p * a.strides()[d];
            }
        }
        result.push(offset);
        for d in (0..position.len()).rev() {
            position[d] += 1;
            if position[d] < index.sizes()[d] {
                break;
            }
            position[d] = 0;
        }
    }
    Ok(result)
}

fn dims_of(a: &Array) -> usize {
    a.dim().max(1)
}

/// `out[i][j] = a[index[i][j]][j]` along `dim`.
pub fn gather(a: &Array, dim: i64, index: &Array) -> Result<Array> {
    let d = layout::wrap_dim(dim, a.dim())?;
    let values = index_values("gather()", "/", index)?;
    if index.numel() == 0 {
        return Array::zeros(index.sizes(), a.dtype());
    }
    if dims_of(index) != dims_of(a) {
        return error::runtime("Index tensor must have the same number of dimensions as input tensor");
    }
    if (0..index.dim()).any(|i| i != d && a.dim() > 0 && index.sizes()[i] > a.sizes()[i]) {
        return error::runtime(format!(
            "Size does not match at dimension {} expected index {} to be no larger than self {} apart from dimension {d}",
            (0..index.dim())
                .find(|&i| i != d && index.sizes()[i] > a.sizes()[i])
                .unwrap_or(0),
            format_sizes(index.sizes()),
            format_sizes(a.sizes())
        ));
    }
    let out = gather_offsets(a, &offsets(a, d, index, &values)?)?;
    view::view(&out, index.sizes())
}

/// Checks of scatter: dtypes, dimensions, sizes.
fn check_scatter(name: &str, a: &Array, dim: usize, index: &Array, source: Option<&Array>) -> Result<()> {
    if index.numel() == 0 {
        return Ok(());
    }
    if let Some(source) = source
        && source.dtype() != a.dtype()
    {
        return error::runtime(format!("{name}: Expected self.dtype to be equal to src.dtype"));
    }
    if dims_of(index) != dims_of(a) {
        return error::runtime("Index tensor must have the same number of dimensions as self tensor");
    }
    let too_large = |other: &Array, all: bool| {
        (0..index.dim()).any(|i| (all || i != dim) && other.dim() > 0 && index.sizes()[i] > other.sizes()[i])
    };
    if let Some(source) = source {
        if dims_of(index) != dims_of(source) {
            return error::runtime("Index tensor must have the same number of dimensions as src tensor");
        }
        if too_large(a, false) || too_large(source, true) {
            return error::runtime(format!(
                "Expected index {} to be no larger than self {} apart from dimension {dim} and to be no larger size than src {}",
                format_sizes(index.sizes()),
                format_sizes(a.sizes()),
                format_sizes(source.sizes())
            ));
        }
    } else if too_large(a, false) {
        return error::runtime(format!(
            "Expected index {} to be no larger than self {} apart from dimension {dim}",
            format_sizes(index.sizes()),
            format_sizes(a.sizes())
        ));
    }
    Ok(())
}

/// The part of the source that the index covers, contiguous and apart from the target's storage.
fn covered(source: &Array, index: &Array, target: &Array) -> Result<Array> {
    let part = source.view(index.sizes().into(), source.strides().into(), source.offset());
    if part.is_contiguous() && !std::rc::Rc::ptr_eq(part.storage(), target.storage()) {
        return Ok(part);
    }
    copy::to_contiguous(&part)
}

/// `a[index[i][j]][j] = source[i][j]` along `dim`, in place; with `combine` joined to what is there.
pub fn scatter_(a: &Array, dim: i64, index: &Array, source: &Array, combine: Option<Combine>) -> Result<()> {
    let d = layout::wrap_dim(dim, a.dim())?;
    let name = "scatter()";
    let values = index_values(name, "/", index)?;
    check_scatter(name, a, d, index, Some(source))?;
    if index.numel() == 0 {
        return Ok(());
    }
    layout::assert_no_internal_overlap(a)?;
    let places = offsets(a, d, index, &values)?;
    let source = if source.dim() == index.dim() {
        covered(source, index, a)?
    } else {
        copy::to_contiguous(source)?
    };
    place(a, &places, &source, combine)
}

/// Writes the elements of a contiguous source at these offsets.
fn place(a: &Array, places: &[i64], source: &Array, combine: Option<Combine>) -> Result<()> {
    if let Some(combine) = combine {
        return accumulate_at(a, places.iter().copied(), source, combine);
    }
    let size = a.dtype().size();
    let (from, to) = (source.data_pointer() as isize, a.data_pointer() as isize);
    for (i, &offset) in places.iter().enumerate().take(source.numel()) {
        // SAFETY: offsets are of elements of the array; the source has an element for each.
        unsafe { copy_blocks(from + (i * size) as isize, to + offset as isize * size as isize, size) };
    }
    Ok(())
}

/// `scatter_` with one number as the source.
pub fn scatter_fill_(a: &Array, dim: i64, index: &Array, value: Scalar, combine: Option<Combine>) -> Result<()> {
    let d = layout::wrap_dim(dim, a.dim())?;
    let values = index_values("scatter()", "/", index)?;
    check_scatter("scatter()", a, d, index, None)?;
    if index.numel() == 0 {
        return Ok(());
    }
    let places = offsets(a, d, index, &values)?;
    let source = copy::full(index.sizes(), value, a.dtype())?;
    place(a, &places, &source, combine)
}

/// `scatter_reduce_`: sum, prod, mean, amax or amin of the values that meet at a place, with or without what is there.
pub fn scatter_reduce_(
    a: &Array,
    dim: i64,
    index: &Array,
    source: &Array,
    reduce: &str,
    include_self: bool,
) -> Result<()> {
    let d = layout::wrap_dim(dim, a.dim())?;
    let (combine, start) = match reduce {
        "sum" | "mean" => (Combine::Sum, Scalar::Int(0)),
        "prod" => (Combine::Prod, Scalar::Int(1)),
        "amax" => (Combine::Amax, lowest(a.dtype(), false)),
        "amin" => (Combine::Amin, lowest(a.dtype(), true)),
        other => {
            return error::runtime(format!(
                "reduce argument must be either sum, prod, mean, amax or amin, got {other}"
            ));
        }
    };
    if a.dtype() == Dtype::Bool && reduce == "mean" || a.dtype().is_complex() && reduce.starts_with("am") {
        return super::super::unary::unsupported(&format!("scatter_gather_tensor_cpu_reduce_{reduce}"), a.dtype());
    }
    let values = index_values("scatter_reduce()", "/", index)?;
    check_scatter("scatter_reduce()", a, d, index, Some(source))?;
    if index.numel() == 0 {
        return Ok(());
    }
    if !include_self {
        scatter_fill_(a, dim, index, start, None)?;
    }
    let places = offsets(a, d, index, &values)?;
    let source = if source.dim() == index.dim() {
        covered(source, index, a)?
    } else {
        copy::to_contiguous(source)?
    };
    place(a, &places, &source, Some(combine))?;
    if reduce == "mean" {
        let counts = copy::full(a.sizes(), Scalar::Int(include_self as i64), Dtype::Int64)?;
        let ones = copy::full(index.sizes(), Scalar::Int(1), Dtype::Int64)?;
        scatter_(&counts, dim, index, &ones, Some(Combine::Sum))?;
        let counts = super::super::binary::maximum(&counts, Scalar::Int(1))?;
        let mean = if a.dtype().is_integral() {
            super::super::binary::floor_divide(a, &counts)?
        } else {
            super::super::binary::div(a, &counts)?
        };
        copy::copy_into(a, &mean)?;
    }
    Ok(())
}

/// The number below (or above) all others of a dtype.
fn lowest(dtype: Dtype, highest: bool) -> Scalar {
    let (low, high) = match dtype {
        Dtype::Bool => (0, 1),
        Dtype::Uint8 => (0, u8::MAX as i64),
        Dtype::Int8 => (i8::MIN as i64, i8::MAX as i64),
        Dtype::Int16 => (i16::MIN as i64, i16::MAX as i64),
        Dtype::Int32 => (i32::MIN as i64, i32::MAX as i64),
        Dtype::Int64 => (i64::MIN, i64::MAX),
        _ => return Scalar::Float(if highest { f64::INFINITY } else { f64::NEG_INFINITY }),
    };
    Scalar::Int(if highest { high } else { low })
}

/// The slices of `a` along `dim` that `index`, a vector, names.
pub fn index_select(a: &Array, dim: i64, index: &Array) -> Result<Array> {
    let d = layout::wrap_dim(dim, a.dim())?;
    if index.dim() > 1 {
        return error::index("index_select(): Index is supposed to be a vector");
    }
    let values = index_values("index_select()", " or ", index)?;
    let size = if a.dim() == 0 { 1 } else { a.sizes()[d] };
    if values.iter().any(|&i| i < 0 || i >= size) {
        return error::index("index out of range in self");
    }
    if a.dim() == 0 {
        return copy::clone(a);
    }
    let mut indices: Vec<Option<Array>> = vec![None; d];
    let flat = if index.dim() == 0 {
        view::unsqueeze(index, 0)?
    } else {
        index.clone()
    };
    indices.push(Some(flat));
    super::index(a, &indices)
}

/// Rows of index_add_ and its kin: for every index the slice of `a` and that of `source`.
fn along(
    a: &Array,
    dim: usize,
    values: &[i64],
    source: &Array,
    name: &str,
    as_index: bool,
) -> Result<Vec<(Array, Array)>> {
    let (a1, s1) = (
        if a.dim() == 0 {
            view::unsqueeze(a, 0)?
        } else {
            a.clone()
        },
        if source.dim() == 0 {
            view::unsqueeze(source, 0)?
        } else {
            source.clone()
        },
    );
    let size = a1.sizes()[dim];
    values
        .iter()
        .enumerate()
        .map(|(k, &i)| {
            if i < -size || i >= size || i < 0 {
                let message = format!("{name}index {i} is out of bounds for dimension {dim} with size {size}");
                return if as_index {
                    error::index(message)
                } else {
                    error::runtime(message)
                };
            }
            Ok((
                view::select(&a1, dim as i64, i)?,
                view::select(&s1, dim as i64, k as i64)?,
            ))
        })
        .collect()
}

/// `a[index[k]] += alpha * source[k]` along `dim`, in place.
pub fn index_add_(a: &Array, dim: i64, index: &Array, source: &Array, alpha: Scalar) -> Result<()> {
    let d = layout::wrap_dim(dim, a.dim())?;
    if index.dim() > 1 {
        return error::index(format!(
            "index_add_(): Index is supposed to be a vector, but got dim: {} with type: {} and size: {}",
            index.dim(),
            index.dtype().scalar_type(),
            format_sizes(index.sizes())
        ));
    }
    let values = index_values("index_add_()", "/", index)?;
    if source.dtype() != a.dtype() {
        return error::runtime(format!(
            "index_add_(): self ({}) and source ({}) must have the same scalar type",
            a.dtype().scalar_type(),
            source.dtype().scalar_type()
        ));
    }
    let count = if source.dim() == 0 {
        1
    } else {
        source.sizes().get(d).copied().unwrap_or(1)
    };
    if count != values.len() as i64 {
        return error::runtime(format!(
            "index_add_(): Number of indices ({}) should be equal to source.size(dim): ({count}), for dim: {d}",
            values.len()
        ));
    }
    let rest = |array: &Array| -> Vec<i64> { (0..array.dim()).filter(|&i| i != d).map(|i| array.sizes()[i]).collect() };
    if a.dim() > 0
        && rest(a) != rest(source)
        && (source.dim() > 0 || a.numel() > 0)
        && !(source.dim() == 0 && a.dim() == 1)
    {
        return error::runtime(format!(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = {} source.shape = {}",
            format_sizes(a.sizes()),
            format_sizes(source.sizes())
        ));
    }
    for (target, source) in along(a, d, &values, source, "", false)? {
        let sum = super::super::binary::add_scaled(&target, &source, alpha)?;
        copy::copy_into(&target, &sum)?;
    }
    Ok(())
}

/// `a[index[k]] = source[k]` along `dim`, in place.
pub fn index_copy_(a: &Array, dim: i64, index: &Array, source: &Array) -> Result<()> {
    let d = layout::wrap_dim(dim, a.dim())?;
    if index.dim() > 1 {
        return error::index(format!(
            "index_copy_(): Index should have dimension 1 or 0 (got {})",
            index.dim()
        ));
    }
    let count = if source.dim() == 0 {
        1
    } else {
        source.sizes().get(d).copied().unwrap_or(1)
    };
    if !matches!(index.dtype(), Dtype::Int64) {
        return error::runtime(format!(
            "index_copy_(): Expected a long tensor for index, but got {}",
            index.dtype().scalar_type()
        ));
    }
    if source.dtype() != a.dtype() {
        return error::runtime(format!(
            "index_copy_(): self and source expected to have the same dtype, but got (self) {} and (source) {}",
            a.dtype().scalar_type(),
            source.dtype().scalar_type()
        ));
    }
    let values = copy::lanes::<i64>(index)?;
    if count != values.len() as i64 {
        return error::index(format!(
            "index_copy_(): Number of indices ({}) should be equal to source.size(dim) ({count})",
            values.len()
        ));
    }
    for (target, source) in along(a, d, &values, source, "index_copy_(): ", true)? {
        copy::copy_into(&target, &source)?;
    }
    Ok(())
}

/// `a[index[k]] = value` along `dim`, in place.
pub fn index_fill_(a: &Array, dim: i64, index: &Array, value: Scalar) -> Result<()> {
    let d = layout::wrap_dim(dim, a.dim())?;
    if index.dtype() != Dtype::Int64 {
        return error::index("index_fill_(): Expected dtype int64 for index.");
    }
    let a1 = if a.dim() == 0 {
        view::unsqueeze(a, 0)?
    } else {
        a.clone()
    };
    let size = a1.sizes()[d];
    for &i in copy::lanes::<i64>(index)?.iter() {
        if i < -size || i >= size {
            return error::index(format!("index {i} is out of bounds for dimension {d} with size {size}"));
        }
        copy::fill_(&view::select(&a1, d as i64, i)?, value)?;
    }
    Ok(())
}

/// `index_reduce_`: prod, mean, amax or amin of the slices that meet.
pub fn index_reduce_(
    a: &Array,
    dim: i64,
    index: &Array,
    source: &Array,
    reduce: &str,
    include_self: bool,
) -> Result<()> {
    let d = layout::wrap_dim(dim, a.dim())?;
    if !matches!(reduce, "prod" | "mean" | "amax" | "amin") {
        return error::runtime(format!(
            "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}."
        ));
    }
    let flat = if index.dim() == 0 {
        view::unsqueeze(index, 0)?
    } else {
        index.clone()
    };
    let rows = source.sizes().get(d).copied().unwrap_or(1);
    if flat.numel() as i64 != rows {
        return error::runtime(format!(
            "index_reduce_(): Number of indices ({}) should be equal to source.size(dim): ({rows}), for dim: {dim}",
            flat.numel()
        ));
    }
    let mut sizes: Dims = smallvec::SmallVec::from_elem(1, source.dim());
    if let Some(size) = sizes.get_mut(d) {
        *size = flat.numel() as i64;
    }
    let spread = layout::expand(&view::view(&flat, &sizes)?, source.sizes())?;
    scatter_reduce_(a, dim, &spread, source, reduce, include_self)
}

/// Elements of the flattened array.
pub fn take(a: &Array, index: &Array) -> Result<Array> {
    if index.dtype() != Dtype::Int64 {
        return error::runtime(format!(
            "take(): Expected a long tensor for index, but got {}",
            index.dtype().scalar_type()
        ));
    }
    let flat = copy::contiguous(a)?;
    let out = gather_offsets(&flat, &flat_offsets(a, index)?)?;
    view::view(&out, index.sizes())
}

fn flat_offsets(a: &Array, index: &Array) -> Result<Vec<i64>> {
    let n = a.numel() as i64;
    if n == 0 && index.numel() > 0 {
        return error::index("take(): tried to take from an empty tensor");
    }
    copy::lanes::<i64>(index)?
        .iter()
        .map(|&i| {
            if i < -n || i >= n {
                return error::index(format!(
                    "out of range: tried to access index {i} on a tensor of {n} elements."
                ));
            }
            Ok(if i < 0 { i + n } else { i })
        })
        .collect()
}

/// Writes elements of the flattened array, in place.
pub fn put_(a: &Array, index: &Array, source: &Array, accumulate: bool) -> Result<()> {
    if index.dtype() != Dtype::Int64 {
        return error::runtime(format!(
            "put_(): Expected a long tensor for index, but got {}",
            index.dtype().scalar_type()
        ));
    }
    if a.dtype() != source.dtype() {
        return error::runtime(format!(
            "put_(): self and source expected to have the same dtype, but got self.dtype = {} and source.dtype = {}",
            a.dtype().scalar_type(),
            source.dtype().scalar_type()
        ));
    }
    if index.numel() != source.numel() {
        return error::runtime(format!(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = {}, index.numel() = {}",
            source.numel(),
            index.numel()
        ));
    }
    let flat = if a.is_contiguous() {
        a.clone()
    } else {
        copy::to_contiguous(a)?
    };
    let places = flat_offsets(a, index)?;
    let source = copy::to_contiguous(source)?;
    place(&flat, &places, &source, accumulate.then_some(Combine::Sum))?;
    if a.is_contiguous() {
        Ok(())
    } else {
        copy::copy_into(a, &flat)
    }
}
