//! `set` and `frozenset`. The orders in which operations look at their operands are CPython's, because the
//! order in which members print follows from them.

use crate::python::class::slot::Slot;
use crate::python::class::{ClassRef, Compare};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{NativeIterator, Object, Set};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::{Cell, RefCell};

macro_rules! row {
    ($name:literal, $signature:literal, $parser:ident, $function:expr, $help:literal) => {
        ClassItem::method($name, $signature, Parser::$parser, $function, $help)
    };
}

macro_rules! shared_rows {
    ($($own:expr),* $(,)?) => {
        &[
            row!("copy", "(self, /)", NoArgs, copy, "Return a shallow copy of a set."),
            row!("difference", "(self, /, *others)", Clinic, difference, "Return the difference of two or more sets as a new set."),
            row!("intersection", "(self, /, *others)", Clinic, intersection, "Return the intersection of two sets as a new set."),
            row!("isdisjoint", "(self, other, /)", One, is_disjoint, "Return True if two sets have a null intersection."),
            row!("issubset", "(self, other, /)", One, is_subset, "Report whether another set contains this set."),
            row!("issuperset", "(self, other, /)", One, is_superset, "Report whether this set contains another set."),
            row!("symmetric_difference", "(self, other, /)", One, symmetric_difference, "Return the symmetric difference of two sets as a new set."),
            row!("union", "(self, /, *others)", Clinic, union, "Return the union of sets as a new set."),
            row!("__contains__", "(self, object, /)", One, contains, "x.__contains__(y) <==> y in x."),
            ClassItem::special(Slot::Len, len),
            ClassItem::special(Slot::Iter, iter),
            ClassItem::special(Slot::Repr, repr),
            ClassItem::special(Slot::And, and),
            ClassItem::special(Slot::RAnd, |vm, args| swapped(vm, args, and)),
            ClassItem::special(Slot::Or, or),
            ClassItem::special(Slot::ROr, |vm, args| swapped(vm, args, or)),
            ClassItem::special(Slot::Sub, sub),
            ClassItem::special(Slot::RSub, |vm, args| swapped(vm, args, sub)),
            ClassItem::special(Slot::Xor, xor),
            ClassItem::special(Slot::RXor, |vm, args| swapped(vm, args, xor)),
            ClassItem::special(Slot::Eq, |vm, args| compare(vm, args, Compare::Eq)),
            ClassItem::special(Slot::Ne, |vm, args| compare(vm, args, Compare::Ne)),
            ClassItem::special(Slot::Lt, |vm, args| compare(vm, args, Compare::Lt)),
            ClassItem::special(Slot::Le, |vm, args| compare(vm, args, Compare::Le)),
            ClassItem::special(Slot::Gt, |vm, args| compare(vm, args, Compare::Gt)),
            ClassItem::special(Slot::Ge, |vm, args| compare(vm, args, Compare::Ge)),
            ClassItem::ClassMethod(NativeDef::new("__class_getitem__", "(cls, object, /)", Parser::One, super::generic::alias, "See PEP 585")),
            $($own,)*
        ]
    };
}

pub static SET_ITEMS: &[ClassItem] = shared_rows![
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Wrapper,
        new_set,
        ""
    )),
    ClassItem::Method(NativeDef::new(
        "__init__",
        "(self, iterable=(), /)",
        Parser::Unpack,
        init_set,
        ""
    )),
    row!("add", "(self, object, /)", One, add, "Add an element to a set."),
    row!(
        "clear",
        "(self, /)",
        NoArgs,
        clear,
        "Remove all elements from this set."
    ),
    row!(
        "discard",
        "(self, object, /)",
        One,
        discard,
        "Remove an element from a set if it is a member."
    ),
    row!(
        "remove",
        "(self, object, /)",
        One,
        remove,
        "Remove an element from a set; it must be a member."
    ),
    row!(
        "pop",
        "(self, /)",
        NoArgs,
        pop,
        "Remove and return an arbitrary set element."
    ),
    row!(
        "update",
        "(self, /, *others)",
        Clinic,
        update_all,
        "Update a set with the union of itself and others."
    ),
    row!(
        "difference_update",
        "(self, /, *others)",
        Clinic,
        difference_update,
        "Remove all elements of another set from this set."
    ),
    row!(
        "intersection_update",
        "(self, /, *others)",
        Clinic,
        intersection_update,
        "Update a set with the intersection of itself and another."
    ),
    row!(
        "symmetric_difference_update",
        "(self, other, /)",
        One,
        symmetric_difference_update,
        "Update a set with the symmetric difference of itself and another."
    ),
    ClassItem::special(Slot::IAnd, |vm, args| in_place(vm, args, and)),
    ClassItem::special(Slot::IOr, ior),
    ClassItem::special(Slot::ISub, isub),
    ClassItem::special(Slot::IXor, ixor),
    ClassItem::Constant {
        name: "__hash__",
        make: |_| Value::None
    },
];

pub static FROZENSET_ITEMS: &[ClassItem] = shared_rows![
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, iterable=(), /)",
        Parser::Unpack,
        new_frozenset,
        ""
    )),
    ClassItem::special(Slot::Hash, hash),
];

fn new_set(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, ..] = args else { return Ok(Value::None) };
    Ok(vm.instance_of(class, Value::set(Set::new())))
}

fn init_set(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, iterable);
    set.clear();
    if !iterable.is_unset() {
        update(vm, set, iterable)?;
    }
    Ok(Value::None)
}

fn new_frozenset(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, iterable);
    let exact = class.as_class().is_some_and(|class| class.same(&vm.types.frozenset));
    if exact && matches!(iterable.obj(), Some(Object::FrozenSet(_))) {
        return Ok(iterable.clone());
    }
    let set = Set::new();
    if !iterable.is_unset() {
        update(vm, &set, iterable)?;
    }
    Ok(vm.instance_of(class, Value::frozenset(set)))
}

/// `set.update(iterable)`
pub fn update(vm: &mut Vm, set: &Set, iterable: &Value) -> R<()> {
    if let Some(other) = iterable.as_set() {
        return set.merge(vm, other);
    }
    if let Some(Object::Dict(dict)) = iterable.obj() {
        set.reserve(dict.len());
        for key in dict.keys() {
            set.add(vm, key)?;
        }
        return Ok(());
    }
    let iterator = vm.iter(iterable)?;
    while let Some(item) = vm.next(&iterator)? {
        set.add(vm, item)?;
    }
    Ok(())
}

/// A set value of the kind of `like`: results of methods are plain sets or frozensets, never subclasses.
fn like(like: &Value, set: Set) -> Value {
    match like.payload().obj() {
        Some(Object::FrozenSet(_)) => Value::frozenset(set),
        _ => Value::set(set),
    }
}

fn copy(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(set) = this.as_set() else {
        return Ok(Value::NotImplemented);
    };
    if matches!(this.obj(), Some(Object::FrozenSet(_))) {
        return Ok(this.clone());
    }
    let _ = vm;
    Ok(like(this, set.copy()))
}

fn add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, item);
    set.add(vm, item.clone())?;
    Ok(Value::None)
}

fn clear(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set);
    set.clear();
    Ok(Value::None)
}

/// A key to look up: a set, unhashable, stands for the frozenset with its members.
fn lookup_key(key: &Value) -> Value {
    match key.payload().obj() {
        Some(Object::Set(set)) => Value::frozenset(set.copy()),
        _ => key.clone(),
    }
}

fn discard(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, item);
    set.remove(vm, &lookup_key(item))?;
    Ok(Value::None)
}

fn remove(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, item);
    if set.remove(vm, &lookup_key(item))? {
        Ok(Value::None)
    } else {
        Err(vm.key_error(item))
    }
}

fn pop(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set);
    match set.pop() {
        Some(item) => Ok(item),
        None => Err(vm.key_error(&Value::str("pop from an empty set"))),
    }
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, item);
    Ok(Value::bool(set.contains(vm, &lookup_key(item))?))
}

fn update_all(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, others);
    for other in others.as_tuple().unwrap_or(&[]) {
        update(vm, set, other)?;
    }
    Ok(Value::None)
}

fn union(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, others);
    let Some(set) = this.as_set() else {
        return Ok(Value::NotImplemented);
    };
    let result = set.copy();
    for other in others.as_tuple().unwrap_or(&[]) {
        update(vm, &result, other)?;
    }
    Ok(like(this, result))
}

/// Members of both; looks at the smaller set's members in the larger one.
fn intersect(vm: &mut Vm, set: &Set, other: &Value) -> R<Set> {
    let result = Set::new();
    if let Some(other) = other.as_set() {
        let (large, small) = if other.len() > set.len() {
            (other, set)
        } else {
            (set, other)
        };
        for (hash, item) in small.hashed_items() {
            if large.contains(vm, &item)? {
                result.add_hashed(vm, hash, item)?;
            }
        }
        return Ok(result);
    }
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        if set.contains(vm, &item)? {
            result.add(vm, item)?;
        }
    }
    Ok(result)
}

fn intersection(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, others);
    let Some(set) = this.as_set() else {
        return Ok(Value::NotImplemented);
    };
    let mut result = None;
    for other in others.as_tuple().unwrap_or(&[]) {
        result = Some(intersect(vm, result.as_ref().unwrap_or(set), other)?);
    }
    Ok(like(this, result.unwrap_or_else(|| set.copy())))
}

fn remove_all(vm: &mut Vm, set: &Set, other: &Value) -> R<()> {
    if let Some(other) = other.as_set() {
        if std::ptr::eq(set, other) {
            set.clear();
            return Ok(());
        }
        for item in other.items() {
            set.remove(vm, &item)?;
        }
        return Ok(());
    }
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        set.remove(vm, &item)?;
    }
    Ok(())
}

/// Members of `set` that are not in `other`.
fn subtract(vm: &mut Vm, set: &Set, other: &Value) -> R<Set> {
    let length = match (other.as_set(), other.obj()) {
        (Some(other), _) => Some(other.len()),
        (None, Some(Object::Dict(dict))) => Some(dict.len()),
        _ => None,
    };
    if length.is_none_or(|length| set.len() >> 2 > length) {
        let result = set.copy();
        remove_all(vm, &result, other)?;
        return Ok(result);
    }
    let result = Set::new();
    for (hash, item) in set.hashed_items() {
        if !vm.contains(other, &item)? {
            result.add_hashed(vm, hash, item)?;
        }
    }
    Ok(result)
}

fn difference(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, others);
    let Some(set) = this.as_set() else {
        return Ok(Value::NotImplemented);
    };
    let others = others.as_tuple().unwrap_or(&[]);
    let [first, rest @ ..] = others else {
        return Ok(like(this, set.copy()));
    };
    let result = subtract(vm, set, first)?;
    for other in rest {
        remove_all(vm, &result, other)?;
    }
    Ok(like(this, result))
}

fn difference_update(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, others);
    for other in others.as_tuple().unwrap_or(&[]) {
        remove_all(vm, set, other)?;
    }
    Ok(Value::None)
}

fn intersection_update(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, others);
    let Some(set) = this.as_set() else {
        return Ok(Value::NotImplemented);
    };
    let result = intersection(vm, &[this.clone(), others.clone()])?;
    if let Some(result) = result.as_set() {
        set.replace(result);
    }
    Ok(Value::None)
}

/// Flips membership of each of `members` in `set`.
fn flip(vm: &mut Vm, set: &Set, members: &Set) -> R<()> {
    if std::ptr::eq(set, members) {
        set.clear();
        return Ok(());
    }
    for (hash, item) in members.hashed_items() {
        if !set.remove(vm, &item)? {
            set.add_hashed(vm, hash, item)?;
        }
    }
    Ok(())
}

/// A set of the members of any iterable.
fn set_of(vm: &mut Vm, iterable: &Value) -> R<Set> {
    if let Some(set) = iterable.as_set() {
        return Ok(set.copy());
    }
    let set = Set::new();
    update(vm, &set, iterable)?;
    Ok(set)
}

fn symmetric_difference(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let Some(set) = this.as_set() else {
        return Ok(Value::NotImplemented);
    };
    let result = set_of(vm, other)?;
    flip(vm, &result, set)?;
    Ok(like(this, result))
}

fn symmetric_difference_update(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, other);
    match other.as_set() {
        Some(other) => flip(vm, set, other)?,
        None => {
            let members = set_of(vm, other)?;
            flip(vm, set, &members)?;
        }
    }
    Ok(Value::None)
}

/// Whether all members of `small` are in `large`.
fn within(vm: &mut Vm, small: &Set, large: &Set) -> R<bool> {
    if small.len() > large.len() {
        return Ok(false);
    }
    for item in small.items() {
        if !large.contains(vm, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_disjoint(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, other);
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        if set.contains(vm, &item)? {
            return Ok(Value::False);
        }
    }
    Ok(Value::True)
}

fn is_subset(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, other);
    let other = set_of(vm, other)?;
    Ok(Value::bool(within(vm, set, &other)?))
}

fn is_superset(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set, other);
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        if !set.contains(vm, &item)? {
            return Ok(Value::False);
        }
    }
    Ok(Value::True)
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set);
    Ok(Value::size(set.len()))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(set) = this.as_set() else {
        return Ok(Value::NotImplemented);
    };
    let name = vm.type_name(this);
    if set.is_empty() {
        return Ok(Value::str(format!("{name}()")));
    }
    let plain = matches!(this.obj(), Some(Object::Set(_)));
    let text = super::guarded_repr(vm, this, &format!("{name}(...)"), |vm| {
        let mut out = if plain { String::from("{") } else { format!("{name}({{") };
        for (at, item) in set.items().iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            out.push_str(&vm.repr(item)?);
        }
        out.push_str(if plain { "}" } else { "})" });
        Ok(out)
    })?;
    Ok(Value::str(text))
}

/// CPython's commutative mixing of the members' hashes.
fn hash(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => set: as_set);
    if let Some(hash) = set.hash.get() {
        return Ok(Value::Int(hash));
    }
    let mut mixed: u64 = 0;
    for (hash, _) in set.hashed_items() {
        let hash = hash as u64;
        mixed ^= (hash ^ 89_869_747 ^ (hash << 16)).wrapping_mul(3_644_798_167);
    }
    mixed ^= (set.len() as u64 + 1).wrapping_mul(1_927_868_237);
    mixed ^= (mixed >> 11) ^ (mixed >> 25);
    mixed = mixed.wrapping_mul(69_069).wrapping_add(907_133_923);
    let hash = if mixed == u64::MAX { 590_923_713 } else { mixed as i64 };
    set.hash.set(Some(hash));
    Ok(Value::Int(hash))
}

fn swapped(vm: &mut Vm, args: &[Value], operation: fn(&mut Vm, &[Value]) -> R<Value>) -> R<Value> {
    take!(args => this, other);
    if other.as_set().is_none() {
        return Ok(Value::NotImplemented);
    }
    operation(vm, &[other.clone(), this.clone()])
}

fn and(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    match (this.as_set(), other.as_set()) {
        (Some(set), Some(_)) => Ok(like(this, intersect(vm, set, other)?)),
        _ => Ok(Value::NotImplemented),
    }
}

fn or(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    match (this.as_set(), other.as_set()) {
        (Some(set), Some(right)) => {
            let result = set.copy();
            result.merge(vm, right)?;
            Ok(like(this, result))
        }
        _ => Ok(Value::NotImplemented),
    }
}

fn sub(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    match (this.as_set(), other.as_set()) {
        (Some(set), Some(_)) => Ok(like(this, subtract(vm, set, other)?)),
        _ => Ok(Value::NotImplemented),
    }
}

fn xor(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    if other.as_set().is_none() {
        return Ok(Value::NotImplemented);
    }
    symmetric_difference(vm, &[this.clone(), other.clone()])
}

/// Replaces the members by the answer of an operation.
fn in_place(vm: &mut Vm, args: &[Value], operation: fn(&mut Vm, &[Value]) -> R<Value>) -> R<Value> {
    take!(args => this, _other);
    let result = operation(vm, args)?;
    if let (Some(set), Some(result)) = (this.as_set(), result.as_set()) {
        set.replace(result);
        return Ok(this.clone());
    }
    Ok(result)
}

fn ior(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    match (this.as_set(), other.as_set()) {
        (Some(set), Some(right)) => {
            set.merge(vm, right)?;
            Ok(this.clone())
        }
        _ => Ok(Value::NotImplemented),
    }
}

fn isub(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    match (this.as_set(), other.as_set()) {
        (Some(set), Some(_)) => {
            remove_all(vm, set, other)?;
            Ok(this.clone())
        }
        _ => Ok(Value::NotImplemented),
    }
}

fn ixor(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    match (this.as_set(), other.as_set()) {
        (Some(set), Some(right)) => {
            flip(vm, set, right)?;
            Ok(this.clone())
        }
        _ => Ok(Value::NotImplemented),
    }
}

fn compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => set: as_set, other);
    let Some(other) = other.as_set() else {
        return Ok(Value::NotImplemented);
    };
    let holds = match how {
        Compare::Eq => set.len() == other.len() && within(vm, set, other)?,
        Compare::Ne => set.len() != other.len() || !within(vm, set, other)?,
        Compare::Lt => set.len() < other.len() && within(vm, set, other)?,
        Compare::Le => within(vm, set, other)?,
        Compare::Gt => set.len() > other.len() && within(vm, other, set)?,
        Compare::Ge => within(vm, other, set)?,
    };
    Ok(Value::bool(holds))
}

struct SetIterator {
    class: ClassRef,
    /// Unset once exhausted.
    set: RefCell<Value>,
    place: Cell<usize>,
    length: Cell<Option<usize>>,
    left: Cell<usize>,
}

impl NativeIterator for SetIterator {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn next(&self, vm: &mut Vm) -> R<Option<Value>> {
        let holder = self.set.borrow().clone();
        let Some(set) = holder.as_set() else { return Ok(None) };
        if self.length.get() != Some(set.len()) {
            self.length.set(None);
            return Err(vm.runtime_error("Set changed size during iteration"));
        }
        match set.next_from(self.place.get()) {
            Some((place, item)) => {
                self.place.set(place + 1);
                self.left.set(self.left.get().saturating_sub(1));
                Ok(Some(item))
            }
            None => {
                self.set.replace(Value::Unset);
                Ok(None)
            }
        }
    }

    fn length_hint(&self) -> Option<usize> {
        let set = self.set.borrow();
        let unchanged = set.as_set().is_some_and(|set| self.length.get() == Some(set.len()));
        Some(if unchanged { self.left.get() } else { 0 })
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(set) = this.as_set() else {
        return Ok(Value::NotImplemented);
    };
    Ok(Value::object(Object::Iterator(Box::new(SetIterator {
        class: vm.types.set_iterator.clone(),
        set: RefCell::new(this.payload().clone()),
        place: Cell::new(0),
        length: Cell::new(Some(set.len())),
        left: Cell::new(set.len()),
    }))))
}
