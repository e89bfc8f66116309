//! Lines from plain text: a pipe under `-i`, or a terminal without an editor (`GRADSHELL_BASIC=1`).

use super::{Read, Reader};
use std::io::{BufRead, Write};

/// Reads lines from `input` and writes prompts to `prompts`.
pub struct Plain<I, P> {
    input: I,
    prompts: P,
}

impl<I: BufRead, P: Write> Plain<I, P> {
    pub fn new(input: I, prompts: P) -> Plain<I, P> {
        Plain { input, prompts }
    }
}

impl<I: BufRead, P: Write> Reader for Plain<I, P> {
    fn read(&mut self, prompt: &str, _initial: &str) -> Read {
        self.prompts
            .write_all(prompt.as_bytes())
            .and_then(|()| self.prompts.flush())
            .ok();
        let mut bytes = Vec::new();
        match self.input.read_until(b'\n', &mut bytes) {
            Ok(0) => Read::End,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Read::Interrupted,
            Err(_) => Read::End,
            Ok(_) => {
                let text = String::from_utf8_lossy(&bytes);
                Read::Line(text.trim_end_matches(['\n', '\r']).to_string())
            }
        }
    }

    fn remember(&mut self, _entry: &str) {}
}
