//! The autograd graph behind a tensor: as a tree for the terminal, as DOT, Mermaid and JSON. `picture` draws it.

use serde_json::Value;
use std::fmt::Write;

/// A graph: its outputs, and each node once.
pub struct Graph {
    pub outputs: Vec<Output>,
    pub nodes: Vec<Node>,
    json: Value,
}

/// A tensor that was asked for.
pub struct Output {
    pub label: String,
    /// `(2, 3)`
    pub size: String,
    /// The node that made it, or the accumulator of a leaf.
    pub node: Option<usize>,
    pub leaf: bool,
    /// Base and its size where the output is a view.
    pub view: Option<String>,
}

pub struct Node {
    /// An accumulator, shown as the leaf it belongs to.
    pub leaf: bool,
    /// The node's name, or the leaf's.
    pub label: String,
    /// Variables that hold what the node made.
    pub named: Vec<String>,
    pub size: String,
    pub saved: Vec<Saved>,
    pub next: Vec<Option<usize>>,
}

/// What a node keeps for its backward pass.
pub struct Saved {
    /// The name of `_saved_...`.
    pub name: String,
    /// A variable, or a size.
    pub what: String,
    pub tensor: bool,
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_string()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl Graph {
    /// Reads what the session answered; a sentence where there is no graph.
    pub fn read(json: Value) -> Result<Graph, String> {
        if let Some(problem) = json.get("problem").and_then(Value::as_str) {
            return Err(problem.to_string());
        }
        let outputs = list(&json, "outputs").iter().map(|output| Output {
            label: text(output, "label"),
            size: text(output, "size"),
            node: output.get("node").and_then(Value::as_u64).map(|at| at as usize),
            leaf: output.get("leaf").and_then(Value::as_bool).unwrap_or(false),
            view: output
                .get("view")
                .and_then(Value::as_str)
                .map(|view| view.trim().to_string()),
        });
        let nodes = list(&json, "nodes").iter().map(|node| Node {
            leaf: text(node, "kind") == "leaf",
            label: text(node, "label"),
            named: list(node, "named")
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_string)
                .collect(),
            size: text(node, "size"),
            saved: list(node, "saved")
                .iter()
                .map(|saved| Saved {
                    name: text(saved, "name"),
                    what: text(saved, "what"),
                    tensor: saved.get("tensor").and_then(Value::as_bool).unwrap_or(false),
                })
                .collect(),
            next: list(node, "next")
                .iter()
                .map(|next| next.as_u64().map(|at| at as usize))
                .collect(),
        });
        let (outputs, nodes) = (outputs.collect(), nodes.collect());
        Ok(Graph { outputs, nodes, json })
    }

    fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    /// How many edges lead to each node.
    fn users(&self) -> Vec<usize> {
        let mut users = vec![0; self.nodes.len()];
        let from_nodes = self.nodes.iter().flat_map(|node| node.next.iter().flatten());
        for at in from_nodes
            .copied()
            .chain(self.outputs.iter().filter_map(|output| output.node))
        {
            if let Some(count) = users.get_mut(at) {
                *count += 1;
            }
        }
        users
    }

    /// A tree, newest operation first. A node that several edges lead to is written out once and numbered.
    pub fn tree(&self) -> String {
        let users = self.users();
        let mut numbers: Vec<Option<usize>> = vec![None; self.nodes.len()];
        let mut written = 0;
        let mut out = String::new();
        for output in &self.outputs {
            let Some(root) = output.node else {
                let _ = writeln!(
                    out,
                    "{} {}  leaf, requires no grad: there is no graph behind it",
                    output.label, output.size
                );
                continue;
            };
            if output.leaf {
                let _ = writeln!(
                    out,
                    "{} {}  leaf, requires grad: no operation made it, gradients are accumulated in {}.grad",
                    output.label, output.size, output.label
                );
                continue;
            }
            let _ = writeln!(out, "{} {}", output.label, output.size);
            // what is still to be written: margin of the parent, whether it is the last child, the node
            let mut waiting: Vec<(String, bool, Option<usize>)> = vec![(String::new(), true, Some(root))];
            while let Some((margin, last, at)) = waiting.pop() {
                let branch = if last { "└─ " } else { "├─ " };
                let Some((at, node)) = at.and_then(|at| Some((at, self.node(at)?))) else {
                    let _ = writeln!(out, "{margin}{branch}(no gradient)");
                    continue;
                };
                let _ = write!(out, "{margin}{branch}{}", node.line());
                if let Some(number) = numbers.get(at).copied().flatten() {
                    let _ = writeln!(out, "  [{number}] see above");
                    continue;
                }
                if users.get(at).copied().unwrap_or(0) > 1 && !node.leaf {
                    written += 1;
                    if let Some(slot) = numbers.get_mut(at) {
                        *slot = Some(written);
                    }
                    let _ = write!(out, "  [{written}]");
                }
                out.push('\n');
                let inner = format!("{margin}{}", if last { "   " } else { "│  " });
                let count = node.next.len();
                // an op's constants show as nothing, unless all of its edges are such
                let shown = node.next.iter().any(Option::is_some);
                for (place, next) in node.next.iter().enumerate().rev() {
                    if shown {
                        waiting.push((inner.clone(), place + 1 == count, *next));
                    }
                }
            }
        }
        out
    }

    /// For Graphviz, in torchviz's colours.
    pub fn dot(&self) -> String {
        let quoted = |text: &str| {
            format!(
                "\"{}\"",
                text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
            )
        };
        let mut out = String::from(
            "digraph {\n\tgraph [size=\"12,12\"]\n\tnode [align=left fontname=monospace fontsize=10 height=0.2 ranksep=0.1 shape=box style=filled]\n",
        );
        for (at, node) in self.nodes.iter().enumerate() {
            let fill = if node.leaf { LEAF } else { OP };
            let _ = writeln!(
                out,
                "\tn{at} [label={} fillcolor={fill}]",
                quoted(&node.box_lines().join("\n"))
            );
            for (number, saved) in node.saved.iter().filter(|saved| saved.tensor).enumerate() {
                let label = quoted(&format!("{}\n{}", saved.name, saved.what));
                let _ = writeln!(out, "\tn{at}s{number} [label={label} fillcolor={SAVED}]");
                let _ = writeln!(out, "\tn{at} -> n{at}s{number} [dir=none]");
            }
            for next in node.next.iter().flatten() {
                let _ = writeln!(out, "\tn{next} -> n{at}");
            }
        }
        for (at, output) in self.outputs.iter().enumerate() {
            let label = quoted(&format!("{}\n{}", output.label, output.size));
            let _ = writeln!(out, "\to{at} [label={label} fillcolor={OUTPUT}]");
            if let Some(node) = output.node {
                let _ = writeln!(out, "\tn{node} -> o{at}");
            }
            if let Some(view) = &output.view {
                let _ = writeln!(out, "\to{at}b [label={} fillcolor={BASE}]", quoted(view));
                let _ = writeln!(out, "\to{at}b -> o{at} [style=dotted]");
            }
        }
        out + "}\n"
    }

    /// A Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "#quot;").replace('\n', "<br/>"));
        let mut out = String::from("flowchart TD\n");
        for (name, fill) in [
            ("op", OP),
            ("leaf", LEAF),
            ("saved", SAVED),
            ("output", OUTPUT_HEX),
            ("base", BASE_HEX),
        ] {
            let _ = writeln!(
                out,
                "  classDef {name} fill:{fill},stroke:#333,color:#000,font-family:monospace"
            );
        }
        for (at, node) in self.nodes.iter().enumerate() {
            let class = if node.leaf { "leaf" } else { "op" };
            let _ = writeln!(out, "  n{at}[{}]:::{class}", quoted(&node.box_lines().join("\n")));
            for (number, saved) in node.saved.iter().filter(|saved| saved.tensor).enumerate() {
                let label = quoted(&format!("{}\n{}", saved.name, saved.what));
                let _ = writeln!(out, "  n{at}s{number}[{label}]:::saved\n  n{at} --- n{at}s{number}");
            }
            for next in node.next.iter().flatten() {
                let _ = writeln!(out, "  n{next} --> n{at}");
            }
        }
        for (at, output) in self.outputs.iter().enumerate() {
            let _ = writeln!(
                out,
                "  o{at}[{}]:::output",
                quoted(&format!("{}\n{}", output.label, output.size))
            );
            if let Some(node) = output.node {
                let _ = writeln!(out, "  n{node} --> o{at}");
            }
            if let Some(view) = &output.view {
                let _ = writeln!(out, "  o{at}b[{}]:::base\n  o{at}b -.-> o{at}", quoted(view));
            }
        }
        out
    }

    /// As JSON: outputs, and nodes whose `next` are indices of nodes.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(&self.json).unwrap_or_default() + "\n"
    }
}

/// torchviz's colours.
pub const OP: &str = "lightgrey";
pub const LEAF: &str = "lightblue";
pub const SAVED: &str = "orange";
pub const OUTPUT: &str = "darkolivegreen1";
pub const BASE: &str = "darkolivegreen3";
/// The same where only the names of the web are known.
pub const OUTPUT_HEX: &str = "#caff70";
pub const BASE_HEX: &str = "#a2cd5a";

impl Node {
    /// The node in one line of the tree.
    fn line(&self) -> String {
        if self.leaf {
            return format!("{} {}  leaf", self.label, self.size);
        }
        let mut line = self.label.clone();
        if !self.named.is_empty() {
            let _ = write!(line, " = {} {}", self.named.join(", "), self.size);
        }
        let saved: Vec<String> = self
            .saved
            .iter()
            .map(|saved| match saved.what.as_str() {
                "freed" => format!("{} (freed)", saved.name),
                what if what == saved.name => what.to_string(),
                what => format!("{}: {what}", saved.name),
            })
            .collect();
        if !saved.is_empty() {
            let _ = write!(line, "  saved {}", saved.join(", "));
        }
        line
    }

    /// The lines of its box in a picture.
    pub fn box_lines(&self) -> Vec<String> {
        if self.leaf {
            return vec![self.label.clone(), self.size.clone()];
        }
        let mut lines = vec![self.label.clone()];
        if !self.named.is_empty() {
            lines.push(format!("{} {}", self.named.join(", "), self.size));
        }
        lines
    }
}
