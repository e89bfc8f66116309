//! Pooling: one number for each window of an image.

pub mod adaptive;
pub mod average;
pub mod fractional;
pub mod max;
pub mod unpool;

use crate::array::array::format_sizes;
use crate::array::nn::format;
use crate::array::nn::pool as kernel;
use crate::array::{Array, Dims, Result, error};
use crate::autograd::Tensor;
use crate::ops::Backward;
use crate::ops::formula::*;

/// How windows slide over the spatial dimensions.
pub(super) struct Sliding {
    pub kernel: Dims,
    pub stride: Dims,
    pub padding: Dims,
    pub dilation: Dims,
    pub ceil: bool,
}

/// One number for each of `dims` dimensions; `message` tells what a list of another length should be.
pub(super) fn spread(list: &[i64], dims: usize, message: &str) -> Result<Dims> {
    match list {
        [one] => Ok(smallvec![*one; dims]),
        list if list.len() == dims => Ok(list.into()),
        _ => error::runtime(message),
    }
}

fn count_word(dims: usize) -> &'static str {
    if dims == 2 { "two" } else { "three" }
}

impl Sliding {
    /// The number of windows along a dimension.
    fn output(&self, d: usize, size: i64) -> Result<i64> {
        let (kernel, stride, padding, dilation) = (self.kernel[d], self.stride[d], self.padding[d], self.dilation[d]);
        if stride == 0 {
            return error::runtime("stride should not be zero");
        }
        if padding < 0 {
            return error::runtime(format!("pad must be non-negative, but got pad: {padding}"));
        }
        let Some(reach) = (kernel - 1).checked_mul(dilation) else {
            return error::runtime(format!(
                "effective kernel size overflows, but got kernel_size={kernel} and dilation={dilation}"
            ));
        };
        if i128::from(padding) > (i128::from(reach) + 1) / 2 {
            return error::runtime(format!(
                "pad should be at most half of effective kernel size, but got pad={padding}, kernel_size={kernel} and dilation={dilation}"
            ));
        }
        // any sizes may come from users
        let [size, stride, padding, reach] = [size, stride, padding, reach].map(i128::from);
        let room = size + 2 * padding - reach - 1 + if self.ceil { stride - 1 } else { 0 };
        let mut count = room.div_euclid(stride) + 1;
        if self.ceil && (count - 1) * stride >= size + padding {
            count -= 1;
        }
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// The numbers of windows along the spatial dimensions, checked as PyTorch's shape checks do. `name` is what they
    /// call the function.
    fn outputs(&self, input: &[i64], name: &str) -> Result<Dims> {
        let dims = self.kernel.len();
        let first = input.len() - dims;
        for list in [&self.kernel, &self.stride, &self.padding, &self.dilation] {
            if list.iter().any(|&number| i32::try_from(number).is_err()) {
                return error::runtime("value cannot be converted to type int without overflow");
            }
        }
        let outputs = (0..dims)
            .map(|d| self.output(d, input[first + d]))
            .collect::<Result<Dims>>()?;
        let axes: &[&str] = if dims == 2 { &["H", "W"] } else { &["T", "H", "W"] };
        for (what, prefix, list) in [
            ("kernel size", "k", &self.kernel),
            ("stride", "d", &self.stride),
            ("dilation", "dilation", &self.dilation),
        ] {
            if list.iter().any(|&number| number <= 0) {
                let shown: Vec<String> = axes
                    .iter()
                    .zip(list)
                    .map(|(axis, n)| format!("{prefix}{axis}: {n}"))
                    .collect();
                return error::runtime(format!(
                    "{what} should be greater than zero, but got {}",
                    shown.join(" ")
                ));
            }
        }
        let checked = if input.len() == dims + 2 { 1 } else { 0 };
        if let Some(empty) = (checked..input.len()).find(|&dim| input[dim] == 0) {
            return if dims == 2 {
                error::runtime(format!(
                    "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:{}",
                    format_sizes(input)
                ))
            } else {
                error::runtime(format!(
                    "{name}: Expected input to have non-zero size for non-batch dimensions, but input has sizes {} with dimension {empty} being empty",
                    format_sizes(input)
                ))
            };
        }
        Ok(outputs)
    }

    fn check_outputs(&self, input: &[i64], outputs: &[i64]) -> Result<()> {
        if outputs.iter().all(|&count| count >= 1) {
            return Ok(());
        }
        let dims = outputs.len();
        let channels = input[input.len() - dims - 1];
        let by = |list: &[i64]| list.iter().map(i64::to_string).collect::<Vec<_>>().join("x");
        error::runtime(format!(
            "Given input size: ({channels}x{}). Calculated output size: ({channels}x{}). Output size is too small",
            by(&input[input.len() - dims..]),
            by(outputs)
        ))
    }

    fn spans(&self, input: &[i64], outputs: &[i64]) -> kernel::Spans {
        let dims = self.kernel.len();
        let first = input.len() - dims;
        let along = |d: usize| {
            kernel::sliding(
                input[first + d],
                outputs[d],
                self.kernel[d],
                self.stride[d],
                self.padding[d],
                self.dilation[d],
            )
        };
        kernel::Spans::new((0..dims).map(along).collect())
    }
}

/// An image without a batch, or with one.
fn check_image(input: &[i64], dims: usize) -> Result<()> {
    if input.len() == dims + 1 || input.len() == dims + 2 {
        return Ok(());
    }
    error::runtime(format!(
        "non-empty {}D or {}D (batch mode) tensor expected for input",
        dims + 1,
        dims + 2
    ))
}

/// Two or three dimensions, for functions that see one spatial dimension as two.
fn check_line(input: &Tensor, name: &str) -> Result<()> {
    if (2..=3).contains(&input.dim()) {
        return Ok(());
    }
    error::runtime(format!(
        "Expected 2 to 3 dimensions, but got {}-dimensional tensor for argument #1 'self' (while checking arguments for {name})",
        input.dim()
    ))
}

/// A list of one number.
fn check_single(list: &[i64], name: &str, argument: &str) -> Result<i64> {
    match list {
        [one] => Ok(*one),
        list => error::runtime(format!(
            "{name}() argument '{argument}' should contain one int (got {})",
            list.len()
        )),
    }
}

/// No spatial dimension (nor channel) is empty; `dims` of them are spatial, the batch may be empty.
fn check_not_empty(input: &[i64], name: &str, from: usize) -> Result<()> {
    match (from..input.len()).find(|&dim| input[dim] == 0) {
        None => Ok(()),
        Some(dim) => error::runtime(format!(
            "{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {} with dimension {dim} being empty",
            format_sizes(input)
        )),
    }
}

/// Values and places of the largest elements, in the input's memory format.
fn formatted(input: &Array, (values, indices): (Array, Array)) -> Result<Outs> {
    two((format::as_in(input, values)?, format::as_in(input, indices)?))
}

/// The gradient of a pool that takes an element of each window, given a backward op of (grad, self, ..., indices).
fn selected(b: &Backward, op: &'static Op, others: &[Arg]) -> Result<Tensor> {
    let mut args = args![b.grad()?, b.tensor(0)?];
    args.0.extend(others.iter().cloned());
    args.0.push(b.result(1)?.into());
    call1(op, args)
}

/// The elements of a gradient's planes that the windows had taken.
fn taken(b: &Backward, indices: usize, dims: usize) -> Result<Tensor> {
    let (grad, indices) = (b.grad()?, b.tensor(indices)?);
    let flat = |x: &Tensor| {
        let sizes = x.sizes();
        let mut flat: Dims = sizes[..sizes.len() - dims].into();
        flat.push(sizes[sizes.len() - dims..].iter().product());
        reshape(x, &flat)
    };
    reshape(&gather(&flat(grad)?, -1, &flat(&indices)?)?, &indices.sizes())
}

/// Forward of those backward ops: each gradient goes to where its element stood.
fn put_back(a: &Args, indices: usize, dims: usize) -> Result<Outs> {
    let (grad, input, indices) = (a.array(0)?, a.array(1)?, a.array(indices)?);
    one(format::as_in(
        &input,
        kernel::scatter(&grad, &indices, input.sizes(), dims)?,
    )?)
}
