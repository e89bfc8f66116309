//! From text to syntax tree: layout pass, pest grammar, tree, syntax errors.

pub mod ast;
mod checks;
mod diagnosis;
mod error;
mod fstring;
mod grammar;
mod layout;
mod numbers;
mod source;
mod strings;
pub mod symbol;
mod tree;

pub use checks::{SyntaxWarning, postpones_annotations, warnings};
pub use error::{SyntaxError, SyntaxErrorKind};
pub use source::Source;

use diagnosis::{Entry, Verdict, diagnose};
use std::borrow::Cow;
use tree::Refusal;

/// What one prompt entry is.
#[derive(Debug)]
pub enum Parsed {
    Complete(ast::Module),
    /// More lines are needed.
    Incomplete,
    Error(SyntaxError),
}

/// Reads one prompt entry as `compile(.., "single")` does: one statement, or one line of them.
///
/// The text holds the lines typed so far, joined by `\n`, without one after the last: a compound statement is
/// complete only when an empty line has ended it. `ended` says that no more lines will come; then nothing is
/// incomplete.
pub fn parse_interactive(source: &Source, ended: bool) -> Parsed {
    let text = &*source.text;
    match tree::single(text) {
        Ok((module, true)) => {
            let open = module.body.last().is_some_and(is_compound) && !text.ends_with('\n');
            if open && !ended {
                return Parsed::Incomplete;
            }
            match checks::module(source, &module) {
                Ok(()) => Parsed::Complete(module),
                Err(error) => Parsed::Error(error),
            }
        }
        Ok((_, false)) | Err(Refusal::Syntax) => {
            if !ended && matches!(diagnose(&format!("{text}\n"), Entry::Single, true), Verdict::Incomplete) {
                return Parsed::Incomplete;
            }
            let lines = if ended {
                with_line_end(text)
            } else {
                Cow::Borrowed(text)
            };
            Parsed::Error(explain(&lines, Entry::Single))
        }
        Err(refusal) => Parsed::Error(limit(refusal)),
    }
}

/// Reads a whole file, as `compile(.., "exec")` does.
pub fn parse_file(source: &Source) -> Result<ast::Module, SyntaxError> {
    let module = tree::module(&source.text).map_err(|refusal| match refusal {
        Refusal::Syntax => explain(&with_line_end(&source.text), Entry::File),
        refusal => limit(refusal),
    })?;
    checks::module(source, &module)?;
    Ok(module)
}

/// Reads one expression, as `compile(.., "eval")` does.
pub fn parse_expression(source: &Source) -> Result<ast::Expr, SyntaxError> {
    let expr = tree::expression(&source.text).map_err(|refusal| match refusal {
        Refusal::Syntax => explain(&source.text, Entry::Eval),
        refusal => limit(refusal),
    })?;
    checks::expression(source, &expr)?;
    Ok(expr)
}

fn with_line_end(text: &str) -> Cow<'_, str> {
    if text.is_empty() || text.ends_with('\n') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{text}\n"))
    }
}

/// The error of a text that makes no tree.
fn explain(text: &str, entry: Entry) -> SyntaxError {
    if text.contains('\0') {
        let message = "source code string cannot contain null bytes";
        return SyntaxError::without_place(SyntaxErrorKind::Syntax, message.into());
    }
    match diagnose(text, entry, false) {
        Verdict::Error(error) => error,
        // the grammars disagree: no message is better than this one
        Verdict::Incomplete | Verdict::Accepted => {
            SyntaxError::without_place(SyntaxErrorKind::Syntax, "invalid syntax".into())
        }
    }
}

fn limit(refusal: Refusal) -> SyntaxError {
    match refusal {
        Refusal::Memory => SyntaxError::without_place(SyntaxErrorKind::Memory, String::new()),
        _ => {
            let message = "maximum recursion depth exceeded during compilation";
            SyntaxError::without_place(SyntaxErrorKind::Recursion, message.into())
        }
    }
}

fn is_compound(statement: &ast::Stmt) -> bool {
    use ast::StmtKind;
    matches!(
        statement.kind,
        StmtKind::If { .. }
            | StmtKind::While { .. }
            | StmtKind::For { .. }
            | StmtKind::With { .. }
            | StmtKind::Try { .. }
            | StmtKind::FunctionDef(_)
            | StmtKind::ClassDef(_)
            | StmtKind::Match { .. }
    )
}
