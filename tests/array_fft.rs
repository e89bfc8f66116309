//! Transforms against their definition.

use gradshell::array::fft::{self, Normalization};
use gradshell::array::{Array, binary, ternary, unary};
use num_complex::Complex;

type C = Complex<f64>;

fn definition(x: &[C], inverse: bool) -> Vec<C> {
    let n = x.len();
    let turn = if inverse { 2.0 } else { -2.0 } * std::f64::consts::PI / n as f64;
    (0..n)
        .map(|k| {
            (0..n)
                .map(|j| x[j] * C::from_polar(1.0, turn * (j * k % n) as f64))
                .sum()
        })
        .collect()
}

fn signal(n: usize) -> Vec<C> {
    (0..n)
        .map(|i| C::new((i as f64 * 1.7).sin(), (i as f64 * 0.9 + 1.0).cos()))
        .collect()
}

#[test]
fn transforms_match_the_definition() {
    for n in [1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 16, 30, 49, 64, 97, 1009] {
        let x = signal(n);
        let array = Array::from_vec(&[n as i64], &x).unwrap();
        for inverse in [false, true] {
            let result = fft::c2c(&array, &[0], Normalization::None, !inverse).unwrap();
            for (got, want) in result.as_slice::<C>().unwrap().iter().zip(definition(&x, inverse)) {
                assert!(
                    (got - want).norm() < 1e-9 * n as f64,
                    "n = {n}: {got} instead of {want}"
                );
            }
        }
    }
}

#[test]
fn real_transforms_invert() {
    let x = Array::from_vec(&[2, 3, 5], &(0..30).map(|i| ((i * 7) % 11) as f64).collect::<Vec<_>>()).unwrap();
    let half = fft::r2c(&x, &[0, 2], Normalization::ByRootN, true).unwrap();
    assert_eq!(half.sizes(), &[2, 3, 3]);
    let back = fft::c2r(&half, &[0, 2], Normalization::ByRootN, 5).unwrap();
    let error = unary::abs(&binary::sub(&back, &x).unwrap()).unwrap();
    assert!(error.as_slice::<f64>().unwrap().iter().all(|&e| e < 1e-12));
    let full = fft::r2c(&x, &[2], Normalization::None, false).unwrap();
    let zero = Array::zeros(x.sizes(), x.dtype()).unwrap();
    let complex = ternary::complex(&x, &zero).unwrap();
    let direct = fft::c2c(&complex, &[2], Normalization::None, true).unwrap();
    for (a, b) in full
        .as_slice::<C>()
        .unwrap()
        .iter()
        .zip(direct.as_slice::<C>().unwrap())
    {
        assert!((a - b).norm() < 1e-12);
    }
}
