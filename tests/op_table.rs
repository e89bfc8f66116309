//! Walks the op table: names are unique, every example runs, and every derivative agrees with finite differences of
//! first and second order in float64. Arguments come from the entry's example and from its schema.

use gradshell::ops::schema::Kind;
use gradshell::ops::{self, By, Derivative, Overload};
use gradshell::session::{Engine, Kept, Native, Setup};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

/// `op.overload<TAB>why it cannot be checked so`: entries that the walk must not pass.
const EXCUSED: &str = include_str!("op_table/excused.txt");

const CHECK: &str = include_str!("op_table/check.py");

fn excused() -> BTreeMap<&'static str, &'static str> {
    EXCUSED
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once('\t').expect("a name, a tab, a reason"))
        .collect()
}

#[test]
fn names_are_unique() {
    ops::install();
    let mut seen = BTreeMap::new();
    for op in ops::all() {
        for name in std::iter::once(&op.name).chain(op.aliases) {
            let earlier = seen.insert(*name, op.name);
            assert!(
                earlier.is_none_or(|other| other == op.name),
                "two entries are called {name}"
            );
        }
        let mut overloads: Vec<_> = op.overloads.iter().map(|one| one.schema).collect();
        overloads.sort_unstable();
        overloads.dedup();
        assert_eq!(overloads.len(), op.overloads.len(), "{} has one schema twice", op.name);
    }
}

fn kind(kind: Kind) -> String {
    match format!("{kind:?}").split([' ', '(', '{']).next() {
        Some(name) => name.to_string(),
        None => String::new(),
    }
}

/// The node's name if a gradient of this overload is computed by a formula.
fn node(overload: &Overload) -> Option<&'static str> {
    match &overload.derivative {
        Derivative::Node(name, grads) => grads
            .iter()
            .any(|grad| matches!(grad.by, By::Formula(_) | By::Joint(_)))
            .then_some(name),
        _ => None,
    }
}

/// The parameters that gradients flow to.
fn differentiable(overload: &Overload) -> String {
    let Derivative::Node(_, grads) = &overload.derivative else {
        return String::new();
    };
    let flowing = |by: &By| matches!(by, By::Formula(_) | By::Joint(_) | By::Zero);
    let inputs: Vec<&str> = grads
        .iter()
        .filter(|grad| flowing(&grad.by))
        .map(|grad| grad.inputs)
        .collect();
    inputs.join(",")
}

fn text(value: &str) -> String {
    serde_json::to_string(value).expect("text")
}

/// The table as a Python list.
fn rows() -> String {
    let mut rows = String::from("_rows = [\n");
    for op in ops::all() {
        let aliases: Vec<String> = op.aliases.iter().map(|alias| text(alias)).collect();
        let mut shown = false;
        for overload in op.overloads {
            let found = node(overload);
            if found.is_none() && shown {
                continue;
            }
            shown = true;
            let schema = overload.parsed();
            let name = match schema.overload {
                "" => op.name.to_string(),
                own => format!("{}.{own}", op.name),
            };
            let params: Vec<String> = schema
                .params
                .iter()
                .map(|param| {
                    let default = param.default.map_or("None".into(), text);
                    let keyword = if param.keyword_only { "True" } else { "False" };
                    let kind = if param.optional {
                        kind(param.kind) + "?"
                    } else {
                        kind(param.kind)
                    };
                    format!("({}, {}, {default}, {keyword})", text(param.name), text(&kind))
                })
                .collect();
            let _ = writeln!(
                rows,
                "({}, [{}], {}, {}, [{}], {}, {}),",
                text(op.name),
                aliases.join(", "),
                text(&name),
                found.map_or("None".into(), text),
                params.join(", "),
                text(&differentiable(overload)),
                text(op.example)
            );
        }
    }
    rows + "]\n"
}

#[test]
fn derivatives_agree_with_differences() {
    let sink = Rc::new(RefCell::new(Kept::default()));
    let mut session = Native::open(&Setup::default(), sink.clone());
    let answer = session.run("op_table", &format!("{}{CHECK}", rows()));
    let written: String = sink.borrow().pieces.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(answer.error, None, "{written}");
    let mut excused = excused();
    let mut wrong = String::new();
    for line in written.lines() {
        let Some((name, what)) = line.split_once('\t') else {
            continue;
        };
        if excused.remove(name).is_none() {
            let _ = writeln!(wrong, "{name}: {what}");
        }
    }
    for (name, reason) in excused {
        let _ = writeln!(wrong, "{name} is excused ({reason}) but passes");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
