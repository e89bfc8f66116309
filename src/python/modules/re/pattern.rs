//! `re.Pattern`

use super::flags;
use super::match_object::Match;
use super::matcher::{Demand, Found};
use super::program::Program;
use super::subject::Text;
use super::template::{self, Template};
use crate::python::class::{ClassRef, Slot};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Dict, Foreign, NativeIterator, Object};
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::Cell;
use std::rc::Rc;

/// A compiled pattern.
pub struct Pattern {
    pub class: ClassRef,
    pub match_class: ClassRef,
    /// The text it was made of.
    pub source: Value,
    pub flags: i64,
    pub program: Rc<Program>,
    pub names: Rc<[(String, usize)]>,
}

impl Foreign for Pattern {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

const ANY: Demand = Demand {
    whole: false,
    advance: false,
};

/// `(self, string, pos=0, endpos=sys.maxsize)`
const BOUNDED: &str = "(self, string, pos=0, endpos=9223372036854775807)";

pub static ITEMS: &[ClassItem] = &[
    ClassItem::method(
        "match",
        BOUNDED,
        Parser::Clinic,
        |vm, args| one(vm, args, false, ANY),
        "Matches zero or more characters at the beginning of the string.",
    ),
    ClassItem::method(
        "fullmatch",
        BOUNDED,
        Parser::Clinic,
        |vm, args| one(vm, args, false, Demand { whole: true, ..ANY }),
        "Matches against all of the string.",
    ),
    ClassItem::method(
        "search",
        BOUNDED,
        Parser::Clinic,
        |vm, args| one(vm, args, true, ANY),
        "Scan through string looking for a match, and return a corresponding match object instance.",
    ),
    ClassItem::method(
        "findall",
        BOUNDED,
        Parser::Clinic,
        find_all,
        "Return a list of all non-overlapping matches of pattern in string.",
    ),
    ClassItem::method(
        "finditer",
        BOUNDED,
        Parser::Clinic,
        find_iter,
        "Return an iterator over all non-overlapping matches for the RE pattern in string.",
    ),
    ClassItem::method(
        "split",
        "(self, string, maxsplit=0)",
        Parser::Clinic,
        split,
        "Split string by the occurrences of pattern.",
    ),
    ClassItem::method(
        "sub",
        "(self, repl, string, count=0)",
        Parser::Clinic,
        |vm, args| Ok(substitute(vm, args)?.0),
        "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.",
    ),
    ClassItem::method(
        "subn",
        "(self, repl, string, count=0)",
        Parser::Clinic,
        |vm, args| {
            let (text, count) = substitute(vm, args)?;
            Ok(Value::tuple([text, Value::size(count)]))
        },
        "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.",
    ),
    ClassItem::method("__copy__", "(self, /)", Parser::NoArgs, itself, ""),
    ClassItem::method("__deepcopy__", "(self, memo, /)", Parser::One, itself, ""),
    ClassItem::ClassMethod(NativeDef::new(
        "__class_getitem__",
        "(cls, object, /)",
        Parser::One,
        crate::python::types::generic::alias,
        "See PEP 585",
    )),
    ClassItem::special(Slot::Eq, equal),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::field(
        "pattern",
        |_, this| Ok(read(this, |pattern| pattern.source.clone())),
        "The pattern string from which the RE object was compiled.",
    ),
    ClassItem::field(
        "flags",
        |_, this| Ok(read(this, |pattern| Value::Int(pattern.flags))),
        "The regex matching flags.",
    ),
    ClassItem::field(
        "groups",
        |_, this| Ok(read(this, |pattern| Value::size(pattern.program.groups - 1))),
        "The number of capturing groups in the pattern.",
    ),
    ClassItem::getter(
        "groupindex",
        |_, this| {
            Ok(read(this, |pattern| {
                let dict = Dict::new();
                for (name, group) in pattern.names.iter() {
                    dict.set_str(name, Value::size(*group));
                }
                Value::object(Object::MappingProxy(Value::dict(dict)))
            }))
        },
        "A dictionary mapping group names to group numbers.",
    ),
];

fn read(this: &Value, look: impl FnOnce(&Pattern) -> Value) -> Value {
    this.as_foreign::<Pattern>().map_or(Value::None, look)
}

fn itself(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(args.first().cloned().unwrap_or_default())
}

impl Pattern {
    pub fn named(&self, name: &str) -> Option<usize> {
        self.names
            .iter()
            .find(|(known, _)| known == name)
            .map(|&(_, group)| group)
    }

    fn is_text(&self) -> bool {
        self.source.as_str().is_some()
    }

    /// The text to search, of this pattern's kind.
    fn subject(&self, vm: &mut Vm, string: &Value) -> R<Rc<Text>> {
        let Some(text) = Text::new(string) else {
            let class = vm.type_name(string);
            return Err(vm.type_error(format!("expected string or bytes-like object, got '{class}'")));
        };
        match (self.is_text(), text.is_str()) {
            (true, false) => Err(vm.type_error("cannot use a string pattern on a bytes-like object")),
            (false, true) => Err(vm.type_error("cannot use a bytes pattern on a string-like object")),
            _ => Ok(Rc::new(text)),
        }
    }
}

/// Searches one text again and again, each time behind the last match.
struct Search {
    pattern: Value,
    text: Rc<Text>,
    bounds: (usize, usize),
    at: Cell<usize>,
    /// The last match was empty: the next one at its place must not be.
    advance: Cell<bool>,
}

impl Search {
    /// Over `string` between `pos` and `endpos`.
    fn new(vm: &mut Vm, this: &Value, string: &Value, pos: &Value, endpos: &Value) -> R<Option<Search>> {
        let Some(pattern) = this.as_foreign::<Pattern>() else {
            return Ok(None);
        };
        let text = pattern.subject(vm, string)?;
        let mut place = |value: &Value, default: usize| -> R<usize> {
            if value.is_unset() {
                return Ok(default);
            }
            let index = vm.index_clamped(value)?;
            Ok(usize::try_from(index).unwrap_or(0).min(text.len()))
        };
        let bounds = (place(pos, 0)?, place(endpos, text.len())?);
        Ok(Some(Search {
            pattern: this.clone(),
            text,
            bounds,
            at: Cell::new(bounds.0),
            advance: Cell::new(false),
        }))
    }

    fn pattern(&self) -> Option<&Pattern> {
        self.pattern.as_foreign::<Pattern>()
    }

    fn find(&self, vm: &mut Vm, search: bool, demand: Demand) -> R<Option<Found>> {
        match self.pattern() {
            Some(pattern) => self
                .text
                .find(vm, &pattern.program, (self.at.get(), self.bounds.1), search, demand),
            None => Ok(None),
        }
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Found>> {
        vm.poll()?;
        let demand = Demand {
            advance: self.advance.get(),
            ..ANY
        };
        let found = self.find(vm, true, demand)?;
        if let Some(&[start, end, ..]) = found.as_ref().map(|found| found.slots.as_slice()) {
            self.advance.set(start == end);
            self.at.set(end);
        }
        Ok(found)
    }

    fn value(&self, found: Found) -> Value {
        match self.pattern() {
            Some(pattern) => Match::value(&pattern.match_class, &self.pattern, &self.text, self.bounds, found),
            None => Value::None,
        }
    }
}

/// Where a match begins and ends.
fn span(found: &Found) -> (usize, usize) {
    match found.slots.as_slice() {
        &[start, end, ..] => (start, end),
        _ => (0, 0),
    }
}

fn one(vm: &mut Vm, args: &[Value], search: bool, demand: Demand) -> R<Value> {
    take!(args => this, string, pos, endpos);
    let Some(searched) = Search::new(vm, this, string, pos, endpos)? else {
        return Ok(Value::None);
    };
    Ok(match searched.find(vm, search, demand)? {
        Some(found) => searched.value(found),
        None => Value::None,
    })
}

/// What `findall` and `split` show of a group.
fn part(search: &Search, found: &Found, group: usize, default: &Value) -> Value {
    match found.slots.get(group * 2..group * 2 + 2) {
        Some(&[start, end]) if start != super::matcher::NONE && end != super::matcher::NONE => {
            search.text.slice(start, end)
        }
        _ => default.clone(),
    }
}

fn find_all(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, string, pos, endpos);
    let Some(search) = Search::new(vm, this, string, pos, endpos)? else {
        return Ok(Value::None);
    };
    let empty = search.text.slice(0, 0);
    let mut all = Vec::new();
    while let Some(found) = search.next(vm)? {
        let groups = found.slots.len() / 2;
        all.push(match groups {
            0 | 1 => part(&search, &found, 0, &empty),
            2 => part(&search, &found, 1, &empty),
            _ => Value::tuple(
                (1..groups)
                    .map(|group| part(&search, &found, group, &empty))
                    .collect::<Vec<_>>(),
            ),
        });
    }
    Ok(Value::list(all))
}

/// What `finditer` answers.
struct Matches {
    class: ClassRef,
    search: Search,
    done: Cell<bool>,
}

impl NativeIterator for Matches {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        if self.done.get() {
            return Ok(None);
        }
        let found = self.search.next(vm)?;
        self.done.set(found.is_none());
        Ok(found.map(|found| self.search.value(found)))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn find_iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, string, pos, endpos);
    let Some(search) = Search::new(vm, this, string, pos, endpos)? else {
        return Ok(Value::None);
    };
    Ok(Value::object(Object::Iterator(Box::new(Matches {
        class: vm.types.callable_iterator.clone(),
        search,
        done: Cell::new(false),
    }))))
}

fn count(vm: &mut Vm, value: &Value) -> R<usize> {
    if value.is_unset() {
        return Ok(0);
    }
    let count = vm.index(value)?;
    // a negative count is larger than any, as CPython's loop takes it
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

fn split(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, string, most);
    let most = count(vm, most)?;
    let Some(search) = Search::new(vm, this, string, &Value::Unset, &Value::Unset)? else {
        return Ok(Value::None);
    };
    let (mut parts, mut last, mut splits) = (Vec::new(), 0, 0);
    while most == 0 || splits < most {
        let Some(found) = search.next(vm)? else { break };
        let (start, end) = span(&found);
        parts.push(search.text.slice(last, start));
        parts.extend((1..found.slots.len() / 2).map(|group| part(&search, &found, group, &Value::None)));
        last = end;
        splits += 1;
    }
    parts.push(search.text.slice(last, search.text.len()));
    Ok(Value::list(parts))
}

/// The characters of a str, or of bytes as Latin-1.
pub fn characters(value: &Value) -> Option<Vec<char>> {
    if let Some(text) = value.as_str() {
        return Some(text.chars().collect());
    }
    let latin = |bytes: &[u8]| bytes.iter().map(|&byte| char::from(byte)).collect();
    match (value.as_bytes(), value.as_bytearray()) {
        (Some(bytes), _) => Some(latin(bytes)),
        (None, Some(bytes)) => Some(latin(&bytes.borrow())),
        _ => None,
    }
}

/// A replacement, parsed for a pattern.
pub fn template_of(vm: &mut Vm, pattern: &Pattern, text: &Value) -> R<Template> {
    let Some(chars) = characters(text) else {
        let class = vm.type_name(text);
        return Err(vm.type_error(format!("decoding to str: need a bytes-like object, {class} found")));
    };
    match template::parse(&chars, text.as_str().is_some(), pattern.program.groups, &pattern.names) {
        Ok(template) => Ok(template),
        Err(fault) => Err(super::raise(vm, fault, text)),
    }
}

/// What stands in the place of a match.
enum Replacement {
    Fixed(Value),
    Template(Template),
    Function,
}

/// The text with replacements, and how many.
fn substitute(vm: &mut Vm, args: &[Value]) -> R<(Value, usize)> {
    let [this, replacement, string, most] = args else {
        return Ok((Value::None, 0));
    };
    let most = count(vm, most)?;
    let Some(search) = Search::new(vm, this, string, &Value::Unset, &Value::Unset)? else {
        return Ok((Value::None, 0));
    };
    let Some(pattern) = search.pattern() else {
        return Ok((Value::None, 0));
    };
    let how = if crate::python::builtins::classes::is_callable(vm, replacement) {
        Replacement::Function
    } else if characters(replacement).is_some_and(|chars| !chars.contains(&'\\')) {
        Replacement::Fixed(replacement.clone())
    } else {
        Replacement::Template(template_of(vm, pattern, replacement)?)
    };
    let (mut parts, mut last, mut made) = (Vec::new(), 0, 0);
    while most == 0 || made < most {
        let Some(found) = search.next(vm)? else { break };
        let (start, end) = span(&found);
        if start > last {
            parts.push(search.text.slice(last, start));
        }
        let put = match &how {
            Replacement::Fixed(text) => text.clone(),
            Replacement::Template(template) => match search.value(found).as_foreign::<Match>() {
                Some(found) => found.expanded(template),
                None => Value::None,
            },
            Replacement::Function => {
                let found = search.value(found);
                vm.call(replacement, &[found])?
            }
        };
        if !put.is_none() {
            parts.push(put);
        }
        last = end;
        made += 1;
    }
    if last < search.text.len() {
        parts.push(search.text.slice(last, search.text.len()));
    }
    let empty = search.text.slice(0, 0);
    let joined = vm.call_method(
        &empty,
        crate::syntax::symbol::Symbol::new("join"),
        &[Value::list(parts)],
    )?;
    Ok((joined, made))
}

fn equal(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let (Some(a), Some(b)) = (this.as_foreign::<Pattern>(), other.as_foreign::<Pattern>()) else {
        return Ok(Value::NotImplemented);
    };
    let same = a.flags == b.flags && a.is_text() == b.is_text() && vm.equal(&a.source, &b.source)?;
    Ok(Value::bool(same))
}

fn hash(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    match this.as_foreign::<Pattern>() {
        Some(pattern) => Ok(Value::Int(vm.hash(&pattern.source)? ^ pattern.flags)),
        None => Ok(Value::Int(0)),
    }
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(pattern) = this.as_foreign::<Pattern>() else {
        return Ok(Value::None);
    };
    let source = vm.repr(&pattern.source)?;
    let source: String = source.chars().take(200).collect();
    let mut shown = pattern.flags;
    if pattern.is_text() && shown & (flags::LOCALE | flags::UNICODE | flags::ASCII) == flags::UNICODE {
        shown &= !flags::UNICODE;
    }
    let mut names: Vec<String> = Vec::new();
    for (flag, name) in flags::NAMES {
        if shown & flag != 0 {
            names.push(name.into());
            shown &= !flag;
        }
    }
    if shown != 0 {
        names.push(format!("{shown:#x}"));
    }
    Ok(Value::str(if names.is_empty() {
        format!("re.compile({source})")
    } else {
        format!("re.compile({source}, {})", names.join("|"))
    }))
}
