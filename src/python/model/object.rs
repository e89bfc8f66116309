//! `object`

use crate::python::class::{Flags, Layout, Slot};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::rc::Rc;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Clinic,
        new,
        "Create and return a new object.",
    )),
    ClassItem::special(Slot::Init, init),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Str, str),
    ClassItem::special(Slot::Hash, hash),
    ClassItem::special(Slot::Eq, eq),
    ClassItem::special(Slot::Ne, ne),
    ClassItem::special(Slot::Lt, unordered),
    ClassItem::special(Slot::Le, unordered),
    ClassItem::special(Slot::Gt, unordered),
    ClassItem::special(Slot::Ge, unordered),
    ClassItem::special(Slot::GetAttribute, getattribute),
    ClassItem::special(Slot::SetAttr, setattr),
    ClassItem::special(Slot::DelAttr, delattr),
    ClassItem::method(
        "__format__",
        "(self, format_spec, /)",
        Parser::One,
        format,
        "Default object formatter.",
    ),
    ClassItem::method(
        "__dir__",
        "(self, /)",
        Parser::NoArgs,
        dir,
        "Default dir() implementation.",
    ),
    ClassItem::method(
        "__sizeof__",
        "(self, /)",
        Parser::NoArgs,
        sizeof,
        "Size of object in memory, in bytes.",
    ),
    ClassItem::method("__reduce__", "(self, /)", Parser::NoArgs, reduce, "Helper for pickle."),
    ClassItem::method(
        "__reduce_ex__",
        "(self, protocol, /)",
        Parser::One,
        reduce,
        "Helper for pickle.",
    ),
    ClassItem::method(
        "__getstate__",
        "(self, /)",
        Parser::NoArgs,
        get_state,
        "Helper for pickle.",
    ),
    ClassItem::Constant {
        name: "__doc__",
        make: |_| Value::None,
    },
    ClassItem::ClassMethod(NativeDef::new(
        "__init_subclass__",
        "(cls, /)",
        Parser::NoArgs,
        init_subclass,
        "This method is called when a class is subclassed.",
    )),
    ClassItem::ClassMethod(NativeDef::new(
        "__subclasshook__",
        "(cls, subclass, /)",
        Parser::One,
        subclasshook,
        "Abstract classes can override this to customize issubclass().",
    )),
    ClassItem::Property {
        name: "__class__",
        get: class,
        set: Some(set_class),
        help: "the object's class",
    },
];

fn is_builtin_of(method: Option<Value>, vm: &Vm) -> bool {
    matches!(method.as_ref().and_then(Value::obj), Some(Object::Native(native))
        if native.owner.ptr_eq(&Rc::downgrade(&vm.types.object)))
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, rest, keywords] = args else {
        return Ok(Value::None);
    };
    let Some(class) = class.as_class().cloned() else {
        let kind = args.first().map_or_else(|| "".into(), |value| vm.type_name(value));
        return Err(vm.type_error(format!("object.__new__(X): X is not a type object ({kind})")));
    };
    let given = rest.as_tuple().is_some_and(|items| !items.is_empty())
        || keywords.as_dict().is_some_and(|dict| !dict.is_empty());
    if given {
        if !is_builtin_of(class.slot(Slot::New), vm) {
            return Err(vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if is_builtin_of(class.slot(Slot::Init), vm) {
            let name = class.name();
            return Err(vm.type_error(format!("{name}() takes no arguments")));
        }
    }
    if class.has(Flags::ABSTRACT) {
        let missing = match class.lookup(vm.names.dunder_abstractmethods) {
            Some(names) => vm.collect(&names)?,
            None => Vec::new(),
        };
        let mut names: Vec<String> = missing
            .iter()
            .filter_map(|name| name.as_str().map(str::to_string))
            .collect();
        if !names.is_empty() {
            names.sort();
            let (title, plural) = (class.name(), if names.len() == 1 { "" } else { "s" });
            let list = names.join(", ");
            return Err(vm.type_error(format!(
                "Can't instantiate abstract class {title} with abstract method{plural} {list}"
            )));
        }
    }
    if class.layout != Layout::Instance {
        let (name, base) = (
            class.name(),
            class
                .full_mro()
                .iter()
                .find(|base| !base.has(Flags::HEAP))
                .map(|base| base.name()),
        );
        let base = base.unwrap_or_else(|| name.clone());
        return Err(vm.type_error(format!("object.__new__({name}) is not safe, use {base}.__new__()")));
    }
    Ok(vm.new_instance(&class))
}

fn init(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    let given = rest.as_tuple().is_some_and(|items| !items.is_empty())
        || keywords.as_dict().is_some_and(|dict| !dict.is_empty());
    if given {
        let class = vm.class_of(this);
        if !is_builtin_of(class.slot(Slot::Init), vm) {
            return Err(vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
        }
        if is_builtin_of(class.slot(Slot::New), vm) {
            let name = class.name();
            return Err(vm.type_error(format!("{name}() takes no arguments")));
        }
    }
    Ok(Value::None)
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(Value::str(vm.default_repr(this)))
}

fn str(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(Value::str(&*vm.repr(this)?))
}

fn hash(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(Value::Int(Vm::hash_identity(this)))
}

fn eq(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, other] = args else { return Ok(Value::None) };
    Ok(if this.is(other) {
        Value::True
    } else {
        Value::NotImplemented
    })
}

/// The opposite of what `__eq__` answers.
fn ne(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, other] = args else { return Ok(Value::None) };
    match vm.call_slot(this, Slot::Eq, std::slice::from_ref(other))? {
        None | Some(Value::NotImplemented) => Ok(Value::NotImplemented),
        Some(answer) => Ok(Value::bool(!vm.truth(&answer)?)),
    }
}

fn unordered(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::NotImplemented)
}

/// The attribute name of an argument.
pub(super) fn attribute_name(vm: &mut Vm, name: &Value) -> R<crate::syntax::symbol::Symbol> {
    match name.as_string() {
        Some(text) => Ok(text.symbol()),
        None => {
            let kind = vm.type_name(name);
            Err(vm.type_error(format!("attribute name must be string, not '{kind}'")))
        }
    }
}

fn getattribute(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name] = args else { return Ok(Value::None) };
    let name = attribute_name(vm, name)?;
    let class = vm.class_of(this);
    match vm.generic_get(this, name, &class)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(this, name)),
    }
}

fn setattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name, value] = args else {
        return Ok(Value::None);
    };
    let name = attribute_name(vm, name)?;
    let class = vm.class_of(this);
    if this.as_class().is_some() {
        let kind = class.name();
        return Err(vm.type_error(format!("can't apply this __setattr__ to {kind} object")));
    }
    vm.generic_set(this, name, value.clone(), &class)?;
    Ok(Value::None)
}

fn delattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name] = args else { return Ok(Value::None) };
    let name = attribute_name(vm, name)?;
    let class = vm.class_of(this);
    vm.generic_set(this, name, Value::Unset, &class)?;
    Ok(Value::None)
}

fn format(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, spec] = args else { return Ok(Value::None) };
    match spec.as_str() {
        Some("") => vm.str_value(this),
        Some(_) => {
            let kind = vm.type_name(this);
            Err(vm.type_error(format!("unsupported format string passed to {kind}.__format__")))
        }
        None => {
            let kind = vm.type_name(spec);
            Err(vm.type_error(format!("__format__() argument must be str, not {kind}")))
        }
    }
}

fn dir(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let mut names: Vec<&'static str> = vm.attribute_names(this).into_iter().map(|name| name.text()).collect();
    names.sort_unstable();
    names.dedup();
    Ok(Value::list(names.into_iter().map(Value::str).collect()))
}

fn sizeof(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(Value::Int(match this {
        Value::Obj(_) => 48,
        Value::Int(0) => 24,
        Value::Int(_) | Value::True | Value::False => 28,
        Value::Float(_) => 24,
        _ => 16,
    }))
}

fn init_subclass(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::None)
}

fn subclasshook(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::NotImplemented)
}

fn class(vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(Value::class(&vm.class_of(this)))
}

fn set_class(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    if value.is_unset() {
        return Err(vm.type_error("can't delete __class__ attribute"));
    }
    let Some(new) = value.as_class().cloned() else {
        let kind = vm.type_name(&value);
        return Err(vm.type_error(format!("__class__ must be set to a class, not '{kind}' object")));
    };
    let old = vm.class_of(this);
    if let Some(Object::Foreign(foreign)) = this.obj()
        && old.layout == new.layout
        && foreign.become_class(new.clone())
    {
        return Ok(());
    }
    if !old.has(Flags::HEAP) || !new.has(Flags::HEAP) {
        return Err(vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    if old.layout != new.layout || old.has(Flags::NO_DICT) != new.has(Flags::NO_DICT) {
        let (new, old) = (new.name(), old.name());
        return Err(vm.type_error(format!(
            "__class__ assignment: '{new}' object layout differs from '{old}'"
        )));
    }
    match this.obj() {
        Some(Object::Instance(instance)) => {
            instance.data.borrow_mut().class = new;
        }
        Some(Object::Derived(derived)) => {
            derived.class.replace(new);
        }
        Some(Object::Exception(exception)) => {
            exception.class.replace(new);
        }
        _ => {
            return Err(vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
        }
    }
    Ok(())
}

/// `__dict__` of objects with attributes: a property that class statements give their classes.
pub static DICT_ITEM: &[ClassItem] = &[ClassItem::Property {
    name: "__dict__",
    get: get_dict,
    set: Some(set_dict),
    help: "dictionary for instance variables",
}];

/// `__weakref__`, likewise.
pub static WEAKREF_ITEM: &[ClassItem] = &[ClassItem::getter(
    "__weakref__",
    get_weakref,
    "list of weak references to the object",
)];

/// The `__dict__` of an object.
pub fn get_dict(vm: &mut Vm, this: &Value) -> R<Value> {
    if let Some(Object::Module(module)) = this.obj() {
        return Ok(Value::dict_ref(&module.dict));
    }
    match this.obj().and_then(Object::attributes) {
        Some(attributes) => {
            let dict = attributes.borrow_mut().dict();
            Ok(Value::dict_ref(&dict))
        }
        None => Err(vm.no_attribute(this, vm.names.dunder_dict)),
    }
}

pub fn set_dict(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    if value.is_unset() {
        if let Some(attributes) = this.obj().and_then(Object::attributes) {
            let old = std::mem::take(&mut *attributes.borrow_mut());
            drop(old);
        }
        return Ok(());
    }
    let Some(dict) = value.as_dict().cloned() else {
        let kind = vm.type_name(&value);
        return Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{kind}'")));
    };
    if let Some(attributes) = this.obj().and_then(Object::attributes) {
        attributes.borrow_mut().replace_dict(dict);
    }
    Ok(())
}

fn get_weakref(_vm: &mut Vm, _this: &Value) -> R<Value> {
    Ok(Value::None)
}

/// Arguments gathered by a signature `(self, /, *args, **kwargs)` as a call's.
pub(super) fn spread<'a>(
    vm: &mut Vm,
    rest: &'a Value,
    keywords: &Value,
    call: impl FnOnce(&mut Vm, CallArgs<'_>) -> R<Value>,
) -> R<Value> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    if let Some(dict) = keywords.as_dict() {
        for (key, value) in dict.pairs() {
            match key.as_string() {
                Some(text) => names.push(text.symbol()),
                None => return Err(vm.type_error("keywords must be strings")),
            }
            values.push(value);
        }
    }
    let positional: &'a [Value] = rest.as_tuple().unwrap_or(&[]);
    call(
        vm,
        CallArgs {
            positional,
            names: &names,
            keywords: &values,
        },
    )
}

/// How to make the object again: its class, no arguments, its attributes.
fn reduce(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(this) = args.first() else {
        return Ok(Value::None);
    };
    if !matches!(this.obj(), Some(Object::Instance(_) | Object::Derived(_))) {
        let class = vm.type_name(this);
        return Err(vm.type_error(format!("cannot pickle '{class}' object")));
    }
    let class = Value::class(&vm.class_of(this));
    let state = get_state(vm, std::slice::from_ref(this))?;
    let mut parts = vec![class, Value::tuple(Vec::new())];
    if !state.is_none() {
        parts.push(state);
    }
    Ok(Value::tuple(parts))
}

/// The attributes, None without any.
fn get_state(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(this) = args.first() else {
        return Ok(Value::None);
    };
    let name = vm.names.dunder_dict;
    match vm.look_attr(this, name)? {
        Some(dict) if vm.len(&dict)? > 0 => Ok(dict),
        _ => Ok(Value::None),
    }
}
