//! `dict`.

pub mod iterator;
pub mod proxy;
pub mod view;

use crate::python::class::slot::Slot;
use crate::python::class::{Class, Compare};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Dict, Object, ViewKind};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, /, *args, **kwargs)",
        Parser::Wrapper,
        new,
        "",
    )),
    ClassItem::Method(NativeDef::new(
        "__init__",
        "(self, /, *args, **kwargs)",
        Parser::Wrapper,
        init,
        "",
    )),
    ClassItem::method(
        "clear",
        "(self, /)",
        Parser::NoArgs,
        clear,
        "D.clear() -> None.  Remove all items from D.",
    ),
    ClassItem::method(
        "copy",
        "(self, /)",
        Parser::NoArgs,
        copy,
        "D.copy() -> a shallow copy of D",
    ),
    ClassItem::ClassMethod(NativeDef::new(
        "fromkeys",
        "(cls, iterable, value=None, /)",
        Parser::Clinic,
        from_keys,
        "Create a new dictionary with keys from iterable and values set to value.",
    )),
    ClassItem::method(
        "get",
        "(self, key, default=None, /)",
        Parser::Clinic,
        get,
        "Return the value for key if key is in the dictionary, else default.",
    ),
    ClassItem::method(
        "items",
        "(self, /)",
        Parser::NoArgs,
        items,
        "D.items() -> a set-like object providing a view on D's items",
    ),
    ClassItem::method(
        "keys",
        "(self, /)",
        Parser::NoArgs,
        keys,
        "D.keys() -> a set-like object providing a view on D's keys",
    ),
    ClassItem::method(
        "values",
        "(self, /)",
        Parser::NoArgs,
        values,
        "D.values() -> an object providing a view on D's values",
    ),
    ClassItem::method(
        "pop",
        "(self, key, default=None, /)",
        Parser::Clinic,
        pop,
        "Remove specified key and return the corresponding value.",
    ),
    ClassItem::method(
        "popitem",
        "(self, /)",
        Parser::NoArgs,
        pop_item,
        "Remove and return a (key, value) pair as a 2-tuple.",
    ),
    ClassItem::method(
        "setdefault",
        "(self, key, default=None, /)",
        Parser::Clinic,
        set_default,
        "Insert key with a value of default if key is not in the dictionary.",
    ),
    ClassItem::method(
        "update",
        "(self, /, *args, **kwargs)",
        Parser::Wrapper,
        update,
        "Update D from dict/iterable E and F.",
    ),
    ClassItem::method(
        "__contains__",
        "(self, key, /)",
        Parser::One,
        contains,
        "True if the dictionary has the specified key, else False.",
    ),
    ClassItem::method(
        "__getitem__",
        "(self, key, /)",
        Parser::One,
        get_item,
        "x.__getitem__(y) <==> x[y]",
    ),
    ClassItem::method(
        "__reversed__",
        "(self, /)",
        Parser::NoArgs,
        reversed,
        "Return a reverse iterator over the dict keys.",
    ),
    ClassItem::special(Slot::SetItem, set_item),
    ClassItem::special(Slot::DelItem, del_item),
    ClassItem::special(Slot::Len, len),
    ClassItem::special(Slot::Iter, iter),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Or, or),
    ClassItem::special(Slot::ROr, ror),
    ClassItem::special(Slot::IOr, ior),
    ClassItem::special(Slot::Eq, |vm, args| compare(vm, args, Compare::Eq)),
    ClassItem::special(Slot::Ne, |vm, args| compare(vm, args, Compare::Ne)),
    ClassItem::special(Slot::Lt, |_, _| Ok(Value::NotImplemented)),
    ClassItem::special(Slot::Le, |_, _| Ok(Value::NotImplemented)),
    ClassItem::special(Slot::Gt, |_, _| Ok(Value::NotImplemented)),
    ClassItem::special(Slot::Ge, |_, _| Ok(Value::NotImplemented)),
    ClassItem::Constant {
        name: "__hash__",
        make: |_| Value::None,
    },
    ClassItem::ClassMethod(NativeDef::new(
        "__class_getitem__",
        "(cls, object, /)",
        Parser::One,
        super::generic::alias,
        "See PEP 585",
    )),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, ..] = args else { return Ok(Value::None) };
    Ok(vm.instance_of(class, Value::dict(Dict::new())))
}

fn init(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, positional, keywords);
    update_from(vm, dict, positional, keywords, "dict")?;
    Ok(Value::None)
}

fn update(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, positional, keywords);
    update_from(vm, dict, positional, keywords, "update")?;
    Ok(Value::None)
}

fn update_from(vm: &mut Vm, dict: &Rc<Dict>, positional: &Value, keywords: &Value, name: &str) -> R<()> {
    let given = positional.as_tuple().unwrap_or(&[]);
    if given.len() > 1 {
        return Err(vm.type_error(format!("{name} expected at most 1 argument, got {}", given.len())));
    }
    if let Some(source) = given.first() {
        merge(vm, dict, source)?;
    }
    if let Some(keywords) = keywords.as_dict() {
        for (key, value) in keywords.pairs() {
            dict.insert(vm, key, value)?;
        }
    }
    Ok(())
}

/// `dict.update(source)`: a mapping (anything with `keys`) or an iterable of pairs.
pub fn merge(vm: &mut Vm, dict: &Rc<Dict>, source: &Value) -> R<()> {
    if let Some(Object::Dict(other)) = source.obj() {
        if !Rc::ptr_eq(dict, other) {
            for (key, value) in other.pairs() {
                dict.insert(vm, key, value)?;
            }
        }
        return Ok(());
    }
    if let Some(keys) = vm.find_attr(source, Symbol::new("keys"))? {
        let keys = vm.call(&keys, &[])?;
        let iterator = vm.iter(&keys)?;
        while let Some(key) = vm.next(&iterator)? {
            let value = vm.get_item(source, &key)?;
            dict.insert(vm, key, value)?;
        }
        return Ok(());
    }
    merge_pairs(vm, dict, source)
}

fn merge_pairs(vm: &mut Vm, dict: &Rc<Dict>, source: &Value) -> R<()> {
    let iterator = vm.iter(source)?;
    let mut at = 0usize;
    while let Some(item) = vm.next(&iterator)? {
        let Some(pair) = crate::python::types::iterable_items(vm, &item)? else {
            return Err(vm.type_error(format!(
                "cannot convert dictionary update sequence element #{at} to a sequence"
            )));
        };
        let [key, value] = pair.as_slice() else {
            let length = pair.len();
            return Err(vm.value_error(format!(
                "dictionary update sequence element #{at} has length {length}; 2 is required"
            )));
        };
        dict.insert(vm, key.clone(), value.clone())?;
        at += 1;
    }
    Ok(())
}

fn clear(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict);
    dict.clear();
    Ok(Value::None)
}

fn copy(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict);
    Ok(Value::dict(dict.copy()))
}

fn from_keys(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, iterable, value);
    let value = value.or(Value::None);
    let made = vm.call(class, &[])?;
    let plain = match made.obj() {
        Some(Object::Dict(dict)) => Some(dict.clone()),
        _ => None,
    };
    let iterator = vm.iter(iterable)?;
    while let Some(key) = vm.next(&iterator)? {
        match &plain {
            Some(dict) => drop(dict.insert(vm, key, value.clone())?),
            None => vm.set_item(&made, &key, value.clone())?,
        }
    }
    Ok(made)
}

fn get(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, key, default);
    Ok(dict.get(vm, key)?.unwrap_or_else(|| default.or(Value::None)))
}

fn look(vm: &mut Vm, args: &[Value], kind: ViewKind) -> R<Value> {
    take!(args => dict: as_dict);
    let Some(this) = args.first() else {
        return Ok(Value::None);
    };
    let is_ordered = matches!(this.obj(), Some(Object::Derived(_))) && is_ordered(&vm.class_of(this));
    Ok(view::make(dict, kind, is_ordered))
}

/// Views of `collections.OrderedDict` have names of their own.
fn is_ordered(class: &Class) -> bool {
    let named = |class: &Class| &**class.name.borrow() == "OrderedDict" && &**class.module.borrow() == "collections";
    named(class) || class.mro.borrow().iter().any(|base| named(base))
}

fn keys(vm: &mut Vm, args: &[Value]) -> R<Value> {
    look(vm, args, ViewKind::Keys)
}

fn values(vm: &mut Vm, args: &[Value]) -> R<Value> {
    look(vm, args, ViewKind::Values)
}

fn items(vm: &mut Vm, args: &[Value]) -> R<Value> {
    look(vm, args, ViewKind::Items)
}

fn pop(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, key, default);
    match dict.remove(vm, key)? {
        Some(value) => Ok(value),
        None if default.is_unset() => Err(vm.key_error(key)),
        None => Ok(default.clone()),
    }
}

fn pop_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict);
    match dict.pop_last() {
        Some((key, value)) => Ok(Value::tuple(vec![key, value])),
        None => Err(vm.key_error(&Value::str("popitem(): dictionary is empty"))),
    }
}

fn set_default(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, key, default);
    if let Some(value) = dict.get(vm, key)? {
        return Ok(value);
    }
    let value = default.or(Value::None);
    dict.insert(vm, key.clone(), value.clone())?;
    Ok(value)
}

fn contains(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, key);
    Ok(Value::bool(dict.contains(vm, key)?))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, key);
    let Some(dict) = this.as_dict() else {
        return Ok(Value::NotImplemented);
    };
    if let Some(value) = dict.get(vm, key)? {
        return Ok(value);
    }
    if matches!(this.obj(), Some(Object::Derived(_))) {
        let class = vm.class_of(this);
        if class.lookup(Symbol::new("__missing__")).is_some() {
            return vm.call_method(this, Symbol::new("__missing__"), std::slice::from_ref(key));
        }
    }
    Err(vm.key_error(key))
}

fn set_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, key, value);
    dict.insert(vm, key.clone(), value.clone())?;
    Ok(Value::None)
}

fn del_item(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, key);
    match dict.remove(vm, key)? {
        Some(_) => Ok(Value::None),
        None => Err(vm.key_error(key)),
    }
}

fn len(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict);
    Ok(Value::size(dict.len()))
}

fn iter(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict);
    Ok(iterator::make(vm, dict, ViewKind::Keys, false))
}

fn reversed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict);
    Ok(iterator::make(vm, dict, ViewKind::Keys, true))
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let Some(dict) = this.as_dict().cloned() else {
        return Ok(Value::NotImplemented);
    };
    if dict.is_empty() {
        return Ok(Value::str("{}"));
    }
    let text = crate::python::types::guarded_repr(vm, this, "{...}", |vm| {
        let mut out = String::from("{");
        let mut at = 0;
        while let Some((found, key, value)) = dict.next_from(at) {
            if out.len() > 1 {
                out.push_str(", ");
            }
            out.push_str(&vm.repr(&key)?);
            out.push_str(": ");
            out.push_str(&vm.repr(&value)?);
            at = found + 1;
        }
        out.push('}');
        Ok(out)
    })?;
    Ok(Value::str(text))
}

fn or(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, other);
    let Some(right) = other.as_dict() else {
        return Ok(Value::NotImplemented);
    };
    let merged = Rc::new(dict.copy());
    merge(vm, &merged, &Value::dict_ref(right))?;
    Ok(Value::dict_ref(&merged))
}

fn ror(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => dict: as_dict, other);
    let Some(left) = other.as_dict() else {
        return Ok(Value::NotImplemented);
    };
    let merged = Rc::new(left.copy());
    merge(vm, &merged, &Value::dict_ref(dict))?;
    Ok(Value::dict_ref(&merged))
}

fn ior(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, other);
    let Some(dict) = this.as_dict() else {
        return Ok(Value::NotImplemented);
    };
    merge(vm, dict, other)?;
    Ok(this.clone())
}

/// Whether both dicts have the same keys with equal values.
fn same_pairs(vm: &mut Vm, left: &Dict, right: &Dict) -> R<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut at = 0;
    while let Some((found, key, value)) = left.next_from(at) {
        match right.get(vm, &key)? {
            Some(other) if other.is(&value) || vm.equal(&value, &other)? => {}
            _ => return Ok(false),
        }
        at = found + 1;
    }
    Ok(true)
}

fn compare(vm: &mut Vm, args: &[Value], how: Compare) -> R<Value> {
    take!(args => dict: as_dict, other);
    let Some(other) = other.as_dict() else {
        return Ok(Value::NotImplemented);
    };
    let equal = same_pairs(vm, dict, other)?;
    Ok(Value::bool(equal == (how == Compare::Eq)))
}
