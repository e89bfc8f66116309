//! From text to syntax tree: layout pass, pest grammar, tree, syntax errors.

pub mod ast;
mod error;
mod fstring;
mod grammar;
mod layout;
mod numbers;
mod source;
mod strings;
pub mod symbol;
mod tree;

pub use error::{SyntaxError, SyntaxErrorKind};
pub use source::Source;

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
    match tree::single(&source.text) {
        Ok((module, true)) => {
            let open = module.body.last().is_some_and(is_compound) && !source.text.ends_with('\n');
            if open && !ended {
                Parsed::Incomplete
            } else {
                Parsed::Complete(module)
            }
        }
        Ok((_, false)) => Parsed::Error(SyntaxError::rough(source, Refusal::Syntax)),
        Err(refusal) => Parsed::Error(SyntaxError::rough(source, refusal)),
    }
}

/// Reads a whole file, as `compile(.., "exec")` does.
pub fn parse_file(source: &Source) -> Result<ast::Module, SyntaxError> {
    tree::module(&source.text).map_err(|refusal| SyntaxError::rough(source, refusal))
}

/// Reads one expression, as `compile(.., "eval")` does.
pub fn parse_expression(source: &Source) -> Result<ast::Expr, SyntaxError> {
    tree::expression(source.text.trim_start_matches([' ', '\t'])).map_err(|refusal| SyntaxError::rough(source, refusal))
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
