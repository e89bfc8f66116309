//! Raising and catching exceptions from Rust.

use super::Vm;
use crate::python::class::ClassRef;
use crate::python::object::{Exception, Object};
use crate::python::value::{R, Raised, Value};
use crate::syntax::symbol::Symbol;

macro_rules! raisers {
    ($($method:ident => $field:ident;)*) => {
        impl Vm {
            $(
                #[doc = concat!("Raises `", stringify!($field), "` with a message: `return Err(vm.", stringify!($method), "(..))`.")]
                #[cold]
                pub fn $method(&mut self, message: impl Into<Box<str>>) -> Raised {
                    let class = self.exceptions.$field.clone();
                    self.raise(&class, message)
                }
            )*
        }
    };
}

raisers! {
    type_error => type_error;
    value_error => value_error;
    index_error => index_error;
    overflow_error => overflow_error;
    zero_division_error => zero_division_error;
    runtime_error => runtime_error;
    not_implemented_error => not_implemented_error;
    memory_error => memory_error;
    plain_attribute_error => attribute_error;
    name_error => name_error;
    import_error => import_error;
    system_error => system_error;
    buffer_error => buffer_error;
    assertion_error => assertion_error;
    eof_error => eof_error;
    os_error => os_error;
}

impl Vm {
    /// Raises an exception of a class with a message (none when empty).
    #[cold]
    pub fn raise(&mut self, class: &ClassRef, message: impl Into<Box<str>>) -> Raised {
        let message = message.into();
        let args = if message.is_empty() {
            vec![]
        } else {
            vec![Value::str(message)]
        };
        self.raise_args(class, args)
    }

    /// Raises an exception of a class with arguments, without calling its `__init__`.
    #[cold]
    pub fn raise_args(&mut self, class: &ClassRef, args: Vec<Value>) -> Raised {
        let exception = self.new_exception(class, args);
        self.raise_exception(exception)
    }

    /// An exception object, without calling `__init__`.
    pub fn new_exception(&mut self, class: &ClassRef, args: Vec<Value>) -> Value {
        let exception = Exception::new(class.clone(), args);
        if class.is_subclass_of(&self.exceptions.stop_iteration) {
            let value = exception.args.borrow().first().cloned().unwrap_or(Value::None);
            exception.set_field(self.names.value, value);
        } else if class.is_subclass_of(&self.exceptions.system_exit) {
            let args = exception.args.borrow().clone();
            let code = match &*args {
                [] => Value::None,
                [one] => one.clone(),
                more => Value::tuple(more.to_vec()),
            };
            exception.set_field(self.names.code, code);
        } else if class.is_subclass_of(&self.exceptions.unicode_error) {
            let args = exception.args.borrow().clone();
            let names = if args.len() == 5 {
                &["encoding", "object", "start", "end", "reason"][..]
            } else {
                &["object", "start", "end", "reason"]
            };
            if args.len() == names.len() {
                for (name, value) in names.iter().zip(args.iter()) {
                    exception.set_field(Symbol::new(name), value.clone());
                }
            }
        }
        Value::object(Object::Exception(Box::new(exception)))
    }

    /// Raises an exception object, noting what is being handled as its context.
    #[cold]
    pub fn raise_exception(&mut self, exception: Value) -> Raised {
        if let (Some(Object::Exception(raised)), Value::Obj(_)) = (exception.obj(), &self.handled)
            && !self.handled.is(&exception)
        {
            self.cut_context(&exception);
            *raised.context.borrow_mut() = self.handled.clone();
        }
        self.pending = exception;
        Raised
    }

    /// Keeps the chain of contexts free of cycles: `exception` must not be in its own chain.
    fn cut_context(&mut self, exception: &Value) {
        let mut link = self.handled.clone();
        for _ in 0..10_000 {
            let next = match link.obj() {
                Some(Object::Exception(inner)) => inner.context.borrow().clone(),
                _ => return,
            };
            if next.is(exception) {
                if let Some(Object::Exception(inner)) = link.obj() {
                    *inner.context.borrow_mut() = Value::None;
                }
                return;
            }
            if next.is_none() {
                return;
            }
            link = next;
        }
    }

    /// Puts an exception that was taken back on its way, its context as it is.
    pub fn reraise(&mut self, exception: Value) -> Raised {
        self.pending = exception;
        Raised
    }

    /// Takes the pending exception off the machine.
    pub fn take_exception(&mut self) -> Option<Value> {
        match std::mem::take(&mut self.pending) {
            Value::Unset => None,
            exception => Some(exception),
        }
    }

    /// Whether the pending exception is of a class.
    pub fn is_pending(&self, class: &ClassRef) -> bool {
        match self.pending.obj() {
            Some(Object::Exception(exception)) => exception.class.borrow().is_subclass_of(class),
            _ => false,
        }
    }

    /// Takes the pending exception off the machine if it is of a class; whether it was.
    pub fn caught(&mut self, class: &ClassRef) -> bool {
        let caught = self.is_pending(class);
        if caught {
            self.pending = Value::Unset;
        }
        caught
    }

    /// `KeyError` of a key.
    #[cold]
    pub fn key_error(&mut self, key: &Value) -> Raised {
        let class = self.exceptions.key_error.clone();
        self.raise_args(&class, vec![key.clone()])
    }

    /// `StopIteration` with a value (None for a plain end).
    #[cold]
    pub fn stop_iteration(&mut self, value: Value) -> Raised {
        let class = self.exceptions.stop_iteration.clone();
        let args = if value.is_none() { vec![] } else { vec![value] };
        self.raise_args(&class, args)
    }

    /// AttributeError with the fields that `Did you mean` needs.
    #[cold]
    pub fn attribute_error(&mut self, object: &Value, name: &str, message: impl Into<Box<str>>) -> Raised {
        let class = self.exceptions.attribute_error.clone();
        let exception = self.new_exception(&class, vec![Value::str(message.into())]);
        if let Some(Object::Exception(inner)) = exception.obj() {
            inner.set_field(self.names.name, Value::str(name));
            inner.set_field(self.names.obj, object.clone());
        }
        self.raise_exception(exception)
    }

    /// What a missing feature says.
    #[cold]
    pub fn unsupported(&mut self, what: &str) -> Raised {
        self.not_implemented_error(format!("gradshell does not support {what} yet"))
    }

    /// Counts one more level of native recursion, run `body`, counts back. `doing` completes the message:
    /// ` while getting the repr of an object`, ` in comparison`.
    pub fn recurse<T>(&mut self, doing: &str, body: impl FnOnce(&mut Vm) -> R<T>) -> R<T> {
        if self.depth >= self.recursion_limit.min(super::NATIVE_DEPTH) || self.stack_is_full() {
            return Err(self.recursion_error(doing));
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    /// Whether native recursion has used up its share of the stack.
    #[inline]
    pub(crate) fn stack_is_full(&mut self) -> bool {
        let mark = 0u8;
        let here = std::hint::black_box(std::ptr::from_ref(&mark)) as usize;
        self.stack_top = self.stack_top.max(here);
        self.stack_top - here > super::NATIVE_STACK
    }

    /// `maximum recursion depth exceeded`, with what was being done.
    #[cold]
    pub fn recursion_error(&mut self, doing: &str) -> Raised {
        let class = self.exceptions.recursion_error.clone();
        self.raise(&class, format!("maximum recursion depth exceeded{doing}"))
    }
}
