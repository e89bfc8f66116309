//! Images resampled to other sizes.

use crate::array::nn::resample::{self, Filter, Mode, Resampling};
use crate::array::nn::{check_room, format};
use crate::array::{Dims, Dtype, Result, error, unary};
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::overloads;
use std::rc::Rc;

/// What distinguishes the entries.
#[derive(Clone, Copy)]
struct Kind {
    mode: Mode,
    dims: usize,
    /// The arguments have `align_corners`.
    corners: bool,
}

impl Kind {
    /// Position of the first scale; one for each dimension follows from it.
    fn resampling(
        self,
        input: &[i64],
        outputs: &[i64],
        align: bool,
        scales: &[Option<f64>],
        dtype: Dtype,
    ) -> Resampling {
        let first = input.len() - self.dims;
        let along = |d: usize| {
            let scale = scales.get(d).copied().flatten();
            resample::taps(self.mode, input[first + d], outputs[d], align, scale, dtype)
        };
        Resampling::new((0..self.dims).map(along).collect())
    }

    /// `align_corners` and the scales, from argument `from` on.
    fn settings(self, a: &Args, from: usize) -> (bool, Vec<Option<f64>>) {
        let align = self.corners && a.optional_bool(from).unwrap_or(false);
        let first = from + usize::from(self.corners);
        (
            align,
            (first..first + self.dims).map(|at| a.optional_float(at)).collect(),
        )
    }

    fn kernel_name(self, is_wide: bool) -> &'static str {
        match (self.mode, self.dims) {
            (Mode::Nearest, 2) if !is_wide => "upsample_nearest2d_channels_last",
            (Mode::NearestExact, 2) if !is_wide => "upsample_nearest2d_channels_last",
            (Mode::Nearest | Mode::NearestExact, _) => "compute_indices_weights_nearest",
            (Mode::Linear, 2) => "upsample_bilinear2d_channels_last",
            (Mode::Linear, _) => "compute_indices_weights_linear",
            (Mode::Cubic, _) => "compute_indices_weights_cubic",
            (Mode::Antialiased(_), _) => "compute_indices_weights_aa",
        }
    }

    /// Byte images have kernels of their own for most modes.
    fn takes(self, dtype: Dtype) -> bool {
        dtype.is_floating_point() || dtype == Dtype::Uint8 && !(self.mode == Mode::Linear && self.dims != 2)
    }
}

fn check(input: &[i64], outputs: &[i64], dims: usize) -> Result<()> {
    if outputs.len() != dims {
        return error::runtime(format!(
            "It is expected output_size equals to {dims}, but got size {}",
            outputs.len()
        ));
    }
    if input.len() != dims + 2 {
        return error::runtime(format!(
            "It is expected input_size equals to {}, but got size {}",
            dims + 2,
            input.len()
        ));
    }
    if input[2..].iter().chain(outputs).any(|&size| size <= 0) {
        let shown = |list: &[i64]| {
            let axes = ["D", "H", "W"];
            let items = axes[3 - dims..]
                .iter()
                .zip(list)
                .map(|(axis, size)| format!("{axis}: {size}"));
            items.collect::<Vec<_>>().join(", ")
        };
        return error::runtime(format!(
            "Input and output sizes should be greater than 0, but got input ({}){} output ({})",
            shown(&input[2..]),
            if dims == 1 { " and" } else { "" },
            shown(outputs)
        ));
    }
    if input[1..].contains(&0) {
        return error::runtime(format!(
            "Non-empty {}D data tensor expected but got a tensor with sizes {}",
            dims + 2,
            crate::array::array::format_sizes(input)
        ));
    }
    Ok(())
}

fn forward(a: &Args, kind: Kind) -> Result<Outs> {
    let (input, outputs) = (a.array(0)?, a.ints(1)?);
    check(input.sizes(), outputs, kind.dims)?;
    let name = kind.kernel_name(input.sizes()[1] > 3);
    if !kind.takes(input.dtype()) {
        return unary::unsupported(name, input.dtype());
    }
    let mut sizes: Dims = input.sizes()[..2].into();
    sizes.extend_from_slice(outputs);
    check_room(&sizes, input.dtype())?;
    let (align, scales) = kind.settings(a, 2);
    // weights of bytes are rounded once, in the end
    let precision = match (input.dtype(), kind.mode) {
        (Dtype::Uint8, Mode::Linear | Mode::Cubic | Mode::Antialiased(_)) => Dtype::Float64,
        (dtype, _) => dtype,
    };
    let by = kind.resampling(input.sizes(), outputs, align, &scales, precision);
    one(format::as_in(&input, resample::forward(&input, kind.dims, &by, name)?)?)
}

/// Arguments grad_output, output_size, input_size, then as forward.
fn backward(a: &Args, kind: Kind) -> Result<Outs> {
    let (grad, outputs, input) = (a.array(0)?, a.ints(1)?, a.ints(2)?);
    check(input, outputs, kind.dims)?;
    let (align, scales) = kind.settings(a, 3);
    let by = kind.resampling(input, outputs, align, &scales, grad.dtype());
    let out = resample::backward(&grad, input, kind.dims, &by, kind.kernel_name(true))?;
    one(format::as_in(&grad, out)?)
}

/// The backward op of the gradient: the same arguments with the input's sizes put in.
fn to_backward(b: &Backward, op: &'static Op) -> Result<crate::autograd::Tensor> {
    let mut args = args![b.grad()?, b.ints(1)?, b.sizes(0)?];
    args.0.extend(b.args()?.0.get(2..).unwrap_or_default().iter().cloned());
    call1(op, args)
}

/// The op itself of the gradient of its backward op.
fn to_forward(b: &Backward, op: &'static Op) -> Result<crate::autograd::Tensor> {
    let mut args = args![b.grad()?, b.ints(1)?];
    args.0.extend(b.args()?.0.get(3..).unwrap_or_default().iter().cloned());
    match op.overloads.get(1) {
        Some(overload) => overload.call_one(args),
        None => error::runtime("no overload"),
    }
}

/// The overload that takes either sizes or factors: the other one with both.
fn with_factors(a: &Args, kind: Kind, op: &'static Op) -> Result<Outs> {
    let input = a.tensor(0)?;
    let factors: Option<Rc<[f64]>> = match a.get(2 + usize::from(kind.corners)) {
        Arg::Floats(list) => Some(list.clone()),
        _ => None,
    };
    let outputs: Dims = match (a.optional_ints(1), &factors) {
        (Some(sizes), None) => sizes.into(),
        (None, Some(factors)) if factors.len() == kind.dims => {
            let sizes = input.sizes();
            let scaled = sizes.iter().skip(2).zip(factors.iter());
            scaled.map(|(&size, factor)| (size as f64 * factor) as i64).collect()
        }
        (None, Some(_)) => {
            return error::runtime(
                "Expected static_cast<int64_t>(scale_factors->size()) == spatial_dimensions to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
            );
        }
        _ => return error::runtime("Must specify exactly one of output_size and scale_factors"),
    };
    let mut args = args![input, outputs];
    if kind.corners {
        args.0.push(a.get(2).clone());
    }
    for d in 0..kind.dims {
        let factor = factors.as_ref().and_then(|list| list.get(d)).copied();
        args.0.push(factor.map_or(Arg::None, Arg::Float));
    }
    match op.overloads.get(1) {
        Some(overload) => one(overload.call_one(args)?),
        None => error::runtime("no overload"),
    }
}

/// The entries: each mode and number of dimensions is an op, with a second one for its gradient.
macro_rules! upsample {
    ($(#[doc = $help:literal] $op:ident, $back:ident = $name:literal, $node:literal, $kind:expr, $shape:literal, $factors:literal,
        [$list:literal, $sizes:literal, $middle:literal, $scales:literal];)*) => {
        pub static OPS: &[&Op] = &[$(&$op, &$back),*];
        $(
            #[doc = $help]
            pub(crate) static $op: Op = Op {
                name: $name,
                aliases: &[],
                help: $help.trim_ascii(),
                example: concat!("torch._C._nn.", $name, "(torch.arange(4.0).reshape(", $shape, "), None, ", $factors, ")"),
                overloads: overloads![
                    Overload::new(
                        concat!($name, ".vec(Tensor input, SymInt[]? output_size, ", $middle, "float[]? scale_factors) -> Tensor"),
                        FUNCTION | NAMESPACED,
                        |a| with_factors(a, $kind, &$op),
                        Derivative::Composite,
                    ),
                    Overload::new(
                        concat!($name, "(Tensor self, SymInt[", $list, "] output_size, ", $middle, $scales, ") -> Tensor"),
                        FUNCTION | NAMESPACED | OUT,
                        |a| forward(a, $kind),
                        Derivative::Node(concat!($node, "Backward0"), &[
                            grad("self", "self.sizes, output_size", |b| to_backward(b, &$back)),
                        ]),
                    ).linear(),
                ],
            };
            /// The gradient of that op.
            pub(crate) static $back: Op = Op {
                name: concat!($name, "_backward"),
                aliases: &[],
                help: concat!("The gradient of ", $name, "."),
                example: concat!("torch._C._nn.", $name, "(torch.ones(", $shape, ", requires_grad=True), None, ", $factors, ").sum().backward()"),
                overloads: overloads![Overload::new(
                    concat!($name, "_backward(Tensor grad_output, SymInt[", $list, "] output_size, SymInt[", $sizes, "] input_size, ", $middle, $scales, ") -> Tensor"),
                    0,
                    |a| backward(a, $kind),
                    Derivative::Node(concat!($node, "BackwardBackward0"), &[
                        grad("grad_output", "output_size", |b| to_forward(b, &$op)),
                    ]),
                ).linear()],
            };
        )*
    };
}

const fn nearest(dims: usize) -> Kind {
    Kind {
        mode: Mode::Nearest,
        dims,
        corners: false,
    }
}

const fn exact(dims: usize) -> Kind {
    Kind {
        mode: Mode::NearestExact,
        dims,
        corners: false,
    }
}

const fn smooth(mode: Mode, dims: usize) -> Kind {
    Kind {
        mode,
        dims,
        corners: true,
    }
}

upsample! {
    /// Resamples one dimension; each element is the nearest of the input.
    UPSAMPLE_NEAREST1D, UPSAMPLE_NEAREST1D_BACKWARD = "upsample_nearest1d", "UpsampleNearest1D", nearest(1), "1, 1, 4", "[2.0]", ["1", "3", "", "float? scales=None"];
    /// Resamples two dimensions; each element is the nearest of the input.
    UPSAMPLE_NEAREST2D, UPSAMPLE_NEAREST2D_BACKWARD = "upsample_nearest2d", "UpsampleNearest2D", nearest(2), "1, 1, 2, 2", "[2.0, 2.0]", ["2", "4", "", "float? scales_h=None, float? scales_w=None"];
    /// Resamples three dimensions; each element is the nearest of the input.
    UPSAMPLE_NEAREST3D, UPSAMPLE_NEAREST3D_BACKWARD = "upsample_nearest3d", "UpsampleNearest3D", nearest(3), "1, 1, 1, 2, 2", "[1.0, 2.0, 2.0]", ["3", "5", "", "float? scales_d=None, float? scales_h=None, float? scales_w=None"];
    /// As upsample_nearest1d, measured from the elements' centres.
    UPSAMPLE_NEAREST_EXACT1D, UPSAMPLE_NEAREST_EXACT1D_BACKWARD = "_upsample_nearest_exact1d", "UpsampleNearestExact1D", exact(1), "1, 1, 4", "[2.0]", ["1", "3", "", "float? scales=None"];
    /// As upsample_nearest2d, measured from the elements' centres.
    UPSAMPLE_NEAREST_EXACT2D, UPSAMPLE_NEAREST_EXACT2D_BACKWARD = "_upsample_nearest_exact2d", "UpsampleNearestExact2D", exact(2), "1, 1, 2, 2", "[2.0, 2.0]", ["2", "4", "", "float? scales_h=None, float? scales_w=None"];
    /// As upsample_nearest3d, measured from the elements' centres.
    UPSAMPLE_NEAREST_EXACT3D, UPSAMPLE_NEAREST_EXACT3D_BACKWARD = "_upsample_nearest_exact3d", "UpsampleNearestExact3D", exact(3), "1, 1, 1, 2, 2", "[1.0, 2.0, 2.0]", ["3", "5", "", "float? scales_d=None, float? scales_h=None, float? scales_w=None"];
    /// Resamples one dimension linearly.
    UPSAMPLE_LINEAR1D, UPSAMPLE_LINEAR1D_BACKWARD = "upsample_linear1d", "UpsampleLinear1D", smooth(Mode::Linear, 1), "1, 1, 4", "False, [2.0]", ["1", "3", "bool align_corners, ", "float? scales=None"];
    /// Resamples two dimensions linearly.
    UPSAMPLE_BILINEAR2D, UPSAMPLE_BILINEAR2D_BACKWARD = "upsample_bilinear2d", "UpsampleBilinear2D", smooth(Mode::Linear, 2), "1, 1, 2, 2", "False, [2.0, 2.0]", ["2", "4", "bool align_corners, ", "float? scales_h=None, float? scales_w=None"];
    /// Resamples three dimensions linearly.
    UPSAMPLE_TRILINEAR3D, UPSAMPLE_TRILINEAR3D_BACKWARD = "upsample_trilinear3d", "UpsampleTrilinear3D", smooth(Mode::Linear, 3), "1, 1, 1, 2, 2", "False, [1.0, 2.0, 2.0]", ["3", "5", "bool align_corners, ", "float? scales_d=None, float? scales_h=None, float? scales_w=None"];
    /// Resamples two dimensions by cubic convolution.
    UPSAMPLE_BICUBIC2D, UPSAMPLE_BICUBIC2D_BACKWARD = "upsample_bicubic2d", "UpsampleBicubic2D", smooth(Mode::Cubic, 2), "1, 1, 2, 2", "False, [2.0, 2.0]", ["2", "4", "bool align_corners, ", "float? scales_h=None, float? scales_w=None"];
    /// Resamples two dimensions linearly over all that an element covers.
    UPSAMPLE_BILINEAR2D_AA, UPSAMPLE_BILINEAR2D_AA_BACKWARD = "_upsample_bilinear2d_aa", "UpsampleBilinear2DAa", smooth(Mode::Antialiased(Filter::Linear), 2), "1, 1, 2, 2", "False, [2.0, 2.0]", ["2", "4", "bool align_corners, ", "float? scales_h=None, float? scales_w=None"];
    /// Resamples two dimensions by cubic convolution over all that an element covers.
    UPSAMPLE_BICUBIC2D_AA, UPSAMPLE_BICUBIC2D_AA_BACKWARD = "_upsample_bicubic2d_aa", "UpsampleBicubic2DAa", smooth(Mode::Antialiased(Filter::Cubic), 2), "1, 1, 2, 2", "False, [2.0, 2.0]", ["2", "4", "bool align_corners, ", "float? scales_h=None, float? scales_w=None"];
    /// Resamples two dimensions with a Lanczos filter over all that an element covers.
    UPSAMPLE_LANCZOS2D_AA, UPSAMPLE_LANCZOS2D_AA_BACKWARD = "_upsample_lanczos2d_aa", "UpsampleLanczos2DAa", smooth(Mode::Antialiased(Filter::Lanczos), 2), "1, 1, 2, 2", "False, [2.0, 2.0]", ["2", "4", "bool align_corners, ", "float? scales_h=None, float? scales_w=None"];
}
