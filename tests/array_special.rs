//! Special functions beside PyTorch 2.15's float64 values.

use gradshell::array::{Array, Result, polynomial, unary};

fn check(name: &str, result: Result<Array>, expected: &[f64], tolerance: f64) {
    let result = result.unwrap();
    for (&got, &want) in result.as_slice::<f64>().unwrap().iter().zip(expected) {
        let close = got == want || (got - want).abs() <= tolerance * want.abs();
        assert!(close, "{name}: {got} instead of {want}");
    }
}

type Row = (&'static str, fn(&Array) -> Result<Array>, [f64; 8]);

#[test]
#[rustfmt::skip]
fn bessel_functions() {
    let x = Array::from_vec(&[8], &[0.1, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 30.0]).unwrap();
    let rows: &[Row] = &[
        ("modified_bessel_k0", unary::modified_bessel_k0, [2.4270690247, 0.924419071228, 0.421024438241, 0.11389387275, 0.0623475532004, 0.00369109833404, 1.77800623162e-05, 2.13247749646e-14]),
        ("modified_bessel_k1", unary::modified_bessel_k1, [9.85384478087, 1.65644112, 0.601907230197, 0.139865881817, 0.0738908163477, 0.00404461344545, 1.86487734538e-05, 2.16773200189e-14]),
        ("scaled_modified_bessel_k0", unary::scaled_modified_bessel_k0, [2.68232610226, 1.52410938577, 1.14446307981, 0.841568215071, 0.759548690328, 0.547807564314, 0.391631934437, 0.227886665616]),
        ("scaled_modified_bessel_k1", unary::scaled_modified_bessel_k1, [10.890182683, 2.73100970821, 1.63615348626, 1.03347684707, 0.900174423908, 0.600273858788, 0.410766570596, 0.231654129378]),
        ("modified_bessel_i1", unary::modified_bessel_i1, [0.0500625260471, 0.257894305391, 0.565159103992, 1.59063685464, 2.51671624529, 24.3356421425, 2670.9883037, 768532038939.0]),
        ("spherical_bessel_j0", unary::spherical_bessel_j0, [0.998334166468, 0.958851077208, 0.841470984808, 0.454648713413, 0.239388857642, -0.191784854933, -0.0544021110889, -0.0329343874698]),
        ("airy_ai", unary::airy_ai, [0.329203129944, 0.231693606481, 0.135292416313, 0.0349241304233, 0.0157259233805, 0.000108344428136, 1.10475325529e-10, 3.20821759155e-49]),
    ];
    for (name, function, expected) in rows {
        check(name, function(&x), expected, 1e-11);
    }
    let below = Array::from_vec(&[7], &[-20.0, -9.0, -7.5, -5.0, -2.0, -0.5, 2.2]).unwrap();
    let expected = [-0.176406127078, -0.0221337215473, 0.321775716381, 0.350761009024, 0.227407428202, 0.475728091611, 0.0256104044218];
    check("airy_ai below 0", unary::airy_ai(&below), &expected, 1e-9);
}

#[test]
#[rustfmt::skip]
fn polynomials() {
    let x = Array::from_vec(&[6], &[-1.0, -0.3, 0.0, 0.7, 1.0, 1.5]).unwrap();
    type Polynomial = fn(&Array, i64) -> Result<Array>;
    let rows: &[(&str, Polynomial, i64, [f64; 6])] = &[
        ("t", |x, n| polynomial::chebyshev_polynomial_t(x, n), 10, [1.0, 0.995522509, -1.0, -0.0998400512, 1.0, 7563.5]),
        ("u", |x, n| polynomial::chebyshev_polynomial_u(x, n), 10, [11.0, 1.02524918, -1.0, 0.875458458, 11.0, 17711.0]),
        ("v", |x, n| polynomial::chebyshev_polynomial_v(x, n), 10, [21.0, 1.12433807, -1.0, -0.517825126, 1.0, 10946.0]),
        ("w", |x, n| polynomial::chebyshev_polynomial_w(x, n), 10, [1.0, 0.926160282, -1.0, 2.26874204, 21.0, 24476.0]),
        ("shifted t", |x, n| polynomial::shifted_chebyshev_polynomial_t(x, n), 3, [-99.0, -11.584, -1.0, -0.944, 1.0, 26.0]),
        ("hermite h", |x, n| polynomial::hermite_polynomial_h(x, n), 10, [8224.0, -6173.85249, -30240.0, 38802.826, 8224.0, -85401.0]),
        ("hermite he", |x, n| polynomial::hermite_polynomial_he(x, n), 10, [1216.0, -544.808677, -945.0, 685.487957, 1216.0, -180.166992]),
        ("laguerre", |x, n| polynomial::laguerre_polynomial_l(x, n), 10, [64.6666201, 6.64119591, 1.0, -0.05465529, 0.418945933, 0.418017774]),
        ("legendre", |x, n| polynomial::legendre_polynomial_p(x, n), 10, [1.0, 0.25147635, -0.24609375, 0.0858057955, 1.0, 2897.28153]),
        ("negative degree", |x, n| polynomial::legendre_polynomial_p(x, n), -1, [0.0; 6]),
    ];
    for (name, function, n, expected) in rows {
        check(name, function(&x, *n), expected, 1e-8);
    }
}
