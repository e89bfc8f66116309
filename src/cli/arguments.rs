//! What may stand on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Python with PyTorch imported, as a prompt sees it, in one binary.
#[derive(Parser, Debug)]
#[command(
    name = "gradshell",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
pub struct Arguments {
    #[command(flatten)]
    pub session: Session,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A prompt, a script, or a piece of code.
#[derive(Args, Debug)]
pub struct Session {
    /// A script to run, `-` for standard input; what follows is the script's sys.argv
    pub file: Option<PathBuf>,
    /// Run this code; what follows is its sys.argv
    #[arg(short = 'c', value_name = "CODE", allow_hyphen_values = true)]
    pub code: Option<String>,
    /// Stay at the prompt when the script or code has ended
    #[arg(short = 'i')]
    pub interactive: bool,
    /// No banner
    #[arg(short = 'q')]
    pub quiet: bool,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Don't run the startup file
    #[arg(long)]
    pub no_init: bool,
    /// Don't read configuration files
    #[arg(long)]
    pub no_config: bool,
    /// Seed the random generator
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Speak this PyTorch version's wording, as 1.8
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub torch: Option<(u32, u32)>,
    /// What answers: native, python or python=PATH
    #[arg(long, value_name = "ENGINE", default_value = "native")]
    pub engine: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the `>>>` examples in files and folders and compare what they print
    Replay(Replay),
    /// Go through differences and choose which outputs to accept
    Review(Review),
    /// Turn a script or transcript into a transcript with real output
    Record(Record),
    /// Turn a transcript into a plain .py that runs under python
    Export(Export),
    /// Completions for a shell
    Completions { shell: clap_complete::Shell },
    /// The manual page
    Man,
    /// Show the configuration
    Config(Config),
}

#[derive(Args, Debug, Clone)]
pub struct Engine {
    /// What answers: native, python, python=PATH, or both
    #[arg(long, value_name = "ENGINE", default_value = "native")]
    pub engine: String,
    /// Speak this PyTorch version's wording, as 1.8
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub torch: Option<(u32, u32)>,
    /// Seed the random generator
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Bound of one statement, as 5s or 200ms
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Bound of a session's memory, as 1G or 500M
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_memory: Option<u64>,
    /// Whose rules: auto, doctest or session
    #[arg(long, value_name = "MODE", default_value = "auto")]
    pub mode: ModeName,
    /// Unseeded random tensors take the numbers that the transcript shows
    #[arg(long)]
    pub adopt: bool,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

#[derive(Args, Debug, Clone)]
pub struct Replay {
    /// Files, folders, or FILE:LINE
    #[arg(required = true)]
    pub paths: Vec<String>,
    #[command(flatten)]
    pub engine: Engine,
    /// Write the transcript again with the output really produced, and nothing else
    #[arg(long, conflicts_with_all = ["update", "check", "format"])]
    pub print: bool,
    /// Write the output really produced into the files
    #[arg(long)]
    pub update: bool,
    /// Fail if --update would change anything; write nothing
    #[arg(long, conflicts_with = "update")]
    pub check: bool,
    /// An update writes only where nothing is recorded; from GRADSHELL_UPDATE
    #[arg(skip)]
    pub only_new: bool,
    /// Only statements whose place or source holds this: words with and, or, not
    #[arg(short = 'k', value_name = "EXPR")]
    pub keyword: Option<String>,
    /// List the statements without running them
    #[arg(long)]
    pub list: bool,
    /// Stop at the first difference
    #[arg(short = 'x')]
    pub exit_first: bool,
    /// Stop a file after N differences
    #[arg(long, value_name = "N")]
    pub maxfail: Option<usize>,
    /// Files at the same time
    #[arg(short = 'j', long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Only the Kth of N parts of the files
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub shard: Option<(usize, usize)>,
    /// doctest option flags for all examples, as +ELLIPSIS
    #[arg(short = 'o', value_name = "+FLAG", allow_hyphen_values = true)]
    pub option: Vec<String>,
    /// Relative tolerance of numbers
    #[arg(long)]
    pub rtol: Option<f64>,
    /// Absolute tolerance of numbers
    #[arg(long)]
    pub atol: Option<f64>,
    /// Tolerance of numbers in units of float32's last place
    #[arg(long)]
    pub ulp: Option<u32>,
    /// How differences are shown
    #[arg(long, default_value = "unified")]
    pub diff: DiffName,
    /// The report on standard output
    #[arg(long, default_value = "text")]
    pub format: FormatName,
    /// Write a JUnit report to this file
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Files in random order
    #[arg(long)]
    pub shuffle: bool,
    /// Show the N slowest statements
    #[arg(long, value_name = "N")]
    pub durations: Option<usize>,
    /// Run again whenever a file changes
    #[arg(long)]
    pub watch: bool,
    /// Nothing to run is no error
    #[arg(long)]
    pub allow_empty: bool,
    /// List every statement
    #[arg(short = 'v')]
    pub verbose: bool,
}

#[derive(Args, Debug)]
pub struct Review {
    #[arg(required = true)]
    pub paths: Vec<String>,
    #[command(flatten)]
    pub engine: Engine,
}

#[derive(Args, Debug)]
pub struct Record {
    /// A script (.py) or a transcript
    pub file: PathBuf,
    /// Where to write; standard output by default
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub engine: Engine,
}

#[derive(Args, Debug)]
pub struct Export {
    pub file: PathBuf,
    /// Where to write; standard output by default
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[group(multiple = false)]
pub struct Config {
    /// What is in force (the default)
    #[arg(long)]
    pub show: bool,
    /// What holds without any file
    #[arg(long)]
    pub default: bool,
    /// Which files are read
    #[arg(long)]
    pub path: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModeName {
    Auto,
    Doctest,
    Session,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffName {
    Unified,
    Side,
    Tensor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    Text,
    Json,
    Github,
    Tap,
}

fn version(text: &str) -> Result<(u32, u32), String> {
    crate::transcript::find::version(text).ok_or_else(|| "a version such as 1.8".to_string())
}

fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len()));
    let number: f64 = number.parse().map_err(|_| "a time such as 5s".to_string())?;
    let scale = match unit {
        "" | "s" => 1.0,
        "ms" => 1e-3,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("a time such as 5s, 200ms or 2m".into()),
    };
    Duration::try_from_secs_f64(number * scale).map_err(|error| error.to_string())
}

fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len()));
    let number: f64 = number.parse().map_err(|_| "a size such as 1G".to_string())?;
    let scale = match unit.to_ascii_uppercase().trim_end_matches('B').trim_end_matches('I') {
        "" => 1.0,
        "K" => 1024.0,
        "M" => 1024.0 * 1024.0,
        "G" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err("a size such as 1G, 500M or 64K".into()),
    };
    Ok((number * scale) as u64)
}

fn shard(text: &str) -> Result<(usize, usize), String> {
    let parsed = text
        .split_once('/')
        .and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    parsed
        .filter(|(k, n)| *k >= 1 && k <= n)
        .ok_or_else(|| "K/N with K from 1 to N, such as 2/8".to_string())
}

/// The command line with the options of `GRADSHELL_OPTIONS` behind `replay` or `review`, where they are weaker than
/// those typed.
pub fn with_options(mut all: Vec<OsString>, options: Option<OsString>) -> Vec<OsString> {
    let takes = all
        .get(1)
        .is_some_and(|command| command == "replay" || command == "review");
    if let Some(options) = options.filter(|_| takes) {
        let options = options.to_string_lossy().into_owned();
        all.splice(2..2, options.split_whitespace().map(OsString::from));
    }
    all
}

impl Replay {
    /// The arguments with what `GRADSHELL_UPDATE` asks for, in insta's words; flags that say otherwise win. `auto`
    /// writes nothing where `CI` is set.
    pub fn with_update(mut self, update: Option<&str>, ci: bool) -> Result<Replay, String> {
        if self.update || self.check || self.print || self.list {
            return Ok(self);
        }
        (self.update, self.only_new) = match update {
            None | Some("" | "no") => (false, false),
            Some("auto") => (!ci, true),
            Some("new" | "unseen") => (true, true),
            Some("always" | "force") => (true, false),
            Some(other) => {
                return Err(format!(
                    "GRADSHELL_UPDATE={other}: no, auto, new, always, unseen or force"
                ));
            }
        };
        Ok(self)
    }
}

/// Session options that take the next argument as their value.
const WITH_VALUE: [&str; 4] = ["--color", "--seed", "--torch", "--engine"];

/// Parts the command line where a script's own arguments begin: behind FILE, or behind the code
/// of `-c`. The second part is `sys.argv`.
pub fn split(all: Vec<OsString>) -> (Vec<OsString>, Vec<String>) {
    let text = |argument: &OsString| argument.to_string_lossy().into_owned();
    let commands = [
        "replay",
        "review",
        "record",
        "export",
        "completions",
        "man",
        "config",
        "help",
    ];
    let mut at = 1;
    while let Some(argument) = all.get(at).map(text) {
        let is_cluster_with_code = argument.starts_with('-')
            && !argument.starts_with("--")
            && argument
                .find('c')
                .is_some_and(|c| argument[1..c].chars().all(|flag| "iq".contains(flag)));
        if is_cluster_with_code {
            let value_follows = argument.ends_with('c');
            let end = (at + 1 + usize::from(value_follows)).min(all.len());
            let argv = std::iter::once("-c".to_string())
                .chain(all[end..].iter().map(text))
                .collect();
            return (all[..end].to_vec(), argv);
        }
        if !argument.starts_with('-') || argument == "-" {
            if commands.contains(&argument.as_str()) {
                return (all, vec![]);
            }
            let argv = all[at..].iter().map(text).collect();
            return (all[..=at].to_vec(), argv);
        }
        at += if WITH_VALUE.contains(&argument.as_str()) { 2 } else { 1 };
    }
    (all, vec![])
}
