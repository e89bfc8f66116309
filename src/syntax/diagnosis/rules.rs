//! `grammar/mistakes.peg`, compiled to the instructions of `machine`.

use super::tokens::Kind;
use rustc_hash::FxHashMap;

/// What a mistake's place is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// `a`
    At,
    /// From `a` to `b`.
    Range,
    /// From `a` to the last byte read.
    From,
    /// The last token read.
    Here,
    /// The last token read, an `IndentationError`.
    Indent,
    /// One byte before the end of `a`.
    After,
    /// The part of `a` that cannot be assigned to, if there is one.
    StarTarget,
    ForTarget,
    /// The part of `a` that cannot be deleted, if there is one.
    DelTarget,
    /// `a` to `b`, if they stand in brackets and `a` is no statement of Python 2.
    Comma,
    /// `a` to `b`, if `a` is `print` or `exec`.
    Legacy,
    /// From `a` to the end of the `for` clauses in `b`.
    Clauses,
    /// The last argument in `a` to the end of `b`, if there are several.
    Generator,
    /// The last token read; the message depends on the arguments in `a`.
    Arguments,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    Strings,
    Real,
    Imaginary,
}

#[derive(Clone, Debug)]
pub struct Mistake {
    pub place: Place,
    pub message: String,
    /// `a` and `b` are expressions, whose own place excludes parentheses.
    pub nodes: [bool; 2],
    /// `a` and `b` are the same capture.
    pub same: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Op {
    Literal(u16),
    Soft(u16),
    AnySoft,
    Token(Kind),
    Call(u16),
    /// Try what follows; on failure go on there.
    Choice(u32),
    Commit(u32),
    /// The loop went round once more.
    Again(u32),
    /// The look-ahead succeeded: forget what it read.
    BackCommit(u32),
    Fail,
    FailTwice,
    Return,
    Open(u8),
    Close(u8),
    Cut,
    Jump(u32),
    /// In the first pass, go on there.
    SecondPass(u32),
    Must(u16),
    Check(Check),
    Mistake(u16),
}

#[derive(Default)]
pub struct Rule {
    pub entry: u32,
    pub remembered: bool,
    pub quiet: bool,
    /// Called in the second pass only: a failure without its alternatives must not be remembered.
    pub second: bool,
}

/// The compiled grammar.
#[derive(Default)]
pub struct Program {
    pub ops: Vec<Op>,
    pub rules: Vec<Rule>,
    pub names: FxHashMap<String, u16>,
    pub literals: Vec<String>,
    /// The literals' numbers.
    pub words: FxHashMap<String, u16>,
    pub mistakes: Vec<Mistake>,
}

thread_local! {
    static PROGRAM: std::rc::Rc<Program> = std::rc::Rc::new(compile(include_str!("../../../grammar/mistakes.peg")));
}

/// The grammar of mistakes, compiled at the first one of a thread.
pub fn program() -> std::rc::Rc<Program> {
    PROGRAM.with(std::rc::Rc::clone)
}

#[derive(Clone, PartialEq, Debug)]
enum Word<'a> {
    Name(&'a str),
    Literal(&'a str),
    /// A soft keyword or a message.
    Quoted(String),
    /// `a=` or `a:`
    Capture(u8, bool),
    Sign(char),
    Arrow,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim_start();
        if rest.starts_with('#') {
            continue;
        }
        while let Some(first) = rest.chars().next() {
            let length = rest
                .find(|next: char| !next.is_ascii_alphanumeric() && next != '_')
                .unwrap_or(rest.len());
            let taken = if length > 0 {
                let name = rest.get(..length).unwrap_or("");
                let mark = rest.as_bytes().get(length).copied();
                if matches!(name, "a" | "b") && matches!(mark, Some(b'=' | b':')) {
                    words.push(Word::Capture(u8::from(name == "b"), mark == Some(b'=')));
                    length + 1
                } else {
                    words.push(Word::Name(name));
                    length
                }
            } else if first == '\'' {
                let end = rest
                    .get(1..)
                    .and_then(|rest| rest.find('\''))
                    .map_or(rest.len(), |end| end + 1);
                words.push(Word::Literal(rest.get(1..end).unwrap_or("")));
                end + 1
            } else if first == '"' {
                let mut quoted = String::new();
                let mut at = 1;
                while let Some(next) = rest.get(at..).and_then(|rest| rest.chars().next()) {
                    at += next.len_utf8();
                    match next {
                        '"' => break,
                        '\\' => {}
                        _ => quoted.push(next),
                    }
                    if next == '\\' {
                        quoted.push('"');
                        at += 1;
                    }
                }
                words.push(Word::Quoted(quoted));
                at
            } else if rest.starts_with("->") {
                words.push(Word::Arrow);
                2
            } else {
                words.push(Word::Sign(first));
                first.len_utf8()
            };
            rest = rest.get(taken..).unwrap_or("").trim_start();
        }
    }
    words
}

struct Compiler<'a> {
    words: Vec<Word<'a>>,
    at: usize,
    program: Program,
    /// How `a` and `b` were captured in this alternative.
    nodes: [bool; 2],
}

fn compile(text: &str) -> Program {
    let mut compiler = Compiler {
        words: words(text),
        at: 0,
        program: Program::default(),
        nodes: [false; 2],
    };
    while let Some(Word::Name(name)) = compiler.next() {
        let number = compiler.rule(name);
        let mut rule = Rule {
            entry: compiler.here(),
            ..Rule::default()
        };
        loop {
            match compiler.next() {
                Some(Word::Sign('@')) => {
                    rule.remembered = true;
                    rule.second = name.starts_with("invalid_");
                }
                Some(Word::Name("quiet")) => rule.quiet = true,
                _ => break,
            }
        }
        if let Some(place) = compiler.program.rules.get_mut(number as usize) {
            *place = rule;
        }
        compiler.alternatives();
        compiler.emit(Op::Return);
        compiler.next();
    }
    compiler.program
}

impl<'a> Compiler<'a> {
    fn peek(&self) -> Option<&Word<'a>> {
        self.words.get(self.at)
    }

    fn next(&mut self) -> Option<Word<'a>> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(&Word::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn here(&self) -> u32 {
        self.program.ops.len() as u32
    }

    fn emit(&mut self, op: Op) -> usize {
        self.program.ops.push(op);
        self.program.ops.len() - 1
    }

    fn patch(&mut self, at: usize, op: Op) {
        if let Some(place) = self.program.ops.get_mut(at) {
            *place = op;
        }
    }

    fn rule(&mut self, name: &str) -> u16 {
        let next = self.program.rules.len() as u16;
        let number = *self.program.names.entry(name.to_owned()).or_insert(next);
        if number == next {
            self.program.rules.push(Rule::default());
        }
        number
    }

    fn literal(&mut self, text: &str) -> u16 {
        let next = self.program.literals.len() as u16;
        let number = *self.program.words.entry(text.to_owned()).or_insert(next);
        if number == next {
            self.program.literals.push(text.to_owned());
        }
        number
    }

    fn alternatives(&mut self) {
        let mut ends: Vec<(usize, bool)> = Vec::new();
        loop {
            self.nodes = [false; 2];
            let second = self.take('?').then(|| self.emit(Op::Fail));
            let choice = self.emit(Op::Choice(0));
            let cut = self.sequence();
            ends.push((self.emit(Op::Fail), cut));
            let next = self.here();
            self.patch(choice, Op::Choice(next));
            if let Some(second) = second {
                self.patch(second, Op::SecondPass(next));
            }
            if !self.take('/') {
                break;
            }
        }
        self.emit(Op::Fail);
        let end = self.here();
        for (at, cut) in ends {
            self.patch(at, if cut { Op::Jump(end) } else { Op::Commit(end) });
        }
    }

    /// One alternative; whether it has a cut.
    fn sequence(&mut self) -> bool {
        let mut cut = false;
        loop {
            match self.peek() {
                None | Some(Word::Sign('/' | ';' | ')' | ']' | '}')) => return cut,
                Some(Word::Sign('~')) => {
                    self.at += 1;
                    cut = true;
                    self.emit(Op::Cut);
                }
                Some(Word::Arrow) => {
                    self.at += 1;
                    self.mistake();
                }
                _ => self.item(),
            }
        }
    }

    fn item(&mut self) {
        match self.peek().cloned() {
            Some(Word::Capture(slot, node)) => {
                self.at += 1;
                self.emit(Op::Open(slot));
                let before = self.nodes;
                self.item();
                self.nodes = before;
                if let Some(place) = self.nodes.get_mut(slot as usize) {
                    *place = node;
                }
                self.emit(Op::Close(slot));
            }
            Some(Word::Sign(sign @ ('&' | '!'))) => {
                self.at += 1;
                let choice = self.emit(Op::Choice(0));
                self.atom();
                if sign == '&' {
                    let back = self.emit(Op::BackCommit(0));
                    let fail = self.here();
                    self.emit(Op::Fail);
                    let end = self.here();
                    self.patch(choice, Op::Choice(fail));
                    self.patch(back, Op::BackCommit(end));
                } else {
                    self.emit(Op::FailTwice);
                    let end = self.here();
                    self.patch(choice, Op::Choice(end));
                }
            }
            Some(Word::Name("must")) => {
                self.at += 1;
                if let Some(Word::Literal(text)) = self.next() {
                    let literal = self.literal(text);
                    self.emit(Op::Must(literal));
                }
            }
            Some(Word::Name("check")) => {
                self.at += 1;
                let check = match self.next() {
                    Some(Word::Name("real")) => Check::Real,
                    Some(Word::Name("imaginary")) => Check::Imaginary,
                    _ => Check::Strings,
                };
                self.emit(Op::Check(check));
            }
            _ => {
                let start = self.at;
                // `x*` is compiled as a loop around x, `x+` as x and the loop
                let before = self.here();
                self.atom();
                let end = self.at;
                if self.take('*') {
                    self.program.ops.truncate(before as usize);
                    self.repeat(start, end, false);
                    self.at = end + 1;
                } else if self.take('+') {
                    self.repeat(start, end, false);
                    self.at = end + 1;
                }
            }
        }
    }

    /// A loop around the atom at `start..end`, with a comma before it if asked for.
    fn repeat(&mut self, start: usize, end: usize, comma: bool) {
        let choice = self.emit(Op::Choice(0));
        let body = self.here();
        if comma {
            let literal = self.literal(",");
            self.emit(Op::Literal(literal));
        }
        self.at = start;
        if comma {
            self.alternatives();
        } else {
            self.atom();
        }
        self.at = end;
        self.emit(Op::Again(body));
        let out = self.here();
        self.patch(choice, Op::Choice(out));
    }

    fn atom(&mut self) {
        match self.next() {
            Some(Word::Literal(text)) => {
                let literal = self.literal(text);
                self.emit(Op::Literal(literal));
            }
            Some(Word::Quoted(text)) => {
                let literal = self.literal(&text);
                self.emit(Op::Soft(literal));
            }
            Some(Word::Name(name)) => {
                let op = match name {
                    "NAME" => Op::Token(Kind::Name),
                    "NUMBER" => Op::Token(Kind::Number),
                    "STRING" => Op::Token(Kind::String),
                    "NEWLINE" => Op::Token(Kind::Newline),
                    "INDENT" => Op::Token(Kind::Indent),
                    "DEDENT" => Op::Token(Kind::Dedent),
                    "END" => Op::Token(Kind::End),
                    "SOFT_KEYWORD" => Op::AnySoft,
                    _ => Op::Call(self.rule(name)),
                };
                self.emit(op);
            }
            Some(Word::Sign('(')) => {
                let nodes = self.nodes;
                self.alternatives();
                self.nodes = nodes;
                self.next();
            }
            Some(Word::Sign('[')) => {
                let nodes = self.nodes;
                let choice = self.emit(Op::Choice(0));
                self.alternatives();
                let commit = self.emit(Op::Fail);
                let end = self.here();
                self.patch(choice, Op::Choice(end));
                self.patch(commit, Op::Commit(end));
                self.nodes = nodes;
                self.next();
            }
            Some(Word::Sign('{')) => {
                let nodes = self.nodes;
                let start = self.at;
                self.alternatives();
                let end = self.at;
                self.repeat(start, end, true);
                self.nodes = nodes;
                self.next();
            }
            _ => {}
        }
    }

    fn mistake(&mut self) {
        let Some(Word::Name(kind)) = self.next() else { return };
        let mut captures = Vec::new();
        let mut target = "";
        while let Some(Word::Name(name)) = self.peek().cloned() {
            self.at += 1;
            match name {
                "a" | "b" => captures.push(name),
                _ => target = name,
            }
        }
        let mut message = String::new();
        if let Some(Word::Quoted(text)) = self.peek().cloned() {
            self.at += 1;
            message = text;
        }
        let place = match (kind, target) {
            ("at", _) => Place::At,
            ("range", _) => Place::Range,
            ("from", _) => Place::From,
            ("indent", _) => Place::Indent,
            ("after", _) => Place::After,
            ("target", "star") => Place::StarTarget,
            ("target", "for") => Place::ForTarget,
            ("target", _) => Place::DelTarget,
            ("comma", _) => Place::Comma,
            ("legacy", _) => Place::Legacy,
            ("clauses", _) => Place::Clauses,
            ("generator", _) => Place::Generator,
            ("arguments", _) => Place::Arguments,
            _ => Place::Here,
        };
        let same = captures == ["a", "a"];
        self.program.mistakes.push(Mistake {
            place,
            message,
            nodes: self.nodes,
            same,
        });
        let number = self.program.mistakes.len() as u16 - 1;
        self.emit(Op::Mistake(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_defined() {
        let program = program();
        for (name, &number) in &program.names {
            let entry = program.rules[number as usize].entry;
            assert!(entry > 0 || name == "file", "{name} is used but not defined");
        }
        assert!(program.mistakes.len() > 80);
        for entry in ["file", "single", "eval", "field"] {
            assert!(program.names.contains_key(entry));
        }
    }
}
