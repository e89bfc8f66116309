//! rand, randn, randint, randperm and their `_like` forms.

use crate::array::{Array, Dtype, Result, error, promote, random};
use crate::ops::creation::like::empty_like;
use crate::ops::op::*;
use crate::ops::{Args, Outs, one};
use crate::{factory, like, overloads};

pub static OPS: &[&Op] = &[
    &RAND,
    &RANDN,
    &RANDINT,
    &RANDPERM,
    &RAND_LIKE,
    &RANDN_LIKE,
    &RANDINT_LIKE,
];

fn rand(a: &Args, out: Array, generator: usize) -> Result<Outs> {
    random::uniform_(&out, 0.0, 1.0, &mut a.generator(generator).borrow_mut())?;
    one(out)
}

fn randn(a: &Args, out: Array, generator: usize) -> Result<Outs> {
    random::normal_(&out, 0.0, 1.0, &mut a.generator(generator).borrow_mut())?;
    one(out)
}

fn randint(a: &Args, out: Array, low: i64, high: i64, generator: usize) -> Result<Outs> {
    if low >= high {
        return error::runtime(format!(
            "random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        ));
    }
    random::random_between_(&out, low, high, &mut a.generator(generator).borrow_mut())?;
    one(out)
}

/// A fresh array of the sizes and dtype at these positions.
fn fresh(a: &Args, sizes: usize, dtype: usize, default: Option<Dtype>) -> Result<Array> {
    Array::zeros(
        a.ints(sizes)?,
        a.dtype(dtype).or(default).unwrap_or_else(promote::default_dtype),
    )
}

/// No generator argument: the default one is meant.
const DEFAULT: usize = usize::MAX;

pub(crate) static RAND: Op = Op {
    name: "rand",
    aliases: &[],
    help: "Numbers drawn evenly from [0, 1).",
    example: "torch.rand(2).shape",
    overloads: overloads![
        Overload::new(
            "rand.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| rand(a, fresh(a, 0, 2, None)?, 1),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("rand(SymInt[] size"),
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| rand(a, fresh(a, 0, 1, None)?, DEFAULT),
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static RANDN: Op = Op {
    name: "randn",
    aliases: &[],
    help: "Numbers drawn from the standard normal distribution.",
    example: "torch.randn(2).shape",
    overloads: overloads![
        Overload::new(
            "randn.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| randn(a, fresh(a, 0, 2, None)?, 1),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("randn(SymInt[] size"),
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| randn(a, fresh(a, 0, 1, None)?, DEFAULT),
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static RANDINT: Op = Op {
    name: "randint",
    aliases: &[],
    help: "Integers drawn evenly from low (0) up to, without, high.",
    example: "torch.randint(10, (2,)).shape",
    overloads: overloads![
        Overload::new(
            "randint.generator(SymInt high, SymInt[] size, *, Generator? generator, ScalarType? dtype=long, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| randint(a, fresh(a, 1, 3, Some(Dtype::Int64))?, 0, a.int(0)?, 2),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("randint(SymInt high, SymInt[] size", "long"),
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| randint(a, fresh(a, 1, 2, Some(Dtype::Int64))?, 0, a.int(0)?, DEFAULT),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            "randint.low_generator(SymInt low, SymInt high, SymInt[] size, *, Generator? generator, ScalarType? dtype=long, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| randint(a, fresh(a, 2, 4, Some(Dtype::Int64))?, a.int(0)?, a.int(1)?, 3),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("randint.low(SymInt low, SymInt high, SymInt[] size", "long"),
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| randint(a, fresh(a, 2, 3, Some(Dtype::Int64))?, a.int(0)?, a.int(1)?, DEFAULT),
            Derivative::NotDifferentiable,
        ),
    ],
};

fn randperm(a: &Args, dtype: usize, generator: usize) -> Result<Outs> {
    let n = a.int(0)?;
    if n < 0 {
        return error::runtime(format!("n must be non-negative, got{n}"));
    }
    let dtype = a.dtype(dtype).unwrap_or(Dtype::Int64);
    one(random::randperm(n, dtype, &mut a.generator(generator).borrow_mut())?)
}

pub(crate) static RANDPERM: Op = Op {
    name: "randperm",
    aliases: &[],
    help: "The integers from 0 to n - 1 in random order.",
    example: "torch.randperm(4).shape",
    overloads: overloads![
        Overload::new(
            "randperm.generator(SymInt n, *, Generator? generator, ScalarType? dtype=long, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| randperm(a, 2, 1),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            factory!("randperm(SymInt n", "long"),
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| randperm(a, 1, DEFAULT),
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static RAND_LIKE: Op = Op {
    name: "rand_like",
    aliases: &[],
    help: "Numbers drawn evenly from [0, 1) in the shape and dtype of input.",
    example: "torch.rand_like(torch.zeros(2)).shape",
    overloads: overloads![Overload::new(
        like!("rand_like(Tensor self"),
        FUNCTION | FACTORY | RANDOM,
        |a| rand(a, empty_like(a, a.dtype(1))?, DEFAULT),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static RANDN_LIKE: Op = Op {
    name: "randn_like",
    aliases: &[],
    help: "Numbers drawn from the standard normal distribution in the shape and dtype of input.",
    example: "torch.randn_like(torch.zeros(2)).shape",
    overloads: overloads![Overload::new(
        like!("randn_like(Tensor self"),
        FUNCTION | FACTORY | RANDOM,
        |a| randn(a, empty_like(a, a.dtype(1))?, DEFAULT),
        Derivative::NotDifferentiable,
    )],
};

pub(crate) static RANDINT_LIKE: Op = Op {
    name: "randint_like",
    aliases: &[],
    help: "Integers drawn evenly from low (0) up to, without, high in the shape and dtype of input.",
    example: "torch.randint_like(torch.zeros(2), 10).shape",
    overloads: overloads![
        Overload::new(
            like!("randint_like(Tensor self, SymInt high"),
            FUNCTION | FACTORY | RANDOM,
            |a| randint(a, empty_like(a, a.dtype(2))?, 0, a.int(1)?, DEFAULT),
            Derivative::NotDifferentiable,
        ),
        Overload::new(
            like!("randint_like.low_dtype(Tensor self, SymInt low, SymInt high"),
            FUNCTION | FACTORY | RANDOM,
            |a| randint(a, empty_like(a, a.dtype(3))?, a.int(1)?, a.int(2)?, DEFAULT),
            Derivative::NotDifferentiable,
        ),
    ],
};
