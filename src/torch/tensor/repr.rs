//! Tensors as text.

use crate::array::{Array, Dtype, print};
use crate::autograd::Tensor;
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::object::Object;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
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
    let is_parameter = class.full_name() == "torch.nn.parameter.Parameter";
    let prefix = if is_parameter || class.same(&object::torch(vm).classes.tensor) {
        "tensor(".to_string()
    } else {
        format!("{}(", class.qualname.borrow())
    };
    let shown = text(vm, &tensor, &prefix)?;
    // a parameter says so where its class does not
    let derived = |class: &ClassRef| class.full_name() == "torch.nn.parameter.Parameter";
    if !is_parameter && class.full_mro().iter().any(derived) {
        return Ok(Value::str(format!("Parameter({shown})")));
    }
    if !is_parameter
        && this
            .obj()
            .and_then(Object::attributes)
            .is_some_and(|own| own.borrow().get(Symbol::new("_is_param")).is_some())
    {
        return Ok(Value::str(format!("Parameter({shown})")));
    }
    Ok(Value::str(shown))
}

/// `tensor(...)` with all that belongs to it.
pub fn text(vm: &mut Vm, tensor: &Tensor, prefix: &str) -> R<String> {
    let levels: Vec<usize> = {
        let torch = object::torch(vm);
        let transforms = torch.transforms.borrow();
        let tracking = transforms.iter().enumerate().filter(|(_, kind)| *kind != "vmap");
        tracking.map(|(at, _)| at + 1).collect()
    };
    if !levels.is_empty() && tensor.requires_grad() {
        let mut shown = text_outside(vm, &tensor.detach(), "tensor(")?;
        for level in levels {
            let inner = shown.replace('\n', "\n    ");
            shown = format!("GradTrackingTensor(lvl={level}, value=\n    {inner}\n)");
        }
        return Ok(shown);
    }
    text_outside(vm, tensor, prefix)
}

/// As `text`, outside of `torch.func`'s transforms.
fn text_outside(vm: &mut Vm, tensor: &Tensor, prefix: &str) -> R<String> {
    let options = *object::torch(vm).print.borrow();
    let tangent = tensor.tangent();
    if let Some(tangent) = &tangent
        && crate::autograd::modes::forward_levels() > 0
    {
        let inner = if tangent.dim() == 0 {
            // formatted, not printed: a number
            let array = tangent.array().clone();
            let number = machine::run(vm, || crate::array::copy::item(&array))?;
            vm.repr(&result::of_scalar(number))?.to_string()
        } else {
            text(vm, tangent, "tensor(")?.replace('\n', "\n        ")
        };
        return with_suffix(vm, tensor, prefix, &options, Some(format!("tangent={inner}")));
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
