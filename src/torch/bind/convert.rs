//! From matched Python values to the arguments of ops.

use super::matching::items;
use crate::array::{Dtype, Scalar, copy};
use crate::ops::argument::MemoryFormat;
use crate::ops::schema::{Kind, Param};
use crate::ops::{Arg, Args, Overload};
use crate::python::object::Object;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{machine, object};
use std::rc::Rc;

/// The defaults of a schema; None where it has none.
pub fn defaults(overload: &Overload) -> Args {
    Args(overload.parsed().params.iter().map(default).collect())
}

fn default(param: &Param) -> Arg {
    let Some(text) = param.default else { return Arg::None };
    if text == "None" {
        return Arg::None;
    }
    let number = || match (text, text.parse::<i64>(), text.parse::<f64>()) {
        // Python reads the name of an enumeration as its first value: none
        ("Mean", ..) => Scalar::Int(0),
        ("Sum", ..) => Scalar::Int(2),
        ("True", ..) => Scalar::Bool(true),
        ("False", ..) => Scalar::Bool(false),
        (_, Ok(int), _) => Scalar::Int(int),
        (_, _, Ok(float)) => Scalar::Float(float),
        _ => Scalar::Int(0),
    };
    let list = || {
        text.trim_start_matches('[')
            .trim_end_matches(']')
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
    };
    match param.kind {
        Kind::Bool => Arg::Bool(text == "True"),
        Kind::Int => Arg::Int(number().to_i64()),
        Kind::Float => Arg::Float(number().to_f64()),
        Kind::Scalar | Kind::Complex | Kind::Tensor => Arg::Scalar(number()),
        Kind::Str => Arg::Str(text.trim_matches(|c| c == '\'' || c == '"').into()),
        Kind::IntList(size) => {
            let mut values: crate::array::Dims = list().filter_map(|item| item.parse().ok()).collect();
            if let (false, Some(size), [one]) = (text.starts_with('['), size, values.as_slice()) {
                values = smallvec::SmallVec::from_elem(*one, size as usize);
            }
            Arg::from(values)
        }
        Kind::FloatList(_) => Arg::Floats(list().filter_map(|item| item.parse().ok()).collect()),
        Kind::ScalarList => Arg::Scalars(Rc::new([])),
        Kind::TensorList { .. } => Arg::Tensors(Rc::new([])),
        Kind::Dtype => match text {
            "long" => Arg::Dtype(Dtype::Int64),
            "float" => Arg::Dtype(Dtype::Float32),
            _ => Arg::None,
        },
        Kind::MemoryFormat => Arg::MemoryFormat(match text {
            "preserve_format" => MemoryFormat::Preserve,
            _ => MemoryFormat::Contiguous,
        }),
        _ => Arg::None,
    }
}

/// One matched value. None stays None, and is the default where that is an empty list.
pub fn argument(vm: &mut Vm, param: &Param, value: Value) -> R<Arg> {
    if value.is_none() {
        return Ok(if param.default == Some("[]") {
            default(param)
        } else {
            Arg::None
        });
    }
    Ok(match param.kind {
        Kind::Tensor => match object::as_tensor(&value) {
            Some(tensor) => Arg::Tensor(tensor.clone()),
            None => Arg::Scalar(scalar(vm, &value)?),
        },
        Kind::TensorList { .. } => Arg::Tensors(
            items(&value)
                .unwrap_or_default()
                .iter()
                .map(|item| object::as_tensor(item).cloned())
                .collect(),
        ),
        Kind::Scalar | Kind::Complex => Arg::Scalar(scalar(vm, &value)?),
        Kind::ScalarList => {
            let mut scalars = Vec::new();
            for item in items(&value).unwrap_or_default() {
                scalars.push(scalar(vm, &item)?);
            }
            Arg::Scalars(scalars.into())
        }
        Kind::Int => Arg::Int(int(vm, &value)?),
        Kind::Float => Arg::Float(scalar(vm, &value)?.to_f64()),
        Kind::Bool => Arg::Bool(matches!(value, Value::True)),
        Kind::Str => Arg::Str(value.as_str().unwrap_or_default().into()),
        Kind::IntList(size) => Arg::from(ints(vm, &value, size.unwrap_or(1) as usize)?),
        Kind::FloatList(size) => {
            let mut floats = Vec::new();
            match items(&value) {
                Some(items) => {
                    for item in items {
                        floats.push(scalar(vm, &item)?.to_f64());
                    }
                }
                None => floats = vec![scalar(vm, &value)?.to_f64(); size.unwrap_or(1) as usize],
            }
            Arg::Floats(floats.into())
        }
        Kind::Dtype => object::dtype::of_value(vm, &value).map_or(Arg::None, Arg::Dtype),
        Kind::MemoryFormat => value
            .as_foreign::<object::symbol::MemoryFormatObject>()
            .map_or(Arg::None, |format| Arg::MemoryFormat(format.format)),
        Kind::Device => {
            object::device::check(vm, &value)?;
            Arg::Ignored
        }
        Kind::Layout => {
            object::symbol::check_layout(vm, &value)?;
            Arg::Ignored
        }
        Kind::Generator => Arg::Foreign(object::generator::of_value(&value)),
        Kind::BoolList(_) | Kind::Dimname | Kind::DimnameList | Kind::Storage => Arg::Ignored,
    })
}

/// A Python number, or a 0-d tensor's.
pub fn scalar(vm: &mut Vm, value: &Value) -> R<Scalar> {
    if let Some(tensor) = object::as_tensor(value) {
        let tensor = tensor.clone();
        return machine::run(vm, || copy::item(&tensor.array()));
    }
    match value.payload() {
        Value::True => Ok(Scalar::Bool(true)),
        Value::False => Ok(Scalar::Bool(false)),
        Value::Int(number) => Ok(Scalar::Int(*number)),
        Value::Float(bits) => Ok(Scalar::Float(bits.get())),
        Value::Obj(inner) => match &**inner {
            Object::Complex(re, im) => Ok(Scalar::Complex(*re, *im)),
            Object::Big(_) => Err(vm.overflow_error("int too big to convert")),
            _ => not_a_number(vm, value),
        },
        _ => not_a_number(vm, value),
    }
}

#[cold]
fn not_a_number(vm: &mut Vm, value: &Value) -> R<Scalar> {
    let kind = vm.type_name(value);
    Err(vm.type_error(format!("must be real number, not {kind}")))
}

/// An int of 64 bits.
pub fn int(vm: &mut Vm, value: &Value) -> R<i64> {
    if let Value::Int(number) = value {
        return Ok(*number);
    }
    if let Some(Object::Big(_)) = value.payload().obj() {
        return Err(vm.runtime_error("Overflow when unpacking long long"));
    }
    match object::as_tensor(value) {
        Some(tensor) => {
            let tensor = tensor.clone();
            Ok(machine::run(vm, || copy::item(&tensor.array()))?.to_i64())
        }
        None => vm.index(value),
    }
}

/// A list of ints; a single one is repeated `size` times.
pub fn ints(vm: &mut Vm, value: &Value, size: usize) -> R<crate::array::Dims> {
    let mut result = crate::array::Dims::new();
    match items(value) {
        Some(items) => {
            for item in items {
                result.push(int(vm, &item)?);
            }
        }
        None => {
            let one = int(vm, value)?;
            result.resize(size, one);
        }
    }
    Ok(result)
}
