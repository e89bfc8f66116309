//! Directives: what a comment behind a statement asks of the comparison.

use super::grammar::{Grammar, Rule};
use pest::Parser;

/// What is asked of one example. Flags that are neither set nor cleared follow the document's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Directives {
    pub set: Flags,
    pub cleared: Flags,
    /// `# abs tol`, `# rel tol`: the figures.
    pub absolute: Option<f64>,
    pub relative: Option<f64>,
}

/// doctest's option flags, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u32);

impl Flags {
    pub const ELLIPSIS: Flags = Flags(1);
    pub const NORMALIZE_WHITESPACE: Flags = Flags(2);
    pub const IGNORE_EXCEPTION_DETAIL: Flags = Flags(4);
    pub const SKIP: Flags = Flags(8);
    pub const FLOAT_CMP: Flags = Flags(16);
    pub const NUMBER: Flags = Flags(32);
    pub const DONT_ACCEPT_TRUE_FOR_1: Flags = Flags(64);
    pub const DONT_ACCEPT_BLANKLINE: Flags = Flags(128);
    /// The output is not compared: `# random`, `IGNORE_WANT`, `IGNORE_OUTPUT`.
    pub const IGNORE_OUTPUT: Flags = Flags(256);
    pub const FAIL_FAST: Flags = Flags(512);
    /// Known, and without effect on a verdict.
    pub const REPORT: Flags = Flags(1024);

    /// The flag of a name, as doctest, pytest, doctestplus and xdoctest spell it.
    pub fn named(name: &str) -> Option<Flags> {
        Some(match name {
            "ELLIPSIS" => Flags::ELLIPSIS,
            "NORMALIZE_WHITESPACE" => Flags::NORMALIZE_WHITESPACE,
            "IGNORE_EXCEPTION_DETAIL" => Flags::IGNORE_EXCEPTION_DETAIL,
            "SKIP" => Flags::SKIP,
            "FLOAT_CMP" => Flags::FLOAT_CMP,
            "NUMBER" => Flags::NUMBER,
            "DONT_ACCEPT_TRUE_FOR_1" => Flags::DONT_ACCEPT_TRUE_FOR_1,
            "DONT_ACCEPT_BLANKLINE" => Flags::DONT_ACCEPT_BLANKLINE,
            "IGNORE_WANT" | "IGNORE_OUTPUT" => Flags::IGNORE_OUTPUT,
            "FAIL_FAST" => Flags::FAIL_FAST,
            "REPORT_UDIFF"
            | "REPORT_CDIFF"
            | "REPORT_NDIFF"
            | "REPORT_ONLY_FIRST_FAILURE"
            | "IGNORE_WARNINGS"
            | "SHOW_WARNINGS"
            | "REMOTE_DATA"
            | "ALLOW_UNICODE"
            | "ALLOW_BYTES" => Flags::REPORT,
            _ => return None,
        })
    }

    pub fn has(self, flag: Flags) -> bool {
        self.0 & flag.0 != 0
    }

    pub fn with(self, flag: Flags) -> Flags {
        Flags(self.0 | flag.0)
    }

    pub fn without(self, flag: Flags) -> Flags {
        Flags(self.0 & !flag.0)
    }
}

impl Directives {
    /// The flags in force where `document` holds for the whole document.
    pub fn flags(&self, document: Flags) -> Flags {
        document.with(self.set).without(self.cleared)
    }

    /// Adds what `other` asks; where they disagree, `other` wins.
    pub fn join(&mut self, other: &Directives) {
        self.set = self.set.without(other.cleared).with(other.set);
        self.cleared = self.cleared.without(other.set).with(other.cleared);
        self.absolute = other.absolute.or(self.absolute);
        self.relative = other.relative.or(self.relative);
    }

    /// Reads the comments of a statement; the second part says what is wrong with them.
    pub fn of(source: &str) -> (Directives, Option<String>) {
        let mut found = Directives::default();
        let mut problem = None;
        for line in source.lines() {
            for (at, _) in line.match_indices('#') {
                let comment = &line[at..];
                let is_directive = comment
                    .trim_start_matches(['#', ' ', '\t'])
                    .trim_start_matches('x')
                    .starts_with("doctest:");
                if is_directive && comment.contains(['\'', '"']) {
                    continue;
                }
                match Grammar::parse(Rule::comment, comment) {
                    Ok(pairs) => {
                        let alone = line[..at].trim().is_empty() && source.lines().count() == 1;
                        if is_directive && alone && !comment.contains("xdoctest:") {
                            problem = Some("a directive on a line without a statement".to_string());
                        }
                        problem = found.read(pairs).or(problem);
                        break;
                    }
                    Err(_) if is_directive => {
                        problem = Some(format!("a directive that cannot be read: {}", comment.trim()));
                        break;
                    }
                    Err(_) => {}
                }
            }
        }
        (found, problem)
    }

    fn read(&mut self, pairs: pest::iterators::Pairs<'_, Rule>) -> Option<String> {
        let mut problem = None;
        for pair in pairs.flatten() {
            match pair.as_rule() {
                Rule::random => self.set = self.set.with(Flags::IGNORE_OUTPUT),
                Rule::flag => {
                    let mut parts = pair.into_inner();
                    let on = parts.next().is_some_and(|sign| sign.as_str() == "+");
                    let name = parts.next().map_or("", |name| name.as_str());
                    match (Flags::named(name), name) {
                        (Some(flag), _) if on => self.set = self.set.with(flag),
                        (Some(flag), _) => self.cleared = self.cleared.with(flag),
                        // a condition on the surroundings: nothing here can meet it but what is met anyway
                        (None, "REQUIRES") => {
                            let met = parts
                                .next()
                                .is_some_and(|needs| needs.as_str().trim() == "module:torch");
                            if on && !met {
                                self.set = self.set.with(Flags::SKIP);
                            }
                        }
                        (None, _) => problem = Some(format!("unknown directive {}{name}", if on { '+' } else { '-' })),
                    }
                }
                Rule::tolerance => {
                    let mut parts = pair.into_inner();
                    let kind = parts.next().map_or("", |kind| kind.as_str());
                    let figure = parts
                        .next()
                        .and_then(|figure| figure.as_str().parse().ok())
                        .unwrap_or(1e-9);
                    if kind == "abs" {
                        self.absolute = Some(figure)
                    } else {
                        self.relative = Some(figure)
                    }
                }
                _ => {}
            }
        }
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_tolerances_and_random_are_read() {
        let (found, problem) = Directives::of("f(1)  # doctest: +ELLIPSIS, -NUMBER");
        assert_eq!(
            (found.set, found.cleared, problem),
            (Flags::ELLIPSIS, Flags::NUMBER, None)
        );
        assert_eq!(Directives::of("f()  # abs tol 1e-3").0.absolute, Some(1e-3));
        assert!(Directives::of("f()  # random").0.set.has(Flags::IGNORE_OUTPUT));
        assert!(
            Directives::of("f()  # xdoctest: +REQUIRES(env:X)")
                .0
                .set
                .has(Flags::SKIP)
        );
        assert_eq!(Directives::of("f('# doctest: +SKIP')").0, Directives::default());
        assert_eq!(Directives::of("f()  # randomly chosen").0, Directives::default());
        assert!(Directives::of("f()  # doctest: +BOGUS").1.unwrap().contains("+BOGUS"));
    }
}
