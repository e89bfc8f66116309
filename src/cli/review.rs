//! `review`: differences one by one, accepted or rejected.

use super::arguments;
use super::replay::{DIFFERENT, UNREADABLE, found, options, painter, plain, read};
use super::terminal;
use crate::session::EngineChoice;
use crate::session::role::Role;
use crate::transcript::replay::Runner;
use crate::transcript::report::text::{Diff, one};
use crate::transcript::review::{Answer, Review};
use std::io::BufRead;
use std::path::Path;

/// `gradshell review PATH...`: reads one letter a difference from standard input.
pub fn run(arguments: arguments::Review) -> i32 {
    let options = options(&arguments.engine);
    let painter = painter(arguments.engine.color);
    let choice = match EngineChoice::parse(&arguments.engine.engine) {
        Ok(choice) => choice,
        Err(message) => return terminal::complain(&message, UNREADABLE),
    };
    let mut runner = match Runner::open(&choice) {
        Ok(runner) => runner,
        Err(error) => return terminal::complain(&error.to_string(), UNREADABLE),
    };
    let mut worst = 0;
    let mut input = std::io::stdin().lock();
    for path in &arguments.paths {
        let files = match found(Path::new(path)) {
            Ok(files) => files,
            Err(message) => return terminal::complain(&message, UNREADABLE),
        };
        for file in files {
            let document = match read(&file, options.rules.mode) {
                Ok(document) => document,
                Err(message) => {
                    worst = worst.max(terminal::complain(&message, UNREADABLE));
                    continue;
                }
            };
            let mut review = match Review::open(&document, &mut runner, &options) {
                Ok(review) => review,
                Err(error) => return terminal::complain(&error.to_string(), UNREADABLE),
            };
            let mut ended = false;
            while let Some((name, outcome)) = review.next().filter(|_| !ended) {
                terminal::put(painter.styled(&one(name, outcome, Diff::Unified)).as_bytes());
                let keys = "(a)ccept (r)eject (s)kip, (A)ll or (R)eject all of this cause, (q)uit: ";
                terminal::put(painter.paint(Role::Prompt, keys).as_bytes());
                let mut line = String::new();
                let read = input.read_line(&mut line).unwrap_or(0);
                match Answer::of(line.trim()) {
                    Some(answer) if read > 0 => review.answer(answer),
                    None if read > 0 => {}
                    _ => ended = true,
                }
                ended = ended || line.trim() == "q";
            }
            let (accepted, left) = review.counts();
            if accepted > 0
                && let Err(error) = review.write(&file)
            {
                let message = format!("{}: not updated: {}", file.display(), plain(&error));
                worst = worst.max(terminal::complain(&message, UNREADABLE));
                continue;
            }
            terminal::put(format!("{}: {accepted} accepted, {left} left\n", file.display()).as_bytes());
            if left > 0 {
                worst = worst.max(DIFFERENT);
            }
            if ended {
                return worst;
            }
        }
    }
    worst
}
