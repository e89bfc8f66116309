//! Determinants, and their signs and logarithms.

use super::lu_factor::with_factors;
use super::*;

pub static OPS: &[&Op] = &[
    &DET_EX,
    &LINALG_DET,
    &DET,
    &SLOGDET_EX,
    &LINALG_SLOGDET,
    &SLOGDET,
    &LOGDET,
];

pub(crate) static DET_EX: Op = Op {
    name: "_linalg_det",
    aliases: &[],
    help: "The determinant and the LU factors it came from.",
    example: "torch.linalg.det(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)",
            0,
            |a| determinant(&*a.array(0)?),
            Derivative::Node(
                "LinalgDetBackward0",
                &[Grad {
                    inputs: "A",
                    uses: "A, result",
                    by: By::Formula(|b| {
                        let (matrix, det) = (b.tensor(0)?, b.result(0)?);
                        solve_diagonal(&matrix, &mul(b.grad()?, conj(&det)?)?)
                    })
                }]
            )
        )
        .outputs(0b001)
    ],
};

pub(crate) static LINALG_DET: Op = Op {
    name: "linalg_det",
    aliases: &[],
    help: "The determinant of a square matrix, or of each of a batch.",
    example: "torch.linalg.det(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_det(Tensor A) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| first(&DET_EX, args![a.tensor(0)?]),
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static DET: Op = Op {
    name: "det",
    aliases: &[],
    help: "The determinant of a square matrix, or of each of a batch.",
    example: "torch.det(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "det(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| first(&DET_EX, args![a.tensor(0)?]),
        Derivative::Composite
    )],
};

pub(crate) static SLOGDET_EX: Op = Op {
    name: "_linalg_slogdet",
    aliases: &[],
    help: "Sign and logarithm of the absolute value of the determinant, with the LU factors.",
    example: "torch.linalg.slogdet(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)",
            0,
            |a| log_determinant(&*a.array(0)?),
            Derivative::Node(
                "LinalgSlogdetBackward0",
                &[Grad {
                    inputs: "A",
                    uses: "A, result0",
                    by: By::Joint(slogdet_gradient)
                }]
            )
        )
        .outputs(0b0011)
    ],
};

pub(crate) static LINALG_SLOGDET: Op = Op {
    name: "linalg_slogdet",
    aliases: &[],
    help: "Sign and logarithm of the absolute value of the determinant.",
    example: "torch.linalg.slogdet(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)",
            FUNCTION | OUT | NAMESPACED,
            |a| several(&SLOGDET_EX, args![a.tensor(0)?], 2),
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static SLOGDET: Op = Op {
    name: "slogdet",
    aliases: &[],
    help: "Sign and logarithm of the absolute value of the determinant.",
    example: "torch.slogdet(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)",
        FUNCTION | METHOD,
        |a| several(&SLOGDET_EX, args![a.tensor(0)?], 2),
        Derivative::Composite
    )],
};

pub(crate) static LOGDET: Op = Op {
    name: "logdet",
    aliases: &[],
    help: "The logarithm of the determinant; nan where it is negative.",
    example: "torch.logdet(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "logdet(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| {
            let this = a.tensor(0)?;
            check_square(&this.array(), "logdet", "A")?;
            let parts = SLOGDET_EX.overloads[0].call(args![this])?;
            let (Some(Arg::Tensor(sign)), Some(Arg::Tensor(log))) = (parts.first(), parts.get(1)) else {
                return error::runtime("slogdet gives two tensors");
            };
            if sign.dtype().is_complex() {
                return one(add(&call("log", 0, args![sign])?, log)?);
            }
            let negative = eq(sign, Scalar::Float(-1.0))?;
            let nan = scalar_like(f64::NAN, log)?;
            one(where_(&negative, &nan, log)?)
        },
        Derivative::Composite
    )],
};

fn determinant(array: &Array) -> Result<Outs> {
    check_square(array, "linalg.det", "A")?;
    check_floating(array, "linalg.det")?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    for_field!(dtype, T => {
        let parts: Vec<_> = matrices::<T>(array)?.into_iter().map(|matrix| lu::factor(matrix, true)).collect();
        let dets = parts.iter().map(|part| {
            let swaps = part.pivots.iter().zip(1..).filter(|(pivot, at)| **pivot != *at).count();
            let product = (0..part.factors.rows).fold(T::real(1.0), |product, i| product * part.factors.at(i, i));
            vec![if swaps % 2 == 1 { -product } else { product }]
        });
        let det = assemble(&batch, &[], dets, dtype)?;
        with_factors(smallvec::smallvec![det.into()], &batch, parts, dtype)
    })
}

fn log_determinant(array: &Array) -> Result<Outs> {
    check_square(array, "linalg.slogdet", "A")?;
    check_floating(array, "linalg.slogdet")?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    for_field!(dtype, T => {
        let parts: Vec<_> = matrices::<T>(array)?.into_iter().map(|matrix| lu::factor(matrix, true)).collect();
        let (mut signs, mut logs) = (Vec::new(), Vec::new());
        for part in &parts {
            let swaps = part.pivots.iter().zip(1..).filter(|(pivot, at)| **pivot != *at).count();
            let (mut sign, mut log) = (T::real(if swaps % 2 == 1 { -1.0 } else { 1.0 }), 0.0);
            for i in 0..part.factors.rows {
                let size = Field::abs(part.factors.at(i, i));
                log += size.ln();
                sign = if size == 0.0 { T::default() } else { sign * part.factors.at(i, i).scale(1.0 / size) };
            }
            signs.push(vec![sign]);
            logs.push(vec![log]);
        }
        let sign = assemble(&batch, &[], signs, dtype)?;
        let log = assemble(&batch, &[], logs, dtype.to_real())?;
        with_factors(smallvec::smallvec![sign.into(), log.into()], &batch, parts, dtype)
    })
}

/// The solution of A^H X = d I.
fn solve_diagonal(matrix: &Tensor, d: &Tensor) -> Result<Tensor> {
    let n = matrix.sizes().last().copied().unwrap_or(0);
    let mut sizes = d.sizes();
    sizes.push(n);
    let right = diag_embed(&expand(&unsqueeze(d, -1)?, &sizes)?, 0, -2, -1)?;
    call("linalg_solve", 0, args![adjoint(matrix)?, right, true])
}

fn slogdet_gradient(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (matrix, sign) = (b.tensor(0)?, b.result(0)?);
    if !sign.dtype().is_complex() {
        // a real sign is constant
        let grad = b.grad_of(1).map(|grad| solve_diagonal(&matrix, grad)).transpose()?;
        return Ok(vec![grad]);
    }
    let log = b.grad_or_zeros(1)?;
    let turn = call("imag", 0, args![mul(conj(&b.grad_or_zeros(0)?)?, &sign)?])?;
    Ok(vec![Some(solve_diagonal(
        &matrix,
        &call("complex", 0, args![log, neg(turn)?])?,
    )?)])
}
