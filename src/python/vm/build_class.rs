//! Class statements and `type(name, bases, namespace)`.

use super::Vm;
use crate::python::class::mro::linearise;
use crate::python::class::{Class, ClassRef, Flags, Layout, Slot};
use crate::python::model::object;
use crate::python::object::descriptor::Access;
use crate::python::object::instance::slot_mark;
use crate::python::object::{CallArgs, Dict, Member, Object};
use crate::python::value::{R, Value};
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

impl Vm {
    /// What a class statement does: metaclass, namespace, body, the metaclass's call.
    pub(super) fn build_class(&mut self, body: &Value, name: &Value, bases: &Value, keywords: &Value) -> R<Value> {
        let original: Vec<Value> = bases.as_tuple().unwrap_or(&[]).to_vec();
        let resolved = self.resolve_bases(&original)?;
        let changed = resolved.len() != original.len() || resolved.iter().zip(&original).any(|(a, b)| !a.is(b));
        let keywords = match keywords.as_dict() {
            Some(dict) => dict.clone(),
            None => Rc::new(Dict::new()),
        };
        let explicit = keywords.remove_str("metaclass");
        let metaclass = self.choose_metaclass(explicit, &resolved)?;
        let bases = Value::tuple(resolved);
        let keywords_value = Value::dict_ref(&keywords);
        let namespace = match self.prepare_of(&metaclass)? {
            Some(prepare) => {
                let args = Value::tuple(vec![name.clone(), bases.clone()]);
                let made = self.call_spread(&prepare, &args, &keywords_value)?;
                if made.as_dict().is_none() && self.class_of(&made).slot(Slot::GetItem).is_none() {
                    let (title, kind) = (self.metaclass_title(&metaclass), self.type_name(&made));
                    return Err(self.type_error(format!("{title}.__prepare__() must return a mapping, not {kind}")));
                }
                made
            }
            None => Value::dict(Dict::new()),
        };
        let cell = self.run_body(body.clone(), namespace.clone())?;
        drop(cell);
        if changed {
            let key = self.string(self.names.dunder_orig_bases);
            self.set_item(&namespace, &key, Value::tuple(original))?;
        }
        let args = Value::tuple(vec![name.clone(), bases, namespace.clone()]);
        let made = self.call_spread(&metaclass, &args, &keywords_value)?;
        Ok(made)
    }

    fn metaclass_title(&self, metaclass: &Value) -> String {
        metaclass
            .as_class()
            .map_or_else(|| "<metaclass>".to_string(), |class| class.name().to_string())
    }

    /// Bases with `__mro_entries__` replaced.
    fn resolve_bases(&mut self, bases: &[Value]) -> R<Vec<Value>> {
        let mut resolved = Vec::new();
        for base in bases {
            if base.as_class().is_some() {
                resolved.push(base.clone());
                continue;
            }
            match self.look_attr(base, Slot::MroEntries.symbol())? {
                Some(method) => {
                    let entries = self.call(&method, &[Value::tuple(bases.to_vec())])?;
                    match entries.as_tuple() {
                        Some(items) => resolved.extend(items.iter().cloned()),
                        None => return Err(self.type_error("__mro_entries__ must return a tuple")),
                    }
                }
                None => resolved.push(base.clone()),
            }
        }
        Ok(resolved)
    }

    /// The most derived metaclass of the explicit one and the bases'.
    fn choose_metaclass(&mut self, explicit: Option<Value>, bases: &[Value]) -> R<Value> {
        let start = match explicit {
            Some(value) if value.as_class().is_none() => return Ok(value),
            Some(value) => value,
            None => match bases.first() {
                Some(base) => Value::class(&self.class_of(base)),
                None => return Ok(Value::class(&self.types.type_.clone())),
            },
        };
        let Some(mut winner) = start.as_class().cloned() else {
            return Ok(start);
        };
        for base in bases {
            let kind = self.class_of(base);
            if winner.is_subclass_of(&kind) {
                continue;
            }
            if kind.is_subclass_of(&winner) {
                winner = kind;
                continue;
            }
            return Err(self.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        Ok(Value::class(&winner))
    }

    fn prepare_of(&mut self, metaclass: &Value) -> R<Option<Value>> {
        if matches!(metaclass.as_class(), Some(class) if class.same(&self.types.type_)) {
            return Ok(None);
        }
        self.look_attr(metaclass, Slot::Prepare.symbol())
    }

    /// `type.__new__(metaclass, name, bases, namespace, **keywords)`
    pub fn new_python_class(
        &mut self,
        metaclass: &ClassRef,
        name: &Value,
        bases: &Value,
        namespace: &Value,
        keywords: &Value,
    ) -> R<Value> {
        let Some(title) = name.as_str() else {
            let kind = self.type_name(name);
            return Err(self.type_error(format!("type.__new__() argument 1 must be str, not {kind}")));
        };
        let given: Vec<Value> = bases.as_tuple().unwrap_or(&[]).to_vec();
        let mut classes: Vec<ClassRef> = Vec::new();
        for base in &given {
            let Some(class) = base.as_class() else {
                if self.look_attr(base, Slot::MroEntries.symbol())?.is_some() {
                    return Err(self.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
                }
                return Err(self.type_error("bases must be types"));
            };
            if class.has(Flags::FINAL) {
                let kind = class.name();
                return Err(self.type_error(format!("type '{kind}' is not an acceptable base type")));
            }
            if classes.iter().any(|seen| seen.same(class)) {
                let kind = class.name();
                return Err(self.type_error(format!("duplicate base class {kind}")));
            }
            classes.push(class.clone());
        }
        if classes.is_empty() {
            classes.push(self.types.object.clone());
        }
        // the most derived metaclass counts
        let mut meta = metaclass.clone();
        for base in &classes {
            let kind = base
                .metaclass
                .borrow()
                .clone()
                .unwrap_or_else(|| self.types.type_.clone());
            if kind.is_subclass_of(&meta) {
                meta = kind;
            }
        }
        let order = match linearise(&classes) {
            Ok(order) => order,
            Err(stuck) => {
                let names: Vec<String> = stuck.iter().map(|class| class.name().to_string()).collect();
                let list = names.join(", ");
                return Err(self.type_error(format!(
                    "Cannot create a consistent method resolution\norder (MRO) for bases {list}"
                )));
            }
        };
        let layout = self.layout_of(&classes)?;
        let class = Class::new(title, "builtins", layout, Flags::HEAP, &classes, order);
        *class.metaclass.borrow_mut() = (!meta.same(&self.types.type_)).then_some(meta.clone());
        self.fill_class(&class, namespace)?;
        let value = Value::class(&class);
        self.set_names(&class, &value)?;
        self.init_subclass(&class, &value, keywords)?;
        Ok(value)
    }

    /// What instances are made of: the one base layout that is not plain.
    fn layout_of(&mut self, bases: &[ClassRef]) -> R<Layout> {
        let mut layout = Layout::Instance;
        for base in bases {
            if base.layout == Layout::Instance || base.layout == layout {
                continue;
            }
            if layout != Layout::Instance {
                return Err(self.type_error("multiple bases have instance lay-out conflict"));
            }
            layout = base.layout;
        }
        Ok(layout)
    }

    /// Copies the namespace into the class; slots, qualified name, class cell.
    fn fill_class(&mut self, class: &ClassRef, namespace: &Value) -> R<()> {
        let pairs = match namespace.as_dict() {
            Some(dict) => dict.pairs(),
            None => {
                let dict = Rc::new(Dict::new());
                self.update_from_mapping(&dict, namespace)?;
                dict.pairs()
            }
        };
        let names = self.names;
        let mut slots = None;
        let (mut has_hash, mut has_eq) = (false, false);
        for (key, value) in pairs {
            let Some(name) = key.as_string().map(|text| text.symbol()) else {
                continue;
            };
            if name == names.dunder_qualname {
                match value.as_str() {
                    Some(text) => *class.qualname.borrow_mut() = text.into(),
                    None => {
                        let kind = self.type_name(&value);
                        return Err(self.type_error(format!("type __qualname__ must be a str, not {kind}")));
                    }
                }
                continue;
            }
            if name == names.dunder_classcell {
                if let Some(Object::Cell(cell)) = value.obj() {
                    cell.replace(Value::class(class));
                }
                continue;
            }
            if name == names.dunder_module
                && let Some(text) = value.as_str()
            {
                *class.module.borrow_mut() = text.into();
            }
            has_hash |= name == Slot::Hash.symbol();
            has_eq |= name == Slot::Eq.symbol();
            if name == names.dunder_slots {
                slots = Some(value.clone());
            }
            let value = self.implicit_method(name, value);
            class.set(name, value);
        }
        if class.own(names.dunder_module).is_none() {
            let module = self
                .frames
                .last()
                .and_then(|frame| frame.function())
                .and_then(|function| function.globals.get_str("__name__"));
            if let Some(module) = module {
                if let Some(text) = module.as_str() {
                    *class.module.borrow_mut() = text.into();
                }
                class.set(names.dunder_module, module);
            }
        }
        self.make_slots(class, slots)?;
        if class.own(names.dunder_doc).is_none() {
            class.set(names.dunder_doc, Value::None);
        }
        if has_eq && !has_hash {
            class.set(Slot::Hash.symbol(), Value::None);
        }
        Ok(())
    }

    /// `__new__` is static, `__init_subclass__` and `__class_getitem__` are class methods, without saying so.
    fn implicit_method(&mut self, name: Symbol, value: Value) -> Value {
        let function = matches!(value.obj(), Some(Object::Function(_)));
        if function && name == Slot::New.symbol() {
            return Value::object(Object::StaticMethod(value));
        }
        if function && (name == Slot::InitSubclass.symbol() || name == Slot::ClassGetItem.symbol()) {
            return Value::object(Object::ClassMethod(value));
        }
        value
    }

    fn make_slots(&mut self, class: &ClassRef, slots: Option<Value>) -> R<()> {
        let inherited_dict = class.bases.borrow().iter().any(|base| self.gives_dict(base));
        let Some(slots) = slots else {
            if !inherited_dict {
                self.define(class, object::DICT_ITEM);
                self.define(class, object::WEAKREF_ITEM);
            }
            return Ok(());
        };
        let listed = if slots.as_str().is_some() {
            vec![slots.clone()]
        } else {
            self.collect(&slots)?
        };
        let mut with_dict = inherited_dict;
        for item in listed {
            let Some(text) = item.as_string() else {
                let kind = self.type_name(&item);
                return Err(self.type_error(format!("__slots__ items must be strings, not '{kind}'")));
            };
            let name = crate::python::compile::scope::mangle(Some(Symbol::new(&class.name())), text.symbol());
            if name == self.names.dunder_dict {
                with_dict = true;
                self.define(class, object::DICT_ITEM);
                continue;
            }
            if name == self.names.dunder_weakref {
                self.define(class, object::WEAKREF_ITEM);
                continue;
            }
            if !is_identifier(name.text()) {
                return Err(self.type_error("__slots__ must be identifiers"));
            }
            if class.dict.borrow().contains(name) {
                let shown = name.text();
                return Err(self.value_error(format!("'{shown}' in __slots__ conflicts with class variable")));
            }
            let access = Access::Slot(slot_mark(Symbol::new(&format!("{}.{name}", class.name()))));
            let member = Member {
                name,
                owner: Rc::downgrade(class),
                doc: None,
                access,
            };
            class.set(name, Value::object(Object::Member(Box::new(member))));
        }
        if !with_dict {
            class.set_flag(Flags::NO_DICT);
        }
        Ok(())
    }

    fn gives_dict(&self, base: &ClassRef) -> bool {
        !base.same(&self.types.object) && !base.has(Flags::NO_DICT)
    }

    fn set_names(&mut self, class: &ClassRef, value: &Value) -> R<()> {
        let entries: Vec<(Symbol, Value)> = class.dict.borrow().iter().cloned().collect();
        for (name, item) in entries {
            match item.obj() {
                Some(Object::Property(property)) => {
                    let mut known = property.name.borrow_mut();
                    if known.is_none() {
                        *known = Value::str(name.text());
                    }
                }
                Some(Object::Instance(_) | Object::Foreign(_) | Object::Derived(_)) => {
                    if let Some(method) = self.class_of(&item).slot(Slot::SetName) {
                        let text = self.string(name);
                        let args = [value.clone(), text];
                        if self
                            .call_with_receiver(&method, item.clone(), CallArgs::positional(&args))
                            .is_err()
                        {
                            let kind = self.type_name(&item);
                            let title = class.name();
                            let cause = self.take_exception();
                            let raised = self.runtime_error(format!(
                                "Error calling __set_name__ on '{kind}' instance '{name}' in '{title}'"
                            ));
                            if let (Some(Object::Exception(inner)), Some(cause)) = (self.pending.obj(), cause) {
                                *inner.cause.borrow_mut() = cause.clone();
                                *inner.context.borrow_mut() = cause;
                                inner.suppress_context.set(true);
                            }
                            return Err(raised);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn init_subclass(&mut self, class: &ClassRef, value: &Value, keywords: &Value) -> R<()> {
        let name = Slot::InitSubclass.symbol();
        let found = class.mro.borrow().iter().find_map(|base| base.own(name));
        let Some(found) = found else {
            return match keywords.as_dict() {
                Some(dict) if !dict.is_empty() => {
                    let title = class.name();
                    Err(self.type_error(format!("{title}.__init_subclass__() takes no keyword arguments")))
                }
                _ => Ok(()),
            };
        };
        let bound = self.bind_class_attribute(found, value)?;
        self.call_spread(&bound, &Value::tuple(vec![]), keywords)?;
        Ok(())
    }

    /// `isinstance(value, classes)` with `__instancecheck__`.
    pub fn isinstance(&mut self, value: &Value, classes: &Value) -> R<bool> {
        if let Some(class) = classes.as_class() {
            let class = class.clone();
            if self.class_of(value).same(&class) {
                return Ok(true);
            }
            let custom = class
                .metaclass
                .borrow()
                .as_ref()
                .and_then(|meta| meta.slot(Slot::InstanceCheck));
            return match custom {
                Some(method) if !matches!(method.obj(), Some(Object::Native(_))) => {
                    let answer = self.recurse(" in __instancecheck__", |vm| {
                        vm.call_with_receiver(
                            &method,
                            classes.clone(),
                            CallArgs::positional(std::slice::from_ref(value)),
                        )
                    })?;
                    self.truth(&answer)
                }
                _ => Ok(self.plain_isinstance(value, &class)?),
            };
        }
        if let Some(items) = classes.as_tuple() {
            for item in items {
                if self.recurse(" in __instancecheck__", |vm| vm.isinstance(value, item))? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(Object::Union(union)) = classes.obj() {
            let args = union.args.clone();
            for item in args.iter() {
                let hit = if item.is_none() {
                    value.is_none()
                } else {
                    self.isinstance(value, item)?
                };
                if hit {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(Object::GenericAlias(_)) = classes.obj() {
            return Err(self.type_error("isinstance() argument 2 cannot be a parameterized generic"));
        }
        if let Some(method) = self.class_of(classes).slot(Slot::InstanceCheck) {
            let answer = self.call_with_receiver(
                &method,
                classes.clone(),
                CallArgs::positional(std::slice::from_ref(value)),
            )?;
            return self.truth(&answer);
        }
        Err(self.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"))
    }

    /// `type.__instancecheck__`: by class, else by what `__class__` says.
    pub fn plain_isinstance(&mut self, value: &Value, class: &ClassRef) -> R<bool> {
        if self.is_instance(value, class) {
            return Ok(true);
        }
        if let Some(Object::Instance(_) | Object::Foreign(_)) = value.obj() {
            let kind = self.class_of(value);
            if kind
                .lookup(self.names.dunder_class)
                .is_some_and(|found| matches!(found.obj(), Some(Object::Property(_))))
                && let Some(claimed) = self.look_attr(value, self.names.dunder_class)?
            {
                return Ok(claimed.as_class().is_some_and(|claimed| claimed.is_subclass_of(class)));
            }
        }
        Ok(false)
    }

    /// `issubclass(class, classes)` with `__subclasscheck__`.
    pub fn issubclass(&mut self, class: &Value, classes: &Value) -> R<bool> {
        if let Some(items) = classes.as_tuple() {
            for item in items {
                if self.recurse(" in __subclasscheck__", |vm| vm.issubclass(class, item))? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(base) = classes.as_class().cloned() {
            let custom = base
                .metaclass
                .borrow()
                .as_ref()
                .and_then(|meta| meta.slot(Slot::SubclassCheck));
            if let Some(method) = custom.filter(|method| !matches!(method.obj(), Some(Object::Native(_)))) {
                let answer = self.recurse(" in __subclasscheck__", |vm| {
                    vm.call_with_receiver(
                        &method,
                        classes.clone(),
                        CallArgs::positional(std::slice::from_ref(class)),
                    )
                })?;
                return self.truth(&answer);
            }
            return match class.as_class() {
                Some(class) => Ok(class.is_subclass_of(&base)),
                None => Err(self.type_error("issubclass() arg 1 must be a class")),
            };
        }
        if let Some(Object::Union(union)) = classes.obj() {
            let args = union.args.clone();
            for item in args.iter() {
                if item.as_class().is_some() && self.issubclass(class, item)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if class.as_class().is_none() {
            return Err(self.type_error("issubclass() arg 1 must be a class"));
        }
        if let Some(Object::GenericAlias(_)) = classes.obj() {
            return Err(self.type_error("issubclass() argument 2 cannot be a parameterized generic"));
        }
        if let Some(method) = self.class_of(classes).slot(Slot::SubclassCheck) {
            let answer = self.call_with_receiver(
                &method,
                classes.clone(),
                CallArgs::positional(std::slice::from_ref(class)),
            )?;
            return self.truth(&answer);
        }
        Err(self.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"))
    }
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}
