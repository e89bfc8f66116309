//! Triangles and diagonals of matrices.

use super::*;

pub static OPS: &[&Op] = &[&TRIL, &TRIU, &DIAG, &DIAG_EMBED, &DIAGFLAT];

pub(crate) static TRIL: Op = Op {
    name: "tril",
    aliases: &[],
    help: "The lower triangle of matrices, zeros elsewhere.",
    example: "torch.tril(torch.ones(2, 2))",
    overloads: overloads![
        Overload::new(
            "tril(Tensor self, SymInt diagonal=0) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| one(create::triangle(&*a.array(0)?, a.int(1)?, false)?),
            Derivative::Node(
                "TrilBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "diagonal",
                    by: By::Formula(|b| tril(b.grad()?, b.int(1)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static TRIU: Op = Op {
    name: "triu",
    aliases: &[],
    help: "The upper triangle of matrices, zeros elsewhere.",
    example: "torch.triu(torch.ones(2, 2))",
    overloads: overloads![
        Overload::new(
            "triu(Tensor self, SymInt diagonal=0) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| one(create::triangle(&*a.array(0)?, a.int(1)?, true)?),
            Derivative::Node(
                "TriuBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "diagonal",
                    by: By::Formula(|b| triu(b.grad()?, b.int(1)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static DIAG: Op = Op {
    name: "diag",
    aliases: &[],
    help: "The diagonal of a matrix as a vector, or a matrix with a vector as its diagonal.",
    example: "torch.diag(torch.tensor([1, 2]))",
    overloads: overloads![
        Overload::new(
            "diag(Tensor self, int diagonal=0) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| {
                let (this, offset) = (a.tensor(0)?, a.int(1)?);
                match this.dim() {
                    1 => one(diag_embed(this, offset, 0, 1)?),
                    2 => one(super::view_copy::diagonal_copy(this, offset, 0, 1)?),
                    dims => error::runtime(format!("diag(): Supports 1D or 2D tensors. Got {dims}D")),
                }
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static DIAG_EMBED: Op = Op {
    name: "diag_embed",
    aliases: &[],
    help: "Matrices with the last dimension as their diagonal.",
    example: "torch.diag_embed(torch.tensor([1, 2]))",
    overloads: overloads![
        Overload::new(
            "diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor",
            FUNCTION | METHOD,
            |a| one(embedded(&*a.array(0)?, a.int(1)?, a.int(2)?, a.int(3)?)?),
            Derivative::Node(
                "DiagEmbedBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "offset, dim1, dim2",
                    by: By::Formula(|b| diagonal(b.grad()?, b.int(1)?, b.int(2)?, b.int(3)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static DIAGFLAT: Op = Op {
    name: "diagflat",
    aliases: &[],
    help: "A matrix with all elements along a diagonal.",
    example: "torch.diagflat(torch.tensor([1, 2]))",
    overloads: overloads![Overload::new(
        "diagflat(Tensor self, int offset=0) -> Tensor",
        FUNCTION | METHOD,
        |a| one(diag_embed(&view(&contiguous(a.tensor(0)?)?, &[-1])?, a.int(1)?, 0, 1)?),
        Derivative::Composite
    )],
};

fn embedded(array: &Array, offset: i64, dim1: i64, dim2: i64) -> Result<Array> {
    let count = array.dim() + 1;
    let (first, second) = (layout::wrap_dim(dim1, count)?, layout::wrap_dim(dim2, count)?);
    if first == second {
        return error::runtime(format!("diagonal dimensions cannot be identical {dim1}, {dim2}"));
    }
    let mut sizes: Dims = array.sizes().into();
    let length = sizes.pop().unwrap_or(1) + offset.abs();
    sizes.insert(first.min(second), length);
    sizes.insert(first.max(second), length);
    let result = Array::zeros(&sizes, array.dtype())?;
    let place = array_view::diagonal(&result, offset, dim1, dim2)?;
    copy::copy_into(&place, array)?;
    Ok(result)
}

pub fn tril(tensor: &Tensor, diagonal: i64) -> Result<Tensor> {
    TRIL.overloads[0].call_one(args![tensor, diagonal])
}

pub fn triu(tensor: &Tensor, diagonal: i64) -> Result<Tensor> {
    TRIU.overloads[0].call_one(args![tensor, diagonal])
}

pub fn diag_embed(tensor: &Tensor, offset: i64, dim1: i64, dim2: i64) -> Result<Tensor> {
    DIAG_EMBED.overloads[0].call_one(args![tensor, offset, dim1, dim2])
}
