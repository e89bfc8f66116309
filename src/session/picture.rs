//! A graph as an SVG picture: nodes in layers, inputs above outputs, laid out without any other program.

use super::graph::{BASE_HEX, Graph, LEAF, OP, OUTPUT_HEX, SAVED};
use std::fmt::Write;

const CHARACTER: f64 = 6.1;
const LINE: f64 = 13.0;
const PADDING: f64 = 8.0;
const GAP: f64 = 18.0;
const LAYER_GAP: f64 = 34.0;
const MARGIN: f64 = 16.0;
/// Sweeps over the layers that bring neighbours under each other.
const SWEEPS: usize = 12;

/// A box of the picture, or a bend of an edge that passes several layers.
struct Cell {
    lines: Vec<String>,
    fill: &'static str,
    layer: usize,
    width: f64,
    x: f64,
    above: Vec<usize>,
    below: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stroke {
    Arrow,
    /// To what a node saved.
    Plain,
    /// From a base to its view.
    Dotted,
}

/// An edge: the cells it goes through, from above to below.
struct Line {
    cells: Vec<usize>,
    stroke: Stroke,
}

struct Picture {
    cells: Vec<Cell>,
    lines: Vec<Line>,
    layers: Vec<Vec<usize>>,
}

/// The picture as the text of an SVG file.
pub fn svg(graph: &Graph) -> String {
    let mut picture = Picture::of(graph);
    picture.bend();
    picture.order();
    picture.place();
    picture.draw()
}

fn cell(lines: Vec<String>, fill: &'static str, layer: usize) -> Cell {
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    Cell {
        width: longest as f64 * CHARACTER + 2.0 * PADDING,
        lines,
        fill,
        layer,
        x: 0.0,
        above: Vec::new(),
        below: Vec::new(),
    }
}

/// The layer of each node: below everything that gradients flow to, leaves just above who uses them.
fn layers(graph: &Graph) -> Vec<usize> {
    let count = graph.nodes.len();
    let mut users = vec![Vec::new(); count];
    let mut left = vec![0usize; count];
    for (at, node) in graph.nodes.iter().enumerate() {
        for next in node.next.iter().flatten().filter(|next| **next < count) {
            users[*next].push(at);
            left[at] += 1;
        }
    }
    let mut layer = vec![0usize; count];
    let mut ready: Vec<usize> = (0..count).filter(|at| left[*at] == 0).collect();
    while let Some(at) = ready.pop() {
        for &user in &users[at] {
            // one layer between for what the user saved
            layer[user] = layer[user].max(layer[at] + 1);
            left[user] -= 1;
            if left[user] == 0 {
                ready.push(user);
            }
        }
    }
    for (at, node) in graph.nodes.iter().enumerate() {
        if node.leaf
            && let Some(first) = users[at].iter().map(|user| layer[*user]).min()
        {
            layer[at] = first.saturating_sub(1);
        }
    }
    layer
}

impl Picture {
    fn of(graph: &Graph) -> Picture {
        let mut picture = Picture {
            cells: Vec::new(),
            lines: Vec::new(),
            layers: Vec::new(),
        };
        // everything one layer down: saved tensors of the first operations need room above
        let layer: Vec<usize> = layers(graph).into_iter().map(|layer| layer + 1).collect();
        for (node, layer) in graph.nodes.iter().zip(&layer) {
            let fill = if node.leaf { LEAF } else { OP };
            picture.cells.push(cell(node.box_lines(), fill, *layer));
        }
        for (at, node) in graph.nodes.iter().enumerate() {
            for next in node.next.iter().flatten() {
                picture.line(*next, at, Stroke::Arrow);
            }
            let (Some(layer), saved) = (layer.get(at), node.saved.iter().filter(|saved| saved.tensor)) else {
                continue;
            };
            for saved in saved {
                let new = picture.cells.len();
                let lines = vec![saved.name.clone(), saved.what.clone()];
                picture.cells.push(cell(lines, SAVED, layer.saturating_sub(1)));
                picture.line(new, at, Stroke::Plain);
            }
        }
        for output in &graph.outputs {
            let below = output
                .node
                .and_then(|node| layer.get(node))
                .map_or(1, |layer| layer + 1);
            let new = picture.cells.len();
            let lines = vec![output.label.clone(), output.size.clone()];
            picture.cells.push(cell(lines, OUTPUT_HEX, below));
            if let Some(node) = output.node {
                picture.line(node, new, Stroke::Arrow);
            }
            if let Some(view) = &output.view {
                let base = picture.cells.len();
                picture
                    .cells
                    .push(cell(vec![view.clone()], BASE_HEX, below.saturating_sub(1)));
                picture.line(base, new, Stroke::Dotted);
            }
        }
        picture
    }

    fn line(&mut self, above: usize, below: usize, stroke: Stroke) {
        if above < self.cells.len() && below < self.cells.len() {
            self.lines.push(Line {
                cells: vec![above, below],
                stroke,
            });
        }
    }

    /// Lets edges that pass several layers go through a bend in each, and knows neighbours.
    fn bend(&mut self) {
        for line in &mut self.lines {
            let (Some(&above), Some(&below)) = (line.cells.first(), line.cells.last()) else {
                continue;
            };
            let (top, bottom) = (self.cells[above].layer, self.cells[below].layer);
            let mut path = vec![above];
            for layer in top + 1..bottom {
                path.push(self.cells.len());
                let mut bend = cell(Vec::new(), OP, layer);
                bend.width = 2.0;
                self.cells.push(bend);
            }
            path.push(below);
            for pair in path.windows(2) {
                if let [a, b] = *pair {
                    self.cells[a].below.push(b);
                    self.cells[b].above.push(a);
                }
            }
            line.cells = path;
        }
        let count = self.cells.iter().map(|cell| cell.layer + 1).max().unwrap_or(0);
        self.layers = vec![Vec::new(); count];
        for (at, cell) in self.cells.iter().enumerate() {
            self.layers[cell.layer].push(at);
        }
    }

    /// Orders each layer by the middle of its neighbours, from above and from below in turn: fewer crossings.
    fn order(&mut self) {
        let mut rank: Vec<f64> = vec![0.0; self.cells.len()];
        for layer in &self.layers {
            for (place, at) in layer.iter().enumerate() {
                rank[*at] = place as f64;
            }
        }
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            let count = self.layers.len();
            for step in 0..count {
                let number = if down { step } else { count - 1 - step };
                let mut layer = std::mem::take(&mut self.layers[number]);
                let middle = |at: &usize| {
                    let cell = &self.cells[*at];
                    let near = if down { &cell.above } else { &cell.below };
                    match near.is_empty() {
                        true => rank[*at],
                        false => near.iter().map(|other| rank[*other]).sum::<f64>() / near.len() as f64,
                    }
                };
                let mut keyed: Vec<(f64, usize)> = layer.iter().map(|at| (middle(at), *at)).collect();
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                layer = keyed.into_iter().map(|(_, at)| at).collect();
                for (place, at) in layer.iter().enumerate() {
                    rank[*at] = place as f64;
                }
                self.layers[number] = layer;
            }
        }
    }

    /// Gives each cell its place in its layer: as near to the middle of its neighbours as the order allows.
    fn place(&mut self) {
        for layer in &self.layers {
            let mut x = 0.0;
            for at in layer {
                let width = self.cells[*at].width;
                self.cells[*at].x = x + width / 2.0;
                x += width + GAP;
            }
        }
        for sweep in 0..2 * SWEEPS {
            let down = sweep % 2 == 0;
            let count = self.layers.len();
            for step in 0..count {
                let number = if down { step } else { count - 1 - step };
                self.settle(number, down);
            }
        }
        let left = self
            .cells
            .iter()
            .map(|cell| cell.x - cell.width / 2.0)
            .fold(f64::MAX, f64::min);
        for cell in &mut self.cells {
            cell.x += MARGIN - left;
        }
    }

    /// Moves the cells of a layer to where they want to be, then apart again where they overlap.
    fn settle(&mut self, number: usize, down: bool) {
        let layer = &self.layers[number];
        let wish: Vec<f64> = layer
            .iter()
            .map(|at| {
                let cell = &self.cells[*at];
                let near = if down { &cell.above } else { &cell.below };
                match near.is_empty() {
                    true => cell.x,
                    false => near.iter().map(|other| self.cells[*other].x).sum::<f64>() / near.len() as f64,
                }
            })
            .collect();
        let space = |a: usize, b: usize| (self.cells[a].width + self.cells[b].width) / 2.0 + GAP;
        // from the left as far as wished, from the right likewise; between the two lies the place
        let mut from_left = wish.clone();
        for at in 1..layer.len() {
            from_left[at] = from_left[at].max(from_left[at - 1] + space(layer[at - 1], layer[at]));
        }
        let mut from_right = wish;
        for at in (0..layer.len().saturating_sub(1)).rev() {
            from_right[at] = from_right[at].min(from_right[at + 1] - space(layer[at], layer[at + 1]));
        }
        let places: Vec<f64> = from_left.iter().zip(&from_right).map(|(a, b)| (a + b) / 2.0).collect();
        for (at, x) in layer.clone().into_iter().zip(places) {
            self.cells[at].x = x;
        }
    }

    fn draw(&self) -> String {
        let mut tops = Vec::new();
        let mut y = MARGIN;
        let height = |cell: &Cell| cell.lines.len() as f64 * LINE + PADDING;
        let filled = |layer: &[usize]| layer.iter().any(|at| !self.cells[*at].lines.is_empty());
        for layer in &self.layers {
            let tallest = layer.iter().map(|at| height(&self.cells[*at])).fold(0.0, f64::max);
            tops.push((y, tallest));
            if filled(layer) {
                y += tallest + LAYER_GAP;
            }
        }
        let bottom = y - LAYER_GAP + MARGIN;
        let right = self
            .cells
            .iter()
            .map(|cell| cell.x + cell.width / 2.0)
            .fold(0.0, f64::max)
            + MARGIN;
        let middle = |cell: &Cell| {
            let (top, tallest) = tops.get(cell.layer).copied().unwrap_or_default();
            top + tallest / 2.0
        };
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{right:.0}\" height=\"{bottom:.0}\" viewBox=\"0 0 {right:.0} {bottom:.0}\" font-family=\"monospace\" font-size=\"10\">\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        for line in &self.lines {
            let (Some(first), Some(last)) = (line.cells.first(), line.cells.last()) else {
                continue;
            };
            let (first, last) = (&self.cells[*first], &self.cells[*last]);
            let mut points = vec![(first.x, middle(first) + height(first) / 2.0)];
            let bends = &line.cells[1..line.cells.len() - 1];
            points.extend(bends.iter().map(|at| (self.cells[*at].x, middle(&self.cells[*at]))));
            points.push((last.x, middle(last) - height(last) / 2.0));
            let mut path = String::new();
            for (at, (x, y)) in points.iter().enumerate() {
                match at.checked_sub(1).and_then(|before| points.get(before)) {
                    None => {
                        let _ = write!(path, "M{x:.1} {y:.1}");
                    }
                    Some((from_x, from_y)) => {
                        let half = (from_y + y) / 2.0;
                        let _ = write!(path, " C{from_x:.1} {half:.1} {x:.1} {half:.1} {x:.1} {y:.1}");
                    }
                }
            }
            let style = match line.stroke {
                Stroke::Arrow => " marker-end=\"url(#arrow)\"",
                Stroke::Plain => "",
                Stroke::Dotted => " stroke-dasharray=\"2 3\" marker-end=\"url(#arrow)\"",
            };
            let _ = writeln!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"black\"{style}/>");
        }
        for cell in self.cells.iter().filter(|cell| !cell.lines.is_empty()) {
            let (x, y) = (cell.x - cell.width / 2.0, middle(cell) - height(cell) / 2.0);
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\" stroke=\"black\"/>",
                cell.width,
                height(cell),
                cell.fill
            );
            for (number, line) in cell.lines.iter().enumerate() {
                let base = y + PADDING / 2.0 + LINE * (number as f64 + 0.75);
                let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                let _ = writeln!(
                    out,
                    "<text x=\"{:.1}\" y=\"{base:.1}\" text-anchor=\"middle\">{line}</text>",
                    cell.x
                );
            }
        }
        out + "</svg>\n"
    }
}
