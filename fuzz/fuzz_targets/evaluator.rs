//! Any program, in a fresh namespace with bounds on time and memory: an answer or an exception that can be
//! shown. Never a panic, never the end of the process.
#![no_main]

use gradshell::session::{Engine, Kept, Limits, Native, Setup};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// The stack a session is promised.
const STACK: usize = 256 << 20;

fn run(text: &str) {
    let limits = Limits {
        time: Some(Duration::from_millis(400)),
        memory: Some(1 << 30),
    };
    let setup = Setup {
        seed: Some(0),
        limits,
        ..Setup::default()
    };
    let mut session = Native::open(&setup, Rc::new(RefCell::new(Kept::default())));
    let _ = session.run("<fuzz>", text);
}

fuzz_target!(|text: &str| {
    let text = text.to_string();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&text));
    if let Ok(thread) = thread {
        let _ = thread.join();
    }
});
