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

/// What the builtin classes are, in a line.
static DOCS: &[(&str, &str)] = &[
    ("object", "The base class of the class hierarchy."),
    (
        "type",
        "The class of classes: type(object) is its class, type(name, bases, dict) a new one.",
    ),
    (
        "int",
        "Whole numbers of any size; int(x) converts a number or text, int(text, base) reads other bases.",
    ),
    (
        "bool",
        "True and False, the two truth values; bool(x) is the truth of x.",
    ),
    (
        "float",
        "Floating-point numbers of 64 bits; float(x) converts a number or text.",
    ),
    ("complex", "Complex numbers; complex(real, imag) or complex(text)."),
    (
        "str",
        "Immutable text; str(object) is the object's informal representation.",
    ),
    ("bytes", "Immutable sequences of bytes."),
    ("bytearray", "Mutable sequences of bytes."),
    ("list", "Built-in mutable sequence."),
    ("tuple", "Built-in immutable sequence."),
    (
        "dict",
        "Mappings in the order of insertion; made of pairs, of another mapping, of keywords.",
    ),
    ("set", "Unordered collections of unique elements."),
    ("frozenset", "Immutable unordered collections of unique elements."),
    ("range", "Whole numbers from start up to, not including, stop, by step."),
    ("slice", "What stands between the brackets of a subscript with colons."),
    ("enumerate", "Pairs of a count and the values of an iterable."),
    ("zip", "Tuples of the elements of several iterables at the same place."),
    ("map", "The answers of a function for the elements of iterables."),
    (
        "filter",
        "The elements of an iterable for which a function answers true.",
    ),
    ("reversed", "The elements of a sequence, last one first."),
    ("property", "Attributes computed by functions."),
    ("classmethod", "Methods that take the class as their first argument."),
    (
        "staticmethod",
        "Functions in a class that take neither instance nor class.",
    ),
    (
        "super",
        "The methods of the classes behind one in the resolution order.",
    ),
];

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
        (&types.odict_keys, dict::view::SET_ITEMS),
        (&types.odict_items, dict::view::SET_ITEMS),
        (&types.odict_values, dict::view::VALUES_ITEMS),
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
    for class in types.all() {
        let name = class.name();
        let doc = DOCS
            .iter()
            .find(|(known, _)| **known == *name)
            .map_or(Value::None, |(_, doc)| Value::str(*doc));
        if !matches!(class.doc().and_then(|doc| doc.obj().map(|_| ())), Some(())) {
            class.set(vm.names.dunder_doc, doc);
        }
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
