//! `record`: a script becomes a transcript. `export`: a transcript becomes a script.

use super::arguments;
use super::replay::{UNREADABLE, options, plain, read};
use super::terminal;
use crate::session::EngineChoice;
use crate::transcript::replay::{PrintError, Runner, print};
use crate::transcript::{Format, compare::Mode, export, find};
use std::path::{Path, PathBuf};

/// `gradshell record FILE`.
pub fn run(arguments: arguments::Record) -> i32 {
    let name = arguments.file.display().to_string();
    let text = match std::fs::read_to_string(&arguments.file) {
        Ok(text) => text,
        Err(error) => return terminal::complain(&format!("{name}: {}", plain(&error)), UNREADABLE),
    };
    let is_script = Format::of(&name) == Format::Docstrings && !text.trim_start().starts_with(">>>");
    let document = if is_script {
        match export::as_session(&text) {
            Ok(session) => find::document(&name, session, Format::Session, false),
            Err(error) => {
                terminal::say(&error, true);
                return 1;
            }
        }
    } else {
        match read(&arguments.file, Mode::Auto) {
            Ok(document) => document,
            Err(message) => return terminal::complain(&message, UNREADABLE),
        }
    };
    let choice = match EngineChoice::parse(&arguments.engine.engine) {
        Ok(choice) => choice,
        Err(message) => return terminal::complain(&message, UNREADABLE),
    };
    let mut runner = match Runner::open(&choice) {
        Ok(runner) => runner,
        Err(error) => return terminal::complain(&error.to_string(), UNREADABLE),
    };
    let mut recorded = String::new();
    if is_script {
        recorded.push_str(&format!("# recorded: {}\n", runner.engine().title()));
    }
    let mut write = |piece: &str| {
        recorded.push_str(piece);
        Ok(())
    };
    match print(&document, &mut runner, &options(&arguments.engine), &mut write) {
        Ok(()) => delivered(&recorded, arguments.output),
        Err(PrintError::Open(error)) => terminal::complain(&error.to_string(), UNREADABLE),
        Err(PrintError::Document(message)) => terminal::complain(&message, UNREADABLE),
        Err(PrintError::Write(error)) => terminal::complain(&error.to_string(), UNREADABLE),
    }
}

/// `gradshell export FILE`.
pub fn export(arguments: arguments::Export) -> i32 {
    match read(Path::new(&arguments.file), Mode::Auto) {
        Ok(document) => delivered(&export::as_script(&document), arguments.output),
        Err(message) => terminal::complain(&message, UNREADABLE),
    }
}

fn delivered(text: &str, output: Option<PathBuf>) -> i32 {
    match output {
        None => terminal::put(text.as_bytes()),
        Some(path) => match std::fs::write(&path, text) {
            Ok(()) => 0,
            Err(error) => terminal::complain(&format!("{}: {}", path.display(), plain(&error)), UNREADABLE),
        },
    }
}
