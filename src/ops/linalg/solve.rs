//! Determinants, inverses and linear systems, by LU factors.

use super::*;

pub static OPS: &[&Op] = &[
    &DET_EX,
    &LINALG_DET,
    &DET,
    &SLOGDET_EX,
    &LINALG_SLOGDET,
    &SLOGDET,
    &LOGDET,
    &LINALG_INV_EX,
    &LINALG_INV,
    &INVERSE,
    &SOLVE_EX,
    &LINALG_SOLVE_EX,
    &LINALG_SOLVE,
    &LINALG_SOLVE_TRIANGULAR,
    &TRIANGULAR_SOLVE,
    &LINALG_LU_FACTOR_EX,
    &LINALG_LU_FACTOR,
    &LINALG_LU,
    &LU_UNPACK,
    &LINALG_LU_SOLVE,
    &LU_SOLVE,
];

pub(crate) static DET_EX: Op = Op {
    name: "_linalg_det",
    aliases: &[],
    help: "The determinant and the LU factors it came from.",
    example: "torch.linalg.det(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)",
            0,
            |a| determinant(&*a.array(0)?),
            Derivative::Node(
                "LinalgDetBackward0",
                &[Grad {
                    inputs: "A",
                    uses: "A, result",
                    by: By::Formula(|b| {
                        let (matrix, det) = (b.tensor(0)?, b.result(0)?);
                        solve_diagonal(&matrix, &mul(b.grad()?, conj(&det)?)?)
                    })
                }]
            )
        )
        .outputs(0b001)
    ],
};

pub(crate) static LINALG_DET: Op = Op {
    name: "linalg_det",
    aliases: &[],
    help: "The determinant of a square matrix, or of each of a batch.",
    example: "torch.linalg.det(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_det(Tensor A) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| first(&DET_EX, args![a.tensor(0)?]),
        Derivative::Composite
    )],
};

pub(crate) static DET: Op = Op {
    name: "det",
    aliases: &[],
    help: "The determinant of a square matrix, or of each of a batch.",
    example: "torch.det(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "det(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| first(&DET_EX, args![a.tensor(0)?]),
        Derivative::Composite
    )],
};

pub(crate) static SLOGDET_EX: Op = Op {
    name: "_linalg_slogdet",
    aliases: &[],
    help: "Sign and logarithm of the absolute value of the determinant, with the LU factors.",
    example: "torch.linalg.slogdet(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)",
            0,
            |a| log_determinant(&*a.array(0)?),
            Derivative::Node(
                "LinalgSlogdetBackward0",
                &[Grad {
                    inputs: "A",
                    uses: "A, result0",
                    by: By::Formula(slogdet_gradient)
                }]
            )
        )
        .outputs(0b0011)
    ],
};

pub(crate) static LINALG_SLOGDET: Op = Op {
    name: "linalg_slogdet",
    aliases: &[],
    help: "Sign and logarithm of the absolute value of the determinant.",
    example: "torch.linalg.slogdet(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)",
        FUNCTION | OUT | NAMESPACED,
        |a| several(&SLOGDET_EX, args![a.tensor(0)?], 2),
        Derivative::Composite
    )],
};

pub(crate) static SLOGDET: Op = Op {
    name: "slogdet",
    aliases: &[],
    help: "Sign and logarithm of the absolute value of the determinant.",
    example: "torch.slogdet(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)",
        FUNCTION | METHOD,
        |a| several(&SLOGDET_EX, args![a.tensor(0)?], 2),
        Derivative::Composite
    )],
};

pub(crate) static LOGDET: Op = Op {
    name: "logdet",
    aliases: &[],
    help: "The logarithm of the determinant; nan where it is negative.",
    example: "torch.logdet(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "logdet(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let this = a.tensor(0)?;
            check_square(&this.array(), "logdet", "A")?;
            let parts = SLOGDET_EX.overloads[0].call(args![this])?;
            let (Some(Arg::Tensor(sign)), Some(Arg::Tensor(log))) = (parts.first(), parts.get(1)) else {
                return error::runtime("slogdet gives two tensors");
            };
            if sign.dtype().is_complex() {
                return one(add(&call("log", 0, args![sign])?, log)?);
            }
            let negative = eq(sign, Scalar::Float(-1.0))?;
            let nan = scalar_like(f64::NAN, log)?;
            one(where_(&negative, &nan, log)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_INV_EX: Op = Op {
    name: "linalg_inv_ex",
    aliases: &[],
    help: "The inverse, and the number of the first zero pivot instead of an error.",
    example: "torch.linalg.inv_ex(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)",
        FUNCTION | OUT | NAMESPACED,
        |a| inverse_with_info(&*a.array(0)?, "linalg.inv_ex", a.bool(1)?),
        Derivative::Node(
            "LinalgInvExBackward0",
            &[Grad {
                inputs: "A",
                uses: "result0",
                by: By::Formula(|b| {
                    let adjoint = adjoint(&b.result(0)?)?;
                    neg(matmul(&adjoint, &matmul(b.grad()?, &adjoint)?)?)
                })
            }]
        )
    )],
};

pub(crate) static LINALG_INV: Op = Op {
    name: "linalg_inv",
    aliases: &[],
    help: "The inverse of a square matrix, or of each of a batch.",
    example: "torch.linalg.inv(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_inv(Tensor A) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let this = a.tensor(0)?;
            check_square(&this.array(), "linalg.inv", "A")?;
            check_floating(&this.array(), "linalg.inv")?;
            let outs = LINALG_INV_EX.overloads[0].call(args![this, false])?;
            check_inverse(&outs, "linalg.inv", this.dim() > 2)?;
            Ok(outs.into_iter().take(1).collect())
        },
        Derivative::Composite
    )],
};

pub(crate) static INVERSE: Op = Op {
    name: "inverse",
    aliases: &[],
    help: "The inverse of a square matrix, or of each of a batch.",
    example: "torch.inverse(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "inverse(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let this = a.tensor(0)?;
            check_square(&this.array(), "linalg.inv", "A")?;
            check_floating(&this.array(), "linalg.inv")?;
            let outs = LINALG_INV_EX.overloads[0].call(args![this, false])?;
            check_inverse(&outs, "linalg.inv", this.dim() > 2)?;
            Ok(outs.into_iter().take(1).collect())
        },
        Derivative::Composite
    )],
};

pub(crate) static SOLVE_EX: Op = Op {
 name: "_linalg_solve_ex",
 aliases: &[],
 help: "The solution of a linear system, with the LU factors and the number of the first zero pivot.",
 example: "torch.linalg.solve(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2))",
 overloads: overloads![Overload::new("_linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)", 0, |a| solved(&*a.array(0)?, &*a.array(1)?, a.bool(2)?), Derivative::Node("LinalgSolveExBackward0", &[Grad { inputs: "A, B", uses: "A, B.sizes, result0, left", by: By::Joint(solve_gradients) }])).outputs(0b0001)],
};

pub(crate) static LINALG_SOLVE_EX: Op = Op {
    name: "linalg_solve_ex",
    aliases: &[],
    help: "The solution of a linear system, and the number of the first zero pivot instead of an error.",
    example: "torch.linalg.solve_ex(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2))",
    overloads: overloads![Overload::new(
        "linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let outs = SOLVE_EX.overloads[0].call(args![a.tensor(0)?, a.tensor(1)?, a.bool(2)?, false])?;
            if a.bool(3)? {
                check_solved(&outs, "torch.linalg.solve_ex", a.tensor(0)?.dim() > 2)?;
            }
            Ok(outs
                .into_iter()
                .enumerate()
                .filter(|(at, _)| matches!(at, 0 | 3))
                .map(|(_, out)| out)
                .collect())
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_SOLVE: Op = Op {
    name: "linalg_solve",
    aliases: &[],
    help: "The solution X of A X = B (or X A = B).",
    example: "torch.linalg.solve(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2))",
    overloads: overloads![Overload::new(
        "linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let outs = SOLVE_EX.overloads[0].call(args![a.tensor(0)?, a.tensor(1)?, a.bool(2)?, false])?;
            check_solved(&outs, "torch.linalg.solve", a.tensor(0)?.dim() > 2)?;
            Ok(outs.into_iter().take(1).collect())
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_SOLVE_TRIANGULAR: Op = Op {
    name: "linalg_solve_triangular",
    aliases: &[],
    help: "The solution of a linear system with a triangular matrix.",
    example: "torch.linalg.solve_triangular(torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.ones(2, 1), upper=True)",
    overloads: overloads![Overload::new(
        "linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| triangular(&*a.array(0)?, &*a.array(1)?, a.bool(2)?, a.bool(3)?, a.bool(4)?),
        Derivative::Node(
            "LinalgSolveTriangularBackward0",
            &[Grad {
                inputs: "self, B",
                uses: "self, result, upper, left, unitriangular",
                by: By::Joint(triangular_gradients)
            }]
        )
    )],
};

pub(crate) static TRIANGULAR_SOLVE: Op = Op {
    name: "triangular_solve",
    aliases: &[],
    help: "The solution of A X = B with a triangular A, and A.",
    example: "torch.triangular_solve(torch.ones(2, 1), torch.tensor([[1.0, 2.0], [0.0, 1.0]]))",
    overloads: overloads![Overload::new(
        "triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)",
        FUNCTION | METHOD | OUT,
        |a| {
            let (this, matrix) = (a.array(0)?, a.array(1)?);
            let (upper, transpose) = (a.bool(2)?, a.bool(3)?);
            let used = if transpose {
                array_view::transpose(&matrix, -2, -1)?
            } else {
                matrix.clone()
            };
            let mut outs = triangular(&used, &this, upper != transpose, true, a.bool(4)?)?;
            outs.push(copy::clone(&matrix)?.into());
            Ok(outs)
        },
        Derivative::Node(
            "TriangularSolveBackward0",
            &[Grad {
                inputs: "self, A",
                uses: "A, result0, upper, transpose, unitriangular",
                by: By::Joint(old_triangular_gradients)
            }]
        )
    )],
};

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
    )],
};

pub(crate) static LINALG_LU_FACTOR: Op = Op {
    name: "linalg_lu_factor",
    aliases: &[],
    help: "LU factors in one matrix, and the row exchanges.",
    example: "torch.linalg.lu_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let outs = LINALG_LU_FACTOR_EX.overloads[0].call(args![a.tensor(0)?, a.bool(1)?, false])?;
            check_factored(&outs, a.tensor(0)?.dim() > 2)?;
            Ok(outs.into_iter().take(2).collect())
        },
        Derivative::Composite
    )],
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
        .outputs(0b110)
    ],
};

pub(crate) static LU_UNPACK: Op = Op {
 name: "lu_unpack",
 aliases: &[],
 help: "The matrices P, L and U of packed LU factors.",
 example: "torch.lu_unpack(*torch.linalg.lu_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]])))",
 overloads: overloads![Overload::new("lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)", FUNCTION | OUT, |a| lu_unpacked(&*a.array(0)?, &*a.array(1)?, a.bool(2)?, a.bool(3)?), Derivative::Node("LuUnpackBackward0", &[Grad { inputs: "LU_data", uses: "LU_data.sizes", by: By::Joint(|b| Ok(vec![unpack_gradient(b)?])) }, Grad { inputs: "LU_pivots", uses: "", by: By::NotDifferentiable }])).outputs(0b110)],
};

pub(crate) static LINALG_LU_SOLVE: Op = Op {
    name: "linalg_lu_solve",
    aliases: &[],
    help: "The solution of a linear system by its LU factors.",
    example: "torch.linalg.lu_solve(*torch.linalg.lu_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]])), torch.ones(2, 1))",
    overloads: overloads![Overload::new(
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
    )],
};

pub(crate) static LU_SOLVE: Op = Op {
    name: "lu_solve",
    aliases: &[],
    help: "The solution of a linear system by its LU factors.",
    example: "torch.lu_solve(torch.ones(2, 1), *torch.linalg.lu_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]])))",
    overloads: overloads![Overload::new(
        "lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(call(
            "linalg_lu_solve",
            0,
            args![a.tensor(1)?, a.tensor(2)?, a.tensor(0)?, true, false]
        )?),
        Derivative::Composite
    )],
};

fn determinant(array: &Array) -> Result<Outs> {
    check_square(array, "linalg.det", "A")?;
    check_floating(array, "linalg.det")?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    for_field!(dtype, T => {
        let parts: Vec<_> = matrices::<T>(array)?.into_iter().map(|matrix| lu::factor(matrix, true)).collect();
        let dets = parts.iter().map(|part| {
            let swaps = part.pivots.iter().zip(1..).filter(|(pivot, at)| **pivot != *at).count();
            let product = (0..part.factors.rows).fold(T::real(1.0), |product, i| product * part.factors.at(i, i));
            vec![if swaps % 2 == 1 { -product } else { product }]
        });
        let det = assemble(&batch, &[], dets, dtype)?;
        with_factors(smallvec::smallvec![det.into()], &batch, parts, dtype)
    })
}

fn with_factors<T: Field>(mut outs: Outs, batch: &[i64], parts: Vec<lu::Lu<T>>, dtype: Dtype) -> Result<Outs> {
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

fn log_determinant(array: &Array) -> Result<Outs> {
    check_square(array, "linalg.slogdet", "A")?;
    check_floating(array, "linalg.slogdet")?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    for_field!(dtype, T => {
        let parts: Vec<_> = matrices::<T>(array)?.into_iter().map(|matrix| lu::factor(matrix, true)).collect();
        let (mut signs, mut logs) = (Vec::new(), Vec::new());
        for part in &parts {
            let swaps = part.pivots.iter().zip(1..).filter(|(pivot, at)| **pivot != *at).count();
            let (mut sign, mut log) = (T::real(if swaps % 2 == 1 { -1.0 } else { 1.0 }), 0.0);
            for i in 0..part.factors.rows {
                let size = Field::abs(part.factors.at(i, i));
                log += size.ln();
                sign = if size == 0.0 { T::default() } else { sign * part.factors.at(i, i).scale(1.0 / size) };
            }
            signs.push(vec![sign]);
            logs.push(vec![log]);
        }
        let sign = assemble(&batch, &[], signs, dtype)?;
        let log = assemble(&batch, &[], logs, dtype.to_real())?;
        with_factors(smallvec::smallvec![sign.into(), log.into()], &batch, parts, dtype)
    })
}

/// The solution of A^H X = d I.
fn solve_diagonal(matrix: &Tensor, d: &Tensor) -> Result<Tensor> {
    let n = matrix.sizes().last().copied().unwrap_or(0);
    let mut sizes = d.sizes();
    sizes.push(n);
    let right = diag_embed(&expand(&unsqueeze(d, -1)?, &sizes)?, 0, -2, -1)?;
    call("linalg_solve", 0, args![adjoint(matrix)?, right, true])
}

fn slogdet_gradient(b: &Backward) -> Result<Tensor> {
    let (matrix, sign) = (b.tensor(0)?, b.result(0)?);
    if !sign.dtype().is_complex() {
        return solve_diagonal(&matrix, &b.grad_or_zeros(1)?);
    }
    let log = b.grad_or_zeros(1)?;
    let turn = call("imag", 0, args![mul(conj(&b.grad_or_zeros(0)?)?, &sign)?])?;
    solve_diagonal(&matrix, &call("complex", 0, args![log, neg(turn)?])?)
}

fn inverse_with_info(array: &Array, name: &str, check: bool) -> Result<Outs> {
    check_square(array, name, "A")?;
    check_floating(array, name)?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let n = shape_of(array).0;
    let outs: Outs = for_field!(dtype, T => {
        let (mut inverses, mut infos) = (Vec::new(), Vec::new());
        for matrix in matrices::<T>(array)? {
            let part = lu::factor(matrix, true);
            infos.push(vec![part.info]);
            inverses.push(if part.info == 0 {
                lu::solve(&part.factors, &part.pivots, Matrix::identity(n, n), false).data
            } else {
                part.factors.data
            });
        }
        let inverse = assemble(&batch, &[n, n], inverses, dtype)?;
        smallvec::smallvec![Arg::from(inverse), Arg::from(assemble(&batch, &[], infos, Dtype::Int32)?)]
    });
    if check {
        check_inverse(&outs, name, array.dim() > 2)?;
    }
    Ok(outs)
}

fn check_inverse(outs: &Outs, name: &str, batched: bool) -> Result<()> {
    failure(outs.get(1), |batch, info| {
        let batch = if batched {
            format!("(Batch element {batch}): ")
        } else {
            String::new()
        };
        format!(
            "{name}: {batch}The diagonal element {info} is zero, the inversion could not be completed because the input matrix is singular."
        )
    })
}

fn check_solved(outs: &Outs, name: &str, batched: bool) -> Result<()> {
    failure(outs.get(3), |batch, _| {
        let batch = if batched {
            format!("(Batch element {batch}): ")
        } else {
            String::new()
        };
        format!("{name}: {batch}The solver failed because the input matrix is singular.")
    })
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

/// B is one vector a matrix, not a matrix.
fn is_vector(matrix: &Array, right: &Array) -> bool {
    let batch = batch_sizes(matrix, 1);
    right.dim() == 1 || (matrix.dim() == right.dim() + 1 && right.sizes() == &batch[..])
}

fn solved(matrix: &Array, right: &Array, left: bool) -> Result<Outs> {
    check_floating(matrix, "linalg.solve")?;
    check_square(matrix, "linalg.solve", "A")?;
    if matrix.dtype() != right.dtype() {
        return error::runtime(format!(
            "linalg.solve: Expected A and B to have the same dtype, but found A of type {} and B of type {} instead",
            matrix.dtype().scalar_type(),
            right.dtype().scalar_type()
        ));
    }
    let vector = is_vector(matrix, right);
    let right = if vector {
        array_view::unsqueeze(right, -1)?
    } else {
        right.clone()
    };
    let (matrix, right, batch) = aligned(matrix, &right, "linalg.solve", left)?;
    let dtype = matrix.dtype();
    let n = shape_of(&matrix).0;
    let (rows, columns) = shape_of(&right);
    for_field!(dtype, T => {
        let (mut results, mut parts, mut infos) = (Vec::new(), Vec::new(), Vec::new());
        for (matrix, right) in matrices::<T>(&matrix)?.into_iter().zip(matrices::<T>(&right)?) {
            let part = lu::factor(matrix, true);
            infos.push(vec![part.info]);
            let result = if left {
                lu::solve(&part.factors, &part.pivots, right, false)
            } else {
                lu::solve(&part.factors, &part.pivots, right.adjoint(), true).adjoint()
            };
            results.push(result.data);
            parts.push(part);
        }
        let each: &[usize] = if vector { &[n] } else { &[rows, columns] };
        let result = assemble(&batch, each, results, dtype)?;
        let mut outs = with_factors(smallvec::smallvec![result.into()], &batch, parts, dtype)?;
        outs.push(assemble(&batch, &[], infos, Dtype::Int32)?.into());
        Ok(outs)
    })
}

fn solve_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (matrix, result, left) = (b.tensor(0)?, b.result(0)?, b.bool(2)?);
    let grad = b.grad()?;
    let grad_right = call("linalg_solve", 0, args![adjoint(&matrix)?, grad, left])?;
    if !b.needs(0) {
        return Ok(vec![None, Some(grad_right)]);
    }
    let vector = is_vector(&matrix.array(), &grad.array());
    let (x, g) = if vector {
        (unsqueeze(&result, -1)?, unsqueeze(&grad_right, -1)?)
    } else {
        (result, grad_right.clone())
    };
    let adjoint = adjoint(&x)?;
    let grad_matrix = neg(if left {
        matmul(&g, &adjoint)?
    } else {
        matmul(&adjoint, &g)?
    })?;
    Ok(vec![Some(grad_matrix), Some(grad_right)])
}

fn triangular(matrix: &Array, right: &Array, upper: bool, left: bool, unit: bool) -> Result<Outs> {
    let name = "linalg.solve_triangular";
    check_square(matrix, name, "A")?;
    if right.dim() < 2 {
        return error::runtime(format!("{name}: The input tensor B must have at least 2 dimensions."));
    }
    let (matrix, right, batch) = aligned(matrix, right, name, left)?;
    let dtype = matrix.dtype();
    let (rows, columns) = shape_of(&right);
    for_field!(dtype, T => {
        let parts = matrices::<T>(&matrix)?.into_iter().zip(matrices::<T>(&right)?).map(|(matrix, mut right)| {
            lu::solve_triangular(&matrix, &mut right, upper, left, unit);
            right.data
        });
        one(assemble(&batch, &[rows, columns], parts, dtype)?)
    })
}

fn triangular_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (upper, left, unit) = (b.bool(2)?, b.bool(3)?, b.bool(4)?);
    let (matrix, result) = (b.tensor(0)?, b.result(0)?);
    let grad_right = solve_triangular(&adjoint(&matrix)?, b.grad()?, !upper, left, unit)?;
    if !b.needs(0) {
        return Ok(vec![None, Some(grad_right)]);
    }
    let adjoint = adjoint(&result)?;
    let product = if left {
        matmul(&grad_right, &adjoint)?
    } else {
        matmul(&adjoint, &grad_right)?
    };
    let product = neg(product)?;
    let shift = i64::from(unit);
    let grad_matrix = if upper {
        triu(&product, shift)?
    } else {
        tril(&product, -shift)?
    };
    Ok(vec![Some(grad_matrix), Some(grad_right)])
}

fn old_triangular_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (upper, transpose, unit) = (b.bool(2)?, b.bool(3)?, b.bool(4)?);
    let (matrix, result) = (b.tensor(1)?, b.result(0)?);
    let used = if transpose { matrix_transpose(&matrix)? } else { matrix };
    let grad_right = solve_triangular(&adjoint(&used)?, &b.grad_or_zeros(0)?, upper == transpose, true, unit)?;
    let product = neg(matmul(&grad_right, &adjoint(&result)?)?)?;
    let product = if transpose {
        matrix_transpose(&product)?
    } else {
        product
    };
    let shift = i64::from(unit);
    let mut grad_matrix = if upper {
        triu(&product, shift)?
    } else {
        tril(&product, -shift)?
    };
    if let Some(grad) = b.grad_of(1) {
        grad_matrix = add(&grad_matrix, grad)?;
    }
    Ok(vec![Some(grad_right), Some(grad_matrix)])
}

pub(super) fn solve_triangular(matrix: &Tensor, right: &Tensor, upper: bool, left: bool, unit: bool) -> Result<Tensor> {
    LINALG_SOLVE_TRIANGULAR.overloads[0].call_one(args![matrix, right, upper, left, unit])
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
