//! Printing and small operations; prints `<group>.<name> <seconds>`, the best of several runs.

use gradshell::array::print::{PrintOptions, repr};
use gradshell::array::random::{self, Generator};
use gradshell::array::{Array, Dtype, Result, binary, create, matmul, reduce, unary, view};
use std::time::Instant;

fn randn(sizes: &[i64]) -> Result<Array> {
    let out = Array::zeros(sizes, Dtype::Float32)?;
    random::normal_(&out, 0.0, 1.0, &mut Generator::new(0))?;
    Ok(out)
}

/// Seconds that `job` takes `count` times over.
fn time(count: usize, job: &mut dyn FnMut() -> Result<usize>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        for _ in 0..count {
            std::hint::black_box(job()?);
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn main() -> Result<()> {
    let options = PrintOptions::default();
    let (small, page, huge) = (randn(&[3, 4])?, randn(&[30, 30])?, randn(&[1000, 1000])?);
    let ints = create::arange(0.into(), 900.into(), 1.into(), Dtype::Int64)?;
    let ints = view::view(&ints, &[30, 30])?;
    let show = |array: &Array| Ok(repr(array, &options, "tensor(", &[])?.len());
    let w = randn(&[4, 3])?;
    let mut lines = String::new();
    let mut add = |name: &str, seconds: f64| lines.push_str(&format!("{name} {seconds:.6}\n"));
    add("printing.small", time(300, &mut || show(&small))?);
    add("printing.page", time(10, &mut || show(&page))?);
    add("printing.huge", time(10, &mut || show(&huge))?);
    add("printing.ints", time(10, &mut || show(&ints))?);
    // Ten thousand times each: the figure is in units of 0.1 ms an operation.
    add(
        "small.add",
        time(10_000, &mut || Ok(binary::add(&small, &small)?.numel()))?,
    );
    add(
        "small.mul_scalar",
        time(10_000, &mut || Ok(binary::mul(&small, 2.0)?.numel()))?,
    );
    add("small.exp", time(10_000, &mut || Ok(unary::exp(&small)?.numel()))?);
    add(
        "small.sum",
        time(10_000, &mut || Ok(reduce::sum::sum(&small, None, false, None)?.numel()))?,
    );
    add(
        "small.matmul",
        time(10_000, &mut || Ok(matmul::matmul(&small, &w)?.numel()))?,
    );
    add(
        "small.broadcast",
        time(10_000, &mut || {
            Ok(binary::add(&small, &view::select(&small, 0, 1)?)?.numel())
        })?,
    );
    std::io::Write::write_all(&mut std::io::stdout(), lines.as_bytes()).ok();
    Ok(())
}
