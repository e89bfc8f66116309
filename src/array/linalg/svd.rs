//! Singular values and vectors: reduction to bidiagonal form, then implicit QR steps with or without shift.

use super::matrix::{Field, Matrix};
use super::qr;
use super::rotation::{Rotation, generate, sign};

const EPS: f64 = f64::EPSILON / 2.0;

/// A = U diag(S) Vh.
pub struct Svd<T> {
    pub u: Matrix<T>,
    pub s: Vec<f64>,
    pub vh: Matrix<T>,
}

/// The decomposition with descending singular values; `full` gives square U and Vh. None if it does not converge.
pub fn decompose<T: Field>(a: &Matrix<T>, full: bool) -> Option<Svd<T>> {
    if a.rows < a.columns {
        return wide(a, full);
    }
    let (m, n) = (a.rows, a.columns);
    let columns = if full { m } else { n };
    if m >= threshold::<T>(n) && m > n {
        // tall: first A = QR, then the decomposition of R
        let (factors, taus) = qr::factor(a.clone());
        let inner = square_or_taller(&qr::upper(&factors, n), n)?;
        let q = qr::product(&factors, &taus, columns);
        let mut u = q.leading(m, n).times(&inner.u);
        if full {
            let mut whole = q;
            for r in 0..m {
                for c in 0..n {
                    whole.set(r, c, u.at(r, c));
                }
            }
            u = whole;
        }
        return Some(Svd {
            u,
            s: inner.s,
            vh: inner.vh,
        });
    }
    square_or_taller(a, columns)
}

fn threshold<T: Field>(smaller: usize) -> usize {
    if size_of::<T>() > 8 {
        smaller * 17 / 9
    } else {
        smaller * 11 / 6
    }
}

/// Reduces to an upper bidiagonal matrix and decomposes that; U gets so many columns.
fn square_or_taller<T: Field>(a: &Matrix<T>, columns: usize) -> Option<Svd<T>> {
    let (m, n) = (a.rows, a.columns);
    let mut a = a.clone();
    let (mut d, mut e) = (vec![0.0; n], vec![0.0; n.saturating_sub(1)]);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for i in 0..n {
        let mut tail: Vec<T> = (i + 1..m).map(|r| a.at(r, i)).collect();
        let (beta, tau) = qr::reflector(a.at(i, i), &mut tail);
        d[i] = beta.re();
        let mut v = vec![T::real(1.0)];
        v.append(&mut tail);
        qr::apply_left(&mut a, &v, tau.conj(), i, i + 1);
        left.push((v, tau));
        if i + 1 < n {
            let mut tail: Vec<T> = (i + 2..n).map(|c| a.at(i, c).conj()).collect();
            let (beta, tau) = qr::reflector(a.at(i, i + 1).conj(), &mut tail);
            e[i] = beta.re();
            let mut v = vec![T::real(1.0)];
            v.append(&mut tail);
            qr::apply_right(&mut a, &v, tau, i + 1, i + 1);
            right.push((v, tau));
        }
    }
    let mut u = Matrix::identity(m, columns);
    for (i, (v, tau)) in left.iter().enumerate().rev() {
        qr::apply_left(&mut u, v, *tau, i, 0);
    }
    let mut p = Matrix::identity(n, n);
    for (i, (v, tau)) in right.iter().enumerate().rev() {
        qr::apply_left(&mut p, v, *tau, i + 1, 0);
    }
    let mut vh = p.adjoint();
    bidiagonal(&mut d, &mut e, &mut u, &mut vh).then_some(Svd { u, s: d, vh })
}

fn wide<T: Field>(a: &Matrix<T>, full: bool) -> Option<Svd<T>> {
    let (m, n) = (a.rows, a.columns);
    let rows = if full { n } else { m };
    if n >= threshold::<T>(m) {
        // first A = LQ, then the decomposition of L
        let (factors, taus) = qr::factor(conjugate_transpose_for_lq(a));
        let l = qr::upper(&factors, m).adjoint();
        let inner = square_or_taller(&l, m)?;
        let q = qr::product(&factors, &taus, rows).adjoint();
        let mut vh = inner.vh.times(&q.leading(m, n));
        if full {
            let mut whole = q;
            for r in 0..m {
                for c in 0..n {
                    whole.set(r, c, vh.at(r, c));
                }
            }
            vh = whole;
        }
        return Some(Svd {
            u: inner.u,
            s: inner.s,
            vh,
        });
    }
    // lower bidiagonal: rotated to upper first
    let mut a = a.clone();
    let (mut d, mut e) = (vec![0.0; m], vec![0.0; m.saturating_sub(1)]);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for i in 0..m {
        let mut tail: Vec<T> = (i + 1..n).map(|c| a.at(i, c).conj()).collect();
        let (beta, tau) = qr::reflector(a.at(i, i).conj(), &mut tail);
        d[i] = beta.re();
        let mut v = vec![T::real(1.0)];
        v.append(&mut tail);
        qr::apply_right(&mut a, &v, tau, i + 1, i);
        right.push((v, tau));
        if i + 1 < m {
            let mut tail: Vec<T> = (i + 2..m).map(|r| a.at(r, i)).collect();
            let (beta, tau) = qr::reflector(a.at(i + 1, i), &mut tail);
            e[i] = beta.re();
            let mut v = vec![T::real(1.0)];
            v.append(&mut tail);
            qr::apply_left(&mut a, &v, tau.conj(), i + 1, i + 1);
            left.push((v, tau));
        }
    }
    let mut u = Matrix::identity(m, m);
    for (i, (v, tau)) in left.iter().enumerate().rev() {
        qr::apply_left(&mut u, v, *tau, i + 1, 0);
    }
    let mut p = Matrix::identity(n, rows);
    for (i, (v, tau)) in right.iter().enumerate().rev() {
        qr::apply_left(&mut p, v, *tau, i, 0);
    }
    let mut vh = p.adjoint();
    for i in 0..m.saturating_sub(1) {
        let (cos, sin, r) = generate(d[i], e[i]);
        d[i] = r;
        e[i] = sin * d[i + 1];
        d[i + 1] *= cos;
        Rotation { at: i, cos, sin }.columns(&mut u);
    }
    bidiagonal(&mut d, &mut e, &mut u, &mut vh).then_some(Svd { u, s: d, vh })
}

/// A^H, whose QR factorisation is the LQ factorisation of A.
fn conjugate_transpose_for_lq<T: Field>(a: &Matrix<T>) -> Matrix<T> {
    a.adjoint()
}

/// The smaller singular value of [[f, g], [0, h]].
fn smaller_singular(f: f64, g: f64, h: f64) -> f64 {
    let (fa, ga, ha) = (f.abs(), g.abs(), h.abs());
    let (least, most) = (fa.min(ha), fa.max(ha));
    if least == 0.0 {
        return 0.0;
    }
    let (plus, minus) = (1.0 + least / most, (most - least) / most);
    if ga < most {
        let ratio = (ga / most) * (ga / most);
        least * (2.0 / ((plus * plus + ratio).sqrt() + (minus * minus + ratio).sqrt()))
    } else {
        let ratio = most / ga;
        if ratio == 0.0 {
            return least * most / ga;
        }
        let c = 1.0 / ((1.0 + (plus * ratio).powi(2)).sqrt() + (1.0 + (minus * ratio).powi(2)).sqrt());
        2.0 * (least * c * ratio)
    }
}

struct Pair {
    least: f64,
    most: f64,
    sin_right: f64,
    cos_right: f64,
    sin_left: f64,
    cos_left: f64,
}

/// The singular value decomposition of [[f, g], [0, h]].
fn two_by_two(f: f64, g: f64, h: f64) -> Pair {
    let swap = h.abs() > f.abs();
    let (ft, ht) = if swap { (h, f) } else { (f, h) };
    let (fa, ha, ga) = (ft.abs(), ht.abs(), g.abs());
    let mut largest = if swap { 3 } else { 1 };
    let (least, most, cos_l, cos_r, sin_l, sin_r);
    if ga == 0.0 {
        (least, most, cos_l, cos_r, sin_l, sin_r) = (ha, fa, 1.0, 1.0, 0.0, 0.0);
    } else {
        if ga > fa {
            largest = 2;
        }
        if ga > fa && fa / ga < EPS {
            most = ga;
            least = if ha > 1.0 { fa / (ga / ha) } else { (fa / ga) * ha };
            (cos_l, sin_l, sin_r, cos_r) = (1.0, ht / g, 1.0, ft / g);
        } else {
            let difference = fa - ha;
            let l = if difference == fa { 1.0 } else { difference / fa };
            let m = g / ft;
            let t = 2.0 - l;
            let (mm, tt) = (m * m, t * t);
            let s = (tt + mm).sqrt();
            let r = if l == 0.0 { m.abs() } else { (l * l + mm).sqrt() };
            let a = 0.5 * (s + r);
            least = ha / a;
            most = fa * a;
            let t = if mm == 0.0 {
                if l == 0.0 {
                    sign(2.0, ft) * sign(1.0, g)
                } else {
                    g / sign(difference, ft) + m / t
                }
            } else {
                (m / (s + t) + m / (r + l)) * (1.0 + a)
            };
            let length = (t * t + 4.0).sqrt();
            cos_r = 2.0 / length;
            sin_r = t / length;
            cos_l = (cos_r + sin_r * m) / a;
            sin_l = (ht / ft) * sin_r / a;
        }
    }
    let (cos_left, sin_left, cos_right, sin_right) = if swap {
        (sin_r, cos_r, sin_l, cos_l)
    } else {
        (cos_l, sin_l, cos_r, sin_r)
    };
    let turned = match largest {
        1 => sign(1.0, cos_right) * sign(1.0, cos_left) * sign(1.0, f),
        2 => sign(1.0, sin_right) * sign(1.0, cos_left) * sign(1.0, g),
        _ => sign(1.0, sin_right) * sign(1.0, sin_left) * sign(1.0, h),
    };
    Pair {
        most: sign(most, turned),
        least: sign(least, turned * sign(1.0, f) * sign(1.0, h)),
        sin_right,
        cos_right,
        sin_left,
        cos_left,
    }
}

/// Diagonalises the upper bidiagonal matrix (d, e), turning columns of u and rows of vh along.
fn bidiagonal<T: Field>(d: &mut [f64], e: &mut [f64], u: &mut Matrix<T>, vh: &mut Matrix<T>) -> bool {
    let n = d.len();
    let tolerance = EPS.powf(-0.125).clamp(10.0, 100.0) * EPS;
    let mut least = d.first().map_or(0.0, |d| d.abs());
    let mut mu = least;
    for i in 1..n {
        if least == 0.0 {
            break;
        }
        mu = d[i].abs() * (mu / (mu + e[i - 1].abs()));
        least = least.min(mu);
    }
    least /= (n.max(1) as f64).sqrt();
    let threshold = (tolerance * least).max(6.0 * (n * n) as f64 * f64::MIN_POSITIVE);
    let mut budget = 6 * n * n + 30;
    let (mut old_top, mut old_bottom) = (usize::MAX, usize::MAX);
    let mut downward = true;
    let mut end = n;
    while end > 1 {
        if budget == 0 || !d.iter().all(|d| d.is_finite()) {
            return false;
        }
        budget -= 1;
        let m = end - 1;
        let mut most = d[m].abs();
        let mut split = None;
        for l in (0..m).rev() {
            if e[l].abs() <= threshold {
                e[l] = 0.0;
                split = Some(l);
                break;
            }
            most = most.max(d[l].abs()).max(e[l].abs());
        }
        if split == Some(m - 1) {
            end -= 1;
            continue;
        }
        let top = split.map_or(0, |l| l + 1);
        if top == m - 1 {
            let pair = two_by_two(d[top], e[top], d[m]);
            (d[top], e[top], d[m]) = (pair.most, 0.0, pair.least);
            Rotation {
                at: top,
                cos: pair.cos_right,
                sin: pair.sin_right,
            }
            .rows(vh);
            Rotation {
                at: top,
                cos: pair.cos_left,
                sin: pair.sin_left,
            }
            .columns(u);
            end -= 2;
            continue;
        }
        if old_bottom == usize::MAX || top > old_bottom || m < old_top {
            downward = d[top].abs() >= d[m].abs();
        }
        let mut smallest;
        let mut deflated = false;
        if downward {
            if e[m - 1].abs() <= tolerance * d[m].abs() {
                e[m - 1] = 0.0;
                continue;
            }
            let mut mu = d[top].abs();
            smallest = mu;
            for l in top..m {
                if e[l].abs() <= tolerance * mu {
                    e[l] = 0.0;
                    deflated = true;
                    break;
                }
                mu = d[l + 1].abs() * (mu / (mu + e[l].abs()));
                smallest = smallest.min(mu);
            }
        } else {
            if e[top].abs() <= tolerance * d[top].abs() {
                e[top] = 0.0;
                continue;
            }
            let mut mu = d[m].abs();
            smallest = mu;
            for l in (top..m).rev() {
                if e[l].abs() <= tolerance * mu {
                    e[l] = 0.0;
                    deflated = true;
                    break;
                }
                mu = d[l].abs() * (mu / (mu + e[l].abs()));
                smallest = smallest.min(mu);
            }
        }
        if deflated {
            continue;
        }
        (old_top, old_bottom) = (top, m);
        let mut shift = 0.0;
        if n as f64 * tolerance * (smallest / most) > EPS.max(0.01 * tolerance) {
            let start;
            if downward {
                start = d[top].abs();
                shift = smaller_singular(d[m - 1], e[m - 1], d[m]);
            } else {
                start = d[m].abs();
                shift = smaller_singular(d[top], e[top], d[top + 1]);
            }
            if start > 0.0 && (shift / start).powi(2) < EPS {
                shift = 0.0;
            }
        }
        step(d, e, u, vh, top, m, shift, downward);
        let last = if downward { m - 1 } else { top };
        if e[last].abs() <= threshold {
            e[last] = 0.0;
        }
    }
    for i in 0..n {
        if d[i] < 0.0 || (d[i] == 0.0 && d[i].is_sign_negative()) {
            d[i] = -d[i];
            for c in 0..vh.columns {
                let turned = -vh.at(i, c);
                vh.set(i, c, turned);
            }
        }
    }
    for i in 0..n.saturating_sub(1) {
        // the smallest of the rest to the end
        let last = n - 1 - i;
        let mut least = 0;
        for j in 1..=last {
            if d[j] <= d[least] {
                least = j;
            }
        }
        if least != last {
            d.swap(least, last);
            vh.swap_rows(least, last);
            u.swap_columns(least, last);
        }
    }
    true
}

#[allow(clippy::too_many_arguments)]
fn step<T: Field>(
    d: &mut [f64],
    e: &mut [f64],
    u: &mut Matrix<T>,
    vh: &mut Matrix<T>,
    top: usize,
    m: usize,
    shift: f64,
    downward: bool,
) {
    let (mut on_rows, mut on_columns) = (Vec::new(), Vec::new());
    if shift == 0.0 && downward {
        let (mut cos, mut old_cos, mut old_sin) = (1.0, 1.0, 0.0);
        for i in top..m {
            let (c, sin, r) = generate(d[i] * cos, e[i]);
            cos = c;
            if i > top {
                e[i - 1] = old_sin * r;
            }
            let (c, s, length) = generate(old_cos * r, d[i + 1] * sin);
            (old_cos, old_sin, d[i]) = (c, s, length);
            on_rows.push(Rotation { at: i, cos, sin });
            on_columns.push(Rotation {
                at: i,
                cos: old_cos,
                sin: old_sin,
            });
        }
        let h = d[m] * cos;
        d[m] = h * old_cos;
        e[m - 1] = h * old_sin;
    } else if shift == 0.0 {
        let (mut cos, mut old_cos, mut old_sin) = (1.0, 1.0, 0.0);
        for i in (top + 1..=m).rev() {
            let (c, sin, r) = generate(d[i] * cos, e[i - 1]);
            cos = c;
            if i < m {
                e[i] = old_sin * r;
            }
            let (c, s, length) = generate(old_cos * r, d[i - 1] * sin);
            (old_cos, old_sin, d[i]) = (c, s, length);
            on_columns.push(Rotation {
                at: i - 1,
                cos,
                sin: -sin,
            });
            on_rows.push(Rotation {
                at: i - 1,
                cos: old_cos,
                sin: -old_sin,
            });
        }
        let h = d[top] * cos;
        d[top] = h * old_cos;
        e[top] = h * old_sin;
    } else if downward {
        let mut f = (d[top].abs() - shift) * (sign(1.0, d[top]) + shift / d[top]);
        let mut g = e[top];
        for i in top..m {
            let (cos, sin, r) = generate(f, g);
            if i > top {
                e[i - 1] = r;
            }
            f = cos * d[i] + sin * e[i];
            e[i] = cos * e[i] - sin * d[i];
            g = sin * d[i + 1];
            d[i + 1] *= cos;
            on_rows.push(Rotation { at: i, cos, sin });
            let (cos, sin, r) = generate(f, g);
            d[i] = r;
            f = cos * e[i] + sin * d[i + 1];
            d[i + 1] = cos * d[i + 1] - sin * e[i];
            if i + 1 < m {
                g = sin * e[i + 1];
                e[i + 1] *= cos;
            }
            on_columns.push(Rotation { at: i, cos, sin });
        }
        e[m - 1] = f;
    } else {
        let mut f = (d[m].abs() - shift) * (sign(1.0, d[m]) + shift / d[m]);
        let mut g = e[m - 1];
        for i in (top + 1..=m).rev() {
            let (cos, sin, r) = generate(f, g);
            if i < m {
                e[i] = r;
            }
            f = cos * d[i] + sin * e[i - 1];
            e[i - 1] = cos * e[i - 1] - sin * d[i];
            g = sin * d[i - 1];
            d[i - 1] *= cos;
            on_columns.push(Rotation {
                at: i - 1,
                cos,
                sin: -sin,
            });
            let (cos, sin, r) = generate(f, g);
            d[i] = r;
            f = cos * e[i - 1] + sin * d[i - 1];
            d[i - 1] = cos * d[i - 1] - sin * e[i - 1];
            if i > top + 1 {
                g = sin * e[i - 2];
                e[i - 2] *= cos;
            }
            on_rows.push(Rotation {
                at: i - 1,
                cos,
                sin: -sin,
            });
        }
        e[top] = f;
    }
    for rotation in on_rows {
        rotation.rows(vh);
    }
    for rotation in on_columns {
        rotation.columns(u);
    }
}
