//! `*args` and `**kwargs` in calls, `*` and `**` in displays.

use super::Vm;
use crate::python::class::Slot;
use crate::python::object::{Dict, Object};
use crate::python::value::{R, Value};
use std::rc::Rc;

impl Vm {
    /// How call errors name a function: `__main__.f()`, `print()`.
    pub fn function_text(&mut self, function: &Value) -> String {
        if let Some(text) = function.as_str() {
            // a class statement: its name stands for what is called
            return format!("{text}()");
        }
        let qualname = match self.look_attr(function, self.names.dunder_qualname) {
            Ok(Some(text)) if text.as_str().is_some() => text.as_str().unwrap_or("").to_string(),
            _ => {
                self.take_exception();
                return match self.str(function) {
                    Ok(text) => text.to_string(),
                    Err(_) => {
                        self.take_exception();
                        "function".into()
                    }
                };
            }
        };
        match self.look_attr(function, self.names.dunder_module) {
            Ok(Some(module)) if module.as_str().is_some_and(|text| text != "builtins") => {
                format!("{}.{qualname}()", module.as_str().unwrap_or(""))
            }
            _ => {
                self.take_exception();
                format!("{qualname}()")
            }
        }
    }

    /// Whether `iter(value)` would find a way, as far as the class tells.
    pub(super) fn is_iterable(&self, value: &Value) -> bool {
        if let Some(Object::List(_) | Object::Tuple(_) | Object::Range(_) | Object::Dict(_)) = value.obj() {
            return true;
        }
        let class = self.class_of(value);
        class.slot(Slot::Iter).is_some_and(|method| !method.is_none())
            || class.slot(Slot::GetItem).is_some()
            || self.is_iterator(value)
    }

    /// `*value` in a call of `function`.
    pub(super) fn args_extend(&mut self, list: &Value, value: &Value, function: &Value) -> R<()> {
        let iterable = self.is_iterable(value);
        if !iterable {
            let (text, kind) = (self.function_text(function), self.type_name(value));
            return Err(self.type_error(format!("{text} argument after * must be an iterable, not {kind}")));
        }
        self.list_extend(list, value)
    }

    /// `[*value]`
    pub(super) fn list_extend(&mut self, list: &Value, value: &Value) -> R<()> {
        if !self.is_iterable(value) {
            let kind = self.type_name(value);
            return Err(self.type_error(format!("Value after * must be an iterable, not {kind}")));
        }
        let items = self.collect(value)?;
        if let Some(list) = list.as_list() {
            list.borrow_mut().extend(items);
        }
        Ok(())
    }

    /// `{**value}`
    pub(super) fn dict_update(&mut self, dict: &Value, value: &Value) -> R<()> {
        let Some(target) = dict.as_dict().cloned() else {
            return Ok(());
        };
        if !self.update_from_mapping(&target, value)? {
            let kind = self.type_name(value);
            return Err(self.type_error(format!("'{kind}' object is not a mapping")));
        }
        Ok(())
    }

    /// Copies the pairs of a mapping (a dict, or anything with `keys`); false when it is none.
    pub fn update_from_mapping(&mut self, target: &Rc<Dict>, value: &Value) -> R<bool> {
        if let Some(Object::Dict(dict)) = value.obj() {
            for (key, item) in dict.pairs() {
                target.insert(self, key, item)?;
            }
            return Ok(true);
        }
        let keys_name = self.names.keys;
        let Some(keys) = self.look_attr(value, keys_name)? else {
            return Ok(false);
        };
        let keys = self.call(&keys, &[])?;
        let iterator = self.iter(&keys)?;
        while let Some(key) = self.next(&iterator)? {
            let item = self.get_item(value, &key)?;
            target.insert(self, key, item)?;
        }
        Ok(true)
    }

    /// `**value` in a call of `function`: string keys, none twice.
    pub(super) fn dict_merge(&mut self, dict: &Value, value: &Value, function: &Value) -> R<()> {
        let Some(target) = dict.as_dict().cloned() else {
            return Ok(());
        };
        let found = Rc::new(Dict::new());
        if !self.update_from_mapping(&found, value)? {
            let (text, kind) = (self.function_text(function), self.type_name(value));
            return Err(self.type_error(format!("{text} argument after ** must be a mapping, not {kind}")));
        }
        for (key, item) in found.pairs() {
            if target.contains(self, &key)? {
                let text = self.function_text(function);
                let shown = self.str(&key)?;
                return Err(self.type_error(format!("{text} got multiple values for keyword argument '{shown}'")));
            }
            target.insert(self, key, item)?;
        }
        Ok(())
    }

    /// Calls with a tuple of positional and a dict (or None) of keyword arguments.
    pub fn call_spread(&mut self, function: &Value, positional: &Value, keywords: &Value) -> R<Value> {
        let args = positional.as_tuple().unwrap_or(&[]);
        let Some(dict) = keywords.as_dict() else {
            return self.call(function, args);
        };
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (key, value) in dict.pairs() {
            match key.as_string() {
                Some(text) => names.push(text.symbol()),
                None => return Err(self.type_error("keywords must be strings")),
            }
            values.push(value);
        }
        self.call_args(
            function,
            crate::python::object::CallArgs {
                positional: args,
                names: &names,
                keywords: &values,
            },
        )
    }
}
