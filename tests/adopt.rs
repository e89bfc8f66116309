//! Published sessions: `replay --adopt` on pages as people write them, through the built binary.

use std::path::PathBuf;
use std::process::Command;

/// The verdicts of a page's statements, in order, and the notes about it.
fn verdicts(name: &str, page: &str) -> (Vec<String>, String) {
    let path: PathBuf = std::env::temp_dir().join(format!("gradshell-adopt-{}-{name}", std::process::id()));
    std::fs::write(&path, page).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradshell"));
    let run = command
        .args(["replay", "--adopt", "--format", "json"])
        .arg(&path)
        .output()
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let statements = report["files"][0]["statements"].as_array().unwrap();
    let verdict = |one: &serde_json::Value| one["verdict"].as_str().unwrap().to_string();
    (statements.iter().map(verdict).collect(), text)
}

#[test]
fn drawn_values_are_taken_from_where_they_are_shown() {
    let page = "\
Draw first.

>>> x = torch.randn(3, requires_grad=True)
>>> y = x * x
>>> x
tensor([ 0.5000, -1.2500,  2.0000], requires_grad=True)
>>> y
tensor([0.2500, 1.5625, 4.0000], grad_fn=<MulBackward0>)
>>> y.sum()
tensor(5.9125, grad_fn=<SumBackward0>)
";
    let (found, _) = verdicts("drawn.txt", page);
    // the last value is wrong by more than its rounding
    assert_eq!(found, ["equal", "equal", "equal", "equal", "different"]);
}

#[test]
fn pages_of_older_versions_and_their_missing_imports() {
    let page = "\
>>> x = Variable(torch.ones(2, 2), requires_grad=True)
>>> y = x + 2
>>> y

Variable containing:
 3  3
 3  3
[torch.FloatTensor of size 2x2]

>>> y.sum()

Variable containing:
 12
[torch.FloatTensor of size 1]

>>> r = torch.rand(2)
>>> r * 2

 1.0000
 0.5000
[torch.FloatTensor of size 2]

>>> r

 0.5000
 0.2500
[torch.FloatTensor of size 2]

>>> y.mean()
tensor(3., grad_fn=<MeanBackward1>)
>>> y.mean()
tensor(3., grad_fn=<SumBackward1>)
>>> for k in range(2):
>>>     y = y + k
>>> y
tensor([[ 4.,  4.],
        [ 4.,  4.]])
";
    let (found, text) = verdicts("older.txt", page);
    let near = "equal within rounding";
    let expected = [
        "equal",
        "equal",
        near,
        near,
        "equal",
        near,
        near,
        near,
        "different",
        "equal",
        near,
    ];
    assert_eq!(found, expected, "{text}");
    assert!(text.contains("printed as PyTorch 0.3 did"), "{text}");
    assert!(text.contains("from torch.autograd import Variable"), "{text}");
}

#[test]
fn notebooks_keep_their_magics_to_themselves() {
    let cell = |source: &[&str], result: &str| {
        let outputs = if result.is_empty() {
            serde_json::json!([])
        } else {
            serde_json::json!([{"output_type": "execute_result", "data": {"text/plain": [result]}}])
        };
        serde_json::json!({"cell_type": "code", "source": source, "outputs": outputs})
    };
    let cells = [
        cell(
            &[
                "%matplotlib inline\n",
                "import torch\n",
                "x = torch.ones(2, requires_grad=True)",
            ],
            "",
        ),
        cell(&["%%bash\n", "ls | wc"], ""),
        cell(
            &["!pip install torch\n", "(x * 2).grad_fn"],
            "<MulBackward0 at 0x7f0011223344>",
        ),
        cell(&["x.nonsense"], "3"),
    ];
    let notebook = serde_json::json!({"cells": cells, "nbformat": 4, "metadata": {}}).to_string();
    let (found, text) = verdicts("cells.ipynb", &notebook);
    assert_eq!(found[0], "equal", "{text}");
    assert_eq!(found[2], "equal within rounding", "{text}");
    assert_eq!(found[3], "different", "{text}");
}
