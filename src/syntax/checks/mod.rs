//! The errors that CPython finds after parsing: first its symbol table's (`scopes`), then its compiler's
//! (`flow`, `patterns`). Both walk the tree in CPython's order, so that the first error is the same.

mod children;
mod flow;
mod future;
mod patterns;
mod scopes;
mod warnings;

pub use future::postpones_annotations;
pub use warnings::{SyntaxWarning, warnings};

use super::ast::{Expr, Module, Span};
use super::error::{SyntaxError, SyntaxErrorKind};
use super::source::Source;

/// An error at a place in the tree.
#[derive(Debug)]
pub struct Misuse {
    message: String,
    span: Span,
}

impl Misuse {
    fn new<T>(message: impl Into<String>, span: Span) -> Result<T, Misuse> {
        Err(Misuse {
            message: message.into(),
            span,
        })
    }
}

type Checked = Result<(), Misuse>;

/// Checks a module.
pub fn module(source: &Source, module: &Module) -> Result<(), SyntaxError> {
    future::check(&module.body)
        .and_then(|()| scopes::check(&module.body))
        .and_then(|()| flow::check(&module.body))
        .map_err(|misuse| error(source, misuse))
}

/// Checks an expression that stands alone.
pub fn expression(source: &Source, expr: &Expr) -> Result<(), SyntaxError> {
    scopes::check_expression(expr)
        .and_then(|()| flow::check_expression(expr))
        .map_err(|misuse| error(source, misuse))
}

/// The compiler's errors count columns in bytes, and show a line only if it stands in a file.
fn error(source: &Source, misuse: Misuse) -> SyntaxError {
    let place = |offset: u32| {
        let line = source.line(offset);
        let before = source.text.get(..offset as usize).unwrap_or("");
        (
            line,
            (before.len() - before.rfind('\n').map_or(0, |at| at + 1)) as u32 + 1,
        )
    };
    let (line, column) = place(misuse.span.start);
    let (end_line, end_column) = place(misuse.span.end);
    let text = if source.name.starts_with('<') {
        None
    } else {
        source.line_text(line).map(|line| format!("{line}\n"))
    };
    SyntaxError {
        kind: SyntaxErrorKind::Syntax,
        message: misuse.message,
        line,
        column,
        end_line,
        end_column: end_column as i32,
        text,
    }
}
