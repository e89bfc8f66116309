//! Runs the compiled grammar over the tokens: an ordered-choice machine with its own stack, so that no
//! nesting of the source can exhaust the thread's.

use super::Problem;
use super::rules::{Op, Program};
use super::tokens::Kind;
use super::{Diagnosis, Span};
use rustc_hash::FxHashMap;

/// As many calls may be open as CPython's parser allows.
const MAX_DEPTH: usize = 6_000;

/// What `a` and `b` stand for in the rule being run; a capture that isn't completed leaves the one before.
#[derive(Clone, Copy, Default)]
struct Captures {
    spans: [Span; 2],
    opened: [u32; 2],
}

enum Frame {
    Call {
        back: u32,
        rule: u16,
        start: u32,
        captures: Captures,
        second: bool,
    },
    Choice {
        to: u32,
        at: u32,
    },
}

/// A run over the tokens of `diagnosis`.
pub struct Machine<'m, 'a> {
    program: &'m Program,
    diagnosis: &'m mut Diagnosis<'a>,
    stack: Vec<Frame>,
    depth: usize,
    at: u32,
    captures: Captures,
    /// Mistakes are looked for.
    second: bool,
    /// Where remembered rules ended, or None if they failed.
    memo: FxHashMap<(u16, u32), Option<u32>>,
    /// Where the last whole statement of a file starts.
    last: u32,
}

impl<'m, 'a> Machine<'m, 'a> {
    pub fn new(program: &'m Program, diagnosis: &'m mut Diagnosis<'a>, second: bool) -> Machine<'m, 'a> {
        Machine {
            program,
            diagnosis,
            stack: Vec::new(),
            depth: 0,
            at: 0,
            captures: Captures::default(),
            second,
            memo: FxHashMap::default(),
            last: 0,
        }
    }

    /// The first token of a file's last whole statement.
    pub fn last_statement(&self) -> u32 {
        self.last
    }

    /// Whether the rule `entry` accepts the source, from the token `start` on.
    pub fn run(&mut self, entry: &str, start: u32) -> Result<bool, Problem> {
        self.at = start;
        let Some(&rule) = self.program.names.get(entry) else {
            return Ok(false);
        };
        let mut pc = self.program.rules.get(rule as usize).map_or(0, |rule| rule.entry) as usize;
        loop {
            let Some(&op) = self.program.ops.get(pc) else {
                return Ok(false);
            };
            pc += 1;
            let ok = match op {
                Op::Literal(literal) => {
                    let token = self.diagnosis.token(self.at)?;
                    token.word == literal && token.kind != Kind::Name && self.advance()
                }
                Op::Soft(literal) => {
                    let token = self.diagnosis.token(self.at)?;
                    token.word == literal && token.kind == Kind::Name && self.advance()
                }
                Op::AnySoft => {
                    // CPython 3.11 takes the beginnings of soft keywords for them
                    let token = self.diagnosis.token(self.at)?;
                    let text = self.diagnosis.text_of(&token);
                    token.kind == Kind::Name
                        && ["_", "case", "match"].iter().any(|keyword| keyword.starts_with(text))
                        && self.advance()
                }
                Op::Token(kind) => self.diagnosis.token(self.at)?.kind == kind && self.advance(),
                Op::Call(rule) => match self.call(rule, pc)? {
                    Some(to) => {
                        pc = to;
                        true
                    }
                    None => false,
                },
                Op::Choice(to) => {
                    self.stack.push(Frame::Choice { to, at: self.at });
                    true
                }
                Op::Commit(to) => {
                    self.stack.pop();
                    pc = to as usize;
                    true
                }
                Op::Again(to) => {
                    let here = self.at;
                    if let Some(Frame::Choice { at, .. }) = self.stack.last_mut() {
                        let start = std::mem::replace(at, here);
                        if self.depth == 0 {
                            // a whole statement of a file, unless a mistake follows in an `elif` of it:
                            // nothing before it is read again
                            self.last = start;
                            self.memo.clear();
                        }
                    }
                    pc = to as usize;
                    true
                }
                Op::BackCommit(to) => {
                    if let Some(Frame::Choice { at, .. }) = self.stack.pop() {
                        self.at = at;
                    }
                    pc = to as usize;
                    true
                }
                Op::Fail => false,
                Op::FailTwice => {
                    self.stack.pop();
                    false
                }
                Op::Return => match self.stack.pop() {
                    Some(Frame::Call {
                        back,
                        rule,
                        start,
                        captures,
                        second,
                    }) => {
                        self.remember(rule, start, Some(self.at));
                        self.captures = captures;
                        self.second = second;
                        self.depth -= 1;
                        pc = back as usize;
                        true
                    }
                    _ => return Ok(true),
                },
                Op::Open(slot) => {
                    if let Some(start) = self.captures.opened.get_mut(slot as usize) {
                        *start = self.at;
                    }
                    true
                }
                Op::Close(slot) => {
                    let start = self.captures.opened.get(slot as usize).copied().unwrap_or(0);
                    if let Some(span) = self.captures.spans.get_mut(slot as usize) {
                        *span = Span { start, end: self.at };
                    }
                    true
                }
                Op::Cut => {
                    self.stack.pop();
                    true
                }
                Op::Jump(to) => {
                    pc = to as usize;
                    true
                }
                Op::SecondPass(to) => {
                    if !self.second {
                        pc = to as usize;
                    }
                    true
                }
                Op::Must(literal) => {
                    let token = self.diagnosis.token(self.at)?;
                    let text = self.program.literals.get(literal as usize).map_or("", String::as_str);
                    if token.kind != Kind::Operator || self.diagnosis.text_of(&token) != text {
                        return Err(self.diagnosis.expected(&token, text));
                    }
                    self.advance()
                }
                Op::Check(check) => {
                    let start = self.rule_start();
                    self.diagnosis.check(check, Span { start, end: self.at })?;
                    true
                }
                Op::Mistake(number) => {
                    if let Some(mistake) = self.program.mistakes.get(number as usize) {
                        self.diagnosis.mistake(mistake, self.captures.spans, self.at)?;
                    }
                    // no mistake after all: the rule fails as a whole
                    self.leave_choices();
                    false
                }
            };
            if !ok {
                match self.backtrack() {
                    Some(to) => pc = to,
                    None => return Ok(false),
                }
            }
        }
    }

    fn advance(&mut self) -> bool {
        self.at += 1;
        true
    }

    /// Calls a rule: where to go on, or None if it is known to fail here.
    fn call(&mut self, number: u16, pc: usize) -> Result<Option<usize>, Problem> {
        let Some(rule) = self.program.rules.get(number as usize) else {
            return Ok(None);
        };
        if rule.second && !self.second {
            return Ok(None);
        }
        if rule.remembered {
            match self.memo.get(&(number, self.at)) {
                Some(Some(end)) => {
                    self.at = *end;
                    return Ok(Some(pc));
                }
                Some(None) => return Ok(None),
                None => {}
            }
        }
        if self.depth >= MAX_DEPTH {
            return Err(Problem::Memory);
        }
        self.depth += 1;
        let captures = std::mem::take(&mut self.captures);
        let second = self.second;
        self.second = second && !rule.quiet;
        self.stack.push(Frame::Call {
            back: pc as u32,
            rule: number,
            start: self.at,
            captures,
            second,
        });
        Ok(Some(rule.entry as usize))
    }

    fn remember(&mut self, number: u16, start: u32, end: Option<u32>) {
        if self
            .program
            .rules
            .get(number as usize)
            .is_some_and(|rule| rule.remembered)
        {
            self.memo.insert((number, start), end);
        }
    }

    fn rule_start(&self) -> u32 {
        let start = self.stack.iter().rev().find_map(|frame| match frame {
            Frame::Call { start, .. } => Some(*start),
            Frame::Choice { .. } => None,
        });
        start.unwrap_or(0)
    }

    fn leave_choices(&mut self) {
        while let Some(Frame::Choice { .. }) = self.stack.last() {
            self.stack.pop();
        }
    }

    /// Goes back to the last choice: where it goes on, or None if there is none left.
    fn backtrack(&mut self) -> Option<usize> {
        loop {
            match self.stack.pop()? {
                Frame::Choice { to, at } => {
                    self.at = at;
                    return Some(to as usize);
                }
                Frame::Call {
                    rule,
                    start,
                    captures,
                    second,
                    ..
                } => {
                    self.remember(rule, start, None);
                    self.captures = captures;
                    self.second = second;
                    self.depth -= 1;
                }
            }
        }
    }
}
