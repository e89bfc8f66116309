//! LU factorisation with partial pivoting, and what follows from it.

use super::matrix::{Field, Matrix};

/// L (unit lower) and U packed in one matrix, the row exchanged at each step (from 1), and the number (from 1) of the
/// first pivot that is zero, or 0.
pub struct Lu<T> {
    pub factors: Matrix<T>,
    pub pivots: Vec<i32>,
    pub info: i32,
}

pub fn factor<T: Field>(mut a: Matrix<T>, pivot: bool) -> Lu<T> {
    let steps = a.rows.min(a.columns);
    let mut pivots = Vec::with_capacity(steps);
    let mut info = 0;
    for j in 0..steps {
        let mut at = j;
        if pivot {
            for r in j + 1..a.rows {
                if a.at(r, j).abs1() > a.at(at, j).abs1() {
                    at = r;
                }
            }
        }
        pivots.push(at as i32 + 1);
        if a.at(at, j) == T::default() {
            if info == 0 {
                info = j as i32 + 1;
            }
            continue;
        }
        a.swap_rows(j, at);
        let pivot = a.at(j, j);
        for r in j + 1..a.rows {
            let factor = a.at(r, j) / pivot;
            a.set(r, j, factor);
            for c in j + 1..a.columns {
                let rest = a.at(r, c) - factor * a.at(j, c);
                a.set(r, c, rest);
            }
        }
    }
    Lu {
        factors: a,
        pivots,
        info,
    }
}

/// The order of rows that the exchanges amount to: row i of the product P^T A comes from `order[i]`.
pub fn row_order(pivots: &[i32], rows: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    for (i, &pivot) in pivots.iter().enumerate() {
        let other = (pivot.max(1) as usize - 1).min(rows.saturating_sub(1));
        if i < rows {
            order.swap(i, other);
        }
    }
    order
}

/// Solves T x = b (or x T = b with `left` false) in place for a triangular T.
pub fn solve_triangular<T: Field>(t: &Matrix<T>, b: &mut Matrix<T>, upper: bool, left: bool, unit: bool) {
    let n = t.rows.min(t.columns);
    if left {
        for c in 0..b.columns {
            for step in 0..n {
                let r = if upper { n - 1 - step } else { step };
                let mut sum = b.at(r, c);
                let known = if upper { r + 1..n } else { 0..r };
                for k in known {
                    sum -= t.at(r, k) * b.at(k, c);
                }
                b.set(r, c, if unit { sum } else { sum / t.at(r, r) });
            }
        }
    } else {
        for r in 0..b.rows {
            for step in 0..n {
                let c = if upper { step } else { n - 1 - step };
                let mut sum = b.at(r, c);
                let known = if upper { 0..c } else { c + 1..n };
                for k in known {
                    sum -= b.at(r, k) * t.at(k, c);
                }
                b.set(r, c, if unit { sum } else { sum / t.at(c, c) });
            }
        }
    }
}

/// Solves A x = b, or A^H x = b, by the factors of A.
pub fn solve<T: Field>(factors: &Matrix<T>, pivots: &[i32], mut b: Matrix<T>, adjoint: bool) -> Matrix<T> {
    let order = row_order(pivots, factors.rows);
    if adjoint {
        let transposed = factors.adjoint();
        solve_triangular(&transposed, &mut b, false, true, false);
        solve_triangular(&transposed, &mut b, true, true, true);
        let mut result = b.clone();
        for (i, &from) in order.iter().enumerate() {
            for c in 0..b.columns {
                result.set(from, c, b.at(i, c));
            }
        }
        return result;
    }
    let mut permuted = b.clone();
    for (i, &from) in order.iter().enumerate() {
        for c in 0..b.columns {
            permuted.set(i, c, b.at(from, c));
        }
    }
    b = permuted;
    solve_triangular(factors, &mut b, false, true, true);
    solve_triangular(factors, &mut b, true, true, false);
    b
}
