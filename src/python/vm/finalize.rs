//! Last words: `__del__` of instances and the closing of generators that nobody refers to.

use super::Vm;
use crate::python::class::Slot;
use crate::python::object::finalizer::{self, Dead};
use crate::python::object::instance::InstanceData;
use crate::python::object::{CallArgs, Instance, Object};
use crate::python::value::{R, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// How often last words may leave other objects to be heard; what then waits goes on at the next occasion.
const MOST_ROUNDS: usize = 1000;

impl Vm {
    /// Lets all waiting objects have their last word.
    #[cold]
    pub fn finalize_dead(&mut self) {
        if self.finalizing {
            return;
        }
        self.finalizing = true;
        let pending = std::mem::take(&mut self.pending);
        let flags = (self.yielded, self.reraising, self.throw_on_entry);
        for _ in 0..MOST_ROUNDS {
            if !finalizer::waiting() {
                break;
            }
            for dead in finalizer::take() {
                self.finalize(dead);
            }
            for reference in finalizer::fallen() {
                self.call_back(reference);
            }
        }
        (self.yielded, self.reraising, self.throw_on_entry) = flags;
        self.pending = pending;
        self.finalizing = false;
    }

    /// Calls the callback of a weak reference whose target has gone.
    fn call_back(&mut self, reference: Rc<Object>) {
        let reference = Value::Obj(reference);
        let Some(Object::WeakReference(inner)) = reference.payload().obj() else {
            return;
        };
        let callback = inner.callback.clone();
        let outcome = self.call(&callback, std::slice::from_ref(&reference)).map(drop);
        self.report_ignored(outcome, &callback);
    }

    fn report_ignored(&mut self, outcome: R<()>, title: &Value) {
        if outcome.is_err()
            && let Some(exception) = self.take_exception()
        {
            let shown = self.repr(title).unwrap_or_else(|_| "<object>".into());
            let text = self.render_exception(&exception);
            self.host.stderr(&format!("Exception ignored in: {shown}\n{text}"));
        }
    }

    fn finalize(&mut self, dead: Dead) {
        let (object, outcome, title) = match dead {
            Dead::Instance(class, attributes) => {
                let Some(method) = class.slot(Slot::Del) else { return };
                let data = RefCell::new(InstanceData { class, attributes });
                let object = Value::object(Object::Instance(Instance { data }));
                let outcome = self
                    .call_with_receiver(&method, object.clone(), CallArgs::positional(&[]))
                    .map(drop);
                (object, outcome, Some(method))
            }
            Dead::Generator(generator) => {
                let object = Value::object(Object::Generator(generator));
                let outcome = self.close_generator(&object);
                (object, outcome, None)
            }
        };
        self.report_ignored(outcome, title.as_ref().unwrap_or(&object));
        // whoever kept a reference has revived it; otherwise it goes silently now
        if let Value::Obj(shared) = object
            && let Ok(Object::Instance(mut instance)) = std::rc::Rc::try_unwrap(shared)
        {
            instance.silence(&self.types.object);
        }
    }
}
