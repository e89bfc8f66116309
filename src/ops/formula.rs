//! What forward functions of composite ops and derivatives are written with: differentiable functions by name.

pub(crate) use super::argument::{Arg, Args, Outs, one, two};
pub(crate) use super::arithmetic::{conj, scalar_like, sum_to, zeros_like};
pub(crate) use super::blas::mm;
pub(crate) use super::comparison::{eq, ge, gt, isfinite, isnan, le, lt, maximum, minimum, ne};
pub(crate) use super::indexing::advanced::{masked_fill, masked_fill_tensor, where_};
pub(crate) use super::indexing::gather::{gather, index_fill_tensor, scatter, scatter_add};
pub(crate) use super::op::Op;
pub(crate) use super::pointwise::arithmetic::{add, conj_of, div, div_mode, mul, sub};
pub(crate) use super::pointwise::clamp::{clamp_min, lerp};
pub(crate) use super::pointwise::complex::conj_physical;
pub(crate) use super::pointwise::exponential::{exp, exp2, log, log1p, reciprocal, rsqrt, sigmoid, sqrt, xlogy};
pub(crate) use super::pointwise::logical::{logical_and, logical_not, logical_or};
pub(crate) use super::pointwise::power::{pow, power_of};
pub(crate) use super::pointwise::sign::{abs, neg, sgn};
pub(crate) use super::pointwise::special::erf;
pub(crate) use super::pointwise::trigonometric::tanh;
pub(crate) use super::reduction::{sum, sum_dims};
pub(crate) use super::shape::complex::imag;
pub(crate) use super::shape::permute::transpose_in_place;
pub(crate) use super::shape::reshape::{squeeze, squeeze_in_place, unsqueeze_in_place};
pub(crate) use super::shape::{
    cat, contiguous, diagonal, expand, flip, narrow, permute, real, reshape, select, squeeze_dim, t, to_dtype,
    transpose, unsafe_view, unsqueeze, view,
};
pub(crate) use crate::{args, functions};
pub(crate) use smallvec::smallvec;

use crate::array::Result;
use crate::autograd::Tensor;

/// Calls the first overload of an op that gives one tensor.
pub fn call1(op: &'static Op, args: Args) -> Result<Tensor> {
    match op.overloads.first() {
        Some(overload) => overload.call_one(args),
        None => crate::array::error::runtime(format!("{} has no overloads", op.name)),
    }
}

/// Rust functions of one argument beside their entries: `functions! { exp = EXP; }`.
#[macro_export]
macro_rules! functions {
    ($($name:ident = $op:ident;)*) => {$(
        pub fn $name(x: impl Into<$crate::ops::Arg>) -> $crate::array::Result<$crate::autograd::Tensor> {
            $crate::ops::formula::call1(&$op, $crate::ops::Args(smallvec::smallvec![x.into()]))
        }
    )*};
}
