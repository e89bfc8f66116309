//! Names that published sessions use without importing them: pages write `nn.Linear` and `F.relu`
//! and leave the import to the reader.

use super::Document;

/// The customary short names and the statements that make them.
const CUSTOMARY: [(&str, &str); 9] = [
    ("nn", "import torch.nn as nn"),
    ("F", "import torch.nn.functional as F"),
    ("optim", "import torch.optim as optim"),
    ("autograd", "import torch.autograd as autograd"),
    ("Variable", "from torch.autograd import Variable"),
    ("math", "import math"),
    ("random", "import random"),
    ("time", "import time"),
    ("copy", "import copy"),
];

/// The statements that a document leaves to its reader: those whose name it uses and nowhere makes.
pub fn imports(document: &Document) -> Vec<&'static str> {
    let sources: Vec<String> = document.examples().map(|example| document.source(example)).collect();
    let left_out = |(name, _): &&(&str, &str)| {
        // a session that shows the error means it
        !document.text.contains(&format!("name '{name}' is not defined"))
            && sources.iter().any(|source| uses(source, name))
            && !sources.iter().any(|source| makes(source, name))
    };
    CUSTOMARY
        .iter()
        .filter(left_out)
        .map(|(_, statement)| *statement)
        .collect()
}

/// The places where a whole word begins, with what stands before and behind it.
fn words<'a>(source: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    source.match_indices(name).filter_map(move |(at, _)| {
        let (before, behind) = (&source[..at], &source[at + name.len()..]);
        (!before.ends_with(part) && !before.ends_with('.') && !behind.starts_with(part)).then_some((before, behind))
    })
}

/// Whether a source reaches into a module of that name, or calls a class so named.
fn uses(source: &str, name: &str) -> bool {
    let called = name.starts_with(char::is_uppercase) && name.len() > 1;
    words(source, name).any(|(_, behind)| behind.starts_with('.') || (called && behind.starts_with('(')))
}

/// Whether a source may bind the name: by import, assignment, loop, `with`, `def`, `class` or as a parameter.
fn makes(source: &str, name: &str) -> bool {
    let import = |line: &str| line.trim_start().starts_with("import ") || line.trim_start().starts_with("from ");
    let imported = source
        .lines()
        .any(|line| import(line) && words(line, name).next().is_some());
    imported
        || words(source, name).any(|(before, behind)| {
            let (before, behind) = (before.trim_end(), behind.trim_start());
            let binds = ["def", "class", "for", "as", "lambda", "global"];
            let keyword = before
                .rsplit(|c: char| !c.is_alphanumeric())
                .next()
                .is_some_and(|word| binds.contains(&word));
            let assigned = behind.starts_with('=') && !behind.starts_with("==") && !before.ends_with(['(', ',']);
            keyword || assigned || behind.starts_with(',') || behind.starts_with(':')
        })
}

#[cfg(test)]
mod tests {
    use super::super::{Format, find};
    use super::*;

    fn of(text: &str) -> Vec<&'static str> {
        imports(&find::document("page.txt", text.to_string(), Format::Session, false))
    }

    #[test]
    fn only_what_is_used_and_never_made() {
        assert_eq!(of(">>> m = nn.Linear(2, 3)\n>>> F.relu(m.weight)\n").len(), 2);
        assert!(of(">>> from torch import nn\n>>> nn.ReLU()\n").is_empty());
        assert!(of(">>> for nn in range(3): nn.real\n").is_empty());
        assert!(of(">>> nn.ReLU()\nNameError: name 'nn' is not defined\n").is_empty());
        assert!(of(">>> torch.nn.ReLU()\n").is_empty());
        assert_eq!(
            of(">>> x = Variable(torch.ones(2))\n"),
            ["from torch.autograd import Variable"]
        );
    }
}
