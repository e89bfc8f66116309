//! Dtypes, storage, strides, kernels, printing, random numbers. Knows no gradients and no Python.

#[allow(clippy::module_inception)]
pub mod array;
pub mod dtype;
pub mod error;
pub mod scalar;
pub mod storage;

pub use array::{Array, Dims};
pub use dtype::{Dtype, Element};
pub use error::{Error, ErrorKind, Result};
pub use scalar::Scalar;
