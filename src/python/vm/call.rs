//! Calling values from Rust.

use super::Vm;
use crate::python::class::{ClassRef, Layout, Slot};
use crate::python::native::NativeKind;
use crate::python::native::bind::call_native;
use crate::python::object::{CallArgs, Derived, Instance, Object};
use crate::python::value::{R, Value};
use crate::syntax::symbol::Symbol;
use smallvec::SmallVec;

impl Vm {
    /// Calls with positional arguments.
    #[inline]
    pub fn call(&mut self, function: &Value, args: &[Value]) -> R<Value> {
        self.call_args(function, CallArgs::positional(args))
    }

    /// Calls with positional and keyword arguments.
    pub fn call_args(&mut self, function: &Value, args: CallArgs<'_>) -> R<Value> {
        match function.obj() {
            Some(Object::Native(native)) => call_native(self, native, args),
            Some(Object::Function(_)) => self.call_function(function, args),
            Some(Object::BoundMethod(method)) => {
                let (inner, receiver) = (method.function.clone(), method.receiver.clone());
                self.call_prepended(&inner, receiver, args)
            }
            Some(Object::Class(class)) => {
                let class = class.clone();
                self.call_class(&class, args)
            }
            Some(Object::Callable(callable)) => {
                let callable = callable.clone();
                callable.call(self, args)
            }
            Some(Object::StaticMethod(inner)) => {
                let inner = inner.clone();
                self.recurse("", |vm| vm.call_args(&inner, args))
            }
            _ => match self.class_of(function).slot(Slot::Call) {
                Some(method) => self.recurse("", |vm| vm.call_with_receiver(&method, function.clone(), args)),
                None => Err(self.not_callable(function)),
            },
        }
    }

    /// `'int' object is not callable`
    #[cold]
    pub(crate) fn not_callable(&mut self, function: &Value) -> crate::python::value::Raised {
        let kind = self.type_name(function);
        self.type_error(format!("'{kind}' object is not callable"))
    }

    /// Calls `function(receiver, *args)`; `function` stands in a class's dict and is bound as a method if it is one.
    pub fn call_with_receiver(&mut self, function: &Value, receiver: Value, args: CallArgs<'_>) -> R<Value> {
        if !self.binds(function) {
            let class = Value::class(&self.class_of(&receiver));
            let bound = self.bind_descriptor(function.clone(), &receiver, &class)?;
            return self.call_args(&bound, args);
        }
        self.call_prepended(function, receiver, args)
    }

    /// Calls `function(first, *args)`.
    fn call_prepended(&mut self, function: &Value, receiver: Value, args: CallArgs<'_>) -> R<Value> {
        let mut all: SmallVec<[Value; 8]> = SmallVec::with_capacity(args.positional.len() + 1);
        all.push(receiver);
        all.extend(args.positional.iter().cloned());
        self.call_args(
            function,
            CallArgs {
                positional: &all,
                ..args
            },
        )
    }

    /// Whether a value in a class's dict takes the instance as its first argument.
    #[inline]
    pub fn binds(&self, function: &Value) -> bool {
        match function.obj() {
            Some(Object::Function(_)) => true,
            Some(Object::Native(native)) => native.kind == NativeKind::Method,
            Some(Object::Callable(callable)) => callable.binds(),
            _ => false,
        }
    }

    /// Calls the method `name` of a value: `vm.call_method(&v, Symbol::new("append"), &[x])`.
    pub fn call_method(&mut self, receiver: &Value, name: Symbol, args: &[Value]) -> R<Value> {
        let class = self.class_of(receiver);
        if let Some(method) = class.lookup(name) {
            let shadowed = matches!(receiver.obj(), Some(object) if object.existing_attributes().is_some_and(|a| !a.borrow().is_empty()));
            if self.binds(&method)
                && !shadowed
                && class
                    .slot(Slot::GetAttribute)
                    .is_none_or(|m| self.is_plain_getattribute(&m))
            {
                return self.call_with_receiver(&method, receiver.clone(), CallArgs::positional(args));
            }
        }
        let method = self.get_attr(receiver, name)?;
        self.call(&method, args)
    }

    /// Calls a dunder method found on the class of `receiver`; None when the class has none.
    pub fn call_slot(&mut self, receiver: &Value, slot: Slot, args: &[Value]) -> R<Option<Value>> {
        let Some(method) = self.class_of(receiver).slot(slot) else {
            return Ok(None);
        };
        self.call_with_receiver(&method, receiver.clone(), CallArgs::positional(args))
            .map(Some)
    }

    /// `cls(*args, **kwargs)`: the metaclass's `__call__`, else `__new__` and `__init__`.
    pub fn call_class(&mut self, class: &ClassRef, args: CallArgs<'_>) -> R<Value> {
        let metaclass = class.metaclass.borrow().clone();
        if let Some(metaclass) = metaclass
            && let Some(method) = metaclass.slot(Slot::Call)
            && !matches!(method.obj(), Some(Object::Native(native)) if native.owner.ptr_eq(&std::rc::Rc::downgrade(&self.types.type_)))
        {
            return self.recurse("", |vm| vm.call_with_receiver(&method, Value::class(class), args));
        }
        self.instantiate(class, args)
    }

    /// `type.__call__`: makes an instance through `__new__` and `__init__`.
    pub fn instantiate(&mut self, class: &ClassRef, args: CallArgs<'_>) -> R<Value> {
        if class.same(&self.types.type_)
            && let ([one], []) = (args.positional, args.names)
        {
            return Ok(Value::class(&self.class_of(one)));
        }
        let Some(new) = class.slot(Slot::New) else {
            let name = class.shown_name();
            return Err(self.type_error(format!("cannot create '{name}' instances")));
        };
        let mut all: SmallVec<[Value; 8]> = SmallVec::with_capacity(args.positional.len() + 1);
        all.push(Value::class(class));
        all.extend(args.positional.iter().cloned());
        let new = match new.obj() {
            Some(Object::StaticMethod(inner)) => inner.clone(),
            _ => new.clone(),
        };
        let made = self.call_args(
            &new,
            CallArgs {
                positional: &all,
                ..args
            },
        )?;
        let kind = self.class_of(&made);
        if !kind.is_subclass_of(class) {
            return Ok(made);
        }
        if let Some(init) = kind.slot(Slot::Init) {
            let inherited = matches!(init.obj(), Some(Object::Native(native)) if native.owner.ptr_eq(&std::rc::Rc::downgrade(&self.types.object)));
            if !inherited || (matches!(kind.layout, Layout::Instance) && self.is_object_new(&new)) {
                let answer = self.call_with_receiver(&init, made.clone(), args)?;
                if !answer.is_none() {
                    let name = self.type_name(&answer);
                    return Err(self.type_error(format!("__init__() should return None, not '{name}'")));
                }
            }
        }
        Ok(made)
    }

    fn is_object_new(&self, new: &Value) -> bool {
        matches!(new.obj(), Some(Object::Native(native)) if native.owner.ptr_eq(&std::rc::Rc::downgrade(&self.types.object)))
    }

    /// An instance of `class` around a builtin value: the value itself for the builtin class, an
    /// `Object::Derived` for a Python subclass. What `__new__` of builtin types answers.
    pub fn instance_of(&mut self, class: &Value, payload: Value) -> Value {
        match class.as_class() {
            Some(class) if !class.same(&self.class_of(&payload)) => {
                let payload = payload.payload().clone();
                Value::object(Object::Derived(Box::new(Derived {
                    class: std::cell::RefCell::new(class.clone()),
                    payload,
                    attributes: Default::default(),
                })))
            }
            _ => payload,
        }
    }

    /// A bare instance of a class with the plain layout (`object.__new__`).
    pub fn new_instance(&mut self, class: &ClassRef) -> Value {
        Value::object(Object::Instance(Instance::new(class.clone())))
    }
}
