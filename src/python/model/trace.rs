//! `cell`, `code`, `traceback`, and the frames that tracebacks show.

use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::code::{Code, CodeKind};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Dict, Foreign, Object, Traceback};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cell::RefCell;
use std::rc::Rc;

pub static CELL_ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, contents=None, /)",
        Parser::Unpack,
        new_cell,
        "Create a new cell object.",
    )),
    ClassItem::Property {
        name: "cell_contents",
        get: cell_contents,
        set: Some(set_cell_contents),
        help: "",
    },
    ClassItem::special(Slot::Repr, repr_cell),
];

pub static CODE_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr_code),
    ClassItem::getter("co_name", co_name, ""),
    ClassItem::getter("co_qualname", co_qualname, ""),
    ClassItem::getter("co_filename", co_filename, ""),
    ClassItem::getter("co_firstlineno", co_firstlineno, ""),
    ClassItem::getter("co_argcount", co_argcount, ""),
    ClassItem::getter("co_posonlyargcount", co_posonlyargcount, ""),
    ClassItem::getter("co_kwonlyargcount", co_kwonlyargcount, ""),
    ClassItem::getter("co_nlocals", co_nlocals, ""),
    ClassItem::getter("co_varnames", co_varnames, ""),
    ClassItem::getter("co_freevars", co_freevars, ""),
    ClassItem::getter("co_cellvars", co_cellvars, ""),
    ClassItem::getter("co_names", co_names, ""),
    ClassItem::getter("co_consts", co_consts, ""),
    ClassItem::getter("co_flags", co_flags, ""),
];

pub static TRACEBACK_ITEMS: &[ClassItem] = &[
    ClassItem::getter("tb_lineno", tb_lineno, ""),
    ClassItem::getter("tb_next", tb_next, ""),
    ClassItem::getter("tb_frame", tb_frame, ""),
    ClassItem::getter("tb_lasti", tb_lasti, ""),
];

pub static FRAME_ITEMS: &[ClassItem] = &[
    ClassItem::special(Slot::Repr, repr_frame),
    ClassItem::getter("f_code", f_code, ""),
    ClassItem::getter("f_lineno", f_lineno, ""),
    ClassItem::getter("f_globals", f_globals, ""),
    ClassItem::getter("f_locals", f_locals, ""),
    ClassItem::getter("f_back", f_back, ""),
    ClassItem::getter("f_builtins", f_builtins, ""),
];

/// A frame as programs see it: where it stood, without its registers.
pub struct FrameView {
    class: ClassRef,
    code: Rc<Code>,
    line: u32,
    locals: Value,
    back: Option<Value>,
}

impl Foreign for FrameView {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

impl Vm {
    /// The frame `depth` levels above the current one (`sys._getframe`); None beyond the outermost.
    pub fn frame_view(&mut self, depth: usize) -> Option<Value> {
        let count = self.frames.len();
        if depth >= count {
            return None;
        }
        let mut back: Option<Value> = None;
        let mut views: Vec<(Rc<Code>, u32)> = Vec::new();
        for frame in self.frames.iter().take(count - depth) {
            if let Some(code) = frame.code() {
                views.push((code.clone(), code.line(frame.position().saturating_sub(1))));
            }
        }
        let last = views.len();
        for (at, (code, line)) in views.into_iter().enumerate() {
            let locals = if at + 1 == last && depth == 0 {
                self.current_locals()
            } else if code.kind == CodeKind::Module {
                Value::dict_ref(&code.globals)
            } else {
                Value::dict(Dict::new())
            };
            let class = self.types.frame.clone();
            back = Some(Value::object(Object::Foreign(Box::new(FrameView {
                class,
                code,
                line,
                locals,
                back,
            }))));
        }
        back
    }

    /// File and line where the frame `depth` levels above the current one stands.
    pub fn place_of_frame(&self, depth: usize) -> Option<(Rc<str>, u32)> {
        let at = self.frames.len().checked_sub(depth + 1)?;
        let frame = self.frames.get(at)?;
        let code = frame.code()?;
        Some((code.source.name.clone(), code.line(frame.position().saturating_sub(1))))
    }
}

fn new_cell(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, contents] = args else { return Ok(Value::None) };
    Ok(Value::object(Object::Cell(RefCell::new(contents.clone()))))
}

fn cell_contents(vm: &mut Vm, this: &Value) -> R<Value> {
    match this.obj() {
        Some(Object::Cell(cell)) if !cell.borrow().is_unset() => Ok(cell.borrow().clone()),
        _ => Err(vm.value_error("Cell is empty")),
    }
}

fn set_cell_contents(_vm: &mut Vm, this: &Value, value: Value) -> R<()> {
    if let Some(Object::Cell(cell)) = this.obj() {
        let old = cell.replace(value);
        drop(old);
    }
    Ok(())
}

fn repr_cell(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let address = this.identity();
    let contents = match this.obj() {
        Some(Object::Cell(cell)) => cell.borrow().clone(),
        _ => Value::Unset,
    };
    Ok(Value::str(if contents.is_unset() {
        format!("<cell at {address:#x}: empty>")
    } else {
        format!(
            "<cell at {address:#x}: {} object at {:#x}>",
            vm.type_name(&contents),
            contents.identity()
        )
    }))
}

fn code_of(value: &Value) -> Option<&Rc<Code>> {
    match value.obj() {
        Some(Object::Code(code)) => Some(code),
        _ => None,
    }
}

fn repr_code(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(code) = code_of(this) else {
        return Ok(Value::str(""));
    };
    Ok(Value::str(format!(
        "<code object {} at {:#x}, file \"{}\", line {}>",
        code.name,
        this.identity(),
        code.source.name,
        code.first_line
    )))
}

macro_rules! code_field {
    ($name:ident, |$code:ident| $value:expr) => {
        fn $name(_vm: &mut Vm, this: &Value) -> R<Value> {
            let Some($code) = code_of(this) else {
                return Ok(Value::None);
            };
            Ok($value)
        }
    };
}

fn texts(names: impl Iterator<Item = crate::syntax::symbol::Symbol>) -> Value {
    Value::tuple(names.map(|name| Value::str(name.text())).collect::<Vec<_>>())
}

code_field!(co_name, |code| Value::str(code.name.text()));
code_field!(co_qualname, |code| Value::str(&*code.qualname));
code_field!(co_filename, |code| Value::str(&*code.source.name));
code_field!(co_firstlineno, |code| Value::Int(i64::from(code.first_line)));
code_field!(co_argcount, |code| Value::Int(i64::from(code.parameters.positional)));
code_field!(co_posonlyargcount, |code| Value::Int(i64::from(
    code.parameters.positional_only
)));
code_field!(co_kwonlyargcount, |code| Value::Int(i64::from(
    code.parameters.keyword_only
)));
code_field!(co_nlocals, |code| Value::size(code.locals.len()));
code_field!(co_freevars, |code| texts(code.free.iter().map(|(name, _)| *name)));
code_field!(co_names, |code| texts(code.names.iter().copied()));
code_field!(co_consts, |code| Value::tuple(code.constants.clone()));
code_field!(co_varnames, |code| texts(
    code.locals
        .iter()
        .enumerate()
        .filter(|(at, _)| *at < code.parameters.count() || !code.cells.contains(&(*at as u16)))
        .map(|(_, name)| *name)
));
code_field!(co_cellvars, |code| texts(
    code.locals
        .iter()
        .enumerate()
        .filter(|(at, _)| code.cells.contains(&(*at as u16)))
        .map(|(_, name)| *name)
));
code_field!(co_flags, |code| Value::Int(
    3 | (i64::from(code.parameters.varargs) << 2)
        | (i64::from(code.parameters.varkeywords) << 3)
        | match code.kind {
            CodeKind::Generator => 0x20,
            CodeKind::Coroutine => 0x80,
            CodeKind::AsyncGenerator => 0x200,
            _ => 0,
        }
));

fn traceback_of(value: &Value) -> Option<&Rc<Traceback>> {
    match value.obj() {
        Some(Object::Traceback(traceback)) => Some(traceback),
        _ => None,
    }
}

fn tb_lineno(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(traceback_of(this).map_or(Value::None, |entry| {
        Value::Int(i64::from(entry.code.line(entry.position)))
    }))
}

fn tb_next(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(match traceback_of(this).and_then(|entry| entry.next.borrow().clone()) {
        Some(next) => Value::object(Object::Traceback(next)),
        None => Value::None,
    })
}

fn tb_lasti(_vm: &mut Vm, this: &Value) -> R<Value> {
    Ok(traceback_of(this).map_or(Value::None, |entry| Value::Int(i64::from(entry.position) * 2)))
}

fn tb_frame(vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(entry) = traceback_of(this) else {
        return Ok(Value::None);
    };
    let class = vm.types.frame.clone();
    let view = FrameView {
        class,
        code: entry.code.clone(),
        line: entry.code.line(entry.position),
        locals: Value::dict(Dict::new()),
        back: None,
    };
    Ok(Value::object(Object::Foreign(Box::new(view))))
}

fn repr_frame(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this] = args else { return Ok(Value::None) };
    let Some(view) = this.as_foreign::<FrameView>() else {
        return Ok(Value::str(""));
    };
    Ok(Value::str(format!(
        "<frame at {:#x}, file '{}', line {}, code {}>",
        this.identity(),
        view.code.source.name,
        view.line,
        view.code.name
    )))
}

macro_rules! frame_field {
    ($name:ident, |$view:ident| $value:expr) => {
        fn $name(_vm: &mut Vm, this: &Value) -> R<Value> {
            let Some($view) = this.as_foreign::<FrameView>() else {
                return Ok(Value::None);
            };
            Ok($value)
        }
    };
}

frame_field!(f_code, |view| Value::object(Object::Code(view.code.clone())));
frame_field!(f_lineno, |view| Value::Int(i64::from(view.line)));
frame_field!(f_globals, |view| Value::dict_ref(&view.code.globals));
frame_field!(f_locals, |view| view.locals.clone());
frame_field!(f_back, |view| view.back.clone().unwrap_or(Value::None));

fn f_builtins(vm: &mut Vm, _this: &Value) -> R<Value> {
    Ok(Value::dict_ref(&vm.builtins.dict))
}
