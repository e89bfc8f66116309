//! What `case` patterns ask.

use super::Vm;
use crate::python::class::{ClassRef, Flags};
use crate::python::object::{Dict, Object};
use crate::python::value::{R, Value};
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

impl Vm {
    fn class_flag(&self, value: &Value, flag: Flags) -> bool {
        let class = self.class_of(value);
        class.has(flag) || class.mro.borrow().iter().any(|base| base.has(flag))
    }

    pub fn match_sequence(&self, value: &Value) -> bool {
        self.class_flag(value, Flags::MATCH_SEQUENCE)
    }

    pub(super) fn match_mapping(&self, value: &Value) -> bool {
        self.class_flag(value, Flags::MATCH_MAPPING)
    }

    /// The values of the keys, None when one is missing.
    pub(super) fn match_keys(&mut self, mapping: &Value, keys: &Value) -> R<Value> {
        let mut values = Vec::new();
        for key in keys.as_tuple().unwrap_or(&[]) {
            let value = match mapping.as_dict() {
                Some(dict) => dict.clone().get(self, key)?,
                None => {
                    // `get` must not add the key, as a defaultdict's item access would
                    let get = self.names.get;
                    let method = self.get_attr(mapping, get)?;
                    let marker = Value::tuple(vec![Value::None]);
                    let found = self.call(&method, &[key.clone(), marker.clone()])?;
                    (!found.is(&marker)).then_some(found)
                }
            };
            match value {
                Some(value) => values.push(value),
                None => return Ok(Value::None),
            }
        }
        Ok(Value::tuple(values))
    }

    /// A dict of the pairs whose keys were not matched.
    pub(super) fn match_rest(&mut self, mapping: &Value, keys: &Value) -> R<Value> {
        let rest = Rc::new(Dict::new());
        self.update_from_mapping(&rest, mapping)?;
        for key in keys.as_tuple().unwrap_or(&[]) {
            rest.remove(self, key)?;
        }
        Ok(Value::dict_ref(&rest))
    }

    /// The attributes that a class pattern asks for, None when it does not match.
    pub(super) fn match_class(&mut self, subject: &Value, pattern: &Value, count: usize, names: &[Symbol]) -> R<Value> {
        let Some(class) = pattern.as_class().cloned() else {
            return Err(self.type_error("called match pattern must be a class"));
        };
        if !self.isinstance(subject, pattern)? {
            return Ok(Value::None);
        }
        let mut values = Vec::new();
        let mut seen: Vec<Symbol> = Vec::new();
        if count > 0 && !self.match_positional(subject, &class, pattern, count, &mut values, &mut seen)? {
            return Ok(Value::None);
        }
        for name in names {
            if seen.contains(name) {
                let kind = class.name();
                return Err(self.type_error(format!("{kind}() got multiple sub-patterns for attribute '{name}'")));
            }
            seen.push(*name);
            match self.look_attr(subject, *name)? {
                Some(value) => values.push(value),
                None => return Ok(Value::None),
            }
        }
        Ok(Value::tuple(values))
    }

    fn match_positional(
        &mut self,
        subject: &Value,
        class: &ClassRef,
        pattern: &Value,
        count: usize,
        values: &mut Vec<Value>,
        seen: &mut Vec<Symbol>,
    ) -> R<bool> {
        let name = self.names.dunder_match_args;
        let kind = class.name();
        let match_args = match self.look_attr(pattern, name)? {
            Some(found) => match found.obj() {
                Some(Object::Tuple(items)) => items.to_vec(),
                _ => {
                    let got = self.type_name(&found);
                    return Err(self.type_error(format!("{kind}.__match_args__ must be a tuple (got {got})")));
                }
            },
            None => {
                let own =
                    class.has(Flags::MATCH_SELF) || class.mro.borrow().iter().any(|base| base.has(Flags::MATCH_SELF));
                if own {
                    if count > 1 {
                        return Err(
                            self.type_error(format!("{kind}() accepts 1 positional sub-pattern ({count} given)"))
                        );
                    }
                    values.push(subject.clone());
                    return Ok(true);
                }
                Vec::new()
            }
        };
        if match_args.len() < count {
            let most = match_args.len();
            let plural = if most == 1 { "" } else { "s" };
            return Err(self.type_error(format!(
                "{kind}() accepts {most} positional sub-pattern{plural} ({count} given)"
            )));
        }
        for item in match_args.iter().take(count) {
            let Some(text) = item.as_string() else {
                let got = self.type_name(item);
                return Err(self.type_error(format!("__match_args__ elements must be strings (got {got})")));
            };
            let name = text.symbol();
            if seen.contains(&name) {
                return Err(self.type_error(format!("{kind}() got multiple sub-patterns for attribute '{name}'")));
            }
            seen.push(name);
            match self.look_attr(subject, name)? {
                Some(value) => values.push(value),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}
