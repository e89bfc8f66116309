//! All colours, in one place.

use crate::session::role::{Role, Styled};
use colored::{Color, ColoredString, Colorize};

/// Colours text, or leaves it as it is.
#[derive(Clone, Copy, Debug)]
pub struct Painter {
    on: bool,
}

impl Painter {
    /// A painter that colours when `on`.
    pub fn new(on: bool) -> Painter {
        if on {
            // whether to colour is decided by who makes the painter, for each stream by itself
            colored::control::set_override(true);
        }
        Painter { on }
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    /// The text in the colour of its role.
    pub fn paint(&self, role: Role, text: &str) -> String {
        if !self.on || text.is_empty() {
            return text.to_string();
        }
        let plain = ColoredString::from(text);
        let painted = match role {
            Role::Plain => return text.to_string(),
            Role::Prompt => plain.color(Color::Green).bold(),
            Role::Keyword => plain.color(Color::Blue),
            Role::Number => plain.color(Color::Cyan),
            Role::Text => plain.color(Color::Yellow),
            Role::Comment | Role::Hint | Role::Dim => plain.color(Color::BrightBlack),
            Role::Builtin => plain.color(Color::Magenta),
            Role::Bracket => return text.to_string(),
            Role::Place => plain.color(Color::Magenta),
            Role::Error => plain.color(Color::Red).bold(),
            Role::Caret | Role::Removed | Role::Bad => plain.color(Color::Red),
            Role::Warning => plain.color(Color::Yellow),
            Role::Added | Role::Good => plain.color(Color::Green),
            Role::Heading => plain.bold(),
        };
        painted.to_string()
    }

    /// All pieces of a styled text; line ends stay outside of the colour.
    pub fn styled(&self, text: &Styled) -> String {
        let mut out = String::new();
        for (role, piece) in &text.pieces {
            for line in piece.split_inclusive('\n') {
                let bare = line.trim_end_matches('\n');
                out.push_str(&self.paint(*role, bare));
                out.push_str(&line[bare.len()..]);
            }
        }
        out
    }
}
