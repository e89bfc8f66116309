//! The places and words of the mistakes that `grammar/mistakes.peg` recognises.

use super::rules::{self, Check, Mistake, Place};
use super::tokens::{Token, Tokenizer};
use super::{Diagnosis, Extent, Problem, Span, Verdict, extent};
use crate::syntax::ast::{ArgumentKind, CompareOp, Expr, ExprKind, Span as Bytes};
use crate::syntax::error::{SyntaxError, SyntaxErrorKind};
use crate::syntax::fstring::{self, FormatError};
use crate::syntax::{strings, tree};

/// What a target is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Star,
    For,
    Del,
}

impl Diagnosis<'_> {
    /// Reports the mistake, unless a closer look shows that it is none. `at`: the next token.
    pub fn mistake(&self, mistake: &Mistake, captures: [Span; 2], at: u32) -> Result<(), Problem> {
        let [a, mut b] = captures;
        if mistake.same {
            b = a;
        }
        let nodes = mistake.nodes;
        let message = mistake.message.as_str();
        let error = match mistake.place {
            Place::At => self.error(SyntaxErrorKind::Syntax, self.place(a, nodes[0]), self.named(message, a)),
            Place::Range => {
                let (start, end) = (self.place(a, nodes[0]), self.place(b, nodes[1]));
                self.error(SyntaxErrorKind::Syntax, range(start, end), self.named(message, a))
            }
            Place::From => {
                let mut place = self.place(a, nodes[0]);
                place.end_line = self.tokenizer.line;
                // CPython counts this one from 1 already
                place.end_column = (self.tokenizer.at - self.tokenizer.line_start) as i64 - 1;
                self.error(SyntaxErrorKind::Syntax, place, message.into())
            }
            Place::Here => self.error_at_last(SyntaxErrorKind::Syntax, message.into()),
            Place::Indent => {
                let line = self.tokens.get(a.start as usize).map_or(0, |token| token.line);
                let message = message.replace("%d", &line.to_string());
                self.error_at_last(SyntaxErrorKind::Indentation, message)
            }
            Place::After => {
                let mut place = self.place(a, nodes[0]);
                (place.column, place.end_column) = (place.end_column - 1, -1);
                let mut error = self.error(SyntaxErrorKind::Syntax, place, message.into());
                error.end_column = 0;
                error
            }
            Place::StarTarget => return self.invalid_target(a, Target::Star),
            Place::ForTarget => return self.invalid_target(a, Target::For),
            Place::DelTarget => return self.invalid_target(a, Target::Del),
            Place::Comma => {
                let in_brackets = at
                    .checked_sub(1)
                    .and_then(|at| self.tokens.get(at as usize))
                    .is_some_and(|last| last.level > 0);
                if !in_brackets || self.is_legacy(a) {
                    return Ok(());
                }
                let (start, end) = (self.place(a, nodes[0]), self.place(b, nodes[1]));
                self.error(SyntaxErrorKind::Syntax, range(start, end), message.into())
            }
            Place::Legacy => {
                if !self.is_legacy(a) {
                    return Ok(());
                }
                let (start, end) = (self.place(a, nodes[0]), self.place(b, nodes[1]));
                let message = message.replace("%s", self.span_text(a));
                self.error(SyntaxErrorKind::Syntax, range(start, end), message)
            }
            Place::Clauses => {
                let place = range(self.place(a, nodes[0]), self.clauses(b));
                self.error(SyntaxErrorKind::Syntax, place, message.into())
            }
            Place::Generator => {
                let Some(start) = self.last_of_several(a) else {
                    return Ok(());
                };
                self.error(SyntaxErrorKind::Syntax, range(start, self.clauses(b)), message.into())
            }
            Place::Arguments => {
                let unpacked = self
                    .arguments(a)
                    .iter()
                    .any(|(kind, _)| *kind == ArgumentKind::DoubleStar);
                let what = if unpacked {
                    "keyword argument unpacking"
                } else {
                    "keyword argument"
                };
                self.error_at_last(SyntaxErrorKind::Syntax, format!("positional argument follows {what}"))
            }
        };
        Err(Problem::Error(error))
    }

    /// Byte offsets of tokens.
    fn bytes(&self, span: Span) -> Bytes {
        let start = self.tokens.get(span.start as usize).map_or(0, |token| token.start);
        let last = span.end.max(span.start + 1) - 1;
        let end = self.tokens.get(last as usize).map_or(start, |token| token.end);
        Bytes {
            start: start as u32,
            end: end as u32,
        }
    }

    fn span_text(&self, span: Span) -> &str {
        let bytes = self.bytes(span);
        self.text.get(bytes.start as usize..bytes.end as usize).unwrap_or("")
    }

    /// The expression that tokens make.
    fn node(&self, span: Span) -> Option<Expr> {
        tree::fragment(self.text, self.bytes(span)).ok()
    }

    /// Where tokens are, or the expression that they make.
    fn place(&self, span: Span, node: bool) -> Extent {
        if node && let Some(expr) = self.node(span) {
            return self.extent_of(expr.span);
        }
        let last = span.end.max(span.start + 1) - 1;
        match (self.tokens.get(span.start as usize), self.tokens.get(last as usize)) {
            (Some(first), Some(last)) => range(extent(first), extent(last)),
            _ => Extent {
                line: self.first_line,
                column: 0,
                end_line: self.first_line,
                end_column: 0,
            },
        }
    }

    /// The last expression in `for` clauses, without parentheses around it.
    fn clauses(&self, span: Span) -> Extent {
        let bytes = self.bytes(span);
        if let Ok(Expr {
            kind: ExprKind::ListComp(inner),
            ..
        }) = tree::expression(&format!("[x {}]", self.span_text(span)))
            && let Some(last) = inner.clauses.last()
        {
            let moved = |offset: u32| (offset + bytes.start).saturating_sub(3);
            let last = last.ifs.last().unwrap_or(&last.iter).span;
            return self.extent_of(Bytes {
                start: moved(last.start),
                end: moved(last.end),
            });
        }
        self.place(span, false)
    }

    fn extent_of(&self, bytes: Bytes) -> Extent {
        let position = |offset: u32| {
            let before = self.text.get(..offset as usize).unwrap_or("");
            let line = before.bytes().filter(|&byte| byte == b'\n').count() as u32 + self.first_line;
            (line, (before.len() - before.rfind('\n').map_or(0, |at| at + 1)) as i64)
        };
        let (line, column) = position(bytes.start);
        let (end_line, end_column) = position(bytes.end);
        Extent {
            line,
            column,
            end_line,
            end_column,
        }
    }

    fn named(&self, message: &str, span: Span) -> String {
        if !message.contains("%s") {
            return message.to_owned();
        }
        message.replace("%s", self.node(span).map_or("expression", |node| kind_name(&node)))
    }

    fn is_legacy(&self, span: Span) -> bool {
        let name = self.span_text(span).trim_matches(['(', ')', ' ']);
        matches!(name, "print" | "exec")
    }

    fn invalid_target(&self, span: Span, target: Target) -> Result<(), Problem> {
        let Some(node) = self.node(span) else { return Ok(()) };
        let Some(wrong) = invalid_part(&node, target) else {
            return Ok(());
        };
        let verb = if target == Target::Del { "delete" } else { "assign to" };
        let message = format!("cannot {verb} {}", kind_name(wrong));
        Err(Problem::Error(self.error(
            SyntaxErrorKind::Syntax,
            self.extent_of(wrong.span),
            message,
        )))
    }

    /// Kinds and places of the arguments that tokens make.
    fn arguments(&self, span: Span) -> Vec<(ArgumentKind, Bytes)> {
        let bytes = self.bytes(span);
        let call = format!("f({})", self.span_text(span));
        match tree::expression(&call) {
            Ok(Expr {
                kind: ExprKind::Call { arguments, .. },
                ..
            }) => {
                let moved = |offset: u32| (offset + bytes.start).saturating_sub(2);
                let place = |span: Bytes| Bytes {
                    start: moved(span.start),
                    end: moved(span.end),
                };
                arguments
                    .iter()
                    .map(|argument| (argument.kind, place(argument.value.span)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The last positional argument, if there are several.
    fn last_of_several(&self, span: Span) -> Option<Extent> {
        let mut arguments = self.arguments(span);
        arguments.retain(|(kind, _)| matches!(kind, ArgumentKind::Positional | ArgumentKind::Star));
        match arguments.as_slice() {
            [_, .., (_, last)] => Some(self.extent_of(*last)),
            _ => None,
        }
    }

    /// Checks what the grammar cannot see in a token.
    pub fn check(&self, check: Check, span: Span) -> Result<(), Problem> {
        let tokens = self.tokens.get(span.start as usize..span.end as usize).unwrap_or(&[]);
        match check {
            Check::Strings => self.check_strings(tokens),
            Check::Real | Check::Imaginary => {
                let Some(token) = tokens.first() else { return Ok(()) };
                let imaginary = self.text_of(token).ends_with(['j', 'J']);
                if imaginary == (check == Check::Imaginary) {
                    return Ok(());
                }
                let kind = if imaginary { "real" } else { "imaginary" };
                let message = format!("{kind} number required in complex literal");
                Err(Problem::Error(self.error(
                    SyntaxErrorKind::Syntax,
                    extent(token),
                    message,
                )))
            }
        }
    }

    /// Decodes neighbouring literals as CPython does, one after the other.
    fn check_strings(&self, tokens: &[Token]) -> Result<(), Problem> {
        let at_last = |message: String| Problem::Error(self.error_at_last(SyntaxErrorKind::Syntax, message));
        let mut first_is_bytes = None;
        for token in tokens {
            let Some(literal) = strings::split(self.text_of(token)) else {
                continue;
            };
            let prefix = literal.prefix;
            if prefix.bytes {
                strings::decode_bytes(literal.body, prefix.raw).map_err(|error| {
                    if literal.body.is_ascii() {
                        return at_last(error.message);
                    }
                    Problem::Error(self.error(SyntaxErrorKind::Syntax, extent(token), error.message))
                })?;
            } else if !prefix.format {
                strings::decode_text(literal.body, prefix.raw).map_err(|error| at_last(error.message))?;
            }
            if *first_is_bytes.get_or_insert(prefix.bytes) != prefix.bytes {
                return Err(at_last("cannot mix bytes and nonbytes literals".into()));
            }
            if prefix.format {
                let mut read = |text: &str, at: usize| {
                    let before = literal.body.get(..at).unwrap_or("");
                    let lines = before.bytes().filter(|&byte| byte == b'\n').count() as u32;
                    read_field(text, token.line + lines)
                };
                fstring::parse(literal.body, prefix.raw, &mut read).map_err(|error| match error {
                    FormatError::Message(message) => at_last(message),
                    FormatError::Field(problem) => problem,
                })?;
            }
        }
        Ok(())
    }
}

/// Reads the expression of an f-string's field, as CPython does: in parentheses, as a text of its own.
fn read_field(text: &str, line: u32) -> Result<Expr, Problem> {
    let text = format!("({text})\n");
    let tokenizer = Tokenizer::new(&text, line, false, false);
    let mut diagnosis = Diagnosis {
        text: &text,
        tokenizer,
        tokens: Vec::new(),
        program: rules::program(),
        first_line: line,
        is_field: true,
    };
    match diagnosis.verdict("field", false) {
        Verdict::Error(SyntaxError {
            kind: SyntaxErrorKind::Memory,
            ..
        }) => Err(Problem::Memory),
        Verdict::Error(error) => Err(Problem::Error(error)),
        _ => Ok(Expr {
            kind: ExprKind::None,
            span: Bytes::default(),
        }),
    }
}

fn range(start: Extent, end: Extent) -> Extent {
    Extent {
        end_line: end.end_line,
        end_column: end.end_column,
        ..start
    }
}

/// The part of an expression that cannot be a target.
fn invalid_part(expr: &Expr, target: Target) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::List(elements) | ExprKind::Tuple(elements) => {
            elements.iter().find_map(|element| invalid_part(element, target))
        }
        ExprKind::Starred(_) if target == Target::Del => Some(expr),
        ExprKind::Starred(value) => invalid_part(value, target),
        ExprKind::Compare { left, rest } if target == Target::For => match rest.first() {
            Some((CompareOp::In, _)) => invalid_part(left, target),
            _ => None,
        },
        ExprKind::Name(_) | ExprKind::Subscript { .. } | ExprKind::Attribute { .. } => None,
        _ => Some(expr),
    }
}

/// What CPython calls a kind of expression.
pub fn kind_name(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::Attribute { .. } => "attribute",
        ExprKind::Subscript { .. } => "subscript",
        ExprKind::Starred(_) => "starred",
        ExprKind::Name(_) => "name",
        ExprKind::List(_) => "list",
        ExprKind::Tuple(_) => "tuple",
        ExprKind::Lambda(_) => "lambda",
        ExprKind::Call { .. } => "function call",
        ExprKind::BoolOp { .. } | ExprKind::BinOp { .. } | ExprKind::UnaryOp { .. } => "expression",
        ExprKind::GeneratorExp(_) => "generator expression",
        ExprKind::Yield(_) | ExprKind::YieldFrom(_) => "yield expression",
        ExprKind::Await(_) => "await expression",
        ExprKind::ListComp(_) => "list comprehension",
        ExprKind::SetComp(_) => "set comprehension",
        ExprKind::DictComp(_) => "dict comprehension",
        ExprKind::Dict(_) => "dict literal",
        ExprKind::Set(_) => "set display",
        ExprKind::JoinedStr(_) => "f-string expression",
        ExprKind::None => "None",
        ExprKind::True => "True",
        ExprKind::False => "False",
        ExprKind::Ellipsis => "ellipsis",
        ExprKind::Int(_)
        | ExprKind::BigInt(..)
        | ExprKind::Float(_)
        | ExprKind::Imaginary(_)
        | ExprKind::Str(_)
        | ExprKind::Bytes(_) => "literal",
        ExprKind::Compare { .. } => "comparison",
        ExprKind::IfExp(_) => "conditional expression",
        ExprKind::NamedExpr { .. } => "named expression",
        ExprKind::Slice(_) => "slice",
    }
}
