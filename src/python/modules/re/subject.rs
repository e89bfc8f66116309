//! The text that is searched.

use super::matcher::{Demand, Found, Matcher};
use super::program::Program;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

/// A str or bytes-like object, ready to be looked at by character positions.
pub struct Text {
    pub value: Value,
    content: Content,
}

enum Content {
    /// ASCII text or bytes, read from the value.
    Direct,
    Chars(Box<[char]>),
    /// A copy of a bytearray.
    Copied(Box<[u8]>),
}

/// What the matcher reads.
enum View<'a> {
    Bytes(&'a [u8]),
    Chars(&'a [char]),
}

impl Text {
    /// None for what is neither text nor bytes.
    pub fn new(value: &Value) -> Option<Text> {
        let content = if let Some(text) = value.as_string() {
            if text.is_ascii() {
                Content::Direct
            } else {
                Content::Chars(text.as_str().chars().collect())
            }
        } else if value.as_bytes().is_some() {
            Content::Direct
        } else {
            Content::Copied(value.as_bytearray()?.borrow().as_slice().into())
        };
        Some(Text {
            value: value.clone(),
            content,
        })
    }

    pub fn is_str(&self) -> bool {
        self.value.as_str().is_some()
    }

    fn view(&self) -> View<'_> {
        match &self.content {
            Content::Chars(chars) => View::Chars(chars),
            Content::Copied(bytes) => View::Bytes(bytes),
            Content::Direct => View::Bytes(match self.value.as_str() {
                Some(text) => text.as_bytes(),
                None => self.value.as_bytes().unwrap_or(&[]),
            }),
        }
    }

    pub fn len(&self) -> usize {
        match self.view() {
            View::Bytes(bytes) => bytes.len(),
            View::Chars(chars) => chars.len(),
        }
    }

    /// A part as a str or bytes.
    pub fn slice(&self, start: usize, end: usize) -> Value {
        match self.view() {
            View::Chars(chars) => Value::str(chars.get(start..end).unwrap_or(&[]).iter().collect::<String>()),
            View::Bytes(bytes) => {
                let part = bytes.get(start..end).unwrap_or(&[]);
                if self.is_str() {
                    Value::str(std::str::from_utf8(part).unwrap_or(""))
                } else {
                    Value::bytes(part)
                }
            }
        }
    }

    /// The first match in `start..end`.
    pub fn find(
        &self,
        vm: &mut Vm,
        program: &Program,
        (start, end): (usize, usize),
        search: bool,
        demand: Demand,
    ) -> R<Option<Found>> {
        let mut poll = || vm.poll();
        match self.view() {
            View::Bytes(bytes) => Matcher::new(program, bytes, end, &mut poll).find(start, search, demand),
            View::Chars(chars) => Matcher::new(program, chars, end, &mut poll).find(start, search, demand),
        }
    }
}
