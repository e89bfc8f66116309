//! The graph below the language: recording, the engine, versions and views.

use gradshell::array::{Array, Result};
use gradshell::autograd::Tensor;
use gradshell::autograd::engine::{self, Options, Root};
use gradshell::ops::pointwise::arithmetic::{add, div, mul, sub};
use gradshell::ops::pointwise::exponential::exp;
use gradshell::ops::reduction::sum;
use gradshell::ops::shape::{copy_in_place, expand, zero_in_place};
use gradshell::ops::{self, indexing::slice};

fn leaf(sizes: &[i64], elements: &[f32]) -> Tensor {
    ops::install();
    let tensor = Tensor::from(Array::from_vec(sizes, elements).unwrap());
    tensor.set_requires_grad(true);
    tensor
}

fn elements(tensor: &Tensor) -> Vec<f64> {
    gradshell::array::copy::elements(&tensor.array())
        .iter()
        .map(|element| element.to_f64())
        .collect()
}

fn backward(tensor: &Tensor, retain_graph: bool) -> Result<()> {
    let grad = Tensor::from(Array::from_vec(&tensor.sizes(), &vec![1f32; tensor.numel()])?);
    let edge = tensor.gradient_edge().unwrap();
    engine::run(
        vec![Root { edge, grad }],
        &[],
        true,
        Options {
            retain_graph,
            create_graph: false,
        },
    )
    .map(|_| ())
}

fn gradient(of: &Tensor, with: &Tensor) -> Tensor {
    let seed = Tensor::from(Array::from_vec(&of.sizes(), &vec![1f32; of.numel()]).unwrap());
    let roots = vec![Root {
        edge: of.gradient_edge().unwrap(),
        grad: seed,
    }];
    let wanted = [with.gradient_edge().unwrap()];
    let options = Options {
        retain_graph: true,
        create_graph: true,
    };
    engine::run(roots, &wanted, false, options)
        .unwrap()
        .pop()
        .flatten()
        .unwrap()
}

#[test]
fn gradients_flow_and_accumulate() {
    let (x, w) = (leaf(&[2, 2], &[1.0, 2.0, 3.0, 4.0]), leaf(&[2], &[0.5, -1.0]));
    let product = mul(&x, &w).unwrap();
    assert_eq!(product.grad_fn().unwrap().name(), "MulBackward0");
    let loss = sum(&product).unwrap();
    backward(&loss, true).unwrap();
    assert_eq!(elements(&x.grad().unwrap()), [0.5, -1.0, 0.5, -1.0]);
    assert_eq!(elements(&w.grad().unwrap()), [4.0, 6.0], "broadcasting is undone");
    backward(&loss, false).unwrap();
    assert_eq!(elements(&w.grad().unwrap()), [8.0, 12.0]);
    let error = backward(&loss, false).unwrap_err();
    assert!(
        error
            .message()
            .starts_with("Trying to backward through the graph a second time (or directly"),
        "{error}"
    );
}

#[test]
fn gradients_have_gradients() {
    let x = leaf(&[], &[3.0]);
    let cube = mul(mul(&x, &x).unwrap(), &x).unwrap();
    let first = gradient(&cube, &x);
    let second = gradient(&first, &x);
    let third = gradient(&second, &x);
    assert_eq!(
        (elements(&first), elements(&second), elements(&third)),
        (vec![27.0], vec![18.0], vec![6.0])
    );
    let quotient = div(&x, mul(&x, &x).unwrap()).unwrap();
    let slope = gradient(&quotient, &x);
    assert!((elements(&slope)[0] + 1.0 / 9.0).abs() < 1e-6);
}

#[test]
fn writes_in_place_are_noticed() {
    let x = leaf(&[2], &[1.0, 2.0]);
    let y = exp(&x).unwrap();
    let loss = sum(&mul(&y, &y).unwrap()).unwrap();
    zero_in_place(&y).unwrap();
    let error = backward(&loss, false).unwrap_err();
    assert!(error.message().contains("[torch.FloatTensor [2]]"), "{error}");
    assert!(
        error.message().contains("is at version 1; expected version 0"),
        "{error}"
    );
    assert!(x.grad().is_none());
}

#[test]
fn writes_through_views_reach_the_base() {
    let x = leaf(&[3], &[1.0, 2.0, 3.0]);
    let base = mul(&x, 2.0).unwrap();
    let view = slice(&base, 0, Some(1), None, 1).unwrap();
    let other = leaf(&[2], &[10.0, 20.0]);
    copy_in_place(&view, &other).unwrap();
    assert_eq!(base.grad_fn().unwrap().name(), "torch::autograd::CopySlices");
    assert_eq!(view.grad_fn().unwrap().name(), "AsStridedBackward0");
    backward(&sum(&base).unwrap(), true).unwrap();
    assert_eq!(elements(&x.grad().unwrap()), [2.0, 0.0, 0.0]);
    assert_eq!(elements(&other.grad().unwrap()), [1.0, 1.0]);
    backward(&sum(&view).unwrap(), false).unwrap();
    assert_eq!(
        elements(&other.grad().unwrap()),
        [2.0, 2.0],
        "the view's own node leads through its base"
    );
}

#[test]
fn a_leaf_and_its_views_refuse_writes() {
    let x = leaf(&[2], &[1.0, 2.0]);
    let error = zero_in_place(&x).unwrap_err();
    assert_eq!(
        error.message(),
        "a leaf Variable that requires grad is being used in an in-place operation."
    );
    let view = slice(&x, 0, Some(0), Some(1), 1).unwrap();
    let error = zero_in_place(&view).unwrap_err();
    assert_eq!(
        error.message(),
        "a view of a leaf Variable that requires grad is being used in an in-place operation."
    );
}

#[test]
fn a_chain_of_a_million_nodes_is_walked_and_freed() {
    let x = leaf(&[], &[1.0]);
    let mut y = x.clone();
    for _ in 0..500_000 {
        y = add(mul(&y, 0.5).unwrap(), 0.25).unwrap();
    }
    backward(&y, false).unwrap();
    assert!(x.grad().is_some());
    drop(y);
}

#[test]
fn a_gradient_of_another_shape_is_refused() {
    let x = leaf(&[2], &[1.0, 2.0]);
    let y = sub(&x, 1.0).unwrap();
    let wrong = Tensor::from(Array::from_vec(&[3], &[1f32, 1.0, 1.0]).unwrap());
    let root = Root {
        edge: y.gradient_edge().unwrap(),
        grad: wrong,
    };
    let options = Options {
        retain_graph: false,
        create_graph: false,
    };
    let error = engine::run(vec![root], &[], true, options).unwrap_err();
    let expected = "returned an invalid gradient at index 0 - got [3] but expected shape compatible with [2]";
    assert!(error.message().contains(expected), "{error}");
    assert_eq!(elements(&expand(&x, &[2, 2]).unwrap()), [1.0, 2.0, 1.0, 2.0]);
}
