//! `import`.

use super::Vm;
use super::define::Builder;
use crate::python::code::{EMBEDDED, SourceText};
use crate::python::compile::{Mode, compile_module};
use crate::python::object::{Module, Object};
use crate::python::value::{R, Raised, Value};
use crate::syntax::symbol::Symbol;
use crate::syntax::{self, Source};
use std::rc::Rc;

/// Modules of the standard library that no session has: they reach outside of it.
const OUTSIDE: &[&str] = &[
    "_io",
    "_posixsubprocess",
    "_socket",
    "_thread",
    "bz2",
    "concurrent",
    "ctypes",
    "dbm",
    "fcntl",
    "fileinput",
    "filecmp",
    "ftplib",
    "getpass",
    "glob",
    "gzip",
    "http",
    "imaplib",
    "importlib",
    "lzma",
    "mailbox",
    "mmap",
    "multiprocessing",
    "netrc",
    "nntplib",
    "os",
    "pathlib",
    "platform",
    "poplib",
    "posix",
    "pty",
    "pwd",
    "readline",
    "resource",
    "sched",
    "select",
    "selectors",
    "shelve",
    "shutil",
    "signal",
    "site",
    "smtplib",
    "socket",
    "socketserver",
    "sqlite3",
    "ssl",
    "subprocess",
    "syslog",
    "tarfile",
    "telnetlib",
    "tempfile",
    "termios",
    "threading",
    "tkinter",
    "tty",
    "turtle",
    "urllib",
    "uuid",
    "webbrowser",
    "wsgiref",
    "xmlrpc",
    "zipfile",
    "zipimport",
];

impl Vm {
    /// The module of a dotted name, imported if need be, its parents before it.
    pub fn import_module(&mut self, name: &str) -> R<Value> {
        if let Some(known) = self.modules.get_str(name) {
            if known.is_none() {
                return Err(self.module_not_found(name, &format!("import of {name} halted; None in sys.modules")));
            }
            return Ok(known);
        }
        let parent = match name.rsplit_once('.') {
            Some((parent, child)) => Some((self.import_module(parent)?, child)),
            None => None,
        };
        if let Some(known) = self.modules.get_str(name) {
            return Ok(known);
        }
        if let Some((parent, child)) = &parent {
            // a submodule that its parent resolves on demand
            if !self.builders.contains_key(&Symbol::new(name))
                && let Some(found) = self.look_attr(parent, Symbol::new(child))?
                && matches!(found.obj(), Some(Object::Module(_)))
            {
                self.modules.set_str(name, found.clone());
                return Ok(found);
            }
        }
        let Some(builder) = self.builders.get(&Symbol::new(name)).copied() else {
            let text = match &parent {
                Some((parent, _)) if !self.is_package(parent) => {
                    let outer = name.rsplit_once('.').map_or(name, |(outer, _)| outer);
                    format!("No module named '{name}'; '{outer}' is not a package")
                }
                _ if OUTSIDE.contains(&name) => {
                    let why = "gradshell reaches no files, network, processes or environment";
                    format!("No module named '{name}' ({why})")
                }
                _ => format!("No module named '{name}'"),
            };
            return Err(self.module_not_found(name, &text));
        };
        let module = match builder {
            Builder::Native(build) => {
                let module = build(self)?;
                let value = Value::object(Object::Module(module.clone()));
                self.prepare_module(&module, name);
                self.modules.set_str(name, value.clone());
                value
            }
            Builder::Source(text) => self.run_source_module(name, text)?,
        };
        if let (Some((parent, child)), true) = (&parent, true)
            && let Some(Object::Module(parent)) = parent.obj()
        {
            parent.set(child, module.clone());
        }
        Ok(self.modules.get_str(name).unwrap_or(module))
    }

    /// Whether submodules of a module are known.
    fn is_package(&self, module: &Value) -> bool {
        let Some(Object::Module(module)) = module.obj() else {
            return false;
        };
        if module.dict.get_str("__path__").is_some() {
            return true;
        }
        let prefix = format!("{}.", module.name);
        self.builders.keys().any(|name| name.text().starts_with(&prefix))
    }

    fn prepare_module(&mut self, module: &Rc<Module>, name: &str) {
        for (key, value) in [
            ("__name__", Value::str(name)),
            ("__doc__", Value::None),
            (
                "__package__",
                Value::str(name.rsplit_once('.').map_or("", |(outer, _)| outer)),
            ),
            ("__loader__", Value::None),
            ("__spec__", Value::None),
        ] {
            if module.dict.get_str(key).is_none() {
                module.set(key, value);
            }
        }
    }

    fn run_source_module(&mut self, name: &str, text: &'static str) -> R<Value> {
        let module = Module::new(name);
        self.prepare_module(&module, name);
        let value = Value::object(Object::Module(module.clone()));
        let file = format!("{EMBEDDED}{name}>");
        let source = Source::new(&file, text);
        let tree = match syntax::parse_file(&source) {
            Ok(tree) => tree,
            Err(error) => return Err(self.raise_syntax_error(&error, &file)),
        };
        self.modules.set_str(name, value.clone());
        let source = SourceText::new(&file, text, false);
        let run = compile_module(self, &tree, &source, &module.dict, Mode::Exec, false)
            .and_then(|code| self.run_code(&code, Value::Unset));
        if let Err(raised) = run {
            self.modules.remove_str(name);
            return Err(raised);
        }
        Ok(value)
    }

    #[cold]
    fn module_not_found(&mut self, name: &str, text: &str) -> Raised {
        let class = self.exceptions.module_not_found_error.clone();
        let exception = self.new_exception(&class, vec![Value::str(text)]);
        if let Some(Object::Exception(inner)) = exception.obj() {
            inner.set_field(self.names.name, Value::str(name));
            inner.set_field(self.names.path, Value::None);
            inner.set_field(self.names.msg, Value::str(text));
        }
        self.raise_exception(exception)
    }

    /// The statement `import name` (fromlist None) or `from name import ..`: what it binds first.
    pub(super) fn import_statement(&mut self, name: Symbol, fromlist: &Value, level: i64) -> R<Value> {
        let mut full = name.text().to_string();
        if level > 0 {
            full = self.resolve_relative(&full, level)?;
        }
        let module = self.import_module(&full)?;
        if fromlist.is_none() {
            return match full.split_once('.') {
                Some((first, _)) => self.import_module(first),
                None => Ok(module),
            };
        }
        // `from package import submodule`
        for item in fromlist.as_tuple().unwrap_or(&[]) {
            let Some(text) = item.as_str() else { continue };
            let sub = format!("{full}.{text}");
            let is_module = text != "*" && self.builders.contains_key(&Symbol::new(&sub));
            if is_module && self.look_attr(&module, Symbol::new(text))?.is_none() {
                self.import_module(&sub)?;
            }
        }
        Ok(module)
    }

    fn resolve_relative(&mut self, name: &str, level: i64) -> R<String> {
        let package = self
            .frames
            .last()
            .and_then(|frame| frame.function())
            .and_then(|function| function.globals.get_str("__name__"))
            .and_then(|value| value.as_str().map(str::to_string))
            .unwrap_or_default();
        if package.is_empty() || package == "__main__" {
            return Err(self.import_error("attempted relative import with no known parent package"));
        }
        let mut base: Vec<&str> = package.split('.').collect();
        let is_package = self
            .builders
            .keys()
            .any(|known| known.text().starts_with(&format!("{package}.")));
        let up = level as usize - usize::from(is_package);
        if up > base.len() {
            return Err(self.import_error("attempted relative import beyond top-level package"));
        }
        base.truncate(base.len() - up);
        let base = base.join(".");
        Ok(if name.is_empty() {
            base
        } else {
            format!("{base}.{name}")
        })
    }

    /// `from module import name`
    pub(super) fn import_from(&mut self, module: &Value, name: Symbol) -> R<Value> {
        if let Some(found) = self.look_attr(module, name)? {
            return Ok(found);
        }
        let title = match module.obj() {
            Some(Object::Module(inner)) => inner
                .get(self.names.dunder_name)
                .and_then(|name| name.as_str().map(str::to_string)),
            _ => None,
        };
        let title = title.unwrap_or_else(|| "<unknown module name>".into());
        if let Some(found) = self.modules.get_str(&format!("{title}.{name}")) {
            return Ok(found);
        }
        let text = format!("cannot import name '{name}' from '{title}' (unknown location)");
        let class = self.exceptions.import_error.clone();
        let exception = self.new_exception(&class, vec![Value::str(text.clone())]);
        if let Some(Object::Exception(inner)) = exception.obj() {
            inner.set_field(self.names.name, Value::str(title));
            inner.set_field(self.names.path, Value::None);
            inner.set_field(self.names.msg, Value::str(text));
        }
        Err(self.raise_exception(exception))
    }

    /// `from module import *`: the pairs to bind.
    pub(super) fn import_star(&mut self, module: &Value) -> R<Vec<(Symbol, Value)>> {
        let all = self.names.dunder_all;
        let names: Vec<Symbol> = match self.look_attr(module, all)? {
            Some(list) => {
                let mut names = Vec::new();
                for item in self.collect(&list)? {
                    if let Some(text) = item.as_string() {
                        names.push(text.symbol());
                    }
                }
                names
            }
            None => self
                .attribute_names(module)
                .into_iter()
                .filter(|name| !name.text().starts_with('_'))
                .collect(),
        };
        let mut pairs = Vec::new();
        for name in names {
            pairs.push((name, self.get_attr(module, name)?));
        }
        Ok(pairs)
    }
}
