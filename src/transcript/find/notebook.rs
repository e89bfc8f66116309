//! Jupyter notebooks: a code cell is an example, its stored outputs are the recorded output.

use super::super::{Block, Example};
use serde_json::{Value, json};

/// The code cells of a notebook; their `line` counts cells, from 1.
pub fn block(text: &str) -> Result<Block, String> {
    let notebook: Value = serde_json::from_str(text).map_err(|error| format!("not a notebook: {error}"))?;
    let cells = notebook["cells"]
        .as_array()
        .ok_or("not a notebook of format 4: it has no cells")?;
    let mut found = Block::default();
    for (index, cell) in cells.iter().enumerate() {
        if cell["cell_type"] != "code" {
            continue;
        }
        let source = joined(&cell["source"]);
        let (directives, _) = super::Directives::of(&source);
        let expected = cell["outputs"]
            .as_array()
            .into_iter()
            .flatten()
            .map(output_text)
            .collect::<String>();
        let expected = expected.trim_end_matches('\n').to_string();
        let cell = Some(Box::new((source, expected)));
        found.examples.push(Example {
            line: index + 1,
            whole: true,
            directives,
            cell,
            ..Example::default()
        });
    }
    Ok(found)
}

/// nbformat writes texts as lists of lines, or as one.
fn joined(value: &Value) -> String {
    match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().unwrap_or_default().to_string(),
    }
}

fn output_text(output: &Value) -> String {
    let ended = |mut text: String| {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    };
    match output["output_type"].as_str() {
        Some("stream") if output["name"] != "stderr" => joined(&output["text"]),
        Some("execute_result" | "display_data") => ended(joined(&output["data"]["text/plain"])),
        Some("error") => {
            let (name, value) = (
                output["ename"].as_str().unwrap_or("Error"),
                output["evalue"].as_str().unwrap_or(""),
            );
            let own = if value.is_empty() {
                name.to_string()
            } else {
                format!("{name}: {value}")
            };
            format!("Traceback (most recent call last):\n{own}\n")
        }
        _ => String::new(),
    }
}

/// The notebook with the outputs of its cells replaced: `(cell, printed, error's own lines)`, cells from 1.
pub fn updated(text: &str, outputs: &[(usize, String, Option<String>)]) -> Result<String, String> {
    let mut notebook: Value = serde_json::from_str(text).map_err(|error| format!("not a notebook: {error}"))?;
    for (cell, printed, error) in outputs {
        let mut made = Vec::new();
        if !printed.is_empty() {
            let lines: Vec<&str> = printed.split_inclusive('\n').collect();
            made.push(json!({"name": "stdout", "output_type": "stream", "text": lines}));
        }
        if let Some(error) = error {
            let own = error.trim_end();
            let (name, value) = own.split_once(": ").unwrap_or((own, ""));
            made.push(json!({"ename": name, "evalue": value, "output_type": "error", "traceback": [own]}));
        }
        if let Some(slot) = notebook["cells"].get_mut(cell.wrapping_sub(1)) {
            slot["outputs"] = Value::Array(made);
        }
    }
    let mut bytes = Vec::new();
    let layout = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, layout);
    serde::Serialize::serialize(&notebook, &mut writer).map_err(|error| error.to_string())?;
    let mut text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}

/// A cell's source without what only IPython understands: its magics (`%matplotlib inline`, `%%time`), shell lines
/// (`!pip install ...`) and questions (`torch.add?`). A cell in another language (`%%bash`) has nothing left.
pub fn without_magics(source: &str) -> String {
    let first = source.trim_start().lines().next().unwrap_or_default();
    let transparent = ["%%time", "%%timeit", "%%capture", "%%prun"];
    if first.starts_with("%%") && !transparent.iter().any(|magic| first.starts_with(magic)) {
        return String::new();
    }
    let is_python = |line: &&str| {
        let line = line.trim();
        !(line.starts_with(['%', '!']) || (line.ends_with('?') && !line.contains([' ', '#', '\'', '"'])))
    };
    let timed = |line| str::strip_prefix(line, "%time ").unwrap_or(line);
    let lines = source.lines().map(timed).filter(is_python);
    lines.collect::<Vec<_>>().join("\n")
}

/// A cell's source in two: all but the last statement, and the last one if it is an expression
/// (of which a notebook shows the value), else nothing.
pub fn last_expression(source: &str) -> (&str, &str) {
    use crate::syntax::{Source, ast::StmtKind, parse_file};
    let source = source.trim_end();
    let Ok(module) = parse_file(&Source::new("<stdin>", source)) else {
        return (source, "");
    };
    match module.body.last() {
        Some(last) if matches!(last.kind, StmtKind::Expr(_)) && !source.ends_with(';') => {
            let start = (last.span.start as usize).min(source.len());
            (source.get(..start).unwrap_or(source), source.get(start..).unwrap_or(""))
        }
        _ => (source, ""),
    }
}
