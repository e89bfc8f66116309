//! Norms of vectors and matrices.

use super::*;

pub static OPS: &[&Op] = &[
    &LINALG_VECTOR_NORM,
    &LINALG_MATRIX_NORM,
    &LINALG_NORM,
    &FROBENIUS_NORM,
    &NUCLEAR_NORM,
];

pub(crate) static LINALG_VECTOR_NORM: Op = Op {
    name: "linalg_vector_norm",
    aliases: &[],
    help: "The vector norm of order ord over dimensions.",
    example: "torch.linalg.vector_norm(torch.tensor([3.0, 4.0]))",
    overloads: overloads![Overload::new(
        "linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        vector_norms,
        Derivative::Node(
            "LinalgVectorNormBackward0",
            &[Grad {
                inputs: "self",
                uses: "self, ord, dim, keepdim, dtype, result",
                by: By::Joint(|b| match b.scalar(1)?.to_f64() {
                    // it counts elements: no gradient at all
                    0.0 => Ok(vec![None]),
                    _ => Ok(vec![Some(vector_norm_gradient(b)?)]),
                })
            }]
        )
    ).out_dtype(crate::ops::out::same)],
};

pub(crate) static LINALG_MATRIX_NORM: Op = Op {
    name: "linalg_matrix_norm",
    aliases: &[],
    help: "The matrix norm of order ord.",
    example: "torch.linalg.matrix_norm(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_matrix_norm(Tensor self, Scalar ord, int[] dim=[-2,-1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(matrix_norm(
                a.tensor(0)?,
                a.scalar(1)?.to_f64(),
                a.ints(2)?,
                a.bool(3)?,
                a.dtype(4)
            )?),
            Derivative::Composite
        ).out_dtype(crate::ops::out::matrix_norm),
        Overload::new(
            "linalg_matrix_norm.str_ord(Tensor self, str ord='fro', int[] dim=[-2,-1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(named_norm(a.tensor(0)?, a.str(1)?, a.ints(2)?, a.bool(3)?, a.dtype(4))?),
            Derivative::Composite
        ).out_dtype(crate::ops::out::matrix_norm)
    ],
};

pub(crate) static LINALG_NORM: Op = Op {
    name: "linalg_norm",
    aliases: &[],
    help: "A vector or matrix norm.",
    example: "torch.linalg.norm(torch.tensor([3.0, 4.0]))",
    overloads: overloads![
        Overload::new(
            "linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                let (this, dims, keepdim, dtype) = (a.tensor(0)?, a.optional_ints(2), a.bool(3)?, a.dtype(4));
                let Some(order) = a.optional_scalar(1) else {
                    return one(vector_norm(this, Scalar::Float(2.0), dims, keepdim, dtype)?);
                };
                if let Some(dims) = dims
                    && !matches!(dims.len(), 1 | 2)
                {
                    return error::runtime(format!(
                        "linalg.norm: If dim is specified, it must be of length 1 or 2. Got {}",
                        format_sizes(dims)
                    ));
                }
                if dims.is_none() && !matches!(this.dim(), 1 | 2) {
                    return error::runtime(
                        "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ".to_owned()
                            + &this.dim().to_string()
                            + "D.",
                    );
                }
                match dims {
                    Some(dims) if dims.len() == 2 => one(matrix_norm(this, order.to_f64(), dims, keepdim, dtype)?),
                    None if this.dim() == 2 => one(matrix_norm(this, order.to_f64(), &[0, 1], keepdim, dtype)?),
                    dims => one(vector_norm(this, order, dims, keepdim, dtype)?),
                }
            },
            Derivative::Composite
        ).out_dtype(crate::ops::out::matrix_norm),
        Overload::new(
            "linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                let (this, keepdim, dtype) = (a.tensor(0)?, a.bool(3)?, a.dtype(4));
                match a.optional_ints(2) {
                    Some(dims) => one(named_norm(this, a.str(1)?, dims, keepdim, dtype)?),
                    None if this.dim() == 2 => one(named_norm(this, a.str(1)?, &[0, 1], keepdim, dtype)?),
                    None => error::runtime(format!(
                        "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {}D.",
                        this.dim()
                    )),
                }
            },
            Derivative::Composite
        ).out_dtype(crate::ops::out::matrix_norm)
    ],
};

pub(crate) static FROBENIUS_NORM: Op = Op {
    name: "frobenius_norm",
    aliases: &[],
    help: "The square root of the sum of the squared elements over dimensions.",
    example: "torch.frobenius_norm(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), dim=(0, 1))",
    overloads: overloads![
        Overload::new(
            "frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
            FUNCTION | OUT,
            |a| {
                let (this, dims) = (a.tensor(0)?, a.ints(1)?);
                if dims.len() > 2 {
                    return error::runtime(format!(
                        "Expected at most 2 dimensions, but got {} dimensions instead.",
                        dims.len()
                    ));
                }
                one(if dims.len() == 2 {
                    named_norm(this, "fro", dims, a.bool(2)?, None)?
                } else {
                    vector_norm(this, Scalar::Float(2.0), Some(dims), a.bool(2)?, None)?
                })
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static NUCLEAR_NORM: Op = Op {
    name: "nuclear_norm",
    aliases: &[],
    help: "The sum of the singular values.",
    example: "torch.nuclear_norm(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "nuclear_norm(Tensor self, bool keepdim=False) -> Tensor",
            FUNCTION | OUT,
            |a| one(named_norm(a.tensor(0)?, "nuc", &[-2, -1], a.bool(1)?, None)?),
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::matrix_norm),
        Overload::new(
            "nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor",
            FUNCTION | OUT,
            |a| one(named_norm(a.tensor(0)?, "nuc", a.ints(1)?, a.bool(2)?, None)?),
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::matrix_norm)
    ],
};

fn vector_norms(a: &Args) -> Result<Outs> {
    let this = a.array(0)?;
    let order = a.scalar(1)?.to_f64();
    check_floating(&this, "linalg.vector_norm")?;
    let dims = a.optional_ints(2).filter(|dims| !dims.is_empty());
    if this.numel() == 0 && (order < 0.0 || order == f64::INFINITY) {
        let reduced_is_empty = match dims {
            None => true,
            Some(dims) => layout::wrap_dims(dims, this.dim())?
                .iter()
                .zip(this.sizes())
                .any(|(reduced, size)| *reduced && *size == 0),
        };
        if reduced_is_empty {
            let shown = if order.is_infinite() {
                format!("{}inf", if order < 0.0 { "-" } else { "" })
            } else {
                format!("{order}")
            };
            let tail = if dims.is_some() {
                " on the dimension 0 because this dimension is empty and the operation does not have an identity"
            } else {
                " on an empty tensor because the operation does not have an identity"
            };
            return error::runtime(format!("linalg.vector_norm cannot compute the {shown} norm{tail}"));
        }
    }
    let source = match a.dtype(4) {
        Some(dtype) => copy::cast(&this, dtype)?,
        None => this.clone(),
    };
    one(reduce::moments::norm(&source, order, dims, a.bool(3)?)?)
}

fn vector_norm_gradient(b: &Backward) -> Result<Tensor> {
    let (this, order, norm) = (b.tensor(0)?, b.scalar(1)?.to_f64(), b.result(0)?);
    let grad = b.grad()?;
    let count = this.dim();
    let dims = b.args()?.optional_ints(2).unwrap_or_default();
    let (keepdim, whole) = (b.bool(3)?, dims.is_empty());
    let grow = |x: &Tensor| unreduce(x, count, dims, keepdim);
    let (grad, norm) = (grow(grad)?, grow(&norm)?);
    if order == 1.0 {
        return mul(&sgn(&this)?, &grad);
    }
    if order.is_infinite() {
        let is_largest = or_nan(&eq(&abs(&this)?, &norm)?, &this, &norm)?;
        let shared = if whole {
            sum(&is_largest)?
        } else {
            sum_dims(&is_largest, dims, true)?
        };
        let share = div(&grad, &to_dtype(&shared, grad.dtype())?)?;
        return mul(&mul(&sgn(&this)?, &share)?, &is_largest);
    }
    if order == 2.0 {
        let direction = masked_where_zero(&div(&this, &norm)?, &norm)?;
        return mul(&direction, &grad);
    }
    let powered = if order < 1.0 {
        let scaled = mul(
            &sgn(&this)?,
            &masked_where_zero(&pow(abs(&this)?, Scalar::Float(order - 1.0))?, &this)?,
        )?;
        mul(&scaled, &mul(&grad, &pow(&norm, Scalar::Float(1.0 - order))?)?)?
    } else if order < 2.0 {
        let scaled = mul(&sgn(&this)?, &pow(abs(&this)?, Scalar::Float(order - 1.0))?)?;
        mul(
            &scaled,
            &masked_where_zero(&div(&grad, &pow(&norm, Scalar::Float(order - 1.0))?)?, &norm)?,
        )?
    } else {
        let scaled = mul(&this, &pow(abs(&this)?, Scalar::Float(order - 2.0))?)?;
        mul(
            &scaled,
            &masked_where_zero(&div(&grad, &pow(&norm, Scalar::Float(order - 1.0))?)?, &norm)?,
        )?
    };
    Ok(powered)
}

/// 0 where `by` is 0.
fn masked_where_zero(x: &Tensor, by: &Tensor) -> Result<Tensor> {
    let zero: Tensor = eq(by, Scalar::Int(0))?;
    let expanded = expand(&zero, &x.sizes()).unwrap_or(zero);
    masked_fill(x, &expanded, Scalar::Int(0))
}

fn or_nan(is_largest: &Tensor, this: &Tensor, norm: &Tensor) -> Result<Tensor> {
    let both = logical_and(&isnan(this)?, &isnan(norm)?)?;
    logical_or(is_largest, &both)
}

fn vector_norm(
    this: &Tensor,
    order: Scalar,
    dims: Option<&[i64]>,
    keepdim: bool,
    dtype: Option<Dtype>,
) -> Result<Tensor> {
    let dims = dims.map_or(Arg::None, Arg::from);
    LINALG_VECTOR_NORM.overloads[0].call_one(args![this, order, dims, keepdim, dtype])
}

fn check_pair(this: &Tensor, dims: &[i64], dtype: Option<Dtype>) -> Result<(i64, i64)> {
    if this.dim() < 2 {
        return error::runtime("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.");
    }
    if dtype.is_none() && !this.dtype().is_differentiable() {
        check_floating(&this.array(), "linalg.matrix_norm")?;
    }
    let &[first, second] = dims else {
        let shown: Vec<String> = dims.iter().map(i64::to_string).collect();
        return error::runtime(format!(
            "linalg.matrix_norm: dim must be a 2-tuple. Got {}",
            shown.join(" ")
        ));
    };
    let (a, b) = (
        layout::wrap_dim(first, this.dim())?,
        layout::wrap_dim(second, this.dim())?,
    );
    if a == b {
        return error::runtime(format!(
            "linalg.matrix_norm: dims must be different. Got ({first}, {second})"
        ));
    }
    Ok((a as i64, b as i64))
}

fn matrix_norm(this: &Tensor, order: f64, dims: &[i64], keepdim: bool, dtype: Option<Dtype>) -> Result<Tensor> {
    let (mut first, mut second) = check_pair(this, dims, dtype)?;
    let size = order.abs();
    if size != 1.0 && size != 2.0 && !size.is_infinite() {
        return error::runtime(format!("linalg.matrix_norm: Order {} not supported.", shown(order)));
    }
    let extreme = |x: &Tensor, dim: i64, keepdim: bool| {
        call(
            if order > 0.0 { "amax" } else { "amin" },
            0,
            args![x, [dim].as_slice(), keepdim],
        )
    };
    if size == 2.0 {
        let moved = matrix_dims_last(this, first, second)?;
        let moved = dtype.map_or(Ok(moved.clone()), |dtype| to_dtype(&moved, dtype))?;
        let result = extreme(&super::singular_values::singular_values(&moved)?, -1, keepdim)?;
        return if keepdim {
            dims_back(&result, this.dim(), first, second)
        } else {
            Ok(result)
        };
    }
    if size.is_infinite() {
        std::mem::swap(&mut first, &mut second);
    }
    if second > first && !keepdim {
        second -= 1;
    }
    extreme(
        &vector_norm(this, Scalar::Float(1.0), Some(&[first]), keepdim, dtype)?,
        second,
        keepdim,
    )
}

fn shown(order: f64) -> String {
    if order.fract() == 0.0 {
        format!("{}", order as i64)
    } else {
        format!("{order}")
    }
}

/// The two dimensions of the matrices as the last ones.
fn matrix_dims_last(this: &Tensor, first: i64, second: i64) -> Result<Tensor> {
    let mut order: Dims = (0..this.dim() as i64)
        .filter(|dim| *dim != first && *dim != second)
        .collect();
    order.extend([first, second]);
    permute(this, &order)
}

fn dims_back(result: &Tensor, count: usize, first: i64, second: i64) -> Result<Tensor> {
    let grown = unsqueeze(result, -1)?;
    let mut order: Dims = (0..count as i64)
        .filter(|dim| *dim != first && *dim != second)
        .collect();
    order.extend([first, second]);
    let mut back: Dims = Dims::from_elem(0, count);
    for (at, dim) in (0i64..).zip(&order) {
        if let Some(slot) = back.get_mut(*dim as usize) {
            *slot = at;
        }
    }
    permute(&grown, &back)
}

fn named_norm(this: &Tensor, order: &str, dims: &[i64], keepdim: bool, dtype: Option<Dtype>) -> Result<Tensor> {
    let (first, second) = check_pair(this, dims, dtype)?;
    match order {
        "fro" => vector_norm(this, Scalar::Float(2.0), Some(&[first, second]), keepdim, dtype),
        "nuc" => {
            let moved = matrix_dims_last(this, first, second)?;
            let moved = dtype.map_or(Ok(moved.clone()), |dtype| to_dtype(&moved, dtype))?;
            let result = sum_dims(&super::singular_values::singular_values(&moved)?, &[-1], keepdim)?;
            if keepdim {
                dims_back(&result, this.dim(), first, second)
            } else {
                Ok(result)
            }
        }
        other => error::runtime(format!("linalg.matrix_norm: Order {other} not supported.")),
    }
}
