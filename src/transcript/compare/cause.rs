//! What kind of difference it is, in a few words, so that many differences become few causes.

use super::printed::{Number, Token, tokens};
use super::{TRACEBACK, normal};

/// The exception's own first line in a normalised text.
fn own_line(text: &str) -> Option<&str> {
    let mut lines = text.lines();
    lines.find(|line| *line == TRACEBACK)?;
    Some(lines.next().unwrap_or(TRACEBACK))
}

/// Names the difference between a recorded text and a produced one.
pub fn of(expected: &str, actual: &str) -> String {
    let (expected, actual) = (normal(expected), normal(actual));
    match (own_line(&expected), own_line(&actual)) {
        (None, Some(raised)) => return format!("raises {}", shortened(raised)),
        (Some(wanted), None) => return format!("does not raise {}", shortened(wanted)),
        (Some(wanted), Some(raised)) if class(wanted) != class(raised) => {
            return format!("raises {} instead of {}", shortened(raised), class(wanted));
        }
        (Some(wanted), Some(raised)) if wanted != raised => return format!("the message of {} differs", class(wanted)),
        _ => {}
    }
    if actual.is_empty() {
        return "prints nothing".into();
    }
    if expected.is_empty() {
        return "prints where nothing is recorded".into();
    }
    let (wanted, came) = (tokens(&expected), tokens(&actual));
    let grad_fn = |tokens: &[Token<'_>]| {
        tokens
            .iter()
            .filter_map(node_name)
            .map(String::from)
            .collect::<Vec<_>>()
    };
    if grad_fn(&wanted) != grad_fn(&came) {
        return "grad_fn differs".into();
    }
    let shape = |tokens: &[Token<'_>]| {
        tokens
            .iter()
            .map(|token| {
                if let Token::Other(text) = token {
                    (*text).to_string()
                } else {
                    String::new()
                }
            })
            .collect::<Vec<_>>()
    };
    if shape(&wanted) != shape(&came) {
        return "the text differs".into();
    }
    let numbers = |tokens: &[Token<'_>]| {
        tokens
            .iter()
            .filter_map(|token| match token {
                Token::Number(Number { value, .. }) => Some(*value),
                _ => None,
            })
            .collect::<Vec<f64>>()
    };
    let (wanted, came) = (numbers(&wanted), numbers(&came));
    let off = wanted
        .iter()
        .zip(&came)
        .map(|(want, got)| (want - got).abs())
        .fold(0.0, f64::max);
    if wanted
        .iter()
        .zip(&came)
        .all(|(want, got)| want == got || (want.is_nan() && got.is_nan()))
    {
        return "the layout differs".into();
    }
    let near = wanted
        .iter()
        .zip(&came)
        .all(|(want, got)| (want - got).abs() <= 2e-4 + 2e-3 * want.abs() || want == got);
    if near {
        "the last digits differ".into()
    } else {
        format!("values differ (by up to {off:.4})")
    }
}

fn node_name<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token {
        Token::Other(text) if text.contains("Backward") => Some(text),
        _ => None,
    }
}

fn class(own: &str) -> &str {
    own.split(':').next().unwrap_or(own)
}

fn shortened(own: &str) -> String {
    let most = 90;
    if own.chars().count() <= most {
        own.to_string()
    } else {
        own.chars().take(most).chain(['…']).collect()
    }
}
