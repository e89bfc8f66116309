//! Interned names. A name is a 32-bit number everywhere above the parser, so that
//! attribute and variable look-ups compare integers, never text.

use rustc_hash::{FxHashMap, FxHasher};
use std::cell::RefCell;
use std::hash::{Hash, Hasher};

/// An interned name. Two symbols are equal exactly when their texts are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

/// Names that a session begins with, and room for its own.
const USUAL: usize = 2500;

struct Interner {
    numbers: FxHashMap<&'static str, u32>,
    /// Each text with its hash.
    texts: Vec<(&'static str, u64)>,
}

impl Default for Interner {
    fn default() -> Interner {
        Interner {
            numbers: FxHashMap::with_capacity_and_hasher(USUAL, Default::default()),
            texts: Vec::with_capacity(USUAL),
        }
    }
}

impl Interner {
    fn add(&mut self, kept: &'static str) -> Symbol {
        let number = self.texts.len() as u32;
        self.texts.push((kept, hash_text(kept)));
        self.numbers.insert(kept, number);
        Symbol(number)
    }
}

thread_local! {
    static INTERNER: RefCell<Interner> = RefCell::default();
}

/// The hash of a text, the same for a symbol and for a string of that text. Never 0.
pub fn hash_text(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish() | 1
}

impl Symbol {
    /// The symbol of a text. The text is kept for the life of the process:
    /// distinct names are few, and `text` can then borrow without a guard.
    pub fn new(text: &str) -> Symbol {
        INTERNER.with_borrow_mut(|interner| {
            if let Some(&number) = interner.numbers.get(text) {
                return Symbol(number);
            }
            interner.add(Box::leak(text.into()))
        })
    }

    /// As `new`, of a text that lives forever: it is not copied.
    pub fn fixed(text: &'static str) -> Symbol {
        INTERNER.with_borrow_mut(|interner| match interner.numbers.get(text) {
            Some(&number) => Symbol(number),
            None => interner.add(text),
        })
    }

    /// The symbol of a text that is a name already, or None: for look-ups that
    /// must not grow the table.
    pub fn existing(text: &str) -> Option<Symbol> {
        INTERNER.with_borrow(|interner| interner.numbers.get(text).copied().map(Symbol))
    }

    /// The text that was interned.
    pub fn text(self) -> &'static str {
        self.hashed().0
    }

    /// The text and its hash.
    #[inline]
    pub fn hashed(self) -> (&'static str, u64) {
        INTERNER.with_borrow(|interner| interner.texts.get(self.0 as usize).copied().unwrap_or(("", 1)))
    }

    /// The symbol of a number that `number` gave; None for `u32::MAX`, which it never gives.
    #[inline]
    pub fn of_number(number: u32) -> Option<Symbol> {
        (number != u32::MAX).then_some(Symbol(number))
    }

    /// The number itself, small and dense from 0 in this thread: an index for tables.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl std::fmt::Debug for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

impl std::fmt::Display for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}
