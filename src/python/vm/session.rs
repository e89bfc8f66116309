//! What a session asks of the machine: run statements, files, expressions; SyntaxErrors.

use super::{Vm, WarningText};
use crate::python::code::{Code, SourceText};
use crate::python::compile::{Mode, compile_expression, compile_module};
use crate::python::object::{Dict, Object};
use crate::python::value::{R, Raised, Value};
use crate::syntax::{self, Source, ast};
use crate::syntax::{SyntaxError, SyntaxErrorKind};
use std::rc::Rc;

impl Vm {
    /// Runs one parsed prompt entry in `__main__`: expression statements are echoed and kept as `_`.
    pub fn run_interactive(&mut self, module: &ast::Module, source: &Source) -> R<()> {
        let source = SourceText::new(&source.name, &source.text, false);
        let globals = self.main.dict.clone();
        let code = compile_module(self, module, &source, &globals, Mode::Single, false)?;
        self.run_code(&code, Value::Unset)?;
        Ok(())
    }

    /// Runs a parsed program in `__main__`. `shown`: tracebacks show its lines (it is a file).
    pub fn run_file(&mut self, module: &ast::Module, source: &Source, shown: bool) -> R<()> {
        let source = SourceText::new(&source.name, &source.text, shown);
        let globals = self.main.dict.clone();
        let code = compile_module(self, module, &source, &globals, Mode::Exec, false)?;
        self.run_code(&code, Value::Unset)?;
        Ok(())
    }

    /// Shows the compiler's warnings about a tree.
    pub fn show_syntax_warnings(&mut self, source: &Source, module: &ast::Module) {
        for warning in syntax::warnings(source, module) {
            self.host.warning(&WarningText {
                filename: &source.name,
                line: warning.line,
                category: warning.category,
                message: &warning.message,
                // Python's default filters hide the others
                first: warning.category == "SyntaxWarning",
            });
        }
    }

    /// Compiles text as `compile(text, filename, mode)` does, for a dict of globals.
    pub fn compile_text(
        &mut self,
        text: &str,
        filename: &str,
        mode: &str,
        globals: &Rc<Dict>,
        separate_locals: bool,
    ) -> R<Rc<Code>> {
        let source = Source::new(filename, text);
        let kept = SourceText::new(filename, &source.text, false);
        let parsed = match mode {
            "eval" => match syntax::parse_expression(&source) {
                Ok(expression) => return compile_expression(self, &expression, &kept, globals, separate_locals),
                Err(error) => Err(error),
            },
            "single" => match syntax::parse_interactive(&source, true) {
                syntax::Parsed::Complete(module) => Ok((module, Mode::Single)),
                syntax::Parsed::Error(error) => Err(error),
                syntax::Parsed::Incomplete => return Err(self.value_error("incomplete input")),
            },
            _ => syntax::parse_file(&source).map(|module| (module, Mode::Exec)),
        };
        match parsed {
            Ok((module, mode)) => {
                self.show_syntax_warnings(&source, &module);
                compile_module(self, &module, &kept, globals, mode, separate_locals)
            }
            Err(error) => Err(self.raise_syntax_error(&error, filename)),
        }
    }

    /// Runs text in a dict of globals, with separate locals if given: `exec` and `eval`.
    pub fn run_text(
        &mut self,
        text: &str,
        filename: &str,
        mode: &str,
        globals: &Rc<Dict>,
        locals: Option<Value>,
    ) -> R<Value> {
        let separate = match &locals {
            Some(mapping) => !matches!(mapping.obj(), Some(Object::Dict(dict)) if Rc::ptr_eq(dict, globals)),
            None => false,
        };
        let code = self.compile_text(text, filename, mode, globals, separate)?;
        self.run_code(
            &code,
            if separate {
                locals.unwrap_or_default()
            } else {
                Value::Unset
            },
        )
    }

    /// Raises what the parser found.
    #[cold]
    pub fn raise_syntax_error(&mut self, error: &SyntaxError, filename: &str) -> Raised {
        let class = match error.kind {
            SyntaxErrorKind::Syntax => self.exceptions.syntax_error.clone(),
            SyntaxErrorKind::Indentation => self.exceptions.indentation_error.clone(),
            SyntaxErrorKind::Tab => self.exceptions.tab_error.clone(),
            _ => {
                let class = self.exceptions.recursion_error.clone();
                return self.raise(&class, error.message.as_str());
            }
        };
        let text = match &error.text {
            Some(text) => Value::str(text.as_str()),
            None => Value::None,
        };
        let place = Value::tuple(vec![
            Value::str(filename),
            Value::Int(i64::from(error.line)),
            Value::Int(i64::from(error.column)),
            text.clone(),
            Value::Int(i64::from(error.end_line)),
            Value::Int(i64::from(error.end_column)),
        ]);
        let exception = self.new_exception(&class, vec![Value::str(error.message.as_str()), place]);
        if let Some(Object::Exception(inner)) = exception.obj() {
            let names = self.names;
            inner.set_field(names.msg, Value::str(error.message.as_str()));
            inner.set_field(names.filename, Value::str(filename));
            inner.set_field(names.lineno, Value::Int(i64::from(error.line)));
            inner.set_field(names.offset, Value::Int(i64::from(error.column)));
            inner.set_field(names.text, text);
            inner.set_field(names.end_lineno, Value::Int(i64::from(error.end_line)));
            inner.set_field(names.end_offset, Value::Int(i64::from(error.end_column)));
            inner.set_field(names.print_file_and_line, Value::None);
        }
        self.raise_exception(exception)
    }
}
