//! An ordered table from names to values: a class's dict.

use crate::python::value::Value;
use crate::syntax::symbol::Symbol;
use rustc_hash::FxHashMap;

/// Names in the order of their first assignment.
#[derive(Default)]
pub struct Namespace {
    entries: Vec<(Symbol, Value)>,
    index: FxHashMap<Symbol, u32>,
}

impl Namespace {
    pub fn get(&self, name: Symbol) -> Option<&Value> {
        let position = *self.index.get(&name)?;
        self.entries.get(position as usize).map(|entry| &entry.1)
    }

    pub fn insert(&mut self, name: Symbol, value: Value) -> Option<Value> {
        if let Some(&position) = self.index.get(&name)
            && let Some(entry) = self.entries.get_mut(position as usize)
        {
            return Some(std::mem::replace(&mut entry.1, value));
        }
        self.index.insert(name, self.entries.len() as u32);
        self.entries.push((name, value));
        None
    }

    pub fn remove(&mut self, name: Symbol) -> Option<Value> {
        let position = self.index.remove(&name)? as usize;
        let (_, value) = self.entries.remove(position);
        for later in self.index.values_mut() {
            if *later as usize > position {
                *later -= 1;
            }
        }
        Some(value)
    }

    pub fn contains(&self, name: Symbol) -> bool {
        self.index.contains_key(&name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &(Symbol, Value)> {
        self.entries.iter()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
