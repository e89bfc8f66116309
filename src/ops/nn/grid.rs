//! Images sampled at places that a grid names, and grids of affine maps.

use crate::array::array::format_sizes;
use crate::array::nn::grid as kernel;
use crate::array::nn::grid::{Interpolation, Outside, Sampling};
use crate::array::{Array, Dims, Dtype, Result, Scalar, copy, create, error, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::blas::bmm;
use crate::ops::formula::*;
use crate::ops::op::*;

/// From the arguments `interpolation_mode, padding_mode, align_corners` from position `from` on.
fn sampling(a: &Args, from: usize, dtype: Dtype) -> Result<Sampling> {
    Ok(Sampling {
        interpolation: match a.int(from)? {
            0 => Interpolation::Linear,
            1 => Interpolation::Nearest,
            _ => Interpolation::Cubic,
        },
        outside: match a.int(from + 1)? {
            0 => Outside::Zeros,
            1 => Outside::Border,
            _ => Outside::Reflection,
        },
        align_corners: a.bool(from + 2)?,
        single: dtype != Dtype::Float64,
    })
}

fn check(input: &[i64], grid: &[i64], dims: Option<usize>) -> Result<()> {
    let both = || {
        format!(
            "but got input with sizes {} and grid with sizes {}",
            format_sizes(input),
            format_sizes(grid)
        )
    };
    if input.first() != grid.first() {
        return error::runtime(format!(
            "grid_sampler(): expected grid and input to have same batch size, {}",
            both()
        ));
    }
    let last = grid.last().copied().unwrap_or(0);
    if last != input.len() as i64 - 2 {
        return error::runtime(format!(
            "grid_sampler(): expected grid to have size {} in last dimension, but got grid with sizes {}",
            input.len() as i64 - 2,
            format_sizes(grid)
        ));
    }
    if let Some(empty) = (2..input.len()).find(|&dim| input[dim] == 0) {
        return error::runtime(format!(
            "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {} with dimension {empty} being empty",
            format_sizes(input)
        ));
    }
    let (wanted, fits) = match dims {
        Some(dims) => (format!("{}D", dims + 2), input.len() == dims + 2),
        None => ("4D or 5D".to_string(), (4..=5).contains(&input.len())),
    };
    if !fits || input.len() != grid.len() {
        return error::runtime(format!(
            "grid_sampler(): expected {wanted} input and grid with same number of dimensions, {}",
            both()
        ));
    }
    Ok(())
}

fn kernel_name(dims: usize) -> &'static str {
    if dims == 2 {
        "grid_sampler_2d_cpu_kernel_impl"
    } else {
        "grid_sampler3d_cpu"
    }
}

fn forward(a: &Args, dims: usize) -> Result<Outs> {
    let (input, grid) = (a.array(0)?, a.array(1)?);
    check(input.sizes(), grid.sizes(), Some(dims))?;
    if !input.dtype().is_floating_point() {
        return unary::unsupported(kernel_name(dims), input.dtype());
    }
    if input.dtype() != grid.dtype() {
        return error::runtime(format!(
            "expected scalar type {} but found {}",
            input.dtype().scalar_type(),
            grid.dtype().scalar_type()
        ));
    }
    let by = sampling(a, 2, input.dtype())?;
    one(kernel::forward(&input, &grid, &by, kernel_name(dims))?)
}

fn backward(a: &Args, dims: usize) -> Result<Outs> {
    let (grad, input, grid) = (a.array(0)?, a.array(1)?, a.array(2)?);
    let by = sampling(a, 3, input.dtype())?;
    two(kernel::backward(&grad, &input, &grid, &by, kernel_name(dims))?)
}

fn gradients(b: &Backward, op: &'static Op) -> Result<Vec<Option<Tensor>>> {
    let mut args = args![b.grad()?, b.tensor(0)?, b.tensor(1)?];
    args.0.extend(b.args()?.0.get(2..).unwrap_or_default().iter().cloned());
    let wanted: Dims = smallvec![i64::from(b.needs(0)), i64::from(b.needs(1))];
    args.0.push(wanted.into());
    let Some(overload) = op.overloads.first() else {
        return Ok(Vec::new());
    };
    let outs = overload.call(args)?;
    Ok(outs
        .into_iter()
        .map(|out| match out {
            Arg::Tensor(tensor) => Some(tensor),
            _ => None,
        })
        .collect())
}

fn double_backward(b: &Backward, dims: usize) -> Result<Vec<Option<Tensor>>> {
    let (grad, input, grid) = (b.tensor(0)?, b.tensor(1)?, b.tensor(2)?);
    let by = sampling(b.args()?, 3, input.dtype())?;
    let (of_input, of_grid) = (b.grad_or_zeros(0)?, b.grad_or_zeros(1)?);
    let results = kernel::double_backward(
        [&of_input.array(), &of_grid.array()],
        &grad.array(),
        &input.array(),
        &grid.array(),
        &by,
        kernel_name(dims),
    )?;
    Ok(results.into_iter().map(|result| Some(result.into())).collect())
}

/// The places of so many elements across [-1, 1].
fn line(count: i64, align_corners: bool, dtype: Dtype) -> Result<Array> {
    if count <= 1 {
        return Array::zeros(&[count.max(0)], dtype);
    }
    let line = create::linspace(Scalar::Int(-1), Scalar::Int(1), count, dtype)?;
    if align_corners {
        return Ok(line);
    }
    let narrower = crate::array::binary::mul(&line, Scalar::Int(count - 1))?;
    crate::array::binary::div(&narrower, Scalar::Int(count))
}

/// The homogeneous places of a grid's elements: [batch, elements, dims + 1].
fn base(size: &[i64], align_corners: bool, dtype: Dtype) -> Result<Tensor> {
    let image = &size[2..];
    let dims = image.len();
    let mut sizes: Dims = image.into();
    sizes.push(dims as i64 + 1);
    let out = copy::full(&sizes, Scalar::Int(1), dtype)?;
    for (d, &count) in image.iter().enumerate() {
        let line = line(count, align_corners, dtype)?;
        let mut shape: Dims = smallvec![1; dims];
        shape[d] = count;
        let line = crate::array::view::view(&line, &shape)?;
        let column = crate::array::view::select(&out, dims as i64, (dims - 1 - d) as i64)?;
        copy::copy_into(&column, &line)?;
    }
    let flat = crate::array::view::view(&out, &[1, image.iter().product(), dims as i64 + 1])?;
    let whole = crate::array::view::expand(&flat, &[size[0], -1, -1])?;
    Ok(whole.into())
}

fn affine(a: &Args) -> Result<Outs> {
    let (theta, size) = (a.tensor(0)?, a.ints(1)?);
    if !(4..=5).contains(&size.len()) {
        return error::runtime("AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.");
    }
    let base = base(size, a.bool(2)?, theta.dtype())?;
    let grid = bmm(&base, &transpose(theta, 1, 2)?)?;
    let mut sizes: Dims = smallvec![size[0]];
    sizes.extend_from_slice(&size[2..]);
    sizes.push(size.len() as i64 - 2);
    one(reshape(&grid, &sizes)?)
}

fn affine_backward(b: &Backward) -> Result<Tensor> {
    let (grad, size) = (b.grad()?, b.ints(1)?);
    let base = base(size, b.bool(2)?, grad.dtype())?;
    let flat = reshape(grad, &[size[0], size[2..].iter().product(), size.len() as i64 - 2])?;
    bmm(&transpose(&flat, 1, 2)?, &base)
}

ops! {
    /// Samples images of two or three dimensions at the places that a grid names, [-1, 1] from end to end.
    GRID_SAMPLER = "grid_sampler", "torch.grid_sampler(torch.arange(4.0).reshape(1, 1, 2, 2), torch.zeros(1, 1, 1, 2), 0, 0, False)", [Overload::new(
        "grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
        FUNCTION,
        |a| {
            let (input, grid) = (a.tensor(0)?, a.tensor(1)?);
            check(&input.sizes(), &grid.sizes(), None)?;
            let op = if input.dim() == 4 { &GRID_SAMPLER_2D } else { &GRID_SAMPLER_3D };
            one(call1(op, a.clone())?)
        },
        Derivative::Composite,
    )];
    /// Samples images of two dimensions at the places that a grid names.
    GRID_SAMPLER_2D = "grid_sampler_2d", "torch.grid_sampler_2d(torch.arange(4.0).reshape(1, 1, 2, 2), torch.zeros(1, 1, 1, 2), 0, 0, False)", [Overload::new(
        "grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
        FUNCTION,
        |a| forward(a, 2),
        Derivative::Node("GridSampler2DBackward0", &[
            joint("input, grid", "input, grid, interpolation_mode, padding_mode, align_corners", |b| {
                gradients(b, &GRID_SAMPLER_2D_BACKWARD)
            }),
        ]),
    )];
    /// The gradients of grid_sampler_2d.
    GRID_SAMPLER_2D_BACKWARD = "grid_sampler_2d_backward", "torch.grid_sampler_2d(torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 1, 2, requires_grad=True), 0, 0, False).sum().backward()", [Overload::new(
        "grid_sampler_2d_backward(Tensor grad_output, Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners, bool[2] output_mask) -> (Tensor, Tensor)",
        0,
        |a| backward(a, 2),
        Derivative::Node("GridSampler2DBackwardBackward0", &[joint(
            "grad_output, input, grid",
            "grad_output, input, grid, interpolation_mode, padding_mode, align_corners, output_mask",
            |b| double_backward(b, 2),
        )]),
    )];
    /// Samples images of three dimensions at the places that a grid names.
    GRID_SAMPLER_3D = "grid_sampler_3d", "torch.grid_sampler_3d(torch.arange(4.0).reshape(1, 1, 1, 2, 2), torch.zeros(1, 1, 1, 1, 3), 0, 0, False)", [Overload::new(
        "grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
        FUNCTION,
        |a| forward(a, 3),
        Derivative::Node("GridSampler3DBackward0", &[
            joint("input, grid", "input, grid, interpolation_mode, padding_mode, align_corners", |b| {
                gradients(b, &GRID_SAMPLER_3D_BACKWARD)
            }),
        ]),
    )];
    /// The gradients of grid_sampler_3d.
    GRID_SAMPLER_3D_BACKWARD = "grid_sampler_3d_backward", "torch.grid_sampler_3d(torch.ones(1, 1, 1, 2, 2), torch.zeros(1, 1, 1, 1, 3, requires_grad=True), 0, 0, False).sum().backward()", [Overload::new(
        "grid_sampler_3d_backward(Tensor grad_output, Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners, bool[2] output_mask) -> (Tensor, Tensor)",
        0,
        |a| backward(a, 3),
        Derivative::Node("GridSampler3DBackwardBackward0", &[joint(
            "grad_output, input, grid",
            "grad_output, input, grid, interpolation_mode, padding_mode, align_corners, output_mask",
            |b| double_backward(b, 3),
        )]),
    )];
    /// The grid of an affine map for grid_sampler.
    AFFINE_GRID_GENERATOR = "affine_grid_generator", "torch.affine_grid_generator(torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 2, 2), False)", [Overload::new(
        "affine_grid_generator(Tensor theta, SymInt[] size, bool align_corners) -> Tensor",
        FUNCTION,
        affine,
        Derivative::Node("AffineGridGeneratorBackward0", &[grad("theta", "size, align_corners", affine_backward)]),
    ).linear()];
}
