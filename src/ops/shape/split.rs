//! One tensor into several.

use super::*;

pub static OPS: &[&Op] = &[
    &UNBIND,
    &SPLIT,
    &SPLIT_WITH_SIZES,
    &UNSAFE_SPLIT,
    &UNSAFE_SPLIT_WITH_SIZES,
    &CHUNK,
    &UNSAFE_CHUNK,
    &TENSOR_SPLIT,
    &HSPLIT,
    &VSPLIT,
    &DSPLIT,
];

pub(crate) static UNBIND: Op = Op {
    name: "unbind",
    aliases: &[],
    help: "The slices along a dimension, which disappears.",
    example: "torch.unbind(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![
        Overload::new(
            "unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]",
            FUNCTION | METHOD | MULTI_VIEW,
            |a| unbound(&*a.array(0)?, a.int(1)?),
            Derivative::Node(
                "UnbindBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "dim",
                    by: By::Formula(unbind_gradient)
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static SPLIT: Op = Op {
    name: "split",
    aliases: &[],
    help: "Pieces of split_size elements along a dimension, or of the given sizes.",
    example: "torch.split(torch.arange(5), 2)",
    overloads: overloads![
        Overload::new(
            "split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]",
            FUNCTION | METHOD | MULTI_VIEW,
            |a| split_evenly(&*a.array(0)?, a.int(1)?, a.int(2)?),
            Derivative::Node(
                "SplitBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, split_size, dim",
                    by: By::Formula(|b| split_gradient(b, &even_sizes(&b.sizes(0)?, b.int(1)?, b.int(2)?)?, b.int(2)?))
                }]
            )
        )
        .linear(),
        Overload::new(
            "split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| one(Arg::list(split_with_sizes(a.tensor(0)?, a.ints(1)?, a.int(2)?)?)),
            Derivative::Composite
        )
    ],
};

pub(crate) static SPLIT_WITH_SIZES: Op = Op {
    name: "split_with_sizes",
    aliases: &[],
    help: "Pieces of the given sizes along a dimension.",
    example: "torch.split_with_sizes(torch.arange(5), [2, 3])",
    overloads: overloads![
        Overload::new(
            "split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]",
            FUNCTION | METHOD | MULTI_VIEW,
            |a| split_into(&*a.array(0)?, a.ints(1)?, a.int(2)?, "split_with_sizes"),
            Derivative::Node(
                "SplitWithSizesBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, split_sizes, dim",
                    by: By::Formula(|b| split_gradient(b, b.ints(1)?, b.int(2)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static UNSAFE_SPLIT: Op = Op {
    name: "unsafe_split",
    aliases: &[],
    help: "As split, its results free to be written in place.",
    example: "torch.unsafe_split(torch.arange(5), 2)",
    overloads: overloads![
        Overload::new(
            "unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]",
            FUNCTION | METHOD,
            |a| split_evenly(&*a.array(0)?, a.int(1)?, a.int(2)?),
            Derivative::Node(
                "UnsafeSplitBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, split_size, dim",
                    by: By::Formula(|b| split_gradient(b, &even_sizes(&b.sizes(0)?, b.int(1)?, b.int(2)?)?, b.int(2)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static UNSAFE_SPLIT_WITH_SIZES: Op = Op {
    name: "unsafe_split_with_sizes",
    aliases: &[],
    help: "As split_with_sizes, its results free to be written in place.",
    example: "torch.unsafe_split_with_sizes(torch.arange(5), [2, 3])",
    overloads: overloads![
        Overload::new(
            "unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]",
            FUNCTION | METHOD,
            |a| split_into(&*a.array(0)?, a.ints(1)?, a.int(2)?, "split_with_sizes"),
            Derivative::Node(
                "UnsafeSplitWithSizesBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, split_sizes, dim",
                    by: By::Formula(|b| split_gradient(b, b.ints(1)?, b.int(2)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static CHUNK: Op = Op {
    name: "chunk",
    aliases: &[],
    help: "At most so many pieces of equal size along a dimension.",
    example: "torch.chunk(torch.arange(5), 2)",
    overloads: overloads![Overload::new(
        "chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]",
        FUNCTION | METHOD,
        |a| chunked(a.tensor(0)?, a.int(1)?, a.int(2)?, &SPLIT, &SPLIT_WITH_SIZES),
        Derivative::Composite
    )],
};

pub(crate) static UNSAFE_CHUNK: Op = Op {
    name: "unsafe_chunk",
    aliases: &[],
    help: "As chunk, its results free to be written in place.",
    example: "torch.unsafe_chunk(torch.arange(5), 2)",
    overloads: overloads![Overload::new(
        "unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]",
        FUNCTION | METHOD,
        |a| chunked(
            a.tensor(0)?,
            a.int(1)?,
            a.int(2)?,
            &UNSAFE_SPLIT,
            &UNSAFE_SPLIT_WITH_SIZES
        ),
        Derivative::Composite
    )],
};

pub(crate) static TENSOR_SPLIT: Op = Op {
    name: "tensor_split",
    aliases: &[],
    help: "Pieces along a dimension: a number of nearly equal ones, or cut at the given places.",
    example: "torch.tensor_split(torch.arange(5), 2)",
    overloads: overloads![
        Overload::new(
            "tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| one(Arg::list(sections(a.tensor(0)?, a.int(1)?, a.int(2)?)?)),
            Derivative::Composite
        ),
        Overload::new(
            "tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| one(Arg::list(cut(a.tensor(0)?, a.ints(1)?, a.int(2)?)?)),
            Derivative::Composite
        ),
        Overload::new(
            "tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| {
                let places = a.tensor(1)?;
                if places.dtype() != Dtype::Int64 {
                    return error::runtime(
                        "tensor_split expected tensor_indices_or_sections to have dtype of long, but got ".to_owned()
                            + places.dtype().scalar_type(),
                    );
                }
                let numbers: Vec<i64> = copy::elements(&places.array())
                    .iter()
                    .map(|number| number.to_i64())
                    .collect();
                match (places.dim(), numbers.first()) {
                    (0, Some(&count)) => one(Arg::list(sections(a.tensor(0)?, count, a.int(2)?)?)),
                    (1, _) => one(Arg::list(cut(a.tensor(0)?, &numbers, a.int(2)?)?)),
                    (dims, _) => error::runtime(format!(
                        "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with {dims} dims"
                    )),
                }
            },
            Derivative::Composite
        )
    ],
};

pub(crate) static HSPLIT: Op = Op {
    name: "hsplit",
    aliases: &[],
    help: "Pieces along the columns.",
    example: "torch.hsplit(torch.ones(2, 2, 2), 2)",
    overloads: overloads![
        Overload::new(
            "hsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| axis_sections(a, "hsplit", 1, 1),
            Derivative::Composite
        ),
        Overload::new(
            "hsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| axis_cut(a, "hsplit", 1, 1),
            Derivative::Composite
        )
    ],
};

pub(crate) static VSPLIT: Op = Op {
    name: "vsplit",
    aliases: &[],
    help: "Pieces along the rows.",
    example: "torch.vsplit(torch.ones(2, 2, 2), 2)",
    overloads: overloads![
        Overload::new(
            "vsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| axis_sections(a, "vsplit", 2, 0),
            Derivative::Composite
        ),
        Overload::new(
            "vsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| axis_cut(a, "vsplit", 2, 0),
            Derivative::Composite
        )
    ],
};

pub(crate) static DSPLIT: Op = Op {
    name: "dsplit",
    aliases: &[],
    help: "Pieces along the third dimension.",
    example: "torch.dsplit(torch.ones(2, 2, 2), 2)",
    overloads: overloads![
        Overload::new(
            "dsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| axis_sections(a, "dsplit", 3, 2),
            Derivative::Composite
        ),
        Overload::new(
            "dsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
            FUNCTION | METHOD,
            |a| axis_cut(a, "dsplit", 3, 2),
            Derivative::Composite
        )
    ],
};

fn unbound(array: &Array, dim: i64) -> Result<Outs> {
    if array.dim() == 0 {
        return error::index("Dimension specified as 0 but tensor has no dimensions");
    }
    let at = layout::wrap_dim(dim, array.dim())?;
    let size = array.sizes().get(at).copied().unwrap_or(0);
    pieces((0..size).map(|i| array_view::select(array, at as i64, i)))
}

fn pieces(arrays: impl Iterator<Item = Result<Array>>) -> Result<Outs> {
    let tensors = arrays
        .map(|array| array.map(Tensor::from))
        .collect::<Result<Vec<_>>>()?;
    one(Arg::list(tensors))
}

pub(super) fn unbind_gradient(b: &Backward) -> Result<Tensor> {
    let grads = (0..b.outputs())
        .map(|at| b.grad_or_zeros(at))
        .collect::<Result<Vec<_>>>()?;
    stack(&grads, b.int(1)?)
}

/// The gradients of the pieces side by side; zeros where none arrived.
pub(super) fn split_gradient(b: &Backward, sizes: &[i64], dim: i64) -> Result<Tensor> {
    let whole = b.sizes(0)?;
    let at = layout::wrap_dim(dim, whole.len())?;
    let dtype = (0..b.outputs())
        .find_map(|at| b.grad_of(at))
        .map_or(b.dtype(0)?, Tensor::dtype);
    let grads = sizes.iter().enumerate().map(|(number, size)| match b.grad_of(number) {
        Some(grad) => Ok(grad.clone()),
        None => {
            let mut piece = whole.clone();
            if let Some(slot) = piece.get_mut(at) {
                *slot = *size;
            }
            Ok(Array::zeros(&piece, dtype)?.into())
        }
    });
    cat(&grads.collect::<Result<Vec<Tensor>>>()?, at as i64)
}

/// The sizes of the pieces of a split into pieces of equal size, the last one smaller.
pub(super) fn even_sizes(sizes: &[i64], split_size: i64, dim: i64) -> Result<Vec<i64>> {
    let at = layout::wrap_dim(dim, sizes.len())?;
    let size = sizes.get(at).copied().unwrap_or(0);
    if split_size < 0 {
        return error::runtime(format!(
            "split expects split_size be non-negative, but got split_size={split_size}"
        ));
    }
    if split_size == 0 {
        if size != 0 {
            return error::runtime(format!(
                "split_size can only be 0 if dimension size is 0, but got dimension size of {size}"
            ));
        }
        return Ok(vec![0]);
    }
    let count = ((size + split_size - 1) / split_size).max(1);
    Ok((0..count).map(|i| split_size.min(size - i * split_size)).collect())
}

fn split_evenly(array: &Array, split_size: i64, dim: i64) -> Result<Outs> {
    if array.dim() == 0 {
        return error::runtime("split expects at least a 1-dimensional tensor");
    }
    split_into(array, &even_sizes(array.sizes(), split_size, dim)?, dim, "split")
}

fn split_into(array: &Array, sizes: &[i64], dim: i64, name: &str) -> Result<Outs> {
    if array.dim() == 0 {
        return error::runtime(format!("{name} expects at least a 1-dimensional tensor"));
    }
    let at = layout::wrap_dim(dim, array.dim())?;
    let size = array.sizes().get(at).copied().unwrap_or(0);
    if sizes.iter().any(|size| *size < 0) {
        return error::runtime(format!(
            "{name} expects split_sizes have only non-negative entries, but got split_sizes={}",
            format_sizes(sizes)
        ));
    }
    if sizes.iter().sum::<i64>() != size {
        return error::runtime(format!(
            "{name} expects split_sizes to sum exactly to {size} (input tensor's size at dimension {dim}), but got split_sizes={}",
            format_sizes(sizes)
        ));
    }
    let mut start = 0;
    pieces(sizes.iter().map(|length| {
        start += length;
        array_view::slice(array, at as i64, Some(start - length), Some(start), 1)
    }))
}

fn chunked(this: &Tensor, chunks: i64, dim: i64, even: &'static Op, sized: &'static Op) -> Result<Outs> {
    if this.dim() == 0 {
        return error::runtime("chunk expects at least a 1-dimensional tensor");
    }
    if chunks <= 0 {
        return error::runtime(format!("chunk expects `chunks` to be greater than 0, got: {chunks}"));
    }
    let at = layout::wrap_dim(dim, this.dim())?;
    let size = this.sizes().get(at).copied().unwrap_or(0);
    let split_size = (size + chunks - 1) / chunks;
    if split_size == 0 {
        let sizes: Dims = Dims::from_elem(0, chunks as usize);
        return sized.overloads[0].call(args![this, sizes, dim]);
    }
    even.overloads[0].call(args![this, split_size, dim])
}

fn check_split(this: &Tensor) -> Result<()> {
    if this.dim() == 0 {
        return error::runtime("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
    }
    Ok(())
}

fn sections(this: &Tensor, count: i64, dim: i64) -> Result<Vec<Tensor>> {
    check_split(this)?;
    let at = layout::wrap_dim(dim, this.dim())?;
    if count <= 0 {
        return error::runtime(format!("number of sections must be larger than 0, got {count}"));
    }
    let size = this.sizes().get(at).copied().unwrap_or(0);
    let mut start = 0;
    (0..count)
        .map(|number| {
            let length = size / count + i64::from(number < size % count);
            start += length;
            slice(this, at as i64, Some(start - length), Some(start), 1)
        })
        .collect()
}

fn cut(this: &Tensor, places: &[i64], dim: i64) -> Result<Vec<Tensor>> {
    check_split(this)?;
    let at = layout::wrap_dim(dim, this.dim())? as i64;
    let mut start = 0;
    let mut result = Vec::with_capacity(places.len() + 1);
    for &end in places {
        result.push(slice(this, at, Some(start), Some(end), 1)?);
        start = end;
    }
    result.push(slice(this, at, Some(start), None, 1)?);
    Ok(result)
}

fn check_axis(this: &Tensor, name: &str, needed: usize) -> Result<()> {
    if this.dim() < needed {
        return error::runtime(format!(
            "torch.{name} requires a tensor with at least {needed} dimension, but got a tensor with {} dimensions!",
            this.dim()
        ));
    }
    Ok(())
}

fn axis_sections(a: &Args, name: &str, needed: usize, dim: usize) -> Result<Outs> {
    let (this, count) = (a.tensor(0)?, a.int(1)?);
    check_axis(this, name, needed)?;
    let dim = if this.dim() == 1 { 0 } else { dim };
    let size = this.sizes().get(dim).copied().unwrap_or(0);
    if count == 0 || size % count != 0 {
        return error::runtime(format!(
            "torch.{name} attempted to split along dimension {dim}, but the size of the dimension {size} is not divisible by the split_size {count}!"
        ));
    }
    one(Arg::list(sections(this, count, dim as i64)?))
}

fn axis_cut(a: &Args, name: &str, needed: usize, dim: i64) -> Result<Outs> {
    let this = a.tensor(0)?;
    check_axis(this, name, needed)?;
    one(Arg::list(cut(this, a.ints(1)?, if this.dim() == 1 { 0 } else { dim })?))
}

pub fn unbind(tensor: &Tensor, dim: i64) -> Result<Vec<Tensor>> {
    list(UNBIND.overloads[0].call(args![tensor, dim])?)
}

pub fn split_with_sizes(tensor: &Tensor, sizes: &[i64], dim: i64) -> Result<Vec<Tensor>> {
    list(SPLIT_WITH_SIZES.overloads[0].call(args![tensor, sizes, dim])?)
}

fn list(outs: Outs) -> Result<Vec<Tensor>> {
    match outs.into_iter().next() {
        Some(Arg::Tensors(list)) => Ok(list.iter().flatten().cloned().collect()),
        _ => error::runtime("the operation gives no list of tensors"),
    }
}
