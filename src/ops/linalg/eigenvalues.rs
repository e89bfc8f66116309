//! Eigenvalues and eigenvectors.

use super::*;

pub static OPS: &[&Op] = &[&LINALG_EIG, &LINALG_EIGVALS, &EIGH_EX, &LINALG_EIGH, &LINALG_EIGVALSH];

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
    overloads: overloads![
        Overload::new(
            "linalg_eigh(Tensor self, str UPLO=\"L\") -> (Tensor eigenvalues, Tensor eigenvectors)",
            FUNCTION | OUT | NAMESPACED,
            |a| EIGH_EX.overloads[0].call(args![a.tensor(0)?, a.str(1)?, true]),
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LINALG_EIGVALSH: Op = Op {
    name: "linalg_eigvalsh",
    aliases: &[],
    help: "Eigenvalues of a Hermitian matrix, smallest first.",
    example: "torch.linalg.eigvalsh(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_eigvalsh(Tensor self, str UPLO=\"L\") -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(first_of(
                EIGH_EX.overloads[0].call(args![a.tensor(0)?, a.str(1)?, true])?,
                0
            )?),
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

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
    let name = if hermitian {
        "linalg_eigh_backward"
    } else {
        "linalg_eig_backward"
    };
    check_phase(
        &diagonal(&inner, 0, -2, -1)?,
        &format!(
            "{name}: The eigenvectors in the complex case are specified up to multiplication by e^{{i phi}}. The specified loss function depends on this quantity, so it is ill-defined."
        ),
    )?;
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
