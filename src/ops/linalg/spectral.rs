//! Singular values, eigenvalues, and what is made of them: rank, pseudoinverse, least squares.

use super::*;

pub static OPS: &[&Op] = &[
    &SVD_EX,
    &LINALG_SVD,
    &SVD,
    &LINALG_SVDVALS,
    &LINALG_EIG,
    &LINALG_EIGVALS,
    &EIGH_EX,
    &LINALG_EIGH,
    &LINALG_EIGVALSH,
    &LINALG_PINV,
    &PINVERSE,
    &LINALG_MATRIX_RANK,
    &LINALG_LSTSQ,
    &LINALG_COND,
];

pub(crate) static SVD_EX: Op = Op {
    name: "_linalg_svd",
    aliases: &[],
    help: "Singular values and vectors.",
    example: "torch.linalg.svd(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
        0,
        |a| decomposed(&*a.array(0)?, a.bool(1)?, a.bool(2)?),
        Derivative::Node(
            "LinalgSvdBackward0",
            &[Grad {
                inputs: "A",
                uses: "A, full_matrices, result0, result1, result2",
                by: By::Formula(svd_gradient)
            }]
        )
    )],
};

pub(crate) static LINALG_SVD: Op = Op {
    name: "linalg_svd",
    aliases: &[],
    help: "The decomposition A = U diag(S) Vh.",
    example: "torch.linalg.svd(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            check_driver(a.optional_str(2))?;
            SVD_EX.overloads[0].call(args![a.tensor(0)?, a.bool(1)?, true, Arg::None])
        },
        Derivative::Composite
    )],
};

pub(crate) static SVD: Op = Op {
    name: "svd",
    aliases: &[],
    help: "The decomposition A = U diag(S) V^H.",
    example: "torch.svd(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)",
        FUNCTION | METHOD | OUT,
        |a| {
            let this = a.tensor(0)?;
            if this.dim() < 2 {
                return error::runtime(format!(
                    "linalg.svd: input should have at least 2 dimensions, but has {} dimensions instead",
                    this.dim()
                ));
            }
            if !a.bool(2)? {
                let sizes = this.sizes();
                let values = first_of(SVD_EX.overloads[0].call(args![this, false, true, Arg::None])?, 1)?;
                let (mut u, mut v) = (sizes.clone(), sizes);
                let n = u.len();
                let (rows, columns) = shape_of(&this.array());
                if let (Some(u), Some(v)) = (u.get_mut(n - 1), v.get_mut(n - 2)) {
                    *u = rows as i64;
                    *v = columns as i64;
                }
                return Ok(smallvec::smallvec![
                    Array::zeros(&u, this.dtype())?.into(),
                    values.into(),
                    Array::zeros(&v, this.dtype())?.into()
                ]);
            }
            let outs = SVD_EX.overloads[0].call(args![this, !a.bool(1)?, true, Arg::None])?;
            let vh = first_of(outs.clone(), 2)?;
            Ok(outs.into_iter().take(2).chain([Arg::Tensor(adjoint(&vh)?)]).collect())
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_SVDVALS: Op = Op {
    name: "linalg_svdvals",
    aliases: &[],
    help: "The singular values, largest first.",
    example: "torch.linalg.svdvals(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            check_driver(a.optional_str(1))?;
            one(singular_values(a.tensor(0)?)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_EIG: Op = Op {
    name: "linalg_eig",
    aliases: &[],
    help: "Eigenvalues and eigenvectors of a square matrix.",
    example: "torch.linalg.eig(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)",
        FUNCTION | OUT | NAMESPACED,
        |a| eigen_general(&*a.array(0)?),
        Derivative::Node(
            "LinalgEigBackward0",
            &[Grad {
                inputs: "self",
                uses: "self.sizes, result0, result1",
                by: By::Formula(|b| {
                    let grad = eigen_gradient(b, false)?;
                    if b.dtype(0)?.is_complex() {
                        Ok(grad)
                    } else {
                        real(&grad)
                    }
                })
            }]
        )
    )],
};

pub(crate) static LINALG_EIGVALS: Op = Op {
    name: "linalg_eigvals",
    aliases: &[],
    help: "Eigenvalues of a square matrix.",
    example: "torch.linalg.eigvals(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_eigvals(Tensor self) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            check_matrices(&*a.array(0)?, "linalg.eigvals")?;
            one(first_of(LINALG_EIG.overloads[0].call(args![a.tensor(0)?])?, 0)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static EIGH_EX: Op = Op {
    name: "_linalg_eigh",
    aliases: &[],
    help: "Eigenvalues and eigenvectors of a Hermitian matrix.",
    example: "torch.linalg.eigh(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "_linalg_eigh(Tensor A, str UPLO=\"L\", bool compute_v=True) -> (Tensor eigenvalues, Tensor eigenvectors)",
        0,
        |a| eigen_hermitian(&*a.array(0)?, a.str(1)?),
        Derivative::Node(
            "LinalgEighBackward0",
            &[Grad {
                inputs: "A",
                uses: "result0, result1",
                by: By::Formula(|b| eigen_gradient(b, true))
            }]
        )
    )],
};

pub(crate) static LINALG_EIGH: Op = Op {
    name: "linalg_eigh",
    aliases: &[],
    help: "Eigenvalues, smallest first, and eigenvectors of a Hermitian matrix.",
    example: "torch.linalg.eigh(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_eigh(Tensor self, str UPLO=\"L\") -> (Tensor eigenvalues, Tensor eigenvectors)",
        FUNCTION | OUT | NAMESPACED,
        |a| EIGH_EX.overloads[0].call(args![a.tensor(0)?, a.str(1)?, true]),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_EIGVALSH: Op = Op {
    name: "linalg_eigvalsh",
    aliases: &[],
    help: "Eigenvalues of a Hermitian matrix, smallest first.",
    example: "torch.linalg.eigvalsh(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_eigvalsh(Tensor self, str UPLO=\"L\") -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| one(first_of(
            EIGH_EX.overloads[0].call(args![a.tensor(0)?, a.str(1)?, true])?,
            0
        )?),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_PINV: Op = Op {
    name: "linalg_pinv",
    aliases: &[],
    help: "The pseudoinverse.",
    example: "torch.linalg.pinv(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(pseudoinverse(
                &*a.array(0)?,
                tolerance(a, 1)?,
                tolerance(a, 2)?,
                a.bool(3)?
            )?),
            Derivative::Node(
                "LinalgPinvBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "self, result",
                        by: By::Formula(|b| pinv_gradient(b.grad()?, &b.result(0)?, &b.tensor(0)?))
                    },
                    Grad {
                        inputs: "atol",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "rtol",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        ),
        Overload::new(
            "linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(LINALG_PINV.overloads[0].call_one(args![
                a.tensor(0)?,
                number_of(a, 1)?,
                number_of(a, 2)?,
                a.bool(3)?
            ])?),
            Derivative::Composite
        ),
        Overload::new(
            "linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(LINALG_PINV.overloads[0].call_one(args![
                a.tensor(0)?,
                number(Scalar::Float(0.0))?,
                number_of(a, 1)?,
                a.bool(2)?
            ])?),
            Derivative::Composite
        ),
        Overload::new(
            "linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(LINALG_PINV.overloads[0].call_one(args![
                a.tensor(0)?,
                number(Scalar::Float(0.0))?,
                a.tensor(1)?,
                a.bool(2)?
            ])?),
            Derivative::Composite
        )
    ],
};

pub(crate) static PINVERSE: Op = Op {
    name: "pinverse",
    aliases: &[],
    help: "The pseudoinverse.",
    example: "torch.pinverse(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "pinverse(Tensor self, float rcond=1e-15) -> Tensor",
        FUNCTION | METHOD,
        |a| one(LINALG_PINV.overloads[0].call_one(args![
            a.tensor(0)?,
            number(Scalar::Float(0.0))?,
            number_of(a, 1)?,
            false
        ])?),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_MATRIX_RANK: Op = Op {
    name: "linalg_matrix_rank",
    aliases: &[],
    help: "The number of singular values above a tolerance.",
    example: "torch.linalg.matrix_rank(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(rank(&*a.array(0)?, tolerance(a, 1)?, tolerance(a, 2)?, a.bool(3)?)?),
            Derivative::NotDifferentiable
        ),
        Overload::new(
            "linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(rank(&*a.array(0)?, tolerance(a, 1)?, tolerance(a, 2)?, a.bool(3)?)?),
            Derivative::NotDifferentiable
        ),
        Overload::new(
            "linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(rank(&*a.array(0)?, tolerance(a, 1)?, Some(vec![0.0]), a.bool(2)?)?),
            Derivative::NotDifferentiable
        ),
        Overload::new(
            "linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(rank(&*a.array(0)?, tolerance(a, 1)?, Some(vec![0.0]), a.bool(2)?)?),
            Derivative::NotDifferentiable
        )
    ],
};

pub(crate) static LINALG_LSTSQ: Op = Op {
 name: "linalg_lstsq",
 aliases: &[],
 help: "The least squares solution of A X = B, with residuals, rank and singular values.",
 example: "torch.linalg.lstsq(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2, 1))",
 overloads: overloads![Overload::new("linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)", FUNCTION | OUT | NAMESPACED, least_squares, Derivative::Node("LinalgLstsqBackward0", &[Grad { inputs: "self, b", uses: "self, b, result0", by: By::Joint(lstsq_gradients) }])).outputs(0b0011)],
};

pub(crate) static LINALG_COND: Op = Op {
    name: "linalg_cond",
    aliases: &[],
    help: "The condition number in a norm.",
    example: "torch.linalg.cond(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_cond(Tensor self, Scalar? p=None) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(condition(a.tensor(0)?, a.optional_scalar(1))?),
            Derivative::Composite
        ),
        Overload::new(
            "linalg_cond.p_str(Tensor self, str p) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(condition_named(a.tensor(0)?, a.str(1)?)?),
            Derivative::Composite
        )
    ],
};

fn check_driver(driver: Option<&str>) -> Result<()> {
    if driver.is_some() {
        return error::runtime(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.",
        );
    }
    Ok(())
}

fn check_finite(array: &Array, name: &str) -> Result<()> {
    let all = for_field!(array.dtype(), T => matrices::<T>(array)?.iter().all(Matrix::is_finite));
    if all {
        return Ok(());
    }
    linalg_error(format!(
        "{name}: The algorithm failed to converge because the input matrix contained non-finite values."
    ))
}

fn linalg_error<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::LinAlgError, message))
}

fn decomposed(array: &Array, full: bool, vectors: bool) -> Result<Outs> {
    check_matrices(array, "linalg.svd")?;
    check_floating(array, "linalg.svd")?;
    check_finite(array, "linalg.svd")?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let (rows, columns) = shape_of(array);
    let k = rows.min(columns);
    for_field!(dtype, T => {
        let (mut left, mut values, mut right) = (Vec::new(), Vec::new(), Vec::new());
        for matrix in matrices::<T>(array)? {
            let Some(parts) = svd::decompose(&matrix, full) else {
                return linalg_error(format!(
                    "linalg.svd: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated singular values (error code: {}).", k
                ));
            };
            left.push(parts.u.data);
            values.push(parts.s);
            right.push(parts.vh.data);
        }
        let (width, height) = if full { (rows, columns) } else { (k, k) };
        let values = assemble(&batch, &[k], values, dtype.to_real())?;
        let (u, vh) = if vectors {
            (assemble(&batch, &[rows, width], left, dtype)?, assemble(&batch, &[height, columns], right, dtype)?)
        } else {
            (Array::zeros(&[0], dtype)?, Array::zeros(&[0], dtype)?)
        };
        Ok(smallvec::smallvec![u.into(), values.into(), vh.into()])
    })
}

/// The singular values, differentiable.
pub(super) fn singular_values(tensor: &Tensor) -> Result<Tensor> {
    first_of(SVD_EX.overloads[0].call(args![tensor, false, true, Arg::None])?, 1)
}

fn svd_gradient(b: &Backward) -> Result<Tensor> {
    let (mut u, s, mut vh) = (b.result(0)?, b.result(1)?, b.result(2)?);
    let k = s.sizes().last().copied().unwrap_or(0);
    let (mut grad_u, grad_s, mut grad_vh) = (b.grad_of(0).cloned(), b.grad_of(1).cloned(), b.grad_of(2).cloned());
    if b.bool(1)? {
        u = slice(&u, -1, None, Some(k), 1)?;
        vh = slice(&vh, -2, None, Some(k), 1)?;
        grad_u = grad_u.map(|grad| slice(&grad, -1, None, Some(k), 1)).transpose()?;
        grad_vh = grad_vh.map(|grad| slice(&grad, -2, None, Some(k), 1)).transpose()?;
    }
    let as_input = |x: &Tensor| to_dtype(x, u.dtype());
    if grad_u.is_none() && grad_vh.is_none() {
        let Some(grad_s) = grad_s else {
            return zeros_like(&b.tensor(0)?);
        };
        let row = unsqueeze(&as_input(&grad_s)?, -2)?;
        let (m, n) = (u.sizes(), vh.sizes());
        let rows = m.get(m.len().saturating_sub(2)).copied().unwrap_or(0);
        return if rows >= n.last().copied().unwrap_or(0) {
            matmul(&u, &mul(&unsqueeze(&as_input(&grad_s)?, -1)?, &vh)?)
        } else {
            matmul(&mul(&u, &row)?, &vh)
        };
    }
    let skew = |x: &Tensor| sub(x, &adjoint(x)?);
    let squares = mul(&s, &s)?;
    // 1 on the diagonal, so that division leaves its zeros
    let gaps = sub(&unsqueeze(&squares, -2)?, &unsqueeze(&squares, -1)?)?;
    let eye: Tensor = create::eye(k, k, s.dtype())?.into();
    let gaps = add(&gaps, &eye)?;
    let (s_row, s_column) = (unsqueeze(&s, -2)?, unsqueeze(&s, -1)?);
    let v = adjoint(&vh)?;
    let mut inner: Option<Tensor> = None;
    let join = |inner: Option<Tensor>, part: Tensor| match inner {
        Some(inner) => add(&inner, &part).map(Some),
        None => Ok(Some(part)),
    };
    let mut imaginary: Option<Tensor> = None;
    if let Some(grad) = &grad_u {
        let product = matmul(&adjoint(&u)?, grad)?;
        imaginary = Some(diagonal(&product, 0, -2, -1)?);
        inner = join(inner, mul(&div(&skew(&product)?, &gaps)?, &s_row)?)?;
    }
    if let Some(grad) = &grad_vh {
        let product = matmul(&vh, &adjoint(grad)?)?;
        inner = join(inner, mul(&s_column, &div(&skew(&product)?, &gaps)?)?)?;
    }
    if let Some(grad) = &grad_s {
        inner = join(inner, diag_embed(&as_input(grad)?, 0, -2, -1)?)?;
    }
    if u.dtype().is_complex()
        && let Some(diagonal) = imaginary
    {
        let turned = div(&sub(&diagonal, &to_dtype(&real(&diagonal)?, u.dtype())?)?, &s)?;
        inner = join(inner, diag_embed(&turned, 0, -2, -1)?)?;
    }
    let Some(inner) = inner else {
        return zeros_like(&b.tensor(0)?);
    };
    let sizes = b.tensor(0)?.sizes();
    let (rows, columns) = match sizes[..] {
        [.., rows, columns] => (rows, columns),
        _ => (k, k),
    };
    let mut grad = matmul(&u, &matmul(&inner, &vh)?)?;
    if rows > k
        && let Some(grad_u) = &grad_u
    {
        let scaled = div(grad_u, &s_row)?;
        let outside = sub(&scaled, &matmul(&u, &matmul(&adjoint(&u)?, &scaled)?)?)?;
        grad = add(&grad, &matmul(&outside, &vh)?)?;
    }
    if columns > k
        && let Some(grad_vh) = &grad_vh
    {
        let scaled = div(grad_vh, &s_column)?;
        let outside = sub(&scaled, &matmul(&matmul(&scaled, &v)?, &vh)?)?;
        grad = add(&grad, &matmul(&u, &outside)?)?;
    }
    Ok(grad)
}

fn eigen_general(array: &Array) -> Result<Outs> {
    check_square(array, "linalg.eig", "A")?;
    check_floating(array, "linalg.eig")?;
    if !for_field!(array.dtype(), T => matrices::<T>(array)?.iter().all(Matrix::is_finite)) {
        return error::runtime("torch.linalg.eig: input tensor should not contain infs or NaNs.");
    }
    let batch = batch_sizes(array, 2);
    let n = shape_of(array).0;
    let dtype = array.dtype().to_complex();
    let (mut values, mut vectors) = (Vec::new(), Vec::new());
    let mut keep = |found: Option<eigen::Eigen>| {
        match found {
        Some((value, vector)) => {
            values.push(value);
            vectors.push(vector.data);
            Ok(())
        }
        None => linalg_error("linalg.eig: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues (error code: 1).".into()),
    }
    };
    if array.dtype().is_complex() {
        for matrix in matrices::<num_complex::Complex<f64>>(array)? {
            keep(eigen::complex(&matrix))?;
        }
    } else {
        for matrix in matrices::<f64>(array)? {
            keep(eigen::real(&matrix))?;
        }
    }
    two((
        assemble(&batch, &[n], values, dtype)?,
        assemble(&batch, &[n, n], vectors, dtype)?,
    ))
}

fn eigen_hermitian(array: &Array, uplo: &str) -> Result<Outs> {
    check_square(array, "linalg.eigh", "A")?;
    let upper = match uplo {
        "L" | "l" => false,
        "U" | "u" => true,
        other => return error::runtime(format!("Expected UPLO argument to be 'L' or 'U', but got {other}")),
    };
    if !array.dtype().is_differentiable() {
        return error::not_implemented(format!(
            "\"linalg_eigh_cpu\" not implemented for '{}'",
            array.dtype().scalar_type()
        ));
    }
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let n = shape_of(array).0;
    for_field!(dtype, T => {
        let (mut values, mut vectors) = (Vec::new(), Vec::new());
        for matrix in matrices::<T>(array)? {
            let source = if upper { matrix.adjoint() } else { matrix };
            let Some((value, vector)) = symmetric::eigen(&source) else {
                return linalg_error("linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues (error code: 1).".into());
            };
            values.push(value);
            vectors.push(vector.data);
        }
        two((assemble(&batch, &[n], values, dtype.to_real())?, assemble(&batch, &[n, n], vectors, dtype)?))
    })
}

fn eigen_gradient(b: &Backward, hermitian: bool) -> Result<Tensor> {
    let (values, vectors) = (b.result(0)?, b.result(1)?);
    let adjoint_vectors = adjoint(&vectors)?;
    let grad_values = b.grad_of(0).map(|grad| to_dtype(grad, vectors.dtype())).transpose()?;
    let Some(grad_vectors) = b.grad_of(1) else {
        let Some(grad) = grad_values else {
            return zeros_like(&vectors);
        };
        if hermitian {
            return matmul(&mul(&vectors, &unsqueeze(&grad, -2)?)?, &adjoint_vectors);
        }
        let inner = mul(&unsqueeze(&grad, -1)?, &adjoint_vectors)?;
        return call("linalg_solve", 0, args![&adjoint_vectors, inner, true]);
    };
    let mut inner = matmul(&adjoint_vectors, grad_vectors)?;
    if !hermitian {
        let along = real(&diagonal(&inner, 0, -2, -1)?)?;
        let along = to_dtype(&along, vectors.dtype())?;
        let gram = matmul(&adjoint_vectors, &mul(&vectors, &unsqueeze(&along, -2)?)?)?;
        inner = sub(&inner, &gram)?;
    }
    let gaps = sub(&unsqueeze(&values, -2)?, &unsqueeze(&values, -1)?)?;
    let count = values.sizes().last().copied().unwrap_or(0);
    let eye: Tensor = create::eye(count, count, gaps.dtype())?.into();
    let gaps = add(&gaps, &eye)?;
    let gaps = if hermitian { gaps } else { conj(&gaps)? };
    // the diagonal carries the gradient of the values
    let off: Tensor = create::eye(count, count, gaps.dtype())?.into();
    let off = sub(&zeros_like(&off)?, &off)?;
    let off = add(&off, Scalar::Int(1))?;
    inner = mul(&div(&inner, &gaps)?, &off)?;
    if let Some(grad) = grad_values {
        inner = add(&inner, &diag_embed(&grad, 0, -2, -1)?)?;
    }
    let right = matmul(&inner, &adjoint_vectors)?;
    if hermitian {
        matmul(&vectors, &right)
    } else {
        call("linalg_solve", 0, args![&adjoint_vectors, right, true])
    }
}

/// A tolerance given as a number or a tensor, one a matrix.
fn tolerance(a: &Args, at: usize) -> Result<Option<Vec<f64>>> {
    match a.get(at) {
        Arg::Tensor(tensor) => Ok(Some(
            copy::elements(&tensor.array()).iter().map(|x| x.to_f64()).collect(),
        )),
        Arg::None => Ok(None),
        _ => Ok(Some(vec![a.float(at)?])),
    }
}

/// A float argument as a 0-d tensor, None as it is.
fn number_of(a: &Args, at: usize) -> Result<Arg> {
    match a.optional_float(at) {
        Some(value) => Ok(Arg::Tensor(
            copy::full(&[], Scalar::Float(value), Dtype::Float64)?.into(),
        )),
        None => Ok(Arg::None),
    }
}

fn epsilon(dtype: Dtype) -> f64 {
    match dtype.to_real() {
        Dtype::Float64 => f64::EPSILON,
        _ => f64::from(f32::EPSILON),
    }
}

/// Singular values (or absolute eigenvalues) of each matrix with the bound below which they count as zero.
fn bounds(
    largest: f64,
    at: usize,
    sizes: (usize, usize),
    dtype: Dtype,
    atol: &Option<Vec<f64>>,
    rtol: &Option<Vec<f64>>,
) -> f64 {
    let pick = |list: &Option<Vec<f64>>| list.as_ref().and_then(|list| list.get(at).or(list.first()).copied());
    let absolute = pick(atol).unwrap_or(0.0);
    let relative = match pick(rtol) {
        Some(relative) => relative,
        None if absolute > 0.0 => 0.0,
        None => sizes.0.max(sizes.1) as f64 * epsilon(dtype),
    };
    absolute.max(relative * largest)
}

fn rank(array: &Array, atol: Option<Vec<f64>>, rtol: Option<Vec<f64>>, hermitian: bool) -> Result<Array> {
    check_matrices(array, "torch.linalg.matrix_rank").or_else(|_| {
        error::runtime("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    })?;
    if hermitian {
        check_square(array, "linalg.eigh", "A")?;
    } else {
        check_floating(array, "linalg.svd")?;
    }
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let mut ranks: Vec<Vec<i64>> = Vec::new();
    for_field!(dtype, T => {
        for (at, matrix) in matrices::<T>(array)?.into_iter().enumerate() {
            let values: Vec<f64> = if hermitian {
                symmetric::eigen(&matrix).map(|(values, _)| values.iter().map(|x| x.abs()).collect()).unwrap_or_default()
            } else {
                svd::decompose(&matrix, false).map(|parts| parts.s).unwrap_or_default()
            };
            let largest = values.iter().copied().fold(0.0, f64::max);
            let bound = bounds(largest, at, (matrix.rows, matrix.columns), dtype, &atol, &rtol);
            // rounded as the dtype stores them
            let stored = |x: f64| if dtype.to_real() == Dtype::Float64 { x } else { f64::from(x as f32) };
            ranks.push(vec![values.iter().filter(|x| stored(**x) > stored(bound)).count() as i64]);
        }
    });
    assemble(&batch, &[], ranks, Dtype::Int64)
}

fn pseudoinverse(array: &Array, atol: Option<Vec<f64>>, rtol: Option<Vec<f64>>, hermitian: bool) -> Result<Array> {
    if array.dim() < 2 || !array.dtype().is_differentiable() {
        return error::runtime(format!(
            "linalg.pinv({}{{{}}}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types",
            array.dtype().scalar_type(),
            format_sizes(array.sizes())
        ));
    }
    if hermitian {
        check_square(array, "linalg.pinv", "A")?;
    }
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let (rows, columns) = shape_of(array);
    for_field!(dtype, T => {
        let mut parts = Vec::new();
        for (at, matrix) in matrices::<T>(array)?.into_iter().enumerate() {
            let matrix = if hermitian {
                let mut mirrored = matrix.clone();
                for r in 0..rows {
                    for c in r + 1..columns {
                        mirrored.set(r, c, matrix.at(c, r).conj());
                    }
                }
                mirrored
            } else {
                matrix
            };
            let Some(found) = svd::decompose(&matrix, false) else {
                return linalg_error("linalg.svd: The algorithm failed to converge.".into());
            };
            let largest = found.s.first().copied().unwrap_or(0.0);
            let bound = bounds(largest, at, (rows, columns), dtype, &atol, &rtol);
            let mut v = found.vh.adjoint();
            for c in 0..v.columns {
                let s = found.s.get(c).copied().unwrap_or(0.0);
                let factor = if s > bound { 1.0 / s } else { 0.0 };
                for r in 0..v.rows {
                    let value = v.at(r, c).scale(factor);
                    v.set(r, c, value);
                }
            }
            parts.push(v.times(&found.u.adjoint()).data);
        }
        assemble(&batch, &[columns, rows], parts, dtype)
    })
}

fn pinv_gradient(grad: &Tensor, pinv: &Tensor, a: &Tensor) -> Result<Tensor> {
    let (pinv_h, grad_h) = (adjoint(pinv)?, adjoint(grad)?);
    let sizes = a.sizes();
    let (m, n) = match sizes[..] {
        [.., m, n] => (m, n),
        _ => (0, 0),
    };
    if m <= n {
        let k = matmul(&grad_h, pinv)?;
        let k_pinv_h = matmul(&k, &pinv_h)?;
        let first = neg(adjoint(&matmul(pinv, &k)?)?)?;
        let second = sub(&k_pinv_h, &matmul(&matmul(a, pinv)?, &k_pinv_h)?)?;
        let projected = sub(&grad_h, &matmul(&grad_h, &matmul(pinv, a)?)?)?;
        let third = matmul(&matmul(&pinv_h, pinv)?, &projected)?;
        add(&add(&first, &second)?, &third)
    } else {
        let k = matmul(pinv, &grad_h)?;
        let pinv_h_k = matmul(&pinv_h, &k)?;
        let first = neg(adjoint(&matmul(&k, pinv)?)?)?;
        let projected = sub(&grad_h, &matmul(a, &matmul(pinv, &grad_h)?)?)?;
        let second = matmul(&projected, &matmul(pinv, &pinv_h)?)?;
        let third = sub(&pinv_h_k, &matmul(&matmul(&pinv_h_k, pinv)?, a)?)?;
        add(&add(&first, &second)?, &third)
    }
}

fn least_squares(a: &Args) -> Result<Outs> {
    let (matrix, right) = (a.array(0)?, a.array(1)?);
    let name = "torch.linalg.lstsq";
    if matrix.dim() < 2 {
        return error::runtime(format!("{name}: input must have at least 2 dimensions."));
    }
    if right.dim() < 1 {
        return error::runtime(format!("{name}: other must have at least 1 dimension."));
    }
    if matrix.dtype() != right.dtype() {
        return error::runtime(format!(
            "{name}: Expected input and other to have the same dtype, but got input's dtype {} and other's dtype {}",
            matrix.dtype().scalar_type(),
            right.dtype().scalar_type()
        ));
    }
    let difference = matrix.dim() as i64 - right.dim() as i64;
    if !(0..=1).contains(&difference) {
        return error::runtime(format!(
            "{name}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        ));
    }
    let (rows, columns) = shape_of(&matrix);
    let vector = difference == 1 && right.sizes() == &batch_sizes(&matrix, 1)[..];
    let last = right
        .sizes()
        .get(right.dim().wrapping_sub(if vector { 1 } else { 2 }))
        .copied()
        .unwrap_or(0);
    if last != rows as i64 {
        let at = if vector || difference == 1 { -1 } else { -2 };
        return error::runtime(format!("{name}: input.size(-2) should match other.size({at})"));
    }
    let driver = a.optional_str(3).unwrap_or("gelsy");
    if !matches!(driver, "gels" | "gelsy" | "gelsd" | "gelss") {
        return error::runtime(format!(
            "{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)"
        ));
    }
    let right = if vector {
        array_view::unsqueeze(&right, -1)?
    } else {
        right.clone()
    };
    let (matrix, right, batch) = broadcast_batches(&matrix, &right)?;
    let dtype = matrix.dtype();
    let width = shape_of(&right).1;
    let rcond = a.optional_float(2).unwrap_or(epsilon(dtype) * rows.max(columns) as f64);
    for_field!(dtype, T => {
        let (mut solutions, mut residuals, mut ranks, mut values) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut full = true;
        for (matrix, right) in matrices::<T>(&matrix)?.iter().zip(matrices::<T>(&right)?) {
            let Some(found) = svd::decompose(matrix, false) else {
                return linalg_error("torch.linalg.lstsq: The algorithm failed to converge.".into());
            };
            let bound = if driver == "gels" { 0.0 } else { rcond * found.s.first().copied().unwrap_or(0.0) };
            let count = found.s.iter().filter(|s| **s > bound).count();
            let mut inner = found.u.adjoint().times(&right);
            for r in 0..inner.rows {
                let s = found.s.get(r).copied().unwrap_or(0.0);
                let factor = if s > bound { 1.0 / s } else { 0.0 };
                for c in 0..inner.columns {
                    let value = inner.at(r, c).scale(factor);
                    inner.set(r, c, value);
                }
            }
            let solution = found.vh.adjoint().times(&inner);
            let product = matrix.times(&solution);
            residuals.push(
                (0..width)
                    .map(|c| (0..rows).map(|r| Field::abs(right.at(r, c) - product.at(r, c)).powi(2)).sum::<f64>())
                    .collect::<Vec<f64>>(),
            );
            full &= count == columns;
            ranks.push(vec![count as i64]);
            values.push(found.s);
            solutions.push(solution.data);
        }
        let each: &[usize] = if vector { &[columns] } else { &[columns, width] };
        let solution = assemble(&batch, each, solutions, dtype)?;
        let residuals = if rows > columns && full {
            let each: &[usize] = if vector { &[] } else { &[width] };
            assemble(&batch, each, residuals, dtype.to_real())?
        } else {
            Array::zeros(&[0], dtype.to_real())?
        };
        let rank = if driver == "gels" { Array::zeros(&[0], Dtype::Int64)? } else { assemble(&batch, &[], ranks, Dtype::Int64)? };
        let values = if matches!(driver, "gelsd" | "gelss") {
            assemble(&batch, &[rows.min(columns)], values, dtype.to_real())?
        } else {
            Array::zeros(&[0], dtype.to_real())?
        };
        Ok(smallvec::smallvec![solution.into(), residuals.into(), rank.into(), values.into()])
    })
}

fn lstsq_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (a, right, x) = (b.tensor(0)?, b.tensor(1)?, b.result(0)?);
    let vector = is_vector(&a, &right);
    let grown = |tensor: &Tensor| {
        if vector {
            unsqueeze(tensor, -1)
        } else {
            Ok(tensor.clone())
        }
    };
    let (right, x) = (grown(&right)?, grown(&x)?);
    let (mut grad_a, mut grad_b): (Option<Tensor>, Option<Tensor>) = (None, None);
    if let Some(grad) = b.grad_of(0) {
        let grad = grown(grad)?;
        let pinv = call("linalg_pinv", 0, args![&a, Arg::None, Arg::None, false])?;
        if b.needs(0) {
            grad_a = Some(pinv_gradient(&matmul(&grad, &adjoint(&right)?)?, &pinv, &a)?);
        }
        grad_b = Some(matmul(&adjoint(&pinv)?, &grad)?);
    }
    if let Some(grad) = b.grad_of(1).filter(|grad| grad.numel() > 0) {
        let grad = unsqueeze(&grown(grad)?, if vector { -1 } else { -2 })?;
        let grad = if vector { squeeze_dim(&grad, -1)? } else { grad };
        let difference = sub(&right, &matmul(&a, &x)?)?;
        let part_b = mul(&mul(&difference, Scalar::Int(2))?, &grad)?;
        let part_a = neg(matmul(&part_b, &adjoint(&x)?)?)?;
        grad_a = Some(match grad_a {
            Some(grad) => add(&grad, &part_a)?,
            None => part_a,
        });
        grad_b = Some(match grad_b {
            Some(grad) => add(&grad, &part_b)?,
            None => part_b,
        });
    }
    let grad_b = grad_b
        .map(|grad| if vector { squeeze_dim(&grad, -1) } else { Ok(grad) })
        .transpose()?;
    Ok(vec![grad_a, grad_b])
}

/// B is one vector a matrix, not a matrix.
fn is_vector(matrix: &Tensor, right: &Tensor) -> bool {
    matrix.dim() == right.dim() + 1
}

fn condition(this: &Tensor, p: Option<Scalar>) -> Result<Tensor> {
    if this.dim() < 2 {
        return error::runtime("linalg.cond: The input tensor must have at least 2 dimensions.");
    }
    match p {
        Some(p) if p.to_f64().abs() != 2.0 => {
            check_square(&this.array(), "linalg.cond", "A")?;
            let norm = |x: &Tensor| {
                call(
                    "linalg_matrix_norm",
                    0,
                    args![x, p, [-2i64, -1].as_slice(), false, Arg::None],
                )
            };
            by_inverse(this, norm)
        }
        p => {
            let values = singular_values(this)?;
            let largest = slice(&values, -1, Some(0), Some(1), 1)?;
            let smallest = slice(&values, -1, Some(-1), None, 1)?;
            let ratio = if p.is_some_and(|p| p.to_f64() < 0.0) {
                div(&smallest, &largest)?
            } else {
                div(&largest, &smallest)?
            };
            squeeze_dim(&ratio, -1)
        }
    }
}

fn condition_named(this: &Tensor, p: &str) -> Result<Tensor> {
    if !matches!(p, "fro" | "nuc") {
        return error::value(format!("linalg.cond got an invalid norm type: {p}"));
    }
    check_square(&this.array(), "linalg.cond", "A")?;
    by_inverse(this, |x| {
        call(
            "linalg_matrix_norm",
            1,
            args![x, p, [-2i64, -1].as_slice(), false, Arg::None],
        )
    })
}

/// The norm times that of the inverse; infinite where there is none.
fn by_inverse(this: &Tensor, norm: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    let outs = super::solve::LINALG_INV_EX.overloads[0].call(args![this, false])?;
    let info = first_of(outs.clone(), 1)?;
    let inverse = first_of(outs, 0)?;
    let product = mul(&norm(this)?, &norm(&inverse)?)?;
    if copy::elements(&info.array()).iter().all(|info| info.is_zero()) {
        return Ok(product);
    }
    let singular = ne(&info, Scalar::Int(0))?;
    where_(&singular, scalar_like(f64::INFINITY, &product)?, &product)
}
