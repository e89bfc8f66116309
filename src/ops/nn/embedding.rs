//! Rows of a table by index.

use super::one_of;
use crate::array::nn::embedding as kernel;
use crate::array::{Dtype, copy, error, index, view as shape};
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The rows of weight that indices name.
    EMBEDDING = "embedding", "torch.embedding(torch.ones(2, 2), torch.tensor([0]))", [Overload::new(
        "embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor",
        FUNCTION,
        |a| {
            let (weight, indices) = (a.array(0)?, a.array(1)?);
            if weight.dim() != 2 {
                return error::runtime("'weight' must be 2-D");
            }
            one_of(&indices, &[Dtype::Int64, Dtype::Int32], 1, "indices", "embedding")?;
            let flat = shape::reshape(&indices, &[-1])?.0;
            let rows = index::gather::index_select(&weight, 0, &flat)?;
            if indices.dim() == 1 {
                return one(rows);
            }
            let mut sizes = indices.sizes().to_vec();
            sizes.extend(rows.sizes().get(1));
            one(shape::view(&rows, &sizes)?)
        },
        Derivative::Node("EmbeddingBackward0", &[
            grad("weight", "indices, weight.sizes, padding_idx, scale_grad_by_freq, sparse", |b| {
                if b.args()?.bool(4)? {
                    return error::not_implemented("gradshell does not support sparse gradients yet");
                }
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
            let (grad, indices) = (a.array(0)?, a.array(1)?);
            one(kernel::embedding_backward(&grad, &indices, a.int(2)?.max(0) as usize, a.int(3)?, a.bool(4)?)?)
        },
        Derivative::Node("EmbeddingDenseBackwardBackward0", &[
            grad("grad_output", "indices, padding_idx", |b| {
                let (grad, indices, skipped) = (b.grad()?, b.tensor(1)?, b.int(3)?);
                let mut rows =
                    crate::ops::indexing::gather::index_select(grad, 0, &reshape(&indices, &[-1])?)?;
                if skipped >= 0 {
                    let mask = reshape(&eq(&indices, skipped)?, &[-1, 1])?;
                    rows = masked_fill(&rows, &mask, 0)?;
                }
                let mut sizes = indices.sizes();
                sizes.push(-1);
                view(&rows, &sizes)
            }),
            apart("indices"),
        ]),
    )];
    /// Scales the rows of a table that indices name, where their norm exceeds max_norm, in place.
    EMBEDDING_RENORM = "embedding_renorm_", "torch.embedding_renorm_(torch.ones(2, 2), torch.tensor([0]), 1.0, 2.0)", [Overload::new(
        "embedding_renorm_(Tensor(a!) self, Tensor indices, float max_norm, float norm_type) -> Tensor(a!)",
        ONLY_INPLACE | FUNCTION,
        |a| {
            let (table, indices) = (a.array(0)?, a.array(1)?);
            if table.dim() != 2 {
                return error::runtime(format!(
                    "Expected 2-dimensional tensor, but got {}-dimensional tensor for argument #1 'self' (while checking arguments for embedding_renorm_)",
                    table.dim()
                ));
            }
            one_of(&indices, &[Dtype::Int64, Dtype::Int32], 2, "indices", "embedding_renorm_")?;
            one(kernel::renormed(&table, &indices, a.float(2)?, a.float(3)?)?)
        },
        Derivative::Node("EmbeddingRenormBackward0", &[
            missing("self", "embedding_renorm"),
            apart("indices"),
        ]),
    )];
    /// A row of zeros with a one at the class, for each class.
    ONE_HOT = "one_hot", "torch.nn.functional.one_hot(torch.tensor([1, 0]))", [Overload::new(
        "one_hot(Tensor self, int num_classes=-1) -> Tensor",
        NAMESPACED,
        |a| {
            let (classes, mut width) = (a.array(0)?, a.int(1)?);
            if classes.dtype() != Dtype::Int64 {
                return error::runtime("one_hot is only applicable to index tensor of type LongTensor.");
            }
            let elements = copy::elements(&classes);
            let (mut least, mut most) = (i64::MAX, -1);
            for class in elements.iter().map(|class| class.to_i64()) {
                (least, most) = (least.min(class), most.max(class));
            }
            if elements.is_empty() && width <= 0 {
                return error::runtime("Can not infer total number of classes from empty tensor.");
            }
            if least < 0 {
                return error::runtime("Class values must be non-negative.");
            }
            if width == -1 {
                width = most + 1;
            } else if most >= width {
                return error::runtime("Class values must be smaller than num_classes.");
            }
            one(kernel::one_hot(&classes, width)?)
        },
        Derivative::NotDifferentiable,
    )];
}
