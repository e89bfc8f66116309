//! The grammar's pairs as one flat list: cheap to look ahead in and to walk.

use super::{Built, Refusal};
use crate::syntax::grammar::Rule;
use pest::Token;
use pest::iterators::Pairs;

/// A visible rule that matched, in source order, before its descendants.
pub struct Node {
    pub rule: Rule,
    /// Offsets in the laid-out text.
    pub start: u32,
    pub end: u32,
    /// Index of the first node that isn't a descendant.
    next: u32,
}

pub fn flatten(pairs: Pairs<'_, Rule>) -> Vec<Node> {
    let tokens = pairs.tokens();
    let mut nodes: Vec<Node> = Vec::with_capacity(tokens.len() / 2);
    let mut open: Vec<usize> = Vec::new();
    for token in tokens {
        match token {
            // the end of the input says nothing
            Token::Start { rule: Rule::EOI, .. } | Token::End { rule: Rule::EOI, .. } => {}
            Token::Start { rule, pos } => {
                open.push(nodes.len());
                nodes.push(Node {
                    rule,
                    start: pos.pos() as u32,
                    end: 0,
                    next: 0,
                });
            }
            Token::End { pos, .. } => {
                let next = nodes.len() as u32;
                if let Some(node) = open.pop().and_then(|index| nodes.get_mut(index)) {
                    node.end = pos.pos() as u32;
                    node.next = next;
                }
            }
        }
    }
    nodes
}

/// Siblings still to read.
#[derive(Clone, Copy)]
pub struct Nodes<'a> {
    nodes: &'a [Node],
    at: usize,
    end: usize,
}

/// A node taken from its siblings.
#[derive(Clone, Copy)]
pub struct Child<'a> {
    pub rule: Rule,
    pub start: usize,
    pub end: usize,
    pub children: Nodes<'a>,
}

impl<'a> Nodes<'a> {
    pub fn all(nodes: &'a [Node]) -> Nodes<'a> {
        Nodes {
            nodes,
            at: 0,
            end: nodes.len(),
        }
    }

    pub fn peek(&self) -> Option<Rule> {
        if self.at < self.end {
            self.nodes.get(self.at).map(|node| node.rule)
        } else {
            None
        }
    }

    /// Takes the next node, which the grammar promises to be there.
    pub fn require(&mut self) -> Built<Child<'a>> {
        self.next().ok_or(Refusal::Syntax)
    }

    /// Takes the next node if it is of this rule.
    pub fn take_if(&mut self, rule: Rule) -> Option<Child<'a>> {
        if self.peek() == Some(rule) { self.next() } else { None }
    }
}

impl<'a> Iterator for Nodes<'a> {
    type Item = Child<'a>;

    fn next(&mut self) -> Option<Child<'a>> {
        if self.at >= self.end {
            return None;
        }
        let node = self.nodes.get(self.at)?;
        let children = Nodes {
            nodes: self.nodes,
            at: self.at + 1,
            end: node.next as usize,
        };
        self.at = node.next as usize;
        Some(Child {
            rule: node.rule,
            start: node.start as usize,
            end: node.end as usize,
            children,
        })
    }
}
