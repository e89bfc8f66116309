//! Exceptions as text: what CPython prints for one that nobody caught.

mod group;
mod source;
mod suggest;

use super::object::{Exception, Object, Traceback};
use super::value::Value;
use super::vm::Vm;
use std::rc::Rc;

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";
/// Equal traceback lines shown before the rest is counted.
const REPEATS: usize = 3;

impl Vm {
    /// The whole text for an uncaught exception: chained ones first, traceback, own lines; each ended by `\n`.
    pub fn render_exception(&mut self, exception: &Value) -> String {
        let mut text = String::new();
        let pending = std::mem::take(&mut self.pending);
        self.render_chain(exception, &mut text);
        self.pending = pending;
        text
    }

    fn render_chain(&mut self, exception: &Value, text: &mut String) {
        // the chain from the outermost to the first
        let mut chain: Vec<(Value, &'static str)> = Vec::new();
        let mut current = exception.clone();
        let mut joint = "";
        loop {
            if chain.iter().any(|(seen, _)| seen.is(&current)) {
                break;
            }
            chain.push((current.clone(), joint));
            let next = match current.obj() {
                Some(Object::Exception(inner)) => {
                    let (cause, context) = (inner.cause.borrow().clone(), inner.context.borrow().clone());
                    if !cause.is_none() {
                        joint = CAUSE;
                        Some(cause)
                    } else if !context.is_none() && !inner.suppress_context.get() {
                        joint = CONTEXT;
                        Some(context)
                    } else {
                        None
                    }
                }
                _ => None,
            };
            match next {
                Some(next) => current = next,
                None => break,
            }
        }
        for at in (0..chain.len()).rev() {
            let Some((link, joint)) = chain.get(at).cloned() else {
                continue;
            };
            if self.is_group(&link) {
                self.render_group(&link, text);
            } else {
                self.render_one(&link, text);
            }
            text.push_str(joint);
        }
    }

    fn render_one(&mut self, exception: &Value, text: &mut String) {
        if let Some(Object::Exception(inner)) = exception.obj() {
            let traceback = inner.traceback.borrow().clone();
            if let Some(traceback) = traceback {
                text.push_str("Traceback (most recent call last):\n");
                self.render_traceback(&traceback, text);
            }
        }
        text.push_str(&self.exception_lines(exception));
    }

    /// The lines of a traceback, `  File "<stdin>", line 1, in <module>` and their source.
    pub fn render_traceback(&mut self, traceback: &Rc<Traceback>, text: &mut String) {
        let mut entry = Some(traceback.clone());
        let mut last: Option<(Rc<str>, u32, crate::syntax::symbol::Symbol)> = None;
        let mut count = 0usize;
        while let Some(current) = entry {
            let place = (
                current.code.source.name.clone(),
                current.code.line(current.position),
                current.code.name,
            );
            if last.as_ref() == Some(&place) {
                count += 1;
            } else {
                repeated(count, text);
                count = 1;
            }
            if count <= REPEATS {
                text.push_str(&format!("  File \"{}\", line {}, in {}\n", place.0, place.1, place.2));
                source::render_line(&current, text);
            }
            last = Some(place);
            entry = current.next.borrow().clone();
        }
        repeated(count, text);
    }

    /// The exception's own lines: place of a SyntaxError, `Class: message`, notes.
    pub fn exception_lines(&mut self, exception: &Value) -> String {
        let mut text = String::new();
        let class = self.class_of(exception);
        let module = class.module.borrow().clone();
        let qualname = class.qualname.borrow().clone();
        let title = if matches!(&*module, "builtins" | "__main__") {
            qualname.to_string()
        } else {
            format!("{module}.{qualname}")
        };
        let syntax = class.is_subclass_of(&self.exceptions.syntax_error);
        let mut message = None;
        if let (true, Some(Object::Exception(inner))) = (syntax, exception.obj()) {
            if inner
                .field(self.names.lineno)
                .is_some_and(|line| line.as_int().is_some())
            {
                self.render_syntax_place(inner, &mut text);
                message = inner
                    .field(self.names.msg)
                    .map(|msg| self.str(&msg).unwrap_or_else(|_| "".into()));
            }
        }
        let message = match message {
            Some(message) => message,
            None => self.str(exception).unwrap_or_else(|_| {
                self.take_exception();
                "<exception str() failed>".into()
            }),
        };
        text.push_str(&title);
        if !message.is_empty() {
            text.push_str(": ");
            text.push_str(&message);
        }
        if let Some(name) = self.suggestion(exception) {
            text.push_str(&format!(". Did you mean: '{name}'?"));
        }
        text.push('\n');
        self.render_notes(exception, &mut text);
        text
    }

    fn render_notes(&mut self, exception: &Value, text: &mut String) {
        let Some(Object::Exception(inner)) = exception.obj() else {
            return;
        };
        let Some(notes) = inner.attributes.borrow().get(self.names.dunder_notes) else {
            return;
        };
        if notes.as_list().is_none() && notes.as_tuple().is_none() {
            let shown = self.repr(&notes).unwrap_or_else(|_| "<__notes__ repr() failed>".into());
            text.push_str(&format!("{shown}\n"));
            return;
        }
        for note in self.collect(&notes).unwrap_or_default() {
            let shown = self.str(&note).unwrap_or_else(|_| {
                self.take_exception();
                "<note str() failed>".into()
            });
            text.push_str(&format!("{shown}\n"));
        }
    }

    /// `  File "<stdin>", line 1`, the line and its carets.
    fn render_syntax_place(&mut self, inner: &Exception, text: &mut String) {
        let names = self.names;
        let number = |name| inner.field(name).and_then(|value| value.as_int());
        let line = number(names.lineno).unwrap_or(0);
        let filename = match inner.field(names.filename) {
            Some(name) if name.as_str().is_some() => name.as_str().unwrap_or("").to_string(),
            _ => "<string>".to_string(),
        };
        text.push_str(&format!("  File \"{filename}\", line {line}\n"));
        let Some(shown) = inner.field(names.text) else { return };
        let Some(shown) = shown.as_str() else { return };
        let offset = number(names.offset).unwrap_or(0);
        let end_line = number(names.end_lineno).unwrap_or(line);
        let mut end = number(names.end_offset).unwrap_or(offset);
        let row = shown.trim_end_matches(['\n', '\r']);
        let row = row.split('\n').next().unwrap_or(row);
        let width = row.chars().count() as i64;
        if end_line != line {
            end = width + 1;
        }
        let bare = row.trim_start_matches([' ', '\t', '\x0c']);
        let indent = width - bare.chars().count() as i64;
        text.push_str(&format!("    {bare}\n"));
        if inner.field(names.offset).is_none_or(|value| value.is_none()) {
            return;
        }
        let from = offset - 1 - indent;
        if from < 0 {
            return;
        }
        // an unknown end is the place itself
        let to = if end <= 0 || end - 1 - indent <= from {
            from + 1
        } else {
            end - 1 - indent
        };
        let blanks: String = bare
            .chars()
            .chain(std::iter::repeat(' '))
            .take(from as usize)
            .map(|c| if c.is_whitespace() { c } else { ' ' })
            .collect();
        text.push_str(&format!("    {blanks}{}\n", "^".repeat((to - from) as usize)));
    }

    /// The code of a SystemExit as a process sees it, and the text it prints to standard error.
    pub fn exit_status(&mut self, exception: &Value) -> Option<(i32, Option<String>)> {
        if !self.is_instance(exception, &self.exceptions.system_exit) {
            return None;
        }
        let code = match exception.obj() {
            Some(Object::Exception(inner)) => inner.field(self.names.code).unwrap_or(Value::None),
            _ => Value::None,
        };
        Some(match code {
            Value::None => (0, None),
            _ => match code.as_int() {
                Some(number) => (number as i32, None),
                None => {
                    let text = self.str(&code).unwrap_or_else(|_| "".into());
                    (1, Some(format!("{text}\n")))
                }
            },
        })
    }
}

fn repeated(count: usize, text: &mut String) {
    if count > REPEATS {
        let more = count - REPEATS;
        let plural = if more == 1 { "" } else { "s" };
        text.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
    }
}
