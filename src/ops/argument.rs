//! Arguments and results of ops, matched already.

use crate::array::promote::Operand;
use crate::array::{Array, Dims, Dtype, Result, Scalar, error};
use crate::autograd::Tensor;
use smallvec::SmallVec;
use std::cell::Ref;
use std::rc::Rc;

/// An argument or a result.
#[derive(Clone)]
pub enum Arg {
    None,
    Tensor(Tensor),
    /// Elements may be None only where the schema says `Tensor?[]`.
    Tensors(Rc<[Option<Tensor>]>),
    Scalar(Scalar),
    Int(i64),
    Float(f64),
    Bool(bool),
    Str(Rc<str>),
    Ints(Rc<[i64]>),
    Floats(Rc<[f64]>),
    Scalars(Rc<[Scalar]>),
    Dtype(Dtype),
    /// `torch.contiguous_format` and its kin, by name.
    MemoryFormat(MemoryFormat),
    /// Devices and layouts: accepted when they say `cpu` and strided, and otherwise of no effect.
    Ignored,
    /// What only the floors above understand: a generator object.
    Foreign(Rc<dyn std::any::Any>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemoryFormat {
    Contiguous,
    Preserve,
    ChannelsLast,
    ChannelsLast3d,
}

/// What a forward function gives.
pub type Outs = SmallVec<[Arg; 1]>;

/// The arguments of a call in the schema's order, defaults filled in.
#[derive(Clone)]
pub struct Args(pub SmallVec<[Arg; 3]>);

/// A single result.
pub fn one(result: impl Into<Arg>) -> Result<Outs> {
    Ok(SmallVec::from_buf([result.into()]))
}

/// Two results.
pub fn two(results: (impl Into<Arg>, impl Into<Arg>)) -> Result<Outs> {
    Ok(SmallVec::from_iter([results.0.into(), results.1.into()]))
}

impl Arg {
    pub fn list(tensors: impl IntoIterator<Item = Tensor>) -> Arg {
        Arg::Tensors(tensors.into_iter().map(Some).collect())
    }
}

impl From<Array> for Arg {
    fn from(array: Array) -> Arg {
        Arg::Tensor(array.into())
    }
}

impl From<Tensor> for Arg {
    fn from(tensor: Tensor) -> Arg {
        Arg::Tensor(tensor)
    }
}

impl From<&Arg> for Arg {
    fn from(arg: &Arg) -> Arg {
        arg.clone()
    }
}

impl From<&Tensor> for Arg {
    fn from(tensor: &Tensor) -> Arg {
        Arg::Tensor(tensor.clone())
    }
}

impl From<Option<&Tensor>> for Arg {
    fn from(tensor: Option<&Tensor>) -> Arg {
        tensor.map_or(Arg::None, Arg::from)
    }
}

impl From<Option<Tensor>> for Arg {
    fn from(tensor: Option<Tensor>) -> Arg {
        tensor.map_or(Arg::None, Arg::Tensor)
    }
}

impl From<Scalar> for Arg {
    fn from(scalar: Scalar) -> Arg {
        Arg::Scalar(scalar)
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Arg {
        Arg::Int(value)
    }
}

impl From<i32> for Arg {
    fn from(value: i32) -> Arg {
        Arg::Int(value.into())
    }
}

impl From<f64> for Arg {
    fn from(value: f64) -> Arg {
        Arg::Float(value)
    }
}

impl From<bool> for Arg {
    fn from(value: bool) -> Arg {
        Arg::Bool(value)
    }
}

impl From<Dtype> for Arg {
    fn from(dtype: Dtype) -> Arg {
        Arg::Dtype(dtype)
    }
}

impl From<Option<Dtype>> for Arg {
    fn from(dtype: Option<Dtype>) -> Arg {
        dtype.map_or(Arg::None, Arg::Dtype)
    }
}

impl From<&[i64]> for Arg {
    fn from(values: &[i64]) -> Arg {
        Arg::Ints(values.into())
    }
}

impl From<Dims> for Arg {
    fn from(values: Dims) -> Arg {
        Arg::Ints(Rc::from(values.as_slice()))
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Arg {
        Arg::Str(text.into())
    }
}

impl<A: Into<Arg>, const N: usize> From<[A; N]> for Args {
    fn from(values: [A; N]) -> Args {
        Args(values.into_iter().map(Into::into).collect())
    }
}

/// `args![self, dim, keepdim]`: arguments of a call from Rust, each `Into<Arg>`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        $crate::ops::Args(smallvec::smallvec![$($crate::ops::Arg::from($value)),*])
    };
}

impl Args {
    pub fn get(&self, at: usize) -> &Arg {
        self.0.get(at).unwrap_or(&Arg::None)
    }

    /// The tensor at a position. The binder has matched the schema: another type is a mistake of the entry.
    pub fn tensor(&self, at: usize) -> Result<&Tensor> {
        match self.get(at) {
            Arg::Tensor(tensor) => Ok(tensor),
            _ => mistake(at, "Tensor"),
        }
    }

    pub fn array(&self, at: usize) -> Result<Ref<'_, Array>> {
        Ok(self.tensor(at)?.array())
    }

    pub fn optional_tensor(&self, at: usize) -> Option<&Tensor> {
        match self.get(at) {
            Arg::Tensor(tensor) => Some(tensor),
            _ => None,
        }
    }

    pub fn tensors(&self, at: usize) -> Result<Vec<Tensor>> {
        match self.get(at) {
            Arg::Tensors(list) => Ok(list.iter().flatten().cloned().collect()),
            _ => mistake(at, "Tensor[]"),
        }
    }

    pub fn optional_tensors(&self, at: usize) -> Result<Rc<[Option<Tensor>]>> {
        match self.get(at) {
            Arg::Tensors(list) => Ok(list.clone()),
            _ => mistake(at, "Tensor?[]"),
        }
    }

    pub fn scalar(&self, at: usize) -> Result<Scalar> {
        match self.get(at) {
            Arg::Scalar(scalar) => Ok(*scalar),
            Arg::Int(value) => Ok(Scalar::Int(*value)),
            Arg::Float(value) => Ok(Scalar::Float(*value)),
            Arg::Bool(value) => Ok(Scalar::Bool(*value)),
            _ => mistake(at, "Scalar"),
        }
    }

    pub fn optional_scalar(&self, at: usize) -> Option<Scalar> {
        self.scalar(at).ok()
    }

    pub fn int(&self, at: usize) -> Result<i64> {
        match self.get(at) {
            Arg::Int(value) => Ok(*value),
            Arg::Scalar(scalar) => Ok(scalar.to_i64()),
            _ => mistake(at, "int"),
        }
    }

    pub fn optional_int(&self, at: usize) -> Option<i64> {
        self.int(at).ok()
    }

    pub fn float(&self, at: usize) -> Result<f64> {
        match self.get(at) {
            Arg::Float(value) => Ok(*value),
            Arg::Int(value) => Ok(*value as f64),
            Arg::Scalar(scalar) => Ok(scalar.to_f64()),
            _ => mistake(at, "float"),
        }
    }

    pub fn optional_float(&self, at: usize) -> Option<f64> {
        self.float(at).ok()
    }

    pub fn bool(&self, at: usize) -> Result<bool> {
        match self.get(at) {
            Arg::Bool(value) => Ok(*value),
            _ => mistake(at, "bool"),
        }
    }

    pub fn optional_bool(&self, at: usize) -> Option<bool> {
        self.bool(at).ok()
    }

    pub fn str(&self, at: usize) -> Result<&str> {
        match self.get(at) {
            Arg::Str(text) => Ok(text),
            _ => mistake(at, "str"),
        }
    }

    pub fn optional_str(&self, at: usize) -> Option<&str> {
        self.str(at).ok()
    }

    pub fn ints(&self, at: usize) -> Result<&[i64]> {
        match self.get(at) {
            Arg::Ints(values) => Ok(values),
            _ => mistake(at, "int[]"),
        }
    }

    pub fn optional_ints(&self, at: usize) -> Option<&[i64]> {
        self.ints(at).ok()
    }

    pub fn scalars(&self, at: usize) -> Result<&[Scalar]> {
        match self.get(at) {
            Arg::Scalars(values) => Ok(values),
            _ => mistake(at, "Scalar[]"),
        }
    }

    pub fn floats(&self, at: usize) -> Result<&[f64]> {
        match self.get(at) {
            Arg::Floats(values) => Ok(values),
            _ => mistake(at, "float[]"),
        }
    }

    pub fn dtype(&self, at: usize) -> Option<Dtype> {
        match self.get(at) {
            Arg::Dtype(dtype) => Some(*dtype),
            _ => None,
        }
    }

    /// Runs a kernel on an argument that is a tensor or a Python number.
    pub fn with_operand<R>(&self, at: usize, f: impl FnOnce(Operand) -> Result<R>) -> Result<R> {
        match self.get(at) {
            Arg::Tensor(tensor) => f(Operand::Array(&tensor.array())),
            _ => f(Operand::Number(self.scalar(at)?)),
        }
    }

    /// The result of a kernel of one array: the first argument.
    pub fn unary(&self, kernel: impl FnOnce(&Array) -> Result<Array>) -> Result<Outs> {
        one(kernel(&*self.array(0)?)?)
    }

    /// The result of a kernel of two operands: the first two arguments.
    pub fn binary(&self, kernel: impl FnOnce(Operand, Operand) -> Result<Array>) -> Result<Outs> {
        one(self.with_operand(0, |a| self.with_operand(1, |b| kernel(a, b)))?)
    }

    /// All tensors among the arguments, those in lists included.
    pub fn each_tensor(&self) -> impl Iterator<Item = &Tensor> {
        self.0.iter().flat_map(|arg| {
            let (single, list): (Option<&Tensor>, &[Option<Tensor>]) = match arg {
                Arg::Tensor(tensor) => (Some(tensor), &[]),
                Arg::Tensors(list) => (None, list),
                _ => (None, &[]),
            };
            single.into_iter().chain(list.iter().flatten())
        })
    }
}

#[cold]
fn mistake<T>(at: usize, wanted: &str) -> Result<T> {
    error::runtime(format!("argument {at} of the operation is not a {wanted}"))
}
