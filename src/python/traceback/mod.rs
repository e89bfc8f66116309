//! Exceptions as text: what CPython prints for one that nobody caught.

mod group;
mod source;
mod suggest;

use super::object::{Exception, Object, Traceback};
use super::value::Value;
use super::vm::Vm;
use rustc_hash::FxHashSet;
use std::rc::Rc;

const CAUSE: &str = "The above exception was the direct cause of the following exception:";
const CONTEXT: &str = "During handling of the above exception, another exception occurred:";
/// Equal traceback lines shown before the rest is counted.
const REPEATS: usize = 3;

/// Where in a tree of exception groups the text stands.
#[derive(Default)]
struct Place {
    /// How many groups are around.
    depth: usize,
    /// The innermost group still needs its closing line.
    need_close: bool,
}

impl Place {
    /// What each line begins with.
    fn margin(&self) -> String {
        if self.depth == 0 {
            String::new()
        } else {
            format!("{}| ", "  ".repeat(self.depth))
        }
    }
}

impl Vm {
    /// The whole text for an uncaught exception: chained ones first, traceback, own lines; each ended by `\n`.
    pub fn render_exception(&mut self, exception: &Value) -> String {
        let mut text = String::new();
        let pending = std::mem::take(&mut self.pending);
        self.render_chain(exception, &mut Place::default(), &mut text);
        self.pending = pending;
        text
    }

    fn render_chain(&mut self, exception: &Value, place: &mut Place, text: &mut String) {
        // the chain from the outermost to the first
        let mut chain: Vec<(Value, &'static str)> = Vec::new();
        let mut current = exception.clone();
        let mut joint = "";
        let mut seen = FxHashSet::default();
        while seen.insert(current.identity()) {
            chain.push((current.clone(), joint));
            let Some(Object::Exception(inner)) = current.obj() else {
                break;
            };
            let (cause, context) = (inner.cause.borrow().clone(), inner.context.borrow().clone());
            current = if !cause.is_none() {
                joint = CAUSE;
                cause
            } else if !context.is_none() && !inner.suppress_context.get() {
                joint = CONTEXT;
                context
            } else {
                break;
            };
        }
        let need_close = place.need_close;
        let margin = place.margin();
        while let Some((link, joint)) = chain.pop() {
            if self.is_group(&link) {
                self.render_group(&link, place, text);
            } else {
                self.render_one(&link, place, text);
            }
            if !joint.is_empty() {
                place.need_close = need_close;
                text.push_str(&format!("{margin}\n{margin}{joint}\n{margin}\n"));
            }
        }
    }

    /// Traceback and own lines of one exception.
    fn render_one(&mut self, exception: &Value, place: &Place, text: &mut String) {
        let margin = place.margin();
        if let Some(Object::Exception(inner)) = exception.obj() {
            let traceback = inner.traceback.borrow().clone();
            if traceback.is_some() || inner.inside.get() {
                let group = self.is_group(exception);
                let head = match (group, place.depth) {
                    (true, 1) => "  + Exception Group Traceback (most recent call last):\n".to_string(),
                    (true, _) => format!("{margin}Exception Group Traceback (most recent call last):\n"),
                    (false, _) => format!("{margin}Traceback (most recent call last):\n"),
                };
                text.push_str(&head);
                let mut lines = String::new();
                if let Some(traceback) = traceback {
                    self.render_traceback(&traceback, &mut lines);
                }
                with_margin(&lines, &margin, text);
            }
        }
        let own = self.exception_lines(exception);
        with_margin(&own, &margin, text);
    }

    /// The frames in progress, outermost first, as a traceback shows them; frames of embedded modules left out.
    pub fn stack_text(&self) -> String {
        let mut text = String::new();
        for frame in &self.frames {
            let Some(code) = frame.code() else { continue };
            if !code.source.name.starts_with("<frozen") {
                let line = code.line(frame.position().saturating_sub(1));
                text += &format!("  File \"{}\", line {line}, in {}\n", code.source.name, code.name);
            }
        }
        text
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
        if let (true, Some(Object::Exception(inner))) = (syntax, exception.obj())
            && inner
                .field(self.names.lineno)
                .is_some_and(|line| line.as_int().is_some())
        {
            self.render_syntax_place(inner, &mut text);
            message = inner
                .field(self.names.msg)
                .map(|msg| self.str(&msg).unwrap_or_else(|_| "".into()));
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

/// Adds lines, each behind the margin.
fn with_margin(lines: &str, margin: &str, text: &mut String) {
    if margin.is_empty() {
        text.push_str(lines);
        return;
    }
    for line in lines.lines() {
        text.push_str(margin);
        text.push_str(line);
        text.push('\n');
    }
}

fn repeated(count: usize, text: &mut String) {
    if count > REPEATS {
        let more = count - REPEATS;
        let plural = if more == 1 { "" } else { "s" };
        text.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
    }
}
