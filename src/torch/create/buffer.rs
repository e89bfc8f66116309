//! `torch.frombuffer`: a tensor over the bytes of another object.

use super::construct::{dtype_at, matched, value_at};
use crate::array::{Array, Dtype, copy, view};
use crate::parser;
use crate::python::native::{NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use crate::torch::{machine, object, result, warning};

pub static FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "frombuffer",
    "(*args, **kwargs)",
    Parser::Free,
    frombuffer,
    "A tensor without dimensions but one over the memory of an array; bytes are copied.",
)];

const NOT_WRITABLE: &str = "The given buffer is not writable, and PyTorch does not support non-writable tensors. This \
     means you can write to the underlying (supposedly non-writable) buffer using the tensor. You may want to copy the \
     buffer to protect its data or make it writable before converting it to a tensor. This type of warning will be \
     suppressed for the rest of this program.";

/// The bytes of an object: a tensor of uint8 that shares them where the object is backed by a tensor, else a copy.
fn bytes_of(vm: &mut Vm, buffer: &Value) -> R<Option<Array>> {
    let copied = |vm: &mut Vm, bytes: &[u8]| {
        let array = Array::from_vec(&[bytes.len() as i64], bytes);
        array.map(Some).map_err(|error| machine::raise(vm, &error))
    };
    if let Some(bytes) = buffer.as_bytes() {
        warning::warn_once(vm, NOT_WRITABLE)?;
        return copied(vm, bytes);
    }
    if let Some(bytes) = buffer.as_bytearray() {
        let bytes = bytes.borrow().clone();
        return copied(vm, &bytes);
    }
    let backing = vm.get_attr(buffer, Symbol::new("_memory"));
    let Some(tensor) = backing.ok().and_then(|value| object::as_tensor(&value).cloned()) else {
        return Ok(None);
    };
    let bytes = view::view_dtype(&tensor.array(), Dtype::Uint8);
    bytes.map(Some).map_err(|error| machine::raise(vm, &error))
}

fn frombuffer(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [given, keyword_dict] = args else {
        return Ok(Value::None);
    };
    let parser = parser!(
        "frombuffer(PyObject* buffer, *, ScalarType dtype, int64_t count=-1, int64_t offset=0, bool requires_grad=False)"
    );
    let (_, values) = matched(vm, &parser, given, keyword_dict)?;
    let Some(dtype) = dtype_at(vm, &values, 1) else {
        return Ok(Value::None);
    };
    let number = |at: usize| value_at(&values, at).as_int();
    let (count, offset) = (number(2).unwrap_or(-1), number(3).unwrap_or(0));
    let Some(bytes) = bytes_of(vm, &value_at(&values, 0))? else {
        return Err(vm.value_error("object does not implement Python buffer protocol."));
    };
    let (length, size) = (bytes.numel() as i64, dtype.size() as i64);
    if length == 0 || count == 0 {
        return Err(vm.value_error(format!(
            "both buffer length ({length}) and count ({count}) must not be 0"
        )));
    }
    if !(0..length).contains(&offset) {
        return Err(vm.value_error(format!(
            "offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        )));
    }
    let rest = length - offset;
    let count = if count > 0 {
        if count.saturating_mul(size) > rest {
            return Err(vm.value_error(format!(
                "requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) must not be greater than \
                 actual buffer length ({length} bytes)"
            )));
        }
        count
    } else if rest % size != 0 {
        return Err(vm.value_error(format!(
            "buffer length ({rest} bytes) after offset ({offset} bytes) must be a multiple of element size ({size})"
        )));
    } else {
        rest / size
    };
    let elements = view::narrow(&bytes, 0, offset, count * size).and_then(|part| {
        // elements of another size need their alignment
        let part = if offset % size == 0 { part } else { copy::clone(&part)? };
        view::view_dtype(&part, dtype)
    });
    let tensor = elements.map_err(|error| machine::raise(vm, &error))?.into();
    if matches!(value_at(&values, 4), Value::True) {
        result::require_grad(vm, &tensor)?;
    }
    Ok(object::wrap(vm, tensor))
}
