//! Differences and integrals of sampled functions.

use super::scan::cumsum;
use crate::array::{Dtype, Result, Scalar, error, layout};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::shape::copy_in_place;

ops! {
    /// The n-th differences of neighbours along dim.
    DIFF = "diff", "torch.diff(torch.tensor([1, 4, 9]))", [Overload::new(
        "diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| {
            let (this, n, dim) = (a.tensor(0)?, a.int(1)?, a.int(2)?);
            if this.dim() == 0 {
                return error::runtime("diff expects input to be at least one-dimensional");
            }
            layout::wrap_dim(dim, this.dim())?;
            if n < 0 {
                return error::runtime(format!("order must be non-negative but got {n}"));
            }
            let mut parts = Vec::new();
            parts.extend(a.optional_tensor(3).cloned());
            parts.push(this.clone());
            parts.extend(a.optional_tensor(4).cloned());
            for part in &parts {
                check_neighbour(this, part, dim)?;
            }
            if n == 0 {
                let copied = zeros_like(this)?;
                copy_in_place(&copied, this)?;
                return one(copied);
            }
            let mut result = if parts.len() > 1 { cat(&parts, dim)? } else { this.clone() };
            let axis = layout::wrap_dim(dim, this.dim())?;
            let length = |tensor: &Tensor| tensor.sizes().get(axis).copied().unwrap_or(0);
            if n >= length(&result) {
                return one(narrow(&result, axis, 0, 0)?);
            }
            for _ in 0..n {
                let count = length(&result) - 1;
                let here = narrow(&result, axis, 0, count)?;
                let next = narrow(&result, axis, 1, count)?;
                result = if this.dtype() == Dtype::Bool { ne(&next, &here)? } else { sub(&next, &here)? };
            }
            one(result)
        },
        Composite,
    )];
    /// The integral of y by the trapezoidal rule, at points x or dx apart.
    TRAPEZOID = "trapezoid" / "trapz", "torch.trapezoid(torch.tensor([1.0, 5.0, 10.0]))", [
        Overload::new(
            "trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
            FUNCTION,
            |a| {
                let (y, x, dim) = (a.tensor(0)?, a.tensor(1)?, a.int(2)?);
                let axis = layout::wrap_dim(dim, y.dim())?;
                if y.sizes().get(axis) == Some(&0) {
                    return one(sum_dims(y, &[dim], false)?);
                }
                let (steps, heights) = (steps(y, x, axis, "trapezoid")?, heights(y, axis)?);
                one(div(sum_dims(&mul(&heights, &steps)?, &[dim], false)?, 2.0)?)
            },
            Composite,
        ),
        Overload::new(
            "trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
            FUNCTION,
            |a| {
                let (y, dx, dim) = (a.tensor(0)?, a.scalar(1)?, a.int(2)?);
                let axis = layout::wrap_dim(dim, y.dim())?;
                if y.sizes().get(axis) == Some(&0) {
                    return one(sum_dims(y, &[dim], false)?);
                }
                let edges = add(select(y, dim, 0)?, select(y, dim, -1)?)?;
                let total = sub(sum_dims(y, &[dim], false)?, mul(edges, 0.5)?)?;
                one(mul(total, dx)?)
            },
            Composite,
        ),
    ];
    /// Running integrals of y by the trapezoidal rule, at points x or dx apart.
    CUMULATIVE_TRAPEZOID = "cumulative_trapezoid", "torch.cumulative_trapezoid(torch.tensor([1.0, 5.0, 10.0]))", [
        Overload::new(
            "cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
            FUNCTION,
            |a| {
                let (y, x, dim) = (a.tensor(0)?, a.tensor(1)?, a.int(2)?);
                let axis = layout::wrap_dim(dim, y.dim())?;
                let (steps, heights) = (steps(y, x, axis, "cumulative_trapezoid")?, heights(y, axis)?);
                one(div(cumsum(&mul(&heights, &steps)?, dim)?, 2.0)?)
            },
            Composite,
        ),
        Overload::new(
            "cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
            FUNCTION,
            |a| {
                let (y, dx, dim) = (a.tensor(0)?, a.scalar(1)?, a.int(2)?);
                let axis = layout::wrap_dim(dim, y.dim())?;
                let step = match dx {
                    Scalar::Complex(re, im) => Scalar::Complex(re / 2.0, im / 2.0),
                    dx => Scalar::Float(dx.to_f64() / 2.0),
                };
                one(cumsum(&mul(heights(y, axis)?, step)?, dim)?)
            },
            Composite,
        ),
    ];
    /// The gradient of a sampled function along each dimension, by differences of second order inside.
    GRADIENT = "gradient", "torch.gradient(torch.tensor([1.0, 4.0, 9.0]))", [
        Overload::new(
            "gradient.scalarint(Tensor self, *, Scalar? spacing=None, int? dim=None, int edge_order=1) -> Tensor[]",
            FUNCTION,
            |a| {
                let this = a.tensor(0)?;
                let dims = gradient_dims(this, a.optional_int(2).as_slice());
                let spacing = vec![a.optional_scalar(1).unwrap_or(Scalar::Int(1)); dims.len()];
                even_gradient(this, &spacing, &dims, a.int(3)?)
            },
            Composite,
        ),
        Overload::new(
            "gradient.scalararray(Tensor self, *, Scalar spacing, int[] dim, int edge_order=1) -> Tensor[]",
            FUNCTION,
            |a| {
                let dims = gradient_dims(a.tensor(0)?, a.ints(2)?);
                let spacing = vec![a.scalar(1)?; dims.len()];
                even_gradient(a.tensor(0)?, &spacing, &dims, a.int(3)?)
            },
            Composite,
        ),
        Overload::new(
            "gradient.array(Tensor self, *, int[] dim, int edge_order=1) -> Tensor[]",
            FUNCTION,
            |a| {
                let dims = gradient_dims(a.tensor(0)?, a.ints(1)?);
                even_gradient(a.tensor(0)?, &vec![Scalar::Int(1); dims.len()], &dims, a.int(2)?)
            },
            Composite,
        ),
        Overload::new(
            "gradient.scalarrayint(Tensor self, *, Scalar[] spacing, int? dim=None, int edge_order=1) -> Tensor[]",
            FUNCTION,
            |a| {
                let dims = gradient_dims(a.tensor(0)?, a.optional_int(2).as_slice());
                even_gradient(a.tensor(0)?, a.scalars(1)?, &dims, a.int(3)?)
            },
            Composite,
        ),
        Overload::new(
            "gradient.scalarrayarray(Tensor self, *, Scalar[] spacing, int[] dim, int edge_order=1) -> Tensor[]",
            FUNCTION,
            |a| {
                let dims = gradient_dims(a.tensor(0)?, a.ints(2)?);
                even_gradient(a.tensor(0)?, a.scalars(1)?, &dims, a.int(3)?)
            },
            Composite,
        ),
        Overload::new(
            "gradient.tensorarrayint(Tensor self, *, Tensor[] spacing, int? dim=None, int edge_order=1) -> Tensor[]",
            FUNCTION,
            |a| {
                let dims = gradient_dims(a.tensor(0)?, a.optional_int(2).as_slice());
                uneven_gradient(a.tensor(0)?, &a.tensors(1)?, &dims, a.int(3)?)
            },
            Composite,
        ),
        Overload::new(
            "gradient.tensorarray(Tensor self, *, Tensor[] spacing, int[] dim, int edge_order=1) -> Tensor[]",
            FUNCTION,
            |a| {
                let dims = gradient_dims(a.tensor(0)?, a.ints(2)?);
                uneven_gradient(a.tensor(0)?, &a.tensors(1)?, &dims, a.int(3)?)
            },
            Composite,
        ),
    ];
}

fn check_neighbour(this: &Tensor, part: &Tensor, dim: i64) -> Result<()> {
    if part.dim() != this.dim() {
        return error::runtime("diff expects prepend or append to be the same dimension as input");
    }
    let axis = layout::wrap_dim(dim, this.dim())?;
    let (ours, theirs) = (this.sizes(), part.sizes());
    for (at, (our, their)) in ours.iter().zip(&theirs).enumerate() {
        if at != axis && our != their {
            return error::runtime(format!(
                "diff expects the shape of tensor to prepend or append to match that of input except along the differencing dimension; input.size({at}) = {our}, but got tensor.size({at}) = {their}"
            ));
        }
    }
    Ok(())
}

/// Sums of neighbours.
fn heights(y: &Tensor, axis: usize) -> Result<Tensor> {
    let length = y.sizes().get(axis).copied().unwrap_or(1);
    let count = (length - 1).max(0);
    add(narrow(y, axis, 0, count)?, narrow(y, axis, length - count, count)?)
}

/// The distances between points, with as many dimensions as y has.
fn steps(y: &Tensor, x: &Tensor, axis: usize, name: &str) -> Result<Tensor> {
    let (y_sizes, x_sizes) = (y.sizes(), x.sizes());
    let between = |x: &Tensor, axis: usize| {
        let length = x.sizes().get(axis).copied().unwrap_or(1);
        let count = (length - 1).max(0);
        sub(narrow(x, axis, length - count, count)?, narrow(x, axis, 0, count)?)
    };
    let mismatch = || error::runtime(format!("{name}: There must be one `x` value for each sample point"));
    if x.dim() == 1 {
        if x_sizes.first() != y_sizes.get(axis) {
            return mismatch();
        }
        let distances = between(x, 0)?;
        let mut sizes: Vec<i64> = vec![1; y.dim()];
        if let Some(size) = sizes.get_mut(axis) {
            *size = distances.numel() as i64;
        }
        return view(&distances, &sizes);
    }
    let mut x = x.clone();
    while x.dim() < y.dim() {
        x = unsqueeze(&x, 0)?;
    }
    if x.sizes().get(axis) != y_sizes.get(axis) {
        return mismatch();
    }
    between(&x, axis)
}

/// The dimensions asked for, else all.
fn gradient_dims(this: &Tensor, dims: &[i64]) -> Vec<i64> {
    if dims.is_empty() {
        (0..this.dim() as i64).collect()
    } else {
        dims.to_vec()
    }
}

fn check_gradient(this: &Tensor, spacing: Option<usize>, dims: &[i64], edge_order: i64) -> Result<()> {
    if let Some(count) = spacing
        && count != dims.len()
    {
        return error::runtime(format!(
            "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same length, but got a spacing argument of length {count} and a dim argument of length {}.",
            dims.len()
        ));
    }
    if edge_order != 1 && edge_order != 2 {
        return error::runtime("torch.gradient only supports edge_order=1 and edge_order=2.");
    }
    for &dim in dims {
        let axis = layout::wrap_dim(dim, this.dim())?;
        if this.sizes().get(axis).copied().unwrap_or(0) < edge_order + 1 {
            return error::runtime("torch.gradient expected each dimension size to be at least edge_order+1");
        }
    }
    let flags = layout::wrap_dims(dims, this.dim());
    flags.map(|_| ())
}

fn even_gradient(this: &Tensor, spacing: &[Scalar], dims: &[i64], edge_order: i64) -> Result<Outs> {
    check_gradient(this, Some(spacing.len()), dims, edge_order)?;
    let mut result = Vec::new();
    for (&dim, &step) in dims.iter().zip(spacing) {
        let axis = layout::wrap_dim(dim, this.dim())?;
        let n = this.sizes().get(axis).copied().unwrap_or(0);
        let piece = |start: i64, length: i64| narrow(this, axis, start, length);
        let step = step.to_f64();
        let inside = div(sub(piece(2, n - 2)?, piece(0, n - 2)?)?, step * 2.0)?;
        let (first, last) = if edge_order == 1 {
            let first = div(sub(piece(1, 1)?, piece(0, 1)?)?, step)?;
            (first, div(sub(piece(n - 1, 1)?, piece(n - 2, 1)?)?, step)?)
        } else {
            let edge = |near: Tensor, middle: Tensor, far: Tensor, sign: f64| {
                let (a, b, c) = (-1.5 * sign / step, 2.0 * sign / step, -0.5 * sign / step);
                add(add(mul(near, a)?, mul(middle, b)?)?, mul(far, c)?)
            };
            (
                edge(piece(0, 1)?, piece(1, 1)?, piece(2, 1)?, 1.0)?,
                edge(piece(n - 1, 1)?, piece(n - 2, 1)?, piece(n - 3, 1)?, -1.0)?,
            )
        };
        result.push(cat(&[first, inside, last], dim)?);
    }
    one(Arg::list(result))
}

fn uneven_gradient(this: &Tensor, points: &[Tensor], dims: &[i64], edge_order: i64) -> Result<Outs> {
    check_gradient(this, Some(points.len()), dims, edge_order)?;
    let mut result = Vec::new();
    for (&dim, points) in dims.iter().zip(points) {
        let axis = layout::wrap_dim(dim, this.dim())?;
        let n = this.sizes().get(axis).copied().unwrap_or(0);
        if points.dim() != 1 {
            return error::runtime(format!(
                "torch.gradient expected each element of spacing to have one dimension, but got an element with {} dimensions!",
                points.dim()
            ));
        }
        if points.numel() as i64 != n {
            return error::runtime(format!(
                "torch.gradient expected each spacing to have one element for each element of input along its dimension, but got {} and {n}",
                points.numel()
            ));
        }
        let mut sizes = vec![1; this.dim()];
        let mut along = |tensor: Tensor| {
            if let Some(size) = sizes.get_mut(axis) {
                *size = -1;
            }
            reshape(&tensor, &sizes)
        };
        let steps = sub(narrow(points, 0, 1, n - 1)?, narrow(points, 0, 0, n - 1)?)?;
        let before = along(narrow(&steps, 0, 0, n - 2)?)?;
        let after = along(narrow(&steps, 0, 1, n - 2)?)?;
        let piece = |start: i64, length: i64| narrow(this, axis, start, length);
        let both = add(&before, &after)?;
        let a = div(neg(&after)?, mul(&before, &both)?)?;
        let b = div(sub(&after, &before)?, mul(&before, &after)?)?;
        let c = div(&before, mul(&after, &both)?)?;
        let inside = add(
            add(mul(a, piece(0, n - 2)?)?, mul(b, piece(1, n - 2)?)?)?,
            mul(c, piece(2, n - 2)?)?,
        )?;
        let step = |at: i64| select(&steps, 0, at);
        let (first, last) = if edge_order == 1 {
            let first = div(sub(piece(1, 1)?, piece(0, 1)?)?, step(0)?)?;
            (first, div(sub(piece(n - 1, 1)?, piece(n - 2, 1)?)?, step(n - 2)?)?)
        } else {
            let edge = |near: Tensor, middle: Tensor, far: Tensor, h: Tensor, k: Tensor, sign: f64| {
                let both = add(&h, &k)?;
                let a = div(neg(add(mul(&h, 2)?, &k)?)?, mul(&h, &both)?)?;
                let b = div(&both, mul(&h, &k)?)?;
                let c = div(neg(&h)?, mul(&k, &both)?)?;
                let total = add(add(mul(a, near)?, mul(b, middle)?)?, mul(c, far)?)?;
                if sign < 0.0 { neg(total) } else { Ok(total) }
            };
            (
                edge(piece(0, 1)?, piece(1, 1)?, piece(2, 1)?, step(0)?, step(1)?, 1.0)?,
                edge(
                    piece(n - 1, 1)?,
                    piece(n - 2, 1)?,
                    piece(n - 3, 1)?,
                    step(n - 2)?,
                    step(n - 3)?,
                    -1.0,
                )?,
            )
        };
        result.push(cat(&[first, inside, last], dim)?);
    }
    one(Arg::list(result))
}
