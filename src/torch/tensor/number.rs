//! Tensors as numbers and as sequences: `bool`, `int`, `float`, `len`, `iter`, `in`, `item`, `tolist`.

use crate::array::{Scalar, copy};
use crate::autograd::Tensor;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;
use crate::torch::bind::matching;
use crate::torch::{function, machine, object, result, warning};

pub static ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Bool, bool),
    ClassItem::special(Slot::Int, int),
    ClassItem::special(Slot::Float, float),
    ClassItem::slot("__complex__", "(self, /)", complex, ""),
    ClassItem::special(Slot::Index, index),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Iter, iter),
    ClassItem::slot("__reversed__", "(self, /)", reversed, ""),
    ClassItem::special(Slot::Contains, contains),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::method(
        "item",
        "(self, /)",
        Parser::NoArgs,
        item,
        "The value of a tensor with one element as a number.",
    ),
    ClassItem::method(
        "tolist",
        "(self, /)",
        Parser::NoArgs,
        tolist,
        "The tensor as nested lists.",
    ),
    ClassItem::method(
        "is_nonzero",
        "(self, /)",
        Parser::NoArgs,
        bool,
        "bool() of a tensor with one element.",
    ),
];

fn bool(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args) else {
        return Ok(Value::False);
    };
    let tensor = tensor.clone();
    if object::torch(vm).vmap.get() > 0 {
        return Err(vm.runtime_error(
            "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please file an issue at https://github.com/pytorch/pytorch/issues .",
        ));
    }
    match tensor.numel() {
        0 => Err(vm.runtime_error("Boolean value of Tensor with no values is ambiguous")),
        1 => Ok(Value::bool(!only(vm, &tensor)?.is_zero())),
        _ => Err(vm.runtime_error("Boolean value of Tensor with more than one value is ambiguous")),
    }
}

/// The only element.
fn only(vm: &mut Vm, tensor: &Tensor) -> R<Scalar> {
    machine::run(vm, || copy::item(&tensor.array()))
}

/// The element of a tensor that stands for a Python number.
fn scalar(vm: &mut Vm, args: &[Value]) -> R<Scalar> {
    let Some(tensor) = object::receiver(args).cloned() else {
        return Ok(Scalar::Int(0));
    };
    if tensor.numel() != 1 {
        return Err(vm.value_error("only one element tensors can be converted to Python scalars"));
    }
    if tensor.requires_grad() && crate::autograd::modes::is_grad_enabled() {
        warning::warn_once(
            vm,
            "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\nConsider using tensor.detach() first.",
        )?;
    }
    only(vm, &tensor)
}

fn int(vm: &mut Vm, args: &[Value]) -> R<Value> {
    match scalar(vm, args)? {
        Scalar::Float(number) => vm.call(&Value::class(&vm.types.int.clone()), &[Value::float(number)]),
        Scalar::Complex(..) => Err(overflow(vm, "int64_t")),
        other => Ok(Value::Int(other.to_i64())),
    }
}

#[cold]
fn overflow(vm: &mut Vm, kind: &str) -> Raised {
    vm.runtime_error(format!("value cannot be converted to type {kind} without overflow"))
}

fn float(vm: &mut Vm, args: &[Value]) -> R<Value> {
    match scalar(vm, args)? {
        Scalar::Complex(_, im) if im != 0.0 => Err(overflow(vm, "double")),
        other => Ok(Value::float(other.to_f64())),
    }
}

fn complex(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let (re, im) = scalar(vm, args)?.to_complex();
    Ok(Value::complex(re, im))
}

fn index(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args).cloned() else {
        return Ok(Value::None);
    };
    if tensor.numel() != 1 || !tensor.dtype().is_integral() {
        return Err(vm.type_error("only integer tensors of a single element can be converted to an index"));
    }
    Ok(Value::Int(only(vm, &tensor)?.to_i64()))
}

fn len(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args) else {
        return Ok(Value::None);
    };
    let first = tensor.array().sizes().first().copied();
    match first {
        Some(size) => Ok(Value::Int(size)),
        None => Err(vm.type_error("len() of a 0-d tensor")),
    }
}

/// Iterates over `unbind(0)`, so that every part shares one node.
fn iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let (Some(this), Some(tensor)) = (args.first(), object::receiver(args)) else {
        return Ok(Value::None);
    };
    if tensor.dim() == 0 {
        return Err(vm.type_error("iteration over a 0-d tensor"));
    }
    let parts = function::call(vm, "unbind", &[this.clone(), Value::Int(0)])?;
    vm.iter(&parts)
}

fn reversed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let (Some(this), Some(tensor)) = (args.first(), object::receiver(args)) else {
        return Ok(Value::None);
    };
    if tensor.dim() == 0 {
        return Ok(this.clone());
    }
    function::call(vm, "flip", &[this.clone(), Value::tuple(vec![Value::Int(0)])])
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, element] = args else { return Ok(Value::False) };
    if object::as_tensor(element).is_none() && !matching::is_number(element) {
        let class = vm.class_of(element);
        let shown = vm.repr(&Value::class(&class))?;
        return Err(vm.runtime_error(format!(
            "Tensor.__contains__ only supports Tensor or scalar, but you passed in a {shown}."
        )));
    }
    let equal = function::call(vm, "eq", &[this.clone(), element.clone()])?;
    let any = function::call(vm, "any", &[equal])?;
    bool(vm, &[any])
}

fn hash(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(args
        .first()
        .map_or(Value::None, |this| Value::Int(this.identity() as i64)))
}

fn item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args).cloned() else {
        return Ok(Value::None);
    };
    if object::torch(vm).vmap.get() > 0 {
        return Err(vm.runtime_error(
            "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report.",
        ));
    }
    if tensor.numel() != 1 {
        let count = tensor.numel();
        return Err(vm.runtime_error(format!("a Tensor with {count} elements cannot be converted to Scalar")));
    }
    Ok(result::of_scalar(only(vm, &tensor)?))
}

fn tolist(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args).cloned() else {
        return Ok(Value::None);
    };
    let array = tensor.array().clone();
    let elements = machine::run(vm, || Ok(copy::elements(&array)))?;
    let mut next = elements.into_iter().map(result::of_scalar);
    Ok(nested(array.sizes(), &mut next))
}

/// Lists within lists; at most as deep as a tensor has dimensions.
fn nested(sizes: &[i64], elements: &mut impl Iterator<Item = Value>) -> Value {
    match sizes.split_first() {
        None => elements.next().unwrap_or(Value::None),
        Some((&size, inner)) => Value::list((0..size).map(|_| nested(inner, elements)).collect()),
    }
}
