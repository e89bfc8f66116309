//! `property`, `classmethod`, `staticmethod`, native attributes.

use super::object::spread;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::descriptor::Access;
use crate::python::object::{Member, Object, Property};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::RefCell;

pub static PROPERTY_ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, fget=None, fset=None, fdel=None, doc=None)",
        Parser::Clinic,
        new_property,
        "Property attribute.",
    )),
    ClassItem::special(Slot::Init, nothing),
    ClassItem::special(Slot::Get, get),
    ClassItem::special(Slot::Set, set),
    ClassItem::special(Slot::Delete, delete),
    ClassItem::method(
        "__set_name__",
        "(self, owner, name, /)",
        Parser::Unpack,
        set_name,
        "Method to set name of a property.",
    ),
    ClassItem::method(
        "getter",
        "(self, fget, /)",
        Parser::One,
        getter,
        "Descriptor to obtain a copy of the property with a different getter.",
    ),
    ClassItem::method(
        "setter",
        "(self, fset, /)",
        Parser::One,
        setter,
        "Descriptor to obtain a copy of the property with a different setter.",
    ),
    ClassItem::method(
        "deleter",
        "(self, fdel, /)",
        Parser::One,
        deleter,
        "Descriptor to obtain a copy of the property with a different deleter.",
    ),
    ClassItem::field("fget", fget, ""),
    ClassItem::field("fset", fset, ""),
    ClassItem::field("fdel", fdel, ""),
    ClassItem::Property {
        name: "__doc__",
        get: get_doc,
        set: Some(set_doc),
        help: "",
    },
    ClassItem::getter("__isabstractmethod__", is_abstract, ""),
];

pub static CLASSMETHOD_ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, function, /)",
        Parser::Unpack,
        new_classmethod,
        "Convert a function to be a class method.",
    )),
    ClassItem::special(Slot::Init, nothing),
    ClassItem::special(Slot::Get, get_bound),
    ClassItem::special(Slot::Repr, repr_wrapper),
    ClassItem::slot("__getattr__", "(self, name, /)", wrapped_attr, ""),
    ClassItem::field("__func__", get_func, ""),
    ClassItem::getter("__wrapped__", get_func, ""),
    ClassItem::getter("__doc__", get_wrapped_doc, ""),
    ClassItem::getter("__isabstractmethod__", is_abstract, ""),
];

pub static STATICMETHOD_ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, function, /)",
        Parser::Unpack,
        new_staticmethod,
        "Convert a function to be a static method.",
    )),
    ClassItem::special(Slot::Init, nothing),
    ClassItem::special(Slot::Get, get_bound),
    ClassItem::special(Slot::Call, call),
    ClassItem::special(Slot::Repr, repr_wrapper),
    ClassItem::slot("__getattr__", "(self, name, /)", wrapped_attr, ""),
    ClassItem::field("__func__", get_func, ""),
    ClassItem::getter("__wrapped__", get_func, ""),
    ClassItem::getter("__doc__", get_wrapped_doc, ""),
    ClassItem::getter("__isabstractmethod__", is_abstract, ""),
];

pub static MEMBER_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr_member),
    ClassItem::special(Slot::Get, get),
    ClassItem::special(Slot::Set, set),
    ClassItem::special(Slot::Delete, delete),
    ClassItem::getter("__name__", member_name, ""),
    ClassItem::getter("__qualname__", member_qualname, ""),
    ClassItem::getter("__doc__", member_doc, ""),
    ClassItem::getter("__objclass__", member_owner, ""),
];

fn property_of(value: &Value) -> Option<&Property> {
    match value.payload().obj() {
        Some(Object::Property(property)) => Some(property),
        _ => None,
    }
}

fn member_of(value: &Value) -> Option<&Member> {
    match value.obj() {
        Some(Object::Member(member)) => Some(member),
        _ => None,
    }
}

fn nothing(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::None)
}

fn make(vm: &mut Vm, class: &Value, get: Value, set: Value, delete: Value, doc: Value) -> R<Value> {
    let doc = if doc.is_none() && !get.is_none() {
        let name = vm.names.dunder_doc;
        vm.look_attr(&get, name)?.unwrap_or(Value::None)
    } else {
        doc
    };
    let property = Property {
        get,
        set,
        delete,
        doc: RefCell::new(doc.clone()),
        name: RefCell::new(Value::None),
    };
    let made = vm.instance_of(class, Value::object(Object::Property(Box::new(property))));
    if let (Some(Object::Derived(derived)), false) = (made.obj(), doc.is_none()) {
        derived.attributes.borrow_mut().set(vm.names.dunder_doc, doc);
    }
    Ok(made)
}

fn new_property(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, get, set, delete, doc] = args else {
        return Ok(Value::None);
    };
    let part = |value: &Value| value.or(Value::None);
    make(vm, class, part(get), part(set), part(delete), part(doc))
}

fn get(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, instance, _] = args else {
        return Ok(Value::None);
    };
    if instance.is_none() {
        return Ok(this.clone());
    }
    let owner = Value::class(&vm.class_of(instance));
    vm.bind_descriptor(this.payload().clone(), instance, &owner)
}

fn write(vm: &mut Vm, this: &Value, instance: &Value, value: &Value) -> R<Value> {
    let name = match (property_of(this), member_of(this)) {
        (Some(property), _) => property.name.borrow().as_string().map(|text| text.symbol()),
        (_, Some(member)) => Some(member.name),
        _ => None,
    };
    let name = name.unwrap_or(vm.names.name);
    let payload = this.payload().clone();
    vm.write_descriptor(&payload, instance, name, value)?;
    Ok(Value::None)
}

fn set(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, instance, value] = args else {
        return Ok(Value::None);
    };
    write(vm, this, instance, value)
}

fn delete(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, instance] = args else { return Ok(Value::None) };
    write(vm, this, instance, &Value::Unset)
}

fn set_name(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, _, name] = args else { return Ok(Value::None) };
    if let Some(property) = property_of(this) {
        property.name.replace(name.clone());
    }
    Ok(Value::None)
}

fn copy(vm: &mut Vm, this: &Value, get: Option<&Value>, set: Option<&Value>, delete: Option<&Value>) -> R<Value> {
    let Some(property) = property_of(this) else {
        return Ok(Value::None);
    };
    let class = Value::class(&vm.class_of(this));
    let doc = if get.is_some() {
        Value::None
    } else {
        property.doc.borrow().clone()
    };
    let part = |new: Option<&Value>, old: &Value| new.cloned().unwrap_or_else(|| old.clone());
    let made = make(
        vm,
        &class,
        part(get, &property.get),
        part(set, &property.set),
        part(delete, &property.delete),
        doc,
    )?;
    if let Some(copied) = property_of(&made) {
        *copied.name.borrow_mut() = property.name.borrow().clone();
    }
    Ok(made)
}

fn getter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, function] = args else { return Ok(Value::None) };
    copy(vm, this, Some(function), None, None)
}

fn setter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, function] = args else { return Ok(Value::None) };
    copy(vm, this, None, Some(function), None)
}

fn deleter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, function] = args else { return Ok(Value::None) };
    copy(vm, this, None, None, Some(function))
}

fn fget(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(property_of(this).map_or(Value::None, |property| property.get.clone()))
}

fn fset(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(property_of(this).map_or(Value::None, |property| property.set.clone()))
}

fn fdel(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(property_of(this).map_or(Value::None, |property| property.delete.clone()))
}

fn get_doc(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(property_of(this).map_or(Value::None, |property| property.doc.borrow().clone()))
}

fn set_doc(_vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    if let Some(property) = property_of(this) {
        property.doc.replace(if value.is_unset() { Value::None } else { value });
    }
    Ok(())
}

fn is_abstract(vm: &mut Vm, this: &Value) -> R<Value> {
    let name = crate::syntax::symbol::Symbol::new("__isabstractmethod__");
    let parts: Vec<Value> = match this.payload().obj() {
        Some(Object::Property(property)) => vec![property.get.clone(), property.set.clone(), property.delete.clone()],
        Some(Object::ClassMethod(inner) | Object::StaticMethod(inner)) => vec![inner.clone()],
        _ => Vec::new(),
    };
    for part in parts {
        if let Some(flag) = vm.look_attr(&part, name)?
            && vm.truth(&flag)?
        {
            return Ok(Value::True);
        }
    }
    Ok(Value::False)
}

fn new_classmethod(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, function] = args else {
        return Ok(Value::None);
    };
    Ok(vm.instance_of(class, Value::object(Object::ClassMethod(function.clone()))))
}

fn new_staticmethod(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, function] = args else {
        return Ok(Value::None);
    };
    Ok(vm.instance_of(class, Value::object(Object::StaticMethod(function.clone()))))
}

fn inner_of(value: &Value) -> Value {
    match value.payload().obj() {
        Some(Object::ClassMethod(inner) | Object::StaticMethod(inner)) => inner.clone(),
        _ => Value::None,
    }
}

fn get_bound(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, instance, owner] = args else {
        return Ok(Value::None);
    };
    let owner = if owner.is_unset() || owner.is_none() {
        Value::class(&vm.class_of(instance))
    } else {
        owner.clone()
    };
    vm.bind_descriptor(this.payload().clone(), instance, &owner)
}

fn call(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    let inner = inner_of(this);
    spread(vm, rest, keywords, |vm, args| vm.call_args(&inner, args))
}

fn repr_wrapper(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let (kind, inner) = (vm.type_name(this), inner_of(this));
    let inner = vm.repr(&inner)?;
    Ok(Value::str(format!("<{kind}({inner})>")))
}

/// `__name__` and others of the wrapped function.
fn wrapped_attr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name] = args else { return Ok(Value::None) };
    let name = super::object::attribute_name(vm, name)?;
    let carried = ["__name__", "__qualname__", "__module__", "__annotations__"];
    if carried.contains(&name.text())
        && let Some(found) = vm.look_attr(&inner_of(this), name)?
    {
        return Ok(found);
    }
    Err(vm.no_attribute(this, name))
}

fn get_func(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(inner_of(this))
}

fn get_wrapped_doc(vm: &mut Vm, this: &Value) -> R<Value> {
    let name = vm.names.dunder_doc;
    Ok(vm.look_attr(&inner_of(this), name)?.unwrap_or(Value::None))
}

fn repr_member(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(member) = member_of(this) else {
        return Ok(Value::str(""));
    };
    let owner = member.owner.upgrade().map_or_else(|| "?".into(), |owner| owner.name());
    let kind = if matches!(member.access, Access::Slot(_) | Access::Field { .. }) {
        "member"
    } else {
        "attribute"
    };
    Ok(Value::str(format!("<{kind} '{}' of '{owner}' objects>", member.name)))
}

fn member_name(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(member_of(this).map_or(Value::None, |member| Value::str(member.name.text())))
}

fn member_qualname(_vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(member) = member_of(this) else {
        return Ok(Value::None);
    };
    let owner = member.owner.upgrade().map_or_else(|| "?".into(), |owner| owner.name());
    Ok(Value::str(format!("{owner}.{}", member.name)))
}

fn member_doc(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(match member_of(this).and_then(|member| member.doc) {
        Some(doc) if !doc.is_empty() => Value::str(doc),
        _ => Value::None,
    })
}

fn member_owner(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(member_of(this)
        .and_then(|member| member.owner.upgrade())
        .map_or(Value::None, |owner| Value::class(&owner)))
}
