//! What `x.name` gives without a call.

use super::repr;
use crate::autograd::Tensor;

use crate::python::native::ClassItem;
use crate::python::object::CallArgs;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{autograd, function, object, overrides, warning};

pub static ITEMS: &[ClassItem] = &[
    ClassItem::getter(
        "shape",
        |vm, this| with(this, |t| t.sizes()).map(|sizes| object::size::value(vm, &sizes)),
        "The size of every dimension.",
    ),
    ClassItem::getter(
        "dtype",
        |vm, this| with(this, Tensor::dtype).map(|dtype| object::dtype::value(vm, dtype)),
        "The type of the elements.",
    ),
    ClassItem::getter(
        "device",
        |vm, _| Ok(object::device::object(vm, "cpu", None)),
        "Where the elements are.",
    ),
    ClassItem::getter(
        "layout",
        |vm, _| Ok(object::symbol::by_name(vm, "strided").unwrap_or_default()),
        "",
    ),
    ClassItem::getter(
        "ndim",
        |_, this| with(this, |t| Value::size(t.dim())),
        "The number of dimensions.",
    ),
    ClassItem::getter(
        "itemsize",
        |_, this| with(this, |t| Value::size(t.dtype().size())),
        "Bytes of one element.",
    ),
    ClassItem::getter(
        "nbytes",
        |_, this| with(this, |t| Value::size(t.dtype().size() * t.numel())),
        "Bytes of all elements.",
    ),
    ClassItem::getter(
        "output_nr",
        |_, this| with(this, |t| Value::Int(i64::from(t.output_nr()))),
        "Which output of its node it is.",
    ),
    ClassItem::getter("_version", version, "How often it was written in place."),
    ClassItem::getter(
        "is_leaf",
        |_, this| with(this, |t| Value::bool(t.is_leaf())),
        "True if no operation of the graph made it.",
    ),
    ClassItem::getter(
        "retains_grad",
        |_, this| with(this, |t| Value::bool(t.retains_grad())),
        "True for a non-leaf that keeps its grad.",
    ),
    ClassItem::getter("name", |_, _| Ok(Value::None), ""),
    ClassItem::getter("is_cpu", |_, _| Ok(Value::True), ""),
    ClassItem::getter("is_cuda", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_meta", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_mkldnn", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_mps", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_mtia", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_ipu", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_xpu", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_xla", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_maia", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_vulkan", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_nested", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_quantized", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_sparse", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_sparse_csr", |_, _| Ok(Value::False), ""),
    ClassItem::getter("volatile", volatile, ""),
    ClassItem::getter(
        "grad_fn",
        autograd::node::of_tensor,
        "The node that made it; None for a leaf.",
    ),
    ClassItem::getter(
        "_base",
        |vm, this| {
            let base = with(this, Tensor::base)?;
            Ok(object::wrap_optional(vm, base))
        },
        "The tensor that it is a view of.",
    ),
    ClassItem::Property {
        name: "requires_grad",
        get: |_, this| with(this, |t| Value::bool(t.requires_grad())),
        set: Some(set_requires_grad),
        help: "True if gradients flow to it.",
    },
    ClassItem::Property {
        name: "grad",
        get: get_grad,
        set: Some(set_grad),
        help: "The gradient that backward passes have accumulated.",
    },
    ClassItem::Property {
        name: "_grad",
        get: |vm, this| {
            let grad = with(this, Tensor::grad)?;
            Ok(object::wrap_optional(vm, grad))
        },
        set: Some(set_grad),
        help: "",
    },
    ClassItem::Property {
        name: "grad_dtype",
        get: |vm, this| {
            let dtype = with(this, Tensor::grad_dtype)?;
            Ok(dtype.map_or(Value::None, |dtype| object::dtype::value(vm, dtype)))
        },
        set: Some(set_grad_dtype),
        help: "The dtype of its gradient.",
    },
    ClassItem::Property {
        name: "data",
        get: get_data,
        set: Some(set_data),
        help: "The same elements without history.",
    },
    ClassItem::Property {
        name: "real",
        get: |vm, this| function::call(vm, "real", std::slice::from_ref(this)),
        set: Some(|vm, this, value| set_part(vm, "real", this, value)),
        help: "The real part.",
    },
    ClassItem::Property {
        name: "imag",
        get: get_imag,
        set: Some(|vm, this, value| set_part(vm, "imag", this, value)),
        help: "The imaginary part.",
    },
    ClassItem::Property {
        name: "_backward_hooks",
        get: autograd::hook::listed,
        set: Some(|_, _, _| Ok(())),
        help: "",
    },
    ClassItem::Property {
        name: "__dict__",
        get: |_, this| {
            let attributes = this.obj().and_then(crate::python::Object::attributes);
            Ok(attributes.map_or(Value::None, |attributes| {
                Value::dict_ref(&attributes.borrow_mut().dict())
            }))
        },
        set: Some(|_, this, value| {
            let attributes = this.obj().and_then(crate::python::Object::attributes);
            if let (Some(attributes), Some(dict)) = (attributes, value.as_dict().cloned()) {
                attributes.borrow_mut().replace_dict(dict);
            }
            Ok(())
        }),
        help: "dictionary for instance variables",
    },
    ClassItem::getter(
        "T",
        |vm, this| transposed(vm, this, "T"),
        "With its dimensions reversed.",
    ),
    ClassItem::getter(
        "mT",
        |vm, this| transposed(vm, this, "mT"),
        "With its last two dimensions exchanged.",
    ),
    ClassItem::getter(
        "H",
        |vm, this| transposed(vm, this, "H"),
        "The conjugate transpose of a matrix.",
    ),
    ClassItem::getter(
        "mH",
        |vm, this| transposed(vm, this, "mH"),
        "The conjugate transpose of the last two dimensions.",
    ),
    ClassItem::getter("__module__", |_, _| Ok(Value::str("torch")), ""),
];

fn with<T>(this: &Value, read: impl FnOnce(&Tensor) -> T) -> R<T> {
    match object::as_tensor(this) {
        Some(tensor) => Ok(read(tensor)),
        None => Err(crate::python::Raised),
    }
}

fn version(vm: &mut Vm, this: &Value) -> R<Value> {
    if with(this, Tensor::is_inference)? {
        return Err(vm.runtime_error("Inference tensors do not track version counter."));
    }
    with(this, |tensor| Value::Int(i64::from(tensor.version())))
}

fn volatile(vm: &mut Vm, _this: &Value) -> R<Value> {
    warning::warn(vm, "volatile was removed (Variable.volatile is always False)")?;
    Ok(Value::False)
}

fn set_requires_grad(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let Some(tensor) = object::as_tensor(this) else {
        return Ok(());
    };
    let wanted = match value {
        Value::True => true,
        Value::False => false,
        _ => return Err(vm.runtime_error("requires_grad must be a bool")),
    };
    change_requires_grad(
        vm,
        tensor,
        wanted,
        "only Tensors of floating point and complex dtype can require gradients",
    )
}

/// The rules for setting the flag; `refusal` is the message for dtypes that cannot.
pub fn change_requires_grad(vm: &mut Vm, tensor: &Tensor, wanted: bool, refusal: &str) -> R<()> {
    if !tensor.is_leaf() && !wanted {
        return Err(vm.runtime_error(
            "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
        ));
    }
    if !tensor.is_leaf() {
        return Err(vm.runtime_error("you can only change requires_grad flags of leaf variables."));
    }
    if wanted && tensor.is_inference() && !crate::autograd::modes::is_inference_mode() {
        return Err(
            vm.runtime_error("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        );
    }
    if wanted && !tensor.dtype().is_differentiable() {
        return Err(vm.runtime_error(refusal));
    }
    tensor.set_requires_grad(wanted);
    Ok(())
}

fn get_grad(vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    let grad = tensor.grad();
    if grad.is_none() && !tensor.is_leaf() && !tensor.retains_grad() {
        warning::warn(
            vm,
            "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information.",
        )?;
    }
    Ok(object::wrap_optional(vm, grad))
}

fn set_grad(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(());
    };
    if value.is_none() || value.is_unset() {
        tensor.set_grad(None);
        return Ok(());
    }
    let Some(grad) = object::as_tensor(&value).cloned() else {
        let kind = vm.type_name(&value);
        return Err(vm.type_error(format!(
            "assigned grad expected to be a Tensor or None but got grad of type {kind}"
        )));
    };
    if grad.is(&tensor) {
        return Err(vm.runtime_error("can't assign Variable as its own grad"));
    }
    if tensor.grad_dtype().is_some_and(|dtype| grad.dtype() != dtype) {
        let (got, own) = (
            crate::torch::create::legacy::cpp_name(grad.dtype()),
            tensor.grad_dtype().unwrap_or(tensor.dtype()).scalar_type(),
        );
        return Err(vm.runtime_error(format!(
            "attempting to assign a gradient with dtype '{got}' to a tensor with grad_dtype '{own}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they match."
        )));
    }
    if grad.sizes() != tensor.sizes() {
        let show = |tensor: &Tensor| crate::array::array::format_sizes(&tensor.sizes());
        let (got, own) = (show(&grad), show(&tensor));
        return Err(vm.runtime_error(format!(
            "attempting to assign a gradient of size '{got}' to a tensor of size '{own}'. Please ensure that the gradient and the tensor are the same size"
        )));
    }
    tensor.set_grad(Some(grad));
    Ok(())
}

fn set_grad_dtype(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(());
    };
    if !tensor.is_leaf() {
        return Err(vm.runtime_error("grad_dtype can only be set on leaf tensors."));
    }
    let dtype = object::dtype::of_value(vm, &value);
    if dtype.is_none() && !value.is_none() {
        let kind = vm.type_name(&value);
        return Err(vm.type_error(format!("grad_dtype must be a torch.dtype or None, but got {kind}")));
    }
    if let (Some(dtype), Some(grad)) = (dtype, tensor.grad())
        && grad.dtype() != dtype
    {
        let (wanted, held) = (
            dtype.scalar_type(),
            crate::torch::create::legacy::cpp_name(grad.dtype()),
        );
        return Err(vm.runtime_error(format!(
            "Cannot set grad_dtype to '{wanted}' because there is already a gradient with dtype '{held}'. Please clear the gradient (.grad = None) before changing grad_dtype, or ensure the new grad_dtype matches the existing gradient's dtype."
        )));
    }
    tensor.set_grad_dtype(dtype);
    Ok(())
}

fn get_data(vm: &mut Vm, this: &Value) -> R<Value> {
    let (called, given) = (
        overrides::Called::Getter("data"),
        CallArgs::positional(std::slice::from_ref(this)),
    );
    match overrides::intercept(vm, called, given, |vm| get_data_plainly(vm, this))? {
        Some(answer) => Ok(answer),
        None => get_data_plainly(vm, this),
    }
}

fn get_data_plainly(vm: &mut Vm, this: &Value) -> R<Value> {
    let data = with(this, |tensor| {
        let data = Tensor::from(tensor.array().clone());
        data.separate_version();
        data
    })?;
    Ok(object::wrap(vm, data))
}

fn set_data(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(());
    };
    if value.is_unset() {
        return Err(vm.runtime_error("Deleting tensor data is not allowed. Delete tensor instead!"));
    }
    let Some(data) = object::as_tensor(&value).cloned() else {
        let kind = vm.type_name(&value);
        return Err(vm.type_error(format!("Variable data has to be a tensor, but got {kind}")));
    };
    if tensor.requires_grad() && !data.dtype().is_differentiable() {
        return Err(
            vm.runtime_error("data set to a tensor that requires gradients must be floating point or complex dtype")
        );
    }
    let array = data.array().clone();
    tensor.set_array(array);
    Ok(())
}

fn get_imag(vm: &mut Vm, this: &Value) -> R<Value> {
    if !with(this, |tensor| tensor.dtype().is_complex())? {
        return Err(vm.type_error("imag is not implemented for tensors with non-complex dtypes."));
    }
    function::call(vm, "imag", std::slice::from_ref(this))
}

/// `x.real = value`
fn set_part(vm: &mut Vm, part: &str, this: &Value, value: Value) -> R<()> {
    let target = function::call(vm, part, std::slice::from_ref(this))?;
    super::methods::copy_into(vm, &target, &value)
}

fn transposed(vm: &mut Vm, this: &Value, how: &str) -> R<Value> {
    let dims = with(this, Tensor::dim)?;
    let is_complex = with(this, |tensor| tensor.dtype().is_complex())?;
    let exchange =
        |vm: &mut Vm, a: i64, b: i64| function::call(vm, "transpose", &[this.clone(), Value::Int(a), Value::Int(b)]);
    match (how, dims) {
        ("T", 0 | 1 | 3..) if dims != 2 => {
            if dims == 0 {
                warning::warn_once(
                    vm,
                    "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases.",
                )?;
            } else {
                warning::warn_once(
                    vm,
                    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
                )?;
            }
            let order: Vec<Value> = (0..dims as i64).rev().map(Value::Int).collect();
            function::call(vm, "permute", &[this.clone(), Value::tuple(order)])
        }
        ("T", _) => {
            let order = vec![Value::Int(1), Value::Int(0)];
            function::call(vm, "permute", &[this.clone(), Value::tuple(order)])
        }
        ("H", 2) | ("mH", 2..) => {
            let turned = exchange(vm, -2, -1)?;
            if is_complex {
                function::call(vm, "conj", &[turned])
            } else {
                Ok(turned)
            }
        }
        ("H", 0) | ("mH" | "mT", 0) => {
            let text = format!(
                "tensor.{how} is deprecated on 0-D tensors. Consider using {}.",
                if how == "mT" { "x" } else { "x.conj()" }
            );
            warning::warn_once(vm, &text)?;
            Ok(this.clone())
        }
        ("H", _) => Err(vm.runtime_error(format!(
            "tensor.H is only supported on matrices (2-D tensors). Got {dims}-D tensor."
        ))),
        ("mT", 2..) => exchange(vm, -2, -1),
        _ => Err(vm.runtime_error(format!(
            "tensor.{how} is only supported on matrices or batches of matrices. Got {dims}-D tensor."
        ))),
    }
}

/// The tensor's old type name, `torch.FloatTensor`.
pub fn type_string(tensor: &Tensor) -> String {
    repr::legacy_name(tensor.dtype())
}
