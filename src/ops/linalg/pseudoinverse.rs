//! Rank, pseudoinverse, and least squares by them.

use super::*;

pub static OPS: &[&Op] = &[&LINALG_PINV, &PINVERSE, &LINALG_MATRIX_RANK];

pub(crate) static LINALG_PINV: Op = Op {
    name: "linalg_pinv",
    aliases: &[],
    help: "The pseudoinverse.",
    example: "torch.linalg.pinv(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(pseudoinverse(
                &*a.array(0)?,
                tolerance(a, 1)?,
                tolerance(a, 2)?,
                a.bool(3)?
            )?),
            Derivative::Node(
                "LinalgPinvBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "self, result",
                        by: By::Formula(|b| pinv_gradient(b.grad()?, &b.result(0)?, &b.tensor(0)?))
                    },
                    Grad {
                        inputs: "atol",
                        uses: "",
                        by: By::NotDifferentiable
                    },
                    Grad {
                        inputs: "rtol",
                        uses: "",
                        by: By::NotDifferentiable
                    }
                ]
            )
        ),
        Overload::new(
            "linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(LINALG_PINV.overloads[0].call_one(args![
                a.tensor(0)?,
                number_of(a, 1)?,
                number_of(a, 2)?,
                a.bool(3)?
            ])?),
            Derivative::Composite
        ),
        Overload::new(
            "linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(LINALG_PINV.overloads[0].call_one(args![
                a.tensor(0)?,
                number(Scalar::Float(0.0))?,
                number_of(a, 1)?,
                a.bool(2)?
            ])?),
            Derivative::Composite
        ),
        Overload::new(
            "linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(LINALG_PINV.overloads[0].call_one(args![
                a.tensor(0)?,
                number(Scalar::Float(0.0))?,
                a.tensor(1)?,
                a.bool(2)?
            ])?),
            Derivative::Composite
        )
    ],
};

pub(crate) static PINVERSE: Op = Op {
    name: "pinverse",
    aliases: &[],
    help: "The pseudoinverse.",
    example: "torch.pinverse(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "pinverse(Tensor self, float rcond=1e-15) -> Tensor",
        FUNCTION | METHOD,
        |a| one(LINALG_PINV.overloads[0].call_one(args![
            a.tensor(0)?,
            number(Scalar::Float(0.0))?,
            number_of(a, 1)?,
            false
        ])?),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_MATRIX_RANK: Op = Op {
    name: "linalg_matrix_rank",
    aliases: &[],
    help: "The number of singular values above a tolerance.",
    example: "torch.linalg.matrix_rank(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(rank(&*a.array(0)?, tolerance(a, 1)?, tolerance(a, 2)?, a.bool(3)?)?),
            Derivative::NotDifferentiable
        ),
        Overload::new(
            "linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(rank(&*a.array(0)?, tolerance(a, 1)?, tolerance(a, 2)?, a.bool(3)?)?),
            Derivative::NotDifferentiable
        ),
        Overload::new(
            "linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(rank(&*a.array(0)?, tolerance(a, 1)?, Some(vec![0.0]), a.bool(2)?)?),
            Derivative::NotDifferentiable
        ),
        Overload::new(
            "linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(rank(&*a.array(0)?, tolerance(a, 1)?, Some(vec![0.0]), a.bool(2)?)?),
            Derivative::NotDifferentiable
        )
    ],
};

/// A tolerance given as a number or a tensor, one a matrix.
fn tolerance(a: &Args, at: usize) -> Result<Option<Vec<f64>>> {
    match a.get(at) {
        Arg::Tensor(tensor) => Ok(Some(
            copy::elements(&tensor.array()).iter().map(|x| x.to_f64()).collect(),
        )),
        Arg::None => Ok(None),
        _ => Ok(Some(vec![a.float(at)?])),
    }
}

/// A float argument as a 0-d tensor, None as it is.
fn number_of(a: &Args, at: usize) -> Result<Arg> {
    match a.optional_float(at) {
        Some(value) => Ok(Arg::Tensor(
            copy::full(&[], Scalar::Float(value), Dtype::Float64)?.into(),
        )),
        None => Ok(Arg::None),
    }
}

pub(super) fn epsilon(dtype: Dtype) -> f64 {
    match dtype.to_real() {
        Dtype::Float64 => f64::EPSILON,
        _ => f64::from(f32::EPSILON),
    }
}

/// Singular values (or absolute eigenvalues) of each matrix with the bound below which they count as zero.
fn bounds(
    largest: f64,
    at: usize,
    sizes: (usize, usize),
    dtype: Dtype,
    atol: &Option<Vec<f64>>,
    rtol: &Option<Vec<f64>>,
) -> f64 {
    let pick = |list: &Option<Vec<f64>>| list.as_ref().and_then(|list| list.get(at).or(list.first()).copied());
    let absolute = pick(atol).unwrap_or(0.0);
    let relative = match pick(rtol) {
        Some(relative) => relative,
        None if absolute > 0.0 => 0.0,
        None => sizes.0.max(sizes.1) as f64 * epsilon(dtype),
    };
    absolute.max(relative * largest)
}

fn rank(array: &Array, atol: Option<Vec<f64>>, rtol: Option<Vec<f64>>, hermitian: bool) -> Result<Array> {
    check_matrices(array, "torch.linalg.matrix_rank").or_else(|_| {
        error::runtime("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    })?;
    if hermitian {
        check_square(array, "linalg.eigh", "A")?;
    } else {
        check_floating(array, "linalg.svd")?;
    }
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let mut ranks: Vec<Vec<i64>> = Vec::new();
    for_field!(dtype, T => {
        for (at, matrix) in matrices::<T>(array)?.into_iter().enumerate() {
            let values: Vec<f64> = if hermitian {
                symmetric::eigen(&matrix).map(|(values, _)| values.iter().map(|x| x.abs()).collect()).unwrap_or_default()
            } else {
                svd::decompose(&matrix, false).map(|parts| parts.s).unwrap_or_default()
            };
            let largest = values.iter().copied().fold(0.0, f64::max);
            let bound = bounds(largest, at, (matrix.rows, matrix.columns), dtype, &atol, &rtol);
            // rounded as the dtype stores them
            let stored = |x: f64| if dtype.to_real() == Dtype::Float64 { x } else { f64::from(x as f32) };
            ranks.push(vec![values.iter().filter(|x| stored(**x) > stored(bound)).count() as i64]);
        }
    });
    assemble(&batch, &[], ranks, Dtype::Int64)
}

fn pseudoinverse(array: &Array, atol: Option<Vec<f64>>, rtol: Option<Vec<f64>>, hermitian: bool) -> Result<Array> {
    if array.dim() < 2 || !array.dtype().is_differentiable() {
        return error::runtime(format!(
            "linalg.pinv({}{{{}}}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types",
            array.dtype().scalar_type(),
            format_sizes(array.sizes())
        ));
    }
    if hermitian {
        check_square(array, "linalg.pinv", "A")?;
    }
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let (rows, columns) = shape_of(array);
    for_field!(dtype, T => {
        let mut parts = Vec::new();
        for (at, matrix) in matrices::<T>(array)?.into_iter().enumerate() {
            let matrix = if hermitian {
                let mut mirrored = matrix.clone();
                for r in 0..rows {
                    for c in r + 1..columns {
                        mirrored.set(r, c, matrix.at(c, r).conj());
                    }
                }
                mirrored
            } else {
                matrix
            };
            let Some(found) = svd::decompose(&matrix, false) else {
                return linalg_error("linalg.svd: The algorithm failed to converge.".into());
            };
            let largest = found.s.first().copied().unwrap_or(0.0);
            let bound = bounds(largest, at, (rows, columns), dtype, &atol, &rtol);
            let mut v = found.vh.adjoint();
            for c in 0..v.columns {
                let s = found.s.get(c).copied().unwrap_or(0.0);
                let factor = if s > bound { 1.0 / s } else { 0.0 };
                for r in 0..v.rows {
                    let value = v.at(r, c).scale(factor);
                    v.set(r, c, value);
                }
            }
            parts.push(v.times(&found.u.adjoint()).data);
        }
        assemble(&batch, &[columns, rows], parts, dtype)
    })
}

pub(super) fn pinv_gradient(grad: &Tensor, pinv: &Tensor, a: &Tensor) -> Result<Tensor> {
    let (pinv_h, grad_h) = (adjoint(pinv)?, adjoint(grad)?);
    let sizes = a.sizes();
    let (m, n) = match sizes[..] {
        [.., m, n] => (m, n),
        _ => (0, 0),
    };
    if m <= n {
        let k = matmul(&grad_h, pinv)?;
        let k_pinv_h = matmul(&k, &pinv_h)?;
        let first = neg(adjoint(&matmul(pinv, &k)?)?)?;
        let second = sub(&k_pinv_h, &matmul(&matmul(a, pinv)?, &k_pinv_h)?)?;
        let projected = sub(&grad_h, &matmul(&grad_h, &matmul(pinv, a)?)?)?;
        let third = matmul(&matmul(&pinv_h, pinv)?, &projected)?;
        add(&add(&first, &second)?, &third)
    } else {
        let k = matmul(pinv, &grad_h)?;
        let pinv_h_k = matmul(&pinv_h, &k)?;
        let first = neg(adjoint(&matmul(&k, pinv)?)?)?;
        let projected = sub(&grad_h, &matmul(a, &matmul(pinv, &grad_h)?)?)?;
        let second = matmul(&projected, &matmul(pinv, &pinv_h)?)?;
        let third = sub(&pinv_h_k, &matmul(&matmul(&pinv_h_k, pinv)?, a)?)?;
        add(&add(&first, &second)?, &third)
    }
}
