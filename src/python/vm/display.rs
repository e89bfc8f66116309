//! The echo of expression statements at a prompt.

use super::Vm;
use crate::python::object::Object;
use crate::python::value::{R, Value};

impl Vm {
    /// `sys.displayhook(value)`
    pub(super) fn display(&mut self, value: &Value) -> R<()> {
        let hook = match self.modules.get_str("sys") {
            Some(sys) => match sys.obj() {
                Some(Object::Module(module)) => module.get(self.names.displayhook),
                _ => None,
            },
            None => None,
        };
        match hook {
            Some(hook) if !matches!(hook.obj(), Some(Object::Native(_))) => {
                self.call(&hook, std::slice::from_ref(value))?;
                Ok(())
            }
            _ => self.display_plainly(value),
        }
    }

    /// What the builtin `displayhook` does: writes the repr, keeps the value as `_`.
    pub fn display_plainly(&mut self, value: &Value) -> R<()> {
        if value.is_none() {
            return Ok(());
        }
        let builtins = self.builtins.clone();
        builtins.dict.set_symbol(self.names.underscore, Value::None);
        let mut text = self.repr(value)?.to_string();
        text.push('\n');
        self.write_stdout(&text)?;
        builtins.dict.set_symbol(self.names.underscore, value.clone());
        Ok(())
    }

    /// Writes through `sys.stdout` if a program replaced it, else straight to the host.
    pub fn write_stdout(&mut self, text: &str) -> R<()> {
        if let Some(stream) = self.replaced_stream(self.names.stdout) {
            let write = self.names.write;
            self.call_method(&stream, write, &[Value::str(text)])?;
            return Ok(());
        }
        self.host.stdout(text);
        Ok(())
    }

    /// Writes through `sys.stderr` if a program replaced it, else straight to the host.
    pub fn write_stderr(&mut self, text: &str) -> R<()> {
        if let Some(stream) = self.replaced_stream(self.names.stderr) {
            let write = self.names.write;
            self.call_method(&stream, write, &[Value::str(text)])?;
            return Ok(());
        }
        self.host.stderr(text);
        Ok(())
    }

    /// The object a program put in place of `sys.stdout` or `sys.stderr`.
    fn replaced_stream(&mut self, name: crate::syntax::symbol::Symbol) -> Option<Value> {
        let sys = self.modules.get_str("sys")?;
        let Some(Object::Module(module)) = sys.obj() else {
            return None;
        };
        let stream = module.get(name)?;
        // the original streams are native objects
        match stream.obj() {
            Some(Object::Foreign(_)) | None => None,
            Some(_) => Some(stream),
        }
    }
}
