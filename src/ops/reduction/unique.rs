//! Distinct elements, counts and histograms.

use crate::array::{Array, Dtype, Result, Scalar, copy, error, order};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The distinct elements, with the place of each element among them and their counts.
    UNIQUE2 = "_unique2", "torch.unique(torch.tensor([3, 1, 3]))", [Overload::new(
        "_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)",
        FUNCTION,
        |a| three(order::unique::unique(&*a.array(0)?)?, a.bool(2)?, a.bool(3)?),
        Node("Unique2Backward0", &[missing("self", "_unique2")]),
    )];
    /// The distinct elements and the place of each element among them.
    UNIQUE = "_unique", "torch.unique(torch.tensor([3, 1, 3]))", [Overload::new(
        "_unique(Tensor self, bool sorted=True, bool return_inverse=False) -> (Tensor, Tensor)",
        FUNCTION,
        |a| {
            let (values, inverse, _) = order::unique::unique(&*a.array(0)?)?;
            two((values, if a.bool(2)? { inverse } else { empty()? }))
        },
        Node("UniqueBackward0", &[missing("self", "_unique")]),
    )];
    /// The distinct slices along dim.
    UNIQUE_DIM = "unique_dim", "torch.unique(torch.tensor([[1, 1], [1, 1]]), dim=0)", [Overload::new(
        "unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)",
        FUNCTION | NAMESPACED,
        |a| three(order::unique::unique_dim(&*a.array(0)?, a.int(1)?, true)?, true, true),
        Node("UniqueDimBackward0", &[missing("self", "unique_dim")]),
    )];
    /// Elements or slices that differ from the one before.
    UNIQUE_CONSECUTIVE = "unique_consecutive", "torch.unique_consecutive(torch.tensor([1, 1, 2]))", [Overload::new(
        "unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)",
        FUNCTION,
        |a| {
            let this = a.array(0)?;
            match a.optional_int(3) {
                Some(dim) if this.dim() > 0 => three(order::unique::unique_dim(&this, dim, false)?, true, true),
                _ => three(order::unique::unique_consecutive(&this)?, a.bool(1)?, a.bool(2)?),
            }
        },
        Node("UniqueConsecutiveBackward0", &[missing("self", "unique_consecutive")]),
    )];
    /// How many elements fall into each of equal bins.
    HISTC = "histc", "torch.histc(torch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)", [Overload::new(
        "histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let (min, max) = (a.scalar(2)?.to_f64(), a.scalar(3)?.to_f64());
            one(order::histogram::histc(&*a.array(0)?, a.int(1)?, min, max)?)
        },
        NotDifferentiable,
    ).out_dtype(crate::ops::out::histogram)];
    /// How often each integer occurs, or the sum of its weights.
    BINCOUNT = "bincount", "torch.bincount(torch.tensor([1, 3, 1]))", [Overload::new(
        "bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let weights = a.optional_tensor(1).map(|weights| weights.array().clone());
            one(order::histogram::bincount(&*a.array(0)?, weights.as_ref(), a.int(2)?)?)
        },
        NotDifferentiable,
    )];
    /// Counts, weights or densities in bins, and the edges of the bins.
    HISTOGRAM = "histogram", "torch.histogram(torch.tensor([1.0, 2.0, 1.0]), bins=4, range=(0., 3.))", [
        Overload::new(
            "histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)",
            FUNCTION | METHOD | OUT,
            |a| {
                let edges = vec![a.array(1)?.clone()];
                let (counts, mut edges) = histogram(a.tensor(0)?, Bins::Edges(edges), None, a.optional_tensor(2), a.bool(3)?, true)?;
                two((counts, edges.pop().map_or_else(empty, Ok)?))
            },
            NotDifferentiable,
        ).out_dtype(crate::ops::out::histogram),
        Overload::new(
            "histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)",
            FUNCTION | METHOD | OUT,
            |a| {
                let bins = Bins::Counts(vec![a.int(1)?]);
                let (counts, mut edges) =
                    histogram(a.tensor(0)?, bins, a.floats(2).ok(), a.optional_tensor(3), a.bool(4)?, true)?;
                two((counts, edges.pop().map_or_else(empty, Ok)?))
            },
            NotDifferentiable,
        ).out_dtype(crate::ops::out::histogram),
    ];
    /// Counts, weights or densities in bins of several dimensions, and the edges of the bins.
    HISTOGRAMDD = "histogramdd", "torch.histogramdd(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), bins=[2, 2])", [
        Overload::new(
            "histogramdd(Tensor self, int[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)",
            FUNCTION,
            |a| {
                let bins = Bins::Counts(a.ints(1)?.to_vec());
                with_edges(histogram(a.tensor(0)?, bins, a.floats(2).ok(), a.optional_tensor(3), a.bool(4)?, false)?)
            },
            NotDifferentiable,
        ),
        Overload::new(
            "histogramdd.int_bins(Tensor self, int bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)",
            FUNCTION,
            |a| {
                let count = a.tensor(0)?.sizes().last().copied().unwrap_or(1);
                let bins = Bins::Counts(vec![a.int(1)?; count as usize]);
                with_edges(histogram(a.tensor(0)?, bins, a.floats(2).ok(), a.optional_tensor(3), a.bool(4)?, false)?)
            },
            NotDifferentiable,
        ),
        Overload::new(
            "histogramdd.TensorList_bins(Tensor self, Tensor[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)",
            FUNCTION,
            |a| {
                let edges = a.tensors(1)?.iter().map(|edges| edges.array().clone()).collect();
                with_edges(histogram(a.tensor(0)?, Bins::Edges(edges), None, a.optional_tensor(3), a.bool(4)?, false)?)
            },
            NotDifferentiable,
        ),
    ];
}

fn empty() -> Result<Array> {
    Array::zeros(&[0], Dtype::Int64)
}

fn three(found: (Array, Array, Array), inverse: bool, counts: bool) -> Result<Outs> {
    let (values, places, numbers) = found;
    Ok(smallvec![
        values.into(),
        if inverse { places } else { empty()? }.into(),
        if counts { numbers } else { empty()? }.into(),
    ])
}

fn with_edges((counts, edges): (Array, Vec<Array>)) -> Result<Outs> {
    Ok(smallvec![counts.into(), Arg::list(edges.into_iter().map(Tensor::from)),])
}

enum Bins {
    Counts(Vec<i64>),
    Edges(Vec<Array>),
}

/// Counts points (rows of the last dimension; single elements if `flat`) in bins; the last bin contains its upper edge.
fn histogram(
    this: &Tensor,
    bins: Bins,
    range: Option<&[f64]>,
    weight: Option<&Tensor>,
    density: bool,
    flat: bool,
) -> Result<(Array, Vec<Array>)> {
    let name = if flat { "histogram" } else { "histogramdd" };
    let dtype = this.dtype();
    if !matches!(dtype, Dtype::Float32 | Dtype::Float64) {
        return error::not_implemented(format!(
            "\"histogram{}\" not implemented for '{}'",
            if flat { "_cpu" } else { "dd" },
            dtype.scalar_type()
        ));
    }
    let width = if flat {
        1
    } else {
        this.sizes().last().copied().unwrap_or(1).max(1) as usize
    };
    let values: Vec<f64> = copy::elements(&this.array()).iter().map(|x| x.to_f64()).collect();
    let points = values.len() / width;
    let weights: Option<Vec<f64>> = match weight {
        Some(weight) => {
            if weight.dtype() != dtype {
                return error::runtime(format!(
                    "torch.{name}: if weight tensor is provided, input tensor and weight tensor should have the same dtype, but got input({}), and weight({})",
                    crate::array::matmul::cpp_name(dtype),
                    crate::array::matmul::cpp_name(weight.dtype())
                ));
            }
            Some(copy::elements(&weight.array()).iter().map(|w| w.to_f64()).collect())
        }
        None => None,
    };
    let edges: Vec<Array> = match bins {
        Bins::Edges(edges) => edges,
        Bins::Counts(counts) => {
            if counts.len() != width {
                return error::runtime(
                    "histogramdd: The size of bins must be equal to the innermost dimension of the input.",
                );
            }
            let mut edges = Vec::new();
            for (at, &count) in counts.iter().enumerate() {
                if count <= 0 {
                    return error::runtime(format!(
                        "torch.{name}(): bins must be > 0, but got {count} for dimension {at}"
                    ));
                }
                let (mut low, mut high) = match range {
                    Some(range) => match (range.get(2 * at), range.get(2 * at + 1)) {
                        (Some(&low), Some(&high)) => (low, high),
                        _ => {
                            return error::runtime(format!(
                                "torch.{name}: for a {width}-dimensional histogram range should have {} elements, but got {}",
                                2 * width,
                                range.len()
                            ));
                        }
                    },
                    None => {
                        let column = values.iter().skip(at).step_by(width);
                        let low = column.clone().copied().fold(f64::INFINITY, f64::min);
                        let high = column.copied().fold(f64::NEG_INFINITY, f64::max);
                        if points == 0 { (0.0, 1.0) } else { (low, high) }
                    }
                };
                if !low.is_finite() || !high.is_finite() {
                    return error::runtime(format!(
                        "torch.{name}: dimension {at}'s range [{low}, {high}] is not finite"
                    ));
                }
                if low > high {
                    return error::runtime(format!(
                        "torch.{name}: min should not exceed max, but got min {low} max {high} for dimension {at}"
                    ));
                }
                if low == high {
                    (low, high) = (low - 0.5, high + 0.5);
                }
                edges.push(crate::array::create::linspace(
                    Scalar::Float(low),
                    Scalar::Float(high),
                    count + 1,
                    dtype,
                )?);
            }
            edges
        }
    };
    let limits: Vec<Vec<f64>> = edges
        .iter()
        .map(|edges| copy::elements(edges).iter().map(|edge| edge.to_f64()).collect())
        .collect();
    let sizes: Vec<i64> = limits.iter().map(|limits| limits.len() as i64 - 1).collect();
    let mut counts = vec![0.0f64; sizes.iter().product::<i64>().max(0) as usize];
    for (number, point) in values.chunks(width).enumerate() {
        let place = point.iter().zip(&limits).try_fold(0usize, |place, (x, limits)| {
            let (first, last) = (limits.first()?, limits.last()?);
            if !(first <= x && x <= last) {
                return None;
            }
            let bin = limits
                .partition_point(|limit| limit <= x)
                .saturating_sub(1)
                .min(limits.len() - 2);
            Some(place * (limits.len() - 1) + bin)
        });
        if let Some(slot) = place.and_then(|place| counts.get_mut(place)) {
            *slot += weights
                .as_ref()
                .map_or(1.0, |weights| weights.get(number).copied().unwrap_or(0.0));
        }
    }
    if density {
        let total: f64 = counts.iter().sum();
        for (at, count) in counts.iter_mut().enumerate() {
            let mut rest = at;
            let mut volume = 1.0;
            for limits in limits.iter().rev() {
                let bins = limits.len() - 1;
                let bin = rest % bins;
                rest /= bins;
                volume *= limits
                    .get(bin + 1)
                    .zip(limits.get(bin))
                    .map_or(1.0, |(high, low)| high - low);
            }
            *count /= total * volume;
        }
    }
    Ok((copy::cast(&Array::from_vec(&sizes, &counts)?, dtype)?, edges))
}
