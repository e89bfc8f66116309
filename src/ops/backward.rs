//! What a derivative's formula sees: the incoming gradients and what was saved.

use super::argument::{Arg, Args};
use super::op::{By, Derivative, Saved};
use super::record::{Kept, OpNode};
use crate::array::{Dims, Dtype, Result, Scalar, error};
use crate::autograd::engine::{self, Options, Root};
use crate::autograd::node::{Grads, NodeRef};
use crate::autograd::{Tensor, arithmetic, modes};

/// Positions are those of the schema.
pub struct Backward<'a> {
    pub(super) node: &'a NodeRef,
    pub(super) op: &'a OpNode,
    pub(super) grads: &'a Grads,
}

impl Backward<'_> {
    /// The gradient of the only (or first) differentiable output.
    pub fn grad(&self) -> Result<&Tensor> {
        match self.grads.first() {
            Some(Some(grad)) => Ok(grad),
            _ => error::runtime(format!("{} has no gradient for its first output", self.node.name())),
        }
    }

    /// The gradient of a differentiable output, if one arrived.
    pub fn grad_of(&self, output: usize) -> Option<&Tensor> {
        self.grads.get(output).and_then(Option::as_ref)
    }

    /// The gradient of a differentiable output, zeros where none arrived.
    pub fn grad_or_zeros(&self, output: usize) -> Result<Tensor> {
        if let Some(grad) = self.grad_of(output) {
            return Ok(grad.clone());
        }
        match self.node.inputs().get(output) {
            Some(input) => (arithmetic::table()?.zeros)(&input.sizes, input.dtype),
            None => error::runtime("no such output"),
        }
    }

    /// How many differentiable outputs the op had.
    pub fn outputs(&self) -> usize {
        self.node.inputs().len()
    }

    /// Shape and dtype of a differentiable output.
    pub fn output_sizes(&self, output: usize) -> Dims {
        self.node
            .inputs()
            .get(output)
            .map(|input| input.sizes.clone())
            .unwrap_or_default()
    }

    fn kept<R>(&self, what: Saved, read: impl FnOnce(&Kept) -> Result<R>) -> Result<R> {
        let place = self.op.overload.ready().saves.iter().position(|save| save.what == what);
        match place.and_then(|place| self.op.saved.borrow().get(place).map(read)) {
            Some(result) => result,
            None => error::runtime(format!("{} did not save what its formula uses", self.node.name())),
        }
    }

    /// A saved tensor argument; a Python number becomes a 0-d tensor.
    pub fn tensor(&self, at: usize) -> Result<Tensor> {
        match self.value(at)? {
            Arg::Tensor(tensor) => Ok(tensor),
            Arg::Scalar(scalar) => super::arithmetic::number(scalar),
            _ => error::runtime(format!("argument {at} of {} is None", self.node.name())),
        }
    }

    /// A saved tensor argument that may be None.
    pub fn optional_tensor(&self, at: usize) -> Result<Option<Tensor>> {
        match self.value(at)? {
            Arg::Tensor(tensor) => Ok(Some(tensor)),
            _ => Ok(None),
        }
    }

    /// A saved argument as it was: a tensor, or the Python number that stood for one.
    pub fn value(&self, at: usize) -> Result<Arg> {
        self.kept(Saved::Argument(at as u8), |kept| match kept {
            Kept::Tensor(saved) => Ok(saved.unpack(self.node)?.map_or(Arg::None, Arg::Tensor)),
            Kept::Number(scalar) => Ok(Arg::Scalar(*scalar)),
            Kept::Tensors(list) => {
                let tensors = list
                    .iter()
                    .map(|saved| saved.unpack(self.node))
                    .collect::<Result<Vec<_>>>()?;
                Ok(Arg::Tensors(tensors.into()))
            }
            Kept::Nothing => Ok(Arg::None),
            Kept::Freed => error::runtime(crate::autograd::saved::freed_message()),
        })
    }

    /// A saved list of tensors.
    pub fn tensors(&self, at: usize) -> Result<Vec<Option<Tensor>>> {
        match self.value(at)? {
            Arg::Tensors(list) => Ok(list.to_vec()),
            _ => error::runtime(format!("argument {at} of {} is no list of tensors", self.node.name())),
        }
    }

    /// A saved result.
    pub fn result(&self, number: usize) -> Result<Tensor> {
        self.kept(Saved::Result(number as u8), |kept| match kept {
            Kept::Tensor(saved) => match saved.unpack(self.node)? {
                Some(tensor) => Ok(tensor),
                None => error::runtime("a saved result is None"),
            },
            _ => error::runtime(format!("{} did not save its result", self.node.name())),
        })
    }

    /// The arguments that are no tensors (tensors are None here). Formulas that read them say so in `uses`.
    pub fn args(&self) -> Result<&Args> {
        match &self.op.details {
            Some(details) => Ok(&details.args),
            None => error::runtime(format!("{} did not keep its arguments", self.node.name())),
        }
    }

    /// The sizes of a tensor argument; `uses` says `self.sizes`.
    pub fn sizes(&self, at: usize) -> Result<Dims> {
        self.shapes(at)
            .next()
            .map(|(sizes, _)| sizes)
            .map_or_else(|| self.unknown(at), Ok)
    }

    /// The strides of a tensor argument; `uses` says `self.strides`.
    pub fn strides(&self, at: usize) -> Result<Dims> {
        let details = self.op.details.as_ref();
        details
            .and_then(|details| details.strides.iter().find(|(place, _)| *place as usize == at))
            .map_or_else(|| self.unknown(at), |(_, strides)| Ok(strides.clone()))
    }

    pub fn dtype(&self, at: usize) -> Result<Dtype> {
        self.shapes(at)
            .next()
            .map(|(_, dtype)| dtype)
            .map_or_else(|| self.unknown(at), Ok)
    }

    /// Sizes and dtypes of all tensors of a list argument.
    pub fn shapes(&self, at: usize) -> impl Iterator<Item = (Dims, Dtype)> + '_ {
        let tensors = self
            .op
            .details
            .as_ref()
            .map(|details| details.tensors.as_slice())
            .unwrap_or_default();
        tensors
            .iter()
            .filter(move |(place, ..)| *place as usize == at)
            .map(|(_, sizes, dtype)| (sizes.clone(), *dtype))
    }

    fn unknown<T>(&self, at: usize) -> Result<T> {
        error::runtime(format!("{} did not keep the shape of argument {at}", self.node.name()))
    }

    pub fn scalar(&self, at: usize) -> Result<Scalar> {
        self.args()?.scalar(at)
    }

    pub fn int(&self, at: usize) -> Result<i64> {
        self.args()?.int(at)
    }

    pub fn float(&self, at: usize) -> Result<f64> {
        self.args()?.float(at)
    }

    pub fn bool(&self, at: usize) -> Result<bool> {
        self.args()?.bool(at)
    }

    pub fn ints(&self, at: usize) -> Result<&[i64]> {
        self.args()?.ints(at)
    }

    /// True if the gradient of this tensor argument is wanted.
    pub fn needs(&self, at: usize) -> bool {
        let mut edge = 0;
        let ready = self.op.overload.ready();
        if let Some(edges) = &ready.edges {
            let found = edges.iter().position(|(place, _)| *place as usize == at);
            return found.is_some_and(|edge| self.node.should_compute(edge));
        }
        for (place, param) in ready.schema.params.iter().enumerate() {
            if !param.kind.is_tensor() || !self.has_edge(place) {
                continue;
            }
            let count = self.edge_count(place);
            if place == at {
                return (edge..edge + count).any(|edge| self.node.should_compute(edge));
            }
            edge += count;
        }
        false
    }

    fn has_edge(&self, place: usize) -> bool {
        let Derivative::Node(_, rules) = &self.op.overload.derivative else {
            return true;
        };
        let covered = self.op.overload.ready().covered_by.get(place).copied().flatten();
        covered
            .and_then(|number| rules.get(number as usize))
            .is_some_and(|rule| !matches!(rule.by, By::NotDifferentiable))
    }

    /// One for a tensor. A list takes what other arguments leave; an op has one list at the most.
    fn edge_count(&self, place: usize) -> usize {
        let params = &self.op.overload.ready().schema.params;
        let is_list = |place: usize| {
            params
                .get(place)
                .is_some_and(|param| matches!(param.kind, super::schema::Kind::TensorList { .. }))
        };
        if !is_list(place) {
            return 1;
        }
        let others = (0..params.len())
            .filter(|&other| {
                other != place && params.get(other).is_some_and(|param| param.kind.is_tensor()) && self.has_edge(other)
            })
            .count();
        self.node.edges().len().saturating_sub(others)
    }

    /// The edges that a rule of the entry covers, in order.
    pub(super) fn edges_of(&self, rule: u8) -> impl Iterator<Item = usize> + Clone + use<> {
        let ready = self.op.overload.ready();
        let mut edge = 0;
        let mut places = smallvec::SmallVec::<[usize; 4]>::new();
        if let Some(edges) = &ready.edges {
            for (edge, (_, covered)) in edges.iter().enumerate() {
                if *covered == Some(rule) {
                    places.push(edge);
                }
            }
            return places.into_iter();
        }
        for (place, param) in ready.schema.params.iter().enumerate() {
            if !param.kind.is_tensor() || !self.has_edge(place) {
                continue;
            }
            let count = self.edge_count(place);
            if ready.covered_by.get(place).copied().flatten() == Some(rule) {
                places.extend(edge..edge + count);
            }
            edge += count;
        }
        places.into_iter()
    }

    /// Zeros in the shape of what the edge leads to.
    pub(super) fn zero_for(&self, edge: usize) -> Result<Tensor> {
        let edges = self.node.edges();
        let Some(Some(edge)) = edges.get(edge) else {
            return error::runtime("no such edge");
        };
        let inputs = edge.node.inputs();
        match inputs.get(edge.input as usize) {
            Some(input) => (arithmetic::table()?.zeros)(&input.sizes, input.dtype),
            None => error::runtime("no such input"),
        }
    }
}

/// The gradients of saved arguments through a formula of the result in differentiable ops, which is computed again.
pub(super) fn recomputed(
    b: &Backward,
    arguments: &[usize],
    formula: impl Fn(&[Tensor]) -> Result<Tensor>,
) -> Result<Vec<Option<Tensor>>> {
    let create_graph = modes::is_grad_enabled();
    let _mode = modes::GradMode::set(true);
    let inputs = arguments
        .iter()
        .map(|at| {
            let saved = b.tensor(*at)?;
            if create_graph && saved.requires_grad() {
                return super::shape::view(&saved, &saved.sizes());
            }
            let leaf = saved.detach();
            leaf.set_requires_grad(true);
            Ok(leaf)
        })
        .collect::<Result<Vec<_>>>()?;
    let Some(edge) = formula(&inputs)?.gradient_edge() else {
        return Ok(vec![None; inputs.len()]);
    };
    let wanted: Vec<_> = inputs.iter().filter_map(Tensor::gradient_edge).collect();
    let root = Root {
        edge,
        grad: b.grad()?.clone(),
    };
    let options = Options {
        retain_graph: create_graph,
        create_graph,
    };
    engine::run(vec![root], &wanted, false, options)
}
