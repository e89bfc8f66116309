//! Several tensors into one.

use super::*;

pub static OPS: &[&Op] = &[
    &CAT,
    &STACK,
    &HSTACK,
    &VSTACK,
    &DSTACK,
    &COLUMN_STACK,
    &BLOCK_DIAG,
    &MESHGRID,
    &CARTESIAN_PROD,
    &COMBINATIONS,
];

pub(crate) static CAT: Op = Op {
    name: "cat",
    aliases: &["concat", "concatenate"],
    help: "Joins tensors along a dimension.",
    example: "torch.cat([torch.ones(2), torch.zeros(1)])",
    overloads: overloads![
        Overload::new(
            "cat(Tensor[] tensors, int dim=0) -> Tensor",
            FUNCTION | OUT,
            |a| {
                let tensors = a.tensors(0)?;
                let borrowed: Vec<_> = tensors.iter().map(Tensor::array).collect();
                let arrays: Vec<&Array> = borrowed.iter().map(|array| &**array).collect();
                one(array_join::cat(&arrays, a.int(1)?)?)
            },
            Derivative::Node(
                "CatBackward0",
                &[Grad {
                    inputs: "tensors",
                    uses: "tensors.sizes, dim",
                    by: By::Joint(|b| {
                        let grad = b.grad()?;
                        let dim = layout::wrap_dim(b.int(1)?, grad.dim())?;
                        let mut start = 0;
                        let pieces = b.shapes(0).map(|(sizes, dtype)| {
                            if sizes.len() == 1 && sizes.first() == Some(&0) {
                                return Ok(Some(Array::zeros(&[0], dtype)?.into()));
                            }
                            let length = sizes.get(dim).copied().unwrap_or(0);
                            start += length;
                            narrow(grad, dim, start - length, length).map(Some)
                        });
                        pieces.collect()
                    }),
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static STACK: Op = Op {
    name: "stack",
    aliases: &[],
    help: "Joins tensors along a new dimension.",
    example: "torch.stack([torch.ones(2), torch.zeros(2)])",
    overloads: overloads![
        Overload::new(
            "stack(Tensor[] tensors, int dim=0) -> Tensor",
            FUNCTION | OUT,
            |a| one(stacked(&a.tensors(0)?, a.int(1)?)?),
            Derivative::Node(
                "StackBackward0",
                &[Grad {
                    inputs: "tensors",
                    uses: "tensors.sizes, dim",
                    by: By::Joint(|b| {
                        let grad = b.grad()?;
                        let dim = b.int(1)?;
                        b.shapes(0)
                            .zip(0i64..)
                            .map(|((_, dtype), at)| {
                                let part = select(grad, dim, at)?;
                                Ok(Some(if part.dtype().is_complex() && !dtype.is_complex() {
                                    real(&part)?
                                } else {
                                    part
                                }))
                            })
                            .collect()
                    })
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static HSTACK: Op = Op {
    name: "hstack",
    aliases: &[],
    help: "Joins tensors along the columns (vectors end to end).",
    example: "torch.hstack((torch.ones(2), torch.zeros(2)))",
    overloads: overloads![Overload::new(
        "hstack(Tensor[] tensors) -> Tensor",
        FUNCTION | OUT,
        |a| one(hstack(&a.tensors(0)?)?),
        Derivative::Composite
    )],
};

pub(crate) static VSTACK: Op = Op {
    name: "vstack",
    aliases: &["row_stack"],
    help: "Joins tensors along the rows.",
    example: "torch.vstack((torch.ones(2), torch.zeros(2)))",
    overloads: overloads![Overload::new(
        "vstack(Tensor[] tensors) -> Tensor",
        FUNCTION | OUT,
        |a| one(vstack(&a.tensors(0)?)?),
        Derivative::Composite
    )],
};

pub(crate) static DSTACK: Op = Op {
    name: "dstack",
    aliases: &[],
    help: "Joins tensors along the third dimension.",
    example: "torch.dstack((torch.ones(2), torch.zeros(2)))",
    overloads: overloads![Overload::new(
        "dstack(Tensor[] tensors) -> Tensor",
        FUNCTION | OUT,
        |a| one(dstack(&a.tensors(0)?)?),
        Derivative::Composite
    )],
};

pub(crate) static COLUMN_STACK: Op = Op {
    name: "column_stack",
    aliases: &[],
    help: "Joins vectors as columns, matrices side by side.",
    example: "torch.column_stack((torch.ones(2), torch.zeros(2)))",
    overloads: overloads![Overload::new(
        "column_stack(Tensor[] tensors) -> Tensor",
        FUNCTION | OUT,
        |a| one(column_stack(&a.tensors(0)?)?),
        Derivative::Composite
    )],
};

pub(crate) static BLOCK_DIAG: Op = Op {
    name: "block_diag",
    aliases: &[],
    help: "A matrix with the inputs along its diagonal, zeros elsewhere.",
    example: "torch.block_diag(torch.ones(1, 2), torch.ones(2, 1))",
    overloads: overloads![
        Overload::new(
            "block_diag(Tensor[] tensors) -> Tensor",
            FUNCTION,
            |a| one(diagonal_blocks(&a.tensors(0)?)?),
            Derivative::Node(
                "BlockDiagBackward0",
                &[Grad {
                    inputs: "tensors",
                    uses: "tensors.sizes",
                    by: By::Joint(block_diag_gradients)
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static MESHGRID: Op = Op {
    name: "meshgrid",
    aliases: &[],
    help: "Coordinate grids of one-dimensional tensors.",
    example: "torch.meshgrid(torch.arange(2), torch.arange(3), indexing='ij')",
    overloads: overloads![
        Overload::new(
            "meshgrid(Tensor[] tensors) -> Tensor[]",
            FUNCTION,
            |a| one(Arg::list(meshgrid(&a.tensors(0)?, false)?)),
            Derivative::Composite
        ),
        Overload::new(
            "meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]",
            FUNCTION,
            |a| match a.str(1)? {
                "ij" => one(Arg::list(meshgrid(&a.tensors(0)?, false)?)),
                "xy" => one(Arg::list(meshgrid(&a.tensors(0)?, true)?)),
                other => error::runtime(format!(
                    "torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: {other}"
                )),
            },
            Derivative::Composite
        )
    ],
};

pub(crate) static CARTESIAN_PROD: Op = Op {
    name: "cartesian_prod",
    aliases: &[],
    help: "All combinations of one element of each tensor, as rows.",
    example: "torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4]))",
    overloads: overloads![Overload::new(
        "cartesian_prod(Tensor[] tensors) -> Tensor",
        FUNCTION,
        |a| {
            let tensors = a.tensors(0)?;
            for tensor in &tensors {
                if tensor.dim() != 1 {
                    return error::runtime(format!(
                        "Expect a 1D vector, but got shape {}",
                        format_sizes(&tensor.sizes())
                    ));
                }
            }
            if let [only] = tensors.as_slice() {
                return one(only);
            }
            let grids = meshgrid(&tensors, false)?;
            let columns = grids
                .iter()
                .map(|grid| flatten(grid, 0, -1))
                .collect::<Result<Vec<_>>>()?;
            one(stack(&columns, 1)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static COMBINATIONS: Op = Op {
    name: "combinations",
    aliases: &[],
    help: "All combinations of r elements of a vector, as rows.",
    example: "torch.combinations(torch.tensor([1, 2, 3]))",
    overloads: overloads![Overload::new(
        "combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor",
        FUNCTION,
        |a| combinations(a.tensor(0)?, a.int(1)?, a.bool(2)?),
        Derivative::Composite
    )],
};

fn stacked(tensors: &[Tensor], dim: i64) -> Result<Array> {
    let Some(first) = tensors.first() else {
        return error::runtime("stack expects a non-empty TensorList");
    };
    let sizes = first.sizes();
    layout::wrap_dim(dim, sizes.len() + 1)?;
    for (number, tensor) in tensors.iter().enumerate() {
        if tensor.sizes() != sizes {
            return error::runtime(format!(
                "stack expects each tensor to be equal size, but got {} at entry 0 and {} at entry {number}",
                format_sizes(&sizes),
                format_sizes(&tensor.sizes())
            ));
        }
    }
    let arrays = tensors
        .iter()
        .map(|tensor| array_view::unsqueeze(&tensor.array(), dim))
        .collect::<Result<Vec<_>>>()?;
    let dim = layout::wrap_dim(dim, sizes.len() + 1)? as i64;
    array_join::cat(&arrays.iter().collect::<Vec<_>>(), dim)
}

fn non_empty(tensors: &[Tensor], name: &str) -> Result<()> {
    if tensors.is_empty() {
        return error::runtime(format!("{name} expects a non-empty TensorList"));
    }
    Ok(())
}

fn grown(tensors: &[Tensor], dims: usize) -> Result<Vec<Tensor>> {
    tensors.iter().map(|tensor| atleast(tensor, dims)).collect()
}

fn hstack(tensors: &[Tensor]) -> Result<Tensor> {
    non_empty(tensors, "hstack")?;
    let grown = grown(tensors, 1)?;
    let dim = if grown.first().is_some_and(|first| first.dim() == 1) {
        0
    } else {
        1
    };
    cat(&grown, dim)
}

fn vstack(tensors: &[Tensor]) -> Result<Tensor> {
    non_empty(tensors, "vstack")?;
    cat(&grown(tensors, 2)?, 0)
}

fn dstack(tensors: &[Tensor]) -> Result<Tensor> {
    non_empty(tensors, "dstack")?;
    cat(&grown(tensors, 3)?, 2)
}

fn column_stack(tensors: &[Tensor]) -> Result<Tensor> {
    non_empty(tensors, "column_stack")?;
    let columns = tensors.iter().map(|tensor| {
        if tensor.dim() <= 1 {
            reshape(tensor, &[tensor.numel() as i64, 1])
        } else {
            Ok(tensor.clone())
        }
    });
    hstack(&columns.collect::<Result<Vec<_>>>()?)
}

/// Rows and columns of a block: a vector is a row.
fn block_sizes(sizes: &[i64]) -> (i64, i64) {
    match sizes {
        [rows, columns] => (*rows, *columns),
        [columns] => (1, *columns),
        _ => (1, 1),
    }
}

fn diagonal_blocks(tensors: &[Tensor]) -> Result<Array> {
    let mut dtype = None;
    let (mut rows, mut columns) = (0, 0);
    for (number, tensor) in tensors.iter().enumerate() {
        if tensor.dim() > 2 {
            return error::runtime(format!(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {number} has {} dimensions",
                tensor.dim()
            ));
        }
        let own = tensor.dtype();
        dtype = Some(dtype.map_or(own, |dtype| promote::promote_types(dtype, own)));
        let (height, width) = block_sizes(&tensor.sizes());
        rows += height;
        columns += width;
    }
    if tensors.is_empty() {
        return Array::zeros(&[1, 0], promote::default_dtype());
    }
    let out = Array::zeros(&[rows, columns], dtype.unwrap_or(promote::default_dtype()))?;
    let (mut row, mut column) = (0, 0);
    for tensor in tensors {
        let (height, width) = block_sizes(&tensor.sizes());
        let place = out.view(
            [height, width].as_slice().into(),
            [columns, 1].as_slice().into(),
            row * columns + column,
        );
        copy::copy_into(&place, &tensor.array())?;
        row += height;
        column += width;
    }
    Ok(out)
}

fn block_diag_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let grad = b.grad()?;
    let (mut row, mut column) = (0, 0);
    b.shapes(0)
        .map(|(sizes, dtype)| {
            let (height, width) = block_sizes(&sizes);
            row += height;
            column += width;
            let rows = slice(grad, 0, Some(row - height), Some(row), 1)?;
            let block = slice(&rows, 1, Some(column - width), Some(column), 1)?;
            let block = if sizes.len() == 2 {
                block
            } else {
                reshape(&block, &sizes)?
            };
            Ok(Some(if block.dtype().is_complex() && !dtype.is_complex() {
                real(&block)?
            } else {
                block
            }))
        })
        .collect()
}

/// Expanded views, one an input; `swapped` exchanges the first two dimensions (`indexing="xy"`).
pub fn meshgrid(tensors: &[Tensor], swapped: bool) -> Result<Vec<Tensor>> {
    let Some(first) = tensors.first() else {
        return error::runtime("meshgrid expects a non-empty TensorList");
    };
    for tensor in tensors {
        if tensor.dim() > 1 {
            return error::runtime(format!(
                "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {}",
                describe(tensor)
            ));
        }
        if tensor.dtype() != first.dtype() {
            return error::runtime("torch.meshgrid expects all tensors to have the same dtype");
        }
    }
    let swapped = swapped && tensors.len() >= 2;
    let mut order: Vec<&Tensor> = tensors.iter().collect();
    if swapped {
        order.swap(0, 1);
    }
    let shape: Dims = order.iter().map(|tensor| tensor.numel() as i64).collect();
    let mut grids = Vec::with_capacity(order.len());
    for (at, tensor) in order.iter().enumerate() {
        let mut sizes: Dims = Dims::from_elem(1, order.len());
        if let Some(slot) = sizes.get_mut(at) {
            *slot = tensor.numel() as i64;
        }
        grids.push(expand(&view(tensor, &sizes)?, &shape)?);
    }
    if swapped {
        for grid in &mut grids {
            *grid = transpose(grid, 0, 1)?;
        }
        grids.swap(0, 1);
    }
    Ok(grids)
}

fn describe(tensor: &Tensor) -> String {
    let options = crate::array::print::PrintOptions::default();
    crate::array::print::contents(&tensor.array(), &options, 0).unwrap_or_default()
}

fn combinations(this: &Tensor, r: i64, with_replacement: bool) -> Result<Outs> {
    if this.dim() != 1 {
        return error::runtime(format!(
            "Expect a 1D vector, but got shape {}",
            format_sizes(&this.sizes())
        ));
    }
    if r < 0 {
        return error::runtime(format!("Expect a non-negative number, but got {r}"));
    }
    if r == 0 {
        return one(Array::zeros(&[0], this.dtype())?);
    }
    let count = this.numel() as i64;
    let (mut rows, mut current) = (Vec::new(), Vec::<i64>::new());
    // the next combination in lexicographic order, one index at a time
    let mut next = 0;
    loop {
        let room = if with_replacement { 1 } else { r - current.len() as i64 };
        if (current.len() as i64) < r && next <= count - room {
            current.push(next);
            if current.len() as i64 == r {
                rows.extend_from_slice(&current);
                next = current.pop().unwrap_or(0) + 1;
            } else if !with_replacement {
                next += 1;
            }
            continue;
        }
        match current.pop() {
            Some(last) => next = last + 1,
            None => break,
        }
    }
    let index: Tensor = Array::from_vec(&[rows.len() as i64 / r, r], &rows)?.into();
    one(crate::ops::indexing::index(this, &[Some(index)])?)
}

pub fn cat(tensors: &[Tensor], dim: i64) -> Result<Tensor> {
    CAT.overloads[0].call_one(args![Arg::list(tensors.iter().cloned()), dim])
}

pub fn stack(tensors: &[Tensor], dim: i64) -> Result<Tensor> {
    STACK.overloads[0].call_one(args![Arg::list(tensors.iter().cloned()), dim])
}
