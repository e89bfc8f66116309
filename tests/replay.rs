//! Replays every file of `transcripts/` with the built program: one named test a file.

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts");
    let mut gaps = known_gaps();
    let mut trials: Vec<Trial> = Vec::new();
    for path in transcripts(&root) {
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let gap = gaps.remove(&name);
        trials.push(Trial::test(name, move || judge(&path, gap)));
    }
    for name in gaps.into_keys() {
        trials.push(Trial::test(format!("known gap {name}"), move || {
            Err(format!("tests/known_gaps.txt names {name}, which is not there").into())
        }));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn judge(path: &Path, gap: Option<String>) -> Result<(), Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_gradshell"))
        .args(["replay", "--timeout", "60s"])
        .arg(path)
        .output();
    let output = output.map_err(|error| error.to_string())?;
    match (output.status.code(), gap) {
        (Some(0), None) => Ok(()),
        (Some(0), Some(reason)) => {
            Err(format!("no gap any more, take it out of tests/known_gaps.txt: {reason}").into())
        }
        (_, Some(_)) => Ok(()),
        (code, None) => {
            let (out, err) = (
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr),
            );
            Err(format!("exit code {code:?}\n{out}{err}").into())
        }
    }
}

fn known_gaps() -> BTreeMap<String, String> {
    let lines = include_str!("known_gaps.txt").lines();
    let entries = lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "));
    entries
        .map(|(name, reason)| (name.to_string(), reason.to_string()))
        .collect()
}

fn transcripts(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if [".txt", ".md", ".rst", ".ipynb", ".py"]
                .iter()
                .any(|end| name.ends_with(end))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
