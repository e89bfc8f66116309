//! Views and copies: the same elements, seen or placed otherwise.

pub mod complex;
pub mod copying;
pub mod join;
pub mod part;
pub mod permute;
pub mod repeat;
pub mod reshape;
pub mod split;
pub mod strided;
pub mod triangle;
pub mod view_copy;

pub use complex::{conj, real, view_as_complex, view_as_real};
pub use copying::{
    alias, clone, clone_contiguous, contiguous, copy_in_place, fill_in_place, resize, to_dtype, zero_in_place,
};
pub use join::{cat, stack};
pub use part::{diagonal, narrow, select, slice};
pub use permute::{adjoint, flip, matrix_transpose, movedim, permute, roll, t, transpose};
pub use repeat::repeat;
pub use reshape::{atleast, broadcast_tensors, expand, flatten, reshape, squeeze_dim, unsafe_view, unsqueeze, view};
pub use split::{split_with_sizes, unbind};
pub(crate) use strided::as_strided_overload;
pub use strided::{as_strided, unfold};
pub use triangle::{diag_embed, tril, triu};

// What the entries of all files here are made of.
use super::argument::{Arg, Args, MemoryFormat, Outs};
use super::arithmetic::sum_to;
use super::backward::Backward;
use super::one;
use super::op::*;
use super::reduction::{sum, sum_dims};
use crate::array::array::{format_sizes, numel_of};
use crate::array::view as array_view;
use crate::array::{
    Array, Dims, Dtype, Result, Scalar, copy, create, error, index, join as array_join, layout, promote, unary,
};
use crate::autograd::Tensor;
use crate::{args, overloads};
use complex::{VIEW_AS_COMPLEX, VIEW_AS_REAL};
use copying::ALIAS;
use part::{DIAGONAL, SELECT, SELECT_BACKWARD, SLICE};
use permute::{PERMUTE, T, TRANSPOSE};
use reshape::{EXPAND, SQUEEZE, UNSQUEEZE, VIEW_OP};
use split::{SPLIT, SPLIT_WITH_SIZES, UNBIND};
use strided::{AS_STRIDED, AS_STRIDED_BACKWARD, UNFOLD, UNFOLD_BACKWARD};
