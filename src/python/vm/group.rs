//! `except` matching, exception groups, `raise`.

use super::Vm;
use crate::python::code::Code;
use crate::python::object::{CallArgs, Exception, Object, Traceback};
use crate::python::value::{R, Raised, Value};
use std::rc::Rc;

impl Vm {
    /// Adds a traceback line to the pending exception.
    pub(crate) fn add_traceback(&mut self, code: &Rc<Code>, position: u32) {
        // the modules inside are no files that a reader could open
        if code.source.embedded {
            if let Some(Object::Exception(inner)) = self.pending.obj() {
                inner.inside.set(true);
            }
            return;
        }
        if let Some(Object::Exception(inner)) = self.pending.obj() {
            let next = std::cell::RefCell::new(inner.traceback.borrow_mut().take());
            *inner.traceback.borrow_mut() = Some(Rc::new(Traceback {
                code: code.clone(),
                position,
                next,
            }));
        }
    }

    /// Whether an exception matches the class or tuple of classes of an `except`.
    pub(super) fn exception_matches(&mut self, exception: &Value, classes: &Value, star: bool) -> R<bool> {
        if let Some(items) = classes.as_tuple() {
            // all are checked before any is matched
            for item in items {
                self.check_except_class(item, star)?;
            }
            let kind = self.class_of(exception);
            return Ok(items
                .iter()
                .any(|item| item.as_class().is_some_and(|class| kind.is_subclass_of(class))));
        }
        self.check_except_class(classes, star)?;
        Ok(classes
            .as_class()
            .is_some_and(|class| self.is_instance(exception, class)))
    }

    fn check_except_class(&mut self, class: &Value, star: bool) -> R<()> {
        let base = self.exceptions.base_exception.clone();
        match class.as_class() {
            Some(class) if class.is_subclass_of(&base) => {
                if star && class.is_subclass_of(&self.exceptions.base_exception_group.clone()) {
                    return Err(
                        self.type_error("catching ExceptionGroup with except* is not allowed. Use except instead.")
                    );
                }
                Ok(())
            }
            _ => Err(self.type_error("catching classes that do not inherit from BaseException is not allowed")),
        }
    }

    /// `raise exception`: an instance, or a class to make one of.
    pub(super) fn exception_of(&mut self, value: &Value) -> R<Value> {
        match value.obj() {
            Some(Object::Exception(_)) => Ok(value.clone()),
            Some(Object::Class(class)) if class.is_subclass_of(&self.exceptions.base_exception) => {
                let class = class.clone();
                let made = self.call_class(&class, CallArgs::positional(&[]))?;
                if !matches!(made.obj(), Some(Object::Exception(_))) {
                    let (name, kind) = (Value::class(&class), self.type_name(&made));
                    let shown = self.repr(&name)?;
                    return Err(self.type_error(format!(
                        "calling {shown} should have returned an instance of BaseException, not {kind}"
                    )));
                }
                Ok(made)
            }
            _ => Err(self.type_error("exceptions must derive from BaseException")),
        }
    }

    /// `raise exception from cause`
    pub(super) fn raise_from(&mut self, exception: &Value, cause: &Value) -> Raised {
        let exception = match self.exception_of(exception) {
            Ok(exception) => exception,
            Err(raised) => return raised,
        };
        let cause = if cause.is_none() {
            Value::None
        } else {
            match cause.obj() {
                Some(Object::Exception(_)) => cause.clone(),
                Some(Object::Class(class)) if class.is_subclass_of(&self.exceptions.base_exception) => {
                    match self.exception_of(cause) {
                        Ok(cause) => cause,
                        Err(raised) => return raised,
                    }
                }
                _ => return self.type_error("exception causes must derive from BaseException"),
            }
        };
        if let Some(Object::Exception(inner)) = exception.obj() {
            *inner.cause.borrow_mut() = cause;
            inner.suppress_context.set(true);
        }
        self.raise_exception(exception)
    }

    /// Bare `raise`.
    pub(super) fn raise_again(&mut self) -> Raised {
        if self.handled.is_none() {
            return self.runtime_error("No active exception to reraise");
        }
        let exception = self.handled.clone();
        self.reraising = true;
        self.reraise(exception)
    }

    /// Whether a value is an exception group.
    pub fn is_group(&self, exception: &Value) -> bool {
        self.is_instance(exception, &self.exceptions.base_exception_group)
    }

    /// The exceptions of a group.
    pub fn group_members(&self, exception: &Value) -> Vec<Value> {
        match exception.obj() {
            Some(Object::Exception(inner)) => inner
                .field(self.names.exceptions)
                .and_then(|members| members.as_tuple().map(<[Value]>::to_vec))
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// A group like `group` with other members; None when there are none.
    pub fn derive_group(&mut self, group: &Value, members: Vec<Value>) -> R<Option<Value>> {
        if members.is_empty() {
            return Ok(None);
        }
        let derive = crate::syntax::symbol::Symbol::new("derive");
        let made = match self.look_attr(group, derive)? {
            Some(method) => self.call(&method, &[Value::list(members)])?,
            None => return Ok(None),
        };
        if let (Some(Object::Exception(from)), Some(Object::Exception(to))) = (group.obj(), made.obj()) {
            *to.cause.borrow_mut() = from.cause.borrow().clone();
            *to.context.borrow_mut() = from.context.borrow().clone();
            to.suppress_context.set(from.suppress_context.get());
            *to.traceback.borrow_mut() = from.traceback.borrow().clone();
            let notes = from.attributes.borrow().get(self.names.dunder_notes);
            if let Some(notes) = notes {
                to.attributes.borrow_mut().set(self.names.dunder_notes, notes);
            }
        }
        Ok(Some(made))
    }

    /// Splits a group by a test of its members, nested groups inside: what matches and the rest.
    pub fn split_group(
        &mut self,
        group: &Value,
        test: &mut dyn FnMut(&mut Vm, &Value) -> R<bool>,
    ) -> R<(Option<Value>, Option<Value>)> {
        if test(self, group)? {
            return Ok((Some(group.clone()), None));
        }
        if !self.is_group(group) {
            return Ok((None, Some(group.clone())));
        }
        let (mut matched, mut rest) = (Vec::new(), Vec::new());
        for member in self.group_members(group) {
            let (yes, no) = self.recurse("", |vm| vm.split_group(&member, test))?;
            matched.extend(yes);
            rest.extend(no);
        }
        let matched = self.derive_group(group, matched)?;
        let rest = self.derive_group(group, rest)?;
        Ok((matched, rest))
    }

    /// `except* classes`: the matching part and the rest (None for nothing).
    pub(super) fn match_group(&mut self, exception: &Value, classes: &Value) -> R<(Value, Value)> {
        if exception.is_none() {
            return Ok((Value::None, Value::None));
        }
        self.exception_matches(exception, classes, true)?;
        if !self.is_group(exception) {
            return if self.exception_matches(exception, classes, true)? {
                // a bare exception is wrapped for its handler
                let class = self.exceptions.base_exception_group.clone();
                let args = [Value::str(""), Value::tuple(vec![exception.clone()])];
                let group = self.call_class(&class, CallArgs::positional(&args))?;
                Ok((group, Value::None))
            } else {
                Ok((Value::None, exception.clone()))
            };
        }
        let classes = classes.clone();
        let (matched, rest) = self.split_group(exception, &mut |vm, member| {
            vm.exception_matches(member, &classes, true)
        })?;
        Ok((matched.unwrap_or(Value::None), rest.unwrap_or(Value::None)))
    }

    /// `except*` is over: `gathered` is what handlers raised and what no handler took.
    pub(super) fn end_group(&mut self, original: &Value, gathered: &Value) -> R<()> {
        let list = gathered.as_list().map(|list| list.snapshot()).unwrap_or_default();
        if list.is_empty() {
            return Ok(());
        }
        if !self.is_group(original) {
            // a bare exception: what a handler raised, or itself
            if let [one] = list.as_slice() {
                if one.is(original) {
                    self.reraising = true;
                }
                return Err(self.reraise(one.clone()));
            }
        }
        // parts of the original that were left or raised again keep its traceback
        let (mut left, mut raised) = (Vec::new(), Vec::new());
        for exception in list {
            if self.is_group(original) && self.same_origin(original, &exception) {
                left.push(exception);
            } else {
                raised.push(exception);
            }
        }
        let mut leaves = Vec::new();
        for part in &left {
            self.leaves(part, &mut leaves);
        }
        let rest = if left.is_empty() {
            None
        } else {
            self.split_group(original, &mut |_, member| Ok(leaves.iter().any(|leaf| leaf.is(member))))?
                .0
        };
        if raised.is_empty() {
            return match rest {
                Some(rest) => {
                    self.reraising = true;
                    Err(self.reraise(rest))
                }
                None => Ok(()),
            };
        }
        raised.extend(rest);
        if let ([one], true) = (raised.as_slice(), left.is_empty())
            && (!self.is_group(original) || raised.len() == 1)
        {
            let one = one.clone();
            let class = self.exceptions.base_exception_group.clone();
            let args = [Value::str(""), Value::list(vec![one])];
            let group = self.call_class(&class, CallArgs::positional(&args))?;
            return Err(self.reraise(group));
        }
        let class = self.exceptions.base_exception_group.clone();
        let args = [Value::str(""), Value::list(raised)];
        let group = self.call_class(&class, CallArgs::positional(&args))?;
        Err(self.reraise(group))
    }

    /// Whether an exception is a part of the original group, unchanged.
    fn same_origin(&self, original: &Value, exception: &Value) -> bool {
        let (mut all, mut parts) = (Vec::new(), Vec::new());
        self.leaves(original, &mut all);
        self.leaves(exception, &mut parts);
        self.is_group(exception) && parts.iter().all(|part| all.iter().any(|leaf| leaf.is(part)))
    }

    fn leaves(&self, exception: &Value, found: &mut Vec<Value>) {
        let mut open = vec![exception.clone()];
        while let Some(exception) = open.pop() {
            if self.is_group(&exception) {
                open.extend(self.group_members(&exception));
            } else {
                found.push(exception);
            }
        }
    }

    /// The exception being handled, None when none (`sys.exc_info`).
    pub fn handled_exception(&self) -> Value {
        self.handled.clone()
    }

    /// An exception's parts, for the floors above.
    pub fn exception_parts<'a>(&self, exception: &'a Value) -> Option<&'a Exception> {
        match exception.obj() {
            Some(Object::Exception(inner)) => Some(inner),
            _ => None,
        }
    }
}
