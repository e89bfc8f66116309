//! Containers and iteration: length, items, membership, iterators, `__index__`.

use super::Vm;
use crate::python::class::{Flags, Slot};
use crate::python::object::iterator::{ListIterator, RangeIterator};
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Raised, Value};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use std::cell::{Cell, RefCell};

/// Items that a list made from an iterable may have.
const MOST_COLLECTED: usize = 1 << 30;

impl Vm {
    /// `len(value)`
    pub fn len(&mut self, value: &Value) -> R<usize> {
        match value.obj() {
            Some(Object::List(list)) => return Ok(list.len()),
            Some(Object::Str(text)) => return Ok(text.len()),
            Some(Object::Tuple(items)) => return Ok(items.len()),
            Some(Object::Dict(dict)) => return Ok(dict.len()),
            Some(Object::Set(set) | Object::FrozenSet(set)) => return Ok(set.len()),
            _ => {}
        }
        let Some(answer) = self.call_slot(value, Slot::Len, &[])? else {
            let kind = self.type_name(value);
            return Err(self.type_error(format!("object of type '{kind}' has no len()")));
        };
        let Some(length) = self.try_index(&answer)? else {
            let kind = self.type_name(&answer);
            return Err(self.type_error(format!("'{kind}' object cannot be interpreted as an integer")));
        };
        if length.is_negative() {
            return Err(self.value_error("__len__() should return >= 0"));
        }
        match length.to_usize().filter(|n| *n <= i64::MAX as usize) {
            Some(length) => Ok(length),
            None => Err(self.overflow_error("cannot fit 'int' into an index-sized integer")),
        }
    }

    /// `operator.length_hint(value, default)`
    pub fn length_hint(&mut self, value: &Value, default: usize) -> R<usize> {
        if let Some(Object::Iterator(iterator)) = value.obj() {
            return Ok(iterator.length_hint().unwrap_or(default));
        }
        if self.class_of(value).slot(Slot::Len).is_some() {
            return self.len(value);
        }
        match self.call_slot(value, Slot::LengthHint, &[])? {
            Some(answer) => Ok(answer.as_int().and_then(|n| usize::try_from(n).ok()).unwrap_or(default)),
            None => Ok(default),
        }
    }

    /// `__index__` as an integer of any size; None when the value has none.
    pub fn try_index(&mut self, value: &Value) -> R<Option<BigInt>> {
        if let Some(number) = value.as_bigint() {
            return Ok(Some(number));
        }
        match self.call_slot(value, Slot::Index, &[])? {
            None => Ok(None),
            Some(answer) => match answer.as_bigint() {
                Some(number) => Ok(Some(number)),
                None => {
                    let kind = self.type_name(&answer);
                    Err(self.type_error(format!("__index__ returned non-int (type {kind})")))
                }
            },
        }
    }

    /// `__index__` of any size, or `'str' object cannot be interpreted as an integer`.
    pub fn index_big(&mut self, value: &Value) -> R<BigInt> {
        match self.try_index(value)? {
            Some(number) => Ok(number),
            None => {
                let kind = self.type_name(value);
                Err(self.type_error(format!("'{kind}' object cannot be interpreted as an integer")))
            }
        }
    }

    /// `__index__` to 64 bits; beyond them OverflowError `Python int too large to convert to C ssize_t`.
    #[inline]
    pub fn index(&mut self, value: &Value) -> R<i64> {
        if let Value::Int(number) = value {
            return Ok(*number);
        }
        let number = self.index_big(value)?;
        match number.to_i64() {
            Some(number) => Ok(number),
            None => Err(self.overflow_error("Python int too large to convert to C ssize_t")),
        }
    }

    /// As `index`, clamped to the ends of 64 bits (as slice bounds are).
    pub fn index_clamped(&mut self, value: &Value) -> R<i64> {
        let number = self.index_big(value)?;
        Ok(number
            .to_i64()
            .unwrap_or(if number.is_negative() { i64::MIN } else { i64::MAX }))
    }

    /// `container[key]`
    #[inline]
    pub fn get_item(&mut self, container: &Value, key: &Value) -> R<Value> {
        match (container.obj(), key) {
            (Some(Object::List(list)), Value::Int(index)) => {
                let items = list.borrow();
                let at = if *index < 0 {
                    index.wrapping_add(items.len() as i64)
                } else {
                    *index
                };
                if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
                    return Ok(item.clone());
                }
                drop(items);
                Err(self.index_error("list index out of range"))
            }
            (Some(Object::Tuple(items)), Value::Int(index)) => {
                let at = if *index < 0 {
                    index.wrapping_add(items.len() as i64)
                } else {
                    *index
                };
                match usize::try_from(at).ok().and_then(|at| items.get(at)) {
                    Some(item) => Ok(item.clone()),
                    None => Err(self.index_error("tuple index out of range")),
                }
            }
            (Some(Object::Dict(dict)), _) => match dict.get(self, key)? {
                Some(value) => Ok(value),
                None => Err(self.key_error(key)),
            },
            _ => self.get_item_slow(container, key),
        }
    }

    fn get_item_slow(&mut self, container: &Value, key: &Value) -> R<Value> {
        let class = self.class_of(container);
        if let Some(method) = class.slot(Slot::GetItem) {
            return self.call_slot_method(&method, container, key);
        }
        if let Some(class) = container.as_class() {
            // a class: `__class_getitem__`
            if let Some(method) = class.slot(Slot::ClassGetItem) {
                let owner = container.clone();
                let bound = self.bind_class_attribute(method, &owner)?;
                return self.call(&bound, std::slice::from_ref(key));
            }
            let name = class.shown_name();
            return Err(self.type_error(format!("type '{name}' is not subscriptable")));
        }
        let kind = class.shown_name();
        Err(self.type_error(format!("'{kind}' object is not subscriptable")))
    }

    /// `container[key] = value`
    pub fn set_item(&mut self, container: &Value, key: &Value, value: Value) -> R<()> {
        match (container.obj(), key) {
            (Some(Object::List(list)), Value::Int(index)) => {
                let mut items = list.borrow_mut();
                let at = if *index < 0 {
                    index.wrapping_add(items.len() as i64)
                } else {
                    *index
                };
                if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get_mut(at)) {
                    let old = std::mem::replace(item, value);
                    drop(items);
                    drop(old);
                    return Ok(());
                }
                drop(items);
                return Err(self.index_error("list assignment index out of range"));
            }
            (Some(Object::Dict(dict)), _) => {
                dict.insert(self, key.clone(), value)?;
                return Ok(());
            }
            _ => {}
        }
        let class = self.class_of(container);
        match class.slot(Slot::SetItem) {
            Some(method) => {
                self.call_with_receiver(&method, container.clone(), CallArgs::positional(&[key.clone(), value]))?;
                Ok(())
            }
            None => {
                let kind = class.shown_name();
                Err(self.type_error(format!("'{kind}' object does not support item assignment")))
            }
        }
    }

    /// `del container[key]`
    pub fn del_item(&mut self, container: &Value, key: &Value) -> R<()> {
        let class = self.class_of(container);
        match class.slot(Slot::DelItem) {
            Some(method) => {
                self.call_slot_method(&method, container, key)?;
                Ok(())
            }
            None => {
                let kind = class.shown_name();
                // a sequence's refusal of an index is worded apart
                let sequence = class.has(Flags::HEAP) || class.slot(Slot::Len).is_some();
                let not = if sequence && self.try_index(key)?.is_some() {
                    "doesn't"
                } else {
                    "does not"
                };
                Err(self.type_error(format!("'{kind}' object {not} support item deletion")))
            }
        }
    }

    /// `item in container`
    pub fn contains(&mut self, container: &Value, item: &Value) -> R<bool> {
        match container.obj() {
            Some(Object::Dict(dict)) => return dict.contains(self, item),
            Some(Object::List(list)) => {
                let mut at = 0;
                while let Some(candidate) = list.get(at) {
                    if self.equal(&candidate, item)? {
                        return Ok(true);
                    }
                    at += 1;
                }
                return Ok(false);
            }
            Some(Object::Tuple(items)) => {
                for candidate in items.iter() {
                    if self.equal(candidate, item)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            _ => {}
        }
        let class = self.class_of(container);
        match class.slot(Slot::Contains) {
            Some(method) if method.is_none() => {
                let kind = class.shown_name();
                Err(self.type_error(format!("'{kind}' object is not a container")))
            }
            Some(method) => {
                let answer = self.call_slot_method(&method, container, item)?;
                self.truth(&answer)
            }
            None => {
                if class.slot(Slot::Iter).is_none() && class.slot(Slot::GetItem).is_none() {
                    let kind = class.shown_name();
                    return Err(self.type_error(format!("argument of type '{kind}' is not iterable")));
                }
                let iterator = self.iter(container)?;
                while let Some(candidate) = self.next(&iterator)? {
                    if self.equal(&candidate, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// `iter(value)`
    pub fn iter(&mut self, value: &Value) -> R<Value> {
        match value.obj() {
            Some(Object::List(_) | Object::Tuple(_)) => {
                let sequence = RefCell::new(value.clone());
                return Ok(Value::object(Object::ListIterator(ListIterator {
                    index: Cell::new(0),
                    sequence,
                })));
            }
            Some(Object::Range(range)) => {
                return Ok(Value::object(Object::RangeIterator(RangeIterator {
                    current: Cell::new(range.start),
                    left: Cell::new(range.len()),
                    step: range.step,
                })));
            }
            Some(Object::Generator(_) | Object::RangeIterator(_) | Object::ListIterator(_) | Object::Iterator(_)) => {
                return match value.obj() {
                    Some(Object::Generator(generator)) if !generator.iterates() => Err(self.not_iterable(value)),
                    _ => Ok(value.clone()),
                };
            }
            _ => {}
        }
        let class = self.class_of(value);
        match class.slot(Slot::Iter) {
            Some(method) if method.is_none() => Err(self.not_iterable(value)),
            Some(method) => {
                let iterator = self.call_with_receiver(&method, value.clone(), CallArgs::positional(&[]))?;
                if !self.is_iterator(&iterator) {
                    let kind = self.type_name(&iterator);
                    return Err(self.type_error(format!("iter() returned non-iterator of type '{kind}'")));
                }
                Ok(iterator)
            }
            None if class.slot(Slot::GetItem).is_some() && value.as_dict().is_none() => {
                Ok(Value::object(Object::Iterator(Box::new(SequenceIterator {
                    class: self.types.iterator.clone(),
                    sequence: RefCell::new(value.clone()),
                    index: Cell::new(0),
                }))))
            }
            None => Err(self.not_iterable(value)),
        }
    }

    #[cold]
    pub(crate) fn not_iterable(&mut self, value: &Value) -> Raised {
        let kind = self.type_name(value);
        self.type_error(format!("'{kind}' object is not iterable"))
    }

    /// Whether a value has `__next__`.
    pub fn is_iterator(&self, value: &Value) -> bool {
        match value.obj() {
            Some(Object::RangeIterator(_) | Object::ListIterator(_) | Object::Iterator(_)) => true,
            Some(Object::Generator(generator)) => generator.iterates(),
            _ => self.class_of(value).slot(Slot::Next).is_some(),
        }
    }

    /// The next item of an iterator, None at its end.
    #[inline]
    pub fn next(&mut self, iterator: &Value) -> R<Option<Value>> {
        self.step()?;
        match iterator.obj() {
            Some(Object::RangeIterator(range)) => Ok(range.next().map(Value::Int)),
            Some(Object::ListIterator(list)) => Ok(list.next()),
            Some(Object::Iterator(native)) => native.next(self),
            _ => self.next_slow(iterator),
        }
    }

    fn next_slow(&mut self, iterator: &Value) -> R<Option<Value>> {
        if let Some(Object::Generator(_)) = iterator.obj() {
            return self.resume_generator(iterator, Value::None);
        }
        let class = self.class_of(iterator);
        let Some(method) = class.slot(Slot::Next) else {
            let kind = class.shown_name();
            return Err(self.type_error(format!("'{kind}' object is not an iterator")));
        };
        match self.call_with_receiver(&method, iterator.clone(), CallArgs::positional(&[])) {
            Ok(item) => Ok(Some(item)),
            Err(raised) => {
                let stop = self.exceptions.stop_iteration.clone();
                if self.caught(&stop) { Ok(None) } else { Err(raised) }
            }
        }
    }

    /// All items of an iterable.
    pub fn collect(&mut self, iterable: &Value) -> R<Vec<Value>> {
        match iterable.obj() {
            Some(Object::List(list)) => return Ok(list.snapshot()),
            Some(Object::Tuple(items)) => return Ok(items.to_vec()),
            _ => {}
        }
        if let Some(Object::Range(range)) = iterable.obj()
            && range.len() > MOST_COLLECTED as u64
        {
            return Err(self.memory_error(""));
        }
        let iterator = self.iter(iterable)?;
        let mut items = Vec::new();
        while let Some(item) = self.next(&iterator)? {
            if items.len() == items.capacity()
                && (items.len() > MOST_COLLECTED || items.try_reserve(items.len().max(8)).is_err())
            {
                return Err(self.memory_error(""));
            }
            items.push(item);
            if items.len() % 1024 == 0 {
                self.poll()?;
            }
        }
        Ok(items)
    }
}

impl ListIterator {
    #[inline(always)]
    pub fn next(&self) -> Option<Value> {
        let at = self.index.get();
        let item = match self.sequence.borrow().obj() {
            Some(Object::List(list)) => list.get(at),
            Some(Object::Tuple(items)) => items.get(at).cloned(),
            _ => return None,
        };
        self.index.set(at + 1);
        if item.is_none() {
            self.sequence.replace(Value::Unset);
        }
        item
    }
}

/// Iterates over an object with `__getitem__` only.
struct SequenceIterator {
    class: crate::python::class::ClassRef,
    sequence: RefCell<Value>,
    index: Cell<i64>,
}

impl crate::python::object::NativeIterator for SequenceIterator {
    fn class(&self) -> &crate::python::class::ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let sequence = self.sequence.borrow().clone();
        if sequence.is_unset() {
            return Ok(None);
        }
        let at = self.index.replace(self.index.get() + 1);
        match vm.get_item(&sequence, &Value::Int(at)) {
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

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
