//! Registering native classes, functions and modules.

use super::Vm;
use crate::python::class::mro::linearise;
use crate::python::class::{Class, ClassRef, Flags, Layout};
use crate::python::native::{ClassItem, NativeDef, NativeFunction, NativeKind};
use crate::python::object::descriptor::Access;
use crate::python::object::{Member, Module, Object};
use crate::python::value::{R, Value};
use crate::syntax::symbol::Symbol;
use std::rc::{Rc, Weak};

/// Makes a module at its first import.
#[derive(Clone, Copy)]
pub enum Builder {
    Native(fn(&mut Vm) -> R<Rc<Module>>),
    /// Python text, compiled at the first import.
    Source(&'static str),
}

/// A native class to be made.
pub struct ClassSpec<'a> {
    pub name: &'a str,
    pub module: &'a str,
    /// Empty for `object`.
    pub bases: &'a [ClassRef],
    /// None inherits the first base's.
    pub layout: Option<Layout>,
    pub flags: Flags,
    pub doc: &'a str,
}

impl Vm {
    /// Makes a native class. Bases that cannot be ordered raise TypeError.
    pub fn new_class(&mut self, spec: ClassSpec<'_>) -> R<ClassRef> {
        let object = [self.types.object.clone()];
        let bases = if spec.bases.is_empty() { &object } else { spec.bases };
        let Ok(order) = linearise(bases) else {
            return Err(self.type_error(format!("cannot order the bases of {}", spec.name)));
        };
        let layout = spec
            .layout
            .unwrap_or_else(|| bases.first().map_or(Layout::Instance, |base| base.layout));
        let class = Class::new(spec.name, spec.module, layout, spec.flags, bases, order);
        if !spec.doc.is_empty() {
            class.set(self.names.dunder_doc, Value::str(spec.doc));
        }
        Ok(class)
    }

    /// An exception class: `vm.new_exception_class("OutOfMemoryError", "torch", &base)`.
    pub fn new_exception_class(&mut self, name: &str, module: &str, base: &ClassRef) -> ClassRef {
        Class::new(
            name,
            module,
            Layout::Exception,
            Flags(0),
            std::slice::from_ref(base),
            base.full_mro(),
        )
    }

    /// Gives a class its methods and properties.
    pub fn define(&mut self, class: &ClassRef, items: &'static [ClassItem]) {
        class.set_all(items.iter().map(|item| {
            let (name, value) = self.class_item(class, item);
            (Symbol::fixed(name), value)
        }));
    }

    fn class_item(&mut self, class: &ClassRef, item: &'static ClassItem) -> (&'static str, Value) {
        let owner = Rc::downgrade(class);
        let native = |def: &'static NativeDef, kind: NativeKind| {
            let function = NativeFunction::new(def, kind, owner.clone(), "builtins");
            (def.name, Value::object(Object::Native(function)))
        };
        match item {
            ClassItem::Method(def) => native(def, NativeKind::Method),
            ClassItem::ClassMethod(def) => native(def, NativeKind::ClassMethod),
            ClassItem::StaticMethod(def) => {
                let (name, function) = native(def, NativeKind::Static);
                (name, Value::object(Object::StaticMethod(function)))
            }
            ClassItem::New(def) => native(def, NativeKind::New),
            ClassItem::Property { name, get, set, help } => {
                let access = Access::Native { get: *get, set: *set };
                let member = Member {
                    name: Symbol::new(name),
                    owner,
                    doc: Some(help),
                    access,
                };
                (name, Value::object(Object::Member(Box::new(member))))
            }
            ClassItem::Field { name, get, help } => {
                let access = Access::Field { get: *get };
                let member = Member {
                    name: Symbol::new(name),
                    owner,
                    doc: Some(help),
                    access,
                };
                (name, Value::object(Object::Member(Box::new(member))))
            }
            ClassItem::Constant { name, make } => (name, make(self)),
        }
    }

    /// A function object of a row.
    pub fn native_function(&self, def: &'static NativeDef, module: &'static str) -> Value {
        Value::object(Object::Native(NativeFunction::new(
            def,
            NativeKind::Function,
            Weak::new(),
            module,
        )))
    }

    /// Puts functions into a module.
    pub fn define_functions(&mut self, module: &Rc<Module>, rows: &'static [NativeDef]) {
        let module_name = module.name.text();
        for row in rows {
            module.set(row.name, self.native_function(row, module_name));
        }
    }

    /// Registers a module built at its first import; `name` may be dotted.
    pub fn add_module(&mut self, name: &str, build: fn(&mut Vm) -> R<Rc<Module>>) {
        self.builders.insert(Symbol::new(name), Builder::Native(build));
    }

    /// True if a module of this dotted name can be imported.
    pub fn is_registered(&self, name: &str) -> bool {
        self.builders.contains_key(&Symbol::new(name)) || self.modules.get_str(name).is_some()
    }

    /// Registers a module written in Python, compiled at its first import.
    pub fn add_source(&mut self, name: &str, text: &'static str) {
        self.builders.insert(Symbol::new(name), Builder::Source(text));
    }
}
