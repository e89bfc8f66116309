//! The op table: one entry an op, in the file of its family. An entry holds the schema, the forward function, the
//! derivative, the node's name and a line of help; function, method, in-place form, `out=` and messages follow from it.
//!
//! This file names families, never ops. How to write an entry: see `op`.

pub mod activation;
pub mod argument;
pub mod arithmetic;
pub mod backward;
pub mod blas;
pub mod comparison;
pub mod creation;
pub mod fft;
pub mod formula;
pub mod forward;
pub mod generator;
pub mod indexing;
pub mod inplace;
pub mod linalg;
pub mod nn;
pub mod op;
pub mod out;
pub mod pointwise;
pub mod random;
pub mod record;
pub mod reduction;
pub mod saved;
pub mod schema;
pub mod shape;
pub mod stft;
pub mod view;

pub use argument::{Arg, Args, Outs, one};
pub use backward::Backward;
pub use op::{By, Derivative, FUNCTION, Grad, INPLACE, METHOD, OUT, Op, Overload};

use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// The families. A new op goes into one of their files; a new family is one line here.
static FAMILIES: &[&[&Op]] = &[
    comparison::OPS,
    fft::OPS,
    stft::OPS,
    blas::OPS,
    creation::factory::OPS,
    creation::like::OPS,
    creation::range::OPS,
    creation::window::OPS,
    random::factory::OPS,
    random::in_place::OPS,
    random::distribution::OPS,
    shape::complex::OPS,
    shape::copying::OPS,
    shape::join::OPS,
    shape::part::OPS,
    shape::permute::OPS,
    shape::repeat::OPS,
    shape::reshape::OPS,
    shape::split::OPS,
    shape::strided::OPS,
    shape::triangle::OPS,
    shape::view_copy::OPS,
    indexing::advanced::OPS,
    indexing::gather::OPS,
    linalg::determinant::OPS,
    linalg::eigenvalues::OPS,
    linalg::factor::OPS,
    linalg::least_squares::OPS,
    linalg::lu_factor::OPS,
    linalg::norm::OPS,
    linalg::polar::OPS,
    linalg::product::OPS,
    linalg::pseudoinverse::OPS,
    linalg::singular_values::OPS,
    linalg::solve::OPS,
];

/// The ops by name and alias, made on first use.
fn table() -> &'static FxHashMap<&'static str, &'static Op> {
    static TABLE: OnceLock<FxHashMap<&'static str, &'static Op>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = FxHashMap::default();
        for op in all() {
            table.insert(op.name, op);
            table.extend(op.aliases.iter().map(|alias| (*alias, op)));
        }
        table
    })
}

/// The op of a name or alias: `add`, `absolute`, `linalg_inv`.
pub fn find(name: &str) -> Option<&'static Op> {
    table().get(name).copied()
}

/// Every op once, family by family.
pub fn all() -> impl Iterator<Item = &'static Op> {
    FAMILIES
        .iter()
        .chain(activation::FAMILIES)
        .chain(nn::FAMILIES)
        .chain(pointwise::FAMILIES)
        .chain(reduction::FAMILIES)
        .flat_map(|family| family.iter().copied())
}

/// Gives autograd the operations it needs. Called when a session starts; more calls change nothing.
pub fn install() {
    crate::autograd::arithmetic::install(&arithmetic::TABLE);
}
