//! Instances of classes made in Python, and where attributes live.

use super::Dict;
use super::finalizer::{self, Dead};
use crate::python::class::ClassRef;
use crate::python::value::Value;
use crate::syntax::symbol::Symbol;
use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

/// The attributes of one object: a short list, scanned, until somebody asks for its `__dict__`.
pub enum Attributes {
    Small(Vec<(Symbol, Value)>),
    /// `__dict__` was asked for (or grew long): the dict itself, and the values of `__slots__`.
    Table(Box<(Rc<Dict>, Vec<(Symbol, Value)>)>),
}

impl Default for Attributes {
    fn default() -> Attributes {
        Attributes::Small(Vec::new())
    }
}

impl Attributes {
    #[inline(always)]
    pub fn get(&self, name: Symbol) -> Option<Value> {
        match self {
            Attributes::Small(entries) => entries
                .iter()
                .find(|entry| entry.0 == name)
                .map(|entry| entry.1.clone()),
            Attributes::Table(table) => table.0.get_symbol(name),
        }
    }

    /// Sets an attribute; the old value is answered, to be dropped when the borrow is over.
    #[inline(always)]
    pub fn set(&mut self, name: Symbol, value: Value) -> Value {
        match self {
            Attributes::Small(entries) => {
                if let Some(entry) = entries.iter_mut().find(|entry| entry.0 == name) {
                    return std::mem::replace(&mut entry.1, value);
                }
                if entries.capacity() == 0 {
                    *entries = first(name, value);
                } else {
                    entries.push((name, value));
                }
                Value::Unset
            }
            Attributes::Table(table) => table.0.set_symbol(name, value).unwrap_or(Value::Unset),
        }
    }

    pub fn remove(&mut self, name: Symbol) -> Option<Value> {
        match self {
            Attributes::Small(entries) => {
                let position = entries.iter().position(|entry| entry.0 == name)?;
                Some(entries.remove(position).1)
            }
            Attributes::Table(table) => table.0.remove_symbol(name),
        }
    }

    /// The value of a `__slots__` entry; its name is the class's own mark, see `slot_mark`.
    pub fn slot(&self, mark: Symbol) -> Option<Value> {
        let entries = match self {
            Attributes::Small(entries) => entries,
            Attributes::Table(table) => &table.1,
        };
        entries
            .iter()
            .find(|entry| entry.0 == mark)
            .map(|entry| entry.1.clone())
    }

    /// Sets (or with Unset removes) the value of a `__slots__` entry; answers the old one.
    pub fn set_slot(&mut self, mark: Symbol, value: Value) -> Option<Value> {
        let entries = match self {
            Attributes::Small(entries) => entries,
            Attributes::Table(table) => &mut table.1,
        };
        match entries.iter().position(|entry| entry.0 == mark) {
            Some(position) if value.is_unset() => Some(entries.remove(position).1),
            Some(position) => entries
                .get_mut(position)
                .map(|entry| std::mem::replace(&mut entry.1, value)),
            None if value.is_unset() => None,
            None => {
                entries.push((mark, value));
                None
            }
        }
    }

    /// The `__dict__`, from now on the place where the attributes live.
    pub fn dict(&mut self) -> Rc<Dict> {
        match self {
            Attributes::Table(table) => table.0.clone(),
            Attributes::Small(entries) => {
                let (slots, named): (Vec<_>, Vec<_>) =
                    std::mem::take(entries).into_iter().partition(|e| is_slot_mark(e.0));
                let dict = Rc::new(Dict::new());
                for (name, value) in named {
                    dict.set_symbol(name, value);
                }
                *self = Attributes::Table(Box::new((dict.clone(), slots)));
                dict
            }
        }
    }

    /// Makes `dict` the place of the attributes (`x.__dict__ = d`).
    pub fn replace_dict(&mut self, dict: Rc<Dict>) {
        self.dict();
        if let Attributes::Table(table) = self {
            table.0 = dict;
        }
    }

    /// The names, in the order of assignment.
    pub fn names(&self) -> Vec<Symbol> {
        match self {
            Attributes::Small(entries) => entries
                .iter()
                .map(|e| e.0)
                .filter(|name| !is_slot_mark(*name))
                .collect(),
            Attributes::Table(table) => table
                .0
                .keys()
                .iter()
                .filter_map(|key| key.as_string().map(|text| text.symbol()))
                .collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Attributes::Small(entries) => entries.is_empty(),
            Attributes::Table(table) => table.0.len() == 0 && table.1.is_empty(),
        }
    }
}

/// A list that begins with this attribute and has room for a few more.
#[inline(never)]
fn first(name: Symbol, value: Value) -> Vec<(Symbol, Value)> {
    let mut entries = Vec::with_capacity(4);
    entries.push((name, value));
    entries
}

/// The name under which the value of `__slots__` entry `name` is kept, apart from ordinary attributes.
pub fn slot_mark(name: Symbol) -> Symbol {
    Symbol::new(&format!(".{name}"))
}

fn is_slot_mark(name: Symbol) -> bool {
    name.text().starts_with('.')
}

/// An instance of a class made in Python. Class and attributes share one borrow flag: that keeps it small.
pub struct Instance {
    pub data: RefCell<InstanceData>,
}

/// What an instance is made of.
pub struct InstanceData {
    pub class: ClassRef,
    pub attributes: Attributes,
}

impl Instance {
    pub fn new(class: ClassRef) -> Instance {
        Instance {
            data: RefCell::new(InstanceData {
                class,
                attributes: Attributes::default(),
            }),
        }
    }

    #[inline]
    pub fn class(&self) -> ClassRef {
        self.data.borrow().class.clone()
    }

    /// Has had its last word: `__del__` is not called again.
    pub(crate) fn silence(&mut self, object: &ClassRef) {
        self.data.get_mut().class = object.clone();
    }
}

impl Drop for Instance {
    /// An instance with a `__del__` is handed to the machine, which calls it soon.
    #[inline]
    fn drop(&mut self) {
        let data = self.data.get_mut();
        let traits = data.class.traits();
        if !traits.is_missed() {
            return;
        }
        finalizer::wake();
        if traits.has_del() {
            let attributes = std::mem::take(&mut data.attributes);
            let class = data.class.clone();
            finalizer::bury(Dead::Instance(class, attributes));
        }
    }
}

/// Where an object's attributes are, see `Object::attributes`.
#[derive(Clone, Copy)]
pub enum AttributesRef<'a> {
    Cell(&'a RefCell<Attributes>),
    Instance(&'a Instance),
}

impl<'a> AttributesRef<'a> {
    #[inline]
    pub fn borrow(self) -> Ref<'a, Attributes> {
        match self {
            AttributesRef::Cell(cell) => cell.borrow(),
            AttributesRef::Instance(instance) => Ref::map(instance.data.borrow(), |data| &data.attributes),
        }
    }

    #[inline]
    pub fn borrow_mut(self) -> RefMut<'a, Attributes> {
        match self {
            AttributesRef::Cell(cell) => cell.borrow_mut(),
            AttributesRef::Instance(instance) => RefMut::map(instance.data.borrow_mut(), |data| &mut data.attributes),
        }
    }
}

/// An instance of a Python subclass of a builtin type: `payload` is the builtin value it extends.
pub struct Derived {
    pub class: RefCell<ClassRef>,
    pub payload: Value,
    pub attributes: RefCell<Attributes>,
}
