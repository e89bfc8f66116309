//! Convolution, transposed or not, of one to three spatial dimensions.

use crate::array::array::format_sizes;
use crate::array::nn::convolution as kernel;
use crate::array::nn::{Window, format};
use crate::array::{Array, Dims, Result, copy, error, matmul, warning};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

/// How a convolution slides: positions of the arguments from `stride` on.
struct Settings<'a> {
    stride: Dims,
    padding: Dims,
    dilation: Dims,
    transposed: bool,
    output_padding: Dims,
    groups: i64,
    weight: &'a [i64],
}

impl<'a> Settings<'a> {
    /// From the arguments `stride, padding, dilation, transposed, output_padding, groups` from position `from` on.
    fn new(a: &Args, from: usize, weight: &'a [i64]) -> Result<Settings<'a>> {
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

    fn window(&self) -> Window {
        Window::new(&self.weight[2..], &self.stride, &self.padding, &self.dilation)
    }

    fn check(&self, input: &[i64], bias: Option<&Tensor>) -> Result<()> {
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
    fn sizes(&self, input: &[i64]) -> Result<Dims> {
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
    fn kernel_name(&self) -> &'static str {
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

fn same_dtype(input: &Array, other: &Array) -> Result<()> {
    if input.dtype() == other.dtype() {
        return Ok(());
    }
    error::runtime(format!(
        "expected scalar type {} but found {}",
        input.dtype().scalar_type(),
        other.dtype().scalar_type()
    ))
}

/// The result in the format of the input or the weight, whichever has its channels last.
fn formatted(input: &Array, weight: &Array, result: Array) -> Result<Array> {
    if format::is_channels_last(input) || format::is_channels_last(weight) {
        format::to_channels_last(&result)
    } else {
        Ok(result)
    }
}

fn forward(a: &Args) -> Result<Array> {
    let (input, weight) = (a.array(0)?, a.array(1)?);
    let bias = a.optional_tensor(2);
    let settings = Settings::new(a, 3, weight.sizes())?;
    settings.check(input.sizes(), bias)?;
    let sizes = settings.sizes(input.sizes())?;
    same_dtype(&input, &weight)?;
    let bias = bias.map(|bias| bias.array().clone());
    let run = if settings.transposed {
        kernel::wide
    } else {
        kernel::narrow
    };
    let name = settings.kernel_name();
    let out = run(
        &input,
        &weight,
        bias.as_ref(),
        &sizes,
        &settings.window(),
        settings.groups,
        name,
    )?;
    formatted(&input, &weight, out)
}

/// Arguments of `convolution` with those from `stride` on taken over from position `from` of others.
fn arguments(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>, others: &Args, from: usize) -> Args {
    let mut args = args![input, weight, bias];
    args.0.extend((from..from + 6).map(|at| others.get(at).clone()));
    args
}

/// The gradients of input, weight and bias, those that are wanted.
#[allow(clippy::too_many_arguments)]
fn gradients(
    grad: &Tensor,
    input: &Tensor,
    weight: &Tensor,
    others: &Args,
    from: usize,
    wanted: [bool; 3],
) -> Result<Vec<Option<Tensor>>> {
    let mut args = args![grad, input, weight];
    args.0.push(Arg::None);
    args.0.extend((from..from + 6).map(|at| others.get(at).clone()));
    args.0
        .push(Arg::Ints(wanted.iter().map(|&wanted| i64::from(wanted)).collect()));
    let Some(overload) = CONVOLUTION_BACKWARD.overloads.first() else {
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

fn backward(a: &Args) -> Result<Outs> {
    let (grad, input, weight) = (a.array(0)?, a.array(1)?, a.array(2)?);
    let settings = Settings::new(a, 4, weight.sizes())?;
    let mask = a.ints(10)?;
    let wanted = |at: usize| mask.get(at).is_none_or(|&wanted| wanted != 0);
    let (window, groups, name) = (settings.window(), settings.groups, settings.kernel_name());
    let mut outs: Outs = smallvec![Arg::None, Arg::None, Arg::None];
    if wanted(0) {
        let run = if settings.transposed {
            kernel::narrow
        } else {
            kernel::wide
        };
        let out = run(&grad, &weight, None, input.sizes(), &window, groups, name)?;
        outs[0] = formatted(&input, &weight, out)?.into();
    }
    if wanted(1) {
        let (wide, narrow) = if settings.transposed {
            (&*grad, &*input)
        } else {
            (&*input, &*grad)
        };
        let out = kernel::weight(wide, narrow, weight.sizes(), &window, groups, name)?;
        outs[1] = formatted(&input, &weight, out)?.into();
    }
    if wanted(2) {
        let dims: Dims = (0..grad.dim() as i64).filter(|&dim| dim != 1).collect();
        outs[2] = crate::array::reduce::sum::sum(&grad, Some(&dims), false, None)?.into();
    }
    Ok(outs)
}

/// Gradients of the gradients: each of them is a product of two of grad, input and weight, and so are its own.
fn double_backward(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let (grad, input, weight) = (b.tensor(0)?, b.tensor(1)?, b.tensor(2)?);
    let others = b.args()?;
    let mut arrived = 0;
    let mut next = |at: usize| {
        let made = others
            .ints(10)
            .ok()
            .and_then(|mask| mask.get(at))
            .is_none_or(|&made| made != 0);
        if !made {
            return None;
        }
        arrived += 1;
        b.grad_of(arrived - 1)
    };
    let (to_input, to_weight, to_bias) = (next(0), next(1), next(2));
    let mut sum: Option<Tensor> = None;
    let mut add_to = |term: Tensor| -> Result<()> {
        sum = Some(match sum.take() {
            Some(sum) => add(&sum, &term)?,
            None => term,
        });
        Ok(())
    };
    let (mut of_input, mut of_weight) = (None, None);
    if let Some(to_input) = to_input {
        add_to(call1(&CONVOLUTION, arguments(to_input, &weight, None, others, 4))?)?;
        of_weight = gradients(&grad, to_input, &weight, others, 4, [false, true, false])?.swap_remove(1);
    }
    if let Some(to_weight) = to_weight {
        add_to(call1(&CONVOLUTION, arguments(&input, to_weight, None, others, 4))?)?;
        of_input = gradients(&grad, &input, to_weight, others, 4, [true, false, false])?.swap_remove(0);
    }
    if let Some(to_bias) = to_bias {
        let mut sizes: Dims = smallvec![1; grad.dim()];
        sizes[1] = -1;
        add_to(expand(&reshape(to_bias, &sizes)?, &grad.sizes())?)?;
    }
    Ok(vec![sum, of_input, of_weight])
}

/// Runs a convolution on a batch; an input without one is given it for the time being. Complex numbers take three
/// convolutions of real ones.
fn batched(
    a: &Args,
    dims: usize,
    name: &str,
    run: impl Fn(&Tensor, &Tensor, Option<&Tensor>) -> Result<Tensor>,
) -> Result<Outs> {
    let (input, weight, bias) = (a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2));
    let batched = input.dim() == dims + 2;
    if !batched && input.dim() != dims + 1 {
        return error::runtime(format!(
            "Expected {}D (unbatched) or {}D (batched) input to {name}, but got input of size: {}",
            dims + 1,
            dims + 2,
            format_sizes(&input.sizes())
        ));
    }
    let whole = if batched { input.clone() } else { unsqueeze(input, 0)? };
    let out = if input.dtype().is_complex() {
        complex(&whole, weight, bias, run)?
    } else {
        run(&whole, weight, bias)?
    };
    one(if batched { out } else { squeeze_dim(&out, 0)? })
}

fn complex(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    run: impl Fn(&Tensor, &Tensor, Option<&Tensor>) -> Result<Tensor>,
) -> Result<Tensor> {
    if !weight.dtype().is_complex() {
        return error::runtime(format!(
            "Input type (CPU{}Type) and weight type (torch.{}Tensor) should be the same",
            input.dtype().scalar_type(),
            weight.dtype().scalar_type()
        ));
    }
    let parts = |x: &Tensor| -> Result<(Tensor, Tensor)> { Ok((real(x)?, imag(x)?)) };
    let ((xr, xi), (wr, wi)) = (parts(input)?, parts(weight)?);
    let (a, b, c) = match bias {
        Some(bias) => {
            let (br, bi) = parts(bias)?;
            (
                run(&xr, &wr, Some(&br))?,
                run(&xi, &wi, None)?,
                run(&add(&xr, &xi)?, &add(&wr, &wi)?, Some(&add(&br, &bi)?))?,
            )
        }
        None => (
            run(&xr, &wr, None)?,
            run(&xi, &wi, None)?,
            run(&add(&xr, &xi)?, &add(&wr, &wi)?, None)?,
        ),
    };
    let i = crate::array::Scalar::Complex(0.0, 1.0);
    add(&sub(&a, &b)?, &mul(i, &sub(&sub(&c, &a)?, &b)?)?)
}

fn check_bias(a: &Args) -> Result<()> {
    let input = a.tensor(0)?.dtype();
    match a.optional_tensor(2).map(Tensor::dtype) {
        Some(bias) if bias != input => error::runtime(format!(
            "Input type ({}) and bias type ({}) should be the same",
            matmul::cpp_name(input),
            matmul::cpp_name(bias)
        )),
        _ => Ok(()),
    }
}

fn call(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    [stride, padding, dilation]: [&[i64]; 3],
    transposed: bool,
    output_padding: &[i64],
    groups: i64,
) -> Result<Tensor> {
    call1(
        &CONVOLUTION,
        args![
            input,
            weight,
            bias,
            stride,
            padding,
            dilation,
            transposed,
            output_padding,
            groups
        ],
    )
}

/// `conv1d` to `conv3d` with numbers for the padding.
fn conv(a: &Args, dims: usize, name: &str) -> Result<Outs> {
    check_bias(a)?;
    let lists = [a.ints(3)?, a.ints(4)?, a.ints(5)?];
    let (none, groups) = ([0; 3], a.int(6)?);
    batched(a, dims, name, |x, w, bias| {
        call(x, w, bias, lists, false, &none[..dims], groups)
    })
}

/// `conv1d` to `conv3d` with a word for the padding.
fn conv_by_word(a: &Args, dims: usize, name: &str) -> Result<Outs> {
    let (stride, dilation, groups) = (a.ints(3)?, a.ints(5)?, a.int(6)?);
    batched(a, dims, name, |x, w, bias| match a.str(4)? {
        "same" => same(x, w, bias, stride, dilation, groups),
        "valid" => call(x, w, bias, [stride, &[0], dilation], false, &[0], groups),
        other => error::runtime(format!("Invalid padding string: '{other}'")),
    })
}

/// Padded so that the result has the input's sizes; where that takes more at the end, the input is padded for itself.
fn same(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    stride: &[i64],
    dilation: &[i64],
    groups: i64,
) -> Result<Tensor> {
    let kernel = weight.sizes();
    let all = kernel.len();
    if all <= 2 {
        return error::runtime("weight should have at least three dimensions");
    }
    if groups <= 0 {
        return error::runtime("non-positive groups is not supported");
    }
    if all != input.dim() {
        return error::runtime(format!(
            "Expected {all}-dimensional input for {all}-dimensional weight{}, but got {}-dimensional input of size {} instead",
            format_sizes(&kernel),
            input.dim(),
            format_sizes(&input.sizes())
        ));
    }
    let dims = all - 2;
    for (name, list) in [("stride", stride), ("dilation", dilation)] {
        if list.len() != dims && list.len() != 1 {
            return error::runtime(format!("{name} cannot broadcast to {dims} dimensions"));
        }
    }
    if stride.iter().any(|&stride| stride != 1) {
        return error::runtime("padding='same' is not supported for strided convolutions");
    }
    let total: Dims = (0..dims)
        .map(|d| dilation.get(d).or(dilation.first()).copied().unwrap_or(1) * (kernel[d + 2] - 1))
        .collect();
    let padding: Dims = total.iter().map(|total| total / 2).collect();
    let none = [0; 3];
    let output_padding = &none[..dims.min(3)];
    if total.iter().all(|total| total % 2 == 0) {
        return call(
            input,
            weight,
            bias,
            [stride, &padding, dilation],
            false,
            output_padding,
            groups,
        );
    }
    warning::warn_once(
        "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created",
    );
    let pad: Dims = total
        .iter()
        .rev()
        .flat_map(|total| [0, total - total / 2 * 2])
        .collect();
    let padded = super::named("constant_pad_nd", args![input, pad, 0])?;
    call(
        &padded,
        weight,
        bias,
        [stride, &padding, dilation],
        false,
        output_padding,
        groups,
    )
}

fn conv_transpose(a: &Args, dims: usize, name: &str) -> Result<Outs> {
    let lists = [a.ints(3)?, a.ints(4)?, a.ints(7)?];
    let (output_padding, groups) = (a.ints(5)?, a.int(6)?);
    batched(a, dims, name, |x, w, bias| {
        call(x, w, bias, lists, true, output_padding, groups)
    })
}

/// Input [time, batch, channels] and weight [kernel, in, out] in the order of `convolution`.
fn from_tbc(input: &Tensor, weight: &Tensor) -> Result<(Tensor, Tensor)> {
    Ok((permute(input, &[1, 2, 0])?, permute(weight, &[2, 1, 0])?))
}

const CONV_JOINT: Grad = joint(
    "input, weight, bias",
    "input, weight, bias.sizes, stride, padding, dilation, transposed, output_padding, groups",
    |b| {
        let wanted = [b.needs(0), b.needs(1), b.needs(2)];
        gradients(b.grad()?, &b.tensor(0)?, &b.tensor(1)?, b.args()?, 3, wanted)
    },
);

ops! {
    /// A convolution of any number of dimensions, or its transpose.
    CONVOLUTION = "convolution", "torch.convolution(torch.ones(1, 1, 3), torch.tensor([[[1.0, 2.0]]]), None, [1], [0], [1], False, [0], 1)", [Overload::new(
        "convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups) -> Tensor",
        FUNCTION,
        |a| one(forward(a)?),
        Derivative::Node("ConvolutionBackward0", &[CONV_JOINT]),
    )];
    /// The gradients of a convolution.
    CONVOLUTION_BACKWARD = "convolution_backward", "torch.conv1d(torch.ones(1, 1, 3), torch.ones(1, 1, 2, requires_grad=True)).sum().backward()", [Overload::new(
        "convolution_backward(Tensor grad_output, Tensor input, Tensor weight, SymInt[]? bias_sizes, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
        0,
        backward,
        Derivative::Node("ConvolutionBackwardBackward0", &[joint(
            "grad_output, input, weight",
            "grad_output, input, weight, stride, padding, dilation, transposed, output_padding, groups, output_mask",
            double_backward,
        )]),
    )];
    /// A convolution, with switches for libraries that this build has not.
    CONVOLUTION_WITH_SWITCHES = "_convolution", "torch._convolution(torch.ones(1, 1, 3), torch.ones(1, 1, 2), None, [1], [0], [1], False, [0], 1, False, False, False, False)", [Overload::new(
        "_convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled, bool allow_tf32) -> Tensor",
        FUNCTION,
        |a| one(forward(a)?),
        Derivative::Node("ConvolutionBackward1", &[CONV_JOINT]),
    )];
    /// A convolution over one dimension: a weighted sum of each window of the input.
    CONV1D = "conv1d", "torch.conv1d(torch.ones(1, 1, 3), torch.tensor([[[1.0, 2.0]]]))", [
        Overload::new(
            "conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, SymInt[1] padding=0, SymInt[1] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv(a, 1, "conv1d"),
            Derivative::Composite,
        ),
        Overload::new(
            "conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, str padding=\"valid\", SymInt[1] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv_by_word(a, 1, "conv1d"),
            Derivative::Composite,
        ),
    ];
    /// A convolution over two dimensions: a weighted sum of each window of the input.
    CONV2D = "conv2d", "torch.conv2d(torch.ones(1, 1, 3, 3), torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))", [
        Overload::new(
            "conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, SymInt[2] padding=0, SymInt[2] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv(a, 2, "conv2d"),
            Derivative::Composite,
        ),
        Overload::new(
            "conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, str padding=\"valid\", SymInt[2] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv_by_word(a, 2, "conv2d"),
            Derivative::Composite,
        ),
    ];
    /// A convolution over three dimensions: a weighted sum of each window of the input.
    CONV3D = "conv3d", "torch.conv3d(torch.ones(1, 1, 2, 2, 2), torch.ones(1, 1, 1, 2, 2))", [
        Overload::new(
            "conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, SymInt[3] padding=0, SymInt[3] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv(a, 3, "conv3d"),
            Derivative::Composite,
        ),
        Overload::new(
            "conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, str padding=\"valid\", SymInt[3] dilation=1, SymInt groups=1) -> Tensor",
            FUNCTION,
            |a| conv_by_word(a, 3, "conv3d"),
            Derivative::Composite,
        ),
    ];
    /// The transpose of a convolution over one dimension.
    CONV_TRANSPOSE1D = "conv_transpose1d", "torch.conv_transpose1d(torch.ones(1, 1, 3), torch.tensor([[[1.0, 2.0]]]))", [Overload::new(
        "conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, SymInt[1] padding=0, SymInt[1] output_padding=0, SymInt groups=1, SymInt[1] dilation=1) -> Tensor",
        FUNCTION,
        |a| conv_transpose(a, 1, "conv_transpose1d"),
        Derivative::Composite,
    )];
    /// The transpose of a convolution over two dimensions.
    CONV_TRANSPOSE2D = "conv_transpose2d", "torch.conv_transpose2d(torch.ones(1, 1, 2, 2), torch.tensor([[[[1.0, 2.0]]]]))", [Overload::new(
        "conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, SymInt[2] padding=0, SymInt[2] output_padding=0, SymInt groups=1, SymInt[2] dilation=1) -> Tensor",
        FUNCTION,
        |a| conv_transpose(a, 2, "conv_transpose2d"),
        Derivative::Composite,
    )];
    /// The transpose of a convolution over three dimensions.
    CONV_TRANSPOSE3D = "conv_transpose3d", "torch.conv_transpose3d(torch.ones(1, 1, 1, 2, 2), torch.ones(1, 1, 1, 1, 2))", [Overload::new(
        "conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, SymInt[3] padding=0, SymInt[3] output_padding=0, SymInt groups=1, SymInt[3] dilation=1) -> Tensor",
        FUNCTION,
        |a| conv_transpose(a, 3, "conv_transpose3d"),
        Derivative::Composite,
    )];
    /// A convolution over time of an input [time, batch, channels].
    CONV_TBC = "conv_tbc", "torch.conv_tbc(torch.ones(3, 1, 1), torch.ones(2, 1, 1), torch.ones(1))", [Overload::new(
        "conv_tbc(Tensor self, Tensor weight, Tensor bias, int pad=0) -> Tensor",
        FUNCTION,
        |a| {
            let (input, weight, bias, pad) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?, a.int(3)?);
            if input.dim() != 3 {
                return error::runtime("Input must have 3 dims: time, batch, in_channel");
            }
            if weight.dim() != 3 {
                return error::runtime("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.");
            }
            if bias.dim() != 1 {
                return error::runtime("Bias must be 1-D");
            }
            let (x, w) = from_tbc(input, weight)?;
            let out = call(&x, &w, Some(bias), [&[1], &[pad], &[1]], false, &[0], 1)?;
            one(copy::to_contiguous(&permute(&out, &[2, 0, 1])?.array())?)
        },
        Derivative::Node("ConvTbcBackward0", &[joint("self, weight, bias", "self, weight, bias, pad", |b| {
            let (x, w) = from_tbc(&b.tensor(0)?, &b.tensor(1)?)?;
            let others = args![&[1i64][..], &[b.int(3)?][..], &[1i64][..], false, &[0i64][..], 1];
            let grads = gradients(&permute(b.grad()?, &[1, 2, 0])?, &x, &w, &others, 0, [true; 3])?;
            let back = [Some(&[2i64, 0, 1]), Some(&[2, 1, 0]), None];
            let moved = grads.into_iter().zip(back).map(|(grad, order)| match (grad, order) {
                (Some(grad), Some(order)) => permute(&grad, order).map(Some),
                (grad, _) => Ok(grad),
            });
            moved.collect()
        })]),
    )];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(sizes: &[i64], elements: &[f64]) -> Tensor {
        Array::from_vec(sizes, elements).unwrap().into()
    }

    #[test]
    fn slides_and_transposes() {
        let (x, w) = (
            tensor(&[1, 1, 4], &[1.0, 2.0, 3.0, 4.0]),
            tensor(&[1, 1, 2], &[1.0, 10.0]),
        );
        let out = call(&x, &w, None, [&[2], &[1], &[1]], false, &[0], 1).unwrap();
        assert_eq!(out.array().as_slice::<f64>().unwrap(), [10.0, 32.0, 4.0]);
        let back = call(&out, &w, None, [&[2], &[1], &[1]], true, &[0], 1).unwrap();
        assert_eq!(back.array().as_slice::<f64>().unwrap(), [100.0, 32.0, 320.0, 4.0]);
    }
}
