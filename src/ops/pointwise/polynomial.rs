//! Orthogonal polynomials: `torch.special.legendre_polynomial_p` and its kin.

use crate::array::polynomial;
use crate::ops::Op;
use crate::ops::op::*;
use crate::overloads;

/// Entries for functions of `array::polynomial`: tensors or numbers for both arguments, no derivative.
macro_rules! polynomials {
    ($($op:ident = $name:ident, $help:literal;)*) => {
        pub static OPS: &[&Op] = &[$(&$op),*];
        $(pub(crate) static $op: Op = Op {
            name: concat!("special_", stringify!($name)),
            aliases: &[],
            help: $help,
            example: concat!("torch.special.", stringify!($name), "(torch.tensor([0.5, 2.0]), 3)"),
            overloads: overloads![
                Overload::new(
                    concat!("special_", stringify!($name), "(Tensor x, Tensor n) -> Tensor"),
                    FUNCTION | OUT,
                    |a| a.binary(|x, n| polynomial::$name(x, n)),
                    Derivative::NotDifferentiable,
                ),
                Overload::new(
                    concat!("special_", stringify!($name), ".x_scalar(Scalar x, Tensor n) -> Tensor"),
                    FUNCTION | OUT,
                    |a| a.binary(|x, n| polynomial::$name(x, n)),
                    Derivative::NotDifferentiable,
                ),
                Overload::new(
                    concat!("special_", stringify!($name), ".n_scalar(Tensor x, Scalar n) -> Tensor"),
                    FUNCTION | OUT,
                    |a| a.binary(|x, n| polynomial::$name(x, n)),
                    Derivative::NotDifferentiable,
                ),
            ],
        };)*
    };
}

polynomials! {
    CHEBYSHEV_POLYNOMIAL_T = chebyshev_polynomial_t, "Chebyshev polynomial of the first kind, of degree n at x.";
    CHEBYSHEV_POLYNOMIAL_U = chebyshev_polynomial_u, "Chebyshev polynomial of the second kind, of degree n at x.";
    CHEBYSHEV_POLYNOMIAL_V = chebyshev_polynomial_v, "Chebyshev polynomial of the third kind, of degree n at x.";
    CHEBYSHEV_POLYNOMIAL_W = chebyshev_polynomial_w, "Chebyshev polynomial of the fourth kind, of degree n at x.";
    SHIFTED_CHEBYSHEV_POLYNOMIAL_T = shifted_chebyshev_polynomial_t, "Shifted Chebyshev polynomial of the first kind, of degree n at x in [0, 1].";
    SHIFTED_CHEBYSHEV_POLYNOMIAL_U = shifted_chebyshev_polynomial_u, "Shifted Chebyshev polynomial of the second kind, of degree n at x in [0, 1].";
    SHIFTED_CHEBYSHEV_POLYNOMIAL_V = shifted_chebyshev_polynomial_v, "Shifted Chebyshev polynomial of the third kind, of degree n at x in [0, 1].";
    SHIFTED_CHEBYSHEV_POLYNOMIAL_W = shifted_chebyshev_polynomial_w, "Shifted Chebyshev polynomial of the fourth kind, of degree n at x in [0, 1].";
    HERMITE_POLYNOMIAL_H = hermite_polynomial_h, "The physicists' Hermite polynomial of degree n at x.";
    HERMITE_POLYNOMIAL_HE = hermite_polynomial_he, "The probabilists' Hermite polynomial of degree n at x.";
    LAGUERRE_POLYNOMIAL_L = laguerre_polynomial_l, "Laguerre polynomial of degree n at x.";
    LEGENDRE_POLYNOMIAL_P = legendre_polynomial_p, "Legendre polynomial of degree n at x.";
}
