//! The methods of `str` that need no machinery of their own.

use super::layout::{self, Side};
use super::{case, must_be_str, split as splitting, text_argument};
use crate::python::format::{LONGEST, unicode};
use crate::python::object::Object;
use crate::python::types::{codec, int};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

macro_rules! text_to_text {
    ($($name:ident = $function:expr;)*) => {
        $(pub(super) fn $name(_vm: &mut Vm, args: &[Value]) -> R<Value> {
            take!(args => text: as_str);
            Ok(Value::str($function(text)))
        })*
    };
}

text_to_text! {
    upper = case::upper;
    lower = case::lower;
    casefold = case::casefold;
    capitalize = case::capitalize;
    title = case::title;
    swapcase = case::swapcase;
}

macro_rules! questions {
    ($($name:ident = $function:expr;)*) => {
        $(pub(super) fn $name(_vm: &mut Vm, args: &[Value]) -> R<Value> {
            take!(args => text: as_str);
            let answer: fn(&str) -> bool = $function;
            Ok(Value::bool(answer(text)))
        })*
    };
}

questions! {
    is_alnum = |text| case::all(text, unicode::is_alnum);
    is_alpha = |text| case::all(text, unicode::is_alpha);
    is_ascii = str::is_ascii;
    is_decimal = |text| case::all(text, unicode::is_decimal);
    is_digit = |text| case::all(text, unicode::is_digit);
    is_numeric = |text| case::all(text, unicode::is_numeric);
    is_space = |text| case::all(text, unicode::is_space);
    is_identifier = case::is_identifier;
    is_lower = case::is_lower;
    is_upper = case::is_upper;
    is_title = case::is_title_text;
    is_printable = case::is_printable;
}

fn pad(vm: &mut Vm, args: &[Value], side: Side) -> R<Value> {
    take!(args => this, width, fill);
    let Some(text) = this.as_string() else {
        return Ok(Value::NotImplemented);
    };
    let width = vm.index(width)?.max(0) as usize;
    let fill = if fill.is_unset() {
        ' '
    } else {
        let Some(fill) = fill.as_str() else {
            let class = vm.type_name(fill);
            return Err(vm.type_error(format!("The fill character must be a unicode character, not {class}")));
        };
        let mut chars = fill.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => c,
            _ => return Err(vm.type_error("The fill character must be exactly one character long")),
        }
    };
    if width > LONGEST {
        return Err(vm.memory_error(""));
    }
    if width <= text.len() && matches!(this.obj(), Some(Object::Str(_))) {
        return Ok(this.clone());
    }
    Ok(Value::str(layout::padded(text.as_str(), text.len(), width, fill, side)))
}

pub(super) fn ljust(vm: &mut Vm, args: &[Value]) -> R<Value> {
    pad(vm, args, Side::Left)
}

pub(super) fn rjust(vm: &mut Vm, args: &[Value]) -> R<Value> {
    pad(vm, args, Side::Right)
}

pub(super) fn center(vm: &mut Vm, args: &[Value]) -> R<Value> {
    pad(vm, args, Side::Center)
}

pub(super) fn zfill(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_string, width);
    let width = vm.index(width)?.max(0) as usize;
    if width > LONGEST {
        return Err(vm.memory_error(""));
    }
    Ok(Value::str(layout::zfill(text.as_str(), text.len(), width)))
}

pub(super) fn expand_tabs(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, size);
    let size = if size.is_unset() {
        8
    } else {
        vm.index(size)?.max(0) as usize
    };
    match layout::expand_tabs(text, size, LONGEST) {
        Some(expanded) => Ok(Value::str(expanded)),
        None => Err(vm.overflow_error("new string is too long")),
    }
}

fn stripped(vm: &mut Vm, args: &[Value], left: bool, right: bool) -> R<Value> {
    take!(args => this, chars);
    let Some(text) = this.as_str() else {
        return Ok(Value::NotImplemented);
    };
    let set: Option<Vec<char>> = if chars.is_unset() || chars.is_none() {
        None
    } else {
        match chars.as_str() {
            Some(chars) => Some(chars.chars().collect()),
            None => {
                let name = match (left, right) {
                    (true, true) => "strip",
                    (true, false) => "lstrip",
                    _ => "rstrip",
                };
                return Err(vm.type_error(format!("{name} arg must be None or str")));
            }
        }
    };
    let goes = |c: char| {
        set.as_ref()
            .map_or_else(|| unicode::is_space(c), |set| set.contains(&c))
    };
    let mut kept = text;
    if left {
        kept = kept.trim_start_matches(goes);
    }
    if right {
        kept = kept.trim_end_matches(goes);
    }
    if kept.len() == text.len() && matches!(this.obj(), Some(Object::Str(_))) {
        return Ok(this.clone());
    }
    Ok(Value::str(kept))
}

pub(super) fn strip(vm: &mut Vm, args: &[Value]) -> R<Value> {
    stripped(vm, args, true, true)
}

pub(super) fn lstrip(vm: &mut Vm, args: &[Value]) -> R<Value> {
    stripped(vm, args, true, false)
}

pub(super) fn rstrip(vm: &mut Vm, args: &[Value]) -> R<Value> {
    stripped(vm, args, false, true)
}

fn strings(pieces: Vec<&str>) -> Value {
    Value::list(pieces.into_iter().map(Value::str).collect())
}

type ByBlanks = for<'a> fn(&'a str, Option<usize>) -> Vec<&'a str>;
type BySeparator = for<'a> fn(&'a str, &str, Option<usize>) -> Vec<&'a str>;

fn split_by(vm: &mut Vm, args: &[Value], by_blanks: ByBlanks, by_separator: BySeparator) -> R<Value> {
    take!(args => text: as_str, separator, most);
    let most = if most.is_unset() {
        None
    } else {
        usize::try_from(vm.index(most)?).ok()
    };
    if separator.is_unset() || separator.is_none() {
        return Ok(strings(by_blanks(text, most)));
    }
    match separator.as_str() {
        None => {
            let class = vm.type_name(separator);
            Err(vm.type_error(format!("must be str or None, not {class}")))
        }
        Some("") => Err(vm.value_error("empty separator")),
        Some(separator) => Ok(strings(by_separator(text, separator, most))),
    }
}

pub(super) fn split(vm: &mut Vm, args: &[Value]) -> R<Value> {
    split_by(vm, args, splitting::words, splitting::pieces)
}

pub(super) fn rsplit(vm: &mut Vm, args: &[Value]) -> R<Value> {
    split_by(vm, args, splitting::words_from_right, splitting::pieces_from_right)
}

pub(super) fn split_lines(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, keep_ends);
    let keep_ends = !keep_ends.is_unset() && int::as_c_bool(vm, keep_ends)?;
    Ok(strings(splitting::lines(text, keep_ends)))
}

fn parts(vm: &mut Vm, args: &[Value], from_right: bool) -> R<Value> {
    take!(args => text: as_str, separator);
    let Some(separator) = separator.as_str() else {
        return Err(must_be_str(vm, separator));
    };
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let found = if from_right {
        text.rsplit_once(separator)
    } else {
        text.split_once(separator)
    };
    let [a, b, c] = match found {
        Some((before, after)) => [before, separator, after],
        None if from_right => ["", "", text],
        None => [text, "", ""],
    };
    Ok(Value::tuple([Value::str(a), Value::str(b), Value::str(c)]))
}

pub(super) fn partition(vm: &mut Vm, args: &[Value]) -> R<Value> {
    parts(vm, args, false)
}

pub(super) fn rpartition(vm: &mut Vm, args: &[Value]) -> R<Value> {
    parts(vm, args, true)
}

pub(super) fn remove_prefix(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, prefix);
    let prefix = text_argument(vm, prefix, "removeprefix", "argument")?;
    Ok(Value::str(text.strip_prefix(prefix).unwrap_or(text)))
}

pub(super) fn remove_suffix(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, suffix);
    let suffix = text_argument(vm, suffix, "removesuffix", "argument")?;
    Ok(Value::str(text.strip_suffix(suffix).unwrap_or(text)))
}

pub(super) fn replace(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, old, new, count);
    let old = text_argument(vm, old, "replace", "argument 1")?;
    let new = text_argument(vm, new, "replace", "argument 2")?;
    let count = if count.is_unset() {
        usize::MAX
    } else {
        usize::try_from(vm.index(count)?).unwrap_or(usize::MAX)
    };
    let occurrences = if new.len() > old.len() {
        text.matches(old).count().min(count)
    } else {
        0
    };
    if occurrences.saturating_mul(new.len()) > LONGEST {
        return Err(vm.memory_error(""));
    }
    Ok(Value::str(text.replacen(old, new, count)))
}

pub(super) fn join(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => separator: as_str, iterable);
    let items = match iterable.obj() {
        Some(Object::List(list)) => list.snapshot(),
        Some(Object::Tuple(items)) => items.to_vec(),
        _ => match crate::python::types::iterable_items(vm, iterable)? {
            Some(items) => items,
            None => return Err(vm.type_error("can only join an iterable")),
        },
    };
    if let [one] = items.as_slice()
        && matches!(one.obj(), Some(Object::Str(_)))
    {
        return Ok(one.clone());
    }
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        match item.as_str() {
            Some(text) if out.len() + text.len() > LONGEST => return Err(vm.memory_error("")),
            Some(text) => out.push_str(text),
            None => {
                let class = vm.type_name(item);
                return Err(vm.type_error(format!("sequence item {at}: expected str instance, {class} found")));
            }
        }
    }
    Ok(Value::str(out))
}

pub(super) fn encode(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, encoding, errors);
    let Some(text) = this.as_str() else {
        return Ok(Value::NotImplemented);
    };
    let encoding = if encoding.is_unset() {
        "utf-8"
    } else {
        text_argument(vm, encoding, "encode", "argument 'encoding'")?
    };
    let errors = if errors.is_unset() {
        "strict"
    } else {
        text_argument(vm, errors, "encode", "argument 'errors'")?
    };
    codec::encode(vm, this, text, encoding, errors).map(Value::bytes)
}
