//! Distances of all rows of one matrix from all rows of another, or of the same.

use crate::array::nn::distance::{self, Norm};
use crate::array::{Array, Dims, Result, copy, error, layout, view as shape};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::indexing::gather::{index_add, index_select};
use crate::ops::op::*;

/// Both as [batch, rows, width], and the sizes of all their distances.
fn batches(x1: &Array, x2: &Array) -> Result<(Array, Array, Dims)> {
    let leading = |x: &Array| -> Dims { x.sizes().iter().take(x.dim().saturating_sub(2)).copied().collect() };
    let rows = |x: &Array| x.sizes().iter().rev().nth(1).copied().unwrap_or(1);
    let batch = layout::broadcast_sizes(&leading(x1), &leading(x2))?;
    let count = batch.iter().product::<i64>();
    let flat = |x: &Array| {
        let width = x.sizes().last().copied().unwrap_or(0);
        let mut sizes = batch.clone();
        sizes.extend([rows(x), width]);
        let expanded = copy::contiguous(&layout::expand(x, &sizes)?)?;
        shape::view(&expanded, &[count, rows(x), width])
    };
    let mut sizes = batch.clone();
    sizes.extend([rows(x1), rows(x2)]);
    Ok((flat(x1)?, flat(x2)?, sizes))
}

/// The slope of a distance by a difference, and its derivatives by the difference and the distance.
struct Slopes {
    slope: Tensor,
    by_difference: Option<Tensor>,
    by_distance: Option<Tensor>,
}

/// As the kernel's slopes, in differentiable ops; `distance` broadcasts over the differences' last dimension.
fn slopes(apart: &Tensor, distance: &Tensor, p: f64) -> Result<Slopes> {
    let nowhere = eq(distance, 0)?;
    let safe = masked_fill(distance, &nowhere, 1)?;
    let constant = |slope| {
        Ok(Slopes {
            slope,
            by_difference: None,
            by_distance: None,
        })
    };
    let hold = |x: Tensor| masked_fill(&x, &nowhere, 0);
    match Norm::of(p) {
        Norm::Zero => constant(zeros_like(apart)?),
        Norm::One => constant(sgn(apart)?),
        Norm::Infinity => constant(mul(sgn(apart)?, to_dtype(&eq(abs(apart)?, distance)?, apart.dtype())?)?),
        _ => {
            let still = eq(apart, 0)?;
            let moved = masked_fill(apart, &still, 1)?;
            let power = match p == 2.0 {
                true => add(zeros_like(&moved)?, 1)?,
                false => masked_fill(&pow(abs(&moved)?, p - 2.0)?, &still, 0)?,
            };
            let slope = hold(div(mul(apart, &power)?, pow(&safe, p - 1.0)?)?)?;
            let by_difference = hold(mul(div(&power, pow(&safe, p - 1.0)?)?, p - 1.0)?)?;
            let by_distance = hold(mul(div(&slope, &safe)?, 1.0 - p)?)?;
            Ok(Slopes {
                slope,
                by_difference: Some(by_difference),
                by_distance: Some(by_distance),
            })
        }
    }
}

/// Gradients of sum(incoming * grad * slope) by grad, the differences and the distances.
fn second(incoming: &Tensor, grad: &Tensor, apart: &Tensor, distance: &Tensor, p: f64) -> Result<[Tensor; 3]> {
    let (grad, distance) = (unsqueeze(grad, -1)?, unsqueeze(distance, -1)?);
    let slopes = slopes(apart, &distance, p)?;
    let along = [-1];
    let to_grad = sum_dims(&mul(incoming, &slopes.slope)?, &along, false)?;
    let both = mul(incoming, &grad)?;
    let to_apart = match slopes.by_difference {
        Some(slope) => mul(&both, &slope)?,
        None => zeros_like(&both)?,
    };
    let to_distance = match slopes.by_distance {
        Some(slope) => sum_dims(&mul(&both, &slope)?, &along, false)?,
        None => zeros_like(&to_grad)?,
    };
    Ok([to_grad, to_apart, to_distance])
}

fn cdist_second(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (x1, x2) = (b.tensor(1)?, b.tensor(2)?);
    let apart = sub(unsqueeze(&x1, -2)?, unsqueeze(&x2, -3)?)?;
    let incoming = unsqueeze(b.grad()?, -2)?;
    let [to_grad, to_apart, to_distance] = second(&incoming, &b.tensor(0)?, &apart, &b.tensor(4)?, b.float(3)?)?;
    let to_x1 = sum_dims(&to_apart, &[-2], false)?;
    let to_x2 = neg(sum_dims(&to_apart, &[-3], false)?)?;
    Ok(vec![Some(to_grad), Some(to_x1), Some(to_x2), Some(to_distance)])
}

fn pdist_second(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (grad, x) = (b.tensor(0)?, b.tensor(1)?);
    let rows = x.sizes().first().copied().unwrap_or(0);
    let (mut first, mut other) = (Vec::new(), Vec::new());
    for i in 0..rows {
        for j in i + 1..rows {
            first.push(i);
            other.push(j);
        }
    }
    let list = |rows: &[i64]| Ok::<_, error::Error>(Tensor::from(Array::from_vec(&[rows.len() as i64], rows)?));
    let (first, other) = (list(&first)?, list(&other)?);
    let differences = |x: &Tensor| sub(index_select(x, 0, &first)?, index_select(x, 0, &other)?);
    let [to_grad, to_apart, to_distance] = second(
        &differences(b.grad()?)?,
        &grad,
        &differences(&x)?,
        &b.tensor(3)?,
        b.float(2)?,
    )?;
    let to_x = index_add(&zeros_like(&x)?, 0, &first, &to_apart)?;
    let to_x = index_add(&to_x, 0, &other, &neg(&to_apart)?)?;
    Ok(vec![Some(to_grad), Some(to_x), Some(to_distance)])
}

/// Rows as [batch, rows, width] for the euclidean distance by a product; matrices stay.
fn rows_of(x: &Tensor, batch: &[i64]) -> Result<Tensor> {
    let sizes = x.sizes();
    let &[.., rows, width] = &sizes[..] else {
        return Ok(x.clone());
    };
    let mut wanted: Dims = batch.into();
    wanted.extend([rows, width]);
    let expanded = contiguous(&expand(x, &wanted)?)?;
    view(&expanded, &[batch.iter().product::<i64>(), rows, width])
}

fn cdist(x1: &Tensor, x2: &Tensor, p: f64, mode: i64) -> Result<Tensor> {
    for (x, name) in [(x1, "X1"), (x2, "X2")] {
        if x.dim() < 2 {
            return error::runtime(format!(
                "cdist only supports at least 2D tensors, {name} got: {}D",
                x.dim()
            ));
        }
    }
    let (sizes1, sizes2) = (x1.sizes(), x2.sizes());
    let (&[.., rows1, width1], &[.., rows2, width2]) = (&sizes1[..], &sizes2[..]) else {
        return error::runtime("cdist only supports at least 2D tensors");
    };
    if width1 != width2 {
        return error::runtime(format!(
            "X1 and X2 must have the same number of columns. X1: {width1} X2: {width2}"
        ));
    }
    let many = mode == 0 && (rows1 > 25 || rows2 > 25);
    if x1.numel() == 0 || x2.numel() == 0 || p != 2.0 || !(mode == 1 || many) {
        return call1(&CDIST_FORWARD, args![x1, x2, p, mode]);
    }
    check(x1, x2, p)?;
    let batch1 = &sizes1[..sizes1.len() - 2];
    let batch = layout::broadcast_sizes(batch1, &sizes2[..sizes2.len() - 2])?;
    let mut sizes = batch.clone();
    sizes.extend([rows1, rows2]);
    let distances = match batch.is_empty() {
        true => call1(&EUCLIDEAN_DIST, args![x1, x2])?,
        false => call1(&EUCLIDEAN_DIST, args![rows_of(x1, &batch)?, rows_of(x2, &batch)?])?,
    };
    view(&distances, &sizes)
}

fn check(x1: &Tensor, x2: &Tensor, p: f64) -> Result<()> {
    for (x, name) in [(x1, "X1"), (x2, "X2")] {
        if !x.dtype().is_floating_point() {
            return error::runtime(format!(
                "cdist only supports floating-point dtypes, {name} got: {}",
                x.dtype().scalar_type()
            ));
        }
    }
    match p >= 0.0 {
        true => Ok(()),
        false => error::runtime("cdist only supports non-negative p values"),
    }
}

ops! {
    /// The p-norm distances of all rows of x1 from all rows of x2.
    CDIST = "cdist", "torch.cdist(torch.zeros(1, 2), torch.ones(2, 2))", [Overload::new(
        "cdist(Tensor x1, Tensor x2, float p=2, int? compute_mode=None) -> Tensor",
        FUNCTION,
        |a| one(cdist(a.tensor(0)?, a.tensor(1)?, a.float(2)?, a.optional_int(3).unwrap_or(0))?),
        Derivative::Composite,
    )];
    /// cdist, component by component.
    CDIST_FORWARD = "_cdist_forward", "torch.cdist(torch.zeros(1, 2), torch.ones(2, 2))", [Overload::new(
        "_cdist_forward(Tensor x1, Tensor x2, float p, int? compute_mode) -> Tensor",
        0,
        |a| {
            let (x1, x2, p) = (a.tensor(0)?, a.tensor(1)?, a.float(2)?);
            check(x1, x2, p)?;
            let (x1, x2, sizes) = batches(&x1.array(), &x2.array())?;
            if sizes.contains(&0) {
                return one(Array::zeros(&sizes, x1.dtype())?);
            }
            one(shape::view(&distance::between(&x1, &x2, Norm::of(p))?, &sizes)?)
        },
        Derivative::Node("CdistBackward0", &[
            grad("x1", "x1, x2, p, result", |b| {
                call1(&CDIST_BACKWARD, args![
                    contiguous(b.grad()?)?, b.tensor(0)?, b.tensor(1)?, b.float(2)?, b.result(0)?
                ])
            }),
            grad("x2", "x1, x2, p, result", |b| {
                let turned = |x: &Tensor| contiguous(&transpose(x, -2, -1)?);
                call1(&CDIST_BACKWARD, args![
                    turned(b.grad()?)?, b.tensor(1)?, b.tensor(0)?, b.float(2)?, turned(&b.result(0)?)?
                ])
            }),
        ]),
    )];
    /// The gradient of cdist for its first argument.
    CDIST_BACKWARD = "_cdist_backward", "torch.cdist(torch.zeros(1, 2), torch.ones(2, 2))", [Overload::new(
        "_cdist_backward(Tensor grad_output, Tensor x1, Tensor x2, float p, Tensor cdist) -> Tensor",
        0,
        |a| {
            let (x1, x2, sizes) = batches(&*a.array(1)?, &*a.array(2)?)?;
            let norm = Norm::of(a.float(3)?);
            let (batch, width) = (x1.sizes().first().copied().unwrap_or(1), x1.sizes().last().copied().unwrap_or(0));
            let rows = sizes.iter().rev().nth(1).copied().unwrap_or(0);
            let flat = |x: &Array| copy::contiguous(&layout::expand(x, &sizes)?);
            let result = distance::between_backward(&flat(&*a.array(0)?)?, &x1, &x2, norm, &flat(&*a.array(4)?)?)?;
            let result = shape::view(&result, &[batch, rows, width])?;
            let mut whole = sizes.clone();
            whole.pop();
            whole.push(width);
            one(shape::view(&result, &whole)?)
        },
        Derivative::Node("CdistBackwardBackward0", &[
            joint("grad_output, x1, x2, cdist", "grad_output, x1, x2, p, cdist", cdist_second),
        ]),
    )];
    /// cdist in the 2-norm, by a matrix product.
    EUCLIDEAN_DIST = "_euclidean_dist", "torch.cdist(torch.zeros(30, 2), torch.ones(2, 2))[0]", [Overload::new(
        "_euclidean_dist(Tensor x1, Tensor x2) -> Tensor",
        FUNCTION,
        |a| {
            let (x1, x2) = (a.tensor(0)?.detach(), a.tensor(1)?.detach());
            let norm = |x: &Tensor| sum_dims(&pow(x, 2)?, &[-1], true);
            let (norm1, norm2) = (norm(&x1)?, norm(&x2)?);
            let ones = |like: &Tensor| add(zeros_like(like)?, 1);
            let left = cat(&[mul(&x1, -2)?, norm1.clone(), ones(&norm1)?], -1)?;
            let right = cat(&[x2, ones(&norm2)?, norm2], -1)?;
            let square = crate::ops::blas::matmul(&left, &transpose(&right, -2, -1)?)?;
            one(sqrt(clamp_min(&square, 0)?)?)
        },
        Derivative::Node("EuclideanDistBackward0", &[joint("x1, x2", "x1, x2, result", |b| {
            let (x1, x2, distance) = (b.tensor(0)?, b.tensor(1)?, b.result(0)?);
            let ratio = masked_fill(&div(b.grad()?, &distance)?, &eq(&distance, 0)?, 0)?;
            let product = crate::ops::blas::matmul;
            let to_x1 = sub(mul(&x1, sum_dims(&ratio, &[-1], true)?)?, product(&ratio, &x2)?)?;
            let columns = unsqueeze(&sum_dims(&ratio, &[-2], false)?, -1)?;
            let to_x2 = sub(mul(&x2, &columns)?, product(&transpose(&ratio, -2, -1)?, &x1)?)?;
            Ok(vec![Some(to_x1), Some(to_x2)])
        })]),
    )];
    /// The p-norm distances of all pairs of rows.
    PDIST = "pdist", "torch.pdist(torch.tensor([[0.0], [1.0]]))", [Overload::new(
        "pdist(Tensor self, float p=2) -> Tensor",
        FUNCTION,
        |a| {
            let x = a.tensor(0)?;
            if x.dim() != 2 {
                return error::runtime(format!("pdist only supports 2D tensors, got: {}D", x.dim()));
            }
            if !x.dtype().is_floating_point() {
                return error::runtime("pdist only supports floating-point dtypes");
            }
            if a.float(1)? < 0.0 {
                return error::runtime("pdist only supports non-negative p values");
            }
            one(call1(&PDIST_FORWARD, args![contiguous(x)?, a.float(1)?])?)
        },
        Derivative::Composite,
    )];
    /// pdist of a contiguous matrix.
    PDIST_FORWARD = "_pdist_forward", "torch.pdist(torch.tensor([[0.0], [1.0]]))", [Overload::new(
        "_pdist_forward(Tensor self, float p=2) -> Tensor",
        0,
        |a| one(distance::pairs(&*a.array(0)?, Norm::of(a.float(1)?))?),
        Derivative::Node("PdistBackward0", &[grad("self", "self, p, result", |b| {
            call1(&PDIST_BACKWARD, args![contiguous(b.grad()?)?, b.tensor(0)?, b.float(1)?, b.result(0)?])
        })]),
    )];
    /// The gradient of pdist.
    PDIST_BACKWARD = "_pdist_backward", "torch.pdist(torch.tensor([[0.0], [1.0]]))", [Overload::new(
        "_pdist_backward(Tensor grad_output, Tensor self, float p, Tensor pdist) -> Tensor",
        0,
        |a| {
            let norm = Norm::of(a.float(2)?);
            one(distance::pairs_backward(&*a.array(0)?, &*a.array(1)?, norm, &*a.array(3)?)?)
        },
        Derivative::Node("PdistBackwardBackward0", &[
            joint("grad_output, self, pdist", "grad_output, self, p, pdist", pdist_second),
        ]),
    )];
}
