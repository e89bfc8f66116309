//! A parsed pattern, and how wide its parts are.

use super::charset::{Category, Item};

/// Repetitions and widths without a bound.
pub const UNBOUNDED: u32 = u32::MAX;

/// One part of a pattern; a pattern is a sequence of them.
#[derive(Clone, Debug)]
pub enum Node {
    Literal(char),
    NotLiteral(char),
    /// `.`
    Any,
    Set {
        negate: bool,
        items: Vec<Item>,
    },
    At(Place),
    Branch(Vec<Vec<Node>>),
    /// A group; without an index it captures nothing.
    Group {
        index: Option<usize>,
        add: i64,
        remove: i64,
        body: Vec<Node>,
    },
    Atomic(Vec<Node>),
    Repeat {
        min: u32,
        max: u32,
        how: Greed,
        body: Vec<Node>,
    },
    Reference(usize),
    Look {
        behind: bool,
        negate: bool,
        body: Vec<Node>,
    },
    /// `(?(1)yes|no)`
    Conditional {
        group: usize,
        yes: Vec<Node>,
        no: Vec<Node>,
        has_no: bool,
    },
}

/// Which count of repetitions is tried first, and whether another is tried later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// Places between characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// `^`
    LineStart,
    /// `\A`
    TextStart,
    /// `$`
    LineEnd,
    /// `$` where lines do not count: the end, or a line end right before it.
    LastLineEnd,
    /// `\Z`
    TextEnd,
    /// `\b`
    Boundary,
    /// `\B`
    NoBoundary,
}

/// The smallest and largest number of characters a part takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Width {
    pub least: u64,
    pub most: u64,
}

const WIDEST: u64 = u64::MAX;

impl Width {
    const NOTHING: Width = Width { least: 0, most: 0 };
    const ONE: Width = Width { least: 1, most: 1 };

    /// The width of a sequence; `groups` holds the widths of closed groups.
    pub fn of(nodes: &[Node], groups: &[Option<Width>]) -> Width {
        let mut sum = Width::NOTHING;
        for node in nodes {
            let width = Width::of_node(node, groups);
            sum.least = sum.least.saturating_add(width.least);
            sum.most = sum.most.saturating_add(width.most);
        }
        sum
    }

    fn either(self, other: Width) -> Width {
        Width {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }

    fn of_node(node: &Node, groups: &[Option<Width>]) -> Width {
        match node {
            Node::Literal(_) | Node::NotLiteral(_) | Node::Any | Node::Set { .. } => Width::ONE,
            Node::At(_) | Node::Look { .. } => Width::NOTHING,
            Node::Group { body, .. } | Node::Atomic(body) => Width::of(body, groups),
            Node::Branch(items) => items
                .iter()
                .map(|item| Width::of(item, groups))
                .reduce(Width::either)
                .unwrap_or(Width::NOTHING),
            Node::Repeat { min, max, body, .. } => {
                let width = Width::of(body, groups);
                let most = match *max {
                    UNBOUNDED if width.most > 0 => WIDEST,
                    UNBOUNDED => 0,
                    max => width.most.saturating_mul(max.into()),
                };
                Width {
                    least: width.least.saturating_mul((*min).into()),
                    most,
                }
            }
            Node::Reference(group) => groups.get(*group).copied().flatten().unwrap_or(Width::NOTHING),
            Node::Conditional { yes, no, has_no, .. } => {
                let width = Width::of(yes, groups);
                if *has_no {
                    width.either(Width::of(no, groups))
                } else {
                    Width { least: 0, ..width }
                }
            }
        }
    }
}

impl Node {
    /// A category outside brackets.
    pub fn category(category: Category) -> Node {
        Node::Set {
            negate: false,
            items: vec![Item::Category(category)],
        }
    }
}
