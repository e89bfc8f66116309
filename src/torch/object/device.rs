//! `torch.device`: everything lives on the CPU; other devices can be named, not used.

use super::torch;
use crate::foreign;
use crate::parser;
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

/// A device as an object.
pub struct Device {
    pub class: ClassRef,
    pub kind: String,
    pub index: Option<i64>,
}

foreign!(Device);

const KINDS: &[&str] = &[
    "cpu",
    "cuda",
    "ipu",
    "xpu",
    "mkldnn",
    "opengl",
    "opencl",
    "ideep",
    "hip",
    "ve",
    "fpga",
    "maia",
    "xla",
    "lazy",
    "vulkan",
    "mps",
    "meta",
    "hpu",
    "mtia",
    "privateuseone",
];

pub fn object(vm: &mut Vm, kind: &str, index: Option<i64>) -> Value {
    let class = torch(vm).classes.device.clone();
    Value::object(Object::Foreign(Box::new(Device {
        class,
        kind: kind.to_string(),
        index,
    })))
}

/// Reads `cpu`, `cuda:0`.
fn parse(vm: &mut Vm, text: &str) -> R<(String, Option<i64>)> {
    let (kind, index) = match text.split_once(':') {
        Some((kind, index)) => (kind, Some(index)),
        None => (text, None),
    };
    if kind.is_empty() {
        return Err(vm.runtime_error("Device string must not be empty"));
    }
    if !KINDS.contains(&kind) {
        return Err(vm.runtime_error(format!(
            "Expected one of {} device type at start of device string: {kind}",
            KINDS.join(", ")
        )));
    }
    match index {
        None => Ok((kind.to_string(), None)),
        Some(digits) => match digits.parse::<i8>() {
            Ok(number) if number >= 0 => Ok((kind.to_string(), Some(i64::from(number)))),
            _ => Err(vm.runtime_error(format!("Invalid device string: '{text}'"))),
        },
    }
}

fn of_value(vm: &mut Vm, value: &Value) -> R<(String, Option<i64>)> {
    if let Some(device) = value.as_foreign::<Device>() {
        return Ok((device.kind.clone(), device.index));
    }
    if let Some(text) = value.as_str() {
        let text = text.to_string();
        return parse(vm, &text);
    }
    Ok(("cuda".into(), value.as_int()))
}

/// Refuses devices that tensors cannot be put on.
pub fn check(vm: &mut Vm, value: &Value) -> R<()> {
    let (kind, _) = of_value(vm, value)?;
    match kind.as_str() {
        "cpu" => Ok(()),
        "cuda" => Err(vm.runtime_error(
            "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx",
        )),
        kind => Err(vm.unsupported(&format!("tensors on the device '{kind}'"))),
    }
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, *args, **kwargs)",
        Parser::Free,
        new,
        "",
    )),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Str, str),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Eq, |_, args| Ok(equal(args, true))),
    ClassItem::special(Slot::Ne, |_, args| Ok(equal(args, false))),
    ClassItem::getter(
        "type",
        |_, this| {
            Ok(this
                .as_foreign::<Device>()
                .map_or(Value::None, |d| Value::str(&*d.kind)))
        },
        "",
    ),
    ClassItem::getter(
        "index",
        |_, this| {
            Ok(this
                .as_foreign::<Device>()
                .and_then(|d| d.index)
                .map_or(Value::None, Value::Int))
        },
        "",
    ),
    ClassItem::slot(
        "__enter__",
        "(self, /)",
        |_, args| Ok(args.first().cloned().unwrap_or_default()),
        "",
    ),
    ClassItem::slot("__exit__", "(self, *args)", |_, _| Ok(Value::None), ""),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, given, keywords] = args else {
        return Ok(Value::None);
    };
    let (names, values) = super::super::keywords(keywords);
    let positional = vm.collect(given)?;
    let parser = parser!(
        "device(Device device)",
        "device(std::string_view type, int64_t index=-1)"
    );
    let (at, matched) = parser.parse(
        vm,
        CallArgs {
            positional: &positional,
            names: &names,
            keywords: &values,
        },
    )?;
    let [first, rest @ ..] = matched.as_slice() else {
        return Ok(Value::None);
    };
    let (kind, mut index) = of_value(vm, first)?;
    if at == 1 {
        if index.is_some() {
            return Err(vm.runtime_error(format!(
                "type (string) must not include an index because index was passed explicitly: {}",
                first.as_str().unwrap_or_default()
            )));
        }
        if let Some(number) = rest.first().filter(|value| !value.is_unset()) {
            index = number.as_int();
            if index.is_some_and(|index| index < 0) {
                return Err(vm.runtime_error("Device index must not be negative"));
            }
        }
    }
    Ok(object(vm, &kind, index))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(device) = args.first().and_then(|this| this.as_foreign::<Device>()) else {
        return Ok(Value::None);
    };
    Ok(Value::str(match device.index {
        Some(index) => format!("device(type='{}', index={index})", device.kind),
        None => format!("device(type='{}')", device.kind),
    }))
}

fn str(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(device) = args.first().and_then(|this| this.as_foreign::<Device>()) else {
        return Ok(Value::None);
    };
    Ok(Value::str(match device.index {
        Some(index) => format!("{}:{index}", device.kind),
        None => device.kind.clone(),
    }))
}

fn hash(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(device) = args.first().and_then(|this| this.as_foreign::<Device>()) else {
        return Ok(Value::None);
    };
    let number = i64::from(Symbol::new(&device.kind).number());
    Ok(Value::Int(number << 8 | device.index.unwrap_or(255)))
}

fn equal(args: &[Value], wanted: bool) -> Value {
    let devices = args.iter().map(|value| value.as_foreign::<Device>());
    match devices.collect::<Option<Vec<_>>>().as_deref() {
        Some([a, b]) => Value::bool((a.kind == b.kind && a.index == b.index) == wanted),
        _ => Value::NotImplemented,
    }
}
