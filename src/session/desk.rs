//! What a prompt offers beside Python: magics, `x?`, pasted sessions, a recording. It sits
//! between a front end and an [`Engine`] and needs no terminal.

use super::graph::Graph;
use super::why::{self, Journal};
use super::{Answer, Engine, Fed, Kept, OpenError, Setup, SharedSink, Sink, Stream, paste, picture};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

const GRAPH: &str = include_str!("graph.py");
const WHO: &str = include_str!("who.py");
const FACTS: &str = include_str!("facts.py");

/// A magic and what it is for.
pub const MAGICS: &[(&str, &str)] = &[
    (
        "%graph",
        "%graph NAME: the autograd graph behind a tensor; > FILE.svg (.dot, .mmd, .json) draws it",
    ),
    ("%history", "%history: the statements so far"),
    ("%magics", "%magics: this list"),
    (
        "%record",
        "%record FILE: write what follows as a transcript; %record alone ends it",
    ),
    ("%reset", "%reset: a fresh namespace"),
    ("%time", "%time STATEMENT: how long it takes"),
    ("%timeit", "%timeit STATEMENT: how long it takes, the best of many runs"),
    ("%undo", "%undo: the session as it was before the last statement"),
    ("%who", "%who: the names of the session, with their types"),
    (
        "%why",
        "%why EXPRESSION: why a tensor is a leaf, has no grad, or an error came",
    ),
];

/// Writes to the front end and keeps a copy while a recording runs.
pub struct Tee {
    front: SharedSink,
    copy: Option<Kept>,
    quiet: bool,
}

impl Sink for Tee {
    fn write(&mut self, stream: Stream, text: &str) {
        if let Some(copy) = &mut self.copy {
            copy.write(stream, text);
        }
        if !self.quiet {
            self.front.borrow_mut().write(stream, text);
        }
    }
}

/// A session with its history, magics and recording.
pub struct Desk {
    engine: Box<dyn Engine>,
    tee: Rc<RefCell<Tee>>,
    setup: Setup,
    entries: Vec<String>,
    last_error: Option<String>,
    journal: Journal,
    recording: Option<Recording>,
}

struct Recording {
    path: PathBuf,
    text: String,
}

impl Desk {
    /// A desk over the engine that `open` makes for the sink it is given.
    pub fn open(
        setup: Setup,
        front: SharedSink,
        open: impl FnOnce(&Setup, SharedSink) -> Result<Box<dyn Engine>, OpenError>,
    ) -> Result<Desk, OpenError> {
        let tee = Rc::new(RefCell::new(Tee {
            front,
            copy: None,
            quiet: false,
        }));
        // %undo runs the session again: its random numbers must be the same then
        let setup = Setup {
            seed: setup.seed.or_else(|| Some(rand::random())),
            ..setup
        };
        let engine = open(&setup, tee.clone())?;
        Ok(Desk {
            engine,
            tee,
            setup,
            entries: vec![],
            last_error: None,
            journal: Journal::default(),
            recording: None,
        })
    }

    pub fn engine(&mut self) -> &mut dyn Engine {
        self.engine.as_mut()
    }

    /// The statements so far.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Takes an entry: Python, a magic, `x?`, or a pasted session with its prompts.
    pub fn feed(&mut self, entry: &str, ended: bool) -> Fed {
        if let Some(statements) = entry.contains('\n').then(|| paste::statements(entry)).flatten() {
            return Fed::Done(self.pasted(&statements));
        }
        if let Some(statements) = entry.trim_end().contains('\n').then(|| paste::split(entry)).flatten() {
            return Fed::Done(self.several(&statements));
        }
        let bare = entry.trim();
        if let Some(prompted) = bare.strip_prefix(">>> ") {
            return self.feed(prompted, ended);
        }
        if !entry.contains('\n') {
            if let Some(magic) = bare.strip_prefix('%') {
                return Fed::Done(self.magic(magic));
            }
            let named = bare.trim_matches('?');
            if named.len() < bare.len() && is_dotted_name(named) {
                return self.feed(&format!("help({named})"), true);
            }
        }
        let fed = self.engine.feed(entry, ended);
        if let Fed::Done(answer) = &fed {
            self.note(entry, answer);
        }
        fed
    }

    /// Runs a pasted session, each statement shown before its output.
    fn pasted(&mut self, statements: &[String]) -> Answer {
        let mut last = Answer::default();
        for statement in statements {
            for (index, line) in statement.lines().enumerate() {
                self.write(&format!("{}{line}\n", if index == 0 { ">>> " } else { "... " }));
            }
            if let Some(error) = last.error.take() {
                self.tee.borrow_mut().write(Stream::Err, &error);
            }
            last = match self.engine.feed(statement, true) {
                Fed::Done(answer) => answer,
                Fed::Incomplete => Answer::default(),
            };
            self.note(statement, &last);
            if last.exit.is_some() {
                break;
            }
        }
        last
    }

    /// Runs the statements of a pasted program up to the first that fails.
    fn several(&mut self, statements: &[String]) -> Answer {
        for statement in statements {
            if let Fed::Done(answer) = self.engine.feed(statement, true) {
                self.note(statement, &answer);
                if answer != Answer::default() {
                    return answer;
                }
            }
        }
        Answer::default()
    }

    fn write(&mut self, text: &str) {
        self.tee.borrow().front.borrow_mut().write(Stream::Out, text);
    }

    fn note(&mut self, entry: &str, answer: &Answer) {
        if let Some(error) = &answer.error {
            self.last_error = Some(error.clone());
        }
        let entry = entry.trim_end();
        if entry.is_empty() {
            return;
        }
        self.entries.push(entry.to_string());
        self.keep_facts(entry, answer.error.is_some());
        if let Some(recording) = &mut self.recording {
            let pieces = self.tee.borrow_mut().copy.as_mut().map(Kept::take).unwrap_or_default();
            recording.text.push_str(&prompted(entry));
            for (_, text) in pieces.iter().filter(|(stream, _)| *stream == Stream::Out) {
                recording.text.push_str(text);
            }
            recording.text.push_str(answer.error.as_deref().unwrap_or_default());
            if let Err(error) = std::fs::write(&recording.path, &recording.text) {
                let message = format!("cannot write {}: {error}\n", recording.path.display());
                self.recording = None;
                self.tee.borrow_mut().copy = None;
                self.tee.borrow_mut().write(Stream::Err, &message);
            }
        }
    }

    fn magic(&mut self, magic: &str) -> Answer {
        let (name, rest) = magic.split_once(char::is_whitespace).unwrap_or((magic, ""));
        let rest = rest.trim();
        match name {
            "magics" => {
                let list: String = MAGICS.iter().map(|(_, line)| format!("{line}\n")).collect();
                self.write(&list);
            }
            "history" => {
                let list: String = self.entries.iter().map(|entry| format!("{entry}\n")).collect();
                self.write(&list);
            }
            "who" => return self.snippet(WHO, &[]),
            "graph" if !rest.is_empty() => return self.graph(rest),
            "why" => return self.why(rest),
            "reset" => return self.restart(&[]),
            "undo" => {
                let keep = self.entries.len().saturating_sub(1);
                let kept: Vec<String> = self.entries[..keep].to_vec();
                return self.restart(&kept);
            }
            "time" if !rest.is_empty() => {
                let start = Instant::now();
                let fed = self.engine.feed(rest, true);
                let taken = start.elapsed();
                if let Fed::Done(answer) = fed {
                    self.note(rest, &answer);
                    if answer.error.is_some() || answer.exit.is_some() {
                        return answer;
                    }
                }
                self.write(&format!("{}\n", readable(taken)));
            }
            "timeit" if !rest.is_empty() => return self.timeit(rest),
            "record" => return self.record(rest),
            _ => {
                let known = MAGICS.iter().find(|(magic, _)| magic.strip_prefix('%') == Some(name));
                let message = match known {
                    Some((_, usage)) => format!("usage: {usage}\n"),
                    None => format!("no magic %{name}; %magics lists them\n"),
                };
                self.tee.borrow_mut().write(Stream::Err, &message);
            }
        }
        Answer::default()
    }

    /// Runs Python text of ours that leaves no names behind; `arguments` are its `_gradshell_arguments`.
    fn snippet(&mut self, code: &str, arguments: &[&str]) -> Answer {
        let list = serde_json::to_string(arguments).unwrap_or_default();
        self.engine
            .run("<magic>", &format!("_gradshell_arguments = {list}\n{code}"))
    }

    /// What a snippet prints as JSON; the answer where it failed. Nothing of it reaches the front end.
    fn ask(&mut self, code: &str, arguments: &[&str]) -> Result<serde_json::Value, Answer> {
        let (quiet, copy) = {
            let mut tee = self.tee.borrow_mut();
            let copy = tee.copy.replace(Kept::default());
            (std::mem::replace(&mut tee.quiet, true), copy)
        };
        let answer = self.snippet(code, arguments);
        let mut tee = self.tee.borrow_mut();
        tee.quiet = quiet;
        let written = std::mem::replace(&mut tee.copy, copy).map_or_else(Vec::new, |kept| kept.pieces);
        let text: String = written
            .into_iter()
            .filter(|(stream, _)| *stream == Stream::Out)
            .map(|(_, text)| text)
            .collect();
        match answer.error {
            Some(_) => Err(answer),
            None => serde_json::from_str(&text).map_err(|_| Answer::default()),
        }
    }

    /// Notes what the session's tensors are after a statement.
    fn keep_facts(&mut self, entry: &str, failed: bool) {
        let tensors = self
            .ask(FACTS, &[])
            .map_or_else(|_| Vec::new(), |facts| why::facts(&facts));
        self.journal.add(entry, failed, tensors);
    }

    /// `%graph y`, `%graph y > file.svg`
    fn graph(&mut self, rest: &str) -> Answer {
        let (expression, file) = match rest.rsplit_once('>') {
            Some((expression, file)) if has_known_ending(file.trim()) => (expression.trim(), Some(file.trim())),
            _ => (rest, None),
        };
        let graph = match self.ask(GRAPH, &[expression]).map(Graph::read) {
            Ok(Ok(graph)) => graph,
            Ok(Err(problem)) => {
                self.write(&format!("{problem}\n"));
                return Answer::default();
            }
            Err(answer) => return answer,
        };
        let Some(file) = file else {
            self.write(&graph.tree());
            return Answer::default();
        };
        let text = match file.rsplit('.').next() {
            Some("dot") => graph.dot(),
            Some("json") => graph.json(),
            Some("mmd") => graph.mermaid(),
            _ => picture::svg(&graph),
        };
        let message = match std::fs::write(file, text) {
            Ok(()) => format!("{file} written\n"),
            Err(error) => format!("cannot write {file}: {error}\n"),
        };
        self.write(&message);
        Answer::default()
    }

    /// `%why`, `%why x.grad`
    fn why(&mut self, rest: &str) -> Answer {
        let lines = if matches!(rest, "" | "error") {
            match self.last_error.clone() {
                None => {
                    vec!["There was no error so far. Ask `%why x.grad` or `%why x.is_leaf` of a tensor x.".to_string()]
                }
                Some(error) => {
                    let now = self
                        .ask(FACTS, &[])
                        .map_or_else(|_| Vec::new(), |facts| why::facts(&facts));
                    self.journal.about_error(&error, &now)
                }
            }
        } else {
            let (tensor, attribute) = why::question(rest);
            match self.ask(FACTS, &[tensor]).map(|facts| why::facts(&facts)) {
                Ok(facts) => match facts.first() {
                    Some(facts) => self.journal.about(facts, attribute),
                    None => vec![format!("{tensor} is no tensor of this session.")],
                },
                Err(answer) => return answer,
            }
        };
        for line in lines {
            self.write(&format!("{line}\n"));
        }
        Answer::default()
    }

    fn restart(&mut self, entries: &[String]) -> Answer {
        if let Err(error) = self.engine.reset(&self.setup) {
            self.tee.borrow_mut().write(Stream::Err, &format!("{error}\n"));
        }
        self.tee.borrow_mut().quiet = true;
        self.journal.clear();
        for entry in entries {
            let fed = self.engine.feed(entry, true);
            let failed = matches!(&fed, Fed::Done(answer) if answer.error.is_some());
            self.keep_facts(entry, failed);
        }
        self.tee.borrow_mut().quiet = false;
        self.entries = entries.to_vec();
        Answer::default()
    }

    fn timeit(&mut self, statement: &str) -> Answer {
        let mut best = Duration::MAX;
        let start = Instant::now();
        let mut runs = 0u32;
        self.tee.borrow_mut().quiet = true;
        let mut failed = None;
        while failed.is_none() && (runs < 3 || (start.elapsed() < Duration::from_millis(500) && runs < 100_000)) {
            let one = Instant::now();
            let fed = self.engine.feed(statement, true);
            best = best.min(one.elapsed());
            runs += 1;
            failed = match fed {
                Fed::Done(answer) if answer != Answer::default() => Some(answer),
                _ => None,
            };
        }
        self.tee.borrow_mut().quiet = false;
        match failed {
            Some(answer) => answer,
            None => {
                self.write(&format!("{} (best of {runs} runs)\n", readable(best)));
                Answer::default()
            }
        }
    }

    fn record(&mut self, path: &str) -> Answer {
        let text = match (path.is_empty(), self.recording.take()) {
            (true, Some(done)) => format!("recorded {}\n", done.path.display()),
            (true, None) => "usage: %record FILE\n".to_string(),
            (false, _) => {
                self.recording = Some(Recording {
                    path: path.into(),
                    text: String::new(),
                });
                format!("recording to {path}; %record ends it\n")
            }
        };
        self.tee.borrow_mut().copy = self.recording.is_some().then(Kept::default);
        self.write(&text);
        Answer::default()
    }

    /// Completions at the end of `text`: magics here, the rest from the live session.
    pub fn complete(&mut self, text: &str) -> super::Completion {
        if let Some(start) = text.starts_with('%').then_some(0) {
            let names = MAGICS
                .iter()
                .map(|(name, _)| (*name).to_string())
                .filter(|name| name.starts_with(text));
            return super::Completion {
                start,
                names: names.collect(),
            };
        }
        let mut found = self.engine.complete(text);
        let word = text.get(found.start..).unwrap_or_default().to_string();
        if !word.contains('.')
            && let Some(signature) = self.open_call(text)
        {
            let own = parameters(&signature)
                .into_iter()
                .filter(|name| name.starts_with(&word));
            found.names.splice(0..0, own.map(|name| format!("{name}=")));
        }
        found
    }

    /// The signature of the call that is open at the end of `text`.
    pub fn open_call(&mut self, text: &str) -> Option<String> {
        let callee = open_callee(text)?;
        self.engine.signature(callee)
    }
}

/// The names of the parameters in a signature, `sum(input, *, dtype=None)`, that may be given by keyword.
fn parameters(signature: &str) -> Vec<String> {
    let Some((_, inside)) = signature.split_once('(') else {
        return vec![];
    };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in inside.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ',' | ')' if depth == 0 => {
                let part = inside[start..at].split('=').next().unwrap_or_default();
                let part = part.split(':').next().unwrap_or_default().trim();
                // a schema writes the type before the name
                let name = part.rsplit(' ').next().unwrap_or_default();
                if is_dotted_name(name) && !name.contains('.') && name != "self" {
                    names.push(name.to_string());
                }
                start = at + 1;
                if c == ')' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// A statement with its prompts, each line ended.
pub fn prompted(source: &str) -> String {
    let mut text = String::new();
    for (index, line) in source.lines().enumerate() {
        let prompt = if index == 0 { ">>> " } else { "... " };
        text.push_str(format!("{prompt}{line}").trim_end());
        text.push('\n');
    }
    text
}

/// The dotted name before the innermost bracket that is open at the end of the text.
fn open_callee(text: &str) -> Option<&str> {
    let mut depth = 0;
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' if depth > 0 => depth -= 1,
            '(' => {
                let start = text[..at]
                    .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
                    .map_or(0, |s| s + 1);
                let start = (start..at).find(|s| text.is_char_boundary(*s)).unwrap_or(at);
                return Some(&text[start..at]).filter(|name| is_dotted_name(name));
            }
            '[' | '{' | '\n' => return None,
            _ => {}
        }
    }
    None
}

fn is_dotted_name(text: &str) -> bool {
    let is_name = |name: &str| {
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit())
    };
    !text.is_empty() && text.split('.').all(|name| !name.is_empty() && is_name(name))
}

/// True for a file that `%graph` can write.
fn has_known_ending(file: &str) -> bool {
    [".svg", ".dot", ".json", ".mmd"]
        .iter()
        .any(|ending| file.ends_with(ending))
}

/// `1.23 ms` and its like.
fn readable(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.3} us", s * 1e6),
        s if s < 1.0 => format!("{:.3} ms", s * 1e3),
        s => format!("{s:.3} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_calls_are_found() {
        assert_eq!(open_callee("y = torch.sum(x, dim=(1"), None);
        assert_eq!(open_callee("y = torch.sum(x, f(1), "), Some("torch.sum"));
        assert_eq!(
            parameters("f(Tensor input, int[1]? dim=None, *, dtype: x = (1, 2)) -> Tensor"),
            ["input", "dim", "dtype"]
        );
    }
}
