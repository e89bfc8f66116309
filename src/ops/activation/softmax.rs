//! Softmax and its logarithm.

use crate::array::{Dtype, Result, reduce};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// e^x divided by the sum of e^x along dim.
    SOFTMAX = "softmax" / "special_softmax", "torch.softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
        FUNCTION | METHOD,
        |a| _SOFTMAX.overloads[0].call(args![in_dtype(a.tensor(0)?, a.dtype(2))?, a.int(1)?, false]),
        Composite,
    )];
    /// The logarithm of softmax along dim.
    LOG_SOFTMAX = "log_softmax" / "special_log_softmax", "torch.log_softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
        FUNCTION | METHOD,
        |a| _LOG_SOFTMAX.overloads[0].call(args![in_dtype(a.tensor(0)?, a.dtype(2))?, a.int(1)?, false]),
        Composite,
    )];
    /// The softmax of floating point numbers.
    _SOFTMAX = "_softmax", "torch.softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
        FUNCTION,
        |a| one(reduce::softmax::softmax(&*a.array(0)?, a.int(1)?)?),
        Node("SoftmaxBackward0", &[grad("self", "result, dim", |b| {
            call1(&SOFTMAX_BACKWARD, args![b.grad()?, b.result(0)?, b.int(1)?])
        })]),
    )];
    /// The log-softmax of floating point numbers.
    _LOG_SOFTMAX = "_log_softmax", "torch.log_softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
        FUNCTION,
        |a| one(reduce::softmax::log_softmax(&*a.array(0)?, a.int(1)?)?),
        Node("LogSoftmaxBackward0", &[grad("self", "result, dim", |b| {
            call1(&LOG_SOFTMAX_BACKWARD, args![b.grad()?, b.result(0)?, b.int(1)?])
        })]),
    )];
    /// The gradient of softmax at its result.
    SOFTMAX_BACKWARD = "_softmax_backward_data", "torch.softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor",
        0,
        |a| one(reduce::softmax::softmax_backward(&*a.array(0)?, &*a.array(1)?, a.int(2)?)?),
        Node("SoftmaxBackwardDataBackward0", &[
            grad("grad_output", "output, dim", |b| {
                call1(&SOFTMAX_BACKWARD, args![b.grad()?, b.tensor(1)?, b.int(2)?])
            }),
            grad("output", "grad_output, output, dim", |b| {
                let (grad, before, output, dim) = (b.grad()?, b.tensor(0)?, b.tensor(1)?, b.int(2)?);
                let total = sum_dims(&mul(&before, &output)?, &[dim], true)?;
                let along = sum_dims(&mul(&output, grad)?, &[dim], true)?;
                sub(sub(mul(&before, grad)?, mul(total, grad)?)?, mul(&before, along)?)
            }),
        ]),
    )];
    /// The gradient of log-softmax at its result.
    LOG_SOFTMAX_BACKWARD = "_log_softmax_backward_data", "torch.log_softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_log_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor",
        0,
        |a| one(reduce::softmax::log_softmax_backward(&*a.array(0)?, &*a.array(1)?, a.int(2)?)?),
        Node("LogSoftmaxBackwardDataBackward0", &[
            grad("grad_output", "output, dim", |b| {
                let weighted = mul(b.grad()?, exp(b.tensor(1)?)?)?;
                sub(b.grad()?, sum_dims(&weighted, &[b.int(2)?], true)?)
            }),
            grad("output", "grad_output, output, dim", |b| {
                let total = neg(sum_dims(&b.tensor(0)?, &[b.int(2)?], true)?)?;
                mul(mul(total, exp(b.tensor(1)?)?)?, b.grad()?)
            }),
        ]),
    )];
}

fn in_dtype(tensor: &Tensor, dtype: Option<Dtype>) -> Result<Tensor> {
    dtype.map_or_else(|| Ok(tensor.clone()), |dtype| to_dtype(tensor, dtype))
}
