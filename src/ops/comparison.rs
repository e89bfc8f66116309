//! Comparisons of elements and of whole tensors.

use crate::array::{Array, Dtype, Result, Scalar, binary, compare, copy, error, promote, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::pointwise::clamp::shared;

ops! {
    /// True where input equals other.
    EQ = "eq", "torch.eq(torch.tensor([1, 2]), 2)", [
        Overload::new("eq.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, eq_forward, NotDifferentiable),
        Overload::new("eq.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, eq_forward, NotDifferentiable),
    ];
    /// True where input differs from other.
    NE = "ne" / "not_equal", "torch.ne(torch.tensor([1, 2]), 2)", [
        Overload::new("ne.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, ne_forward, NotDifferentiable),
        Overload::new("ne.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, ne_forward, NotDifferentiable),
    ];
    /// True where input is less than other.
    LT = "lt" / "less", "torch.lt(torch.tensor([1, 2]), 2)", [
        Overload::new("lt.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, lt_forward, NotDifferentiable),
        Overload::new("lt.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, lt_forward, NotDifferentiable),
    ];
    /// True where input is less than other or equals it.
    LE = "le" / "less_equal", "torch.le(torch.tensor([1, 2]), 1)", [
        Overload::new("le.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, le_forward, NotDifferentiable),
        Overload::new("le.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, le_forward, NotDifferentiable),
    ];
    /// True where input is greater than other.
    GT = "gt" / "greater", "torch.gt(torch.tensor([1, 2]), 1)", [
        Overload::new("gt.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, gt_forward, NotDifferentiable),
        Overload::new("gt.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, gt_forward, NotDifferentiable),
    ];
    /// True where input is greater than other or equals it.
    GE = "ge" / "greater_equal", "torch.ge(torch.tensor([1, 2]), 2)", [
        Overload::new("ge.Tensor(Tensor self, Tensor other) -> Tensor", POINTWISE, ge_forward, NotDifferentiable),
        Overload::new("ge.Scalar(Tensor self, Scalar other) -> Tensor", POINTWISE, ge_forward, NotDifferentiable),
    ];
    /// True if both tensors have the same sizes and elements.
    EQUAL = "equal", "torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2]))", [Overload::new(
        "equal(Tensor self, Tensor other) -> bool",
        FUNCTION | METHOD,
        |a| one(Arg::Bool(compare::equal(&*a.array(0)?, &*a.array(1)?)?)),
        NotDifferentiable,
    )];
    /// True where |input - other| <= atol + rtol * |other|.
    ISCLOSE = "isclose", "torch.isclose(torch.tensor([1.0]), torch.tensor([1.0 + 1e-9]))", [Overload::new(
        "isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
        FUNCTION | METHOD,
        |a| one(compare::isclose(&*a.array(0)?, &*a.array(1)?, a.float(2)?, a.float(3)?, a.bool(4)?)?),
        NotDifferentiable,
    )];
    /// True if all elements are close.
    ALLCLOSE = "allclose", "torch.allclose(torch.tensor([1.0]), torch.tensor([1.0 + 1e-9]))", [Overload::new(
        "allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool",
        FUNCTION | METHOD,
        |a| {
            let close = compare::isclose(&*a.array(0)?, &*a.array(1)?, a.float(2)?, a.float(3)?, a.bool(4)?)?;
            one(Arg::Bool(all_true(&close)))
        },
        NotDifferentiable,
    )];
    /// True where an element occurs among test_elements.
    ISIN = "isin", "torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2, 5]))", [
        Overload::new(
            "isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
            FUNCTION | OUT,
            isin,
            NotDifferentiable,
        ).out_dtype(crate::ops::out::same),
        Overload::new(
            "isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
            FUNCTION | OUT,
            isin,
            NotDifferentiable,
        ).out_dtype(crate::ops::out::same),
        Overload::new(
            "isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False) -> Tensor",
            FUNCTION | OUT,
            isin,
            NotDifferentiable,
        ).out_dtype(crate::ops::out::same),
    ];
    /// True where the element is not a number.
    ISNAN = "isnan", "torch.isnan(torch.tensor([1.0, float('nan')]))", [
        Overload::new("isnan(Tensor self) -> Tensor", FUNCTION | METHOD, |a| a.unary(unary::isnan), NotDifferentiable)
    ];
    /// True where the element is infinite.
    ISINF = "isinf", "torch.isinf(torch.tensor([1.0, float('inf')]))", [
        Overload::new("isinf(Tensor self) -> Tensor", FUNCTION | METHOD, |a| a.unary(unary::isinf), NotDifferentiable)
    ];
    /// True where the element is neither infinite nor nan.
    ISFINITE = "isfinite", "torch.isfinite(torch.tensor([1.0, float('inf')]))", [
        Overload::new("isfinite(Tensor self) -> Tensor", FUNCTION | METHOD, |a| a.unary(unary::isfinite), NotDifferentiable)
    ];
    /// True where the element is positive infinity.
    ISPOSINF = "isposinf", "torch.isposinf(torch.tensor([1.0, float('inf')]))", [Overload::new(
        "isposinf(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.unary(unary::isposinf),
        NotDifferentiable,
    ).out_dtype(|_, _| "isposinf does not support non-boolean outputs.".into())];
    /// True where the element is negative infinity.
    ISNEGINF = "isneginf", "torch.isneginf(torch.tensor([1.0, float('-inf')]))", [Overload::new(
        "isneginf(Tensor self) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.unary(unary::isneginf),
        NotDifferentiable,
    ).out_dtype(|_, _| "isneginf does not support non-boolean outputs.".into())];
    /// The larger of each pair; nan wins.
    MAXIMUM = "maximum", "torch.maximum(torch.tensor([1, 5]), torch.tensor([3, 2]))", [Overload::new(
        "maximum(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.binary(|x, y| binary::maximum(x, y)),
        Node("MaximumBackward0", &[
            grad("self", "self, other", |b| shared(b, lt)),
            grad("other", "self, other", |b| shared(b, gt)),
        ]),
    )];
    /// The smaller of each pair; nan wins.
    MINIMUM = "minimum", "torch.minimum(torch.tensor([1, 5]), torch.tensor([3, 2]))", [Overload::new(
        "minimum(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.binary(|x, y| binary::minimum(x, y)),
        Node("MinimumBackward0", &[
            grad("self", "self, other", |b| shared(b, gt)),
            grad("other", "self, other", |b| shared(b, lt)),
        ]),
    )];
    /// The larger of each pair; nan loses.
    FMAX = "fmax", "torch.fmax(torch.tensor([1.0, float('nan')]), torch.tensor([3.0, 2.0]))", [Overload::new(
        "fmax(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.binary(|x, y| binary::fmax(x, y)),
        Node("FmaxBackward0", &[
            grad("self", "self, other", |b| shared(b, |x, y| logical_not(or_nan(ge, x, y)?))),
            grad("other", "self, other", |b| shared(b, |x, y| or_nan(gt, x, y))),
        ]),
    )];
    /// The smaller of each pair; nan loses.
    FMIN = "fmin", "torch.fmin(torch.tensor([1.0, float('nan')]), torch.tensor([3.0, 2.0]))", [Overload::new(
        "fmin(Tensor self, Tensor other) -> Tensor",
        FUNCTION | METHOD | OUT,
        |a| a.binary(|x, y| binary::fmin(x, y)),
        Node("FminBackward0", &[
            grad("self", "self, other", |b| shared(b, |x, y| logical_not(or_nan(le, x, y)?))),
            grad("other", "self, other", |b| shared(b, |x, y| or_nan(lt, x, y))),
        ]),
    )];
    /// True if the single element is not 0.
    IS_NONZERO = "is_nonzero", "torch.is_nonzero(torch.tensor([1.0]))", [Overload::new(
        "is_nonzero(Tensor self) -> bool",
        FUNCTION | METHOD,
        |a| match a.tensor(0)? {
            this if this.numel() == 0 => error::runtime("Boolean value of Tensor with no values is ambiguous"),
            this if this.numel() > 1 => {
                error::runtime("Boolean value of Tensor with more than one value is ambiguous")
            }
            this => one(Arg::Bool(!copy::item(&this.array())?.is_zero())),
        },
        NotDifferentiable,
    )];
    /// True if both tensors have the same sizes.
    IS_SAME_SIZE = "is_same_size", "torch.is_same_size(torch.ones(2), torch.zeros(2))", [Overload::new(
        "is_same_size(Tensor self, Tensor other) -> bool",
        FUNCTION | METHOD,
        |a| one(Arg::Bool(a.tensor(0)?.sizes() == a.tensor(1)?.sizes())),
        NotDifferentiable,
    )];
    /// True for a floating point dtype.
    IS_FLOATING_POINT = "is_floating_point", "torch.is_floating_point(torch.ones(2))", [Overload::new(
        "is_floating_point(Tensor self) -> bool",
        FUNCTION | METHOD,
        |a| one(Arg::Bool(a.tensor(0)?.dtype().is_floating_point())),
        NotDifferentiable,
    )];
    /// True for a complex dtype.
    IS_COMPLEX = "is_complex", "torch.is_complex(torch.ones(2))", [Overload::new(
        "is_complex(Tensor self) -> bool",
        FUNCTION | METHOD,
        |a| one(Arg::Bool(a.tensor(0)?.dtype().is_complex())),
        NotDifferentiable,
    )];
    /// True for a dtype with negative numbers.
    IS_SIGNED = "is_signed", "torch.is_signed(torch.ones(2))", [Overload::new(
        "is_signed(Tensor self) -> bool",
        FUNCTION | METHOD,
        |a| one(Arg::Bool(!matches!(a.tensor(0)?.dtype(), Dtype::Bool | Dtype::Uint8))),
        NotDifferentiable,
    )];
}

fn eq_forward(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::eq(x, y))
}

fn ne_forward(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::ne(x, y))
}

fn lt_forward(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::lt(x, y))
}

fn le_forward(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::le(x, y))
}

fn gt_forward(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::gt(x, y))
}

fn ge_forward(a: &Args) -> Result<Outs> {
    a.binary(|x, y| compare::ge(x, y))
}

fn all_true(array: &Array) -> bool {
    copy::elements(array).iter().all(|element| !element.is_zero())
}

/// Equal elements in the common dtype; the test elements sorted once where there are many.
fn isin(a: &Args) -> Result<Outs> {
    let array = |at: usize| match a.get(at) {
        Arg::Tensor(tensor) => Ok(tensor.array().clone()),
        _ => {
            let number = a.scalar(at)?;
            copy::full(&[], number, number.dtype(promote::default_dtype()))
        }
    };
    let (elements, tests) = (array(0)?, array(1)?);
    for array in [&elements, &tests] {
        if array.dtype().is_complex() || array.dtype() == Dtype::Bool {
            return error::runtime(format!(
                "Unsupported input type encountered for isin(): {}",
                array.dtype().scalar_type()
            ));
        }
    }
    let invert = a.bool(3)?;
    let dtype = promote::result_type(&[(&elements).into(), (&tests).into()]);
    let found: Vec<bool> = if dtype.is_floating_point() {
        let key = |element: &Scalar| element.to_f64();
        let mut sorted: Vec<f64> = copy::elements(&copy::cast(&tests, dtype)?).iter().map(key).collect();
        sorted.retain(|test| !test.is_nan());
        sorted.sort_unstable_by(f64::total_cmp);
        copy::elements(&copy::cast(&elements, dtype)?)
            .iter()
            .map(|element| {
                let element = key(element) + 0.0;
                let at = sorted.partition_point(|test| *test < element);
                sorted.get(at) == Some(&element)
            })
            .collect()
    } else {
        let mut sorted: Vec<i64> = copy::elements(&tests).iter().map(|test| test.to_i64()).collect();
        sorted.sort_unstable();
        copy::elements(&elements)
            .iter()
            .map(|element| sorted.binary_search(&element.to_i64()).is_ok())
            .collect()
    };
    let found: Vec<bool> = found.into_iter().map(|found| found != invert).collect();
    one(Array::from_vec(elements.sizes(), &found)?)
}

fn or_nan(compare: fn(Arg, Arg) -> Result<Tensor>, x: Arg, y: Arg) -> Result<Tensor> {
    let nan = match &y {
        Arg::Tensor(y) => isnan(y)?,
        _ => return compare(x, y),
    };
    logical_or(&compare(x, y)?, &nan)
}

/// A comparison with a tensor or a number.
macro_rules! comparisons {
    ($($name:ident = $op:ident;)*) => {$(
        pub fn $name(a: impl Into<Arg>, b: impl Into<Arg>) -> Result<Tensor> {
            $op.overloads[0].call_one(Args(smallvec![a.into(), b.into()]))
        }
    )*};
}

comparisons! { eq = EQ; ne = NE; lt = LT; le = LE; gt = GT; ge = GE; maximum = MAXIMUM; minimum = MINIMUM; }
functions! { isnan = ISNAN; isfinite = ISFINITE; }
