//! Numbers and strings.

use super::nodes::{Child, Nodes};
use super::{Builder, Built, Item, Refusal, field};
use crate::syntax::ast::{ExprKind, FormatPart, Span};
use crate::syntax::fstring;
use crate::syntax::grammar::Rule;
use crate::syntax::numbers;
use crate::syntax::strings;
use std::rc::Rc;

impl<'a> Builder<'a> {
    pub(super) fn number(&self, node: &Child<'a>) -> Built<Item> {
        self.item(numbers::value(self.node_text(node)), self.span(node), 0)
    }

    /// Neighbouring string literals, `first` taken already, joined to one constant or f-string.
    pub(super) fn strings(&self, first: Child<'a>, nodes: &mut Nodes<'a>) -> Built<Item> {
        let mut span = self.span(&first);
        let (kind, height) = match nodes.peek() {
            Some(Rule::string) => self.joined(first, nodes, &mut span)?,
            _ => self.single_string(span)?,
        };
        self.item(kind, span, height)
    }

    fn single_string(&self, span: Span) -> Built<(ExprKind, u32)> {
        let literal = self.literal(span)?;
        if literal.prefix.format {
            let mut parts = Vec::new();
            let height = self.format_parts(literal, span, &mut parts)?;
            return Ok((ExprKind::JoinedStr(parts), height));
        }
        let kind = if literal.prefix.bytes {
            let bytes = strings::decode_bytes(literal.body, literal.prefix.raw).map_err(|_| Refusal::Syntax)?;
            ExprKind::Bytes(bytes.into())
        } else if literal.prefix.raw || !literal.body.contains('\\') {
            ExprKind::Str(literal.body.into())
        } else {
            let text = strings::decode_text(literal.body, false).map_err(|_| Refusal::Syntax)?;
            ExprKind::Str(text.into())
        };
        Ok((kind, 0))
    }

    fn joined(&self, first: Child<'a>, nodes: &mut Nodes<'a>, span: &mut Span) -> Built<(ExprKind, u32)> {
        let mut parts: Vec<FormatPart> = Vec::new();
        let mut bytes: Vec<u8> = Vec::new();
        let mut height = 0;
        let mut format = false;
        let is_bytes = self.literal(*span)?.prefix.bytes;
        let mut next = Some(first);
        while let Some(node) = next {
            let here = self.span(&node);
            span.end = here.end;
            let literal = self.literal(here)?;
            if literal.prefix.bytes != is_bytes {
                return Err(Refusal::Syntax);
            }
            if is_bytes {
                bytes.extend(strings::decode_bytes(literal.body, literal.prefix.raw).map_err(|_| Refusal::Syntax)?);
            } else if literal.prefix.format {
                format = true;
                height = height.max(self.format_parts(literal, here, &mut parts)?);
            } else {
                let text = strings::decode_text(literal.body, literal.prefix.raw).map_err(|_| Refusal::Syntax)?;
                push_text(&mut parts, &text);
            }
            next = nodes.take_if(Rule::string);
        }
        if is_bytes {
            return Ok((ExprKind::Bytes(bytes.into()), 0));
        }
        if format {
            return Ok((ExprKind::JoinedStr(parts), height));
        }
        Ok(match parts.pop() {
            Some(FormatPart::Text(text)) => (ExprKind::Str(text), 0),
            _ => (ExprKind::Str("".into()), 0),
        })
    }

    fn literal(&self, span: Span) -> Built<strings::Literal<'a>> {
        let text = self
            .source
            .get(span.start as usize..span.end as usize)
            .ok_or(Refusal::Syntax)?;
        strings::split(text).ok_or(Refusal::Syntax)
    }

    /// Adds an f-string's parts; how high its highest field is.
    fn format_parts(&self, literal: strings::Literal<'a>, span: Span, parts: &mut Vec<FormatPart>) -> Built<u32> {
        let start = span.start + literal.offset as u32;
        let mut read = |text: &str, at: usize| field(self.source, text, start + at as u32);
        let read_parts = fstring::parse(literal.body, literal.prefix.raw, &mut read).map_err(|error| match error {
            fstring::FormatError::Field(refusal) => refusal,
            fstring::FormatError::Message(_) => Refusal::Syntax,
        })?;
        for part in read_parts {
            match part {
                FormatPart::Text(text) => push_text(parts, &text),
                field => parts.push(field),
            }
        }
        // a field's own height was checked; strings inside it cannot nest deeper than their quotes
        Ok(1)
    }
}

/// Adds text, to the text before it if there is some.
fn push_text(parts: &mut Vec<FormatPart>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(FormatPart::Text(before)) = parts.last_mut() {
        *before = Rc::from(format!("{before}{text}"));
    } else {
        parts.push(FormatPart::Text(text.into()));
    }
}
