//! Tensors as text.

use crate::array::{Array, Dtype, print};
use crate::autograd::Tensor;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{machine, object, result};

pub static ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method(
        "__format__",
        "(self, format_spec)",
        Parser::Def,
        format,
        "Default object formatter.",
    ),
];

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(this) = args.first() else {
        return Ok(Value::None);
    };
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    let class = vm.class_of(this);
    let plain = class.same(&object::torch(vm).classes.tensor) || class.full_name() == "torch.nn.parameter.Parameter";
    let prefix = if plain {
        "tensor(".to_string()
    } else {
        format!("{}(", class.qualname.borrow())
    };
    Ok(Value::str(text(vm, &tensor, &prefix)?))
}

/// `tensor(...)` with all that belongs to it.
pub fn text(vm: &mut Vm, tensor: &Tensor, prefix: &str) -> R<String> {
    let options = *object::torch(vm).print.borrow();
    let tangent = tensor.tangent();
    if let Some(tangent) = &tangent
        && crate::autograd::modes::forward_levels() > 0
    {
        let inner = text(vm, tangent, "tensor(")?;
        return with_suffix(
            vm,
            tensor,
            prefix,
            &options,
            Some(format!("tangent={}", inner.replace('\n', "\n        "))),
        );
    }
    with_suffix(vm, tensor, prefix, &options, None)
}

fn with_suffix(
    vm: &mut Vm,
    tensor: &Tensor,
    prefix: &str,
    options: &print::PrintOptions,
    tangent: Option<String>,
) -> R<String> {
    let mut extra: Vec<String> = Vec::new();
    let node = tensor.try_grad_fn();
    if node.is_err() {
        extra.push("grad_fn=<Invalid>".to_string());
    } else if let Ok(Some(node)) = node {
        let name = node.name();
        let name = name.rsplit("::").next().unwrap_or(&name);
        extra.push(format!("grad_fn=<{name}>"));
    } else if tensor.requires_grad() {
        extra.push("requires_grad=True".to_string());
    }
    extra.extend(tangent);
    let extra: Vec<&str> = extra.iter().map(String::as_str).collect();
    let array: Array = tensor.array().clone();
    machine::run(vm, || print::repr(&array, options, prefix, &extra))
}

fn format(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, spec] = args else { return Ok(Value::None) };
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    let spec_text = spec.as_str().unwrap_or_default().to_string();
    if tensor.dim() == 0 && object::torch(vm).classes.tensor.same(&vm.class_of(this)) {
        let array = tensor.array().clone();
        let number = machine::run(vm, || crate::array::copy::item(&array))?;
        return Ok(Value::str(&*vm.format(&result::of_scalar(number), &spec_text)?));
    }
    if spec_text.is_empty() {
        return Ok(Value::str(&*vm.str(this)?));
    }
    let kind = vm.type_name(this);
    Err(vm.type_error(format!("unsupported format string passed to {kind}.__format__")))
}

/// The name of a dtype's tensors before dtypes had names: `torch.FloatTensor`.
pub fn legacy_name(dtype: Dtype) -> String {
    match dtype {
        Dtype::Complex64 => "torch.ComplexFloatTensor".into(),
        Dtype::Complex128 => "torch.ComplexDoubleTensor".into(),
        other => format!("torch.{}Tensor", other.scalar_type()),
    }
}
