//! `eval`, `exec`, `compile`, `globals`, `locals`, `__import__`.

use crate::python::native::{NativeDef, Parser};
use crate::python::object::{Dict, Object};
use crate::python::types::{bytes, str};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::rc::Rc;

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "eval",
        "(source, globals=None, locals=None, /)",
        Parser::Clinic,
        eval,
        "Evaluate the given source in the context of globals and locals.",
    ),
    NativeDef::new(
        "exec",
        "(source, globals=None, locals=None, /, *, closure=None)",
        Parser::Clinic,
        exec,
        "Execute the given source in the context of globals and locals.",
    ),
    NativeDef::new(
        "compile",
        "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        Parser::Clinic,
        compile,
        "Compile source into a code object that can be executed by exec() or eval().",
    ),
    NativeDef::new(
        "globals",
        "()",
        Parser::NoArgs,
        |vm, _| Ok(Value::dict_ref(&vm.current_globals())),
        "Return the dictionary containing the current scope's global variables.",
    ),
    NativeDef::new(
        "locals",
        "()",
        Parser::NoArgs,
        |vm, _| Ok(vm.current_locals()),
        "Return a dictionary containing the current scope's local variables.",
    ),
    NativeDef::new(
        "__import__",
        "(name, globals=None, locals=None, fromlist=(), level=0)",
        Parser::Keywords,
        import,
        "Import a module.",
    ),
];

/// What source may be: text, or code compiled before.
enum Program {
    Text(String),
    Code(Rc<crate::python::code::Code>),
}

fn program(vm: &mut Vm, source: &Value, function: &str) -> R<Program> {
    if let Some(Object::Code(code)) = source.obj() {
        return Ok(Program::Code(code.clone()));
    }
    if let Some(text) = source.as_str() {
        return Ok(Program::Text(text.to_string()));
    }
    match bytes::bytes_like(source) {
        Some(bytes) => Ok(Program::Text(String::from_utf8_lossy(&bytes).into_owned())),
        None => Err(vm.type_error(format!("{function}() arg 1 must be a string, bytes or code object"))),
    }
}

/// The dicts of globals and locals that arguments name; the current ones when omitted.
fn namespaces(vm: &mut Vm, globals: &Value, locals: &Value, function: &str) -> R<(Rc<Dict>, Option<Value>)> {
    let given = |value: &Value| !(value.is_unset() || value.is_none());
    let dict = if given(globals) {
        match globals.as_dict() {
            Some(dict) => {
                if dict.get_symbol(vm.names.dunder_builtins).is_none() {
                    let builtins = Value::object(Object::Module(vm.builtins.clone()));
                    dict.set_symbol(vm.names.dunder_builtins, builtins);
                }
                dict.clone()
            }
            None if function == "eval" => return Err(vm.type_error("globals must be a dict")),
            None => {
                let class = vm.type_name(globals);
                return Err(vm.type_error(format!("exec() globals must be a dict, not {class}")));
            }
        }
    } else {
        vm.current_globals()
    };
    let mapping = if given(locals) {
        let class = vm.class_of(locals);
        if class.slot(crate::python::class::Slot::GetItem).is_none() {
            if function == "eval" {
                return Err(vm.type_error("locals must be a mapping"));
            }
            let class = class.name();
            return Err(vm.type_error(format!("locals must be a mapping or None, not {class}")));
        }
        Some(locals.clone())
    } else if given(globals) {
        None
    } else {
        Some(vm.current_locals())
    };
    Ok((dict, mapping))
}

fn run(vm: &mut Vm, args: &[Value], function: &str) -> R<Value> {
    let [source, globals, locals, ..] = args else {
        return Ok(Value::None);
    };
    let program = program(vm, source, function)?;
    let (globals, locals) = namespaces(vm, globals, locals, function)?;
    match program {
        Program::Text(text) => {
            let text = if function == "eval" {
                text.trim_start_matches([' ', '\t'])
            } else {
                &text
            };
            vm.run_text(text, "<string>", function, &globals, locals)
        }
        // code belongs to the globals it was compiled for
        Program::Code(code) if Rc::ptr_eq(&code.globals, &globals) => vm.run_code(&code, locals.unwrap_or_default()),
        Program::Code(code) => {
            let source = crate::syntax::Source::new(&code.source.name, &code.source.text);
            let is_expression = function == "eval" && crate::syntax::parse_expression(&source).is_ok();
            let mode = if is_expression { "eval" } else { "exec" };
            let (text, name) = (code.source.text.to_string(), code.source.name.to_string());
            vm.run_text(&text, &name, mode, &globals, locals)
        }
    }
}

fn eval(vm: &mut Vm, args: &[Value]) -> R<Value> {
    run(vm, args, "eval")
}

fn exec(vm: &mut Vm, args: &[Value]) -> R<Value> {
    run(vm, args, "exec")?;
    Ok(Value::None)
}

fn compile(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [source, filename, mode, ..] = args else {
        return Ok(Value::None);
    };
    let filename = match filename.as_str() {
        Some(name) => name.to_string(),
        None => {
            let class = vm.type_name(filename);
            return Err(vm.type_error(format!("expected str, bytes or os.PathLike object, not {class}")));
        }
    };
    let mode = str::text_argument(vm, mode, "compile", "argument 'mode'")?;
    if !matches!(mode, "exec" | "eval" | "single") {
        return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'"));
    }
    let globals = vm.current_globals();
    match program(vm, source, "compile")? {
        Program::Code(code) => Ok(Value::object(Object::Code(code))),
        Program::Text(text) => {
            let code = vm.compile_text(&text, &filename, mode, &globals, false)?;
            Ok(Value::object(Object::Code(code)))
        }
    }
}

fn import(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [name, _globals, _locals, from, _level] = args else {
        return Ok(Value::None);
    };
    let name = str::text_argument(vm, name, "__import__", "argument 1")?.to_string();
    let module = vm.import_module(&name)?;
    let has_from = !from.is_unset() && vm.truth(from)?;
    match name.split_once('.') {
        Some((first, _)) if !has_from => vm.import_module(first),
        _ => Ok(module),
    }
}
