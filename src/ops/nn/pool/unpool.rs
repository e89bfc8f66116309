//! Elements put back to where a max pool took them from.

use super::{check_not_empty, kernel, taken};
use crate::array::array::format_sizes;
use crate::array::nn::format;
use crate::array::{Dims, Dtype, Result, error};
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

fn check_length(list: &[i64], dims: usize, what: &str, colon: &str) -> Result<()> {
    if list.len() == dims {
        return Ok(());
    }
    let (count, axes) = if dims == 2 {
        ("two", "height, width")
    } else {
        ("three", "depth, height, width")
    };
    error::runtime(format!(
        "There should be exactly {count} elements ({axes}) in {what}, but got{colon} {} elements.",
        list.len()
    ))
}

fn forward(a: &Args, dims: usize) -> Result<Outs> {
    let (input, indices, outputs) = (a.array(0)?, a.array(1)?, a.ints(2)?);
    let sizes = input.sizes();
    if dims == 3 {
        check_length(outputs, dims, "output_size", "")?;
    }
    if indices.dtype() != Dtype::Int64 {
        return error::runtime(format!(
            "elements in indices should be type int64 but got: {}",
            indices.dtype().scalar_type()
        ));
    }
    if dims == 2 {
        check_length(outputs, dims, "output_size", "")?;
    }
    if sizes.len() != dims + 1 && sizes.len() != dims + 2 {
        return error::runtime(format!(
            "Input to max_unpooling{dims}d should be a {}d or {}d Tensor, but got a tensor with {} dimensions.",
            dims + 1,
            dims + 2,
            sizes.len()
        ));
    }
    if dims == 3 {
        check_length(a.ints(3)?, dims, "stride", ":")?;
        check_length(a.ints(4)?, dims, "padding", ":")?;
    }
    if sizes != indices.sizes() {
        return error::runtime(format!(
            "Expected shape of indices to be same as that of the input tensor ({}) but got indices tensor with shape: {}",
            format_sizes(sizes),
            format_sizes(indices.sizes())
        ));
    }
    check_not_empty(sizes, &format!("max_unpooling{dims}d_forward_out_cpu"), 1)?;
    if dims == 3 && a.ints(3)?.iter().any(|&stride| stride <= 0) {
        return error::runtime(format!(
            "strides should be greater than zero, but got stride: {}",
            format_sizes(a.ints(3)?)
        ));
    }
    let mut result: Dims = sizes[..sizes.len() - dims].into();
    result.extend_from_slice(outputs);
    match kernel::put(&input, &indices, &result, dims, &format!("max_unpool{dims}d"))? {
        Ok(out) => one(format::as_in(&input, out)?),
        Err(place) => {
            let volume: Vec<String> = outputs.iter().map(i64::to_string).collect();
            error::runtime(format!(
                "Found an invalid max index: {place} (output volumes are of size {})",
                volume.join("x")
            ))
        }
    }
}

ops! {
    /// Puts elements to where their indices say in planes of zeros of two dimensions.
    MAX_UNPOOL2D = "max_unpool2d", "torch._C._nn.max_unpool2d(torch.tensor([[[5.0]]]), torch.tensor([[[3]]]), (2, 2))", [Overload::new(
        "max_unpool2d(Tensor self, Tensor indices, SymInt[2] output_size) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| forward(a, 2),
        Derivative::Node("MaxUnpool2DBackward0", &[grad("self", "indices", |b| taken(b, 1, 2)), apart("indices")]),
    )];
    /// Puts elements to where their indices say in planes of zeros of three dimensions.
    MAX_UNPOOL3D = "max_unpool3d", "torch._C._nn.max_unpool3d(torch.tensor([[[[5.0]]]]), torch.tensor([[[[3]]]]), (1, 2, 2), (1, 2, 2), (0, 0, 0))", [Overload::new(
        "max_unpool3d(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding) -> Tensor",
        FUNCTION | OUT | NAMESPACED,
        |a| forward(a, 3),
        Derivative::Node("MaxUnpool3DBackward0", &[grad("self", "indices", |b| taken(b, 1, 3)), apart("indices")]),
    )];
}
