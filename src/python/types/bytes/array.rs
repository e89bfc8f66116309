//! `bytearray`: bytes that change.

use super::*;
use crate::python::class::slot::Slot;

pub static ITEMS: &[ClassItem] = byte_rows![
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Wrapper,
        new_array,
        ""
    )),
    ClassItem::Method(NativeDef::new(
        "__init__",
        "(self, source=b'', encoding='utf-8', errors='strict')",
        Parser::Keywords,
        init_array,
        ""
    )),
    row!(
        "append",
        "(self, item, /)",
        One,
        append,
        "Append a single item to the end of the bytearray."
    ),
    row!(
        "clear",
        "(self, /)",
        NoArgs,
        clear,
        "Remove all items from the bytearray."
    ),
    row!("copy", "(self, /)", NoArgs, copy, "Return a copy of B."),
    row!(
        "extend",
        "(self, iterable_of_ints, /)",
        One,
        extend,
        "Append all the items from the iterator or sequence to the end of the bytearray."
    ),
    row!(
        "insert",
        "(self, index, item, /)",
        Clinic,
        insert,
        "Insert a single item into the bytearray before the given index."
    ),
    row!(
        "pop",
        "(self, index=-1, /)",
        Clinic,
        pop,
        "Remove and return a single item from B."
    ),
    row!(
        "remove",
        "(self, value, /)",
        One,
        remove,
        "Remove the first occurrence of a value in the bytearray."
    ),
    row!(
        "reverse",
        "(self, /)",
        NoArgs,
        reverse,
        "Reverse the order of the values in B in place."
    ),
    ClassItem::special(Slot::SetItem, set_item),
    ClassItem::special(Slot::DelItem, del_item),
    ClassItem::slot("__iadd__", BINARY, iadd, "Implement self+=value."),
    ClassItem::slot("__imul__", BINARY, imul, "Implement self*=value."),
    ClassItem::special(Slot::Repr, repr_array),
    ClassItem::Constant {
        name: "__hash__",
        make: |_| Value::None
    },
];

const NOT_A_BYTE: &str = "byte must be in range(0, 256)";

fn new_array(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, ..] = args else { return Ok(Value::None) };
    Ok(vm.instance_of(class, Value::object(Object::ByteArray(RefCell::default()))))
}

fn init_array(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray, source, encoding, errors);
    let bytes = from_source(vm, source, encoding, errors, "byte")?;
    array.replace(bytes);
    Ok(Value::None)
}

fn append(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray, item);
    let item = byte(vm, item, NOT_A_BYTE)?;
    array.borrow_mut().push(item);
    Ok(Value::None)
}

fn clear(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray);
    array.borrow_mut().clear();
    Ok(Value::None)
}

fn copy(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray);
    Ok(Value::object(Object::ByteArray(RefCell::new(array.borrow().clone()))))
}

/// Bytes to add: of a bytes-like object, or integers of an iterable.
fn added(vm: &mut Vm, value: &Value) -> R<Vec<u8>> {
    if let Some(bytes) = bytes_like(value) {
        return Ok(bytes);
    }
    match iterable_items(vm, value)? {
        Some(items) => items.iter().map(|item| byte(vm, item, NOT_A_BYTE)).collect(),
        None => {
            let class = vm.type_name(value);
            Err(vm.type_error(format!("can't extend bytearray with {class}")))
        }
    }
}

fn extend(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray, iterable);
    let bytes = added(vm, iterable)?;
    array.borrow_mut().extend(bytes);
    Ok(Value::None)
}

fn insert(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray, index, item);
    let (index, item) = (vm.index(index)?, byte(vm, item, NOT_A_BYTE)?);
    let mut bytes = array.borrow_mut();
    let length = bytes.len() as i64;
    let at = if index < 0 {
        index.saturating_add(length).max(0)
    } else {
        index.min(length)
    };
    bytes.insert(at as usize, item);
    Ok(Value::None)
}

fn pop(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray, index);
    let index = if index.is_unset() { -1 } else { vm.index(index)? };
    let length = array.borrow().len();
    if length == 0 {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let at = sequence::place(vm, index, length, "pop index out of range")?;
    let removed = array.borrow_mut().remove(at);
    Ok(Value::Int(i64::from(removed)))
}

fn remove(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray, value);
    let wanted = byte(vm, value, NOT_A_BYTE)?;
    let found = array.borrow().iter().position(|byte| *byte == wanted);
    match found {
        Some(at) => {
            array.borrow_mut().remove(at);
            Ok(Value::None)
        }
        None => Err(vm.value_error("value not found in bytearray")),
    }
}

fn reverse(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray);
    array.borrow_mut().reverse();
    Ok(Value::None)
}

fn set_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray, key, value);
    let length = array.borrow().len();
    match sequence::subscript(vm, key, "bytearray indices")? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, length, "bytearray index out of range")?;
            let item = byte(vm, value, NOT_A_BYTE)?;
            if let Some(place) = array.borrow_mut().get_mut(at) {
                *place = item;
            }
        }
        Subscript::Slice(slice) => {
            let items = added(vm, value)?;
            let bounds = sequence::bounds(vm, slice, length)?;
            if bounds.step == 1 {
                array.borrow_mut().splice(bounds.range(), items);
            } else if items.len() != bounds.count {
                return Err(vm.value_error(format!(
                    "attempt to assign bytes of size {} to extended slice of size {}",
                    items.len(),
                    bounds.count
                )));
            } else {
                let mut bytes = array.borrow_mut();
                for (at, item) in bounds.indices().zip(items) {
                    if let Some(place) = bytes.get_mut(at) {
                        *place = item;
                    }
                }
            }
        }
    }
    Ok(Value::None)
}

fn del_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => array: as_bytearray, key);
    let length = array.borrow().len();
    match sequence::subscript(vm, key, "bytearray indices")? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, length, "bytearray index out of range")?;
            array.borrow_mut().remove(at);
        }
        Subscript::Slice(slice) => {
            let mut doomed: Vec<usize> = sequence::bounds(vm, slice, length)?.indices().collect();
            doomed.sort_unstable();
            let mut at = 0;
            array.borrow_mut().retain(|_| {
                at += 1;
                doomed.binary_search(&(at - 1)).is_err()
            });
        }
    }
    Ok(Value::None)
}

fn iadd(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let (Some(array), Some(bytes)) = (this.as_bytearray(), bytes_like(other)) else {
        let (left, right) = (vm.type_name(this), vm.type_name(other));
        return Err(vm.type_error(format!("can't concat {right} to {left}")));
    };
    array.borrow_mut().extend(bytes);
    Ok(this.clone())
}

fn repr_array(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let class = vm.type_name(this);
    let bytes = bytes_like(this).unwrap_or_default();
    Ok(Value::str(quote::bytearray_repr(&bytes, &class)))
}

fn imul(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, _times);
    let repeated = mul(vm, args)?;
    if let (Some(array), Some(bytes)) = (this.as_bytearray(), bytes_like(&repeated)) {
        array.replace(bytes);
    }
    Ok(this.clone())
}
