//! Text of numbers and strings as CPython 3.11 writes and reads it: `repr`, format specifications,
//! `%`-formatting, `str.format` templates, number literals. Knows no values and no machine: callers
//! hand in plain numbers and text, and turn a [`FormatError`] into an exception.

pub mod complex;
pub mod float;
pub mod int;
pub mod number;
pub mod percent;
pub mod quote;
pub mod read;
pub mod spec;
pub mod template;
pub mod text;
pub mod unicode;
#[rustfmt::skip]
mod unicode_tables;

/// The class of the exception that a [`FormatError`] becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Value,
    Type,
    Overflow,
    Key,
    Index,
    Memory,
}

/// A refusal: exception class and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    pub kind: ErrorKind,
    pub message: String,
}

pub type Result<T> = std::result::Result<T, FormatError>;

/// Longest text that a width or a precision may ask for, in characters. CPython would try to allocate
/// it; a prompt that promises not to bring the machine down answers MemoryError.
pub const LONGEST: usize = 1 << 30;

impl FormatError {
    pub fn value(message: impl Into<String>) -> FormatError {
        FormatError {
            kind: ErrorKind::Value,
            message: message.into(),
        }
    }

    pub fn kind(kind: ErrorKind, message: impl Into<String>) -> FormatError {
        FormatError {
            kind,
            message: message.into(),
        }
    }

    /// The error for a text longer than [`LONGEST`].
    pub fn memory() -> FormatError {
        FormatError {
            kind: ErrorKind::Memory,
            message: String::new(),
        }
    }
}
