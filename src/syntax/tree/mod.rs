//! From what the grammar has read to the syntax tree.
//!
//! The grammar lets some wrong programs through on purpose (`1 = x`); here they are refused without a word,
//! and `diagnosis` finds the words. Chains of operators are folded iteratively, and a tree too high for
//! CPython's compiler is not built at all, so that neither building nor dropping one can exhaust the stack.

mod calls;
mod displays;
mod expressions;
mod literals;
mod nodes;
mod parameters;
mod patterns;
mod statements;
mod targets;

use super::ast::{Expr, ExprKind, Module, Span};
use super::grammar::{Grammar, Rule};
use super::layout::{Extent, Layout, Refused, lay_out};
use super::symbol::Symbol;
use nodes::{Node, Nodes, flatten};
use pest::Parser;
use unicode_normalization::UnicodeNormalization;

/// Why no tree is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `diagnosis` says what is wrong.
    Syntax,
    /// The tree is higher than CPython's compiler goes.
    Recursion,
    /// The text nests deeper than CPython's parser goes.
    Memory,
}

impl From<Refused> for Refusal {
    fn from(_: Refused) -> Refusal {
        Refusal::Syntax
    }
}

type Built<T> = Result<T, Refusal>;

/// How high an expression may become: CPython's compiler recurses three times as deep as its frames.
const MAX_HEIGHT: u32 = 2_989;
/// How many operators may wait for their right operand: CPython's parser recurses for each.
const MAX_WAITING: usize = 5_969;

/// An expression, and what its parents must know of it.
struct Item {
    expr: Expr,
    /// With the parentheses around it.
    outer: Span,
    height: u32,
}

impl Item {
    fn parenthesized(&self) -> bool {
        self.outer != self.expr.span
    }
}

/// Builds the tree of one laid-out text.
struct Builder<'a> {
    /// The whole source, which spans point into.
    source: &'a str,
    layout: &'a Layout,
    nodes: &'a [Node],
}

/// The module in a text of whole lines.
pub fn module(source: &str) -> Built<Module> {
    let layout = lay_out(source, 0, Extent::Lines)?;
    let nodes = read(Rule::file, &layout)?;
    let builder = Builder {
        source,
        layout: &layout,
        nodes: &nodes,
    };
    Ok(Module {
        body: builder.statements(&mut builder.entry()?)?,
    })
}

/// The first statement (a compound one, or a line) of a text, and whether nothing else follows it.
pub fn single(source: &str) -> Built<(Module, bool)> {
    let layout = lay_out(source, 0, Extent::Lines)?;
    if layout.text.is_empty() {
        return Ok((Module { body: Vec::new() }, true));
    }
    let nodes = read(Rule::interactive, &layout)?;
    let builder = Builder {
        source,
        layout: &layout,
        nodes: &nodes,
    };
    let end = nodes.first().map_or(0, |node| node.end as usize);
    let module = Module {
        body: builder.statements(&mut builder.entry()?)?,
    };
    Ok((module, end == layout.text.len()))
}

/// The expression that a text consists of.
pub fn expression(source: &str) -> Built<Expr> {
    let layout = lay_out(source, 0, Extent::Lines)?;
    let nodes = read(Rule::eval, &layout)?;
    let builder = Builder {
        source,
        layout: &layout,
        nodes: &nodes,
    };
    Ok(builder.items(&mut builder.entry()?)?.expr)
}

/// The expression in the braces of an f-string; `text` stands at `base` in `source`. It may be anything that
/// may stand in parentheses.
pub fn field(source: &str, text: &str, base: u32) -> Built<Expr> {
    let layout = lay_out(text, base, Extent::Field)?;
    let nodes = read(Rule::field, &layout)?;
    let builder = Builder {
        source,
        layout: &layout,
        nodes: &nodes,
    };
    let span = Span {
        start: base,
        end: base + text.len() as u32,
    };
    Ok(builder.inside_parentheses(&mut builder.entry()?, span)?.expr)
}

/// The expression at `place` in `source`, with whatever stands around it left out. For error messages: it may
/// also be a starred one.
pub fn fragment(source: &str, place: Span) -> Built<Expr> {
    let text = source
        .get(place.start as usize..place.end as usize)
        .ok_or(Refusal::Syntax)?;
    let layout = lay_out(text, place.start, Extent::Fragment)?;
    let nodes = read(Rule::fragment, &layout)?;
    let builder = Builder {
        source,
        layout: &layout,
        nodes: &nodes,
    };
    let mut parts = builder.entry()?;
    let item = if parts.peek() == Some(Rule::yield_expr) {
        builder.yielded(&mut parts)?
    } else {
        builder.items(&mut parts)?
    };
    Ok(item.expr)
}

fn read(rule: Rule, layout: &Layout) -> Built<Vec<Node>> {
    let pairs = Grammar::parse(rule, &layout.text).map_err(|_| Refusal::Syntax)?;
    Ok(flatten(pairs))
}

impl<'a> Builder<'a> {
    /// The parts of the outermost rule.
    fn entry(&self) -> Built<Nodes<'a>> {
        Nodes::all(self.nodes)
            .next()
            .map(|node| node.children)
            .ok_or(Refusal::Syntax)
    }

    fn symbol(&self, node: &nodes::Child<'a>) -> Symbol {
        let name = self.node_text(node);
        if name.is_ascii() {
            return Symbol::new(name);
        }
        // names that look alike are one name
        Symbol::new(&name.nfkc().collect::<String>())
    }

    /// The laid-out text of a node.
    fn node_text(&self, node: &nodes::Child<'a>) -> &'a str {
        self.layout.text.get(node.start..node.end).unwrap_or("")
    }

    /// Where a node's tokens are in the source.
    fn span(&self, node: &nodes::Child<'a>) -> Span {
        Span {
            start: self.layout.start(node.start),
            end: self.layout.end(node.end),
        }
    }

    fn item(&self, kind: ExprKind, span: Span, below: u32) -> Built<Item> {
        if below >= MAX_HEIGHT {
            return Err(Refusal::Recursion);
        }
        Ok(Item {
            expr: Expr { kind, span },
            outer: span,
            height: below + 1,
        })
    }
}
