//! Whole sessions: the evaluator, small tensor statements, training steps, a long graph, the start of a session.
//! Prints `<group>.<name> <seconds>`, the best of several runs. The statements time themselves, so that a real Python
//! can run the same text.

use gradshell::session::{Engine, Kept, Native, Setup};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

/// Definitions, then what is timed; `import` and definitions are not.
const SESSIONS: &[(&str, &str, &str)] = &[
    (
        "evaluator.calls",
        "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n",
        "fib(20)",
    ),
    (
        "evaluator.lists",
        "def sieve(n):\n    flags = [True] * (n + 1)\n    for i in range(2, n + 1):\n        if flags[i]:\n            for j in range(i * i, n + 1, i):\n                flags[j] = False\n    return sum(flags)\n",
        "sieve(50000)",
    ),
    (
        "evaluator.objects",
        "class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n    def __add__(self, other):\n        return Point(self.x + other.x, self.y + other.y)\ndef walk(n):\n    total, step = Point(0, 0), Point(1, 2)\n    for _ in range(n):\n        total = total + step\n    return total.x\n",
        "walk(20000)",
    ),
    (
        "evaluator.strings",
        "def count(n):\n    seen = {}\n    for i in range(n):\n        key = f'w{i % 997}'\n        seen[key] = seen.get(key, 0) + 1\n    return len(seen)\n",
        "count(20000)",
    ),
    (
        "small.forward",
        "import torch\na, b = torch.ones(3, 4), torch.full((3, 4), 0.5)\ndef forward(n):\n    x = a\n    for _ in range(n):\n        x = x * b + b\n    return x\n",
        "forward(5000)",
    ),
    (
        "small.backward",
        "import torch\nx = torch.ones(3, 4, requires_grad=True)\nw = torch.full((3, 4), 0.5, requires_grad=True)\ndef backward(n):\n    for _ in range(n):\n        loss = ((x * w + 1.0) ** 2).sum()\n        loss.backward()\n        x.grad = w.grad = None\n",
        "backward(1000)",
    ),
    (
        "small.indexing",
        "import torch\nx = torch.arange(12.0).reshape(3, 4)\ndef indexing(n):\n    total = 0.0\n    for i in range(n):\n        total += x[i % 3, i % 4].item()\n    return total\n",
        "indexing(5000)",
    ),
    (
        "small.printing",
        "import torch\nx = torch.arange(12.0).reshape(3, 4) / 7\ndef printing(n):\n    for _ in range(n):\n        str(x)\n",
        "printing(500)",
    ),
    (
        "training.mlp",
        "import torch\nimport torch.nn as nn\ntorch.manual_seed(0)\nx, target = torch.randn(64, 64), torch.randint(0, 10, (64,))\nmodel = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)\ndef train(n):\n    for _ in range(n):\n        optimizer.zero_grad()\n        loss = nn.functional.cross_entropy(model(x), target)\n        loss.backward()\n        optimizer.step()\n",
        "train(20)",
    ),
    (
        "graph.million",
        "import torch\nx = torch.ones((), requires_grad=True)\ndef chain(n):\n    y = x\n    for _ in range(n):\n        y = y * 1.0\n    y.backward()\n",
        "chain(1000000)",
    ),
];

/// Runs a text in a session; its error stops the benchmark.
fn run(session: &mut Native, text: &str) -> Result<(), String> {
    match session.run("<bench>", text).error {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn best(count: usize, mut job: impl FnMut() -> Result<(), String>) -> Result<f64, String> {
    let mut best = f64::INFINITY;
    for _ in 0..count {
        let start = Instant::now();
        job()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn all() -> Result<String, String> {
    let open = || Native::open(&Setup::default(), Rc::new(RefCell::new(Kept::default())));
    let mut lines = String::new();
    for (name, setting, timed) in SESSIONS {
        let mut session = open();
        run(&mut session, setting)?;
        let runs = if name.starts_with("graph") { 2 } else { 5 };
        let seconds = best(runs, || run(&mut session, timed))?;
        lines.push_str(&format!("{name} {seconds:.6}\n"));
    }
    let first = "import torch\nprint(torch.ones(2, 3).sum())\n";
    let seconds = best(20, || run(&mut open(), first))?;
    lines.push_str(&format!("session.start {seconds:.6}\n"));
    Ok(lines)
}

fn main() -> Result<(), String> {
    // deep recursion of Python code takes native stack
    let thread = std::thread::Builder::new().stack_size(512 << 20).spawn(all);
    let lines = thread.map_err(|error| error.to_string())?.join();
    let lines = lines.map_err(|_| "the benchmark ended early".to_string())??;
    std::io::Write::write_all(&mut std::io::stdout(), lines.as_bytes()).map_err(|error| error.to_string())
}
