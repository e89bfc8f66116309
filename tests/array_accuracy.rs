//! Accuracy of the elementary functions over dense sweeps. float32 results are compared with the double precision
//! function rounded once, float64 results with the system's library.

use gradshell::array::{Array, Result, unary};

const COUNT: usize = 200_000;

/// Evenly spaced numbers from `low` to `high`, or evenly spaced exponents of two.
fn sweep(low: f64, high: f64, exponents: bool) -> Vec<f64> {
    (0..COUNT)
        .map(|i| {
            let t = low + (high - low) * i as f64 / (COUNT - 1) as f64;
            if exponents { t.exp2() } else { t }
        })
        .collect()
}

type Function = fn(&Array) -> Result<Array>;

/// Name, function, reference, range, whether the range is of exponents.
type Row = (&'static str, Function, fn(f64) -> f64, f64, f64, bool);

const ROWS: &[Row] = &[
    ("exp", unary::exp, f64::exp, -104.0, 89.0, false),
    ("exp2", unary::exp2, f64::exp2, -149.0, 128.0, false),
    ("expm1", unary::expm1, f64::exp_m1, -20.0, 88.0, false),
    ("expm1 near 0", unary::expm1, f64::exp_m1, -40.0, 0.0, true),
    ("log", unary::log, f64::ln, -149.0, 127.0, true),
    ("log near 1", unary::log, f64::ln, 0.9, 1.1, false),
    ("log2", unary::log2, f64::log2, -149.0, 127.0, true),
    ("log10", unary::log10, f64::log10, -149.0, 127.0, true),
    ("log1p", unary::log1p, f64::ln_1p, -0.99, 10.0, false),
    ("log1p near 0", unary::log1p, f64::ln_1p, -60.0, 0.0, true),
    ("tanh", unary::tanh, f64::tanh, -12.0, 12.0, false),
    ("tanh near 0", unary::tanh, f64::tanh, -60.0, 0.0, true),
    ("sin", unary::sin, f64::sin, -1000.0, 1000.0, false),
    ("sin large", unary::sin, f64::sin, 10.0, 120.0, true),
    ("cos", unary::cos, f64::cos, -1000.0, 1000.0, false),
    ("tan", unary::tan, f64::tan, -10.0, 10.0, false),
    ("asin", unary::asin, f64::asin, -1.0, 1.0, false),
    ("acos", unary::acos, f64::acos, -1.0, 1.0, false),
    ("atan", unary::atan, f64::atan, -50.0, 50.0, false),
    ("sinh", unary::sinh, f64::sinh, -80.0, 80.0, false),
    ("cosh", unary::cosh, f64::cosh, -88.0, 88.0, false),
    ("asinh", unary::asinh, f64::asinh, -60.0, 60.0, true),
    ("acosh", unary::acosh, f64::acosh, 0.0, 60.0, true),
    ("atanh", unary::atanh, f64::atanh, -0.999, 0.999, false),
    ("sqrt", unary::sqrt, f64::sqrt, -149.0, 127.0, true),
    ("erf", unary::erf, libm::erf, -4.0, 4.0, false),
    ("erfc", unary::erfc, libm::erfc, -4.0, 9.0, false),
    ("lgamma", unary::lgamma, libm::lgamma, 0.01, 30.0, false),
];

#[test]
fn float32_functions_round_right() {
    for &(name, function, reference, low, high, exponents) in ROWS {
        let inputs: Vec<f32> = sweep(low, high, exponents).into_iter().map(|x| x as f32).collect();
        let result = function(&Array::from_vec(&[COUNT as i64], &inputs).unwrap()).unwrap();
        let mut wrong = 0;
        for (&x, &got) in inputs.iter().zip(result.as_slice::<f32>().unwrap()) {
            let exact = reference(x as f64);
            let rounded = exact as f32;
            if got == rounded || (got.is_nan() && rounded.is_nan()) {
                continue;
            }
            wrong += 1;
            let ulp = (got as f64 - exact).abs() / (rounded.abs().next_up() as f64 - rounded.abs() as f64);
            assert!(ulp <= 1.0, "{name}({x:e}) = {got:e}, exactly {exact:e}: {ulp} ulp");
        }
        assert!(
            wrong * 1000 < COUNT,
            "{name}: {wrong} of {COUNT} not rounded to nearest"
        );
    }
}

#[test]
fn float64_functions_are_within_two_ulp_of_the_library() {
    for &(name, function, reference, low, high, exponents) in ROWS {
        // std's own inverse hyperbolic functions are no reference: they lose digits near 0 and 1.
        if name.ends_with('h') && name.starts_with('a') {
            continue;
        }
        let inputs = sweep(low, high, exponents);
        let result = function(&Array::from_vec(&[COUNT as i64], &inputs).unwrap()).unwrap();
        for (&x, &got) in inputs.iter().zip(result.as_slice::<f64>().unwrap()) {
            let exact = reference(x);
            let ulp = (got - exact).abs() / (exact.abs().next_up() - exact.abs());
            assert!(
                got == exact || ulp <= 2.0,
                "{name}({x:e}) = {got:e}, library {exact:e}: {ulp} ulp"
            );
        }
    }
}

#[test]
fn sigmoid_saturates_as_pytorchs() {
    let x = Array::from_vec(&[3], &[-100.0f32, 0.0, 100.0]).unwrap();
    let y = unary::sigmoid(&x).unwrap();
    assert_eq!(y.as_slice::<f32>().unwrap(), &[0.0, 0.5, 1.0]);
}
