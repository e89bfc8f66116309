//! How fast text becomes a tree: a script of the kind that sessions are made of, and nested brackets.
//!
//! `cargo bench --bench parse`

#![allow(clippy::print_stdout)]

use gradshell::syntax::{Source, parse_file};
use std::hint::black_box;
use std::time::Instant;

/// Statements as they are typed at a prompt.
const STATEMENTS: &[&str] = &[
    "x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)",
    "y = (x * w + b).sum()",
    "y.backward(retain_graph=True)",
    "print(x.grad, y.grad_fn)",
    "loss = ((pred - target) ** 2).mean()",
    "for i in range(10): z = z @ x.T + i",
    "a, b = x[0, 1:], x[..., None]",
    "names = [type(n).__name__ for n, _ in y.grad_fn.next_functions if n is not None]",
    "d = {'lr': 1e-3, 'momentum': 0.9, \"name\": f\"{x.shape[0]}: {loss.item():.4f}\"}",
    "assert torch.allclose(x, y, atol=1e-6), 'not close'  # they were",
];

fn script(lines: usize) -> String {
    let mut text = String::new();
    for line in 0..lines {
        text.push_str(STATEMENTS.get(line % STATEMENTS.len()).copied().unwrap_or("pass"));
        text.push('\n');
    }
    text
}

/// The best of several runs, in seconds.
fn best(runs: usize, mut run: impl FnMut()) -> f64 {
    (0..runs).fold(f64::INFINITY, |best, _| {
        let start = Instant::now();
        run();
        best.min(start.elapsed().as_secs_f64())
    })
}

fn main() {
    let text = script(5_000);
    let source = Source::new("<bench>", &text);
    let seconds = best(20, || {
        let _ = black_box(parse_file(black_box(&source)));
    });
    println!(
        "session script: {} bytes, {:.2} ms, {:.1} MB/s, {:.2} us a line",
        text.len(),
        seconds * 1e3,
        text.len() as f64 / seconds / 1e6,
        seconds * 1e6 / 5_000.0
    );
    let line = Source::new("<bench>", "y = (x * w + b).sum()\n");
    let seconds = best(2_000, || {
        let _ = black_box(parse_file(black_box(&line)));
    });
    println!("one statement: {:.2} us", seconds * 1e6);
    for depth in [50, 100, 200] {
        let nested = Source::new("<bench>", &format!("{}1{}\n", "(".repeat(depth), ")".repeat(depth)));
        let seconds = best(200, || {
            let _ = black_box(parse_file(black_box(&nested)));
        });
        println!("{depth} brackets: {:.1} us", seconds * 1e6);
    }
    let wrong = Source::new("<bench>", &(text + "x = = 1\n"));
    let seconds = best(3, || {
        let _ = black_box(parse_file(black_box(&wrong)));
    });
    println!("a mistake in the last of 5001 lines: {:.1} ms", seconds * 1e3);
}
