//! `repr`, `str`, `format`, type names.

use super::Vm;
use crate::python::class::{ClassRef, Slot};
use crate::python::object::{CallArgs, GeneratorKind, Object, ViewKind};
use crate::python::value::{R, Value};
use std::rc::Rc;

impl Vm {
    /// `type(value)`, whatever `__class__` says.
    pub fn class_of(&self, value: &Value) -> ClassRef {
        let types = &self.types;
        match value {
            Value::Int(_) => types.int.clone(),
            Value::True | Value::False => types.bool.clone(),
            Value::Float(_) => types.float.clone(),
            Value::None | Value::Unset => types.none_type.clone(),
            Value::NotImplemented => types.not_implemented_type.clone(),
            Value::Ellipsis => types.ellipsis.clone(),
            Value::Obj(object) => match &**object {
                Object::Instance(instance) => instance.class(),
                Object::Foreign(foreign) => foreign.class().clone(),
                Object::Derived(derived) => derived.class.borrow().clone(),
                Object::Exception(exception) => exception.class.borrow().clone(),
                Object::Iterator(iterator) => iterator.class().clone(),
                Object::Class(class) => class.metaclass.borrow().clone().unwrap_or_else(|| types.type_.clone()),
                Object::Big(_) => types.int.clone(),
                Object::Complex(..) => types.complex.clone(),
                Object::Str(_) => types.str.clone(),
                Object::Bytes(_) => types.bytes.clone(),
                Object::ByteArray(_) => types.bytearray.clone(),
                Object::List(_) => types.list.clone(),
                Object::Tuple(_) => types.tuple.clone(),
                Object::Dict(_) => types.dict.clone(),
                Object::Set(_) => types.set.clone(),
                Object::FrozenSet(_) => types.frozenset.clone(),
                Object::Range(_) => types.range.clone(),
                Object::Slice(_) => types.slice.clone(),
                Object::DictView(view) => match (view.kind, view.is_ordered) {
                    (ViewKind::Keys, false) => types.dict_keys.clone(),
                    (ViewKind::Values, false) => types.dict_values.clone(),
                    (ViewKind::Items, false) => types.dict_items.clone(),
                    (ViewKind::Keys, true) => types.odict_keys.clone(),
                    (ViewKind::Values, true) => types.odict_values.clone(),
                    (ViewKind::Items, true) => types.odict_items.clone(),
                },
                Object::RangeIterator(_) => types.range_iterator.clone(),
                Object::ListIterator(iterator) => match iterator.sequence.borrow().obj() {
                    Some(Object::Tuple(_)) => types.tuple_iterator.clone(),
                    _ => types.list_iterator.clone(),
                },
                Object::Function(_) => types.function.clone(),
                Object::Native(native) => self.native_class(native),
                Object::Callable(callable) => match callable.class() {
                    Some(class) => class.clone(),
                    None if callable.binds() => types.method_descriptor.clone(),
                    None => types.builtin_function.clone(),
                },
                Object::BoundMethod(method) => match method.function.obj() {
                    Some(Object::Native(native)) if native.def.parser == crate::python::native::Parser::Wrapper => {
                        types.method_wrapper.clone()
                    }
                    Some(Object::Native(native)) if native.def.parser == crate::python::native::Parser::Def => {
                        types.method.clone()
                    }
                    Some(Object::Native(_) | Object::Callable(_)) => types.builtin_function.clone(),
                    _ => types.method.clone(),
                },
                Object::Member(member) => match member.access {
                    crate::python::object::descriptor::Access::Slot(_)
                    | crate::python::object::descriptor::Access::Field { .. } => types.member_descriptor.clone(),
                    _ => types.getset_descriptor.clone(),
                },
                Object::Property(_) => types.property.clone(),
                Object::ClassMethod(_) => types.classmethod.clone(),
                Object::StaticMethod(_) => types.staticmethod.clone(),
                Object::Super(_) => types.super_.clone(),
                Object::Module(_) => types.module.clone(),
                Object::Cell(_) => types.cell.clone(),
                Object::Code(_) => types.code.clone(),
                Object::Generator(generator) => match generator.kind {
                    GeneratorKind::Generator => types.generator.clone(),
                    GeneratorKind::Coroutine => types.coroutine.clone(),
                    GeneratorKind::AsyncGenerator => types.async_generator.clone(),
                },
                Object::Traceback(_) => types.traceback.clone(),
                Object::MappingProxy(_) => types.mappingproxy.clone(),
                Object::GenericAlias(_) => types.generic_alias.clone(),
                Object::Union(_) => types.union_type.clone(),
                Object::WeakReference(_) => types.weakref.clone(),
            },
        }
    }

    fn native_class(&self, native: &crate::python::native::NativeFunction) -> ClassRef {
        use crate::python::native::{NativeKind, Parser};
        match native.kind {
            NativeKind::Function | NativeKind::New | NativeKind::Static => self.types.builtin_function.clone(),
            NativeKind::ClassMethod => self.types.classmethod_descriptor.clone(),
            NativeKind::Method if native.def.parser == Parser::Wrapper => self.types.wrapper_descriptor.clone(),
            NativeKind::Method => self.types.method_descriptor.clone(),
        }
    }

    /// What messages call the type of a value.
    pub fn type_name(&self, value: &Value) -> Rc<str> {
        self.class_of(value).shown_name()
    }

    /// Whether `type(value)` is a class or derives from it (no `__instancecheck__`).
    #[inline]
    pub fn is_instance(&self, value: &Value, class: &ClassRef) -> bool {
        self.class_of(value).is_subclass_of(class)
    }

    /// `repr(value)`
    pub fn repr(&mut self, value: &Value) -> R<Rc<str>> {
        self.step()?;
        match value {
            Value::Int(number) => return Ok(number.to_string().into()),
            Value::Float(bits) => return Ok(crate::python::format::float::repr(bits.get()).into()),
            Value::None => return Ok("None".into()),
            Value::True => return Ok("True".into()),
            Value::False => return Ok("False".into()),
            _ => {}
        }
        let class = self.class_of(value);
        let Some(method) = class.slot(Slot::Repr) else {
            return Ok(self.default_repr(value).into());
        };
        let answer = self.recurse(" while getting the repr of an object", |vm| {
            vm.call_with_receiver(&method, value.clone(), CallArgs::positional(&[]))
        })?;
        match answer.as_str() {
            Some(text) => Ok(text.into()),
            None => {
                let kind = self.type_name(&answer);
                Err(self.type_error(format!("__repr__ returned non-string (type {kind})")))
            }
        }
    }

    /// `<module.Class object at 0x...>`
    pub fn default_repr(&self, value: &Value) -> String {
        let class = self.class_of(value);
        let (module, qualname) = (class.module.borrow().clone(), class.qualname.borrow().clone());
        let address = value.identity();
        if &*module == "builtins" {
            format!("<{qualname} object at {address:#x}>")
        } else {
            format!("<{module}.{qualname} object at {address:#x}>")
        }
    }

    /// `str(value)`
    pub fn str(&mut self, value: &Value) -> R<Rc<str>> {
        match value {
            Value::Int(_) | Value::Float(_) | Value::None | Value::True | Value::False => return self.repr(value),
            _ => {}
        }
        if let Some(Object::Str(text)) = value.obj() {
            return Ok(text.as_str().into());
        }
        let answer = self.str_value(value)?;
        Ok(answer.as_str().unwrap_or("").into())
    }

    /// `str(value)` as the string object that `__str__` answered.
    pub fn str_value(&mut self, value: &Value) -> R<Value> {
        if let Some(Object::Str(_)) = value.obj() {
            return Ok(value.clone());
        }
        let class = self.class_of(value);
        let Some(method) = class.slot(Slot::Str) else {
            return Ok(Value::str(&*self.repr(value)?));
        };
        let answer = self.recurse(" while getting the str of an object", |vm| {
            vm.call_with_receiver(&method, value.clone(), CallArgs::positional(&[]))
        })?;
        if answer.as_str().is_none() {
            let kind = self.type_name(&answer);
            return Err(self.type_error(format!("__str__ returned non-string (type {kind})")));
        }
        Ok(answer)
    }

    /// `format(value, spec)`
    pub fn format(&mut self, value: &Value, spec: &str) -> R<Rc<str>> {
        if spec.is_empty() {
            if let Value::Int(_) | Value::Float(_) = value {
                return self.str(value);
            }
            if let Some(Object::Str(text)) = value.obj() {
                return Ok(text.as_str().into());
            }
        }
        let kind = self.type_name(value);
        let Some(answer) = self.call_slot(value, Slot::Format, &[Value::str(spec)])? else {
            return Err(self.type_error(format!("Type {kind} doesn't define __format__")));
        };
        match answer.as_str() {
            Some(text) => Ok(text.into()),
            None => {
                let kind = self.type_name(&answer);
                Err(self.type_error(format!("__format__ must return a str, not {kind}")))
            }
        }
    }

    /// Marks that the `repr` of a container is being written; false when it is already (write `[...]`).
    /// Pair each true with `repr_leave`.
    pub fn repr_enter(&mut self, value: &Value) -> bool {
        let identity = value.identity();
        if self.repr_stack.contains(&identity) {
            return false;
        }
        self.repr_stack.push(identity);
        true
    }

    pub fn repr_leave(&mut self) {
        self.repr_stack.pop();
    }
}
