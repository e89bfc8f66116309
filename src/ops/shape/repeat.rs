//! Elements repeated.

use super::*;

pub static OPS: &[&Op] = &[&REPEAT, &TILE, &REPEAT_INTERLEAVE];

pub(crate) static REPEAT: Op = Op {
    name: "repeat",
    aliases: &[],
    help: "Copies of the tensor side by side in every dimension.",
    example: "torch.tensor([1, 2]).repeat(2)",
    overloads: overloads![
        Overload::new(
            "repeat(Tensor self, SymInt[] repeats) -> Tensor",
            METHOD,
            |a| one(index::repeat(&*a.array(0)?, a.ints(1)?)?),
            Derivative::Node(
                "RepeatBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, repeats",
                    by: By::Formula(repeat_gradient)
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static TILE: Op = Op {
    name: "tile",
    aliases: &[],
    help: "As repeat, missing counts being 1.",
    example: "torch.tile(torch.tensor([1, 2]), (2,))",
    overloads: overloads![Overload::new(
        "tile(Tensor self, SymInt[] dims) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let (this, dims) = (a.tensor(0)?, a.ints(1)?);
            let mut repeats: Dims = Dims::from_elem(1, this.dim().saturating_sub(dims.len()));
            repeats.extend_from_slice(dims);
            one(repeat(this, &repeats)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static REPEAT_INTERLEAVE: Op = Op {
    name: "repeat_interleave",
    aliases: &[],
    help: "Each element repeated, along a dimension or of the flattened tensor.",
    example: "torch.repeat_interleave(torch.tensor([1, 2]), 2)",
    overloads: overloads![
        Overload::new(
            "repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor",
            FUNCTION,
            |a| one(places(a.tensor(0)?)?),
            Derivative::NotDifferentiable
        ),
        Overload::new(
            "repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor",
            FUNCTION | METHOD,
            |a| one(interleave(a.tensor(0)?, a.tensor(1)?, a.optional_int(2))?),
            Derivative::Composite
        ),
        Overload::new(
            "repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor",
            FUNCTION | METHOD,
            |a| one(interleave_evenly(a.tensor(0)?, a.int(1)?, a.optional_int(2))?),
            Derivative::Composite
        )
    ],
};

fn repeat_gradient(b: &Backward) -> Result<Tensor> {
    let (sizes, repeats) = (b.sizes(0)?, b.ints(1)?);
    let mut grad = b.grad()?.clone();
    if repeats.contains(&0) {
        return Ok(Array::zeros(&sizes, grad.dtype())?.into());
    }
    let leading = grad.dim() - sizes.len();
    for _ in 0..leading {
        grad = sum_dims(&grad, &[0], false)?;
    }
    let (mut shape, mut summed) = (Dims::new(), Dims::new());
    for (&repeat, &size) in repeats.iter().skip(leading).zip(&sizes) {
        if repeat != 1 {
            summed.push(shape.len() as i64);
            shape.push(repeat);
        }
        shape.push(size);
    }
    if summed.is_empty() {
        return Ok(grad);
    }
    sum_dims(&reshape(&grad, &shape)?, &summed, false)
}

/// The index of the source of every element of a result in which element i is repeated `repeats[i]` times.
fn places(repeats: &Tensor) -> Result<Array> {
    if repeats.dim() != 1 {
        return error::runtime("repeat_interleave only accept 1D vector as repeat");
    }
    if !matches!(repeats.dtype(), Dtype::Int64 | Dtype::Int32) {
        return error::runtime("repeats has to be Long or Int tensor");
    }
    let mut list = Vec::new();
    for (count, at) in copy::elements(&repeats.array()).iter().zip(0i64..) {
        let count = count.to_i64();
        if count < 0 {
            return error::runtime("repeats can not be negative");
        }
        list.extend(std::iter::repeat_n(at, count as usize));
    }
    copy::cast(&Array::from_vec(&[list.len() as i64], &list)?, repeats.dtype())
}

fn interleave(this: &Tensor, repeats: &Tensor, dim: Option<i64>) -> Result<Tensor> {
    let (this, dim) = match dim {
        None => (flatten(this, 0, -1)?, 0),
        Some(dim) => (this.clone(), dim),
    };
    let at = layout::wrap_dim(dim, this.dim())?;
    let size = this.sizes().get(at).copied().unwrap_or(1);
    if repeats.dim() > 1 {
        return error::runtime("repeats must be 0-dim or 1-dim tensor");
    }
    let repeats = if repeats.numel() == 1 {
        expand(&reshape(repeats, &[1])?, &[size])?
    } else if repeats.numel() as i64 != size {
        return error::runtime(format!(
            "repeats must have the same size as input along dim, but got repeats.size(0) = {} and input.size({at}) = {size}",
            repeats.numel()
        ));
    } else {
        repeats.clone()
    };
    crate::ops::indexing::index_select(&this, at as i64, &places(&repeats)?.into())
}

fn interleave_evenly(this: &Tensor, repeats: i64, dim: Option<i64>) -> Result<Tensor> {
    let (this, dim) = match dim {
        None => (flatten(this, 0, -1)?, 0),
        Some(dim) => (this.clone(), dim),
    };
    let at = layout::wrap_dim(dim, this.dim())?;
    if repeats < 0 {
        return error::runtime(format!("Repeats must be non-negative, but got {repeats}"));
    }
    let spread = unsqueeze(&this, at as i64 + 1)?;
    let mut sizes = spread.sizes();
    if let Some(slot) = sizes.get_mut(at + 1) {
        *slot = repeats;
    }
    flatten(&clone_contiguous(&expand(&spread, &sizes)?)?, at as i64, at as i64 + 1)
}

pub fn repeat(tensor: &Tensor, repeats: &[i64]) -> Result<Tensor> {
    REPEAT.overloads[0].call_one(args![tensor, repeats])
}
