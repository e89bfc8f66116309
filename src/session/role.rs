//! What a piece of text means to whoever colours it. Colours themselves are chosen in one
//! place, at the terminal.

/// The meaning of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Plain,
    Prompt,
    Keyword,
    Number,
    Text,
    Comment,
    Builtin,
    Bracket,
    Hint,
    /// A file and line in a report or traceback.
    Place,
    /// An exception's own lines.
    Error,
    /// The `~~~^~~~` under a line.
    Caret,
    Warning,
    Removed,
    Added,
    Good,
    Bad,
    Dim,
    Heading,
}

/// Text in pieces of one meaning each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Styled {
    pub pieces: Vec<(Role, String)>,
}

impl Styled {
    pub fn push(&mut self, role: Role, text: impl Into<String>) -> &mut Styled {
        self.pieces.push((role, text.into()));
        self
    }

    /// The text alone.
    pub fn plain(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// What a prompt prints of an exception, in its parts.
pub fn error(text: &str) -> Styled {
    let mut out = Styled::default();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        let role = if line.starts_with("Traceback (")
            || bare.starts_with("During handling")
            || bare.starts_with("The above")
        {
            Role::Dim
        } else if bare.starts_with("File \"") {
            Role::Place
        } else if line.starts_with(' ')
            && !bare.trim_end().is_empty()
            && bare.trim_end().chars().all(|c| "^~".contains(c))
        {
            Role::Caret
        } else if line.starts_with(' ') {
            Role::Plain
        } else {
            Role::Error
        };
        out.push(role, line);
    }
    out
}
