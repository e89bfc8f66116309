//! Powers, exponentials and products of matrices and vectors.

use super::*;

pub static OPS: &[&Op] = &[
    &LINALG_MATRIX_POWER,
    &MATRIX_POWER,
    &LINALG_MATRIX_EXP,
    &MATRIX_EXP,
    &LINALG_MULTI_DOT,
    &LINALG_VECDOT,
    &LINALG_CROSS,
    &CROSS,
    &LINALG_VANDER,
    &LINALG_TENSORINV,
    &LINALG_TENSORSOLVE,
    &LINALG_DIAGONAL,
    &LINALG_MATMUL,
];

pub(crate) static LINALG_MATRIX_POWER: Op = Op {
    name: "linalg_matrix_power",
    aliases: &[],
    help: "A square matrix multiplied n times with itself, its inverse for negative n.",
    example: "torch.linalg.matrix_power(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), 2)",
    overloads: overloads![Overload::new(
        "linalg_matrix_power(Tensor self, int n) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| one(matrix_power(a.tensor(0)?, a.int(1)?)?),
        Derivative::Composite
    )],
};

pub(crate) static MATRIX_POWER: Op = Op {
    name: "matrix_power",
    aliases: &[],
    help: "A square matrix multiplied n times with itself, its inverse for negative n.",
    example: "torch.matrix_power(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), 2)",
    overloads: overloads![Overload::new(
        "matrix_power(Tensor self, int n) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(matrix_power(a.tensor(0)?, a.int(1)?)?),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_MATRIX_EXP: Op = Op {
    name: "linalg_matrix_exp",
    aliases: &[],
    help: "The exponential of a square matrix.",
    example: "torch.linalg.matrix_exp(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_matrix_exp(Tensor self) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| one(exponential(&*a.array(0)?)?),
        Derivative::Node(
            "LinalgMatrixExpBackward0",
            &[Grad {
                inputs: "self",
                uses: "self",
                by: By::Formula(exponential_gradient)
            }]
        )
    )],
};

pub(crate) static MATRIX_EXP: Op = Op {
    name: "matrix_exp",
    aliases: &[],
    help: "The exponential of a square matrix.",
    example: "torch.matrix_exp(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "matrix_exp(Tensor self) -> Tensor",
        FUNCTION | METHOD,
        |a| one(LINALG_MATRIX_EXP.overloads[0].call_one(args![a.tensor(0)?])?),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_MULTI_DOT: Op = Op {
    name: "linalg_multi_dot",
    aliases: &[],
    help: "The product of several matrices, in the cheapest order.",
    example: "torch.linalg.multi_dot([torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.tensor([[4.0, 1.0], [1.0, 3.0]])])",
    overloads: overloads![Overload::new(
        "linalg_multi_dot(Tensor[] tensors) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| one(multi_dot(&a.tensors(0)?)?),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_VECDOT: Op = Op {
    name: "linalg_vecdot",
    aliases: &[],
    help: "The inner products of vectors along a dimension.",
    example: "torch.linalg.vecdot(torch.ones(2), torch.ones(2))",
    overloads: overloads![Overload::new(
        "linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let (x, y) = (a.tensor(0)?, a.tensor(1)?);
            if x.dtype() != y.dtype() {
                return error::runtime(format!(
                    "linalg.vecdot: Expected x and y to have the same dtype, but found x of type {} and y of type {} instead",
                    x.dtype().scalar_type(),
                    y.dtype().scalar_type()
                ));
            }
            if x.dim() == 1 && y.dim() == 1 {
                layout::wrap_dim(a.int(2)?, 1)?;
                return one(call("vdot", 0, args![x, y])?);
            }
            one(sum_dims(&mul(conj(x)?, y)?, &[a.int(2)?], false)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_CROSS: Op = Op {
    name: "linalg_cross",
    aliases: &[],
    help: "The cross product of vectors of length 3 along a dimension.",
    example: "torch.linalg.cross(torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0]))",
    overloads: overloads![
        Overload::new(
            "linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor",
            FUNCTION | OUT | NAMESPACED,
            |a| one(crossed(&*a.array(0)?, &*a.array(1)?, a.int(2)?)?),
            Derivative::Node(
                "LinalgCrossBackward0",
                &[
                    Grad {
                        inputs: "self",
                        uses: "other, dim",
                        by: By::Formula(|b| cross(&conj(&b.tensor(1)?)?, b.grad()?, b.int(2)?))
                    },
                    Grad {
                        inputs: "other",
                        uses: "self, dim",
                        by: By::Formula(|b| cross(b.grad()?, &conj(&b.tensor(0)?)?, b.int(2)?))
                    }
                ]
            )
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static CROSS: Op = Op {
    name: "cross",
    aliases: &[],
    help: "The cross product of vectors of length 3 along a dimension, the first of that size if none is given.",
    example: "torch.cross(torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0]))",
    overloads: overloads![
        Overload::new(
            "cross(Tensor self, Tensor other, int? dim=None) -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| {
                let (this, other) = (a.tensor(0)?, a.tensor(1)?);
                let dim = match a.optional_int(2) {
                    Some(dim) => dim,
                    None => match this.sizes().iter().position(|size| *size == 3) {
                        Some(dim) => dim as i64,
                        None => return error::runtime("no dimension of size 3 in input"),
                    },
                };
                one(cross(this, other, dim)?)
            },
            Derivative::Composite
        )
        .out_dtype(crate::ops::out::same)
    ],
};

pub(crate) static LINALG_VANDER: Op = Op {
    name: "linalg_vander",
    aliases: &[],
    help: "Powers of the elements as the columns of matrices.",
    example: "torch.linalg.vander(torch.tensor([1, 2, 3]))",
    overloads: overloads![Overload::new(
        "linalg_vander(Tensor x, *, SymInt? N=None) -> Tensor",
        FUNCTION | NAMESPACED,
        |a| {
            let x = a.tensor(0)?;
            if x.dtype() == Dtype::Bool {
                return error::runtime(
                    "linalg.vander: Expected a floating point, complex or integral tensor, but got Bool",
                );
            }
            let sizes = x.sizes();
            let count = a.optional_int(1).unwrap_or(sizes.last().copied().unwrap_or(1));
            if count <= 1 {
                return error::runtime("N must be greater than 1.");
            }
            let mut spread = sizes.clone();
            spread.push(count - 1);
            let powers = call(
                "cumprod",
                0,
                args![expand(&unsqueeze(x, -1)?, &spread)?, -1i64, Arg::None],
            )?;
            let mut first = sizes;
            first.push(1);
            let ones: Tensor = copy::full(&first, Scalar::Int(1), x.dtype())?.into();
            one(cat(&[ones, powers], -1)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_TENSORINV: Op = Op {
    name: "linalg_tensorinv",
    aliases: &[],
    help: "The inverse of a tensor for torch.tensordot.",
    example: "torch.linalg.tensorinv(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), ind=1)",
    overloads: overloads![Overload::new(
        "linalg_tensorinv(Tensor self, int ind=2) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let (this, ind) = (a.tensor(0)?, a.int(1)?);
            if ind <= 0 {
                return error::runtime(format!("Expected a strictly positive integer for 'ind', but got {ind}"));
            }
            let sizes = this.sizes();
            let split = (ind as usize).min(sizes.len());
            let (start, end) = sizes.split_at(split);
            let (rows, columns): (i64, i64) = (start.iter().product(), end.iter().product());
            if rows != columns {
                return error::runtime(format!(
                    "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {columns} != {rows}"
                ));
            }
            let mut shape: Dims = end.into();
            shape.extend_from_slice(start);
            match call("linalg_inv", 0, args![reshape(this, &[columns, rows])?]) {
                Ok(inverse) => one(reshape(&inverse, &shape)?),
                Err(failed) if failed.kind() == ErrorKind::LinAlgError => {
                    error::runtime("Failed to invert the input tensor, because it is singular.")
                }
                Err(failed) => Err(failed),
            }
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_TENSORSOLVE: Op = Op {
    name: "linalg_tensorsolve",
    aliases: &[],
    help: "The solution X of torch.tensordot(A, X) = B.",
    example: "torch.linalg.tensorsolve(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.ones(2))",
    overloads: overloads![Overload::new(
        "linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| {
            let (mut this, other) = (a.tensor(0)?.clone(), a.tensor(1)?);
            if let Some(dims) = a.optional_ints(2) {
                let count = this.dim() as i64;
                let destination: Dims = (count - dims.len() as i64..count).collect();
                this = movedim(&this, dims, &destination)?;
            }
            let sizes = this.sizes();
            let shape: Dims = sizes.iter().skip(other.dim()).copied().collect();
            let columns: i64 = shape.iter().product();
            let rows: i64 = sizes.iter().take(other.dim()).product();
            if rows != columns {
                return error::runtime(format!(
                    "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got {columns} != {rows}"
                ));
            }
            let this = reshape(&this, &[columns, columns])?;
            let solution = call("linalg_solve", 0, args![this, flatten(other, 0, -1)?, true])?;
            one(reshape(&solution, &shape)?)
        },
        Derivative::Composite
    )],
};

pub(crate) static LINALG_DIAGONAL: Op = Op {
    name: "linalg_diagonal",
    aliases: &[],
    help: "The diagonal of matrices, as a view.",
    example: "torch.linalg.diagonal(torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)",
        FUNCTION | NAMESPACED,
        |a| one(diagonal(a.tensor(0)?, a.int(1)?, a.int(2)?, a.int(3)?)?),
        Derivative::Composite
    )],
};

pub(crate) static LINALG_MATMUL: Op = Op {
    name: "linalg_matmul",
    aliases: &[],
    help: "As torch.matmul.",
    example: "torch.linalg.matmul(torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.tensor([[4.0, 1.0], [1.0, 3.0]]))",
    overloads: overloads![Overload::new(
        "linalg_matmul(Tensor self, Tensor other) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| one(matmul(a.tensor(0)?, a.tensor(1)?)?),
        Derivative::Composite
    )],
};

fn matrix_power(this: &Tensor, n: i64) -> Result<Tensor> {
    check_square(&this.array(), "linalg.matrix_power", "A")?;
    if n == 0 {
        let sizes = this.sizes();
        let size = sizes.last().copied().unwrap_or(0);
        let eye = create::eye(size, size, this.dtype())?;
        let result = clone(this)?;
        return crate::ops::shape::copy_in_place(&result, &array_view::expand(&eye, &sizes)?.into());
    }
    if n == 1 {
        return clone(this);
    }
    if n < 0 {
        let inverse = call("linalg_inv", 0, args![this])?;
        return if n == -1 {
            Ok(inverse)
        } else {
            positive_power(&inverse, n.unsigned_abs())
        };
    }
    positive_power(this, n.unsigned_abs())
}

fn positive_power(this: &Tensor, mut n: u64) -> Result<Tensor> {
    if n == 2 {
        return matmul(this, this);
    }
    if n == 3 {
        return matmul(&matmul(this, this)?, this);
    }
    let (mut square, mut result): (Option<Tensor>, Option<Tensor>) = (None, None);
    while n > 0 {
        let power = match &square {
            Some(square) => matmul(square, square)?,
            None => this.clone(),
        };
        if n % 2 == 1 {
            result = Some(match &result {
                Some(result) => matmul(result, &power)?,
                None => power.clone(),
            });
        }
        square = Some(power);
        n /= 2;
    }
    result.map_or_else(|| clone(this), Ok)
}

fn exponential(array: &Array) -> Result<Array> {
    check_square(array, "linalg.matrix_exp", "A")?;
    check_floating(array, "linalg.matrix_exp")?;
    let (dtype, batch) = (array.dtype(), batch_sizes(array, 2));
    let n = shape_of(array).0;
    for_field!(dtype, T => {
        let parts = matrices::<T>(array)?.into_iter().map(|matrix| exponential_of(matrix).data);
        assemble(&batch, &[n, n], parts, dtype)
    })
}

/// Halved until small, the series summed, and squared back.
fn exponential_of<T: Field>(matrix: Matrix<T>) -> Matrix<T> {
    let n = matrix.rows;
    let norm = (0..n)
        .map(|c| (0..n).map(|r| Field::abs(matrix.at(r, c))).sum::<f64>())
        .fold(0.0f64, f64::max);
    let halvings = if norm.is_finite() && norm > 0.125 {
        (norm / 0.125).log2().ceil() as i32
    } else {
        0
    };
    let factor = 0.5f64.powi(halvings);
    let scaled = Matrix {
        rows: n,
        columns: n,
        data: matrix.data.iter().map(|x| x.scale(factor)).collect(),
    };
    let mut sum = Matrix::identity(n, n);
    let mut term: Matrix<T> = Matrix::identity(n, n);
    for k in 1..=16 {
        term = term.times(&scaled);
        term.data.iter_mut().for_each(|x| *x = x.scale(1.0 / f64::from(k)));
        for (sum, term) in sum.data.iter_mut().zip(&term.data) {
            *sum += *term;
        }
    }
    for _ in 0..halvings {
        sum = sum.times(&sum);
    }
    sum
}

/// The upper right block of exp([[A^H, G], [0, A^H]]).
fn exponential_gradient(b: &Backward) -> Result<Tensor> {
    let a = adjoint(&b.tensor(0)?)?;
    let n = a.sizes().last().copied().unwrap_or(0);
    let zeros = zeros_like(&a)?;
    let top = cat(&[a.clone(), b.grad()?.clone()], -1)?;
    let bottom = cat(&[zeros, a], -1)?;
    let whole = LINALG_MATRIX_EXP.overloads[0].call_one(args![cat(&[top, bottom], -2)?])?;
    slice(&slice(&whole, -2, None, Some(n), 1)?, -1, Some(n), None, 1)
}

fn multi_dot(tensors: &[Tensor]) -> Result<Tensor> {
    let count = tensors.len();
    let (Some(first), Some(last)) = (tensors.first(), tensors.last()) else {
        return error::runtime("multi_dot(): expected at least 2 tensors but got 0");
    };
    if count < 2 {
        return error::runtime(format!("multi_dot(): expected at least 2 tensors but got {count}"));
    }
    let mut shape = Dims::new();
    let mut matrices: Vec<Tensor> = Vec::with_capacity(count);
    let ends = |position: usize, tensor: &Tensor| {
        if !matches!(tensor.dim(), 1 | 2) {
            let which = if position == 0 { "the first" } else { "the last" };
            return error::runtime(format!(
                "multi_dot(): {which} tensor must be 1D or 2D but got {}D",
                tensor.dim()
            ));
        }
        Ok(())
    };
    ends(0, first)?;
    if first.dim() == 1 {
        matrices.push(unsqueeze(first, 0)?);
    } else {
        matrices.push(first.clone());
        shape.push(first.sizes().first().copied().unwrap_or(0));
    }
    for (at, tensor) in tensors.iter().enumerate().take(count - 1).skip(1) {
        if tensor.dim() != 2 {
            return error::runtime(format!("multi_dot(): tensor {at} must be 2D but got {}D", tensor.dim()));
        }
        matrices.push(tensor.clone());
    }
    ends(1, last)?;
    if last.dim() == 1 {
        matrices.push(unsqueeze(last, -1)?);
    } else {
        matrices.push(last.clone());
        shape.push(last.sizes().get(1).copied().unwrap_or(0));
    }
    let size = |at: usize, dim: usize| matrices.get(at).and_then(|m| m.sizes().get(dim).copied()).unwrap_or(0);
    for at in 1..count {
        let (a, b) = (&tensors[at - 1], &tensors[at]);
        if a.dtype() != b.dtype() {
            return error::runtime(format!(
                "multi_dot(): all tensors must have be the same dtype but tensor 0 is {} and tensor {at} {}",
                first.dtype().scalar_type(),
                b.dtype().scalar_type()
            ));
        }
        if size(at - 1, 1) != size(at, 0) {
            return error::runtime(format!(
                "multi_dot(): tensors {} and {at} with shapes {} and {} cannot be multiplied",
                at - 1,
                format_sizes(&a.sizes()),
                format_sizes(&b.sizes())
            ));
        }
    }
    let product = if count == 3 {
        let (a, b, c) = (&matrices[0], &matrices[1], &matrices[2]);
        let left = size(0, 0) * size(0, 1) * size(1, 1) + size(0, 0) * size(1, 1) * size(2, 1);
        let right = size(0, 1) * size(1, 1) * size(2, 1) + size(0, 0) * size(0, 1) * size(2, 1);
        if left > right {
            matmul(a, &matmul(b, c)?)?
        } else {
            matmul(&matmul(a, b)?, c)?
        }
    } else {
        let sizes: Vec<i64> = (0..count).map(|at| size(at, 0)).chain([size(count - 1, 1)]).collect();
        chained(&matrices, &cheapest_splits(&sizes), 0, count - 1)?
    };
    view(&product, &shape)
}

/// Where to split each range of factors so that multiplying costs least.
fn cheapest_splits(sizes: &[i64]) -> Vec<Vec<usize>> {
    let count = sizes.len() - 1;
    let mut costs = vec![vec![0i64; count]; count];
    let mut splits = vec![vec![0; count]; count];
    for length in 1..count {
        for i in 0..count - length {
            let j = i + length;
            costs[i][j] = i64::MAX;
            for k in i..j {
                let cost = costs[i][k] + costs[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1];
                if cost < costs[i][j] {
                    costs[i][j] = cost;
                    splits[i][j] = k;
                }
            }
        }
    }
    splits
}

fn chained(matrices: &[Tensor], splits: &[Vec<usize>], from: usize, to: usize) -> Result<Tensor> {
    if from == to {
        return Ok(matrices[from].clone());
    }
    let split = splits[from][to];
    matmul(
        &chained(matrices, splits, from, split)?,
        &chained(matrices, splits, split + 1, to)?,
    )
}

fn cross(a: &Tensor, b: &Tensor, dim: i64) -> Result<Tensor> {
    LINALG_CROSS.overloads[0].call_one(args![a, b, dim])
}

fn crossed(a: &Array, b: &Array, dim: i64) -> Result<Array> {
    if a.dim() != b.dim() {
        return error::runtime("linalg.cross: inputs must have the same number of dimensions.");
    }
    let at = layout::wrap_dim(dim, a.dim())?;
    let (x, y) = (
        a.sizes().get(at).copied().unwrap_or(0),
        b.sizes().get(at).copied().unwrap_or(0),
    );
    if x != 3 || y != 3 {
        return error::runtime(format!(
            "linalg.cross: inputs dimension {dim} must have length 3. Got {x} and {y}"
        ));
    }
    let sizes = layout::broadcast_sizes(a.sizes(), b.sizes())?;
    let (a, b) = (array_view::expand(a, &sizes)?, array_view::expand(b, &sizes)?);
    let part = |x: &Array, i: i64| array_view::slice(x, at as i64, Some(i), Some(i + 1), 1);
    let mut parts = Vec::with_capacity(3);
    for i in 0..3 {
        let (j, k) = ((i + 1) % 3, (i + 2) % 3);
        let plus = binary::mul(&part(&a, j)?, &part(&b, k)?)?;
        let minus = binary::mul(&part(&a, k)?, &part(&b, j)?)?;
        parts.push(binary::sub(&plus, &minus)?);
    }
    join::cat(&parts.iter().collect::<Vec<_>>(), at as i64)
}
