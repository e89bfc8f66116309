//! `from __future__ import ...`: only at the beginning, and only what there is.

use super::{Checked, Misuse};
use crate::syntax::ast::{ExprKind, Span, Stmt, StmtKind};

const FEATURES: [&str; 9] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
    "annotations",
];

/// Whether a body begins with `from __future__ import annotations`.
pub fn postpones_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match &statement.kind {
        StmtKind::ImportFrom {
            module: Some(module),
            names,
            level: 0,
        } => module.text() == "__future__" && names.iter().any(|alias| alias.name.text() == "annotations"),
        _ => false,
    })
}

pub fn check(body: &[Stmt]) -> Checked {
    let mut beginning = true;
    for (index, statement) in body.iter().enumerate() {
        match &statement.kind {
            StmtKind::ImportFrom {
                module: Some(module),
                names,
                level: 0,
            } if module.text() == "__future__" => {
                if !beginning {
                    return late(statement.span);
                }
                for alias in names {
                    let name = alias.name.text();
                    if name == "braces" {
                        return Misuse::new("not a chance", statement.span);
                    }
                    if name != "barry_as_FLUFL" && !FEATURES.contains(&name) {
                        return Misuse::new(format!("future feature {name} is not defined"), statement.span);
                    }
                }
            }
            StmtKind::Expr(expr) if index == 0 && matches!(expr.kind, ExprKind::Str(_)) => {}
            _ => beginning = false,
        }
    }
    Ok(())
}

/// A future import behind other statements, or in a block.
pub fn late(span: Span) -> Checked {
    Misuse::new("from __future__ imports must occur at the beginning of the file", span)
}
