//! `torch.Tensor(...)` as a constructor, and the types that were before dtypes: `torch.FloatTensor(...)`.

use super::construct::{check_device, matched, value_at};
use super::data;
use crate::array::{Array, Dtype, promote};
use crate::autograd::Tensor;
use crate::foreign;
use crate::parser;
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::Object;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::bind::{convert, matching};
use crate::torch::tensor::repr::legacy_name;
use crate::torch::{machine, object};

pub static NEW: &[ClassItem] = &[ClassItem::New(NativeDef::new(
    "__new__",
    "(cls, *args, **kwargs)",
    Parser::Free,
    new,
    "",
))];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, given, keywords] = args else {
        return Ok(Value::None);
    };
    let made = construct(vm, promote::default_dtype(), true, given, keywords)?;
    let class = match class.as_class() {
        Some(class) => class.clone(),
        None => object::torch(vm).classes.tensor.clone(),
    };
    let made = if class.same(&object::torch(vm).classes.tensor) {
        made
    } else {
        made.detach()
    };
    Ok(object::wrap_as(vm, made, &class))
}

/// What the constructors understand: nothing, a storage, a tensor, sizes, or data. `any`: a tensor of any dtype is taken.
fn construct(vm: &mut Vm, dtype: Dtype, any: bool, given: &Value, keywords: &Value) -> R<Tensor> {
    let parser = parser!(
        "new(*, Device? device=None)",
        "new(Storage storage)",
        "new(Tensor other)",
        "new(SymIntArrayRef size, *, Device? device=None)",
        "new(PyObject* data, *, Device? device=None)"
    );
    let (at, values) = matched(vm, &parser, given, keywords)?;
    let first = value_at(&values, 0);
    match at {
        0 => {
            check_device(vm, &values, 0)?;
            machine::run(vm, || Ok(Array::zeros(&[0], dtype)?.into()))
        }
        1 => {
            let flat = first
                .as_foreign::<object::storage::StorageObject>()
                .map(|storage| storage.flat().clone());
            match flat {
                Some(flat) => Ok(flat.into()),
                None => machine::run(vm, || Ok(Array::zeros(&[0], dtype)?.into())),
            }
        }
        2 => {
            let Some(other) = object::as_tensor(&first).cloned() else {
                return Err(vm.type_error("new(): expected a tensor"));
            };
            if !any && other.dtype() != dtype {
                let options = |dtype: Dtype| {
                    format!(
                        "TensorOptions(dtype={}, device=cpu, layout=Strided, requires_grad=false (default), pinned_memory=false (default), memory_format=(nullopt))",
                        cpp_name(dtype)
                    )
                };
                let (wanted, got) = (options(dtype), options(other.dtype()));
                return Err(vm.type_error(format!("expected {wanted} (got {got})")));
            }
            Ok(other.detach())
        }
        3 => {
            check_device(vm, &values, 1)?;
            // a list or tuple of numbers is data, unless it is a torch.Size
            let size = object::torch(vm).classes.size.clone();
            let is_size = vm.is_instance(&first, &size);
            let alone = given
                .as_tuple()
                .is_some_and(|items| items.len() == 1 && items.iter().all(|item| item.is(&first)));
            if alone && !is_size && matching::items(&first).is_some() {
                return Ok(data::to_array(vm, &first, Some(dtype))?.into());
            }
            let sizes = convert::ints(vm, &first, 1)?;
            machine::run(vm, || Ok(Array::zeros(&sizes, dtype)?.into()))
        }
        _ => {
            check_device(vm, &values, 1)?;
            let kind = vm.type_name(&first);
            if first.as_str().is_some() || first.as_bytes().is_some() {
                return Err(vm.type_error(format!("new(): invalid data type '{kind}'")));
            }
            let has_items = matching::items(&first).is_some()
                || vm.class_of(&first).slot(crate::python::Slot::Len).is_some()
                    && vm.class_of(&first).slot(crate::python::Slot::GetItem).is_some();
            if !has_items {
                return Err(vm.type_error(format!("new(): data must be a sequence (got {kind})")));
            }
            Ok(data::to_array(vm, &first, Some(dtype))?.into())
        }
    }
}

/// How C++ names a dtype.
pub fn cpp_name(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::Bool => "bool",
        Dtype::Uint8 => "unsigned char",
        Dtype::Int8 => "signed char",
        Dtype::Int16 => "short int",
        Dtype::Int32 => "int",
        Dtype::Int64 => "long int",
        Dtype::Float16 => "c10::Half",
        Dtype::BFloat16 => "c10::BFloat16",
        Dtype::Float32 => "float",
        Dtype::Float64 => "double",
        Dtype::Complex64 => "c10::complex<float>",
        Dtype::Complex128 => "c10::complex<double>",
    }
}

/// `x.new(...)`
pub fn new_like(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, given, keywords] = args else {
        return Ok(Value::None);
    };
    let dtype = object::as_tensor(this).map_or(Dtype::Float32, Tensor::dtype);
    let made = construct(vm, dtype, false, given, keywords)?;
    Ok(object::wrap(vm, made))
}

/// A type such as `torch.FloatTensor`: called, it makes a tensor; `isinstance` asks it.
pub struct LegacyType {
    pub class: ClassRef,
    pub dtype: Dtype,
}

foreign!(LegacyType);

/// The type of a name of the module: `FloatTensor`.
pub fn by_name(vm: &mut Vm, name: &str) -> Option<Value> {
    let dtype = Dtype::ALL
        .into_iter()
        .filter(|dtype| !dtype.is_complex())
        .find(|dtype| legacy_name(*dtype).strip_prefix("torch.") == Some(name))?;
    let class = object::torch(vm).classes.legacy.clone();
    Some(Value::object(Object::Foreign(Box::new(LegacyType { class, dtype }))))
}

/// The dtype of a legacy type by its full name: `torch.FloatTensor`.
pub fn dtype_of_name(name: &str) -> Option<Dtype> {
    if name == "torch.Tensor" {
        return Some(promote::default_dtype());
    }
    Dtype::ALL.into_iter().find(|dtype| legacy_name(*dtype) == name)
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::method("__call__", "(self, *args, **kwargs)", Parser::Free, call, ""),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::slot("__instancecheck__", "(self, instance, /)", instance_check, ""),
    ClassItem::getter(
        "dtype",
        |vm, this| {
            let dtype = this
                .as_foreign::<LegacyType>()
                .map_or(Dtype::Float32, |legacy| legacy.dtype);
            Ok(object::dtype::value(vm, dtype))
        },
        "",
    ),
    ClassItem::getter("is_cuda", |_, _| Ok(Value::False), ""),
    ClassItem::getter("is_sparse", |_, _| Ok(Value::False), ""),
    ClassItem::getter("__name__", |_, this| Ok(Value::str(bare_name(this))), ""),
    ClassItem::getter("__module__", |_, _| Ok(Value::str("torch")), ""),
];

fn bare_name(this: &Value) -> String {
    let dtype = this
        .as_foreign::<LegacyType>()
        .map_or(Dtype::Float32, |legacy| legacy.dtype);
    legacy_name(dtype).trim_start_matches("torch.").to_string()
}

fn call(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, given, keywords] = args else {
        return Ok(Value::None);
    };
    let dtype = this
        .as_foreign::<LegacyType>()
        .map_or(Dtype::Float32, |legacy| legacy.dtype);
    let made = construct(vm, dtype, false, given, keywords)?;
    Ok(object::wrap(vm, made))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(args.first().map_or(Value::None, |this| {
        Value::str(format!("<class 'torch.{}'>", bare_name(this)))
    }))
}

fn instance_check(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, instance] = args else {
        return Ok(Value::False);
    };
    let dtype = this.as_foreign::<LegacyType>().map(|legacy| legacy.dtype);
    Ok(Value::bool(
        object::as_tensor(instance).is_some_and(|tensor| Some(tensor.dtype()) == dtype),
    ))
}
