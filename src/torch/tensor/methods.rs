//! Methods of tensors that are no ops: sizes and strides, casts, copies, storages.

use super::properties::{change_requires_grad, type_string};
use crate::array::{Array, Dtype, copy, layout};
use crate::autograd::Tensor;
use crate::ops::argument::MemoryFormat;
use crate::ops::{Arg, Args, shape};
use crate::parser;
use crate::python::native::{ClassItem, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::bind::convert;
use crate::torch::create::construct::{check_device, dtype_at, matched, value_at};
use crate::torch::create::{construct, legacy};
use crate::torch::{machine, object, warning};

macro_rules! cast {
    ($name:literal, $dtype:ident) => {
        ClassItem::method(
            $name,
            "(self, *args, **kwargs)",
            Parser::Free,
            |vm, args| {
                let parser = parser!(concat!($name, "(*, MemoryFormat? memory_format=None)"));
                cast(vm, args, &parser, Dtype::$dtype)
            },
            "",
        )
    };
}

macro_rules! bare {
    ($name:literal, $function:expr) => {
        ClassItem::method($name, "(self, /)", Parser::NoArgs, $function, "")
    };
}

macro_rules! free {
    ($name:literal, $function:expr, $help:literal) => {
        ClassItem::method($name, "(self, *args, **kwargs)", Parser::Free, $function, $help)
    };
}

pub static ITEMS: &[ClassItem] = &[
    cast!("float", Float32),
    cast!("double", Float64),
    cast!("half", Float16),
    cast!("bfloat16", BFloat16),
    cast!("int", Int32),
    cast!("long", Int64),
    cast!("short", Int16),
    cast!("char", Int8),
    cast!("byte", Uint8),
    cast!("bool", Bool),
    cast!("cfloat", Complex64),
    cast!("cdouble", Complex128),
    free!("to", to, "The tensor with another dtype or on another device."),
    free!("type", type_, "The old type name, or the tensor cast to a type."),
    free!("cpu", cpu, "The tensor on the CPU."),
    free!("cuda", cuda, ""),
    free!("size", size, "The size, or that of one dimension."),
    free!("stride", stride, "The strides, or that of one dimension."),
    free!(
        "is_contiguous",
        is_contiguous,
        "True if the elements lie row after row without gaps."
    ),
    free!(
        "contiguous",
        contiguous,
        "The tensor itself if contiguous, else a contiguous copy."
    ),
    free!("copy_", copy_, "Copies the elements of another tensor into this one."),
    free!("requires_grad_", requires_grad_, "Sets whether gradients flow to it."),
    free!(
        "new_tensor",
        construct::new_tensor,
        "A tensor of data with this one's dtype."
    ),
    free!("new", legacy::new_like, ""),
    free!("numpy", numpy, ""),
    free!("dim_order", dim_order, "The dimensions in the order of their strides."),
    free!(
        "resize_",
        resize_,
        "Gives it another size, keeping the elements that fit."
    ),
    free!("resize_as_", resize_as_, "Gives it the size of another tensor."),
    free!("set_", set_, "Makes it see another tensor's storage."),
    ClassItem::method(
        "apply_",
        "(self, callable, /)",
        Parser::One,
        apply_,
        "Calls a function for each element, in place.",
    ),
    ClassItem::method("map_", "(self, tensor, callable, /)", Parser::Tuple, map_, ""),
    bare!("dim", |_, args| read(args, |t| Value::size(t.dim()))),
    bare!("ndimension", |_, args| read(args, |t| Value::size(t.dim()))),
    bare!("numel", |_, args| read(args, |t| Value::size(t.numel()))),
    bare!("nelement", |_, args| read(args, |t| Value::size(t.numel()))),
    bare!("element_size", |_, args| read(args, |t| Value::size(t.dtype().size()))),
    bare!("storage_offset", |_, args| read(args, |t| Value::Int(
        t.array().offset()
    ))),
    bare!("data_ptr", |_, args| read(args, |t| Value::size(
        t.array().data_pointer() as usize
    ))),
    bare!("get_device", |_, _| Ok(Value::Int(-1))),
    bare!("dense_dim", |_, args| read(args, |t| Value::size(t.dim()))),
    bare!("sparse_dim", |_, _| Ok(Value::Int(0))),
    bare!("is_complex", |_, args| read(args, |t| Value::bool(
        t.dtype().is_complex()
    ))),
    bare!("is_floating_point", |_, args| read(args, |t| Value::bool(
        t.dtype().is_floating_point()
    ))),
    bare!("is_signed", |_, args| read(args, |t| Value::bool(!matches!(
        t.dtype(),
        Dtype::Bool | Dtype::Uint8
    )))),
    bare!("is_inference", |_, args| read(args, |t| Value::bool(t.is_inference()))),
    bare!("is_conj", |_, args| read(args, |t| Value::bool(t.array().is_conj()))),
    bare!("is_neg", |_, args| read(args, |t| Value::bool(t.array().is_neg()))),
    bare!("is_pinned", |_, _| Ok(Value::False)),
    bare!("is_shared", |_, _| Ok(Value::False)),
    bare!("is_coalesced", |vm, _| Err(vm.runtime_error(
        "is_coalesced expected sparse coordinate tensor layout but got Strided"
    ))),
    bare!("share_memory_", |_, args| Ok(args.first().cloned().unwrap_or_default())),
    bare!("_is_view", |_, args| read(args, |t| Value::bool(t.base().is_some()))),
    bare!("untyped_storage", |vm, args| storage(vm, args, false)),
    bare!("storage", |vm, args| storage(vm, args, true)),
    bare!("_typed_storage", |vm, args| storage(vm, args, true)),
    bare!("storage_type", |vm, _| Err(vm.unsupported("storage_type()"))),
    bare!("__array__", |vm, _| Err(vm.unsupported("NumPy arrays"))),
    bare!("__dlpack__", |vm, _| Err(vm.unsupported("DLPack"))),
    bare!("__copy__", shallow_copy),
];

fn read(args: &[Value], read: impl FnOnce(&Tensor) -> Value) -> R<Value> {
    Ok(object::receiver(args).map_or(Value::None, read))
}

/// The tensor, its positional and its keyword arguments of a row `(self, *args, **kwargs)`.
fn split(args: &[Value]) -> Option<(&Value, &Tensor, &Value, &Value)> {
    match args {
        [this, given, keywords] => Some((this, object::as_tensor(this)?, given, keywords)),
        _ => None,
    }
}

/// The tensor itself when it has the dtype already and no copy is asked for.
fn cast_to(vm: &mut Vm, this: &Value, dtype: Dtype, copy: bool, format: &Value) -> R<Value> {
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    if tensor.dtype() == dtype && !copy {
        return Ok(this.clone());
    }
    if tensor.dtype().is_complex() && !dtype.is_complex() && dtype != Dtype::Bool {
        warning::warn_once(vm, "Casting complex values to real discards the imaginary part")?;
    }
    let args = Args(smallvec::smallvec![
        Arg::Tensor(tensor),
        Arg::Dtype(dtype),
        Arg::None,
        Arg::None,
        Arg::None,
        Arg::Bool(false),
        memory_format(format)
    ]);
    let made = machine::run(vm, || {
        match crate::ops::find("_to_copy").and_then(|op| op.overloads.first()) {
            Some(overload) => overload.call_one(args),
            None => shape::to_dtype(args.tensor(0)?, dtype),
        }
    })?;
    Ok(object::wrap(vm, made))
}

fn memory_format(value: &Value) -> Arg {
    value
        .as_foreign::<object::symbol::MemoryFormatObject>()
        .map_or(Arg::None, |format| Arg::MemoryFormat(format.format))
}

fn cast(vm: &mut Vm, args: &[Value], parser: &crate::torch::bind::Parser, dtype: Dtype) -> R<Value> {
    let Some((this, _, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let (_, values) = matched(vm, parser, given, keywords)?;
    cast_to(vm, this, dtype, false, &value_at(&values, 0))
}

fn to(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let own = tensor.dtype();
    let parser = parser!(
        "to(Device device=None, ScalarType dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
        "to(ScalarType dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
        "to(Tensor tensor, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)"
    );
    let (at, values) = matched(vm, &parser, given, keywords)?;
    let copy = matches!(value_at(&values, if at == 0 { 3 } else { 2 }), Value::True);
    let format = value_at(&values, if at == 0 { 4 } else { 3 });
    let dtype = match at {
        0 => {
            check_device(vm, &values, 0)?;
            dtype_at(vm, &values, 1)
        }
        1 => dtype_at(vm, &values, 0),
        _ => object::as_tensor(&value_at(&values, 0)).map(Tensor::dtype),
    };
    cast_to(vm, this, dtype.unwrap_or(own), copy, &format)
}

fn type_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let own = type_string(tensor);
    let parser = parser!("type(PyObject* dtype=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    let wanted = value_at(&values, 0);
    if wanted.is_unset() || wanted.is_none() {
        return Ok(Value::str(own));
    }
    let dtype = if let Some(name) = wanted.as_str() {
        let name = name.to_string();
        match legacy::dtype_of_name(&name) {
            Some(dtype) => Some(dtype),
            None => return Err(vm.value_error(format!("invalid type: '{name}'"))),
        }
    } else if let Some(legacy) = wanted.as_foreign::<legacy::LegacyType>() {
        Some(legacy.dtype)
    } else if wanted
        .as_class()
        .is_some_and(|class| class.same(&object::torch(vm).classes.tensor))
    {
        Some(crate::array::promote::default_dtype())
    } else if wanted.as_foreign::<object::dtype::DtypeObject>().is_some() {
        object::dtype::of_value(vm, &wanted)
    } else {
        None
    };
    match dtype {
        Some(dtype) => cast_to(vm, this, dtype, false, &value_at(&values, 2)),
        None => Err(vm.type_error("dtype must be a type, str, or dtype object")),
    }
}

fn cpu(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, _, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let parser = parser!("cpu(*, MemoryFormat? memory_format=None)");
    matched(vm, &parser, given, keywords)?;
    Ok(this.clone())
}

fn cuda(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    let device = Value::str("cuda");
    object::device::check(vm, &device)?;
    Ok(Value::None)
}

fn size(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((_, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let sizes = tensor.sizes();
    if given.as_tuple().is_some_and(<[_]>::is_empty) && keywords.as_dict().is_none_or(|dict| dict.is_empty()) {
        return Ok(object::size::value(vm, &sizes));
    }
    let parser = parser!("size(int64_t? dim=None)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    let dim = value_at(&values, 0);
    if dim.is_none() || dim.is_unset() {
        return Ok(object::size::value(vm, &sizes));
    }
    one_of(vm, &dim, &sizes)
}

/// The entry of a dimension that may be counted from the end.
fn one_of(vm: &mut Vm, dim: &Value, entries: &[i64]) -> R<Value> {
    let dim = convert::int(vm, dim)?;
    if entries.is_empty() {
        return Err(vm.index_error(format!("Dimension specified as {dim} but tensor has no dimensions")));
    }
    let at = machine::run(vm, || layout::wrap_dim(dim, entries.len()))?;
    Ok(entries.get(at).map_or(Value::None, |entry| Value::Int(*entry)))
}

fn stride(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((_, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let strides = crate::array::Dims::from(tensor.array().strides());
    let parser = parser!("stride(int64_t? dim=None)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    let dim = value_at(&values, 0);
    if dim.is_none() || dim.is_unset() {
        return Ok(Value::tuple(
            strides.iter().map(|stride| Value::Int(*stride)).collect::<Vec<_>>(),
        ));
    }
    one_of(vm, &dim, &strides)
}

/// Strides of a dense tensor whose channels lie innermost.
fn is_channels_last(array: &Array, dims: usize) -> bool {
    if array.dim() != dims {
        return false;
    }
    let order: Vec<usize> = std::iter::once(1).chain((2..dims).rev()).chain([0]).collect();
    let mut expected = 1;
    order
        .iter()
        .all(|&dim| match (array.sizes().get(dim), array.strides().get(dim)) {
            (Some(&size), Some(&stride)) => {
                let fits = size == 1 || stride == expected;
                expected *= size;
                fits
            }
            _ => false,
        })
}

fn has_format(array: &Array, format: &Value) -> bool {
    match memory_format(format) {
        Arg::MemoryFormat(MemoryFormat::ChannelsLast) => is_channels_last(array, 4),
        Arg::MemoryFormat(MemoryFormat::ChannelsLast3d) => is_channels_last(array, 5),
        _ => array.is_contiguous(),
    }
}

fn is_contiguous(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((_, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let tensor = tensor.clone();
    let parser = parser!("is_contiguous(*, MemoryFormat memory_format=torch.contiguous_format)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    let fits = has_format(&tensor.array(), &value_at(&values, 0));
    Ok(Value::bool(fits))
}

fn contiguous(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let tensor = tensor.clone();
    let parser = parser!("contiguous(*, MemoryFormat memory_format=torch.contiguous_format)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    let format = value_at(&values, 0);
    if has_format(&tensor.array(), &format) {
        return Ok(this.clone());
    }
    let format = match memory_format(&format) {
        Arg::None => Arg::MemoryFormat(MemoryFormat::Contiguous),
        given => given,
    };
    let made = machine::run(vm, || {
        match crate::ops::find("clone").and_then(|op| op.overloads.first()) {
            Some(overload) => overload.call_one(Args(smallvec::smallvec![Arg::Tensor(tensor), format])),
            None => shape::clone_contiguous(&tensor),
        }
    })?;
    Ok(object::wrap(vm, made))
}

/// `target.copy_(value)`, numbers included.
pub fn copy_into(vm: &mut Vm, target: &Value, value: &Value) -> R<()> {
    let Some(tensor) = object::as_tensor(target).cloned() else {
        return Ok(());
    };
    let source = match object::as_tensor(value) {
        Some(source) => source.clone(),
        None => {
            let scalar = convert::scalar(vm, value)?;
            machine::run(vm, || Ok(copy::full(&[], scalar, tensor.dtype())?.into()))?
        }
    };
    machine::run(vm, || shape::copy_in_place(&tensor, &source)).map(drop)
}

fn copy_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let tensor = tensor.clone();
    let parser = parser!(
        "copy_(Tensor other, bool non_blocking=False)",
        "copy_(Tensor other, bool async=False)|deprecated"
    );
    let (_, values) = matched(vm, &parser, given, keywords)?;
    if let Some(source) = object::as_tensor(&value_at(&values, 0)).cloned() {
        machine::run(vm, || shape::copy_in_place(&tensor, &source))?;
    }
    Ok(this.clone())
}

fn requires_grad_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let tensor = tensor.clone();
    let parser = parser!("requires_grad_(bool requires_grad=True)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    let wanted = !matches!(value_at(&values, 0), Value::False);
    if wanted && object::torch(vm).transforms.borrow().iter().any(|kind| kind != "vmap") {
        return Err(vm.runtime_error(
            "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) inside of a function being transformed by a functorch transform. This is unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call requires_grad_() outside of a function being transformed instead.",
        ));
    }
    if wanted && tensor.requires_grad() {
        return Ok(this.clone());
    }
    change_requires_grad(
        vm,
        &tensor,
        wanted,
        "only Tensors of floating point dtype can require gradients",
    )?;
    Ok(this.clone())
}

fn numpy(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((_, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let requires_grad = tensor.requires_grad();
    let parser = parser!("numpy(*, bool force=False)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    if requires_grad && !matches!(value_at(&values, 0), Value::True) {
        return Err(
            vm.runtime_error("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        );
    }
    Err(vm.unsupported("NumPy arrays"))
}

fn dim_order(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((_, tensor, _, _)) = split(args) else {
        return Ok(Value::None);
    };
    let array = tensor.array();
    let mut order: Vec<usize> = (0..array.dim()).collect();
    order.sort_by_key(|dim| std::cmp::Reverse(array.strides().get(*dim).copied().unwrap_or(0)));
    Ok(Value::tuple(order.into_iter().map(Value::size).collect::<Vec<_>>()))
}

fn resize_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let tensor = tensor.clone();
    let parser = parser!("resize_(SymIntArrayRef size, *, MemoryFormat? memory_format=None)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    let sizes = convert::ints(vm, &value_at(&values, 0), 1)?;
    resize(vm, &tensor, &sizes)?;
    Ok(this.clone())
}

fn resize(vm: &mut Vm, tensor: &Tensor, sizes: &[i64]) -> R<()> {
    if tensor.requires_grad() {
        return Err(vm.runtime_error("cannot resize variables that require grad"));
    }
    machine::run(vm, || shape::resize(tensor, sizes))
}

fn resize_as_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let tensor = tensor.clone();
    let parser = parser!("resize_as_(Tensor the_template, *, MemoryFormat? memory_format=None)");
    let (_, values) = matched(vm, &parser, given, keywords)?;
    if let Some(template) = object::as_tensor(&value_at(&values, 0)) {
        let sizes = template.sizes();
        resize(vm, &tensor, &sizes)?;
    }
    Ok(this.clone())
}

fn set_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some((this, tensor, given, keywords)) = split(args) else {
        return Ok(Value::None);
    };
    let tensor = tensor.clone();
    let parser = parser!(
        "set_()",
        "set_(Storage source)",
        "set_(Storage source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride={})",
        "set_(Tensor source)",
        "set_(Tensor source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride={})"
    );
    let (at, values) = matched(vm, &parser, given, keywords)?;
    let source = value_at(&values, 0);
    let array = match at {
        0 => machine::run(vm, || Array::zeros(&[0], tensor.dtype()))?,
        1 | 2 => match source.as_foreign::<object::storage::StorageObject>() {
            Some(storage) => {
                let flat = storage.flat();
                let dtype = tensor.dtype();
                let count = (flat.storage().len() / dtype.size()) as i64;
                flat.reinterpret(dtype, smallvec::smallvec![count], smallvec::smallvec![1], 0)
            }
            None => return Ok(Value::None),
        },
        _ => match object::as_tensor(&source) {
            Some(source) => source.array().clone(),
            None => return Ok(Value::None),
        },
    };
    let array = if at == 2 || at == 4 {
        let offset = convert::int(vm, &value_at(&values, 1))?;
        let sizes = convert::ints(vm, &value_at(&values, 2), 1)?;
        let strides = match value_at(&values, 3) {
            given if given.is_unset() => crate::array::array::contiguous_strides(&sizes),
            given => convert::ints(vm, &given, 1)?,
        };
        let base = Tensor::from(array);
        let view = machine::run(vm, || shape::as_strided(&base, &sizes, &strides, offset))?;

        view.array().clone()
    } else {
        array
    };
    if tensor.requires_grad() && tensor.is_leaf() && crate::autograd::modes::is_grad_enabled() {
        return Err(vm.runtime_error("a leaf Variable that requires grad is being used in an in-place operation."));
    }
    tensor.set_array(array);
    Ok(this.clone())
}

/// Calls a Python function for each element and stores what it gives.
fn map_elements(vm: &mut Vm, tensors: &[Tensor], function: &Value) -> R<()> {
    let Some(target) = tensors.first().cloned() else {
        return Ok(());
    };
    if target.requires_grad() {
        return Err(
            vm.runtime_error("Can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead.")
        );
    }
    let columns: Vec<Vec<Value>> = tensors
        .iter()
        .map(|tensor| {
            copy::elements(&tensor.array())
                .into_iter()
                .map(crate::torch::result::of_scalar)
                .collect()
        })
        .collect();
    let mut results = Vec::new();
    for at in 0..target.numel() {
        let args: Vec<Value> = columns.iter().filter_map(|column| column.get(at).cloned()).collect();
        let answer = vm.call(function, &args)?;
        results.push(convert::scalar(vm, &answer)?);
    }
    machine::run(vm, || {
        let made = crate::torch::create::data::array_of(&target.sizes(), &results, target.dtype())?;
        copy::copy_into(&target.array(), &made)
    })
}

fn apply_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, function] = args else { return Ok(Value::None) };
    if let Some(tensor) = object::as_tensor(this).cloned() {
        map_elements(vm, &[tensor], function)?;
    }
    Ok(this.clone())
}

fn map_(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, other, function] = args else {
        return Ok(Value::None);
    };
    if let (Some(tensor), Some(other)) = (object::as_tensor(this).cloned(), object::as_tensor(other).cloned()) {
        map_elements(vm, &[tensor, other], function)?;
    }
    Ok(this.clone())
}

fn storage(vm: &mut Vm, args: &[Value], typed: bool) -> R<Value> {
    let Some(array) = object::receiver(args).map(|tensor| tensor.array().clone()) else {
        return Ok(Value::None);
    };
    if typed {
        warning::warn_once(
            vm,
            "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use tensor.untyped_storage() instead of tensor.storage()",
        )?;
    }
    Ok(object::storage::object(vm, &array, typed))
}

/// `copy.copy(x)`: another tensor over the same storage.
fn shallow_copy(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let (Some(this), Some(tensor)) = (args.first(), object::receiver(args)) else {
        return Ok(Value::None);
    };
    let made = tensor.detach();
    if tensor.requires_grad() {
        made.set_requires_grad(true);
    }
    let class = vm.class_of(this);
    Ok(object::wrap_as(vm, made, &class))
}
