//! What both eigenvalue solvers start from: balancing and the reduction to Hessenberg form.

use super::matrix::{Field, Matrix};
use super::qr;

/// How a matrix was balanced: rows and columns exchanged outside `low..=high`, scaled inside.
pub struct Balance {
    pub low: usize,
    pub high: usize,
    scale: Vec<f64>,
    exchanges: Vec<(usize, usize)>,
}

/// Moves rows and columns that isolate an eigenvalue to the ends, and scales the rest by powers of two until rows and
/// columns have norms of like size.
pub fn balance<T: Field>(a: &mut Matrix<T>) -> Balance {
    let n = a.rows;
    let (mut low, mut high) = (0, n.saturating_sub(1));
    let mut exchanges = Vec::new();
    let mut exchange = |a: &mut Matrix<T>, from: usize, to: usize| {
        exchanges.push((from, to));
        a.swap_rows(from, to);
        a.swap_columns(from, to);
    };
    let zero = T::default();
    'rows: while high > 0 {
        for r in (0..=high).rev() {
            if (0..=high).all(|c| c == r || a.at(r, c) == zero) {
                exchange(a, r, high);
                high -= 1;
                continue 'rows;
            }
        }
        break;
    }
    'columns: while low < high {
        let columns = low..=high;
        for c in columns.clone() {
            if columns.clone().all(|r| r == c || a.at(r, c) == zero) {
                exchange(a, c, low);
                low += 1;
                continue 'columns;
            }
        }
        break;
    }
    let mut scale = vec![1.0; n];
    let mut changed = n > 0;
    while changed {
        changed = false;
        for i in low..=high {
            let norm = |values: &mut dyn Iterator<Item = T>| values.fold(0.0f64, |norm, x| norm.hypot(x.abs()));
            let mut c = norm(&mut (low..=high).map(|r| a.at(r, i)));
            let mut r = norm(&mut (low..=high).map(|c| a.at(i, c)));
            let mut column_most = (0..=high).map(|r| a.at(r, i).abs()).fold(0.0, f64::max);
            let mut row_most = (low..n).map(|c| a.at(i, c).abs()).fold(0.0, f64::max);
            if c == 0.0 || r == 0.0 || !(c + r).is_finite() {
                continue;
            }
            let (mut g, mut f, sum): (f64, f64, f64) = (r / 2.0, 1.0, c + r);
            while c < g && f.max(c).max(column_most) < 1e300 && r.min(g).min(row_most) > 1e-300 {
                f *= 2.0;
                c *= 2.0;
                column_most *= 2.0;
                r /= 2.0;
                g /= 2.0;
                row_most /= 2.0;
            }
            g = c / 2.0;
            while g >= r && r.max(row_most) < 1e300 && f.min(c).min(g).min(column_most) > 1e-300 {
                f /= 2.0;
                c /= 2.0;
                g /= 2.0;
                column_most /= 2.0;
                r *= 2.0;
                row_most *= 2.0;
            }
            if c + r >= 0.95 * sum {
                continue;
            }
            scale[i] *= f;
            changed = true;
            for column in low..n {
                let value = a.at(i, column).scale(1.0 / f);
                a.set(i, column, value);
            }
            for row in 0..=high {
                let value = a.at(row, i).scale(f);
                a.set(row, i, value);
            }
        }
    }
    Balance {
        low,
        high,
        scale,
        exchanges,
    }
}

impl Balance {
    /// Turns eigenvectors (columns) of the balanced matrix into those of the original.
    pub fn undo<T: Field>(&self, vectors: &mut Matrix<T>) {
        for r in self.low..=self.high.min(vectors.rows.saturating_sub(1)) {
            for c in 0..vectors.columns {
                let value = vectors.at(r, c).scale(self.scale[r]);
                vectors.set(r, c, value);
            }
        }
        for &(a, b) in self.exchanges.iter().rev() {
            vectors.swap_rows(a, b);
        }
    }
}

/// Reduces rows and columns `low..=high` to Hessenberg form in place; gives the unitary matrix that did it.
pub fn reduce<T: Field>(a: &mut Matrix<T>, low: usize, high: usize) -> Matrix<T> {
    let n = a.rows;
    let mut reflections = Vec::new();
    for i in low..high.saturating_sub(1).max(low) {
        let mut tail: Vec<T> = (i + 2..=high).map(|r| a.at(r, i)).collect();
        let (beta, tau) = qr::reflector(a.at(i + 1, i), &mut tail);
        let mut v = vec![T::real(1.0)];
        v.append(&mut tail);
        qr::apply_right(a, &v, tau, 0, i + 1);
        qr::apply_left(a, &v, tau.conj(), i + 1, i + 1);
        a.set(i + 1, i, beta);
        for r in i + 2..=high {
            a.set(r, i, T::default());
        }
        reflections.push((i + 1, v, tau));
    }
    let mut q = Matrix::identity(n, n);
    for (at, v, tau) in reflections.iter().rev() {
        qr::apply_left(&mut q, v, *tau, *at, 0);
    }
    q
}
