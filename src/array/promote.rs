//! Type promotion: which dtype an operation on several operands computes in.

use super::array::Array;
use super::dtype::Dtype;
use super::scalar::Scalar;
use std::cell::Cell;

thread_local! {
    static DEFAULT: Cell<Dtype> = const { Cell::new(Dtype::Float32) };
}

/// What Python floats become: `torch.get_default_dtype()`, of this thread's session.
pub fn default_dtype() -> Dtype {
    DEFAULT.get()
}

/// `torch.set_default_dtype`; the caller has checked that it is a floating point dtype.
pub fn set_default_dtype(dtype: Dtype) {
    DEFAULT.set(dtype);
}

/// An operand of an elementwise operation: an array, or a Python number that promotes weakly.
#[derive(Clone, Copy)]
pub enum Operand<'a> {
    Array(&'a Array),
    Number(Scalar),
}

impl<'a> From<&'a Array> for Operand<'a> {
    fn from(array: &'a Array) -> Self {
        Operand::Array(array)
    }
}

impl<S: Into<Scalar>> From<S> for Operand<'_> {
    fn from(number: S) -> Self {
        Operand::Number(number.into())
    }
}

impl<'a> Operand<'a> {
    pub fn dtype(self) -> Dtype {
        match self {
            Operand::Array(array) => array.dtype(),
            Operand::Number(number) => number.dtype(default_dtype()),
        }
    }

    pub fn sizes(self) -> &'a [i64] {
        match self {
            Operand::Array(array) => array.sizes(),
            Operand::Number(_) => &[],
        }
    }
}

/// The smallest dtype that both convert to: PyTorch's promotion table.
pub fn promote_types(a: Dtype, b: Dtype) -> Dtype {
    use Dtype::*;
    if a == b {
        return a;
    }
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    match (low, high) {
        (Bool, other) => other,
        (Uint8, Int8) => Int16,
        (_, Complex128) | (Float64, Complex64) => Complex128,
        (_, Complex64) => Complex64,
        (Float16, BFloat16) => Float32,
        // Integers rank below floating point types, and within each kind the order is by size.
        (_, high) => high,
    }
}

/// Dtypes by category: dimensioned arrays outrank 0-d arrays, which outrank Python numbers, unless the lower category
/// is of a higher kind (bool < integer < floating point < complex).
#[derive(Clone, Copy, Default)]
pub struct ResultType {
    dimensioned: Option<Dtype>,
    zero_dim: Option<Dtype>,
    number: Option<Dtype>,
}

impl ResultType {
    pub fn add(&mut self, operand: Operand) {
        let dtype = operand.dtype();
        let slot = match operand {
            Operand::Number(_) => &mut self.number,
            Operand::Array(array) if array.dim() == 0 => &mut self.zero_dim,
            Operand::Array(_) => &mut self.dimensioned,
        };
        *slot = Some(slot.map_or(dtype, |old| promote_types(old, dtype)));
    }

    pub fn get(self) -> Dtype {
        combine(self.dimensioned, combine(self.zero_dim, self.number)).unwrap_or(default_dtype())
    }
}

fn combine(higher: Option<Dtype>, lower: Option<Dtype>) -> Option<Dtype> {
    let (Some(high), Some(low)) = (higher, lower) else {
        return higher.or(lower);
    };
    Some(if high.is_complex() {
        high
    } else if high.is_floating_point() {
        if low.is_complex() { high.to_complex() } else { high }
    } else if high == Dtype::Bool || low.is_floating_point() || low.is_complex() {
        promote_types(high, low)
    } else {
        high
    })
}

/// `torch.result_type` of any number of operands.
pub fn result_type(operands: &[Operand]) -> Dtype {
    let mut result = ResultType::default();
    for &operand in operands {
        result.add(operand);
    }
    result.get()
}

/// Integers and bool become the default dtype; others stay.
pub fn to_floating(dtype: Dtype) -> Dtype {
    if dtype.is_integral() { default_dtype() } else { dtype }
}

/// `torch.can_cast`.
pub fn can_cast(from: Dtype, to: Dtype) -> bool {
    if from.is_complex() && !to.is_complex() {
        return false;
    }
    if from.is_floating_point() && to.is_integral() {
        return false;
    }
    if from.is_integer() && to == Dtype::Bool {
        return false;
    }
    true
}
