//! Views: other sizes, strides and offsets on the same storage.

use super::array::{Array, Dims, contiguous_strides, format_sizes, numel_of};
use super::copy;
use super::dtype::Dtype;
use super::error::{self, Result};
use super::layout::{view_strides, wrap_dim};
use smallvec::SmallVec;

/// Element `index` along `dim`, which disappears.
pub fn select(a: &Array, dim: i64, index: i64) -> Result<Array> {
    if a.dim() == 0 {
        return error::index("select() cannot be applied to a 0-dim tensor.");
    }
    let d = wrap_dim(dim, a.dim())?;
    let size = a.sizes()[d];
    if index < -size || index >= size {
        return error::index(format!(
            "select(): index {index} out of range for tensor of size {} at dimension {d}",
            format_sizes(a.sizes())
        ));
    }
    let at = if index < 0 { index + size } else { index };
    let (mut sizes, mut strides) = (Dims::new(), Dims::new());
    for (other, (&size, &stride)) in a.sizes().iter().zip(a.strides()).enumerate() {
        if other != d {
            sizes.push(size);
            strides.push(stride);
        }
    }
    Ok(a.view(sizes, strides, a.offset() + at * a.strides()[d]))
}

/// Every `step`-th element of `start..end` along `dim`, as Python slices.
pub fn slice(a: &Array, dim: i64, start: Option<i64>, end: Option<i64>, step: i64) -> Result<Array> {
    if a.dim() == 0 {
        return error::runtime("slice() cannot be applied to a 0-dim tensor.");
    }
    let d = wrap_dim(dim, a.dim())?;
    if step <= 0 {
        return error::runtime("slice step must be positive");
    }
    let size = a.sizes()[d];
    let clip = |i: i64| if i < 0 { (i + size).max(0) } else { i.min(size) };
    let from = clip(start.unwrap_or(0));
    let to = clip(end.unwrap_or(i64::MAX)).max(from);
    let (mut sizes, mut strides): (Dims, Dims) = (a.sizes().into(), a.strides().into());
    let offset = a.offset() + from * strides[d];
    sizes[d] = (to - from + (step - 1)) / step;
    strides[d] = strides[d].saturating_mul(step);
    Ok(a.view(sizes, strides, offset))
}

/// `length` elements from `start` along `dim`.
pub fn narrow(a: &Array, dim: i64, start: i64, length: i64) -> Result<Array> {
    if a.dim() == 0 {
        return error::runtime("narrow() cannot be applied to a 0-dim tensor.");
    }
    if length < 0 {
        return error::runtime("narrow(): length must be non-negative.");
    }
    let d = wrap_dim(dim, a.dim())?;
    let size = a.sizes()[d];
    if start < -size || start > size {
        return error::index(format!(
            "start out of range (expected to be in range of [{}, {size}], but got {start})",
            -size
        ));
    }
    let from = if start < 0 { start + size } else { start };
    if from > size - length {
        return error::runtime(format!(
            "start ({from}) + length ({length}) exceeds dimension size ({size})."
        ));
    }
    slice(a, dim, Some(from), Some(from + length), 1)
}

/// Two dimensions exchanged.
pub fn transpose(a: &Array, dim0: i64, dim1: i64) -> Result<Array> {
    let (d0, d1) = (wrap_dim(dim0, a.dim())?, wrap_dim(dim1, a.dim())?);
    let (mut sizes, mut strides): (Dims, Dims) = (a.sizes().into(), a.strides().into());
    if d0 != d1 {
        sizes.swap(d0, d1);
        strides.swap(d0, d1);
    }
    Ok(a.view(sizes, strides, a.offset()))
}

/// Dimensions in another order.
pub fn permute(a: &Array, dims: &[i64]) -> Result<Array> {
    if dims.len() != a.dim() {
        return error::runtime(format!(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {} is not equal to len(dims) = {}",
            a.dim(),
            dims.len()
        ));
    }
    let mut seen: SmallVec<[bool; 8]> = SmallVec::from_elem(false, a.dim());
    let (mut sizes, mut strides) = (Dims::new(), Dims::new());
    for &dim in dims {
        let d = wrap_dim(dim, a.dim())?;
        if std::mem::replace(&mut seen[d], true) {
            return error::runtime("permute(): duplicate dims are not allowed.");
        }
        sizes.push(a.sizes()[d]);
        strides.push(a.strides()[d]);
    }
    Ok(a.view(sizes, strides, a.offset()))
}

/// Dimensions of size 1 grown without copying; -1 keeps a size.
pub fn expand(a: &Array, sizes: &[i64]) -> Result<Array> {
    if sizes.len() < a.dim() {
        return error::runtime(format!(
            "expand(torch.{}Tensor{{{}}}, size={}): the number of sizes provided ({}) must be greater or equal to the number of dimensions in the tensor ({})",
            a.dtype().scalar_type(),
            format_sizes(a.sizes()),
            format_sizes(sizes),
            sizes.len(),
            a.dim()
        ));
    }
    let lead = sizes.len() - a.dim();
    let (mut result, mut strides) = (Dims::new(), Dims::new());
    for (d, &wanted) in sizes.iter().enumerate() {
        let (size, stride) = if d < lead {
            (1, 0)
        } else {
            (a.sizes()[d - lead], a.strides()[d - lead])
        };
        if wanted == -1 {
            if d < lead {
                return error::runtime(format!(
                    "The expanded size of the tensor ({wanted}) isn't allowed in a leading, non-existing dimension {d}"
                ));
            }
            result.push(size);
            strides.push(stride);
        } else if size == wanted {
            result.push(size);
            strides.push(stride);
        } else if size == 1 && wanted >= 0 {
            result.push(wanted);
            strides.push(0);
        } else {
            return error::runtime(format!(
                "The expanded size of the tensor ({wanted}) must match the existing size ({size}) at non-singleton dimension {d}.  Target sizes: {}.  Tensor sizes: {}",
                format_sizes(sizes),
                format_sizes(a.sizes())
            ));
        }
    }
    Ok(a.view(result, strides, a.offset()))
}

/// A new dimension of size 1 at `dim`.
pub fn unsqueeze(a: &Array, dim: i64) -> Result<Array> {
    let d = wrap_dim(dim, a.dim() + 1)?;
    let (mut sizes, mut strides): (Dims, Dims) = (a.sizes().into(), a.strides().into());
    let stride = if d < a.dim() { sizes[d] * strides[d] } else { 1 };
    sizes.insert(d, 1);
    strides.insert(d, stride);
    Ok(a.view(sizes, strides, a.offset()))
}

/// Without the dimensions of size 1, or without those of `dims` that have size 1.
pub fn squeeze(a: &Array, dims: Option<&[i64]>) -> Result<Array> {
    let flags = match dims {
        None => SmallVec::from_elem(true, a.dim()),
        Some(dims) => super::layout::wrap_dims(dims, a.dim())?,
    };
    let (mut sizes, mut strides) = (Dims::new(), Dims::new());
    for (d, &flag) in flags.iter().enumerate() {
        if !(flag && a.sizes()[d] == 1) {
            sizes.push(a.sizes()[d]);
            strides.push(a.strides()[d]);
        }
    }
    Ok(a.view(sizes, strides, a.offset()))
}

/// Sizes with a single -1 replaced by what the number of elements demands.
pub fn infer_sizes(sizes: &[i64], numel: i64) -> Result<Dims> {
    let mut inferred = None;
    let mut known = 1i64;
    for (d, &size) in sizes.iter().enumerate() {
        if size == -1 {
            if inferred.replace(d).is_some() {
                return error::runtime("only one dimension can be inferred");
            }
        } else if size < 0 {
            return error::runtime(format!(
                "invalid shape dimension {size} at index {d} of shape {}",
                format_sizes(sizes)
            ));
        } else {
            known = known.saturating_mul(size);
        }
    }
    let fits = known == numel || (inferred.is_some() && known > 0 && numel % known == 0);
    if !fits {
        if inferred.is_some() && known == 0 && numel == 0 {
            return error::runtime(format!(
                "cannot reshape tensor of 0 elements into shape {} because the unspecified dimension size -1 can be any value and is ambiguous",
                format_sizes(sizes)
            ));
        }
        return error::runtime(format!(
            "shape '{}' is invalid for input of size {numel}",
            format_sizes(sizes)
        ));
    }
    let mut result: Dims = sizes.into();
    if let Some(d) = inferred {
        if known == 0 {
            return error::runtime(format!(
                "cannot reshape tensor of 0 elements into shape {} because the unspecified dimension size -1 can be any value and is ambiguous",
                format_sizes(sizes)
            ));
        }
        result[d] = numel / known;
    }
    Ok(result)
}

/// Other sizes without copying; an error where strides forbid it: `view`.
pub fn view(a: &Array, sizes: &[i64]) -> Result<Array> {
    let sizes = infer_sizes(sizes, a.numel() as i64)?;
    match view_strides(a.sizes(), a.strides(), &sizes) {
        Some(strides) => Ok(a.view(sizes, strides, a.offset())),
        None => error::runtime(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
        ),
    }
}

/// Other sizes: a view where possible, else a copy. Tells whether it is a view.
pub fn reshape(a: &Array, sizes: &[i64]) -> Result<(Array, bool)> {
    let sizes = infer_sizes(sizes, a.numel() as i64)?;
    if let Some(strides) = view_strides(a.sizes(), a.strides(), &sizes) {
        return Ok((a.view(sizes, strides, a.offset()), true));
    }
    let fresh = copy::to_contiguous(a)?;
    let strides = contiguous_strides(&sizes);
    Ok((fresh.view(sizes, strides, 0), false))
}

/// Any sizes, strides and offset (in elements) that stay inside the storage.
pub fn as_strided(a: &Array, sizes: &[i64], strides: &[i64], offset: Option<i64>) -> Result<Array> {
    if sizes.len() != strides.len() {
        return error::runtime("mismatch in length of strides and shape");
    }
    let offset = offset.unwrap_or(a.offset());
    let numel = numel_of(sizes)?;
    if strides.iter().any(|&stride| stride < 0) {
        return error::runtime(format!(
            "as_strided: Negative strides are not supported at the moment, got strides: {}",
            format_sizes(strides)
        ));
    }
    if offset < 0 {
        return error::runtime(format!("Tensor: invalid storage offset {offset}"));
    }
    let last: i128 = if numel == 0 {
        0
    } else {
        1 + offset as i128
            + sizes
                .iter()
                .zip(strides)
                .map(|(&n, &s)| (n as i128 - 1) * s as i128)
                .sum::<i128>()
    };
    let bytes = last * a.dtype().size() as i128;
    if bytes > a.storage().len() as i128 {
        return error::runtime(format!(
            "setStorage: sizes {}, strides {}, storage offset {offset}, and itemsize {} requiring a storage size of {bytes} are out of bounds for storage of size {}",
            format_sizes(sizes),
            format_sizes(strides),
            a.dtype().size(),
            a.storage().len()
        ));
    }
    Ok(a.view(sizes.into(), strides.into(), offset))
}

/// The diagonal of two dimensions as a last dimension.
pub fn diagonal(a: &Array, offset: i64, dim1: i64, dim2: i64) -> Result<Array> {
    let (d1, d2) = (wrap_dim(dim1, a.dim())?, wrap_dim(dim2, a.dim())?);
    if d1 == d2 {
        return error::runtime(format!("diagonal dimensions cannot be identical {dim1}, {dim2}"));
    }
    let (mut sizes, mut strides): (Dims, Dims) = (a.sizes().into(), a.strides().into());
    let length = if offset >= 0 {
        sizes[d1].min(sizes[d2].saturating_sub(offset))
    } else {
        sizes[d1].saturating_add(offset).min(sizes[d2])
    }
    .max(0);
    let start = if length == 0 {
        0
    } else if offset >= 0 {
        offset * strides[d2]
    } else {
        -offset * strides[d1]
    };
    let stride = strides[d1] + strides[d2];
    for d in [d1.max(d2), d1.min(d2)] {
        sizes.remove(d);
        strides.remove(d);
    }
    sizes.push(length);
    strides.push(stride);
    Ok(a.view(sizes, strides, a.offset() + start))
}

/// Windows of `size` elements every `step` along `dim`, as a last dimension.
pub fn unfold(a: &Array, dim: i64, size: i64, step: i64) -> Result<Array> {
    let d = wrap_dim(dim, a.dim())?;
    let extent = if a.dim() == 0 { 1 } else { a.sizes()[d] };
    if size < 0 {
        return error::runtime(format!("size is {size} but must be >= 0"));
    }
    if size > extent {
        return error::runtime(format!(
            "maximum size for tensor at dimension {d} is {extent} but size is {size}"
        ));
    }
    if step <= 0 {
        return error::runtime(format!("step is {step} but must be > 0"));
    }
    let (mut sizes, mut strides): (Dims, Dims) = (a.sizes().into(), a.strides().into());
    sizes.push(size);
    strides.push(if a.dim() == 0 { 1 } else { strides[d] });
    if d < a.dim() {
        sizes[d] = (extent - size) / step + 1;
        strides[d] = strides[d].saturating_mul(step);
    }
    Ok(a.view(sizes, strides, a.offset()))
}

/// The same bytes as another dtype: `view(dtype)`. The last dimension shrinks or grows where the element sizes differ.
pub fn view_dtype(a: &Array, dtype: Dtype) -> Result<Array> {
    let (from, to) = (a.dtype().size() as i64, dtype.size() as i64);
    let (mut sizes, mut strides): (Dims, Dims) = (a.sizes().into(), a.strides().into());
    if from == to {
        return Ok(a.reinterpret(dtype, sizes, strides, a.offset()));
    }
    let Some(last) = sizes.len().checked_sub(1) else {
        return error::runtime(format!(
            "self.dim() cannot be 0 to view {} as {} (different element sizes)",
            a.dtype().scalar_type(),
            dtype.scalar_type()
        ));
    };
    if strides[last] != 1 {
        return error::runtime(format!(
            "self.stride(-1) must be 1 to view {} as {} (different element sizes), but got {}",
            a.dtype().scalar_type(),
            dtype.scalar_type(),
            strides[last]
        ));
    }
    if from > to {
        let ratio = from / to;
        sizes[last] *= ratio;
        for stride in strides.iter_mut().take(last) {
            *stride *= ratio;
        }
        return Ok(a.reinterpret(dtype, sizes, strides, a.offset() * ratio));
    }
    let ratio = to / from;
    let described = |what: &str, value: i64| {
        error::runtime(format!(
            "{what} must be divisible by {ratio} to view {} as {} (different element sizes), but got {value}",
            a.dtype().scalar_type(),
            dtype.scalar_type()
        ))
    };
    if sizes[last] % ratio != 0 {
        return described("self.size(-1)", sizes[last]);
    }
    if a.offset() % ratio != 0 {
        return described("self.storage_offset()", a.offset());
    }
    for (d, stride) in strides.iter_mut().enumerate().take(last) {
        if *stride % ratio != 0 {
            let value = *stride;
            return described(&format!("self.stride({d})"), value);
        }
        *stride /= ratio;
    }
    sizes[last] /= ratio;
    Ok(a.reinterpret(dtype, sizes, strides, a.offset() / ratio))
}

/// Pairs along the last dimension as complex numbers.
pub fn view_as_complex(a: &Array) -> Result<Array> {
    let dtype = match a.dtype() {
        Dtype::Float32 => Dtype::Complex64,
        Dtype::Float64 => Dtype::Complex128,
        other => {
            return error::runtime(format!(
                "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: {}",
                other.scalar_type()
            ));
        }
    };
    if a.dim() == 0 {
        return error::runtime("Input tensor must have one or more dimensions");
    }
    let (mut sizes, mut strides): (Dims, Dims) = (a.sizes().into(), a.strides().into());
    if sizes.pop() != Some(2) {
        return error::runtime("Tensor must have a last dimension of size 2");
    }
    if strides.pop() != Some(1) {
        return error::runtime("Tensor must have a last dimension with stride 1");
    }
    for stride in &mut strides {
        if *stride % 2 != 0 {
            return error::runtime("Tensor must have a stride divisible by 2 for all but last dimension");
        }
        *stride /= 2;
    }
    if a.offset() % 2 != 0 {
        return error::runtime("Tensor must have a storage_offset divisible by 2");
    }
    Ok(a.reinterpret(dtype, sizes, strides, a.offset() / 2))
}
