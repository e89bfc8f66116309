//! Products of matrices and vectors.

use super::backward::Backward;
use super::formula::*;
use super::op::*;
use crate::array::array::format_sizes;
use crate::array::{Dims, Dtype, Result, Scalar, array, binary, error, layout, matmul as kernel};
use crate::autograd::Tensor;
use crate::ops;

/// PyTorch's checks of `addmm` beyond those of `mm`.
fn check_addmm(a: &Args, first: &[i64], second: &[i64]) -> Result<()> {
    let (&[rows, inner], &[inner2, columns]) = (first, second) else {
        return Ok(());
    };
    let dtype = |at: usize| a.tensor(at).map(Tensor::dtype);
    for (name, given) in [("self", dtype(0)?), ("mat1", dtype(1)?)] {
        if given != dtype(2)? {
            return error::runtime(format!(
                "{name} and mat2 must have the same dtype, but got {} and {}",
                given.scalar_type(),
                dtype(2)?.scalar_type()
            ));
        }
    }
    if inner != inner2 {
        return error::runtime(format!(
            "addmm: mat1 and mat2 shapes cannot be multiplied ({rows}x{inner} and {inner2}x{columns})"
        ));
    }
    if a.tensor(0)?.array().sizes() != [columns] {
        crate::array::view::expand(&*a.array(0)?, &[rows, columns])?;
    }
    Ok(())
}

ops! {
    /// The product of two matrices.
    MM = "mm", "torch.mm(torch.ones(2, 3), torch.ones(3, 2))", [Overload::new(
        "mm(Tensor self, Tensor mat2) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(kernel::mm(&*a.array(0)?, &*a.array(1)?)?),
        Node("MmBackward0", &[
            grad("self", "mat2, self.strides", |b| {
                left_backward(b.grad()?, &b.tensor(1)?, is_column_major(b, 0)?)
            }),
            grad("mat2", "self, mat2.strides", |b| {
                right_backward(b.grad()?, &b.tensor(0)?, is_column_major(b, 1)?)
            }),
        ]),
    ).out_dtype(crate::ops::out::same)];
    /// The products of two batches of matrices.
    BMM = "bmm", "torch.bmm(torch.ones(2, 2, 3), torch.ones(2, 3, 2))", [Overload::new(
        "bmm(Tensor self, Tensor mat2) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(kernel::bmm(&*a.array(0)?, &*a.array(1)?)?),
        Node("BmmBackward0", &[
            grad("self", "mat2", |b| bmm(b.grad()?, &conj(&transpose(&b.tensor(1)?, 1, 2)?)?)),
            grad("mat2", "self", |b| bmm(&conj(&transpose(&b.tensor(0)?, 1, 2)?)?, b.grad()?)),
        ]),
    ).out_dtype(crate::ops::out::same)];
    /// The product of a matrix and a vector.
    MV = "mv", "torch.mv(torch.ones(2, 3), torch.ones(3))", [Overload::new(
        "mv(Tensor self, Tensor vec) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(kernel::mv(&*a.array(0)?, &*a.array(1)?)?),
        Node("MvBackward0", &[
            grad("self", "vec", |b| outer(b.grad()?, &conj(&b.tensor(1)?)?)),
            grad("vec", "self", |b| mv(&t(&conj(&b.tensor(0)?)?)?, b.grad()?)),
        ]),
    ).out_dtype(crate::ops::out::same)];
    /// The sum of products of two vectors' elements.
    DOT = "dot", "torch.dot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))", [Overload::new(
        "dot(Tensor self, Tensor tensor) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(kernel::dot(&*a.array(0)?, &*a.array(1)?)?),
        Node("DotBackward0", &[
            grad("self", "tensor", |b| mul(b.grad()?, conj(&b.tensor(1)?)?)),
            grad("tensor", "self", |b| mul(b.grad()?, conj(&b.tensor(0)?)?)),
        ]),
    ).out_dtype(crate::ops::out::inner)];
    /// The dot product of the conjugate of the first vector and the second.
    VDOT = "vdot", "torch.vdot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))", [Overload::new(
        "vdot(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(kernel::vdot(&*a.array(0)?, &*a.array(1)?)?),
        Node("VdotBackward0", &[
            grad("self", "other", |b| mul(conj(b.grad()?)?, b.tensor(1)?)),
            grad("other", "self", |b| mul(b.grad()?, b.tensor(0)?)),
        ]),
    ).out_dtype(crate::ops::out::inner)];
    /// All products of two vectors' elements.
    OUTER = "outer" / "ger", "torch.outer(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))", [Overload::new(
        "outer(Tensor self, Tensor vec2) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let (this, other) = (a.tensor(0)?, a.tensor(1)?);
            for (name, vector) in [("self", this), ("vec2", other)] {
                if vector.dim() != 1 {
                    return error::runtime(format!(
                        "outer: Expected 1-D argument {name}, but got {}-D",
                        vector.dim()
                    ));
                }
            }
            one(mul(reshape(this, &[this.numel() as i64, 1])?, other)?)
        },
        Composite,
    )];
    /// The product over the last dimensions of both.
    INNER = "inner", "torch.inner(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))", [Overload::new(
        "inner(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let (this, other) = (a.tensor(0)?, a.tensor(1)?);
            if this.dim() == 0 || other.dim() == 0 {
                return one(mul(this, other)?);
            }
            if this.sizes().last() != other.sizes().last() {
                return error::runtime(format!(
                    "inner() the last dimension must match on both input tensors but got shapes {} and {}",
                    format_sizes(&this.sizes()),
                    format_sizes(&other.sizes())
                ));
            }
            one(tensordot(this, other, &[-1], &[-1])?)
        },
        Composite,
    ).out_dtype(crate::ops::out::tensordot)];
    /// The matrix product, of vectors, matrices or batches of them.
    MATMUL = "matmul", "torch.matmul(torch.ones(2, 3), torch.ones(3))", [Overload::new(
        "matmul(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| one(matmul(a.tensor(0)?, a.tensor(1)?)?),
        Composite,
    ).out_dtype(crate::ops::out::same)];
    /// The operator `@`.
    MATMUL_OPERATOR = "__matmul__", "torch.ones(2, 3) @ torch.ones(3)", [Overload::new(
        "__matmul__(Tensor self, Tensor other) -> Tensor",
        NAMESPACED,
        |a| one(matmul(a.tensor(0)?, a.tensor(1)?)?),
        Composite,
    )];
    /// beta * input + alpha * (mat1 @ mat2).
    ADDMM = "addmm", "torch.addmm(torch.ones(2, 2), torch.ones(2, 3), torch.ones(3, 2))", [Overload::new(
        "addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
        POINTWISE,
        |a| {
            let (first, second) = (a.tensor(1)?.sizes(), a.tensor(2)?.sizes());
            for (name, sizes) in [("mat1", &first), ("mat2", &second)] {
                if sizes.len() != 2 {
                    return error::runtime(format!("addmm: {name} must be a matrix, got {}-D tensor", sizes.len()));
                }
            }
            check_addmm(a, &first, &second)?;
            let product = kernel::mm(&*a.array(1)?, &*a.array(2)?)?;
            combined(a, &product)
        },
        Node("AddmmBackward0", &[
            grad("self", "beta", |b| scaled(b.grad()?.clone(), b.scalar(3)?)),
            grad("mat1", "mat2, mat1.strides, alpha", |b| {
                scaled(left_backward(b.grad()?, &b.tensor(2)?, is_column_major(b, 1)?)?, b.scalar(4)?)
            }),
            grad("mat2", "mat1, mat2.strides, alpha", |b| {
                scaled(right_backward(b.grad()?, &b.tensor(1)?, is_column_major(b, 2)?)?, b.scalar(4)?)
            }),
        ]),
    ).out_dtype(crate::ops::out::same)];
    /// beta * input + alpha * (mat @ vec).
    ADDMV = "addmv", "torch.addmv(torch.ones(2), torch.ones(2, 3), torch.ones(3))", [Overload::new(
        "addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
        POINTWISE,
        |a| {
            let (mat, vec) = (a.tensor(1)?.sizes(), a.tensor(2)?.sizes());
            if mat.len() != 2 || vec.len() != 1 || a.tensor(0)?.dim() > 1 {
                return error::runtime(format!(
                    "vector + matrix @ vector expected, got {}, {}, {}",
                    a.tensor(0)?.dim(),
                    mat.len(),
                    vec.len()
                ));
            }
            let product = kernel::mv(&*a.array(1)?, &*a.array(2)?)?;
            combined(a, &product)
        },
        Node("AddmvBackward0", &[
            grad("self", "beta", |b| scaled(b.grad()?.clone(), b.scalar(3)?)),
            grad("mat", "vec, alpha", |b| scaled(outer(b.grad()?, &conj(&b.tensor(2)?)?)?, b.scalar(4)?)),
            grad("vec", "mat, alpha", |b| scaled(mv(&conj(&t(&b.tensor(1)?)?)?, b.grad()?)?, b.scalar(4)?)),
        ]),
    ).out_dtype(crate::ops::out::same)];
    /// beta * input + alpha * outer(vec1, vec2).
    ADDR = "addr", "torch.addr(torch.ones(2, 2), torch.ones(2), torch.ones(2))", [Overload::new(
        "addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
        POINTWISE,
        |a| {
            for (name, at) in [("vec1", 1), ("vec2", 2)] {
                if a.tensor(at)?.dim() != 1 {
                    return error::runtime(format!(
                        "addr: Expected 1-D argument {name}, but got {}-D",
                        a.tensor(at)?.dim()
                    ));
                }
            }
            let product = kernel::outer(&*a.array(1)?, &*a.array(2)?)?;
            let sizes = a.tensor(0)?.sizes();
            let rows = product.sizes();
            let fits = sizes.len() <= 2
                && sizes.iter().rev().zip(rows.iter().rev()).all(|(have, want)| *have == 1 || have == want);
            if !fits {
                return error::runtime(format!(
                    "The expanded size of the tensor ({}) must match the existing size ({}) at non-singleton dimension {}.  Target sizes: {}.  Tensor sizes: {}",
                    rows.last().copied().unwrap_or(0),
                    sizes.last().copied().unwrap_or(0),
                    rows.len() - 1,
                    format_sizes(rows),
                    format_sizes(&sizes)
                ));
            }
            combined(a, &product)
        },
        Node("AddrBackward0", &[
            grad("self", "beta", |b| scaled(b.grad()?.clone(), b.scalar(3)?)),
            grad("vec1", "vec2, alpha", |b| scaled(mv(b.grad()?, &conj(&b.tensor(2)?)?)?, b.scalar(4)?)),
            grad("vec2", "vec1, alpha", |b| scaled(mv(&t(b.grad()?)?, &conj(&b.tensor(1)?)?)?, b.scalar(4)?)),
        ]),
    )];
    /// beta * input + alpha * bmm(batch1, batch2).
    BADDBMM = "baddbmm", "torch.baddbmm(torch.ones(1, 2, 2), torch.ones(1, 2, 3), torch.ones(1, 3, 2))", [Overload::new(
        "baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
        POINTWISE,
        |a| {
            check_batches(a)?;
            let product = kernel::bmm(&*a.array(1)?, &*a.array(2)?)?;
            combined(a, &product)
        },
        Node("BaddbmmBackward0", &[
            grad("self", "beta", |b| scaled(b.grad()?.clone(), b.scalar(3)?)),
            grad("batch1", "batch2, alpha", |b| {
                scaled(bmm(b.grad()?, &conj(&transpose(&b.tensor(2)?, 1, 2)?)?)?, b.scalar(4)?)
            }),
            grad("batch2", "batch1, alpha", |b| {
                scaled(bmm(&conj(&transpose(&b.tensor(1)?, 1, 2)?)?, b.grad()?)?, b.scalar(4)?)
            }),
        ]),
    ).out_dtype(crate::ops::out::same)];
    /// beta * input + alpha * the sum of bmm(batch1, batch2) over the batch.
    ADDBMM = "addbmm", "torch.addbmm(torch.ones(2, 2), torch.ones(1, 2, 3), torch.ones(1, 3, 2))", [Overload::new(
        "addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
        POINTWISE,
        |a| {
            check_first(a, 1)?;
            check_batches(a)?;
            let products = kernel::bmm(&*a.array(1)?, &*a.array(2)?)?;
            let product = crate::array::reduce::sum::sum(&products, Some(&[0]), false, Some(products.dtype()))?;
            combined(a, &product)
        },
        Node("AddbmmBackward0", &[
            grad("self", "beta", |b| scaled(b.grad()?.clone(), b.scalar(3)?)),
            grad("batch1", "batch2, alpha", |b| {
                let other = b.tensor(2)?;
                let grads = batches(b.grad()?, other.sizes().first().copied().unwrap_or(0))?;
                scaled(bmm(&grads, &conj(&transpose(&other, 1, 2)?)?)?, b.scalar(4)?)
            }),
            grad("batch2", "batch1, alpha", |b| {
                let other = b.tensor(1)?;
                let grads = batches(b.grad()?, other.sizes().first().copied().unwrap_or(0))?;
                scaled(bmm(&conj(&transpose(&other, 1, 2)?)?, &grads)?, b.scalar(4)?)
            }),
        ]),
    )];
    /// The product of matrices, in the order that costs least.
    CHAIN_MATMUL = "chain_matmul", "torch.chain_matmul(torch.ones(2, 3), torch.ones(3, 2))", [Overload::new(
        "chain_matmul(Tensor[] matrices) -> Tensor",
        FUNCTION | OUT,
        |a| one(chain(&a.tensors(0)?)?),
        Composite,
    )];
    /// The sum of products over several dimensions of both.
    TENSORDOT = "tensordot", "torch.tensordot(torch.ones(2, 3), torch.ones(3, 2), 1)", [Overload::new(
        "tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor",
        FUNCTION | OUT,
        |a| one(tensordot(a.tensor(0)?, a.tensor(1)?, a.ints(2)?, a.ints(3)?)?),
        Composite,
    ).out_dtype(crate::ops::out::tensordot)];
    /// The Kronecker product.
    KRON = "kron", "torch.kron(torch.eye(2), torch.ones(1, 2))", [Overload::new(
        "kron(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let (this, other) = (a.tensor(0)?, a.tensor(1)?);
            let dims = this.dim().max(other.dim());
            let padded = |tensor: &Tensor| {
                let mut sizes: Dims = (tensor.dim()..dims).map(|_| 1).collect();
                sizes.extend_from_slice(&tensor.sizes());
                sizes
            };
            let (ours, theirs) = (padded(this), padded(other));
            let interleaved = |sizes: &Dims, first: bool| -> Dims {
                sizes.iter().flat_map(|size| if first { [*size, 1] } else { [1, *size] }).collect()
            };
            let sizes: Dims = ours.iter().zip(&theirs).map(|(our, their)| our * their).collect();
            let product = mul(
                unsafe_view(this, &interleaved(&ours, true))?,
                unsafe_view(other, &interleaved(&theirs, false))?,
            )?;
            one(unsafe_view(&product, &sizes)?)
        },
        Composite,
    )];
}

/// Times a factor; 1 costs nothing.
fn scaled(tensor: Tensor, factor: Scalar) -> Result<Tensor> {
    match factor {
        factor if factor.is_one() => Ok(tensor),
        Scalar::Complex(re, im) => mul(&tensor, Scalar::Complex(re, -im)),
        factor => mul(&tensor, factor),
    }
}

/// Refuses a first argument that doesn't expand to the product of the last two dimensions; batches are summed over.
fn check_first(a: &Args, skip: usize) -> Result<()> {
    let (left, right) = (a.array(1)?, a.array(2)?);
    if left.dim() == 2 + skip
        && right.dim() == 2 + skip
        && let (Some(&rows), Some(&columns)) = (left.sizes().get(skip), right.sizes().get(skip + 1))
    {
        layout::expand(&*a.array(0)?, &[rows, columns])?;
    }
    Ok(())
}

/// beta * the first argument + alpha * the product; beta 0 ignores what the first argument holds.
fn combined(a: &Args, product: &array::Array) -> Result<Outs> {
    let (this, beta, alpha) = (a.array(0)?, a.scalar(3)?, a.scalar(4)?);
    if this.dtype() != product.dtype() && !this.dtype().is_integral() {
        return error::runtime(format!(
            "self and mat2 must have the same dtype, but got {} and {}",
            this.dtype().scalar_type(),
            product.dtype().scalar_type()
        ));
    }
    if this.dtype().is_integral() || product.dtype().is_integral() {
        let floating = |number: Scalar| matches!(number, Scalar::Float(_));
        for (name, number) in [("beta", beta), ("alpha", alpha)] {
            if floating(number) {
                return error::runtime(format!(
                    "For integral input tensors, argument {name} must not be a floating point number."
                ));
            }
        }
    }
    let this = layout::expand(&this, product.sizes())?;
    // among bools a factor is there or not
    let as_bool = this.dtype() == Dtype::Bool && product.dtype() == Dtype::Bool;
    let factor = |number: Scalar| {
        if as_bool {
            Scalar::Bool(!number.is_zero())
        } else {
            number
        }
    };
    let (beta, alpha) = (factor(beta), factor(alpha));
    let product = if alpha.is_one() {
        product.clone()
    } else {
        binary::mul(product, alpha)?
    };
    if beta.is_zero() {
        return one(product);
    }
    if beta.is_one() {
        return one(binary::add(&product, &this)?);
    }
    one(binary::add(&product, &binary::mul(&this, beta)?)?)
}

fn check_batches(a: &Args) -> Result<()> {
    for (name, at) in [("batch1", 1), ("batch2", 2)] {
        if a.tensor(at)?.dim() != 3 {
            return error::runtime(format!("{name} must be a 3D tensor"));
        }
    }
    Ok(())
}

fn batches(grad: &Tensor, count: i64) -> Result<Tensor> {
    let mut sizes = grad.sizes();
    sizes.insert(0, count);
    expand(&unsqueeze(grad, 0)?, &sizes)
}

/// A transposed matrix gets its gradient in its own layout.
fn is_column_major(b: &Backward, at: usize) -> Result<bool> {
    let (sizes, strides) = (b.sizes(at)?, b.strides(at)?);
    Ok(strides.first() == Some(&1) && strides.get(1) == sizes.first())
}

fn left_backward(grad: &Tensor, right: &Tensor, column_major: bool) -> Result<Tensor> {
    if column_major {
        return t(&mm(&conj(right)?, &t(grad)?)?);
    }
    mm(grad, &conj(&t(right)?)?)
}

fn right_backward(grad: &Tensor, left: &Tensor, column_major: bool) -> Result<Tensor> {
    if column_major {
        return t(&mm(&t(grad)?, &conj(left)?)?);
    }
    mm(&conj(&t(left)?)?, grad)
}

/// Contracts dimensions of both by one matrix product.
fn tensordot(this: &Tensor, other: &Tensor, ours: &[i64], theirs: &[i64]) -> Result<Tensor> {
    if ours.len() != theirs.len() {
        return error::runtime("both dimension lists should have same length");
    }
    if this.dtype() != other.dtype() {
        return error::runtime("both inputs should have same dtype");
    }
    let (our_sizes, their_sizes) = (this.sizes(), other.sizes());
    let our_flags = layout::wrap_dims(ours, this.dim())?;
    let their_flags = layout::wrap_dims(theirs, other.dim())?;
    let wrap = |dims: &[i64], count: usize| -> Result<Dims> {
        dims.iter()
            .map(|&dim| layout::wrap_dim(dim, count).map(|dim| dim as i64))
            .collect()
    };
    let (ours, theirs) = (wrap(ours, this.dim())?, wrap(theirs, other.dim())?);
    let (mut this, mut other) = (this.clone(), other.clone());
    let mut contracted = 1;
    for (&our, &their) in ours.iter().zip(&theirs) {
        let size = |sizes: &Dims, dim: i64| sizes.get(dim as usize).copied().unwrap_or(1);
        let (our_size, their_size) = (size(&our_sizes, our), size(&their_sizes, their));
        if their_size == 1 {
            this = sum_dims(&this, &[our], true)?;
        } else if our_size == 1 {
            other = sum_dims(&other, &[their], true)?;
        } else if our_size == their_size {
            contracted *= our_size;
        } else {
            return error::runtime(format!(
                "contracted dimensions need to match, but first has size {our_size} in dim {our} and second has size {their_size} in dim {their}"
            ));
        }
    }
    let free = |flags: &[bool]| -> Dims { (0..flags.len() as i64).filter(|dim| !flags[*dim as usize]).collect() };
    let (our_free, their_free) = (free(&our_flags), free(&their_flags));
    let count = |sizes: &Dims, dims: &Dims| -> i64 { dims.iter().filter_map(|dim| sizes.get(*dim as usize)).product() };
    let (rows, columns) = (count(&our_sizes, &our_free), count(&their_sizes, &their_free));
    let mut sizes = Dims::new();
    sizes.extend(our_free.iter().filter_map(|dim| our_sizes.get(*dim as usize).copied()));
    sizes.extend(
        their_free
            .iter()
            .filter_map(|dim| their_sizes.get(*dim as usize).copied()),
    );
    let mut left_order = our_free;
    left_order.extend_from_slice(&ours);
    let mut right_order = theirs;
    right_order.extend_from_slice(&their_free);
    let left = reshape(&permute(&this, &left_order)?, &[rows, contracted])?;
    let right = reshape(&permute(&other, &right_order)?, &[contracted, columns])?;
    reshape(&mm(&left, &right)?, &sizes)
}

/// Products of matrices in the cheapest order; a vector may stand at either end.
fn chain(matrices: &[Tensor]) -> Result<Tensor> {
    let (Some(first), Some(last)) = (matrices.first(), matrices.last()) else {
        return error::runtime("chain_matmul(): Expected one or more matrices");
    };
    if matrices.len() == 1 {
        return Ok(first.clone());
    }
    let mut output = Dims::new();
    let mut list: Vec<Tensor> = matrices.to_vec();
    if first.dim() == 1 {
        list[0] = unsqueeze(first, 0)?;
    } else {
        output.push(first.sizes().first().copied().unwrap_or(1));
    }
    let end = list.len() - 1;
    if last.dim() == 1 {
        list[end] = unsqueeze(last, -1)?;
    } else {
        output.push(last.sizes().get(1).copied().unwrap_or(1));
    }
    if list.len() == 2 {
        return view(&mm(&list[0], &list[1])?, &output);
    }
    let extent = |at: usize| -> i64 {
        match at {
            0 => list[0].sizes().first().copied().unwrap_or(1),
            at => list[at - 1].sizes().get(1).copied().unwrap_or(1),
        }
    };
    let n = list.len();
    let mut cost = vec![vec![0i64; n]; n];
    let mut cut = vec![vec![0usize; n]; n];
    for length in 1..n {
        for i in 0..n - length {
            let j = i + length;
            cost[i][j] = i64::MAX;
            for k in i..j {
                let total = cost[i][k]
                    .saturating_add(cost[k + 1][j])
                    .saturating_add(extent(i).saturating_mul(extent(k + 1)).saturating_mul(extent(j + 1)));
                if total < cost[i][j] {
                    (cost[i][j], cut[i][j]) = (total, k);
                }
            }
        }
    }
    // products of intervals, from an explicit stack
    let mut stack = vec![(0, n - 1, false)];
    let mut done: Vec<Tensor> = Vec::new();
    while let Some((i, j, split)) = stack.pop() {
        if i == j {
            done.push(list[i].clone());
        } else if split {
            if let (Some(right), Some(left)) = (done.pop(), done.pop()) {
                done.push(mm(&left, &right)?);
            }
        } else {
            stack.push((i, j, true));
            stack.push((cut[i][j] + 1, j, false));
            stack.push((i, cut[i][j], false));
        }
    }
    match done.pop() {
        Some(product) => view(&product, &output),
        None => error::runtime("chain_matmul(): Expected one or more matrices"),
    }
}

/// PyTorch's composition: dot, mv and mm where they fit, one folded mm for batches against a matrix, else bmm over
/// expanded batches.
pub fn matmul(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    match (a.dim(), b.dim()) {
        (0, _) | (_, 0) => error::runtime(format!(
            "both arguments to matmul need to be at least 1D, but they are {}D and {}D",
            a.dim(),
            b.dim()
        )),
        (1, 1) => call1(&DOT, args![a, b]),
        (2, 1) => mv(a, b),
        (1, 2) => squeeze_in_place(&mm(&unsqueeze(a, 0)?, b)?, 0),
        (2, 2) => mm(a, b),
        _ if folds(a, b)? => folded(a, b),
        _ => batched(a, b),
    }
}

fn folds(a: &Tensor, b: &Tensor) -> Result<bool> {
    let larger_first = a.dim() >= b.dim();
    let (large, small) = if larger_first { (a, b) } else { (b, a) };
    if large.dim() < 3 || small.dim() > 2 {
        return Ok(false);
    }
    if small.requires_grad() {
        return Ok(true);
    }
    if a.dim() == 2 {
        return Ok(false);
    }
    if large.numel() == 0 {
        return Ok(true);
    }
    let array = large.array();
    let (mut sizes, mut strides) = (Dims::from(array.sizes()), Dims::from(array.strides()));
    if !larger_first {
        let n = sizes.len();
        sizes.swap(n - 1, n - 2);
        strides.swap(n - 1, n - 2);
    }
    let inner = sizes.len() - 2;
    Ok((0..inner).all(|i| strides[i] == strides[i + 1] * sizes[i + 1]))
}

fn folded(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let swapped = b.dim() > a.dim();
    let large = if swapped { transpose(b, -2, -1)? } else { a.clone() };
    let small = match (swapped, a.dim()) {
        (false, _) => b.clone(),
        (true, 2) => t(a)?,
        (true, _) => a.clone(),
    };
    let sizes = large.sizes();
    let (inner, leading) = sizes
        .split_last()
        .map(|(last, rest)| (*last, rest.to_vec()))
        .unwrap_or((1, Vec::new()));
    let rows: i64 = leading.iter().product();
    let flat = reshape(&large, &[rows, inner])?;
    let mut output = Dims::from(leading.as_slice());
    if small.dim() == 1 {
        return unsafe_view(&mv(&flat, &small)?, &output);
    }
    output.push(small.sizes().get(1).copied().unwrap_or(1));
    let product = unsafe_view(&mm(&flat, &small)?, &output)?;
    if swapped {
        return contiguous(&transpose(&product, -2, -1)?);
    }
    Ok(product)
}

fn batched(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (left, right) = (a.sizes(), b.sizes());
    let batch = |sizes: &Dims| -> Dims { sizes.iter().take(sizes.len().saturating_sub(2)).copied().collect() };
    let (left_batch, right_batch) = (batch(&left), batch(&right));
    if left.len() == 3 && right.len() == 3 && left_batch != right_batch {
        if left_batch.first() == Some(&1) && a.requires_grad() {
            return matmul(&squeeze_dim(a, 0)?, b);
        }
        if right_batch.first() == Some(&1) && b.requires_grad() {
            return matmul(a, &squeeze_dim(b, 0)?);
        }
    }
    let from_end = |sizes: &Dims, at: usize| {
        sizes
            .len()
            .checked_sub(at)
            .and_then(|at| sizes.get(at))
            .copied()
            .unwrap_or(1)
    };
    let vector = right.len() == 1;
    let n = from_end(&left, 2);
    let inner = from_end(&left, 1);
    let (depth, p) = if vector {
        (from_end(&right, 1), 1)
    } else {
        (from_end(&right, 2), from_end(&right, 1))
    };
    let mut output = layout::broadcast_sizes(&left_batch, &right_batch)?;
    let count: i64 = output.iter().product();
    let mut left_sizes = output.clone();
    left_sizes.extend([n, inner]);
    let mut right_sizes = output.clone();
    if vector {
        right_sizes.push(depth);
    } else {
        right_sizes.extend([depth, p]);
    }
    let left = reshape(&expand(a, &left_sizes)?, &[count, n, inner])?;
    let right = reshape(&expand(b, &right_sizes)?, &[count, depth, p])?;
    let product = bmm(&left, &right)?;
    if a.dim() > 1 {
        output.push(n);
    }
    if !vector {
        output.push(p);
        return unsafe_view(&product, &output);
    }
    unsafe_view(&squeeze_dim(&product, -1)?, &output)
}

pub fn mm(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    call1(&MM, args![a, b])
}

pub fn bmm(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    call1(&BMM, args![a, b])
}

pub fn mv(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    call1(&MV, args![a, b])
}

pub fn outer(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    call1(&OUTER, args![a, b])
}
