//! Whether to colour: decided once for each stream.

use super::arguments::When;
use std::env;

/// Whether a stream gets colours: `--color`, then `GRADSHELL_COLORS`, then what terminals and
/// tools agreed on, then whether the stream is a terminal.
pub fn wanted(when: When, is_terminal: bool) -> bool {
    decided(when, is_terminal, |name| {
        env::var_os(name).map(|value| value.to_string_lossy().into_owned())
    })
}

fn decided(when: When, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let filled = |name: &str| variable(name).filter(|value| !value.is_empty());
    match when {
        When::Always => return true,
        When::Never => return false,
        When::Auto => {}
    }
    match filled("GRADSHELL_COLORS").as_deref() {
        Some("1") => return true,
        Some("0") => return false,
        _ => {}
    }
    if filled("NO_COLOR").is_some() {
        return false;
    }
    let forced = |name: &str| filled(name).is_some_and(|value| value != "0");
    if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") {
        return true;
    }
    is_terminal && filled("CLICOLOR").as_deref() != Some("0") && filled("TERM").as_deref() != Some("dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_counts() {
        let with = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                pairs
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.to_string())
            }
        };
        assert!(decided(When::Always, false, with(&[("NO_COLOR", "1")])));
        assert!(!decided(
            When::Auto,
            true,
            with(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")])
        ));
        assert!(decided(When::Auto, true, with(&[("NO_COLOR", "")])));
        assert!(decided(When::Auto, false, with(&[("FORCE_COLOR", "1")])));
        assert!(!decided(When::Auto, true, with(&[("TERM", "dumb")])));
        assert!(decided(
            When::Auto,
            false,
            with(&[("GRADSHELL_COLORS", "1"), ("NO_COLOR", "1")])
        ));
        assert!(!decided(When::Auto, false, with(&[])));
    }
}
