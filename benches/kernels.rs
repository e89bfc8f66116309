//! Throughput of single kernels on large arrays; prints `kernels.<name> <seconds>`, the best of five runs.

use gradshell::array::random::{self, Generator};
use gradshell::array::{
    Array, Dtype, Operand, Result, binary, compare, copy, index, join, matmul, order, reduce, ternary, unary, view,
};
use std::time::Instant;

type Job<'a> = (&'a str, Box<dyn FnMut() -> Result<Array> + 'a>);

fn randn(sizes: &[i64], dtype: Dtype) -> Result<Array> {
    let out = Array::zeros(sizes, dtype)?;
    random::normal_(&out, 0.0, 1.0, &mut Generator::new(1))?;
    Ok(out)
}

fn main() -> Result<()> {
    let n = 4_000_000;
    let mut generator = Generator::new(0);
    let mut rand = |sizes: &[i64]| -> Result<Array> {
        let out = Array::zeros(sizes, Dtype::Float32)?;
        random::uniform_(&out, 0.0, 1.0, &mut generator)?;
        Ok(out)
    };
    let x = binary::add(&rand(&[n])?, 0.5)?;
    let y = binary::add(&rand(&[n])?, 0.5)?;
    let m = randn(&[1000, 1000], Dtype::Float32)?;
    let k = randn(&[1000, 1000], Dtype::Float32)?;
    let d = randn(&[512, 512], Dtype::Float64)?;
    let i = Array::zeros(&[n / 4], Dtype::Int64)?;
    random::random_between_(&i, 0, n, &mut Generator::new(2))?;
    let b1 = randn(&[32, 64, 64], Dtype::Float32)?;
    let b2 = randn(&[32, 64, 64], Dtype::Float32)?;
    let mask = compare::gt(&x, 1.0)?;
    let row = view::select(&m, 0, 0)?;
    let t = view::transpose(&m, 0, 1)?;
    let (mut first, mut second) = (Generator::new(3), Generator::new(5));

    let jobs: Vec<Job> = vec![
        ("add", Box::new(|| binary::add(&x, &y))),
        ("mul_scalar", Box::new(|| binary::mul(&x, 2.0))),
        ("div", Box::new(|| binary::div(&x, &y))),
        ("add_broadcast", Box::new(|| binary::add(&m, &row))),
        ("add_transposed", Box::new(|| binary::add(&m, &t))),
        ("exp", Box::new(|| unary::exp(&x))),
        ("log", Box::new(|| unary::log(&x))),
        ("tanh", Box::new(|| unary::tanh(&x))),
        ("sigmoid", Box::new(|| unary::sigmoid(&x))),
        ("pow", Box::new(|| binary::pow(&x, 2.5))),
        ("sqrt", Box::new(|| unary::sqrt(&x))),
        ("relu", Box::new(|| unary::relu(&x))),
        ("compare", Box::new(|| compare::gt(&x, &y))),
        (
            "where",
            Box::new(|| ternary::where_(&mask, Operand::Array(&x), Operand::Array(&y))),
        ),
        ("sum", Box::new(|| reduce::sum::sum(&x, None, false, None))),
        ("sum_dim0", Box::new(|| reduce::sum::sum(&m, Some(&[0]), false, None))),
        ("sum_dim1", Box::new(|| reduce::sum::sum(&m, Some(&[1]), false, None))),
        ("max_dim1", Box::new(|| Ok(reduce::extremum::max_dim(&m, 1, false)?.0))),
        ("argmax", Box::new(|| reduce::extremum::argmax(&x, None, false))),
        ("var", Box::new(|| reduce::moments::var(&x, None, 1.0, false))),
        ("cumsum", Box::new(|| reduce::scan::cumsum(&x, 0, None))),
        ("softmax", Box::new(|| reduce::softmax::softmax(&m, 1))),
        ("sort", Box::new(|| Ok(order::sort(&m, 1, false)?.0))),
        ("gather", Box::new(|| index::index(&x, &[Some(i.clone())]))),
        ("masked_select", Box::new(|| index::index(&x, &[Some(mask.clone())]))),
        ("transpose_copy", Box::new(|| copy::to_contiguous(&t))),
        ("cat", Box::new(|| join::cat(&[&x, &y], 0))),
        ("matmul_f32", Box::new(|| matmul::matmul(&m, &k))),
        ("matmul_f64", Box::new(|| matmul::matmul(&d, &d))),
        ("matmul_t", Box::new(|| matmul::matmul(&t, &k))),
        ("bmm", Box::new(|| matmul::matmul(&b1, &b2))),
        ("mv", Box::new(|| matmul::matmul(&m, &row))),
        (
            "randn",
            Box::new(|| {
                let out = Array::empty(&[n / 4], Dtype::Float32)?;
                random::normal_(&out, 0.0, 1.0, &mut first)?;
                Ok(out)
            }),
        ),
        (
            "rand",
            Box::new(|| {
                let out = Array::empty(&[n / 4], Dtype::Float32)?;
                random::uniform_(&out, 0.0, 1.0, &mut second)?;
                Ok(out)
            }),
        ),
        ("to_f64", Box::new(|| copy::cast(&x, Dtype::Float64))),
    ];
    let mut lines = String::new();
    for (name, mut job) in jobs {
        let mut best = f64::INFINITY;
        for _ in 0..5 {
            let start = Instant::now();
            job()?;
            best = best.min(start.elapsed().as_secs_f64());
        }
        lines.push_str(&format!("kernels.{name} {best:.6}\n"));
    }
    std::io::Write::write_all(&mut std::io::stdout(), lines.as_bytes()).ok();
    Ok(())
}
