//! Unpacking into targets.

use super::Vm;
use crate::python::object::Object;
use crate::python::value::{R, Value};

impl Vm {
    /// The items of a value that must have exactly `count` of them.
    pub(super) fn unpack(&mut self, value: &Value, count: usize) -> R<Vec<Value>> {
        if let Some(items) = self.unpack_known(value) {
            if items.len() == count {
                return Ok(items);
            }
            return Err(if items.len() < count {
                let got = items.len();
                self.value_error(format!("not enough values to unpack (expected {count}, got {got})"))
            } else {
                self.value_error(format!("too many values to unpack (expected {count})"))
            });
        }
        let iterator = self.unpack_iter(value)?;
        let mut items = Vec::with_capacity(count);
        while items.len() < count {
            match self.next(&iterator)? {
                Some(item) => items.push(item),
                None => {
                    let got = items.len();
                    return Err(self.value_error(format!("not enough values to unpack (expected {count}, got {got})")));
                }
            }
        }
        if self.next(&iterator)?.is_some() {
            return Err(self.value_error(format!("too many values to unpack (expected {count})")));
        }
        Ok(items)
    }

    fn unpack_known(&self, value: &Value) -> Option<Vec<Value>> {
        match value.obj() {
            Some(Object::Tuple(items)) => Some(items.to_vec()),
            Some(Object::List(list)) => Some(list.snapshot()),
            _ => None,
        }
    }

    fn unpack_iter(&mut self, value: &Value) -> R<Value> {
        if !self.is_iterable(value) {
            let kind = self.type_name(value);
            return Err(self.type_error(format!("cannot unpack non-iterable {kind} object")));
        }
        self.iter(value)
    }

    /// The items for `before` targets, a starred one and `after` targets.
    pub(super) fn unpack_star(&mut self, value: &Value, before: usize, after: usize) -> R<Vec<Value>> {
        let mut items = match self.unpack_known(value) {
            Some(items) => items,
            None => {
                let iterator = self.unpack_iter(value)?;
                let mut items = Vec::new();
                while let Some(item) = self.next(&iterator)? {
                    items.push(item);
                    if items.len() % 1024 == 0 {
                        self.poll()?;
                    }
                }
                items
            }
        };
        if items.len() < before + after {
            let (least, got) = (before + after, items.len());
            return Err(self.value_error(format!(
                "not enough values to unpack (expected at least {least}, got {got})"
            )));
        }
        let tail = items.split_off(items.len() - after);
        let middle = items.split_off(before);
        items.push(Value::list(middle));
        items.extend(tail);
        Ok(items)
    }
}
