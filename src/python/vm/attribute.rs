//! Attribute access: the class's data descriptors, the object's own attributes, the class's rest.

use super::Vm;
use crate::python::class::{ClassRef, Flags, Slot};
use crate::python::native::NativeKind;
use crate::python::object::descriptor::Access;
use crate::python::object::{BoundMethod, CallArgs, Member, Object, Super};
use crate::python::value::{R, Raised, Value};
use crate::syntax::symbol::Symbol;

impl Vm {
    /// `object.name`
    pub fn get_attr(&mut self, object: &Value, name: Symbol) -> R<Value> {
        match self.find_attr(object, name)? {
            Some(value) => Ok(value),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// `object.name`, None instead of an AttributeError.
    pub fn find_attr(&mut self, object: &Value, name: Symbol) -> R<Option<Value>> {
        let class = self.class_of(object);
        if let Some(method) = class.slot(Slot::GetAttribute)
            && !self.is_plain_getattribute(&method)
        {
            let text = self.string(name);
            let found = self.call_with_receiver(&method, object.clone(), CallArgs::positional(&[text]));
            return self.or_getattr(object, name, &class, found.map(Some));
        }
        let found = self.generic_get(object, name, &class);
        self.or_getattr(object, name, &class, found)
    }

    /// After a failed look-up: `__getattr__`, or no attribute.
    fn or_getattr(
        &mut self,
        object: &Value,
        name: Symbol,
        class: &ClassRef,
        found: R<Option<Value>>,
    ) -> R<Option<Value>> {
        let attribute_error = self.exceptions.attribute_error.clone();
        let fallback = class.slot(Slot::GetAttr);
        match found {
            Ok(Some(value)) => Ok(Some(value)),
            Ok(None) => match fallback {
                None => Ok(None),
                Some(method) => self.ask_getattr(&method, object, name),
            },
            Err(raised) => match fallback {
                Some(method) if self.is_pending(&attribute_error) => {
                    self.pending = Value::Unset;
                    self.ask_getattr(&method, object, name)
                }
                _ => Err(raised),
            },
        }
    }

    fn ask_getattr(&mut self, method: &Value, object: &Value, name: Symbol) -> R<Option<Value>> {
        let text = self.string(name);
        self.recurse("", |vm| {
            vm.call_with_receiver(method, object.clone(), CallArgs::positional(&[text]))
        })
        .map(Some)
    }

    /// As `find_attr`, but an AttributeError raised on the way is no attribute, too (`hasattr`, `getattr` with default).
    pub fn look_attr(&mut self, object: &Value, name: Symbol) -> R<Option<Value>> {
        match self.find_attr(object, name) {
            Err(raised) => {
                let class = self.exceptions.attribute_error.clone();
                if self.caught(&class) { Ok(None) } else { Err(raised) }
            }
            found => found,
        }
    }

    /// Whether a `__getattribute__` is one of the builtin ones, which `generic_get` stands for.
    pub(crate) fn is_plain_getattribute(&self, method: &Value) -> bool {
        match method.obj() {
            Some(Object::Native(native)) => self.is_generic_setter(native),
            _ => false,
        }
    }

    /// `object.__getattribute__`: without `__getattr__`.
    pub fn generic_get(&mut self, object: &Value, name: Symbol, class: &ClassRef) -> R<Option<Value>> {
        match object.obj() {
            Some(Object::Class(this)) => {
                let this = this.clone();
                return self.get_class_attr(object, &this, name, class);
            }
            Some(Object::Super(lookup)) => return self.get_super_attr(object, lookup, name),
            Some(Object::Module(module)) => {
                if let Some(value) = module.dict.get_symbol(name) {
                    return Ok(Some(value));
                }
                let resolver = module.resolver.borrow().clone();
                if let Some(resolver) = resolver
                    && let Some(value) = resolver.resolve(self, name)?
                {
                    module.dict.set_symbol(name, value.clone());
                    return Ok(Some(value));
                }
                if let Some(method) = module.dict.get_str("__getattr__")
                    && class.lookup(name).is_none()
                {
                    let text = self.string(name);
                    return self.call(&method, &[text]).map(Some);
                }
            }
            _ => {}
        }
        let in_class = class.lookup(name);
        if let Some(found) = &in_class
            && self.is_data_descriptor(found)
        {
            let owner = Value::class(class);
            return self.bind_descriptor(found.clone(), object, &owner).map(Some);
        }
        if let Some(attributes) = object.obj().and_then(Object::existing_attributes) {
            let own = attributes.borrow().get(name);
            if own.is_some() {
                return Ok(own);
            }
        }
        match in_class {
            Some(found) => {
                let owner = Value::class(class);
                self.bind_descriptor(found, object, &owner).map(Some)
            }
            None => Ok(None),
        }
    }

    fn get_class_attr(&mut self, object: &Value, this: &ClassRef, name: Symbol, meta: &ClassRef) -> R<Option<Value>> {
        let in_meta = meta.lookup(name);
        if let Some(found) = &in_meta
            && self.is_data_descriptor(found)
        {
            let owner = Value::class(meta);
            return self.bind_descriptor(found.clone(), object, &owner).map(Some);
        }
        if let Some(found) = this.lookup(name) {
            return self.bind_class_attribute(found, object).map(Some);
        }
        match in_meta {
            Some(found) => {
                let owner = Value::class(meta);
                self.bind_descriptor(found, object, &owner).map(Some)
            }
            None => Ok(None),
        }
    }

    fn get_super_attr(&mut self, object: &Value, lookup: &Super, name: Symbol) -> R<Option<Value>> {
        if let (Some(start), true) = (&lookup.start, name != self.names.dunder_class) {
            let order = start.full_mro();
            let after = order
                .iter()
                .position(|class| class.same(&lookup.class))
                .map_or(order.len(), |at| at + 1);
            for class in order.iter().skip(after) {
                if let Some(found) = class.own(name) {
                    let owner = Value::class(start);
                    // `super(C, cls)`: the receiver is a class, methods stay unbound
                    let bound_to_class = matches!(lookup.receiver.as_class(), Some(this) if this.same(start));
                    return if bound_to_class {
                        self.bind_class_attribute(found, &lookup.receiver.clone()).map(Some)
                    } else {
                        self.bind_descriptor(found, &lookup.receiver.clone(), &owner).map(Some)
                    };
                }
            }
        }
        let class = self.types.super_.clone();
        match class.lookup(name) {
            Some(found) => self.bind_descriptor(found, object, &Value::class(&class)).map(Some),
            None => Ok(None),
        }
    }

    /// Whether a value in a class's dict takes precedence over the object's own attributes.
    pub fn is_data_descriptor(&self, value: &Value) -> bool {
        match value.obj() {
            Some(Object::Member(_) | Object::Property(_)) => true,
            Some(Object::Instance(instance)) => {
                let class = instance.class();
                class.slot(Slot::Set).is_some() || class.slot(Slot::Delete).is_some()
            }
            Some(Object::Foreign(foreign)) => foreign.class().slot(Slot::Set).is_some(),
            Some(Object::Derived(derived)) => derived.class.borrow().slot(Slot::Set).is_some(),
            _ => false,
        }
    }

    /// What a value from a class's dict becomes when read through an instance.
    pub fn bind_descriptor(&mut self, value: Value, object: &Value, owner: &Value) -> R<Value> {
        match value.obj() {
            None => Ok(value),
            Some(Object::Function(_)) => Ok(bound(value, object.clone())),
            Some(Object::Native(native)) => match native.kind {
                NativeKind::Method => Ok(bound(value, object.clone())),
                NativeKind::ClassMethod => Ok(bound(value, owner.clone())),
                _ => Ok(value),
            },
            Some(Object::Callable(callable)) => {
                if callable.binds() {
                    Ok(bound(value, object.clone()))
                } else {
                    Ok(value)
                }
            }
            Some(Object::StaticMethod(inner)) => Ok(inner.clone()),
            Some(Object::ClassMethod(inner)) => {
                let inner = inner.clone();
                self.bind_class_method(inner, owner)
            }
            Some(Object::Property(property)) => {
                if property.get.is_none() {
                    return Err(self.property_refusal(&value, object, "getter"));
                }
                let getter = property.get.clone();
                self.call(&getter, std::slice::from_ref(object))
            }
            Some(Object::Member(member)) => self.read_member(member, object),
            Some(Object::Instance(_) | Object::Foreign(_) | Object::Derived(_)) => {
                match self.class_of(&value).slot(Slot::Get) {
                    Some(method) => {
                        let args = [object.clone(), owner.clone()];
                        self.call_with_receiver(&method, value.clone(), CallArgs::positional(&args))
                    }
                    None => Ok(value),
                }
            }
            Some(_) => Ok(value),
        }
    }

    /// What a value from a class's dict becomes when read through the class itself.
    pub fn bind_class_attribute(&mut self, value: Value, owner: &Value) -> R<Value> {
        match value.obj() {
            Some(Object::StaticMethod(inner)) => Ok(inner.clone()),
            Some(Object::ClassMethod(inner)) => {
                let inner = inner.clone();
                self.bind_class_method(inner, owner)
            }
            Some(Object::Native(native)) if native.kind == NativeKind::ClassMethod => Ok(bound(value, owner.clone())),
            Some(Object::Instance(_) | Object::Foreign(_) | Object::Derived(_)) => {
                match self.class_of(&value).slot(Slot::Get) {
                    Some(method) => {
                        let args = [Value::None, owner.clone()];
                        self.call_with_receiver(&method, value.clone(), CallArgs::positional(&args))
                    }
                    None => Ok(value),
                }
            }
            _ => Ok(value),
        }
    }

    fn bind_class_method(&mut self, inner: Value, owner: &Value) -> R<Value> {
        match inner.obj() {
            Some(Object::Property(property)) => {
                let getter = property.get.clone();
                self.call(&getter, std::slice::from_ref(owner))
            }
            _ => Ok(bound(inner, owner.clone())),
        }
    }

    /// Reads a native property or a slot.
    pub fn read_member(&mut self, member: &Member, object: &Value) -> R<Value> {
        match &member.access {
            Access::Native { get, .. } | Access::Field { get } => {
                let get = *get;
                self.check_member(member, object)?;
                get(self, object)
            }
            Access::Slot(mark) => {
                let held = object
                    .obj()
                    .and_then(Object::attributes)
                    .and_then(|a| a.borrow().slot(*mark));
                match held {
                    Some(value) => Ok(value),
                    None => {
                        self.check_member(member, object)?;
                        let kind = self.type_name(object);
                        Err(self.attribute_error(
                            object,
                            member.name.text(),
                            format!("'{kind}' object has no attribute '{}'", member.name),
                        ))
                    }
                }
            }
        }
    }

    fn check_member(&mut self, member: &Member, object: &Value) -> R<()> {
        let Some(owner) = member.owner.upgrade() else {
            return Ok(());
        };
        if self.is_instance(object, &owner) {
            return Ok(());
        }
        let kind = self.type_name(object);
        let (name, owner) = (member.name, owner.shown_name());
        Err(self.type_error(format!(
            "descriptor '{name}' for '{owner}' objects doesn't apply to a '{kind}' object"
        )))
    }

    /// `object.name = value`
    pub fn set_attr(&mut self, object: &Value, name: Symbol, value: Value) -> R<()> {
        let class = self.class_of(object);
        if let Some(method) = class.slot(Slot::SetAttr)
            && !matches!(method.obj(), Some(Object::Native(native)) if self.is_generic_setter(native))
        {
            let text = self.string(name);
            self.recurse("", |vm| {
                vm.call_with_receiver(&method, object.clone(), CallArgs::positional(&[text, value]))
            })?;
            return Ok(());
        }
        self.generic_set(object, name, value, &class)
    }

    /// `del object.name`
    pub fn del_attr(&mut self, object: &Value, name: Symbol) -> R<()> {
        let class = self.class_of(object);
        if let Some(method) = class.slot(Slot::DelAttr)
            && !matches!(method.obj(), Some(Object::Native(native)) if self.is_generic_setter(native))
        {
            let text = self.string(name);
            self.recurse("", |vm| {
                vm.call_with_receiver(&method, object.clone(), CallArgs::positional(&[text]))
            })?;
            return Ok(());
        }
        self.generic_set(object, name, Value::Unset, &class)
    }

    fn is_generic_setter(&self, native: &crate::python::native::NativeFunction) -> bool {
        native
            .owner
            .upgrade()
            .is_some_and(|owner| owner.same(&self.types.object) || owner.same(&self.types.type_))
    }

    /// `object.__setattr__`, and `__delattr__` for an unset value.
    pub fn generic_set(&mut self, object: &Value, name: Symbol, value: Value, class: &ClassRef) -> R<()> {
        if let Some(Object::Class(this)) = object.obj() {
            let this = this.clone();
            return self.set_class_attr(object, &this, name, value, class);
        }
        let in_class = class.lookup(name);
        if let Some(found) = &in_class
            && let Some(done) = self.write_descriptor(found, object, name, &value)?
        {
            return Ok(done);
        }
        match object.obj() {
            Some(Object::Module(module)) => {
                if value.is_unset() {
                    if module.dict.remove_str(name.text()).is_none() {
                        return Err(self.no_attribute(object, name));
                    }
                } else {
                    module.dict.set_symbol(name, value);
                }
                return Ok(());
            }
            Some(inner) => {
                if let (Some(attributes), false) = (inner.attributes(), class.has(Flags::NO_DICT)) {
                    if value.is_unset() {
                        let removed = attributes.borrow_mut().remove(name);
                        return match removed {
                            Some(_) => Ok(()),
                            None => Err(self.no_attribute(object, name)),
                        };
                    }
                    let old = attributes.borrow_mut().set(name, value);
                    drop(old);
                    return Ok(());
                }
            }
            None => {}
        }
        match in_class {
            Some(_) => {
                let kind = class.shown_name();
                Err(self.attribute_error(
                    object,
                    name.text(),
                    format!("'{kind}' object attribute '{name}' is read-only"),
                ))
            }
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// Writes through a descriptor; None when the value is not one that writes.
    pub(crate) fn write_descriptor(
        &mut self,
        found: &Value,
        object: &Value,
        name: Symbol,
        value: &Value,
    ) -> R<Option<()>> {
        match found.obj() {
            Some(Object::Property(property)) => {
                let deleting = value.is_unset();
                let function = if deleting {
                    property.delete.clone()
                } else {
                    property.set.clone()
                };
                if function.is_none() {
                    return Err(self.property_refusal(found, object, if deleting { "deleter" } else { "setter" }));
                }
                if deleting {
                    self.call(&function, std::slice::from_ref(object))?;
                } else {
                    self.call(&function, &[object.clone(), value.clone()])?;
                }
                Ok(Some(()))
            }
            Some(Object::Member(member)) => {
                match &member.access {
                    Access::Native { set: Some(set), .. } => {
                        let set = *set;
                        set(self, object, value.clone())?;
                    }
                    Access::Native { set: None, .. } => {
                        let owner = member
                            .owner
                            .upgrade()
                            .map_or_else(|| self.type_name(object), |owner| owner.shown_name());
                        let text = format!("attribute '{name}' of '{owner}' objects is not writable");
                        return Err(self.plain_attribute_error(text));
                    }
                    Access::Field { .. } => return Err(self.plain_attribute_error("readonly attribute")),
                    Access::Slot(mark) => {
                        let Some(attributes) = object.obj().and_then(Object::attributes) else {
                            return Ok(None);
                        };
                        let old = attributes.borrow_mut().set_slot(*mark, value.clone());
                        if old.is_none() && value.is_unset() {
                            return Err(self.plain_attribute_error(name.text()));
                        }
                    }
                }
                Ok(Some(()))
            }
            Some(Object::Instance(_) | Object::Foreign(_) | Object::Derived(_)) => {
                let class = self.class_of(found);
                let slot = if value.is_unset() { Slot::Delete } else { Slot::Set };
                match class.slot(slot) {
                    Some(method) => {
                        let args = [object.clone(), value.clone()];
                        let given = if value.is_unset() { &args[..1] } else { &args[..] };
                        self.call_with_receiver(&method, found.clone(), CallArgs::positional(given))?;
                        Ok(Some(()))
                    }
                    None if class.slot(Slot::Set).is_some() || class.slot(Slot::Delete).is_some() => {
                        Err(self.plain_attribute_error(slot.text()))
                    }
                    None => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    fn set_class_attr(
        &mut self,
        object: &Value,
        this: &ClassRef,
        name: Symbol,
        value: Value,
        meta: &ClassRef,
    ) -> R<()> {
        if let Some(found) = meta.lookup(name)
            && let Some(done) = self.write_descriptor(&found, object, name, &value)?
        {
            return Ok(done);
        }
        if this.has(Flags::IMMUTABLE) || !this.has(Flags::HEAP) && &**this.module.borrow() == "builtins" {
            let kind = this.shown_name();
            return Err(self.type_error(format!("cannot set '{name}' attribute of immutable type '{kind}'")));
        }
        if value.is_unset() {
            if !this.remove(name) {
                let kind = this.shown_name();
                return Err(self.attribute_error(
                    object,
                    name.text(),
                    format!("type object '{kind}' has no attribute '{name}'"),
                ));
            }
            return Ok(());
        }
        let old = this.dict.borrow().get(name).cloned();
        this.set(name, value);
        drop(old);
        if name == self.names.dunder_abstractmethods {
            this.set_flag(Flags::ABSTRACT);
        }
        Ok(())
    }

    /// `'A' object has no attribute 'x'` in the wording of its kind.
    #[cold]
    pub fn no_attribute(&mut self, object: &Value, name: Symbol) -> Raised {
        let message = match object.obj() {
            Some(Object::Class(class)) => format!("type object '{}' has no attribute '{name}'", class.name()),
            Some(Object::Module(module)) => match module.get(self.names.dunder_name) {
                Some(title) if title.as_str().is_some() => {
                    format!("module '{}' has no attribute '{name}'", title.as_str().unwrap_or(""))
                }
                _ => format!("module has no attribute '{name}'"),
            },
            Some(Object::Super(_)) => format!("'super' object has no attribute '{name}'"),
            _ => format!("'{}' object has no attribute '{name}'", self.type_name(object)),
        };
        self.attribute_error(object, name.text(), message)
    }

    /// `property 'x' of 'A' object has no setter`
    #[cold]
    fn property_refusal(&mut self, property: &Value, object: &Value, what: &str) -> Raised {
        let name = match property.obj() {
            Some(Object::Property(inner)) => inner.name.borrow().clone(),
            _ => Value::None,
        };
        let class = self.class_of(object).qualname.borrow().clone();
        let message = match name.as_str() {
            Some(name) => match self.repr(&Value::str(name)) {
                Ok(shown) => format!("property {shown} of '{class}' object has no {what}"),
                Err(raised) => return raised,
            },
            None => format!("property of '{class}' object has no {what}"),
        };
        self.plain_attribute_error(message)
    }

    /// The names `dir(value)` would start from: its own attributes, then its class's and their bases'.
    pub fn attribute_names(&self, value: &Value) -> Vec<Symbol> {
        let mut found: Vec<Symbol> = Vec::new();
        if let Some(attributes) = value.obj().and_then(Object::attributes) {
            found.extend(attributes.borrow().names());
        }
        match value.obj() {
            Some(Object::Module(module)) => {
                found.extend(
                    module
                        .dict
                        .keys()
                        .iter()
                        .filter_map(|key| key.as_string().map(|text| text.symbol())),
                );
                if let Some(resolver) = module.resolver.borrow().as_ref() {
                    found.extend(resolver.names());
                }
                return found;
            }
            Some(Object::Class(class)) => Self::class_names(class, &mut found),
            _ => Self::class_names(&self.class_of(value), &mut found),
        }
        found
    }

    fn class_names(class: &ClassRef, found: &mut Vec<Symbol>) {
        for class in class.full_mro() {
            found.extend(class.dict.borrow().iter().map(|entry| entry.0));
            if let Some(resolver) = class.resolver.borrow().as_ref() {
                found.extend(resolver.names());
            }
        }
    }
}

/// A bound method.
pub fn bound(function: Value, receiver: Value) -> Value {
    Value::object(Object::BoundMethod(BoundMethod { function, receiver }))
}
