//! The command line as a user meets it: scripts, pipes, exit codes, bad input.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

fn gradshell(arguments: &[&str], input: &str) -> Run {
    gradshell_in(Path::new("."), arguments, input)
}

fn gradshell_in(folder: &Path, arguments: &[&str], input: &str) -> Run {
    gradshell_with(&[], folder, arguments, input)
}

fn gradshell_with(variables: &[(&str, &str)], folder: &Path, arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gradshell"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("CI")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // a program that fails early does not read its input
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
    std::fs::remove_dir_all(&path).ok();
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn code_prints_and_returns_its_exit_code() {
    let run = gradshell(&["-c", "print(1 + 1)"], "");
    assert_eq!((run.code, run.out.as_str()), (Some(0), "2\n"));
    assert_eq!(gradshell(&["-c", "exit(7)"], "").code, Some(7));
    let run = gradshell(&["-c", "print('kept')\n1 / 0"], "");
    assert_eq!((run.code, run.out.as_str()), (Some(1), "kept\n"));
    assert!(
        run.err.ends_with("ZeroDivisionError: division by zero\n"),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("  File \"<string>\", line 2, in <module>\n"),
        "{}",
        run.err
    );
}

#[test]
fn torch_is_there_from_the_start() {
    let run = gradshell(&["-c", "print(torch.ones(2, 3).sum())"], "");
    assert_eq!((run.code, run.out.as_str()), (Some(0), "tensor(6.)\n"), "{}", run.err);
}

#[test]
fn a_script_gets_its_arguments() {
    let folder = folder("script");
    std::fs::write(folder.join("hello.py"), "import sys\nprint(sys.argv)\n").unwrap();
    let run = gradshell_in(&folder, &["hello.py", "-v", "x"], "");
    assert_eq!(
        (run.code, run.out.as_str()),
        (Some(0), "['hello.py', '-v', 'x']\n"),
        "{}",
        run.err
    );
}

#[test]
fn a_pipe_is_a_script_and_a_piped_session_is_a_session() {
    assert_eq!(gradshell(&[], "1 + 1\nprint(3)\n").out, "3\n");
    assert_eq!(gradshell(&["-"], "print(3)\n").out, "3\n");
    let run = gradshell(
        &[],
        ">>> x = 2\n>>> x\n3\n>>> for i in range(2):\n...     print(i)\n...\n0\n1\n",
    );
    assert_eq!((run.code, run.out.as_str()), (Some(0), "2\n0\n1\n"));
}

#[test]
fn an_interactive_pipe_prompts_on_standard_error() {
    let run = gradshell(&["-i", "--no-config"], "x = 2\nx\nfor i in range(2):\n    i\n\n1 / 0\n");
    assert_eq!((run.code, run.out.as_str()), (Some(0), "2\n0\n1\n"), "{}", run.err);
    assert!(run.err.contains(">>> ") && run.err.contains("... "), "{}", run.err);
    assert!(run.err.contains("ZeroDivisionError: division by zero"), "{}", run.err);
}

#[test]
fn a_missing_file_is_one_line_and_code_2() {
    let run = gradshell(&["no_such_file.py"], "");
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.starts_with("gradshell: can't open file '") && run.err.contains("[Errno 2]"),
        "{}",
        run.err
    );
    assert_eq!(run.err.lines().count(), 1);
    assert_eq!(gradshell(&["--no-such-flag"], "").code, Some(2));
}

#[test]
fn bad_transcripts_are_one_line_and_code_2() {
    let folder = folder("bad");
    std::fs::create_dir(folder.join("empty")).unwrap();
    std::fs::write(folder.join("latin.txt"), b">>> 1\n1\n\xe9\n").unwrap();
    std::fs::write(folder.join("prose.txt"), "no prompt at all\n").unwrap();
    for (name, words) in [
        ("missing.txt", "No such file"),
        ("empty", "no transcripts"),
        ("latin.txt", "latin.txt:3: not UTF-8"),
        ("prose.txt", "no prompt"),
    ] {
        let run = gradshell_in(&folder, &["replay", name], "");
        assert_eq!(run.code, Some(2), "{name}");
        assert!(
            run.err.contains(words) && run.err.lines().count() == 1,
            "{name}: {}",
            run.err
        );
    }
}

#[test]
fn replay_tells_equal_from_different() {
    let folder = folder("replay");
    std::fs::write(folder.join("good.txt"), ">>> 1 + 1\n2\n>>> 'a'\n'a'\n").unwrap();
    std::fs::write(folder.join("bad.txt"), ">>> x = 2\n>>> x\n3\n").unwrap();
    let run = gradshell_in(&folder, &["replay", "good.txt"], "");
    assert_eq!(run.code, Some(0), "{}", run.out);
    let run = gradshell_in(&folder, &["replay", "."], "");
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("bad.txt:2: different"), "{}", run.out);
    assert!(run.out.contains("  - 3\n  + 2\n"), "{}", run.out);
    assert!(
        run.out.contains("2 files, 4 statements: 3 equal, 1 different"),
        "{}",
        run.out
    );
    assert_eq!(gradshell_in(&folder, &["replay", "bad.txt:1"], "").code, Some(0));
    assert_eq!(
        gradshell_in(&folder, &["replay", "bad.txt", "-k", "nowhere"], "").code,
        Some(5)
    );
}

#[test]
fn printing_a_transcript_shows_what_was_produced() {
    let folder = folder("print");
    std::fs::write(
        folder.join("one.txt"),
        "# torch: 2.15\n>>> x = 2\nold\n>>> x\n>>> print('a')\nb\n",
    )
    .unwrap();
    let run = gradshell_in(&folder, &["replay", "--print", "one.txt"], "");
    assert_eq!(run.out, "# torch: 2.15\n>>> x = 2\n>>> x\n2\n>>> print('a')\na\n");
    assert_eq!(run.code, Some(0));
}

#[test]
fn an_update_rewrites_only_output() {
    let folder = folder("update");
    let text = "Prose.\n\n```python\n>>> 1 + 1\n3\n>>> [1,\n...  2]\n```\n\nMore `>>>` prose.\n";
    std::fs::write(folder.join("doc.md"), text).unwrap();
    assert_eq!(
        gradshell_in(&folder, &["replay", "--check", "doc.md"], "").code,
        Some(1)
    );
    assert_eq!(std::fs::read_to_string(folder.join("doc.md")).unwrap(), text);
    assert_eq!(
        gradshell_in(&folder, &["replay", "--update", "doc.md"], "").code,
        Some(0)
    );
    let updated = std::fs::read_to_string(folder.join("doc.md")).unwrap();
    assert_eq!(updated, text.replace("3\n", "2\n").replace("2]\n", "2]\n[1, 2]\n"));
    assert_eq!(gradshell_in(&folder, &["replay", "doc.md"], "").code, Some(0));
}

#[test]
fn the_environment_adds_options_and_updates() {
    let folder = folder("environment");
    let file = folder.join("one.txt");
    let text = "Notes.\n\n>>> 1 + 1\n3\n\nProse.\n\n>>> 2 + 2\n";
    let after = |variables: &[(&str, &str)], arguments: &[&str]| {
        std::fs::write(&file, text).unwrap();
        let run = gradshell_with(variables, &folder, arguments, "");
        (run.code, std::fs::read_to_string(&file).unwrap(), run.err)
    };
    let filled = format!("{text}4\n");
    assert_eq!(after(&[("GRADSHELL_UPDATE", "new")], &["replay", "one.txt"]).1, filled);
    let all = filled.replace('3', "2");
    assert_eq!(after(&[("GRADSHELL_UPDATE", "always")], &["replay", "one.txt"]).1, all);
    assert_eq!(
        after(&[("GRADSHELL_UPDATE", "always")], &["replay", "--check", "one.txt"]).1,
        text
    );
    assert_eq!(
        after(&[("GRADSHELL_UPDATE", "auto"), ("CI", "true")], &["replay", "one.txt"]).1,
        text
    );
    let wrong = after(&[("GRADSHELL_UPDATE", "sometimes")], &["replay", "one.txt"]);
    assert_eq!(wrong.0, Some(2));
    assert!(
        wrong.2.starts_with("gradshell: GRADSHELL_UPDATE=sometimes"),
        "{}",
        wrong.2
    );
    let options = [("GRADSHELL_OPTIONS", "-k 2+2 --allow-empty")];
    assert_eq!(after(&options, &["replay", "one.txt"]).0, Some(0));
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_not_updated() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder("readonly");
    let file = folder.join("one.txt");
    std::fs::write(&file, ">>> 1 + 1\n3\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).unwrap();
    let run = gradshell_in(&folder, &["replay", "--update", "one.txt"], "");
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("read-only"), "{}", run.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), ">>> 1 + 1\n3\n");
}

#[test]
fn a_broken_pipe_ends_quietly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gradshell"))
        .args(["-c", "for i in range(100000): print(i)"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(matches!(output.status.code(), Some(0 | 141)), "{:?}", output.status);
}

#[test]
fn reports_for_machines_hold_every_statement() {
    let folder = folder("reports");
    std::fs::write(folder.join("one.txt"), ">>> x = 1\n>>> x\n2\n").unwrap();
    let run = gradshell_in(
        &folder,
        &["replay", "--format", "json", "--junit", "j.xml", "one.txt"],
        "",
    );
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let statement = &report["files"][0]["statements"][1];
    assert_eq!(statement["line"], 2);
    assert_eq!(statement["expected"], "2");
    assert_eq!(statement["actual"], "1");
    assert_eq!(statement["verdict"], "different");
    let junit = std::fs::read_to_string(folder.join("j.xml")).unwrap();
    assert!(
        junit.contains("failures=\"1\"") && junit.contains("line=\"2\""),
        "{junit}"
    );
    let tap = gradshell_in(&folder, &["replay", "--format", "tap", "one.txt"], "").out;
    assert!(
        tap.starts_with("TAP version 14\n1..2\nok 1") && tap.contains("not ok 2"),
        "{tap}"
    );
    let github = gradshell_in(&folder, &["replay", "--format", "github", "one.txt"], "").out;
    assert!(github.starts_with("::error file=one.txt,line=2,title="), "{github}");
}

#[test]
fn a_limit_stops_a_statement_and_the_rest_runs() {
    let folder = folder("limit");
    std::fs::write(folder.join("loop.txt"), ">>> while True: pass\n>>> 1 + 1\n2\n").unwrap();
    let run = gradshell_in(&folder, &["replay", "--timeout", "200ms", "loop.txt"], "");
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("ran longer than --timeout"), "{}", run.out);
    assert!(run.out.contains("1 equal, 1 different"), "{}", run.out);
}

#[test]
fn scripts_become_transcripts_and_back() {
    let folder = folder("record");
    std::fs::write(
        folder.join("s.py"),
        "# a comment\nx = 2\nfor i in range(2):\n    print(i)\nx * 3\n",
    )
    .unwrap();
    let run = gradshell_in(&folder, &["record", "s.py"], "");
    let expected = ">>> x = 2\n>>> for i in range(2):\n...     print(i)\n...\n0\n1\n>>> x * 3\n6\n";
    assert!(
        run.out.starts_with("# recorded: gradshell ") && run.out.ends_with(expected),
        "{}{}",
        run.out,
        run.err
    );
    std::fs::write(folder.join("t.txt"), &run.out).unwrap();
    let script = gradshell_in(&folder, &["export", "t.txt"], "").out;
    std::fs::write(folder.join("t.py"), script).unwrap();
    assert_eq!(gradshell_in(&folder, &["t.py"], "").out, "0\n1\n6\n");
}

#[test]
fn differences_are_reviewed_one_by_one() {
    let folder = folder("review");
    std::fs::write(folder.join("one.txt"), ">>> 1\n0\n>>> 2\n0\n>>> 3\n3\n").unwrap();
    let run = gradshell_in(&folder, &["review", "one.txt"], "a\nr\n");
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert_eq!(
        std::fs::read_to_string(folder.join("one.txt")).unwrap(),
        ">>> 1\n1\n>>> 2\n0\n>>> 3\n3\n"
    );
}

#[test]
fn colours_only_where_wanted() {
    let plain = gradshell(&["-c", "1 / 0"], "").err;
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let coloured = gradshell(&["--color", "always", "-c", "1 / 0"], "").err;
    assert!(coloured.contains('\u{1b}'), "{coloured}");
}

#[test]
fn completions_man_page_and_configuration_are_written() {
    assert!(gradshell(&["completions", "bash"], "").out.contains("gradshell"));
    assert!(gradshell(&["man"], "").out.contains(".TH gradshell"));
    assert!(
        gradshell(&["config", "--default"], "")
            .out
            .contains("edit_mode = \"emacs\"")
    );
    assert!(gradshell(&["--version"], "").out.starts_with("gradshell "));
}
