//! This program's own engine as an [`Engine`].

use super::watch::{self, Observed};
use super::{Answer, Completion, Engine, Fed, Interrupter, OpenError, Setup, SharedSink, Stopped, Stream, Warnings};
use crate::array::random::Generator;
use crate::array::{dtype::Dtype, promote, storage, wording};
use crate::autograd::modes;
use crate::ops::generator;
use crate::python::vm::{Host, WarningText};
use crate::python::{Object, R, Value, Vm};
use crate::syntax::symbol::Symbol;
use crate::syntax::{Parsed, Source, parse_file, parse_interactive};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// The engine of this program: one machine, one namespace.
pub struct Native {
    vm: Vm,
    sink: SharedSink,
    setup: Setup,
    interrupt: Arc<AtomicBool>,
}

/// Hands what the machine writes to the sink.
struct SinkHost {
    sink: SharedSink,
    warnings: Warnings,
}

impl Host for SinkHost {
    fn stdout(&mut self, text: &str) {
        self.sink.borrow_mut().write(Stream::Out, text);
    }

    fn stderr(&mut self, text: &str) {
        self.sink.borrow_mut().write(Stream::Err, text);
    }

    fn warning(&mut self, warning: &WarningText<'_>) {
        let shown = match self.warnings {
            Warnings::Default => warning.first,
            Warnings::Always => true,
            Warnings::Never => false,
        };
        if shown {
            let WarningText {
                filename,
                line,
                category,
                message,
                ..
            } = warning;
            let text = format!("{filename}:{line}: {category}: {message}\n");
            self.sink.borrow_mut().write(Stream::Warning, &text);
        }
    }
}

impl Native {
    /// A fresh namespace that writes to `sink`.
    pub fn open(setup: &Setup, sink: SharedSink) -> Native {
        let interrupt = Arc::new(AtomicBool::new(false));
        let vm = machine(setup, &sink, &interrupt);
        Native {
            vm,
            sink,
            setup: setup.clone(),
            interrupt,
        }
    }

    /// Runs something in the machine under the limits and turns how it ended into an answer.
    fn answer(&mut self, body: impl FnOnce(&mut Vm) -> R<()>) -> Answer {
        let deadline = self.setup.limits.time.map(|time| Instant::now() + time);
        self.vm.limits.deadline = deadline;
        self.vm.limits.memory = self.setup.limits.memory.map(|bytes| bytes as usize);
        self.vm.limits.memory_in_use = Some(resident_bytes);
        let result = catch_unwind(AssertUnwindSafe(|| body(&mut self.vm)));
        self.vm.limits.deadline = None;
        match result {
            Ok(Ok(())) => Answer::default(),
            Ok(Err(_)) => self.ended_by_exception(deadline),
            Err(fault) => {
                let what = fault.downcast_ref::<String>().map(String::as_str);
                let what = what
                    .or_else(|| fault.downcast_ref::<&str>().copied())
                    .unwrap_or("unknown");
                let error = format!("SystemError: gradshell met a bug of its own: {what}\n");
                Answer {
                    error: Some(format!("Traceback (most recent call last):\n{error}")),
                    ..Answer::default()
                }
            }
        }
    }

    fn ended_by_exception(&mut self, deadline: Option<Instant>) -> Answer {
        let Some(exception) = self.vm.take_exception() else {
            return Answer::default();
        };
        if let Some((code, text)) = self.vm.exit_status(&exception) {
            if let Some(text) = text {
                self.sink.borrow_mut().write(Stream::Err, &text);
            }
            return Answer {
                exit: Some(code),
                ..Answer::default()
            };
        }
        let of = |class| self.vm.is_instance(&exception, class);
        let stopped = if deadline.is_some_and(|at| Instant::now() >= at) && of(&self.vm.exceptions.timeout_error) {
            Some(Stopped::Time)
        } else if self.setup.limits.memory.is_some() && of(&self.vm.exceptions.memory_error) {
            Some(Stopped::Memory)
        } else {
            None
        };
        Answer {
            error: Some(self.vm.render_exception(&exception)),
            stopped,
            ..Answer::default()
        }
    }

    /// The value of an expression, or None when it cannot be had.
    fn value(&mut self, expression: &str) -> Option<Value> {
        let globals = self.vm.main.dict.clone();
        let value = catch_unwind(AssertUnwindSafe(|| {
            self.vm.run_text(expression, "<hint>", "eval", &globals, None)
        }));
        match value {
            Ok(Ok(value)) => Some(value),
            _ => {
                self.vm.take_exception();
                None
            }
        }
    }

    fn names(&mut self, expression: &str) -> Vec<String> {
        let names = self.value(expression).and_then(|names| self.vm.collect(&names).ok());
        names
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(String::from))
            .collect()
    }
}

/// A machine with everything in it that a session finds.
fn machine(setup: &Setup, sink: &SharedSink, interrupt: &Arc<AtomicBool>) -> Vm {
    wording::set(setup.torch.unwrap_or(wording::CURRENT));
    let mut vm = Vm::new(Box::new(SinkHost {
        sink: sink.clone(),
        warnings: setup.warnings,
    }));
    interrupt.store(false, Ordering::Relaxed);
    vm.interrupt = interrupt.clone();
    vm.argv = setup.argv.clone();
    storage::set_limit(setup.limits.memory.map(|bytes| bytes as usize));
    modes::reset();
    promote::set_default_dtype(Dtype::Float32);
    vm.argv = setup.argv.clone();
    // `torch.default_generator` is an object of it
    let own = setup.seed.map(|seed| Rc::new(RefCell::new(Generator::new(seed))));
    generator::set_default_generator(own.unwrap_or_else(generator::from_system));
    crate::python::install(&mut vm);
    crate::torch::install(&mut vm);
    match setup.observe {
        true => watch::start(&setup.adoptions),
        false => watch::stop(),
    }
    vm
}

/// Bytes of memory that the process holds, where the system tells.
fn resident_bytes() -> usize {
    const PAGE: usize = 4096;
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages
        .as_deref()
        .and_then(|text| text.split(' ').nth(1))
        .and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0usize) * PAGE
}

impl Engine for Native {
    fn reset(&mut self, setup: &Setup) -> Result<(), OpenError> {
        self.setup = setup.clone();
        self.vm = machine(setup, &self.sink, &self.interrupt);
        Ok(())
    }

    fn feed(&mut self, source: &str, ended: bool) -> Fed {
        let source = Source::new("<stdin>", source);
        match parse_interactive(&source, ended) {
            Parsed::Incomplete => Fed::Incomplete,
            Parsed::Complete(module) => Fed::Done(self.answer(|vm| {
                vm.show_syntax_warnings(&source, &module);
                vm.run_interactive(&module, &source)
            })),
            Parsed::Error(error) => Fed::Done(self.answer(|vm| Err(vm.raise_syntax_error(&error, "<stdin>")))),
        }
    }

    fn run(&mut self, name: &str, text: &str) -> Answer {
        let source = Source::new(name, text);
        let is_file = !name.starts_with('<');
        self.answer(|vm| match parse_file(&source) {
            Ok(module) => {
                vm.show_syntax_warnings(&source, &module);
                vm.run_file(&module, &source, is_file)
            }
            Err(error) => Err(vm.raise_syntax_error(&error, name)),
        })
    }

    fn observed(&mut self) -> Observed {
        watch::take()
    }

    fn complete(&mut self, text: &str) -> Completion {
        let start = text.rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
        let start = start.map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        let word = &text[start..];
        let (base, prefix, found) = match word.rsplit_once('.') {
            // numbers have no names behind their point
            Some((base, _)) if base.is_empty() || base.starts_with(|c: char| c.is_ascii_digit()) => {
                return Completion::default();
            }
            Some((base, prefix)) => (format!("{base}."), prefix, self.names(&format!("dir({base})"))),
            None => {
                let mut names: Vec<String> = super::highlight::KEYWORDS.iter().map(|word| word.to_string()).collect();
                names.extend(self.names("[*globals()]"));
                names.extend(self.names("dir(__builtins__)"));
                (String::new(), word, names)
            }
        };
        let hidden = |name: &str| name.starts_with('_') && !prefix.starts_with('_');
        let fits = found
            .into_iter()
            .filter(|name| name.starts_with(prefix) && !hidden(name));
        let mut names: Vec<String> = fits.map(|name| format!("{base}{name}")).collect();
        names.sort();
        names.dedup();
        Completion { start, names }
    }

    fn signature(&mut self, text: &str) -> Option<String> {
        let callee = self.value(text)?;
        let name = text.rsplit('.').next().unwrap_or(text);
        if let Some(Object::Native(function)) = callee.obj() {
            return Some(format!("{name}{}", function.def.signature));
        }
        let own = self
            .vm
            .find_attr(&callee, Symbol::new("__text_signature__"))
            .ok()
            .flatten();
        if let Some(own) = own.as_ref().and_then(Value::as_str) {
            return Some(format!("{name}{own}"));
        }
        self.vm.take_exception();
        let doc = self.vm.find_attr(&callee, Symbol::new("__doc__")).ok().flatten()?;
        let first = doc.as_str()?.lines().find(|line| !line.trim().is_empty())?.trim();
        (first.starts_with(name) && first.contains('(')).then(|| first.to_string())
    }

    fn interrupter(&self) -> Interrupter {
        let flag = self.interrupt.clone();
        Box::new(move || flag.store(true, Ordering::Relaxed))
    }

    fn title(&self) -> String {
        format!("gradshell {}", env!("CARGO_PKG_VERSION"))
    }
}
