//! `torch.autograd.backward` and `torch.autograd.grad`.

use super::node;
use crate::array::array::format_sizes;
use crate::array::{Dims, Dtype};
use crate::autograd::engine::{self, Options, Root};
use crate::autograd::{Edge, Tensor, arithmetic};
use crate::python::native::{NativeDef, Parser};
use crate::python::object::Dict;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{machine, object, warning};

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "backward",
        "(tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None, inputs=None)",
        Parser::Def,
        |vm, args| {
            let [tensors, grads, retain, create, variables, inputs] = args else {
                return Ok(Value::None);
            };
            backward(vm, tensors, grads, retain, create, variables, inputs)?;
            Ok(Value::None)
        },
        "Computes the gradients of the leaves that the tensors depend on.",
    ),
    NativeDef::new(
        "grad",
        "(outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True, allow_unused=None, is_grads_batched=False, materialize_grads=False)",
        Parser::Def,
        grad,
        "The gradients of outputs with respect to inputs.",
    ),
];

fn given(value: &Value) -> bool {
    !value.is_unset() && !value.is_none()
}

/// A tensor or an edge of the graph, as the only one or as many.
fn several(vm: &mut Vm, value: &Value) -> R<Vec<Value>> {
    if object::as_tensor(value).is_some() || node::as_edge(vm, value).is_some() {
        return Ok(vec![value.clone()]);
    }
    vm.collect(value)
}

/// The inputs, and the keys where a dict gave them.
fn inputs_of(vm: &mut Vm, value: &Value, function: &str) -> R<(Vec<Value>, Option<Vec<Value>>)> {
    if let Some(dict) = value.as_dict().cloned() {
        let values = dict.values();
        return Ok((values, Some(dict.keys())));
    }
    let values = several(vm, value)?;
    if values.is_empty() {
        return Err(vm.runtime_error(format!("`inputs` argument to `{function}()` cannot be empty.")));
    }
    Ok((values, None))
}

/// An output: where gradients start, and what they must look like.
struct Output {
    edge: Option<Edge>,
    sizes: Dims,
    dtype: Dtype,
    tensor: Option<Tensor>,
}

fn output_of(vm: &mut Vm, value: &Value) -> R<Output> {
    if let Some(tensor) = object::as_tensor(value) {
        return Ok(Output {
            edge: tensor.gradient_edge(),
            sizes: tensor.sizes(),
            dtype: tensor.dtype(),
            tensor: Some(tensor.clone()),
        });
    }
    if let Some(edge) = node::as_edge(vm, value) {
        let metadata = edge.node.inputs().get(edge.input as usize).cloned();
        let (sizes, dtype) = metadata.map_or((Dims::new(), Dtype::Float32), |input| (input.sizes, input.dtype));
        return Ok(Output {
            edge: Some(edge),
            sizes,
            dtype,
            tensor: None,
        });
    }
    Err(vm.assertion_error("Expected output to be a torch.Tensor"))
}

/// One gradient an output: those given, checked, or ones for scalars.
fn make_grads(vm: &mut Vm, outputs: &[Output], grads: &[Value]) -> R<Vec<Option<Tensor>>> {
    let mut made = Vec::new();
    for (at, (output, grad)) in outputs.iter().zip(grads).enumerate() {
        if let Some(grad) = object::as_tensor(grad) {
            if grad.sizes() != output.sizes {
                let (got, own) = (format_sizes(&grad.sizes()), format_sizes(&output.sizes));
                return Err(vm.runtime_error(format!(
                    "Mismatch in shape: grad_output[{at}] has a shape of torch.Size({got}) and output[{at}] has a shape of torch.Size({own})."
                )));
            }
            if grad.dtype().is_complex() != output.dtype.is_complex() {
                let (got, own) = (grad.dtype().name(), output.dtype.name());
                return Err(vm.runtime_error(format!(
                    "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[{at}] has a dtype of torch.{got} and output[{at}] has a dtype of torch.{own}."
                )));
            }
            made.push(Some(grad.clone()));
        } else if grad.is_none() {
            let requires_grad = output.tensor.as_ref().is_none_or(Tensor::requires_grad);
            if !requires_grad {
                made.push(None);
                continue;
            }
            if output.sizes.iter().product::<i64>() != 1 {
                return Err(vm.runtime_error("grad can be implicitly created only for scalar outputs"));
            }
            if !output.dtype.is_floating_point() {
                let name = output.dtype.name();
                return Err(vm.runtime_error(format!(
                    "grad can be implicitly created only for real scalar outputs but got torch.{name}"
                )));
            }
            let one = machine::run(vm, || match &output.tensor {
                Some(tensor) => (arithmetic::table()?.ones_like)(tensor),
                None => Ok(crate::array::copy::full(&output.sizes, crate::array::Scalar::Int(1), output.dtype)?.into()),
            })?;
            made.push(Some(one));
        } else {
            let kind = vm.type_name(grad);
            return Err(vm.type_error(format!("gradients can be either Tensors or None, but got {kind}")));
        }
    }
    Ok(made)
}

/// Where the pass starts. The checks are the engine's own.
fn roots(vm: &mut Vm, outputs: Vec<Output>, grads: Vec<Option<Tensor>>) -> R<Vec<Root>> {
    let mut roots = Vec::new();
    for (at, (output, grad)) in outputs.into_iter().zip(grads).enumerate() {
        let Some(edge) = output.edge else {
            return Err(vm.runtime_error(format!(
                "element {at} of tensors does not require grad and does not have a grad_fn"
            )));
        };
        match grad {
            Some(mut grad) => {
                if grad.dtype() != output.dtype {
                    let dtype = output.dtype;
                    grad = machine::run(vm, || (arithmetic::table()?.to_dtype)(&grad, dtype))?;
                }
                roots.push(Root { edge, grad });
            }
            None => {
                return Err(vm.runtime_error(format!(
                    "element {at} of gradients tuple is None, but the corresponding Tensor requires grad"
                )));
            }
        }
    }
    Ok(roots)
}

fn grads_given(vm: &mut Vm, value: &Value, count: usize) -> R<Vec<Value>> {
    if !given(value) {
        return Ok(vec![Value::None; count]);
    }
    if object::as_tensor(value).is_some() {
        return Ok(vec![value.clone()]);
    }
    vm.collect(value)
}

/// A flag of the engine: a number, None by default.
fn flag(vm: &mut Vm, value: &Value, default: bool) -> R<bool> {
    match value {
        Value::True => Ok(true),
        Value::False => Ok(false),
        value if given(value) => Ok(vm.index(value)? != 0),
        _ => Ok(default),
    }
}

fn options(vm: &mut Vm, retain: &Value, create: &Value) -> R<Options> {
    let create_graph = flag(vm, create, false)?;
    Ok(Options {
        retain_graph: flag(vm, retain, create_graph)?,
        create_graph,
    })
}

/// `torch.autograd.backward(...)`
pub fn backward(
    vm: &mut Vm,
    tensors: &Value,
    grad_tensors: &Value,
    retain: &Value,
    create: &Value,
    grad_variables: &Value,
    inputs: &Value,
) -> R<()> {
    if object::torch(vm).transforms.borrow().iter().any(|kind| kind != "vmap") {
        return Err(vm.runtime_error(
            "backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp instead or call backward() outside of functorch transforms.",
        ));
    }
    let mut grad_tensors = grad_tensors.clone();
    if given(grad_variables) {
        let class = vm.exceptions.future_warning.clone();
        warning::warn_class(
            vm,
            &class,
            "`grad_variables` is deprecated. Use `grad_tensors` instead.",
        )?;
        if given(&grad_tensors) {
            return Err(vm.runtime_error(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`.",
            ));
        }
        grad_tensors = grad_variables.clone();
    }
    let wanted = if given(inputs) {
        inputs_of(vm, inputs, "backward")?.0
    } else {
        Vec::new()
    };
    let tensors = several(vm, tensors)?;
    let mut outputs = Vec::new();
    for tensor in &tensors {
        outputs.push(output_of(vm, tensor)?);
    }
    let grads = grads_given(vm, &grad_tensors, outputs.len())?;
    let grads = make_grads(vm, &outputs, &grads)?;
    let options = options(vm, retain, create)?;
    if options.create_graph {
        warning::warn_once(
            vm,
            "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak.",
        )?;
    }
    if grads.len() < outputs.len() {
        let (tensors, got) = (outputs.len(), grads.len());
        return Err(vm.runtime_error(format!("got {tensors} tensors and {got} gradients")));
    }
    let roots = roots(vm, outputs, grads)?;
    let mut edges = Vec::new();
    for input in &wanted {
        // a non-leaf among the inputs keeps what arrives
        if let Some(tensor) = object::as_tensor(input).cloned() {
            machine::run(vm, || tensor.retain_grad())?;
        }
        edges.push(wanted_edge(vm, input)?);
    }
    machine::run(vm, || engine::run(roots, &edges, true, options)).map(drop)
}

fn wanted_edge(vm: &mut Vm, input: &Value) -> R<Edge> {
    if let Some(tensor) = object::as_tensor(input) {
        return match tensor.gradient_edge() {
            Some(edge) => Ok(edge),
            None => Err(vm.runtime_error("One of the differentiated Tensors does not require grad")),
        };
    }
    match node::as_edge(vm, input) {
        Some(edge) => Ok(edge),
        None => {
            let kind = vm.type_name(input);
            Err(vm.runtime_error(format!(
                "all inputs have to be Tensors or GradientEdges, but got {kind}"
            )))
        }
    }
}

fn grad(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [
        outputs,
        inputs,
        grad_outputs,
        retain,
        create,
        only_inputs,
        allow_unused,
        batched,
        materialize,
    ] = args
    else {
        return Ok(Value::None);
    };
    let materialize = !materialize.is_unset() && vm.truth(materialize)?;
    if materialize && matches!(allow_unused, Value::False) {
        return Err(vm.value_error(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.",
        ));
    }
    let allow_unused = if given(allow_unused) {
        vm.truth(allow_unused)?
    } else {
        materialize
    };
    let outputs = several(vm, outputs)?;
    let (inputs, keys) = inputs_of(vm, inputs, "grad")?;
    if matches!(only_inputs, Value::False) {
        let class = vm.exceptions.future_warning.clone();
        warning::warn_class(
            vm,
            &class,
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of the graph, please use torch.autograd.backward.",
        )?;
    }
    let mut made = Vec::new();
    for output in &outputs {
        made.push(output_of(vm, output)?);
    }
    let mut options = options(vm, retain, create)?;
    options.retain_graph |= object::torch(vm).vmap.get() & 4 != 0;
    let grads = grads_given(vm, grad_outputs, made.len())?;
    if grads.len() < made.len() {
        let (tensors, got) = (made.len(), grads.len());
        return Err(vm.runtime_error(format!("got {tensors} tensors and {got} gradients")));
    }
    if !batched.is_unset() && vm.truth(batched)? {
        return batched_grad(vm, &outputs, made, &grads, &inputs, options, allow_unused, materialize);
    }
    let grads = make_grads(vm, &made, &grads)?;
    let roots = roots(vm, made, grads)?;
    let gradients = gradients(vm, roots, &inputs, options, allow_unused, materialize)?;
    if let Some(keys) = keys {
        let dict = Dict::new();
        for (key, value) in keys.into_iter().zip(gradients) {
            dict.insert(vm, key, value)?;
        }
        return Ok(Value::dict(dict));
    }
    Ok(Value::tuple(gradients))
}

fn gradients(
    vm: &mut Vm,
    roots: Vec<Root>,
    inputs: &[Value],
    options: Options,
    allow_unused: bool,
    materialize: bool,
) -> R<Vec<Value>> {
    let mut edges = Vec::new();
    for input in inputs {
        edges.push(wanted_edge(vm, input)?);
    }
    let found = machine::run(vm, || engine::run(roots, &edges, false, options))?;
    let mut gradients = Vec::new();
    for (at, (gradient, input)) in found.into_iter().zip(inputs).enumerate() {
        gradients.push(match gradient {
            Some(gradient) => object::wrap(vm, gradient),
            None if !allow_unused => {
                return Err(vm.runtime_error(format!(
                    "The differentiated Tensor at index {at} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."
                )));
            }
            None if materialize => match object::as_tensor(input).cloned() {
                Some(tensor) => {
                    let zeros = machine::run(vm, || (arithmetic::table()?.zeros)(&tensor.sizes(), tensor.dtype()))?;
                    zeros.set_requires_grad(options.create_graph);
                    object::wrap(vm, zeros)
                }
                None => Value::None,
            },
            None => Value::None,
        });
    }
    Ok(gradients)
}

/// `is_grads_batched=True`: one pass an entry of the gradients' first dimension, results stacked.
#[allow(clippy::too_many_arguments)]
fn batched_grad(
    vm: &mut Vm,
    outputs: &[Value],
    made: Vec<Output>,
    grads: &[Value],
    inputs: &[Value],
    options: Options,
    allow_unused: bool,
    materialize: bool,
) -> R<Value> {
    let tensors: Vec<Option<Tensor>> = grads.iter().map(|grad| object::as_tensor(grad).cloned()).collect();
    for (at, (grad, output)) in tensors.iter().zip(&made).enumerate() {
        let Some(grad) = grad else { continue };
        let rest = grad.sizes().get(1..).unwrap_or(&[]).to_vec();
        if rest[..] != output.sizes[..] {
            let (got, own) = (format_sizes(rest.get(..).unwrap_or(&[])), format_sizes(&output.sizes));
            return Err(vm.runtime_error(format!(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: grad_output[{at}] has a shape of torch.Size({got}) and output[{at}] has a shape of torch.Size({own}). If you only want some tensors in `grad_output` to be considered batched, consider using vmap."
            )));
        }
    }
    let count = tensors
        .iter()
        .flatten()
        .next()
        .and_then(|grad| grad.sizes().first().copied())
        .unwrap_or(0);
    let mut columns: Vec<Vec<Value>> = vec![Vec::new(); inputs.len()];
    for entry in 0..count {
        let mut one = Vec::new();
        for grad in grads {
            one.push(if object::as_tensor(grad).is_some() {
                vm.get_item(grad, &Value::Int(entry))?
            } else {
                grad.clone()
            });
        }
        let mut again = Vec::new();
        for output in outputs {
            again.push(output_of(vm, output)?);
        }
        let one = make_grads(vm, &again, &one)?;
        let roots = roots(vm, again, one)?;
        let kept = Options {
            retain_graph: options.retain_graph || entry + 1 < count,
            ..options
        };
        let found = gradients(vm, roots, inputs, kept, allow_unused, materialize)?;
        for (column, value) in columns.iter_mut().zip(found) {
            column.push(value);
        }
    }
    let mut stacked = Vec::new();
    for column in columns {
        let all = column.iter().all(|value| object::as_tensor(value).is_some());
        stacked.push(if all {
            crate::torch::function::call(vm, "stack", &[Value::list(column)])?
        } else {
            Value::None
        });
    }
    Ok(Value::tuple(stacked))
}
