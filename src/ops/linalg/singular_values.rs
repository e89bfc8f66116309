//! Singular values, and condition numbers made of them.

use super::*;

pub static OPS: &[&Op] = &[&SVD_EX, &LINALG_SVD, &SVD, &LINALG_SVDVALS, &LINALG_COND];

pub(crate) static SVD_EX: Op = Op {
    name: "_linalg_svd",
    aliases: &[],
    help: "Singular values and vectors.",
    example: "torch.linalg.svd(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
        0,
        |a| decomposed(&*a.array(0)?, a.bool(1)?, a.bool(2)?),
        Derivative::Node(
            "LinalgSvdBackward0",
            &[Grad {
                inputs: "A",
                uses: "A, full_matrices, result0, result1, result2",
                by: By::Formula(svd_gradient)
            }]
        )
    )],
};

pub(crate) static LINALG_SVD: Op = Op {
    name: "linalg_svd",
    aliases: &[],
    help: "The decomposition A = U diag(S) Vh.",
    example: "torch.linalg.svd(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                check_driver(a.optional_str(2))?;
                SVD_EX.overloads[0].call(args![a.tensor(0)?, a.bool(1)?, true, Arg::None])
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static SVD: Op = Op {
    name: "svd",
    aliases: &[],
    help: "The decomposition A = U diag(S) V^H.",
    example: "torch.svd(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)",
            FUNCTION | METHOD | OUT,
            |a| {
                let this = a.tensor(0)?;
                if this.dim() < 2 {
                    return error::runtime(format!(
                        "linalg.svd: input should have at least 2 dimensions, but has {} dimensions instead",
                        this.dim()
                    ));
                }
                if !a.bool(2)? {
                    let sizes = this.sizes();
                    let values = first_of(SVD_EX.overloads[0].call(args![this, false, true, Arg::None])?, 1)?;
                    let (mut u, mut v) = (sizes.clone(), sizes);
                    let n = u.len();
                    let (rows, columns) = shape_of(&this.array());
                    if let (Some(u), Some(v)) = (u.get_mut(n - 1), v.get_mut(n - 2)) {
                        *u = rows as i64;
                        *v = columns as i64;
                    }
                    return Ok(smallvec::smallvec![
                        Array::zeros(&u, this.dtype())?.into(),
                        values.into(),
                        Array::zeros(&v, this.dtype())?.into()
                    ]);
                }
                let outs = SVD_EX.overloads[0].call(args![this, !a.bool(1)?, true, Arg::None])?;
                let vh = first_of(outs.clone(), 2)?;
                Ok(outs.into_iter().take(2).chain([Arg::Tensor(adjoint(&vh)?)]).collect())
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LINALG_SVDVALS: Op = Op {
    name: "linalg_svdvals",
    aliases: &[],
    help: "The singular values, largest first.",
    example: "torch.linalg.svdvals(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                check_driver(a.optional_str(1))?;
                one(singular_values(a.tensor(0)?)?)
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LINALG_COND: Op = Op {
    name: "linalg_cond",
    aliases: &[],
    help: "The condition number in a norm.",
    example: "torch.linalg.cond(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_cond(Tensor self, Scalar? p=None) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(condition(a.tensor(0)?, a.optional_scalar(1))?),
            Derivative::Composite
        ),
        Overload::new(
            "linalg_cond.p_str(Tensor self, str p) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(condition_named(a.tensor(0)?, a.str(1)?)?),
            Derivative::Composite
        )
    ],
};

fn check_driver(driver: Option<&str>) -> Result<()> {
    if driver.is_some() {
        return error::runtime(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.",
        );
    }
    Ok(())
}

fn check_finite(array: &Array, name: &str) -> Result<()> {
    let all = for_field!(array.dtype(), T => matrices::<T>(array)?.iter().all(Matrix::is_finite));
    if all {
        return Ok(());
    }
    linalg_error(format!(
        "{name}: The algorithm failed to converge because the input matrix contained non-finite values."
    ))
}

fn decomposed(array: &Array, full: bool, vectors: bool) -> Result<Outs> {
    check_matrices(array, "linalg.svd")?;
    check_floating(array, "linalg.svd")?;
    check_finite(array, "linalg.svd")?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let (rows, columns) = shape_of(array);
    let k = rows.min(columns);
    for_field!(dtype, T => {
        let (mut left, mut values, mut right) = (Vec::new(), Vec::new(), Vec::new());
        for matrix in matrices::<T>(array)? {
            let Some(parts) = svd::decompose(&matrix, full) else {
                return linalg_error(format!(
                    "linalg.svd: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated singular values (error code: {}).", k
                ));
            };
            left.push(parts.u.data);
            values.push(parts.s);
            right.push(parts.vh.data);
        }
        let (width, height) = if full { (rows, columns) } else { (k, k) };
        let values = assemble(&batch, &[k], values, dtype.to_real())?;
        let (u, vh) = if vectors {
            (assemble(&batch, &[rows, width], left, dtype)?, assemble(&batch, &[height, columns], right, dtype)?)
        } else {
            (Array::zeros(&[0], dtype)?, Array::zeros(&[0], dtype)?)
        };
        Ok(smallvec::smallvec![u.into(), values.into(), vh.into()])
    })
}

/// The singular values, differentiable.
pub(super) fn singular_values(tensor: &Tensor) -> Result<Tensor> {
    first_of(SVD_EX.overloads[0].call(args![tensor, false, true, Arg::None])?, 1)
}

fn svd_gradient(b: &Backward) -> Result<Tensor> {
    let (mut u, s, mut vh) = (b.result(0)?, b.result(1)?, b.result(2)?);
    let k = s.sizes().last().copied().unwrap_or(0);
    let (mut grad_u, grad_s, mut grad_vh) = (b.grad_of(0).cloned(), b.grad_of(1).cloned(), b.grad_of(2).cloned());
    if b.bool(1)? {
        u = slice(&u, -1, None, Some(k), 1)?;
        vh = slice(&vh, -2, None, Some(k), 1)?;
        grad_u = grad_u.map(|grad| slice(&grad, -1, None, Some(k), 1)).transpose()?;
        grad_vh = grad_vh.map(|grad| slice(&grad, -2, None, Some(k), 1)).transpose()?;
    }
    let as_input = |x: &Tensor| to_dtype(x, u.dtype());
    if grad_u.is_none() && grad_vh.is_none() {
        let Some(grad_s) = grad_s else {
            return zeros_like(&b.tensor(0)?);
        };
        let row = unsqueeze(&as_input(&grad_s)?, -2)?;
        let (m, n) = (u.sizes(), vh.sizes());
        let rows = m.get(m.len().saturating_sub(2)).copied().unwrap_or(0);
        return if rows >= n.last().copied().unwrap_or(0) {
            matmul(&u, &mul(&unsqueeze(&as_input(&grad_s)?, -1)?, &vh)?)
        } else {
            matmul(&mul(&u, &row)?, &vh)
        };
    }
    let skew = |x: &Tensor| sub(x, &adjoint(x)?);
    let squares = mul(&s, &s)?;
    // 1 on the diagonal, so that division leaves its zeros
    let gaps = sub(&unsqueeze(&squares, -2)?, &unsqueeze(&squares, -1)?)?;
    let eye: Tensor = create::eye(k, k, s.dtype())?.into();
    let gaps = add(&gaps, &eye)?;
    let (s_row, s_column) = (unsqueeze(&s, -2)?, unsqueeze(&s, -1)?);
    let v = adjoint(&vh)?;
    let mut inner: Option<Tensor> = None;
    let join = |inner: Option<Tensor>, part: Tensor| match inner {
        Some(inner) => add(&inner, &part).map(Some),
        None => Ok(Some(part)),
    };
    let mut imaginary: Option<Tensor> = None;
    let mut phase: Option<Tensor> = None;
    if let Some(grad) = &grad_u {
        let product = matmul(&adjoint(&u)?, grad)?;
        imaginary = Some(diagonal(&product, 0, -2, -1)?);
        phase = imaginary.clone();
        inner = join(inner, mul(&div(&skew(&product)?, &gaps)?, &s_row)?)?;
    }
    if let Some(grad) = &grad_vh {
        let product = matmul(&vh, &adjoint(grad)?)?;
        let turned = diagonal(&adjoint(&product)?, 0, -2, -1)?;
        phase = Some(match phase {
            Some(phase) => add(&phase, &turned)?,
            None => turned,
        });
        inner = join(inner, mul(&s_column, &div(&skew(&product)?, &gaps)?)?)?;
    }
    if let Some(grad) = &grad_s {
        inner = join(inner, diag_embed(&as_input(grad)?, 0, -2, -1)?)?;
    }
    if let Some(phase) = &phase {
        check_phase(
            phase,
            "svd_backward: The singular vectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss function depends on this phase term, making it ill-defined.",
        )?;
    }
    if u.dtype().is_complex()
        && let Some(diagonal) = imaginary
    {
        let turned = div(&sub(&diagonal, &to_dtype(&real(&diagonal)?, u.dtype())?)?, &s)?;
        inner = join(inner, diag_embed(&turned, 0, -2, -1)?)?;
    }
    let Some(inner) = inner else {
        return zeros_like(&b.tensor(0)?);
    };
    let sizes = b.tensor(0)?.sizes();
    let (rows, columns) = match sizes[..] {
        [.., rows, columns] => (rows, columns),
        _ => (k, k),
    };
    let mut grad = matmul(&u, &matmul(&inner, &vh)?)?;
    if rows > k
        && let Some(grad_u) = &grad_u
    {
        let scaled = div(grad_u, &s_row)?;
        let outside = sub(&scaled, &matmul(&u, &matmul(&adjoint(&u)?, &scaled)?)?)?;
        grad = add(&grad, &matmul(&outside, &vh)?)?;
    }
    if columns > k
        && let Some(grad_vh) = &grad_vh
    {
        let scaled = div(grad_vh, &s_column)?;
        let outside = sub(&scaled, &matmul(&matmul(&scaled, &v)?, &vh)?)?;
        grad = add(&grad, &matmul(&u, &outside)?)?;
    }
    Ok(grad)
}

fn condition(this: &Tensor, p: Option<Scalar>) -> Result<Tensor> {
    if this.dim() < 2 {
        return error::runtime("linalg.cond: The input tensor must have at least 2 dimensions.");
    }
    match p {
        Some(p) if p.to_f64().abs() != 2.0 => {
            check_square(&this.array(), "linalg.cond", "A")?;
            let norm = |x: &Tensor| {
                call(
                    "linalg_matrix_norm",
                    0,
                    args![x, p, [-2i64, -1].as_slice(), false, Arg::None],
                )
            };
            by_inverse(this, norm)
        }
        p => {
            let values = singular_values(this)?;
            let largest = slice(&values, -1, Some(0), Some(1), 1)?;
            let smallest = slice(&values, -1, Some(-1), None, 1)?;
            let ratio = if p.is_some_and(|p| p.to_f64() < 0.0) {
                div(&smallest, &largest)?
            } else {
                div(&largest, &smallest)?
            };
            squeeze_dim(&ratio, -1)
        }
    }
}

fn condition_named(this: &Tensor, p: &str) -> Result<Tensor> {
    if !matches!(p, "fro" | "nuc") {
        return error::value(format!("linalg.cond got an invalid norm type: {p}"));
    }
    check_square(&this.array(), "linalg.cond", "A")?;
    by_inverse(this, |x| {
        call(
            "linalg_matrix_norm",
            1,
            args![x, p, [-2i64, -1].as_slice(), false, Arg::None],
        )
    })
}

/// The norm times that of the inverse; infinite where there is none.
fn by_inverse(this: &Tensor, norm: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    let outs = super::solve::LINALG_INV_EX.overloads[0].call(args![this, false])?;
    let info = first_of(outs.clone(), 1)?;
    let inverse = first_of(outs, 0)?;
    let product = mul(&norm(this)?, &norm(&inverse)?)?;
    if copy::elements(&info.array()).iter().all(|info| info.is_zero()) {
        return Ok(product);
    }
    let singular = ne(&info, Scalar::Int(0))?;
    where_(&singular, scalar_like(f64::INFINITY, &product)?, &product)
}
