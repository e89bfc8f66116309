//! `linear`: a product with a weight, and a bias.

use crate::array::error;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// The product of input and the transposed weight, plus bias.
    LINEAR = "linear", "torch.nn.functional.linear(torch.ones(2), torch.ones(3, 2))", [Overload::new(
        "linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor",
        FUNCTION,
        |a| {
            let (input, weight, bias) = (a.tensor(0)?, a.tensor(1)?, a.optional_tensor(2));
            if input.dim() == 0 || weight.dim() == 0 {
                return error::runtime(format!(
                    "both arguments to linear need to be at least 1D, but they are {}D and {}D",
                    input.dim(),
                    weight.dim()
                ));
            }
            let turned = t(weight)?;
            match (input.dim(), bias) {
                (2, Some(bias)) => one(super::named("addmm", args![bias, input, turned, 1, 1])?),
                (_, Some(bias)) if input.dim() > 0 && input.array().is_contiguous() => {
                    let sizes = input.sizes();
                    let rows = (input.numel() / sizes.last().copied().unwrap_or(1).max(1) as usize) as i64;
                    let flat = reshape(input, &[rows, sizes.last().copied().unwrap_or(0)])?;
                    let product = super::named("addmm", args![bias, flat, turned, 1, 1])?;
                    let mut wanted: Vec<i64> = sizes.to_vec();
                    if let Some(last) = wanted.last_mut() {
                        *last = product.sizes().last().copied().unwrap_or(0);
                    }
                    one(unsafe_view(&product, &wanted)?)
                }
                (_, Some(bias)) => one(add(&super::named("matmul", args![input, turned])?, bias)?),
                (_, None) => one(super::named("matmul", args![input, turned])?),
            }
        },
        Derivative::Composite,
    )];
}
