//! Draws whose parameters are tensors: bernoulli, normal, multinomial, poisson, binomial.

use crate::array::{Array, Result, binary, copy, error, promote, random};
use crate::ops::op::*;
use crate::ops::{Args, Outs, one};
use crate::overloads;

pub static OPS: &[&Op] = &[&BERNOULLI, &NORMAL, &MULTINOMIAL, &POISSON, &BINOMIAL];

pub(crate) static BERNOULLI: Op = Op {
    name: "bernoulli",
    aliases: &[],
    help: "Ones and zeros, a one with the probability that stands at its place in input.",
    example: "torch.bernoulli(torch.tensor([0.0, 1.0]))",
    overloads: overloads![
        Overload::new(
            "bernoulli(Tensor self, *, Generator? generator=None) -> Tensor",
            FUNCTION | METHOD | OUT | RANDOM,
            |a| {
                let p = a.array(0)?;
                let out = Array::zeros(p.sizes(), p.dtype())?;
                random::bernoulli_from_(&out, &p, &mut a.generator(1).borrow_mut())?;
                one(out)
            },
            Derivative::Node(
                "BernoulliBackward0",
                &[Grad {
                    inputs: "self",
                    uses: "",
                    by: By::Zero
                }]
            ),
        ),
        Overload::new(
            "bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor",
            FUNCTION | METHOD | RANDOM,
            |a| {
                let like = a.array(0)?;
                let out = Array::zeros(like.sizes(), like.dtype())?;
                random::bernoulli_(&out, a.float(1)?, &mut a.generator(2).borrow_mut())?;
                one(out)
            },
            Derivative::NotDifferentiable,
        ),
    ],
};

/// Standard normals of these sizes, times std, plus mean.
fn normal(a: &Args, sizes: &[i64], generator: usize) -> Result<Outs> {
    let dtype = [0, 1]
        .iter()
        .filter_map(|at| a.optional_tensor(*at))
        .map(|tensor| tensor.dtype())
        .reduce(promote::promote_types)
        .unwrap_or_else(promote::default_dtype);
    let negative = |std: f64| error::runtime(format!("normal expects std >= 0.0, but found std {std}"));
    match a.optional_tensor(1) {
        Some(std) => {
            if copy::elements(&std.array()).iter().any(|std| std.to_f64() < 0.0) {
                return error::runtime("normal expects all elements of std >= 0.0");
            }
        }
        None => {
            let std = a.float(1)?;
            if std < 0.0 {
                return negative(std);
            }
        }
    }
    let draws = Array::zeros(sizes, dtype)?;
    random::normal_(&draws, 0.0, 1.0, &mut a.generator(generator).borrow_mut())?;
    let spread = a.with_operand(1, |std| binary::mul(&draws, std))?;
    one(a.with_operand(0, |mean| binary::add(&spread, mean))?)
}

const MEAN: Grad = Grad {
    inputs: "mean",
    uses: "",
    by: By::Zero,
};
const STD: Grad = Grad {
    inputs: "std",
    uses: "",
    by: By::Zero,
};

pub(crate) static NORMAL: Op = Op {
    name: "normal",
    aliases: &[],
    help: "Numbers drawn from normal distributions of these means and standard deviations.",
    example: "torch.normal(torch.zeros(2), 1.0).shape",
    overloads: overloads![
        Overload::new(
            "normal.Tensor_float(Tensor mean, float std=1, *, Generator? generator=None) -> Tensor",
            FUNCTION | OUT | RANDOM,
            |a| normal(a, &a.tensor(0)?.sizes(), 2),
            Derivative::Node("NormalBackward1", &[MEAN]),
        ),
        Overload::new(
            "normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None) -> Tensor",
            FUNCTION | OUT | RANDOM,
            |a| normal(a, &a.tensor(1)?.sizes(), 2),
            Derivative::Node("NormalBackward2", &[STD]),
        ),
        Overload::new(
            "normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor",
            FUNCTION | OUT | RANDOM,
            |a| {
                let sizes = crate::array::layout::broadcast_sizes(a.array(0)?.sizes(), a.array(1)?.sizes())?;
                normal(a, &sizes, 2)
            },
            Derivative::Node("NormalBackward3", &[MEAN, STD]),
        ),
        Overload::new(
            "normal.float_float(float mean, float std, SymInt[] size, *, Generator? generator=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
            FUNCTION | OUT | FACTORY | RANDOM,
            |a| {
                let dtype = a.dtype(4).unwrap_or_else(promote::default_dtype);
                let out = Array::zeros(a.ints(2)?, dtype)?;
                let std = a.float(1)?;
                if std < 0.0 {
                    return error::runtime(format!("normal expects std >= 0.0, but found std {std}"));
                }
                random::normal_(&out, a.float(0)?, std, &mut a.generator(3).borrow_mut())?;
                one(out)
            },
            Derivative::NotDifferentiable,
        ),
    ],
};

pub(crate) static MULTINOMIAL: Op = Op {
    name: "multinomial",
    aliases: &[],
    help: "Indices drawn with the probabilities in each row of input.",
    example: "torch.multinomial(torch.tensor([0.0, 1.0]), 1)",
    overloads: overloads![Overload::new(
        "multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor",
        FUNCTION | METHOD | OUT | RANDOM,
        |a| one(random::multinomial(
            &*a.array(0)?,
            a.int(1)?,
            a.bool(2)?,
            &mut a.generator(3).borrow_mut()
        )?),
        Derivative::NotDifferentiable,
    ).out_dtype(|_, given| format!("multinomial expects Long tensor out, got: {}", given.scalar_type()))],
};

pub(crate) static POISSON: Op = Op {
    name: "poisson",
    aliases: &[],
    help: "Numbers drawn from Poisson distributions with the rates in input.",
    example: "torch.poisson(torch.tensor([0.0]))",
    overloads: overloads![Overload::new(
        "poisson(Tensor self, Generator? generator=None) -> Tensor",
        FUNCTION | RANDOM,
        |a| one(random::poisson(&*a.array(0)?, &mut a.generator(1).borrow_mut())?),
        Derivative::Node(
            "PoissonBackward0",
            &[Grad {
                inputs: "self",
                uses: "",
                by: By::Zero
            }]
        ),
    )],
};

pub(crate) static BINOMIAL: Op = Op {
    name: "binomial",
    aliases: &[],
    help: "Numbers drawn from binomial distributions with these counts and probabilities.",
    example: "torch.binomial(torch.tensor([3.0]), torch.tensor([1.0]))",
    overloads: overloads![Overload::new(
        "binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor",
        FUNCTION | RANDOM,
        |a| one(random::binomial(
            &*a.array(0)?,
            &*a.array(1)?,
            &mut a.generator(2).borrow_mut()
        )?),
        Derivative::NotDifferentiable,
    )],
};
