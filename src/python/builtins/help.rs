//! `help`, `exit`, `quit`, `copyright`, `credits`, `license`: objects whose `repr` says what they are for.

use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::class::{Flags, Layout};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Foreign, Object};
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::{ClassSpec, Vm};
use crate::syntax::symbol::Symbol;

/// What one of these objects shows and does.
struct SiteObject {
    class: ClassRef,
    name: &'static str,
    text: &'static str,
}

impl Foreign for SiteObject {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

static QUITTER_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr),
    ClassItem::Method(NativeDef::new("__call__", "(self, code=None)", Parser::Def, quit, "")),
];

static PRINTER_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr),
    ClassItem::Method(NativeDef::new("__call__", "(self)", Parser::Def, show, "")),
];

static HELPER_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr),
    ClassItem::Method(NativeDef::new(
        "__call__",
        "(self, *args, **kwds)",
        Parser::Def,
        help,
        "",
    )),
];

const COPYRIGHT: &str = "Copyright (c) 2001-2023 Python Software Foundation.\nAll Rights Reserved.\n\n\
    Copyright (c) 2000 BeOpen.com.\nAll Rights Reserved.\n\n\
    Copyright (c) 1995-2001 Corporation for National Research Initiatives.\nAll Rights Reserved.\n\n\
    Copyright (c) 1991-1995 Stichting Mathematisch Centrum, Amsterdam.\nAll Rights Reserved.";

const CREDITS: &str = "    Thanks to CWI, CNRI, BeOpen.com, Zope Corporation and a cast of thousands\n    \
    for supporting Python development.  See www.python.org for more information.";

/// A class, its methods, and its objects by name with what they show.
type Table = (
    &'static str,
    &'static [ClassItem],
    &'static [(&'static str, &'static str)],
);

/// Puts them into the `builtins` module.
pub fn install(vm: &mut Vm) {
    let tables: [Table; 3] = [
        (
            "Quitter",
            QUITTER_ITEMS,
            &[
                ("exit", "Use exit() or Ctrl-D (i.e. EOF) to exit"),
                ("quit", "Use quit() or Ctrl-D (i.e. EOF) to exit"),
            ],
        ),
        (
            "_Printer",
            PRINTER_ITEMS,
            &[
                ("copyright", COPYRIGHT),
                ("credits", CREDITS),
                ("license", "Type license() to see the full license text"),
            ],
        ),
        (
            "_Helper",
            HELPER_ITEMS,
            &[(
                "help",
                "Type help() for interactive help, or help(object) for help about object.",
            )],
        ),
    ];
    let builtins = vm.builtins.clone();
    for (name, items, objects) in tables {
        let made = vm.new_class(ClassSpec {
            name,
            module: "_sitebuiltins",
            bases: &[],
            layout: Some(Layout::Foreign("_sitebuiltins")),
            flags: Flags(0),
            doc: "",
        });
        let Ok(class) = made else { continue };
        vm.define(&class, items);
        for (name, text) in objects {
            let object = SiteObject {
                class: class.clone(),
                name,
                text,
            };
            builtins.set(name, Value::object(Object::Foreign(Box::new(object))));
        }
    }
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::str(
        this.as_foreign::<SiteObject>().map_or("", |object| object.text),
    ))
}

fn quit(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => _this, code);
    let class = vm.exceptions.system_exit.clone();
    Err(vm.raise_args(&class, vec![code.or(Value::None)]))
}

fn show(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    let text = match this.as_foreign::<SiteObject>() {
        Some(object) if object.name == "license" => "See https://www.python.org/psf/license/",
        Some(object) => object.text,
        None => "",
    };
    vm.write_stdout(&format!("{text}\n"))?;
    Ok(Value::None)
}

/// A short help text: what the object is, its signature when it has one, its documentation.
fn help(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => _this, positional, _keywords);
    let Some(subject) = positional.as_tuple().and_then(<[Value]>::first) else {
        vm.write_stdout("help(object) shows what an object is for; the prompt's own help is :help\n")?;
        return Ok(Value::None);
    };
    if has_own_page(vm, subject) {
        let module = vm.import_module("pydoc")?;
        let page = vm.get_attr(&module, Symbol::new("help"))?;
        vm.call(&page, std::slice::from_ref(subject))?;
        return Ok(Value::None);
    }
    let name = match vm.look_attr(subject, Symbol::new("__name__"))? {
        Some(name) => name.as_str().map(str::to_string),
        None => None,
    };
    let mut text = match (subject.obj(), &name) {
        (Some(Object::Native(native)), Some(name)) => {
            format!("Help on built-in function {name}:\n\n{name}{}\n", native.def.signature)
        }
        (Some(Object::Class(_)), Some(name)) => format!("Help on class {name}:\n\nclass {name}\n"),
        (Some(Object::Module(_)), Some(name)) => format!("Help on module {name}:\n\nNAME\n    {name}\n"),
        (Some(Object::Function(_)), Some(name)) => format!("Help on function {name}:\n\n{name}(...)\n"),
        _ => {
            let class = vm.type_name(subject);
            format!("Help on {class} object:\n\n")
        }
    };
    if let Some(doc) = vm.look_attr(subject, Symbol::new("__doc__"))?
        && let Some(doc) = doc.as_str()
    {
        for line in doc.lines() {
            text.push_str(&format!("    {}\n", line.trim_start()));
        }
    }
    text.push('\n');
    vm.write_stdout(&text)?;
    Ok(Value::None)
}

/// What `pydoc` knows how to show: functions, and classes written in Python with their instances.
fn has_own_page(vm: &Vm, subject: &Value) -> bool {
    match subject.obj() {
        Some(Object::Function(_) | Object::Native(_)) => true,
        Some(Object::BoundMethod(method)) => has_own_page(vm, &method.function),
        Some(Object::Class(class)) => class.has(Flags::HEAP),
        Some(Object::Module(_)) => false,
        _ => vm.class_of(subject).has(Flags::HEAP),
    }
}
