//! Signature texts, parsed on first use.

use crate::syntax::symbol::Symbol;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParameterKind {
    PositionalOnly,
    Positional,
    VarArgs,
    KeywordOnly,
    VarKeywords,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: Symbol,
    pub kind: ParameterKind,
    pub required: bool,
}

/// A parsed signature.
#[derive(Clone, Debug, Default)]
pub struct Signature {
    pub parameters: Vec<Parameter>,
    /// Positional parameters that must be given.
    pub required: usize,
    /// Positional parameters in all.
    pub positional: usize,
    pub varargs: Option<usize>,
    pub varkeywords: Option<usize>,
    pub keyword_only: usize,
    /// Only positional parameters: exactly counted arguments pass straight through.
    pub simple: bool,
}

impl Signature {
    /// Reads `(self, x, y=0, /, *args, key=None, **kwargs)`.
    pub fn parse(text: &str) -> Signature {
        let inner = text.trim().trim_start_matches('(').trim_end_matches(')');
        let mut made = Signature::default();
        let mut after_star = false;
        for piece in split_top(inner) {
            let piece = piece.trim();
            let (name, default) = match piece.split_once('=') {
                Some((name, _)) => (name.trim(), true),
                None => (piece, false),
            };
            match name {
                "" => {}
                "/" => {
                    for parameter in &mut made.parameters {
                        parameter.kind = ParameterKind::PositionalOnly;
                    }
                }
                "*" => after_star = true,
                _ => {
                    let (name, kind) = if let Some(name) = name.strip_prefix("**") {
                        made.varkeywords = Some(made.parameters.len());
                        (name, ParameterKind::VarKeywords)
                    } else if let Some(name) = name.strip_prefix('*') {
                        made.varargs = Some(made.parameters.len());
                        after_star = true;
                        (name, ParameterKind::VarArgs)
                    } else if after_star {
                        made.keyword_only += 1;
                        (name, ParameterKind::KeywordOnly)
                    } else {
                        made.positional += 1;
                        if !default {
                            made.required = made.positional;
                        }
                        (name, ParameterKind::Positional)
                    };
                    let open = matches!(kind, ParameterKind::VarArgs | ParameterKind::VarKeywords);
                    made.parameters.push(Parameter {
                        name: Symbol::new(name),
                        kind,
                        required: !default && !open,
                    });
                }
            }
        }
        made.simple = made.parameters.len() == made.positional;
        made
    }

    /// Whether any parameter may be given by keyword.
    pub fn takes_keywords(&self) -> bool {
        self.varkeywords.is_some()
            || self.parameters.iter().any(|p| {
                matches!(p.kind, ParameterKind::Positional | ParameterKind::KeywordOnly) && p.name.text() != "self"
            })
    }

    /// How many leading parameters are positional-only.
    pub fn positional_only(&self) -> usize {
        self.parameters
            .iter()
            .take_while(|p| p.kind == ParameterKind::PositionalOnly)
            .count()
    }
}

/// Splits at commas outside brackets and quotes.
fn split_top(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut quote) = (0i32, 0usize, None);
    let mut pieces = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth -= 1,
            (None, b',') if depth == 0 => {
                pieces.push(text.get(start..at).unwrap_or(""));
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(text.get(start..).unwrap_or(""));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_kinds() {
        let signature = Signature::parse("(self, x, y=(1, 2), /, z=',', *args, key=None, **kw)");
        assert_eq!((signature.required, signature.positional), (2, 4));
        assert_eq!(signature.positional_only(), 3);
        assert_eq!((signature.varargs, signature.varkeywords), (Some(4), Some(6)));
        assert!(!signature.simple);
        assert!(Signature::parse("(obj, /)").simple);
        assert!(Signature::parse("()").simple);
    }
}
