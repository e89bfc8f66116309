//! `x[...]` and `x[...] = value`.

use crate::array::{Array, Dims, Dtype, Scalar, copy, view};
use crate::autograd::Tensor;
use crate::autograd::view::declare;
use crate::ops::{Arg, Args, shape};
use crate::python::class::slot::Slot;
use crate::python::native::ClassItem;
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::bind::{convert, matching};
use crate::torch::create::data;
use crate::torch::{machine, object, overrides, result, warning};
use std::rc::Rc;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::special(Slot::SetItem, set_item),
    ClassItem::special(Slot::DelItem, del_item),
];

/// The only overload of an op, or the one whose schema has this overload name.
fn call(vm: &mut Vm, name: &str, overload: &str, args: Args) -> R<Tensor> {
    let found = crate::ops::find(name).and_then(|op| {
        op.overloads
            .iter()
            .find(|candidate| overload.is_empty() || candidate.parsed().overload == overload)
    });
    match found {
        Some(found) => machine::run(vm, || found.call_one(args)),
        None => Err(vm.unsupported(&format!("indexing through '{name}'"))),
    }
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let (called, given) = (overrides::Called::Method("__getitem__"), CallArgs::positional(args));
    match overrides::intercept(vm, called, given, |vm| get_item_plainly(vm, args))? {
        Some(answer) => Ok(answer),
        None => get_item_plainly(vm, args),
    }
}

fn get_item_plainly(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, key] = args else { return Ok(Value::None) };
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    let picked = match key {
        Value::Int(index) => select(vm, &tensor, 0, *index, 0)?,
        _ => match place(vm, &tensor, key)? {
            Some(picked) => picked,
            None => pick(vm, &tensor, key)?,
        },
    };
    Ok(object::wrap(vm, picked))
}

/// `tensor[i, j]` with numbers that are in bounds, where no graph sees the views on the way: one view instead of one a
/// number. None where the steps must be taken one by one.
fn place(vm: &mut Vm, tensor: &Tensor, key: &Value) -> R<Option<Tensor>> {
    let Some([first @ .., last]) = key.as_tuple() else {
        return Ok(None);
    };
    if first.is_empty() || first.len() >= tensor.dim() || tensor.requires_grad() || tensor.tangent().is_some() {
        return Ok(None);
    }
    let mut array = tensor.array().clone();
    for index in first {
        let (Value::Int(index), Some(&size)) = (index, array.sizes().first()) else {
            return Ok(None);
        };
        if !(-size..size).contains(index) {
            return Ok(None);
        }
        array = match view::select(&array, 0, *index) {
            Ok(part) => part,
            Err(_) => return Ok(None),
        };
    }
    let (Value::Int(index), Some(&size)) = (last, array.sizes().first()) else {
        return Ok(None);
    };
    if !(-size..size).contains(index) {
        return Ok(None);
    }
    let part = Tensor::from(array);
    if part.is_inference() != tensor.is_inference() {
        return Ok(None);
    }
    let picked = machine::run(vm, || shape::select(&part, 0, *index))?;
    let Some(creation) = picked.with_view(|info| info.creation.get()) else {
        return Ok(None);
    };
    declare(&picked, tensor, creation);
    Ok(Some(picked))
}

/// `tensor[key]`
pub fn pick(vm: &mut Vm, tensor: &Tensor, key: &Value) -> R<Tensor> {
    match key {
        Value::None => return machine::run(vm, || shape::unsqueeze(tensor, 0)),
        Value::Ellipsis => return alias(vm, tensor),
        _ => {}
    }
    if let Some(index) = plain_index(vm, key)? {
        return select(vm, tensor, 0, index, 0);
    }
    if let Some(Object::Slice(_)) = key.obj() {
        return apply_slice(vm, tensor, 0, key, true);
    }
    let (sliced, indices) = match key.as_tuple() {
        Some(keys) => apply(vm, tensor, keys)?,
        None => {
            let keys = as_tuple(vm, key)?;
            apply(vm, tensor, &keys)?
        }
    };
    if indices.is_empty() {
        if sliced.is(tensor) {
            return alias(vm, &sliced);
        }
        return Ok(sliced);
    }
    let indices = Arg::Tensors(Rc::from(indices));
    call(
        vm,
        "index",
        "Tensor",
        Args(smallvec::smallvec![Arg::Tensor(sliced), indices]),
    )
}

fn alias(vm: &mut Vm, tensor: &Tensor) -> R<Tensor> {
    call(vm, "alias", "", Args(smallvec::smallvec![Arg::Tensor(tensor.clone())]))
}

/// An int, or an integer tensor of no dimension that is no part of the graph's indexing.
fn plain_index(vm: &mut Vm, key: &Value) -> R<Option<i64>> {
    if matching::is_plain_int(key) {
        return vm.index(key).map(Some);
    }
    Ok(None)
}

/// The key as the items of a tuple: a list of indices that are not all numbers counts as one, as it once did in NumPy.
fn as_tuple(vm: &mut Vm, key: &Value) -> R<Vec<Value>> {
    if let Some(items) = key.as_tuple() {
        return Ok(items.to_vec());
    }
    if let Some(list) = key.as_list() {
        let items = list.snapshot();
        let legacy = items.len() < 32
            && items.iter().any(|item| {
                item.is_none()
                    || matches!(item, Value::Ellipsis)
                    || object::as_tensor(item).is_some()
                    || item.as_list().is_some()
                    || item.as_tuple().is_some()
                    || matches!(item.obj(), Some(Object::Slice(_)))
            });
        if legacy {
            warning::warn_once(
                vm,
                "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], which will result either in an error or a different result",
            )?;
            return Ok(items);
        }
    }
    Ok(vec![key.clone()])
}

/// How many dimensions of the tensor the keys take.
fn count_specified(keys: &[Value]) -> usize {
    keys.iter()
        .map(|key| match key {
            Value::None | Value::Ellipsis | Value::True | Value::False => 0,
            _ => match object::as_tensor(key) {
                Some(index) if matches!(index.dtype(), Dtype::Bool | Dtype::Uint8) => index.dim(),
                _ => 1,
            },
        })
        .sum()
}

/// Applies the keys that give views; what is left are index tensors, one a dimension, None where a dimension stays whole.
fn apply(vm: &mut Vm, tensor: &Tensor, keys: &[Value]) -> R<(Tensor, Vec<Option<Tensor>>)> {
    let specified = count_specified(keys);
    if specified > tensor.dim() {
        return Err(vm.index_error(format!("too many indices for tensor of dimension {}", tensor.dim())));
    }
    let mut result = tensor.clone();
    let mut dim = 0usize;
    let mut indices: Vec<Option<Tensor>> = Vec::new();
    let note = |dim: &mut usize, index: Tensor, indices: &mut Vec<Option<Tensor>>| {
        indices.resize(*dim, None);
        indices.push(Some(index));
        *dim += 1;
    };
    for (position, key) in keys.iter().enumerate() {
        match key {
            Value::None => {
                result = machine::run(vm, || shape::unsqueeze(&result, dim as i64))?;
                dim += 1;
                continue;
            }
            Value::Ellipsis => {
                dim += tensor.dim() - specified;
                continue;
            }
            Value::True | Value::False => {
                result = machine::run(vm, || shape::unsqueeze(&result, dim as i64))?;
                let index = bool_index(vm, matches!(key, Value::True))?;
                note(&mut dim, index, &mut indices);
                continue;
            }
            _ => {}
        }
        if let Some(index) = plain_index(vm, key)? {
            result = select(vm, &result, dim, index, position)?;
            continue;
        }
        if let Some(Object::Slice(_)) = key.obj() {
            result = apply_slice(vm, &result, dim, key, false)?;
            dim += 1;
            continue;
        }
        let index = match object::as_tensor(key) {
            Some(index) => index.clone(),
            None if key.as_list().is_some() || key.as_tuple().is_some() || key.as_str().is_some() => {
                data::from_sequence(vm, key)?
            }
            None => match as_sequence(vm, key)? {
                Some(list) => data::from_sequence(vm, &list)?,
                None => {
                    let kind = vm.type_name(key);
                    return Err(vm.index_error(format!(
                        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {kind})"
                    )));
                }
            },
        };
        if index.dtype() == Dtype::Uint8 {
            warning::warn(
                vm,
                "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.",
            )?;
        }
        // an integer tensor without dimensions is a number, unless others index beside it
        let scalar = index.dim() == 0 && index.dtype().is_integral();
        if scalar && index.dtype() != Dtype::Bool && index.dtype() != Dtype::Uint8 {
            let number = machine::run(vm, || copy::item(&index.array()))?.to_i64();
            result = select(vm, &result, dim, number, position)?;
        } else if scalar {
            let truth = machine::run(vm, || copy::item(&index.array()))?.to_i64() != 0;
            result = machine::run(vm, || shape::unsqueeze(&result, dim as i64))?;
            let index = bool_index(vm, truth)?;
            note(&mut dim, index, &mut indices);
        } else {
            note(&mut dim, index, &mut indices);
        }
    }
    Ok((result, indices))
}

/// Sequences that are neither list nor tuple (a range) index as lists do.
fn as_sequence(vm: &mut Vm, key: &Value) -> R<Option<Value>> {
    match key.obj() {
        Some(Object::Range(_)) => Ok(Some(Value::list(vm.collect(key)?))),
        _ => Ok(None),
    }
}

/// A bool as an index: every element, or none.
fn bool_index(vm: &mut Vm, truth: bool) -> R<Tensor> {
    machine::run(vm, || {
        let sizes: Dims = smallvec::smallvec![i64::from(truth)];
        Ok(Array::zeros(&sizes, Dtype::Int64)?.into())
    })
}

/// `tensor[index]` along a dimension; `shown` is the dimension in messages: the key's place among all.
fn select(vm: &mut Vm, tensor: &Tensor, dim: usize, index: i64, shown: usize) -> R<Tensor> {
    if tensor.dim() == 0 {
        return Err(vm.index_error(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number",
        ));
    }
    let size = tensor.array().sizes().get(dim).copied();
    let Some(size) = size else {
        return Err(vm.index_error(format!("too many indices for tensor of dimension {}", tensor.dim())));
    };
    if index >= size || index < -size {
        return Err(vm.index_error(format!(
            "index {index} is out of bounds for dimension {shown} with size {size}"
        )));
    }
    machine::run(vm, || shape::select(tensor, dim as i64, index))
}

/// A bound of a slice.
fn bound(vm: &mut Vm, value: &Value) -> R<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    if object::as_tensor(value).is_some() {
        return Ok(Some(convert::scalar(vm, value)?.to_i64()));
    }
    match vm.try_index(value)? {
        Some(_) => vm.index_clamped(value).map(Some),
        None => Err(vm.type_error("slice indices must be integers or None or have an __index__ method")),
    }
}

/// `tensor[a:b:c]` along a dimension; a slice of everything is nothing in a tuple of several keys.
fn apply_slice(vm: &mut Vm, tensor: &Tensor, dim: usize, key: &Value, always: bool) -> R<Tensor> {
    let Some(Object::Slice(slice)) = key.obj() else {
        return Ok(tensor.clone());
    };
    let step = bound(vm, &slice.step)?.unwrap_or(1);
    if step == 0 {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let (start, stop) = (bound(vm, &slice.start)?, bound(vm, &slice.stop)?);
    if step < 0 {
        return Err(vm.value_error("step must be greater than zero"));
    }
    if tensor.dim() == 0 {
        return Err(vm.index_error("slice() cannot be applied to a 0-dim tensor."));
    }
    let size = tensor.array().sizes().get(dim).copied().unwrap_or(0);
    let (start, stop) = (start.unwrap_or(0), stop.unwrap_or(i64::MAX));
    if !always && start == 0 && step == 1 && stop >= size {
        return Ok(tensor.clone());
    }
    machine::run(vm, || {
        crate::ops::indexing::slice(tensor, dim as i64, Some(start), Some(stop), step)
    })
}

fn del_item(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Err(vm.type_error("Tensor does not support deleting items"))
}

fn set_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, key, value] = args else {
        return Ok(Value::None);
    };
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    put(vm, &tensor, key, value)?;
    Ok(Value::None)
}

/// The value to be stored: a tensor as it is, a number as a tensor of the target's dtype.
fn stored(vm: &mut Vm, target: &Tensor, value: &Value) -> R<Tensor> {
    if let Some(tensor) = object::as_tensor(value) {
        return Ok(tensor.clone());
    }
    if !matching::is_number(value) {
        let (kind, target) = (vm.type_name(value), target.type_name());
        return Err(vm.type_error(format!("can't assign a {kind} to a {target}")));
    }
    let scalar = convert::scalar(vm, value)?;
    let dtype = target.dtype();
    if matches!(scalar, Scalar::Complex(_, im) if im != 0.0) && !dtype.is_complex() {
        return Err(vm.runtime_error(format!(
            "value cannot be converted to type {} without overflow",
            data::c_type(dtype)
        )));
    }
    machine::run(vm, || Ok(copy::full(&[], scalar, dtype)?.into()))
}

fn put(vm: &mut Vm, tensor: &Tensor, key: &Value, value: &Value) -> R<()> {
    let source = stored(vm, tensor, value)?;
    // a number fills, a tensor is copied
    let number = match object::as_tensor(value) {
        Some(_) => None,
        None => Some(convert::scalar(vm, value)?),
    };
    let target = match key {
        Value::Ellipsis => return copy_to(vm, tensor, &source, number),
        Value::None => Some(machine::run(vm, || shape::unsqueeze(tensor, 0))?),
        _ => None,
    };
    if let Some(target) = target {
        return copy_to(vm, &target, &source, number);
    }
    if let Some(index) = plain_index(vm, key)? {
        let target = select(vm, tensor, 0, index, 0)?;
        return copy_to(vm, &target, &source, number);
    }
    if let Some(Object::Slice(_)) = key.obj() {
        let target = apply_slice(vm, tensor, 0, key, false)?;
        return copy_to(vm, &target, &source, number);
    }
    let (sliced, indices) = match key.as_tuple() {
        Some(keys) => apply(vm, tensor, keys)?,
        None => {
            let keys = as_tuple(vm, key)?;
            apply(vm, tensor, &keys)?
        }
    };
    if indices.is_empty() {
        return copy_to(vm, &sliced, &source, number);
    }
    let sizes = without_leading_ones(&source.sizes(), sliced.dim());
    let source = if sizes[..] == source.sizes()[..] {
        source
    } else {
        machine::run(vm, || shape::view(&source, &sizes))?
    };
    let args = Args(smallvec::smallvec![
        Arg::Tensor(sliced),
        Arg::Tensors(Rc::from(indices)),
        Arg::Tensor(source),
        Arg::Bool(false)
    ]);
    let op = crate::ops::find("index_put");
    match op.and_then(|op| op.overloads.first()) {
        Some(overload) => machine::run(vm, || overload.call_in_place(args)).map(drop),
        None => Err(vm.unsupported("assigning through an index tensor")),
    }
}

/// Leading sizes of 1 that the target does not have are dropped.
fn without_leading_ones(sizes: &[i64], target: usize) -> Dims {
    let mut kept: Dims = sizes.into();
    while kept.len() > target && kept.first() == Some(&1) {
        kept.remove(0);
    }
    kept
}

/// Copies a source into a view, broadcasting it; a number fills the view.
fn copy_to(vm: &mut Vm, target: &Tensor, source: &Tensor, number: Option<Scalar>) -> R<()> {
    let overload = match number {
        Some(_) => Some("Scalar"),
        None if source.dim() == 0 && target.dim() > 0 => Some("Tensor"),
        None => None,
    };
    if let Some(wanted) = overload
        && let Some(fill) = crate::ops::find("fill_")
        && let Some(overload) = fill
            .overloads
            .iter()
            .find(|overload| overload.parsed().overload == wanted)
    {
        let value = match number {
            Some(number) => Arg::Scalar(number),
            None => Arg::Tensor(source.clone()),
        };
        let args = Args(smallvec::smallvec![Arg::Tensor(target.clone()), value]);
        return machine::run(vm, || overload.call_in_place(args)).map(drop);
    }
    let sizes = target.sizes();
    let kept = {
        let mut kept: Dims = source.sizes();
        while kept.first() == Some(&1) && kept.len() > sizes.len() {
            kept.remove(0);
        }
        kept
    };
    machine::run(vm, || {
        let source = if kept == source.sizes() {
            source.clone()
        } else {
            shape::view(source, &kept)?
        };
        let source = if source.sizes() == sizes {
            source
        } else {
            shape::expand(&source, &sizes)?
        };
        shape::copy_in_place(target, &source).map(drop)
    })
}

/// One element as a Python value: what iterating over numbers needs.
pub fn element(vm: &mut Vm, tensor: &Tensor) -> R<Value> {
    Ok(result::of_scalar(machine::run(vm, || copy::item(&tensor.array()))?))
}
