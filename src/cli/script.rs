//! A script, a piece of code, a pipe, or the prompt.

use super::arguments::{Session, When};
use super::colours;
use super::places::{self, Settings};
use super::terminal::{self, Terminal};
use crate::repl::editor::{self, LineEditor};
use crate::repl::paint::Painter;
use crate::repl::plain::Plain;
use crate::repl::{self, Reader};
use crate::session::desk::Desk;
use crate::session::role;
use crate::session::{Answer, EngineChoice, Setup, SharedSink, Stream};
use std::cell::RefCell;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::{Mutex, OnceLock};

/// Exit code of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Runs what the arguments ask for; the exit code.
pub fn run(arguments: &Session, argv: Vec<String>) -> i32 {
    let choice = match EngineChoice::parse(&arguments.engine) {
        Ok(choice) => choice,
        Err(message) => return terminal::complain(&message, 2),
    };
    let on_terminal = io::stdin().is_terminal();
    let source = match source(arguments, on_terminal) {
        Ok(source) => source,
        Err(message) => return terminal::complain(&message, 2),
    };
    let terminal = Rc::new(RefCell::new(Terminal::default()));
    let sink: SharedSink = terminal.clone();
    let setup = Setup {
        seed: arguments.seed,
        torch: arguments.torch,
        argv,
        ..Setup::default()
    };
    let stays = arguments.interactive || matches!(source, Source::Prompt);
    let code = if stays {
        match Desk::open(setup, sink.clone(), |setup, sink| choice.open(setup, sink)) {
            Ok(desk) => stay(arguments, &source, Rc::new(RefCell::new(desk)), &sink, on_terminal),
            Err(error) => terminal::complain(&error.to_string(), 2),
        }
    } else {
        let Source::Program(name, text) = &source else { return 0 };
        match choice.open(&setup, sink.clone()) {
            Ok(mut engine) => {
                interrupt_with(engine.interrupter());
                if is_session(text) && name == "<stdin>" {
                    pasted(setup, &choice, &sink, text, arguments.color)
                } else {
                    ended(&engine.run(name, text), &sink, arguments.color)
                }
            }
            Err(error) => terminal::complain(&error.to_string(), 2),
        }
    };
    if terminal.borrow().broken {
        terminal::BROKEN_PIPE
    } else {
        code
    }
}

/// What to run before, or instead of, a prompt.
enum Source {
    /// Its name in tracebacks and its text.
    Program(String, String),
    Prompt,
}

fn source(arguments: &Session, on_terminal: bool) -> Result<Source, String> {
    if let Some(code) = &arguments.code {
        return Ok(Source::Program("<string>".into(), code.clone()));
    }
    match &arguments.file {
        Some(path) if path.as_os_str() != "-" => {
            let name = path.display().to_string();
            let bytes = std::fs::read(path).map_err(|error| cannot_open(path, &error))?;
            Ok(Source::Program(name.clone(), decoded(bytes, &name)?))
        }
        _ if on_terminal || arguments.interactive => Ok(Source::Prompt),
        _ => {
            let mut bytes = Vec::new();
            io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .map_err(|error| format!("cannot read standard input: {error}"))?;
            Ok(Source::Program("<stdin>".into(), decoded(bytes, "<stdin>")?))
        }
    }
}

fn cannot_open(path: &Path, error: &io::Error) -> String {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let number = error
        .raw_os_error()
        .map_or(String::new(), |number| format!("[Errno {number}] "));
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    format!("can't open file '{}': {number}{text}", full.display())
}

fn decoded(bytes: Vec<u8>, name: &str) -> Result<String, String> {
    let text = String::from_utf8(bytes).map_err(|error| {
        format!(
            "{name} is not UTF-8 (byte {} of it)",
            error.utf8_error().valid_up_to() + 1
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').map(String::from).unwrap_or(text))
}

/// Whether a text is a recorded session rather than a program: Python never begins with a prompt.
fn is_session(text: &str) -> bool {
    text.lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .is_some_and(|line| line.starts_with(">>> "))
}

/// Runs a session that came through a pipe: values are shown, an error does not end it.
fn pasted(setup: Setup, choice: &EngineChoice, sink: &SharedSink, text: &str, color: When) -> i32 {
    let painter = Painter::new(colours::wanted(color, io::stderr().is_terminal()));
    let mut engine = match choice.open(&setup, sink.clone()) {
        Ok(engine) => engine,
        Err(error) => return terminal::complain(&error.to_string(), 2),
    };
    for statement in crate::session::paste::statements(text).unwrap_or_default() {
        if let crate::session::Fed::Done(answer) = engine.feed(&statement, true)
            && let Some(code) = repl::show(&answer, sink, &painter)
        {
            return code;
        }
    }
    0
}

/// Reports how a program ended; the exit code.
fn ended(answer: &Answer, sink: &SharedSink, color: When) -> i32 {
    if let Some(error) = &answer.error {
        let painter = Painter::new(colours::wanted(color, io::stderr().is_terminal()));
        sink.borrow_mut()
            .write(Stream::Err, &painter.styled(&role::error(error)));
        let interrupted = error.lines().last().is_some_and(|line| line == "KeyboardInterrupt");
        return if interrupted { INTERRUPTED } else { 1 };
    }
    answer.exit.unwrap_or(0)
}

/// The prompt, after the program if there is one.
fn stay(arguments: &Session, source: &Source, desk: Rc<RefCell<Desk>>, sink: &SharedSink, on_terminal: bool) -> i32 {
    let (settings, problems) = if arguments.no_config {
        Default::default()
    } else {
        Settings::read()
    };
    for problem in problems {
        terminal::complain(&problem, 0);
    }
    let when = match (arguments.color, settings.color.as_str()) {
        (When::Auto, "always") => When::Always,
        (When::Auto, "never") => When::Never,
        (when, _) => when,
    };
    let errors = Painter::new(colours::wanted(when, io::stderr().is_terminal()));
    interrupt_with(desk.borrow_mut().engine().interrupter());
    if let Source::Program(name, text) = source {
        let answer = desk.borrow_mut().engine().run(name, text);
        if let Some(code) = repl::show(&answer, sink, &errors) {
            return code;
        }
    } else if !arguments.quiet && on_terminal && settings.banner {
        let banner = format!(
            "{} (Python 3.11 with PyTorch 2.15)\n",
            desk.borrow_mut().engine().title()
        );
        sink.borrow_mut().write(
            Stream::Err,
            &format!("{banner}Type help, %magics or exit(); Ctrl-D leaves.\n"),
        );
    }
    if on_terminal && !arguments.no_init {
        startup(&desk, sink, &errors);
    }
    let mut reader: Box<dyn Reader> = if on_terminal && std::env::var_os("GRADSHELL_BASIC").is_none() {
        let painter = Painter::new(colours::wanted(when, io::stdout().is_terminal()));
        let settings = editor::Settings {
            vi: settings.edit_mode == "vi",
            history: places::history(),
            history_size: settings.history_size,
            painter,
        };
        match LineEditor::open(desk.clone(), settings) {
            Ok((editor, problem)) => {
                if let Some(problem) = problem {
                    terminal::complain(&problem, 0);
                }
                Box::new(editor)
            }
            Err(message) => return terminal::complain(&message, 2),
        }
    } else {
        Box::new(Plain::new(io::stdin().lock(), io::stderr()))
    };
    repl::run(&desk, reader.as_mut(), sink, &errors)
}

/// Runs the startup file, if there is one.
fn startup(desk: &Rc<RefCell<Desk>>, sink: &SharedSink, painter: &Painter) {
    let Some(path) = places::startup() else { return };
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let answer = desk.borrow_mut().engine().run(&path.display().to_string(), &text);
            repl::show(&answer, sink, painter);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            terminal::complain(&format!("{}: {error}", path.display()), 0);
        }
    }
}

/// Ctrl-C stops the running statement instead of the program.
fn interrupt_with(interrupter: crate::session::Interrupter) {
    static CURRENT: OnceLock<Mutex<crate::session::Interrupter>> = OnceLock::new();
    let current = CURRENT.get_or_init(|| Mutex::new(Box::new(|| {})));
    if let Ok(mut slot) = current.lock() {
        *slot = interrupter;
    }
    ctrlc::set_handler(|| {
        if let Some(current) = CURRENT.get()
            && let Ok(interrupter) = current.lock()
        {
            interrupter();
        }
    })
    .ok();
}
