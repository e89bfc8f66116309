//! Householder reflections and the QR factorisation made of them.

use super::matrix::{Field, Matrix};

/// Turns the vector (alpha, x) into (beta, 0) by I - tau v v^H with v = (1, scaled x); gives beta and tau.
/// In place: x becomes the tail of v.
pub fn reflector<T: Field>(alpha: T, x: &mut [T]) -> (T, T) {
    let norm = x.iter().fold(0.0f64, |norm, x| norm.hypot(x.abs()));
    if norm == 0.0 && alpha.im() == 0.0 {
        return (alpha, T::default());
    }
    let length = alpha.abs().hypot(norm);
    let beta = -length.copysign(alpha.re());
    let tau = (T::real(beta) - alpha).scale(1.0 / beta);
    let factor = T::real(1.0) / (alpha - T::real(beta));
    for x in x.iter_mut() {
        *x = *x * factor;
    }
    (T::real(beta), tau)
}

/// Applies I - tau v v^H from the left to rows `top..` and columns `from..` of a.
pub fn apply_left<T: Field>(a: &mut Matrix<T>, v: &[T], tau: T, top: usize, from: usize) {
    if tau == T::default() {
        return;
    }
    for c in from..a.columns {
        let mut sum = T::default();
        for (i, v) in v.iter().enumerate() {
            sum += v.conj() * a.at(top + i, c);
        }
        let sum = tau * sum;
        for (i, v) in v.iter().enumerate() {
            let rest = a.at(top + i, c) - *v * sum;
            a.set(top + i, c, rest);
        }
    }
}

/// Applies I - tau v v^H from the right to rows `top..` and columns `from..` of a.
pub fn apply_right<T: Field>(a: &mut Matrix<T>, v: &[T], tau: T, top: usize, from: usize) {
    if tau == T::default() {
        return;
    }
    for r in top..a.rows {
        let mut sum = T::default();
        for (i, v) in v.iter().enumerate() {
            sum += a.at(r, from + i) * *v;
        }
        let sum = tau * sum;
        for (i, v) in v.iter().enumerate() {
            let rest = a.at(r, from + i) - sum * v.conj();
            a.set(r, from + i, rest);
        }
    }
}

/// Part of a column as a vector whose first element is set to 1.
pub fn column_vector<T: Field>(a: &Matrix<T>, top: usize, column: usize) -> Vec<T> {
    (top..a.rows)
        .map(|r| if r == top { T::real(1.0) } else { a.at(r, column) })
        .collect()
}

/// R above the diagonal, the reflections' vectors below it, and their factors.
pub fn factor<T: Field>(mut a: Matrix<T>) -> (Matrix<T>, Vec<T>) {
    let steps = a.rows.min(a.columns);
    let mut taus = Vec::with_capacity(steps);
    for i in 0..steps {
        let mut tail: Vec<T> = (i + 1..a.rows).map(|r| a.at(r, i)).collect();
        let (beta, tau) = reflector(a.at(i, i), &mut tail);
        for (r, value) in tail.iter().enumerate() {
            a.set(i + 1 + r, i, *value);
        }
        a.set(i, i, beta);
        let v = column_vector(&a, i, i);
        apply_left(&mut a, &v, tau.conj(), i, i + 1);
        taus.push(tau);
    }
    (a, taus)
}

/// The first columns of the product of the reflections below the diagonal of `a`.
pub fn product<T: Field>(a: &Matrix<T>, taus: &[T], columns: usize) -> Matrix<T> {
    let mut q = Matrix::identity(a.rows, columns);
    for (i, tau) in taus.iter().enumerate().rev() {
        let v = column_vector(a, i, i);
        apply_left(&mut q, &v, *tau, i, 0);
    }
    q
}

/// Q c, Q^H c, c Q or c Q^H with Q the product of the reflections below the diagonal of `a`.
pub fn multiply<T: Field>(a: &Matrix<T>, taus: &[T], mut c: Matrix<T>, left: bool, adjoint: bool) -> Matrix<T> {
    let forward = left == adjoint;
    for step in 0..taus.len() {
        let i = if forward { step } else { taus.len() - 1 - step };
        let tau = if adjoint { taus[i].conj() } else { taus[i] };
        let v = column_vector(a, i, i);
        if left {
            apply_left(&mut c, &v, tau, i, 0);
        } else {
            apply_right(&mut c, &v, tau, 0, i);
        }
    }
    c
}

/// The upper triangle with so many rows.
pub fn upper<T: Field>(a: &Matrix<T>, rows: usize) -> Matrix<T> {
    let mut r = Matrix::zeros(rows, a.columns);
    for i in 0..rows.min(a.rows) {
        for c in i..a.columns {
            r.set(i, c, a.at(i, c));
        }
    }
    r
}
