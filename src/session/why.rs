//! Why a tensor is a leaf, has no grad, or an error came: answers in plain words, from the session's own record.

use super::advice;
use serde_json::Value;
use std::collections::HashMap;

/// What is known of a tensor at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub name: String,
    /// The same for all names of one tensor.
    pub id: u64,
    /// How often it was written in place; -1 where that is not counted.
    pub version: i64,
    pub leaf: bool,
    pub requires_grad: bool,
    pub retains: bool,
    pub inference: bool,
    pub shape: Vec<i64>,
    pub dtype: String,
    /// The node that made it: `MulBackward0`.
    pub node: Option<String>,
    /// Variables among what the node was computed from.
    pub inputs: Vec<String>,
    /// The identity and version of its grad.
    pub grad: Option<(u64, i64)>,
    /// The variable it is a view of.
    pub base: Option<String>,
}

/// Reads what the session tells of its tensors.
pub fn facts(answer: &Value) -> Vec<Facts> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_string);
    let truth = |value: &Value, key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    let tensors = answer.as_array().map_or(&[][..], Vec::as_slice);
    let read = |value: &Value| Facts {
        name: text(value, "name").unwrap_or_default(),
        id: value.get("id").and_then(Value::as_u64).unwrap_or(0),
        version: value.get("version").and_then(Value::as_i64).unwrap_or(0),
        leaf: truth(value, "leaf"),
        requires_grad: truth(value, "requires_grad"),
        retains: truth(value, "retains"),
        inference: truth(value, "inference"),
        shape: value
            .get("shape")
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |sizes| sizes.iter().filter_map(Value::as_i64).collect()),
        dtype: text(value, "dtype").unwrap_or_default(),
        node: text(value, "node"),
        inputs: value
            .get("inputs")
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |names| {
                names.iter().filter_map(Value::as_str).map(str::to_string).collect()
            }),
        grad: value
            .get("grad")
            .and_then(Value::as_array)
            .and_then(|pair| match pair.as_slice() {
                [id, version] => Some((id.as_u64()?, version.as_i64()?)),
                _ => None,
            }),
        base: text(value, "base"),
    };
    tensors.iter().map(read).collect()
}

/// A statement and the tensors after it.
struct Entry {
    statement: String,
    failed: bool,
    tensors: Vec<Facts>,
}

/// What a session did, statement by statement.
#[derive(Default)]
pub struct Journal {
    entries: Vec<Entry>,
}

/// `x = x * 2 (statement 3)`, its first line.
fn shown(statement: &str, number: usize) -> String {
    let mut lines = statement.trim_end().lines();
    let first = lines.next().unwrap_or_default();
    let more = if lines.next().is_some() { " ..." } else { "" };
    format!("`{first}{more}` (statement {})", number + 1)
}

/// `MulBackward0` as the operation a user knows: `mul`.
fn operation(node: &str) -> String {
    let name = node.trim_end_matches(|c: char| c.is_ascii_digit());
    let name = name.strip_suffix("Backward").unwrap_or(name);
    let mut out = String::new();
    for (at, c) in name.char_indices() {
        if c.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

impl Journal {
    /// Adds a statement, with the tensors that the session holds after it.
    pub fn add(&mut self, statement: &str, failed: bool, tensors: Vec<Facts>) {
        self.entries.push(Entry {
            statement: statement.to_string(),
            failed,
            tensors,
        });
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets the statements from a number on.
    pub fn truncate(&mut self, count: usize) {
        self.entries.truncate(count);
    }

    fn seen(&self, number: usize, id: u64) -> Option<&Facts> {
        self.entries.get(number)?.tensors.iter().find(|facts| facts.id == id)
    }

    /// The statement after which the tensor was first there.
    fn made(&self, tensor: &Facts) -> Option<usize> {
        // identities are given away again: the tensor is there without a gap up to now
        let mut first = None;
        for number in (0..self.entries.len()).rev() {
            match self.seen(number, tensor.id) {
                Some(facts) if facts.shape == tensor.shape || facts.version != tensor.version => first = Some(number),
                _ if first.is_some() => break,
                _ => {}
            }
        }
        first
    }

    /// The statements after which something about the tensor was different.
    fn changes<T: PartialEq>(&self, tensor: &Facts, of: impl Fn(&Facts) -> T) -> Vec<usize> {
        let Some(made) = self.made(tensor) else {
            return Vec::new();
        };
        let mut changed = Vec::new();
        for number in made + 1..self.entries.len() {
            if let (Some(before), Some(after)) = (self.seen(number - 1, tensor.id), self.seen(number, tensor.id))
                && of(before) != of(after)
            {
                changed.push(number);
            }
        }
        changed
    }

    fn show(&self, number: usize) -> String {
        self.entries
            .get(number)
            .map_or_else(String::new, |entry| shown(&entry.statement, number))
    }

    fn list(&self, numbers: &[usize]) -> String {
        let shown: Vec<String> = numbers
            .iter()
            .rev()
            .take(3)
            .rev()
            .map(|number| self.show(*number))
            .collect();
        let more = if numbers.len() > 3 { "..., " } else { "" };
        format!("{more}{}", shown.join(", "))
    }

    fn last_with(&self, words: &[&str]) -> Option<usize> {
        let found = |entry: &Entry| !entry.failed && words.iter().any(|word| entry.statement.contains(word));
        self.entries.iter().rposition(found)
    }

    /// The answer about a tensor: `asked` is the attribute in question, `is_leaf`, `grad` or none.
    pub fn about(&self, tensor: &Facts, asked: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let name = &tensor.name;
        if let Some(made) = self.made(tensor) {
            lines.push(format!("{name} was made by {}.", self.show(made)));
        }
        match asked {
            "grad" | "_grad" => self.about_grad(tensor, &mut lines),
            "_version" => self.about_version(tensor, &mut lines),
            "requires_grad" => self.about_requires_grad(tensor, &mut lines),
            "is_leaf" | "grad_fn" => self.about_leaf(tensor, &mut lines),
            _ => {
                self.about_leaf(tensor, &mut lines);
                self.about_grad(tensor, &mut lines);
                if tensor.version > 0 {
                    self.about_version(tensor, &mut lines);
                }
            }
        }
        lines.truncate(6);
        lines
    }

    fn about_leaf(&self, tensor: &Facts, lines: &mut Vec<String>) {
        let name = &tensor.name;
        match &tensor.node {
            Some(node) if node == "CopySlices" || node == "AsStridedBackward0" && tensor.base.is_some() => {
                lines.push(format!(
                    "It is no leaf: it was written in place through a view, and that write is recorded ({node})."
                ));
            }
            Some(node) => {
                let from = match tensor.inputs.as_slice() {
                    [] => "an input that requires grad".to_string(),
                    names => format!("{}, which requires grad", names.join(" and ")),
                };
                lines.push(format!(
                    "It is no leaf: the operation {} computed it from {from}, and recorded that as {node}.",
                    operation(node)
                ));
                lines.push(format!(
                    "For a leaf with the same values write {name} = {name}.detach() (and .requires_grad_() if it shall require grad)."
                ));
            }
            None if tensor.requires_grad => lines.push(
                "It is a leaf that requires grad: you made it, no recorded operation did. backward() puts its gradient into .grad."
                    .to_string(),
            ),
            None => {
                lines.push("It is a leaf, as every tensor that requires no grad: nothing about it was recorded.".to_string());
                if let Some(entry) = self.made(tensor).and_then(|made| self.entries.get(made)) {
                    let statement = &entry.statement;
                    let reason = if statement.contains("no_grad") || statement.contains("inference_mode") {
                        Some("It was computed with recording switched off.")
                    } else if ["detach", ".data"].iter().any(|word| statement.contains(word)) {
                        Some("detach() and .data give the values without their history.")
                    } else if [" > ", " < ", " == ", " != ", " >= ", " <= "].iter().any(|sign| statement.contains(sign)) {
                        Some("A comparison gives bools, which have no gradient.")
                    } else {
                        None
                    };
                    lines.extend(reason.map(str::to_string));
                }
            }
        }
        if tensor.inference {
            lines.push("It was made in inference mode, where nothing is recorded.".to_string());
        }
    }

    fn about_requires_grad(&self, tensor: &Facts, lines: &mut Vec<String>) {
        let name = &tensor.name;
        let changed = self.changes(tensor, |facts| facts.requires_grad);
        match (&tensor.node, tensor.requires_grad) {
            (Some(node), _) => {
                let from = match tensor.inputs.as_slice() {
                    [] => "one of its inputs does".to_string(),
                    names => format!("{} does", names.join(" and ")),
                };
                lines.push(format!(
                    "It requires grad because {from}: the operation {} passes it on.",
                    operation(node)
                ));
                lines.push(format!(
                    "It cannot be switched off on a result; {name}.detach() gives the values without it."
                ));
            }
            (None, true) => lines.push(match changed.last() {
                Some(number) => format!("It requires grad since {}.", self.show(*number)),
                None => "It requires grad because it was made so (requires_grad=True, or as a parameter).".to_string(),
            }),
            (None, false) => {
                if let Some(number) = changed.last() {
                    lines.push(format!("It requires no grad since {}.", self.show(*number)));
                }
                if tensor.dtype.contains("int") || tensor.dtype.contains("bool") {
                    lines.push(format!(
                        "{} tensors cannot: only floating point and complex ones can.",
                        tensor.dtype
                    ));
                    lines.push(format!("Write {name} = {name}.float().requires_grad_()."));
                } else {
                    lines.push(
                        "It does not require grad: that is the default, and a result has it only from its inputs."
                            .to_string(),
                    );
                    lines.push(format!("Write {name}.requires_grad_() before you compute with it."));
                }
            }
        }
    }

    fn about_grad(&self, tensor: &Facts, lines: &mut Vec<String>) {
        let name = &tensor.name;
        let changed = self.changes(tensor, |facts| facts.grad);
        if tensor.grad.is_some() {
            let filled: Vec<usize> = changed
                .iter()
                .copied()
                .filter(|number| self.seen(*number, tensor.id).is_some_and(|facts| facts.grad.is_some()))
                .collect();
            match filled.as_slice() {
                [] => lines.push(format!("{name}.grad was put there by a backward pass.")),
                [only] => lines.push(format!("{name}.grad was put there by {}.", self.show(*only))),
                several => {
                    lines.push(format!("{name}.grad was changed by {}.", self.list(several)));
                    lines.push(format!(
                        "backward() adds to what is there. To start from nothing write {name}.grad = None or {name}.grad.zero_() before it."
                    ));
                }
            }
            return;
        }
        if !tensor.requires_grad {
            lines.push(format!("{name}.grad is None because {name} does not require grad."));
            let backward = self.last_with(&["backward("]);
            lines.push(format!(
                "Write {name}.requires_grad_(), compute the result{}, then call backward().",
                if backward.is_some() { " again" } else { "" }
            ));
            return;
        }
        if tensor.node.is_some() {
            if tensor.retains {
                lines.push(format!(
                    "{name}.retain_grad() was called, but no backward() has come through {name} since."
                ));
            } else {
                lines.push(format!(
                    "{name}.grad is None because {name} is no leaf: backward() passes its gradient on and keeps only those of leaves."
                ));
                lines.push(format!(
                    "Write {name}.retain_grad() before backward(), then compute again if need be."
                ));
            }
            return;
        }
        if let Some(number) = changed.last() {
            lines.push(format!("{name}.grad is None since {}.", self.show(*number)));
            lines.push("The next backward() that reaches it fills it again.".to_string());
            return;
        }
        let since = self.changes(tensor, |facts| facts.requires_grad).last().copied();
        match (self.last_with(&["backward(", "autograd.grad("]), since) {
            (None, _) => {
                lines.push(format!("{name}.grad is None because no backward() has run yet."));
                lines.push("Compute a number from it and call backward() on that.".to_string());
            }
            (Some(ran), Some(since)) if since > ran => {
                lines.push(format!(
                    "{name}.grad is None: {name} requires grad since {}, which came after {}.",
                    self.show(since),
                    self.show(ran)
                ));
                lines.push("Compute the result again, then call backward().".to_string());
            }
            (Some(ran), _)
                if self
                    .entries
                    .get(ran)
                    .is_some_and(|entry| !entry.statement.contains("backward(")) =>
            {
                lines.push(format!(
                    "{name}.grad is None: {} returns gradients and leaves .grad alone.",
                    self.show(ran)
                ));
            }
            (Some(ran), _) => {
                lines.push(format!(
                    "{name}.grad is None: {} did not reach {name}. What it started from was not computed from {name} by recorded operations.",
                    self.show(ran)
                ));
                lines.push("Usual causes: another tensor of that name was used, detach() or no_grad() came between, or an integer operation.".to_string());
            }
        }
    }

    fn about_version(&self, tensor: &Facts, lines: &mut Vec<String>) {
        let name = &tensor.name;
        match tensor.version {
            -1 => lines.push(format!(
                "{name} was made in inference mode: its writes in place are not counted."
            )),
            0 => lines.push(format!("{name} was never written in place.")),
            count => {
                let times = if count == 1 { "once" } else { "several times" };
                let changed = self.changes(tensor, |facts| facts.version);
                let by = if changed.is_empty() {
                    String::new()
                } else {
                    format!(": {}", self.list(&changed))
                };
                lines.push(format!("{name} was written in place {times} (version {count}){by}."));
                lines.push(format!(
                    "If backward() complains of it, write the form that makes a new tensor, as {name} = {name} + 1."
                ));
            }
        }
    }

    /// The answer about the last error; `now` are the session's tensors.
    pub fn about_error(&self, error: &str, now: &[Facts]) -> Vec<String> {
        let message = own_line(error);
        let mut lines = vec![message.to_string()];
        let failed = self.entries.iter().rposition(|entry| entry.failed);
        if let Some(known) = advice::of_message(error) {
            lines.extend(known.iter().map(|line| (*line).to_string()));
        }
        lines.extend(self.record_of(error, failed, now));
        if lines.len() == 1 {
            lines.push(match failed {
                Some(number) => format!("It came from {}.", self.show(number)),
                None => "Nothing more is known of it.".to_string(),
            });
        }
        lines.truncate(6);
        lines
    }

    /// What the record adds to the answer about an error.
    fn record_of(&self, error: &str, failed: Option<usize>, now: &[Facts]) -> Vec<String> {
        let mut lines = Vec::new();
        if error.contains("modified by an inplace operation") {
            let mut written: Vec<(usize, String)> = Vec::new();
            for tensor in now.iter().filter(|tensor| tensor.version > 0) {
                if error.contains(&bracketed(&tensor.shape)) {
                    let changed = self.changes(tensor, |facts| facts.version);
                    written.extend(changed.into_iter().map(|number| (number, tensor.name.clone())));
                }
            }
            written.sort();
            written.dedup_by_key(|(number, _)| *number);
            if let Some((number, name)) = written.last() {
                lines.push(format!(
                    "A tensor of that shape was written by {}: {name}.",
                    self.show(*number)
                ));
            }
        } else if error.contains("a second time") || error.contains("have already been freed") {
            let before = failed.unwrap_or(self.entries.len());
            let ran = self.entries.iter().take(before).rposition(|entry| {
                !entry.failed && (entry.statement.contains("backward(") || entry.statement.contains("autograd.grad("))
            });
            if let Some(number) = ran {
                lines.push(format!("The pass before it was {}.", self.show(number)));
            }
        } else if let Some(entry) = failed.and_then(|number| self.entries.get(number)) {
            let known: HashMap<&str, &Facts> = now.iter().map(|facts| (facts.name.as_str(), facts)).collect();
            let mut named: Vec<String> = Vec::new();
            for word in entry.statement.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
                if let Some(facts) = known.get(word) {
                    let what = described(facts);
                    if !named.contains(&what) {
                        named.push(what);
                    }
                }
            }
            if !named.is_empty() {
                named.truncate(4);
                lines.push(format!("In {}: {}.", self.show(failed.unwrap_or(0)), named.join("; ")));
            }
        }
        lines
    }
}

/// `[2, 3]`, as messages write a shape.
fn bracketed(shape: &[i64]) -> String {
    let sizes: Vec<String> = shape.iter().map(i64::to_string).collect();
    format!("[{}]", sizes.join(", "))
}

/// `x is (2, 3) float32, a leaf that requires grad`
fn described(facts: &Facts) -> String {
    let kind = match (&facts.node, facts.requires_grad) {
        (Some(node), _) => format!("made by {}", operation(node)),
        (None, true) => "a leaf that requires grad".to_string(),
        (None, false) => "requires no grad".to_string(),
    };
    let dtype = facts.dtype.strip_prefix("torch.").unwrap_or(&facts.dtype);
    format!("{} is {} {dtype}, {kind}", facts.name, bracketed(&facts.shape))
}

/// The exception's own first line: `RuntimeError: ...`, shortened.
fn own_line(error: &str) -> String {
    let own = error
        .lines()
        .find(|line| !line.starts_with(' ') && !line.starts_with("Traceback"));
    let own = own.unwrap_or_default();
    match own.char_indices().nth(150) {
        Some((at, _)) => format!("{}...", own.get(..at).unwrap_or(own)),
        None => own.to_string(),
    }
}

/// The tensor's name and the attribute asked for: `x.grad`, `y.sum().is_leaf`.
pub fn question(expression: &str) -> (&str, &str) {
    for attribute in ["grad", "is_leaf", "grad_fn", "requires_grad", "_version", "_grad"] {
        let ending = expression
            .strip_suffix(attribute)
            .and_then(|rest| rest.strip_suffix('.'));
        if let Some(tensor) = ending {
            return (tensor, attribute);
        }
    }
    (expression, "")
}
