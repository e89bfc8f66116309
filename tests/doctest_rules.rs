//! doctest's rules: every case of `tests/doctest_rules/cases.txt` is judged as stored, and as Python's own doctest
//! module judges it where there is a Python.

use std::path::Path;
use std::process::Command;

struct Case {
    passes: bool,
    text: String,
}

fn cases() -> Vec<Case> {
    let paragraphs = include_str!("doctest_rules/cases.txt")
        .split("\n\n")
        .filter(|text| !text.starts_with('#'));
    let case = |text: &str| {
        let (verdict, text) = text.trim_matches('\n').split_once('\n')?;
        Some(Case {
            passes: verdict == "pass",
            text: format!("{text}\n"),
        })
    };
    paragraphs.filter_map(case).collect()
}

#[test]
fn every_case_is_judged_as_stored() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doctest-rules");
    std::fs::create_dir_all(&folder).unwrap();
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() > 35);
    for (index, case) in cases.iter().enumerate() {
        let path = folder.join(format!("case{index}.txt"));
        std::fs::write(&path, &case.text).unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_gradshell"))
            .args(["replay", "--mode", "doctest"])
            .arg(&path)
            .output()
            .unwrap();
        if (run.status.code() == Some(0)) != case.passes {
            wrong.push(format!("{}{}", case.text, String::from_utf8_lossy(&run.stdout)));
        }
    }
    assert!(wrong.is_empty(), "judged otherwise:\n{}", wrong.join("\n"));
}

/// Prints `pass` or `fail` for each case of the JSON list on its command line.
const ORACLE: &str = r#"
import doctest, io, json, sys
FLOAT = "FLOAT_CMP"
for text in json.loads(sys.argv[1]):
    if FLOAT in text:
        print("none")
        continue
    runner = doctest.DocTestRunner(verbose=False)
    test = doctest.DocTestParser().get_doctest(text, {}, "case", "case", 0)
    runner.run(test, out=io.StringIO().write)
    print("fail" if runner.failures else "pass")
"#;

#[test]
fn pythons_doctest_agrees() {
    let cases = cases();
    let texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    let list = serde_json::to_string(&texts).unwrap();
    // without a Python the stored verdicts above are what is checked
    let Ok(run) = Command::new("python3").args(["-c", ORACLE, &list]).output() else {
        return;
    };
    if !run.status.success() {
        return;
    }
    let verdicts = String::from_utf8_lossy(&run.stdout).into_owned();
    for (case, verdict) in cases.iter().zip(verdicts.lines()) {
        let stored = if case.passes { "pass" } else { "fail" };
        assert!(
            verdict == "none" || verdict == stored,
            "doctest says {verdict} of\n{}",
            case.text
        );
    }
}
