//! Numbers, random numbers and their printing, beside what PyTorch 2.15 printed.

use gradshell::array::print::{PrintOptions, repr};
use gradshell::array::random::{self, Generator};
use gradshell::array::{Array, Dtype};

fn show(array: &Array) -> String {
    repr(array, &PrintOptions::default(), "tensor(", &[]).unwrap()
}

fn randn(sizes: &[i64], dtype: Dtype, seed: u64) -> Array {
    let out = Array::zeros(sizes, dtype).unwrap();
    random::normal_(&out, 0.0, 1.0, &mut Generator::new(seed)).unwrap();
    out
}

#[test]
fn normals_below_sixteen() {
    assert_eq!(
        show(&randn(&[3], Dtype::Float32, 7)),
        "tensor([-0.1468,  0.7861,  0.9468])"
    );
}
