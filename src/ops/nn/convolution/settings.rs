//! How a convolution slides, and what PyTorch checks of it.

use crate::array::array::format_sizes;
use crate::array::nn::Window;
use crate::array::nn::convolution as kernel;
use crate::array::{Dims, Result, error};
use crate::autograd::Tensor;
use crate::ops::formula::*;

/// How a convolution slides: positions of the arguments from `stride` on.
pub(super) struct Settings<'a> {
    stride: Dims,
    padding: Dims,
    dilation: Dims,
    pub transposed: bool,
    output_padding: Dims,
    pub groups: i64,
    weight: &'a [i64],
}

impl<'a> Settings<'a> {
    /// From the arguments `stride, padding, dilation, transposed, output_padding, groups` from position `from` on.
    pub fn new(a: &Args, from: usize, weight: &'a [i64]) -> Result<Settings<'a>> {
        let dims = weight.len() as i64 - 2;
        if dims <= 0 {
            return error::runtime("weight should have at least three dimensions");
        }
        let groups = a.int(from + 5)?;
        if groups <= 0 {
            return error::runtime("non-positive groups is not supported");
        }
        let list = |at: usize, name: &str| spread(a.ints(from + at)?, dims as usize, name);
        Ok(Settings {
            stride: list(0, "stride")?,
            padding: list(1, "padding")?,
            dilation: list(2, "dilation")?,
            transposed: a.bool(from + 3)?,
            output_padding: list(4, "output_padding")?,
            groups,
            weight,
        })
    }

    pub fn window(&self) -> Window {
        Window::new(&self.weight[2..], &self.stride, &self.padding, &self.dilation)
    }

    pub fn check(&self, input: &[i64], bias: Option<&Tensor>) -> Result<()> {
        let (weight, groups) = (self.weight, self.groups);
        let any = |list: &[i64], wrong: fn(i64) -> bool| list.iter().any(|&number| wrong(number));
        for (list, wrong, message) in [
            (
                &self.padding,
                (|x| x < 0) as fn(i64) -> bool,
                "negative padding is not supported",
            ),
            (
                &self.output_padding,
                |x| x < 0,
                "negative output_padding is not supported",
            ),
            (&self.stride, |x| x <= 0, "non-positive stride is not supported"),
            (&self.dilation, |x| x < 0, "dilation should be greater than zero"),
        ] {
            if any(list, wrong) {
                return error::runtime(message);
            }
        }
        let shown = format_sizes(weight);
        if weight.len() != input.len() {
            let dims = weight.len();
            return error::runtime(format!(
                "Expected {dims}-dimensional input for {dims}-dimensional weight {shown}, but got {}-dimensional input of size {} instead",
                input.len(),
                format_sizes(input)
            ));
        }
        if weight[0] < groups {
            return error::runtime(format!(
                "Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size {shown} instead"
            ));
        }
        if weight[0] % groups != 0 {
            return error::runtime(format!(
                "Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size [{shown}] instead"
            ));
        }
        let (given, channels, outputs) = if self.transposed {
            ("transposed=1".to_string(), weight[0], weight[1] * groups)
        } else {
            (format!("groups={groups}"), weight[1] * groups, weight[0])
        };
        if input[1] != channels {
            return error::runtime(format!(
                "Given {given}, weight of size {shown}, expected input{} to have {channels} channels, but got {} channels instead",
                format_sizes(input),
                input[1]
            ));
        }
        if let Some(bias) = bias.filter(|bias| bias.sizes()[..] != [outputs]) {
            let given = if self.transposed { "transposed=1, " } else { "" };
            return error::runtime(format!(
                "Given {given}weight of size {shown}, expected bias to be 1-dimensional with {outputs} elements, but got bias of size {} instead",
                format_sizes(&bias.sizes())
            ));
        }
        if !self.transposed {
            let padded: Vec<i64> = input[2..]
                .iter()
                .zip(&self.padding)
                .map(|(&x, &p)| x.saturating_add(p.saturating_mul(2)))
                .collect();
            let reach: Vec<i64> = weight[2..]
                .iter()
                .zip(&self.dilation)
                .map(|(&k, &d)| d.saturating_mul(k - 1).saturating_add(1))
                .collect();
            if padded.iter().zip(&reach).any(|(size, kernel)| size < kernel) {
                return error::runtime(format!(
                    "Calculated padded input size per channel: ({}). Kernel size: ({}). Kernel size can't be greater than actual input size",
                    by(&padded),
                    by(&reach)
                ));
            }
        }
        self.check_kernel()?;
        if input[0] != 0 && input[1] != 0 && input.contains(&0) {
            return error::runtime(format!(
                "Only zero batch or zero channel inputs are supported, but got input shape: {}",
                format_sizes(input)
            ));
        }
        Ok(())
    }

    /// What kernels check for themselves; those of one dimension are run as two.
    fn check_kernel(&self) -> Result<()> {
        let kernel = &self.weight[2..];
        let padded = |list: &[i64], absent: i64| -> Vec<i64> {
            let missing = 2usize.saturating_sub(list.len());
            std::iter::repeat_n(absent, missing)
                .chain(list.iter().copied())
                .collect()
        };
        if kernel.contains(&0) && self.transposed && kernel.len() == 3 {
            return error::runtime(format!(
                "non-empty 5D (n_output_plane x n_input_plane x kernel_depth x kernel_height x kernel_width) tensor expected for weight, but got: {}",
                format_sizes(self.weight)
            ));
        }
        if kernel.contains(&0) {
            let shown = match kernel.len() {
                3 => format!(": {} (TxHxW)", by(kernel)),
                _ => format!(" {}", named("kernel", &padded(kernel, 1), " ")),
            };
            return error::runtime(format!("kernel size should be greater than zero, but got{shown}"));
        }
        if self.dilation.contains(&0) {
            let dilation = padded(&self.dilation, 1);
            let shown = if self.transposed {
                named("dilation", &dilation, ", ")
            } else {
                format_sizes(&dilation)
            };
            return error::runtime(format!("dilation should be greater than zero, but got {shown}"));
        }
        let too_wide =
            |d: usize| self.output_padding[d] >= self.stride[d] && self.output_padding[d] >= self.dilation[d];
        if self.transposed && (0..kernel.len()).any(too_wide) {
            return error::runtime(format!(
                "output padding must be smaller than either stride or dilation, but got {} {} {}",
                named("output_padding", &padded(&self.output_padding, 0), " "),
                named("stride", &padded(&self.stride, 1), " "),
                named("dilation", &padded(&self.dilation, 1), " ")
            ));
        }
        Ok(())
    }

    /// The result's sizes.
    pub fn sizes(&self, input: &[i64]) -> Result<Dims> {
        let kernel = &self.weight[2..];
        let mut sizes: Dims = smallvec![input[0]];
        if self.transposed {
            sizes.push(self.weight[1] * self.groups);
            sizes.extend((0..kernel.len()).map(|d| {
                let spread = (input[d + 2] - 1).saturating_mul(self.stride[d]);
                let reach = self.dilation[d].saturating_mul(kernel[d] - 1);
                spread
                    .saturating_sub(self.padding[d].saturating_mul(2))
                    .saturating_add(reach)
                    .saturating_add(self.output_padding[d])
                    .saturating_add(1)
            }));
            if sizes[2..].iter().any(|&size| size < 1) {
                return error::runtime(format!(
                    "Given input size per channel: ({}). Calculated output size per channel: ({}). Output size is too small",
                    by(&input[2..]),
                    by(&sizes[2..])
                ));
            }
        } else {
            // without channels there is nothing to sum up, nor a result
            sizes.push(if input[1] == 0 { 0 } else { self.weight[0] });
            sizes.extend(kernel::narrow_sizes(
                &input[2..],
                kernel,
                &self.stride,
                &self.padding,
                &self.dilation,
            ));
        }
        Ok(sizes)
    }

    /// What messages on dtypes call the kernel.
    pub fn kernel_name(&self) -> &'static str {
        match (self.transposed, self.weight.len()) {
            (true, 5) => "slow_conv_transpose3d_out_cpu",
            (true, _) => "slow_conv_transpose2d_out_cpu",
            (false, _) if self.dilation.iter().any(|&dilation| dilation != 1) => "slow_conv_dilated<>",
            (false, 5) => "compute_columns3d",
            (false, _) => "slow_conv2d_cpu",
        }
    }
}

/// `2 x 3`
fn by(sizes: &[i64]) -> String {
    sizes.iter().map(i64::to_string).collect::<Vec<_>>().join(" x ")
}

/// `stride_height: 1 stride_width: 2`
fn named(name: &str, list: &[i64], between: &str) -> String {
    let axes = ["depth", "height", "width"];
    let first = axes.len() - list.len().min(3);
    let items = axes[first..]
        .iter()
        .zip(list)
        .map(|(axis, number)| format!("{name}_{axis}: {number}"));
    items.collect::<Vec<_>>().join(between)
}

/// One number for all dimensions, or one for each.
fn spread(list: &[i64], dims: usize, name: &str) -> Result<Dims> {
    match list {
        [one] => Ok(smallvec![*one; dims]),
        list if list.len() == dims => Ok(list.into()),
        list => error::runtime(format!(
            "expected {name} to be a single integer value or a list of {dims} values to match the convolution dimensions, but got {name}={}",
            format_sizes(list)
        )),
    }
}
