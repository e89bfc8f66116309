//! This program's own engine: the Python machine with `torch` in its namespace.

use super::{
    Answer, Completion, Engine, Fed, Interrupter, Observed, OpenError, Setup, SharedSink, Stopped, Stream, Warnings,
};
use crate::array::random::watch;
use crate::array::wording;
use crate::python::vm::{Host, Limits, WarningText};
use crate::python::{Object, R, Value, Vm};
use crate::syntax::{self, Parsed, Source};
use std::sync::atomic::Ordering;
use std::time::Instant;

/// What tracebacks call typed statements.
const STDIN: &str = "<stdin>";

/// The machine of one session.
pub struct Native {
    vm: Vm,
    sink: SharedSink,
    setup: Setup,
}

/// Hands what the machine writes to the session's sink.
struct Outlet {
    sink: SharedSink,
    warnings: Warnings,
}

impl Host for Outlet {
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
            let text = format!(
                "{}:{}: {}: {}\n",
                warning.filename, warning.line, warning.category, warning.message
            );
            self.sink.borrow_mut().write(Stream::Warning, &text);
        }
    }
}

/// Bytes that the process holds, as the system counts them; 0 where it does not say.
fn memory_in_use() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok().and_then(|text| {
        text.split_whitespace()
            .nth(1)
            .and_then(|resident| resident.parse::<usize>().ok())
    });
    pages.unwrap_or(0) * 4096
}

impl Native {
    pub fn open(setup: &Setup, sink: SharedSink) -> Native {
        let vm = fresh(setup, &sink);
        Native {
            vm,
            sink,
            setup: setup.clone(),
        }
    }

    fn limit(&mut self) {
        let limits = self.setup.limits;
        self.vm.limits = Limits {
            deadline: limits.time.map(|time| Instant::now() + time),
            memory: limits.memory.map(|bytes| bytes as usize),
            memory_in_use: Some(memory_in_use),
        };
    }

    /// What a run left behind, as the front ends want it.
    fn answer(&mut self, outcome: R<()>) -> Answer {
        if outcome.is_ok() {
            return Answer::default();
        }
        let Some(exception) = self.vm.take_exception() else {
            return Answer::default();
        };
        if let Some((status, message)) = self.vm.exit_status(&exception) {
            if let Some(message) = message {
                self.sink.borrow_mut().write(Stream::Err, &format!("{message}\n"));
            }
            return Answer {
                exit: Some(status),
                ..Answer::default()
            };
        }
        let stopped = self.stopped_by(&exception);
        let text = self.vm.render_exception(&exception);
        Answer {
            error: Some(text),
            stopped,
            ..Answer::default()
        }
    }

    /// The limit behind an exception that a limit raised.
    fn stopped_by(&self, exception: &Value) -> Option<Stopped> {
        let class = self.vm.class_of(exception);
        let limits = self.setup.limits;
        if limits.time.is_some()
            && self.vm.limits.deadline.is_none()
            && class.is_subclass_of(&self.vm.exceptions.timeout_error)
        {
            return Some(Stopped::Time);
        }
        let over = limits.memory.is_some_and(|most| memory_in_use() as u64 > most);
        (over && class.is_subclass_of(&self.vm.exceptions.memory_error)).then_some(Stopped::Memory)
    }

    /// What `dir` answers.
    fn names_of(&mut self, value: &Value) -> Vec<String> {
        let Some(dir) = self.vm.builtins.dict.get_str("dir") else {
            return Vec::new();
        };
        let listed = self
            .vm
            .call(&dir, std::slice::from_ref(value))
            .and_then(|list| self.vm.collect(&list));
        match listed {
            Ok(names) => names
                .iter()
                .filter_map(|name| name.as_str().map(|text| text.to_string()))
                .collect(),
            Err(_) => {
                self.vm.take_exception();
                Vec::new()
            }
        }
    }

    /// The value of a dotted name, without calling anything that the user wrote.
    fn look_up(&mut self, dotted: &str) -> Option<Value> {
        let mut parts = dotted.split('.');
        let first = parts.next()?;
        let mut value = self
            .vm
            .main
            .dict
            .get_str(first)
            .or_else(|| self.vm.builtins.dict.get_str(first))?;
        for part in parts {
            let found = self.vm.get_attr(&value, crate::syntax::symbol::Symbol::new(part));
            match found {
                Ok(found) => value = found,
                Err(_) => {
                    self.vm.take_exception();
                    return None;
                }
            }
        }
        Some(value)
    }
}

/// A machine with all builtins and `torch`, and this thread's state as at a program's start.
fn fresh(setup: &Setup, sink: &SharedSink) -> Vm {
    wording::set(setup.torch.unwrap_or(wording::CURRENT));
    let mut vm = Vm::new(Box::new(Outlet {
        sink: sink.clone(),
        warnings: setup.warnings,
    }));
    crate::python::install(&mut vm);
    crate::torch::install(&mut vm);
    if setup.observe || !setup.adoptions.is_empty() {
        watch::start(&setup.adoptions);
    } else {
        watch::stop();
    }
    vm
}

impl Engine for Native {
    fn reset(&mut self, setup: &Setup) -> Result<(), OpenError> {
        self.setup = setup.clone();
        self.vm = fresh(setup, &self.sink);
        Ok(())
    }

    fn feed(&mut self, source: &str, ended: bool) -> Fed {
        let source = Source::new(STDIN, source);
        let module = match syntax::parse_interactive(&source, ended) {
            Parsed::Complete(module) => module,
            Parsed::Incomplete => return Fed::Incomplete,
            Parsed::Error(error) => {
                let raised = self.vm.raise_syntax_error(&error, STDIN);
                return Fed::Done(self.answer(Err(raised)));
            }
        };
        self.limit();
        let outcome = self.vm.run_interactive(&module, &source);
        Fed::Done(self.answer(outcome))
    }

    fn run(&mut self, name: &str, source: &str) -> Answer {
        let source = Source::new(name, source);
        let module = match syntax::parse_file(&source) {
            Ok(module) => module,
            Err(error) => {
                let raised = self.vm.raise_syntax_error(&error, name);
                return self.answer(Err(raised));
            }
        };
        self.limit();
        let outcome = self.vm.run_file(&module, &source, !name.starts_with('<'));
        self.answer(outcome)
    }

    fn observed(&mut self) -> Observed {
        watch::take()
    }

    fn complete(&mut self, text: &str) -> Completion {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let start = text
            .rfind(|c| !is_part(c))
            .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        let word = &text[start..];
        let (owner, prefix) = match word.rsplit_once('.') {
            Some((owner, prefix)) => (Some(owner), prefix),
            None => (None, word),
        };
        let names: Vec<String> = match owner {
            None => {
                let mut names: Vec<String> = Vec::new();
                for module in [self.vm.main.clone(), self.vm.builtins.clone()] {
                    names.extend(
                        module
                            .dict
                            .keys()
                            .iter()
                            .filter_map(|key| key.as_str().map(str::to_string)),
                    );
                }
                names
            }
            Some(owner) => match self.look_up(owner) {
                Some(value) => self.names_of(&value),
                None => Vec::new(),
            },
        };
        let hidden = !prefix.starts_with('_');
        let mut names: Vec<String> = names
            .into_iter()
            .filter(|name| name.starts_with(prefix) && !(hidden && name.starts_with('_')))
            .map(|name| owner.map_or(name.clone(), |owner| format!("{owner}.{name}")))
            .collect();
        names.sort();
        names.dedup();
        Completion { start, names }
    }

    fn signature(&mut self, text: &str) -> Option<String> {
        let callee = self.look_up(text)?;
        let name = text.rsplit('.').next().unwrap_or(text);
        let signature = match callee.obj() {
            Some(Object::Native(function)) => function.def.signature,
            _ => return None,
        };
        Some(format!("{name}{signature}"))
    }

    fn interrupter(&self) -> Interrupter {
        let flag = self.vm.interrupt.clone();
        Box::new(move || flag.store(true, Ordering::Relaxed))
    }

    fn title(&self) -> String {
        format!("gradshell {}", env!("CARGO_PKG_VERSION"))
    }
}
