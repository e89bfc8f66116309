//! The views as copies: `torch.select_copy` and its kin.

use super::part::{diagonal_backward, slice_backward};
use super::permute::inverse;
use super::reshape::unsqueeze_to;
use super::split::{even_sizes, split_gradient, unbind_gradient};
use super::*;

pub static OPS: &[&Op] = &[
    &ALIAS_COPY,
    &VIEW_COPY,
    &AS_STRIDED_COPY,
    &EXPAND_COPY,
    &PERMUTE_COPY,
    &SQUEEZE_COPY,
    &UNSQUEEZE_COPY,
    &TRANSPOSE_COPY,
    &T_COPY,
    &UNFOLD_COPY,
    &SELECT_COPY,
    &SLICE_COPY,
    &DIAGONAL_COPY,
    &UNBIND_COPY,
    &SPLIT_COPY,
    &SPLIT_WITH_SIZES_COPY,
    &VIEW_AS_REAL_COPY,
    &VIEW_AS_COMPLEX_COPY,
    &DETACH_COPY,
];

pub(crate) static ALIAS_COPY: Op = Op {
    name: "alias_copy",
    aliases: &[],
    help: "As the tensor, copied.",
    example: "torch.alias_copy(torch.ones(2))",
    overloads: overloads![
        Overload::new(
            "alias_copy(Tensor self) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&ALIAS, 0, a),
            Derivative::Node(
                "AliasBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| Ok(b.grad()?.clone()))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static VIEW_COPY: Op = Op {
    name: "view_copy",
    aliases: &[],
    help: "As view, copied.",
    example: "torch.view_copy(torch.arange(4), (2, 2))",
    overloads: overloads![
        Overload::new(
            "view_copy(Tensor self, SymInt[] size) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&VIEW_OP, 0, a),
            Derivative::Node(
                "ViewBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| reshape(b.grad()?, &b.sizes(0)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear(),
        Overload::new(
            "view_copy.dtype(Tensor self, ScalarType dtype) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&VIEW_OP, 1, a),
            Derivative::NotDifferentiable
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static AS_STRIDED_COPY: Op = Op {
    name: "as_strided_copy",
    aliases: &[],
    help: "As as_strided, copied.",
    example: "torch.as_strided_copy(torch.arange(4), (2, 2), (1, 2))",
    overloads: overloads![
        Overload::new(
            "as_strided_copy(Tensor self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&AS_STRIDED, 0, a),
            Derivative::Node(
                "AsStridedBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, size, stride, storage_offset",
                    by: By::Formula(|b| AS_STRIDED_BACKWARD.overloads[0].call_one(args![
                        b.grad()?,
                        b.sizes(0)?,
                        b.ints(1)?,
                        b.ints(2)?,
                        b.args()?.optional_int(3).unwrap_or(0)
                    ]))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static EXPAND_COPY: Op = Op {
    name: "expand_copy",
    aliases: &[],
    help: "As expand, copied.",
    example: "torch.expand_copy(torch.ones(1), (2,))",
    overloads: overloads![
        Overload::new(
            "expand_copy(Tensor self, SymInt[] size, *, bool implicit=False) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&EXPAND, 0, a),
            Derivative::Node(
                "ExpandBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| sum_to(b.grad()?, &b.sizes(0)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static PERMUTE_COPY: Op = Op {
    name: "permute_copy",
    aliases: &[],
    help: "As permute, copied.",
    example: "torch.permute_copy(torch.ones(1, 2), (1, 0))",
    overloads: overloads![
        Overload::new(
            "permute_copy(Tensor self, int[] dims) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&PERMUTE, 0, a),
            Derivative::Node(
                "PermuteBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "dims",
                    by: By::Formula(|b| permute(b.grad()?, &inverse(b.ints(1)?)))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static SQUEEZE_COPY: Op = Op {
    name: "squeeze_copy",
    aliases: &[],
    help: "As squeeze, copied.",
    example: "torch.squeeze_copy(torch.ones(1, 2))",
    overloads: overloads![
        Overload::new(
            "squeeze_copy(Tensor self) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&SQUEEZE, 0, a),
            Derivative::Node(
                "SqueezeBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, None, &b.sizes(0)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear(),
        Overload::new(
            "squeeze_copy.dim(Tensor self, int dim) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&SQUEEZE, 1, a),
            Derivative::Node(
                "SqueezeBackward1_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, Some(&[b.int(1)?]), &b.sizes(0)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear(),
        Overload::new(
            "squeeze_copy.dims(Tensor self, int[] dim) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&SQUEEZE, 2, a),
            Derivative::Node(
                "SqueezeBackward2_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes",
                    by: By::Formula(|b| unsqueeze_to(b.grad()?, Some(b.ints(1)?), &b.sizes(0)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static UNSQUEEZE_COPY: Op = Op {
    name: "unsqueeze_copy",
    aliases: &[],
    help: "As unsqueeze, copied.",
    example: "torch.unsqueeze_copy(torch.ones(2), 0)",
    overloads: overloads![
        Overload::new(
            "unsqueeze_copy(Tensor self, int dim) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&UNSQUEEZE, 0, a),
            Derivative::Node(
                "UnsqueezeBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "dim",
                    by: By::Formula(|b| squeeze_dim(b.grad()?, b.int(1)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static TRANSPOSE_COPY: Op = Op {
    name: "transpose_copy",
    aliases: &[],
    help: "As transpose, copied.",
    example: "torch.transpose_copy(torch.ones(1, 2), 0, 1)",
    overloads: overloads![
        Overload::new(
            "transpose_copy.int(Tensor self, int dim0, int dim1) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&TRANSPOSE, 0, a),
            Derivative::Node(
                "TransposeBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "dim0, dim1",
                    by: By::Formula(|b| transpose(b.grad()?, b.int(1)?, b.int(2)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static T_COPY: Op = Op {
    name: "t_copy",
    aliases: &[],
    help: "As t, copied.",
    example: "torch.t_copy(torch.ones(1, 2))",
    overloads: overloads![
        Overload::new(
            "t_copy(Tensor self) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&T, 0, a),
            Derivative::Node(
                "TBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| t(b.grad()?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static UNFOLD_COPY: Op = Op {
    name: "unfold_copy",
    aliases: &[],
    help: "As unfold, copied.",
    example: "torch.unfold_copy(torch.arange(4), 0, 2, 1)",
    overloads: overloads![
        Overload::new(
            "unfold_copy(Tensor self, int dimension, int size, int step) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&UNFOLD, 0, a),
            Derivative::Node(
                "UnfoldBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dimension, size, step",
                    by: By::Formula(|b| UNFOLD_BACKWARD.overloads[0].call_one(args![
                        b.grad()?,
                        b.sizes(0)?,
                        b.int(1)?,
                        b.int(2)?,
                        b.int(3)?
                    ]))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static SELECT_COPY: Op = Op {
    name: "select_copy",
    aliases: &[],
    help: "As select, copied.",
    example: "torch.select_copy(torch.ones(2), 0, 0)",
    overloads: overloads![
        Overload::new(
            "select_copy.int(Tensor self, int dim, SymInt index) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&SELECT, 0, a),
            Derivative::Node(
                "SelectBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim, index",
                    by: By::Formula(|b| SELECT_BACKWARD.overloads[0].call_one(args![
                        b.grad()?,
                        b.sizes(0)?,
                        b.int(1)?,
                        b.int(2)?
                    ]))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static SLICE_COPY: Op = Op {
    name: "slice_copy",
    aliases: &[],
    help: "As slice, copied.",
    example: "torch.slice_copy(torch.arange(3), 0, 1)",
    overloads: overloads![
        Overload::new(
            "slice_copy.Tensor(Tensor self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&SLICE, 0, a),
            Derivative::Node(
                "SliceBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dim, start, end, step",
                    by: By::Formula(|b| {
                        let args = b.args()?;
                        slice_backward(
                            b.grad()?,
                            &b.sizes(0)?,
                            b.int(1)?,
                            args.optional_int(2),
                            args.optional_int(3),
                            b.int(4)?,
                        )
                    })
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static DIAGONAL_COPY: Op = Op {
    name: "diagonal_copy",
    aliases: &[],
    help: "As diagonal, copied.",
    example: "torch.diagonal_copy(torch.ones(2, 2))",
    overloads: overloads![
        Overload::new(
            "diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&DIAGONAL, 0, a),
            Derivative::Node(
                "DiagonalBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, offset, dim1, dim2",
                    by: By::Formula(diagonal_backward)
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static UNBIND_COPY: Op = Op {
    name: "unbind_copy",
    aliases: &[],
    help: "As unbind, copied.",
    example: "torch.unbind_copy(torch.ones(2))",
    overloads: overloads![
        Overload::new(
            "unbind_copy.int(Tensor self, int dim=0) -> Tensor[]",
            FUNCTION,
            |a| copied(&UNBIND, 0, a),
            Derivative::Node(
                "UnbindBackward0_copy",
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

pub(crate) static SPLIT_COPY: Op = Op {
    name: "split_copy",
    aliases: &[],
    help: "As split, copied.",
    example: "torch.split_copy(torch.arange(3), 2)",
    overloads: overloads![
        Overload::new(
            "split_copy.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]",
            FUNCTION,
            |a| copied(&SPLIT, 0, a),
            Derivative::Node(
                "SplitBackward0_copy",
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

pub(crate) static SPLIT_WITH_SIZES_COPY: Op = Op {
    name: "split_with_sizes_copy",
    aliases: &[],
    help: "As split_with_sizes, copied.",
    example: "torch.split_with_sizes_copy(torch.arange(3), (1, 2))",
    overloads: overloads![
        Overload::new(
            "split_with_sizes_copy(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]",
            FUNCTION,
            |a| copied(&SPLIT_WITH_SIZES, 0, a),
            Derivative::Node(
                "SplitWithSizesBackward0_copy",
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

pub(crate) static VIEW_AS_REAL_COPY: Op = Op {
    name: "view_as_real_copy",
    aliases: &[],
    help: "As view_as_real, copied.",
    example: "torch.view_as_real_copy(torch.tensor([1 + 2j]))",
    overloads: overloads![
        Overload::new(
            "view_as_real_copy(Tensor self) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&VIEW_AS_REAL, 0, a),
            Derivative::Node(
                "ViewAsRealBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| view_as_complex(&contiguous(b.grad()?)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static VIEW_AS_COMPLEX_COPY: Op = Op {
    name: "view_as_complex_copy",
    aliases: &[],
    help: "As view_as_complex, copied.",
    example: "torch.view_as_complex_copy(torch.ones(2))",
    overloads: overloads![
        Overload::new(
            "view_as_complex_copy(Tensor self) -> Tensor",
            FUNCTION | OUT,
            |a| copied(&VIEW_AS_COMPLEX, 0, a),
            Derivative::Node(
                "ViewAsComplexBackward0_copy",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| view_as_real(&contiguous(b.grad()?)?))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .linear()
    ],
};

pub(crate) static DETACH_COPY: Op = Op {
    name: "detach_copy",
    aliases: &[],
    help: "A copy that takes no part in the graph.",
    example: "torch.detach_copy(torch.ones(2))",
    overloads: overloads![
        Overload::new(
            "detach_copy(Tensor self) -> Tensor",
            FUNCTION | OUT,
            |a| a.unary(copy::clone),
            Derivative::NotImplemented
        )
        .out_dtype(crate::ops::out::same)
    ],
};

/// The results of a view op, each copied to memory of its own.
fn copied(op: &'static Op, overload: usize, a: &Args) -> Result<Outs> {
    let Some(overload) = op.overloads.get(overload) else {
        return error::runtime("no such view");
    };
    let copy = |tensor: &Tensor| Ok(Tensor::from(copy::to_contiguous(&tensor.array())?));
    (overload.forward)(a)?
        .iter()
        .map(|out| match out {
            Arg::Tensor(tensor) => copy(tensor).map(Arg::Tensor),
            Arg::Tensors(list) => Ok(Arg::list(list.iter().flatten().map(copy).collect::<Result<Vec<_>>>()?)),
            other => Ok(other.clone()),
        })
        .collect()
}

pub fn diagonal_copy(tensor: &Tensor, offset: i64, dim1: i64, dim2: i64) -> Result<Tensor> {
    DIAGONAL_COPY.overloads[0].call_one(args![tensor, offset, dim1, dim2])
}
