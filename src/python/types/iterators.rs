//! `enumerate`, `zip`, `map`, `filter`, `reversed`, `iter(callable, sentinel)`, and the methods of all iterators.

use crate::python::class::{ClassRef, Slot, Types};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{NativeIterator, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use num_bigint::BigInt;
use std::cell::{Cell, RefCell};

macro_rules! iterator_rows {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            ClassItem::special(Slot::Iter, itself),
            ClassItem::special(Slot::Next, next),
        ]
    };
}

/// Methods of the iterators of builtin containers.
pub static ITERATOR_ITEMS: &[ClassItem] = iterator_rows![ClassItem::method(
    "__length_hint__",
    "(self, /)",
    Parser::NoArgs,
    length_hint,
    "Private method returning an estimate of len(list(it))."
),];

pub static ENUMERATE_ITEMS: &[ClassItem] = iterator_rows![
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, iterable=None, start=0)",
        Parser::Clinic,
        new_enumerate,
        ""
    )),
    ClassItem::ClassMethod(NativeDef::new(
        "__class_getitem__",
        "(cls, object, /)",
        Parser::One,
        super::generic::alias,
        "See PEP 585"
    )),
];

pub static ZIP_ITEMS: &[ClassItem] = iterator_rows![ClassItem::New(NativeDef::new(
    "__new__",
    "(cls, /, *iterables, **kwargs)",
    Parser::Wrapper,
    new_zip,
    ""
)),];

pub static MAP_ITEMS: &[ClassItem] = iterator_rows![ClassItem::New(NativeDef::new(
    "__new__",
    "(cls, /, *args)",
    Parser::Unpack,
    new_map,
    ""
)),];

pub static FILTER_ITEMS: &[ClassItem] = iterator_rows![ClassItem::New(NativeDef::new(
    "__new__",
    "(cls, function, iterable, /)",
    Parser::Unpack,
    new_filter,
    ""
)),];

pub static REVERSED_ITEMS: &[ClassItem] = iterator_rows![
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, sequence, /)",
        Parser::Unpack,
        new_reversed,
        ""
    )),
    ClassItem::method(
        "__length_hint__",
        "(self, /)",
        Parser::NoArgs,
        length_hint,
        "Private method returning an estimate of len(list(it))."
    ),
];

/// The iterator classes that have nothing but [`ITERATOR_ITEMS`].
pub fn plain_iterator_classes(types: &Types) -> [&ClassRef; 17] {
    [
        &types.list_iterator,
        &types.list_reverseiterator,
        &types.tuple_iterator,
        &types.range_iterator,
        &types.str_iterator,
        &types.str_ascii_iterator,
        &types.bytes_iterator,
        &types.bytearray_iterator,
        &types.set_iterator,
        &types.dict_keyiterator,
        &types.dict_valueiterator,
        &types.dict_itemiterator,
        &types.dict_reversekeyiterator,
        &types.dict_reversevalueiterator,
        &types.dict_reverseitemiterator,
        &types.callable_iterator,
        &types.iterator,
    ]
}

fn itself(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(this.clone())
}

fn next(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    match vm.next(this.payload())? {
        Some(item) => Ok(item),
        None => Err(vm.stop_iteration(Value::None)),
    }
}

fn length_hint(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let hint = match this.payload().obj() {
        Some(Object::Iterator(iterator)) => iterator.length_hint(),
        Some(Object::RangeIterator(range)) => Some(range.left.get() as usize),
        Some(Object::ListIterator(list)) => {
            let length = match list.sequence.borrow().obj() {
                Some(Object::List(items)) => items.len(),
                Some(Object::Tuple(items)) => items.len(),
                _ => 0,
            };
            Some(length.saturating_sub(list.index.get()))
        }
        _ => None,
    };
    Ok(hint.map_or(Value::NotImplemented, Value::size))
}

/// An instance of an iterator class given to `__new__`, which may be a Python subclass.
fn made(vm: &mut Vm, class: &Value, iterator: impl NativeIterator) -> Value {
    vm.instance_of(class, Value::object(Object::Iterator(Box::new(iterator))))
}

struct Enumerate {
    class: ClassRef,
    inner: Value,
    count: RefCell<Value>,
}

impl NativeIterator for Enumerate {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let Some(item) = vm.next(&self.inner)? else {
            return Ok(None);
        };
        let count = self.count.borrow().clone();
        let after = match count.as_int().and_then(|i| i.checked_add(1)) {
            Some(i) => Value::Int(i),
            None => Value::big(count.as_bigint().unwrap_or_default() + BigInt::from(1)),
        };
        self.count.replace(after);
        Ok(Some(Value::tuple([count, item])))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn new_enumerate(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, iterable, start);
    if iterable.is_unset() {
        return Err(vm.type_error("enumerate() missing required argument 'iterable'"));
    }
    let start = if start.is_unset() {
        Value::Int(0)
    } else {
        Value::big(vm.index_big(start)?)
    };
    let inner = vm.iter(iterable)?;
    let iterator = Enumerate {
        class: vm.types.enumerate.clone(),
        inner,
        count: RefCell::new(start),
    };
    Ok(made(vm, class, iterator))
}

struct Zip {
    class: ClassRef,
    inner: Vec<Value>,
    strict: bool,
}

impl Zip {
    /// What a strict zip says when argument `at` (from 0) ended at another time than those before it.
    fn mismatch(&self, vm: &mut Vm, at: usize, how: &str) -> crate::python::value::Raised {
        let before = if at == 1 {
            String::from(" 1")
        } else {
            format!("s 1-{at}")
        };
        vm.value_error(format!("zip() argument {} is {how} than argument{before}", at + 1))
    }
}

impl NativeIterator for Zip {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        if self.inner.is_empty() {
            return Ok(None);
        }
        let mut items = Vec::with_capacity(self.inner.len());
        for (at, inner) in self.inner.iter().enumerate() {
            match vm.next(inner)? {
                Some(item) => items.push(item),
                None if self.strict && at > 0 => return Err(self.mismatch(vm, at, "shorter")),
                None if self.strict => {
                    for (later, inner) in self.inner.iter().enumerate().skip(1) {
                        if vm.next(inner)?.is_some() {
                            return Err(self.mismatch(vm, later, "longer"));
                        }
                    }
                    return Ok(None);
                }
                None => return Ok(None),
            }
        }
        Ok(Some(Value::tuple(items)))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn new_zip(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, iterables, keywords);
    let mut strict = false;
    if let Some(keywords) = keywords.as_dict() {
        for (key, value) in keywords.pairs() {
            match key.as_str() {
                Some("strict") => strict = vm.truth(&value)?,
                other => {
                    let name = other.unwrap_or("").to_string();
                    return Err(vm.type_error(format!("'{name}' is an invalid keyword argument for zip()")));
                }
            }
        }
    }
    let mut inner = Vec::new();
    for (at, iterable) in iterables.as_tuple().unwrap_or(&[]).iter().enumerate() {
        match vm.iter(iterable) {
            Ok(iterator) => inner.push(iterator),
            Err(raised) => {
                let type_error = vm.exceptions.type_error.clone();
                let has_iter = vm.class_of(iterable).slot(Slot::Iter).is_some();
                if has_iter || !vm.caught(&type_error) {
                    return Err(raised);
                }
                let kind = vm.type_name(iterable);
                let _ = at;
                return Err(vm.type_error(format!("'{kind}' object is not iterable")));
            }
        }
    }
    let iterator = Zip {
        class: vm.types.zip.clone(),
        inner,
        strict,
    };
    Ok(made(vm, class, iterator))
}

struct Map {
    class: ClassRef,
    function: Value,
    inner: Vec<Value>,
}

impl NativeIterator for Map {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let mut items: smallvec::SmallVec<[Value; 4]> = smallvec::SmallVec::new();
        for inner in &self.inner {
            match vm.next(inner)? {
                Some(item) => items.push(item),
                None => return Ok(None),
            }
        }
        vm.call(&self.function, &items).map(Some)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn new_map(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, arguments);
    let [function, iterables @ ..] = arguments.as_tuple().unwrap_or(&[]) else {
        return Err(vm.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(vm.type_error("map() must have at least two arguments."));
    }
    let mut inner = Vec::with_capacity(iterables.len());
    for iterable in iterables {
        inner.push(vm.iter(iterable)?);
    }
    let iterator = Map {
        class: vm.types.map.clone(),
        function: function.clone(),
        inner,
    };
    Ok(made(vm, class, iterator))
}

struct Filter {
    class: ClassRef,
    /// None keeps what is true.
    function: Value,
    inner: Value,
}

impl NativeIterator for Filter {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let by_truth = self.function.is_none() || self.function.as_class().is_some_and(|c| c.same(&vm.types.bool));
        while let Some(item) = vm.next(&self.inner)? {
            let keep = if by_truth {
                vm.truth(&item)?
            } else {
                let answer = vm.call(&self.function, std::slice::from_ref(&item))?;
                vm.truth(&answer)?
            };
            if keep {
                return Ok(Some(item));
            }
            vm.poll()?;
        }
        Ok(None)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn new_filter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, function, iterable);
    let inner = vm.iter(iterable)?;
    let iterator = Filter {
        class: vm.types.filter.clone(),
        function: function.clone(),
        inner,
    };
    Ok(made(vm, class, iterator))
}

/// `reversed` of anything with `__len__` and `__getitem__`.
struct Reversed {
    class: ClassRef,
    /// Unset once exhausted.
    sequence: RefCell<Value>,
    /// One more than the index of the next item.
    left: Cell<usize>,
}

impl NativeIterator for Reversed {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let sequence = self.sequence.borrow().clone();
        let left = self.left.get();
        if sequence.is_unset() || left == 0 {
            self.sequence.replace(Value::Unset);
            return Ok(None);
        }
        self.left.set(left - 1);
        match vm.get_item(&sequence, &Value::size(left - 1)) {
            Ok(item) => Ok(Some(item)),
            Err(raised) => {
                let (index, stop) = (vm.exceptions.index_error.clone(), vm.exceptions.stop_iteration.clone());
                if vm.caught(&index) || vm.caught(&stop) {
                    self.sequence.replace(Value::Unset);
                    return Ok(None);
                }
                Err(raised)
            }
        }
    }

    fn length_hint(&self) -> Option<usize> {
        Some(if self.sequence.borrow().is_unset() {
            0
        } else {
            self.left.get()
        })
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn new_reversed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, sequence);
    let kind = vm.class_of(sequence);
    match kind.slot(Slot::Reversed) {
        Some(method) if method.is_none() => {
            let name = kind.shown_name();
            return Err(vm.type_error(format!("'{name}' object is not reversible")));
        }
        Some(_) => {
            if let Some(answer) = vm.call_slot(sequence, Slot::Reversed, &[])? {
                return Ok(answer);
            }
        }
        None => {}
    }
    let is_sequence = kind.slot(Slot::GetItem).is_some() && sequence.as_dict().is_none() && sequence.as_set().is_none();
    if !is_sequence {
        let name = kind.shown_name();
        return Err(vm.type_error(format!("'{name}' object is not reversible")));
    }
    let left = vm.len(sequence)?;
    let iterator = Reversed {
        class: vm.types.reversed.clone(),
        sequence: RefCell::new(sequence.clone()),
        left: Cell::new(left),
    };
    Ok(made(vm, class, iterator))
}

/// `iter(callable, sentinel)`
struct CallIterator {
    class: ClassRef,
    /// Unset once exhausted.
    function: RefCell<Value>,
    sentinel: Value,
}

impl NativeIterator for CallIterator {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let function = self.function.borrow().clone();
        if function.is_unset() {
            return Ok(None);
        }
        match vm.call(&function, &[]) {
            Ok(item) => {
                if vm.equal(&self.sentinel, &item)? {
                    self.function.replace(Value::Unset);
                    return Ok(None);
                }
                Ok(Some(item))
            }
            Err(raised) => {
                let stop = vm.exceptions.stop_iteration.clone();
                if vm.caught(&stop) {
                    self.function.replace(Value::Unset);
                    return Ok(None);
                }
                Err(raised)
            }
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// An iterator that calls `function` until it answers `sentinel`.
pub fn call_iterator(vm: &mut Vm, function: &Value, sentinel: &Value) -> Value {
    Value::object(Object::Iterator(Box::new(CallIterator {
        class: vm.types.callable_iterator.clone(),
        function: RefCell::new(function.clone()),
        sentinel: sentinel.clone(),
    })))
}
