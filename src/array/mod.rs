//! Dtypes, storage, strides, kernels, printing, random numbers. Knows no gradients and no Python.

pub mod activation;
#[allow(clippy::module_inception)]
pub mod array;
pub mod binary;
pub mod bivariate;
mod block;
pub mod compare;
pub mod copy;
pub mod create;
pub mod division;
pub mod dtype;
mod elementwise;
pub mod error;
pub mod fft;
pub mod index;
pub mod join;
mod kernels;
mod lane;
pub mod layout;
pub mod linalg;
pub mod matmul;
pub mod nn;
pub mod order;
pub mod polynomial;
pub mod power;
pub mod print;
pub mod promote;
pub mod random;
pub mod reduce;
pub mod scalar;
pub mod storage;
pub mod ternary;
pub mod unary;
pub mod view;
pub mod warning;
pub mod wording;

pub use array::{Array, Dims};
pub use dtype::{Dtype, Element};
pub use error::{Error, ErrorKind, Result};
pub use promote::Operand;
pub use scalar::Scalar;
