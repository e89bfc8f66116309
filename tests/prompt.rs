//! The prompt in a real terminal: a pty, keys in, screen text out.
#![cfg(unix)]

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);
const UP: &str = "\x1b[A";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";

struct Terminal {
    keys: Box<dyn Write + Send>,
    screen: Receiver<Vec<u8>>,
    /// All that came so far, escape sequences taken out.
    seen: String,
    raw: String,
    /// What `expect` has passed.
    at: usize,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

fn home(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("prompt-{name}"));
    std::fs::remove_dir_all(&path).ok();
    std::fs::create_dir_all(&path).unwrap();
    path
}

impl Terminal {
    fn start(home: &Path, arguments: &[&str]) -> Terminal {
        let size = PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gradshell"));
        command.args(arguments);
        command.env_clear();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, screen) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let (seen, raw) = (String::new(), String::new());
        let mut terminal = Terminal {
            keys,
            screen,
            seen,
            raw,
            at: 0,
            child,
            _master: pair.master,
        };
        terminal.expect(">>> ");
        terminal
    }

    fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until a text comes behind what was expected before.
    fn expect(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.seen[self.at..].find(text) {
                self.at += found + text.len();
                return;
            }
            match self
                .screen
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(bytes) => {
                    self.raw.push_str(&String::from_utf8_lossy(&bytes));
                    self.seen = plain(&self.raw);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{text:?} did not come; the screen:\n{}", &self.seen);
                }
            }
        }
    }

    fn enter(&mut self, line: &str) {
        self.send(&format!("{line}\r"));
    }

    /// The exit code of a program that ends by itself.
    fn code(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it does not end; the screen:\n{}", self.seen);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.child.kill().ok();
    }
}

/// Text without escape sequences.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\x1b' => match chars.next() {
                Some('[') => while chars.next().is_some_and(|c| !('\x40'..='\x7e').contains(&c)) {},
                Some(']') => while chars.next().is_some_and(|c| c != '\x07') {},
                _ => {}
            },
            '\r' | '\x07' => {}
            c => out.push(c),
        }
    }
    out
}

#[test]
fn values_blocks_and_the_end() {
    let mut terminal = Terminal::start(&home("values"), &["--color", "never"]);
    terminal.enter("1 + 1");
    terminal.expect("\n2\n");
    terminal.expect(">>> ");
    terminal.enter("for i in range(2):");
    terminal.expect("... ");
    terminal.enter("print('item', i)");
    terminal.expect("... ");
    terminal.enter("");
    terminal.expect("item 0\nitem 1\n");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    assert_eq!(terminal.code(), 0);
}

#[test]
fn an_indent_typed_by_the_user_counts_once() {
    let mut terminal = Terminal::start(&home("indent"), &["--color", "never"]);
    for line in [
        "def f(n):",
        "    if n > 1:",
        "        return 'many'",
        "    else:",
        "        return 'few'",
        "",
    ] {
        terminal.enter(line);
    }
    terminal.enter("f(1), f(2)");
    terminal.expect("('few', 'many')");
    terminal.enter("exit(3)");
    assert_eq!(terminal.code(), 3);
}

#[test]
fn ctrl_c_stays_at_the_prompt_and_stops_a_loop() {
    let mut terminal = Terminal::start(&home("interrupt"), &["--color", "never"]);
    terminal.send("half a line");
    terminal.expect("half a line");
    terminal.send(CTRL_C);
    terminal.expect("KeyboardInterrupt\n");
    terminal.expect(">>> ");
    terminal.enter("while True: pass");
    terminal.expect("... ");
    terminal.enter("");
    std::thread::sleep(Duration::from_millis(300));
    terminal.send(CTRL_C);
    terminal.expect("Traceback (most recent call last):");
    terminal.expect("KeyboardInterrupt\n");
    terminal.expect(">>> ");
    terminal.enter("'still ' + 'here'");
    terminal.expect("'still here'");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    assert_eq!(terminal.code(), 0);
}

#[test]
fn history_is_kept_whole_and_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = home("history");
    let mut terminal = Terminal::start(&home, &["--color", "never"]);
    for line in ["def twice(x):", "return 2 * x", "", "twice(21)"] {
        terminal.enter(line);
    }
    terminal.expect("\n42\n");
    terminal.enter(" secret = 1");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    assert_eq!(terminal.code(), 0);
    let file = home.join(".local/state/gradshell/history");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&file).unwrap().contains("secret"));
    // a second session recalls the whole block with one key, and by its beginning
    let mut terminal = Terminal::start(&home, &["--color", "never"]);
    terminal.send(&format!("def{UP}"));
    terminal.expect("return 2 * x");
    terminal.enter("");
    terminal.expect(">>> ");
    terminal.enter("twice(4)");
    terminal.expect("\n8\n");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    assert_eq!(terminal.code(), 0);
}

#[test]
fn a_history_that_cannot_be_used_is_said_once() {
    let home = home("badhistory");
    std::fs::create_dir_all(home.join(".local")).unwrap();
    std::fs::write(home.join(".local/state"), "a file where a folder should be").unwrap();
    let mut terminal = Terminal::start(&home, &["--color", "never"]);
    assert!(terminal.seen.contains("no history"), "{}", terminal.seen);
    terminal.enter("6 * 7");
    terminal.expect("42");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    assert_eq!(terminal.code(), 0);
}

#[test]
fn tab_lists_names_of_the_session() {
    let mut terminal = Terminal::start(&home("complete"), &["--color", "never"]);
    terminal.enter("long_name_one, long_name_two = 1, 2");
    terminal.expect(">>> ");
    terminal.send("long_\t");
    terminal.expect("long_name_one");
    terminal.expect("long_name_two");
    terminal.send("t\t + 5\r");
    terminal.expect("\n7\n");
    terminal.expect(">>> ");
    terminal.send("'text'.upp");
    terminal.send(CTRL_C);
    terminal.expect("KeyboardInterrupt\n");
    terminal.expect(">>> ");
    terminal.enter("word = 'text'");
    terminal.send("word.upp\t()\r");
    terminal.expect("'TEXT'");
    terminal.expect(">>> ");
    terminal.send("%hist\t\r");
    terminal.expect("word = 'text'\n");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    assert_eq!(terminal.code(), 0);
}

#[test]
fn a_session_is_pasted_whole() {
    let mut terminal = Terminal::start(&home("paste"), &["--color", "never"]);
    let session = ">>> x = 20\n>>> x + 2\n99\n>>> for i in range(2):\n...     print('i =', i)\n...\ni = 7\n";
    terminal.send(&format!("\x1b[200~{session}\x1b[201~"));
    terminal.enter("");
    terminal.expect("\n22\n");
    terminal.expect("i = 0\ni = 1\n");
    terminal.send("\x1b[200~y = 1\ny += 1\ny\n\x1b[201~");
    terminal.enter("");
    terminal.expect("\n2\n");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    assert_eq!(terminal.code(), 0);
}

#[test]
fn magics_and_questions() {
    let home = home("magics");
    let mut terminal = Terminal::start(&home, &["--color", "never"]);
    terminal.enter("x = 41");
    terminal.enter("x += 1");
    terminal.enter("%history");
    terminal.expect("x = 41\nx += 1\n");
    terminal.enter("%who");
    terminal.expect("int");
    terminal.enter("%undo");
    terminal.enter("x");
    terminal.expect("\n41\n");
    terminal.enter(&format!("%record {}", home.join("r.txt").display()));
    terminal.enter("x * 2");
    terminal.expect("\n82\n");
    terminal.expect(">>> ");
    terminal.enter("%record");
    terminal.enter("%time x");
    terminal.expect("s\n");
    terminal.enter("%nothing");
    terminal.expect("no magic %nothing");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    assert_eq!(terminal.code(), 0);
    assert_eq!(std::fs::read_to_string(home.join("r.txt")).unwrap(), ">>> x * 2\n82\n");
}

#[test]
fn colours_come_and_stay_away() {
    let mut terminal = Terminal::start(&home("colour"), &[]);
    terminal.enter("1 / 0");
    terminal.expect("ZeroDivisionError: division by zero");
    assert!(
        terminal.raw.contains("\x1b[1;31mZeroDivisionError"),
        "{:?}",
        terminal.raw
    );
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    terminal.code();
    let mut terminal = Terminal::start(&home("plain"), &["--color", "never"]);
    terminal.enter("1 / 0");
    terminal.expect("ZeroDivisionError: division by zero");
    assert!(!terminal.raw.contains("\x1b[1;31m"), "{:?}", terminal.raw);
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    terminal.code();
}

#[test]
fn the_startup_file_runs_first() {
    let home = home("startup");
    std::fs::create_dir_all(home.join(".config/gradshell")).unwrap();
    std::fs::write(home.join(".config/gradshell/init.py"), "greeting = 'good day'\n").unwrap();
    let mut terminal = Terminal::start(&home, &["--color", "never"]);
    terminal.enter("greeting");
    terminal.expect("'good day'");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    terminal.code();
    let mut terminal = Terminal::start(&home, &["--color", "never", "--no-init"]);
    terminal.enter("greeting");
    terminal.expect("NameError");
    terminal.expect(">>> ");
    terminal.send(CTRL_D);
    terminal.code();
}
