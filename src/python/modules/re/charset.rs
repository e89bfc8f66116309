//! Sets of characters, and what case means to them.

use crate::python::format::unicode;

/// `\d`, `\s`, `\w` and their opposites.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Category {
    pub kind: CategoryKind,
    pub negate: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CategoryKind {
    Digit,
    Space,
    Word,
}

/// A member of a bracketed set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item {
    Literal(char),
    Range(char, char),
    Category(Category),
}

/// Which characters count as digits, spaces, letters, and which have case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alphabet {
    Ascii,
    Unicode,
}

impl CategoryKind {
    pub fn holds(self, c: char, alphabet: Alphabet) -> bool {
        match (self, alphabet) {
            (CategoryKind::Digit, Alphabet::Ascii) => c.is_ascii_digit(),
            (CategoryKind::Digit, Alphabet::Unicode) => unicode::is_decimal(c),
            (CategoryKind::Space, Alphabet::Ascii) => matches!(c, ' ' | '\t'..='\r'),
            (CategoryKind::Space, Alphabet::Unicode) => unicode::is_space(c),
            (CategoryKind::Word, Alphabet::Ascii) => c.is_ascii_alphanumeric() || c == '_',
            (CategoryKind::Word, Alphabet::Unicode) => unicode::is_alnum(c) || c == '_',
        }
    }
}

impl Alphabet {
    /// Lower case, one character for one.
    fn lower(self, c: char) -> char {
        match self {
            Alphabet::Ascii => c.to_ascii_lowercase(),
            Alphabet::Unicode if c.is_ascii() => c.to_ascii_lowercase(),
            Alphabet::Unicode => c.to_lowercase().next().unwrap_or(c),
        }
    }

    /// Upper case where that is one character.
    fn upper(self, c: char) -> char {
        match self {
            Alphabet::Ascii => c.to_ascii_uppercase(),
            Alphabet::Unicode if c.is_ascii() => c.to_ascii_uppercase(),
            Alphabet::Unicode => {
                let mut upper = c.to_uppercase();
                match (upper.next(), upper.next()) {
                    (Some(only), None) => only,
                    _ => c,
                }
            }
        }
    }

    /// The same for all characters that differ in case only.
    pub fn fold(self, c: char) -> char {
        match self {
            Alphabet::Unicode if !c.is_ascii() => self.lower(self.upper(self.lower(c))),
            _ => c.to_ascii_lowercase(),
        }
    }
}

/// A test of one character.
#[derive(Clone, Debug)]
pub enum Single {
    /// `.`; true takes line ends too.
    Any(bool),
    Char(char),
    NotChar(char),
    /// A folded character, compared without case.
    Folded(char, Alphabet),
    NotFolded(char, Alphabet),
    Set(Box<CharSet>),
}

impl Single {
    #[inline]
    pub fn holds(&self, c: char) -> bool {
        match self {
            Single::Any(all) => *all || c != '\n',
            Single::Char(own) => c == *own,
            Single::NotChar(own) => c != *own,
            Single::Folded(own, alphabet) => alphabet.fold(c) == *own,
            Single::NotFolded(own, alphabet) => alphabet.fold(c) != *own,
            Single::Set(set) => set.holds(c),
        }
    }
}

/// A bracketed set, the answers for Latin-1 worked out beforehand.
#[derive(Clone, Debug)]
pub struct CharSet {
    latin: [u64; 4],
    negate: bool,
    ignore_case: bool,
    alphabet: Alphabet,
    items: Vec<Item>,
}

impl CharSet {
    pub fn new(items: &[Item], negate: bool, ignore_case: bool, alphabet: Alphabet) -> CharSet {
        let mut made = CharSet {
            latin: [0; 4],
            negate,
            ignore_case,
            alphabet,
            items: items.to_vec(),
        };
        for code in 0..=u8::MAX {
            if made.look(char::from(code))
                && let Some(word) = made.latin.get_mut(usize::from(code >> 6))
            {
                *word |= 1 << (code & 63);
            }
        }
        made
    }

    #[inline]
    pub fn holds(&self, c: char) -> bool {
        let code = c as u32;
        match self.latin.get((code >> 6) as usize) {
            Some(word) => word >> (code & 63) & 1 == 1,
            None => self.look(c),
        }
    }

    fn look(&self, c: char) -> bool {
        self.items.iter().any(|item| self.item_holds(item, c)) != self.negate
    }

    fn item_holds(&self, item: &Item, c: char) -> bool {
        match *item {
            Item::Category(category) => {
                let c = if self.ignore_case { self.alphabet.lower(c) } else { c };
                category.kind.holds(c, self.alphabet) != category.negate
            }
            Item::Literal(own) if self.ignore_case => self.alphabet.fold(c) == self.alphabet.fold(own),
            Item::Literal(own) => c == own,
            Item::Range(first, last) => {
                let within = |c: char| first <= c && c <= last;
                let lower = self.alphabet.lower(c);
                within(c)
                    || (self.ignore_case
                        && (within(lower) || within(self.alphabet.upper(lower)) || within(self.alphabet.fold(c))))
            }
        }
    }
}
