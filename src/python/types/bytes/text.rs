//! Bytes as ASCII text: case, classes of characters, hexadecimal, decoding, `%`.

use super::{bytes_like, like, required};
use crate::python::class::Slot;
use crate::python::types::codec;
use crate::python::types::str::text_argument;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

fn mapped(vm: &mut Vm, args: &[Value], map: fn(&[u8]) -> Vec<u8>) -> R<Value> {
    take!(args => this);
    let bytes = required(vm, this)?;
    Ok(like(this, map(&bytes)))
}

pub(super) fn upper(vm: &mut Vm, args: &[Value]) -> R<Value> {
    mapped(vm, args, <[u8]>::to_ascii_uppercase)
}

pub(super) fn lower(vm: &mut Vm, args: &[Value]) -> R<Value> {
    mapped(vm, args, <[u8]>::to_ascii_lowercase)
}

fn swapped(byte: u8) -> u8 {
    if byte.is_ascii_uppercase() {
        byte.to_ascii_lowercase()
    } else {
        byte.to_ascii_uppercase()
    }
}

pub(super) fn swapcase(vm: &mut Vm, args: &[Value]) -> R<Value> {
    mapped(vm, args, |bytes| bytes.iter().map(|byte| swapped(*byte)).collect())
}

pub(super) fn capitalize(vm: &mut Vm, args: &[Value]) -> R<Value> {
    mapped(vm, args, |bytes| {
        let mut out = bytes.to_ascii_lowercase();
        if let Some(first) = out.first_mut() {
            first.make_ascii_uppercase();
        }
        out
    })
}

pub(super) fn title(vm: &mut Vm, args: &[Value]) -> R<Value> {
    mapped(vm, args, |bytes| {
        let mut in_word = false;
        let mut out = Vec::with_capacity(bytes.len());
        for byte in bytes {
            out.push(if in_word {
                byte.to_ascii_lowercase()
            } else {
                byte.to_ascii_uppercase()
            });
            in_word = byte.is_ascii_alphabetic();
        }
        out
    })
}

fn question(vm: &mut Vm, args: &[Value], holds: fn(&[u8]) -> bool) -> R<Value> {
    take!(args => this);
    let bytes = required(vm, this)?;
    Ok(Value::bool(holds(&bytes)))
}

fn all(bytes: &[u8], class: fn(&u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(class)
}

/// Blanks as bytes have them: the vertical tab is one.
pub(super) fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

pub(super) fn is_alnum(vm: &mut Vm, args: &[Value]) -> R<Value> {
    question(vm, args, |bytes| all(bytes, u8::is_ascii_alphanumeric))
}

pub(super) fn is_alpha(vm: &mut Vm, args: &[Value]) -> R<Value> {
    question(vm, args, |bytes| all(bytes, u8::is_ascii_alphabetic))
}

pub(super) fn is_ascii(vm: &mut Vm, args: &[Value]) -> R<Value> {
    question(vm, args, <[u8]>::is_ascii)
}

pub(super) fn is_digit(vm: &mut Vm, args: &[Value]) -> R<Value> {
    question(vm, args, |bytes| all(bytes, u8::is_ascii_digit))
}

pub(super) fn is_space(vm: &mut Vm, args: &[Value]) -> R<Value> {
    question(vm, args, |bytes| all(bytes, is_blank))
}

pub(super) fn is_lower(vm: &mut Vm, args: &[Value]) -> R<Value> {
    question(vm, args, |bytes| {
        bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
    })
}

pub(super) fn is_upper(vm: &mut Vm, args: &[Value]) -> R<Value> {
    question(vm, args, |bytes| {
        bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
    })
}

pub(super) fn is_title(vm: &mut Vm, args: &[Value]) -> R<Value> {
    question(vm, args, |bytes| {
        let (mut cased, mut in_word) = (false, false);
        for byte in bytes {
            if byte.is_ascii_uppercase() && in_word || byte.is_ascii_lowercase() && !in_word {
                return false;
            }
            in_word = byte.is_ascii_alphabetic();
            cased |= in_word;
        }
        cased
    })
}

pub(super) fn expand_tabs(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, size);
    let size = if size.is_unset() {
        8
    } else {
        vm.index(size)?.max(0) as usize
    };
    let bytes = required(vm, this)?;
    let (mut out, mut column) = (Vec::with_capacity(bytes.len()), 0);
    for byte in bytes {
        match byte {
            b'\t' if size > 0 => {
                let blanks = size - column % size;
                if out.len().saturating_add(blanks) > crate::python::format::LONGEST {
                    return Err(vm.overflow_error("result too long"));
                }
                out.extend(std::iter::repeat_n(b' ', blanks));
                column += blanks;
            }
            b'\t' => {}
            _ => {
                out.push(byte);
                column = if matches!(byte, b'\n' | b'\r') { 0 } else { column + 1 };
            }
        }
    }
    Ok(like(this, out))
}

pub(super) fn decode(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, encoding, errors);
    let encoding = if encoding.is_unset() {
        "utf-8"
    } else {
        text_argument(vm, encoding, "decode", "argument 'encoding'")?
    };
    let errors = if errors.is_unset() {
        "strict"
    } else {
        text_argument(vm, errors, "decode", "argument 'errors'")?
    };
    let bytes = required(vm, this)?;
    codec::decode(vm, &bytes, encoding, errors).map(Value::str)
}

pub(super) fn hex(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, separator, group);
    let bytes = required(vm, this)?;
    let separator = if separator.is_unset() {
        None
    } else {
        let text = match (separator.as_str(), bytes_like(separator)) {
            (Some(text), _) => text.to_string(),
            (None, Some(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            (None, None) => return Err(vm.type_error("sep must be str or bytes.")),
        };
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if c.is_ascii() => Some(c),
            (Some(_), None) => return Err(vm.value_error("sep must be ASCII.")),
            _ => return Err(vm.value_error("sep must be length 1.")),
        }
    };
    let group = if group.is_unset() { 1 } else { vm.index(group)? };
    let size = group.unsigned_abs() as usize;
    let mut out = String::with_capacity(bytes.len() * 2);
    for (at, byte) in bytes.iter().enumerate() {
        if let Some(separator) = separator
            && at > 0
            && size > 0
        {
            // positive groups are counted from the right
            let place = if group > 0 { bytes.len() - at } else { at };
            if place % size == 0 {
                out.push(separator);
            }
        }
        out.push_str(&format!("{byte:02x}"));
    }
    Ok(Value::str(out))
}

pub(super) fn from_hex(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => class, string);
    let text = text_argument(vm, string, "fromhex", "argument")?;
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (Vec::with_capacity(chars.len() / 2), 0);
    while let Some(c) = chars.get(at) {
        if c.is_ascii_whitespace() || *c == '\x0b' {
            at += 1;
            continue;
        }
        let mut byte = 0;
        for place in [at, at + 1] {
            match chars.get(place).and_then(|c| c.to_digit(16)) {
                Some(digit) => byte = byte << 4 | digit as u8,
                None => {
                    return Err(vm.value_error(format!(
                        "non-hexadecimal number found in fromhex() arg at position {place}"
                    )));
                }
            }
        }
        out.push(byte);
        at += 2;
    }
    let made = Value::bytes(out);
    if class.as_class().is_some_and(|class| class.same(&vm.types.bytes)) {
        return Ok(made);
    }
    vm.call(class, &[made])
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| *byte as char).collect()
}

/// `bytes % values`: as text of one character a byte.
pub(super) fn modulo(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, values);
    let text = latin(&required(vm, this)?);
    let formatted =
        crate::python::types::str::percent::formatted(vm, &text, values, "bytes", &|vm, directive, value| {
            match directive.conversion {
                's' | 'b' => {
                    if let Some(bytes) = bytes_like(value) {
                        return Ok(Some(latin(&bytes)));
                    }
                    if let Some(answer) = vm.call_slot(value, Slot::Bytes, &[])?
                        && let Some(bytes) = answer.as_bytes()
                    {
                        return Ok(Some(latin(bytes)));
                    }
                    let class = vm.type_name(value);
                    Err(vm.type_error(format!(
                        "%b requires a bytes-like object, or an object that implements __bytes__, not '{class}'"
                    )))
                }
                'a' | 'r' => {
                    let text = vm.repr(value)?;
                    Ok(Some(crate::python::format::quote::escape_non_ascii(&text)))
                }
                'c' => Ok(bytes_like(value)
                    .filter(|bytes| bytes.len() == 1)
                    .map(|bytes| latin(&bytes))),
                _ => Ok(None),
            }
        })?;
    Ok(like(this, formatted.chars().map(|c| c as u8).collect()))
}
