//! `_deque`: `collections.deque`, a ring.

use crate::python::class::{ClassRef, Compare, Flags, Layout, Slot};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Attributes, Foreign, Module, Object};
use crate::python::types::{guarded_repr, sequence, take};
use crate::python::value::{R, Raised, Value};
use crate::python::vm::{ClassSpec, Vm};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// The deque behind `self`; the binder has checked the class.
macro_rules! ring {
    ($this:ident) => {{
        let Some(deque) = $this.as_foreign::<Deque>() else {
            return Ok(Value::NotImplemented);
        };
        deque
    }};
}

mod walk;

struct Deque {
    class: ClassRef,
    items: RefCell<VecDeque<Value>>,
    most: Cell<Option<usize>>,
    /// Grows with every change of the length or order: iterators notice.
    changes: Cell<u64>,
    attributes: Option<RefCell<Attributes>>,
}

impl Foreign for Deque {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn attributes(&self) -> Option<&RefCell<Attributes>> {
        self.attributes.as_ref()
    }
}

const ONE: &str = "(self, object, /)";
const ITERABLE: &str = "(self, iterable, /)";
const BINARY: &str = "(self, value, /)";
const NONE: &str = "(self, /)";

static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Wrapper,
        new,
        "",
    )),
    ClassItem::Method(NativeDef::new(
        "__init__",
        "(self, iterable=(), maxlen=None)",
        Parser::Keywords,
        init,
        "Initialize self.  See help(type(self)) for accurate signature.",
    )),
    ClassItem::method(
        "append",
        ONE,
        Parser::One,
        append,
        "Add an element to the right side of the deque.",
    ),
    ClassItem::method(
        "appendleft",
        ONE,
        Parser::One,
        append_left,
        "Add an element to the left side of the deque.",
    ),
    ClassItem::method(
        "extend",
        ITERABLE,
        Parser::One,
        |vm, args| extend(vm, args, Deque::push),
        "Extend the right side of the deque with elements from the iterable",
    ),
    ClassItem::method(
        "extendleft",
        ITERABLE,
        Parser::One,
        |vm, args| extend(vm, args, Deque::push_left),
        "Extend the left side of the deque with elements from the iterable",
    ),
    ClassItem::method(
        "pop",
        NONE,
        Parser::NoArgs,
        |vm, args| pop(vm, args, VecDeque::pop_back),
        "Remove and return the rightmost element.",
    ),
    ClassItem::method(
        "popleft",
        NONE,
        Parser::NoArgs,
        |vm, args| pop(vm, args, VecDeque::pop_front),
        "Remove and return the leftmost element.",
    ),
    ClassItem::method(
        "clear",
        NONE,
        Parser::NoArgs,
        clear,
        "Remove all elements from the deque.",
    ),
    ClassItem::method("copy", NONE, Parser::NoArgs, copy, "Return a shallow copy of a deque."),
    ClassItem::method(
        "__copy__",
        NONE,
        Parser::NoArgs,
        copy,
        "Return a shallow copy of a deque.",
    ),
    ClassItem::method(
        "count",
        BINARY,
        Parser::One,
        count,
        "D.count(value) -- return number of occurrences of value",
    ),
    ClassItem::method(
        "index",
        "(self, value, start=0, stop=9223372036854775807, /)",
        Parser::Unpack,
        index,
        "D.index(value, [start, [stop]]) -- return first index of value.",
    ),
    ClassItem::method(
        "insert",
        "(self, index, object, /)",
        Parser::Tuple,
        insert,
        "D.insert(index, object) -- insert object before index",
    ),
    ClassItem::method(
        "remove",
        BINARY,
        Parser::One,
        remove,
        "D.remove(value) -- remove first occurrence of value.",
    ),
    ClassItem::method(
        "reverse",
        NONE,
        Parser::NoArgs,
        reverse,
        "D.reverse() -- reverse *IN PLACE*",
    ),
    ClassItem::method(
        "rotate",
        "(self, n=1, /)",
        Parser::Unpack,
        rotate,
        "Rotate the deque n steps to the right (default n=1).  If n is negative, rotates left.",
    ),
    ClassItem::method(
        "__reversed__",
        NONE,
        Parser::NoArgs,
        walk::reversed,
        "D.__reversed__() -- return a reverse iterator over the deque",
    ),
    ClassItem::method(
        "__reduce__",
        NONE,
        Parser::NoArgs,
        reduce,
        "Return state information for pickling.",
    ),
    ClassItem::ClassMethod(NativeDef::new(
        "__class_getitem__",
        "(cls, object, /)",
        Parser::One,
        crate::python::types::generic::alias,
        "See PEP 585",
    )),
    ClassItem::getter(
        "maxlen",
        |_, this| {
            let most = this.as_foreign::<Deque>().and_then(|deque| deque.most.get());
            Ok(most.map_or(Value::None, Value::size))
        },
        "maximum size of a deque or None if unbounded",
    ),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Iter, walk::iter),
    ClassItem::special(Slot::Contains, contains),
    ClassItem::special(Slot::GetItem, get_item),
    ClassItem::special(Slot::SetItem, set_item),
    ClassItem::special(Slot::DelItem, del_item),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Add, add),
    ClassItem::special(Slot::IAdd, in_place_add),
    ClassItem::special(Slot::Mul, multiply),
    ClassItem::special(Slot::RMul, multiply),
    ClassItem::special(Slot::IMul, in_place_multiply),
    ClassItem::special(Slot::Eq, |vm, args| compare(vm, args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |vm, args| compare(vm, args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |vm, args| compare(vm, args, Compare::Lt)),
    ClassItem::special(Slot::Le, |vm, args| compare(vm, args, Compare::Le)),
    ClassItem::special(Slot::Gt, |vm, args| compare(vm, args, Compare::Gt)),
    ClassItem::special(Slot::Ge, |vm, args| compare(vm, args, Compare::Ge)),
    ClassItem::Constant {
        name: "__hash__",
        make: |_| Value::None,
    },
];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("_deque");
    let flags = Flags::DOTTED.with(Flags::IMMUTABLE).with(Flags::NO_DICT);
    let class = vm.new_class(ClassSpec {
        name: "deque",
        module: "collections",
        bases: &[],
        layout: Some(Layout::Foreign("deque")),
        flags: flags.with(Flags::SEQUENCE).with(Flags::MATCH_SEQUENCE),
        doc: "deque([iterable[, maxlen]]) --> deque object\n\nA list-like sequence optimized for data accesses near its endpoints.",
    })?;
    vm.define(&class, ITEMS);
    module.set("deque", Value::class(&class));
    for name in ["_deque_iterator", "_deque_reverse_iterator"] {
        let class = vm.new_class(ClassSpec {
            name,
            module: "_collections",
            bases: &[],
            layout: Some(Layout::Builtin(name)),
            flags: flags.with(Flags::FINAL),
            doc: "",
        })?;
        vm.define(&class, walk::ITEMS);
        module.set(name, Value::class(&class));
    }
    Ok(module)
}

impl Deque {
    fn len(&self) -> usize {
        self.items.borrow().len()
    }

    fn changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    fn get(&self, at: usize) -> Option<Value> {
        self.items.borrow().get(at).cloned()
    }

    fn is_full(&self) -> bool {
        self.most.get().is_some_and(|most| self.len() >= most)
    }

    /// Appends, and drops from the other end what is too much.
    fn push(&self, item: Value) {
        self.changed();
        let dropped = if self.is_full() {
            self.items.borrow_mut().pop_front()
        } else {
            None
        };
        if !self.is_full() {
            self.items.borrow_mut().push_back(item);
        }
        drop(dropped);
    }

    fn push_left(&self, item: Value) {
        self.changed();
        let dropped = if self.is_full() {
            self.items.borrow_mut().pop_back()
        } else {
            None
        };
        if !self.is_full() {
            self.items.borrow_mut().push_front(item);
        }
        drop(dropped);
    }

    fn replace(&self, items: VecDeque<Value>) {
        self.changed();
        let old = self.items.replace(items);
        drop(old);
    }

    fn snapshot(&self) -> Vec<Value> {
        self.items.borrow().iter().cloned().collect()
    }

    /// Items of which those beyond the bound fell out at the left.
    fn bounded(&self, items: Vec<Value>) -> VecDeque<Value> {
        let over = self.most.get().map_or(0, |most| items.len().saturating_sub(most));
        items.into_iter().skip(over).collect()
    }
}

fn new(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(class) = args.first().and_then(Value::as_class) else {
        return Ok(Value::None);
    };
    Ok(made(class, VecDeque::new(), None))
}

fn made(class: &ClassRef, items: VecDeque<Value>, most: Option<usize>) -> Value {
    Value::object(Object::Foreign(Box::new(Deque {
        class: class.clone(),
        items: RefCell::new(items),
        most: Cell::new(most),
        changes: Cell::new(0),
        attributes: class.has(Flags::HEAP).then(RefCell::default),
    })))
}

fn init(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, iterable, maxlen);
    let deque = ring!(this);
    let most = if maxlen.is_unset() || maxlen.is_none() {
        None
    } else {
        if !maxlen.is_int() {
            return Err(vm.type_error("an integer is required"));
        }
        match usize::try_from(vm.index(maxlen)?) {
            Ok(most) => Some(most),
            Err(_) => return Err(vm.value_error("maxlen must be non-negative")),
        }
    };
    deque.most.set(most);
    deque.replace(VecDeque::new());
    if !iterable.is_unset() {
        extend(vm, &[this.clone(), iterable.clone()], Deque::push)?;
    }
    Ok(Value::None)
}

fn append(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, item);
    ring!(this).push(item.clone());
    Ok(Value::None)
}

fn append_left(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, item);
    ring!(this).push_left(item.clone());
    Ok(Value::None)
}

fn extend(vm: &mut Vm, args: &[Value], push: fn(&Deque, Value)) -> R<Value> {
    take!(args => this, iterable);
    let deque = ring!(this);
    if iterable.is(this) {
        deque.snapshot().into_iter().for_each(|item| push(deque, item));
        return Ok(Value::None);
    }
    let iterator = vm.iter(iterable)?;
    while let Some(item) = vm.next(&iterator)? {
        push(deque, item);
        vm.poll()?;
    }
    Ok(Value::None)
}

fn pop(vm: &mut Vm, args: &[Value], take: fn(&mut VecDeque<Value>) -> Option<Value>) -> R<Value> {
    take!(args => this);
    let deque = ring!(this);
    let item = take(&mut deque.items.borrow_mut());
    deque.changed();
    item.ok_or_else(|| vm.index_error("pop from an empty deque"))
}

fn clear(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    ring!(this).replace(VecDeque::new());
    Ok(Value::None)
}

/// A deque like `this` with other items: through its class if that is a Python subclass.
fn like(vm: &mut Vm, this: &Value, items: Vec<Value>) -> R<Value> {
    let deque = ring!(this);
    let items = deque.bounded(items);
    if !deque.class.has(Flags::HEAP) {
        return Ok(made(&deque.class, items, deque.most.get()));
    }
    let items = Value::list(items.into_iter().collect());
    let class = Value::class(&deque.class);
    match deque.most.get() {
        None => vm.call(&class, &[items]),
        Some(most) => vm.call(&class, &[items, Value::size(most)]),
    }
}

fn copy(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let items = ring!(this).snapshot();
    like(vm, this, items)
}

fn mutated(vm: &mut Vm) -> Raised {
    vm.runtime_error("deque mutated during iteration")
}

fn count(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, value);
    let deque = ring!(this);
    let changes = deque.changes.get();
    let mut found = 0;
    for item in deque.snapshot() {
        found += usize::from(item.is(value) || vm.equal(&item, value)?);
        if deque.changes.get() != changes {
            return Err(mutated(vm));
        }
    }
    Ok(Value::size(found))
}

/// The first place of a value in a range; None when it is not there.
fn find(vm: &mut Vm, deque: &Deque, value: &Value, start: usize, stop: usize) -> R<Option<usize>> {
    let changes = deque.changes.get();
    for at in start..stop.min(deque.len()) {
        let Some(item) = deque.get(at) else { break };
        if item.is(value) || vm.equal(&item, value)? {
            return Ok(Some(at));
        }
        if deque.changes.get() != changes {
            return Err(mutated(vm));
        }
    }
    Ok(None)
}

fn index(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, value, start, stop);
    let deque = ring!(this);
    let (start, stop) = sequence::index_range(vm, start, stop, deque.len())?;
    match find(vm, deque, value, start, stop)? {
        Some(at) => Ok(Value::size(at)),
        None => {
            let shown = vm.repr(value)?;
            Err(vm.value_error(format!("{shown} is not in deque")))
        }
    }
}

fn insert(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, at, item);
    let deque = ring!(this);
    let at = vm.index(at)?;
    if deque.is_full() {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let length = deque.len() as i64;
    let at = if at < 0 { (at + length).max(0) } else { at.min(length) };
    deque.items.borrow_mut().insert(at as usize, item.clone());
    deque.changed();
    Ok(Value::None)
}

fn remove(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, value);
    let deque = ring!(this);
    let changes = deque.changes.get();
    let mut at = 0;
    while let Some(item) = deque.get(at) {
        let same = item.is(value) || vm.equal(&item, value)?;
        if deque.changes.get() != changes {
            return Err(vm.index_error("deque mutated during remove()."));
        }
        if same {
            let removed = deque.items.borrow_mut().remove(at);
            deque.changed();
            drop(removed);
            return Ok(Value::None);
        }
        at += 1;
    }
    let shown = vm.repr(value)?;
    Err(vm.value_error(format!("{shown} is not in deque")))
}

fn reverse(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    ring!(this).items.borrow_mut().make_contiguous().reverse();
    Ok(Value::None)
}

fn rotate(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, n);
    let deque = ring!(this);
    let n = if n.is_unset() { 1 } else { vm.index(n)? };
    let length = deque.len();
    if length > 1 {
        let by = n.rem_euclid(length as i64) as usize;
        deque.items.borrow_mut().rotate_right(by);
        deque.changed();
    }
    Ok(Value::None)
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::size(ring!(this).len()))
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, value);
    let deque = ring!(this);
    Ok(Value::bool(find(vm, deque, value, 0, usize::MAX)?.is_some()))
}

/// The place of a subscript.
fn place(vm: &mut Vm, deque: &Deque, key: &Value) -> R<usize> {
    let Some(number) = vm.try_index(key)? else {
        let class = vm.type_name(key);
        return Err(vm.type_error(format!("sequence index must be integer, not '{class}'")));
    };
    match i64::try_from(&number) {
        Ok(index) => sequence::place(vm, index, deque.len(), "deque index out of range"),
        Err(_) => Err(sequence::index_too_large(vm, key)),
    }
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let deque = ring!(this);
    let at = place(vm, deque, key)?;
    Ok(deque.get(at).unwrap_or(Value::None))
}

fn set_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key, value);
    let deque = ring!(this);
    let at = place(vm, deque, key)?;
    let old = deque
        .items
        .borrow_mut()
        .get_mut(at)
        .map(|item| std::mem::replace(item, value.clone()));
    drop(old);
    Ok(Value::None)
}

fn del_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let deque = ring!(this);
    let at = place(vm, deque, key)?;
    let removed = deque.items.borrow_mut().remove(at);
    deque.changed();
    drop(removed);
    Ok(Value::None)
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let deque = ring!(this);
    let text = guarded_repr(vm, this, "[...]", |vm| {
        let mut parts = Vec::new();
        for item in deque.snapshot() {
            parts.push(vm.repr(&item)?.to_string());
        }
        let end = deque
            .most
            .get()
            .map_or(String::new(), |most| format!(", maxlen={most}"));
        Ok(format!("{}([{}]{end})", deque.class.name(), parts.join(", ")))
    })?;
    Ok(Value::str(text))
}

fn add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let deque = ring!(this);
    let Some(more) = other.as_foreign::<Deque>() else {
        let class = vm.type_name(other);
        return Err(vm.type_error(format!("can only concatenate deque (not \"{class}\") to deque")));
    };
    let mut items = deque.snapshot();
    items.extend(more.snapshot());
    like(vm, this, items)
}

fn in_place_add(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, _other);
    extend(vm, args, Deque::push)?;
    Ok(this.clone())
}

fn repeated(vm: &mut Vm, deque: &Deque, times: &Value) -> R<Vec<Value>> {
    match sequence::repetition(vm, times, deque.len())? {
        Some(times) => Ok(sequence::repeat_items(&deque.snapshot(), times)),
        None => Err(sequence::not_a_repetition(vm, times)),
    }
}

fn multiply(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, times);
    let deque = ring!(this);
    let items = repeated(vm, deque, times)?;
    like(vm, this, items)
}

fn in_place_multiply(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, times);
    let deque = ring!(this);
    let items = repeated(vm, deque, times)?;
    deque.replace(deque.bounded(items));
    Ok(this.clone())
}

fn compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => this, other);
    let a = ring!(this);
    let b = ring!(other);
    sequence::compare(vm, how, &|at| a.get(at), &|at| b.get(at), &|| (a.len(), b.len()))
}

fn reduce(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let deque = ring!(this);
    let making = match deque.most.get() {
        None => Value::tuple([]),
        Some(most) => Value::tuple([Value::tuple([]), Value::size(most)]),
    };
    let state = match vm.find_attr(this, crate::syntax::symbol::Symbol::new("__dict__"))? {
        Some(dict) if vm.truth(&dict)? => dict,
        _ => Value::None,
    };
    let items = walk::iter(vm, std::slice::from_ref(this))?;
    Ok(Value::tuple([Value::class(&deque.class), making, state, items]))
}
