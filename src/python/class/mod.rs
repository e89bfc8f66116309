//! Classes: name, bases, method resolution order, attributes, caches.

pub mod builtin;
pub mod mro;
pub mod namespace;
pub mod slot;

pub use builtin::{Exceptions, Types};
pub use namespace::Namespace;
pub use slot::{Binary, Compare, Slot};

use super::names::names;
use super::object::Object;
use super::value::Value;
use crate::syntax::symbol::Symbol;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// A shared class. Two are the same class when the pointers are equal (`same`).
pub type ClassRef = Rc<Class>;

/// What instances of a class are made of. A class statement inherits it from its bases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// `Object::Instance`: attributes only.
    Instance,
    /// `Object::Exception`
    Exception,
    /// `Object::Class`: the class is a metaclass.
    Class,
    /// A builtin value; instances of Python subclasses are `Object::Derived` around one.
    /// The text is the builtin type's name: two different ones cannot be combined.
    Builtin(&'static str),
    /// `Object::Foreign`, made by the class's own `__new__`.
    Foreign(&'static str),
}

/// Facts about a class, as bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Flags(pub u32);

impl Flags {
    /// Made by a class statement or `type()`: its attributes may be set.
    pub const HEAP: Flags = Flags(1);
    /// May not be subclassed.
    pub const FINAL: Flags = Flags(2);
    /// Instances have no `__dict__` (builtin types, `__slots__`).
    pub const NO_DICT: Flags = Flags(4);
    /// Concatenates and repeats as a sequence: `+` and `*` try the other side's number methods first.
    pub const SEQUENCE: Flags = Flags(8);
    /// `case [..]` matches instances.
    pub const MATCH_SEQUENCE: Flags = Flags(16);
    /// `case {..}` matches instances.
    pub const MATCH_MAPPING: Flags = Flags(32);
    /// `case int(x)`: one positional pattern matches the subject itself.
    pub const MATCH_SELF: Flags = Flags(64);
    /// Has abstract methods left: cannot be instantiated.
    pub const ABSTRACT: Flags = Flags(128);
    /// Attributes may not be set although the class came from Rust; the default without HEAP.
    pub const IMMUTABLE: Flags = Flags(256);
    /// Instances cannot be made by calling the class (`cannot create 'x' instances`).
    pub const NO_NEW: Flags = Flags(512);
    /// Messages call it by its full name: `'re.Match' object is not iterable`.
    pub const DOTTED: Flags = Flags(1024);
    /// A weak reference to an instance has a callback.
    pub const WATCHED: Flags = Flags(2048);

    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
}

/// Answers of `Class::traits`, as bits.
#[derive(Clone, Copy)]
pub struct Traits(u8);

impl Traits {
    const PLAIN_GET: u8 = 2;
    const PLAIN_SET: u8 = 4;
    const PLAIN_NEW: u8 = 8;
    const NO_DATA: u8 = 16;
    const HAS_DEL: u8 = 32;
    const WATCHED: u8 = 64;

    /// Somebody wants to know when an instance goes: it has a `__del__`, or a weak reference has a callback.
    #[inline(always)]
    pub fn is_missed(self) -> bool {
        self.0 & (Traits::HAS_DEL | Traits::WATCHED) != 0
    }

    /// There is a `__del__`.
    #[inline(always)]
    pub fn has_del(self) -> bool {
        self.0 & Traits::HAS_DEL != 0
    }

    /// `__getattribute__` is a builtin one.
    #[inline(always)]
    pub fn plain_get(self) -> bool {
        self.0 & Traits::PLAIN_GET != 0
    }

    /// `__setattr__` is a builtin one.
    #[inline(always)]
    pub fn plain_set(self) -> bool {
        self.0 & Traits::PLAIN_SET != 0
    }

    /// Instances are made by `object.__new__` alone.
    #[inline(always)]
    pub fn plain_new(self) -> bool {
        self.0 & Traits::PLAIN_NEW != 0
    }

    /// No data descriptors besides those of `object`: an object's own attributes come first.
    #[inline(always)]
    pub fn no_data(self) -> bool {
        self.0 & Traits::NO_DATA != 0
    }
}

/// Finds attributes of a native class on demand, so that hundreds of methods cost nothing at start.
pub trait ClassResolver {
    /// The attribute `name`, as it would stand in the class's dict; asked once a name, then cached.
    fn resolve(&self, name: Symbol) -> Option<Value>;
    /// All names it knows, for `dir`.
    fn names(&self) -> Vec<Symbol>;
}

/// A class.
pub struct Class {
    pub name: RefCell<Rc<str>>,
    pub qualname: RefCell<Rc<str>>,
    /// `__module__`; `builtins` shows no prefix.
    pub module: RefCell<Rc<str>>,
    pub layout: Layout,
    pub flags: Cell<Flags>,
    /// None is `type`.
    pub metaclass: RefCell<Option<ClassRef>>,
    pub bases: RefCell<Rc<[ClassRef]>>,
    /// The method resolution order without the class itself (no cycle).
    pub mro: RefCell<Rc<[ClassRef]>>,
    pub dict: RefCell<Namespace>,
    pub resolver: RefCell<Option<Rc<dyn ClassResolver>>>,
    subclasses: RefCell<Vec<Weak<Class>>>,
    cache: RefCell<FxHashMap<Symbol, Option<Value>>>,
    /// Cached answers of `traits`, 0 when not asked.
    traits: Cell<u8>,
    /// One value a `Slot`: Unset not asked yet, `NotImplemented` asked and absent. Empty after a change.
    slots: RefCell<Vec<Value>>,
}

impl Class {
    /// A class with a ready method resolution order (`mro` without the class itself).
    pub fn new(
        name: &str,
        module: &str,
        layout: Layout,
        flags: Flags,
        bases: &[ClassRef],
        mro: Vec<ClassRef>,
    ) -> ClassRef {
        let class = Rc::new(Class {
            name: RefCell::new(name.into()),
            qualname: RefCell::new(name.into()),
            module: RefCell::new(module.into()),
            layout,
            flags: Cell::new(flags),
            metaclass: RefCell::new(bases.iter().find_map(|base| base.metaclass.borrow().clone())),
            bases: RefCell::new(bases.into()),
            mro: RefCell::new(mro.into()),
            dict: RefCell::default(),
            resolver: RefCell::new(None),
            subclasses: RefCell::default(),
            cache: RefCell::default(),
            traits: Cell::new(0),
            slots: RefCell::default(),
        });
        for base in bases {
            base.subclasses.borrow_mut().push(Rc::downgrade(&class));
        }
        class
    }

    #[inline]
    pub fn same(&self, other: &Class) -> bool {
        std::ptr::eq(self, other)
    }

    pub fn has(&self, flag: Flags) -> bool {
        self.flags.get().has(flag)
    }

    pub fn set_flag(&self, flag: Flags) {
        self.flags.set(self.flags.get().with(flag));
    }

    /// Weak references to instances have callbacks from now on.
    pub fn watch(&self) {
        self.set_flag(Flags::WATCHED);
        self.traits.set(0);
    }

    pub fn clear_flag(&self, flag: Flags) {
        self.flags.set(Flags(self.flags.get().0 & !flag.0));
    }

    /// The class's own name.
    pub fn name(&self) -> Rc<str> {
        self.name.borrow().clone()
    }

    /// The name that messages about instances show.
    pub fn shown_name(&self) -> Rc<str> {
        if self.has(Flags::DOTTED) {
            self.full_name().into()
        } else {
            self.name()
        }
    }

    /// `module.qualname`, without the module for builtins: as in `<class '...'>` and tracebacks.
    pub fn full_name(&self) -> String {
        let (module, qualname) = (self.module.borrow(), self.qualname.borrow());
        if &**module == "builtins" {
            qualname.to_string()
        } else {
            format!("{module}.{qualname}")
        }
    }

    /// Whether instances of this class are instances of `other`.
    #[inline]
    pub fn is_subclass_of(&self, other: &Class) -> bool {
        self.same(other) || self.mro.borrow().iter().any(|class| class.same(other))
    }

    /// The attribute in this class's own dict (or from its resolver), without its bases.
    pub fn own(&self, name: Symbol) -> Option<Value> {
        if let Some(value) = self.dict.borrow().get(name) {
            return Some(value.clone());
        }
        let resolver = self.resolver.borrow().clone();
        resolver.and_then(|resolver| resolver.resolve(name))
    }

    /// The attribute along the method resolution order, as it stands in the dict (no descriptor called).
    #[inline]
    pub fn lookup(&self, name: Symbol) -> Option<Value> {
        if let Some(found) = self.cache.borrow().get(&name) {
            return found.clone();
        }
        self.lookup_uncached(name)
    }

    #[cold]
    fn lookup_uncached(&self, name: Symbol) -> Option<Value> {
        let mut found = self.own(name);
        if found.is_none() {
            let mro = self.mro.borrow().clone();
            found = mro.iter().find_map(|class| class.own(name));
        }
        self.cache.borrow_mut().insert(name, found.clone());
        found
    }

    /// The class along the resolution order that defines `name`, itself included.
    pub fn definer(self: &Rc<Class>, name: Symbol) -> Option<ClassRef> {
        if self.own(name).is_some() {
            return Some(self.clone());
        }
        let mro = self.mro.borrow().clone();
        mro.iter().find(|class| class.own(name).is_some()).cloned()
    }

    /// The dunder method of a slot, None when no class on the way has it.
    #[inline]
    pub fn slot(&self, slot: Slot) -> Option<Value> {
        if let Some(value) = self.slots.borrow().get(slot as usize) {
            match value {
                Value::Unset => {}
                Value::NotImplemented => return None,
                found => return Some(found.clone()),
            }
        }
        self.slot_uncached(slot)
    }

    #[cold]
    fn slot_uncached(&self, slot: Slot) -> Option<Value> {
        let found = self.lookup(slot.symbol());
        let mut slots = self.slots.borrow_mut();
        if slots.is_empty() {
            slots.resize(Slot::COUNT, Value::Unset);
        }
        slots[slot as usize] = found.clone().unwrap_or(Value::NotImplemented);
        found
    }

    /// Runs `look` on a cached slot without counting references: for the inner loop.
    #[inline]
    pub fn with_slot<T>(&self, slot: Slot, look: impl FnOnce(Option<&Value>) -> T) -> T {
        {
            let slots = self.slots.borrow();
            match slots.get(slot as usize) {
                None | Some(Value::Unset) => {}
                Some(Value::NotImplemented) => return look(None),
                Some(found) => return look(Some(found)),
            }
        }
        look(self.slot_uncached(slot).as_ref())
    }

    /// Sets an attribute of the class itself.
    pub fn set(&self, name: Symbol, value: Value) {
        self.dict.borrow_mut().insert(name, value);
        self.changed();
    }

    /// Sets many attributes; what was cached is forgotten once.
    pub fn set_all(&self, items: impl Iterator<Item = (Symbol, Value)>) {
        for (name, value) in items {
            let old = self.dict.borrow_mut().insert(name, value);
            drop(old);
        }
        self.changed();
    }

    /// Removes an attribute of the class itself; whether it was there.
    pub fn remove(&self, name: Symbol) -> bool {
        let removed = self.dict.borrow_mut().remove(name).is_some();
        self.changed();
        removed
    }

    /// Forgets what this class and its subclasses cached. Subclass trees are walked without recursion.
    pub fn changed(&self) {
        self.forget();
        let mut open: Vec<ClassRef> = self.living_subclasses();
        while let Some(class) = open.pop() {
            class.forget();
            open.extend(class.living_subclasses());
        }
    }

    fn forget(&self) {
        self.traits.set(0);
        // values are dropped after the borrows: dropping may run Python code
        let cached = std::mem::take(&mut *self.cache.borrow_mut());
        let slots = std::mem::take(&mut *self.slots.borrow_mut());
        drop((cached, slots));
    }

    /// Facts that fast paths ask for, computed once after each change.
    #[inline]
    pub fn traits(self: &Rc<Class>) -> Traits {
        let known = self.traits.get();
        if known != 0 {
            Traits(known)
        } else {
            self.traits_uncached()
        }
    }

    #[cold]
    fn traits_uncached(self: &Rc<Class>) -> Traits {
        let root = self.mro.borrow().last().cloned().unwrap_or_else(|| self.clone());
        let native = |slot: Slot| match self.slot(slot) {
            None => true,
            Some(method) => {
                matches!(method.obj(), Some(Object::Native(native)) if native.owner.ptr_eq(&Rc::downgrade(&root)))
            }
        };
        let mut bits = 1;
        if self.has(Flags::WATCHED) {
            bits |= Traits::WATCHED;
        }
        if native(Slot::GetAttribute) && self.layout != Layout::Class {
            bits |= Traits::PLAIN_GET;
        }
        if native(Slot::SetAttr) && native(Slot::DelAttr) && self.layout != Layout::Class {
            bits |= Traits::PLAIN_SET;
        }
        let plain_new = match self.slot(Slot::New) {
            Some(method) => match method.obj() {
                Some(Object::Native(native)) => native.owner.ptr_eq(&Rc::downgrade(&root)),
                _ => false,
            },
            None => false,
        };
        if plain_new
            && self.layout == Layout::Instance
            && !self.has(Flags::ABSTRACT)
            && self.metaclass.borrow().is_none()
        {
            bits |= Traits::PLAIN_NEW;
        }
        let describes = |value: &Value| match value.obj() {
            Some(Object::Property(_) | Object::Member(_)) => true,
            Some(Object::Instance(instance)) => {
                let class = instance.class();
                class.slot(Slot::Set).is_some() || class.slot(Slot::Delete).is_some()
            }
            Some(Object::Foreign(_) | Object::Derived(_)) => true,
            _ => false,
        };
        let data = self.full_mro().iter().filter(|class| !class.same(&root)).any(|class| {
            class.resolver.borrow().is_some()
                || class
                    .dict
                    .borrow()
                    .iter()
                    .any(|(name, value)| describes(value) && !matches!(name.text(), "__dict__" | "__weakref__"))
        });
        if !data {
            bits |= Traits::NO_DATA;
        }
        if self.slot(Slot::Del).is_some() {
            bits |= Traits::HAS_DEL;
        }
        self.traits.set(bits);
        Traits(bits)
    }

    /// `__subclasses__()`
    pub fn living_subclasses(&self) -> Vec<ClassRef> {
        self.subclasses.borrow().iter().filter_map(Weak::upgrade).collect()
    }

    /// The class and its bases in resolution order, as `__mro__` shows them.
    pub fn full_mro(self: &Rc<Class>) -> Vec<ClassRef> {
        let mut classes = vec![self.clone()];
        classes.extend(self.mro.borrow().iter().cloned());
        classes
    }

    /// The class's documentation, if its dict has one.
    pub fn doc(&self) -> Option<Value> {
        self.own(names().dunder_doc)
    }
}
