//! A pattern as instructions for the matcher.

use super::charset::{Alphabet, CharSet, Single};
use super::flags;
use super::parse::Tree;
use super::scanner::{Fault, Parsed};
use super::tree::{Greed, Node, Place, UNBOUNDED, Width};

/// One step. Addresses are places in the program.
#[derive(Debug)]
pub enum Step {
    Char(char),
    One(Single),
    /// A run of single characters.
    Run {
        single: Single,
        min: u32,
        max: u32,
        how: Greed,
    },
    Jump(usize),
    /// Goes on with the next step, later perhaps with `other`.
    Split {
        other: usize,
    },
    /// Notes the position in a slot: two for a group, even ones its start.
    Save(usize),
    At(Place, Alphabet),
    Reference {
        group: usize,
        fold: Option<Alphabet>,
    },
    /// Begins the loop of this number, whose `Loop` step follows.
    Enter(usize),
    Loop {
        number: usize,
        min: u32,
        max: u32,
        lazy: bool,
        exit: usize,
    },
    /// Begins what, once matched, is not tried another way.
    Fence(usize),
    FenceEnd(usize),
    /// Looks ahead, or behind after going back so many characters.
    Look {
        fence: usize,
        back: usize,
        /// Where to go on when nothing may match.
        negate: Option<usize>,
    },
    LookEnd {
        fence: usize,
        negate: bool,
    },
    /// Goes on if the group has matched, else at `other`.
    IfGroup {
        group: usize,
        other: usize,
    },
    Match,
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Program {
    pub steps: Vec<Step>,
    /// Groups in all, with group 0.
    pub groups: usize,
    pub loops: usize,
    pub fences: usize,
    /// What every match begins with, if that is known.
    pub first: Option<Single>,
}

/// Compiles a parsed pattern.
pub fn compile(tree: &Tree) -> Parsed<Program> {
    let mut compiler = Compiler {
        widths: &tree.groups.widths,
        program: Program {
            steps: Vec::new(),
            groups: tree.groups.count(),
            loops: 0,
            fences: 0,
            first: None,
        },
    };
    compiler.sequence(&tree.nodes, tree.flags)?;
    compiler.push(Step::Match);
    let mut program = compiler.program;
    program.first = first(&program.steps);
    Ok(program)
}

fn first(steps: &[Step]) -> Option<Single> {
    steps
        .iter()
        .find(|step| !matches!(step, Step::Save(_)))
        .and_then(|step| match step {
            Step::Char(c) => Some(Single::Char(*c)),
            Step::One(single) => Some(single.clone()),
            Step::Run { single, min: 1.., .. } => Some(single.clone()),
            _ => None,
        })
}

struct Compiler<'a> {
    widths: &'a [Option<Width>],
    program: Program,
}

/// Whose letters count under these flags.
fn alphabet(of: i64) -> Alphabet {
    if of & flags::UNICODE != 0 {
        Alphabet::Unicode
    } else {
        Alphabet::Ascii
    }
}

/// The test of a node that is one character.
fn single(node: &Node, of: i64) -> Option<Single> {
    let alphabet = alphabet(of);
    let ignore = of & flags::IGNORECASE != 0;
    Some(match node {
        Node::Any => Single::Any(of & flags::DOTALL != 0),
        Node::Literal(c) if ignore => Single::Folded(alphabet.fold(*c), alphabet),
        Node::Literal(c) => Single::Char(*c),
        Node::NotLiteral(c) if ignore => Single::NotFolded(alphabet.fold(*c), alphabet),
        Node::NotLiteral(c) => Single::NotChar(*c),
        Node::Set { negate, items } => Single::Set(Box::new(CharSet::new(items, *negate, ignore, alphabet))),
        _ => return None,
    })
}

impl Compiler<'_> {
    fn here(&self) -> usize {
        self.program.steps.len()
    }

    fn push(&mut self, step: Step) -> usize {
        self.program.steps.push(step);
        self.here() - 1
    }

    /// Fills in the address that the step at `at` left open: the place reached now.
    fn land(&mut self, at: usize) {
        let here = self.here();
        if let Some(
            Step::Jump(other)
            | Step::Split { other }
            | Step::IfGroup { other, .. }
            | Step::Loop { exit: other, .. }
            | Step::Look {
                negate: Some(other), ..
            },
        ) = self.program.steps.get_mut(at)
        {
            *other = here;
        }
    }

    fn fence(&mut self) -> usize {
        self.program.fences += 1;
        self.program.fences - 1
    }

    fn sequence(&mut self, nodes: &[Node], of: i64) -> Parsed<()> {
        nodes.iter().try_for_each(|node| self.node(node, of))
    }

    fn node(&mut self, node: &Node, of: i64) -> Parsed<()> {
        match node {
            Node::At(place) => {
                let multiline = of & flags::MULTILINE != 0;
                let place = match place {
                    Place::LineStart if !multiline => Place::TextStart,
                    Place::LineEnd if !multiline => Place::LastLineEnd,
                    other => *other,
                };
                self.push(Step::At(place, alphabet(of)));
            }
            Node::Branch(items) => self.branch(items, of)?,
            Node::Group {
                index,
                add,
                remove,
                body,
            } => {
                let of = flags::combine(of, *add, *remove);
                if let Some(index) = index {
                    self.push(Step::Save(index * 2));
                }
                self.sequence(body, of)?;
                if let Some(index) = index {
                    self.push(Step::Save(index * 2 + 1));
                }
            }
            Node::Atomic(body) => self.fenced(|compiler| compiler.sequence(body, of))?,
            Node::Repeat { min, max, how, body } => self.repeat(*min, *max, *how, body, of)?,
            Node::Reference(group) => {
                let fold = (of & flags::IGNORECASE != 0).then(|| alphabet(of));
                self.push(Step::Reference { group: *group, fold });
            }
            Node::Look { behind, negate, body } => self.look(*behind, *negate, body, of)?,
            Node::Conditional {
                group,
                yes,
                no,
                has_no: _,
            } => {
                let condition = self.push(Step::IfGroup {
                    group: *group,
                    other: 0,
                });
                self.sequence(yes, of)?;
                let end = self.push(Step::Jump(0));
                self.land(condition);
                self.sequence(no, of)?;
                self.land(end);
            }
            Node::Literal(_) | Node::NotLiteral(_) | Node::Any | Node::Set { .. } => {
                if let Some(single) = single(node, of) {
                    self.push(match single {
                        Single::Char(c) => Step::Char(c),
                        other => Step::One(other),
                    });
                }
            }
        }
        Ok(())
    }

    fn branch(&mut self, items: &[Vec<Node>], of: i64) -> Parsed<()> {
        let mut ends = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            if at + 1 == items.len() {
                self.sequence(item, of)?;
            } else {
                let split = self.push(Step::Split { other: 0 });
                self.sequence(item, of)?;
                ends.push(self.push(Step::Jump(0)));
                self.land(split);
            }
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    fn fenced(&mut self, body: impl FnOnce(&mut Self) -> Parsed<()>) -> Parsed<()> {
        let fence = self.fence();
        self.push(Step::Fence(fence));
        body(self)?;
        self.push(Step::FenceEnd(fence));
        Ok(())
    }

    fn repeat(&mut self, min: u32, max: u32, how: Greed, body: &[Node], of: i64) -> Parsed<()> {
        if let [only] = body
            && let Some(single) = single(only, of)
        {
            self.push(Step::Run { single, min, max, how });
            return Ok(());
        }
        if how == Greed::Possessive {
            return self.fenced(|compiler| compiler.repeat(min, max, Greed::Greedy, body, of));
        }
        if (min, max) == (1, 1) {
            return self.sequence(body, of);
        }
        let number = self.program.loops;
        self.program.loops += 1;
        self.push(Step::Enter(number));
        let head = self.push(Step::Loop {
            number,
            min,
            max,
            lazy: how == Greed::Lazy,
            exit: 0,
        });
        self.sequence(body, of)?;
        self.push(Step::Jump(head));
        self.land(head);
        Ok(())
    }

    fn look(&mut self, behind: bool, negate: bool, body: &[Node], of: i64) -> Parsed<()> {
        let mut back = 0;
        if behind {
            let width = Width::of(body, self.widths);
            if width.least != width.most {
                return Err(Fault::Error("look-behind requires fixed-width pattern".into(), None));
            }
            back = usize::try_from(width.least).unwrap_or(usize::MAX);
        }
        let fence = self.fence();
        let look = self.push(Step::Look {
            fence,
            back,
            negate: negate.then_some(0),
        });
        self.sequence(body, of)?;
        self.push(Step::LookEnd { fence, negate });
        self.land(look);
        Ok(())
    }
}

/// Whether a count of repetitions may still grow.
pub fn below(count: u32, max: u32) -> bool {
    max == UNBOUNDED || count < max
}
