//! Copies, and what fills or resizes a tensor in place.

use super::*;

pub static OPS: &[&Op] = &[
    &CLONE,
    &COPY,
    &ZERO,
    &FILL,
    &FILL_IN_PLACE,
    &FILL_DIAGONAL,
    &CONTIGUOUS,
    &TO_COPY,
    &TYPE_AS,
    &ALIAS,
    &RESIZE,
    &RESIZE_AS,
    &POSITIVE,
];

pub(crate) static CLONE: Op = Op {
    name: "clone",
    aliases: &[],
    help: "A copy with its own storage.",
    example: "torch.clone(torch.tensor([1.0]))",
    overloads: overloads![
        Overload::new(
            "clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor",
            FUNCTION | METHOD,
            |a| match a.get(1) {
                Arg::MemoryFormat(MemoryFormat::Contiguous) => a.unary(copy::to_contiguous),
                _ => a.unary(copy::clone),
            },
            Derivative::Node(
                "CloneBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| Ok(b.grad()?.clone()))
                }]
            ),
        )
        .linear()
    ],
};

pub(crate) static COPY: Op = Op {
    name: "copy_",
    aliases: &[],
    help: "Copies the elements of src into self.",
    example: "torch.zeros(2).copy_(torch.tensor([1.0, 2.0]))",
    overloads: overloads![Overload::new(
        "copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)",
        ONLY_INPLACE,
        |a| {
            let sizes = a.array(0)?.sizes().to_vec();
            let source = layout::expand(&*a.array(1)?, &sizes)?;
            one(copy::cast(&source, a.array(0)?.dtype())?)
        },
        Derivative::Node(
            "CopyBackwards",
            &[
                Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Zero
                },
                Grad {
                    inputs: "src",
                    uses: "",
                    by: By::Formula(|b| Ok(b.grad()?.clone()))
                },
            ],
        ),
    )],
};

pub(crate) static ZERO: Op = Op {
    name: "zero_",
    aliases: &[],
    help: "Fills self with zeros.",
    example: "torch.ones(2).zero_()",
    overloads: overloads![Overload::new(
        "zero_(Tensor(a!) self) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION,
        |a| one(Array::zeros(a.array(0)?.sizes(), a.array(0)?.dtype())?),
        Derivative::Node(
            "ZeroBackward0",
            &[Grad {
                inputs: "self",
                uses: "",
                by: By::Zero
            }]
        ),
    )],
};

pub(crate) static FILL: Op = Op {
    name: "fill",
    aliases: &[],
    help: "A tensor of the input's shape and dtype, every element set to value.",
    example: "torch.fill(torch.zeros(2), 3.0)",
    overloads: overloads![
        Overload::new(
            "fill.Scalar(Tensor self, Scalar value) -> Tensor",
            FUNCTION,
            filled,
            Derivative::Node(
                "FillBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Zero
                }]
            ),
        ),
        Overload::new(
            "fill.Tensor(Tensor self, Tensor value) -> Tensor",
            FUNCTION,
            filled,
            Derivative::Node(
                "FillBackward1",
                &[
                    Grad {
                        inputs: "self",
                        uses: "",
                        by: By::Zero
                    },
                    Grad {
                        inputs: "value",
                        uses: "",
                        by: By::Formula(|b| sum(b.grad()?))
                    },
                ],
            ),
        ),
    ],
};

pub(crate) static FILL_IN_PLACE: Op = Op {
    name: "fill_",
    aliases: &[],
    help: "Sets every element of self to value.",
    example: "torch.zeros(2).fill_(3.0)",
    overloads: overloads![
        Overload::new(
            "fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)",
            ONLY_INPLACE | FUNCTION,
            filled,
            Derivative::Node(
                "FillBackward2",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Zero
                }]
            ),
        ),
        Overload::new(
            "fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)",
            ONLY_INPLACE | FUNCTION,
            filled,
            Derivative::Node(
                "FillBackward3",
                &[
                    Grad {
                        inputs: "self",
                        uses: "",
                        by: By::Zero
                    },
                    Grad {
                        inputs: "value",
                        uses: "",
                        by: By::Formula(|b| sum(b.grad()?))
                    },
                ],
            ),
        ),
    ],
};

/// Value at position 1 in the shape and dtype of the first argument.
fn filled(a: &Args) -> Result<Outs> {
    let this = a.array(0)?;
    let value = match a.get(1) {
        Arg::Tensor(value) if value.dim() != 0 => {
            return error::runtime(format!(
                "fill_ only supports 0-dimension value tensor but got tensor with {} dimensions.",
                value.dim()
            ));
        }
        Arg::Tensor(value) => copy::item(&value.array())?,
        _ => a.scalar(1)?,
    };
    one(copy::full(this.sizes(), value, this.dtype())?)
}

pub(crate) static FILL_DIAGONAL: Op = Op {
    name: "fill_diagonal_",
    aliases: &[],
    help: "Sets the main diagonal of self to fill_value; with wrap it starts anew below a tall matrix's last column.",
    example: "torch.zeros(2, 2).fill_diagonal_(1.0)",
    overloads: overloads![Overload::new(
        "fill_diagonal_(Tensor(a!) self, Scalar fill_value, bool wrap=False) -> Tensor(a!)",
        ONLY_INPLACE,
        |a| {
            let this = a.tensor(0)?;
            let (sizes, strides, offset) = {
                let array = this.array();
                (array.sizes().to_vec(), array.strides().to_vec(), array.offset())
            };
            let (Some(&height), Some(&width), true) = (sizes.first(), sizes.get(1), sizes.len() >= 2) else {
                return error::runtime("dimensions must larger than 1");
            };
            if sizes.len() > 2 && sizes.iter().any(|size| *size != height) {
                return error::runtime("all dimensions of input must be of equal length");
            }
            let shortest = sizes.iter().copied().min().unwrap_or(0);
            let stride: i64 = strides.iter().sum();
            fill_in_place(&as_strided(this, &[shortest], &[stride], offset)?, a.scalar(1)?)?;
            if sizes.len() == 2 && height > width + 1 && a.bool(2)? {
                let step = strides.first().copied().unwrap_or(1);
                let below = (height * width).div_euclid(stride.max(1)) - shortest;
                let wrapped = (height * step - (width + 1) * step).max(0);
                let count = ((wrapped + stride - 1) / stride.max(1)).min(below.max(0) + height);
                let from = offset + (width + 1) * step;
                fill_in_place(&as_strided(this, &[count], &[stride], from)?, a.scalar(1)?)?;
            }
            one(this)
        },
        Derivative::Composite,
    )],
};

pub(crate) static CONTIGUOUS: Op = Op {
    name: "contiguous",
    aliases: &[],
    help: "The tensor itself if its memory is in row-major order, else a copy that is.",
    example: "torch.tensor([[1, 2], [3, 4]]).t().contiguous()",
    overloads: overloads![Overload::new(
        "contiguous(Tensor(a) self, *, MemoryFormat memory_format=contiguous_format) -> Tensor(a)",
        METHOD,
        |a| one(contiguous(a.tensor(0)?)?),
        Derivative::Composite,
    )],
};

pub(crate) static TO_COPY: Op = Op {
    name: "_to_copy",
    aliases: &[],
    help: "A copy with another dtype.",
    example: "torch.ones(2).to(torch.float64)",
    overloads: overloads![Overload::new(
        "_to_copy(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, MemoryFormat? memory_format=None) -> Tensor",
        0,
        |a| {
            let array = a.array(0)?;
            one(copy::cast_copy(&array, a.dtype(1).unwrap_or(array.dtype()))?)
        },
        Derivative::Node(
            "ToCopyBackward0",
            &[Grad {
                inputs: "self",
                uses: "self.sizes",
                by: By::Formula(|b| match (b.grad()?, b.dtype(0)?) {
                    (grad, dtype) if grad.dtype().is_complex() && !dtype.is_complex() => to_dtype(&real(grad)?, dtype),
                    (grad, dtype) => to_dtype(grad, dtype),
                }),
            }],
        ),
    )
    .linear()],
};

pub(crate) static TYPE_AS: Op = Op {
    name: "type_as",
    aliases: &[],
    help: "The tensor in the dtype of other.",
    example: "torch.tensor([1, 2]).type_as(torch.tensor(1.0))",
    overloads: overloads![Overload::new(
        "type_as(Tensor self, Tensor other) -> Tensor",
        METHOD,
        |a| one(to_dtype(a.tensor(0)?, a.tensor(1)?.dtype())?),
        Derivative::Composite,
    )],
};

pub(crate) static ALIAS: Op = Op {
    name: "alias",
    aliases: &[],
    help: "A view of the whole tensor.",
    example: "torch.ones(2)[...]",
    overloads: overloads![
        Overload::new(
            "alias(Tensor(a) self) -> Tensor(a)",
            VIEW,
            |a| one(a.array(0)?.clone()),
            Derivative::Node(
                "AliasBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| Ok(b.grad()?.clone()))
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static RESIZE: Op = Op {
    name: "resize_",
    aliases: &[],
    help: "Gives self other sizes in place; new elements are not initialised.",
    example: "torch.arange(4).resize_(2, 2)",
    overloads: overloads![Overload::new(
        "resize_(Tensor(a!) self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor(a!)",
        ONLY_INPLACE | VIEW,
        |a| resized(a.tensor(0)?, a.ints(1)?),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static RESIZE_AS: Op = Op {
    name: "resize_as_",
    aliases: &[],
    help: "Gives self the sizes of another tensor in place.",
    example: "torch.arange(4).resize_as_(torch.ones(2, 2))",
    overloads: overloads![Overload::new(
        "resize_as_(Tensor(a!) self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION | VIEW,
        |a| resized(a.tensor(0)?, &a.tensor(1)?.sizes()),
        Derivative::NotDifferentiable,
    )],
};

fn resized(this: &Tensor, sizes: &[i64]) -> Result<Outs> {
    if this.requires_grad() {
        return error::runtime("cannot resize variables that require grad");
    }
    let seen: Tensor = this.array().clone().into();
    resize(&seen, sizes)?;
    one(seen)
}

pub(crate) static POSITIVE: Op = Op {
    name: "positive",
    aliases: &[],
    help: "The tensor itself; bool tensors have no sign.",
    example: "torch.positive(torch.tensor([-1.0]))",
    overloads: overloads![Overload::new(
        "positive(Tensor(a) self) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| {
            let this = a.tensor(0)?;
            if this.dtype() == Dtype::Bool {
                return error::runtime("The `+` operator, on a bool tensor is not supported.");
            }
            one(this)
        },
        Derivative::Composite,
    )],
};

/// Gives `out` new sizes, growing its storage as needed: what `out=` and `resize_` do.
pub fn resize(out: &Tensor, sizes: &[i64]) -> Result<()> {
    let array = out.array().clone();
    let needed = (numel_of(sizes)? + array.offset() as usize) * array.dtype().size();
    if needed > array.storage().len() {
        array.storage().resize(needed)?;
    }
    let strides = crate::array::array::contiguous_strides(sizes);
    out.set_array(array.view(sizes.into(), strides, array.offset()));
    Ok(())
}

pub fn clone(tensor: &Tensor) -> Result<Tensor> {
    CLONE.overloads[0].call_one(args![tensor])
}

/// A contiguous copy, recorded as `clone` is.
pub fn clone_contiguous(tensor: &Tensor) -> Result<Tensor> {
    CLONE.overloads[0].call_one(args![tensor, Arg::MemoryFormat(MemoryFormat::Contiguous)])
}

/// A view of the whole tensor.
pub fn alias(tensor: &Tensor) -> Result<Tensor> {
    ALIAS.overloads[0].call_one(args![tensor])
}

/// The tensor itself if it is row-major, else a copy.
pub fn contiguous(tensor: &Tensor) -> Result<Tensor> {
    if tensor.array().is_contiguous() {
        return Ok(tensor.clone());
    }
    clone_contiguous(tensor)
}

pub fn fill_in_place(target: &Tensor, value: Scalar) -> Result<Tensor> {
    FILL_IN_PLACE.overloads[0].call_in_place(args![target, value])
}

pub fn copy_in_place(target: &Tensor, source: &Tensor) -> Result<Tensor> {
    COPY.overloads[0].call_in_place(args![target, source, false])
}

pub fn zero_in_place(target: &Tensor) -> Result<Tensor> {
    ZERO.overloads[0].call_in_place(args![target])
}

/// The tensor in another dtype: itself if it has it already.
pub fn to_dtype(tensor: &Tensor, dtype: Dtype) -> Result<Tensor> {
    if tensor.dtype() == dtype {
        Ok(tensor.clone())
    } else {
        TO_COPY.overloads[0].call_one(args![tensor, dtype])
    }
}
