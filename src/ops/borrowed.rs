//! Stand-ins for functions of other families.
use super::argument::{Arg, Args};
use crate::args;
use crate::array::{Result, Scalar, error};
use crate::autograd::Tensor;

fn named(name: &str, overload: usize, args: Args) -> Result<Tensor> {
    match super::find(name).and_then(|op| op.overloads.get(overload)) {
        Some(overload) => overload.call_one(args),
        None => error::not_implemented(format!("gradshell does not support {name} yet")),
    }
}
pub fn masked_fill(t: &Tensor, mask: &Tensor, value: impl Into<Scalar>) -> Result<Tensor> { named("masked_fill", 0, args![t, mask, value.into()]) }
pub fn imag(t: &Tensor) -> Result<Tensor> { named("imag", 0, args![t]) }
pub fn flip(t: &Tensor, dims: &[i64]) -> Result<Tensor> { named("flip", 0, args![t, dims]) }
pub fn cat(t: &[Tensor], dim: i64) -> Result<Tensor> { named("cat", 0, args![Arg::list(t.iter().cloned()), dim]) }
pub fn stack(t: &[Tensor], dim: i64) -> Result<Tensor> { named("stack", 0, args![Arg::list(t.iter().cloned()), dim]) }
pub fn select(t: &Tensor, dim: i64, i: i64) -> Result<Tensor> { named("select", 0, args![t, dim, i]) }
pub fn gather(t: &Tensor, dim: i64, i: &Tensor) -> Result<Tensor> { named("gather", 0, args![t, dim, i, false]) }
pub fn scatter(t: &Tensor, dim: i64, i: &Tensor, s: &Tensor) -> Result<Tensor> { named("scatter", 0, args![t, dim, i, s]) }
pub fn scatter_add(t: &Tensor, dim: i64, i: &Tensor, s: &Tensor) -> Result<Tensor> { named("scatter_add", 0, args![t, dim, i, s]) }
pub fn transpose(t: &Tensor, a: i64, b: i64) -> Result<Tensor> { named("transpose", 0, args![t, a, b]) }
pub fn t(x: &Tensor) -> Result<Tensor> { named("t", 0, args![x]) }
pub fn permute(t: &Tensor, dims: &[i64]) -> Result<Tensor> { named("permute", 0, args![t, dims]) }
pub fn unsafe_view(t: &Tensor, dims: &[i64]) -> Result<Tensor> { named("_unsafe_view", 0, args![t, dims]) }
pub fn contiguous(t: &Tensor) -> Result<Tensor> { super::shape::clone_contiguous(t) }
pub fn diagonal(t: &Tensor, o: i64, a: i64, b: i64) -> Result<Tensor> { named("diagonal", 0, args![t, o, a, b]) }
