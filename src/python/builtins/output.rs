//! `print`, `input`, and the functions that reach outside the session, which are refused.

use crate::python::native::{NativeDef, Parser};
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "print",
        "(*args, sep=' ', end='\\n', file=None, flush=False)",
        Parser::Clinic,
        print,
        "Prints the values to a stream, or to sys.stdout by default.",
    ),
    NativeDef::new(
        "input",
        "(prompt='', /)",
        Parser::Clinic,
        input,
        "Read a string from standard input.  The trailing newline is stripped.",
    ),
    NativeDef::new(
        "open",
        "(file, *args, **kwargs)",
        Parser::Keywords,
        open,
        "Open file and return a stream.  Files are out of reach of a session.",
    ),
    NativeDef::new(
        "breakpoint",
        "(*args, **kwargs)",
        Parser::Keywords,
        breakpoint,
        "Call sys.breakpointhook(*args, **kws).",
    ),
];

/// `sep` and `end`: text, or None for the default.
fn separator(vm: &mut Vm, value: &Value, name: &str, default: &'static str) -> R<String> {
    if value.is_unset() || value.is_none() {
        return Ok(default.to_string());
    }
    match value.as_str() {
        Some(text) => Ok(text.to_string()),
        None => {
            let class = vm.type_name(value);
            Err(vm.type_error(format!("{name} must be None or a string, not {class}")))
        }
    }
}

fn print(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => values, sep, end, file, flush);
    let sep = separator(vm, sep, "sep", " ")?;
    let end = separator(vm, end, "end", "\n")?;
    let values = values.as_tuple().unwrap_or(&[]);
    if file.is_unset() || file.is_none() {
        let mut text = String::new();
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                text.push_str(&sep);
            }
            match vm.str(value) {
                Ok(shown) => text.push_str(&shown),
                Err(raised) => {
                    // what came before the error was written
                    let exception = vm.take_exception();
                    vm.write_stdout(&text)?;
                    return Err(exception.map_or(raised, |exception| vm.reraise(exception)));
                }
            }
        }
        text.push_str(&end);
        vm.write_stdout(&text)?;
        return Ok(Value::None);
    }
    let write = vm.names.write;
    let write = vm.get_attr(file, write)?;
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            vm.call(&write, &[Value::str(&*sep)])?;
        }
        let shown = vm.str(value)?;
        vm.call(&write, &[Value::str(&*shown)])?;
    }
    vm.call(&write, &[Value::str(end)])?;
    if !flush.is_unset() && vm.truth(flush)? {
        vm.call_method(file, Symbol::new("flush"), &[])?;
    }
    Ok(Value::None)
}

fn input(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => prompt);
    if !prompt.is_unset() {
        let text = vm.str(prompt)?;
        vm.write_stdout(&text)?;
    }
    match vm.host.read_line() {
        Some(line) => {
            let line = line.strip_suffix('\n').unwrap_or(&line);
            Ok(Value::str(line))
        }
        None => Err(vm.eof_error("EOF when reading a line")),
    }
}

fn open(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => file, _rest, _keywords);
    let shown = vm.repr(file)?;
    let class = vm.exceptions.permission_error.clone();
    Err(vm.raise(&class, format!("gradshell sessions have no access to files: {shown}")))
}

fn breakpoint(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Err(vm.unsupported("breakpoint()"))
}
