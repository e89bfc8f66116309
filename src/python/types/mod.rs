//! The builtin types: one module a type, each with a table of its methods, put into the classes by [`install`].

/// Takes the arguments of a native method apart: `take!(args => list: as_list, item)` binds the receiver
/// through one of `Value`'s accessors and the other arguments by name. The binder guarantees both; should
/// it ever not, the answer is None rather than a panic.
macro_rules! take {
    ($args:ident => $this:ident : $accessor:ident $(, $name:ident)* $(,)?) => {
        let [receiver, $($name),*] = $args else { return Ok(Value::None) };
        let Some($this) = receiver.$accessor() else { return Ok(Value::NotImplemented) };
    };
    ($args:ident => $($name:ident),+ $(,)?) => {
        let [$($name),+] = $args else { return Ok(Value::None) };
    };
}
pub(crate) use take;

pub mod bool;
pub mod bytes;
pub mod codec;
pub mod complex;
pub mod dict;
pub mod float;
pub mod generic;
pub mod int;
pub mod iterators;
pub mod list;
pub mod number;
pub mod range;
pub mod sequence;
pub mod set;
pub mod singletons;
pub mod slice;
pub mod str;
pub mod tuple;

use super::class::ClassRef;
use super::format::{ErrorKind, FormatError};
use super::native::ClassItem;
use super::value::{R, Raised, Value};
use super::vm::Vm;

/// Gives the builtin classes their methods.
pub fn install(vm: &mut Vm) {
    let types = vm.types.clone();
    let tables: &[(&ClassRef, &'static [ClassItem])] = &[
        (&types.int, int::ITEMS),
        (&types.bool, bool::ITEMS),
        (&types.float, float::ITEMS),
        (&types.complex, complex::ITEMS),
        (&types.str, str::ITEMS),
        (&types.bytes, bytes::ITEMS),
        (&types.bytearray, bytes::array::ITEMS),
        (&types.list, list::ITEMS),
        (&types.tuple, tuple::ITEMS),
        (&types.dict, dict::ITEMS),
        (&types.dict_keys, dict::view::SET_ITEMS),
        (&types.dict_items, dict::view::SET_ITEMS),
        (&types.dict_values, dict::view::VALUES_ITEMS),
        (&types.mappingproxy, dict::proxy::ITEMS),
        (&types.set, set::SET_ITEMS),
        (&types.frozenset, set::FROZENSET_ITEMS),
        (&types.range, range::ITEMS),
        (&types.generic_alias, generic::ALIAS_ITEMS),
        (&types.union_type, generic::UNION_ITEMS),
        (&types.slice, slice::ITEMS),
        (&types.none_type, singletons::NONE_ITEMS),
        (&types.ellipsis, singletons::ELLIPSIS_ITEMS),
        (&types.not_implemented_type, singletons::NOT_IMPLEMENTED_ITEMS),
        (&types.enumerate, iterators::ENUMERATE_ITEMS),
        (&types.zip, iterators::ZIP_ITEMS),
        (&types.map, iterators::MAP_ITEMS),
        (&types.filter, iterators::FILTER_ITEMS),
        (&types.reversed, iterators::REVERSED_ITEMS),
    ];
    for (class, items) in tables {
        vm.define(class, items);
    }
    for class in [&types.generic_alias, &types.union_type] {
        class.module.replace("types".into());
    }
    for class in iterators::plain_iterator_classes(&types) {
        vm.define(class, iterators::ITERATOR_ITEMS);
    }
}

impl FormatError {
    /// Raises the refusal as the exception it stands for.
    pub fn raise(self, vm: &mut Vm) -> Raised {
        match self.kind {
            ErrorKind::Value => vm.value_error(self.message),
            ErrorKind::Type => vm.type_error(self.message),
            ErrorKind::Overflow => vm.overflow_error(self.message),
            ErrorKind::Index => vm.index_error(self.message),
            ErrorKind::Key => vm.key_error(&Value::str(self.message)),
            ErrorKind::Memory => vm.memory_error(self.message),
        }
    }
}

/// The setter of attributes that are fields of a C struct in CPython: refuses, in its words.
fn read_only(vm: &mut Vm, _this: &Value, _value: Value) -> R<()> {
    Err(vm.plain_attribute_error("readonly attribute"))
}

/// Writes the `repr` of a container; `again` stands for the container inside itself.
pub fn guarded_repr(vm: &mut Vm, value: &Value, again: &str, write: impl FnOnce(&mut Vm) -> R<String>) -> R<String> {
    if !vm.repr_enter(value) {
        return Ok(again.to_string());
    }
    let text = write(vm);
    vm.repr_leave();
    text
}

/// All items of an iterable; None when the value is not iterable at all.
pub fn iterable_items(vm: &mut Vm, value: &Value) -> R<Option<Vec<Value>>> {
    let class = vm.class_of(value);
    let has = |slot| class.slot(slot).is_some_and(|method| !method.is_none());
    let iterable = has(super::class::Slot::Iter) || has(super::class::Slot::GetItem) || vm.is_iterator(value);
    if iterable {
        vm.collect(value).map(Some)
    } else {
        Ok(None)
    }
}
