//! Products of three tensors, summed.

use crate::array::array::format_sizes;
use crate::array::{Result, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;

fn unsqueezed(x: &Tensor, dims: &[i64]) -> Result<Tensor> {
    dims.iter().try_fold(x.clone(), |x, &dim| unsqueeze(&x, dim))
}

/// Calls `_trilinear` with another order of operands and dimensions.
fn trilinear(operands: [&Tensor; 3], expands: [&[i64]; 3], sums: &[i64]) -> Result<Tensor> {
    let [x, y, z] = operands;
    let [first, second, third] = expands;
    call1(&TRILINEAR, args![x, y, z, first, second, third, sums, 1])
}

fn backward(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let grad = b.grad()?;
    let (e1, e2, e3, sums) = (b.ints(3)?, b.ints(4)?, b.ints(5)?, b.ints(6)?);
    let of = |at: usize| b.tensor(at);
    let wanted = |at: usize, make: &dyn Fn() -> Result<Tensor>| b.needs(at).then(make).transpose();
    Ok(vec![
        wanted(0, &|| trilinear([grad, &of(1)?, &of(2)?], [sums, e2, e3], e1))?,
        wanted(1, &|| trilinear([&of(0)?, grad, &of(2)?], [e1, sums, e3], e2))?,
        wanted(2, &|| trilinear([&of(0)?, &of(1)?, grad], [e1, e2, sums], e3))?,
    ])
}

fn check(input1: &Tensor, input2: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<()> {
    if input1.dim() != input2.dim() {
        return error::runtime(format!(
            "bilinear(): input dimensions do not match: got {} and {}",
            input1.dim(),
            input2.dim()
        ));
    }
    let (sizes1, sizes2, sizes) = (input1.sizes(), input2.sizes(), weight.sizes());
    let count = sizes1.len().saturating_sub(1);
    for (at, (a, b)) in sizes1.iter().zip(&sizes2).take(count).enumerate() {
        if a != b {
            return error::runtime(format!(
                "bilinear(): input batch dimensions do not match at dim {at}: got {a} and {b}"
            ));
        }
    }
    let &[outputs, width1, width2] = &sizes[..] else {
        let dims = sizes.len() as i64;
        return error::index(format!(
            "Dimension out of range (expected to be in range of [-{dims}, {}], but got 2)",
            dims - 1
        ));
    };
    for (name, given, wanted) in [
        ("input1", sizes1.last().copied().unwrap_or(1), width1),
        ("input2", sizes2.last().copied().unwrap_or(1), width2),
    ] {
        if given != wanted {
            return error::runtime(format!(
                "bilinear(): {name} size does not match weight size: got {given} but expected {wanted}"
            ));
        }
    }
    if let Some(bias) = bias.filter(|bias| bias.sizes()[..] != [outputs]) {
        return error::runtime(format!(
            "bilinear(): bias size does not match weight size: got {} but expected {outputs}",
            match bias.sizes()[..] {
                [size] => size.to_string(),
                ref sizes => format_sizes(sizes),
            }
        ));
    }
    if input1.dtype() != weight.dtype() || input2.dtype() != weight.dtype() {
        let name = |x: &Tensor| crate::array::matmul::cpp_name(x.dtype());
        return error::runtime(format!(
            "All tensors must have the same dtype, got input1: {}, input2: {}, weight: {}",
            name(input1),
            name(input2),
            name(weight)
        ));
    }
    Ok(())
}

ops! {
    /// x1^T A x2 + b for each output.
    BILINEAR = "bilinear", "torch.bilinear(torch.ones(1, 2), torch.ones(1, 2), torch.ones(1, 2, 2))", [Overload::new(
        "bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor",
        FUNCTION,
        |a| {
            let (input1, input2, weight, bias) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?, a.optional_tensor(3));
            check(input1, input2, weight, bias)?;
            let mut sizes = input1.sizes();
            if let (Some(last), Some(outputs)) = (sizes.last_mut(), weight.sizes().first()) {
                *last = *outputs;
            }
            let flat = |x: &Tensor| reshape(x, &[-1, x.sizes().last().copied().unwrap_or(1)]);
            let (first, second) = (flat(input1)?, flat(input2)?);
            let product = trilinear([&first, weight, &second], [&[1, 3], &[0], &[1, 2]], &[2, 3])?;
            let product = reshape(&product, &sizes)?;
            match bias {
                Some(bias) => one(add(&product, bias)?),
                None => one(product),
            }
        },
        Derivative::Composite,
    )];
    /// The product of three tensors, each with dimensions put in, summed over some.
    TRILINEAR = "_trilinear", "torch.bilinear(torch.ones(1, 2), torch.ones(1, 2), torch.ones(1, 2, 2))", [Overload::new(
        "_trilinear(Tensor i1, Tensor i2, Tensor i3, int[] expand1, int[] expand2, int[] expand3, int[] sumdim, int unroll_dim=1) -> Tensor",
        FUNCTION,
        |a| {
            let ready = |tensor: usize, dims: usize| unsqueezed(&a.tensor(tensor)?.detach(), a.ints(dims)?);
            let product = mul(mul(ready(0, 3)?, ready(2, 5)?)?, ready(1, 4)?)?;
            match a.ints(6)? {
                [] => one(product),
                sums => one(sum_dims(&product, sums, false)?),
            }
        },
        Derivative::Node("TrilinearBackward0", &[
            joint("i1, i2, i3", "i1, i2, i3, expand1, expand2, expand3, sumdim", backward),
        ]),
    )];
}
