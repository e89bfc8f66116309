//! Finding examples in every format, and writing them back byte for byte around the output.

use gradshell::transcript::render::Renderer;
use gradshell::transcript::{Document, Format, find};

fn read(name: &str, text: &str) -> Document {
    find::document(name, text.to_string(), Format::of(name), false)
}

/// `(line, source, expected)` of all examples.
fn examples(document: &Document) -> Vec<(usize, String, String)> {
    let all = document.examples();
    all.map(|one| (one.line, document.source(one), document.expected(one).into_owned()))
        .collect()
}

fn example(line: usize, source: &str, expected: &str) -> (usize, String, String) {
    (line, source.to_string(), expected.to_string())
}

/// The document with every output replaced by `out`.
fn rewritten(document: &Document, out: &str) -> String {
    let mut renderer = Renderer::new(document);
    let mut text = String::new();
    for one in document.examples() {
        text.push_str(&renderer.statement(one));
        text.push_str(&renderer.output(one, out));
    }
    text + &renderer.rest()
}

#[test]
fn a_recorded_session_runs_to_the_next_prompt() {
    let text = "# head\n>>> a\n[[1],\n\n [2]]\n>>> for x in y:\n...     z\n...\n>>> b\nlast\n\n";
    let found = examples(&read("s.txt", text));
    let expected = [
        example(2, "a", "[[1],\n\n [2]]"),
        example(6, "for x in y:\n    z\n", ""),
        example(9, "b", "last"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn prose_ends_output_unless_a_bracket_is_open() {
    let text = "Notes.\n\n>>> t\ntensor([[[1.]],\n\n        [[2.]]])\n\nProse again.\n\n>>> u\nTrue\n// a remark\n";
    let document = read("notes.txt", text);
    let found = examples(&document);
    assert_eq!(found[0], example(3, "t", "tensor([[[1.]],\n\n        [[2.]]])"));
    assert_eq!(found[1].2, "True\n// a remark");
    let last = document.examples().last().unwrap();
    assert_eq!(document.expected_without_remark(last).unwrap(), "True");
    let updated = rewritten(&document, "new\n");
    assert_eq!(
        updated,
        text.replace("tensor([[[1.]],\n\n        [[2.]]])", "new")
            .replace("True\n", "new\n")
    );
}

#[test]
fn markdown_knows_fences_lists_and_quotes() {
    let text = "\
```python
>>> a
1

2
```

- item:

  ```pycon
  >>> b
  3
  ```

> ```
> >>> c
> 4
> ```

~~~~
>>> d
```
5
~~~~

    >>> e
    6

>>> f
7
Half a fence:
```
>>> g
8
";
    let found = examples(&read("doc.md", text));
    let expected = [
        example(2, "a", "1\n\n2"),
        example(11, "b", "3"),
        example(16, "c", "4"),
        example(21, "d", "```\n5"),
        example(26, "e", "6"),
        example(29, "f", "7\nHalf a fence:"),
        example(33, "g", "8"),
    ];
    assert_eq!(found, expected);
    let document = read("doc.md", text);
    assert!(rewritten(&document, "x\n").contains("> >>> c\n> x\n> ```\n"));
    assert!(rewritten(&document, "x\n").contains("  >>> b\n  x\n  ```\n"));
}

#[test]
fn docstrings_are_blocks_of_their_own() {
    let text = "\
class A:
    '''About A.

    >>> A()
    a

    Not output.
    '''

    def f(self):
        \"\"\"
        >>> 1
        1
        \"\"\"
        return \">>> no\"
";
    let document = read("m.py", text);
    let names: Vec<&str> = document.blocks.iter().map(|block| block.name.as_str()).collect();
    assert_eq!(names, ["A", "A.f"]);
    assert_eq!(examples(&document), [example(4, "A()", "a"), example(12, "1", "1")]);
    assert!(rewritten(&document, "p\n\nq\n").contains("        p\n        <BLANKLINE>\n        q\n"));
}

#[test]
fn odd_bytes_are_kept() {
    let text = "\u{feff}>>> a\r\n1\r\n>>> b\r\n\t2\r\n>>>c\r\n";
    let document = read("s.txt", text);
    assert_eq!(examples(&document), [example(1, "a", "1"), example(3, "b", "\t2")]);
    assert_eq!(document.problems.len(), 1);
    assert_eq!(document.problems[0].line, 5);
    assert_eq!(
        rewritten(&document, "x\n"),
        "\u{feff}>>> a\r\nx\r\n>>> b\r\nx\r\n>>>c\r\n"
    );
    let tabs = read("t.rst", "Text::\n\n\t>>> a\n\t1\n\nMore\n");
    assert_eq!(examples(&tabs), [example(3, "a", "1")]);
    assert_eq!(examples(&read("n.txt", ">>> a\n\0\n")), [example(1, "a", "\0")]);
}

#[test]
fn ipython_sessions_are_read() {
    let found = examples(&read(
        "i.txt",
        "In [1]: x = [1,\n   ...:      2]\n\nIn [2]: x\nOut[2]: [1, 2]\n",
    ));
    assert_eq!(found, [example(1, "x = [1,\n     2]", ""), example(4, "x", "[1, 2]")]);
}

#[test]
fn notebooks_keep_their_cells() {
    let text = r#"{"cells": [{"cell_type": "markdown", "source": ["hi"]}, {"cell_type": "code", "source": ["x = 1\n", "x"],
        "outputs": [{"output_type": "execute_result", "data": {"text/plain": ["1"]}}]}], "nbformat": 4}"#;
    let document = read("n.ipynb", text);
    assert_eq!(examples(&document), [example(2, "x = 1\nx", "1")]);
    let updated = find::notebook::updated(text, &[(2, "5\n".into(), None)]).unwrap();
    assert!(
        updated.contains("\"5\\n\"") && updated.contains("\"nbformat\": 4"),
        "{updated}"
    );
    assert!(!read("bad.ipynb", "{").problems.is_empty());
}

#[test]
fn directives_are_read_and_unknown_ones_reported() {
    let text = ">>> a  # doctest: +SKIP\n1\n>>> b  # doctest: +NO_SUCH\n2\n>>> c  # random\n3\n";
    let document = read("d.rst", text);
    assert_eq!(document.problems.len(), 1);
    assert!(document.problems[0].message.contains("+NO_SUCH") && document.problems[0].line == 3);
    assert_eq!(document.examples().count(), 3);
}

#[test]
fn a_large_transcript_is_read_at_once() {
    let text = ">>> x\n1\n".repeat(200_000);
    assert_eq!(read("big.txt", &text).examples().count(), 200_000);
}
