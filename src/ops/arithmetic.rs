//! What autograd's engine asks of the op table, and gradients' own arithmetic.

use super::pointwise::arithmetic::add;
use super::reduction::sum_dims;
use super::shape;
use crate::array::{Array, Dims, Dtype, Result, Scalar, copy};
use crate::autograd::Tensor;
use crate::autograd::arithmetic::Arithmetic;

pub(super) static TABLE: Arithmetic = Arithmetic {
    add: |a, b| add(a, b),
    add_in_place,
    clone: shape::clone,
    copy,
    detach: |tensor| Ok(tensor.detach()),
    sum_to,
    to_dtype: shape::to_dtype,
    real: shape::real,
    zeros: |sizes, dtype| Ok(Array::zeros(sizes, dtype)?.into()),
    ones_like: |tensor| Ok(copy::full(tensor.array().sizes(), Scalar::Int(1), tensor.dtype())?.into()),
    has_nan,
    as_strided_node: super::view::as_strided_node,
};

fn add_in_place(target: &Tensor, other: &Tensor) -> Result<()> {
    let sum = crate::array::binary::add(&*target.array(), &*other.array())?;
    super::inplace::write(target, &sum.into())
}

/// As `clone`, by `copy_` into zeros.
fn copy(tensor: &Tensor) -> Result<Tensor> {
    let fresh = Tensor::from(Array::zeros(tensor.array().sizes(), tensor.dtype())?);
    shape::copy_in_place(&fresh, tensor)
}

fn has_nan(tensor: &Tensor) -> Result<bool> {
    Ok(copy::elements(&tensor.array()).iter().any(|element| {
        let (re, im) = element.to_complex();
        re.is_nan() || im.is_nan()
    }))
}

/// A 0-d tensor of a Python number.
pub fn number(scalar: Scalar) -> Result<Tensor> {
    Ok(copy::full(&[], scalar, scalar.dtype(Dtype::Float64))?.into())
}

/// Sums a tensor down to sizes that broadcast to its own, as PyTorch's `sum_to`: one `sum` over the grown dimensions,
/// and a view where leading ones must go.
pub fn sum_to(tensor: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    let from = tensor.sizes();
    if from[..] == *sizes {
        return Ok(tensor.clone());
    }
    if sizes.is_empty() {
        return super::reduction::sum(tensor);
    }
    let leading = from.len().saturating_sub(sizes.len());
    let mut dims: Dims = (0..leading as i64).collect();
    dims.extend(
        from.iter()
            .zip(0i64..)
            .skip(leading)
            .zip(sizes)
            .filter(|((from, _), to)| **to == 1 && **from != 1)
            .map(|((_, dim), _)| dim),
    );
    let summed = if dims.is_empty() {
        tensor.clone()
    } else {
        sum_dims(tensor, &dims, true)?
    };
    if leading > 0 {
        shape::view(&summed, sizes)
    } else {
        Ok(summed)
    }
}

pub use shape::conj;

/// Zeros in the shape and dtype of a tensor.
pub fn zeros_like(tensor: &Tensor) -> Result<Tensor> {
    Ok(Array::zeros(tensor.array().sizes(), tensor.dtype())?.into())
}

/// A 0-d tensor of a number in the dtype of another.
pub fn scalar_like(number: f64, tensor: &Tensor) -> Result<Tensor> {
    Ok(copy::full(&[], Scalar::Float(number), tensor.dtype())?.into())
}
