//! `_operator`: operators as functions, and what fetches items and attributes.

use crate::python::class::{Binary, ClassRef, Compare, Flags, Layout, Slot};
use crate::python::native::{ClassItem, NativeDef, NativeFn, Parser};
use crate::python::object::{Foreign, Module, Object};
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::{ClassSpec, Vm};
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

/// A function of two operands.
const fn two(name: &'static str, function: NativeFn, help: &'static str) -> NativeDef {
    NativeDef::new(name, "(a, b, /)", Parser::Unpack, function, help)
}

/// A function of one operand.
const fn one(name: &'static str, function: NativeFn, help: &'static str) -> NativeDef {
    NativeDef::new(name, "(a, /)", Parser::One, function, help)
}

macro_rules! binary {
    ($op:ident) => {
        |vm, args| match args {
            [a, b] => vm.binary(Binary::$op, a, b),
            _ => Ok(Value::None),
        }
    };
}

macro_rules! in_place {
    ($op:ident) => {
        |vm, args| match args {
            [a, b] => vm.in_place(Binary::$op, a, b),
            _ => Ok(Value::None),
        }
    };
}

macro_rules! comparison {
    ($op:ident) => {
        |vm, args| match args {
            [a, b] => vm.compare(Compare::$op, a, b),
            _ => Ok(Value::None),
        }
    };
}

macro_rules! unary {
    ($slot:ident) => {
        |vm, args| match args {
            [a] => vm.unary(Slot::$slot, a),
            _ => Ok(Value::None),
        }
    };
}

static FUNCTIONS: &[NativeDef] = &[
    two("lt", comparison!(Lt), "Same as a < b."),
    two("le", comparison!(Le), "Same as a <= b."),
    two("eq", comparison!(Eq), "Same as a == b."),
    two("ne", comparison!(Ne), "Same as a != b."),
    two("ge", comparison!(Ge), "Same as a >= b."),
    two("gt", comparison!(Gt), "Same as a > b."),
    one("not_", |vm, args| truth_of(vm, args, false), "Same as not a."),
    one(
        "truth",
        |vm, args| truth_of(vm, args, true),
        "Return True if a is true, False otherwise.",
    ),
    two("is_", |_, args| same(args, true), "Same as a is b."),
    two("is_not", |_, args| same(args, false), "Same as a is not b."),
    two("add", binary!(Add), "Same as a + b."),
    two("sub", binary!(Sub), "Same as a - b."),
    two("mul", binary!(Mul), "Same as a * b."),
    two("matmul", binary!(MatMul), "Same as a @ b."),
    two("truediv", binary!(TrueDiv), "Same as a / b."),
    two("floordiv", binary!(FloorDiv), "Same as a // b."),
    two("mod", binary!(Mod), "Same as a % b."),
    two("pow", binary!(Pow), "Same as a ** b."),
    two("lshift", binary!(LShift), "Same as a << b."),
    two("rshift", binary!(RShift), "Same as a >> b."),
    two("and_", binary!(And), "Same as a & b."),
    two("or_", binary!(Or), "Same as a | b."),
    two("xor", binary!(Xor), "Same as a ^ b."),
    one("neg", unary!(Neg), "Same as -a."),
    one("pos", unary!(Pos), "Same as +a."),
    one("inv", unary!(Invert), "Same as ~a."),
    one("invert", unary!(Invert), "Same as ~a."),
    one("abs", abs, "Same as abs(a)."),
    one("index", index, "Same as a.__index__()"),
    two(
        "concat",
        |vm, args| concatenate(vm, args, false),
        "Same as a + b, for a and b sequences.",
    ),
    two(
        "iconcat",
        |vm, args| concatenate(vm, args, true),
        "Same as a += b, for a and b sequences.",
    ),
    two("contains", contains, "Same as b in a (note reversed operands)."),
    two(
        "countOf",
        count_of,
        "Return the number of items in a which are, or which equal, b.",
    ),
    two("indexOf", index_of, "Return the first index of b in a."),
    two("getitem", get_item, "Same as a[b]."),
    NativeDef::new("setitem", "(a, b, c, /)", Parser::Unpack, set_item, "Same as a[b] = c."),
    two("delitem", del_item, "Same as del a[b]."),
    NativeDef::new(
        "length_hint",
        "(obj, default=0, /)",
        Parser::Unpack,
        length_hint,
        "Return an estimate of the number of items in obj.",
    ),
    NativeDef::new(
        "call",
        "(obj, /, *args, **kwargs)",
        Parser::Unpack,
        call,
        "Same as obj(*args, **kwargs).",
    ),
    two("iadd", in_place!(Add), "Same as a += b."),
    two("isub", in_place!(Sub), "Same as a -= b."),
    two("imul", in_place!(Mul), "Same as a *= b."),
    two("imatmul", in_place!(MatMul), "Same as a @= b."),
    two("itruediv", in_place!(TrueDiv), "Same as a /= b."),
    two("ifloordiv", in_place!(FloorDiv), "Same as a //= b."),
    two("imod", in_place!(Mod), "Same as a %= b."),
    two("ipow", in_place!(Pow), "Same as a **= b."),
    two("ilshift", in_place!(LShift), "Same as a <<= b."),
    two("irshift", in_place!(RShift), "Same as a >>= b."),
    two("iand", in_place!(And), "Same as a &= b."),
    two("ior", in_place!(Or), "Same as a |= b."),
    two("ixor", in_place!(Xor), "Same as a ^= b."),
];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("_operator");
    vm.define_functions(&module, FUNCTIONS);
    for (name, items) in [("itemgetter", ITEM_GETTER), ("attrgetter", ATTRIBUTE_GETTER)] {
        let class = vm.new_class(ClassSpec {
            name,
            module: "operator",
            bases: &[],
            layout: Some(Layout::Foreign(name)),
            flags: Flags::DOTTED.with(Flags::IMMUTABLE).with(Flags::NO_DICT),
            doc: "",
        })?;
        vm.define(&class, items);
        module.set(name, Value::class(&class));
    }
    Ok(module)
}

fn truth_of(vm: &mut Vm, args: &[Value], wanted: bool) -> R<Value> {
    take!(args => a);
    Ok(Value::bool(vm.truth(a)? == wanted))
}

fn same(args: &[Value], wanted: bool) -> R<Value> {
    take!(args => a, b);
    Ok(Value::bool(a.is(b) == wanted))
}

fn abs(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a);
    match vm.call_slot(a, Slot::Abs, &[])? {
        Some(answer) => Ok(answer),
        None => {
            let class = vm.type_name(a);
            Err(vm.type_error(format!("bad operand type for abs(): '{class}'")))
        }
    }
}

fn index(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a);
    Ok(Value::big(vm.index_big(a)?))
}

fn concatenate(vm: &mut Vm, args: &[Value], in_place: bool) -> R<Value> {
    take!(args => a, b);
    if vm.class_of(a).slot(Slot::GetItem).is_none() {
        let class = vm.type_name(a);
        return Err(vm.type_error(format!("'{class}' object can't be concatenated")));
    }
    if in_place {
        vm.in_place(Binary::Add, a, b)
    } else {
        vm.binary(Binary::Add, a, b)
    }
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b);
    Ok(Value::bool(vm.contains(a, b)?))
}

fn count_of(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b);
    let iterator = vm.iter(a)?;
    let mut count = 0;
    while let Some(item) = vm.next(&iterator)? {
        count += usize::from(item.is(b) || vm.equal(&item, b)?);
        vm.poll()?;
    }
    Ok(Value::size(count))
}

fn index_of(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b);
    let iterator = vm.iter(a)?;
    let mut at = 0;
    while let Some(item) = vm.next(&iterator)? {
        if item.is(b) || vm.equal(&item, b)? {
            return Ok(Value::size(at));
        }
        vm.poll()?;
        at += 1;
    }
    Err(vm.value_error("sequence.index(x): x not in sequence"))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b);
    vm.get_item(a, b)
}

fn set_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b, c);
    vm.set_item(a, b, c.clone())?;
    Ok(Value::None)
}

fn del_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, b);
    vm.del_item(a, b)?;
    Ok(Value::None)
}

fn length_hint(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => a, default);
    let default = match default {
        Value::Unset => 0,
        given if given.is_int() => usize::try_from(vm.index(given)?).unwrap_or(0),
        given => {
            let class = vm.type_name(given);
            return Err(vm.type_error(format!("'{class}' object cannot be interpreted as an integer")));
        }
    };
    Ok(Value::size(vm.length_hint(a, default)?))
}

fn call(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => function, positional, keywords);
    vm.call_spread(function, positional, keywords)
}

/// An `itemgetter` or `attrgetter`: the keys, or the dotted names, it fetches.
struct Getter {
    class: ClassRef,
    keys: Vec<Value>,
    /// The parts of each dotted name.
    paths: Vec<Vec<Symbol>>,
}

impl Foreign for Getter {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

static ITEM_GETTER: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *items)",
        Parser::Unpack,
        new_item_getter,
        "",
    )),
    ClassItem::slot("__call__", "(self, obj, /)", fetch_items, Slot::Call.help()),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method(
        "__reduce__",
        "(self, /)",
        Parser::NoArgs,
        reduce,
        "Return state information for pickling",
    ),
];

static ATTRIBUTE_GETTER: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *attrs)",
        Parser::Unpack,
        new_attribute_getter,
        "",
    )),
    ClassItem::slot("__call__", "(self, obj, /)", fetch_attributes, Slot::Call.help()),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method(
        "__reduce__",
        "(self, /)",
        Parser::NoArgs,
        reduce,
        "Return state information for pickling",
    ),
];

/// A getter of at least one key.
fn getter(vm: &mut Vm, args: &[Value], paths: Vec<Vec<Symbol>>) -> R<Value> {
    take!(args => class, keys);
    let Some(class) = class.as_class() else {
        return Ok(Value::None);
    };
    let keys = keys.as_tuple().unwrap_or(&[]).to_vec();
    if keys.is_empty() {
        return Err(vm.type_error(format!("{} expected 1 argument, got 0", class.name())));
    }
    Ok(Value::object(Object::Foreign(Box::new(Getter {
        class: class.clone(),
        keys,
        paths,
    }))))
}

fn new_item_getter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    getter(vm, args, Vec::new())
}

fn new_attribute_getter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => _class, names);
    let mut paths = Vec::new();
    for name in names.as_tuple().unwrap_or(&[]) {
        match name.as_str() {
            Some(name) => paths.push(name.split('.').map(Symbol::new).collect()),
            None => return Err(vm.type_error("attribute name must be a string")),
        }
    }
    getter(vm, args, paths)
}

/// One thing as it is, several as a tuple.
fn together(mut found: Vec<Value>) -> Value {
    match found.pop() {
        Some(only) if found.is_empty() => only,
        last => {
            found.extend(last);
            Value::tuple(found)
        }
    }
}

fn fetch_items(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, object);
    let Some(getter) = this.as_foreign::<Getter>() else {
        return Ok(Value::None);
    };
    if let [key] = getter.keys.as_slice() {
        return vm.get_item(object, key);
    }
    let mut found = Vec::with_capacity(getter.keys.len());
    for key in &getter.keys {
        found.push(vm.get_item(object, key)?);
    }
    Ok(together(found))
}

fn fetch_attributes(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, object);
    let Some(getter) = this.as_foreign::<Getter>() else {
        return Ok(Value::None);
    };
    let mut found = Vec::with_capacity(getter.paths.len());
    for path in &getter.paths {
        let mut value = object.clone();
        for name in path {
            value = vm.get_attr(&value, *name)?;
        }
        found.push(value);
    }
    Ok(together(found))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(getter) = this.as_foreign::<Getter>() else {
        return Ok(Value::None);
    };
    let mut shown = Vec::with_capacity(getter.keys.len());
    for key in &getter.keys {
        shown.push(vm.repr(key)?.to_string());
    }
    Ok(Value::str(format!(
        "{}({})",
        getter.class.full_name(),
        shown.join(", ")
    )))
}

fn reduce(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(this.as_foreign::<Getter>().map_or(Value::None, |getter| {
        Value::tuple([Value::class(&getter.class), Value::tuple(getter.keys.clone())])
    }))
}
