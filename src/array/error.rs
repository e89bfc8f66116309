//! What an operation raises: a Python exception class and its message, without Python.

use std::fmt;

/// The Python exception class that an error becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    RuntimeError,
    TypeError,
    ValueError,
    IndexError,
    NotImplementedError,
    OverflowError,
    ZeroDivisionError,
    AttributeError,
    AssertionError,
    MemoryError,
    KeyboardInterrupt,
    /// `torch._C._LinAlgError`, a RuntimeError.
    LinAlgError,
    /// `torch.OutOfMemoryError`, a RuntimeError.
    OutOfMemoryError,
    /// An exception that the caller of a callback already holds (a hook or a custom
    /// function raised it); the message is empty and only passes through here.
    Raised,
}

/// An exception on its way up. One pointer wide, so that `Result` stays small in hot paths.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error(Box<(ErrorKind, String)>);

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new((kind, message.into())))
    }

    pub fn kind(&self) -> ErrorKind {
        self.0.0
    }

    pub fn message(&self) -> &str {
        &self.0.1
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind(), self.message())
    }
}

impl std::error::Error for Error {}

/// `Err` of a RuntimeError: the class that nearly all of PyTorch's own checks raise.
#[cold]
pub fn runtime<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::new(ErrorKind::RuntimeError, message))
}

/// `Err` of an IndexError.
#[cold]
pub fn index<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::new(ErrorKind::IndexError, message))
}

/// `Err` of a TypeError.
#[cold]
pub fn type_error<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::new(ErrorKind::TypeError, message))
}

/// `Err` of a ValueError.
#[cold]
pub fn value<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::new(ErrorKind::ValueError, message))
}

/// `Err` of a NotImplementedError.
#[cold]
pub fn not_implemented<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::new(ErrorKind::NotImplementedError, message))
}
