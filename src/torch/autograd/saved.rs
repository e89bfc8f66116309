//! Hooks for saved tensors, written in Python.

use crate::array::Result;
use crate::autograd::modes;
use crate::autograd::saved::SavedTensorHooks;
use crate::autograd::{Tensor, hook};
use crate::python::native::{NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{machine, object};
use std::any::Any;
use std::rc::Rc;

struct PythonHooks {
    pack: Value,
    unpack: Value,
}

impl SavedTensorHooks for PythonHooks {
    fn pack(&self, tensor: &Tensor) -> Result<Rc<dyn Any>> {
        machine::back(|vm| {
            let given = object::wrap(vm, tensor.clone());
            let packed = vm.call(&self.pack, &[given])?;
            Ok(Rc::new(packed) as Rc<dyn Any>)
        })
    }

    fn unpack(&self, packed: &Rc<dyn Any>) -> Result<Tensor> {
        machine::back(|vm| {
            let given = packed.downcast_ref::<Value>().cloned().unwrap_or(Value::None);
            let answer = vm.call(&self.unpack, &[given])?;
            match object::as_tensor(&answer) {
                Some(tensor) => Ok(tensor.clone()),
                None => {
                    let kind = vm.type_name(&answer);
                    Err(vm.type_error(format!(
                        "Output of saved tensor unpack_hook expected to be a Tensor but got result of type {kind}"
                    )))
                }
            }
        })
    }
}

/// A pair of Python functions as hooks for saved tensors.
pub fn python_hooks(pack: &Value, unpack: &Value) -> Rc<dyn SavedTensorHooks> {
    Rc::new(PythonHooks {
        pack: pack.clone(),
        unpack: unpack.clone(),
    })
}

/// Private functions that the Python side of `torch.autograd.graph` calls.
pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "_push_saved_tensors_default_hooks",
        "(pack, unpack, /)",
        Parser::Tuple,
        push,
        "",
    ),
    NativeDef::new("_pop_saved_tensors_default_hooks", "()", Parser::NoArgs, pop, ""),
    NativeDef::new("_saved_tensors_hooks_disable", "(message, /)", Parser::One, disable, ""),
    NativeDef::new("_saved_tensors_hooks_enable", "()", Parser::NoArgs, enable, ""),
    NativeDef::new(
        "_saved_tensors_hooks_get_disabled_error_message",
        "()",
        Parser::NoArgs,
        message,
        "",
    ),
    NativeDef::new(
        "_next_hook_id",
        "()",
        Parser::NoArgs,
        |_, _| Ok(Value::Int(hook::next_id() as i64)),
        "",
    ),
];

fn push(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [pack, unpack] = args else { return Ok(Value::None) };
    if let Some(text) = modes::saved_tensor_hooks_disabled() {
        return Err(vm.runtime_error(text));
    }
    modes::push_saved_tensor_hooks(python_hooks(pack, unpack));
    Ok(Value::None)
}

fn pop(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    modes::pop_saved_tensor_hooks();
    Ok(Value::None)
}

fn disable(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let text = args.first().and_then(Value::as_str).unwrap_or_default().to_string();
    modes::set_saved_tensor_hooks_disabled(Some(text));
    Ok(Value::None)
}

fn enable(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    modes::set_saved_tensor_hooks_disabled(None);
    Ok(Value::None)
}

fn message(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    Ok(modes::saved_tensor_hooks_disabled().map_or(Value::None, Value::str))
}
