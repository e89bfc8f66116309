//! `torch.Size`: a tuple of ints.

use super::torch;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

/// The size as an object.
pub fn value(vm: &mut Vm, sizes: &[i64]) -> Value {
    let items: Vec<Value> = sizes.iter().map(|size| Value::Int(*size)).collect();
    of_items(vm, items)
}

fn of_items(vm: &mut Vm, items: Vec<Value>) -> Value {
    let class = Value::class(&torch(vm).classes.size.clone());
    vm.instance_of(&class, Value::tuple(items))
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, iterable=(), /)",
        Parser::Clinic,
        new,
        "",
    )),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::special(Slot::Add, add),
    ClassItem::special(Slot::RAdd, reflected_add),
    ClassItem::special(Slot::Mul, mul),
    ClassItem::special(Slot::RMul, mul),
    ClassItem::method(
        "numel",
        "(self, /)",
        Parser::NoArgs,
        numel,
        "The number of elements of a tensor of this size.",
    ),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, iterable] = args else {
        return Ok(Value::None);
    };
    let items = if iterable.is_unset() {
        Vec::new()
    } else {
        vm.collect(iterable)?
    };
    let mut sizes = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let number = if item.is_int() {
            Some(item.clone())
        } else {
            vm.try_index(item)?.map(Value::big)
        };
        match number {
            Some(number) => sizes.push(number),
            None => {
                let kind = vm.type_name(item);
                return Err(vm.type_error(format!(
                    "torch.Size() takes an iterable of 'int' (item {at} is '{kind}')"
                )));
            }
        }
    }
    Ok(vm.instance_of(class, Value::tuple(sizes)))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let items = args.first().and_then(Value::as_tuple).unwrap_or(&[]);
    let mut shown = Vec::new();
    for item in items {
        shown.push(vm.repr(item)?.to_string());
    }
    Ok(Value::str(format!("torch.Size([{}])", shown.join(", "))))
}

/// Runs the tuple's own method; a tuple it answers becomes a size.
fn through_tuple(vm: &mut Vm, name: &str, args: &[Value]) -> R<Value> {
    let Some(method) = vm.types.tuple.clone().lookup(Symbol::new(name)) else {
        return Ok(Value::NotImplemented);
    };
    let plain: Vec<Value> = args.iter().map(|value| value.payload().clone()).collect();
    let answer = vm.call(&method, &plain)?;
    match answer.as_tuple() {
        Some(items) => Ok(of_items(vm, items.to_vec())),
        None => Ok(answer),
    }
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    if let [this, Value::Int(index)] = args {
        let items = this.as_tuple().unwrap_or(&[]);
        let at = if *index < 0 {
            index.wrapping_add(items.len() as i64)
        } else {
            *index
        };
        return match usize::try_from(at).ok().and_then(|at| items.get(at)) {
            Some(item) => Ok(item.clone()),
            None => Err(vm.index_error("tuple index out of range")),
        };
    }
    through_tuple(vm, "__getitem__", args)
}

fn add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    match args {
        [_, other] if other.as_tuple().is_some() => through_tuple(vm, "__add__", args),
        [_, other] => {
            let kind = vm.type_name(other);
            Err(vm.type_error(format!("can only concatenate tuple (not \"{kind}\") to tuple")))
        }
        _ => Ok(Value::NotImplemented),
    }
}

fn reflected_add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    match args {
        [this, other] if other.as_tuple().is_some() => through_tuple(vm, "__add__", &[other.clone(), this.clone()]),
        _ => Ok(Value::NotImplemented),
    }
}

fn mul(vm: &mut Vm, args: &[Value]) -> R<Value> {
    through_tuple(vm, "__mul__", args)
}

fn numel(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let items = args.first().and_then(Value::as_tuple).unwrap_or(&[]);
    let count = items.iter().filter_map(Value::as_int).fold(1i64, i64::wrapping_mul);
    Ok(Value::Int(count))
}
