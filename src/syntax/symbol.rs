//! Interned names. A name is a 32-bit number everywhere above the parser, so that
//! attribute and variable look-ups compare integers, never text.

use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// An interned name. Two symbols are equal exactly when their texts are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

#[derive(Default)]
struct Interner {
    numbers: FxHashMap<&'static str, u32>,
    texts: Vec<&'static str>,
}

thread_local! {
    static INTERNER: RefCell<Interner> = RefCell::default();
}

impl Symbol {
    /// The symbol of a text. The text is kept for the life of the process:
    /// distinct names are few, and `text` can then borrow without a guard.
    pub fn new(text: &str) -> Symbol {
        INTERNER.with_borrow_mut(|interner| {
            if let Some(&number) = interner.numbers.get(text) {
                return Symbol(number);
            }
            let kept: &'static str = Box::leak(text.into());
            let number = interner.texts.len() as u32;
            interner.texts.push(kept);
            interner.numbers.insert(kept, number);
            Symbol(number)
        })
    }

    /// The symbol of a text that is a name already, or None: for look-ups that
    /// must not grow the table.
    pub fn existing(text: &str) -> Option<Symbol> {
        INTERNER.with_borrow(|interner| interner.numbers.get(text).copied().map(Symbol))
    }

    /// The text that was interned.
    pub fn text(self) -> &'static str {
        INTERNER.with_borrow(|interner| interner.texts.get(self.0 as usize).copied().unwrap_or(""))
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
