//! By rank: sorting, the largest few, medians, modes, places in sorted sequences.

use super::{evenly, selection_backward};
use crate::array::{Array, Dtype, Result, copy, error, order};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::backward::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The elements in order along dim, and their indices.
    SORT = "sort", "torch.sort(torch.tensor([3, 1, 2]))", [
        Overload::new(
            "sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)",
            FUNCTION | METHOD | OUT,
            |a| two(order::sorting::sort(&*a.array(0)?, a.int(2)?, a.bool(3)?)?),
            Node("SortBackward1", &[grad("self", "self.sizes, dim, result1", |b| sorted_backward(b, 2))]),
        ).out_dtype(crate::ops::out::same),
        Overload::new(
            "sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)",
            FUNCTION | METHOD | OUT,
            |a| two(order::sorting::sort(&*a.array(0)?, a.int(1)?, a.bool(2)?)?),
            Node("SortBackward0", &[grad("self", "self.sizes, dim, result1", |b| sorted_backward(b, 1))]),
        ).out_dtype(crate::ops::out::same),
    ];
    /// The elements in order along the first dimension.
    MSORT = "msort", "torch.msort(torch.tensor([3, 1, 2]))", [Overload::new(
        "msort(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(sort(a.tensor(0)?, 0)?.0),
        Composite,
    ).out_dtype(crate::ops::out::same)];
    /// The indices that sort along dim.
    ARGSORT = "argsort", "torch.argsort(torch.tensor([3, 1, 2]))", [
        Overload::new(
            "argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(order::sorting::argsort(&*a.array(0)?, a.int(2)?, a.bool(3)?)?),
            NotDifferentiable,
        ),
        Overload::new(
            "argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor",
            FUNCTION | METHOD,
            |a| one(order::sorting::argsort(&*a.array(0)?, a.int(1)?, a.bool(2)?)?),
            NotDifferentiable,
        ),
    ];
    /// The k largest or smallest elements along dim, and their indices.
    TOPK = "topk", "torch.topk(torch.tensor([3, 1, 2]), 2)", [Overload::new(
        "topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)",
        FUNCTION | METHOD | OUT,
        |a| two(order::sorting::topk(&*a.array(0)?, a.int(1)?, a.int(2)?, a.bool(3)?)?),
        Node("TopkBackward0", &[grad("self", "self.sizes, dim, result1", |b| sorted_backward(b, 2))]),
    ).out_dtype(crate::ops::out::same)];
    /// The middle element, the lower of two; along a dimension with its index.
    MEDIAN = "median", "torch.median(torch.tensor([3.0, 1.0, 2.0]))", [
        Overload::new(
            "median(Tensor self) -> Tensor",
            FUNCTION | METHOD,
            |a| one(order::rank::median(&*a.array(0)?)?),
            Node("MedianBackward0", &[grad("self", "self, result", |b| {
                evenly(b.grad()?, &b.tensor(0)?, &b.result(0)?)
            })]),
        ),
        Overload::new(
            "median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
            FUNCTION | METHOD | OUT,
            |a| two(order::rank::median_dim(&*a.array(0)?, a.int(1)?, a.bool(2)?)?),
            Node("MedianBackward1", &[grad("self", "self.sizes, dim, keepdim, result1", along)]),
        ),
    ];
    /// The median of the elements that are not nan.
    NANMEDIAN = "nanmedian", "torch.nanmedian(torch.tensor([3.0, float('nan'), 2.0]))", [
        Overload::new(
            "nanmedian(Tensor self) -> Tensor",
            FUNCTION | METHOD,
            |a| one(order::rank::nanmedian(&*a.array(0)?)?),
            Node("NanmedianBackward0", &[grad("self", "self, result", |b| {
                evenly(b.grad()?, &b.tensor(0)?, &b.result(0)?)
            })]),
        ),
        Overload::new(
            "nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
            FUNCTION | METHOD | OUT,
            |a| two(order::rank::nanmedian_dim(&*a.array(0)?, a.int(1)?, a.bool(2)?)?),
            Node("NanmedianBackward1", &[grad("self", "self.sizes, dim, keepdim, result1", along)]),
        ),
    ];
    /// The most frequent element along dim, and an index of it.
    MODE = "mode", "torch.mode(torch.tensor([3, 1, 3]))", [Overload::new(
        "mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
        FUNCTION | METHOD | OUT,
        |a| two(order::rank::mode(&*a.array(0)?, a.int(1)?, a.bool(2)?)?),
        Node("ModeBackward0", &[grad("self", "self.sizes, dim, keepdim, result1", along)]),
    )];
    /// The k-th smallest element along dim, and its index.
    KTHVALUE = "kthvalue", "torch.kthvalue(torch.tensor([3, 1, 2]), 2)", [Overload::new(
        "kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
        FUNCTION | METHOD | OUT,
        |a| two(order::rank::kthvalue(&*a.array(0)?, a.int(1)?, a.int(2)?, a.bool(3)?)?),
        Node("KthvalueBackward0", &[grad("self", "self.sizes, dim, keepdim, result1", |b| {
            selection_backward(b.grad()?, &b.result(1)?, &b.sizes(0)?, b.int(2)?, b.bool(3)?)
        })]),
    ).out_dtype(|_, _| "output values must be of same type as input".into())];
    /// The places at which values would keep a sorted sequence in order.
    SEARCHSORTED = "searchsorted", "torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([2, 6]))", [
        Overload::new(
            "searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
            FUNCTION | OUT,
            searchsorted,
            NotDifferentiable,
        ).out_dtype(crate::ops::out::places),
        Overload::new(
            "searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
            FUNCTION | OUT,
            searchsorted,
            NotDifferentiable,
        ).out_dtype(crate::ops::out::places),
    ];
    /// The number of the bin that each value falls into.
    BUCKETIZE = "bucketize", "torch.bucketize(torch.tensor([2, 6]), torch.tensor([1, 3, 5]))", [
        Overload::new(
            "bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
            FUNCTION | OUT,
            bucketize,
            NotDifferentiable,
        ).out_dtype(crate::ops::out::places),
        Overload::new(
            "bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
            FUNCTION | OUT,
            bucketize,
            NotDifferentiable,
        ).out_dtype(crate::ops::out::places),
    ];
}

fn along(b: &Backward) -> Result<Tensor> {
    selection_backward(b.grad()?, &b.result(1)?, &b.sizes(0)?, b.int(1)?, b.bool(2)?)
}

/// The dimension stands at position `dim` of the schema; all dimensions are kept.
fn sorted_backward(b: &Backward, dim: usize) -> Result<Tensor> {
    selection_backward(b.grad()?, &b.result(1)?, &b.sizes(0)?, b.int(dim)?, true)
}

fn index_dtype(int32: bool) -> Dtype {
    if int32 { Dtype::Int32 } else { Dtype::Int64 }
}

/// A tensor or number as an array.
fn values(a: &Args, at: usize) -> Result<Array> {
    match a.get(at) {
        Arg::Tensor(tensor) => Ok(tensor.array().clone()),
        _ => {
            let number = a.scalar(at)?;
            copy::full(&[], number, number.dtype(crate::array::promote::default_dtype()))
        }
    }
}

fn searchsorted(a: &Args) -> Result<Outs> {
    let mut sequence = a.array(0)?.clone();
    let wanted = values(a, 1)?;
    let right = match a.optional_str(4) {
        Some(side) if side != "left" && side != "right" => {
            return error::runtime(format!(
                "torch.searchsorted(): side can only be 'left' or 'right' but got {side}"
            ));
        }
        Some("left") if a.bool(3)? => {
            return error::runtime(
                "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True",
            );
        }
        side => side == Some("right") || a.bool(3)?,
    };
    if let Some(sorter) = a.optional_tensor(5) {
        if sorter.array().sizes() != sequence.sizes() {
            return error::runtime(format!(
                "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor {} and got sorter tensor {}",
                crate::array::array::format_sizes(sequence.sizes()),
                crate::array::array::format_sizes(sorter.array().sizes())
            ));
        }
        if sorter.dtype() != Dtype::Int64 {
            return error::runtime(format!(
                "torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {}",
                sorter.dtype().scalar_type()
            ));
        }
        sequence = crate::array::index::gather::gather(&sequence, -1, &sorter.array())?;
    }
    check_dtypes("searchsorted", &sequence, &wanted, a.get(1))?;
    one(order::search::searchsorted(
        &sequence,
        &wanted,
        right,
        index_dtype(a.bool(2)?),
    )?)
}

fn bucketize(a: &Args) -> Result<Outs> {
    let (wanted, edges) = (values(a, 0)?, a.array(1)?);
    if edges.dim() != 1 {
        return error::runtime(format!(
            "boundaries tensor must be 1 dimension, but got dim({})",
            edges.dim()
        ));
    }
    check_dtypes("searchsorted", &edges, &wanted, a.get(0))?;
    one(order::search::searchsorted(
        &edges,
        &wanted,
        a.bool(3)?,
        index_dtype(a.bool(2)?),
    )?)
}

/// Tensors of other dtypes are refused; numbers convert.
fn check_dtypes(name: &str, sequence: &Array, wanted: &Array, given: &Arg) -> Result<()> {
    if matches!(given, Arg::Tensor(tensor) if tensor.dim() > 0) && sequence.dtype() != wanted.dtype() {
        return error::runtime(format!(
            "torch.{name}(): boundary tensor and input value tensor should have same dtype, but got boundary tensor dtype {} and input value tensor dtype {}",
            crate::array::matmul::cpp_name(sequence.dtype()),
            crate::array::matmul::cpp_name(wanted.dtype())
        ));
    }
    Ok(())
}

/// The elements in ascending order along `dim`, and their indices.
pub fn sort(tensor: &Tensor, dim: i64) -> Result<(Tensor, Tensor)> {
    let mut outs = SORT.overloads[1].call(args![tensor, dim, false])?.into_iter();
    match (outs.next(), outs.next()) {
        (Some(Arg::Tensor(values)), Some(Arg::Tensor(indices))) => Ok((values, indices)),
        _ => error::runtime("sort gives two tensors"),
    }
}
