//! Images taken apart and put together: sliding blocks, and channels exchanged for pixels.

use crate::array::array::format_sizes;
use crate::array::nn::{Window, convolution, fold as kernel};
use crate::array::{Dims, Dtype, Result, error, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::shape::copying::clone_contiguous;

/// `(2, 3)`
fn pair(list: &[i64]) -> String {
    format!("({}, {})", list[0], list[1])
}

/// Kernel, dilation, padding and stride from argument `from` on, each of two numbers.
fn blocks(a: &Args, from: usize) -> Result<[&[i64]; 4]> {
    let [kernel, dilation, padding, stride] = [a.ints(from)?, a.ints(from + 1)?, a.ints(from + 2)?, a.ints(from + 3)?];
    for (name, list) in [
        ("kernel_size", kernel),
        ("dilation", dilation),
        ("padding", padding),
        ("stride", stride),
    ] {
        if list.len() != 2 {
            return error::runtime(format!(
                "It is expected {name} equals to 2, but got size {}",
                list.len()
            ));
        }
    }
    for (what, name, list, least, message) in [
        ("kernel size", "kernel", kernel, 1, "greater than zero"),
        ("dilation", "dilation", dilation, 1, "greater than zero"),
        ("padding", "pad", padding, 0, "non-negative"),
        ("stride", "stride", stride, 1, "greater than zero"),
    ] {
        if list.iter().any(|&number| number < least) {
            return error::runtime(format!(
                "{what} should be {message}, but got {name}_height: {} {name}_width: {}",
                list[0], list[1]
            ));
        }
    }
    Ok([kernel, dilation, padding, stride])
}

fn check_dtype(dtype: Dtype, name: &str) -> Result<()> {
    if dtype.is_integer() {
        unary::unsupported(name, dtype)
    } else {
        Ok(())
    }
}

fn im2col(a: &Args) -> Result<Outs> {
    let input = a.array(0)?;
    let [kernel, dilation, padding, stride] = blocks(a, 1)?;
    let sizes = input.sizes();
    // what has too few dimensions fails where its sizes are looked up
    crate::array::layout::wrap_dim(2, sizes.len())?;
    let batched = sizes.len() == 4;
    if !(3..=4).contains(&sizes.len()) || sizes[usize::from(batched)..].contains(&0) {
        return error::runtime(format!(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {}",
            format_sizes(sizes)
        ));
    }
    let image = &sizes[sizes.len() - 2..];
    let out = convolution::narrow_sizes(image, kernel, stride, padding, dilation);
    if out.iter().any(|&size| size < 1) {
        return error::runtime(format!(
            "Given input with spatial size {}, kernel_size={}, dilation={}, padding={}, calculated shape of the array of sliding blocks as {}, but its components must be at least one.",
            pair(image),
            pair(kernel),
            pair(dilation),
            pair(padding),
            pair(&out)
        ));
    }
    if out[0].checked_mul(out[1]).is_none() {
        return error::runtime("numel: integer multiplication overflow");
    }
    check_dtype(input.dtype(), "im2col_out_cpu")?;
    let window = Window::new(kernel, stride, padding, dilation);
    let whole = if batched {
        input.clone()
    } else {
        crate::array::view::unsqueeze(&input, 0)?
    };
    let columns = kernel::im2col(&whole, &out, &window)?;
    one(if batched {
        columns
    } else {
        crate::array::view::select(&columns, 0, 0)?
    })
}

fn col2im(a: &Args) -> Result<Outs> {
    let (input, size) = (a.array(0)?, a.ints(1)?);
    if size.len() != 2 {
        return error::runtime(format!(
            "It is expected output_size equals to 2, but got size {}",
            size.len()
        ));
    }
    let [kernel, dilation, padding, stride] = blocks(a, 2)?;
    let sizes = input.sizes();
    let batched = sizes.len() == 3;
    if !(2..=3).contains(&sizes.len()) || sizes[usize::from(batched)..].contains(&0) {
        return error::runtime(format!(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: {}",
            format_sizes(sizes)
        ));
    }
    let first = usize::from(batched);
    let (rows, length) = (sizes[first], sizes[first + 1]);
    if rows % kernel[0].saturating_mul(kernel[1]) != 0 {
        return error::runtime(format!(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)={rows} and kernel_size={}.",
            pair(kernel)
        ));
    }
    let out = convolution::narrow_sizes(size, kernel, stride, padding, dilation);
    if out[0].wrapping_mul(out[1]) != length {
        return error::runtime(format!(
            "Given output_size={}, kernel_size={}, dilation={}, padding={}, stride={}, expected size of input's dimension 2 to match the calculated number of sliding blocks {} * {} = {}, but got input.size(2)={length}.",
            pair(size),
            pair(kernel),
            pair(dilation),
            pair(padding),
            pair(stride),
            out[0],
            out[1],
            out[0].wrapping_mul(out[1])
        ));
    }
    if out.iter().any(|&size| size < 1) {
        return error::runtime(format!(
            "Given output_size={}, kernel_size={}, dilation={}, padding={}, stride={}, calculated shape of the array of sliding blocks as {}, which is too small (non-positive)",
            pair(size),
            pair(kernel),
            pair(dilation),
            pair(padding),
            pair(stride),
            pair(&out)
        ));
    }
    check_dtype(input.dtype(), "col2im_out_cpu")?;
    let window = Window::new(kernel, stride, padding, dilation);
    let whole = if batched {
        input.clone()
    } else {
        crate::array::view::unsqueeze(&input, 0)?
    };
    let image = kernel::col2im(&whole, size, &out, &window)?;
    one(if batched {
        image
    } else {
        crate::array::view::select(&image, 0, 0)?
    })
}

/// A view with other sizes, its dimensions in another order, made contiguous, with other sizes again.
fn moved(x: &Tensor, apart: &[i64], order: &[i64], together: &[i64]) -> Result<Outs> {
    let moved = clone_contiguous(&permute(&reshape(x, apart)?, order)?)?;
    one(reshape(&moved, together)?)
}

/// The leading dimensions of an image, and its last three.
fn image_of(x: &Tensor, name: &str) -> Result<(Dims, [i64; 3])> {
    let sizes = x.sizes();
    match sizes[..] {
        [ref lead @ .., c, h, w] => Ok((lead.into(), [c, h, w])),
        _ => error::runtime(format!(
            "{name} expects input to have at least 3 dimensions, but got input with {} dimension(s)",
            sizes.len()
        )),
    }
}

fn joined(lead: &[i64], rest: &[i64]) -> Dims {
    lead.iter().chain(rest).copied().collect()
}

/// Dimension numbers after so many leading ones.
fn order(lead: usize, rest: &[i64]) -> Dims {
    let lead = lead as i64;
    (0..lead).chain(rest.iter().map(|dim| lead + dim)).collect()
}

fn pixel_shuffle(a: &Args) -> Result<Outs> {
    let (x, by) = (a.tensor(0)?, a.int(1)?);
    let (lead, [c, h, w]) = image_of(x, "pixel_shuffle")?;
    if by <= 0 {
        return error::runtime(format!("pixel_shuffle expects a positive upscale_factor, but got {by}"));
    }
    let Some(square) = by.checked_mul(by) else {
        return error::value(format!(
            "upscale factor is too large, (upscale_factor)^2 overflowed: upscale_factor={by}"
        ));
    };
    if c % square != 0 {
        return error::runtime(format!(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)={c} is not divisible by {square}"
        ));
    }
    let channels = c / square;
    moved(
        x,
        &joined(&lead, &[channels, by, by, h, w]),
        &order(lead.len(), &[0, 3, 1, 4, 2]),
        &joined(&lead, &[channels, h * by, w * by]),
    )
}

fn pixel_unshuffle(a: &Args) -> Result<Outs> {
    let (x, by) = (a.tensor(0)?, a.int(1)?);
    let (lead, [c, h, w]) = image_of(x, "pixel_unshuffle")?;
    if by <= 0 {
        return error::runtime(format!(
            "pixel_unshuffle expects a positive downscale_factor, but got {by}"
        ));
    }
    for (name, size, at) in [("height", h, -2), ("width", w, -1)] {
        if size % by != 0 {
            return error::runtime(format!(
                "pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({at})={size} is not divisible by {by}"
            ));
        }
    }
    moved(
        x,
        &joined(&lead, &[c, h / by, by, w / by, by]),
        &order(lead.len(), &[0, 2, 4, 1, 3]),
        &joined(&lead, &[c * by * by, h / by, w / by]),
    )
}

fn channel_shuffle(a: &Args) -> Result<Outs> {
    let (x, groups) = (a.tensor(0)?, a.int(1)?);
    let sizes = x.sizes();
    if sizes.len() <= 2 {
        return error::runtime(format!(
            "channel_shuffle expects input with > 2 dims, but got input with sizes {}",
            format_sizes(&sizes)
        ));
    }
    if groups <= 0 {
        return error::runtime(format!(
            "Number of groups to divide channels in must be positive. Value of groups:{groups}"
        ));
    }
    let (batch, channels) = (sizes[0], sizes[1]);
    if channels % groups != 0 {
        return error::runtime(format!(
            "Number of channels must be divisible by groups. Got {channels} channels and {groups} groups."
        ));
    }
    let pixels = sizes[2..].iter().product();
    moved(x, &[batch, groups, channels / groups, pixels], &[0, 2, 1, 3], &sizes)
}

ops! {
    /// The sliding blocks of an image as columns.
    IM2COL = "im2col", "torch._C._nn.im2col(torch.arange(9.0).reshape(1, 3, 3), (2, 2), (1, 1), (0, 0), (1, 1))", [Overload::new(
        "im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor",
        FUNCTION | NAMESPACED | OUT,
        im2col,
        Derivative::Node("Im2ColBackward0", &[grad("self", "self.sizes, kernel_size, dilation, padding, stride", |b| {
            let sizes = b.sizes(0)?;
            let image = &sizes[sizes.len() - 2..];
            call1(&COL2IM, args![b.grad()?, image, b.ints(1)?, b.ints(2)?, b.ints(3)?, b.ints(4)?])
        })]),
    ).linear()];
    /// Columns of sliding blocks added up into an image.
    COL2IM = "col2im", "torch._C._nn.col2im(torch.ones(4, 4), (3, 3), (2, 2), (1, 1), (0, 0), (1, 1))", [Overload::new(
        "col2im(Tensor self, SymInt[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor",
        FUNCTION | NAMESPACED | OUT,
        col2im,
        Derivative::Node("Col2ImBackward0", &[grad("self", "kernel_size, dilation, padding, stride", |b| {
            call1(&IM2COL, args![b.grad()?, b.ints(2)?, b.ints(3)?, b.ints(4)?, b.ints(5)?])
        })]),
    ).linear()];
    /// Channels become pixels: [c * r * r, h, w] becomes [c, h * r, w * r].
    PIXEL_SHUFFLE = "pixel_shuffle", "torch.pixel_shuffle(torch.arange(4.0).reshape(4, 1, 1), 2)", [Overload::new(
        "pixel_shuffle(Tensor self, int upscale_factor) -> Tensor",
        FUNCTION,
        pixel_shuffle,
        Derivative::Node("PixelShuffleBackward0", &[
            grad("self", "upscale_factor", |b| call1(&PIXEL_UNSHUFFLE, args![b.grad()?, b.int(1)?])),
        ]),
    ).linear()];
    /// Pixels become channels: [c, h * r, w * r] becomes [c * r * r, h, w].
    PIXEL_UNSHUFFLE = "pixel_unshuffle", "torch.pixel_unshuffle(torch.arange(4.0).reshape(1, 2, 2), 2)", [Overload::new(
        "pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor",
        FUNCTION,
        pixel_unshuffle,
        Derivative::Node("PixelUnshuffleBackward0", &[
            grad("self", "downscale_factor", |b| call1(&PIXEL_SHUFFLE, args![b.grad()?, b.int(1)?])),
        ]),
    ).linear()];
    /// Takes one channel of each group in turn.
    CHANNEL_SHUFFLE = "channel_shuffle", "torch.channel_shuffle(torch.arange(4.0).reshape(1, 4, 1), 2)", [Overload::new(
        "channel_shuffle(Tensor self, SymInt groups) -> Tensor",
        FUNCTION,
        channel_shuffle,
        Derivative::Node("ChannelShuffleBackward0", &[grad("self", "groups", |b| {
            let channels = b.grad()?.sizes().get(1).copied().unwrap_or(1);
            call1(&CHANNEL_SHUFFLE, args![b.grad()?, channels / b.int(1)?])
        })]),
    ).linear()];
    /// As channel_shuffle, without a derivative.
    NATIVE_CHANNEL_SHUFFLE = "native_channel_shuffle", "torch.native_channel_shuffle(torch.arange(4.0).reshape(1, 4, 1), 2)", [Overload::new(
        "native_channel_shuffle(Tensor self, SymInt groups) -> Tensor",
        FUNCTION,
        channel_shuffle,
        Derivative::NotImplemented,
    )];
}
