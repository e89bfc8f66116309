//! `torch.return_types`: tuples with named fields that ops with several results give.

use super::torch;
use crate::python::class::slot::Slot;
use crate::python::class::{ClassRef, Flags};
use crate::python::native::{ClassItem, Getter, NativeDef, Parser};
use crate::python::object::descriptor::Access;
use crate::python::object::{Member, Object};
use crate::python::value::{R, Value};
use crate::python::vm::{ClassSpec, Vm};
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

/// A result of the type `torch.return_types.name`.
pub fn make(vm: &mut Vm, name: &str, fields: &[&'static str], values: Vec<Value>) -> Value {
    let Some(class) = class(vm, name, fields) else {
        return Value::tuple(values);
    };
    vm.instance_of(&Value::class(&class), Value::tuple(values))
}

/// The class of a name, made when it is first needed.
pub fn class(vm: &mut Vm, name: &str, fields: &[&'static str]) -> Option<ClassRef> {
    let torch = torch(vm);
    if let Some(class) = torch.classes.return_types.borrow().get(name) {
        return Some(class.clone());
    }
    let tuple = vm.types.tuple.clone();
    let class = vm
        .new_class(ClassSpec {
            name: &format!("torch.return_types.{name}"),
            module: "torch.return_types",
            bases: std::slice::from_ref(&tuple),
            layout: None,
            flags: Flags::NO_DICT,
            doc: "",
        })
        .ok()?;
    *class.qualname.borrow_mut() = Rc::from(name);
    vm.define(&class, ITEMS);
    for (field, get) in fields.iter().zip(GETTERS) {
        let member = Member {
            name: Symbol::new(field),
            owner: Rc::downgrade(&class),
            doc: None,
            access: Access::Native { get: *get, set: None },
        };
        class.set(Symbol::new(field), Value::object(Object::Member(Box::new(member))));
    }
    let names: Vec<Value> = fields.iter().map(|field| Value::str(*field)).collect();
    class.set(Symbol::new("__match_args__"), Value::tuple(names));
    for count in ["n_fields", "n_sequence_fields"] {
        class.set(Symbol::new(count), Value::size(fields.len()));
    }
    class.set(Symbol::new("n_unnamed_fields"), Value::Int(0));
    torch
        .classes
        .return_types
        .borrow_mut()
        .insert(name.to_string(), class.clone());
    Some(class)
}

static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new("__new__", "(cls, sequence, /)", Parser::Clinic, new, "")),
    ClassItem::special(Slot::Repr, repr),
];

/// The field's place is in the function: a getter has no other memory.
static GETTERS: &[Getter] = &[
    |_, this| field(this, 0),
    |_, this| field(this, 1),
    |_, this| field(this, 2),
    |_, this| field(this, 3),
    |_, this| field(this, 4),
    |_, this| field(this, 5),
];

fn field(this: &Value, at: usize) -> R<Value> {
    Ok(this
        .as_tuple()
        .and_then(|items| items.get(at))
        .cloned()
        .unwrap_or(Value::None))
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, sequence] = args else {
        return Ok(Value::None);
    };
    let items = vm.collect(sequence)?;
    let wanted = class
        .as_class()
        .and_then(|class| class.lookup(Symbol::new("n_fields")))
        .and_then(|n| n.as_int());
    if wanted.is_some_and(|wanted| wanted != items.len() as i64) {
        let name = class
            .as_class()
            .map_or_else(Default::default, |class| class.full_name());
        let (wanted, given) = (wanted.unwrap_or(0), items.len());
        return Err(vm.type_error(format!("{name}() takes a {wanted}-sequence ({given}-sequence given)")));
    }
    Ok(vm.instance_of(class, Value::tuple(items)))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(this) = args.first() else {
        return Ok(Value::None);
    };
    let class = vm.class_of(this);
    let names = class.lookup(Symbol::new("__match_args__")).unwrap_or_default();
    let names = names.as_tuple().unwrap_or(&[]);
    let mut shown = Vec::new();
    for (name, item) in names.iter().zip(this.as_tuple().unwrap_or(&[])) {
        shown.push(format!("{}={}", name.as_str().unwrap_or_default(), vm.repr(item)?));
    }
    Ok(Value::str(format!("{}(\n{})", class.full_name(), shown.join(",\n"))))
}
