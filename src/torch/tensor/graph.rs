//! A tensor's part in the graph: `backward`, `detach`, hooks, deep copies.

use crate::array::copy;
use crate::autograd::Tensor;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::CallArgs;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use crate::torch::autograd::{backward, hook};
use crate::torch::{machine, object, overrides};

/// Rows of `torch._C.TensorBase`.
pub static BASE: &[ClassItem] = &[
    ClassItem::method(
        "detach",
        "(self, /)",
        Parser::NoArgs,
        detach,
        "The same elements outside the graph.",
    ),
    ClassItem::method(
        "detach_",
        "(self, /)",
        Parser::NoArgs,
        detach_,
        "Takes the tensor itself out of the graph.",
    ),
    ClassItem::method(
        "retain_grad",
        "(self, /)",
        Parser::NoArgs,
        retain_grad,
        "Keeps the grad of a non-leaf.",
    ),
    ClassItem::method(
        "as_subclass",
        "(self, cls, /)",
        Parser::One,
        as_subclass,
        "The tensor as an instance of a subclass.",
    ),
    ClassItem::StaticMethod(NativeDef::new(
        "_make_subclass",
        "(cls, data, require_grad=False)",
        Parser::Def,
        make_subclass,
        "",
    )),
];

pub static ITEMS: &[ClassItem] = &[
    ClassItem::method(
        "backward",
        "(self, gradient=None, retain_graph=None, create_graph=False, inputs=None)",
        Parser::Def,
        backward_,
        "Computes the gradients of the leaves that this tensor depends on.",
    ),
    ClassItem::method(
        "register_hook",
        "(self, hook)",
        Parser::Def,
        register_hook,
        "Calls hook with each gradient.",
    ),
    ClassItem::method(
        "register_post_accumulate_grad_hook",
        "(self, hook)",
        Parser::Def,
        register_accumulate_hook,
        "Calls hook when the gradient has been accumulated.",
    ),
    ClassItem::ClassMethod(NativeDef::new(
        "__torch_function__",
        "(cls, func, types, args=(), kwargs=None)",
        Parser::Def,
        overrides::default_handler,
        "",
    )),
    ClassItem::method("__deepcopy__", "(self, memo)", Parser::Def, deepcopy, ""),
    ClassItem::method("is_shared", "(self)", Parser::Def, |_, _| Ok(Value::False), ""),
];

fn backward_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, gradient, retain_graph, create_graph, inputs] = args else {
        return Ok(Value::None);
    };
    backward::backward(vm, this, gradient, retain_graph, create_graph, &Value::Unset, inputs)?;
    Ok(Value::None)
}

fn detach(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let (called, given) = (overrides::Called::Method("detach"), CallArgs::positional(args));
    match overrides::intercept(vm, called, given, |vm| detach_plainly(vm, args))? {
        Some(answer) => Ok(answer),
        None => detach_plainly(vm, args),
    }
}

fn as_subclass(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, class] = args else { return Ok(Value::None) };
    let (Some(tensor), Some(class)) = (object::as_tensor(this).cloned(), class.as_class().cloned()) else {
        let kind = vm.type_name(class);
        return Err(vm.type_error(format!(
            "as_subclass(): argument 'cls' (position 1) must be type, not {kind}"
        )));
    };
    if !class.is_subclass_of(&object::torch(vm).classes.tensor_base) {
        return Err(vm.type_error("cls must be a subclass of torch.Tensor"));
    }
    overrides::as_subclass(vm, &tensor, &class)
}

fn detach_plainly(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args) else {
        return Ok(Value::None);
    };
    let detached = tensor.detach();
    if tensor.is_inference() {
        detached.set_inference(true);
    }
    Ok(object::wrap(vm, detached))
}

fn detach_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let (Some(this), Some(tensor)) = (args.first(), object::receiver(args)) else {
        return Ok(Value::None);
    };
    if tensor.base().is_some() {
        return Err(vm.runtime_error(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.",
        ));
    }
    tensor.clear_grad_fn();
    tensor.set_requires_grad(false);
    Ok(this.clone())
}

fn retain_grad(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args).cloned() else {
        return Ok(Value::None);
    };
    machine::run(vm, || tensor.retain_grad())?;
    Ok(Value::None)
}

fn register_hook(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, function] = args else { return Ok(Value::None) };
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    if !tensor.requires_grad() {
        return Err(vm.runtime_error("cannot register a hook on a tensor that doesn't require gradient"));
    }
    Ok(hook::add_tensor_hook(vm, &tensor, function))
}

fn register_accumulate_hook(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, function] = args else { return Ok(Value::None) };
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    if !tensor.requires_grad() {
        return Err(vm.runtime_error("cannot register a hook on a tensor that doesn't require gradient"));
    }
    if !tensor.is_leaf() {
        return Err(vm.runtime_error("post accumulate grad hooks cannot be registered on non-leaf tensors"));
    }
    Ok(hook::add_accumulate_hook(vm, &tensor, function))
}

fn deepcopy(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, memo] = args else { return Ok(Value::None) };
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    if !tensor.is_leaf() {
        return Err(vm.runtime_error(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001",
        ));
    }
    let key = Value::size(this.identity());
    if let Some(dict) = memo.as_dict().cloned()
        && let Some(known) = dict.get(vm, &key)?
    {
        return Ok(known);
    }
    let made = machine::run(vm, || {
        let array = tensor.array();
        // a view of a dense storage keeps its strides
        let copied = copy::clone(&array)?;
        Ok(Tensor::from(copied))
    })?;
    if let Some(grad) = tensor.grad() {
        let grad = machine::run(vm, || Ok(Tensor::from(copy::clone(&grad.array())?)))?;
        made.set_grad(Some(grad));
    }
    made.set_requires_grad(tensor.requires_grad());
    let class = vm.class_of(this);
    let value = object::wrap_as(vm, made, &class);
    if let Some(dict) = memo.as_dict().cloned() {
        dict.insert(vm, key, value.clone())?;
    }
    let own = this
        .obj()
        .and_then(crate::python::Object::attributes)
        .map(|attributes| attributes.borrow().names());
    for name in own.unwrap_or_default() {
        let held = vm.get_attr(this, name)?;
        let copied = deepcopy_value(vm, &held, memo)?;
        vm.set_attr(&value, name, copied)?;
    }
    Ok(value)
}

/// `copy.deepcopy(value, memo)` if the session has the module, else the value itself.
fn deepcopy_value(vm: &mut Vm, value: &Value, memo: &Value) -> R<Value> {
    match vm.modules.get_str("copy") {
        Some(module) => {
            let function = vm.get_attr(&module, Symbol::new("deepcopy"))?;
            vm.call(&function, &[value.clone(), memo.clone()])
        }
        None => Ok(value.clone()),
    }
}

/// An instance of a subclass over the same elements.
fn make_subclass(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, data, requires_grad] = args else {
        return Ok(Value::None);
    };
    let (Some(class), Some(tensor)) = (class.as_class().cloned(), object::as_tensor(data).cloned()) else {
        let kind = vm.type_name(data);
        return Err(vm.type_error(format!(
            "_make_subclass(): argument 'data' (position 2) must be Tensor, not {kind}"
        )));
    };
    let made = tensor.detach();
    if matches!(requires_grad, Value::True) {
        if tensor.is_inference() {
            made.set_inference(true);
        }
        super::properties::change_requires_grad(
            vm,
            &made,
            true,
            "Only Tensors of floating point and complex dtype can require gradients",
        )?;
    }
    Ok(object::wrap_as(vm, made, &class))
}
