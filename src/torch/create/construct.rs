//! `torch.tensor`, `as_tensor`, `asarray`, `Tensor.new_tensor`.

use super::data;
use crate::array::{Dtype, copy};
use crate::autograd::Tensor;
use crate::ops::shape;
use crate::parser;
use crate::python::native::{NativeDef, Parser};
use crate::python::object::CallArgs;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{keywords, machine, object, result, warning};

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "tensor",
        "(*args, **kwargs)",
        Parser::Free,
        tensor,
        "A tensor of data, copied; a leaf of the graph.",
    ),
    NativeDef::new(
        "as_tensor",
        "(*args, **kwargs)",
        Parser::Free,
        as_tensor,
        "A tensor of data; tensors are not copied.",
    ),
    NativeDef::new(
        "asarray",
        "(*args, **kwargs)",
        Parser::Free,
        asarray,
        "A tensor of an object, sharing memory if it can.",
    ),
    NativeDef::new(
        "scalar_tensor",
        "(*args, **kwargs)",
        Parser::Free,
        scalar_tensor,
        "A tensor without dimensions.",
    ),
];

/// The matched values of a call that came as `(*args, **kwargs)`.
pub fn matched(
    vm: &mut Vm,
    parser: &crate::torch::bind::Parser,
    given: &Value,
    keyword_dict: &Value,
) -> R<(usize, crate::torch::bind::Values)> {
    let (names, values) = keywords(keyword_dict);
    let positional = given.as_tuple().unwrap_or(&[]);
    parser.parse(
        vm,
        CallArgs {
            positional,
            names: &names,
            keywords: &values,
        },
    )
}

pub fn value_at(values: &[Value], at: usize) -> Value {
    values.get(at).cloned().unwrap_or_default()
}

pub fn dtype_at(vm: &mut Vm, values: &[Value], at: usize) -> Option<Dtype> {
    let value = value_at(values, at);
    object::dtype::of_value(vm, &value)
}

pub fn check_device(vm: &mut Vm, values: &[Value], at: usize) -> R<()> {
    let value = value_at(values, at);
    if value.is_unset() || value.is_none() {
        Ok(())
    } else {
        object::device::check(vm, &value)
    }
}

fn tensor(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [given, keyword_dict] = args else {
        return Ok(Value::None);
    };
    let parser = parser!(
        "tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None, bool pin_memory=False, bool requires_grad=False)"
    );
    let (_, values) = matched(vm, &parser, given, keyword_dict)?;
    let made = copied(vm, &value_at(&values, 0), &values, "torch.tensor(sourceTensor)", None)?;
    if matches!(value_at(&values, 3), Value::True) {
        return no_pinning(vm);
    }
    finish(vm, made, matches!(value_at(&values, 4), Value::True))
}

fn no_pinning(vm: &mut Vm) -> R<Value> {
    Err(vm.runtime_error(
        "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx",
    ))
}

fn finish(vm: &mut Vm, tensor: Tensor, requires_grad: bool) -> R<Value> {
    if requires_grad {
        result::require_grad(vm, &tensor)?;
    }
    Ok(object::wrap(vm, tensor))
}

/// A copy of data without history. Values: data, dtype, device.
fn copied(vm: &mut Vm, data: &Value, values: &[Value], advice: &str, default: Option<Dtype>) -> R<Tensor> {
    check_device(vm, values, 2)?;
    let dtype = dtype_at(vm, values, 1).or(default);
    if let Some(source) = object::as_tensor(data).cloned() {
        warning::warn(
            vm,
            &format!(
                "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than {advice}."
            ),
        )?;
        return machine::run(vm, || {
            let array = source.array();
            Ok(copy::cast_copy(&array, dtype.unwrap_or(array.dtype()))?.into())
        });
    }
    Ok(data::to_array(vm, data, dtype)?.into())
}

fn as_tensor(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [given, keyword_dict] = args else {
        return Ok(Value::None);
    };
    let parser = parser!("as_tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None)");
    // dtype and device may also stand by position
    let parser = if given.as_tuple().is_some_and(|items| items.len() > 1) {
        parser!("as_tensor(PyObject* data, ScalarType dtype=None, Device? device=None)")
    } else {
        parser
    };
    let (_, values) = matched(vm, &parser, given, keyword_dict)?;
    check_device(vm, &values, 2)?;
    let dtype = dtype_at(vm, &values, 1);
    let data = value_at(&values, 0);
    if let Some(source) = object::as_tensor(&data).cloned() {
        return match dtype {
            Some(dtype) if dtype != source.dtype() => {
                let cast = machine::run(vm, || shape::to_dtype(&source, dtype))?;
                Ok(object::wrap(vm, cast))
            }
            _ => Ok(data),
        };
    }
    let array = data::to_array(vm, &data, dtype)?;
    Ok(object::wrap(vm, array.into()))
}

fn asarray(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [given, keyword_dict] = args else {
        return Ok(Value::None);
    };
    let parser = parser!(
        "asarray(PyObject* obj, *, ScalarType? dtype=None, Device? device=None, bool? copy=None, bool requires_grad=None)"
    );
    let (_, values) = matched(vm, &parser, given, keyword_dict)?;
    check_device(vm, &values, 2)?;
    let dtype = dtype_at(vm, &values, 1);
    let (copy_wanted, grad_wanted) = (value_at(&values, 3), value_at(&values, 4));
    let data = value_at(&values, 0);
    let Some(source) = object::as_tensor(&data).cloned() else {
        if matches!(copy_wanted, Value::False) {
            return Err(vm.value_error("can't alias arbitrary sequence into a tensor."));
        }
        let array = data::to_array(vm, &data, dtype)?;
        return finish(vm, array.into(), matches!(grad_wanted, Value::True));
    };
    let cast = dtype.filter(|dtype| *dtype != source.dtype());
    if cast.is_some() && matches!(copy_wanted, Value::False) {
        let (from, to) = (source.dtype().name(), cast.map_or("", Dtype::name));
        return Err(vm.value_error(format!(
            "can't alias tensor with dtype 'torch.{from}' into dtype 'torch.{to}'."
        )));
    }
    let wanted = match grad_wanted {
        Value::True => true,
        Value::False => false,
        _ => {
            if source.requires_grad() {
                warning::warn_once(
                    vm,
                    "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad instead of False. Pass requires_grad=False explicitly to get the old behavior and silence this warning.",
                )?;
            }
            source.requires_grad()
        }
    };
    let mut made = source.clone();
    if let Some(dtype) = cast {
        made = machine::run(vm, || shape::to_dtype(&source, dtype))?;
    } else if matches!(copy_wanted, Value::True) {
        made = machine::run(vm, || shape::clone(&source))?;
    }
    if !wanted && made.requires_grad() {
        made = made.detach();
    } else if wanted && !made.requires_grad() {
        made = if made.is(&source) { made.detach() } else { made };
        result::require_grad(vm, &made)?;
    }
    Ok(object::wrap(vm, made))
}

fn scalar_tensor(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [given, keyword_dict] = args else {
        return Ok(Value::None);
    };
    let parser = parser!(
        "scalar_tensor(Scalar s, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False)"
    );
    let (_, values) = matched(vm, &parser, given, keyword_dict)?;
    check_device(vm, &values, 3)?;
    let dtype = dtype_at(vm, &values, 1).unwrap_or_else(crate::array::promote::default_dtype);
    let number = crate::torch::bind::convert::scalar(vm, &value_at(&values, 0))?;
    let array = machine::run(vm, || copy::full(&[], number, dtype))?;
    finish(vm, array.into(), matches!(value_at(&values, 5), Value::True))
}

/// `x.new_tensor(data)`
pub fn new_tensor(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, given, keyword_dict] = args else {
        return Ok(Value::None);
    };
    let parser =
        parser!("new_tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None, bool requires_grad=False)");
    let (_, values) = matched(vm, &parser, given, keyword_dict)?;
    let own = object::as_tensor(this).map(Tensor::dtype);
    let data = value_at(&values, 0);
    let own = if object::as_tensor(&data).is_some() { None } else { own };
    let made = copied(vm, &data, &values, "tensor.new_tensor(sourceTensor)", own)?;
    finish(vm, made, matches!(value_at(&values, 3), Value::True))
}
