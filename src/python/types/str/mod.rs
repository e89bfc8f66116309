//! `str`.

pub mod case;
pub mod format;
pub mod layout;
mod methods;
pub mod percent;
mod search;
pub mod split;
mod translate;

use super::codec;
use super::sequence::{self, Subscript};
use crate::python::class::slot::Slot;
use crate::python::class::{ClassRef, Compare};
use crate::python::format::quote;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{NativeIterator, Object, Str};
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;
use std::cell::{Cell, RefCell};

const FIND: &str = "(self, sub, start=None, end=None, /)";
const STRIP: &str = "(self, chars=None, /)";
const PAD: &str = "(self, width, fillchar=' ', /)";

macro_rules! row {
    ($name:literal, $signature:expr, $parser:ident, $function:expr, $help:literal) => {
        ClassItem::method($name, $signature, Parser::$parser, $function, $help)
    };
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, object='', encoding='utf-8', errors='strict')",
        Parser::Keywords,
        new,
        "",
    )),
    row!(
        "capitalize",
        "(self, /)",
        NoArgs,
        methods::capitalize,
        "Return a capitalized version of the string."
    ),
    row!(
        "casefold",
        "(self, /)",
        NoArgs,
        methods::casefold,
        "Return a version of the string suitable for caseless comparisons."
    ),
    row!(
        "center",
        PAD,
        Clinic,
        methods::center,
        "Return a centered string of length width."
    ),
    row!(
        "count",
        FIND,
        Tuple,
        search::count,
        "Return the number of non-overlapping occurrences of substring sub in string S[start:end]."
    ),
    row!(
        "encode",
        "(self, /, encoding='utf-8', errors='strict')",
        Clinic,
        methods::encode,
        "Encode the string using the codec registered for encoding."
    ),
    row!(
        "endswith",
        "(self, suffix, start=None, end=None, /)",
        Tuple,
        search::ends_with,
        "Return True if S ends with the specified suffix, False otherwise."
    ),
    row!(
        "expandtabs",
        "(self, /, tabsize=8)",
        Clinic,
        methods::expand_tabs,
        "Return a copy where all tab characters are expanded using spaces."
    ),
    row!(
        "find",
        FIND,
        Tuple,
        search::find,
        "Return the lowest index in S where substring sub is found."
    ),
    ClassItem::Method(NativeDef::new(
        "format",
        "(self, /, *args, **kwargs)",
        Parser::Keywords,
        format::format,
        "Return a formatted version of S, using substitutions from args and kwargs.",
    )),
    row!(
        "format_map",
        "(self, mapping, /)",
        One,
        format::format_map,
        "Return a formatted version of S, using substitutions from mapping."
    ),
    row!(
        "index",
        FIND,
        Tuple,
        search::index,
        "Return the lowest index in S where substring sub is found."
    ),
    row!(
        "isalnum",
        "(self, /)",
        NoArgs,
        methods::is_alnum,
        "Return True if the string is an alpha-numeric string, False otherwise."
    ),
    row!(
        "isalpha",
        "(self, /)",
        NoArgs,
        methods::is_alpha,
        "Return True if the string is an alphabetic string, False otherwise."
    ),
    row!(
        "isascii",
        "(self, /)",
        NoArgs,
        methods::is_ascii,
        "Return True if all characters in the string are ASCII, False otherwise."
    ),
    row!(
        "isdecimal",
        "(self, /)",
        NoArgs,
        methods::is_decimal,
        "Return True if the string is a decimal string, False otherwise."
    ),
    row!(
        "isdigit",
        "(self, /)",
        NoArgs,
        methods::is_digit,
        "Return True if the string is a digit string, False otherwise."
    ),
    row!(
        "isidentifier",
        "(self, /)",
        NoArgs,
        methods::is_identifier,
        "Return True if the string is a valid Python identifier, False otherwise."
    ),
    row!(
        "islower",
        "(self, /)",
        NoArgs,
        methods::is_lower,
        "Return True if the string is a lowercase string, False otherwise."
    ),
    row!(
        "isnumeric",
        "(self, /)",
        NoArgs,
        methods::is_numeric,
        "Return True if the string is a numeric string, False otherwise."
    ),
    row!(
        "isprintable",
        "(self, /)",
        NoArgs,
        methods::is_printable,
        "Return True if the string is printable, False otherwise."
    ),
    row!(
        "isspace",
        "(self, /)",
        NoArgs,
        methods::is_space,
        "Return True if the string is a whitespace string, False otherwise."
    ),
    row!(
        "istitle",
        "(self, /)",
        NoArgs,
        methods::is_title,
        "Return True if the string is a title-cased string, False otherwise."
    ),
    row!(
        "isupper",
        "(self, /)",
        NoArgs,
        methods::is_upper,
        "Return True if the string is an uppercase string, False otherwise."
    ),
    row!(
        "join",
        "(self, iterable, /)",
        One,
        methods::join,
        "Concatenate any number of strings."
    ),
    row!(
        "ljust",
        PAD,
        Clinic,
        methods::ljust,
        "Return a left-justified string of length width."
    ),
    row!(
        "lower",
        "(self, /)",
        NoArgs,
        methods::lower,
        "Return a copy of the string converted to lowercase."
    ),
    row!(
        "lstrip",
        STRIP,
        Clinic,
        methods::lstrip,
        "Return a copy of the string with leading whitespace removed."
    ),
    ClassItem::StaticMethod(NativeDef::new(
        "maketrans",
        "(x, y=None, z=None, /)",
        Parser::Clinic,
        translate::make_trans,
        "Return a translation table usable for str.translate().",
    )),
    row!(
        "partition",
        "(self, sep, /)",
        One,
        methods::partition,
        "Partition the string into three parts using the given separator."
    ),
    row!(
        "removeprefix",
        "(self, prefix, /)",
        One,
        methods::remove_prefix,
        "Return a str with the given prefix string removed if present."
    ),
    row!(
        "removesuffix",
        "(self, suffix, /)",
        One,
        methods::remove_suffix,
        "Return a str with the given suffix string removed if present."
    ),
    row!(
        "replace",
        "(self, old, new, count=-1, /)",
        Clinic,
        methods::replace,
        "Return a copy with all occurrences of substring old replaced by new."
    ),
    row!(
        "rfind",
        FIND,
        Tuple,
        search::rfind,
        "Return the highest index in S where substring sub is found."
    ),
    row!(
        "rindex",
        FIND,
        Tuple,
        search::rindex,
        "Return the highest index in S where substring sub is found."
    ),
    row!(
        "rjust",
        PAD,
        Clinic,
        methods::rjust,
        "Return a right-justified string of length width."
    ),
    row!(
        "rpartition",
        "(self, sep, /)",
        One,
        methods::rpartition,
        "Partition the string into three parts using the given separator."
    ),
    row!(
        "rsplit",
        "(self, /, sep=None, maxsplit=-1)",
        Clinic,
        methods::rsplit,
        "Return a list of the substrings in the string, using sep as the separator string."
    ),
    row!(
        "rstrip",
        STRIP,
        Clinic,
        methods::rstrip,
        "Return a copy of the string with trailing whitespace removed."
    ),
    row!(
        "split",
        "(self, /, sep=None, maxsplit=-1)",
        Clinic,
        methods::split,
        "Return a list of the substrings in the string, using sep as the separator string."
    ),
    row!(
        "splitlines",
        "(self, /, keepends=False)",
        Clinic,
        methods::split_lines,
        "Return a list of the lines in the string, breaking at line boundaries."
    ),
    row!(
        "startswith",
        "(self, prefix, start=None, end=None, /)",
        Tuple,
        search::starts_with,
        "Return True if S starts with the specified prefix, False otherwise."
    ),
    row!(
        "strip",
        STRIP,
        Clinic,
        methods::strip,
        "Return a copy of the string with leading and trailing whitespace removed."
    ),
    row!(
        "swapcase",
        "(self, /)",
        NoArgs,
        methods::swapcase,
        "Convert uppercase characters to lowercase and lowercase characters to uppercase."
    ),
    row!(
        "title",
        "(self, /)",
        NoArgs,
        methods::title,
        "Return a version of the string where each word is titlecased."
    ),
    row!(
        "translate",
        "(self, table, /)",
        One,
        translate::translate,
        "Replace each character in the string using the given translation table."
    ),
    row!(
        "upper",
        "(self, /)",
        NoArgs,
        methods::upper,
        "Return a copy of the string converted to uppercase."
    ),
    row!(
        "zfill",
        "(self, width, /)",
        One,
        methods::zfill,
        "Pad a numeric string with zeros on the left, to fill a field of the given width."
    ),
    row!(
        "__format__",
        "(self, format_spec, /)",
        One,
        format::dunder_format,
        "Return a formatted version of the string as described by format_spec."
    ),
    row!("__getnewargs__", "(self, /)", NoArgs, get_new_args, ""),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Str, str),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::special(Slot::Contains, contains),
    ClassItem::special(Slot::Iter, iter),
    ClassItem::special(Slot::Add, add),
    ClassItem::special(Slot::Mul, mul),
    ClassItem::special(Slot::RMul, mul),
    ClassItem::special(Slot::Mod, percent::modulo),
    ClassItem::special(Slot::RMod, percent::reflected_modulo),
    ClassItem::special(Slot::Eq, |_, args| compare(args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |_, args| compare(args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |_, args| compare(args, Compare::Lt)),
    ClassItem::special(Slot::Le, |_, args| compare(args, Compare::Le)),
    ClassItem::special(Slot::Gt, |_, args| compare(args, Compare::Gt)),
    ClassItem::special(Slot::Ge, |_, args| compare(args, Compare::Ge)),
];

/// `must be str, not int`
pub(crate) fn must_be_str(vm: &mut Vm, value: &Value) -> Raised {
    let class = vm.type_name(value);
    vm.type_error(format!("must be str, not {class}"))
}

/// An argument that must be a string, as Argument Clinic words it: `replace() argument 1 must be str, not int`;
/// `which` is `argument 1` or `argument 'encoding'`.
pub(crate) fn text_argument<'a>(vm: &mut Vm, value: &'a Value, function: &str, which: &str) -> R<&'a str> {
    match value.as_str() {
        Some(text) => Ok(text),
        None => Err(not_text(vm, value, function, which)),
    }
}

/// The TypeError of [`text_argument`].
pub(crate) fn not_text(vm: &mut Vm, value: &Value, function: &str, which: &str) -> Raised {
    let class = if value.is_none() {
        "None".into()
    } else {
        vm.type_name(value)
    };
    vm.type_error(format!("{function}() {which} must be str, not {class}"))
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, object, encoding, errors);
    if object.is_unset() {
        return Ok(vm.instance_of(class, Value::str("")));
    }
    if encoding.is_unset() && errors.is_unset() {
        let text = vm.str_value(object)?;
        let exact = class.as_class().is_some_and(|class| class.same(&vm.types.str));
        return Ok(if exact { text } else { vm.instance_of(class, text) });
    }
    let encoding = if encoding.is_unset() {
        "utf-8"
    } else {
        text_argument(vm, encoding, "str", "argument 'encoding'")?
    };
    let errors = if errors.is_unset() {
        "strict"
    } else {
        text_argument(vm, errors, "str", "argument 'errors'")?
    };
    if object.as_str().is_some() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    let Some(bytes) = super::bytes::bytes_like(object) else {
        let given = vm.type_name(object);
        return Err(vm.type_error(format!("decoding to str: need a bytes-like object, {given} found")));
    };
    let text = codec::decode(vm, &bytes, encoding, errors)?;
    Ok(vm.instance_of(class, Value::str(text)))
}

fn get_new_args(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str);
    Ok(Value::tuple([Value::str(text)]))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str);
    Ok(Value::str(quote::str_repr(text)))
}

fn str(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(this.payload().clone())
}

fn hash(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_string);
    Ok(Value::Int(text.hash() as i64))
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_string);
    Ok(Value::size(text.len()))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let Some(text) = this.as_string() else {
        return Ok(Value::NotImplemented);
    };
    let integral = key.is_int() || matches!(key.obj(), Some(Object::Slice(_)));
    if !integral && vm.try_index(key)?.is_none() {
        let class = vm.type_name(key);
        return Err(vm.type_error(format!("string indices must be integers, not '{class}'")));
    }
    match sequence::subscript(vm, key, "string indices")? {
        Subscript::Index(index) => {
            let at = sequence::place(vm, index, text.len(), "string index out of range")?;
            Ok(char_value(text.char_at(at).unwrap_or_default()))
        }
        Subscript::Slice(slice) => {
            let bounds = sequence::bounds(vm, slice, text.len())?;
            if bounds.step == 1 {
                if bounds.count == text.len() && matches!(this.obj(), Some(Object::Str(_))) {
                    return Ok(this.clone());
                }
                let range = bounds.range();
                return Ok(Value::str(text.slice(range.start, range.end)));
            }
            if text.is_ascii() {
                let bytes = text.as_str().as_bytes();
                let taken: String = bounds
                    .indices()
                    .filter_map(|at| bytes.get(at))
                    .map(|&b| b as char)
                    .collect();
                return Ok(Value::str(taken));
            }
            let chars: Vec<char> = text.as_str().chars().collect();
            let taken: String = bounds.indices().filter_map(|at| chars.get(at)).collect();
            Ok(Value::str(taken))
        }
    }
}

/// A string of one character.
pub(crate) fn char_value(c: char) -> Value {
    let mut buffer = [0; 4];
    Value::str(&*c.encode_utf8(&mut buffer))
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, part);
    match part.as_str() {
        Some(part) => Ok(Value::bool(text.contains(part))),
        None => {
            let class = vm.type_name(part);
            Err(vm.type_error(format!("'in <string>' requires string as left operand, not {class}")))
        }
    }
}

fn add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, other);
    match other.as_str() {
        Some(right) if text.len() + right.len() > crate::python::format::LONGEST => Err(vm.memory_error("")),
        Some(right) => {
            let mut joined = String::with_capacity(text.len() + right.len());
            joined.push_str(text);
            joined.push_str(right);
            Ok(Value::str(joined))
        }
        None => Err(super::list::cannot_concatenate(vm, "str", other)),
    }
}

fn mul(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, times);
    match sequence::repetition(vm, times, text.len())? {
        Some(times) => Ok(Value::str(text.repeat(times))),
        None => Err(sequence::not_a_repetition(vm, times)),
    }
}

fn compare(args: &[Value], how: Compare) -> R<Value> {
    take!(args => text: as_str, other);
    Ok(other
        .as_str()
        .map_or(Value::NotImplemented, |other| Value::bool(how.holds(text.cmp(other)))))
}

/// Characters one by one.
struct StrIterator {
    class: ClassRef,
    /// Unset once exhausted.
    text: RefCell<Value>,
    offset: Cell<usize>,
}

impl NativeIterator for StrIterator {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, _vm: &mut Vm) -> R<Option<Value>> {
        let offset = self.offset.get();
        let next = self
            .text
            .borrow()
            .as_str()
            .and_then(|text| text.get(offset..)?.chars().next());
        match next {
            Some(c) => {
                self.offset.set(offset + c.len_utf8());
                Ok(Some(char_value(c)))
            }
            None => {
                self.text.replace(Value::Unset);
                Ok(None)
            }
        }
    }

    fn length_hint(&self) -> Option<usize> {
        let text = self.text.borrow();
        Some(
            text.as_str()
                .and_then(|text| text.get(self.offset.get()..))
                .map_or(0, |rest| rest.chars().count()),
        )
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let ascii = this.as_string().is_some_and(Str::is_ascii);
    let class = if ascii {
        vm.types.str_ascii_iterator.clone()
    } else {
        vm.types.str_iterator.clone()
    };
    Ok(Value::object(Object::Iterator(Box::new(StrIterator {
        class,
        text: RefCell::new(this.payload().clone()),
        offset: Cell::new(0),
    }))))
}
