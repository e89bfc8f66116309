//! The syntax of patterns: text to `tree::Node`, with CPython's messages and positions.

use super::charset::Item;
use super::escape;
use super::flags;
use super::scanner::{Fault, Parsed, Scanner, Token};
use super::tree::{Greed, Node, Place, UNBOUNDED, Width};

/// How deep groups may nest.
const DEEPEST: usize = 480;

/// Numbers of repetitions end here.
const MAX_REPEAT: u64 = u32::MAX as u64;

/// A parsed pattern.
pub struct Tree {
    pub nodes: Vec<Node>,
    pub flags: i64,
    pub groups: Groups,
    /// FutureWarnings, in order.
    pub warnings: Vec<String>,
}

/// What is known of the groups so far.
#[derive(Default)]
pub struct Groups {
    /// The width of each group once it is closed; group 0 never is.
    pub widths: Vec<Option<Width>>,
    pub names: Vec<(String, usize)>,
    /// How many groups there were where the outermost look-behind began.
    behind: Option<usize>,
    /// Where conditions mention groups by number.
    mentions: Vec<(usize, usize)>,
}

impl Groups {
    /// Groups in all, with group 0.
    pub fn count(&self) -> usize {
        self.widths.len()
    }

    pub fn named(&self, name: &str) -> Option<usize> {
        self.names
            .iter()
            .find(|(known, _)| known == name)
            .map(|&(_, group)| group)
    }

    fn is_closed(&self, group: usize) -> bool {
        self.widths.get(group).is_some_and(Option::is_some)
    }

    pub fn check_closed(&self, group: usize, scanner: &Scanner<'_>, before: usize) -> Parsed<()> {
        if self.is_closed(group) {
            Ok(())
        } else {
            Err(scanner.error("cannot refer to an open group", before))
        }
    }

    pub fn check_look_behind(&self, group: usize, scanner: &Scanner<'_>) -> Parsed<()> {
        let Some(behind) = self.behind else { return Ok(()) };
        self.check_closed(group, scanner, 0)?;
        if group >= behind {
            return Err(scanner.error("cannot refer to group defined in the same lookbehind subpattern", 0));
        }
        Ok(())
    }

    fn open(&mut self, name: Option<&str>, scanner: &Scanner<'_>) -> Parsed<usize> {
        let group = self.count();
        self.widths.push(None);
        if let Some(name) = name {
            if let Some(known) = self.named(name) {
                let shown = crate::python::format::quote::str_repr(name);
                return Err(scanner.error(
                    format!("redefinition of group name {shown} as group {group}; was group {known}"),
                    name.chars().count() + 1,
                ));
            }
            self.names.push((name.to_string(), group));
        }
        Ok(group)
    }
}

/// Parses a pattern; of bytes (as Latin-1) unless `is_text`.
pub fn parse(chars: &[char], is_text: bool, given: i64) -> Parsed<Tree> {
    let mut parser = Parser {
        scanner: Scanner::new(chars, is_text)?,
        flags: given,
        groups: Groups {
            widths: vec![None],
            ..Groups::default()
        },
        warnings: Vec::new(),
    };
    let nodes = parser.alternatives(given & flags::VERBOSE != 0, 0)?;
    let flags = flags::fix(is_text, parser.flags)?;
    if parser.scanner.next.is_some() {
        return Err(parser.scanner.error("unbalanced parenthesis", 0));
    }
    for &(group, at) in &parser.groups.mentions {
        if group >= parser.groups.count() {
            return Err(Fault::Error(format!("invalid group reference {group}"), Some(at)));
        }
    }
    Ok(Tree {
        nodes,
        flags,
        groups: parser.groups,
        warnings: parser.warnings,
    })
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    flags: i64,
    groups: Groups,
    warnings: Vec<String>,
}

/// What a parenthesis opens.
#[derive(Default)]
struct Opened {
    captures: bool,
    atomic: bool,
    name: Option<String>,
    add: i64,
    remove: i64,
}

impl Parser<'_> {
    fn error(&self, message: impl Into<String>, before: usize) -> Fault {
        self.scanner.error(message, before)
    }

    fn unterminated(&self, start: usize) -> Fault {
        self.error(
            "missing ), unterminated subpattern",
            self.scanner.tell().saturating_sub(start),
        )
    }

    /// `a|b|c`
    fn alternatives(&mut self, verbose: bool, depth: usize) -> Parsed<Vec<Node>> {
        if depth > DEEPEST {
            return Err(Fault::Recursion);
        }
        let mut verbose = verbose;
        let mut items = vec![self.sequence(verbose, depth, depth == 0)?];
        while self.scanner.take('|')? {
            if depth == 0 {
                verbose = self.flags & flags::VERBOSE != 0;
            }
            items.push(self.sequence(verbose, depth, false)?);
        }
        match items.pop() {
            Some(only) if items.is_empty() => Ok(only),
            last => {
                items.extend(last);
                Ok(vec![Node::Branch(items)])
            }
        }
    }

    fn sequence(&mut self, verbose: bool, depth: usize, first: bool) -> Parsed<Vec<Node>> {
        let mut verbose = verbose;
        let mut nodes: Vec<Node> = Vec::new();
        while let Some(token) = self.scanner.next {
            if token.is('|') || token.is(')') {
                break;
            }
            self.scanner.get()?;
            if token.escaped {
                nodes.push(escape::outside(&mut self.scanner, token, &self.groups)?);
                continue;
            }
            match token.c {
                ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' if verbose => {}
                '#' if verbose => while self.scanner.get()?.is_some_and(|token| !token.is('\n')) {},
                '[' => {
                    let set = self.set()?;
                    nodes.push(set);
                }
                '*' | '+' | '?' | '{' => self.repeat(token.c, &mut nodes)?,
                '.' => nodes.push(Node::Any),
                '^' => nodes.push(Node::At(Place::LineStart)),
                '$' => nodes.push(Node::At(Place::LineEnd)),
                '(' => match self.group(verbose, depth, first && nodes.is_empty())? {
                    Some(node) => nodes.push(node),
                    // flags at the start
                    None => verbose |= first && self.flags & flags::VERBOSE != 0,
                },
                c => nodes.push(Node::Literal(c)),
            }
        }
        Ok(nodes)
    }

    fn repeat(&mut self, sign: char, nodes: &mut Vec<Node>) -> Parsed<()> {
        let here = self.scanner.tell();
        let (min, max) = match sign {
            '?' => (0, 1),
            '*' => (0, UNBOUNDED),
            '+' => (1, UNBOUNDED),
            _ => match self.counts(here)? {
                Some(counts) => counts,
                None => {
                    nodes.push(Node::Literal('{'));
                    return Ok(());
                }
            },
        };
        let before = self.scanner.tell() - here + 1;
        let item = match nodes.pop() {
            None | Some(Node::At(_)) => return Err(self.error("nothing to repeat", before)),
            Some(Node::Repeat { .. }) => return Err(self.error("multiple repeat", before)),
            Some(item) => item,
        };
        let body = match item {
            Node::Group {
                index: None,
                add: 0,
                remove: 0,
                body,
            } => body,
            item => vec![item],
        };
        let how = if self.scanner.take('?')? {
            Greed::Lazy
        } else if self.scanner.take('+')? {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        nodes.push(Node::Repeat { min, max, how, body });
        Ok(())
    }

    /// `{m,n}` after its brace; None when it is none, and nothing is taken.
    fn counts(&mut self, here: usize) -> Parsed<Option<(u32, u32)>> {
        if self.scanner.next_is('}') {
            return Ok(None);
        }
        let digits = |parser: &mut Self| parser.scanner.take_while(usize::MAX, |c| c.is_ascii_digit());
        let low = digits(self)?;
        let high = if self.scanner.take(',')? {
            digits(self)?
        } else {
            low.clone()
        };
        if !self.scanner.take('}')? {
            self.scanner.seek(here)?;
            return Ok(None);
        }
        let number = |text: &str, none: u32| match text {
            "" => Ok(none),
            text => match text.parse::<u64>() {
                Ok(number) if number < MAX_REPEAT => Ok(number as u32),
                _ => Err(Fault::Overflow("the repetition number is too large")),
            },
        };
        let (min, max) = (number(&low, 0)?, number(&high, UNBOUNDED)?);
        if max < min {
            return Err(self.error("min repeat greater than max repeat", self.scanner.tell() - here));
        }
        Ok(Some((min, max)))
    }

    /// A set after its bracket.
    fn set(&mut self) -> Parsed<Node> {
        let start = self.scanner.tell() - 1;
        if self.scanner.next_is('[') {
            let at = self.scanner.tell();
            self.warnings.push(format!("Possible nested set at position {at}"));
        }
        let negate = self.scanner.take('^')?;
        let mut items: Vec<Item> = Vec::new();
        let push = |items: &mut Vec<Item>, item: Item| {
            if !items.contains(&item) {
                items.push(item);
            }
        };
        loop {
            let token = self.set_token(start)?;
            if token.is(']') && !items.is_empty() {
                break;
            }
            self.warn_of_operation(token, !items.is_empty());
            let item = self.set_item(token)?;
            if !self.scanner.take('-')? {
                push(&mut items, item);
                continue;
            }
            let other = self.set_token(start)?;
            if other.is(']') {
                push(&mut items, item);
                push(&mut items, Item::Literal('-'));
                break;
            }
            if other.is('-') {
                let at = self.scanner.tell() - 2;
                self.warnings.push(format!("Possible set difference at position {at}"));
            }
            match (item, self.set_item(other)?) {
                (Item::Literal(low), Item::Literal(high)) if low <= high => push(&mut items, Item::Range(low, high)),
                _ => {
                    let text = format!("{}-{}", token.text(), other.text());
                    return Err(self.error(format!("bad character range {text}"), text.chars().count()));
                }
            }
        }
        Ok(match (items.as_slice(), negate) {
            ([Item::Literal(c)], false) => Node::Literal(*c),
            ([Item::Literal(c)], true) => Node::NotLiteral(*c),
            _ => Node::Set { negate, items },
        })
    }

    fn set_token(&mut self, start: usize) -> Parsed<Token> {
        match self.scanner.get()? {
            Some(token) => Ok(token),
            None => Err(self.error("unterminated character set", self.scanner.tell() - start)),
        }
    }

    fn set_item(&mut self, token: Token) -> Parsed<Item> {
        if token.escaped {
            escape::in_set(&mut self.scanner, token)
        } else {
            Ok(Item::Literal(token.c))
        }
    }

    fn warn_of_operation(&mut self, token: Token, inside: bool) {
        let what = match token.c {
            '-' => "difference",
            '&' => "intersection",
            '~' => "symmetric difference",
            '|' => "union",
            _ => return,
        };
        if inside && !token.escaped && self.scanner.next_is(token.c) {
            let at = self.scanner.tell() - 1;
            self.warnings.push(format!("Possible set {what} at position {at}"));
        }
    }

    /// What follows a parenthesis; None when it adds nothing (a comment, flags).
    fn group(&mut self, verbose: bool, depth: usize, first: bool) -> Parsed<Option<Node>> {
        let start = self.scanner.tell() - 1;
        let mut opened = Opened {
            captures: true,
            ..Opened::default()
        };
        if self.scanner.take('?')? {
            opened.captures = false;
            let token = self.extension_token()?;
            match token.c {
                _ if token.escaped => return Err(self.unknown_extension("", token)),
                'P' => match self.named(&mut opened)? {
                    None => {}
                    done => return Ok(done),
                },
                ':' => {}
                '#' => return self.comment(start),
                '=' | '!' | '<' => return self.look(token.c, start, verbose, depth).map(Some),
                '(' => return self.conditional(start, verbose, depth).map(Some),
                '>' => opened.atomic = true,
                c if c == '-' || flags::letter(c).is_some() => {
                    match flags::inline(&mut self.scanner, &mut self.flags, c)? {
                        Some((add, remove)) => (opened.add, opened.remove) = (add, remove),
                        None if first => return Ok(None),
                        None => {
                            let before = self.scanner.tell() - start;
                            return Err(self.error("global flags not at the start of the expression", before));
                        }
                    }
                }
                _ => return Err(self.unknown_extension("", token)),
            }
        }
        let index = match opened.captures {
            true => Some(self.groups.open(opened.name.as_deref(), &self.scanner)?),
            false => None,
        };
        let verbose = (verbose || opened.add & flags::VERBOSE != 0) && opened.remove & flags::VERBOSE == 0;
        let body = self.alternatives(verbose, depth + 1)?;
        if !self.scanner.take(')')? {
            return Err(self.unterminated(start));
        }
        if let Some(index) = index {
            let width = Width::of(&body, &self.groups.widths);
            if let Some(place) = self.groups.widths.get_mut(index) {
                *place = Some(width);
            }
        }
        Ok(Some(if opened.atomic {
            Node::Atomic(body)
        } else {
            Node::Group {
                index,
                add: opened.add,
                remove: opened.remove,
                body,
            }
        }))
    }

    fn extension_token(&mut self) -> Parsed<Token> {
        match self.scanner.get()? {
            Some(token) => Ok(token),
            None => Err(self.error("unexpected end of pattern", 0)),
        }
    }

    fn unknown_extension(&self, prefix: &str, token: Token) -> Fault {
        let text = format!("?{prefix}{}", token.text());
        self.error(format!("unknown extension {text}"), text.chars().count())
    }

    /// After `(?P`: a name to open, or the node of a reference.
    fn named(&mut self, opened: &mut Opened) -> Parsed<Option<Node>> {
        if self.scanner.take('<')? {
            let name = self.scanner.take_name('>', "group name")?;
            self.scanner.check_name(&name)?;
            opened.captures = true;
            opened.name = Some(name);
            return Ok(None);
        }
        if !self.scanner.take('=')? {
            let token = self.extension_token()?;
            return Err(self.unknown_extension("P", token));
        }
        let name = self.scanner.take_name(')', "group name")?;
        self.scanner.check_name(&name)?;
        let group = self.known_group(&name)?;
        self.groups
            .check_closed(group, &self.scanner, name.chars().count() + 1)?;
        self.groups.check_look_behind(group, &self.scanner)?;
        Ok(Some(Node::Reference(group)))
    }

    fn known_group(&self, name: &str) -> Parsed<usize> {
        self.groups.named(name).ok_or_else(|| {
            let shown = crate::python::format::quote::str_repr(name);
            self.error(format!("unknown group name {shown}"), name.chars().count() + 1)
        })
    }

    fn comment(&mut self, start: usize) -> Parsed<Option<Node>> {
        loop {
            if self.scanner.next.is_none() {
                let before = self.scanner.tell() - start;
                return Err(self.error("missing ), unterminated comment", before));
            }
            if self.scanner.get()?.is_some_and(|token| token.is(')')) {
                return Ok(None);
            }
        }
    }

    fn look(&mut self, sign: char, start: usize, verbose: bool, depth: usize) -> Parsed<Node> {
        let (mut sign, behind) = (sign, sign == '<');
        let outermost = behind && self.groups.behind.is_none();
        if behind {
            let token = self.extension_token()?;
            if !token.is('=') && !token.is('!') {
                return Err(self.unknown_extension("<", token));
            }
            sign = token.c;
            if outermost {
                self.groups.behind = Some(self.groups.count());
            }
        }
        let body = self.alternatives(verbose, depth + 1)?;
        if outermost {
            self.groups.behind = None;
        }
        if !self.scanner.take(')')? {
            return Err(self.unterminated(start));
        }
        Ok(Node::Look {
            behind,
            negate: sign == '!',
            body,
        })
    }

    fn conditional(&mut self, start: usize, verbose: bool, depth: usize) -> Parsed<Node> {
        let name = self.scanner.take_name(')', "group name")?;
        let length = name.chars().count() + 1;
        let group = if crate::python::types::str::case::is_identifier(&name) {
            self.known_group(&name)?
        } else {
            let group: usize = name.trim().parse().map_err(|_| self.scanner.bad_name(&name, 1))?;
            if group == 0 {
                return Err(self.error("bad group number", length));
            }
            if !self.groups.mentions.iter().any(|&(known, _)| known == group) {
                self.groups.mentions.push((group, self.scanner.tell() - length));
            }
            group
        };
        self.groups.check_look_behind(group, &self.scanner)?;
        if depth > DEEPEST {
            return Err(Fault::Recursion);
        }
        let yes = self.sequence(verbose, depth + 1, false)?;
        let has_no = self.scanner.take('|')?;
        let no = if has_no {
            let no = self.sequence(verbose, depth + 1, false)?;
            if self.scanner.next_is('|') {
                return Err(self.error("conditional backref with more than two branches", 0));
            }
            no
        } else {
            Vec::new()
        };
        if !self.scanner.take(')')? {
            return Err(self.unterminated(start));
        }
        Ok(Node::Conditional { group, yes, no, has_no })
    }
}
