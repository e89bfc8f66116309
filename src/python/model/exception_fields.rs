//! Builtin exceptions with fields of their own.

use super::exception::{init, no_keywords, of, str_of_args};
use crate::python::class::slot::Slot;
use crate::python::native::ClassItem;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

/// A readable and writable field.
macro_rules! field {
    ($name:literal) => {
        ClassItem::Property {
            name: $name,
            get: |_vm: &mut Vm, this: &Value| read(this, $name),
            set: Some(|_vm: &mut Vm, this: &Value, value: Value| write(this, $name, value)),
            help: "",
        }
    };
}

fn read(this: &Value, name: &str) -> R<Value> {
    Ok(of(this)
        .and_then(|exception| exception.field(Symbol::new(name)))
        .unwrap_or(Value::None))
}

fn write(this: &Value, name: &str, value: Value) -> R<()> {
    if let Some(exception) = of(this) {
        exception.set_field(Symbol::new(name), if value.is_unset() { Value::None } else { value });
    }
    Ok(())
}

fn put(this: &Value, name: &str, value: Value) {
    if let Some(exception) = of(this) {
        exception.set_field(Symbol::new(name), value);
    }
}

pub static STOP_ITERATION_ITEMS: &[ClassItem] = &[ClassItem::special(Slot::Init, init_value), field!("value")];

pub static SYSTEM_EXIT_ITEMS: &[ClassItem] = &[ClassItem::special(Slot::Init, init_code), field!("code")];

pub static KEY_ERROR_ITEMS: &[ClassItem] = &[ClassItem::special(Slot::Str, str_key)];

pub static OS_ERROR_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Init, init_os),
    ClassItem::special(Slot::Str, str_os),
    field!("errno"),
    field!("strerror"),
    field!("filename"),
    field!("filename2"),
];

pub static IMPORT_ERROR_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Init, init_import),
    ClassItem::special(Slot::Str, str_import),
    field!("msg"),
    field!("name"),
    field!("path"),
];

pub static ATTRIBUTE_ERROR_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Init, init_attribute),
    field!("name"),
    field!("obj"),
];

pub static NAME_ERROR_ITEMS: &[ClassItem] = &[ClassItem::special(Slot::Init, init_name), field!("name")];

pub static SYNTAX_ERROR_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Init, init_syntax),
    ClassItem::special(Slot::Str, str_syntax),
    field!("msg"),
    field!("filename"),
    field!("lineno"),
    field!("offset"),
    field!("text"),
    field!("end_lineno"),
    field!("end_offset"),
    field!("print_file_and_line"),
];

pub static UNICODE_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Init, init_unicode),
    ClassItem::special(Slot::Str, str_unicode),
    field!("encoding"),
    field!("object"),
    field!("start"),
    field!("end"),
    field!("reason"),
];

pub static UNICODE_TRANSLATE_ITEMS: &[ClassItem] =
    &[field!("object"), field!("start"), field!("end"), field!("reason")];

fn init_value(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, _] = args else { return Ok(Value::None) };
    init(vm, args)?;
    put(
        this,
        "value",
        rest.as_tuple()
            .and_then(|items| items.first().cloned())
            .unwrap_or(Value::None),
    );
    Ok(Value::None)
}

fn init_code(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, _] = args else { return Ok(Value::None) };
    init(vm, args)?;
    put(
        this,
        "code",
        match rest.as_tuple().unwrap_or(&[]) {
            [] => Value::None,
            [one] => one.clone(),
            more => Value::tuple(more.to_vec()),
        },
    );
    Ok(Value::None)
}

/// A lone key is shown by its repr.
fn str_key(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let items = of(this).map(|exception| exception.args.borrow().clone());
    match items.as_deref() {
        Some([one]) => Ok(Value::str(&*vm.repr(one)?)),
        _ => str_of_args(vm, this),
    }
}

fn init_os(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    no_keywords(vm, this, keywords)?;
    let items = rest.as_tuple().unwrap_or(&[]);
    let mut kept = items.to_vec();
    if (2..=5).contains(&items.len()) {
        for (name, value) in ["errno", "strerror", "filename"].into_iter().zip(items) {
            put(this, name, value.clone());
        }
        if let Some(second) = items.get(4) {
            put(this, "filename2", second.clone());
        }
        kept.truncate(2);
    }
    if let Some(exception) = of(this) {
        exception.args.replace(kept.into());
    }
    Ok(Value::None)
}

fn str_os(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let (number, reason, file) = (read(this, "errno")?, read(this, "strerror")?, read(this, "filename")?);
    if number.is_none() && reason.is_none() {
        return str_of_args(vm, this);
    }
    let (number, reason) = (vm.str(&number)?, vm.str(&reason)?);
    if file.is_none() {
        return Ok(Value::str(format!("[Errno {number}] {reason}")));
    }
    let file = vm.repr(&file)?;
    Ok(Value::str(format!("[Errno {number}] {reason}: {file}")))
}

/// Takes the named keyword arguments into fields, refuses others.
fn keyword_fields(vm: &mut Vm, this: &Value, keywords: &Value, allowed: &[&str], title: &str) -> R<()> {
    let Some(dict) = keywords.as_dict() else { return Ok(()) };
    for (key, value) in dict.pairs() {
        let name = key.as_str().unwrap_or("");
        if !allowed.contains(&name) {
            return Err(vm.type_error(format!("'{name}' is an invalid keyword argument for {title}()")));
        }
        put(this, name, value);
    }
    Ok(())
}

fn set_args(this: &Value, rest: &Value) {
    if let Some(exception) = of(this) {
        exception.args.replace(rest.as_tuple().unwrap_or(&[]).into());
    }
}

fn init_import(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    keyword_fields(vm, this, keywords, &["name", "path"], "ImportError")?;
    set_args(this, rest);
    if let Some([one]) = rest.as_tuple() {
        put(this, "msg", one.clone());
    }
    Ok(Value::None)
}

fn str_import(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let message = read(this, "msg")?;
    if message.as_str().is_some() {
        Ok(message)
    } else {
        str_of_args(vm, this)
    }
}

fn init_attribute(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    keyword_fields(vm, this, keywords, &["name", "obj"], "AttributeError")?;
    set_args(this, rest);
    Ok(Value::None)
}

fn init_name(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    keyword_fields(vm, this, keywords, &["name"], "NameError")?;
    set_args(this, rest);
    Ok(Value::None)
}

fn init_syntax(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, keywords] = args else {
        return Ok(Value::None);
    };
    no_keywords(vm, this, keywords)?;
    set_args(this, rest);
    let items = rest.as_tuple().unwrap_or(&[]);
    if let Some(message) = items.first() {
        put(this, "msg", message.clone());
    }
    if let [_, place] = items {
        let place = vm.collect(place)?;
        for (name, value) in ["filename", "lineno", "offset", "text", "end_lineno", "end_offset"]
            .into_iter()
            .zip(place)
        {
            put(this, name, value);
        }
    }
    Ok(Value::None)
}

fn str_syntax(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let (message, file, line) = (read(this, "msg")?, read(this, "filename")?, read(this, "lineno")?);
    let text = vm.str(&message)?;
    let name = file
        .as_str()
        .map(|file| file.rsplit('/').next().unwrap_or(file).to_string());
    Ok(Value::str(match (name, line.as_int()) {
        (Some(name), Some(line)) => format!("{text} ({name}, line {line})"),
        (Some(name), None) => format!("{text} ({name})"),
        (None, Some(line)) => format!("{text} (line {line})"),
        (None, None) => text.to_string(),
    }))
}

fn init_unicode(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, rest, _] = args else { return Ok(Value::None) };
    let items = rest.as_tuple().unwrap_or(&[]);
    if items.len() != 5 {
        let count = items.len();
        return Err(vm.type_error(format!("function takes exactly 5 arguments ({count} given)")));
    }
    set_args(this, rest);
    for (name, value) in ["encoding", "object", "start", "end", "reason"].into_iter().zip(items) {
        put(this, name, value.clone());
    }
    Ok(Value::None)
}

fn str_unicode(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let (encoding, reason) = (read(this, "encoding")?, read(this, "reason")?);
    let (encoding, reason) = (vm.str(&encoding)?, vm.str(&reason)?);
    let (start, end) = (
        read(this, "start")?.as_int().unwrap_or(0),
        read(this, "end")?.as_int().unwrap_or(0),
    );
    let object = read(this, "object")?;
    let place = if end == start + 1 {
        format!("position {start}")
    } else {
        format!("position {start}-{}", end - 1)
    };
    let text = match (object.as_bytes(), object.as_string()) {
        (Some(bytes), _) => {
            let what = match (bytes.get(start as usize), end == start + 1) {
                (Some(byte), true) => format!("byte {byte:#04x} in"),
                _ => "bytes in".into(),
            };
            format!("'{encoding}' codec can't decode {what} {place}: {reason}")
        }
        (_, Some(text)) => {
            let what = match (text.char_at(start as usize), end == start + 1) {
                (Some(c), true) => {
                    let code = c as u32;
                    let shown = match code {
                        0..=0xff => format!("\\x{code:02x}"),
                        0x100..=0xffff => format!("\\u{code:04x}"),
                        _ => format!("\\U{code:08x}"),
                    };
                    format!("character '{shown}' in")
                }
                _ => "characters in".into(),
            };
            format!("'{encoding}' codec can't encode {what} {place}: {reason}")
        }
        _ => reason.to_string(),
    };
    Ok(Value::str(text))
}
