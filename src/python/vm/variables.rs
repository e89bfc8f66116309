//! Variables: what is missing, mappings of locals, functions made at run time.

use super::Vm;
use crate::python::code::{Code, CodeKind};
use crate::python::object::{Dict, Function, FunctionData, Module, Object};
use crate::python::value::{R, Raised, Value};
use crate::syntax::symbol::Symbol;
use std::cell::RefCell;
use std::rc::Rc;

impl Vm {
    #[cold]
    pub(super) fn unbound_local(&mut self, register: u16) -> Raised {
        let name = self
            .current_code()
            .and_then(|code| code.locals.get(register as usize).copied());
        self.unbound(name)
    }

    #[cold]
    fn unbound(&mut self, name: Option<Symbol>) -> Raised {
        let name = name.map_or("?", Symbol::text);
        let class = self.exceptions.unbound_local_error.clone();
        self.raise(
            &class,
            format!("cannot access local variable '{name}' where it is not associated with a value"),
        )
    }

    #[cold]
    pub(super) fn unbound_cell(&mut self, register: u16) -> Raised {
        let Some(code) = self.current_code() else { return Raised };
        match code.free.iter().find(|(_, r)| *r == register) {
            Some((name, _)) => {
                let text = format!(
                    "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                );
                self.named_error(*name, text)
            }
            None => {
                let name = code.locals.get(register as usize).copied();
                self.unbound(name)
            }
        }
    }

    /// NameError with the field that `Did you mean` needs.
    #[cold]
    fn named_error(&mut self, name: Symbol, text: String) -> Raised {
        let class = self.exceptions.name_error.clone();
        let exception = self.new_exception(&class, vec![Value::str(text)]);
        if let Some(Object::Exception(inner)) = exception.obj() {
            inner.set_field(self.names.name, Value::str(name.text()));
        }
        self.raise_exception(exception)
    }

    /// `name 'x' is not defined`
    #[cold]
    pub fn undefined_name(&mut self, name: Symbol) -> Raised {
        self.named_error(name, format!("name '{name}' is not defined"))
    }

    fn name_of_entry(globals: &Dict, entry: usize) -> Option<Symbol> {
        globals
            .data()
            .entries
            .get(entry)
            .and_then(|entry| entry.key.as_string().map(|text| text.symbol()))
    }

    /// A global that was no builtin when its code was compiled.
    #[cold]
    pub(super) fn late_global(&mut self, globals: &Dict, entry: usize) -> R<Value> {
        let Some(name) = Vm::name_of_entry(globals, entry) else {
            return Err(Raised);
        };
        match self.builtins.dict.get_symbol(name) {
            Some(value) => Ok(value),
            None => Err(self.undefined_name(name)),
        }
    }

    #[cold]
    pub(super) fn missing_global(&mut self, globals: &Dict, entry: usize) -> Raised {
        match Vm::name_of_entry(globals, entry) {
            Some(name) => self.undefined_name(name),
            None => Raised,
        }
    }

    /// A name of a class body (or of code with separate locals): mapping, cell, globals, builtins.
    pub(super) fn load_mapped(&mut self, mapping: &Value, name: Symbol, cell: Option<&Value>) -> R<Value> {
        let found = match mapping.obj() {
            Some(Object::Dict(dict)) => dict.get_symbol(name),
            _ => {
                let key = self.string(name);
                match self.get_item(mapping, &key) {
                    Ok(value) => Some(value),
                    Err(raised) => {
                        let class = self.exceptions.key_error.clone();
                        if !self.caught(&class) {
                            return Err(raised);
                        }
                        None
                    }
                }
            }
        };
        if let Some(value) = found {
            return Ok(value);
        }
        if let Some(cell) = cell {
            let value = match cell.obj() {
                Some(Object::Cell(cell)) => cell.borrow().clone(),
                _ => Value::Unset,
            };
            if value.is_unset() {
                let text = format!(
                    "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                );
                return Err(self.named_error(name, text));
            }
            return Ok(value);
        }
        let globals = self
            .frames
            .last()
            .and_then(|frame| frame.function())
            .map(|function| function.globals.clone());
        if let Some(value) = globals.and_then(|globals| globals.get_symbol(name)) {
            return Ok(value);
        }
        match self.builtins.dict.get_symbol(name) {
            Some(value) => Ok(value),
            None => Err(self.undefined_name(name)),
        }
    }

    pub(super) fn delete_mapped(&mut self, mapping: &Value, name: Symbol) -> R<()> {
        if let Some(Object::Dict(dict)) = mapping.obj() {
            return match dict.remove_str(name.text()) {
                Some(_) => Ok(()),
                None => Err(self.undefined_name(name)),
            };
        }
        let key = self.string(name);
        self.del_item(mapping, &key)
    }

    /// Makes sure that `__annotations__` is there.
    pub(super) fn prepare_annotations(&mut self, globals: &Dict, mapping: &Value) -> R<()> {
        let name = self.names.dunder_annotations;
        let own_mapping = self
            .current_code()
            .is_some_and(|code| code.kind == CodeKind::Class || code.separate_locals);
        if !own_mapping {
            if globals.get_symbol(name).is_none() {
                globals.set_symbol(name, Value::dict(Dict::new()));
            }
            return Ok(());
        }
        let key = self.string(name);
        if !self.contains(mapping, &key)? {
            self.set_item(mapping, &key, Value::dict(Dict::new()))?;
        }
        Ok(())
    }

    /// A function object for a body.
    pub(crate) fn function_of(
        &mut self,
        code: &Rc<Code>,
        closure: Vec<Value>,
        defaults: &Value,
        kwdefaults: &Value,
        annotations: &Value,
    ) -> Value {
        let name = self.string(code.name);
        let qualname = if *code.qualname == *code.name.text() {
            name.clone()
        } else {
            Value::str(&*code.qualname)
        };
        let module = code.globals.get_symbol(self.names.dunder_name).unwrap_or(Value::None);
        let doc = code.doc.as_ref().map_or(Value::None, |doc| Value::str(&**doc));
        Value::object(Object::Function(Function {
            code: code.clone(),
            globals: code.globals.clone(),
            closure: if closure.is_empty() { None } else { Some(closure.into()) },
            data: Box::new(FunctionData {
                defaults: RefCell::new(defaults.as_tuple().unwrap_or(&[]).into()),
                kwdefaults: RefCell::new(kwdefaults.as_dict().cloned()),
                name: RefCell::new(name),
                qualname: RefCell::new(qualname),
                module: RefCell::new(module),
                doc: RefCell::new(doc),
                annotations: RefCell::new(annotations.as_dict().cloned()),
                attributes: RefCell::default(),
            }),
        }))
    }

    /// Runs the code of a module or of `exec`; `locals` is the mapping of code with separate locals, else unset.
    pub fn run_code(&mut self, code: &Rc<Code>, locals: Value) -> R<Value> {
        let function = self.function_of(code, Vec::new(), &Value::None, &Value::None, &Value::None);
        let locals = if code.separate_locals { locals } else { Value::Unset };
        self.run_body(function, locals)
    }

    /// `locals()` of the current frame: a snapshot for functions, the namespace itself elsewhere.
    pub fn current_locals(&mut self) -> Value {
        let Some(frame) = self.frames.last() else {
            return Value::dict_ref(&self.main.dict);
        };
        let Some(code) = frame.code().cloned() else {
            return Value::None;
        };
        match code.kind {
            CodeKind::Class => self.register_of(frame, 0),
            CodeKind::Module if code.separate_locals => self.register_of(frame, 0),
            CodeKind::Module => Value::dict_ref(&code.globals),
            _ => {
                let dict = Dict::new();
                let mut registers: Vec<(Symbol, u16)> = code
                    .locals
                    .iter()
                    .enumerate()
                    .map(|(at, name)| (*name, at as u16))
                    .collect();
                registers.extend(code.free.iter().copied());
                for (name, register) in registers {
                    if name.text().starts_with(".pass.") {
                        continue;
                    }
                    let mut value = self.register_of(frame, register);
                    let inner = match value.obj() {
                        Some(Object::Cell(cell))
                            if code.cells.contains(&register) || register as usize >= code.locals.len() =>
                        {
                            Some(cell.borrow().clone())
                        }
                        _ => None,
                    };
                    if let Some(inner) = inner {
                        value = inner;
                    }
                    if !value.is_unset() {
                        dict.set_symbol(name, value);
                    }
                }
                Value::dict(dict)
            }
        }
    }

    /// `globals()` of the current frame.
    pub fn current_globals(&self) -> Rc<Dict> {
        match self.frames.last().and_then(|frame| frame.function()) {
            Some(function) => function.globals.clone(),
            None => self.main.dict.clone(),
        }
    }

    /// The module of the current frame's globals, by name.
    pub fn current_module_name(&self) -> String {
        let name = self.current_globals().get_symbol(self.names.dunder_name);
        name.and_then(|name| name.as_str().map(str::to_string))
            .unwrap_or_else(|| "__main__".into())
    }

    /// What `super()` without arguments means here: the class whose body the current function is in, and
    /// its first argument.
    pub fn super_context(&mut self) -> R<(Value, Value)> {
        let found = {
            let Some(frame) = self.frames.last() else {
                return Err(self.runtime_error("super(): no arguments"));
            };
            match frame.code() {
                Some(code) => {
                    let cell = code
                        .free
                        .iter()
                        .find(|(name, _)| *name == self.names.dunder_class)
                        .map(|(_, register)| self.register_of(frame, *register));
                    let first = if code.parameters.count() > 0 {
                        self.register_of(frame, 0)
                    } else {
                        Value::Unset
                    };
                    Some((cell, first, code.parameters.count()))
                }
                None => None,
            }
        };
        let Some((cell, first, count)) = found else {
            return Err(self.runtime_error("super(): no arguments"));
        };
        if count == 0 {
            return Err(self.runtime_error("super(): no arguments"));
        }
        let first = match first.obj() {
            Some(Object::Cell(inner)) => inner.borrow().clone(),
            _ => first,
        };
        if first.is_unset() {
            return Err(self.runtime_error("super(): arg[0] deleted"));
        }
        let class = match cell.as_ref().and_then(Value::obj) {
            Some(Object::Cell(inner)) => inner.borrow().clone(),
            _ => return Err(self.runtime_error("super(): __class__ cell not found")),
        };
        if class.is_unset() {
            return Err(self.runtime_error("super(): empty __class__ cell"));
        }
        Ok((class, first))
    }

    /// A method for a call: the function and its receiver, or the bound value and Unset.
    #[inline]
    pub(super) fn load_method(&mut self, object: &Value, name: Symbol) -> R<(Value, Value)> {
        match object.obj() {
            Some(Object::Class(_) | Object::Module(_) | Object::Super(_)) => {}
            // kinds without attributes of their own
            Some(Object::List(_) | Object::Dict(_) | Object::Str(_) | Object::Set(_) | Object::Tuple(_)) => {
                let types = &self.types;
                let class = match object.obj() {
                    Some(Object::List(_)) => &types.list,
                    Some(Object::Dict(_)) => &types.dict,
                    Some(Object::Str(_)) => &types.str,
                    Some(Object::Set(_)) => &types.set,
                    _ => &types.tuple,
                };
                if let Some(method) = class.lookup(name)
                    && self.binds(&method)
                {
                    return Ok((method, object.clone()));
                }
            }
            _ => {
                let class = self.class_of(object);
                if class.traits().plain_get()
                    && let Some(method) = class.lookup(name)
                    && self.binds(&method)
                {
                    let own = match object.obj().and_then(Object::existing_attributes) {
                        Some(attributes) => attributes.borrow().get(name),
                        None => None,
                    };
                    return Ok(match own {
                        Some(own) => (own, Value::Unset),
                        None => (method, object.clone()),
                    });
                }
            }
        }
        let found = self.get_attr(object, name)?;
        Ok((found, Value::Unset))
    }

    /// `format(value, spec)` of an f-string field after its conversion.
    pub(super) fn format_field(&mut self, value: &Value, conversion: u8, spec: &Value) -> R<Value> {
        let converted = match conversion {
            b'r' => Value::str(&*self.repr(value)?),
            b's' => self.str_value(value)?,
            b'a' => {
                let text = self.repr(value)?;
                Value::str(ascii_escaped(&text))
            }
            _ => value.clone(),
        };
        let spec_text = spec.as_str().unwrap_or("");
        if spec_text.is_empty()
            && let Some(Object::Str(_)) = converted.obj()
        {
            return Ok(converted);
        }
        let text = self.format(&converted, spec_text)?;
        Ok(Value::str(&*text))
    }

    /// A module object of this machine by name, if imported.
    pub fn imported(&self, name: &str) -> Option<Rc<Module>> {
        match self.modules.get_str(name)?.obj() {
            Some(Object::Module(module)) => Some(module.clone()),
            _ => None,
        }
    }
}

/// Characters beyond ASCII as escapes.
fn ascii_escaped(text: &str) -> String {
    let mut made = String::new();
    for character in text.chars() {
        match character as u32 {
            0..=0x7f => made.push(character),
            code @ 0x80..=0xff => made.push_str(&format!("\\x{code:02x}")),
            code @ 0x100..=0xffff => made.push_str(&format!("\\u{code:04x}")),
            code => made.push_str(&format!("\\U{code:08x}")),
        }
    }
    made
}
