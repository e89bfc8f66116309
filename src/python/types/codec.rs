//! Text to bytes and back.

use crate::python::class::ClassRef;
use crate::python::object::CallArgs;
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;

/// The encodings there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    /// Bytes a unit, little endian, whether a byte order mark is written.
    Wide {
        bytes: usize,
        little: bool,
        mark: bool,
    },
}

fn encoding(name: &str) -> Option<Encoding> {
    let name: String = name
        .chars()
        .map(|c| {
            if c == '-' || c == ' ' {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    Some(match name.as_str() {
        "utf_8" | "utf8" | "u8" | "utf" | "cp65001" => Encoding::Utf8,
        "ascii" | "us_ascii" | "646" => Encoding::Ascii,
        "latin_1" | "latin1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "8859" | "cp819" => Encoding::Latin1,
        "utf_16" | "utf16" | "u16" => Encoding::Wide {
            bytes: 2,
            little: true,
            mark: true,
        },
        "utf_16_le" | "utf_16le" => Encoding::Wide {
            bytes: 2,
            little: true,
            mark: false,
        },
        "utf_16_be" | "utf_16be" => Encoding::Wide {
            bytes: 2,
            little: false,
            mark: false,
        },
        "utf_32" | "utf32" | "u32" => Encoding::Wide {
            bytes: 4,
            little: true,
            mark: true,
        },
        "utf_32_le" | "utf_32le" => Encoding::Wide {
            bytes: 4,
            little: true,
            mark: false,
        },
        "utf_32_be" | "utf_32be" => Encoding::Wide {
            bytes: 4,
            little: false,
            mark: false,
        },
        _ => return None,
    })
}

fn lookup_error(vm: &mut Vm, message: String) -> Raised {
    let class: ClassRef = vm.exceptions.lookup_error.clone();
    vm.raise(&class, message)
}

/// What is done with a character or bytes that have no counterpart.
fn known_handler(errors: &str) -> bool {
    matches!(
        errors,
        "strict"
            | "ignore"
            | "replace"
            | "backslashreplace"
            | "xmlcharrefreplace"
            | "namereplace"
            | "surrogateescape"
            | "surrogatepass"
    )
}

/// `text.encode(name, errors)`
pub fn encode(vm: &mut Vm, object: &Value, text: &str, name: &str, errors: &str) -> R<Vec<u8>> {
    let Some(encoding) = encoding(name) else {
        return Err(lookup_error(vm, format!("unknown encoding: {name}")));
    };
    let (limit, shown) = match encoding {
        Encoding::Utf8 => return Ok(text.as_bytes().to_vec()),
        Encoding::Wide { bytes, little, mark } => return Ok(wide(text, bytes, little, mark)),
        Encoding::Ascii => (128, "ascii"),
        Encoding::Latin1 => (256, "latin-1"),
    };
    let mut out = Vec::with_capacity(text.len());
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let code = c as u32;
        if code < limit {
            out.push(code as u8);
            at += 1;
            continue;
        }
        match errors {
            "ignore" => {}
            "replace" => out.push(b'?'),
            "xmlcharrefreplace" => out.extend(format!("&#{code};").bytes()),
            "backslashreplace" | "namereplace" => {
                out.extend(crate::python::format::quote::escaped_char(c).bytes());
            }
            other if !known_handler(other) => {
                return Err(lookup_error(vm, format!("unknown error handler name '{other}'")));
            }
            _ => {
                // a run of such characters is reported at once
                let end = at + chars[at..].iter().take_while(|c| **c as u32 >= limit).count();
                let class = vm.exceptions.unicode_encode_error.clone();
                let reason = format!("ordinal not in range({limit})");
                let args = vec![
                    Value::str(shown),
                    object.clone(),
                    Value::size(at),
                    Value::size(end),
                    Value::str(reason),
                ];
                return Err(raise_unicode(vm, &class, &args));
            }
        }
        at += 1;
    }
    Ok(out)
}

fn wide(text: &str, bytes: usize, little: bool, mark: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * bytes);
    let mut push = |unit: u32| {
        let all = unit.to_le_bytes();
        let mut unit = all[..bytes].to_vec();
        if !little {
            unit.reverse();
        }
        out.extend(unit);
    };
    if mark {
        push(0xfeff);
    }
    for c in text.chars() {
        if bytes == 4 {
            push(c as u32);
        } else {
            let mut units = [0u16; 2];
            c.encode_utf16(&mut units)
                .iter()
                .for_each(|unit| push(u32::from(*unit)));
        }
    }
    out
}

/// A flaw in encoded bytes: where it starts and ends, and why it is one.
struct Flaw {
    start: usize,
    end: usize,
    reason: String,
}

/// Decodes from an offset: the next offset, or the flaw there.
type Step = fn(&[u8], usize, &mut String) -> Result<usize, Flaw>;

/// `bytes.decode(name, errors)`
pub fn decode(vm: &mut Vm, bytes: &[u8], name: &str, errors: &str) -> R<String> {
    let Some(encoding) = encoding(name) else {
        return Err(lookup_error(vm, format!("unknown encoding: {name}")));
    };
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    let (shown, step): (&str, Step) = match encoding {
        Encoding::Latin1 => {
            out.extend(bytes.iter().map(|&b| b as char));
            return Ok(out);
        }
        Encoding::Ascii => ("ascii", ascii_step),
        Encoding::Utf8 => ("utf-8", utf8_step),
        Encoding::Wide {
            bytes: size,
            little,
            mark,
        } => return wide_decoded(vm, bytes, size, little, mark, name),
    };
    while at < bytes.len() {
        match step(bytes, at, &mut out) {
            Ok(next) => at = next,
            Err(flaw) => {
                match errors {
                    "ignore" => {}
                    "replace" => out.push('\u{fffd}'),
                    "backslashreplace" => {
                        for byte in bytes.get(flaw.start..flaw.end).unwrap_or(&[]) {
                            out.push_str(&format!("\\x{byte:02x}"));
                        }
                    }
                    other if !known_handler(other) => {
                        return Err(lookup_error(vm, format!("unknown error handler name '{other}'")));
                    }
                    _ => return Err(decode_error(vm, shown, bytes, &flaw)),
                }
                at = flaw.end;
            }
        }
    }
    Ok(out)
}

fn decode_error(vm: &mut Vm, encoding: &str, bytes: &[u8], flaw: &Flaw) -> Raised {
    let class = vm.exceptions.unicode_decode_error.clone();
    let args = vec![
        Value::str(encoding),
        Value::bytes(bytes),
        Value::size(flaw.start),
        Value::size(flaw.end),
        Value::str(&*flaw.reason),
    ];
    raise_unicode(vm, &class, &args)
}

/// Raises a UnicodeError through its constructor, which keeps the parts as attributes.
fn raise_unicode(vm: &mut Vm, class: &ClassRef, args: &[Value]) -> Raised {
    match vm.call_class(class, CallArgs::positional(args)) {
        Ok(exception) => vm.raise_exception(exception),
        Err(raised) => raised,
    }
}

fn ascii_step(bytes: &[u8], at: usize, out: &mut String) -> Result<usize, Flaw> {
    match bytes.get(at) {
        Some(byte) if byte.is_ascii() => {
            out.push(*byte as char);
            Ok(at + 1)
        }
        _ => Err(Flaw {
            start: at,
            end: at + 1,
            reason: String::from("ordinal not in range(128)"),
        }),
    }
}

fn utf8_step(bytes: &[u8], at: usize, out: &mut String) -> Result<usize, Flaw> {
    let rest = bytes.get(at..).unwrap_or(&[]);
    match std::str::from_utf8(rest) {
        Ok(text) => {
            out.push_str(text);
            Ok(bytes.len())
        }
        Err(error) => {
            let valid = error.valid_up_to();
            if valid > 0 {
                out.push_str(std::str::from_utf8(&rest[..valid]).unwrap_or(""));
                return Ok(at + valid);
            }
            let (end, reason) = match error.error_len() {
                None => (bytes.len(), "unexpected end of data"),
                Some(length) => {
                    let start_byte = matches!(rest.first(), Some(0xc2..=0xf4));
                    let reason = if start_byte {
                        "invalid continuation byte"
                    } else {
                        "invalid start byte"
                    };
                    (at + length, reason)
                }
            };
            Err(Flaw {
                start: at,
                end,
                reason: reason.to_string(),
            })
        }
    }
}

fn wide_decoded(vm: &mut Vm, bytes: &[u8], size: usize, little: bool, mark: bool, name: &str) -> R<String> {
    let number = |unit: &[u8], little: bool| {
        let fold = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        if little {
            unit.iter().rev().fold(0, fold)
        } else {
            unit.iter().fold(0, fold)
        }
    };
    let swapped_mark = if size == 2 { 0xfffe } else { 0xfffe_0000 };
    let (mut body, mut little) = (bytes, little);
    if mark && let Some(first) = bytes.get(..size) {
        match number(first, true) {
            0xfeff => body = &bytes[size..],
            unit if unit == swapped_mark => (body, little) = (&bytes[size..], false),
            _ => {}
        }
    }
    let units: Vec<u32> = body.chunks_exact(size).map(|unit| number(unit, little)).collect();
    let text = if size == 2 {
        let units: Vec<u16> = units.iter().map(|unit| *unit as u16).collect();
        String::from_utf16(&units).ok()
    } else {
        units.iter().map(|unit| char::from_u32(*unit)).collect()
    };
    match text.filter(|_| body.len() % size == 0) {
        Some(text) => Ok(text),
        None => {
            let start = bytes.len() - body.len() % size;
            let flaw = Flaw {
                start,
                end: bytes.len(),
                reason: String::from("truncated data"),
            };
            Err(decode_error(
                vm,
                &name.to_ascii_lowercase().replace('_', "-"),
                bytes,
                &flaw,
            ))
        }
    }
}
