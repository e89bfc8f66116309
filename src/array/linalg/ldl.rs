//! The factorisation of symmetric (or Hermitian) indefinite matrices with diagonal pivoting (Bunch and Kaufman).

use super::matrix::{Field, Matrix};

/// L below the diagonal, blocks of D on it, and pivots as LAPACK writes them (from 1, negative for 2x2 blocks).
pub struct Ldl<T> {
    pub factors: Matrix<T>,
    pub pivots: Vec<i32>,
    pub info: i32,
}

/// Reads the lower triangle.
pub fn factor<T: Field>(source: &Matrix<T>, hermitian: bool) -> Ldl<T> {
    let n = source.rows;
    let alpha = (1.0 + 17f64.sqrt()) / 8.0;
    let mut a = Matrix::zeros(n, n);
    for r in 0..n {
        for c in 0..=r {
            a.set(r, c, source.at(r, c));
        }
    }
    let flip = |x: T| if hermitian { x.conj() } else { x };
    let mut pivots = vec![0; n];
    let mut info = 0;
    let mut k = 0;
    while k < n {
        let mut width = 1;
        let diagonal = a.at(k, k).abs1();
        let (mut at, mut most) = (k, 0.0);
        for r in k + 1..n {
            if a.at(r, k).abs1() > most {
                (at, most) = (r, a.at(r, k).abs1());
            }
        }
        let mut pivot = k;
        if diagonal.max(most) == 0.0 || diagonal.is_nan() {
            if info == 0 {
                info = k as i32 + 1;
            }
            pivots[k] = k as i32 + 1;
            k += 1;
            continue;
        }
        if diagonal < alpha * most {
            let mut row_most = 0.0f64;
            for c in k..at {
                row_most = row_most.max(a.at(at, c).abs1());
            }
            for r in at + 1..n {
                row_most = row_most.max(a.at(r, at).abs1());
            }
            if diagonal >= alpha * most * (most / row_most) {
                pivot = k;
            } else if a.at(at, at).abs1() >= alpha * row_most {
                pivot = at;
            } else {
                pivot = at;
                width = 2;
            }
        }
        let first = k + width - 1;
        if pivot != first {
            for r in pivot + 1..n {
                let (x, y) = (a.at(r, first), a.at(r, pivot));
                a.set(r, first, y);
                a.set(r, pivot, x);
            }
            for c in first + 1..pivot {
                let (x, y) = (a.at(c, first), a.at(pivot, c));
                a.set(c, first, flip(y));
                a.set(pivot, c, flip(x));
            }
            if hermitian {
                let corner = a.at(pivot, first).conj();
                a.set(pivot, first, corner);
            }
            let (x, y) = (a.at(first, first), a.at(pivot, pivot));
            a.set(first, first, y);
            a.set(pivot, pivot, x);
            if width == 2 {
                let (x, y) = (a.at(k + 1, k), a.at(pivot, k));
                a.set(k + 1, k, y);
                a.set(pivot, k, x);
            }
        }
        if width == 1 {
            let d = a.at(k, k);
            for j in k + 1..n {
                let factor = flip(a.at(j, k)) / d;
                for r in j..n {
                    let rest = a.at(r, j) - a.at(r, k) * factor;
                    a.set(r, j, rest);
                }
            }
            for r in k + 1..n {
                let value = a.at(r, k) / d;
                a.set(r, k, value);
            }
            pivots[k] = pivot as i32 + 1;
        } else {
            let (d11, d21, d22) = (a.at(k, k), a.at(k + 1, k), a.at(k + 1, k + 1));
            let det = d11 * d22 - d21 * flip(d21);
            let mut factors = Vec::new();
            for r in k + 2..n {
                let (x, y) = (a.at(r, k), a.at(r, k + 1));
                factors.push(((x * d22 - y * d21) / det, (y * d11 - x * flip(d21)) / det));
            }
            for j in k + 2..n {
                let (x, y) = (flip(a.at(j, k)), flip(a.at(j, k + 1)));
                for r in j..n {
                    let (w, v) = factors[r - k - 2];
                    let rest = a.at(r, j) - w * x - v * y;
                    a.set(r, j, rest);
                }
            }
            for (r, (w, v)) in factors.iter().enumerate() {
                a.set(k + 2 + r, k, *w);
                a.set(k + 2 + r, k + 1, *v);
            }
            pivots[k] = -(pivot as i32 + 1);
            pivots[k + 1] = -(pivot as i32 + 1);
        }
        k += width;
    }
    Ldl {
        factors: a,
        pivots,
        info,
    }
}

/// Solves A x = b by the factors of A.
pub fn solve<T: Field>(factors: &Matrix<T>, pivots: &[i32], mut b: Matrix<T>, hermitian: bool) -> Matrix<T> {
    let n = factors.rows;
    let flip = |x: T| if hermitian { x.conj() } else { x };
    let mut k = 0;
    while k < n {
        if pivots[k] > 0 {
            b.swap_rows(k, pivots[k] as usize - 1);
            for r in k + 1..n {
                for c in 0..b.columns {
                    let rest = b.at(r, c) - factors.at(r, k) * b.at(k, c);
                    b.set(r, c, rest);
                }
            }
            for c in 0..b.columns {
                let value = b.at(k, c) / factors.at(k, k);
                b.set(k, c, value);
            }
            k += 1;
        } else {
            b.swap_rows(k + 1, pivots[k].unsigned_abs() as usize - 1);
            let (d11, d21, d22) = (factors.at(k, k), factors.at(k + 1, k), factors.at(k + 1, k + 1));
            let det = d11 * d22 - d21 * flip(d21);
            for c in 0..b.columns {
                for r in k + 2..n {
                    let rest = b.at(r, c) - factors.at(r, k) * b.at(k, c) - factors.at(r, k + 1) * b.at(k + 1, c);
                    b.set(r, c, rest);
                }
                let (x, y) = (b.at(k, c), b.at(k + 1, c));
                b.set(k, c, (x * d22 - y * flip(d21)) / det);
                b.set(k + 1, c, (y * d11 - x * d21) / det);
            }
            k += 2;
        }
    }
    let mut k = n;
    while k > 0 {
        let width = if pivots[k - 1] > 0 { 1 } else { 2 };
        for at in k - width..k {
            for r in k..n {
                for c in 0..b.columns {
                    let rest = b.at(at, c) - flip(factors.at(r, at)) * b.at(r, c);
                    b.set(at, c, rest);
                }
            }
        }
        b.swap_rows(k - 1, pivots[k - 1].unsigned_abs() as usize - 1);
        k -= width;
    }
    b
}
