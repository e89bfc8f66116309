//! The polar decomposition, and the square root of a Hermitian matrix.

use super::eigenvalues::EIGH_EX;
use super::singular_values::SVD_EX;
use super::*;
use crate::ops;
use crate::ops::formula::sqrt;

ops! {
    /// The factors of A = U H: columns that are orthonormal, and a Hermitian matrix without negative eigenvalues.
    LINALG_POLAR = "linalg_polar", "torch.linalg.polar(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))", [Overload::new(
        "linalg_polar(Tensor A) -> (Tensor U, Tensor H)",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let this = a.tensor(0)?;
            check_matrices(&this.array(), "linalg.polar")?;
            check_floating(&this.array(), "linalg.polar")?;
            let (rows, columns) = shape_of(&this.array());
            if rows < columns {
                return error::runtime(format!(
                    "linalg.polar: input must have at least as many rows as columns, but got {rows} by {columns} matrices"
                ));
            }
            let outs = SVD_EX.overloads[0].call(args![this, false, true, Arg::None])?;
            let (u, s, vh) = (first_of(outs.clone(), 0)?, first_of(outs.clone(), 1)?, first_of(outs, 2)?);
            let scaled = mul(&unsqueeze(&to_dtype(&s, vh.dtype())?, -1)?, &vh)?;
            two((matmul(&u, &vh)?, matmul(&adjoint(&vh)?, &scaled)?))
        },
        Derivative::Node("LinalgPolarBackward0", &[grad("A", "A, result0, result1", polar_gradient)]),
    )];
    /// The Hermitian square root of a Hermitian matrix without negative eigenvalues.
    LINALG_MATRIX_SQRTH = "linalg_matrix_sqrth", "torch.linalg.matrix_sqrth(torch.tensor([[2.0, 0.0], [0.0, 9.0]]))", [
        Overload::new(
            "linalg_matrix_sqrth(Tensor self) -> Tensor",
            FUNCTION | NAMESPACED,
            |a| {
                let this = a.tensor(0)?;
                check_square(&this.array(), "linalg.matrix_sqrth", "A")?;
                check_floating(&this.array(), "linalg.matrix_sqrth")?;
                let (roots, vectors) = roots_of(this)?;
                let roots = to_dtype(&roots, vectors.dtype())?;
                one(matmul(&mul(&vectors, &unsqueeze(&roots, -2)?)?, &adjoint(&vectors)?)?)
            },
            Derivative::Node("LinalgMatrixSqrthBackward0", &[grad("self", "self", |b| {
                let (roots, vectors) = roots_of(&b.tensor(0)?)?;
                between_eigenvectors(b.grad()?, &roots, &vectors)
            })]),
        )
    ];
}

/// Eigenvalues and eigenvectors of a Hermitian matrix.
fn eigen_of(matrix: &Tensor) -> Result<(Tensor, Tensor)> {
    let outs = EIGH_EX.overloads[0].call(args![matrix, "L", true])?;
    Ok((first_of(outs.clone(), 0)?, first_of(outs, 1)?))
}

/// The roots of the eigenvalues, those below 0 taken as 0, and the eigenvectors.
fn roots_of(matrix: &Tensor) -> Result<(Tensor, Tensor)> {
    let (values, vectors) = eigen_of(matrix)?;
    Ok((sqrt(&crate::ops::formula::clamp_min(&values, 0.0)?)?, vectors))
}

/// The solution X of H X + X H = K for an H with these eigenvalues and eigenvectors.
fn between_eigenvectors(k: &Tensor, values: &Tensor, vectors: &Tensor) -> Result<Tensor> {
    let adjoint_vectors = adjoint(vectors)?;
    let sums = add(&unsqueeze(values, -1)?, &unsqueeze(values, -2)?)?;
    let inner = div(&matmul(&adjoint_vectors, &matmul(k, vectors)?)?, &sums)?;
    matmul(vectors, &matmul(&inner, &adjoint_vectors)?)
}

/// With dA = dU H + U dH and the skew part of U^H dA found by H X + X H.
fn polar_gradient(b: &Backward) -> Result<Tensor> {
    let (a, u, h) = (b.tensor(0)?, b.result(0)?, b.result(1)?);
    let (values, vectors) = eigen_of(&h)?;
    let adjoint_u = adjoint(&u)?;
    let mut turn: Option<Tensor> = None;
    if let Some(grad) = b.grad_of(0) {
        turn = Some(matmul(&adjoint_u, grad)?);
    }
    if let Some(grad) = b.grad_of(1) {
        let part = matmul(grad, &h)?;
        turn = Some(match turn {
            Some(turn) => sub(&turn, &part)?,
            None => neg(&part)?,
        });
    }
    let Some(turn) = turn else {
        return zeros_like(&a);
    };
    let solved = between_eigenvectors(&turn, &values, &vectors)?;
    let mut inner = sub(&solved, &adjoint(&solved)?)?;
    if let Some(grad) = b.grad_of(1) {
        inner = add(&inner, grad)?;
    }
    let result = matmul(&u, &inner)?;
    let (rows, columns) = shape_of(&a.array());
    match b.grad_of(0) {
        Some(grad) if rows > columns => {
            let outside = sub(grad, &matmul(&u, &matmul(&adjoint_u, grad)?)?)?;
            let right = call("linalg_solve", 0, args![&h, outside, false])?;
            add(&result, &right)
        }
        _ => Ok(result),
    }
}
