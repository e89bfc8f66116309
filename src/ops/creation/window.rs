//! Window functions. A periodic window is the symmetric one of one more point, without its last.

use super::factory::dtype_or_default;
use crate::array::{Array, Result, copy, error, unary};
use crate::ops::op::*;
use crate::ops::{Args, Outs, one};
use crate::{factory, overloads};

pub static OPS: &[&Op] = &[&BARTLETT, &BLACKMAN, &HANN, &HAMMING, &KAISER];

/// A window of the length at position 0; `shape` gives the value at point n of so many intervals.
fn window(a: &Args, name: &str, periodic: bool, dtype_at: usize, shape: impl Fn(f64, f64) -> f64) -> Result<Outs> {
    let length = a.int(0)?;
    let dtype = dtype_or_default(a, dtype_at);
    if !dtype.is_floating_point() && !dtype.is_complex() {
        return error::runtime(format!(
            "{name}_window expects floating point dtypes, got: TensorOptions(dtype={}, device=cpu, layout=Strided, requires_grad=false (default), pinned_memory=false (default), memory_format=(nullopt))",
            crate::array::matmul::cpp_name(dtype)
        ));
    }
    if length < 0 {
        return error::runtime(format!(
            "{name}_window requires non-negative window_length, got window_length={length}"
        ));
    }
    let points: Vec<f64> = match length {
        0 => Vec::new(),
        1 => vec![1.0],
        _ => {
            let intervals = if periodic { length } else { length - 1 } as f64;
            (0..length).map(|n| shape(n as f64, intervals)).collect()
        }
    };
    one(copy::cast(&Array::from_vec(&[length], &points)?, dtype)?)
}

fn cosine(n: f64, intervals: f64, times: f64) -> f64 {
    (2.0 * std::f64::consts::PI * times * n / intervals).cos()
}

fn bartlett(n: f64, intervals: f64) -> f64 {
    let x = 2.0 * n / intervals;
    if x <= 1.0 { x } else { 2.0 - x }
}

fn blackman(n: f64, intervals: f64) -> f64 {
    0.42 - 0.5 * cosine(n, intervals, 1.0) + 0.08 * cosine(n, intervals, 2.0)
}

/// The modified Bessel function of order 0.
fn bessel_i0(x: f64) -> f64 {
    let value = Array::from_element(x)
        .and_then(|x| unary::i0(&x))
        .and_then(|y| copy::item(&y));
    value.map_or(f64::NAN, |value| value.to_f64())
}

fn kaiser(beta: f64) -> impl Fn(f64, f64) -> f64 {
    move |n, intervals| {
        let x = 2.0 * n / intervals - 1.0;
        bessel_i0(beta * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(beta)
    }
}

pub(crate) static BARTLETT: Op = Op {
    name: "bartlett_window",
    aliases: &[],
    help: "The triangular window of Bartlett.",
    example: "torch.bartlett_window(5)",
    overloads: overloads![
        Overload::new(
            factory!("bartlett_window(int window_length"),
            FUNCTION | FACTORY,
            |a| window(a, "bartlett", true, 1, bartlett),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("bartlett_window.periodic(int window_length, bool periodic"),
            FUNCTION | FACTORY,
            |a| window(a, "bartlett", a.bool(1)?, 2, bartlett),
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static BLACKMAN: Op = Op {
    name: "blackman_window",
    aliases: &[],
    help: "The window of Blackman.",
    example: "torch.blackman_window(5)",
    overloads: overloads![
        Overload::new(
            factory!("blackman_window(int window_length"),
            FUNCTION | FACTORY,
            |a| window(a, "blackman", true, 1, blackman),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("blackman_window.periodic(int window_length, bool periodic"),
            FUNCTION | FACTORY,
            |a| window(a, "blackman", a.bool(1)?, 2, blackman),
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static HANN: Op = Op {
    name: "hann_window",
    aliases: &[],
    help: "The raised cosine window of Hann.",
    example: "torch.hann_window(5)",
    overloads: overloads![
        Overload::new(
            factory!("hann_window(int window_length"),
            FUNCTION | FACTORY,
            |a| window(a, "hann", true, 1, |n, intervals| 0.5 - 0.5 * cosine(n, intervals, 1.0)),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("hann_window.periodic(int window_length, bool periodic"),
            FUNCTION | FACTORY,
            |a| window(a, "hann", a.bool(1)?, 2, |n, intervals| 0.5
                - 0.5 * cosine(n, intervals, 1.0)),
            Derivative::NotDifferentiable,
        ),
    ],
};

fn hamming(alpha: f64, beta: f64) -> impl Fn(f64, f64) -> f64 {
    move |n, intervals| alpha - beta * cosine(n, intervals, 1.0)
}

pub(crate) static HAMMING: Op = Op {
    name: "hamming_window",
    aliases: &[],
    help: "The raised cosine window of Hamming.",
    example: "torch.hamming_window(5)",
    overloads: overloads![
        Overload::new(
            factory!("hamming_window(int window_length"),
            FUNCTION | FACTORY,
            |a| window(a, "hamming", true, 1, hamming(0.54, 0.46)),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("hamming_window.periodic(int window_length, bool periodic"),
            FUNCTION | FACTORY,
            |a| window(a, "hamming", a.bool(1)?, 2, hamming(0.54, 0.46)),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("hamming_window.periodic_alpha(int window_length, bool periodic, float alpha"),
            FUNCTION | FACTORY,
            |a| window(a, "hamming", a.bool(1)?, 3, hamming(a.float(2)?, 0.46)),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("hamming_window.periodic_alpha_beta(int window_length, bool periodic, float alpha, float beta"),
            FUNCTION | FACTORY,
            |a| window(a, "hamming", a.bool(1)?, 4, hamming(a.float(2)?, a.float(3)?)),
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static KAISER: Op = Op {
    name: "kaiser_window",
    aliases: &[],
    help: "The window of Kaiser.",
    example: "torch.kaiser_window(5)",
    overloads: overloads![
        Overload::new(
            factory!("kaiser_window(int window_length"),
            FUNCTION | FACTORY,
            |a| window(a, "kaiser", true, 1, kaiser(12.0)),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("kaiser_window.periodic(int window_length, bool periodic"),
            FUNCTION | FACTORY,
            |a| window(a, "kaiser", a.bool(1)?, 2, kaiser(12.0)),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("kaiser_window.beta(int window_length, bool periodic, float beta"),
            FUNCTION | FACTORY,
            |a| window(a, "kaiser", a.bool(1)?, 3, kaiser(a.float(2)?)),
            Derivative::NotDifferentiable,
        ),
    ],
};
