//! `module`

use super::object::get_dict;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Module, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, name, doc=None)",
        Parser::Clinic,
        new,
        "Create a module object.",
    )),
    ClassItem::special(Slot::Init, init),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::method("__dir__", "(self, /)", Parser::NoArgs, dir, "__dir__() -> list"),
    ClassItem::getter("__dict__", get_dict, ""),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, name, doc] = args else { return Ok(Value::None) };
    let Some(text) = name.as_str() else {
        let kind = vm.type_name(name);
        return Err(vm.type_error(format!("module() argument 'name' must be str, not {kind}")));
    };
    let module = Module::new(text);
    module.set("__name__", name.clone());
    module.set("__doc__", doc.or(Value::None));
    for field in ["__package__", "__loader__", "__spec__"] {
        module.set(field, Value::None);
    }
    Ok(Value::object(Object::Module(module)))
}

fn init(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::None)
}

fn repr(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(Object::Module(module)) = this.obj() else {
        return Ok(Value::str(""));
    };
    let name = match module.get(vm.names.dunder_name) {
        Some(name) => vm.repr(&name)?,
        None => "'?'".into(),
    };
    let file = module.get(vm.names.dunder_file);
    Ok(Value::str(match file.as_ref().and_then(Value::as_str) {
        Some(file) => format!("<module {name} from '{file}'>"),
        None => format!("<module {name} (built-in)>"),
    }))
}

fn dir(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    if let Some(Object::Module(module)) = this.obj()
        && let Some(method) = module.dict.get_str("__dir__")
    {
        return vm.call(&method, &[]);
    }
    let mut names: Vec<&'static str> = vm.attribute_names(this).into_iter().map(|name| name.text()).collect();
    names.sort_unstable();
    names.dedup();
    Ok(Value::list(names.into_iter().map(Value::str).collect()))
}
