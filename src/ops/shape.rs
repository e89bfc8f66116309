//! Views and copies: the same elements, seen or placed otherwise.

use super::argument::{Arg, MemoryFormat};
use super::one;
use super::op::*;
use crate::array::array::{format_sizes, numel_of};
use crate::array::{Array, Dims, Dtype, Result, copy, error, join, layout, unary};
use crate::autograd::Tensor;
use crate::{args, overloads};

pub static OPS: &[&Op] = &[
    &CLONE,
    &COPY,
    &ZERO,
    &VIEW_OP,
    &EXPAND,
    &UNSQUEEZE,
    &SQUEEZE,
    &AS_STRIDED,
    &AS_STRIDED_BACKWARD,
    &TO_COPY,
    &REAL,
    &CAT,
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
            |a| a.unary(copy::clone),
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
        ONLY_INPLACE,
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

pub(crate) static VIEW_OP: Op = Op {
    name: "view",
    aliases: &[],
    help: "The same elements under another shape; -1 stands for the size that fits.",
    example: "torch.arange(6).view(2, 3)",
    overloads: overloads![Overload::new(
        "view(Tensor(a) self, SymInt[] size) -> Tensor(a)",
        METHOD | VIEW,
        |a| {
            let array = a.array(0)?;
            let sizes = infer_size(a.ints(1)?, array.numel())?;
            match layout::view_strides(array.sizes(), array.strides(), &sizes) {
                Some(strides) => one(array.view(sizes, strides, array.offset())),
                None => error::runtime(
                    "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
                ),
            }
        },
        Derivative::Node(
            "ViewBackward0",
            &[Grad { inputs: "self", uses: "self.sizes", by: By::Formula(|b| reshape(b.grad()?, &b.sizes(0)?)) }],
        ),
    )
    .linear()],
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
            |a| one(layout::expand(&*a.array(0)?, a.ints(1)?)?),
            Derivative::Node(
                "ExpandBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| super::arithmetic::sum_to(b.grad()?, &b.sizes(0)?)),
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static UNSQUEEZE: Op = Op {
    name: "unsqueeze",
    aliases: &[],
    help: "A view with a dimension of size 1 put in.",
    example: "torch.unsqueeze(torch.tensor([1, 2]), 0)",
    overloads: overloads![
        Overload::new(
            "unsqueeze(Tensor(a) self, int dim) -> Tensor(a)",
            FUNCTION | METHOD | INPLACE | VIEW,
            |a| {
                let array = a.array(0)?;
                let dim = layout::wrap_dim(a.int(1)?, array.dim() + 1)?;
                let (mut sizes, mut strides) = (Dims::from(array.sizes()), Dims::from(array.strides()));
                let stride = match (array.sizes().get(dim), array.strides().get(dim)) {
                    (Some(size), Some(stride)) => size * stride,
                    _ => 1,
                };
                sizes.insert(dim, 1);
                strides.insert(dim, stride);
                one(array.view(sizes, strides, array.offset()))
            },
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

pub(crate) static SQUEEZE: Op = Op {
    name: "squeeze",
    aliases: &[],
    help: "A view without the dimensions of size 1, or without the given ones if they have size 1.",
    example: "torch.squeeze(torch.zeros(1, 2, 1))",
    overloads: overloads![
        Overload::new(
            "squeeze(Tensor(a) self) -> Tensor(a)",
            FUNCTION | METHOD | INPLACE | VIEW,
            |a| one(squeezed(&*a.array(0)?, |_| true)),
            Derivative::Node(
                "SqueezeBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| reshape(b.grad()?, &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
        Overload::new(
            "squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)",
            FUNCTION | METHOD | INPLACE | VIEW,
            |a| {
                let array = a.array(0)?;
                let dim = layout::wrap_dim(a.int(1)?, array.dim())?;
                one(squeezed(&array, |at| at == dim))
            },
            Derivative::Node(
                "SqueezeBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim",
                    by: By::Formula(|b| reshape(b.grad()?, &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
        Overload::new(
            "squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)",
            FUNCTION | METHOD | INPLACE | VIEW,
            |a| {
                let array = a.array(0)?;
                let chosen = layout::wrap_dims(a.ints(1)?, array.dim())?;
                one(squeezed(&array, |at| chosen.get(at).copied().unwrap_or(false)))
            },
            Derivative::Node(
                "SqueezeBackward2",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim",
                    by: By::Formula(|b| reshape(b.grad()?, &b.sizes(0)?))
                }],
            ),
        )
        .linear(),
    ],
};

pub(crate) static AS_STRIDED: Op = Op {
    name: "as_strided",
    aliases: &[],
    help: "A view of the storage with sizes, strides and offset as given.",
    example: "torch.as_strided(torch.arange(6), (2, 2), (1, 2))",
    overloads: overloads![
        Overload::new(
            "as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| {
                let array = a.array(0)?;
                let (sizes, strides) = (a.ints(1)?, a.ints(2)?);
                let offset = a.optional_int(3).unwrap_or(array.offset());
                check_strided(&array, sizes, strides, offset)?;
                one(array.view(sizes.into(), strides.into(), offset))
            },
            Derivative::Node(
                "AsStridedBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, size, stride, storage_offset",
                    by: By::Formula(|b| {
                        let offset = b.args()?.optional_int(3).unwrap_or(0);
                        AS_STRIDED_BACKWARD.overloads[0].call_one(args![
                            b.grad()?,
                            b.sizes(0)?,
                            b.ints(1)?,
                            b.ints(2)?,
                            offset
                        ])
                    }),
                }],
            ),
        )
        .linear()
    ],
};

/// The gradient of `as_strided` for a contiguous input that starts at offset 0: adds each element of the gradient where
/// the view had it from.
pub(crate) static AS_STRIDED_BACKWARD: Op = Op {
    name: "_as_strided_backward",
    aliases: &[],
    help: "Puts the gradient of a strided view back into the shape of its base.",
    example: "torch.ones(2)",
    overloads: overloads![Overload::new(
        "_as_strided_backward(Tensor grad, SymInt[] base_size, SymInt[] size, SymInt[] stride, int storage_offset) -> Tensor",
        0,
        |a| {
            let grad = a.array(0)?;
            let base = Array::zeros(a.ints(1)?, grad.dtype())?;
            let flat = base.view(
                [base.numel() as i64].into_iter().collect(),
                [1].into_iter().collect(),
                0,
            );
            check_strided(&flat, a.ints(2)?, a.ints(3)?, a.int(4)?)?;
            join::add_strided(&flat, a.ints(3)?, a.int(4)?, &grad)?;
            one(base)
        },
        Derivative::Node(
            "AsStridedBackwardBackward0",
            &[Grad {
                inputs: "grad",
                uses: "size, stride, storage_offset",
                by: By::Formula(|b| as_strided(&clone_contiguous(b.grad()?)?, b.ints(2)?, b.ints(3)?, b.int(4)?)),
            }],
        ),
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

pub(crate) static REAL: Op = Op {
    name: "real",
    aliases: &[],
    help: "The real part: a view of a complex tensor, a real tensor itself.",
    example: "torch.real(torch.tensor([1 + 2j]))",
    overloads: overloads![Overload::new(
        "real(Tensor(a) self) -> Tensor(a)",
        FUNCTION,
        |a| match a.tensor(0)? {
            tensor if tensor.dtype().is_complex() => one(unary::complex_part(&tensor.array(), 0)),
            tensor => one(tensor),
        },
        Derivative::Node(
            "RealBackward0",
            &[Grad {
                inputs: "self",
                uses: "",
                by: By::Formula(|b| to_dtype(b.grad()?, b.grad()?.dtype().to_complex()))
            }],
        ),
    )],
};

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
                one(join::cat(&arrays, a.int(1)?)?)
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

/// The view without dimensions of size 1 among the chosen ones.
fn squeezed(array: &Array, chosen: impl Fn(usize) -> bool) -> Array {
    let kept = array.sizes().iter().zip(array.strides()).enumerate();
    let kept = kept
        .filter(|(at, (size, _))| **size != 1 || !chosen(*at))
        .map(|(_, (size, stride))| (*size, *stride));
    let (sizes, strides) = kept.unzip::<_, _, Dims, Dims>();
    array.view(sizes, strides, array.offset())
}

/// Refuses strided views that reach outside the storage.
fn check_strided(array: &Array, sizes: &[i64], strides: &[i64], offset: i64) -> Result<()> {
    if sizes.len() != strides.len() {
        return error::runtime(format!(
            "mismatch in length of strides and shape: {} and {}",
            strides.len(),
            sizes.len()
        ));
    }
    if strides.iter().any(|stride| *stride < 0) {
        return error::runtime(format!(
            "as_strided: Negative strides are not supported at the moment, got strides: {}",
            format_sizes(strides)
        ));
    }
    if offset < 0 {
        return error::runtime(format!("Tensor: invalid storage offset {offset}"));
    }
    if numel_of(sizes)? == 0 {
        return Ok(());
    }
    let last = sizes.iter().zip(strides).try_fold(offset, |last, (size, stride)| {
        (size - 1).checked_mul(*stride).and_then(|step| last.checked_add(step))
    });
    let item = array.dtype().size() as i64;
    let needed = last
        .and_then(|last| last.checked_add(1))
        .and_then(|count| count.checked_mul(item))
        .unwrap_or(i64::MAX);
    if needed > array.storage().len() as i64 {
        return error::runtime(format!(
            "setStorage: sizes {}, strides {}, storage offset {offset}, and itemsize {item} requiring a storage size of {needed} are out of bounds for storage of size {}",
            format_sizes(sizes),
            format_sizes(strides),
            array.storage().len()
        ));
    }
    Ok(())
}

/// Fills in a -1 and checks that the sizes fit the number of elements.
pub(crate) fn infer_size(sizes: &[i64], numel: usize) -> Result<Dims> {
    let invalid = || {
        error::runtime(format!(
            "shape '{}' is invalid for input of size {numel}",
            format_sizes(sizes)
        ))
    };
    let mut unknown = None;
    let mut product: i64 = 1;
    for (at, &size) in sizes.iter().enumerate() {
        match size {
            -1 if unknown.is_some() => return error::runtime("only one dimension can be inferred"),
            -1 => unknown = Some(at),
            size if size < 0 => {
                return error::runtime(format!(
                    "invalid shape dimension {size} at index {at} of shape {}",
                    format_sizes(sizes)
                ));
            }
            size => match product.checked_mul(size) {
                Some(next) => product = next,
                None => return invalid(),
            },
        }
    }
    let mut result = Dims::from(sizes);
    match unknown.and_then(|at| result.get_mut(at)) {
        None if product == numel as i64 => {}
        Some(_) if product == 0 && numel == 0 => {
            return error::runtime(format!(
                "cannot reshape tensor of 0 elements into shape {} because the unspecified dimension size -1 can be any value and is ambiguous",
                format_sizes(sizes)
            ));
        }
        Some(slot) if product > 0 && numel as i64 % product == 0 => *slot = numel as i64 / product,
        _ => return invalid(),
    }
    Ok(result)
}

pub(super) fn as_strided_overload() -> Option<&'static Overload> {
    AS_STRIDED.overloads.first()
}

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

pub fn copy_in_place(target: &Tensor, source: &Tensor) -> Result<Tensor> {
    COPY.overloads[0].call_in_place(args![target, source, false])
}

pub fn zero_in_place(target: &Tensor) -> Result<Tensor> {
    ZERO.overloads[0].call_in_place(args![target])
}

pub fn view(tensor: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    VIEW_OP.overloads[0].call_one(args![tensor, sizes])
}

/// A view where the strides allow it, else of a contiguous copy.
pub fn reshape(tensor: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    let fits = {
        let array = tensor.array();
        let sizes = infer_size(sizes, array.numel())?;
        layout::view_strides(array.sizes(), array.strides(), &sizes).is_some()
    };
    if fits {
        view(tensor, sizes)
    } else {
        view(&clone_contiguous(tensor)?, sizes)
    }
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

pub fn as_strided(tensor: &Tensor, sizes: &[i64], strides: &[i64], offset: i64) -> Result<Tensor> {
    AS_STRIDED.overloads[0].call_one(args![tensor, sizes, strides, offset])
}

pub fn real(tensor: &Tensor) -> Result<Tensor> {
    REAL.overloads[0].call_one(args![tensor])
}

/// The tensor in another dtype: itself if it has it already.
pub fn to_dtype(tensor: &Tensor, dtype: Dtype) -> Result<Tensor> {
    if tensor.dtype() == dtype {
        Ok(tensor.clone())
    } else {
        TO_COPY.overloads[0].call_one(args![tensor, dtype])
    }
}

/// A piece of one dimension, as a view.
pub fn narrow(tensor: &Tensor, dim: usize, start: i64, length: i64) -> Result<Tensor> {
    super::indexing::slice(tensor, dim as i64, Some(start), Some(start + length), 1)
}
