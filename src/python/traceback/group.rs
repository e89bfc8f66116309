//! Exception groups as trees.

use super::{CAUSE, CONTEXT};
use crate::python::object::Object;
use crate::python::value::Value;
use crate::python::vm::Vm;

const MAX_WIDTH: usize = 15;
const MAX_DEPTH: usize = 10;

impl Vm {
    pub(super) fn render_group(&mut self, group: &Value, text: &mut String) {
        self.group_at(group, 0, text);
    }

    /// Adds lines with the margin of a depth.
    fn margin(text: &mut String, lines: &str, depth: usize) {
        let margin = if depth == 0 {
            String::new()
        } else {
            format!("{}| ", "  ".repeat(depth))
        };
        for line in lines.lines() {
            text.push_str(&margin);
            text.push_str(line);
            text.push('\n');
        }
    }

    fn chained_at(&mut self, exception: &Value, depth: usize, text: &mut String) {
        let Some(Object::Exception(inner)) = exception.obj() else {
            return;
        };
        let (cause, context) = (inner.cause.borrow().clone(), inner.context.borrow().clone());
        let (other, joint) = if !cause.is_none() {
            (cause, CAUSE)
        } else if !context.is_none() && !inner.suppress_context.get() {
            (context, CONTEXT)
        } else {
            return;
        };
        if depth == 0 {
            // the chain of the outermost is written by its caller
            return;
        }
        let mut lines = String::new();
        self.render_chain(&other, &mut lines);
        Vm::margin(text, &lines, depth);
        Vm::margin(text, joint, depth);
    }

    fn group_at(&mut self, group: &Value, depth: usize, text: &mut String) {
        let Some(Object::Exception(inner)) = group.obj() else {
            return;
        };
        self.chained_at(group, depth, text);
        let level = depth + 1;
        let traceback = inner.traceback.borrow().clone();
        if let Some(traceback) = traceback {
            let head = "Exception Group Traceback (most recent call last):";
            if depth == 0 {
                text.push_str(&format!("  + {head}\n"));
            } else {
                Vm::margin(text, head, level - 1);
            }
            let mut lines = String::new();
            self.render_traceback(&traceback, &mut lines);
            Vm::margin(text, &lines, level.max(1));
        }
        let own = self.exception_lines(group);
        Vm::margin(text, &own, level);
        if level > MAX_DEPTH {
            Vm::margin(text, &format!("... (max_group_depth is {MAX_DEPTH})"), level);
            return;
        }
        let members = self.group_members(group);
        let count = members.len();
        let mut needs_end = true;
        for (at, member) in members.iter().enumerate() {
            let indent = "  ".repeat(level);
            let title = if at < MAX_WIDTH {
                (at + 1).to_string()
            } else {
                "...".to_string()
            };
            let start = if at == 0 { "+-" } else { "  " };
            text.push_str(&format!("{indent}{start}+---------------- {title} ----------------\n"));
            if at >= MAX_WIDTH {
                let more = count - at;
                let plural = if more > 1 { "s" } else { "" };
                Vm::margin(text, &format!("and {more} more exception{plural}"), level + 1);
                break;
            }
            if self.is_group(member) {
                if level < MAX_DEPTH + 1 {
                    self.inner_group(member, level + 1, text);
                }
                needs_end = at + 1 < count;
            } else {
                needs_end = true;
                self.chained_at(member, level + 1, text);
                let mut lines = String::new();
                self.render_one(member, &mut lines);
                Vm::margin(text, &lines, level + 1);
            }
        }
        if needs_end || count > 0 && !members.last().is_some_and(|last| self.is_group(last)) {
            text.push_str(&format!(
                "{}+------------------------------------\n",
                "  ".repeat(level + 1)
            ));
        }
    }

    /// A group inside a group.
    fn inner_group(&mut self, group: &Value, level: usize, text: &mut String) {
        let Some(Object::Exception(inner)) = group.obj() else {
            return;
        };
        self.chained_at(group, level, text);
        let traceback = inner.traceback.borrow().clone();
        if let Some(traceback) = traceback {
            Vm::margin(text, "Exception Group Traceback (most recent call last):", level);
            let mut lines = String::new();
            self.render_traceback(&traceback, &mut lines);
            Vm::margin(text, &lines, level);
        }
        let own = self.exception_lines(group);
        Vm::margin(text, &own, level);
        let members = self.group_members(group);
        let mut ended = false;
        for (at, member) in members.iter().enumerate() {
            let indent = "  ".repeat(level);
            let start = if at == 0 { "+-" } else { "  " };
            text.push_str(&format!(
                "{indent}{start}+---------------- {} ----------------\n",
                at + 1
            ));
            ended = self.is_group(member);
            if ended {
                if level <= MAX_DEPTH {
                    self.inner_group(member, level + 1, text);
                } else {
                    Vm::margin(text, &format!("... (max_group_depth is {MAX_DEPTH})"), level + 1);
                }
            } else {
                self.chained_at(member, level + 1, text);
                let mut lines = String::new();
                self.render_one(member, &mut lines);
                Vm::margin(text, &lines, level + 1);
            }
        }
        if !ended {
            text.push_str(&format!(
                "{}+------------------------------------\n",
                "  ".repeat(level + 1)
            ));
        }
    }
}
