//! Linear algebra: `torch.linalg` and the older functions of the same subjects.

pub mod determinant;
pub mod eigenvalues;
pub mod factor;
pub mod least_squares;
pub mod lu_factor;
pub mod norm;
pub mod polar;
pub mod product;
pub mod pseudoinverse;
pub mod singular_values;
pub mod solve;

// What the entries of all files here are made of.
use super::argument::{Arg, Args, Outs, two};
use super::arithmetic::{conj, number, scalar_like, zeros_like};
use super::backward::{Backward, recomputed};
use super::comparison::{eq, isnan, ne};
use super::indexing::{masked_fill, where_};
use super::one;
use super::op::*;
use super::pointwise::arithmetic::{add, div, mul, sub};
use super::pointwise::logical::{logical_and, logical_or};
use super::pointwise::power::pow;
use super::pointwise::sign::{abs, neg, sgn};
use super::reduction::{sum, sum_dims, unreduce};
use super::shape::{
    adjoint, cat, clone, diag_embed, diagonal, expand, flatten, matrix_transpose, movedim, permute, real, reshape,
    slice, squeeze_dim, to_dtype, tril, triu, unsqueeze, view,
};
use crate::array::array::format_sizes;
use crate::array::linalg::{
    Field, Matrix, assemble, batch_sizes, cholesky, eigen, ldl, lu, matrices, qr, shape_of, svd, symmetric, vectors,
};
use crate::array::view as array_view;
use crate::array::{
    Array, Dims, Dtype, Error, ErrorKind, Result, Scalar, binary, copy, create, error, join, layout, reduce,
};
use crate::autograd::Tensor;
use crate::{args, for_field, overloads};

/// The one tensor that an op of another family gives.
fn call(name: &str, overload: usize, args: Args) -> Result<Tensor> {
    match super::find(name).and_then(|op| op.overloads.get(overload)) {
        Some(overload) => overload.call_one(args),
        None => error::not_implemented(format!("gradshell does not support {name} yet")),
    }
}

pub(super) fn matmul(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    call("matmul", 0, args![a, b])
}

/// The first result of an op that has more.
fn first(op: &'static Op, args: Args) -> Result<Outs> {
    several(op, args, 1)
}

fn several(op: &'static Op, args: Args, count: usize) -> Result<Outs> {
    Ok(op.overloads[0].call(args)?.into_iter().take(count).collect())
}

fn first_of(outs: Outs, at: usize) -> Result<Tensor> {
    match outs.into_iter().nth(at) {
        Some(Arg::Tensor(tensor)) => Ok(tensor),
        _ => error::runtime("the operation gives no such tensor"),
    }
}

fn check_matrices(array: &Array, name: &str) -> Result<()> {
    if array.dim() < 2 {
        return error::runtime(format!("{name}: The input tensor A must have at least 2 dimensions."));
    }
    Ok(())
}

fn check_square(array: &Array, name: &str, argument: &str) -> Result<()> {
    if array.dim() < 2 {
        return error::runtime(format!(
            "{name}: The input tensor {argument} must have at least 2 dimensions."
        ));
    }
    let (rows, columns) = shape_of(array);
    if rows != columns {
        return error::runtime(format!(
            "{name}: {argument} must be batches of square matrices, but they are {rows} by {columns} matrices"
        ));
    }
    Ok(())
}

fn check_floating(array: &Array, name: &str) -> Result<()> {
    let dtype = array.dtype();
    if dtype.is_integral() {
        return error::not_implemented(format!(
            "{name}: Expected a floating point or complex tensor as input. Got {}",
            dtype.scalar_type()
        ));
    }
    if matches!(dtype, Dtype::Float16 | Dtype::BFloat16) && name != "linalg.vector_norm" && name != "linalg.matrix_norm"
    {
        return error::not_implemented(format!(
            "{name}: Low precision dtypes not supported. Got {}",
            dtype.scalar_type()
        ));
    }
    Ok(())
}

fn linalg_error<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::LinAlgError, message))
}

/// Refuses gradients that depend on the phases of complex vectors: their imaginary parts must vanish.
fn check_phase(turns: &Tensor, message: &str) -> Result<()> {
    let tolerance = 1e-2;
    let turned = copy::elements(&turns.array())
        .iter()
        .any(|turn| matches!(turn, Scalar::Complex(_, turn) if turn.abs() > tolerance));
    if turned { error::runtime(message) } else { Ok(()) }
}

/// Raises if an info tensor says that a matrix of a batch failed; the message sees its number and info.
fn failure(info: Option<&Arg>, message: impl Fn(usize, i64) -> String) -> Result<()> {
    let Some(Arg::Tensor(info)) = info else { return Ok(()) };
    let infos = copy::elements(&info.array());
    match infos.iter().enumerate().find(|(_, info)| !info.is_zero()) {
        Some((batch, info)) => Err(Error::new(ErrorKind::LinAlgError, message(batch, info.to_i64()))),
        None => Ok(()),
    }
}

/// A square matrix and a right hand side broadcast to common batches.
fn aligned(matrix: &Array, right: &Array, name: &str, left: bool) -> Result<(Array, Array, Dims)> {
    let n = shape_of(matrix).0;
    let (rows, columns) = shape_of(right);
    let fits = if left { rows == n } else { columns == n };
    if !fits {
        return error::runtime(format!(
            "{name}: Incompatible shapes of A and B for the equation {} ({n}x{n} and {rows}x{columns})",
            if left { "AX = B" } else { "XA = B" }
        ));
    }
    broadcast_batches(matrix, right)
}

fn broadcast_batches(matrix: &Array, right: &Array) -> Result<(Array, Array, Dims)> {
    let batch = layout::broadcast_sizes(&batch_sizes(matrix, 2), &batch_sizes(right, 2))?;
    let grow = |array: &Array| {
        let mut sizes = batch.clone();
        sizes.extend(array.sizes().iter().skip(array.dim() - 2).copied());
        array_view::expand(array, &sizes)
    };
    Ok((grow(matrix)?, grow(right)?, batch))
}
