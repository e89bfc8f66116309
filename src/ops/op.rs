//! What an entry of the op table is.
//!
//! ```text
//! pub(crate) static EXP: Op = Op {
//!     name: "exp",
//!     aliases: &["special_exp"],
//!     help: "e to the power of each element.",
//!     example: "torch.exp(torch.tensor([0.0, 1.0]))",
//!     overloads: overloads![Overload::new(
//!         "exp(Tensor self) -> Tensor",                     // PyTorch's schema, word for word
//!         FUNCTION | METHOD | INPLACE | OUT,                // the forms that Python offers
//!         |a| one(unary::exp(&a.array(0)?)?),               // forward: arguments by position in the schema
//!         Derivative::Node("ExpBackward0", &[Grad {
//!             inputs: "self",                               // gradient of what
//!             uses: "result",                               // what is saved for it: arguments, results, `self.sizes`
//!             by: By::Formula(|b| mul(b.grad()?, &conj(&b.result(0)?)?)),   // written in differentiable ops
//!         }]),
//!     )],
//! };
//! ```

use super::argument::{Args, Outs};
use super::backward::Backward;
use super::out::OutRule;
use super::schema::{Kind, Schema};
use crate::array::{Dtype, Result};
use crate::autograd::Tensor;
use std::sync::OnceLock;

/// An op: one name, one or more overloads.
pub struct Op {
    pub name: &'static str,
    /// Other names of the same function.
    pub aliases: &'static [&'static str],
    /// One line for `help()`.
    pub help: &'static str,
    /// An expression that shows it; the tests evaluate it.
    pub example: &'static str,
    /// In the order in which arguments are matched and messages list candidates.
    pub overloads: &'static [Overload],
}

/// `torch.name(...)`.
pub const FUNCTION: u32 = 1;
/// `tensor.name(...)`.
pub const METHOD: u32 = 2;
/// `tensor.name_(...)`, and `torch.name_(tensor, ...)` where the function exists too.
pub const INPLACE: u32 = 4;
/// `torch.name(..., out=tensor)`.
pub const OUT: u32 = 8;
/// Matches, but messages don't list it (deprecated signatures).
pub const HIDDEN: u32 = 16;
/// The outputs are views of the first argument.
pub const VIEW: u32 = 32;
/// Python numbers are taken where the schema says Tensor, as 0-d wrapped numbers.
pub const NUMBERS: u32 = 64;
/// Makes a tensor from nothing: takes dtype, layout, device, pin_memory and requires_grad.
pub const FACTORY: u32 = 128;
/// Only `name_` exists, no out-of-place form (`zero_`, `random_`): `forward` gives the new elements of self.
pub const ONLY_INPLACE: u32 = 256;
/// The function exists but Python sees it under another name only (`linalg_inv` as `torch.linalg.inv`).
pub const NAMESPACED: u32 = 512;
/// Gives a view of every part: outputs must not be written in place while grad mode is on.
pub const MULTI_VIEW: u32 = VIEW | 1024;
/// Draws random numbers.
pub const RANDOM: u32 = 2048;

/// All forms of an elementwise op.
pub const POINTWISE: u32 = FUNCTION | METHOD | INPLACE | OUT;

/// The entries of a file, and the list `OPS` of them.
///
/// ```text
/// ops! {
///     /// e to the power of each element.
///     EXP = "exp" / "special_exp", "torch.exp(torch.tensor([0.0, 1.0]))", [
///         Overload::new("exp(Tensor self) -> Tensor", POINTWISE, |a| a.unary(unary::exp), Derivative::Node(...)),
///     ];
/// }
/// ```
#[macro_export]
macro_rules! ops {
    ($(#[doc = $help:literal] $op:ident = $name:literal $(/ $alias:literal)*, $example:literal, [$($overload:expr),+ $(,)?];)*) => {
        pub static OPS: &[&$crate::ops::Op] = &[$(&$op),*];
        $(#[doc = $help]
        pub(crate) static $op: $crate::ops::Op = $crate::ops::Op {
            name: $name,
            aliases: &[$($alias),*],
            help: $help.trim_ascii(),
            example: $example,
            overloads: $crate::overloads![$($overload),+],
        };)*
    };
}

/// The gradient of an input by a formula in differentiable ops.
pub const fn grad(inputs: &'static str, uses: &'static str, formula: fn(&Backward) -> Result<Tensor>) -> Grad {
    Grad {
        inputs,
        uses,
        by: By::Formula(formula),
    }
}

/// As `grad`, for several inputs, or where the gradient may be undefined.
pub const fn joint(
    inputs: &'static str,
    uses: &'static str,
    formula: fn(&Backward) -> Result<Vec<Option<Tensor>>>,
) -> Grad {
    Grad {
        inputs,
        uses,
        by: By::Joint(formula),
    }
}

/// Zeros: the op is constant almost everywhere.
pub const fn zero(inputs: &'static str) -> Grad {
    Grad {
        inputs,
        uses: "",
        by: By::Zero,
    }
}

/// An input that takes no part: an index, a mask.
pub const fn apart(inputs: &'static str) -> Grad {
    Grad {
        inputs,
        uses: "",
        by: By::NotDifferentiable,
    }
}

/// An input for which PyTorch has no derivative; `what` is how its message names it.
pub const fn missing(inputs: &'static str, what: &'static str) -> Grad {
    Grad {
        inputs,
        uses: "",
        by: By::Missing(what),
    }
}

/// The overloads of an op, each a static of its own: what is parsed on first use is kept beside it.
#[macro_export]
macro_rules! overloads {
    ($($overload:expr),+ $(,)?) => {{
        static OVERLOADS: [$crate::ops::Overload; { 0 $(+ { let _ = stringify!($overload); 1 })+ }] = [$($overload),+];
        &OVERLOADS
    }};
}

/// One signature of an op.
pub struct Overload {
    /// As in PyTorch's native_functions: `sum.dim_IntList(Tensor self, int[1]? dim, ...) -> Tensor`.
    pub schema: &'static str,
    pub forms: u32,
    pub forward: fn(&Args) -> Result<Outs>,
    pub derivative: Derivative,
    pub jvp: Jvp,
    /// A bit for each result: those that require grad when an input does.
    pub outputs: u8,
    /// What `out=` tensors must be.
    pub out: OutRule,
    ready: OnceLock<Ready>,
}

impl Overload {
    pub const fn new(
        schema: &'static str,
        forms: u32,
        forward: fn(&Args) -> Result<Outs>,
        derivative: Derivative,
    ) -> Overload {
        Overload {
            schema,
            forms,
            forward,
            derivative,
            jvp: Jvp::Auto,
            outputs: u8::MAX,
            out: OutRule::CASTS,
            ready: OnceLock::new(),
        }
    }

    /// The output depends linearly on the tensor inputs taken together: its tangent is the op of the tangents.
    pub const fn linear(mut self) -> Overload {
        self.jvp = Jvp::Linear;
        self
    }

    /// Only these results (a bit each) are differentiable.
    pub const fn outputs(mut self, mask: u8) -> Overload {
        self.outputs = mask;
        self
    }

    /// `out=` must have the result's dtype; `words` refuse another.
    pub const fn out_dtype(mut self, words: fn(Dtype, Dtype) -> String) -> Overload {
        self.out.words = Some(words);
        self
    }

    /// `out=` tensors are looked at before the op runs.
    pub const fn out_check(mut self, check: fn(&Args, &[Tensor]) -> Result<()>) -> Overload {
        self.out.check = Some(check);
        self
    }

    pub const fn is(&self, form: u32) -> bool {
        self.forms & form != 0
    }

    /// The schema, parsed on first use.
    pub fn parsed(&self) -> &Schema {
        &self.ready().schema
    }

    pub(super) fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| Ready::new(self))
    }
}

/// The derivative of an overload: one of these, always said.
pub enum Derivative {
    /// The op records a node of this name with these gradients.
    Node(&'static str, &'static [Grad]),
    /// Made of other ops, which record for themselves.
    Composite,
    /// The results never require grad.
    NotDifferentiable,
    /// PyTorch has none either: the node is recorded, its backward raises.
    NotImplemented,
}

pub use Derivative::*;

/// The gradient of one input, or of several that are computed together.
pub struct Grad {
    /// Names from the schema: `"self"`, `"input, weight, bias"`.
    pub inputs: &'static str,
    /// What is saved for it: names of arguments, `result`/`result0`/`result1`, and `self.sizes` for a shape only.
    pub uses: &'static str,
    pub by: By,
}

pub enum By {
    /// In differentiable ops, from `grad` and what was saved.
    Formula(fn(&Backward) -> Result<Tensor>),
    /// As `Formula`, where the result may be undefined, or there are several inputs, or a list of tensors: one
    /// gradient an edge.
    Joint(fn(&Backward) -> Result<Vec<Option<Tensor>>>),
    /// Zero everywhere.
    Zero,
    /// The input takes no part (an index, a mask).
    NotDifferentiable,
    /// PyTorch raises `the derivative for '...' is not implemented`.
    NotImplemented,
    /// As `NotImplemented`, with PyTorch's name for what is missing.
    Missing(&'static str),
}

/// The tangent of the output in forward mode.
pub enum Jvp {
    /// From the backward formula, differentiated once more.
    Auto,
    /// The op itself, applied to tangents.
    Linear,
}

/// What is saved, and for which gradient.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Save {
    pub what: Saved,
    /// The only gradient that uses it; None if several do, or a result: then it is saved always.
    pub only_for: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Saved {
    Argument(u8),
    Result(u8),
}

/// An overload made ready for calls.
pub(super) struct Ready {
    pub schema: Schema,
    /// For each argument the gradient that covers it.
    pub covered_by: Vec<Option<u8>>,
    pub saves: Vec<Save>,
    /// A result is among them.
    pub saves_results: bool,
    /// Of each edge of a node, the argument it leads to and the gradient that covers it; None where a list of tensors
    /// lets their number vary.
    pub edges: Option<Vec<(u8, Option<u8>)>>,
    /// A formula reads sizes or non-tensor arguments: they are kept too.
    pub keeps_arguments: bool,
    /// A formula reads strides.
    pub keeps_strides: bool,
}

impl Ready {
    fn new(overload: &Overload) -> Ready {
        let schema = Schema::parse(overload.schema);
        let mut covered_by = vec![None; schema.params.len()];
        let mut saves: Vec<Save> = Vec::new();
        let mut keeps_strides = false;
        let mut keeps_arguments = schema.params.iter().any(|param| !param.kind.is_tensor());
        if let Derivative::Node(_, grads) = &overload.derivative {
            for (number, grad) in grads.iter().enumerate() {
                for name in words(grad.inputs) {
                    if let Some(slot) = schema.position(name).and_then(|at| covered_by.get_mut(at)) {
                        *slot = Some(number as u8);
                    }
                }
                keeps_strides |= grad.uses.contains(".strides");
                for name in words(grad.uses) {
                    let what = match (schema.position(name), name.strip_prefix("result")) {
                        (Some(at), _) if schema.params.get(at).is_some_and(|param| param.kind.is_tensor()) => {
                            Saved::Argument(at as u8)
                        }
                        (None, Some(digit)) => Saved::Result(digit.parse().unwrap_or(0)),
                        _ => {
                            keeps_arguments = true;
                            continue;
                        }
                    };
                    match saves.iter_mut().find(|save| save.what == what) {
                        Some(save) => save.only_for = None,
                        None => {
                            let only_for = matches!(what, Saved::Argument(_)).then_some(number as u8);
                            saves.push(Save { what, only_for });
                        }
                    }
                }
            }
        }
        let edges = edges(&schema, &covered_by, &overload.derivative);
        let saves_results = saves.iter().any(|save| matches!(save.what, Saved::Result(_)));
        Ready {
            schema,
            covered_by,
            saves,
            saves_results,
            edges,
            keeps_arguments,
            keeps_strides,
        }
    }
}

fn edges(schema: &Schema, covered_by: &[Option<u8>], derivative: &Derivative) -> Option<Vec<(u8, Option<u8>)>> {
    let mut edges = Vec::new();
    for (place, (param, covered)) in schema.params.iter().zip(covered_by).enumerate() {
        if matches!(param.kind, Kind::TensorList { .. }) {
            return None;
        }
        let has_edge = match derivative {
            Derivative::Node(_, rules) => covered
                .and_then(|number| rules.get(number as usize))
                .is_some_and(|rule| !matches!(rule.by, By::NotDifferentiable)),
            _ => true,
        };
        if param.kind.is_tensor() && has_edge {
            edges.push((place as u8, *covered));
        }
    }
    Some(edges)
}

fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split([',', ' ']).filter(|word| !word.is_empty())
}
