//! Elements picked and placed by index tensors and masks.

pub mod advanced;
pub mod gather;

pub use super::shape::{select, slice};
pub use advanced::{index, masked_fill, masked_scatter, masked_select, put, take, where_};
pub use gather::{gather, index_add, index_fill, index_select, scatter, scatter_add, scatter_value};

// What the entries of the files here are made of.
use super::argument::{Arg, Args, Outs};
use super::backward::Backward;
use super::one;
use super::op::*;
use super::pointwise::arithmetic::{div, mul};
use super::reduction::sum;
use super::shape::part::zeros_for;
use super::shape::{cat, expand, reshape, squeeze_dim, to_dtype, view};
use crate::array::index::Combine;
use crate::array::view as array_view;
use crate::array::{
    Array, Dtype, Result, Scalar, binary, compare, copy, error, index as array_index, layout, order, print, ternary,
};
use crate::autograd::{Tensor, modes};
use crate::{args, overloads};
