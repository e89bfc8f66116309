//! Index tensors and masks: `x[index]`, `index_put`, masks, `take` and `put`.

use super::*;

pub static OPS: &[&Op] = &[
    &INDEX,
    &INDEX_PUT,
    &INDEX_PUT_IMPL,
    &MASKED_FILL,
    &MASKED_SELECT,
    &MASKED_SCATTER,
    &TAKE,
    &PUT,
    &NONZERO,
    &ARGWHERE,
    &NONZERO_STATIC,
    &WHERE,
    &UNRAVEL_INDEX,
];

pub(crate) static INDEX: Op = Op {
    name: "index",
    aliases: &[],
    help: "The elements that index tensors pick.",
    example: "torch.arange(4)[torch.tensor([0, 2])]",
    overloads: overloads![
        Overload::new(
            "index.Tensor(Tensor self, Tensor?[] indices) -> Tensor",
            0,
            |a| one(array_index::index(&*a.array(0)?, &index_arrays(a)?)?),
            Derivative::Node(
                "IndexBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, indices",
                    by: By::Formula(|b| {
                        let zeros: Tensor = Array::zeros(&b.sizes(0)?, b.grad()?.dtype())?.into();
                        INDEX_PUT_IMPL.overloads[0].call_one(args![zeros, b.value(1)?, b.grad()?, true, true])
                    })
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static INDEX_PUT: Op = Op {
    name: "index_put",
    aliases: &[],
    help: "A copy with values at the places that index tensors pick.",
    example: "torch.index_put(torch.zeros(3), (torch.tensor([1]),), torch.tensor(5.0))",
    overloads: overloads![Overload::new(
        "index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor",
        FUNCTION | METHOD | INPLACE,
        indexed_put,
        Derivative::Node(
            "IndexPutBackward0",
            &[
                Grad {
                    inputs: "self",
                    uses: "indices, values.sizes, accumulate",
                    by: By::Formula(|b| if b.bool(3)? {
                        Ok(b.grad()?.clone())
                    } else {
                        index_put(b.grad()?, b.value(1)?, &zeros_for(b, 2)?, false)
                    })
                },
                Grad {
                    inputs: "values",
                    uses: "indices",
                    by: By::Formula(|b| INDEX.overloads[0].call_one(args![b.grad()?, b.value(1)?]))
                }
            ]
        )
    )],
};

pub(crate) static INDEX_PUT_IMPL: Op = Op {
    name: "_index_put_impl_",
    aliases: &[],
    help: "Values put, or added, at the places that index tensors pick.",
    example: "torch.ones(2)",
    overloads: overloads![Overload::new(
        "_index_put_impl_(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False, bool unsafe=False) -> Tensor",
        0,
        indexed_put,
        Derivative::Node(
            "IndexPutImplBackward0",
            &[
                Grad {
                    inputs: "self",
                    uses: "indices, values.sizes, accumulate",
                    by: By::Formula(|b| if b.bool(3)? {
                        Ok(b.grad()?.clone())
                    } else {
                        index_put(b.grad()?, b.value(1)?, &zeros_for(b, 2)?, false)
                    })
                },
                Grad {
                    inputs: "values",
                    uses: "indices",
                    by: By::Formula(|b| INDEX.overloads[0].call_one(args![b.grad()?, b.value(1)?]))
                }
            ]
        )
    )],
};

pub(crate) static MASKED_FILL: Op = Op {
    name: "masked_fill",
    aliases: &[],
    help: "A copy with value where mask is true.",
    example: "torch.masked_fill(torch.zeros(2), torch.tensor([True, False]), 1.0)",
    overloads: overloads![
        Overload::new(
            "masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor",
            FUNCTION | METHOD | INPLACE,
            |a| one(array_index::masked_fill(&*a.array(0)?, &*a.array(1)?, a.scalar(2)?)?),
            Derivative::Node(
                "MaskedFillBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "mask",
                        by: By::Formula(|b| masked_fill(b.grad()?, &b.tensor(1)?, Scalar::Int(0)))
                    },
                    Grad {
                        inputs: "mask",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        ),
        Overload::new(
            "masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor",
            FUNCTION | METHOD | INPLACE,
            |a| {
                let value = a.tensor(2)?;
                if value.dim() != 0 {
                    return error::runtime(format!(
                        "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s).",
                        value.dim()
                    ));
                }
                let value = value.array();
                one(array_index::masked_fill(&*a.array(0)?, &*a.array(1)?, &*value)?)
            },
            Derivative::Node(
                "MaskedFillBackward1",
                &[
                    Grad {
                        inputs: "self",
                        uses: "mask",
                        by: By::Formula(|b| masked_fill(b.grad()?, &b.tensor(1)?, Scalar::Int(0)))
                    },
                    Grad {
                        inputs: "mask",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "value",
                        uses: "mask",
                        by: By::Formula(|b| sum(&where_(&b.tensor(1)?, b.grad()?, Scalar::Int(0))?))
                    }
                ]
            )
        )
    ],
};

pub(crate) static MASKED_SELECT: Op = Op {
    name: "masked_select",
    aliases: &[],
    help: "The elements where mask is true, as a vector.",
    example: "torch.masked_select(torch.tensor([1, 2]), torch.tensor([True, False]))",
    overloads: overloads![
        Overload::new(
            "masked_select(Tensor self, Tensor mask) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(array_index::masked_select(&*a.array(0)?, &*a.array(1)?)?),
            Derivative::Node(
                "MaskedSelectBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "self.sizes, mask",
                        by: By::Formula(|b| {
                            let mask = b.tensor(1)?;
                            let sizes = layout::broadcast_sizes(&b.sizes(0)?, &mask.sizes())?;
                            let zeros: Tensor = Array::zeros(&sizes, b.grad()?.dtype())?.into();
                            masked_scatter(&zeros, &mask, b.grad()?)
                        })
                    },
                    Grad {
                        inputs: "mask",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        )
        .out_dtype(|_, _| "masked_select(): self and result must have the same scalar type".into())
        .out_check(crate::ops::out::apart)
    ],
};

pub(crate) static MASKED_SCATTER: Op = Op {
    name: "masked_scatter",
    aliases: &[],
    help: "A copy with the elements of source, in order, where mask is true.",
    example: "torch.zeros(2).masked_scatter(torch.tensor([False, True]), torch.ones(1))",
    overloads: overloads![Overload::new(
        "masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor",
        FUNCTION | METHOD | INPLACE,
        |a| one(array_index::masked_scatter(
            &*a.array(0)?,
            &*a.array(1)?,
            &*a.array(2)?
        )?),
        Derivative::Node(
            "MaskedScatterBackward0",
            &[
                Grad {
                    inputs: "self",
                    uses: "mask",
                    by: By::Formula(|b| masked_fill(b.grad()?, &b.tensor(1)?, Scalar::Int(0)))
                },
                Grad {
                    inputs: "mask",
                    uses: "",
                    by: By::NotDifferentiable
                },
                Grad {
                    inputs: "source",
                    uses: "mask, source.sizes",
                    by: By::Formula(|b| {
                        let (sizes, picked) = (b.sizes(2)?, masked_select(b.grad()?, &b.tensor(1)?)?);
                        let count: i64 = sizes.iter().product();
                        let missing = count - picked.numel() as i64;
                        let picked = if missing > 0 {
                            let zeros: Tensor = Array::zeros(&[missing], picked.dtype())?.into();
                            cat(&[picked, zeros], 0)?
                        } else {
                            picked
                        };
                        view(&picked, &sizes)
                    })
                }
            ]
        )
    )],
};

pub(crate) static TAKE: Op = Op {
    name: "take",
    aliases: &[],
    help: "The elements at places in the flattened tensor.",
    example: "torch.take(torch.tensor([[1, 2], [3, 4]]), torch.tensor([0, 3]))",
    overloads: overloads![
        Overload::new(
            "take(Tensor self, Tensor index) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(array_index::take(&*a.array(0)?, &*a.array(1)?)?),
            Derivative::Node(
                "TakeBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "self.sizes, index",
                        by: By::Formula(|b| {
                            let zeros: Tensor = Array::zeros(&b.sizes(0)?, b.grad()?.dtype())?.into();
                            put(&zeros, &b.tensor(1)?, b.grad()?, true)
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
        .out_dtype(|wanted, given| format!(
            "take(): self and out expected to have the same dtype, but got self.dtype = {} and out.dtype = {}",
            wanted.scalar_type(),
            given.scalar_type()
        ))
    ],
};

pub(crate) static PUT: Op = Op {
    name: "put",
    aliases: &[],
    help: "A copy with the elements of source at places in the flattened tensor.",
    example: "torch.zeros(3).put(torch.tensor([1]), torch.ones(1))",
    overloads: overloads![Overload::new(
        "put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor",
        FUNCTION | METHOD | INPLACE,
        |a| {
            let result = copy::clone(&*a.array(0)?)?;
            array_index::put_(&result, &*a.array(1)?, &*a.array(2)?, a.bool(3)?)?;
            one(result)
        },
        Derivative::Node(
            "PutBackward0",
            &[
                Grad {
                    inputs: "self",
                    uses: "index, source.sizes, accumulate",
                    by: By::Formula(|b| if b.bool(3)? {
                        Ok(b.grad()?.clone())
                    } else {
                        put(b.grad()?, &b.tensor(1)?, &zeros_for(b, 2)?, false)
                    })
                },
                Grad {
                    inputs: "index",
                    uses: "",
                    by: By::NotDifferentiable
                },
                Grad {
                    inputs: "source",
                    uses: "index, source.sizes",
                    by: By::Formula(|b| reshape(&take(b.grad()?, &b.tensor(1)?)?, &b.sizes(2)?))
                }
            ]
        )
    )],
};

pub(crate) static NONZERO: Op = Op {
    name: "nonzero",
    aliases: &[],
    help: "The places of the elements that are not zero, one a row.",
    example: "torch.nonzero(torch.tensor([0, 1, 1]))",
    overloads: overloads![
        Overload::new(
            "nonzero(Tensor self) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(array_index::nonzero(&*a.array(0)?)?),
            Derivative::NotDifferentiable
        )
        .out_dtype(|_, given| format!(
            "nonzero: Expected out tensor to have scalar type Long but got scalar type{}",
            given.scalar_type()
        )),
        Overload::new(
            "nonzero.numpy(Tensor self, *, bool as_tuple) -> Tensor[]",
            FUNCTION | METHOD,
            |a| {
                let this = a.array(0)?;
                if a.bool(1)? {
                    columns(&this)
                } else {
                    one(array_index::nonzero(&this)?)
                }
            },
            Derivative::NotDifferentiable
        )
    ],
};

pub(crate) static ARGWHERE: Op = Op {
    name: "argwhere",
    aliases: &[],
    help: "The places of the elements that are not zero, one a row.",
    example: "torch.argwhere(torch.tensor([0, 1, 1]))",
    overloads: overloads![Overload::new(
        "argwhere(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| one(array_index::nonzero(&*a.array(0)?)?),
        Derivative::NotDifferentiable
    )],
};

pub(crate) static NONZERO_STATIC: Op = Op {
    name: "nonzero_static",
    aliases: &[],
    help: "As nonzero, with a fixed number of rows.",
    example: "torch.nonzero_static(torch.tensor([0, 1, 1]), size=3)",
    overloads: overloads![Overload::new(
        "nonzero_static(Tensor self, *, SymInt size, int fill_value=-1) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let (size, fill) = (a.int(1)?, a.int(2)?);
            if size < 0 {
                return error::runtime("nonzero_static: 'size' must be an non-negative integer".to_string());
            }
            let found = array_index::nonzero(&*a.array(0)?)?;
            let dims = found.sizes().get(1).copied().unwrap_or(0);
            let out = copy::full(&[size, dims], Scalar::Int(fill), Dtype::Int64)?;
            let rows = found.sizes().first().copied().unwrap_or(0).min(size);
            copy::copy_into(
                &array_view::narrow(&out, 0, 0, rows)?,
                &array_view::narrow(&found, 0, 0, rows)?,
            )?;
            one(out)
        },
        Derivative::NotDifferentiable
    )],
};

pub(crate) static WHERE: Op = Op {
    name: "where",
    aliases: &[],
    help: "The elements of one tensor where condition is true, of the other elsewhere.",
    example: "torch.where(torch.tensor([True, False]), torch.ones(2), torch.zeros(2))",
    overloads: overloads![
        Overload::new(
            "where(Tensor condition) -> Tensor[]",
            FUNCTION,
            |a| columns(&*a.array(0)?),
            Derivative::NotDifferentiable
        ),
        Overload::new(
            "where.self(Tensor condition, Tensor self, Tensor other) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| {
                let condition = a.array(0)?;
                if !matches!(condition.dtype(), Dtype::Bool | Dtype::Uint8) {
                    return error::runtime(format!(
                        "where expected condition to be a boolean tensor, but got a tensor with dtype {}",
                        condition.dtype().scalar_type()
                    ));
                }
                one(a.with_operand(1, |x| a.with_operand(2, |y| ternary::where_(&condition, x, y)))?)
            },
            Derivative::Node(
                "WhereBackward0",
                &[
                    Grad {
                        inputs: "condition",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "self",
                        uses: "condition",
                        by: By::Formula(|b| where_(&b.tensor(0)?, b.grad()?, Scalar::Int(0)))
                    },
                    Grad {
                        inputs: "other",
                        uses: "condition",
                        by: By::Formula(|b| where_(&b.tensor(0)?, Scalar::Int(0), b.grad()?))
                    }
                ]
            )
        )
        .out_dtype(|wanted, given| format!(
            "Expected out type to be {} but got {}",
            wanted.scalar_type(),
            given.scalar_type()
        )),
        Overload::new(
            "where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor",
            FUNCTION,
            |a| one(where_(a.tensor(0)?, a.scalar(1)?, a.tensor(2)?)?),
            Derivative::Composite
        ),
        Overload::new(
            "where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor",
            FUNCTION | METHOD,
            |a| one(where_(a.tensor(0)?, a.tensor(1)?, a.scalar(2)?)?),
            Derivative::Composite
        ),
        Overload::new(
            "where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor",
            FUNCTION,
            |a| one(where_(a.tensor(0)?, a.scalar(1)?, a.scalar(2)?)?),
            Derivative::Composite
        )
    ],
};

pub(crate) static UNRAVEL_INDEX: Op = Op {
    name: "unravel_index",
    aliases: &[],
    help: "Places in a flattened tensor as one index a dimension.",
    example: "torch.unravel_index(torch.tensor(5), (2, 3))",
    overloads: overloads![Overload::new(
        "unravel_index(Tensor indices, SymInt[1] shape) -> Tensor[]",
        FUNCTION,
        |a| unraveled(&*a.array(0)?, a.ints(1)?),
        Derivative::NotDifferentiable
    )],
};

fn index_arrays(a: &Args) -> Result<Vec<Option<Array>>> {
    let indices = a.optional_tensors(1)?;
    Ok(indices
        .iter()
        .map(|index| index.as_ref().map(|index| index.array().clone()))
        .collect())
}

fn indexed_put(a: &Args) -> Result<Outs> {
    let result = copy::clone(&*a.array(0)?)?;
    array_index::index_put_(&result, &index_arrays(a)?, &*a.array(2)?, a.bool(3)?)?;
    one(result)
}

fn columns(array: &Array) -> Result<Outs> {
    let array = if array.dim() == 0 {
        array_view::unsqueeze(array, 0)?
    } else {
        array.clone()
    };
    let columns = array_index::mask::nonzero_columns(&array)?;
    one(Arg::list(columns.into_iter().map(Tensor::from)))
}

fn unraveled(indices: &Array, shape: &[i64]) -> Result<Outs> {
    if !indices.dtype().is_integer() {
        return error::value(format!(
            "expected 'indices' to be integer dtype, but got torch.{}",
            indices.dtype().name()
        ));
    }
    if shape.iter().any(|size| *size < 0) {
        return error::value(format!(
            "'shape' cannot have negative values, but got {}",
            print::tuple(shape)
        ));
    }
    let mut step = 1;
    let mut parts = Vec::with_capacity(shape.len());
    for &size in shape.iter().rev() {
        let quotient = binary::floor_divide(indices, Scalar::Int(step))?;
        parts.push(Tensor::from(binary::remainder(&quotient, Scalar::Int(size))?));
        step *= size;
    }
    parts.reverse();
    one(Arg::list(parts))
}

/// `x[indices]`; None leaves a dimension whole.
pub fn index(tensor: &Tensor, indices: &[Option<Tensor>]) -> Result<Tensor> {
    INDEX.overloads[0].call_one(args![tensor, Arg::Tensors(indices.into())])
}

fn index_put(tensor: &Tensor, indices: Arg, values: &Tensor, accumulate: bool) -> Result<Tensor> {
    INDEX_PUT.overloads[0].call_one(args![tensor, indices, values, accumulate])
}

pub fn masked_fill(tensor: &Tensor, mask: &Tensor, value: impl Into<Scalar>) -> Result<Tensor> {
    MASKED_FILL.overloads[0].call_one(args![tensor, mask, value.into()])
}

/// As `masked_fill`, with a 0-d tensor.
pub fn masked_fill_tensor(tensor: &Tensor, mask: &Tensor, value: &Tensor) -> Result<Tensor> {
    MASKED_FILL.overloads[1].call_one(args![tensor, mask, value])
}

pub fn masked_select(tensor: &Tensor, mask: &Tensor) -> Result<Tensor> {
    MASKED_SELECT.overloads[0].call_one(args![tensor, mask])
}

pub fn masked_scatter(tensor: &Tensor, mask: &Tensor, source: &Tensor) -> Result<Tensor> {
    MASKED_SCATTER.overloads[0].call_one(args![tensor, mask, source])
}

pub fn take(tensor: &Tensor, index: &Tensor) -> Result<Tensor> {
    TAKE.overloads[0].call_one(args![tensor, index])
}

pub fn put(tensor: &Tensor, index: &Tensor, source: &Tensor, accumulate: bool) -> Result<Tensor> {
    PUT.overloads[0].call_one(args![tensor, index, source, accumulate])
}

/// The elements of `a` where the condition holds, of `b` elsewhere; each a tensor or a number.
pub fn where_(condition: &Tensor, a: impl Into<Arg>, b: impl Into<Arg>) -> Result<Tensor> {
    WHERE.overloads[1].call_one(Args(smallvec::smallvec![condition.into(), a.into(), b.into()]))
}
