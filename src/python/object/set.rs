//! `set` and `frozenset`. Iteration goes through the table, so its layout is CPython's:
//! the same probes and the same growth give the same order.

use super::table::{plain_equal, plain_hash};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::{Cell, Ref, RefCell};

const MIN_SIZE: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

#[derive(Clone)]
pub struct SetEntry {
    pub hash: i64,
    /// Unset: never used, or removed (then `hash` is -1).
    pub key: Value,
}

#[derive(Clone)]
pub struct SetData {
    pub table: Vec<SetEntry>,
    /// Entries in use, removed ones included.
    fill: usize,
    used: usize,
    changes: u64,
}

/// A set.
pub struct Set {
    data: RefCell<SetData>,
    /// The hash of a frozenset, once computed.
    pub hash: Cell<Option<i64>>,
}

impl Default for Set {
    fn default() -> Set {
        Set::new()
    }
}

fn empty_table(size: usize) -> Vec<SetEntry> {
    vec![
        SetEntry {
            hash: 0,
            key: Value::Unset
        };
        size
    ]
}

enum Probe {
    Found(usize),
    /// Absent; the place where it would go.
    Free(usize),
    /// The key there has the same hash and comparing needs Python code.
    Ask(usize, Value),
}

impl SetData {
    /// Looks a key up; entries listed in `differ` are known to be different.
    fn probe(&self, hash: i64, key: &Value, differ: &[usize]) -> Probe {
        let mask = self.table.len() - 1;
        let mut perturb = hash as u64;
        let mut at = hash as usize & mask;
        loop {
            let probes = if at + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for place in at..=at + probes {
                let Some(entry) = self.table.get(place) else { break };
                if entry.key.is_unset() {
                    if entry.hash == 0 {
                        return Probe::Free(place);
                    }
                    continue;
                }
                if entry.hash == hash && !differ.contains(&place) {
                    match plain_equal(&entry.key, key) {
                        Some(true) => return Probe::Found(place),
                        Some(false) => {}
                        None if entry.key.is(key) => return Probe::Found(place),
                        None => return Probe::Ask(place, entry.key.clone()),
                    }
                }
            }
            perturb >>= PERTURB_SHIFT;
            at = at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// Puts a key known to be absent into a table without removed entries.
    fn insert_clean(table: &mut [SetEntry], hash: i64, key: Value) {
        let mask = table.len() - 1;
        let mut perturb = hash as u64;
        let mut at = hash as usize & mask;
        loop {
            let probes = if at + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for place in at..=at + probes {
                if let Some(entry) = table.get_mut(place)
                    && entry.key.is_unset()
                {
                    *entry = SetEntry { hash, key };
                    return;
                }
            }
            perturb >>= PERTURB_SHIFT;
            at = at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    fn resize(&mut self, minimum: usize) {
        let mut size = MIN_SIZE;
        while size <= minimum {
            size <<= 1;
        }
        let mut table = empty_table(size);
        for entry in std::mem::take(&mut self.table) {
            if !entry.key.is_unset() {
                SetData::insert_clean(&mut table, entry.hash, entry.key);
            }
        }
        self.table = table;
        self.fill = self.used;
    }

    fn put(&mut self, place: usize, hash: i64, key: Value) {
        if let Some(entry) = self.table.get_mut(place) {
            *entry = SetEntry { hash, key };
        }
        self.fill += 1;
        self.used += 1;
        self.changes += 1;
        if self.fill * 5 >= (self.table.len() - 1) * 3 {
            let wanted = if self.used > 50_000 {
                self.used * 2
            } else {
                self.used * 4
            };
            self.resize(wanted);
        }
    }
}

impl Set {
    pub fn new() -> Set {
        Set {
            data: RefCell::new(SetData {
                table: empty_table(MIN_SIZE),
                fill: 0,
                used: 0,
                changes: 0,
            }),
            hash: Cell::new(None),
        }
    }

    pub fn data(&self) -> Ref<'_, SetData> {
        self.data.borrow()
    }

    pub fn len(&self) -> usize {
        self.data.borrow().used
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Changes when a member comes or goes.
    pub fn changes(&self) -> u64 {
        self.data.borrow().changes
    }

    fn locate(&self, vm: &mut Vm, hash: i64, key: &Value) -> R<Result<usize, usize>> {
        let mut differ: Vec<usize> = Vec::new();
        loop {
            let (probe, changes) = {
                let data = self.data.borrow();
                (data.probe(hash, key, &differ), data.changes)
            };
            match probe {
                Probe::Found(place) => return Ok(Ok(place)),
                Probe::Free(place) => return Ok(Err(place)),
                Probe::Ask(place, candidate) => {
                    let equal = vm.equal(&candidate, key)?;
                    if self.data.borrow().changes != changes {
                        differ.clear();
                    } else if equal {
                        return Ok(Ok(place));
                    } else {
                        differ.push(place);
                    }
                }
            }
        }
    }

    fn hash_of(vm: &mut Vm, key: &Value) -> R<i64> {
        match plain_hash(key) {
            Some(hash) => Ok(hash),
            None => vm.hash(key),
        }
    }

    pub fn contains(&self, vm: &mut Vm, key: &Value) -> R<bool> {
        let hash = Set::hash_of(vm, key)?;
        Ok(self.locate(vm, hash, key)?.is_ok())
    }

    /// Adds a member; whether it is new.
    pub fn add(&self, vm: &mut Vm, key: Value) -> R<bool> {
        let hash = Set::hash_of(vm, &key)?;
        self.add_hashed(vm, hash, key)
    }

    /// As `add`, with the hash known.
    pub fn add_hashed(&self, vm: &mut Vm, hash: i64, key: Value) -> R<bool> {
        match self.locate(vm, hash, &key)? {
            Ok(_) => Ok(false),
            Err(place) => {
                self.data.borrow_mut().put(place, hash, key);
                Ok(true)
            }
        }
    }

    /// Removes a member; whether it was there.
    pub fn remove(&self, vm: &mut Vm, key: &Value) -> R<bool> {
        let hash = Set::hash_of(vm, key)?;
        match self.locate(vm, hash, key)? {
            Ok(place) => {
                let removed = {
                    let mut data = self.data.borrow_mut();
                    data.used -= 1;
                    data.changes += 1;
                    data.table.get_mut(place).map(|e| {
                        std::mem::replace(
                            e,
                            SetEntry {
                                hash: -1,
                                key: Value::Unset,
                            },
                        )
                    })
                };
                drop(removed);
                Ok(true)
            }
            Err(_) => Ok(false),
        }
    }

    /// Removes and answers the first member in table order.
    pub fn pop(&self) -> Option<Value> {
        let mut data = self.data.borrow_mut();
        let place = data.table.iter().position(|entry| !entry.key.is_unset())?;
        data.used -= 1;
        data.changes += 1;
        data.table.get_mut(place).map(|e| {
            std::mem::replace(
                e,
                SetEntry {
                    hash: -1,
                    key: Value::Unset,
                },
            )
            .key
        })
    }

    pub fn clear(&self) {
        let old = {
            let mut data = self.data.borrow_mut();
            let changes = data.changes + 1;
            std::mem::replace(
                &mut *data,
                SetData {
                    table: empty_table(MIN_SIZE),
                    fill: 0,
                    used: 0,
                    changes,
                },
            )
        };
        drop(old);
    }

    /// The members in table order.
    pub fn items(&self) -> Vec<Value> {
        self.data
            .borrow()
            .table
            .iter()
            .filter(|e| !e.key.is_unset())
            .map(|e| e.key.clone())
            .collect()
    }

    /// The members with their hashes, in table order.
    pub fn hashed_items(&self) -> Vec<(i64, Value)> {
        self.data
            .borrow()
            .table
            .iter()
            .filter(|e| !e.key.is_unset())
            .map(|e| (e.hash, e.key.clone()))
            .collect()
    }

    /// The first member at or after table place `at`, with its place: for iterators.
    pub fn next_from(&self, at: usize) -> Option<(usize, Value)> {
        let data = self.data.borrow();
        data.table
            .iter()
            .enumerate()
            .skip(at)
            .find(|(_, e)| !e.key.is_unset())
            .map(|(place, e)| (place, e.key.clone()))
    }

    /// Makes room for so many more members, as an update from a dict does.
    pub fn reserve(&self, more: usize) {
        let mut data = self.data.borrow_mut();
        if (data.fill + more) * 5 >= (data.table.len() - 1) * 3 {
            let wanted = (data.used + more) * 2;
            data.resize(wanted);
        }
    }

    /// Adds the members of another set.
    pub fn merge(&self, vm: &mut Vm, other: &Set) -> R<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        if self.data.borrow().fill == 0 {
            self.replace(other);
            return Ok(());
        }
        self.reserve(other.len());
        for (hash, item) in other.hashed_items() {
            self.add_hashed(vm, hash, item)?;
        }
        Ok(())
    }

    /// Takes over the members of another set.
    pub fn replace(&self, other: &Set) {
        let copied = other.copy();
        let mut fresh = copied.data.into_inner();
        let old = {
            let mut data = self.data.borrow_mut();
            fresh.changes = data.changes + 1;
            std::mem::replace(&mut *data, fresh)
        };
        drop(old);
    }

    /// A copy with the layout CPython's copy has: rebuilt when entries were removed.
    pub fn copy(&self) -> Set {
        let mut copied = self.data.borrow().clone();
        copied.changes = 0;
        if copied.fill != copied.used || copied.table.len() > MIN_SIZE {
            // a merge into an empty set grows it to (used) * 2 at once when it would not fit
            let mut fresh = SetData {
                table: empty_table(MIN_SIZE),
                fill: 0,
                used: 0,
                changes: 0,
            };
            if copied.used * 5 >= (MIN_SIZE - 1) * 3 {
                fresh.resize(copied.used * 2);
            }
            if fresh.table.len() == copied.table.len() && copied.fill == copied.used {
                fresh.table = copied.table;
            } else {
                for entry in copied.table.into_iter().filter(|entry| !entry.key.is_unset()) {
                    SetData::insert_clean(&mut fresh.table, entry.hash, entry.key);
                }
            }
            fresh.fill = copied.used;
            fresh.used = copied.used;
            copied = fresh;
        }
        Set {
            data: RefCell::new(copied),
            hash: Cell::new(None),
        }
    }
}
