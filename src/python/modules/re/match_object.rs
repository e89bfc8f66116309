//! `re.Match`

use super::matcher::{Found, NONE};
use super::pattern::{Pattern, template_of};
use super::subject::Text;
use super::template::{Piece, Template};
use crate::python::class::{ClassRef, Slot};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Dict, Foreign, Object};
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::rc::Rc;

/// A match.
pub struct Match {
    class: ClassRef,
    pattern: Value,
    text: Rc<Text>,
    slots: Vec<usize>,
    last_group: usize,
    /// Where the search began and where it ended.
    bounds: (usize, usize),
}

impl Foreign for Match {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::method(
        "group",
        "(self, /, *groups)",
        Parser::Unpack,
        group,
        "Return subgroup(s) of the match by indices or names. For 0 returns the entire match.",
    ),
    ClassItem::method(
        "groups",
        "(self, default=None)",
        Parser::Clinic,
        groups,
        "Return a tuple containing all the subgroups of the match, from 1.",
    ),
    ClassItem::method(
        "groupdict",
        "(self, default=None)",
        Parser::Clinic,
        group_dict,
        "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.",
    ),
    ClassItem::method(
        "start",
        "(self, group=0, /)",
        Parser::Clinic,
        |vm, args| edge(vm, args, |(start, _)| start),
        "Return index of the start of the substring matched by group.",
    ),
    ClassItem::method(
        "end",
        "(self, group=0, /)",
        Parser::Clinic,
        |vm, args| edge(vm, args, |(_, end)| end),
        "Return index of the end of the substring matched by group.",
    ),
    ClassItem::method(
        "span",
        "(self, group=0, /)",
        Parser::Clinic,
        |vm, args| edge(vm, args, |(start, end)| Value::tuple([start, end])),
        "For match object m, return the 2-tuple (m.start(group), m.end(group)).",
    ),
    ClassItem::method(
        "expand",
        "(self, template)",
        Parser::Clinic,
        expand,
        "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.",
    ),
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method("__copy__", "(self, /)", Parser::NoArgs, itself, ""),
    ClassItem::method("__deepcopy__", "(self, memo, /)", Parser::One, itself, ""),
    ClassItem::ClassMethod(NativeDef::new(
        "__class_getitem__",
        "(cls, object, /)",
        Parser::One,
        crate::python::types::generic::alias,
        "See PEP 585",
    )),
    ClassItem::field(
        "string",
        |_, this| Ok(read(this, |found| found.text.value.clone())),
        "The string passed to match() or search().",
    ),
    ClassItem::field(
        "re",
        |_, this| Ok(read(this, |found| found.pattern.clone())),
        "The regular expression object.",
    ),
    ClassItem::field(
        "pos",
        |_, this| Ok(read(this, |found| Value::size(found.bounds.0))),
        "The index into the string at which the RE engine started looking for a match.",
    ),
    ClassItem::field(
        "endpos",
        |_, this| Ok(read(this, |found| Value::size(found.bounds.1))),
        "The index into the string beyond which the RE engine will not go.",
    ),
    ClassItem::getter(
        "lastindex",
        |_, this| {
            Ok(read(this, |found| match found.last_group {
                0 => Value::None,
                group => Value::size(group),
            }))
        },
        "The integer index of the last matched capturing group.",
    ),
    ClassItem::getter("lastgroup", last_group, "The name of the last matched capturing group."),
    ClassItem::getter("regs", regs, ""),
];

fn read(this: &Value, look: impl FnOnce(&Match) -> Value) -> Value {
    this.as_foreign::<Match>().map_or(Value::None, look)
}

fn itself(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(args.first().cloned().unwrap_or_default())
}

impl Match {
    /// A match as an object.
    pub fn value(class: &ClassRef, pattern: &Value, text: &Rc<Text>, bounds: (usize, usize), found: Found) -> Value {
        Value::object(Object::Foreign(Box::new(Match {
            class: class.clone(),
            pattern: pattern.clone(),
            text: text.clone(),
            slots: found.slots,
            last_group: found.last_group,
            bounds,
        })))
    }

    fn count(&self) -> usize {
        self.slots.len() / 2
    }

    /// Where a group matched.
    pub fn span(&self, group: usize) -> Option<(usize, usize)> {
        match self.slots.get(group * 2..group * 2 + 2) {
            Some(&[start, end]) if start != NONE && end != NONE => Some((start, end)),
            _ => None,
        }
    }

    /// What a group matched, else `default`.
    pub fn group(&self, group: usize, default: &Value) -> Value {
        match self.span(group) {
            Some((start, end)) => self.text.slice(start, end),
            None => default.clone(),
        }
    }

    /// A template filled in.
    pub fn expanded(&self, template: &Template) -> Value {
        let text = template.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Value::str(text.as_str()),
            Piece::Group(group) => self.group(*group, &Value::None),
        });
        if self.text.is_str() {
            let parts: Vec<Value> = text.collect();
            Value::str(parts.iter().filter_map(Value::as_str).collect::<String>())
        } else {
            let mut bytes = Vec::new();
            for part in text {
                match (part.as_bytes(), part.as_str()) {
                    (Some(part), _) => bytes.extend_from_slice(part),
                    (None, Some(part)) => bytes.extend(part.chars().map(|c| c as u8)),
                    _ => {}
                }
            }
            Value::bytes(bytes)
        }
    }

    /// The group of a number or name.
    fn index(&self, vm: &mut Vm, key: &Value) -> R<usize> {
        let group = match vm.try_index(key)? {
            Some(number) => usize::try_from(number).ok(),
            None => match (key.as_str(), self.pattern.as_foreign::<Pattern>()) {
                (Some(name), Some(pattern)) => pattern.named(name),
                _ => None,
            },
        };
        match group {
            Some(group) if group < self.count() => Ok(group),
            _ => Err(vm.raise(&vm.exceptions.index_error.clone(), "no such group")),
        }
    }
}

fn this_match(vm: &mut Vm, value: &Value) -> R<()> {
    match value.as_foreign::<Match>() {
        Some(_) => Ok(()),
        None => Err(vm.type_error("a match is needed")),
    }
}

macro_rules! matched {
    ($vm:ident, $this:ident) => {{
        this_match($vm, $this)?;
        let Some(found) = $this.as_foreign::<Match>() else {
            return Ok(Value::None);
        };
        found
    }};
}

fn group(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, keys);
    let found = matched!(vm, this);
    match keys.as_tuple().unwrap_or(&[]) {
        [] => Ok(found.group(0, &Value::None)),
        [key] => {
            let group = found.index(vm, key)?;
            Ok(found.group(group, &Value::None))
        }
        keys => {
            let mut groups = Vec::with_capacity(keys.len());
            for key in keys {
                let group = found.index(vm, key)?;
                groups.push(found.group(group, &Value::None));
            }
            Ok(Value::tuple(groups))
        }
    }
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let found = matched!(vm, this);
    let group = found.index(vm, key)?;
    Ok(found.group(group, &Value::None))
}

fn groups(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, default);
    let found = matched!(vm, this);
    let default = default.or(Value::None);
    Ok(Value::tuple(
        (1..found.count())
            .map(|group| found.group(group, &default))
            .collect::<Vec<_>>(),
    ))
}

fn group_dict(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, default);
    let found = matched!(vm, this);
    let default = default.or(Value::None);
    let dict = Dict::new();
    if let Some(pattern) = found.pattern.as_foreign::<Pattern>() {
        for (name, group) in pattern.names.iter() {
            dict.set_str(name, found.group(*group, &default));
        }
    }
    Ok(Value::dict(dict))
}

/// Applies `shown` to where a group begins and ends, -1 when it has not matched.
fn edge(vm: &mut Vm, args: &[Value], shown: fn((Value, Value)) -> Value) -> R<Value> {
    take!(args => this, key);
    let found = matched!(vm, this);
    let group = if key.is_unset() { 0 } else { found.index(vm, key)? };
    Ok(shown(match found.span(group) {
        Some((start, end)) => (Value::size(start), Value::size(end)),
        None => (Value::Int(-1), Value::Int(-1)),
    }))
}

fn regs(vm: &mut Vm, this: &Value) -> R<Value> {
    let found = matched!(vm, this);
    let mut spans = Vec::with_capacity(found.count());
    for group in 0..found.count() {
        spans.push(edge(vm, &[this.clone(), Value::size(group)], |(start, end)| {
            Value::tuple([start, end])
        })?);
    }
    Ok(Value::tuple(spans))
}

fn last_group(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(read(this, |found| {
        let pattern = found.pattern.as_foreign::<Pattern>();
        let name = pattern.and_then(|pattern| pattern.names.iter().find(|(_, group)| *group == found.last_group));
        name.map_or(Value::None, |(name, _)| Value::str(name.as_str()))
    }))
}

fn expand(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, template);
    let found = matched!(vm, this);
    let Some(pattern) = found.pattern.as_foreign::<Pattern>() else {
        return Ok(Value::None);
    };
    let template = template_of(vm, pattern, template)?;
    Ok(found.expanded(&template))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let found = matched!(vm, this);
    let (start, end) = found.span(0).unwrap_or_default();
    let text = vm.repr(&found.group(0, &Value::None))?;
    Ok(Value::str(format!(
        "<re.Match object; span=({start}, {end}), match={text}>"
    )))
}
