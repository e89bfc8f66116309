//! The expressions directly inside an expression, in the order in which they are evaluated.

use crate::syntax::ast::{Expr, ExprKind, FormatPart, Parameters};

/// Calls `visit` on each expression directly inside `expr`. Comprehensions and lambdas have scopes of their own
/// and are left to the caller, except for a lambda's defaults.
pub fn each<'a, E>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr) -> Result<(), E>) -> Result<(), E> {
    match &expr.kind {
        ExprKind::None
        | ExprKind::True
        | ExprKind::False
        | ExprKind::Ellipsis
        | ExprKind::Int(_)
        | ExprKind::BigInt(..)
        | ExprKind::Float(_)
        | ExprKind::Imaginary(_)
        | ExprKind::Str(_)
        | ExprKind::Bytes(_)
        | ExprKind::Name(_)
        | ExprKind::ListComp(_)
        | ExprKind::SetComp(_)
        | ExprKind::DictComp(_)
        | ExprKind::GeneratorExp(_) => Ok(()),
        ExprKind::JoinedStr(parts) => each_field(parts, visit),
        ExprKind::Tuple(elements) | ExprKind::List(elements) | ExprKind::Set(elements) => {
            elements.iter().try_for_each(visit)
        }
        ExprKind::Dict(entries) => entries.iter().try_for_each(|(key, value)| {
            key.iter().try_for_each(&mut *visit)?;
            visit(value)
        }),
        ExprKind::BoolOp { values, .. } => values.iter().try_for_each(visit),
        ExprKind::BinOp { left, right, .. } => {
            visit(left)?;
            visit(right)
        }
        ExprKind::UnaryOp { operand, .. } => visit(operand),
        ExprKind::Compare { left, rest } => {
            visit(left)?;
            rest.iter().try_for_each(|(_, operand)| visit(operand))
        }
        ExprKind::IfExp(choice) => {
            visit(&choice.test)?;
            visit(&choice.body)?;
            visit(&choice.orelse)
        }
        ExprKind::Lambda(lambda) => each_default(&lambda.params, visit),
        ExprKind::Call { function, arguments } => {
            visit(function)?;
            arguments.iter().try_for_each(|argument| visit(&argument.value))
        }
        ExprKind::Attribute { value, .. } => visit(value),
        ExprKind::Subscript { value, index } => {
            visit(value)?;
            visit(index)
        }
        ExprKind::Slice(slice) => [&slice.lower, &slice.upper, &slice.step]
            .into_iter()
            .flatten()
            .try_for_each(visit),
        ExprKind::Starred(value) | ExprKind::Await(value) | ExprKind::YieldFrom(value) => visit(value),
        ExprKind::NamedExpr { target, value } => {
            visit(value)?;
            visit(target)
        }
        ExprKind::Yield(value) => value.iter().try_for_each(|value| visit(value)),
    }
}

fn each_field<'a, E>(parts: &'a [FormatPart], visit: &mut dyn FnMut(&'a Expr) -> Result<(), E>) -> Result<(), E> {
    for part in parts {
        if let FormatPart::Field { value, spec, .. } = part {
            visit(value)?;
            if let Some(spec) = spec {
                each_field(spec, visit)?;
            }
        }
    }
    Ok(())
}

/// The defaults of parameters: of positional ones first.
pub fn each_default<'a, E>(params: &'a Parameters, visit: &mut dyn FnMut(&'a Expr) -> Result<(), E>) -> Result<(), E> {
    let lists = [&params.positional_only, &params.positional, &params.keyword_only];
    lists
        .into_iter()
        .flatten()
        .filter_map(|parameter| parameter.default.as_ref())
        .try_for_each(visit)
}

/// The annotations of parameters.
pub fn each_annotation<'a, E>(
    params: &'a Parameters,
    visit: &mut dyn FnMut(&'a Expr) -> Result<(), E>,
) -> Result<(), E> {
    let before = params
        .positional_only
        .iter()
        .chain(&params.positional)
        .chain(&params.vararg);
    let all = before.chain(&params.keyword_only).chain(&params.kwarg);
    all.filter_map(|parameter| parameter.annotation.as_ref())
        .try_for_each(visit)
}
