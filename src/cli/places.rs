//! Files of the user's: configuration, startup, history; and what the configuration says.

use super::arguments;
use super::terminal;
use std::env;
use std::path::{Path, PathBuf};

/// A variable's value, unless it is empty.
fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// An XDG folder; relative values are ignored, as the specification asks.
fn xdg(name: &str, fallback: &str) -> Option<PathBuf> {
    let folder = variable(name).filter(|path| path.is_absolute());
    folder
        .or_else(|| Some(variable("HOME")?.join(fallback)))
        .map(|path| path.join("gradshell"))
}

/// The user's configuration file.
pub fn config() -> Option<PathBuf> {
    Some(xdg("XDG_CONFIG_HOME", ".config")?.join("config.toml"))
}

/// The startup file: run before an interactive session.
pub fn startup() -> Option<PathBuf> {
    variable("GRADSHELLSTARTUP").or_else(|| Some(xdg("XDG_CONFIG_HOME", ".config")?.join("init.py")))
}

/// The history file.
pub fn history() -> Option<PathBuf> {
    variable("GRADSHELL_HISTORY").or_else(|| Some(xdg("XDG_STATE_HOME", ".local/state")?.join("history")))
}

/// The project's configuration file: `gradshell.toml` here or in a folder above.
pub fn project() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    here.ancestors()
        .map(|folder| folder.join("gradshell.toml"))
        .find(|path| path.is_file())
}

/// What the configuration files may say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `emacs` or `vi`.
    pub edit_mode: String,
    pub history_size: usize,
    /// `auto`, `always` or `never`.
    pub color: String,
    pub banner: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            edit_mode: "emacs".into(),
            history_size: 10_000,
            color: "auto".into(),
            banner: true,
        }
    }
}

impl Settings {
    /// The files' settings, the project's over the user's; the second part lists what is wrong with them.
    pub fn read() -> (Settings, Vec<String>) {
        let mut settings = Settings::default();
        let mut problems = Vec::new();
        for path in [config(), project()].into_iter().flatten() {
            match std::fs::read_to_string(&path) {
                Ok(text) => settings.take(&path, &text, &mut problems),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => problems.push(format!("{}: {error}", path.display())),
            }
        }
        (settings, problems)
    }

    /// Reads `key = value` lines, TOML's plain form: all that there is to say.
    fn take(&mut self, path: &Path, text: &str, problems: &mut Vec<String>) {
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() || line.starts_with('[') {
                continue;
            }
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            let value = value.trim().trim_matches('"');
            let known = match (key.trim(), value) {
                ("edit_mode", "emacs" | "vi") => {
                    self.edit_mode = value.into();
                    true
                }
                ("color", "auto" | "always" | "never") => {
                    self.color = value.into();
                    true
                }
                ("banner", "true" | "false") => {
                    self.banner = value == "true";
                    true
                }
                ("history_size", size) => size.parse().map(|size| self.history_size = size).is_ok(),
                _ => false,
            };
            if !known {
                problems.push(format!("{}:{}: cannot use `{line}`", path.display(), number + 1));
            }
        }
    }

    fn text(&self) -> String {
        format!(
            "# emacs or vi keys\nedit_mode = \"{}\"\n# entries that the history keeps\nhistory_size = {}\n\
             # auto, always or never\ncolor = \"{}\"\n# the line at the start of a session\nbanner = {}\n",
            self.edit_mode, self.history_size, self.color, self.banner
        )
    }
}

/// `gradshell config`.
pub fn show(options: &arguments::Config) -> i32 {
    if options.path {
        let all = [
            ("config", config()),
            ("project", project()),
            ("startup", startup()),
            ("history", history()),
        ];
        let lines = all.iter().map(|(name, path)| match path {
            Some(path) => format!("{name:8} {}\n", path.display()),
            None => format!("{name:8} none\n"),
        });
        return terminal::put(lines.collect::<String>().as_bytes());
    }
    if options.default {
        return terminal::put(Settings::default().text().as_bytes());
    }
    let (settings, problems) = Settings::read();
    for problem in &problems {
        terminal::complain(problem, 0);
    }
    let code = terminal::put(settings.text().as_bytes());
    if problems.is_empty() { code } else { 2 }
}
