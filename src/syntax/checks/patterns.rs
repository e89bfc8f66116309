//! What CPython's compiler refuses in patterns.

use super::{Checked, Misuse};
use crate::syntax::ast::{Expr, ExprKind, Pattern, PatternKind, Span};
use crate::syntax::symbol::Symbol;

/// Checks the pattern of a case; `may_always_match`: no case follows it, or it has a guard.
pub fn check(pattern: &Pattern, may_always_match: bool) -> Checked {
    pattern_names(pattern, may_always_match, &mut Vec::new())
}

/// Checks a pattern and adds the names that it binds to `bound`.
fn pattern_names(pattern: &Pattern, irrefutable: bool, bound: &mut Vec<Symbol>) -> Checked {
    let span = pattern.span;
    match &pattern.kind {
        PatternKind::Value(_) | PatternKind::Singleton(_) => Ok(()),
        PatternKind::Sequence(patterns) => {
            let stars = patterns
                .iter()
                .filter(|pattern| matches!(pattern.kind, PatternKind::Star(_)));
            if stars.count() > 1 {
                return Misuse::new("multiple starred expressions in sequence pattern", span);
            }
            patterns
                .iter()
                .try_for_each(|pattern| pattern_names(pattern, true, bound))
        }
        PatternKind::Mapping { keys, patterns, rest } => {
            let mut seen: Vec<String> = Vec::new();
            for key in keys {
                if let Some(shown) = shown_constant(key) {
                    if seen.contains(&shown) {
                        return Misuse::new(format!("mapping pattern checks duplicate key ({shown})"), span);
                    }
                    seen.push(shown);
                }
            }
            patterns
                .iter()
                .try_for_each(|pattern| pattern_names(pattern, true, bound))?;
            rest.iter().try_for_each(|&name| bind(name, span, bound))
        }
        PatternKind::Class { patterns, keywords, .. } => {
            for (index, (name, _)) in keywords.iter().enumerate() {
                let later = keywords.iter().skip(index + 1).find(|(other, _)| other == name);
                if let Some((_, other)) = later {
                    let message = format!("attribute name repeated in class pattern: {name}");
                    return Misuse::new(message, other.span);
                }
            }
            patterns
                .iter()
                .try_for_each(|pattern| pattern_names(pattern, true, bound))?;
            keywords
                .iter()
                .try_for_each(|(_, pattern)| pattern_names(pattern, true, bound))
        }
        PatternKind::Star(name) => name.iter().try_for_each(|&name| bind(name, span, bound)),
        PatternKind::As { pattern: None, name } => {
            if !irrefutable {
                let message = match name {
                    Some(name) => format!("name capture '{name}' makes remaining patterns unreachable"),
                    None => "wildcard makes remaining patterns unreachable".into(),
                };
                return Misuse::new(message, span);
            }
            name.iter().try_for_each(|&name| bind(name, span, bound))
        }
        PatternKind::As {
            pattern: Some(pattern),
            name,
        } => {
            name.iter().try_for_each(|&name| bind(name, span, bound))?;
            pattern_names(pattern, irrefutable, bound)
        }
        PatternKind::Or(alternatives) => {
            let before = bound.len();
            let mut first: Option<Vec<Symbol>> = None;
            for (index, alternative) in alternatives.iter().enumerate() {
                let last = index + 1 == alternatives.len();
                let mut own: Vec<Symbol> = Vec::new();
                pattern_names(alternative, last && irrefutable, &mut own)?;
                let mut sorted = own.clone();
                sorted.sort_unstable();
                match &first {
                    None => first = Some(sorted),
                    Some(names) if *names != sorted => {
                        return Misuse::new("alternative patterns bind different names", span);
                    }
                    Some(_) => {}
                }
            }
            bound.truncate(before);
            first.into_iter().flatten().try_for_each(|name| bind(name, span, bound))
        }
    }
}

fn bind(name: Symbol, span: Span, bound: &mut Vec<Symbol>) -> Checked {
    if bound.contains(&name) {
        return Misuse::new(format!("multiple assignments to name '{name}' in pattern"), span);
    }
    bound.push(name);
    Ok(())
}

/// A literal key as its `repr` shows it.
fn shown_constant(key: &Expr) -> Option<String> {
    Some(match &key.kind {
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Str(text) => format!("'{text}'"),
        ExprKind::None => "None".into(),
        ExprKind::True => "True".into(),
        ExprKind::False => "False".into(),
        _ => return None,
    })
}
