//! Views by explicit strides, and the gradient that adds up what they repeat.

use super::*;

pub static OPS: &[&Op] = &[&AS_STRIDED, &AS_STRIDED_BACKWARD, &UNFOLD, &UNFOLD_BACKWARD];

pub(crate) static AS_STRIDED: Op = Op {
    name: "as_strided",
    aliases: &[],
    help: "A view of the storage with sizes, strides and offset as given.",
    example: "torch.as_strided(torch.arange(6), (2, 2), (1, 2))",
    overloads: overloads![
        Overload::new(
            "as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)",
            FUNCTION | METHOD | VIEW,
            strided,
            Derivative::Node(
                "AsStridedBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, size, stride, storage_offset",
                    by: By::Formula(strided_gradient),
                }],
            ),
        )
        .linear(),
        Overload::new(
            "as_strided.in_place(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)",
            INPLACE | VIEW,
            strided,
            Derivative::Node(
                "AsStridedBackward1",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, size, stride, storage_offset",
                    by: By::Formula(strided_gradient),
                }],
            ),
        )
        .linear()
    ],
};

fn strided(a: &Args) -> Result<Outs> {
    let array = a.array(0)?;
    let (sizes, strides) = (a.ints(1)?, a.ints(2)?);
    let offset = a.optional_int(3).unwrap_or(array.offset());
    check_strided(&array, sizes, strides, offset)?;
    one(array.view(sizes.into(), strides.into(), offset))
}

fn strided_gradient(b: &Backward) -> Result<Tensor> {
    let offset = b.args()?.optional_int(3).unwrap_or(0);
    AS_STRIDED_BACKWARD.overloads[0].call_one(args![b.grad()?, b.sizes(0)?, b.ints(1)?, b.ints(2)?, offset])
}

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
            array_join::add_strided(&flat, a.ints(3)?, a.int(4)?, &grad)?;
            one(base)
        },
        Derivative::Node(
            "AsStridedBackward0",
            &[Grad {
                inputs: "grad",
                uses: "size, stride, storage_offset",
                by: By::Formula(|b| as_strided(&clone_contiguous(b.grad()?)?, b.ints(2)?, b.ints(3)?, b.int(4)?)),
            }],
        ),
    )],
};

pub(crate) static UNFOLD: Op = Op {
    name: "unfold",
    aliases: &[],
    help: "Windows of a size every step along a dimension, as a view with one dimension more.",
    example: "torch.arange(5).unfold(0, 3, 1)",
    overloads: overloads![
        Overload::new(
            "unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)",
            METHOD | VIEW,
            |a| one(array_view::unfold(&*a.array(0)?, a.int(1)?, a.int(2)?, a.int(3)?)?),
            Derivative::Node(
                "UnfoldBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "self.sizes, dimension, size, step",
                    by: By::Formula(|b| {
                        UNFOLD_BACKWARD.overloads[0].call_one(args![
                            b.grad()?,
                            b.sizes(0)?,
                            b.int(1)?,
                            b.int(2)?,
                            b.int(3)?
                        ])
                    }),
                }],
            ),
        )
        .linear()
    ],
};

pub(crate) static UNFOLD_BACKWARD: Op = Op {
    name: "unfold_backward",
    aliases: &[],
    help: "Adds the windows' gradients where the windows came from.",
    example: "torch.ones(2)",
    overloads: overloads![
        Overload::new(
            "unfold_backward(Tensor grad_in, SymInt[] input_sizes, int dim, int size, int step) -> Tensor",
            0,
            |a| {
                let grad = a.array(0)?;
                let base = Array::zeros(a.ints(1)?, grad.dtype())?;
                let windows = array_view::unfold(&base, a.int(2)?, a.int(3)?, a.int(4)?)?;
                array_join::add_strided(&base, windows.strides(), windows.offset(), &grad)?;
                one(base)
            },
            Derivative::Node(
                "UnfoldBackwardBackward0",
                &[Grad {
                    inputs: "grad_in",
                    uses: "dim, size, step",
                    by: By::Formula(|b| unfold(b.grad()?, b.int(2)?, b.int(3)?, b.int(4)?)),
                }],
            ),
        )
        .linear()
    ],
};

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

pub(crate) fn as_strided_overload() -> Option<&'static Overload> {
    AS_STRIDED.overloads.first()
}

pub fn as_strided(tensor: &Tensor, sizes: &[i64], strides: &[i64], offset: i64) -> Result<Tensor> {
    AS_STRIDED.overloads[0].call_one(args![tensor, sizes, strides, offset])
}

pub fn unfold(tensor: &Tensor, dim: i64, size: i64, step: i64) -> Result<Tensor> {
    UNFOLD.overloads[0].call_one(args![tensor, dim, size, step])
}
