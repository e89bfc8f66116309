//! `text % values`.

use crate::python::class::Slot;
use crate::python::format::FormatError;
use crate::python::format::percent::{Amount, Directive, Piece, Pieces};
use crate::python::format::quote::escape_non_ascii;
use crate::python::types::{float, int};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub(super) fn modulo(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => text: as_str, values);
    Ok(Value::str(formatted(vm, text, values, "string", &text_conversions)?))
}

pub(super) fn reflected_modulo(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => values, text);
    match text.as_str() {
        Some(text) => Ok(Value::str(formatted(vm, text, values, "string", &text_conversions)?)),
        None => Ok(Value::NotImplemented),
    }
}

/// The arguments of a format string: a tuple's items one after the other, anything else once.
struct Arguments<'a> {
    values: &'a Value,
    /// Items of a tuple; None when the values are one argument.
    items: Option<&'a [Value]>,
    used: usize,
    /// What `%(name)s` looks into.
    mapping: Option<&'a Value>,
    /// The value a key led to, until it is used.
    keyed: Option<Value>,
    /// A key was used: plain arguments are over.
    by_key: bool,
}

impl Arguments<'_> {
    fn next(&mut self, vm: &mut Vm) -> R<Value> {
        if let Some(value) = self.keyed.take() {
            return Ok(value);
        }
        let value = match self.items {
            _ if self.by_key => None,
            Some(items) => items.get(self.used).cloned(),
            None => (self.used == 0).then(|| self.values.clone()),
        };
        self.used += 1;
        value.ok_or_else(|| vm.type_error("not enough arguments for format string"))
    }

    fn all_used(&self) -> bool {
        self.by_key || self.mapping.is_some() || self.used >= self.items.map_or(1, <[Value]>::len)
    }
}

/// Converts the argument of a directive that is no number: `s r a c b`; None for other conversions.
type TextConversion = dyn Fn(&mut Vm, &Directive<'_>, &Value) -> R<Option<String>>;

fn text_conversions(vm: &mut Vm, directive: &Directive<'_>, value: &Value) -> R<Option<String>> {
    Ok(Some(match directive.conversion {
        's' => vm.str(value)?.to_string(),
        'r' => vm.repr(value)?.to_string(),
        'a' => {
            let text = vm.repr(value)?;
            escape_non_ascii(&text)
        }
        _ => return Ok(None),
    }))
}

/// Formats `text`, a `kind` of text (`string`, `bytes`); `convert` knows the conversions to text, which bytes and str have of their own.
pub fn formatted(vm: &mut Vm, text: &str, values: &Value, kind: &str, convert: &TextConversion) -> R<String> {
    let items = values.as_tuple();
    let is_mapping = items.is_none()
        && values.as_str().is_none()
        && vm
            .class_of(values)
            .slot(Slot::GetItem)
            .is_some_and(|method| !method.is_none());
    let mut arguments = Arguments {
        values,
        items,
        used: 0,
        mapping: is_mapping.then_some(values),
        keyed: None,
        by_key: false,
    };
    let mut out = String::with_capacity(text.len() + 16);
    for piece in Pieces::new(text) {
        match piece.map_err(|error| error.raise(vm))? {
            Piece::Literal(literal) => out.push_str(literal),
            Piece::Directive(directive) => write(vm, &directive, &mut arguments, convert, &mut out)?,
        }
    }
    if !arguments.all_used() {
        return Err(vm.type_error(format!("not all arguments converted during {kind} formatting")));
    }
    Ok(out)
}

fn amount(vm: &mut Vm, amount: Option<Amount>, arguments: &mut Arguments<'_>) -> R<Option<i64>> {
    match amount {
        None => Ok(None),
        Some(Amount::Given(n)) => Ok(Some(n as i64)),
        Some(Amount::Star) => {
            let value = arguments.next(vm)?;
            match value.as_int() {
                Some(n) => Ok(Some(n)),
                None => Err(vm.type_error("* wants int")),
            }
        }
    }
}

fn write(
    vm: &mut Vm,
    directive: &Directive<'_>,
    arguments: &mut Arguments<'_>,
    convert: &TextConversion,
    out: &mut String,
) -> R<()> {
    if let Some(key) = directive.key {
        let Some(mapping) = arguments.mapping else {
            return Err(vm.type_error("format requires a mapping"));
        };
        arguments.keyed = Some(vm.get_item(mapping, &Value::str(key))?);
        arguments.by_key = true;
    }
    let mut directive = directive.clone();
    let width = amount(vm, directive.width, arguments)?;
    directive.left |= width.is_some_and(|width| width < 0);
    let width = width.map_or(0, i64::unsigned_abs) as usize;
    let precision = amount(vm, directive.precision, arguments)?.map(|n| n.max(0) as usize);
    if directive.conversion == '%' {
        out.push('%');
        return Ok(());
    }
    let known = "sracbdiuoxXeEfFgG";
    if !known.contains(directive.conversion) {
        return Err(directive.unsupported().raise(vm));
    }
    let value = arguments.next(vm)?;
    let fail = |vm: &mut Vm, error: FormatError| error.raise(vm);
    match directive.conversion {
        'd' | 'i' | 'u' => {
            let number = whole(vm, &directive, &value)?;
            let limit = vm.int_max_digits;
            if let Some(number) = int::as_integer(&number) {
                directive
                    .integer(number, width, precision, limit, out)
                    .map_err(|error| fail(vm, error))?;
            }
        }
        'o' | 'x' | 'X' => {
            let Some(number) = vm.try_index(&value)? else {
                let (c, class) = (directive.conversion, vm.type_name(&value));
                return Err(vm.type_error(format!("%{c} format: an integer is required, not {class}")));
            };
            let number = Value::big(number);
            if let Some(number) = int::as_integer(&number) {
                directive
                    .integer(number, width, precision, 0, out)
                    .map_err(|error| fail(vm, error))?;
            }
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let number = float::must_be_real(vm, &value)?;
            directive
                .float(number, width, precision, out)
                .map_err(|error| fail(vm, error))?;
        }
        'c' if value.as_bytes().is_none() => {
            let c = character(vm, &value)?;
            directive
                .text(&c.to_string(), width, None, out)
                .map_err(|error| fail(vm, error))?;
        }
        _ => match convert(vm, &directive, &value)? {
            Some(text) => directive
                .text(&text, width, precision, out)
                .map_err(|error| fail(vm, error))?,
            None => return Err(directive.unsupported().raise(vm)),
        },
    }
    Ok(())
}

/// The integer of `%d`: real numbers lose their fraction.
fn whole(vm: &mut Vm, directive: &Directive<'_>, value: &Value) -> R<Value> {
    if value.is_int() {
        return Ok(value.clone());
    }
    let class = vm.class_of(value);
    let is_number = [Slot::Int, Slot::Index].iter().any(|slot| class.slot(*slot).is_some());
    if is_number {
        match int::convert::to_int(vm, value) {
            Ok(number) => return Ok(number),
            Err(raised) => {
                let type_error = vm.exceptions.type_error.clone();
                if !vm.caught(&type_error) {
                    return Err(raised);
                }
            }
        }
    }
    let (c, class) = (directive.conversion, class.name());
    Err(vm.type_error(format!("%{c} format: a real number is required, not {class}")))
}

fn character(vm: &mut Vm, value: &Value) -> R<char> {
    if let Some(text) = value.as_str() {
        let mut chars = text.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return Ok(c);
        }
    } else if value.as_float().is_none()
        && let Some(code) = vm.try_index(value)?
    {
        use num_traits::ToPrimitive;
        return code
            .to_u32()
            .and_then(char::from_u32)
            .ok_or_else(|| vm.overflow_error("%c arg not in range(0x110000)"));
    }
    Err(vm.type_error("%c requires int or char"))
}
