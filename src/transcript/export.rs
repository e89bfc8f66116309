//! A transcript as a plain script, and a script as a session.

use super::Document;
use crate::session::desk::prompted;
use crate::session::paste;
use crate::syntax::{Source, ast::StmtKind, parse_file};

/// The statements of a document as a script that runs unchanged under `python` and `torchrun`:
/// values that the prompt shows are printed.
pub fn as_script(document: &Document) -> String {
    let mut script = format!("# from {}\nimport torch\n\n", document.name);
    if !document.examples().any(|example| shows(&document.source(example))) {
        script.push_str(&statements(document));
        return script;
    }
    script.push_str("\ndef show(value):\n    \"\"\"Prints a value as the prompt does.\"\"\"\n");
    script.push_str("    if value is not None:\n        print(repr(value))\n\n\n");
    script.push_str(&statements(document));
    script
}

fn statements(document: &Document) -> String {
    let mut script = String::new();
    for block in &document.blocks {
        if !block.name.is_empty() {
            script.push_str(&format!("# {}\n", block.name));
        }
        for example in &block.examples {
            let source = document.source(example);
            let source = source.trim_end();
            if raises(&document.expected(example)) {
                let body: String = source.lines().map(|line| format!("    {line}\n")).collect();
                script.push_str(&format!(
                    "try:\n{body}except Exception as error:\n    print(f\"{{type(error).__name__}}: {{error}}\")\n"
                ));
            } else if shows(source) {
                script.push_str(&format!("show({source}\n)\n"));
            } else {
                script.push_str(source);
                script.push('\n');
            }
        }
    }
    script
}

fn raises(expected: &str) -> bool {
    expected.lines().any(|line| line == super::compare::TRACEBACK)
}

/// Whether the prompt shows the statement's value: it is one expression and no call of `print`.
fn shows(source: &str) -> bool {
    let Ok(module) = parse_file(&Source::new("<stdin>", source)) else {
        return false;
    };
    let is_expression = matches!(module.body.as_slice(), [only] if matches!(only.kind, StmtKind::Expr(_)));
    is_expression && !source.trim_start().starts_with("print(") && !source.trim_end().ends_with(';')
}

/// A script as a session without output: every statement behind prompts. The error is what
/// Python says of a script that it cannot read.
pub fn as_session(script: &str) -> Result<String, String> {
    let source = Source::new("<stdin>", script);
    let module = parse_file(&source).map_err(|error| error.render("<stdin>"))?;
    let statements = paste::split(script).unwrap_or_else(|| vec![script.trim().to_string()]);
    let mut session = String::new();
    for statement in statements.iter().filter(|_| !module.body.is_empty()) {
        // a prompt shows statements; comments above them stay in the script
        let code: Vec<&str> = statement
            .lines()
            .skip_while(|line| line.starts_with('#') || line.trim().is_empty())
            .collect();
        let text = code.join("\n");
        session.push_str(&prompted(&text));
        if text.contains('\n') {
            session.push_str("...\n");
        }
    }
    Ok(session)
}
