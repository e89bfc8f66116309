//! Nested sequences of numbers become arrays: shape and dtype are inferred, elements stored.

use crate::array::{Array, Dims, Dtype, Scalar, copy, promote};
use crate::autograd::Tensor;
use crate::python::object::Object;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{machine, object};
use num_complex::Complex;

const MAX_DIMS: usize = 128;

/// The items of a list, tuple, range or of an object that has `__len__` and `__getitem__`; None for anything else.
fn sequence(vm: &mut Vm, value: &Value) -> R<Option<Vec<Value>>> {
    if let Some(items) = value.as_tuple() {
        return Ok(Some(items.to_vec()));
    }
    if let Some(list) = value.as_list() {
        return Ok(Some(list.snapshot()));
    }
    match value.obj() {
        Some(Object::Range(_)) => vm.collect(value).map(Some),
        Some(Object::Foreign(_)) if value.as_foreign::<object::storage::StorageObject>().is_some() => {
            vm.collect(value).map(Some)
        }
        Some(Object::Instance(_)) => {
            let class = vm.class_of(value);
            let is_sequence =
                class.slot(crate::python::Slot::GetItem).is_some() && class.slot(crate::python::Slot::Len).is_some();
            if is_sequence {
                vm.collect(value).map(Some)
            } else {
                Ok(None)
            }
        }
        _ => Ok(None),
    }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some() || value.as_bytes().is_some()
}

/// The sizes that the first elements of each level show.
fn sizes_of(vm: &mut Vm, value: &Value) -> R<Dims> {
    let mut sizes = Dims::new();
    let mut current = value.clone();
    while let Some(items) = sequence(vm, &current)? {
        sizes.push(items.len() as i64);
        if sizes.len() > MAX_DIMS {
            return too_many(vm, &current);
        }
        match items.into_iter().next() {
            Some(first) => current = first,
            None => return Ok(sizes),
        }
    }
    if is_text(&current) && !sizes.is_empty() {
        return too_many(vm, &current);
    }
    Ok(sizes)
}

#[cold]
fn too_many(vm: &mut Vm, value: &Value) -> R<Dims> {
    let kind = vm.type_name(value);
    Err(vm.value_error(format!("too many dimensions '{kind}'")))
}

/// The dtype that data asks for.
pub fn infer_dtype(vm: &mut Vm, value: &Value) -> R<Dtype> {
    match value {
        Value::Float(_) => return Ok(promote::default_dtype()),
        Value::Int(_) => return Ok(Dtype::Int64),
        Value::True | Value::False => return Ok(Dtype::Bool),
        _ => {}
    }
    if let Some(tensor) = object::as_tensor(value) {
        return Ok(tensor.dtype());
    }
    match value.payload().obj() {
        Some(Object::Complex(..)) => return Ok(promote::default_dtype().to_complex()),
        Some(Object::Big(_)) => return Ok(Dtype::Int64),
        _ => {}
    }
    if value.as_float().is_some() {
        return Ok(promote::default_dtype());
    }
    if value.is_int() {
        return Ok(Dtype::Int64);
    }
    if is_text(value) {
        let kind = vm.type_name(value);
        return Err(vm.type_error(format!("new(): invalid data type '{kind}'")));
    }
    let Some(items) = sequence(vm, value)? else {
        let kind = vm.type_name(value);
        return Err(vm.runtime_error(format!("Could not infer dtype of {kind}")));
    };
    let mut found: Option<Dtype> = None;
    for item in &items {
        if item.is(value) {
            return Err(vm.type_error("new(): self-referential lists are incompatible"));
        }
        let dtype = vm.recurse("", |vm| infer_dtype(vm, item))?;
        let dtype = found.map_or(dtype, |found| promote::promote_types(found, dtype));
        found = Some(dtype);
        if dtype == Dtype::Complex128 {
            break;
        }
    }
    Ok(found.unwrap_or_else(promote::default_dtype))
}

/// The elements of nested sequences in row-major order, each checked for its dtype.
struct Store<'a> {
    sizes: &'a [i64],
    dtype: Dtype,
    elements: Vec<Scalar>,
}

impl Store<'_> {
    fn fill(&mut self, vm: &mut Vm, value: &Value, dim: usize) -> R<()> {
        let Some(&wanted) = self.sizes.get(dim) else {
            let element = element(vm, value, self.dtype)?;
            self.elements.push(element);
            return Ok(());
        };
        let items = match sequence(vm, value)? {
            Some(items) => items,
            None if value.as_dict().is_some() || value.as_set().is_some() => vm.collect(value)?,
            None => return Err(vm.type_error("not a sequence")),
        };
        if items.len() as i64 != wanted {
            let got = items.len();
            return Err(vm.value_error(format!("expected sequence of length {wanted} at dim {dim} (got {got})")));
        }
        for item in &items {
            self.fill(vm, item, dim + 1)?;
        }
        Ok(())
    }
}

/// A number for one element.
fn element(vm: &mut Vm, value: &Value, dtype: Dtype) -> R<Scalar> {
    if dtype.is_floating_point() {
        return match value {
            Value::Float(bits) => Ok(Scalar::Float(bits.get())),
            Value::Int(number) => Ok(Scalar::Float(*number as f64)),
            _ => real(vm, value).map(Scalar::Float),
        };
    }
    if dtype.is_complex() {
        if let Some(Object::Complex(re, im)) = value.payload().obj() {
            return Ok(Scalar::Complex(*re, *im));
        }
        if let Some(tensor) = object::as_tensor(value).cloned() {
            let (re, im) = machine::run(vm, || copy::item(&tensor.array()))?.to_complex();
            return Ok(Scalar::Complex(re, im));
        }
        return Ok(Scalar::Complex(real(vm, value)?, 0.0));
    }
    if dtype == Dtype::Bool {
        return Ok(Scalar::Bool(match value.payload().obj() {
            Some(Object::Complex(re, im)) => *re != 0.0 || *im != 0.0,
            _ if value.as_float().is_some() => value.as_float() != Some(0.0),
            _ => integer(vm, value, dtype)? != 0,
        }));
    }
    integer(vm, value, dtype).map(Scalar::Int)
}

fn real(vm: &mut Vm, value: &Value) -> R<f64> {
    if let Some(number) = value.as_float() {
        return Ok(number);
    }
    if let Some(number) = value.as_int() {
        return Ok(number as f64);
    }
    if let Some(Object::Big(number)) = value.payload().obj() {
        return match num_traits::ToPrimitive::to_f64(number) {
            Some(number) if number.is_finite() => Ok(number),
            _ => Err(vm.overflow_error("int too large to convert to float")),
        };
    }
    if let Some(tensor) = object::as_tensor(value).cloned() {
        if tensor.numel() != 1 {
            return Err(vm.value_error("only one element tensors can be converted to Python scalars"));
        }
        return Ok(machine::run(vm, || copy::item(&tensor.array()))?.to_f64());
    }
    if let Some(answer) = vm.call_slot(value, crate::python::Slot::Float, &[])?
        && let Some(number) = answer.as_float()
    {
        return Ok(number);
    }
    let kind = vm.type_name(value);
    Err(vm.type_error(format!("must be real number, not {kind}")))
}

fn integer(vm: &mut Vm, value: &Value, dtype: Dtype) -> R<i64> {
    let number = if let Some(number) = value.as_int() {
        number
    } else if let Some(number) = value.as_float() {
        let inside = number.is_finite() && (-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&number);
        if !inside {
            return Err(overflow(vm, dtype));
        }
        number as i64
    } else if let Some(Object::Big(_)) = value.payload().obj() {
        return Err(vm.value_error("Overflow when unpacking long long"));
    } else if let Some(tensor) = object::as_tensor(value).cloned() {
        if tensor.numel() != 1 || !tensor.dtype().is_integral() {
            return Err(vm.type_error("only integer tensors of a single element can be converted to an index"));
        }
        machine::run(vm, || copy::item(&tensor.array()))?.to_i64()
    } else {
        vm.index(value)?
    };
    let (low, high) = match dtype {
        // negative numbers wrap around
        Dtype::Uint8 => (-255, 255),
        Dtype::Int8 => (-128, 127),
        Dtype::Int16 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Dtype::Int32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    if (low..=high).contains(&number) {
        Ok(number)
    } else {
        Err(overflow(vm, dtype))
    }
}

#[cold]
fn overflow(vm: &mut Vm, dtype: Dtype) -> crate::python::Raised {
    vm.runtime_error(format!(
        "value cannot be converted to type {} without overflow",
        dtype.name()
    ))
}

/// How C++ names the type of a dtype's elements, in messages about values that do not fit.
pub fn c_type(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::Bool => "bool",
        Dtype::Uint8 => "uint8_t",
        Dtype::Int8 => "int8_t",
        Dtype::Int16 => "int16_t",
        Dtype::Int32 => "int",
        Dtype::Int64 => "int64_t",
        Dtype::Float32 => "float",
        Dtype::Float16 | Dtype::BFloat16 | Dtype::Float64 => "double",
        Dtype::Complex64 => "c10::complex<float>",
        Dtype::Complex128 => "c10::complex<double>",
    }
}

/// A contiguous array of elements that were made for this dtype.
pub fn array_of(sizes: &[i64], elements: &[Scalar], dtype: Dtype) -> crate::array::Result<Array> {
    fn of<T: crate::array::Element>(
        sizes: &[i64],
        elements: &[Scalar],
        from: impl Fn(Scalar) -> T,
    ) -> crate::array::Result<Array> {
        let converted: Vec<T> = elements.iter().map(|element| from(*element)).collect();
        Array::from_vec(sizes, &converted)
    }
    match dtype {
        Dtype::Bool => of(sizes, elements, |e| !e.is_zero()),
        Dtype::Uint8 => of(sizes, elements, |e| e.to_i64() as u8),
        Dtype::Int8 => of(sizes, elements, |e| e.to_i64() as i8),
        Dtype::Int16 => of(sizes, elements, |e| e.to_i64() as i16),
        Dtype::Int32 => of(sizes, elements, |e| e.to_i64() as i32),
        Dtype::Int64 => of(sizes, elements, Scalar::to_i64),
        Dtype::Float16 => of(sizes, elements, |e| half::f16::from_f64(e.to_f64())),
        Dtype::BFloat16 => of(sizes, elements, |e| half::bf16::from_f64(e.to_f64())),
        Dtype::Float32 => of(sizes, elements, |e| e.to_f64() as f32),
        Dtype::Float64 => of(sizes, elements, Scalar::to_f64),
        Dtype::Complex64 => of(sizes, elements, |e| {
            let (re, im) = e.to_complex();
            Complex::new(re as f32, im as f32)
        }),
        Dtype::Complex128 => of(sizes, elements, |e| {
            let (re, im) = e.to_complex();
            Complex::new(re, im)
        }),
    }
}

/// Data as an array; without a dtype it is inferred. Tensors are for the caller.
pub fn to_array(vm: &mut Vm, value: &Value, dtype: Option<Dtype>) -> R<Array> {
    if is_text(value) {
        let kind = vm.type_name(value);
        return Err(vm.type_error(format!("new(): invalid data type '{kind}'")));
    }
    let sizes = sizes_of(vm, value)?;
    let dtype = match dtype {
        Some(dtype) => dtype,
        None => infer_dtype(vm, value)?,
    };
    let mut store = Store {
        sizes: &sizes,
        dtype,
        elements: Vec::new(),
    };
    if !sizes.contains(&0) {
        store.fill(vm, value, 0)?;
    }
    let elements = std::mem::take(&mut store.elements);
    machine::run(vm, || array_of(&sizes, &elements, dtype))
}

/// A list of indices as a tensor.
pub fn from_sequence(vm: &mut Vm, value: &Value) -> R<Tensor> {
    let empty = value.as_list().is_some_and(|list| list.is_empty()) || value.as_tuple().is_some_and(<[_]>::is_empty);
    let dtype = empty.then_some(Dtype::Int64);
    Ok(to_array(vm, value, dtype)?.into())
}
