//! What a register holds: 16 bytes, every payload one 64-bit word, so that a value
//! travels in two machine registers.

use super::class::ClassRef;
use super::object::{Dict, List, Object, Set, Str};
use compact_str::CompactString;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::cell::RefCell;
use std::rc::Rc;

/// The mark of a raised exception. It carries nothing: the exception waits in the
/// machine (`Vm::take_exception`), which keeps `R<Value>` small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised;

/// What everything that can raise returns.
pub type R<T> = Result<T, Raised>;

/// A float by its bits: an integer payload like all others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FloatBits(u64);

impl FloatBits {
    #[inline(always)]
    pub fn new(number: f64) -> FloatBits {
        FloatBits(number.to_bits())
    }

    #[inline(always)]
    pub fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// A Python value. Small ones are immediate, all others shared objects.
#[derive(Default)]
pub enum Value {
    /// No value: an unassigned variable, an omitted argument. Never visible to a program.
    #[default]
    Unset,
    None,
    False,
    True,
    NotImplemented,
    Ellipsis,
    /// An `int` of 64 bits; larger ones are `Object::Big`, never the other way round.
    Int(i64),
    Float(FloatBits),
    Obj(Rc<Object>),
}

impl Clone for Value {
    /// Copies the two words; an object counts one reference more. (The derived one branches by variant.)
    #[inline(always)]
    fn clone(&self) -> Value {
        if let Value::Obj(object) = self {
            std::mem::forget(object.clone());
        }
        // SAFETY: all variants but `Obj` are plain data, and the reference that its copy stands for was just counted
        unsafe { std::ptr::read(self) }
    }
}

/// Drops a value; an object's last reference does so out of line, which keeps the value in machine registers.
#[inline(always)]
pub(crate) fn release(value: Value) {
    if let Value::Obj(object) = value {
        if Rc::strong_count(&object) == 1 {
            drop_last(object);
        } else {
            drop(object);
        }
    }
}

#[inline(never)]
fn drop_last(object: Rc<Object>) {
    drop(object);
}

/// Making values.
impl Value {
    #[inline(always)]
    pub fn object(object: Object) -> Value {
        Value::Obj(Rc::new(object))
    }

    #[inline(always)]
    pub fn bool(truth: bool) -> Value {
        if truth { Value::True } else { Value::False }
    }

    #[inline(always)]
    pub fn int(number: i64) -> Value {
        Value::Int(number)
    }

    /// An `int` of any size; one that fits 64 bits becomes `Value::Int`.
    pub fn big(number: BigInt) -> Value {
        match number.to_i64() {
            Some(small) => Value::Int(small),
            None => Value::object(Object::Big(number)),
        }
    }

    /// An `int` from an unsigned count.
    pub fn size(number: usize) -> Value {
        match i64::try_from(number) {
            Ok(small) => Value::Int(small),
            Err(_) => Value::big(BigInt::from(number)),
        }
    }

    #[inline(always)]
    pub fn float(number: f64) -> Value {
        Value::Float(FloatBits::new(number))
    }

    pub fn complex(re: f64, im: f64) -> Value {
        Value::object(Object::Complex(re, im))
    }

    pub fn str(text: impl Into<CompactString>) -> Value {
        Value::object(Object::Str(Str::new(text)))
    }

    pub fn bytes(bytes: impl Into<Box<[u8]>>) -> Value {
        Value::object(Object::Bytes(bytes.into()))
    }

    pub fn list(items: Vec<Value>) -> Value {
        Value::object(Object::List(List::new(items)))
    }

    pub fn tuple(items: impl Into<Box<[Value]>>) -> Value {
        Value::object(Object::Tuple(items.into()))
    }

    pub fn dict(dict: Dict) -> Value {
        Value::object(Object::Dict(Rc::new(dict)))
    }

    pub fn dict_ref(dict: &Rc<Dict>) -> Value {
        Value::object(Object::Dict(dict.clone()))
    }

    pub fn set(set: Set) -> Value {
        Value::object(Object::Set(Box::new(set)))
    }

    pub fn frozenset(set: Set) -> Value {
        Value::object(Object::FrozenSet(Box::new(set)))
    }

    /// The class as an object (`is` looks through the wrapper).
    pub fn class(class: &ClassRef) -> Value {
        Value::object(Object::Class(class.clone()))
    }
}

/// Looking into values. All of these look through instances of Python subclasses of
/// builtin types (`class MyList(list)`), see `payload`.
impl Value {
    /// The shared object, None for immediates.
    #[inline(always)]
    pub fn obj(&self) -> Option<&Object> {
        match self {
            Value::Obj(object) => Some(object),
            _ => None,
        }
    }

    /// The builtin value inside an instance of a Python subclass of a builtin type; any other value itself.
    #[inline]
    pub fn payload(&self) -> &Value {
        match self {
            Value::Obj(object) => match &**object {
                Object::Derived(derived) => &derived.payload,
                _ => self,
            },
            _ => self,
        }
    }

    #[inline]
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// An omitted argument.
    #[inline]
    pub fn is_unset(&self) -> bool {
        matches!(self, Value::Unset)
    }

    /// The value, or `default` for an omitted argument.
    pub fn or(&self, default: Value) -> Value {
        if self.is_unset() { default } else { self.clone() }
    }

    /// The integer behind an `int` or `bool` of 64 bits.
    #[inline]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            Value::True => Some(1),
            Value::False => Some(0),
            Value::Obj(object) => match &**object {
                Object::Derived(derived) => match &derived.payload {
                    Value::Int(number) => Some(*number),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// The integer behind an `int` or `bool` of any size.
    pub fn as_bigint(&self) -> Option<BigInt> {
        match self.payload() {
            Value::Obj(object) => match &**object {
                Object::Big(number) => Some(number.clone()),
                _ => None,
            },
            other => other.as_int().map(BigInt::from),
        }
    }

    /// `int` or `bool` or a subclass.
    pub fn is_int(&self) -> bool {
        match self.payload() {
            Value::Int(_) | Value::True | Value::False => true,
            Value::Obj(object) => matches!(&**object, Object::Big(_)),
            _ => false,
        }
    }

    /// The number behind a `float` (not an `int`; `Vm::number` converts).
    #[inline]
    pub fn as_float(&self) -> Option<f64> {
        match self.payload() {
            Value::Float(bits) => Some(bits.get()),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        self.as_string().map(Str::as_str)
    }

    /// The string object, with its cached counts.
    pub fn as_string(&self) -> Option<&Str> {
        match self.payload().obj() {
            Some(Object::Str(text)) => Some(text),
            _ => None,
        }
    }

    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self.payload().obj() {
            Some(Object::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    pub fn as_bytearray(&self) -> Option<&RefCell<Vec<u8>>> {
        match self.payload().obj() {
            Some(Object::ByteArray(bytes)) => Some(bytes),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&List> {
        match self.payload().obj() {
            Some(Object::List(list)) => Some(list),
            _ => None,
        }
    }

    pub fn as_tuple(&self) -> Option<&[Value]> {
        match self.payload().obj() {
            Some(Object::Tuple(items)) => Some(items),
            _ => None,
        }
    }

    pub fn as_dict(&self) -> Option<&Rc<Dict>> {
        match self.payload().obj() {
            Some(Object::Dict(dict)) => Some(dict),
            _ => None,
        }
    }

    /// A `set` or a `frozenset`.
    pub fn as_set(&self) -> Option<&Set> {
        match self.payload().obj() {
            Some(Object::Set(set) | Object::FrozenSet(set)) => Some(set),
            _ => None,
        }
    }

    pub fn as_class(&self) -> Option<&ClassRef> {
        match self.obj() {
            Some(Object::Class(class)) => Some(class),
            _ => None,
        }
    }

    /// The native object of type `T` behind `Object::Foreign`.
    #[inline]
    pub fn as_foreign<T: 'static>(&self) -> Option<&T> {
        match self.obj() {
            Some(Object::Foreign(foreign)) => foreign.as_any().downcast_ref::<T>(),
            _ => None,
        }
    }

    /// `self is other`.
    #[inline]
    pub fn is(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Obj(a), Value::Obj(b)) => Rc::ptr_eq(a, b) || a.identity() == b.identity(),
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// How many references there are to a heap object; None for immediate values.
    pub fn references(&self) -> Option<usize> {
        match self {
            Value::Obj(object) => Some(Rc::strong_count(object)),
            _ => None,
        }
    }

    /// What `id()` answers: an address, the same for every wrapper of one object.
    pub fn identity(&self) -> usize {
        match self {
            Value::Obj(object) => object.identity(),
            Value::Int(number) => 0x7000_0000_0000usize.wrapping_add((*number as usize).wrapping_mul(32)) & !7,
            Value::Float(bits) => 0x7100_0000_0000usize.wrapping_add((bits.0 as usize) >> 16 << 4),
            Value::Unset => 0,
            Value::None => 0x6000_0000_0010,
            Value::False => 0x6000_0000_0020,
            Value::True => 0x6000_0000_0040,
            Value::NotImplemented => 0x6000_0000_0060,
            Value::Ellipsis => 0x6000_0000_0080,
        }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_count_references() {
        let value = Value::list(vec![
            Value::Int(1),
            Value::float(0.5),
            Value::str("a text too long to stand in place"),
        ]);
        let copy = value.clone();
        assert_eq!(value.references(), Some(2));
        release(copy);
        assert_eq!(value.references(), Some(1));
        let items: Vec<Value> = value.as_list().map(|list| list.borrow().clone()).unwrap_or_default();
        release(value);
        assert_eq!(items.first().and_then(Value::as_int), Some(1));
        assert_eq!(items.get(1).and_then(Value::as_float), Some(0.5));
        assert_eq!(
            items.get(2).and_then(Value::as_str),
            Some("a text too long to stand in place")
        );
        for plain in [
            Value::Unset,
            Value::None,
            Value::True,
            Value::NotImplemented,
            Value::Ellipsis,
        ] {
            assert!(plain.clone().is(&plain));
        }
    }

    #[test]
    fn layout_stays_small() {
        assert_eq!(size_of::<Value>(), 16);
        assert_eq!(size_of::<Option<Value>>(), 16);
        assert_eq!(size_of::<R<Value>>(), 16);
        assert!(size_of::<Object>() <= 48, "Object takes {} bytes", size_of::<Object>());
    }
}
