//! `replay --engine both`: recorded, native and real PyTorch side by side.

use super::arguments;
use super::replay::{DIFFERENT, UNREADABLE, painter, read};
use super::terminal;
use crate::session::EngineChoice;
use crate::session::role::{Role, Styled};
use crate::transcript::compare::{Verdict, same_session_text};
use crate::transcript::replay::{Options, Runner, replay};
use std::path::PathBuf;

/// Runs every file in both engines; prints a table and the outputs where the three don't agree.
pub fn run(files: &[PathBuf], arguments: &arguments::Replay, options: &Options) -> i32 {
    let program = std::env::var("GRADSHELL_PYTHON").unwrap_or_else(|_| "python3".into());
    let opened = Runner::open(&EngineChoice::Native)
        .and_then(|native| Ok((native, Runner::open(&EngineChoice::Python(program))?)));
    let (mut native, mut python) = match opened {
        Ok(engines) => engines,
        Err(error) => return terminal::complain(&error.to_string(), UNREADABLE),
    };
    let title = python.engine().title();
    let painter = painter(arguments.engine.color);
    let mut worst = 0;
    let mut out = Styled::default();
    for file in files {
        let document = match read(file, options.rules.mode) {
            Ok(document) => document,
            Err(message) => {
                worst = worst.max(terminal::complain(&message, UNREADABLE));
                continue;
            }
        };
        let (ours, theirs) = match (
            replay(&document, &mut native, options),
            replay(&document, &mut python, options),
        ) {
            (Ok(ours), Ok(theirs)) => (ours, theirs),
            (Err(error), _) | (_, Err(error)) => return terminal::complain(&error.to_string(), UNREADABLE),
        };
        let mut agree = 0;
        for (own, their) in ours.outcomes.iter().zip(&theirs.outcomes) {
            let good = |verdict| matches!(verdict, Verdict::Equal | Verdict::WithinRounding);
            let (a, b) = (good(own.judgement.verdict), good(their.judgement.verdict));
            let c = same_session_text(&own.actual, &their.actual);
            if a && b && c {
                agree += 1;
                continue;
            }
            if !(a && b) {
                worst = worst.max(DIFFERENT);
            }
            let word = |same: bool| if same { "=" } else { "≠" };
            out.push(Role::Place, format!("{}:{}", document.name, own.line));
            out.push(
                Role::Bad,
                format!(
                    "  recorded {} gradshell, recorded {} PyTorch, gradshell {} PyTorch\n",
                    word(a),
                    word(b),
                    word(c)
                ),
            );
            out.push(Role::Plain, format!("  >>> {}\n", own.source.replace('\n', "\n  ... ")));
            let sides = [
                ("recorded", &own.expected),
                ("gradshell", &own.actual),
                ("PyTorch", &their.actual),
            ];
            for (name, text) in sides {
                for (index, line) in text.lines().enumerate() {
                    let name = if index == 0 { name } else { "" };
                    out.push(Role::Dim, format!("  {name:10}"))
                        .push(Role::Plain, format!("{line}\n"));
                }
            }
        }
        out.push(Role::Place, document.name.clone());
        let count = ours.outcomes.len();
        out.push(
            Role::Plain,
            format!(": {agree} of {count} statements agree in all three (recorded, gradshell, {title})\n"),
        );
    }
    let broken = terminal::put(painter.styled(&out).as_bytes());
    if broken != 0 { broken } else { worst }
}
