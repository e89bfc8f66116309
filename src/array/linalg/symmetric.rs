//! Eigenvalues and eigenvectors of Hermitian matrices: reduction to tridiagonal form, then implicit QL and QR steps.

use super::matrix::{Field, Matrix};
use super::qr;
use super::rotation::{Rotation, generate, sign};

const EPS: f64 = f64::EPSILON / 2.0;

/// Ascending eigenvalues, and unit eigenvectors as columns. Reads the lower triangle. None if it does not converge.
pub fn eigen<T: Field>(a: &Matrix<T>) -> Option<(Vec<f64>, Matrix<T>)> {
    let n = a.rows;
    let mut a = a.clone();
    let (mut d, mut e) = (vec![0.0; n], vec![0.0; n.saturating_sub(1)]);
    let mut taus = vec![T::default(); n.saturating_sub(1)];
    // only the lower triangle holds; mirror it so that products may read everything
    for r in 0..n {
        let diagonal = T::real(a.at(r, r).re());
        a.set(r, r, diagonal);
        for c in r + 1..n {
            let mirrored = a.at(c, r).conj();
            a.set(r, c, mirrored);
        }
    }
    for i in 0..n.saturating_sub(1) {
        let mut tail: Vec<T> = (i + 2..n).map(|r| a.at(r, i)).collect();
        let (beta, tau) = qr::reflector(a.at(i + 1, i), &mut tail);
        e[i] = beta.re();
        taus[i] = tau;
        let mut v = vec![T::real(1.0)];
        v.extend_from_slice(&tail);
        qr::apply_left(&mut a, &v, tau.conj(), i + 1, i + 1);
        qr::apply_right(&mut a, &v, tau, i + 1, i + 1);
        d[i] = a.at(i, i).re();
        for (r, value) in tail.iter().enumerate() {
            a.set(i + 2 + r, i, *value);
        }
    }
    if n > 0 {
        d[n - 1] = a.at(n - 1, n - 1).re();
    }
    let mut z = Matrix::identity(n, n);
    for i in (0..n.saturating_sub(1)).rev() {
        let v: Vec<T> = (i + 1..n)
            .map(|r| if r == i + 1 { T::real(1.0) } else { a.at(r, i) })
            .collect();
        qr::apply_left(&mut z, &v, taus[i], i + 1, 0);
    }
    tridiagonal(&mut d, &mut e, &mut z).then_some((d, z))
}

/// Eigenvalues of [[a, b], [b, c]]: the one of larger absolute value first, and its unit eigenvector.
fn two_by_two(a: f64, b: f64, c: f64) -> (f64, f64, f64, f64) {
    let (sum, difference, twice) = (a + c, a - c, b + b);
    let (largest, smallest) = if a.abs() > c.abs() { (a, c) } else { (c, a) };
    let root = difference.hypot(twice);
    let (first, second, sign1) = if sum < 0.0 {
        let first = 0.5 * (sum - root);
        (first, (largest / first) * smallest - (b / first) * b, -1)
    } else if sum > 0.0 {
        let first = 0.5 * (sum + root);
        (first, (largest / first) * smallest - (b / first) * b, 1)
    } else {
        (0.5 * root, -0.5 * root, 1)
    };
    let (cs, sign2) = if difference >= 0.0 {
        (difference + root, 1)
    } else {
        (difference - root, -1)
    };
    let (mut cos, mut sin);
    if cs.abs() > twice.abs() {
        let cotangent = -twice / cs;
        sin = 1.0 / (1.0 + cotangent * cotangent).sqrt();
        cos = cotangent * sin;
    } else if twice == 0.0 {
        (cos, sin) = (1.0, 0.0);
    } else {
        let tangent = -cs / twice;
        cos = 1.0 / (1.0 + tangent * tangent).sqrt();
        sin = tangent * cos;
    }
    if sign1 == sign2 {
        (cos, sin) = (-sin, cos);
    }
    (first, second, cos, sin)
}

/// Diagonalises the tridiagonal matrix (d, e), turning the columns of z along; false if it does not converge.
fn tridiagonal<T: Field>(d: &mut [f64], e: &mut [f64], z: &mut Matrix<T>) -> bool {
    let n = d.len();
    let mut budget = 30 * n;
    let mut start = 0;
    while start < n {
        if start > 0 {
            e[start - 1] = 0.0;
        }
        let mut end = start;
        while end + 1 < n {
            let size = e[end].abs();
            if size == 0.0 {
                break;
            }
            if size <= d[end].abs().sqrt() * d[end + 1].abs().sqrt() * EPS {
                e[end] = 0.0;
                break;
            }
            end += 1;
        }
        let (first, last) = (start, end);
        start = end + 1;
        if first == last {
            continue;
        }
        let done = if d[last].abs() < d[first].abs() {
            steps_up(d, e, z, last, first, &mut budget)
        } else {
            steps_down(d, e, z, first, last, &mut budget)
        };
        if !done {
            return false;
        }
        // what did not separate at once is looked through again
        if (first..last).any(|i| e[i] != 0.0) {
            start = first;
        }
    }
    for i in 0..n {
        let mut least = i;
        for j in i + 1..n {
            if d[j] < d[least] {
                least = j;
            }
        }
        if least != i {
            d.swap(i, least);
            z.swap_columns(i, least);
        }
    }
    true
}

fn negligible(e: f64, a: f64, b: f64) -> bool {
    e * e <= (EPS * EPS * a.abs()) * b.abs() + f64::MIN_POSITIVE
}

/// QL steps from the top of the block.
fn steps_down<T: Field>(
    d: &mut [f64],
    e: &mut [f64],
    z: &mut Matrix<T>,
    first: usize,
    last: usize,
    budget: &mut usize,
) -> bool {
    let mut l = first;
    while l <= last {
        let m = (l..last).find(|&m| negligible(e[m], d[m], d[m + 1])).unwrap_or(last);
        if m < last {
            e[m] = 0.0;
        }
        let mut p = d[l];
        if m == l {
            l += 1;
            continue;
        }
        if m == l + 1 {
            let (first, second, cos, sin) = two_by_two(d[l], e[l], d[l + 1]);
            Rotation { at: l, cos, sin }.columns(z);
            (d[l], d[l + 1], e[l]) = (first, second, 0.0);
            l += 2;
            continue;
        }
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        let mut g = (d[l + 1] - p) / (2.0 * e[l]);
        let mut r = g.hypot(1.0);
        g = d[m] - p + e[l] / (g + sign(r, g));
        let (mut s, mut c) = (1.0, 1.0);
        p = 0.0;
        let mut rotations = Vec::with_capacity(m - l);
        for i in (l..m).rev() {
            let (f, b) = (s * e[i], c * e[i]);
            (c, s, r) = generate(g, f);
            if i != m - 1 {
                e[i + 1] = r;
            }
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2.0 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            rotations.push(Rotation { at: i, cos: c, sin: -s });
        }
        for rotation in rotations {
            rotation.columns(z);
        }
        d[l] -= p;
        e[l] = g;
    }
    true
}

/// QR steps from the bottom of the block.
fn steps_up<T: Field>(
    d: &mut [f64],
    e: &mut [f64],
    z: &mut Matrix<T>,
    bottom: usize,
    top: usize,
    budget: &mut usize,
) -> bool {
    let mut l = bottom;
    loop {
        let m = (top + 1..=l)
            .rev()
            .find(|&m| negligible(e[m - 1], d[m], d[m - 1]))
            .unwrap_or(top);
        if m > top {
            e[m - 1] = 0.0;
        }
        let mut p = d[l];
        if m == l {
            if l == top {
                return true;
            }
            l -= 1;
            continue;
        }
        if m + 1 == l {
            let (first, second, cos, sin) = two_by_two(d[l - 1], e[l - 1], d[l]);
            Rotation { at: l - 1, cos, sin }.columns(z);
            (d[l - 1], d[l], e[l - 1]) = (first, second, 0.0);
            if l < top + 2 {
                return true;
            }
            l -= 2;
            continue;
        }
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        let mut g = (d[l - 1] - p) / (2.0 * e[l - 1]);
        let mut r = g.hypot(1.0);
        g = d[m] - p + e[l - 1] / (g + sign(r, g));
        let (mut s, mut c) = (1.0, 1.0);
        p = 0.0;
        let mut rotations = Vec::with_capacity(l - m);
        for i in m..l {
            let (f, b) = (s * e[i], c * e[i]);
            (c, s, r) = generate(g, f);
            if i != m {
                e[i - 1] = r;
            }
            g = d[i] - p;
            r = (d[i + 1] - g) * s + 2.0 * c * b;
            p = s * r;
            d[i] = g + p;
            g = c * r - b;
            rotations.push(Rotation { at: i, cos: c, sin: s });
        }
        for rotation in rotations {
            rotation.columns(z);
        }
        d[l] -= p;
        e[l - 1] = g;
    }
}
