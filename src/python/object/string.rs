//! `str`: UTF-8 text with what indexing and hashing need remembered.

pub use crate::syntax::symbol::hash_text;

use crate::syntax::symbol::Symbol;
use compact_str::CompactString;
use std::cell::Cell;

/// A string. Python counts characters; ASCII text, known by its count, is indexed directly.
pub struct Str {
    /// Short texts stand here themselves.
    text: CompactString,
    hash: Cell<u64>,
    /// Number of characters, `u32::MAX` while not counted (or beyond).
    chars: Cell<u32>,
    /// The interned symbol's number, `u32::MAX` while not asked.
    symbol: Cell<u32>,
}

const UNCOUNTED: u32 = u32::MAX;
const UNASKED: u32 = u32::MAX;

impl Str {
    pub fn new(text: impl Into<CompactString>) -> Str {
        Str {
            text: text.into(),
            hash: Cell::new(0),
            chars: Cell::new(UNCOUNTED),
            symbol: Cell::new(UNASKED),
        }
    }

    /// The string of an interned name.
    pub fn of_symbol(symbol: Symbol) -> Str {
        let made = Str::new(symbol.text());
        made.symbol.set(symbol.number());
        made.hash.set(symbol.hashed().1);
        made
    }

    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its length in characters.
    #[inline]
    pub fn len(&self) -> usize {
        let known = self.chars.get();
        if known != UNCOUNTED {
            return known as usize;
        }
        let count = if self.text.is_ascii() {
            self.text.len()
        } else {
            self.text.chars().count()
        };
        self.chars.set(u32::try_from(count).unwrap_or(UNCOUNTED));
        count
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether every character is one byte, so that positions are byte offsets.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.len() == self.text.len()
    }

    /// The character at a position counted in characters.
    pub fn char_at(&self, index: usize) -> Option<char> {
        if self.is_ascii() {
            self.text.as_bytes().get(index).map(|&byte| byte as char)
        } else {
            self.text.chars().nth(index)
        }
    }

    /// The byte offset of a position counted in characters (the end when beyond).
    pub fn offset(&self, index: usize) -> usize {
        if self.is_ascii() {
            return index.min(self.text.len());
        }
        self.text
            .char_indices()
            .nth(index)
            .map_or(self.text.len(), |(offset, _)| offset)
    }

    /// The text between two character positions (`start <= end`).
    pub fn slice(&self, start: usize, end: usize) -> &str {
        let from = self.offset(start);
        let to = self.offset(end);
        self.text.get(from..to).unwrap_or("")
    }

    /// The cached hash of the text; never 0.
    #[inline]
    pub fn hash(&self) -> u64 {
        let known = self.hash.get();
        if known != 0 {
            return known;
        }
        let hash = hash_text(&self.text);
        self.hash.set(hash);
        hash
    }

    /// The text as an interned name, remembered: for attribute look-ups by string.
    pub fn symbol(&self) -> Symbol {
        if let Some(symbol) = self.known_symbol() {
            return symbol;
        }
        let symbol = Symbol::new(&self.text);
        self.symbol.set(symbol.number());
        symbol
    }

    /// The interned name, if the text is one already.
    pub fn existing_symbol(&self) -> Option<Symbol> {
        if let Some(symbol) = self.known_symbol() {
            return Some(symbol);
        }
        let symbol = Symbol::existing(&self.text)?;
        self.symbol.set(symbol.number());
        Some(symbol)
    }

    /// The interned name, if it was asked for before.
    #[inline]
    pub fn known_symbol(&self) -> Option<Symbol> {
        Symbol::of_number(self.symbol.get())
    }
}
