//! Arguments, exit codes, colours on or off.

mod arguments;
mod both;
mod colours;
mod places;
mod record;
mod replay;
mod review;
mod script;
mod terminal;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

/// Room for deep recursion of Python programs; memory is taken only as it is used.
pub const STACK: usize = 256 << 20;

/// The program: what `main` runs.
pub fn main() -> ExitCode {
    // a fault of ours is reported as an error of the statement that met it
    std::panic::set_hook(Box::new(|_| {}));
    match std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(program)
        .map(std::thread::JoinHandle::join)
    {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => exit(terminal::complain("an internal fault; please report it", replay::FAULT)),
        Err(_) => program(),
    }
}

fn program() -> ExitCode {
    let options = std::env::var_os("GRADSHELL_OPTIONS");
    let (own, argv) = arguments::split(arguments::with_options(std::env::args_os().collect(), options));
    let arguments = match Arguments::try_parse_from(own) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = error.exit_code();
            terminal::say(&error.render().to_string(), error.use_stderr());
            return exit(code);
        }
    };
    let code = match arguments.command {
        None => script::run(&arguments.session, argv),
        Some(Command::Replay(replay)) => replay::run(replay),
        Some(Command::Review(review)) => review::run(review),
        Some(Command::Record(record)) => record::run(record),
        Some(Command::Export(export)) => record::export(export),
        Some(Command::Completions { shell }) => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "gradshell", &mut text);
            terminal::put(&text)
        }
        Some(Command::Man) => {
            let mut text = Vec::new();
            match clap_mangen::Man::new(Arguments::command()).render(&mut text) {
                Ok(()) => terminal::put(&text),
                Err(error) => terminal::complain(&error.to_string(), 2),
            }
        }
        Some(Command::Config(config)) => places::show(&config),
    };
    exit(code)
}

fn exit(code: i32) -> ExitCode {
    ExitCode::from((code & 0xff) as u8)
}
