//! `gradshell replay`: finds files, runs them, reports.

use super::arguments::{self, DiffName, FormatName, ModeName, When};
use super::{colours, terminal};
use crate::repl::paint::Painter;
use crate::session::{EngineChoice, Limits};
use crate::transcript::compare::tolerance::Bounds;
use crate::transcript::compare::{Mode, Rules, Verdict};
use crate::transcript::directive::Flags;
use crate::transcript::replay::{self, FileReport, Options, PrintError, Runner, Selector};
use crate::transcript::report::{self, text::Diff};
use crate::transcript::{Document, Format, find, update};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// Exit codes of a replay.
pub const DIFFERENT: i32 = 1;
pub const UNREADABLE: i32 = 2;
pub const FAULT: i32 = 3;
pub const NOTHING: i32 = 5;

/// Runs the command; the exit code.
pub fn run(arguments: arguments::Replay) -> i32 {
    let update = std::env::var("GRADSHELL_UPDATE").ok();
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let arguments = match arguments.with_update(update.as_deref(), ci) {
        Ok(arguments) => arguments,
        Err(message) => return terminal::complain(&message, UNREADABLE),
    };
    if arguments.watch {
        return watch(arguments);
    }
    match prepared(&arguments) {
        Ok((files, options)) if arguments.print => print(&files, &arguments, &options),
        Ok((files, _)) if arguments.list => list(&files, &arguments),
        Ok((files, options)) if arguments.engine.engine == "both" => super::both::run(&files, &arguments, &options),
        Ok((files, options)) => replay_all(files, &arguments, &options),
        Err(message) => terminal::complain(&message, UNREADABLE),
    }
}

/// The files to run, in order, and how.
pub fn prepared(arguments: &arguments::Replay) -> Result<(Vec<PathBuf>, Options), String> {
    let mut options = options(&arguments.engine);
    let mut files = Vec::new();
    for path in &arguments.paths {
        let (path, line) = with_line(path);
        if let Some(line) = line {
            options.selection.push(Selector::Line(path.clone(), line));
        }
        files.extend(found(Path::new(&path))?);
    }
    if let Some(words) = &arguments.keyword {
        options.selection.push(Selector::Words(words.clone()));
    }
    for flag in &arguments.option {
        let (on, name) = match flag.strip_prefix('-') {
            Some(name) => (false, name),
            None => (true, flag.trim_start_matches('+')),
        };
        let flag = Flags::named(name).ok_or_else(|| format!("no doctest option {name}"))?;
        options.rules.flags = if on {
            options.rules.flags.with(flag)
        } else {
            options.rules.flags.without(flag)
        };
    }
    options.only_new = arguments.only_new;
    options.rules.bounds = Bounds {
        absolute: arguments.atol,
        relative: arguments.rtol,
        ulps: arguments.ulp,
    };
    // reports for programs and lists of all statements show what is equal, too
    options.brief = matches!(arguments.format, FormatName::Text | FormatName::Github)
        && !arguments.verbose
        && arguments.junit.is_none()
        && arguments.durations.is_none()
        && arguments.engine.engine != "both";
    options.max_differences = if arguments.exit_first {
        Some(1)
    } else {
        arguments.maxfail
    };
    if arguments.shuffle {
        shuffle(&mut files);
    }
    if let Some((part, parts)) = arguments.shard {
        files = files
            .into_iter()
            .enumerate()
            .filter(|(at, _)| at % parts == part - 1)
            .map(|(_, file)| file)
            .collect();
    }
    Ok((files, options))
}

/// What the engine's arguments ask of a replay.
pub fn options(engine: &arguments::Engine) -> Options {
    let mode = match engine.mode {
        ModeName::Auto => Mode::Auto,
        ModeName::Doctest => Mode::Doctest,
        ModeName::Session => Mode::Session,
    };
    Options {
        rules: Rules {
            mode,
            ..Rules::default()
        },
        limits: Limits {
            time: engine.timeout,
            memory: engine.max_memory,
        },
        torch: engine.torch,
        seed: engine.seed,
        adopt: engine.adopt,
        ..Options::default()
    }
}

/// `FILE:LINE` in its parts, unless a file has that very name.
fn with_line(path: &str) -> (String, Option<usize>) {
    if !Path::new(path).exists()
        && let Some((file, line)) = path.rsplit_once(':')
        && let Ok(line) = line.parse()
    {
        return (file.to_string(), Some(line));
    }
    (path.to_string(), None)
}

/// A file, or the transcripts below a folder, sorted.
pub fn found(path: &Path) -> Result<Vec<PathBuf>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| format!("{}: {}", path.display(), plain(&error)))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut folders = vec![path.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {}", folder.display(), plain(&error)))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if Format::is_known(&name) {
                files.push(path);
            }
        }
    }
    files.sort();
    files.retain(|file| {
        std::fs::read(file).is_ok_and(|bytes| {
            memchr::memmem::find(&bytes, b">>>").is_some() || Format::of(&file.to_string_lossy()) == Format::Notebook
        })
    });
    if files.is_empty() {
        return Err(format!("{}: no transcripts in this folder", path.display()));
    }
    Ok(files)
}

/// An error's words without the number that Rust puts behind.
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_string()
}

/// Reads a document.
pub fn read(path: &Path, mode: Mode) -> Result<Document, String> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| format!("{name}: {}", plain(&error)))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let upto = error.utf8_error().valid_up_to();
        let line = error
            .as_bytes()
            .get(..upto)
            .unwrap_or_default()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        format!("{name}:{line}: not UTF-8")
    })?;
    let format = Format::of(&name);
    let document = find::document(&name, text, format, replay::strict(mode));
    if document.examples().next().is_none() {
        let why = document
            .problems
            .first()
            .map(|problem| format!(" ({}: {})", problem.line, problem.message));
        return Err(format!("{name}: no prompt in this file{}", why.unwrap_or_default()));
    }
    Ok(document)
}

fn shuffle(files: &mut [PathBuf]) {
    for last in (1..files.len()).rev() {
        let other = rand::random_range(0..=last);
        files.swap(last, other);
    }
}

fn print(files: &[PathBuf], arguments: &arguments::Replay, options: &Options) -> i32 {
    let choice = match EngineChoice::parse(&arguments.engine.engine) {
        Ok(choice) => choice,
        Err(message) => return terminal::complain(&message, UNREADABLE),
    };
    let mut runner = match Runner::open(&choice) {
        Ok(runner) => runner,
        Err(error) => return terminal::complain(&error.to_string(), UNREADABLE),
    };
    let mut worst = 0;
    for file in files {
        let document = match read(file, options.rules.mode) {
            Ok(document) => document,
            Err(message) => {
                worst = worst.max(terminal::complain(&message, UNREADABLE));
                continue;
            }
        };
        let mut out = std::io::stdout().lock();
        let mut write = |text: &str| out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match replay::print(&document, &mut runner, options, &mut write) {
            Ok(()) => {}
            Err(PrintError::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                return terminal::BROKEN_PIPE;
            }
            Err(PrintError::Write(error)) => return terminal::complain(&format!("cannot write: {error}"), UNREADABLE),
            Err(PrintError::Open(error)) => return terminal::complain(&error.to_string(), UNREADABLE),
            Err(PrintError::Document(message)) => worst = worst.max(terminal::complain(&message, UNREADABLE)),
        }
    }
    worst
}

fn list(files: &[PathBuf], arguments: &arguments::Replay) -> i32 {
    let mut worst = 0;
    for file in files {
        match read(file, options(&arguments.engine).rules.mode) {
            Ok(document) => {
                for block in &document.blocks {
                    for (index, example) in block.examples.iter().enumerate() {
                        let source = document.source(example);
                        let title = report::title(&source);
                        let line = format!(
                            "{}:{}\t{}#{}\t{title}\n",
                            document.name,
                            example.line,
                            block.name,
                            index + 1
                        );
                        let code = terminal::put(line.as_bytes());
                        if code != 0 {
                            return code;
                        }
                    }
                }
            }
            Err(message) => worst = worst.max(terminal::complain(&message, UNREADABLE)),
        }
    }
    worst
}

/// What came of one file: its report, or why there is none.
type Done = Result<FileReport, (String, i32)>;

fn replay_all(files: Vec<PathBuf>, arguments: &arguments::Replay, options: &Options) -> i32 {
    let choice = match EngineChoice::parse(&arguments.engine.engine) {
        Ok(choice) => choice,
        Err(message) => return terminal::complain(&message, UNREADABLE),
    };
    // the engine must be there at all before files are blamed
    if let Err(error) = Runner::open(&choice) {
        return terminal::complain(&error.to_string(), UNREADABLE);
    }
    let started = Instant::now();
    let painter = Painter::new(
        arguments.format == FormatName::Text
            && colours::wanted(arguments.engine.color, std::io::stdout().is_terminal()),
    );
    let show_progress = files.len() > 1 && arguments.format == FormatName::Text && std::io::stderr().is_terminal();
    let mut worst = 0;
    let mut reports = Vec::new();
    let total = files.len();
    for_each(&files, arguments, options, &choice, &mut |index, done| {
        if show_progress {
            terminal::say(&format!("\r\u{1b}[K{}/{total} files", index + 1), true);
        }
        match done {
            Ok(report) => {
                if arguments.format == FormatName::Text || arguments.format == FormatName::Github {
                    if show_progress {
                        terminal::say("\r\u{1b}[K", true);
                    }
                    let text = match arguments.format {
                        FormatName::Github => report::github::file(&report),
                        _ => painter.styled(&report::text::file(&report, diff(arguments.diff), arguments.verbose)),
                    };
                    terminal::put(text.as_bytes());
                }
                reports.push(report);
            }
            Err((message, code)) => worst = worst.max(terminal::complain(&message, code)),
        }
    });
    if show_progress {
        terminal::say("\r\u{1b}[K", true);
    }
    finish(reports, arguments, &painter, started.elapsed(), worst)
}

/// Runs all files, on several threads if asked for; reports come in the order of the files.
fn for_each(
    files: &[PathBuf],
    arguments: &arguments::Replay,
    options: &Options,
    choice: &EngineChoice,
    take: &mut dyn FnMut(usize, Done),
) {
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    let default = if *choice == EngineChoice::Native { available } else { 1 };
    let jobs = arguments.jobs.unwrap_or(default).clamp(1, files.len().max(1));
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            let (next, stop) = (&next, &stop);
            let work = move || {
                let mut runner = None;
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(index).filter(|_| !stop.load(Ordering::Relaxed)) else {
                        return;
                    };
                    let done = one(file, arguments, options, choice, &mut runner);
                    let differs = matches!(&done, Ok(report) if report.count(Verdict::Different) > 0);
                    if arguments.exit_first && differs {
                        stop.store(true, Ordering::Relaxed);
                    }
                    if sender.send((index, done)).is_err() {
                        return;
                    }
                }
            };
            // deep expressions need room
            if std::thread::Builder::new()
                .stack_size(super::STACK)
                .spawn_scoped(scope, work)
                .is_err()
            {
                break;
            }
        }
        drop(sender);
        let mut waiting = std::collections::BTreeMap::new();
        let mut expected = 0;
        for (index, done) in receiver {
            waiting.insert(index, done);
            while let Some(done) = waiting.remove(&expected) {
                take(expected, done);
                expected += 1;
            }
        }
        for (index, done) in waiting {
            take(index, done);
        }
    });
}

/// Replays one file, and updates it if asked for. A bug in the engine costs this file, not the run.
fn one(
    file: &Path,
    arguments: &arguments::Replay,
    options: &Options,
    choice: &EngineChoice,
    runner: &mut Option<Runner>,
) -> Done {
    let document = read(file, options.rules.mode).map_err(|message| (message, UNREADABLE))?;
    let mut engine = match runner.take() {
        Some(engine) => engine,
        None => Runner::open(choice).map_err(|error| (error.to_string(), UNREADABLE))?,
    };
    let work = std::panic::AssertUnwindSafe(|| {
        let report = replay::replay(&document, &mut engine, options);
        let report = report.map_err(|error| (error.to_string(), UNREADABLE))?;
        if arguments.update || arguments.check {
            return updated(file, &document, &mut engine, arguments, options, report);
        }
        Ok(report)
    });
    match std::panic::catch_unwind(work) {
        Ok(done) => {
            *runner = Some(engine);
            done
        }
        Err(_) => Err((
            format!("{}: an internal fault; please report it", file.display()),
            FAULT,
        )),
    }
}

fn updated(
    file: &Path,
    document: &Document,
    runner: &mut Runner,
    arguments: &arguments::Replay,
    options: &Options,
    mut report: FileReport,
) -> Done {
    let mut text = String::new();
    let mut write = |piece: &str| {
        text.push_str(piece);
        Ok(())
    };
    replay::print(document, runner, options, &mut write).map_err(|error| match error {
        PrintError::Open(error) => (error.to_string(), UNREADABLE),
        PrintError::Document(message) => (message, UNREADABLE),
        PrintError::Write(error) => (error.to_string(), UNREADABLE),
    })?;
    let changes = text != document.text;
    if arguments.check {
        if changes {
            report.notes.push("--update would change this file".into());
        }
        return Ok(report);
    }
    if changes {
        update::write(file, &document.text, &text).map_err(|error| {
            (
                format!("{}: not updated: {}", file.display(), plain(&error)),
                UNREADABLE,
            )
        })?;
        report.notes.push("updated".into());
    }
    for outcome in &mut report.outcomes {
        if outcome.judgement.verdict == Verdict::Different && !options.only_new {
            outcome.note = outcome.judgement.cause.take();
            outcome.judgement = crate::transcript::compare::Judgement::equal();
        }
    }
    Ok(report)
}

fn diff(name: DiffName) -> Diff {
    match name {
        DiffName::Unified => Diff::Unified,
        DiffName::Side => Diff::Side,
        DiffName::Tensor => Diff::Tensor,
    }
}

fn finish(
    reports: Vec<FileReport>,
    arguments: &arguments::Replay,
    painter: &Painter,
    taken: Duration,
    worst: i32,
) -> i32 {
    let seconds = taken.as_secs_f64();
    let closing = match arguments.format {
        FormatName::Text => {
            let mut text = painter.styled(&report::text::summary(&reports, seconds));
            if let Some(count) = arguments.durations {
                text.push_str(&painter.styled(&report::text::durations(&reports, count)));
            }
            text
        }
        FormatName::Json => format!("{:#}\n", report::json::document(&reports, seconds)),
        FormatName::Tap => report::tap::document(&reports),
        FormatName::Github => String::new(),
    };
    let broken = terminal::put(closing.as_bytes());
    if broken != 0 {
        return broken;
    }
    if let Some(path) = &arguments.junit
        && let Err(error) = std::fs::write(path, report::junit::document(&reports))
    {
        return terminal::complain(&format!("{}: {}", path.display(), plain(&error)), UNREADABLE);
    }
    let totals = report::Totals::of(&reports);
    let would_change = reports
        .iter()
        .any(|report| report.notes.iter().any(|note| note.starts_with("--update would")));
    if worst != 0 {
        worst
    } else if totals.problems > 0 {
        UNREADABLE
    } else if totals.statements == 0 {
        if arguments.allow_empty {
            0
        } else {
            terminal::complain("nothing selected", NOTHING)
        }
    } else if totals.different > 0 || would_change {
        DIFFERENT
    } else {
        0
    }
}

/// Runs whenever one of the files changes, until Ctrl-C.
fn watch(arguments: arguments::Replay) -> i32 {
    let mut last: Vec<(PathBuf, Option<SystemTime>)> = Vec::new();
    loop {
        let files = match prepared(&arguments) {
            Ok((files, _)) => files,
            Err(message) => return terminal::complain(&message, UNREADABLE),
        };
        let changed = |path: PathBuf| {
            let time = std::fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
            (path, time)
        };
        let now: Vec<_> = files.into_iter().map(changed).collect();
        if now != last {
            run(arguments::Replay {
                watch: false,
                ..arguments.clone()
            });
            last = now;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// Whether reports are coloured where `when` says so, on standard output.
pub fn painter(when: When) -> Painter {
    Painter::new(colours::wanted(when, std::io::stdout().is_terminal()))
}
