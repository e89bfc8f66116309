//! Matches the arguments of a call against candidates, as PyTorch's argument parser does.

use super::message;
use super::signature::{Kind, Parameter, Signature};
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;
use crate::torch::object;
use smallvec::SmallVec;

/// One value a parameter of the matched signature; Unset where the default stands.
pub type Values = SmallVec<[Value; 6]>;

/// Why a signature does not match, before it is put into words.
pub enum Mismatch {
    TooMany,
    Missing(usize),
    /// Parameter, value, position (None by keyword), the element that failed and whether the call's own arguments were the list.
    Type {
        param: usize,
        value: Value,
        position: Option<usize>,
        element: Option<(usize, Value)>,
    },
    Keywords,
    /// An exception is pending already.
    Raised,
}

/// The candidate that matches and its values; else PyTorch's TypeError.
pub fn select(vm: &mut Vm, signatures: &[Signature], args: CallArgs<'_>) -> R<(usize, Values)> {
    if let [single] = signatures {
        return match matches(vm, single, args) {
            Ok(values) => Ok((0, values)),
            Err(mismatch) => Err(message::mismatch(vm, single, args, mismatch)),
        };
    }
    for (at, signature) in signatures.iter().enumerate() {
        match matches(vm, signature, args) {
            Ok(values) => {
                if signature.deprecated {
                    message::warn_deprecated(vm, signature, signatures)?;
                }
                return Ok((at, values));
            }
            Err(Mismatch::Raised) => return Err(Raised),
            Err(_) => {}
        }
    }
    let given = args.positional.len() + args.names.len();
    let mut plausible = signatures
        .iter()
        .filter(|signature| (signature.min_args..=signature.max_args).contains(&given) && !signature.deprecated);
    if let (Some(only), None) = (plausible.next(), plausible.next())
        && let Err(mismatch) = matches(vm, only, args)
    {
        return Err(message::mismatch(vm, only, args, mismatch));
    }
    Err(message::invalid_combination(vm, signatures, args))
}

/// Matches one signature.
pub fn matches(vm: &mut Vm, signature: &Signature, args: CallArgs<'_>) -> Result<Values, Mismatch> {
    let given = args.positional.len();
    // a single list of ints may be written as many arguments: `x.view(2, 3)`
    let varargs = signature.max_positional == 1
        && signature
            .params
            .first()
            .is_some_and(|param| param.kind == Kind::IntList);
    if given > signature.max_positional && !varargs {
        return Err(Mismatch::TooMany);
    }
    let mut values = Values::new();
    let mut position = 0;
    let mut keywords = args.names.len();
    for (at, param) in signature.params.iter().enumerate() {
        let mut by_keyword = false;
        let mut value = None;
        if position < given {
            if param.keyword_only {
                return Err(Mismatch::TooMany);
            }
            value = args.positional.get(position);
        } else if !args.names.is_empty() {
            value = keyword(args, param);
            by_keyword = true;
        }
        let Some(value) = value else {
            if param.default.is_none() {
                return Err(Mismatch::Missing(at));
            }
            values.push(Value::Unset);
            continue;
        };
        let mut element = None;
        if value.is_none() && param.allow_none {
            values.push(Value::None);
        } else if check(vm, param, value, at, &mut element)? {
            values.push(value.clone());
        } else if varargs && position == 0 && !by_keyword && is_int_list(vm, args.positional, &mut element) {
            values.push(Value::tuple(args.positional.to_vec()));
            position = given;
            continue;
        } else {
            return Err(Mismatch::Type {
                param: at,
                value: value.clone(),
                position: (!by_keyword).then_some(position),
                element,
            });
        }
        if by_keyword {
            keywords -= 1;
        } else {
            position += 1;
        }
    }
    if keywords > 0 {
        return Err(Mismatch::Keywords);
    }
    Ok(values)
}

/// The value given by keyword, under the parameter's name or NumPy's.
pub fn keyword<'a>(args: CallArgs<'a>, param: &Parameter) -> Option<&'a Value> {
    if let Some(value) = args.keyword(param.name) {
        return Some(value);
    }
    param.aliases.iter().find_map(|alias| {
        let at = args.names.iter().position(|name| name.text() == *alias)?;
        args.keywords.get(at)
    })
}

/// Whether a value fits a parameter. `element` gets the place of a list's item that does not.
fn check(
    vm: &mut Vm,
    param: &Parameter,
    value: &Value,
    number: usize,
    element: &mut Option<(usize, Value)>,
) -> Result<bool, Mismatch> {
    Ok(match param.kind {
        Kind::Tensor => object::as_tensor(value).is_some() || (param.allow_numbers && is_number(value)),
        Kind::Scalar | Kind::Complex => is_number(value) || is_scalar_tensor(value),
        Kind::Float => is_real(value) || is_scalar_tensor(value),
        Kind::Int => is_plain_int(value) || is_int_tensor(value),
        Kind::Bool => matches!(value, Value::True | Value::False),
        Kind::Str => value.as_str().is_some(),
        Kind::TensorList => return tensor_list(vm, value, number),
        Kind::IntList => {
            (param.size > 0 && is_plain_int(value))
                || match items(value) {
                    Some(items) => is_int_list(vm, &items, element),
                    None => param.size > 0 && is_int_tensor(value),
                }
        }
        Kind::FloatList => match items(value) {
            Some(items) => items.first().is_none_or(is_number),
            None => param.size > 0 && is_real(value),
        },
        Kind::ScalarList => match items(value) {
            Some(items) => items.iter().all(is_number),
            None => false,
        },
        Kind::Dtype => object::dtype::of_value(vm, value).is_some(),
        Kind::Layout => value.as_foreign::<object::symbol::Layout>().is_some(),
        Kind::MemoryFormat => value.as_foreign::<object::symbol::MemoryFormatObject>().is_some(),
        Kind::Device => {
            value.as_str().is_some() || is_plain_int(value) || value.as_foreign::<object::device::Device>().is_some()
        }
        Kind::Generator => value.as_foreign::<object::generator::GeneratorObject>().is_some(),
        Kind::Storage => value.as_foreign::<object::storage::StorageObject>().is_some(),
        Kind::Dimname => value.is_none() || value.as_str().is_some(),
        Kind::DimnameList => match items(value) {
            Some(items) => items
                .first()
                .is_some_and(|first| first.is_none() || first.as_str().is_some()),
            None => false,
        },
        Kind::Object => true,
    })
}

fn tensor_list(vm: &mut Vm, value: &Value, number: usize) -> Result<bool, Mismatch> {
    let Some(items) = items(value) else { return Ok(false) };
    for (at, item) in items.iter().enumerate() {
        if object::as_tensor(item).is_none() {
            let kind = vm.type_name(item);
            let text = format!("expected Tensor as element {at} in argument {number}, but got {kind}");
            let _pending = vm.type_error(text);
            return Err(Mismatch::Raised);
        }
    }
    Ok(true)
}

/// The items of a tuple or list (or of a subclass of them).
pub fn items(value: &Value) -> Option<SmallVec<[Value; 6]>> {
    if let Some(items) = value.as_tuple() {
        return Some(items.iter().cloned().collect());
    }
    value.as_list().map(|list| list.borrow().iter().cloned().collect())
}

/// All ints. Only where the first is one, a later failure is noted as such.
fn is_int_list(_vm: &mut Vm, items: &[Value], element: &mut Option<(usize, Value)>) -> bool {
    for (at, item) in items.iter().enumerate() {
        if !is_plain_int(item) && !is_int_tensor(item) {
            *element = Some((at, item.clone()));
            return false;
        }
    }
    true
}

/// An `int` that is not a bool.
pub fn is_plain_int(value: &Value) -> bool {
    match value {
        Value::Int(_) => true,
        Value::Obj(object) => match &**object {
            Object::Big(_) => true,
            Object::Derived(derived) => is_plain_int(&derived.payload),
            _ => false,
        },
        _ => false,
    }
}

/// An int, float, bool or complex.
pub fn is_number(value: &Value) -> bool {
    is_real(value) || matches!(value.payload().obj(), Some(Object::Complex(..)))
}

/// An int, bool or float.
pub fn is_real(value: &Value) -> bool {
    value.as_float().is_some() || value.is_int()
}

/// A 0-d tensor outside the graph stands for its number.
fn is_scalar_tensor(value: &Value) -> bool {
    object::as_tensor(value).is_some_and(|tensor| tensor.dim() == 0 && !tensor.requires_grad())
}

fn is_int_tensor(value: &Value) -> bool {
    object::as_tensor(value)
        .is_some_and(|tensor| tensor.dim() == 0 && tensor.dtype().is_integer() && !tensor.requires_grad())
}
