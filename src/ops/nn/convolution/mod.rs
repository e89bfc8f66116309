//! Convolution, transposed or not, of one to three spatial dimensions.

pub mod layers;
mod settings;

use crate::array::nn::convolution as kernel;
use crate::array::nn::format;
use crate::array::{Array, Dims, Result, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;
use settings::Settings;

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
}
