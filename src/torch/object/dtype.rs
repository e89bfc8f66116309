//! `torch.dtype`

use super::torch;
use crate::array::Dtype;
use crate::foreign;
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::object::Object;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

/// A dtype as an object; one a session and dtype.
pub struct DtypeObject {
    pub class: ClassRef,
    pub dtype: Dtype,
}

foreign!(DtypeObject);

pub fn object(class: &ClassRef, dtype: Dtype) -> Value {
    Value::object(Object::Foreign(Box::new(DtypeObject {
        class: class.clone(),
        dtype,
    })))
}

/// The object of a dtype, always the same one.
pub fn value(vm: &mut Vm, dtype: Dtype) -> Value {
    torch(vm).dtypes.get(dtype as usize).cloned().unwrap_or(Value::None)
}

/// The dtype that a value names: a dtype object, or Python's `float`, `int`, `bool`, `complex`.
pub fn of_value(vm: &mut Vm, value: &Value) -> Option<Dtype> {
    if let Some(object) = value.as_foreign::<DtypeObject>() {
        return Some(object.dtype);
    }
    let class = value.as_class()?;
    let types = &vm.types;
    if class.same(&types.float) {
        Some(Dtype::Float64)
    } else if class.same(&types.int) {
        Some(Dtype::Int64)
    } else if class.same(&types.bool) {
        Some(Dtype::Bool)
    } else if class.same(&types.complex) {
        Some(Dtype::Complex128)
    } else {
        None
    }
}

/// The dtype of a name of the module: `float32`, `float`, `long`.
pub fn by_name(name: &str) -> Option<Dtype> {
    Some(match name {
        "float" => Dtype::Float32,
        "double" => Dtype::Float64,
        "half" => Dtype::Float16,
        "short" => Dtype::Int16,
        "int" => Dtype::Int32,
        "long" => Dtype::Int64,
        "cfloat" => Dtype::Complex64,
        "cdouble" => Dtype::Complex128,
        _ => return Dtype::ALL.into_iter().find(|dtype| dtype.name() == name),
    })
}

/// Names of dtypes in the module.
pub const NAMES: &[&str] = &[
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "float",
    "double",
    "half",
    "short",
    "int",
    "long",
    "cfloat",
    "cdouble",
];

pub static ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method("__reduce__", "(self, /)", Parser::NoArgs, reduce, ""),
    ClassItem::method(
        "to_complex",
        "(self, /)",
        Parser::NoArgs,
        to_complex,
        "The complex dtype of this precision.",
    ),
    ClassItem::method(
        "to_real",
        "(self, /)",
        Parser::NoArgs,
        to_real,
        "The real dtype of this precision.",
    ),
    ClassItem::getter(
        "is_floating_point",
        |_, this| property(this, |d| Value::bool(d.is_floating_point())),
        "",
    ),
    ClassItem::getter(
        "is_complex",
        |_, this| property(this, |d| Value::bool(d.is_complex())),
        "",
    ),
    ClassItem::getter(
        "is_signed",
        |_, this| property(this, |d| Value::bool(!matches!(d, Dtype::Bool | Dtype::Uint8))),
        "",
    ),
    ClassItem::getter(
        "itemsize",
        |_, this| property(this, |d| Value::size(d.size())),
        "Bytes of one element.",
    ),
    ClassItem::getter("abbr", |_, this| property(this, |d| Value::str(abbreviation(d))), ""),
    ClassItem::getter("__module__", |_, _| Ok(Value::str("torch")), ""),
];

fn property(this: &Value, read: impl FnOnce(Dtype) -> Value) -> R<Value> {
    Ok(this
        .as_foreign::<DtypeObject>()
        .map_or(Value::None, |object| read(object.dtype)))
}

fn dtype_of(args: &[Value]) -> Dtype {
    args.first()
        .and_then(|this| this.as_foreign::<DtypeObject>())
        .map_or(Dtype::Float32, |object| object.dtype)
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(Value::str(format!("torch.{}", dtype_of(args).name())))
}

fn reduce(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(Value::str(dtype_of(args).name()))
}

fn to_complex(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let dtype = dtype_of(args).to_complex();
    Ok(value(vm, dtype))
}

fn to_real(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let dtype = dtype_of(args).to_real();
    Ok(value(vm, dtype))
}

fn abbreviation(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::Bool => "b8",
        Dtype::Uint8 => "u8",
        Dtype::Int8 => "i8",
        Dtype::Int16 => "i16",
        Dtype::Int32 => "i32",
        Dtype::Int64 => "i64",
        Dtype::Float16 => "f16",
        Dtype::BFloat16 => "bf16",
        Dtype::Float32 => "f32",
        Dtype::Float64 => "f64",
        Dtype::Complex64 => "c64",
        Dtype::Complex128 => "c128",
    }
}
