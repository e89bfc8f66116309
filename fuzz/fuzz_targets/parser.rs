//! Any text: a tree, an error that can be shown, or a wish for more lines. Never a panic.
#![no_main]

use gradshell::syntax::{Parsed, Source, parse_expression, parse_file, parse_interactive};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("<stdin>", text);
    for ended in [true, false] {
        if let Parsed::Error(error) = parse_interactive(&source, ended) {
            let _ = error.render("<stdin>");
        }
    }
    if let Err(error) = parse_file(&source) {
        let _ = error.render("<stdin>");
    }
    let _ = parse_expression(&source);
});
