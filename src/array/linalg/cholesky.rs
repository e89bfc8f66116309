//! Cholesky factorisation.

use super::matrix::{Field, Matrix};

/// The lower factor of a Hermitian matrix read from its lower triangle, and the order of the first leading minor that
/// is not positive, or 0. What follows a failure is left as it was.
pub fn factor<T: Field>(a: &Matrix<T>) -> (Matrix<T>, i32) {
    let n = a.rows;
    let mut l = Matrix::zeros(n, n);
    for r in 0..n {
        for c in 0..=r {
            l.set(r, c, a.at(r, c));
        }
    }
    for j in 0..n {
        let mut diagonal = l.at(j, j).re();
        for k in 0..j {
            let x = l.at(j, k);
            diagonal -= (x * x.conj()).re();
        }
        if diagonal.is_nan() || diagonal <= 0.0 {
            l.set(j, j, T::real(diagonal));
            return (l, j as i32 + 1);
        }
        let root = diagonal.sqrt();
        l.set(j, j, T::real(root));
        for r in j + 1..n {
            let mut sum = l.at(r, j);
            for k in 0..j {
                sum -= l.at(r, k) * l.at(j, k).conj();
            }
            l.set(r, j, sum.scale(1.0 / root));
        }
    }
    (l, 0)
}
