//! `sys`: what a session may know and set of its interpreter.

use crate::python::class::slot::Slot;
use crate::python::class::{ClassRef, Flags, Layout};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::module::ModuleResolver;
use crate::python::object::{Foreign, Module, Object};
use crate::python::value::{R, Value};
use crate::python::vm::{ClassSpec, MOST_FRAMES, Vm};
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "exit",
        "(status=None, /)",
        Parser::Clinic,
        exit,
        "Exit the interpreter by raising SystemExit(status).",
    ),
    NativeDef::new(
        "getrecursionlimit",
        "()",
        Parser::NoArgs,
        |vm, _| Ok(Value::size(vm.recursion_limit)),
        "Return the current value of the recursion limit.",
    ),
    NativeDef::new(
        "setrecursionlimit",
        "(limit, /)",
        Parser::One,
        set_recursion_limit,
        "Set the maximum depth of the Python interpreter stack to n.",
    ),
    NativeDef::new(
        "get_int_max_str_digits",
        "()",
        Parser::NoArgs,
        |vm, _| Ok(Value::size(vm.int_max_digits)),
        "Return the maximum string digits limit for non-binary int<->str conversions.",
    ),
    NativeDef::new(
        "set_int_max_str_digits",
        "(maxdigits)",
        Parser::Clinic,
        set_int_digits,
        "Set the maximum string digits limit for non-binary int<->str conversions.",
    ),
    NativeDef::new(
        "getrefcount",
        "(object, /)",
        Parser::One,
        |_, args| Ok(Value::size(args.first().and_then(Value::references).unwrap_or(2))),
        "Return the reference count of object.",
    ),
    NativeDef::new(
        "getsizeof",
        "(object, default=None)",
        Parser::Clinic,
        size_of,
        "Return the size of object in bytes.",
    ),
    NativeDef::new(
        "intern",
        "(string, /)",
        Parser::One,
        |_, args| Ok(args.first().cloned().unwrap_or_default()),
        "``Intern'' the given string.",
    ),
    NativeDef::new(
        "exc_info",
        "()",
        Parser::NoArgs,
        exc_info,
        "Return current exception information: (type, value, traceback).",
    ),
    NativeDef::new(
        "displayhook",
        "(object, /)",
        Parser::One,
        display,
        "Print an object to sys.stdout and also save it in builtins._",
    ),
    NativeDef::new(
        "_getframe",
        "(depth=0, /)",
        Parser::Clinic,
        get_frame,
        "Return a frame object from the call stack.",
    ),
    NativeDef::new(
        "getdefaultencoding",
        "()",
        Parser::NoArgs,
        |_, _| Ok(Value::str("utf-8")),
        "Return the current default encoding used by the Unicode implementation.",
    ),
    NativeDef::new(
        "is_finalizing",
        "()",
        Parser::NoArgs,
        |_, _| Ok(Value::False),
        "Return True if Python is exiting.",
    ),
];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("sys");
    vm.define_functions(&module, FUNCTIONS);
    let stream = vm.new_class(ClassSpec {
        name: "TextIOWrapper",
        module: "_io",
        bases: &[],
        layout: Some(Layout::Foreign("TextIOWrapper")),
        flags: Flags::NO_NEW,
        doc: "A stream of text.",
    })?;
    vm.define(&stream, STREAM);
    let streams = [
        ("stdin", Direction::In),
        ("stdout", Direction::Out),
        ("stderr", Direction::Err),
    ];
    for (name, direction) in streams {
        let made = Value::object(Object::Foreign(Box::new(Stream {
            class: stream.clone(),
            direction,
        })));
        module.set(&format!("__{name}__"), made.clone());
        module.set(name, made);
    }
    let argv = if vm.argv.is_empty() {
        vec![String::new()]
    } else {
        vm.argv.clone()
    };
    module.set("argv", Value::list(argv.into_iter().map(Value::str).collect()));
    module.set("path", Value::list(Vec::new()));
    module.set("modules", Value::dict_ref(&vm.modules));
    module.set("version", Value::str("3.11.7 (main) [gradshell]"));
    module.set("maxsize", Value::int(i64::MAX));
    module.set("maxunicode", Value::int(0x10ffff));
    module.set("byteorder", Value::str("little"));
    module.set("platform", Value::str("linux"));
    module.set("executable", Value::str(""));
    module.set("prefix", Value::str(""));
    module.set("hexversion", Value::int(0x030b07f0));
    module.set("float_repr_style", Value::str("short"));
    module.set("ps1", Value::str(">>> "));
    module.set("ps2", Value::str("... "));
    module.set("dont_write_bytecode", Value::True);
    module.set("warnoptions", Value::list(Vec::new()));
    module.set(
        "builtin_module_names",
        Value::tuple(vec![Value::str("builtins"), Value::str("sys")]),
    );
    *module.resolver.borrow_mut() = Some(Rc::new(Records));
    Ok(module)
}

/// The records of `sys` (`version_info` and its kin), classes written in Python: made when first asked for.
struct Records;

const LATE: &[&str] = &[
    "version_info",
    "float_info",
    "int_info",
    "flags",
    "implementation",
    "hash_info",
];

impl ModuleResolver for Records {
    fn resolve(&self, vm: &mut Vm, name: Symbol) -> R<Option<Value>> {
        if !LATE.contains(&name.text()) {
            return Ok(None);
        }
        let records = vm.import_module("_sys_records")?;
        Ok(match records.obj() {
            Some(Object::Module(records)) => records.dict.get_symbol(name),
            _ => None,
        })
    }

    fn names(&self) -> Vec<Symbol> {
        LATE.iter().map(|name| Symbol::new(name)).collect()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    In,
    Out,
    Err,
}

/// One of the session's own streams.
struct Stream {
    class: ClassRef,
    direction: Direction,
}

impl Foreign for Stream {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

static STREAM: &[ClassItem] = &[
    ClassItem::method(
        "write",
        "(self, text, /)",
        Parser::One,
        write,
        "Write string to stream.",
    ),
    ClassItem::method(
        "flush",
        "(self, /)",
        Parser::NoArgs,
        |_, _| Ok(Value::None),
        "Flush write buffers, if applicable.",
    ),
    ClassItem::method(
        "isatty",
        "(self, /)",
        Parser::NoArgs,
        |_, _| Ok(Value::False),
        "Return whether this is an interactive stream.",
    ),
    ClassItem::method(
        "readline",
        "(self, size=-1, /)",
        Parser::Clinic,
        read_line,
        "Read until newline or EOF.",
    ),
    ClassItem::getter(
        "encoding",
        |_, _| Ok(Value::str("utf-8")),
        "Encoding of the text stream.",
    ),
    ClassItem::getter(
        "name",
        |_, this| Ok(Value::str(stream_name(this))),
        "The stream's name.",
    ),
    ClassItem::special(Slot::Repr, repr),
];

fn stream_name(this: &Value) -> &'static str {
    match this.as_foreign::<Stream>().map(|stream| stream.direction) {
        Some(Direction::In) => "<stdin>",
        Some(Direction::Err) => "<stderr>",
        _ => "<stdout>",
    }
}

fn write(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, text] = args else { return Ok(Value::None) };
    let Some(text) = text.as_str() else {
        let class = vm.type_name(text);
        return Err(vm.type_error(format!("write() argument must be str, not {class}")));
    };
    if this
        .as_foreign::<Stream>()
        .is_some_and(|stream| stream.direction == Direction::Err)
    {
        vm.host.stderr(text);
    } else {
        vm.host.stdout(text);
    }
    Ok(Value::size(text.chars().count()))
}

fn read_line(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(Value::str(vm.host.read_line().unwrap_or_default()))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let name = stream_name(this);
    let mode = if name == "<stdin>" { "r" } else { "w" };
    Ok(Value::str(format!(
        "<_io.TextIOWrapper name='{name}' mode='{mode}' encoding='utf-8'>"
    )))
}

fn exit(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let given = args.first().filter(|status| !status.is_unset()).cloned();
    let class = vm.exceptions.system_exit.clone();
    Err(vm.raise_args(&class, given.into_iter().collect()))
}

fn set_recursion_limit(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [limit] = args else { return Ok(Value::None) };
    let limit = vm.index(limit)?;
    if limit < 1 {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    }
    vm.recursion_limit = (limit as usize).min(MOST_FRAMES);
    Ok(Value::None)
}

fn set_int_digits(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [digits] = args else { return Ok(Value::None) };
    let digits = vm.index(digits)?;
    if digits != 0 && digits < 640 {
        return Err(vm.value_error("maxdigits must be 0 or larger than 640"));
    }
    vm.int_max_digits = digits as usize;
    Ok(Value::None)
}

/// CPython's sizes of the plain kinds, so that examples of `getsizeof` hold.
fn size_of(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(value) = args.first() else {
        return Ok(Value::None);
    };
    let size = match value {
        Value::None => 16,
        Value::False => 24,
        Value::True => 28,
        Value::Int(0) => 24,
        Value::Int(number) if number.unsigned_abs() < 1 << 30 => 28,
        Value::Int(number) if number.unsigned_abs() < 1 << 60 => 32,
        Value::Int(_) => 36,
        Value::Float(_) => 24,
        other => {
            if let Some(text) = other.as_str() {
                let count = text.chars().count();
                if text.is_ascii() { 49 + count } else { 74 + 2 * count }
            } else if let Some(list) = other.as_list() {
                56 + 8 * list.snapshot().len()
            } else if let Some(items) = other.as_tuple() {
                40 + 8 * items.len()
            } else if let Some(bytes) = other.as_bytes() {
                33 + bytes.len()
            } else if other.as_dict().is_some() {
                64
            } else {
                48
            }
        }
    };
    Ok(Value::size(size))
}

fn exc_info(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    let exception = vm.handled_exception();
    if exception.is_none() {
        return Ok(Value::tuple(vec![Value::None, Value::None, Value::None]));
    }
    let class = Value::class(&vm.class_of(&exception));
    let traceback = vm.get_attr(&exception, crate::syntax::symbol::Symbol::new("__traceback__"))?;
    Ok(Value::tuple(vec![class, exception, traceback]))
}

fn display(vm: &mut Vm, args: &[Value]) -> R<Value> {
    if let Some(value) = args.first() {
        vm.display_plainly(value)?;
    }
    Ok(Value::None)
}

fn get_frame(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let depth = match args.first() {
        Some(depth) if !depth.is_unset() => vm.index(depth)?,
        _ => 0,
    };
    match vm.frame_view(depth.max(0) as usize) {
        Some(frame) => Ok(frame),
        None => Err(vm.value_error("call stack is not deep enough")),
    }
}

/// The named tuples of `sys`, which `sys` itself takes from here.
pub const RECORDS: &str = "\
from collections import namedtuple as _namedtuple
from types import SimpleNamespace as _SimpleNamespace


def _record(name, **fields):
    cls = _namedtuple(name, list(fields))
    cls.__repr__ = lambda self: f\"sys.{name}({', '.join(f'{k}={v!r}' for k, v in zip(self._fields, self))})\"
    return cls(*fields.values())


version_info = _record('version_info', major=3, minor=11, micro=7, releaselevel='final', serial=0)
float_info = _record('float_info', max=1.7976931348623157e+308, max_exp=1024, max_10_exp=308, min=2.2250738585072014e-308, min_exp=-1021, min_10_exp=-307, dig=15, mant_dig=53, epsilon=2.220446049250313e-16, radix=2, rounds=1)
int_info = _record('int_info', bits_per_digit=30, sizeof_digit=4, default_max_str_digits=4300, str_digits_check_threshold=640)
hash_info = _record('hash_info', width=64, modulus=2305843009213693951, inf=314159, nan=0, imag=1000003, algorithm='siphash13', hash_bits=64, seed_bits=128, cutoff=0)
flags = _record('flags', debug=0, inspect=0, interactive=0, optimize=0, dont_write_bytecode=0, no_user_site=0, no_site=0, ignore_environment=0, verbose=0, bytes_warning=0, quiet=0, hash_randomization=1, isolated=0, dev_mode=False, utf8_mode=0, warn_default_encoding=0, safe_path=False, int_max_str_digits=4300)
implementation = _SimpleNamespace(name='cpython', cache_tag='cpython-311', version=version_info, hexversion=51054576)
";
