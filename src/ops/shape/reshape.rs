//! The same elements under other sizes: view, reshape, expand, squeeze.

use super::*;

pub static OPS: &[&Op] = &[
    &VIEW_OP,
    &VIEW_AS,
    &UNSAFE_VIEW,
    &RESHAPE_ALIAS,
    &RESHAPE,
    &RESHAPE_AS,
    &FLATTEN,
    &UNFLATTEN,
    &RAVEL,
    &EXPAND,
    &EXPAND_AS,
    &BROADCAST_TO,
    &SUM_TO_SIZE,
    &UNSQUEEZE,
    &UNSQUEEZE_IN_PLACE,
    &SQUEEZE,
    &SQUEEZE_IN_PLACE,
    &ATLEAST_1D,
    &ATLEAST_2D,
    &ATLEAST_3D,
    &BROADCAST_TENSORS,
];

pub(crate) static VIEW_OP: Op = Op {
    name: "view",
    aliases: &[],
    help: "The same elements under another shape; -1 stands for the size that fits.",
    example: "torch.arange(6).view(2, 3)",
    overloads: overloads![
        Overload::new(
            "view(Tensor(a) self, SymInt[] size) -> Tensor(a)",
            METHOD | VIEW,
            |a| one(array_view::view(&*a.array(0)?, a.ints(1)?)?),
            Derivative::Node(
                "ViewBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| reshape(b.grad()?, &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
        Overload::new(
            "view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)",
            METHOD | VIEW,
            |a| {
                let array = a.array(0)?;
                if array.is_conj() && a.dtype(1).is_some_and(|dtype| dtype != array.dtype()) {
                    return error::runtime(
                        "torch.Tensor.view is not supported for conjugate view tensors when converting to a different dtype.",
                    );
                }
                one(array_view::view_dtype(&array, a.dtype(1).unwrap_or(array.dtype()))?)
            },
            Derivative::NotDifferentiable,
        )
    ],
};

pub(crate) static VIEW_AS: Op = Op {
    name: "view_as",
    aliases: &[],
    help: "The same elements under the sizes of other.",
    example: "torch.arange(4).view_as(torch.ones(2, 2))",
    overloads: overloads![Overload::new(
        "view_as(Tensor(a) self, Tensor other) -> Tensor(a)",
        METHOD,
        |a| one(view(a.tensor(0)?, &a.tensor(1)?.sizes())?),
        Derivative::Composite,
    )],
};

pub(crate) static UNSAFE_VIEW: Op = Op {
    name: "_unsafe_view",
    aliases: &[],
    help: "As view, of a tensor that nobody else holds.",
    example: "torch.ones(4).reshape(2, 2)",
    overloads: overloads![
        Overload::new(
            "_unsafe_view(Tensor self, SymInt[] size) -> Tensor",
            0,
            |a| one(array_view::view(&*a.array(0)?, a.ints(1)?)?),
            Derivative::Node(
                "UnsafeViewBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| reshape(b.grad()?, &b.sizes(0)?))
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static RESHAPE_ALIAS: Op = Op {
    name: "_reshape_alias",
    aliases: &[],
    help: "As view, with the strides known.",
    example: "torch.ones(4).reshape(2, 2)",
    overloads: overloads![
        Overload::new(
            "_reshape_alias(Tensor(a) self, SymInt[] size, SymInt[] stride) -> Tensor(a)",
            VIEW,
            |a| {
                let array = a.array(0)?;
                one(array.view(a.ints(1)?.into(), a.ints(2)?.into(), array.offset()))
            },
            Derivative::Node(
                "ReshapeAliasBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| reshape(b.grad()?, &b.sizes(0)?))
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static RESHAPE: Op = Op {
    name: "reshape",
    aliases: &[],
    help: "The same elements under another shape: a view where the strides allow it, else a copy.",
    example: "torch.reshape(torch.arange(4), (2, 2))",
    overloads: overloads![Overload::new(
        "reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(reshape(a.tensor(0)?, a.ints(1)?)?),
        Derivative::Composite,
    )],
};

pub(crate) static RESHAPE_AS: Op = Op {
    name: "reshape_as",
    aliases: &[],
    help: "The same elements under the shape of other.",
    example: "torch.arange(4).reshape_as(torch.ones(2, 2))",
    overloads: overloads![Overload::new(
        "reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)",
        METHOD,
        |a| one(reshape(a.tensor(0)?, &a.tensor(1)?.sizes())?),
        Derivative::Composite,
    )],
};

pub(crate) static FLATTEN: Op = Op {
    name: "flatten",
    aliases: &[],
    help: "Joins the dimensions from start_dim to end_dim into one.",
    example: "torch.flatten(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![Overload::new(
        "flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(flatten(a.tensor(0)?, a.int(1)?, a.int(2)?)?),
        Derivative::Composite,
    )],
};

pub(crate) static UNFLATTEN: Op = Op {
    name: "unflatten",
    aliases: &[],
    help: "Splits one dimension into several.",
    example: "torch.unflatten(torch.arange(4), 0, (2, 2))",
    overloads: overloads![Overload::new(
        "unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| {
            let this = a.tensor(0)?;
            let inner = a.ints(2)?;
            let dim = layout::wrap_dim(a.int(1)?, this.dim())?;
            if inner.is_empty() {
                return error::runtime("unflatten: sizes must be non-empty");
            }
            let mut sizes = this.sizes();
            let Some(size) = sizes.get(dim).copied() else {
                return error::runtime("unflatten: cannot unflatten a 0-dim tensor");
            };
            let known: i64 = inner.iter().filter(|size| **size != -1).product();
            let inferred = inner.iter().filter(|size| **size == -1).count();
            if inferred > 1 {
                return error::runtime("only one dimension can be inferred");
            }
            let fits = if inferred == 1 {
                known > 0 && size % known == 0
            } else {
                known == size
            };
            if !fits {
                return error::runtime(format!(
                    "unflatten: Provided sizes {} don't multiply up to the size of dim {} ({size}) in the input tensor",
                    format_sizes(inner),
                    a.int(1)?
                ));
            }
            sizes.remove(dim);
            let filled = inner.iter().map(|part| if *part == -1 { size / known } else { *part });
            sizes.insert_many(dim, filled);
            one(view(this, &sizes)?)
        },
        Derivative::Composite,
    )],
};

pub(crate) static RAVEL: Op = Op {
    name: "ravel",
    aliases: &[],
    help: "One dimension with all elements in row-major order, contiguous.",
    example: "torch.ravel(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![Overload::new(
        "ravel(Tensor(a) self) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(view(&contiguous(a.tensor(0)?)?, &[-1])?),
        Derivative::Composite,
    )],
};

pub(crate) static EXPAND: Op = Op {
    name: "expand",
    aliases: &[],
    help: "A view that repeats dimensions of size 1 without copying; -1 keeps a size.",
    example: "torch.tensor([[1], [2]]).expand(2, 3)",
    overloads: overloads![
        Overload::new(
            "expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)",
            METHOD | VIEW,
            |a| one(array_view::expand(&*a.array(0)?, a.ints(1)?)?),
            Derivative::Node(
                "ExpandBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| crate::ops::arithmetic::sum_to(b.grad()?, &b.sizes(0)?)),
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static EXPAND_AS: Op = Op {
    name: "expand_as",
    aliases: &[],
    help: "Expanded to the sizes of other.",
    example: "torch.tensor([[1], [2]]).expand_as(torch.ones(2, 3))",
    overloads: overloads![Overload::new(
        "expand_as(Tensor(a) self, Tensor other) -> Tensor(a)",
        METHOD,
        |a| one(expand(a.tensor(0)?, &a.tensor(1)?.sizes())?),
        Derivative::Composite,
    )],
};

pub(crate) static BROADCAST_TO: Op = Op {
    name: "broadcast_to",
    aliases: &[],
    help: "A view broadcast to a size.",
    example: "torch.broadcast_to(torch.tensor([1, 2]), (2, 2))",
    overloads: overloads![Overload::new(
        "broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(expand(a.tensor(0)?, a.ints(1)?)?),
        Derivative::Composite,
    )],
};

pub(crate) static SUM_TO_SIZE: Op = Op {
    name: "sum_to_size",
    aliases: &[],
    help: "Summed down to sizes that broadcast to the tensor's own.",
    example: "torch.ones(2, 3).sum_to_size(2, 1)",
    overloads: overloads![Overload::new(
        "sum_to_size(Tensor self, SymInt[] size) -> Tensor",
        METHOD,
        |a| {
            let (this, sizes) = (a.tensor(0)?, a.ints(1)?);
            let from = this.sizes();
            let expands = sizes.len() <= from.len()
                && sizes
                    .iter()
                    .rev()
                    .zip(from.iter().rev())
                    .all(|(to, from)| to == from || *to == 1);
            if !expands {
                return error::runtime(format!(
                    "size {{{}}} is not expandable to size {{{}}}.",
                    format_sizes(sizes),
                    format_sizes(&from)
                ));
            }
            if sizes.is_empty() {
                return one(crate::ops::reduction::sum(this)?);
            }
            one(crate::ops::arithmetic::sum_to(this, sizes)?)
        },
        Derivative::Composite,
    )],
};

pub(crate) static UNSQUEEZE: Op = Op {
    name: "unsqueeze",
    aliases: &[],
    help: "A view with a dimension of size 1 put in.",
    example: "torch.unsqueeze(torch.tensor([1, 2]), 0)",
    overloads: overloads![
        Overload::new(
            "unsqueeze(Tensor(a) self, int dim) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| one(array_view::unsqueeze(&*a.array(0)?, a.int(1)?)?),
            Derivative::Node(
                "UnsqueezeBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "dim",
                    by: By::Formula(|b| squeeze_dim(b.grad()?, b.int(1)?))
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static UNSQUEEZE_IN_PLACE: Op = Op {
    name: "unsqueeze_",
    aliases: &[],
    help: "Gives self a dimension of size 1 in place.",
    example: "torch.tensor([1, 2]).unsqueeze_(0)",
    overloads: overloads![
        Overload::new(
            "unsqueeze_(Tensor(a!) self, int dim) -> Tensor(a!)",
            ONLY_INPLACE | VIEW,
            |a| one(array_view::unsqueeze(&*a.array(0)?, a.int(1)?)?),
            Derivative::Node(
                "UnsqueezeBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "dim",
                    by: By::Formula(|b| squeeze_dim(b.grad()?, b.int(1)?))
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static SQUEEZE: Op = Op {
    name: "squeeze",
    aliases: &[],
    help: "A view without the dimensions of size 1, or without the given ones if they have size 1.",
    example: "torch.squeeze(torch.zeros(1, 2, 1))",
    overloads: overloads![
        Overload::new(
            "squeeze(Tensor(a) self) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| one(array_view::squeeze(&*a.array(0)?, None)?),
            Derivative::Node(
                "SqueezeBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, None, &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
        Overload::new(
            "squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| one(array_view::squeeze(&*a.array(0)?, Some(&[a.int(1)?]))?),
            Derivative::Node(
                "SqueezeBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, Some(&[b.int(1)?]), &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
        Overload::new(
            "squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| one(array_view::squeeze(&*a.array(0)?, Some(a.ints(1)?))?),
            Derivative::Node(
                "SqueezeBackward2",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, Some(b.ints(1)?), &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
    ],
};

pub(crate) static SQUEEZE_IN_PLACE: Op = Op {
    name: "squeeze_",
    aliases: &[],
    help: "Drops dimensions of size 1 in place.",
    example: "torch.zeros(1, 2).squeeze_()",
    overloads: overloads![
        Overload::new(
            "squeeze_(Tensor(a!) self) -> Tensor(a!)",
            ONLY_INPLACE | VIEW,
            |a| one(array_view::squeeze(&*a.array(0)?, None)?),
            Derivative::Node(
                "SqueezeBackward3",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, None, &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
        Overload::new(
            "squeeze_.dim(Tensor(a!) self, int dim) -> Tensor(a!)",
            ONLY_INPLACE | VIEW,
            |a| one(array_view::squeeze(&*a.array(0)?, Some(&[a.int(1)?]))?),
            Derivative::Node(
                "SqueezeBackward4",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, Some(&[b.int(1)?]), &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
        Overload::new(
            "squeeze_.dims(Tensor(a!) self, int[] dim) -> Tensor(a!)",
            ONLY_INPLACE | VIEW,
            |a| one(array_view::squeeze(&*a.array(0)?, Some(a.ints(1)?))?),
            Derivative::Node(
                "SqueezeBackward5",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, Some(b.ints(1)?), &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
    ],
};

/// Puts back the dimensions that a squeeze took: all of size 1, or the chosen ones that had size 1.
pub(super) fn unsqueeze_to(grad: &Tensor, dims: Option<&[i64]>, sizes: &[i64]) -> Result<Tensor> {
    let count = sizes.len() as i64;
    let chosen =
        |at: i64| dims.is_none_or(|dims| dims.iter().any(|dim| if *dim < 0 { dim + count } else { *dim } == at));
    sizes
        .iter()
        .zip(0i64..)
        .filter(|(size, at)| **size == 1 && chosen(*at))
        .try_fold(grad.clone(), |grad, (_, at)| unsqueeze(&grad, at))
}

pub(crate) static ATLEAST_1D: Op = Op {
    name: "atleast_1d",
    aliases: &[],
    help: "The tensor, or each of several, with at least one dimension.",
    example: "torch.atleast_1d(torch.tensor(1))",
    overloads: overloads![
        Overload::new(
            "atleast_1d(Tensor self) -> Tensor",
            FUNCTION,
            |a| one(atleast(a.tensor(0)?, 1)?),
            Derivative::Composite,
        ),
        Overload::new(
            "atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]",
            FUNCTION,
            |a| {
                let tensors = a.tensors(0)?;
                let grown = tensors.iter().map(|tensor| atleast(tensor, 1));
                one(Arg::list(grown.collect::<Result<Vec<_>>>()?))
            },
            Derivative::Composite,
        ),
    ],
};

pub(crate) static ATLEAST_2D: Op = Op {
    name: "atleast_2d",
    aliases: &[],
    help: "The tensor, or each of several, with at least two dimensions.",
    example: "torch.atleast_2d(torch.tensor([1, 2]))",
    overloads: overloads![
        Overload::new(
            "atleast_2d(Tensor self) -> Tensor",
            FUNCTION,
            |a| one(atleast(a.tensor(0)?, 2)?),
            Derivative::Composite,
        ),
        Overload::new(
            "atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]",
            FUNCTION,
            |a| {
                let tensors = a.tensors(0)?;
                let grown = tensors.iter().map(|tensor| atleast(tensor, 2));
                one(Arg::list(grown.collect::<Result<Vec<_>>>()?))
            },
            Derivative::Composite,
        ),
    ],
};

pub(crate) static ATLEAST_3D: Op = Op {
    name: "atleast_3d",
    aliases: &[],
    help: "The tensor, or each of several, with at least three dimensions.",
    example: "torch.atleast_3d(torch.tensor([1, 2]))",
    overloads: overloads![
        Overload::new(
            "atleast_3d(Tensor self) -> Tensor",
            FUNCTION,
            |a| one(atleast(a.tensor(0)?, 3)?),
            Derivative::Composite,
        ),
        Overload::new(
            "atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]",
            FUNCTION,
            |a| {
                let tensors = a.tensors(0)?;
                let grown = tensors.iter().map(|tensor| atleast(tensor, 3));
                one(Arg::list(grown.collect::<Result<Vec<_>>>()?))
            },
            Derivative::Composite,
        ),
    ],
};

pub(crate) static BROADCAST_TENSORS: Op = Op {
    name: "broadcast_tensors",
    aliases: &[],
    help: "The tensors broadcast to their common shape.",
    example: "torch.broadcast_tensors(torch.tensor([1, 2]), torch.tensor([[3], [4]]))",
    overloads: overloads![Overload::new(
        "broadcast_tensors(Tensor[] tensors) -> Tensor[]",
        FUNCTION,
        |a| one(Arg::list(broadcast_tensors(&a.tensors(0)?)?)),
        Derivative::Composite,
    )],
};

pub fn broadcast_tensors(tensors: &[Tensor]) -> Result<Vec<Tensor>> {
    let mut common = Dims::new();
    for tensor in tensors {
        common = layout::broadcast_sizes(&common, &tensor.sizes())?;
    }
    tensors
        .iter()
        .map(|tensor| {
            if tensor.sizes() == common {
                Ok(tensor.clone())
            } else {
                expand(tensor, &common)
            }
        })
        .collect()
}

/// With size-1 dimensions added as `atleast_1d`, `atleast_2d` and `atleast_3d` add them.
pub fn atleast(tensor: &Tensor, dims: usize) -> Result<Tensor> {
    match (tensor.dim(), dims) {
        (0, 1) => reshape(tensor, &[1]),
        (0, 2) => reshape(tensor, &[1, 1]),
        (0, 3) => reshape(tensor, &[1, 1, 1]),
        (1, 2) => unsqueeze(tensor, 0),
        (1, 3) => unsqueeze(&unsqueeze(tensor, 0)?, -1),
        (2, 3) => unsqueeze(tensor, -1),
        _ => Ok(tensor.clone()),
    }
}

pub fn flatten(tensor: &Tensor, start: i64, end: i64) -> Result<Tensor> {
    let (from, to) = (
        layout::wrap_dim(start, tensor.dim())?,
        layout::wrap_dim(end, tensor.dim())?,
    );
    if from > to {
        return error::runtime("flatten() has invalid args: start_dim cannot come after end_dim");
    }
    if tensor.dim() == 0 {
        return reshape(tensor, &[1]);
    }
    if from == to {
        return Ok(tensor.clone());
    }
    let mut sizes = tensor.sizes();
    let joined = sizes.drain(from..=to).product();
    sizes.insert(from, joined);
    reshape(tensor, &sizes)
}

pub fn view(tensor: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    VIEW_OP.overloads[0].call_one(args![tensor, sizes])
}

/// A view where the strides allow it, else of a contiguous copy.
pub fn reshape(tensor: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    let (sizes, strides) = {
        let array = tensor.array();
        if array.is_contiguous() {
            drop(array);
            return view(tensor, sizes);
        }
        let sizes = array_view::infer_sizes(sizes, array.numel() as i64)?;
        let strides = layout::view_strides(array.sizes(), array.strides(), &sizes);
        (sizes, strides)
    };
    match strides {
        Some(strides) => RESHAPE_ALIAS.overloads[0].call_one(args![tensor, sizes, strides]),
        None => unsafe_view(&clone_contiguous(tensor)?, &sizes),
    }
}

pub fn unsafe_view(tensor: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    UNSAFE_VIEW.overloads[0].call_one(args![tensor, sizes])
}

pub fn expand(tensor: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    EXPAND.overloads[0].call_one(args![tensor, sizes, false])
}

pub fn unsqueeze(tensor: &Tensor, dim: i64) -> Result<Tensor> {
    UNSQUEEZE.overloads[0].call_one(args![tensor, dim])
}

pub fn squeeze_dim(tensor: &Tensor, dim: i64) -> Result<Tensor> {
    SQUEEZE.overloads[1].call_one(args![tensor, dim])
}

/// Squeezes a tensor that nobody else holds, as `squeeze_` does: the node is that of the in-place form.
pub fn squeeze_in_place(tensor: &Tensor, dim: i64) -> Result<Tensor> {
    SQUEEZE_IN_PLACE.overloads[1].call_in_place(args![tensor, dim])
}

/// Without any dimension of size 1.
pub fn squeeze(tensor: &Tensor) -> Result<Tensor> {
    SQUEEZE.overloads[0].call_one(args![tensor])
}

/// As `squeeze_in_place`, for `unsqueeze_`.
pub fn unsqueeze_in_place(tensor: &Tensor, dim: i64) -> Result<Tensor> {
    UNSQUEEZE_IN_PLACE.overloads[0].call_in_place(args![tensor, dim])
}
