//! Binary search in sorted sequences.

use super::super::array::{Array, format_sizes};
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};

/// Where values would go in sorted sequences: `torch.searchsorted` and, with one sequence, `torch.bucketize`.
/// `right` puts them after equal elements. Sequences are the last dimension; others match the values'.
pub fn searchsorted(sequence: &Array, values: &Array, right: bool, dtype: Dtype) -> Result<Array> {
    let leads_match = sequence.dim() == values.dim()
        && sequence.dim() > 0
        && sequence.sizes()[..sequence.dim() - 1] == values.sizes()[..values.dim() - 1];
    if sequence.dim() != 1 && !leads_match {
        return error::runtime(format!(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor {} and input value tensor {}",
            format_sizes(sequence.sizes()),
            format_sizes(values.sizes())
        ));
    }
    if sequence.dtype() == Dtype::Bool || sequence.dtype().is_complex() {
        return super::super::unary::unsupported("searchsorted_out_cpu", sequence.dtype());
    }
    let (edges, wanted) = (copy::lanes::<f64>(sequence)?, copy::lanes::<f64>(values)?);
    let length = sequence.sizes().last().copied().unwrap_or(1) as usize;
    let each = if sequence.dim() == 1 {
        wanted.len().max(1)
    } else {
        values.sizes().last().copied().unwrap_or(1).max(1) as usize
    };
    let mut places = Vec::with_capacity(wanted.len());
    for (row, group) in wanted.chunks(each).enumerate() {
        let start = if sequence.dim() == 1 { 0 } else { row * length };
        let edges = &edges[start..start + length];
        // nan sorts after all numbers.
        places.extend(group.iter().map(|&x| {
            edges.partition_point(|&edge| {
                if right {
                    !(edge > x || (edge.is_nan() && !x.is_nan()))
                } else {
                    edge < x || (x.is_nan() && !edge.is_nan())
                }
            }) as i64
        }));
    }
    copy::into_dtype(Array::from_vec(values.sizes(), &places)?, dtype)
}
