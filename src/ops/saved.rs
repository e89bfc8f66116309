//! What a node keeps, by the names under which `_saved_...` shows it.

use super::argument::Arg;
use super::op::{Derivative, Overload, Saved};
use super::record::{Kept, OpNode};
use crate::array::{Dims, Result, error};
use crate::autograd::node::NodeRef;
use crate::autograd::saved::SavedTensorHooks;
use std::rc::Rc;

/// A kept value, or a list of them.
pub enum Seen {
    Value(Arg),
    Values(Vec<Arg>),
}

/// The place in the row's list of saved values that has this name: an argument's, `result`, or a result's own.
fn place_of(op: &OpNode, name: &str) -> Option<usize> {
    let ready = op.overload.ready();
    ready.saves.iter().position(|save| match save.what {
        Saved::Argument(at) => ready
            .schema
            .params
            .get(at as usize)
            .is_some_and(|param| param.name == name),
        Saved::Result(number) => {
            let own = ready
                .schema
                .returns
                .get(number as usize)
                .map_or("", |result| result.name);
            name == own || (own.is_empty() && result_name(ready.schema.returns.len(), number) == name)
        }
    })
}

fn result_name(count: usize, number: u8) -> String {
    if count <= 1 {
        "result".into()
    } else {
        format!("result{number}")
    }
}

/// The names of everything a node keeps, in the order of its formulas.
pub fn names(node: &NodeRef) -> Vec<String> {
    match node.downcast::<OpNode>() {
        Some(op) => kept_by(op.overload),
        None => Vec::new(),
    }
}

fn kept_by(overload: &Overload) -> Vec<String> {
    let Derivative::Node(_, grads) = &overload.derivative else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for word in grads.iter().flat_map(|grad| grad.uses.split([',', ' '])) {
        let result = word
            .strip_prefix("result")
            .and_then(|number| number.parse::<usize>().ok());
        let own = result.and_then(|number| overload.parsed().returns.get(number));
        let name = match (word.strip_suffix(".sizes"), word.strip_suffix(".strides"), own) {
            (Some(argument), _, _) => format!("{argument}_sym_sizes"),
            (_, Some(argument), _) => format!("{argument}_sym_strides"),
            (_, _, Some(result)) if !result.name.is_empty() => result.name.to_string(),
            _ => word.to_string(),
        };
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The names of what nodes of a kind keep (`MulBackward0`), and of each whether it is a tensor.
pub fn names_of(node: &str) -> Vec<(String, bool)> {
    let mut overloads = super::all().flat_map(|op| op.overloads);
    let Some(overload) =
        overloads.find(|overload| matches!(overload.derivative, Derivative::Node(name, _) if name == node))
    else {
        return Vec::new();
    };
    let schema = overload.parsed();
    kept_by(overload)
        .into_iter()
        .map(|name| {
            let param = schema.params.iter().find(|param| param.name == name);
            let is_tensor = match param {
                Some(param) => param.kind.is_tensor(),
                None => name.starts_with("result") || schema.returns.iter().any(|result| result.name == name),
            };
            (name, is_tensor)
        })
        .collect()
}

/// True if a tensor (or a list of them) is kept under this name.
pub fn has_tensor(node: &NodeRef, name: &str) -> bool {
    node.downcast::<OpNode>().is_some_and(|op| place_of(op, name).is_some())
}

/// What is kept under a name; None if the node keeps no such thing. Freed tensors are an error.
pub fn find(node: &NodeRef, name: &str) -> Option<Result<Seen>> {
    let op = node.downcast::<OpNode>()?;
    if let Some(place) = place_of(op, name) {
        return Some(match op.saved.borrow().get(place) {
            Some(Kept::Tensor(saved)) => saved
                .unpack(node)
                .map(|tensor| Seen::Value(tensor.map_or(Arg::None, Arg::Tensor))),
            Some(Kept::Tensors(list)) => list
                .iter()
                .map(|saved| Ok(saved.unpack(node)?.map_or(Arg::None, Arg::Tensor)))
                .collect::<Result<Vec<_>>>()
                .map(Seen::Values),
            Some(Kept::Number(scalar)) => {
                super::arithmetic::number(*scalar).map(|tensor| Seen::Value(Arg::Tensor(tensor)))
            }
            Some(Kept::Freed) => error::runtime(crate::autograd::saved::freed_message()),
            _ => Ok(Seen::Value(Arg::None)),
        });
    }
    let numel = name
        .strip_suffix("_sym_numel")
        .map(|argument| format!("{argument}_sym_sizes"));
    if !names(node)
        .iter()
        .any(|known| known == name || Some(known) == numel.as_ref())
    {
        return None;
    }
    let details = op.details.as_ref()?;
    let params = &op.overload.parsed().params;
    if let Some(argument) = name.strip_suffix("_sym_sizes") {
        let at = params.iter().position(|param| param.name == argument)?;
        let is_list = matches!(params.get(at)?.kind, super::schema::Kind::TensorList { .. });
        let mut sizes = details
            .tensors
            .iter()
            .filter(|tensor| tensor.0 as usize == at)
            .map(|tensor| Arg::from(Dims::clone(&tensor.1)));
        return Some(Ok(if is_list {
            Seen::Values(sizes.collect())
        } else {
            Seen::Value(sizes.next()?)
        }));
    }
    if let Some(argument) = name.strip_suffix("_sym_numel") {
        let at = params.iter().position(|param| param.name == argument)?;
        let sizes = details.tensors.iter().find(|tensor| tensor.0 as usize == at)?;
        return Some(Ok(Seen::Value(Arg::Int(sizes.1.iter().product()))));
    }
    let at = params.iter().position(|param| param.name == name)?;
    Some(Ok(Seen::Value(details.args.get(at).clone())))
}

/// Puts hooks on a tensor that is kept.
pub fn register_hooks(node: &NodeRef, name: &str, hooks: Rc<dyn SavedTensorHooks>) -> Result<()> {
    let Some(op) = node.downcast::<OpNode>() else {
        return Ok(());
    };
    let Some(place) = place_of(op, name) else {
        return Ok(());
    };
    match op.saved.borrow().get(place) {
        Some(Kept::Tensor(saved)) => saved.register_hooks(hooks, node),
        _ => error::runtime("Calling register_hooks on a saved tensor with value None is forbidden"),
    }
}
