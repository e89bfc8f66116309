//! Least squares solutions.

use super::pseudoinverse::{epsilon, pinv_gradient};
use super::*;

pub static OPS: &[&Op] = &[&LINALG_LSTSQ];

pub(crate) static LINALG_LSTSQ: Op = Op {
 name: "linalg_lstsq",
 aliases: &[],
 help: "The least squares solution of A X = B, with residuals, rank and singular values.",
 example: "torch.linalg.lstsq(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2, 1))",
 overloads: overloads![Overload::new("linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)", FUNCTION | OUT | NAMESPACED, least_squares, Derivative::Node("LinalgLstsqBackward0", &[Grad { inputs: "self, b", uses: "self, b, result0", by: By::Joint(lstsq_gradients) }])).outputs(0b0011)],
};

fn least_squares(a: &Args) -> Result<Outs> {
    let (matrix, right) = (a.array(0)?, a.array(1)?);
    let name = "torch.linalg.lstsq";
    if matrix.dim() < 2 {
        return error::runtime(format!("{name}: input must have at least 2 dimensions."));
    }
    if right.dim() < 1 {
        return error::runtime(format!("{name}: other must have at least 1 dimension."));
    }
    if matrix.dtype() != right.dtype() {
        return error::runtime(format!(
            "{name}: Expected input and other to have the same dtype, but got input's dtype {} and other's dtype {}",
            matrix.dtype().scalar_type(),
            right.dtype().scalar_type()
        ));
    }
    let difference = matrix.dim() as i64 - right.dim() as i64;
    if !(0..=1).contains(&difference) {
        return error::runtime(format!(
            "{name}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        ));
    }
    let (rows, columns) = shape_of(&matrix);
    let vector = difference == 1 && right.sizes() == &batch_sizes(&matrix, 1)[..];
    let last = right
        .sizes()
        .get(right.dim().wrapping_sub(if vector { 1 } else { 2 }))
        .copied()
        .unwrap_or(0);
    if last != rows as i64 {
        let at = if vector || difference == 1 { -1 } else { -2 };
        return error::runtime(format!("{name}: input.size(-2) should match other.size({at})"));
    }
    let driver = a.optional_str(3).unwrap_or("gelsy");
    if !matches!(driver, "gels" | "gelsy" | "gelsd" | "gelss") {
        return error::runtime(format!(
            "{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)"
        ));
    }
    let right = if vector {
        array_view::unsqueeze(&right, -1)?
    } else {
        right.clone()
    };
    let (matrix, right, batch) = broadcast_batches(&matrix, &right)?;
    let dtype = matrix.dtype();
    let width = shape_of(&right).1;
    let rcond = a.optional_float(2).unwrap_or(epsilon(dtype) * rows.max(columns) as f64);
    for_field!(dtype, T => {
        let (mut solutions, mut residuals, mut ranks, mut values) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut full = true;
        for (matrix, right) in matrices::<T>(&matrix)?.iter().zip(matrices::<T>(&right)?) {
            let Some(found) = svd::decompose(matrix, false) else {
                return linalg_error("torch.linalg.lstsq: The algorithm failed to converge.".into());
            };
            let bound = if driver == "gels" { 0.0 } else { rcond * found.s.first().copied().unwrap_or(0.0) };
            let count = found.s.iter().filter(|s| **s > bound).count();
            let mut inner = found.u.adjoint().times(&right);
            for r in 0..inner.rows {
                let s = found.s.get(r).copied().unwrap_or(0.0);
                let factor = if s > bound { 1.0 / s } else { 0.0 };
                for c in 0..inner.columns {
                    let value = inner.at(r, c).scale(factor);
                    inner.set(r, c, value);
                }
            }
            let solution = found.vh.adjoint().times(&inner);
            let product = matrix.times(&solution);
            residuals.push(
                (0..width)
                    .map(|c| (0..rows).map(|r| Field::abs(right.at(r, c) - product.at(r, c)).powi(2)).sum::<f64>())
                    .collect::<Vec<f64>>(),
            );
            full &= count == columns;
            ranks.push(vec![count as i64]);
            values.push(found.s);
            solutions.push(solution.data);
        }
        let each: &[usize] = if vector { &[columns] } else { &[columns, width] };
        let solution = assemble(&batch, each, solutions, dtype)?;
        let residuals = if rows > columns && full {
            let each: &[usize] = if vector { &[] } else { &[width] };
            assemble(&batch, each, residuals, dtype.to_real())?
        } else {
            Array::zeros(&[0], dtype.to_real())?
        };
        let rank = if driver == "gels" { Array::zeros(&[0], Dtype::Int64)? } else { assemble(&batch, &[], ranks, Dtype::Int64)? };
        let values = if matches!(driver, "gelsd" | "gelss") {
            assemble(&batch, &[rows.min(columns)], values, dtype.to_real())?
        } else {
            Array::zeros(&[0], dtype.to_real())?
        };
        Ok(smallvec::smallvec![solution.into(), residuals.into(), rank.into(), values.into()])
    })
}

fn lstsq_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (a, right, x) = (b.tensor(0)?, b.tensor(1)?, b.result(0)?);
    let vector = is_vector(&a, &right);
    let grown = |tensor: &Tensor| {
        if vector {
            unsqueeze(tensor, -1)
        } else {
            Ok(tensor.clone())
        }
    };
    let (right, x) = (grown(&right)?, grown(&x)?);
    let (mut grad_a, mut grad_b): (Option<Tensor>, Option<Tensor>) = (None, None);
    if let Some(grad) = b.grad_of(0) {
        let grad = grown(grad)?;
        let pinv = call("linalg_pinv", 0, args![&a, Arg::None, Arg::None, false])?;
        if b.needs(0) {
            grad_a = Some(pinv_gradient(&matmul(&grad, &adjoint(&right)?)?, &pinv, &a)?);
        }
        grad_b = Some(matmul(&adjoint(&pinv)?, &grad)?);
    }
    if let Some(grad) = b.grad_of(1).filter(|grad| grad.numel() > 0) {
        let grad = unsqueeze(&grown(grad)?, if vector { -1 } else { -2 })?;
        let grad = if vector { squeeze_dim(&grad, -1)? } else { grad };
        let difference = sub(&right, &matmul(&a, &x)?)?;
        let part_b = mul(&mul(&difference, Scalar::Int(2))?, &grad)?;
        let part_a = neg(matmul(&part_b, &adjoint(&x)?)?)?;
        grad_a = Some(match grad_a {
            Some(grad) => add(&grad, &part_a)?,
            None => part_a,
        });
        grad_b = Some(match grad_b {
            Some(grad) => add(&grad, &part_b)?,
            None => part_b,
        });
    }
    let grad_b = grad_b
        .map(|grad| if vector { squeeze_dim(&grad, -1) } else { Ok(grad) })
        .transpose()?;
    Ok(vec![grad_a, grad_b])
}

/// B is one vector a matrix, not a matrix.
fn is_vector(matrix: &Tensor, right: &Tensor) -> bool {
    matrix.dim() == right.dim() + 1
}
