//! The factors of A = P L U, and solutions by them.

use super::solve::solve_triangular;
use super::*;

pub static OPS: &[&Op] = &[
    &LINALG_LU_FACTOR_EX,
    &LU_WITH_INFO,
    &LINALG_LU_FACTOR,
    &LINALG_LU,
    &LU_UNPACK,
    &LINALG_LU_SOLVE,
    &LU_SOLVE,
];

pub(crate) static LINALG_LU_FACTOR_EX: Op = Op {
    name: "linalg_lu_factor_ex",
    aliases: &[],
    help: "LU factors in one matrix, row exchanges, and the number of the first zero pivot.",
    example: "torch.linalg.lu_factor_ex(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)",
        FUNCTION | OUT | NAMESPACED,
        |a| lu_factors(&*a.array(0)?, a.bool(1)?, "torch.linalg.lu_factor_ex"),
        Derivative::Node(
            "LinalgLuFactorExBackward0",
            &[Grad {
                inputs: "A",
                uses: "result0, result1",
                by: By::Formula(lu_factor_gradient)
            }]
        )
    ).out_dtype(crate::ops::out::same)],
};

/// The older form of `linalg_lu_factor_ex`, which raises if asked to check.
pub(crate) static LU_WITH_INFO: Op = Op {
    name: "_lu_with_info",
    aliases: &[],
    help: "The LU factors packed in one matrix, the pivots, and the number of the first zero pivot.",
    example: "torch._lu_with_info(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "_lu_with_info(Tensor self, bool pivot=True, bool check_errors=True) -> (Tensor LU, Tensor pivots, Tensor info)",
        FUNCTION,
        |a| LINALG_LU_FACTOR_EX.overloads[0].call(args![a.tensor(0)?, a.bool(1)?, a.bool(2)?]),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_LU_FACTOR: Op = Op {
    name: "linalg_lu_factor",
    aliases: &[],
    help: "LU factors in one matrix, and the row exchanges.",
    example: "torch.linalg.lu_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                let outs = LINALG_LU_FACTOR_EX.overloads[0].call(args![a.tensor(0)?, a.bool(1)?, false])?;
                check_factored(&outs, a.tensor(0)?.dim() > 2)?;
                Ok(outs.into_iter().take(2).collect())
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LINALG_LU: Op = Op {
    name: "linalg_lu",
    aliases: &[],
    help: "The factors of A = P L U.",
    example: "torch.linalg.lu(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)",
            FUNCTION | OUT | NAMESPACED,
            |a| lu_matrices(&*a.array(0)?, a.bool(1)?),
            Derivative::Node(
                "LinalgLuBackward0",
                &[Grad {
                    inputs: "A",
                    uses: "result0, result1, result2",
                    by: By::Formula(|b| lu_gradient(
                        b.grad_of(0),
                        b.grad_of(1),
                        &b.result(0)?,
                        &b.result(1)?,
                        &b.result(2)?
                    ))
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
        .outputs(0b110)
    ],
};

pub(crate) static LU_UNPACK: Op = Op {
 name: "lu_unpack",
 aliases: &[],
 help: "The matrices P, L and U of packed LU factors.",
 example: "torch.lu_unpack(*torch.linalg.lu_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]])))",
 overloads: overloads![Overload::new("lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)", FUNCTION | OUT, |a| lu_unpacked(&*a.array(0)?, &*a.array(1)?, a.bool(2)?, a.bool(3)?), Derivative::Node("LuUnpackBackward0", &[Grad { inputs: "LU_data", uses: "LU_data.sizes", by: By::Joint(|b| Ok(vec![unpack_gradient(b)?])) }, Grad { inputs: "LU_pivots", uses: "", by: By::NotDifferentiable }])).out_dtype(crate::ops::out::same).outputs(0b110)],
};

pub(crate) static LINALG_LU_SOLVE: Op = Op {
    name: "linalg_lu_solve",
    aliases: &[],
    help: "The solution of a linear system by its LU factors.",
    example: "torch.linalg.lu_solve(*torch.linalg.lu_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]])), torch.ones(2, 1))",
    overloads: overloads![
        Overload::new(
            "linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| lu_solved(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?, a.bool(3)?, a.bool(4)?),
            Derivative::Node(
                "LinalgLuSolveBackward0",
                &[
                    Grad {
                        inputs: "LU",
                        uses: "LU, pivots, result, left, adjoint",
                        by: By::Formula(lu_solve_factors_gradient)
                    },
                    Grad {
                        inputs: "B",
                        uses: "LU, pivots, left, adjoint",
                        by: By::Formula(|b| call(
                            "linalg_lu_solve",
                            0,
                            args![b.tensor(0)?, b.tensor(1)?, b.grad()?, b.bool(3)?, !b.bool(4)?]
                        ))
                    },
                    Grad {
                        inputs: "pivots",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LU_SOLVE: Op = Op {
    name: "lu_solve",
    aliases: &[],
    help: "The solution of a linear system by its LU factors.",
    example: "torch.lu_solve(torch.ones(2, 1), *torch.linalg.lu_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]])))",
    overloads: overloads![
        Overload::new(
            "lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| one(call(
                "linalg_lu_solve",
                0,
                args![a.tensor(1)?, a.tensor(2)?, a.tensor(0)?, true, false]
            )?),
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(super) fn with_factors<T: Field>(
    mut outs: Outs,
    batch: &[i64],
    parts: Vec<lu::Lu<T>>,
    dtype: Dtype,
) -> Result<Outs> {
    let n = parts.first().map_or(0, |part| part.factors.rows);
    let columns = parts.first().map_or(0, |part| part.factors.columns);
    let pivots = parts.iter().map(|part| part.pivots.clone());
    let pivots = assemble(batch, &[n.min(columns)], pivots, Dtype::Int32)?;
    let factors = assemble(
        batch,
        &[n, columns],
        parts.into_iter().map(|part| part.factors.data),
        dtype,
    )?;
    outs.push(factors.into());
    outs.push(pivots.into());
    Ok(outs)
}

fn check_factored(outs: &Outs, batched: bool) -> Result<()> {
    match failure(outs.get(2), |batch, info| {
        let batch = if batched {
            format!("(Batch element {batch}): ")
        } else {
            String::new()
        };
        format!(
            "torch.linalg.lu_factor: {batch}U[{info},{info}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
        )
    }) {
        Err(failed) => error::runtime(failed.message()),
        Ok(()) => Ok(()),
    }
}

fn lu_factors(array: &Array, pivot: bool, name: &str) -> Result<Outs> {
    check_matrices(array, name)?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let (rows, columns) = shape_of(array);
    for_field!(dtype, T => {
        let parts: Vec<_> = matrices::<T>(array)?.into_iter().map(|matrix| lu::factor(matrix, pivot)).collect();
        let infos = assemble(&batch, &[], parts.iter().map(|part| vec![part.info]), Dtype::Int32)?;
        let pivots = parts.iter().map(|part| part.pivots.clone());
        let pivots = assemble(&batch, &[rows.min(columns)], pivots, Dtype::Int32)?;
        let factors = assemble(&batch, &[rows, columns], parts.into_iter().map(|part| part.factors.data), dtype)?;
        Ok(smallvec::smallvec![factors.into(), pivots.into(), infos.into()])
    })
}

fn lu_matrices(array: &Array, pivot: bool) -> Result<Outs> {
    if array.dim() < 2 {
        return error::runtime(format!(
            "linalg.lu: Expected tensor with 2 or more dimensions. Got size: {} instead",
            format_sizes(array.sizes())
        ));
    }
    let outs = lu_factors(array, pivot, "linalg.lu")?;
    let (Some(Arg::Tensor(factors)), Some(Arg::Tensor(pivots))) = (outs.first(), outs.get(1)) else {
        return error::runtime("lu_factor gives tensors");
    };
    let mut outs = lu_unpacked(&factors.array(), &pivots.array(), true, pivot)?;
    if !pivot && let Some(first) = outs.first_mut() {
        *first = Array::zeros(&[0], array.dtype())?.into();
    }
    Ok(outs)
}

fn lu_unpacked(factors: &Array, pivots: &Array, data: bool, permutation: bool) -> Result<Outs> {
    if pivots.dtype() != Dtype::Int32 {
        return error::runtime(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\nNote: this function is intended to be used with the output produced by torch.linalg.lu_factor",
        );
    }
    let (dtype, batch) = (factors.dtype(), batch_sizes(factors, 2));
    let (rows, columns) = shape_of(factors);
    let k = rows.min(columns);
    let empty = || Array::zeros(&[0], dtype);
    let p = if permutation {
        let mut parts = Vec::new();
        for pivots in vectors::<f64>(pivots)? {
            let pivots: Vec<i32> = pivots.iter().map(|pivot| *pivot as i32).collect();
            let mut p = Matrix::<f64>::zeros(rows, rows);
            for (i, from) in lu::row_order(&pivots, rows).into_iter().enumerate() {
                p.set(from, i, 1.0);
            }
            parts.push(p.data);
        }
        assemble(&batch, &[rows, rows], parts, dtype)?
    } else {
        empty()?
    };
    if !data {
        return Ok(smallvec::smallvec![p.into(), empty()?.into(), empty()?.into()]);
    }
    for_field!(dtype, T => {
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        for matrix in matrices::<T>(factors)? {
            let mut l = Matrix::<T>::identity(rows, k);
            let mut u = Matrix::<T>::zeros(k, columns);
            for r in 0..rows {
                for c in 0..columns {
                    if c < r && c < k {
                        l.set(r, c, matrix.at(r, c));
                    } else if r < k && c >= r {
                        u.set(r, c, matrix.at(r, c));
                    }
                }
            }
            lower.push(l.data);
            upper.push(u.data);
        }
        let (l, u) = (assemble(&batch, &[rows, k], lower, dtype)?, assemble(&batch, &[k, columns], upper, dtype)?);
        Ok(smallvec::smallvec![p.into(), l.into(), u.into()])
    })
}

fn unpack_gradient(b: &Backward) -> Result<Option<Tensor>> {
    let sizes = b.sizes(0)?;
    let (grad_l, grad_u) = (b.grad_of(0), b.grad_of(1));
    let whole = |grad: &Tensor| -> Result<Tensor> {
        let mut padded = grad.clone();
        for dim in [-2i64, -1] {
            let at = (sizes.len() as i64 + dim) as usize;
            let missing = sizes.get(at).copied().unwrap_or(0) - padded.sizes().get(at).copied().unwrap_or(0);
            if missing > 0 {
                let mut extra = padded.sizes();
                if let Some(slot) = extra.get_mut(at) {
                    *slot = missing;
                }
                let zeros: Tensor = Array::zeros(&extra, padded.dtype())?.into();
                padded = cat(&[padded, zeros], dim)?;
            }
        }
        Ok(padded)
    };
    let l = grad_l.map(|grad| tril(&whole(grad)?, -1)).transpose()?;
    let u = grad_u.map(|grad| triu(&whole(grad)?, 0)).transpose()?;
    Ok(match (l, u) {
        (Some(l), Some(u)) => Some(add(&l, &u)?),
        (l, u) => l.or(u),
    })
}

/// The gradient of A from those of L and U in A = P L U.
fn lu_gradient(grad_l: Option<&Tensor>, grad_u: Option<&Tensor>, p: &Tensor, l: &Tensor, u: &Tensor) -> Result<Tensor> {
    let (rows, columns) = (l.sizes(), u.sizes());
    let m = rows.get(rows.len().saturating_sub(2)).copied().unwrap_or(0);
    let n = columns.last().copied().unwrap_or(0);
    let k = m.min(n);
    let permuted = |x: &Tensor| if p.numel() == 0 { Ok(x.clone()) } else { matmul(p, x) };
    if m == n {
        let mut inner = None;
        if let Some(grad) = grad_l {
            inner = Some(tril(&matmul(&adjoint(l)?, grad)?, -1)?);
        }
        if let Some(grad) = grad_u {
            let part = triu(&matmul(grad, &adjoint(u)?)?, 0)?;
            inner = Some(match inner {
                Some(inner) => add(&inner, &part)?,
                None => part,
            });
        }
        let Some(inner) = inner else {
            return zeros_like(l);
        };
        let inner = solve_triangular(&adjoint(u)?, &inner, false, false, false)?;
        let inner = solve_triangular(&adjoint(l)?, &inner, true, true, true)?;
        return permuted(&inner);
    }
    if m < n {
        // wide: A = P [L U1, L U2]
        let (u1, u2) = (slice(u, -1, None, Some(k), 1)?, slice(u, -1, Some(k), None, 1)?);
        let grad_u = match grad_u {
            Some(grad) => grad.clone(),
            None => zeros_like(u)?,
        };
        let (g1, g2) = (
            slice(&grad_u, -1, None, Some(k), 1)?,
            slice(&grad_u, -1, Some(k), None, 1)?,
        );
        let mut inner = sub(
            &triu(&matmul(&g1, &adjoint(&u1)?)?, 0)?,
            &tril(&matmul(&g2, &adjoint(&u2)?)?, -1)?,
        )?;
        if let Some(grad) = grad_l {
            inner = add(&inner, &tril(&matmul(&adjoint(l)?, grad)?, -1)?)?;
        }
        let inner = solve_triangular(&adjoint(&u1)?, &inner, false, false, false)?;
        let whole = cat(&[inner, g2], -1)?;
        return permuted(&solve_triangular(&adjoint(l)?, &whole, true, true, true)?);
    }
    // tall: A = P [L1 U; L2 U]
    let (l1, l2) = (slice(l, -2, None, Some(k), 1)?, slice(l, -2, Some(k), None, 1)?);
    let grad_l = match grad_l {
        Some(grad) => grad.clone(),
        None => zeros_like(l)?,
    };
    let (g1, g2) = (
        slice(&grad_l, -2, None, Some(k), 1)?,
        slice(&grad_l, -2, Some(k), None, 1)?,
    );
    let mut inner = sub(
        &tril(&matmul(&adjoint(&l1)?, &g1)?, -1)?,
        &triu(&matmul(&adjoint(&l2)?, &g2)?, 0)?,
    )?;
    if let Some(grad) = grad_u {
        inner = add(&inner, &triu(&matmul(grad, &adjoint(u)?)?, 0)?)?;
    }
    let inner = solve_triangular(&adjoint(&l1)?, &inner, true, true, true)?;
    let whole = cat(&[inner, g2], -2)?;
    permuted(&solve_triangular(&adjoint(u)?, &whole, false, false, false)?)
}

fn lu_factor_gradient(b: &Backward) -> Result<Tensor> {
    let outs = LU_UNPACK.overloads[0].call(args![b.result(0)?, b.result(1)?, true, true])?;
    let (Some(Arg::Tensor(p)), Some(Arg::Tensor(l)), Some(Arg::Tensor(u))) = (outs.first(), outs.get(1), outs.get(2))
    else {
        return error::runtime("lu_unpack gives three tensors");
    };
    let grad = b.grad()?;
    let k = l.sizes().last().copied().unwrap_or(0);
    let grad_l = tril(&slice(grad, -1, None, Some(k), 1)?, -1)?;
    let grad_u = triu(&slice(grad, -2, None, Some(k), 1)?, 0)?;
    lu_gradient(Some(&grad_l), Some(&grad_u), p, l, u)
}

fn lu_solved(factors: &Array, pivots: &Array, right: &Array, left: bool, conjugate: bool) -> Result<Outs> {
    let name = "linalg.lu_solve";
    check_floating(factors, name)?;
    if pivots.dtype() != Dtype::Int32 {
        return error::runtime(format!("{name}: pivots should be a Tensor of scalar type torch.int32"));
    }
    check_square(factors, "torch.linalg.lu_solve", "LU")?;
    let (factors, right, batch) = aligned(factors, right, name, left)?;
    let mut sizes: Dims = batch.clone();
    sizes.push(pivots.sizes().last().copied().unwrap_or(0));
    let pivots = array_view::expand(pivots, &sizes)?;
    let dtype = factors.dtype();
    let (rows, columns) = shape_of(&right);
    for_field!(dtype, T => {
        let systems = matrices::<T>(&factors)?.into_iter().zip(vectors::<f64>(&pivots)?).zip(matrices::<T>(&right)?);
        let parts = systems.map(|((factors, pivots), right)| {
            let pivots: Vec<i32> = pivots.iter().map(|pivot| *pivot as i32).collect();
            if left {
                lu::solve(&factors, &pivots, right, conjugate).data
            } else {
                lu::solve(&factors, &pivots, right.adjoint(), !conjugate).adjoint().data
            }
        });
        one(assemble(&batch, &[rows, columns], parts, dtype)?)
    })
}

/// From X = A^-1 B with A = P L U: the gradient of the packed factors.
fn lu_solve_factors_gradient(b: &Backward) -> Result<Tensor> {
    let (factors, pivots, x) = (b.tensor(0)?, b.tensor(1)?, b.result(0)?);
    let (left, conjugate) = (b.bool(3)?, b.bool(4)?);
    let grad_right = call(
        "linalg_lu_solve",
        0,
        args![&factors, &pivots, b.grad()?, left, !conjugate],
    )?;
    let mut grad_matrix = match left {
        true => neg(matmul(&grad_right, &adjoint(&x)?)?)?,
        false => neg(matmul(&adjoint(&x)?, &grad_right)?)?,
    };
    if conjugate {
        grad_matrix = adjoint(&grad_matrix)?;
    }
    // dA = P (dL U + L dU)
    let outs = LU_UNPACK.overloads[0].call(args![&factors, &pivots, true, true])?;
    let (Some(Arg::Tensor(p)), Some(Arg::Tensor(l)), Some(Arg::Tensor(u))) = (outs.first(), outs.get(1), outs.get(2))
    else {
        return error::runtime("lu_unpack gives three tensors");
    };
    let turned = matmul(&matrix_transpose(p)?, &grad_matrix)?;
    let grad_l = tril(&matmul(&turned, &adjoint(u)?)?, -1)?;
    let grad_u = triu(&matmul(&adjoint(l)?, &turned)?, 0)?;
    add(&grad_l, &grad_u)
}
