//! What CPython warns about while it compiles: literals that are likely mistakes.

use super::children::{each, each_annotation, each_default};
use crate::syntax::ast::{CompareOp, Comprehension, Expr, ExprKind, Module, Stmt, StmtKind, UnaryOp};
use crate::syntax::diagnosis;
use crate::syntax::source::Source;
use crate::syntax::strings;

/// A warning of the compiler, with the line (from 1) that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxWarning {
    /// `SyntaxWarning` or `DeprecationWarning`.
    pub category: &'static str,
    pub message: String,
    pub line: u32,
}

/// The warnings that compiling `module`, read from `source`, gives: those of the parser, then the compiler's.
pub fn warnings(source: &Source, module: &Module) -> Vec<SyntaxWarning> {
    let mut found = Vec::new();
    if may_hold_doubtful_literals(&source.text) {
        literals(&source.text, &mut found);
    }
    Walk {
        source,
        found: &mut found,
    }
    .statements(&module.body);
    found
}

/// A quick look, so that most sources need no second one.
fn may_hold_doubtful_literals(text: &str) -> bool {
    text.contains('\\')
        || text.as_bytes().windows(2).any(|pair| {
            matches!(
                pair,
                [
                    b'0'..=b'9' | b'a'..=b'f' | b'.' | b'j',
                    b'a' | b'e' | b'f' | b'i' | b'o' | b'n',
                ]
            )
        })
}

fn literals(text: &str, found: &mut Vec<SyntaxWarning>) {
    for literal in diagnosis::literals(text) {
        let line = literal.line;
        if let Some(kind) = literal.touches_keyword {
            let message = format!("invalid {kind} literal");
            found.push(SyntaxWarning {
                category: "SyntaxWarning",
                message,
                line,
            });
            continue;
        }
        let Some(parts) = strings::split(literal.text) else {
            continue;
        };
        if parts.prefix.raw {
            continue;
        }
        if let Some(message) = doubtful_escape(parts.body) {
            found.push(SyntaxWarning {
                category: "DeprecationWarning",
                message,
                line,
            });
        }
    }
}

/// The first escape in a literal that is none.
fn doubtful_escape(body: &str) -> Option<String> {
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|&byte| byte == b'\\'))
    {
        at += found + 1;
        let escape = *bytes.get(at)?;
        match escape {
            b'0'..=b'7' => {
                let digits = body.get(at..at + 3).unwrap_or("");
                if digits.bytes().all(|digit| (b'0'..b'8').contains(&digit)) && digits > "377" {
                    return Some(format!("invalid octal escape sequence '\\{digits}'"));
                }
            }
            b'\n'
            | b'\\'
            | b'\''
            | b'"'
            | b'a'
            | b'b'
            | b'f'
            | b'n'
            | b'r'
            | b't'
            | b'v'
            | b'x'
            | b'N'
            | b'u'
            | b'U'
            | 0x80.. => {}
            _ => return Some(format!("invalid escape sequence '\\{}'", escape as char)),
        }
        at += 1;
    }
    None
}

struct Walk<'a> {
    source: &'a Source,
    found: &'a mut Vec<SyntaxWarning>,
}

impl Walk<'_> {
    fn warn(&mut self, message: String, start: u32) {
        let line = self.source.line(start);
        self.found.push(SyntaxWarning {
            category: "SyntaxWarning",
            message,
            line,
        });
    }

    fn statements(&mut self, body: &[Stmt]) {
        body.iter().for_each(|statement| self.statement(statement));
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn statement(&mut self, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Assign { targets, value } => {
                self.expr(value);
                self.exprs(targets);
            }
            StmtKind::AugAssign { target, value, .. } => self.exprs([target, value]),
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                ..
            } => {
                self.exprs(value);
                self.exprs([target, annotation]);
            }
            StmtKind::Return(value) => self.exprs(value),
            StmtKind::Delete(targets) => self.exprs(targets),
            StmtKind::Raise { exception, cause } => self.exprs(exception.iter().chain(cause)),
            StmtKind::Assert { test, message } => {
                if matches!(&test.kind, ExprKind::Tuple(elements) if !elements.is_empty()) {
                    let message = "assertion is always true, perhaps remove parentheses?";
                    self.warn(message.into(), statement.span.start);
                }
                self.expr(test);
                self.exprs(message);
            }
            StmtKind::If { test, body, orelse } | StmtKind::While { test, body, orelse } => {
                self.expr(test);
                self.statements(body);
                self.statements(orelse);
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
                ..
            } => {
                self.exprs([iter, target]);
                self.statements(body);
                self.statements(orelse);
            }
            StmtKind::With { items, body, .. } => {
                for item in items {
                    self.expr(&item.context);
                    self.exprs(&item.target);
                }
                self.statements(body);
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
                ..
            } => {
                self.statements(body);
                for handler in handlers {
                    self.exprs(&handler.kind);
                    self.statements(&handler.body);
                }
                self.statements(orelse);
                self.statements(finalbody);
            }
            StmtKind::FunctionDef(function) => {
                self.exprs(&function.decorators);
                self.each(|visit| each_default(&function.params, visit));
                self.each(|visit| each_annotation(&function.params, visit));
                self.exprs(&function.returns);
                self.statements(&function.body);
            }
            StmtKind::ClassDef(class) => {
                self.exprs(&class.decorators);
                self.statements(&class.body);
                self.exprs(class.arguments.iter().map(|argument| &argument.value));
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject);
                for case in cases {
                    self.exprs(&case.guard);
                    self.statements(&case.body);
                }
            }
            StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::Import(_)
            | StmtKind::ImportFrom { .. } => {}
        }
    }

    /// Visits what `list` hands out.
    fn each<'e>(&mut self, list: impl Fn(&mut dyn FnMut(&'e Expr) -> Result<(), ()>) -> Result<(), ()>) {
        let _ = list(&mut |expr| {
            self.expr(expr);
            Ok(())
        });
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Compare { left, rest } => self.compared(expr, left, rest, false),
            ExprKind::UnaryOp {
                op: UnaryOp::Not,
                operand,
            } => {
                // CPython turns `not a is b` into `a is not b` before it looks
                if let ExprKind::Compare { left, rest } = &operand.kind
                    && rest.len() == 1
                {
                    self.compared(expr, left, rest, true);
                    return self.each(|visit| each(operand, visit));
                }
            }
            ExprKind::Call { function, .. } => {
                if let (Some(kind), false) = (type_name(function), matches!(function.kind, ExprKind::Lambda(_))) {
                    let message = format!("'{kind}' object is not callable; perhaps you missed a comma?");
                    self.warn(message, expr.span.start);
                }
            }
            ExprKind::Subscript { value, index } => self.subscripted(expr, value, index),
            ExprKind::ListComp(inner)
            | ExprKind::SetComp(inner)
            | ExprKind::DictComp(inner)
            | ExprKind::GeneratorExp(inner) => return self.comprehension(inner),
            ExprKind::Lambda(lambda) => {
                self.each(|visit| each_default(&lambda.params, visit));
                return self.expr(&lambda.body);
            }
            _ => {}
        }
        self.each(|visit| each(expr, visit));
    }

    fn comprehension(&mut self, inner: &Comprehension) {
        for clause in &inner.clauses {
            self.exprs([&clause.iter, &clause.target]);
            self.exprs(&clause.ifs);
        }
        self.expr(&inner.element);
        self.exprs(&inner.value);
    }

    fn compared(&mut self, expr: &Expr, left: &Expr, rest: &[(CompareOp, Expr)], inverted: bool) {
        let mut left = left;
        for (op, right) in rest {
            let doubtful = is_folded_literal(left) || is_folded_literal(right);
            let (is, equal) = match (op, inverted) {
                (CompareOp::Is, false) | (CompareOp::IsNot, true) => ("is", "=="),
                (CompareOp::IsNot, false) | (CompareOp::Is, true) => ("is not", "!="),
                _ => ("", ""),
            };
            if doubtful && !is.is_empty() {
                self.warn(
                    format!("\"{is}\" with a literal. Did you mean \"{equal}\"?"),
                    expr.span.start,
                );
                return;
            }
            left = right;
        }
    }

    fn subscripted(&mut self, expr: &Expr, value: &Expr, index: &Expr) {
        let Some(kind) = type_name(value) else { return };
        match &value.kind {
            ExprKind::None
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Ellipsis
            | ExprKind::Int(_)
            | ExprKind::BigInt(..)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Set(_)
            | ExprKind::SetComp(_)
            | ExprKind::GeneratorExp(_)
            | ExprKind::Lambda(_) => {
                let message = format!("'{kind}' object is not subscriptable; perhaps you missed a comma?");
                self.warn(message, expr.span.start);
            }
            ExprKind::Str(_)
            | ExprKind::Bytes(_)
            | ExprKind::JoinedStr(_)
            | ExprKind::Tuple(_)
            | ExprKind::List(_)
            | ExprKind::ListComp(_) => {
                let Some(index) = type_name(index).filter(|kind| !matches!(*kind, "int" | "bool")) else {
                    return;
                };
                let message =
                    format!("{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?");
                self.warn(message, expr.span.start);
            }
            _ => {}
        }
    }
}

/// The type of a literal or display.
fn type_name(expr: &Expr) -> Option<&'static str> {
    Some(match &expr.kind {
        ExprKind::Tuple(_) => "tuple",
        ExprKind::List(_) | ExprKind::ListComp(_) => "list",
        ExprKind::Dict(_) | ExprKind::DictComp(_) => "dict",
        ExprKind::Set(_) | ExprKind::SetComp(_) => "set",
        ExprKind::GeneratorExp(_) => "generator",
        ExprKind::Lambda(_) => "function",
        ExprKind::JoinedStr(_) | ExprKind::Str(_) => "str",
        ExprKind::Bytes(_) => "bytes",
        ExprKind::Int(_) | ExprKind::BigInt(..) => "int",
        ExprKind::Float(_) => "float",
        ExprKind::Imaginary(_) => "complex",
        ExprKind::None => "NoneType",
        ExprKind::True | ExprKind::False => "bool",
        ExprKind::Ellipsis => "ellipsis",
        ExprKind::UnaryOp {
            op: UnaryOp::USub | UnaryOp::UAdd,
            operand,
        } => match type_name(operand)? {
            kind @ ("int" | "float" | "complex") => kind,
            _ => return None,
        },
        _ => return None,
    })
}

/// A constant after CPython's folding that isn't one of the few objects that `is` may compare.
fn is_folded_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_)
        | ExprKind::BigInt(..)
        | ExprKind::Float(_)
        | ExprKind::Imaginary(_)
        | ExprKind::Str(_)
        | ExprKind::Bytes(_) => true,
        ExprKind::UnaryOp {
            op: UnaryOp::USub | UnaryOp::UAdd,
            ..
        } => {
            matches!(type_name(expr), Some("int" | "float" | "complex"))
        }
        ExprKind::BinOp { left, right, .. } => is_folded_literal(left) && is_folded_literal(right),
        ExprKind::Tuple(elements) => elements.iter().all(|element| {
            is_folded_literal(element)
                || matches!(
                    element.kind,
                    ExprKind::None | ExprKind::True | ExprKind::False | ExprKind::Ellipsis
                )
        }),
        _ => false,
    }
}
