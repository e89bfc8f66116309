//! What ops give, as Python values.

use super::object;
use super::object::return_types;
use crate::array::Scalar;
use crate::autograd::Tensor;
use crate::ops::{Arg, Outs, Overload};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

/// One result as it is, several as a tuple or as `torch.return_types...` where the schema names them.
pub fn of_op(vm: &mut Vm, overload: &'static Overload, outs: Outs, suffix: &str) -> R<Value> {
    if outs.len() == 1 {
        return match outs.into_iter().next() {
            Some(out) => Ok(of_arg(vm, out)),
            None => Ok(Value::None),
        };
    }
    let returns = &overload.parsed().returns;
    let values: Vec<Value> = outs.into_iter().map(|out| of_arg(vm, out)).collect();
    if values.is_empty() {
        return Ok(Value::None);
    }
    if returns.iter().all(|result| !result.name.is_empty()) && returns.len() == values.len() {
        let name = format!("{}{suffix}", overload.parsed().name.trim_end_matches('_'));
        let fields: Vec<&'static str> = returns.iter().map(|result| result.name).collect();
        return Ok(return_types::make(vm, &name, &fields, values));
    }
    Ok(Value::tuple(values))
}

/// One result.
pub fn of_arg(vm: &mut Vm, out: Arg) -> Value {
    match out {
        Arg::Tensor(tensor) => object::wrap(vm, tensor),
        Arg::Tensors(list) => {
            let items: Vec<Value> = list
                .iter()
                .map(|tensor| match tensor {
                    Some(tensor) => object::wrap(vm, tensor.clone()),
                    None => Value::None,
                })
                .collect();
            Value::tuple(items)
        }
        Arg::Scalar(scalar) => of_scalar(scalar),
        Arg::Int(number) => Value::Int(number),
        Arg::Float(number) => Value::float(number),
        Arg::Bool(truth) => Value::bool(truth),
        Arg::Str(text) => Value::str(&*text),
        Arg::Ints(numbers) => Value::tuple(numbers.iter().map(|number| Value::Int(*number)).collect::<Vec<_>>()),
        Arg::Floats(numbers) => Value::tuple(numbers.iter().map(|number| Value::float(*number)).collect::<Vec<_>>()),
        Arg::Scalars(scalars) => Value::tuple(scalars.iter().map(|scalar| of_scalar(*scalar)).collect::<Vec<_>>()),
        Arg::Dtype(dtype) => object::dtype::value(vm, dtype),
        Arg::None | Arg::MemoryFormat(_) | Arg::Ignored | Arg::Foreign(_) => Value::None,
    }
}

/// A Python number.
pub fn of_scalar(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Bool(truth) => Value::bool(truth),
        Scalar::Int(number) => Value::Int(number),
        Scalar::Float(number) => Value::float(number),
        Scalar::Complex(re, im) => Value::complex(re, im),
    }
}

/// `requires_grad=True` of a factory, or of `requires_grad_()` on a leaf.
pub fn require_grad(vm: &mut Vm, tensor: &Tensor) -> R<()> {
    if !tensor.dtype().is_differentiable() {
        return Err(vm.runtime_error("Only Tensors of floating point and complex dtype can require gradients"));
    }
    tensor.set_requires_grad(true);
    Ok(())
}
