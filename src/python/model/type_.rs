//! `type`

use super::object::{attribute_name, spread};
use crate::python::class::slot::Slot;
use crate::python::class::{Class, ClassRef, Flags};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Dict, Object, Union};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Clinic,
        new,
        "Create and return a new object.",
    )),
    ClassItem::special(Slot::Init, init),
    ClassItem::special(Slot::Call, call),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::GetAttribute, getattribute),
    ClassItem::special(Slot::SetAttr, setattr),
    ClassItem::special(Slot::DelAttr, delattr),
    ClassItem::special(Slot::Or, or),
    ClassItem::special(Slot::ROr, ror),
    ClassItem::method(
        "mro",
        "(self, /)",
        Parser::NoArgs,
        mro_list,
        "Return a type's method resolution order.",
    ),
    ClassItem::method(
        "__subclasses__",
        "(self, /)",
        Parser::NoArgs,
        subclasses,
        "Return a list of immediate subclasses.",
    ),
    ClassItem::method(
        "__instancecheck__",
        "(self, instance, /)",
        Parser::One,
        instancecheck,
        "Check if an object is an instance.",
    ),
    ClassItem::method(
        "__subclasscheck__",
        "(self, subclass, /)",
        Parser::One,
        subclasscheck,
        "Check if a class is a subclass.",
    ),
    ClassItem::method(
        "__dir__",
        "(self, /)",
        Parser::NoArgs,
        dir,
        "Specialized __dir__ implementation for types.",
    ),
    ClassItem::ClassMethod(NativeDef::new(
        "__prepare__",
        "(cls, /, *args, **kwargs)",
        Parser::Clinic,
        prepare,
        "used to create the namespace for the class statement",
    )),
    ClassItem::Property {
        name: "__name__",
        get: get_name,
        set: Some(set_name),
        help: "",
    },
    ClassItem::Property {
        name: "__qualname__",
        get: get_qualname,
        set: Some(set_qualname),
        help: "",
    },
    ClassItem::Property {
        name: "__module__",
        get: get_module,
        set: Some(set_module),
        help: "",
    },
    ClassItem::Property {
        name: "__doc__",
        get: get_doc,
        set: Some(set_doc),
        help: "",
    },
    ClassItem::Property {
        name: "__bases__",
        get: get_bases,
        set: Some(set_bases),
        help: "",
    },
    ClassItem::Property {
        name: "__abstractmethods__",
        get: get_abstract,
        set: Some(set_abstract),
        help: "",
    },
    ClassItem::Property {
        name: "__annotations__",
        get: get_annotations,
        set: Some(set_annotations),
        help: "",
    },
    ClassItem::getter("__base__", get_base, ""),
    ClassItem::getter("__mro__", get_mro, ""),
    ClassItem::getter("__dict__", get_dict, ""),
];

fn this_class(vm: &mut Vm, value: &Value) -> R<ClassRef> {
    match value.as_class() {
        Some(class) => Ok(class.clone()),
        None => Err(vm.type_error("descriptor requires a 'type' object")),
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [meta, rest, keywords] = args else {
        return Ok(Value::None);
    };
    let meta = this_class(vm, meta)?;
    let items = rest.as_tuple().unwrap_or(&[]);
    let no_keywords = keywords.as_dict().is_none_or(|dict| dict.is_empty());
    if let ([one], true, true) = (items, no_keywords, meta.same(&vm.types.type_)) {
        return Ok(Value::class(&vm.class_of(one)));
    }
    let [name, bases, namespace] = items else {
        if meta.same(&vm.types.type_) {
            return Err(vm.type_error("type() takes 1 or 3 arguments"));
        }
        let given = items.len();
        return Err(vm.type_error(format!("type.__new__() takes exactly 3 arguments ({given} given)")));
    };
    for (at, (value, kind)) in [(name, "str"), (bases, "tuple"), (namespace, "dict")]
        .into_iter()
        .enumerate()
    {
        let fits = match kind {
            "str" => value.as_str().is_some(),
            "tuple" => value.as_tuple().is_some(),
            _ => value.as_dict().is_some(),
        };
        if !fits {
            let got = vm.type_name(value);
            return Err(vm.type_error(format!("type.__new__() argument {} must be {kind}, not {got}", at + 1)));
        }
    }
    vm.new_python_class(&meta, name, bases, namespace, keywords)
}

fn init(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, rest, _] = args else { return Ok(Value::None) };
    let count = rest.as_tuple().map_or(0, <[Value]>::len);
    if count != 1 && count != 3 {
        return Err(vm.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(Value::None)
}

fn call(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    let class = this_class(vm, this)?;
    spread(vm, rest, keywords, |vm, args| vm.instantiate(&class, args))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let class = this_class(vm, this)?;
    Ok(Value::str(format!("<class '{}'>", class.full_name())))
}

fn getattribute(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name] = args else { return Ok(Value::None) };
    let name = attribute_name(vm, name)?;
    let meta = vm.class_of(this);
    match vm.generic_get(this, name, &meta)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(this, name)),
    }
}

fn setattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name, value] = args else {
        return Ok(Value::None);
    };
    let name = attribute_name(vm, name)?;
    let meta = vm.class_of(this);
    vm.generic_set(this, name, value.clone(), &meta)?;
    Ok(Value::None)
}

fn delattr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name] = args else { return Ok(Value::None) };
    let name = attribute_name(vm, name)?;
    let meta = vm.class_of(this);
    vm.generic_set(this, name, Value::Unset, &meta)?;
    Ok(Value::None)
}

/// The members of a union operand, None for what cannot be one.
fn union_members(value: &Value) -> Option<Vec<Value>> {
    match value.obj() {
        Some(Object::Union(union)) => Some(union.args.to_vec()),
        Some(Object::Class(_) | Object::GenericAlias(_)) => Some(vec![value.clone()]),
        _ if value.is_none() => Some(vec![Value::None]),
        _ => None,
    }
}

/// `a | b` of types.
pub(crate) fn union_of(vm: &mut Vm, a: &Value, b: &Value) -> R<Value> {
    let (Some(left), Some(right)) = (union_members(a), union_members(b)) else {
        return Ok(Value::NotImplemented);
    };
    let mut members: Vec<Value> = Vec::new();
    for member in left.into_iter().chain(right) {
        let mut known = false;
        for seen in &members {
            known = known || vm.equal(seen, &member)?;
        }
        if !known {
            members.push(member);
        }
    }
    if let [one] = members.as_slice() {
        return Ok(one.clone());
    }
    Ok(Value::object(Object::Union(Box::new(Union { args: members.into() }))))
}

fn or(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, other] = args else { return Ok(Value::None) };
    union_of(vm, this, other)
}

fn ror(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, other] = args else { return Ok(Value::None) };
    union_of(vm, other, this)
}

fn classes(list: impl IntoIterator<Item = ClassRef>) -> Vec<Value> {
    list.into_iter().map(|class| Value::class(&class)).collect()
}

fn mro_list(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let class = this_class(vm, this)?;
    Ok(Value::list(classes(class.full_mro())))
}

fn subclasses(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let class = this_class(vm, this)?;
    Ok(Value::list(classes(class.living_subclasses())))
}

fn instancecheck(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, value] = args else { return Ok(Value::None) };
    let class = this_class(vm, this)?;
    Ok(Value::bool(vm.plain_isinstance(value, &class)?))
}

fn subclasscheck(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, value] = args else { return Ok(Value::None) };
    let class = this_class(vm, this)?;
    match value.as_class() {
        Some(other) => Ok(Value::bool(other.is_subclass_of(&class))),
        None => Err(vm.type_error("issubclass() arg 1 must be a class")),
    }
}

fn dir(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let mut names: Vec<&'static str> = vm.attribute_names(this).into_iter().map(|name| name.text()).collect();
    names.sort_unstable();
    names.dedup();
    Ok(Value::list(names.into_iter().map(Value::str).collect()))
}

fn prepare(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::dict(Dict::new()))
}

/// Refuses to change builtin classes.
fn check_mutable(vm: &mut Vm, class: &Class, what: &str, value: &Value) -> R<()> {
    let name = class.name();
    if !class.has(Flags::HEAP) {
        return Err(vm.type_error(format!("cannot set '{what}' attribute of immutable type '{name}'")));
    }
    if value.is_unset() {
        return Err(vm.type_error(format!("cannot delete '{what}' attribute of type '{name}'")));
    }
    Ok(())
}

fn get_name(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    let name = class.name();
    // C's name of a type may have its module before it
    Ok(Value::str(name.rsplit('.').next().unwrap_or(&name)))
}

fn set_name(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let class = this_class(vm, this)?;
    check_mutable(vm, &class, "__name__", &value)?;
    match value.as_str() {
        Some(text) => {
            *class.name.borrow_mut() = text.into();
            Ok(())
        }
        None => {
            let (name, kind) = (class.name(), vm.type_name(&value));
            Err(vm.type_error(format!("can only assign string to {name}.__name__, not '{kind}'")))
        }
    }
}

fn get_qualname(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    let text = class.qualname.borrow().clone();
    Ok(Value::str(&*text))
}

fn set_qualname(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let class = this_class(vm, this)?;
    check_mutable(vm, &class, "__qualname__", &value)?;
    match value.as_str() {
        Some(text) => {
            *class.qualname.borrow_mut() = text.into();
            Ok(())
        }
        None => {
            let (name, kind) = (class.name(), vm.type_name(&value));
            Err(vm.type_error(format!("can only assign string to {name}.__qualname__, not '{kind}'")))
        }
    }
}

fn get_module(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    if class.has(Flags::HEAP)
        && let Some(value) = class.own(vm.names.dunder_module)
    {
        return Ok(value);
    }
    let text = class.module.borrow().clone();
    Ok(Value::str(&*text))
}

fn set_module(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let class = this_class(vm, this)?;
    check_mutable(vm, &class, "__module__", &value)?;
    if let Some(text) = value.as_str() {
        *class.module.borrow_mut() = text.into();
    }
    class.set(vm.names.dunder_module, value);
    Ok(())
}

fn get_doc(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    match class.own(vm.names.dunder_doc) {
        Some(doc) => {
            let owner = Value::class(&class);
            vm.bind_class_attribute(doc, &owner)
        }
        None => Ok(Value::None),
    }
}

fn set_doc(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let class = this_class(vm, this)?;
    check_mutable(vm, &class, "__doc__", &value)?;
    class.set(vm.names.dunder_doc, value);
    Ok(())
}

fn get_bases(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    let bases = class.bases.borrow().to_vec();
    Ok(Value::tuple(classes(bases)))
}

fn set_bases(vm: &mut Vm, _this: &Value, _value: Value) -> R<()> {
    Err(vm.unsupported("assigning to __bases__"))
}

fn get_base(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    let bases = class.bases.borrow().to_vec();
    // the base that decides the layout
    let best = bases
        .iter()
        .find(|base| base.layout == class.layout && !base.same(&vm.types.object))
        .or(bases.first());
    Ok(best.map_or(Value::None, Value::class))
}

fn get_mro(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    Ok(Value::tuple(classes(class.full_mro())))
}

fn get_dict(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(Value::object(Object::MappingProxy(this.clone())))
}

fn get_abstract(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    match class.own(vm.names.dunder_abstractmethods) {
        Some(value) if !class.same(&vm.types.type_) => Ok(value),
        _ => Err(vm.attribute_error(this, "__abstractmethods__", "__abstractmethods__")),
    }
}

fn set_abstract(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let class = this_class(vm, this)?;
    let name = vm.names.dunder_abstractmethods;
    if value.is_unset() {
        class.remove(name);
        class.clear_flag(Flags::ABSTRACT);
        return Ok(());
    }
    let any = vm.truth(&value)?;
    class.set(name, value);
    if any {
        class.set_flag(Flags::ABSTRACT);
    } else {
        class.clear_flag(Flags::ABSTRACT);
    }
    Ok(())
}

fn get_annotations(vm: &mut Vm, this: &Value) -> R<Value> {
    let class = this_class(vm, this)?;
    let name = vm.names.dunder_annotations;
    if !class.has(Flags::HEAP) {
        let kind = class.name();
        return Err(vm.attribute_error(
            this,
            "__annotations__",
            format!("type object '{kind}' has no attribute '__annotations__'"),
        ));
    }
    if let Some(value) = class.own(name) {
        return Ok(value);
    }
    let made = Value::dict(Dict::new());
    class.set(name, made.clone());
    Ok(made)
}

fn set_annotations(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let class = this_class(vm, this)?;
    check_mutable(vm, &class, "__annotations__", &value)?;
    class.set(vm.names.dunder_annotations, value);
    Ok(())
}
