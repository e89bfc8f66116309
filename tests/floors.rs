//! The floors of the house: reads the imports of `src/` and fails on one that goes sideways or up.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each floor with the floors that it may import. Nobody is on a list that names him, directly or
/// over others, so there are no circles.
const FLOORS: &[(&str, &[&str])] = &[
    ("array", &[]),
    ("syntax", &[]),
    ("autograd", &["array"]),
    ("ops", &["array", "autograd"]),
    ("python", &["syntax"]),
    ("torch", &["array", "autograd", "ops", "python", "syntax"]),
    ("session", &["array", "autograd", "ops", "python", "syntax", "torch"]),
    ("transcript", &["array", "session", "syntax"]),
    ("repl", &["session", "syntax"]),
    ("cli", &["repl", "session", "syntax", "transcript"]),
];

#[test]
fn imports_go_down() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for file in rust_files(&source) {
        let relative = file.strip_prefix(&source).unwrap();
        let Some(own) = floor_of(relative) else { continue };
        let allowed = FLOORS.iter().find(|(floor, _)| *floor == own).unwrap().1;
        let text = code(&fs::read_to_string(&file).unwrap());
        for other in imports(&text, depth(relative)) {
            if other != own && is_floor(&other) && !allowed.contains(&other.as_str()) {
                let target = ["mod.rs"]
                    .iter()
                    .map(|name| format!("src/{other}/{name}"))
                    .next()
                    .unwrap();
                wrong.push(format!(
                    "src/{} imports {target}: {own} may not know {other}",
                    relative.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the floors:\n{}", wrong.join("\n"));
}

#[test]
fn the_floors_have_no_circle() {
    for (floor, allowed) in FLOORS {
        let mut below: BTreeSet<&str> = allowed.iter().copied().collect();
        let mut waiting: Vec<&str> = below.iter().copied().collect();
        while let Some(next) = waiting.pop() {
            let further = FLOORS.iter().find(|(name, _)| *name == next).unwrap().1;
            waiting.extend(further.iter().filter(|name| below.insert(name)));
        }
        assert!(
            !below.contains(floor),
            "src/{floor}/mod.rs reaches itself through {below:?}"
        );
    }
}

#[test]
fn every_folder_is_on_a_floor() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(source).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(
            entry.path().is_file() || is_floor(&name),
            "src/{name} is on no floor: add it to FLOORS"
        );
    }
}

#[test]
fn imports_are_found() {
    let text = "use crate::{array::Array, ops::{x, y}};\nfn f() { crate::torch::g(); super::super::cli::h() }";
    let found = imports(text, 2);
    let names: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(names, ["array", "cli", "ops", "torch"]);
    assert_eq!(
        code("let a = \"crate::cli\"; // crate::repl\n/* crate::cli */ 'x'"),
        "let a = ; \n 'x'"
    );
}

fn is_floor(name: &str) -> bool {
    FLOORS.iter().any(|(floor, _)| *floor == name)
}

fn floor_of(relative: &Path) -> Option<String> {
    let first = relative.components().next()?.as_os_str().to_string_lossy().into_owned();
    is_floor(&first).then_some(first)
}

/// How many `super::` lead from a file's module to the crate.
fn depth(relative: &Path) -> usize {
    let parts = relative.components().count();
    if relative.ends_with("mod.rs") { parts - 1 } else { parts }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// First names of all paths that begin at the crate, sorted.
fn imports(text: &str, depth: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let up = "super::".repeat(depth);
    for start in ["crate::".to_string(), up].iter().filter(|start| !start.is_empty()) {
        for (at, _) in text.match_indices(start.as_str()) {
            let before = text[..at].chars().next_back();
            let joined = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$');
            if joined {
                continue;
            }
            let rest = &text[at + start.len()..];
            match rest.strip_prefix('{') {
                None => found.extend(first_name(rest)),
                Some(group) => {
                    let mut level = 0;
                    let mut fresh = true;
                    for (at, c) in group.char_indices() {
                        match c {
                            '{' => level += 1,
                            '}' if level == 0 => break,
                            '}' => level -= 1,
                            ',' if level == 0 => fresh = true,
                            c if fresh && c.is_alphabetic() => {
                                found.extend(first_name(&group[at..]));
                                fresh = false;
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    found
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The text without comments and string literals.
fn code(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = hashes + 2;
            rest[open..]
                .find(&close)
                .map_or(rest.len(), |end| open + end + close.len())
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |end| end + 2)
        } else {
            // a quote as a character is no string
            let shown = if rest.starts_with("'\"'") { 3 } else { c.len_utf8() };
            out.push_str(&rest[..shown]);
            rest = &rest[shown..];
            continue;
        };
        rest = &rest[length..];
    }
    out
}

fn raw_string(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
    rest[hashes..].starts_with('"').then_some(hashes)
}
