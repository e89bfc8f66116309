//! Permutations.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::Generator;

/// A permutation of 0..n.
pub fn randperm(n: i64, dtype: Dtype, generator: &mut Generator) -> Result<Array> {
    if n < 0 {
        return error::runtime(format!("Trying to create tensor with negative dimension {n}: [{n}]"));
    }
    let out = Array::unfilled(&[n], Dtype::Int64)?;
    let items = out.fresh_slice_mut::<i64>();
    for (i, item) in items.iter_mut().enumerate() {
        *item = i as i64;
    }
    let count = items.len();
    let short = count < u32::MAX as usize / 20;
    for i in 0..count.saturating_sub(1) {
        let left = (count - i) as u64;
        let step = if short {
            generator.random() as u64 % left
        } else {
            generator.random64() % left
        };
        items.swap(i, i + step as usize);
    }
    copy::into_dtype(out, dtype)
}
