//! Rows of a table by index.

use crate::array::{Array, Dtype, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The rows of weight that indices name.
    EMBEDDING = "embedding", "torch.embedding(torch.ones(2, 2), torch.tensor([0]))", [Overload::new(
        "embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor",
        FUNCTION,
        |a| {
            let (weight, indices) = (a.tensor(0)?, a.tensor(1)?);
            if weight.dim() != 2 {
                return error::runtime("'weight' must be 2-D");
            }
            if !matches!(indices.dtype(), Dtype::Int64 | Dtype::Int32) {
                return error::runtime(format!(
                    "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got {} instead (while checking arguments for embedding)",
                    crate::array::matmul::cpp_name(indices.dtype())
                ));
            }
            let rows = weight.sizes().first().copied().unwrap_or(0);
            let wrong = copy::elements(&indices.array()).iter().any(|index| !(0..rows).contains(&index.to_i64()));
            if wrong {
                return error::index("index out of range in self");
            }
            let flat = reshape(indices, &[-1])?;
            let picked = crate::ops::indexing::gather::index_select(weight, 0, &flat)?;
            let mut sizes = indices.sizes().to_vec();
            sizes.push(weight.sizes().get(1).copied().unwrap_or(0));
            one(view(&picked, &sizes)?)
        },
        Derivative::Node("EmbeddingBackward0", &[
            grad("weight", "indices, weight.sizes, padding_idx, scale_grad_by_freq", |b| {
                let rows = b.sizes(0)?.first().copied().unwrap_or(0);
                call1(&EMBEDDING_BACKWARD, args![
                    b.grad()?, b.tensor(1)?, rows, b.int(2)?, b.bool(3)?
                ])
            }),
            apart("indices"),
        ]),
    )];
    /// Adds the gradients of picked rows up in their table.
    EMBEDDING_BACKWARD = "embedding_dense_backward", "torch.embedding(torch.ones(2, 2), torch.tensor([0]))", [Overload::new(
        "embedding_dense_backward(Tensor grad_output, Tensor indices, SymInt num_weights, SymInt padding_idx, bool scale_grad_by_freq) -> Tensor",
        0,
        |a| {
            let (grad, indices) = (a.tensor(0)?, a.tensor(1)?);
            let (rows, skipped, scaled) = (a.int(2)?, a.int(3)?, a.bool(4)?);
            let width = grad.sizes().last().copied().unwrap_or(0);
            let picked: Vec<i64> = copy::elements(&indices.array()).iter().map(|index| index.to_i64()).collect();
            let mut counts = vec![0f64; rows.max(0) as usize];
            for index in &picked {
                if let Some(count) = counts.get_mut(*index as usize) {
                    *count += 1.0;
                }
            }
            let factors: Vec<f64> = picked
                .iter()
                .map(|index| match counts.get(*index as usize) {
                    _ if *index == skipped => 0.0,
                    Some(count) if scaled => 1.0 / count,
                    _ => 1.0,
                })
                .collect();
            let flat = reshape(grad, &[-1, width])?;
            let factors = copy::cast(&Array::from_vec(&[picked.len() as i64, 1], &factors)?, grad.dtype())?;
            let given = mul(&flat, Tensor::from(factors))?;
            let table = Tensor::from(Array::zeros(&[rows, width], grad.dtype())?);
            one(crate::ops::indexing::gather::index_add(&table, 0, &reshape(indices, &[-1])?, &given)?)
        },
        Derivative::Node("EmbeddingDenseBackwardBackward0", &[
            grad("grad_output", "indices, padding_idx", |b| {
                call1(&EMBEDDING, args![b.grad()?, b.tensor(1)?, b.int(3)?, false, false])
            }),
            apart("indices"),
        ]),
    )];
}
