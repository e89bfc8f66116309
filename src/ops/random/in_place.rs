//! Filling a tensor with random numbers: `uniform_`, `normal_` and their kin.

use crate::array::random::{self, Generator};
use crate::array::{Array, Result, error};
use crate::ops::op::*;
use crate::ops::{Args, Outs, one};
use crate::overloads;

pub static OPS: &[&Op] = &[
    &UNIFORM,
    &NORMAL,
    &EXPONENTIAL,
    &GEOMETRIC,
    &CAUCHY,
    &LOG_NORMAL,
    &RANDOM_,
    &BERNOULLI_,
];

/// A fresh array laid out in memory as another: the order of draws follows it.
fn laid_out_as(array: &Array) -> Result<Array> {
    let overlaps = array
        .sizes()
        .iter()
        .zip(array.strides())
        .any(|(&size, &stride)| size > 1 && stride <= 0);
    if array.is_contiguous() || array.numel() == 0 || overlaps {
        return Array::zeros(array.sizes(), array.dtype());
    }
    let last: i64 = array
        .sizes()
        .iter()
        .zip(array.strides())
        .map(|(size, stride)| (size - 1) * stride)
        .sum();
    let buffer = Array::zeros(&[last + 1], array.dtype())?;
    Ok(buffer.view(array.sizes().into(), array.strides().into(), 0))
}

/// A fresh array like self, filled by the recipe.
fn filled(a: &Args, generator: usize, recipe: impl FnOnce(&Array, &mut Generator) -> Result<()>) -> Result<Outs> {
    let out = laid_out_as(&*a.array(0)?)?;
    recipe(&out, &mut a.generator(generator).borrow_mut())?;
    one(out)
}

/// Draws do not depend on what was there before.
const NOTHING: Grad = Grad {
    inputs: "self",
    uses: "",
    by: By::Zero,
};

pub(crate) static UNIFORM: Op = Op {
    name: "uniform_",
    aliases: &[],
    help: "Fills self with numbers drawn evenly from [from, to).",
    example: "torch.zeros(2).uniform_(0, 1).shape",
    overloads: overloads![Overload::new(
        "uniform_(Tensor(a!) self, float from=0, float to=1, *, Generator? generator=None) -> Tensor(a!)",
        ONLY_INPLACE | RANDOM,
        |a| filled(a, 3, |out, generator| {
            let (from, to) = (a.float(1)?, a.float(2)?);
            if from > to {
                return error::runtime(format!(
                    "uniform_ expects to return a [from, to) range, but found from={from} > to={to}"
                ));
            }
            random::uniform_(out, from, to, generator)
        }),
        Derivative::Node("UniformBackward0", &[NOTHING]),
    )],
};

pub(crate) static NORMAL: Op = Op {
    name: "normal_",
    aliases: &[],
    help: "Fills self with numbers drawn from a normal distribution.",
    example: "torch.zeros(2).normal_().shape",
    overloads: overloads![Overload::new(
        "normal_(Tensor(a!) self, float mean=0, float std=1, *, Generator? generator=None) -> Tensor(a!)",
        ONLY_INPLACE | RANDOM,
        |a| filled(a, 3, |out, generator| {
            let std = a.float(2)?;
            if std < 0.0 {
                return error::runtime(format!("normal expects std >= 0.0, but found std {std}"));
            }
            random::normal_(out, a.float(1)?, std, generator)
        }),
        Derivative::Node("NormalBackward0", &[NOTHING]),
    )],
};

pub(crate) static EXPONENTIAL: Op = Op {
    name: "exponential_",
    aliases: &[],
    help: "Fills self with numbers drawn from an exponential distribution.",
    example: "torch.zeros(2).exponential_().shape",
    overloads: overloads![Overload::new(
        "exponential_(Tensor(a!) self, float lambd=1, *, Generator? generator=None) -> Tensor(a!)",
        ONLY_INPLACE | RANDOM,
        |a| filled(a, 2, |out, generator| random::exponential_(out, a.float(1)?, generator)),
        Derivative::Node("ExponentialBackward0", &[NOTHING]),
    )],
};

pub(crate) static GEOMETRIC: Op = Op {
    name: "geometric_",
    aliases: &[],
    help: "Fills self with numbers drawn from a geometric distribution.",
    example: "torch.zeros(2).geometric_(0.5).shape",
    overloads: overloads![Overload::new(
        "geometric_(Tensor(a!) self, float p, *, Generator? generator=None) -> Tensor(a!)",
        ONLY_INPLACE | RANDOM,
        |a| filled(a, 2, |out, generator| random::geometric_(out, a.float(1)?, generator)),
        Derivative::Node("GeometricBackward0", &[NOTHING]),
    )],
};

pub(crate) static CAUCHY: Op = Op {
    name: "cauchy_",
    aliases: &[],
    help: "Fills self with numbers drawn from a Cauchy distribution.",
    example: "torch.zeros(2).cauchy_().shape",
    overloads: overloads![Overload::new(
        "cauchy_(Tensor(a!) self, float median=0, float sigma=1, *, Generator? generator=None) -> Tensor(a!)",
        ONLY_INPLACE | RANDOM,
        |a| filled(a, 3, |out, generator| random::cauchy_(
            out,
            a.float(1)?,
            a.float(2)?,
            generator
        )),
        Derivative::Node("CauchyBackward0", &[NOTHING]),
    )],
};

pub(crate) static LOG_NORMAL: Op = Op {
    name: "log_normal_",
    aliases: &[],
    help: "Fills self with numbers whose logarithms are normally distributed.",
    example: "torch.zeros(2).log_normal_().shape",
    overloads: overloads![Overload::new(
        "log_normal_(Tensor(a!) self, float mean=1, float std=2, *, Generator? generator=None) -> Tensor(a!)",
        ONLY_INPLACE | RANDOM,
        |a| filled(a, 3, |out, generator| random::log_normal_(
            out,
            a.float(1)?,
            a.float(2)?,
            generator
        )),
        Derivative::Node("LogNormalBackward0", &[NOTHING]),
    )],
};

fn between(out: &Array, from: i64, to: i64, generator: &mut Generator) -> Result<()> {
    if from >= to {
        return error::runtime(format!(
            "random_ expects 'from' to be less than 'to', but got from={from} >= to={to}"
        ));
    }
    random::random_between_(out, from, to, generator)
}

pub(crate) static RANDOM_: Op = Op {
    name: "random_",
    aliases: &[],
    help: "Fills self with integers drawn evenly: all that the dtype holds, or from from up to, without, to.",
    example: "torch.zeros(2).random_(10).shape",
    overloads: overloads![
        Overload::new(
            "random_.from(Tensor(a!) self, int from, int? to, *, Generator? generator=None) -> Tensor(a!)",
            ONLY_INPLACE | RANDOM,
            |a| filled(a, 3, |out, generator| match a.optional_int(2) {
                Some(to) => between(out, a.int(1)?, to, generator),
                None => between(out, a.int(1)?, i64::MAX, generator),
            }),
            Derivative::Node("RandomBackward0", &[NOTHING]),
        ),
        Overload::new(
            "random_.to(Tensor(a!) self, int to, *, Generator? generator=None) -> Tensor(a!)",
            ONLY_INPLACE | RANDOM,
            |a| filled(a, 2, |out, generator| between(out, 0, a.int(1)?, generator)),
            Derivative::Node("RandomBackward1", &[NOTHING]),
        ),
        Overload::new(
            "random_(Tensor(a!) self, *, Generator? generator=None) -> Tensor(a!)",
            ONLY_INPLACE | RANDOM,
            |a| filled(a, 1, random::random_),
            Derivative::Node("RandomBackward2", &[NOTHING]),
        ),
    ],
};

pub(crate) static BERNOULLI_: Op = Op {
    name: "bernoulli_",
    aliases: &[],
    help: "Fills self with ones and zeros, a one with probability p.",
    example: "torch.zeros(2).bernoulli_(0.5).shape",
    overloads: overloads![
        Overload::new(
            "bernoulli_.Tensor(Tensor(a!) self, Tensor p, *, Generator? generator=None) -> Tensor(a!)",
            ONLY_INPLACE | RANDOM,
            |a| filled(a, 2, |out, generator| random::bernoulli_from_(
                out,
                &*a.array(1)?,
                generator
            )),
            Derivative::Node(
                "BernoulliBackward1",
                &[
                    NOTHING,
                    Grad {
                        inputs: "p",
                        uses: "",
                        by: By::Zero
                    }
                ],
            ),
        ),
        Overload::new(
            "bernoulli_.float(Tensor(a!) self, float p=0.5, *, Generator? generator=None) -> Tensor(a!)",
            ONLY_INPLACE | RANDOM,
            |a| filled(a, 2, |out, generator| random::bernoulli_(out, a.float(1)?, generator)),
            Derivative::Node("BernoulliBackward2", &[NOTHING]),
        ),
    ],
};
