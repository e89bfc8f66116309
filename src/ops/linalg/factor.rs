//! Cholesky, QR and LDL factors.

use super::*;

pub static OPS: &[&Op] = &[
    &LINALG_CHOLESKY_EX,
    &LINALG_CHOLESKY,
    &CHOLESKY,
    &CHOLESKY_SOLVE,
    &CHOLESKY_INVERSE,
    &LINALG_QR,
    &GEQRF,
    &LINALG_HOUSEHOLDER_PRODUCT,
    &ORGQR,
    &ORMQR,
    &LINALG_LDL_FACTOR_EX,
    &LINALG_LDL_FACTOR,
    &LINALG_LDL_SOLVE,
];

pub(crate) static LINALG_CHOLESKY_EX: Op =
    Op {
        name: "linalg_cholesky_ex",
        aliases: &[],
        help: "The Cholesky factor, and the order of the first minor that is not positive instead of an error.",
        example: "torch.linalg.cholesky_ex(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
        overloads: overloads![Overload::new(
        "linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let outs = cholesky_factors(&*a.array(0)?, a.bool(1)?, "torch.linalg.cholesky_ex")?;
            if a.bool(2)? {
                check_positive(&outs, "torch.linalg.cholesky_ex", a.tensor(0)?.dim() > 2)?;
            }
            Ok(outs)
        },
        Derivative::Node(
            "LinalgCholeskyExBackward0",
            &[Grad {
                inputs: "self",
                uses: "result0, upper",
                by: By::Formula(cholesky_gradient)
            }]
        )
    ).out_dtype(crate::ops::out::same)],
    };

pub(crate) static LINALG_CHOLESKY: Op = Op {
    name: "linalg_cholesky",
    aliases: &[],
    help: "The triangular factor of a positive definite matrix.",
    example: "torch.linalg.cholesky(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                let this = a.tensor(0)?;
                check_square(&this.array(), "linalg.cholesky", "A")?;
                check_floating(&this.array(), "linalg.cholesky")?;
                let outs = LINALG_CHOLESKY_EX.overloads[0].call(args![this, a.bool(1)?, false])?;
                check_positive(&outs, "linalg.cholesky", this.dim() > 2)?;
                Ok(outs.into_iter().take(1).collect())
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static CHOLESKY: Op = Op {
    name: "cholesky",
    aliases: &[],
    help: "The triangular factor of a positive definite matrix.",
    example: "torch.tensor([[4.0, 1.0], [1.0, 3.0]]).cholesky()",
    overloads: overloads![Overload::new(
        "cholesky(Tensor self, bool upper=False) -> Tensor",
        METHOD,
        |a| {
            let this = a.tensor(0)?;
            check_square(&this.array(), "cholesky", "A")?;
            let outs = LINALG_CHOLESKY_EX.overloads[0].call(args![this, a.bool(1)?, false])?;
            check_positive(&outs, "cholesky", this.dim() > 2)?;
            Ok(outs.into_iter().take(1).collect())
        },
        Derivative::Composite
    )],
};

pub(crate) static CHOLESKY_SOLVE: Op = Op {
    name: "cholesky_solve",
    aliases: &[],
    help: "The solution of a linear system by the Cholesky factor of its matrix.",
    example: "torch.cholesky_solve(torch.ones(2, 1), torch.linalg.cholesky(torch.tensor([[4.0, 1.0], [1.0, 3.0]])))",
    overloads: overloads![Overload::new(
        "cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| cholesky_solved(&*a.array(0)?, &*a.array(1)?, a.bool(2)?),
        Derivative::Node(
            "CholeskySolveBackward0",
            &[Grad {
                inputs: "self, input2",
                uses: "input2, result, upper",
                by: By::Joint(cholesky_solve_gradients)
            }]
        )
    )],
};

pub(crate) static CHOLESKY_INVERSE: Op = Op {
    name: "cholesky_inverse",
    aliases: &[],
    help: "The inverse of a matrix from its Cholesky factor.",
    example: "torch.cholesky_inverse(torch.linalg.cholesky(torch.tensor([[4.0, 1.0], [1.0, 3.0]])))",
    overloads: overloads![Overload::new(
        "cholesky_inverse(Tensor self, bool upper=False) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let this = a.array(0)?;
            check_square(&this, "cholesky_inverse", "A")?;
            let n = shape_of(&this).0 as i64;
            let eye = create::eye(n, n, this.dtype())?;
            cholesky_solved(&array_view::expand(&eye, this.sizes())?, &this, a.bool(1)?)
        },
        Derivative::Node(
            "CholeskyInverseBackward0",
            &[Grad {
                inputs: "self",
                uses: "self, result, upper",
                by: By::Formula(|b| {
                    let (factor, inverse) = (b.tensor(0)?, b.result(0)?);
                    let both = add(b.grad()?, &adjoint(b.grad()?)?)?;
                    let middle = matmul(&inverse, &matmul(&both, &inverse)?)?;
                    neg(if b.bool(1)? {
                        matmul(&factor, &middle)?
                    } else {
                        matmul(&middle, &factor)?
                    })
                })
            }]
        )
    )],
};

pub(crate) static LINALG_QR: Op = Op {
    name: "linalg_qr",
    aliases: &[],
    help: "The factors of A = Q R, Q with orthonormal columns.",
    example: "torch.linalg.qr(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_qr(Tensor A, str mode='reduced') -> (Tensor Q, Tensor R)",
            FUNCTION | OUT | NAMESPACED,
            |a| qr_factors(&*a.array(0)?, a.str(1)?),
            Derivative::Node(
                "LinalgQrBackward0",
                &[Grad {
                    inputs: "A",
                    uses: "result0, result1, mode",
                    by: By::Formula(qr_gradient)
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static GEQRF: Op = Op {
    name: "geqrf",
    aliases: &[],
    help: "R above the diagonal and the vectors of reflections below it, with their factors.",
    example: "torch.geqrf(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "geqrf(Tensor self) -> (Tensor a, Tensor tau)",
        FUNCTION | METHOD | OUT,
        |a| {
            let this = a.array(0)?;
            if this.dim() < 2 {
                return error::runtime("torch.geqrf: input must have at least 2 dimensions.");
            }
            let (dtype, batch) = (this.dtype(), batch_sizes(&this, 2));
            let (rows, columns) = shape_of(&this);
            for_field!(dtype, T => {
                let (mut factors, mut taus) = (Vec::new(), Vec::new());
                for matrix in matrices::<T>(&this)? {
                    let (factor, tau) = qr::factor(matrix);
                    factors.push(factor.data);
                    taus.push(tau);
                }
                two((assemble(&batch, &[rows, columns], factors, dtype)?, assemble(&batch, &[rows.min(columns)], taus, dtype)?))
            })
        },
        Derivative::Node(
            "GeqrfBackward0",
            &[Grad {
                inputs: "self",
                uses: "",
                by: By::NotImplemented
            }]
        )
    )],
};

pub(crate) static LINALG_HOUSEHOLDER_PRODUCT: Op = Op {
    name: "linalg_householder_product",
    aliases: &[],
    help: "The first columns of a product of Householder reflections.",
    example: "torch.linalg.householder_product(*torch.geqrf(torch.tensor([[4.0, 1.0], [1.0, 3.0]])))",
    overloads: overloads![Overload::new(
        "linalg_householder_product(Tensor input, Tensor tau) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| householder(&*a.array(0)?, &*a.array(1)?),
        Derivative::Node(
            "LinalgHouseholderProductBackward0",
            &[Grad {
                inputs: "input, tau",
                uses: "input, tau",
                by: By::Joint(|b| recomputed(b, &[0, 1], reflections_product))
            }]
        )
    )],
};

pub(crate) static ORGQR: Op = Op {
    name: "orgqr",
    aliases: &[],
    help: "As torch.linalg.householder_product.",
    example: "torch.orgqr(*torch.geqrf(torch.tensor([[4.0, 1.0], [1.0, 3.0]])))",
    overloads: overloads![Overload::new(
        "orgqr(Tensor self, Tensor input2) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(LINALG_HOUSEHOLDER_PRODUCT.overloads[0].call_one(args![a.tensor(0)?, a.tensor(1)?])?),
        Derivative::Composite
    )],
};

pub(crate) static ORMQR: Op = Op {
    name: "ormqr",
    aliases: &[],
    help: "A matrix times a product of Householder reflections.",
    example: "torch.ormqr(*torch.geqrf(torch.tensor([[4.0, 1.0], [1.0, 3.0]])), torch.eye(2))",
    overloads: overloads![Overload::new(
        "ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| reflected(&*a.array(0)?, &*a.array(1)?, &*a.array(2)?, a.bool(3)?, a.bool(4)?),
        Derivative::Node(
            "OrmqrBackward0",
            &[Grad {
                inputs: "self, input2, input3",
                uses: "self, input2, input3, left, transpose",
                by: By::Joint(|b| {
                    let (left, transpose) = (b.bool(3)?, b.bool(4)?);
                    recomputed(b, &[0, 1, 2], |tensors| reflections_applied(tensors, left, transpose))
                })
            }]
        )
    )],
};

pub(crate) static LINALG_LDL_FACTOR_EX: Op = Op {
    name: "linalg_ldl_factor_ex",
    aliases: &[],
    help: "LDL factors with pivots, and the number of the first singular block instead of an error.",
    example: "torch.linalg.ldl_factor_ex(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)",
        FUNCTION | OUT | NAMESPACED,
        |a| ldl_factors(&*a.array(0)?, a.bool(1)?),
        Derivative::NotImplemented
    ).out_dtype(crate::ops::out::same)],
};

pub(crate) static LINALG_LDL_FACTOR: Op = Op {
    name: "linalg_ldl_factor",
    aliases: &[],
    help: "LDL factors with pivots of a symmetric matrix.",
    example: "torch.linalg.ldl_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                let outs = LINALG_LDL_FACTOR_EX.overloads[0].call(args![a.tensor(0)?, a.bool(1)?, false])?;
                Ok(outs.into_iter().take(2).collect())
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LINALG_LDL_SOLVE: Op = Op {
    name: "linalg_ldl_solve",
    aliases: &[],
    help: "The solution of a linear system by its LDL factors.",
    example: "torch.linalg.ldl_solve(*torch.linalg.ldl_factor(torch.tensor([[4.0, 1.0], [1.0, 3.0]])), torch.ones(2, 1))",
    overloads: overloads![Overload::new(
        "linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let (factors, pivots, right) = (a.array(0)?, a.array(1)?, a.array(2)?);
            let hermitian = a.bool(3)?;
            let (factors, right, batch) = aligned(&factors, &right, "torch.linalg.ldl_solve", true)?;
            let dtype = factors.dtype();
            let (rows, columns) = shape_of(&right);
            let mut sizes: Dims = batch.clone();
            sizes.push(rows as i64);
            let pivots = array_view::expand(&pivots, &sizes)?;
            for_field!(dtype, T => {
                let systems = matrices::<T>(&factors)?.into_iter().zip(vectors::<f64>(&pivots)?).zip(matrices::<T>(&right)?);
                let parts = systems.map(|((factors, pivots), right)| {
                    let pivots: Vec<i32> = pivots.iter().map(|pivot| *pivot as i32).collect();
                    ldl::solve(&factors, &pivots, right, hermitian).data
                });
                one(assemble(&batch, &[rows, columns], parts, dtype)?)
            })
        },
        Derivative::NotImplemented
    ).out_dtype(crate::ops::out::same)],
};

fn cholesky_factors(array: &Array, upper: bool, name: &str) -> Result<Outs> {
    check_square(array, name, "A")?;
    check_floating(array, name)?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let n = shape_of(array).0;
    for_field!(dtype, T => {
        let (mut factors, mut infos) = (Vec::new(), Vec::new());
        for matrix in matrices::<T>(array)? {
            let source = if upper { matrix.adjoint() } else { matrix };
            let (l, info) = cholesky::factor(&source);
            factors.push(if upper { l.adjoint().data } else { l.data });
            infos.push(vec![info]);
        }
        two((assemble(&batch, &[n, n], factors, dtype)?, assemble(&batch, &[], infos, Dtype::Int32)?))
    })
}

fn check_positive(outs: &Outs, name: &str, batched: bool) -> Result<()> {
    failure(outs.get(1), |batch, info| {
        let batch = if batched {
            format!("(Batch element {batch}): ")
        } else {
            String::new()
        };
        format!(
            "{name}: {batch}The factorization could not be completed because the input is not positive-definite (the leading minor of order {info} is not positive-definite)."
        )
    })
}

/// The triangle with its diagonal halved, and the adjoint of that, added and halved.
fn cholesky_gradient(b: &Backward) -> Result<Tensor> {
    let (mut l, mut grad) = (b.result(0)?, b.grad()?.clone());
    if b.bool(1)? {
        l = adjoint(&l)?;
        grad = adjoint(&grad)?;
    }
    let product = tril(&matmul(&adjoint(&l)?, &grad)?, 0)?;
    let strict = tril(&product, -1)?;
    let diagonal = sub(&product, &strict)?;
    let symmetric = mul(&add(&add(&strict, &adjoint(&strict)?)?, &diagonal)?, Scalar::Float(0.5))?;
    let inner = super::solve::solve_triangular(&adjoint(&l)?, &symmetric, true, true, false)?;
    super::solve::solve_triangular(&l, &inner, false, false, false)
}

fn cholesky_solved(right: &Array, factor: &Array, upper: bool) -> Result<Outs> {
    if right.dim() < 2 {
        return error::runtime(format!(
            "b should have at least 2 dimensions, but has {} dimensions instead",
            right.dim()
        ));
    }
    if factor.dim() < 2 {
        return error::runtime(format!(
            "u should have at least 2 dimensions, but has {} dimensions instead",
            factor.dim()
        ));
    }
    let (factor, right, batch) = aligned(factor, right, "cholesky_solve", true)?;
    let dtype = factor.dtype();
    let (rows, columns) = shape_of(&right);
    for_field!(dtype, T => {
        let parts = matrices::<T>(&factor)?.into_iter().zip(matrices::<T>(&right)?).map(|(factor, mut right)| {
            let lower = if upper { factor.adjoint() } else { factor };
            lu::solve_triangular(&lower, &mut right, false, true, false);
            lu::solve_triangular(&lower.adjoint(), &mut right, true, true, false);
            right.data
        });
        one(assemble(&batch, &[rows, columns], parts, dtype)?)
    })
}

fn cholesky_solve_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (factor, result, upper) = (b.tensor(1)?, b.result(0)?, b.bool(2)?);
    let grad_right = CHOLESKY_SOLVE.overloads[0].call_one(args![b.grad()?, &factor, upper])?;
    if !b.needs(1) {
        return Ok(vec![Some(grad_right), None]);
    }
    let product = matmul(&grad_right, &adjoint(&result)?)?;
    let both = add(&product, &adjoint(&product)?)?;
    let grad_factor = neg(if upper {
        matmul(&factor, &both)?
    } else {
        matmul(&both, &factor)?
    })?;
    Ok(vec![Some(grad_right), Some(grad_factor)])
}

fn qr_factors(array: &Array, mode: &str) -> Result<Outs> {
    check_matrices(array, "linalg.qr")?;
    check_floating(array, "linalg.qr")?;
    if !matches!(mode, "reduced" | "complete" | "r") {
        return error::runtime(format!(
            "qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        ));
    }
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let (rows, columns) = shape_of(array);
    let inner = if mode == "complete" { rows } else { rows.min(columns) };
    for_field!(dtype, T => {
        let (mut q, mut r) = (Vec::new(), Vec::new());
        for matrix in matrices::<T>(array)? {
            let (factors, taus) = qr::factor(matrix);
            q.push(qr::product(&factors, &taus, inner).data);
            r.push(qr::upper(&factors, inner).data);
        }
        let q = if mode == "r" { Array::zeros(&[0], dtype)? } else { assemble(&batch, &[rows, inner], q, dtype)? };
        two((q, assemble(&batch, &[inner, columns], r, dtype)?))
    })
}

/// X + X^H with the real part of the diagonal once.
fn symmetrized(x: &Tensor) -> Result<Tensor> {
    let strict = sub(x, &diag_embed(&diagonal(x, 0, -2, -1)?, 0, -2, -1)?)?;
    let diagonal = real(&diagonal(x, 0, -2, -1)?)?;
    let both = add(&strict, &adjoint(&strict)?)?;
    add(&both, &diag_embed(&to_dtype(&diagonal, x.dtype())?, 0, -2, -1)?)
}

fn qr_gradient(b: &Backward) -> Result<Tensor> {
    let args = b.args()?;
    let mode = args.str(1)?;
    if mode == "r" {
        return error::runtime(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.",
        );
    }
    let (q, r) = (b.result(0)?, b.result(1)?);
    let (m, n) = (q.sizes(), r.sizes());
    let rows = m.get(m.len().saturating_sub(2)).copied().unwrap_or(0);
    let columns = n.last().copied().unwrap_or(0);
    if mode == "complete" && rows > columns {
        return error::runtime("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.");
    }
    let (grad_q, grad_r) = (b.grad_of(0), b.grad_of(1));
    let wide = rows < columns;
    let leading = |x: &Tensor| {
        if wide {
            slice(x, -1, None, Some(rows), 1)
        } else {
            Ok(x.clone())
        }
    };
    let square = leading(&r)?;
    let mut inner = match grad_r {
        Some(grad) => matmul(grad, &adjoint(&r)?)?,
        None => zeros_like(&matmul(&square, &adjoint(&square)?)?)?,
    };
    if let Some(grad) = grad_q {
        inner = sub(&inner, &matmul(&adjoint(&q)?, grad)?)?;
    }
    if !wide {
        let mut grad = matmul(&q, &symmetrized(&triu(&inner, 0)?)?)?;
        if let Some(grad_q) = grad_q {
            grad = add(grad_q, &grad)?;
        }
        return super::solve::solve_triangular(&adjoint(&r)?, &grad, false, false, false);
    }
    // wide: the columns after the square part follow it as Q^H A2
    let rest = slice(&r, -1, Some(rows), None, 1)?;
    let (g1, g2) = match grad_r {
        Some(grad) => (Some(leading(grad)?), slice(grad, -1, Some(rows), None, 1)?),
        None => (None, zeros_like(&rest)?),
    };
    let mut inner = match &g1 {
        Some(grad) => matmul(grad, &adjoint(&square)?)?,
        None => zeros_like(&inner)?,
    };
    let mut through_q = matmul(&q, &matmul(&rest, &adjoint(&g2)?)?)?;
    if let Some(grad_q) = grad_q {
        through_q = add(&through_q, grad_q)?;
    }
    inner = sub(&inner, &matmul(&adjoint(&q)?, &through_q)?)?;
    let grad = add(&through_q, &matmul(&q, &symmetrized(&triu(&inner, 0)?)?)?)?;
    let first = super::solve::solve_triangular(&adjoint(&square)?, &grad, false, false, false)?;
    cat(&[first, matmul(&q, &g2)?], -1)
}

fn check_reflections(input: &Array, tau: &Array, name: &str) -> Result<()> {
    if input.dim() < 2 {
        return error::runtime(format!("{name}: input must have at least 2 dimensions."));
    }
    let (rows, columns) = shape_of(input);
    if name.ends_with("householder_product") && rows < columns {
        return error::runtime(format!(
            "{name}: input.shape[-2] must be greater than or equal to input.shape[-1]"
        ));
    }
    let count = tau.sizes().last().copied().unwrap_or(0);
    if name.ends_with("householder_product") && (columns as i64) < count {
        return error::runtime(format!(
            "{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]"
        ));
    }
    if input.dim() != tau.dim() + 1 {
        return error::runtime(format!(
            "{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {} and input.ndim is equal to {}",
            tau.dim(),
            input.dim()
        ));
    }
    let batch = batch_sizes(input, 2);
    if batch != batch_sizes(tau, 1) {
        return error::runtime(format!(
            "{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got {}",
            format_sizes(&batch_sizes(tau, 1))
        ));
    }
    if input.dtype() != tau.dtype() {
        return error::runtime(format!(
            "{name}: tau dtype {} does not match input dtype {}",
            tau.dtype().scalar_type(),
            input.dtype().scalar_type()
        ));
    }
    Ok(())
}

fn householder(input: &Array, tau: &Array) -> Result<Outs> {
    check_reflections(input, tau, "torch.linalg.householder_product")?;
    let (dtype, batch) = (input.dtype(), batch_sizes(input, 2));
    let (rows, columns) = shape_of(input);
    for_field!(dtype, T => {
        let parts = matrices::<T>(input)?
            .into_iter()
            .zip(vectors::<T>(tau)?)
            .map(|(factors, taus)| qr::product(&factors, &taus, columns).data);
        one(assemble(&batch, &[rows, columns], parts, dtype)?)
    })
}

fn reflected(input: &Array, tau: &Array, other: &Array, left: bool, transpose: bool) -> Result<Outs> {
    let name = "torch.ormqr";
    check_reflections(input, tau, name)?;
    if other.dim() < 2 {
        return error::runtime(format!("{name}: other must have at least 2 dimensions."));
    }
    let (rows, columns) = shape_of(other);
    let (side, index) = if left { (rows, -2) } else { (columns, -1) };
    let (height, width) = shape_of(input);
    let count = tau.sizes().last().copied().unwrap_or(0) as usize;
    if side < count {
        return error::runtime(format!(
            "{name}: other.shape[{index}] must be greater than or equal to tau.shape[-1]"
        ));
    }
    if count != height.min(width) {
        return error::runtime(format!(
            "{name}: tau.shape[-1] must be equal to min(other.shape[-2], input.shape[-1])"
        ));
    }
    if side != height {
        return error::runtime(format!("{name}: other.shape[{index}] must be equal to input.shape[-2]"));
    }
    let (dtype, batch) = (input.dtype(), batch_sizes(input, 2));
    for_field!(dtype, T => {
        let systems = matrices::<T>(input)?.into_iter().zip(vectors::<T>(tau)?).zip(matrices::<T>(other)?);
        let parts = systems.map(|((factors, taus), other)| qr::multiply(&factors, &taus, other, left, transpose).data);
        one(assemble(&batch, &[rows, columns], parts, dtype)?)
    })
}

/// x - tau v (v^H x) for the reflections in the columns of `input`, the last one first (`forward`: the first first),
/// in differentiable ops.
fn reflect(input: &Tensor, tau: &Tensor, x: &Tensor, adjoint_taus: bool, forward: bool) -> Result<Tensor> {
    let count = tau.sizes().last().copied().unwrap_or(0);
    let rows = input.sizes();
    let rows = rows.get(rows.len().saturating_sub(2)).copied().unwrap_or(0);
    let columns = input.sizes().last().copied().unwrap_or(0);
    let unit: Tensor = create::eye(rows, columns, input.dtype())?.into();
    let vectors = add(&tril(input, -1)?, &unit)?;
    let mut x = x.clone();
    for step in 0..count {
        let i = if forward { step } else { count - 1 - step };
        let v = slice(&vectors, -1, Some(i), Some(i + 1), 1)?;
        let factor = unsqueeze(&slice(tau, -1, Some(i), Some(i + 1), 1)?, -1)?;
        let factor = if adjoint_taus { conj(&factor)? } else { factor };
        x = sub(&x, &mul(&factor, &matmul(&v, &matmul(&adjoint(&v)?, &x)?)?)?)?;
    }
    Ok(x)
}

fn reflections_product(tensors: &[Tensor]) -> Result<Tensor> {
    let [input, tau] = tensors else {
        return error::runtime("two tensors are needed");
    };
    let sizes = input.sizes();
    let rows = sizes.get(sizes.len().saturating_sub(2)).copied().unwrap_or(0);
    let columns = sizes.last().copied().unwrap_or(0);
    let unit: Tensor = create::eye(rows, columns, input.dtype())?.into();
    reflect(input, tau, &unit, false, false)
}

fn reflections_applied(tensors: &[Tensor], left: bool, transpose: bool) -> Result<Tensor> {
    let [input, tau, other] = tensors else {
        return error::runtime("three tensors are needed");
    };
    if left {
        return reflect(input, tau, other, transpose, transpose);
    }
    adjoint(&reflect(input, tau, &adjoint(other)?, !transpose, !transpose)?)
}

fn ldl_factors(array: &Array, hermitian: bool) -> Result<Outs> {
    check_square(array, "torch.linalg.ldl_factor_ex", "A")?;
    check_floating(array, "torch.linalg.ldl_factor_ex")?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let n = shape_of(array).0;
    for_field!(dtype, T => {
        let parts: Vec<_> = matrices::<T>(array)?.iter().map(|matrix| ldl::factor(matrix, hermitian)).collect();
        let infos = assemble(&batch, &[], parts.iter().map(|part| vec![part.info]), Dtype::Int32)?;
        let pivots = assemble(&batch, &[n], parts.iter().map(|part| part.pivots.clone()), Dtype::Int32)?;
        let factors = assemble(&batch, &[n, n], parts.into_iter().map(|part| part.factors.data), dtype)?;
        Ok(smallvec::smallvec![factors.into(), pivots.into(), infos.into()])
    })
}
