//! `str.format`, `str.format_map`, `str.__format__`.

use crate::python::format::FormatError;
use crate::python::format::quote::escape_non_ascii;
use crate::python::format::template::{self, First, Numbering, Piece, Pieces, Step};
use crate::python::format::text::format_str;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

pub(super) fn dunder_format(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, spec);
    let (Some(text), Some(spec)) = (this.as_str(), spec.as_str()) else {
        return Err(crate::python::types::str::not_text(vm, spec, "__format__", "argument"));
    };
    if spec.is_empty() {
        let text = vm.str(this)?;
        return Ok(Value::str(&*text));
    }
    let class = vm.type_name(this);
    format_str(text, spec, &class)
        .map(Value::str)
        .map_err(|error| error.raise(vm))
}

/// Where fields take their values from.
struct Source<'a> {
    /// None for `format_map`: positional fields are refused.
    positional: Option<&'a [Value]>,
    keywords: &'a Value,
    numbering: Numbering,
}

pub(super) fn format(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, positional, keywords);
    let positional = positional.as_tuple().unwrap_or(&[]);
    let mut source = Source {
        positional: Some(positional),
        keywords,
        numbering: Numbering::default(),
    };
    let mut out = String::with_capacity(text.len());
    render(vm, text, &mut source, 2, &mut out)?;
    Ok(Value::str(out))
}

pub(super) fn format_map(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, mapping);
    let mut source = Source {
        positional: None,
        keywords: mapping,
        numbering: Numbering::default(),
    };
    let mut out = String::with_capacity(text.len());
    render(vm, text, &mut source, 2, &mut out)?;
    Ok(Value::str(out))
}

fn fail(vm: &mut Vm, error: FormatError) -> crate::python::value::Raised {
    error.raise(vm)
}

fn render(vm: &mut Vm, text: &str, source: &mut Source<'_>, depth: u32, out: &mut String) -> R<()> {
    if depth == 0 {
        return Err(fail(vm, template::too_deep()));
    }
    for piece in Pieces::new(text) {
        let Piece { literal, field } = piece.map_err(|error| fail(vm, error))?;
        out.push_str(literal);
        let Some(field) = field else { continue };
        let value = look_up(vm, field.name, source)?;
        let value = match field.conversion {
            None => value,
            Some('r') => Value::str(&*vm.repr(&value)?),
            Some('s') => vm.str_value(&value)?,
            Some('a') => {
                let text = vm.repr(&value)?;
                Value::str(escape_non_ascii(&text))
            }
            Some(other) => return Err(fail(vm, template::unknown_conversion(other))),
        };
        let formatted = if field.nested {
            let mut spec = String::new();
            render(vm, field.spec, source, depth - 1, &mut spec)?;
            vm.format(&value, &spec)?
        } else {
            vm.format(&value, field.spec)?
        };
        out.push_str(&formatted);
    }
    Ok(())
}

fn look_up(vm: &mut Vm, name: &str, source: &mut Source<'_>) -> R<Value> {
    let (first, steps) = template::split_name(name).map_err(|error| fail(vm, error))?;
    let position = source.numbering.position(first).map_err(|error| fail(vm, error))?;
    let mut value = match (position, source.positional) {
        (Some(_), None) => return Err(vm.value_error("Format string contains positional fields")),
        (Some(at), Some(positional)) => match positional.get(at) {
            Some(value) => value.clone(),
            None => return Err(fail(vm, template::out_of_range(at))),
        },
        (None, _) => {
            let key = match first {
                First::Key(key) => key,
                First::Auto | First::Index(_) => "",
            };
            vm.get_item(source.keywords, &Value::str(key))?
        }
    };
    for step in steps {
        value = match step.map_err(|error| fail(vm, error))? {
            Step::Attribute(name) => vm.get_attr(&value, Symbol::new(name))?,
            Step::Index(at) => vm.get_item(&value, &Value::size(at))?,
            Step::Key(key) => vm.get_item(&value, &Value::str(key))?,
        };
    }
    Ok(value)
}
