//! Dimensions in another order.

use super::*;

pub static OPS: &[&Op] = &[
    &TRANSPOSE,
    &TRANSPOSE_IN_PLACE,
    &SWAPAXES,
    &SWAPDIMS,
    &PERMUTE,
    &MOVEDIM,
    &MOVEAXIS,
    &T,
    &T_IN_PLACE,
    &NUMPY_T,
    &MATRIX_H,
    &MATRIX_TRANSPOSE,
    &MATRIX_ADJOINT,
    &ADJOINT,
    &FLIP,
    &FLIPLR,
    &FLIPUD,
    &ROLL,
    &ROT90,
];

pub(crate) static TRANSPOSE: Op = Op {
    name: "transpose",
    aliases: &[],
    help: "A view with two dimensions exchanged.",
    example: "torch.transpose(torch.tensor([[1, 2], [3, 4]]), 0, 1)",
    overloads: overloads![
        Overload::new(
            "transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| one(array_view::transpose(&*a.array(0)?, a.int(1)?, a.int(2)?)?),
            Derivative::Node(
                "TransposeBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "dim0, dim1",
                    by: By::Formula(|b| transpose(b.grad()?, b.int(1)?, b.int(2)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static TRANSPOSE_IN_PLACE: Op = Op {
    name: "transpose_",
    aliases: &["swapaxes_", "swapdims_"],
    help: "Exchanges two dimensions in place.",
    example: "torch.tensor([[1, 2], [3, 4]]).transpose_(0, 1)",
    overloads: overloads![
        Overload::new(
            "transpose_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)",
            ONLY_INPLACE | VIEW,
            |a| one(array_view::transpose(&*a.array(0)?, a.int(1)?, a.int(2)?)?),
            Derivative::Node(
                "TransposeBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "dim0, dim1",
                    by: By::Formula(|b| transpose(b.grad()?, b.int(1)?, b.int(2)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static SWAPAXES: Op = Op {
    name: "swapaxes",
    aliases: &[],
    help: "As transpose.",
    example: "torch.swapaxes(torch.tensor([[1, 2], [3, 4]]), 0, 1)",
    overloads: overloads![Overload::new(
        "swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(transpose(a.tensor(0)?, a.int(1)?, a.int(2)?)?),
        Derivative::Composite
    )],
};

pub(crate) static SWAPDIMS: Op = Op {
    name: "swapdims",
    aliases: &[],
    help: "As transpose.",
    example: "torch.swapdims(torch.tensor([[1, 2], [3, 4]]), 0, 1)",
    overloads: overloads![Overload::new(
        "swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| one(transpose(a.tensor(0)?, a.int(1)?, a.int(2)?)?),
        Derivative::Composite
    )],
};

pub(crate) static PERMUTE: Op = Op {
    name: "permute",
    aliases: &[],
    help: "A view with its dimensions in the given order.",
    example: "torch.permute(torch.ones(2, 3), (1, 0))",
    overloads: overloads![
        Overload::new(
            "permute(Tensor(a) self, int[] dims) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| one(array_view::permute(&*a.array(0)?, a.ints(1)?)?),
            Derivative::Node(
                "PermuteBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "dims",
                    by: By::Formula(|b| permute(b.grad()?, &inverse(b.ints(1)?)))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static MOVEDIM: Op = Op {
    name: "movedim",
    aliases: &[],
    help: "A view with dimensions moved to other places.",
    example: "torch.movedim(torch.ones(2, 3), 0, 1)",
    overloads: overloads![
        Overload::new(
            "movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)",
            FUNCTION | METHOD,
            |a| one(movedim(a.tensor(0)?, a.ints(1)?, a.ints(2)?)?),
            Derivative::Composite
        ),
        Overload::new(
            "movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)",
            FUNCTION | METHOD,
            |a| one(movedim(a.tensor(0)?, &[a.int(1)?], &[a.int(2)?])?),
            Derivative::Composite
        )
    ],
};

pub(crate) static MOVEAXIS: Op = Op {
    name: "moveaxis",
    aliases: &[],
    help: "A view with dimensions moved to other places.",
    example: "torch.moveaxis(torch.ones(2, 3), 0, 1)",
    overloads: overloads![
        Overload::new(
            "moveaxis.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)",
            FUNCTION | METHOD,
            |a| one(movedim(a.tensor(0)?, a.ints(1)?, a.ints(2)?)?),
            Derivative::Composite
        ),
        Overload::new(
            "moveaxis.int(Tensor(a) self, int source, int destination) -> Tensor(a)",
            FUNCTION | METHOD,
            |a| one(movedim(a.tensor(0)?, &[a.int(1)?], &[a.int(2)?])?),
            Derivative::Composite
        )
    ],
};

pub(crate) static T: Op = Op {
    name: "t",
    aliases: &[],
    help: "A matrix transposed, as a view; vectors and numbers stay.",
    example: "torch.t(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![
        Overload::new(
            "t(Tensor(a) self) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            |a| transposed_matrix(a),
            Derivative::Node(
                "TBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| t(b.grad()?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static T_IN_PLACE: Op = Op {
    name: "t_",
    aliases: &[],
    help: "Transposes a matrix in place.",
    example: "torch.tensor([[1, 2], [3, 4]]).t_()",
    overloads: overloads![
        Overload::new(
            "t_(Tensor(a!) self) -> Tensor(a!)",
            ONLY_INPLACE | VIEW,
            |a| transposed_matrix(a),
            Derivative::Node(
                "TBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Formula(|b| t(b.grad()?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static NUMPY_T: Op = Op {
    name: "numpy_T",
    aliases: &[],
    help: "All dimensions in reverse order.",
    example: "torch.tensor([[1, 2], [3, 4]]).T",
    overloads: overloads![Overload::new(
        "numpy_T(Tensor(a) self) -> Tensor(a)",
        NAMESPACED,
        |a| {
            let this = a.tensor(0)?;
            let dims: Dims = (0..this.dim() as i64).rev().collect();
            one(permute(this, &dims)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static MATRIX_H: Op = Op {
    name: "matrix_H",
    aliases: &[],
    help: "A matrix transposed and conjugated.",
    example: "torch.tensor([[1, 2], [3, 4]]).H",
    overloads: overloads![Overload::new(
        "matrix_H(Tensor(a) self) -> Tensor(a)",
        NAMESPACED,
        |a| {
            let this = a.tensor(0)?;
            match this.dim() {
                0 => one(conj(this)?),
                2 => one(adjoint(this)?),
                dims => error::runtime(format!(
                    "tensor.H is only supported on matrices (2-D tensors). Got {dims}-D tensor.{}",
                    if dims == 1 {
                        ""
                    } else {
                        " For batches of matrices, consider using tensor.mH"
                    }
                )),
            }
        },
        Derivative::Composite
    )],
};

pub(crate) static MATRIX_TRANSPOSE: Op = Op {
    name: "mT",
    aliases: &[],
    help: "The last two dimensions exchanged.",
    example: "torch.tensor([[1, 2], [3, 4]]).mT",
    overloads: overloads![Overload::new(
        "mT(Tensor(a) self) -> Tensor(a)",
        NAMESPACED,
        |a| {
            let this = a.tensor(0)?;
            check_batch(this, "mT")?;
            one(transpose(this, -2, -1)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static MATRIX_ADJOINT: Op = Op {
    name: "mH",
    aliases: &[],
    help: "The last two dimensions exchanged, conjugated.",
    example: "torch.tensor([[1, 2], [3, 4]]).mH",
    overloads: overloads![Overload::new(
        "mH(Tensor(a) self) -> Tensor(a)",
        NAMESPACED,
        |a| {
            let this = a.tensor(0)?;
            check_batch(this, "mH")?;
            one(adjoint(this)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static ADJOINT: Op = Op {
    name: "adjoint",
    aliases: &[],
    help: "The last two dimensions exchanged, conjugated.",
    example: "torch.adjoint(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![Overload::new(
        "adjoint(Tensor(a) self) -> Tensor(a)",
        FUNCTION | METHOD,
        |a| {
            let this = a.tensor(0)?;
            check_batch(this, "adjoint()")?;
            one(adjoint(this)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static FLIP: Op = Op {
    name: "flip",
    aliases: &[],
    help: "A copy with the order along dimensions reversed.",
    example: "torch.flip(torch.tensor([1, 2, 3]), (0,))",
    overloads: overloads![
        Overload::new(
            "flip(Tensor self, int[] dims) -> Tensor",
            FUNCTION | METHOD,
            |a| one(index::flip(&*a.array(0)?, a.ints(1)?)?),
            Derivative::Node(
                "FlipBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "dims",
                    by: By::Formula(|b| flip(b.grad()?, b.ints(1)?))
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static FLIPLR: Op = Op {
    name: "fliplr",
    aliases: &[],
    help: "Columns in reverse order.",
    example: "torch.fliplr(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![Overload::new(
        "fliplr(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let this = a.tensor(0)?;
            if this.dim() < 2 {
                return error::runtime("Input must be >= 2-d.");
            }
            one(flip(this, &[1])?)
        },
        Derivative::Composite
    )],
};

pub(crate) static FLIPUD: Op = Op {
    name: "flipud",
    aliases: &[],
    help: "Rows in reverse order.",
    example: "torch.flipud(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![Overload::new(
        "flipud(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let this = a.tensor(0)?;
            if this.dim() < 1 {
                return error::runtime("Input must be >= 1-d.");
            }
            one(flip(this, &[0])?)
        },
        Derivative::Composite
    )],
};

pub(crate) static ROLL: Op = Op {
    name: "roll",
    aliases: &[],
    help: "A copy shifted along dimensions, what falls off one end coming in at the other.",
    example: "torch.roll(torch.tensor([1, 2, 3]), 1)",
    overloads: overloads![
        Overload::new(
            "roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor",
            FUNCTION | METHOD,
            |a| one(index::roll(&*a.array(0)?, a.ints(1)?, a.ints(2)?)?),
            Derivative::Node(
                "RollBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "shifts, dims",
                    by: By::Formula(|b| {
                        let shifts: Dims = b.ints(1)?.iter().rev().map(|shift| -shift).collect();
                        let dims: Dims = b.ints(2)?.iter().rev().copied().collect();
                        roll(b.grad()?, &shifts, &dims)
                    })
                }]
            )
        )
        .linear()
    ],
};

pub(crate) static ROT90: Op = Op {
    name: "rot90",
    aliases: &[],
    help: "A copy turned by quarter circles in a plane of two dimensions.",
    example: "torch.rot90(torch.tensor([[1, 2], [3, 4]]))",
    overloads: overloads![
        Overload::new(
            "rot90(Tensor self, int k=1, int[] dims=[0,1]) -> Tensor",
            FUNCTION | METHOD,
            |a| one(rotated(&*a.array(0)?, a.int(1)?, a.ints(2)?)?),
            Derivative::Node(
                "Rot90Backward0",
                &[Grad {
                    inputs: "self",
                    uses: "k, dims",
                    by: By::Formula(|b| ROT90.overloads[0].call_one(args![b.grad()?, -b.int(1)?, b.ints(2)?]))
                }]
            )
        )
        .linear()
    ],
};

fn transposed_matrix(a: &Args) -> Result<Outs> {
    let array = a.array(0)?;
    match array.dim() {
        0 | 1 => one(array.clone()),
        2 => one(array_view::transpose(&array, 0, 1)?),
        dims => error::runtime(format!(
            "t() expects a tensor with <= 2 dimensions, but self is {dims}D"
        )),
    }
}

fn check_batch(tensor: &Tensor, name: &str) -> Result<()> {
    match tensor.dim() {
        1 => error::runtime(format!(
            "tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor."
        )),
        0 if name != "adjoint()" => error::runtime(format!(
            "tensor.{name} is only supported on matrices or batches of matrices. Got 0-D tensor."
        )),
        _ => Ok(()),
    }
}

/// Quarter turns from the first dimension of the plane towards the second.
fn rotated(array: &Array, turns: i64, dims: &[i64]) -> Result<Array> {
    let total = array.dim() as i64;
    let &[first, second] = dims else {
        return error::runtime(format!(
            "expected total rotation dims == 2, but got dims = {}",
            dims.len()
        ));
    };
    if total < 2 {
        return error::runtime(format!("expected total dims >= 2, but got total dims = {total}"));
    }
    if first == second || (first - second).abs() == total {
        return error::runtime(format!(
            "expected rotation dims to be different, but got dim0 = {first} and dim1 = {second}"
        ));
    }
    for (name, dim) in [("dim0", first), ("dim1", second)] {
        if dim >= total || dim < -total {
            return error::runtime(format!("Rotation {name} out of range, {name} = {dim}"));
        }
    }
    match turns.rem_euclid(4) {
        1 => array_view::transpose(&index::flip(array, &[second])?, first, second),
        2 => index::flip(array, &[first, second]),
        3 => array_view::transpose(&index::flip(array, &[first])?, first, second),
        _ => copy::clone(array),
    }
}

/// The order that undoes a permutation.
pub(super) fn inverse(dims: &[i64]) -> Dims {
    let count = dims.len() as i64;
    let mut result: Dims = Dims::from_elem(0, dims.len());
    for (&dim, at) in dims.iter().zip(0i64..) {
        if let Some(slot) = result.get_mut(if dim < 0 { dim + count } else { dim } as usize) {
            *slot = at;
        }
    }
    result
}

pub fn transpose(tensor: &Tensor, dim0: i64, dim1: i64) -> Result<Tensor> {
    TRANSPOSE.overloads[0].call_one(args![tensor, dim0, dim1])
}

/// The last two dimensions exchanged.
pub fn matrix_transpose(tensor: &Tensor) -> Result<Tensor> {
    transpose(tensor, -2, -1)
}

/// The last two dimensions exchanged, conjugated.
pub fn adjoint(tensor: &Tensor) -> Result<Tensor> {
    if tensor.dim() == 0 {
        conj(tensor)
    } else {
        conj(&transpose(tensor, -2, -1)?)
    }
}

pub fn permute(tensor: &Tensor, dims: &[i64]) -> Result<Tensor> {
    PERMUTE.overloads[0].call_one(args![tensor, dims])
}

pub fn t(tensor: &Tensor) -> Result<Tensor> {
    T.overloads[0].call_one(args![tensor])
}

pub fn movedim(tensor: &Tensor, source: &[i64], destination: &[i64]) -> Result<Tensor> {
    if source.len() != destination.len() {
        return error::runtime(format!(
            "movedim: Invalid source or destination dims: source ({} dims) should contain the same number of dims as destination ({} dims)",
            format_sizes(source),
            format_sizes(destination)
        ));
    }
    let count = tensor.dim();
    let wrap = |dims: &[i64]| {
        dims.iter()
            .map(|dim| layout::wrap_dim(*dim, count))
            .collect::<Result<Vec<_>>>()
    };
    let (from, to) = (wrap(source)?, wrap(destination)?);
    for (name, given, wrapped) in [("source", source, &from), ("destination", destination, &to)] {
        let unique: std::collections::BTreeSet<_> = wrapped.iter().collect();
        if unique.len() != wrapped.len() {
            return error::runtime(format!("movedim: repeated dim in `{name}` ({})", format_sizes(given)));
        }
    }
    if tensor.dim() == 0 {
        return crate::ops::shape::alias(tensor);
    }
    let mut order: Vec<Option<i64>> = vec![None; count];
    for (from, to) in from.iter().zip(&to) {
        if let Some(slot) = order.get_mut(*to) {
            *slot = Some(*from as i64);
        }
    }
    let mut others = (0..count).filter(|dim| !from.contains(dim));
    let order: Dims = order
        .into_iter()
        .map(|dim| dim.unwrap_or_else(|| others.next().unwrap_or(0) as i64))
        .collect();
    permute(tensor, &order)
}

pub fn flip(tensor: &Tensor, dims: &[i64]) -> Result<Tensor> {
    FLIP.overloads[0].call_one(args![tensor, dims])
}

pub fn roll(tensor: &Tensor, shifts: &[i64], dims: &[i64]) -> Result<Tensor> {
    ROLL.overloads[0].call_one(args![tensor, shifts, dims])
}

/// Swaps two dimensions of a tensor that nobody else holds, as `transpose_` does.
pub fn transpose_in_place(tensor: &Tensor, dim0: i64, dim1: i64) -> Result<Tensor> {
    TRANSPOSE_IN_PLACE.overloads[0].call_in_place(args![tensor, dim0, dim1])
}
