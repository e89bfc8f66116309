//! Lines from a terminal, through rustyline: history, completion, colours, hints.

use super::paint::Painter;
use super::{MORE, PROMPT, Read, Reader};
use crate::session::desk::Desk;
use crate::session::highlight;
use crate::session::role::Role;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{
    Cmd, CompletionType, Config, Context, EditMode, Editor, Event, Helper, KeyCode, KeyEvent, Modifiers, Movement,
};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;

/// How the editor behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    pub vi: bool,
    pub history: Option<PathBuf>,
    pub history_size: usize,
    /// Colour, matching brackets and signature hints.
    pub painter: Painter,
}

/// A line editor over a live session.
pub struct LineEditor {
    editor: Editor<Assistant, FileHistory>,
    history: Option<PathBuf>,
    painter: Painter,
}

impl LineEditor {
    /// An editor on the terminal; the second part says what is wrong with the history file, if anything.
    pub fn open(desk: Rc<RefCell<Desk>>, settings: Settings) -> Result<(LineEditor, Option<String>), String> {
        let config = Config::builder()
            .auto_add_history(false)
            .history_ignore_space(true)
            .max_history_size(settings.history_size)
            .map_err(|error| error.to_string())?
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .completion_prompt_limit(200)
            .edit_mode(if settings.vi { EditMode::Vi } else { EditMode::Emacs })
            .tab_stop(4)
            .indent_size(4)
            .build();
        let mut editor: Editor<Assistant, FileHistory> =
            Editor::with_history(config.clone(), FileHistory::with_config(&config))
                .map_err(|error| error.to_string())?;
        editor.set_helper(Some(Assistant {
            desk,
            painter: settings.painter,
            last: RefCell::default(),
            bracket: Cell::new(None),
        }));
        for (key, command) in [
            (KeyEvent(KeyCode::Up, Modifiers::NONE), Cmd::HistorySearchBackward),
            (KeyEvent(KeyCode::Down, Modifiers::NONE), Cmd::HistorySearchForward),
            (KeyEvent(KeyCode::PageUp, Modifiers::NONE), Cmd::HistorySearchBackward),
            (KeyEvent(KeyCode::PageDown, Modifiers::NONE), Cmd::HistorySearchForward),
            (KeyEvent(KeyCode::Enter, Modifiers::ALT), Cmd::Newline),
        ] {
            editor.bind_sequence(Event::from(key), command);
        }
        editor.bind_sequence(
            Event::from(KeyEvent(KeyCode::Char('l'), Modifiers::ALT)),
            Cmd::Kill(Movement::WholeBuffer),
        );
        let problem = settings
            .history
            .as_ref()
            .and_then(|path| prepare(&mut editor, path).err());
        Ok((
            LineEditor {
                editor,
                history: settings.history,
                painter: settings.painter,
            },
            problem,
        ))
    }
}

/// Loads the history; a file that cannot be read is left alone.
fn prepare(editor: &mut Editor<Assistant, FileHistory>, path: &PathBuf) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| format!("no history: {}: {error}", folder.display()))?;
    }
    match editor.load_history(path) {
        Ok(()) => Ok(()),
        Err(ReadlineError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("the history in {} cannot be read: {error}", path.display())),
    }
}

impl Reader for LineEditor {
    fn read(&mut self, prompt: &str, initial: &str) -> Read {
        let styled = (prompt.to_string(), self.painter.paint(Role::Prompt, prompt));
        let line = match initial {
            "" => self.editor.readline(&styled),
            initial => self.editor.readline_with_initial(&styled, (initial, "")),
        };
        match line {
            Ok(line) => Read::Line(line),
            Err(ReadlineError::Interrupted) => Read::Interrupted,
            Err(_) => Read::End,
        }
    }

    fn remember(&mut self, entry: &str) {
        self.editor.add_history_entry(entry).ok();
        if let Some(path) = &self.history {
            // at once, so that a crash loses nothing; an unwritable file was reported at the start
            self.editor.append_history(path).ok();
        }
    }
}

/// What rustyline asks while a line is typed.
struct Assistant {
    desk: Rc<RefCell<Desk>>,
    painter: Painter,
    /// The last call whose signature was looked up, and the signature.
    last: RefCell<(String, Option<String>)>,
    bracket: Cell<Option<usize>>,
}

impl Helper for Assistant {}

impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let text = line.get(..pos).unwrap_or(line);
        if text.trim().is_empty() {
            // Tab at the beginning of a line indents
            let pad = 4 - text.chars().count() % 4;
            return Ok((
                pos,
                vec![Pair {
                    display: String::new(),
                    replacement: " ".repeat(pad),
                }],
            ));
        }
        let Ok(mut desk) = self.desk.try_borrow_mut() else {
            return Ok((pos, vec![]));
        };
        let found = desk.complete(text);
        let pair = |name: String| {
            let display = name
                .rsplit_once('.')
                .map_or(name.as_str(), |(_, last)| last)
                .to_string();
            Pair {
                display,
                replacement: name,
            }
        };
        Ok((found.start, found.names.into_iter().map(pair).collect()))
    }
}

impl Hinter for Assistant {
    type Hint = SignatureHint;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<SignatureHint> {
        if pos < line.len() || !line.ends_with('(') || !self.painter.is_on() {
            return None;
        }
        let mut last = self.last.borrow_mut();
        if last.0 != line {
            let signature = self.desk.try_borrow_mut().ok()?.open_call(line);
            *last = (line.to_string(), signature);
        }
        // a hint that wraps pushes the line about: it gets what is left of a narrow terminal
        let room = NARROW.saturating_sub(line.chars().count());
        let arguments = last
            .1
            .as_ref()
            .and_then(|text| Some(text.split_once('(')?.1.trim_end_matches(')')));
        let arguments = arguments.filter(|text| !text.is_empty() && room > SHORTEST)?;
        let cut = arguments.chars().count() > room;
        let shown: String = arguments.chars().take(room).collect();
        Some(SignatureHint(format!("{shown}{}", if cut { "…" } else { "" })))
    }
}

/// Columns that a line with its hint may take, and how much of a signature is worth showing.
const NARROW: usize = 72;
const SHORTEST: usize = 10;

/// Shown behind the cursor, never inserted.
struct SignatureHint(String);

impl rustyline::hint::Hint for SignatureHint {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        if !self.painter.is_on() {
            return line.into();
        }
        let partner = self.bracket.get().and_then(|at| highlight::matching_bracket(line, at));
        let mut out = String::new();
        let mut at = 0;
        for (role, piece) in highlight::line(line).pieces {
            let role = if role == Role::Bracket && partner == Some(at) {
                Role::Good
            } else {
                role
            };
            out.push_str(&self.painter.paint(role, &piece));
            at += piece.len();
        }
        out.into()
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        self.painter.paint(Role::Hint, hint).into()
    }

    fn highlight_char(&self, line: &str, pos: usize, kind: CmdKind) -> bool {
        if kind == CmdKind::ForcedRefresh {
            self.bracket.set(None);
            return self.painter.is_on();
        }
        let is_bracket = |at: &usize| line.as_bytes().get(*at).is_some_and(|byte| b"()[]{}".contains(byte));
        let before = pos.checked_sub(1);
        self.bracket
            .set(before.filter(is_bracket).or(Some(pos).filter(is_bracket)));
        self.painter.is_on()
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _default: bool) -> Cow<'b, str> {
        debug_assert!(prompt == PROMPT || prompt == MORE || !prompt.is_empty());
        self.painter.paint(Role::Prompt, prompt).into()
    }
}
