//! One index a place along a dimension: gather, scatter, index_select and their kin.

use super::*;

pub static OPS: &[&Op] = &[
    &GATHER,
    &SCATTER,
    &SCATTER_ADD,
    &SCATTER_REDUCE,
    &INDEX_SELECT,
    &INDEX_ADD,
    &INDEX_COPY,
    &INDEX_FILL,
    &INDEX_REDUCE,
    &TAKE_ALONG_DIM,
];

pub(crate) static GATHER: Op = Op {
    name: "gather",
    aliases: &[],
    help: "The elements at the given places along a dimension.",
    example: "torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0], [1]]))",
    overloads: overloads![
        Overload::new(
            "gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(array_index::gather(&*a.array(0)?, a.int(1)?, &*a.array(2)?)?),
            Derivative::Node(
                "GatherBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "self.sizes, dim, index, sparse_grad",
                        by: By::Formula(|b| {
                            let zeros: Tensor = Array::zeros(&b.sizes(0)?, b.grad()?.dtype())?.into();
                            scatter_add(&zeros, b.int(1)?, &b.tensor(2)?, b.grad()?)
                        })
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static SCATTER: Op = Op {
    name: "scatter",
    aliases: &[],
    help: "A copy with src, or one value, at the given places along a dimension.",
    example: "torch.scatter(torch.zeros(3), 0, torch.tensor([1]), torch.ones(1))",
    overloads: overloads![
        Overload::new(
            "scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| changed(a, |array| array_index::scatter_(
                array,
                a.int(1)?,
                &*a.array(2)?,
                &*a.array(3)?,
                None
            )),
            Derivative::Node(
                "ScatterBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "dim, index",
                        by: By::Formula(|b| scatter_value(b.grad()?, b.int(1)?, &b.tensor(2)?, Scalar::Int(0)))
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "src",
                        uses: "dim, index",
                        by: By::Formula(|b| gather(b.grad()?, b.int(1)?, &b.tensor(2)?))
                    }
                ]
            )
        )
        .out_dtype(crate::ops::out::same),
        Overload::new(
            "scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| changed(a, |array| array_index::scatter_fill_(
                array,
                a.int(1)?,
                &*a.array(2)?,
                a.scalar(3)?,
                None
            )),
            Derivative::Node(
                "ScatterBackward1",
                &[
                    Grad {
                        inputs: "self",
                        uses: "dim, index",
                        by: By::Formula(|b| scatter_value(b.grad()?, b.int(1)?, &b.tensor(2)?, Scalar::Int(0)))
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        )
        .out_dtype(crate::ops::out::same),
        Overload::new(
            "scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| changed(a, |array| array_index::scatter_(
                array,
                a.int(1)?,
                &*a.array(2)?,
                &*a.array(3)?,
                Some(combine(a.str(4)?)?)
            )),
            Derivative::NotImplemented
        )
        .out_dtype(crate::ops::out::same),
        Overload::new(
            "scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| changed(a, |array| array_index::scatter_fill_(
                array,
                a.int(1)?,
                &*a.array(2)?,
                a.scalar(3)?,
                Some(combine(a.str(4)?)?)
            )),
            Derivative::NotImplemented
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static SCATTER_ADD: Op = Op {
    name: "scatter_add",
    aliases: &[],
    help: "A copy with src added at the given places along a dimension.",
    example: "torch.scatter_add(torch.zeros(3), 0, torch.tensor([1, 1]), torch.ones(2))",
    overloads: overloads![
        Overload::new(
            "scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| changed(a, |array| array_index::scatter_(
                array,
                a.int(1)?,
                &*a.array(2)?,
                &*a.array(3)?,
                Some(Combine::Sum)
            )),
            Derivative::Node(
                "ScatterAddBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "",
                        by: By::Formula(|b| Ok(b.grad()?.clone()))
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "src",
                        uses: "dim, index",
                        by: By::Formula(|b| gather(b.grad()?, b.int(1)?, &b.tensor(2)?))
                    }
                ]
            )
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static SCATTER_REDUCE: Op = Op {
    name: "scatter_reduce",
    aliases: &[],
    help: "A copy with src combined at the given places along a dimension: sum, prod, mean, amax or amin.",
    example: "torch.scatter_reduce(torch.zeros(3), 0, torch.tensor([1, 1]), torch.ones(2), 'sum')",
    overloads: overloads![Overload::new(
        "scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor",
        FUNCTION | METHOD | INPLACE | OUT,
        |a| changed(a, |array| array_index::scatter_reduce_(
            array,
            a.int(1)?,
            &*a.array(2)?,
            &*a.array(3)?,
            a.str(4)?,
            a.bool(5)?
        )),
        Derivative::Node(
            "ScatterReduceBackward0",
            &[
                Grad {
                    inputs: "self, src",
                    uses: "self, dim, index, src, reduce, include_self, result",
                    by: By::Joint(|b| reduce_gradients(b, &PLACES))
                },
                Grad {
                    inputs: "index",
                    uses: "",
                    by: By::NotDifferentiable
                }
            ]
        )
    ).out_dtype(crate::ops::out::same)],
};

pub(crate) static INDEX_SELECT: Op = Op {
    name: "index_select",
    aliases: &[],
    help: "The slices at the given places along a dimension.",
    example: "torch.index_select(torch.tensor([1, 2, 3]), 0, torch.tensor([0, 2]))",
    overloads: overloads![
        Overload::new(
            "index_select(Tensor self, int dim, Tensor index) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(array_index::index_select(&*a.array(0)?, a.int(1)?, &*a.array(2)?)?),
            Derivative::Node(
                "IndexSelectBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "self.sizes, dim, index",
                        by: By::Formula(|b| {
                            let zeros: Tensor = Array::zeros(&b.sizes(0)?, b.grad()?.dtype())?.into();
                            index_add(&zeros, b.int(1)?, &b.tensor(2)?, b.grad()?)
                        })
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        )
        .out_dtype(|_, _| "index_select(): self and result must have the same scalar type".into())
    ],
};

pub(crate) static INDEX_ADD: Op = Op {
    name: "index_add",
    aliases: &[],
    help: "A copy with the slices of source, multiplied by alpha, added along a dimension.",
    example: "torch.index_add(torch.zeros(3), 0, torch.tensor([1]), torch.ones(1))",
    overloads: overloads![
        Overload::new(
            "index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| changed(a, |array| array_index::index_add_(
                array,
                a.int(1)?,
                &*a.array(2)?,
                &*a.array(3)?,
                a.scalar(4)?
            )),
            Derivative::Node(
                "IndexAddBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "",
                        by: By::Formula(|b| Ok(b.grad()?.clone()))
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "source",
                        uses: "dim, index, source.sizes, alpha",
                        by: By::Formula(|b| {
                            let grad = source_gradient(b)?;
                            let alpha = b.scalar(4)?;
                            if alpha.is_one() { Ok(grad) } else { mul(&grad, alpha) }
                        })
                    }
                ]
            )
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static INDEX_COPY: Op = Op {
    name: "index_copy",
    aliases: &[],
    help: "A copy with slices along a dimension replaced by those of source.",
    example: "torch.index_copy(torch.zeros(3), 0, torch.tensor([1]), torch.ones(1))",
    overloads: overloads![
        Overload::new(
            "index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor",
            FUNCTION | METHOD | INPLACE | OUT,
            |a| changed(a, |array| array_index::index_copy_(
                array,
                a.int(1)?,
                &*a.array(2)?,
                &*a.array(3)?
            )),
            Derivative::Node(
                "IndexCopyBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "dim, index",
                        by: By::Formula(|b| index_fill(b.grad()?, b.int(1)?, &b.tensor(2)?, Scalar::Int(0)))
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "source",
                        uses: "dim, index, source.sizes",
                        by: By::Formula(source_gradient)
                    }
                ]
            )
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static INDEX_FILL: Op = Op {
    name: "index_fill",
    aliases: &[],
    help: "A copy with slices along a dimension filled with value.",
    example: "torch.index_fill(torch.zeros(3), 0, torch.tensor([1]), 5.0)",
    overloads: overloads![
        Overload::new(
            "index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
            FUNCTION | METHOD | INPLACE,
            |a| changed(a, |array| array_index::index_fill_(
                array,
                a.int(1)?,
                &*a.array(2)?,
                a.scalar(3)?
            )),
            Derivative::Node(
                "IndexFillBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "dim, index",
                        by: By::Formula(|b| index_fill(b.grad()?, b.int(1)?, &b.tensor(2)?, Scalar::Int(0)))
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        ),
        Overload::new(
            "index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor",
            FUNCTION | METHOD | INPLACE,
            |a| {
                let value = a.tensor(3)?;
                if value.dim() != 0 {
                    return error::runtime(format!(
                        "index_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s).",
                        value.dim()
                    ));
                }
                let value = copy::item(&value.array())?;
                changed(a, |array| {
                    array_index::index_fill_(array, a.int(1)?, &*a.array(2)?, value)
                })
            },
            Derivative::Node(
                "IndexFillBackward1",
                &[
                    Grad {
                        inputs: "self",
                        uses: "dim, index",
                        by: By::Formula(|b| index_fill(b.grad()?, b.int(1)?, &b.tensor(2)?, Scalar::Int(0)))
                    },
                    Grad {
                        inputs: "index",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "value",
                        uses: "dim, index",
                        by: By::Formula(|b| {
                            let unique = order::unique::unique(&b.tensor(2)?.array())?.0;
                            sum(&index_select(b.grad()?, b.int(1)?, &unique.into())?)
                        })
                    }
                ]
            )
        )
    ],
};

pub(crate) static INDEX_REDUCE: Op = Op {
    name: "index_reduce",
    aliases: &[],
    help: "A copy with the slices of source combined along a dimension: prod, mean, amax or amin.",
    example: "torch.index_reduce(torch.ones(3), 0, torch.tensor([1]), torch.ones(1), 'prod')",
    overloads: overloads![Overload::new(
        "index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor",
        FUNCTION | METHOD | INPLACE | OUT,
        |a| changed(a, |array| array_index::index_reduce_(
            array,
            a.int(1)?,
            &*a.array(2)?,
            &*a.array(3)?,
            a.str(4)?,
            a.bool(5)?
        )),
        Derivative::Node(
            "IndexReduceBackward0",
            &[
                Grad {
                    inputs: "self, source",
                    uses: "self, dim, index, source, reduce, include_self, result",
                    by: By::Joint(|b| reduce_gradients(b, &SLICES))
                },
                Grad {
                    inputs: "index",
                    uses: "",
                    by: By::NotDifferentiable
                }
            ]
        )
    ).out_dtype(crate::ops::out::same)],
};

pub(crate) static TAKE_ALONG_DIM: Op = Op {
    name: "take_along_dim",
    aliases: &[],
    help: "The elements at places along a dimension, or in the flattened tensor.",
    example: "torch.take_along_dim(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[0], [1]]), dim=1)",
    overloads: overloads![
        Overload::new(
            "take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(take_along_dim(a.tensor(0)?, a.tensor(1)?, a.optional_int(2))?),
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

/// A copy of the first argument, changed in place.
fn changed(a: &Args, change: impl FnOnce(&Array) -> Result<()>) -> Result<Outs> {
    let result = copy::clone(&*a.array(0)?)?;
    change(&result)?;
    one(result)
}

fn combine(reduce: &str) -> Result<Combine> {
    match reduce {
        "add" => Ok(Combine::Sum),
        "multiply" => Ok(Combine::Prod),
        _ => error::runtime("reduce argument must be either add or multiply."),
    }
}

fn source_gradient(b: &Backward) -> Result<Tensor> {
    let (sizes, index) = (b.sizes(3)?, b.tensor(2)?);
    if sizes.is_empty() {
        return index_select(b.grad()?, b.int(1)?, &squeeze_dim(&index, 0)?);
    }
    expand(&index_select(b.grad()?, b.int(1)?, &index)?, &sizes)
}

/// How the two families of reductions read and add at indices: one index a place, or one a slice.
struct Places {
    read: fn(&Tensor, i64, &Tensor) -> Result<Tensor>,
    add: fn(&Tensor, i64, &Tensor, &Tensor) -> Result<Tensor>,
    clear: fn(&Tensor, i64, &Tensor) -> Result<Tensor>,
    reduce: &'static Op,
}

static PLACES: Places = Places {
    read: gather,
    add: scatter_add,
    clear: |tensor, dim, index| scatter_value(tensor, dim, index, Scalar::Int(0)),
    reduce: &SCATTER_REDUCE,
};

static SLICES: Places = Places {
    read: index_select,
    add: index_add,
    clear: |tensor, dim, index| index_fill(tensor, dim, index, Scalar::Int(0)),
    reduce: &INDEX_REDUCE,
};

/// The gradients of self and source of `scatter_reduce` and `index_reduce`.
fn reduce_gradients(b: &Backward, places: &Places) -> Result<Vec<Option<Tensor>>> {
    let (grad, dim, index) = (b.grad()?, b.int(1)?, b.tensor(2)?);
    let (this, source) = (b.tensor(0)?, b.tensor(3)?);
    let args = b.args()?;
    let (reduce, include_self) = (args.str(4)?, b.bool(5)?);
    let constant = |like: &Tensor, value: i64| -> Result<Tensor> {
        Ok(copy::full(&like.sizes(), Scalar::Int(value), like.dtype())?.into())
    };
    let equal = |a: &Tensor, b: &Tensor| -> Result<Tensor> { Ok(compare::eq(&*a.array(), &*b.array())?.into()) };
    let equals =
        |a: &Tensor, value: i64| -> Result<Tensor> { Ok(compare::eq(&*a.array(), Scalar::Int(value))?.into()) };
    let read = |tensor: &Tensor| (places.read)(tensor, dim, &index);
    let (mut grad_self, grad_source) = match reduce {
        "sum" => (grad.clone(), read(grad)?),
        "prod" => {
            let again = |this: &Tensor, source: &Tensor| {
                places.reduce.overloads[0].call_one(args![this, dim, index.clone(), source, reduce, include_self])
            };
            let masked_self = masked_fill(&this, &equals(&this, 0)?, Scalar::Int(1))?;
            let grad_self = div(&mul(grad, &again(&masked_self, &source)?)?, &masked_self)?;
            let is_zero = equals(&source, 0)?;
            let zeros = (places.add)(&constant(&this, 0)?, dim, &index, &to_dtype(&is_zero, this.dtype())?)?;
            let zeros = read(&zeros)?;
            let several = compare::gt(&*zeros.array(), Scalar::Int(1))?;
            if copy::elements(&several).iter().any(|element| !element.is_zero()) && modes::is_grad_enabled() {
                return error::runtime(
                    "scatter_reduce(): double backward is unsupported for src when >1 zeros in src are scattered to the same position in self",
                );
            }
            let single =
                compare::logical_and(&*is_zero.array(), &compare::eq(&*zeros.array(), Scalar::Int(1))?)?.into();
            let without = again(&this, &masked_fill(&source, &single, Scalar::Int(1))?)?;
            let at_zero = read(&mul(grad, &without)?)?;
            let elsewhere = div(
                &read(&mul(grad, &b.result(0)?)?)?,
                &masked_fill(&source, &is_zero, Scalar::Int(1))?,
            )?;
            (grad_self, where_(&single, &at_zero, &elsewhere)?)
        }
        "mean" => {
            let start = constant(grad, i64::from(include_self))?;
            let counts = (places.add)(&start, dim, &index, &constant(&source, 1)?)?;
            let counts = masked_fill(&counts, &equals(&counts, 0)?, Scalar::Int(1))?;
            (div(grad, &counts)?, div(&read(grad)?, &read(&counts)?)?)
        }
        _ => {
            let result = b.result(0)?;
            let self_is_result = to_dtype(&equal(&this, &result)?, this.dtype())?;
            let source_is_result = to_dtype(&equal(&source, &read(&result)?)?, this.dtype())?;
            let shares = (places.add)(&self_is_result, dim, &index, &source_is_result)?;
            let distributed = div(grad, &shares)?;
            (
                mul(&self_is_result, &distributed)?,
                mul(&source_is_result, &read(&distributed)?)?,
            )
        }
    };
    if !include_self {
        grad_self = (places.clear)(&grad_self, dim, &index)?;
    }
    Ok(vec![Some(grad_self), Some(grad_source)])
}

fn take_along_dim(this: &Tensor, indices: &Tensor, dim: Option<i64>) -> Result<Tensor> {
    let checked = |indices: &Tensor| {
        if indices.dtype() != Dtype::Int64 {
            return error::runtime(format!(
                "torch.take_along_dim(): dtype of indices should be Long but got {}",
                indices.dtype().scalar_type()
            ));
        }
        Ok(())
    };
    let Some(dim) = dim else {
        checked(indices)?;
        return gather(&reshape(this, &[-1])?, 0, &reshape(indices, &[-1])?);
    };
    if this.dim() != indices.dim() {
        return error::runtime(format!(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got {} dimensions for input, and {} dimensions for indices",
            this.dim(),
            indices.dim()
        ));
    }
    checked(indices)?;
    let at = layout::wrap_dim(dim, this.dim())?;
    let (mut own, mut other) = (this.sizes(), indices.sizes());
    let (own_size, other_size) = (own.get(at).copied().unwrap_or(1), other.get(at).copied().unwrap_or(1));
    let (mut a, mut b) = (own.clone(), other.clone());
    for sizes in [&mut a, &mut b] {
        if let Some(slot) = sizes.get_mut(at) {
            *slot = 1;
        }
    }
    let common = layout::broadcast_sizes(&a, &b)?;
    own.clone_from(&common);
    other.clone_from(&common);
    if let (Some(own), Some(other)) = (own.get_mut(at), other.get_mut(at)) {
        *own = own_size;
        *other = other_size;
    }
    gather(&expand(this, &own)?, at as i64, &expand(indices, &other)?)
}

pub fn gather(tensor: &Tensor, dim: i64, index: &Tensor) -> Result<Tensor> {
    GATHER.overloads[0].call_one(args![tensor, dim, index, false])
}

/// A copy with one value at the given places along a dimension.
pub fn scatter_value(tensor: &Tensor, dim: i64, index: &Tensor, value: Scalar) -> Result<Tensor> {
    SCATTER.overloads[1].call_one(args![tensor, dim, index, value])
}

pub fn scatter(tensor: &Tensor, dim: i64, index: &Tensor, source: &Tensor) -> Result<Tensor> {
    SCATTER.overloads[0].call_one(args![tensor, dim, index, source])
}

pub fn scatter_add(tensor: &Tensor, dim: i64, index: &Tensor, source: &Tensor) -> Result<Tensor> {
    SCATTER_ADD.overloads[0].call_one(args![tensor, dim, index, source])
}

pub fn index_select(tensor: &Tensor, dim: i64, index: &Tensor) -> Result<Tensor> {
    INDEX_SELECT.overloads[0].call_one(args![tensor, dim, index])
}

pub fn index_add(tensor: &Tensor, dim: i64, index: &Tensor, source: &Tensor) -> Result<Tensor> {
    INDEX_ADD.overloads[0].call_one(args![tensor, dim, index, source, Scalar::Int(1)])
}

pub fn index_fill(tensor: &Tensor, dim: i64, index: &Tensor, value: Scalar) -> Result<Tensor> {
    INDEX_FILL.overloads[0].call_one(args![tensor, dim, index, value])
}

/// As `index_fill`, with a 0-d tensor.
pub fn index_fill_tensor(tensor: &Tensor, dim: i64, index: &Tensor, value: &Tensor) -> Result<Tensor> {
    INDEX_FILL.overloads[1].call_one(args![tensor, dim, index, value])
}
