//! Eigenvalues and eigenvectors of general matrices by shifted QR steps on the Hessenberg form.

use super::hessenberg::{balance, reduce};
use super::matrix::{Field, Matrix};
use super::qr;
use super::rotation::sign;
use num_complex::Complex;

type C = Complex<f64>;

const EPS: f64 = f64::EPSILON;

/// Eigenvalues, and eigenvectors of length 1 as columns.
pub type Eigen = (Vec<C>, Matrix<C>);

/// Of a real matrix. None if the steps do not converge.
pub fn real(a: &Matrix<f64>) -> Option<Eigen> {
    let n = a.rows;
    let mut h = a.clone();
    let balanced = balance(&mut h);
    let mut z = reduce(&mut h, balanced.low, balanced.high);
    let values = schur(&mut h, &mut z, balanced.low, balanced.high)?;
    let mut vectors = Matrix::zeros(n, n);
    let mut k = n;
    while k > 0 {
        k -= 1;
        let pair = values[k].im != 0.0 && k > 0;
        let x = back_substitute(&h, values[k], k, pair);
        for r in 0..n {
            let sum: C = (0..=k).map(|c| x[c] * z.at(r, c)).sum();
            vectors.set(r, k, sum);
            if pair {
                vectors.set(r, k - 1, sum);
            }
        }
        if pair {
            k -= 1;
        }
    }
    balanced.undo(&mut vectors);
    normalize(&mut vectors, |column| values[column].im != 0.0);
    for (column, value) in values.iter().enumerate() {
        for r in 0..n {
            let own = vectors.at(r, column);
            if value.im == 0.0 {
                vectors.set(r, column, C::new(own.re, 0.0));
            } else if value.im < 0.0 {
                // of a pair the vectors are conjugate; the value with positive imaginary part stands first
                let conjugate = vectors.at(r, column - 1).conj();
                vectors.set(r, column, conjugate);
            }
        }
    }
    Some((values, vectors))
}

/// Unit length; complex vectors turned so that their largest element is real.
fn normalize(vectors: &mut Matrix<C>, is_complex: impl Fn(usize) -> bool) {
    for c in 0..vectors.columns {
        let norm = (0..vectors.rows).fold(0.0f64, |norm, r| norm.hypot(vectors.at(r, c).norm()));
        if norm == 0.0 {
            continue;
        }
        let mut turn = C::new(1.0 / norm, 0.0);
        let mut largest = None;
        if is_complex(c) {
            let mut at = 0;
            for r in 1..vectors.rows {
                if vectors.at(r, c).norm_sqr() > vectors.at(at, c).norm_sqr() {
                    at = r;
                }
            }
            let value = vectors.at(at, c);
            let length = value.norm();
            if length > 0.0 {
                turn *= value.conj() / length;
                largest = Some(at);
            }
        }
        for r in 0..vectors.rows {
            let mut value = vectors.at(r, c) * turn;
            if largest == Some(r) {
                value.im = 0.0;
            }
            vectors.set(r, c, value);
        }
    }
}

/// The eigenvector of the quasi-triangular t for the value at k; for a pair at (k - 1, k) that of the value with
/// positive imaginary part.
fn back_substitute(t: &Matrix<f64>, value: C, k: usize, pair: bool) -> Vec<C> {
    let mut x = vec![C::default(); k + 1];
    let lambda = if pair { C::new(value.re, value.im.abs()) } else { value };
    let mut j = k;
    if pair {
        let (above, below) = (t.at(k - 1, k), t.at(k, k - 1));
        if above.abs() >= below.abs() {
            x[k - 1] = C::new(1.0, 0.0);
            x[k] = C::new(0.0, lambda.im / above);
        } else {
            x[k - 1] = C::new(-lambda.im / below, 0.0);
            x[k] = C::new(0.0, 1.0);
        }
        j = k - 1;
    } else {
        x[k] = C::new(1.0, 0.0);
    }
    let scale = t.data.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    let least = (EPS * scale).max(f64::MIN_POSITIVE);
    while j > 0 {
        j -= 1;
        let sum = |row: usize, from: usize| -> C { (from..=k).map(|c| x[c] * t.at(row, c)).sum() };
        if j > 0 && t.at(j, j - 1) != 0.0 {
            let (b1, b2) = (-sum(j - 1, j + 1), -sum(j, j + 1));
            let (a11, a22) = (t.at(j - 1, j - 1) - lambda, t.at(j, j) - lambda);
            let (a12, a21) = (t.at(j - 1, j), t.at(j, j - 1));
            let mut det = a11 * a22 - a12 * a21;
            if det.norm() < least * least {
                det = C::new(least * least, 0.0);
            }
            x[j - 1] = (b1 * a22 - b2 * a12) / det;
            x[j] = (b2 * a11 - b1 * a21) / det;
            j -= 1;
        } else {
            let mut pivot = t.at(j, j) - lambda;
            if pivot.norm() < least {
                pivot = C::new(least, 0.0);
            }
            x[j] = -sum(j, j + 1) / pivot;
        }
        let most = x.iter().fold(0.0f64, |most, x| most.max(x.norm()));
        if most > 1e100 {
            x.iter_mut().for_each(|x| *x /= most);
        }
    }
    x
}

/// Standardises [[a, b], [c, d]]: its new elements, whether its values are complex, and the rotation.
fn standardize(a: f64, b: f64, c: f64, d: f64) -> ([f64; 4], f64, f64) {
    if c == 0.0 {
        return ([a, b, c, d], 1.0, 0.0);
    }
    if b == 0.0 {
        return ([d, -c, 0.0, a], 0.0, 1.0);
    }
    if a - d == 0.0 && (b > 0.0) != (c > 0.0) {
        return ([a, b, c, d], 1.0, 0.0);
    }
    let difference = a - d;
    let p = 0.5 * difference;
    let most = b.abs().max(c.abs());
    let least = b.abs().min(c.abs()) * sign(1.0, b) * sign(1.0, c);
    let scale = p.abs().max(most);
    let z = (p / scale) * p + (most / scale) * least;
    if z >= 4.0 * EPS / 2.0 {
        let z = p + sign(scale.sqrt() * z.sqrt(), p);
        let tau = c.hypot(z);
        return ([d + z, b - c, 0.0, d - (most / z) * least], z / tau, c / tau);
    }
    let sigma = b + c;
    let tau = sigma.hypot(difference);
    let mut cs = (0.5 * (1.0 + sigma.abs() / tau)).sqrt();
    let mut sn = -(p / (tau * cs)) * sign(1.0, sigma);
    let (aa, bb) = (a * cs + b * sn, -a * sn + b * cs);
    let (cc, dd) = (c * cs + d * sn, -c * sn + d * cs);
    let (a, mut b, mut c, d) = (
        aa * cs + cc * sn,
        bb * cs + dd * sn,
        -aa * sn + cc * cs,
        -bb * sn + dd * cs,
    );
    let middle = 0.5 * (a + d);
    let (mut a, mut d) = (middle, middle);
    if c != 0.0 {
        if b == 0.0 {
            b = -c;
            c = 0.0;
            (cs, sn) = (-sn, cs);
        } else if (b > 0.0) == (c > 0.0) {
            let (root_b, root_c) = (b.abs().sqrt(), c.abs().sqrt());
            let p = sign(root_b * root_c, c);
            let tau = 1.0 / (b + c).abs().sqrt();
            a = middle + p;
            d = middle - p;
            b -= c;
            c = 0.0;
            let (cs1, sn1) = (root_b * tau, root_c * tau);
            (cs, sn) = (cs * cs1 - sn * sn1, cs * sn1 + sn * cs1);
        }
    }
    ([a, b, c, d], cs, sn)
}

/// The real Schur form of a Hessenberg matrix, in place; `z` is turned along. Gives the eigenvalues.
fn schur(h: &mut Matrix<f64>, z: &mut Matrix<f64>, low: usize, high: usize) -> Option<Vec<C>> {
    let n = h.rows;
    let mut values: Vec<C> = (0..n).map(|i| C::new(h.at(i, i), 0.0)).collect();
    if n == 0 {
        return Some(values);
    }
    let tiny = f64::MIN_POSITIVE * ((high - low + 1) as f64 / EPS);
    let budget = 30 * (high - low + 1).max(10);
    let mut end = high as i64;
    let mut since = 0;
    let mut steps = 0;
    while end >= low as i64 {
        let i = end as usize;
        let mut l = low;
        for k in (low + 1..=i).rev() {
            let below = h.at(k, k - 1).abs();
            if below <= tiny {
                l = k;
                break;
            }
            let mut test = h.at(k - 1, k - 1).abs() + h.at(k, k).abs();
            if test == 0.0 {
                if k >= low + 2 {
                    test += h.at(k - 1, k - 2).abs();
                }
                if k < high {
                    test += h.at(k + 1, k).abs();
                }
            }
            if below <= EPS * test {
                let above = h.at(k - 1, k).abs();
                let difference = (h.at(k - 1, k - 1) - h.at(k, k)).abs();
                let (ab, ba) = (below.max(above), below.min(above));
                let (aa, bb) = (h.at(k, k).abs().max(difference), h.at(k, k).abs().min(difference));
                let s = aa + ab;
                if ba * (ab / s) <= tiny.max(EPS * (bb * (aa / s))) {
                    l = k;
                    break;
                }
            }
        }
        if l > low {
            h.set(l, l - 1, 0.0);
        }
        if l + 1 >= i {
            if l == i {
                values[i] = C::new(h.at(i, i), 0.0);
            } else {
                let ([a, b, c, d], cs, sn) = standardize(h.at(l, l), h.at(l, i), h.at(i, l), h.at(i, i));
                h.set(l, l, a);
                h.set(l, i, b);
                h.set(i, l, c);
                h.set(i, i, d);
                let imaginary = if c == 0.0 { 0.0 } else { b.abs().sqrt() * c.abs().sqrt() };
                values[l] = C::new(a, imaginary);
                values[i] = C::new(d, 0.0 - imaginary);
                for column in i + 1..n {
                    let (x, y) = (h.at(l, column), h.at(i, column));
                    h.set(l, column, cs * x + sn * y);
                    h.set(i, column, cs * y - sn * x);
                }
                for row in 0..l {
                    let (x, y) = (h.at(row, l), h.at(row, i));
                    h.set(row, l, cs * x + sn * y);
                    h.set(row, i, cs * y - sn * x);
                }
                for row in 0..n {
                    let (x, y) = (z.at(row, l), z.at(row, i));
                    z.set(row, l, cs * x + sn * y);
                    z.set(row, i, cs * y - sn * x);
                }
            }
            since = 0;
            end = l as i64 - 1;
            continue;
        }
        steps += 1;
        if steps > budget {
            return None;
        }
        since += 1;
        francis(h, z, l, i, since);
    }
    Some(values)
}

/// The two shifts of a step, as real and imaginary parts.
fn shifts(h: &Matrix<f64>, l: usize, i: usize, since: usize) -> [(f64, f64); 2] {
    let (mut h11, mut h21, mut h12, mut h22);
    if since.is_multiple_of(20) {
        let s = h.at(i, i - 1).abs() + h.at(i - 1, i - 2).abs();
        (h11, h12, h21) = (0.75 * s + h.at(i, i), -0.4375 * s, s);
        h22 = h11;
    } else if since.is_multiple_of(10) {
        let s = h.at(l + 1, l).abs() + h.at(l + 2, l + 1).abs();
        (h11, h12, h21) = (0.75 * s + h.at(l, l), -0.4375 * s, s);
        h22 = h11;
    } else {
        (h11, h21, h12, h22) = (h.at(i - 1, i - 1), h.at(i, i - 1), h.at(i - 1, i), h.at(i, i));
    }
    let s = h11.abs() + h12.abs() + h21.abs() + h22.abs();
    if s == 0.0 {
        return [(0.0, 0.0); 2];
    }
    h11 /= s;
    h21 /= s;
    h12 /= s;
    h22 /= s;
    let half = (h11 + h22) / 2.0;
    let det = (h11 - half) * (h22 - half) - h12 * h21;
    let root = det.abs().sqrt();
    if det >= 0.0 {
        return [(half * s, root * s), (half * s, -root * s)];
    }
    let (first, second) = (half + root, half - root);
    let closer = if (first - h22).abs() <= (second - h22).abs() {
        first
    } else {
        second
    };
    [(closer * s, 0.0); 2]
}

/// One double-shift step on rows and columns l..=i.
fn francis(h: &mut Matrix<f64>, z: &mut Matrix<f64>, l: usize, i: usize, since: usize) {
    let [(r1, i1), (r2, i2)] = shifts(h, l, i, since);
    let mut m = i - 2;
    let mut v;
    loop {
        let below = h.at(m + 1, m);
        let s = (h.at(m, m) - r2).abs() + i2.abs() + below.abs();
        let ratio = below / s;
        v = [
            ratio * h.at(m, m + 1) + (h.at(m, m) - r1) * ((h.at(m, m) - r2) / s) - i1 * (i2 / s),
            ratio * (h.at(m, m) + h.at(m + 1, m + 1) - r1 - r2),
            ratio * h.at(m + 2, m + 1),
        ];
        let s: f64 = v.iter().map(|v| v.abs()).sum();
        v.iter_mut().for_each(|v| *v /= s);
        if m == l {
            break;
        }
        let sides = h.at(m - 1, m - 1).abs() + h.at(m, m).abs() + h.at(m + 1, m + 1).abs();
        if h.at(m, m - 1).abs() * (v[1].abs() + v[2].abs()) <= EPS * v[0].abs() * sides {
            break;
        }
        m -= 1;
    }
    for k in m..i {
        let count = (i - k + 1).min(3);
        let (mut head, mut tail): (f64, Vec<f64>) = if k > m {
            (h.at(k, k - 1), (1..count).map(|j| h.at(k + j, k - 1)).collect())
        } else {
            (v[0], v.iter().skip(1).take(count - 1).copied().collect())
        };
        let (beta, tau) = qr::reflector(head, &mut tail);
        head = beta;
        if k > m {
            h.set(k, k - 1, head);
            for j in 1..count {
                h.set(k + j, k - 1, 0.0);
            }
        } else if m > l {
            let value = h.at(k, k - 1) * (1.0 - tau);
            h.set(k, k - 1, value);
        }
        let mut vector = vec![1.0];
        vector.append(&mut tail);
        qr::apply_left(h, &vector, tau, k, k);
        // only rows down to the bulge hold anything
        let rows = (k + 4).min(i + 1);
        for row in 0..rows {
            let sum: f64 = vector.iter().enumerate().map(|(j, v)| h.at(row, k + j) * v).sum();
            for (j, v) in vector.iter().enumerate() {
                let rest = h.at(row, k + j) - sum * tau * v;
                h.set(row, k + j, rest);
            }
        }
        qr::apply_right(z, &vector, tau, 0, k);
    }
}

/// Of a complex matrix. None if the steps do not converge.
pub fn complex(a: &Matrix<C>) -> Option<Eigen> {
    let n = a.rows;
    let mut h = a.clone();
    let balanced = balance(&mut h);
    let mut z = reduce(&mut h, balanced.low, balanced.high);
    complex_schur(&mut h, &mut z, balanced.low, balanced.high)?;
    let values: Vec<C> = (0..n).map(|i| h.at(i, i)).collect();
    let scale = h.data.iter().fold(0.0f64, |most, x| most.max(x.norm()));
    let least = (EPS * scale).max(f64::MIN_POSITIVE);
    let mut vectors = Matrix::zeros(n, n);
    for k in 0..n {
        let mut x = vec![C::default(); k + 1];
        x[k] = C::new(1.0, 0.0);
        for j in (0..k).rev() {
            let sum: C = (j + 1..=k).map(|c| x[c] * h.at(j, c)).sum();
            let mut pivot = h.at(j, j) - values[k];
            if pivot.norm() < least {
                pivot = C::new(least, 0.0);
            }
            x[j] = -sum / pivot;
        }
        for r in 0..n {
            let sum: C = (0..=k).map(|c| x[c] * z.at(r, c)).sum();
            vectors.set(r, k, sum);
        }
    }
    balanced.undo(&mut vectors);
    normalize(&mut vectors, |_| true);
    Some((values, vectors))
}

/// The Schur form of a complex Hessenberg matrix by single-shift steps with rotations.
fn complex_schur(h: &mut Matrix<C>, z: &mut Matrix<C>, low: usize, high: usize) -> Option<()> {
    let n = h.rows;
    if n == 0 {
        return Some(());
    }
    let mut end = high as i64;
    let (mut steps, mut since) = (0, 0);
    while end >= low as i64 {
        let i = end as usize;
        let mut l = low;
        for k in (low + 1..=i).rev() {
            let sides = h.at(k - 1, k - 1).abs1() + h.at(k, k).abs1();
            if h.at(k, k - 1).abs1() <= (EPS * sides).max(f64::MIN_POSITIVE) {
                h.set(k, k - 1, C::default());
                l = k;
                break;
            }
        }
        if l == i {
            end -= 1;
            since = 0;
            continue;
        }
        steps += 1;
        since += 1;
        if steps > 30 * n.max(10) {
            return None;
        }
        // the eigenvalue of the last 2x2 block that is closer to its corner
        let (a, b, c, d) = (h.at(i - 1, i - 1), h.at(i - 1, i), h.at(i, i - 1), h.at(i, i));
        let half = (a - d) * 0.5;
        let root = (half * half + b * c).sqrt();
        let denominator = if (half.conj() * root).re >= 0.0 {
            half + root
        } else {
            half - root
        };
        let mut shift = if denominator == C::default() {
            d
        } else {
            d - b * c / denominator
        };
        if since % 10 == 0 {
            shift = d + C::new(0.75 * c.norm(), 0.0);
        }
        for k in l..=i {
            let value = h.at(k, k) - shift;
            h.set(k, k, value);
        }
        let mut turns = Vec::with_capacity(i - l);
        for k in l..i {
            let (x, y) = (h.at(k, k), h.at(k + 1, k));
            let length = x.norm().hypot(y.norm());
            let (c, s) = if length == 0.0 {
                (C::new(1.0, 0.0), C::default())
            } else {
                (x / length, y / length)
            };
            for column in k..n {
                let (x, y) = (h.at(k, column), h.at(k + 1, column));
                h.set(k, column, c.conj() * x + s.conj() * y);
                h.set(k + 1, column, c * y - s * x);
            }
            turns.push((k, c, s));
        }
        for (k, c, s) in turns {
            for row in 0..=(k + 1) {
                let (x, y) = (h.at(row, k), h.at(row, k + 1));
                h.set(row, k, x * c + y * s);
                h.set(row, k + 1, y * c.conj() - x * s.conj());
            }
            for row in 0..n {
                let (x, y) = (z.at(row, k), z.at(row, k + 1));
                z.set(row, k, x * c + y * s);
                z.set(row, k + 1, y * c.conj() - x * s.conj());
            }
        }
        for k in l..=i {
            let value = h.at(k, k) + shift;
            h.set(k, k, value);
        }
    }
    Some(())
}
