//! The regions of a Markdown text: fenced blocks, and what stands between them.

use super::{Ends, Region, margin};

/// An open fence: its character, its length.
struct Fence {
    mark: u8,
    length: usize,
}

/// Fenced blocks, in which output runs to the next prompt or the closing fence, and the text
/// between them, in which a blank line ends output. A fence that is never closed runs to the end.
pub(super) fn regions(text: &str, strict: bool) -> Vec<Region> {
    let between = Ends::Paragraph { strict };
    let inside = if strict { between } else { Ends::Prompt };
    let mut found = Vec::new();
    let mut fence: Option<Fence> = None;
    let (mut start, mut first_line) = (0, 1);
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let body = without_list_mark(&line[margin(line)..]);
        let turns = match &fence {
            None => opening(body),
            Some(open) => closing(body, open).then_some(Fence {
                mark: open.mark,
                length: 0,
            }),
        };
        if let Some(next) = turns {
            let ends = if fence.is_some() { inside } else { between };
            found.push((start..at, ends, first_line));
            fence = fence.is_none().then_some(next);
            (start, first_line) = (at + line.len(), index + 2);
        }
        at += line.len();
    }
    found.push((
        start..text.len(),
        if fence.is_some() { inside } else { between },
        first_line,
    ));
    found
}

/// A fence may stand right behind a list's mark.
fn without_list_mark(line: &str) -> &str {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match line.as_bytes().get(digits) {
        Some(b'.' | b')') if digits > 0 => &line[digits + 1..],
        Some(b'-' | b'*' | b'+') if digits == 0 => &line[1..],
        _ => return line,
    };
    let bare = rest.trim_start_matches(' ');
    if bare.len() < rest.len() && opening(bare).is_some() {
        bare
    } else {
        line
    }
}

fn opening(line: &str) -> Option<Fence> {
    let mark = *line.as_bytes().first().filter(|mark| matches!(mark, b'`' | b'~'))?;
    let length = line.bytes().take_while(|byte| *byte == mark).count();
    let clean = mark == b'~' || !line[length..].contains('`');
    (length >= 3 && clean).then_some(Fence { mark, length })
}

fn closing(line: &str, open: &Fence) -> bool {
    let length = line.bytes().take_while(|byte| *byte == open.mark).count();
    length >= open.length && line[length..].trim().is_empty()
}
