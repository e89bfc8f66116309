//! Storages as objects: `untyped_storage()` and the older `storage()`.

use super::torch;
use crate::array::storage::Storage;
use crate::array::{Array, Dtype, copy};
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::object::{Foreign, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{machine, result};
use std::any::Any;
use std::rc::Rc;

/// The storage of an array; typed or not.
pub struct StorageObject {
    class: ClassRef,
    /// The whole storage as one dimension.
    flat: Array,
    typed: bool,
}

impl StorageObject {
    pub fn storage(&self) -> &Rc<Storage> {
        self.flat.storage()
    }

    pub fn dtype(&self) -> Dtype {
        self.flat.dtype()
    }

    pub fn flat(&self) -> &Array {
        &self.flat
    }
}

impl Foreign for StorageObject {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn identity(&self) -> Option<usize> {
        (!self.typed).then(|| Rc::as_ptr(self.flat.storage()) as usize)
    }
}

/// The storage of an array.
pub fn object(vm: &mut Vm, array: &Array, typed: bool) -> Value {
    let torch = torch(vm);
    let (class, dtype) = if typed {
        (torch.classes.typed_storage.clone(), array.dtype())
    } else {
        (torch.classes.storage.clone(), Dtype::Uint8)
    };
    let count = (array.storage().len() / dtype.size()) as i64;
    let flat = array.reinterpret(dtype, smallvec::smallvec![count], smallvec::smallvec![1], 0);
    Value::object(Object::Foreign(Box::new(StorageObject { class, flat, typed })))
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Len, |_, args| Ok(with(args, |s| Value::size(s.flat.numel())))),
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::method(
        "size",
        "(self, /)",
        Parser::NoArgs,
        |_, args| Ok(with(args, |s| Value::size(s.flat.numel()))),
        "",
    ),
    ClassItem::method(
        "nbytes",
        "(self, /)",
        Parser::NoArgs,
        |_, args| Ok(with(args, |s| Value::size(s.storage().len()))),
        "",
    ),
    ClassItem::method(
        "element_size",
        "(self, /)",
        Parser::NoArgs,
        |_, args| Ok(with(args, |s| Value::size(s.dtype().size()))),
        "",
    ),
    ClassItem::method(
        "data_ptr",
        "(self, /)",
        Parser::NoArgs,
        |_, args| Ok(with(args, |s| Value::size(s.storage().pointer() as usize))),
        "",
    ),
    ClassItem::method("tolist", "(self, /)", Parser::NoArgs, tolist, ""),
    ClassItem::method(
        "untyped",
        "(self, /)",
        Parser::NoArgs,
        |vm, args| {
            let flat = args
                .first()
                .and_then(|this| this.as_foreign::<StorageObject>())
                .map(|s| s.flat.clone());
            Ok(flat.map_or(Value::None, |flat| object(vm, &flat, false)))
        },
        "",
    ),
    ClassItem::getter("device", |vm, _| Ok(super::device::object(vm, "cpu", None)), ""),
    ClassItem::getter(
        "dtype",
        |vm, this| {
            let dtype = this
                .as_foreign::<StorageObject>()
                .map_or(Dtype::Uint8, StorageObject::dtype);
            Ok(super::dtype::value(vm, dtype))
        },
        "",
    ),
    ClassItem::getter("is_cuda", |_, _| Ok(Value::False), ""),
];

fn with(args: &[Value], read: impl FnOnce(&StorageObject) -> Value) -> Value {
    args.first()
        .and_then(|this| this.as_foreign::<StorageObject>())
        .map_or(Value::None, read)
}

fn tolist(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(with(args, |storage| {
        Value::list(
            copy::elements(&storage.flat)
                .into_iter()
                .map(result::of_scalar)
                .collect(),
        )
    }))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, key] = args else { return Ok(Value::None) };
    let index = vm.index(key)?;
    let Some(storage) = this.as_foreign::<StorageObject>() else {
        return Ok(Value::None);
    };
    let count = storage.flat.numel() as i64;
    let at = if index < 0 { index + count } else { index };
    if !(0..count).contains(&at) {
        return Err(vm.index_error(format!("index {index} out of range for storage of size {count}")));
    }
    let element = storage.flat.view(smallvec::smallvec![], smallvec::smallvec![], at);
    Ok(result::of_scalar(machine::run(vm, || copy::item(&element))?))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(storage) = args.first().and_then(|this| this.as_foreign::<StorageObject>()) else {
        return Ok(Value::None);
    };
    let (flat, typed) = (storage.flat.clone(), storage.typed);
    let mut text = String::new();
    for element in copy::elements(&flat) {
        let shown = vm.repr(&result::of_scalar(element))?;
        text.push_str(&format!(" {shown}\n"));
    }
    let count = flat.numel();
    text += &if typed {
        format!(
            "[torch.storage.TypedStorage(dtype=torch.{}, device=cpu) of size {count}]",
            flat.dtype().name()
        )
    } else {
        format!("[torch.storage.UntypedStorage(device=cpu) of size {count}]")
    };
    Ok(Value::str(text))
}
