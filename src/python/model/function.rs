//! `function`

use super::object::{get_dict, set_dict, spread};
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, Parser};
use crate::python::object::{Dict, Function, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::python::vm::attribute::bound;
use std::rc::Rc;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::Call, call),
    ClassItem::special(Slot::Get, get),
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
        name: "__doc__",
        get: get_doc,
        set: Some(set_doc),
        help: "",
    },
    ClassItem::Property {
        name: "__module__",
        get: get_module,
        set: Some(set_module),
        help: "",
    },
    ClassItem::Property {
        name: "__defaults__",
        get: get_defaults,
        set: Some(set_defaults),
        help: "",
    },
    ClassItem::Property {
        name: "__kwdefaults__",
        get: get_kwdefaults,
        set: Some(set_kwdefaults),
        help: "",
    },
    ClassItem::Property {
        name: "__annotations__",
        get: get_annotations,
        set: Some(set_annotations),
        help: "",
    },
    ClassItem::Property {
        name: "__dict__",
        get: get_dict,
        set: Some(set_dict),
        help: "",
    },
    ClassItem::getter("__code__", get_code, ""),
    ClassItem::getter("__globals__", get_globals, ""),
    ClassItem::getter("__closure__", get_closure, ""),
    ClassItem::getter("__builtins__", get_builtins, ""),
    ClassItem::method("__reduce__", "(self, /)", Parser::NoArgs, reduce, ""),
];

fn of(value: &Value) -> Option<&Function> {
    match value.obj() {
        Some(Object::Function(function)) => Some(function),
        _ => None,
    }
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let name = of(this)
        .map(|function| function.data.qualname.borrow().clone())
        .unwrap_or_default();
    Ok(Value::str(format!(
        "<function {} at {:#x}>",
        name.as_str().unwrap_or("?"),
        this.identity()
    )))
}

fn call(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    spread(vm, rest, keywords, |vm, args| vm.call_args(this, args))
}

fn get(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, instance, owner] = args else {
        return Ok(Value::None);
    };
    if instance.is_none() && !owner.is_none() && !owner.is_unset() {
        return Ok(this.clone());
    }
    Ok(bound(this.clone(), instance.clone()))
}

fn reduce(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    Ok(of(this)
        .map(|function| function.data.qualname.borrow().clone())
        .unwrap_or(Value::None))
}

macro_rules! text_field {
    ($get:ident, $set:ident, $field:ident, $name:literal) => {
        fn $get(_vm: &mut Vm, this: &Value) -> R<Value> {
            Ok(of(this)
                .map(|function| function.data.$field.borrow().clone())
                .unwrap_or(Value::None))
        }

        fn $set(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
            if value.as_str().is_none() {
                return Err(vm.type_error(concat!($name, " must be set to a string object")));
            }
            if let Some(function) = of(this) {
                function.data.$field.replace(value);
            }
            Ok(())
        }
    };
}

text_field!(get_name, set_name, name, "__name__");
text_field!(get_qualname, set_qualname, qualname, "__qualname__");

macro_rules! any_field {
    ($get:ident, $set:ident, $field:ident) => {
        fn $get(_vm: &mut Vm, this: &Value) -> R<Value> {
            Ok(of(this)
                .map(|function| function.data.$field.borrow().clone())
                .unwrap_or(Value::None))
        }

        fn $set(_vm: &mut Vm, this: &Value, value: Value) -> R<()> {
            if let Some(function) = of(this) {
                function
                    .data
                    .$field
                    .replace(if value.is_unset() { Value::None } else { value });
            }
            Ok(())
        }
    };
}

any_field!(get_doc, set_doc, doc);
any_field!(get_module, set_module, module);

fn get_defaults(_vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(function) = of(this) else {
        return Ok(Value::None);
    };
    let defaults = function.data.defaults.borrow().to_vec();
    Ok(if defaults.is_empty() {
        Value::None
    } else {
        Value::tuple(defaults)
    })
}

fn set_defaults(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let items = match value.as_tuple() {
        Some(items) => items.to_vec(),
        None if value.is_none() || value.is_unset() => Vec::new(),
        None => return Err(vm.type_error("__defaults__ must be set to a tuple object")),
    };
    if let Some(function) = of(this) {
        function.data.defaults.replace(items.into());
    }
    Ok(())
}

fn dict_or_none(dict: Option<Rc<Dict>>) -> Value {
    dict.map_or(Value::None, |dict| Value::dict_ref(&dict))
}

fn get_kwdefaults(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this).map_or(Value::None, |function| {
        dict_or_none(function.data.kwdefaults.borrow().clone())
    }))
}

fn set_kwdefaults(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let dict = match value.as_dict() {
        Some(dict) => Some(dict.clone()),
        None if value.is_none() || value.is_unset() => None,
        None => return Err(vm.type_error("__kwdefaults__ must be set to a dict object")),
    };
    if let Some(function) = of(this) {
        function.data.kwdefaults.replace(dict);
    }
    Ok(())
}

fn get_annotations(_vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(function) = of(this) else {
        return Ok(Value::None);
    };
    let dict = function
        .data
        .annotations
        .borrow_mut()
        .get_or_insert_with(|| Rc::new(Dict::new()))
        .clone();
    Ok(Value::dict_ref(&dict))
}

fn set_annotations(vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    let dict = match value.as_dict() {
        Some(dict) => Some(dict.clone()),
        None if value.is_none() || value.is_unset() => None,
        None => return Err(vm.type_error("__annotations__ must be set to a dict object")),
    };
    if let Some(function) = of(this) {
        function.data.annotations.replace(dict);
    }
    Ok(())
}

fn get_code(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this).map_or(Value::None, |function| {
        Value::object(Object::Code(function.code.clone()))
    }))
}

fn get_globals(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(of(this).map_or(Value::None, |function| Value::dict_ref(&function.globals)))
}

fn get_builtins(vm: &mut Vm, _this: &Value) -> R<Value> {
    Ok(Value::dict_ref(&vm.builtins.dict))
}

fn get_closure(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(match of(this).and_then(|function| function.closure.clone()) {
        Some(cells) => Value::tuple(cells.to_vec()),
        None => Value::None,
    })
}
