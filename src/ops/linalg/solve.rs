//! Inverses and solutions of linear systems.

use super::lu_factor::with_factors;
use super::*;

pub static OPS: &[&Op] = &[
    &LINALG_INV_EX,
    &LINALG_INV,
    &INVERSE,
    &SOLVE_EX,
    &LINALG_SOLVE_EX,
    &LINALG_SOLVE,
    &LINALG_SOLVE_TRIANGULAR,
    &TRIANGULAR_SOLVE,
];

pub(crate) static LINALG_INV_EX: Op = Op {
    name: "linalg_inv_ex",
    aliases: &[],
    help: "The inverse, and the number of the first zero pivot instead of an error.",
    example: "torch.linalg.inv_ex(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)",
            FUNCTION | OUT | NAMESPACED,
            |a| inverse_with_info(&*a.array(0)?, "linalg.inv_ex", a.bool(1)?),
            Derivative::Node(
                "LinalgInvExBackward0",
                &[Grad {
                    inputs: "A",
                    uses: "result0",
                    by: By::Formula(|b| {
                        let adjoint = adjoint(&b.result(0)?)?;
                        neg(matmul(&adjoint, &matmul(b.grad()?, &adjoint)?)?)
                    })
                }]
            )
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LINALG_INV: Op = Op {
    name: "linalg_inv",
    aliases: &[],
    help: "The inverse of a square matrix, or of each of a batch.",
    example: "torch.linalg.inv(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "linalg_inv(Tensor A) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                let this = a.tensor(0)?;
                check_square(&this.array(), "linalg.inv", "A")?;
                check_floating(&this.array(), "linalg.inv")?;
                let outs = LINALG_INV_EX.overloads[0].call(args![this, false])?;
                check_inverse(&outs, "linalg.inv", this.dim() > 2)?;
                Ok(outs.into_iter().take(1).collect())
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static INVERSE: Op = Op {
    name: "inverse",
    aliases: &[],
    help: "The inverse of a square matrix, or of each of a batch.",
    example: "torch.inverse(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![
        Overload::new(
            "inverse(Tensor self) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| {
                let this = a.tensor(0)?;
                check_square(&this.array(), "linalg.inv", "A")?;
                check_floating(&this.array(), "linalg.inv")?;
                let outs = LINALG_INV_EX.overloads[0].call(args![this, false])?;
                check_inverse(&outs, "linalg.inv", this.dim() > 2)?;
                Ok(outs.into_iter().take(1).collect())
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static SOLVE_EX: Op = Op {
 name: "_linalg_solve_ex",
 aliases: &[],
 help: "The solution of a linear system, with the LU factors and the number of the first zero pivot.",
 example: "torch.linalg.solve(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2))",
 overloads: overloads![Overload::new("_linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)", 0, |a| solved(&*a.array(0)?, &*a.array(1)?, a.bool(2)?), Derivative::Node("LinalgSolveExBackward0", &[Grad { inputs: "A, B", uses: "A, B.sizes, result0, left", by: By::Joint(solve_gradients) }])).outputs(0b0001)],
};

pub(crate) static LINALG_SOLVE_EX: Op = Op {
    name: "linalg_solve_ex",
    aliases: &[],
    help: "The solution of a linear system, and the number of the first zero pivot instead of an error.",
    example: "torch.linalg.solve_ex(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2))",
    overloads: overloads![Overload::new(
        "linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let outs = SOLVE_EX.overloads[0].call(args![a.tensor(0)?, a.tensor(1)?, a.bool(2)?, false])?;
            if a.bool(3)? {
                check_solved(&outs, "torch.linalg.solve_ex", a.tensor(0)?.dim() > 2)?;
            }
            Ok(outs
                .into_iter()
                .enumerate()
                .filter(|(at, _)| matches!(at, 0 | 3))
                .map(|(_, out)| out)
                .collect())
        },
        Derivative::Composite
    ).out_dtype(crate::ops::out::same)],
};

pub(crate) static LINALG_SOLVE: Op = Op {
    name: "linalg_solve",
    aliases: &[],
    help: "The solution X of A X = B (or X A = B).",
    example: "torch.linalg.solve(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2))",
    overloads: overloads![
        Overload::new(
            "linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| {
                let outs = SOLVE_EX.overloads[0].call(args![a.tensor(0)?, a.tensor(1)?, a.bool(2)?, false])?;
                check_solved(&outs, "torch.linalg.solve", a.tensor(0)?.dim() > 2)?;
                Ok(outs.into_iter().take(1).collect())
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LINALG_SOLVE_TRIANGULAR: Op = Op {
    name: "linalg_solve_triangular",
    aliases: &[],
    help: "The solution of a linear system with a triangular matrix.",
    example: "torch.linalg.solve_triangular(torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.ones(2, 1), upper=True)",
    overloads: overloads![Overload::new(
        "linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| triangular(&*a.array(0)?, &*a.array(1)?, a.bool(2)?, a.bool(3)?, a.bool(4)?),
        Derivative::Node(
            "LinalgSolveTriangularBackward0",
            &[Grad {
                inputs: "self, B",
                uses: "self, result, upper, left, unitriangular",
                by: By::Joint(triangular_gradients)
            }]
        )
    )],
};

pub(crate) static TRIANGULAR_SOLVE: Op = Op {
    name: "triangular_solve",
    aliases: &[],
    help: "The solution of A X = B with a triangular A, and A.",
    example: "torch.triangular_solve(torch.ones(2, 1), torch.tensor([[1.0, 2.0], [0.0, 1.0]]))",
    overloads: overloads![Overload::new(
        "triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)",
        FUNCTION | METHOD | OUT,
        |a| {
            let (this, matrix) = (a.array(0)?, a.array(1)?);
            let (upper, transpose) = (a.bool(2)?, a.bool(3)?);
            let used = if transpose {
                array_view::transpose(&matrix, -2, -1)?
            } else {
                matrix.clone()
            };
            let mut outs = triangular(&used, &this, upper != transpose, true, a.bool(4)?)?;
            outs.push(copy::clone(&matrix)?.into());
            Ok(outs)
        },
        Derivative::Node(
            "TriangularSolveBackward0",
            &[Grad {
                inputs: "self, A",
                uses: "A, result0, upper, transpose, unitriangular",
                by: By::Joint(old_triangular_gradients)
            }]
        )
    ).out_dtype(crate::ops::out::same)],
};

fn inverse_with_info(array: &Array, name: &str, check: bool) -> Result<Outs> {
    check_square(array, name, "A")?;
    check_floating(array, name)?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let n = shape_of(array).0;
    let outs: Outs = for_field!(dtype, T => {
        let (mut inverses, mut infos) = (Vec::new(), Vec::new());
        for matrix in matrices::<T>(array)? {
            let part = lu::factor(matrix, true);
            infos.push(vec![part.info]);
            inverses.push(if part.info == 0 {
                lu::solve(&part.factors, &part.pivots, Matrix::identity(n, n), false).data
            } else {
                part.factors.data
            });
        }
        let inverse = assemble(&batch, &[n, n], inverses, dtype)?;
        smallvec::smallvec![Arg::from(inverse), Arg::from(assemble(&batch, &[], infos, Dtype::Int32)?)]
    });
    if check {
        check_inverse(&outs, name, array.dim() > 2)?;
    }
    Ok(outs)
}

fn check_inverse(outs: &Outs, name: &str, batched: bool) -> Result<()> {
    failure(outs.get(1), |batch, info| {
        let batch = if batched {
            format!("(Batch element {batch}): ")
        } else {
            String::new()
        };
        format!(
            "{name}: {batch}The diagonal element {info} is zero, the inversion could not be completed because the input matrix is singular."
        )
    })
}

fn check_solved(outs: &Outs, name: &str, batched: bool) -> Result<()> {
    failure(outs.get(3), |batch, _| {
        let batch = if batched {
            format!("(Batch element {batch}): ")
        } else {
            String::new()
        };
        format!("{name}: {batch}The solver failed because the input matrix is singular.")
    })
}

/// B is one vector a matrix, not a matrix.
fn is_vector(matrix: &Array, right: &Array) -> bool {
    let batch = batch_sizes(matrix, 1);
    right.dim() == 1 || (matrix.dim() == right.dim() + 1 && right.sizes() == &batch[..])
}

fn solved(matrix: &Array, right: &Array, left: bool) -> Result<Outs> {
    check_floating(matrix, "linalg.solve")?;
    check_square(matrix, "linalg.solve", "A")?;
    if matrix.dtype() != right.dtype() {
        return error::runtime(format!(
            "linalg.solve: Expected A and B to have the same dtype, but found A of type {} and B of type {} instead",
            matrix.dtype().scalar_type(),
            right.dtype().scalar_type()
        ));
    }
    let vector = is_vector(matrix, right);
    let right = if vector {
        array_view::unsqueeze(right, -1)?
    } else {
        right.clone()
    };
    let (matrix, right, batch) = aligned(matrix, &right, "linalg.solve", left)?;
    let dtype = matrix.dtype();
    let n = shape_of(&matrix).0;
    let (rows, columns) = shape_of(&right);
    for_field!(dtype, T => {
        let (mut results, mut parts, mut infos) = (Vec::new(), Vec::new(), Vec::new());
        for (matrix, right) in matrices::<T>(&matrix)?.into_iter().zip(matrices::<T>(&right)?) {
            let part = lu::factor(matrix, true);
            infos.push(vec![part.info]);
            let result = if left {
                lu::solve(&part.factors, &part.pivots, right, false)
            } else {
                lu::solve(&part.factors, &part.pivots, right.adjoint(), true).adjoint()
            };
            results.push(result.data);
            parts.push(part);
        }
        let each: &[usize] = if vector { &[n] } else { &[rows, columns] };
        let result = assemble(&batch, each, results, dtype)?;
        let mut outs = with_factors(smallvec::smallvec![result.into()], &batch, parts, dtype)?;
        outs.push(assemble(&batch, &[], infos, Dtype::Int32)?.into());
        Ok(outs)
    })
}

fn solve_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (matrix, result, left) = (b.tensor(0)?, b.result(0)?, b.bool(2)?);
    let grad = b.grad()?;
    let grad_right = call("linalg_solve", 0, args![adjoint(&matrix)?, grad, left])?;
    if !b.needs(0) {
        return Ok(vec![None, Some(grad_right)]);
    }
    let vector = is_vector(&matrix.array(), &grad.array());
    let (x, g) = if vector {
        (unsqueeze(&result, -1)?, unsqueeze(&grad_right, -1)?)
    } else {
        (result, grad_right.clone())
    };
    let adjoint = adjoint(&x)?;
    let grad_matrix = neg(if left {
        matmul(&g, &adjoint)?
    } else {
        matmul(&adjoint, &g)?
    })?;
    Ok(vec![Some(grad_matrix), Some(grad_right)])
}

fn triangular(matrix: &Array, right: &Array, upper: bool, left: bool, unit: bool) -> Result<Outs> {
    let name = "linalg.solve_triangular";
    check_square(matrix, name, "A")?;
    if right.dim() < 2 {
        return error::runtime(format!("{name}: The input tensor B must have at least 2 dimensions."));
    }
    let (matrix, right, batch) = aligned(matrix, right, name, left)?;
    let dtype = matrix.dtype();
    let (rows, columns) = shape_of(&right);
    for_field!(dtype, T => {
        let parts = matrices::<T>(&matrix)?.into_iter().zip(matrices::<T>(&right)?).map(|(matrix, mut right)| {
            lu::solve_triangular(&matrix, &mut right, upper, left, unit);
            right.data
        });
        one(assemble(&batch, &[rows, columns], parts, dtype)?)
    })
}

fn triangular_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (upper, left, unit) = (b.bool(2)?, b.bool(3)?, b.bool(4)?);
    let (matrix, result) = (b.tensor(0)?, b.result(0)?);
    let grad_right = solve_triangular(&adjoint(&matrix)?, b.grad()?, !upper, left, unit)?;
    if !b.needs(0) {
        return Ok(vec![None, Some(grad_right)]);
    }
    let adjoint = adjoint(&result)?;
    let product = if left {
        matmul(&grad_right, &adjoint)?
    } else {
        matmul(&adjoint, &grad_right)?
    };
    let product = neg(product)?;
    let shift = i64::from(unit);
    let grad_matrix = if upper {
        triu(&product, shift)?
    } else {
        tril(&product, -shift)?
    };
    Ok(vec![Some(grad_matrix), Some(grad_right)])
}

fn old_triangular_gradients(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (upper, transpose, unit) = (b.bool(2)?, b.bool(3)?, b.bool(4)?);
    let (matrix, result) = (b.tensor(1)?, b.result(0)?);
    let used = if transpose { matrix_transpose(&matrix)? } else { matrix };
    let grad_right = solve_triangular(&adjoint(&used)?, &b.grad_or_zeros(0)?, upper == transpose, true, unit)?;
    let product = neg(matmul(&grad_right, &adjoint(&result)?)?)?;
    let product = if transpose {
        matrix_transpose(&product)?
    } else {
        product
    };
    let shift = i64::from(unit);
    let mut grad_matrix = if upper {
        triu(&product, shift)?
    } else {
        tril(&product, -shift)?
    };
    if let Some(grad) = b.grad_of(1) {
        grad_matrix = add(&grad_matrix, grad)?;
    }
    Ok(vec![Some(grad_right), Some(grad_matrix)])
}

pub(super) fn solve_triangular(matrix: &Tensor, right: &Tensor, upper: bool, left: bool, unit: bool) -> Result<Tensor> {
    LINALG_SOLVE_TRIANGULAR.overloads[0].call_one(args![matrix, right, upper, left, unit])
}
