fn main() -> std::process::ExitCode {
    gradshell::cli::main()
}
