//! Which `out=` tensors an op takes: their dtype, and the memory they share.

use super::argument::Args;
use crate::array::{Dtype, Result, error, matmul::cpp_name};
use crate::autograd::Tensor;

/// What an overload asks of its `out=` tensors.
#[derive(Clone, Copy)]
pub struct OutRule {
    /// None takes any dtype to which the result can be cast. Otherwise it must be the result's own, and this says why
    /// another (the second) is refused instead of that (the first).
    pub words: Option<fn(Dtype, Dtype) -> String>,
    /// Looked at before the op runs.
    pub check: Option<fn(&Args, &[Tensor]) -> Result<()>>,
}

impl OutRule {
    pub const CASTS: OutRule = OutRule {
        words: None,
        check: None,
    };
}

/// Of ops whose kernels write the output themselves.
pub fn same(wanted: Dtype, given: Dtype) -> String {
    format!(
        "Expected out tensor to have dtype {}, but got {} instead",
        cpp_name(wanted),
        cpp_name(given)
    )
}

/// Of elementwise functions whose kernels know one dtype.
pub fn found(wanted: Dtype, given: Dtype) -> String {
    format!(
        "Found dtype {} but expected {}",
        given.scalar_type(),
        wanted.scalar_type()
    )
}

/// Of largest and smallest elements.
pub fn matches_input(wanted: Dtype, given: Dtype) -> String {
    format!(
        "Expected the dtype for input and out to match, but got {} for input's dtype and {} for out's dtype.",
        wanted.scalar_type(),
        given.scalar_type()
    )
}

/// Of running extrema and sums.
pub fn scalar_type(wanted: Dtype, given: Dtype) -> String {
    format!(
        "expected scalar_type {} but found {}",
        wanted.scalar_type(),
        given.scalar_type()
    )
}

/// Of complex numbers made of two parts.
pub fn argument(wanted: Dtype, given: Dtype) -> String {
    format!(
        "Expected object of scalar type {} but got scalar type {} for argument 'out'",
        wanted.scalar_type(),
        given.scalar_type()
    )
}

/// Of inner products.
pub fn inner(wanted: Dtype, given: Dtype) -> String {
    format!(
        "result dtype {} does not match input dtype {}",
        given.scalar_type(),
        wanted.scalar_type()
    )
}

/// Of sums of products over several dimensions.
pub fn tensordot(wanted: Dtype, given: Dtype) -> String {
    format!(
        "tensordot: Expected the output tensor to have dtype {}, but got an output tensor with dtype {}",
        wanted.scalar_type(),
        given.scalar_type()
    )
}

/// Of histograms.
pub fn histogram(wanted: Dtype, given: Dtype) -> String {
    format!(
        "torch.histogram: input tensor and hist tensor should have the same dtype, but got input {} and hist {}",
        cpp_name(wanted),
        cpp_name(given)
    )
}

/// Of matrix norms.
pub fn matrix_norm(wanted: Dtype, given: Dtype) -> String {
    format!(
        "linalg.matrix_norm expected out tensor dtype {} but got: {}",
        wanted.scalar_type(),
        given.scalar_type()
    )
}

/// Of quantiles.
pub fn quantile(_: Dtype, _: Dtype) -> String {
    "quantile() out tensor must be same dtype as the input tensor".into()
}

/// Of places in sorted sequences.
pub fn places(_: Dtype, given: Dtype) -> String {
    format!(
        "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on whether out_int32 flag is True, but we got output tensor's dtype {} and out_int32 flag is False",
        given.scalar_type()
    )
}

/// Refuses outputs that share memory with an input: the op reads it while it writes.
pub fn apart(args: &Args, outs: &[Tensor]) -> Result<()> {
    let shared = args
        .each_tensor()
        .any(|input| outs.iter().any(|out| shares(&input.array(), &out.array())));
    if shared {
        return error::runtime(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.",
        );
    }
    Ok(())
}

/// Refuses two outputs in the same memory, as `aminmax` says it.
pub fn two_outputs(_: &Args, outs: &[Tensor]) -> Result<()> {
    match outs {
        [first, second] if shares(&first.array(), &second.array()) => {
            error::value("aminmax(): the `min` and `max` out= tensors must not overlap.")
        }
        _ => Ok(()),
    }
}

fn shares(a: &crate::array::Array, b: &crate::array::Array) -> bool {
    a.numel() > 0 && b.numel() > 0 && std::rc::Rc::ptr_eq(a.storage(), b.storage())
}
