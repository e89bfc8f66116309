//! `dict`: insertion order in a vector, places in a hash table over it.
//!
//! Keys of other than plain types may run Python code to compare; no borrow is held then,
//! and the look-up starts again if the dict changed meanwhile.

use super::string::hash_text;
use super::table::{plain_equal, plain_hash};
use super::{Object, Str};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use hashbrown::HashTable;
use std::cell::{Ref, RefCell};

/// One pair. A removed one keeps its place with an unset value until the next rebuild.
pub struct Entry {
    pub hash: i64,
    pub key: Value,
    pub value: Value,
}

#[derive(Default)]
pub struct DictData {
    pub entries: Vec<Entry>,
    table: HashTable<u32>,
    /// How many entries have a value.
    live: usize,
    /// Counts changes of keys, for iterators.
    changes: u64,
    /// Compiled code holds entry numbers: entries never move (a module's globals).
    pinned: bool,
}

/// A dict.
#[derive(Default)]
pub struct Dict {
    data: RefCell<DictData>,
}

#[inline(always)]
fn spread(hash: i64) -> u64 {
    // the table takes its tag from the top bits, integers differ in the low ones
    (hash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl DictData {
    /// The entry of a key; None when Python code must compare.
    #[inline]
    fn find_plain(&self, hash: i64, key: &Value) -> Option<Option<usize>> {
        let mut needs_python = false;
        if let Some(Object::Str(text)) = key.obj() {
            // the usual keys
            let found = self
                .table
                .find(spread(hash), |&at| match self.entries.get(at as usize) {
                    Some(entry) if entry.hash == hash => match entry.key.obj() {
                        Some(Object::Str(other)) => std::ptr::eq(text, other) || text.as_str() == other.as_str(),
                        Some(Object::Derived(_)) => {
                            needs_python = true;
                            false
                        }
                        _ => plain_equal(&entry.key, key).unwrap_or_else(|| {
                            needs_python = true;
                            false
                        }),
                    },
                    _ => false,
                });
            return match found {
                Some(&at) => Some(Some(at as usize)),
                None if needs_python => None,
                None => Some(None),
            };
        }
        let found = self
            .table
            .find(spread(hash), |&at| match self.entries.get(at as usize) {
                Some(entry) if entry.hash == hash => match plain_equal(&entry.key, key) {
                    Some(equal) => equal,
                    None => {
                        needs_python = true;
                        false
                    }
                },
                _ => false,
            });
        match found {
            Some(&at) => Some(Some(at as usize)),
            None if needs_python => None,
            None => Some(None),
        }
    }

    #[inline]
    fn find_text(&self, hash: i64, text: &str) -> Option<usize> {
        self.table
            .find(spread(hash), |&at| match self.entries.get(at as usize) {
                Some(entry) if entry.hash == hash => match entry.key.obj() {
                    Some(Object::Str(key)) => key.as_str() == text,
                    _ => entry.key.as_str() == Some(text),
                },
                _ => false,
            })
            .map(|&at| at as usize)
    }

    #[inline]
    fn find_symbol(&self, name: Symbol) -> Option<usize> {
        let (text, hash) = name.hashed();
        let hash = hash as i64;
        self.table
            .find(spread(hash), |&at| match self.entries.get(at as usize) {
                Some(entry) if entry.hash == hash => match entry.key.obj() {
                    Some(Object::Str(key)) => key.known_symbol() == Some(name) || key.as_str() == text,
                    _ => entry.key.as_str() == Some(text),
                },
                _ => false,
            })
            .map(|&at| at as usize)
    }

    fn push(&mut self, hash: i64, key: Value, value: Value) -> usize {
        let at = self.entries.len();
        if !value.is_unset() {
            self.live += 1;
        }
        self.entries.push(Entry { hash, key, value });
        let entries = &self.entries;
        self.table.insert_unique(spread(hash), at as u32, |&i| {
            entries.get(i as usize).map_or(0, |e| spread(e.hash))
        });
        self.changes += 1;
        at
    }

    fn put(&mut self, at: usize, value: Value) -> Option<Value> {
        let entry = self.entries.get_mut(at)?;
        let old = std::mem::replace(&mut entry.value, value);
        if old.is_unset() {
            self.live += 1;
            self.changes += 1;
            return None;
        }
        Some(old)
    }

    fn take(&mut self, at: usize) -> Option<(Value, Value)> {
        let pinned = self.pinned;
        let entry = self.entries.get_mut(at)?;
        let value = std::mem::take(&mut entry.value);
        if value.is_unset() {
            return None;
        }
        self.live -= 1;
        self.changes += 1;
        if pinned {
            return Some((entry.key.clone(), value));
        }
        let (hash, key) = (entry.hash, std::mem::take(&mut entry.key));
        if let Ok(place) = self.table.find_entry(spread(hash), |&i| i as usize == at) {
            place.remove();
        }
        if at + 1 == self.entries.len() {
            self.entries.pop();
            while self.entries.last().is_some_and(|entry| entry.key.is_unset()) {
                self.entries.pop();
            }
        } else if self.entries.len() > 32 && self.live * 2 < self.entries.len() {
            self.rebuild();
        }
        Some((key, value))
    }

    fn rebuild(&mut self) {
        self.entries.retain(|entry| !entry.value.is_unset());
        self.table.clear();
        for (at, entry) in self.entries.iter().enumerate() {
            let entries = &self.entries;
            self.table.insert_unique(spread(entry.hash), at as u32, |&i| {
                entries.get(i as usize).map_or(0, |e| spread(e.hash))
            });
        }
    }
}

impl Dict {
    pub fn new() -> Dict {
        Dict::default()
    }

    pub fn with_capacity(capacity: usize) -> Dict {
        let dict = Dict::default();
        dict.data.borrow_mut().entries.reserve(capacity);
        dict
    }

    #[inline(always)]
    pub fn data(&self) -> Ref<'_, DictData> {
        self.data.borrow()
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.data.borrow().live
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Changes when a key comes or goes.
    pub fn changes(&self) -> u64 {
        self.data.borrow().changes
    }

    fn locate(&self, vm: &mut Vm, hash: i64, key: &Value) -> R<Option<usize>> {
        if let Some(found) = self.data.borrow().find_plain(hash, key) {
            return Ok(found);
        }
        // slow path: compare candidates one by one, without holding the borrow
        'again: loop {
            let (candidates, changes) = {
                let data = self.data.borrow();
                let mut candidates: Vec<(u32, Value)> = Vec::new();
                for &at in data.table.iter_hash(spread(hash)) {
                    if let Some(entry) = data.entries.get(at as usize)
                        && entry.hash == hash
                    {
                        candidates.push((at, entry.key.clone()));
                    }
                }
                (candidates, data.changes)
            };
            for (at, candidate) in candidates {
                let equal = candidate.is(key) || vm.equal(&candidate, key)?;
                if self.data.borrow().changes != changes {
                    continue 'again;
                }
                if equal {
                    return Ok(Some(at as usize));
                }
            }
            return Ok(None);
        }
    }

    #[inline]
    fn hash_of(vm: &mut Vm, key: &Value) -> R<i64> {
        match plain_hash(key) {
            Some(hash) => Ok(hash),
            None => vm.hash(key),
        }
    }

    /// The value of a key.
    #[inline]
    pub fn get(&self, vm: &mut Vm, key: &Value) -> R<Option<Value>> {
        let hash = Dict::hash_of(vm, key)?;
        let at = self.locate(vm, hash, key)?;
        Ok(at.and_then(|at| self.value_at(at)))
    }

    pub fn contains(&self, vm: &mut Vm, key: &Value) -> R<bool> {
        Ok(self.get(vm, key)?.is_some())
    }

    /// Sets a key; answers the old value.
    #[inline]
    pub fn insert(&self, vm: &mut Vm, key: Value, value: Value) -> R<Option<Value>> {
        let hash = Dict::hash_of(vm, &key)?;
        let at = self.locate(vm, hash, &key)?;
        let mut data = self.data.borrow_mut();
        Ok(match at {
            Some(at) => data.put(at, value),
            None => {
                data.push(hash, key, value);
                None
            }
        })
    }

    /// Removes a key; answers its value.
    pub fn remove(&self, vm: &mut Vm, key: &Value) -> R<Option<Value>> {
        let hash = Dict::hash_of(vm, key)?;
        let at = self.locate(vm, hash, key)?;
        Ok(at.and_then(|at| self.data.borrow_mut().take(at)).map(|pair| pair.1))
    }

    /// The value of a string key; needs no machine.
    pub fn get_str(&self, text: &str) -> Option<Value> {
        let data = self.data.borrow();
        let at = data.find_text(hash_text(text) as i64, text)?;
        data.entries
            .get(at)
            .map(|entry| entry.value.clone())
            .filter(|value| !value.is_unset())
    }

    #[inline]
    pub fn get_symbol(&self, name: Symbol) -> Option<Value> {
        let data = self.data.borrow();
        match data.entries.get(data.find_symbol(name)?) {
            Some(entry) if !entry.value.is_unset() => Some(entry.value.clone()),
            _ => None,
        }
    }

    /// Sets a string key; answers the old value.
    pub fn set_str(&self, text: &str, value: Value) -> Option<Value> {
        self.set_symbol(Symbol::new(text), value)
    }

    pub fn set_symbol(&self, name: Symbol, value: Value) -> Option<Value> {
        let mut data = self.data.borrow_mut();
        match data.find_symbol(name) {
            Some(at) => data.put(at, value),
            None => {
                data.push(
                    name.hashed().1 as i64,
                    Value::object(Object::Str(Str::of_symbol(name))),
                    value,
                );
                None
            }
        }
    }

    pub fn remove_symbol(&self, name: Symbol) -> Option<Value> {
        let mut data = self.data.borrow_mut();
        let at = data.find_symbol(name)?;
        data.take(at).map(|pair| pair.1)
    }

    pub fn remove_str(&self, text: &str) -> Option<Value> {
        let mut data = self.data.borrow_mut();
        let at = data.find_text(hash_text(text) as i64, text)?;
        data.take(at).map(|pair| pair.1)
    }

    /// The number of the entry of a name, made (unset) if missing. Entries keep their numbers from now on.
    pub fn slot_number(&self, name: Symbol) -> usize {
        let mut data = self.data.borrow_mut();
        data.pinned = true;
        match data.find_symbol(name) {
            Some(at) => at,
            None => data.push(
                name.hashed().1 as i64,
                Value::object(Object::Str(Str::of_symbol(name))),
                Value::Unset,
            ),
        }
    }

    /// The value of a numbered entry.
    #[inline(always)]
    pub fn value_at(&self, at: usize) -> Option<Value> {
        // SAFETY: the reference ends with this function, in which copying a value is all that happens
        let data = unsafe { self.data.try_borrow_unguarded() };
        match data.ok()?.entries.get(at) {
            Some(entry) if !entry.value.is_unset() => Some(entry.value.clone()),
            _ => None,
        }
    }

    /// Sets a numbered entry; answers the old value.
    #[inline]
    pub fn put_at(&self, at: usize, value: Value) -> Option<Value> {
        self.data.borrow_mut().put(at, value)
    }

    /// Empties a numbered entry.
    pub fn take_at(&self, at: usize) -> Option<Value> {
        self.data.borrow_mut().take(at).map(|pair| pair.1)
    }

    /// Removes and answers the last pair.
    pub fn pop_last(&self) -> Option<(Value, Value)> {
        let mut data = self.data.borrow_mut();
        let at = data.entries.iter().rposition(|entry| !entry.value.is_unset())?;
        data.take(at)
    }

    pub fn clear(&self) {
        let old;
        {
            let mut data = self.data.borrow_mut();
            data.changes += 1;
            data.live = 0;
            if data.pinned {
                old = data
                    .entries
                    .iter_mut()
                    .map(|entry| std::mem::take(&mut entry.value))
                    .collect::<Vec<_>>();
                drop(data);
                drop(old);
                return;
            }
            data.table.clear();
            let entries = std::mem::take(&mut data.entries);
            drop(data);
            drop(entries);
        }
    }

    pub fn keys(&self) -> Vec<Value> {
        self.data
            .borrow()
            .entries
            .iter()
            .filter(|entry| !entry.value.is_unset())
            .map(|entry| entry.key.clone())
            .collect()
    }

    pub fn values(&self) -> Vec<Value> {
        self.data
            .borrow()
            .entries
            .iter()
            .filter(|e| !e.value.is_unset())
            .map(|entry| entry.value.clone())
            .collect()
    }

    /// The pairs as they are now.
    pub fn pairs(&self) -> Vec<(Value, Value)> {
        let data = self.data.borrow();
        data.entries
            .iter()
            .filter(|e| !e.value.is_unset())
            .map(|e| (e.key.clone(), e.value.clone()))
            .collect()
    }

    /// The first pair at or after entry number `at`, with its number: for iterators.
    #[inline]
    pub fn next_from(&self, at: usize) -> Option<(usize, Value, Value)> {
        let data = self.data.borrow();
        let mut at = at;
        loop {
            let entry = data.entries.get(at)?;
            if !entry.value.is_unset() {
                return Some((at, entry.key.clone(), entry.value.clone()));
            }
            at += 1;
        }
    }

    /// The last pair before entry number `at`, with its number: for reversed iterators.
    pub fn next_back_from(&self, at: usize) -> Option<(usize, Value, Value)> {
        let data = self.data.borrow();
        let mut at = at.min(data.entries.len());
        while at > 0 {
            at -= 1;
            let entry = data.entries.get(at)?;
            if !entry.value.is_unset() {
                return Some((at, entry.key.clone(), entry.value.clone()));
            }
        }
        None
    }

    /// How many entries there are, removed ones included: where a reversed iterator starts.
    pub fn entry_count(&self) -> usize {
        self.data.borrow().entries.len()
    }

    /// A copy; the keys are not compared or hashed again.
    pub fn copy(&self) -> Dict {
        let copy = Dict::with_capacity(self.len());
        {
            let data = self.data.borrow();
            let mut made = copy.data.borrow_mut();
            for entry in data.entries.iter().filter(|entry| !entry.value.is_unset()) {
                made.push(entry.hash, entry.key.clone(), entry.value.clone());
            }
        }
        copy
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ViewKind {
    Keys,
    Values,
    Items,
}

/// `d.keys()`, `d.values()`, `d.items()`
pub struct DictView {
    pub kind: ViewKind,
    /// It is of an `OrderedDict`, which names its views otherwise.
    pub is_ordered: bool,
    /// The dict.
    pub dict: std::rc::Rc<Dict>,
}
