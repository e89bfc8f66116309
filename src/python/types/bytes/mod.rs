//! `bytes`, and what it shares with `bytearray`.

pub mod array;
mod methods;
mod search;
mod text;

use super::sequence::{self, Subscript};
use super::{codec, iterable_items};
use crate::python::class::{ClassRef, Compare, Slot};
use crate::python::format::quote;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{NativeIterator, Object};
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;
use std::cell::{Cell, RefCell};

/// The rows that `bytes` and `bytearray` have in common, after those of its own.
macro_rules! byte_rows {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            row!("capitalize", "(self, /)", NoArgs, text::capitalize, "Return a copy with only its first character capitalized."),
            row!("center", PAD, Clinic, methods::center, "Return a centered string of length width."),
            row!("count", FIND, Tuple, search::count, "Return the number of non-overlapping occurrences of subsection sub."),
            row!("decode", "(self, /, encoding='utf-8', errors='strict')", Clinic, text::decode, "Decode the bytes using the codec registered for encoding."),
            row!("endswith", "(self, suffix, start=None, end=None, /)", Tuple, search::ends_with, "Return True if B ends with the specified suffix."),
            row!("expandtabs", "(self, /, tabsize=8)", Clinic, text::expand_tabs, "Return a copy where all tab characters are expanded using spaces."),
            row!("find", FIND, Tuple, search::find, "Return the lowest index where subsection sub is found."),
            row!("hex", "(self, sep=None, bytes_per_sep=1)", Clinic, text::hex, "Create a string of hexadecimal numbers from a bytes object."),
            row!("index", FIND, Tuple, search::index, "Return the lowest index where subsection sub is found."),
            row!("isalnum", "(self, /)", NoArgs, text::is_alnum, "True if all characters are alphanumeric and there is at least one."),
            row!("isalpha", "(self, /)", NoArgs, text::is_alpha, "True if all characters are alphabetic and there is at least one."),
            row!("isascii", "(self, /)", NoArgs, text::is_ascii, "True if all bytes are ASCII."),
            row!("isdigit", "(self, /)", NoArgs, text::is_digit, "True if all characters are digits and there is at least one."),
            row!("islower", "(self, /)", NoArgs, text::is_lower, "True if all cased characters are lowercase and there is at least one."),
            row!("isspace", "(self, /)", NoArgs, text::is_space, "True if all characters are whitespace and there is at least one."),
            row!("istitle", "(self, /)", NoArgs, text::is_title, "True if it is a titlecased string."),
            row!("isupper", "(self, /)", NoArgs, text::is_upper, "True if all cased characters are uppercase and there is at least one."),
            row!("join", "(self, iterable_of_bytes, /)", One, methods::join, "Concatenate any number of bytes objects."),
            row!("ljust", PAD, Clinic, methods::ljust, "Return a left-justified string of length width."),
            row!("lower", "(self, /)", NoArgs, text::lower, "Return a copy converted to lowercase."),
            row!("lstrip", STRIP, Clinic, methods::lstrip, "Strip leading bytes contained in the argument."),
            row!("partition", "(self, sep, /)", One, methods::partition, "Partition the bytes into three parts using the given separator."),
            row!("removeprefix", "(self, prefix, /)", One, methods::remove_prefix, "Return a bytes object with the given prefix removed if present."),
            row!("removesuffix", "(self, suffix, /)", One, methods::remove_suffix, "Return a bytes object with the given suffix removed if present."),
            row!("replace", "(self, old, new, count=-1, /)", Clinic, methods::replace, "Return a copy with all occurrences of old replaced by new."),
            row!("rfind", FIND, Tuple, search::rfind, "Return the highest index where subsection sub is found."),
            row!("rindex", FIND, Tuple, search::rindex, "Return the highest index where subsection sub is found."),
            row!("rjust", PAD, Clinic, methods::rjust, "Return a right-justified string of length width."),
            row!("rpartition", "(self, sep, /)", One, methods::rpartition, "Partition the bytes into three parts using the given separator."),
            row!("rsplit", "(self, /, sep=None, maxsplit=-1)", Clinic, methods::rsplit, "Return a list of the sections, using sep as the delimiter."),
            row!("rstrip", STRIP, Clinic, methods::rstrip, "Strip trailing bytes contained in the argument."),
            row!("split", "(self, /, sep=None, maxsplit=-1)", Clinic, methods::split, "Return a list of the sections, using sep as the delimiter."),
            row!("splitlines", "(self, /, keepends=False)", Clinic, methods::split_lines, "Return a list of the lines, breaking at line boundaries."),
            row!("startswith", "(self, prefix, start=None, end=None, /)", Tuple, search::starts_with, "Return True if B starts with the specified prefix."),
            row!("strip", STRIP, Clinic, methods::strip, "Strip leading and trailing bytes contained in the argument."),
            row!("swapcase", "(self, /)", NoArgs, text::swapcase, "Return a copy with uppercase converted to lowercase and vice versa."),
            row!("title", "(self, /)", NoArgs, text::title, "Return a titlecased version."),
            row!("translate", "(self, table, /, delete=b'')", Clinic, methods::translate, "Return a copy with each character mapped by the given translation table."),
            row!("upper", "(self, /)", NoArgs, text::upper, "Return a copy converted to uppercase."),
            row!("zfill", "(self, width, /)", One, methods::zfill, "Pad a numeric string with zeros on the left."),
            ClassItem::StaticMethod(NativeDef::new("maketrans", "(frm, to, /)", Parser::Clinic, methods::make_trans, "Return a translation table.")),
            ClassItem::ClassMethod(NativeDef::new("fromhex", "(cls, string, /)", Parser::One, text::from_hex, "Create a bytes object from a string of hexadecimal numbers.")),
            ClassItem::special(Slot::Len, len),
            ClassItem::special(Slot::GetItem, get_item),
            ClassItem::special(Slot::Contains, contains),
            ClassItem::special(Slot::Iter, iter),
            ClassItem::special(Slot::Add, add),
            ClassItem::special(Slot::Mul, mul),
            ClassItem::special(Slot::RMul, mul),
            ClassItem::special(Slot::Mod, text::modulo),
            ClassItem::special(Slot::RMod, |_, _| Ok(Value::NotImplemented)),
            ClassItem::special(Slot::Eq, |_, args| compare(args, Compare::Eq)),
            ClassItem::special(Slot::Ne, |_, args| compare(args, Compare::Ne)),
            ClassItem::special(Slot::Lt, |_, args| compare(args, Compare::Lt)),
            ClassItem::special(Slot::Le, |_, args| compare(args, Compare::Le)),
            ClassItem::special(Slot::Gt, |_, args| compare(args, Compare::Gt)),
            ClassItem::special(Slot::Ge, |_, args| compare(args, Compare::Ge)),
        ]
    };
}
macro_rules! row {
    ($name:literal, $signature:expr, $parser:ident, $function:expr, $help:literal) => {
        ClassItem::method($name, $signature, Parser::$parser, $function, $help)
    };
}
use {byte_rows, row};

const BINARY: &str = "(self, value, /)";
const FIND: &str = "(self, sub, start=None, end=None, /)";
const STRIP: &str = "(self, bytes=None, /)";
const PAD: &str = "(self, width, fillchar=b' ', /)";

pub static ITEMS: &[ClassItem] = byte_rows![
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, source=b'', encoding='utf-8', errors='strict')",
        Parser::Keywords,
        new,
        ""
    )),
    row!(
        "__bytes__",
        "(self, /)",
        NoArgs,
        itself,
        "Convert this value to exact type bytes."
    ),
    row!("__getnewargs__", "(self, /)", NoArgs, get_new_args, ""),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Hash, hash),
];

/// The bytes of a `bytes` or `bytearray`.
pub fn bytes_like(value: &Value) -> Option<Vec<u8>> {
    if let Some(bytes) = value.as_bytes() {
        return Some(bytes.to_vec());
    }
    value.as_bytearray().map(|bytes| bytes.borrow().clone())
}

/// The bytes of an argument, or `a bytes-like object is required, not 'str'`.
fn required(vm: &mut Vm, value: &Value) -> R<Vec<u8>> {
    match bytes_like(value) {
        Some(bytes) => Ok(bytes),
        None => Err(not_bytes_like(vm, value)),
    }
}

fn not_bytes_like(vm: &mut Vm, value: &Value) -> Raised {
    let class = vm.type_name(value);
    vm.type_error(format!("a bytes-like object is required, not '{class}'"))
}

/// A byte given as an integer; `message` beyond.
pub fn byte(vm: &mut Vm, value: &Value, message: &str) -> R<u8> {
    let number = vm.index_big(value)?;
    u8::try_from(number).map_err(|_| vm.value_error(message))
}

/// Bytes of the kind of `like`.
fn like(like: &Value, bytes: Vec<u8>) -> Value {
    if like.as_bytearray().is_some() {
        Value::object(Object::ByteArray(RefCell::new(bytes)))
    } else {
        Value::bytes(bytes)
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, source, encoding, errors);
    let exact = class.as_class().is_some_and(|class| class.same(&vm.types.bytes));
    if exact && encoding.is_unset() && errors.is_unset() && matches!(source.obj(), Some(Object::Bytes(_))) {
        return Ok(source.clone());
    }
    let bytes = from_source(vm, source, encoding, errors, "bytes")?;
    Ok(vm.instance_of(class, Value::bytes(bytes)))
}

/// What `bytes(source, encoding, errors)` holds.
/// The bytes that a constructor makes; `kind` begins the message about a number that is none.
fn from_source(vm: &mut Vm, source: &Value, encoding: &Value, errors: &Value, kind: &str) -> R<Vec<u8>> {
    if let Some(text) = source.as_str() {
        if encoding.is_unset() {
            return Err(vm.type_error("string argument without an encoding"));
        }
        let encoding = super::str::text_argument(vm, encoding, "bytes", "argument 'encoding'")?;
        let errors = if errors.is_unset() {
            "strict"
        } else {
            super::str::text_argument(vm, errors, "bytes", "argument 'errors'")?
        };
        return codec::encode(vm, source, text, encoding, errors);
    }
    if !encoding.is_unset() || !errors.is_unset() {
        let what = if encoding.is_unset() { "errors" } else { "encoding" };
        return Err(vm.type_error(format!("{what} without a string argument")));
    }
    if source.is_unset() {
        return Ok(Vec::new());
    }
    if let Some(bytes) = bytes_like(source) {
        return Ok(bytes);
    }
    if let Some(answer) = vm.call_slot(source, Slot::Bytes, &[])? {
        return match answer.as_bytes() {
            Some(bytes) => Ok(bytes.to_vec()),
            None => {
                let class = vm.type_name(&answer);
                Err(vm.type_error(format!("__bytes__ returned non-bytes (type {class})")))
            }
        };
    }
    if source.as_list().is_none()
        && let Some(count) = vm.try_index(source)?
    {
        if count < num_bigint::BigInt::ZERO {
            return Err(vm.value_error("negative count"));
        }
        return match usize::try_from(count) {
            Ok(count) if count <= crate::python::format::LONGEST => Ok(vec![0; count]),
            Ok(_) => Err(vm.memory_error("")),
            Err(_) => Err(vm.overflow_error("cannot fit 'int' into an index-sized integer")),
        };
    }
    match iterable_items(vm, source)? {
        Some(items) => {
            let message = format!("{kind} must be in range(0, 256)");
            items.iter().map(|item| byte(vm, item, &message)).collect()
        }
        None => {
            let class = vm.type_name(source);
            Err(vm.type_error(format!("cannot convert '{class}' object to bytes")))
        }
    }
}

fn itself(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(this.payload().clone())
}

fn get_new_args(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::tuple([this.payload().clone()]))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => bytes: as_bytes);
    Ok(Value::str(quote::bytes_repr(bytes)))
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::Int(vm.hash(&this.payload().clone())?))
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let length = this
        .as_bytes()
        .map(<[u8]>::len)
        .or_else(|| this.as_bytearray().map(|bytes| bytes.borrow().len()));
    Ok(Value::size(length.unwrap_or(0)))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let bytes = required(vm, this)?;
    let (kind, message) = if this.as_bytearray().is_some() {
        ("bytearray indices", "bytearray index out of range")
    } else {
        ("byte indices", "index out of range")
    };
    match sequence::subscript(vm, key, kind)? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, bytes.len(), message)?;
            Ok(bytes.get(at).map_or(Value::None, |byte| Value::Int(i64::from(*byte))))
        }
        Subscript::Slice(slice) => {
            let bounds = sequence::bounds(vm, slice, bytes.len())?;
            Ok(like(
                this,
                bounds.indices().filter_map(|at| bytes.get(at).copied()).collect(),
            ))
        }
    }
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, part);
    let bytes = required(vm, this)?;
    if let Some(part) = bytes_like(part) {
        return Ok(Value::bool(search::position(&bytes, &part).is_some()));
    }
    if vm.try_index(part)?.is_none() {
        return Err(not_bytes_like(vm, part));
    }
    let byte = byte(vm, part, "byte must be in range(0, 256)")?;
    Ok(Value::bool(bytes.contains(&byte)))
}

fn add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let mut bytes = required(vm, this)?;
    match bytes_like(other) {
        Some(right) => {
            bytes.extend(right);
            Ok(like(this, bytes))
        }
        None => {
            let (left, right) = (vm.type_name(this), vm.type_name(other));
            Err(vm.type_error(format!("can't concat {right} to {left}")))
        }
    }
}

fn mul(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, times);
    let bytes = required(vm, this)?;
    match sequence::repetition(vm, times, bytes.len())? {
        Some(times) => Ok(like(this, bytes.repeat(times))),
        None => Err(sequence::not_a_repetition(vm, times)),
    }
}

fn compare(args: &[Value], how: Compare) -> R<Value> {
    take!(args => this, other);
    match (bytes_like(this), bytes_like(other)) {
        (Some(left), Some(right)) => Ok(Value::bool(how.holds(left.cmp(&right)))),
        _ => Ok(Value::NotImplemented),
    }
}

/// Bytes one by one, as integers.
struct BytesIterator {
    class: ClassRef,
    /// Unset once exhausted.
    bytes: RefCell<Value>,
    at: Cell<usize>,
}

impl BytesIterator {
    fn byte_at(&self, at: usize) -> Option<u8> {
        let bytes = self.bytes.borrow();
        match bytes.as_bytes() {
            Some(bytes) => bytes.get(at).copied(),
            None => bytes.as_bytearray().and_then(|bytes| bytes.borrow().get(at).copied()),
        }
    }
}

impl NativeIterator for BytesIterator {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, _vm: &mut Vm) -> R<Option<Value>> {
        let next = self.byte_at(self.at.get());
        match next {
            Some(byte) => {
                self.at.set(self.at.get() + 1);
                Ok(Some(Value::Int(i64::from(byte))))
            }
            None => {
                self.bytes.replace(Value::Unset);
                Ok(None)
            }
        }
    }

    fn length_hint(&self) -> Option<usize> {
        Some(bytes_like(&self.bytes.borrow()).map_or(0, |bytes| bytes.len().saturating_sub(self.at.get())))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let types = &vm.types;
    let class = if this.as_bytearray().is_some() {
        &types.bytearray_iterator
    } else {
        &types.bytes_iterator
    };
    Ok(Value::object(Object::Iterator(Box::new(BytesIterator {
        class: class.clone(),
        bytes: RefCell::new(this.payload().clone()),
        at: Cell::new(0),
    }))))
}
