//! Forward mode as Python sees it: dual levels, dual tensors, tangents of custom functions.

use crate::array::array::format_sizes;
use crate::autograd::{Tensor, modes};
use crate::python::native::{NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use crate::torch::{machine, object};

/// Functions of `torch._C` that `torch.autograd.forward_ad` calls.
pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("_enter_dual_level", "()", Parser::NoArgs, enter, ""),
    NativeDef::new("_exit_dual_level", "(level, /)", Parser::One, exit, ""),
    NativeDef::new(
        "_make_dual",
        "(tensor, tangent, level, /)",
        Parser::Tuple,
        make_dual,
        "",
    ),
    NativeDef::new("_unpack_dual", "(tensor, level, /)", Parser::Tuple, unpack_dual, ""),
];

fn enter(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    if modes::forward_levels() > 0 {
        return Err(vm.runtime_error("Nested forward mode AD is not supported at the moment"));
    }
    modes::set_forward_levels(1);
    Ok(Value::Int(0))
}

fn exit(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let level = args.first().and_then(Value::as_int).unwrap_or(-1);
    if level < 0 {
        return Err(vm.runtime_error("Dual level must be a positive number."));
    }
    if modes::forward_levels() == 0 {
        return Err(vm.runtime_error(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported.",
        ));
    }
    modes::set_forward_levels(0);
    modes::next_dual_epoch();
    Ok(Value::None)
}

/// Refuses a tangent of another shape.
fn check_tangent(vm: &mut Vm, tensor: &Tensor, tangent: &Tensor) -> R<()> {
    if tensor.sizes() == tangent.sizes() {
        return Ok(());
    }
    let (own, given) = (format_sizes(&tensor.sizes()), format_sizes(&tangent.sizes()));
    Err(vm.runtime_error(format!(
        "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size {own} while the given forward gradient is of size {given}."
    )))
}

fn make_dual(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [tensor, tangent, level] = args else {
        return Ok(Value::None);
    };
    let (Some(primal), Some(tangent)) = (object::as_tensor(tensor).cloned(), object::as_tensor(tangent).cloned())
    else {
        return Ok(Value::None);
    };
    if modes::forward_levels() == 0 {
        return Err(vm.runtime_error(
            "Trying to access a forward AD level with an invalid index. This index was either not created or is already deleted.",
        ));
    }
    if primal.tangent().is_some() {
        let level = level.as_int().unwrap_or(0);
        return Err(vm.runtime_error(format!(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level {level} is not supported."
        )));
    }
    check_tangent(vm, &primal, &tangent)?;
    let this = tensor.clone();
    let seen = crate::torch::function::call(vm, "view_as", &[this.clone(), this])?;
    if let Some(dual) = object::as_tensor(&seen) {
        dual.set_tangent(Some(tangent));
    }
    Ok(seen)
}

fn unpack_dual(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [tensor, _] = args else { return Ok(Value::None) };
    let Some(dual) = object::as_tensor(tensor).cloned() else {
        return Ok(Value::None);
    };
    let Some(tangent) = dual.tangent() else {
        return Ok(Value::tuple(vec![tensor.clone(), Value::None]));
    };
    let primal = {
        let _pause = modes::ForwardPause::new();
        crate::torch::function::call(vm, "view_as", &[tensor.clone(), tensor.clone()])?
    };
    let tangent = object::wrap(vm, tangent);
    Ok(Value::tuple(vec![primal, tangent]))
}

/// The tangents of a custom function's outputs, by its `jvp`.
pub fn custom_jvp(vm: &mut Vm, class: &Value, ctx: &Value, inputs: &[Tensor], outputs: &[Value]) -> R<()> {
    let wanted = modes::forward_levels() > 0 && modes::is_forward_grad_enabled();
    if !wanted || inputs.iter().all(|input| input.tangent().is_none()) {
        return Ok(());
    }
    let jvp = vm.get_attr(class, Symbol::new("jvp"))?;
    let mut args = vec![ctx.clone()];
    for input in inputs {
        let tangent = input.tangent();
        args.push(object::wrap_optional(vm, tangent));
    }
    let answer = {
        let _pause = modes::ForwardPause::new();
        vm.call(&jvp, &args)?
    };
    let tangents = match answer.as_tuple() {
        Some(items) => items.to_vec(),
        None => vec![answer.clone()],
    };
    if tangents.len() != outputs.len() {
        let (expected, got) = (outputs.len(), tangents.len());
        return Err(vm.runtime_error(format!(
            "Function's jvp returned an invalid number of forward gradients (expected {expected} but got {got})"
        )));
    }
    for (at, (tangent, output)) in tangents.iter().zip(outputs).enumerate() {
        let Some(output) = object::as_tensor(output).cloned() else {
            continue;
        };
        if tangent.is_none() {
            continue;
        }
        let Some(tangent) = object::as_tensor(tangent).cloned() else {
            let kind = vm.type_name(tangent);
            return Err(vm.runtime_error(format!("expected Variable or None (got {kind}) for grad output {at}.")));
        };
        let written = inputs.iter().find(|input| input.is(&output));
        if let Some(old) = written.and_then(Tensor::tangent) {
            if !old.is(&tangent) {
                return Err(vm.runtime_error(
                    "An inplace custom Function is not modifying the forward mode gradients inplace. If the forward is modifying an input inplace, then the jvp function must modify the corresponding gradient inplace.",
                ));
            }
        } else if output.base().is_some() && tangent.base().is_none() {
            return Err(vm.runtime_error(
                "A custom Function's forward is returning a view (or an input as-is) but the jvp is not returning a view.",
            ));
        }
        check_tangent(vm, &output, &tangent)?;
        machine::run(vm, || {
            output.set_tangent(Some(tangent));
            Ok(())
        })?;
    }
    Ok(())
}
